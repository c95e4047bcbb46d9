"""Parcels that come back: what is left of them, what it does to the stock, and the money."""

from typing import Any

import pytest

from mockcentra.commerce.settings import change_settings
from mockcentra.store import Store
from tests.warehouse import BUYER, Warehouse


def returned(api: Warehouse, number: int) -> dict[str, Any]:
    (found,) = api.get("returns", **{"return": number})
    return found


def size_of(api: Warehouse, order: dict[str, Any], place: int = 0) -> int:
    return api.get("stock", ean=order["products"][place]["ean"])[0]["stockItemId"]


@pytest.mark.parametrize(
    ("is_sent", "into_stock", "change"),
    [(True, True, (1, 0, 1)), (True, False, (0, 0, 0)), (False, True, (0, -1, 1)), (False, False, (-1, -1, 0))],
)
def test_what_comes_back_moves_the_stock(api: Warehouse, is_sent: bool, into_stock: bool, change: tuple[int, int, int]):
    order = api.place(2)
    number = api.send_parcel(order) if is_sent else api.pack(order, gtg=True)
    before = api.stock_of(size_of(api, order))
    line = order["products"][0]["lineId"]
    made = api.ok("POST", "return", {"shipment": number, "returnStock": into_stock, "products": {line: "1"}})
    assert (made["order"], made["returnCompleted"], made["returnedItems"]) == (int(order["orderId"]), False, [line])
    assert api.stock_of(size_of(api, order)) == tuple(a + b for a, b in zip(before, change, strict=True))
    assert returned(api, made["return"])["returnToStock"] is into_stock
    if not is_sent:  # what is left of the parcel leaves all the same
        api.ok("PUT", "shipment", {"order": order["orderId"], "shipment": number})
        assert api.order(order["orderId"])["orderStatus"] == "completed"


def test_the_tax_of_a_return_is_that_of_all_that_is_paid_back(api: Warehouse):
    order = api.place(2, price=100, shippingValue=50, voucherValue=20)
    number = api.send_parcel(order)
    line = order["products"][0]["lineId"]
    goods = api.ok("POST", "return", {"shipment": number, "products": {line: 1}})
    assert returned(api, goods["return"])["taxValue"] == 20
    rest = {"shippingCostFromShipment": True, "voucherValueFromShipment": True, "returnCost": 5}
    everything = api.ok("POST", "return", {"shipment": number, "products": {line: 1}, **rest})
    assert returned(api, everything["return"])["taxValue"] == (100 + 50 - 20 - 5) / 5


def test_tax_that_came_on_top_comes_back_as_it_was_charged(api: Warehouse):
    american = {**BUYER, "country": "US", "state": "NY", "zipcode": "10001"}
    order = api.place(2, price=100, address=american, shippingValue=10, voucherValue=30)
    assert order["taxAdded"] > 0
    number = api.send_parcel(order)
    made = api.ok(
        "POST", "return",
        {
            "shipment": number, "products": {order["products"][0]["lineId"]: 2},
            "shippingCostFromShipment": True, "voucherValueFromShipment": True,
        },
    )  # fmt: skip
    shown = returned(api, made["return"])
    assert (shown["taxValue"], shown["taxDeduction"]) == (order["taxAdded"], 0)


def test_the_store_says_what_a_return_does_when_nobody_else_does(api: Warehouse, store: Store):
    with store.transaction() as tx:
        change_settings(tx, {"store.return_stock_action": "none"})
    order = api.place(1)
    made = api.ok(
        "POST", "return", {"shipment": api.send_parcel(order), "products": {order["products"][0]["lineId"]: 1}}
    )
    assert returned(api, made["return"])["returnToStock"] is False


def test_a_refund_pays_for_the_goods_and_completes_the_return(api: Warehouse, store: Store):
    order = api.place(2, price=80, shippingValue=40)
    number = api.send_parcel(order)
    body = {
        "shipment": number, "products": {order["products"][0]["lineId"]: 1}, "returnCost": 15,
        "shippingCostFromShipment": True, "refund": {"refundPayment": True, "sendEmail": True},
    }  # fmt: skip
    made = api.ok("POST", "return", body)
    assert (made["returnCompleted"], made["refund"]) == (True, {"status": "ok"})
    shown = returned(api, made["return"])
    assert (shown["shippingCost"], shown["returnCost"], shown["completed"]) == (40, 15, True)
    with store.reading() as tx:
        refunds = tx.all("SELECT amount FROM payment_entries WHERE return_id = ?", (made["return"],))
        mails = tx.value("SELECT COUNT(*) FROM mails WHERE type = 'refund'")
    assert [row["amount"] for row in refunds] == [8000 + 4000 - 1500]
    assert mails == 1


def test_more_than_was_taken_is_never_paid_back(api: Warehouse, store: Store):
    order = api.place(2, price=100, voucherValue=60)
    number = api.send_parcel(order)
    body = {"shipment": number, "products": {order["products"][0]["lineId"]: 2}, "refund": {"refundPayment": True}}
    made = api.ok("POST", "return", body)
    with store.reading() as tx:
        amounts = tx.all("SELECT amount FROM payment_entries WHERE return_id = ?", (made["return"],))
    assert [row["amount"] for row in amounts] == [14000]


def test_a_shipment_that_was_never_charged_is_not_refunded(api: Warehouse):
    order = api.place(1)
    number = api.pack(order, capture=False)
    body = {"shipment": number, "products": {order["products"][0]["lineId"]: 1}, "refund": {"refundPayment": True}}
    made = api.ok("POST", "return", body)
    assert (made["returnCompleted"], made["refund"]) == (False, {"status": "no", "msg": "refund failed"})
    assert returned(api, made["return"])["completed"] is False


def test_a_return_is_completed_reopened_and_refunded(api: Warehouse):
    order = api.place(1)
    number = api.send_parcel(order)
    made = api.ok("POST", "return", {"shipment": number, "products": {order["products"][0]["lineId"]: 1}})["return"]
    for completed in (True, False):
        assert api.ok("PUT", f"returns/{made}", {"completed": completed})["return"]["completed"] is completed
    answer = api.ok("PUT", f"returns/{made}", {"refundPayment": True})
    assert (answer["return"]["completed"], answer["returnCompleted"], answer["refund"]) == (
        True,
        True,
        {"status": "ok"},
    )


def test_a_refund_completes_the_return_whatever_else_is_said(api: Warehouse):
    order = api.place(1)
    number = api.send_parcel(order)
    made = api.ok("POST", "return", {"shipment": number, "products": {order["products"][0]["lineId"]: 1}})["return"]
    for _ in range(2):
        answer = api.ok("PUT", f"returns/{made}", {"refundPayment": True, "completed": 0})
        assert (answer["return"]["completed"], answer["returnCompleted"]) == (True, True)
        assert answer["refund"] == {"status": "ok"}


def test_what_cannot_come_back_is_left_out(api: Warehouse):
    order = api.place(2, 1)
    first, second = (line["lineId"] for line in order["products"])
    number = api.send_parcel(order)
    made = api.ok("POST", "return", {"shipment": number, "products": {first: 3, second: 1, "99999999": 1}})
    assert made["returnedItems"] == [second]
    assert [row["orderLineId"] for row in returned(api, made["return"])["products"]] == [int(second)]


def test_costs_alone(api: Warehouse):
    order = api.place(1, shippingValue=50)
    number = api.send_parcel(order)
    made = api.ok("POST", "return", {"shipment": number, "shippingCost": 20})
    assert (made["returnedItems"], returned(api, made["return"])["shippingCost"]) == ([], 20)
    refused = api.refused("POST", "return", {"shipment": number, "shippingCost": 31})
    assert refused["msg"] == "return could not be created.", "20 of 50 have come back"
    assert returned(api, api.ok("POST", "return", {"shipment": number, "shippingCostFromShipment": 1})["return"])[
        "shippingCost"
    ] == 30  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "msg"),
    [
        ({"products": {"99999999": 1}}, "return could not be created."),
        ({"products": {"{line}": 3}}, "return could not be created."),
        ({"products": {"{line}": -1}}, "return could not be created."),
        ({"products": {"{line}": "x"}}, "return could not be created."),
        ({"products": {}}, "return could not be created."),
        ({"shipment": "99999999-1"}, "return could not be created."),
        ({"shipment": ""}, {"shipment": "required"}),
        ({"products": "all"}, {"products": "invalid value"}),
        ({"createdAt": "soon"}, {"createdAt": "invalid value"}),
        ({"returnCost": -1}, {"returnCost": "invalid value"}),
        ({"returnStock": "perhaps"}, {"returnStock": "invalid value"}),
        (
            {"handlingCost": 1, "handlingCostFromShipment": True},
            "handlingCost and handlingCostFromShipment can not be used together",
        ),
    ],
)
def test_what_is_refused(api: Warehouse, changes: dict[str, Any], msg: Any):
    order = api.place(2)
    number = api.send_parcel(order)
    line = order["products"][0]["lineId"]
    products = changes.get("products", {"{line}": 1})
    if isinstance(products, dict):
        products = {key.format(line=line): value for key, value in products.items()}
    before = (api.order(order["orderId"]), api.stock_of(size_of(api, order)), api.get("returns"))
    body = {"shipment": number, **changes, "products": products}
    assert api.refused("POST", "return", body)["msg"] == msg
    assert (api.order(order["orderId"]), api.stock_of(size_of(api, order)), api.get("returns")) == before


def test_nobody_knows_that_return(api: Warehouse):
    for number in ("100500", "abc"):
        refused = api.refused("PUT", f"returns/{number}", {"completed": True})
        assert refused == {"status": "no", "msg": f"Return with id={number} does not exist"}


def test_an_older_date(api: Warehouse):
    order = api.place(1)
    number = api.send_parcel(order)
    body = {"shipment": number, "products": {order["products"][0]["lineId"]: 1}, "createdAt": "2026-01-02 03:04:05"}
    assert returned(api, api.ok("POST", "return", body)["return"])["date"] == "2026-01-02 03:04:05"
