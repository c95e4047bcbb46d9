"""A day in the warehouse: orders are fetched, shipped in parts, charged, sent, returned and paid back."""

import httpx

from tests.shopper import Shopper
from tests.warehouse import Warehouse


def test_from_the_sale_to_the_refund(api: Warehouse, client: httpx.Client, buy):
    shopper = Shopper(client)
    shopper.ok("POST", "login/anna.demo@example.com", {"password": "demo1234"})
    shopper.in_country("SE")
    number = buy(shopper, fill=2, quantity=2)

    # fetched
    order = api.order(number)
    assert order["orderStatus"] == "confirmed"
    first, second = order["products"]
    sizes = [api.get("stock", ean=line["ean"])[0]["stockItemId"] for line in (first, second)]
    before = [api.stock_of(size) for size in sizes]

    # one of each leaves
    body = {"order": number, "products": {first["lineId"]: 1, second["lineId"]: 1}, "gtg": True}
    parcel = api.ok("POST", "shipments", body)["shipment"]
    assert [each["shipmentId"] for each in api.get("shipments", order=number)] == [parcel]
    sent = {"order": number, "shipment": parcel, "carrier": "Nordpaket", "tracking": "NP1"}
    api.ok("PUT", "shipment", sent)
    assert api.get("shipments", order=number) == []
    assert [api.stock_of(size)[0] for size in sizes] == [physical - 1 for physical, _, _ in before]
    shown = next(each for each in shopper.ok("POST", "orders", {})["orders"] if each["order"] == number)
    assert [each["trackingId"] for each in shown["shipments"]] == ["NP1"]

    # the rest, charged later and without the shipping that was paid before
    rest = {"order": number, "products": {first["lineId"]: 1, second["lineId"]: 1}, "createAlways": True}
    assert api.refused("POST", "shipments", rest)["msg"] == "can not capture order"
    later = api.ok("POST", "shipments", {**rest, "capture": False, "deductPreviousCosts": True})["shipment"]
    api.ok("PUT", "capture", {"shipment": later})
    api.ok("PUT", "shipment", {"order": number, "shipment": later})
    done = api.order(number)
    assert done["orderStatus"] == "completed"
    charged = [api.shipment(each)["grandTotalValue"] for each in (parcel, later)]
    assert round(sum(charged), 2) == done["grandTotalValue"]

    # one comes back
    back = {
        "shipment": parcel, "products": {first["lineId"]: 1}, "returnStock": True, "refund": {"refundPayment": True},
    }  # fmt: skip
    made = api.ok("POST", "return", back)
    assert made["refund"] == {"status": "ok"}
    assert api.get("returns", order=number)[0]["completed"] is True
    physical, allocated, _ = api.stock_of(sizes[0])
    assert (physical, allocated) == (before[0][0] - 1, before[0][1] - 2)
    assert api.refused("POST", "return", back)["msg"] == "return could not be created."
