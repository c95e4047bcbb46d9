"""Displays, their items and relations: what a store shows of products (section 12.7)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mockcentra.apis.graphql import paging, words
from mockcentra.apis.graphql.areas.prices import prices_of
from mockcentra.apis.graphql.areas.products import STATUSES
from mockcentra.apis.graphql.changes import Change, Input
from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.planning import Field
from mockcentra.apis.graphql.registry import mutation
from mockcentra.apis.graphql.types import (
    TYPES,
    Among,
    Batch,
    Column,
    Dates,
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
    text,
    word,
)
from mockcentra.commerce import display_writing
from mockcentra.commerce.company_writing import problem_with_uri
from mockcentra.store import display_writing as rows
from mockcentra.store import graphql_reading as reading
from mockcentra.store import records
from mockcentra.store.database import Row, from_json, to_json
from mockcentra.store.graphql_catalogue import CAMPAIGNS_OF_DISPLAYS
from mockcentra.store.graphql_reading import Condition, Link

_TEXTS = {
    "description": "description",
    "excerpt": "shortDescription",
    "meta_title": "metaTitle",
    "meta_description": "metaDescription",
    "meta_keywords": "metaKeywords",
    "comment": "comment",
}


class _Pictures:
    """The media of displays in the displays' own order, unless the field asks for another one."""

    columns: tuple[str, ...] = ("id",)
    link = Link("display_media", "display_id", "media_id")

    def values(self, run: Run, field: Field, found: Sequence[Any], weights: Weights) -> list[Any]:
        arguments = field.arguments(run)
        owners = [row[0] for row in found]
        if arguments.get("sort"):
            return run.linked(field, self.link, owners, weights, reading.EVERYTHING)
        kind = TYPES["ProductMedia"]
        condition = reading.all_of(paging.conditions(run, kind, arguments.get("where"), reading.EVERYTHING))
        pictures = rows.pictures_in_order(run.tx, owners, condition)
        page = paging.page(arguments, None)
        end = None if page.limit is None else page.offset + page.limit
        return run.finish(field, [pictures.get(owner, [])[page.offset : end] for owner in owners], weights)


def _relations(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    for row in rows.relations(run.tx, [row[0] for row in picked]):
        found.setdefault(row["display_id"], []).append(
            {"id": row["relation_type_id"], "type": row["name"], "targetDisplay": row["related_display_id"]}
        )
    return [found.get(row[0], []) for row in picked]


def _places(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[int]:
    """The place of displays in their main categories."""
    found = rows.places(run.tx, [row[0] for row in picked])
    return [found.get(row[0], 0) for row in picked]


def _with_tags(run: Run, value: Any) -> Condition:
    return rows.with_tags(value)


define(
    Type(
        "Display",
        "displays",
        fields={
            "name": Column("name"),
            "status": Column("status", word(words.STATUS)),
            "uri": Column("uri"),
            "minimumOrderQuantity": Column("minimum_quantity"),
            "orderQuantityDenominator": Column("multiple_of"),
            "description": Column("description", text),
            "shortDescription": Column("excerpt", text),
            "metaTitle": Column("meta_title", text),
            "metaDescription": Column("meta_description", text),
            "metaKeywords": Column("meta_keywords", text),
            "comment": Column("comment", text),
            "tags": Column("tags_json", from_json),
            "sortOrder": Batch(_places, "id"),
            "updatedAt": Moment("updated_at"),
            "categories": Through(Link("display_categories", "display_id", "category_id")),
            "canonicalCategory": One("category_id"),
            "campaignVariants": Through(CAMPAIGNS_OF_DISPLAYS),
            "displayItems": Many("display_id"),
            "markets": Through(Link("display_markets", "display_id", "market_id")),
            "media": _Pictures(),
            "prices": prices_of("display"),
            "product": One("product_id"),
            "productVariants": Through(Link("display_items", "display_id", "variant_id")),
            "related": Batch(_relations, "id"),
            "store": One("store_id"),
            "taxGroup": One("tax_group_id"),
        },
        filters={
            "name": Text("name"),
            "status": Among("status", STATUSES),
            "uri": Text("uri"),
            "description": Text("description"),
            "shortDescription": Text("excerpt"),
            "tags": Where(_with_tags),
            "marketId": Linked(Link("display_markets", "display_id", "market_id")),
            "productId": Among("product_id"),
            "productVariantId": Linked(Link("display_items", "display_id", "variant_id")),
            "storeId": Among("store_id"),
            "taxGroupId": Among("tax_group_id"),
            "updatedAt": Dates("updated_at"),
        },
        sorts={"name": "name", "updatedAt": "updated_at"},
        search=("name", "uri", "product_id>products.number"),
        store="store_id",
        lookups={"uri": "uri"},
        translations=(
            "display",
            {
                "name": "name",
                "uri": "uri",
                "metaDescription": "meta_description",
                "metaKeywords": "meta_keywords",
                "metaTitle": "meta_title",
                "shortDescription": "excerpt",
                "description": "description",
            },
        ),
        attributes="display",
    ),
    Type(
        "DisplayItem",
        "display_items",
        fields={"display": One("display_id"), "productVariant": One("variant_id")},
        filters={
            "displayId": Among("display_id"),
            "productId": Among("display_id>displays.product_id"),
            "productVariantId": Among("variant_id"),
            "storeId": Among("display_id>displays.store_id"),
        },
        sorts={"displayId": "display_id", "customOrder": "position"},
        store="display_id>displays.store_id",
    ),
)


# ------------------------------------------------------------------ writing


def _columns(given: Input, store_id: int | None, own_id: int) -> dict[str, Any]:
    """Columns that the input sets, with user errors for those that cannot be."""
    columns: dict[str, Any] = {name: value or "" for name, value in given.given(**_TEXTS).items()}
    if "name" in given:
        columns["name"] = given.required_text("name")
    if given.get("status"):
        columns["status"] = given.status("display")
    for name, column in (("minimumOrderQuantity", "minimum_quantity"), ("orderQuantityDenominator", "multiple_of")):
        if name in given:
            value = given[name] if given[name] is not None else 1
            if not 1 <= value <= 1_000_000:
                given.error(f"{name} must be at least 1", name)
            columns[column] = value
    if given.get("tags") is not None:
        columns["tags_json"] = to_json(list(dict.fromkeys(given["tags"])))
    if "taxGroup" in given:
        columns["tax_group_id"] = given.ref("taxGroup", "TaxGroup")
    uri = given.get("uri")
    if uri:
        problem = problem_with_uri(given.run.tx, "display", uri, own_id, store_id)
        if problem:
            given.error(problem, "uri")
        columns["uri"] = uri
    return columns


def _of_store(given: Input, name: str, kind: str, store_id: int | None) -> list[int]:
    """Markets or categories; user errors for those of another store."""
    found = given.refs(name, kind)
    table = {"Market": "markets", "Category": "categories"}[kind]
    others = set(rows.of_other_stores(given.run.tx, table, found, store_id))
    if others and len(found) == len(given[name]):
        for place, each in enumerate(found):
            if each in others:
                given.error(f"{kind} {each} is of another store", name, str(place))
    elif others:
        given.error(f"{kind} {min(others)} is of another store", name)
    return found


def _placed(
    given: Input, name: str, what: tuple[str, str, str], product_id: int | None, shown: Iterable[int]
) -> list[tuple[int, int | None]]:
    """(object, the one before which it is put) of a list of what is added; user errors for what is of other products.

    `what` is the field that names the object, its type, and its table; `shown` what the display has already. A place
    before something that is not there is the end, with a warning.
    """
    field, kind, table = what
    parts = given.parts(name)
    ids, others = given.refs_of(parts, field, kind), given.refs_of(parts, "before", kind)
    owners = rows.products_of(given.run.tx, table, [each for each in ids if each is not None])
    known = set(shown)
    found: list[tuple[int, int | None]] = []
    for part, object_id, before in zip(parts, ids, others, strict=True):
        if object_id is None:
            continue
        found.append((object_id, before))
        if product_id is not None and owners[object_id] != product_id:
            part.error(f"{kind} {object_id} is not one of the display's product", field)
        if before is not None and before not in known:
            part.warning(f"{kind} {before} is not on the display: added at the end", "before")
        known.add(object_id)
    return found


_VARIANTS = ("productVariant", "ProductVariant", "variants")
_MEDIA = ("productMedia", "ProductMedia", "media")


def _changes(given: Input, display: Row | None, store_id: int | None, product_id: int | None) -> dict[str, Any]:
    """What the input says of markets, categories, variants and media."""
    canonical = given.ref("canonicalCategory", "Category")
    if canonical is not None and rows.of_other_stores(given.run.tx, "categories", [canonical], store_id):
        given.error("The category is of another store", "canonicalCategory")
    variants, media = [], []
    if display is not None:
        variants = [row["variant_id"] for row in rows.items(given.run.tx, display["id"])]
        media = rows.shown_media(given.run.tx, display["id"])
    wanted: dict[str, Any] = {
        "join_markets": _of_store(given, "addMarkets", "Market", store_id),
        "join_categories": _of_store(given, "addCategories", "Category", store_id),
        "add_variants": _placed(given, "addProductVariants", _VARIANTS, product_id, variants),
        "add_media": _placed(given, "addProductMedia", _MEDIA, product_id, media),
    }
    if display is not None:
        wanted |= {
            "leave_markets": given.refs("removeMarkets", "Market"),
            "leave_categories": given.refs("removeCategories", "Category"),
            "remove_variants": given.refs("removeProductVariants", "ProductVariant"),
            "remove_media": given.refs("removeProductMedia", "ProductMedia"),
        }
    if "canonicalCategory" in given:
        wanted["main_category"] = (canonical,)
    return wanted


@mutation("createDisplay")
def create_display(change: Change) -> dict[str, Any]:
    """A new display of a product in a store; its URI is made from its name where none is given."""
    given = change.input
    store_id = given.ref("store", "Store")
    product_id = given.ref("product", "Product")
    columns = _columns(given, store_id, 0)
    wanted = _changes(given, None, store_id, product_id)
    change.check()
    assert store_id is not None and product_id is not None
    return {"display": display_writing.create(change.tx, store_id, product_id, wanted, **columns)}


@mutation("updateDisplay")
def update_display(change: Change) -> dict[str, Any]:
    """Changes a display, where it is shown, and what it shows; an empty URI is made anew from the name."""
    display_id = change.target("Display")
    display = records.get(change.tx, "displays", display_id)
    assert display is not None
    given = change.input
    columns = _columns(given, display["store_id"], display_id)
    wanted = _changes(given, display, display["store_id"], display["product_id"])
    change.check()
    if given.get("uri") == "":
        name = columns.get("name", display["name"])
        columns["uri"] = display_writing.uri_of(change.tx, display["store_id"], name, display_id)
    display_writing.change(change.tx, display, wanted, **columns)
    return {"display": display_id}


# ------------------------------------------------------------------ relations


@mutation("addDisplayRelation")
def add_display_relation(change: Change) -> dict[str, Any]:
    """Relates a display with another one, in one direction."""
    given = change.input
    source, target = given.ref("sourceDisplay", "Display"), given.ref("targetDisplay", "Display")
    before = given.ref("before", "Display")
    kind = rows.relation_type(change.tx, given["type"])
    if kind is None:
        given.error(f"There is no type of relations {given['type'][:80]}", "type")
    if source is not None and source == target:
        given.error("A display cannot be related with itself", "targetDisplay")
    change.check()
    assert source is not None and target is not None and kind is not None
    display_writing.relate(change.tx, source, target, kind, before)
    return {"display": source}


@mutation("removeDisplayRelation")
def remove_display_relation(change: Change) -> dict[str, Any]:
    """Ends every relation of a display with another one."""
    source, target = change.input.ref("sourceDisplay", "Display"), change.input.ref("targetDisplay", "Display")
    change.check()
    assert source is not None and target is not None
    display_writing.unrelate(change.tx, source, target)
    return {"display": source}
