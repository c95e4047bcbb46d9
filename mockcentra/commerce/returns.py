"""Returns: what comes back of a shipment, what that does to the stock, and paying for it (order-api.md 3.5, 5.4)."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from mockcentra.commerce import invoicing, ledger, newsletter
from mockcentra.commerce.allocation import note_stock
from mockcentra.commerce.errors import Invalid, NotFound
from mockcentra.commerce.money import ratio
from mockcentra.store import Transaction
from mockcentra.store import allocations as stock_rows
from mockcentra.store import orders as order_rows
from mockcentra.store import returns as rows
from mockcentra.store import shipments as shipment_rows
from mockcentra.store.database import Row

ORIGINAL, OTHER, NONE = "original", "other", "none"
"""What a return does with the goods: back to where they came from, into another warehouse, into none."""

PENDING, COMPLETED = "pending", "completed"

FROM_SHIPMENT = -1
"""Instead of a cost: what the shipment has left of it."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a return comes to beside its goods. Hundredths of the order's currency; `warehouse_id` goes with OTHER."""

    stock_action: str = ORIGINAL
    warehouse_id: int | None = None
    handling_cost: int = 0
    shipping_cost: int = 0
    voucher_value: int = 0
    return_cost: int = 0
    comment: str = ""
    created_from: str = ""
    created_at: int | None = None


# ------------------------------------------------------------------ what can come back


def returnable(tx: Transaction, shipment_id: int, units: Mapping[int, int]) -> tuple[dict[int, int], list[int]]:
    """Of units by order line, those that can come back: (units by shipment line, the order lines that are returned).

    A line that the shipment does not hold, and one of which more is wanted than is left, is left out as a whole. A
    bundle's line means everything in it.
    """
    shipped: dict[int, list[Row]] = defaultdict(list)
    for row in rows.shipped_units(tx, shipment_id):
        shipped[row["order_line_id"]].append(row)
    left = {row["id"]: row["quantity"] - row["returned"] for of_line in shipped.values() for row in of_line}
    bundles: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for line_id, of_line in shipped.items():
        if of_line[0]["parent_line_id"] is not None:
            bundles[of_line[0]["parent_line_id"]].append((line_id, of_line[0]["ordered"]))
    sets = {row["id"]: row["quantity"] for row in order_rows.lines_by_ids(tx, list(bundles))}
    found: dict[int, int] = defaultdict(int)
    returned = []
    for line_id, quantity in units.items():
        wanted = (
            [(part_id, ordered * quantity // sets[line_id]) for part_id, ordered in bundles[line_id]]
            if line_id in sets
            else [(line_id, quantity)]
        )
        if quantity <= 0 or any(
            amount <= 0 or amount > sum(left[row["id"]] for row in shipped.get(part_id, ()))
            for part_id, amount in wanted
        ):
            continue
        for part_id, amount in wanted:
            for row in shipped[part_id]:
                taken = min(amount, left[row["id"]])
                if taken:
                    found[row["id"]] += taken
                    left[row["id"]] -= taken
                    amount -= taken
        returned.append(line_id)
    return dict(found), returned


# ------------------------------------------------------------------ making and changing


def create(tx: Transaction, shipment_id: int, units: Mapping[int, int], terms: Terms) -> int:
    """A pending return of units by shipment line; their stock moves now. Returns its id.

    Raises NotFound: `shipment`, `line`; Invalid: `quantity` for more than is left, `handlingCost`, `shippingCost`,
    `voucherValue` for more than the shipment has left of it. What is refused changes nothing.
    """
    shipment = order_rows.shipment(tx, shipment_id)
    if shipment is None:
        raise NotFound("shipment")
    shipped = {row["id"]: row for row in rows.shipped_units(tx, shipment_id)}
    for line_id, quantity in units.items():
        if line_id not in shipped:
            raise NotFound("line")
        if not 0 < quantity <= shipped[line_id]["quantity"] - shipped[line_id]["returned"]:
            raise Invalid({"quantity": "exceeds what is left"})
    costs = _costs(tx, shipment, terms)
    goods = sum(shipped[line_id]["price_each"] * quantity for line_id, quantity in units.items())
    worth = goods + costs["shipping_cost"] + costs["handling_cost"] - costs["voucher_value"]
    order = _order(tx, shipment)
    return_id = rows.add(
        tx,
        shipment_id,
        tx.now if terms.created_at is None else terms.created_at,
        status=PENDING,
        stock_action=terms.stock_action,
        warehouse_id=terms.warehouse_id if terms.stock_action == OTHER else None,
        return_cost=terms.return_cost,
        total=worth + _tax(tx, order, shipment, worth) - terms.return_cost,
        comment=terms.comment,
        created_from=terms.created_from,
        **costs,
    )
    rows.add_lines(tx, return_id, units.items())
    reference = f"{order['number']}-{shipment['position']}"
    for line_id, quantity in units.items():
        _move(tx, shipment, shipped[line_id], quantity, terms, reference)
    sizes = {shipped[line_id]["product_size_id"] for line_id in units} - {None}
    note_stock(tx, sizes)
    if terms.stock_action != NONE:
        newsletter.notify_back_in_stock(tx, sizes)
    order_rows.update(tx, order["id"])
    order_rows.add_history(tx, order["id"], "return created", **{"return": return_id})
    tx.event("return", return_id, "created", order=order["number"], shipment=shipment["id"])
    tx.event("order", order["id"], "updated", number=order["number"])
    return return_id


def _costs(tx: Transaction, shipment: Row, terms: Terms) -> dict[str, int]:
    earlier = rows.of_shipment(tx, shipment["id"])
    whole = {
        "handling_cost": shipment["handling_cost"],
        "shipping_cost": shipment["shipping_cost"],
        "voucher_value": -shipment["discount"],
    }
    asked = {
        "handling_cost": terms.handling_cost,
        "shipping_cost": terms.shipping_cost,
        "voucher_value": terms.voucher_value,
    }
    names = {"handling_cost": "handlingCost", "shipping_cost": "shippingCost", "voucher_value": "voucherValue"}
    found = {}
    for column, amount in asked.items():
        left = max(0, whole[column] - sum(row[column] for row in earlier))
        if amount > left:
            raise Invalid({names[column]: "exceeds what is left"})
        found[column] = left if amount == FROM_SHIPMENT else amount
    return found


def _tax(tx: Transaction, order: Row, shipment: Row, worth: int) -> int:
    """The part of what was added to a shipment as tax, or taken off it, that lies on what comes back of it."""
    if not (order["tax_added"] or order["tax_deducted"]) or not shipment["grand_total"]:
        return 0
    goods = sum(line["line_value"] for line in shipment_rows.lines(tx, [shipment["id"]]))
    untaxed = goods + shipment["shipping_cost"] + shipment["handling_cost"]
    return ratio(shipment["grand_total"] - untaxed, worth, untaxed) if untaxed > 0 else 0


def _move(tx: Transaction, shipment: Row, line: Row, quantity: int, terms: Terms, reference: str) -> None:
    """The goods of a line come back, or never leave: the table of order-api.md 3.4."""
    size_id, place = line["product_size_id"], line["warehouse_id"]
    if size_id is None:
        return
    into = {ORIGINAL: place, OTHER: terms.warehouse_id, NONE: None}[terms.stock_action]
    if shipment["is_shipped"]:
        if into is not None:
            stock_rows.change_physical(tx, size_id, into, quantity, "return", reference)
        return
    for row in stock_rows.of_orders(tx, [shipment["order_id"]]):
        if (row["order_line_id"], row["warehouse_id"], row["shipment_id"]) == (
            line["order_line_id"],
            place,
            shipment["id"],
        ):
            stock_rows.give_back(tx, row, quantity)
            if into != place:
                stock_rows.change_physical(tx, size_id, place, -quantity, "return", reference)
                if into is not None:
                    stock_rows.change_physical(tx, size_id, into, quantity, "return", reference)


def row_of(tx: Transaction, return_id: int) -> Row:
    """The return's row. Raises NotFound (`return`)."""
    row = rows.get(tx, return_id)
    if row is None:
        raise NotFound("return")
    return row


def set_completed(tx: Transaction, return_id: int, is_completed: bool) -> None:
    """Completes a return, or makes it pending again. Raises NotFound (`return`)."""
    row = row_of(tx, return_id)
    if (row["status"] == COMPLETED) == is_completed:
        return
    rows.update(
        tx,
        return_id,
        status=COMPLETED if is_completed else PENDING,
        completed_at=tx.now if is_completed else None,
    )
    _tell(tx, row, "completed" if is_completed else "updated")


def refund(tx: Transaction, return_id: int) -> str:
    """Pays for a return and completes it; returns success, or failed for a shipment that was never charged.

    What is paid back is what the return comes to, but never more than what was taken for the shipment. A second time
    nothing happens. Raises NotFound, and Denied (`payment`) for an order that was paid outside.
    """
    row = row_of(tx, return_id)
    if row["is_refunded"]:
        set_completed(tx, return_id, True)
        return ledger.SUCCESS
    shipment = order_rows.shipment(tx, row["shipment_id"])
    assert shipment is not None
    order = _order(tx, shipment)
    ledger.deny_external(tx, order)
    if not (shipment["is_captured"] and shipment["is_paid"] and ledger.has_payments(tx, order)):
        return ledger.FAILED
    left = shipment["grand_total"] - ledger.refunded(tx, order, shipment["id"])
    amount = min(max(0, row["total"]), left)
    ledger.refund(tx, order, amount, shipment["id"], return_id)
    if amount > 0:
        invoicing.write_credit(tx, order, row, amount)
    rows.update(tx, return_id, is_refunded=1)
    order_rows.add_history(tx, order["id"], "return refunded", **{"return": return_id})
    set_completed(tx, return_id, True)
    return ledger.SUCCESS


def delete(tx: Transaction, return_id: int) -> None:
    """Takes a return back, and what it did to the stock. Raises NotFound, and Invalid: `return` for one that is

    completed or refunded, `stock` when the goods were sold meanwhile.
    """
    row = row_of(tx, return_id)
    if row["status"] == COMPLETED or row["is_refunded"]:
        raise Invalid({"return": "is completed"})
    shipment = order_rows.shipment(tx, row["shipment_id"])
    assert shipment is not None
    lines = rows.lines(tx, return_id)
    order = _order(tx, shipment)
    reference = f"{order['number']}-{shipment['position']}"
    with tx.savepoint():
        for line in lines:
            _move_back(tx, row, shipment, line, reference)
        rows.remove(tx, return_id)
    note_stock(tx, {line["product_size_id"] for line in lines} - {None})
    order_rows.update(tx, order["id"])
    tx.event("return", return_id, "deleted", order=order["number"], shipment=row["shipment_id"])
    tx.event("order", order["id"], "updated", number=order["number"])


def _move_back(tx: Transaction, row: Row, shipment: Row, line: Row, reference: str) -> None:
    size_id, place, quantity = line["product_size_id"], line["warehouse_id"], line["quantity"]
    if size_id is None or place is None:
        return
    came_to = {ORIGINAL: place, OTHER: row["warehouse_id"], NONE: None}[row["stock_action"]]
    if came_to is not None:
        free = sum(each["physical"] - each["allocated"] for each in stock_rows.stock(tx, [size_id], [came_to]))
        if free < quantity:
            raise Invalid({"stock": "not allocated"})
    if shipment["is_shipped"]:
        if came_to is not None:
            stock_rows.change_physical(tx, size_id, came_to, -quantity, "return", reference)
        return
    if came_to != place:
        if came_to is not None:
            stock_rows.change_physical(tx, size_id, came_to, -quantity, "return", reference)
        stock_rows.change_physical(tx, size_id, place, quantity, "return", reference)
    stock_rows.change_allocated(tx, size_id, place, quantity)
    stock_rows.hold(tx, line["order_line_id"], place, quantity, shipment["id"])


def _order(tx: Transaction, shipment: Row) -> Row:
    order = order_rows.get(tx, shipment["order_id"])
    assert order is not None
    return order


def _tell(tx: Transaction, row: Row, action: str) -> None:
    shipment = order_rows.shipment(tx, row["shipment_id"])
    assert shipment is not None
    order = _order(tx, shipment)
    order_rows.update(tx, order["id"])
    tx.event("return", row["id"], action, order=order["number"], shipment=shipment["id"])
    tx.event("order", order["id"], "updated", number=order["number"])
