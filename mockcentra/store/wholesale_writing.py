"""Rows that those look for who write accounts, buyers, sales representatives, delivery windows and invoices."""

from collections.abc import Iterable, Mapping

from mockcentra.store.database import Row, Transaction


def buyers_of_account(tx: Transaction, account_id: int) -> list[Row]:
    return tx.all("SELECT * FROM buyers WHERE account_id = ? ORDER BY id", (account_id,))


def masters_of(tx: Transaction, sales_rep_id: int) -> dict[int, int]:
    """Sales rep above this one -> his share."""
    rows = tx.all("SELECT master_id, percent FROM master_sales_representatives WHERE sales_rep_id = ?", (sales_rep_id,))
    return {row["master_id"]: row["percent"] for row in rows}


def put_masters(tx: Transaction, sales_rep_id: int, shares: Mapping[int, int]) -> None:
    tx.run_many(
        "INSERT INTO master_sales_representatives (sales_rep_id, master_id, percent) VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET percent = excluded.percent",
        [(sales_rep_id, master_id, percent) for master_id, percent in shares.items()],
    )


def window_variant(tx: Transaction, window_id: int, variant_id: int) -> Row | None:
    return tx.one(
        "SELECT * FROM delivery_window_variants WHERE delivery_window_id = ? AND variant_id = ?",
        (window_id, variant_id),
    )


def put_window_variant(tx: Transaction, window_id: int, variant_id: int, columns: Mapping[str, int | str]) -> None:
    """Adds a variant to a window, or changes how it is sold there."""
    tx.run(
        "INSERT OR IGNORE INTO delivery_window_variants (delivery_window_id, variant_id) VALUES (?, ?)",
        (window_id, variant_id),
    )
    if columns:
        names = ", ".join(f"{name} = ?" for name in columns)
        tx.run(
            f"UPDATE delivery_window_variants SET {names} WHERE delivery_window_id = ? AND variant_id = ?",
            (*columns.values(), window_id, variant_id),
        )


def remove_window_variants(tx: Transaction, window_id: int, variant_ids: Iterable[int]) -> bool:
    """Returns whether any of them was in the window."""
    removed = [
        tx.run(
            "DELETE FROM delivery_window_variants WHERE delivery_window_id = ? AND variant_id = ?",
            (window_id, variant_id),
        )
        for variant_id in variant_ids
    ]
    return any(removed)


def put_window_markets(tx: Transaction, window_id: int, store_id: int) -> None:
    """Sells in a window in every market of the store."""
    tx.run(
        "INSERT OR IGNORE INTO delivery_window_markets (delivery_window_id, market_id)"
        " SELECT ?, id FROM markets WHERE store_id = ?",
        (window_id, store_id),
    )


def unregistered_customer(tx: Transaction, store_id: int, email_key: str) -> int | None:
    """The customer without an account of that e-mail."""
    return tx.value(
        "SELECT id FROM customers WHERE store_id = ? AND email_key = ? AND NOT is_registered AND anonymized_at IS NULL",
        (store_id, email_key),
    )


def unpaid_shipments(tx: Transaction, order_id: int) -> list[int]:
    return [
        row[0] for row in tx.all("SELECT id FROM shipments WHERE order_id = ? AND NOT is_paid ORDER BY id", (order_id,))
    ]


def is_id_free(tx: Transaction, account_id: int) -> bool:
    return tx.value("SELECT 1 FROM accounts WHERE id = ?", (account_id,)) is None
