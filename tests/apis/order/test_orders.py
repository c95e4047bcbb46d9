"""Reading orders and adding to them, as a warehouse does."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from mockcentra.commerce import administration, order_changes
from mockcentra.store import Store
from tests.shopper import Shopper, address
from tests.warehouse import ZERO_DATE, Warehouse


def numbers(orders: list[dict[str, Any]]) -> list[int]:
    return [int(order["orderId"]) for order in orders]


# ------------------------------------------------------------------ the list


def test_twenty_orders_by_number(api: Warehouse) -> None:
    orders = api.get("orders")
    assert len(orders) == 20
    assert numbers(orders) == sorted(numbers(orders))


def test_pages_do_not_overlap(api: Warehouse) -> None:
    whole = numbers(api.get("orders", limit=15))
    pages = [number for offset in (0, 5, 10) for number in numbers(api.get("orders", limit=5, offset=offset))]
    assert pages == whole
    assert api.get("orders", offset=100_000) == []


def test_filters_combine(api: Warehouse) -> None:
    everything = api.all_orders()
    buyers = [order["customerId"] for order in everything if order["customerId"]]
    buyer = max(buyers, key=buyers.count)
    own = [order for order in everything if order["customerId"] == buyer]
    assert len(own) > 1
    assert api.get("orders", customer_id=buyer) == own
    assert api.get("orders", customer_id=buyer, order=own[1]["orderId"]) == [own[1]]
    later = max(order["orderDate"] for order in own)
    assert numbers(api.get("orders", customer_id=buyer, newer_than=later)) == [
        int(order["orderId"]) for order in own if order["orderDate"] == later
    ]
    assert len(api.get("orders", customer_id=buyer, older_than=later)) == len(own) - 1


def test_the_lower_bound_counts_and_the_upper_one_does_not(api: Warehouse) -> None:
    order = api.get("orders", limit=1, offset=7)[0]
    moment = order["orderDate"]
    assert order in api.get("orders", newer_than=moment, limit=1000)
    assert order not in api.get("orders", older_than=moment, limit=1000)
    day = moment[:10]
    assert order in api.get("orders", newer_than=day, limit=1000)
    assert order not in api.get("orders", older_than=day, limit=1000)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "many"), ("limit", "-1"), ("limit", "0"), ("offset", "-3"), ("order", "x"), ("customer_id", "1.5"),
        ("newer_than", "yesterday"), ("newer_than", "2026-02-30"), ("older_than", "2026-13-01"),
        ("older_than", "2026-01-01 25:00:00"), ("newer_than", "20260101"), ("limit", "99999999999999999999"),
    ],
)  # fmt: skip
def test_a_filter_that_cannot_be_read_is_named(api: Warehouse, name: str, value: str) -> None:
    assert api.refused("GET", "orders", **{name: value}) == {"status": "no", "msg": {name: "invalid value"}}


def test_nothing_found_is_an_empty_list(api: Warehouse) -> None:
    assert api.ok("GET", "orders", order=99999999) == {"status": "ok", "orders": []}


def test_a_new_order_of_the_webshop_is_there_at_once(api: Warehouse, buy: Callable[..., str]) -> None:
    number = buy(fill=2, quantity=2, address=address(firstName="Greta", city="Visby"))
    order = api.order(number)
    assert order["orderStatus"] == "confirmed"
    assert (order["billingName"], order["deliveryCity"]) == ("Greta Lind", "Visby")
    assert [row["qty"] for row in order["products"]] == [2, 2]
    assert all(sum(place["itemQty"] for place in row["warehouses"]) == 2 for row in order["products"])
    assert (order["paymentType"], order["paymentMethod"], order["shippingList"]) == ("cc", "dummy-direct", "standard")


# ------------------------------------------------------------------ what the plugin lets through


def test_only_the_chosen_statuses(api: Warehouse, configure: Callable[..., None]) -> None:
    shown = {order["orderStatus"] for order in api.all_orders()}
    assert shown == {"pending", "confirmed", "processing", "completed"}
    configure(statuses=["cancelled", "archived"])
    assert {order["orderStatus"] for order in api.all_orders()} == {"cancelled", "archived"}
    configure(statuses=[])
    assert api.all_orders() == []


def test_held_and_waiting_orders_are_shown_on_request(api: Warehouse, configure: Callable[..., None]) -> None:
    before = set(numbers(api.all_orders()))
    assert all(order["hold"] == order["waitingForPayment"] == 0 for order in api.all_orders())
    configure(include_hold=True, include_waiting_for_payment=True)
    added = [order for order in api.all_orders() if int(order["orderId"]) not in before]
    assert added
    assert all(order["hold"] or order["waitingForPayment"] for order in added)
    configure(include_hold=True, include_waiting_for_payment=False)
    assert all(order["waitingForPayment"] == 0 for order in api.all_orders())
    configure(include_hold=False, include_waiting_for_payment=True)
    waiting = [order for order in api.all_orders() if int(order["orderId"]) not in before]
    assert waiting
    assert all(order["waitingForPayment"] for order in waiting), "though each of them is on hold, too"


def test_an_order_that_is_held_vanishes_with_its_shipments(
    api: Warehouse, store: Store, buy: Callable[..., str]
) -> None:
    number = buy()
    order = api.order(number)
    with store.transaction() as tx:
        found = tx.value("SELECT id FROM orders WHERE number = ?", (int(number),))
        administration.hold(tx, found)
    assert api.get("orders", order=order["orderId"]) == []


def test_other_markets_are_invisible(api: Warehouse, configure: Callable[..., None]) -> None:
    other = next(order for order in api.all_orders() if order["marketId"] != 1)
    shipped = next(order for order in api.all_orders() if order["marketId"] != 1 and order["shipments"])
    configure(markets=[1])
    assert {order["marketId"] for order in api.all_orders()} == {1}
    assert api.get(f"shipments/{shipped['shipments'][0]['shipmentId']}") == []
    answer = api.refused("PUT", "orders", {"order": int(other["orderId"]), "comment": "x"})
    assert answer == {"status": "no", "msg": "order in wrong market", "order": int(other["orderId"])}


# ------------------------------------------------------------------ what an order says


def test_amounts_add_up_in_every_order(api: Warehouse) -> None:
    orders = api.all_orders()
    assert len(orders) > 100
    for order in orders:
        rows = order["products"]
        assert sum(row["totalPrice"] for row in rows) == pytest.approx(order["totalItemsPrice"], abs=0.005), order
        handling = 13 if order["paymentMethod"] == "dummy-first" else 0
        total = order["totalItemsPrice"] + order["shippingValue"] - order["voucherValue"] + order["taxAdded"]
        total -= order["taxDeducted"]
        assert total == pytest.approx(order["grandTotalValue"], abs=0.005 + handling), order["orderId"]
        taxes = sum(tax["value"] for tax in order["taxBreakdown"])
        assert taxes == pytest.approx(order["grandTotalTaxValue"], abs=0.005)
        assert order["totalItemsPrice"] + order["totalItemsPriceTax"] == pytest.approx(order["totalItemsWithoutTax"])
        for row in rows:
            tax = row["totalPriceWithTax"] - row["totalPriceWithoutTax"]
            assert tax == pytest.approx(row["totalTaxValue"], abs=0.005)
            assert row["originalPrice"] - row["price"] == pytest.approx(row["priceDiscount"], abs=0.005)


def test_dates_that_are_not_set_are_zero(api: Warehouse) -> None:
    order = api.order(1001)
    assert order["cancelDate"] == order["preferredDeliveryDate"] == order["estimatedDeliveryDate"] == ZERO_DATE


def test_wholesale_orders_have_an_account_instead_of_a_customer(api: Warehouse) -> None:
    wholesale = [order for order in api.all_orders() if order["orderStore"] == "wholesale"]
    assert len(wholesale) > 20
    for order in wholesale:
        assert order["customerId"] == ""
        assert order["accountId"].isdigit()


def test_vouchers_show_what_they_took_off(api: Warehouse, client: httpx.Client, buy: Callable[..., str]) -> None:
    shopper = Shopper(client).in_country("SE")
    shopper.fill(1)
    shopper.ok("POST", "vouchers", {"voucher": "WELCOME10"})
    order = api.order(buy(shopper, fill=0))
    (voucher,) = order["discounts"]["vouchers"]
    assert voucher["voucher"] == "WELCOME10"
    assert voucher["priceOffAsANumber"] == -order["voucherValue"] < 0
    assert voucher["priceOff"].endswith(" SEK")
    assert order["discounts"]["anyDiscount"] is True


MODES = {
    "only_containing_items": ("items", None),
    "containing_items_in_bundles": ("bundle", "inside"),
    "only_bundles": ("bundle", None),
    "bundles_and_containing_items": ("both", None),
}


@pytest.mark.parametrize("mode", MODES)
def test_bundles_in_four_modes(
    api: Warehouse, client: httpx.Client, configure: Callable[..., None], buy: Callable[..., str], mode: str
) -> None:
    shopper = Shopper(client).in_country("SE")
    product = shopper.ok("POST", "uri", {"uri": "weekend-set", "for": ["product"]})["product"]
    item = product["items"][0]["item"]
    shopper.ok("POST", f"items/{item}/quantity/2")
    number = buy(shopper, fill=0)
    plain = api.order(number)
    configure(bundles_in_orders=mode)
    order = api.order(number)
    keys = ("grandTotalValue", "totalItemsPrice", "totalItemsPriceTax", "taxBreakdown")
    assert {key: order[key] for key in keys} == {key: plain[key] for key in keys}
    (whole,) = plain["products"]
    items = whole["bundle"]
    assert whole["isBundle"] is True
    assert sum(row["totalPrice"] for row in items) == pytest.approx(whole["totalPrice"])
    own = sum(row["originalPrice"] * row["qty"] for row in items) / whole["qty"]
    assert whole["originalPrice"] == pytest.approx(own)
    assert all(row["isPartOfBundle"].isdigit() and row["isBundle"] is False for row in items)
    kind, inside = MODES[mode]
    if kind == "items":
        assert order["products"] == items
        return
    bundle, *rest = order["products"]
    assert bundle["isBundle"] is True
    assert ("bundle" in bundle) == (inside is not None)
    if inside is None:
        assert (bundle["price"], bundle["originalPrice"]) == (0, whole["price"])
    assert rest == (items if kind == "both" else [])


# ------------------------------------------------------------------ adding to an order


def test_comments_are_appended_or_replaced(api: Warehouse) -> None:
    api.ok("PUT", "orders", {"order": 1001, "internalComment": "one", "replaceInternalComment": 1, "comment": "a"})
    answer = api.ok("PUT", "orders", {"order": "1001", "internalComment": "two", "comment": "b"})
    assert answer == {"status": "ok", "order": 1001}
    order = api.order(1001)
    assert order["internalComment"] == "one\ntwo"
    assert order["otherComment"].endswith("a\nb")
    api.ok("PUT", "orders", {"order": 1001, "comment": "only this", "replaceComment": "true"})
    order = api.order(1001)
    assert (order["otherComment"], order["internalComment"]) == ("only this", "one\ntwo")


def test_attributes_described_or_not(api: Warehouse) -> None:
    sent = {"order_attr_external_id": "EXT-1", "anything_else": "yes", "order_attr_gift_wrap": True, "odd": {"a": 1}}
    api.ok("PUT", "orders", {"order": 1001, "extraAttributes": sent})
    order = api.order(1001)
    assert (order["order_attr_external_id"], order["anything_else"]) == ("EXT-1", "yes")
    assert order["order_attr_gift_wrap"] == "1"
    assert "odd" not in order
    api.ok("PUT", "orders", {"order": 1001, "extraAttributes": {"order_attr_external_id": "", "anything_else": ""}})
    order = api.order(1001)
    assert "order_attr_external_id" not in order
    assert "anything_else" not in order


def test_what_cannot_be_updated(api: Warehouse) -> None:
    assert api.refused("PUT", "orders", {})["msg"] == {"order": "required"}
    assert api.refused("PUT", "orders", {"order": "first"})["msg"] == {"order": "invalid value"}
    answer = api.refused("PUT", "orders", {"order": "99999999", "comment": "x"})
    assert answer == {"status": "no", "msg": "order does not exist", "order": "99999999"}


def test_an_update_is_an_event(api: Warehouse, store: Store) -> None:
    api.ok("PUT", "orders", {"order": 1001, "comment": "x"})
    with store.reading() as tx:
        event = tx.one("SELECT * FROM events WHERE object_type = 'order' ORDER BY id DESC LIMIT 1")
    assert event is not None
    assert (event["action"], event["data_json"]) == ("updated", '{"number":1001}')


# ------------------------------------------------------------------ as quick as it is true


def test_every_change_of_an_order_shows_at_once(api: Warehouse, store: Store, buy: Callable[..., str]) -> None:
    """Printed orders are kept; whatever changes one in any table makes a new print."""
    number = int(buy())
    before = api.order(number)
    with store.transaction() as tx:
        order = tx.one("SELECT id, revision FROM orders WHERE number = ?", (number,))
        assert order is not None
        tx.run("UPDATE order_lines SET comment = 'engraved' WHERE order_id = ?", (order["id"],))
    assert api.order(number) == {**before, "products": [{**before["products"][0], "comment": "engraved"}]}
    with store.transaction() as tx:
        tx.run("UPDATE warehouses SET name = 'Borås II' WHERE id = 1")
        tx.touch("reference")
    assert api.order(number)["products"][0]["warehouses"][0]["name"] == "Borås II"


def test_kept_orders_are_what_they_would_be_anew(
    api: Warehouse, client: httpx.Client, store: Store, buy: Callable[..., str]
) -> None:
    """After each step of an order's life the list is the same with and without what was kept."""

    def check() -> None:
        kept = api.all_orders()
        store.shared.values.pop("order api orders", None)
        assert api.all_orders() == kept

    check()
    number = buy(fill=2, quantity=2)
    check()
    order = api.order(number)
    lines = {row["lineId"]: row["qty"] for row in order["products"]}
    made = api.ok("POST", "shipments", {"order": number, "products": lines, "capture": False})
    check()
    api.ok("PUT", f"shipments/{made['shipment']}", {"gtg": True, "products": {next(iter(lines)): 1}})
    check()
    api.ok("PUT", "capture", {"shipment": made["shipment"]})
    check()
    api.ok("PUT", "shipment", {"order": number, "shipment": made["shipment"], "carrier": "Nordpaket"})
    check()
    api.ok("POST", "return", {"shipment": made["shipment"], "products": {next(iter(lines)): 1}})
    check()
    api.ok("POST", "stock", {"products": [{"product": row["ean"], "quantity": 900} for row in order["products"]]})
    check()
    api.ok("PUT", "orders", {"order": number, "extraAttributes": {"order_attr_external_id": "E", "new": "N"}})
    check()
    api.ok("PUT", f"anonymize-customer/{order['customerId']}")
    check()
    assert api.order(number)["new"] == "N"
    client.post("/_mock/reset").raise_for_status()
    check()


def test_no_attribute_takes_the_place_of_what_an_order_is(api: Warehouse):
    order = api.place(1)
    api.ok(
        "PUT", "orders", {"order": order["orderId"], "extraAttributes": {"orderId": "9", "products": "x", "a b": "c"}}
    )
    assert api.order(order["orderId"]) == {**order, "a b": "c"}


def test_cancelled_pieces_are_no_longer_on_the_order(api: Warehouse, store: Store):
    order = api.place(3, 2, shippingValue=50)
    first, second = (int(row["lineId"]) for row in order["products"])
    for units, quantities, total in (({first: 1}, [2, 2], 450), ({second: 2}, [2], 250)):
        with store.transaction() as tx:
            order_id = tx.value("SELECT id FROM orders WHERE number = ?", (int(order["orderId"]),))
            order_changes.cancel_units(tx, order_id, units)
        changed = api.order(order["orderId"])
        assert [row["qty"] for row in changed["products"]] == quantities
        assert [row["totalPrice"] for row in changed["products"]] == [100 * quantity for quantity in quantities]
        assert (changed["grandTotalValue"], changed["totalItemsPrice"]) == (total, total - 50)
    assert api.shipment(api.pack(changed))["grandTotalValue"] == 250
