"""Nothing is accepted and ignored: every field of an input leaves its mark on what the object shows afterwards."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
from graphql import get_named_type, is_input_object_type, is_required_input_field

from mockcentra.apis.graphql import sdl
from tests.apis.graphql.catalogue import new_product, show
from tests.apis.graphql.conftest import Integration
from tests.apis.graphql.whole import whole

Make = Callable[[Integration], Any]


def sek(value: float) -> dict[str, Any]:
    return {"value": value, "currencyIsoCode": "SEK"}


def one(**parts: Any) -> list[dict[str, Any]]:
    return [parts]


DYNAMIC = {"attributeTypeName": "pd_fit_note", "attributeElementKey": "text"}
VARIANT_TEXT = {"attributeTypeName": "variant_swatch", "attributeElementKey": "color_code"}
DIMENSIONS = {"length": 1.5, "width": 2, "height": 3, "unit": "CENTIMETERS"}
WEIGHT = {"value": 1.25, "unit": "KILOGRAMS"}
ADDRESS = {
    "supplierName": "Mill & Sons", "attention": "Ada", "address1": "Road 1", "address2": "Yard", "zipCode": "11122",
    "city": "Borås", "stateOrProvince": "VG", "country": {"code": "DE"}, "email": "mill@example.com",
    "phoneNumber": "123", "website": "https://mill.example.com",
}  # fmt: skip
DELIVERED_TO = {
    "companyName": "Us", "attention": "Bo", "address1": "Dock 2", "address2": "Gate", "zipCode": "33344",
    "city": "Lund", "stateOrProvince": "M", "country": {"code": "NO"}, "email": "dock@example.com", "phoneNumber": "456",
}  # fmt: skip
LOCATION = {
    "address": "Quay 3", "address2": "Shed", "country": {"code": "US"}, "stateOrProvince": "NV", "city": "Reno",
    "zipCode": "89501",
}  # fmt: skip


@dataclass
class Case:
    """How to make an object (`make` gives its id), and a value for each field of the input.

    A value may be a function of the id. `first`: what is written before the field, so that there is something to take
    away. `same`: fields that cannot change anything by themselves, and why not.
    """

    kind: str
    make: Make
    values: dict[str, Any]
    first: dict[str, dict[str, Any]] = field(default_factory=dict)
    same: dict[str, str] = field(default_factory=dict)


def product(erp: Integration) -> int:
    return new_product(erp).id


def variant(erp: Integration) -> int:
    return new_product(erp).variants[0]["id"]


def bare_variant(erp: Integration) -> int:
    made = erp.change(
        "createProduct",
        "product { variants { id } }",
        input={
            "name": "Bare", "status": "ACTIVE", "productNumber": "B",
            "addProductVariants": one(name="One", status="ACTIVE"),
        },
    )["product"]  # fmt: skip
    return made["variants"][0]["id"]


def size(erp: Integration) -> int:
    return new_product(erp).variants[0]["productSizes"][0]["id"]


def display(erp: Integration) -> int:
    made = new_product(erp, "White", "Blue")
    given = [{"productMedia": {"id": each}} for each in pictures(erp, made.id, 1)]
    shown = show(
        erp, made, addProductVariants=one(productVariant={"id": made.variants[0]["id"]}), addProductMedia=given,
        addCategories=[{"id": 1}],
    )  # fmt: skip
    return shown["id"]


def pictures(erp: Integration, product_id: int, count: int) -> list[int]:
    """New pictures of a product, which no display shows."""
    before = {row["id"] for row in _media(erp, product_id)}
    batch = [{"productId": product_id, "url": f"https://pictures.example.com/{place}.jpg"} for place in range(count)]
    made = erp.change("createMediaBatch", "queueId", input={"productMedia": batch})
    erp.ask("query ($id: String!) { mediaBatch(queueId: $id) { status } }", id=made["queueId"])
    return [row["id"] for row in _media(erp, product_id) if row["id"] not in before]


def _media(erp: Integration, product_id: int) -> list[dict[str, Any]]:
    return erp.ask("query ($id: Int!) { product(id: $id) { media { id } } }", id=product_id)["product"]["media"]


def product_of(erp: Integration, display_id: int) -> dict[str, Any]:
    return erp.ask(
        "query ($id: Int!) { display(id: $id) { product { id variants { id } } media { id } } }", id=display_id
    )["display"]


# In names, which must differ; numbers that nothing else has.
_NUMBERS = count(7_000_001)
_NUMBER = re.compile(r"7000\d{3}")


def simple(mutation: str, kind: str, **given: Any) -> Make:
    """Makes an object with that input; each has a name of its own."""

    def make(erp: Integration) -> int:
        name = kind[0].lower() + kind[1:]
        own = dict(given)
        if kind == "Supplier":
            own["address"] = {"supplierName": f"Weavers {next(_NUMBERS)}"}
        elif "name" in own:
            own["name"] += f" {next(_NUMBERS)}"
        return erp.change(mutation, f"{name} {{ id }}", input=own)[name]["id"]

    return make


def a_bundle(erp: Integration) -> int:
    parts = new_product(erp, "White", "Blue", labels=("S", "M"))
    given = {
        "product": {"name": "A set", "status": "ACTIVE", "productNumber": f"SET{next(_NUMBERS)}"}, "type": "FIXED", "priceType": "STATIC",
        "sizeChart": {"id": parts.chart["id"]}, "sizes": one(name="S"),
        "addBundleSections": [
            {"quantity": 1, "productVariants": [{"id": parts.variants[0]["id"]}]},
            {"quantity": 2, "productVariants": [{"id": parts.variants[1]["id"]}]},
        ],
    }  # fmt: skip
    return erp.change("createBundle", "bundle { id }", input=given)["bundle"]["id"]


def sections_of(erp: Integration, bundle_id: int) -> list[int]:
    found = erp.ask("query ($id: Int!) { bundle(id: $id) { sections { id } } }", id=bundle_id)["bundle"]["sections"]
    return [row["id"] for row in found]


def groups_of(erp: Integration, option_id: int) -> list[int]:
    found = erp.ask("query ($id: [Int!]) { shippingOptions(where: {id: $id}) { priceGroups { id } } }", id=[option_id])
    return [row["id"] for row in found["shippingOptions"][0]["priceGroups"]]


_LINE = {"productVariant": {"id": 1}, "productSize": {"id": 1}, "quantity": 3}
_RANGES = {"totalItems": [{"fromItems": 0, "shippingPrice": 3.5, "orderValuePercent": 2.5}]}
_SHIPS = {
    "addCountries": [{"code": "SE"}, {"code": "NO"}],
    "ranges": {"orderTotal": [{"fromPrice": 0, "shippingPrice": 9}]},
}
_SUPPLIER = simple("createSupplier", "Supplier", currencyIsoCode="EUR", status="ACTIVE")
_TERMS = {"paymentTerms": {"id": 2}, "shippingTerms": {"id": 2}, "documentTemplate": {"id": 2}}
TABLE = {
    "measurementChart": {"id": 1},
    "inherited": False,
    "values": [{"horizontalLabel": "S", "verticalLabel": "Chest", "value": "99"}],
}

PRODUCT = {
    "name": "Other", "status": "INACTIVE", "productNumber": "OTHER", "harmonizedCommodityCode": "6109",
    "harmonizedCommodityCodeDescription": "shirts", "internalComment": "mind the gap", "isSerializableProduct": True,
    "weight": WEIGHT, "brand": {"id": 2}, "collection": {"id": 2}, "countryOfOrigin": {"code": "PT"},
    "folder": {"id": 2}, "measurementTable": TABLE,
    "assignMappedAttributes": one(attributeTypeName="pr_materials", attributeId=61),
    "assignDynamicAttributes": one(**DYNAMIC, attributeElementValue="loose"),
    "externalId": "pim-1",
}  # fmt: skip
VARIANT = {
    "name": "Green", "status": "INACTIVE", "variantNumber": "-9-", "internalName": "inside", "unitCost": sek(12.5),
    "shippingSpecificationSettings": {
        "weight": {"overrideProductWeight": True, "weight": WEIGHT},
        "dimensions": {"overridden": True, "dimensions": DIMENSIONS},
    },
    "assignMappedAttributes": one(attributeTypeName="swatch", attributeId=15),
    "assignDynamicAttributes": one(**VARIANT_TEXT, attributeElementValue="#123456"),
    "externalId": "pim-2",
}  # fmt: skip
SIZE = {
    "EAN": "7300000000017", "UPC": "730000000001", "gtin": "7300000000024", "sizeNumber": "XX", "comment": "runs small",
    "preorder": True, "isActive": False, "shippingSpecifications": {"weight": WEIGHT, "dimensions": DIMENSIONS},
}  # fmt: skip
DISPLAY = {
    "name": "Other", "status": "INACTIVE", "uri": "quite-other", "minimumOrderQuantity": 2, "orderQuantityDenominator": 3,
    "description": "Long", "shortDescription": "Short", "metaTitle": "Title", "metaDescription": "About",
    "metaKeywords": "words", "comment": "internal", "tags": ["hot"], "canonicalCategory": {"id": 2},
    "addCategories": [{"id": 3}], "addMarkets": [{"id": 2}], "taxGroup": {"id": 2},
}  # fmt: skip
CATEGORY = {
    "name": "Other", "status": "INACTIVE", "uri": "quite-other", "metaTitle": "Title", "metaDescription": "About",
    "metaKeywords": "words", "parentCategory": {"id": 1}, "displaySortType": {"type": "TAGS_ASC"},
}  # fmt: skip
WAREHOUSE = {
    "name": "Attic", "hideFromStockView": True, "stockOwnershipPolicy": "THIRD_PARTY",
    "allocationPolicy": "CHECK_FIRST", "stockMasterPolicy": "EXTERNAL", "threshold": 4, "warehouseLocation": LOCATION,
    "status": "INACTIVE", "externalId": "wms-1",
}  # fmt: skip
SUPPLIER = {
    "currencyIsoCode": "SEK", "status": "INACTIVE", "address": ADDRESS, "comment": "slow", **_TERMS,
    "preferredWarehouse": {"id": 2},
}  # fmt: skip
PURCHASE = {
    "ETA": "2031-02-03", "requestedETD": "2031-02-01", "confirmedETD": "2031-02-02", "supplierAddress": ADDRESS,
    "shippingAddress": DELIVERED_TO, "preferredWarehouse": {"id": 2}, **_TERMS, "internalComment": "hush",
    "externalComment": "hello", "ourReference": "REF", "addPurchaseOrderLines": [{**_LINE, "unitPrice": {"value": 7, "currencyIsoCode": "EUR"}, "customsType": "VALUE", "customsTax": 2}],
    "externalId": "erp-1",
}  # fmt: skip
OPTION = {
    "name": "Other", "status": "INACTIVE", "comment": "by bike", "currencyIsoCode": "EUR", "uri": "quite-other",
    "isPickupPoint": True, "addMarkets": [{"id": 1}],
    "addShippingGroups": [{"addCountries": [{"code": "DE"}], "ranges": _RANGES}],
}  # fmt: skip
PLAN = {
    "name": "Other", "status": "INACTIVE", "interval": {"type": "WEEK", "value": 3}, "discount": 12.5,
    "shippingType": "FREE", "internalComment": "hush",
}  # fmt: skip
CHART = {
    "name": "Other", "horizontalLabels": ["S", "L"], "verticalLabels": ["1", "2"], "dividerSymbol": "/", "displayUnit": "cm",
    "displayDividedBy": 10, "externalId": "chart-1",
}  # fmt: skip
LOCALIZATION = {
    "name": "Other", "displayName": "OT", "comment": "hats", "status": "INACTIVE", "addCountries": [{"code": "DE"}],
    "addSizeCharts": [{"id": 1}], "addStores": [{"id": 1}],
}  # fmt: skip
MEASURES = {
    "name": "Other", "horizontalLabels": ["S", "L"], "verticalLabels": ["Arm", "Leg"], "displayUnit": "inch",
    "values": one(horizontalLabel="S", verticalLabel="Arm", value="42"),
}  # fmt: skip
PRICELIST = {
    "name": "Other", "status": "INACTIVE", "comment": "secret", "defaultShippingOption": {"id": 2},
    "addCountries": [{"code": "AU"}], "externalId": "list-1",
}  # fmt: skip
ALTERATION = {"name": "Other", "status": "ACTIVE", "startDate": "2031-05-01", "endDate": "2031-06-01"}
CAMPAIGN = {"name": "Other", "status": "INACTIVE", "addMarkets": [{"id": 2}], "addPricelists": [{"id": 2}]}

MAPPED = {"unassignMappedAttributes": one(attributeTypeName="pr_materials", attributeId=61)}
UPDATES = {
    "updateProduct": Case(
        "Product",
        product,
        {**PRODUCT, **MAPPED, "unassignDynamicAttributes": one(**DYNAMIC)},
        first={
            "unassignMappedAttributes": {"assignMappedAttributes": PRODUCT["assignMappedAttributes"]},
            "unassignDynamicAttributes": {"assignDynamicAttributes": PRODUCT["assignDynamicAttributes"]},
        },
    ),
    "updateProductVariant": Case(
        "ProductVariant",
        bare_variant,
        {
            **VARIANT,
            "sizeChart": {"id": 1},
            "unassignMappedAttributes": one(attributeTypeName="swatch", attributeId=15),
            "unassignDynamicAttributes": one(**VARIANT_TEXT),
        },
        first={
            "unassignMappedAttributes": {"assignMappedAttributes": VARIANT["assignMappedAttributes"]},
            "unassignDynamicAttributes": {"assignDynamicAttributes": VARIANT["assignDynamicAttributes"]},
        },
    ),
    "updateProductSize": Case("ProductSize", size, SIZE),
    "updateDisplay": Case(
        "Display",
        display,
        {
            **DISPLAY,
            "removeCategories": [{"id": 1}],
            "removeMarkets": [{"id": 1}],
            "addProductMedia": lambda erp, own: [
                {"productMedia": {"id": each}} for each in _hidden_pictures(erp, product_of(erp, own)["product"]["id"], own)
            ],
            "removeProductMedia": lambda erp, own: product_of(erp, own)["media"],
            "addProductVariants": lambda erp, own: [{"productVariant": product_of(erp, own)["product"]["variants"][1]}],
            "removeProductVariants": lambda erp, own: product_of(erp, own)["product"]["variants"][:1],
        },
    ),
    "updateBundle": Case(
        "Bundle",
        a_bundle,
        {
            "product": {"name": "Other"},
            "priceType": "DYNAMIC",
            "sizes": one(name="M"),
            "addBundleSections": one(quantity=4, productVariants=[{"id": 1}]),
            "updateBundleSections": lambda erp, own: one(id=sections_of(erp, own)[0], quantity=7),
            "deleteBundleSections": lambda erp, own: one(id=sections_of(erp, own)[0]),
        },
    ),
    "updateSizeChart": Case(
        "SizeChart",
        simple("createSizeChart", "SizeChart", name="Sizes", horizontalLabels=["S", "M"], verticalLabels=["1"]),
        CHART,
    ),
    "updateSizeChartLabels": Case(
        "SizeChart",
        simple("createSizeChart", "SizeChart", name="Sizes", horizontalLabels=["S", "M"], verticalLabels=["1"]),
        {
            "horizontalLabels": one(oldValue="S", newValue="XS"),
            "verticalLabels": one(oldValue="1", newValue="2"),
        },
    ),
    "updateSizeLocalization": Case(
        "SizeLocalization",
        simple(
            "createSizeLocalization", "SizeLocalization", name="Dutch", displayName="NL", status="ACTIVE",
            addCountries=[{"code": "NL"}], addSizeCharts=[{"id": 2}], addStores=[{"id": 2}],
        ),
        {
            **LOCALIZATION,
            "removeCountries": [{"code": "NL"}],
            "removeSizeCharts": [{"id": 2}],
            "removeStores": [{"id": 2}],
        },
    ),
    "updateMeasurementChart": Case(
        "MeasurementChart",
        simple(
            "createMeasurementChart", "MeasurementChart", name="Sweaters", horizontalLabels=["S", "M"],
            verticalLabels=["Arm"], values=one(horizontalLabel="S", verticalLabel="Arm", value="1"),
        ),
        MEASURES,
    ),
    "updateCategory": Case(
        "Category",
        simple("createCategory", "Category", name="Tea", status="ACTIVE", store={"id": 1}),
        CATEGORY,
        same={
            "beforeCategory": "the order among siblings is shown by lists",
            "assignMappedAttributes": "the shop has no attributes of categories",
            "unassignMappedAttributes": "the shop has no attributes of categories",
            "assignDynamicAttributes": "the shop has no attributes of categories",
            "unassignDynamicAttributes": "the shop has no attributes of categories",
        },
    ),
    "updateBrand": Case(
        "Brand",
        simple("createBrand", "Brand", name="Brew", addToStores=[{"id": 1}]),
        {
            "name": "Other", "uri": "quite-other", "addToStores": [{"id": 2}], "removeFromStores": [{"id": 1}],
            "externalId": "brand-1",
        },
        first={"removeFromStores": {"addToStores": [{"id": 2}]}},
    ),
    "updateCollection": Case(
        "Collection",
        simple("createCollection", "Collection", name="Spring", status="ACTIVE"),
        {"name": "Other", "status": "INACTIVE", "uri": "quite-other", "externalId": "collection-1"},
    ),
    "updateFolder": Case(
        "Folder",
        simple("createFolder", "Folder", name="Samples"),
        {"name": "Other", "parent": {"id": 1}, "externalId": "folder-1"},
    ),
    "updatePricelist": Case(
        "Pricelist",
        simple(
            "createPricelist", "Pricelist", name="Crowns", status="ACTIVE", currencyIsoCode="SEK", store={"id": 1},
            addCountries=[{"code": "CA"}],
        ),
        {**PRICELIST, "removeCountries": [{"code": "CA"}]},
        same={"currencyIsoCode": "the currency of a pricelist stays"},
    ),
    "updatePriceAlteration": Case(
        "PriceAlteration",
        simple(
            "createPriceAlteration", "PriceAlteration", name="May", status="INACTIVE", store={"id": 2},
            startDate="2031-04-01",
        ),
        ALTERATION,
        same={"store": "the shop has one wholesale store"},
    ),
    "updateWarehouse": Case(
        "Warehouse",
        simple("createWarehouse", "Warehouse", name="Cellar", warehouseLocation={"country": {"code": "SE"}}),
        WAREHOUSE,
        same={"beforeWarehouse": "the order of warehouses is shown by lists"},
    ),
    "updateSupplier": Case("Supplier", _SUPPLIER, SUPPLIER),
    "updatePurchaseOrder": Case(
        "PurchaseOrder",
        lambda erp: simple(
            "createPurchaseOrder", "PurchaseOrder", supplier={"id": _SUPPLIER(erp)},
            shippingAddress={"address1": "a", "zipCode": "b", "city": "c", "country": {"code": "SE"}},
        )(erp),
        PURCHASE,
    ),
    "updateCampaign": Case(
        "Campaign",
        simple(
            "createCampaign", "Campaign", name="Sale", status="ACTIVE", store={"id": 1}, addMarkets=[{"id": 1}],
            addPricelists=[{"id": 1}],
        ),
        {**CAMPAIGN, "removeMarkets": [{"id": 1}], "removePricelists": [{"id": 1}]},
        same={
            "addDeliveryWindows": "only campaigns of wholesale stores have some",
            "removeDeliveryWindows": "only campaigns of wholesale stores have some",
            "assignMappedAttributes": "the shop has no attributes of campaigns",
            "unassignMappedAttributes": "the shop has no attributes of campaigns",
            "assignDynamicAttributes": "the shop has no attributes of campaigns",
            "unassignDynamicAttributes": "the shop has no attributes of campaigns",
        },
    ),
    "updateShippingOption": Case(
        "ShippingOption",
        simple(
            "createShippingOption", "ShippingOption", name="Slow", status="ACTIVE", currencyIsoCode="SEK",
            storeType="DIRECT_TO_CONSUMER", isPickupPoint=False, addStores=[{"id": 1}], addShippingGroups=[_SHIPS],
        ),
        {
            **OPTION,
            "removeStores": [{"id": 1}],
            "removeMarkets": [{"id": 1}],
            "addStores": [{"id": 1}],
            "updateShippingGroups": lambda erp, own: one(shippingGroup={"id": groups_of(erp, own)[0]}, ranges=_RANGES),
            "deleteShippingGroups": lambda erp, own: one(id=groups_of(erp, own)[0]),
        },
        first={"addStores": {"removeStores": [{"id": 1}]}},
    ),
    "updateSubscriptionPlan": Case(
        "SubscriptionPlan",
        simple(
            "createSubscriptionPlan", "SubscriptionPlan", name="Monthly", status="ACTIVE", store={"id": 1},
            interval={"type": "MONTH", "value": 1},
        ),
        PLAN,
    ),
    "updateMarket": Case(
        "Market",
        simple("createMarket", "Market", name="Moon", store={"id": 1}, addCountries=[{"code": "CA"}]),
        {
            "name": "Other", "comment": "far", "addCountries": [{"code": "AU"}], "removeCountries": [{"code": "CA"}],
            "externalId": "market-1",
        },
    ),
}  # fmt: skip


def _hidden_pictures(erp: Integration, product_id: int, display_id: int) -> list[int]:
    """Pictures of a product that its display does not show (new ones are shown at once, so they are taken away)."""
    found = pictures(erp, product_id, 1)
    erp.change("updateDisplay", id=display_id, input={"removeProductMedia": [{"id": each} for each in found]})
    return found


@pytest.mark.parametrize("mutation", list(UPDATES))
def test_every_field_of_an_update_is_seen_afterwards(erp: Integration, mutation: str) -> None:
    case = UPDATES[mutation]
    argument = sdl.schema().mutation_type.fields[mutation].args["input"].type.of_type  # type: ignore[union-attr]
    assert set(argument.fields) == set(case.values) | set(case.same)
    ignored = []
    for name, value in case.values.items():
        own = case.make(erp)
        if name in case.first:
            erp.change(mutation, id=own, input=case.first[name])
        given = value(erp, own) if callable(value) else value
        before = whole(erp, case.kind, own)
        erp.change(mutation, id=own, input={name: given})
        if whole(erp, case.kind, own) == before:
            ignored.append(name)
    assert ignored == []


# ------------------------------------------------------------------ parts of inputs

NESTED = [
    ("updateSupplier", "address"), ("updatePurchaseOrder", "supplierAddress"), ("updatePurchaseOrder", "shippingAddress"),
    ("updateWarehouse", "warehouseLocation"), ("updateProductSize", "shippingSpecifications"),
    ("updateProductVariant", "shippingSpecificationSettings"), ("updateBundle", "product"),
    ("updatePurchaseOrder", "addPurchaseOrderLines"),
]  # fmt: skip
# What a bundle's product is told is what every product is told; the rest needs more than itself.
_APART = {"measurementTable", "unassignMappedAttributes", "unassignDynamicAttributes"}
# Addresses show no website, and a warehouse shows states of countries that have some.
_UNSEEN = {("updatePurchaseOrder", "website"), ("updateWarehouse", "stateOrProvince")}


@pytest.mark.parametrize(("mutation", "name"), NESTED)
def test_every_part_of_an_input_is_seen_afterwards(erp: Integration, mutation: str, name: str) -> None:
    case = UPDATES[mutation]
    argument = sdl.schema().mutation_type.fields[mutation].args["input"].type.of_type  # type: ignore[union-attr]
    kind = get_named_type(argument.fields[name].type)
    is_list = isinstance(case.values[name], list)
    value = PRODUCT if name == "product" else case.values[name][0] if is_list else case.values[name]
    needed = {key: value[key] for key, each in kind.fields.items() if is_required_input_field(each)}
    ignored = []
    for key in kind.fields:
        if key in needed or key in _APART or (mutation, key) in _UNSEEN:
            continue
        shown = []
        for part in (needed, needed, {**needed, key: value[key]}):
            object_id = case.make(erp)
            erp.change(mutation, id=object_id, input={name: [part] if is_list else part})
            shown.append(_comparable(whole(erp, case.kind, object_id), key))
        assert shown[0] == shown[1], "objects that were told the same differ"
        if shown[1] == shown[2]:
            ignored.append(key)
    assert ignored == []


# ------------------------------------------------------------------ references

_WAYS = {"id", "externalId", "code", "uri", "name", "SKU", "EAN", "UPC", "any", "productNumber"}
_WRONG: tuple[tuple[dict[str, Any], list[str]], ...] = (
    ({"id": 99_999_999}, ["id"]),
    ({"externalId": "nobody's"}, ["externalId"]),
    ({"code": "QQ"}, ["code"]),
    ({"id": 1, "externalId": "nobody's"}, []),
    ({"id": 1, "code": "SE"}, []),
    ({}, []),
)


def references(kind: Any, value: Any, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """(path, type) of the references within a value."""
    named = get_named_type(kind)
    if isinstance(value, list):
        for place, each in enumerate(value):
            yield from references(named, each, (*path, place))
    elif isinstance(value, dict) and is_input_object_type(named):
        if "id" in named.fields and set(named.fields) <= _WAYS:
            yield path, named
        else:
            for name, each in value.items():
                yield from references(named.fields[name].type, each, (*path, name))


def put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """The value with something else at a place."""
    if not path:
        return new
    if isinstance(value, list):
        return [put(each, path[1:], new) if place == path[0] else each for place, each in enumerate(value)]
    return {name: put(each, path[1:], new) if name == path[0] else each for name, each in value.items()}


@pytest.mark.parametrize("mutation", list(UPDATES))
def test_references_to_nothing_or_in_two_ways_are_refused_and_nothing_is_written(
    erp: Integration, mutation: str
) -> None:
    case = UPDATES[mutation]
    argument = sdl.schema().mutation_type.fields[mutation].args["input"].type.of_type  # type: ignore[union-attr]
    own = case.make(erp)
    before = whole(erp, case.kind, own)
    for name, value in case.values.items():
        given = value(erp, own) if callable(value) else value
        if callable(value):
            before = whole(erp, case.kind, own)
        for path, kind in references(argument.fields[name].type, given, (name,)):
            needed = {each for each, field in kind.fields.items() if is_required_input_field(field)}
            for wrong, way in _WRONG:
                if set(wrong) <= set(kind.fields) and needed <= set(wrong):
                    problems = erp.refused(mutation, id=own, input=put({name: given}, path, wrong))
                    assert ["input", *map(str, path), *way] in [each["path"] for each in problems], problems
    assert whole(erp, case.kind, own) == before


# ------------------------------------------------------------------ what is made


def _comparable(value: Any, key: str) -> str:
    """What an object shows, but for ids and numbers in names; external ids only where they are what it is about."""

    def kept(each: Any) -> Any:
        if isinstance(each, dict):
            return {
                name: kept(part)
                for name, part in each.items()
                if name != "id" and (name != "externalId" or key == "externalId")
            }
        return [kept(part) for part in each] if isinstance(each, list) else each

    return _NUMBER.sub("#", json.dumps(kept(value), sort_keys=True))


CREATES: dict[str, tuple[str, Callable[[Integration], dict[str, Any]], dict[str, Any], set[str]]] = {
    "createProduct": (
        "Product",
        lambda erp: {"name": "A", "status": "ACTIVE", "productNumber": f"A{next(_NUMBERS)}"},
        {**PRODUCT, "addProductVariants": one(name="One", status="ACTIVE")},
        set(),
    ),
    "createProductVariant": (
        "ProductVariant",
        lambda erp: {"name": f"V{next(_NUMBERS)}", "status": "ACTIVE", "product": {"id": product(erp)}, "sizeChart": {"id": 1}},
        {**VARIANT, "productSizes": one(size={"name": "S"})},
        set(),
    ),
    "createProductSize": (
        "ProductSize",
        lambda erp: {
            "productVariant": {
                "id": erp.change(
                    "createProductVariant",
                    "productVariant { id }",
                    input={"name": "V", "status": "ACTIVE", "product": {"id": product(erp)}, "sizeChart": {"id": 1}},
                )["productVariant"]["id"]
            },
            "size": {"name": "S"},
        },
        SIZE,
        set(),
    ),
    "createDisplay": (
        "Display",
        lambda erp: {
            "name": f"A{next(_NUMBERS)}",
            "status": "ACTIVE",
            "store": {"id": 1},
            "product": {"id": product(erp)},
        },
        {key: value for key, value in DISPLAY.items() if key not in ("name", "status")},
        {"addProductMedia", "addProductVariants"},
    ),
    "createSizeChart": (
        "SizeChart",
        lambda erp: {"name": f"C{next(_NUMBERS)}", "horizontalLabels": ["S", "M"]},
        {**CHART},
        set(),
    ),
    "createSizeLocalization": (
        "SizeLocalization",
        lambda erp: {"name": "L", "displayName": "L", "status": "ACTIVE"},
        LOCALIZATION,
        set(),
    ),
    "createMeasurementChart": (
        "MeasurementChart",
        lambda erp: {
            "name": f"M{next(_NUMBERS)}", "horizontalLabels": ["S"], "verticalLabels": ["Arm"],
            "values": one(horizontalLabel="S", verticalLabel="Arm", value="1"),
        },
        MEASURES,
        set(),
    ),
    "createCategory": (
        "Category",
        lambda erp: {"name": f"K{next(_NUMBERS)}", "status": "ACTIVE", "store": {"id": 1}},
        CATEGORY,
        {"beforeCategory", "assignMappedAttributes", "assignDynamicAttributes"},
    ),
    "createBrand": (
        "Brand",
        lambda erp: {"name": f"B{next(_NUMBERS)}"},
        {"uri": "quite-new", "addToStores": [{"id": 1}], "externalId": "brand-2"},
        set(),
    ),
    "createCollection": (
        "Collection",
        lambda erp: {"name": f"B{next(_NUMBERS)}", "status": "ACTIVE"},
        {"uri": "quite-new", "externalId": "collection-2"},
        set(),
    ),
    "createFolder": (
        "Folder", lambda erp: {"name": f"F{next(_NUMBERS)}"}, {"parent": {"id": 1}, "externalId": "folder-2"}, set(),
    ),
    "createPricelist": (
        "Pricelist",
        lambda erp: {"name": f"P{next(_NUMBERS)}", "status": "ACTIVE", "currencyIsoCode": "SEK", "store": {"id": 1}},
        PRICELIST,
        set(),
    ),
    "createPriceAlteration": (
        "PriceAlteration",
        lambda erp: {"name": "A", "status": "INACTIVE", "store": {"id": 2}, "startDate": "2031-04-01"},
        ALTERATION,
        set(),
    ),
    "createWarehouse": ("Warehouse", lambda erp: {"name": f"W{next(_NUMBERS)}"}, WAREHOUSE, {"beforeWarehouse"}),
    "createSupplier": (
        "Supplier",
        lambda erp: {"currencyIsoCode": "EUR", "status": "ACTIVE", "address": {"supplierName": f"S{next(_NUMBERS)}"}},
        {key: value for key, value in SUPPLIER.items() if key != "address"},
        {"id", "address"},
    ),
    "createPurchaseOrder": (
        "PurchaseOrder",
        lambda erp: {
            "supplier": {"id": _SUPPLIER(erp)},
            "shippingAddress": {"address1": "a", "zipCode": "b", "city": "c", "country": {"code": "SE"}},
        },
        PURCHASE,
        set(),
    ),
    "createCampaign": (
        "Campaign",
        lambda erp: {"name": "C", "status": "ACTIVE", "store": {"id": 1}},
        {"addMarkets": [{"id": 2}], "addPricelists": [{"id": 2}]},
        {"addDeliveryWindows", "assignMappedAttributes", "assignDynamicAttributes"},
    ),
    "createShippingOption": (
        "ShippingOption",
        lambda erp: {
            "name": f"O{next(_NUMBERS)}", "status": "ACTIVE", "currencyIsoCode": "SEK", "storeType": "DIRECT_TO_CONSUMER",
            "isPickupPoint": False,
        },
        {key: OPTION[key] for key in ("comment", "uri", "addMarkets", "addShippingGroups")},
        {"addStores"},
    ),
    "createSubscriptionPlan": (
        "SubscriptionPlan",
        lambda erp: {"name": "P", "status": "ACTIVE", "store": {"id": 1}, "interval": {"type": "MONTH", "value": 1}},
        PLAN,
        set(),
    ),
    "createMarket": (
        "Market",
        lambda erp: {"name": f"M{next(_NUMBERS)}", "store": {"id": 1}},
        {"comment": "far", "addCountries": [{"code": "CA"}], "externalId": "market-2"},
        set(),
    ),
}  # fmt: skip


@pytest.mark.parametrize("mutation", list(CREATES))
def test_every_field_of_what_is_made_is_seen(erp: Integration, mutation: str) -> None:
    """Beside the fields that an object needs; those that are left out are shown by the updates above, or nowhere."""
    kind, base, values, apart = CREATES[mutation]
    argument = sdl.schema().mutation_type.fields[mutation].args["input"].type.of_type  # type: ignore[union-attr]
    optional = {name for name, each in argument.fields.items() if not is_required_input_field(each)}
    assert optional - set(base(erp)) <= set(values) | apart
    name = kind[0].lower() + kind[1:]

    def made(given: dict[str, Any], key: str) -> str:
        own = erp.change(mutation, f"{name} {{ id }}", input=given)[name]["id"]
        return _comparable(whole(erp, kind, own), key)

    ignored = []
    for key, value in values.items():
        plain = made(base(erp), key)
        assert plain == made(base(erp), key), "objects that were told the same differ"
        if plain == made({**base(erp), key: value}, key):
            ignored.append(key)
    assert ignored == []
