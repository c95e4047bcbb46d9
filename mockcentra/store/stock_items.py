"""Rows of stock items, the sizes of all products: as integrations list them, and the stock that they set."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from mockcentra.store.database import Row, Transaction, marks

EVERY = -1
"""A limit that lists everything."""

_BATCH = 500

# Filter -> what must hold. Those of `at` are moments: changed then or later.
_CONDITIONS = {
    "sku": "(p.number = :sku OR p.number || v.number || z.number = :sku)",
    "ean": "z.ean = :ean",
    "upc": "z.upc = :upc",
    "product_id": "p.id = :product_id",
    "variant_id": "v.id = :variant_id",
    "size_id": "z.id = :size_id",
    "market_id": "EXISTS (SELECT 1 FROM display_items i JOIN display_markets m ON m.display_id = i.display_id"
    " WHERE i.variant_id = v.id AND m.market_id = :market_id)",
    "created_at": "p.created_at >= :created_at",
    "modified_at": "MAX(p.updated_at, v.updated_at) >= :modified_at",
    "stock_changed_at": "z.id IN (SELECT product_size_id FROM stock WHERE updated_at >= :stock_changed_at"
    " UNION SELECT product_size_id FROM stock_changes WHERE created_at >= :stock_changed_at)",
}
FILTERS = tuple(_CONDITIONS)


def listed(tx: Transaction, wanted: dict[str, Any], limit: int, offset: int) -> list[Row]:
    """The stock items that pass all the filters (keys of FILTERS), by product, variant and size."""
    conditions = " AND ".join(_CONDITIONS[name] for name in wanted) or "1"
    return tx.all(
        f"""
        SELECT z.id, z.number AS size_number, z.ean, z.upc, z.comment AS size_comment, s.name AS size_name,
               v.id AS variant_id, v.name AS variant_name, v.number AS variant_number,
               p.id AS product_id, p.name AS product_name, p.number AS product_number, p.kind, p.brand_id,
               p.collection_id, p.folder_id, p.weight_milli, p.weight_unit, COALESCE(c.code, '') AS origin, p.hs_code,
               p.hs_description, p.created_at, p.internal_comment,
               p.status = 'active' AND v.status = 'active' AND z.status = 'active' AS is_active
        FROM product_sizes z
        JOIN sizes s ON s.id = z.size_id
        JOIN variants v ON v.id = z.variant_id
        JOIN products p ON p.id = v.product_id
        LEFT JOIN countries c ON c.id = p.country_of_origin_id
        WHERE {conditions}
        ORDER BY p.id, v.id, z.id LIMIT :limit OFFSET :offset
        """,
        {**wanted, "limit": limit, "offset": offset},
    )


def shown_items(tx: Transaction, store_id: int, variant_ids: Collection[int]) -> dict[int, int]:
    """Variant id -> the display item that stands for it: of that store if there is one, active ones first."""
    found: dict[int, int] = {}
    wanted = list(variant_ids)
    for start in range(0, len(wanted), _BATCH):
        part = wanted[start : start + _BATCH]
        for row in tx.all(
            "SELECT i.variant_id, i.id FROM display_items i JOIN displays d ON d.id = i.display_id"
            f" WHERE i.variant_id IN ({marks(part)})"
            " ORDER BY d.store_id <> ?, d.status <> 'active', i.display_id, i.id",
            (*part, store_id),
        ):
            found.setdefault(row["variant_id"], row["id"])
    return found


def folders(tx: Transaction) -> list[Row]:
    return tx.all("SELECT id, parent_id, name FROM folders")


def stock_in(tx: Transaction, warehouse_ids: Sequence[int], size_ids: Collection[int] | None = None) -> list[Row]:
    """(product_size_id, warehouse_id, physical, allocated) in these warehouses, of these sizes or of all."""
    places = marks(warehouse_ids)
    columns = "SELECT product_size_id, warehouse_id, physical, allocated FROM stock"
    if size_ids is None:
        return tx.all(f"{columns} WHERE warehouse_id IN ({places})", warehouse_ids)
    found: list[Row] = []
    wanted = list(size_ids)
    for start in range(0, len(wanted), _BATCH):
        part = wanted[start : start + _BATCH]
        found += tx.all(
            f"{columns} WHERE product_size_id IN ({marks(part)}) AND warehouse_id IN ({places})",
            (*part, *warehouse_ids),
        )
    return found


# ------------------------------------------------------------------ setting stock


def named(tx: Transaction, identifiers: Collection[str]) -> dict[str, Row]:
    """Identifier -> (id, variant_id, kind) of the size that it names: by EAN, by UPC, or by its whole SKU.

    Of several sizes it is the one with the lowest id.
    """
    found: dict[str, Row] = {}
    wanted = [identifier for identifier in identifiers if identifier]
    for column in ("z.ean", "z.upc", "p.number || v.number || z.number"):
        left = [identifier for identifier in wanted if identifier not in found]
        for start in range(0, len(left), _BATCH):
            part = left[start : start + _BATCH]
            for row in tx.all(
                f"SELECT z.id, z.variant_id, p.kind, {column} AS named FROM product_sizes z"
                " JOIN variants v ON v.id = z.variant_id JOIN products p ON p.id = v.product_id"
                f" WHERE {column} IN ({marks(part)}) ORDER BY z.id",
                part,
            ):
                found.setdefault(row["named"], row)
    return found


def put_stock(
    tx: Transaction,
    levels: Sequence[tuple[int, int, int]],
    reference: str,
    costs: Mapping[tuple[int, int], tuple[int, int]] | None = None,
) -> None:
    """Sets physical stock and notes what changed. `levels`: (product size, warehouse, physical quantity).

    `costs`: (product size, warehouse) -> (hundredths, currency) of a piece, where it is known.
    """
    known = costs or {}
    tx.run_many(
        "INSERT INTO stock_changes (product_size_id, warehouse_id, quantity, kind, reference, created_at, unit_cost,"
        " unit_cost_currency_id)"
        " SELECT ?1, ?2, ?3 - COALESCE((SELECT physical FROM stock WHERE product_size_id = ?1 AND warehouse_id = ?2),"
        " 0), 'integration', ?4, ?5, ?6, ?7",
        [(*level, reference, tx.now, *known.get(level[:2], (None, None))) for level in levels],
    )
    tx.run_many(
        "INSERT INTO stock (product_size_id, warehouse_id, physical, updated_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET physical = excluded.physical, updated_at = excluded.updated_at",
        [(*level, tx.now) for level in levels],
    )


def put_unit_costs(tx: Transaction, costs: Sequence[tuple[int, int, int]]) -> None:
    """Sets what a piece costs. `costs`: (variant, amount in hundredths, currency)."""
    tx.run_many(
        "UPDATE variants SET unit_cost = ?, unit_cost_currency_id = ? WHERE id = ?",
        [(amount, currency_id, variant_id) for variant_id, amount, currency_id in costs],
    )
