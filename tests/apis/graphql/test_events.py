"""Integrations that listen to what changes, whoever changes it (section 10)."""

from typing import Any

import httpx

from tests.apis.graphql.conftest import Integration
from tests.shopper import Shopper, address, payment

LISTENERS = "eventListeners { objectType changeTypes integrationName createdAt updatedAt }"
EVENTS = "{ events(limit: 200) { id objectType changeType objectReference store { id } object { __typename } } }"


def events(erp: Integration) -> list[dict[str, Any]]:
    return erp.ask(EVENTS)["events"]


def pairs(erp: Integration) -> list[tuple[str, str]]:
    return [(each["objectType"], each["changeType"]) for each in events(erp)]


def brand(erp: Integration, name: str) -> int:
    return erp.change("createBrand", "brand { id }", input={"name": name})["brand"]["id"]


def test_only_what_is_listened_to_is_queued(erp: Integration) -> None:
    brand(erp, "Before")
    erp.change("setEventListeners", LISTENERS, input=[{"objectType": "Brand", "changeTypes": ["CREATED"]}])
    assert events(erp) == []
    brand_id = brand(erp, "After")
    erp.change("updateBrand", id=brand_id, input={"name": "Later"})
    assert pairs(erp) == [("Brand", "CREATED")]
    event = events(erp)[0]
    assert event["objectReference"] == brand_id
    assert event["object"] == {"__typename": "Brand"}


def test_listeners_add_up_and_are_taken_from(erp: Integration) -> None:
    erp.change("setEventListeners", LISTENERS, input=[{"objectType": "Order", "changeTypes": ["CREATED"]}])
    both = [{"objectType": "Order", "changeTypes": ["DELETED"]}, {"objectType": "Brand"}]
    for _ in range(2):
        made = erp.change("setEventListeners", LISTENERS, input=both)["eventListeners"]
        assert made[0]["changeTypes"] == ["CREATED", "DELETED"]
        assert len(made[1]["changeTypes"]) == 5
    gone = [{"objectType": "Order", "changeTypes": ["CREATED"]}, {"objectType": "Brand"}]
    left = erp.change("unsetEventListeners", LISTENERS, input=gone)["eventListeners"]
    assert [(each["objectType"], each["changeTypes"]) for each in left] == [("Order", ["DELETED"])]
    found = erp.ask("{ eventListeners(where: {objectType: [Order, Brand]}) { objectType integrationName } }")
    assert found["eventListeners"] == [{"objectType": "Order", "integrationName": "ERP"}]


def test_confirmed_events_are_gone_and_unknown_ones_warned_of(erp: Integration) -> None:
    erp.change("setEventListeners", input=[{"objectType": "Brand"}])
    brand(erp, "One")
    brand(erp, "Two")
    first, second = events(erp)
    payload = erp.change("confirmEvents", "events { id }", input={"eventsIds": [first["id"], 999999]})
    assert payload["events"] == [{"id": first["id"]}]
    assert payload["userWarnings"][0]["path"] == ["input", "eventsIds", "1"]
    assert [each["id"] for each in events(erp)] == [second["id"]]


def test_integrations_have_queues_of_their_own(erp: Integration) -> None:
    other = erp.with_token("Event:read", "Event:write", "Store:read", "Brand:read", name="another")
    erp.change("setEventListeners", input=[{"objectType": "Brand"}])
    brand(erp, "Mine")
    assert events(other) == []
    other.change("setEventListeners", input=[{"objectType": "Brand"}])
    brand(erp, "Ours")
    assert len(events(erp)) == 2
    assert len(events(other)) == 1
    other.change("unsetEventListeners", input=[{"objectType": "Brand"}])
    assert events(other) == []
    assert len(events(erp)) == 2


def test_what_depends_on_a_change_hears_of_it(erp: Integration) -> None:
    kinds = ("Product", "ProductVariant", "Display", "ProductSize", "StockChange")
    erp.change("setEventListeners", input=[{"objectType": kind} for kind in kinds])
    erp.change("updateProduct", id=1, input={"name": "Another name"})
    told = set(pairs(erp))
    assert ("Product", "UPDATED") in told
    assert ("ProductVariant", "DEPENDENT_DATA_CHANGED") in told
    assert ("Display", "DEPENDENT_DATA_CHANGED") in told
    assert ("Product", "DEPENDENT_DATA_CHANGED") not in told


def test_a_refused_or_idle_mutation_tells_nothing(erp: Integration) -> None:
    erp.change("setEventListeners", input=[{"objectType": "Order"}, {"objectType": "Customer"}])
    order = erp.ask("{ orders(where: {status: [SHIPPED]}, limit: 1) { number isLocked } }")["orders"][0]
    erp.refused("confirmOrder", input={"order": {"number": order["number"]}})
    erp.change("setOrdersLock", input={"orders": [{"number": order["number"]}], "isLocked": order["isLocked"]})
    assert events(erp) == []


def test_a_token_hears_of_its_stores_only(erp: Integration) -> None:
    retail = erp.called("mock-graphql-dtc-only")
    retail.change("setEventListeners", input=[{"objectType": "Order"}])
    document = "query ($type: StoreType) { orders(where: {storeType: $type}, limit: 1) { number isLocked } }"
    for kind in ("WHOLESALE", "DIRECT_TO_CONSUMER"):
        order = erp.ask(document, type=kind)["orders"][0]
        wanted = {"orders": [{"number": order["number"]}], "isLocked": not order["isLocked"]}
        erp.change("setOrdersLock", input=wanted)
    assert len(events(retail)) == 1


def test_deleted_objects_are_told_without_the_object(erp: Integration) -> None:
    erp.change("setEventListeners", input=[{"objectType": "Customer"}])
    wanted = {
        "store": {"id": 1}, "status": "ACTIVE", "password": "correct horse", "billingAddress": {"email": "x@example.com"}
    }  # fmt: skip
    made = erp.change("createCustomer", "customer { id }", input=wanted)["customer"]
    erp.change("deleteCustomer", id=made["id"])
    assert pairs(erp) == [("Customer", "CREATED"), ("Customer", "DELETED")]
    assert [each["object"] for each in events(erp)] == [None, None]
    assert [each["store"] for each in events(erp)] == [{"id": 1}] * 2


def test_what_is_gone_is_told_to_those_of_its_store(erp: Integration) -> None:
    retail = erp.called("mock-graphql-dtc-only")
    retail.change("setEventListeners", input=[{"objectType": kind} for kind in ("Account", "Pricelist", "Shipment")])
    wanted = {"status": "ACTIVE", "name": "Kiosk", "market": {"id": 7}, "pricelist": {"id": 7}}
    account = erp.change("createAccount", "account { id }", input=wanted)["account"]
    erp.change("deleteAccount", id=account["id"])
    assert events(retail) == []
    listed = {"name": "Sale", "status": "ACTIVE", "currencyIsoCode": "SEK", "store": {"id": 1}}
    pricelist = erp.change("createPricelist", "pricelist { id }", input=listed)["pricelist"]
    erp.change("deletePricelist", id=pricelist["id"])
    for kind in ("DIRECT_TO_CONSUMER", "WHOLESALE"):
        erp.change("deleteShipment", id=parcel(erp, kind, isPaid=False)["id"])
    told = [(each["objectType"], each["changeType"], each["store"]) for each in events(retail)]
    assert told == [
        ("Pricelist", "CREATED", {"id": 1}),
        ("Pricelist", "DELETED", {"id": 1}),
        ("Shipment", "CREATED", {"id": 1}),
        ("Shipment", "DELETED", {"id": 1}),
    ]


def parcel(erp: Integration, kind: str = "DIRECT_TO_CONSUMER", **parts: Any) -> dict[str, Any]:
    """A shipment of all of an order that has none, good to go and paid."""
    open_orders = (
        "query ($kind: StoreType) { orders(where: {storeType: $kind, status: CONFIRMED, isOnHold: false}, limit: 1)"
        " { number lines { id quantity } } }"
    )
    (order,) = erp.ask(open_orders, kind=kind)["orders"]
    lines = [{"orderLine": {"id": line["id"]}, "quantity": line["quantity"]} for line in order["lines"]]
    wanted = {
        "order": {"number": order["number"]},
        "lines": lines,
        "isGoodToGo": True,
        "isPaid": True,
        "allocateDemand": True,
        **parts,
    }
    return erp.change("createShipment", "shipment { id lines { id } order { number } }", input=wanted)["shipment"]


def test_a_return_is_told_to_its_order_and_its_shipment_all_its_life(erp: Integration) -> None:
    shipment = parcel(erp)
    erp.change("completeShipment", id=shipment["id"], input={"shippedAt": "now"})
    erp.change("setEventListeners", input=[{"objectType": kind} for kind in ("Return", "Order", "Shipment")])
    wanted = {
        "shipment": {"id": shipment["id"]},
        "lines": [{"shipmentLine": {"id": shipment["lines"][0]["id"]}, "quantity": 1}],
        "returnStockActionPolicy": {"releaseItemsBackToWarehouse": True},
    }
    made = erp.change("createReturn", "return { id }", input=wanted)["return"]
    erp.change("completeReturn", id=made["id"], input={"sendEmail": False})
    erp.change("uncompleteReturn", id=made["id"])
    erp.change("deleteReturn", id=made["id"])
    depend = [("Order", "DEPENDENT_DATA_CHANGED"), ("Shipment", "DEPENDENT_DATA_CHANGED")]
    steps = ["CREATED", "COMPLETED", "UPDATED", "DELETED"]
    assert pairs(erp) == [pair for step in steps for pair in [("Return", step), *depend]]
    of_orders = erp.ask("{ events(where: {objectType: Order}) { objectReference } }")["events"]
    assert of_orders == [{"objectReference": shipment["order"]["number"]}] * 4


def test_pictures_are_told_to_what_shows_them(erp: Integration) -> None:
    erp.change("setEventListeners", input=[{"objectType": kind} for kind in ("ProductMedia", *SHOWING)])
    wanted = {"productMedia": [{"productId": 1, "variantId": 2, "url": "https://pictures.example.com/front.jpg"}]}
    erp.change("createMediaBatch", "queueId", input=wanted)
    told = [(each["objectType"], each["objectReference"]) for each in events(erp) if each["objectType"] in SHOWING]
    of_product = erp.ask("{ product(id: 1) { displays { id } } }")["product"]["displays"]
    assert told == [("Product", 1), ("ProductVariant", 2), *(("Display", each["id"]) for each in of_product)]
    newest = erp.ask("{ product(id: 1) { media(sort: id_DESC, limit: 1) { id } } }")["product"]["media"][0]
    erp.change("deleteProductMedia", id=newest["id"])
    assert pairs(erp).count(("ProductMedia", "DELETED")) == 1
    assert {kind for kind, change in pairs(erp)[len(told) + 1 :] if change == "DEPENDENT_DATA_CHANGED"} == set(SHOWING)


SHOWING = ("Product", "ProductVariant", "Display")


def test_lists_of_the_shop_and_shared_values_are_told_of(erp: Integration, client: httpx.Client) -> None:
    erp.change(
        "setEventListeners", input=[{"objectType": kind} for kind in ("NewsletterSubscription", "MappedAttribute")]
    )
    body = {"email": "reader@example.com", "country": "SE"}
    for _ in range(2):
        assert client.post("/api/checkout/newsletter-subscription", json=body).status_code == 201
    wanted = {"attributeTypeName": "pr_materials", "name": "Hemp"}
    erp.change("createAttribute", input=wanted)
    assert pairs(erp) == [
        ("NewsletterSubscription", "CREATED"),
        ("NewsletterSubscription", "UPDATED"),
        ("MappedAttribute", "CREATED"),
    ]
    assert [each["object"]["__typename"] for each in events(erp)][::2] == ["NewsletterSubscription", "MappedAttribute"]


def test_payments_mails_and_histories_are_told_of(erp: Integration, client: httpx.Client) -> None:
    kinds = ("PaymentHistoryEntry", "OrderHistoryEntry", "EmailHistoryEntry", "Shipment")
    shipment = parcel(erp, isPaid=False)
    erp.change("setEventListeners", input=[{"objectType": kind, "changeTypes": ["CREATED"]} for kind in kinds])
    assert events(erp) == []
    entry = "paymentHistoryEntry { id }"
    captured = erp.change("captureShipment", entry, id=shipment["id"])["paymentHistoryEntry"]
    asked = client.post("/api/checkout/password-reset-email/anna.demo@example.com", json={"linkUri": "reset"})
    assert asked.status_code in (200, 201)
    told = events(erp)
    (paid,) = [each for each in told if each["objectType"] == "PaymentHistoryEntry"]
    assert (paid["objectReference"], paid["store"]) == (captured["id"], {"id": 1})
    assert {each["object"]["__typename"] for each in told} == {
        "PaymentHistoryEntry", "DirectToConsumerOrderHistoryEntry", "DirectToConsumerEmailHistoryEntry"
    }  # fmt: skip
    assert events(erp) == told


def test_an_object_is_shown_to_who_may_read_it(erp: Integration) -> None:
    """Whoever hears of a change does not for that reason see what changed."""
    listener = erp.with_token("Event:read", "Event:write", "Brand:read", name="a listener")
    listener.change("setEventListeners", input=[{"objectType": "Brand"}, {"objectType": "Order"}])
    brand(erp, "Seen")
    erp.change("setOrdersLock", input={"orders": [{"number": 1050}], "isLocked": True})
    body = listener.body("{ events { objectReference object { __typename ... on Order { number } } } }")
    assert [(each["objectReference"], each["object"]) for each in body["data"]["events"]] == [
        (5, {"__typename": "Brand"}),
        (1050, None),
    ]
    (error,) = body["errors"]
    assert error["message"] == "You need Order:read permission to access object."
    assert error["path"] == ["events", 1, "object"]
    assert body["extensions"]["permissionsUsed"] == ["Event:read", "Brand:read", "Order:read"]


def test_what_a_shopper_subscribes_to_is_told_of(erp: Integration, client: httpx.Client) -> None:
    erp.change("setEventListeners", input=[{"objectType": kind} for kind in ("Subscription", "SubscriptionContract")])
    shopper = Shopper(client).in_country("SE")
    buyer = address("SE")
    shopper.ok("POST", "/register", {**buyer, "password": "a long password"})
    plan = erp.ask("{ subscriptionPlans(limit: 1) { id displayItems { id productVariant { productSizes { id } } } } }")
    (offer,) = plan["subscriptionPlans"]
    item = offer["displayItems"][0]
    sold = f"{item['id']}-{item['productVariant']['productSizes'][0]['id']}"
    shopper.ok("POST", f"/items/{sold}", {"subscriptionPlan": offer["id"]})
    shopper.ok("POST", "/payment", payment("SE", address=buyer))
    assert pairs(erp) == [("SubscriptionContract", "CREATED"), ("Subscription", "CREATED")]
    reference = events(erp)[1]["objectReference"]
    newest = "{ subscriptions(sort: id_DESC, limit: 1) { id contract { customer { email } } } }"
    owner = {"customer": {"email": buyer["email"]}}
    assert erp.ask(newest)["subscriptions"] == [{"id": reference, "contract": owner}]
    erp.change("updateSubscription", id=reference, input={"status": "PAUSED"})
    assert pairs(erp)[2:] == [("Subscription", "UPDATED"), ("SubscriptionContract", "UPDATED")]
