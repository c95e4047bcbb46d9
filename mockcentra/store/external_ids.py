"""Rows of the ID conversion: what an integration calls the objects of the shop."""

from collections.abc import Iterable

from mockcentra.store.database import Transaction, marks

# Object type of the conversion: the table that holds such objects.
TABLES = {
    "account": "accounts",
    "address_book_entry": "account_addresses",
    "admin_user": "admin_users",
    "brand": "brands",
    "buyer": "buyers",
    "category": "categories",
    "collection": "collections",
    "currency": "currencies",
    "customer": "customers",
    "delivery_window": "delivery_windows",
    "delivery_window_group": "delivery_window_groups",
    "folder": "folders",
    "invoice": "invoices",
    "market": "markets",
    "media": "media",
    "order": "orders",
    "order_line": "order_lines",
    "payment_entry": "payment_entries",
    "payment_terms": "payment_terms",
    "price_alteration": "price_alterations",
    "pricelist": "pricelists",
    "product": "products",
    "return": "returns",
    "sales_rep": "sales_representatives",
    "shipment": "shipments",
    "shipping_terms": "shipping_terms",
    "size": "sizes",
    "size_chart": "size_charts",
    "store_plugin": "payment_methods",
    "supplier_order": "supplier_orders",
    "variant": "variants",
    "voucher": "vouchers",
    "warehouse": "warehouses",
}
_BATCH = 500


def integration(tx: Transaction, name: str) -> int:
    """The id of the integration with that name, made when there is none."""
    found = tx.value("SELECT id FROM integrations WHERE name = ?", (name,))
    return found if found is not None else tx.insert("integrations", name=name)


def object_of(tx: Transaction, integration_id: int, object_type: str, external_id: str) -> int | None:
    return tx.value(
        "SELECT object_id FROM external_ids WHERE integration_id = ? AND object_type = ? AND external_id = ?",
        (integration_id, object_type, external_id),
    )


def external_of(tx: Transaction, integration_id: int, object_type: str, object_id: int) -> str | None:
    return tx.value(
        "SELECT external_id FROM external_ids WHERE integration_id = ? AND object_type = ? AND object_id = ?",
        (integration_id, object_type, object_id),
    )


def external_of_many(
    tx: Transaction, integration_id: int, object_type: str, object_ids: Iterable[int]
) -> dict[int, str]:
    """Object id -> external id, for those that have one."""
    wanted = list(dict.fromkeys(object_ids))
    found: dict[int, str] = {}
    for start in range(0, len(wanted), _BATCH):
        part = wanted[start : start + _BATCH]
        found.update(
            (row[0], row[1])
            for row in tx.all(
                "SELECT object_id, external_id FROM external_ids"
                f" WHERE integration_id = ? AND object_type = ? AND object_id IN ({marks(part)})",
                (integration_id, object_type, *part),
            )
        )
    return found


def exists(tx: Transaction, object_type: str, object_id: int) -> bool:
    """Whether there is such an object."""
    return tx.value(f"SELECT 1 FROM {TABLES[object_type]} WHERE id = ?", (object_id,)) is not None


def put(tx: Transaction, integration_id: int, object_type: str, object_id: int, external_id: str) -> None:
    """The object has this external id from now on, instead of the one it may have had."""
    tx.run(
        "INSERT INTO external_ids (integration_id, object_type, object_id, external_id) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (integration_id, object_type, object_id) DO UPDATE SET external_id = excluded.external_id",
        (integration_id, object_type, object_id, external_id),
    )


def replace(tx: Transaction, integration_id: int, object_type: str, object_id: int, external_id: str) -> None:
    """The object has this external id from now on; entries in its way on either side go."""
    tx.run(
        "INSERT OR REPLACE INTO external_ids (integration_id, object_type, object_id, external_id) VALUES (?, ?, ?, ?)",
        (integration_id, object_type, object_id, external_id),
    )


def forget(tx: Transaction, object_type: str, object_id: int) -> None:
    """An object is gone: its external ids are free, and mean nobody who gets its number later."""
    tx.run(
        "DELETE FROM external_ids WHERE integration_id IN (SELECT id FROM integrations)"
        " AND object_type = ? AND object_id = ?",
        (object_type, object_id),
    )
