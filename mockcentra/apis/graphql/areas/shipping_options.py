"""Shipping options: where they ship, and what that costs in which currency.

An option of the shop has one group of countries, and in each currency one price whatever is ordered.
"""

from collections.abc import Mapping
from typing import Any

from mockcentra.apis.graphql import words
from mockcentra.apis.graphql.changes import Change, Input
from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.money import money
from mockcentra.apis.graphql.paging import find
from mockcentra.apis.graphql.registry import mutation
from mockcentra.apis.graphql.types import (
    TYPES,
    Among,
    Batch,
    Changed,
    Column,
    Computed,
    LastChange,
    Linked,
    Many,
    One,
    Text,
    Through,
    Type,
    Where,
    define,
    text,
    word,
)
from mockcentra.commerce import shipping_writing
from mockcentra.store import graphql_reading as reading
from mockcentra.store import graphql_wholesale as paths
from mockcentra.store import records
from mockcentra.store import shipping_writing as rows
from mockcentra.store.database import Row, from_json, to_json
from mockcentra.store.graphql_reading import Link

STATUSES = words.stored(words.STATUS)
# Whether an option is one for pickup; nothing is external here.
_PICKUP = {"DEFAULT": 0, "PICKUP": 1, "EXTERNAL": 2}
COUNTRIES = Link("shipping_option_countries", "shipping_option_id", "country_id")
MOST = 10_000_000


def _ranges(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[list[dict[str, Any]]]:
    """One price in each currency, from nothing on; its id tells option and currency."""
    found = rows.costs(run.tx, [row[0] for row in picked])
    return [
        [
            {
                "__typename": "OrderTotalPriceRange",
                "id": option_id * 1000 + currency_id,
                "shippingPrice": money(run, cost, currency_id),
                "orderValuePercent": None,
                "fromPrice": money(run, 0, currency_id),
            }
            for currency_id, cost in found.get(option_id, {}).items()
        ]
        for (option_id,) in picked
    ]


def _in_markets(run: Run, value: list[int]) -> reading.Condition:
    """Options ship in every market of their store."""
    return paths.of_markets(value)


define(
    Type(
        "ShippingOption",
        "shipping_options",
        fields={
            "name": Column("name"),
            "status": Column("status", word(words.STATUS)),
            "type": Column(paths.IS_PICKUP, lambda is_pickup: "PICKUP" if is_pickup else "DEFAULT"),
            "uri": Column("uri"),
            "storeType": Column("store_id>stores.type", word(words.STORE_TYPE)),
            "updatedAt": LastChange("shipping_option"),
            "comment": Column(paths.OPTION_COMMENT, text),
            "isPickupPoint": Column(paths.IS_PICKUP, bool),
            "currency": One(paths.OPTION_CURRENCY),
            "markets": Through(Link("shipping_option_markets", "shipping_option_id", "market_id")),
            "stores": Computed(lambda store_id: [store_id], "store_id"),
            "priceGroups": Many("id"),
        },
        filters={
            "name": Text("name"),
            "status": Among("status", STATUSES),
            "type": Where(lambda run, value: reading.among(paths.IS_PICKUP, [_PICKUP[each] for each in value])),
            "uri": Text("uri"),
            "updatedAt": Changed("shipping_option"),
            "currencyId": Linked(Link("shipping_costs", "shipping_option_id", "currency_id")),
            "marketId": Where(_in_markets),
            "storeId": Among("store_id"),
            "storeType": Among("store_id>stores.type", words.stored(words.STORE_TYPE)),
        },
        sorts={"name": "name"},
        search=("name", "uri"),
        store="store_id",
    ),
    Type(
        "ShippingPriceGroup",
        "shipping_options",
        fields={"countries": Through(COUNTRIES), "ranges": Batch(_ranges, "id"), "shippingOption": One("id")},
        filters={"countryId": Linked(COUNTRIES), "shippingOptionId": Among("id")},
        search=("name",),
        store="store_id",
    ),
)


# ------------------------------------------------------------------ writing


def _currency(change: Change) -> int | None:
    code = change.input.get("currencyIsoCode")
    if code is None:
        return None
    code = code.upper()
    found = find(change.run, TYPES["Currency"], "code", [code]).get(code)
    if found is None:
        change.input.error(f"Could not find Currency with ID {code}", "currencyIsoCode")
    return found


def _columns(change: Change, before: Row | None) -> dict[str, Any]:
    given = change.input
    columns: dict[str, Any] = {}
    if "name" in given:
        columns["name"] = given.required_text("name")
    if given.get("status") is not None:
        columns["status"] = STATUSES[given["status"]]
    if given.get("uri"):
        columns["uri"] = given["uri"]
        if len(given["uri"]) > 255 or any(letter.isspace() or letter in "/?#" for letter in given["uri"]):
            given.error("The URI may not contain blanks, slashes or marks of addresses", "uri")
    extra = {} if before is None else from_json(before["extra_json"])
    written = dict(extra)
    if "comment" in given:
        written["comment"] = given["comment"] or ""
    if given.get("isPickupPoint") is not None:
        written["isPickupPoint"] = int(given["isPickupPoint"])
    if written != extra:
        columns["extra_json"] = to_json(written)
    return columns


def _cost(part: Input) -> int | None:
    """The price of the lowest range; a warning where there is more than the shop keeps."""
    ranges = part.part("ranges")
    if ranges is None:
        return None
    kind = ranges.exactly_one("orderTotal", "totalItems", "totalWeight")
    if kind is None:
        return None
    start = {"orderTotal": "fromPrice", "totalItems": "fromItems", "totalWeight": "fromWeightKg"}[kind]
    entries = ranges.parts(kind)
    if not entries:
        ranges.error("At least one range is needed", kind)
        return None
    for entry in entries:
        if not 0 <= (entry.get("shippingPrice") or 0) <= MOST:
            entry.error(f"shippingPrice must be between 0 and {MOST}", "shippingPrice")
    if len(entries) > 1 or entries[0].get("orderValuePercent"):
        ranges.warning("Only the price of the lowest range is used", kind)
    lowest = min(entries, key=lambda entry: entry[start])
    return round((lowest.get("shippingPrice") or 0) * 100)


def _groups(change: Change, option_id: int | None) -> tuple[list[int], list[int], int | None]:
    """(countries to add, countries to remove, the price) of the groups in the input."""
    given = change.input
    add: list[int] = []
    remove: list[int] = []
    price: int | None = None
    added, updated = given.parts("addShippingGroups"), given.parts("updateShippingGroups")
    for part in added:
        add += part.refs("addCountries", "Country")
        price = _cost(part)
    if len(added) > 1 or (added and option_id is not None):
        given.warning("The countries are added to the one group of the shipping option", "addShippingGroups")
    for part in updated:
        if part["shippingGroup"]["id"] != option_id:
            part.error(
                f"Could not find ShippingPriceGroup with ID {part['shippingGroup']['id']}", "shippingGroup", "id"
            )
        add += part.refs("addCountries", "Country")
        remove += part.refs("removeCountries", "Country")
        price = price if part.get("ranges") is None else _cost(part)
    for part in given.parts("deleteShippingGroups"):
        if option_id is None or part["id"] != option_id:
            part.error(f"Could not find ShippingPriceGroup with ID {part['id']}", "id")
        else:
            remove += sorted(rows.countries(change.tx, option_id))
    return add, remove, price


def _store(change: Change) -> int | None:
    """The store of a new option: the one that is named, else the first of the type."""
    given = change.input
    stores = given.refs("addStores", "Store")
    for market_id in given.refs("addMarkets", "Market"):
        (row,) = reading.by_ids(change.tx, "markets", ["store_id"], [market_id])
        stores.append(row["store_id"])
    kind = words.stored(words.STORE_TYPE)[given["storeType"]]
    known = paths.stores_of_type(change.tx, kind)
    wrong = [store_id for store_id in stores if store_id not in known]
    if wrong:
        given.error(f"Store {wrong[0]} is of another type", "storeType")
    elif len(set(stores)) > 1:
        given.warning("A shipping option belongs to one store: the first", "addStores")
    elif not known:
        given.error("There is no store of this type", "storeType")
    return stores[0] if stores else known[0] if known else None


@mutation("createShippingOption")
def create_shipping_option(change: Change) -> dict[str, Any]:
    """A new shipping option of one store, with a price in one currency."""
    store_id, currency_id = _store(change), _currency(change)
    columns = _columns(change, None)
    add, _, price = _groups(change, None)
    change.check()
    assert store_id is not None and currency_id is not None
    option_id = shipping_writing.create_option(change.tx, store_id, **columns)
    shipping_writing.put_terms(change.tx, option_id, add, (), {currency_id: price or 0}, is_told=True)
    return {"shippingOption": option_id}


@mutation("updateShippingOption")
def update_shipping_option(change: Change) -> dict[str, Any]:
    """Changes a shipping option; its price in the currency that is named, else in its first one."""
    option_id = change.target("ShippingOption")
    before = records.get(change.tx, "shipping_options", option_id)
    assert before is not None
    columns = _columns(change, before)
    named = _currency(change)
    add, remove, price = _groups(change, option_id)
    for name, kind in (
        ("addStores", "Store"),
        ("removeStores", "Store"),
        ("addMarkets", "Market"),
        ("removeMarkets", "Market"),
    ):
        if change.input.refs(name, kind):
            change.input.warning("A shipping option is for all of its own store", name)
    change.check()
    told = shipping_writing.change_option(change.tx, option_id, **columns)
    (row,) = reading.by_ids(change.tx, "shipping_options", [paths.OPTION_CURRENCY], [option_id])
    costs = {} if price is None else {named or row[1]: price}
    shipping_writing.put_terms(change.tx, option_id, add, remove, costs, is_told=told)
    return {"shippingOption": option_id}
