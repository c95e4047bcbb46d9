"""Reads for whoever looks at a store as a whole: the checks of the seed."""

from collections.abc import Iterable

from mockcentra.store.database import Row, Transaction

_BATCH = 500


def table(tx: Transaction, name: str) -> list[Row]:
    """Every row of a table, in the order of its key. The name is the code's own, never a caller's."""
    return tx.all(f"SELECT * FROM {name} ORDER BY 1")


def meta(tx: Transaction) -> dict[str, str]:
    """What is noted about the store itself."""
    return {row["key"]: row["value"] for row in tx.all("SELECT key, value FROM meta")}


def counter(tx: Transaction, name: str) -> int:
    """The last number of a running sequence that was handed out."""
    return tx.value("SELECT value FROM counters WHERE name = ?", (name,)) or 0


def item_ids(tx: Transaction, store_id: int) -> list[int]:
    """The display items of a store, switched off or not."""
    return [
        row[0]
        for row in tx.all(
            "SELECT i.id FROM display_items i JOIN displays d ON d.id = i.display_id"
            " WHERE d.store_id = ? ORDER BY i.id",
            (store_id,),
        )
    ]


def id_span(tx: Transaction, name: str) -> tuple[int, int, int]:
    """How many rows a table has, and the lowest and highest id among them."""
    row = tx.one(f"SELECT COUNT(*), COALESCE(MIN(id), 0), COALESCE(MAX(id), 0) FROM {name}")
    assert row is not None
    return row[0], row[1], row[2]


def moments(tx: Transaction, name: str, column: str) -> list[int]:
    """The moments of a column, those that are not NULL."""
    return [row[0] for row in tx.all(f"SELECT {column} FROM {name} WHERE {column} IS NOT NULL ORDER BY 1")]


def allocated_by_lines(tx: Transaction) -> dict[tuple[int, int], int]:
    """(product size, warehouse) -> units that order lines hold there."""
    return {
        (row[0], row[1]): row[2]
        for row in tx.all(
            "SELECT l.product_size_id, a.warehouse_id, SUM(a.quantity) FROM allocations a"
            " JOIN order_lines l ON l.id = a.order_line_id GROUP BY 1, 2"
        )
    }


def in_batches(values: Iterable[int]) -> Iterable[list[int]]:
    """The values in portions that fit into an IN list."""
    found = list(values)
    for start in range(0, len(found), _BATCH):
        yield found[start : start + _BATCH]
