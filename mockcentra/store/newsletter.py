"""Rows of newsletter subscribers and of shoppers who wait for an item to come back in stock."""

from collections.abc import Sequence

from mockcentra.store.database import Row, Transaction, marks


def add_subscriber(
    tx: Transaction,
    store_id: int,
    email: str,
    email_key: str,
    country: str,
    language: str,
    display_item_id: int,
    product_size_id: int,
    consents_json: str,
) -> tuple[int, bool]:
    """Adds a subscription; one that exists takes the country, language and consents of the new one.

    Returns its id and whether it is new.
    """
    known = tx.value(
        "SELECT id FROM newsletter_subscriptions WHERE store_id = ? AND email_key = ? AND display_item_id = ?"
        " AND product_size_id = ?",
        (store_id, email_key, display_item_id, product_size_id),
    )
    subscription_id = tx.value(
        "INSERT INTO newsletter_subscriptions (store_id, email, email_key, country, language, display_item_id,"
        " product_size_id, consents_json, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (store_id, email_key, display_item_id, product_size_id)"
        " DO UPDATE SET country = excluded.country, language = excluded.language,"
        " consents_json = excluded.consents_json RETURNING id",
        (store_id, email, email_key, country, language, display_item_id, product_size_id, consents_json, tx.now),
    )
    return subscription_id, known is None


def remove_subscriber(tx: Transaction, store_id: int, email_key: str) -> int | None:
    """Ends the subscription to the newsletter itself; interest in products stays. Returns its id if there was one."""
    return tx.value(
        "DELETE FROM newsletter_subscriptions WHERE store_id = ? AND email_key = ? AND display_item_id = 0"
        " RETURNING id",
        (store_id, email_key),
    )


def is_subscriber(tx: Transaction, store_id: int, email_key: str) -> bool:
    return bool(
        tx.value(
            "SELECT 1 FROM newsletter_subscriptions WHERE store_id = ? AND email_key = ? AND display_item_id = 0",
            (store_id, email_key),
        )
    )


# ------------------------------------------------------------------ back in stock


def add_waiting(
    tx: Transaction,
    store_id: int,
    email: str,
    display_item_id: int,
    product_size_id: int,
    country: str,
    state: str,
    language: str,
) -> None:
    """Notes that somebody waits for an item; asking again for the same changes nothing but the language."""
    changed = tx.run(
        "UPDATE back_in_stock_subscriptions SET language = ? WHERE store_id = ? AND email = ? AND display_item_id = ?"
        " AND product_size_id = ? AND country = ? AND state = ? AND notified_at IS NULL",
        (language, store_id, email, display_item_id, product_size_id, country, state),
    )
    if not changed:
        tx.insert(
            "back_in_stock_subscriptions",
            store_id=store_id,
            email=email,
            display_item_id=display_item_id,
            product_size_id=product_size_id,
            country=country,
            state=state,
            language=language,
            created_at=tx.now,
        )


def waiting_for(tx: Transaction, size_ids: Sequence[int]) -> list[Row]:
    """Those who wait for these sizes and have not been told yet, oldest first."""
    return tx.all(
        "SELECT * FROM back_in_stock_subscriptions WHERE notified_at IS NULL"
        f" AND product_size_id IN ({marks(size_ids)}) ORDER BY id",
        size_ids,
    )


def free_stock(tx: Transaction, size_ids: Sequence[int]) -> list[Row]:
    """`product_size_id, warehouse_id, free` of these sizes, thresholds not taken off."""
    return tx.all(
        "SELECT product_size_id, warehouse_id, physical - allocated AS free FROM stock"
        f" WHERE product_size_id IN ({marks(size_ids)})",
        size_ids,
    )


def mark_notified(tx: Transaction, subscription_ids: Sequence[int]) -> None:
    tx.run_many(
        "UPDATE back_in_stock_subscriptions SET notified_at = ? WHERE id = ?",
        [(tx.now, subscription_id) for subscription_id in subscription_ids],
    )
