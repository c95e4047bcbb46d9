"""Rows of the values that objects share of mapped attributes, for those who write them."""

from collections.abc import Mapping
from typing import NamedTuple

from mockcentra.store.database import Transaction


def add_entry(tx: Transaction, attribute_type_id: int, name: str) -> int:
    """A new value; returns its id."""
    return tx.insert("attribute_entries", attribute_type_id=attribute_type_id, name=name)


def rename_entry(tx: Transaction, entry_id: int, name: str) -> None:
    tx.update("attribute_entries", entry_id, name=name)


class EntryValue(NamedTuple):
    """What an element keeps: of a picture or file of the shop with details, and with its bytes where it was brought."""

    text: str
    details_json: str | None = None
    file_sha: str | None = None


def put_entry_values(tx: Transaction, entry_id: int, values: Mapping[int, EntryValue]) -> None:
    """Element id -> value; an empty one takes the element's value away."""
    for element_id, value in values.items():
        if value.text:
            tx.run(
                "INSERT INTO attribute_entry_values"
                " (attribute_entry_id, attribute_element_id, value, value_json, file_sha) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (attribute_entry_id, attribute_element_id) DO UPDATE"
                " SET value = excluded.value, value_json = excluded.value_json, file_sha = excluded.file_sha",
                (entry_id, element_id, *value),
            )
        else:
            tx.run(
                "DELETE FROM attribute_entry_values WHERE attribute_entry_id = ? AND attribute_element_id = ?",
                (entry_id, element_id),
            )


def items_with_entry(tx: Transaction, entry_id: int) -> list[int]:
    """The display items that show the value: of their product, their variant or their display."""
    return [
        row[0]
        for row in tx.all(
            "SELECT DISTINCT i.id FROM attribute_links l JOIN display_items i ON"
            " (l.object_type = 'variation' AND i.variant_id = l.object_id)"
            " OR (l.object_type = 'display' AND i.display_id = l.object_id)"
            " OR (l.object_type = 'product'"
            " AND i.display_id IN (SELECT id FROM displays WHERE product_id = l.object_id))"
            " WHERE l.attribute_entry_id = ?",
            (entry_id,),
        )
    ]
