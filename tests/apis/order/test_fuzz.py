"""Whatever is sent to the Order API, it answers in its own shape and never breaks; what it refuses leaves nothing."""

import re
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from mockcentra.apis.order import load_endpoints
from mockcentra.apis.order.transport import ENDPOINTS, Endpoint
from tests.warehouse import Warehouse

load_endpoints()

WORDS = (
    "order", "orders", "shipment", "products", "product", "quantity", "qty", "id", "ean", "sku", "upc", "item",
    "comment", "internalComment", "extraAttributes", "consents", "key", "consented", "email", "country", "state",
    "firstName", "newsletter", "name", "code", "startDate", "stopDate", "type", "value", "valueByPricelist", "store",
    "markets", "limit", "status", "costPrice", "costPriceCurrency", "xml", "payment", "auth", "capture", "amount",
    "address", "deliveryAddress", "invoiceAddress", "marketId", "pricelistId", "createOnly", "forceCreate",
    "adjustStock", "voucherCodes", "voucherValue", "orderDate", "orderNumber", "itemText", "unitPrice", "accountId",
    "customerId", "gtg", "shipped", "serialNumber", "returnStock", "handlingCost", "handlingCostFromShipment",
    "refund", "refundPayment", "completed", "createdAt", "accepted", "warehouseId", "insertStock", "replaceExisting",
)  # fmt: skip
QUERY = (
    "limit", "offset", "page", "order", "customer_id", "newer_than", "older_than", "status", "shipment", "return",
    "selection", "sku", "ean", "upc", "productId", "variantId", "stockItemId", "market", "modified", "created",
    "stock_modified", "include", "exclude", "email", "xml", "warehouse",
)  # fmt: skip
NUMBERS = (0, 1, -1, 2, 1001, 1.5, -0.0, 1e308, 2**31, 2**53, 2**63, 2**64, 10**30)
TEXTS = (
    "", "1", "0", "-1", "1001", "1001-1", "2026-01-01", "2026-02-30", "0000-00-00", "9999-12-31 23:59:59", "SE",
    "percentoff", "priceoff", "NaN", "Infinity", "1e400", "true", "\x00", "é🧥", "' OR 1=1 --", "%", "x" * 5000,
    "confirmed", "anna.demo@example.com", "goodtogo", "completed", "attributes", "all", "2040460000019",
)  # fmt: skip

scalars = st.sampled_from((None, True, False, *NUMBERS, *TEXTS)) | st.text(max_size=8) | st.integers()
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(WORDS) | st.sampled_from(TEXTS[:6]), inner, max_size=4)
    ),
    max_leaves=12,
)
bodies = st.dictionaries(st.sampled_from(WORDS), values, max_size=12)
queries = st.dictionaries(st.sampled_from(QUERY), st.sampled_from(TEXTS) | st.text(max_size=6), max_size=4)
pieces = st.sampled_from([text for text in TEXTS if text and len(text) < 100]) | st.text(min_size=1, max_size=6)

bounded = settings(
    max_examples=25,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def check(response: httpx.Response) -> None:
    assert response.status_code in (200, 400, 404, 405), (response.request.url, response.text[:500])
    if "xml" in response.headers["content-type"]:
        return
    data = response.json()
    assert isinstance(data, dict)
    if response.status_code == 200 and isinstance(data.get("status"), str):
        assert data["status"] in ("ok", "no")


def filled(entry: Endpoint, piece: str) -> str:
    """The path of an endpoint with a value for its variables."""
    return re.sub(r"<[^>]*>", lambda _: quote(piece, safe=""), entry.path)


@pytest.mark.parametrize("entry", ENDPOINTS, ids=[f"{entry.method} {entry.path}" for entry in ENDPOINTS])
def test_no_call_breaks_the_shop(api: Warehouse, entry: Endpoint) -> None:
    @bounded
    @given(body=bodies, query=queries, piece=pieces)
    def call(body: dict[str, Any], query: dict[str, str], piece: str) -> None:
        path = filled(entry, piece)
        if "/." in path:
            return
        if entry.method == "GET":
            check(api.send("GET", path, params=query))
        else:
            check(api.send(entry.method, path, clean(body), params={"xml": query["xml"]} if "xml" in query else None))

    call()


def clean(value: Any) -> Any:
    """JSON has no infinite numbers."""
    if isinstance(value, dict):
        return {key: clean(each) for key, each in value.items()}
    if isinstance(value, list):
        return [clean(each) for each in value]
    return None if isinstance(value, float) and (value != value or abs(value) == float("inf")) else value


@bounded
@given(content=st.binary(max_size=60), form=st.booleans())
def test_any_bytes_are_a_body(client: httpx.Client, content: bytes, form: bool) -> None:
    kind = "application/x-www-form-urlencoded" if form else "application/json"
    for method, path in (("PUT", "orders"), ("POST", "stock"), ("POST", "voucher"), ("PUT", "customers/1")):
        check(Warehouse(client).send(method, path, content=content, headers={"Content-Type": kind}))


@bounded
@given(key=st.text("products[]0123quantityean ", max_size=30), value=st.sampled_from(TEXTS))
def test_any_key_is_one_of_a_form(client: httpx.Client, key: str, value: str) -> None:
    check(Warehouse(client).send("POST", "stock", data={key: value, "products[0][product]": "1"}))


def test_deep_and_wide_bodies(api: Warehouse) -> None:
    deep: Any = "x"
    for _ in range(200):
        deep = {"products": [deep]}
    check(api.send("POST", "stock", deep))
    check(api.send("PUT", "orders", {"order": 1001, "extraAttributes": {str(n): str(n) for n in range(2000)}}))
    check(api.send("POST", "stock", {"products": [{"product": str(n), "quantity": n} for n in range(40_000)]}))
    check(api.send("GET", "products", params={"x" + "[a]" * 200: "1"}))
