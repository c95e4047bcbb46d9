"""What the default shop offers beside its catalogue: vouchers, certificates, content, wholesale (seed.md 7, 9, 14)."""

import json
from collections.abc import Callable
from typing import Any

from mockcentra.commerce import passwords
from mockcentra.store.clock import from_local

Query = Callable[..., list[tuple[Any, ...]]]

AS_OF = from_local("2026-09-01")
NEVER = from_local("2099-12-31")


def test_the_vouchers(rows: Query) -> None:
    # the credit of a gift certificate that somebody bought comes on top
    vouchers = {
        (code or name): (trigger, status, json.loads(config) if config else {}, kind)
        for name, code, trigger, status, kind, config in rows(
            "SELECT name, code, trigger, status, type, config_json FROM vouchers"
            " JOIN voucher_results ON voucher_id = vouchers.id WHERE NOT reuse_value ORDER BY vouchers.id"
        )
    }
    assert vouchers == {
        "WELCOME10": ("code", "active", {"percent": 1000}, "percent_off"),
        "SAVE100": ("code", "active", {}, "price_off"),
        "FREESHIP": ("code", "active", {}, "free_shipping"),
        "ALONE30": ("code", "active", {"percent": 3000}, "percent_off"),
        "ONCE25": ("code", "active", {"percent": 2500}, "percent_off"),
        "SPRING15": ("code", "active", {"percent": 1500}, "percent_off"),
        "OFF20": ("code", "inactive", {"percent": 2000}, "percent_off"),
        "USEDUP": ("code", "active", {"percent": 500}, "percent_off"),
        "friends": ("url", "active", {"percent": 1200}, "percent_off"),
        "Sock deal": ("auto", "active", {"categories": [_socks(rows)]}, "cheapest_free"),
    }


def _socks(rows: Query) -> int:
    ((category,),) = rows(
        "SELECT categories.id FROM categories JOIN categories parents ON parents.id = categories.parent_id"
        " WHERE categories.store_id = 1 AND parents.uri = 'accessories' AND categories.uri = 'socks'"
    )
    return int(category)


def test_what_limits_the_vouchers(rows: Query) -> None:
    assert rows("SELECT code, is_exclusive FROM vouchers WHERE is_exclusive") == [("ALONE30", 1)]
    limits = rows("SELECT code, usage_limit FROM vouchers WHERE usage_limit > 0 AND NOT reuse_value ORDER BY id")
    assert limits == [("ONCE25", 1), ("USEDUP", 3)]
    used_up = rows("SELECT code, used FROM vouchers WHERE used = usage_limit AND usage_limit > 0 AND NOT reuse_value")
    assert used_up == [("USEDUP", 3)]
    assert rows("SELECT code FROM vouchers WHERE stop_at IS NOT NULL") == [("SPRING15",)]
    assert rows("SELECT COUNT(*) FROM vouchers WHERE stop_at >= ? AND stop_at < ?", AS_OF, NEVER) == [(0,)]
    assert rows("SELECT COUNT(*) FROM voucher_markets GROUP BY voucher_id") == [(6,)] * 11
    amounts = rows(
        "SELECT currencies.code, amount FROM voucher_amounts JOIN currencies ON currencies.id = currency_id"
        " WHERE remaining IS NULL ORDER BY currencies.id"
    )
    assert amounts == [("SEK", 10000), ("EUR", 1000), ("GBP", 900), ("USD", 1000), ("JPY", 150000)]
    conditions = rows(
        "SELECT vouchers.name, type, config_json FROM voucher_conditions JOIN vouchers ON vouchers.id = voucher_id"
    )
    assert [(name, kind, json.loads(config)) for name, kind, config in conditions] == [
        ("Sock deal", "quantity", {"quantity": 5, "categories": [_socks(rows)]})
    ]


def test_the_gift_certificates(rows: Query) -> None:
    assert rows("SELECT uri, type, min_amount, max_amount, status FROM gift_certificates ORDER BY id") == [
        ("gift-card", "any", None, None, "active"),
        ("gift-card-50", "predetermined", None, None, "active"),
    ]
    amounts = rows("SELECT amount FROM gift_certificate_amounts ORDER BY currency_id")
    assert amounts == [(50000,), (5000,), (4500,), (5000,), (750000,)]


def test_campaign_site_and_affiliates(rows: Query) -> None:
    assert rows(
        "SELECT uri, markets.name, pricelists.name FROM campaign_sites JOIN markets ON markets.id = market_id"
        " JOIN pricelists ON pricelists.id = pricelist_id"
    ) == [("vip-lounge", "VIP", "VIP SEK")]
    assert rows("SELECT uri, html <> '' FROM affiliates ORDER BY id") == [("lina-blog", 1), ("outfit-daily", 0)]


def test_the_physical_shops(rows: Query) -> None:
    shops = rows(
        "SELECT name, warehouse_id, longitude, latitude, opening_hours_json FROM brick_and_mortars ORDER BY id"
    )
    assert [(name.split()[-1], warehouse) for name, warehouse, *_ in shops] == [
        ("Stockholm", 4),
        ("Berlin", 5),
        ("Copenhagen", None),
        ("London", None),
    ]
    for _, _, longitude, latitude, hours in shops:
        assert -180 < float(longitude) < 180
        assert -90 < float(latitude) < 90
        opening = json.loads(hours)
        assert len(opening["weekday_text"]) == 7
        assert opening["periods"]
        assert all(period["open"]["time"] < period["close"]["time"] for period in opening["periods"])


def test_content(rows: Query) -> None:
    counts = {
        table: rows(f"SELECT COUNT(*) FROM {table}")[0][0]
        for table in ("statics", "articles", "map_regions", "map_locations", "lookbooks")
    }
    assert counts == {"statics": 2, "articles": 3, "map_regions": 2, "map_locations": 3, "lookbooks": 2}
    for section, content in rows("SELECT section, content_json FROM articles"):
        assert json.loads(content)["sectionUri"] == ("" if section == "pages" else section)


def test_accounts_and_buyers(rows: Query) -> None:
    assert rows("SELECT status, COUNT(*) FROM accounts GROUP BY status ORDER BY status") == [
        ("active", 12),
        ("inactive", 2),
    ]
    assert len(rows("SELECT DISTINCT market_id FROM accounts WHERE status = 'active'")) == 2
    assert rows("SELECT COUNT(*) FROM buyers") == [(18,)]
    assert max(count for (count,) in rows("SELECT COUNT(*) FROM buyers GROUP BY account_id")) == 3
    assert rows("SELECT COUNT(DISTINCT account_id) FROM buyers") == [(14,)]
    assert rows("SELECT kind, COUNT(*) FROM sales_representatives GROUP BY kind ORDER BY kind") == [
        ("agent", 1),
        ("sales_rep", 2),
    ]
    assert rows("SELECT name FROM payment_terms ORDER BY id") == [("NET30",), ("NET60",), ("PREPAID",)]
    assert rows("SELECT name FROM shipping_terms ORDER BY id") == [("DAP",), ("EXW",)]
    assert rows("SELECT COUNT(DISTINCT account_id) FROM account_window_discounts") == [(1,)]
    assert rows("SELECT COUNT(*) FROM accounts WHERE credit_limit IS NOT NULL") == [(1,)]
    brands = [json.loads(text) for (text,) in rows("SELECT brands_json FROM accounts")]
    assert [len(allowed) for allowed in brands if allowed] == [2]
    assert rows(
        "SELECT COUNT(*) FROM accounts JOIN tax_classes ON tax_classes.id = tax_class_id"
        " WHERE tax_classes.name = 'Reverse charge'"
    ) == [(1,)]
    assert rows("SELECT COUNT(*) FROM attribute_values WHERE object_type = 'account'")[0][0] >= 1


def test_the_buyer_of_the_documentation_can_sign_in(rows: Query) -> None:
    ((kept,),) = rows("SELECT password_hash FROM buyers WHERE email = 'buyer.demo@example.com'")
    assert passwords.matches(kept, "demo1234")


def test_the_delivery_windows(rows: Query) -> None:
    windows = rows("SELECT stock_type, is_preorder, status, sales_until FROM delivery_windows ORDER BY id")
    assert windows == [
        ("stock", 0, "active", NEVER),
        ("preorder", 1, "active", NEVER),
        ("link", 0, "active", NEVER),
        ("stock", 0, "cancelled", from_local("2025-06-30")),
    ]
    assert rows("SELECT DISTINCT store_id FROM delivery_window_markets JOIN markets ON markets.id = market_id") == [
        (2,)
    ]
    assert len(rows("SELECT DISTINCT delivery_window_id FROM delivery_window_variants")) == 4


def test_one_price_alteration_that_is_not_active(rows: Query) -> None:
    assert rows("SELECT status FROM price_alterations") == [("inactive",)]
    assert rows("SELECT COUNT(*) FROM price_alteration_prices")[0][0] > 0


def test_the_packages(rows: Query) -> None:
    packages: dict[str, dict[str, int]] = {}
    for name, pricelist, amount in rows(
        "SELECT packages.name, pricelists.name, amount FROM package_amounts JOIN packages ON packages.id = package_id"
        " JOIN pricelists ON pricelists.id = pricelist_id WHERE packages.status = 'active'"
        " ORDER BY packages.id, pricelists.id"
    ):
        packages.setdefault(name, {})[pricelist] = amount
    assert {name: list(amounts) for name, amounts in packages.items()} == {
        "Tee Club": ["SEK", "EUR", "GBP", "JPY"],
        "Sock Club": ["SEK", "EUR", "GBP", "JPY"],
        "Basics Box": ["SEK", "EUR", "GBP", "JPY"],
        "Nordic Box": ["SEK"],
    }
    assert all(len(set(amounts.values())) == len(amounts) for amounts in packages.values())
    products = rows(
        "SELECT packages.name, COUNT(*) FROM package_products JOIN packages ON packages.id = package_id"
        " GROUP BY packages.id ORDER BY packages.id"
    )
    assert products == [("Tee Club", 1), ("Sock Club", 2), ("Basics Box", 3), ("Nordic Box", 1), ("Retired Box", 1)]
    assert rows("SELECT name FROM packages WHERE status <> 'active'") == [("Retired Box",)]
