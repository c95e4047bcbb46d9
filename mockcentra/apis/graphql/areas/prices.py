"""What products cost: prices in pricelists, altered prices of wholesale, and the lowest ones so far (section 16)."""

from collections.abc import Mapping, Sequence
from typing import Any

from mockcentra.apis.graphql import moments, words
from mockcentra.apis.graphql.changes import Change, Input
from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.lists import EmbeddedList, Fits, one_of, selected, within
from mockcentra.apis.graphql.money import money
from mockcentra.apis.graphql.paging import page
from mockcentra.apis.graphql.registry import mutation, query
from mockcentra.apis.graphql.types import (
    Among,
    Column,
    Dates,
    Moment,
    One,
    Text,
    Through,
    Type,
    define,
    embed,
    word,
)
from mockcentra.commerce import price_writing
from mockcentra.store import graphql_prices as rows
from mockcentra.store import price_writing as price_rows
from mockcentra.store import records
from mockcentra.store.database import Row
from mockcentra.store.graphql_reading import Link

_STATUSES = words.stored(words.STATUS)
_IDS = 1000
"""A price is numbered by its variant and its pricelist."""

Make = Any


def _price_json(run: Run, row: Row) -> dict[str, Any]:
    return {
        "id": row["variant_id"] * _IDS + row["pricelist_id"] % _IDS,
        "price": money(run, row["price"], row["currency_id"]),
        "recommendedRetailPrice": money(run, row["price_rrp"], row["currency_id"]) if row["is_wholesale"] else None,
        "pricelist": row["pricelist_id"],
        "product": row["product_id"],
        "productVariant": row["variant_id"],
        "store": row["store_id"],
        "amount": row["price"] / 100,
    }


_FILTERS: dict[str, Fits] = {
    "id": one_of("id"),
    "productId": one_of("product"),
    "productVariantId": one_of("productVariant"),
    "pricelistId": one_of("pricelist"),
    "storeId": one_of("store"),
    "price": within("amount"),
}
_SORTS = {"id": "id", "pricelistId": "pricelist", "productId": "product", "productVariantId": "productVariant"}


def _grouped(run: Run, found: Sequence[Row], owners: Sequence[Any]) -> list[list[dict[str, Any]]]:
    by_owner: dict[Any, list[dict[str, Any]]] = {owner: [] for owner in owners}
    stores = run.token.stores
    for row in found:
        if not stores or row["store_id"] in stores:
            by_owner[row["owner"]].append(_price_json(run, row))
    return [by_owner[owner] for owner in owners]


def prices_of(owner: str, column: str = "id") -> EmbeddedList:
    """The prices of variants, products or displays (`owner`), whose ids are in a column."""

    def make(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[list[dict[str, Any]]]:
        ids = [row[0] for row in picked]
        return _grouped(run, rows.of_owners(run.tx, owner, ids), ids)

    return EmbeddedList(make, _FILTERS, _SORTS, column)


def _of_pricelists(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[list[dict[str, Any]]]:
    found = [row for (pricelist_id,) in picked for row in rows.of_pricelist(run.tx, pricelist_id)]
    return _grouped(run, found, [row[0] for row in picked])


def _altered(column: str) -> Make:
    def make(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[list[dict[str, Any]]]:
        ids = [row[0] for row in picked]
        return _grouped(run, rows.altered(run.tx, column, ids), ids)

    return make


OF_PRICELIST = EmbeddedList(_of_pricelists, _FILTERS, _SORTS, "id")
ALTERED_OF_PRICELIST = EmbeddedList(_altered("pricelist_id"), _FILTERS, _SORTS, "id")

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
            "deliveryWindows": Through(Link("delivery_windows", "store_id", "id"), columns=("store_id",)),
            "prices": EmbeddedList(_altered("price_alteration_id"), _FILTERS, _SORTS, "id"),
        },
        filters={
            "name": Text("name"),
            "status": Among("status", _STATUSES),
            "startDate": Dates("from_at"),
            "endDate": Dates("until_at"),
            "storeId": Among("store_id"),
        },
        sorts={"name": "name"},
        store="store_id",
    )
)


# ------------------------------------------------------------------ the lowest prices

_LOWEST_FILTERS: dict[str, Fits] = {
    "id": one_of("id"),
    "productId": one_of("product"),
    "productVariantId": one_of("productVariant"),
    "pricelistId": one_of("pricelist"),
    "storeId": one_of("store"),
    "marketId": lambda run, entry, value: not entry["markets"] or bool(set(entry["markets"]) & set(value)),
}


@query("lowestPrices")
def lowest_prices(run: Run, arguments: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What variants could be bought for, as it was noted whenever their prices changed."""
    stores = run.token.stores
    entries = [
        {
            "id": row["id"],
            "productVariant": row["variant_id"],
            "pricelist": row["pricelist_id"],
            "product": row["product_id"],
            "store": row["store_id"],
            "markets": [] if row["market_id"] is None else [row["market_id"]],
            "from_at": row["from_at"],
            "amounts": (row["price_before"], row["price"], row["currency_id"]),
        }
        for row in rows.lowest(run.tx)
        if not stores or row["store_id"] in stores
    ]
    found = selected(run, arguments.get("where"), _LOWEST_FILTERS, entries)
    found.sort(key=lambda entry: entry["id"], reverse=(arguments.get("sort") or ["id_ASC"])[0] == "id_DESC")
    wanted = page(arguments, 200)
    end = None if wanted.limit is None else wanted.offset + wanted.limit
    shown = found[wanted.offset : end]
    for entry in shown:
        before, now, currency_id = entry["amounts"]
        entry["originalPrice"], entry["price"] = money(run, before, currency_id), money(run, now, currency_id)
    return shown


class _FromAt:
    """The moment from which a price was noted."""

    columns: tuple[str, ...] = ()

    def values(self, run: Run, field: Any, found: Sequence[Any], weights: Any) -> list[Any]:
        pattern = field.arguments(run).get("format") or moments.DEFAULT_FORMAT
        return [moments.shown(row["from_at"], pattern) for row in found]


embed("LowestPrice", {"startDate": _FromAt()})


# ------------------------------------------------------------------ setting prices


class _Row:
    """A product's prices as the input says them: by variant, 0 being the product itself."""

    def __init__(self, product_id: int, part: Input) -> None:
        self.product_id = product_id
        self.part = part
        self.prices: dict[int, dict[str, int | None]] = {}
        self.overrides = bool(part.get("overrideIndividualVariantPrices"))


def _amounts(part: Input, currency: str, is_wholesale: bool) -> dict[str, int | None]:
    """price and price_rrp of an input; user errors for what no price can be."""
    found: dict[str, int | None] = {}
    for name, column in (("price", "price"), ("recommendedRetailPrice", "price_rrp")):
        if part.get(name) is None:
            continue
        amount = part.money(name, currency)
        if amount is not None and amount < 0:
            part.error(f"{name} must not be negative", name, "value")
        if column == "price_rrp" and not is_wholesale:
            part.warning("Only wholesale pricelists have recommended retail prices, skipped", name)
            continue
        found[column] = amount
    return found


def _price_rows(given: Input, pricelist_id: int | None) -> list[_Row]:
    """The rows of `productPrices` that are to be saved; bad ones are warnings, references to nothing errors."""
    tx = given.run.tx
    parts = given.parts("productPrices")
    products = given.refs_of(parts, "product", "Product")
    individual = [part.parts("individualVariantPrices") for part in parts]
    flat = [each for own in individual for each in own]
    variants = iter(given.refs_of(flat, "productVariant", "ProductVariant"))
    facts = price_rows.facts(tx, pricelist_id or 0)
    known = [product_id for product_id in products if product_id is not None]
    owners = price_rows.variants_of(tx, known)
    dynamic = price_rows.dynamic_bundles(tx, known)
    found: list[_Row] = []
    seen: set[int] = set()
    for part, product_id, own in zip(parts, products, individual, strict=True):
        chosen = [(each, next(variants)) for each in own]
        if product_id is None or facts is None:
            continue
        if product_id in seen:
            part.warning(f"Duplicate product ID {product_id} skipped", "product")
            continue
        seen.add(product_id)
        if product_id in dynamic:
            part.warning(
                f"Product ID {product_id} is a bundle with dynamic price type, changing its prices has no effect,"
                " skipped",
                "product",
            )
            continue
        row = _Row(product_id, part)
        whole = _amounts(part, facts["code"], facts["is_wholesale"])
        if whole:
            row.prices[0] = whole
        _individual(row, chosen, owners.get(product_id, ()), facts)
        if not row.prices:
            part.warning(f"No prices given for product ID {product_id}, skipped")
        else:
            found.append(row)
    return found


def _individual(row: _Row, chosen: Sequence[tuple[Input, int | None]], own: Sequence[int], facts: Row) -> None:
    for each, variant_id in chosen:
        if variant_id is None:
            continue
        if variant_id not in own:
            each.warning(
                f"Product variant with id {variant_id} not assigned to product {row.product_id}", "productVariant"
            )
        elif variant_id in row.prices:
            each.warning(f"Duplicate variant ID {variant_id} skipped", "productVariant")
        else:
            amounts = _amounts(each, facts["code"], facts["is_wholesale"])
            if amounts:
                row.prices[variant_id] = amounts


def _set_prices(change: Change, given: Input) -> tuple[int, list[int]]:
    pricelist_id = given.ref("pricelist", "Pricelist")
    wanted = _price_rows(given, pricelist_id)
    change.check()
    assert pricelist_id is not None
    for row in wanted:
        price_writing.set_prices(change.tx, pricelist_id, row.product_id, row.prices, row.overrides)
    return pricelist_id, [row.product_id for row in wanted]


@mutation("setPrices")
def set_prices(change: Change) -> dict[str, Any]:
    """Sets what products and variants cost in a pricelist (section 16.2)."""
    pricelist_id, products = _set_prices(change, change.input)
    return {"pricelist": pricelist_id, "products": products}


@mutation("setPricesBatch")
def set_prices_batch(change: Change) -> dict[str, Any]:
    """The same for several pricelists, all or none."""
    done = [_set_prices(change, given) for given in change.inputs()]
    return {
        "pricelists": list(dict.fromkeys(pricelist_id for pricelist_id, _ in done)),
        "products": list(dict.fromkeys(product_id for _, products in done for product_id in products)),
    }


# ------------------------------------------------------------------ price alterations


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
        if given["status"] == "CANCELLED":
            given.error("A price alteration is active or inactive", "status")
        columns["status"] = _STATUSES[given["status"]]
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
    wanted = _price_rows(given, pricelist_id)
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
