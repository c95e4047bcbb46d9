"""Checks of seed.md 2 to 4: stores, markets, pricelists, money, languages, countries, tax, warehouses."""

from collections import Counter
from collections.abc import Iterator

from mockcentra.commerce.model import Context
from mockcentra.commerce.reference import Country, State, TaxRule
from mockcentra.commerce.tax import rule_for
from mockcentra.seed.checks.shop import DTC, WHOLESALE, Check, Shop, at_least, differences, expect, rows_as
from mockcentra.store.database import from_json

_MARKETS = {
    "Nordics": "SE DK FI NO",
    "Europe": "DE AT FR NL IE",
    "United Kingdom": "GB",
    "North America": "US CA",
    "Japan": "JP",
    "VIP": "",
}
_PRICELISTS = {
    "SEK": ("SEK", "SE"),
    "EUR": ("EUR", "DK FI NO DE AT FR NL IE"),
    "GBP": ("GBP", "GB"),
    "USD": ("USD", "US CA"),
    "JPY": ("JPY", "JP"),
    "VIP SEK": ("SEK", ""),
}
# prefix, suffix, decimals, decimal point, thousands, denominator; an amount as it looks
_CURRENCIES = {
    "SEK": ("", " SEK", 2, ".", " ", 100),
    "EUR": ("", " EUR", 2, ",", ".", 100),
    "GBP": ("£", " GBP", 2, ".", ",", 100),
    "USD": ("$ ", " USD", 2, ".", ",", 100),
    "JPY": ("", " JPY", 0, ".", ",", 1),
}
_LOOKS = {
    "SEK": (149500, "1 495.00 SEK"),
    "EUR": (14900, "149,00 EUR"),
    "GBP": (12900, "£129.00 GBP"),
    "USD": (16500, "$ 165.00 USD"),
    "JPY": (2200000, "22,000 JPY"),
}
_COUNTRY_COLUMNS = ("ships", "EU", "states", "language", "market", "pricelist")
_COUNTRIES = {
    "SE": (True, True, 0, "sv", "Nordics", "SEK"),
    "DK": (True, True, 0, "en", "Nordics", "EUR"),
    "FI": (True, True, 0, "en", "Nordics", "EUR"),
    "NO": (True, False, 0, "en", "Nordics", "EUR"),
    "DE": (True, True, 0, "de", "Europe", "EUR"),
    "AT": (True, True, 0, "de", "Europe", "EUR"),
    "FR": (True, True, 0, "fr", "Europe", "EUR"),
    "NL": (True, True, 0, "en", "Europe", "EUR"),
    "IE": (True, True, 0, "en", "Europe", "EUR"),
    "GB": (True, False, 0, "en", "United Kingdom", "GBP"),
    "US": (True, False, 51, "en", "North America", "USD"),
    "CA": (True, False, 13, "en", "North America", "USD"),
    "JP": (True, False, 0, "en", "Japan", "JPY"),
    "CH": (False, False, 0, "en", "", ""),
    "BR": (False, False, 0, "en", "", ""),
    "AU": (False, False, 8, "en", "", ""),
}
# (country, state) -> percent in hundredths, whether prices include it; of the default group
_TAXES = {
    ("SE", ""): (2500, True),
    ("DK", ""): (2500, True),
    ("FI", ""): (2550, True),
    ("NO", ""): (2500, True),
    ("DE", ""): (1900, True),
    ("AT", ""): (2000, True),
    ("FR", ""): (2000, True),
    ("NL", ""): (2100, True),
    ("IE", ""): (2300, True),
    ("GB", ""): (2000, True),
    ("JP", ""): (1000, True),
    ("US", ""): (0, False),
    ("US", "NY"): (400, False),
    ("US", "CA"): (725, False),
    ("US", "TX"): (625, False),
    ("US", "FL"): (600, False),
    ("US", "WA"): (0, False),
    ("CA", "ON"): (1300, False),
    ("CA", "AB"): (500, False),
    ("CA", "BC"): (500, False),
    ("CH", ""): None,
    ("BR", ""): None,
    ("AU", ""): None,
}
# id -> name, policy, threshold, stock master, status
_WAREHOUSES = {
    1: ("Borås DC", "direct", 0, "internal", "active"),
    2: ("Rotterdam DC", "direct", 0, "internal", "active"),
    3: ("New Jersey DC", "direct", 0, "internal", "active"),
    4: ("Flagship Stockholm", "check_first", 2, "internal", "active"),
    5: ("Partner Berlin", "direct_then_confirm", 1, "internal", "active"),
    6: ("Archive and samples", "direct", 0, "external", "active"),
    7: ("Old Gothenburg", "direct", 0, "internal", "inactive"),
}
_RULES = {
    "Default": (1, 2),
    "Europe": (1, 2),
    "UK": (1, 2),
    "Americas": (1, 3),
    "Japan": (1,),
    "VIP": (1,),
    "Wholesale": (1,),
    "Ship from store": (5, 4),
}
_RULE_OF_MARKET = {
    "Nordics": "Default",
    "Europe": "Europe",
    "United Kingdom": "UK",
    "North America": "Americas",
    "Japan": "Japan",
    "VIP": "VIP",
    "Wholesale Europe": "Wholesale",
    "Wholesale Overseas": "Wholesale",
}


# ---------------------------------------------------------------- 2: stores, markets, pricelists


def _stores(shop: Shop) -> Iterator[str]:
    found = rows_as(shop.table("stores"), "id", "name", "type")
    yield from expect(found, [(DTC, "Retail", "dtc"), (WHOLESALE, "Wholesale", "wholesale")], "stores")


def _codes(shop: Shop, country_ids: frozenset[int]) -> str:
    return " ".join(code for code in _COUNTRIES if shop.reference.country_by_code[code].id in country_ids)


def _markets(shop: Shop) -> Iterator[str]:
    found = {market.name: _codes(shop, market.country_ids) for market in shop.markets}
    yield from differences(found, _MARKETS, "market")
    yield from expect([market.id for market in shop.markets], [1, 2, 3, 4, 5, 6], "ids of the DTC markets")
    wholesale = [market.name for market in shop.reference.markets_of(WHOLESALE)]
    for name in ("Wholesale Europe", "Wholesale Overseas"):
        if name not in wholesale:
            yield f"there is no market {name}"


def _one_default(shop: Shop) -> Iterator[str]:
    for table in ("markets", "pricelists"):
        defaults = Counter(row["store_id"] for row in shop.table(table) if row["is_default"])
        yield from differences(defaults, {DTC: 1, WHOLESALE: 1}, f"default {table} of store")
        for row in shop.table(table):
            if row["status"] != "active":
                yield f"{row['name']} is {row['status']}"
    if shop.markets and not shop.markets[0].is_default:
        yield "Nordics is not the default market"
    if shop.pricelists and not shop.pricelists[0].is_default:
        yield "SEK is not the default pricelist"
    defaults_of_languages = [row["code"] for row in shop.table("languages") if row["is_default"]]
    yield from expect(defaults_of_languages, ["en"], "default languages")


def _fallback(shop: Shop) -> Iterator[str]:
    for code in ("CH", "AU", "BR"):
        market, pricelist = shop.place_of(shop.reference.country_by_code[code])
        yield from expect((market.name, pricelist.name), ("Nordics", "SEK"), f"market and pricelist of {code}")


def _pricelists(shop: Shop) -> Iterator[str]:
    reference = shop.reference
    found = {
        each.name: (reference.currencies[each.currency_id].code, _codes(shop, each.country_ids))
        for each in shop.pricelists
    }
    yield from differences(found, _PRICELISTS, "pricelist")
    for each in shop.pricelists:
        option = reference.shipping_options.get(each.shipping_option_id or 0)
        if option is None or option.uri != "standard":
            yield f"the default shipping option of {each.name} is not standard"


def _vip_prices(shop: Shop) -> Iterator[str]:
    sek, vip = shop.pricelist("SEK"), shop.pricelist("VIP SEK")
    if sek is None or vip is None:
        return
    for record in shop.records.values():
        if {sek.id, vip.id} <= set(record.prices):
            share = record.prices[vip.id] / record.prices[sek.id]
            if not 0.80 <= share <= 0.90:
                yield f"{record.uri} costs {share:.0%} of its SEK price in VIP SEK"


def _wholesale_pricelists(shop: Shop) -> Iterator[str]:
    for name in ("WHS EUR", "WHS USD"):
        row = shop.one("pricelists", "name", name)
        if row is None or row["store_id"] != WHOLESALE or row["status"] != "active":
            yield f"{name} is no active pricelist of the wholesale store"
            continue
        prices = shop.of("prices", "pricelist_id", row["id"])
        if not prices:
            yield f"{name} has no prices"
        for price in prices:
            if not price["price_rrp"] or price["price_rrp"] <= price["price"]:
                yield f"display item {price['display_item_id']} has no recommended price above its own in {name}"


def _pricelist_names(shop: Shop) -> Iterator[str]:
    for name, times in Counter(row["name"] for row in shop.table("pricelists")).items():
        if times > 1:
            yield f"{times} pricelists are called {name}"


def _currencies(shop: Shop) -> Iterator[str]:
    by_code = {currency.code: currency for currency in shop.reference.currencies.values()}
    found = {
        code: (
            each.prefix,
            each.suffix,
            each.decimals,
            each.decimal_point,
            each.thousands_separator,
            each.denominator,
        )
        for code, each in by_code.items()
    }
    yield from differences(found, _CURRENCIES, "currency")
    for code, (amount, looks) in _LOOKS.items():
        if code in by_code:
            yield from expect(by_code[code].text(amount).replace("\u00a0", " "), looks, f"{amount / 100:.2f} {code}")
    for code, each in by_code.items():
        if each.rate_micro <= 0 or (code == "SEK" and each.rate_micro != 1_000_000):
            yield f"the rate of {code} is {each.rate_micro / 1_000_000}"


def _whole_yen(shop: Shop) -> Iterator[str]:
    yen = {each.id for each in shop.pricelists if shop.reference.currencies[each.currency_id].code == "JPY"}
    for row in shop.table("prices"):
        if row["pricelist_id"] in yen and row["price"] % 100:
            yield f"display item {row['display_item_id']} costs {row['price'] / 100} JPY"


def _languages(shop: Shop) -> Iterator[str]:
    yield from expect(rows_as(shop.table("languages"), "code"), [("en",), ("sv",), ("de",), ("fr",)], "languages")


def _translated_categories(shop: Shop) -> Iterator[str]:
    done = shop.translated("category")
    for code in ("sv", "de", "fr"):
        for row in shop.of("categories", "store_id", DTC):
            if "name" not in done[code].get(row["id"], ()):
                yield f"category {row['name']} has no name in {code}"


def _translated_displays(shop: Shop) -> Iterator[str]:
    done = shop.translated("display")
    retail = [row["id"] for row in shop.of("displays", "store_id", DTC)]
    whole = {"name", "uri", "description"}
    for code, floor in (("sv", 60), ("de", 60), ("fr", 20)):
        number = sum(whole <= done[code].get(display, set()) for display in retail)
        yield from at_least(number, floor, f"displays with name, URI and description in {code}")
    bare = sum(not any(done[code].get(display) for code in ("sv", "de", "fr")) for display in retail)
    yield from at_least(bare, 20, "displays without any translation")


def _translated_names(shop: Shop) -> Iterator[str]:
    for kind, table in (("country", "countries"), ("attribute_type", "attribute_types")):
        done = shop.translated(kind)
        for code in ("sv", "de", "fr"):
            if not any("name" in fields or "title" in fields for fields in done[code].values()):
                yield f"no name of the {table} is translated to {code}"
    countries = shop.translated("country")
    for code in _COUNTRIES:
        country = shop.one("countries", "code", code)
        if country is not None and not all(country["id"] in countries[language] for language in ("sv", "de", "fr")):
            yield f"the name of {code} is not translated to every language"
    variants, entries = shop.translated("variant"), shop.translated("attribute_entry_value")
    for code in ("sv", "de", "fr"):
        if not entries[code] or not variants[code]:
            yield f"colours are not translated to {code}"


def _real_translations(shop: Shop) -> Iterator[str]:
    for row in shop.of("translations", "object_type", "display"):
        if row["field"] == "description" and (len(row["text"]) < 20 or row["text"].startswith(("[", "sv:", "de:"))):
            yield f"the description of display {row['object_id']} is no translation: {row['text'][:30]!r}"


# ---------------------------------------------------------------- 3: countries and tax


def _countries(shop: Shop) -> Iterator[str]:
    reference = shop.reference
    for code, wanted in _COUNTRIES.items():
        country = reference.country_by_code.get(code)
        if country is None:
            yield f"there is no country {code}"
            continue
        language = reference.languages.get(country.language_id or 0) or reference.default_language
        market, pricelist = reference.own_market(DTC, country.id), reference.own_pricelist(DTC, country.id)
        found = (
            reference.ships_to(DTC, country.id),
            country.eu,
            len(country.states),
            language.code,
            market.name if market else "",
            pricelist.name if pricelist else "",
        )
        for column, is_so, should_be in zip(_COUNTRY_COLUMNS, found, wanted, strict=True):
            yield from expect(is_so, should_be, f"{code}, {column}")
    ships = [country.code for country in shop.shipping_countries]
    yield from expect(sorted(ships), sorted(code for code, row in _COUNTRIES.items() if row[0]), "shops to")


def _rule(
    shop: Shop, country: Country, state: State | None, group: int | None = None, tax_class: int | None = None
) -> TaxRule | None:
    market, pricelist = shop.place_of(country)
    reference = shop.reference
    context = Context(
        store_id=DTC,
        market=market,
        pricelist=pricelist,
        currency=reference.currencies[pricelist.currency_id],
        country=country,
        state=state,
        language=reference.default_language,
        tax_class_id=tax_class,
        now=shop.now,
        reference=reference,
    )
    return rule_for(context, group)


def _taxes(shop: Shop) -> Iterator[str]:
    for (code, state_code), wanted in _TAXES.items():
        country = shop.reference.country_by_code.get(code)
        if country is not None:
            state = shop.reference.find_state(country, state_code) if state_code else None
            rule = _rule(shop, country, state)
            found = (rule.percent, rule.included) if rule is not None else None
            yield from expect(found, wanted, f"tax in {code} {state_code}".rstrip())


def _served_in_full(shop: Shop) -> Iterator[str]:
    reference = shop.reference
    options = len(reference.shipping_options)
    for country in shop.shipping_countries:
        pricelist = shop.place_of(country)[1]
        number = len(reference.shipping_to(DTC, country.id, pricelist.currency_id))
        yield from expect(number, options, f"shipping options to {country.code}")
        for method in reference.payment_methods.values():
            if method.country_ids and country.id not in method.country_ids and method.type != "qliro":
                yield f"{method.uri} is not offered in {country.code}"
        if not country.states:
            rule = _rule(shop, country, None)
            if rule is None or not rule.included or not rule.percent:
                yield f"prices in {country.code} do not include a tax"


def _reduced(shop: Shop) -> Iterator[str]:
    groups = {row["name"]: row["id"] for row in shop.table("tax_groups")}
    yield from expect(list(groups), ["Standard", "Reduced"], "tax groups")
    reduced = groups.get("Reduced")
    for channel in shop.reference.channels.values():
        yield from expect(channel.default_tax_group_id, groups.get("Standard"), f"default tax group of {channel.name}")
    for code, percent in (("SE", 600), ("DE", 700), ("FR", 2000), ("GB", 2000)):
        rule = _rule(shop, shop.reference.country_by_code[code], None, reduced)
        yield from expect(rule.percent if rule else None, percent, f"reduced tax in {code}")
    products = shop.of("products", "tax_group_id", reduced)
    if not 1 <= len(products) <= 6:
        yield f"{len(products)} products have the reduced tax"
    first = {record.product_id for found in shop.first for record in found}
    yield from (f"{row['name']} is one of the first products" for row in products if row["id"] in first)


def _wholesale_tax(shop: Shop) -> Iterator[str]:
    for rule in shop.reference.tax_rules.values():
        if rule.store_id != WHOLESALE:
            continue
        for country_id, _, _ in rule.places:
            code = shop.reference.countries[country_id].code
            if rule.included or rule.percent != (2500 if code == "SE" else 0):
                yield f"{rule.name} in {code}: {rule.percent / 100} %, {'included' if rule.included else 'added'}"
    if not any(rule.store_id == WHOLESALE and rule.percent for rule in shop.reference.tax_rules.values()):
        yield "there is no wholesale rule for SE"


def _classes(shop: Shop) -> Iterator[str]:
    found = {row["name"]: bool(row["is_exempt"]) for row in shop.table("tax_classes")}
    yield from differences(found, {"Default": False, "Tax exempt": True, "Reverse charge": True}, "tax class")
    exempt = next((row["id"] for row in shop.table("tax_classes") if row["name"] == "Tax exempt"), None)
    for code in ("SE", "DE"):
        rule = _rule(shop, shop.reference.country_by_code[code], None, tax_class=exempt)
        if rule is None or exempt not in rule.tax_class_ids:
            yield f"there is no rule for exempt customers in {code}"


def _no_zip_codes(shop: Shop) -> Iterator[str]:
    for row in shop.table("tax_rule_places"):
        if row["zip_codes_json"] and from_json(row["zip_codes_json"]):
            yield f"tax rule {row['tax_rule_id']} asks for zip codes"


def _states_demanded(shop: Shop) -> Iterator[str]:
    for country in shop.shipping_countries:
        if country.states and country.code not in ("US", "CA"):
            yield f"{country.code} ships and has states"


# ---------------------------------------------------------------- 4: warehouses


def _warehouses(shop: Shop) -> Iterator[str]:
    found = {
        row["id"]: (row["name"], row["allocation_policy"], row["threshold"], row["stock_master"], row["status"])
        for row in shop.table("warehouses")
    }
    yield from differences(found, _WAREHOUSES, "warehouse")


def _rules(shop: Shop) -> Iterator[str]:
    names = {row["id"]: row["name"] for row in shop.table("allocation_rules")}
    found = {names[rule]: warehouses for rule, warehouses in shop.reference.allocation_rules.items()}
    yield from differences(found, _RULES, "allocation rule")
    of_markets = {row["name"]: names.get(row["allocation_rule_id"]) for row in shop.table("markets")}
    wanted = {**_RULE_OF_MARKET, **{name: "Wholesale" for name in of_markets if name not in _RULE_OF_MARKET}}
    yield from differences(of_markets, wanted, "allocation rule of market")


def _plain_warehouses(shop: Shop) -> Iterator[str]:
    for market in shop.markets:
        for warehouse_id in shop.reference.allocation_rules[market.allocation_rule_id]:
            warehouse = shop.reference.warehouses[warehouse_id]
            if warehouse.threshold or warehouse.allocation_policy != "direct" or not warehouse.is_active:
                yield f"{warehouse.name} is behind {market.name}"


CHECKS = (
    Check("2", "stores", "Retail (1, DTC) and Wholesale (2).", _stores),
    Check("2", "markets", "The six DTC markets with their countries, and the two wholesale ones.", _markets),
    Check("2", "defaults", "Exactly one default market, pricelist (a store) and language; all active.", _one_default),
    Check("2", "countries without a market", "CH, AU and BR get Nordics and SEK.", _fallback),
    Check("2", "pricelists", "The six DTC pricelists: currency, countries, standard shipping.", _pricelists),
    Check("2", "VIP prices", "VIP SEK is about 15 % below SEK.", _vip_prices),
    Check("2", "wholesale pricelists", "WHS EUR and WHS USD have a price and an RRP each.", _wholesale_pricelists),
    Check("2", "names of pricelists", "No two pricelists have the same name.", _pricelist_names),
    Check("2", "currencies", "Five currencies, how their amounts look, fixed positive rates.", _currencies),
    Check("2", "whole yen", "Prices in JPY are whole.", _whole_yen),
    Check("2", "languages", "en, sv, de and fr, English first.", _languages),
    Check("2", "translated categories", "All categories have names in sv, de and fr.", _translated_categories),
    Check(
        "2",
        "translated displays",
        "60 displays have name, URI and description in sv and de, 20 in fr; 20 have no translation.",
        _translated_displays,
    ),
    Check("2", "translated names", "Countries, attributes and colours are translated.", _translated_names),
    Check("2", "real translations", "Translations are texts, not markers.", _real_translations),
    Check("3", "countries", "Ships, EU, states, language, market and pricelist of 16 countries.", _countries),
    Check("3", "taxes", "The DTC tax of every country and of the states that have one.", _taxes),
    Check(
        "3", "served in full", "Who ships has every method (but Qliro) and option, and its tax in it.", _served_in_full
    ),
    Check("3", "reduced tax", "At most six products, none of the first twelve: 6 % in SE, 7 % in DE.", _reduced),
    Check("3", "wholesale tax", "Added: 25 % in SE, 0 elsewhere.", _wholesale_tax),
    Check("3", "tax classes", "Default, Tax exempt, Reverse charge; rules for the exempt in SE and DE.", _classes),
    Check("3", "zip codes", "No tax rule asks for zip codes.", _no_zip_codes),
    Check("3", "states", "Of the countries that ship only US and CA have states.", _states_demanded),
    Check("4", "warehouses", "Seven warehouses: ids, policies, thresholds, stock masters, status.", _warehouses),
    Check("4", "allocation rules", "Eight rules, their warehouses in order, and which market has which.", _rules),
    Check("4", "plain warehouses", "No threshold and no policy but direct behind a DTC market.", _plain_warehouses),
)
