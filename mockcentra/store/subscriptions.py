"""Rows of subscription contracts, the subscriptions in them, and payments that are being stored for them."""

from collections.abc import Sequence
from typing import Any

from mockcentra.store.database import Row, Transaction, marks


def order_origin(tx: Transaction, order_id: int) -> Row | None:
    """What a contract takes over from the order that begins it."""
    return tx.one(
        "SELECT id, store_id, customer_id, market_id, pricelist_id, country_id, state_id, shipping_option_id,"
        " payment_method_id, is_waiting_for_payment, address_json, shipping_address_json, created_at"
        " FROM orders WHERE id = ?",
        (order_id,),
    )


def contracts_of(tx: Transaction, customer_id: int) -> list[Row]:
    return tx.all("SELECT * FROM subscription_contracts WHERE customer_id = ? ORDER BY id", (customer_id,))


def contracts(tx: Transaction, contract_ids: Sequence[int]) -> list[Row]:
    return tx.all(f"SELECT * FROM subscription_contracts WHERE id IN ({marks(contract_ids)}) ORDER BY id", contract_ids)


def subscriptions_in(tx: Transaction, contract_ids: Sequence[int]) -> list[Row]:
    return tx.all(f"SELECT * FROM subscriptions WHERE contract_id IN ({marks(contract_ids)}) ORDER BY id", contract_ids)


def contract_id_of(tx: Transaction, subscription_id: int) -> int | None:
    """The contract that a subscription belongs to."""
    return tx.value("SELECT contract_id FROM subscriptions WHERE id = ?", (subscription_id,))


def add_contract(tx: Transaction, **columns: Any) -> int:
    return tx.insert("subscription_contracts", created_at=tx.now, updated_at=tx.now, **columns)


def update_contract(tx: Transaction, contract_id: int, **columns: Any) -> None:
    tx.update("subscription_contracts", contract_id, updated_at=tx.now, **columns)


def add(tx: Transaction, **columns: Any) -> int:
    """A new subscription; returns its id."""
    return tx.insert("subscriptions", created_at=tx.now, updated_at=tx.now, **columns)


def update(tx: Transaction, subscription_id: int, **columns: Any) -> None:
    tx.update("subscriptions", subscription_id, updated_at=tx.now, **columns)


# ------------------------------------------------------------------ payments that are being stored


def add_stored_payment(
    tx: Transaction,
    ref: str,
    customer_id: int,
    payment_method_id: int,
    contracts_json: str,
    trans: str,
    signature: str,
    return_page: str,
    failed_page: str,
) -> None:
    tx.run(
        "INSERT INTO stored_payments (ref, customer_id, payment_method_id, contracts_json, trans, signature,"
        " return_page, failed_page, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (ref, customer_id, payment_method_id, contracts_json, trans, signature, return_page, failed_page, tx.now),
    )


def stored_payment(tx: Transaction, customer_id: int, trans: str) -> Row | None:
    return tx.one("SELECT * FROM stored_payments WHERE customer_id = ? AND trans = ?", (customer_id, trans))


def set_stored_payment_state(tx: Transaction, ref: str, state: str) -> None:
    tx.run("UPDATE stored_payments SET state = ? WHERE ref = ?", (state, ref))
