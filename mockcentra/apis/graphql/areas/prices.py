"""What products cost: prices in pricelists, altered prices of wholesale, and the lowest ones so far (section 16)."""

from collections.abc import Mapping, Sequence
from typing import Any

from mockcentra.apis.graphql import paging
from mockcentra.apis.graphql.changes import Change, Input
from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.lists import EmbeddedList, Fits, one_of, within
from mockcentra.apis.graphql.money import money
from mockcentra.apis.graphql.planning import Field
from mockcentra.apis.graphql.registry import mutation
from mockcentra.apis.graphql.types import Among, Batch, Computed, Moment, One, Type, Weights, Where, define
from mockcentra.commerce import price_writing
from mockcentra.store import graphql_prices as rows
from mockcentra.store import graphql_reading as reading
from mockcentra.store import price_writing as price_rows
from mockcentra.store.database import Row
from mockcentra.store.graphql_reading import Condition

_IDS = 1000
"""A price is numbered by its variant and its pricelist."""

Make = Any


def prices_json(run: Run, row: Row) -> dict[str, Any]:
    """A Price of a row of store/graphql_prices.py."""
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


FILTERS: dict[str, Fits] = {
    "id": one_of("id"),
    "productId": one_of("product"),
    "productVariantId": one_of("productVariant"),
    "pricelistId": one_of("pricelist"),
    "storeId": one_of("store"),
    "price": within("amount"),
}
SORTS = {"id": "id", "pricelistId": "pricelist", "productId": "product", "productVariantId": "productVariant"}


def prices_by_owner(run: Run, found: Sequence[Row], owners: Sequence[Any]) -> list[list[dict[str, Any]]]:
    """The prices of each owner, in pricelists that the token sees."""
    by_owner: dict[Any, list[dict[str, Any]]] = {owner: [] for owner in owners}
    stores = run.token.stores
    for row in found:
        if not stores or row["store_id"] in stores:
            by_owner[row["owner"]].append(prices_json(run, row))
    return [by_owner[owner] for owner in owners]


def prices_of(owner: str, column: str = "id") -> EmbeddedList:
    """The prices of variants, products or displays (`owner`), whose ids are in a column."""

    def make(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[list[dict[str, Any]]]:
        ids = [row[0] for row in picked]
        return prices_by_owner(run, rows.of_owners(run.tx, owner, ids), ids)

    return EmbeddedList(make, FILTERS, SORTS, column)


def _of_pricelists(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[list[dict[str, Any]]]:
    found = [row for (pricelist_id,) in picked for row in rows.of_pricelist(run.tx, pricelist_id)]
    return prices_by_owner(run, found, [row[0] for row in picked])


def altered_prices_of(column: str) -> EmbeddedList:
    """The prices of alterations, or altered ones of pricelists: `column` is price_alteration_id or pricelist_id."""

    def make(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[list[dict[str, Any]]]:
        ids = [row[0] for row in picked]
        return prices_by_owner(run, rows.altered(run.tx, column, ids), ids)

    return EmbeddedList(make, FILTERS, SORTS, "id")


_ALL_OF_PRICELIST = EmbeddedList(_of_pricelists, FILTERS, SORTS, "id")
_COLUMNS = {"productId": "product_id", "productVariantId": "id"}
_USUAL_ORDER = ["productId_ASC", "productVariantId_ASC"]


class _OfPricelists:
    """The prices of pricelists. In their usual order only those of the page are read, of the products asked for."""

    columns: tuple[str, ...] = ("id",)

    def values(self, run: Run, field: Field, found: Sequence[Any], weights: Weights) -> list[Any]:
        arguments = field.arguments(run)
        where = {name: value for name, value in (arguments.get("where") or {}).items() if value is not None}
        if not set(where) <= set(_COLUMNS) or (arguments.get("sort") or _USUAL_ORDER) != _USUAL_ORDER:
            return _ALL_OF_PRICELIST.values(run, field, found, weights)
        page = paging.page(arguments, field.definition.extensions.get("limit"))
        only = {_COLUMNS[name]: value for name, value in where.items()}
        limit = rows.EVERY if page.limit is None else page.limit
        lists = [rows.of_pricelist(run.tx, row[field.positions[0]], only, limit, page.offset) for row in found]
        return run.finish(field, [[prices_json(run, row) for row in prices] for prices in lists], weights)


OF_PRICELIST = _OfPricelists()

# ------------------------------------------------------------------ the lowest prices


def _amounts_in(column: str) -> Batch:
    """An amount of a record, in the currency of its pricelist."""
    return Batch(
        lambda run, arguments, picked: [money(run, amount, currency_id) for amount, currency_id in picked],
        column,
        "pricelist_id>pricelists.currency_id",
    )


def _in_markets(run: Run, value: Sequence[int]) -> Condition:
    """A price that is noted for no market holds in all of them."""
    return reading.any_of([reading.is_null("market_id"), reading.among("market_id", value)])


_VARIANT = "display_item_id>display_items.variant_id"
_STORE = "display_item_id>display_items.display_id>displays.store_id"

# What variants could be bought for, as it was noted whenever their prices changed.
define(
    Type(
        "LowestPrice",
        "price_records",
        fields={
            "productVariant": One(_VARIANT),
            "pricelist": One("pricelist_id"),
            "originalPrice": _amounts_in("price_before"),
            "price": _amounts_in("price"),
            "startDate": Moment("from_at"),
            "markets": Computed(lambda market_id: [] if market_id is None else [market_id], "market_id"),
        },
        filters={
            "productId": Among(f"{_VARIANT}>variants.product_id"),
            "productVariantId": Among(_VARIANT),
            "pricelistId": Among("pricelist_id"),
            "storeId": Among(_STORE),
            "marketId": Where(_in_markets),
        },
        store=_STORE,
    )
)


# ------------------------------------------------------------------ setting prices


class PriceRow:
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


def price_rows_of(given: Input, pricelist_id: int | None) -> list[PriceRow]:
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
    found: list[PriceRow] = []
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
        row = PriceRow(product_id, part)
        whole = _amounts(part, facts["code"], facts["is_wholesale"])
        if whole:
            row.prices[0] = whole
        _individual(row, chosen, owners.get(product_id, ()), facts)
        if row.prices:
            found.append(row)
        elif not own:
            part.warning(f"No prices given for product ID {product_id}, skipped")
    return found


def _individual(row: PriceRow, chosen: Sequence[tuple[Input, int | None]], own: Sequence[int], facts: Row) -> None:
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
            else:
                each.warning(f"No price given for variant ID {variant_id}, skipped")


def _set_prices(change: Change, given: Input) -> tuple[int, list[int]]:
    pricelist_id = given.ref("pricelist", "Pricelist")
    wanted = price_rows_of(given, pricelist_id)
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
