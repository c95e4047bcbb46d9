"""Returns and their lines: what they show, and how they are found (section 21)."""

from typing import Any

from mockcentra.apis.graphql import words
from mockcentra.apis.graphql.areas.orders import STORE_TYPE, by_store
from mockcentra.apis.graphql.areas.shipments import grand_totals, line_money, line_rules, of_line
from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.money import money
from mockcentra.apis.graphql.order_totals import COSTS, TAXES, rate, rules_of
from mockcentra.apis.graphql.types import (
    Among,
    Arguments,
    Batch,
    Column,
    Dates,
    Many,
    Moment,
    One,
    Picked,
    Spec,
    Type,
    Where,
    constant,
    define,
    embed,
    text,
    word,
)
from mockcentra.commerce.money import part_of_tax
from mockcentra.store import graphql_orders as rows
from mockcentra.store import graphql_reading as reading

_RETURNED_LINE = "shipment_line_id>shipment_lines.order_line_id>order_lines."
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
                "tax": part_of_tax(total, whole, tax), "added": part_of_tax(total, whole, added),
                "deducted": part_of_tax(total, whole, deducted),
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
        grand_totals, "total", f"{_OF_RETURN}grand_total", f"{_OF_RETURN}grand_total_tax",
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
    _returns("Return", by_store("Return", f"{_OF_RETURN}store_id>stores.type")),
    _returns("DirectToConsumerReturn"),
    _returns("WholesaleReturn"),
    Type(
        "ReturnLine",
        "return_lines",
        fields={
            "quantity": Column("quantity"),
            "lineValue": line_money(True, *of_line(_RETURNED_LINE)),
            "unitPrice": line_money(False, *of_line(_RETURNED_LINE)),
            "orderLine": One("shipment_line_id>shipment_lines.order_line_id"),
            "shipmentLine": One("shipment_line_id"),
            "appliedTaxRules": Batch(line_rules, "quantity", f"{_RETURNED_LINE}order_id", *of_line(_RETURNED_LINE)),
        },
        store="return_id>returns.shipment_id>shipments.order_id>orders.store_id",
    ),
)
