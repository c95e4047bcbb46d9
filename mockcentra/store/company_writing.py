"""Rows of what the company is made of: rates, countries of markets and pricelists, trees, warehouses."""

from collections.abc import Collection, Iterable

from mockcentra.store import external_ids
from mockcentra.store.database import Transaction, to_json

_AMONG = "IN (SELECT value FROM json_each(?))"
_OWNERS = {
    "market": ("market_countries", "market_id", "markets"),
    "pricelist": ("pricelist_countries", "pricelist_id", "pricelists"),
}
_TREES = ("folders", "categories")
# What may refer to a pricelist: table, column, and what a person calls it.
_PRICELIST_USERS = (
    ("orders", "pricelist_id", "orders"),
    ("accounts", "pricelist_id", "accounts"),
    ("buyers", "pricelist_id", "buyers"),
    ("customers", "pricelist_id", "customers"),
    ("campaign_pricelists", "pricelist_id", "campaigns"),
    ("campaign_prices", "pricelist_id", "campaigns"),
    ("campaign_sites", "pricelist_id", "campaign sites"),
    ("voucher_amounts", "pricelist_id", "vouchers"),
    ("package_amounts", "pricelist_id", "packages"),
    ("package_subscriptions", "pricelist_id", "subscriptions"),
    ("price_alteration_prices", "pricelist_id", "price alterations"),
)
# What goes with a pricelist.
_PARTS_OF_PRICELIST = ("pricelist_countries", "prices", "product_prices", "price_records")


def set_rate(tx: Transaction, currency_id: int, rate_micro: int) -> bool:
    """Returns whether the rate differed."""
    changed = tx.run(
        "UPDATE currencies SET rate_micro = ?1 WHERE id = ?2 AND rate_micro <> ?1", (rate_micro, currency_id)
    )
    return changed > 0


# ------------------------------------------------------------------ names, URIs, stores


def is_name_taken(tx: Transaction, table: str, store_id: int | None, name: str, own_id: int) -> bool:
    """Whether another row of the table (markets, pricelists: of the store) has the name."""
    if table in ("markets", "pricelists"):
        sql = f"SELECT 1 FROM {table} WHERE name = ? AND id <> ? AND store_id = ?"
        return tx.value(sql, (name, own_id, store_id)) is not None
    if table != "warehouses":
        raise ValueError(table)
    return tx.value(f"SELECT 1 FROM {table} WHERE name = ? AND id <> ?", (name, own_id)) is not None


def is_uri_taken(tx: Transaction, table: str, uri: str, own_id: int, store_id: int | None) -> bool:
    """Whether another brand, collection, category or display (of the store) has the URI."""
    if table not in ("brands", "collections", "categories", "displays"):
        raise ValueError(table)
    sql = f"SELECT 1 FROM {table} WHERE uri = ? AND id <> ?"
    if store_id is None:
        return tx.value(sql, (uri, own_id)) is not None
    return tx.value(f"{sql} AND store_id = ?", (uri, own_id, store_id)) is not None


def store_of(tx: Transaction, table: str, row_id: int) -> int:
    """The store of a market, pricelist or category."""
    if table not in ("markets", "pricelists", "categories"):
        raise ValueError(table)
    return tx.value(f"SELECT store_id FROM {table} WHERE id = ?", (row_id,))


def store_type(tx: Transaction, store_id: int) -> str:
    return tx.value("SELECT type FROM stores WHERE id = ?", (store_id,))


def currency_of(tx: Transaction, pricelist_id: int) -> int:
    return tx.value("SELECT currency_id FROM pricelists WHERE id = ?", (pricelist_id,))


def default_rules(tx: Transaction) -> dict[int, int]:
    """Store -> the allocation rule of its default market."""
    rows = tx.all("SELECT store_id, allocation_rule_id FROM markets ORDER BY is_default, id DESC")
    return {row[0]: row[1] for row in rows}


# ------------------------------------------------------------------ countries


def remove_countries(tx: Transaction, kind: str, owner_id: int, country_ids: Collection[int]) -> None:
    table, column, _ = _OWNERS[kind]
    tx.run(f"DELETE FROM {table} WHERE {column} = ? AND country_id {_AMONG}", (owner_id, to_json(list(country_ids))))


def countries_of_others(tx: Transaction, kind: str, owner_id: int, country_ids: Collection[int]) -> list[int]:
    """Those of the countries that another market or pricelist of the same store has."""
    table, column, owners = _OWNERS[kind]
    return [
        row[0]
        for row in tx.all(
            f"SELECT country_id FROM {table} WHERE store_id = (SELECT store_id FROM {owners} WHERE id = ?1)"
            f" AND {column} <> ?1 AND country_id IN (SELECT value FROM json_each(?2)) ORDER BY country_id",
            (owner_id, to_json(list(country_ids))),
        )
    ]


def put_countries(tx: Transaction, kind: str, owner_id: int, country_ids: Collection[int]) -> None:
    table, column, owners = _OWNERS[kind]
    tx.run(
        f"INSERT OR REPLACE INTO {table} (store_id, country_id, {column})"
        f" SELECT o.store_id, c.value, o.id FROM {owners} o, json_each(?) c WHERE o.id = ?",
        (to_json(list(country_ids)), owner_id),
    )


def state_code(tx: Transaction, country_id: int | None, text: str) -> str | None:
    """The code of the state that has this name or code."""
    return tx.value(
        "SELECT code FROM states WHERE country_id = ?1 AND (name = ?2 COLLATE NOCASE OR code = ?2 COLLATE NOCASE)",
        (country_id, text),
    )


# ------------------------------------------------------------------ pricelists


def uses_of_pricelist(tx: Transaction, pricelist_id: int) -> list[str]:
    """What keeps a pricelist from being taken away."""
    found = [
        word
        for table, column, word in _PRICELIST_USERS
        if tx.value(f"SELECT 1 FROM {table} WHERE {column} = ? LIMIT 1", (pricelist_id,)) is not None
    ]
    if tx.value("SELECT is_default FROM pricelists WHERE id = ?", (pricelist_id,)):
        found.insert(0, "it is a default pricelist")
    return list(dict.fromkeys(found))


def delete_pricelist(tx: Transaction, pricelist_id: int) -> list[int]:
    """Takes a pricelist away with all that says what things cost in it; the display items that had a price there."""
    items = [row[0] for row in tx.all("SELECT display_item_id FROM prices WHERE pricelist_id = ?", (pricelist_id,))]
    for table in _PARTS_OF_PRICELIST:
        tx.run(f"DELETE FROM {table} WHERE pricelist_id = ?", (pricelist_id,))
    tx.run("DELETE FROM pricelists WHERE id = ?", (pricelist_id,))
    external_ids.forget(tx, "pricelist", pricelist_id)
    return items


# ------------------------------------------------------------------ brands


def stores_of_brand(tx: Transaction, brand_id: int) -> set[int]:
    """The stores that a brand is enabled in; empty: nobody said, it is in all of them."""
    return {row[0] for row in tx.all("SELECT store_id FROM brand_stores WHERE brand_id = ?", (brand_id,))}


def set_stores_of_brand(tx: Transaction, brand_id: int, store_ids: Iterable[int]) -> None:
    tx.run("DELETE FROM brand_stores WHERE brand_id = ?", (brand_id,))
    tx.run_many(
        "INSERT INTO brand_stores (brand_id, store_id) VALUES (?, ?)",
        [(brand_id, store) for store in sorted(store_ids)],
    )


# ------------------------------------------------------------------ trees


def ancestors(tx: Transaction, table: str, row_id: int | None) -> list[int]:
    """A folder or category and those above it, from the bottom up; empty for None."""
    if table not in _TREES:
        raise ValueError(table)
    return [
        row[0]
        for row in tx.all(
            "WITH RECURSIVE up (id, level) AS (SELECT ?, 1 UNION ALL"
            f" SELECT t.parent_id, level + 1 FROM up JOIN {table} t ON t.id = up.id"
            " WHERE t.parent_id IS NOT NULL AND level < 50) SELECT id FROM up WHERE id IS NOT NULL",
            (row_id,),
        )
    ]


def height(tx: Transaction, table: str, row_id: int) -> int:
    """How many levels a folder or category has, itself included."""
    if table not in _TREES:
        raise ValueError(table)
    return tx.value(
        "WITH RECURSIVE down (id, level) AS (SELECT ?, 1 UNION ALL"
        f" SELECT t.id, level + 1 FROM down JOIN {table} t ON t.parent_id = down.id WHERE level < 50)"
        " SELECT MAX(level) FROM down",
        (row_id,),
    )


# ------------------------------------------------------------------ categories


def category_tree(tx: Transaction) -> dict[int, tuple[int | None, str]]:
    """Category -> (the one above it, its own URI)."""
    return {row[0]: (row[1], row[2]) for row in tx.all("SELECT id, parent_id, uri FROM categories")}


def siblings(tx: Transaction, category_id: int) -> list[int]:
    """The categories beside this one and itself, in their order."""
    return [
        row[0]
        for row in tx.all(
            "SELECT s.id FROM categories c JOIN categories s ON s.store_id = c.store_id AND s.parent_id IS c.parent_id"
            " WHERE c.id = ? ORDER BY s.sort_order, s.id",
            (category_id,),
        )
    ]


def order_categories(tx: Transaction, category_ids: Iterable[int]) -> None:
    tx.run_many("UPDATE categories SET sort_order = ? WHERE id = ?", list(enumerate(category_ids, 1)))


def items_of_category(tx: Transaction, category_id: int) -> list[int]:
    """Every display item of the displays in a category."""
    return [
        row[0]
        for row in tx.all(
            "SELECT i.id FROM display_items i JOIN display_categories c ON c.display_id = i.display_id"
            " WHERE c.category_id = ?",
            (category_id,),
        )
    ]


def delete_category(tx: Transaction, category_id: int) -> None:
    """Takes a category away from its displays and from the shop."""
    tx.run("DELETE FROM display_categories WHERE category_id = ?", (category_id,))
    tx.run(
        "UPDATE displays SET category_id = (SELECT MIN(c.category_id) FROM display_categories c"
        " WHERE c.display_id = displays.id) WHERE category_id = ?",
        (category_id,),
    )
    tx.run("DELETE FROM translations WHERE object_type = 'category' AND object_id = ?", (category_id,))
    tx.run("DELETE FROM categories WHERE id = ?", (category_id,))


def displays_beside(tx: Transaction, category_id: int, display_ids: Collection[int]) -> set[int]:
    """Those of the displays that are in the category's store."""
    found = tx.all(
        f"SELECT d.id FROM displays d JOIN categories c ON c.store_id = d.store_id WHERE c.id = ? AND d.id {_AMONG}",
        (category_id, to_json(list(display_ids))),
    )
    return {row[0] for row in found}


def join_category(tx: Transaction, category_id: int, display_ids: Iterable[int]) -> dict[int, int]:
    """Puts displays into a category, behind those that are there; display -> product of those that changed.

    It becomes the main category of those that have none of their own.
    """
    wanted = list(dict.fromkeys(display_ids))
    there = set(displays_of_category(tx, category_id))
    last = tx.value("SELECT COALESCE(MAX(sort_order), 0) FROM display_categories WHERE category_id = ?", (category_id,))
    new = [display_id for display_id in wanted if display_id not in there]
    tx.run_many(
        "INSERT INTO display_categories (display_id, category_id, sort_order) VALUES (?, ?, ?)",
        [(display_id, category_id, last + number) for number, display_id in enumerate(new, 1)],
    )
    without = tx.all(
        "UPDATE displays SET category_id = ?1 WHERE id IN (SELECT value FROM json_each(?2)) AND NOT EXISTS ("
        " SELECT 1 FROM display_categories x WHERE x.display_id = displays.id AND x.category_id = displays.category_id)"
        " RETURNING id",
        (category_id, to_json(wanted)),
    )
    return _changed(tx, {*new, *(row[0] for row in without)})


def leave_category(tx: Transaction, category_id: int, display_ids: Iterable[int]) -> dict[int, int]:
    """Takes displays out of a category; display -> product of those that were in it.

    Where it was the main one, the first of their others takes its place.
    """
    gone = tx.all(
        f"DELETE FROM display_categories WHERE category_id = ? AND display_id {_AMONG} RETURNING display_id",
        (category_id, to_json(list(display_ids))),
    )
    left = {row[0] for row in gone}
    tx.run(
        "UPDATE displays SET category_id = (SELECT MIN(c.category_id) FROM display_categories c"
        f" WHERE c.display_id = displays.id) WHERE category_id = ? AND id {_AMONG}",
        (category_id, to_json(list(left))),
    )
    return _changed(tx, left)


def _changed(tx: Transaction, display_ids: Collection[int]) -> dict[int, int]:
    """Notes that displays changed; display -> product."""
    rows = tx.all(
        f"UPDATE displays SET updated_at = ? WHERE id {_AMONG} RETURNING id, product_id",
        (tx.now, to_json(sorted(display_ids))),
    )
    return {row[0]: row[1] for row in rows}


def displays_of_category(tx: Transaction, category_id: int) -> list[int]:
    return [
        row[0]
        for row in tx.all(
            "SELECT display_id FROM display_categories WHERE category_id = ? ORDER BY sort_order, display_id",
            (category_id,),
        )
    ]


_DISPLAY_ORDERS = {
    "DISPLAY_NAME_ASC": "folded(d.name), d.id",
    "DISPLAY_NAME_DESC": "folded(d.name) DESC, d.id",
    "BRAND_AND_DISPLAY_NAME_ASC": "folded(COALESCE(b.name, '')), folded(d.name), d.id",
    "BRAND_AND_DISPLAY_NAME_DESC": "folded(COALESCE(b.name, '')) DESC, folded(d.name) DESC, d.id",
    "PRODUCT_NUMBER": "folded(p.number), d.id",
    "PRODUCT_CREATION_DATE_DESC": "p.created_at DESC, p.id DESC, d.id",
    "TAGS_ASC": "d.tags_json = '[]', folded(d.tags_json), d.id",
    "DELIVERY_WINDOW": "EXISTS (SELECT 1 FROM display_items i JOIN delivery_window_variants w"
    " ON w.variant_id = i.variant_id AND w.delivery_window_id = c.display_sort_window_id"
    " WHERE i.display_id = d.id) DESC, x.sort_order, d.id",
}


def ruled_displays(tx: Transaction, category_id: int) -> list[int] | None:
    """The displays of a category in the order that its sort type asks for; None where they stand as they were put."""
    kind = tx.value("SELECT display_sort_type FROM categories WHERE id = ?", (category_id,))
    order = _DISPLAY_ORDERS.get(kind)
    if order is None:
        return None
    return [
        row[0]
        for row in tx.all(
            "SELECT d.id FROM display_categories x JOIN displays d ON d.id = x.display_id"
            " JOIN categories c ON c.id = x.category_id LEFT JOIN products p ON p.id = d.product_id"
            f" LEFT JOIN brands b ON b.id = p.brand_id WHERE x.category_id = ? ORDER BY {order}",
            (category_id,),
        )
    ]


def order_displays(tx: Transaction, category_id: int, display_ids: Iterable[int]) -> None:
    tx.run_many(
        "UPDATE display_categories SET sort_order = ? WHERE display_id = ? AND category_id = ?",
        [(position, display_id, category_id) for position, display_id in enumerate(display_ids, 1)],
    )


# ------------------------------------------------------------------ warehouses


def warehouses_by_priority(tx: Transaction) -> list[int]:
    return [row[0] for row in tx.all("SELECT id FROM warehouses ORDER BY priority, id")]


def order_warehouses(tx: Transaction, warehouse_ids: Iterable[int]) -> None:
    tx.run_many("UPDATE warehouses SET priority = ? WHERE id = ?", list(enumerate(warehouse_ids, 1)))
