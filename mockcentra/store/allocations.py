"""Rows of allocations and the writing side of stock: what is reserved where, for which order line."""

from collections.abc import Sequence

from mockcentra.store.database import Row, Transaction, marks


def stock(tx: Transaction, product_size_ids: Sequence[int], warehouse_ids: Sequence[int]) -> list[Row]:
    """(product_size_id, warehouse_id, physical, allocated) of these sizes in these warehouses."""
    if not product_size_ids or not warehouse_ids:
        return []
    return tx.all(
        "SELECT product_size_id, warehouse_id, physical, allocated FROM stock"
        f" WHERE product_size_id IN ({marks(product_size_ids)}) AND warehouse_id IN ({marks(warehouse_ids)})",
        (*product_size_ids, *warehouse_ids),
    )


def size_flags(tx: Transaction, product_size_ids: Sequence[int]) -> dict[int, Row]:
    """Product size id -> (is_preorder, is_infinite, stock_offset)."""
    if not product_size_ids:
        return {}
    return {
        row["id"]: row
        for row in tx.all(
            "SELECT z.id, z.is_preorder, z.is_infinite, v.stock_offset FROM product_sizes z"
            f" JOIN variants v ON v.id = z.variant_id WHERE z.id IN ({marks(product_size_ids)})",
            product_size_ids,
        )
    }


def change_allocated(tx: Transaction, product_size_id: int, warehouse_id: int, quantity: int) -> None:
    """Adds to what is reserved. The table refuses more than there is and less than nothing."""
    tx.run(
        "UPDATE stock SET allocated = allocated + ?, updated_at = ? WHERE product_size_id = ? AND warehouse_id = ?",
        (quantity, tx.now, product_size_id, warehouse_id),
    )


def change_physical(
    tx: Transaction, product_size_id: int, warehouse_id: int, quantity: int, kind: str, reference: str
) -> None:
    """Adds to what lies on the shelf and notes it. `kind`: delivery, correction, shipment, return, movement …"""
    tx.run("INSERT OR IGNORE INTO stock (product_size_id, warehouse_id) VALUES (?, ?)", (product_size_id, warehouse_id))
    tx.run(
        "UPDATE stock SET physical = physical + ?, updated_at = ? WHERE product_size_id = ? AND warehouse_id = ?",
        (quantity, tx.now, product_size_id, warehouse_id),
    )
    tx.insert(
        "stock_changes",
        product_size_id=product_size_id,
        warehouse_id=warehouse_id,
        quantity=quantity,
        kind=kind,
        reference=reference,
        created_at=tx.now,
    )


def add(tx: Transaction, order_line_id: int, warehouse_id: int, quantity: int) -> None:
    """Reserves units for a line in a warehouse, beside what it has there outside shipments."""
    changed = tx.run(
        "UPDATE allocations SET quantity = quantity + ?"
        " WHERE order_line_id = ? AND warehouse_id = ? AND shipment_id IS NULL",
        (quantity, order_line_id, warehouse_id),
    )
    if not changed:
        tx.insert("allocations", order_line_id=order_line_id, warehouse_id=warehouse_id, quantity=quantity)


def of_orders(tx: Transaction, order_ids: Sequence[int]) -> list[Row]:
    """Allocations with their line's order_id and product_size_id, in the order in which they were made."""
    if not order_ids:
        return []
    return tx.all(
        "SELECT a.id, a.order_line_id, a.warehouse_id, a.quantity, a.shipment_id, l.order_id, l.product_size_id"
        " FROM allocations a JOIN order_lines l ON l.id = a.order_line_id"
        f" WHERE l.order_id IN ({marks(order_ids)}) ORDER BY a.id",
        order_ids,
    )


def remove(tx: Transaction, allocation_ids: Sequence[int]) -> None:
    if allocation_ids:
        tx.run(f"DELETE FROM allocations WHERE id IN ({marks(allocation_ids)})", allocation_ids)


def give_back(tx: Transaction, allocation: Row, quantity: int) -> None:
    """Takes units off an allocation, and frees them in its warehouse."""
    if quantity == allocation["quantity"]:
        remove(tx, [allocation["id"]])
    else:
        tx.run("UPDATE allocations SET quantity = quantity - ? WHERE id = ?", (quantity, allocation["id"]))
    change_allocated(tx, allocation["product_size_id"], allocation["warehouse_id"], -quantity)


def pack(tx: Transaction, allocation: Row, quantity: int, shipment_id: int) -> None:
    """Ties units of an allocation to a shipment that is not completed yet; the others stay as they are."""
    if quantity == allocation["quantity"]:
        tx.run("UPDATE allocations SET shipment_id = ? WHERE id = ?", (shipment_id, allocation["id"]))
        return
    tx.run("UPDATE allocations SET quantity = quantity - ? WHERE id = ?", (quantity, allocation["id"]))
    tx.insert(
        "allocations",
        order_line_id=allocation["order_line_id"],
        warehouse_id=allocation["warehouse_id"],
        quantity=quantity,
        shipment_id=shipment_id,
    )


def hold(tx: Transaction, order_line_id: int, warehouse_id: int, quantity: int, shipment_id: int) -> None:
    """Reserves units for a line within a shipment, beside what the shipment holds of it."""
    changed = tx.run(
        "UPDATE allocations SET quantity = quantity + ?"
        " WHERE order_line_id = ? AND warehouse_id = ? AND shipment_id = ?",
        (quantity, order_line_id, warehouse_id, shipment_id),
    )
    if not changed:
        tx.insert(
            "allocations",
            order_line_id=order_line_id,
            warehouse_id=warehouse_id,
            quantity=quantity,
            shipment_id=shipment_id,
        )


def display_items_showing(tx: Transaction, product_size_ids: Sequence[int]) -> list[int]:
    """Every display item whose stock depends on these sizes: those of their variants, and bundles that hold them."""
    if not product_size_ids:
        return []
    return [
        row[0]
        for row in tx.all(
            f"""
            WITH own AS (
              SELECT i.id FROM display_items i JOIN product_sizes z ON z.variant_id = i.variant_id
              WHERE z.id IN ({marks(product_size_ids)})
            )
            SELECT id FROM own
            UNION
            SELECT shown.id FROM bundle_section_items part
            JOIN bundle_sections section ON section.id = part.bundle_section_id
            JOIN bundles bundle ON bundle.id = section.bundle_id
            JOIN variants variant ON variant.product_id = bundle.product_id
            JOIN display_items shown ON shown.variant_id = variant.id
            WHERE part.display_item_id IN (SELECT id FROM own)
            """,
            product_size_ids,
        )
    ]
