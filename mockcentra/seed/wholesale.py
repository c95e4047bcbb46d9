"""Seeds the Wholesale store's terms, people, accounts and windows, and the packages of the old subscriptions."""

from random import Random

from mockcentra.commerce.money import percent_of
from mockcentra.commerce.passwords import hashed_cheaply
from mockcentra.seed.company import ADDRESS, STATUS
from mockcentra.seed.fixtures import (
    Record,
    choice,
    decimal,
    flag,
    listed,
    mapping,
    matching,
    moment,
    money,
    names,
    optional,
    percent,
    record,
    ref,
    text,
    whole,
)
from mockcentra.seed.world import World
from mockcentra.store.database import to_json
from mockcentra.store.seeding import items_of_displays, prices_of_store, variants_of_store

FILES = {
    "wholesale": (
        "payment_terms",
        "shipping_terms",
        "sales_representatives",
        "delivery_windows",
        "accounts",
        "price_alterations",
        "packages",
    )
}

_DAY = 86400
_EMAIL = matching(r"[^@\s]+@[^@\s]+\.[a-z]+", "an e-mail address")

_PAYMENT_TERMS = record(name=text, days=whole(0, 365))
_REPRESENTATIVE = record(name=text, email=_EMAIL, kind=optional(choice("sales_rep", "agent"), "sales_rep"))
_WINDOW = record(
    {
        "name": text,
        "status": optional(choice("active", "inactive", "cancelled"), "active"),
        "stock_type": choice("stock", "preorder", "link", "stock_link"),
        "preorder": optional(flag, False),
        "allocation_rule": optional(ref("allocation_rule")),
        "markets": listed(ref("market"), least=1),
        "collections": optional(listed(ref("collection")), ()),
        "sales_from": optional(moment),
        "sales_until": optional(moment),
        "from": optional(moment),
        "until": optional(moment),
    }
)
_BUYER = record(
    email=_EMAIL,
    first_name=text,
    last_name=text,
    password=optional(text, ""),
    status=optional(STATUS, "active"),
)
_ACCOUNT = record(
    name=text,
    status=optional(STATUS, "active"),
    market=ref("market"),
    pricelist=ref("pricelist"),
    allocation_rule=optional(ref("allocation_rule")),
    payment_terms=optional(ref("payment_terms")),
    shipping_terms=optional(ref("shipping_terms")),
    sales_representative=optional(ref("sales_representative")),
    tax_class=optional(ref("tax_class")),
    vat_number=optional(text, ""),
    discount=optional(percent, 0),
    window_discounts=optional(mapping(percent, keys=ref("delivery_window")), {}),
    credit_limit=optional(money),
    brands=optional(listed(ref("brand")), ()),
    address=ADDRESS,
    shipping_address=optional(ADDRESS),
    comment=optional(text, ""),
    attributes=optional(mapping(text), {}),
    buyers=listed(_BUYER, least=1, by="email"),
)
_ALTERATION = record(
    {
        "name": text,
        "status": optional(STATUS, "inactive"),
        "from": optional(moment),
        "percent": decimal("a percentage from -100 to 100 such as 4", 2, least="-100", most="100"),
    }
)
_PACKAGE = record(
    name=text,
    status=optional(STATUS, "active"),
    displays=listed(ref("display"), least=1),
    amounts=mapping(money, keys=ref("pricelist")),
)


def seed(world: World) -> None:
    """Makes what there is of wholesale before its first order, and the packages (seed.md 14)."""
    for entry in world.section("wholesale", "payment_terms", listed(_PAYMENT_TERMS, by="name")):
        row_id = world.add("payment_terms", name=entry["name"], days=entry["days"])
        world.register("payment_terms", entry["name"], row_id, entry)
    for name in world.section("wholesale", "shipping_terms", names):
        world.register("shipping_terms", name, world.add("shipping_terms", name=name))
    for entry in world.section("wholesale", "sales_representatives", listed(_REPRESENTATIVE, by="name")):
        row_id = world.add("sales_representatives", name=entry["name"], email=entry["email"], kind=entry["kind"])
        world.register("sales_representative", entry["name"], row_id, entry)
    for entry in world.section("wholesale", "delivery_windows", listed(_WINDOW, by="name")):
        _delivery_window(world, entry)
    dice = world.dice("buyers")
    for position, entry in enumerate(world.section("wholesale", "accounts", listed(_ACCOUNT, by="name"))):
        _account(world, entry, position, dice)
    for entry in world.section("wholesale", "price_alterations", listed(_ALTERATION, by="name")):
        _price_alteration(world, entry)
    for entry in world.section("wholesale", "packages", listed(_PACKAGE, by="name")):
        _package(world, entry)


def _delivery_window(world: World, entry: Record) -> None:
    window = world.add(
        "delivery_windows",
        store_id=world.notes["wholesale_store"],
        name=entry["name"],
        status=entry["status"],
        is_preorder=entry["preorder"],
        stock_type=entry["stock_type"],
        allocation_rule_id=entry["allocation_rule"],
        sales_from=entry["sales_from"],
        sales_until=entry["sales_until"],
        delivery_from=entry["from"],
        delivery_until=entry["until"],
    )
    world.register("delivery_window", entry["name"], window, entry)
    world.add_many(
        "delivery_window_markets",
        ("delivery_window_id", "market_id"),
        [(window, market) for market in entry["markets"]],
    )
    world.add_many(
        "delivery_window_variants",
        ("delivery_window_id", "variant_id"),
        [
            (window, variant)
            for variant in variants_of_store(world.tx, world.notes["wholesale_store"], entry["collections"])
        ],
    )


def _account(world: World, entry: Record, position: int, dice: Random) -> None:
    """An account is as old as its place in the list says: a fortnight younger than the one before."""
    created = world.as_of - (700 - 14 * position) * _DAY + 9 * 3600 + 61 * position
    account = world.add(
        "accounts",
        store_id=world.notes["wholesale_store"],
        name=entry["name"],
        status=entry["status"],
        market_id=entry["market"],
        pricelist_id=entry["pricelist"],
        allocation_rule_id=entry["allocation_rule"],
        payment_terms_id=entry["payment_terms"],
        shipping_terms_id=entry["shipping_terms"],
        sales_rep_id=entry["sales_representative"],
        tax_class_id=entry["tax_class"],
        vat_number=entry["vat_number"],
        discount_percent=entry["discount"],
        credit_limit=entry["credit_limit"],
        brands_json=to_json(list(entry["brands"])),
        address_json=to_json(entry["address"]),
        shipping_address_json=to_json(entry["shipping_address"] or entry["address"]),
        billing_address_json=to_json(entry["address"]),
        comment=entry["comment"],
        created_at=created,
        updated_at=created,
    )
    world.register("account", entry["name"], account, entry)
    world.attach("account", account, entry)
    world.add_many(
        "account_window_discounts",
        ("account_id", "delivery_window_id", "percent"),
        [(account, window, discount) for window, discount in entry["window_discounts"].items()],
    )
    for buyer in entry["buyers"]:
        row_id = world.add(
            "buyers",
            account_id=account,
            email=buyer["email"],
            password_hash=hashed_cheaply(buyer["password"], f"{dice.getrandbits(64):016x}")
            if buyer["password"]
            else "",
            first_name=buyer["first_name"],
            last_name=buyer["last_name"],
            status=buyer["status"],
            address_json=to_json(entry["address"]),
            created_at=created,
            updated_at=created,
        )
        world.register("buyer", buyer["email"], row_id, buyer)


def _price_alteration(world: World, entry: Record) -> None:
    alteration = world.add(
        "price_alterations",
        store_id=world.notes["wholesale_store"],
        name=entry["name"],
        status=entry["status"],
        from_at=entry["from"],
    )
    world.add_many(
        "price_alteration_prices",
        ("price_alteration_id", "display_item_id", "pricelist_id", "price", "price_rrp"),
        [
            (
                alteration,
                row["display_item_id"],
                row["pricelist_id"],
                row["price"] + percent_of(row["price"], entry["percent"]),
                row["price_rrp"],
            )
            for row in prices_of_store(world.tx, world.notes["wholesale_store"])
        ],
    )


def _package(world: World, entry: Record) -> None:
    package = world.add("packages", store_id=world.notes["dtc_store"], name=entry["name"], status=entry["status"])
    world.register("package", entry["name"], package, entry)
    items = items_of_displays(world.tx, entry["displays"])
    world.add_many(
        "package_products",
        ("package_id", "display_item_id", "position"),
        [(package, items[display][0], position) for position, display in enumerate(entry["displays"], 1)],
    )
    world.add_many(
        "package_amounts",
        ("package_id", "pricelist_id", "amount"),
        [(package, pricelist, amount) for pricelist, amount in entry["amounts"].items()],
    )
