"""What an ERP does to orders: locks, confirms, cancels pieces, ships, charges, takes back, and brings its own."""

from decimal import Decimal
from typing import Any

import httpx

from mockcentra.commerce import order_editing
from mockcentra.store import Store, orders
from tests.erp import Erp, Node, identity, row, rows_of
from tests.shopper import Shopper, payment
from tests.warehouse import ZERO_DATE, Warehouse


def placed(erp: Erp, shopper: Shopper, count: int = 1, quantity: int = 1, **more: Any) -> Node:
    """An order from the checkout, as the queue shows it."""
    shopper.fill(count, quantity)
    return erp.order(str(shopper.ok("POST", "payment", payment(**more))["order"]["order"]))


def again(erp: Erp, order: Node) -> Node:
    return erp.order(order["ordernumber"])


def all_rows(order: Node) -> dict[str, Any]:
    return {"product": [row(product, size) for product, size in rows_of(order)]}


def ship(erp: Erp, order: Node, shipment_id: str, **more: Any) -> None:
    """A shipment of everything, packed and good to go."""
    shipment = {"id": shipment_id, "goodtogo": "yes", "products": all_rows(order), **more}
    erp.change(order, shipments={"shipment": shipment})


# ------------------------------------------------------------------ locks, notes, status


def test_a_lock_changes_nothing_else(erp: Erp) -> None:
    order = erp.pending_order()
    erp.change(order, locked="yes")
    locked = again(erp, order)
    assert locked["locked"] == "yes"
    for field in ("status", "ordertotal", "id"):
        assert locked[field] == order[field]
    erp.change(order, locked="no")
    assert again(erp, order)["locked"] == "no"
    assert "neither yes nor no" in erp.refuse_change(order, locked="maybe")


def test_notes_and_addresses_are_kept(erp: Erp, warehouse: Warehouse, shopper: Shopper) -> None:
    order = placed(erp, shopper)
    erp.change(
        order,
        internalinformation="imported",
        other="Ring twice",
        ponumber="PO 7",
        preferred_shipping_date="2027-01-15",
        carrierinformation={"carrier": "UPS", "account": "77"},
        additionals={"additional": [{"key": "doorcode", "value": "1234"}]},
        shippingaddress={"city": "Göteborg"},
    )
    found = again(erp, order)
    assert (found["internalinformation"], found["other"], found["ponumber"]) == ("imported", "Ring twice", "PO 7")
    assert (found["preferred_shipping_date"], found["carrierinformation/carrier"]) == ("2027-01-15", "UPS")
    assert (found["additionals/additional/key"], found["additionals/additional/value"]) == ("doorcode", "1234")
    assert found["shippingaddress/city"] == "Göteborg"
    assert found["shippingaddress/lastname"] == order["shippingaddress/lastname"]
    shown = warehouse.order(order["ordernumber"] or "")
    assert (shown["internalComment"], shown["otherComment"], shown["poNumber"]) == ("imported", "Ring twice", "PO 7")
    assert (shown["defaultCarrier"], shown["deliveryCity"]) == ("UPS", "Göteborg")
    assert "is not a date" in erp.refuse_change(order, preferred_shipping_date="soon")


def test_the_day_that_the_buyer_wishes_is_one_in_every_api(
    erp: Erp, warehouse: Warehouse, shopper: Shopper, client: httpx.Client
) -> None:
    order = placed(erp, shopper)
    erp.change(order, preferred_shipping_date="2027-02-03")
    assert again(erp, order)["preferred_shipping_date"] == "2027-02-03"
    assert warehouse.order(order["ordernumber"])["preferredDeliveryDate"] == "2027-02-03 00:00:00"
    erp.change(order, preferred_shipping_date="")
    assert again(erp, order)["preferred_shipping_date"] == ""
    assert warehouse.order(order["ordernumber"])["preferredDeliveryDate"] == ZERO_DATE


def test_an_address_is_in_a_country(erp: Erp, warehouse: Warehouse, shopper: Shopper) -> None:
    order = placed(erp, shopper)
    for name in ("shippingaddress", "billingaddress"):
        assert "XX" in erp.refuse_change(order, **{name: {"country": "XX"}})
    erp.change(order, shippingaddress={"country": "dk"})
    shown = warehouse.order(order["ordernumber"])
    assert (shown["deliveryCountry"], shown["billingCountry"]) == ("DK", "SE")


def test_a_pending_order_is_confirmed_once(erp: Erp) -> None:
    order = erp.pending_order()
    for _ in range(2):
        erp.change(order, status="confirmed", locked="yes")
        assert again(erp, order)["status"] == "confirmed"
    assert "unknown" in erp.refuse_change(order, status="done")


def test_what_does_not_fit_the_order_is_refused(erp: Erp) -> None:
    order = erp.pending_order()
    for change, words in (
        ({"id": "no-such-order"}, "order no-such-order: order does not exist"),
        ({"type": "retail"}, "does not fit"),
        ({"store": "1"}, "is not that of the order"),
        ({"store": "two"}, "is not a whole number"),
        ({"ordernumber": "1"}, "is not that of the order"),
    ):
        content = {**identity(order), **change, "locked": "yes"}
        assert words in erp.refused("orders_Update", {"orders": {"order": content}})
    assert again(erp, order)["locked"] == "no"


def test_one_bad_order_of_several(erp: Erp) -> None:
    order = erp.pending_order()
    content = [{"id": "no-such-order", "locked": "yes"}, {**identity(order), "locked": "yes"}, {"locked": "no"}]
    result = erp.update("orders_Update", {"orders": {"order": content}})
    assert result.errors == ["order no-such-order: order does not exist", "order : id is required"]
    assert again(erp, order)["locked"] == "yes"


def test_a_cancelled_order_gives_everything_back(erp: Erp, shopper: Shopper, warehouse: Warehouse) -> None:
    size = int(shopper.ordinary_items()[0].partition("-")[2])
    before = warehouse.stock_of(size)
    order = placed(erp, shopper, quantity=2)
    assert warehouse.stock_of(size) == (before[0], before[1] + 2, before[2] - 2)
    erp.change(order, status="cancelled")
    assert again(erp, order)["status"] == "cancelled"
    assert warehouse.stock_of(size) == before
    erp.change(order, status="cancelled")
    assert "is cancelled" in erp.refuse_change(order, status="confirmed")


def test_an_order_gets_an_id_of_the_erp(erp: Erp) -> None:
    order = erp.pending_order()
    number = order["ordernumber"]
    erp.ok("orders_Update", {"orders": {"order": {"id": "ERP-1", "ordernumber": number, "internalinformation": "x"}}})
    found = erp.order(number)
    assert (found["id"], found["ordernumber"], found["internalinformation"]) == ("ERP-1", number, "x")
    erp.change(found, locked="yes")
    assert erp.refused("orders_Update", {"orders": {"order": {"id": number, "locked": "no"}}}).endswith(
        "does not exist"
    )


# ------------------------------------------------------------------ cancelled pieces


def test_cancelled_pieces_leave_the_order(erp: Erp) -> None:
    order = erp.pending_order(3)
    product, size = next((p, s) for p, s in rows_of(order) if int(s["qty"] or 0) >= 3)
    erp.change(order, cancelled={"product": row(product, size, 1)})
    found = again(erp, order)
    left = {s["orderitem/id"]: int(s["qty"] or 0) for _, s in rows_of(found)}
    assert left[size["orderitem/id"]] == int(size["qty"] or 0) - 1
    ((_, gone),) = rows_of(found, "cancelled/product")
    assert (gone["orderitem/id"], gone["qty"]) == (size["orderitem/id"], "1")
    assert Decimal(found["ordertotal"] or 0) == Decimal(order["ordertotal"] or 0) - Decimal(product["price"] or 0)
    held = sum(int(s["warehouseitems/warehouse/qty"] or 0) for _, s in rows_of(found))
    assert held == sum(left.values())
    assert "exceeds" in erp.refuse_change(order, cancelled={"product": row(product, size)})
    foreign = row(product, size, 1)
    foreign["sizes"]["size"]["orderitem"] = {"id": "1"}
    assert "is not on the order" in erp.refuse_change(order, cancelled={"product": foreign})


def test_a_cancellation_that_is_sent_again_takes_nothing_more(erp: Erp) -> None:
    order = erp.pending_order(3)
    product, size = next((p, s) for p, s in rows_of(order) if int(s["qty"] or 0) >= 3)

    def cancelled() -> int:
        return sum(int(gone["qty"] or 0) for _, gone in rows_of(again(erp, order), "cancelled/product"))

    message = {"cancelled": {"product": row(product, size, 1)}}
    for _ in range(2):
        erp.change(order, **message)
        assert cancelled() == 1, "the same message again changes nothing"
    erp.change(order, locked="yes")
    erp.change(order, **message)
    assert cancelled() == 1, "nor does it after another kind of change"
    erp.change(order, cancelled={"product": row(product, size, 2)})
    assert cancelled() == 3


def test_tax_and_discount_shrink_with_the_pieces(erp: Erp, shopper: Shopper, warehouse: Warehouse) -> None:
    shopper.fill(2, 3)
    shopper.ok("POST", "vouchers", {"voucher": "WELCOME10"})
    order = erp.order(str(shopper.ok("POST", "payment", payment())["order"]["order"]))
    product, size = rows_of(order)[0]
    erp.change(order, cancelled={"product": row(product, size)})
    found = again(erp, order)
    goods = sum(Decimal(each["subtotal"] or 0) for each in found.all("products/product"))
    total = goods + Decimal(found["shipping/subtotal"] or 0) + Decimal(found["voucher/subtotal"] or 0)
    assert Decimal(found["ordertotal"] or 0) == total
    assert Decimal(found["voucher/subtotal"] or 0) == -(goods / 10).quantize(Decimal("0.01"))
    assert Decimal(str(warehouse.order(order["ordernumber"] or "")["grandTotalValue"])) == total


def test_a_row_without_its_order_item(erp: Erp) -> None:
    order = erp.pending_order()
    product, size = rows_of(order)[0]
    content = row(product, size, 1)
    del content["sizes"]["size"]["orderitem"]
    erp.change(order, cancelled={"product": content})
    ((_, gone),) = rows_of(again(erp, order), "cancelled/product")
    assert gone["orderitem/id"] == size["orderitem/id"]


# ------------------------------------------------------------------ shipments


def test_two_shipments_of_a_wholesale_order_that_waits_for_its_money(erp: Erp) -> None:
    order = erp.pending_order(3)
    line = next(pair for pair in rows_of(order) if int(pair[1]["qty"] or 0) >= 3)
    first = {"id": "SHIP-1", "goodtogo": "yes", "appendix": "1", "products": {"product": row(*line, 2)},
             "shipping": {"subtotal": "123"}}  # fmt: skip
    assert "is not confirmed" in erp.refuse_change(order, shipments={"shipment": first})
    erp.change(order, status="confirmed", shipments={"shipment": first})
    assert again(erp, order)["status"] == "processing"
    too_many = {"id": "SHIP-X", "products": {"product": row(*line)}}
    assert "exceeds" in erp.refuse_change(order, shipments={"shipment": too_many}, internalinformation="never")
    assert again(erp, order)["internalinformation"] == ""
    taken = {line[1]["orderitem/id"]: 2}
    left = [(p, s, int(s["qty"] or 0) - taken.get(s["orderitem/id"], 0)) for p, s in rows_of(order)]
    rest = [row(p, s, quantity) for p, s, quantity in left if quantity]
    second = {"id": "SHIP-2", "goodtogo": "no", "appendix": "7", "products": {"product": rest}}
    erp.change(order, shipments={"shipment": second})
    one, two = again(erp, order).all("shipments/shipment")
    assert [(each["id"], each["appendix"], each["goodtogo"]) for each in (one, two)] == [
        ("SHIP-1", "1", "yes"),
        ("SHIP-2", "7", "no"),
    ]
    assert Decimal(one["shipmenttotal"] or 0) == 2 * Decimal(line[0]["price"] or 0) + 123
    for _ in range(2):
        carrier = {"carrier": "DHL", "service": "EXPRESS", "tracking": "876"}
        sent = [{"id": name, "shipped": "yes", "carrierinformation": carrier} for name in ("SHIP-1", "SHIP-2")]
        erp.change(order, shipments={"shipment": sent})
    found = again(erp, order)
    assert {each["shipped"] for each in found.all("shipments/shipment")} == {"yes"}
    assert {each["carrierinformation/tracking"] for each in found.all("shipments/shipment")} == {"876"}
    assert (found["status"], found["payments/status"]) == ("processing", "incomplete")
    paid = [{"id": name, "paid": "yes"} for name in ("SHIP-1", "SHIP-2")]
    erp.change(order, status="completed", shipments={"shipment": paid})
    found = again(erp, order)
    assert (found["status"], found["payments/status"]) == ("completed", "complete")


def test_a_retail_order_is_shipped_and_charged(erp: Erp, shopper: Shopper, warehouse: Warehouse) -> None:
    order = placed(erp, shopper, 2)
    ship(erp, order, "SHIP", shipping={"subtotal": order["shipping/subtotal"]})
    sent = {
        "id": "SHIP",
        "shipped": "yes",
        "capture": "yes",
        "carrierinformation": {"carrier": "UPS", "tracking": "1Z"},
    }
    for _ in range(2):
        erp.change(order, status="completed", shipments={"shipment": sent})
    found = again(erp, order)
    shipment = found.one("shipments/shipment")
    assert (shipment["shipped"], shipment["paid"], found["status"]) == ("yes", "yes", "completed")
    assert shipment["paidtotal"] == shipment["shipmenttotal"] == order["ordertotal"]
    assert Decimal(found["payments/total"] or 0) == Decimal(order["ordertotal"] or 0)
    assert found["payments/status"] == "complete"
    assert [entry["type"] for entry in found.all("payments/payment")] == ["auth", "capture"]
    (seen,) = warehouse.get("shipments", order=order["ordernumber"], status="completed")
    assert (seen["trackingNumber"], int(seen["paid"]), seen["shipmentId"]) == ("1Z", 1, f"{order['ordernumber']}-1")


def test_a_refused_capture_keeps_the_parcel_here(erp: Erp, shopper: Shopper) -> None:
    order = placed(erp, shopper)
    product, size = rows_of(order)[0]
    ship(erp, order, "SHIP", shipping={"subtotal": "100000"})
    sent = {"id": "SHIP", "shipped": "yes", "capture": "yes"}
    assert "could not be captured" in erp.refuse_change(order, shipments={"shipment": sent})
    shipment = again(erp, order).one("shipments/shipment")
    assert (shipment["shipped"], shipment["paid"]) == ("no", "no")
    assert product and size


def test_nothing_leaves_and_nothing_is_charged_while_an_order_is_on_hold(
    erp: Erp, shopper: Shopper, warehouse: Warehouse, store: Store
) -> None:
    order = placed(erp, shopper)
    ship(erp, order, "HELD")

    def hold(is_on_hold: bool) -> None:
        with store.transaction() as tx:
            found = orders.by_number(tx, int(order["ordernumber"] or 0))
            assert found is not None
            order_editing.set_on_hold(tx, found["id"], is_on_hold)

    hold(True)
    for mark in ("shipped", "capture", "paid"):
        assert erp.refuse_change(order, shipments={"shipment": {"id": "HELD", mark: "yes"}}).endswith("is on hold")
    hold(False)
    erp.change(order, shipments={"shipment": {"id": "HELD", "shipped": "yes", "capture": "yes"}})
    assert warehouse.order(order["ordernumber"] or "")["orderStatus"] == "completed"


def test_shipments_of_others_have_their_numbers(erp: Erp, shopper: Shopper, warehouse: Warehouse) -> None:
    order = placed(erp, shopper)
    number = order["ordernumber"]
    warehouse.pack(warehouse.order(number or ""), capture=False)
    shipment_id = again(erp, order).one("shipments/shipment")["id"]
    erp.change(order, shipments={"shipment": {"id": shipment_id, "goodtogo": "yes"}})
    erp.change(order, shipments={"shipment": {"id": f"{number}-1", "carrierinformation": {"tracking": "T"}}})
    shipment = again(erp, order).one("shipments/shipment")
    assert (shipment["id"], shipment["goodtogo"], shipment["carrierinformation/tracking"]) == (shipment_id, "yes", "T")
    other = placed(erp, Shopper(shopper.client).in_country("SE"))
    assert "another order" in erp.refuse_change(other, shipments={"shipment": {"id": f"{number}-1", "shipped": "yes"}})


# ------------------------------------------------------------------ returns


def test_a_return_is_made_once(erp: Erp, shopper: Shopper, warehouse: Warehouse) -> None:
    order = placed(erp, shopper, 1, 2)
    ship(erp, order, "SHIP", shipping={"subtotal": order["shipping/subtotal"]}, shipped="yes", capture="yes")
    product, size = rows_of(order)[0]
    refund = {
        "id": "RET",
        "status": "confirmed",
        "comment": "Too small",
        "products": {"product": row(product, size, 1)},
    }
    for _ in range(2):
        erp.change(order, shipments={"shipment": {"id": "SHIP", "refunds": {"refund": refund}}})
    found = again(erp, order).one("shipments/shipment/refunds/refund")
    assert (found["id"], found["status"], found["comment"]) == ("RET", "confirmed", "Too small")
    ((_, back),) = rows_of(found)
    assert (back["qty"], back["orderitem/id"]) == ("1", size["orderitem/id"])
    (seen,) = warehouse.get("returns", order=order["ordernumber"])
    assert seen["completed"] is False
    more = {**refund, "id": "RET-2", "products": {"product": row(product, size, 2)}}
    message = erp.refuse_change(order, shipments={"shipment": {"id": "SHIP", "refunds": {"refund": more}}})
    assert "more than is left" in message
    other = placed(erp, Shopper(shopper.client).in_country("SE"))
    ship(erp, other, "SHIP-2")
    message = erp.refuse_change(other, shipments={"shipment": {"id": "SHIP-2", "refunds": {"refund": refund}}})
    assert "belongs to another shipment" in message
    done = {"id": "RET", "status": "completed"}
    erp.change(order, shipments={"shipment": {"id": "SHIP", "refunds": {"refund": done}}})
    (seen,) = warehouse.get("returns", order=order["ordernumber"])
    assert seen["completed"] is True


# ------------------------------------------------------------------ orders of the ERP's own


def test_an_order_of_an_account_is_brought(erp: Erp) -> None:
    sample = erp.pending_order()
    product, size = rows_of(sample)[0]
    content = {
        "id": "OWN-1",
        "type": "wholesale",
        "store": "2",
        "account": {"id": sample["account/id"]},
        "market": {"id": sample["market/id"]},
        "pricelist": {"id": sample["pricelist/id"]},
        "ponumber": "X1",
        "products": {"product": {**row(product, size, 2), "price": "12.50"}},
    }
    erp.ok("orders_Update", {"orders": {"order": content}})
    erp.ok("orders_Update", {"orders": {"order": {"id": "OWN-1", "locked": "yes"}}})
    invoice = {"id": "I", "store": "2", "currency": "EUR", "total": "25", "order": {"id": "OWN-1"}}
    erp.ok("invoices_Update", {"invoices": {"invoice": invoice}})
    erp.ok("orders_Update", {"orders": {"order": {"id": "OWN-1", "status": "confirmed"}}})


def test_an_order_of_a_customer_is_brought(erp: Erp, shopper: Shopper, warehouse: Warehouse) -> None:
    sample = placed(erp, shopper)
    product, size = rows_of(sample)[0]
    content = {
        "id": "OWN-2",
        "store": "1",
        "customer": {"id": sample["customer/id"]},
        "market": {"id": sample["market/id"]},
        "currency": "SEK",
        "products": {"product": row(product, size, 1)},
    }
    erp.ok("orders_Update", {"orders": {"order": content}})
    newest = max(int(each["orderId"]) for each in warehouse.all_orders())
    assert newest == int(sample["ordernumber"] or 0) + 1
    assert warehouse.order(newest)["orderStatus"] == "pending"
    for missing in ("customer", "market", "currency", "products"):
        lacking = {name: value for name, value in content.items() if name != missing} | {"id": f"NO-{missing}"}
        assert "does not exist" in erp.refused("orders_Update", {"orders": {"order": lacking}})


def test_an_order_of_somebody_without_an_address(erp: Erp, shopper: Shopper, warehouse: Warehouse) -> None:
    product, size = rows_of(placed(erp, shopper))[0]
    who = {"id": "NEW", "store": "1", "email": "nobody.knows@example.com"}
    erp.ok("customers_Update", {"customers": {"customer": who}})
    content = {
        "id": "OWN-3",
        "store": "1",
        "customer": {"id": "NEW"},
        "market": {"id": "1"},
        "pricelist": {"id": "1"},
        "products": {"product": row(product, size, 1)},
    }
    wrong = erp.refused("orders_Update", {"orders": {"order": {**content, "currency": "EUR"}}})
    assert wrong == "order OWN-3: currency EUR is not that of the pricelist"
    erp.ok("orders_Update", {"orders": {"order": content}})
    brought = warehouse.all_orders()[-1]
    assert (brought["deliveryCountry"], brought["deliveryEmail"]) == ("SE", who["email"])


def test_the_id_of_a_deleted_shipment_is_free(erp: Erp, warehouse: Warehouse) -> None:
    order = erp.order(warehouse.place(2)["orderId"])
    product, size = rows_of(order)[0]
    shipment = {"id": "PARCEL", "products": {"product": row(product, size, 1)}}
    erp.change(order, shipments={"shipment": shipment})
    number = order["ordernumber"]
    warehouse.ok("DELETE", f"shipments/{number}-1")
    assert "needs products" in erp.refuse_change(order, shipments={"shipment": {"id": "PARCEL", "shipped": "yes"}})
    warehouse.pack(warehouse.order(str(number)), 1)
    erp.change(order, shipments={"shipment": shipment})
    assert [each["id"] for each in erp.order(number).all("shipments/shipment")][1] == "PARCEL"


def test_money_that_was_reserved_is_no_invoice(erp: Erp, warehouse: Warehouse) -> None:
    paid = warehouse.place(1)
    unpaid = warehouse.place(1, payment=None)
    assert erp.order(paid["orderId"])["payments/type"] == "cc"
    assert erp.order(unpaid["orderId"])["payments/type"] == "inv"


def test_an_update_needs_a_whole_number(erp: Erp, client: httpx.Client) -> None:
    order = erp.pending_order()
    product, size = rows_of(order)[0]
    content = row(product, size)
    content["sizes"]["size"]["qty"] = "many"
    assert "is not a whole number: many" in erp.refuse_change(order, cancelled={"product": content})
