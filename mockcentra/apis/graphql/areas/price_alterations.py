"""Price alterations: the days from which other prices apply in wholesale (section 16.3)."""

from typing import Any

from mockcentra.apis.graphql import moments, words
from mockcentra.apis.graphql.areas.prices import altered_prices_of, price_rows_of
from mockcentra.apis.graphql.changes import Change, Input
from mockcentra.apis.graphql.registry import mutation
from mockcentra.apis.graphql.types import Among, Batch, Column, Days, Moment, One, Text, Type, define, word
from mockcentra.commerce import price_writing
from mockcentra.store import price_writing as price_rows
from mockcentra.store import records
from mockcentra.store.database import Row

_STATUSES = words.stored(words.STATUS)

define(
    Type(
        "PriceAlteration",
        "price_alterations",
        fields={
            "name": Column("name"),
            "status": Column("status", word(words.STATUS)),
            "store": One("store_id"),
            "startDate": Moment("from_at"),
            "endDate": Moment("until_at"),
            # Nothing in the API ties windows to an alteration: the documented ones have none.
            "deliveryWindows": Batch(lambda _run, _arguments, picked: [[] for _ in picked], "id"),
            "prices": altered_prices_of("price_alteration_id"),
        },
        filters={
            "name": Text("name"),
            "status": Among("status", _STATUSES),
            "startDate": Days("from_at"),
            "endDate": Days("until_at"),
            "storeId": Among("store_id"),
        },
        sorts={"name": "name"},
        store="store_id",
    )
)


def _day(given: Input, name: str) -> int | None:
    """The start of a day, in the shop's own zone."""
    moment = given.moment(name)
    return None if moment is None else given.run.moment(moments.shown(moment, moments.DAY_FORMAT))


def _alteration(given: Input, before: Row | None) -> dict[str, Any]:
    """Columns that the input sets, with user errors for what cannot be."""
    columns: dict[str, Any] = {}
    if "name" in given:
        columns["name"] = given.required_text("name")
    if given.get("status"):
        columns["status"] = given.status("price alteration")
    if given.get("store") is not None:
        columns["store_id"] = given.ref("store", "Store")
        if columns["store_id"] is not None and price_rows.store_type(given.run.tx, columns["store_id"]) != "wholesale":
            given.error("Only wholesale stores have price alterations", "store")
    if given.get("startDate"):
        columns["from_at"] = _day(given, "startDate")
    if "endDate" in given:
        columns["until_at"] = _day(given, "endDate")
    start = columns.get("from_at", before["from_at"] if before else None)
    end = columns.get("until_at", before["until_at"] if before else None)
    if start is not None and end is not None and end < start:
        given.error("The end lies before the start", "endDate")
    store_id = columns.get("store_id", before["store_id"] if before else None)
    status = columns.get("status", before["status"] if before else "inactive")
    if store_id and status == "active":
        other = price_rows.active_alteration(given.run.tx, store_id, before["id"] if before else 0)
        if other is not None:
            given.error(f"Price alteration {other} of the store is active already", "status")
    return columns


@mutation("createPriceAlteration")
def create_price_alteration(change: Change) -> dict[str, Any]:
    """A new day from which altered prices apply (section 16.3)."""
    columns = _alteration(change.input, None)
    change.check()
    return {"priceAlteration": price_writing.create_alteration(change.tx, **columns)}


@mutation("updatePriceAlteration")
def update_price_alteration(change: Change) -> dict[str, Any]:
    """Changes such a day."""
    alteration_id = change.target("PriceAlteration")
    columns = _alteration(change.input, records.get(change.tx, "price_alterations", alteration_id))
    change.check()
    price_writing.change_alteration(change.tx, alteration_id, **columns)
    return {"priceAlteration": alteration_id}


def _set_altered(change: Change, given: Input) -> tuple[int, int, list[int]]:
    alteration_id, pricelist_id = given.ref("priceAlteration", "PriceAlteration"), given.ref("pricelist", "Pricelist")
    if alteration_id and pricelist_id:
        alteration = records.get(change.tx, "price_alterations", alteration_id)
        pricelist = records.get(change.tx, "pricelists", pricelist_id)
        if alteration is not None and pricelist is not None and alteration["store_id"] != pricelist["store_id"]:
            given.error("The pricelist is of another store", "pricelist")
    wanted = price_rows_of(given, pricelist_id)
    change.check()
    assert alteration_id is not None and pricelist_id is not None
    for row in wanted:
        price_writing.set_altered(change.tx, alteration_id, pricelist_id, row.product_id, row.prices, row.overrides)
    return alteration_id, pricelist_id, [row.product_id for row in wanted]


@mutation("setAlteredPrices")
def set_altered_prices(change: Change) -> dict[str, Any]:
    """Sets what products will cost once the alteration applies."""
    alteration_id, pricelist_id, products = _set_altered(change, change.input)
    return {"priceAlteration": alteration_id, "pricelist": pricelist_id, "products": products}


@mutation("setAlteredPricesBatch")
def set_altered_prices_batch(change: Change) -> dict[str, Any]:
    """The same for several alterations and pricelists, all or none."""
    done = [_set_altered(change, given) for given in change.inputs()]
    return {
        "priceAlterations": list(dict.fromkeys(each[0] for each in done)),
        "pricelists": list(dict.fromkeys(each[1] for each in done)),
        "products": list(dict.fromkeys(product_id for each in done for product_id in each[2])),
    }
