"""Rows of delivery groups: parts of an order that are delivered, and charged for, on their own."""

from collections.abc import Iterable, Sequence

from mockcentra.store.database import Row, Transaction, marks


def add(
    tx: Transaction,
    order: Row,
    external_id: str,
    name: str,
    shipping_cost: int,
    units: Iterable[tuple[int, int]],
) -> int:
    """A group of an order with these units: (order line id, quantity); returns its id."""
    group_id = tx.insert(
        "delivery_groups",
        order_id=order["id"],
        external_id=external_id,
        name=name,
        shipping_option_id=order["shipping_option_id"],
        shipping_cost=shipping_cost,
    )
    tx.run_many(
        "INSERT INTO delivery_group_lines (delivery_group_id, order_line_id, quantity) VALUES (?, ?, ?)",
        [(group_id, *unit) for unit in units],
    )
    return group_id


def get(tx: Transaction, group_id: int) -> Row | None:
    return tx.one("SELECT * FROM delivery_groups WHERE id = ?", (group_id,))


def of_order(tx: Transaction, order_id: int) -> list[Row]:
    return tx.all("SELECT * FROM delivery_groups WHERE order_id = ? ORDER BY id", (order_id,))


def lines(tx: Transaction, group_ids: Sequence[int]) -> list[Row]:
    """The lines of groups, each with what of it is in shipments of its group (`packed`)."""
    return tx.all(
        "SELECT g.*, (SELECT COALESCE(SUM(i.quantity), 0) FROM shipments s"
        " JOIN shipment_lines i ON i.shipment_id = s.id"
        " WHERE s.delivery_group_id = g.delivery_group_id AND i.order_line_id = g.order_line_id) AS packed"
        f" FROM delivery_group_lines g WHERE g.delivery_group_id IN ({marks(group_ids)}) ORDER BY g.id",
        group_ids,
    )


def cancel(tx: Transaction, line_id: int, quantity: int) -> None:
    """Takes units off a line of a group."""
    tx.run(
        "UPDATE delivery_group_lines SET cancelled_quantity = cancelled_quantity + ? WHERE id = ?", (quantity, line_id)
    )


def put_cost(tx: Transaction, group_id: int, cost: int) -> None:
    tx.update("delivery_groups", group_id, shipping_cost=cost)


def put_shipment(tx: Transaction, shipment_id: int, group_id: int) -> None:
    """The shipment is one of the group."""
    tx.update("shipments", shipment_id, delivery_group_id=group_id)


def charged(tx: Transaction, group_id: int) -> int:
    """How much of the group's shipping cost lies on its shipments."""
    return tx.value("SELECT COALESCE(SUM(shipping_cost), 0) FROM shipments WHERE delivery_group_id = ?", (group_id,))
