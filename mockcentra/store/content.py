"""Rows of what a shop shows beside goods: CMS articles, affiliates and physical shops."""

from mockcentra.store.database import Row, Transaction


def articles(tx: Transaction, store_id: int) -> list[Row]:
    """The published articles of a store, newest first."""
    return tx.all(
        "SELECT id, uri, title, section, published_at, content_json FROM articles"
        " WHERE store_id = ? AND status = 'active' AND published_at <= ? ORDER BY published_at DESC, id",
        (store_id, tx.now),
    )


def affiliate_id(tx: Transaction, store_id: int, uri: str) -> int | None:
    return tx.value("SELECT id FROM affiliates WHERE store_id = ? AND uri = ?", (store_id, uri))


def brick_and_mortars(tx: Transaction) -> list[Row]:
    return tx.all("SELECT * FROM brick_and_mortars ORDER BY id")
