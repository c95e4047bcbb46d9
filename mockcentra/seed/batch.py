"""Collects rows of several tables and inserts them in large portions."""

from typing import Any

from mockcentra.seed.world import World

_PORTION = 50_000


class Batch:
    """Rows on their way into the store; `flush` at the end inserts the rest.

    tables   the columns of each table in which rows will be put, by table, in an order that keeps references whole
    """

    def __init__(self, world: World, tables: dict[str, tuple[str, ...]]) -> None:
        self._world = world
        self._tables = tables
        self._rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in tables}
        self._count = 0

    def add(self, table: str, *values: Any) -> None:
        """Takes a row, its values in the order of the table's columns."""
        self._rows[table].append(values)
        self._count += 1
        if self._count >= _PORTION:
            self.flush()

    def flush(self) -> None:
        for table, rows in self._rows.items():
            if rows:
                self._world.add_many(table, self._tables[table], rows)
                rows.clear()
        self._count = 0
