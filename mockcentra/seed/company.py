"""Seeds the company: money, languages, countries, stores, warehouses, markets, pricelists, suppliers and settings."""

from typing import Any

from mockcentra.commerce.settings import SETTINGS, Setting, change_settings
from mockcentra.seed.fixtures import (
    Kind,
    Node,
    Record,
    Source,
    anything,
    choice,
    decimal,
    flag,
    listed,
    mapping,
    matching,
    optional,
    record,
    ref,
    text,
    whole,
)
from mockcentra.seed.world import World
from mockcentra.store.clock import local_date
from mockcentra.store.database import to_json

FILES = {
    "company": (
        "as_of",
        "company",
        "currencies",
        "languages",
        "countries",
        "stores",
        "warehouses",
        "allocation_rules",
        "markets",
        "pricelists",
        "suppliers",
        "settings",
    )
}

_FIRST_ORDER_NUMBER = 1001

STATUS = choice("active", "inactive")
STATE_CODE = matching(r"[A-Z0-9]{1,3}", "a state's code such as NY")
TEXTS = mapping(text, keys=ref("language"))
# An address as selections and orders keep it; keys as in the APIs.
ADDRESS = record(
    firstName=optional(text, ""),
    lastName=optional(text, ""),
    company=optional(text, ""),
    address1=text,
    address2=optional(text, ""),
    zipCode=text,
    city=text,
    state=optional(STATE_CODE, ""),
    country=matching(r"[A-Z]{2}", "a country's code such as SE"),
    phoneNumber=optional(text, ""),
    email=optional(text, ""),
)

_COMPANY = record(name=text, city=text)
_CURRENCY = record(
    code=matching(r"[A-Z]{3}", "an ISO code such as SEK"),
    name=text,
    prefix=optional(matching(".*", "a text"), ""),
    suffix=optional(matching(".*", "a text"), ""),
    decimal_point=optional(choice(".", ","), "."),
    thousands=optional(choice("", " ", ".", ",", "'"), ""),
    decimals=optional(whole(0, 2), 2),
    denominator=optional(whole(1), 100),
    rate=decimal("a rate above 0 such as 11.35", 6, least="0.000001"),
)
_LANGUAGE = record(code=matching(r"[a-z]{2}(_[A-Z]{2})?", "a language's code such as sv"), name=text)
_COUNTRY = record(
    code=matching(r"[A-Z]{2}", "an ISO code such as SE"),
    name=text,
    eu=optional(flag, False),
    language=optional(ref("language")),
    names=optional(TEXTS, {}),
    states=optional(mapping(text, keys=STATE_CODE), {}),
)
_STORE = record(
    name=text,
    type=choice("dtc", "wholesale"),
    base_currency=ref("currency"),
    home_country=optional(ref("country")),
)
_WAREHOUSE = record(
    name=text,
    priority=optional(whole(), 0),
    status=optional(STATUS, "active"),
    policy=optional(choice("direct", "check_first", "direct_then_confirm"), "direct"),
    threshold=optional(whole(), 0),
    stock_master=optional(choice("internal", "external"), "internal"),
    ownership=optional(choice("internal", "external"), "internal"),
    country=optional(ref("country")),
    address=optional(ADDRESS, {}),
)
_ALLOCATION_RULE = record(name=text, warehouses=listed(ref("warehouse"), least=1))
_MARKET = record(
    name=text,
    store=ref("store"),
    allocation_rule=ref("allocation_rule"),
    countries=optional(listed(ref("country")), ()),
    comment=optional(text, ""),
    status=optional(STATUS, "active"),
)
_PRICELIST = record(
    name=text,
    store=ref("store"),
    currency=ref("currency"),
    countries=optional(listed(ref("country")), ()),
    comment=optional(text, ""),
    status=optional(STATUS, "active"),
)
_SUPPLIER = record(name=text, country=optional(ref("country")), currency=optional(ref("currency")))


def _setting_kind(setting: Setting) -> Kind:
    def read(node: Node, source: Source, what: str) -> Any:
        value = anything(node, source, what)
        if not setting.allowed(value):
            raise source.fail(node, f"{what} must be {setting.expects}, not {value!r}")
        return value

    return read


_SETTING_KINDS = {key: optional(_setting_kind(setting)) for key, setting in SETTINGS.items()}


def seed(world: World) -> None:
    """Makes what everything else refers to."""
    company = world.required("company", "company", _COMPANY)
    world.note("company", company["name"])
    world.note("seed", str(world.seed))
    world.note("as_of", local_date(world.as_of))
    world.add("counters", name="order", value=_FIRST_ORDER_NUMBER - 1)
    _money_and_languages(world)
    _countries(world)
    _stores(world)
    _warehouses(world)
    _markets(world)
    _pricelists(world)
    _suppliers(world)
    _settings(world)


def _money_and_languages(world: World) -> None:
    for entry in world.required("company", "currencies", listed(_CURRENCY, least=1, by="code")):
        row_id = world.add(
            "currencies",
            code=entry["code"],
            name=entry["name"],
            uri=entry["code"].lower(),
            prefix=entry["prefix"],
            suffix=entry["suffix"],
            decimal_point=entry["decimal_point"],
            thousands_separator=entry["thousands"],
            decimals=entry["decimals"],
            denominator=entry["denominator"],
            rate_micro=entry["rate"],
        )
        world.register("currency", entry["code"], row_id, entry)
    for position, entry in enumerate(world.required("company", "languages", listed(_LANGUAGE, least=1, by="code"))):
        row_id = world.add("languages", code=entry["code"], name=entry["name"], is_default=position == 0)
        world.register("language", entry["code"], row_id, entry)


def _countries(world: World) -> None:
    states = []
    for entry in world.required("company", "countries", listed(_COUNTRY, least=1, by="code")):
        country = world.add(
            "countries", code=entry["code"], name=entry["name"], eu=entry["eu"], language_id=entry["language"]
        )
        world.register("country", entry["code"], country, entry)
        world.translate("country", country, "name", entry["names"])
        for code, name in entry["states"].items():
            state = world.register("state", f"{entry['code']}-{code}", world.next_id("states"))
            states.append((state, country, code, name))
    world.add_many("states", ("id", "country_id", "code", "name"), states)


def _stores(world: World) -> None:
    for entry in world.required("company", "stores", listed(_STORE, least=1, by="name")):
        row_id = world.add(
            "stores",
            name=entry["name"],
            type=entry["type"],
            base_currency_id=entry["base_currency"],
            home_country_id=entry["home_country"],
        )
        world.register("store", entry["name"], row_id, entry)
        world.notes.setdefault(f"{entry['type']}_store", row_id)


def _warehouses(world: World) -> None:
    for entry in world.required("company", "warehouses", listed(_WAREHOUSE, least=1, by="name")):
        row_id = world.add(
            "warehouses",
            name=entry["name"],
            status=entry["status"],
            priority=entry["priority"],
            threshold=entry["threshold"],
            stock_master=entry["stock_master"],
            ownership=entry["ownership"],
            allocation_policy=entry["policy"],
            country_id=entry["country"],
            address_json=to_json(entry["address"]),
        )
        world.register("warehouse", entry["name"], row_id, entry)
    members = []
    for entry in world.required("company", "allocation_rules", listed(_ALLOCATION_RULE, least=1, by="name")):
        rule = world.add("allocation_rules", name=entry["name"])
        world.register("allocation_rule", entry["name"], rule, entry)
        members += [(rule, warehouse, position) for position, warehouse in enumerate(entry["warehouses"], 1)]
    world.add_many("allocation_rule_warehouses", ("allocation_rule_id", "warehouse_id", "position"), members)


def _markets(world: World) -> None:
    entries = world.required("company", "markets", listed(_MARKET, least=1, by="name"))
    defaults = _first_of_each_store(entries)
    _one_each_country(entries, "market")
    for entry in entries:
        row_id = world.add(
            "markets",
            store_id=entry["store"],
            name=entry["name"],
            is_default=entry["name"] in defaults,
            status=entry["status"],
            allocation_rule_id=entry["allocation_rule"],
            comment=entry["comment"],
        )
        world.register("market", entry["name"], row_id, entry)
        if entry["store"] == world.notes.get("dtc_store"):
            world.notes.setdefault("dtc_markets", []).append(row_id)
        world.add_many(
            "market_countries",
            ("store_id", "country_id", "market_id"),
            [(entry["store"], country, row_id) for country in entry["countries"]],
        )


def _pricelists(world: World) -> None:
    entries = world.required("company", "pricelists", listed(_PRICELIST, least=1, by="name"))
    defaults = _first_of_each_store(entries)
    _one_each_country(entries, "pricelist")
    for entry in entries:
        row_id = world.add(
            "pricelists",
            store_id=entry["store"],
            name=entry["name"],
            currency_id=entry["currency"],
            is_default=entry["name"] in defaults,
            status=entry["status"],
            comment=entry["comment"],
        )
        world.register("pricelist", entry["name"], row_id, entry)
        world.add_many(
            "pricelist_countries",
            ("store_id", "country_id", "pricelist_id"),
            [(entry["store"], country, row_id) for country in entry["countries"]],
        )


def _first_of_each_store(entries: list[Record]) -> list[str]:
    """The names of the entries that come first for their store: its defaults."""
    first: dict[int, str] = {}
    for entry in entries:
        first.setdefault(entry["store"], entry["name"])
    return list(first.values())


def _one_each_country(entries: list[Record], kind: str) -> None:
    """Refuses a country that has two of a store's markets, or two of its pricelists."""
    taken: dict[tuple[int, int], str] = {}
    for entry in entries:
        for country in entry["countries"]:
            other = taken.setdefault((entry["store"], country), entry["name"])
            if other != entry["name"]:
                raise entry.error("countries", f"one of these countries has the {kind} {other!r} already")


def _suppliers(world: World) -> None:
    for entry in world.section("company", "suppliers", listed(_SUPPLIER, by="name")):
        row_id = world.add("suppliers", name=entry["name"], country_id=entry["country"], currency_id=entry["currency"])
        world.register("supplier", entry["name"], row_id, entry)


def _settings(world: World) -> None:
    values = world.section("company", "settings", record(_SETTING_KINDS), {})
    change_settings(world.tx, {key: value for key, value in values.items() if value is not None})
