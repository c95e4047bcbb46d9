"""Reserving stock for orders: which warehouse gives how much, what has to wait, and giving it back (domain.md 6)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from mockcentra.commerce.reference import reference_of
from mockcentra.commerce.stock import sellable_pieces
from mockcentra.store import Transaction
from mockcentra.store import allocations as rows
from mockcentra.store import orders as order_rows
from mockcentra.store import requests as request_rows

CHECK_FIRST, CONFIRM = "check_first", "confirm"
"""What a warehouse is asked: whether it has units that wait for it, or whether it keeps those that it was given."""

ANSWER_TIME = 24 * 3600
"""Seconds in which a warehouse has to answer."""


@dataclass(frozen=True, slots=True)
class Need:
    """Units that an order line needs of a product size."""

    line_id: int
    product_size_id: int
    quantity: int


@dataclass(slots=True)
class Outcome:
    """What allocating came to, by order line: units that wait (demand), and units that nobody may wait for."""

    demand: dict[int, int] = field(default_factory=dict)
    missing: dict[int, int] = field(default_factory=dict)


def allocate(
    tx: Transaction,
    needs: Sequence[Need],
    rule_id: int,
    may_wait: bool,
    keeps_reserves: bool = True,
    but_warehouses: Collection[int] = (),
    checks_first: bool = True,
) -> Outcome:
    """Allocates lines from the warehouses of a rule in their order, split where one does not have enough.

    `may_wait` lets everything that is not there become demand; without it only units of sizes that are sold before they
    exist (preorder) or without counting (infinite) do, and the rest is `missing`: the caller decides what becomes of
    the order. `keeps_reserves` leaves what thresholds and offsets hold back (orders of shoppers do, those made by an
    administrator do not). What a warehouse that checks first could give waits for its answer, whatever warehouses
    after it have; one that must confirm gives at once, and is asked. `but_warehouses` are passed over and, without
    `checks_first`, those that check first. See domain.md 6.1 to 6.4 and order-api.md 3.4.
    """
    reference = reference_of(tx.store)
    warehouses = [
        warehouse
        for warehouse_id in reference.allocation_rules.get(rule_id, ())
        if (warehouse := reference.warehouses[warehouse_id]).is_active
        and warehouse_id not in but_warehouses
        and (checks_first or warehouse.allocation_policy != "check_first")
    ]
    sizes = list(dict.fromkeys(need.product_size_id for need in needs))
    flags = rows.size_flags(tx, sizes)
    free: dict[tuple[int, int], int] = {
        (row["product_size_id"], row["warehouse_id"]): row["physical"] - row["allocated"]
        for row in rows.stock(tx, sizes, [warehouse.id for warehouse in warehouses])
    }
    outcome = Outcome()
    changed: set[int] = set()
    asked: dict[tuple[int, str], list[Need]] = defaultdict(list)
    for need in needs:
        size = flags[need.product_size_id]
        wanted = need.quantity
        waiting = 0  # units that warehouses which check first could give
        for warehouse in warehouses:
            key = (need.product_size_id, warehouse.id)
            here = free.get(key, 0)
            if keeps_reserves:
                here = sellable_pieces(here, warehouse.threshold, size["stock_offset"])
            if warehouse.allocation_policy == "check_first":
                quantity = min(wanted, here)
                if quantity > 0:
                    free[key] -= quantity  # no other line of the order waits for the same pieces
                    asked[warehouse.id, CHECK_FIRST].append(Need(need.line_id, need.product_size_id, quantity))
                    waiting = max(waiting, quantity)
                continue
            quantity = min(wanted - waiting, here)
            if quantity <= 0:
                continue
            free[key] -= quantity
            wanted -= quantity
            rows.change_allocated(tx, need.product_size_id, warehouse.id, quantity)
            rows.add(tx, need.line_id, warehouse.id, quantity)
            changed.add(need.product_size_id)
            if warehouse.allocation_policy == "direct_then_confirm":
                asked[warehouse.id, CONFIRM].append(Need(need.line_id, need.product_size_id, quantity))
        if waiting:
            outcome.demand[need.line_id] = outcome.demand.get(need.line_id, 0) + waiting
            wanted -= waiting
        if wanted:
            waits = may_wait or size["is_preorder"] or size["is_infinite"]
            into = outcome.demand if waits else outcome.missing
            into[need.line_id] = into.get(need.line_id, 0) + wanted
    note_stock(tx, changed)
    _ask(tx, asked)
    return outcome


def _ask(tx: Transaction, asked: Mapping[tuple[int, str], Sequence[Need]]) -> None:
    """Asks warehouses about units of an order's lines; those that must answer have a day for it."""
    for (warehouse_id, kind), needs in asked.items():
        line = order_rows.line(tx, needs[0].line_id)
        order = order_rows.get(tx, line["order_id"]) if line is not None else None
        assert order is not None
        request_id = request_rows.add(
            tx,
            order_id=order["id"],
            warehouse_id=warehouse_id,
            kind=kind,
            status="sent",
            lines=[{"line": need.line_id, "quantity": need.quantity, "size": need.product_size_id} for need in needs],
            expires_at=tx.now + ANSWER_TIME,
        )
        tell_request(tx, request_id, kind, "created", order["number"])


def tell_request(tx: Transaction, request_id: int, kind: str, change: str, order_number: int) -> None:
    """Says what became of a request: created, accepted, confirmed, rejected, timed-out, outdated."""
    object_type = "check_first" if kind == CHECK_FIRST else "allocation_request"
    action = "created" if change == "created" else "updated"
    tx.event(object_type, request_id, action, order=order_number, change=change)


def held_units(tx: Transaction, order_id: int) -> dict[int, int]:
    """Order line -> units that are reserved for it or have left the shelf already."""
    held: dict[int, int] = defaultdict(int)
    for row in rows.of_orders(tx, [order_id]):
        held[row["order_line_id"]] += row["quantity"]
    for row in order_rows.sent_units(tx, order_id):
        held[row["order_line_id"]] += row["quantity"]
    return held


def demand(tx: Transaction, order_id: int) -> list[Need]:
    """What an order waits for: units of its lines that are neither cancelled, nor reserved, nor sent."""
    held = held_units(tx, order_id)
    lines = order_rows.lines(tx, [order_id])
    parents = {line["parent_line_id"] for line in lines}
    found = []
    for line in lines:
        left = line["quantity"] - line["cancelled_quantity"] - held.get(line["id"], 0)
        if left > 0 and line["product_size_id"] is not None and line["id"] not in parents:
            found.append(Need(line["id"], line["product_size_id"], left))
    return found


def release(tx: Transaction, order_id: int) -> None:
    """Gives back every unit that an order holds; no warehouse needs to answer about it any more."""
    order = order_rows.get(tx, order_id)
    for request in request_rows.open_of_order(tx, order_id):
        request_rows.update(tx, request["id"], status="outdated")
        assert order is not None
        tell_request(tx, request["id"], request["kind"], "outdated", order["number"])
    held = rows.of_orders(tx, [order_id])
    freed: dict[tuple[int, int], int] = defaultdict(int)
    for row in held:
        freed[row["product_size_id"], row["warehouse_id"]] += row["quantity"]
    rows.remove(tx, [row["id"] for row in held])
    for (size_id, warehouse_id), quantity in freed.items():
        rows.change_allocated(tx, size_id, warehouse_id, -quantity)
    note_stock(tx, {size_id for size_id, _ in freed})


def note_stock(tx: Transaction, product_size_ids: Iterable[int]) -> None:
    """Says that the stock of these sizes changed: to the event streams, and to whatever shows it."""
    changed = sorted(product_size_ids)
    for size_id in changed:
        tx.event("stock", size_id, "updated")
    tx.touch_items(rows.display_items_showing(tx, changed))
