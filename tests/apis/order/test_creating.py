"""Orders that integrations bring: what comes of them, and what is refused with which code."""

from typing import Any

import pytest

from mockcentra.commerce.settings import change_settings
from mockcentra.store import Store
from tests.shopper import Shopper
from tests.warehouse import Warehouse


def everything(api: Warehouse, store: Store) -> list[Any]:
    """What a refused order must leave as it was."""
    tables = ("orders", "order_lines", "allocations", "stock", "customers", "payment_entries", "vouchers", "counters")
    with store.reading() as tx:
        return [[tuple(row) for row in tx.all(f"SELECT * FROM {name} ORDER BY 1, 2")] for name in tables]


# ------------------------------------------------------------------ whole orders


def test_an_order_takes_its_prices_and_its_place_from_the_shop(api: Warehouse):
    (row,) = api.sizes(1)
    body = api.order_of([(row, 2, {})])
    del body["shippingValue"]
    order = api.order(api.ok("POST", "order", body)["orders"][0])
    assert (order["marketId"], order["pricelistId"], order["orderCurrency"]) == (1, 1, "SEK")
    assert order["orderStatus"] == "confirmed"
    assert (order["shippingList"], order["deliveryCell"]) == ("standard", "0701234567")
    assert order["shippingValue"] > 0
    (line,) = order["products"]
    assert line["totalPrice"] == line["price"] * 2
    assert order["grandTotalValue"] == pytest.approx(order["totalItemsPrice"] + order["shippingValue"])
    assert order["grandTotalTaxValue"] == pytest.approx(order["grandTotalValue"] * 25 / 125, abs=0.01)


def test_names_stand_for_markets_pricelists_and_warehouse_groups(api: Warehouse):
    order = api.place(1, market="VIP", pricelist="VIP SEK", warehouseGroup="VIP", shippingList="express")
    assert (order["marketId"], order["shippingList"]) == (6, "express")


def test_a_sale_to_the_united_states_bears_their_tax(api: Warehouse):
    address = {"email": "bo@example.com", "country": "us", "state": "New York", "zipcode": "10024"}
    order = api.place(1, address=address, price=100)
    assert (order["orderCurrency"], order["deliveryCountry"], order["deliveryState"]) == ("USD", "US", "NY")
    assert order["taxAdded"] > 0
    assert order["grandTotalValue"] == pytest.approx(100 + order["taxAdded"])
    shown = api.shipment(api.pack(order))
    assert shown["taxAdded"] == order["taxAdded"]
    assert shown["grandTotalValue"] == order["grandTotalValue"]


def test_rows_may_say_themselves_what_they_are(api: Warehouse):
    (row,) = api.sizes(1)
    texts = {"sku": "SPECIAL", "product": "A special product", "variant": ""}
    size = {"localizedSize": "38", "localizationDefinitionName": "US"}
    body = api.order_of([(row, 1, {"itemText": texts, "localizedProdSize": size, "comment": "engrave"})])
    order = api.order(api.ok("POST", "order", body)["orders"][0])
    (line,) = order["products"]
    assert (line["sku"], line["name"], line["variant"], line["comment"]) == (
        "SPECIAL",
        "A special product",
        "",
        "engrave",
    )
    assert line["localizedSize"] == size


def test_an_unknown_article_can_be_imported_and_shipped(api: Warehouse):
    row = {"ean": "no-such-ean", "qty": 2, "unitPrice": 30, "itemText": {"product": "From the old shop"}}
    body = {**api.order_of([]), "products": [row], "forceCreate": True}
    order = api.order(api.ok("POST", "order", body)["orders"][0])
    assert (order["products"][0]["name"], order["totalItemsPrice"]) == ("From the old shop", 60)
    api.send_parcel(order)
    assert api.order(order["orderId"])["orderStatus"] == "completed"
    assert api.refused("POST", "order", {**body, "forceCreate": False})["code"] == -1


def test_every_way_to_name_a_size(api: Warehouse):
    row = next(each for each in api.sizes(40) if each["upc"] and each["sizeSku"])
    for name in (
        {"id": str(row["stockItemId"])},
        {"ean": row["ean"]},
        {"upc": row["upc"]},
        {"sku": row["sku"] + row["variantSku"] + row["sizeSku"]},
        {"item": f"1-{row['stockItemId']}"},
    ):
        body = {**api.order_of([]), "products": [{**name, "qty": 1}]}
        order = api.order(api.ok("POST", "order", body)["orders"][0])
        assert order["products"][0]["ean"] == row["ean"]


def test_what_is_not_there_waits_if_it_may(api: Warehouse):
    row = next(each for each in api.get("stock", market=1) if each["availableStock"] == 3 and each["ean"])
    wanted = [(row, 5, {"unitPrice": 10})]
    assert api.refused("POST", "order", api.order_of(wanted))["code"] == -2
    order = api.order(api.ok("POST", "order", api.order_of(wanted, forceCreate=True))["orders"][0])
    assert sum(place["itemQty"] for place in order["products"][0]["warehouses"]) == 3
    body = {"order": order["orderId"], "products": {order["products"][0]["lineId"]: 5}}
    assert api.refused("POST", "shipments", body)["msg"] == "failed to allocate stock"
    api.ok("POST", "stock", {"products": [{"product": row["ean"], "quantity": 5}]})
    assert api.ok("POST", "shipments", body)["shipment"]
    assert api.stock_of(row["stockItemId"]) == (5, 5, 0)


def test_vouchers_by_code_and_by_value(api: Warehouse):
    (row,) = api.sizes(1)
    body = api.order_of([(row, 2, {"unitPrice": 500})], voucherCodes=["welcome10"], voucherValue=50)
    order = api.order(api.ok("POST", "order", body)["orders"][0])
    assert [voucher["voucher"] for voucher in order["discounts"]["vouchers"]] == ["WELCOME10"]
    assert order["voucherValue"] == pytest.approx(150)
    assert order["grandTotalValue"] == pytest.approx(850)
    refused = api.refused("POST", "order", {**body, "voucherCodes": ["SPRING15"]})
    assert refused["code"] == -7


def test_a_pending_payment_holds_the_order(api: Warehouse):
    (row,) = api.sizes(1)
    body = api.order_of([(row, 1, {"unitPrice": 100})], payment={"auth": {"status": 0, "amount": 100}})
    number = api.ok("POST", "order", body)["orders"][0]
    assert api.get("orders", order=number) == []
    api.ok("POST", f"order/{number}", {"payment": {"auth": {"status": 1, "amount": 100, "transaction": "T-7"}}})
    order = api.order(number)
    assert (order["orderStatus"], order["hold"], order["paymentReference"]) == ("confirmed", 0, "T-7")


def test_money_is_told_once(api: Warehouse, store: Store):
    order = api.place(1, payment=None)
    told = {"payment": {"auth": {"status": 1, "amount": 100, "transaction": "T-8"}}}
    for _ in range(2):
        assert api.ok("POST", f"order/{order['orderId']}", told)["orders"] == [order["orderId"]]
    capture = {"payment": {"capture": {"status": 1, "amount": 100, "transaction": "C-8"}}}
    for _ in range(2):
        api.ok("POST", f"order/{order['orderId']}", capture)
    too_much = {"payment": {"capture": {"status": 1, "amount": 1, "transaction": "C-9"}}}
    api.refused("POST", f"order/{order['orderId']}", too_much)
    with store.reading() as tx:
        entries = tx.all(
            "SELECT e.type, e.amount FROM payment_entries e JOIN orders o ON o.id = e.order_id WHERE o.number = ?",
            (int(order["orderId"]),),
        )
    assert [tuple(entry) for entry in entries] == [("auth", 10000), ("capture", 10000)]


# ------------------------------------------------------------------ customers


def test_a_registered_customer_sees_the_order_in_the_webshop(api: Warehouse, client):
    address = {"email": "anna.demo@example.com", "country": "SE", "firstName": "Anna"}
    mine = api.place(1, address=address, customerRegister=True)
    guests = api.place(1, address=address)
    assert mine["customerId"] != guests["customerId"]
    shopper = Shopper(client)
    shopper.ok("POST", "login/anna.demo@example.com", {"password": "demo1234"})
    numbers = [order["order"] for order in shopper.ok("POST", "orders", {})["orders"]]
    assert mine["orderId"] in numbers
    assert guests["orderId"] not in numbers


def test_a_migrated_customer_sets_a_password_at_the_next_sign_in(api: Warehouse, client):
    address = {"email": "moved@example.com", "country": "SE", "firstName": "Mo"}
    api.place(1, address=address, customerRegister=True, customerSetNewPassword=True)
    shopper = Shopper(client)
    status, data = shopper.refused("POST", "login/moved@example.com", {"password": "from the old shop"})
    assert (status, data["errors"]) == (406, {"password": "incorrect"})
    (mail,) = (each for each in client.get("/_mock/mail").json() if each["to"] == "moved@example.com")
    link = {"id": mail["data"]["id"], "i": mail["data"]["i"], "newPassword": "brand new 1"}
    shopper.ok("POST", "password-reset", link)
    fresh = Shopper(client)
    fresh.ok("POST", "login/moved@example.com", {"password": "brand new 1"})
    numbers = [order["order"] for order in fresh.ok("POST", "orders", {})["orders"]]
    assert len(numbers) == 1


def test_a_customer_by_id(api: Warehouse):
    customer = api.get("customers", email="max.demo@example.com")[0]
    order = api.place(1, customerId=int(customer["customerId"]))
    assert order["customerId"] == customer["customerId"]
    (row,) = api.sizes(1)
    assert api.refused("POST", "order", api.order_of([(row, 1, {})], customerId=999999))["code"] == -6


# ------------------------------------------------------------------ wholesale


def test_an_account_orders_without_an_address(api: Warehouse, store: Store):
    with store.reading() as tx:
        size_id = tx.value(
            "SELECT z.id FROM product_sizes z JOIN display_items i ON i.variant_id = z.variant_id"
            " JOIN displays d ON d.id = i.display_id JOIN prices p ON p.display_item_id = i.id"
            " JOIN stock k ON k.product_size_id = z.id AND k.warehouse_id = 1"
            " JOIN accounts a ON a.id = 1 AND a.pricelist_id = p.pricelist_id"
            " WHERE d.store_id = 2 AND d.status = 'active' AND k.physical - k.allocated > 10 ORDER BY z.id LIMIT 1"
        )
    before = api.stock_of(size_id)
    body = {"accountId": 1, "products": [{"id": size_id, "qty": 3}], "poNumber": "PO-1", "applyVouchers": False}
    order = api.order(api.ok("POST", "order", body)["orders"][0])
    assert (order["orderStore"], order["accountId"], order["customerId"]) == ("wholesale", "1", "")
    assert (order["orderStatus"], order["poNumber"]) == ("pending", "PO-1")
    assert order["deliveryCountry"]
    assert api.stock_of(size_id)[1] == before[1] + 3
    order = api.order(api.ok("POST", "order", {**body, "deliveryWindow": "Pre-order AW26"})["orders"][0])
    assert order["products"][0]["warehouses"] == [], "a pre-order takes no stock"
    assert api.refused("POST", "order", {**body, "accountId": 999})["code"] == -7


# ------------------------------------------------------------------ prepared orders


def test_a_prepared_order_takes_what_is_there_when_it_is_finished(api: Warehouse):
    row = next(each for each in api.get("stock", market=1) if each["availableStock"] == 4 and each["ean"])
    number = api.ok("POST", "order", api.order_of([(row, 3, {"unitPrice": 10})], createOnly=True))["order"]
    assert api.stock_of(row["stockItemId"])[1] == row["allocatedStock"]
    api.ok("POST", "stock", {"products": [{"product": row["ean"], "quantity": row["allocatedStock"] + 2}]})
    answer = api.ok("POST", f"order/{number}", {"comment": "one", "orderDate": "2026-02-03 04:05:06"})
    assert answer["orders"] == [str(number)]
    order = api.order(number)
    assert (order["orderStatus"], order["otherComment"], order["orderDate"]) == (
        "confirmed", "one", "2026-02-03 04:05:06",
    )  # fmt: skip
    assert sum(place["itemQty"] for place in order["products"][0]["warehouses"]) == 2
    assert api.refused("POST", "order", api.order_of([(row, 30, {})], createOnly=True))["code"] == -2


# ------------------------------------------------------------------ what is refused


def changed(body: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**body, **changes}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"products": None}, -4),
        ({"products": []}, -3),
        ({"products": [{"qty": 1}]}, -4),
        ({"products": [{"ean": "nope", "qty": 1}]}, -1),
        ({"products": [{"id": 1}]}, -4),
        ({"products": [{"id": 1, "qty": -2}]}, -7),
        ({"products": [{"id": 1, "qty": "many"}]}, -7),
        ({"products": [{"id": 1, "qty": 1, "unitPrice": -1}]}, -7),
        ({"address": None}, -4),
        ({"address": {"email": "a@example.com"}}, -4),
        ({"address": {"country": "SE"}}, -4),
        ({"address": {"email": "a@example.com", "country": "XX"}}, -7),
        ({"address": {"email": "nobody", "country": "SE"}, "customerRegister": True}, -6),
        ({"orderNumber": 1001}, -5),
        ({"orderNumber": "x"}, -7),
        ({"marketId": 99}, -7),
        ({"pricelist": "No such list"}, -7),
        ({"shippingList": "by-owl"}, -7),
        ({"warehouseGroup": "Nowhere"}, -7),
        ({"orderDate": "yesterday"}, -7),
        ({"orderDate": "0001-01-01"}, -7),
        ({"voucherCodes": ["NO-SUCH-CODE"]}, -7),
        ({"createdFromOrigin": {"type": "order"}}, -4),
        ({"createdFromOrigin": {"type": "order", "id": 99999999}}, -7),
        ({"payment": {"auth": {"amount": 3}}}, -4),
        ({"payment": {"auth": {"status": 5, "amount": 3}}}, -7),
        ({"payment": {"auth": {"status": 1, "amount": 1}, "capture": {"status": 1, "amount": 2}}}, -7),
    ],
)
def test_codes(api: Warehouse, store: Store, changes: dict[str, Any], code: int):
    (row,) = api.sizes(1)
    body = api.order_of([(row, 1, {})])
    before = everything(api, store)
    refused = api.refused("POST", "order", changed(body, **changes))
    assert (refused["code"], type(refused["msg"])) == (code, str), refused
    assert everything(api, store) == before


def test_what_is_not_sold_here_is_refused(api: Warehouse, store: Store):
    with store.reading() as tx:
        only_in_uk = tx.value(
            "SELECT z.id FROM product_sizes z JOIN display_items i ON i.variant_id = z.variant_id"
            " JOIN display_markets m ON m.display_id = i.display_id JOIN stock k ON k.product_size_id = z.id"
            " WHERE m.market_id = 3 AND k.physical > 5 AND NOT EXISTS (SELECT 1 FROM display_items j JOIN"
            " display_markets n ON n.display_id = j.display_id WHERE j.variant_id = z.variant_id AND n.market_id = 1)"
        )
    body = {**api.order_of([]), "products": [{"id": only_in_uk, "qty": 1, "unitPrice": 10}]}
    assert api.refused("POST", "order", body)["code"] == -1
    assert api.ok("POST", "order", {**body, "marketId": 3})["orders"]


def test_numbers(api: Warehouse, client):
    (row,) = api.sizes(1)
    order = api.place(1, orderNumber=5000)
    assert order["orderId"] == "5000"
    assert api.place(1)["orderId"] == "5001"
    shopper = Shopper(client).in_country("SE")
    shopper.fill(1)
    page = {
        "paymentMethod": "dummy-url",
        "paymentReturnPage": "https://shop.example.com/back",
        "termsAndConditions": True,
    }
    shopper.ok("POST", "payment", {**page, "address": shopper_address()})
    assert api.refused("POST", "order", api.order_of([(row, 1, {})], orderNumber=5002))["code"] == -5


def shopper_address() -> dict[str, str]:
    return {
        "email": "eva@example.com", "firstName": "Eva", "lastName": "Berg", "address1": "Storgatan 2",
        "zipCode": "50630", "city": "Borås", "country": "SE", "phoneNumber": "0701112233",
    }  # fmt: skip


def test_several_orders_go_their_own_ways(api: Warehouse):
    (row,) = api.sizes(1)
    good, bad = api.order_of([(row, 1, {})]), api.order_of([])
    answer = api.answered("POST", "orders", {"a": good, "b c": bad, "status": good})
    assert list(answer) == ["a", "b c", "status"]
    assert (answer["a"]["status"], answer["b c"]["code"], answer["status"]["status"]) == ("ok", -3, "ok")
    assert api.refused("POST", "orders", {})["msg"] == "no orders"
    assert api.refused("POST", "orders", [1])["msg"] == "no orders"


def test_creating_can_be_switched_off(api: Warehouse, store: Store):
    with store.transaction() as tx:
        change_settings(tx, {"order.allow_create": False})
    (row,) = api.sizes(1)
    assert api.refused("POST", "order", api.order_of([(row, 1, {})]))["code"] == -7


def test_direct_to_shipment(api: Warehouse, store: Store):
    with store.transaction() as tx:
        change_settings(tx, {"store.direct_to_shipment": True})
    order = api.place(2)
    assert (order["orderStatus"], [each["shipmentId"] for each in order["shipments"]]) == (
        "processing", [f"{order['orderId']}-1"],
    )  # fmt: skip


def test_unknown_orders_cannot_be_finished(api: Warehouse):
    for number in ("99999999", "abc", "0"):
        assert api.refused("POST", f"order/{number}", {})["msg"] == "order does not exist"
    order = api.place(1)
    refused = api.refused("POST", f"order/{order['orderId']}", {"orderDate": "soon"})
    assert refused["msg"] == {"orderDate": "invalid value"}
