"""Products as the Checkout API shows them: encoded pieces of each display item, kept, and spliced into every answer.

Nearly everything of a product depends on the display item and on who looks (market, pricelist, language ...), not on
where it is shown. So its JSON is encoded once a viewer, cut where the places differ, and put together by joining bytes:

    head  [measurement chart]  middle  relatedProducts  relation  tail

The pieces stay valid until a row changes (their key has the stamp) or a campaign begins or ends (their time span).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from mockcentra.apis.attribute_json import attribute_fields
from mockcentra.commerce import bundles, pricing, stock
from mockcentra.commerce.catalogue import is_listed, part_ids, records, with_parts
from mockcentra.commerce.model import Context, MediaRecord, Price, ProductRecord, Sellable
from mockcentra.commerce.money import number, plain_percent
from mockcentra.commerce.reference import Currency, Market, MeasurementChart, Pricelist, Reference, SizeChart
from mockcentra.commerce.settings import settings_of
from mockcentra.store import Store
from mockcentra.store.cache import ByteCache
from mockcentra.store.clock import local_text
from mockcentra.store.database import from_json

PICTURES = "/client/dynamic/images/"
IMAGE_SIZES = ("standard",)
PIECES_BYTES = 64 * 1024 * 1024
SINGLES_BYTES = 32 * 1024 * 1024
LINES_BYTES = 8 * 1024 * 1024

_encode = msgspec.json.Encoder().encode
_ALWAYS = 1 << 62


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at products: the context, the caller's mode, where pictures are served, and how stock is shown."""

    context: Context
    server: bool
    base_url: str
    all_markets: bool
    all_pricelists: bool
    stock_display: str
    few: int
    lowest_price_days: int
    key: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Pieces:
    """A display item, encoded for a viewer. Those that are not listed for the viewer have no bytes."""

    is_listed: bool
    head: bytes = b""
    chart: bytes = b""
    middle: bytes = b""
    tail: bytes = b""
    small: bytes = b""
    siblings: tuple[int, ...] = ()
    relations: tuple[tuple[str, int], ...] = ()
    parts: tuple[int, ...] = ()
    parts_stamp: int = 0
    start: int = 0
    until: int = _ALWAYS

    @property
    def size(self) -> int:
        return 600 + len(self.head) + len(self.middle) + len(self.tail) + len(self.small)


@dataclass(frozen=True, slots=True)
class _Single:
    """A single product, encoded, with what says whether it still holds."""

    encoded: msgspec.Raw
    item_ids: tuple[int, ...]
    stamp: int
    start: int
    until: int


def viewer_of(
    store: Store,
    context: Context,
    server: bool,
    base_url: str,
    all_markets: bool = False,
    all_pricelists: bool = False,
) -> Viewer:
    """The viewer for a context. `all_markets` and `all_pricelists` stand for the value `"all"` of a server."""
    settings = settings_of(store)
    display, few = settings["checkout.stock_display"], settings["checkout.few_in_stock"]
    days = settings["checkout.lowest_price_days"]
    reference = context.reference
    key = (
        0 if all_markets else context.market.id,
        context.market.id if all_markets else 0,
        0 if all_pricelists else context.pricelist.id,
        context.language.id,
        _charts_of_country(reference).get(context.country.code, 0) if context.country is not None else 0,
        server,
        base_url,
        display,
        few,
        days,
        _serial(reference),
    )
    return Viewer(context, server, base_url, all_markets, all_pricelists, display, few, days, key)


def _serial(reference: Reference) -> object:
    """What tells this reference data from every other in a key of a cache."""
    found = reference.memo.get("serial")
    if found is None:
        found = reference.memo.setdefault("serial", object())
    return found


def _charts_of_country(reference: Reference) -> dict[str, int]:
    """Country code -> a number that countries share whose localized size charts are the same."""
    found: dict[str, int] | None = reference.memo.get("charts of country")
    if found is None:
        names: dict[str, list[tuple[int, str]]] = {}
        for chart in reference.size_charts.values():
            for localization in chart.localizations:
                for code in localization.countries:
                    names.setdefault(code, []).append((chart.id, localization.name))
        kinds = {kind: place for place, kind in enumerate(sorted(map(tuple, names.values())), 1)}
        found = reference.memo["charts of country"] = {code: kinds[tuple(charts)] for code, charts in names.items()}
    return found


# ------------------------------------------------------------------ forms


def one_product(store: Store, viewer: Viewer, display_item_id: int) -> msgspec.Raw | None:
    """A single product with all its relations in full; None when the viewer cannot see it.

    The whole is kept as well, with all display items that are in it: joining some fifteen pieces is what is left of
    the work for a single product.
    """
    cache: ByteCache = store.shared.cache("single products", _new_singles_cache)
    key, now = (display_item_id, viewer.key), viewer.context.now
    kept: _Single | None = cache.get(key)
    if kept is not None and kept.start <= now < kept.until and kept.stamp == store.stamp(kept.item_ids):
        return kept.encoded
    stamps = store.stamps
    pieces = _with_relations(store, viewer, (display_item_id,))
    main = pieces.get(display_item_id)
    if main is None or not main.is_listed:
        return None
    encoded = msgspec.Raw(_in_full(display_item_id, pieces, True))
    item_ids = (*pieces, *(part for each in pieces.values() for part in each.parts))
    made = _Single(
        encoded,
        item_ids,
        max((stamps.get(item_id, 0) for item_id in item_ids), default=0),
        max(each.start for each in pieces.values()),
        min(each.until for each in pieces.values()),
    )
    cache.put(key, made, len(encoded) + 500)
    return encoded


def listed_products(
    store: Store, viewer: Viewer, display_item_ids: Sequence[int], related_in_full: bool, with_charts: bool
) -> msgspec.Raw:
    """An array of products: variants in the small form, or all relations in full."""
    if related_in_full:
        found = _full(store, viewer, display_item_ids, with_charts)
    else:
        pieces = pieces_of(store, viewer, display_item_ids)
        others = {sibling for each in pieces.values() for sibling in each.siblings}
        pieces |= pieces_of(store, viewer, others - pieces.keys())
        found = [
            _joined(each, with_charts, _small_siblings(item_id, each, pieces), b"variant")
            for item_id in display_item_ids
            if (each := pieces.get(item_id)) is not None and each.is_listed
        ]
    return msgspec.Raw(b"[" + b",".join(found) + b"]")


def full_products(store: Store, viewer: Viewer, display_item_ids: Sequence[int]) -> list[msgspec.Raw]:
    """Products in full, those that the viewer cannot see left out."""
    return [msgspec.Raw(each) for each in _full(store, viewer, display_item_ids, True)]


def _full(store: Store, viewer: Viewer, display_item_ids: Sequence[int], with_charts: bool) -> list[bytes]:
    pieces = _with_relations(store, viewer, display_item_ids)
    return [
        _in_full(item_id, pieces, with_charts)
        for item_id in display_item_ids
        if item_id in pieces and pieces[item_id].is_listed
    ]


def _with_relations(store: Store, viewer: Viewer, display_item_ids: Sequence[int]) -> dict[int, Pieces]:
    """The pieces of display items, of all that they are related to, and of the siblings of those."""
    pieces = pieces_of(store, viewer, display_item_ids)
    targets = {target for each in pieces.values() for _, target in _relations(each)}
    pieces |= pieces_of(store, viewer, targets - pieces.keys())
    others = {sibling for target in targets if target in pieces for sibling in pieces[target].siblings}
    pieces |= pieces_of(store, viewer, others - pieces.keys())
    return pieces


def _in_full(item_id: int, pieces: Mapping[int, Pieces], with_charts: bool) -> bytes:
    """A product with all its relations in full, made of pieces that are there."""
    related = []
    for relation, target in _relations(pieces[item_id]):
        each = pieces.get(target)
        if target != item_id and each is not None and each.is_listed:
            small = _small_siblings(target, each, pieces)
            related.append(_joined(each, with_charts, small, relation.encode()))
    return _joined(pieces[item_id], with_charts, b",".join(related), b"variant")


def _relations(pieces: Pieces) -> list[tuple[str, int]]:
    """Siblings and typed relations, each target once."""
    if not pieces.relations:
        return [("variant", sibling) for sibling in pieces.siblings]
    seen = set(pieces.siblings)
    found = [("variant", sibling) for sibling in pieces.siblings]
    for relation, target in pieces.relations:
        if target not in seen:
            seen.add(target)
            found.append((relation, target))
    return found


def _small_siblings(item_id: int, pieces: Pieces, all_pieces: Mapping[int, Pieces]) -> bytes:
    if len(pieces.siblings) < 2:
        return b""
    return b",".join(
        all_pieces[sibling].small
        for sibling in pieces.siblings
        if sibling != item_id and sibling in all_pieces and all_pieces[sibling].is_listed
    )


def _joined(pieces: Pieces, with_chart: bool, related: bytes, relation: bytes) -> bytes:
    return b"".join(
        (
            pieces.head,
            pieces.chart if with_chart else b"",
            pieces.middle,
            b',"relatedProducts":[',
            related,
            b'],"relation":"',
            relation,
            b'"',
            pieces.tail,
        )
    )


# ------------------------------------------------------------------ pieces


def pieces_of(store: Store, viewer: Viewer, display_item_ids: Iterable[int]) -> dict[int, Pieces]:
    """The pieces of display items, from the cache or made now; unknown ids are left out."""
    cache: ByteCache = store.shared.cache("products", _new_cache)
    stamps, now, key = store.stamps, viewer.context.now, viewer.key
    found: dict[int, Pieces] = {}
    missing = []
    for item_id in display_item_ids:
        entry: Pieces | None = cache.get((item_id, stamps.get(item_id, 0), key))
        if (
            entry is None
            or not entry.start <= now < entry.until
            or (entry.parts and store.stamp(entry.parts) != entry.parts_stamp)
        ):
            missing.append(item_id)
        else:
            found[item_id] = entry
    if missing:
        made = _make(store, viewer, missing)
        for item_id, (stamp, entry) in made.items():
            cache.put((item_id, stamp, key), entry, entry.size)
            found[item_id] = entry
    return found


def _new_cache() -> ByteCache:
    return ByteCache(PIECES_BYTES)


def _new_singles_cache() -> ByteCache:
    return ByteCache(SINGLES_BYTES)


def _make(store: Store, viewer: Viewer, item_ids: Sequence[int]) -> dict[int, tuple[int, Pieces]]:
    """Item id -> its stamp and its pieces, made from rows."""
    context = viewer.context
    with store.reading() as tx:
        found = records(tx, item_ids)
        shown = [record for record in found.values() if _is_shown(record, viewer)]
        parts = with_parts(tx, shown)
        stocks: dict[int, dict[int, Sellable]] = {}
        for record in shown:
            stocks.setdefault(_market_for(record, viewer).id, {})
        for market_id in stocks:
            market = context.reference.markets[market_id]
            here = [record for record in shown if _market_for(record, viewer).id == market_id]
            stocks[market_id] = stock.sellable(tx, market, here, parts)
        part_stamps = {record.id: store.stamp(part_ids(record)) for record in shown if record.bundle is not None}
    made = {}
    for record in found.values():
        if not _is_shown(record, viewer):
            made[record.id] = (record.stamp, Pieces(False))
            continue
        market = _market_for(record, viewer)
        made[record.id] = (
            record.stamp,
            _pieces(viewer, record, parts, market, stocks[market.id], part_stamps.get(record.id, 0)),
        )
    return made


def _is_shown(record: ProductRecord, viewer: Viewer) -> bool:
    if not record.is_active or record.store_id != viewer.context.store_id:
        return False
    return bool(record.market_ids) if viewer.all_markets else is_listed(record, viewer.context.market.id)


def _market_for(record: ProductRecord, viewer: Viewer) -> Market:
    """The market whose stock and campaigns count: the viewer's, or one where the product exists."""
    market = viewer.context.market
    if market.id in record.market_ids:
        return market
    markets = viewer.context.reference.markets
    return next((markets[each] for each in sorted(record.market_ids) if each in markets), market)


def _pieces(
    viewer: Viewer,
    record: ProductRecord,
    all_parts: Mapping[int, ProductRecord],
    market: Market,
    sellable: Mapping[int, Sellable],
    parts_stamp: int,
) -> Pieces:
    context, reference = viewer.context, viewer.context.reference
    parts = {item_id: all_parts[item_id] for item_id in part_ids(record) if item_id in all_parts}
    now, days = context.now, viewer.lowest_price_days
    price = pricing.price_of(record, market.id, context.pricelist.id, now, parts)
    head = _base_json(record, reference, context.language.id)
    if not viewer.all_pricelists:
        head |= _price_json(record, price, market, context.pricelist, context.currency, now, days)
    head |= _sizes_json(record, reference.size_charts.get(record.size_chart_id, _NO_CHART), context)
    head["items"] = _items_json(record, viewer, sellable)
    media, objects = media_json(record.media, context.language.id, viewer.base_url)
    head["media"] = media
    head["mediaObjects"] = objects
    available = stock.is_available(record, sellable, price) if not viewer.all_pricelists else any(
        stock.is_available(record, sellable, pricing.price_of(record, market.id, each.id, now, parts))
        for each in reference.pricelists_of(record.store_id)
    )  # fmt: skip
    tail: dict[str, Any] = {}
    if record.bundle is not None:
        tail["bundleInfo"] = _bundle_json(viewer, record, parts, market)
    tail["subscriptionPlans"] = _plans_json(record, None if viewer.all_pricelists else price, context)
    tail["preview"] = False
    tail |= attribute_fields(record.attributes, context.language.id, viewer.base_url)
    if viewer.all_pricelists:
        tail["prices"] = _all_prices_json(viewer, record, parts, market)
    if viewer.all_markets:
        tail["markets"] = sorted(record.market_ids)
    small = {"product": str(record.id), "available": available, "media": media, "mediaObjects": objects}
    start, until = pricing.steady_span(record, parts, now, days)
    return Pieces(
        True,
        _encode(head)[:-1],
        _measurements(record, reference),
        b',"available":true' if available else b',"available":false',
        b"," + _encode(tail)[1:],
        _encode({**small, "relation": "variant"}),
        record.siblings,
        record.relations,
        tuple(parts),
        parts_stamp,
        start or 0,
        until or _ALWAYS,
    )


# ------------------------------------------------------------------ fields


def _base_json(record: ProductRecord, reference: Reference, language_id: int) -> dict[str, Any]:
    """The fields that depend on the display item and the language only, `product` to `itemQuantityMultipleOf`."""
    brand = reference.brands.get(record.brand_id) if record.brand_id is not None else None
    collection = reference.collections.get(record.collection_id) if record.collection_id is not None else None
    category = reference.categories.get(record.category_id) if record.category_id is not None else None
    brand_texts = brand.texts.get(language_id, {}) if brand else {}
    collection_texts = collection.texts.get(language_id, {}) if collection else {}
    excerpt, description = record.text("excerpt", language_id), record.text("description", language_id)
    return {
        "product": str(record.id),
        "name": record.text("name", language_id),
        "uri": record.text("uri", language_id),
        "sku": record.sku,
        "productSku": record.product_sku,
        "brand": str(brand.id) if brand else "",
        "brandName": brand_texts.get("name", brand.name) if brand else None,
        "brandUri": brand_texts.get("uri", brand.uri) if brand else None,
        "collection": str(collection.id) if collection else "",
        "collectionName": collection_texts.get("name", collection.name) if collection else None,
        "collectionUri": collection_texts.get("uri", collection.uri) if collection else None,
        "variantName": record.variant_texts.get(language_id, {}).get("name", record.variant_name),
        "countryOrigin": record.country_of_origin,
        "countryOfOrigin": record.country_of_origin,
        "excerpt": excerpt,
        "excerptHtml": as_html(excerpt),
        "description": description,
        "descriptionHtml": as_html(description),
        "metaTitle": record.text("meta_title", language_id),
        "metaDescription": record.text("meta_description", language_id),
        "metaKeywords": record.text("meta_keywords", language_id),
        "stockUnit": record.stock_unit,
        "category": str(category.id) if category else "",
        "categoryName": reference.category_names(category, language_id) if category else None,
        "categoryUri": reference.category_uri(category, language_id) if category else None,
        "categories": [
            {
                "category": str(category_id),
                "name": reference.category_names(reference.categories[category_id], language_id),
                "uri": reference.category_uri(reference.categories[category_id], language_id),
                "sortOrder": sort_order,
                "pathIds": [str(step) for step in reference.categories[category_id].path_ids[:-1]],
            }
            for category_id, sort_order in record.categories
            if category_id in reference.categories
        ],
        "createdAt": local_text(record.created_at),
        "modifiedAt": local_text(record.updated_at),
        "centraProduct": str(record.product_id),
        "centraVariant": str(record.variant_id),
        "itemQuantityMinimum": record.minimum_quantity,
        "itemQuantityMultipleOf": record.multiple_of,
    }


def _price_json(
    record: ProductRecord, price: Price, market: Market, pricelist: Pricelist, currency: Currency, now: int, days: int
) -> dict[str, Any]:
    """The fields that move into `prices` with `pricelist: "all"` (checkout-api.md 7.9)."""
    lowest = pricing.lowest_price(record, market.id, pricelist.id, now, price, days)
    return {
        "price": None if price.amount is None else currency.text(price.amount),
        "priceAsNumber": None if price.amount is None else number(price.amount),
        "priceBeforeDiscount": None if price.before is None else currency.text(price.before),
        "priceBeforeDiscountAsNumber": None if price.before is None else number(price.before),
        "discountPercent": price.discount_percent,
        "showAsOnSale": price.show_as_on_sale,
        "showAsNew": price.show_as_new,
        "lowestPrice": []
        if lowest is None
        else [
            {
                "periodDays": lowest.days,
                "price": currency.text(lowest.price),
                "priceAsNumber": number(lowest.price),
                "priceBeforeDiscount": currency.text(lowest.price_before),
                "priceBeforeDiscountAsNumber": number(lowest.price_before),
            }
        ],
    }


def _all_prices_json(
    viewer: Viewer, record: ProductRecord, parts: Mapping[int, ProductRecord], market: Market
) -> dict[str, Any]:
    """`prices`: pricelist id -> price fields, for the pricelists in which the product has a price."""
    reference, now = viewer.context.reference, viewer.context.now
    found = {}
    for pricelist in reference.pricelists_of(record.store_id):
        price = pricing.price_of(record, market.id, pricelist.id, now, parts)
        if price.amount is not None:
            currency = reference.currency_of(pricelist)
            days = viewer.lowest_price_days
            found[str(pricelist.id)] = _price_json(record, price, market, pricelist, currency, now, days)
    return found


_NO_CHART = SizeChart(0, "", "", "/", (), (), ())


def _sizes_json(record: ProductRecord, chart: SizeChart, context: Context) -> dict[str, Any]:
    """`itemTable`, and for charts with other names in some countries `tableMappings` (checkout-api.md 7.2)."""
    x, y = list(chart.x), list(chart.y)
    shown: dict[str, Any] = {
        "itemTable": {
            "unit": chart.unit,
            "x": x,
            "y": y,
            "dividerSymbol": chart.divider,
            "desc": chart.name,
            "original": {"x": x, "y": y},
        }
    }
    localizations = chart.localized_in(context.store_id)
    if localizations:
        shown["tableMappings"] = {
            localization.name: {
                "unit": localization.unit,
                "x": {label: localization.labels.get(label, label) for label in x},
                "y": y,
                "dividerSymbol": chart.divider,
                "countries": list(localization.countries),
            }
            for localization in localizations
        }
        code = context.country.code if context.country else None
        for localization in localizations:
            if code in localization.countries:
                shown["defaultLocalizedChart"] = localization.name
                break
    return shown


def _items_json(record: ProductRecord, viewer: Viewer | None, sellable: Mapping[int, Sellable]) -> list[dict[str, Any]]:
    """`items`; without a viewer as in lines, where no stock is shown (checkout-models.md 2.2)."""
    found = []
    for size in record.sizes:
        item: dict[str, Any] = {
            "item": f"{record.id}-{size.id}",
            "sizeId": str(size.id),
            "name": size.name,
            "ean": size.ean,
            "upc": size.upc,
            "sku": size.sku,
            "itemTableX": size.x,
            "itemTableY": size.y,
        }
        if viewer is not None:
            pieces = sellable.get(size.id, stock.NOTHING)
            item["stock"] = stock.shown_stock(size, pieces.total, viewer.stock_display, viewer.few)
            if viewer.server:
                item["warehouses"] = [
                    {"warehouse": warehouse_id, "stock": quantity}
                    for warehouse_id, quantity in pieces.by_warehouse.items()
                ]
        found.append(item)
    return found


def media_json(
    media: Iterable[MediaRecord], language_id: int, base_url: str
) -> tuple[dict[str, list[str]], list[dict[str, Any]]]:
    """`media` and `mediaObjects` (checkout-api.md 7.4)."""
    addresses: dict[str, list[str]] = {}
    objects = []
    for picture in media:
        sources = {}
        for size in IMAGE_SIZES:
            suffix = "" if size == "standard" else f"-{size}"
            url = f"{base_url}{PICTURES}{picture.file_name}{suffix}.{picture.format}"
            addresses.setdefault(size, []).append(url)
            sources[size] = [{"url": url}]
        attributes = attribute_fields(picture.attributes, language_id, base_url)
        objects.append({"media": picture.id, "sources": sources, "attributes": attributes or []})
    return addresses, objects


def _measurements(record: ProductRecord, reference: Reference) -> bytes:
    """The key `measurementChart` with its value, encoded once a chart; a product may have contents of its own."""
    chart = reference.measurement_charts.get(record.measurement_chart_id or 0)
    if chart is not None and record.measurements:
        return _encoded_measurements(chart, from_json(record.measurements))
    key = ("measurements", record.measurement_chart_id)
    found: bytes | None = reference.memo.get(key)
    if found is None:
        found = reference.memo[key] = _encoded_measurements(chart, chart.contents if chart is not None else ())
    return found


def _encoded_measurements(chart: MeasurementChart | None, contents: Sequence[Sequence[Any]]) -> bytes:
    shown: dict[str, Any] | list[Any] = []
    if chart is not None:
        shown = {
            "unit": chart.unit,
            "x": list(chart.x),
            "y": list(chart.y),
            "contents": [{"content": content, "x": x, "y": y} for x, y, content in contents],
        }
    return b',"measurementChart":' + _encode(shown)


def _plans_json(record: ProductRecord, price: Price | None, context: Context) -> list[dict[str, Any]]:
    plans = (context.reference.plans.get(plan_id) for plan_id in record.plan_ids)
    return [plan_json(plan, price, context.currency) for plan in plans if plan is not None and plan.is_active]


def plan_json(plan: Any, price: Price | None, currency: Currency) -> dict[str, Any]:
    """A subscription plan on a product or a line (checkout-api.md 18.1); `price` None leaves the prices out."""
    shown: dict[str, Any] = {
        "subscriptionPlan": plan.id,
        "id": str(plan.id),
        "name": plan.name,
        "intervalValue": plan.interval_value,
        "intervalType": plan.interval_type,
        "discountPercent": plain_percent(plan.percent),
        "shippingType": plan.shipping_type,
        "status": "ACTIVE" if plan.is_active else "INACTIVE",
    }
    if price is not None:
        after = None if price.amount is None else pricing.plan_price(price.amount, plan)
        shown["price"] = None if price.amount is None else currency.text(price.amount)
        shown["priceAsNumber"] = None if price.amount is None else number(price.amount)
        shown["priceAfterDiscount"] = None if after is None else currency.text(after)
        shown["priceAfterDiscountAsNumber"] = None if after is None else number(after)
    return shown


def _bundle_json(
    viewer: Viewer, record: ProductRecord, parts: Mapping[int, ProductRecord], market: Market
) -> dict[str, Any]:
    """`bundleInfo` (checkout-models.md 2.5)."""
    assert record.bundle is not None
    context, reference = viewer.context, viewer.context.reference
    shown: dict[str, Any] = {
        "bundle": record.bundle.id,
        "type": record.bundle.type,
        "priceType": record.bundle.price_type,
    }
    if viewer.all_pricelists:
        shown["prices"] = []
        for pricelist in reference.pricelists_of(record.store_id):
            found = bundles.range_of(record, parts, market.id, pricelist.id, context.now)
            if found is not None:
                prices = _range_json(found, reference.currency_of(pricelist))
                shown["prices"].append({"priceList": pricelist.id, **prices})
    else:
        found = bundles.range_of(record, parts, market.id, context.pricelist.id, context.now)
        if found is not None:
            shown |= _range_json(found, context.currency)
            shown["discount"] = found.percent_saved
    shown["sections"] = [
        {
            "section": section.id,
            "quantity": section.quantity,
            "products": [item for item in section.items if item in parts and is_listed(parts[item], market.id)],
        }
        for section in record.bundle.sections
    ]
    if viewer.all_markets:
        shown["markets"] = sorted(record.market_ids)
    return shown


def _range_json(found: bundles.BundleRange, currency: Currency) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for name, amount in (
        ("priceOfItems", found.items),
        ("priceMin", found.price_min),
        ("priceMax", found.price_max),
        ("priceMinBeforeDiscount", found.before_min),
        ("priceMaxBeforeDiscount", found.before_max),
        ("minPrice", found.price_min),
        ("maxPrice", found.price_max),
    ):
        shown[name] = currency.text(amount)
        shown[f"{name}AsNumber"] = number(amount)
    return shown


# ------------------------------------------------------------------ lines of carts and orders


def line_product(store: Store, record: ProductRecord, context: Context, base_url: str) -> msgspec.Raw:
    """The product of a line in a selection or an order, encoded (SelectionProductModel, checkout-models.md 2.1)."""
    viewer = viewer_of(store, context, False, base_url)
    cache: ByteCache = store.shared.cache("line products", _new_line_cache)
    key = (record.id, record.stamp, viewer.key)
    entry = cache.get(key)
    if entry is not None and entry[1] <= context.now < entry[2] and (not entry[3] or store.stamp(entry[3]) == entry[4]):
        return entry[0]
    ids = part_ids(record)
    with store.reading() as tx:
        parts = records(tx, ids) if ids else {}
        parts_stamp = store.stamp(ids)
    price = pricing.price_of(record, context.market.id, context.pricelist.id, context.now, parts)
    days = viewer.lowest_price_days
    shown = _base_json(record, context.reference, context.language.id)
    shown |= _price_json(record, price, context.market, context.pricelist, context.currency, context.now, days)
    shown |= _sizes_json(record, context.reference.size_charts.get(record.size_chart_id, _NO_CHART), context)
    shown["items"] = _items_json(record, None, {})
    shown["media"], shown["mediaObjects"] = media_json(record.media, context.language.id, base_url)
    shown["relation"] = "variant"
    shown["subscriptionPlans"] = _plans_json(record, price, context)
    shown["preview"] = False
    shown |= attribute_fields(record.attributes, context.language.id, base_url)
    start, until = pricing.steady_span(record, parts, context.now, days)
    encoded = msgspec.Raw(_encode(shown))
    cache.put(key, (encoded, start or 0, until or _ALWAYS, ids, parts_stamp), len(encoded) + 600)
    return encoded


def _new_line_cache() -> ByteCache:
    return ByteCache(LINES_BYTES)


# ------------------------------------------------------------------ texts

_PARAGRAPHS = re.compile(r"(?:\r?\n[ \t]*){2,}")
_LOOSE_AMPERSAND = re.compile(r"&(?!#?\w+;)")
_BBCODE = (
    (re.compile(r"\[(b|i|u)\](.*?)\[/\1\]", re.IGNORECASE | re.DOTALL), r"<\1>\2</\1>"),
    (re.compile(r"\[url=([^\]\"]+)\](.*?)\[/url\]", re.IGNORECASE | re.DOTALL), r'<a href="\1">\2</a>'),
    (re.compile(r"\[url\]([^\[\"]+)\[/url\]", re.IGNORECASE), r'<a href="\1">\1</a>'),
)


def as_html(text: str) -> str:
    """A text as HTML: paragraphs, line breaks and simple bbcode; the empty text stays empty (checkout-api.md 7)."""
    if not text.strip():
        return ""
    escaped = _LOOSE_AMPERSAND.sub("&amp;", text.strip()).replace("<", "&lt;").replace(">", "&gt;")
    for pattern, tags in _BBCODE:
        escaped = pattern.sub(tags, escaped)
    paragraphs = (paragraph.strip().replace("\r\n", "\n") for paragraph in _PARAGRAPHS.split(escaped))
    return "\n".join(f"<p>{paragraph.replace(chr(10), '<br />')}</p>" for paragraph in paragraphs if paragraph)
