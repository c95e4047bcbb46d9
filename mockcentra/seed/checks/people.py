"""Checks of seed.md 11: the customers."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from mockcentra.commerce.passwords import matches
from mockcentra.seed.checks.shop import DTC, Check, Shop, at_least, count, expect
from mockcentra.store.clock import local_date
from mockcentra.store.database import Row

_PASSWORD = "mockcentra"
_DEMO_PASSWORD = "demo1234"
_DEMO = ("anna", "max", "vip", "exempt", "new", "twin")
_FIELDS = (
    "email", "email_key", "first_name", "last_name", "address1", "zip_code", "city", "country", "phone_number",
    "language_id", "created_at", "updated_at",
)  # fmt: skip


def _demo(shop: Shop, name: str) -> Row | None:
    """The account of that name at `<name>.demo@example.com`."""
    found = shop.of("customers", "email_key", f"{name}.demo@example.com")
    return next((row for row in found if row["is_registered"]), None)


def _orders_of(shop: Shop, customer: Row | None) -> list[Row]:
    return [] if customer is None else shop.of("orders", "customer_id", customer["id"])


def _numbers(shop: Shop) -> Iterator[str]:
    customers = shop.of("customers", "store_id", DTC)
    registered = sum(row["is_registered"] for row in customers)
    if len(shop.orders) <= 176:
        yield from expect(len(customers), 150, "customers")
        yield from expect(registered, 95, "registered customers")
    yield from at_least(registered, 95, "registered customers")
    yield from at_least(len(customers) - registered, 55, "guests")
    moments = [row["created_at"] for row in customers]
    yield from expect(moments, sorted(moments), "moments of customers in the order of their ids")
    for row in customers:
        if not row["created_at"] < row["updated_at"] <= shop.as_of:
            yield f"{row['email']} was not changed later, before the day of the seed"
    countries = Counter(row["country"] for row in customers)
    for country in shop.shipping_countries:
        yield from at_least(countries[country.code], 3, f"customers in {country.code}")
    if shop.orders:
        orders = Counter(row["customer_id"] for row in shop.orders)
        yield from at_least(sum(number > 1 for number in orders.values()), 25, "customers with two or more orders")


def _consents(shop: Shop) -> Iterator[str]:
    by_customer: dict[int, set[str]] = defaultdict(set)
    languages = set()
    for row in shop.table("consents"):
        by_customer[row["customer_id"]].add(row["key"])
        languages.add(row["language"])
        if not row["version"] or not row["text"] or not row["language"]:
            yield f"consent {row['key']} of customer {row['customer_id']} has no version, text or language"
    yield from count(
        shop,
        sum({"newsletter", "direct_marketing"} <= keys for keys in by_customer.values()),
        40,
        "consenting customers",
    )
    yield from at_least(len(languages), 2, "languages of consents")


def _no_gaps(shop: Shop) -> Iterator[str]:
    for row in shop.of("customers", "store_id", DTC):
        missing = [column for column in _FIELDS if not row[column]]
        if missing:
            yield f"customer {row['id']} has no {', '.join(missing)}"
        if row["country"] in ("US", "CA") and not row["state"]:
            yield f"customer {row['id']} has no state"
    times = Counter(row["email_key"] for row in shop.of("customers", "store_id", DTC))
    twins = [email for email, number in times.items() if number > 1]
    yield from expect(twins, ["twin.demo@example.com"], "e-mails of several customers")


def _passwords(shop: Shop) -> Iterator[str]:
    for row in shop.of("customers", "store_id", DTC):
        if not row["is_registered"]:
            if row["password_hash"]:
                yield f"the guest {row['email']} has a password"
            continue
        known = row["email_key"].partition(".demo@")[0] in _DEMO
        if not matches(row["password_hash"], _DEMO_PASSWORD if known else _PASSWORD):
            yield f"{row['email']} has another password"


def _anna(shop: Shop) -> Iterator[str]:
    anna = _demo(shop, "anna")
    if anna is None:
        yield "there is no anna.demo@example.com"
        return
    yield from expect(anna["country"], "SE", "country of Anna")
    if not anna["address1"] or not anna["newsletter"]:
        yield "Anna has no address, or not the newsletter"
    wishlist = shop.one("wishlists", "customer_id", anna["id"])
    items = shop.of("wishlist_items", "wishlist_id", wishlist["id"] if wishlist else 0)
    yield from expect(len(items), 4, "items on Anna's wishlist")
    orders = _orders_of(shop, anna)
    states = sorted(row["status"] for row in orders)
    yield from expect(
        states, ["archived", "cancelled", "completed", "confirmed", "pending", "processing"], "Anna's orders"
    )
    parcels = [
        row["id"] for row in orders if any(each["is_shipped"] for each in shop.of("shipments", "order_id", row["id"]))
    ]
    yield from at_least(len(parcels), 2, "orders of Anna with a parcel")


def _max(shop: Shop) -> Iterator[str]:
    max_demo = _demo(shop, "max")
    if max_demo is None or max_demo["country"] != "DE":
        yield "there is no max.demo@example.com in Germany"
        return
    contracts = shop.of("subscription_contracts", "customer_id", max_demo["id"])
    yield from expect(len(contracts), 1, "contracts of Max")
    found = [row for contract in contracts for row in shop.of("subscriptions", "contract_id", contract["id"])]
    yield from expect(sorted(row["status"] for row in found), ["active", "paused"], "subscriptions of Max")
    for row in found:
        yield from expect((row["interval_value"], row["interval_type"]), (12, "month"), "interval of Max")
        if not local_date(row["next_order_at"]).startswith("2030-01"):
            yield f"a subscription of Max is due on {local_date(row['next_order_at'])}"


def _others(shop: Shop) -> Iterator[str]:
    vip, exempt, new, twin = (_demo(shop, name) for name in ("vip", "exempt", "new", "twin"))
    for name, row in zip(("vip", "exempt", "new", "twin"), (vip, exempt, new, twin), strict=True):
        if row is None:
            yield f"there is no {name}.demo@example.com"
    if vip is not None:
        place = (shop.code("markets", vip["market_id"]), shop.code("pricelists", vip["pricelist_id"]))
        yield from expect(place, ("VIP", "VIP SEK"), "market and pricelist of vip.demo")
    if exempt is not None:
        yield from expect(shop.code("tax_classes", exempt["tax_class_id"]), "Tax exempt", "tax class of exempt.demo")
        if shop.orders:
            deducted = [row["tax_deducted"] < 0 for row in _orders_of(shop, exempt)]
            yield from expect(deducted, [True], "orders of exempt.demo with tax deducted")
    yield from expect(len(_orders_of(shop, new)), 0, "orders of new.demo")
    if twin is not None and shop.orders:
        guest = next(
            (row for row in shop.of("customers", "email_key", twin["email_key"]) if not row["is_registered"]), None
        )
        if not _orders_of(shop, guest):
            yield "the unregistered twin has no order"


CHECKS = (
    Check(
        "11", "numbers of customers", "95 accounts, 55 guests, three in each country, 25 with several orders.", _numbers
    ),
    Check("11", "consents", "newsletter and direct_marketing on 40, with version and language.", _consents),
    Check("11", "no gaps", "No empty field; e-mails are unique but for the twin.", _no_gaps),
    Check("11", "passwords", "Every account's is mockcentra, the known ones' demo1234.", _passwords),
    Check("11", "Anna", "anna.demo: six orders in all states, two with parcels, a wishlist of four.", _anna),
    Check("11", "Max", "max.demo: a contract with an active and a paused subscription.", _max),
    Check("11", "the other known ones", "vip, exempt, new and twin.", _others),
)
