"""Brands, collections and folders: what products are grouped by."""

from typing import Any

from mockcentra.apis.graphql import words
from mockcentra.apis.graphql.areas.stores import of_stores
from mockcentra.apis.graphql.changes import Change
from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.registry import mutation
from mockcentra.apis.graphql.types import (
    Among,
    Chosen,
    Column,
    Computed,
    Count,
    IsNull,
    Many,
    One,
    Text,
    Type,
    Where,
    define,
    text,
    word,
)
from mockcentra.commerce import catalogue_writing, company_writing
from mockcentra.store import graphql_reading as reading
from mockcentra.store.graphql_reading import Link


def _stores(run: Run, rows: list[tuple[Any, ...]]) -> list[list[int]]:
    """The stores that a brand is enabled in; a brand that nobody enabled anywhere is in all of them."""
    found: dict[int, list[int]] = {}
    for brand_id, store_id in reading.pairs(run.tx, "brand_stores", "brand_id", "store_id", [row[0] for row in rows]):
        found.setdefault(brand_id, []).append(store_id)
    every = run.once("stores", lambda: company_writing.store_ids(run.tx))
    return [found.get(row[0], every) for row in rows]


define(
    Type(
        "Brand",
        "brands",
        fields={
            "name": Column("name"),
            "uri": Column("uri", text),
            "products": Many("brand_id"),
            "stores": Chosen(_stores, "id"),
        },
        filters={
            "name": Text("name"),
            "uri": Text("uri"),
            "storeId": Where(lambda run, value: of_stores(value)),
        },
        sorts={"name": "name"},
        search=("name", "uri"),
        external="brand",
        translations=("brand", {"name": "name", "uri": "uri"}),
    ),
    Type(
        "Collection",
        "collections",
        fields={
            "name": Column("name"),
            "status": Column("status", word(words.STATUS)),
            "uri": Column("uri", text),
            "products": Many("collection_id"),
        },
        filters={
            "name": Text("name"),
            "status": Among("status", words.stored(words.STATUS)),
            "uri": Text("uri"),
            "totalProducts": Count(Link("products", "collection_id", "id")),
        },
        sorts={"name": "name"},
        search=("name", "uri"),
        external="collection",
        translations=("collection", {"name": "name", "uri": "uri"}),
    ),
    Type(
        "Folder",
        "folders",
        fields={
            "name": Column("name"),
            "isTopFolder": Computed(lambda parent: parent is None, "parent_id"),
            "childFolders": Many("parent_id"),
            "parentFolder": One("parent_id"),
            "products": Many("folder_id"),
        },
        filters={"name": Text("name"), "isTopFolder": IsNull("parent_id"), "parentId": Among("parent_id")},
        sorts={"name": "name", "customOrder": "id"},
        search=("name",),
        external="folder",
    ),
)


# ------------------------------------------------------------------ brands and collections


def _uri(change: Change, kind: str, own_id: int = 0) -> str | None:
    """The URI that is given, with a user error when it cannot be one or is taken; None: make it of the name."""
    uri = change.input.get("uri")
    if not uri:
        return None
    problem = company_writing.problem_with_uri(change.tx, kind, uri, own_id)
    if problem:
        change.input.error(problem, "uri")
    return uri


def _check_name(change: Change) -> None:
    if "name" in change.input:
        change.input.required_text("name")


@mutation("createBrand")
def create_brand(change: Change) -> dict[str, Any]:
    """A new brand (section 11.6), enabled in the stores that are named, else in all of them."""
    given = change.input
    stores = given.refs("addToStores", "Store")
    uri = _uri(change, "brand")
    _check_name(change)
    change.check()
    brand_id = catalogue_writing.create_group(change.tx, "brand", given["name"])
    company_writing.change_group(change.tx, "brand", brand_id, uri=uri, is_new=True)
    company_writing.enable_brand(change.tx, brand_id, stores, (), is_new=True)
    change.external_id("Brand", brand_id)
    return {"brand": brand_id}


@mutation("updateBrand")
def update_brand(change: Change) -> dict[str, Any]:
    """Another name, URI, or other stores; the last store cannot be taken away."""
    brand_id = change.target("Brand")
    given = change.input
    add, remove = given.refs("addToStores", "Store"), given.refs("removeFromStores", "Store")
    uri = _uri(change, "brand", brand_id)
    _check_name(change)
    change.external_id("Brand", brand_id)
    change.check()
    company_writing.change_group(change.tx, "brand", brand_id, name=given.get("name"), uri=uri)
    company_writing.enable_brand(change.tx, brand_id, add, remove)
    return {"brand": brand_id}


def _status(change: Change) -> str | None:
    """The status as the store keeps it; a collection cannot be cancelled."""
    return None if change.input.get("status") is None else change.input.status("collection")


@mutation("createCollection")
def create_collection(change: Change) -> dict[str, Any]:
    """A new collection (section 11.6)."""
    uri = _uri(change, "collection")
    _check_name(change)
    status = _status(change)
    change.check()
    given = change.input
    collection_id = catalogue_writing.create_group(change.tx, "collection", given["name"])
    company_writing.change_group(change.tx, "collection", collection_id, uri=uri, status=status, is_new=True)
    change.external_id("Collection", collection_id)
    return {"collection": collection_id}


@mutation("updateCollection")
def update_collection(change: Change) -> dict[str, Any]:
    """Another name, URI or status."""
    collection_id = change.target("Collection")
    given = change.input
    uri = _uri(change, "collection", collection_id)
    _check_name(change)
    change.external_id("Collection", collection_id)
    status = _status(change)
    change.check()
    company_writing.change_group(change.tx, "collection", collection_id, name=given.get("name"), uri=uri, status=status)
    return {"collection": collection_id}


# ------------------------------------------------------------------ folders


@mutation("createFolder")
def create_folder(change: Change) -> dict[str, Any]:
    """A new folder, on top where it has no parent (section 11.4)."""
    given = change.input
    parent = given.ref("parent", "Folder")
    _check_name(change)
    change.check()
    folder_id = company_writing.create_folder(change.tx, given["name"], parent)
    change.external_id("Folder", folder_id)
    return {"folder": folder_id}


@mutation("updateFolder")
def update_folder(change: Change) -> dict[str, Any]:
    """Another name, or another place in the tree; a parent of null puts it on top."""
    folder_id = change.target("Folder")
    given = change.input
    parent = given.ref("parent", "Folder")
    _check_name(change)
    change.external_id("Folder", folder_id)
    change.check()
    columns: dict[str, Any] = given.given(name="name")
    if "parent" in given:
        columns["parent_id"] = parent
    company_writing.change_folder(change.tx, folder_id, **columns)
    return {"folder": folder_id}
