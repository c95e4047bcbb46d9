"""Suppliers and the variants that they deliver."""

from collections.abc import Callable, Mapping
from typing import Any

from mockcentra.apis.graphql import words
from mockcentra.apis.graphql.addresses import address, merged
from mockcentra.apis.graphql.changes import Change, Input
from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.lists import EmbeddedList, Entry, Fits, one_of
from mockcentra.apis.graphql.money import money
from mockcentra.apis.graphql.paging import find
from mockcentra.apis.graphql.planning import Field
from mockcentra.apis.graphql.registry import mutation
from mockcentra.apis.graphql.types import (
    TYPES,
    Among,
    Batch,
    Column,
    Computed,
    Many,
    One,
    Through,
    Type,
    Weights,
    Where,
    define,
    embed,
    word,
)
from mockcentra.commerce import supplier_writing
from mockcentra.store import graphql_reading as reading
from mockcentra.store import graphql_supply as supply
from mockcentra.store import records
from mockcentra.store import suppliers as rows
from mockcentra.store.database import Row, from_json
from mockcentra.store.graphql_reading import Link

STATUSES = words.stored(words.STATUS)


def detail(name: str) -> Computed:
    """What an integration keeps with the row beside its columns; null where nothing is kept."""
    return Computed(lambda written: from_json(written).get(name) or None, "details_json")


def kept_among(name: str) -> Where:
    """A filter on what `detail` shows."""
    return Where(lambda run, value: supply.with_detail(name, value), supply.has_detail(name))


def _addresses(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[Any]:
    found = []
    for name, written, country_id in picked:
        parts = {"company": name, **(from_json(written).get("address") or {})}
        made = address(run, parts)
        if made is not None and made["country"] is None:
            made["country"] = country_id
        found.append(made)
    return found


def _supplies(column: str) -> Callable[[Run, Mapping[str, Any], list[tuple[Any, ...]]], list[list[dict[str, Any]]]]:
    """What suppliers (or of variants, who) supplies; `column` is what the owners are."""

    def make(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[list[dict[str, Any]]]:
        found = rows.supplies(run.tx, column, [row[0] for row in picked])
        return [[_supply(run, each) for each in found.get(row[0], ())] for row in picked]

    return make


def customs(run: Run, kind: str, worth: int, cost: int, currency_id: int | None) -> dict[str, Any]:
    """The three fields of customs: what is a percentage is an amount of the cost as well."""
    amount = worth if kind == "VALUE" else round(cost * worth / 10_000)
    percent = worth / 100 if kind == "PERCENT" else round(worth * 100 / cost, 2) if cost else 0.0
    return {"customsType": kind, "customsPercent": percent, "customsValue": money(run, amount, currency_id)}


def _supply(run: Run, row: Row) -> dict[str, Any]:
    return {
        "unitCost": money(run, row["cost"], row["currency_id"]),
        **customs(run, row["customs_type"], row["customs"], row["cost"], row["currency_id"]),
        "productVariant": row["variant_id"],
        "supplier": row["supplier_id"],
        "productId": row["product_id"],
        "productName": row["product_name"],
        "productVariantName": row["variant_name"],
        "supplierName": row["supplier_name"],
        "names": f"{row['product_name']}\n{row['variant_name']}\n{row['supplier_name']}".lower(),
    }


def _is_called(run: Run, entry: Entry, value: str) -> bool:
    return value.lower() in entry["names"]


_FILTERS = {
    "productName": one_of("productName"),
    "productVariantName": one_of("productVariantName"),
    "supplierName": one_of("supplierName"),
    "productId": one_of("productId"),
    "productVariantId": one_of("productVariant"),
    "supplierId": one_of("supplier"),
    "search": Fits("names", _is_called),
}
_SORTS = {
    "productId": "productId",
    "productName": "productName",
    "productVariantId": "productVariant",
    "productVariantName": "productVariantName",
    "supplierName": "supplierName",
    "supplierId": "supplier",
}
SUPPLIES_OF_VARIANTS = EmbeddedList(_supplies("variant_id"), _FILTERS, _SORTS, "id")


class _Ordered:
    """The purchase orders or deliveries that have a variant of a supplier."""

    columns = ("supplier", "productVariant")

    def __init__(self, link: Link) -> None:
        self.link = link

    def values(self, run: Run, field: Field, found: Any, weights: Weights) -> list[Any]:
        owners = [f"{row['supplier']}-{row['productVariant']}" for row in found]
        return run.linked(field, self.link, owners, weights, reading.EVERYTHING)


define(
    Type(
        "Supplier",
        "suppliers",
        fields={
            "name": Column("name"),
            "status": Column("status", word(words.STATUS)),
            "address": Batch(_addresses, "name", "details_json", "country_id"),
            "websiteUrl": detail("website"),
            "vatNumber": detail("vat_number"),
            "comment": detail("comment"),
            "currency": One("currency_id"),
            "paymentTerms": detail("payment_terms_id"),
            "preferredWarehouse": detail("warehouse_id"),
            "purchaseOrderDeliveries": Through(supply.DELIVERIES_OF_SUPPLIERS),
            "purchaseOrders": Many("supplier_id"),
            "shippingTerms": detail("shipping_terms_id"),
            "supplies": EmbeddedList(_supplies("supplier_id"), _FILTERS, _SORTS, "id"),
            "documentTemplate": detail("document_template_id"),
        },
        filters={
            "name": Among("name"),
            "status": Among("status", STATUSES),
            "currencyId": Among("currency_id"),
            "preferredWarehouseId": kept_among("warehouse_id"),
        },
        sorts={"name": "name"},
        search=("name",),
        external="supplier",
    )
)
embed(
    "ProductVariantSupply",
    {
        "purchaseOrders": _Ordered(supply.ORDERS_OF_SUPPLIES),
        "purchaseOrderDeliveries": _Ordered(supply.DELIVERIES_OF_SUPPLIES),
    },
)


# ------------------------------------------------------------------ writing


def terms_and_places(given: Input) -> dict[str, Any]:
    """Details that inputs of suppliers and purchase orders share: terms and templates, whose id null removes them."""
    found: dict[str, Any] = {}
    for name, kind, key in (
        ("paymentTerms", "PaymentTerms", "payment_terms_id"),
        ("shippingTerms", "ShippingTerms", "shipping_terms_id"),
        ("documentTemplate", "DocumentTemplate", "document_template_id"),
    ):
        if name in given:
            value = given[name]
            is_none = value is None or (value and all(each is None for each in value.values()))
            found[key] = None if is_none else given.ref(name, kind)
    return found


def warehouse_of(given: Input) -> dict[str, Any]:
    """The preferred warehouse, where one is given; null ids remove it."""
    if "preferredWarehouse" not in given:
        return {}
    value = given["preferredWarehouse"]
    is_none = value is None or (value and all(each is None for each in value.values()))
    return {"warehouse_id": None if is_none else given.ref("preferredWarehouse", "Warehouse")}


def _values(given: Input, before: Mapping[str, Any], own_id: int = 0) -> tuple[dict[str, Any], dict[str, Any]]:
    """(columns, details) that the input sets."""
    columns: dict[str, Any] = {}
    details = {**terms_and_places(given), **warehouse_of(given)}
    if given.get("status") is not None:
        columns["status"] = given.status("supplier")
    if given.get("currencyIsoCode") is not None:
        code = given["currencyIsoCode"].upper()
        columns["currency_id"] = find(given.run, TYPES["Currency"], "code", [code]).get(code)
        if columns["currency_id"] is None:
            given.error(f"Could not find Currency with ID {code}", "currencyIsoCode")
    if "comment" in given:
        details["comment"] = given["comment"]
    place = given.part("address")
    if place is not None:
        details["address"] = merged(place, before.get("address") or {})
        if place.get("country") is not None:
            columns["country_id"] = place.ref("country", "Country")
        if "website" in place:
            details["website"] = place["website"]
        if place.get("supplierName") is not None:
            columns["name"] = place.required_text("supplierName")
            if columns["name"] is not None and rows.is_name_taken(given.run.tx, columns["name"], own_id):
                place.error(f"The name {columns['name']} is taken", "supplierName")
    return columns, details


@mutation("createSupplier")
def create_supplier(change: Change) -> dict[str, Any]:
    """A new supplier, whose name stands in its address."""
    given = change.input
    columns, details = _values(given, {})
    if columns.get("name") is None and (given.get("address") or {}).get("supplierName") is None:
        given.error("A supplier needs a name", "address", "supplierName")
    if given.get("id") is not None:
        given.warning("Ids are given by the shop", "id")
    change.check()
    return {"supplier": supplier_writing.create(change.tx, details=details, **columns)}


@mutation("updateSupplier")
def update_supplier(change: Change) -> dict[str, Any]:
    """Changes a supplier."""
    supplier_id = change.target("Supplier")
    row = records.get(change.tx, "suppliers", supplier_id)
    assert row is not None
    columns, details = _values(change.input, from_json(row["details_json"]), supplier_id)
    change.check()
    supplier_writing.change(change.tx, supplier_id, details=details, **columns)
    return {"supplier": supplier_id}


def customs_of(given: Input, kind_name: str, value_name: str) -> tuple[str | None, int | None]:
    """(type, hundredths) of the customs that an input names."""
    value = given.get(value_name)
    if value is not None and not 0 <= value <= 1_000_000_000:
        given.error(f"{value_name} must not be negative", value_name)
        value = None
    return given.get(kind_name), None if value is None else round(value * 100)


@mutation("setSupplierProductVariants")
def set_supplier_product_variants(change: Change) -> dict[str, Any]:
    """What a supplier wants for variants."""
    given = change.input
    supplier_id = given.ref("supplier", "Supplier")
    supplier = records.get(change.tx, "suppliers", supplier_id) if supplier_id else None
    code = currency_code(change.run, supplier)
    supplies: dict[int, dict[str, Any]] = {}
    parts = given.parts("productVariants")
    for part, variant_id in zip(parts, given.refs_of(parts, "productVariant", "ProductVariant"), strict=True):
        cost = part.money("unitCost", code)
        kind, worth = customs_of(part, "customsType", "customsValue")
        if cost is not None and cost < 0:
            part.error("unitCost must not be negative", "unitCost", "value")
        if variant_id is not None and cost is not None:
            supplies[variant_id] = {"cost": cost, "customs_type": kind or "PERCENT", "customs": worth or 0}
    change.check()
    assert supplier_id is not None
    supplier_writing.set_supplies(change.tx, supplier_id, supplies)
    return {"supplier": supplier_id}


def currency_code(run: Run, row: Row | None) -> str | None:
    """The code of the currency that a supplier or a purchase order has."""
    if row is None or row["currency_id"] is None:
        return None
    code: str = run.once("currencies", lambda: reading.currencies(run.tx))[row["currency_id"]]["code"]
    return code


@mutation("unsetSupplierProductVariants")
def unset_supplier_product_variants(change: Change) -> dict[str, Any]:
    """Variants that a supplier does not sell any more."""
    given = change.input
    supplier_id = given.ref("supplier", "Supplier")
    variant_ids = given.refs("productVariants", "ProductVariant")
    change.check()
    assert supplier_id is not None
    supplier_writing.unset_supplies(change.tx, supplier_id, variant_ids)
    return {"supplier": supplier_id}
