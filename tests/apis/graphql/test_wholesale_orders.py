"""An ERP that works on the orders of accounts: changed, shipped on invoice, paid, returned, cancelled."""

import pytest

from tests.apis.graphql.conftest import Integration
from tests.apis.graphql.test_orders import LINES, ORDER, adds_up, again, picked, shipped


def test_an_order_of_an_account_is_changed(erp: Integration) -> None:
    order = picked(erp, "CONFIRMED", store_type="WHOLESALE")
    number, line = {"number": order["number"]}, order["lines"][0]
    currency = order["grandTotal"]["currency"]["code"]
    window = erp.ask("{ deliveryWindows(where: {status: [ACTIVE]}, limit: 1) { id } }")["deliveryWindows"][0]
    added = {
        "display": line["display"], "productSize": line["productSize"], "quantity": 3, "deliveryWindow": window,
        "unitPrice": {"value": 20, "currencyIsoCode": currency}, "discountValue": {"percent": 10}, "comment": "samples",
    }  # fmt: skip
    told = {
        "buyerInfo": {"firstName": "Maja", "lastName": "F", "email": "maja@example.com"},
        "billingAddress": {"vatNumber": "SE1"}, "addLines": [added], "externalId": "W-1",
    }  # fmt: skip
    fields = f"order {{ {ORDER} buyerInfo {{ email }} billingAddress {{ vatNumber }} deliveryWindows {{ id }} }}"
    made = erp.change("updateWholesaleOrder", fields, order=number, input=told)["order"]
    adds_up(made)
    assert made["buyerInfo"] == {"email": "maja@example.com"}
    assert made["billingAddress"] == {"vatNumber": "SE1"}
    assert window in made["deliveryWindows"]
    new = made["lines"][-1]
    assert (new["quantity"], new["discountPercent"], new["hasAnyDiscount"]) == (3, 10, True)
    assert erp.ask('{ order(externalId: "W-1") { number } }')["order"] == number


def test_a_shipment_is_paid_by_hand_and_its_order_is_done(erp: Integration) -> None:
    order = picked(erp, "CONFIRMED", store_type="WHOLESALE")
    shipment = shipped(erp, order)
    assert shipment["isPaid"] is False
    assert erp.refused("captureShipment", id=shipment["id"])
    assert erp.refused("completeShipment", id=shipment["id"], input={})[0]["message"].endswith("is not paid")
    erp.change("updateShipment", "shipment { paidAt }", id=shipment["id"], input={"isPaid": True})
    assert erp.refused("deleteShipment", id=shipment["id"])
    erp.change("completeShipment", id=shipment["id"], input={"shippedAt": "now"})
    fields = "status shipments { __typename ... on WholesaleShipment { account { id } buyer { id } } }"
    done = again(erp, order, fields)
    assert done["status"] == "SHIPPED"
    assert done["shipments"][0]["__typename"] == "WholesaleShipment"
    assert done["shipments"][0]["account"] is not None
    wanted = {
        "shipment": {"id": shipment["id"]},
        "lines": [{"shipmentLine": {"id": shipment["lines"][0]["id"]}, "quantity": 1}],
        "returnStockActionPolicy": {"releaseItemsBackToWarehouse": True},
    }
    fields = "return { __typename ... on WholesaleReturn { account { id } order { number } shipment { number } } }"
    made = erp.change("createReturn", fields, input=wanted)["return"]
    assert made["__typename"] == "WholesaleReturn"
    assert made["order"] == {"number": order["number"]}


def test_a_deleted_shipment_frees_its_units_and_its_id_is_used_once(erp: Integration) -> None:
    order = picked(erp, "CONFIRMED", store_type="WHOLESALE")
    first = shipped(erp, order)
    shown = erp.change("deleteShipment", "shipment { id number }", id=first["id"])["shipment"]
    assert shown == {"id": first["id"], "number": first["number"]}
    back = again(erp, order, f"status {LINES}")
    assert back["status"] == "CONFIRMED"
    assert [line["shippedQuantity"] for line in back["lines"]] == [0] * len(back["lines"])
    second = shipped(erp, order)
    assert second["id"] != first["id"]
    assert second["number"] == f"{order['number']}-2"


@pytest.mark.parametrize("where", ["releaseItemsBackToWarehouse", "removeItemsFromStock"])
def test_an_order_of_an_account_is_cancelled(erp: Integration, where: str) -> None:
    order = picked(erp, "PENDING", "CONFIRMED", store_type="WHOLESALE")
    wanted = {"emailOptions": {"sendEmail": True}, "stockAction": {where: True}, "comment": "sorry"}
    payload = erp.change(
        "cancelWholesaleOrder", "order { status } paymentHistoryEntry { id }", id=order["id"], input=wanted
    )
    assert payload["order"] == {"status": "CANCELLED"}
    assert payload["paymentHistoryEntry"] is None
    errors = erp.refused("updateWholesaleOrder", order={"id": order["id"]}, input={"isOnHold": True})
    assert "cancelled" in errors[0]["message"]
