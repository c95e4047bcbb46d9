"""The payment history of orders: what was authorised, captured and released, and that nothing is captured twice."""

from collections.abc import Mapping
from typing import Any

from mockcentra.commerce.errors import Denied
from mockcentra.commerce.reference import reference_of
from mockcentra.store import Transaction
from mockcentra.store import orders as order_rows
from mockcentra.store import payments as rows
from mockcentra.store.database import Row

SUCCESS, PENDING, FAILED = "success", "pending", "failed"

# How a provider ends a capture, by the capture mode of the payment (payments.md C).
_CAPTURE_ENDS = {"ok": SUCCESS, "hold": PENDING, "fail": FAILED}
# So many hundredths too much, a matter of rounding, providers let pass.
_TOLERANCE = 1
# Type of the payment methods whose money only the shop itself can move, at its provider (payments.md B3).
_EXTERNAL = "external_payment"
# What of it stands in the history of the order, too; captures and refunds that succeed do so by what they are for.
_HISTORY = {
    ("auth", SUCCESS): "authorised",
    ("auth", PENDING): "authorisation pending",
    ("auth", FAILED): "authorisation failed",
    ("capture", FAILED): "capture failed",
}
_ON_INVOICE = "inv"


def authorise(
    tx: Transaction,
    order: Row,
    amount: int,
    reference: str,
    status: str = SUCCESS,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Notes that a provider reserved an amount (hundredths) for the order, or that it has yet to say so (`pending`)."""
    note(tx, order, "auth", status, amount, reference, details=details)


def settle_authorisation(tx: Transaction, order: Row, status: str) -> None:
    """The provider has decided about a pending authorisation."""
    rows.settle_entries(tx, order["id"], "auth", status)


def capture(tx: Transaction, order: Row, amount: int, shipment_id: int | None = None) -> str:
    """Takes an amount (hundredths) of what was authorised; returns success, pending or failed.

    An order without any payment data was settled elsewhere: a success that leaves no entry. More than what is
    authorised and not captured yet fails, as does whatever the provider refuses (order-api.md 3.3). Raises Denied
    (`payment`) for an order that was paid outside.
    """
    if not rows.has_payment_data(tx, order["id"]):
        return SUCCESS
    deny_external(tx, order)
    left = rows.sum_of(tx, order["id"], "auth") - released(tx, order) - _taken(tx, order)
    if left > 0 and amount == left + _TOLERANCE:
        amount = left
    attempt = rows.attempt_of_order(tx, order["id"])
    status = FAILED if amount > left else _CAPTURE_ENDS[attempt["capture_mode"] if attempt is not None else "ok"]
    reference = attempt["trans"] if attempt is not None else _reference(tx, order)
    note(tx, order, "capture", status, amount, reference, shipment_id)
    return status


def capture_outside(
    tx: Transaction, order: Row, amount: int, reference: str = "", details: Mapping[str, Any] | None = None
) -> None:
    """Notes that an amount (hundredths) was taken without this shop's help."""
    note(tx, order, "capture", SUCCESS, amount, reference, details=details)


def refund(tx: Transaction, order: Row, amount: int, shipment_id: int, return_id: int) -> None:
    """Pays an amount (hundredths) back. Raises Denied (`payment`) for an order that was paid outside."""
    deny_external(tx, order)
    if amount > 0:
        note(tx, order, "refund", SUCCESS, amount, _reference(tx, order), shipment_id, return_id)


def refunded(tx: Transaction, order: Row, shipment_id: int) -> int:
    """How much money of a shipment was paid back, in hundredths."""
    return rows.refunded_of_shipment(tx, order["id"], shipment_id)


def deny_external(tx: Transaction, order: Row) -> None:
    """Raises Denied (`payment`) when the order's money can only be moved at the shop's own provider."""
    method = reference_of(tx.store).payment_methods.get(order["payment_method_id"])
    if method is not None and method.type == _EXTERNAL:
        raise Denied("payment", "external")


def is_on_invoice(tx: Transaction, order: Row) -> bool:
    """Whether the buyer pays by an invoice that nobody authorised: the shipments are unpaid until somebody says so.

    Orders of accounts are, unless they say otherwise.
    """
    if rows.has_payment_data(tx, order["id"]) or not order["grand_total"]:
        return False
    method = reference_of(tx.store).payment_methods.get(order["payment_method_id"])
    kind = order["payment_type"] or (method.kind if method is not None else "")
    return kind == _ON_INVOICE or (not kind and order["account_id"] is not None)


def settle_captures(tx: Transaction, order: Row, status: str) -> list[int]:
    """A provider has decided about captures that it was asked for; returns the shipments that they are about."""
    pending = [row for row in rows.entries(tx, order["id"]) if (row["type"], row["status"]) == ("capture", PENDING)]
    if pending:
        rows.settle_entries(tx, order["id"], "capture", status)
    return [row["shipment_id"] for row in pending if row["shipment_id"] is not None]


def refuse_capture(tx: Transaction, order: Row, amount: int, shipment_id: int | None = None) -> None:
    """Notes that the provider refused to hand over an amount (hundredths)."""
    note(tx, order, "capture", FAILED, amount, "", shipment_id)


def authorised(tx: Transaction, order: Row) -> int:
    """How much money was reserved for the order, in hundredths."""
    return rows.sum_of(tx, order["id"], "auth")


def captured(tx: Transaction, order: Row) -> int:
    """How much money of the order was taken, in hundredths."""
    return rows.sum_of(tx, order["id"], "capture")


def has_payments(tx: Transaction, order: Row) -> bool:
    """Whether anything is known of the order's payment; without that it was settled elsewhere, or cost nothing."""
    return rows.has_payment_data(tx, order["id"])


def is_captured(tx: Transaction, order: Row) -> bool:
    """Whether any money of the order was taken, or asked for."""
    return _taken(tx, order) > 0


def _taken(tx: Transaction, order: Row) -> int:
    """What was captured, and what a provider was asked to capture and has not decided about."""
    return rows.sum_of(tx, order["id"], "capture") + rows.sum_of(tx, order["id"], "capture", PENDING)


def released(tx: Transaction, order: Row) -> int:
    """How much of what was authorised was given up, in hundredths."""
    return rows.sum_of(tx, order["id"], "cancel")


def release(tx: Transaction, order: Row) -> None:
    """Gives up what is authorised and not captured."""
    left = rows.sum_of(tx, order["id"], "auth") - released(tx, order) - _taken(tx, order)
    if left > 0:
        note(tx, order, "cancel", SUCCESS, left, "")


def _reference(tx: Transaction, order: Row) -> str:
    """The provider's reference of the order's payment."""
    return next((entry["reference"] for entry in rows.entries(tx, order["id"]) if entry["type"] == "auth"), "")


def note(
    tx: Transaction,
    order: Row,
    kind: str,
    status: str,
    amount: int,
    reference: str,
    shipment_id: int | None = None,
    return_id: int | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Adds an entry to the order's payment history: what is tried or done with an amount (hundredths).

    `details` is what somebody told of it: `response` of the provider, `external_url` of an invoice elsewhere.
    """
    if (kind, status) in _HISTORY:
        order_rows.add_history(tx, order["id"], _HISTORY[kind, status], amount=amount)
    rows.add_entry(
        tx,
        kind,
        status,
        amount,
        order["currency_id"],
        order_id=order["id"],
        shipment_id=shipment_id,
        return_id=return_id,
        payment_method_id=order["payment_method_id"],
        reference=reference,
        params=details,
    )
