"""Custom attributes of whatever has some (section 14.2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockcentra.apis.graphql.types import chosen_names
from mockcentra.store import attributes as rows
from mockcentra.store import graphql_attributes as reading

if TYPE_CHECKING:
    from mockcentra.apis.graphql.changes import Change, Input
    from mockcentra.apis.graphql.execution import Run
    from mockcentra.apis.graphql.planning import Field
    from mockcentra.apis.graphql.types import Weights

# group of attributes: the type whose objects have them
GROUPS = {
    "account": "Account",
    "category": "Category",
    "customer": "Customer",
    "display": "Display",
    "order": "Order",
    "line": "OrderLine",
    "product": "Product",
    "sizechart": "SizeChart",
    "variation": "ProductVariant",
    "product_media": "ProductMedia",
    "voucher": "Voucher",
    "campaign": "Campaign",
}
KINDS = {
    "input": "INPUT",
    "textarea": "TEXTAREA",
    "readonly": "READONLY",
    "boolean": "BOOLEAN",
    "select": "SELECT",
    "image": "IMAGE",
    "file": "FILE",
}
_CHOICES = ("boolean", "select")
# The fields of inputs of objects; what is taken away goes first.
_OF_OBJECTS = {
    (verb, kind): f"{verb}{kind}Attributes" for verb in ("unassign", "assign") for kind in ("Mapped", "Dynamic")
}


@dataclass(frozen=True)
class Attributes:
    """`attributes`: one entry for each mapped value, and one for each dynamic attribute with a value."""

    group: str
    columns: tuple[str, ...] = ("id",)

    def values(self, run: "Run", field: "Field", rows: Sequence[Any], weights: "Weights") -> list[Any]:
        position = field.positions[0]
        ids = [row[position] for row in rows]
        catalogue = catalogue_of(run)
        linked = reading.linked_entries(run.tx, self.group, ids)
        valued = reading.own_values(run.tx, self.group, ids, run.base_url)
        where = field.arguments(run).get("where") or {}
        types = [each for each in catalogue.types.values() if each.group == self.group and _fits(each, where)]
        raws = []
        for object_id in ids:
            found: list[dict[str, Any]] = []
            entries, own = linked.get(object_id, ()), valued.get(object_id, {})
            for kind in types:
                if kind.is_mapped:
                    found += [mapped(catalogue, entry) for entry in entries if catalogue.entries[entry].type == kind.id]
                elif any(element.id in own for element in kind.elements):
                    found.append(_dynamic(catalogue, kind, own))
            raws.append(found)
        return run.finish(field, raws, weights)


def catalogue_of(run: "Run") -> reading.Attributes:
    """The attributes of the shop; addresses of pictures and files are absolute."""
    return run.once("attributes", lambda: reading.catalogue(run.tx, run.base_url))


def _fits(kind: reading.AttributeType, where: Mapping[str, Any]) -> bool:
    negated = where.get("negate") or ()
    for name, text in (("typeName", kind.name), ("description", kind.title)):
        if where.get(name) is not None and bool(chosen_names(where[name], [text])) == (name in negated):
            return False
    return True


def type_json(kind: reading.AttributeType) -> dict[str, Any]:
    """An AttributeType."""
    return {
        "name": kind.name,
        "description": kind.title,
        "isMapped": kind.is_mapped,
        "isMulti": kind.is_multi,
        "objectType": GROUPS[kind.group],
        "elements": [
            {
                "key": element.name,
                "description": element.name,
                "kind": KINDS[element.kind],
                "isMulti": False,
                "paramsJSON": element.params_json,
            }
            for element in kind.elements
        ],
    }


def mapped(catalogue: reading.Attributes, entry_id: int) -> dict[str, Any]:
    """A MappedAttribute: one of the values that objects share."""
    entry = catalogue.entries[entry_id]
    kind = catalogue.types[entry.type]
    return {
        "__typename": "MappedAttribute",
        "id": entry_id,
        "name": entry.name,
        **_common(catalogue, kind, entry.values),
    }


def _dynamic(
    catalogue: reading.Attributes, kind: reading.AttributeType, values: Mapping[int, reading.Value]
) -> dict[str, Any]:
    return {"__typename": "DynamicAttribute", **_common(catalogue, kind, values)}


def _common(
    catalogue: reading.Attributes, kind: reading.AttributeType, values: Mapping[int, reading.Value]
) -> dict[str, Any]:
    return {
        "description": kind.title,
        "objectType": GROUPS[kind.group],
        "type": type_json(kind),
        "elements": [_element(catalogue, element, values.get(element.id)) for element in kind.elements],
    }


def _pixels(said: Any) -> int | None:
    """A width or height; what is written down may be a text."""
    return int(said) if isinstance(said, int) or (isinstance(said, str) and said.isdigit()) else None


def _element(
    catalogue: reading.Attributes, element: reading.AttributeElement, value: reading.Value | None
) -> dict[str, Any]:
    common = {"key": element.name, "description": element.name, "kind": KINDS[element.kind]}
    text = value.text if value is not None else None
    if element.kind in _CHOICES:
        return {
            "__typename": "AttributeChoiceElement",
            **common,
            "isMulti": False,
            "selectedValue": text,
            "selectedValueName": element.options.get(text) if text is not None else None,
        }
    if element.kind == "image":
        details = value.details if value is not None else {}
        return {
            "__typename": "AttributeImageElement",
            **common,
            "url": text,
            "width": _pixels(details.get("width")),
            "height": _pixels(details.get("height")),
            "mimeType": details.get("mimeType"),
        }
    if element.kind == "file":
        return {"__typename": "AttributeFileElement", **common, "url": text}
    return {"__typename": "AttributeStringElement", **common, "value": text}


# ------------------------------------------------------------------ writing


def assign_given_attributes(change: "Change", group: str, object_id: int, given: "Input | None" = None) -> bool:
    """Assigns and takes away what `input` (or `given`) says of attributes; returns whether anything was said.

    Inputs of objects say `assignMappedAttributes`, `unassignDynamicAttributes` … Raises Refusal.
    """
    return assign_attributes(change, change.input if given is None else given, group, object_id, _OF_OBJECTS)


def assign_attributes(
    change: "Change", given: "Input", group: str, object_id: int, names: Mapping[tuple[str, str], str]
) -> bool:
    """The same for a part of the input; `names` says which of its fields assign and unassign what."""
    parts = {key: given.parts(name) for key, name in names.items()}
    if not any(parts.values()):
        return False
    catalogue = catalogue_of(change.run)
    types = {kind.name: kind for kind in catalogue.types.values() if kind.group == group}
    work = [
        step
        for (verb, _), entries in parts.items()
        for part in entries
        if (step := _step(catalogue, types, part, verb == "assign")) is not None
    ]
    change.check()
    for kind, element, value, is_given in work:
        if element is not None:
            rows.put_value(change.tx, group, object_id, element.id, value or "")
        else:
            _link(change, catalogue, kind, group, object_id, value, is_given)
    return True


def _step(
    catalogue: reading.Attributes, types: Mapping[str, reading.AttributeType], part: "Input", is_given: bool
) -> tuple[reading.AttributeType, reading.AttributeElement | None, Any, bool] | None:
    """(type, element, value, whether it is given) of one entry of the input; None with a user error."""
    name = part["attributeTypeName"]
    kind = types.get(name)
    is_dynamic = "attributeElementKey" in part
    if kind is None or kind.is_mapped == is_dynamic:
        part.error(f"There is no {'dynamic' if is_dynamic else 'mapped'} attribute {name} here", "attributeTypeName")
        return None
    if not is_dynamic:
        entry_id = part.get("attributeId")
        if entry_id is not None and (entry_id not in catalogue.entries or catalogue.entries[entry_id].type != kind.id):
            part.error(f"Could not find Attribute with ID {entry_id}", "attributeId")
            return None
        return kind, None, entry_id, is_given
    key = part["attributeElementKey"]
    element = next((each for each in kind.elements if each.name == key), None)
    if element is None:
        part.error(f"The attribute {name} has no element {key}", "attributeElementKey")
        return None
    value = part["attributeElementValue"] if is_given else ""
    known = ("", "0", "1") if element.kind == "boolean" else ("", "0", *element.options)
    if element.kind in _CHOICES and value not in known:
        part.error(f"{name} has no option {value}", "attributeElementValue")
        return None
    return kind, element, "" if value == "0" and element.kind in _CHOICES else value, is_given


def _link(
    change: "Change",
    catalogue: reading.Attributes,
    kind: reading.AttributeType,
    group: str,
    object_id: int,
    entry_id: int | None,
    is_given: bool,
) -> None:
    """Links an object with an entry, in place of another one where the type is not multi, or takes it away."""
    linked = reading.linked_entries(change.tx, group, [object_id]).get(object_id, [])
    before = [each for each in linked if catalogue.entries[each].type == kind.id]
    if is_given:
        after = [*before, entry_id] if kind.is_multi and entry_id not in before else before
        after = after if kind.is_multi else [entry_id]
    else:
        after = [] if entry_id is None else [each for each in before if each != entry_id]
    rows.put_links(change.tx, group, object_id, kind.id, [each for each in after if each is not None])
