"""Rows of custom attributes: writing the values of objects; store/catalogue.py reads them."""

from collections.abc import Sequence

from mockcentra.store.database import Transaction


def put_value(tx: Transaction, object_type: str, object_id: int, element_id: int, value: str) -> None:
    """Sets a dynamic element of an object; the empty text takes it away."""
    if not value:
        tx.run(
            "DELETE FROM attribute_values WHERE object_type = ? AND object_id = ? AND attribute_element_id = ?",
            (object_type, object_id, element_id),
        )
        return
    tx.run(
        "INSERT INTO attribute_values (object_type, object_id, attribute_element_id, value) VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET value = excluded.value, value_json = NULL",
        (object_type, object_id, element_id, value),
    )


def put_links(
    tx: Transaction, object_type: str, object_id: int, attribute_type_id: int, entry_ids: Sequence[int]
) -> None:
    """Links an object to exactly these entries of a mapped attribute."""
    tx.run(
        "DELETE FROM attribute_links WHERE object_type = ? AND object_id = ? AND attribute_entry_id IN"
        " (SELECT id FROM attribute_entries WHERE attribute_type_id = ?)",
        (object_type, object_id, attribute_type_id),
    )
    tx.run_many(
        "INSERT OR IGNORE INTO attribute_links (object_type, object_id, attribute_entry_id) VALUES (?, ?, ?)",
        [(object_type, object_id, entry_id) for entry_id in entry_ids],
    )
