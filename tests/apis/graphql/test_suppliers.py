"""Suppliers, purchase orders and what comes of them, and the changes of stock that every API makes."""

from typing import Any

from mockcentra.store import Store
from tests.apis.graphql.conftest import Integration

LINE = "id deliveredQuantity freeToAllocateQuantity unitCost { value } currencyBaseRate isAvailable productSize { id } warehouse { id } stockChange { id }"


def test_changes_of_stock_in_lists(erp: Integration) -> None:
    data = erp.ask(
        """{ stockChanges(limit: 3) { id createdAt comment type warehouse { id } lines { %s } }
             stockChangeConnection(where: {warehouseId: [1]}, last: 10) {
               edges { cursor node { id } } pageInfo { hasPreviousPage startCursor } }
             stockChangeLines(where: {freeToAllocateQuantity: {from: 1}, warehouseId: [1]}, limit: 5) { %s }
             stockChangeLineConnection(first: 1) { totalCount edges { node { id } } }
             warehouses(where: {id: [1]}) { stockChanges(limit: 2) { id } } }"""
        % (LINE, LINE)
    )
    newest = data["stockChanges"][0]
    assert newest["lines"] and {line["stockChange"]["id"] for line in newest["lines"]} == {newest["id"]}
    edges = data["stockChangeConnection"]["edges"]
    assert len(edges) == 10 and data["stockChangeConnection"]["pageInfo"]["hasPreviousPage"]
    assert all(line["freeToAllocateQuantity"] >= 1 for line in data["stockChangeLines"])
    assert len(data["warehouses"][0]["stockChanges"]) == 2


SUPPLIER = """supplier { id name status address { companyName city country { code } email } websiteUrl comment currency { code }
  preferredWarehouse { id } paymentTerms { id } shippingTerms { id } documentTemplate { id }
  supplies { unitCost { value } customsType customsPercent customsValue { value } productVariant { id } supplier { id }
    purchaseOrders { id } purchaseOrderDeliveries { id } }
  purchaseOrders { id } purchaseOrderDeliveries { number } }"""

LINES = """quantity linkedQuantity unlinkedQuantity unitCost { value formattedValue } customsType customsPercent
  customsValue { value } linkedToOrderLines { id } product { id } productVariant { id } productSize { id }"""

ORDER = (
    """purchaseOrder { id status createdAt updatedAt ETA requestedETD confirmedETD internalComment externalComment
  ourReference totalQuantity totalValue { value } currency { code } lines { %s } paymentTerms { id }
  preferredWarehouse { id } deliveries { id number } shippingAddress { city country { code } }
  supplierAddress { companyName city } shippingTerms { id } supplier { id } externalId }"""
    % LINES
)

DELIVERY = (
    """purchaseOrderDelivery { id number status createdAt exFactoryDate ETA comment shippingCost { value }
  otherCosts { value } costDistribution isAccepted adminUser { id } currency { code } lines { %s landedCost { value } }
  supplier { id } purchaseOrder { id status } warehouse { id }
  stockChange { id type lines { deliveredQuantity } } }"""
    % LINES
)


def size_of(erp: Integration) -> tuple[int, int, int]:
    """(variant, size, pieces in the first warehouse) of some size."""
    found = erp.ask(
        """{ productSizes(limit: 1) { id productVariant { id } stock(where: {warehouseId: [1]}) { physicalQuantity } } }"""
    )["productSizes"][0]
    return found["productVariant"]["id"], found["id"], sum(row["physicalQuantity"] for row in found["stock"])


def new_supplier(erp: Integration) -> int:
    given = {
        "currencyIsoCode": "eur", "status": "ACTIVE", "preferredWarehouse": {"id": 1}, "comment": "Call first",
        "address": {
            "supplierName": "Tessuti Roma", "city": "Roma", "country": {"code": "IT"}, "website": "https://tessuti.example",
        },
    }  # fmt: skip
    made = erp.change("createSupplier", SUPPLIER, input=given)["supplier"]
    assert made["name"] == made["address"]["companyName"] == "Tessuti Roma" and made["currency"] == {"code": "EUR"}
    assert made["address"]["country"] == {"code": "IT"} and made["websiteUrl"] == "https://tessuti.example"
    assert made["preferredWarehouse"] == {"id": 1} and made["supplies"] == []
    return made["id"]


def order_input(supplier: int, variant: int, size: int, **parts: Any) -> dict[str, Any]:
    return {
        "supplier": {"id": supplier}, "ourReference": "PO-1", "externalId": "erp-po-1",
        "shippingAddress": {"address1": "Kajen 1", "zipCode": "11111", "city": "Stockholm", "country": {"code": "SE"}},
        "addPurchaseOrderLines": [
            {"productVariant": {"id": variant}, "productSize": {"id": size}, "quantity": 12},
        ],
        **parts,
    }  # fmt: skip


def test_a_delivery_fills_the_stock(erp: Integration, store: Store) -> None:
    variant, size, before = size_of(erp)
    with store.transaction() as tx:
        admin = tx.insert(
            "admin_users", name="Ada", username="ada-of-tests", status="active", created_at=tx.now, updated_at=tx.now
        )
    supplier = new_supplier(erp)
    cost = {
        "productVariant": {"id": variant}, "unitCost": {"value": 12.5, "currencyIsoCode": "EUR"},
        "customsType": "PERCENT", "customsValue": 4,
    }  # fmt: skip
    sold = erp.change(
        "setSupplierProductVariants", SUPPLIER, input={"supplier": {"id": supplier}, "productVariants": [cost]}
    )["supplier"]["supplies"]
    assert [(each["unitCost"]["value"], each["customsPercent"], each["customsValue"]["value"]) for each in sold] == [
        (12.5, 4, 0.5)
    ]
    order = erp.change("createPurchaseOrder", ORDER, input=order_input(supplier, variant, size))["purchaseOrder"]
    assert order["status"] == "NEW" and order["totalValue"] == {"value": 150} and order["externalId"] == "erp-po-1"
    assert order["supplierAddress"] == {"companyName": "Tessuti Roma", "city": "Roma"}
    changed = erp.change(
        "updatePurchaseOrder", ORDER, id=order["id"],
        input={"confirmedETD": "2030-01-02T00:00:00+01:00", "externalComment": "Soon, please"},
    )["purchaseOrder"]  # fmt: skip
    assert changed["status"] == "CONFIRMED" and changed["externalComment"] == "Soon, please"
    line = {"productVariant": {"id": variant}, "productSize": {"id": size}, "quantity": 8}
    announced = {
        "purchaseOrder": {"externalId": "erp-po-1"}, "ETA": "2030-01-05", "adminUser": {"id": admin},
        "shippingDistributionMethod": "BY_QUANTITY", "shippingCost": {"value": 16, "currencyIsoCode": "EUR"},
        "addUnlinkedLines": [line],
    }  # fmt: skip
    delivery = erp.change("createPurchaseOrderDelivery", DELIVERY, input=announced)["purchaseOrderDelivery"]
    assert delivery["status"] == "ON_DELIVERY" and delivery["purchaseOrder"]["status"] == "PROCESSING"
    assert delivery["lines"][0]["landedCost"] == {"value": 15} and delivery["number"].endswith("-1")
    assert erp.refused("createPurchaseOrderDelivery", input=announced)
    accepted = erp.change(
        "acceptPurchaseOrderDelivery", DELIVERY, id=delivery["id"],
        input={"adminUser": {"id": admin}, "stockInsertType": "ADD"},
    )["purchaseOrderDelivery"]  # fmt: skip
    assert accepted["isAccepted"] and accepted["stockChange"]["type"] == "DELIVERY"
    assert accepted["stockChange"]["lines"] == [{"deliveredQuantity": 8}]
    assert size_of(erp)[2] == before + 8
    assert erp.refused("acceptPurchaseOrderDelivery", id=delivery["id"])
    announced["addUnlinkedLines"] = [{**line, "quantity": 4}]
    rest = erp.change("createPurchaseOrderDelivery", DELIVERY, input=announced)["purchaseOrderDelivery"]
    erp.change(
        "acceptPurchaseOrderDelivery", id=rest["id"],
        input={"adminUser": {"id": admin}, "warehouse": {"id": 2}, "stockInsertType": "REPLACE"},
    )  # fmt: skip
    done = erp.ask(
        """query ($id: [Int!], $s: Int!) { purchaseOrders(where: {id: $id, status: [COMPLETED]}) { status }
           purchaseOrderDeliveries(where: {supplierId: [$s], warehouseId: [2]}) { id }
           productSizes(limit: 1) { stock(where: {warehouseId: [2]}) { freeToAllocateQuantity }
             purchaseOrderDeliveries(limit: 1) { id }
             productVariant { supplies { supplier { id } } purchaseOrderDeliveries(limit: 1) { id } } }
           supplier(id: $s) { supplies { purchaseOrders { id } purchaseOrderDeliveries(sort: id_ASC) { id } } } }""",
        id=[order["id"]], s=supplier,
    )  # fmt: skip
    assert done["purchaseOrders"] == [{"status": "COMPLETED"}]
    assert done["purchaseOrderDeliveries"] == [{"id": rest["id"]}]
    (size_now,) = done["productSizes"]
    assert size_now["stock"] == [{"freeToAllocateQuantity": 4}]
    assert size_now["purchaseOrderDeliveries"] == [{"id": rest["id"]}]
    assert size_now["productVariant"] == {
        "supplies": [{"supplier": {"id": supplier}}], "purchaseOrderDeliveries": [{"id": rest["id"]}],
    }  # fmt: skip
    assert done["supplier"]["supplies"] == [
        {
            "purchaseOrders": [{"id": order["id"]}],
            "purchaseOrderDeliveries": [{"id": delivery["id"]}, {"id": rest["id"]}],
        }
    ]
    with store.reading() as tx:
        events = [
            tuple(row)
            for row in tx.all("SELECT object_type, action FROM events WHERE object_type LIKE 'supplier%' ORDER BY id")
        ]
    assert ("supplier", "created") in events and ("supplier_delivery", "completed") in events
    assert events[-1] == ("supplier_order", "completed")


def test_the_purchase_orders_of_the_shop(erp: Integration) -> None:
    selection = ORDER.partition("{")[2][:-1]
    data = erp.ask(
        """{ purchaseOrders(sort: createdAt_ASC, limit: 20) { %s }
             purchaseOrderConnection(first: 2, where: {supplierName: ["Maglificio Valserena"]}) { totalCount edges { node { id } } }
             purchaseOrderDeliveries(where: {status: ACCEPTED}) { %s }
             purchaseOrderDeliveryConnection(last: 1) { edges { node { number } } }
             suppliers(where: {name: ["Maglificio Valserena"]}) { %s } }"""
        % (selection, DELIVERY.partition("{")[2][:-1], SUPPLIER.partition("{")[2][:-1])
    )
    assert {"NEW", "PROCESSING"} <= {row["status"] for row in data["purchaseOrders"]}
    first = data["purchaseOrders"][0]
    assert first["totalQuantity"] == sum(line["quantity"] for line in first["lines"])
    assert any(line["linkedToOrderLines"] for row in data["purchaseOrders"] for line in row["lines"])
    number = data["purchaseOrderDeliveries"][0]["number"]
    found = erp.ask("query ($n: [String!]) { purchaseOrderDeliveries(where: {number: $n}) { number } }", n=[number])
    assert found["purchaseOrderDeliveries"] == [{"number": number}]
    assert data["suppliers"][0]["purchaseOrders"] and data["purchaseOrderConnection"]["totalCount"] >= 2


def test_what_suppliers_cannot_be(erp: Integration) -> None:
    named = {"supplierName": "Maglificio Valserena"}
    for wrong in (
        {"currencyIsoCode": "EUR", "status": "ACTIVE"},
        {"currencyIsoCode": "XXX", "status": "ACTIVE", "address": {"supplierName": "New"}},
        {"currencyIsoCode": "EUR", "status": "ACTIVE", "address": named},
        {"currencyIsoCode": "EUR", "status": "ACTIVE", "address": {"supplierName": "N", "country": {"code": "QQ"}}},
    ):
        erp.refused("createSupplier", input=wrong)
    variant, size, _ = size_of(erp)
    supplier = new_supplier(erp)
    line = {"productVariant": {"id": variant}, "productSize": {"id": size}, "quantity": 0}
    for lines in (
        [line],
        [{**line, "quantity": 1, "productVariant": {"id": variant + 1}}],
        [{**line, "quantity": 1, "unitPrice": {"value": 5, "currencyIsoCode": "SEK"}}],
    ):
        erp.refused("createPurchaseOrder", input=order_input(supplier, variant, size, addPurchaseOrderLines=lines))
    cost = {"productVariant": {"id": variant}, "unitCost": {"value": -1, "currencyIsoCode": "EUR"}}
    erp.refused("setSupplierProductVariants", input={"supplier": {"id": supplier}, "productVariants": [cost]})
    changed = erp.change("updateSupplier", SUPPLIER, id=supplier, input={"preferredWarehouse": {"id": None}})[
        "supplier"
    ]
    assert changed["preferredWarehouse"] is None and changed["comment"] == "Call first"
