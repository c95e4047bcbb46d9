"""Rows of customers as integrations list them."""

from mockcentra.store.database import Transaction

EVERY = -1
"""A limit that lists everything."""


def listed(
    tx: Transaction,
    store_id: int,
    *,
    email_key: str | None,
    created_at: int | None,
    modified_at: int | None,
    limit: int,
    offset: int,
) -> list[int]:
    """Ids of a store's customers, ascending: with that e-mail (lower case), made or changed at a moment or later."""
    conditions, values = ["store_id = ?"], [store_id]
    for condition, value in (
        ("email_key = ?", email_key),
        ("created_at >= ?", created_at),
        ("updated_at >= ?", modified_at),
    ):
        if value is not None:
            conditions.append(condition)
            values.append(value)  # type: ignore[arg-type]
    return [
        row[0]
        for row in tx.all(
            f"SELECT id FROM customers WHERE {' AND '.join(conditions)} ORDER BY id LIMIT ? OFFSET ?",
            (*values, limit, offset),
        )
    ]
