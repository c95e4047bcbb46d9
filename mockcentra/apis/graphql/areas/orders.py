"""Orders and their delivery groups: what they show, and how they are found (section 19.1)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mockcentra.apis.graphql import words
from mockcentra.apis.graphql.addresses import addresses
from mockcentra.apis.graphql.applied_vouchers import Placed, admin_discount, applied_vouchers
from mockcentra.apis.graphql.carriers import KEY, carrier
from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.money import money, weight
from mockcentra.apis.graphql.order_totals import COSTS, TAXES, amounts, including_tax, rate
from mockcentra.apis.graphql.planning import Field
from mockcentra.apis.graphql.types import (
    Among,
    Arguments,
    Batch,
    Column,
    Computed,
    Dates,
    Days,
    Filter,
    Is,
    Linked,
    Many,
    Moment,
    One,
    Picked,
    Range,
    Spec,
    Text,
    Through,
    Type,
    Weights,
    Where,
    define,
    embed,
    flag,
    text,
    word,
)
from mockcentra.commerce.money import contained_tax, percent_of, ratio
from mockcentra.store import graphql_orders as rows
from mockcentra.store.database import from_json, to_json
from mockcentra.store.graphql_reading import Condition, Link

STATUS = {
    "incomplete": "PENDING",
    "pending": "PENDING",
    "confirmed": "CONFIRMED",
    "processing": "PROCESSING",
    "completed": "SHIPPED",
    "archived": "ARCHIVED",
    "cancelled": "CANCELLED",
}
STATUSES = {**words.stored(STATUS), "PENDING": "pending"}
HOLD_REASONS = {
    "PAYMENT_MISMATCH": "mismatch",
    "WAITING_FOR_PAYMENT": "payment",
    "WAITING_FOR_FRAUD_CHECK": "fraud",
    "WAITING_FOR_CHECK_FIRST_ALLOCATION": "check_first",
    "WAITING_FOR_GIFT_CARD_AUTHORIZATION": "",
}


def nothing(_: Any) -> None:
    """For what the emulator does not keep."""


def by_store(name: str, path: str) -> tuple[str, Mapping[Any, str]]:
    """The kinds of an interface that has a type for each type of store, which is at `path`."""
    return path, {"dtc": f"DirectToConsumer{name}", "wholesale": f"Wholesale{name}"}


def _grand_totals(run: Run, arguments: Arguments, picked: Picked) -> list[Any]:
    with_tax = including_tax(arguments)
    return [money(run, total if with_tax else total - tax, currency, micro) for total, tax, currency, micro in picked]


# ------------------------------------------------------------------ totals


def _totals(run: Run, arguments: Arguments, picked: Picked) -> list[Any]:
    return [
        {
            "order": order_id, "currency_id": currency, "micro": micro, "items": items, "discount": discount,
            "shipping_cost": shipping, "handling_cost": handling, "added": added, "deducted": deducted,
            "tax": tax, "percent": percent, "included": included,
        }
        for order_id, currency, micro, items, discount, shipping, handling, added, deducted, tax, percent, included
        in picked
    ]  # fmt: skip


def _counted(name: str) -> Batch:
    """A figure of `rows.Quantities`."""

    def figures(run: Run, arguments: Arguments, picked: Picked) -> list[Any]:
        ids = [row[0] for row in picked]
        known = run.once(f"quantities {ids}", lambda: rows.quantities(run.tx, ids))
        empty = rows.Quantities(0, 0, 0, 0)
        found = [known.get(order_id, empty) for order_id in ids]
        if name == "original":
            return [each.quantity + each.cancelled for each in found]
        if name == "weight":
            return [weight(each.weight_milli, "kg") for each in found]
        return [getattr(each, name) for each in found]

    return Batch(figures, "order")


def _share_of_shipping(deducted: int, shipping: int, handling: int, items: int, discount: int) -> int:
    """How much of the tax that is taken off an order is that of its shipping cost."""
    whole = items + discount + shipping + handling
    return ratio(abs(deducted), shipping, whole) if whole > 0 else 0


embed(
    "OrderTotals",
    {
        "quantity": _counted("quantity"),
        "originalQuantity": _counted("original"),
        "cancelledQuantity": _counted("cancelled"),
        "unexpeditedQuantity": _counted("unexpedited"),
        "weight": _counted("weight"),
        **COSTS,
        "shippingTaxAdded": amounts(
            lambda cost, percent, included: 0 if included else percent_of(cost, percent),
            "shipping_cost",
            "percent",
            "included",
        ),
        "shippingTaxDeducted": amounts(
            _share_of_shipping, "deducted", "shipping_cost", "handling_cost", "items", "discount"
        ),
        "shippingTaxIncluded": amounts(
            lambda cost, percent, included: contained_tax(cost, percent) if included else 0,
            "shipping_cost",
            "percent",
            "included",
        ),
        **TAXES,
    },
)


# ------------------------------------------------------------------ discounts


def _discounts(run: Run, arguments: Arguments, picked: Picked) -> list[Any]:
    """What was taken off orders: a row a voucher, and what somebody took off by hand."""
    known = rows.vouchers(run.tx, [row[0] for row in picked])
    by_whom = rows.who_took_off(run.tx, [row[0] for row in picked])
    uses = [
        (row, Placed(order_id, created_at, currency, micro))
        for order_id, _, currency, micro, created_at in picked
        for row in known.get(order_id, ())
    ]
    came: dict[int, list[Any]] = {}
    for (row, order), each in zip(uses, applied_vouchers(run, uses), strict=True):
        came.setdefault(order.id, []).append((row["price_off"], each))
    found = []
    for order_id, discount, currency, micro, created_at in picked:
        of_order = came.get(order_id, ())
        entries = [entry for _, each in of_order for entry in each]
        by_hand = -discount + sum(price_off for price_off, _ in of_order)
        if by_hand > 0:
            value = money(run, by_hand, currency, micro)
            entries.append(admin_discount(value, created_at, by_whom.get(order_id)))
        found.append(entries)
    return found


for _name in (
    "AppliedVoucherDiscount",
    "AppliedVoucherCredit",
    "AppliedVoucherFreeShipping",
    "AppliedVoucherFreeProduct",
    "AdminDiscount",
):
    embed(_name, {"date": Moment("date")})


# ------------------------------------------------------------------ orders


class _LinesOfOrder:
    """The lines of orders; those that are cancelled as a whole only where the argument says so."""

    columns: tuple[str, ...] = ("id",)

    def values(self, run: Run, field: Field, picked: Sequence[Any], weights: Weights) -> list[Any]:
        only = rows.EVERY_LINE if field.arguments(run).get("includeFullyCancelled") else rows.OPEN_LINES
        return run.children(field, "order_id", [row[0] for row in picked], weights, only)


def _reasons(mismatch: int, payment: int, suspect: int, held: int, check: int) -> list[str]:
    given = {
        "PAYMENT_MISMATCH": mismatch,
        "WAITING_FOR_PAYMENT": payment,
        "WAITING_FOR_FRAUD_CHECK": suspect and held,
        "WAITING_FOR_CHECK_FIRST_ALLOCATION": check,
    }
    return [name for name, is_so in given.items() if is_so]


def _person(key: str) -> Callable[[str, str], dict[str, Any] | None]:
    """Who ordered, as it was told with the order, else as the billing address says."""

    def person(extra: str, written: str) -> dict[str, Any] | None:
        parts = {**from_json(written), **(from_json(extra).get(key) or {})}
        names = ("firstName", "lastName", "email")
        return {name: parts.get(name) or None for name in names} if any(parts.get(name) for name in names) else None

    return person


def _buyer(extra: str, written: str, *of_buyer: str | None) -> dict[str, Any] | None:
    """Who ordered for an account; what nobody told with the order is that of the buyer."""
    known = dict(zip(("firstName", "lastName", "email"), of_buyer, strict=True))
    told = {name: text for name, text in from_json(written).items() if text}
    return _person("buyerInfo")(extra, to_json({**known, **told}))


def carrier_of(extra: str | None) -> dict[str, Any] | None:
    """The carrier that integrations keep with an account or an order."""
    return carrier(from_json(extra).get(KEY)) if extra else None


def _windows(run: Run, arguments: Arguments, picked: Picked) -> list[Any]:
    known = rows.windows_of_orders(run.tx, [row[0] for row in picked])
    return [known.get(row[0], []) for row in picked]


def _account_carriers(run: Run, arguments: Arguments, picked: Picked) -> list[Any]:
    return [carrier_of(own) or carrier_of(of_account) for own, of_account in picked]


_FIELDS: dict[str, Spec] = {
    "id": Column("hash"),
    "number": Column("number"),
    "status": Column("status", word(STATUS)),
    "grandTotal": Batch(_grand_totals, "grand_total", "grand_total_tax", "currency_id", "currency_rate_micro"),
    "createdAt": Moment("created_at"),
    "updatedAt": Moment("updated_at"),
    "orderDate": Moment("created_at"),
    "userIP": Column("ip_address", text),
    "internalComment": Column("internal_comment", text),
    "otherComment": Column("additional_notes"),
    "currencyBaseRate": Column("currency_rate_micro", rate),
    "billingAddress": Batch(addresses, "address_json"),
    "shippingAddress": Batch(addresses, "shipping_address_json", "address_json"),
    "country": One("country_id"),
    "discountsApplied": Batch(
        _discounts, "id", "discount_total", "currency_id", "currency_rate_micro", "created_at"
    ),
    "emailHistory": Through(rows.MAILS_OF_ORDER),
    "history": Many("order_id"),
    "isLocked": Column("is_locked", flag),
    "isOnHold": Column("is_on_hold", flag),
    "isWaitingForPayment": Column("is_waiting_for_payment", flag),
    "isWaitingForCheckFirstAllocation": Column(rows.WAITS_FOR_CHECK, flag),
    "isInternal": Column("is_internal", flag),
    "orderHoldReasons": Computed(
        _reasons, "has_payment_mismatch", "is_waiting_for_payment", "is_suspect", "is_on_hold", rows.WAITS_FOR_CHECK
    ),
    "allocationRule": One("allocation_rule_id"),
    "language": One("language_id"),
    "lines": _LinesOfOrder(),
    "market": One("market_id"),
    "paymentHistory": Many("order_id"),
    "paymentMethod": One("payment_method_id"),
    "pricelist": One("pricelist_id"),
    "returns": Through(rows.RETURNS_OF_ORDER),
    "shipments": Many("order_id"),
    "shippingPriceGroup": One(rows.SHIPPING_GROUP),
    "store": One("store_id"),
    "totals": Batch(
        _totals, "id", "currency_id", "currency_rate_micro", "items_total", "discount_total", "shipping_cost",
        "handling_cost", "tax_added", "tax_deducted", "grand_total_tax", "tax_percent", "is_tax_included",
    ),
    "usedFallbackTax": Column("id", lambda _: False),
}  # fmt: skip
_DTC_FIELDS: dict[str, Spec] = {
    "affiliate": One("affiliate_id"),
    "customer": One("customer_id"),
    "customerInfo": Computed(_person("customerInfo"), "extra_json", "address_json"),
    "deliveryGroups": Many("order_id"),
    "subscription": One(rows.SUBSCRIPTION),
}
_WHOLESALE_FIELDS: dict[str, Spec] = {
    "account": One("account_id"),
    "buyer": One("buyer_id"),
    "buyerInfo": Computed(
        _buyer,
        "extra_json",
        "address_json",
        "buyer_id>buyers.first_name",
        "buyer_id>buyers.last_name",
        "buyer_id>buyers.email",
    ),
    "deliveryWindows": Batch(_windows, "id"),
    "purchaseOrderNumber": Column("po_number", text),
    "preferredShippingDate": Moment("preferred_delivery_at"),
    "estimatedDeliveryDate": Moment("estimated_delivery_at"),
    "cancelDate": Moment("cancel_at"),
    "carrierInformation": Batch(_account_carriers, "extra_json", "account_id>accounts.extra_json"),
    "invoices": Many("order_id"),
    "paymentTerms": One("payment_terms_id"),
    "shippingTerms": One("shipping_terms_id"),
    "salesRepresentative": One("account_id>accounts.sales_rep_id"),
}
STORE_TYPE = words.stored(words.STORE_TYPE)
_FILTERS: dict[str, Filter] = {
    "id": Among("hash"),
    "number": Among("number"),
    "status": Among("status", STATUSES),
    "createdAt": Dates("created_at"),
    "updatedAt": Dates("updated_at"),
    "orderDate": Dates("created_at"),
    "preferredShippingDate": Days("preferred_delivery_at"),
    "estimatedDeliveryDate": Days("estimated_delivery_at"),
    "cancelDate": Days("cancel_at"),
    "purchaseOrderNumber": Text("po_number"),
    "userIp": Text("ip_address"),
    "accountId": Among("account_id"),
    "affiliateId": Among("affiliate_id"),
    "countryId": Among("country_id"),
    "countryStateId": Among("state_id"),
    "currencyId": Among("currency_id"),
    "deliveryWindowId": Linked(Link("order_lines", "order_id", "delivery_window_id")),
    "languageId": Among("language_id"),
    "marketId": Among("market_id"),
    "paymentMethodId": Among("payment_method_id"),
    "pricelistId": Among("pricelist_id"),
    "customerId": Among("customer_id"),
    "buyerId": Among("buyer_id"),
    "salesRepresentativeId": Among("account_id>accounts.sales_rep_id"),
    "storeId": Among("store_id"),
    "storeType": Among("store_id>stores.type", STORE_TYPE),
    "isLocked": Is("is_locked"),
    "isOnHold": Is("is_on_hold"),
    "isWaitingForCheckFirstAllocation": Is(rows.WAITS_FOR_CHECK),
    "isWaitingForPayment": Is("is_waiting_for_payment"),
    "isInternal": Is("is_internal"),
    "otherComment": Text("additional_notes"),
    "allocationRuleId": Among("allocation_rule_id"),
    "orderHoldReason": Where(
        lambda run, value: rows.on_hold_because([HOLD_REASONS[each] for each in value]),
        rows.on_hold_because(HOLD_REASONS.values()),
    ),
    "allocatedWarehouseCount": Range(rows.ALLOCATED_WAREHOUSES),
}
_SORTS = {"number": "number", "createdAt": "created_at", "updatedAt": "updated_at", "orderDate": "created_at"}


def _orders(name: str, fields: Mapping[str, Spec], only: Condition, kinds: Any = None) -> Type:
    return Type(
        name,
        "orders",
        fields={**_FIELDS, **fields},
        filters=_FILTERS,
        sorts=_SORTS,
        search=(
            "number",
            "address_json{}",
            "shipping_address_json{}",
            "po_number",
        ),
        store="store_id",
        external="order",
        lookups={"id": "hash", "number": "number"},
        kinds=kinds,
        only=only,
        attributes="order",
    )


define(
    _orders("Order", {}, rows.PLACED, by_store("Order", "store_id>stores.type")),
    _orders("DirectToConsumerOrder", _DTC_FIELDS, rows.DTC_ORDERS),
    _orders("WholesaleOrder", _WHOLESALE_FIELDS, rows.WHOLESALE_ORDERS),
)


define(
    Type(
        "DeliveryGroup",
        "delivery_groups",
        fields={
            "externalDeliveryGroupId": Column("external_id"),
            "order": One("order_id"),
            "name": Column("name"),
            "shippingPriceGroup": One("shipping_option_id"),
            "shippingPrice": Batch(
                lambda run, arguments, picked: [money(run, cost, currency, micro) for cost, currency, micro in picked],
                "shipping_cost",
                "order_id>orders.currency_id",
                "order_id>orders.currency_rate_micro",
            ),
            "lines": Many("delivery_group_id"),
            "attributes": Computed(lambda _: [], "id"),
        },
        store="order_id>orders.store_id",
    ),
    Type(
        "DeliveryGroupLine",
        "delivery_group_lines",
        fields={
            "quantity": Computed(lambda whole, cancelled: whole - cancelled, "quantity", "cancelled_quantity"),
            "cancelledQuantity": Column("cancelled_quantity"),
            "orderLine": One("order_line_id"),
        },
    ),
)
