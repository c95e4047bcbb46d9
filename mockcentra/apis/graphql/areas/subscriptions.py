"""Subscription plans with their variants, contracts and the subscriptions of customers."""

from collections.abc import Mapping
from typing import Any

from mockcentra.apis.graphql import words
from mockcentra.apis.graphql.addresses import address
from mockcentra.apis.graphql.changes import Change, Input
from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.lists import EmbeddedList, at_time, matching, one_of
from mockcentra.apis.graphql.moments import DEFAULT_FORMAT, shown
from mockcentra.apis.graphql.money import money
from mockcentra.apis.graphql.planning import Field
from mockcentra.apis.graphql.registry import mutation
from mockcentra.apis.graphql.types import (
    NEVER,
    Among,
    Batch,
    Column,
    Computed,
    Dates,
    Days,
    Linked,
    Many,
    Moment,
    One,
    Since,
    Text,
    Through,
    Type,
    Weights,
    Where,
    define,
    embed,
    hundredths,
    text,
    word,
)
from mockcentra.commerce import catalogue, plan_writing, subscriptions
from mockcentra.commerce.money import ratio
from mockcentra.commerce.pricing import price_of
from mockcentra.commerce.reference import reference_of
from mockcentra.store import graphql_reading as reading
from mockcentra.store import plan_writing as rows
from mockcentra.store import records
from mockcentra.store import subscriptions as contract_rows
from mockcentra.store.clock import local_date
from mockcentra.store.database import Row
from mockcentra.store.graphql_reading import Condition, Link

STATUSES = words.stored(words.STATUS)
SHIPPING = {"FREE": "FREE"}
STATES = {"active": "ACTIVE", "paused": "PAUSED", "cancelled": "CANCELLED"}
PAYMENTS = {"active": "ACTIVE", "pending": "INACTIVE", "failed": "FAILED"}
CONTRACT = "contract_id>subscription_contracts"
ITEMS = Link("subscription_plan_items", "subscription_plan_id", "display_item_id")


def _interval(kind: str, value: int) -> dict[str, Any]:
    return {"type": kind.upper(), "value": value}


# ------------------------------------------------------------------ what subscriptions cost


def _prices(run: Run, picked: list[tuple[Any, ...]]) -> list[tuple[int | None, int | None]]:
    """(what a piece costs in the subscription, what it costs without) for (item, pricelist, market, percent)."""
    found = catalogue.records(run.tx, [row[0] for row in picked])
    prices = []
    for item_id, pricelist_id, market_id, percent in picked:
        record = found.get(item_id)
        amount = None if record is None else price_of(record, market_id, pricelist_id, run.tx.now).amount
        prices.append((None if amount is None else ratio(amount, 10_000 - percent, 10_000), amount))
    return prices


_PRICED = ("display_item_id", f"{CONTRACT}.pricelist_id", f"{CONTRACT}.market_id", "percent")


def _lines(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[list[dict[str, Any]]]:
    prices = _prices(run, [row[:4] for row in picked])
    pricelists = reference_of(run.tx.store).pricelists
    answers = []
    for row, (now, alone) in zip(picked, prices, strict=True):
        currency = pricelists[row[1]].currency_id if row[1] in pricelists else None
        answers.append(
            [
                {
                    "__typename": "ProductSubscriptionLine",
                    "quantity": row[4],
                    "unitPrice": money(run, now or 0, currency),
                    "originalUnitPrice": money(run, alone or 0, currency),
                    "productSize": row[5],
                }
            ]
        )
    return answers


def _reasons(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[list[str]]:
    """Why somebody has to look after subscriptions: (item, pricelist, market, percent, shipping option, status)."""
    prices = _prices(run, [row[:4] for row in picked])
    answers = []
    for row, (amount, _) in zip(picked, prices, strict=True):
        reasons = []
        if row[5] != "cancelled":
            reasons = ["NOT_PURCHASABLE"] if amount is None else []
            reasons += ["NO_SHIPPING"] if row[4] is None else []
        answers.append(reasons)
    return answers


def _needs_attention(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[bool]:
    return [bool(reasons) for reasons in _reasons(run, arguments, picked)]


_LOOKED_AT = (*_PRICED, f"{CONTRACT}.shipping_option_id", "status")


def _payments(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[list[dict[str, Any]]]:
    methods = reference_of(run.tx.store).payment_methods
    return [
        [
            {
                "id": contract_id,
                "paymentMethod": methods[method_id].name,
                "created": created_at,
                "updated": updated_at,
                "status": PAYMENTS[status],
            }
        ]
        if method_id in methods
        else []
        for contract_id, method_id, status, created_at, updated_at in picked
    ]


class _Moment:
    """A moment of an embedded object, by the argument `format`."""

    def __init__(self, key: str) -> None:
        self.columns = (key,)

    def values(self, run: Run, field: Field, found: Any, weights: Weights) -> list[Any]:
        pattern = field.arguments(run).get("format") or DEFAULT_FORMAT
        return [shown(row[self.columns[0]], pattern) for row in found]


embed("SubscriptionPayment", {"createdAt": _Moment("created"), "updatedAt": _Moment("updated")})


def _address(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[Any]:
    empty = dict.fromkeys(("country", "state"))
    return [next((made for each in row if (made := address(run, each))), empty) for row in picked]


def _shared(path: str) -> dict[str, Any]:
    """The filters that contracts and subscriptions share; `path` leads to the contract."""
    return {
        "customerId": Among(f"{path}customer_id"),
        "email": Text(f"{path}customer_id>customers.email"),
        "marketId": Among(f"{path}market_id"),
        "originatingOrderId": Among(f"{path}order_id>orders.hash"),
        "pricelistId": Among(f"{path}pricelist_id"),
        "shippingOptionId": Among(f"{path}shipping_option_id"),
        "createdAt": Dates("created_at"),
        "updatedAt": Dates("updated_at"),
    }


def _in_need(run: Run, value: bool) -> Condition:
    """Subscriptions that somebody has to look after; there are few enough to look at all of them."""
    known = reading.listed(run.tx, "subscriptions", _LOOKED_AT, reading.Listing())
    needs = _needs_attention(run, {}, [tuple(row)[1:] for row in known])
    found = reading.among("id", [row[0] for row, need in zip(known, needs, strict=True) if need])
    return found if value else reading.negated(found)


define(
    Type(
        "SubscriptionPlan",
        "subscription_plans",
        fields={
            "name": Column("name"),
            "status": Column("status", word(words.STATUS)),
            "interval": Computed(_interval, "interval_type", "interval_value"),
            "internalComment": Column("internal_comment", text),
            "discount": Column("percent", hundredths),
            "createdAt": Since("created_at"),
            "updatedAt": Since("updated_at"),
            "displayItems": Through(ITEMS),
            "productVariants": Through(rows.VARIANTS_OF_PLANS),
            "store": One("store_id"),
            "shippingType": Column("shipping_type", lambda kind: SHIPPING.get(kind, "STANDARD")),
        },
        filters={
            "name": Text("name"),
            "status": Among("status", STATUSES),
            "productId": Linked(rows.PRODUCTS_OF_PLANS),
            "productVariantId": Linked(rows.VARIANTS_OF_PLANS),
            "storeId": Among("store_id"),
        },
        sorts={"naturalSort": "name"},
        store="store_id",
    ),
    Type(
        "SubscriptionContract",
        "subscription_contracts",
        fields={
            "createdAt": Moment("created_at"),
            "updatedAt": Moment("updated_at"),
            "customer": One("customer_id"),
            "market": One("market_id"),
            "pricelist": One("pricelist_id"),
            "originatingOrder": One("order_id"),
            "store": One("store_id"),
            "shippingAddress": Batch(_address, "shipping_address_json", "address_json"),
            "shippingOption": One("shipping_option_id"),
            "internalComment": Column("id", lambda _: None),
            "subscriptions": Many("contract_id"),
            "subscriptionPayment": EmbeddedList(
                _payments,
                {
                    "id": one_of("id"),
                    "createdAt": at_time("created"),
                    "updatedAt": at_time("updated"),
                    "paymentMethod": matching("paymentMethod"),
                    "status": one_of("status"),
                },
                {"id": "id", "createdAt": "created"},
                "id",
                "payment_method_id",
                "payment_status",
                "created_at",
                "updated_at",
            ),
            "paymentMethod": One("payment_method_id"),
        },
        filters=_shared(""),
        sorts={"createdAt": "created_at"},
        store="store_id",
    ),
    Type(
        "Subscription",
        "subscriptions",
        fields={
            "attentionReasons": Batch(_reasons, *_LOOKED_AT),
            "needsAttention": Batch(_needs_attention, *_LOOKED_AT),
            "interval": Computed(_interval, "interval_type", "interval_value"),
            "nextOrderDate": Moment("next_order_at"),
            "nextRetryDate": Column("id", lambda _: None),
            "tries": Column("id", lambda _: 0),
            "isWaitingForPayment": Column(f"{CONTRACT}.payment_status", lambda status: status == "pending"),
            "internalComment": Column("id", lambda _: None),
            "discount": Column("percent", hundredths),
            "createdAt": Moment("created_at"),
            "updatedAt": Moment("updated_at"),
            "contract": One("contract_id"),
            "orders": Through(rows.ORDERS_OF_SUBSCRIPTIONS),
            "status": Column("status", word(STATES)),
            "quantity": Column("quantity"),
            "lines": Batch(_lines, *_PRICED, "quantity", "product_size_id"),
            "subscriptionPlan": One("subscription_plan_id"),
        },
        filters={
            **_shared(f"{CONTRACT}."),
            "contractId": Among("contract_id"),
            "needsAttention": Where(_in_need),
            "nextOrderDate": Days("next_order_at"),
            "nextRetryDate": NEVER,
            "status": Among("status", words.stored(STATES)),
        },
        sorts={"createdAt": "created_at", "nextOrderDate": "next_order_at"},
        store=f"{CONTRACT}.store_id",
    ),
)


# ------------------------------------------------------------------ plans


def _plan(given: Input, is_new: bool) -> dict[str, Any]:
    """Columns that the input of a plan sets, with user errors for what cannot be."""
    columns: dict[str, Any] = {}
    if is_new or given.get("name") is not None:
        columns["name"] = given.required_text("name")
    if given.get("status") is not None:
        columns["status"] = given.status("subscription plan")
    interval = given.get("interval")
    if interval is not None:
        columns |= {"interval_type": interval["type"].lower(), "interval_value": interval["value"]}
    if given.get("discount") is not None:
        columns["percent"] = given.percent("discount")
    if given.get("shippingType") is not None:
        columns["shipping_type"] = "FREE" if given["shippingType"] == "FREE" else "DYNAMIC"
    if "internalComment" in given:
        columns["internal_comment"] = given["internalComment"] or ""
    return columns


@mutation("createSubscriptionPlan")
def create_subscription_plan(change: Change) -> dict[str, Any]:
    """A new plan; variants come with setSubscriptionPlanVariants."""
    given = change.input
    store_id = given.ref("store", "Store")
    columns = _plan(given, True)
    change.check()
    assert store_id is not None
    return {"subscriptionPlan": plan_writing.create(change.tx, store_id, **columns)}


@mutation("updateSubscriptionPlan")
def update_subscription_plan(change: Change) -> dict[str, Any]:
    """Changes a plan; what is subscribed already keeps its terms."""
    plan_id = change.target("SubscriptionPlan")
    columns = _plan(change.input, False)
    change.check()
    plan_writing.change(change.tx, plan_id, **columns)
    return {"subscriptionPlan": plan_id}


def _variants(change: Change) -> tuple[Row, list[int]]:
    """The plan and the variants that the input names. Raises Refusal."""
    given = change.input
    plan_id = given.ref("subscriptionPlan", "SubscriptionPlan")
    variant_ids = given.refs("productVariants", "ProductVariant")
    change.check()
    assert plan_id is not None
    row = records.get(change.tx, "subscription_plans", plan_id)
    assert row is not None
    return row, variant_ids


@mutation("setSubscriptionPlanVariants")
def set_subscription_plan_variants(change: Change) -> dict[str, Any]:
    """Offers variants in a plan; one that no display of the store shows yet has a warning, and follows later."""
    plan, variant_ids = _variants(change)
    for variant_id in plan_writing.set_variants(change.tx, plan["id"], plan["store_id"], variant_ids):
        change.input.warning(
            f"Product variant with id {variant_id} is on no display of the store yet",
            "productVariants",
            str(variant_ids.index(variant_id)),
        )
    return {"subscriptionPlan": plan["id"]}


@mutation("unsetSubscriptionPlanVariants")
def unset_subscription_plan_variants(change: Change) -> dict[str, Any]:
    """Variants that are not offered in a plan any more."""
    plan, variant_ids = _variants(change)
    plan_writing.unset_variants(change.tx, plan["id"], plan["store_id"], variant_ids)
    return {"subscriptionPlan": plan["id"]}


# ------------------------------------------------------------------ subscriptions


def _size(given: Input, variant_id: int) -> int | None:
    """The size of a variant that the input names, by its name, too."""
    value = given["size"]
    if value.get("name") is None:
        return given.ref("size", "Size")
    found = [
        row["size_id"] for row in rows.sizes_of_variants(given.run.tx, [variant_id]) if row["name"] == value["name"]
    ]
    if not found or len([each for each in value.values() if each is not None]) > 1:
        given.error(f"Could not find Size with ID {value['name']}", "size", "name")
        return None
    return found[0]


@mutation("createSubscription")
def create_subscription(change: Change) -> dict[str, Any]:
    """Another item in a contract, at the terms of a plan that it is in."""
    given = change.input
    contract_id = given.ref("contract", "SubscriptionContract")
    plan_id = given.ref("subscriptionPlan", "SubscriptionPlan")
    parts = given.parts("subscriptionItems")
    if len(parts) != 1:
        given.error("A subscription has one item", "subscriptionItems")
        change.check()
    variant_id = parts[0].ref("variant", "ProductVariant")
    size_id = _size(parts[0], variant_id) if variant_id is not None else None
    due = given.moment("nextOrderDate")
    change.check()
    assert contract_id is not None and plan_id is not None and variant_id is not None and size_id is not None
    item = rows.item_in_plan(change.tx, plan_id, variant_id, size_id)
    if item is None:
        parts[0].error("The plan is not for that variant and size", "variant")
    for name in ("unitPrice", "originalUnitPrice"):
        if given.get(name) is not None:
            given.warning(f"{name} follows from the pricelist and the plan", name)
    if parts[0].get("bundleSection") is not None:
        parts[0].warning("Items of subscriptions are no parts of bundles", "bundleSection")
    change.check()
    customer_id = rows.customer_of(change.tx, contract_id)
    assert item is not None and customer_id is not None and due is not None
    contract = subscriptions.add_subscription(
        change.tx,
        customer_id,
        contract_id,
        f"{item['display_item_id']}-{item['product_size_id']}",
        plan_id,
        local_date(due),
        given["quantity"],
    )
    subscription_id = max(each.id for each in contract.subscriptions)
    return {"subscription": subscription_id}


@mutation("updateSubscription")
def update_subscription(change: Change) -> dict[str, Any]:
    """Another quantity, plan or status, by the rules that hold for shoppers, too."""
    subscription_id = change.target("Subscription")
    given = change.input
    plan_id = given.ref("subscriptionPlan", "SubscriptionPlan")
    change.check()
    contract_id = contract_rows.contract_id_of(change.tx, subscription_id)
    assert contract_id is not None
    customer_id = rows.customer_of(change.tx, contract_id)
    assert customer_id is not None
    if given.get("quantity") is not None:
        subscriptions.change_quantity(change.tx, customer_id, contract_id, subscription_id, given["quantity"])
    if plan_id is not None:
        subscriptions.change_interval(change.tx, customer_id, subscription_id, plan_id)
    if given.get("status") is not None:
        subscriptions.change_status(change.tx, customer_id, subscription_id, given["status"].lower())
    return {"subscription": subscription_id}
