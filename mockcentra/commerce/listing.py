"""Lists of products: which displays a market has, how they are filtered, searched, sorted and paged.

A `Listing` is an index over the displays of a store. Displays have positions in the default order; sets of them are
bitmaps (commerce/facets.py). What changes often, availability and prices, is kept apart for each market and
pricelist and brought up to date for the display items that changed.
"""

import threading
import weakref
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from mockcentra.commerce import facets, pricing, stock
from mockcentra.commerce.attributes import AttributeCatalogue, attributes_of
from mockcentra.commerce.catalogue import part_ids, records, with_parts
from mockcentra.commerce.facets import FilterField, Objects, bits_of, positions_of
from mockcentra.commerce.model import ProductRecord
from mockcentra.commerce.reference import Brand, Category, Collection, Market, Pricelist, Reference, reference_of
from mockcentra.commerce.search import Vocabulary, joined, search, words
from mockcentra.commerce.settings import settings_of
from mockcentra.store import Store, Transaction
from mockcentra.store import catalogue as rows
from mockcentra.store import stock as stock_rows
from mockcentra.store.database import Row

SORT_FIELDS = ("uri", "category_place", "collection_uri", "price", "created_at", "updated_at")
SIZE_FIELD = "sizes"
_SIZES_IN_SETTING = "items.name"  # how the list of filters, a setting of the Checkout API, calls them
_KEPT_LISTINGS = 4
_KEPT_ORDERS = 16
_FOREVER = 1 << 62
_Named = TypeVar("_Named", Brand, Collection)


@dataclass(frozen=True, slots=True)
class Query:
    """What a caller asks a list of products for (checkout-api.md 8.1). None: not asked.

    `fields` are the filters by field name, its values as texts. `sort` are (field, descending).
    """

    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)
    display_item_ids: Sequence[int] | None = None
    product_id: int | None = None
    search: str = ""
    uri: str | None = None
    uri_kinds: Sequence[str] = ()
    only_available: bool = False
    sort: Sequence[tuple[str, bool]] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """The displays that match, and for each filtered field those that match all the other filters."""

    bits: int
    market: int
    without: Mapping[str, int]

    @property
    def count(self) -> int:
        return self.bits.bit_count()


@dataclass(slots=True)
class Offer:
    """What is available in a market and pricelist, and at what price the displays' first items are."""

    stamps: Mapping[int, int]
    newest: int
    available: int
    by_size: dict[str, int]
    prices: list[int | None]
    start: int
    until: int


class Listing:
    """The index over a store's displays; immutable but for what it works out when it is first needed."""

    def __init__(self, tx: Transaction, store_id: int, reference: Reference, attributes: AttributeCatalogue) -> None:
        self.store_id = store_id
        self.reference = reference
        self.attributes = attributes
        self.filters: Sequence[str] = settings_of(tx.store)["checkout.product_filters"]
        items = rows.listed_items(tx, store_id)
        own_categories = rows.listed_categories(tx, store_id)
        by_display: dict[int, list[Row]] = defaultdict(list)
        for row in items:
            by_display[row["display_id"]].append(row)
        place_in = {(display_id, category_id): place for display_id, category_id, place in own_categories}
        ordered = sorted(
            by_display.values(),
            key=lambda group: (
                place_in.get((group[0]["display_id"], group[0]["category_id"]), _FOREVER),
                group[0]["id"],
            ),
        )
        self.size = len(ordered)
        self.everything = (1 << self.size) - 1
        self.main: list[int] = [group[0]["id"] for group in ordered]
        self.items: list[tuple[int, ...]] = [tuple(row["id"] for row in group) for group in ordered]
        self.position_of_item = {item: place for place, group in enumerate(self.items) for item in group}
        self._displays = {group[0]["display_id"]: place for place, group in enumerate(ordered)}
        self.bundles = frozenset(row["id"] for row in items if row["kind"] == "bundle")
        self._first = [group[0] for group in ordered]
        self._sort_places = [place_in.get((row["display_id"], row["category_id"]), _FOREVER) for row in self._first]
        self.objects = Objects(self.size)
        for place, group in enumerate(ordered):
            self.objects.displays[group[0]["display_id"]] = [place]
            self.objects.products.setdefault(group[0]["product_id"], []).append(place)
            for row in group:
                self.objects.variants.setdefault(row["variant_id"], []).append(place)
        self.markets = self._markets(tx)
        self.fields = {each.name: each for each in self._fields(tx, own_categories)}
        self._uris = self._read_uris(tx)
        self._vocabularies: dict[int, Vocabulary] = {}
        self._orders: OrderedDict[tuple[Any, ...], tuple[list[int], list[int], list[int | None] | None]] = OrderedDict()
        self._lock = threading.Lock()
        self._offers: dict[tuple[int, int], Offer] = {}
        self._sold: dict[int, dict[int, tuple[str, ...]]] = {}
        self._store_offers: weakref.WeakKeyDictionary[Store, dict[tuple[int, int], Offer]] = weakref.WeakKeyDictionary()
        self.memo: dict[Any, Any] = {}  # what faces derive from this very listing

    # -- building

    def _markets(self, tx: Transaction) -> dict[int, int]:
        positions: dict[int, list[int]] = defaultdict(list)
        for display_id, market_id in rows.listed_markets(tx, self.store_id):
            if display_id in self._displays:
                positions[market_id].append(self._displays[display_id])
        return {market_id: bits_of(places, self.size) for market_id, places in positions.items()}

    def _fields(self, tx: Transaction, own_categories: Iterable[Row]) -> list[FilterField]:
        brands: dict[int, list[int]] = defaultdict(list)
        collections: dict[int, list[int]] = defaultdict(list)
        for place, row in enumerate(self._first):
            if row["brand_id"] is not None:
                brands[row["brand_id"]].append(place)
            if row["collection_id"] is not None:
                collections[row["collection_id"]].append(place)
        own: dict[int, list[int]] = defaultdict(list)
        for display_id, category_id, _ in own_categories:
            if display_id in self._displays:
                own[category_id].append(self._displays[display_id])
        sizes: dict[str, list[int]] = {}
        for item_id, name in rows.listed_size_names(tx, self.store_id):
            if item_id in self.position_of_item and name:
                sizes.setdefault(name, []).append(self.position_of_item[item_id])
        reference = self.reference
        in_categories = facets.category_positions(reference, own)
        fields = [
            facets.plain_field("brands", reference.brands.values(), brands, self.size),
            facets.plain_field("categories", reference.categories.values(), in_categories, self.size),
            facets.plain_field("collections", reference.collections.values(), collections, self.size),
            *facets.attribute_fields_of(tx, self.attributes, self.filters, self.objects),
        ]
        if _SIZES_IN_SETTING in self.filters:
            fields.append(facets.text_field(SIZE_FIELD, sizes, self.size))
        self.sizes = facets.text_field(SIZE_FIELD, sizes, self.size)
        return fields

    def _read_uris(self, tx: Transaction) -> dict[int, dict[str, int]]:
        main_id = self.reference.default_language.id
        uris: dict[int, dict[str, int]] = defaultdict(dict)
        for place, row in enumerate(self._first):
            uris[main_id][row["uri"]] = place
        for display_id, language_id, uri in rows.listed_uris(tx, self.store_id):
            if display_id in self._displays and uri:
                uris[language_id][uri] = self._displays[display_id]
        return dict(uris)

    # -- finding by URI

    def find_uri(self, uri: str, language_id: int) -> int | None:
        """The position of the display with that URI in the language, else in the main one."""
        for each in (language_id, self.reference.default_language.id):
            place = self._uris.get(each, {}).get(uri)
            if place is not None:
                return place
        return None

    def find_path(self, path: str, language_id: int) -> tuple[int, Category | None] | None:
        """The display that a path leads to, `slim-jeans` or `jeans/slim-jeans`, and the category that it names."""
        front, slash, last = path.rpartition("/")
        place = self.find_uri(last, language_id)
        if place is None or not slash:
            return None if place is None else (place, None)
        category = find_category(self.reference, self.store_id, front, language_id)
        if category is None or not self.fields["categories"].lookup.get(str(category.id), 0) >> place & 1:
            return None
        return place, category

    # -- texts

    def vocabulary(self, store: Store, language_id: int) -> Vocabulary:
        """The words of the displays in a language; those of the main one have the numbers and brands, too."""
        found = self._vocabularies.get(language_id)
        if found is None:
            with store.reading() as tx:
                build = (
                    self._main_words if language_id == self.reference.default_language.id else self._translated_words
                )
                found = Vocabulary(build(tx, language_id), self.size)
                # a shop that has changed meanwhile keeps its words from the others that share this listing
                if not tx.has_changes and _listings_of(store).find(store, self.store_id) is self:
                    self._vocabularies[language_id] = found
        return found

    def _main_words(self, tx: Transaction, language_id: int) -> Iterable[tuple[str, int]]:
        for display_id, *texts in rows.searched_texts(tx, self.store_id):
            place = self._displays.get(display_id)
            if place is not None:
                for text in texts:
                    for word in words(text):
                        yield word, place
        last: tuple[Any, ...] = ()
        for display_id, product, variant_name, variant, size, ean, upc in rows.searched_numbers(tx, self.store_id):
            place = self._displays.get(display_id)
            if place is None:
                continue
            if (display_id, product, variant, variant_name) != last:
                last = (display_id, product, variant, variant_name)
                for text in (variant_name, product, variant):
                    for word in words(text):
                        yield word, place
                yield joined(product), place
                yield joined(product + variant), place
            for number in (product + variant + size if size else "", ean, upc):
                if number:
                    yield joined(number), place
        yield from self._words_of_fields(language_id)

    def _translated_words(self, tx: Transaction, language_id: int) -> Iterable[tuple[str, int]]:
        for display_id, text in rows.searched_translations(tx, self.store_id, language_id):
            place = self._displays.get(display_id)
            if place is not None:
                for word in words(text):
                    yield word, place
        yield from self._words_of_fields(language_id)

    def _words_of_fields(self, language_id: int) -> Iterable[tuple[str, int]]:
        """Names of brands, collections and categories."""
        for name in ("brands", "categories", "collections"):
            for value in self.fields[name].values:
                source = value.source
                for word in words(source.texts.get(language_id, {}).get("name", source.name)):
                    for place in positions_of(value.bits):
                        yield word, place

    # -- filtering

    def market_bits(self, market_ids: Iterable[int]) -> int:
        """The displays of any of these markets."""
        bits = 0
        for market_id in market_ids:
            bits |= self.markets.get(market_id, 0)
        return bits

    def select(
        self,
        store: Store,
        query: Query,
        language_id: int,
        markets: Sequence[Market],
        pricelists: Sequence[Pricelist],
        now: int,
    ) -> Result:
        """The displays that match a query in any of the markets (and, for availability, pricelists)."""
        market = self.market_bits(each.id for each in markets)
        base = market & self._matching_plain(store, query, language_id)
        by_field = {
            name: self._matching_field(name, values)
            for name, values in query.fields.items()
            if name in self.fields or name == SIZE_FIELD
        }
        if query.only_available:
            sizes = query.fields.get(SIZE_FIELD)
            available = 0
            for each in markets:
                for pricelist in pricelists:
                    offer = self.offer(store, each, pricelist, now)
                    if sizes is None:
                        available |= offer.available & self.markets.get(each.id, 0)
                    else:
                        for name in sizes:
                            available |= offer.by_size.get(name, 0) & self.markets.get(each.id, 0)
            base &= available
        bits = base
        for own in by_field.values():
            bits &= own
        without = {}
        for name in by_field:
            aside = base
            for other, own in by_field.items():
                if other != name:
                    aside &= own
            without[name] = aside
        return Result(bits, market, without)

    def _matching_field(self, name: str, values: Sequence[str]) -> int:
        lookup = (self.sizes if name == SIZE_FIELD else self.fields[name]).lookup
        bits = 0
        for value in values:
            bits |= lookup.get(value, 0)
        return bits

    def _matching_plain(self, store: Store, query: Query, language_id: int) -> int:
        """What matches everything but the filter fields and availability."""
        bits = self.everything
        if query.display_item_ids is not None:
            places = (self.position_of_item.get(item_id) for item_id in query.display_item_ids)
            bits &= bits_of((place for place in places if place is not None), self.size)
        if query.product_id is not None:
            bits &= bits_of(self.objects.products.get(query.product_id, ()), self.size)
        if query.uri is not None:
            bits &= self._matching_uri(query.uri, query.uri_kinds, language_id)
        if query.search.strip():
            main_id = self.reference.default_language.id
            languages = dict.fromkeys((language_id, main_id))
            bits = search(query.search, [self.vocabulary(store, each) for each in languages], bits)
        return bits

    def _matching_uri(self, uri: str, kinds: Sequence[str], language_id: int) -> int:
        for kind in kinds:
            if kind == "product":
                found = self.find_path(uri, language_id)
                if found is not None:
                    return 1 << found[0]
            elif kind == "category":
                category = find_category(self.reference, self.store_id, uri, language_id)
                if category is not None:
                    return self.fields["categories"].lookup.get(str(category.id), 0)
            elif kind == "brand":
                brand = find_brand(self.reference, uri, language_id)
                if brand is not None:
                    return self.fields["brands"].lookup.get(str(brand.id), 0)
            elif kind == "collection":
                collection = find_collection(self.reference, uri, language_id)
                if collection is not None:
                    return self.fields["collections"].lookup.get(str(collection.id), 0)
        return 0

    # -- order and pages

    def page(
        self,
        store: Store,
        result: Result,
        query: Query,
        language_id: int,
        market: Market,
        pricelist: Pricelist,
        now: int,
        skip: int = 0,
        limit: int | None = None,
    ) -> list[int]:
        """The display items of a page of the result, in the order asked for, else in the default order."""
        if limit == 0 or skip >= result.count:
            return []
        if not query.sort:
            return [self.main[place] for place in positions_of(result.bits, skip, limit)]
        order, ranks = self._order(store, tuple(query.sort), language_id, market, pricelist, now)
        if result.count * 8 < self.size:
            places = sorted(positions_of(result.bits), key=ranks.__getitem__)
            return [self.main[place] for place in places[skip : None if limit is None else skip + limit]]
        flags = result.bits.to_bytes((self.size + 7) // 8, "little")
        found: list[int] = []
        for place in order:
            if flags[place >> 3] >> (place & 7) & 1:
                if skip:
                    skip -= 1
                    continue
                found.append(self.main[place])
                if len(found) == limit:
                    break
        return found

    def _order(
        self,
        store: Store,
        sort: tuple[tuple[str, bool], ...],
        language_id: int,
        market: Market,
        pricelist: Pricelist,
        now: int,
    ) -> tuple[list[int], list[int]]:
        """All positions in an order, and the rank of each position in it."""
        prices: list[int | None] | None = None
        if any(name == "price" for name, _ in sort):
            prices = self.offer(store, market, pricelist, now).prices
        key = (sort, language_id, id(prices))
        found = self._orders.get(key)
        if found is not None and found[2] is prices:
            return found[0], found[1]
        order = list(range(self.size))
        for name, descending in reversed(sort):
            if name == "price":
                assert prices is not None
                order = _by_price(order, prices, descending)
            else:
                order.sort(key=self._sort_key(name, language_id), reverse=descending)
        ranks = [0] * self.size
        for rank, place in enumerate(order):
            ranks[place] = rank
        with self._lock:
            self._orders[key] = (order, ranks, prices)
            while len(self._orders) > _KEPT_ORDERS:
                self._orders.popitem(last=False)
        return order, ranks

    def _sort_key(self, name: str, language_id: int) -> Callable[[int], Any]:
        if name == "category_place":
            return self._sort_places.__getitem__
        if name == "uri":
            translated = {place: uri for uri, place in self._uris.get(language_id, {}).items()}
            return [translated.get(place, row["uri"]) for place, row in enumerate(self._first)].__getitem__
        if name == "collection_uri":
            collections = self.reference.collections
            uris = [
                collections[row["collection_id"]].uri if row["collection_id"] in collections else ""
                for row in self._first
            ]
            return uris.__getitem__
        return [row[name] for row in self._first].__getitem__

    # -- availability and prices

    def offer(self, store: Store, market: Market, pricelist: Pricelist, now: int) -> Offer:
        """What is available in a market and pricelist now, and the prices."""
        key = (market.id, pricelist.id)
        own = self._store_offers.setdefault(store, {})
        offer = own.get(key) or self._offers.get(key)
        if offer is not None and offer.start <= now < offer.until:
            if offer.stamps is store.stamps or (not offer.stamps and not store.stamps):
                return offer
            offer = self._refreshed(store, market, pricelist, now, offer)
        else:
            offer = self._new_offer(store, market, pricelist, now)
        if offer.stamps:
            own[key] = offer
        else:
            self._offers[key] = offer
        return offer

    def _new_offer(self, store: Store, market: Market, pricelist: Pricelist, now: int) -> Offer:
        with store.reading() as tx:
            stamps = store.stamps
            prices = rows.listed_prices(tx, self.store_id, pricelist.id)
            special = [*rows.items_in_campaigns(tx, self.store_id), *sorted(self.bundles)]
            found = records(tx, special)
            parts = with_parts(tx, found.values())
            sold = self._sold_sizes(tx, market)
            in_sets = stock.sellable(tx, market, [found[each] for each in self.bundles if each in found], parts)
        start, until = 0, _FOREVER
        for record in found.values():
            parts_of = {each: parts[each] for each in part_ids(record) if each in parts}
            price = pricing.price_of(record, market.id, pricelist.id, now, parts_of)
            if price.amount is None:
                prices.pop(record.id, None)
            else:
                prices[record.id] = price.amount
            first, last = pricing.steady_span(record, parts_of, now)
            start, until = max(start, first or 0), min(until, last or _FOREVER)
        by_size: dict[str, list[int]] = defaultdict(list)
        available = []
        for item_id, names in sold.items():
            place = self.position_of_item.get(item_id)
            if place is not None and item_id in prices:
                available.append(place)
                for name in names:
                    by_size[name].append(place)
        for item_id in self.bundles:
            if item_id in found and item_id in prices:
                in_stock = _sold_names(found[item_id], in_sets)
                if in_stock:
                    available.append(self.position_of_item[item_id])
                for name in in_stock:
                    by_size[name].append(self.position_of_item[item_id])
        return Offer(
            stamps,
            max(stamps.values(), default=0),
            bits_of(available, self.size),
            {name: bits_of(places, self.size) for name, places in by_size.items()},
            [prices.get(item_id) for item_id in self.main],
            start,
            until,
        )

    def _sold_sizes(self, tx: Transaction, market: Market) -> dict[int, tuple[str, ...]]:
        """Display item id -> names of the sizes that can be sold; bundles are left out."""
        rule = market.allocation_rule_id
        unchanged = not tx.store.stamps
        if unchanged and rule in self._sold:
            return self._sold[rule]
        warehouses = {each.id: each for each in stock.warehouses_of(self.reference, market)}
        found: dict[int, list[str]] = {}
        for item_id, name, infinite, preorder, offset, warehouse_id, free in stock_rows.listed_stock(
            tx, self.store_id, list(warehouses)
        ):
            if not (infinite or preorder):
                if warehouse_id is None:
                    continue
                if stock.sellable_pieces(free, warehouses[warehouse_id].threshold, offset) <= 0:
                    continue
            names = found.setdefault(item_id, [])
            if name not in names:
                names.append(name)
        sold = {item_id: tuple(names) for item_id, names in found.items()}
        if unchanged:
            self._sold[rule] = sold
        return sold

    def _refreshed(self, store: Store, market: Market, pricelist: Pricelist, now: int, offer: Offer) -> Offer:
        """The offer brought up to date for the display items that changed since."""
        with store.reading() as tx:
            stamps = store.stamps
            changed = {item_id for item_id, stamp in stamps.items() if stamp > offer.newest}
            bundles = records(tx, self.bundles)
            changed |= {each.id for each in bundles.values() if not changed.isdisjoint(part_ids(each))}
            places = {self.position_of_item[each] for each in changed if each in self.position_of_item}
            found = records(tx, [item_id for place in places for item_id in self.items[place]])
            parts = with_parts(tx, found.values())
            sellable = stock.sellable(tx, market, found.values(), parts)
        mask = ~bits_of(places, self.size)
        available = offer.available & mask
        by_size = {name: bits & mask for name, bits in offer.by_size.items()}
        prices = offer.prices
        start, until = offer.start, offer.until
        for record in found.values():
            place = self.position_of_item[record.id]
            parts_of = {each: parts[each] for each in part_ids(record) if each in parts}
            price = pricing.price_of(record, market.id, pricelist.id, now, parts_of)
            first, last = pricing.steady_span(record, parts_of, now)
            start, until = max(start, first or 0), min(until, last or _FOREVER)
            if self.main[place] == record.id and prices[place] != price.amount:
                prices = prices.copy() if prices is offer.prices else prices
                prices[place] = price.amount
            if price.amount is not None and record.is_active:
                names = _sold_names(record, sellable)
                if names:
                    available |= 1 << place
                for name in names:
                    by_size[name] = by_size.get(name, 0) | 1 << place
        newest = max(stamps.values(), default=0)
        return Offer(stamps, newest, available, by_size, prices, start, until)


def _sold_names(record: ProductRecord, sellable: Mapping[int, Any]) -> list[str]:
    return [
        size.name
        for size in record.sizes
        if stock.never_runs_short(size) or sellable.get(size.id, stock.NOTHING).total > 0
    ]


def _by_price(order: list[int], prices: Sequence[int | None], descending: bool) -> list[int]:
    """Sorted by price, those without one last in both directions."""
    priced = [place for place in order if prices[place] is not None]
    priced.sort(key=prices.__getitem__, reverse=descending)  # type: ignore[arg-type]
    return priced + [place for place in order if prices[place] is None]


def find_category(reference: Reference, store_id: int, uri: str, language_id: int) -> Category | None:
    """The category with that full URI in the language, else in the main one."""
    for each in (language_id, reference.default_language.id):
        key = ("category uris", store_id, each)
        uris: dict[str, Category] | None = reference.memo.get(key)
        if uris is None:
            uris = reference.memo[key] = {
                reference.category_uri(category, each): category
                for category in reference.categories.values()
                if category.store_id == store_id
            }
        if uri in uris:
            return uris[uri]
    return None


def find_brand(reference: Reference, uri: str, language_id: int) -> Brand | None:
    """The active brand with that URI in the language, else in the main one."""
    return _with_uri(reference.brands.values(), uri, language_id)


def find_collection(reference: Reference, uri: str, language_id: int) -> Collection | None:
    """The active collection with that URI in the language, else in the main one."""
    return _with_uri(reference.collections.values(), uri, language_id)


def _with_uri(named: Iterable[_Named], uri: str, language_id: int) -> _Named | None:
    active = [each for each in named if each.is_active]
    translated = (each for each in active if each.texts.get(language_id, {}).get("uri") == uri)
    return next(translated, None) or next((each for each in active if each.uri == uri), None)


class _Listings:
    """The listings of one state of the catalogue, by what else they were made from."""

    def __init__(self) -> None:
        self.kept: list[Listing] = []

    def find(self, store: Store, store_id: int) -> Listing | None:
        """The one of a shop's store that was made from the shop's reference data, attributes and settings of now."""
        reference, attributes = reference_of(store), attributes_of(store)
        filters = settings_of(store)["checkout.product_filters"]
        for each in self.kept:
            if (
                each.store_id == store_id
                and each.reference is reference
                and each.attributes is attributes
                and each.filters == filters
            ):
                return each
        return None

    def add(self, listing: Listing) -> None:
        self.kept = [listing, *self.kept[: _KEPT_LISTINGS - 1]]


def _listings_of(store: Store) -> _Listings:
    return store.derived("catalogue", lambda _: _Listings())


def listing_of(store: Store, store_id: int) -> Listing:
    """The index over the displays of a store. Whoever adds, removes or renames things in it touches `catalogue`."""
    found = _listings_of(store).find(store, store_id)
    if found is not None:
        return found
    with store.reading() as tx:
        # asked for again under the lock: by now the shop may have changed, and what it had is other shops' own
        listings = _listings_of(store)
        found = listings.find(store, store_id)
        if found is None:
            found = Listing(tx, store_id, reference_of(store), attributes_of(store))
            if not tx.has_changes:
                listings.add(found)
    return found
