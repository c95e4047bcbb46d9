"""What lists of products can be narrowed by: fields and their values, each with the displays that have it as a bitmap.

A bitmap is a Python integer; bit n stands for the display at position n of the listing. Counting the products of a
value within a result is one `&` and one `bit_count()`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mockcentra.commerce.attributes import AttributeCatalogue, AttributeType
from mockcentra.commerce.model import Attribute
from mockcentra.commerce.reference import Reference
from mockcentra.store import Transaction
from mockcentra.store import catalogue as rows

SHOWN_GROUPS = ("product", "variation", "display")


@dataclass(frozen=True, slots=True)
class FieldValue:
    """A value of a field: what callers name it by, the displays that have it, and what it stands for."""

    value: str
    bits: int
    source: Any  # Brand, Category, Collection, Attribute, or the text itself


@dataclass(frozen=True, slots=True)
class FilterField:
    """A field such as `brands` or `swatch.desc`. `lookup` knows its values by every name that a caller may use."""

    name: str
    kind: str  # brands, categories, collections, attribute, sizes
    values: Sequence[FieldValue]
    lookup: Mapping[str, int]
    element: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """How many products have a value: in the result, in the market, and when its own field is left aside."""

    value: FieldValue
    count: int
    total: int
    without_own: int


@dataclass(slots=True)
class Objects:
    """Positions of displays by the ids of what they consist of."""

    size: int
    products: dict[int, list[int]] = field(default_factory=dict)
    variants: dict[int, list[int]] = field(default_factory=dict)
    displays: dict[int, list[int]] = field(default_factory=dict)

    def of_group(self, group: str) -> Mapping[int, list[int]]:
        """By object id of an attribute group: product, variation, display."""
        return {"product": self.products, "variation": self.variants, "display": self.displays}[group]


def bits_of(positions: Iterable[int], size: int) -> int:
    """The bitmap of these positions, each below `size`."""
    buffer = bytearray((size + 7) // 8)
    for position in positions:
        buffer[position >> 3] |= 1 << (position & 7)
    return int.from_bytes(buffer, "little")


def positions_of(bits: int, skip: int = 0, limit: int | None = None) -> list[int]:
    """The positions of a bitmap, lowest first, without the first `skip`, at most `limit`."""
    if not bits or limit == 0:
        return []
    digits = bin(bits)[:1:-1]
    found: list[int] = []
    position = digits.find("1")
    while position >= 0:
        if skip:
            skip -= 1
        else:
            found.append(position)
            if limit is not None and len(found) == limit:
                break
        position = digits.find("1", position + 1)
    return found


def counted(fields: Iterable[FilterField], market: int, result: int, without: Mapping[str, int]) -> list[list[Count]]:
    """The counts of every value that occurs in the market, field by field.

    `market` are the displays of the market, `result` those that match all filters, `without` for each filtered field
    those that match all the other filters.
    """
    counts = []
    for each in fields:
        aside = without.get(each.name, result)
        found = []
        for value in each.values:
            total = (value.bits & market).bit_count()
            if total:
                count = (value.bits & result).bit_count()
                own = count if aside == result else (value.bits & aside).bit_count()
                found.append(Count(value, count, total, own))
        counts.append(found)
    return counts


# ------------------------------------------------------------------ building


def plain_field(name: str, sources: Iterable[Any], positions: Mapping[int, Iterable[int]], size: int) -> FilterField:
    """A field whose values are things with an id: brands, categories, collections."""
    values = [
        FieldValue(str(source.id), bits_of(positions[source.id], size), source)
        for source in sources
        if source.id in positions
    ]
    return FilterField(name, name, values, {value.value: value.bits for value in values})


def text_field(name: str, positions: Mapping[str, Iterable[int]], size: int) -> FilterField:
    """A field whose values are the texts themselves, in the order of `positions`."""
    values = [FieldValue(text, bits_of(places, size), text) for text, places in positions.items()]
    return FilterField(name, "sizes", values, {value.value: value.bits for value in values})


def category_positions(reference: Reference, own: Mapping[int, Iterable[int]]) -> dict[int, set[int]]:
    """Category id -> the displays in it or below it."""
    found: dict[int, set[int]] = {}
    for category_id, positions in own.items():
        category = reference.categories.get(category_id)
        for step in category.path_ids if category else ():
            found.setdefault(step, set()).update(positions)
    return found


def attribute_fields_of(
    tx: Transaction, attributes: AttributeCatalogue, wanted: Sequence[str], objects: Objects
) -> list[FilterField]:
    """The fields of the attributes that are filters: those named in `wanted` and those whose type says so."""
    chosen: dict[str, tuple[AttributeType, str]] = {}
    for name in wanted:
        type_name, _, element = name.partition(".")
        kind = attributes.by_name.get(type_name) or attributes.by_name.get(name)
        if kind is not None and kind.group in SHOWN_GROUPS:
            chosen[name] = (kind, element if element in kind.elements else next(iter(kind.elements), ""))
    covered = {kind.id for kind, _ in chosen.values()}
    for kind in attributes.types.values():
        if kind.is_filter and kind.id not in covered and kind.group in SHOWN_GROUPS and kind.elements:
            element = next(iter(kind.elements))
            chosen[f"{kind.name}.{element}" if kind.kind == "mapped" else kind.name] = (kind, element)
    return [
        _mapped_field(tx, attributes, name, kind, element, objects)
        if kind.kind == "mapped"
        else _dynamic_field(tx, name, kind, element, objects)
        for name, (kind, element) in chosen.items()
    ]


def _mapped_field(
    tx: Transaction, attributes: AttributeCatalogue, name: str, kind: AttributeType, element: str, objects: Objects
) -> FilterField:
    places = objects.of_group(kind.group)
    positions: dict[int, list[int]] = {}
    for object_id, entry_id in rows.attribute_links(tx, kind.group):
        entry = attributes.entries.get(entry_id)
        if object_id in places and entry is not None and entry.type_name == kind.name:
            positions.setdefault(entry_id, []).extend(places[object_id])
    by_text: dict[str, tuple[Attribute, int]] = {}
    lookup: dict[str, int] = {}
    for entry_id in sorted(positions):
        entry = attributes.entries[entry_id]
        text = entry.elements.get(element)
        if not isinstance(text, str):
            continue
        bits = bits_of(positions[entry_id], objects.size)
        first, so_far = by_text.get(text, (entry, 0))
        by_text[text] = (first, so_far | bits)
        for alias in {text, str(entry_id), *(texts.get(element, text) for texts in entry.texts.values())}:
            lookup[alias] = lookup.get(alias, 0) | bits
    values = [FieldValue(text, bits, entry) for text, (entry, bits) in by_text.items()]
    return FilterField(name, "attribute", values, lookup, element)


def _dynamic_field(tx: Transaction, name: str, kind: AttributeType, element: str, objects: Objects) -> FilterField:
    places = objects.of_group(kind.group)
    wanted = kind.elements[element]
    positions: dict[str, list[int]] = {key: [] for key in wanted.options}
    for object_id, element_id, value, _ in rows.attribute_values(tx, kind.group):
        if element_id == wanted.id and object_id in places and value and value != "0":
            positions.setdefault(value, []).extend(places[object_id])
    values = [FieldValue(text, bits_of(found, objects.size), text) for text, found in positions.items() if found]
    return FilterField(name, "attribute", values, {value.value: value.bits for value in values}, element)
