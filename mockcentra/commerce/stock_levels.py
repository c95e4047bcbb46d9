"""Setting stock warehouse by warehouse as what is free to allocate: what orders have reserved stays beside it."""

from collections.abc import Mapping

from mockcentra.commerce import newsletter
from mockcentra.commerce.allocation import note_stock
from mockcentra.commerce.errors import Invalid
from mockcentra.store import Transaction
from mockcentra.store import stock_items as rows


def set_free(
    tx: Transaction,
    levels: Mapping[tuple[int, int], int],
    reference: str,
    costs: Mapping[tuple[int, int], tuple[int, int]] | None = None,
) -> bool:
    """Sets what is free: (product size, warehouse) -> pieces; returns whether anything differed.

    The physical stock is that and what is allocated (soap-api.md 5.4). `costs`: what a piece that comes in costs, in
    hundredths of a currency. Raises Invalid for less than nothing.
    """
    if any(quantity < 0 for quantity in levels.values()):
        raise Invalid({"quantity": "is negative"})
    sizes = list(dict.fromkeys(size_id for size_id, _ in levels))
    warehouses = list(dict.fromkeys(warehouse_id for _, warehouse_id in levels))
    if not sizes:
        return False
    stock = {
        (size_id, warehouse_id): (physical, allocated)
        for size_id, warehouse_id, physical, allocated in rows.stock_in(tx, warehouses, sizes)
    }
    changes = []
    for key, free in levels.items():
        physical, allocated = stock.get(key, (None, 0))
        if physical is None or free + allocated != physical:
            changes.append((*key, free + allocated))
    if not changes:
        return False
    rows.put_stock(tx, changes, reference, costs)
    changed = list(dict.fromkeys(size_id for size_id, _, _ in changes))
    note_stock(tx, changed)
    newsletter.notify_back_in_stock(tx, changed)
    return True
