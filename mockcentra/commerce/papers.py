"""What stands on the papers of an order: proformas and delivery notes of shipments, invoices and credit notes.

Nothing here knows how a paper is drawn; amounts are texts already, in the currency of the order.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from mockcentra.commerce import invoicing, order_book, shipments
from mockcentra.commerce.errors import NotFound
from mockcentra.commerce.model import Address
from mockcentra.commerce.order_book import BookLine, OrderRecord, ShipmentRecord
from mockcentra.commerce.reference import Reference
from mockcentra.store import Transaction
from mockcentra.store import invoices as invoice_rows
from mockcentra.store import orders as order_rows
from mockcentra.store import reference as reference_rows
from mockcentra.store import returns as return_rows
from mockcentra.store.clock import local_date
from mockcentra.store.database import Row, from_json

PROFORMA, DELIVERY_NOTE, INVOICE, CREDIT_NOTE = "Proforma invoice", "Delivery note", "Invoice", "Credit note"
_PRICED = ("Article", "Description", "Qty", "Price", "Tax", "Total")
_PACKED = ("Article", "Description", "Qty", "Warehouse")


@dataclass(frozen=True, slots=True)
class Paper:
    """A document: who it is from and for, facts about it, a table, what the table comes to, and remarks."""

    title: str
    number: str
    sender: Sequence[str]
    addresses: Sequence[tuple[str, Sequence[str]]]
    facts: Sequence[tuple[str, str]]
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    sums: Sequence[tuple[str, str]] = field(default=())
    remarks: Sequence[str] = field(default=())


# ------------------------------------------------------------------ of shipments


def proforma(tx: Transaction, number: str) -> Paper:
    """What a shipment is worth, for customs and for who pays before it leaves. Raises NotFound (`shipment`)."""
    shipment = _shipment(tx, number)
    order, row = shipment.order, shipment.row
    return Paper(
        title=PROFORMA,
        number=shipment.number,
        sender=_sender(tx, order.row),
        addresses=_addresses(order),
        facts=[*_facts(order, row["created_at"]), *_terms(shipment)],
        columns=_PRICED,
        rows=[_priced(order, line) for line in _with_parts(shipment.lines)],
        sums=_sums(
            order,
            {
                "Goods": sum(line.total for line in shipment.lines),
                "Discount": -shipment.discount,
                "Shipping": row["shipping_cost"],
                "Handling": row["handling_cost"],
                "Tax added": shipment.tax_added,
                "Tax deducted": -shipment.tax_deducted,
            },
            row["grand_total"],
            shipment.taxes,
        ),
    )


def delivery_note(tx: Transaction, number: str) -> Paper:
    """What is in a parcel; who fetches it has it printed. Raises NotFound (`shipment`)."""
    shipment = _shipment(tx, number)
    order, row = shipment.order, shipment.row
    shipments.mark_printed(tx, row["id"])
    parcel = [
        ("Carrier", " ".join(part for part in (row["carrier"], row["service"]) if part)),
        ("Tracking number", row["tracking_number"]),
        ("Return tracking number", row["return_tracking_number"]),
        ("Packages", str(row["packages"]) if row["packages"] else ""),
    ]
    return Paper(
        title=DELIVERY_NOTE,
        number=shipment.number,
        sender=_sender(tx, order.row),
        addresses=_addresses(order)[:1],
        facts=[*_facts(order, row["shipped_at"] or row["created_at"]), *_terms(shipment), *_told(parcel)],
        columns=_PACKED,
        rows=[
            (_article(line), _described(line), str(line.quantity), ", ".join(name for name, _ in line.warehouses))
            for line in _with_parts(shipment.lines)
        ],
        remarks=[
            *(f"{line.row['product_name']}: {line.row['comment']}" for line in shipment.lines if line.row["comment"]),
            *(text for text in (order.row["additional_notes"], order.row["gift_message"]) if text),
            *([row["additional_message"]] if row["additional_message"] else []),
        ],
    )


def _shipment(tx: Transaction, number: str) -> ShipmentRecord:
    key = order_book.number_and_position(number)
    shipment_id = None if key is None else shipments.id_of_number(tx, *key)
    if shipment_id is None:
        raise NotFound("shipment")
    return order_book.shipment_records(tx, [shipments.row_of(tx, shipment_id)])[0]


# ------------------------------------------------------------------ of money


def invoice(tx: Transaction, number: str) -> Paper:
    """An invoice, or a credit note. Raises NotFound (`invoice`) for a number that none has, or that is of no order."""
    found = next(iter(invoice_rows.called(tx, number)), None)
    if found is None or found["order_id"] is None:
        raise NotFound("invoice")
    order = order_book.records(tx, [found["order_id"]])[found["order_id"]]
    is_credit = found["return_id"] is not None
    lines = invoicing.lines(tx, [found["id"]]).get(found["id"], [])
    goods = sum(line["price_each"] * line["quantity"] for line in lines)
    costs = _costs(tx, found, order.row)
    costs["Discount"] = found["total"] - goods - sum(costs.values()) if is_credit else costs["Discount"]
    document = from_json(found["document_json"])
    money = order.currency.text
    return Paper(
        title=CREDIT_NOTE if is_credit else INVOICE,
        number=found["number"],
        sender=_sender(tx, order.row),
        addresses=_addresses(order),
        facts=[
            *_facts(order, found["created_at"]),
            *_told(
                [
                    ("Due date", "" if found["due_at"] is None else local_date(found["due_at"])),
                    ("Payment terms", str(document.get("paymentterms") or "")),
                    ("Status", found["status"].capitalize()),
                ]
            ),
        ],
        columns=_PRICED,
        rows=[
            (
                line["sku"],
                _text(line["brand_name"], line["product_name"], line["variant_name"], line["size_name"]),
                str(line["quantity"]),
                money(line["price_each"]),
                _percent(line["tax_percent"]),
                money(line["price_each"] * line["quantity"]),
            )
            for line in lines
        ],
        sums=[
            *_sums(order, {"Goods": goods, **costs}, found["total"], order_book.taxes_of_part(order, found["total"])),
            ("Paid", money(found["total_paid"])),
        ],
    )


def _costs(tx: Transaction, found: Row, order: Row) -> dict[str, int]:
    """What an invoice has beside goods: of its return, its shipment or its whole order."""
    if found["return_id"] is not None:
        row = return_rows.get(tx, found["return_id"])
        assert row is not None
        return {
            "Shipping": row["shipping_cost"],
            "Handling": row["handling_cost"],
            "Return fee": -row["return_cost"],
            "Discount": 0,
        }
    if found["shipment_id"] is not None:
        parcel = order_rows.shipment(tx, found["shipment_id"])
        assert parcel is not None
        return {
            "Shipping": parcel["shipping_cost"],
            "Handling": parcel["handling_cost"],
            "Discount": parcel["discount"],
        }
    return {
        "Shipping": order["shipping_cost"],
        "Handling": order["handling_cost"],
        "Discount": order["discount_total"],
    }


# ------------------------------------------------------------------ parts of papers


def _sender(tx: Transaction, order: Row) -> list[str]:
    company = reference_rows.meta(tx).get("company", "")
    return [line for line in (company, reference_rows.store_name(tx, order["store_id"])) if line]


def _facts(order: OrderRecord, at: int) -> list[tuple[str, str]]:
    row = order.row
    method = order.reference.payment_methods.get(row["payment_method_id"])
    return _told(
        [
            ("Date", local_date(at)),
            ("Order", str(row["number"])),
            ("Order date", local_date(row["created_at"])),
            ("Purchase order", row["po_number"]),
            ("Payment", row["payment_provider"] or (method.name if method is not None else "")),
        ]
    )


def _terms(shipment: ShipmentRecord) -> list[tuple[str, str]]:
    terms = (("Payment terms", shipment.payment_terms), ("Shipping terms", shipment.shipping_terms))
    return [(label, term[1]) for label, term in terms if term is not None]


def _told(facts: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(label, text) for label, text in facts if text]


def _addresses(order: OrderRecord) -> list[tuple[str, list[str]]]:
    delivery = _address(order.reference, order.shipping_address) or _address(order.reference, order.address)
    return [("Delivery address", delivery), ("Billing address", _address(order.reference, order.address))]


def _address(reference: Reference, address: Address) -> list[str]:
    country = reference.country_by_code.get(address.get("country", ""))
    lines = (
        address.get("company", ""),
        _text(address.get("firstName", ""), address.get("lastName", "")),
        address.get("address1", ""),
        address.get("address2", ""),
        _text(address.get("zipCode", ""), address.get("city", ""), address.get("state", "")),
    )
    found = [line for line in lines if line]
    return [*found, country.name] if found and country is not None else found


def _with_parts(lines: Sequence[BookLine]) -> list[BookLine]:
    return [each for line in lines for each in (line, *line.parts)]


def _article(line: BookLine) -> str:
    return "".join(line.sku)


def _described(line: BookLine) -> str:
    row = line.row
    return _text(row["brand_name"], row["product_name"], row["variant_name"], row["size_name"])


def _priced(order: OrderRecord, line: BookLine) -> tuple[str, ...]:
    money = order.currency.text
    described = (_article(line), _described(line), str(line.quantity))
    if line.row["parent_line_id"] is not None:  # the bundle says what it costs
        return (*described, "", "", "")
    return (*described, money(line.price_each), _percent(line.row["tax_percent"]), money(line.total))


def _sums(
    order: OrderRecord, parts: Mapping[str, int], total: int, taxes: Sequence[tuple[str, int, int]]
) -> list[tuple[str, str]]:
    money = order.currency.text
    return [
        *((label, money(amount)) for label, amount in parts.items() if amount),
        *((f"of which {name}", money(amount)) for name, _, amount in taxes),
        ("Total", money(total)),
    ]


def _percent(hundredths: int) -> str:
    return f"{hundredths / 100:g} %"


def _text(*parts: str) -> str:
    return " ".join(part for part in parts if part)
