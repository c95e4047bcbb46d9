"""An ERP that reads orders, works on them and hears of what happens to them (sections 10, 19 to 21)."""

from typing import Any

import httpx
import pytest

from tests.apis.graphql.conftest import Integration
from tests.warehouse import Warehouse

TOTALS = (
    "totals { quantity originalQuantity cancelledQuantity unexpeditedQuantity lineValues { value } discounts { value }"
    " shipping { value } handling { value } taxIncluded { value } taxAdded { value } taxDeducted { value } }"
    " grandTotal { value currency { code } } withoutTax: grandTotal(includingTax: false) { value }"
)
LINES = (
    "lines { id quantity cancelledQuantity shippedQuantity returnedQuantity unitPrice { value } lineValue { value }"
    " hasAnyDiscount discountPercent display { id } productSize { id } allocations { id quantity warehouse { id } } }"
)
ORDER = f"id number status isOnHold isLocked {TOTALS} {LINES}"
OPEN = "(where: {status: [PENDING, CONFIRMED], isOnHold: false, storeType: DIRECT_TO_CONSUMER}, limit: 200)"


def picked(erp: Integration, *statuses: str, store_type: str = "DIRECT_TO_CONSUMER") -> dict[str, Any]:
    """A seeded order without bundles whose units are all reserved."""
    document = (
        "query ($where: OrderFilter) { orders(where: $where, limit: 200) { %s isWaitingForPayment"
        " lines { __typename } } }" % ORDER
    )
    where = {"status": list(statuses), "isOnHold": False, "isWaitingForPayment": False, "storeType": store_type}
    for order in erp.ask(document, where=where)["orders"]:
        held = [sum(each["quantity"] for each in line["allocations"]) for line in order["lines"]]
        if held and held == [line["quantity"] for line in order["lines"]]:
            return order
    raise AssertionError("no such order")


def again(erp: Integration, order: dict[str, Any], fields: str = ORDER) -> dict[str, Any]:
    return erp.ask("query ($id: String) { order(id: $id) { %s } }" % fields, id=order["id"])["order"]


def shipped(erp: Integration, order: dict[str, Any], **more: Any) -> dict[str, Any]:
    lines = [{"orderLine": {"id": line["id"]}, "quantity": line["quantity"]} for line in order["lines"]]
    wanted = {"order": {"number": order["number"]}, "lines": lines, "isGoodToGo": True, "allocateDemand": True, **more}
    fields = "shipment { id number isPaid isCaptured isShipped lines { id quantity } grandTotal { value } }"
    return erp.change("createShipment", fields, input=wanted)["shipment"]


def adds_up(order: dict[str, Any]) -> None:
    totals = {name: part["value"] for name, part in order["totals"].items() if isinstance(part, dict)}
    whole = (
        totals["lineValues"] + totals["shipping"] + totals["handling"] + totals["taxAdded"]
        - totals["discounts"] - totals["taxDeducted"]
    )  # fmt: skip
    assert order["grandTotal"]["value"] == pytest.approx(whole)
    # Lines show the tax that comes on top, and units taken off in the admin panel leave the totals as they were.
    if not totals["taxAdded"] and not order["totals"]["cancelledQuantity"]:
        lines = sum(line["lineValue"]["value"] for line in order["lines"])
        assert totals["lineValues"] == pytest.approx(lines)


# ------------------------------------------------------------------ reading


def test_every_seeded_order_adds_up(erp: Integration) -> None:
    orders = erp.ask("{ orders(limit: 200, sort: [number_ASC]) { %s } }" % ORDER)["orders"]
    assert len(orders) == 200
    for order in orders:
        adds_up(order)
        assert order["withoutTax"]["value"] <= order["grandTotal"]["value"]


def test_the_order_of_a_shopper_and_of_an_account(erp: Integration) -> None:
    document = """{ orders(sort: [number_DESC], limit: 200) { __typename id store { type }
      ... on DirectToConsumerOrder { customer { email orders(limit: 1) { number } } customerInfo { email } }
      ... on WholesaleOrder { account { name } buyer { email } deliveryWindows { __typename name } invoices { number }
        purchaseOrderNumber paymentTerms { name } salesRepresentative { name } } } }"""
    for order in erp.ask(document)["orders"]:
        if order["__typename"] == "WholesaleOrder":
            assert order["store"]["type"] == "WHOLESALE"
            assert order["account"]["name"]
        else:
            assert order["customer"]["email"] == order["customerInfo"]["email"]


def test_an_order_is_found_by_id_number_and_external_id(erp: Integration) -> None:
    order = picked(erp, "CONFIRMED")
    erp.change("updateDirectToConsumerOrder", order={"id": order["id"]}, input={"externalId": "SO-1"})
    for way, value in (("id", f'"{order["id"]}"'), ("number", order["number"]), ("externalId", '"SO-1"')):
        found = erp.ask("{ order(%s: %s) { number externalId } }" % (way, value))["order"]
        assert found == {"number": order["number"], "externalId": "SO-1"}
    assert erp.ask("{ order(number: 1) { id } }")["order"] is None


FILTERS = (
    "status: [SHIPPED]", "isOnHold: true", "isLocked: true", "storeType: WHOLESALE", 'search: "Nyköping"',
    'userIp: {startsWith: "203."}', "allocatedWarehouseCount: {from: 1}", "deliveryWindowId: [1, 2, 3]",
    "orderHoldReason: [PAYMENT_MISMATCH, WAITING_FOR_FRAUD_CHECK]", "isWaitingForCheckFirstAllocation: true",
    'createdAt: {from: "2026-06-01", to: "2026-08-01"}', "salesRepresentativeId: [1]", "paymentMethodId: [2]",
    'purchaseOrderNumber: {contains: "V"}', 'notNull: ["purchaseOrderNumber"]',
)  # fmt: skip


@pytest.mark.parametrize("where", FILTERS)
def test_filters_and_what_is_left_are_everything(erp: Integration, where: str) -> None:
    name = where.partition(":")[0]
    found = erp.ask("{ counters { orders(where: {%s}) } }" % where)["counters"]["orders"]
    assert 0 < found < 200
    if name != "notNull":
        others = erp.ask('{ counters { orders(where: {%s, negate: ["%s"]}) } }' % (where, name))["counters"]["orders"]
        assert found + others == 200


def test_pages_of_a_connection_hold_every_order_once(erp: Integration) -> None:
    document = """query ($after: String) { orderConnection(first: 60, after: $after, sort: [createdAt_DESC]) {
      totalCount pageInfo { hasNextPage endCursor } edges { node { number } } } }"""
    numbers, after = [], None
    while True:
        page = erp.ask(document, after=after)["orderConnection"]
        numbers += [edge["node"]["number"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert len(numbers) == len(set(numbers)) == page["totalCount"] == 200


def test_histories_payments_shipments_and_returns_belong_to_their_orders(erp: Integration) -> None:
    document = """{ orders(limit: 200) { id history(limit: 200) { type order { id } } paymentHistory { order { id } }
      shipments { order { id } lines { orderLine { order { id } } } returns { shipment { order { id } } } }
      returns { order { id } lines { shipmentLine { id } orderLine { id } } totals { quantity } totalQuantity } } }"""
    for order in erp.ask(document)["orders"]:
        own = {"id": order["id"]}
        assert order["history"], order
        for each in (*order["history"], *order["paymentHistory"], *order["shipments"], *order["returns"]):
            assert each["order"] == own
        for shipment in order["shipments"]:
            assert all(line["orderLine"]["order"] == own for line in shipment["lines"])
            assert all(each["shipment"]["order"] == own for each in shipment["returns"])
        for each in order["returns"]:
            assert each["totals"]["quantity"] == each["totalQuantity"]


def test_a_bundle_stands_for_its_parts(erp: Integration) -> None:
    document = """{ orders(limit: 200) { lines { __typename id quantity shippedQuantity
      ... on BundleOrderLine { bundleItems { __typename bundleLine { id } quantity shippedQuantity } } } } }"""
    bundles = [
        line
        for order in erp.ask(document)["orders"]
        for line in order["lines"]
        if line["__typename"] == "BundleOrderLine"
    ]
    assert bundles
    for bundle in bundles:
        assert bundle["bundleItems"]
        for part in bundle["bundleItems"]:
            assert part["__typename"] == "BundleItemOrderLine"
            assert part["bundleLine"] == {"id": bundle["id"]}


def test_a_token_sees_the_orders_of_its_stores(erp: Integration) -> None:
    retail = erp.called("mock-graphql-dtc-only")
    wholesale = erp.ask("{ orders(where: {storeType: WHOLESALE}, limit: 1) { id number } }")["orders"][0]
    assert retail.ask("query ($id: String) { order(id: $id) { id } }", id=wholesale["id"])["order"] is None
    assert retail.ask("{ counters { orders shipments returns } }")["counters"]["orders"] < 200
    errors = retail.refused("setOrdersLock", input={"orders": [{"number": wholesale["number"]}], "isLocked": True})
    assert errors[0]["path"] == ["input", "orders", "0", "number"]


# ------------------------------------------------------------------ changing


def test_hold_reasons_and_notes_stay_with_the_order(erp: Integration) -> None:
    order = picked(erp, "CONFIRMED")
    number = {"number": order["number"]}
    told = {
        "isOnHold": True, "holdStatusChangeReason": "call her", "internalComment": "VIP", "otherComment": "a bow",
        "isInternal": True, "customerInfo": {"firstName": "Ada", "email": "ada@example.com"},
        "shippingAddress": {"city": "Uppsala", "stateOrProvince": "Uppland", "cellPhoneNumber": "070"},
    }  # fmt: skip
    fields = (
        "order { isOnHold isInternal internalComment otherComment shippingAddress { city cellPhoneNumber }"
        " customerInfo { firstName email } history(limit: 50) { type dataJSON } }"
    )
    made = erp.change("updateDirectToConsumerOrder", fields, order=number, input=told)["order"]
    assert (made["isOnHold"], made["isInternal"], made["internalComment"]) == (True, True, "VIP")
    assert made["shippingAddress"] == {"city": "Uppsala", "cellPhoneNumber": "070"}
    assert made["customerInfo"] == {"firstName": "Ada", "email": "ada@example.com"}
    assert any(
        each["type"] == "ORDER_STATUS_ON_HOLD_ADDED" and "call her" in each["dataJSON"] for each in made["history"]
    )
    resumed = erp.change("resumeDirectToConsumerOrder", "order { isOnHold }", id=order["id"])["order"]
    assert resumed == {"isOnHold": False}


def test_lines_are_added_discounted_and_taken_off(erp: Integration) -> None:
    order = picked(erp, "CONFIRMED")
    number, line = {"number": order["number"]}, order["lines"][0]
    currency = order["grandTotal"]["currency"]["code"]
    added = {
        "display": line["display"], "productSize": line["productSize"], "quantity": 2,
        "unitPrice": {"value": 10, "currencyIsoCode": currency},
    }  # fmt: skip
    fields = f"order {{ {ORDER} }}"
    change = "updateDirectToConsumerOrder"
    more = erp.change(change, fields, order=number, input={"addLines": [added]})["order"]
    adds_up(more)
    assert more["grandTotal"]["value"] == pytest.approx(order["grandTotal"]["value"] + 20)
    assert len(more["lines"]) == len(order["lines"]) + 1
    joined = erp.change(change, fields, order=number, input={"addLines": [added]})["order"]
    assert joined["lines"][-1]["quantity"] == 4
    off = {"orderDiscount": {"percent": 10}}
    cheaper = erp.change(change, fields, order=number, input={"discounts": off})["order"]
    adds_up(cheaper)
    assert cheaper["totals"]["discounts"]["value"] == pytest.approx(
        joined["totals"]["lineValues"]["value"] / 10, abs=0.01
    )
    free = [{"orderLine": {"id": line["id"]}, "discountValue": {"percent": 50}, "discountFrom": "UNIT_ORIGINAL_PRICE"}]
    half = erp.change(change, fields, order=number, input={"discounts": {"lineDiscounts": free}})["order"]
    adds_up(half)
    assert half["lines"][0]["hasAnyDiscount"] is True
    assert half["lines"][0]["discountPercent"] == pytest.approx(50, abs=0.01)
    gone = {"line": {"id": joined["lines"][-1]["id"]}, "quantity": 4, "stockAction": "REMOVE_FROM_STOCK"}
    both_ways = {**gone, "stockActionPolicy": {"removeItemsFromStock": True}}
    (error,) = erp.refused(change, fields, order=number, input={"cancelLines": [both_ways]})
    assert error["path"] == ["input", "cancelLines", "0", "stockActionPolicy"]
    less = erp.change(change, fields, order=number, input={"cancelLines": [gone]})["order"]
    adds_up(less)
    assert len(less["lines"]) == len(order["lines"])
    assert less["totals"]["cancelledQuantity"] == 4


def test_what_cannot_be_on_an_order_is_refused_as_a_whole(erp: Integration) -> None:
    order = picked(erp, "CONFIRMED")
    before, line = again(erp, order), order["lines"][0]
    price = {"value": 10, "currencyIsoCode": order["grandTotal"]["currency"]["code"]}
    good = {"display": line["display"], "productSize": line["productSize"], "quantity": 1, "unitPrice": price}
    other_size = next(
        size["id"]
        for size in erp.ask("{ productSizes(limit: 200) { id productVariant { product { displays { id } } } } }")[
            "productSizes"
        ]
        if line["display"] not in size["productVariant"]["product"]["displays"]
    )
    for bad, path in (
        ({**good, "quantity": 0}, ["input", "addLines", "1", "quantity"]),
        ({**good, "display": {"id": 999999}}, ["input", "addLines", "1", "display", "id"]),
        ({**good, "productSize": {"id": other_size}}, ["input"]),
        ({**good, "unitPrice": {**price, "currencyIsoCode": "GBP"}}, ["input", "addLines", "1", "unitPrice"]),
    ):
        errors = erp.refused(
            "updateDirectToConsumerOrder", order={"id": order["id"]}, input={"isOnHold": True, "addLines": [good, bad]}
        )
        assert errors[0]["path"][: len(path)] == path, errors
    assert again(erp, order) == before


def test_an_order_of_the_other_kind_is_not_found(erp: Integration) -> None:
    order = picked(erp, "CONFIRMED")
    errors = erp.refused("updateWholesaleOrder", order={"number": order["number"]}, input={"isOnHold": True})
    assert errors[0]["path"] == ["order", "number"]


def test_stock_goes_where_the_policy_says(erp: Integration) -> None:
    order = picked(erp, "CONFIRMED")
    line = order["lines"][0]
    size, here = line["productSize"]["id"], line["allocations"][0]["warehouse"]["id"]
    document = "query ($id: [Int!]) { productSizes(where: {id: $id}) { stock { warehouse { id } physicalQuantity } } }"

    def shelf() -> dict[int, int]:
        found = erp.ask(document, id=[size])["productSizes"][0]["stock"]
        return {each["warehouse"]["id"]: each["physicalQuantity"] for each in found}

    before = shelf()
    there = next(warehouse for warehouse in (1, 2, 3, 4) if warehouse != here)
    wanted = {"order": {"id": order["id"]}, "unallocate": [{"orderLine": {"id": line["id"]}, "quantity": 1}]}
    moved = {**wanted, "stockActionPolicy": {"sendItemsToDifferentWarehouse": {"id": there}}}
    erp.change("unallocateOrder", input=moved)
    after = shelf()
    assert after[here] == before[here] - 1
    assert after.get(there, 0) == before.get(there, 0) + 1
    back = erp.change("allocateOrder", f"order {{ {LINES} }}", input={"order": {"id": order["id"]}})["order"]
    assert sum(each["quantity"] for each in back["lines"][0]["allocations"]) == line["quantity"]
    too_much = {**wanted, "unallocate": [{"orderLine": {"id": line["id"]}, "quantity": line["quantity"] + 5}]}
    payload = erp.change("unallocateOrder", input={**too_much, "stockActionPolicy": {"removeItemsFromStock": True}})
    assert "5 units" in payload["userWarnings"][0]["message"]
    both = {"removeItemsFromStock": True, "releaseItemsBackToWarehouse": True}
    assert erp.refused("unallocateOrder", input={**wanted, "stockActionPolicy": both})


def test_cancelling_keeps_the_quantities(erp: Integration) -> None:
    order = picked(erp, "CONFIRMED")
    wanted = {
        "emailOptions": {"sendEmail": False}, "stockAction": {"releaseItemsBackToWarehouse": True},
        "cancelAuthorization": True, "reason": "FRAUD",
    }  # fmt: skip
    fields = f"order {{ {ORDER} }} paymentHistoryEntry {{ entryType status value {{ value }} }}"
    payload = erp.change("cancelDirectToConsumerOrder", fields, id=order["id"], input=wanted)
    assert payload["order"]["status"] == "CANCELLED"
    assert [line["quantity"] for line in payload["order"]["lines"]] == [line["quantity"] for line in order["lines"]]
    assert not any(line["allocations"] for line in payload["order"]["lines"])
    assert payload["paymentHistoryEntry"]["entryType"] == "CANCEL"
    assert payload["paymentHistoryEntry"]["value"]["value"] < 0
    assert erp.refused("cancelDirectToConsumerOrder", id=order["id"], input=wanted)[0]["path"] == ["id"]


def test_shipping_gets_cheaper_but_never_dearer(erp: Integration) -> None:
    order = picked(erp, "CONFIRMED")
    currency = order["grandTotal"]["currency"]["code"]
    change, number = "updateDirectToConsumerOrder", {"number": order["number"]}
    dear = {"shippingCost": {"value": 100000, "currencyIsoCode": currency}}
    assert erp.refused(change, order=number, input=dear)[0]["path"] == ["input", "shippingCost"]
    free = {"shippingCost": {"value": 0, "currencyIsoCode": currency}}
    made = erp.change(change, f"order {{ {ORDER} }}", order=number, input=free)["order"]
    adds_up(made)
    assert made["totals"]["shipping"]["value"] == 0


# ------------------------------------------------------------------ money, parcels, returns


def test_money_of_the_order_pays_for_its_shipment(erp: Integration) -> None:
    order = picked(erp, "CONFIRMED")
    payload = erp.change(
        "captureOrder", "order { id } paymentHistoryEntry { entryType status value { value } }",
        order={"number": order["number"]},
    )  # fmt: skip
    entry = payload["paymentHistoryEntry"]
    assert (entry["entryType"], entry["status"]) == ("CAPTURE", "SUCCESS")
    assert entry["value"]["value"] == pytest.approx(order["grandTotal"]["value"])
    assert erp.refused("captureOrder", order={"number": order["number"]})
    shipment = shipped(erp, order)
    assert (shipment["isPaid"], shipment["isCaptured"]) == (True, True)
    entries = again(erp, order, "paymentHistory(where: {entryType: [CAPTURE]}) { id }")["paymentHistory"]
    assert len(entries) == 1


def test_a_failed_capture_is_a_warning_here_and_an_error_there(erp: Integration) -> None:
    order = picked(erp, "CONFIRMED")
    line = order["lines"][0]
    price = {"value": 100000, "currencyIsoCode": order["grandTotal"]["currency"]["code"]}
    dear = {"display": line["display"], "productSize": line["productSize"], "quantity": 1, "unitPrice": price}
    erp.change("updateDirectToConsumerOrder", order={"number": order["number"]}, input={"addLines": [dear]})
    order = again(erp, order)
    lines = [{"orderLine": {"id": each["id"]}, "quantity": each["quantity"]} for each in order["lines"]]
    wanted = {"order": {"id": order["id"]}, "lines": lines, "capture": True, "allocateDemand": True}
    payload = erp.change("createShipment", "shipment { id isCaptured isPaid }", input=wanted)
    assert payload["shipment"]["isCaptured"] is False
    assert payload["userWarnings"]
    assert erp.refused("captureShipment", id=payload["shipment"]["id"])
    entries = again(erp, order, "paymentHistory(where: {entryType: [CAPTURE]}) { status }")["paymentHistory"]
    assert entries == [{"status": "FAILED"}, {"status": "FAILED"}]


def test_from_the_shop_to_the_return(erp: Integration) -> None:
    order = picked(erp, "CONFIRMED")
    kinds = [{"objectType": "Order"}, {"objectType": "Shipment"}, {"objectType": "Return"}]
    erp.change("setEventListeners", input=kinds)
    shipment = shipped(erp, order)
    assert shipment["number"] == f"{order['number']}-1"
    assert erp.refused("completeShipment", id=shipment["id"], input={})[0]["message"].endswith("is not paid")
    paid = erp.change("captureShipment", "shipment { isPaid capturedAt paidAt }", id=shipment["id"])["shipment"]
    assert paid["isPaid"] is True
    assert paid["paidAt"] == paid["capturedAt"] is not None
    sent = {"shippedAt": "now", "shipmentInfo": {"carrier": "Post", "trackingNumber": "T1", "packagesNumber": 2}}
    fields = "shipment { isShipped numberOfPackages trackingNumber carrierInformation { carrierName serviceName } }"
    done = erp.change("completeShipment", fields, id=shipment["id"], input=sent)["shipment"]
    assert done["carrierInformation"] == {"carrierName": "Post", "serviceName": None}
    assert again(erp, order)["status"] == "SHIPPED"
    line = shipment["lines"][0]
    wanted = {
        "shipment": {"id": shipment["id"]},
        "lines": [{"shipmentLine": {"id": line["id"]}, "quantity": line["quantity"]}],
        "returnStockActionPolicy": {"releaseItemsBackToWarehouse": True},
        "shippingCost": {"fromShipment": True},
    }
    fields = "return { id returnStatus createdFrom grandTotal { value } totals { shipping { value } } }"
    made = erp.change("createReturn", fields, input=wanted)["return"]
    assert (made["returnStatus"], made["createdFrom"]) == ("PENDING", "Integration API")
    assert erp.refused("createReturn", input=wanted)
    fields = "return { returnStatus refundPaymentHistory { entryType value { value } } }"
    refunded = erp.change("refundReturn", fields, id=made["id"])["return"]
    assert refunded["returnStatus"] == "COMPLETED"
    assert refunded["refundPaymentHistory"][0]["value"]["value"] == pytest.approx(-made["grandTotal"]["value"])
    assert erp.refused("deleteReturn", id=made["id"])
    told = erp.ask("{ events(limit: 50) { objectType changeType object { __typename } } }")["events"]
    pairs = [(each["objectType"], each["changeType"]) for each in told]
    for pair in (
        ("Shipment", "CREATED"), ("Shipment", "COMPLETED"), ("Order", "UPDATED"), ("Order", "COMPLETED"),
        ("Return", "CREATED"), ("Return", "COMPLETED"), ("Order", "DEPENDENT_DATA_CHANGED"),
    ):  # fmt: skip
        assert pair in pairs, (pair, pairs)


def test_only_what_is_reserved_is_shipped_unless_that_is_asked_for(erp: Integration) -> None:
    order = picked(erp, "CONFIRMED")
    free = {"order": {"id": order["id"]}, "stockActionPolicy": {"releaseItemsBackToWarehouse": True}}
    erp.change("unallocateOrder", input=free)
    line = order["lines"][0]
    wanted = {"order": {"id": order["id"]}, "lines": [{"orderLine": {"id": line["id"]}, "quantity": 1}]}
    errors = erp.refused("createShipment", input=wanted)
    assert errors[0]["path"] == ["input", "lines"]
    assert str(line["id"]) in errors[0]["message"]
    made = erp.change("createShipment", "shipment { number }", input={**wanted, "allocateDemand": True})
    assert made["shipment"]["number"] == f"{order['number']}-1"


def test_a_return_that_is_taken_back_gives_its_units_back(erp: Integration) -> None:
    order = picked(erp, "CONFIRMED")
    shipment = shipped(erp, order, isPaid=True, shippedAt="now")
    assert shipment["isShipped"] is True
    line = shipment["lines"][0]
    wanted = {
        "shipment": {"id": shipment["id"]},
        "lines": [{"shipmentLine": {"id": line["id"]}, "quantity": 1}],
        "returnStockActionPolicy": {"removeItemsFromStock": True},
    }
    made = erp.change("createReturn", "return { id returnedToStock }", input=wanted)["return"]
    assert made["returnedToStock"] is False
    assert again(erp, order, "lines { returnedQuantity }")["lines"][0]["returnedQuantity"] == 1
    shown = erp.change("deleteReturn", "return { id lines { quantity } }", id=made["id"])["return"]
    assert shown == {"id": made["id"], "lines": [{"quantity": 1}]}
    assert again(erp, order, "lines { returnedQuantity }")["lines"][0]["returnedQuantity"] == 0


def test_the_order_api_sees_what_was_done_here(erp: Integration, client: httpx.Client) -> None:
    order = picked(erp, "CONFIRMED")
    shipment = shipped(erp, order, isPaid=True, shippedAt="now")
    seen = Warehouse(client).order(order["number"])
    assert [each["shipmentId"] for each in seen["shipments"]] == [shipment["number"]]


def test_a_credit_is_a_return_without_goods(erp: Integration) -> None:
    """It has a credit note, and counts against what is left to pay back."""
    order = picked(erp, "CONFIRMED")
    number, currency = {"number": order["number"]}, order["grandTotal"]["currency"]["code"]
    shipment = shipped(erp, order, capture=True, shippedAt="now")
    assert shipment["isCaptured"] is True
    fields = """return { status totalQuantity grandTotal { value } comment createdFrom shipment { id }
        lines { id } refundPaymentHistory { entryType value { value } } returnedToStock }"""
    wanted = {"order": number, "value": {"value": 10.5, "currencyIsoCode": currency}, "comment": "A scratch"}
    made = erp.change("issueCredit", fields, input=wanted)["return"]
    assert made == {
        "status": "COMPLETED", "totalQuantity": 0, "grandTotal": {"value": 10.5}, "comment": "A scratch",
        "createdFrom": "Integration API", "shipment": {"id": shipment["id"]}, "lines": [], "returnedToStock": False,
        "refundPaymentHistory": [{"entryType": "REFUND", "value": {"value": -10.5}}],
    }  # fmt: skip
    assert ("CREDIT_INVOICE", "PAID", 10.5, 10.5) in invoiced(erp, order)
    all_of_it = {**wanted, "value": {"value": shipment["grandTotal"]["value"], "currencyIsoCode": currency}}
    assert erp.refused("issueCredit", input=all_of_it)[0]["path"] == ["input", "value"]


def invoiced(erp: Integration, order: dict[str, Any]) -> list[tuple[str, str, float, float]]:
    """(type, status, what it is worth, what was paid) of the newest invoices, if they are this order's."""
    fields = "type status grandTotal { value } payments { value { value } } %s"
    of_order = "... on DirectToConsumerInvoice { order { number } } ... on WholesaleInvoice { order { number } }"
    found = erp.ask("{ invoices(sort: [id_DESC], limit: 3) { %s } }" % (fields % of_order))["invoices"]
    return [
        (each["type"], each["status"], each["grandTotal"]["value"], sum(p["value"]["value"] for p in each["payments"]))
        for each in found
        if each["order"] == {"number": order["number"]}
    ]


def test_less_may_be_paid_of_a_shipment_than_it_costs(erp: Integration) -> None:
    """The invoice that is written when it is sent has the rest open."""
    order = picked(erp, "CONFIRMED", store_type="WHOLESALE")
    shipment = shipped(erp, order)
    whole = shipment["grandTotal"]["value"]
    part = {"value": round(whole / 4), "currencyIsoCode": order["grandTotal"]["currency"]["code"]}
    said = {"isPaid": True, "paidValue": part}
    changed = erp.change("updateShipment", "shipment { isPaid }", id=shipment["id"], input=said)
    assert changed["shipment"]["isPaid"] is True
    erp.change("completeShipment", id=shipment["id"], input={})
    assert invoiced(erp, order) == [("INVOICE", "PARTIALLY_PAID", whole, part["value"])]


def test_credit_and_anonymity(erp: Integration) -> None:
    order = picked(erp, "CONFIRMED")
    number, currency = {"number": order["number"]}, order["grandTotal"]["currency"]["code"]
    one = {"value": 1, "currencyIsoCode": currency}
    assert erp.refused("issueCredit", input={"order": number, "value": one})
    erp.change("captureOrder", order=number)
    payload = erp.change("issueCredit", "paymentHistoryEntries { entryType value { value } }",
                         input={"order": number, "value": one})  # fmt: skip
    assert payload["paymentHistoryEntries"] == [{"entryType": "REFUND", "value": {"value": -1}}]
    fields = "orders { shippingAddress { firstName country { code } } }"
    emptied = erp.change("anonymizeOrders", fields, input={"orders": [number]})["orders"][0]["shippingAddress"]
    assert emptied["firstName"] is None
    assert emptied["country"] is not None
