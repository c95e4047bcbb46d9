"""Rows of customers: accounts and guests, their consents and their password resets."""

from collections.abc import Iterable, Sequence
from typing import Any

from mockcentra.store.database import Row, Transaction, marks

CONSENT_COLUMNS = ("key", "consented", "name", "text", "version", "language", "created_at", "updated_at")


def load(tx: Transaction, customer_id: int) -> Row | None:
    return tx.one("SELECT * FROM customers WHERE id = ?", (customer_id,))


def load_many(tx: Transaction, customer_ids: Sequence[int]) -> list[Row]:
    return tx.all(f"SELECT * FROM customers WHERE id IN ({marks(customer_ids)}) ORDER BY id", customer_ids)


def find(tx: Transaction, store_id: int, email_key: str, is_registered: bool) -> Row | None:
    """The customer of that address (lower case): the account or its unregistered twin."""
    return tx.one(
        "SELECT * FROM customers WHERE store_id = ? AND email_key = ? AND is_registered = ? AND anonymized_at IS NULL",
        (store_id, email_key, int(is_registered)),
    )


def add(tx: Transaction, **columns: Any) -> int:
    """A new customer; returns its id."""
    return tx.insert("customers", created_at=tx.now, updated_at=tx.now, **columns)


def update(tx: Transaction, customer_id: int, **columns: Any) -> None:
    tx.update("customers", customer_id, updated_at=tx.now, **columns)


def set_newsletter(tx: Transaction, store_id: int, email_key: str, wanted: bool) -> list[int]:
    """Notes on every customer of that address whether it wants the newsletter; returns the ids that changed."""
    changed = tx.all(
        "UPDATE customers SET newsletter = ?, updated_at = ?"
        " WHERE store_id = ? AND email_key = ? AND newsletter <> ? AND anonymized_at IS NULL RETURNING id",
        (int(wanted), tx.now, store_id, email_key, int(wanted)),
    )
    return [row["id"] for row in changed]


# ------------------------------------------------------------------ consents


def consents(tx: Transaction, customer_ids: Sequence[int]) -> list[Row]:
    """`customer_id` and the columns of the consents of these customers, by customer and in the order of their keys."""
    return tx.all(
        f"SELECT customer_id, {', '.join(CONSENT_COLUMNS)} FROM consents"
        f" WHERE customer_id IN ({marks(customer_ids)}) ORDER BY customer_id, key",
        customer_ids,
    )


def put_consents(tx: Transaction, customer_id: int, values: Iterable[Sequence[object]]) -> None:
    """Writes consents (`CONSENT_COLUMNS`); one that exists keeps the moment of its creation."""
    tx.run_many(
        f"INSERT INTO consents (customer_id, {', '.join(CONSENT_COLUMNS)}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (customer_id, key) DO UPDATE SET consented = excluded.consented, name = excluded.name,"
        " text = excluded.text, version = excluded.version, language = excluded.language,"
        " updated_at = excluded.updated_at",
        [(customer_id, *row) for row in values],
    )


# ------------------------------------------------------------------ password resets


def add_reset(tx: Transaction, customer_id: int, secret: str) -> None:
    tx.run(
        "INSERT INTO password_resets (hash, customer_id, created_at) VALUES (?, ?, ?)", (secret, customer_id, tx.now)
    )


def use_reset(tx: Transaction, customer_id: int, secret: str) -> bool:
    """Uses up a reset of that customer; whether there was an unused one."""
    return bool(
        tx.run(
            "UPDATE password_resets SET used_at = ? WHERE hash = ? AND customer_id = ? AND used_at IS NULL",
            (tx.now, secret, customer_id),
        )
    )


def has_reset(tx: Transaction, customer_id: int, secret: str) -> bool:
    """Whether that reset of the customer can still be used."""
    return bool(
        tx.value(
            "SELECT 1 FROM password_resets WHERE hash = ? AND customer_id = ? AND used_at IS NULL",
            (secret, customer_id),
        )
    )


# ------------------------------------------------------------------ taking away


def ids_of_email(tx: Transaction, email: str, store_ids: Sequence[int]) -> list[int]:
    """Every customer with that address, of these stores where there are any."""
    stores = f" AND store_id IN ({marks(store_ids)})" if store_ids else ""
    return [
        row[0]
        for row in tx.all(
            f"SELECT id FROM customers WHERE email_key = ? AND anonymized_at IS NULL{stores} ORDER BY id",
            (email.strip().lower(), *store_ids),
        )
    ]


def is_used(tx: Transaction, customer_id: int) -> bool:
    """Whether orders, contracts or subscriptions are a customer's."""
    return bool(
        tx.value(
            "SELECT EXISTS (SELECT 1 FROM orders WHERE customer_id = :id)"
            " OR EXISTS (SELECT 1 FROM subscription_contracts WHERE customer_id = :id)"
            " OR EXISTS (SELECT 1 FROM package_subscriptions WHERE customer_id = :id)",
            {"id": customer_id},
        )
    )


def remove(tx: Transaction, customer_id: int) -> None:
    """The customer with consents, wishlist, attributes and sessions."""
    for table in ("consents", "password_resets", "stored_payments"):
        tx.run(f"DELETE FROM {table} WHERE customer_id = ?", (customer_id,))
    tx.run(
        "DELETE FROM wishlist_items WHERE wishlist_id IN (SELECT id FROM wishlists WHERE customer_id = ?)",
        (customer_id,),
    )
    tx.run("DELETE FROM wishlists WHERE customer_id = ?", (customer_id,))
    for table in ("attribute_values", "attribute_links", "external_ids"):
        tx.run(f"DELETE FROM {table} WHERE object_type = 'customer' AND object_id = ?", (customer_id,))
    tx.run("UPDATE sessions SET customer_id = NULL WHERE customer_id = ?", (customer_id,))
    tx.run("UPDATE selections SET customer_id = NULL WHERE customer_id = ?", (customer_id,))
    tx.run("DELETE FROM customers WHERE id = ?", (customer_id,))
