"""Rows of shipments as they are packed, changed and taken back: what is in them, and what holds them up."""

from collections.abc import Sequence

from mockcentra.store import external_ids
from mockcentra.store.database import Row, Transaction, marks, to_json


def by_number(tx: Transaction, order_number: int, position: int) -> Row | None:
    """The shipment `<order number>-<position>`."""
    return tx.one(
        "SELECT s.* FROM shipments s JOIN orders o ON o.id = s.order_id WHERE o.number = ? AND s.position = ?",
        (order_number, position),
    )


def lines(tx: Transaction, shipment_ids: Sequence[int]) -> list[Row]:
    """What is in these shipments: a row an order line and warehouse, in the order in which it was packed."""
    if not shipment_ids:
        return []
    return tx.all(
        f"SELECT * FROM shipment_lines WHERE shipment_id IN ({marks(shipment_ids)}) ORDER BY id", shipment_ids
    )


def of_order(tx: Transaction, order_id: int) -> list[Row]:
    """What is in all shipments of an order, as `lines`."""
    return tx.all(
        "SELECT l.* FROM shipment_lines l JOIN shipments s ON s.id = l.shipment_id WHERE s.order_id = ? ORDER BY l.id",
        (order_id,),
    )


def remove_lines(tx: Transaction, line_ids: Sequence[int]) -> None:
    if line_ids:
        tx.run(f"DELETE FROM shipment_lines WHERE id IN ({marks(line_ids)})", line_ids)


def put_serials(tx: Transaction, line_id: int, serials: Sequence[str]) -> None:
    tx.run("UPDATE shipment_lines SET serials_json = ? WHERE id = ?", (to_json(list(serials)), line_id))


def remove(tx: Transaction, shipment_id: int) -> None:
    """Takes a shipment away with what is in it; its allocations have been unpacked already."""
    tx.run("DELETE FROM shipment_lines WHERE shipment_id = ?", (shipment_id,))
    tx.run("DELETE FROM shipments WHERE id = ?", (shipment_id,))
    external_ids.forget(tx, "shipment", shipment_id)


def has_returns(tx: Transaction, shipment_id: int) -> bool:
    return tx.value("SELECT 1 FROM returns WHERE shipment_id = ? LIMIT 1", (shipment_id,)) is not None


def unpack(tx: Transaction, allocation: Row, quantity: int) -> None:
    """Takes units of an allocation out of its shipment: the line keeps them, for another one."""
    if quantity == allocation["quantity"]:
        tx.run("DELETE FROM allocations WHERE id = ?", (allocation["id"],))
    else:
        tx.run("UPDATE allocations SET quantity = quantity - ? WHERE id = ?", (quantity, allocation["id"]))
    changed = tx.run(
        "UPDATE allocations SET quantity = quantity + ?"
        " WHERE order_line_id = ? AND warehouse_id = ? AND shipment_id IS NULL",
        (quantity, allocation["order_line_id"], allocation["warehouse_id"]),
    )
    if not changed:
        tx.insert(
            "allocations",
            order_line_id=allocation["order_line_id"],
            warehouse_id=allocation["warehouse_id"],
            quantity=quantity,
        )
