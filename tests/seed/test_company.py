"""The company of the default shop: its stores, places, tax, warehouses, shipping, payment (seed.md 2 to 4, 10, 14)."""

import json
from collections.abc import Callable
from typing import Any

from mockcentra.store.clock import from_local

Query = Callable[..., list[tuple[Any, ...]]]

SHIPPED_TO = ["SE", "DK", "FI", "NO", "DE", "AT", "FR", "NL", "IE", "GB", "US", "CA", "JP"]


def test_the_stores(rows: Query) -> None:
    assert rows("SELECT id, name, type FROM stores ORDER BY id") == [
        (1, "Retail", "dtc"),
        (2, "Wholesale", "wholesale"),
    ]
    assert rows("SELECT DISTINCT code FROM currencies JOIN stores ON currencies.id = base_currency_id") == [("SEK",)]


def test_the_currencies(rows: Query) -> None:
    shown = rows(
        "SELECT code, prefix, suffix, decimal_point, thousands_separator, decimals, denominator"
        " FROM currencies ORDER BY id"
    )
    assert shown == [
        ("SEK", "", " SEK", ".", " ", 2, 100),
        ("EUR", "", " EUR", ",", ".", 2, 100),
        ("GBP", "£", " GBP", ".", ",", 2, 100),
        ("USD", "$ ", " USD", ".", ",", 2, 100),
        ("JPY", "", " JPY", ".", ",", 0, 1),
    ]
    assert rows("SELECT rate_micro FROM currencies WHERE code = 'SEK'") == [(1_000_000,)]
    assert rows("SELECT COUNT(*) FROM currencies WHERE rate_micro <= 0") == [(0,)]


def test_the_languages(rows: Query) -> None:
    assert rows("SELECT code, is_default FROM languages ORDER BY id") == [("en", 1), ("sv", 0), ("de", 0), ("fr", 0)]


def test_the_countries_and_their_states(rows: Query) -> None:
    codes = [code for (code,) in rows("SELECT code FROM countries ORDER BY id")]
    assert codes[:16] == [*SHIPPED_TO, "CH", "AU", "BR"]
    states = rows(
        "SELECT countries.code, COUNT(*) FROM states JOIN countries ON countries.id = country_id GROUP BY 1 ORDER BY 2"
    )
    assert states == [("AU", 8), ("CA", 13), ("US", 51)]
    in_eu = {code for (code,) in rows("SELECT code FROM countries WHERE eu")}
    assert in_eu & set(codes[:16]) == {"SE", "DK", "FI", "DE", "AT", "FR", "NL", "IE"}
    spoken = dict(
        rows("SELECT countries.code, languages.code FROM countries JOIN languages ON languages.id = language_id")
    )
    own = {"SE": "sv", "DE": "de", "AT": "de", "FR": "fr"}
    assert spoken == dict.fromkeys(codes[:16], "en") | own


def test_every_country_has_its_name_in_every_language(rows: Query) -> None:
    assert rows("SELECT COUNT(*) FROM translations WHERE object_type = 'country'")[0][0] == 3 * len(
        rows("SELECT id FROM countries")
    )
    assert rows(
        "SELECT languages.code, text FROM translations JOIN languages ON languages.id = language_id"
        " WHERE object_type = 'country' AND object_id = (SELECT id FROM countries WHERE code = 'SE')"
        " ORDER BY language_id"
    ) == [("sv", "Sverige"), ("de", "Schweden"), ("fr", "Suède")]


def test_the_markets_and_their_countries(rows: Query) -> None:
    found = rows(
        "SELECT markets.id, markets.name, is_default, COALESCE(GROUP_CONCAT(code, ' '), '') FROM markets"
        " LEFT JOIN market_countries ON market_id = markets.id LEFT JOIN countries ON countries.id = country_id"
        " WHERE markets.store_id = 1 GROUP BY markets.id ORDER BY markets.id"
    )
    assert [(number, name, default, sorted(codes.split())) for number, name, default, codes in found] == [
        (1, "Nordics", 1, ["DK", "FI", "NO", "SE"]),
        (2, "Europe", 0, ["AT", "DE", "FR", "IE", "NL"]),
        (3, "United Kingdom", 0, ["GB"]),
        (4, "North America", 0, ["CA", "US"]),
        (5, "Japan", 0, ["JP"]),
        (6, "VIP", 0, []),
    ]
    assert len(rows("SELECT id FROM markets WHERE store_id = 2 AND status = 'active'")) >= 2


def test_the_pricelists_and_their_countries(rows: Query) -> None:
    found = rows(
        "SELECT pricelists.name, currencies.code, is_default, shipping_options.uri FROM pricelists"
        " JOIN currencies ON currencies.id = currency_id"
        " LEFT JOIN shipping_options ON shipping_options.id = shipping_option_id"
        " WHERE pricelists.store_id = 1 AND pricelists.status = 'active' ORDER BY pricelists.id"
    )
    assert found == [
        ("SEK", "SEK", 1, "standard"),
        ("EUR", "EUR", 0, "standard"),
        ("GBP", "GBP", 0, "standard"),
        ("USD", "USD", 0, "standard"),
        ("JPY", "JPY", 0, "standard"),
        ("VIP SEK", "SEK", 0, "standard"),
    ]
    assert dict(
        rows(
            "SELECT code, pricelists.name FROM pricelist_countries JOIN countries ON countries.id = country_id"
            " JOIN pricelists ON pricelists.id = pricelist_id WHERE pricelist_countries.store_id = 1"
        )
    ) == {
        "SE": "SEK",
        **dict.fromkeys(["DK", "FI", "NO", "DE", "AT", "FR", "NL", "IE"], "EUR"),
        "GB": "GBP",
        "US": "USD",
        "CA": "USD",
        "JP": "JPY",
    }
    assert rows("SELECT name FROM pricelists WHERE store_id = 2 ORDER BY id") == [("WHS EUR",), ("WHS USD",)]


def _percents(rows: Query, group: str, store: str) -> dict[str, tuple[int, int]]:
    found = rows(
        "SELECT countries.code || COALESCE('-' || states.code, ''), percent, included FROM tax_rules"
        " JOIN tax_rule_places ON tax_rule_id = tax_rules.id"
        " JOIN countries ON countries.id = tax_rule_places.country_id"
        " LEFT JOIN states ON states.id = state_id"
        " WHERE tax_group_id = (SELECT id FROM tax_groups WHERE name = ?)"
        " AND store_id = (SELECT id FROM stores WHERE name = ?)"
        " AND tax_rules.id NOT IN (SELECT tax_rule_id FROM tax_rule_classes)",
        group,
        store,
    )
    percents = {place: (percent, included) for place, percent, included in found}
    assert len(percents) == len(found), "two rules for one place"
    return percents


def test_the_tax_of_consumers(rows: Query) -> None:
    standard = {
        "SE": (2500, 1),
        "DK": (2500, 1),
        "FI": (2550, 1),
        "NO": (2500, 1),
        "DE": (1900, 1),
        "AT": (2000, 1),
        "FR": (2000, 1),
        "NL": (2100, 1),
        "IE": (2300, 1),
        "GB": (2000, 1),
        "JP": (1000, 1),
        "US": (0, 0),
        "US-NY": (400, 0),
        "US-CA": (725, 0),
        "US-TX": (625, 0),
        "US-FL": (600, 0),
        "CA": (500, 0),
        "CA-ON": (1300, 0),
        "CA-AB": (500, 0),
    }
    assert _percents(rows, "Standard", "Retail") == standard
    assert _percents(rows, "Reduced", "Retail") == {**standard, "SE": (600, 1), "DE": (700, 1)}
    assert rows("SELECT COUNT(*) FROM tax_rule_places WHERE zip_codes_json IS NOT NULL") == [(0,)]


def test_the_tax_of_wholesale(rows: Query) -> None:
    percents = _percents(rows, "Standard", "Wholesale")
    assert percents.pop("SE") == (2500, 0)
    assert set(percents.values()) == {(0, 0)}
    assert set(SHIPPED_TO) - {"SE"} <= set(percents)


def test_tax_classes_and_the_default_group(rows: Query) -> None:
    assert rows("SELECT name, is_exempt FROM tax_classes ORDER BY id") == [
        ("Default", 0),
        ("Tax exempt", 1),
        ("Reverse charge", 1),
    ]
    exempt = rows(
        "SELECT DISTINCT countries.code FROM tax_rule_classes JOIN tax_rule_places USING (tax_rule_id)"
        " JOIN countries ON countries.id = country_id ORDER BY 1"
    )
    assert exempt == [("DE",), ("SE",)]
    assert rows(
        "SELECT DISTINCT tax_groups.name FROM stores JOIN tax_groups ON tax_groups.id = default_tax_group_id"
    ) == [("Standard",)]


def test_the_warehouses_and_who_is_served_from_them(rows: Query) -> None:
    warehouses = rows("SELECT id, name, allocation_policy, threshold, stock_master, status FROM warehouses ORDER BY id")
    assert warehouses == [
        (1, "Borås DC", "direct", 0, "internal", "active"),
        (2, "Rotterdam DC", "direct", 0, "internal", "active"),
        (3, "New Jersey DC", "direct", 0, "internal", "active"),
        (4, "Flagship Stockholm", "check_first", 2, "internal", "active"),
        (5, "Partner Berlin", "direct_then_confirm", 1, "internal", "active"),
        (6, "Archive and samples", "direct", 0, "external", "active"),
        (7, "Old Gothenburg", "direct", 0, "internal", "inactive"),
    ]
    rules: dict[str, list[int]] = {}
    for name, warehouse in rows(
        "SELECT name, warehouse_id FROM allocation_rules"
        " JOIN allocation_rule_warehouses ON allocation_rule_id = allocation_rules.id"
        " ORDER BY allocation_rules.id, position"
    ):
        rules.setdefault(name, []).append(warehouse)
    assert rules == {
        "Default": [1, 2],
        "Europe": [1, 2],
        "UK": [1, 2],
        "Americas": [1, 3],
        "Japan": [1],
        "VIP": [1],
        "Wholesale": [1],
        "Ship from store": [5, 4],
    }
    of_market = rows(
        "SELECT markets.name, allocation_rules.name FROM markets"
        " JOIN allocation_rules ON allocation_rules.id = allocation_rule_id"
    )
    assert dict(of_market) == {
        "Nordics": "Default",
        "Europe": "Europe",
        "United Kingdom": "UK",
        "North America": "Americas",
        "Japan": "Japan",
        "VIP": "VIP",
        "Wholesale Europe": "Wholesale",
        "Wholesale Overseas": "Wholesale",
    }


def test_shipping_costs_something_in_every_currency_and_country(rows: Query) -> None:
    assert rows("SELECT uri, min_days, max_days, status FROM shipping_options ORDER BY position") == [
        ("standard", 3, 5, "active"),
        ("express", 1, 2, "active"),
        ("pickup", 3, 5, "active"),
    ]
    costs: dict[str, list[int]] = {}
    for uri, cost in rows(
        "SELECT uri, cost FROM shipping_ranges JOIN shipping_groups g ON g.id = shipping_group_id"
        " JOIN shipping_options o ON o.id = shipping_option_id ORDER BY position, currency_id"
    ):
        costs.setdefault(uri, []).append(cost)
    assert costs == {
        "standard": [4900, 490, 450, 600, 80000],
        "express": [12900, 1290, 1100, 1500, 190000],
        "pickup": [3900, 390, 350, 500, 60000],
    }
    countries = rows("SELECT shipping_group_id, country_id FROM shipping_group_countries")
    assert len(countries) == 3 * len(SHIPPED_TO)


def test_fifteen_payment_methods_of_which_the_dummies_are_offered(rows: Query) -> None:
    methods = rows("SELECT uri, status FROM payment_methods ORDER BY position")
    dummies = ["dummy-first", "dummy", "dummy-url", "dummy-direct", "dummy-fail"]
    assert [uri for uri, status in methods if status == "active"] == dummies
    assert [uri for uri, _ in methods] == [
        *dummies,
        "external-payment",
        "stripe-checkout",
        "stripe-payment-intents",
        "adyen-drop-in",
        "adyen-checkout",
        "klarna-checkout",
        "klarna-payments",
        "paypal-commerce",
        "qliroone-payment",
        "quickpay",
    ]
    limited = rows(
        "SELECT uri, code FROM payment_method_countries JOIN payment_methods ON payment_methods.id = payment_method_id"
        " JOIN countries ON countries.id = country_id"
    )
    assert limited == [("qliroone-payment", "SE")]
    costs = rows(
        "SELECT uri, cost FROM payment_handling_costs JOIN payment_methods ON payment_methods.id = payment_method_id"
        " ORDER BY currency_id"
    )
    assert costs == [("dummy-first", cost) for cost in (1300, 130, 120, 150, 20000)]
    recurring = {uri for (uri,) in rows("SELECT uri FROM payment_methods WHERE is_recurring")}
    assert {"dummy", "dummy-direct"} <= recurring
    assert not recurring & {
        "dummy-first",
        "dummy-url",
        "dummy-fail",
        "external-payment",
        "quickpay",
        "qliroone-payment",
    }


def test_the_tokens(rows: Query) -> None:
    tokens = {
        name: (token, integration, json.loads(permissions), json.loads(stores), expires)
        for name, token, integration, permissions, stores, expires in rows(
            "SELECT api_tokens.name, token, integrations.name, permissions_json, stores_json, expires_at"
            " FROM api_tokens"
            " JOIN integrations ON integrations.id = integration_id"
        )
    }
    assert set(tokens) == {"full", "read-only", "pim", "erp", "none", "expired", "dtc-only"}
    assert all(token.startswith("mock-") for token, *_ in tokens.values())
    never, past = from_local("2099-12-31"), from_local("2025-12-31")
    assert {name: entry[4] for name, entry in tokens.items()} == {**dict.fromkeys(tokens, never), "expired": past}
    assert tokens["full"][1] == tokens["erp"][1] == "ERP"
    assert len({entry[1] for entry in tokens.values()}) == len(tokens) - 1
    assert (tokens["full"][2], tokens["read-only"][2], tokens["none"][2]) == (["*"], ["*:read"], [])
    assert [name for name, entry in tokens.items() if entry[3]] == ["dtc-only"]
    assert tokens["dtc-only"][3] == [1]


def test_order_numbers_begin_with_1001(rows: Query) -> None:
    highest = rows("SELECT MAX(number) FROM orders")[0][0]
    assert rows("SELECT value FROM counters WHERE name = 'order'") == [(highest or 1000,)]


def test_what_the_store_says_of_itself(rows: Query) -> None:
    meta = dict(rows("SELECT key, value FROM meta"))
    assert (meta["seed"], meta["as_of"], meta["company"]) == ("1", "2026-09-01", "Nordhavn Atelier")
    assert {"products", "orders"} <= set(meta)
