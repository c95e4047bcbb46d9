"""What suppliers deliver: lists, accepting it in whole and in part, and the orders that wait for it."""

from typing import Any

import pytest

from tests.warehouse import Warehouse


def open_deliveries(api: Warehouse) -> list[dict[str, Any]]:
    return api.get("supplier-deliveries")


def contents(api: Warehouse, delivery: dict[str, Any]) -> list[dict[str, Any]]:
    return api.get(f"supplier-deliveries/{delivery['id']}")["products"]


def size_of(api: Warehouse, row: dict[str, Any]) -> int:
    return api.get("stock", ean=row["ean"])[0]["stockItemId"]


def test_orders_that_suppliers_have_confirmed(api: Warehouse):
    listed = api.get("supplier-orders")
    assert len(listed) == 6
    for each in listed:
        order = api.get(f"supplier-orders/{each['orderId']}")
        products = order.pop("products")
        assert order == each
        assert sum(row["quantity"] for row in products) == each["productsQty"]
        assert {row["costCurrency"] for row in products} <= {"EUR", "USD"}
    for number in ("507", "999", "abc"):
        assert api.refused("GET", f"supplier-orders/{number}")["msg"] == "supplier order does not exist"


def test_deliveries_to_the_warehouse_of_the_plugin(api: Warehouse, configure):
    found = open_deliveries(api)
    assert len(found) == 7
    for each in found:
        rows = contents(api, each)
        assert len({row["ean"] for row in rows}) == len(rows) >= 2
        assert all(row["quantity"] >= 2 for row in rows)
    assert api.get(f"supplier-delivery/{found[0]['deliveryId']}")["id"] == found[0]["id"]
    configure(supplier_delivery_warehouse=2)
    assert [each["orderId"] for each in open_deliveries(api)] == ["505"]
    assert api.refused("GET", f"supplier-deliveries/{found[0]['id']}")["msg"] == "delivery does not exist"


def test_everything_has_come(api: Warehouse):
    delivery = open_deliveries(api)[0]
    rows = contents(api, delivery)
    before = {row["ean"]: api.stock_of(size_of(api, row)) for row in rows}
    units = {row["sku"] + row["variantSku"] + row["sizeSku"]: row["quantity"] for row in rows}
    assert api.ok("POST", f"supplier-deliveries/{delivery['id']}/sku", {"products": units}) == {"status": "ok"}
    for row in rows:
        physical, allocated, available = before[row["ean"]]
        assert api.stock_of(size_of(api, row)) == (physical + row["quantity"], allocated, available + row["quantity"])
    again = api.refused("POST", f"supplier-deliveries/{delivery['id']}/sku", {"products": units})
    assert again["msg"] == "delivery is already accepted"
    assert api.refused("GET", f"supplier-deliveries/{delivery['id']}")["msg"] == "delivery does not exist"


def test_too_little_and_too_much(api: Warehouse):
    delivery = open_deliveries(api)[1]
    first, second, *others = contents(api, delivery)
    units = {first["ean"]: first["quantity"] + 5, second["ean"]: 1}
    rest = api.ok("POST", f"supplier-deliveries/{delivery['id']}", {"products": units})["additionalDelivery"]
    assert rest["productsQty"] == second["quantity"] - 1 + sum(row["quantity"] for row in others)
    assert rest["deliveryId"].startswith(f"{delivery['orderId']}-")
    assert rest["id"] in [each["id"] for each in open_deliveries(api)]
    assert {row["ean"]: row["quantity"] for row in contents(api, rest)}[second["ean"]] == second["quantity"] - 1


def test_nothing_goes_on_the_shelf(api: Warehouse):
    delivery = open_deliveries(api)[0]
    row = contents(api, delivery)[0]
    before = api.stock_of(size_of(api, row))
    body = {"products": {row["ean"]: row["quantity"]}, "insertStock": False}
    api.ok("POST", f"supplier-deliveries/{delivery['deliveryId']}", body)
    assert api.stock_of(size_of(api, row)) == before


def test_orders_that_wait_have_theirs_first(api: Warehouse):
    delivery = open_deliveries(api)[-1]
    waiting = api.get(f"supplier-deliveries/{delivery['id']}/details")["orders"]
    assert waiting
    order = waiting[0]
    assert order["accountName"]
    assert order["paymentTerms"]
    row = order["products"][0]
    shown = api.order(order["orderId"])
    line = next(each for each in shown["products"] if each["ean"] == row["ean"])
    assert sum(place["itemQty"] for place in line["warehouses"]) == 0
    _, allocated, _ = api.stock_of(size_of(api, row))
    api.ok("POST", f"supplier-deliveries/{delivery['id']}", {"products": {row["ean"]: row["quantity"]}})
    line = next(each for each in api.order(order["orderId"])["products"] if each["ean"] == row["ean"])
    assert sum(place["itemQty"] for place in line["warehouses"]) == row["quantity"]
    assert api.stock_of(size_of(api, row))[1] == allocated + row["quantity"]


@pytest.mark.parametrize(
    ("body", "msg"),
    [
        ({}, {"products": "required"}),
        ({"products": [1]}, {"products": "invalid value"}),
        ({"products": {"{ean}": "many"}}, {"products": "invalid value"}),
        ({"products": {"{ean}": -3}}, {"products": "invalid value"}),
        ({"products": {"{ean}": 1, "nope,1": 1}}, "Some of the products were not found"),
        ({"products": {"{ean}": 1}, "insertStock": "perhaps"}, {"insertStock": "invalid value"}),
    ],
)
def test_what_is_refused(api: Warehouse, body: dict[str, Any], msg: Any):
    delivery = open_deliveries(api)[0]
    row = contents(api, delivery)[0]
    if isinstance(body.get("products"), dict):
        body = {**body, "products": {key.format(ean=row["ean"]): value for key, value in body["products"].items()}}
    before = api.stock_of(size_of(api, row))
    refused = api.refused("POST", f"supplier-deliveries/{delivery['id']}", body)
    assert refused["msg"] == msg
    if "errors" in refused:
        assert refused["errors"] == {"productsNotFound": ["nope,1"]}
    assert (api.stock_of(size_of(api, row)), open_deliveries(api)[0]) == (before, delivery)
    assert api.refused("POST", "supplier-deliveries/999", {"products": {"1": 1}})["msg"] == "delivery does not exist"
