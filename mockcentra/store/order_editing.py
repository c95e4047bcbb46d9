"""Rows that those need who edit placed orders: lines, taxes, what is sold under a display."""

from collections.abc import Mapping
from typing import Any

from mockcentra.store.database import Row, Transaction


def sold_size(tx: Transaction, display_id: int, product_size_id: int) -> Row | None:
    """What a line keeps of a size that a display shows; None when it does not show it. `store_id`: the display's."""
    return tx.one(
        "SELECT i.id AS display_item_id, d.store_id, p.id AS product_id, v.id AS variant_id, z.id AS product_size_id,"
        " p.name AS product_name, v.name AS variant_name, s.name AS size_name, COALESCE(b.name, '') AS brand_name,"
        " p.number || v.number || z.number AS sku, z.ean, z.upc, COALESCE(d.tax_group_id, p.tax_group_id) AS tax_group"
        " FROM product_sizes z JOIN variants v ON v.id = z.variant_id JOIN products p ON p.id = v.product_id"
        " JOIN sizes s ON s.id = z.size_id LEFT JOIN brands b ON b.id = p.brand_id"
        " JOIN display_items i ON i.variant_id = v.id JOIN displays d ON d.id = i.display_id"
        " WHERE z.id = ? AND d.id = ?",
        (product_size_id, display_id),
    )


def same_line(tx: Transaction, order_id: int, columns: Mapping[str, Any]) -> Row | None:
    """The line of an order that differs in nothing of that."""
    tests = " AND ".join(f"{name} IS ?" for name in columns)
    return tx.one(
        f"SELECT * FROM order_lines WHERE order_id = ? AND parent_line_id IS NULL AND {tests} ORDER BY id LIMIT 1",
        (order_id, *columns.values()),
    )


def put_tax(tx: Transaction, order_id: int, name: str, percent: int, included: int, amount: int) -> None:
    tx.run(
        "INSERT INTO order_taxes (order_id, name, percent, included, amount) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (order_id, percent, name) DO UPDATE SET amount = excluded.amount",
        (order_id, name, percent, included, amount),
    )


def vouchers_off(tx: Transaction, order_id: int) -> int:
    """What the order's vouchers took off its total; not above 0."""
    return tx.value("SELECT COALESCE(SUM(price_off), 0) FROM order_vouchers WHERE order_id = ?", (order_id,))


def cut_supplier_links(tx: Transaction, line_id: int) -> None:
    tx.run("DELETE FROM supplier_links WHERE order_line_id = ?", (line_id,))


def customer_of_store(tx: Transaction, customer_id: int) -> int | None:
    """The store of a customer."""
    return tx.value("SELECT store_id FROM customers WHERE id = ?", (customer_id,))
