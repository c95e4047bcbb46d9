"""Rows that only those who write the catalogue look for: by name, by owner, by place in a tree."""

from collections.abc import Iterable, Sequence

from mockcentra.store import campaign_writing, plan_writing
from mockcentra.store.database import Row, Transaction, fresh_id, marks


def is_uri_taken(tx: Transaction, table: str, uri: str, store_id: int | None = None) -> bool:
    """Whether a brand, collection, category or display (of that store) has the URI."""
    if table not in ("brands", "collections", "categories", "displays"):
        raise ValueError(table)
    of_store, parameters = ("", ()) if store_id is None else (" AND store_id = ?", (store_id,))
    return tx.value(f"SELECT 1 FROM {table} WHERE uri = ?{of_store}", (uri, *parameters)) is not None


def folder_named(tx: Transaction, parent_id: int | None, name: str) -> int | None:
    return tx.value("SELECT id FROM folders WHERE parent_id IS ? AND name = ? ORDER BY id", (parent_id, name))


def sizes_of_chart(tx: Transaction, size_chart_id: int) -> list[Row]:
    """The cells of a chart, along x first."""
    return tx.all("SELECT * FROM sizes WHERE size_chart_id = ? ORDER BY y, x", (size_chart_id,))


def variants_of_product(tx: Transaction, product_id: int) -> list[Row]:
    return tx.all("SELECT * FROM variants WHERE product_id = ? ORDER BY position, id", (product_id,))


def size_of_variant(tx: Transaction, variant_id: int, size_id: int) -> Row | None:
    """The stock item that a size of a variant is."""
    return tx.one("SELECT * FROM product_sizes WHERE variant_id = ? AND size_id = ?", (variant_id, size_id))


def display_of_variant(tx: Transaction, variant_id: int, store_id: int) -> Row | None:
    """The oldest display of a variant in a store."""
    return tx.one(
        "SELECT d.* FROM displays d JOIN display_items i ON i.display_id = d.id"
        " WHERE i.variant_id = ? AND d.store_id = ? ORDER BY d.id LIMIT 1",
        (variant_id, store_id),
    )


def displays_of_product(tx: Transaction, product_id: int, store_id: int | None = None) -> list[Row]:
    of_store, parameters = ("", ()) if store_id is None else (" AND store_id = ?", (store_id,))
    return tx.all(f"SELECT * FROM displays WHERE product_id = ?{of_store} ORDER BY id", (product_id, *parameters))


def items_of_products(tx: Transaction, product_ids: Sequence[int]) -> list[int]:
    """Every display item of these products."""
    return [
        row[0]
        for row in tx.all(
            "SELECT i.id FROM display_items i JOIN displays d ON d.id = i.display_id"
            f" WHERE d.product_id IN ({marks(product_ids)})",
            product_ids,
        )
    ]


def items_of_brand(tx: Transaction, column: str, owner_id: int) -> list[int]:
    """Every display item of a brand or collection (`column` brand_id or collection_id)."""
    if column not in ("brand_id", "collection_id"):
        raise ValueError(column)
    return [
        row[0]
        for row in tx.all(
            "SELECT i.id FROM display_items i JOIN displays d ON d.id = i.display_id"
            f" JOIN products p ON p.id = d.product_id WHERE p.{column} = ?",
            (owner_id,),
        )
    ]


def add_display_item(tx: Transaction, display_id: int, variant_id: int) -> int:
    """Shows a variant on a display, after those that it shows already; it joins the variant's campaigns and plans."""
    position = tx.value("SELECT COALESCE(MAX(position), 0) + 1 FROM display_items WHERE display_id = ?", (display_id,))
    item_id = fresh_id(tx, "display_items", "display_item")
    tx.insert("display_items", id=item_id, display_id=display_id, variant_id=variant_id, position=position)
    campaign_writing.join_items(tx, [item_id])
    plan_writing.join_items(tx, [item_id])
    return item_id


def join_markets(tx: Transaction, display_id: int, market_ids: Iterable[int]) -> bool:
    """Returns whether the display was missing in any of them."""
    changed = [
        tx.run("INSERT OR IGNORE INTO display_markets (display_id, market_id) VALUES (?, ?)", (display_id, market))
        for market in market_ids
    ]
    return any(changed)


def leave_markets(tx: Transaction, display_id: int, market_ids: Iterable[int]) -> bool:
    changed = [
        tx.run("DELETE FROM display_markets WHERE display_id = ? AND market_id = ?", (display_id, market))
        for market in market_ids
    ]
    return any(changed)


def join_categories(tx: Transaction, display_id: int, category_ids: Iterable[int]) -> bool:
    """Returns whether the display was missing in any of them."""
    changed = [
        tx.run(
            "INSERT OR IGNORE INTO display_categories (display_id, category_id, sort_order)"
            " SELECT ?1, ?2, COALESCE(MAX(sort_order), 0) + 1 FROM display_categories WHERE category_id = ?2",
            (display_id, category),
        )
        for category in category_ids
    ]
    return any(changed)


def leave_categories(tx: Transaction, display_id: int, category_ids: Iterable[int]) -> bool:
    changed = [
        tx.run("DELETE FROM display_categories WHERE display_id = ? AND category_id = ?", (display_id, category))
        for category in category_ids
    ]
    return any(changed)


def categories_of_display(tx: Transaction, display_id: int) -> list[int]:
    return [
        row[0]
        for row in tx.all(
            "SELECT category_id FROM display_categories WHERE display_id = ? ORDER BY category_id", (display_id,)
        )
    ]


def fresh_media_id(tx: Transaction) -> int:
    """An id that no picture has or had."""
    return fresh_id(tx, "media", "product_media")


def media_of_product(tx: Transaction, product_id: int) -> list[Row]:
    return tx.all("SELECT * FROM media WHERE product_id = ? ORDER BY position, id", (product_id,))


def show_media(tx: Transaction, display_id: int, media_id: int, position: int) -> None:
    tx.run(
        "INSERT OR IGNORE INTO display_media (display_id, media_id, position) VALUES (?, ?, ?)",
        (display_id, media_id, position),
    )


def tax_group_named(tx: Transaction, text: str) -> int | None:
    """A tax group by its name or its id."""
    return tx.value(
        "SELECT id FROM tax_groups WHERE name = ?1 OR CAST(id AS TEXT) = ?1 ORDER BY name <> ?1 LIMIT 1", (text,)
    )


def store_ids(tx: Transaction, store_type: str | None = None) -> list[int]:
    """The stores, or those of a type."""
    if store_type is None:
        return [row[0] for row in tx.all("SELECT id FROM stores ORDER BY id")]
    return [row[0] for row in tx.all("SELECT id FROM stores WHERE type = ? ORDER BY id", (store_type,))]
