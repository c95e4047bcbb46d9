"""Shipments: finding them, charging for them, sending them; gift certificates, which need no parcel (domain.md 9.2)."""

from collections.abc import Mapping, Sequence
from typing import Any

from mockcentra.commerce import invoicing, ledger
from mockcentra.commerce.allocation import note_stock
from mockcentra.commerce.errors import Invalid, NotFound
from mockcentra.commerce.shipment_contents import contents_of
from mockcentra.store import Transaction
from mockcentra.store import allocations as stock_rows
from mockcentra.store import orders as rows
from mockcentra.store import shipments as shipment_rows
from mockcentra.store.database import Row


def id_of_number(tx: Transaction, order_number: int, position: int) -> int | None:
    """The id of the shipment `<order number>-<position>`."""
    row = shipment_rows.by_number(tx, order_number, position)
    return None if row is None else row["id"]


def row_of(tx: Transaction, shipment_id: int) -> Row:
    """The shipment's row. Raises NotFound (`shipment`)."""
    row = rows.shipment(tx, shipment_id)
    if row is None:
        raise NotFound("shipment")
    return row


def order_of(tx: Transaction, shipment_id: int) -> Row | None:
    """The row of the order of a shipment; None for an unknown shipment."""
    shipment = rows.shipment(tx, shipment_id)
    return None if shipment is None else order_row(tx, shipment)


def number_of(tx: Transaction, shipment_id: int) -> str:
    """`<order number>-<position>`. Raises NotFound (`shipment`)."""
    shipment = row_of(tx, shipment_id)
    return f"{order_row(tx, shipment)['number']}-{shipment['position']}"


def set_good_to_go(tx: Transaction, shipment_id: int, is_good_to_go: bool) -> None:
    """Marks a shipment as packed, or as not yet; one that was sent stays as it is. Raises NotFound."""
    shipment = row_of(tx, shipment_id)
    if shipment["is_shipped"] or bool(shipment["is_good_to_go"]) == is_good_to_go:
        return
    rows.update_shipment(
        tx, shipment_id, is_good_to_go=int(is_good_to_go), good_to_go_at=tx.now if is_good_to_go else None
    )
    order = order_row(tx, shipment)
    rows.add_history(tx, order["id"], "good to go" if is_good_to_go else "not good to go", shipment=shipment_id)
    tell(tx, order, shipment_id, "good_to_go" if is_good_to_go else "")


def mark_printed(tx: Transaction, shipment_id: int) -> None:
    """Somebody has the delivery note. Raises NotFound."""
    shipment = row_of(tx, shipment_id)
    if not shipment["is_printed"]:
        rows.update_shipment(tx, shipment_id, is_printed=1)
        tell(tx, order_row(tx, shipment), shipment_id)


def set_serials(tx: Transaction, shipment_id: int, serials: Mapping[int, Sequence[str]]) -> None:
    """Notes the serial numbers of units, by order line. Raises NotFound: `shipment`, `line`."""
    shipment = row_of(tx, shipment_id)
    if not serials:
        return
    contents = {row["order_line_id"]: row for row in reversed(shipment_rows.lines(tx, [shipment_id]))}
    for line_id, numbers in serials.items():
        if line_id not in contents:
            raise NotFound("line")
        shipment_rows.put_serials(tx, contents[line_id]["id"], numbers)
    rows.update_shipment(tx, shipment_id)
    tell(tx, order_row(tx, shipment), shipment_id)


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
    shipment = row_of(tx, shipment_id)
    if shipment["is_captured"] or shipment["is_paid"]:
        return ledger.SUCCESS
    order = order_row(tx, shipment)
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
        tell(tx, order, shipment_id)
    return status


def take_over(tx: Transaction, shipment_id: int) -> bool:
    """Uses money that was captured for the order and belongs to no shipment; returns whether there was enough."""
    shipment = row_of(tx, shipment_id)
    order = order_row(tx, shipment)
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
    shipment = row_of(tx, shipment_id)
    order = order_row(tx, shipment)
    rows.update_shipment(tx, shipment_id, is_captured=1, is_paid=1, captured_at=tx.now, paid_at=tx.now)
    if not invoicing.settle(tx, shipment_id, True):
        invoicing.write(tx, order, shipment, is_paid=True)
    rows.add_history(tx, order["id"], "shipment captured", shipment=shipment_id)
    tell(tx, order, shipment_id)
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
    tell(tx, order_row(tx, row_of(tx, shipment_id)), shipment_id)


def mark_paid(tx: Transaction, shipment_id: int, is_paid: bool = True, amount: int | None = None) -> None:
    """Somebody has seen the money, wherever it came from (AMS, GraphQL, SOAP, an invoice). Raises NotFound.

    `amount` (hundredths): how much it was, if not all that the shipment costs; invoices keep the rest open.
    """
    shipment = row_of(tx, shipment_id)
    if bool(shipment["is_paid"]) == is_paid:
        return
    order = order_row(tx, shipment)
    paid_at, part = (tx.now, amount) if is_paid else (None, None)
    rows.update_shipment(tx, shipment_id, is_paid=int(is_paid), paid_at=paid_at, paid_amount=part)
    invoicing.settle(tx, shipment_id, is_paid, amount)
    rows.add_history(tx, order["id"], "shipment paid" if is_paid else "shipment unpaid", shipment=shipment_id)
    tell(tx, order, shipment_id)
    _now_paid(tx, shipment, order)


def send(tx: Transaction, shipment_id: int, **parcel: Any) -> bool:
    """Marks a shipment as good to go and sent: it completes now if it is paid, else as soon as it is.

    `parcel` as in `complete`. Returns whether it is completed. Raises NotFound.
    """
    shipment = row_of(tx, shipment_id)
    set_good_to_go(tx, shipment_id, True)
    if shipment["is_paid"] or shipment["is_shipped"] or ledger.is_on_invoice(tx, order_row(tx, shipment)):
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
    shipment = row_of(tx, shipment_id)
    if shipment["is_shipped"]:
        describe(tx, shipment_id, **parcel)
        return
    order = order_row(tx, shipment)
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
    shipment = row_of(tx, shipment_id)
    if parcel:
        rows.update_shipment(tx, shipment_id, **parcel)
        tell(tx, order_row(tx, shipment), shipment_id)


def order_row(tx: Transaction, shipment: Row) -> Row:
    """The row of the order of a shipment that is at hand."""
    order = rows.get(tx, shipment["order_id"])
    assert order is not None
    return order


def tell(tx: Transaction, order: Row, shipment_id: int, change: str = "") -> None:
    """Tells listeners of a change; `change` names what is more than new data, such as `good_to_go`."""
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
    if is_over and not any(contents_of(tx, order_id).left().values()):
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
        invoicing.write(tx, order, row_of(tx, shipment_id), is_paid=True)
    rows.update(tx, order_id, status="completed", confirmed_at=tx.now)
    rows.add_history(tx, order_id, "completed", shipment=shipment_id)
    tx.event("shipment", shipment_id, "created", order=order["number"])
    tx.event("shipment", shipment_id, "completed", order=order["number"])
    tx.event("order", order_id, "completed", number=order["number"])
