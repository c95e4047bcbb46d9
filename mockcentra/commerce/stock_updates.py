"""Setting stock from outside: absolute quantities in the plugin's warehouses, never below what orders reserve."""

from collections.abc import Sequence

from msgspec import Struct

from mockcentra.commerce import newsletter
from mockcentra.commerce.allocation import note_stock
from mockcentra.commerce.settings import setting
from mockcentra.commerce.stock_items import primary_warehouse, virtual_warehouse
from mockcentra.store import Transaction
from mockcentra.store import stock_items as rows

REFERENCE = "Order API"
MAX_QUANTITY = 1_000_000_000


class StockUpdate(Struct, frozen=True):
    """The new stock of a size. `named` is its EAN, its UPC or its whole SKU; `quantity` None stands for no number.

    `cost` is what a piece costs, in hundredths of the currency with that id.
    """

    named: str
    quantity: int | None
    cost: int | None = None
    currency_id: int | None = None


class StockOutcome(Struct):
    """What was not updated, by what it was named."""

    not_found: list[str] = []
    bundles: list[str] = []


def set_stock(tx: Transaction, updates: Sequence[StockUpdate]) -> StockOutcome:
    """Sets the stock of sizes in the primary warehouse; what cannot be found is reported, the rest is set.

    The quantity is the physical one with what is allocated, or (setting `order.stock_update`) what is free. It is
    raised to what is allocated without a word. A virtual warehouse keeps its pieces until the primary one is empty
    (order-api.md 2.1, 3.4, 5.5).
    """
    outcome = StockOutcome()
    found = rows.named(tx, {update.named for update in updates})
    wanted: dict[int, int] = {}
    costs: list[tuple[int, int, int]] = []
    for update in updates:
        row = found.get(update.named)
        if row is None or update.quantity is None:
            outcome.not_found.append(update.named)
        elif row["kind"] == "bundle":
            outcome.bundles.append(update.named)
        else:
            wanted[row["id"]] = update.quantity
            if update.cost is not None and update.currency_id is not None:
                costs.append((row["variant_id"], update.cost, update.currency_id))
    rows.put_unit_costs(tx, costs)
    _put(tx, wanted)
    return outcome


def _put(tx: Transaction, wanted: dict[int, int]) -> None:
    if not wanted:
        return
    primary, virtual = primary_warehouse(tx), virtual_warehouse(tx)
    warehouse_ids = [primary.id, *([virtual.id] if virtual else [])]
    stock = {
        (size_id, warehouse_id): (physical, allocated)
        for size_id, warehouse_id, physical, allocated in rows.stock_in(tx, warehouse_ids, wanted)
    }
    is_free = setting(tx, "order.stock_update") == "fta"
    changes: list[tuple[int, int, int]] = []
    for size_id, quantity in wanted.items():
        physical, allocated = stock.get((size_id, primary.id), (0, 0))
        virtual_physical, virtual_allocated = stock.get((size_id, virtual.id), (0, 0)) if virtual else (0, 0)
        total = quantity + allocated + virtual_allocated if is_free else quantity
        # the primary one is empty when it has no more than what is allocated there
        kept = min(virtual_physical, max(total - allocated, 0))
        kept = max(kept, virtual_allocated)
        level = max(total - kept, allocated)
        if level != physical:
            changes.append((size_id, primary.id, level))
        if virtual is not None and kept != virtual_physical:
            changes.append((size_id, virtual.id, kept))
    rows.put_stock(tx, changes, REFERENCE)
    changed = list(dict.fromkeys(size_id for size_id, _, _ in changes))
    note_stock(tx, changed)
    newsletter.notify_back_in_stock(tx, changed)
