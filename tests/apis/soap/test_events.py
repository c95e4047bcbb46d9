"""The event queue: what is in it, how it is read by type and market, and what leaves it."""

import re
from decimal import Decimal
from itertools import pairwise

import pytest

from mockcentra.store import Store
from tests.erp import Erp, prices, product, products, rows_of, sizes, stock, variation
from tests.shopper import Shopper, address, payment
from tests.warehouse import Warehouse


def test_the_seeded_queue(erp: Erp) -> None:
    events = erp.events()
    assert [event["id"] for event in events] == [str(number) for number in range(1, len(events) + 1)]
    assert len(events) < 60
    assert {event["type"] for event in events} == {"customer", "order"}
    for event in events:
        assert event["mission"] == "update"
        assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", event["date"] or "")
        assert [child.tag.rpartition("}")[2] for child in event.one("data").element] == [event["type"]]
    for before, event in pairwise(events):
        if event["data/order/type"] == "retail":
            assert before["data/customer/id"] == event["data/order/customer/id"]


def test_orders_of_the_queue_are_the_orders_of_the_order_api(erp: Erp, warehouse: Warehouse) -> None:
    for event in erp.events("order"):
        order = event.one("data/order")
        goods = sum(Decimal(row["subtotal"] or 0) for row in order.all("products/product"))
        for row in order.all("products/product"):
            quantity = sum(int(size["qty"] or 0) for size in row.all("sizes/size"))
            assert int(row["qty"] or 0) == quantity
            assert Decimal(row["subtotal"] or 0) == quantity * Decimal(row["price"] or 0)
        costs = sum(Decimal(order[name] or 0) for name in ("shipping/subtotal", "handling/subtotal"))
        if order["type"] == "retail":
            found = warehouse.order(order["ordernumber"] or "")
            assert Decimal(order["ordertotal"] or 0) == Decimal(str(found["grandTotalValue"]))
            assert Decimal(order["ordertotal"] or 0) == goods + costs + Decimal(order["voucher/subtotal"] or 0)
            assert order["status"] == found["orderStatus"]
        assert re.fullmatch(r"\d+\.\d\d", order["ordertotal"] or "")
        assert re.fullmatch(r"\d+\.\d{5}", order["currencyrate"] or "")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", order["created"] or "")
        assert order["primary_warehouse/warehouse/id"] == "1"


def test_parties_of_retail_and_wholesale_orders(erp: Erp) -> None:
    for event in erp.events("order"):
        order = event.one("data/order")
        parties = [name for name in ("customer", "buyer", "account", "paymentterms") if order.all(name)]
        if order["type"] == "retail":
            assert parties == ["customer"]
            assert order["shippingaddress/lastname"]
        else:
            assert parties == ["buyer", "account", "paymentterms"]
            assert order["shippingaddress/company"]
            assert order["payments/type"] == "inv"


def test_types_and_markets_limit_the_queue(erp: Erp) -> None:
    orders = {event["id"]: event["data/order/market/id"] for event in erp.events("order")}
    assert len(set(orders.values())) >= 3
    for market in set(orders.values()):
        found = erp.events("order", [market or ""])
        assert [event["id"] for event in found] == [key for key, value in orders.items() if value == market]
        assert {event["type"] for event in erp.events(markets=[market or ""])} <= {"customer", "order"}
    assert erp.events("order", ["nowhere"]) == []
    assert erp.events("order", []) == []
    assert erp.events("warehouse", ["1"]) == []
    assert len(erp.events("")) == len(erp.events("all"))


@pytest.mark.parametrize("kind", ["product", "stock", "orders", "ORDER", "paymentterms"])
def test_unknown_types(erp: Erp, kind: str) -> None:
    for operation in ("events_Get", "events_GetByMarkets"):
        assert erp.fault(erp.envelope(operation, {"type": kind})) == ("Client", f"Unknown event type: {kind}")


def test_done_removes_those_that_are_named(erp: Erp) -> None:
    before = [event["id"] for event in erp.events()]
    assert [event["id"] for event in erp.events()] == before
    erp.done(before[3], before[1], "999999", "", "nonsense")
    assert [event["id"] for event in erp.events()] == [before[0], before[2], *before[4:]]
    erp.done()
    erp.done(*before)
    assert erp.events() == []


def test_an_empty_queue_still_has_its_element(erp: Erp) -> None:
    erp.drain()
    answer = erp.call("events_Get", {"type": "all"})
    assert len(answer.all("events")) == 1
    assert "<ns1:events_Get><ns1:events/></ns1:events_Get>" in erp.post(erp.envelope("events_Get", {})).text


def test_at_most_a_hundred_the_oldest_first(erp: Erp, warehouse: Warehouse) -> None:
    erp.drain()
    first = warehouse.all_orders()[0]["orderId"]
    for number in range(120):
        warehouse.ok("PUT", "orders", {"order": first, "internalComment": f"call {number}"})
    events = erp.events()
    assert len(events) == 100
    ids = [int(event["id"] or 0) for event in events]
    assert ids == list(range(ids[0], ids[0] + 100))
    assert {event["data/order/internalinformation"] for event in events} == {
        events[0]["data/order/internalinformation"]
    }
    erp.done(*(str(number) for number in ids[:30]))
    assert [int(event["id"] or 0) for event in erp.events()] == list(range(ids[30], ids[0] + 120))


def test_an_order_raises_a_customer_and_an_order_event(erp: Erp, shopper: Shopper) -> None:
    erp.drain()
    shopper.fill(2)
    buyer = address(email="kim@example.com", lastName="O'Brien & Söner")
    placed = shopper.ok("POST", "payment", payment(address=buyer))["order"]
    customer, order = erp.events()
    assert (customer["type"], order["type"]) == ("customer", "order")
    assert customer["data/customer/email"] == "kim@example.com"
    assert order["entry"] == order["data/order/id"] == order["data/order/ordernumber"] == str(placed["order"])
    found = order.one("data/order")
    assert (found["status"], found["locked"], found["internal"]) == ("confirmed", "no", "false")
    assert found["customer/id"] == customer["data/customer/id"]
    assert found["shippingaddress/lastname"] == "O'Brien & Söner"
    assert Decimal(found["ordertotal"] or 0) == Decimal(str(placed["totals"]["grandTotalPriceAsNumber"]))
    assert (found["payments/type"], found["payments/status"]) == ("cc", "incomplete")
    assert found["payments/payment/type"] == "auth"
    assert found.all("cancelled") and found.all("shipments")
    for product_row, size in rows_of(found):
        assert product_row["variation/id"]
        assert size["warehouseitems/warehouse/qty"] == size["qty"]
        assert size.all("supplierorderitems")


def test_what_others_do_to_an_order_is_in_the_queue(erp: Erp, shopper: Shopper, warehouse: Warehouse) -> None:
    shopper.fill(1)
    number = str(shopper.ok("POST", "payment", payment())["order"]["order"])
    erp.drain()
    warehouse.pack(warehouse.order(number), capture=False)
    (event,) = erp.events()
    assert (event["type"], event["entry"], event["data/order/status"]) == ("order", number, "processing")
    assert event["data/order/shipments/shipment/appendix"] == "1"
    erp.done(event["id"])
    warehouse.ok("PUT", f"shipments/{number}-1", {"gtg": True})
    assert [event["entry"] for event in erp.events()] == [number]


def test_what_the_erp_did_itself_is_not_echoed(erp: Erp) -> None:
    before = [event["id"] for event in erp.events()]
    erp.ok("sizes_Update", sizes())
    erp.ok("warehouses_Update", {"warehouses": {"warehouse": {"id": "W", "description": "Annex"}}})
    erp.ok("markets_Update", {"markets": {"market": {"id": "M", "store": "1", "description": "M"}}})
    erp.change(erp.pending_order(), locked="yes")
    customer = {"id": "C", "store": "1", "email": "c@example.com"}
    erp.ok("customers_Update", {"customers": {"customer": customer}})
    assert [event["id"] for event in erp.events()] == before


def test_ids_of_the_erp_come_back_inside_orders(erp: Erp, shopper: Shopper) -> None:
    erp.ok("sizes_Update", sizes())
    erp.ok("markets_Update", {"markets": {"market": {"id": "MK", "store": "1", "description": "Market of the ERP"}}})
    display = {"display": {"store": "1", "markets": {"market": [{"id": "MK"}, {"id": "1"}]}}}
    brand, collection = {"id": "BR", "description": "Brand"}, {"id": "XMAS", "description": "X-Mas"}
    erp.ok("products_Update", products(
        product("T1", variation("T1", "Red", displays=display), brand=brand, collection=collection)))  # fmt: skip
    erp.ok("products_Update", stock("T1", "Red", "M", ANNEX=2))
    erp.ok("pricelists_Update", prices("1", {"id": "T1", "price": "99.50"}))
    found = shopper.ok("POST", "products", {"search": "T1RED"})["products"][0]
    item = next(item["item"] for item in found["items"] if item["sku"] == "T1RED-M")
    shopper.ok("POST", f"items/{item}/quantity/2")
    number = str(shopper.ok("POST", "payment", payment())["order"]["order"])
    order = erp.order(number)
    assert (order["collection/id"], order["market/id"]) == ("XMAS", "1")
    ((line, size),) = rows_of(order)
    assert (line["id"], line["sku"], line["description"], line["price"]) == ("T1", "T1", "Sweater T1", "99.50")
    assert (line["variation/id"], line["variation/description"], line["brand/id"]) == ("T1_Red", "Red", "BR")
    assert (line["qty"], line["subtotal"], line["tax"]) == ("2", "199", "25.000")
    assert (size["id"], size["sku"], size["description"], size["qty"]) == ("M", "-M", "Size M", "2")
    assert (size["warehouseitems/warehouse/id"], size["warehouseitems/warehouse/qty"]) == ("ANNEX", "2")


def test_bundles_come_as_parts_and_a_virtual_row(erp: Erp, shopper: Shopper) -> None:
    found = shopper.ok("POST", "products", {"limit": 200})["products"]
    bundle = next(each for each in found if each.get("bundleInfo", {}).get("type") == "fixed" and each["available"])
    item = next(item["item"] for item in bundle["items"] if item.get("stock") != "no")
    shopper.ok("POST", f"items/{item}")
    number = str(shopper.ok("POST", "payment", payment())["order"]["order"])
    order = erp.order(number)
    *parts, whole = order.all("products/product")
    assert (whole["bundleinfo/isbundle"], whole["price"], whole["subtotal"]) == ("true", "0.00", "0")
    assert whole["id"] == bundle["centraProduct"]
    assert parts
    for part in parts:
        assert part["bundleinfo/isbundle"] == "false"
        assert part["bundleinfo/partof/product/id"] == whole["id"]
        assert part.one("sizes/size")["warehouseitems/warehouse/qty"] == part["qty"]
    goods = sum(Decimal(row["subtotal"] or 0) for row in order.all("products/product"))
    costs = Decimal(order["shipping/subtotal"] or 0)
    assert Decimal(order["ordertotal"] or 0) == goods + costs + Decimal(order["voucher/subtotal"] or 0)


def test_every_type_of_object_has_its_form(erp: Erp, store: Store) -> None:
    """Objects that only administrators and other APIs change."""
    kinds = {
        "market": "market",
        "pricelist": "pricelist",
        "warehouse": "warehouse",
        "size": "size",
        "payment_terms": "paymentterm",
        "shipping_terms": "shippingterm",
        "sales_rep": "salesrep",
        "account": "account",
        "customer": "customer",
    }
    erp.drain()
    with store.transaction() as tx:
        for kind in kinds:
            tx.event(kind, 1, "updated")
        tx.event("buyer", 1, "updated")
        tx.event("warehouse", 1, "deleted")
        tx.event("invoice", tx.value("SELECT MAX(id) FROM invoices"), "created")
    events = erp.events()
    assert [event["type"] for event in events] == [*kinds.values(), "warehouse", "invoice"]
    by_type = {event["type"]: event.one("data").element[0] for event in events if event["mission"] == "update"}
    for kind, thing in by_type.items():
        names = [child.tag.rpartition("}")[2] for child in thing]
        assert names[0] == "id"
        assert len(names) > 1, kind
    deleted = next(event for event in events if event["mission"] == "delete")
    assert [child.tag.rpartition("}")[2] for child in deleted.one("data").element[0]] == ["id"]
    account = next(event for event in events if event["type"] == "account").one("data/account")
    assert len(account.all("buyers/buyer")) == 3
    assert account["buyers/buyer/email"] == "buyer.demo@example.com"
    assert account["buyers/buyer/password"] is None
    assert (account["paymentterms/description"], account["salesrep/description"]) == ("NET30", "Karin Ekdal")
