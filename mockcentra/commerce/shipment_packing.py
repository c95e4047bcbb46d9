"""Packing units of an order into shipments, changing what is in one, and taking one back.

Who creates a shipment decides what of the order's shipping and handling lies on it (order-api.md 3.3, domain.md 9.3).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mockcentra.commerce import allocation, delivery_groups, shipments
from mockcentra.commerce.allocation import Need
from mockcentra.commerce.errors import Invalid, NotFound
from mockcentra.commerce.money import ratio, shares
from mockcentra.commerce.shipment_contents import Contents, contents_of, expanded
from mockcentra.store import Transaction
from mockcentra.store import allocations as stock_rows
from mockcentra.store import delivery_groups as group_rows
from mockcentra.store import orders as rows
from mockcentra.store import requests as request_rows
from mockcentra.store import shipments as shipment_rows
from mockcentra.store.database import Row

EACH, ONCE = "each", "once"
"""On which shipments the order's shipping and handling lie: on each of them, or as far as earlier ones have it not."""


@dataclass(frozen=True, slots=True)
class Costs:
    """Shipping and handling of one shipment, in hundredths, as somebody else reckoned them."""

    shipping: int = 0
    handling: int = 0


def create(
    tx: Transaction, order_id: int, units: Mapping[int, int] | None = None, is_good_to_go: bool = True
) -> int | None:
    """Packs what an order has allocated into a new shipment; the order is Processing then (order-api.md 3.1, 3.2).

    `units`: order line id -> how many units, at most those that are allocated and not packed yet; all of them when not
    given. Returns the shipment's id, None when there is nothing to pack. Shipping and handling lie on the first
    shipment. Raises NotFound, and Invalid (`order`) for an order that may have no shipment.
    """
    _shippable(tx, order_id)
    held: dict[int, int] = defaultdict(int)
    for row, quantity in _free_to_pack(tx, order_id):
        held[row["order_line_id"]] += quantity
    if units is not None:
        wanted = expanded(contents_of(tx, order_id), units)
        held = defaultdict(int, {line_id: min(held[line_id], wanted.get(line_id, 0)) for line_id in held})
    packable = {line_id: quantity for line_id, quantity in held.items() if quantity > 0}
    return pack(tx, order_id, packable, is_good_to_go, allocates=False) if packable else None


def pack(
    tx: Transaction,
    order_id: int,
    units: Mapping[int, int],
    is_good_to_go: bool = False,
    costs: str | Costs = ONCE,
    allocates: bool = True,
) -> int:
    """A new shipment with exactly these units (order line id -> quantity); returns its id (order-api.md 5.2).

    A bundle's line means everything in it. `allocates` reserves now what of the units is not reserved yet. Raises
    NotFound: `order`, `line`; Invalid: `order` (is not confirmed, is on hold), `units` (nothing), `quantity` (not
    valid, exceeds what is left), `stock` (not allocated). Nothing of a shipment that is refused stays.
    """
    order = _shippable(tx, order_id)
    contents = contents_of(tx, order_id)
    wanted = _wanted(contents, units)
    left = contents.left()
    if any(quantity > left[line_id] for line_id, quantity in wanted.items()):
        raise Invalid({"quantity": "exceeds what is left"})
    with tx.savepoint():
        places = _reserved(tx, order, contents, wanted, allocates)
        shipping, handling = _costs(tx, order, costs)
        shipment_id = rows.add_shipment(
            tx,
            order_id,
            warehouse_id=places[0][0]["warehouse_id"] if places else None,
            is_good_to_go=int(is_good_to_go),
            good_to_go_at=tx.now if is_good_to_go else None,
            is_paid=int(shipments.is_settled_elsewhere(tx, order)),
            shipping_cost=shipping,
            handling_cost=handling,
        )
        _put_in(tx, shipment_id, contents, wanted, places)
        _reckon(tx, order, shipment_id)
        rows.update(tx, order_id, status="processing")
    rows.add_history(tx, order_id, "shipment created", shipment=shipment_id)
    tx.event("shipment", shipment_id, "created", order=order["number"])
    if is_good_to_go:
        shipments.tell(tx, order, shipment_id, "good_to_go")
    tx.event("order", order_id, "updated", number=order["number"])
    return shipment_id


def pack_group(tx: Transaction, group_id: int, is_good_to_go: bool = False, allocates: bool = True) -> int:
    """A new shipment with all that is left of a delivery group, and its shipping price; returns its id.

    Raises as `pack`, and Invalid (`units`: nothing) when nothing of the group is left.
    """
    group = group_rows.get(tx, group_id)
    assert group is not None
    order = _shippable(tx, group["order_id"])
    left = contents_of(tx, order["id"]).left()
    wanted = {
        line_id: min(quantity, left[line_id])
        for line_id, quantity in delivery_groups.units_left(tx, group_id).items()
        if left.get(line_id, 0) > 0
    }
    shipping, handling = _costs(tx, order, ONCE)
    costs = Costs(min(shipping, delivery_groups.shipping_left(tx, group)), handling)
    shipment_id = pack(tx, order["id"], wanted, is_good_to_go, costs, allocates)
    group_rows.put_shipment(tx, shipment_id, group_id)
    return shipment_id


def _shippable(tx: Transaction, order_id: int) -> Row:
    order = rows.get(tx, order_id)
    if order is None:
        raise NotFound("order")
    if order["status"] not in ("confirmed", "processing"):
        raise Invalid({"order": "is not confirmed"})
    if order["is_on_hold"] or order["is_waiting_for_payment"]:
        raise Invalid({"order": "is on hold"})
    return order


def _wanted(contents: Contents, units: Mapping[int, int]) -> dict[int, int]:
    if not units:
        raise Invalid({"units": "nothing"})
    if any(quantity <= 0 for quantity in units.values()):
        raise Invalid({"quantity": "not valid"})
    wanted = {line_id: quantity for line_id, quantity in expanded(contents, units).items() if quantity}
    if not wanted:
        raise Invalid({"units": "nothing"})
    return wanted


def _free_to_pack(tx: Transaction, order_id: int) -> list[tuple[Row, int]]:
    """Allocations that are in no shipment, with the units that no warehouse has yet to confirm."""
    waiting = request_rows.unconfirmed_units(tx, order_id)
    found = []
    for row in stock_rows.of_orders(tx, [order_id]):
        if row["shipment_id"] is None:
            quantity = row["quantity"] - waiting.get((row["order_line_id"], row["warehouse_id"]), 0)
            if quantity > 0:
                found.append((row, quantity))
    return found


def _reserved(
    tx: Transaction, order: Row, contents: Contents, wanted: Mapping[int, int], allocates: bool
) -> list[tuple[Row, int]]:
    """Allocations to pack, with the units of each; what lies on no shelf has none. Raises Invalid (`stock`)."""
    held: dict[int, int] = defaultdict(int)
    for row, quantity in _free_to_pack(tx, order["id"]):
        held[row["order_line_id"]] += quantity
    sizes = {line_id: contents.lines[line_id]["product_size_id"] for line_id in wanted}
    uncounted = stock_rows.size_flags(tx, [size_id for size_id in sizes.values() if size_id is not None])
    needs = [
        Need(line_id, sizes[line_id], quantity - held[line_id])
        for line_id, quantity in wanted.items()
        if sizes[line_id] is not None and quantity > held[line_id] and not uncounted[sizes[line_id]]["is_infinite"]
    ]
    if needs:
        outcome = allocates and allocation.allocate(
            tx, needs, order["allocation_rule_id"], may_wait=False, keeps_reserves=False
        )
        if not outcome or outcome.missing or outcome.demand:
            raise Invalid({"stock": "not allocated"})
    left = dict(wanted)
    places: list[tuple[Row, int]] = []
    for row, quantity in _free_to_pack(tx, order["id"]):
        units = min(left.get(row["order_line_id"], 0), quantity)
        if units:
            places.append((row, units))
            left[row["order_line_id"]] -= units
    if any(left[need.line_id] for need in needs):  # what was reserved now has yet to be confirmed
        raise Invalid({"stock": "not allocated"})
    return places


def _put_in(
    tx: Transaction,
    shipment_id: int,
    contents: Contents,
    wanted: Mapping[int, int],
    places: Iterable[tuple[Row, int]],
) -> None:
    """Writes the rows of what is packed, each with its part of what its line costs."""
    by_line: dict[int, list[tuple[int | None, int]]] = defaultdict(list)
    for row, quantity in places:
        stock_rows.pack(tx, row, quantity, shipment_id)
        by_line[row["order_line_id"]].append((row["warehouse_id"], quantity))
    entries = []
    for line_id, quantity in wanted.items():
        taken = by_line[line_id]
        rest = quantity - sum(units for _, units in taken)
        if rest:
            taken.append((None, rest))
        values = shares(contents.value(line_id, quantity), [units for _, units in taken])
        entries += [(line_id, place, units, value) for (place, units), value in zip(taken, values, strict=True)]
    rows.add_shipment_lines(tx, shipment_id, entries)


def _costs(tx: Transaction, order: Row, costs: str | Costs) -> tuple[int, int]:
    if isinstance(costs, Costs):
        return costs.shipping, costs.handling
    if costs == EACH:
        return order["shipping_cost"], order["handling_cost"]
    earlier = rows.shipments(tx, [order["id"]]).get(order["id"], [])
    return (
        max(0, order["shipping_cost"] - sum(row["shipping_cost"] for row in earlier)),
        max(0, order["handling_cost"] - sum(row["handling_cost"] for row in earlier)),
    )


def _reckon(tx: Transaction, order: Row, shipment_id: int) -> None:
    """What a shipment is charged with: its goods, its costs, and its part of taxes added to or taken off the order."""
    contents = contents_of(tx, order["id"])
    shipment = shipments.row_of(tx, shipment_id)
    units = contents.units(shipment_id)
    net = sum(row["line_value"] for row in contents.packed if row["shipment_id"] == shipment_id)
    items = sum(
        ratio(contents.lines[line_id]["line_total"], quantity, contents.lines[line_id]["quantity"])
        for line_id, quantity in units.items()
    )
    costs = shipment["shipping_cost"] + shipment["handling_cost"]
    extra = order["tax_added"] + order["tax_deducted"]
    whole = order["grand_total"] - extra
    others = [row for row in rows.shipments(tx, [order["id"]])[order["id"]] if row["id"] != shipment_id]
    all_costs = costs + sum(row["shipping_cost"] + row["handling_cost"] for row in others)
    if not any(contents.left().values()) and all_costs == order["shipping_cost"] + order["handling_cost"]:
        values: dict[int, int] = defaultdict(int)
        for row in contents.packed:
            values[row["shipment_id"]] += row["line_value"]
        earlier = sum(
            row["grand_total"] - row["shipping_cost"] - row["handling_cost"] - values[row["id"]] for row in others
        )
        extra -= earlier
    else:
        extra = ratio(extra, net + costs, whole) if whole > 0 else 0
    rows.update_shipment(tx, shipment_id, discount=min(0, net - items), grand_total=max(0, net + costs + extra))


def identical(tx: Transaction, order_id: int, units: Mapping[int, int]) -> int | None:
    """The order's shipment that was not sent yet and holds exactly these units, if there is one."""
    contents = contents_of(tx, order_id)
    try:
        wanted = _wanted(contents, units)
    except (Invalid, NotFound):
        return None
    for row in rows.shipments(tx, [order_id]).get(order_id, ()):
        if not row["is_shipped"] and contents.units(row["id"]) == wanted:
            return row["id"]
    return None


def check_shippable(tx: Transaction, order_id: int) -> None:
    """Raises NotFound, and Invalid (`order`: is not confirmed, is on hold) for an order that may have no shipment."""
    _shippable(tx, order_id)


def check_changeable(tx: Transaction, shipment_id: int) -> None:
    """Raises Invalid (`shipment`: is sent, is captured, is paid, has refunds) when its quantities are frozen."""
    shipment = shipments.row_of(tx, shipment_id)
    for is_so, why in (
        (shipment["is_shipped"], "is sent"),
        (shipment["is_captured"], "is captured"),
        (shipment["is_paid"], "is paid"),
        (shipment_rows.has_returns(tx, shipment_id), "has refunds"),
    ):
        if is_so:
            raise Invalid({"shipment": why})


def change_units(tx: Transaction, shipment_id: int, units: Mapping[int, int]) -> None:
    """Sets how many units of lines a shipment holds; 0 takes a line out, lines that are not named stay as they are.

    Raises as `check_changeable` and `pack` do; what is refused changes nothing.
    """
    check_changeable(tx, shipment_id)
    shipment = shipments.row_of(tx, shipment_id)
    order = shipments.order_row(tx, shipment)
    contents = contents_of(tx, order["id"])
    present = contents.units(shipment_id)
    changes = {
        line_id: quantity
        for line_id, quantity in expanded(contents, units).items()
        if quantity != present.get(line_id, 0)
    }
    left = contents.left()
    if any(quantity - present.get(line_id, 0) > left[line_id] for line_id, quantity in changes.items()):
        raise Invalid({"quantity": "exceeds what is left"})
    if not any({**present, **changes}.values()):
        raise Invalid({"units": "nothing"})
    if not changes:
        return
    with tx.savepoint():
        _take_out(tx, order["id"], shipment_id, changes)
        shipment_rows.remove_lines(
            tx,
            [row["id"] for row in contents.packed
             if row["shipment_id"] == shipment_id and row["order_line_id"] in changes],
        )  # fmt: skip
        contents = contents_of(tx, order["id"])
        wanted = {line_id: quantity for line_id, quantity in changes.items() if quantity}
        _put_in(tx, shipment_id, contents, wanted, _reserved(tx, order, contents, wanted, True))
        _reckon(tx, order, shipment_id)
    rows.add_history(tx, order["id"], "shipment changed", shipment=shipment_id)
    shipments.tell(tx, order, shipment_id)
    tx.event("order", order["id"], "updated", number=order["number"])


def _take_out(tx: Transaction, order_id: int, shipment_id: int, line_ids: Iterable[int] | None = None) -> None:
    """Unpacks lines of a shipment, or all of them; the order keeps what is allocated."""
    wanted = None if line_ids is None else set(line_ids)
    for row in stock_rows.of_orders(tx, [order_id]):
        if row["shipment_id"] == shipment_id and (wanted is None or row["order_line_id"] in wanted):
            shipment_rows.unpack(tx, row, row["quantity"])


def delete(tx: Transaction, shipment_id: int) -> None:
    """Takes a shipment back; what was in it stays allocated, its number is not used again (order-api.md 5.2).

    Raises NotFound, and Invalid (`shipment`: is final) once it was sent, charged, marked paid or returned.
    """
    shipment = shipments.row_of(tx, shipment_id)
    order = shipments.order_row(tx, shipment)
    is_paid = shipment["is_paid"] and not shipments.is_settled_elsewhere(tx, order)
    if shipment["is_shipped"] or shipment["is_captured"] or is_paid or shipment_rows.has_returns(tx, shipment_id):
        raise Invalid({"shipment": "is final"})
    _take_out(tx, order["id"], shipment_id)
    shipment_rows.remove(tx, shipment_id)
    rows.add_history(tx, order["id"], "shipment removed", shipment=shipment["position"])
    tx.event("shipment", shipment_id, "deleted", order=order["number"])
    shipments.follow(tx, order["id"])
    tx.event("order", order["id"], "updated", number=order["number"])
