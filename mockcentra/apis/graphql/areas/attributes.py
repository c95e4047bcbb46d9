"""Custom attributes: their types, the values that objects share, and assigning both (section 14)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graphql import GraphQLError

from mockcentra.apis.graphql import attributes
from mockcentra.apis.graphql.changes import Change, Input
from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.paging import find, page, visible
from mockcentra.apis.graphql.planning import Field
from mockcentra.apis.graphql.registry import mutation, query
from mockcentra.apis.graphql.translations import languages_asked
from mockcentra.apis.graphql.types import TYPES, Ref, Weights, chosen_names, embed
from mockcentra.commerce import attribute_values, pictures, text_writing
from mockcentra.store import attribute_writing as rows
from mockcentra.store import graphql_attributes as reading
from mockcentra.store import graphql_reading
from mockcentra.store.graphql_attributes import AttributeElement, Attributes, AttributeType

GROUP_OF = {name: group for group, name in attributes.GROUPS.items()}
# What the event streams and the caches call the objects of a group.
OBJECT_OF = {"variation": "variant", "sizechart": "size", "line": "order_line"}
MAX_BATCH = 100


# ------------------------------------------------------------------ reading


def _chosen(where: Mapping[str, Any], tests: Mapping[str, Callable[[Any], bool]]) -> bool:
    """Whether a thing meets the conditions of `where`; `negate` reverses those that it names."""
    negated = where.get("negate") or ()
    if unknown := sorted(set(negated) - set(tests)):
        raise GraphQLError(f"negate names unknown fields: {', '.join(unknown)}.")
    return all(test(where[name]) != (name in negated) for name, test in tests.items() if where.get(name) is not None)


@query("attributeTypes")
def attribute_types(run: Run, arguments: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The attribute types of the shop."""
    where = arguments.get("where") or {}
    return [
        attributes.type_json(kind)
        for kind in attributes.catalogue_of(run).types.values()
        if _is_chosen_type(kind, where)
    ]


def _is_chosen_type(kind: AttributeType, where: Mapping[str, Any]) -> bool:
    return _chosen(
        where,
        {
            "name": lambda value: bool(chosen_names(value, [kind.name])),
            "description": lambda value: bool(chosen_names(value, [kind.title])),
            "isMapped": lambda value: kind.is_mapped == value,
            "isMulti": lambda value: kind.is_multi == value,
            "objectType": lambda value: attributes.GROUPS[kind.group] in value,
        },
    )


@query("mappedAttributes")
def mapped_attributes(run: Run, arguments: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The values that objects share."""
    catalogue = attributes.catalogue_of(run)
    where = arguments.get("where") or {}
    found = [entry_id for entry_id in catalogue.entries if _is_chosen_entry(catalogue, entry_id, where)]
    for order in reversed(arguments.get("sort") or ["id_ASC"]):
        name, _, direction = order.rpartition("_")
        found.sort(
            key=lambda entry_id: catalogue.entries[entry_id].name if name == "name" else entry_id,
            reverse=direction == "DESC",
        )
    wanted = page(arguments, 200)
    shown = found[wanted.offset : wanted.offset + (wanted.limit or len(found))]
    return [attributes.mapped(catalogue, entry_id) for entry_id in shown]


def _is_chosen_entry(catalogue: Attributes, entry_id: int, where: Mapping[str, Any]) -> bool:
    entry = catalogue.entries[entry_id]
    kind = catalogue.types[entry.type]
    return _chosen(
        where,
        {
            "id": lambda value: entry_id in value,
            "name": lambda value: bool(chosen_names(value, [entry.name])),
            "typeName": lambda value: bool(chosen_names(value, [kind.name])),
            "objectType": lambda value: attributes.GROUPS[kind.group] in value,
            "search": lambda value: value.lower() in f"{entry.name} {kind.name} {kind.title}".lower(),
        },
    )


def text_elements(kind: AttributeType) -> list[AttributeElement]:
    """The elements whose values are texts, which may be translated."""
    return [each for each in kind.elements if each.kind in ("input", "textarea")]


class _EntryTranslations:
    """The texts of a shared value in other languages: a field for each of its text elements."""

    columns: tuple[str, ...] = ("id",)

    def values(self, run: Run, field: Field, rows: Sequence[Any], weights: Weights) -> list[Any]:
        catalogue = attributes.catalogue_of(run)
        languages = languages_asked(run, field.arguments(run).get("where"))
        ids = [value.id for row in rows for value in catalogue.entries[row["id"]].values.values()]
        texts = graphql_reading.translations(run.tx, "attribute_entry_value", ids)
        raws = []
        for row in rows:
            entry = catalogue.entries[row["id"]]
            elements = text_elements(catalogue.types[entry.type])
            raws.append(
                [
                    {
                        "language": language["id"],
                        "fields": [
                            {"field": each.name, "value": _text(texts, entry, each.id, language["id"])}
                            for each in elements
                        ],
                    }
                    for language in languages
                ]
            )
        return run.finish(field, raws, weights)


def _text(texts: Mapping[int, Any], entry: reading.Entry, element_id: int, language_id: int) -> str | None:
    value = entry.values.get(element_id)
    return None if value is None else texts.get(value.id, {}).get((language_id, "value"))


class _Elements:
    """The elements of attributes that the argument `where` asks for."""

    columns: tuple[str, ...] = ("elements",)

    def values(self, run: Run, field: Field, rows: Sequence[Any], weights: Weights) -> list[Any]:
        where = field.arguments(run).get("where") or {}
        raws = [[each for each in row["elements"] if _is_chosen_element(each, where)] for row in rows]
        return run.finish(field, raws, weights)


def _is_chosen_element(element: Mapping[str, Any], where: Mapping[str, Any]) -> bool:
    return _chosen(
        where,
        {
            "key": lambda value: bool(chosen_names(value, [element["key"]])),
            "description": lambda value: bool(chosen_names(value, [element["description"]])),
            "kind": lambda value: element["kind"] in value,
        },
    )


embed("MappedAttribute", {"translations": _EntryTranslations(), "elements": _Elements()})
embed("DynamicAttribute", {"elements": _Elements()})


# ------------------------------------------------------------------ assigning


def _object(part: Input) -> tuple[str, str, int] | None:
    """(type, group, id) of the object that the input names; None with a user error. Orders are named by number."""
    name = part["objectType"]
    group, kind = GROUP_OF.get(name), TYPES.get(name)
    if group is None or kind is None:
        part.error(f"{name} has no attributes", "objectType")
        return None
    wanted = part["objectId"]
    way = "number" if name == "Order" else "id"
    found = find(part.run, kind, way, [wanted], visible(part.run, kind)).get(wanted)
    if found is None:
        part.error(f"Could not find {name} with ID {wanted}", "objectId")
        return None
    return name, group, found


def _assign(change: Change, parts: Sequence[Input], names: Mapping[tuple[str, str], str]) -> list[Ref]:
    """Assigns or takes away what the inputs say; the objects. Raises Refusal."""
    objects = [(part, _object(part)) for part in parts]
    change.check()
    found = []
    for part, named in objects:
        assert named is not None
        name, group, object_id = named
        if attributes.assign_attributes(change, part, group, object_id, names):
            text_writing.changed(change.tx, OBJECT_OF.get(group, group), object_id)
        found.append(_reference(change, name, object_id))
    return found


def _reference(change: Change, name: str, object_id: int) -> Ref:
    """The object, by its concrete type where the named one is an interface."""
    kind = TYPES[name]
    if kind.kinds is None:
        return Ref(name, object_id)
    path, concrete = kind.kinds
    ((_, value),) = graphql_reading.by_ids(change.tx, kind.table, (path,), [object_id])
    return Ref(concrete[value], object_id)


_ASSIGN = {("assign", "Mapped"): "mappedAttributes", ("assign", "Dynamic"): "dynamicAttributes"}
_UNASSIGN = {("unassign", "Mapped"): "mappedAttributes", ("unassign", "Dynamic"): "dynamicAttributes"}


@mutation("assignAttributes")
def assign(change: Change) -> dict[str, Any]:
    """Adds or overwrites what is named; other attributes stay."""
    return {"object": _assign(change, [change.input], _ASSIGN)[0]}


@mutation("unassignAttributes")
def unassign(change: Change) -> dict[str, Any]:
    """Takes away what is named."""
    return {"object": _assign(change, [change.input], _UNASSIGN)[0]}


def _batch(change: Change, names: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    parts = change.inputs()
    if len(parts) > MAX_BATCH:
        change.error(f"At most {MAX_BATCH} objects at once", "input")
    change.check()
    return {"objects": _assign(change, parts, names)}


@mutation("assignAttributesBatch")
def assign_batch(change: Change) -> dict[str, Any]:
    """Assigns to several objects, all or none."""
    return _batch(change, _ASSIGN)


@mutation("unassignAttributesBatch")
def unassign_batch(change: Change) -> dict[str, Any]:
    """Takes away from several objects, all or none."""
    return _batch(change, _UNASSIGN)


# ------------------------------------------------------------------ shared values


_GIVEN_ELEMENTS = (
    # the field of the input, what it says, and the elements that it is for
    ("stringElements", "value", ("input", "textarea", "readonly")),
    ("choiceElements", "value", ("boolean", "select")),
    ("imageElements", "url", ("image",)),
    ("fileElements", "url", ("file",)),
)


def _values(change: Change, kind: AttributeType) -> dict[int, rows.EntryValue]:
    """Element id -> value of what the input says. Raises Refusal for elements that the type does not have."""
    given = change.input
    elements = {each.name: each for each in kind.elements}
    found: dict[int, tuple[str, str]] = {}
    for name, value, kinds in _GIVEN_ELEMENTS:
        for part in given.parts(name):
            element = elements.get(part["key"])
            if element is None:
                part.error(f"The attribute {kind.name} has no element {part['key']}", "key")
            elif element.kind not in kinds:
                part.error(f"The element {element.name} is of the kind {attributes.KINDS[element.kind]}", "key")
            else:
                found[element.id] = (element.kind, part.get(value) or "")
    change.check()
    return {element_id: _value(change, *each) for element_id, each in found.items()}


def _value(change: Change, kind: str, text: str) -> rows.EntryValue:
    if kind not in ("image", "file"):
        return rows.EntryValue(text)
    here = f"{change.run.base_url}/"
    return pictures.attach(change.tx, kind, text[len(here) - 1 :] if text.startswith(here) else text)


def _type(change: Change) -> AttributeType:
    """The mapped type that the input names. Raises Refusal."""
    name = change.input["attributeTypeName"]
    for kind in attributes.catalogue_of(change.run).types.values():
        if kind.name == name and kind.is_mapped:
            return kind
    raise change.refuse(f"There is no mapped attribute {name}", "attributeTypeName")


def _entry(change: Change, entry_id: int) -> dict[str, Any]:
    change.run.memory.pop("attributes", None)
    return attributes.mapped(attributes.catalogue_of(change.run), entry_id)


@mutation("createAttribute")
def create_attribute(change: Change) -> dict[str, Any]:
    """A new value of a mapped attribute."""
    kind = _type(change)
    change.input.required_text("name")
    values = _values(change, kind)
    entry_id = attribute_values.create_entry(change.tx, kind.id, change.input["name"], values)
    return {"attribute": _entry(change, entry_id)}


@mutation("updateAttribute")
def update_attribute(change: Change) -> dict[str, Any]:
    """Another name or other elements of a shared value; every object that has it shows them."""
    entry_id = change["id"]
    entry = attributes.catalogue_of(change.run).entries.get(entry_id)
    if entry is None:
        change.error(f"Could not find Attribute with ID {entry_id}", "id")
    change.check()
    kind = _type(change)
    if entry is not None and kind.id != entry.type:
        change.input.error("The attribute is of another type", "attributeTypeName")
    change.input.required_text("name")
    values = _values(change, kind)
    attribute_values.change_entry(change.tx, entry_id, change.input["name"], values)
    return {"attribute": _entry(change, entry_id)}
