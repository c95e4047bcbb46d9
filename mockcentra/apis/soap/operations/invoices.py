"""invoices_Update: invoices and credit notes that the ERP wrote (soap-api.md 7.14)."""

from functools import partial
from typing import Any

from mockcentra.apis.soap.calls import Call, Content, amount, check_type, day, listed, yes
from mockcentra.apis.soap.operations.orders import order_called
from mockcentra.apis.soap.operations.prices import currency_of
from mockcentra.commerce import shipments, wholesale_writing
from mockcentra.commerce.errors import Invalid
from mockcentra.commerce.external_ids import is_number
from mockcentra.store import records
from mockcentra.store.database import from_json, to_json

_DATES = ("invoicedate", "orderdate", "duedate")
# What is kept as it was sent, for the integration to read back.
_DOCUMENT = (
    "serialno", "documenttype", "currencyrate", "basecurrency", "vat", *_DATES, "paymentterms", "shippingterms",
    "internalinformation", "ponumber", "billingaddress", "shippingaddress", "items", "locked", "buyer",
)  # fmt: skip


def invoices_Update(call: Call, content: Content) -> None:
    """Makes and changes invoices; one that is paid in full pays a wholesale order."""
    call.each("invoice", listed(content, "invoices", "invoice"), partial(_invoice, call))


def _invoice(call: Call, content: Content) -> None:
    invoice_id = call.ids.resolve("invoice", content["id"])
    before = None if invoice_id is None else records.get(call.tx, "invoices", invoice_id)
    columns = _columns(call, content)
    document = {} if before is None else from_json(before["document_json"])
    document.update((name, content[name]) for name in _DOCUMENT if name in content)
    _check(call, content)
    columns["document_json"] = to_json(document)
    if before is None:
        channel = call.store_of(content)
        for name, column in (("currency", "currency_id"), ("total", "total")):
            if column not in columns:
                raise Invalid({name: "is required"})
        new = {"number": content["id"], "store_id": channel.id, **columns}
        call.ids.assign("invoice", wholesale_writing.create_invoice(call.tx, **new), content["id"])
        return
    if "store" in content:
        check_type(content, call.store_of(content))
    wholesale_writing.change_invoice(call.tx, before["id"], **columns)


def _columns(call: Call, content: Content) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    if "status" in content:
        columns["status"] = content["status"]
    if content.get("serialno"):
        columns["number"] = content["serialno"]
    if "currency" in content:
        columns["currency_id"] = currency_of(call, content["currency"])
    for name, column in (("total", "total"), ("totalpaid", "total_paid")):
        if name in content:
            columns[column] = amount(content[name] or "0", name, negative=True)
    if content.get("duedate"):
        columns["due_at"] = day(content["duedate"], "duedate")
    if content.get("order", {}).get("id"):
        order = order_called(call, content["order"]["id"])
        if order is None:
            raise Invalid({f"order {content['order']['id']}": "does not exist"})
        columns["order_id"] = order["id"]
    if content.get("shipment", {}).get("id"):
        columns["shipment_id"] = _shipment(call, content["shipment"]["id"])
    if content.get("account"):
        columns["account_id"] = call.find("account", content["account"], "account")
    if content.get("refund"):
        columns["return_id"] = call.find("return", content["refund"], "refund")
    return columns


def _shipment(call: Call, external: str) -> int:
    found = call.ids.resolve("shipment", external)
    number, dash, position = external.partition("-")
    if found is None and dash and is_number(number) and is_number(position):
        found = shipments.id_of_number(call.tx, int(number), int(position))
    if found is None:
        raise Invalid({f"shipment {external}": "does not exist"})
    return found


def _check(call: Call, content: Content) -> None:
    """What is kept as it was sent must make sense, too."""
    for name in _DATES:
        if content.get(name):
            day(content[name], name)
    if content.get("vat"):
        amount(content["vat"], "vat", negative=True)
    if content.get("locked"):
        yes(content["locked"], "locked")
    if content.get("buyer"):
        call.find("buyer", content["buyer"], "buyer")
