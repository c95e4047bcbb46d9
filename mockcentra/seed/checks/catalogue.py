"""Checks of seed.md 5 and of the special cases 1 to 11: products, variants, sizes, displays, prices, default order."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from mockcentra.commerce.model import ProductRecord
from mockcentra.commerce.reference import Category
from mockcentra.seed.checks.shop import DTC, FIRST, WHOLESALE, Check, Shop, at_least, count, differences, expect
from mockcentra.store.clock import local_date
from mockcentra.store.database import Row, from_json

_CHARTS = {
    "XS–XXL": ("XS S M L XL XXL", ""),
    "34–46": ("34 36 38 40 42 44 46", ""),
    "35–46": ("35 36 37 38 39 40 41 42 43 44 45 46", ""),
    "W26–W36 × L30–L34": ("W26 W27 W28 W29 W30 W31 W32 W33 W34 W35 W36", "L30 L32 L34"),
    "92–164": ("92 98 104 110 116 122 128 134 140 146 152 158 164", ""),
    "80–100": ("80 85 90 95 100", ""),
    "One size": ("", ""),
}
_PLAIN_WORD = re.compile(r"[A-Za-z]{6,}")
_NORDIC = re.compile("[åäöéø]", re.IGNORECASE)
# What the cheapest ordinary item costs at least, in hundredths.
_CHEAPEST = {"EUR": 1900, "GBP": 1700, "USD": 2000, "JPY": 290000}


# ---------------------------------------------------------------- how many there are of what


def _counts(shop: Shop) -> Iterator[str]:
    products = shop.of("products", "kind", "normal")
    bundles = {row["id"] for row in shop.of("products", "kind", "bundle")}
    yield from expect(
        [row["name"] for row in shop.table("brands")], ["Nordhavn", "Liv & Løv", "Kastell", "Ora"], "brands"
    )
    yield from expect(
        [row["name"] for row in shop.table("collections")], ["Core", "SS26", "AW26", "Archive"], "collections"
    )
    yield from expect(len(shop.table("folders")), 12, "folders")
    yield from at_least(len(products), 120, "products")
    yield from count(shop, sum(row["status"] == "active" for row in products), 118, "active products")
    yield from expect(sum(row["status"] != "active" for row in products), 2, "inactive products")
    variants = [row for row in shop.table("variants") if row["product_id"] not in bundles]
    yield from count(shop, len(variants), 300, "variants")
    of_bundles = {row["id"] for row in shop.table("variants") if row["product_id"] in bundles}
    sizes = [row for row in shop.table("product_sizes") if row["variant_id"] not in of_bundles]
    yield from at_least(len(sizes), 1400, "sizes")
    if shop.is_default_size and len(sizes) > 1600:
        yield f"{len(sizes)} sizes, expected about 1,500"
    retail = [row for row in shop.of("displays", "store_id", DTC) if row["product_id"] not in bundles]
    yield from count(shop, len(retail), 113, "DTC displays")
    yield from count(shop, len({row["product_id"] for row in retail}), 109, "products with a DTC display")
    yield from expect(len(retail) - len({row["product_id"] for row in retail}), 4, "second displays of a product")


def _inactive(shop: Shop) -> Iterator[str]:
    shown = {row["product_id"] for row in shop.table("displays")}
    inactive = [row["id"] for row in shop.of("products", "status", "inactive")]
    yield from expect(
        sorted(product in shown for product in inactive), [False, True], "inactive products with a display"
    )


def _variants(shop: Shop) -> Iterator[str]:
    by_product = shop.by("variants", "product_id")
    for row in shop.of("products", "kind", "normal"):
        number = len(by_product.get(row["id"], ()))
        if not 1 <= number <= 5:
            yield f"{row['name']} has {number} variants"
    yield from at_least(sum(len(found) > 1 for found in by_product.values()), 40, "products with several variants")
    pictures = shop.by("media", "variant_id")
    bare = [row for row in shop.table("variants") if not pictures.get(row["id"])]
    normal = {row["id"] for row in shop.of("products", "kind", "normal")}
    if sum(row["product_id"] in normal for row in bare) > 1:
        yield f"{len(bare)} variants have no picture of their own, expected one"
    for variant, found in pictures.items():
        if variant is not None and len(found) > 3:
            yield f"variant {variant} has {len(found)} pictures"


def _folders(shop: Shop) -> Iterator[str]:
    by_id = {row["id"]: row for row in shop.table("folders")}
    for row in by_id.values():
        parent = by_id.get(row["parent_id"])
        if parent is not None and parent["parent_id"] is not None:
            yield f"folder {row['name']} is on the third level"
    if not any(row["parent_id"] for row in by_id.values()):
        yield "the folders have one level only"


def _half_is_nordhavn(shop: Shop) -> Iterator[str]:
    brand = shop.one("brands", "name", "Nordhavn")
    products = shop.of("products", "kind", "normal")
    share = sum(row["brand_id"] == (brand["id"] if brand else 0) for row in products) / max(1, len(products))
    if not 0.42 <= share <= 0.58:
        yield f"{share:.0%} of the products are by Nordhavn"
    names = [row["name"] for row in shop.table("brands")]
    for row in shop.table("products"):
        for name in names:
            if re.search(rf"\b{re.escape(name)}\b", row["name"], re.IGNORECASE):
                yield f"the brand {name} is in the name {row['name']}"


def _wholesale_displays(shop: Shop) -> Iterator[str]:
    displays = [row["id"] for row in shop.of("displays", "store_id", WHOLESALE)]
    yield from count(shop, len(displays), 60, "wholesale displays")
    markets = {market.id for market in shop.reference.markets_of(WHOLESALE)}
    of_display = shop.by("display_markets", "display_id")
    for display in displays:
        if {row["market_id"] for row in of_display.get(display, ())} != markets:
            yield f"wholesale display {display} is not in every wholesale market"


# ---------------------------------------------------------------- charts


def _size_charts(shop: Shop) -> Iterator[str]:
    found = {
        row["name"]: (" ".join(from_json(row["x_json"])), " ".join(from_json(row["y_json"])))
        for row in shop.table("size_charts")
    }
    yield from differences(found, _CHARTS, "size chart")
    for row in shop.table("size_charts"):
        if from_json(row["y_json"]) and row["divider"] != "/":
            yield f"{row['name']} is divided by {row['divider']!r}"
    dress = shop.one("size_charts", "name", "34–46")
    charts = shop.of("size_localization_charts", "size_chart_id", dress["id"] if dress else 0)
    countries = {
        code
        for entry in charts
        for row in shop.of("size_localizations", "id", entry["size_localization_id"])
        for code in from_json(row["countries_json"])
    }
    yield from (f"34–46 has no sizes for {code}" for code in ("US", "GB", "JP") if code not in countries)


def _measurement_charts(shop: Shop) -> Iterator[str]:
    yield from expect(
        [row["name"] for row in shop.table("measurement_charts")], ["Knitwear", "Jeans", "Shoes"], "measurement charts"
    )
    for row in shop.table("measurement_charts"):
        cells = {(x, y) for x, y, _ in from_json(row["contents_json"])}
        if row["unit"] != "cm" or len(cells) != len(from_json(row["x_json"])) * len(from_json(row["y_json"])):
            yield f"the measurements of {row['name']} are not whole, or not in cm"


# ---------------------------------------------------------------- numbers on labels


def _is_gtin(digits: str, length: int) -> bool:
    if len(digits) != length or not digits.isdigit():
        return False
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
    return weighted % 10 == 0


def _ordinary_sizes(shop: Shop) -> list[Row]:
    bundles = {row["id"] for row in shop.of("products", "kind", "bundle")}
    of_bundles = {row["id"] for row in shop.table("variants") if row["product_id"] in bundles}
    return [row for row in shop.table("product_sizes") if row["variant_id"] not in of_bundles]


def _eans(shop: Shop) -> Iterator[str]:
    sizes = _ordinary_sizes(shop)
    for row in sizes:
        if not _is_gtin(row["ean"], 13):
            yield f"size {row['id']} has the EAN {row['ean']!r}"
    for ean, times in Counter(row["ean"] for row in sizes).items():
        if times > 1:
            yield f"{times} sizes have the EAN {ean}"


def _upcs(shop: Shop) -> Iterator[str]:
    sizes = _ordinary_sizes(shop)
    with_upc = [row["upc"] for row in sizes if row["upc"]]
    yield from (f"{upc!r} is no UPC" for upc in with_upc if not _is_gtin(upc, 12))
    if len(set(with_upc)) < len(with_upc):
        yield "UPCs are not unique"
    share = len(with_upc) / max(1, len(sizes))
    if not 0.75 <= share <= 0.85:
        yield f"{share:.0%} of the sizes have a UPC"
    without = 0
    for row in sizes:
        without = 0 if row["upc"] else without + 1
        if without == 8:
            yield f"the eight sizes up to {row['id']} have no UPC"


def _skus(shop: Shop) -> Iterator[str]:
    variants = {row["id"]: row for row in shop.table("variants")}
    products = {row["id"]: row for row in shop.table("products")}
    full: Counter[str] = Counter()
    parts: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for row in _ordinary_sizes(shop):
        variant = variants[row["variant_id"]]
        product = products[variant["product_id"]]
        full[product["number"] + variant["number"] + row["number"]] += 1
        parts[product["id"]].append((variant["number"], row["number"]))
    bare = {product for product, found in parts.items() if not products[product]["number"]}
    for sku, times in full.items():
        if sku and times > 1:
            yield f"{times} sizes have the SKU {sku}"
    yield from expect(len(bare), 1, "products without a SKU")
    for product_id in bare:
        if any(variant or size for variant, size in parts[product_id]):
            yield f"{products[product_id]['name']} has a part of a SKU"
    named = [found for product_id, found in parts.items() if product_id not in bare]
    whole = sum(all(all(pair) for pair in found) for found in named)
    yield from at_least(2 * whole, len(parts), "twice the products with all three parts of a SKU")
    no_variant = sum(not found[0][0] for found in named)
    no_size = sum(any(not size for _, size in found) for found in named)
    yield from expect(no_variant, 20, "products whose variants have no number")
    yield from expect(no_size, 20, "products with a size without a number")


# ---------------------------------------------------------------- categories


def _path(shop: Shop, category: Category) -> str:
    return "/".join(
        shop.reference.categories[each].uri for each in category.path_ids if each in shop.reference.categories
    )


def _categories(shop: Shop) -> Iterator[str]:
    for store, wanted, levels in ((DTC, 24, 3), (WHOLESALE, 6, 2)):
        found = [each for each in shop.reference.categories.values() if each.store_id == store]
        yield from expect(len(found), wanted, f"categories of store {store}")
        yield from expect(max((len(each.path_ids) for each in found), default=0), levels, f"levels in store {store}")
    paths = {_path(shop, each) for each in shop.reference.categories.values() if each.store_id == DTC}
    for path in ("women", "women/knitwear", "women/knitwear/cardigans", "accessories/socks"):
        if path not in paths:
            yield f"there is no category {path}"
    by_id = {row["id"]: row for row in shop.of("categories", "store_id", DTC)}
    for row in by_id.values():
        parent = by_id.get(row["parent_id"])
        if parent is not None and parent["sort_order"] >= row["sort_order"]:
            yield f"category {row['name']} stands before its parent"
    numbers = [row["sort_order"] for row in by_id.values()]
    if len(set(numbers)) < len(numbers):
        yield "categories share sort numbers"


def _listings(shop: Shop) -> dict[tuple[int, int], int]:
    """(category, market) -> how many displays the category itself lists there."""
    found: dict[tuple[int, int], int] = defaultdict(int)
    for items in shop.by_display.values():
        record = items[0]
        if record.is_active:
            for category, _ in record.categories:
                for market in record.market_ids:
                    found[category, market] += 1
    return found


def _filled_categories(shop: Shop) -> Iterator[str]:
    listings = _listings(shop)
    categories = [each for each in shop.reference.categories.values() if each.store_id == DTC]
    empty: list[tuple[str, str]] = []
    for category in categories:
        below = [each.id for each in categories if category.id in each.path_ids]
        empty += [
            (_path(shop, category), market.name)
            for market in shop.markets
            if not any(listings[each, market.id] for each in below)
        ]
    last = _path(shop, categories[-1]) if categories else ""
    yield from expect(empty, [(last, "Japan")], "empty categories")
    leaves = [each for each in categories if not any(each.id in other.path_ids[:-1] for other in categories)]
    if categories and categories[-1] not in leaves:
        yield f"{last}, which is empty in Japan, is no leaf"


def _only_children(shop: Shop) -> Iterator[str]:
    listings = _listings(shop)
    categories = [each for each in shop.reference.categories.values() if each.store_id == DTC]
    for category in categories:
        below = [each.id for each in categories if category.id in each.path_ids and each.id != category.id]
        if below and not any(listings[category.id, market.id] for market in shop.markets):
            return
    yield "no category lists the products of its children only"


# ---------------------------------------------------------------- displays


def _whole_displays(shop: Shop) -> Iterator[str]:
    products = {row["id"]: row for row in shop.table("products")}
    pictures = shop.by("display_media", "display_id")
    days = set()
    for row in shop.of("displays", "store_id", DTC):
        product = products[row["product_id"]]
        missing = [column for column in ("name", "uri", "excerpt", "description", "category_id") if not row[column]]
        missing += [column for column in ("brand_id", "collection_id") if not product[column]]
        if not pictures.get(row["id"]):
            missing.append("picture")
        if missing:
            yield f"display {row['uri'] or row['id']} has no {', '.join(missing)}"
        days.add(local_date(row["created_at"]))
    yield from at_least(len(days), 20, "days on which displays were made")


def _listed_everywhere(shop: Shop) -> Iterator[str]:
    markets = {market.id for market in shop.markets}
    shown = [items for items in shop.by_display.values() if items[0].is_active]
    yield from at_least(sum(markets <= items[0].market_ids for items in shown), 100, "displays in all markets")
    both = sum(items[0].id in shop.everywhere or _is_priced_bundle(shop, items[0]) for items in shown)
    yield from at_least(both, 88, "displays in all markets with a price in all pricelists")
    for market in shop.markets:
        yield from at_least(len(shop.listed(market)), 100, f"displays in {market.name}")


def _is_priced_bundle(shop: Shop, record: ProductRecord) -> bool:
    markets = {market.id for market in shop.markets}
    return (
        record.bundle is not None
        and markets <= record.market_ids
        and all(
            shop.price(record, market, pricelist).amount is not None
            for market in shop.markets[:1]
            for pricelist in shop.pricelists
        )
    )


def _names(shop: Shop) -> Iterator[str]:
    names = [row["name"] for row in shop.of("products", "kind", "normal")]
    yield from (f"{name} has no word of six plain letters" for name in names if not _PLAIN_WORD.search(name))
    yield from at_least(sum(bool(_NORDIC.search(name)) for name in names), 8, "names with å ä ö é ø")
    yield from (f"{times} products are called {name}" for name, times in Counter(names).items() if times > 1)
    yield from (f"{name} has no model and noun" for name in names if len(name.split()) < 2)


def _prices(shop: Shop) -> Iterator[str]:
    sek = shop.pricelist("SEK")
    amounts = {record.prices[sek.id] for record in shop.goods if sek is not None and sek.id in record.prices}
    yield from at_least(len(amounts), 10, "different prices in SEK")
    if amounts and (min(amounts) < 19500 or max(amounts) > 799500):
        yield f"prices from {min(amounts) / 100} to {max(amounts) / 100} SEK"
    for name, floor in _CHEAPEST.items():
        pricelist = shop.pricelist(name)
        if pricelist is None:
            continue
        found = [
            shop.price(record, market, pricelist).amount
            for record in shop.goods
            if pricelist.id in record.prices
            for market in shop.markets
            if market.id in record.market_ids and market.country_ids & pricelist.country_ids
        ]
        lowest = min((amount for amount in found if amount is not None), default=0)
        yield from at_least(lowest, floor, f"hundredths of the cheapest item in {name}")


def _price_points(shop: Shop) -> Iterator[str]:
    for first in shop.pricelists:
        for second in shop.pricelists:
            if first.id < second.id:
                shares = {
                    record.prices[second.id] / record.prices[first.id]
                    for record in shop.goods
                    if {first.id, second.id} <= set(record.prices)
                }
                if len(shares) < 2:
                    yield f"{second.name} is a multiple of {first.name}"


def _customs(shop: Shop) -> Iterator[str]:
    units = set()
    for row in shop.table("products"):
        units.add(row["weight_unit"])
        missing = [key for key in ("weight_milli", "hs_code", "country_of_origin_id") if not row[key]]
        if missing:
            yield f"{row['name']} has no {', '.join(missing)}"
    yield from expect(sorted(units), ["kg", "lb"], "units of weight")


def _relations(shop: Shop) -> Iterator[str]:
    by_type = shop.by("display_relations", "relation_type_id")
    types = {row["name"]: row["id"] for row in shop.table("relation_types")}
    retail = {row["id"] for row in shop.of("displays", "store_id", DTC)}
    standard = {row["display_id"] for row in by_type.get(types.get("standard"), ()) if row["display_id"] in retail}
    yield from at_least(len(standard), 30, "displays with standard relations")
    custom = [row_id for row_id in types.values() if row_id > 100]
    yield from expect(len(custom), 1, "custom types of relations")
    if custom and not by_type.get(custom[0]):
        yield "no display has the custom relation"


# ---------------------------------------------------------------- default order


def _first_displays(shop: Shop) -> Iterator[str]:
    first = [items[0].display_id for items in shop.first]
    standard = shop.one("tax_groups", "name", "Standard")
    for market in shop.markets:
        listed = [record.display_id for record in shop.listed(market)][:FIRST]
        yield from expect(listed, first, f"first displays of {market.name}")
    for place, items in enumerate(shop.first, 1):
        for record in items:
            uri = record.uri
            if record.id not in shop.everywhere:
                yield f"{uri} is not in all markets with a price in all pricelists"
            if record.bundle is not None or (record.minimum_quantity, record.multiple_of) != (1, 1):
                yield f"{uri} is a bundle, or not sold one by one"
            if record.tax_group_id not in (None, standard["id"] if standard else 0):
                yield f"{uri} has no standard tax"
            if len(record.sizes) < 2:
                yield f"{uri} has one size"
            if place <= 8:
                for market in shop.markets:
                    price = shop.price(record, market, shop.pricelists[0])
                    if price.campaign is not None:
                        yield f"{uri} has the campaign price {price.campaign.name}"


def _lowest_ids(shop: Shop) -> Iterator[str]:
    records = [record for items in shop.first for record in items]
    items = sorted(record.id for record in records)
    yield from expect(items, list(range(1, len(items) + 1)), "display items of the first displays")
    products = sorted({record.product_id for record in records})
    yield from expect(products, list(range(1, len(products) + 1)), "products of the first displays")
    variants = sorted({record.variant_id for record in records})
    yield from expect(variants, list(range(1, len(variants) + 1)), "variants of the first displays")


def _is_last(shop: Shop, record: ProductRecord) -> bool:
    socks = next((each.id for each in shop.reference.categories.values() if each.uri == "socks"), 0)
    return (
        record.bundle is not None
        or any(size.is_preorder for size in record.sizes)
        or len(set(record.prices) & {each.id for each in shop.pricelists}) < len(shop.pricelists)
        or (record.minimum_quantity, record.multiple_of) != (1, 1)
        or any(category == socks for category, _ in record.categories)
    )


def _last_displays(shop: Shop) -> Iterator[str]:
    for market in shop.markets:
        began = ""
        for record in shop.listed(market):
            if _is_last(shop, record):
                began = began or record.uri
            elif began:
                yield f"in {market.name} {record.uri} stands behind {began}"
                break


# ---------------------------------------------------------------- special cases


def _not_first(shop: Shop, found: list[ProductRecord]) -> Iterator[str]:
    first = {items[0].display_id for items in shop.first}
    yield from (f"{record.uri} is one of the first displays" for record in found if record.display_id in first)


def _one_market(shop: Shop) -> Iterator[str]:
    for name, number in (("Nordics", 2), ("Europe", 2), ("United Kingdom", 1), ("VIP", 3)):
        market = shop.market(name)
        if market is None:
            continue
        only = [
            items for items in shop.by_display.values() if items[0].market_ids == {market.id} and items[0].is_active
        ]
        yield from expect(len(only), number, f"displays in {name} only")
        for items in only:
            if not any(shop.pieces(size, market) for record in items for size in record.sizes):
                yield f"{items[0].uri}, in {name} only, is sold out"
        yield from _not_first(shop, [items[0] for items in only])


def _one_price_missing(shop: Shop) -> Iterator[str]:
    markets = {market.id for market in shop.markets}
    all_ids = {pricelist.id for pricelist in shop.pricelists}
    shown = [items[0] for items in shop.by_display.values() if items[0].is_active and items[0].bundle is None]
    for name, number in (("SEK", 2), ("EUR", 2), ("GBP", 2), ("USD", 3), ("JPY", 3)):
        pricelist = shop.pricelist(name)
        if pricelist is None:
            continue
        found = [record for record in shown if pricelist.id not in record.prices]
        yield from expect(len(found), number, f"displays without a price in {name}")
        for record in found:
            if len(all_ids - set(record.prices)) != 1 or not markets <= record.market_ids:
                yield f"{record.uri} lacks more than its price in {name}, or a market"
        yield from _not_first(shop, found)
    yield from (f"{record.uri} has no price at all" for record in shown if not all_ids & set(record.prices))


def _kinds_of_sizes(shop: Shop) -> Iterator[str]:
    charts = shop.reference.size_charts
    found: dict[int, set[int]] = defaultdict(set)
    for record in shop.goods:
        found[record.size_chart_id].add(record.product_id)
    two_ways = sum(len(products) for chart, products in found.items() if charts[chart].y)
    localized = sum(len(products) for chart, products in found.items() if charts[chart].localizations)
    one_size = sum(len(products) for chart, products in found.items() if charts[chart].name == "One size")
    yield from at_least(one_size, 8, "one-size products")
    yield from at_least(two_ways, 6, "products with two-dimensional sizes")
    yield from at_least(localized, 10, "products with localized sizes")


def _multiples(shop: Shop) -> Iterator[str]:
    found = Counter(
        (items[0].minimum_quantity, items[0].multiple_of) for items in shop.by_display.values() if items[0].is_active
    )
    del found[1, 1]
    yield from differences(found, {(2, 2): 1, (3, 1): 1}, "displays with minimum and multiple")


def _preorders(shop: Shop) -> Iterator[str]:
    found = {}
    for items in shop.by_display.values():
        if items[0].is_active and all(size.is_preorder for record in items for size in record.sizes):
            found[items[0].uri] = sum(shop.pieces(size, shop.markets[0]) for record in items for size in record.sizes)
    yield from expect(len(found), 2, "pre-order displays")
    yield from (f"the pre-order {uri} has stock" for uri, pieces in found.items() if pieces)


def _several_displays(shop: Shop) -> Iterator[str]:
    displays: dict[int, list[ProductRecord]] = defaultdict(list)
    for items in shop.by_display.values():
        displays[items[0].product_id].append(items[0])
    twice = {product: found for product, found in displays.items() if len(found) > 1}
    same_variant = [
        found
        for found in twice.values()
        if {record.variant_id for record in shop.by_display[found[0].display_id]}
        & {record.variant_id for record in shop.by_display[found[1].display_id]}
    ]
    if not same_variant:
        yield "no variant is on two displays"
    for found in same_variant:
        if found[0].name == found[1].name or found[0].category_id == found[1].category_id:
            yield f"{found[0].uri} and {found[1].uri} have the same name or category"
    if len(twice) <= len(same_variant):
        yield "no product has two displays with different variants"


def _sold_out_second(shop: Shop) -> Iterator[str]:
    for items in shop.by_display.values():
        pieces = [sum(shop.pieces(size, shop.markets[0]) for size in record.sizes) for record in items]
        if len(items) == 4 and pieces[1] == 0 and all(pieces[place] for place in (0, 2, 3)):
            return
    yield "no display of four variants has its second sold out"


def _inactive_first(shop: Shop) -> Iterator[str]:
    variants = {row["id"]: row["status"] for row in shop.table("variants")}
    for rows in shop.by("display_items", "display_id").values():
        ordered = sorted(rows, key=lambda row: (row["position"], row["id"]))
        states = [variants[row["variant_id"]] for row in ordered]
        if states[0] != "active" and "active" in states[1:]:
            return
    yield "no display has an inactive first variant"


def _hidden_products(shop: Shop) -> Iterator[str]:
    retail = {row["product_id"] for row in shop.of("displays", "store_id", DTC)}
    wholesale = {row["product_id"] for row in shop.of("displays", "store_id", WHOLESALE)}
    products = {row["id"]: row for row in shop.of("products", "kind", "normal")}
    yield from expect(sum(each not in retail | wholesale for each in products), 1, "products without a display")
    yield from expect(len((wholesale - retail) & set(products)), 10, "products in the wholesale store only")
    if not any(row["status"] == "inactive" for row in shop.of("displays", "store_id", DTC)):
        yield "no display is inactive"
    if not any(row["is_serializable"] for row in products.values()):
        yield "no product is serializable"


def _odd_texts(shop: Shop) -> Iterator[str]:
    shown = [items[0] for items in shop.by_display.values() if items[0].is_active]
    if not any('"' in record.name and "&" in record.name for record in shown):
        yield "no name has quotes and an ampersand"
    if not any(re.search("&[a-z]+;", record.description) and '"' in record.description for record in shown):
        yield "no description has HTML entities and quotes"
    if not any("-" in record.uri and re.search(r"\d", record.uri) for record in shown):
        yield "no URI has a dash and a digit"
    if not any(len(record.name) > 100 for record in shown):
        yield "no name is very long"


def _without_upc_and_picture(shop: Shop) -> Iterator[str]:
    bare = sum(all(not size.upc for size in record.sizes) for record in shop.goods)
    yield from at_least(bare, 1, "variants without any UPC")
    pictures = shop.by("media", "variant_id")
    alone = [record for record in shop.goods if not pictures.get(record.variant_id)]
    yield from at_least(len(alone), 1, "variants without a picture of their own")
    yield from (f"{record.uri}, {record.variant_name} shows no picture" for record in alone if not record.media)


CHECKS = (
    Check("5", "counts", "Brands, collections, folders, products, variants, sizes, displays.", _counts),
    Check("5", "inactive products", "Two inactive products, one with a display and one without.", _inactive),
    Check("5", "variants", "1 to 5 a product, 40 products with several, 1 to 3 pictures each.", _variants),
    Check("5", "folders", "The folders have two levels.", _folders),
    Check("5", "brands", "Half of the products are Nordhavn's; no brand is in a product's name.", _half_is_nordhavn),
    Check("5", "wholesale displays", "60, in both wholesale markets.", _wholesale_displays),
    Check("5", "size charts", "Seven, one of them two-dimensional, one localized to US, GB and JP.", _size_charts),
    Check("5", "measurement charts", "Knitwear, jeans and shoes, in cm.", _measurement_charts),
    Check("5", "EANs", "Every size has a valid EAN of its own.", _eans),
    Check("5", "UPCs", "80 % of the sizes have a valid UPC, and one of any eight neighbours.", _upcs),
    Check("5", "SKUs", "Unique; half have all parts, 20 no variant's, 20 no size's, one none.", _skus),
    Check("5", "categories", "24 in three levels and 6 in two; parents stand before children.", _categories),
    Check(
        "5",
        "filled categories",
        "Every category lists something in every market, but the last in Japan.",
        _filled_categories,
    ),
    Check("5", "whole displays", "Name, URI, texts, brand, collection, category, picture; 20 days.", _whole_displays),
    Check(
        "5",
        "listed everywhere",
        "100 displays in all markets and in each list, 88 priced everywhere.",
        _listed_everywhere,
    ),
    Check("5", "names", "Model and noun, a word of six plain letters, eight with å ä ö é ø, unique.", _names),
    Check("5", "prices", "195 to 7,995 SEK, ten different, not too cheap elsewhere.", _prices),
    Check("5", "price points", "No pricelist is another's multiple.", _price_points),
    Check("5", "customs", "Weight (kg and lb), customs code and origin on every product.", _customs),
    Check("5", "relations", "30 displays with standard relations, one custom type.", _relations),
    Check("5", "first displays", "The first twelve of every market are the same, and ordinary.", _first_displays),
    Check("5", "lowest ids", "The first twelve have the lowest ids.", _lowest_ids),
    Check("5", "last displays", "Bundles, pre-orders, unpriced, multiples and socks come last.", _last_displays),
    Check("15", "case 1: one market", "Displays in one market only, available there.", _one_market),
    Check("15", "case 2: one price missing", "Displays without a price in one pricelist only.", _one_price_missing),
    Check("15", "case 4: kinds of sizes", "One size, two-dimensional, localized.", _kinds_of_sizes),
    Check("15", "case 5: multiples", "Minimum 2 and multiple of 2; minimum 3.", _multiples),
    Check("15", "case 6: pre-orders", "Two displays are sold before they exist.", _preorders),
    Check("15", "case 7: several displays", "A variant on two displays; a product's colours apart.", _several_displays),
    Check("15", "case 7: second sold out", "Four variants, the second sold out.", _sold_out_second),
    Check("15", "case 7: first inactive", "A display whose first variant is inactive.", _inactive_first),
    Check(
        "15", "case 8: hidden products", "No display, an inactive one, wholesale only, serializable.", _hidden_products
    ),
    Check("15", "case 9: odd texts", "Entities, quotes, an ampersand, a digit in a URI, a long name.", _odd_texts),
    Check("15", "case 10: only children", "A category with the products of its children only.", _only_children),
    Check(
        "15", "case 11: without", "A variant without UPC, one without a picture of its own.", _without_upc_and_picture
    ),
)
