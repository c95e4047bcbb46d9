"""Products, their variants, and the sizes of these: what they show, and how they are found (sections 12.3 to 12.5)."""

from collections.abc import Mapping, Sequence
from typing import Any

from mockcentra.apis.graphql import words
from mockcentra.apis.graphql.areas.delivery_windows import (
    WINDOW_VARIANT_FILTERS,
    WINDOW_VARIANT_SORTS,
    window_variants,
)
from mockcentra.apis.graphql.areas.prices import prices_of
from mockcentra.apis.graphql.areas.stock import STOCK_OF_SIZES, TOTALS_OF_SIZES
from mockcentra.apis.graphql.areas.suppliers import SUPPLIES_OF_VARIANTS
from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.lists import EmbeddedList
from mockcentra.apis.graphql.money import UNITS, money, weight
from mockcentra.apis.graphql.planning import Field
from mockcentra.apis.graphql.types import (
    Among,
    Batch,
    Changed,
    Chosen,
    Column,
    Computed,
    Dates,
    Is,
    LastChange,
    Linked,
    Many,
    Moment,
    One,
    Text,
    Through,
    Type,
    Weights,
    Where,
    define,
    embed,
    flag,
    text,
    word,
)
from mockcentra.commerce import charts_writing
from mockcentra.store import graphql_catalogue as rows
from mockcentra.store import graphql_reading as reading
from mockcentra.store import graphql_supply as supply
from mockcentra.store.database import from_json, to_json
from mockcentra.store.graphql_reading import Link

STATUSES = words.stored(words.STATUS)
SHOWN_ON = Link("display_items", "variant_id", "display_id")


# ------------------------------------------------------------------ products


def _measurements(chart_id: int | None, own: str | None, chart: tuple[str, str, str]) -> dict[str, Any] | None:
    """A MeasurementTable: a chart's contents, or those that the product has instead of them."""
    if chart_id is None:
        return None
    x, y = from_json(chart[0]), from_json(chart[1])
    table = charts_writing.table(x, y, from_json(own or chart[2]))
    return {
        "chart": chart_id,
        "inherited": False,
        "contentJSON": to_json(table),
        "values": [[row.get(label, "") for label in x] for row in table.values()],
    }


_CHART = "measurement_chart_id>measurement_charts."

define(
    Type(
        "Product",
        "products",
        fields={
            "name": Column("name"),
            "status": Column("status", word(words.STATUS)),
            "productNumber": Column("number"),
            "createdAt": Moment("created_at"),
            "updatedAt": Moment("updated_at"),
            "harmonizedCommodityCode": Column("hs_code", text),
            "harmonizedCommodityCodeDescription": Column("hs_description", text),
            "internalComment": Column("internal_comment", text),
            "isBundle": Column("kind", lambda kind: kind == "bundle"),
            "isSerializableProduct": Column("is_serializable", flag),
            "weight": Computed(weight, "weight_milli", "weight_unit"),
            "brand": One("brand_id"),
            "bundle": Batch(lambda run, arguments, picked: _bundles(run, picked), "id"),
            "collection": One("collection_id"),
            "countryOfOrigin": One("country_of_origin_id"),
            "displays": Many("product_id"),
            "folder": One("folder_id"),
            "measurementTable": Computed(
                lambda chart_id, own, x, y, contents: _measurements(chart_id, own, (x, y, contents)),
                "measurement_chart_id",
                "measurements_json",
                f"{_CHART}x_json",
                f"{_CHART}y_json",
                f"{_CHART}contents_json",
            ),
            "media": Many("product_id"),
            "prices": prices_of("product"),
            "variants": Many("product_id"),
        },
        filters={
            "name": Text("name"),
            "status": Among("status", STATUSES),
            "productNumber": Text("number"),
            "createdAt": Dates("created_at"),
            "updatedAt": Dates("updated_at"),
            "harmonizedCommodityCode": Text("hs_code"),
            "harmonizedCommodityDescription": Text("hs_description"),
            "internalComment": Text("internal_comment"),
            "brandId": Among("brand_id"),
            "collectionId": Among("collection_id"),
            "countryOfOriginId": Among("country_of_origin_id"),
            "folderId": Among("folder_id"),
            "measurementChartId": Among("measurement_chart_id"),
        },
        sorts={"name": "name", "productNumber": "number", "createdAt": "created_at", "updatedAt": "updated_at"},
        search=("name", "number"),
        external="product",
        lookups={"productNumber": "number"},
        translations=("product", {"name": "name"}),
        attributes="product",
    )
)


def _bundles(run: Run, picked: list[tuple[Any, ...]]) -> list[int | None]:
    pairs = reading.pairs(run.tx, "bundles", "product_id", "id", [row[0] for row in picked])
    found = {pair[0]: pair[1] for pair in pairs}
    return [found.get(row[0]) for row in picked]


# ------------------------------------------------------------------ variants


def _unit_costs(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[Any]:
    return [money(run, cost, currency_id) for cost, currency_id in picked]


def _plans(run: Run, picked: list[tuple[Any, ...]]) -> list[list[int]]:
    found = rows.plans(run.tx, "id", [row[0] for row in picked])
    return [found.get(row[0], []) for row in picked]


def _windows(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[list[dict[str, Any]]]:
    """The delivery windows that variants are in, and how."""
    pairs = reading.pairs(
        run.tx, "delivery_window_variants", "variant_id", "delivery_window_id", [row[0] for row in picked]
    )
    found: dict[int, list[dict[str, Any]]] = {}
    for entry in window_variants(run, {pair[1] for pair in pairs}):
        found.setdefault(entry["productVariant"], []).append(entry)
    return [found.get(row[0], []) for row in picked]


def _shown_weight(own: Mapping[str, Any]) -> dict[str, Any] | None:
    return weight(own.get("weight_milli"), own.get("weight_unit", "kg"))


def _settings(written: str) -> dict[str, Any]:
    """ShippingSpecificationSettings: what a variant has of its own, and whether that counts."""
    own = from_json(written)
    return {
        "weight": {"overrideProductWeight": bool(own.get("own_weight")), "weight": _shown_weight(own)},
        "dimensions": {"overridden": bool(own.get("own_dimensions")), "dimensions": own.get("dimensions")},
    }


_PRODUCT = "product_id>products."

define(
    Type(
        "ProductVariant",
        "variants",
        fields={
            "name": Column("name"),
            "status": Column("status", word(words.STATUS)),
            "variantNumber": Column("number", text),
            "internalName": Column("internal_name", text),
            "unitCost": Batch(_unit_costs, "unit_cost", "unit_cost_currency_id"),
            "updatedAt": Moment("updated_at"),
            "stockOffset": Column("stock_offset"),
            "shippingSpecificationSettings": Computed(_settings, "shipping_json"),
            "subscriptionPlans": Chosen(_plans, "id"),
            "campaignVariants": Through(rows.CAMPAIGNS_OF_VARIANTS),
            "displays": Through(SHOWN_ON),
            "displayItems": Many("variant_id"),
            "deliveryWindowVariants": EmbeddedList(_windows, WINDOW_VARIANT_FILTERS, WINDOW_VARIANT_SORTS, "id"),
            "media": Many("variant_id"),
            "prices": prices_of("variant"),
            "supplies": SUPPLIES_OF_VARIANTS,
            "purchaseOrderDeliveries": Through(supply.DELIVERIES_OF_VARIANTS),
            "product": One("product_id"),
            "productSizes": Many("variant_id"),
            "sizeChart": One("size_chart_id"),
        },
        filters={
            "name": Text("name"),
            "status": Among("status", STATUSES),
            "variantNumber": Text("number"),
            "displayId": Linked(SHOWN_ON),
            "productId": Among("product_id"),
            "sizeChartId": Among("size_chart_id"),
            "sizeId": Linked(Link("product_sizes", "variant_id", "size_id")),
            "updatedAt": Dates("updated_at"),
        },
        sorts={"name": "name", "variantNumber": "number", "updatedAt": "updated_at"},
        search=("name", "number", f"{_PRODUCT}name", f"{_PRODUCT}number"),
        external="variant",
        translations=("variant", {"name": "name"}),
        attributes="variation",
    )
)


# ------------------------------------------------------------------ sizes


def _sku(*numbers: str) -> str:
    return "".join(numbers)


def _quantities(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[int]:
    free = rows.free_quantities(run.tx, [row[0] for row in picked])
    return [free.get(row[0], 0) for row in picked]


def _specifications(size: str, variant: str, milli: int, unit: str) -> dict[str, Any]:
    """ShippingSpecifications: those of the size, else of the variant, else of the product."""
    own, of_variant = from_json(size), from_json(variant)
    if own.get("weight_milli"):
        shown = _shown_weight(own)
    else:
        shown = _shown_weight(of_variant) if of_variant.get("own_weight") else weight(milli, unit)
    of_all = of_variant.get("dimensions") if of_variant.get("own_dimensions") else None
    return {"weight": shown, "dimensions": own.get("dimensions") or of_all}


class _Dimensions:
    """Length, width and height with their unit; those that are not known in full only on request."""

    columns: tuple[str, ...] = ()

    def values(self, run: Run, field: Field, found: Sequence[Any], weights: Weights) -> list[Any]:
        takes_part = field.arguments(run).get("includePartial")
        known = (row["dimensions"] for row in found)
        shown = [each if each and (takes_part or None not in each.values()) else None for each in known]
        return run.finish(field, shown, weights)


embed("ShippingSpecifications", {"dimensions": _Dimensions()})


def _size_weight(size: str, variant: str, milli: int, unit: str) -> dict[str, Any] | None:
    shown: dict[str, Any] | None = _specifications(size, variant, milli, unit)["weight"]
    return shown


_VARIANT = "variant_id>variants."
_OF_PRODUCT = f"{_VARIANT}product_id>products."
_WEIGHTS = ("shipping_json", f"{_VARIANT}shipping_json", f"{_OF_PRODUCT}weight_milli", f"{_OF_PRODUCT}weight_unit")

define(
    Type(
        "ProductSize",
        "product_sizes",
        fields={
            "description": Column("size_id>sizes.name", text),
            "EAN": Column("ean", text),
            "GTIN": Column("ean", text),
            "UPC": Column("upc", text),
            "SKU": Computed(_sku, f"{_OF_PRODUCT}number", f"{_VARIANT}number", "number"),
            "sizeNumber": Column("number", text),
            "quantity": Batch(_quantities, "id"),
            "preorder": Column("is_preorder", flag),
            "comment": Column("comment", text),
            "weight": Computed(_size_weight, *_WEIGHTS),
            "shippingSpecifications": Computed(_specifications, *_WEIGHTS),
            "updatedAt": LastChange("product_size"),
            "isActive": Column("status", lambda status: status == "active"),
            "size": One("size_id"),
            "productVariant": One("variant_id"),
            "stockChangeLines": Many("product_size_id"),
            "stock": STOCK_OF_SIZES,
            "stockTotals": TOTALS_OF_SIZES,
            "purchaseOrderDeliveries": Through(supply.DELIVERIES_OF_SIZES),
        },
        filters={
            "description": Text("size_id>sizes.name"),
            "EAN": Text("ean"),
            "UPC": Text("upc"),
            "SKU": Text(rows.SKU_OF_SIZE),
            "sizeNumber": Text("number"),
            "quantity": Where(lambda run, value: rows.free_between(value.get("from"), value.get("to"))),
            "preorder": Is("is_preorder"),
            "sizeId": Among("size_id"),
            "isActive": Where(lambda run, value: reading.among("status", ["active"] if value else ["inactive"])),
            "updatedAt": Changed("product_size"),
        },
        sorts={"sizeSort": "size_id>sizes.x", "updatedAt": rows.SIZE_CHANGED},
        search=("size_id>sizes.name", "ean", "upc", "number"),
        lookups={"EAN": "ean", "UPC": "upc", "SKU": rows.SKU_OF_SIZE},
    )
)


__all__ = ["SHOWN_ON", "STATUSES", "UNITS"]
