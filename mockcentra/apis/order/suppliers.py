"""Suppliers: their orders, what they deliver, for whom, and accepting it (order-api.md 5.7)."""

from datetime import datetime
from typing import Any

from mockcentra.apis import values
from mockcentra.apis.order import bodies
from mockcentra.apis.order.transport import INVALID, REQUIRED, Call, Refused, endpoint
from mockcentra.commerce import order_book, suppliers
from mockcentra.commerce.errors import Conflict, Invalid, NotFound
from mockcentra.commerce.money import decimal_text
from mockcentra.commerce.reference import Reference
from mockcentra.commerce.suppliers import Delivery, LinkedOrder, NotDelivered, SupplierOrder
from mockcentra.store import Transaction
from mockcentra.store.clock import instance_zone
from mockcentra.store.database import Row, from_json

_NO_ORDER = "supplier order does not exist"
_NO_DELIVERY = "delivery does not exist"
_ACCEPTED = "delivery is already accepted"
_NOT_FOUND = "Some of the products were not found"


# ------------------------------------------------------------------ supplier orders


@endpoint("GET /supplier-orders")
def list_supplier_orders(call: Call) -> dict[str, Any]:
    """`GET /supplier-orders`: the confirmed ones."""
    with call.store.reading() as tx:
        found = suppliers.orders(tx)
    return {"orders": [_order_json(each) for each in found]}


@endpoint("GET /supplier-orders/<supplier_order>")
def one_supplier_order(call: Call, supplier_order: str) -> dict[str, Any]:
    """`GET /supplier-orders/{supplierOrderId}`: one with its products."""
    number = values.positive(supplier_order)
    with call.store.reading() as tx:
        found = suppliers.orders(tx, number) if number is not None else []
    if not found:
        raise Refused(_NO_ORDER)
    order = found[0]
    currency = call.reference.currencies[order.row["currency_id"]].code
    products = [_row_json(call.reference, line, line["quantity"], currency) for line in order.lines]
    return {"order": {**_order_json(order), "products": products}}


# ------------------------------------------------------------------ deliveries


@endpoint("GET /supplier-deliveries")
def list_deliveries(call: Call) -> dict[str, Any]:
    """`GET /supplier-deliveries`: what is to come into the plugin's warehouse."""
    with call.store.reading() as tx:
        found = suppliers.open_deliveries(tx)
    return {"deliveries": [_delivery_json(each) for each in found]}


@endpoint("GET /supplier-deliveries/<delivery>", "GET /supplier-delivery/<delivery>")
def one_delivery(call: Call, delivery: str) -> dict[str, Any]:
    """`GET /supplier-deliveries/{supplierDeliveryId}`: one with its products, by id or by number."""
    with call.store.reading() as tx:
        found = _open_delivery(tx, delivery)
    return {"delivery": {**_delivery_json(found), "products": _products(call.reference, found)}}


@endpoint("GET /supplier-deliveries/<delivery>/details", "GET /supplier-delivery/<delivery>/details")
def delivery_details(call: Call, delivery: str) -> dict[str, Any]:
    """`GET /supplier-deliveries/{supplierDeliveryId}/details`: the orders that wait for it."""
    with call.store.reading() as tx:
        found = _open_delivery(tx, delivery)
        waiting = suppliers.waiting_orders(tx, found)
    orders = [_linked_json(call.reference, found, order) for order in waiting]
    return {"delivery": {**_delivery_json(found), "orders": orders}}


@endpoint("POST /supplier-deliveries/<delivery>", "POST /supplier-delivery/<delivery>")
def accept_by_ean(call: Call, delivery: str) -> dict[str, Any]:
    """`POST /supplier-deliveries/{supplierDeliveryId}`: what came, by EAN."""
    return _accept(call, delivery, suppliers.EAN)


@endpoint("POST /supplier-deliveries/<delivery>/sku", "POST /supplier-delivery/<delivery>/sku")
def accept_by_sku(call: Call, delivery: str) -> dict[str, Any]:
    """`POST /supplier-deliveries/{supplierDeliveryId}/sku`: what came, by SKU."""
    return _accept(call, delivery, suppliers.SKU)


def _accept(call: Call, sent: str, key: str) -> dict[str, Any]:
    units = _units(call.body.get("products"))
    inserts_stock = bool(bodies.flag(call.body, "insertStock", True))
    with call.transaction() as tx:
        delivery_id = _find(tx, sent)
        if delivery_id is None:
            raise Refused(_NO_DELIVERY)
        try:
            rest_id = suppliers.accept(tx, delivery_id, units, key, inserts_stock)
        except Conflict as error:
            raise Refused(_ACCEPTED) from error
        except NotDelivered as error:
            raise Refused(_NOT_FOUND, errors={"productsNotFound": error.names}) from error
        except NotFound as error:
            raise Refused(_NO_DELIVERY) from error
        except Invalid as error:
            raise Refused({"products": INVALID}) from error
        rest = suppliers.open_delivery(tx, rest_id) if rest_id is not None else None
    return {} if rest is None else {"additionalDelivery": _delivery_json(rest)}


def _units(sent: Any) -> dict[str, int]:
    if sent is None:
        raise Refused({"products": REQUIRED})
    if isinstance(sent, list) and not sent:
        return {}
    if not isinstance(sent, dict):
        raise Refused({"products": INVALID})
    return {name.strip(): bodies.quantity(value) for name, value in sent.items()}


def _find(tx: Transaction, sent: str) -> int | None:
    key = order_book.number_and_position(sent)
    return suppliers.id_of_number(tx, *key) if key is not None else values.positive(sent)


def _open_delivery(tx: Transaction, sent: str) -> Delivery:
    delivery_id = _find(tx, sent)
    try:
        if delivery_id is None:
            raise NotFound("delivery")
        return suppliers.open_delivery(tx, delivery_id)
    except (NotFound, Conflict) as error:
        raise Refused(_NO_DELIVERY) from error


# ------------------------------------------------------------------ JSON


def _minute(moment: int | None) -> str:
    """`YYYY-MM-DD HH:MM` in the instance's zone."""
    return "" if moment is None else datetime.fromtimestamp(moment, instance_zone()).strftime("%Y-%m-%d %H:%M")


def _head(row: Row, quantity: int) -> dict[str, Any]:
    return {
        "supplierName": row["supplier_name"],
        "supplierCountry": row["supplier_country"],
        "created": _minute(row["created_at"]),
        "ETD": _minute(row["confirmed_etd_at"] or row["etd_at"]),
        "ETA": _minute(row["eta_at"]),
        "message": row["message"],
        "productsQty": quantity,
    }


def _order_json(order: SupplierOrder) -> dict[str, Any]:
    quantity = sum(line["quantity"] for line in order.lines)
    return {"orderId": str(order.row["number"]), **_head(order.row, quantity)}


def _delivery_json(delivery: Delivery) -> dict[str, Any]:
    row = delivery.row
    quantity = sum(line["quantity"] for line in delivery.lines)
    ids = {"id": str(row["id"]), "orderId": str(row["number"]), "deliveryId": delivery.number}
    return {**ids, **_head(row, quantity)}


def _products(reference: Reference, delivery: Delivery) -> list[dict[str, Any]]:
    currency = reference.currencies[delivery.row["currency_id"]].code
    return [_row_json(reference, line, line["quantity"], currency) for line in delivery.lines]


def _row_json(reference: Reference, line: Row, quantity: int, currency: str) -> dict[str, Any]:
    brand = reference.brands.get(line["brand_id"])
    collection = reference.collections.get(line["collection_id"])
    weight, rest = divmod(line["weight_milli"], 1000)
    return {
        "sku": line["product_number"],
        "variantSku": line["variant_number"],
        "sizeSku": line["size_number"],
        "brand": brand.name if brand else None,
        "collection": collection.name if collection else None,
        "product": line["product_name"],
        "variant": line["variant_name"],
        "size": line["size_name"],
        "ean": line["ean"],
        "upc": line["upc"],
        "weight": line["weight_milli"] / 1000 if rest else weight,
        "weightUnit": line["weight_unit"],
        "quantity": quantity,
        "cost": decimal_text(line["cost"]),
        "costCurrency": currency,
    }


def _linked_json(reference: Reference, delivery: Delivery, order: LinkedOrder) -> dict[str, Any]:
    row = order.row
    address = from_json(row["shipping_address_json"])
    currency = reference.currencies[delivery.row["currency_id"]].code
    name = from_json(row["extra_json"]).get("buyerName") or f"{row['buyer_first_name']} {row['buyer_last_name']}"
    wishes = from_json(row["account_extra_json"]).get("carrierinformation", {})
    return {
        "orderId": str(row["number"]),
        "accountId": str(row["account_id"] or ""),
        "accountName": row["account_name"],
        "buyer": name.strip(),
        "carrier": wishes.get("carrier", ""),
        "service": wishes.get("service", ""),
        "other": row["additional_notes"],
        "paymentTerms": row["payment_terms"],
        "shippingTerms": row["shipping_terms"],
        "poNumber": row["po_number"],
        "deliveryName": f"{address.get('firstName', '')} {address.get('lastName', '')}".strip(),
        "deliveryCompany": address.get("company", ""),
        "deliveryEmail": address.get("email", ""),
        "deliveryCell": address.get("phoneNumber", ""),
        "deliveryTele": address.get("tele", ""),
        "deliveryAddress": address.get("address1", ""),
        "deliveryCoaddress": address.get("address2", ""),
        "deliveryZipcode": address.get("zipCode", ""),
        "deliveryCity": address.get("city", ""),
        "deliveryState": address.get("state", ""),
        "deliveryCountry": address.get("country", ""),
        "products": [_row_json(reference, line, quantity, currency) for line, quantity in order.units],
    }
