"""Writing custom attributes: which of the fields that a caller sends are attributes, and shared values."""

from collections.abc import Mapping
from typing import Any

from mockcentra.commerce.attributes import AttributeCatalogue, AttributeType, attributes_of
from mockcentra.store import Transaction
from mockcentra.store import attribute_writing as writing_rows
from mockcentra.store import attributes as rows
from mockcentra.store import pictures as picture_rows
from mockcentra.store.attribute_writing import EntryValue


def put_attributes(tx: Transaction, group: str, object_id: int, sent: Mapping[str, Any]) -> None:
    """Writes the attributes among the fields that a caller sent for an object of a group; others are ignored.

    A dynamic element is named `attribute_element`, one called `text` also by its attribute alone; nothing, `0` and
    false clear it. A mapped attribute takes the ids or names of its entries; unknown ones are ignored (domain.md 13).
    """
    catalogue = attributes_of(tx.store)
    for kind in catalogue.types.values():
        if kind.group != group:
            continue
        if kind.kind == "mapped":
            _put_mapped(tx, catalogue, kind, object_id, sent)
        else:
            _put_dynamic(tx, kind, object_id, sent)


def create_entry(tx: Transaction, type_id: int, name: str, values: Mapping[int, EntryValue]) -> int:
    """A new shared value of a mapped attribute; `values` are those of its elements, by their ids. Returns its id."""
    entry_id = writing_rows.add_entry(tx, type_id, name)
    writing_rows.put_entry_values(tx, entry_id, values)
    tx.touch("attributes")
    tx.event("attribute", entry_id, "created")
    return entry_id


def change_entry(tx: Transaction, entry_id: int, name: str, values: Mapping[int, EntryValue]) -> None:
    """Another name or other elements of a shared value; elements that are not named stay. All that has it shows it."""
    writing_rows.rename_entry(tx, entry_id, name)
    writing_rows.put_entry_values(tx, entry_id, values)
    picture_rows.drop_unneeded(tx)
    tx.touch("attributes")
    tx.touch_items(writing_rows.items_with_entry(tx, entry_id))
    tx.event("attribute", entry_id, "updated")


def _put_dynamic(tx: Transaction, kind: AttributeType, object_id: int, sent: Mapping[str, Any]) -> None:
    for element in kind.elements.values():
        name = f"{kind.name}_{element.name}"
        if name not in sent and element.name == "text":
            name = kind.name
        value = _text(sent[name]) if name in sent else None
        if value is not None:
            rows.put_value(tx, kind.group, object_id, element.id, value)


def _text(value: Any) -> str | None:
    """The text to keep, empty to clear; None for what no attribute can hold."""
    if value is None or value is False or value == 0 or value == "0":
        return ""
    if value is True:
        return "1"
    return str(value) if isinstance(value, (str, int, float)) else None


def _put_mapped(
    tx: Transaction, catalogue: AttributeCatalogue, kind: AttributeType, object_id: int, sent: Mapping[str, Any]
) -> None:
    if kind.name not in sent:
        return
    value = sent[kind.name]
    known = {
        name: entry_id
        for entry_id, entry in catalogue.entries.items()
        if entry.type_name == kind.name
        for name in (str(entry_id), *map(str, entry.elements.values()))
    }
    wanted = value if isinstance(value, list) else [value]
    entry_ids = [known[str(entry)] for entry in wanted if isinstance(entry, (str, int)) and str(entry) in known]
    if entry_ids or value in (None, "", []):
        rows.put_links(tx, kind.group, object_id, kind.id, entry_ids if kind.is_multi else entry_ids[:1])
