"""Seeds vouchers, gift certificates, campaign sites and affiliates."""

from collections.abc import Callable
from typing import Any

from mockcentra.seed.checkout import AMOUNTS, URI
from mockcentra.seed.company import STATUS, TEXTS
from mockcentra.seed.fixtures import (
    Kind,
    Node,
    OptionalKey,
    Record,
    Source,
    choice,
    flag,
    listed,
    mapping,
    matching,
    moment,
    money,
    optional,
    percent,
    record,
    ref,
    text,
    whole,
)
from mockcentra.seed.world import World
from mockcentra.store.database import to_json
from mockcentra.store.seeding import items_of_displays

FILES = {"promotions": ("vouchers", "gift_certificates", "campaign_sites", "affiliates")}

# Every part of a voucher may be limited to some goods.
_GOODS: dict[str, OptionalKey] = {
    "categories": optional(listed(ref("category"), least=1)),
    "displays": optional(listed(ref("display"), least=1)),
}
_CONDITIONS: dict[str, dict[str, Kind | OptionalKey]] = {
    "order_value": {"amounts": AMOUNTS},
    "quantity": {"quantity": whole(1), **_GOODS},
    "once": {},
    "new_customer": {"is_new": optional(flag, True)},
    "signed_in": {},
}
_RESULTS: dict[str, dict[str, Kind | OptionalKey]] = {
    "percent_off": {"percent": percent, **_GOODS},
    "price_off": {"amounts": AMOUNTS, **_GOODS},
    "fixed_price": {"amounts": AMOUNTS, **_GOODS},
    "free_shipping": {"options": optional(listed(ref("shipping_option"), least=1))},
    "cheapest_free": dict(_GOODS),
    "n_for_m": {"n": whole(2), "m": whole(1), **_GOODS},
}


def _typed(kinds: dict[str, dict[str, Kind | OptionalKey]]) -> Kind:
    """A mapping whose `type` decides its other keys."""
    types = choice(*kinds)

    def read(node: Node, source: Source, what: str) -> Record:
        pairs = node.value if node.id == "mapping" else ()
        given = next((value for key, value in pairs if key.value == "type"), None)
        fields = {} if given is None else kinds[types(given, source, "type")]
        found: Record = record({"type": types, **fields})(node, source, what)
        return found

    return read


_VOUCHER = record(
    {
        "name": text,
        "trigger": choice("code", "url", "auto"),
        "code": optional(matching(r"[^\s/]+", "a text without blanks and slashes"), ""),
        "created": optional(moment),
        "status": optional(STATUS, "active"),
        "priority": optional(whole(), 0),
        "exclusive": optional(flag, False),
        "from": optional(moment),
        "until": optional(moment),
        "limit": optional(whole(), 0),
        "used": optional(whole(), 0),
        "on_original": optional(flag, False),
        "affects_items": optional(flag, False),
        "markets": optional(listed(ref("market"), least=1)),
        "conditions": optional(listed(_typed(_CONDITIONS)), ()),
        "results": listed(_typed(_RESULTS), least=1),
        "attributes": optional(mapping(text), {}),
    }
)
_GIFT_CERTIFICATE = record(
    uri=URI,
    name=text,
    names=optional(TEXTS, {}),
    type=choice("any", "predetermined"),
    min=optional(money),
    max=optional(money),
    status=optional(STATUS, "active"),
    amounts=optional(AMOUNTS, {}),
)
_CAMPAIGN_SITE = record(
    uri=URI,
    name=text,
    market=ref("market"),
    pricelist=optional(ref("pricelist")),
    status=optional(STATUS, "active"),
)
_AFFILIATE = record(uri=URI, name=text, html=optional(text, ""))


def seed(world: World) -> None:
    """Makes what lowers prices by a code, a visit or a gift (seed.md 7, 9)."""
    for entry in world.section("promotions", "vouchers", listed(_VOUCHER, by="code")):
        _voucher(world, entry)
    for entry in world.section("promotions", "gift_certificates", listed(_GIFT_CERTIFICATE, by="uri")):
        _gift_certificate(world, entry)
    store = world.notes["dtc_store"]
    for entry in world.section("promotions", "campaign_sites", listed(_CAMPAIGN_SITE, by="uri")):
        row_id = world.add(
            "campaign_sites",
            store_id=store,
            uri=entry["uri"],
            name=entry["name"],
            market_id=entry["market"],
            pricelist_id=entry["pricelist"],
            status=entry["status"],
        )
        world.register("campaign_site", entry["uri"], row_id, entry)
    for entry in world.section("promotions", "affiliates", listed(_AFFILIATE, by="uri")):
        row_id = world.add("affiliates", store_id=store, uri=entry["uri"], name=entry["name"], html=entry["html"])
        world.register("affiliate", entry["uri"], row_id, entry)


def _voucher(world: World, entry: Record) -> None:
    if (entry["trigger"] == "auto") == bool(entry["code"]):
        raise entry.error("code", "a voucher has a code if its trigger is code or url, and none if it is auto")
    if entry["limit"] and entry["used"] > entry["limit"]:
        raise entry.error("used", f"used must be at most the limit, {entry['limit']}")
    created = entry["created"] or entry["from"] or world.as_of
    voucher = world.add(
        "vouchers",
        store_id=world.notes["dtc_store"],
        name=entry["name"],
        trigger=entry["trigger"],
        code=entry["code"],
        code_key=entry["code"].lower(),
        status=entry["status"],
        priority=entry["priority"],
        is_exclusive=entry["exclusive"],
        start_at=entry["from"],
        stop_at=entry["until"],
        usage_limit=entry["limit"],
        used=entry["used"],
        affects_items=entry["affects_items"],
        on_original=entry["on_original"],
        created_at=created,
        updated_at=created,
    )
    world.register("voucher", entry["code"] or entry["name"], voucher, entry)
    world.add_many(
        "voucher_markets",
        ("voucher_id", "market_id"),
        [(voucher, market) for market in entry["markets"] or world.notes["dtc_markets"]],
    )
    parts = ("voucher_id", "position", "type", "config_json")
    world.add_many("voucher_conditions", parts, _parts(world, voucher, entry["conditions"], _condition_config))
    world.add_many("voucher_results", parts, _parts(world, voucher, entry["results"], _result_config))
    amounts = [part["amounts"] for part in entry["results"] if "amounts" in part]
    if len(amounts) > 1:
        raise entry.error("results", "only one result of a voucher may have amounts")
    world.add_many(
        "voucher_amounts",
        ("voucher_id", "currency_id", "amount"),
        [(voucher, currency, amount) for currency, amount in (amounts[0].items() if amounts else ())],
    )
    world.attach("voucher", voucher, entry)


def _parts(
    world: World, voucher: int, parts: list[Record], config: Callable[[World, Record], dict[str, Any]]
) -> list[tuple[Any, ...]]:
    return [
        (voucher, position, part["type"], to_json(config(world, part) | _goods(world, part)))
        for position, part in enumerate(parts, 1)
    ]


def _goods(world: World, part: Record) -> dict[str, list[int]]:
    """What a part of a voucher is limited to; nothing where it is for everything."""
    limits = {}
    if part.get("categories"):
        limits["categories"] = part["categories"]
    if part.get("displays"):
        items = items_of_displays(world.tx, part["displays"])
        limits["products"] = [item for display in part["displays"] for item in items[display]]
    return limits


def _condition_config(world: World, part: Record) -> dict[str, Any]:
    if part["type"] != "order_value":
        return {key: part[key] for key in ("quantity", "is_new") if key in part}
    codes = {row_id: code for code, row_id in world.ids["currency"].items()}
    return {codes[currency]: amount for currency, amount in part["amounts"].items()}


def _result_config(world: World, part: Record) -> dict[str, Any]:
    return {key: part[key] for key in ("percent", "n", "m", "options") if part.get(key) is not None}


def _gift_certificate(world: World, entry: Record) -> None:
    if (entry["type"] == "predetermined") != bool(entry["amounts"]):
        raise entry.error("amounts", "a predetermined gift certificate has amounts, and no other has them")
    certificate = world.add(
        "gift_certificates",
        store_id=world.notes["dtc_store"],
        uri=entry["uri"],
        name=entry["name"],
        type=entry["type"],
        min_amount=entry["min"],
        max_amount=entry["max"],
        status=entry["status"],
    )
    world.register("gift_certificate", entry["uri"], certificate, entry)
    world.translate("gift_certificate", certificate, "name", entry["names"])
    world.add_many(
        "gift_certificate_amounts",
        ("gift_certificate_id", "currency_id", "amount"),
        [(certificate, currency, amount) for currency, amount in entry["amounts"].items()],
    )
