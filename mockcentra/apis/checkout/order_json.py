"""Orders as the Checkout API prints them: the order models, their envelope, shipments (checkout-models.md 5)."""

from collections.abc import Sequence
from typing import Any

from mockcentra.apis.checkout.lists import currency_json, kept
from mockcentra.apis.checkout.selection_json import (
    common_json,
    discounts_json,
    line_json,
    methods_json,
    totals_json,
)
from mockcentra.apis.checkout.transport import Call
from mockcentra.commerce import orders
from mockcentra.commerce.model import Address, Context
from mockcentra.commerce.orders import Order, Parcel
from mockcentra.store.clock import local_text

# Status of an order -> `status` and `statusDescription` (domain.md 9.2).
STATUSES = {
    "pending": ("untouched", "Pending"),
    "confirmed": ("progress", "Confirmed"),
    "processing": ("progress", "Processing"),
    "completed": ("ok", "Completed"),
    "archived": ("archived", "Archived"),
    "cancelled": ("failed", "Cancelled"),
}

_ADDRESS_KEYS = (
    "email", "firstName", "lastName", "company", "address1", "address2", "zipCode", "city", "state", "country",
    "countryName", "phoneNumber",
)  # fmt: skip


def order_response_of(call: Call, order_id: int, is_new: bool = False) -> dict[str, Any]:
    """An OrderResponse without its token (checkout-api.md 5.2). `is_new` right after the order was placed."""
    with call.store.reading() as tx:
        order = orders.load_order(tx, order_id)
    return {"order": order_json(call, order, is_new), **common_json(call, call.context)}


def order_json(call: Call, order: Order, is_new: bool = False) -> dict[str, Any]:
    """An OrderCreatedModel (`is_new`) or an OrderCompleteModel."""
    context, currency = order.context, order.context.currency
    status, description = STATUSES[order.status]
    shown: dict[str, Any] = {
        "order": str(order.number),
        "status": status,
        "statusDescription": description,
        "date": local_text(order.created_at),
        "affiliateHtml": order.affiliate_html if is_new else "",
        "language": order.language.code if order.language else None,
        **methods_json(order.payment_method, order.shipping_option, context),
        "items": [_item_json(call, order, index) for index in range(len(order.lines))],
        "discounts": discounts_json(order.vouchers, order.automatic, context),
        "totals": totals_json(order.totals, currency),
        "vatExempt": order.is_vat_exempt,
        "address": _address_json(order.address, context) | {"vatNumber": order.address.get("vatNumber", "")},
        "shippingAddress": _address_json(order.shipping_address, context),
        "giftMessage": order.gift_message,
        "additionalNotes": order.additional_notes,
        "currencyFormat": kept(context.reference, ("currency", currency.id), lambda: currency_json(currency)),
    }
    if order.payment_data:
        shown["paymentMethodData"] = order.payment_data
    return shown


def listed_order_json(call: Call, order: Order) -> dict[str, Any]:
    """An OrderModel, as `POST /orders` lists them: with its shipments."""
    shown = order_json(call, order)
    del shown["affiliateHtml"]
    return {**shown, "shipments": _parcels_json(order.parcels)}


def _item_json(call: Call, order: Order, index: int) -> dict[str, Any]:
    """A line: that of a selection, and whether it is fetched in a shop."""
    return {**line_json(call.store, order.lines[index], order.context, call.base_url), "storePickup": False}


def _address_json(address: Address, context: Context) -> dict[str, str]:
    """An address of an order: every key, with the name of its country in the order's language."""
    country = context.reference.find_country(address.get("country", ""))
    known = {**address, "countryName": country.named(context.language.id) if country else ""}
    return {key: known.get(key, "") for key in _ADDRESS_KEYS}


def _parcels_json(parcels: Sequence[Parcel]) -> list[dict[str, str]]:
    return [
        {
            "shipmentId": parcel.number,
            "shippedDate": local_text(parcel.shipped_at),
            "carrier": parcel.carrier,
            "service": parcel.service,
            "trackingId": parcel.tracking_number,
            "trackingUrl": parcel.tracking_url,
            "returnSlipTracking": parcel.return_tracking_number,
            "additionalMessage": parcel.additional_message,
        }
        for parcel in parcels
    ]
