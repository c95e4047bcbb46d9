"""Custom attributes: their types and catalogue of mapped values, and which of them an object has."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mockcentra.commerce.model import Attribute
from mockcentra.commerce.reference import Texts
from mockcentra.store import Store, Transaction
from mockcentra.store import catalogue as rows
from mockcentra.store.database import Row, from_json


@dataclass(frozen=True, slots=True)
class AttributeElement:
    """A part of a custom attribute."""

    id: int
    name: str
    kind: str  # input, textarea, readonly, boolean, select, image, file
    options: Mapping[str, str]  # option key -> label


@dataclass(frozen=True, slots=True)
class AttributeType:
    """A custom attribute that objects of a group can have."""

    id: int
    name: str
    title: str
    group: str
    kind: str  # mapped, dynamic
    is_multi: bool
    is_filter: bool
    is_selected: bool
    elements: Mapping[str, AttributeElement]


@dataclass(frozen=True, slots=True)
class AttributeCatalogue:
    """Everything about attributes that belongs to no single object."""

    types: Mapping[int, AttributeType]
    by_name: Mapping[str, AttributeType]
    entries: Mapping[int, Attribute]  # mapped values by entry id
    elements: Mapping[int, tuple[AttributeType, AttributeElement]]  # by element id


def attributes_of(store: Store) -> AttributeCatalogue:
    """The attribute types and mapped values; whoever changes them touches `attributes`."""
    return store.derived("attributes", _load)


def object_attributes(tx: Transaction, object_type: str, object_ids: Sequence[int]) -> dict[int, tuple[Attribute, ...]]:
    """Object id -> its attributes in the order of their types.

    `object_type` is an attribute group of domain.md 13. Empty values, `0` and false are left out, as every API does.
    """
    catalogue = attributes_of(tx.store)
    found: dict[int, list[tuple[int, Attribute]]] = defaultdict(list)
    places = {type_id: place for place, type_id in enumerate(catalogue.types)}
    for object_id, entry_id in rows.attribute_links(tx, object_type, object_ids):
        entry = catalogue.entries.get(entry_id)
        if entry is not None:
            found[object_id].append((places[catalogue.by_name[entry.type_name].id], entry))
    dynamic: dict[tuple[int, int], dict[str, Any]] = defaultdict(dict)
    for object_id, element_id, value, value_json in rows.attribute_values(tx, object_type, object_ids):
        kind, element = catalogue.elements[element_id]
        shown = _shown(element.kind, value, value_json)
        if shown is not None:
            dynamic[object_id, kind.id][element.name] = shown
    for (object_id, type_id), values in dynamic.items():
        kind = catalogue.types[type_id]
        ordered = {name: values[name] for name in kind.elements if name in values}
        attribute = Attribute(kind.name, kind.kind, kind.is_multi, None, ordered, {}, tuple(kind.elements))
        found[object_id].append((places[type_id], attribute))
    return {
        object_id: tuple(attribute for _, attribute in sorted(pairs, key=lambda pair: pair[0]))
        for object_id, pairs in found.items()
    }


def _load(tx: Transaction) -> AttributeCatalogue:
    options: dict[int, dict[str, str]] = defaultdict(dict)
    for row in rows.attribute_options(tx):
        options[row["attribute_element_id"]][row["option_key"]] = row["label"]
    elements: dict[int, list[Row]] = defaultdict(list)
    for row in rows.attribute_elements(tx):
        elements[row["attribute_type_id"]].append(row)
    types = {}
    for row in rows.attribute_types(tx):
        types[row["id"]] = AttributeType(
            row["id"], row["name"], row["title"], row["group_name"], row["kind"], bool(row["is_multi"]),
            bool(row["is_filter"]), bool(row["is_selected"]),
            {e["name"]: AttributeElement(e["id"], e["name"], e["kind"], options.get(e["id"], {}))
             for e in elements.get(row["id"], ())},
        )  # fmt: skip
    return AttributeCatalogue(
        types,
        {kind.name: kind for kind in types.values()},
        _entries(tx, types),
        {element.id: (kind, element) for kind in types.values() for element in kind.elements.values()},
    )


def _entries(tx: Transaction, types: Mapping[int, AttributeType]) -> dict[int, Attribute]:
    values: dict[int, list[Row]] = defaultdict(list)
    all_values = rows.attribute_entry_values(tx)
    for row in all_values:
        values[row["attribute_entry_id"]].append(row)
    texts = rows.translations(tx, "attribute_entry_value", [row["id"] for row in all_values])
    entries = {}
    for row in rows.attribute_entries(tx):
        kind = types[row["attribute_type_id"]]
        elements: dict[str, Any] = {}
        translated: Texts = defaultdict(dict)
        for value in values.get(row["id"], ()):
            shown = _shown(value["kind"], value["value"], value["value_json"])
            if shown is None:
                continue
            elements[value["name"]] = shown
            for language_id, fields in texts.get(value["id"], {}).items():
                translated[language_id].update((value["name"], text) for text in fields.values())
        entries[row["id"]] = Attribute(
            kind.name, kind.kind, kind.is_multi, row["id"], elements, dict(translated), tuple(kind.elements)
        )
    return entries


def _shown(kind: str, value: str, value_json: str | None) -> Any:
    """A value as the APIs print it; None when it is not printed at all."""
    if not value or (kind == "boolean" and value.lower() in ("0", "false", "no")) or value == "0":
        return None
    if kind == "boolean":
        return "1"
    if kind in ("image", "file"):
        return {"type": kind, "url": value, **(from_json(value_json) or {})}
    return value
