"""Shipments and returns as lists: states, pages, filters, what is in them."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.shopper import Shopper
from tests.warehouse import ZERO_DATE, Warehouse

STATES = ("inprogress", "goodtogo", "completed")


def every(api: Warehouse, state: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while len(page := api.get("shipments", status=state, limit=100, offset=len(found))) == 100:
        found += page
    return found + page


def test_states_divide_the_shipments(api: Warehouse) -> None:
    by_state = {state: [each["shipmentId"] for each in every(api, state)] for state in STATES}
    assert all(by_state.values())
    together = [number for numbers in by_state.values() for number in numbers]
    assert len(together) == len(set(together))
    assert [each["shipmentId"] for each in api.get("shipments")] == by_state["goodtogo"]


@pytest.mark.parametrize("state", STATES)
def test_oldest_first(api: Warehouse, state: str) -> None:
    dates = [each["shipmentDate"] for each in every(api, state)]
    assert dates == sorted(dates)


def test_what_an_order_and_its_shipment_have_in_common(api: Warehouse, configure: Callable[..., None]) -> None:
    configure(statuses=["processing", "completed", "archived"])
    for full in every(api, "completed")[:40]:
        order = api.order(full["orderId"])
        assert full["shipmentId"] in [short["shipmentId"] for short in order["shipments"]]
        short = next(short for short in order["shipments"] if short["shipmentId"] == full["shipmentId"])
        assert short["shippedDate"] != ZERO_DATE
        assert (short["trackingId"], short["carrier"]) == (full["trackingNumber"], full["defaultCarrier"])
        ordered = {row["lineId"]: row for row in order["products"]}
        for row in full["products"]:
            line = ordered[row["lineId"]]
            assert row["qty"] <= line["qty"]
            assert (row["ean"], row["price"], row["sku"]) == (line["ean"], line["price"], line["sku"])


def test_a_whole_shipment_costs_what_its_order_does(api: Warehouse) -> None:
    whole = 0
    for full in every(api, "completed"):
        (order,) = api.get("orders", order=full["orderId"]) or [None]
        if order is None or len(order["shipments"]) != 1:
            continue
        same = ("grandTotalValue", "grandTotalTaxValue", "shippingValue", "voucherValue", "taxAdded", "taxDeducted")
        if full["grandTotalValue"] == order["grandTotalValue"]:
            assert {key: full[key] for key in same} == pytest.approx({key: order[key] for key in same}, abs=0.01)
            assert full["taxBreakdown"] == order["taxBreakdown"]
            whole += 1
    assert whole > 30


def test_one_shipment_whatever_its_state(api: Warehouse) -> None:
    for state in STATES:
        wanted = api.get("shipments", status=state, limit=1)[0]
        for path in (f"shipments/{wanted['shipmentId']}", f"shipment/{wanted['shipmentId']}"):
            assert api.get(path) == [wanted]
        assert api.get(f"shipments/{wanted['shipmentId']}", status=state) == [wanted]
        other = next(each for each in STATES if each != state)
        assert api.get(f"shipments/{wanted['shipmentId']}", status=other) == []


@pytest.mark.parametrize("path", ["1001-99", "0-0", "abc", "1001-", "-1", "999999", "1001-1-1"])
def test_a_shipment_that_is_not_there_is_an_empty_list(api: Warehouse, path: str) -> None:
    assert api.ok("GET", f"shipments/{path}") == {"status": "ok", "shipments": []}


def test_filters(api: Warehouse) -> None:
    open_ones = api.get("shipments")
    one = open_ones[len(open_ones) // 2]
    assert one in api.get("shipments", order=one["orderId"])
    assert api.get("shipments", order=one["orderId"], status="completed") == [
        each for each in every(api, "completed") if each["orderId"] == one["orderId"]
    ]
    moment = one["shipmentDate"]
    assert one in api.get("shipments", newer_than=moment)
    assert one not in api.get("shipments", older_than=moment)
    assert api.get("shipments", limit=2, offset=1) == open_ones[1:3]


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ({"status": "sent"}, "status"),
        ({"status": "completed", "limit": 101}, "limit"),
        ({"status": "inprogress", "limit": 0}, "limit"),
        ({"limit": "x"}, "limit"),
        ({"newer_than": "x"}, "newer_than"),
        ({"order": "x"}, "order"),
    ],
)
def test_what_cannot_be_read_is_named(api: Warehouse, query: dict[str, Any], problem: str) -> None:
    assert api.refused("GET", "shipments", **query)["msg"] == {problem: "invalid value"}


def test_held_orders_hide_their_shipments(api: Warehouse, configure: Callable[..., None]) -> None:
    shown = {each["orderId"] for state in STATES for each in every(api, state)}
    configure(include_hold=True, include_waiting_for_payment=True, statuses=["pending", "confirmed"])
    assert shown <= {each["orderId"] for state in STATES for each in every(api, state)}


# ------------------------------------------------------------------ bundles


@pytest.fixture
def bundle(api: Warehouse, client: httpx.Client, buy: Callable[..., str]) -> dict[str, Any]:
    """An order of two fixed bundles, as it is listed."""
    shopper = Shopper(client).in_country("SE")
    product = shopper.ok("POST", "uri", {"uri": "weekend-set", "for": ["product"]})["product"]
    shopper.ok("POST", f"items/{product['items'][0]['item']}/quantity/2")
    return api.order(buy(shopper, fill=0))


def test_a_bundle_ships_as_one_row_or_as_its_items(
    api: Warehouse, configure: Callable[..., None], bundle: dict[str, Any]
) -> None:
    (row,) = bundle["products"]
    made = api.ok("POST", "shipments", {"order": bundle["orderId"], "products": {row["lineId"]: 1}})
    path = f"shipments/{made['shipment']}"
    (whole,) = api.get(path)[0]["products"]
    assert (whole["lineId"], whole["qty"], whole["isBundle"]) == (row["lineId"], 1, True)
    assert [item["qty"] for item in whole["bundle"]] == [item["qty"] // 2 for item in row["bundle"]]
    assert [item["lineId"] for item in whole["bundle"]] == [item["lineId"] for item in row["bundle"]]
    configure(bundles_in_shipments="only_containing_items")
    assert api.get(path)[0]["products"] == whole["bundle"]
    configure(bundles_in_shipments="only_bundles")
    (alone,) = api.get(path)[0]["products"]
    assert (alone["price"], alone["originalPrice"], "bundle" in alone) == (0, row["price"], False)
    configure(bundles_in_shipments="bundles_and_containing_items")
    assert api.get(path)[0]["products"] == [alone, *whole["bundle"]]


def test_part_of_a_bundle_ships_as_an_item(api: Warehouse, bundle: dict[str, Any]) -> None:
    item = bundle["products"][0]["bundle"][0]
    made = api.ok("POST", "shipments", {"order": bundle["orderId"], "products": {item["lineId"]: 1}})
    (row,) = api.get(f"shipments/{made['shipment']}")[0]["products"]
    assert (row["lineId"], row["qty"], row["isBundle"]) == (item["lineId"], 1, False)
    assert row["isPartOfBundle"] == item["isPartOfBundle"]


# ------------------------------------------------------------------ returns


@pytest.fixture
def returns(api: Warehouse) -> list[dict[str, Any]]:
    found = api.get("returns")
    assert len(found) >= 16
    return found


def test_returns_newest_first(returns: list[dict[str, Any]]) -> None:
    keys = [(each["date"], each["returnId"]) for each in returns]
    assert keys == sorted(keys, reverse=True)


def test_filters_of_returns(api: Warehouse, returns: list[dict[str, Any]]) -> None:
    one = returns[len(returns) // 2]
    for query in (
        {"return": one["returnId"]},
        {"shipment": one["shipment"]},
        {"order": one["orderId"]},
        {"selection": one["selectionId"]},
        {"customer_id": one["customerId"]},
    ):
        assert one in api.get("returns", **query)
    assert api.get("returns", **{"return": 999_999}) == []
    assert api.get("returns", shipment="nothing") == []
    assert one in api.get("returns", newer_than=one["date"])
    assert one not in api.get("returns", older_than=one["date"])


def test_pages_of_returns(api: Warehouse, returns: list[dict[str, Any]]) -> None:
    assert api.get("returns", limit=2, page=2) == returns[2:4]
    assert api.get("returns", limit=2, offset=1) == returns[1:3]
    assert api.get("returns", limit=2, page=2**52) == []


def test_rows_of_returns_lead_to_the_order(api: Warehouse, returns: list[dict[str, Any]]) -> None:
    for each in returns:
        for order in api.get("orders", order=each["orderId"]):
            lines = {row["lineId"]: row for row in order["products"]}
            for row in each["products"]:
                line = lines.get(str(row["orderLineId"]))
                if line is not None:
                    assert (row["ean"], row["price"], row["productName"]) == (line["ean"], line["price"], line["name"])
