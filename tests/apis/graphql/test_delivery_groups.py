"""Orders that are delivered in parts: how a warehouse ships them, and what of them is cancelled or made cheaper."""

from typing import Any

import pytest

from mockcentra.commerce.settings import change_settings
from mockcentra.store import Store
from tests.apis.graphql.conftest import Integration
from tests.shopper import Shopper, payment

ORDER = """query ($number: Int!) { order(number: $number) { number status grandTotal { value } totals { shipping { value } }
  lines { id quantity } shipments { number ... on DirectToConsumerShipment { deliveryGroup { id } } }
  ... on DirectToConsumerOrder { deliveryGroups { id externalDeliveryGroupId name shippingPrice { value }
    order { number } shippingPriceGroup { shippingOption { uri } } attributes { type { name } }
    lines { quantity cancelledQuantity orderLine { id } } } } } }"""
RELEASE = {"releaseItemsBackToWarehouse": True}


def order_of(erp: Integration, number: int) -> dict[str, Any]:
    return erp.ask(ORDER, number=number)["order"]


@pytest.fixture
def split(erp: Integration) -> dict[str, Any]:
    """The seeded order that waits to be delivered in two parts."""
    orders = erp.ask(
        "{ orders(where: {status: CONFIRMED}, limit: 200) { number"
        " ... on DirectToConsumerOrder { deliveryGroups { id } } } }"
    )["orders"]
    (number,) = (each["number"] for each in orders if each.get("deliveryGroups"))
    return order_of(erp, number)


def test_each_part_is_a_shipment_with_its_own_price(erp: Integration, split: dict[str, Any]) -> None:
    first, second = split["deliveryGroups"]
    assert first["order"] == {"number": split["number"]} and first["attributes"] == []
    prices = [group["shippingPrice"]["value"] for group in split["deliveryGroups"]]
    assert sum(prices) == split["totals"]["shipping"]["value"]
    sent = []
    for group in (first, second):
        made = erp.change(
            "createShipment",
            "shipment { totals { shipping { value } quantity } lines { quantity orderLine { id } }"
            " ... on DirectToConsumerShipment { deliveryGroup { id } } }",
            input={"order": {"number": split["number"]}, "deliveryGroup": {"id": group["id"]}, "capture": True},
        )["shipment"]
        assert made["deliveryGroup"] == {"id": group["id"]}
        assert made["totals"]["shipping"] == group["shippingPrice"]
        assert made["lines"] == [
            {"quantity": line["quantity"], "orderLine": line["orderLine"]} for line in group["lines"]
        ]
        sent.append(made)
    again = {"order": {"number": split["number"]}, "deliveryGroup": {"id": first["id"]}}
    (error,) = erp.refused("createShipment", input=again)
    assert error["path"] == ["input", "deliveryGroup"]
    assert all(line["quantity"] for line in order_of(erp, split["number"])["lines"])


def test_a_part_is_shipped_as_a_whole_and_only_with_its_order(erp: Integration, split: dict[str, Any]) -> None:
    group = split["deliveryGroups"][0]
    line = {"orderLine": {"id": split["lines"][0]["id"]}, "quantity": 1}
    both = {"order": {"number": split["number"]}, "deliveryGroup": {"id": group["id"]}, "lines": [line]}
    assert [error["path"] for error in erp.refused("createShipment", input=both)] == [["input", "lines"]]
    stranger = {"order": {"number": split["number"]}, "deliveryGroup": {"id": 1}}
    assert [error["path"] for error in erp.refused("createShipment", input=stranger)] == [["input", "deliveryGroup"]]
    assert order_of(erp, split["number"]) == split


def test_the_delivery_of_a_part_gets_cheaper_and_the_order_with_it(erp: Integration, split: dict[str, Any]) -> None:
    first, second = split["deliveryGroups"]
    whole = {"value": 0, "currencyIsoCode": "SEK"}
    order = {"number": split["number"]}
    assert erp.refused("updateDirectToConsumerOrder", order=order, input={"shippingCost": whole})
    dearer = {"value": first["shippingPrice"]["value"] + 1, "currencyIsoCode": "SEK"}
    assert erp.refused("updateDeliveryGroup", id=first["id"], input={"shippingCost": dearer})
    assert order_of(erp, split["number"]) == split
    changed = erp.change(
        "updateDeliveryGroup",
        "deliveryGroup { shippingPrice { value } order { grandTotal { value } totals { shipping { value } } } }",
        id=first["id"],
        input={"shippingCost": whole},
    )["deliveryGroup"]
    assert changed["shippingPrice"] == {"value": 0}
    assert changed["order"]["totals"]["shipping"] == second["shippingPrice"]
    before = split["grandTotal"]["value"]
    assert changed["order"]["grandTotal"]["value"] == pytest.approx(before - first["shippingPrice"]["value"])
    assert erp.refused("updateDeliveryGroup", id=999_999, input={"shippingCost": whole})


def test_what_is_cancelled_leaves_its_part(erp: Integration, split: dict[str, Any]) -> None:
    first, second = split["deliveryGroups"]
    (line, *_) = first["lines"]
    cancelled = {"line": line["orderLine"], "quantity": line["quantity"], "stockActionPolicy": RELEASE}
    order = {"number": split["number"]}
    wrong = {"cancelLines": [{**cancelled, "deliveryGroup": {"id": second["id"]}}]}
    assert erp.refused("updateDirectToConsumerOrder", order=order, input=wrong)
    assert order_of(erp, split["number"]) == split
    right = {"cancelLines": [{**cancelled, "deliveryGroup": {"id": first["id"]}}]}
    erp.change("updateDirectToConsumerOrder", order=order, input=right)
    group = order_of(erp, split["number"])["deliveryGroups"][0]
    assert group["lines"][0] == {"quantity": 0, "cancelledQuantity": line["quantity"], "orderLine": line["orderLine"]}


def test_a_shop_that_delivers_from_two_warehouses(erp: Integration, store: Store, client: Any) -> None:
    with store.transaction() as tx:
        change_settings(tx, {"store.delivery_groups": True})
    shopper = Shopper(client).in_country("SE")
    sizes = [int(item["item"].split("-")[1]) for item in shopper.fill(2)["items"]]
    names = ["Borås DC", "Rotterdam DC"]
    warehouses = {each["name"]: each["id"] for each in erp.ask("{ warehouses(limit: 50) { id name } }")["warehouses"]}
    for name, warehouse_id in warehouses.items():
        levels = [
            {"productSize": {"id": size}, "quantity": 50 if names[n] == name else 0} for n, size in enumerate(sizes)
        ]
        given = {"warehouse": {"id": warehouse_id}, "description": "Counted", "productSizes": levels}
        erp.change("setStock", input={**given, "stockQuantityType": "FREE_TO_ALLOCATE"})
    number = int(shopper.ok("POST", "payment", payment())["order"]["order"])
    groups = order_of(erp, number)["deliveryGroups"]
    assert sorted(group["name"] for group in groups) == names
    assert [len(group["lines"]) for group in groups] == [1, 1]
