"""Pricelists and their countries; what products cost is in `prices`."""

from typing import Any

from mockcentra.apis.graphql import words
from mockcentra.apis.graphql.areas.prices import OF_PRICELIST, altered_prices_of
from mockcentra.apis.graphql.areas.stores import STORE, assign_countries, check_countries, check_name
from mockcentra.apis.graphql.changes import Change
from mockcentra.apis.graphql.paging import find
from mockcentra.apis.graphql.registry import mutation
from mockcentra.apis.graphql.types import (
    TYPES,
    Among,
    Column,
    Is,
    LastChange,
    Linked,
    One,
    Text,
    Through,
    Type,
    define,
    flag,
    text,
    word,
)
from mockcentra.commerce import company_writing, price_writing
from mockcentra.store import company_writing as rows
from mockcentra.store import shipping_writing as shipping_rows
from mockcentra.store.graphql_reading import Link

define(
    Type(
        "Pricelist",
        "pricelists",
        fields={
            "name": Column("name"),
            "status": Column("status", word(words.STATUS)),
            "comment": Column("comment", text),
            "isDefaultForCurrency": Column("is_default", flag),
            "updatedAt": LastChange("pricelist"),
            "assignedToCountries": Through(Link("pricelist_countries", "pricelist_id", "country_id")),
            "campaigns": Through(Link("campaign_pricelists", "pricelist_id", "campaign_id")),
            "currency": One("currency_id"),
            "defaultShippingOption": One("shipping_option_id"),
            "store": One(STORE),
            "prices": OF_PRICELIST,
            "alteredPrices": altered_prices_of("pricelist_id"),
        },
        filters={
            "name": Text("name"),
            "status": Among("status", words.stored(words.STATUS)),
            "assignedToCountryId": Linked(Link("pricelist_countries", "pricelist_id", "country_id")),
            "currencyId": Among("currency_id"),
            "isDefaultForCurrency": Is("is_default"),
            "storeId": Among(STORE),
        },
        sorts={"name": "name"},
        search=("name",),
        store=STORE,
        external="pricelist",
    )
)


def _status(change: Change) -> str | None:
    """The status as the store keeps it; pricelists cannot be cancelled."""
    return None if change.input.get("status") is None else change.input.status("pricelist")


def _currency(change: Change) -> int | None:
    """The currency that `currencyIsoCode` names."""
    code = change.input["currencyIsoCode"].upper()
    found = find(change.run, TYPES["Currency"], "code", [code]).get(code)
    if found is None:
        change.input.error(f"Could not find Currency with ID {code}", "currencyIsoCode")
    return found


def _shipping(change: Change, store_id: int | None) -> int | None:
    """The default shipping option; a user error for one that the store does not offer."""
    option_id = change.input.ref("defaultShippingOption", "ShippingOption")
    if option_id is not None and store_id is not None and store_id not in shipping_rows.stores(change.tx, option_id):
        change.input.error("The shipping option belongs to another store", "defaultShippingOption")
    return option_id


@mutation("createPricelist")
def create_pricelist(change: Change) -> dict[str, Any]:
    """A new pricelist without prices (section 16.1)."""
    given = change.input
    store_id = given.ref("store", "Store")
    currency_id = _currency(change)
    shipping = _shipping(change, store_id)
    countries = given.refs("addCountries", "Country")
    check_name(change, "pricelists", store_id, given["name"])
    check_countries(change, store_id)
    status = _status(change)
    change.check()
    assert store_id is not None and currency_id is not None
    pricelist_id = price_writing.create_pricelist(
        change.tx,
        store_id,
        name=given["name"],
        currency_id=currency_id,
        status=status or "active",
        comment=given.get("comment") or "",
        shipping_option_id=shipping,
    )
    assign_countries(change, "pricelist", pricelist_id, countries, ())
    change.external_id("Pricelist", pricelist_id)
    return {"pricelist": pricelist_id}


@mutation("updatePricelist")
def update_pricelist(change: Change) -> dict[str, Any]:
    """Changes a pricelist, but for its store and its currency."""
    pricelist_id = change.target("Pricelist")
    given = change.input
    store_id = rows.store_of(change.tx, "pricelists", pricelist_id)
    add, remove = given.refs("addCountries", "Country"), given.refs("removeCountries", "Country")
    shipping = _shipping(change, store_id)
    check_name(change, "pricelists", store_id, given.get("name"), pricelist_id)
    check_countries(change, store_id)
    status = _status(change)
    if given.get("currencyIsoCode") and _currency(change) != rows.currency_of(change.tx, pricelist_id):
        given.error("The currency of a pricelist cannot be changed", "currencyIsoCode")
    change.external_id("Pricelist", pricelist_id)
    change.check()
    values = {name: value or "" for name, value in given.given(name="name", comment="comment").items()}
    if status is not None:
        values["status"] = status
    if "defaultShippingOption" in given:
        values["shipping_option_id"] = shipping
    if not price_writing.change_pricelist(change.tx, pricelist_id, **values) and (add or remove):
        change.tx.event("pricelist", pricelist_id, "updated")
    assign_countries(change, "pricelist", pricelist_id, add, remove)
    return {"pricelist": pricelist_id}


@mutation("deletePricelist")
def delete_pricelist(change: Change) -> dict[str, Any]:
    """Takes a pricelist away that nothing uses."""
    company_writing.delete_pricelist(change.tx, change.target("Pricelist"))
    return {}
