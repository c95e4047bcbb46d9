"""Writing custom attributes: which of the fields that a caller sends are attributes, and what they set."""

from collections.abc import Mapping
from typing import Any

from mockcentra.commerce.attributes import AttributeCatalogue, AttributeType, attributes_of
from mockcentra.store import Transaction
from mockcentra.store import attributes as rows


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
