"""The conversion table between the shop's ids and an integration's (section 9)."""

from collections.abc import Mapping
from typing import Any

from graphql import GraphQLError

from mockcentra.apis.graphql.changes import Change, Input
from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.external import problem_with
from mockcentra.apis.graphql.paging import page as page_of
from mockcentra.apis.graphql.registry import mutation, query
from mockcentra.apis.graphql.types import string_match
from mockcentra.store import external_ids as rows
from mockcentra.store import graphql_conversions as conversions
from mockcentra.store import graphql_reading as reading
from mockcentra.store.graphql_conversions import Entry
from mockcentra.store.graphql_reading import Condition

# What the schema calls a type of objects: what the store calls it, in the schema's order.
KINDS = {
    "Account": "account",
    "AddressBookEntry": "address_book_entry",
    "AdminUser": "admin_user",
    "Brand": "brand",
    "Buyer": "buyer",
    "Collection": "collection",
    "Customer": "customer",
    "Currency": "currency",
    "DeliveryWindow": "delivery_window",
    "DeliveryWindowGroup": "delivery_window_group",
    "Folder": "folder",
    "Invoice": "invoice",
    "Market": "market",
    "Order": "order",
    "OrderLine": "order_line",
    "PaymentHistoryEntry": "payment_entry",
    "PaymentTerms": "payment_terms",
    "Pricelist": "pricelist",
    "Product": "product",
    "ProductVariant": "variant",
    "PurchaseOrder": "supplier_order",
    "Return": "return",
    "SalesRepresentative": "sales_rep",
    "Shipment": "shipment",
    "StorePlugin": "store_plugin",
    "ShippingTerms": "shipping_terms",
    "Size": "size",
    "SizeChart": "size_chart",
    "Voucher": "voucher",
    "Warehouse": "warehouse",
}
_NAMES = {ours: theirs for theirs, ours in KINDS.items()}
_NUMBERS = {ours: number for number, ours in enumerate(KINDS.values(), 1)}
_NO_INTEGRATION = "The token belongs to no integration, which external ids need"


def _shown(run: Run, entries: list[Entry]) -> list[dict[str, Any]]:
    """Entries as the API shows them; the internal id of an order is its number."""
    orders = [entry.object_id for entry in entries if entry.object_type == "order"]
    numbers = conversions.object_numbers(run.tx, orders) if orders else {}
    return [
        {
            "id": entry.id,
            "externalId": entry.external_id,
            "internalId": numbers.get(entry.object_id, entry.object_id)
            if entry.object_type == "order"
            else entry.object_id,
            "objectType": _NAMES[entry.object_type],
            "integrationName": run.token.integration,
        }
        for entry in entries
    ]


def _entries(run: Run, condition: Condition, page: reading.Page, descending: bool = False) -> list[Entry]:
    integration = run.token.integration_id
    if integration is None:
        return []
    return conversions.entries(run.tx, integration, _NUMBERS, condition, page, descending)


@query("idConversions")
def id_conversions(run: Run, arguments: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The entries of the token's own integration."""
    where = arguments.get("where") or {}
    negated = where.get("negate") or ()
    for word in ("negate", "notNull"):
        if unknown := sorted(set(where.get(word) or ()) - set(_CONDITIONS)):
            raise GraphQLError(f"{word} names unknown fields: {', '.join(unknown)}.")
    conditions = []
    for name, value in where.items():
        if value is None or name in ("notNull", "negate"):
            continue
        condition = _CONDITIONS[name](run, value)
        conditions.append(reading.negated(condition) if name in negated else condition)
    descending = (arguments.get("sort") or ["id_ASC"])[0] == "id_DESC"
    found = _entries(run, reading.all_of(conditions), page_of(arguments, 200), descending)
    return _shown(run, found)


_CONDITIONS = {
    "id": lambda run, value: conversions.with_ids(value, _NUMBERS),
    "objectType": lambda run, value: reading.among("object_type", [KINDS.get(name, name) for name in value]),
    "externalId": lambda run, value: string_match("external_id", value),
    "internalId": lambda run, value: conversions.of_objects(value),
}


def _object(change: Change, part: Input, kind: str) -> int | None:
    """The object that `internalId` names, with a user error when there is none."""
    internal = part["internalId"]
    found: int | None
    if kind == "order":
        found = conversions.order_of_number(change.tx, internal)
    elif kind in rows.TABLES:
        found = internal if rows.exists(change.tx, kind, internal) else None
    else:
        found = internal
    if found is None or internal < 1:
        part.error(f"Could not find {_NAMES[kind]} with ID {internal}", "internalId")
        return None
    return found


@mutation("setIdConversions")
def set_id_conversions(change: Change) -> dict[str, Any]:
    """Sets entries; one that collides with an older one on either side replaces it. All or none."""
    integration = change.token.integration_id
    wanted: list[tuple[str, int, str]] = []
    if integration is None:
        change.error(_NO_INTEGRATION, "input")
    for part in change.inputs():
        kind = KINDS.get(part["objectType"])
        if kind is None:
            part.error("There are no conversions of this type", "objectType")
            continue
        object_id = _object(change, part, kind)
        problem = problem_with(change.tx, kind, object_id, part["externalId"])
        if problem:
            part.error(problem, "externalId")
        if object_id is not None:
            wanted.append((kind, object_id, part["externalId"]))
    change.check()
    assert integration is not None
    for kind, object_id, external_id in wanted:
        rows.replace(change.tx, integration, kind, object_id, external_id)
    entries = [
        Entry(conversions.entry_id(integration, _NUMBERS[kind], object_id), kind, object_id, external_id)
        for kind, object_id, external_id in wanted
    ]
    return {"entries": _shown(change.run, entries)}


@mutation("unsetIdConversions")
def unset_id_conversions(change: Change) -> dict[str, Any]:
    """Takes entries away; a warning for each that is not there."""
    integration = change.token.integration_id
    if integration is None:
        change.error(_NO_INTEGRATION, "input")
    for part in change.inputs():
        kind = KINDS.get(part["objectType"])
        named = part.part("idConversion")
        way = named.exactly_one("id", "internalId", "externalId") if named is not None else None
        if kind is None:
            part.error("There are no conversions of this type", "objectType")
        if kind is None or named is None or way is None or integration is None:
            continue
        object_id = _named(change, kind, integration, way, named[way])
        if object_id is None or not conversions.remove(change.tx, integration, kind, object_id):
            part.warning(f"There is no conversion of {part['objectType']} {named[way]}", "idConversion", way)
    return {}


def _named(change: Change, kind: str, integration: int, way: str, value: Any) -> int | None:
    """The object of the entry that is named in one of three ways."""
    if way == "externalId":
        return rows.object_of(change.tx, integration, kind, value)
    if way == "internalId":
        return conversions.order_of_number(change.tx, value) if kind == "order" else value
    owner, number, object_id = conversions.parts_of(value)
    return object_id if (owner, number) == (integration, _NUMBERS[kind]) else None
