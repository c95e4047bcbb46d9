"""The payment history of orders: what was authorised, captured and released, and that nothing is captured twice."""

from mockcentra.store import Transaction
from mockcentra.store import payments as rows
from mockcentra.store.database import Row

SUCCESS, PENDING, FAILED = "success", "pending", "failed"

# How a provider ends a capture, by the capture mode of the payment (payments.md C).
_CAPTURE_ENDS = {"ok": SUCCESS, "hold": PENDING, "fail": FAILED}


def authorise(tx: Transaction, order: Row, amount: int, reference: str, status: str = SUCCESS) -> None:
    """Notes that a provider reserved an amount (hundredths) for the order, or that it has yet to say so (`pending`)."""
    _note(tx, order, "auth", status, amount, reference)


def settle_authorisation(tx: Transaction, order: Row, status: str) -> None:
    """The provider has decided about a pending authorisation."""
    rows.settle_entries(tx, order["id"], "auth", status)


def capture(tx: Transaction, order: Row, amount: int, shipment_id: int | None = None) -> str:
    """Takes an amount (hundredths) of what was authorised; returns success, pending or failed.

    An order without any payment data was settled elsewhere: a success that leaves no entry. More than what is
    authorised and not captured yet fails, as does whatever the provider refuses (order-api.md 3.3).
    """
    if not rows.has_payment_data(tx, order["id"]):
        return SUCCESS
    left = rows.sum_of(tx, order["id"], "auth") - rows.sum_of(tx, order["id"], "capture")
    attempt = rows.attempt_of_order(tx, order["id"])
    status = FAILED if amount > left else _CAPTURE_ENDS[attempt["capture_mode"] if attempt is not None else "ok"]
    _note(tx, order, "capture", status, amount, attempt["trans"] if attempt is not None else "", shipment_id)
    return status


def refuse_capture(tx: Transaction, order: Row, amount: int, shipment_id: int | None = None) -> None:
    """Notes that the provider refused to hand over an amount (hundredths)."""
    _note(tx, order, "capture", FAILED, amount, "", shipment_id)


def captured(tx: Transaction, order: Row) -> int:
    """How much money of the order was taken, in hundredths."""
    return rows.sum_of(tx, order["id"], "capture")


def has_payments(tx: Transaction, order: Row) -> bool:
    """Whether anything is known of the order's payment; without that it was settled elsewhere, or cost nothing."""
    return rows.has_payment_data(tx, order["id"])


def is_captured(tx: Transaction, order: Row) -> bool:
    """Whether any money of the order was taken."""
    return rows.sum_of(tx, order["id"], "capture") > 0


def release(tx: Transaction, order: Row) -> None:
    """Gives up what is authorised and not captured."""
    left = rows.sum_of(tx, order["id"], "auth") - rows.sum_of(tx, order["id"], "capture")
    if left > 0:
        _note(tx, order, "cancel", SUCCESS, left, "")


def _note(
    tx: Transaction, order: Row, kind: str, status: str, amount: int, reference: str, shipment_id: int | None = None
) -> None:
    rows.add_entry(
        tx,
        kind,
        status,
        amount,
        order["currency_id"],
        order_id=order["id"],
        shipment_id=shipment_id,
        payment_method_id=order["payment_method_id"],
        reference=reference,
    )
