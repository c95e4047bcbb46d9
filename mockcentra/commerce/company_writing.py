"""Writing what the company is made of: rates, countries, stores of brands, folders, categories, warehouses."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from typing import Any

from mockcentra.commerce import catalogue_writing, market_writing
from mockcentra.commerce.errors import Conflict, Invalid
from mockcentra.store import Transaction, records
from mockcentra.store import catalogue_writing as catalogue_rows
from mockcentra.store import company_writing as rows

MAX_DEPTH = 6
_URI_MARKS = frozenset("-_.~")
_TABLES = {"brand": "brands", "collection": "collections", "category": "categories", "display": "displays"}


def set_rate(tx: Transaction, currency_id: int, rate_micro: int) -> None:
    """What a unit of the currency is worth in the base currency, in millionths."""
    if rows.set_rate(tx, currency_id, rate_micro):
        tx.touch("reference")
        tx.event("currency", currency_id, "updated")


def store_ids(tx: Transaction) -> list[int]:
    """Every store."""
    return catalogue_rows.store_ids(tx)


# ------------------------------------------------------------------ countries of markets and pricelists


def assign_countries(
    tx: Transaction, kind: str, owner_id: int, add: Collection[int] = (), remove: Collection[int] = ()
) -> list[int]:
    """Gives countries to a market or a pricelist (`kind`) and takes others away; returns those that moved here.

    A country is on one market and on one pricelist of a store: whatever had it loses it (section 16.1).
    """
    rows.remove_countries(tx, kind, owner_id, remove)
    moved = rows.countries_of_others(tx, kind, owner_id, add)
    rows.put_countries(tx, kind, owner_id, add)
    if add or remove:
        tx.touch("reference")
    return moved


def delete_pricelist(tx: Transaction, pricelist_id: int) -> None:
    """Takes a pricelist away with its prices. Conflict while it is the default one or anything refers to it (16.1)."""
    used = rows.uses_of_pricelist(tx, pricelist_id)
    if used:
        raise Conflict({"pricelist": f"is in use: {', '.join(used)}"})
    pricelist = records.get(tx, "pricelists", pricelist_id)
    assert pricelist is not None
    items = rows.delete_pricelist(tx, pricelist_id)
    tx.touch("reference")
    tx.touch_items(items)
    tx.event("pricelist", pricelist_id, "deleted", store=pricelist["store_id"])


# ------------------------------------------------------------------ brands and collections


def problem_with_uri(tx: Transaction, kind: str, uri: str, own_id: int = 0, store_id: int | None = None) -> str | None:
    """Why a given URI cannot be that of a brand, collection, category or display; None when it can (section 12.7)."""
    if len(uri) > 255 or not all(_fits_uri(letter) for letter in uri):
        return f"{uri[:80]} is no URI: letters, digits and - _ . ~ are"
    if rows.is_uri_taken(tx, _TABLES[kind], uri, own_id, store_id):
        return f"The URI {uri[:80]} is taken"
    return None


def _fits_uri(letter: str) -> bool:
    return letter in _URI_MARKS or unicodedata.category(letter)[0] in "LM" or unicodedata.category(letter) == "Nd"


def change_group(tx: Transaction, kind: str, group_id: int, is_new: bool = False, **columns: Any) -> None:
    """Changes a brand or collection; None leaves a column as it is. What is new has told of itself already."""
    values = {name: value for name, value in columns.items() if value is not None}
    name = values.pop("name", None)
    renamed = name is not None and catalogue_writing.rename_group(tx, kind, group_id, name)
    if not records.change(tx, _TABLES[kind], group_id, **values):
        return
    tx.touch("reference")
    tx.touch_items(catalogue_rows.items_of_brand(tx, f"{kind}_id", group_id))
    if not is_new and not renamed:
        tx.event(kind, group_id, "updated")


def enable_brand(
    tx: Transaction, brand_id: int, add: Collection[int], remove: Collection[int], is_new: bool = False
) -> None:
    """Enables a brand in stores and takes it out of others. Conflict when none would be left."""
    if not add and not remove:
        return
    before = rows.stores_of_brand(tx, brand_id)
    everywhere = set(store_ids(tx))
    start = before or (everywhere if remove else set())
    after = (start - set(remove)) | set(add)
    if not after:
        raise Conflict({"remove_from_stores": "a brand is in one store at least"})
    if after == before:
        return
    rows.set_stores_of_brand(tx, brand_id, after)
    tx.touch("reference")
    if not is_new:
        tx.event("brand", brand_id, "updated")


# ------------------------------------------------------------------ folders


def create_folder(tx: Transaction, name: str, parent_id: int | None) -> int:
    """A new folder; returns its id. Invalid: `parent`, below the sixth level."""
    _check_depth(tx, "folders", parent_id, 1, "parent")
    folder_id = records.add(tx, "folders", name=name, parent_id=parent_id)
    tx.event("folder", folder_id, "created")
    return folder_id


def change_folder(tx: Transaction, folder_id: int, **columns: Any) -> None:
    """Another name or parent. Invalid: `parent`, when it lies below the folder itself or too deep."""
    if "parent_id" in columns:
        _check_move(tx, "folders", folder_id, columns["parent_id"], "parent")
    if records.change(tx, "folders", folder_id, **columns):
        tx.event("folder", folder_id, "updated")


def _check_depth(tx: Transaction, table: str, parent_id: int | None, height: int, name: str) -> None:
    if len(rows.ancestors(tx, table, parent_id)) + height > MAX_DEPTH:
        raise Invalid({name: f"there are {MAX_DEPTH} levels at most"})


def _check_move(tx: Transaction, table: str, own_id: int, parent_id: int | None, name: str) -> None:
    if own_id in rows.ancestors(tx, table, parent_id):
        raise Invalid({name: "lies below itself"})
    _check_depth(tx, table, parent_id, rows.height(tx, table, own_id), name)


# ------------------------------------------------------------------ categories


def check_parent_category(tx: Transaction, store_id: int, parent_id: int | None, own_id: int = 0) -> None:
    """Invalid: `parent_category`, of another store, below the category itself, or too deep."""
    if parent_id is not None and rows.store_of(tx, "categories", parent_id) != store_id:
        raise Invalid({"parent_category": "is of another store"})
    if own_id:
        _check_move(tx, "categories", own_id, parent_id, "parent_category")
    else:
        _check_depth(tx, "categories", parent_id, 1, "parent_category")


def change_category(tx: Transaction, category_id: int, is_new: bool = False, **columns: Any) -> None:
    """Changes a category."""
    if not records.change(tx, "categories", category_id, **columns):
        return
    tx.touch("reference")
    tx.touch_items(rows.items_of_category(tx, category_id))
    if not is_new:
        tx.event("category", category_id, "updated")


def place_category(tx: Transaction, category_id: int, before_id: int | None) -> None:
    """Puts a category before a sibling, or at the end. Invalid: `before_category`, no sibling."""
    order = [each for each in rows.siblings(tx, category_id) if each != category_id]
    if before_id is not None and before_id not in order:
        raise Invalid({"before_category": "is no sibling"})
    order.insert(len(order) if before_id is None else order.index(before_id), category_id)
    rows.order_categories(tx, order)
    tx.touch("reference")


def check_category_is_deletable(tx: Transaction, category_id: int) -> None:
    """Conflict while there are categories below it."""
    if rows.height(tx, "categories", category_id) > 1:
        raise Conflict({"id": "there are categories below it"})


def delete_category(tx: Transaction, category_id: int) -> None:
    """Takes a category away; its displays leave it, their next one becomes the main one."""
    category = records.get(tx, "categories", category_id)
    assert category is not None
    items = rows.items_of_category(tx, category_id)
    rows.delete_category(tx, category_id)
    tx.touch("reference")
    tx.touch_listed(items)
    tx.event("category", category_id, "deleted", store=category["store_id"])


def moved(order: list[int], mode: str, display_id: int | None, other: int | None, position: int | None) -> str | None:
    """Moves a display within the order of a category; why that cannot be done, None when it was."""
    if display_id not in order:
        return "The display is not in the category"
    at = order.index(display_id)
    if mode.endswith("_OTHER"):
        if other not in order or other == display_id:
            return "otherDisplay must be another display of the category"
        if mode == "SWAP_WITH_OTHER":
            there = order.index(other)
            order[at], order[there] = order[there], order[at]
            return None
        order.pop(at)
        order.insert(order.index(other) + (mode == "AFTER_OTHER"), display_id)
        return None
    if position is None or not 0 <= position < len(order):
        return f"position must be between 0 and {len(order) - 1}"
    if mode == "SWAP_WITH_POSITION_NUMBER":
        order[at], order[position] = order[position], order[at]
    else:
        order.pop(at)
        order.insert(position, display_id)
    return None


def sort_displays(tx: Transaction, category_id: int, order: Collection[int]) -> None:
    """The displays of a category stand in this order from now on."""
    rows.order_displays(tx, category_id, order)
    tx.touch_listed(rows.items_of_category(tx, category_id))
    tx.event("category", category_id, "updated")


def join_category(tx: Transaction, category_id: int, display_ids: Collection[int]) -> None:
    """Puts displays into a category, behind those that are there, or where its sort type wants them."""
    _moved_displays(tx, category_id, rows.join_category(tx, category_id, display_ids))
    sort_by_rule(tx, category_id)


def leave_category(tx: Transaction, category_id: int, display_ids: Collection[int]) -> None:
    """Takes displays out of a category."""
    _moved_displays(tx, category_id, rows.leave_category(tx, category_id, display_ids))


def _moved_displays(tx: Transaction, category_id: int, products: Mapping[int, int]) -> None:
    """`products`: display -> product, of those that came or went."""
    if not products:
        return
    tx.touch_listed(catalogue_rows.items_of_products(tx, sorted(set(products.values()))))
    for display_id, product_id in sorted(products.items()):
        tx.event("display", display_id, "updated", product=product_id)
    tx.event("category", category_id, "updated")


def sort_by_rule(tx: Transaction, category_id: int) -> None:
    """Puts the displays of a category in the order that its sort type asks for, if it asks for any."""
    order = rows.ruled_displays(tx, category_id)
    if order is not None and order != rows.displays_of_category(tx, category_id):
        sort_displays(tx, category_id, order)


# ------------------------------------------------------------------ warehouses


def create_warehouse(tx: Transaction, *, before_id: int | None, **columns: Any) -> int:
    """A new warehouse that no allocation rule has; returns its id. It stands before another one, else first (17.2)."""
    warehouse_id = market_writing.create_warehouse(tx, for_sale=False, **columns)
    place_warehouse(tx, warehouse_id, before_id)
    return warehouse_id


def place_warehouse(tx: Transaction, warehouse_id: int, before_id: int | None) -> None:
    """Puts a warehouse before another one, or first. Invalid: `before_warehouse`, itself."""
    if before_id == warehouse_id:
        raise Invalid({"before_warehouse": "is the warehouse itself"})
    order = [each for each in rows.warehouses_by_priority(tx) if each != warehouse_id]
    order.insert(order.index(before_id) if before_id is not None else 0, warehouse_id)
    rows.order_warehouses(tx, order)
    tx.touch("reference")


def state_code(tx: Transaction, country_id: int | None, text: str) -> str:
    """A state of a country that has states, given by its name or code, as its code; else the text as it is (6.6)."""
    return rows.state_code(tx, country_id, re.sub(r"\s+", " ", text.strip())) or text
