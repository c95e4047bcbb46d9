"""Rows of requests to warehouses: those that check first, and those that confirm what was allocated."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from mockcentra.store.database import Row, Transaction, from_json, marks, to_json

PENDING = ("allocated", "sent", "failed")
"""Statuses in which a warehouse has yet to answer, and holds what it was asked for."""

OPEN = (*PENDING, "timed-out")
"""Statuses in which a warehouse can answer; of what timed out it holds nothing."""


def unconfirmed_units(tx: Transaction, order_id: int) -> dict[tuple[int, int], int]:
    """(order line, warehouse) -> units that are allocated there and that the warehouse has yet to confirm."""
    found: dict[tuple[int, int], int] = defaultdict(int)
    for row in tx.all(
        "SELECT warehouse_id, lines_json FROM allocation_requests WHERE order_id = ? AND kind = 'confirm'"
        f" AND status IN ({marks(PENDING)})",
        (order_id, *PENDING),
    ):
        for line in from_json(row["lines_json"]):
            found[line["line"], row["warehouse_id"]] += line["quantity"]
    return found


def add(tx: Transaction, **columns: Any) -> int:
    """A new request; `lines` is a list of {line, quantity, size}. Returns its id."""
    lines = columns.pop("lines")
    return tx.insert("allocation_requests", lines_json=to_json(lines), created_at=tx.now, updated_at=tx.now, **columns)


def update(tx: Transaction, request_id: int, **columns: Any) -> None:
    tx.update("allocation_requests", request_id, updated_at=tx.now, **columns)


def get(tx: Transaction, request_id: int) -> Row | None:
    return tx.one("SELECT * FROM allocation_requests WHERE id = ?", (request_id,))


def of_order(tx: Transaction, order_id: int, kind: str) -> list[Row]:
    return tx.all("SELECT * FROM allocation_requests WHERE order_id = ? AND kind = ? ORDER BY id", (order_id, kind))


def open_of_order(tx: Transaction, order_id: int) -> list[Row]:
    """Requests that can still be answered."""
    return tx.all(
        f"SELECT * FROM allocation_requests WHERE order_id = ? AND status IN ({marks(OPEN)}) ORDER BY id",
        (order_id, *OPEN),
    )


def expiring(tx: Transaction, until: int) -> list[Row]:
    """Requests that nobody has answered and that expire at that moment or earlier, in this order."""
    return tx.all(
        f"SELECT * FROM allocation_requests WHERE status IN ({marks(PENDING)}) AND expires_at <= ?"
        " ORDER BY expires_at, id",
        (*PENDING, until),
    )


def listed(
    tx: Transaction,
    statuses: Collection[str] | None,
    order_numbers: Sequence[int],
    warehouse_ids: Sequence[int],
    limit: int,
    offset: int,
) -> list[Row]:
    """Requests to confirm, with `order_hash` and `order_number`, by id; None and empty lists mean all of them."""
    conditions = ["r.kind = 'confirm'"]
    values: list[Any] = []
    for column, wanted in (
        ("r.status", None if statuses is None else list(statuses)),
        ("o.number", list(order_numbers) or None),
        ("r.warehouse_id", list(warehouse_ids) or None),
    ):
        if wanted is not None:
            conditions.append(f"{column} IN ({marks(wanted)})")
            values += wanted
    return tx.all(
        "SELECT r.*, o.hash AS order_hash, o.number AS order_number FROM allocation_requests r"
        f" JOIN orders o ON o.id = r.order_id WHERE {' AND '.join(conditions)} ORDER BY r.id LIMIT ? OFFSET ?",
        (*values, limit, offset),
    )
