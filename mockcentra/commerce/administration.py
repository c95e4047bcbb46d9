"""What administrators do to orders by hand: hold and lock them, archive them, take pieces off, give them away."""

from mockcentra.commerce import ledger, orders
from mockcentra.commerce.errors import Invalid
from mockcentra.store import Transaction
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
