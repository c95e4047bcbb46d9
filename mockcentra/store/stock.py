"""Rows of stock as the catalogue reads them: how much of a product size lies free in which warehouse."""

from collections.abc import Iterable, Sequence

from mockcentra.store.database import Row, Transaction, marks

_BATCH = 500


def free_to_allocate(
    tx: Transaction, product_size_ids: Iterable[int], warehouse_ids: Sequence[int]
) -> dict[int, dict[int, int]]:
    """Product size id -> warehouse id -> physical minus allocated, for these warehouses."""
    found: dict[int, dict[int, int]] = {}
    wanted = list(dict.fromkeys(product_size_ids))
    if not warehouse_ids:
        return found
    for start in range(0, len(wanted), _BATCH):
        part = wanted[start : start + _BATCH]
        rows = tx.all(
            f"SELECT product_size_id, warehouse_id, physical - allocated FROM stock"
            f" WHERE product_size_id IN ({marks(part)}) AND warehouse_id IN ({marks(warehouse_ids)})",
            (*part, *warehouse_ids),
        )
        for size_id, warehouse_id, free in rows:
            found.setdefault(size_id, {})[warehouse_id] = free
    return found


def listed_stock(tx: Transaction, store_id: int, warehouse_ids: Sequence[int]) -> list[Row]:
    """(display_item_id, size name, is_infinite, is_preorder, stock_offset, warehouse_id, free) of a whole store.

    A row a product size and warehouse; the last two are NULL for a size that no row of stock names.
    """
    return tx.all(
        f"""
        SELECT i.id, s.name, z.is_infinite, z.is_preorder, v.stock_offset, k.warehouse_id, k.physical - k.allocated
        FROM displays d
        JOIN products p ON p.id = d.product_id
        JOIN display_items i ON i.display_id = d.id
        JOIN variants v ON v.id = i.variant_id
        JOIN product_sizes z ON z.variant_id = v.id
        JOIN sizes s ON s.id = z.size_id
        LEFT JOIN stock k ON k.product_size_id = z.id AND k.warehouse_id IN ({marks(warehouse_ids)})
        WHERE d.store_id = ? AND z.status = 'active' AND v.status = 'active' AND d.status = 'active'
          AND p.status = 'active' AND p.kind = 'normal'
        """,
        (*warehouse_ids, store_id),
    )
