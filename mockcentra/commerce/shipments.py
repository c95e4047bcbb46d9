"""Shipments: packing units of an order, charging for them, sending them; and gift certificates, which need no parcel.

Who creates a shipment decides what of the order's shipping and handling lies on it (order-api.md 3.3, domain.md 9.3).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mockcentra.commerce import allocation, delivery_groups, invoicing, ledger
from mockcentra.commerce.allocation import Need, note_stock
from mockcentra.commerce.errors import Invalid, NotFound
from mockcentra.commerce.money import ratio, shares
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


# ------------------------------------------------------------------ what an order has


@dataclass(slots=True)
class _Contents:
    """The lines of an order, what is left of them costs after all discounts, and what of them is in shipments."""

    lines: dict[int, Row]
    parts: dict[int, list[Row]]  # of bundles, by their line
    nets: dict[int, int]
    packed: list[Row]

    def goods(self) -> list[Row]:
        """The lines that parcels are made of: bundles go as their parts, gift certificates by mail."""
        return [
            line for line in self.lines.values() if line["id"] not in self.parts and line["gift_certificate_id"] is None
        ]

    def units(self, shipment_id: int | None = None) -> dict[int, int]:
        """Order line id -> units in one shipment, or in all of them."""
        found: dict[int, int] = defaultdict(int)
        for row in self.packed:
            if shipment_id is None or row["shipment_id"] == shipment_id:
                found[row["order_line_id"]] += row["quantity"]
        return found

    def left(self) -> dict[int, int]:
        """Order line id -> units that were ordered and are in no shipment."""
        packed = self.units()
        return {
            line["id"]: line["quantity"] - line["cancelled_quantity"] - packed.get(line["id"], 0)
            for line in self.goods()
        }

    def value(self, line_id: int, quantity: int) -> int:
        """What further units of a line cost after discounts; the last ones cost what the others have left."""
        line, net = self.lines[line_id], self.nets[line_id]
        kept = line["quantity"] - line["cancelled_quantity"]
        earlier = [row for row in self.packed if row["order_line_id"] == line_id]
        if sum(row["quantity"] for row in earlier) + quantity == kept:
            return net - sum(row["line_value"] for row in earlier)
        return ratio(net, quantity, kept)


def _contents(tx: Transaction, order_id: int) -> _Contents:
    lines = {row["id"]: row for row in rows.lines(tx, [order_id])}
    parts: dict[int, list[Row]] = defaultdict(list)
    for line in lines.values():
        if line["parent_line_id"] in lines:
            parts[line["parent_line_id"]].append(line)
    nets = {line["id"]: _kept(line, "line_total") + _kept(line, "discount_share") for line in lines.values()}
    for bundle_id, of_bundle in parts.items():
        weights = [part["line_total"] for part in of_bundle]
        nets.update(zip((part["id"] for part in of_bundle), shares(nets[bundle_id], weights), strict=True))
    return _Contents(lines, dict(parts), nets, shipment_rows.of_order(tx, order_id))


def _kept(line: Row, column: str) -> int:
    """What is left of an amount of a line without its cancelled units."""
    return ratio(line[column], line["quantity"] - line["cancelled_quantity"], line["quantity"])


def units_left(tx: Transaction, order_id: int) -> dict[int, int]:
    """Order line id -> units that were ordered, not cancelled, and are in no shipment; bundles count as their parts."""
    return _contents(tx, order_id).left()


def _expanded(contents: _Contents, units: Mapping[int, int]) -> dict[int, int]:
    """Units by line of goods: a bundle means all that is in it, times its quantity.

    Raises NotFound (`line`) for what is no line of the order, and Invalid (`quantity`) for less than nothing.
    """
    goods = {line["id"] for line in contents.goods()}
    found: dict[int, int] = defaultdict(int)
    for line_id, quantity in units.items():
        if quantity < 0:
            raise Invalid({"quantity": "not valid"})
        if line_id in goods:
            found[line_id] += quantity
        elif line_id in contents.parts:
            sets = contents.lines[line_id]["quantity"]
            for part in contents.parts[line_id]:
                found[part["id"]] += part["quantity"] * quantity // sets
        else:
            raise NotFound("line")
    return found


# ------------------------------------------------------------------ packing


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
        wanted = _expanded(_contents(tx, order_id), units)
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
    contents = _contents(tx, order_id)
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
            is_paid=int(is_settled_elsewhere(tx, order)),
            shipping_cost=shipping,
            handling_cost=handling,
        )
        _put_in(tx, shipment_id, contents, wanted, places)
        _reckon(tx, order, shipment_id)
        rows.update(tx, order_id, status="processing")
    rows.add_history(tx, order_id, "shipment created", shipment=shipment_id)
    tx.event("shipment", shipment_id, "created", order=order["number"])
    if is_good_to_go:
        _tell(tx, order, shipment_id, "good_to_go")
    tx.event("order", order_id, "updated", number=order["number"])
    return shipment_id


def pack_group(tx: Transaction, group_id: int, is_good_to_go: bool = False, allocates: bool = True) -> int:
    """A new shipment with all that is left of a delivery group, and its shipping price; returns its id.

    Raises as `pack`, and Invalid (`units`: nothing) when nothing of the group is left.
    """
    group = group_rows.get(tx, group_id)
    assert group is not None
    order = _shippable(tx, group["order_id"])
    left = _contents(tx, order["id"]).left()
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


def _wanted(contents: _Contents, units: Mapping[int, int]) -> dict[int, int]:
    if not units:
        raise Invalid({"units": "nothing"})
    if any(quantity <= 0 for quantity in units.values()):
        raise Invalid({"quantity": "not valid"})
    wanted = {line_id: quantity for line_id, quantity in _expanded(contents, units).items() if quantity}
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
    tx: Transaction, order: Row, contents: _Contents, wanted: Mapping[int, int], allocates: bool
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
    contents: _Contents,
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
    contents = _contents(tx, order["id"])
    shipment = _shipment(tx, shipment_id)
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


# ------------------------------------------------------------------ finding and changing


def id_of_number(tx: Transaction, order_number: int, position: int) -> int | None:
    """The id of the shipment `<order number>-<position>`."""
    row = shipment_rows.by_number(tx, order_number, position)
    return None if row is None else row["id"]


def row_of(tx: Transaction, shipment_id: int) -> Row:
    """The shipment's row. Raises NotFound (`shipment`)."""
    return _shipment(tx, shipment_id)


def order_of(tx: Transaction, shipment_id: int) -> Row | None:
    """The row of the order of a shipment; None for an unknown shipment."""
    shipment = rows.shipment(tx, shipment_id)
    return None if shipment is None else _order_of(tx, shipment)


def number_of(tx: Transaction, shipment_id: int) -> str:
    """`<order number>-<position>`. Raises NotFound (`shipment`)."""
    shipment = _shipment(tx, shipment_id)
    return f"{_order_of(tx, shipment)['number']}-{shipment['position']}"


def identical(tx: Transaction, order_id: int, units: Mapping[int, int]) -> int | None:
    """The order's shipment that was not sent yet and holds exactly these units, if there is one."""
    contents = _contents(tx, order_id)
    try:
        wanted = _wanted(contents, units)
    except (Invalid, NotFound):
        return None
    for row in rows.shipments(tx, [order_id]).get(order_id, ()):
        if not row["is_shipped"] and contents.units(row["id"]) == wanted:
            return row["id"]
    return None


def set_good_to_go(tx: Transaction, shipment_id: int, is_good_to_go: bool) -> None:
    """Marks a shipment as packed, or as not yet; one that was sent stays as it is. Raises NotFound."""
    shipment = _shipment(tx, shipment_id)
    if shipment["is_shipped"] or bool(shipment["is_good_to_go"]) == is_good_to_go:
        return
    rows.update_shipment(
        tx, shipment_id, is_good_to_go=int(is_good_to_go), good_to_go_at=tx.now if is_good_to_go else None
    )
    order = _order_of(tx, shipment)
    rows.add_history(tx, order["id"], "good to go" if is_good_to_go else "not good to go", shipment=shipment_id)
    _tell(tx, order, shipment_id, "good_to_go" if is_good_to_go else "")


def mark_printed(tx: Transaction, shipment_id: int) -> None:
    """Somebody has the delivery note. Raises NotFound."""
    shipment = _shipment(tx, shipment_id)
    if not shipment["is_printed"]:
        rows.update_shipment(tx, shipment_id, is_printed=1)
        _tell(tx, _order_of(tx, shipment), shipment_id)


def set_serials(tx: Transaction, shipment_id: int, serials: Mapping[int, Sequence[str]]) -> None:
    """Notes the serial numbers of units, by order line. Raises NotFound: `shipment`, `line`."""
    shipment = _shipment(tx, shipment_id)
    if not serials:
        return
    contents = {row["order_line_id"]: row for row in reversed(shipment_rows.lines(tx, [shipment_id]))}
    for line_id, numbers in serials.items():
        if line_id not in contents:
            raise NotFound("line")
        shipment_rows.put_serials(tx, contents[line_id]["id"], numbers)
    rows.update_shipment(tx, shipment_id)
    _tell(tx, _order_of(tx, shipment), shipment_id)


def check_shippable(tx: Transaction, order_id: int) -> None:
    """Raises NotFound, and Invalid (`order`: is not confirmed, is on hold) for an order that may have no shipment."""
    _shippable(tx, order_id)


def check_changeable(tx: Transaction, shipment_id: int) -> None:
    """Raises Invalid (`shipment`: is sent, is captured, is paid, has refunds) when its quantities are frozen."""
    shipment = _shipment(tx, shipment_id)
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
    shipment = _shipment(tx, shipment_id)
    order = _order_of(tx, shipment)
    contents = _contents(tx, order["id"])
    present = contents.units(shipment_id)
    changes = {
        line_id: quantity
        for line_id, quantity in _expanded(contents, units).items()
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
        contents = _contents(tx, order["id"])
        wanted = {line_id: quantity for line_id, quantity in changes.items() if quantity}
        _put_in(tx, shipment_id, contents, wanted, _reserved(tx, order, contents, wanted, True))
        _reckon(tx, order, shipment_id)
    rows.add_history(tx, order["id"], "shipment changed", shipment=shipment_id)
    _tell(tx, order, shipment_id)
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
    shipment = _shipment(tx, shipment_id)
    order = _order_of(tx, shipment)
    is_paid = shipment["is_paid"] and not is_settled_elsewhere(tx, order)
    if shipment["is_shipped"] or shipment["is_captured"] or is_paid or shipment_rows.has_returns(tx, shipment_id):
        raise Invalid({"shipment": "is final"})
    _take_out(tx, order["id"], shipment_id)
    shipment_rows.remove(tx, shipment_id)
    rows.add_history(tx, order["id"], "shipment removed", shipment=shipment["position"])
    tx.event("shipment", shipment_id, "deleted", order=order["number"])
    follow(tx, order["id"])
    tx.event("order", order["id"], "updated", number=order["number"])


# ------------------------------------------------------------------ money and parcels


def is_settled_elsewhere(tx: Transaction, order: Row) -> bool:
    """Whether an order's payment is nobody's business here: nothing is known of it, and it is on no invoice."""
    return not ledger.has_payments(tx, order) and not ledger.is_on_invoice(tx, order)


def should_capture(tx: Transaction, shipment: Row, order: Row) -> bool:
    """Whether the money of a shipment is still to be taken (order-api.md 3.3)."""
    return not shipment["is_captured"] and not shipment["is_paid"] and ledger.has_payments(tx, order)


def capture(tx: Transaction, shipment_id: int) -> str:
    """Charges a shipment once; returns success, pending or failed, by the rule of order-api.md 3.3.

    Money that was captured for the order and belongs to no shipment yet is used first. A failure leaves an entry in
    the payment history and nothing else. Raises NotFound, and Denied (`payment`) for an order that was paid outside.
    """
    shipment = _shipment(tx, shipment_id)
    if shipment["is_captured"] or shipment["is_paid"]:
        return ledger.SUCCESS
    order = _order_of(tx, shipment)
    if not ledger.has_payments(tx, order):
        return ledger.SUCCESS
    if ledger.captured(tx, order) - _assigned(tx, order) >= shipment["grand_total"]:
        status = ledger.SUCCESS
    else:
        status = ledger.capture(tx, order, shipment["grand_total"], shipment_id)
    if status == ledger.SUCCESS:
        charged(tx, shipment_id)
    elif status == ledger.PENDING:
        rows.update_shipment(tx, shipment_id, is_captured=1)
        _tell(tx, order, shipment_id)
    return status


def take_over(tx: Transaction, shipment_id: int) -> bool:
    """Uses money that was captured for the order and belongs to no shipment; returns whether there was enough."""
    shipment = _shipment(tx, shipment_id)
    order = _order_of(tx, shipment)
    if shipment["is_captured"] or shipment["is_paid"] or not ledger.is_captured(tx, order):
        return False
    if ledger.captured(tx, order) - _assigned(tx, order) < shipment["grand_total"]:
        return False
    charged(tx, shipment_id)
    return True


def _assigned(tx: Transaction, order: Row) -> int:
    """How much of the captured money belongs to shipments."""
    return sum(
        row["grand_total"]
        for row in rows.shipments(tx, [order["id"]]).get(order["id"], ())
        if row["is_captured"] and row["is_paid"]
    )


def charged(tx: Transaction, shipment_id: int) -> None:
    """The money of a shipment has come: it is paid, and has an invoice."""
    shipment = _shipment(tx, shipment_id)
    order = _order_of(tx, shipment)
    rows.update_shipment(tx, shipment_id, is_captured=1, is_paid=1, captured_at=tx.now, paid_at=tx.now)
    if not invoicing.settle(tx, shipment_id, True):
        invoicing.write(tx, order, shipment, is_paid=True)
    rows.add_history(tx, order["id"], "shipment captured", shipment=shipment_id)
    _tell(tx, order, shipment_id)
    _now_paid(tx, shipment, order)


def _now_paid(tx: Transaction, shipment: Row, order: Row) -> None:
    """Goes on with what waited for the money."""
    if shipment["ships_when_paid"] and not shipment["is_shipped"]:
        complete(tx, shipment["id"])
        return
    follow(tx, order["id"])
    tx.event("order", order["id"], "updated", number=order["number"])


def capture_failed(tx: Transaction, shipment_id: int) -> None:
    """A provider that took its time has refused: the shipment is to be charged again."""
    rows.update_shipment(tx, shipment_id, is_captured=0)
    _tell(tx, _order_of(tx, _shipment(tx, shipment_id)), shipment_id)


def mark_paid(tx: Transaction, shipment_id: int, is_paid: bool = True, amount: int | None = None) -> None:
    """Somebody has seen the money, wherever it came from (AMS, GraphQL, SOAP, an invoice). Raises NotFound.

    `amount` (hundredths): how much it was, if not all that the shipment costs; invoices keep the rest open.
    """
    shipment = _shipment(tx, shipment_id)
    if bool(shipment["is_paid"]) == is_paid:
        return
    order = _order_of(tx, shipment)
    paid_at, part = (tx.now, amount) if is_paid else (None, None)
    rows.update_shipment(tx, shipment_id, is_paid=int(is_paid), paid_at=paid_at, paid_amount=part)
    invoicing.settle(tx, shipment_id, is_paid, amount)
    rows.add_history(tx, order["id"], "shipment paid" if is_paid else "shipment unpaid", shipment=shipment_id)
    _tell(tx, order, shipment_id)
    _now_paid(tx, shipment, order)


def send(tx: Transaction, shipment_id: int, **parcel: Any) -> bool:
    """Marks a shipment as good to go and sent: it completes now if it is paid, else as soon as it is.

    `parcel` as in `complete`. Returns whether it is completed. Raises NotFound.
    """
    shipment = _shipment(tx, shipment_id)
    set_good_to_go(tx, shipment_id, True)
    if shipment["is_paid"] or shipment["is_shipped"] or ledger.is_on_invoice(tx, _order_of(tx, shipment)):
        complete(tx, shipment_id, **parcel)
        return True
    describe(tx, shipment_id, ships_when_paid=1, **parcel)
    return False


def complete(
    tx: Transaction,
    shipment_id: int,
    *,
    even_unpaid: bool = False,
    is_invoiced: bool = True,
    shipped_at: int | None = None,
    **parcel: Any,
) -> None:
    """The parcel leaves: its units are off the shelf, and the order is Completed with its last one (order-api.md 3.4).

    `parcel` is what is known of it: carrier, service, tracking_number, tracking_url, return_tracking_number,
    return_tracking_url, additional_message, packages; of one that has left already only that is changed. What is paid
    by invoice has one from now on, unless the caller writes its own (`is_invoiced` False). Raises NotFound, and Invalid
    (`shipment`) when it is not paid; orders on invoice, and with `even_unpaid` all, need not be.
    """
    shipment = _shipment(tx, shipment_id)
    if shipment["is_shipped"]:
        describe(tx, shipment_id, **parcel)
        return
    order = _order_of(tx, shipment)
    if not shipment["is_paid"] and not even_unpaid and not ledger.is_on_invoice(tx, order):
        raise Invalid({"shipment": "is not paid"})
    held = [row for row in stock_rows.of_orders(tx, [order["id"]]) if row["shipment_id"] == shipment_id]
    reference = f"{order['number']}-{shipment['position']}"
    for row in held:
        stock_rows.change_allocated(tx, row["product_size_id"], row["warehouse_id"], -row["quantity"])
        stock_rows.change_physical(
            tx, row["product_size_id"], row["warehouse_id"], -row["quantity"], "shipment", reference
        )
    stock_rows.remove(tx, [row["id"] for row in held])
    note_stock(tx, {row["product_size_id"] for row in held})
    rows.update_shipment(
        tx,
        shipment_id,
        is_good_to_go=1,
        good_to_go_at=shipment["good_to_go_at"] or tx.now,
        is_shipped=1,
        shipped_at=tx.now if shipped_at is None else shipped_at,
        **parcel,
    )
    rows.add_history(tx, order["id"], "shipped", shipment=shipment_id)
    if is_invoiced and ledger.is_on_invoice(tx, order) and not invoicing.has_any(tx, shipment):
        invoicing.write(tx, order, shipment, is_paid=bool(shipment["is_paid"]))
    tx.event("shipment", shipment_id, "completed", order=order["number"])
    follow(tx, order["id"])
    tx.event("order", order["id"], "updated", number=order["number"])


def describe(tx: Transaction, shipment_id: int, **parcel: Any) -> None:
    """Notes carrier, service, tracking and the like (see `complete`) whatever state the shipment is in."""
    shipment = _shipment(tx, shipment_id)
    if parcel:
        rows.update_shipment(tx, shipment_id, **parcel)
        _tell(tx, _order_of(tx, shipment), shipment_id)


def _shipment(tx: Transaction, shipment_id: int) -> Row:
    row = rows.shipment(tx, shipment_id)
    if row is None:
        raise NotFound("shipment")
    return row


def _order_of(tx: Transaction, shipment: Row) -> Row:
    order = rows.get(tx, shipment["order_id"])
    assert order is not None
    return order


def _tell(tx: Transaction, order: Row, shipment_id: int, change: str = "") -> None:
    data = {"order": order["number"], **({"change": change} if change else {})}
    tx.event("shipment", shipment_id, "updated", **data)


def follow(tx: Transaction, order_id: int) -> None:
    """The order's status follows from its shipments (domain.md 9.2): Confirmed without any, Completed with all of them.

    Completed is what is Processing, with every unit shipped or cancelled and every shipment sent and paid.
    """
    order = rows.get(tx, order_id)
    assert order is not None
    if order["status"] != "processing":
        return
    parcels = rows.shipments(tx, [order_id]).get(order_id, [])
    if not parcels:
        rows.update(tx, order_id, status="confirmed")
        return
    rows.update(tx, order_id)
    is_over = all(row["is_shipped"] and row["is_paid"] for row in parcels)
    if is_over and not any(_contents(tx, order_id).left().values()):
        rows.update(tx, order_id, status="completed")
        rows.add_history(tx, order_id, "completed")
        tx.event("order", order_id, "completed", number=order["number"])


# ------------------------------------------------------------------ gift certificates


def deliver_by_mail(tx: Transaction, order_id: int) -> None:
    """A gift certificate needs no parcel: its shipment is completed and captured at once, and so is the order."""
    order = rows.get(tx, order_id)
    assert order is not None
    lines = rows.lines(tx, [order_id])
    shipment_id = rows.add_shipment(
        tx,
        order_id,
        is_good_to_go=1,
        is_paid=1,
        is_captured=1,
        is_shipped=1,
        good_to_go_at=tx.now,
        captured_at=tx.now,
        shipped_at=tx.now,
        shipping_cost=order["shipping_cost"],
        handling_cost=order["handling_cost"],
        grand_total=order["grand_total"],
    )
    rows.add_shipment_lines(
        tx, shipment_id, [(line["id"], None, line["quantity"], line["line_total"]) for line in lines]
    )
    if ledger.has_payments(tx, order):
        ledger.capture(tx, order, order["grand_total"], shipment_id)
        invoicing.write(tx, order, _shipment(tx, shipment_id), is_paid=True)
    rows.update(tx, order_id, status="completed", confirmed_at=tx.now)
    rows.add_history(tx, order_id, "completed", shipment=shipment_id)
    tx.event("shipment", shipment_id, "created", order=order["number"])
    tx.event("shipment", shipment_id, "completed", order=order["number"])
    tx.event("order", order_id, "completed", number=order["number"])
