"""Inserts in bulk and the check at the end of them, for what fills a new store."""

from collections.abc import Iterable, Sequence
from typing import Any

from mockcentra.store.database import Row, Transaction, from_json, marks


def insert_many(tx: Transaction, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Inserts rows of these columns in their order. Table and column names are the code's own, never a caller's."""
    marks = ", ".join("?" * len(columns))
    tx.run_many(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)


def next_id(tx: Transaction, table: str) -> int:
    """The first id that is above all of a table's."""
    return (tx.value(f"SELECT MAX(id) FROM {table}") or 0) + 1


def set_meta(tx: Transaction, key: str, value: str) -> None:
    """Notes something about the store itself."""
    tx.run(
        "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (key, value),
    )


def attribute_element(tx: Transaction, group: str, name: str) -> int | None:
    """The element `text` of the dynamic attribute of that name and group."""
    return tx.value(
        "SELECT attribute_elements.id FROM attribute_elements"
        " JOIN attribute_types ON attribute_types.id = attribute_type_id"
        " WHERE attribute_types.name = ? AND group_name = ? AND attribute_types.kind = 'dynamic'"
        " AND attribute_elements.name = 'text'",
        (name, group),
    )


def items_of_displays(tx: Transaction, display_ids: Sequence[int]) -> dict[int, list[int]]:
    """Display item ids by display, in the order of the display's variants."""
    found: dict[int, list[int]] = {display: [] for display in display_ids}
    for row in tx.all(
        f"SELECT display_id, id FROM display_items WHERE display_id IN ({marks(display_ids)}) ORDER BY position, id",
        display_ids,
    ):
        found[row["display_id"]].append(row["id"])
    return found


def variants_of_store(tx: Transaction, store_id: int, collection_ids: Sequence[int]) -> list[int]:
    """The variants on a store's active displays, of some collections or (none named) of all."""
    condition = f"AND collection_id IN ({marks(collection_ids)})" if collection_ids else ""
    rows = tx.all(
        "SELECT DISTINCT variant_id FROM display_items JOIN displays ON displays.id = display_id"
        " JOIN products ON products.id = displays.product_id"
        f" WHERE store_id = ? AND displays.status = 'active' {condition} ORDER BY variant_id",
        (store_id, *collection_ids),
    )
    return [row["variant_id"] for row in rows]


def prices_of_store(tx: Transaction, store_id: int) -> list[Row]:
    """`display_item_id, pricelist_id, price, price_rrp` of everything that a store sells."""
    return tx.all(
        "SELECT display_item_id, pricelist_id, price, price_rrp FROM prices"
        " JOIN display_items ON display_items.id = display_item_id JOIN displays ON displays.id = display_id"
        " WHERE store_id = ? ORDER BY display_item_id, pricelist_id",
        (store_id,),
    )


def first_items(tx: Transaction, store_id: int, most: int) -> list[int]:
    """The display items of a store with the lowest ids, at most so many."""
    rows = tx.all(
        "SELECT i.id FROM display_items i JOIN displays d ON d.id = i.display_id"
        " WHERE d.store_id = ? ORDER BY i.id LIMIT ?",
        (store_id, most),
    )
    return [row["id"] for row in rows]


def first_deliveries(tx: Transaction) -> list[Row]:
    """`product_size_id, warehouse_id, free, id, created_at`: stock with its first delivery, if it came by one."""
    return tx.all(
        "SELECT k.product_size_id, k.warehouse_id, k.physical - k.allocated AS free, c.id,"
        " MIN(c.created_at) AS created_at"
        " FROM stock k LEFT JOIN stock_changes c ON c.product_size_id = k.product_size_id"
        " AND c.warehouse_id = k.warehouse_id AND c.kind = 'delivery'"
        " GROUP BY k.product_size_id, k.warehouse_id"
    )


def raise_deliveries(tx: Transaction, deliveries: Sequence[tuple[int, int, int, int]]) -> None:
    """Makes deliveries larger. `deliveries`: (pieces, product size, warehouse, id of the stock change)."""
    tx.run_many(
        "UPDATE stock SET physical = physical + ? WHERE product_size_id = ? AND warehouse_id = ?",
        [each[:3] for each in deliveries],
    )
    tx.run_many(
        "UPDATE stock_changes SET quantity = quantity + ? WHERE id = ?",
        [(pieces, change) for pieces, _, _, change in deliveries],
    )


def newest_credit(tx: Transaction, store_id: int) -> str | None:
    """The code of the credit voucher that was made last."""
    return tx.value(
        "SELECT code FROM vouchers WHERE store_id = ? AND reuse_value = 1 AND trigger = 'code'"
        " ORDER BY id DESC LIMIT 1",
        (store_id,),
    )


def sent_parcels(tx: Transaction) -> list[Row]:
    """`id, shipped_at, ordered_at, lines, is_plain` of what has left, by id.

    `is_plain`: an order of the home country that was paid here, completed, and has no bundle and no voucher.
    """
    return tx.all(
        "SELECT s.id, s.shipped_at, o.created_at AS ordered_at,"
        " (SELECT COUNT(*) FROM shipment_lines i WHERE i.shipment_id = s.id) AS lines,"
        " o.status = 'completed' AND s.is_captured AND o.country_id = t.home_country_id AND o.discount_total = 0"
        " AND NOT EXISTS (SELECT 1 FROM order_lines l WHERE l.order_id = o.id"
        " AND (l.parent_line_id IS NOT NULL OR l.gift_certificate_id IS NOT NULL))"
        " AND NOT EXISTS (SELECT 1 FROM payment_methods m WHERE m.id = o.payment_method_id"
        " AND m.type = 'external_payment') AS is_plain"
        " FROM shipments s JOIN orders o ON o.id = s.order_id JOIN stores t ON t.id = o.store_id"
        " WHERE s.is_shipped ORDER BY s.id"
    )


def confirmed_account_orders(tx: Transaction) -> list[int]:
    """Ids of the confirmed orders of accounts, the newest last."""
    return [
        row[0]
        for row in tx.all("SELECT id FROM orders WHERE account_id IS NOT NULL AND status = 'confirmed' ORDER BY number")
    ]


def returned_units(tx: Transaction) -> list[Row]:
    """`product_size_id, warehouse_id, quantity` of what returns put on the shelf."""
    return tx.all(
        "SELECT product_size_id, warehouse_id, SUM(quantity) AS quantity FROM stock_changes WHERE kind = 'return'"
        " GROUP BY product_size_id, warehouse_id"
    )


def empty(tx: Transaction, *tables: str) -> None:
    """Takes every row out of tables. Their names are the code's own, never a caller's."""
    for table in tables:
        tx.run(f"DELETE FROM {table}")


def settle_revisions(tx: Transaction) -> None:
    """Orders are as seeded: the same in every store that is made of these rows."""
    tx.run("UPDATE orders SET revision = 0 WHERE revision <> 0")


def broken_references(tx: Transaction) -> list[str]:
    """Rows that refer to rows which do not exist, as `table 12 -> other table`. Empty in a sound store."""
    return [f"{row[0]} {row[1]} -> {row[2]}" for row in tx.all("PRAGMA foreign_key_check")]


# ------------------------------------------------------------------ wholesale orders and the event queue


def plentiful_sizes(tx: Transaction, store_id: int, least: int) -> list[Row]:
    """(display_item_id, product_size_id, warehouse_id, product_id, brand_id): what a store has much of to sell."""
    return tx.all(
        "SELECT MIN(i.id) AS display_item_id, z.id AS product_size_id, k.warehouse_id, p.id AS product_id, p.brand_id"
        " FROM displays d JOIN products p ON p.id = d.product_id AND p.status = 'active' AND p.kind = 'normal'"
        " JOIN display_items i ON i.display_id = d.id JOIN variants v ON v.id = i.variant_id AND v.status = 'active'"
        " JOIN product_sizes z ON z.variant_id = v.id AND z.status = 'active' AND NOT z.is_preorder"
        " JOIN stock k ON k.product_size_id = z.id AND k.physical - k.allocated >= ?"
        " JOIN markets m ON m.store_id = d.store_id"
        " JOIN allocation_rule_warehouses w ON w.allocation_rule_id = m.allocation_rule_id"
        " AND w.warehouse_id = k.warehouse_id"
        " WHERE d.store_id = ? AND d.status = 'active' GROUP BY z.id ORDER BY z.id",
        (least, store_id),
    )


def account(tx: Transaction, account_id: int) -> Row:
    found = tx.one("SELECT * FROM accounts WHERE id = ?", (account_id,))
    assert found is not None
    return found


def brands_of_account(row: Row) -> list[int]:
    """The brands that an account may buy; empty: all of them."""
    return from_json(row["brands_json"])


def first_buyer(tx: Transaction, account_id: int) -> int | None:
    return tx.value("SELECT id FROM buyers WHERE account_id = ? ORDER BY id", (account_id,))


def split_parcels(tx: Transaction, parcels: int) -> list[Row]:
    """(order_id, shipment_id, order_line_id, quantity) of the first completed order of a shopper in so many parcels."""
    return tx.all(
        "SELECT s.order_id, s.id AS shipment_id, l.order_line_id, SUM(l.quantity) AS quantity FROM shipments s"
        " JOIN shipment_lines l ON l.shipment_id = s.id WHERE s.order_id = (SELECT o.id FROM orders o"
        " WHERE o.customer_id IS NOT NULL AND o.status = 'completed'"
        " AND (SELECT COUNT(*) FROM shipments p WHERE p.order_id = o.id) = ? ORDER BY o.id LIMIT 1)"
        " GROUP BY s.id, l.order_line_id ORDER BY s.position, l.order_line_id",
        (parcels,),
    )


def admin_users(tx: Transaction) -> list[int]:
    return [row[0] for row in tx.all("SELECT id FROM admin_users ORDER BY id")]


def lines_of_shipment(tx: Transaction, shipment_id: int) -> list[Row]:
    return tx.all("SELECT * FROM shipment_lines WHERE shipment_id = ? ORDER BY order_line_id, id", (shipment_id,))


def invoices_of_shipment(tx: Transaction, shipment_id: int) -> list[Row]:
    return tx.all("SELECT * FROM invoices WHERE shipment_id = ? AND return_id IS NULL ORDER BY id", (shipment_id,))


def newest_confirmed_orders(tx: Transaction, store_id: int) -> list[Row]:
    """Confirmed orders without bundles that nothing holds up, the newest first."""
    return tx.all(
        "SELECT o.* FROM orders o WHERE o.store_id = ? AND o.status = 'confirmed' AND NOT o.is_on_hold"
        " AND o.customer_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM order_lines l WHERE l.order_id = o.id"
        " AND (l.parent_line_id IS NOT NULL OR l.product_id IS NULL))"
        " ORDER BY o.created_at DESC, o.number DESC",
        (store_id,),
    )


def orders_with_status(tx: Transaction, store_id: int, status: str) -> list[Row]:
    return tx.all(
        "SELECT * FROM orders WHERE store_id = ? AND status = ? ORDER BY created_at, number", (store_id, status)
    )
