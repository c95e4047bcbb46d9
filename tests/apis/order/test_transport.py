"""The Order API's transport: the token, envelopes, bodies, XML, permissions."""

import xml.etree.ElementTree as ET
from collections.abc import Callable

import httpx
import pytest

from tests.warehouse import BASE, Warehouse


@pytest.mark.parametrize("token", [None, "", "mock-checkout-secret", "mock-order-secret-not"])
@pytest.mark.parametrize("path", ["orders", "nothing/at/all", "customers/1"])
def test_nobody_without_the_token_learns_anything(client: httpx.Client, token: str | None, path: str) -> None:
    headers = {} if token is None else {"API-Authorization": token}
    response = client.get(f"{BASE}/{path}", headers=headers)
    assert response.status_code == 401
    assert response.json() == {"status": "no", "msg": "Unauthorized"}


def test_a_refused_call_changes_nothing(client: httpx.Client, api: Warehouse) -> None:
    before = api.get("customers/1")
    client.put(f"{BASE}/customers/1", json={"firstName": "Mallory"})
    assert api.get("customers/1") == before


def test_header_names_have_no_case(client: httpx.Client, api: Warehouse) -> None:
    assert client.get(f"{BASE}/orders", headers={"api-authorization": api.token}).status_code == 200


def test_correlation_and_request_ids(api: Warehouse) -> None:
    response = api.send("GET", "orders", headers={"X-Correlation-ID": "abc-123"})
    assert response.headers["X-Correlation-ID"] == "abc-123"
    assert len(response.headers["X-Centra-Request-ID"]) == 32
    assert api.send("GET", "orders").headers["X-Correlation-ID"].startswith("centra_")


@pytest.mark.parametrize("path", ["orders/", "stock/", "products/?limit=1", "customers/1/", "vouchers/1/"])
def test_a_slash_at_the_end_is_accepted(api: Warehouse, path: str) -> None:
    assert api.send("GET", path).json()["status"] == "ok"


def test_unknown_paths_and_verbs(api: Warehouse) -> None:
    response = api.send("GET", "nothing")
    assert (response.status_code, response.json()) == (404, {"status": "no", "msg": "not found"})
    response = api.send("DELETE", "products")
    assert (response.status_code, response.json()) == (405, {"status": "no", "msg": "method not allowed"})
    assert response.headers["Allow"] == "GET"


@pytest.mark.parametrize("body", [b"{", b'{"order": }', b"\xff\xfe", b'{"a":' * 5000, b"nonsense"])
def test_a_body_that_is_no_json_is_400(api: Warehouse, body: bytes) -> None:
    response = api.send("PUT", "orders", content=body, headers={"Content-Type": "application/json"})
    assert (response.status_code, response.json()) == (400, {"status": "no", "msg": "invalid JSON"})


@pytest.mark.parametrize("body", ["", "null", "[]", "7", '"text"'])
def test_a_body_that_is_no_object_has_no_parameters(api: Warehouse, body: str) -> None:
    response = api.send("PUT", "orders", content=body)
    assert response.json() == {"status": "no", "msg": {"order": "required"}}


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/x-www-form-urlencoded"])
def test_json_is_read_whatever_its_content_type(api: Warehouse, content_type: str | None) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    response = api.send("PUT", "orders", content='{"order": 1001, "comment": "x"}', headers=headers)
    assert response.json() == {"status": "ok", "order": 1001}


def test_forms_with_keys_as_php_reads_them(api: Warehouse) -> None:
    rows = api.get("stock", limit=2)
    form = {
        "products[0][product]": rows[0]["ean"],
        "products[0][quantity]": "77",
        "products[1][product]": rows[1]["ean"],
        "products[1][quantity]": "78",
    }
    assert api.send("POST", "stock", data=form).json() == {"status": "ok"}
    assert [row["physicalStock"] for row in api.get("stock", limit=2)] == [77, 78]


def test_xml_instead_of_json(api: Warehouse) -> None:
    response = api.send("GET", "orders", params={"order": 1001, "xml": "true"})
    assert response.headers["content-type"] == "text/xml; charset=utf-8"
    root = ET.fromstring(response.content)
    assert root.tag == "response"
    assert root.findtext("status") == "ok"
    assert root.findtext("orders/item/orderId") == "1001"
    assert root.findtext("orders/item/products/item/isBundle") == "0"


def test_xml_can_be_asked_for_in_the_body_and_holds_errors_too(api: Warehouse) -> None:
    response = api.send("PUT", "orders", {"xml": 1, "order": "<&\x01"})
    root = ET.fromstring(response.content)
    assert root.findtext("status") == "no"
    assert root.findtext("msg/order") == "invalid value"


def test_keys_that_are_no_names_become_items_with_a_key(api: Warehouse) -> None:
    root = ET.fromstring(api.send("GET", "vouchers/2", params={"xml": 1}).content)
    amounts = {each.get("key"): each.text for each in root.findall("voucher/valueByPricelist/item")}
    assert amounts["1"] == "100"
    assert root.findtext("voucher/value") == ""


@pytest.mark.parametrize("name", ["GET /orders", "orders", "get /orders/", "/orders"])
def test_only_permitted_endpoints_answer(api: Warehouse, configure: Callable[..., None], name: str) -> None:
    configure(allowed_endpoints=[name, "GET /customers/{customerId}"])
    assert api.send("GET", "orders").status_code == 200
    assert api.send("GET", "customers/1").status_code == 200
    for method, path in (("GET", "stock"), ("GET", "customers")):
        response = api.send(method, path)
        assert (response.status_code, response.json()) == (403, {"status": "Not Allowed"})


def test_a_permission_with_a_verb_is_for_that_verb(api: Warehouse, configure: Callable[..., None]) -> None:
    configure(allowed_endpoints=["GET /orders"])
    assert api.send("PUT", "orders", {"order": 1001}).status_code == 403


def test_an_alias_needs_no_permission_of_its_own(api: Warehouse, configure: Callable[..., None]) -> None:
    configure(allowed_endpoints=["GET /shipments/{shipmentId}"])
    assert api.send("GET", "shipment/1001-1").json()["status"] == "ok"


def test_spaces_are_shops_of_their_own(client: httpx.Client, api: Warehouse) -> None:
    other = Warehouse(client, base=f"/_space/other{BASE}")
    other.ok("PUT", "orders", {"order": 1001, "comment": "only there"})
    assert "only there" in other.order(1001)["otherComment"]
    assert "only there" not in api.order(1001)["otherComment"]
    (shipment,) = other.get("shipments/1001-1")
    assert shipment["proforma"] == "http://shop.test/_space/other/proforma?shipment=1001-1"
