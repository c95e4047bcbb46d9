"""Writing texts in other languages, and telling who shows texts and attributes of objects that they changed."""

from collections.abc import Mapping

from mockcentra.store import Transaction
from mockcentra.store import attribute_writing as attribute_rows
from mockcentra.store import text_writing as rows

# What caches show the texts of.
_REFERENCE = frozenset({"brand", "collection", "category", "country"})


def is_translated_to(tx: Transaction, language_id: int) -> bool:
    """Whether texts are translated into the language: into all but the main one."""
    return rows.is_other_language(tx, language_id)


def set_texts(
    tx: Transaction, object_type: str, object_id: int, language_id: int, texts: Mapping[str, str | None]
) -> bool:
    """Sets texts of an object in a language, None or an empty text takes one away; returns whether any differed."""
    if not rows.set_texts(tx, object_type, object_id, language_id, texts):
        return False
    changed(tx, object_type, object_id)
    return True


def set_entry_texts(tx: Transaction, entry_id: int, language_id: int, texts: Mapping[int, str | None]) -> bool:
    """Sets the texts of a shared attribute value in a language: id of an element's value -> text, as `set_texts`."""
    done = [
        rows.set_texts(tx, "attribute_entry_value", value_id, language_id, {"value": text})
        for value_id, text in texts.items()
    ]
    if not any(done):
        return False
    tx.touch("attributes")
    tx.touch_items(attribute_rows.items_with_entry(tx, entry_id))
    tx.event("attribute", entry_id, "updated")
    return True


def changed(tx: Transaction, object_type: str, object_id: int) -> None:
    """Tells the caches and the event streams that texts or attributes of an object are others now."""
    items = rows.items_showing(tx, object_type, object_id)
    if object_type in _REFERENCE:
        tx.touch("reference")
        tx.touch_items(items)
    else:
        tx.touch_listed(items)
    rows.note_change(tx, object_type, object_id)
    tx.event(object_type, object_id, "updated")
