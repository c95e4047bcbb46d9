"""Invoices and their payments."""

from collections.abc import Mapping
from typing import Any

from mockcentra.apis.graphql import words
from mockcentra.apis.graphql.addresses import address
from mockcentra.apis.graphql.areas.administration import number_series
from mockcentra.apis.graphql.areas.terms import always, commission
from mockcentra.apis.graphql.changes import Change
from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.money import money
from mockcentra.apis.graphql.order_totals import including_tax, tax_rules
from mockcentra.apis.graphql.registry import mutation
from mockcentra.apis.graphql.types import (
    Among,
    Batch,
    Column,
    Computed,
    Dates,
    Days,
    Filter,
    Many,
    Moment,
    One,
    Range,
    Spec,
    Text,
    Type,
    Where,
    constant,
    define,
    embed,
    hundredths,
    text,
    word,
)
from mockcentra.commerce import invoicing
from mockcentra.commerce import wholesale_writing as writing
from mockcentra.commerce.money import discount_percent, taxed
from mockcentra.store import graphql_orders as order_rows
from mockcentra.store import graphql_reading as reading
from mockcentra.store import graphql_wholesale as rows
from mockcentra.store import records
from mockcentra.store.database import from_json

MILLION = 1_000_000
TYPES_OF_INVOICES = {"invoice": "INVOICE", "credit": "CREDIT_INVOICE", "proforma": "PROFORMA"}
STATUSES = {"unpaid": "UNPAID", "part": "PARTIALLY_PAID", "paid": "PAID", "cancelled": "CANCELLED"}
KINDS = {"wholesale": "WholesaleInvoice", "dtc": "DirectToConsumerInvoice"}
# Parts of addresses as the SOAP API has them, where invoices keep them as they were sent.
_SENT = {
    "company": "company",
    "attn": "attention",
    "firstname": "firstName",
    "lastname": "lastName",
    "address1": "address1",
    "address2": "address2",
    "city": "city",
    "state": "state",
    "zipcode": "zipCode",
    "country": "country",
    "email": "email",
    "telephone": "phoneNumber",
    "fax": "faxNumber",
    "vat": "vatNumber",
}

Rows = list[tuple[Any, ...]]


def _totals(run: Run, arguments: Mapping[str, Any], picked: Rows) -> list[Any]:
    with_tax = including_tax(arguments)
    return [
        money(run, total if with_tax else total - tax, currency_id, rate) for total, tax, currency_id, rate in picked
    ]


def _urls(run: Run, arguments: Mapping[str, Any], picked: Rows) -> list[str]:
    """Where invoices can be read: elsewhere, or at the shop."""
    return [url or f"{run.base_url}/invoice?invoice={number}" for url, number in picked]


def _overdue(run: Run, arguments: Mapping[str, Any], picked: Rows) -> list[bool]:
    now = run.tx.now
    return [due is not None and due < now and status in ("unpaid", "part") for due, status in picked]


def _addresses(part: str) -> Any:
    """An address of invoices: as it was sent with them, else that of their orders."""

    def addresses(run: Run, arguments: Mapping[str, Any], picked: Rows) -> list[Any]:
        found = []
        for document, *others in picked:
            sent = from_json(document).get(part)
            known = [{ours: sent.get(name) for name, ours in _SENT.items()}] if isinstance(sent, dict) else []
            shown = (address(run, each) for each in (*known, *others))
            found.append(next((each for each in shown if each is not None), None))
        return found

    return addresses


def _commissions(run: Run, arguments: Mapping[str, Any], picked: Rows) -> list[Any]:
    found: dict[int, list[Any]] = {}
    for row in rows.commissions_of_invoices(run.tx, [row[0] for row in picked]):
        found.setdefault(row["invoice_id"], []).append(commission(run, row))
    return [found.get(invoice_id, []) for (invoice_id,) in picked]


def _lines(run: Run, arguments: Mapping[str, Any], picked: Rows) -> list[Any]:
    found = invoicing.lines(run.tx, [row[0] for row in picked])
    rules = _rules(run, [row for lines in found.values() for row in lines])
    return [[_line(run, row, rules) for row in found.get(invoice_id, ())] for (invoice_id,) in picked]


def lines_of_shipment_lines(run: Run, arguments: Mapping[str, Any], picked: Rows) -> list[Any]:
    """For rows of (shipment line, shipment): the lines about it of the shipment's invoices and credit notes."""
    invoices = rows.invoices_of_shipments(run.tx, {shipment_id for _, shipment_id in picked})
    lines = [row for of_invoice in invoicing.lines(run.tx, invoices).values() for row in of_invoice]
    rules = _rules(run, lines)
    found: dict[int, list[Any]] = {}
    for row in lines:
        found.setdefault(row["shipment_line_id"], []).append(_line(run, row, rules))
    return [found.get(line_id, []) for line_id, _ in picked]


def _rules(run: Run, lines: list[Any]) -> dict[tuple[int, int], Any]:
    """(order, tax percentage) -> the tax that its lines have."""
    known = order_rows.taxes(run.tx, {row["order_id"] for row in lines})
    return {(order_id, tax["percent"]): tax for order_id, taxes in known.items() for tax in reversed(taxes)}


def _applied(run: Run, row: Any, rules: Mapping[tuple[int, int], Any]) -> list[Any]:
    tax = rules.get((row["order_id"], row["tax_percent"]))
    if tax is None or not row["tax_percent"]:
        return []
    amount = row["price_each"] * row["quantity"]
    currency, rate = row["currency_id"], row["currency_rate_micro"]
    return [
        tax_rules(
            run,
            tax["rule_id"],
            tax["name"],
            row["tax_percent"],
            amount,
            row["is_tax_included"],
            lambda value: money(run, value, currency, rate),
        )
    ]


def _line(run: Run, row: Any, rules: Mapping[tuple[int, int], Any]) -> dict[str, Any]:
    before = row["price_each_before"]
    off = discount_percent(row["price_each"], before)
    return {
        "id": row["line_id"],
        "quantity": row["quantity"],
        "size": row["size_name"] or None,
        "productNumber": row["sku"] or None,
        "productName": row["product_name"],
        "productVariantName": row["variant_name"] or None,
        "brandName": row["brand_name"] or None,
        "price": row["price_each"],
        "priceBefore": before,
        "lineValue": money(
            run,
            taxed(row["price_each"], row["tax_percent"], row["is_tax_included"], False) * row["quantity"],
            row["currency_id"],
            row["currency_rate_micro"],
        ),
        "cogs": None
        if row["unit_cost"] is None or row["unit_cost_currency_id"] is None
        else money(run, row["unit_cost"] * row["quantity"], row["unit_cost_currency_id"]),
        "discountPercent": hundredths(off),
        "taxPercent": hundredths(row["tax_percent"]),
        "appliedTaxRules": _applied(run, row, rules),
        "harmonizedCommodityCode": row["hs_code"] or None,
        "harmonizedCommodityDescription": row["hs_description"] or None,
        "countryOfOrigin": row["country_of_origin_id"],
        "product": row["product_id"],
        "productSize": row["product_size_id"],
        "productVariant": row["variant_id"],
        "invoice": row["invoice_id"],
        "orderLine": row["order_line_id"],
        "shipmentLine": row["shipment_line_id"],
        "row": row,
    }


def _unit_prices(run: Run, arguments: Mapping[str, Any], picked: Rows) -> list[Any]:
    return [
        money(
            run,
            taxed(amount, row["tax_percent"], row["is_tax_included"], arguments.get("includingTax", False)),
            row["currency_id"],
            row["currency_rate_micro"],
        )
        for amount, row in picked
    ]


embed(
    "InvoiceLine",
    {"unitPrice": Batch(_unit_prices, "price", "row"), "unitOriginalPrice": Batch(_unit_prices, "priceBefore", "row")},
)


def _is_overdue(run: Run, value: bool) -> reading.Condition:
    overdue = reading.all_of(
        [reading.between("due_at", None, run.tx.now - 1), reading.among(rows.INVOICE_STATUS, ["unpaid", "part"])]
    )
    return overdue if value else reading.negated(overdue)


_FIELDS: dict[str, Spec] = {
    "number": Column(rows.INVOICE_NUMBER),
    "type": Column(rows.INVOICE_TYPE, word(TYPES_OF_INVOICES)),
    "status": Column(rows.INVOICE_STATUS, word(STATUSES)),
    "isDraft": always(False),
    "createdAt": Moment("created_at"),
    "dueDate": Moment("due_at"),
    "orderDate": Moment("order_id>orders.created_at"),
    "updatedAt": Moment(rows.INVOICE_UPDATED),
    "purchaseOrderNumber": Column(rows.INVOICE_PO_NUMBER, text),
    "ourReference": always(None),
    "additionalInformation": Computed(
        lambda document: from_json(document).get("internalinformation") or None, "document_json"
    ),
    "pdfUrl": Batch(_urls, "url", "number"),
    "isOverdue": Batch(_overdue, "due_at", rows.INVOICE_STATUS),
    "grandTotal": Batch(_totals, "total", rows.INVOICE_TAX, "currency_id", "order_id>orders.currency_rate_micro"),
    "companyRegistrationNumber": always(None),
    "currencyBaseRate": Computed(
        lambda then, now: (now if then is None else then) / MILLION,
        "order_id>orders.currency_rate_micro",
        "currency_id>currencies.rate_micro",
    ),
    "account": One(rows.INVOICE_ACCOUNT),
    "adminUser": One("admin_user_id"),
    "billingAddress": Batch(_addresses("billingaddress"), "document_json", "order_id>orders.address_json"),
    "commissions": Batch(_commissions, "id"),
    "lines": Batch(_lines, "id"),
    "numberSeries": Batch(number_series, rows.INVOICE_STORE, rows.INVOICE_STORE_NAME),
    "payments": Many("invoice_id"),
    "shippingAddress": Batch(
        _addresses("shippingaddress"),
        "document_json",
        "order_id>orders.shipping_address_json",
        "order_id>orders.address_json",
    ),
    "store": One(rows.INVOICE_STORE),
    "usedFallbackTax": always(False),
}
_WHOLESALE: dict[str, Spec] = {
    "buyer": One("order_id>orders.buyer_id"),
    "order": One("order_id"),
    "shipments": Computed(lambda shipment_id: [] if shipment_id is None else [shipment_id], "shipment_id"),
}
_DTC: dict[str, Spec] = {"customer": One("order_id>orders.customer_id"), "order": One("order_id")}
_FILTERS: dict[str, Filter] = {
    "number": Among(rows.INVOICE_NUMBER),
    "numberSeriesId": Among(rows.INVOICE_STORE),
    "createdAt": Dates("created_at"),
    "updatedAt": Dates(rows.INVOICE_UPDATED),
    "dueDate": Days("due_at"),
    "isDraft": constant(False),
    "isOverdue": Where(_is_overdue),
    "grandTotalExcludingTax": Range(rows.INVOICE_NET, 100),
    "grandTotalIncludingTax": Range("total", 100),
    "purchaseOrderNumber": Text(rows.INVOICE_PO_NUMBER),
    "type": Among(rows.INVOICE_TYPE, words.stored(TYPES_OF_INVOICES)),
    "status": Among(rows.INVOICE_STATUS, words.stored(STATUSES)),
    "accountId": Among(rows.INVOICE_ACCOUNT),
    "adminUserId": Among("admin_user_id"),
    "currencyId": Among("currency_id"),
    "storeId": Among(rows.INVOICE_STORE),
    "usedFallbackTax": constant(False),
}


def _invoice_type(name: str, fields: Mapping[str, Spec], **more: Any) -> Type:
    return Type(
        name,
        "invoices",
        fields={**_FIELDS, **fields},
        filters=_FILTERS,
        sorts={
            "number": rows.INVOICE_NUMBER,
            "createdAt": "created_at",
            "updatedAt": rows.INVOICE_UPDATED,
            "dueDate": "due_at",
        },
        search=("number", rows.INVOICE_PO_NUMBER),
        store=rows.INVOICE_STORE,
        external="invoice",
        **more,
    )


def _payment_values(run: Run, arguments: Mapping[str, Any], picked: Rows) -> list[Any]:
    return [money(run, amount, currency_id) for amount, currency_id in picked]


def _of_kind(run: Run, value: str) -> reading.Condition:
    payments = reading.between("amount", 0)
    return {"PAYMENT": payments, "CREDIT": reading.negated(payments)}.get(value, reading.NOTHING)


define(
    _invoice_type("Invoice", {}, kinds=(rows.INVOICE_STORE_TYPE, KINDS)),
    _invoice_type("WholesaleInvoice", _WHOLESALE, only=reading.among(rows.INVOICE_STORE_TYPE, ["wholesale"])),
    _invoice_type("DirectToConsumerInvoice", _DTC, only=reading.among(rows.INVOICE_STORE_TYPE, ["dtc"])),
    Type(
        "InvoicePayment",
        "invoice_payments",
        fields={
            "invoice": One("invoice_id"),
            "value": Batch(_payment_values, "amount", "invoice_id>invoices.currency_id"),
            "paymentDate": Moment("paid_at"),
            "type": Column("amount", lambda amount: "PAYMENT" if amount >= 0 else "CREDIT"),
            "adminUser": One("admin_user_id"),
            "createdAt": Moment("created_at"),
        },
        filters={
            "invoiceId": Among("invoice_id"),
            "value": Range("amount", 100),
            "paymentDate": Days("paid_at"),
            "adminUserId": Among("admin_user_id"),
            "type": Where(_of_kind),
            "storeId": Among(rows.PAYMENT_STORE),
            "createdAt": Dates("created_at"),
        },
        store=rows.PAYMENT_STORE,
    ),
)


# ------------------------------------------------------------------ payments


def _invoice(change: Change) -> Any:
    """The invoice that the input names; a user error for one that is cancelled."""
    invoice_id = change.input.ref("invoice", "Invoice")
    invoice = None if invoice_id is None else records.get(change.tx, "invoices", invoice_id)
    if invoice is not None and invoice["status"] == "cancelled":
        change.input.error("The invoice is cancelled", "invoice")
    return invoice


def _check_rate(change: Change) -> None:
    rate = change.input.get("baseCurrencyRate")
    if rate is not None and rate <= 0:
        change.input.error("baseCurrencyRate must be above 0", "baseCurrencyRate")


@mutation("registerInvoicePayment")
def register_invoice_payment(change: Change) -> dict[str, Any]:
    """Notes that a part of an invoice was paid, or credited with a value below 0."""
    invoice = _invoice(change)
    currency = None if invoice is None else reading.currencies(change.tx)[invoice["currency_id"]]["code"]
    amount = change.input.money("value", currency)
    if amount == 0:
        change.input.error("The value must not be 0", "value", "value")
    paid_at = change.input.moment("paymentDate")
    _check_rate(change)
    change.check()
    payment_id = writing.pay_invoice(change.tx, invoice["id"], amount or 0, paid_at)
    return {"invoicePayment": payment_id, "invoice": invoice["id"]}


@mutation("markInvoiceAsPaid")
def mark_invoice_as_paid(change: Change) -> dict[str, Any]:
    """Notes that what is left of an invoice was paid; nothing when nothing is left."""
    invoice = _invoice(change)
    paid_at = change.input.moment("paymentDate")
    _check_rate(change)
    change.check()
    left = invoice["total"] - invoice["total_paid"]
    if left == 0:
        change.input.warning("The invoice is paid already", "invoice")
        return {"invoicePayment": None}
    return {"invoicePayment": writing.pay_invoice(change.tx, invoice["id"], left, paid_at)}
