"""Adding and changing rows of the things that integrations write: only what differs is written."""

from collections.abc import Iterable, Sequence
from typing import Any

from mockcentra.store.database import Row, Transaction, marks

# Tables that may be written here, and whether they note when a row was changed and made.
_TABLES: dict[str, bool] = {
    "account_addresses": False,
    "accounts": True,
    "allocation_rules": False,
    "brands": False,
    "buyers": True,
    "campaigns": True,
    "categories": False,
    "collections": False,
    "customers": True,
    "delivery_window_groups": False,
    "delivery_windows": False,
    "displays": True,
    "folders": False,
    "invoice_payments": False,
    "invoices": False,
    "markets": False,
    "media": False,
    "payment_methods": False,
    "payment_terms": False,
    "price_alterations": False,
    "pricelists": False,
    "product_sizes": False,
    "products": True,
    "returns": False,
    "sales_representatives": False,
    "shipments": True,
    "shipping_terms": False,
    "shipping_options": False,
    "size_charts": False,
    "size_localizations": False,
    "sizes": False,
    "subscription_plans": True,
    "supplier_deliveries": False,
    "supplier_orders": True,
    "suppliers": False,
    "variants": True,
    "vouchers": True,
    "warehouses": False,
}
_ONLY_CREATED = frozenset({"invoice_payments", "invoices", "media", "supplier_deliveries"})
_BATCH = 500


def get(tx: Transaction, table: str, row_id: int) -> Row | None:
    """The row with that id."""
    return tx.one(f"SELECT * FROM {_named(table)} WHERE id = ?", (row_id,))


def get_many(tx: Transaction, table: str, row_ids: Iterable[int | None]) -> dict[int, Row]:
    """Rows by id; ids that are None or unknown are left out."""
    wanted = list({row_id for row_id in row_ids if row_id is not None})
    found: dict[int, Row] = {}
    for start in range(0, len(wanted), _BATCH):
        part = wanted[start : start + _BATCH]
        rows = tx.all(f"SELECT * FROM {_named(table)} WHERE id IN ({marks(part)})", part)
        found.update((row["id"], row) for row in rows)
    return found


def of_owner(tx: Transaction, table: str, column: str, owner_ids: Sequence[int]) -> list[Row]:
    """Rows whose `column` (the code's own word) names one of these owners, by id."""
    found: list[Row] = []
    for start in range(0, len(owner_ids), _BATCH):
        part = owner_ids[start : start + _BATCH]
        found += tx.all(f"SELECT * FROM {_named(table)} WHERE {column} IN ({marks(part)}) ORDER BY id", part)
    return found


def add(tx: Transaction, table: str, **columns: Any) -> int:
    """A new row; returns its id."""
    if _TABLES[_named(table)]:
        columns = {"created_at": tx.now, "updated_at": tx.now, **columns}
    elif table in _ONLY_CREATED:
        columns = {"created_at": tx.now, **columns}
    return tx.insert(table, **columns)


def change(tx: Transaction, table: str, row_id: int, **columns: Any) -> bool:
    """Sets columns of a row; returns whether any of them differed. A row that is not there is not changed."""
    if not columns:
        return False
    row = tx.one(f"SELECT {', '.join(columns)} FROM {_named(table)} WHERE id = ?", (row_id,))
    if row is None:
        return False
    differing = {name: value for name, value in columns.items() if row[name] != value}
    if not differing:
        return False
    if _TABLES[table]:
        differing["updated_at"] = tx.now
    tx.update(table, row_id, **differing)
    return True


def _named(table: str) -> str:
    if table not in _TABLES:
        raise ValueError(table)
    return table
