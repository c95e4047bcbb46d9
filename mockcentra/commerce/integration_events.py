"""The event queues of integrations, made from the domain events (graphql-integration-api.md 10).

The queues read the domain events when somebody asks for them, and before the listeners change: what happened is told to
those who listened then. One transaction is one change: of an object that it both made and changed it tells the former.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from mockcentra.store import Transaction
from mockcentra.store import integration_events as rows
from mockcentra.store.database import Row
from mockcentra.store.graphql_reading import Condition

CREATED, UPDATED, COMPLETED, DELETED, DEPENDENT = "created", "updated", "completed", "deleted", "dependent"
CHANGES = (CREATED, UPDATED, COMPLETED, DELETED, DEPENDENT)
# What tells more than what: of an object only the changes that nothing of the same transaction covers are told.
_COVERS = {
    CREATED: (UPDATED, DEPENDENT),
    COMPLETED: (UPDATED, DEPENDENT),
    DELETED: (UPDATED, DEPENDENT),
    UPDATED: (DEPENDENT,),
}

Key = tuple[str, int]
Told = dict[Key, dict[str, int]]
Place = tuple[int | None, int | None]
Listening = dict[tuple[str, str], list[int]]
"""(kind of object, change) -> the integrations that listen to it."""
Entry = tuple[int, str, str, int, int, int | None, int | None, int]
"""As `rows.append` takes it: (integration, kind, change, object, reference, store, market, moment)."""


def take_in(tx: Transaction) -> None:
    """Puts everything that happened since the last time into the queues of those who listen."""
    after = rows.read_up_to(tx)
    last = rows.last_event(tx)
    with tx.savepoint():
        listening: Listening = {}
        for row in rows.listeners(tx):
            listening.setdefault((row["object_type"], row["change_type"]), []).append(row["integration_id"])
        entered = _entered(tx, listening)
        if last == after and not entered:
            return
        if listening:
            told = [*_entries(tx, rows.domain_events(tx, after), listening), *entered]
            rows.append(tx, sorted(told, key=lambda each: each[-1]) if entered else told)
        rows.set_read_up_to(tx, last)


def _entered(tx: Transaction, listening: Listening) -> list[Entry]:
    """What came into histories and ledgers: payments, mails, what was done to orders."""
    return [
        (integration_id, kind, CREATED, row["id"], row["id"], row["store_id"], row["market_id"], row["created_at"])
        for kind in rows.LEDGERS
        for row in rows.entries_since_last(tx, kind)
        if row["store_id"] is not None or kind == "mail"  # of an attempt to pay that made no order
        for integration_id in listening.get((kind, CREATED), ())
    ]


def _entries(tx: Transaction, events: Sequence[Row], listening: Listening) -> list[Entry]:
    told: list[tuple[str, str, int, int]] = []
    for _, batch in groupby(events, key=lambda row: row["batch"] or -row["id"]):
        for (kind, object_id), changes in _of_batch(tx, list(batch)).items():
            told += [(kind, change, object_id, moment) for change, moment in changes.items()]
    wanted = [each for each in told if (each[0], each[1]) in listening]
    ids: dict[str, set[int]] = {}
    for kind, _, object_id, _ in wanted:
        ids.setdefault(kind, set()).add(object_id)
    places = {kind: rows.places(tx, kind, of_kind) for kind, of_kind in ids.items()}
    _place_deleted(tx, events, places)
    numbers = rows.order_numbers(tx, ids.get("order", ()))
    found = []
    for kind, change, object_id, moment in wanted:
        store_id, market_id = places[kind].get(object_id, (None, None))
        reference = numbers.get(object_id, object_id) if kind == "order" else object_id
        found += [
            (integration_id, kind, change, object_id, reference, store_id, market_id, moment)
            for integration_id in listening[kind, change]
        ]
    return found


def _place_deleted(tx: Transaction, events: Sequence[Row], places: dict[str, dict[int, Place]]) -> None:
    """Where objects were that are gone: their events name their store, or their order."""
    lost = [
        (row["object_type"], row["object_id"], rows.data_of(row))
        for row in events
        if row["action"] == DELETED and row["object_id"] not in places.get(row["object_type"], {row["object_id"]: None})
    ]
    order_ids = rows.orders_by_number(tx, {data["order"] for *_, data in lost if "order" in data})
    of_orders = rows.places(tx, "order", order_ids.values()) if order_ids else {}
    for kind, object_id, data in lost:
        at_order = of_orders.get(order_ids.get(data.get("order", 0), 0), (None, None))
        places[kind][object_id] = (data["store"], data.get("market")) if "store" in data else at_order


def _of_batch(tx: Transaction, batch: Sequence[Row]) -> Told:
    """What one transaction changed, in the order in which it did."""
    told: Told = {}
    for row in batch:
        changes = told.setdefault((row["object_type"], row["object_id"]), {})
        changes.setdefault(row["action"], row["created_at"])
    _orders_of_parcels(tx, batch, told)
    _add_dependents(tx, batch, told)
    for changes in told.values():
        for change in list(changes):
            for covered in _COVERS.get(change, ()):
                changes.pop(covered, None)
    return {key: changes for key, changes in told.items() if changes}


def _orders_of_parcels(tx: Transaction, batch: Sequence[Row], told: Told) -> None:
    """An order did not change itself when only its shipments or returns did, but for its first shipment."""
    parcels = [row for row in batch if row["object_type"] in ("shipment", "return")]
    if not parcels:
        return
    first = rows.first_shipments(tx, [row["object_id"] for row in parcels if row["object_type"] == "shipment"])
    changed: dict[int, bool] = {}
    for row in parcels:
        number = rows.data_of(row).get("order")
        if isinstance(number, int):
            moved = row["object_type"] == "shipment" and (
                row["action"] == DELETED or (row["action"] == CREATED and row["object_id"] in first)
            )
            changed[number] = changed.get(number, False) or moved
    for number, order_id in rows.orders_by_number(tx, changed).items():
        changes = told.setdefault(("order", order_id), {})
        moment = changes.get(UPDATED, batch[-1]["created_at"])
        if not changed[number]:
            changes.pop(UPDATED, None)
            changes[DEPENDENT] = moment


def _add_dependents(tx: Transaction, batch: Sequence[Row], told: Told) -> None:
    owners: dict[str, dict[int, int]] = {}
    for row in batch:
        kind, data = row["object_type"], rows.data_of(row)
        if kind == "stock":
            _depend(told, "product_size", [row["object_id"]], row["created_at"])
        elif kind == "price":
            _depend(told, "product", [row["object_id"]], row["created_at"])
            if isinstance(data.get("pricelist"), int):
                _depend(told, "pricelist", [data["pricelist"]], row["created_at"])
            shown = rows.dependents(tx, "product", "display", [row["object_id"]])
            _depend(told, "display", shown.get(row["object_id"], ()), row["created_at"])
        elif row["action"] == DELETED:
            _tell_those_left(tx, told, row, data)
        elif kind == "return" and isinstance(data.get("shipment"), int):
            _depend(told, "shipment", [data["shipment"]], row["created_at"])
        elif kind != "product" or row["action"] == UPDATED:
            owners.setdefault(kind, {}).setdefault(row["object_id"], row["created_at"])
    for kind, ids in owners.items():
        for other in rows.dependent_kinds(kind):
            for object_id, found in rows.dependents(tx, kind, other, ids).items():
                _depend(told, other, found, ids[object_id])


def _tell_those_left(tx: Transaction, told: Told, row: Row, data: Mapping[str, Any]) -> None:
    """What an object that is gone belonged to: its event names it."""
    moment = row["created_at"]
    for kind in ("product", "shipment"):
        if isinstance(data.get(kind), int):
            _depend(told, kind, [data[kind]], moment)
    if row["object_type"] == "product_media":
        product_id, variant_id = data["product"], data.get("variant")
        variants = rows.dependents(tx, "product", "variant", [product_id]).get(product_id, ())
        _depend(told, "variant", [variant_id] if variant_id else variants, moment)
        shown = rows.dependents(tx, "product", "display", [product_id])
        _depend(told, "display", shown.get(product_id, ()), moment)


def _depend(told: Told, kind: str, ids: Iterable[int], moment: int) -> None:
    for object_id in ids:
        told.setdefault((kind, object_id), {}).setdefault(DEPENDENT, moment)


# ------------------------------------------------------------------ listening, fetching, confirming


def listeners(tx: Transaction, integration_id: int) -> dict[str, list[Row]]:
    """Kind of objects -> the integration's listeners."""
    found: dict[str, list[Row]] = {}
    for row in rows.listeners(tx, integration_id):
        found.setdefault(row["object_type"], []).append(row)
    return found


def listen(tx: Transaction, integration_id: int, kind: str, changes: Collection[str]) -> None:
    """From now on changes of these kinds are queued, beside those that were before."""
    take_in(tx)
    rows.listen(tx, integration_id, kind, changes)


def stop_listening(tx: Transaction, integration_id: int, kind: str, changes: Sequence[str]) -> None:
    """Changes of these kinds are queued no more, and those that wait are dropped."""
    take_in(tx)
    rows.stop_listening(tx, integration_id, kind, changes)


def queued(
    tx: Transaction, integration_id: int, only: Condition, stores: Sequence[int], limit: int | None, offset: int
) -> list[Row]:
    """The oldest events that wait to be confirmed; with `stores` only theirs, and those of no store."""
    take_in(tx)
    return rows.queued(tx, integration_id, only, stores, limit, offset)


def confirm(tx: Transaction, integration_id: int, stores: Sequence[int], event_ids: Sequence[int]) -> list[Row]:
    """Takes events out of the queue; returns those that were in it."""
    take_in(tx)
    return rows.confirm(tx, integration_id, stores, event_ids)
