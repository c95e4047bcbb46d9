"""Rows of payments: attempts to pay for a selection, and the payment history of orders."""

from collections.abc import Mapping
from typing import Any

from mockcentra.store.database import Row, Transaction, to_json

# ------------------------------------------------------------------ attempts


def add_attempt(tx: Transaction, **columns: Any) -> int:
    """A new attempt, the only one of its selection that counts from now on; returns its id."""
    tx.run("UPDATE payment_attempts SET is_current = 0 WHERE selection_id = ?", (columns["selection_id"],))
    return tx.insert("payment_attempts", created_at=tx.now, **columns)


def attempt(tx: Transaction, attempt_id: int) -> Row | None:
    return tx.one("SELECT * FROM payment_attempts WHERE id = ?", (attempt_id,))


def attempt_by_ref(tx: Transaction, ref: str) -> Row | None:
    return tx.one("SELECT * FROM payment_attempts WHERE ref = ?", (ref,))


def current_attempt(tx: Transaction, selection_id: int) -> Row | None:
    """The latest attempt to pay for a selection."""
    return tx.one("SELECT * FROM payment_attempts WHERE selection_id = ? AND is_current = 1", (selection_id,))


def attempt_of_order(tx: Transaction, order_id: int) -> Row | None:
    """The attempt that made an order."""
    return tx.one("SELECT * FROM payment_attempts WHERE order_id = ? ORDER BY id DESC LIMIT 1", (order_id,))


def reserved_number(tx: Transaction, selection_id: int) -> int | None:
    """The order number that an earlier attempt reserved for the selection."""
    return tx.value(
        "SELECT order_number FROM payment_attempts WHERE selection_id = ? ORDER BY id DESC LIMIT 1", (selection_id,)
    )


def update_attempt(tx: Transaction, attempt_id: int, **columns: Any) -> None:
    tx.update("payment_attempts", attempt_id, **columns)


def set_contract_payment(tx: Transaction, order_id: int, status: str) -> list[int]:
    """What has become of the payment of the contracts that an order began; returns their ids."""
    return [
        row[0]
        for row in tx.all(
            "UPDATE subscription_contracts SET payment_status = ?, updated_at = ? WHERE order_id = ? RETURNING id",
            (status, tx.now, order_id),
        )
    ]


# ------------------------------------------------------------------ payment history


def add_entry(
    tx: Transaction,
    entry_type: str,
    status: str,
    amount: int,
    currency_id: int,
    *,
    order_id: int | None = None,
    selection_id: int | None = None,
    shipment_id: int | None = None,
    return_id: int | None = None,
    payment_method_id: int | None = None,
    reference: str = "",
    params: Mapping[str, Any] | None = None,
) -> int:
    """An entry of the payment history: type auth, capture, refund, cancel; status success, pending, failed."""
    return tx.insert(
        "payment_entries",
        order_id=order_id,
        selection_id=selection_id,
        shipment_id=shipment_id,
        return_id=return_id,
        payment_method_id=payment_method_id,
        type=entry_type,
        status=status,
        amount=amount,
        currency_id=currency_id,
        reference=reference,
        params_json=to_json(dict(params or {})),
        source=tx.source,
        admin_user_id=tx.admin_user_id,
        created_at=tx.now,
    )


def entries(tx: Transaction, order_id: int) -> list[Row]:
    return tx.all("SELECT * FROM payment_entries WHERE order_id = ? ORDER BY id", (order_id,))


def settle_entries(tx: Transaction, order_id: int, entry_type: str, status: str) -> None:
    """Gives the pending entries of a type their final status."""
    tx.run(
        "UPDATE payment_entries SET status = ? WHERE order_id = ? AND type = ? AND status = 'pending'",
        (status, order_id, entry_type),
    )


def sum_of(tx: Transaction, order_id: int, entry_type: str, status: str = "success") -> int:
    """The amounts of a type, those that were successful or have another status."""
    return (
        tx.value(
            "SELECT SUM(amount) FROM payment_entries WHERE order_id = ? AND type = ? AND status = ?",
            (order_id, entry_type, status),
        )
        or 0
    )


def refunded_of_shipment(tx: Transaction, order_id: int, shipment_id: int) -> int:
    """The successful refunds of a shipment."""
    return tx.value(
        "SELECT COALESCE(SUM(amount), 0) FROM payment_entries"
        " WHERE order_id = ? AND shipment_id = ? AND type = 'refund' AND status = 'success'",
        (order_id, shipment_id),
    )


def has_payment_data(tx: Transaction, order_id: int) -> bool:
    """Whether anything is known of an order's money; that somebody tried to take some in vain says nothing."""
    return (
        tx.value(
            "SELECT 1 FROM payment_entries WHERE order_id = ? AND NOT (type = 'capture' AND status = 'failed') LIMIT 1",
            (order_id,),
        )
        is not None
    )
