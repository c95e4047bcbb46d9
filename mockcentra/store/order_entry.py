"""Rows that orders from integrations refer to: numbers, sizes by what they are called, accounts, windows, rules."""

from collections.abc import Collection, Sequence

from mockcentra.store.database import Row, Transaction, marks

# What a size may be called by, and where that stands; of several sizes the one with the lowest id is meant.
_NAMED_BY = {
    "id": ("z.id",),
    "ean": ("z.ean",),
    "sku": ("p.number || v.number || z.number", "z.number"),
    "upc": ("z.upc",),
}


def is_number_taken(tx: Transaction, number: int) -> bool:
    """Whether an order has that number, or a payment that was started has reserved it."""
    return (
        tx.value(
            "SELECT 1 FROM orders WHERE number = ?1 UNION ALL SELECT 1 FROM payment_attempts WHERE order_number = ?1",
            (number,),
        )
        is not None
    )


def lift_number(tx: Transaction, number: int) -> None:
    """Later numbers are above this one."""
    tx.run("UPDATE counters SET value = MAX(value, ?) WHERE name = 'order'", (number,))


def sizes_called(tx: Transaction, kind: str, names: Collection[str]) -> dict[str, int]:
    """Name -> product size, for names of a kind: id, ean, sku (its own, or of product, variant and size), upc."""
    found: dict[str, int] = {}
    for column in _NAMED_BY[kind]:
        wanted = [name for name in names if name and name not in found]
        if wanted:
            for row in tx.all(
                f"SELECT z.id, CAST({column} AS TEXT) AS name FROM product_sizes z"
                " JOIN variants v ON v.id = z.variant_id JOIN products p ON p.id = v.product_id"
                f" WHERE {column} IN ({marks(wanted)}) ORDER BY z.id",
                wanted if kind != "id" else [int(name) for name in wanted],
            ):
                found.setdefault(row["name"], row["id"])
    return found


def display_items_of(tx: Transaction, store_id: int, size_ids: Sequence[int]) -> dict[int, list[int]]:
    """Product size -> the display items of a store that show it, in the order of the displays."""
    found: dict[int, list[int]] = {}
    if size_ids:
        for row in tx.all(
            "SELECT z.id AS size_id, i.id FROM product_sizes z JOIN display_items i ON i.variant_id = z.variant_id"
            " JOIN displays d ON d.id = i.display_id"
            f" WHERE d.store_id = ? AND z.id IN ({marks(size_ids)}) ORDER BY d.id, i.id",
            (store_id, *size_ids),
        ):
            found.setdefault(row["size_id"], []).append(row["id"])
    return found


def allocation_rule(tx: Transaction, name: str) -> int | None:
    """The id of the allocation rule with that name."""
    return tx.value("SELECT id FROM allocation_rules WHERE name = ?", (name,))


def account(tx: Transaction, account_id: int) -> Row | None:
    return tx.one("SELECT * FROM accounts WHERE id = ?", (account_id,))


def buyers(tx: Transaction, account_id: int) -> list[Row]:
    return tx.all("SELECT * FROM buyers WHERE account_id = ? ORDER BY id", (account_id,))


def delivery_window(tx: Transaction, store_id: int, name: str) -> Row | None:
    return tx.one("SELECT * FROM delivery_windows WHERE store_id = ? AND name = ? ORDER BY id", (store_id, name))


def discount_in_window(tx: Transaction, account_id: int, window_id: int) -> int | None:
    """Percent off for an account in a delivery window, instead of the account's own."""
    return tx.value(
        "SELECT percent FROM account_window_discounts WHERE account_id = ? AND delivery_window_id = ?",
        (account_id, window_id),
    )


def put_window(tx: Transaction, order_id: int, window_id: int) -> None:
    """All lines of an order are bought in that delivery window."""
    tx.run("UPDATE order_lines SET delivery_window_id = ? WHERE order_id = ?", (window_id, order_id))


def exists(tx: Transaction, kind: str, thing_id: int) -> bool:
    """Whether there is such a return, an order with that number, or such a payment method (`plugin`)."""
    table, column = {"return": ("returns", "id"), "order": ("orders", "number"), "plugin": ("payment_methods", "id")}[
        kind
    ]
    return tx.value(f"SELECT 1 FROM {table} WHERE {column} = ?", (thing_id,)) is not None


def customer_of_store(tx: Transaction, store_id: int, customer_id: int) -> bool:
    return (
        tx.value(
            "SELECT 1 FROM customers WHERE id = ? AND store_id = ? AND anonymized_at IS NULL", (customer_id, store_id)
        )
        is not None
    )


def has_entry(tx: Transaction, order_id: int, entry_type: str, reference: str) -> bool:
    """Whether a payment entry of that type with that reference is on record for an order, other than a pending one."""
    return (
        tx.value(
            "SELECT 1 FROM payment_entries WHERE order_id = ? AND type = ? AND reference = ? AND status <> 'pending'",
            (order_id, entry_type, reference),
        )
        is not None
    )
