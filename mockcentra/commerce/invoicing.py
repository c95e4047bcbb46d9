"""Invoices of shipments and credit notes of returns: when they are written, their numbers, what was paid of them.

A shipment that is charged has an invoice that is paid; one of an account that pays by invoice has one once it is sent,
unless it is the ERP that writes it. Numbers run by store.
"""

from collections.abc import Collection, Mapping
from typing import Any

from mockcentra.commerce.money import parse_amount
from mockcentra.store import Transaction
from mockcentra.store import invoices as rows
from mockcentra.store import payments as payment_rows
from mockcentra.store.database import Row, from_json

_DAY = 86400


def write(tx: Transaction, order: Row, shipment: Row, is_paid: bool) -> int:
    """An invoice of what a shipment costs; returns its id. A payment made elsewhere may have said where it lies."""
    told = shipment["paid_amount"]
    is_paid = is_paid and told != 0
    days = 0 if is_paid else rows.days_to_pay(tx, order["payment_terms_id"])
    invoice_id = rows.add(
        tx,
        order,
        rows.next_number(tx, order["store_id"]),
        shipment["grand_total"],
        shipment_id=shipment["id"],
        url=_told_elsewhere(tx, order["id"]),
        due_at=tx.now + days * _DAY,
        is_paid=is_paid,
    )
    if is_paid and shipment["grand_total"]:
        rows.add_payment(tx, invoice_id, shipment["grand_total"] if told is None else told, tx.now)
    tx.event("invoice", invoice_id, "created")
    return invoice_id


def write_credit(tx: Transaction, order: Row, return_row: Row, total: int) -> int:
    """A credit note of what was paid back (hundredths) for a return; returns its id."""
    invoice_id = rows.add(
        tx,
        order,
        rows.next_number(tx, order["store_id"]),
        total,
        shipment_id=return_row["shipment_id"],
        return_id=return_row["id"],
        due_at=tx.now,
        is_paid=True,
    )
    if total:
        rows.add_payment(tx, invoice_id, total, tx.now)
    tx.event("invoice", invoice_id, "created")
    return invoice_id


def has_any(tx: Transaction, shipment: Row) -> bool:
    """Whether a shipment, or its order as a whole, has an invoice."""
    return bool(rows.of_shipment(tx, shipment["id"])) or rows.has_of_whole_order(tx, shipment["order_id"])


def settle(tx: Transaction, shipment_id: int, is_paid: bool, paid: int | None = None) -> bool:
    """The invoices of a shipment follow it when somebody says that it is paid, or not; returns whether it has any.

    `paid` (hundredths): how much came, if it was not everything.
    """
    found = rows.of_shipment(tx, shipment_id)
    for invoice in found:
        whole = invoice["total"] if paid is None else min(paid, invoice["total"])
        amount = whole - invoice["total_paid"] if is_paid else -invoice["total_paid"]
        if amount:
            rows.add_payment(tx, invoice["id"], amount, tx.now)
            tx.event("invoice", invoice["id"], "updated")
    return bool(found)


def reconcile(tx: Transaction, invoice: Row) -> None:
    """Notes as a payment what an integration says was paid of an invoice beyond what is on record."""
    amount = invoice["total_paid"] - rows.payments(tx, invoice["id"])
    if amount:
        rows.note_payment(tx, invoice["id"], amount)


def lines(tx: Transaction, invoice_ids: Collection[int]) -> dict[int, list[Mapping[str, Any]]]:
    """Invoice -> what it is about, line by line, with the columns of `store.invoices.lines`.

    An invoice that an integration sent with rows of its own has those of them that name a line of its order, with their
    quantities and prices.
    """
    found: dict[int, list[Mapping[str, Any]]] = {}
    sent = {row["id"]: _rows_sent(row["document_json"]) for row in rows.get_many(tx, invoice_ids)}
    for invoice_id, own in rows.lines(tx, invoice_ids).items():
        told = sent.get(invoice_id)
        found[invoice_id] = (
            [dict(row) for row in own]
            if told is None
            else [{**dict(row), **told[row["order_line_id"]]} for row in own if row["order_line_id"] in told]
        )
    return found


def _rows_sent(document: str) -> dict[int, dict[str, int]] | None:
    """Order line -> quantity and price (hundredths) as they were sent; None where no rows were."""
    sent = (from_json(document).get("items") or {}).get("invoiceitem")
    if not sent:
        return None
    found = {}
    for each in sent if isinstance(sent, list) else [sent]:
        quantity, price = parse_amount(each.get("qty")), parse_amount(each.get("price"))
        if str(each.get("itemid", "")).isdigit() and quantity:
            prices = {} if price is None else {"price_each": price, "price_each_before": price}
            found[int(each["itemid"])] = {"quantity": max(1, quantity // 100), **prices}
    return found


def _told_elsewhere(tx: Transaction, order_id: int) -> str:
    """The address of an invoice that came with a payment, the newest one."""
    for entry in reversed(payment_rows.entries(tx, order_id)):
        url = from_json(entry["params_json"]).get("external_url")
        if url and entry["type"] in ("auth", "capture"):
            return str(url)
    return ""
