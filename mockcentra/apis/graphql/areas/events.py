"""The events system: listeners, the queue, confirming (section 10)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mockcentra.apis.graphql import attributes, paging
from mockcentra.apis.graphql.changes import Change
from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.planning import Field
from mockcentra.apis.graphql.registry import mutation, query
from mockcentra.apis.graphql.types import TYPES, Moment, Ref, Weights, embed
from mockcentra.commerce import integration_events as queue
from mockcentra.store import integration_events as rows
from mockcentra.store.database import Row

# What the schema calls a kind of objects: what the store calls it.
KINDS = {
    "Account": "account", "AdminUser": "admin_user", "Affiliate": "affiliate", "AllocationRule": "allocation_rule",
    "Brand": "brand", "BrickAndMortar": "brick_and_mortar", "Bundle": "bundle", "Buyer": "buyer",
    "Campaign": "campaign", "Category": "category", "Collection": "collection", "Country": "country",
    "Currency": "currency", "Customer": "customer", "DeliveryWindow": "delivery_window", "Display": "display",
    "EmailHistoryEntry": "mail", "Folder": "folder", "GiftCertificateGenerator": "gift_certificate",
    "Invoice": "invoice", "Language": "language", "LowestPrice": "lowest_price", "MappedAttribute": "attribute",
    "Market": "market", "MeasurementChart": "measurement_chart", "NewsletterSubscription": "newsletter_subscription",
    "Order": "order", "OrderHistoryEntry": "order_history", "PaymentHistoryEntry": "payment_entry",
    "PaymentTerms": "payment_terms", "Price": "product_price", "PriceAlteration": "price_alteration",
    "Pricelist": "pricelist", "Product": "product", "ProductMedia": "product_media", "ProductSize": "product_size",
    "ProductVariant": "variant", "PurchaseOrder": "supplier_order", "PurchaseOrderDelivery": "supplier_delivery",
    "Return": "return", "SalesRepresentative": "sales_rep", "Shipment": "shipment",
    "ShippingOption": "shipping_option", "ShippingTerms": "shipping_terms", "SizeChart": "size_chart",
    "StockChange": "stock_change", "Store": "store", "StorePlugin": "store_plugin", "Subscription": "subscription",
    "SubscriptionContract": "subscription_contract", "SubscriptionPlan": "subscription_plan",
    "Supplier": "supplier", "TaxRule": "tax_rule", "Voucher": "voucher", "Warehouse": "warehouse",
    "Wishlist": "wishlist",
}  # fmt: skip
_NAMES = {ours: theirs for theirs, ours in KINDS.items()}
CHANGES = {
    "CREATED": queue.CREATED,
    "UPDATED": queue.UPDATED,
    "COMPLETED": queue.COMPLETED,
    "DELETED": queue.DELETED,
    "DEPENDENT_DATA_CHANGED": queue.DEPENDENT,
}
_CHANGE_NAMES = {ours: theirs for theirs, ours in CHANGES.items()}
_NO_INTEGRATION = "The token belongs to no integration, which events need"
_COLUMNS = {"objectType": "object_type", "changeType": "change_type", "storeId": "store_id", "marketId": "market_id"}

# Who may read an object at all; who may not is told so, and not what it is. The others are named like their types.
_PERMISSIONS: dict[str, str | None] = {
    "Currency": None,
    "EmailHistoryEntry": "EmailHistory:read",
    "LowestPrice": "Price:read",
    "MappedAttribute": "Attribute:read",
    "NewsletterSubscription": None,
    "OrderHistoryEntry": "OrderHistory:read",
    "PaymentHistoryEntry": "PaymentHistory:read",
    "PriceAlteration": "Price:read",
    "SubscriptionContract": "Subscription:read",
}


class _Object:
    """The object of an event as it is now; None for one that is gone."""

    columns: tuple[str, ...] = ()

    def values(self, run: Run, field: Field, rows: Sequence[Any], weights: Weights) -> list[Any]:
        return run.finish(field, [self._found(run, field, row) for row in rows], weights)

    def _found(self, run: Run, field: Field, event: Mapping[str, Any]) -> Any:
        name, object_id = event["objectType"], event["object"]
        if object_id is None:
            return None
        permission = _PERMISSIONS.get(name, f"{name}:read")
        if permission is not None:
            run.touched(permission, field.depth)
            if not run.token.allows(permission):
                return run.denied(permission, field.name)
        if name == "MappedAttribute":
            catalogue = attributes.catalogue_of(run)
            return Ref(name, attributes.mapped(catalogue, object_id)) if object_id in catalogue.entries else None
        return Ref(name, object_id) if name in TYPES else None


embed("Event", {"createdAt": Moment("createdAt"), "object": _Object()})
embed("EventListener", {"createdAt": Moment("createdAt"), "updatedAt": Moment("updatedAt")})


def _event(row: Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "objectType": _NAMES[row["object_type"]],
        "changeType": _CHANGE_NAMES[row["change_type"]],
        "objectReference": row["reference"],
        "createdAt": row["created_at"],
        "store": row["store_id"],
        "market": row["market_id"],
        "object": None if row["change_type"] == queue.DELETED else row["object_id"],
    }


@query("events")
def events(run: Run, arguments: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The oldest events of the integration that are not confirmed; reading them changes nothing."""
    page = paging.page(arguments, paging.LARGEST)
    if run.token.integration_id is None:
        return []
    where = arguments.get("where") or {}
    kinds, changes = where.get("objectType"), where.get("changeType")
    only = rows.condition(
        None if kinds is None else [KINDS[name] for name in kinds],
        None if changes is None else [CHANGES[name] for name in changes],
        where.get("storeId"),
        where.get("marketId"),
        [_COLUMNS[name] for name in where.get("negate") or () if name in _COLUMNS],
    )
    found = queue.queued(run.tx, run.token.integration_id, only, run.token.stores, page.limit, page.offset)
    return [_event(row) for row in found]


def _listeners(run: Run, kinds: Iterable[str] | None = None) -> list[dict[str, Any]]:
    """EventListeners of the integration, of some kinds of objects or of all."""
    assert run.token.integration_id is not None
    known = queue.listeners(run.tx, run.token.integration_id)
    return [
        {
            "integrationName": run.token.integration,
            "objectType": _NAMES[kind],
            "changeTypes": [name for name, ours in CHANGES.items() if ours in {row["change_type"] for row in found}],
            "createdAt": min(row["created_at"] for row in found),
            "updatedAt": max(row["created_at"] for row in found),
        }
        for kind, found in known.items()
        if kinds is None or kind in kinds
    ]


@query("eventListeners")
def event_listeners(run: Run, arguments: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the token's integration listens to."""
    if run.token.integration_id is None:
        return []
    where = arguments.get("where") or {}
    negated = where.get("negate") or ()
    kinds, changes = where.get("objectType"), where.get("changeType")
    return [
        each
        for each in _listeners(run)
        if (kinds is None or (each["objectType"] in kinds) != ("objectType" in negated))
        and (changes is None or bool(set(changes) & set(each["changeTypes"])) != ("changeType" in negated))
    ]


def _integration(change: Change, *path: str) -> int:
    integration = change.token.integration_id
    if integration is None:
        change.error(_NO_INTEGRATION, *path)
    change.check()
    assert integration is not None
    return integration


def _changes(names: list[str] | None) -> list[str]:
    return list(queue.CHANGES) if names is None else [CHANGES[name] for name in names]


@mutation("setEventListeners")
def set_event_listeners(change: Change) -> Mapping[str, Any]:
    """Listens to more; what was listened to before stays."""
    integration = _integration(change, "input")
    kinds = []
    for given in change.inputs():
        kind = KINDS[given["objectType"]]
        queue.listen(change.tx, integration, kind, _changes(given.get("changeTypes")))
        kinds.append(kind)
    return {"eventListeners": _listeners(change.run, kinds)}


@mutation("unsetEventListeners")
def unset_event_listeners(change: Change) -> Mapping[str, Any]:
    """Listens to less; what is queued of that is dropped. The payload shows what is left of the listeners named."""
    integration = _integration(change, "input")
    kinds = []
    for given in change.inputs():
        kind = KINDS[given["objectType"]]
        queue.stop_listening(change.tx, integration, kind, _changes(given.get("changeTypes")))
        kinds.append(kind)
    return {"eventListeners": _listeners(change.run, kinds)}


@mutation("confirmEvents")
def confirm_events(change: Change) -> Mapping[str, Any]:
    """Events leave the queue; a warning for each that is not in it."""
    integration = _integration(change, "input")
    wanted = change.input["eventsIds"]
    found = queue.confirm(change.tx, integration, change.token.stores, wanted)
    known = {row["id"] for row in found}
    for position, event_id in enumerate(wanted):
        if event_id not in known:
            change.input.warning(f"Could not find Event with ID {event_id}", "eventsIds", str(position))
    return {"events": [_event(row) for row in found]}
