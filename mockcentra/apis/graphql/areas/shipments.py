"""Shipments and their lines: what they show, and how they are found (section 20)."""

from collections.abc import Sequence
from typing import Any

from mockcentra.apis.graphql.addresses import addresses
from mockcentra.apis.graphql.applied_vouchers import admin_discount, applied_voucher
from mockcentra.apis.graphql.areas.invoices import lines_of_shipment_lines
from mockcentra.apis.graphql.areas.orders import STORE_TYPE, by_store
from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.money import money, weight
from mockcentra.apis.graphql.order_totals import COSTS, TAXES, including_tax, rate, rules_of_lines
from mockcentra.apis.graphql.types import (
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
    Through,
    Type,
    Where,
    constant,
    define,
    embed,
    flag,
    text,
)
from mockcentra.commerce.money import part_of_tax, taxed
from mockcentra.store import graphql_orders as rows
from mockcentra.store import graphql_reading as reading

_ORDER = "order_id>orders."
_CURRENCY, _RATE = f"{_ORDER}currency_id", f"{_ORDER}currency_rate_micro"
_SHARES = (f"{_ORDER}grand_total", f"{_ORDER}grand_total_tax")


def grand_totals(run: Run, arguments: Arguments, picked: Picked) -> list[Any]:
    """What parts of orders cost: (total, total of the order, its tax, currency, rate)."""
    with_tax = including_tax(arguments)
    return [
        money(run, total if with_tax else total - part_of_tax(total, whole, tax), currency, micro)
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
                "tax": part_of_tax(total, whole, tax), "added": part_of_tax(total, whole, added),
                "deducted": part_of_tax(total, whole, deducted),
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
    "grandTotal": Batch(grand_totals, "grand_total", *_SHARES, _CURRENCY, _RATE),
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


def line_money(units: bool, *prices: str) -> Batch:
    """What a piece, or all of them, cost with their order line."""

    def make(run: Run, arguments: Arguments, picked: Picked) -> list[Any]:
        with_tax = including_tax(arguments)
        return [
            money(run, taxed(price, percent, included, with_tax) * (quantity if units else 1), currency, micro)
            for quantity, price, percent, included, currency, micro in picked
        ]

    return Batch(make, "quantity", *prices)


def of_line(path: str) -> tuple[str, ...]:
    """The columns that `line_money` and `line_rules` need of an order line, which is at `path`."""
    return (
        f"{path}price_each",
        f"{path}tax_percent",
        f"{path}is_tax_included",
        f"{path}order_id>orders.currency_id",
        f"{path}order_id>orders.currency_rate_micro",
    )


def line_rules(run: Run, arguments: Arguments, picked: Picked) -> list[Any]:
    """The tax rules of pieces of order lines: (quantity, order, and the columns of `of_line`)."""
    return rules_of_lines(
        run,
        arguments,
        [
            (order_id, price * quantity, percent, included, currency, micro)
            for quantity, order_id, price, percent, included, currency, micro in picked
        ],
    )


_LINE = "order_line_id>order_lines."

define(
    _shipments("Shipment", by_store("Shipment", f"{_ORDER}store_id>stores.type")),
    _shipments("DirectToConsumerShipment"),
    _shipments("WholesaleShipment"),
    Type(
        "ShipmentLine",
        "shipment_lines",
        fields={
            "quantity": Column("quantity"),
            "returnedQuantity": Column(rows.RETURNED),
            "invoicedQuantity": Column(rows.INVOICED),
            "lineValue": line_money(True, *of_line(_LINE)),
            "unitPrice": line_money(False, *of_line(_LINE)),
            "orderLine": One("order_line_id"),
            "invoiceLines": Batch(lines_of_shipment_lines, "id", "shipment_id"),
            "allocations": Through(rows.ALLOCATIONS_OF_SHIPMENT_LINE),
            "appliedTaxRules": Batch(line_rules, "quantity", f"{_LINE}order_id", *of_line(_LINE)),
        },
        store="shipment_id>shipments.order_id>orders.store_id",
    ),
)
