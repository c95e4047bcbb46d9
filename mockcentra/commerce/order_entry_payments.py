"""How orders that integrations bring were paid elsewhere (order-api.md 5.1)."""

from typing import Any

from mockcentra.commerce import ledger, orders
from mockcentra.commerce.order_entry_records import OTHER, EntryRefused, Payment, Payments
from mockcentra.commerce.reference import reference_of
from mockcentra.store import Transaction
from mockcentra.store import order_entry as rows
from mockcentra.store import orders as order_rows
from mockcentra.store.database import Row

PAYMENT_TYPES = ("cc", "inv", "3rd", "free", "prepaid")
_ENTRY_STATUS = {0: ledger.PENDING, 1: ledger.SUCCESS, 2: ledger.FAILED}


def note_payments(tx: Transaction, order_id: int, payments: Payments) -> None:
    """Notes what happened to an order's money elsewhere; what is on record with the same transaction is not repeated.

    An authorisation that is pending holds the order until one that succeeds is told. Raises EntryRefused for more
    captured than authorised.
    """
    order = orders.row_of(tx, order_id)
    method = reference_of(tx.store).payment_methods.get(payments.method_id or 0)
    told = payments.auth or payments.capture
    if payments.method_id is not None or told is not None:
        named = told.method if told is not None else ""
        columns: dict[str, Any] = {}
        if method is not None:
            columns["payment_method_id"] = method.id
        if payments.method_id is not None and named in PAYMENT_TYPES:
            columns["payment_type"] = named
        if named and named not in PAYMENT_TYPES:
            columns["payment_provider"] = named
        order_rows.update(tx, order_id, **columns)
        order = orders.row_of(tx, order_id)
    if payments.auth is not None and not _is_known(tx, order_id, "auth", payments.auth):
        _note_auth(tx, order, payments.auth)
    capture = payments.capture
    if capture is not None and not _is_known(tx, order_id, "capture", capture):
        if capture.status == 1:
            if payments.auth is None and not ledger.has_payments(tx, order):
                ledger.authorise(tx, order, capture.amount, capture.transaction, details=capture.details)
            if ledger.captured(tx, order) + capture.amount > ledger.authorised(tx, order):
                raise EntryRefused(OTHER, "more was captured than authorised")
            ledger.capture_outside(tx, order, capture.amount, capture.transaction, capture.details)
        else:
            status = _ENTRY_STATUS[capture.status]
            ledger.note(tx, order, "capture", status, capture.amount, capture.transaction, details=capture.details)


def _is_known(tx: Transaction, order_id: int, kind: str, payment: Payment) -> bool:
    return bool(payment.transaction) and rows.has_entry(tx, order_id, kind, payment.transaction)


def _note_auth(tx: Transaction, order: Row, auth: Payment) -> None:
    status = _ENTRY_STATUS[auth.status]
    if order["is_waiting_for_payment"]:
        if status == ledger.PENDING:
            return
        ledger.settle_authorisation(tx, order, ledger.FAILED)
    ledger.authorise(tx, order, auth.amount, auth.transaction, status, auth.details)
    is_waiting = int(status == ledger.PENDING)
    if is_waiting or order["is_waiting_for_payment"]:
        order_rows.update(tx, order["id"], is_waiting_for_payment=is_waiting, is_on_hold=is_waiting)
