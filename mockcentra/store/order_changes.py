"""Rows that those look for who change placed orders."""

from mockcentra.store.database import Row, Transaction


def set_tax(tx: Transaction, order_id: int, name: str, percent: int, amount: int) -> None:
    tx.run(
        "UPDATE order_taxes SET amount = ? WHERE order_id = ? AND name = ? AND percent = ?",
        (amount, order_id, name, percent),
    )


def set_voucher(tx: Transaction, order_id: int, voucher_id: int, price_off: int, details_json: str) -> None:
    """What a voucher took off an order (hundredths, <= 0), as a whole and of which lines."""
    tx.run(
        "UPDATE order_vouchers SET price_off = ?, details_json = ? WHERE order_id = ? AND voucher_id = ?",
        (price_off, details_json, order_id, voucher_id),
    )


def skip_shipment_numbers(tx: Transaction, order_id: int, position: int) -> None:
    """The next shipment of the order has that number, if it had none as high."""
    tx.run("UPDATE orders SET last_shipment = ? WHERE id = ? AND last_shipment < ?", (position - 1, order_id, position))


def lines_with_sizes(tx: Transaction, order_id: int) -> list[Row]:
    """(id, product_id, variant_id, size_id, left): `left`: what is neither cancelled nor packed."""
    return tx.all(
        "SELECT l.id, l.product_id, l.variant_id, z.size_id, l.quantity - l.cancelled_quantity"
        " - COALESCE((SELECT SUM(quantity) FROM shipment_lines WHERE order_line_id = l.id), 0) AS left"
        " FROM order_lines l LEFT JOIN product_sizes z ON z.id = l.product_size_id WHERE l.order_id = ? ORDER BY l.id",
        (order_id,),
    )


def units_of_shipment(tx: Transaction, shipment_id: int) -> dict[int, int]:
    """Order line id -> units in a shipment."""
    rows = tx.all(
        "SELECT order_line_id, SUM(quantity) AS quantity FROM shipment_lines WHERE shipment_id = ?"
        " GROUP BY order_line_id",
        (shipment_id,),
    )
    return {row["order_line_id"]: row["quantity"] for row in rows}


def product_size(tx: Transaction, variant_id: int, size_id: int) -> int | None:
    """The stock item that a size of a variant is."""
    return tx.value("SELECT id FROM product_sizes WHERE variant_id = ? AND size_id = ?", (variant_id, size_id))
