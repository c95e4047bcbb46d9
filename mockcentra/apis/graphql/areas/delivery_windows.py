"""Delivery windows and their groups: when which variants are sold and delivered to accounts."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mockcentra.apis.graphql import moments, words
from mockcentra.apis.graphql.areas.accounts import wholesale_store_of
from mockcentra.apis.graphql.changes import Change, Input
from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.lists import EmbeddedList, Entry, Fits, one_of
from mockcentra.apis.graphql.planning import Field
from mockcentra.apis.graphql.registry import mutation, query
from mockcentra.apis.graphql.types import (
    Among,
    Column,
    Days,
    Filter,
    Linked,
    Many,
    One,
    Range,
    Ref,
    Spec,
    Text,
    Through,
    Type,
    Weights,
    Where,
    define,
    flag,
    word,
)
from mockcentra.commerce import wholesale_writing as writing
from mockcentra.store import graphql_reading as reading
from mockcentra.store import graphql_wholesale as rows
from mockcentra.store import records
from mockcentra.store import wholesale_writing as stored
from mockcentra.store.database import Row, from_json, to_json
from mockcentra.store.graphql_reading import Link

MOST_VARIANTS = 100
KINDS = {0: "AtOnceDeliveryWindow", 1: "PreorderDeliveryWindow"}
DELIVERY_TYPES = {"preorder": "PREORDER", "stock": "STOCK", "link": "LINK", "stock_link": "STOCK_LINK"}
STORED_TYPES = words.stored(DELIVERY_TYPES)
WINDOWS, GROUPS = "delivery_windows", "delivery_window_groups"
MARKETS = Link("delivery_window_markets", "delivery_window_id", "market_id")
_FLAGS = ("deliveryDatesVisible", "selectableByBuyers", "selectedByDefault")


class WindowDate:
    """A date of a window: a moment with its offset, as the guides show it, unless a format is asked for."""

    def __init__(self, path: str) -> None:
        self.columns = (path,)

    def values(self, run: Run, field: Field, rows: Sequence[Any], weights: Weights) -> list[Any]:
        position = field.positions[0]
        asked = any(argument.name.value == "format" for argument in field.nodes[0].arguments or ())
        pattern = field.arguments(run).get("format") if asked else None
        shown = pattern or moments.DEFAULT_FORMAT
        return [None if (value := row[position]) is None else moments.shown(value, shown) for row in rows]


def limit_of(row: Row) -> dict[str, Any] | None:
    """How many of a variant are sold in a window; a plain largest quantity is that of the variant."""
    if row["limit_json"]:
        return from_json(row["limit_json"])
    if row["variant_limit"]:
        return {"value": row["variant_limit"], "on": "ProductVariant", "type": "HIGH"}
    return None


def window_variants(run: Run, window_ids: Iterable[int]) -> list[dict[str, Any]]:
    """The DeliveryWindowVariants of windows."""
    return [
        {
            "type": DELIVERY_TYPES[row["stock_type"]],
            "deliveryWindow": window_id,
            "limit": limit_of(row),
            "product": row["product_id"],
            "productVariant": row["variant_id"],
            "names": row["names"].lower(),
        }
        for window_id, found in rows.variants_of_windows(run.tx, list(window_ids)).items()
        for row in found
    ]


def _variants(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    for entry in window_variants(run, [row[0] for row in picked]):
        found.setdefault(entry["deliveryWindow"], []).append(entry)
    return [found.get(window_id, []) for (window_id,) in picked]


def _is_called(run: Run, entry: Entry, value: str) -> bool:
    return value.lower() in entry["names"]


WINDOW_VARIANT_FILTERS: dict[str, Fits] = {
    "type": one_of("type"),
    "deliveryWindowId": one_of("deliveryWindow"),
    "productId": one_of("product"),
    "productVariantId": one_of("productVariant"),
    "search": Fits("names", _is_called),
}
WINDOW_VARIANT_SORTS = {"deliveryWindowId": "deliveryWindow", "productVariantId": "productVariant"}
_FIELDS: dict[str, Spec] = {
    "name": Column("name"),
    "status": Column("status", word(words.STATUS)),
    "customOrder": Column("position"),
    "deliveryDatesVisible": Column(rows.DATES_VISIBLE, flag),
    "selectableByBuyers": Column(rows.SELECTABLE, flag),
    "selectedByDefault": Column(rows.SELECTED, flag),
    "defaultVariantDeliveryType": Column("stock_type", word(DELIVERY_TYPES)),
    "deliveryWindowGroup": One("group_id"),
    "allocationRule": One("allocation_rule_id"),
    "campaigns": Through(Link("campaign_delivery_windows", "delivery_window_id", "campaign_id")),
    "deliveryWindowVariants": EmbeddedList(_variants, WINDOW_VARIANT_FILTERS, WINDOW_VARIANT_SORTS, "id"),
    "markets": Through(MARKETS),
}
_AT_ONCE: dict[str, Spec] = {
    "daysFromNow": Column(rows.DAYS_FROM_NOW, lambda days: days or None),
    "selectableDate": Column(rows.SELECTABLE_DATE, flag),
}
_PREORDER: dict[str, Spec] = {
    "salesStartDate": WindowDate("sales_from"),
    "salesEndDate": WindowDate("sales_until"),
    "deliveryStartDate": WindowDate("delivery_from"),
    "deliveryEndDate": WindowDate("delivery_until"),
    "allocationOrder": Column(rows.ALLOCATION_ORDER),
}
_AT_ONCE_ONLY = reading.equals("is_preorder", 0)
_PREORDER_ONLY = reading.equals("is_preorder", 1)


def _preordered(column: str) -> Where:
    """A filter on a date that windows of preorders have."""
    days = Days(column)
    return Where(
        lambda run, value: reading.all_of([_PREORDER_ONLY, days.condition(run, value)]),
        reading.all_of([_PREORDER_ONLY, days.has_value()]),
    )


def _days_from_now(run: Run, value: Any) -> reading.Condition:
    """0 days are none, as in the field."""
    days = Range(rows.DAYS_FROM_NOW).condition(run, value)
    return reading.all_of([_AT_ONCE_ONLY, reading.between(rows.DAYS_FROM_NOW, 1), days])


_FILTERS: dict[str, Filter] = {
    "name": Text("name"),
    "status": Among("status", words.stored(words.STATUS)),
    "deliveryStartDate": _preordered("delivery_from"),
    "deliveryEndDate": _preordered("delivery_until"),
    "salesStartDate": _preordered("sales_from"),
    "salesEndDate": _preordered("sales_until"),
    "daysFromNow": Where(_days_from_now, reading.all_of([_AT_ONCE_ONLY, reading.between(rows.DAYS_FROM_NOW, 1)])),
    "allocationRuleId": Among("allocation_rule_id"),
    "marketId": Linked(MARKETS),
}


def _window_type(name: str, fields: Mapping[str, Spec], only: reading.Condition, **more: Any) -> Type:
    return Type(
        name,
        WINDOWS,
        fields={**_FIELDS, **fields},
        filters=_FILTERS,
        sorts={"name": "name", "customOrder": "position"},
        search=("name",),
        store="store_id",
        external="delivery_window",
        only=only,
        **more,
    )


define(
    _window_type("DeliveryWindow", {}, reading.EVERYTHING, kinds=("is_preorder", KINDS)),
    _window_type("AtOnceDeliveryWindow", _AT_ONCE, _AT_ONCE_ONLY),
    _window_type("PreorderDeliveryWindow", _PREORDER, _PREORDER_ONLY),
    Type(
        "DeliveryWindowGroup",
        GROUPS,
        fields={
            "name": Column("name"),
            "customOrder": Column("position"),
            "deliveryWindows": Many("group_id"),
        },
        filters={"name": Text("name")},
        sorts={"name": "name", "customOrder": "position"},
        search=("name",),
        external="delivery_window_group",
    ),
)


def _tree(run: Run) -> list[Ref]:
    """The groups, and the windows that stand on their own, in their order."""
    stores = run.token.stores
    return [
        Ref("DeliveryWindowGroup" if row["kind"] == "group" else KINDS[row["is_preorder"]], row["id"])
        for row in stored.tree(run.tx)
        if not stores or row["store_id"] is None or row["store_id"] in stores
    ]


@query("deliveryWindowsTree")
def delivery_windows_tree(run: Run, arguments: Mapping[str, Any]) -> list[Ref]:
    """Groups and windows as the admin panel orders them."""
    return _tree(run)


# ------------------------------------------------------------------ writing windows


def nullable_ref(given: Input, name: str, kind: str) -> int | None:
    """A reference that null, or an id of null, takes away."""
    value = given.get(name)
    if value is None or all(part is None for part in value.values()):
        return None
    return given.ref(name, kind)


def _range(part: Input, name: str) -> tuple[int | None, int | None]:
    """The two ends of a range of dates, with a user error when they are the wrong way round."""
    given = part.part(name)
    if given is None:
        return None, None
    start, stop = given.moment("from"), given.moment("to")
    if start is not None and stop is not None and stop < start:
        part.error("The range ends before it starts", name, "to")
    return start, stop


def _columns(change: Change, before: Row | None) -> dict[str, Any]:
    given = change.input
    columns: dict[str, Any] = {}
    if "name" in given:
        columns["name"] = given.required_text("name")
    if given.get("status") is not None:
        columns["status"] = words.stored(words.STATUS)[given["status"]]
    if given.get("defaultVariantDeliveryType") is not None:
        columns["stock_type"] = STORED_TYPES[given["defaultVariantDeliveryType"]]
    if "allocationRule" in given:
        columns["allocation_rule_id"] = nullable_ref(given, "allocationRule", "AllocationRule")
    if "deliveryWindowGroup" in given:
        columns["group_id"] = nullable_ref(given, "deliveryWindowGroup", "DeliveryWindowGroup")
    extra = {} if before is None else from_json(before["extra_json"])
    written = {**extra, **{name: int(given[name]) for name in _FLAGS if given.get(name) is not None}}
    columns |= _kind(given, before, written)
    if written != extra:
        columns["extra_json"] = to_json(written)
    return columns


def _kind(given: Input, before: Row | None, extra: dict[str, Any]) -> dict[str, Any]:
    """What makes a window one for orders at once or ahead; a window stays what it is."""
    at_once, preorder = given.part("atOnce"), given.part("preorder")
    if before is None and given.exactly_one("atOnce", "preorder") is None:
        return {}
    if before is not None:
        for name, is_wrong in (("atOnce", before["is_preorder"] == 1), ("preorder", before["is_preorder"] == 0)):
            if given.get(name) is not None and is_wrong:
                given.error(f"The delivery window is a {KINDS[before['is_preorder']]} and stays one", name)
    if at_once is not None:
        days = at_once.get("daysFromNow")
        if days is not None and not 0 <= days <= 3650:
            at_once.error("daysFromNow must be between 0 and 3650", "daysFromNow")
        if "daysFromNow" in at_once:
            extra["daysFromNow"] = days
        if "selectableDate" in at_once:
            extra["selectableDate"] = int(bool(at_once["selectableDate"]))
        return {"is_preorder": 0} if before is None else {}
    if preorder is None:
        return {}
    extra["allocationOrder"] = preorder["allocationOrder"]
    (start, stop), (sales_start, sales_stop) = _range(preorder, "deliveryDateRange"), _range(preorder, "salesDateRange")
    dates = {"delivery_from": start, "delivery_until": stop, "sales_from": sales_start, "sales_until": sales_stop}
    return {**dates, **({"is_preorder": 1} if before is None else {})}


def _markets(change: Change, store_id: int | None) -> tuple[list[int], int | None]:
    """The markets, with user errors unless they are of one wholesale store; and that store."""
    found = change.input.refs("markets", "Market")
    for position, market_id in enumerate(found):
        own, problem = wholesale_store_of(change, "markets", market_id)
        if problem is None and store_id is not None and own != store_id:
            problem = "The market belongs to another store"
        if problem is not None:
            change.input.error(problem, "markets", str(position))
        store_id = own if store_id is None else store_id
    if not found and (store_id is None or change.input.get("markets") == []) and not change.problems.errors:
        change.input.error("A delivery window needs at least one market", "markets")
    return found, store_id


@mutation("createDeliveryWindow")
def create_delivery_window(change: Change) -> dict[str, Any]:
    """A new delivery window of the store that its markets belong to (section 18.3)."""
    markets, store_id = _markets(change, None)
    columns = _columns(change, None)
    change.check()
    assert store_id is not None
    columns["position"] = writing.next_position(change.tx)
    window_id = writing.create_window(change.tx, store_id, **columns)
    writing.set_window_markets(change.tx, window_id, markets)
    change.external_id("DeliveryWindow", window_id)
    return {"deliveryWindow": window_id}


@mutation("updateDeliveryWindow")
def update_delivery_window(change: Change) -> dict[str, Any]:
    """Changes a delivery window; markets that are given replace those before."""
    window_id = change.target("DeliveryWindow")
    before = records.get(change.tx, WINDOWS, window_id)
    assert before is not None
    markets, _ = _markets(change, before["store_id"])
    columns = _columns(change, before)
    change.external_id("DeliveryWindow", window_id)
    change.check()
    changed = writing.change_window(change.tx, window_id, **columns)
    if markets and writing.set_window_markets(change.tx, window_id, markets) and not changed:
        change.tx.event("delivery_window", window_id, "updated")
    return {"deliveryWindow": window_id}


@mutation("setDeliveryWindowVariants")
def set_delivery_window_variants(change: Change) -> dict[str, Any]:
    """Adds variants to a window or changes how they are sold there, up to 100 at once."""
    given = change.input
    window_id = given.ref("deliveryWindow", "DeliveryWindow")
    parts = given.parts("variants")
    if len(parts) > MOST_VARIANTS:
        raise change.refuse(f"At most {MOST_VARIANTS} variants can be set at once", "variants")
    variant_ids = given.refs_of(parts, "productVariant", "ProductVariant")
    window = None if window_id is None else records.get(change.tx, WINDOWS, window_id)
    found: dict[int, dict[str, Any]] = {}
    for variant_id, part in zip(variant_ids, parts, strict=True):
        columns: dict[str, Any] = {}
        kind = part.get("type")
        columns["stock_type"] = (
            STORED_TYPES[kind] if kind is not None else "" if window is None else window["stock_type"]
        )
        if "limit" in part:
            limit = part["limit"]
            if limit is not None and not 0 <= limit["value"] <= 1_000_000:
                part.error("The limit must be between 0 and 1000000", "limit", "value")
            is_of_variant = limit is not None and limit["on"] == "ProductVariant"
            columns["limit_json"] = None if limit is None else to_json(limit)
            columns["variant_limit"] = limit["value"] if is_of_variant else 0
        if variant_id is not None:
            found[variant_id] = columns
    change.check()
    assert window_id is not None
    writing.put_window_variants(change.tx, window_id, found)
    return {"deliveryWindow": window_id}


@mutation("unsetDeliveryWindowVariants")
def unset_delivery_window_variants(change: Change) -> dict[str, Any]:
    """Takes variants out of a window; those that are not in it are no error."""
    window_id = change.input.ref("deliveryWindow", "DeliveryWindow")
    variant_ids = change.input.refs("productVariants", "ProductVariant")
    change.check()
    assert window_id is not None
    writing.put_window_variants(change.tx, window_id, {}, variant_ids)
    return {"deliveryWindow": window_id}


# ------------------------------------------------------------------ groups and the tree


def _node(part: Input) -> writing.Node | None:
    """The window or group that a place in the tree names; None with a user error."""
    name = part.exactly_one("deliveryWindow", "deliveryWindowGroup")
    if name is None:
        return None
    kind, table = (("DeliveryWindow", WINDOWS), ("DeliveryWindowGroup", GROUPS))[name == "deliveryWindowGroup"]
    found = part.ref(name, kind)
    return None if found is None else (table, found)


@mutation("createDeliveryWindowGroup")
def create_delivery_window_group(change: Change) -> dict[str, Any]:
    """A new group, before another place of the tree or at its end."""
    given = change.input
    given.required_text("name")
    part = given.part("before")
    before = None if part is None else _node(part)
    change.check()
    group_id = writing.create_window_group(change.tx, name=given["name"])
    if before is not None:
        writing.place_before(change.tx, (GROUPS, group_id), before)
    change.external_id("DeliveryWindowGroup", group_id)
    return {"deliveryWindowGroup": group_id}


@mutation("updateDeliveryWindowGroup")
def update_delivery_window_group(change: Change) -> dict[str, Any]:
    """Another name, place, or order of the windows of a group."""
    group_id = change.target("DeliveryWindowGroup")
    given = change.input
    if "name" in given:
        given.required_text("name")
    part = given.part("before")
    before = None if part is None else _node(part)
    order = given.refs("setDeliveryWindowsOrder", "DeliveryWindow")
    change.check()
    writing.change_window_group(change.tx, group_id, **given.given(name="name"))
    if order:
        writing.order_windows(change.tx, group_id, order)
    if before is not None:
        writing.place_before(change.tx, (GROUPS, group_id), before)
    return {"deliveryWindowGroup": group_id}


@mutation("deleteDeliveryWindowGroup")
def delete_delivery_window_group(change: Change) -> dict[str, Any]:
    """Takes a group away, but not its windows."""
    group_id = change.target("DeliveryWindowGroup")
    change.after(lambda: writing.delete_window_group(change.tx, group_id))
    return {"deliveryWindowGroup": group_id}


@mutation("setDeliveryWindowTreeOrder")
def set_delivery_window_tree_order(change: Change) -> dict[str, Any]:
    """Puts windows and groups in an order; what is not named comes after them."""
    nodes = [_node(part) for part in change.input.parts("deliveryWindowsOrder")]
    change.check()
    writing.order_tree(change.tx, [node for node in nodes if node is not None])
    return {"deliveryWindowsTree": _tree(change.run)}
