"""Warehouses that are asked: some check first, some must confirm; what they answer, and what happens if they do not."""

from typing import Any

import httpx
import pytest

from tests.warehouse import Warehouse

SHOPS = "Ship from store"
BERLIN, FLAGSHIP = 5, 4


@pytest.fixture
def goods(api: Warehouse) -> list[dict[str, Any]]:
    """Stock rows of everything that is for sale in SEK, some of which lies in the shops, too."""
    stock = {row["stockItemId"]: row for row in api.get("stock", market=1)}
    return [
        stock[row["stockItemId"]]
        for row in api.get("products", market=1)
        if row["stockItemId"] in stock and any(price["id"] == "1" for price in row["prices"])
    ]


def pending(api: Warehouse, order: dict[str, Any], **query: Any) -> list[dict[str, Any]]:
    return api.get("allocation-requests", order=order["orderId"], **query)


def order_from_shops(api: Warehouse, rows: list[dict[str, Any]], quantity: int = 1) -> dict[str, Any]:
    """An order of the first thing that Berlin can send."""
    for row in rows:
        body = api.order_of([(row, quantity, {"unitPrice": 50})], warehouseGroup=SHOPS)
        answer = api.answered("POST", "order", body)
        if answer["status"] == "ok":
            order = api.order(answer["orders"][0])
            if pending(api, order):
                return order
    raise AssertionError("nothing lies in Berlin")


def places(api: Warehouse, order: dict[str, Any]) -> dict[str, int]:
    return {place["name"]: place["itemQty"] for place in api.order(order["orderId"])["products"][0]["warehouses"]}


# ------------------------------------------------------------------ confirm


def test_a_shop_confirms_what_it_was_given(api: Warehouse, goods: list[dict[str, Any]]):
    order = order_from_shops(api, goods)
    (request,) = pending(api, order)
    assert (request["status"], request["warehouseId"], request["warehouseName"]) == ("sent", BERLIN, "Partner Berlin")
    assert request["order"] == {"id": order["selectionId"], "number": int(order["orderId"])}
    assert [line["lineId"] for line in request["lines"]] == [int(order["products"][0]["lineId"])]
    body = {"order": order["orderId"], "products": {order["products"][0]["lineId"]: 1}}
    assert api.refused("POST", "shipments", body)["msg"] == "failed to allocate stock", "it has yet to confirm"
    assert api.answered("PUT", "allocation-request", {"id": request["id"], "status": "confirmed"})["success"]
    api.send_parcel(order)
    assert api.order(order["orderId"])["orderStatus"] == "completed"


def test_what_a_shop_rejects_moves_on(api: Warehouse, goods: list[dict[str, Any]]):
    order = order_from_shops(api, goods)
    (request,) = pending(api, order)
    assert places(api, order) == {"Partner Berlin": 1}
    assert api.answered("PUT", "allocation-request", {"id": request["id"], "status": "rejected"})["success"]
    assert places(api, order) == {}, "the next one checks first"
    assert pending(api, order) == []
    assert [each["status"] for each in pending(api, order, status="all")] == ["rejected"]
    api.ok("POST", "check-first", {"orderNumber": order["orderId"], "warehouseId": FLAGSHIP, "accepted": True})
    assert places(api, order) == {"Flagship Stockholm": 1}


def test_a_shop_that_does_not_answer_may_still_do_so_later(
    api: Warehouse, client: httpx.Client, goods: list[dict[str, Any]]
):
    order = order_from_shops(api, goods)
    (request,) = pending(api, order)
    client.post("/_mock/clock/advance", json={"seconds": 25 * 3600}).raise_for_status()
    (request,) = pending(api, order)
    assert request["status"] == "timed-out"
    assert places(api, order) == {}
    assert api.answered("PUT", "allocation-request", {"id": request["id"], "status": "confirmed"})["success"]
    assert places(api, order) == {"Partner Berlin": 1}


def test_requests_in_every_state(api: Warehouse):
    found = api.get("allocation-requests", status="all")
    states = [each["status"] for each in found]
    assert {state: states.count(state) for state in states} == {
        "sent": 4, "allocated": 2, "failed": 1, "timed-out": 1, "confirmed": 2, "rejected": 2, "outdated": 1,
    }  # fmt: skip
    assert len(api.get("allocation-requests")) == 8
    assert len(api.get("allocation-requests", status="sent,failed")) == 5
    assert api.get("allocation-requests", warehouse=FLAGSHIP) == []
    assert api.get("allocation-requests", page=2) == []
    final = [each for each in found if each["status"] in ("confirmed", "rejected", "outdated")]
    for each in final:
        refused = api.answered("PUT", "allocation-request", {"id": each["id"], "status": "confirmed"})
        assert refused["errorMessages"] == [
            f"You can't update allocation request, which is in status {each['status']}."
        ]


@pytest.mark.parametrize(
    ("body", "messages"),
    [
        ({"status": "confirmed"}, {"id": "required"}),
        ({"id": "x", "status": "confirmed"}, {"id": "invalid value"}),
        ({"id": 1}, {"status": "invalid value, expected 'confirmed' or 'rejected'"}),
        ({"id": 99999999, "status": "rejected"}, ["Allocation request not found"]),
    ],
)
def test_answers_that_make_no_sense(api: Warehouse, body: dict[str, Any], messages: Any):
    assert api.answered("PUT", "allocation-request", body) == {"success": False, "errorMessages": messages}


def test_filters_that_make_no_sense(api: Warehouse):
    refused = api.answered("GET", "allocation-requests", status="wrong,sent")
    assert refused == {
        "status": "no",
        "errorMessages": {
            "status": 'Expected "status" to be a single or a comma-separated list of request statuses, or "all",'
            ' got "wrong,sent"'
        },
    }
    assert api.refused("GET", "allocation-requests", page="0")["msg"] == {"page": "invalid value"}


# ------------------------------------------------------------------ check first


def checked(api: Warehouse, accepted: bool) -> dict[str, Any]:
    for order in api.all_orders():
        if order["orderStatus"] == "processing":
            body = {"orderNumber": order["orderId"], "warehouseId": FLAGSHIP, "accepted": accepted}
            if api.answered("POST", "check-first", body)["status"] == "ok":
                return api.order(order["orderId"])
    raise AssertionError("no order waits for the flagship")


def test_the_flagship_accepts(api: Warehouse):
    order = checked(api, True)
    assert order["products"][1]["warehouses"] == [{"name": "Flagship Stockholm", "itemQty": 1}]
    again = {"orderNumber": order["orderId"], "warehouseId": FLAGSHIP, "accepted": False}
    assert api.refused("POST", "check-first", again)["msg"] == "failed to allocate stock"


def test_the_flagship_rejects_and_the_order_is_allocated_as_usual(api: Warehouse):
    order = checked(api, False)
    assert order["products"][1]["warehouses"] == [{"name": "Borås DC", "itemQty": 1}]
    again = {"orderNumber": order["orderId"], "warehouseId": FLAGSHIP, "accepted": True}
    assert api.refused("POST", "check-first", again)["msg"] == "failed to allocate stock"


def test_a_warehouse_that_was_never_asked(api: Warehouse):
    order = api.place(1)
    body = {"orderNumber": order["orderId"], "warehouseId": FLAGSHIP, "accepted": True}
    assert api.refused("POST", "check-first", body)["msg"] == {"warehouseId": "invalid value"}
    assert api.refused("POST", "check-first", {})["msg"] == dict.fromkeys(body, "required")
