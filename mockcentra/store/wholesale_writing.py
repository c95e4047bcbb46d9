"""Rows that those look for who write accounts, buyers, sales representatives, delivery windows and invoices."""

from collections.abc import Collection, Iterable, Mapping

from mockcentra.store import external_ids
from mockcentra.store.database import Row, Transaction

# What goes with an account or a buyer; what keeps one from going, and what a person calls it.
_PARTS_OF_ACCOUNT = ("account_addresses", "account_window_discounts", "account_agents", "buyers")
_ACCOUNT_USERS = (("orders", "account_id", "orders"), ("invoices", "account_id", "invoices"))


def buyers_of_account(tx: Transaction, account_id: int) -> list[Row]:
    return tx.all("SELECT * FROM buyers WHERE account_id = ? ORDER BY id", (account_id,))


def masters_of(tx: Transaction, sales_rep_id: int) -> dict[int, int]:
    """Sales rep above this one -> his share."""
    rows = tx.all("SELECT master_id, percent FROM master_sales_representatives WHERE sales_rep_id = ?", (sales_rep_id,))
    return {row["master_id"]: row["percent"] for row in rows}


def put_masters(tx: Transaction, sales_rep_id: int, shares: Mapping[int, int]) -> None:
    tx.run_many(
        "INSERT INTO master_sales_representatives (sales_rep_id, master_id, percent) VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET percent = excluded.percent",
        [(sales_rep_id, master_id, percent) for master_id, percent in shares.items()],
    )


def window_variant(tx: Transaction, window_id: int, variant_id: int) -> Row | None:
    return tx.one(
        "SELECT * FROM delivery_window_variants WHERE delivery_window_id = ? AND variant_id = ?",
        (window_id, variant_id),
    )


def put_window_variant(tx: Transaction, window_id: int, variant_id: int, columns: Mapping[str, int | str]) -> None:
    """Adds a variant to a window, or changes how it is sold there."""
    tx.run(
        "INSERT OR IGNORE INTO delivery_window_variants (delivery_window_id, variant_id) VALUES (?, ?)",
        (window_id, variant_id),
    )
    if columns:
        names = ", ".join(f"{name} = ?" for name in columns)
        tx.run(
            f"UPDATE delivery_window_variants SET {names} WHERE delivery_window_id = ? AND variant_id = ?",
            (*columns.values(), window_id, variant_id),
        )


def remove_window_variants(tx: Transaction, window_id: int, variant_ids: Iterable[int]) -> bool:
    """Returns whether any of them was in the window."""
    removed = [
        tx.run(
            "DELETE FROM delivery_window_variants WHERE delivery_window_id = ? AND variant_id = ?",
            (window_id, variant_id),
        )
        for variant_id in variant_ids
    ]
    return any(removed)


def put_window_markets(tx: Transaction, window_id: int, store_id: int) -> None:
    """Sells in a window in every market of the store."""
    tx.run(
        "INSERT OR IGNORE INTO delivery_window_markets (delivery_window_id, market_id)"
        " SELECT ?, id FROM markets WHERE store_id = ?",
        (window_id, store_id),
    )


def unregistered_customer(tx: Transaction, store_id: int, email_key: str) -> int | None:
    """The customer without an account of that e-mail."""
    return tx.value(
        "SELECT id FROM customers WHERE store_id = ? AND email_key = ? AND NOT is_registered AND anonymized_at IS NULL",
        (store_id, email_key),
    )


def invoices_of_whole_order(tx: Transaction, order_id: int) -> list[int]:
    """Invoices about an order that name no shipment of it."""
    found = tx.all(
        "SELECT id FROM invoices WHERE order_id = ? AND shipment_id IS NULL AND return_id IS NULL ORDER BY id",
        (order_id,),
    )
    return [row[0] for row in found]


def unpaid_shipments(tx: Transaction, order_id: int) -> list[int]:
    return [
        row[0] for row in tx.all("SELECT id FROM shipments WHERE order_id = ? AND NOT is_paid ORDER BY id", (order_id,))
    ]


def is_id_free(tx: Transaction, account_id: int) -> bool:
    return tx.value("SELECT 1 FROM accounts WHERE id = ?", (account_id,)) is None


# ------------------------------------------------------------------ parts of accounts


def window_discounts(tx: Transaction, account_id: int) -> dict[int, int]:
    """Window -> what the account gets off in it, in hundredths of a percent."""
    found = tx.all("SELECT * FROM account_window_discounts WHERE account_id = ?", (account_id,))
    return {row["delivery_window_id"]: row["percent"] for row in found}


def set_window_discounts(tx: Transaction, account_id: int, percents: Mapping[int, int]) -> None:
    tx.run("DELETE FROM account_window_discounts WHERE account_id = ?", (account_id,))
    tx.run_many(
        "INSERT INTO account_window_discounts (account_id, delivery_window_id, percent) VALUES (?, ?, ?)",
        [(account_id, window_id, percent) for window_id, percent in percents.items()],
    )


def agents(tx: Transaction, account_id: int) -> set[int]:
    """The users who see the account as agents."""
    return {row[0] for row in tx.all("SELECT admin_user_id FROM account_agents WHERE account_id = ?", (account_id,))}


def set_agents(tx: Transaction, account_id: int, user_ids: Iterable[int]) -> None:
    tx.run("DELETE FROM account_agents WHERE account_id = ?", (account_id,))
    tx.run_many(
        "INSERT INTO account_agents (account_id, admin_user_id) VALUES (?, ?)",
        [(account_id, user_id) for user_id in user_ids],
    )


def uses_of_account(tx: Transaction, account_id: int) -> list[str]:
    """What keeps an account from being taken away."""
    return [
        word
        for table, column, word in _ACCOUNT_USERS
        if tx.value(f"SELECT 1 FROM {table} WHERE {column} = ? LIMIT 1", (account_id,)) is not None
    ]


def delete_account(tx: Transaction, account_id: int) -> None:
    """Takes an account away with its buyers, addresses and discounts."""
    for row in tx.all("SELECT id FROM buyers WHERE account_id = ?", (account_id,)):
        external_ids.forget(tx, "buyer", row["id"])
    for table in _PARTS_OF_ACCOUNT:
        tx.run(f"DELETE FROM {table} WHERE account_id = ?", (account_id,))
    tx.run("DELETE FROM accounts WHERE id = ?", (account_id,))
    external_ids.forget(tx, "account", account_id)


def delete_address(tx: Transaction, entry_id: int) -> None:
    """Takes an address out of the address book of its account."""
    tx.run("DELETE FROM account_addresses WHERE id = ?", (entry_id,))


def has_ordered(tx: Transaction, buyer_id: int) -> bool:
    return tx.value("SELECT 1 FROM orders WHERE buyer_id = ? LIMIT 1", (buyer_id,)) is not None


def delete_buyer(tx: Transaction, buyer_id: int) -> None:
    tx.run("DELETE FROM buyers WHERE id = ?", (buyer_id,))
    external_ids.forget(tx, "buyer", buyer_id)


def buyer_with_email(tx: Transaction, store_id: int, email: str, own_id: int) -> int | None:
    """Another buyer of the store who has this e-mail."""
    return tx.value(
        "SELECT b.id FROM buyers b JOIN accounts a ON a.id = b.account_id"
        " WHERE a.store_id = ? AND LOWER(b.email) = LOWER(?) AND b.id <> ?",
        (store_id, email, own_id),
    )


# ------------------------------------------------------------------ markets, groups and order of windows


def set_window_markets(tx: Transaction, window_id: int, market_ids: Collection[int]) -> bool:
    """Sells in a window in these markets alone; returns whether it was otherwise."""
    before = {
        row[0]
        for row in tx.all("SELECT market_id FROM delivery_window_markets WHERE delivery_window_id = ?", (window_id,))
    }
    if before == set(market_ids):
        return False
    tx.run("DELETE FROM delivery_window_markets WHERE delivery_window_id = ?", (window_id,))
    tx.run_many(
        "INSERT INTO delivery_window_markets (delivery_window_id, market_id) VALUES (?, ?)",
        [(window_id, market_id) for market_id in sorted(set(market_ids))],
    )
    return True


def last_position(tx: Transaction) -> int:
    """The highest place in the tree of windows and groups."""
    return tx.value(
        "SELECT MAX(position) FROM (SELECT position FROM delivery_window_groups"
        " UNION ALL SELECT position FROM delivery_windows UNION ALL SELECT 0)"
    )


def place(tx: Transaction, table: str, places: Mapping[int, int]) -> None:
    """Row -> its place, of `delivery_windows` or `delivery_window_groups`."""
    if table not in ("delivery_windows", "delivery_window_groups"):
        raise ValueError(table)
    tx.run_many(f"UPDATE {table} SET position = ? WHERE id = ?", [(at, row_id) for row_id, at in places.items()])


def windows_of_group(tx: Transaction, group_id: int) -> list[int]:
    """The windows of a group in their order."""
    sql = "SELECT id FROM delivery_windows WHERE group_id = ? ORDER BY position, id"
    return [row[0] for row in tx.all(sql, (group_id,))]


def delete_group(tx: Transaction, group_id: int) -> None:
    """Takes a group away; its windows stand on their own."""
    tx.run("UPDATE delivery_windows SET group_id = NULL WHERE group_id = ?", (group_id,))
    tx.run("DELETE FROM delivery_window_groups WHERE id = ?", (group_id,))


def tree(tx: Transaction) -> list[Row]:
    """(kind, id, store_id, position) of the groups, and of the windows without one, in their order."""
    return tx.all(
        "SELECT 'group' AS kind, id, NULL AS store_id, position, 0 AS is_preorder FROM delivery_window_groups"
        " UNION ALL SELECT 'window', id, store_id, position, is_preorder FROM delivery_windows WHERE group_id IS NULL"
        " ORDER BY position, kind, id"
    )
