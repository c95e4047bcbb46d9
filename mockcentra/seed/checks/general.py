"""Checks of seed.md 1, 16 and 18: dates, numbers, what must not be there, and the handles of the documentation."""

import re
from collections import Counter
from collections.abc import Iterator

from mockcentra.commerce import pricing
from mockcentra.seed.checks.shop import DTC, FOREVER, Check, Shop, at_least, expect
from mockcentra.store import checks as rows
from mockcentra.store.clock import from_local, local_date
from mockcentra.store.database import from_json
from mockcentra.store.seeding import broken_references

_AS_OF = "2026-09-01"
_DAY = 86400
_HISTORY, _CUSTOMERS = 457 * _DAY, 731 * _DAY
_EMAIL = re.compile(r"[^@\s]+@example\.(com|org|net)")
# Tables whose ids count from 1 without a gap, in the order of the fixtures.
_COUNTED = (
    "stores", "markets", "pricelists", "currencies", "languages", "countries", "warehouses", "allocation_rules",
    "brands", "collections", "folders", "categories", "size_charts", "products", "variants", "product_sizes",
    "displays", "display_items", "campaigns", "vouchers", "shipping_options", "payment_methods", "gift_certificates",
    "subscription_plans", "attribute_types", "customers", "orders", "accounts", "buyers",
)  # fmt: skip
# What lies in the months before the day of the seed.
_HISTORIES = (
    ("orders", "created_at"), ("orders", "updated_at"), ("order_history", "created_at"),
    ("payment_entries", "created_at"), ("shipments", "created_at"), ("shipments", "shipped_at"),
    ("returns", "created_at"), ("stock_changes", "created_at"),
)  # fmt: skip
# Columns that say when something is over.
_ENDS = (
    ("campaigns", "stop_at"), ("campaign_items", "stop_at"), ("vouchers", "stop_at"), ("api_tokens", "expires_at"),
    ("delivery_windows", "sales_until"), ("delivery_windows", "delivery_until"), ("allocation_requests", "expires_at"),
)  # fmt: skip
_EMPTY = (
    "external_ids", "event_listeners", "integration_events", "sessions", "back_in_stock_subscriptions",
    "password_resets", "selection_declined_gifts",
)  # fmt: skip
_LATIN = re.compile(r"\b(lorem|ipsum|dolor sit)\b", re.IGNORECASE)
_DOMAIN = re.compile(r"https?://([^/\s\"'<>]+)")


# ---------------------------------------------------------------- 1


def _day(shop: Shop) -> Iterator[str]:
    yield from expect(shop.meta.get("as_of"), _AS_OF, "day of the seed")
    yield from expect(shop.meta.get("company"), "Nordhavn Atelier", "company")


def _emails(shop: Shop) -> Iterator[str]:
    for table in ("customers", "buyers", "sales_representatives", "brick_and_mortars", "newsletter_subscriptions"):
        for row in shop.table(table):
            if row["email"] and not _EMAIL.fullmatch(row["email"]):
                yield f"{row['email']!r} in {table}"
    for order in shop.table("orders"):
        for address in shop.addresses(order):
            if address.get("email") and not _EMAIL.fullmatch(address["email"]):
                yield f"{address['email']!r} in order {order['number']}"


def _dates(shop: Shop) -> Iterator[str]:
    for table, column in _HISTORIES:
        found = rows.moments(shop.tx, table, column)
        if found and not shop.as_of - _HISTORY <= found[0] <= found[-1] <= shop.as_of:
            yield f"{table}.{column} from {local_date(found[0])} to {local_date(found[-1])}"
    found = rows.moments(shop.tx, "customers", "created_at")
    if found and not shop.as_of - _CUSTOMERS <= found[0] <= found[-1] <= shop.as_of:
        yield f"customers from {local_date(found[0])} to {local_date(found[-1])}"


def _seconds(shop: Shop) -> Iterator[str]:
    for table, pairs in (("customers", 0), ("orders", 1), ("returns", 0), ("stock_changes", 0)):
        column = "created_at"
        times = Counter(
            row[column] for row in shop.table(table) if table != "stock_changes" or row["kind"] == "delivery"
        )
        found = sum(number - 1 for number in times.values())
        if found > pairs:
            yield f"{found} {table} share their second with another one"


def _ends(shop: Shop) -> Iterator[str]:
    for table, column in _ENDS:
        for row in shop.table(table):
            if row[column] is not None and shop.as_of < row[column] < FOREVER:
                yield f"a row of {table} ends on {local_date(row[column])}"
    for row in shop.table("subscriptions"):
        if row["status"] == "active" and not local_date(row["next_order_at"]).startswith("2030-01"):
            yield f"subscription {row['id']} is due on {local_date(row['next_order_at'])}"


def _ids(shop: Shop) -> Iterator[str]:
    for table in _COUNTED:
        number, low, high = rows.id_span(shop.tx, table)
        if number and (low, high) != (1, number):
            yield f"{number} {table} have the ids {low} to {high}"


def _order_numbers(shop: Shop) -> Iterator[str]:
    numbers = sorted(row["number"] for row in shop.table("orders"))
    if numbers:
        yield from expect(numbers, list(range(1001, 1001 + len(numbers))), "order numbers")
        yield from expect(rows.counter(shop.tx, "order"), numbers[-1], "last order number")


def _lowest_prices(shop: Shop) -> Iterator[str]:
    """On the day of the seed and years later: prices that nobody changed count all the same."""
    for now in (shop.as_of, FOREVER - 365 * _DAY):
        for record in shop.goods:
            for market in shop.markets:
                for pricelist_id in record.prices:
                    price = pricing.price_of(record, market.id, pricelist_id, now)
                    if pricing.lowest_price(record, market.id, pricelist_id, now, price) is None:
                        yield f"{record.uri} has no lowest price in {market.name}, pricelist {pricelist_id}"


def _whole_rows(shop: Shop) -> Iterator[str]:
    yield from broken_references(shop.tx)


# ---------------------------------------------------------------- 16


def _no_infinite_stock(shop: Shop) -> Iterator[str]:
    for row in shop.table("product_sizes"):
        if row["is_infinite"]:
            yield f"size {row['id']} is infinite"
    yield from (
        f"variant {row['id']} holds back {row['stock_offset']}" for row in shop.table("variants") if row["stock_offset"]
    )


def _no_discounts(shop: Shop) -> Iterator[str]:
    for row in shop.table("vouchers"):
        if row["trigger"] == "auto" and row["status"] == "active":
            for step in shop.of("voucher_results", "voucher_id", row["id"]):
                if not from_json(step["config_json"]).get("categories") or step["type"] == "free_shipping":
                    yield f"the automatic voucher {row['name']} acts outside of a category"
    yield from (
        f"the price alteration {row['name']} is active"
        for row in shop.table("price_alterations")
        if row["status"] == "active"
    )


def _no_odd_orders(shop: Shop) -> Iterator[str]:
    since = from_local("2024-01-01")
    for row in shop.table("orders"):
        if not since <= row["created_at"] <= shop.as_of:
            yield f"order {row['number']} is of {local_date(row['created_at'])}"
        if not row["customer_id"] and not row["account_id"]:
            yield f"order {row['number']} has no customer and no account"
    bundles = {record.id for record in shop.records.values() if record.bundle is not None}
    for line in shop.table("order_lines"):
        if not line["ean"] and line["display_item_id"] not in bundles and not line["gift_certificate_id"]:
            yield f"order line {line['id']} has no EAN"


def _no_odd_customers(shop: Shop) -> Iterator[str]:
    for row in shop.table("customers"):
        if row["anonymized_at"] or not row["email"]:
            yield f"customer {row['id']} is anonymised, or has no e-mail"


def _empty(shop: Shop) -> Iterator[str]:
    for table in _EMPTY:
        if shop.table(table):
            yield f"{len(shop.table(table))} rows in {table}"
    carts = [row for row in shop.of("selections", "status", "open") if row["store_id"] == DTC]
    yield from expect(len(carts), 0, "open DTC selections")


def _no_real_names(shop: Shop) -> Iterator[str]:
    for row in shop.table("displays"):
        words = f"{row['name']} {row['excerpt']} {row['description']}"
        if _LATIN.search(words):
            yield f"lorem ipsum in display {row['uri']}"
    texts = [row["text"] for row in shop.table("translations")]
    texts += [row["content_json"] for row in shop.table("articles")] + [row["html"] for row in shop.table("affiliates")]
    texts += [row["website_url"] or "" for row in shop.table("brick_and_mortars")]
    for words in texts:
        if _LATIN.search(words):
            yield f"lorem ipsum: {words[:40]!r}"
        for domain in _DOMAIN.findall(words):
            if not re.fullmatch(r"(.*\.)?example\.(com|org|net)", domain):
                yield f"a real domain: {domain}"


# ---------------------------------------------------------------- 18


def _customers(shop: Shop) -> Iterator[str]:
    for name in ("anna", "max", "vip", "new", "exempt"):
        email = f"{name}.demo@example.com"
        if not any(row["is_registered"] for row in shop.of("customers", "email_key", email)):
            yield f"there is no {email}"
    if shop.one("buyers", "email", "buyer.demo@example.com") is None:
        yield "there is no buyer.demo@example.com"


def _astrid(shop: Shop) -> Iterator[str]:
    items = shop.display_of("astrid-cardigan")
    if not items:
        yield "there is no astrid-cardigan"
        return
    yield from expect(items[0].display_id, 1, "id of astrid-cardigan")
    yield from expect(len(items), 4, "colours of astrid-cardigan")
    yield from expect(
        [size.name for size in items[0].sizes], ["XS", "S", "M", "L", "XL", "XXL"], "sizes of astrid-cardigan"
    )
    price = shop.price(items[0], shop.markets[0], shop.pricelists[0])
    yield from expect(price.amount, price.before, "price of astrid-cardigan")
    category = shop.reference.categories.get(items[0].category_id or 0)
    path = [shop.reference.categories[each].uri for each in category.path_ids] if category else []
    yield from expect("/".join(path), "women/knitwear/cardigans", "category of astrid-cardigan")


def _displays(shop: Shop) -> Iterator[str]:
    market, pricelist = shop.markets[0], shop.pricelists[0]
    for uri in (
        "hoga-coat", "loden-jeans", "nora-tote", "fjord-parka", "aurora-dress", "spring-preview-jacket", "weekend-set",
        "build-your-outfit",
    ):  # fmt: skip
        if not shop.display_of(uri):
            yield f"there is no {uri}"
            return
    coat = shop.price(shop.display_of("hoga-coat")[0], market, pricelist)
    if not coat.show_as_on_sale or coat.amount == coat.before:
        yield "hoga-coat is not on sale"
    if not shop.reference.size_charts[shop.display_of("loden-jeans")[0].size_chart_id].y:
        yield "loden-jeans are not two-dimensional"
    tote = shop.display_of("nora-tote")[0]
    yield from expect(len(tote.sizes), 1, "sizes of nora-tote")
    yield from at_least(len(tote.plan_ids), 1, "plans of nora-tote")
    pieces = [shop.pieces(size, market) for record in shop.display_of("fjord-parka") for size in record.sizes]
    if not any(pieces) or all(pieces):
        yield "fjord-parka has not some sizes sold out"
    if any(shop.free(size.id) for record in shop.display_of("aurora-dress") for size in record.sizes):
        yield "something is left of aurora-dress"
    if not all(size.is_preorder for size in shop.display_of("spring-preview-jacket")[0].sizes):
        yield "spring-preview-jacket is no pre-order"


CHECKS = (
    Check("1", "day of the seed", "All dates are counted from 2026-09-01; the company is Nordhavn Atelier.", _day),
    Check("1", "e-mail addresses", "Only example.com, example.org and example.net.", _emails),
    Check("1", "dates", "Histories in 15 months, customers in 24 before the day of the seed.", _dates),
    Check("1", "seconds", "Customers, orders and deliveries at different seconds, but for a pair of orders.", _seconds),
    Check("1", "nothing runs out", "Ends are empty, in 2099, or over; subscriptions fall due in January 2030.", _ends),
    Check("1", "ids", "Ids count from 1.", _ids),
    Check("1", "order numbers", "From 1001 without a gap; the next one follows.", _order_numbers),
    Check("1", "lowest prices", "lowestPrice is never empty because the last change is old.", _lowest_prices),
    Check("1", "whole rows", "Every row refers to rows that exist.", _whole_rows),
    Check("16", "no infinite stock", "No infinite size, no offset.", _no_infinite_stock),
    Check("16", "no discount by itself", "Automatic vouchers act in a category; no price alteration.", _no_discounts),
    Check("16", "no odd orders", "None before 2024, none without customer, no line without EAN.", _no_odd_orders),
    Check("16", "no odd customers", "No anonymised customer, no empty e-mail.", _no_odd_customers),
    Check("16", "nothing of users", "No carts, sessions, listeners, events of integrations, id conversions.", _empty),
    Check("16", "nothing real", "No real domain, no lorem ipsum.", _no_real_names),
    Check("18", "known logins", "The accounts and the buyer of the documentation.", _customers),
    Check("18", "astrid-cardigan", "Display 1: four colours, XS to XXL, full price.", _astrid),
    Check("18", "named displays", "On sale, two-dimensional, with plans, sold out, pre-order, bundles.", _displays),
)
