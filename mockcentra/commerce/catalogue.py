"""Reading the catalogue: display items as immutable records, shared by all who read, and how they are found."""

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from mockcentra.commerce.attributes import attributes_of, object_attributes
from mockcentra.commerce.model import (
    Attribute,
    BundleRecord,
    BundleSection,
    CampaignPrice,
    MediaRecord,
    PriceRecord,
    ProductRecord,
    SizeRecord,
)
from mockcentra.commerce.reference import reference_of
from mockcentra.store import Transaction
from mockcentra.store import catalogue as rows
from mockcentra.store.database import Row

MAX_RECORDS = 6000


class RecordCache:
    """Records by (display item, its stamp), the least recently used dropped first. Safe for threads."""

    def __init__(self, max_records: int = MAX_RECORDS) -> None:
        self._max = max_records
        self._records: OrderedDict[tuple[int, int], ProductRecord] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[int, int]) -> ProductRecord | None:
        found = self._records.get(key)
        if found is not None:
            with suppress(KeyError):  # dropped by another thread just now: still a valid answer
                self._records.move_to_end(key)
        return found

    def put(self, key: tuple[int, int], record: ProductRecord) -> None:
        with self._lock:
            self._records[key] = record
            while len(self._records) > self._max:
                self._records.popitem(last=False)


def records(tx: Transaction, display_item_ids: Iterable[int]) -> dict[int, ProductRecord]:
    """The display items with these ids, active or not, in the order asked for; unknown ids are left out.

    Every change to a display, product, variant, size, price or relation says so with `tx.touch_items` for all display
    items that show it; changes to campaigns for the items that they name.
    """
    wanted = list(dict.fromkeys(display_item_ids))
    stamps = tx.store.stamps
    cache: RecordCache = tx.store.shared.cache("records", RecordCache)
    changed = tx.touched_items
    found: dict[int, ProductRecord] = {}
    missing = []
    for item_id in wanted:
        record = None if item_id in changed else cache.get((item_id, stamps.get(item_id, 0)))
        if record is None:
            missing.append(item_id)
        else:
            found[item_id] = record
    if not missing:
        return found
    for record in _read(tx, missing):
        found[record.id] = record
        if not tx.has_changes:
            cache.put((record.id, record.stamp), record)
    return {item_id: found[item_id] for item_id in wanted if item_id in found}


def record_of(tx: Transaction, display_item_id: int) -> ProductRecord | None:
    """One display item."""
    return records(tx, (display_item_id,)).get(display_item_id)


def find_item(tx: Transaction, item: object) -> tuple[ProductRecord, SizeRecord] | None:
    """The display item and product size of a text such as `61-204`; None when there is none that is active."""
    if not isinstance(item, str):
        return None
    first, dash, second = item.strip().partition("-")
    if not dash or not _is_id(first) or not _is_id(second):
        return None
    record = record_of(tx, int(first))
    if record is None or not record.is_active:
        return None
    size = record.size(int(second))
    return None if size is None else (record, size)


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 15


def is_listed(record: ProductRecord, market_id: int) -> bool:
    """Whether the display item exists for a shopper in that market."""
    return record.is_active and market_id in record.market_ids


def part_ids(record: ProductRecord) -> tuple[int, ...]:
    """The display items that a bundle may consist of; empty for everything else."""
    if record.bundle is None:
        return ()
    return tuple(dict.fromkeys(item for section in record.bundle.sections for item in section.items))


def with_parts(tx: Transaction, found: Iterable[ProductRecord]) -> dict[int, ProductRecord]:
    """The records of all parts of the bundles among `found`, by id."""
    wanted = [part for record in found if record.bundle is not None for part in part_ids(record)]
    return records(tx, wanted) if wanted else {}


def first_active_items(tx: Transaction, display_ids: Iterable[int]) -> dict[int, int]:
    """Display id -> the display item that lists show for it; displays without one are left out."""
    found: dict[int, int] = {}
    for display_id, item_id in rows.active_items(tx, display_ids):
        found.setdefault(display_id, item_id)
    return found


# ------------------------------------------------------------------ from rows to records


def _read(tx: Transaction, item_ids: Sequence[int]) -> list[ProductRecord]:
    items = rows.display_items(tx, item_ids)
    item_ids = [row["id"] for row in items]
    display_ids = [row["display_id"] for row in items]
    product_ids = [row["product_id"] for row in items]
    variant_ids = [row["variant_id"] for row in items]
    markets = _grouped(rows.display_markets(tx, display_ids))
    siblings = _grouped(rows.active_items(tx, display_ids))
    categories = _grouped(rows.display_categories(tx, display_ids))
    relations = _relations(tx, display_ids)
    media = _media(tx, items)
    sizes: dict[int, list[Row]] = defaultdict(list)
    for row in rows.sizes(tx, variant_ids):
        sizes[row["variant_id"]].append(row)
    prices: dict[int, dict[int, int]] = defaultdict(dict)
    for item_id, pricelist_id, price in rows.prices(tx, item_ids):
        prices[item_id][pricelist_id] = price
    campaigns = _campaigns(tx, item_ids)
    price_records: dict[int, list[PriceRecord]] = defaultdict(list)
    for row in rows.price_records(tx, item_ids):
        price_records[row["display_item_id"]].append(PriceRecord(*tuple(row)[1:]))
    plans = _grouped(rows.plan_items(tx, item_ids))
    bundles = _bundles(tx, product_ids)
    display_texts = rows.translations(tx, "display", display_ids)
    variant_texts = rows.translations(tx, "variant", variant_ids)
    of_products = object_attributes(tx, "product", product_ids)
    of_variants = object_attributes(tx, "variation", variant_ids)
    of_displays = object_attributes(tx, "display", display_ids)
    selected = {kind.name for kind in attributes_of(tx.store).types.values() if kind.is_selected}
    shown_categories = reference_of(tx.store).categories
    stamps = tx.store.stamps
    return [
        ProductRecord(
            id=row["id"],
            display_id=row["display_id"],
            product_id=row["product_id"],
            variant_id=row["variant_id"],
            store_id=row["store_id"],
            is_active=bool(row["is_active"]),
            market_ids=frozenset(market for (market,) in markets.get(row["display_id"], ())),
            siblings=tuple(item for (item,) in siblings.get(row["display_id"], ())),
            name=row["name"],
            uri=row["uri"],
            excerpt=row["excerpt"],
            description=row["description"],
            meta_title=row["meta_title"],
            meta_description=row["meta_description"],
            meta_keywords=row["meta_keywords"],
            texts=display_texts.get(row["display_id"], {}),
            variant_name=row["variant_name"],
            variant_texts=variant_texts.get(row["variant_id"], {}),
            sku=row["product_number"] + row["variant_number"],
            product_sku=row["product_number"],
            brand_id=row["brand_id"],
            collection_id=row["collection_id"],
            category_id=row["category_id"],
            categories=_ordered_categories(row["category_id"], categories.get(row["display_id"], ()), shown_categories),
            country_of_origin=row["country_of_origin"] or "",
            stock_unit=row["stock_unit"],
            minimum_quantity=row["minimum_quantity"],
            multiple_of=row["multiple_of"],
            tax_group_id=row["tax_group_id"],
            stock_offset=row["stock_offset"],
            size_chart_id=row["size_chart_id"] or 0,
            measurement_chart_id=row["measurement_chart_id"],
            measurements=row["measurements_json"] or "",
            sizes=tuple(
                SizeRecord(
                    size["id"], size["name"], size["x"], size["y"], size["ean"], size["upc"],
                    row["product_number"] + row["variant_number"] + size["number"], bool(size["is_preorder"]),
                    bool(size["is_infinite"]),
                )
                for size in sizes.get(row["variant_id"], ())
            ),
            media=media[row["id"]],
            prices=prices.get(row["id"], {}),
            campaigns=campaigns.get(row["id"], ()),
            price_records=tuple(price_records.get(row["id"], ())),
            relations=relations.get(row["display_id"], ()),
            plan_ids=tuple(plan for (plan,) in plans.get(row["id"], ())),
            bundle=bundles.get(row["product_id"]),
            attributes=tuple(
                attribute
                for attribute in (
                    *of_products.get(row["product_id"], ()),
                    *of_variants.get(row["variant_id"], ()),
                    *of_displays.get(row["display_id"], ()),
                )
                if attribute.type_name in selected
            ),
            created_at=row["created_at"],
            updated_at=row["updated_at"],
            stamp=stamps.get(row["id"], 0),
        )
        for row in items
    ]  # fmt: skip


def _grouped(found: Iterable[Row]) -> dict[int, list[tuple[Any, ...]]]:
    """The other columns by the first one."""
    groups: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for row in found:
        groups[row[0]].append(tuple(row)[1:])
    return groups


def _ordered_categories(
    main_id: int | None, pairs: Sequence[tuple[Any, ...]], shown: Mapping[int, Any]
) -> tuple[tuple[int, int], ...]:
    """Active categories with their sort numbers, the main one first."""
    active = [(category_id, sort_order) for category_id, sort_order in pairs if category_id in shown]
    return tuple(sorted(active, key=lambda pair: (pair[0] != main_id, pair[0])))


def _relations(tx: Transaction, display_ids: Sequence[int]) -> dict[int, tuple[tuple[str, int], ...]]:
    found = rows.display_relations(tx, display_ids)
    if not found:
        return {}
    first = first_active_items(tx, {related for _, _, related in found})
    grouped: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for display_id, relation, related in found:
        if related in first and related != display_id:
            grouped[display_id].append((relation, first[related]))
    return {display_id: tuple(pairs) for display_id, pairs in grouped.items()}


def _media(tx: Transaction, items: Sequence[Row]) -> dict[int, tuple[MediaRecord, ...]]:
    """The pictures of each display item: its variant's and those of the whole product, in the display's order.

    A variant without a picture of its own shows the product's, else whatever the display has.
    """
    of_displays = _grouped(rows.display_media(tx, [row["display_id"] for row in items]))
    of_products = _grouped(rows.product_media(tx, [row["product_id"] for row in items]))
    chosen: dict[int, list[tuple[Any, ...]]] = {}
    for row in items:
        pictures = of_displays.get(row["display_id"]) or of_products.get(row["product_id"], [])
        own = [picture for picture in pictures if picture[1] in (row["variant_id"], None)]
        chosen[row["id"]] = own or pictures
    media_ids = sorted({picture[0] for pictures in chosen.values() for picture in pictures})
    attributes: dict[int, tuple[Attribute, ...]] = object_attributes(tx, "product_media", media_ids)
    return {
        item_id: tuple(
            MediaRecord(media_id, name, attributes.get(media_id, ()), format) for media_id, _, name, format in pictures
        )
        for item_id, pictures in chosen.items()
    }


def _campaigns(tx: Transaction, item_ids: Sequence[int]) -> dict[int, tuple[CampaignPrice, ...]]:
    items = rows.campaign_items(tx, item_ids)
    if not items:
        return {}
    markets = _grouped(rows.campaign_markets(tx))
    pricelists = _grouped(rows.campaign_pricelists(tx))
    prices: dict[tuple[int, int], dict[int, int]] = defaultdict(dict)
    for row in rows.campaign_prices(tx, item_ids):
        prices[row["display_item_id"], row["campaign_id"]][row["pricelist_id"]] = row["price"]
    found: dict[int, list[CampaignPrice]] = defaultdict(list)
    for row in items:
        campaign_id = row["campaign_id"]
        starts = [at for at in (row["start_at"], row["item_start_at"]) if at is not None]
        stops = [at for at in (row["stop_at"], row["item_stop_at"]) if at is not None]
        found[row["display_item_id"]].append(
            CampaignPrice(
                campaign_id,
                row["name"],
                frozenset(market for (market,) in markets.get(campaign_id, ())),
                frozenset(pricelist for (pricelist,) in pricelists.get(campaign_id, ())),
                row["percent"],
                prices.get((row["display_item_id"], campaign_id), {}),
                max(starts, default=None),
                min(stops, default=None),
                bool(row["show_as_on_sale"]),
                bool(row["show_as_new"]),
            )
        )
    return {item_id: tuple(campaigns) for item_id, campaigns in found.items()}


def _bundles(tx: Transaction, product_ids: Sequence[int]) -> dict[int, BundleRecord]:
    found = rows.bundles(tx, product_ids)
    if not found:
        return {}
    sections: dict[int, list[Row]] = defaultdict(list)
    section_ids = []
    for row in rows.bundle_sections(tx, [bundle["id"] for bundle in found]):
        sections[row["bundle_id"]].append(row)
        section_ids.append(row["id"])
    items = _grouped(rows.bundle_section_items(tx, section_ids))
    parts: dict[int, dict[int, dict[int, tuple[int, int]]]] = defaultdict(lambda: defaultdict(dict))
    bundle_of_section = {row["id"]: row["bundle_id"] for group in sections.values() for row in group}
    for size_id, section_id, part_item_id, part_size_id in rows.bundle_size_parts(tx, section_ids):
        parts[bundle_of_section[section_id]][size_id][section_id] = (part_item_id, part_size_id)
    return {
        row["product_id"]: BundleRecord(
            row["id"],
            row["type"],
            row["price_type"],
            row["percent"],
            tuple(
                BundleSection(
                    section["id"], section["position"], section["quantity"], section["min_quantity"],
                    section["max_quantity"], tuple(item for (item,) in items.get(section["id"], ())),
                )
                for section in sections.get(row["id"], ())
            ),
            {size_id: dict(by_section) for size_id, by_section in parts.get(row["id"], {}).items()},
        )
        for row in found
    }  # fmt: skip
