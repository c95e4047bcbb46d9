"""Rows of returns: what came back of a shipment, and what of it may still come back."""

from collections.abc import Iterable
from typing import Any

from mockcentra.store import external_ids
from mockcentra.store.database import Row, Transaction, fresh_id


def add(tx: Transaction, shipment_id: int, created_at: int, **columns: Any) -> int:
    """A new return, the next one of its shipment; returns its id."""
    position = tx.value("SELECT COALESCE(MAX(position), 0) + 1 FROM returns WHERE shipment_id = ?", (shipment_id,))
    return_id = fresh_id(tx, "returns", "return")
    columns = {
        "shipment_id": shipment_id,
        "position": position,
        "admin_user_id": tx.admin_user_id,
        "created_at": created_at,
        **columns,
    }
    return tx.insert("returns", id=return_id, **columns)


def add_lines(tx: Transaction, return_id: int, units: Iterable[tuple[int, int]]) -> None:
    """`units`: (shipment line id, quantity)."""
    tx.run_many(
        "INSERT INTO return_lines (return_id, shipment_line_id, quantity) VALUES (?, ?, ?)",
        [(return_id, *unit) for unit in units],
    )


def get(tx: Transaction, return_id: int) -> Row | None:
    return tx.one("SELECT * FROM returns WHERE id = ?", (return_id,))


def update(tx: Transaction, return_id: int, **columns: Any) -> None:
    tx.update("returns", return_id, **columns)


def remove(tx: Transaction, return_id: int) -> None:
    tx.run("DELETE FROM return_lines WHERE return_id = ?", (return_id,))
    tx.run("DELETE FROM returns WHERE id = ?", (return_id,))
    external_ids.forget(tx, "return", return_id)


def of_shipment(tx: Transaction, shipment_id: int) -> list[Row]:
    return tx.all("SELECT * FROM returns WHERE shipment_id = ? ORDER BY position", (shipment_id,))


def has_of_order(tx: Transaction, order_id: int) -> bool:
    """Whether anything of an order has come back."""
    return (
        tx.value(
            "SELECT 1 FROM returns r JOIN shipments s ON s.id = r.shipment_id WHERE s.order_id = ? LIMIT 1", (order_id,)
        )
        is not None
    )


def shipped_units(tx: Transaction, shipment_id: int) -> list[Row]:
    """What is in a shipment with its order line, and `returned`: how much of it has come back."""
    return tx.all(
        "SELECT i.*, l.parent_line_id, l.product_size_id, l.price_each, l.quantity AS ordered,"
        " COALESCE((SELECT SUM(r.quantity) FROM return_lines r WHERE r.shipment_line_id = i.id), 0) AS returned"
        " FROM shipment_lines i JOIN order_lines l ON l.id = i.order_line_id WHERE i.shipment_id = ? ORDER BY i.id",
        (shipment_id,),
    )


def lines(tx: Transaction, return_id: int) -> list[Row]:
    """What came back, with `order_line_id`, `warehouse_id` and `product_size_id` of where it came from."""
    return tx.all(
        "SELECT r.*, i.order_line_id, i.warehouse_id, l.product_size_id FROM return_lines r"
        " JOIN shipment_lines i ON i.id = r.shipment_line_id JOIN order_lines l ON l.id = i.order_line_id"
        " WHERE r.return_id = ? ORDER BY r.id",
        (return_id,),
    )
