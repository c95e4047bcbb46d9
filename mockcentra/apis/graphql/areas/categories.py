"""Categories of stores, and the displays in them."""

from collections.abc import Mapping
from typing import Any

from mockcentra.apis.graphql import words
from mockcentra.apis.graphql.attributes import assign_given_attributes
from mockcentra.apis.graphql.changes import Change, Input
from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.registry import mutation
from mockcentra.apis.graphql.types import (
    Among,
    Batch,
    Column,
    Computed,
    Connected,
    IsNull,
    Many,
    One,
    Text,
    Type,
    define,
    text,
    word,
)
from mockcentra.commerce import catalogue_writing, company_writing
from mockcentra.store import company_writing as rows
from mockcentra.store import graphql_catalogue as catalogue_rows
from mockcentra.store.graphql_reading import Link


def _full_uris(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[str]:
    """The way to each category: the URIs of those above it and its own, with slashes between them."""
    tree = run.once("categories", lambda: rows.category_tree(run.tx))
    found = []
    for (category_id,) in picked:
        parts: list[str] = []
        current = category_id
        while current is not None and len(parts) < company_writing.MAX_DEPTH:
            current, uri = tree[current]
            parts.append(uri)
        found.append("/".join(reversed(parts)))
    return found


define(
    Type(
        "Category",
        "categories",
        fields={
            "name": Column("name"),
            "status": Column("status", word(words.STATUS)),
            "isTopCategory": Computed(lambda parent: parent is None, "parent_id"),
            "uri": Column("uri"),
            "fullUri": Batch(_full_uris, "id"),
            "metaTitle": Column("meta_title", text),
            "metaDescription": Column("meta_description", text),
            "metaKeywords": Column("meta_keywords", text),
            "childCategories": Many("parent_id"),
            "displayConnection": Connected(
                "Display", Link("display_categories", "category_id", "display_id"), (catalogue_rows.PLACE_IN_CATEGORY,)
            ),
            "parentCategory": One("parent_id"),
            "store": One("store_id"),
            "displaySortType": Column("display_sort_type", text),
        },
        filters={
            "name": Text("name"),
            "status": Among("status", words.stored(words.STATUS)),
            "parentId": Among("parent_id"),
            "storeId": Among("store_id"),
            "isTopCategory": IsNull("parent_id"),
            "uri": Text("uri"),
        },
        sorts={"name": "name", "customOrder": "sort_order"},
        search=("name", "uri"),
        store="store_id",
        attributes="category",
        translations=(
            "category",
            {
                "name": "name",
                "uri": "uri",
                "metaTitle": "meta_title",
                "metaDescription": "meta_description",
                "metaKeywords": "meta_keywords",
            },
        ),
    )
)

_COLUMNS = {"meta_title": "metaTitle", "meta_description": "metaDescription", "meta_keywords": "metaKeywords"}


def _before(given: Input) -> tuple[bool, int | None]:
    """(whether a place is given, the sibling before which it is; None: the end)."""
    place = given.get("beforeCategory")
    if place is None:
        return False, None
    if place.get("id") is None:
        return True, None
    return True, given.ref("beforeCategory", "Category")


def _columns(change: Change, own_id: int, store_id: int | None) -> dict[str, Any]:
    """Columns that the input sets, with user errors for those that cannot be."""
    given = change.input
    found: dict[str, Any] = {name: value or "" for name, value in given.given(**_COLUMNS).items()}
    if "name" in given:
        found["name"] = given.required_text("name")
    if given.get("status"):
        found["status"] = given.status("category")
    kind = given.part("displaySortType")
    if kind is not None:
        window_id = kind.ref("deliveryWindow", "DeliveryWindow")
        if kind["type"] == "DELIVERY_WINDOW" and kind.get("deliveryWindow") is None:
            kind.error("deliveryWindow is needed for the type DELIVERY_WINDOW", "deliveryWindow")
        found |= {"display_sort_type": kind["type"], "display_sort_window_id": window_id}
    uri = given.get("uri")
    if uri:
        problem = company_writing.problem_with_uri(change.tx, "category", uri, own_id, store_id)
        if problem:
            given.error(problem, "uri")
        found["uri"] = uri
    return found


@mutation("createCategory")
def create_category(change: Change) -> dict[str, Any]:
    """A new category of a store, on top where it has no parent."""
    given = change.input
    store_id = given.ref("store", "Store")
    parent = given.ref("parentCategory", "Category")
    placed, before = _before(given)
    columns = _columns(change, 0, store_id)
    change.check()
    assert store_id is not None
    company_writing.check_parent_category(change.tx, store_id, parent)
    category_id = catalogue_writing.create_category(change.tx, store_id, columns.pop("name"), parent)
    company_writing.place_category(change.tx, category_id, before if placed else None)
    company_writing.change_category(change.tx, category_id, is_new=True, **columns)
    assign_given_attributes(change, "category", category_id)
    return {"category": category_id}


@mutation("updateCategory")
def update_category(change: Change) -> dict[str, Any]:
    """Changes a category or its place; a parent of null puts it on top."""
    category_id = change.target("Category")
    given = change.input
    store_id = rows.store_of(change.tx, "categories", category_id)
    parent = given.ref("parentCategory", "Category")
    placed, before = _before(given)
    columns = _columns(change, category_id, store_id)
    change.check()
    if "parentCategory" in given:
        company_writing.check_parent_category(change.tx, store_id, parent, category_id)
        columns["parent_id"] = parent
    company_writing.change_category(change.tx, category_id, **columns)
    if "display_sort_type" in columns:
        company_writing.sort_by_rule(change.tx, category_id)
    if placed:
        company_writing.place_category(change.tx, category_id, before)
    assign_given_attributes(change, "category", category_id)
    return {"category": category_id}


@mutation("deleteCategory")
def delete_category(change: Change) -> dict[str, Any]:
    """Takes a category away that has no others below it; displays leave it."""
    category_id = change.target("Category")
    company_writing.check_category_is_deletable(change.tx, category_id)
    change.after(lambda: company_writing.delete_category(change.tx, category_id))
    return {"category": category_id}


def _displays(change: Change) -> tuple[int | None, list[int]]:
    """The category and the displays of the input; they must be of one store."""
    given = change.input
    category_id = given.ref("category", "Category")
    displays = given.refs("displays", "Display")
    change.check()
    assert category_id is not None
    beside = rows.displays_beside(change.tx, category_id, displays)
    for position, display_id in enumerate(displays):
        if display_id not in beside:
            given.error("The display is of another store", "displays", str(position))
    change.check()
    return category_id, displays


@mutation("setCategoryDisplays")
def set_category_displays(change: Change) -> dict[str, Any]:
    """Puts displays into a category, after those that are there."""
    category_id, displays = _displays(change)
    assert category_id is not None
    company_writing.join_category(change.tx, category_id, displays)
    return {"category": category_id}


@mutation("unsetCategoryDisplays")
def unset_category_displays(change: Change) -> dict[str, Any]:
    """Takes displays out of a category."""
    category_id, displays = _displays(change)
    assert category_id is not None
    company_writing.leave_category(change.tx, category_id, displays)
    return {"category": category_id}


@mutation("sortCategoryDisplays")
def sort_category_displays(change: Change) -> dict[str, Any]:
    """Moves displays within a category, one after the other."""
    given = change.input
    category_id = given.ref("category", "Category")
    moves = [
        (part, part.ref("display", "Display"), part.ref("otherDisplay", "Display")) for part in given.parts("displays")
    ]
    change.check()
    assert category_id is not None
    order = rows.displays_of_category(change.tx, category_id)
    for part, display_id, other in moves:
        problem = company_writing.moved(order, part["mode"], display_id, other, part.get("position"))
        if problem:
            part.error(problem)
    change.check()
    company_writing.sort_displays(change.tx, category_id, order)
    return {"category": category_id}
