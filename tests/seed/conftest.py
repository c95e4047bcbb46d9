"""The seeded rows, to look at."""

import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mockcentra.store.template import Template

Query = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def rows(template: Template) -> Iterator[Query]:
    """`rows("SELECT …")`: rows of the default shop as tuples."""
    connection: sqlite3.Connection = template.copy()

    def query(sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        return connection.execute(sql, parameters).fetchall()

    yield query
    connection.close()
