"""Texts in other languages: which there are, and setting them (section 15)."""

from collections.abc import Mapping
from typing import Any

from mockcentra.apis.graphql import attributes
from mockcentra.apis.graphql.areas.attributes import text_elements
from mockcentra.apis.graphql.changes import Change
from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.paging import find, visible
from mockcentra.apis.graphql.registry import mutation, query
from mockcentra.apis.graphql.translations import attribute_fields
from mockcentra.apis.graphql.types import TYPES, Ref, Type
from mockcentra.commerce import text_writing
from mockcentra.commerce.company_writing import problem_with_uri

# Kinds of objects whose URIs are unique, and whether that is within a store.
_WITH_URIS = ("brand", "collection", "category", "display")


def _translatable() -> list[str]:
    from mockcentra.apis.graphql import sdl

    kinds: Any = sdl.schema().type_map["TranslatableObjectType"]
    return [name for name in kinds.values if name in TYPES and TYPES[name].translations]


@query("translatableFields")
def translatable_fields(run: Run, arguments: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The translatable fields of each type; shared attribute values have those of their own attribute type."""
    types = attributes.catalogue_of(run).types.values()
    elements = [each.name for kind in types if kind.is_mapped for each in text_elements(kind)]
    known = [{"objectType": name, "fields": list(_fields(run, TYPES[name]))} for name in _translatable()]
    return [*known, {"objectType": "MappedAttribute", "fields": list(dict.fromkeys(elements))}]


def _fields(run: Run, kind: Type) -> dict[str, str]:
    """The translatable fields of a type: the API's name -> the store's."""
    assert kind.translations is not None
    return {**kind.translations[1], **attribute_fields(run, kind.attributes)}


@mutation("setTranslations", "localize")
def set_translations(change: Change) -> dict[str, Any]:
    """Sets the named texts of an object in one language; null takes one away."""
    given = change.input
    name = given["objectType"]
    if name == "MappedAttribute":
        return _translate_entry(change)
    kind = TYPES.get(name)
    if kind is None or kind.translations is None:
        raise change.refuse(f"{name} has no texts to translate", "objectType")
    object_id = find(change.run, kind, "id", [given["objectId"]], visible(change.run, kind)).get(given["objectId"])
    if object_id is None:
        given.error(f"Could not find {name} with ID {given['objectId']}", "objectId")
    language_id = given.ref("language", "Language")
    if language_id is not None and not text_writing.is_translated_to(change.tx, language_id):
        given.error("The language is not available for localization", "language")
    object_type, fields = kind.translations[0], _fields(change.run, kind)
    texts: dict[str, str | None] = {}
    for part in given.parts("translations"):
        field, value = part["field"], part.get("value")
        if field not in fields:
            part.error(f"{name} has no translatable field {field[:80]}", "field")
            continue
        if field == "uri" and value and object_type in _WITH_URIS:
            problem = problem_with_uri(change.tx, object_type, value, object_id or 0)
            if problem:
                part.error(problem, "value")
        texts[fields[field]] = value
    change.check()
    assert object_id is not None and language_id is not None
    text_writing.set_texts(change.tx, object_type, object_id, language_id, texts)
    return {"object": Ref(name, object_id), "localizedObject": Ref(name, object_id)}


def _translate_entry(change: Change) -> dict[str, Any]:
    """The texts of the elements of a shared attribute value."""
    given = change.input
    entry_id = given["objectId"]
    entry = attributes.catalogue_of(change.run).entries.get(entry_id)
    if entry is None:
        given.error(f"Could not find MappedAttribute with ID {entry_id}", "objectId")
    language_id = given.ref("language", "Language")
    if language_id is not None and not text_writing.is_translated_to(change.tx, language_id):
        given.error("The language is not available for localization", "language")
    change.check()
    assert entry is not None and language_id is not None
    kind = attributes.catalogue_of(change.run).types[entry.type]
    elements = {each.name: each.id for each in text_elements(kind)}
    texts: dict[int, str | None] = {}
    for part in given.parts("translations"):
        field = part["field"]
        value = entry.values.get(elements.get(field, 0))
        if value is None:
            part.error(f"The attribute has no translatable field {field[:80]}", "field")
        else:
            texts[value.id] = part.get("value")
    change.check()
    text_writing.set_entry_texts(change.tx, entry_id, language_id, texts)
    return {"object": attributes.mapped(attributes.catalogue_of(change.run), entry_id), "localizedObject": None}
