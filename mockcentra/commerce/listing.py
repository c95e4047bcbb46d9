"""Lists of products: which displays a market has, how they are filtered, searched, sorted and paged.

A `Listing` is an index over the displays of a store (commerce/listing_index.py): displays have places, sets of them are
bitmaps (commerce/facets.py). Words (commerce/listing_texts.py), and availability and prices, which change often
(commerce/offers.py), are kept apart. When displays change, the next listing is made of the one before.
"""

import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, TypeVar

from mockcentra.commerce import facets
from mockcentra.commerce.attributes import AttributeCatalogue, attributes_of
from mockcentra.commerce.facets import FilterField, bits_of, positions_of
from mockcentra.commerce.listing_index import Index, Slot, brought_up, built, groups_of
from mockcentra.commerce.listing_texts import Texts, carried, read, with_newer
from mockcentra.commerce.offers import Offers
from mockcentra.commerce.reference import Brand, Category, Collection, Market, Pricelist, Reference, reference_of
from mockcentra.commerce.search import Lexicon, Vocabulary, search, words
from mockcentra.commerce.settings import settings_of
from mockcentra.store import Store, Transaction
from mockcentra.store import listing as listing_rows

SORT_FIELDS = ("uri", "category_place", "collection_uri", "price", "created_at", "updated_at")
SIZE_FIELD = "sizes"
_SIZES_IN_SETTING = "items.name"  # how the list of filters, a setting of the Checkout API, calls them
_MADE_OF = ("reference", "attributes", "settings")  # derived values (see `Store.derived`)
_KEPT_ORDERS = 16
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


class Listing:
    """An index with what it is filtered, searched and sorted by; immutable but for what it works out when needed."""

    def __init__(
        self,
        tx: Transaction,
        index: Index,
        offers: Offers,
        texts: dict[int, Texts],
        reference: Reference,
        attributes: AttributeCatalogue,
        filters: Sequence[str],
    ) -> None:
        self.index = index
        self.offers = offers
        self.reference = reference
        self.attributes = attributes
        self.filters = filters
        self.stamps = tx.store.listed_stamps
        sizes = listing_rows.order_of_sizes(tx)
        self.sizes = facets.text_field(SIZE_FIELD, "sizes", index.bits.get("sizes", {}), sizes)
        self.fields = {each.name: each for each in self._fields()}
        self.memo: dict[Any, Any] = {}  # what faces derive from this very listing
        self._texts = texts
        self._names: dict[int, Vocabulary] = {}
        self._orders: OrderedDict[tuple[Any, ...], tuple[list[int], list[int], list[int | None] | None]] = OrderedDict()
        self._lock = threading.Lock()

    def _fields(self) -> list[FilterField]:
        reference, bits = self.reference, self.index.bits
        fields = [
            facets.plain_field("brands", reference.brands.values(), bits.get("brands", {})),
            facets.plain_field(
                "categories",
                reference.categories.values(),
                facets.category_bits(reference, bits.get("categories", {})),
            ),
            facets.plain_field("collections", reference.collections.values(), bits.get("collections", {})),
        ]
        fields += [
            facets.attribute_field(self.attributes, chosen, bits.get(chosen.group, {}))
            for chosen in facets.attribute_fields(self.attributes, self.filters)
        ]
        if _SIZES_IN_SETTING in self.filters:
            fields.append(self.sizes)
        return fields

    def is_of(self, store: Store) -> bool:
        """Whether it was made of the shop's displays, reference data, attributes and settings of now."""
        return (
            self.reference is reference_of(store)
            and self.attributes is attributes_of(store)
            and self.filters == _filters_of(store)
            and (self.stamps is store.listed_stamps or (not self.stamps and not store.listed_stamps))
        )

    def next(self, tx: Transaction) -> "Listing | None":
        """The listing of a shop that has changed since; None when making a new one is less work.

        `tx` may have changes of its own, which nobody else sees yet.
        """
        store = tx.store
        newest = max(self.stamps.values(), default=0)
        changed = {item_id for item_id, stamp in store.listed_stamps.items() if stamp > newest} | tx.touched_listed
        reference, attributes, filters = reference_of(store), attributes_of(store), _filters_of(store)
        fields = facets.attribute_fields(attributes, filters)
        if groups_of(fields) != self.index.attribute_groups:
            return None
        if not changed:
            offers = self.offers.carried(store, self.index, reference, frozenset())
            return Listing(tx, self.index, offers, dict(self._texts), reference, attributes, filters)
        found = brought_up(tx, self.index, attributes, changed)
        if found is None:
            return None
        index, changes = found
        offers = self.offers.carried(store, index, reference, changes.places)
        texts = carried(self._texts, changes, index.size)
        return Listing(tx, index, offers, texts, reference, attributes, filters)

    @property
    def size(self) -> int:
        """The number of places of the index."""
        return self.index.size

    def main_item(self, place: int) -> int:
        """The display item by which the display at a place is shown in lists."""
        return self.index.items_at(place)[0]

    # -- finding by URI

    def find_uri(self, uri: str, language_id: int) -> int | None:
        """The place of the display with that URI in the language, else in the main one."""
        main_id = self.reference.default_language.id
        for each in (language_id, main_id):
            uris = self.index.main_uris if each == main_id else self.index.uris.get(each, {})
            if uri in uris:
                return uris[uri]
        return None

    def find_path(self, path: str, language_id: int) -> tuple[int, Category | None] | None:
        """The display that a path leads to, `slim-jeans` or `jeans/slim-jeans`, and the category that it names."""
        front, slash, last = path.rpartition("/")
        place = self.find_uri(last, language_id)
        if place is None or not slash:
            return None if place is None else (place, None)
        category = find_category(self.reference, self.index.store_id, front, language_id)
        if category is None or not self.fields["categories"].lookup.get(str(category.id), 0) >> place & 1:
            return None
        return place, category

    # -- texts

    def lexicon(self, store: Store, language_id: int) -> Lexicon:
        """The words of a language by which displays are found: their own, and the names of what they belong to."""
        texts = self._texts.get(language_id)
        if texts is None or (texts.changed and texts.newer is None):
            is_main = language_id == self.reference.default_language.id
            with store.reading() as tx:
                if texts is None:
                    texts = read(tx, self.index, language_id, is_main)
                else:
                    texts = with_newer(tx, self.index, texts, language_id, is_main)
                # a shop that has changed meanwhile keeps its words from the others that share this listing
                if not tx.has_changes and _listings_of(store).find(store, self.index.store_id) is self:
                    self._texts[language_id] = texts
        names = self._names.get(language_id)
        if names is None:
            names = self._names[language_id] = Vocabulary((), self.size, self._words_of_names(language_id))
        return Lexicon([*texts.parts, (names, -1)])

    def _words_of_names(self, language_id: int) -> dict[str, int]:
        """The words of the names of brands, collections and categories, with the bitmaps of their displays."""
        found: dict[str, int] = {}
        for name in ("brands", "categories", "collections"):
            for value in self.fields[name].values:
                source = value.source
                for word in words(source.texts.get(language_id, {}).get("name", source.name)):
                    found[word] = found.get(word, 0) | value.bits
        return found

    # -- filtering

    def market_bits(self, market_ids: Iterable[int]) -> int:
        """The displays of any of these markets."""
        bits = 0
        for market_id in market_ids:
            bits |= self._in_market(market_id)
        return bits

    def _in_market(self, market_id: int) -> int:
        return self.index.bits.get("markets", {}).get(market_id, 0)

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
                    offer = self.offers.of(store, each, pricelist, now)
                    if sizes is None:
                        available |= offer.available & self._in_market(each.id)
                    else:
                        for name in sizes:
                            available |= offer.by_size.get(name, 0) & self._in_market(each.id)
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
        bits = (1 << self.size) - 1
        if query.display_item_ids is not None:
            places = (self.index.place_of_item.get(item_id) for item_id in query.display_item_ids)
            bits &= bits_of((place for place in places if place is not None), self.size)
        if query.product_id is not None:
            bits &= bits_of(self.index.places_of_product.get(query.product_id, ()), self.size)
        if query.uri is not None:
            bits &= self._matching_uri(query.uri, query.uri_kinds, language_id)
        if query.search.strip():
            main_id = self.reference.default_language.id
            languages = dict.fromkeys((language_id, main_id))
            bits = search(query.search, [self.lexicon(store, each) for each in languages], bits)
        return bits

    def _matching_uri(self, uri: str, kinds: Sequence[str], language_id: int) -> int:
        for kind in kinds:
            if kind == "product":
                found = self.find_path(uri, language_id)
                if found is not None:
                    return 1 << found[0]
            elif kind == "category":
                category = find_category(self.reference, self.index.store_id, uri, language_id)
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
        if not query.sort and self.index.order is None:
            return [self.main_item(place) for place in positions_of(result.bits, skip, limit)]
        order, ranks = self._order(store, tuple(query.sort), language_id, market, pricelist, now)
        if result.count * 8 < self.size:
            places = sorted(positions_of(result.bits), key=ranks.__getitem__)
            return [self.main_item(place) for place in places[skip : None if limit is None else skip + limit]]
        flags = result.bits.to_bytes((self.size + 7) // 8, "little")
        found: list[int] = []
        for place in order:
            if flags[place >> 3] >> (place & 7) & 1:
                if skip:
                    skip -= 1
                    continue
                found.append(self.main_item(place))
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
        """All places in an order, and the rank of each place in it."""
        prices: list[int | None] | None = None
        if any(name == "price" for name, _ in sort):
            prices = self.offers.of(store, market, pricelist, now).prices
        key = (sort, language_id, id(prices))
        found = self._orders.get(key)
        if found is not None and found[2] is prices:
            return found[0], found[1]
        order = list(range(self.size) if self.index.order is None else self.index.order)
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
        if name == "uri":
            return self._column(lambda slot: dict(slot.uris).get(language_id, slot.uri))
        if name == "collection_uri":
            uris = {collection.id: collection.uri for collection in self.reference.collections.values()}
            return self._column(lambda slot: uris.get(slot.collection_id or 0, ""))
        return self._column(attrgetter(name))

    def _column(self, of_slot: Callable[[Slot], Any]) -> Callable[[int], Any]:
        return [None if slot is None else of_slot(slot) for slot in self.index.slots].__getitem__


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
    """The listings of the shops that are made from one template, by store."""

    def __init__(self) -> None:
        self.shared: dict[int, Listing] = {}  # of the shops that have nothing of their own in it
        self.of_stores: weakref.WeakKeyDictionary[Store, dict[int, Listing]] = weakref.WeakKeyDictionary()

    def find(self, store: Store, store_id: int) -> Listing | None:
        """The listing of a shop's store as it is now."""
        for known in (self.of_stores.get(store), self.shared):
            listing = None if known is None else known.get(store_id)
            if listing is not None and listing.is_of(store):
                return listing
        return None

    def before(self, store: Store, store_id: int) -> Listing | None:
        """The listing that the shop's store had last, else the one that all shops begin with."""
        return self.of_stores.get(store, {}).get(store_id) or self.shared.get(store_id)

    def keep(self, store: Store, listing: Listing) -> None:
        """Keeps a listing for the shop, and for all others where nothing of the shop is its own."""
        is_own = bool(store.listed_stamps) or any(map(store.is_own, _MADE_OF))
        known = self.of_stores.setdefault(store, {}) if is_own else self.shared
        known[listing.index.store_id] = listing


def _listings_of(store: Store) -> _Listings:
    return store.derived("catalogue", lambda _: _Listings())


def _filters_of(store: Store) -> Sequence[str]:
    found: Sequence[str] = settings_of(store)["checkout.product_filters"]
    return found


def listing_of(store: Store, store_id: int) -> Listing:
    """The listing of a store. Whoever changes what it finds and orders displays by says so with `tx.touch_listed`."""
    if not store.is_relisting:
        found = _listings_of(store).find(store, store_id)
        if found is not None:
            return found
    with store.reading() as tx:
        # asked for again under the lock: by now the shop may have changed, and what it had is other shops' own
        listings = _listings_of(store)
        found = None if tx.touched_listed else listings.find(store, store_id)
        if found is None:
            before = listings.before(store, store_id)
            found = (before and before.next(tx)) or _new(tx, store_id)
            if not tx.has_changes:
                listings.keep(store, found)
    return found


def _new(tx: Transaction, store_id: int) -> Listing:
    reference, attributes, filters = reference_of(tx.store), attributes_of(tx.store), _filters_of(tx.store)
    fields = facets.attribute_fields(attributes, filters)
    index = built(tx, store_id, attributes, groups_of(fields))
    return Listing(tx, index, Offers(index, reference), {}, reference, attributes, filters)
