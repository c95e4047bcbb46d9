"""A store as the checks of the seed look at it: its tables, and what a webshop would show of them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mockcentra.commerce import pricing, stock
from mockcentra.commerce.catalogue import records, with_parts
from mockcentra.commerce.model import Price, ProductRecord, Sellable, SizeRecord
from mockcentra.commerce.reference import Country, Market, Pricelist, Reference, reference_of
from mockcentra.store import Transaction
from mockcentra.store import checks as rows
from mockcentra.store.clock import from_local
from mockcentra.store.database import Row, from_json

DTC, WHOLESALE = 1, 2
DEFAULT_PRODUCTS, DEFAULT_ORDERS = 120, 176
FOREVER = from_local("2099-12-31")
FIRST = 12
"""So many displays begin every list (seed.md 5)."""

Problems = Iterable[str]


@dataclass(frozen=True, slots=True)
class Check:
    """A promise of seed.md and how it is tested.

    section   where it stands: `5`, or `18` of domain.md as `domain 18`
    name      a short name, unique
    says      the promise in a sentence
    run       yields what is wrong; None: the rules behind it do not exist yet
    """

    section: str
    name: str
    says: str
    run: Callable[["Shop"], Problems] | None = None


class Shop:
    """Rows of tables, read once, and the catalogue of the Retail store as the rules see it."""

    def __init__(self, tx: Transaction) -> None:
        self.tx = tx
        self._tables: dict[str, list[Row]] = {}
        self._by: dict[tuple[str, str], dict[Any, list[Row]]] = {}
        self._sellable: dict[int, dict[int, Sellable]] = {}
        self._prices: dict[tuple[int, int, int], Price] = {}

    # -- rows

    def table(self, name: str) -> list[Row]:
        if name not in self._tables:
            self._tables[name] = rows.table(self.tx, name)
        return self._tables[name]

    def by(self, name: str, column: str) -> dict[Any, list[Row]]:
        """The rows of a table by the value of a column."""
        key = (name, column)
        if key not in self._by:
            found: dict[Any, list[Row]] = defaultdict(list)
            for row in self.table(name):
                found[row[column]].append(row)
            self._by[key] = found
        return self._by[key]

    def of(self, name: str, column: str, value: Any) -> list[Row]:
        return self.by(name, column).get(value, [])

    def one(self, name: str, column: str, value: Any) -> Row | None:
        found = self.of(name, column, value)
        return found[0] if found else None

    @cached_property
    def meta(self) -> dict[str, str]:
        return rows.meta(self.tx)

    @cached_property
    def as_of(self) -> int:
        """The day of the seed, in unix seconds."""
        return from_local(self.meta.get("as_of", "2026-09-01"))

    @cached_property
    def now(self) -> int:
        """The day of the seed, or the store's own time when that is later: what a shopper sees today."""
        return max(self.as_of, self.tx.now)

    @cached_property
    def is_default_size(self) -> bool:
        """Whether there are as many products as the fixtures name; larger catalogues have floors instead of counts."""
        return len(self.of("products", "kind", "normal")) <= DEFAULT_PRODUCTS

    # -- reference data

    @cached_property
    def reference(self) -> Reference:
        return reference_of(self.tx.store)

    @cached_property
    def markets(self) -> list[Market]:
        """The markets of the Retail store."""
        return self.reference.markets_of(DTC)

    @cached_property
    def pricelists(self) -> list[Pricelist]:
        """The pricelists of the Retail store."""
        return self.reference.pricelists_of(DTC)

    def market(self, name: str) -> Market | None:
        return next((market for market in self.markets if market.name == name), None)

    def pricelist(self, name: str) -> Pricelist | None:
        return next((pricelist for pricelist in self.pricelists if pricelist.name == name), None)

    @cached_property
    def shipping_countries(self) -> list[Country]:
        return [country for country in self.reference.countries.values() if self.reference.ships_to(DTC, country.id)]

    def place_of(self, country: Country) -> tuple[Market, Pricelist]:
        """The market and pricelist that a shopper in the country gets."""
        reference = self.reference
        return (
            reference.own_market(DTC, country.id) or reference.default_market(DTC),
            reference.own_pricelist(DTC, country.id) or reference.default_pricelist(DTC),
        )

    def translated(self, object_type: str) -> dict[str, dict[int, set[str]]]:
        """Language code -> object id -> the fields that are translated."""
        codes = {language["id"]: language["code"] for language in self.table("languages")}
        found: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
        for row in self.of("translations", "object_type", object_type):
            found[codes[row["language_id"]]][row["object_id"]].add(row["field"])
        return found

    # -- the catalogue of the Retail store

    @cached_property
    def records(self) -> dict[int, ProductRecord]:
        """Every display item of the Retail store, switched off or not."""
        found: dict[int, ProductRecord] = {}
        for part in rows.in_batches(rows.item_ids(self.tx, DTC)):
            found.update(records(self.tx, part))
        return found

    @cached_property
    def goods(self) -> list[ProductRecord]:
        """The active display items that are no bundles."""
        return [record for record in self.records.values() if record.is_active and record.bundle is None]

    @cached_property
    def parts(self) -> dict[int, ProductRecord]:
        return with_parts(self.tx, [record for record in self.records.values() if record.bundle is not None])

    @cached_property
    def by_display(self) -> dict[int, list[ProductRecord]]:
        """The active display items of each display, in its order."""
        found: dict[int, list[ProductRecord]] = {}
        for record in self.records.values():
            if record.siblings and record.siblings[0] == record.id:
                found[record.display_id] = [self.records[item] for item in record.siblings if item in self.records]
        return found

    def display_of(self, uri: str) -> list[ProductRecord]:
        """The active display items of the display with that URI."""
        return next((found for found in self.by_display.values() if found[0].uri == uri), [])

    def listed(self, market: Market) -> list[ProductRecord]:
        """What a list of the market shows, in the default order: the first display item of each display."""
        shown = [
            found[0] for found in self.by_display.values() if found[0].is_active and market.id in found[0].market_ids
        ]
        return sorted(shown, key=default_order)

    @cached_property
    def first(self) -> list[list[ProductRecord]]:
        """The displays that begin the list of the default market, each with all its display items."""
        listed = self.listed(self.reference.default_market(DTC))
        return [self.by_display[record.display_id] for record in listed[:FIRST]]

    def price(self, record: ProductRecord, market: Market, pricelist: Pricelist) -> Price:
        key = (record.id, market.id, pricelist.id)
        if key not in self._prices:
            self._prices[key] = pricing.price_of(record, market.id, pricelist.id, self.now, self.parts)
        return self._prices[key]

    def sellable(self, market: Market) -> dict[int, Sellable]:
        """Product size -> what can be sold of it in the market."""
        if market.id not in self._sellable:
            found: dict[int, Sellable] = {}
            everything = list(self.records.values())
            for start in range(0, len(everything), 500):
                part = everything[start : start + 500]
                found.update(stock.sellable(self.tx, market, part, self.parts))
            self._sellable[market.id] = found
        return self._sellable[market.id]

    def pieces(self, size: SizeRecord, market: Market) -> int:
        return self.sellable(market).get(size.id, stock.NOTHING).total

    def is_ordinary(self, record: ProductRecord, market: Market, pricelist: Pricelist) -> bool:
        """Active, priced and in stock here, sold one by one, neither a bundle nor a pre-order (seed.md 5)."""
        return (
            record.is_active
            and record.bundle is None
            and market.id in record.market_ids
            and pricelist.id in record.prices
            and (record.minimum_quantity, record.multiple_of) == (1, 1)
            and not any(size.is_preorder for size in record.sizes)
            and any(self.pieces(size, market) > 0 for size in record.sizes)
        )

    @cached_property
    def everywhere(self) -> set[int]:
        """Display items that are in all markets of the Retail store and have a price in all its pricelists."""
        markets = {market.id for market in self.markets}
        pricelists = {pricelist.id for pricelist in self.pricelists}
        return {
            record.id
            for record in self.records.values()
            if record.is_active and markets <= record.market_ids and pricelists <= set(record.prices)
        }

    @cached_property
    def levels(self) -> dict[int, dict[int, tuple[int, int]]]:
        """Product size -> warehouse -> (physical, allocated)."""
        found: dict[int, dict[int, tuple[int, int]]] = defaultdict(dict)
        for row in self.table("stock"):
            found[row["product_size_id"]][row["warehouse_id"]] = (row["physical"], row["allocated"])
        return found

    def free(self, size_id: int) -> dict[int, int]:
        """Warehouse -> what is free to allocate there, without what is 0."""
        levels = self.levels.get(size_id, {})
        return {
            warehouse: physical - allocated
            for warehouse, (physical, allocated) in levels.items()
            if physical > allocated
        }

    # -- orders of the Retail store

    @cached_property
    def orders(self) -> list[Row]:
        return self.of("orders", "store_id", DTC)

    def addresses(self, order: Row) -> tuple[dict[str, str], dict[str, str]]:
        """The address of whoever pays, and where the goods go to."""
        return from_json(order["address_json"]), from_json(order["shipping_address_json"])

    def code(self, table: str, row_id: int | None) -> str:
        """The code (or name) of a country, state, currency, market or pricelist."""
        row = self.one(table, "id", row_id)
        if row is None:
            return ""
        return row["code"] if "code" in row.keys() else row["name"]  # noqa: SIM118


def default_order(record: ProductRecord) -> tuple[int, int]:
    """Where a display stands in a list: by the sort number in its main category, then by id (checkout-api.md 8.1)."""
    main = next((sort for category, sort in record.categories if category == record.category_id), 0)
    return main, record.id


def expect(found: Any, wanted: Any, what: str) -> Iterator[str]:
    """A problem when something is not what it should be."""
    if found != wanted:
        yield f"{what}: {found}, expected {wanted}"


def differences(found: Mapping[Any, Any], wanted: Mapping[Any, Any], what: str) -> Iterator[str]:
    """A problem for every key whose value is missing, not wanted, or another one."""
    for key in [*wanted, *(key for key in found if key not in wanted)]:
        if found.get(key) != wanted.get(key):
            yield f"{what} {key}: {found.get(key, 'missing')}, expected {wanted.get(key, 'none')}"


def at_least(found: int, floor: int, what: str) -> Iterator[str]:
    """A problem when there are too few of something."""
    if found < floor:
        yield f"{what}: {found}, expected at least {floor}"


def count(shop: Shop, found: int, wanted: int, what: str) -> Iterator[str]:
    """A problem when a number is not that of the default size, or of a larger one too small."""
    yield from expect(found, wanted, what) if shop.is_default_size else at_least(found, wanted, what)


def rows_as(table: Sequence[Row], *columns: str) -> list[tuple[Any, ...]]:
    """Some columns of rows as tuples."""
    return [tuple(row[column] for column in columns) for row in table]
