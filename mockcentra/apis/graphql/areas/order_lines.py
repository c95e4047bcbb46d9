"""Lines of orders: what they show, and where their pieces are allocated (section 19.1)."""

from typing import Any

from mockcentra.apis.graphql.applied_vouchers import line_vouchers
from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.money import money
from mockcentra.apis.graphql.order_totals import including_tax, rules_of_lines
from mockcentra.apis.graphql.registry import query
from mockcentra.apis.graphql.types import (
    Among,
    Arguments,
    Batch,
    Column,
    Computed,
    Is,
    Many,
    Moment,
    One,
    Picked,
    Spec,
    Type,
    define,
    embed,
    flag,
    hundredths,
    text,
)
from mockcentra.commerce import allocation
from mockcentra.commerce.money import discount_percent, ratio, taxed
from mockcentra.store import graphql_orders as rows

_CURRENCY, _RATE = "order_id>orders.currency_id", "order_id>orders.currency_rate_micro"
_TAX = ("tax_percent", "is_tax_included", _CURRENCY, _RATE)


def _prices(*columns: str) -> Batch:
    """Money of a line: its first column, of so many units as the others say."""

    def make(run: Run, arguments: Arguments, picked: Picked) -> list[Any]:
        with_tax = including_tax(arguments)
        return [
            money(run, taxed(price, percent, included, with_tax), currency, micro)
            for price, percent, included, currency, micro in picked
        ]

    return Batch(make, *columns, *_TAX)


def _line_values(run: Run, arguments: Arguments, picked: Picked) -> list[Any]:
    with_tax = including_tax(arguments)
    return [
        money(run, taxed(ratio(total, ordered - cancelled, ordered), percent, included, with_tax), currency, micro)
        for total, ordered, cancelled, percent, included, currency, micro in picked
    ]


def _moved(position: int) -> Batch:
    def make(run: Run, arguments: Arguments, picked: Picked) -> list[Any]:
        ids = [row[0] for row in picked]
        known = run.once(f"moved {ids}", lambda: rows.moved_units(run.tx, ids))
        return [known[line_id][position] for line_id in ids]

    return Batch(make, "id")


def _campaigns(run: Run, arguments: Arguments, picked: Picked) -> list[Any]:
    known = rows.campaigns(run.tx, {row[0] for row in picked})
    prices = rows.campaign_prices(run.tx, {row[0] for row in picked})
    found: list[Any] = []
    for campaign_id, variant_id, before, price, created_at, currency, micro in picked:
        row = known.get(campaign_id)
        if row is None:
            found.append(None)
            continue
        off = money(run, max(0, before - price), currency, micro)
        own = prices.get((campaign_id, variant_id))
        fixed = own is not None and own["price"] is not None
        found.append(
            {
                "discount": off,
                "originalDiscount": off,
                "type": "FIXED_PRICE" if fixed else "DISCOUNT_PERCENT",
                "discountPercent": hundredths(discount_percent(price, before)),
                "fixedPrice": money(run, own["price"], own["currency_id"]) if fixed and own is not None else None,
                "showSale": bool(row["show_as_on_sale"]),
                "showNews": bool(row["show_as_new"]),
                "startAt": created_at if row["start_at"] is None else row["start_at"],
                "stopAt": created_at if row["stop_at"] is None else row["stop_at"],
                "name": row["name"],
                "campaign": campaign_id,
            }
        )
    return found


embed("OrderLineCampaign", {"startAt": Moment("startAt"), "stopAt": Moment("stopAt")})


def _line_vouchers(run: Run, arguments: Arguments, picked: Picked) -> list[Any]:
    known = rows.line_vouchers(run.tx, [row[0] for row in picked])
    return [line_vouchers(run, line_id, known.get(line_id, ()), currency, micro) for line_id, currency, micro in picked]


def _gifts(run: Run, arguments: Arguments, picked: Picked) -> list[Any]:
    known = rows.gift_vouchers(run.tx, [row[0] for row in picked])
    return [known.get(row[0], []) for row in picked]


def _off(price: int, before: int) -> float | int:
    return hundredths(discount_percent(price, before))


_LINE: dict[str, Spec] = {
    "size": Column("size_name"),
    "productNumber": Computed(lambda number, sku: number or sku, "product_id>products.number", "sku"),
    "hasAnyDiscount": Computed(lambda price, before: price < before, "price_each", "price_each_before"),
    "comment": Column("comment", text),
    "productName": Column("product_name", text),
    "productBrand": Column("brand_name", text),
    "productVariantName": Column("variant_name", text),
    "folderName": Column("product_id>products.folder_id>folders.name", text),
    "productExternalUrl": Column("product_url", text),
    "frontendItemId": Column("display_item_id", str),
    "quantity": Computed(lambda ordered, cancelled: ordered - cancelled, "quantity", "cancelled_quantity"),
    "cancelledQuantity": Column("cancelled_quantity"),
    "returnedQuantity": _moved(1),
    "shippedQuantity": _moved(0),
    "unitOriginalPrice": _prices("price_each_before"),
    "unitPrice": _prices("price_each"),
    "discountPercent": Computed(_off, "price_each", "price_each_before"),
    "taxPercent": Column("tax_percent", hundredths),
    "lineValue": Batch(_line_values, "line_total", "quantity", "cancelled_quantity", *_TAX),
    "lineCampaign": Batch(
        _campaigns,
        "campaign_id",
        "variant_id",
        "price_each_before",
        "price_each",
        "order_id>orders.created_at",
        _CURRENCY,
        _RATE,
    ),
    "brand": One("product_id>products.brand_id"),
    "category": One("category_id"),
    "collection": One("product_id>products.collection_id"),
    "deliveryWindow": One("delivery_window_id"),
    "allocations": Many("order_line_id"),
    "appliedTaxRules": Batch(rules_of_lines, "order_id", "line_total", *_TAX),
    "display": One("display_item_id>display_items.display_id"),
    "lineVouchers": Batch(_line_vouchers, "id", _CURRENCY, _RATE),
    "order": One("order_id"),
    "product": One("product_id"),
    "productVariant": One("variant_id"),
    "productSize": One("product_size_id"),
    "taxGroup": One(rows.TAX_GROUP),
}
_LINE_KINDS = {
    "product": "ProductOrderLine",
    "bundle": "BundleOrderLine",
    "part": "BundleItemOrderLine",
    "gift": "GiftCertificateOrderLine",
}


def _lines(name: str, kinds: Any = None, **fields: Spec) -> Type:
    return Type(
        name,
        "order_lines",
        fields={**_LINE, **fields},
        filters={
            "productId": Among("product_id"),
            "productVariantId": Among("variant_id"),
            "productSizeId": Among("product_size_id"),
        },
        store="order_id>orders.store_id",
        external="order_line",
        kinds=kinds,
        attributes="line",
    )


define(
    _lines("OrderLine", (rows.LINE_KIND, _LINE_KINDS)),
    _lines("ProductOrderLine"),
    _lines("BundleOrderLine", bundleItems=Many("parent_line_id")),
    _lines("BundleItemOrderLine", bundleLine=One("parent_line_id")),
    _lines("GiftCertificateOrderLine", vouchers=Batch(_gifts, "order_id")),
    Type(
        "Allocation",
        "allocations",
        fields={
            "quantity": Column("quantity"),
            "orderLine": One("order_line_id"),
            "warehouse": One("warehouse_id"),
            "stockChangeLine": One(rows.STOCK_CHANGE),
            "isWaitingForConfirmation": Column(rows.WAITS_FOR_CONFIRMATION, flag),
        },
        filters={
            "warehouseId": Among("warehouse_id"),
            "orderLineId": Among("order_line_id"),
            "isWaitingForConfirmation": Is(rows.WAITS_FOR_CONFIRMATION),
        },
    ),
)


# ------------------------------------------------------------------ how an order is allocated


@query("orderAllocationSplits")
def order_allocation_splits(run: Run, arguments: Arguments) -> list[dict[str, Any]]:
    """An entry for each warehouse that has something for the order, and one for what no warehouse has."""
    from mockcentra.apis.graphql.changes import Input, Problems

    problems = Problems()
    order_id = Input(run, arguments, (), problems).ref("order", "Order")
    if order_id is None:
        from graphql import GraphQLError

        raise GraphQLError(problems.errors[0]["message"])
    held: dict[int, list[dict[str, Any]]] = {}
    for warehouse_id, line_id, quantity in rows.allocation_splits(run.tx, order_id):
        held.setdefault(warehouse_id, []).append({"quantity": quantity, "orderLine": line_id})
    splits: list[dict[str, Any]] = [
        {"warehouse": warehouse_id, "allocationStatus": "ALLOCATED", "lines": lines}
        for warehouse_id, lines in held.items()
    ]
    waiting = [{"quantity": need.quantity, "orderLine": need.line_id} for need in allocation.demand(run.tx, order_id)]
    if waiting:
        splits.append({"warehouse": None, "allocationStatus": "UNALLOCATED", "lines": waiting})
    return splits
