"""Stores, markets and their countries; stores are read only."""

from collections.abc import Mapping, Sequence
from typing import Any

from mockcentra.apis.graphql import words
from mockcentra.apis.graphql.changes import Change, Input
from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.planning import Field
from mockcentra.apis.graphql.registry import mutation
from mockcentra.apis.graphql.types import (
    Among,
    Batch,
    Column,
    Computed,
    LastChange,
    Linked,
    Many,
    One,
    Text,
    Through,
    Type,
    Weights,
    define,
    text,
    word,
)
from mockcentra.commerce import company_writing, market_writing
from mockcentra.store import company_writing as rows
from mockcentra.store import graphql_reading as reading
from mockcentra.store.graphql_reading import Link

STORE = "store_id"


def of_stores(store_ids: Sequence[int]) -> reading.Condition:
    """The brands that stores have: those enabled in one of them, and those that are in every store."""
    if not store_ids:
        return reading.NOTHING
    enabled = Link("brand_stores", "brand_id", STORE)
    return reading.any_of([reading.linked(enabled, store_ids), reading.negated(reading.any_link(enabled))])


class _BrandsOfStore:
    """The brands of a store; there are few stores, so each may ask for its own."""

    columns: tuple[str, ...] = ("id",)

    def values(self, run: Run, field: Field, rows: Sequence[Any], weights: Weights) -> list[Any]:
        return [run.listed(field, of_stores([row[0]])) for row in rows]


def _default_rules(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[int | None]:
    """The allocation rule of each store's default market."""
    found = rows.default_rules(run.tx)
    return [found.get(row[0]) for row in picked]


def _own_rule(rule_id: int, has_own: int) -> int | None:
    return rule_id if has_own else None


define(
    Type(
        "Store",
        "stores",
        fields={
            "name": Column("name"),
            "type": Column("type", word(words.STORE_TYPE)),
            "affiliates": Many(STORE),
            "allocationRule": Batch(_default_rules, "id"),
            "brands": _BrandsOfStore(),
            "campaigns": Many(STORE),
            "categories": Many(STORE),
            "displays": Many(STORE),
            "markets": Many(STORE),
            "plugins": Many(STORE),
            "pricelists": Many(STORE),
            "shippingOptions": Many(STORE),
            "taxGroup": One("default_tax_group_id"),
            "vouchers": Many(STORE),
        },
        filters={"name": Text("name"), "type": Among("type", words.stored(words.STORE_TYPE))},
        sorts={"name": "name"},
        search=("name",),
        store="id",
    ),
    Type(
        "Market",
        "markets",
        fields={
            "name": Column("name"),
            "comment": Column("comment", text),
            "updatedAt": LastChange("market"),
            "allocationRule": Computed(_own_rule, "allocation_rule_id", "has_own_rule"),
            "assignedToCountries": Through(Link("market_countries", "market_id", "country_id")),
            "campaigns": Through(Link("campaign_markets", "market_id", "campaign_id")),
            "store": One(STORE),
            "displays": Through(Link("display_markets", "market_id", "display_id")),
        },
        filters={
            "name": Text("name"),
            "assignedCountryId": Linked(Link("market_countries", "market_id", "country_id")),
            "storeId": Among(STORE),
        },
        sorts={"name": "name"},
        search=("name",),
        store=STORE,
        external="market",
    ),
)


def check_name(change: Change, table: str, store_id: int | None, name: str | None, own_id: int = 0) -> None:
    """A user error when the name is blank, or another row of the table (and store) has it."""
    if name is None:
        return
    if not name.strip():
        change.input.error("name must not be empty", "name")
    elif rows.is_name_taken(change.tx, table, store_id, name, own_id):
        change.input.error(f"The name {name} is taken", "name")


def check_countries(change: Change, store_id: int | None) -> None:
    """A user error when countries are given for a wholesale store."""
    if change.input.get("addCountries") and store_id and rows.store_type(change.tx, store_id) != "dtc":
        change.input.error("Only direct-to-consumer stores have countries", "addCountries")


def assign_countries(change: Change, kind: str, owner_id: int, add: Sequence[int], remove: Sequence[int]) -> None:
    """Gives and takes countries; a warning for each that another one had."""
    moved = company_writing.assign_countries(change.tx, kind, owner_id, add, remove)
    for country_id in moved:
        change.input.warning(
            f"Country ID {country_id} has been moved from another {kind} of the store",
            "addCountries",
            str(list(add).index(country_id)),
        )


@mutation("createMarket")
def create_market(change: Change) -> dict[str, Any]:
    """A new market (section 11.2); it has no allocation rule of its own."""
    given: Input = change.input
    store_id = given.ref("store", "Store")
    countries = given.refs("addCountries", "Country")
    check_name(change, "markets", store_id, given["name"])
    check_countries(change, store_id)
    change.check()
    assert store_id is not None
    market_id = market_writing.create_market(
        change.tx, store_id, name=given["name"], comment=given.get("comment") or "", has_own_rule=0
    )
    assign_countries(change, "market", market_id, countries, ())
    change.external_id("Market", market_id)
    return {"market": market_id}


@mutation("updateMarket")
def update_market(change: Change) -> dict[str, Any]:
    """Another name or comment, other countries."""
    market_id = change.target("Market")
    given = change.input
    store_id = rows.store_of(change.tx, "markets", market_id)
    add, remove = given.refs("addCountries", "Country"), given.refs("removeCountries", "Country")
    check_name(change, "markets", store_id, given.get("name"), market_id)
    check_countries(change, store_id)
    change.external_id("Market", market_id)
    change.check()
    values = {name: value or "" for name, value in given.given(name="name", comment="comment").items()}
    if not market_writing.change_market(change.tx, market_id, **values) and (add or remove):
        change.tx.event("market", market_id, "updated")
    assign_countries(change, "market", market_id, add, remove)
    return {"market": market_id}
