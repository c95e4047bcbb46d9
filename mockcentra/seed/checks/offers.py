"""Checks of seed.md 7 to 10: bundles, gift certificates, plans, attributes, campaigns, vouchers, content, settings."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime

from mockcentra.commerce import pricing
from mockcentra.commerce.settings import setting
from mockcentra.seed.checks.shop import DTC, WHOLESALE, Check, Shop, at_least, differences, expect, rows_as
from mockcentra.store.clock import instance_zone
from mockcentra.store.database import Row, from_json

_DAY = 86400
# URI -> type, price type, percent off, (quantity, variants) of the sections
_BUNDLES = {
    "weekend-set": ("fixed", "static", 0, ((1, 1), (2, 1))),
    "travel-kit": ("fixed", "dynamic", 1000, ((1, 1), (1, 1), (1, 1))),
    "build-your-outfit": ("flexible", "dynamic", 0, ((1, 4), (1, 4))),
    "gift-box": ("flexible", "static", 0, ((1, 3), (2, 3))),
}
_PLANS = {"Monthly": (1, "month", 1000), "Every 14 days": (14, "day", 1500), "Quarterly": (3, "month", 500)}
_GIFT_AMOUNTS = {"SEK": 50000, "EUR": 5000, "GBP": 4500, "USD": 5000, "JPY": 750000}
# name -> group, kind, elements; multi and filter are apart
_ATTRIBUTES = {
    "swatch": ("variation", "mapped", "desc hex"),
    "var_material": ("variation", "mapped", "text"),
    "pr_materials": ("product", "mapped", "text"),
    "pr_care": ("product", "mapped", "text icon sheet"),
    "pd_fit_note": ("product", "dynamic", "text"),
    "pd_size_guide": ("product", "dynamic", "table"),
    "pd_vegan": ("product", "dynamic", "text"),
    "variant_swatch": ("variation", "dynamic", "color_code"),
    "disp_badge": ("display", "dynamic", "text"),
    "order_attr": ("order", "dynamic", "external_id gift_wrap"),
    "line_engraving": ("line", "dynamic", "text"),
    "line_wrap": ("line", "mapped", "text"),
    "sel_event": ("order", "mapped", "text"),
    "cust_club": ("customer", "mapped", "text"),
    "cust_note": ("customer", "dynamic", "text"),
    "acc_segment": ("account", "dynamic", "text"),
    "sz_note": ("sizechart", "dynamic", "text"),
    "media_alt": ("product_media", "dynamic", "text"),
    "vouch_origin": ("voucher", "dynamic", "text"),
}
_ELEMENT_KINDS = {
    ("pr_care", "icon"): "image",
    ("pr_care", "sheet"): "file",
    ("pd_fit_note", "text"): "textarea",
    ("pd_vegan", "text"): "boolean",
    ("disp_badge", "text"): "select",
    ("order_attr", "gift_wrap"): "boolean",
}
# name -> displays, on sale, new
_CAMPAIGNS = {
    "Mid season": (16, True, False),
    "New arrivals": (8, False, True),
    "VIP preview": (10, True, False),
    "Winter 2025": (20, True, False),
    "August deals": (6, True, False),
}
# code -> trigger, status, result, its percent in hundredths, exclusive, limit
_VOUCHERS = {
    "WELCOME10": ("code", "active", "percent_off", 1000, False, 0),
    "SAVE100": ("code", "active", "price_off", None, False, 0),
    "FREESHIP": ("code", "active", "free_shipping", None, False, 0),
    "ALONE30": ("code", "active", "percent_off", 3000, True, 0),
    "ONCE25": ("code", "active", "percent_off", 2500, False, 1),
    "SPRING15": ("code", "active", "percent_off", 1500, False, 0),
    "OFF20": ("code", "inactive", "percent_off", 2000, False, 0),
    "friends": ("url", "active", "percent_off", 1200, False, 0),
}
_SAVE100 = {"SEK": 10000, "EUR": 1000, "GBP": 900, "USD": 1000, "JPY": 150000}
# option -> days, costs in hundredths
_SHIPPING = {
    "standard": ((3, 5), {"SEK": 4900, "EUR": 490, "GBP": 450, "USD": 600, "JPY": 80000}),
    "express": ((1, 2), {"SEK": 12900, "EUR": 1290, "GBP": 1100, "USD": 1500, "JPY": 190000}),
    "pickup": ((3, 5), {"SEK": 3900, "EUR": 390, "GBP": 350, "USD": 500, "JPY": 60000}),
}
_METHODS = (
    "dummy-first", "dummy", "dummy-url", "dummy-direct", "dummy-fail", "external-payment", "stripe-checkout",
    "stripe-payment-intents", "adyen-drop-in", "adyen-checkout", "klarna-checkout", "klarna-payments",
    "paypal-commerce", "qliroone-payment", "quickpay",
)  # fmt: skip
_HANDLING = {"SEK": 1300, "EUR": 130, "GBP": 120, "USD": 150, "JPY": 20000}
_SETTINGS = {
    "store.autoconfirm": True,
    "store.direct_to_shipment": False,
    "store.backorders": False,
    "store.overselling_prevention": "standard",
    "store.return_stock_action": "insert",
    "checkout.stock_display": "yes_few_no",
    "checkout.few_in_stock": 5,
    "checkout.allowed_origins": [],
    "checkout.token_lifetime": 30,
    "checkout.start_country": "",
    "checkout.flexible_bundles": True,
}


# ---------------------------------------------------------------- 7: bundles, gift certificates, plans


def _bundles(shop: Shop) -> Iterator[str]:
    found = {}
    for items in shop.by_display.values():
        bundle = items[0].bundle
        if bundle is not None:
            sections = tuple((section.quantity, len(section.items)) for section in bundle.sections)
            found[items[0].uri] = (bundle.type, bundle.price_type, bundle.percent, sections)
            if any(section.min_quantity or section.max_quantity for section in bundle.sections):
                yield f"{items[0].uri} has limits"
    yield from differences(found, _BUNDLES, "bundle")
    if not setting(shop.tx, "checkout.flexible_bundles"):
        yield "flexible bundles are switched off"


def _whole_sets(shop: Shop) -> Iterator[str]:
    markets = {market.id for market in shop.markets}
    for record in shop.records.values():
        if record.bundle is None:
            continue
        if not markets <= record.market_ids or not record.is_active:
            yield f"{record.uri} is not in all markets"
        for market in shop.markets:
            for pricelist in shop.pricelists:
                if shop.price(record, market, pricelist).amount is None:
                    yield f"{record.uri} has no price in {market.name}, {pricelist.name}"
            for size in record.sizes:
                yield from at_least(shop.pieces(size, market), 50, f"sets of {record.uri} in {market.name}")
        for part in (shop.parts[item] for section in record.bundle.sections for item in section.items):
            if not record.market_ids <= part.market_ids:
                yield f"{part.uri}, a part of {record.uri}, is not in all its markets"
            if not shop.is_ordinary(part, shop.markets[0], shop.pricelists[0]):
                yield f"{part.uri}, a part of {record.uri}, is not ordinary"


def _bundle_numbers(shop: Shop) -> Iterator[str]:
    bundles = {row["id"] for row in shop.of("products", "kind", "bundle")}
    highest = max((row["id"] for row in shop.of("products", "kind", "normal")), default=0)
    if bundles and min(bundles) < highest:
        yield "bundles do not have the highest product ids"
    of_bundles = {record.id for record in shop.records.values() if record.bundle is not None}
    others = max((record.id for record in shop.records.values() if record.bundle is None), default=0)
    if of_bundles and min(of_bundles) < others:
        yield "bundles do not have the highest display items"
    for record in shop.records.values():
        if record.bundle is not None:
            if not record.sku:
                yield f"{record.uri} has no SKU"
            for size in record.sizes:
                if size.ean or size.upc:
                    yield f"{record.uri} has an EAN or a UPC"
                if shop.levels.get(size.id):
                    yield f"{record.uri} has stock of its own"


def _gift_certificates(shop: Shop) -> Iterator[str]:
    found = {each.uri: each for each in shop.reference.gift_certificates.values() if each.store_id == DTC}
    yield from expect(sorted(found), ["gift-card", "gift-card-50"], "gift certificates")
    for each in found.values():
        if not each.is_active:
            yield f"{each.uri} is inactive"
    free, fixed = found.get("gift-card"), found.get("gift-card-50")
    if free is not None:
        yield from expect(free.type, "any", "type of gift-card")
        if (free.min_amount or 0) > 100 or (free.max_amount or 1_000_000) < 1_000_000:
            yield "gift-card has limits between 1 and 10,000"
    if fixed is not None:
        yield from expect(fixed.type, "predetermined", "type of gift-card-50")
        amounts = {shop.reference.currencies[currency].code: amount for currency, amount in fixed.amounts.items()}
        yield from differences(amounts, _GIFT_AMOUNTS, "amount of gift-card-50 in")


def _plans(shop: Shop) -> Iterator[str]:
    found = {
        plan.name: (plan.interval_value, plan.interval_type, plan.percent)
        for plan in shop.reference.plans.values()
        if plan.is_active
    }
    yield from differences(found, _PLANS, "plan")
    sold: dict[int, set[int]] = defaultdict(set)
    for record in shop.goods:
        if record.plan_ids:
            sold[record.product_id].update(record.plan_ids)
            for country in shop.shipping_countries:
                if not shop.is_ordinary(record, *shop.place_of(country)):
                    yield f"{record.uri}, sold by subscription, is not ordinary in {country.code}"
    yield from at_least(len(sold), 4, "products sold by subscription")
    if not any(len(plans) > 1 for plans in sold.values()):
        yield "no product has two plans"
    used = {plan for plans in sold.values() for plan in plans}
    yield from (f"nothing is sold by {plan.name}" for plan in shop.reference.plans.values() if plan.id not in used)


# ---------------------------------------------------------------- 8: attributes


def _attribute_types(shop: Shop) -> Iterator[str]:
    elements: dict[int, list[Row]] = defaultdict(list)
    for row in sorted(shop.table("attribute_elements"), key=lambda row: (row["position"], row["id"])):
        elements[row["attribute_type_id"]].append(row)
    types = {row["name"]: row for row in shop.table("attribute_types")}
    found = {
        name: (row["group_name"], row["kind"], " ".join(element["name"] for element in elements[row["id"]]))
        for name, row in types.items()
    }
    yield from differences(found, _ATTRIBUTES, "attribute")
    for name, row in types.items():
        yield from expect(bool(row["is_multi"]), name == "pr_materials", f"{name} takes several values")
        yield from expect(bool(row["is_filter"]), name in ("swatch", "disp_badge"), f"{name} is a filter")
        for element in elements[row["id"]]:
            kind = _ELEMENT_KINDS.get((name, element["name"]), "input")
            yield from expect(element["kind"], kind, f"kind of {name}, {element['name']}")


def _attribute_entries(shop: Shop) -> Iterator[str]:
    entries = Counter(row["attribute_type_id"] for row in shop.table("attribute_entries"))
    for row in shop.table("attribute_types"):
        if row["kind"] == "mapped":
            yield from at_least(entries[row["id"]], 3, f"entries of {row['name']}")
    if sum(entries.values()) > 150:
        yield f"{sum(entries.values())} entries, expected at most 150"
    translated = shop.translated("attribute_entry_value")
    yield from (f"no value is translated to {code}" for code in ("sv", "de", "fr") if not translated[code])


def _with_attribute(shop: Shop, name: str) -> set[int]:
    """The objects that have a value of the attribute."""
    kind = shop.one("attribute_types", "name", name)
    if kind is None:
        return set()
    group = kind["group_name"]
    entries = {row["id"] for row in shop.of("attribute_entries", "attribute_type_id", kind["id"])}
    elements = {row["id"] for row in shop.of("attribute_elements", "attribute_type_id", kind["id"])}
    linked = {
        row["object_id"]
        for row in shop.of("attribute_links", "object_type", group)
        if row["attribute_entry_id"] in entries
    }
    return linked | {
        row["object_id"]
        for row in shop.of("attribute_values", "object_type", group)
        if row["attribute_element_id"] in elements
    }


def _attribute_use(shop: Shop) -> Iterator[str]:
    variants = {row["id"] for row in shop.table("variants")}
    products = {row["id"] for row in shop.of("products", "kind", "normal")}
    missing = len(variants - _with_attribute(shop, "swatch"))
    yield from expect(missing, 0, "variants without swatch")
    for name, total in (("var_material", variants), ("pr_materials", products)):
        share = len(_with_attribute(shop, name) & total) / max(1, len(total))
        if not 0.4 <= share <= 0.6:
            yield f"{share:.0%} have {name}, expected half"
    for name, floor in (
        ("pr_care", 10), ("pd_size_guide", 10), ("disp_badge", 1), ("acc_segment", 1), ("sz_note", 1),
        ("media_alt", 1), ("vouch_origin", 1),
    ):  # fmt: skip
        yield from at_least(len(_with_attribute(shop, name)), floor, f"objects with {name}")
    first_hundred = set(sorted(products)[:100])
    yield from at_least(
        len(_with_attribute(shop, "pd_fit_note") & first_hundred), 30, "of 100 products with pd_fit_note"
    )
    vegan = len(_with_attribute(shop, "pd_vegan"))
    if not 0 < vegan < len(products):
        yield f"{vegan} products have pd_vegan"
    swatches = _with_attribute(shop, "variant_swatch")
    for items in shop.by_display.values():
        if len(items) > 1 and any(record.variant_id not in swatches for record in items):
            yield f"a variant of {items[0].uri} has no variant_swatch"
    if shop.table("customers"):
        for name in ("cust_club", "cust_note"):
            yield from at_least(len(_with_attribute(shop, name)), 1, f"customers with {name}")
    if shop.table("orders"):
        element = next((row["id"] for row in shop.of("attribute_elements", "name", "external_id")), 0)
        number = sum(
            row["attribute_element_id"] == element for row in shop.of("attribute_values", "object_type", "order")
        )
        yield from at_least(number, 10, "orders with order_attr_external_id")


# ---------------------------------------------------------------- 9: campaigns, vouchers, content


def _campaign_displays(shop: Shop, name: str) -> set[int]:
    campaign = shop.one("campaigns", "name", name)
    items = shop.of("campaign_items", "campaign_id", campaign["id"] if campaign else 0)
    return {shop.records[row["display_item_id"]].display_id for row in items if row["display_item_id"] in shop.records}


def _campaigns(shop: Shop) -> Iterator[str]:
    for name, (displays, on_sale, new) in _CAMPAIGNS.items():
        row = shop.one("campaigns", "name", name)
        if row is None:
            yield f"there is no campaign {name}"
            continue
        yield from expect(len(_campaign_displays(shop, name)), displays, f"displays of {name}")
        yield from expect((bool(row["show_as_on_sale"]), bool(row["show_as_new"])), (on_sale, new), f"flags of {name}")
        markets = {each["market_id"] for each in shop.of("campaign_markets", "campaign_id", row["id"])}
        wanted = {market.id for market in shop.markets if name != "VIP preview" or market.name == "VIP"}
        yield from expect(markets, wanted, f"markets of {name}")
        is_over = name in ("Winter 2025", "August deals")
        if row["status"] != "active" or (row["stop_at"] is None) == is_over or (row["stop_at"] or 0) > shop.as_of:
            yield f"{name} is {row['status']} until {row['stop_at']}"
        if is_over or name == "VIP preview":
            continue
        pricelists = {each["pricelist_id"] for each in shop.of("campaign_pricelists", "campaign_id", row["id"])}
        if name == "Mid season":
            yield from expect(pricelists, {each.id for each in shop.pricelists}, f"pricelists of {name}")


def _campaign_prices(shop: Shop) -> Iterator[str]:
    lowered, new_price = 0, 0
    for record in shop.goods:
        if record.display_id in _campaign_displays(shop, "Mid season"):
            for market in shop.markets:
                for pricelist in shop.pricelists:
                    price = shop.price(record, market, pricelist)
                    if price.amount is None or price.before is None:
                        continue
                    if price.amount >= price.before or not price.show_as_on_sale:
                        yield f"{record.uri} is not on sale in {market.name}, {pricelist.name}"
                    lowered += price.discount_percent == 20
                    new_price += price.discount_percent != 20
        elif record.display_id in _campaign_displays(shop, "New arrivals"):
            price = shop.price(record, shop.markets[0], shop.pricelists[0])
            if price.amount != price.before or not price.show_as_new:
                yield f"{record.uri} is not shown as new at its full price"
    if not lowered or not new_price:
        yield "Mid season has only one of 20 % and new prices"


def _lower_in_winter(shop: Shop) -> Iterator[str]:
    """Prices of the price history that are lower than today's and older than a month."""
    displays = _campaign_displays(shop, "Winter 2025")
    for record in shop.goods:
        if record.display_id in displays:
            for pricelist_id, amount in record.prices.items():
                if not any(
                    entry.price < amount and (entry.until_at or shop.as_of) <= shop.as_of - 30 * _DAY
                    for entry in record.price_records
                    if entry.pricelist_id == pricelist_id
                ):
                    yield f"{record.uri} has no lower price of the winter in pricelist {pricelist_id}"
                    break


def _lower_in_august(shop: Shop) -> Iterator[str]:
    displays = _campaign_displays(shop, "August deals")
    for record in shop.goods:
        if record.display_id in displays:
            market, pricelist = shop.markets[0], shop.pricelists[0]
            price = pricing.price_of(record, market.id, pricelist.id, shop.as_of)
            lowest = pricing.lowest_price(record, market.id, pricelist.id, shop.as_of, price)
            if lowest is None or price.amount is None or lowest.price >= price.amount:
                yield f"the lowest price of {record.uri} is not below today's"


def _vouchers(shop: Shop) -> Iterator[str]:
    by_code = {row["code"]: row for row in shop.table("vouchers") if row["code"]}
    markets = shop.by("voucher_markets", "voucher_id")
    for code, wanted in _VOUCHERS.items():
        row = by_code.get(code)
        if row is None:
            yield f"there is no voucher {code}"
            continue
        results = shop.of("voucher_results", "voucher_id", row["id"])
        result = results[0] if len(results) == 1 else None
        percent = from_json(result["config_json"]).get("percent") if result is not None else None
        found = (
            row["trigger"],
            row["status"],
            result["type"] if result is not None else None,
            percent,
            bool(row["is_exclusive"]),
            row["usage_limit"],
        )
        yield from expect(found, wanted, f"voucher {code}")
        yield from expect(len(markets.get(row["id"], ())), len(shop.markets), f"markets of {code}")
        if code == "ONCE25" and row["used"]:
            yield "ONCE25 is used"
        if shop.of("voucher_conditions", "voucher_id", row["id"]):
            yield f"{code} has conditions"
        if (code == "SPRING15") != (row["stop_at"] is not None and row["stop_at"] <= shop.as_of):
            yield f"{code} ends at {row['stop_at']}"
    used_up = by_code.get("USEDUP")
    if used_up is None or not used_up["usage_limit"] or used_up["used"] != used_up["usage_limit"]:
        yield "USEDUP is not used up"
    save = by_code.get("SAVE100")
    amounts = {
        shop.code("currencies", row["currency_id"]): row["amount"]
        for row in shop.of("voucher_amounts", "voucher_id", save["id"] if save else 0)
    }
    yield from differences(amounts, _SAVE100, "SAVE100 in")


def _sock_deal(shop: Shop) -> Iterator[str]:
    socks = next((each.id for each in shop.reference.categories.values() if each.uri == "socks"), 0)
    automatic = [row for row in shop.table("vouchers") if row["trigger"] == "auto" and row["status"] == "active"]
    yield from expect([row["name"] for row in automatic], ["Sock deal"], "automatic vouchers")
    for row in automatic:
        conditions = [
            (each["type"], from_json(each["config_json"]))
            for each in shop.of("voucher_conditions", "voucher_id", row["id"])
        ]
        results = [
            (each["type"], from_json(each["config_json"]))
            for each in shop.of("voucher_results", "voucher_id", row["id"])
        ]
        yield from expect(
            conditions, [("quantity", {"quantity": 5, "categories": [socks]})], f"conditions of {row['name']}"
        )
        yield from expect(results, [("cheapest_free", {"categories": [socks]})], f"results of {row['name']}")


def _sites_and_affiliates(shop: Shop) -> Iterator[str]:
    sites = {
        row["uri"]: (shop.code("markets", row["market_id"]), shop.code("pricelists", row["pricelist_id"]))
        for row in shop.table("campaign_sites")
    }
    yield from differences(sites, {"vip-lounge": ("VIP", "VIP SEK")}, "campaign site")
    affiliates = {row["uri"]: bool(row["html"]) for row in shop.table("affiliates")}
    yield from differences(affiliates, {"lina-blog": True, "outfit-daily": False}, "affiliate with HTML")


def _physical_shops(shop: Shop) -> Iterator[str]:
    found = {row["name"].split()[-1]: row["warehouse_id"] for row in shop.table("brick_and_mortars")}
    yield from differences(
        found, {"Stockholm": 4, "Berlin": 5, "Copenhagen": None, "London": None}, "warehouse of the shop in"
    )
    for row in shop.table("brick_and_mortars"):
        if not row["latitude"] or not row["longitude"] or not row["opening_hours_json"]:
            yield f"{row['name']} has no coordinates or opening hours"


def _content(shop: Shop) -> Iterator[str]:
    wanted = {"statics": 2, "articles": 3, "map_regions": 2, "map_locations": 3, "lookbooks": 2}
    yield from differences({table: len(shop.table(table)) for table in wanted}, wanted, "number of")


# ---------------------------------------------------------------- 10: shipping, payment, settings


def _shipping(shop: Shop) -> Iterator[str]:
    options = [each for each in shop.reference.shipping_options.values() if DTC in each.store_ids]
    yield from expect([each.uri for each in options], list(_SHIPPING), "shipping options")
    ships = {country.id for country in shop.shipping_countries}
    for each in options:
        row = shop.one("shipping_options", "id", each.id)
        days, costs = _SHIPPING.get(each.uri, (None, {}))
        assert row is not None
        yield from expect((row["min_days"], row["max_days"]), days, f"days of {each.uri}")
        (group,) = each.groups
        found = {
            shop.reference.currencies[currency].code: ranges.steps[0].cost for currency, ranges in group.ranges.items()
        }
        yield from differences(found, costs, f"cost of {each.uri} in")
        if set(group.country_ids) != ships:
            yield f"{each.uri} does not serve every country that ships"


def _methods(shop: Shop) -> Iterator[str]:
    methods = [each for each in shop.reference.payment_methods.values() if each.store_id == DTC]
    yield from expect(tuple(each.uri for each in methods), _METHODS, "payment methods")
    for each in methods:
        costs = {
            shop.reference.currencies[currency].code: cost for currency, cost in each.handling_costs.items() if cost
        }
        yield from differences(costs, _HANDLING if each.uri == "dummy-first" else {}, f"cost of {each.uri} in")
        may = each.uri in ("dummy", "dummy-direct") or each.uri.startswith(("stripe-", "adyen-", "klarna-"))
        yield from expect(each.is_recurring, may, f"{each.uri} can recur")
        countries = [shop.reference.countries[country].code for country in each.country_ids]
        yield from expect(countries, ["SE"] if each.uri == "qliroone-payment" else [], f"countries of {each.uri}")
        if each.uri.startswith("dummy") and not each.is_active:
            yield f"{each.uri} is not offered"


def _settings(shop: Shop) -> Iterator[str]:
    yield from differences({key: setting(shop.tx, key) for key in _SETTINGS}, _SETTINGS, "setting")


# ---------------------------------------------------------------- 14: what wholesale and packages have before orders


def _terms(shop: Shop) -> Iterator[str]:
    yield from expect(
        rows_as(shop.table("payment_terms"), "name"), [("NET30",), ("NET60",), ("PREPAID",)], "payment terms"
    )
    yield from expect(rows_as(shop.table("shipping_terms"), "name"), [("DAP",), ("EXW",)], "shipping terms")
    kinds = Counter(row["kind"] for row in shop.table("sales_representatives"))
    yield from differences(kinds, {"sales_rep": 2, "agent": 1}, "number of")


def _accounts(shop: Shop) -> Iterator[str]:
    accounts = shop.table("accounts")
    states = Counter(row["status"] for row in accounts)
    yield from differences(states, {"active": 12, "inactive": 2}, "accounts that are")
    reverse = shop.one("tax_classes", "name", "Reverse charge")
    special = {
        "window discounts": len({row["account_id"] for row in shop.table("account_window_discounts")}),
        "a credit limit": sum(row["credit_limit"] is not None for row in accounts),
        "two brands": sum(len(from_json(row["brands_json"])) == 2 for row in accounts),
        "reverse charge": sum(row["tax_class_id"] == (reverse["id"] if reverse else 0) for row in accounts),
    }
    yield from differences(special, dict.fromkeys(special, 1), "accounts with")
    yield from expect(len(shop.table("buyers")), 18, "buyers")
    several = Counter(row["account_id"] for row in shop.table("buyers"))
    if 3 not in several.values():
        yield "no account has three buyers"
    yield from (f"{row['name']} has no buyer" for row in accounts if not several[row["id"]])


def _windows(shop: Shop) -> Iterator[str]:
    windows = shop.table("delivery_windows")
    yield from expect(len(windows), 4, "delivery windows")
    kinds = Counter("cancelled" if row["status"] == "cancelled" else row["stock_type"] for row in windows)
    yield from differences(kinds, {"stock": 1, "preorder": 1, "link": 1, "cancelled": 1}, "delivery windows of kind")
    wholesale = {market.id for market in shop.reference.markets_of(WHOLESALE)}
    for row in shop.table("delivery_window_markets"):
        if row["market_id"] not in wholesale:
            yield f"delivery window {row['delivery_window_id']} is in market {row['market_id']}"
    for row in windows:
        if row["status"] != "cancelled":
            until = datetime.fromtimestamp(row["sales_until"] or 0, instance_zone()).date().isoformat()
            yield from expect(until, "2099-12-31", f"end of sales of {row['name']}")


def _alteration(shop: Shop) -> Iterator[str]:
    yield from expect([row["status"] for row in shop.table("price_alterations")], ["inactive"], "price alterations")


_PACKAGES = {
    "Tee Club": (1, "active", "SEK EUR GBP JPY"),
    "Sock Club": (2, "active", "SEK EUR GBP JPY"),
    "Basics Box": (3, "active", "SEK EUR GBP JPY"),
    "Nordic Box": (None, "active", "SEK"),
    "Retired Box": (None, "inactive", None),
}


def _packages(shop: Shop) -> Iterator[str]:
    found = {row["name"]: row for row in shop.table("packages")}
    yield from expect(list(found), list(_PACKAGES), "packages")
    for name, (products, status, pricelists) in _PACKAGES.items():
        row = found.get(name)
        if row is None:
            continue
        yield from expect(row["status"], status, f"status of {name}")
        inside = len(shop.of("package_products", "package_id", row["id"]))
        if products is not None:
            yield from expect(inside, products, f"products of {name}")
        amounts = {
            shop.code("pricelists", each["pricelist_id"]): each["amount"]
            for each in shop.of("package_amounts", "package_id", row["id"])
        }
        if pricelists is not None:
            yield from expect(sorted(amounts), sorted(pricelists.split()), f"pricelists of {name}")
            yield from expect(len(set(amounts.values())), len(amounts), f"different amounts of {name}")
    active = {row["id"] for row in found.values() if row["status"] == "active"}
    for country in shop.shipping_countries:
        if not country.states:
            amounts_here = shop.of("package_amounts", "pricelist_id", shop.place_of(country)[1].id)
            sold = [row for row in amounts_here if row["package_id"] in active]
            yield from at_least(len(sold), 2, f"packages in {country.code}")


_TOKENS = ("full", "read-only", "pim", "erp", "none", "expired", "dtc-only")


def _tokens(shop: Shop) -> Iterator[str]:
    tokens = {row["name"]: row for row in shop.table("api_tokens")}
    yield from expect(sorted(tokens), sorted(_TOKENS), "GraphQL tokens")
    for name, row in tokens.items():
        if not row["token"].startswith("mock-"):
            yield f"the token {name} does not begin with mock-"
        expires = datetime.fromtimestamp(row["expires_at"] or 0, instance_zone()).date().isoformat()
        yield from expect(expires, "2025-12-31" if name == "expired" else "2099-12-31", f"end of token {name}")
        yield from expect(from_json(row["stores_json"]), [DTC] if name == "dtc-only" else [], f"stores of {name}")
    if "full" in tokens and "erp" in tokens:
        integrations = {name: row["integration_id"] for name, row in tokens.items()}
        yield from expect(integrations["erp"], integrations["full"], "integration of erp")
        others = [integration for name, integration in integrations.items() if name != "erp"]
        yield from expect(len(set(others)), len(others), "integrations of the other tokens")
        permissions = {name: from_json(row["permissions_json"]) for name, row in tokens.items()}
        yield from expect(permissions.get("none"), [], "permissions of none")
        if any(not each.endswith(":read") for each in permissions.get("read-only", [""])):
            yield "read-only may write"


CHECKS = (
    Check("7", "bundles", "Two fixed and two flexible bundles, their prices and sections.", _bundles),
    Check("7", "whole sets", "Bundles: in all markets, priced, 50 sets, ordinary parts.", _whole_sets),
    Check(
        "7",
        "numbers of bundles",
        "Highest ids, a SKU, no EAN and UPC, no stock but that of the parts.",
        _bundle_numbers,
    ),
    Check("7", "gift certificates", "gift-card for any amount, gift-card-50 in five currencies.", _gift_certificates),
    Check("7", "plans", "Three plans on four products; one product with two.", _plans),
    Check("8", "attribute types", "Group, kind and elements of 19 types.", _attribute_types),
    Check("8", "attribute entries", "Three or more a mapped type, 150 in all at most.", _attribute_entries),
    Check("8", "use of attributes", "Which objects have which attributes.", _attribute_use),
    Check("9", "campaigns", "Five campaigns: displays, markets, flags, ends.", _campaigns),
    Check("9", "campaign prices", "Mid season lowers everywhere; New arrivals nowhere.", _campaign_prices),
    Check("9", "prices of the winter", "Winter 2025 left lower prices in the history.", _lower_in_winter),
    Check("9", "prices of August", "August deals were below today's price on the last 30 days.", _lower_in_august),
    Check("9", "vouchers", "Nine codes: what they do, whether they still may.", _vouchers),
    Check("9", "sock deal", "One automatic voucher: five or more socks, the cheapest free.", _sock_deal),
    Check("9", "sites and affiliates", "vip-lounge; lina-blog with HTML, outfit-daily without.", _sites_and_affiliates),
    Check("9", "physical shops", "Stockholm, Berlin, Copenhagen, London.", _physical_shops),
    Check("9", "content", "Statics, articles, map regions and locations, lookbooks.", _content),
    Check("10", "shipping", "Three options, their days and costs, everywhere.", _shipping),
    Check("10", "payment methods", "Fifteen in order, their costs, countries, recurring.", _methods),
    Check("10", "settings", "The settings of the shop.", _settings),
    Check("14", "terms", "Payment and shipping terms, sales representatives, an agent.", _terms),
    Check("14", "accounts", "12 active, 2 inactive, the special ones, 18 buyers.", _accounts),
    Check("14", "delivery windows", "Stock, pre-order, link and a cancelled one.", _windows),
    Check("14", "price alteration", "One, inactive.", _alteration),
    Check("14", "packages", "Five packages; two or more in every country without states.", _packages),
    Check("14", "tokens", "Seven GraphQL tokens, their ends and integrations.", _tokens),
)
