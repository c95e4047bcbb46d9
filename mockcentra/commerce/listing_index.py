"""The index over the displays of a store: their places, and for all that they are found by a bitmap of places.

A new display gets a place at the end, one that is gone leaves its place empty, and one that changed keeps it. So an
index is brought up to date by reading the displays that changed; the other bits stay.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from msgspec import Struct

from mockcentra.commerce.attributes import AttributeCatalogue
from mockcentra.commerce.facets import AttributeField, AttributeGroup, bits_of
from mockcentra.store import Transaction
from mockcentra.store import catalogue as catalogue_rows
from mockcentra.store import listing as rows
from mockcentra.store.database import Row

_FOREVER = 1 << 62
_FEW = 100  # changed displays or empty places, in addition to a part of all, until making a new index is less work
_PART = 4

Group = str | AttributeGroup
"""What bitmaps are kept of: brands, collections, categories (own ones), markets, sizes, or an attribute."""


class Slot(Struct, frozen=True, gc=False):
    """What stands at a place: a display, its active items in their order, and what it is sorted by."""

    display_id: int
    product_id: int
    items: tuple[int, ...]
    variants: tuple[int, ...]
    is_bundle: bool
    uri: str
    uris: tuple[tuple[int, str], ...]  # (language id, translated URI)
    brand_id: int | None
    collection_id: int | None
    category_place: int
    created_at: int
    updated_at: int

    @property
    def rank(self) -> tuple[int, int]:
        """The default order: by the place in the main category, then by the age of the first item."""
        return self.category_place, self.items[0]


@dataclass(frozen=True, slots=True)
class Changes:
    """What an index differs in from the one it was made of."""

    places: frozenset[int]
    display_ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class Index:
    """Places and bitmaps; never changed, `brought_up` makes the next one."""

    store_id: int
    attribute_groups: frozenset[AttributeGroup]
    slots: Sequence[Slot | None]
    order: Sequence[int] | None  # the places in the default order; None: as they are numbered
    place_of: Mapping[int, int]  # by display
    place_of_item: Mapping[int, int]
    places_of_product: Mapping[int, tuple[int, ...]]
    uris: Mapping[int, Mapping[str, int]]  # translated ones, by language
    main_uris: Mapping[str, int]
    bundles: frozenset[int]  # display items
    bits: Mapping[Group, Mapping[Any, int]]

    @property
    def size(self) -> int:
        """The number of places, empty ones included."""
        return len(self.slots)

    def items_at(self, place: int) -> tuple[int, ...]:
        """The display items of the display at a place; none where it is empty."""
        slot = self.slots[place]
        return () if slot is None else slot.items


def groups_of(fields: Iterable[AttributeField]) -> frozenset[AttributeGroup]:
    """The groups that these fields need."""
    return frozenset(each.group for each in fields)


def built(
    tx: Transaction, store_id: int, attributes: AttributeCatalogue, attribute_groups: frozenset[AttributeGroup]
) -> Index:
    """The index over all displays of a store."""
    slots = sorted(_slots(tx, store_id, None), key=lambda slot: slot.rank)
    places = {slot.display_id: place for place, slot in enumerate(slots)}
    uris: dict[int, dict[str, int]] = defaultdict(dict)
    products: dict[int, tuple[int, ...]] = {}
    for place, slot in enumerate(slots):
        products[slot.product_id] = (*products.get(slot.product_id, ()), place)
        for language_id, uri in slot.uris:
            uris[language_id][uri] = place
    positions = _positions(tx, store_id, attributes, attribute_groups, places, slots, None)
    size = len(slots)
    return Index(
        store_id=store_id,
        attribute_groups=attribute_groups,
        slots=slots,
        order=None,
        place_of=places,
        place_of_item={item: place for place, slot in enumerate(slots) for item in slot.items},
        places_of_product=products,
        uris=dict(uris),
        main_uris={slot.uri: place for place, slot in enumerate(slots)},
        bundles=frozenset(item for slot in slots if slot.is_bundle for item in slot.items),
        bits={
            group: {value: bits_of(found, size) for value, found in values.items()}
            for group, values in positions.items()
        },
    )


def brought_up(
    tx: Transaction, index: Index, attributes: AttributeCatalogue, item_ids: Collection[int]
) -> tuple[Index, Changes] | None:
    """The index after displays that had or have these items changed; None when making a new one is less work."""
    touched = rows.displays_of_items(tx, index.store_id, item_ids)
    for item_id in item_ids:
        slot = index.slots[index.place_of_item[item_id]] if item_id in index.place_of_item else None
        if slot is not None:
            touched.add(slot.display_id)
    empty = index.size - len(index.place_of)
    if max(len(touched), empty) > _FEW + len(index.place_of) // _PART:
        return None
    fresh = {slot.display_id: slot for slot in _slots(tx, index.store_id, touched)}
    slots = list(index.slots)
    places = {display_id: index.place_of[display_id] for display_id in touched if display_id in index.place_of}
    before = {place: slots[place] for place in places.values()}
    for display_id in sorted(fresh, key=lambda each: fresh[each].rank):
        if display_id not in places:
            places[display_id] = len(slots)
            slots.append(None)
    for display_id, place in places.items():
        slots[place] = fresh.get(display_id)
    changed = {place: slots[place] for place in places.values()}
    now = {display_id: places[display_id] for display_id in fresh}
    positions = _positions(
        tx, index.store_id, attributes, index.attribute_groups, now, list(fresh.values()), list(fresh)
    )
    place_of = {**index.place_of, **now}
    for display_id in touched - fresh.keys():
        place_of.pop(display_id, None)
    gone = [slot for slot in before.values() if slot is not None]
    come = [(place, slot) for place, slot in changed.items() if slot is not None]
    return Index(
        store_id=index.store_id,
        attribute_groups=index.attribute_groups,
        slots=slots,
        order=_order(index, slots, before, changed),
        place_of=place_of,
        place_of_item=_replaced(
            index.place_of_item,
            (item for slot in gone for item in slot.items),
            {item: place for place, slot in come for item in slot.items},
        ),
        places_of_product=_products(index.places_of_product, before, changed),
        uris={
            language_id: _replaced(
                index.uris.get(language_id, {}),
                (uri for slot in gone for language, uri in slot.uris if language == language_id),
                {uri: place for place, slot in come for language, uri in slot.uris if language == language_id},
            )
            for language_id in index.uris.keys() | {language for _, slot in come for language, _ in slot.uris}
        },
        main_uris=_replaced(index.main_uris, (slot.uri for slot in gone), {slot.uri: place for place, slot in come}),
        bundles=(index.bundles - {item for slot in gone for item in slot.items})
        | {item for _, slot in come if slot.is_bundle for item in slot.items},
        bits=_new_bits(index.bits, positions, places.values(), len(slots)),
    ), Changes(frozenset(places.values()), frozenset(touched))


# ------------------------------------------------------------------ reading


def _slots(tx: Transaction, store_id: int, display_ids: Collection[int] | None) -> list[Slot]:
    """The displays that have active items, as what stands at their places."""
    place_in = {
        (display_id, category_id): place
        for display_id, category_id, place in rows.categories(tx, store_id, display_ids)
    }
    uris: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for display_id, language_id, uri in rows.uris(tx, store_id, display_ids):
        uris[display_id].append((language_id, uri))
    by_display: dict[int, list[Row]] = defaultdict(list)
    for row in rows.items(tx, store_id, display_ids):
        by_display[row["display_id"]].append(row)
    return [
        Slot(
            display_id=display_id,
            product_id=group[0]["product_id"],
            items=tuple(row["id"] for row in group),
            variants=tuple(row["variant_id"] for row in group),
            is_bundle=group[0]["kind"] == "bundle",
            uri=group[0]["uri"],
            uris=tuple(uris.get(display_id, ())),
            brand_id=group[0]["brand_id"],
            collection_id=group[0]["collection_id"],
            category_place=place_in.get((display_id, group[0]["category_id"]), _FOREVER),
            created_at=group[0]["created_at"],
            updated_at=group[0]["updated_at"],
        )
        for display_id, group in by_display.items()
    ]


def _positions(
    tx: Transaction,
    store_id: int,
    attributes: AttributeCatalogue,
    attribute_groups: Iterable[AttributeGroup],
    places: Mapping[int, int],
    slots: Iterable[Slot],
    display_ids: Collection[int] | None,
) -> dict[Group, dict[Any, list[int]]]:
    """Group -> value -> the places of displays that have it. `places` are those of the displays that are read."""
    found: dict[Group, dict[Any, list[int]]] = defaultdict(lambda: defaultdict(list))
    for slot in slots:
        place = places[slot.display_id]
        if slot.brand_id is not None:
            found["brands"][slot.brand_id].append(place)
        if slot.collection_id is not None:
            found["collections"][slot.collection_id].append(place)
    for group, pairs in (
        ("markets", rows.markets(tx, store_id, display_ids)),
        ("categories", rows.categories(tx, store_id, display_ids)),
    ):
        for row in pairs:
            if row[0] in places:
                found[group][row[1]].append(places[row[0]])
    shown = {item for slot in slots for item in slot.items}
    for display_id, item_id, name in rows.size_names(tx, store_id, display_ids):
        if name and item_id in shown:
            found["sizes"][name].append(places[display_id])
    _attribute_positions(tx, found, attributes, attribute_groups, places, slots, display_ids is not None)
    return found


def _attribute_positions(
    tx: Transaction,
    found: dict[Group, dict[Any, list[int]]],
    attributes: AttributeCatalogue,
    attribute_groups: Iterable[AttributeGroup],
    places: Mapping[int, int],
    slots: Iterable[Slot],
    only_these: bool,
) -> None:
    owners: dict[str, dict[int, list[int]]] = {kind: defaultdict(list) for kind in ("product", "variation", "display")}
    for slot in slots:
        place = places[slot.display_id]
        owners["display"][slot.display_id].append(place)
        owners["product"][slot.product_id].append(place)
        for variant_id in slot.variants:
            owners["variation"][variant_id].append(place)
    mapped = {(kind, type_id): (kind, type_id, 0) for kind, type_id, element in attribute_groups if not element}
    dynamic = {(kind, element): (kind, type_id, element) for kind, type_id, element in attribute_groups if element}
    for kind in {kind for kind, _ in mapped}:
        of_kind = owners[kind]
        for object_id, entry_id in catalogue_rows.attribute_links(tx, kind, list(of_kind) if only_these else None):
            entry = attributes.entries.get(entry_id)
            if entry is not None and object_id in of_kind:
                group = mapped.get((kind, attributes.by_name[entry.type_name].id))
                if group is not None:
                    found[group][entry_id] += of_kind[object_id]
    for kind in {kind for kind, _ in dynamic}:
        of_kind = owners[kind]
        for object_id, element_id, value, _ in catalogue_rows.attribute_values(
            tx, kind, list(of_kind) if only_these else None
        ):
            group = dynamic.get((kind, element_id))
            if group is not None and object_id in of_kind and value and value != "0":
                found[group][value] += of_kind[object_id]


# ------------------------------------------------------------------ what of the index before stays


def _replaced(before: Mapping[Any, int], gone: Iterable[Any], come: Mapping[Any, int]) -> dict[Any, int]:
    found = dict(before)
    for key in gone:
        found.pop(key, None)
    found.update(come)
    return found


def _products(
    before: Mapping[int, tuple[int, ...]], gone: Mapping[int, Slot | None], come: Mapping[int, Slot | None]
) -> dict[int, tuple[int, ...]]:
    found = dict(before)
    for place, slot in gone.items():
        if slot is not None:
            found[slot.product_id] = tuple(each for each in found.get(slot.product_id, ()) if each != place)
    for place, slot in come.items():
        if slot is not None:
            found[slot.product_id] = (*found.get(slot.product_id, ()), place)
    return found


def _order(
    index: Index, slots: Sequence[Slot | None], before: Mapping[int, Slot | None], changed: Mapping[int, Slot | None]
) -> Sequence[int] | None:
    """The default order; the one before where no display came, went or got another rank."""
    if all(
        (old := before.get(place)) is not None and slot is not None and old.rank == slot.rank
        for place, slot in changed.items()
    ):
        return index.order
    ranks = [(slot.rank, place) for place, slot in enumerate(slots) if slot is not None]
    ranks.sort()
    return [place for _, place in ranks]


def _new_bits(
    before: Mapping[Group, Mapping[Any, int]],
    positions: Mapping[Group, Mapping[Any, list[int]]],
    places: Iterable[int],
    size: int,
) -> dict[Group, dict[Any, int]]:
    """The bits of before without these places, and with what is found there now."""
    mask = ~bits_of(places, size)
    found: dict[Group, dict[Any, int]] = {}
    for group in dict.fromkeys(chain(before, positions)):
        values = {value: bits & mask for value, bits in before.get(group, {}).items()}
        for value, come in positions.get(group, {}).items():
            values[value] = values.get(value, 0) | bits_of(come, size)
        found[group] = values
    return found
