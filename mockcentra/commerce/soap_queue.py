"""The event queue of the SOAP API, made from the domain events: what an ERP has to look at (soap-api.md 5.3).

The queue reads the domain events when somebody asks for it, not when they happen: an order costs nothing more because
there is a queue. One transaction is one change, so it raises one event for each object, however many domain events.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import groupby

from mockcentra.store import Transaction
from mockcentra.store import soap_queue as rows
from mockcentra.store.database import Row, from_json

LIMIT = 100
TYPES = (
    "account",
    "customer",
    "invoice",
    "market",
    "order",
    "paymentterm",
    "pricelist",
    "salesrep",
    "shippingterm",
    "size",
    "warehouse",
)

# Domain events that concern the object of the same id: their type -> that of the queue.
_SAME = {
    "account": "account",
    "customer": "customer",
    "invoice": "invoice",
    "market": "market",
    "order": "order",
    "payment_terms": "paymentterm",
    "pricelist": "pricelist",
    "sales_rep": "salesrep",
    "shipping_terms": "shippingterm",
    "size": "size",
    "warehouse": "warehouse",
}
# Domain events that concern another object: type -> (type of the queue, its ids by the ids of the event).
_OWNED: dict[str, tuple[str, Callable[[Transaction, Sequence[int]], dict[int, int]]]] = {
    "shipment": ("order", rows.orders_of_shipments),
    "return": ("order", rows.orders_of_returns),
    "buyer": ("account", rows.accounts_of_buyers),
}
_CHART = "size_chart"

Key = tuple[str, int, str]


def take_in(tx: Transaction) -> None:
    """Puts everything that happened since the last time into the queue."""
    events = rows.domain_events(tx, rows.read_up_to(tx), (*_SAME, *_OWNED, _CHART))
    if not events:
        return
    owners = _owners(tx, events)
    customers = rows.customers_of_orders(tx, [row["object_id"] for row in events if _is_new_order(row)])
    for _, batch in groupby(events, key=lambda row: row["batch"] or -row["id"]):
        queued: dict[Key, int] = {}
        for row in batch:
            if _is_new_order(row) and row["object_id"] in customers:
                key = ("customer", customers[row["object_id"]], "update")
                queued.pop(key, None)
                queued[key] = row["created_at"]
            for kind, object_id in owners.get(row["id"], ()):
                deleted = row["action"] == "deleted" and row["object_type"] in _SAME
                queued.setdefault((kind, object_id, "delete" if deleted else "update"), row["created_at"])
        rows.append(tx, [(*key, moment) for key, moment in queued.items()])
    rows.set_read_up_to(tx, events[-1]["id"])


def pass_over(tx: Transaction) -> None:
    """Leaves out whatever happened since `take_in`: the integration did it itself (soap-api.md 4.2)."""
    last = rows.last_event(tx)
    if last != rows.read_up_to(tx):
        rows.set_read_up_to(tx, last)


def oldest(tx: Transaction, kind: str | None) -> list[Row]:
    """The oldest events (id, object_type, object_id, mission, created_at), at most 100, of one type with `kind`."""
    return rows.oldest(tx, LIMIT, kind)


def oldest_of_markets(tx: Transaction, kind: str | None, market_ids: Sequence[int]) -> list[Row]:
    """The oldest events of these markets, at most 100."""
    return rows.oldest_of_markets(tx, LIMIT, kind, market_ids)


def done(tx: Transaction, event_ids: Sequence[int]) -> None:
    """Takes events out of the queue; ids that are not in it do nothing."""
    rows.mark_done(tx, event_ids)


def _is_new_order(row: Row) -> bool:
    return row["object_type"] == "order" and row["action"] == "created"


def _owners(tx: Transaction, events: Sequence[Row]) -> dict[int, list[tuple[str, int]]]:
    """Domain event id -> the objects that it concerns, as the queue calls them."""
    found: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for row in events:
        if row["object_type"] in _SAME:
            found[row["id"]].append((_SAME[row["object_type"]], row["object_id"]))
    for kind, (owner, read) in _OWNED.items():
        own = [row for row in events if row["object_type"] == kind]
        by_id = read(tx, list({row["object_id"] for row in own}))
        gone = {row["id"]: from_json(row["data_json"]).get(owner) for row in own if row["object_id"] not in by_id}
        named = {number: number for number in gone.values() if isinstance(number, int)}
        if owner == "order":  # shipments and returns name it by its number
            named = rows.orders_by_number(tx, list(named))
        for row in own:
            object_id = by_id.get(row["object_id"]) or named.get(gone.get(row["id"]) or 0)
            if object_id is not None:
                found[row["id"]].append((owner, object_id))
    charts = [row for row in events if row["object_type"] == _CHART]
    sizes = defaultdict(list)
    for chart_id, size_id in rows.sizes_of_charts(tx, [row["object_id"] for row in charts]):
        sizes[chart_id].append(size_id)
    for row in charts:
        found[row["id"]] += [("size", size_id) for size_id in sizes[row["object_id"]]]
    return found
