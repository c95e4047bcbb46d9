"""Shipments: packing what is allocated, charging it, sending it; and gift certificates, which need no parcel."""

from collections.abc import Mapping, Sequence
from typing import Any

from mockcentra.commerce import ledger
from mockcentra.commerce.allocation import note_stock
from mockcentra.commerce.errors import Invalid, NotFound
from mockcentra.commerce.money import ratio
from mockcentra.store import Transaction
from mockcentra.store import allocations as stock_rows
from mockcentra.store import orders as rows
from mockcentra.store.database import Row

# ------------------------------------------------------------------ packing


def create(
    tx: Transaction, order_id: int, units: Mapping[int, int] | None = None, is_good_to_go: bool = True
) -> int | None:
    """Packs what an order has allocated into a new shipment; the order is Processing then (order-api.md 3.1, 3.2).

    `units`: order line id -> how many units, at most those that are allocated and not packed yet; all of them when not
    given. Returns the shipment's id, None when there is nothing to pack. Its amount is what its units cost, shipping
    and handling on the first shipment only, taxes that are added or taken off in proportion. Raises NotFound, and
    Invalid (`order`) for an order that may have no shipment.
    """
    order = rows.get(tx, order_id)
    if order is None:
        raise NotFound("order")
    if order["status"] not in ("confirmed", "processing") or order["is_on_hold"] or order["is_waiting_for_payment"]:
        raise Invalid({"order": "can not be shipped"})
    lines = {row["id"]: row for row in rows.lines(tx, [order_id])}
    packed: list[tuple[Row, int]] = []
    wanted = dict(units) if units is not None else None
    for row in stock_rows.of_orders(tx, [order_id]):
        quantity = row["quantity"] if wanted is None else min(row["quantity"], wanted.get(row["order_line_id"], 0))
        if row["shipment_id"] is None and quantity > 0:
            packed.append((row, quantity))
            if wanted is not None:
                wanted[row["order_line_id"]] -= quantity
    if not packed:
        return None
    contents = [
        (row["order_line_id"], row["warehouse_id"], quantity, _value(lines, row["order_line_id"], quantity))
        for row, quantity in packed
    ]
    earlier = rows.shipments(tx, [order_id]).get(order_id, [])
    is_first = not earlier
    shipment_id = rows.add_shipment(
        tx,
        order_id,
        warehouse_id=packed[0][0]["warehouse_id"],
        is_good_to_go=int(is_good_to_go),
        good_to_go_at=tx.now if is_good_to_go else None,
        is_paid=int(not ledger.has_payments(tx, order)),
        shipping_cost=order["shipping_cost"] if is_first else 0,
        handling_cost=order["handling_cost"] if is_first else 0,
        grand_total=_amount(tx, order, lines, contents, earlier),
    )
    rows.add_shipment_lines(tx, shipment_id, contents)
    for row, quantity in packed:
        stock_rows.pack(tx, row, quantity, shipment_id)
    rows.update(tx, order_id, status="processing")
    rows.add_history(tx, order_id, "shipment created", shipment=shipment_id)
    tx.event("shipment", shipment_id, "created", order=order["number"])
    return shipment_id


def _goods(lines: Mapping[int, Row]) -> list[Row]:
    """The lines that parcels are made of: bundles go as their parts."""
    parents = {line["parent_line_id"] for line in lines.values()}
    return [line for line in lines.values() if line["product_size_id"] is not None and line["id"] not in parents]


def _value(lines: Mapping[int, Row], line_id: int, quantity: int) -> int:
    """What units of a line cost after discounts; those of a bundle are shared by its parts."""
    line = lines[line_id]
    parent = lines.get(line["parent_line_id"])
    total = line["line_total"] + line["discount_share"]
    if parent is not None and parent["line_total"]:
        total = ratio(parent["line_total"] + parent["discount_share"], line["line_total"], parent["line_total"])
    return ratio(total, quantity, line["quantity"])


def _amount(
    tx: Transaction,
    order: Row,
    lines: Mapping[int, Row],
    contents: Sequence[tuple[int, int | None, int, int]],
    earlier: Sequence[Row],
) -> int:
    """What a shipment is charged with. The one that makes the order whole takes what is left of its total."""
    shipped = {row["order_line_id"]: row["quantity"] for row in rows.packed_units(tx, order["id"])}
    for line_id, _, quantity, _ in contents:
        shipped[line_id] = shipped.get(line_id, 0) + quantity
    if all(shipped.get(line["id"], 0) == line["quantity"] for line in _goods(lines)):
        return max(0, order["grand_total"] - sum(row["grand_total"] for row in earlier))
    costs = 0 if earlier else order["shipping_cost"] + order["handling_cost"]
    net = sum(value for *_, value in contents) + costs
    whole = order["grand_total"] - order["tax_added"] - order["tax_deducted"]
    return net + (ratio(order["tax_added"] + order["tax_deducted"], net, whole) if whole else 0)


# ------------------------------------------------------------------ money and parcels


def capture(tx: Transaction, shipment_id: int) -> str:
    """Charges a shipment once; returns success, pending or failed (order-api.md 3.3).

    Money that was captured for the order and belongs to no shipment yet is used first. Raises NotFound.
    """
    shipment = _shipment(tx, shipment_id)
    if shipment["is_captured"] or shipment["is_paid"]:
        return ledger.SUCCESS
    order = rows.get(tx, shipment["order_id"])
    assert order is not None
    charged = sum(row["grand_total"] for row in rows.shipments(tx, [order["id"]])[order["id"]] if row["is_captured"])
    if ledger.captured(tx, order) - charged >= shipment["grand_total"] and ledger.has_payments(tx, order):
        status = ledger.SUCCESS
    else:
        status = ledger.capture(tx, order, shipment["grand_total"], shipment_id)
    if status == ledger.SUCCESS:
        rows.update_shipment(tx, shipment_id, is_captured=1, is_paid=1, captured_at=tx.now)
        tx.event("shipment", shipment_id, "updated", order=order["number"])
        _settle_order(tx, order)
    return status


def complete(tx: Transaction, shipment_id: int, **parcel: Any) -> None:
    """The parcel leaves: its units are off the shelf, and the order is Completed with its last one (order-api.md 3.4).

    `parcel` is what is known of it: carrier, service, tracking_number, tracking_url, return_tracking_number,
    return_tracking_url, additional_message, packages. Raises NotFound, and Invalid (`shipment`) when it is not paid.
    """
    shipment = _shipment(tx, shipment_id)
    if shipment["is_shipped"]:
        return
    if not shipment["is_paid"]:
        raise Invalid({"shipment": "is not paid"})
    order = rows.get(tx, shipment["order_id"])
    assert order is not None
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
        shipped_at=tx.now,
        **parcel,
    )
    rows.add_history(tx, order["id"], "shipped", shipment=shipment_id)
    tx.event("shipment", shipment_id, "completed", order=order["number"])
    _settle_order(tx, order)


def _shipment(tx: Transaction, shipment_id: int) -> Row:
    row = rows.shipment(tx, shipment_id)
    if row is None:
        raise NotFound("shipment")
    return row


def _settle_order(tx: Transaction, order: Row) -> None:
    """Processing becomes Completed when all lines are shipped or cancelled and all shipments are paid."""
    shipped = {row["order_line_id"]: row["quantity"] for row in rows.packed_units(tx, order["id"])}
    lines = {row["id"]: row for row in rows.lines(tx, [order["id"]])}
    is_packed = all(
        shipped.get(line["id"], 0) == line["quantity"] - line["cancelled_quantity"] for line in _goods(lines)
    )
    parcels = rows.shipments(tx, [order["id"]]).get(order["id"], [])
    if is_packed and parcels and all(row["is_shipped"] and row["is_paid"] for row in parcels):
        rows.update(tx, order["id"], status="completed")
        rows.add_history(tx, order["id"], "completed")
        tx.event("order", order["id"], "completed", number=order["number"])


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
    ledger.capture(tx, order, order["grand_total"], shipment_id)
    rows.update(tx, order_id, status="completed", confirmed_at=tx.now)
    rows.add_history(tx, order_id, "completed", shipment=shipment_id)
    tx.event("shipment", shipment_id, "created", order=order["number"])
    tx.event("shipment", shipment_id, "completed", order=order["number"])
    tx.event("order", order_id, "completed", number=order["number"])
