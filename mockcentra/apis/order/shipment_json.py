"""Shipments in full, as the Order API prints them (order-api.md 4.3)."""

from typing import Any

from mockcentra.apis.order.order_json import date_text, shared_head, tax_json
from mockcentra.apis.order.row_json import rows_json, shipment_row
from mockcentra.commerce.money import number
from mockcentra.commerce.order_book import ShipmentRecord


def shipment_json(shipment: ShipmentRecord, mode: str, base_url: str) -> dict[str, Any]:
    """A shipment; `mode` is the setting `order.bundles_in_shipments`, `base_url` where its documents are."""
    row = shipment.row
    shown = shared_head(shipment.order)
    shown["shipmentId"] = shipment.number
    if shipment.shipping_terms is not None:
        shown["shippingTerms"] = _terms(*shipment.shipping_terms)
    if shipment.payment_terms is not None:
        shown["paymentTerms"] = _terms(*shipment.payment_terms)
    shown |= documents(shipment.number, base_url)
    shown |= {
        "defaultCarrier": row["carrier"],
        "deliveryService": row["service"],
        "shipmentDate": date_text(row["created_at"]),
        "trackingNumber": row["tracking_number"],
        "trackingUrl": row["tracking_url"],
        "returnSlipTracking": row["return_tracking_number"],
    }
    invoices = invoice_urls(shipment, base_url)
    if invoices:
        shown["invoices"] = invoices
    shown |= {
        "paid": row["is_paid"],
        "shouldCapture": int(shipment.should_capture),
        "shippingValue": number(row["shipping_cost"]),
        "voucherValue": number(shipment.discount),
        "grandTotalValue": number(row["grand_total"]),
        "grandTotalTaxValue": number(sum(amount for _, _, amount in shipment.taxes)),
        "taxAdded": number(shipment.tax_added),
        "taxDeducted": number(shipment.tax_deducted),
        "taxBreakdown": [tax_json(name, percent, amount) for name, percent, amount in shipment.taxes],
        "products": rows_json(shipment.lines, mode, shipment_row),
    }
    return shown


def documents(number: str, base_url: str) -> dict[str, str]:
    """The addresses of the papers that go with a shipment."""
    return {
        "proforma": f"{base_url}/proforma?shipment={number}",
        "deliveryNote": f"{base_url}/delnote?shipment={number}",
    }


def invoice_urls(shipment: ShipmentRecord, base_url: str) -> list[str]:
    """The addresses of a shipment's invoices: the provider's own, else ours."""
    return [invoice["url"] or f"{base_url}/invoice?invoice={invoice['number']}" for invoice in shipment.invoices]


def _terms(term_id: int, name: str, description: str) -> dict[str, Any]:
    return {"id": term_id, "name": name, "description": description}
