"""Reserving stock for orders: which warehouse gives how much, what has to wait, and giving it back (domain.md 6)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from mockcentra.commerce.reference import Warehouse, reference_of
from mockcentra.commerce.stock import sellable_pieces
from mockcentra.store import Transaction
from mockcentra.store import allocations as rows


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


def _reserve(tx: Transaction, need: Need, warehouse: Warehouse, quantity: int) -> bool:
    """The units are the line's at once."""
    rows.change_allocated(tx, need.product_size_id, warehouse.id, quantity)
    rows.add(tx, need.line_id, warehouse.id, quantity)
    return True


def _wait(tx: Transaction, need: Need, warehouse: Warehouse, quantity: int) -> bool:
    """The units are not reserved before the warehouse has accepted them."""
    return False


# What an allocation policy does with units that a warehouse could give, and whether the line holds them now (else they
# are demand). Whoever asks warehouses to accept or to confirm does it here.
_POLICIES: dict[str, Callable[[Transaction, Need, Warehouse, int], bool]] = {
    "direct": _reserve,
    "direct_then_confirm": _reserve,
    "check_first": _wait,
}


def allocate(
    tx: Transaction,
    needs: Sequence[Need],
    rule_id: int,
    may_wait: bool,
    keeps_reserves: bool = True,
) -> Outcome:
    """Allocates lines from the warehouses of a rule in their order, split where one does not have enough.

    `may_wait` lets everything that is not there become demand; without it only units of sizes that are sold before they
    exist (preorder) or without counting (infinite) do, and the rest is `missing`: the caller decides what becomes of
    the order. `keeps_reserves` leaves what thresholds and offsets hold back (orders of shoppers do, those made by an
    administrator do not). See domain.md 6.1 to 6.4 and order-api.md 3.4.
    """
    reference = reference_of(tx.store)
    warehouses = [
        warehouse
        for warehouse_id in reference.allocation_rules.get(rule_id, ())
        if (warehouse := reference.warehouses[warehouse_id]).is_active
    ]
    sizes = list(dict.fromkeys(need.product_size_id for need in needs))
    flags = rows.size_flags(tx, sizes)
    free: dict[tuple[int, int], int] = {
        (row["product_size_id"], row["warehouse_id"]): row["physical"] - row["allocated"]
        for row in rows.stock(tx, sizes, [warehouse.id for warehouse in warehouses])
    }
    outcome = Outcome()
    changed: set[int] = set()
    for need in needs:
        size = flags[need.product_size_id]
        wanted = need.quantity
        for warehouse in warehouses:
            key = (need.product_size_id, warehouse.id)
            here = free.get(key, 0)
            if keeps_reserves:
                here = sellable_pieces(here, warehouse.threshold, size["stock_offset"])
            quantity = min(wanted, here)
            if quantity <= 0:
                continue
            free[key] -= quantity
            wanted -= quantity
            if _POLICIES[warehouse.allocation_policy](tx, need, warehouse, quantity):
                changed.add(need.product_size_id)
            else:
                outcome.demand[need.line_id] = outcome.demand.get(need.line_id, 0) + quantity
            if not wanted:
                break
        if wanted:
            waits = may_wait or size["is_preorder"] or size["is_infinite"]
            into = outcome.demand if waits else outcome.missing
            into[need.line_id] = into.get(need.line_id, 0) + wanted
    note_stock(tx, changed)
    return outcome


def release(tx: Transaction, order_id: int) -> None:
    """Gives back every unit that an order holds."""
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
