"""Bundles: products that are sets of others (section 12.6)."""

from collections.abc import Mapping, Sequence
from typing import Any

from mockcentra.apis.graphql.areas.prices import FILTERS, SORTS, prices_by_owner
from mockcentra.apis.graphql.areas.product_changes import named_size, product_columns
from mockcentra.apis.graphql.attributes import assign_given_attributes
from mockcentra.apis.graphql.changes import Change, Input
from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.lists import EmbeddedList
from mockcentra.apis.graphql.registry import mutation
from mockcentra.apis.graphql.types import (
    Among,
    Batch,
    Chosen,
    Column,
    Dates,
    Moment,
    One,
    Picked,
    Type,
    define,
    embed,
    word,
)
from mockcentra.commerce import bundle_writing, catalogue_writing, text_writing
from mockcentra.store import bundle_writing as rows
from mockcentra.store import graphql_catalogue as catalogue_rows
from mockcentra.store import graphql_prices as price_rows
from mockcentra.store import records

KINDS = {"fixed": "FIXED", "flexible": "FLEXIBLE"}
PRICE_TYPES = {"static": "STATIC", "dynamic": "DYNAMIC"}
_STORED = {theirs: ours for words in (KINDS, PRICE_TYPES) for ours, theirs in words.items()}
MAX_QUANTITY = 1000


def _sections(run: Run, arguments: Mapping[str, Any], picked: Picked) -> list[list[dict[str, Any]]]:
    sections = rows.sections(run.tx, [row[0] for row in picked])
    parts = rows.parts(run.tx, [row["id"] for row in sections])
    made = {row[0]: (row[1], row[2]) for row in picked}
    found: dict[int, list[dict[str, Any]]] = {}
    for row in sections:
        created, updated = made[row["bundle_id"]]
        found.setdefault(row["bundle_id"], []).append(
            {
                "id": row["id"],
                "quantity": row["quantity"],
                "created_at": created,
                "updated_at": updated,
                "productVariants": parts.get(row["id"], []),
            }
        )
    return [found.get(row[0], []) for row in picked]


def _sizes(run: Run, arguments: Mapping[str, Any], picked: Picked) -> list[list[int]]:
    found = rows.sizes(run.tx, [row[0] for row in picked])
    return [found.get(row[0], []) for row in picked]


def _charts(run: Run, arguments: Mapping[str, Any], picked: Picked) -> list[int | None]:
    found = catalogue_rows.first_charts(run.tx, [row[0] for row in picked])
    return [found.get(row[0]) for row in picked]


def _plans(run: Run, picked: Picked) -> list[list[int]]:
    found = catalogue_rows.plans(run.tx, "product_id", [row[0] for row in picked])
    return [found.get(row[0], []) for row in picked]


def _prices(is_dearest: bool) -> EmbeddedList:
    """What bundles cost: static ones as it was set, dynamic ones the cheapest or the dearest choice of their parts."""

    def make(run: Run, arguments: Mapping[str, Any], picked: Picked) -> list[list[dict[str, Any]]]:
        products = [row[1] for row in picked if row[2] == "static"]
        bundles = [row[0] for row in picked if row[2] == "dynamic"]
        static = price_rows.of_owners(run.tx, "product", products)
        dynamic = price_rows.of_bundles(run.tx, bundles, is_dearest)
        of_products = dict(zip(products, prices_by_owner(run, static, products), strict=True))
        of_bundles = dict(zip(bundles, prices_by_owner(run, dynamic, bundles), strict=True))
        return [
            of_products.get(product_id, []) if price_type == "static" else of_bundles.get(bundle_id, [])
            for bundle_id, product_id, price_type in picked
        ]

    return EmbeddedList(make, FILTERS, SORTS, "id", "product_id", "price_type")


_PRODUCT = "product_id>products."

define(
    Type(
        "Bundle",
        "bundles",
        fields={
            "createdAt": Moment(f"{_PRODUCT}created_at"),
            "updatedAt": Moment(f"{_PRODUCT}updated_at"),
            "type": Column("type", word(KINDS)),
            "priceType": Column("price_type", word(PRICE_TYPES)),
            "sizeChart": Batch(_charts, "product_id"),
            "sizes": Batch(_sizes, "product_id"),
            "sections": Batch(_sections, "id", f"{_PRODUCT}created_at", f"{_PRODUCT}updated_at"),
            "prices": _prices(False),
            "maxPrices": _prices(True),
            "product": One("product_id"),
            "subscriptionPlans": Chosen(_plans, "product_id"),
        },
        filters={
            "createdAt": Dates(f"{_PRODUCT}created_at"),
            "updatedAt": Dates(f"{_PRODUCT}updated_at"),
            "type": Among("type", _STORED),
            "priceType": Among("price_type", _STORED),
            "productId": Among("product_id"),
        },
        sorts={"createdAt": f"{_PRODUCT}created_at", "updatedAt": f"{_PRODUCT}updated_at"},
        search=(f"{_PRODUCT}name", f"{_PRODUCT}number"),
    )
)
embed("BundleSection", {"createdAt": Moment("created_at"), "updatedAt": Moment("updated_at")})


# ------------------------------------------------------------------ writing


def _section(part: Input) -> tuple[int | None, list[int] | None]:
    """(quantity, variants) of a section, with user errors for what cannot be."""
    quantity = part.get("quantity")
    if quantity is not None and not 1 <= quantity <= MAX_QUANTITY:
        part.error(f"quantity must be between 1 and {MAX_QUANTITY}", "quantity")
    if part.get("productVariants") is None:
        return quantity, None
    variants = list(dict.fromkeys(part.refs("productVariants", "ProductVariant")))
    if not part["productVariants"]:
        part.error("A section needs at least one variant", "productVariants")
    for variant_id in rows.bundled(part.run.tx, variants):
        part.error(f"Product variant {variant_id} is a bundle itself", "productVariants")
    return quantity, variants


def _size_ids(given: Input, chart_id: int | None) -> list[int]:
    """The sizes of the chart that `sizes` names."""
    known = catalogue_rows.chart_sizes(given.run.tx, [chart_id]) if chart_id is not None else []
    found = []
    for part in given.parts("sizes"):
        size_id = named_size(part, chart_id, known)
        if size_id is not None:
            found.append(size_id)
    return found


@mutation("createBundle")
def create_bundle(change: Change) -> dict[str, Any]:
    """A new product that is a bundle, with its one variant."""
    given = change.input
    product = given.part("product")
    assert product is not None
    columns = product_columns(product, None)
    if product.get("addProductVariants"):
        product.error("The variant of a bundle is made with it", "addProductVariants")
    chart_id = given.ref("sizeChart", "SizeChart")
    if given["type"] == "FIXED" and given.get("sizeChart") is None:
        given.error("A fixed bundle needs a size chart", "sizeChart")
    size_ids = _size_ids(given, chart_id)
    parts = given.parts("addBundleSections")
    if not parts:
        given.error("A bundle needs at least one section", "addBundleSections")
    sections = [_section(part) for part in parts]
    change.check()
    product_id = catalogue_writing.create_product(change.tx, **columns)
    bundle_id = bundle_writing.create(
        change.tx,
        product_id,
        _STORED[given["type"]],
        _STORED[given["priceType"]],
        name=columns["name"],
        size_chart_id=chart_id,
        size_ids=size_ids,
        sections=[(quantity or 1, variants or []) for quantity, variants in sections],
    )
    assign_given_attributes(change, "product", product_id, product)
    change.external_id("Product", product_id, product)
    return {"bundle": bundle_id}


def _own_sections(given: Input, name: str, known: Sequence[int]) -> list[tuple[Input, int]]:
    found = []
    for part in given.parts(name):
        if part["id"] not in known:
            part.error(f"Could not find BundleSection with ID {part['id']}", "id")
        found.append((part, part["id"]))
    return found


@mutation("updateBundle")
def update_bundle(change: Change) -> dict[str, Any]:
    """Changes a bundle, its product, its sizes and its sections."""
    bundle_id = change.target("Bundle")
    given = change.input
    bundle = rows.get(change.tx, bundle_id)
    assert bundle is not None
    before = records.get(change.tx, "products", bundle["product_id"])
    assert before is not None
    product = given.part("product")
    columns = product_columns(product, before) if product is not None else {}
    chart_id = rows.variant(change.tx, bundle["product_id"])["size_chart_id"]
    size_ids = _size_ids(given, chart_id) if given.get("sizes") is not None else None
    known = [row["id"] for row in rows.sections(change.tx, [bundle_id])]
    gone = [section_id for _, section_id in _own_sections(given, "deleteBundleSections", known)]
    changed = {section_id: _section(part) for part, section_id in _own_sections(given, "updateBundleSections", known)}
    added = [_section(part) for part in given.parts("addBundleSections")]
    if not added and known and not set(known) - set(gone):
        given.error("A bundle needs at least one section", "deleteBundleSections")
    if product is not None:
        change.external_id("Product", bundle["product_id"], product)
    change.check()
    if product is not None:
        catalogue_writing.change_product(change.tx, bundle["product_id"], **columns)
        if assign_given_attributes(change, "product", bundle["product_id"], product):
            text_writing.changed(change.tx, "product", bundle["product_id"])
    bundle_writing.change(
        change.tx,
        bundle,
        price_type=_STORED[given["priceType"]] if given.get("priceType") else None,
        size_ids=size_ids,
        add=[(quantity or 1, variants or []) for quantity, variants in added],
        update={section_id: part for section_id, part in changed.items() if section_id not in gone},
        delete=gone,
    )
    return {"bundle": bundle_id}
