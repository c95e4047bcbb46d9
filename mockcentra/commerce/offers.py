"""What is available in a market and pricelist, and at what prices: bitmaps and columns over the places of an index."""

import weakref
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from mockcentra.commerce import pricing, stock
from mockcentra.commerce.catalogue import part_ids, records, with_parts
from mockcentra.commerce.facets import bits_of
from mockcentra.commerce.listing_index import Index
from mockcentra.commerce.model import ProductRecord
from mockcentra.commerce.reference import Market, Pricelist, Reference
from mockcentra.store import Store, Transaction
from mockcentra.store import listing as rows
from mockcentra.store import stock as stock_rows

_FOREVER = 1 << 62


@dataclass(frozen=True, slots=True)
class Offer:
    """What is available in a market and pricelist, and at what price the displays' first items are."""

    stamps: Mapping[int, int]  # of the shop when it was made (see `Store.stamps`)
    newest: int
    available: int  # bits
    by_size: Mapping[str, int]  # bits by the names of sizes
    prices: list[int | None]  # by place
    start: int  # it holds from this moment
    until: int  # to before this one
    pending: frozenset[int] = frozenset()  # places that have to be looked at again

    def is_of(self, store: Store) -> bool:
        """Whether nothing of the shop has changed since it was made."""
        return not self.pending and (self.stamps is store.stamps or (not self.stamps and not store.stamps))


class Offers:
    """The offers over an index, made when first asked for and brought up to date for the items that changed."""

    def __init__(self, index: Index, reference: Reference) -> None:
        self._index = index
        self._reference = reference
        self._shared: dict[tuple[int, int], Offer] = {}
        self._of_stores: weakref.WeakKeyDictionary[Store, dict[tuple[int, int], Offer]] = weakref.WeakKeyDictionary()
        self._sold: dict[int, dict[int, tuple[str, ...]]] = {}

    def carried(self, store: Store, index: Index, reference: Reference, places: frozenset[int]) -> "Offers":
        """What stays right for a shop over the next index and other reference data; these places changed."""
        found = Offers(index, reference)
        known = {**self._shared, **self._of_stores.get(store, {})}
        outdated = ~bits_of(places, index.size)
        more: list[int | None] = [None] * (index.size - self._index.size)
        found._of_stores[store] = {
            key: replace(
                offer,
                available=offer.available & outdated,
                by_size={name: bits & outdated for name, bits in offer.by_size.items()},
                prices=offer.prices + more if more else offer.prices,
                pending=offer.pending | places,
            )
            for key, offer in known.items()
            if _sells_alike(self._reference, reference, *key)
        }
        return found

    def of(self, store: Store, market: Market, pricelist: Pricelist, now: int) -> Offer:
        """What is available in a market and pricelist now, and the prices."""
        key = (market.id, pricelist.id)
        own = self._of_stores.setdefault(store, {})
        offer = own.get(key) or self._shared.get(key)
        if offer is not None and offer.start <= now < offer.until:
            if offer.is_of(store):
                return offer
            offer = self._refreshed(store, market, pricelist, now, offer)
        else:
            offer = self._new(store, market, pricelist, now)
        if offer.stamps:
            own[key] = offer
        else:
            self._shared[key] = offer
        return offer

    def _new(self, store: Store, market: Market, pricelist: Pricelist, now: int) -> Offer:
        index = self._index
        with store.reading() as tx:
            stamps = store.stamps
            prices = rows.prices(tx, index.store_id, pricelist.id)
            special = [*rows.items_in_campaigns(tx, index.store_id), *sorted(index.bundles)]
            found = records(tx, special)
            parts = with_parts(tx, found.values())
            sold = self._sold_sizes(tx, market)
            in_sets = stock.sellable(tx, market, [found[each] for each in index.bundles if each in found], parts)
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
            place = index.place_of_item.get(item_id)
            if place is not None and item_id in prices:
                available.append(place)
                for name in names:
                    by_size[name].append(place)
        for item_id in index.bundles:
            if item_id in found and item_id in prices:
                in_stock = _sold_names(found[item_id], in_sets)
                if in_stock:
                    available.append(index.place_of_item[item_id])
                for name in in_stock:
                    by_size[name].append(index.place_of_item[item_id])
        return Offer(
            stamps,
            max(stamps.values(), default=0),
            bits_of(available, index.size),
            {name: bits_of(places, index.size) for name, places in by_size.items()},
            [None if slot is None else prices.get(slot.items[0]) for slot in index.slots],
            start,
            until,
        )

    def _sold_sizes(self, tx: Transaction, market: Market) -> dict[int, tuple[str, ...]]:
        """Display item id -> names of the sizes that can be sold; bundles are left out."""
        rule = market.allocation_rule_id
        unchanged = not tx.store.stamps
        if unchanged and rule in self._sold:
            return self._sold[rule]
        warehouses = {each.id: each for each in stock.warehouses_of(self._reference, market)}
        found: dict[int, list[str]] = {}
        for item_id, name, infinite, preorder, offset, warehouse_id, free in stock_rows.listed_stock(
            tx, self._index.store_id, list(warehouses)
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
        index = self._index
        with store.reading() as tx:
            stamps = store.stamps
            changed = {item_id for item_id, stamp in stamps.items() if stamp > offer.newest}
            changed.update(item for place in offer.pending for item in index.items_at(place))
            bundles = records(tx, index.bundles)
            changed |= {each.id for each in bundles.values() if not changed.isdisjoint(part_ids(each))}
            places = {index.place_of_item[each] for each in changed if each in index.place_of_item}
            found = records(tx, [item_id for place in places for item_id in index.items_at(place)])
            parts = with_parts(tx, found.values())
            sellable = stock.sellable(tx, market, found.values(), parts)
        mask = ~bits_of(places, index.size)
        available = offer.available & mask
        by_size = {name: bits & mask for name, bits in offer.by_size.items()}
        prices = offer.prices.copy()
        start, until = offer.start, offer.until
        for record in found.values():
            place = index.place_of_item[record.id]
            parts_of = {each: parts[each] for each in part_ids(record) if each in parts}
            price = pricing.price_of(record, market.id, pricelist.id, now, parts_of)
            first, last = pricing.steady_span(record, parts_of, now)
            start, until = max(start, first or 0), min(until, last or _FOREVER)
            if index.items_at(place)[0] == record.id:
                prices[place] = price.amount
            if price.amount is not None and record.is_active:
                names = _sold_names(record, sellable)
                if names:
                    available |= 1 << place
                for name in names:
                    by_size[name] = by_size.get(name, 0) | 1 << place
        # the very list of before where no price differs: orders by price that were made of it stay right
        prices = offer.prices if prices == offer.prices else prices
        return Offer(stamps, max(stamps.values(), default=0), available, by_size, prices, start, until)


def _sold_names(record: ProductRecord, sellable: Mapping[int, Any]) -> list[str]:
    return [
        size.name
        for size in record.sizes
        if stock.never_runs_short(size) or sellable.get(size.id, stock.NOTHING).total > 0
    ]


def _sells_alike(before: Reference, after: Reference, market_id: int, pricelist_id: int) -> bool:
    """Whether a market and pricelist sell by the same terms under both."""
    if before is after:
        return True
    return before.pricelists.get(pricelist_id) == after.pricelists.get(pricelist_id) and _terms(
        before, market_id
    ) == _terms(after, market_id)


def _terms(reference: Reference, market_id: int) -> Iterable[Any] | None:
    market = reference.markets.get(market_id)
    return None if market is None else [market, *stock.warehouses_of(reference, market)]
