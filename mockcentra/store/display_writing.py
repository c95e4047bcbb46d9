"""Rows of displays that those who write them look for and change: their items, pictures, relations and places."""

from collections.abc import Iterable, Sequence

from mockcentra.store.database import Row, Transaction, to_json
from mockcentra.store.graphql_reading import Condition

_AMONG = "IN (SELECT value FROM json_each(?))"
_OF_STORES = frozenset({"markets", "categories", "displays", "pricelists", "delivery_windows"})


def pictures_in_order(tx: Transaction, display_ids: Iterable[int], condition: Condition) -> dict[int, list[int]]:
    """Display -> its media in its own order, those that meet the condition."""
    found: dict[int, list[int]] = {}
    for row in tx.all(
        "SELECT l.display_id, t.id FROM display_media l JOIN media t ON t.id = l.media_id"
        f" WHERE l.display_id {_AMONG} AND ({condition.sql}) ORDER BY l.display_id, l.position, t.id",
        (to_json(list(display_ids)), *condition.parameters),
    ):
        found.setdefault(row[0], []).append(row[1])
    return found


def relations(tx: Transaction, display_ids: Iterable[int]) -> list[Row]:
    """The relations of displays in their order, with the names of their types."""
    return tx.all(
        "SELECT r.*, k.name FROM display_relations r JOIN relation_types k ON k.id = r.relation_type_id"
        f" WHERE r.display_id {_AMONG} ORDER BY r.display_id, r.position, r.related_display_id",
        (to_json(list(display_ids)),),
    )


def places(tx: Transaction, display_ids: Iterable[int]) -> dict[int, int]:
    """Display -> its place in its main category."""
    rows = tx.all(
        "SELECT c.display_id, c.sort_order FROM display_categories c JOIN displays d ON d.id = c.display_id"
        f" WHERE c.display_id {_AMONG} AND c.category_id = d.category_id",
        (to_json(list(display_ids)),),
    )
    return {row[0]: row[1] for row in rows}


def with_tags(tags: Sequence[str]) -> Condition:
    """Displays that have one of the tags."""
    return Condition(f"EXISTS (SELECT 1 FROM json_each(t.tags_json) g WHERE g.value {_AMONG})", (to_json(list(tags)),))


def of_other_stores(tx: Transaction, table: str, ids: Sequence[int], store_id: int | None) -> list[int]:
    """Those of the rows that belong to another store."""
    if table not in _OF_STORES:
        raise ValueError(table)
    if not ids or store_id is None:
        return []
    rows = tx.all(f"SELECT id FROM {table} WHERE id {_AMONG} AND store_id <> ?", (to_json(list(ids)), store_id))
    return [row[0] for row in rows]


def products_of(tx: Transaction, table: str, ids: Sequence[int]) -> dict[int, int]:
    """Variant or picture (`table`) -> its product."""
    if table not in ("variants", "media"):
        raise ValueError(table)
    return {
        row[0]: row[1] for row in tx.all(f"SELECT id, product_id FROM {table} WHERE id {_AMONG}", (to_json(list(ids)),))
    }


def is_uri_taken(tx: Transaction, store_id: int, uri: str, own_id: int) -> bool:
    return (
        tx.value("SELECT 1 FROM displays WHERE store_id = ? AND uri = ? AND id <> ?", (store_id, uri, own_id))
        is not None
    )


# ------------------------------------------------------------------ items


def items(tx: Transaction, display_id: int) -> list[Row]:
    """The items of a display in its order."""
    return tx.all("SELECT * FROM display_items WHERE display_id = ? ORDER BY position, id", (display_id,))


def place_items(tx: Transaction, item_ids: Sequence[int]) -> None:
    """The items have this order from now on."""
    tx.run_many(
        "UPDATE display_items SET position = ? WHERE id = ?",
        [(place, item_id) for place, item_id in enumerate(item_ids, 1)],
    )


# What refers to a display item and goes with it; what customers and orders hold keeps the number.
_WITH_ITEMS = (
    "prices", "price_records", "campaign_items", "campaign_prices", "subscription_plan_items",
    "price_alteration_prices", "bundle_section_items", "wishlist_items", "package_products",
)  # fmt: skip


def remove_item(tx: Transaction, item_id: int) -> None:
    """Takes an item away with its prices and its place in campaigns, plans and bundles."""
    for table in _WITH_ITEMS:
        tx.run(f"DELETE FROM {table} WHERE display_item_id = ?", (item_id,))
    tx.run("DELETE FROM bundle_size_parts WHERE part_display_item_id = ?", (item_id,))
    tx.run("DELETE FROM display_items WHERE id = ?", (item_id,))


# ------------------------------------------------------------------ pictures


def shown_media(tx: Transaction, display_id: int) -> list[int]:
    """The media of a display in its order."""
    rows = tx.all("SELECT media_id FROM display_media WHERE display_id = ? ORDER BY position, media_id", (display_id,))
    return [row[0] for row in rows]


def show_only(tx: Transaction, display_id: int, media_ids: Sequence[int]) -> None:
    """The display shows exactly these media, in this order."""
    tx.run("DELETE FROM display_media WHERE display_id = ?", (display_id,))
    tx.run_many(
        "INSERT INTO display_media (display_id, media_id, position) VALUES (?, ?, ?)",
        [(display_id, media_id, place) for place, media_id in enumerate(media_ids, 1)],
    )


def delete_media(tx: Transaction, media_id: int) -> None:
    """Takes a picture away from its product, variants and displays."""
    tx.run("DELETE FROM display_media WHERE media_id = ?", (media_id,))
    for table in ("attribute_values", "attribute_links"):
        tx.run(f"DELETE FROM {table} WHERE object_type = 'product_media' AND object_id = ?", (media_id,))
    tx.run("DELETE FROM translations WHERE object_type = 'product_media' AND object_id = ?", (media_id,))
    tx.run("DELETE FROM media WHERE id = ?", (media_id,))


# ------------------------------------------------------------------ relations


def relation_type(tx: Transaction, name: str) -> int | None:
    """A type of relations by its name, upper and lower case alike."""
    return tx.value("SELECT id FROM relation_types WHERE name = ? COLLATE NOCASE", (name,))


def related(tx: Transaction, display_id: int, relation_type_id: int) -> list[int]:
    """The displays that are related in one way, in their order."""
    rows = tx.all(
        "SELECT related_display_id FROM display_relations WHERE display_id = ? AND relation_type_id = ?"
        " ORDER BY position, related_display_id",
        (display_id, relation_type_id),
    )
    return [row[0] for row in rows]


def relate(tx: Transaction, display_id: int, relation_type_id: int, related_ids: Sequence[int]) -> None:
    """The display is related with exactly these in one way, in this order."""
    tx.run(
        "DELETE FROM display_relations WHERE display_id = ? AND relation_type_id = ?", (display_id, relation_type_id)
    )
    tx.run_many(
        "INSERT INTO display_relations (display_id, related_display_id, relation_type_id, position)"
        " VALUES (?, ?, ?, ?)",
        [(display_id, other, relation_type_id, place) for place, other in enumerate(related_ids, 1)],
    )


def unrelate(tx: Transaction, display_id: int, related_id: int) -> bool:
    """Returns whether they were related in any way."""
    return (
        tx.run(
            "DELETE FROM display_relations WHERE display_id = ? AND related_display_id = ?", (display_id, related_id)
        )
        > 0
    )
