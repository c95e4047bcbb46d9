"""Integrations that listen to what changes, whoever changes it (section 10)."""

from typing import Any

from tests.apis.graphql.conftest import Integration

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
    other = erp.with_token("Event:read", "Event:write", "Store:read", name="another")
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
