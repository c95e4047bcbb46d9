"""Shipments and returns, the payments and the histories of orders: what they show (sections 20, 21)."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from mockcentra.apis.graphql import words
from mockcentra.apis.graphql.addresses import addresses
from mockcentra.apis.graphql.applied_vouchers import admin_discount, applied_voucher
from mockcentra.apis.graphql.areas.invoices import lines_of_shipment_lines
from mockcentra.apis.graphql.areas.orders import DTC, STORE_TYPE, WHOLESALE, nothing
from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.money import money, weight
from mockcentra.apis.graphql.order_totals import COSTS, TAXES, including_tax, rate, rules_of, rules_of_lines, taxed
from mockcentra.apis.graphql.types import (
    NEVER,
    Among,
    Arguments,
    Batch,
    Column,
    Computed,
    Dates,
    Is,
    Many,
    Moment,
    One,
    Picked,
    Spec,
    Text,
    Through,
    Type,
    Where,
    constant,
    define,
    embed,
    flag,
    text,
    word,
)
from mockcentra.commerce.money import ratio
from mockcentra.store import graphql_orders as rows
from mockcentra.store import graphql_reading as reading
from mockcentra.store.database import from_json, to_json

_ORDER = "order_id>orders."
_CURRENCY, _RATE = f"{_ORDER}currency_id", f"{_ORDER}currency_rate_micro"
_SHARES = (f"{_ORDER}grand_total", f"{_ORDER}grand_total_tax")


_WORD = re.compile(r"[_-]?([A-Z]?[a-z]+)")


def _by_store(name: str, path: str) -> tuple[str, Mapping[Any, str]]:
    return path, {DTC: f"DirectToConsumer{name}", WHOLESALE: f"Wholesale{name}"}


def _part_of_tax(total: int, whole: int, tax: int) -> int:
    """How much of an order's tax lies in a part of its total."""
    return ratio(tax, total, whole) if whole > 0 else 0


# ------------------------------------------------------------------ shipments


def _grand_totals(run: Run, arguments: Arguments, picked: Picked) -> list[Any]:
    with_tax = including_tax(arguments)
    return [
        money(run, total if with_tax else total - _part_of_tax(total, whole, tax), currency, micro)
        for total, whole, tax, currency, micro in picked
    ]


def _costs(run: Run, arguments: Arguments, picked: Picked) -> list[Any]:
    return [money(run, cost, currency, micro) for cost, currency, micro in picked]


def _captured(run: Run, arguments: Arguments, picked: Picked) -> list[Any]:
    return [
        money(run, total, currency, micro) if is_captured else None for total, is_captured, currency, micro in picked
    ]


def _carrier(name: str, service: str) -> dict[str, Any] | None:
    if not name and not service:
        return None
    return {"carrierName": name or None, "serviceName": service or None, "accountIdentifier": None, "taxId": None}


def _discounts(run: Run, arguments: Arguments, picked: Picked) -> list[Any]:
    """A shipment's share of what was taken off its order, as that of the first voucher that lowered its goods."""
    known = rows.vouchers(run.tx, {row[0] for row in picked})
    by_whom = rows.who_took_off(run.tx, {row[0] for row in picked})
    found: list[Any] = []
    for order_id, discount, created_at, currency, micro in picked:
        value = money(run, abs(discount), currency, micro)
        of_order = known.get(order_id, ())
        if not discount:
            found.append([])
        elif of_order:
            of_goods = next((row for row in of_order if row["price_off"]), of_order[0])
            entry = applied_voucher(of_goods, value, {"id": order_id, "created_at": created_at})
            found.append([{**entry, "shippingValue": None}])
        else:
            found.append([admin_discount(value, created_at, by_whom.get(order_id))])
    return found


def _totals(run: Run, arguments: Arguments, picked: Picked) -> list[Any]:
    sums = rows.shipment_sums(run.tx, [row[0] for row in picked])
    found = []
    for row in picked:
        shipment_id, order_id, total, discount, shipping, handling, whole, tax, *rest = row
        added, deducted, percent, currency, micro = rest
        units, milli, items = sums.get(shipment_id, (0, 0, 0))
        found.append(
            {
                "order": order_id, "currency_id": currency, "micro": micro, "items": items, "discount": discount,
                "shipping_cost": shipping, "handling_cost": handling, "percent": percent,
                "quantity": units, "weight": weight(milli, "kg"),
                "tax": _part_of_tax(total, whole, tax), "added": _part_of_tax(total, whole, added),
                "deducted": _part_of_tax(total, whole, deducted),
            }
        )  # fmt: skip
    return found


embed("ShipmentTotals", {**COSTS, **TAXES})

_SHIPMENT: dict[str, Spec] = {
    "number": Column(rows.SHIPMENT_NUMBER),
    "createdAt": Moment("created_at"),
    "updatedAt": Moment("updated_at"),
    "isGoodToGo": Column("is_good_to_go", flag),
    "isPrinted": Column("is_printed", flag),
    "isShipped": Column("is_shipped", flag),
    "isOnHold": Column(f"{_ORDER}is_on_hold", flag),
    "consignationWarehouseStatus": Column(rows.CONSIGNATION),
    "trackingNumber": Column("tracking_number", text),
    "returnTrackingNumber": Column("return_tracking_number", text),
    "numberOfPackages": Column("packages"),
    "internalShippingCost": Batch(_costs, "internal_cost", _CURRENCY, _RATE),
    "grandTotal": Batch(_grand_totals, "grand_total", *_SHARES, _CURRENCY, _RATE),
    "additionalMessage": Column("additional_message", text),
    "shippedAt": Moment("shipped_at"),
    "isPaid": Column("is_paid", flag),
    "paidAt": Moment(rows.PAID_AT),
    "isCaptured": Column("is_captured", flag),
    "capturedAt": Moment(rows.CAPTURED_AT),
    "capturedValue": Batch(_captured, "grand_total", "is_captured", _CURRENCY, _RATE),
    "currencyBaseRate": Column(_RATE, rate),
    "usedFallbackTax": Column("id", lambda _: False),
    "adminUser": One("admin_user_id"),
    "carrierInformation": Computed(_carrier, "carrier", "service"),
    "discountsApplied": Batch(_discounts, "order_id", "discount", "created_at", _CURRENCY, _RATE),
    "lines": Many("shipment_id"),
    "returns": Many("shipment_id"),
    "shipmentPlugin": One("plugin_id"),
    "shippingAddress": Batch(addresses, f"{_ORDER}shipping_address_json", f"{_ORDER}address_json"),
    "store": One(f"{_ORDER}store_id"),
    "totals": Batch(
        _totals, "id", "order_id", "grand_total", "discount", "shipping_cost", "handling_cost", *_SHARES,
        f"{_ORDER}tax_added", f"{_ORDER}tax_deducted", f"{_ORDER}tax_percent", _CURRENCY, _RATE,
    ),
    "emailSentAt": Moment("shipped_at"),
    "order": One("order_id"),
    # of shoppers
    "customer": One(f"{_ORDER}customer_id"),
    "deliveryGroup": One("delivery_group_id"),
    # of accounts
    "account": One(f"{_ORDER}account_id"),
    "buyer": One(f"{_ORDER}buyer_id"),
    "invoices": Many("shipment_id"),
}  # fmt: skip


def _numbered(run: Run, value: Sequence[str]) -> reading.Condition:
    """Shipments by their numbers: their orders, which an index finds, and then the shipments of these."""
    orders = {
        int(first) for first in (each.partition("-")[0] for each in value) if first.isdecimal() and len(first) < 19
    }
    return reading.all_of([reading.among(f"{_ORDER}number", orders), reading.among(rows.SHIPMENT_NUMBER, value)])


def _shipments(name: str, kinds: Any = None) -> Type:
    return Type(
        name,
        "shipments",
        fields=_SHIPMENT,
        filters={
            "number": Where(_numbered),
            "createdAt": Dates("created_at"),
            "updatedAt": Dates("updated_at"),
            "isGoodToGo": Is("is_good_to_go"),
            "isPrinted": Is("is_printed"),
            "isShipped": Is("is_shipped"),
            "shippedAt": Dates("shipped_at"),
            "isOnHold": Is(f"{_ORDER}is_on_hold"),
            "isPaid": Is("is_paid"),
            "paidAt": Dates(rows.PAID_AT),
            "isCaptured": Is("is_captured"),
            "capturedAt": Dates(rows.CAPTURED_AT),
            "emailSentAt": Dates("shipped_at"),
            "trackingNumber": Among("tracking_number"),
            "adminUserId": Among("admin_user_id"),
            "countryId": Among(f"{_ORDER}country_id"),
            "currencyId": Among(_CURRENCY),
            "customerId": Among(f"{_ORDER}customer_id"),
            "orderId": Among(f"{_ORDER}hash"),
            "storeId": Among(f"{_ORDER}store_id"),
            "storeType": Among(f"{_ORDER}store_id>stores.type", STORE_TYPE),
            "usedFallbackTax": constant(False),
        },
        sorts={"createdAt": "created_at", "updatedAt": "updated_at", "shippedAt": "shipped_at"},
        search=(rows.SHIPMENT_NUMBER, "tracking_number", "additional_message"),
        store=f"{_ORDER}store_id",
        external="shipment",
        kinds=kinds,
    )


def _line_money(units: bool, *prices: str) -> Batch:
    """What a piece, or all of them, cost with their order line."""

    def make(run: Run, arguments: Arguments, picked: Picked) -> list[Any]:
        with_tax = including_tax(arguments)
        return [
            money(run, taxed(price, percent, included, with_tax) * (quantity if units else 1), currency, micro)
            for quantity, price, percent, included, currency, micro in picked
        ]

    return Batch(make, "quantity", *prices)


def _of_line(path: str) -> tuple[str, ...]:
    return (
        f"{path}price_each",
        f"{path}tax_percent",
        f"{path}is_tax_included",
        f"{path}order_id>orders.currency_id",
        f"{path}order_id>orders.currency_rate_micro",
    )


def _line_rules(run: Run, arguments: Arguments, picked: Picked) -> list[Any]:
    return rules_of_lines(
        run,
        arguments,
        [
            (order_id, price * quantity, percent, included, currency, micro)
            for quantity, order_id, price, percent, included, currency, micro in picked
        ],
    )


_LINE, _RETURNED_LINE = "order_line_id>order_lines.", "shipment_line_id>shipment_lines.order_line_id>order_lines."

define(
    _shipments("Shipment", _by_store("Shipment", f"{_ORDER}store_id>stores.type")),
    _shipments("DirectToConsumerShipment"),
    _shipments("WholesaleShipment"),
    Type(
        "ShipmentLine",
        "shipment_lines",
        fields={
            "quantity": Column("quantity"),
            "returnedQuantity": Column(rows.RETURNED),
            "invoicedQuantity": Column(rows.INVOICED),
            "lineValue": _line_money(True, *_of_line(_LINE)),
            "unitPrice": _line_money(False, *_of_line(_LINE)),
            "orderLine": One("order_line_id"),
            "invoiceLines": Batch(lines_of_shipment_lines, "id", "shipment_id"),
            "allocations": Through(rows.ALLOCATIONS_OF_SHIPMENT_LINE),
            "appliedTaxRules": Batch(_line_rules, "quantity", f"{_LINE}order_id", *_of_line(_LINE)),
        },
        store="shipment_id>shipments.order_id>orders.store_id",
    ),
)

# ------------------------------------------------------------------ returns

_OF_RETURN = "shipment_id>shipments.order_id>orders."
_RETURN_CURRENCY, _RETURN_RATE = f"{_OF_RETURN}currency_id", f"{_OF_RETURN}currency_rate_micro"
RETURN_STATUS = {"pending": "PENDING", "completed": "COMPLETED"}


def _return_discounts(run: Run, arguments: Arguments, picked: Picked) -> list[Any]:
    return [
        [{"__typename": "AdminDiscount", "value": money(run, value, currency, micro), "date": at, "adminUser": admin}]
        if value
        else []
        for value, at, admin, currency, micro in picked
    ]


def _return_totals(run: Run, arguments: Arguments, picked: Picked) -> list[Any]:
    sums = rows.return_sums(run.tx, [row[0] for row in picked])
    found = []
    for row in picked:
        return_id, total, voucher, shipping, handling, cost, order_id, whole, tax, *rest = row
        added, deducted, percent, currency, micro = rest
        units, items = sums.get(return_id, (0, 0))
        found.append(
            {
                "order": order_id, "currency_id": currency, "micro": micro, "items": items, "discount": -voucher,
                "shipping_cost": shipping, "handling_cost": handling, "percent": percent,
                "quantity": units, "returnCost": money(run, cost, currency, micro), "return_cost": cost,
                "tax": _part_of_tax(total, whole, tax), "added": _part_of_tax(total, whole, added),
                "deducted": _part_of_tax(total, whole, deducted),
            }
        )  # fmt: skip
    return found


embed("ReturnTotals", {**COSTS, **TAXES, "returnCostTaxRules": rules_of("return_cost")})

_RETURN: dict[str, Spec] = {
    "returnStatus": Column("status", word(RETURN_STATUS)),
    "status": Column("status", word(RETURN_STATUS)),
    "createdAt": Moment("created_at"),
    "totalQuantity": Column(rows.RETURNED_UNITS),
    "grandTotal": Batch(
        _grand_totals, "total", f"{_OF_RETURN}grand_total", f"{_OF_RETURN}grand_total_tax",
        _RETURN_CURRENCY, _RETURN_RATE,
    ),
    "returnedToStock": Column("stock_action", lambda action: action != "none"),
    "comment": Column("comment", text),
    "createdFrom": Column("created_from", text),
    "currencyBaseRate": Column(_RETURN_RATE, rate),
    "adminUser": One("admin_user_id"),
    "discountsApplied": Batch(
        _return_discounts, "voucher_value", "created_at", "admin_user_id", _RETURN_CURRENCY, _RETURN_RATE),
    "lines": Many("return_id"),
    "returnWarehouse": One(rows.RETURN_WAREHOUSE),
    "store": One(f"{_OF_RETURN}store_id"),
    "totals": Batch(
        _return_totals, "id", "total", "voucher_value", "shipping_cost", "handling_cost", "return_cost",
        f"{_OF_RETURN}id", f"{_OF_RETURN}grand_total", f"{_OF_RETURN}grand_total_tax", f"{_OF_RETURN}tax_added",
        f"{_OF_RETURN}tax_deducted", f"{_OF_RETURN}tax_percent",
        _RETURN_CURRENCY, _RETURN_RATE,
    ),
    "refundPaymentHistory": Many("return_id"),
    "usedFallbackTax": Column("id", lambda _: False),
    "order": One("shipment_id>shipments.order_id"),
    "shipment": One("shipment_id"),
    "customer": One(f"{_OF_RETURN}customer_id"),
    "account": One(f"{_OF_RETURN}account_id"),
    "buyer": One(f"{_OF_RETURN}buyer_id"),
}  # fmt: skip


def _statuses(run: Run, value: Any) -> reading.Condition:
    """The older filter: its words are those of other objects, of which none fits a return but by what it means."""
    words_of = {"ACTIVE": "completed", "INACTIVE": "pending"}
    return reading.among("status", [words_of[each] for each in value if each in words_of])


def _returns(name: str, kinds: Any = None) -> Type:
    return Type(
        name,
        "returns",
        fields=_RETURN,
        filters={
            "status": Where(_statuses),
            "returnStatus": Among("status", words.stored(RETURN_STATUS)),
            "createdAt": Dates("created_at"),
            "createdFrom": Among("created_from"),
            "adminUserId": Among("admin_user_id"),
            "customerId": Among(f"{_OF_RETURN}customer_id"),
            "buyerId": Among(f"{_OF_RETURN}buyer_id"),
            "orderId": Among(f"{_OF_RETURN}hash"),
            "orderNumber": Among(f"{_OF_RETURN}number"),
            "shipmentId": Among("shipment_id"),
            "shipmentNumber": Among(rows.SHIPMENT_NUMBER_OF_RETURN),
            "storeId": Among(f"{_OF_RETURN}store_id"),
            "storeType": Among(f"{_OF_RETURN}store_id>stores.type", STORE_TYPE),
            "usedFallbackTax": constant(False),
        },
        sorts={"createdAt": "created_at"},
        search=("comment", rows.SHIPMENT_NUMBER_OF_RETURN),
        store=f"{_OF_RETURN}store_id",
        external="return",
        kinds=kinds,
    )


define(
    _returns("Return", _by_store("Return", f"{_OF_RETURN}store_id>stores.type")),
    _returns("DirectToConsumerReturn"),
    _returns("WholesaleReturn"),
    Type(
        "ReturnLine",
        "return_lines",
        fields={
            "quantity": Column("quantity"),
            "lineValue": _line_money(True, *_of_line(_RETURNED_LINE)),
            "unitPrice": _line_money(False, *_of_line(_RETURNED_LINE)),
            "orderLine": One("shipment_line_id>shipment_lines.order_line_id"),
            "shipmentLine": One("shipment_line_id"),
            "appliedTaxRules": Batch(_line_rules, "quantity", f"{_RETURNED_LINE}order_id", *_of_line(_RETURNED_LINE)),
        },
        store="return_id>returns.shipment_id>shipments.order_id>orders.store_id",
    ),
)

# ------------------------------------------------------------------ the history of payments

ENTRY_STATUS = {"success": "SUCCESS", "pending": "PENDING", "failed": "FAILED"}
ENTRY_TYPES = {
    "auth": "AUTH", "capture": "CAPTURE", "capture_request": "CAPTURE_REQUEST", "refund": "REFUND",
    "refund_request": "REFUND_REQUEST", "cancel": "CANCEL", "cancel_request": "CANCEL_REQUEST",
    "prepaid": "PREPAID", "invoice": "INVOICE", "other": "OTHER",
}  # fmt: skip
_MONEY_BACK = ("refund", "refund_request", "cancel", "cancel_request")


# What is asked of a provider that has yet to answer.
_WAITING = {
    "auth": "AUTH_PENDING",
    "capture": "CAPTURE_REQUEST",
    "refund": "REFUND_REQUEST",
    "cancel": "CANCEL_REQUEST",
}


def _entry_type(kind: str, status: str) -> str:
    if status == "pending" and kind in _WAITING:
        return _WAITING[kind]
    return ENTRY_TYPES.get(kind, "OTHER")


def _entry_types(run: Run, value: Any) -> reading.Condition:
    pending = reading.equals("status", "pending")
    wanted = []
    for name in value:
        asked = [ours for ours, theirs in _WAITING.items() if theirs == name]
        wanted.append(reading.all_of([reading.among("type", asked), pending]))
        known = [ours for ours, theirs in ENTRY_TYPES.items() if theirs == name]
        settled = reading.among("type", known)
        waits = [ours for ours in known if ours in _WAITING]
        wanted.append(reading.all_of([settled, reading.negated(pending)]) if waits else settled)
    return reading.any_of(wanted)


def _values(run: Run, arguments: Arguments, picked: Picked) -> list[Any]:
    return [
        money(run, -amount if kind in _MONEY_BACK else amount, currency, micro)
        for amount, kind, currency, micro in picked
    ]


def _params(written: str, kind: str, status: str) -> str:
    """What the provider said, as the shop keeps it: `raw` is its own answer where somebody told it."""
    told = from_json(written or "{}")
    shown = {"success": status != "failed", "isRequest": kind.endswith("_request"), "raw": told.get("response")}
    return to_json({**shown, "externalUrl": told["external_url"]} if "external_url" in told else shown)


define(
    Type(
        "PaymentHistoryEntry",
        "payment_entries",
        fields={
            "createdAt": Moment("created_at"),
            "status": Column("status", word(ENTRY_STATUS)),
            "entryType": Computed(_entry_type, "type", "status"),
            "externalReference": Column("reference", text),
            "paymentMethod": Column(rows.ENTRY_METHOD),
            "value": Batch(_values, "amount", "type", "currency_id", _RATE),
            "paramsJSON": Computed(_params, "params_json", "type", "status"),
            "source": Column("source", text),
            "currencyBaseRate": Column(_RATE, rate),
            "order": One("order_id"),
            "return": One("return_id"),
            "adminUser": One("admin_user_id"),
            "storePlugin": One("payment_method_id"),
        },
        filters={
            "createdAt": Dates("created_at"),
            "entryType": Where(_entry_types),
            "status": Among("status", words.stored(ENTRY_STATUS)),
            "externalReference": Among("reference"),
            "paymentMethod": Text(rows.ENTRY_METHOD),
            "source": Among("source"),
            "adminUserId": Among("admin_user_id"),
            "currencyId": Among("currency_id"),
            "orderId": Among(f"{_ORDER}hash"),
            "storePluginId": Among("payment_method_id"),
        },
        sorts={"createdAt": "created_at"},
        search=("reference", f"{_ORDER}number"),
        store=f"{_ORDER}store_id",
        external="payment_entry",
        only=rows.OF_AN_ORDER,
    )
)

# ------------------------------------------------------------------ the history of orders, and of mails

HISTORY = {
    "placed": "ORDER_CREATED", "created": "ORDER_CREATED", "lines added": "ORDER_ITEMS_ADDED",
    "confirmed": "ORDER_STATUS_CHANGED", "completed": "ORDER_STATUS_CHANGED", "archived": "ORDER_STATUS_CHANGED",
    "cancelled": "ORDER_STATUS_CHANGED", "put on hold": "ORDER_STATUS_ON_HOLD_ADDED",
    "taken off hold": "ORDER_STATUS_ON_HOLD_REMOVED", "units cancelled": "ORDER_ITEMS_CANCELLED",
    "shipment created": "SHIPMENT_CREATED", "shipment removed": "SHIPMENT_REMOVED",
    "shipment captured": "PAYMENT_CAPTURED", "shipment paid": "SHIPMENT_STATUS_PAID_ADDED",
    "shipment unpaid": "SHIPMENT_STATUS_PAID_REMOVED", "shipment changed": "SHIPMENT_STATUS_CHANGED",
    "shipped": "SHIPMENT_STATUS_CHANGED", "good to go": "SHIPMENT_STATUS_GOOD_TO_GO_CHANGED",
    "not good to go": "SHIPMENT_STATUS_GOOD_TO_GO_CHANGED", "return created": "RETURN_CREATED",
    "return refunded": "REFUND_ADDED", "return deleted": "RETURN_CANCELLED", "allocated": "STOCK_ALLOCATION_ADDED",
    "unallocated": "STOCK_ALLOCATION_REMOVED", "note": "USER_NOTE_ADDED", "discounts changed": "ORDER_DISCOUNT_CHANGED",
    "given away": "ORDER_DISCOUNT_CHANGED", "captured": "PAYMENT_CAPTURED", "capture failed": "PAYMENT_CAPTURE_FAILED",
    "authorised": "PAYMENT_AUTHORIZED", "authorisation pending": "PAYMENT_AUTHORIZATION_PENDING",
    "authorisation failed": "PAYMENT_AUTHORIZATION_FAILED", "authorization released": "PAYMENT_CANCELLED",
    "credit issued": "REFUND_ADDED", "waits for payment": "ORDER_STATUS_WAITING_FOR_PAYMENT_ADDED",
    "payment completed": "ORDER_STATUS_WAITING_FOR_PAYMENT_REMOVED",
}  # fmt: skip
_OTHER_HISTORY = "ORDER_DATA_UPDATED"


def _what(written: str, what: str, source: str) -> str:
    return to_json({"event": what, **({"source": source} if source else {}), **from_json(written)})


def _kinds_of_history(run: Run, value: Any) -> reading.Condition:
    wanted = [ours for ours, theirs in HISTORY.items() if theirs in value]
    found = [reading.among("what", wanted)]
    if _OTHER_HISTORY in value:
        found.append(reading.negated(reading.among("what", list(HISTORY))))
    return reading.any_of(found)


_HISTORY: dict[str, Spec] = {
    "createdAt": Moment("created_at"),
    "type": Column("what", lambda what: HISTORY.get(what, _OTHER_HISTORY)),
    "dataJSON": Computed(_what, "data_json", "what", "source"),
    "adminUser": One("admin_user_id"),
    "organizationUserEmail": Column("id", nothing),
    "order": One("order_id"),
    "customer": One(f"{_ORDER}customer_id"),
    "buyer": One(f"{_ORDER}buyer_id"),
}


def _history(name: str, kinds: Any = None) -> Type:
    return Type(
        name,
        "order_history",
        fields=_HISTORY,
        filters={
            "createdAt": Dates("created_at"),
            "type": Where(_kinds_of_history),
            "adminUserId": Among("admin_user_id"),
            "orderId": Among(f"{_ORDER}hash"),
            "customerId": Among(f"{_ORDER}customer_id"),
            "buyerId": Among(f"{_ORDER}buyer_id"),
        },
        sorts={"createdAt": "created_at"},
        search=(f"{_ORDER}number", "data_json{}"),
        store=f"{_ORDER}store_id",
        kinds=kinds,
    )


def _subject(kind: str) -> str:
    """`Shipping confirmation` of `shippingConfirmation`."""
    return _WORD.sub(r" \1", kind).strip().capitalize()


_MAIL: dict[str, Spec] = {
    "recipient": Column("recipient"),
    "subject": Column("type", _subject),
    "content": Column("data_json"),
    "createdAt": Moment("created_at"),
    "status": Column("id", lambda _: "SENT"),
    "adminUser": Column("id", nothing),
    "order": One(rows.MAIL_ORDER),
    "customer": One(rows.MAIL_CUSTOMER),
    "buyer": One(rows.MAIL_BUYER),
}


def _sent(run: Run, value: Any) -> reading.Condition:
    return reading.EVERYTHING if "SENT" in value else reading.NOTHING


def _mails(name: str, kinds: Any = None) -> Type:
    return Type(
        name,
        "mails",
        fields=_MAIL,
        filters={
            "createdAt": Dates("created_at"),
            "recipient": Text("recipient"),
            "status": Where(_sent),
            "adminUserId": NEVER,
            "orderId": Among(rows.MAIL_ORDER_HASH),
            "customerId": Where(lambda run, value: rows.customer_of_mail(value)),
            "buyerId": Among(rows.MAIL_BUYER),
        },
        sorts={"createdAt": "created_at"},
        search=("recipient", "data_json{}"),
        kinds=kinds,
    )


define(
    _history("OrderHistoryEntry", _by_store("OrderHistoryEntry", f"{_ORDER}store_id>stores.type")),
    _history("DirectToConsumerOrderHistoryEntry"),
    _history("WholesaleOrderHistoryEntry"),
    _mails("EmailHistoryEntry", _by_store("EmailHistoryEntry", rows.MAIL_STORE)),
    _mails("DirectToConsumerEmailHistoryEntry"),
    _mails("WholesaleEmailHistoryEntry"),
)
