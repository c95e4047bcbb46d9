"""Checks of seed.md 6: how much of what lies where."""

from collections import defaultdict
from collections.abc import Iterator

from mockcentra.commerce.model import ProductRecord, SizeRecord
from mockcentra.seed.checks.shop import Check, Shop, at_least, expect

_BORAS, _ROTTERDAM, _JERSEY, _FLAGSHIP, _BERLIN = 1, 2, 3, 4, 5
_DEEP = 500


def _sizes(shop: Shop) -> dict[int, tuple[SizeRecord, list[ProductRecord]]]:
    """Every size on an active display of goods, with the display items that show it."""
    found: dict[int, tuple[SizeRecord, list[ProductRecord]]] = {}
    for record in shop.goods:
        for size in record.sizes:
            found.setdefault(size.id, (size, []))[1].append(record)
    return found


def _deep(shop: Shop) -> Iterator[str]:
    for items in shop.first:
        for record in items:
            size = next((size for size in record.sizes if shop.free(size.id)), None)
            free = shop.free(size.id).get(_BORAS, 0) if size is not None else 0
            yield from at_least(free, _DEEP, f"available in Borås of {record.uri}, {record.variant_name}")


def _plenty(shop: Shop) -> Iterator[str]:
    wanted = {each.id for each in (shop.pricelist("SEK"), shop.pricelist("EUR")) if each is not None}
    sizes = 0
    displays: set[int] = set()
    for size_id, (_, shown) in _sizes(shop).items():
        free = shop.free(size_id)
        priced = [record for record in shown if wanted <= set(record.prices)]
        if priced and set(shop.levels.get(size_id, {})) <= {_BORAS} and 20 <= free.get(_BORAS, 0) <= 120:
            sizes += 1
            displays.update(record.display_id for record in priced)
    yield from at_least(sizes, 200, "sizes with 20 to 120 in Borås and nothing elsewhere")
    yield from at_least(len(displays), 60, "displays of these sizes")


def _two_warehouses(shop: Shop) -> Iterator[str]:
    number = 0
    for size_id in _sizes(shop):
        free = shop.free(size_id)
        number += free.get(_BORAS, 0) >= 20 and any(10 <= free.get(each, 0) <= 40 for each in (_ROTTERDAM, _JERSEY))
    yield from at_least(number, 60, "sizes in Borås and in Rotterdam or New Jersey")


def _other_warehouse(shop: Shop) -> Iterator[str]:
    number = sum(shop.free(size_id) == {_ROTTERDAM: 30} for size_id in _sizes(shop))
    yield from at_least(number, 10, "sizes with 30 in Rotterdam and nothing elsewhere")


def _is_everywhere(shop: Shop, record: ProductRecord) -> bool:
    return record.id in shop.everywhere and (record.minimum_quantity, record.multiple_of) == (1, 1)


def _scarce(shop: Shop) -> Iterator[str]:
    """Few pieces in Borås, of ordinary displays in every market."""
    levels = [
        shop.free(size_id)
        for size_id, (_, shown) in _sizes(shop).items()
        if any(_is_everywhere(shop, record) for record in shown)
    ]
    for low, high in ((2, 8), (9, 25)):
        number = sum(set(free) == {_BORAS} and low <= free[_BORAS] <= high for free in levels)
        yield from at_least(number, 12, f"sizes with {low} to {high} in Borås")


def _sold_out(shop: Shop) -> Iterator[str]:
    sold_out: set[int] = set()
    names: dict[str, set[bool]] = defaultdict(set)
    for record in shop.goods:
        if any(size.is_preorder for size in record.sizes):
            continue
        there = {size.id: bool(shop.free(size.id)) for size in record.sizes}
        if any(there.values()):
            sold_out.update(size_id for size_id, is_there in there.items() if not is_there)
        for size in record.sizes:
            names[size.name].add(there[size.id])
    yield from at_least(len(sold_out), 60, "sold-out sizes beside available ones")
    yield from at_least(sum(len(states) == 2 for states in names.values()), 3, "size names both available and sold out")


def _nothing_left(shop: Shop) -> Iterator[str]:
    found = [
        items[0].uri
        for items in shop.by_display.values()
        if items[0].is_active
        and items[0].bundle is None
        and not any(size.is_preorder or shop.free(size.id) for record in items for size in record.sizes)
    ]
    yield from expect(len(found), 5, "displays of which nothing is left")
    for uri in found:
        if any(
            level[0]
            for record in shop.display_of(uri)
            for size in record.sizes
            for level in shop.levels[size.id].values()
        ):
            yield f"{uri} has physical stock"


def _ship_from_store(shop: Shop) -> Iterator[str]:
    both = []
    for size_id in shop.levels:
        free = shop.free(size_id)
        if {_FLAGSHIP, _BERLIN} <= set(free):
            both.append(size_id)
            if not all(2 <= free[shop_id] <= 6 for shop_id in (_FLAGSHIP, _BERLIN)):
                yield f"size {size_id} has {free[_FLAGSHIP]} in Stockholm and {free[_BERLIN]} in Berlin"
    yield from expect(len(both), 40, "sizes in the shops")


def _first_sizes(shop: Shop) -> Iterator[str]:
    for country in shop.shipping_countries:
        market, pricelist = shop.place_of(country)
        for record in shop.goods:
            if shop.is_ordinary(record, market, pricelist):
                first = next(size for size in record.sizes if shop.pieces(size, market) > 0)
                pieces = shop.pieces(first, market)
                if pieces < 20:
                    yield f"{record.uri}, {record.variant_name} in {country.code}: {pieces} of size {first.name}"


def _enough_in_every_country(shop: Shop) -> Iterator[str]:
    for country in shop.shipping_countries:
        market, pricelist = shop.place_of(country)
        plenty, full_price = set(), set()
        for record in shop.goods:
            if shop.is_ordinary(record, market, pricelist) and any(
                shop.pieces(size, market) >= 5 for size in record.sizes
            ):
                plenty.add(record.display_id)
                price = shop.price(record, market, pricelist)
                if price.amount == price.before:
                    full_price.add(record.display_id)
        yield from at_least(len(plenty), 30, f"ordinary displays with 5 or more in {country.code}")
        yield from at_least(len(full_price), 12, f"of these at full price in {country.code}")


def _reserved(shop: Shop) -> Iterator[str]:
    if not any(row["allocated"] for row in shop.table("stock")):
        yield "nothing is allocated anywhere"


def _changes(shop: Shop) -> Iterator[str]:
    kinds = {row["kind"] for row in shop.table("stock_changes")}
    yield from (f"no stock change is a {kind}" for kind in ("delivery", "correction", "movement") if kind not in kinds)
    if shop.table("shipments") and "shipment" not in kinds:
        yield "no stock change is a shipment"
    by_size: dict[tuple[int, int], list[int]] = defaultdict(list)
    for row in shop.table("stock_changes"):
        by_size[row["product_size_id"], row["warehouse_id"]].append(row["quantity"])
    for row in shop.table("stock"):
        total = sum(by_size[row["product_size_id"], row["warehouse_id"]])
        if total != row["physical"] and not _is_bundle(shop, row["product_size_id"]):
            yield (
                f"size {row['product_size_id']} has {row['physical']} in warehouse {row['warehouse_id']},"
                f" its stock changes come to {total}"
            )


def _is_bundle(shop: Shop, size_id: int) -> bool:
    size = shop.one("product_sizes", "id", size_id)
    variant = shop.one("variants", "id", size["variant_id"]) if size is not None else None
    product = shop.one("products", "id", variant["product_id"]) if variant is not None else None
    return product is not None and product["kind"] == "bundle"


def _never_below_zero(shop: Shop) -> Iterator[str]:
    by_size: dict[tuple[int, int], list[tuple[int, int, int]]] = defaultdict(list)
    for row in shop.table("stock_changes"):
        key = (row["product_size_id"], row["warehouse_id"])
        by_size[key].append((row["created_at"], row["id"], row["quantity"]))
    for (size_id, warehouse_id), changes in by_size.items():
        left = 0
        for _, _, quantity in sorted(changes):
            left += quantity
            if left < 0:
                yield f"size {size_id} was below zero in warehouse {warehouse_id}"
                break


CHECKS = (
    Check("6", "deep", "500 in Borås of the first size of every variant of the first twelve.", _deep),
    Check("6", "plenty", "200 sizes of 60 displays with 20 to 120 in Borås only.", _plenty),
    Check("6", "two warehouses", "60 sizes in Borås and in another warehouse.", _two_warehouses),
    Check("6", "other warehouse only", "10 sizes with 30 in Rotterdam only.", _other_warehouse),
    Check("6", "scarce", "12 sizes with 2 to 8, 12 with 9 to 25, in Borås only.", _scarce),
    Check("6", "sold out", "60 sizes beside available ones; three names both ways.", _sold_out),
    Check("6", "nothing left", "Five displays have nothing left.", _nothing_left),
    Check("6", "ship from store", "40 sizes with 2 to 6 in each of the two shops.", _ship_from_store),
    Check("6", "first sizes", "The first available size of what is ordinary has 20 pieces.", _first_sizes),
    Check(
        "6",
        "enough in every country",
        "30 ordinary displays with 5 or more, 12 at full price.",
        _enough_in_every_country,
    ),
    Check("6", "reserved", "Some physical stock is more than what is available.", _reserved),
    Check("6", "stock changes", "Every change is kept, and they add up to what lies there.", _changes),
    Check("6", "never below zero", "No stock change took what was not there.", _never_below_zero),
)
