"""Making and changing products, variants and sizes (sections 12.3 to 12.5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mockcentra.apis.graphql.areas.products import STATUSES
from mockcentra.apis.graphql.attributes import assign_given_attributes
from mockcentra.apis.graphql.changes import Change, Input
from mockcentra.apis.graphql.money import UNITS, stored_weight
from mockcentra.apis.graphql.paging import find
from mockcentra.apis.graphql.registry import mutation
from mockcentra.apis.graphql.types import TYPES
from mockcentra.commerce import catalogue_writing, price_writing, text_writing
from mockcentra.store import charts_writing as chart_rows
from mockcentra.store import graphql_catalogue as rows
from mockcentra.store import records
from mockcentra.store.database import Row, from_json, to_json

_TEXTS = {
    "number": "productNumber",
    "hs_code": "harmonizedCommodityCode",
    "hs_description": "harmonizedCommodityCodeDescription",
    "internal_comment": "internalComment",
}
_OWNERS = {
    "brand": ("brand_id", "Brand"),
    "collection": ("collection_id", "Collection"),
    "folder": ("folder_id", "Folder"),
    "countryOfOrigin": ("country_of_origin_id", "Country"),
}
MAX_WEIGHT = 10**9


# ------------------------------------------------------------------ products


def product_columns(given: Input, before: Row | None) -> dict[str, Any]:
    """Columns that a product's input sets, with user errors and warnings for what is wrong with it."""
    columns: dict[str, Any] = {name: value or "" for name, value in given.given(**_TEXTS).items()}
    if "name" in given:
        columns["name"] = given.required_text("name")
    if given.get("status"):
        columns["status"] = STATUSES[given["status"]]
    if given.get("isSerializableProduct") is not None:
        columns["is_serializable"] = int(given["isSerializableProduct"])
    for name, (column, kind) in _OWNERS.items():
        if name in given:
            columns[column] = _owner(given, name, kind)
    columns |= _weight(given, before)
    number = columns.get("number")
    if number and rows.is_number_taken(given.run.tx, number, before["id"] if before else 0):
        given.warning(f"The product number {number} is used by another product", "productNumber")
    table = given.part("measurementTable")
    if table is not None:
        columns |= _measurements(table, before)
    return columns


def _owner(given: Input, name: str, kind: str) -> int | None:
    """The object that a reference leads to; an empty reference or one of nulls is none."""
    value = given[name]
    if value is None or (value and all(part is None for part in value.values())):
        return None
    return given.ref(name, kind)


def _weight(given: Input, before: Row | None) -> dict[str, Any]:
    if "weight" not in given:
        return {}
    if given["weight"] is None:
        return {"weight_milli": 0}
    if not 0 <= given["weight"]["value"] <= MAX_WEIGHT:
        given.error("The weight must not be negative, nor larger than anything", "weight", "value")
        return {}
    milli, unit, was_rounded = stored_weight(given["weight"])
    if before is not None and before["weight_milli"] and before["weight_unit"] != unit:
        old = UNITS.get(before["weight_unit"], UNITS["kg"])[0]
        given.warning(f"Weight unit has been changed from {old} to {UNITS[unit][0]}", "weight", "unit")
    if was_rounded:
        given.warning("Weight has been rounded to 3 decimal places", "weight", "value")
    return {"weight_milli": milli, "weight_unit": unit}


def _measurements(table: Input, before: Row | None) -> dict[str, Any]:
    """The chart of a product, and contents of its own."""
    columns: dict[str, Any] = {}
    chart_id = before["measurement_chart_id"] if before else None
    if "measurementChart" in table:
        chart = table["measurementChart"]
        is_none = chart is None or chart.get("id", 0) is None
        chart_id = None if is_none else table.ref("measurementChart", "MeasurementChart")
        columns |= {"measurement_chart_id": chart_id, "measurements_json": None}
    values = table.parts("values")
    if not values:
        return columns
    found = chart_rows.measurement_chart(table.run.tx, chart_id or 0)
    if found is None:
        table.error("Values need a measurement chart", "values")
        return columns
    x, y = from_json(found["x_json"]), from_json(found["y_json"])
    contents = {(column, row): content for column, row, content in from_json(found["contents_json"])}
    for part in values:
        for axis, labels in (("horizontalLabel", x), ("verticalLabel", y)):
            if part[axis] not in labels:
                part.error(f"The chart has no label {part[axis]}", axis)
        if part["horizontalLabel"] in x and part["verticalLabel"] in y:
            contents[x.index(part["horizontalLabel"]), y.index(part["verticalLabel"])] = part["value"]
    columns["measurements_json"] = to_json([[column, row, content] for (column, row), content in contents.items()])
    return columns


@mutation("createProduct")
def create_product(change: Change) -> dict[str, Any]:
    """A new product, with variants where some are given."""
    given = change.input
    columns = product_columns(given, None)
    plans = [variant_plan(part, None) for part in given.parts("addProductVariants")]
    _check_names(given.parts("addProductVariants"))
    change.check()
    product_id = catalogue_writing.create_product(change.tx, **columns)
    for plan in plans:
        make_variant(change, product_id, plan)
    assign_given_attributes(change, "product", product_id)
    change.external_id("Product", product_id)
    return {"product": product_id}


def _check_names(parts: Sequence[Input]) -> None:
    seen: set[str] = set()
    for part in parts:
        if part["name"] in seen:
            part.error(f"{part['name']} is the name of another variant", "name")
        seen.add(part["name"])


@mutation("updateProduct")
def update_product(change: Change) -> dict[str, Any]:
    """Changes a product and its attributes."""
    product_id = change.target("Product")
    before = records.get(change.tx, "products", product_id)
    assert before is not None
    columns = product_columns(change.input, before)
    change.external_id("Product", product_id)
    change.check()
    catalogue_writing.change_product(change.tx, product_id, **columns)
    if assign_given_attributes(change, "product", product_id):
        text_writing.changed(change.tx, "product", product_id)
    return {"product": product_id}


# ------------------------------------------------------------------ sizes


@dataclass
class SizePlan:
    """A size to be activated."""

    size_id: int
    columns: dict[str, Any]


def size_columns(given: Input, own_id: int = 0) -> dict[str, Any]:
    """Columns of a product size that the input sets; user errors for an EAN that another size has."""
    columns: dict[str, Any] = {}
    old, new = given.get("gtin"), given.get("EAN")
    if old is not None and new is not None:
        given.error("Give either EAN or its older name gtin", "gtin")
    for name in ("gtin", "EAN"):
        if name in given:
            columns["ean"] = given[name] or ""
    for name, column in (("UPC", "upc"), ("sizeNumber", "number"), ("comment", "comment")):
        if name in given:
            columns[column] = given[name] or ""
    ean = columns.get("ean")
    if ean:
        owner = rows.eans_in_use(given.run.tx, [ean]).get(ean)
        if owner is not None and owner != own_id:
            given.error(f"The EAN {ean} is that of another size", "EAN" if new is not None else "gtin")
    if given.get("preorder") is not None:
        columns["is_preorder"] = int(given["preorder"])
    if given.get("isActive") is not None:
        columns["status"] = "active" if given["isActive"] else "inactive"
    specifications = given.part("shippingSpecifications")
    if specifications is not None:
        columns["shipping_json"] = to_json(_specifications(specifications))
    return columns


def _specifications(given: Input) -> dict[str, Any]:
    """A weight and dimensions as they are kept."""
    kept: dict[str, Any] = {}
    value = given.get("weight")
    if value is not None:
        if not 0 <= value["value"] <= MAX_WEIGHT:
            given.error("The weight must not be negative", "weight", "value")
            return kept
        kept["weight_milli"], kept["weight_unit"], was_rounded = stored_weight(value)
        if was_rounded:
            given.warning("Weight has been rounded to 3 decimal places", "weight", "value")
    size = given.part("dimensions")
    if size is not None:
        for name in ("length", "width", "height"):
            if (size.get(name) or 0) < 0:
                size.error(f"{name} must not be negative", name)
        kept["dimensions"] = {name: size.get(name) for name in ("length", "width", "height", "unit")}
    return kept


def size_of_chart(given: Input, chart_id: int | None, sizes: Sequence[Row]) -> int | None:
    """The size that `size` names within a chart; None with a user error."""
    named = given.part("size")
    assert named is not None
    return named_size(named, chart_id, sizes)


def named_size(named: Input, chart_id: int | None, sizes: Sequence[Row]) -> int | None:
    """The size of a chart that is named by its id, its name in the chart, or its external id."""
    if chart_id is None:
        named.error("The variant has no size chart")
        return None
    way = named.exactly_one("id", "name", "externalId")
    if way is None:
        return None
    wanted: Any = named[way]
    if way == "externalId":
        size_id = find(named.run, TYPES["Size"], way, [wanted]).get(wanted)
        found = next((row["id"] for row in sizes if row["id"] == size_id), None)
    else:
        found = next((row["id"] for row in sizes if row[way] == wanted), None)
    if found is None:
        named.error(f"Could not find Size with ID {wanted} in the size chart", way)
    return found


@mutation("createProductSize")
def create_product_size(change: Change) -> dict[str, Any]:
    """Activates a size of a variant (section 12.5)."""
    given = change.input
    variant_id = given.ref("productVariant", "ProductVariant")
    columns = size_columns(given)
    change.check()
    assert variant_id is not None
    variant = records.get(change.tx, "variants", variant_id)
    assert variant is not None
    sizes = rows.chart_sizes(change.tx, [variant["size_chart_id"]])
    size_id = size_of_chart(given, variant["size_chart_id"], sizes)
    if any(row["size_id"] == size_id for row in rows.sizes_of_variants(change.tx, [variant_id])):
        given.error("The size is activated already", "size")
    change.check()
    assert size_id is not None
    return {"productSize": catalogue_writing.put_size(change.tx, variant, size_id, **columns)}


@mutation("updateProductSize")
def update_product_size(change: Change) -> dict[str, Any]:
    """Numbers, comment, preorder and status of a size."""
    size_id = change.target("ProductSize")
    columns = size_columns(change.input, size_id)
    change.check()
    found = records.get(change.tx, "product_sizes", size_id)
    assert found is not None
    variant = records.get(change.tx, "variants", found["variant_id"])
    assert variant is not None
    catalogue_writing.put_size(change.tx, variant, found["size_id"], **columns)
    return {"productSize": size_id}


# ------------------------------------------------------------------ variants


@dataclass
class VariantPlan:
    """A variant to be made: its columns, its sizes, and the input that says so."""

    given: Input
    columns: dict[str, Any]
    sizes: list[SizePlan]


def _variant_columns(given: Input, before: Row | None) -> dict[str, Any]:
    columns: dict[str, Any] = {
        name: value or "" for name, value in given.given(number="variantNumber", internal_name="internalName").items()
    }
    if "name" in given:
        columns["name"] = given.required_text("name")
    if given.get("status"):
        columns["status"] = given.status("variant")
    if "unitCost" in given:
        columns["unit_cost"] = given.money("unitCost")
        columns["unit_cost_currency_id"] = _currency(given, "unitCost")
    settings = given.part("shippingSpecificationSettings")
    if settings is not None:
        columns["shipping_json"] = to_json(_settings(settings, from_json(before["shipping_json"]) if before else {}))
    return columns


def _currency(given: Input, name: str) -> int | None:
    """The currency of a MonetaryValueInput."""
    value = given.get(name)
    if value is None:
        return None
    code = value["currencyIsoCode"].upper()
    found: int | None = find(given.run, TYPES["Currency"], "code", [code]).get(code)
    return found


def _settings(given: Input, before: Mapping[str, Any]) -> dict[str, Any]:
    kept = dict(before)
    for name, key, switch, inner in (
        ("weight", "own_weight", "overrideProductWeight", "weight"),
        ("dimensions", "own_dimensions", "overridden", "dimensions"),
    ):
        part = given.part(name)
        if part is None:
            continue
        if part.get(switch) is not None:
            kept[key] = part[switch]
        if part.get(inner) is not None:
            kept |= _specifications(Input(part.run, {inner: part[inner]}, part.path, part.problems))
    return kept


def variant_plan(given: Input, chart_id: int | None) -> VariantPlan:
    """What a variant's input asks for, with user errors for what cannot be."""
    columns = _variant_columns(given, None)
    chart_id = given.ref("sizeChart", "SizeChart") if given.get("sizeChart") is not None else chart_id
    columns["size_chart_id"] = chart_id
    sizes: list[SizePlan] = []
    parts = given.parts("productSizes")
    known = rows.chart_sizes(given.run.tx, [chart_id]) if parts and chart_id is not None else []
    seen: set[int] = set()
    eans: set[str] = set()
    for part in parts:
        size_id = size_of_chart(part, chart_id, known)
        own = size_columns(part)
        if size_id in seen:
            part.error("The size is given twice", "size")
        if own.get("ean") and own["ean"] in eans:
            part.error(f"The EAN {own['ean']} is given twice", "EAN")
        eans.add(own.get("ean", ""))
        if size_id is not None:
            seen.add(size_id)
            sizes.append(SizePlan(size_id, own))
    return VariantPlan(given, columns, sizes)


def make_variant(change: Change, product_id: int, plan: VariantPlan) -> int:
    """Makes a variant with its sizes and attributes."""
    variant_id = catalogue_writing.create_variant(change.tx, product_id, **plan.columns)
    if plan.sizes:
        variant = records.get(change.tx, "variants", variant_id)
        assert variant is not None
        for size in plan.sizes:
            catalogue_writing.put_size(change.tx, variant, size.size_id, **size.columns)
    assign_given_attributes(change, "variation", variant_id, plan.given)
    return variant_id


def _check_sibling(given: Input, product_id: int | None, own_id: int) -> None:
    """A user error for the name of another variant of the product."""
    name = given.get("name")
    if name and product_id is not None and rows.is_variant_name_taken(given.run.tx, product_id, name, own_id):
        given.error(f"{name} is the name of another variant", "name")


@mutation("createProductVariant")
def create_product_variant(change: Change) -> dict[str, Any]:
    """A new variant, with sizes where some are given (section 12.4)."""
    product_id = change.input.ref("product", "Product")
    plan = variant_plan(change.input, None)
    _check_sibling(change.input, product_id, 0)
    change.check()
    assert product_id is not None
    if catalogue_writing.is_bundle(change.tx, product_id):
        raise change.refuse("A bundle has one variant only", "product")
    variant_id = make_variant(change, product_id, plan)
    price_writing.wait_for_price(change.tx, product_id, variant_id)
    catalogue_writing.touch_product(change.tx, product_id)
    change.external_id("ProductVariant", variant_id)
    return {"productVariant": variant_id}


@mutation("updateProductVariant")
def update_product_variant(change: Change) -> dict[str, Any]:
    """Changes a variant; its size chart can be chosen once."""
    variant_id = change.target("ProductVariant")
    before = records.get(change.tx, "variants", variant_id)
    assert before is not None
    given = change.input
    _check_sibling(given, before["product_id"], variant_id)
    columns = _variant_columns(given, before)
    chart_id = given.ref("sizeChart", "SizeChart")
    if chart_id is not None and before["size_chart_id"] not in (None, chart_id):
        given.error("The size chart of a variant can be chosen only once", "sizeChart")
    if chart_id is not None:
        columns["size_chart_id"] = chart_id
    change.external_id("ProductVariant", variant_id)
    change.check()
    catalogue_writing.change_variant(change.tx, before, **columns)
    if assign_given_attributes(change, "variation", variant_id):
        text_writing.changed(change.tx, "variant", variant_id)
    return {"productVariant": variant_id}
