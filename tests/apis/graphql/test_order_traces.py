"""What orders tell afterwards: who did what and from where, what was mailed, what invoices came of it."""

from typing import Any

import httpx
import pytest

from tests.apis.graphql.conftest import Integration
from tests.erp import Erp, rows_of
from tests.warehouse import Warehouse

SEK = "SEK"
RELEASE = {"releaseItemsBackToWarehouse": True}


@pytest.fixture
def warehouse(client: httpx.Client) -> Warehouse:
    return Warehouse(client)


def wholesale(erp: Integration) -> dict[str, Any]:
    """A confirmed order of an account, all of it packed now."""
    (order, *_) = erp.ask(
        "{ orders(where: {storeType: WHOLESALE, status: [CONFIRMED]}) { number lines { id quantity } } }"
    )["orders"]
    lines = [{"orderLine": {"id": line["id"]}, "quantity": line["quantity"]} for line in order["lines"]]
    made = erp.change(
        "createShipment",
        "shipment { id number grandTotal { value } }",
        input={"order": {"number": order["number"]}, "lines": lines, "allocateDemand": True, "isGoodToGo": True},
    )["shipment"]
    return {**order, "shipment": made}


INVOICES = """query ($number: Int!) { order(number: $number) { status ... on WholesaleOrder { invoices { id number type
  status dueDate grandTotal { value } account { name } numberSeries { id name } payments { value { value } }
  lines { quantity } ... on WholesaleInvoice { shipments { number } } } } } }"""


def test_seeded_orders_say_who_did_what(erp: Integration) -> None:
    admins = {each["id"]: each["name"] for each in erp.ask("{ adminUsers { id name } }")["adminUsers"]}
    assert len(admins) >= 2
    for admin_id, name in admins.items():
        found = erp.ask(
            "query ($admin: [Int!]) { shipments(where: {adminUserId: $admin}) { adminUser { name } }"
            " returns(where: {adminUserId: $admin}) { adminUser { name } }"
            " invoices(where: {adminUserId: $admin}) { adminUser { name } }"
            " orderPaymentHistory(where: {adminUserId: $admin}) { adminUser { name } source } }",
            admin=[admin_id],
        )
        for kind, rows in found.items():
            assert rows, kind
            assert {row["adminUser"]["name"] for row in rows} == {name}, kind
        assert {row["source"] for row in found["orderPaymentHistory"]} == {"Centra form"}
    (by_shoppers,) = erp.ask(
        '{ orderPaymentHistory(where: {source: ["Checkout API"]}, limit: 1) { entryType source adminUser { id } } }'
    ).values()
    assert by_shoppers == [{"entryType": "AUTH", "source": "Checkout API", "adminUser": None}]
    given_away = erp.ask(
        "{ orders(where: {isInternal: true}) { discountsApplied { ... on AdminDiscount { adminUser { name } } } } }"
    )
    named = [
        each["adminUser"] for order in given_away["orders"] for each in order["discountsApplied"] if "adminUser" in each
    ]
    assert named and all(named)


def test_every_api_leaves_its_name(erp: Integration, warehouse: Warehouse) -> None:
    order = warehouse.place(2)
    number = warehouse.pack(order, 1)
    erp.change("captureOrder", order={"number": int(order["orderId"])})
    told = erp.ask(
        "query ($number: Int!) { order(number: $number) { paymentHistory { entryType source }"
        " history(sort: [id_ASC]) { type dataJSON organizationUserEmail } } }",
        number=int(order["orderId"]),
    )["order"]
    assert [(entry["entryType"], entry["source"]) for entry in told["paymentHistory"]] == [
        ("AUTH", "Order API"),
        ("CAPTURE", "Order API"),
        ("CAPTURE", "Integration API"),
    ]
    kinds = [entry["type"] for entry in told["history"]]
    assert {"PAYMENT_AUTHORIZED", "ORDER_CREATED", "SHIPMENT_CREATED", "PAYMENT_CAPTURED"} <= set(kinds)
    assert '"source":"Integration API"' in told["history"][-1]["dataJSON"]
    assert number


def test_buyers_are_mailed_where_that_is_wanted(erp: Integration, warehouse: Warehouse) -> None:
    order = warehouse.place(2)
    reference = {"number": int(order["orderId"])}
    mails = (
        "query ($number: Int!) { order(number: $number) { id lines { id } emailHistory(sort: [id_ASC]) { subject } } }"
    )

    def subjects() -> list[str]:
        return [mail["subject"] for mail in erp.ask(mails, **reference)["order"]["emailHistory"]]

    assert subjects() == []
    (line,) = erp.ask(mails, **reference)["order"]["lines"]
    made = erp.change(
        "createShipment",
        "shipment { id lines { id } }",
        input={"order": reference, "lines": [{"orderLine": line, "quantity": 1}], "isGoodToGo": True, "capture": True},
    )["shipment"]
    erp.change("completeShipment", id=made["id"], input={"sendEmail": True})
    (packed,) = made["lines"]
    back = erp.change(
        "createReturn",
        "return { id }",
        input={
            "shipment": {"id": made["id"]},
            "lines": [{"shipmentLine": packed, "quantity": 1}],
            "returnStockActionPolicy": RELEASE,
        },
    )["return"]
    erp.change("completeReturn", id=back["id"], input={"sendEmail": False})
    erp.change("refundReturn", id=back["id"], input={"sendEmail": True})
    assert subjects() == ["Shipping confirmation", "Refund"]
    other = warehouse.place(1)
    erp.change(
        "cancelDirectToConsumerOrder",
        id=erp.ask(mails, number=int(other["orderId"]))["order"]["id"],
        input={"emailOptions": {"sendEmail": True}, "stockAction": RELEASE},
    )
    sent = erp.ask(mails, number=int(other["orderId"]))["order"]["emailHistory"]
    assert [mail["subject"] for mail in sent] == ["Order cancellation"]


def test_mails_of_an_anonymous_order_name_nobody(erp: Integration, warehouse: Warehouse) -> None:
    order = warehouse.place(1)
    reference = {"number": int(order["orderId"])}
    ask = "query ($number: Int!) { order(number: $number) { lines { id } emailHistory { recipient content } } }"
    (line,) = erp.ask(ask, **reference)["order"]["lines"]
    sent = {"order": reference, "lines": [{"orderLine": line, "quantity": 1}], "capture": True}
    erp.change("createShipment", input={**sent, "shippedAt": "now", "sendEmail": True})
    assert [mail["recipient"] for mail in erp.ask(ask, **reference)["order"]["emailHistory"]] == ["ada@example.com"]
    erp.change("anonymizeOrders", input={"orders": [reference]})
    (mail,) = erp.ask(ask, **reference)["order"]["emailHistory"]
    assert mail["recipient"] == "" and "ada" not in mail["content"]


def test_a_parcel_of_an_account_is_invoiced_and_the_invoice_pays_for_it(erp: Integration) -> None:
    order = wholesale(erp)
    refused = erp.refused("captureShipment", id=order["shipment"]["id"])
    assert refused[0]["path"] == ["id"]
    api = Warehouse(erp.client)
    number = order["shipment"]["number"]
    api.ok("PUT", "shipment", {"order": order["number"], "shipment": number})
    shown = erp.ask(INVOICES, number=order["number"])["order"]
    (invoice,) = shown["invoices"]
    assert shown["status"] == "PROCESSING", "sent, but nobody has paid; a capture in vain changes nothing about that"
    assert (invoice["type"], invoice["status"], invoice["payments"]) == ("INVOICE", "UNPAID", [])
    assert invoice["grandTotal"] == order["shipment"]["grandTotal"]
    assert invoice["numberSeries"]["name"] == "Invoices of Wholesale" and invoice["dueDate"]
    assert invoice["shipments"] == [{"number": number}]
    assert [line["quantity"] for line in invoice["lines"]] == [line["quantity"] for line in order["lines"]]
    erp.change("markInvoiceAsPaid", input={"invoice": {"id": invoice["id"]}})
    paid = erp.ask(INVOICES, number=order["number"])["order"]
    assert (paid["status"], paid["invoices"][0]["status"]) == ("SHIPPED", "PAID")
    assert paid["invoices"][0]["payments"] == [{"value": invoice["grandTotal"]}]


def test_a_shipment_that_is_marked_as_paid_pays_its_invoice(erp: Integration) -> None:
    order = wholesale(erp)
    api = Warehouse(erp.client)
    api.ok("PUT", "shipment", {"order": order["number"], "shipment": order["shipment"]["number"]})
    erp.change("updateShipment", id=order["shipment"]["id"], input={"isPaid": True})
    paid = erp.ask(INVOICES, number=order["number"])["order"]
    assert (paid["status"], paid["invoices"][0]["status"]) == ("SHIPPED", "PAID")


def test_rows_of_an_invoice_that_an_erp_sends_are_its_lines(erp: Integration, client: httpx.Client) -> None:
    soap = Erp(client)
    order = soap.pending_order(3)
    (_, size), *_ = rows_of(order)
    item = {"itemid": size["orderitem/id"], "qty": "1", "price": "7.50", "tax": "0"}
    invoice = {
        "id": "INV-9",
        "store": "2",
        "serialno": "4711",
        "currency": order["currency"],
        "total": "7.50",
        "order": {"id": order["id"]},
        "items": {"invoiceitem": [item]},
    }
    soap.ok("invoices_Update", {"invoices": {"invoice": invoice}})
    (shown,) = erp.ask(
        "{ invoices(where: {number: [4711]}) { number status pdfUrl lines { quantity unitPrice { value }"
        " orderLine { id } } } }"
    )["invoices"]
    assert shown["status"] == "UNPAID"
    assert shown["lines"] == [
        {"quantity": 1, "unitPrice": {"value": 7.5}, "orderLine": {"id": int(size["orderitem/id"] or 0)}}
    ]
    assert client.get(shown["pdfUrl"]).status_code == 200


def test_what_comes_back_is_worth_its_part_of_the_tax(erp: Integration, warehouse: Warehouse) -> None:
    """Tax that was added at the end comes back with the goods; tax that was taken off does not."""
    address = {
        "firstName": "Grace", "email": "grace@example.com", "address": "1 Main Street", "city": "New York",
        "state": "NY", "zipcode": "10024", "country": "US",
    }  # fmt: skip
    order = warehouse.place(2, address=address)
    number = warehouse.send_parcel(order)
    parcel = warehouse.shipment(number)
    assert parcel["taxAdded"] > 0
    line = parcel["products"][0]["lineId"]
    warehouse.ok("POST", "return", {"shipment": number, "products": {line: 1}, "refund": {"refundPayment": True}})
    (back,) = erp.ask(
        "query ($number: Int!) { order(number: $number) { returns { grandTotal { value }"
        " totals { taxAdded { value } lineValues { value } } refundPaymentHistory { value { value } } } } }",
        number=int(order["orderId"]),
    )["order"]["returns"]
    assert back["grandTotal"]["value"] == pytest.approx(parcel["grandTotalValue"] / 2, abs=0.01)
    assert back["totals"]["taxAdded"]["value"] == pytest.approx(parcel["taxAdded"] / 2, abs=0.01)
    assert back["refundPaymentHistory"] == [{"value": {"value": -back["grandTotal"]["value"]}}]


def test_errors_stand_on_the_row_that_is_wrong(erp: Integration, warehouse: Warehouse) -> None:
    order = warehouse.place(2, 1)
    reference = {"number": int(order["orderId"])}
    rows = erp.ask(
        "query ($number: Int!) { order(number: $number) { grandTotal { value } lines { id quantity display { id }"
        " productSize { id } } } }",
        **reference,
    )["order"]
    first, second = rows["lines"]
    cancel = {"stockActionPolicy": RELEASE, "quantity": 1}
    lines = [{"line": {"id": second["id"]}, **cancel}, {"line": {"id": first["id"]}, **cancel, "quantity": 3}]
    (error,) = erp.refused("updateDirectToConsumerOrder", order=reference, input={"cancelLines": lines})
    assert error["path"] == ["input", "cancelLines", "1", "quantity"]
    new = {
        "display": first["display"],
        "productSize": first["productSize"],
        "quantity": 1,
        "unitPrice": {"value": 5, "currencyIsoCode": SEK},
    }
    wrong = {**new, "unitOriginalPrice": {"value": 4, "currencyIsoCode": SEK}}
    (error,) = erp.refused("updateDirectToConsumerOrder", order=reference, input={"addLines": [new, wrong]})
    assert error["path"] == ["input", "addLines", "1", "unitPrice"]
    (error,) = erp.refused(
        "updateDirectToConsumerOrder", order=reference, input={"addLines": [{**new, "taxInPercent": 101}]}
    )
    assert error["path"] == ["input", "addLines", "0", "taxInPercent"]
    over = erp.ask("{ orders(where: {status: [SHIPPED], storeType: DIRECT_TO_CONSUMER}, limit: 1) { number } }")
    (done,) = over["orders"]
    (error,) = erp.refused("updateDirectToConsumerOrder", order=done, input={"otherComment": "too late"})
    assert error["path"] == ["order"]
    erp.change("updateDirectToConsumerOrder", order=done, input={"isInternal": True})


def test_no_money_is_taken_while_an_order_is_held(erp: Integration, warehouse: Warehouse) -> None:
    order = warehouse.place(2)
    reference = {"number": int(order["orderId"])}
    (line,) = erp.ask("query ($number: Int!) { order(number: $number) { lines { id } } }", **reference)["order"][
        "lines"
    ]
    packed = erp.change(
        "createShipment", "shipment { id }", input={"order": reference, "lines": [{"orderLine": line, "quantity": 1}]}
    )["shipment"]
    erp.change("updateDirectToConsumerOrder", order=reference, input={"isOnHold": True})
    assert [error["path"] for error in erp.refused("captureOrder", order=reference)] == [["order"]]
    assert [error["path"] for error in erp.refused("captureShipment", id=packed["id"])] == [["id"]]
    entries = "query ($number: Int!) { order(number: $number) { paymentHistory { entryType } } }"
    assert erp.ask(entries, **reference)["order"]["paymentHistory"] == [{"entryType": "AUTH"}]
    erp.change("updateDirectToConsumerOrder", order=reference, input={"isOnHold": False})
    erp.change("captureShipment", id=packed["id"])


def test_a_shipment_names_its_plugin(erp: Integration, warehouse: Warehouse) -> None:
    order = warehouse.place(2)
    reference = {"number": int(order["orderId"])}
    (line,) = erp.ask("query ($number: Int!) { order(number: $number) { lines { id } } }", **reference)["order"][
        "lines"
    ]
    given = {"order": reference, "lines": [{"orderLine": line, "quantity": 1}]}
    (error,) = erp.refused("createShipment", input={**given, "shipmentMethod": {"pluginId": 999_999}})
    assert error["path"] == ["input", "shipmentMethod", "pluginId"]
    made = erp.change(
        "createShipment", "shipment { shipmentPlugin { id } }", input={**given, "shipmentMethod": {"pluginId": 1}}
    )
    assert made["shipment"]["shipmentPlugin"] == {"id": 1}
