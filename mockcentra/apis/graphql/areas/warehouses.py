"""Warehouses and the allocation rules that say in which order orders take from them."""

from collections.abc import Mapping
from typing import Any

from mockcentra.apis.graphql import words
from mockcentra.apis.graphql.areas.stock import STOCK_OF_WAREHOUSES, TOTALS_OF_WAREHOUSES
from mockcentra.apis.graphql.areas.stores import check_name
from mockcentra.apis.graphql.changes import Change, Input
from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.lists import EmbeddedList, one_of, within
from mockcentra.apis.graphql.registry import mutation
from mockcentra.apis.graphql.types import (
    TYPES,
    Among,
    Batch,
    Column,
    Computed,
    Is,
    Linked,
    Many,
    One,
    Text,
    Through,
    Type,
    Where,
    constant,
    define,
    embed,
    flag,
    word,
)
from mockcentra.commerce import company_writing, market_writing
from mockcentra.store import graphql_reading as reading
from mockcentra.store.database import from_json, to_json
from mockcentra.store.graphql_reading import Link

RULE_WAREHOUSES = Link("allocation_rule_warehouses", "allocation_rule_id", "warehouse_id")
OWNERSHIP = words.stored(words.STOCK_OWNERSHIP)
MASTER = words.stored(words.STOCK_MASTER)
POLICY = words.stored(words.ALLOCATION_POLICY)
POLICY_GROUPS = {"DIRECT": ("direct",), "CHECK_FIRST": ("check_first", "direct_then_confirm")}


def address_part(name: str) -> Column:
    """A part of the address; null where it is empty."""
    return Column("address_json", lambda written: from_json(written).get(name) or None)


def _states(run: Run, arguments: Mapping[str, Any], rows: list[tuple[Any, ...]]) -> list[int | None]:
    """The state in a warehouse's address, where its country has states."""
    known = run.once("states", lambda: reading.states_by_code(run.tx))
    return [known.get((country_id, from_json(written).get("state") or "")) for country_id, written in rows]


def _policies(run: Run, value: Any) -> reading.Condition:
    return reading.among("allocation_policy", [policy for name in value for policy in POLICY_GROUPS[name]])


define(
    Type(
        "Warehouse",
        "warehouses",
        fields={
            "name": Column("name"),
            "status": Column("status", word(words.STATUS)),
            "stockOwnership": Column("ownership", word(words.STOCK_OWNERSHIP)),
            "allocationPolicy": Column("allocation_policy", word(words.ALLOCATION_POLICY)),
            "stockMaster": Column("stock_master", word(words.STOCK_MASTER)),
            "isHiddenFromStockView": Column("is_hidden", flag),
            "isConsignation": Column("is_consignment", flag),
            "threshold": Column("threshold"),
            "brickAndMortar": Batch(
                lambda run, arguments, rows: _brick_and_mortars(run, [row[0] for row in rows]), "id"
            ),
            "address1": address_part("address1"),
            "address2": address_part("address2"),
            "country": One("country_id"),
            "state": Batch(_states, "country_id", "address_json"),
            "city": address_part("city"),
            "zipCode": address_part("zipCode"),
            "stockChanges": Many("warehouse_id"),
            "stock": STOCK_OF_WAREHOUSES,
            "stockTotals": TOTALS_OF_WAREHOUSES,
            "allocationRules": Through(Link(RULE_WAREHOUSES.table, RULE_WAREHOUSES.target, RULE_WAREHOUSES.owner)),
        },
        filters={
            "name": Text("name"),
            "status": Among("status", words.stored(words.STATUS)),
            "stockOwnership": Among("ownership", OWNERSHIP),
            "allocationPolicy": Where(_policies),
            "stockMaster": Among("stock_master", MASTER),
            "isHiddenFromStockView": Is("is_hidden"),
            "isConsignation": Is("is_consignment"),
        },
        sorts={"name": "name"},
        search=("name",),
        external="warehouse",
    ),
    Type(
        "AllocationRule",
        "allocation_rules",
        fields={
            "name": Column("name"),
            "allowNegativeStock": Column("id", lambda _: False),
            "parent": Column("id", lambda _: None),
            "type": Column("id", lambda _: "SEQUENTIAL"),
            "assignedToAccounts": Many("allocation_rule_id"),
            "assignedToDeliveryWindows": Many("allocation_rule_id"),
            "assignedToMarkets": Many("allocation_rule_id"),
            "assignedToStores": Through(Link("markets", "allocation_rule_id", "store_id")),
            "geographies": Computed(lambda rule_id: [{"id": rule_id, "rule": rule_id, "locations": []}], "id"),
        },
        filters={
            "name": Text("name"),
            "isActive": constant(True),
            "defaultInAccountId": Linked(Link("accounts", "allocation_rule_id", "id")),
            "defaultInDeliveryWindowId": Linked(Link("delivery_windows", "allocation_rule_id", "id")),
            "defaultInMarketId": Linked(Link("markets", "allocation_rule_id", "id")),
            "defaultInStoreId": Linked(Link("markets", "allocation_rule_id", "store_id")),
            "warehouseId": Linked(RULE_WAREHOUSES),
        },
        sorts={"name": "name"},
        search=("name",),
    ),
)


def _brick_and_mortars(run: Run, warehouse_ids: list[int]) -> list[int | None]:
    pairs = reading.pairs(run.tx, "brick_and_mortars", "warehouse_id", "id", warehouse_ids)
    found = {pair[0]: pair[1] for pair in pairs}
    return [found.get(warehouse_id) for warehouse_id in warehouse_ids]


# ------------------------------------------------------------------ the priorities of a rule


def _priorities(run: Run, arguments: Mapping[str, Any], rows: list[tuple[Any, ...]]) -> list[list[dict[str, Any]]]:
    """The warehouses of a rule in their order; every place has the same ones."""
    ordered = reading.warehouses_of_rules(run.tx, [row[0] for row in rows])
    return [
        [
            {
                "priorityNumber": place,
                "warehouse": warehouse["id"],
                "stockOwnership": words.STOCK_OWNERSHIP[warehouse["ownership"]],
                "allocationPolicy": words.ALLOCATION_POLICY[warehouse["allocation_policy"]],
                "timeoutInHours": 0,
            }
            for place, warehouse in enumerate(ordered.get(row[0], ()), 1)
        ]
        for row in rows
    ]


_PRIORITIES = EmbeddedList(
    _priorities,
    {
        "stockOwnership": one_of("stockOwnership"),
        "allocationPolicy": one_of("allocationPolicy"),
        "timeoutInHours": within("timeoutInHours"),
    },
    {"priorityNumber": "priorityNumber"},
    "rule",
)
embed("GeographyAllocationPrioritySet", {"priorities": _PRIORITIES})


# ------------------------------------------------------------------ writing


def _columns(change: Change, country_id: int | None, address: Mapping[str, Any]) -> dict[str, Any]:
    """Columns that the input sets, with user errors for what cannot be."""
    given = change.input
    columns: dict[str, Any] = {}
    for name, column, known in (
        ("stockOwnershipPolicy", "ownership", OWNERSHIP),
        ("allocationPolicy", "allocation_policy", POLICY),
        ("stockMasterPolicy", "stock_master", MASTER),
    ):
        if given.get(name) is not None:
            columns[column] = known[given[name]]
    if given.get("name") is not None:
        columns["name"] = given["name"]
    if given.get("hideFromStockView") is not None:
        columns["is_hidden"] = int(given["hideFromStockView"])
    if given.get("status") is not None:
        columns["status"] = given.status("warehouse")
    threshold = given.get("threshold")
    if threshold is not None:
        if threshold < 0:
            given.error("threshold must not be negative", "threshold")
        columns["threshold"] = threshold
    location = given.part("warehouseLocation")
    if location is not None:
        columns |= _location(change, location, country_id, address)
    return columns


def _location(change: Change, location: Input, country_id: int | None, address: Mapping[str, Any]) -> dict[str, Any]:
    """The address columns; parts that are not given stay."""
    named = location.ref("country", "Country")
    country_id = named if named is not None else country_id
    parts = dict(address)
    for theirs, ours in (("address", "address1"), ("address2", "address2"), ("city", "city"), ("zipCode", "zipCode")):
        if theirs in location:
            parts[ours] = location[theirs] or ""
    if "stateOrProvince" in location:
        parts["state"] = company_writing.state_code(change.tx, country_id, location["stateOrProvince"] or "")
    parts["country"] = reading.country_code(change.tx, country_id) or ""
    return {"country_id": country_id, "address_json": to_json(parts)}


@mutation("createWarehouse")
def create_warehouse(change: Change) -> dict[str, Any]:
    """A new warehouse, which no allocation rule has (section 17.2)."""
    given = change.input
    before = given.ref("beforeWarehouse", "Warehouse")
    check_name(change, "warehouses", None, given["name"])
    columns = _columns(change, None, {})
    change.check()
    warehouse_id = company_writing.create_warehouse(change.tx, before_id=before, **columns)
    change.external_id("Warehouse", warehouse_id)
    return {"warehouse": warehouse_id}


@mutation("updateWarehouse")
def update_warehouse(change: Change) -> dict[str, Any]:
    """Changes a warehouse or its priority."""
    warehouse_id = change.target("Warehouse")
    given = change.input
    before = given.ref("beforeWarehouse", "Warehouse")
    check_name(change, "warehouses", None, given.get("name"), warehouse_id)
    (row,) = reading.by_ids(change.tx, TYPES["Warehouse"].table, ("country_id", "address_json"), [warehouse_id])
    columns = _columns(change, row["country_id"], from_json(row["address_json"]))
    change.external_id("Warehouse", warehouse_id)
    change.check()
    market_writing.change_warehouse(change.tx, warehouse_id, **columns)
    if before is not None:
        company_writing.place_warehouse(change.tx, warehouse_id, before)
    return {"warehouse": warehouse_id}
