"""Whether there are enough pieces of what a cart holds; what cannot be had is taken off it (checkout-api.md 14)."""

from collections.abc import Mapping, Sequence

from mockcentra.commerce import stock
from mockcentra.commerce.errors import OutOfStock
from mockcentra.commerce.model import Cart, Shortage, SizeRecord
from mockcentra.commerce.selections import cart_of, settle
from mockcentra.commerce.sessions import Session
from mockcentra.commerce.settings import setting
from mockcentra.store import Transaction
from mockcentra.store import selections as rows


def check_stock(tx: Transaction, session: Session, cart: Cart, only: tuple[int, int] | None = None) -> list[Shortage]:
    """Takes off the cart what cannot be had, and says what that was (checkout-api.md 14).

    Preorder and infinite items never run short, bundles are checked through their parts, and nothing runs short while
    the store allows back-orders. `only`: look at the lines of one display item and product size.
    """
    if setting(tx, "store.backorders"):
        return []
    context = cart.context
    parts = [(part.record, part.size) for line in cart.lines for part in line.parts]
    goods = [(line.record, line.size) for line in cart.lines if line.record is not None and line.record.bundle is None]
    records = {record.id: record for record, _ in (*parts, *goods) if record is not None}
    pool = {size_id: found.total for size_id, found in stock.sellable(tx, context.market, records.values()).items()}
    selection = rows.get(tx, cart.id)
    held = {line.id: line for line in selection.lines} if selection is not None else {}
    shortages: dict[tuple[int, int], Shortage] = {}
    for line in cart.lines:
        if line.record is None or line.size is None:
            continue
        needs = (
            [(part.size, part.quantity // line.quantity) for part in line.parts]
            if line.record.bundle is not None
            else [(line.size, 1)]
        )
        available = _available(needs, pool, line.quantity)
        key = (line.record.id, line.size.id)
        if only is None or key == only:
            wanted, had = line.quantity, available
            earlier = shortages.get(key)
            if earlier is not None:
                wanted, had = wanted + earlier.wanted, had + earlier.available
            if available < line.quantity or earlier is not None:
                shortages[key] = Shortage(f"{line.record.id}-{line.size.id}", line.record.id, wanted, had)
            if selection is not None and available == 0:
                rows.remove_lines(tx, selection, {line.id})
            elif available < line.quantity:
                rows.update_line(tx, held[line.id], quantity=available)
        for size, each in needs:
            if not stock.never_runs_short(size):
                pool[size.id] = pool.get(size.id, 0) - each * available
    if shortages and selection is not None:
        settle(tx, session, selection)
    return list(shortages.values())


def _available(needs: Sequence[tuple[SizeRecord, int]], pool: Mapping[int, int], wanted: int) -> int:
    """How many of the wanted pieces can be had, each of which needs so many of these sizes."""
    together: dict[int, int] = {}
    for size, each in needs:
        if not stock.never_runs_short(size):
            together[size.id] = together.get(size.id, 0) + each
    return min([wanted, *(max(0, pool.get(size_id, 0)) // each for size_id, each in together.items() if each)])


def check_if_aggressive(tx: Transaction, session: Session, only: tuple[int, int]) -> list[Shortage]:
    """In the aggressive mode a changed line is checked at once. Raises OutOfStock when nothing of it is left."""
    if setting(tx, "store.overselling_prevention") != "aggressive":
        return []
    shortages = check_stock(tx, session, cart_of(tx, session), only)
    if shortages and not any(shortage.available for shortage in shortages):
        raise OutOfStock(shortages)
    return shortages
