"""Packing, charging and sending orders, as a warehouse does it; and what must be refused."""

from collections.abc import Callable
from typing import Any

import pytest

from mockcentra.store import Store
from tests.warehouse import ZERO_DATE, Warehouse

EXTERNAL = "Action not supported by external payment plugin. Please do that action in your payment provider."


def status_of(api: Warehouse, order: dict[str, Any]) -> str:
    return api.order(order["orderId"])["orderStatus"]


def figures(api: Warehouse, order: dict[str, Any]) -> list[tuple[int, int, int]]:
    return [api.stock_of(next(iter(api.get("stock", ean=line["ean"])))["stockItemId"]) for line in order["products"]]


def snapshot(api: Warehouse, order: dict[str, Any]) -> Any:
    """Everything that a refused call must leave as it was."""
    shipments = [
        api.get("shipments", order=order["orderId"], status=state) for state in ("inprogress", "goodtogo", "completed")
    ]
    return api.order(order["orderId"]), shipments, figures(api, order), api.get("returns", order=order["orderId"])


# ------------------------------------------------------------------ from order to parcel


def test_an_order_leaves_in_two_parcels(api: Warehouse):
    order = api.place(3, 1)
    before = figures(api, order)
    first = api.pack(order, 2, 0)
    assert first == f"{order['orderId']}-1"
    assert status_of(api, order) == "processing"
    assert api.shipment(first)["paid"] == 1
    assert api.shipment(first)["grandTotalValue"] == 200
    assert figures(api, order) == before, "packing moves nothing"
    second = api.pack(order, 1, 1, capture=False)
    shown = api.shipment(second)
    assert (shown["paid"], shown["shouldCapture"], shown["grandTotalValue"]) == (0, 1, 200)
    api.ok("PUT", "shipment", {"order": order["orderId"], "shipment": first, "carrier": "Tern", "tracking": "T1"})
    assert figures(api, order)[0] == (before[0][0] - 2, before[0][1] - 2, before[0][2])
    assert status_of(api, order) == "processing"
    api.ok("PUT", "shipment", {"order": order["orderId"], "shipment": second, "packages": 2})
    assert figures(api, order)[1] == (before[1][0] - 1, before[1][1] - 1, before[1][2])
    done = api.order(order["orderId"])
    assert done["orderStatus"] == "completed"
    assert [parcel["carrier"] for parcel in done["shipments"]] == ["Tern", ""]
    assert all(parcel["shippedDate"] != ZERO_DATE for parcel in done["shipments"])


def test_a_shipment_that_is_sent_at_once(api: Warehouse):
    order = api.place(1)
    number = api.pack(order, shipped=True, carrier="Nordpaket", service="Home", tracking="N9", packages=2)
    shown = api.shipment(number)
    assert (shown["defaultCarrier"], shown["deliveryService"], shown["trackingNumber"]) == ("Nordpaket", "Home", "N9")
    assert status_of(api, order) == "completed"


def test_one_that_is_sent_before_it_is_paid_waits_for_the_money(api: Warehouse):
    order = api.place(2)
    before = figures(api, order)
    number = api.pack(order, capture=False)
    api.ok("PUT", "shipment", {"order": order["orderId"], "shipment": number, "capture": False, "tracking": "W1"})
    assert api.shipment(number)["trackingNumber"] == "W1"
    assert figures(api, order) == before
    assert status_of(api, order) == "processing"
    api.ok("PUT", "capture", {"shipment": number})
    assert status_of(api, order) == "completed"
    assert figures(api, order)[0][0] == before[0][0] - 2


def test_completing_twice_changes_the_tracking_only(api: Warehouse):
    order = api.place(1)
    number = api.send_parcel(order)
    before = figures(api, order)
    api.ok("PUT", "shipment", {"order": order["orderId"], "shipment": number, "tracking": "NEW"})
    assert figures(api, order) == before
    assert api.shipment(number)["trackingNumber"] == "NEW"


def test_an_open_shipment_can_be_changed(api: Warehouse):
    order = api.place(3, 2)
    first, second = (line["lineId"] for line in order["products"])
    number = api.pack(order, 2, 0, capture=False)
    shown = api.ok("PUT", f"shipments/{number}", {"products": {first: 1, second: {"qty": 2, "serialNumber": "S-1"}}})
    rows = {row["lineId"]: row for row in shown["shipment"]["products"]}
    assert {line: row["qty"] for line, row in rows.items()} == {first: 1, second: 2}
    assert rows[second]["serialNumber"] == "S-1"
    assert shown["shipment"]["grandTotalValue"] == 300
    shown = api.ok("PUT", f"shipments/{number}", {"products": {second: 0}, "gtg": 1})
    assert [row["lineId"] for row in shown["shipment"]["products"]] == [first]
    assert number in [each["shipmentId"] for each in api.get("shipments", order=order["orderId"])]


def test_serial_numbers_and_good_to_go_are_never_too_late(api: Warehouse):
    order = api.place(1)
    line = order["products"][0]["lineId"]
    number = api.send_parcel(order)
    shown = api.ok("PUT", f"shipments/{number}", {"gtg": True, "products": {line: {"serialNumber": "S-2"}}})
    assert shown["shipment"]["products"][0]["serialNumber"] == "S-2"


def test_a_shipment_that_is_taken_back_leaves_its_number_behind(api: Warehouse):
    order = api.place(2)
    before = figures(api, order)
    number = api.pack(order, capture=False)
    assert api.ok("DELETE", f"shipments/{number}")["msg"] == "shipment removed"
    assert status_of(api, order) == "confirmed"
    assert figures(api, order) == before
    assert api.pack(order) == f"{order['orderId']}-2"


def test_the_same_shipment_twice_is_one(api: Warehouse):
    order = api.place(4)
    first = api.pack(order, 2)
    assert api.pack(order, 2) == first
    assert api.pack(order, 2, createAlways=True) == f"{order['orderId']}-2"


# ------------------------------------------------------------------ money


def test_shipping_is_on_every_shipment_unless_it_is_deducted(api: Warehouse):
    paid = {"auth": {"status": 1, "amount": 250, "transaction": "T-2"}}
    order = api.place(2, shippingValue=50, payment=paid)
    assert api.shipment(api.pack(order, 1))["grandTotalValue"] == 150
    body = {"order": int(order["orderId"]), "products": {order["products"][0]["lineId"]: 1}, "createAlways": True}
    before = snapshot(api, order)
    refused = api.refused("POST", "shipments", body)
    assert refused == {"status": "no", "msg": "can not capture order", "order": int(order["orderId"])}
    assert snapshot(api, order) == before
    made = api.ok("POST", "shipments", {**body, "deductPreviousCosts": True})
    assert made["shipment"] == f"{order['orderId']}-2", "a refused shipment uses no number up"
    assert api.shipment(made["shipment"])["grandTotalValue"] == 100
    assert made["invoice"].startswith("http")


def test_a_voucher_is_shared_by_the_parcels(api: Warehouse):
    order = api.place(3, voucherValue=100)
    totals = []
    for _ in range(3):
        shown = api.shipment(api.pack(order, 1, createAlways=True))
        totals.append((shown["voucherValue"], shown["grandTotalValue"]))
    assert sum(value for value, _ in totals) == pytest.approx(100)
    assert sum(total for _, total in totals) == pytest.approx(200)


def test_nothing_is_charged_twice(api: Warehouse, store: Store):
    order = api.place(1, price=400, payment={"auth": {"status": 1, "amount": 400}})
    number = api.pack(order)
    for _ in range(2):
        api.ok("PUT", "capture", {"shipment": number})
    with store.reading() as tx:
        amounts = tx.all(
            "SELECT amount FROM payment_entries e JOIN orders o ON o.id = e.order_id"
            " WHERE o.number = ? AND e.type = 'capture'",
            (int(order["orderId"]),),
        )
    assert [row["amount"] for row in amounts] == [40000]


def test_a_capture_that_fails_changes_nothing(api: Warehouse):
    order = api.place(1, price=400, payment={"auth": {"status": 1, "amount": 399}})
    number = api.pack(order, capture=False)
    before = snapshot(api, order)
    refused = api.refused("PUT", "capture", {"shipment": number})
    assert (refused["msg"], refused["shipment"]) == ("capture failed", number)
    body = {"order": order["orderId"], "shipment": number, "carrier": "Tern", "internalComment": "sent"}
    assert api.refused("PUT", "shipment", body) == {
        "status": "no", "msg": "capture failed", "order": order["orderId"], "shipment": number,
    }  # fmt: skip
    assert snapshot(api, order) == before


def test_money_that_was_captured_outside_is_used_first(api: Warehouse):
    paid = {"auth": {"status": 1, "amount": 300}, "capture": {"status": 1, "amount": 300}}
    order = api.place(3, payment=paid)
    for _ in range(3):
        assert api.shipment(api.pack(order, 1, createAlways=True))["paid"] == 1


def test_an_order_without_payment_was_settled_elsewhere(api: Warehouse):
    order = api.place(1, payment=None)
    shown = api.shipment(api.pack(order, capture=False))
    assert (shown["paid"], shown["shouldCapture"]) == (1, 0)


def test_the_external_plugin_captures_and_refunds_elsewhere(api: Warehouse, store: Store):
    with store.reading() as tx:
        method = tx.value("SELECT id FROM payment_methods WHERE uri = 'external-payment'")
    order = api.place(1, payment={"id": method, "auth": {"status": 1, "amount": 100}})
    assert order["paymentPlugin"] == "external_payment"
    body = {"order": int(order["orderId"]), "products": {order["products"][0]["lineId"]: 1}}
    assert api.refused("POST", "shipments", body) == {"status": "no", "msg": EXTERNAL, "order": int(order["orderId"])}
    number = api.pack(order, capture=False)
    assert api.refused("PUT", "capture", {"shipment": number})["msg"] == EXTERNAL
    api.ok("POST", f"order/{order['orderId']}", {"payment": {"capture": {"status": 1, "amount": 100}}})
    api.ok("PUT", "shipment", {"order": order["orderId"], "shipment": number})
    assert status_of(api, order) == "completed"
    refund = {"shipment": number, "products": {order["products"][0]["lineId"]: 1}, "refund": {"refundPayment": True}}
    before = snapshot(api, order)
    assert api.refused("POST", "return", refund)["msg"] == EXTERNAL
    assert snapshot(api, order) == before


def test_an_account_that_pays_by_invoice(api: Warehouse, store: Store):
    order = next(
        each for each in api.all_orders() if each["orderStore"] == "wholesale" and each["orderStatus"] == "confirmed"
    )
    number = api.pack(order)
    shown = api.shipment(number)
    assert (shown["paid"], shown["shouldCapture"]) == (0, 0)
    api.ok("PUT", "shipment", {"order": order["orderId"], "shipment": number})
    assert number in [each["shipmentId"] for each in api.get("shipments", order=order["orderId"], status="completed")]
    assert status_of(api, order) == "processing", "sent, but not paid"


# ------------------------------------------------------------------ bundles


def test_a_bundle_is_packed_as_a_whole_or_by_its_parts(api: Warehouse):
    bundle = next(
        row
        for row in api.get("products", market=1)
        if row["sku"] and not row["ean"] and any(price["id"] == "1" for price in row["prices"])
    )
    body = api.order_of([(bundle, 2, {})])
    order = api.order(api.ok("POST", "order", body)["orders"][0])
    (line,) = order["products"]
    assert line["isBundle"]
    assert line["bundle"]
    first = api.ok("POST", "shipments", {"order": order["orderId"], "products": {line["lineId"]: 1}})["shipment"]
    (shown,) = api.shipment(first)["products"]
    assert (shown["lineId"], shown["qty"]) == (line["lineId"], 1)
    parts = {part["lineId"]: part["qty"] // 2 for part in line["bundle"]}
    second = api.ok("POST", "shipments", {"order": order["orderId"], "products": parts, "createAlways": True})
    totals = [api.shipment(each)["grandTotalValue"] for each in (first, second["shipment"])]
    assert sum(totals) == pytest.approx(order["grandTotalValue"])
    body = {"order": order["orderId"], "products": {line["lineId"]: 1}, "createAlways": True}
    refused = api.refused("POST", "shipments", body)
    assert refused["msg"] == "quantity exceeds what is left to ship"


# ------------------------------------------------------------------ what must be refused


@pytest.mark.parametrize(
    ("products", "msg"),
    [
        ({"99999999": 1}, "product line does not exist"),
        ({"abc": 1}, "product line does not exist"),
        ({"{line}": 3}, "quantity exceeds what is left to ship"),
        ({"{line}": -1}, "no products"),
        ({"{line}": 0}, "no products"),
        ({}, "no products"),
        ([], "no products"),
        ({"{line}": "two"}, {"products": "invalid value"}),
        (None, {"products": "required"}),
    ],
)
def test_what_cannot_be_packed(api: Warehouse, products: Any, msg: Any):
    order = api.place(2)
    before = snapshot(api, order)
    if isinstance(products, dict):
        products = {key.format(line=order["products"][0]["lineId"]): value for key, value in products.items()}
    assert api.refused("POST", "shipments", {"order": order["orderId"], "products": products})["msg"] == msg
    assert snapshot(api, order) == before


def test_a_line_of_another_order(api: Warehouse):
    order, other = api.place(1), api.place(1)
    body = {"order": order["orderId"], "products": {other["products"][0]["lineId"]: 1}}
    assert api.refused("POST", "shipments", body)["msg"] == "product line does not exist"


def test_orders_that_may_not_be_shipped(api: Warehouse, configure: Callable[..., None], store: Store):
    configure(include_hold=True, statuses=["pending", "confirmed", "completed", "cancelled"])
    orders = api.all_orders()

    def refused(order: dict[str, Any]) -> str:
        line = order["products"][0]["lineId"]
        return api.refused("POST", "shipments", {"order": order["orderId"], "products": {line: 1}})["msg"]

    for status in ("pending", "completed", "cancelled"):
        order = next(each for each in orders if each["orderStatus"] == status and not each["hold"])
        assert refused(order) == "order is not confirmed"
    held = next(each for each in orders if each["orderStatus"] == "confirmed" and each["hold"])
    assert refused(held) == "order is on hold"
    assert api.refused("POST", "shipments", {"order": "1337000", "products": {"1": 1}}) == {
        "status": "no", "msg": "order does not exist", "order": "1337000",
    }  # fmt: skip


def test_final_shipments_stay_as_they_are(api: Warehouse):
    order = api.place(3)
    line = order["products"][0]["lineId"]
    captured = api.pack(order, 1)
    open_one = api.pack(order, 1, capture=False, createAlways=True)
    api.ok("POST", "return", {"shipment": open_one, "products": {line: 1}})
    for number, why in ((captured, "is captured"), (open_one, "has refunds")):
        before = snapshot(api, order)
        refused = api.refused("PUT", f"shipments/{number}", {"products": {line: 2}, "gtg": True})
        assert refused == {"status": "no", "msg": f"shipment {why} and can not be updated", "shipment": number}
        refused = api.refused("DELETE", f"shipments/{number}")
        assert refused["msg"] == "shipment has invoices or creditnotes and could not be deleted."
        assert snapshot(api, order) == before
    api.ok("PUT", "shipment", {"order": order["orderId"], "shipment": captured})
    refused = api.refused("PUT", f"shipments/{captured}", {"products": {line: 2}})
    assert refused["msg"] == "shipment is sent and can not be updated"
    assert api.refused("DELETE", f"shipments/{captured}")["shipment"] == captured


def test_shipments_nobody_knows(api: Warehouse):
    order, other = api.place(1), api.place(1)
    number = api.pack(order)
    for method, path, body in (
        ("PUT", "shipments/1-99", {"gtg": True}),
        ("PUT", "shipments/nonsense", {"gtg": True}),
        ("PUT", "capture", {"shipment": "99999999-1"}),
        ("PUT", "shipment", {"order": other["orderId"], "shipment": number}),
        ("DELETE", "shipments/99999999-1", None),
    ):
        assert api.refused(method, path, body)["msg"] == "shipment does not exist"
    assert api.refused("PUT", "capture", {})["msg"] == {"shipment": "required"}


def test_a_wrong_market(api: Warehouse, configure: Callable[..., None]):
    order = api.place(2)
    number = api.pack(order, 1, capture=False)
    configure(markets=[2])
    line = order["products"][0]["lineId"]
    for method, path, body in (
        ("POST", "shipments", {"order": order["orderId"], "products": {line: 1}}),
        ("PUT", f"shipments/{number}", {"gtg": True}),
        ("PUT", "shipment", {"order": order["orderId"], "shipment": number}),
        ("PUT", "capture", {"shipment": number}),
        ("DELETE", f"shipments/{number}", None),
        ("POST", f"order/{order['orderId']}", {"comment": "x"}),
    ):
        assert api.refused(method, path, body)["msg"] == "order in wrong market"
