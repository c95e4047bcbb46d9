"""What administrators do to orders by hand: hold and lock them, archive them, take pieces off, give them away."""

from mockcentra.commerce import ledger, orders, shipments
from mockcentra.commerce.allocation import note_stock
from mockcentra.commerce.errors import Invalid
from mockcentra.store import Transaction
from mockcentra.store import allocations as stock_rows
from mockcentra.store import orders as rows


def hold(tx: Transaction, order_id: int, is_suspect: bool = False) -> None:
    """Stops an order: nothing of it is shipped or charged until the hold is lifted. Raises NotFound."""
    order = orders.row_of(tx, order_id)
    rows.update(tx, order_id, is_on_hold=1, is_suspect=int(is_suspect or order["is_suspect"]))
    rows.add_history(tx, order_id, "put on hold")
    tx.event("order", order_id, "updated", number=order["number"])


def lock(tx: Transaction, order_id: int) -> None:
    """An integration owns the order from now on, nobody else may change it. Raises NotFound."""
    order = orders.row_of(tx, order_id)
    rows.update(tx, order_id, is_locked=1)
    rows.add_history(tx, order_id, "locked")
    tx.event("order", order_id, "updated", number=order["number"])


def archive(tx: Transaction, order_id: int) -> None:
    """Puts a completed order away. Raises NotFound, and Invalid (`order`) for one that is not completed."""
    order = orders.row_of(tx, order_id)
    if order["status"] != "completed":
        raise Invalid({"order": f"is {order['status']}"})
    rows.update(tx, order_id, status="archived")
    rows.add_history(tx, order_id, "archived")
    tx.event("order", order_id, "updated", number=order["number"], status="archived")


def cancel_units(tx: Transaction, line_id: int, quantity: int) -> None:
    """Takes units off a line that no shipment holds yet; their stock is free again (domain.md 6.3).

    The order's totals stay as they were agreed: what is charged follows from what is shipped. Raises Invalid
    (`quantity`) for more units than that, and for all units of the line.
    """
    line = rows.line(tx, line_id)
    if line is None or quantity >= line["quantity"] - line["cancelled_quantity"]:
        raise Invalid({"quantity": "not valid"})
    held = [
        row
        for row in stock_rows.of_orders(tx, [line["order_id"]])
        if row["order_line_id"] == line_id and row["shipment_id"] is None
    ]
    left = quantity
    for row in reversed(held):
        units = min(left, row["quantity"])
        if units:
            stock_rows.give_back(tx, row, units)
            left -= units
    if left:
        raise Invalid({"quantity": "not valid"})
    note_stock(tx, {row["product_size_id"] for row in held})
    rows.update_line(tx, line_id, cancelled_quantity=line["cancelled_quantity"] + quantity)
    rows.update(tx, line["order_id"])
    rows.add_history(tx, line["order_id"], "units cancelled", line=line_id, quantity=quantity)
    shipments.follow(tx, line["order_id"])
    tx.event("order", line["order_id"], "updated")


def give_away(tx: Transaction, order_id: int) -> None:
    """Makes an order internal and gives its goods and its shipping away: its total is 0, there is nothing to pay.

    Raises NotFound, and Invalid (`order`) once something was authorised.
    """
    order = orders.row_of(tx, order_id)
    if ledger.has_payments(tx, order):
        raise Invalid({"order": "is paid"})
    rows.discount_lines_in_full(tx, order_id)
    rows.remove_taxes(tx, order_id)
    rows.update(
        tx,
        order_id,
        is_internal=1,
        discount_total=-order["items_total"],
        shipping_cost=0,
        handling_cost=0,
        tax_added=0,
        tax_deducted=0,
        tax_percent=0,
        grand_total=0,
        grand_total_tax=0,
    )
    rows.add_history(tx, order_id, "given away")
    tx.event("order", order_id, "updated", number=order["number"])
