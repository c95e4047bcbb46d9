"""The reference data of a shop as immutable objects: places, markets, pricelists, languages, tax rules, methods.

Loaded once and shared until a transaction touches `reference`; all rules and faces read it without a lock.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import msgspec
from msgspec import Struct

from mockcentra.commerce.money import format_amount, percent_of
from mockcentra.store import Store, Transaction
from mockcentra.store import reference as rows
from mockcentra.store.database import Row, from_json

Texts = dict[int, dict[str, str]]  # language id -> field -> text


class Currency(Struct, frozen=True):
    """A currency: how its amounts are written, what it rounds to, and its rate to the base currency in millionths."""

    id: int
    code: str
    name: str
    uri: str
    prefix: str
    suffix: str
    decimal_point: str
    thousands_separator: str
    decimals: int
    denominator: int
    rate_micro: int

    def text(self, amount: int) -> str:
        """The amount (hundredths) as shoppers read it."""
        return format_amount(
            amount, self.prefix, self.suffix, self.decimal_point, self.thousands_separator, self.decimals
        )


class Language(Struct, frozen=True):
    """A language that the shop speaks; everything has its texts in the default one."""

    id: int
    code: str
    name: str
    is_default: bool


class State(Struct, frozen=True):
    """A state or province of a country."""

    id: int
    country_id: int
    code: str
    name: str


class Country(Struct, frozen=True):
    """A country that the shop knows, with its states."""

    id: int
    code: str
    name: str
    eu: bool
    language_id: int | None
    states: tuple[State, ...] = ()
    texts: Texts = msgspec.field(default_factory=dict)

    def named(self, language_id: int) -> str:
        return self.texts.get(language_id, {}).get("name", self.name)


class Channel(Struct, frozen=True):
    """A store in Centra's sense, a sales channel; called so here because `Store` is the database."""

    id: int
    name: str
    type: str
    base_currency_id: int
    home_country_id: int | None
    default_tax_group_id: int | None


class Market(Struct, frozen=True):
    """A market: which goods its countries see, and which warehouses serve them. Active ones only."""

    id: int
    store_id: int
    name: str
    is_default: bool
    allocation_rule_id: int
    country_ids: frozenset[int]


class Pricelist(Struct, frozen=True):
    """A pricelist: its currency, and the countries whose shoppers get it of their own accord. Active ones only."""

    id: int
    store_id: int
    name: str
    is_default: bool
    currency_id: int
    country_ids: frozenset[int]
    shipping_option_id: int | None


class Load(Struct, frozen=True):
    """What is to be shipped: its worth in hundredths, the number of pieces, and their weight in grams."""

    worth: int = 0
    pieces: int = 0
    grams: int = 0


class ShippingRange(Struct, frozen=True):
    """What shipping costs from so much on."""

    start: int
    cost: int
    percent: int  # hundredths of a percent of what is shipped, beside the cost


class ShippingRanges(Struct, frozen=True):
    """The ranges of a group in one currency, by where they start; `kind` is total, items or weight."""

    kind: str
    steps: tuple[ShippingRange, ...]


class ShippingGroup(Struct, frozen=True):
    """Countries to which an option costs the same."""

    id: int
    country_ids: frozenset[int]
    ranges: dict[int, ShippingRanges]  # by currency


class ShippingOption(Struct, frozen=True):
    """A shipping option: where it ships, and what that costs. Active ones only."""

    id: int
    store_ids: frozenset[int]
    market_ids: frozenset[int] | None  # None: every market of its stores
    uri: str
    name: str
    groups: tuple[ShippingGroup, ...]
    asks_for_weight: bool  # somewhere it costs by weight
    texts: Texts

    def ranges(self, country_id: int | None, currency_id: int) -> ShippingRanges | None:
        """What it costs in a currency to ship to a country; None where it does not ship."""
        return next((g.ranges.get(currency_id) for g in self.groups if country_id in g.country_ids), None)

    def cost(self, country_id: int | None, currency_id: int, load: Load) -> int | None:
        """What it costs to ship so much, in hundredths; None where it does not ship, or not so little.

        Nothing at all costs what the least would.
        """
        ranges = self.ranges(country_id, currency_id)
        if ranges is None:
            return None
        amount = {"total": load.worth, "items": load.pieces, "weight": load.grams}[ranges.kind]
        fits = [step for step in ranges.steps if step.start <= amount]
        if not fits and load.pieces:
            return None
        step = fits[-1] if fits else ranges.steps[0]
        return step.cost + percent_of(load.worth, step.percent)

    def named(self, language_id: int) -> str:
        return self.texts.get(language_id, {}).get("name", self.name)


class PaymentMethod(Struct, frozen=True):
    """A payment method of a store, with what handling costs in each currency."""

    id: int
    store_id: int
    uri: str
    name: str
    type: str
    kind: str
    initiate_only: bool
    address_after: bool
    for_gift_certificates: bool
    is_recurring: bool
    is_active: bool
    country_ids: frozenset[int]  # empty: everywhere
    handling_costs: dict[int, int]  # currency id -> hundredths


class TaxRule(Struct, frozen=True):
    """A tax rule: `percent` (hundredths of a percent) on goods of a group, in places, for classes of customers."""

    id: int
    tax_group_id: int
    store_id: int | None
    name: str
    percent: int
    included: bool
    on_shipping: bool
    places: tuple[tuple[int, int | None, tuple[str, ...]], ...]  # country, state (None: all), zip codes (empty: all)
    tax_class_ids: frozenset[int]  # empty: every class


class TaxClass(Struct, frozen=True):
    """A tax class of customers; one that is exempt pays no tax."""

    id: int
    name: str
    is_exempt: bool


class Warehouse(Struct, frozen=True):
    """A warehouse: how much of its stock is held back, and who decides about what lies there."""

    id: int
    name: str
    is_active: bool
    threshold: int
    stock_master: str
    allocation_policy: str
    country_id: int | None


class Category(Struct, frozen=True):
    """An active category of a store, with its path."""

    id: int
    store_id: int
    parent_id: int | None
    path_ids: tuple[int, ...]  # root first, itself last
    name: str
    uri: str  # own segment
    meta_title: str
    meta_description: str
    meta_keywords: str
    texts: Texts


class Brand(Struct, frozen=True):
    """A brand, active or not."""

    id: int
    name: str
    uri: str
    is_active: bool
    meta_title: str
    meta_description: str
    meta_keywords: str
    texts: Texts
    store_ids: frozenset[int] = frozenset()

    def counts_in(self, store_id: int) -> bool:
        """Whether a store has it; one that is enabled nowhere is in all of them."""
        return self.is_active and (not self.store_ids or store_id in self.store_ids)


class Collection(Struct, frozen=True):
    """A collection, active or not."""

    id: int
    name: str
    uri: str
    is_active: bool
    texts: Texts


class SizeLocalization(Struct, frozen=True):
    """What the sizes of one chart are called in some countries."""

    name: str
    unit: str
    labels: dict[str, str]
    countries: tuple[str, ...]
    store_ids: frozenset[int] | None  # None: every store


class SizeChart(Struct, frozen=True):
    """A size chart: the labels of its sizes, in one direction or in two, as integrations and webshops name them."""

    id: int
    name: str
    unit: str
    divider: str
    x: tuple[str, ...]
    y: tuple[str, ...]
    localizations: tuple[SizeLocalization, ...]

    def localized_in(self, store_id: int) -> list[SizeLocalization]:
        """The localizations that a store shows."""
        return [each for each in self.localizations if each.store_ids is None or store_id in each.store_ids]


class MeasurementChart(Struct, frozen=True):
    """A table of measurements; `contents` are (x, y, text)."""

    id: int
    name: str
    unit: str
    x: tuple[str, ...]
    y: tuple[str, ...]
    contents: tuple[tuple[int, int, str], ...]


class Plan(Struct, frozen=True):
    """A subscription plan."""

    id: int
    store_id: int
    name: str
    interval_value: int
    interval_type: str
    percent: int
    shipping_type: str
    is_active: bool


class GiftCertificate(Struct, frozen=True):
    """A gift certificate that can be bought; amounts in hundredths."""

    id: int
    store_id: int
    uri: str
    name: str
    type: str
    currency_of_sale_only: bool
    show_amount: bool
    min_amount: int | None
    max_amount: int | None
    is_active: bool
    amounts: dict[int, int]  # currency id -> hundredths


@dataclass
class Reference:
    """Everything small. Dictionaries are by id; lists keep the order in which the APIs show things."""

    currencies: dict[int, Currency]
    languages: dict[int, Language]
    countries: dict[int, Country]
    states: dict[int, State]
    channels: dict[int, Channel]
    markets: dict[int, Market]
    pricelists: dict[int, Pricelist]
    tax_classes: dict[int, TaxClass]
    tax_rules: dict[int, TaxRule]
    warehouses: dict[int, Warehouse]
    allocation_rules: dict[int, tuple[int, ...]]  # id -> warehouse ids by priority
    shipping_options: dict[int, ShippingOption]
    payment_methods: dict[int, PaymentMethod]  # inactive ones too: orders were paid with them
    categories: dict[int, Category]
    brands: dict[int, Brand]
    collections: dict[int, Collection]
    relation_types: dict[int, str]
    size_charts: dict[int, SizeChart]
    measurement_charts: dict[int, MeasurementChart]
    plans: dict[int, Plan]
    gift_certificates: dict[int, GiftCertificate]
    memo: dict[Any, Any] = field(default_factory=dict)  # what faces derive from this very object (encoded lists)

    @cached_property
    def country_by_code(self) -> dict[str, Country]:
        return {country.code: country for country in self.countries.values()}

    @cached_property
    def language_by_code(self) -> dict[str, Language]:
        return {language.code: language for language in self.languages.values()}

    @cached_property
    def default_language(self) -> Language:
        return next(language for language in self.languages.values() if language.is_default)

    def markets_of(self, store_id: int) -> list[Market]:
        return [market for market in self.markets.values() if market.store_id == store_id]

    def pricelists_of(self, store_id: int) -> list[Pricelist]:
        return [pricelist for pricelist in self.pricelists.values() if pricelist.store_id == store_id]

    def default_market(self, store_id: int) -> Market:
        return next(market for market in self.markets_of(store_id) if market.is_default)

    def default_pricelist(self, store_id: int) -> Pricelist:
        return next(pricelist for pricelist in self.pricelists_of(store_id) if pricelist.is_default)

    @cached_property
    def _own_markets(self) -> dict[tuple[int, int], Market]:
        return {(m.store_id, country): m for m in self.markets.values() for country in m.country_ids}

    @cached_property
    def _own_pricelists(self) -> dict[tuple[int, int], Pricelist]:
        return {(p.store_id, country): p for p in self.pricelists.values() for country in p.country_ids}

    def own_market(self, store_id: int, country_id: int) -> Market | None:
        """The market whose geo-location the country is."""
        return self._own_markets.get((store_id, country_id))

    def own_pricelist(self, store_id: int, country_id: int) -> Pricelist | None:
        return self._own_pricelists.get((store_id, country_id))

    def currency_of(self, pricelist: Pricelist) -> Currency:
        return self.currencies[pricelist.currency_id]

    def shipping_to(
        self, store_id: int, country_id: int | None, currency_id: int, market_id: int | None = None
    ) -> list[ShippingOption]:
        """The options that serve the country and have a cost in the currency, in the shop's order.

        With `market_id` only those of that market.
        """
        return [
            option
            for option in self.shipping_options.values()
            if store_id in option.store_ids
            and option.ranges(country_id, currency_id) is not None
            and (market_id is None or option.market_ids is None or market_id in option.market_ids)
        ]

    def ships_to(self, store_id: int, country_id: int) -> bool:
        """`shipTo`: the country has a market, a pricelist and a shipping option (checkout-api.md 4.3)."""
        pricelist, market = self.own_pricelist(store_id, country_id), self.own_market(store_id, country_id)
        return (
            pricelist is not None
            and market is not None
            and bool(self.shipping_to(store_id, country_id, pricelist.currency_id, market.id))
        )

    def shippable_countries(self, store_id: int) -> list[Country]:
        return [country for country in self.countries.values() if self.ships_to(store_id, country.id)]

    def find_country(self, code: object) -> Country | None:
        """The country of that ISO code, written in any case."""
        return self.country_by_code.get(code.strip().upper()) if isinstance(code, str) else None

    def find_state(self, country: Country, text: object) -> State | None:
        """A state of the country by code or by full name, written in any case."""
        if not isinstance(text, str):
            return None
        wanted = text.strip().casefold()
        for state in country.states:
            if state.code.casefold() == wanted or state.name.casefold() == wanted:
                return state
        return None

    def find_language(self, code: object) -> Language | None:
        return self.language_by_code.get(code.strip().lower()) if isinstance(code, str) else None

    def find_shipping(self, store_id: int, uri: str) -> ShippingOption | None:
        return next((o for o in self.shipping_options.values() if store_id in o.store_ids and o.uri == uri), None)

    def category_names(self, category: Category, language_id: int) -> list[str]:
        """The names along the path, root first, in that language or the main one."""
        path = (self.categories[category_id] for category_id in category.path_ids)
        return [step.texts.get(language_id, {}).get("name", step.name) for step in path]

    def category_uri(self, category: Category, language_id: int) -> str:
        """The full URI: the segments along the path."""
        path = (self.categories[category_id] for category_id in category.path_ids)
        return "/".join(step.texts.get(language_id, {}).get("uri", step.uri) for step in path)


def reference_of(store: Store) -> Reference:
    """The reference data of the shop."""
    return store.derived("reference", load_reference)


def load_reference(tx: Transaction) -> Reference:
    """Reads the reference data from the rows."""
    texts = rows.translations(tx, ("country", "category", "brand", "collection", "shipping_option"))
    languages = {
        row["id"]: Language(row["id"], row["code"], row["name"], bool(row["is_default"]))
        for row in rows.table(tx, "languages")
    }
    states_by_country: dict[int, list[State]] = defaultdict(list)
    for row in rows.table(tx, "states"):
        states_by_country[row["country_id"]].append(State(row["id"], row["country_id"], row["code"], row["name"]))
    market_countries = rows.grouped(rows.market_countries(tx))
    pricelist_countries = rows.grouped(rows.pricelist_countries(tx))
    warehouses_of_rule = rows.grouped(rows.allocation_rule_warehouses(tx))
    brand_stores = rows.grouped(rows.brand_stores(tx))
    return Reference(
        currencies=_by_id(_plain(Currency, row) for row in rows.table(tx, "currencies")),
        languages=languages,
        countries=_by_id(
            Country(
                row["id"], row["code"], row["name"], bool(row["eu"]), row["language_id"],
                tuple(states_by_country.get(row["id"], ())), texts.get(("country", row["id"]), {}),
            )
            for row in rows.table(tx, "countries")
        ),
        states={state.id: state for states in states_by_country.values() for state in states},
        channels=_by_id(
            Channel(
                row["id"], row["name"], row["type"], row["base_currency_id"], row["home_country_id"],
                row["default_tax_group_id"],
            )
            for row in rows.table(tx, "stores")
        ),
        markets=_by_id(
            Market(
                row["id"], row["store_id"], row["name"], bool(row["is_default"]), row["allocation_rule_id"],
                frozenset(market_countries.get(row["id"], ())),
            )
            for row in rows.table(tx, "markets")
            if row["status"] == "active"
        ),
        pricelists=_by_id(
            Pricelist(
                row["id"], row["store_id"], row["name"], bool(row["is_default"]), row["currency_id"],
                frozenset(pricelist_countries.get(row["id"], ())), row["shipping_option_id"],
            )
            for row in rows.table(tx, "pricelists")
            if row["status"] == "active"
        ),
        tax_classes=_by_id(
            TaxClass(row["id"], row["name"], bool(row["is_exempt"])) for row in rows.table(tx, "tax_classes")
        ),
        tax_rules=_tax_rules(tx),
        warehouses=_by_id(
            Warehouse(
                row["id"], row["name"], row["status"] == "active", row["threshold"], row["stock_master"],
                row["allocation_policy"], row["country_id"],
            )
            for row in rows.table(tx, "warehouses")
        ),
        allocation_rules={
            row["id"]: tuple(warehouses_of_rule.get(row["id"], ())) for row in rows.table(tx, "allocation_rules")
        },
        shipping_options=_shipping_options(tx, texts),
        payment_methods=_payment_methods(tx),
        categories=_categories(rows.categories(tx), texts),
        brands=_by_id(
            Brand(
                row["id"], row["name"], row["uri"], row["status"] == "active", row["meta_title"],
                row["meta_description"], row["meta_keywords"], texts.get(("brand", row["id"]), {}),
                frozenset(brand_stores.get(row["id"], ())),
            )
            for row in rows.table(tx, "brands")
        ),
        collections=_by_id(
            Collection(
                row["id"], row["name"], row["uri"], row["status"] == "active", texts.get(("collection", row["id"]), {})
            )
            for row in rows.table(tx, "collections")
        ),
        relation_types={row["id"]: row["name"] for row in rows.table(tx, "relation_types")},
        size_charts=_size_charts(tx),
        measurement_charts=_by_id(
            MeasurementChart(
                row["id"], row["name"], row["unit"], tuple(from_json(row["x_json"])), tuple(from_json(row["y_json"])),
                tuple((x, y, str(content)) for x, y, content in from_json(row["contents_json"])),
            )
            for row in rows.table(tx, "measurement_charts")
        ),
        plans=_by_id(
            Plan(
                row["id"], row["store_id"], row["name"], row["interval_value"], row["interval_type"], row["percent"],
                row["shipping_type"], row["status"] == "active",
            )
            for row in rows.table(tx, "subscription_plans")
        ),
        gift_certificates=_gift_certificates(tx),
    )  # fmt: skip


def _tax_rules(tx: Transaction) -> dict[int, TaxRule]:
    """The tax rules with the places and the tax classes that they are for."""
    classes = rows.grouped(rows.tax_rule_classes(tx))
    places: dict[int, list[tuple[int, int | None, tuple[str, ...]]]] = defaultdict(list)
    for row in rows.tax_rule_places(tx):
        places[row["tax_rule_id"]].append(
            (row["country_id"], row["state_id"], tuple(from_json(row["zip_codes_json"]) or ()))
        )
    return _by_id(
        TaxRule(
            row["id"], row["tax_group_id"], row["store_id"], row["name"], row["percent"], bool(row["included"]),
            bool(row["on_shipping"]), tuple(places.get(row["id"], ())),
            frozenset(classes.get(row["id"], ())),
        )
        for row in rows.table(tx, "tax_rules")
    )  # fmt: skip


def _shipping_options(tx: Transaction, texts: dict[tuple[str, int], Texts]) -> dict[int, ShippingOption]:
    """The active shipping options; without markets of their own they are for all of their stores."""
    stores = rows.grouped(rows.shipping_option_stores(tx))
    markets = rows.grouped(rows.shipping_option_markets(tx))
    groups = _shipping_groups(tx)
    return _by_id(
        ShippingOption(
            row["id"], frozenset(stores.get(row["id"], ())),
            frozenset(markets.get(row["id"], ())) if row["has_own_markets"] else None,
            row["uri"], row["name"], tuple(groups.get(row["id"], ())),
            any(each.kind == "weight" for g in groups.get(row["id"], ()) for each in g.ranges.values()),
            texts.get(("shipping_option", row["id"]), {}),
        )
        for row in rows.shipping_options(tx)
        if row["status"] == "active"
    )  # fmt: skip


def _payment_methods(tx: Transaction) -> dict[int, PaymentMethod]:
    """The payment methods, active or not."""
    countries = rows.grouped(rows.payment_method_countries(tx))
    handling_costs = _amounts(rows.payment_handling_costs(tx))
    return _by_id(
        PaymentMethod(
            row["id"], row["store_id"], row["uri"], row["name"], row["type"], row["kind"],
            bool(row["initiate_only"]), bool(row["address_after"]), bool(row["for_gift_certificates"]),
            bool(row["is_recurring"]), row["status"] == "active",
            frozenset(countries.get(row["id"], ())), handling_costs.get(row["id"], {}),
        )
        for row in rows.payment_methods(tx)
    )  # fmt: skip


def _size_charts(tx: Transaction) -> dict[int, SizeChart]:
    """The size charts with the words that other countries have for their sizes."""
    localizations: dict[int, list[SizeLocalization]] = defaultdict(list)
    for row in rows.localized_charts(tx):
        stores = from_json(row["stores_json"])
        localizations[row["size_chart_id"]].append(
            SizeLocalization(
                row["name"],
                row["unit"],
                from_json(row["labels_json"]),
                tuple(from_json(row["countries_json"])),
                None if stores is None else frozenset(stores),
            )
        )
    return _by_id(
        SizeChart(
            row["id"], row["name"], row["unit"], row["divider"], tuple(from_json(row["x_json"])),
            tuple(from_json(row["y_json"])), tuple(localizations.get(row["id"], ())),
        )
        for row in rows.table(tx, "size_charts")
    )  # fmt: skip


def _gift_certificates(tx: Transaction) -> dict[int, GiftCertificate]:
    """The gift certificates with what they may be worth, by currency."""
    amounts = _amounts(rows.gift_certificate_amounts(tx))
    return _by_id(
        GiftCertificate(
            row["id"], row["store_id"], row["uri"], row["name"], row["type"], bool(row["currency_of_sale_only"]),
            bool(row["show_amount"]), row["min_amount"], row["max_amount"], row["status"] == "active",
            amounts.get(row["id"], {}),
        )
        for row in rows.table(tx, "gift_certificates")
    )  # fmt: skip


def _by_id(things: Iterable[Any]) -> dict[int, Any]:
    return {thing.id: thing for thing in things}


def _plain(kind: type, row: Row) -> Any:
    return kind(**dict(row))


def _shipping_groups(tx: Transaction) -> dict[int, list[ShippingGroup]]:
    """Option -> its groups of countries with what it costs there."""
    countries = rows.grouped(rows.shipping_group_countries(tx))
    ranges: dict[int, dict[int, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in rows.shipping_ranges(tx):
        ranges[row["shipping_group_id"]][row["currency_id"]].append(row)
    found: dict[int, list[ShippingGroup]] = defaultdict(list)
    for option_id, group_id in rows.shipping_groups(tx):
        known = {
            currency_id: ShippingRanges(
                steps[0]["kind"],
                tuple(ShippingRange(row["start"], row["cost"] or 0, row["percent"] or 0) for row in steps),
            )
            for currency_id, steps in ranges.get(group_id, {}).items()
        }
        found[option_id].append(ShippingGroup(group_id, frozenset(countries.get(group_id, ())), known))
    return found


def _amounts(triples: list[Row]) -> dict[int, dict[int, int]]:
    found: dict[int, dict[int, int]] = defaultdict(dict)
    for owner, currency, amount in triples:
        found[owner][currency] = amount
    return found


def _categories(all_rows: list[Row], texts: dict[tuple[str, int], Texts]) -> dict[int, Category]:
    """Active categories in the admin's order, parents before their children."""
    children: dict[int | None, list[Row]] = defaultdict(list)
    for row in all_rows:
        if row["status"] == "active":
            children[row["parent_id"]].append(row)
    found: dict[int, Category] = {}

    def add(row: Row, path: tuple[int, ...]) -> None:
        path = (*path, row["id"])
        found[row["id"]] = Category(
            row["id"], row["store_id"], row["parent_id"], path, row["name"], row["uri"], row["meta_title"],
            row["meta_description"], row["meta_keywords"], texts.get(("category", row["id"]), {}),
        )  # fmt: skip
        for child in children.get(row["id"], ()):
            add(child, path)

    for root in children.get(None, ()):
        add(root, ())
    return found
