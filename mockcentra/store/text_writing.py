"""Rows of texts in other languages, for those who write them."""

from collections.abc import Mapping

from mockcentra.store.database import Transaction

# Kinds of objects whose texts display items show: how their display items are found.
_ITEMS = {
    "display": "i.display_id = ?",
    "variant": "i.variant_id = ?",
    "product": "i.display_id IN (SELECT id FROM displays WHERE product_id = ?)",
    "category": "i.display_id IN (SELECT display_id FROM display_categories WHERE category_id = ?)",
    "brand": "i.display_id IN"
    " (SELECT d.id FROM displays d JOIN products p ON p.id = d.product_id WHERE p.brand_id = ?)",
    "collection": "i.display_id IN"
    " (SELECT d.id FROM displays d JOIN products p ON p.id = d.product_id WHERE p.collection_id = ?)",
}
# Kinds of objects that note when they were changed.
_NOTED = {
    "display": "displays",
    "variant": "variants",
    "product": "products",
    "customer": "customers",
    "account": "accounts",
    "order": "orders",
}


def is_other_language(tx: Transaction, language_id: int) -> bool:
    return tx.value("SELECT 1 FROM languages WHERE id = ? AND NOT is_default", (language_id,)) is not None


def set_texts(
    tx: Transaction, object_type: str, object_id: int, language_id: int, texts: Mapping[str, str | None]
) -> bool:
    """Returns whether any text differed."""
    changed = False
    for field, text in texts.items():
        key = (object_type, object_id, language_id, field)
        if text:
            changed |= (
                tx.run(
                    "INSERT INTO translations (object_type, object_id, language_id, field, text) VALUES (?, ?, ?, ?, ?)"
                    " ON CONFLICT DO UPDATE SET text = excluded.text WHERE text <> excluded.text",
                    (*key, text),
                )
                > 0
            )
        else:
            changed |= (
                tx.run(
                    "DELETE FROM translations"
                    " WHERE object_type = ? AND object_id = ? AND language_id = ? AND field = ?",
                    key,
                )
                > 0
            )
    return changed


def items_showing(tx: Transaction, object_type: str, object_id: int) -> list[int]:
    """The display items that show the object."""
    where = _ITEMS.get(object_type)
    if where is None:
        return []
    return [row[0] for row in tx.all(f"SELECT i.id FROM display_items i WHERE {where}", (object_id,))]


def note_change(tx: Transaction, object_type: str, object_id: int) -> None:
    """The object changed now, where its table notes that."""
    table = _NOTED.get(object_type)
    if table is not None:
        tx.update(table, object_id, updated_at=tx.now)
