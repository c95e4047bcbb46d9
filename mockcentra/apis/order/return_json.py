"""Returns as the Order API prints them (order-api.md 4.4)."""

from typing import Any

from mockcentra.commerce.money import number
from mockcentra.commerce.order_book import ReturnRecord
from mockcentra.store.clock import local_text
from mockcentra.store.database import Row

_MICRO = 1_000_000


def return_json(found: ReturnRecord) -> dict[str, Any]:
    """A return with its rows."""
    row, order = found.row, found.order
    base = order.reference.channels[order.row["store_id"]].base_currency_id
    rate = order.row["currency_rate_micro"]
    return {
        "returnId": row["id"],
        "completed": row["status"] == "completed",
        "shipment": found.shipment_number,
        "shipmentId": row["shipment_id"],
        "orderId": order.row["number"],
        "selectionId": order.row["hash"],
        "customerId": order.row["customer_id"] or 0,
        "date": local_text(row["created_at"]),
        "marketId": order.row["market_id"],
        "pricelistId": order.row["pricelist_id"],
        "returnCost": number(row["return_cost"]),
        "shippingCost": number(row["shipping_cost"]),
        "handlingCost": number(row["handling_cost"]),
        "voucherValue": number(row["voucher_value"]),
        "taxValue": number(found.tax),
        "taxDeduction": number(found.tax_deducted),
        "currency": order.currency.code,
        "baseCurrency": order.reference.currencies[base].code,
        "baseCurrencyRate": rate // _MICRO if rate % _MICRO == 0 else rate / _MICRO,
        "returnToStock": row["stock_action"] != "none",
        "comment": row["comment"] or None,
        "createdFrom": row["created_from"],
        "products": [_row(found, line) for line in found.lines],
    }


def _row(found: ReturnRecord, line: Row) -> dict[str, Any]:
    sku, variant_sku, size_sku = found.skus.get(line["product_size_id"], (line["sku"], "", ""))
    return {
        "returnLineId": line["id"],
        "shipmentLineId": line["shipment_line_id"],
        "orderLineId": line["order_line_id"],
        "productId": line["product_id"],
        "productName": line["product_name"],
        "productBrand": line["brand_name"] or None,
        "variantId": line["variant_id"],
        "variantName": line["variant_name"],
        "sku": sku,
        "variantSku": variant_sku,
        "sizeSku": size_sku,
        "size": line["size_name"],
        "ean": line["ean"],
        "upc": line["upc"],
        "quantity": line["quantity"],
        "price": number(line["price_each"]),
    }
