"""Reads of custom attributes for the GraphQL API: types, values that objects share, and objects' own values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from mockcentra.store.database import Transaction, from_json, to_json

_AMONG = "IN (SELECT value FROM json_each(?))"


class Value(NamedTuple):
    """The value of an element; of pictures and files `details` tells more."""

    text: str
    details: Mapping[str, Any]
    id: int = 0


@dataclass(frozen=True)
class AttributeElement:
    id: int
    name: str
    kind: str
    options: Mapping[str, str]

    @property
    def params_json(self) -> str:
        return to_json({"options": self.options} if self.options else {})


@dataclass(frozen=True)
class AttributeType:
    id: int
    name: str
    title: str
    group: str
    is_mapped: bool
    is_multi: bool
    elements: tuple[AttributeElement, ...]


@dataclass(frozen=True)
class Entry:
    """A value of a mapped attribute that objects share."""

    type: int
    name: str
    values: Mapping[int, Value]


@dataclass(frozen=True)
class Attributes:
    """Every attribute type by id, and every entry by id."""

    types: Mapping[int, AttributeType]
    entries: Mapping[int, Entry]


def catalogue(tx: Transaction, base_url: str) -> Attributes:
    """The attribute types and the entries of mapped ones. `base_url` goes before addresses of our own."""
    options: dict[int, dict[str, str]] = {}
    for row in tx.all("SELECT attribute_element_id, option_key, label FROM attribute_options ORDER BY id"):
        options.setdefault(row[0], {})[row[1]] = row[2]
    elements: dict[int, list[AttributeElement]] = {}
    for row in tx.all("SELECT * FROM attribute_elements ORDER BY attribute_type_id, position, id"):
        element = AttributeElement(row["id"], row["name"], row["kind"], options.get(row["id"], {}))
        elements.setdefault(row["attribute_type_id"], []).append(element)
    types = {
        row["id"]: AttributeType(
            row["id"],
            row["name"],
            row["title"],
            row["group_name"],
            row["kind"] == "mapped",
            bool(row["is_multi"]),
            tuple(elements.get(row["id"], ())),
        )
        for row in tx.all("SELECT * FROM attribute_types ORDER BY position, id")
    }
    values: dict[int, dict[int, Value]] = {}
    for row in tx.all("SELECT * FROM attribute_entry_values"):
        value = _value(row, base_url, row["id"])
        values.setdefault(row["attribute_entry_id"], {})[row["attribute_element_id"]] = value
    entries = {
        row["id"]: Entry(row["attribute_type_id"], row["name"], values.get(row["id"], {}))
        for row in tx.all("SELECT id, attribute_type_id, name FROM attribute_entries ORDER BY id")
    }
    return Attributes(types, entries)


def _value(row: Any, base_url: str, value_id: int = 0) -> Value:
    text = row["value"]
    details = from_json(row["value_json"])
    return Value(base_url + text if details and text.startswith("/") else text, details or {}, value_id)


def linked_entries(tx: Transaction, group: str, ids: Iterable[int]) -> dict[int, list[int]]:
    """Object id -> the ids of its mapped values."""
    found: dict[int, list[int]] = {}
    for row in tx.all(
        "SELECT object_id, attribute_entry_id FROM attribute_links"
        f" WHERE object_type = ? AND object_id {_AMONG} ORDER BY object_id, attribute_entry_id",
        (group, to_json(list(ids))),
    ):
        found.setdefault(row[0], []).append(row[1])
    return found


def own_values(tx: Transaction, group: str, ids: Iterable[int], base_url: str) -> dict[int, dict[int, Value]]:
    """Object id -> element id -> the value of a dynamic attribute."""
    found: dict[int, dict[int, Value]] = {}
    for row in tx.all(
        f"SELECT * FROM attribute_values WHERE object_type = ? AND object_id {_AMONG}", (group, to_json(list(ids)))
    ):
        found.setdefault(row["object_id"], {})[row["attribute_element_id"]] = _value(row, base_url)
    return found
