"""Days in the life of integrations, each seen through every API that shows what came of it."""

from typing import Any

import httpx
import pytest

from tests.apis.graphql.conftest import Integration
from tests.shopper import Shopper, address, payment
from tests.warehouse import Warehouse

PIM = "mock-graphql-pim"


@pytest.fixture
def shopper(client: httpx.Client) -> Shopper:
    return Shopper(client)


# ------------------------------------------------------------------ a PIM


def named(pim: Integration, field: str, where: str = "") -> dict[str, int]:
    """The ids of everything in a list, by name."""
    arguments = f"({where + ', ' if where else ''}limit: 100)"
    return {row["name"]: row["id"] for row in pim.ask(f"{{ {field}{arguments} {{ id name }} }}")[field]}


def made(pim: Integration, kind: str, selection: str = "id", **given: Any) -> dict[str, Any]:
    """What `create<Kind>` made."""
    field = kind[0].lower() + kind[1:]
    return pim.change(f"create{kind}", f"{field} {{ {selection} }}", input=given)[field]


def money(value: float, code: str) -> dict[str, Any]:
    return {"value": value, "currencyIsoCode": code}


def test_a_season_from_nothing_is_sold_in_two_languages_and_markets(client: httpx.Client) -> None:
    """Folders to prices with the PIM's own token, then two shoppers who see it in their words and money."""
    pim, owner = Integration(client, PIM), Integration(client)
    markets, lists = named(pim, "markets", "where: {storeId: 1}"), named(pim, "pricelists", "where: {storeId: 1}")
    season = made(pim, "Folder", name="SS27", parent=None)
    folder = made(pim, "Folder", "id isTopFolder", name="Shirts", parent=season)
    brand = made(pim, "Brand", name="Fjällräv & Co", addToStores=[{"id": 1}])
    collection = made(pim, "Collection", name="Summer 27", status="ACTIVE")
    top = made(pim, "Category", name="Summer", status="ACTIVE", store={"id": 1})
    shirts = made(pim, "Category", name="Linen shirts", status="ACTIVE", store={"id": 1}, parentCategory=top)
    made(pim, "SizeChart", "id sizes { id name }", name="Shirts", horizontalLabels=["S", "M", "L"], externalId="c")
    cells = [{"horizontalLabel": "S", "verticalLabel": "Chest", "value": "96"}]
    measures = made(
        pim, "MeasurementChart", name="Shirts", horizontalLabels=["S", "M"], verticalLabels=["Chest"], values=cells
    )
    (wool, *_) = pim.ask('{ mappedAttributes(where: {typeName: {equals: "pr_materials"}}, limit: 1) { id } }')[
        "mappedAttributes"
    ]
    product = made(
        pim, "Product", "id externalId",
        name="Linen Shirt", status="ACTIVE", productNumber="LL1", externalId="ll-1",
        brand=brand, collection=collection, folder={"id": folder["id"]}, countryOfOrigin={"code": "PT"},
        weight={"value": 0.3, "unit": "KILOGRAMS"}, measurementTable={"inherited": False, "measurementChart": measures},
        assignMappedAttributes=[{"attributeTypeName": "pr_materials", "attributeId": wool["id"]}],
    )  # fmt: skip
    white, sky = (
        made(
            pim, "ProductVariant", "id productSizes { id SKU }",
            product={"externalId": "ll-1"}, name=name, status="ACTIVE", variantNumber=number, sizeChart={"externalId": "c"},
            productSizes=[{"size": {"name": label}, "sizeNumber": label} for label in ("S", "M", "L")],
        )
        for name, number in (("White", "-W-"), ("Sky", "-B-"))
    )  # fmt: skip
    assert [size["SKU"] for size in white["productSizes"]] == ["LL1-W-S", "LL1-W-M", "LL1-W-L"]
    display = made(
        pim, "Display", "id displayItems { id }",
        name="Linen Shirt", status="ACTIVE", store={"id": 1}, product={"id": product["id"]}, description="Cool and light.",
        canonicalCategory=shirts, addMarkets=[{"id": markets["Nordics"]}, {"id": markets["Europe"]}],
        addProductVariants=[{"productVariant": {"id": variant["id"]}} for variant in (white, sky)],
    )  # fmt: skip
    for name, price in (("SEK", 900), ("EUR", 89.5)):
        of_sky = [{"productVariant": {"id": sky["id"]}, "price": money(price + 10, name)}]
        row = {"product": {"id": product["id"]}, "price": money(price, name), "individualVariantPrices": of_sky}
        pim.change("setPrices", input={"pricelist": {"id": lists[name]}, "productPrices": [row]})
    changes = [{"size": {"name": "S"}, "deliveredQuantity": 20}, {"size": {"name": "M"}, "deliveredQuantity": 2}]
    in_stock = [{"productVariant": {"id": white["id"]}, "sizeChanges": changes}]
    pim.change("changeStock", input={"intoWarehouse": {"id": 1}, "description": "First", "productVariants": in_stock})
    (swedish,) = [
        row["id"] for row in pim.ask("{ languages { id languageCode } }")["languages"] if row["languageCode"] == "sv"
    ]
    texts: list[tuple[str, int, dict[str, str]]] = [
        ("Display", display["id"], {"name": "Linneskjorta", "uri": "linneskjorta"}),
        ("ProductVariant", white["id"], {"name": "Vit"}),
        ("Category", shirts["id"], {"name": "Linneskjortor", "uri": "linneskjortor"}),
    ]
    for kind, object_id, fields in texts:
        words = [{"field": field, "value": value} for field, value in fields.items()]
        wanted = {"objectType": kind, "objectId": object_id, "language": {"id": swedish}, "translations": words}
        pim.change("setTranslations", input=wanted)
    campaign = made(
        owner, "Campaign", name="Launch", status="ACTIVE", store={"id": 1},
        addMarkets=[{"id": markets["Nordics"]}], addPricelists=[{"id": lists["SEK"]}],
    )  # fmt: skip
    off = {
        "productVariant": {"id": white["id"]}, "type": "DISCOUNT_PERCENT", "discountPercent": 20, "showSale": True,
        "showNews": False, "startAt": "2026-01-01", "stopAt": "2099-01-01",
    }  # fmt: skip
    owner.change("setCampaignVariants", input={"campaign": campaign, "variants": [off]})

    item, other = (each["id"] for each in display["displayItems"])
    swede = Shopper(client).in_country("SE")
    seen = swede.ok("GET", f"/products/{item}")["product"]
    assert (seen["name"], seen["uri"], seen["variantName"]) == ("Linneskjorta", "linneskjorta", "Vit")
    assert seen["categoryName"] == ["Summer", "Linneskjortor"] and seen["categoryUri"] == "summer/linneskjortor"
    assert (seen["priceAsNumber"], seen["priceBeforeDiscountAsNumber"], seen["discountPercent"]) == (720, 900, 20)
    assert (seen["brandName"], seen["collectionName"], seen["countryOfOrigin"]) == ("Fjällräv & Co", "Summer 27", "PT")
    assert [(size["name"], size["stock"]) for size in seen["items"]] == [("S", "yes"), ("M", "few"), ("L", "no")]
    assert seen["measurementChart"]["contents"] == [{"content": "96", "x": 0, "y": 0}]
    assert [(each["product"], each["priceAsNumber"]) for each in seen["relatedProducts"]] == [(str(other), 910)]
    german = Shopper(client).in_country("DE")
    seen = german.ok("GET", f"/products/{item}")["product"]
    assert (seen["name"], seen["variantName"], seen["priceAsNumber"]) == ("Linen Shirt", "White", 89.5)
    assert seen["price"] == "89,50\xa0EUR" and not seen["showAsOnSale"]
    assert Shopper(client).in_country("US").refused("GET", f"/products/{item}")[0] == 404
    for someone in (swede, german):
        listed = someone.ok("POST", "/products", {"categories": [str(shirts["id"])]})["products"]
        assert [each["product"] for each in listed] == [str(item)]


def test_a_new_market_has_its_country_prices_and_orders(
    erp: Integration, shopper: Shopper, client: httpx.Client
) -> None:
    """Denmark leaves the Nordics for a market and a pricelist of its own, where nothing is for sale at first."""
    country = [{"code": "DK"}]
    payload = erp.change(
        "createMarket", "market { id }", input={"name": "Denmark", "store": {"id": 1}, "addCountries": country}
    )
    assert payload["userWarnings"][0]["path"] == ["input", "addCountries", "0"]
    market = payload["market"]
    pricelist = made(
        erp, "Pricelist", name="DK", status="ACTIVE", store={"id": 1}, currencyIsoCode="EUR", addCountries=country
    )
    location = shopper.ok("PUT", "/countries/DK")["location"]
    assert (location["market"], location["pricelist"]) == (market["id"], pricelist["id"])
    assert shopper.ok("POST", "/products", {})["productCount"] == 0
    erp.change("updateDisplay", id=1, input={"addMarkets": [market]})
    (shown,) = shopper.ok("POST", "/products", {})["products"]
    assert (shown["priceAsNumber"], shown["available"]) == (None, False)
    row = {"product": {"id": 1}, "price": money(77, "EUR")}
    erp.change("setPrices", input={"pricelist": pricelist, "productPrices": [row]})
    (shown,) = shopper.ok("POST", "/products", {})["products"]
    assert (shown["priceAsNumber"], shown["available"]) == (77, True)
    shopper.ok("POST", f"/items/{shown['items'][0]['item']}")
    number = int(shopper.ok("POST", "/payment", payment("DK"))["order"]["order"])
    read = "query ($n: [Int!]) { orders(where: {number: $n}) { market { id } pricelist { id } lines { unitPrice { value } } } }"
    assert erp.ask(read, n=number)["orders"] == [
        {"market": market, "pricelist": pricelist, "lines": [{"unitPrice": {"value": 77}}]}
    ]
    assert Warehouse(client).order(number)["grandTotalValue"] > 77


# ------------------------------------------------------------------ an ERP

ORDER = """query ($n: [Int!]) { orders(where: {number: $n}) { status grandTotal { value }
  totals { quantity cancelledQuantity shipping { value } discounts { value } }
  lines { id quantity cancelledQuantity shippedQuantity returnedQuantity } discountsApplied { value { value } }
  shipments { number isCaptured isShipped grandTotal { value } }
  paymentHistory { entryType status value { value } } } }"""
SIZES = """query ($ids: [Int!]) { productSizes(where: {id: $ids}) { stockTotals {
  physicalQuantity allocatedQuantity demandQuantity freeToAllocateQuantity } } }"""


class Desk:
    """An order on the desk of somebody who compares what all APIs say of it."""

    def __init__(self, erp: Integration, shopper: Shopper, client: httpx.Client, number: int) -> None:
        self.erp, self.shopper, self.warehouse, self.number = erp, shopper, Warehouse(client), number

    def look(self) -> dict[str, Any]:
        """The order, which costs and holds the same everywhere."""
        (order,) = self.erp.ask(ORDER, n=self.number)["orders"]
        rest = self.warehouse.order(self.number)
        (history,) = [
            each
            for each in self.shopper.ok("POST", "/orders", {"size": 20})["orders"]
            if int(each["order"]) == self.number
        ]
        total = order["grandTotal"]["value"]
        assert (rest["grandTotalValue"], history["totals"]["grandTotalPriceAsNumber"]) == (total, total)
        assert rest["shippingValue"] == order["totals"]["shipping"]["value"]
        assert rest["voucherValue"] == order["totals"]["discounts"]["value"]
        taken_off = order["totals"]["discounts"]["value"]
        assert sum(each["value"]["value"] for each in order["discountsApplied"]) == taken_off
        assert sum(-each["priceOffAsNumber"] for each in history["discounts"]["vouchers"]) == taken_off
        pieces = [line["quantity"] for line in order["lines"]]
        assert [row["qty"] for row in rest["products"]] == [item["quantity"] for item in history["items"]] == pieces
        assert [row["shipmentId"] for row in rest["shipments"]] == [each["number"] for each in order["shipments"]]
        assert order["totals"]["quantity"] == sum(pieces)
        return order

    def change(self, mutation: str, selection: str = "", **given: Any) -> dict[str, Any]:
        return self.erp.change(mutation, selection, **given)

    def edit(self, **given: Any) -> None:
        self.change("updateDirectToConsumerOrder", order={"number": self.number}, input=given)

    def ship(self, lines: list[dict[str, Any]], **parts: Any) -> dict[str, Any]:
        wanted = {"order": {"number": self.number}, "lines": lines, "isGoodToGo": True, **parts}
        return self.change("createShipment", "shipment { id number lines { id } }", input=wanted)["shipment"]


def test_an_order_from_the_cart_to_the_return_costs_the_same_everywhere(
    erp: Integration, shopper: Shopper, client: httpx.Client
) -> None:
    """Bought with a voucher; a piece less, cheaper shipping, one more row; sent in two parcels; one piece comes back."""
    buyer = address("SE", email="regular@example.com")
    shopper.in_country("SE").ok("POST", "/register", {**buyer, "password": "a long password"})
    first, second, third = shopper.ordinary_items(3)
    sizes = [int(item.split("-")[1]) for item in (first, second, third)]

    def stock() -> list[dict[str, int]]:
        return [row["stockTotals"] for row in erp.ask(SIZES, ids=sizes)["productSizes"]]

    before = stock()
    shopper.ok("POST", f"/items/{first}/quantity/3")
    shopper.ok("POST", f"/items/{second}/quantity/2")
    shopper.ok("POST", "/vouchers", {"voucher": "WELCOME10"})
    number = int(shopper.ok("POST", "/payment", payment("SE", address=buyer))["order"]["order"])
    desk = Desk(erp, shopper, client, number)
    order = desk.look()
    one, two = ({"id": line["id"]} for line in order["lines"])
    assert order["status"] == "CONFIRMED"
    assert [now["allocatedQuantity"] - was["allocatedQuantity"] for now, was in zip(stock(), before, strict=True)] == [
        3,
        2,
        0,
    ]

    gone = {"line": two, "quantity": 1, "stockActionPolicy": {"releaseItemsBackToWarehouse": True}}
    desk.edit(cancelLines=[gone], cancellationComment="Sold the last one")
    desk.edit(shippingCost=money(19, "SEK"))
    added = {"display": {"id": 3}, "productSize": {"id": sizes[2]}, "quantity": 2, "unitPrice": money(100, "SEK")}
    desk.edit(addLines=[added], shippingAddress={"address1": "Nygatan 2"})
    less = desk.look()
    assert less["totals"]["shipping"] == {"value": 19} and less["totals"]["cancelledQuantity"] == 1
    three = {"id": less["lines"][2]["id"]}

    desk.change(
        "unallocateOrder",
        input={
            "order": {"number": number}, "unallocate": [{"orderLine": one, "quantity": 2}],
            "stockActionPolicy": {"releaseItemsBackToWarehouse": True},
        },
    )  # fmt: skip
    assert stock()[0]["demandQuantity"] == before[0]["demandQuantity"] + 2
    parcel = [{"orderLine": one, "quantity": 2}]
    assert erp.refused("createShipment", input={"order": {"number": number}, "lines": parcel})
    sent = desk.ship(parcel, capture=True, allocateDemand=True)
    assert desk.look()["status"] == "PROCESSING"
    desk.change("completeShipment", id=sent["id"], input={"shippedAt": "-1 hour"})
    given_up = {"line": three, "quantity": 2, "stockActionPolicy": {"removeItemsFromStock": True}}
    desk.edit(cancelLines=[given_up])
    rest = desk.ship([{"orderLine": one, "quantity": 1}, {"orderLine": two, "quantity": 1}], allocateDemand=True)
    assert erp.refused("completeShipment", id=rest["id"], input={})[0]["path"] == ["id"]
    desk.change("captureShipment", id=rest["id"])
    desk.change("completeShipment", id=rest["id"], input={})
    order = desk.look()
    assert order["status"] == "SHIPPED"
    assert sum(each["grandTotal"]["value"] for each in order["shipments"]) == order["grandTotal"]["value"]
    captured = [entry["value"]["value"] for entry in order["paymentHistory"] if entry["entryType"] == "CAPTURE"]
    assert sum(captured) == order["grandTotal"]["value"]
    left = [now["physicalQuantity"] - was["physicalQuantity"] for now, was in zip(stock(), before, strict=True)]
    assert left == [-3, -1, -2]
    assert all(now["allocatedQuantity"] == was["allocatedQuantity"] for now, was in zip(stock(), before, strict=True))

    back = desk.change(
        "createReturn", "return { id grandTotal { value } }",
        input={
            "shipment": {"id": sent["id"]}, "lines": [{"shipmentLine": sent["lines"][0], "quantity": 1}],
            "returnStockActionPolicy": {"releaseItemsBackToWarehouse": True}, "shippingCost": {"fromShipment": True},
            "returnCost": money(25, "SEK"),
        },
    )["return"]  # fmt: skip
    refunded = desk.change(
        "refundReturn", "return { returnStatus refundPaymentHistory { value { value } } }", id=back["id"]
    )
    paid_back = {"value": {"value": -back["grandTotal"]["value"]}}
    assert refunded["return"] == {"returnStatus": "COMPLETED", "refundPaymentHistory": [paid_back]}
    (shown,) = desk.warehouse.get("returns", order=number)
    assert (shown["returnId"], shown["completed"], shown["shippingCost"], shown["returnCost"]) == (
        back["id"],
        True,
        19,
        25,
    )
    assert desk.look()["lines"][0]["returnedQuantity"] == 1
    assert stock()[0]["physicalQuantity"] == before[0]["physicalQuantity"] - 2
    for mutation in ("deleteReturn", "completeReturn", "refundReturn"):
        assert erp.refused(mutation, id=back["id"])


def test_an_erp_hears_of_what_other_systems_do(erp: Integration, shopper: Shopper, client: httpx.Client) -> None:
    """A shopper buys, a warehouse ships and takes back: all that the queue tells, until it is confirmed."""
    erp.change(
        "setEventListeners", input=[{"objectType": kind} for kind in ("Order", "Shipment", "Return", "Customer")]
    )
    shopper.in_country("SE").fill()
    number = int(shopper.ok("POST", "/payment", payment())["order"]["order"])
    warehouse = Warehouse(client)
    (row,) = warehouse.order(number)["products"]
    shipment = warehouse.ok("POST", "shipments", {"order": number, "products": {row["lineId"]: 1}, "capture": False})[
        "shipment"
    ]
    warehouse.ok("PUT", "capture", {"shipment": shipment})
    warehouse.ok("PUT", "shipment", {"order": number, "shipment": shipment, "gtg": True, "tracking": "T-1"})
    warehouse.ok("POST", "return", {"shipment": shipment, "products": {row["lineId"]: 1}, "returnStock": True})
    read = "{ events(limit: 100) { id objectType changeType object { __typename ... on Order { number status } } } }"
    told = erp.ask(read)["events"]
    assert [(each["objectType"], each["changeType"]) for each in told] == [
        ("Customer", "CREATED"), ("Order", "CREATED"),
        ("Shipment", "CREATED"), ("Order", "UPDATED"),
        ("Shipment", "UPDATED"), ("Order", "DEPENDENT_DATA_CHANGED"),
        ("Shipment", "COMPLETED"), ("Order", "COMPLETED"),
        ("Return", "CREATED"), ("Order", "DEPENDENT_DATA_CHANGED"), ("Shipment", "DEPENDENT_DATA_CHANGED"),
    ]  # fmt: skip
    now = {"__typename": "DirectToConsumerOrder", "number": number, "status": "SHIPPED"}
    assert all(each["object"] == now for each in told if each["objectType"] == "Order")
    ids = [each["id"] for each in told]
    erp.change("confirmEvents", input={"eventsIds": ids[:4]})
    assert [each["id"] for each in erp.ask(read)["events"]] == ids[4:]
    erp.change("confirmEvents", input={"eventsIds": ids})
    assert erp.ask(read)["events"] == []


# ------------------------------------------------------------------ a warehouse


def test_what_is_ordered_from_a_supplier_comes_into_stock(erp: Integration, client: httpx.Client) -> None:
    """The figures of a size while pieces of it are ordered, confirmed, on their way and there."""
    variant = erp.ask("{ productVariant(id: 1) { id productSizes(limit: 1) { id } } }")["productVariant"]
    size = variant["productSizes"][0]
    read = """query ($ids: [Int!]) { productSizes(where: {id: $ids}) { stockTotals {
      physicalQuantity incomingQuantity onDeliveryQuantity availableQuantity availableNowQuantity } } }"""

    def figures() -> list[int]:
        return list(erp.ask(read, ids=size["id"])["productSizes"][0]["stockTotals"].values())

    physical, incoming, on_delivery, available, now = figures()
    assert (incoming, on_delivery) == (0, 0)
    home = {"supplierName": "Maker", "address1": "Rua 1", "zipCode": "1", "city": "Porto", "country": {"code": "PT"}}
    supplier = made(erp, "Supplier", currencyIsoCode="EUR", status="ACTIVE", address=home)
    line = {"productVariant": {"id": variant["id"]}, "productSize": size, "quantity": 10, "unitPrice": money(3, "EUR")}
    to = {"address1": "Kajen 1", "zipCode": "1", "city": "Borås", "country": {"code": "SE"}}
    bought = made(
        erp, "PurchaseOrder", "id status totalValue { value }",
        supplier=supplier, shippingAddress=to, ETA="2026-12-01", externalId="PO-1", addPurchaseOrderLines=[line],
    )  # fmt: skip
    assert (bought["status"], bought["totalValue"]) == ("NEW", {"value": 30})
    assert figures() == [physical, 0, 0, available, now]
    erp.change("updatePurchaseOrder", id=bought["id"], input={"confirmedETD": "2026-12-05"})
    assert figures() == [physical, 10, 0, available + 10, now]
    delivery = made(
        erp, "PurchaseOrderDelivery", "id number status",
        purchaseOrder={"externalId": "PO-1"}, ETA="2026-12-10", shippingDistributionMethod="BY_QUANTITY",
        adminUser={"id": 1}, preferredWarehouse={"id": 1},
        addUnlinkedLines=[{"productVariant": {"id": variant["id"]}, "productSize": size, "quantity": 6}],
    )  # fmt: skip
    assert figures() == [physical, 10, 6, available + 10, now]
    warehouse = Warehouse(client)
    seen = warehouse.get(f"supplier-deliveries/{delivery['number']}")
    assert (seen["productsQty"], seen["ETD"], seen["ETA"]) == (6, "2026-12-05 00:00", "2026-12-10 00:00")
    erp.change("setEventListeners", input=[{"objectType": kind} for kind in ("PurchaseOrder", "PurchaseOrderDelivery")])
    warehouse.ok("POST", f"supplier-deliveries/{delivery['number']}", {"products": {seen["products"][0]["ean"]: 6}})
    assert figures() == [physical + 6, 4, 0, available + 10, now + 6]
    told = erp.ask("{ events { objectType changeType object { ... on PurchaseOrderDelivery { status } } } }")["events"]
    assert [(each["objectType"], each["changeType"]) for each in told] == [
        ("PurchaseOrderDelivery", "COMPLETED"),
        ("PurchaseOrder", "DEPENDENT_DATA_CHANGED"),
    ]
    assert told[0]["object"] == {"status": "ACCEPTED"}
    partly = "query ($id: [Int!]) { purchaseOrders(where: {id: $id}) { status deliveries { number } } }"
    assert erp.ask(partly, id=bought["id"])["purchaseOrders"] == [
        {"status": "PROCESSING", "deliveries": [{"number": delivery["number"]}]}
    ]
