"""Shipments that come into being by themselves: with the setting `direct to shipment`, and of gift certificates."""

from mockcentra.commerce import ledger
from mockcentra.commerce.money import ratio
from mockcentra.store import Transaction
from mockcentra.store import allocations as stock_rows
from mockcentra.store import orders as rows
from mockcentra.store.database import Row


def ship_at_once(tx: Transaction, order_id: int) -> int | None:
    """A good-to-go shipment of everything that is allocated; the order is Processing then (domain.md 9.2).

    Returns its id, None when nothing is allocated.
    """
    order = rows.get(tx, order_id)
    assert order is not None
    held = [row for row in stock_rows.of_orders(tx, [order_id]) if row["shipment_id"] is None]
    if not held:
        return None
    lines = {row["id"]: row for row in rows.lines(tx, [order_id])}
    packed = [
        (row["order_line_id"], row["warehouse_id"], row["quantity"], _value(lines[row["order_line_id"]], row))
        for row in held
    ]
    is_whole = sum(row["quantity"] for row in held) == sum(
        row["quantity"] - row["cancelled_quantity"]
        for row in lines.values()
        if row["product_size_id"] is not None and not _has_parts(row, lines)
    )
    total = sum(value for *_, value in packed) + order["shipping_cost"] + order["handling_cost"]
    shipment_id = rows.add_shipment(
        tx,
        order_id,
        warehouse_id=held[0]["warehouse_id"],
        is_good_to_go=1,
        good_to_go_at=tx.now,
        is_paid=int(not order["grand_total"]),
        shipping_cost=order["shipping_cost"],
        handling_cost=order["handling_cost"],
        grand_total=order["grand_total"] if is_whole else total,
    )
    rows.add_shipment_lines(tx, shipment_id, packed)
    stock_rows.put_into_shipment(tx, [row["id"] for row in held], shipment_id)
    rows.update(tx, order_id, status="processing")
    rows.add_history(tx, order_id, "shipment created", shipment=shipment_id)
    tx.event("shipment", shipment_id, "created", order=order["number"])
    return shipment_id


def _has_parts(line: Row, lines: dict[int, Row]) -> bool:
    return any(other["parent_line_id"] == line["id"] for other in lines.values())


def _value(line: Row, allocation: Row) -> int:
    """What the allocated units of a line cost."""
    return ratio(line["line_total"] + line["discount_share"], allocation["quantity"], line["quantity"])


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
