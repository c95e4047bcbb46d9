"""Inserts in bulk and the check at the end of them, for what fills a new store."""

from collections.abc import Iterable, Sequence
from typing import Any

from mockcentra.store.database import Transaction


def insert_many(tx: Transaction, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Inserts rows of these columns in their order. Table and column names are the code's own, never a caller's."""
    marks = ", ".join("?" * len(columns))
    tx.run_many(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)


def next_id(tx: Transaction, table: str) -> int:
    """The first id that is above all of a table's."""
    return (tx.value(f"SELECT MAX(id) FROM {table}") or 0) + 1


def count(tx: Transaction, table: str) -> int:
    """How many rows a table has; of products and orders, those that `--products` and `--orders` count."""
    condition = {"products": "kind = 'normal'", "orders": "store_id = (SELECT id FROM stores WHERE type = 'dtc')"}
    number: int = tx.value(f"SELECT COUNT(*) FROM {table} WHERE {condition.get(table, 'TRUE')}")
    return number


def set_meta(tx: Transaction, key: str, value: str) -> None:
    """Notes something about the store itself."""
    tx.run(
        "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (key, value),
    )


def broken_references(tx: Transaction) -> list[str]:
    """Rows that refer to rows which do not exist, as `table 12 -> other table`. Empty in a sound store."""
    return [f"{row[0]} {row[1]} -> {row[2]}" for row in tx.all("PRAGMA foreign_key_check")]
