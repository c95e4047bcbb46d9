"""Rows of whole orders, many at a time: lines with what they are today, allocations, shipments, returns, payments."""

from collections.abc import Sequence

from mockcentra.store.database import Row, Transaction, marks


def orders(tx: Transaction, order_ids: Sequence[int]) -> dict[int, Row]:
    """Order id -> its row."""
    found = tx.all(f"SELECT * FROM orders WHERE id IN ({marks(order_ids)})", order_ids)
    return {row["id"]: row for row in found}


def lines(tx: Transaction, order_ids: Sequence[int]) -> list[Row]:
    """Lines with the numbers, sizes, brand and collection that their products have today."""
    return tx.all(
        "SELECT l.*, p.number AS product_number, p.brand_id, p.collection_id, z.number AS size_number, z.size_id,"
        " z.is_preorder FROM order_lines l"
        " LEFT JOIN products p ON p.id = l.product_id LEFT JOIN product_sizes z ON z.id = l.product_size_id"
        f" WHERE l.order_id IN ({marks(order_ids)}) ORDER BY l.id",
        order_ids,
    )


def places(tx: Transaction, order_ids: Sequence[int]) -> list[Row]:
    """(order_line_id, warehouse_id, quantity): what is reserved for lines, and what left the shelf for them."""
    return tx.all(
        "SELECT order_line_id, warehouse_id, SUM(quantity) AS quantity FROM ("
        " SELECT a.order_line_id, a.warehouse_id, a.quantity FROM allocations a"
        f" JOIN order_lines l ON l.id = a.order_line_id WHERE l.order_id IN ({marks(order_ids)})"
        " UNION ALL SELECT i.order_line_id, i.warehouse_id, i.quantity FROM shipment_lines i"
        " JOIN shipments s ON s.id = i.shipment_id"
        f" WHERE s.order_id IN ({marks(order_ids)}) AND s.is_shipped AND i.warehouse_id IS NOT NULL"
        ") GROUP BY order_line_id, warehouse_id",
        (*order_ids, *order_ids),
    )


def supplier_links(tx: Transaction, order_ids: Sequence[int]) -> list[Row]:
    """(order_line_id, number, quantity, eta_at): units that wait for a supplier order."""
    return tx.all(
        "SELECT k.order_line_id, o.number, k.quantity, o.eta_at FROM supplier_links k"
        " JOIN order_lines l ON l.id = k.order_line_id"
        " JOIN supplier_order_lines s ON s.id = k.supplier_order_line_id"
        f" JOIN supplier_orders o ON o.id = s.supplier_order_id WHERE l.order_id IN ({marks(order_ids)}) ORDER BY k.id",
        order_ids,
    )


def shipments(tx: Transaction, order_ids: Sequence[int]) -> list[Row]:
    return tx.all(f"SELECT * FROM shipments WHERE order_id IN ({marks(order_ids)}) ORDER BY position", order_ids)


def shipment_lines(tx: Transaction, order_ids: Sequence[int]) -> list[Row]:
    """(shipment_id, order_line_id, quantity): a row a line, whatever warehouses it comes from."""
    return tx.all(
        "SELECT i.shipment_id, i.order_line_id, SUM(i.quantity) AS quantity FROM shipment_lines i"
        f" JOIN shipments s ON s.id = i.shipment_id WHERE s.order_id IN ({marks(order_ids)})"
        " GROUP BY i.shipment_id, i.order_line_id ORDER BY i.shipment_id, i.order_line_id",
        order_ids,
    )


def returns(tx: Transaction, order_ids: Sequence[int]) -> list[Row]:
    return tx.all(
        "SELECT r.* FROM returns r JOIN shipments s ON s.id = r.shipment_id"
        f" WHERE s.order_id IN ({marks(order_ids)}) ORDER BY r.id",
        order_ids,
    )


def return_lines(tx: Transaction, order_ids: Sequence[int]) -> list[Row]:
    """(return_id, order_line_id, quantity)."""
    return tx.all(
        "SELECT b.return_id, i.order_line_id, SUM(b.quantity) AS quantity FROM return_lines b"
        " JOIN shipment_lines i ON i.id = b.shipment_line_id JOIN shipments s ON s.id = i.shipment_id"
        f" WHERE s.order_id IN ({marks(order_ids)}) GROUP BY b.return_id, i.order_line_id",
        order_ids,
    )


def payments(tx: Transaction, order_ids: Sequence[int]) -> list[Row]:
    """Entries of the payment history, oldest first."""
    return tx.all(f"SELECT * FROM payment_entries WHERE order_id IN ({marks(order_ids)}) ORDER BY id", order_ids)


def vouchers(tx: Transaction, order_ids: Sequence[int]) -> list[Row]:
    return tx.all(
        f"SELECT * FROM order_vouchers WHERE order_id IN ({marks(order_ids)}) ORDER BY order_id, position", order_ids
    )


def master_sales_reps(tx: Transaction, sales_rep_ids: Sequence[int]) -> list[Row]:
    """(sales_rep_id, master_id, percent)."""
    return tx.all(
        f"SELECT * FROM master_sales_representatives WHERE sales_rep_id IN ({marks(sales_rep_ids)})", sales_rep_ids
    )


def prices_of_pricelists(tx: Transaction, pricelist_ids: Sequence[int]) -> list[Row]:
    """(pricelist_id, product_id, variant_id, price, price_rrp): a row a variant."""
    return tx.all(
        "SELECT p.pricelist_id, d.product_id, i.variant_id, MIN(p.price) AS price, MIN(p.price_rrp) AS price_rrp"
        " FROM prices p JOIN display_items i ON i.id = p.display_item_id JOIN displays d ON d.id = i.display_id"
        f" WHERE p.pricelist_id IN ({marks(pricelist_ids)}) GROUP BY p.pricelist_id, d.product_id, i.variant_id"
        " ORDER BY p.pricelist_id, d.product_id, i.variant_id",
        pricelist_ids,
    )
