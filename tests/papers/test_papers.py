"""Papers that go with parcels, fetched from the addresses that the APIs print, as a warehouse and an accountant do."""

import re
from typing import Any

import httpx
import pytest

from tests.apis.graphql.conftest import Integration
from tests.warehouse import BUYER, Warehouse

BASE_URL = "http://shop.test"


@pytest.fixture
def api(client: httpx.Client) -> Warehouse:
    return Warehouse(client)


def written(client: httpx.Client, url: str) -> list[str]:
    """The texts of a PDF, in the order in which they are drawn."""
    assert url.startswith(BASE_URL)
    response = client.get(url)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/pdf"), response.text[:200]
    assert response.content.startswith(b"%PDF-") and response.content.rstrip().endswith(b"%%EOF")
    texts = re.findall(rb"Td \((.*?)(?<!\\)\) Tj", response.content)
    return [re.sub(rb"\\(.)", rb"\1", text).decode("cp1252") for text in texts]


def shipment_of(api: Warehouse, order: dict[str, Any], **body: Any) -> dict[str, Any]:
    return api.ok("POST", "shipments", {"order": order["orderId"], **body})


def test_a_parcel_has_a_delivery_note_a_proforma_and_an_invoice(api: Warehouse, client: httpx.Client) -> None:
    first, second = api.sizes(2)
    lines = [(first, 2, {"unitPrice": 100, "comment": "Engrave (E. L.)"}), (second, 1, {"unitPrice": 50})]
    order = api.order(api.ok("POST", "order", api.order_of(lines))["orders"][0])
    made = shipment_of(api, order, products={line["lineId"]: line["qty"] for line in order["products"]}, gtg=True)

    note = written(client, made["deliveryNote"])
    assert note[0] == "Delivery note" and f"No. {made['shipment']}" in note
    assert {"Ada Lovelace", "Storgatan 1", "50630 Borås", "Sweden"} <= set(note)
    assert any("Engrave (E. L.)" in text for text in note), "comments of items are shown"
    assert not any("SEK" in text for text in note), "no prices in the parcel"

    proforma = written(client, made["proforma"])
    invoice = written(client, made["invoice"])
    for paper, title in ((proforma, "Proforma invoice"), (invoice, "Invoice")):
        assert paper[0] == title
        assert {"100.00 SEK", "200.00 SEK", "50.00 SEK"} <= set(paper)
        assert paper[paper.index("Total", paper.index("Goods")) + 1] == "250.00 SEK"
    assert invoice[invoice.index("Paid", invoice.index("Goods")) + 1] == "250.00 SEK"
    assert re.fullmatch(rf"{BASE_URL}/invoice\?invoice=\d+", made["invoice"])


def test_who_fetches_the_delivery_note_has_it_printed(api: Warehouse, client: httpx.Client) -> None:
    order = api.place(1)
    number = api.pack(order)
    erp = Integration(client)
    printed = "query ($number: [String!]) { shipments(where: {number: $number}) { isPrinted } }"
    assert erp.ask(printed, number=[number])["shipments"] == [{"isPrinted": False}]
    written(client, api.shipment(number)["proforma"])
    assert erp.ask(printed, number=[number])["shipments"] == [{"isPrinted": False}]
    written(client, api.shipment(number)["deliveryNote"])
    assert erp.ask("{ shipments(where: {isPrinted: true}) { number } }") == {"shipments": [{"number": number}]}


def test_a_refund_has_a_credit_note(api: Warehouse, client: httpx.Client) -> None:
    order = api.place(2)
    number = api.pack(order)
    api.ok("PUT", "shipment", {"order": order["orderId"], "shipment": number})
    line = api.shipment(number)["products"][0]["lineId"]
    back = {"shipment": number, "products": {line: 1}, "returnCost": 20, "refund": {"refundPayment": True}}
    api.ok("POST", "return", back)
    erp = Integration(client)
    (credit, invoice) = erp.ask(
        "{ invoices(sort: [id_DESC], limit: 2) { number type status pdfUrl grandTotal { value }"
        " payments { value { value } type } lines { quantity shipmentLine { quantity invoicedQuantity invoiceLines"
        " { quantity invoice { number } } } } } }"
    )["invoices"]
    assert (credit["type"], credit["status"], credit["grandTotal"]["value"]) == ("CREDIT_INVOICE", "PAID", 80)
    assert (invoice["type"], invoice["status"], invoice["grandTotal"]["value"]) == ("INVOICE", "PAID", 200)
    assert credit["number"] == invoice["number"] + 1
    assert invoice["payments"] == [{"value": {"value": 200}, "type": "PAYMENT"}]
    assert credit["lines"] == [
        {
            "quantity": 1,
            "shipmentLine": {
                "quantity": 2,
                "invoicedQuantity": 2,
                "invoiceLines": [
                    {"quantity": 2, "invoice": {"number": invoice["number"]}},
                    {"quantity": 1, "invoice": {"number": credit["number"]}},
                ],
            },
        }
    ]
    paper = written(client, credit["pdfUrl"])
    assert paper[0] == "Credit note" and {"-20.00 SEK", "80.00 SEK"} <= set(paper)
    assert len(api.shipment(number)["invoices"]) == 1, "a credit note is none of the shipment's invoices"


def test_every_paper_of_the_seed_can_be_read(api: Warehouse, client: httpx.Client) -> None:
    erp = Integration(client)
    for invoice in erp.ask("{ invoices(limit: 200) { pdfUrl grandTotal { formattedValue } } }")["invoices"]:
        texts = written(client, invoice["pdfUrl"])
        total = texts[texts.index("Total", texts.index("Goods")) + 1]
        assert re.sub(r"\D", "", total) == re.sub(r"\D", "", invoice["grandTotal"]["formattedValue"])
    for shipment in api.get("shipments", status="completed", limit=40):
        assert written(client, shipment["deliveryNote"])[0] == "Delivery note"
        assert written(client, shipment["proforma"])[0] == "Proforma invoice"


def test_an_invoice_that_lies_elsewhere(api: Warehouse, client: httpx.Client) -> None:
    (row,) = api.sizes(1)
    elsewhere = "https://books.example.com/i/77"
    auth = {"status": 1, "amount": 100, "transaction": "T77", "response": '{"ok": 1}', "external_url": elsewhere}
    body = api.order_of([(row, 1, {"unitPrice": 100})]) | {"payment": {"id": 1, "auth": auth}, "shippingValue": 0}
    (number,) = api.ok("POST", "order", body)["orders"]
    order = api.order(number)
    made = shipment_of(api, order, products={order["products"][0]["lineId"]: 1})
    assert made["invoice"] == elsewhere
    (entry, capture) = Integration(client).ask(
        "query ($number: Int!) { order(number: $number) { paymentHistory { entryType source paramsJSON } } }",
        number=number,
    )["order"]["paymentHistory"]
    assert entry["source"] == capture["source"] == "Order API"
    assert '"raw":"{\\"ok\\": 1}"' in entry["paramsJSON"] and elsewhere in entry["paramsJSON"]


def test_every_space_has_papers_of_its_own(client: httpx.Client) -> None:
    other = Warehouse(client, base="/_space/other/api/order-api")
    order = other.place(1)
    made = shipment_of(other, order, products={order["products"][0]["lineId"]: 1})
    assert made["deliveryNote"].startswith(f"{BASE_URL}/_space/other/delnote")
    assert f"No. {made['shipment']}" in written(client, made["deliveryNote"])
    assert client.get(made["deliveryNote"].replace("/_space/other", "")).status_code == 404


@pytest.mark.parametrize(
    "path", ["/delnote", "/delnote?shipment=1001", "/proforma?shipment=1001-99", "/invoice", "/invoice?invoice=x"]
)
def test_what_is_not_there_is_not_found(client: httpx.Client, path: str) -> None:
    response = client.get(path)
    assert (response.status_code, response.headers["Content-Type"]) == (404, "text/plain; charset=utf-8")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Łódź Šibenik", "Lódz Šibenik"),
        ("ŁÓDŹ Đakovo", "LÓDZ Dakovo"),
        ("Ψυχή Θεσσαλονίκη", "Psychi Thessaloniki"),
        ("ουρανός", "ouranos"),
        ("Щука ЩУКА", "Shchuka SHCHUKA"),
        ("Йошкар-Ола", "Yoshkar-Ola"),
        ("Hồ Chí Minh", "Ho Chí Minh"),
        ("東京 5", "?? 5"),
    ],
)
def test_names_in_other_letters_can_be_read(api: Warehouse, client: httpx.Client, name: str, shown: str) -> None:
    order = api.place(1, address={**BUYER, "city": name})
    note = written(client, api.shipment(api.pack(order))["deliveryNote"])
    assert any(line.endswith(shown) for line in note)
