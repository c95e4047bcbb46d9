"""Shipping options: the stores and markets that have them, where they ship, and what that costs.

Ranges are written in the option's own currency. Options of the shop may cost something in other currencies, too; these
ranges are shown beside, and stay when others are written.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from mockcentra.apis.graphql import words
from mockcentra.apis.graphql.changes import Change, Input
from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.money import money, weight
from mockcentra.apis.graphql.paging import find
from mockcentra.apis.graphql.registry import mutation
from mockcentra.apis.graphql.types import (
    TYPES,
    Among,
    Batch,
    Changed,
    Column,
    LastChange,
    Linked,
    Many,
    One,
    Text,
    Through,
    Type,
    Where,
    define,
    hundredths,
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
from mockcentra.store.shipping_writing import Range

STATUSES = words.stored(words.STATUS)
# Whether an option is one for pickup; nothing is external here.
_PICKUP = {"DEFAULT": 0, "PICKUP": 1, "EXTERNAL": 2}
COUNTRIES = Link("shipping_group_countries", "shipping_group_id", "country_id")
STORES = Link("shipping_option_stores", "shipping_option_id", "store_id")
MARKETS = Link("shipping_option_markets", "shipping_option_id", "market_id")
MOST = 10_000_000
GRAMS = 1000


class _Kind(NamedTuple):
    """A kind of ranges: in the store, as a type, in the input, and the field that says where one starts."""

    stored: str
    type: str
    given: str
    start: str
    scale: int


_KINDS = (
    _Kind("total", "OrderTotalPriceRange", "orderTotal", "fromPrice", 100),
    _Kind("items", "TotalItemsPriceRange", "totalItems", "fromItems", 1),
    _Kind("weight", "TotalWeightPriceRange", "totalWeight", "fromWeightKg", GRAMS),
)
_BY_STORED = {kind.stored: kind for kind in _KINDS}
_BY_GIVEN = {kind.given: kind for kind in _KINDS}


def _start(run: Run, row: Row) -> dict[str, Any]:
    start = row["start"]
    if row["kind"] == "total":
        return {"fromPrice": money(run, start, row["currency_id"])}
    if row["kind"] == "items":
        return {"fromItems": start}
    shown = {"value": start / GRAMS, "unit": "KILOGRAMS", "formattedValue": f"{start / GRAMS:.3f} kg"}
    return {"fromWeight": weight(start, "kg") or shown}


def _ranges(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[list[dict[str, Any]]]:
    found = rows.ranges(run.tx, [row[0] for row in picked])
    return [
        [
            {
                "__typename": _BY_STORED[row["kind"]].type,
                "id": row["id"],
                "shippingPrice": money(run, row["cost"], row["currency_id"]),
                "orderValuePercent": None if row["percent"] is None else hundredths(row["percent"]),
                **_start(run, row),
            }
            for row in found.get(group_id, ())
        ]
        for (group_id,) in picked
    ]


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
            "markets": Through(MARKETS),
            "stores": Through(STORES),
            "priceGroups": Many("shipping_option_id"),
        },
        filters={
            "name": Text("name"),
            "status": Among("status", STATUSES),
            "type": Where(lambda run, value: reading.among(paths.IS_PICKUP, [_PICKUP[each] for each in value])),
            "uri": Text("uri"),
            "updatedAt": Changed("shipping_option"),
            "currencyId": Linked(Link("shipping_option_currencies", "shipping_option_id", "currency_id")),
            "marketId": Linked(MARKETS),
            "storeId": Linked(STORES),
            "storeType": Among("store_id>stores.type", words.stored(words.STORE_TYPE)),
        },
        sorts={"name": "name"},
        search=("name", "uri"),
        store=STORES,
    ),
    Type(
        "ShippingPriceGroup",
        "shipping_groups",
        fields={
            "countries": Through(COUNTRIES),
            "ranges": Batch(_ranges, "id"),
            "shippingOption": One("shipping_option_id"),
        },
        filters={"countryId": Linked(COUNTRIES), "shippingOptionId": Among("shipping_option_id")},
        search=("shipping_option_id>shipping_options.name",),
        store="shipping_option_id>shipping_options.store_id",
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
        columns["status"] = given.status("shipping option")
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


def _steps(part: Input) -> list[Range] | None:
    """What a group costs from so much on; user errors for what cannot be. None where nothing is said."""
    ranges = part.part("ranges")
    if ranges is None:
        return None
    name = ranges.exactly_one(*_BY_GIVEN)
    if name is None:
        return None
    kind = _BY_GIVEN[name]
    entries = ranges.parts(name)
    if not entries:
        ranges.error("At least one range is needed", name)
    found: list[Range] = []
    for entry in entries:
        for number in (kind.start, "shippingPrice"):
            if not 0 <= (entry.get(number) or 0) <= MOST:
                entry.error(f"{number} must be between 0 and {MOST}", number)
                return None
        percent = entry.percent("orderValuePercent")
        cost = entry.get("shippingPrice")
        start = round(entry[kind.start] * kind.scale)
        if start in {step.start for step in found}:
            entry.error("Another range starts there", kind.start)
        found.append(Range(kind.stored, start, None if cost is None else round(cost * 100), percent))
    return found


class _Group(NamedTuple):
    """A group of countries to be made (`id` None) or changed."""

    id: int | None
    add: list[int]
    remove: list[int]
    steps: list[Range] | None


def _groups(change: Change, known: Mapping[int, list[int]]) -> tuple[list[_Group], list[int]]:
    """(groups to be changed and made, groups to be deleted); a country that moves from one to another is warned of."""
    given = change.input
    wanted: list[_Group] = []
    gone = []
    for part in given.parts("deleteShippingGroups"):
        if part["id"] not in known:
            part.error(f"Could not find ShippingPriceGroup with ID {part['id']}", "id")
        gone.append(part["id"])
    place = {country: group for group, countries in known.items() if group not in gone for country in countries}
    for name in ("updateShippingGroups", "addShippingGroups"):
        for part in given.parts(name):
            group_id = None
            if name == "updateShippingGroups":
                group_id = part["shippingGroup"]["id"]
                if group_id not in known or group_id in gone:
                    part.error(f"Could not find ShippingPriceGroup with ID {group_id}", "shippingGroup", "id")
            add, remove = part.refs("addCountries", "Country"), part.refs("removeCountries", "Country")
            if any(place.get(country, group_id) != group_id for country in add):
                part.warning("Countries of another group of the shipping option are in this one now", "addCountries")
            place.update(dict.fromkeys(add, group_id if group_id is not None else -1 - len(wanted)))
            wanted.append(_Group(group_id, add, remove, _steps(part)))
    return wanted, gone


def _write_groups(change: Change, option_id: int, currency_id: int, groups: list[_Group], gone: list[int]) -> None:
    for group_id in gone:
        shipping_writing.remove_group(change.tx, group_id)
    for group in groups:
        if group.id is None:
            shipping_writing.add_group(change.tx, option_id, currency_id, group.add, group.steps or ())
        else:
            shipping_writing.change_group(
                change.tx, option_id, group.id, currency_id, group.add, group.remove, group.steps
            )


def _check_stores(change: Change, kind: str, stores: list[int], markets: list[int]) -> None:
    """User errors for stores of another type, and for markets of other stores."""
    known = paths.stores_of_type(change.tx, kind)
    wrong = [store_id for store_id in stores if store_id not in known]
    if wrong:
        change.input.error(
            f"Store {wrong[0]} is of another type", "storeType" if "storeType" in change.input else "addStores"
        )
    owners = rows.markets_of_stores(change.tx, markets)
    for market_id in markets:
        if owners[market_id] not in stores and not wrong:
            change.input.error(f"Market ID {market_id} belongs to another store", "addMarkets")


@mutation("createShippingOption")
def create_shipping_option(change: Change) -> dict[str, Any]:
    """A new shipping option. Without stores it is for those of its markets, else for the first one of its type."""
    given = change.input
    kind = words.stored(words.STORE_TYPE)[given["storeType"]]
    stores, markets = given.refs("addStores", "Store"), given.refs("addMarkets", "Market")
    if not stores:
        owners = rows.markets_of_stores(change.tx, markets)
        stores = [owners[market_id] for market_id in markets] or paths.stores_of_type(change.tx, kind)[:1]
    if not stores:
        given.error("There is no store of this type", "storeType")
    _check_stores(change, kind, stores, markets)
    currency_id = _currency(change)
    columns = _columns(change, None)
    groups, gone = _groups(change, {})
    change.check()
    assert currency_id is not None
    option_id = shipping_writing.create_option(
        change.tx, list(dict.fromkeys(stores)), own_currency_id=currency_id, **columns
    )
    shipping_writing.put_markets(change.tx, option_id, markets, ())
    _write_groups(change, option_id, currency_id, groups, gone)
    return {"shippingOption": option_id}


@mutation("updateShippingOption")
def update_shipping_option(change: Change) -> dict[str, Any]:
    """Changes a shipping option. In another currency its prices are the same numbers."""
    option_id = change.target("ShippingOption")
    given = change.input
    before = records.get(change.tx, "shipping_options", option_id)
    assert before is not None
    columns = _columns(change, before)
    if given.get("uri") == "":
        columns["uri"] = shipping_writing.uri_of(change.tx, option_id, columns.get("name", before["name"]))
    (row,) = reading.by_ids(change.tx, "shipping_options", ["store_id>stores.type", paths.OPTION_CURRENCY], [option_id])
    currency_id = _currency(change) or row[2]
    removed = given.refs("removeStores", "Store")
    stores = [store_id for store_id in rows.stores(change.tx, option_id) if store_id not in removed]
    stores = list(dict.fromkeys([*stores, *given.refs("addStores", "Store")]))
    markets = given.refs("addMarkets", "Market")
    gone_markets = given.refs("removeMarkets", "Market")
    _check_stores(change, row[1], stores, markets)
    groups, gone = _groups(change, rows.groups(change.tx, option_id))
    change.check()
    was = rows.state(change.tx, option_id)
    if currency_id != row[2]:
        columns["own_currency_id"] = currency_id
        rows.change_currency(change.tx, option_id, row[2], currency_id)
    shipping_writing.change_option(change.tx, option_id, stores, **columns)
    shipping_writing.put_markets(change.tx, option_id, markets, gone_markets)
    _write_groups(change, option_id, currency_id, groups, gone)
    if rows.state(change.tx, option_id) != was:
        shipping_writing.told(change.tx, option_id)
    return {"shippingOption": option_id}
