"""What lists of products can be narrowed by: fields and their values, each with the displays that have it as a bitmap.

A bitmap is a Python integer; bit n stands for the display at position n of the listing. Counting the products of a
value within a result is one `&` and one `bit_count()`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mockcentra.commerce.attributes import AttributeCatalogue, AttributeType
from mockcentra.commerce.model import Attribute
from mockcentra.commerce.reference import Reference

SHOWN_GROUPS = ("product", "variation", "display")

AttributeGroup = tuple[str, int, int]
"""Kind of object, attribute type, and the element of a dynamic one (0 for a mapped one, whose elements go together)."""


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


def plain_field(name: str, sources: Iterable[Any], bits: Mapping[int, int]) -> FilterField:
    """A field whose values are things with an id: brands, categories, collections. `bits` are theirs by id."""
    values = [FieldValue(str(source.id), bits[source.id], source) for source in sources if bits.get(source.id)]
    return FilterField(name, name, values, {value.value: value.bits for value in values})


def text_field(name: str, kind: str, bits: Mapping[str, int], order: Sequence[str], element: str = "") -> FilterField:
    """A field whose values are the texts themselves: those in `order` first, any others after them by the alphabet."""
    known = set(order)
    texts = [*order, *sorted(text for text in bits if text not in known)]
    values = [FieldValue(text, bits[text], text) for text in texts if bits.get(text)]
    return FilterField(name, kind, values, {value.value: value.bits for value in values}, element)


def category_bits(reference: Reference, own: Mapping[int, int]) -> dict[int, int]:
    """Category id -> the displays in it or below it, made of those in the categories themselves."""
    found: dict[int, int] = {}
    for category_id, bits in own.items():
        category = reference.categories.get(category_id)
        for step in category.path_ids if category else ():
            found[step] = found.get(step, 0) | bits
    return found


@dataclass(frozen=True, slots=True)
class AttributeField:
    """An attribute that lists can be narrowed by: the name of the field, the type, and the element that is shown."""

    name: str
    type: AttributeType
    element: str

    @property
    def group(self) -> AttributeGroup:
        """What the index keeps its bitmaps under."""
        if self.type.kind == "mapped":
            return (self.type.group, self.type.id, 0)
        return (self.type.group, self.type.id, self.type.elements[self.element].id)


def attribute_fields(attributes: AttributeCatalogue, wanted: Sequence[str]) -> list[AttributeField]:
    """The attributes that are filters: those named in `wanted` and those whose type says so."""
    chosen: dict[str, AttributeField] = {}
    for name in wanted:
        type_name, _, element = name.partition(".")
        kind = attributes.by_name.get(type_name) or attributes.by_name.get(name)
        if kind is not None and kind.group in SHOWN_GROUPS and kind.elements:
            chosen[name] = AttributeField(
                name, kind, element if element in kind.elements else next(iter(kind.elements))
            )
    covered = {each.type.id for each in chosen.values()}
    for kind in attributes.types.values():
        if kind.is_filter and kind.id not in covered and kind.group in SHOWN_GROUPS and kind.elements:
            element = next(iter(kind.elements))
            name = f"{kind.name}.{element}" if kind.kind == "mapped" else kind.name
            chosen[name] = AttributeField(name, kind, element)
    return list(chosen.values())


def attribute_field(attributes: AttributeCatalogue, chosen: AttributeField, bits: Mapping[Any, int]) -> FilterField:
    """The field of an attribute; `bits` are by the id of the mapped value, or by the text of a dynamic one."""
    if chosen.type.kind == "mapped":
        return _mapped_field(attributes, chosen, bits)
    options = list(chosen.type.elements[chosen.element].options)
    return text_field(chosen.name, "attribute", bits, options, chosen.element)


def _mapped_field(attributes: AttributeCatalogue, chosen: AttributeField, bits: Mapping[int, int]) -> FilterField:
    by_text: dict[str, tuple[Attribute, int]] = {}
    lookup: dict[str, int] = {}
    for entry_id in sorted(bits):
        entry = attributes.entries.get(entry_id)
        text = entry.elements.get(chosen.element) if entry is not None else None
        if entry is None or not isinstance(text, str) or not bits[entry_id]:
            continue
        first, so_far = by_text.get(text, (entry, 0))
        by_text[text] = (first, so_far | bits[entry_id])
        for alias in {text, str(entry_id), *(texts.get(chosen.element, text) for texts in entry.texts.values())}:
            lookup[alias] = lookup.get(alias, 0) | bits[entry_id]
    values = [FieldValue(text, bits, entry) for text, (entry, bits) in by_text.items()]
    return FilterField(chosen.name, "attribute", values, lookup, chosen.element)
