"""Moving stock as people of the warehouse do: into one, out of one, from one into another, or to a level."""

from collections.abc import Mapping

from mockcentra.commerce import newsletter
from mockcentra.commerce.allocation import note_stock
from mockcentra.commerce.errors import Invalid
from mockcentra.store import Transaction
from mockcentra.store import graphql_stock as rows
from mockcentra.store import stock_items as cost_rows

IN, OUT, MOVED, SET = "delivery", "correction", "movement", "correction"


def problems_of(tx: Transaction, units: Mapping[int, int], out_of: int) -> dict[int, str]:
    """Sizes of which less is free in the warehouse than is to leave it, and why not."""
    known = rows.free(tx, out_of, units)
    found = {}
    for size_id, quantity in units.items():
        physical, allocated = known.get(size_id, (0, 0))
        if quantity > physical - allocated:
            found[size_id] = f"Only {max(physical - allocated, 0)} pieces are free to allocate in the warehouse"
    return found


def move(
    tx: Transaction,
    units: Mapping[int, int],
    out_of: int | None,
    into: int | None,
    reference: str,
    costs: Mapping[int, tuple[int, int]],
) -> list[int]:
    """Moves pieces: size -> how many. Returns the ids of the changes, what left one warehouse first.

    `costs`: size -> (hundredths, currency) of a piece; others cost what their variants do.
    Raises Invalid (`quantity`) where the source has fewer free pieces.
    """
    if out_of is not None and problems_of(tx, units, out_of):
        raise Invalid({"quantity": "is more than what is free to allocate"})
    kind = MOVED if out_of is not None and into is not None else IN if into is not None else OUT
    heads = []
    known = {**rows.unit_costs(tx, units), **costs}
    if out_of is not None:
        gone = [(size_id, -quantity) for size_id, quantity in units.items()]
        heads.append(rows.move(tx, out_of, gone, kind, reference, known))
    if into is not None:
        heads.append(rows.move(tx, into, list(units.items()), kind, reference, known))
    _keep_costs(tx, costs)
    return _told(tx, heads, units)


def level_problems(tx: Transaction, levels: Mapping[int, int], warehouse_id: int, is_free: bool) -> dict[int, str]:
    """Sizes whose level cannot be set, and why not."""
    found = {size_id: "The quantity must not be negative" for size_id, level in levels.items() if level < 0}
    if not is_free:
        known = rows.free(tx, warehouse_id, levels)
        for size_id, level in levels.items():
            allocated = known.get(size_id, (0, 0))[1]
            if level < allocated:
                found.setdefault(size_id, f"{allocated} pieces are allocated, fewer cannot lie in the warehouse")
    return found


def set_levels(
    tx: Transaction,
    levels: Mapping[int, int],
    warehouse_id: int,
    is_free: bool,
    reference: str,
    costs: Mapping[int, tuple[int, int]],
) -> list[int]:
    """Sets what lies in a warehouse, or (`is_free`) what is free of it; returns the ids of the changes it took.

    `costs` as for `move`. Raises Invalid (`quantity`) for a level below nothing, or below what is allocated.
    """
    if level_problems(tx, levels, warehouse_id, is_free):
        raise Invalid({"quantity": "cannot be set"})
    known = rows.free(tx, warehouse_id, levels)
    differences = {}
    for size_id, level in levels.items():
        physical, allocated = known.get(size_id, (0, 0))
        differences[size_id] = level + (allocated if is_free else 0) - physical
    more = [(size_id, difference) for size_id, difference in differences.items() if difference > 0]
    less = [(size_id, difference) for size_id, difference in differences.items() if difference < 0]
    prices = {**rows.unit_costs(tx, levels), **costs}
    heads = [rows.move(tx, warehouse_id, changes, SET, reference, prices) for changes in (more, less)]
    _keep_costs(tx, costs)
    return _told(tx, heads, [size_id for size_id, _ in (*more, *less)])


def _keep_costs(tx: Transaction, costs: Mapping[int, tuple[int, int]]) -> None:
    """What a piece of sizes costs is what their variants cost from now on."""
    if costs:
        owners = {row["id"]: row["variant_id"] for row in rows.sizes(tx, costs)}
        cost_rows.put_unit_costs(tx, [(owners[size_id], *cost) for size_id, cost in costs.items()])


def _told(tx: Transaction, heads: list[int | None], size_ids: Mapping[int, int] | list[int]) -> list[int]:
    found = [head for head in heads if head is not None]
    for head in found:
        tx.event("stock_change", head, "created")
    if found:
        note_stock(tx, list(size_ids))
        newsletter.notify_back_in_stock(tx, list(size_ids))
    return found
