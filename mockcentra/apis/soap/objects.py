"""The objects of the event queue but for orders, as the matching updates would send them (soap-api.md 5.3, 6)."""

from collections.abc import Callable, Sequence
from typing import Any

from mockcentra.apis.soap import order_content
from mockcentra.apis.soap.calls import SHOWN_STATUSES, STORE_TYPES, Call, Content
from mockcentra.apis.soap.order_content import address_content, plain, sales_reps, shown_sizes
from mockcentra.commerce.money import decimal_text, part_of_tax
from mockcentra.store import invoices as invoice_rows
from mockcentra.store import order_documents as documents
from mockcentra.store import records
from mockcentra.store.clock import local_date
from mockcentra.store.database import Row, from_json

Found = dict[int, Content]


def _markets(call: Call, ids: Sequence[int]) -> Found:
    shown = call.ids.shown("market", ids)
    return {
        row["id"]: {
            "id": shown[row["id"]],
            "store": str(row["store_id"]),
            "type": _store_type(call, row["store_id"]),
            "description": row["name"],
        }
        for row in records.get_many(call.tx, "markets", ids).values()
    }


def _warehouses(call: Call, ids: Sequence[int]) -> Found:
    shown = call.ids.shown("warehouse", ids)
    found = records.get_many(call.tx, "warehouses", ids)
    return {row_id: {"id": shown[row_id], "description": row["name"]} for row_id, row in found.items()}


def _sizes(call: Call, ids: Sequence[int]) -> Found:
    found = records.get_many(call.tx, "sizes", ids)
    charts = records.get_many(call.tx, "size_charts", (row["size_chart_id"] for row in found.values()))
    shown, tables = shown_sizes(call, ids), call.ids.shown("size_chart", charts)
    return {
        row["id"]: {
            "id": shown[row["id"]],
            "description": row["name"],
            "sku": row["number"],
            "ean": row["ean"],
            "comment": row["comment"],
            "sizetable": _sizetable(tables, charts[row["size_chart_id"]]),
        }
        for row in found.values()
    }


def _sizetable(shown: dict[int, str], chart: Row) -> Content:
    return {
        "id": shown[chart["id"]],
        "description": chart["name"],
        "stockdivisor": chart["stock_divisor"] or None,
        "stockunit": chart["stock_unit"] or None,
    }


def _terms(table: str) -> Callable[[Call, Sequence[int]], Found]:
    def terms(call: Call, ids: Sequence[int]) -> Found:
        shown = call.ids.shown(table, ids)
        return {
            row["id"]: {
                "id": shown[row["id"]],
                "name": row["name"],
                "description": row["description"],
                "duedays": str(row["days"]),
            }
            for row in records.get_many(call.tx, table, ids).values()
        }

    return terms


def _pricelists(call: Call, ids: Sequence[int]) -> Found:
    found = records.get_many(call.tx, "pricelists", ids)
    prices = documents.prices_of_pricelists(call.tx, list(found))
    shown = call.ids.shown("pricelist", ids)
    products = call.ids.shown("product", (row["product_id"] for row in prices))
    variants = call.ids.shown("variant", (row["variant_id"] for row in prices))
    items: dict[int, dict[int, Content]] = {pricelist_id: {} for pricelist_id in found}
    for row in prices:
        product = items[row["pricelist_id"]].setdefault(
            row["product_id"], {"id": products[row["product_id"]], "variation": []}
        )
        own: Content = {"id": variants[row["variant_id"]], "price": decimal_text(row["price"])}
        if row["price_rrp"] is not None:
            own["priceb"] = decimal_text(row["price_rrp"])
        product["variation"].append(own)
    return {
        row["id"]: {
            "id": shown[row["id"]],
            "store": str(row["store_id"]),
            "type": _store_type(call, row["store_id"]),
            "currency": call.reference.currencies[row["currency_id"]].code,
            "description": row["name"],
            "items": {"product": list(items[row["id"]].values())},
        }
        for row in found.values()
    }


def _customers(call: Call, ids: Sequence[int]) -> Found:
    shown = call.ids.shown("customer", ids)
    return {
        row["id"]: {
            "id": shown[row["id"]],
            "store": row["store_id"],
            "type": "retail",
            "status": row["status"],
            "firstname": row["first_name"],
            "lastname": row["last_name"],
            "address1": row["address1"],
            "address2": row["address2"],
            "city": row["city"],
            "state": row["state"],
            "zipcode": row["zip_code"],
            "country": row["country"],
            "email": row["email"],
            "telephone": row["phone_number"],
        }
        for row in records.get_many(call.tx, "customers", ids).values()
    }


def _accounts(call: Call, ids: Sequence[int]) -> Found:
    found = records.get_many(call.tx, "accounts", ids)
    people: dict[int, list[Row]] = {account_id: [] for account_id in found}
    for row in records.of_owner(call.tx, "buyers", "account_id", list(found)):
        people[row["account_id"]].append(row)
    buyers = call.ids.shown("buyer", (row["id"] for rows in people.values() for row in rows))
    names = _Names(call, found.values(), (row for rows in people.values() for row in rows))
    shown = call.ids.shown("account", found)
    return {
        row["id"]: _account(
            names,
            shown[row["id"]],
            row,
            [_buyer(names, buyers, buyer, row["store_id"]) for buyer in people[row["id"]]],
        )
        for row in found.values()
    }


class _Names:
    """References of accounts and buyers, with the names of what they refer to."""

    _KINDS = {
        "market": ("markets", "market_id"),
        "pricelist": ("pricelists", "pricelist_id"),
        "payment_terms": ("payment_terms", "payment_terms_id"),
        "shipping_terms": ("shipping_terms", "shipping_terms_id"),
        "sales_rep": ("sales_representatives", "sales_rep_id"),
    }

    def __init__(self, call: Call, accounts: Any, buyers: Any) -> None:
        everyone = [*accounts, *buyers]
        self._rows: dict[str, dict[int, Row]] = {}
        self._ids: dict[str, dict[int, str]] = {}
        for kind, (table, column) in self._KINDS.items():
            wanted = [row[column] for row in everyone if column in row.keys()]  # noqa: SIM118
            self._rows[kind] = records.get_many(call.tx, table, wanted)
            self._ids[kind] = call.ids.shown(kind, self._rows[kind])

    def refer(self, kind: str, object_id: int | None) -> Content | None:
        row = self._rows[kind].get(object_id or 0)
        return None if row is None else {"id": self._ids[kind][row["id"]], "description": row["name"]}


def _account(names: _Names, shown: str, row: Row, buyers: list[Content]) -> Content:
    extra = from_json(row["extra_json"])
    addresses = extra.get("addresses", {})
    return {
        "id": shown,
        "type": "wholesale",
        "status": SHOWN_STATUSES.get(row["status"], row["status"]),
        "description": row["name"],
        "other": extra.get("other"),
        "discount": plain(row["discount_percent"]),
        "market": names.refer("market", row["market_id"]),
        "pricelist": names.refer("pricelist", row["pricelist_id"]),
        "internalinformation": row["comment"],
        "creditlimit": None if row["credit_limit"] is None else decimal_text(row["credit_limit"]),
        "salesrep": names.refer("sales_rep", row["sales_rep_id"]) or {},
        "paymentterms": names.refer("payment_terms", row["payment_terms_id"]),
        "shippingterms": names.refer("shipping_terms", row["shipping_terms_id"]),
        "accountaddress": _wholesale_address(row["address_json"]),
        "shippingaddress": _wholesale_address(row["shipping_address_json"]),
        "invoiceaddress": _wholesale_address(row["billing_address_json"], row["vat_number"]),
        "carrierinformation": extra.get("carrierinformation"),
        "buyers": {"buyer": buyers},
        "addresses": {
            "address": [
                {"id": key, "description": entry.get("description"), **address_content(entry, True)}
                for key, entry in addresses.items()
            ]
        }
        if addresses
        else None,
        "additionals": order_content.additionals(extra.get("additionals")),
    }


def _wholesale_address(text: str, vat_number: str = "") -> Content:
    address = from_json(text)
    if vat_number:
        address = {"vatNumber": vat_number, **address}
    return address_content(address, True)


def _buyer(names: _Names, shown: dict[int, str], row: Row, store_id: int) -> Content:
    address = address_content(from_json(row["address_json"]), False)
    address.update(firstname=row["first_name"], lastname=row["last_name"], email=row["email"])
    return {
        "id": shown[row["id"]],
        "store": store_id,
        "status": SHOWN_STATUSES.get(row["status"], row["status"]),
        **address,
        "market": names.refer("market", row["market_id"]),
        "pricelist": names.refer("pricelist", row["pricelist_id"]),
    }


def _invoices(call: Call, ids: Sequence[int]) -> Found:
    found = records.get_many(call.tx, "invoices", ids)
    orders = documents.orders(call.tx, [row["order_id"] for row in found.values() if row["order_id"]])
    shipments = records.get_many(call.tx, "shipments", (row["shipment_id"] for row in found.values()))
    shown = call.ids.shown("invoice", found)
    order_ids = call.ids.given("order", orders)
    accounts = call.ids.shown("account", (row["account_id"] for row in found.values()))
    shipment_ids = call.ids.shown("shipment", shipments)
    returns = call.ids.shown("return", (row["return_id"] for row in found.values()))
    items = _invoice_items(call, ids)
    buyers = call.ids.shown("buyer", (order["buyer_id"] for order in orders.values()))

    def of_order(row: Row, order: Row, is_wholesale: bool) -> Content:
        """What an invoice that nobody sent has from its order."""
        share = part_of_tax(row["total"], order["grand_total"], order["grand_total_tax"])
        billing = from_json(order["address_json"])
        return {
            "vat": decimal_text(share),
            "orderdate": local_date(order["created_at"]),
            "ponumber": order["po_number"] or None,
            "buyer": {"id": buyers[order["buyer_id"]]} if order["buyer_id"] else None,
            "billingaddress": address_content(billing, is_wholesale),
            "shippingaddress": address_content(from_json(order["shipping_address_json"]) or billing, is_wholesale),
            "items": {"invoiceitem": items[row["id"]]} if items.get(row["id"]) else None,
        }

    def invoice(row: Row) -> Content:
        document = from_json(row["document_json"])
        order = orders.get(row["order_id"])
        channel = call.reference.channels.get(row["store_id"] or (order["store_id"] if order else 0))
        is_wholesale = channel is not None and channel.type == "wholesale"
        content: Content = {
            **({} if order is None else of_order(row, order, is_wholesale)),
            "invoicedate": local_date(row["created_at"]),
            "duedate": None if row["due_at"] is None else local_date(row["due_at"]),
            **document,
            "id": shown[row["id"]],
            "store": None if channel is None else str(channel.id),
            "status": row["status"],
            "serialno": document.get("serialno", row["number"]),
            "documenttype": document.get("documenttype", "creditnote" if row["return_id"] else "invoice"),
            "type": None if channel is None else STORE_TYPES[channel.type],
            "currency": call.reference.currencies[row["currency_id"]].code,
            "total": decimal_text(row["total"]),
            "totalpaid": decimal_text(row["total_paid"]),
            "account": {"id": accounts[row["account_id"]]} if row["account_id"] else None,
            "shipment": {"id": shipment_ids[row["shipment_id"]]} if row["shipment_id"] else None,
            "refund": {"id": returns[row["return_id"]]} if row["return_id"] else None,
        }
        if order is not None:
            content["order"] = {"id": order_ids.get(order["id"], str(order["number"]))}
        return content

    return {row_id: invoice(row) for row_id, row in found.items()}


def _invoice_items(call: Call, invoice_ids: Sequence[int]) -> dict[int, list[Content]]:
    """Invoice id -> its product rows."""
    lines = invoice_rows.lines(call.tx, invoice_ids)
    every = [line for of_invoice in lines.values() for line in of_invoice]
    products = call.ids.shown("product", (line["product_id"] for line in every))
    variants = call.ids.shown("variant", (line["variant_id"] for line in every))

    def item(line: Row) -> Content:
        names = (line["brand_name"], line["product_name"], line["variant_name"], line["size_name"])
        return {
            "itemid": str(line["order_line_id"]),
            "qty": str(line["quantity"]),
            "price": decimal_text(line["price_each"]),
            "tax": decimal_text(line["tax_percent"]),
            "subtotal": decimal_text(line["price_each"] * line["quantity"]),
            "description": " ".join(name for name in names if name),
            "product": {"id": products[line["product_id"]]} if line["product_id"] else None,
            "variation": {"id": variants[line["variant_id"]]} if line["variant_id"] else None,
            "sku": line["sku"] or None,
        }

    return {invoice_id: [item(line) for line in of_invoice] for invoice_id, of_invoice in lines.items()}


def _store_type(call: Call, store_id: int) -> str:
    return STORE_TYPES[call.reference.channels[store_id].type]


# Type of the queue: the element that holds such an object, its type in the conversion table, and how it is read.
OBJECTS: dict[str, tuple[str, str, Callable[[Call, Sequence[int]], Found]]] = {
    "account": ("account", "account", _accounts),
    "customer": ("customer", "customer", _customers),
    "invoice": ("invoice", "invoice", _invoices),
    "market": ("market", "market", _markets),
    "order": ("order", "order", order_content.orders),
    "paymentterm": ("paymentterms", "payment_terms", _terms("payment_terms")),
    "pricelist": ("pricelist", "pricelist", _pricelists),
    "salesrep": ("salesrep", "sales_rep", sales_reps),
    "shippingterm": ("shippingterms", "shipping_terms", _terms("shipping_terms")),
    "size": ("size", "size", _sizes),
    "warehouse": ("warehouse", "warehouse", _warehouses),
}
