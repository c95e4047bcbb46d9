"""The whole day of an ERP: catalogue, prices and stock in, orders out, invoice and shipment back."""

from decimal import Decimal

from tests.erp import Erp, product, products, row, rows_of, sizes
from tests.shopper import MakeShopper, Shopper, payment
from tests.warehouse import Warehouse


def _levels(warehouse: Warehouse, sku: str, size: str) -> tuple[int, ...]:
    found = next(each for each in warehouse.get("stock", sku=sku) if each["sizeSku"] == size)
    return tuple(int(found[name]) for name in ("physicalStock", "allocatedStock", "availableStock"))


def test_a_day(erp: Erp, shopper: Shopper, visitor: MakeShopper, warehouse: Warehouse) -> None:
    # Before the shop opens nobody has fetched the night's orders: the ERP starts with a clean desk.
    erp.drain()

    # Catalogue in: the warehouse sees the product, shoppers see it without a price.
    erp.ok("sizes_Update", sizes("SML", ("S", "M", "L")))
    brand = {"id": "NEW", "description": "New brand"}
    erp.ok("products_Update", products(product("DAY", brand=brand, countryoforigin="PT")))
    assert {row["brand"] for row in warehouse.get("products", sku="DAY")} == {"New brand"}

    def in_shop() -> dict:
        found = visitor("SE").ok("POST", "products", {"search": "DAYRED"})["products"]
        return next(each for each in found if each["sku"] == "DAYRED")

    assert (in_shop()["priceAsNumber"], in_shop()["available"]) == (None, False)

    # Prices in.
    items = {"product": {"id": "DAY", "price": "500"}}
    erp.ok("pricelists_Update", {"pricelists": {"pricelist": {"id": "1", "items": items}}})
    assert (in_shop()["priceAsNumber"], in_shop()["available"]) == (500, False)

    # Stock in: 10 small ones in the main warehouse.
    levels = {"id": "S", "warehouseitems": {"warehouse": {"id": "1", "qty": "10"}}}
    stock = products({"id": "DAY", "variations": {"variation": {"id": "DAY_Red", "sizes": {"size": levels}}}})
    erp.ok("products_Update", stock)
    assert in_shop()["available"] is True
    assert _levels(warehouse, "DAY", "-S") == (10, 0, 10)

    # Anna signs in and buys three of them.
    shopper.ok("POST", "login/anna.demo@example.com", {"password": "demo1234"})
    item = next(each["item"] for each in in_shop()["items"] if each["sku"] == "DAYRED-S")
    shopper.ok("POST", f"items/{item}/quantity/3")
    placed = shopper.ok("POST", "payment", payment())["order"]
    number = str(placed["order"])
    assert _levels(warehouse, "DAY", "-S") == (10, 3, 7)

    # Orders out of the queue, with the ids of the ERP; then they are done.
    customer, event = erp.events()
    assert (customer["type"], event["type"], event["entry"]) == ("customer", "order", number)
    order = event.one("data/order")
    ((line, size),) = rows_of(order)
    assert (line["id"], line["variation/id"], line["brand/id"], size["id"], size["qty"]) == (
        "DAY", "DAY_Red", "NEW", "S", "3")  # fmt: skip
    assert Decimal(order["ordertotal"] or 0) == Decimal(str(placed["totals"]["grandTotalPriceAsNumber"]))
    erp.done(customer["id"], event["id"])
    assert erp.events() == []

    # It takes the order over under a number of its own, and cancels the piece that has a stain.
    change = {"id": "SO-1", "ordernumber": number, "locked": "yes", "cancelled": {"product": row(line, size, 1)}}
    erp.ok("orders_Update", {"orders": {"order": change}})
    assert _levels(warehouse, "DAY", "-S") == (10, 2, 8)
    seen = warehouse.order(number)
    assert Decimal(str(seen["grandTotalValue"])) == Decimal(order["ordertotal"] or 0) - 500

    # It packs the rest, ships and charges it.
    shipment = {"id": "DN-1", "goodtogo": "yes", "appendix": "1", "products": {"product": row(line, size, 2)},
                "shipping": {"subtotal": order["shipping/subtotal"]}}  # fmt: skip
    erp.ok("orders_Update", {"orders": {"order": {"id": "SO-1", "shipments": {"shipment": shipment}}}})
    (packed,) = warehouse.get("shipments", order=number)
    assert (packed["shipmentId"], int(packed["paid"])) == (f"{number}-1", 0)
    assert warehouse.order(number)["orderStatus"] == "processing"
    sent = {
        "id": "DN-1",
        "shipped": "yes",
        "capture": "yes",
        "carrierinformation": {"carrier": "UPS", "tracking": "1Z9"},
    }
    erp.ok(
        "orders_Update", {"orders": {"order": {"id": "SO-1", "status": "completed", "shipments": {"shipment": sent}}}}
    )
    (gone,) = warehouse.get("shipments", order=number, status="completed")
    assert (gone["trackingNumber"], int(gone["paid"])) == ("1Z9", 1)
    assert warehouse.order(number)["orderStatus"] == "completed"
    assert _levels(warehouse, "DAY", "-S") == (8, 0, 8)
    mine = next(each for each in shopper.ok("POST", "orders")["orders"] if each["order"] == number)
    assert [parcel["trackingId"] for parcel in mine["shipments"]] == ["1Z9"]

    # The invoice back.
    invoice = {"id": "INV-1", "store": "1", "type": "retail", "currency": order["currency"], "order": {"id": "SO-1"},
               "shipment": {"id": "DN-1"}, "total": gone["grandTotalValue"], "totalpaid": gone["grandTotalValue"],
               "status": "paid"}  # fmt: skip
    erp.ok("invoices_Update", {"invoices": {"invoice": invoice}})

    # One sweater comes back, and goes on the shelf again.
    refund = {"id": "RMA-1", "status": "completed", "products": {"product": row(line, size, 1)}}
    back = {"id": "DN-1", "refunds": {"refund": refund}}
    erp.ok("orders_Update", {"orders": {"order": {"id": "SO-1", "shipments": {"shipment": back}}}})
    (returned,) = warehouse.get("returns", order=number)
    assert returned["completed"] is True
    assert _levels(warehouse, "DAY", "-S") == (9, 0, 9)

    # Nothing of all that is news to the ERP.
    assert erp.events() == []
