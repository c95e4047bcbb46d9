"""How the REST APIs print custom attributes: inline, under their own names (checkout-api.md 7.8)."""

from collections.abc import Iterable
from typing import Any

from mockcentra.commerce.model import Attribute


def attribute_fields(attributes: Iterable[Attribute], language_id: int, base_url: str) -> dict[str, Any]:
    """The keys that these attributes add to the object that has them.

    Mapped ones are objects by element, those with several values objects by entry (text where the type has one
    element only); dynamic ones are `{attribute}_{element}`, or the bare name where the only element is `text`.
    Addresses of pictures and files that are paths start with `base_url`.
    """
    fields: dict[str, Any] = {}
    for attribute in attributes:
        values = attribute_values(attribute, language_id, base_url)
        if not values:
            continue
        if attribute.kind == "dynamic":
            for name, value in values.items():
                fields[dynamic_name(attribute, name)] = value
        elif attribute.is_multi:
            only = len(attribute.element_names or values) == 1
            shown = next(iter(values.values())) if only else values
            fields.setdefault(attribute.type_name, {})[str(attribute.entry_id)] = shown
        else:
            fields[attribute.type_name] = values
    return fields


def attribute_values(attribute: Attribute, language_id: int, base_url: str) -> dict[str, Any]:
    """The elements with their values in that language, else in the main one."""
    texts = attribute.texts.get(language_id, {})
    return {
        name: _absolute(value, base_url) if isinstance(value, dict) else texts.get(name, value)
        for name, value in attribute.elements.items()
    }


def dynamic_name(attribute: Attribute, element: str) -> str:
    """The key of an element of a dynamic attribute."""
    only = len(attribute.element_names or attribute.elements) == 1
    return attribute.type_name if only and element == "text" else f"{attribute.type_name}_{element}"


def _absolute(value: dict[str, Any], base_url: str) -> dict[str, Any]:
    url = value.get("url", "")
    return {**value, "url": base_url + url} if url.startswith("/") else value
