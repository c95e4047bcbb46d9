"""Orders as the Order API prints them (order-api.md 4.1), and the head that their shipments share with them."""

from typing import Any

from mockcentra.apis.order.row_json import order_row, rows_json
from mockcentra.commerce.model import Address
from mockcentra.commerce.money import NO_BREAK_SPACE, number
from mockcentra.commerce.order_book import OrderRecord
from mockcentra.commerce.reference import Currency
from mockcentra.store.clock import local_text
from mockcentra.store.database import Row, from_json

ZERO_DATE = "0000-00-00 00:00:00"
STORE_NAMES = {"dtc": "retail", "wholesale": "wholesale"}


def date_text(moment: int | None) -> str:
    """A moment in the instance's zone; the zero date for one that is not set."""
    return ZERO_DATE if moment is None else local_text(moment)


def order_json(order: OrderRecord, mode: str) -> dict[str, Any]:
    """An order; `mode` is the setting `order.bundles_in_orders`."""
    row = order.row
    items = sum(line.total for line in order.lines)
    included = sum(line.tax_of(line.total) for line in order.lines if line.row["is_tax_included"])
    shown: dict[str, Any] = {
        "orderId": str(row["number"]),
        "orderStatus": row["status"],
        **_dates(row),
        **_parties(order),
        **_addresses(order),
        "poNumber": row["po_number"],
        "shippingList": shipping_uri(order),
        "suspect": row["is_suspect"],
        "internalOrder": row["is_internal"],
        "hold": row["is_on_hold"],
        "waitingForPayment": row["is_waiting_for_payment"],
        "shippingValue": number(row["shipping_cost"]),
        "voucherValue": number(-row["discount_total"]),
        "grandTotalValue": number(row["grand_total"]),
        "grandTotalTaxValue": number(row["grand_total_tax"]),
        "taxAdded": number(row["tax_added"]),
        "taxDeducted": number(-row["tax_deducted"]),
        "internalComment": row["internal_comment"],
        "otherComment": row["additional_notes"],
        "marketId": row["market_id"],
        "pricelistId": row["pricelist_id"],
        "ipAddress": row["ip_address"],
        **_payment(order),
        "defaultCarrier": from_json(row["extra_json"]).get("carrierinformation", {}).get("carrier", ""),
        "shipments": [short_shipment_json(order, shipment) for shipment in order.shipments],
        "totalItemsPriceTax": number(-included),
        "totalItemsPrice": number(items),
        "totalItemsWithoutTax": number(items - included),
        "taxBreakdown": [tax_json(tax["name"], tax["percent"], tax["amount"]) for tax in order.taxes],
        "products": rows_json(order.lines, mode, order_row),
        "totalItemsDiscount": number(sum(line.original_each * line.quantity - line.total for line in order.lines)),
        "discounts": _discounts(order),
    }
    # any name may be that of an attribute, but none takes the place of what an order is
    return shown | {name: value for name, value in order_attributes(order).items() if name not in shown}


def shared_head(order: OrderRecord) -> dict[str, Any]:
    """What a shipment repeats of its order."""
    row = order.row
    return {
        "orderId": str(row["number"]),
        **_dates(row),
        **_parties(order),
        **_addresses(order),
        "poNumber": row["po_number"],
        "shippingList": shipping_uri(order),
        "suspect": row["is_suspect"],
        "hold": row["is_on_hold"],
        "internalComment": row["internal_comment"],
        "otherComment": row["additional_notes"],
    }


def _dates(row: Row) -> dict[str, str]:
    return {
        "selectionId": row["hash"],
        "orderDate": local_text(row["created_at"]),
        "cancelDate": date_text(row["cancel_at"]),
        "preferredDeliveryDate": date_text(row["preferred_delivery_at"]),
        "estimatedDeliveryDate": date_text(row["estimated_delivery_at"]),
    }


def _parties(order: OrderRecord) -> dict[str, str]:
    row = order.row
    is_wholesale = row["account_id"] is not None
    return {
        "orderStore": STORE_NAMES[order.reference.channels[row["store_id"]].type],
        "orderCurrency": order.currency.code,
        "customerId": "" if is_wholesale or row["customer_id"] is None else str(row["customer_id"]),
        "accountId": str(row["account_id"]) if is_wholesale else "",
    }


def _addresses(order: OrderRecord) -> dict[str, str]:
    billing, delivery = order.address, order.shipping_address
    return {
        **_address("delivery", delivery),
        "deliveryCell": delivery.get("phoneNumber", ""),
        "deliveryTele": delivery.get("tele", ""),
        **_address("billing", billing),
        "billingTele": billing.get("tele") or billing.get("phoneNumber", ""),
        "billingVAT": billing.get("vatNumber", ""),
    }


def _address(kind: str, address: Address) -> dict[str, str]:
    name = f"{address.get('firstName', '')} {address.get('lastName', '')}".strip()
    return {
        f"{kind}Name": name,
        f"{kind}Company": address.get("company", ""),
        f"{kind}Email": address.get("email", ""),
        f"{kind}Address": address.get("address1", ""),
        f"{kind}Coaddress": address.get("address2", ""),
        f"{kind}Zipcode": address.get("zipCode", ""),
        f"{kind}City": address.get("city", ""),
        f"{kind}State": address.get("state", ""),
        f"{kind}Country": address.get("country", ""),
    }


def shipping_uri(order: OrderRecord) -> str:
    """The URI of the order's shipping option, empty without one."""
    option = order.reference.shipping_options.get(order.row["shipping_option_id"])
    return option.uri if option else ""


def _payment(order: OrderRecord) -> dict[str, Any]:
    row = order.row
    method = order.reference.payment_methods.get(row["payment_method_id"])
    kind = row["payment_type"] or (method.kind if method else "")
    if not kind:
        kind = "inv" if row["account_id"] is not None else "" if row["grand_total"] else "free"
    return {
        "paymentPlugin": method.type if method else "",
        "paymentType": kind,
        "paymentDescription": method.name if method else "",
        "paymentReference": order.payment_reference,
        "paymentMethod": row["payment_provider"] or (method.uri if method else None),
    }


def short_shipment_json(order: OrderRecord, shipment: Row) -> dict[str, str]:
    """A shipment within its order (order-api.md 4.3)."""
    return {
        "shipmentId": f"{order.row['number']}-{shipment['position']}",
        "shippedDate": date_text(shipment["shipped_at"]),
        "carrier": shipment["carrier"],
        "service": shipment["service"],
        "trackingId": shipment["tracking_number"],
        "trackingUrl": shipment["tracking_url"],
        "returnSlipTracking": shipment["return_tracking_number"],
    }


def tax_json(name: str, percent: int, amount: int) -> dict[str, Any]:
    """An entry of a tax breakdown."""
    return {"description": name, "taxPercent": number(percent), "value": number(amount)}


def _discounts(order: OrderRecord) -> dict[str, Any]:
    automatic = [row for row in order.vouchers if row["trigger"] == "auto"]
    given = sum(_off(row) for row in automatic)
    return {
        "anyDiscount": bool(order.row["discount_total"]),
        "discount": amount_text(order.currency, given),
        "discountAsNumber": number(given),
        "vouchers": [_voucher(order, row) for row in order.vouchers if row["trigger"] != "auto"],
        "automaticDiscounts": [
            {
                "automaticDiscount": str(row["voucher_id"]),
                "name": row["name"],
                "priceOff": amount_text(order.currency, _off(row)),
                "priceOffAsANumber": number(_off(row)),
            }
            for row in automatic
        ],
    }


def _voucher(order: OrderRecord, row: Row) -> dict[str, Any]:
    text, amount = amount_text(order.currency, _off(row)), number(_off(row))
    return {
        "voucher": row["code"],
        "name": row["name"],
        "priceOff": text,
        "priceOffAsANumber": amount,
        "description": "",
        "isCredit": row["voucher_id"] in order.credit_ids,
        "originalPriceOff": text,
        "originalPriceOffAsNumber": amount,
    }


def _off(voucher: Row) -> int:
    return voucher["price_off"]


def amount_text(currency: Currency, amount: int) -> str:
    """An amount as people read it, with ordinary blanks."""
    return currency.text(amount).replace(NO_BREAK_SPACE, " ")


def order_attributes(order: OrderRecord) -> dict[str, Any]:
    """The custom attributes of an order, inline: a key for each element."""
    described = {
        f"{attribute.type_name}_{element}": value
        for attribute in order.attributes
        for element, value in attribute.elements.items()
    }
    return {**described, **from_json(order.row["extra_attributes_json"])}
