"""Products and stock, a row a size: filters, pages, links, what is in a row, and setting stock."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from mockcentra.store import Store
from tests.shopper import Shopper
from tests.warehouse import Warehouse

ENDPOINTS = ("products", "stock")


@pytest.fixture
def row(api: Warehouse) -> dict[str, Any]:
    """A size of an ordinary product with all parts of its SKU, in deep stock."""
    return api.get("stock", limit=1)[0]


# ------------------------------------------------------------------ reading


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_every_size_is_listed_once_in_a_stable_order(api: Warehouse, endpoint: str) -> None:
    rows = api.get(endpoint)
    keys = [(row["productId"], row["variantId"], row["stockItemId"]) for row in rows]
    assert keys == sorted(set(keys))
    assert {row["active"] for row in rows} == {0, 1}
    assert len(rows) > 1500


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_filters(api: Warehouse, endpoint: str, row: dict[str, Any]) -> None:
    whole = row["sku"] + row["variantSku"] + row["sizeSku"]
    for key in ("stockItemId", "ean", "upc"):
        assert [each["stockItemId"] for each in api.get(endpoint, **{key: row[key]})] == [row["stockItemId"]]
    assert [each["stockItemId"] for each in api.get(endpoint, sku=whole)] == [row["stockItemId"]]
    assert {each["sku"] for each in api.get(endpoint, sku=row["sku"])} == {row["sku"]}
    assert {each["variantId"] for each in api.get(endpoint, variantId=row["variantId"])} == {row["variantId"]}
    assert {each["productId"] for each in api.get(endpoint, productId=row["productId"])} == {row["productId"]}
    assert api.get(endpoint, ean="no-such-ean") == []
    assert api.get(endpoint, productId=row["productId"], variantId=999_999) == []


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_filters_by_date_and_market(api: Warehouse, endpoint: str) -> None:
    everything = api.get(endpoint)
    dates = sorted({row["createdAt"] for row in everything})
    middle = dates[len(dates) // 2]
    assert api.get(endpoint, created=middle) == [row for row in everything if row["createdAt"] >= middle]
    assert api.get(endpoint, modified="2099-01-01") == []
    japan = api.get(endpoint, market=5)
    assert 0 < len(japan) < len(everything)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize("query", [{"productId": "a"}, {"modified": "soon"}, {"limit": "0"}, {"limit": 5, "page": 0}])
def test_what_cannot_be_read_is_named(api: Warehouse, endpoint: str, query: dict[str, Any]) -> None:
    problems = api.refused("GET", endpoint, **query)["msg"]
    assert set(problems.values()) == {"invalid value"}
    assert set(problems) <= set(query)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_pages_are_linked_and_keep_the_filters(api: Warehouse, endpoint: str) -> None:
    whole = api.ok("GET", endpoint, sku="NH1001")
    assert set(whole) == {"status", "products"}
    first = api.ok("GET", endpoint, sku="NH1001", limit=10)
    assert "previous" not in first
    assert parse_qs(first["next"][1:]) == {"limit": ["10"], "page": ["2"], "sku": ["NH1001"]}
    seen, page = list(first["products"]), first
    while "next" in page:
        page = api.send("GET", endpoint + page["next"]).json()
        seen += page["products"]
    assert seen == whole["products"]
    back = api.send("GET", endpoint + page["previous"]).json()
    assert back["products"] == seen[-10 - len(page["products"]) : -len(page["products"])]


def test_a_product_says_what_a_display_says_of_it(api: Warehouse, client: httpx.Client) -> None:
    product = api.get("products", limit=1)[0]
    shopper = Shopper(client).in_country("SE")
    shopper.ok("PUT", "languages/en")
    shown = shopper.ok("GET", "products/1")["product"]
    assert product["name"] == shown["name"]
    assert (str(product["productId"]), str(product["variantId"])) == (shown["centraProduct"], shown["centraVariant"])
    assert shown["items"][0]["item"] == f"1-{product['stockItemId']}"
    prices = {price["pricelist"]: price for price in product["prices"]}
    assert prices["SEK"]["price"] == f"{shown['priceAsNumber']:.2f}"
    assert prices["JPY"]["currency"] == "JPY"
    assert product["images"] == [url for url in shown["media"]["standard"] if url in product["images"]]
    assert product["categories"][0] == "Women / Knitwear / Cardigans"
    assert product["folder"] == "Ready-to-wear / Knitwear"


def test_campaigns_stand_beside_the_price(api: Warehouse, client: httpx.Client) -> None:
    reduced = next(row for row in api.get("products") if row["prices"] and row["prices"][0]["campaigns"])
    price = reduced["prices"][0]
    campaign = min(price["campaigns"], key=lambda each: each["price"])
    assert campaign["price"] <= float(price["price"])
    assert campaign["campaign"]


def test_attributes_on_request(api: Warehouse) -> None:
    plain, rich = (api.get("products", limit=1, **extra)[0] for extra in ({}, {"include": "attributes"}))
    assert {key: rich[key] for key in plain} == plain
    assert rich["swatch"]["desc"]
    assert rich["variant_swatch_color_code"].startswith("#")


def test_products_without_a_display_and_bundles_are_listed(api: Warehouse) -> None:
    rows = api.get("products")
    hidden = [row for row in rows if not row["prices"] and not row["categories"]]
    assert hidden
    assert all(row["store"] == "Retail" and row["name"] == row["product"] for row in hidden)
    assert any(row["ean"] == "" and row["name"] == "Weekend Set" for row in rows)


# ------------------------------------------------------------------ stock


def test_figures_are_consistent_and_orders_are_seen_in_them(api: Warehouse) -> None:
    rows = api.get("stock")
    for row in rows:
        assert row["physicalStock"] == row["allocatedStock"] + row["availableStock"]
        assert row["allocatedStock"] >= 0
    assert any(row["allocatedStock"] for row in rows)


def test_an_order_reserves(api: Warehouse, client: httpx.Client, buy: Callable[..., str]) -> None:
    shopper = Shopper(client).in_country("SE")
    (item,) = shopper.ordinary_items(1)
    size = int(item.partition("-")[2])
    physical, allocated, available = api.stock_of(size)
    buy(shopper, quantity=3)
    assert api.stock_of(size) == (physical, allocated + 3, available - 3)


def test_bundles_have_what_their_parts_allow(api: Warehouse) -> None:
    (bundle,) = [row for row in api.get("stock") if row["product"].startswith("Weekend")][:1]
    assert bundle["physicalStock"] == bundle["availableStock"] >= 50


def test_physical_stock_can_be_left_out(api: Warehouse) -> None:
    row = api.get("stock", limit=1, exclude="physicalStock")[0]
    assert "physicalStock" not in row
    assert {"allocatedStock", "availableStock"} <= set(row)


def test_setting_stock_is_absolute(api: Warehouse, row: dict[str, Any]) -> None:
    allocated = row["allocatedStock"]
    for quantity in (allocated + 54, str(allocated + 7)):
        entry = {"product": row["ean"], "quantity": quantity}
        assert api.answered("POST", "stock", {"products": [entry]}) == {"status": "ok"}
        assert api.stock_of(row["stockItemId"]) == (int(quantity), allocated, int(quantity) - allocated)


@pytest.mark.parametrize("name", ["ean", "upc", "sku"])
def test_sizes_have_three_names(api: Warehouse, row: dict[str, Any], name: str) -> None:
    named = row[name] if name != "sku" else row["sku"] + row["variantSku"] + row["sizeSku"]
    api.ok("POST", "stock", {"products": [{"product": named, "quantity": 123}]})
    assert api.stock_of(row["stockItemId"])[0] == 123


def test_never_below_what_is_reserved(api: Warehouse) -> None:
    row = next(row for row in api.get("stock") if row["allocatedStock"])
    api.ok("POST", "stock", {"products": [{"product": row["ean"], "quantity": 0}]})
    allocated = row["allocatedStock"]
    assert api.stock_of(row["stockItemId"]) == (allocated, allocated, 0)


def test_what_is_not_found_is_named_and_the_rest_is_set(api: Warehouse, row: dict[str, Any]) -> None:
    bundle = next(each for each in api.get("stock") if each["product"].startswith("Weekend"))
    sku = bundle["sku"] + bundle["variantSku"] + bundle["sizeSku"]
    sent = [
        {"product": "nope", "quantity": 5},
        {"product": row["ean"], "quantity": 321},
        {"product": sku, "quantity": 5},
        {"product": row["upc"], "quantity": "many"},
        {"product": row["upc"]},
        {"product": row["upc"], "quantity": -1},
        {"product": row["upc"], "quantity": 1.5},
        "what",
    ]
    answer = api.refused("POST", "stock", {"products": sent})
    upc = row["upc"]
    assert answer == {
        "status": "no",
        "msg": "Some of the products were not updated",
        "errors": {"productsNotFound": ["nope", upc, upc, upc, upc, ""], "productsAreBundles": [sku]},
    }
    assert api.stock_of(row["stockItemId"])[0] == 321


@pytest.mark.parametrize("body", [{}, {"products": []}, {"products": "all"}, {"products": None}])
def test_no_products(api: Warehouse, body: dict[str, Any]) -> None:
    assert api.refused("POST", "stock", body)["msg"] == {"products": "required"}


def test_the_webshop_sees_new_stock_at_once(api: Warehouse, client: httpx.Client) -> None:
    shopper = Shopper(client).in_country("SE")
    product = next(
        each
        for each in shopper.ok("POST", "products", {"limit": 300})["products"]
        if any(item["stock"] == "no" for item in each["items"])
    )
    item = next(each for each in product["items"] if each["stock"] == "no")
    api.ok("POST", "stock", {"products": [{"product": item["ean"], "quantity": 12}]})
    after = shopper.ok("GET", f"products/{product['product']}")["product"]
    assert next(each["stock"] for each in after["items"] if each["item"] == item["item"]) == "yes"


def test_whoever_waited_is_told(api: Warehouse, client: httpx.Client, store: Store) -> None:
    item = next(
        item
        for each in Shopper(client).in_country("SE").ok("POST", "products", {"limit": 500})["products"]
        for item in each["items"]
        if item["stock"] == "no"
    )
    Shopper(client).ok(
        "POST",
        "back-in-stock-subscription",
        {"item": item["item"], "email": "waiting@example.com", "shipTo": {"country": "SE"}},
    )
    api.ok("POST", "stock", {"products": [{"product": item["ean"], "quantity": 30}]})
    with store.reading() as tx:
        assert tx.value("SELECT COUNT(*) FROM mails WHERE recipient = 'waiting@example.com'") == 1


def test_stock_changes_can_be_asked_for(api: Warehouse, client: httpx.Client, row: dict[str, Any]) -> None:
    client.put("/_mock/clock", json={"now": "2027-03-01T12:00:00+00:00", "frozen": True}).raise_for_status()
    assert api.get("stock", stock_modified="2027-03-01") == []
    api.ok("POST", "stock", {"products": [{"product": row["ean"], "quantity": 1000}]})
    assert [each["stockItemId"] for each in api.get("stock", stock_modified="2027-03-01")] == [row["stockItemId"]]


def test_setting_what_is_free(api: Warehouse, configure: Callable[..., None]) -> None:
    configure(stock_update="fta")
    row = next(row for row in api.get("stock") if row["allocatedStock"])
    api.ok("POST", "stock", {"products": [{"product": row["ean"], "quantity": 40}]})
    allocated = row["allocatedStock"]
    assert api.stock_of(row["stockItemId"]) == (40 + allocated, allocated, 40)


def test_a_virtual_warehouse_only_shrinks(api: Warehouse, configure: Callable[..., None], store: Store) -> None:
    configure(primary_warehouse=1)
    row = api.get("stock", limit=1)[0]
    size = row["stockItemId"]
    with store.transaction() as tx:
        tx.run("DELETE FROM stock WHERE product_size_id = ? AND warehouse_id <> 1", (size,))
        tx.run("UPDATE stock SET physical = allocated + 10 WHERE product_size_id = ?", (size,))
        tx.insert("stock", product_size_id=size, warehouse_id=2, physical=6)
    configure(virtual_warehouse=2)

    def where() -> dict[int, int]:
        with store.reading() as tx:
            rows = tx.all("SELECT warehouse_id, physical FROM stock WHERE product_size_id = ?", (size,))
        return {each["warehouse_id"]: each["physical"] for each in rows}

    allocated = api.stock_of(size)[1]
    assert api.stock_of(size)[0] == allocated + 16
    api.ok("POST", "stock", {"products": [{"product": row["ean"], "quantity": allocated + 100}]})
    assert where() == {1: allocated + 94, 2: 6}
    api.ok("POST", "order", api.order_of([(row, 2, {"unitPrice": 5})]))
    allocated += 2
    for total in (allocated + 6, allocated + 4, allocated):
        api.ok("POST", "stock", {"products": [{"product": row["ean"], "quantity": total}]})
        assert where() == {1: allocated, 2: total - allocated}
        assert api.stock_of(size)[0] == total, "what was sent is what is there"


def test_costs_are_kept(api: Warehouse, store: Store, row: dict[str, Any]) -> None:
    entry = {"product": row["ean"], "quantity": 5, "costPrice": "12.54", "costPriceCurrency": "sek"}
    api.ok("POST", "stock", {"products": [entry]})
    with store.reading() as tx:
        assert tx.value("SELECT unit_cost FROM variants WHERE id = ?", (row["variantId"],)) == 1254


def test_a_thousand_sizes_at_once(api: Warehouse, store: Store) -> None:
    rows = [row for row in api.get("stock") if row["ean"]][:1000]
    sent = [{"product": row["ean"], "quantity": row["allocatedStock"] + 33} for row in rows]
    api.ok("POST", "stock", {"products": sent})
    assert {row["availableStock"] for row in api.get("stock") if row["ean"]} >= {33}
    with store.reading() as tx:
        changes = tx.value("SELECT COUNT(*) FROM stock_changes WHERE kind = 'integration'")
        events = tx.value("SELECT COUNT(*) FROM events WHERE object_type = 'stock'")
        assert tx.value("SELECT COUNT(*) FROM stock WHERE physical < allocated") == 0
    assert changes == events > 900
