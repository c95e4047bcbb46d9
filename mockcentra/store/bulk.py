"""Rows of orders by the thousand: which can be copied, all that belongs to them, and writing without triggers."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from mockcentra.store.database import Row, Transaction, marks
from mockcentra.store.seeding import raise_deliveries

# Table -> how its rows find their order.
_OWNERS = {
    "order_lines": "order_lines t ON t.order_id = o.id",
    "order_taxes": "order_taxes t ON t.order_id = o.id",
    "order_history": "order_history t ON t.order_id = o.id",
    "payment_entries": "payment_entries t ON t.order_id = o.id",
    "shipments": "shipments t ON t.order_id = o.id",
    "shipment_lines": "shipments s ON s.order_id = o.id JOIN shipment_lines t ON t.shipment_id = s.id",
    "invoices": "invoices t ON t.order_id = o.id",
    "invoice_payments": "invoices i ON i.order_id = o.id JOIN invoice_payments t ON t.invoice_id = i.id",
    "stock_changes": "shipments s ON s.order_id = o.id JOIN stock_changes t ON t.kind = 'shipment'"
    " AND t.reference = o.number || '-' || s.position",
}


def copyable_orders(tx: Transaction, store_id: int) -> list[Row]:
    """Completed orders with `country`, of which a copy is as good: ordinary goods, paid here, nothing odd about them.

    Without vouchers, bundles, gift certificates, cancelled pieces, returns, requests, attributes, messages, states.
    """
    return tx.all(
        """
        SELECT o.*, c.code AS country FROM orders o JOIN countries c ON c.id = o.country_id
        WHERE o.store_id = ? AND o.status = 'completed' AND o.grand_total > 0 AND o.discount_total = 0
          AND o.tax_deducted = 0 AND o.state_id IS NULL AND NOT o.is_locked AND NOT o.is_internal
          AND COALESCE(o.gift_message, '') = ''
          AND NOT EXISTS (SELECT 1 FROM order_vouchers v WHERE v.order_id = o.id)
          AND NOT EXISTS (SELECT 1 FROM attribute_values a WHERE a.object_type = 'order' AND a.object_id = o.id)
          AND NOT EXISTS (SELECT 1 FROM allocation_requests r WHERE r.order_id = o.id)
          AND NOT EXISTS (SELECT 1 FROM order_lines l WHERE l.order_id = o.id AND (l.parent_line_id IS NOT NULL
            OR l.gift_certificate_id IS NOT NULL OR l.cancelled_quantity > 0 OR l.comment <> ''))
          AND NOT EXISTS (SELECT 1 FROM shipments s JOIN returns r ON r.shipment_id = s.id WHERE s.order_id = o.id)
          AND NOT EXISTS (SELECT 1 FROM shipments s WHERE s.order_id = o.id AND NOT s.is_captured)
          AND NOT EXISTS (SELECT 1 FROM payment_methods m WHERE m.id = o.payment_method_id
            AND m.type = 'external_payment')
          AND EXISTS (SELECT 1 FROM customers u WHERE u.id = o.customer_id AND u.market_id IS NULL
            AND u.pricelist_id IS NULL AND u.tax_class_id IS NULL)
        ORDER BY o.created_at, o.id
        """,
        (store_id,),
    )


def columns(tx: Transaction, table: str) -> list[str]:
    """The columns of a table that can be written: those that are not made of others."""
    return [row[0] for row in tx.all("SELECT name FROM pragma_table_info(?) ORDER BY cid", (table,))]


def rows_of_orders(tx: Transaction, table: str, order_ids: Sequence[int]) -> dict[int, list[Row]]:
    """Order -> its rows of a table, with `of_order`. The table is one of the code's own, never a caller's."""
    found: dict[int, list[Row]] = defaultdict(list)
    for row in tx.all(
        f"SELECT t.*, o.id AS of_order FROM orders o JOIN {_OWNERS[table]} WHERE o.id IN ({marks(order_ids)})"
        f" ORDER BY {'t.percent, t.name' if table == 'order_taxes' else 't.id'}",
        order_ids,
    ):
        found[row["of_order"]].append(row)
    return found


@contextmanager
def without_triggers(tx: Transaction) -> Iterator[None]:
    """Within the block no trigger fires."""
    triggers = tx.all("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY rowid")
    for row in triggers:
        tx.run(f"DROP TRIGGER {row['name']}")
    yield
    for row in triggers:
        tx.run(row["sql"])


def deliver_more(tx: Transaction, pieces: Mapping[tuple[int, int], int]) -> None:
    """Makes the first deliveries larger. `pieces`: (product size, warehouse) -> how many."""
    deliveries = {
        (row["product_size_id"], row["warehouse_id"]): row["id"]
        for row in tx.all(
            "SELECT product_size_id, warehouse_id, id, MIN(created_at) FROM stock_changes WHERE kind = 'delivery'"
            " GROUP BY product_size_id, warehouse_id"
        )
    }
    raise_deliveries(tx, [(number, *key, deliveries[key]) for key, number in sorted(pieces.items())])
    # the copies' own changes have taken them away again
    tx.run_many(
        "UPDATE stock SET physical = physical - ? WHERE product_size_id = ? AND warehouse_id = ?",
        [(number, *key) for key, number in pieces.items()],
    )
