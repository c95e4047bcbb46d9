"""Orders as the SOAP API shows them: the tree of soap-api.md 6.12, for many orders with a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from mockcentra.apis.soap.calls import STORE_TYPES, Call, Content
from mockcentra.commerce.money import decimal_text, ratio
from mockcentra.store import order_documents as rows
from mockcentra.store import records
from mockcentra.store.clock import instance_zone, local_date
from mockcentra.store.database import Row, from_json

# Fields of a retail address, and of a wholesale one: their names here, and the keys of an address in the shop.
_PERSON = (("firstname", "firstName"), ("lastname", "lastName"))
_COMPANY = (("company", "company"), ("attn", "attention"))
_PLACE = (
    ("address1", "address1"),
    ("address2", "address2"),
    ("city", "city"),
    ("state", "state"),
    ("zipcode", "zipCode"),
    ("country", "country"),
    ("email", "email"),
    ("telephone", "phoneNumber"),
)
_MORE = (
    ("fax", "faxNumber"),
    ("vat", "vatNumber"),
    ("url", "url"),
    ("companyregistrationid", "companyRegistrationId"),
)
ADDRESS_KEYS = dict((*_PERSON, *_COMPANY, *_PLACE, *_MORE))
_CARRIER_WISHES = ("carrier", "service", "account", "taxid")
_PAYMENT_TYPES = ("auth", "capture", "refund")

# What an order keeps for integrations in `extra_json`, under the names of this API.
EXTRA_CARRIER, EXTRA_ADDITIONALS = "carrierinformation", "additionals"
EXTRA_RETURN_STATUS, EXTRA_RETURN_TYPE = "status", "type"


def orders(call: Call, order_ids: Sequence[int]) -> dict[int, Content]:
    """Order id -> the content of its `order` element."""
    if not order_ids:
        return {}
    book = _Book(call, order_ids)
    return {order_id: _order(book, row) for order_id, row in book.orders.items()}


class _Book:
    """Everything that the orders of one answer refer to, by what it belongs to, and all ids as they are shown."""

    def __init__(self, call: Call, order_ids: Sequence[int]) -> None:
        tx = call.tx
        self.reference = call.reference
        self.orders = rows.orders(tx, order_ids)
        orders = list(self.orders.values())
        all_lines = rows.lines(tx, order_ids)
        self.line = {row["id"]: row for row in all_lines}
        self.lines = _grouped(all_lines, "order_id")
        self.parents = {row["parent_line_id"] for row in all_lines if row["parent_line_id"] is not None}
        self.places = _grouped(rows.places(tx, order_ids), "order_line_id")
        self.links = _grouped(rows.supplier_links(tx, order_ids), "order_line_id")
        all_shipments = rows.shipments(tx, order_ids)
        self.shipments = _grouped(all_shipments, "order_id")
        self.packed = _grouped(rows.shipment_lines(tx, order_ids), "shipment_id")
        all_returns = rows.returns(tx, order_ids)
        self.returns = _grouped(all_returns, "shipment_id")
        self.returned = _grouped(rows.return_lines(tx, order_ids), "return_id")
        self.payments = _grouped(rows.payments(tx, order_ids), "order_id")
        self.vouchers = _grouped(rows.vouchers(tx, order_ids), "order_id")
        self.markets = records.get_many(tx, "markets", (row["market_id"] for row in orders))
        self.pricelists = records.get_many(tx, "pricelists", (row["pricelist_id"] for row in orders))
        self.accounts = records.get_many(tx, "accounts", (row["account_id"] for row in orders))
        self.buyers = records.get_many(tx, "buyers", (row["buyer_id"] for row in orders))
        self.payment_terms = records.get_many(tx, "payment_terms", (row["payment_terms_id"] for row in orders))
        self.shipping_terms = records.get_many(tx, "shipping_terms", (row["shipping_terms_id"] for row in orders))
        reps = [row["sales_rep_id"] for row in self.accounts.values()]
        self.sales_reps = sales_reps(call, reps)
        windows = [row["delivery_window_id"] for row in all_lines]
        self.windows = records.get_many(tx, "delivery_windows", windows)
        self.brands = records.get_many(tx, "brands", (row["brand_id"] for row in all_lines))
        self.collections = records.get_many(tx, "collections", (row["collection_id"] for row in all_lines))
        shown = call.ids.shown
        self.ids: dict[str, dict[int, str]] = {
            "order": call.ids.given("order", self.orders),
            "customer": shown("customer", (row["customer_id"] for row in orders)),
            "account": shown("account", self.accounts),
            "buyer": shown("buyer", self.buyers),
            "payment_terms": shown("payment_terms", self.payment_terms),
            "shipping_terms": shown("shipping_terms", self.shipping_terms),
            "market": shown("market", self.markets),
            "pricelist": shown("pricelist", self.pricelists),
            "delivery_window": shown("delivery_window", self.windows),
            "product": shown("product", (row["product_id"] for row in all_lines)),
            "variant": shown("variant", (row["variant_id"] for row in all_lines)),
            "size": shown_sizes(call, (row["size_id"] for row in all_lines)),
            "brand": shown("brand", self.brands),
            "collection": shown("collection", self.collections),
            "warehouse": shown("warehouse", records.get_many(tx, "warehouses", self._warehouses())),
            "shipment": shown("shipment", (row["id"] for row in all_shipments)),
            "return": shown("return", (row["id"] for row in all_returns)),
        }

    def _warehouses(self) -> set[int]:
        found = {row["warehouse_id"] for places in self.places.values() for row in places}
        for order in self.orders.values():
            found.update(self.reference.allocation_rules.get(order["allocation_rule_id"], ())[:1])
        return found

    def refer(self, kind: str, object_id: int | None, name: str | None = None) -> Content | None:
        """A `reference` to an object; None without one."""
        if object_id is None or object_id not in self.ids[kind]:
            return None
        return {"id": self.ids[kind][object_id], "description": name}


def _grouped(found: Iterable[Row], column: str) -> dict[int, list[Row]]:
    groups: dict[int, list[Row]] = defaultdict(list)
    for row in found:
        groups[row[column]].append(row)
    return groups


# ------------------------------------------------------------------ the order


def _order(book: _Book, row: Row) -> Content:
    reference = book.reference
    channel = reference.channels[row["store_id"]]
    extra = from_json(row["extra_json"])
    lines = book.lines[row["id"]]
    products = _products(book, [(line, line["quantity"] - line["cancelled_quantity"]) for line in lines], True)
    is_wholesale = channel.type == "wholesale"
    address = from_json(row["address_json"])
    number = str(row["number"])
    currency = _currency(book, row)
    content: Content = {
        "id": book.ids["order"].get(row["id"], number),
        "ordernumber": number,
        "type": STORE_TYPES[channel.type],
        "store": channel.id,
        "locked": yes_no(row["is_locked"]),
        "status": row["status"],
        "ordertotal": decimal_text(row["grand_total"]),
        **currency,
        "created": iso(row["created_at"]),
        "internal": bool(row["is_internal"]),
        "preferred_shipping_date": shown_date(row["preferred_delivery_at"]),
        "collection": _collection(book, lines),
        "additionals": additionals(extra.get(EXTRA_ADDITIONALS)),
        "primary_warehouse": _primary_warehouse(book, row),
        "shipping": _shipping(book, row),
        "handling": {"subtotal": plain(row["handling_cost"])} if row["handling_cost"] else None,
        "voucher": _voucher(book, row, products),
        "payments": _payments(book, row),
        "products": {"product": products},
        "cancelled": {"product": _products(book, [(line, line["cancelled_quantity"]) for line in lines], False)},
        "shipments": {"shipment": [_shipment(book, row, shipment) for shipment in book.shipments[row["id"]]]},
        "carrierinformation": {name: extra.get(EXTRA_CARRIER, {}).get(name, "") for name in _CARRIER_WISHES},
        "shippingaddress": address_content(from_json(row["shipping_address_json"]), is_wholesale),
        "billingaddress": address_content(address, is_wholesale),
        "internalinformation": row["internal_comment"],
        "other": row["additional_notes"],
        "ponumber": row["po_number"] or None,
        "market": book.refer("market", row["market_id"], book.markets[row["market_id"]]["name"]),
        "pricelist": book.refer("pricelist", row["pricelist_id"], book.pricelists[row["pricelist_id"]]["name"]),
        "ecvatno": address.get("vatNumber") or None,
    }
    if is_wholesale:
        content.update(_wholesale_parties(book, row, lines))
    else:
        content["customer"] = book.refer("customer", row["customer_id"])
    return content


def _wholesale_parties(book: _Book, row: Row, lines: Sequence[Row]) -> Content:
    account = book.accounts.get(row["account_id"])
    rep = book.sales_reps.get(account["sales_rep_id"]) if account is not None else None
    masters = ((rep or {}).get("mastersalesrep") or {}).get("salesrep", [])
    payment_terms = book.payment_terms.get(row["payment_terms_id"])
    shipping_terms = book.shipping_terms.get(row["shipping_terms_id"])
    window = next((book.windows[line["delivery_window_id"]] for line in lines if line["delivery_window_id"]), None)
    return {
        "buyer": _buyer(book, book.buyers.get(row["buyer_id"])),
        "salesrep": rep or {},
        "mastersalesrep": {"salesrep": masters} if masters else None,
        "account": None if account is None else book.refer("account", account["id"], account["name"]),
        "paymentterms": payment_terms and book.refer("payment_terms", payment_terms["id"], payment_terms["name"]),
        "shippingterms": shipping_terms and book.refer("shipping_terms", shipping_terms["id"], shipping_terms["name"]),
        "deliverywindow": window
        and {
            "id": book.ids["delivery_window"][window["id"]],
            "description": window["name"],
            "type": window["stock_type"].replace("_", "/"),
            "atonce": not window["is_preorder"],
            "start": shown_date(window["delivery_from"]),
            "stop": shown_date(window["delivery_until"]),
        },
    }


def _buyer(book: _Book, buyer: Row | None) -> Content | None:
    if buyer is None:
        return None
    names = ("first_name", "last_name", "email")
    shown = zip(("firstname", "lastname", "email"), (buyer[name] for name in names), strict=True)
    return {"id": book.ids["buyer"][buyer["id"]], **dict(shown)}


def _currency(book: _Book, row: Row) -> Content:
    channel = book.reference.channels[row["store_id"]]
    return {
        "currency": book.reference.currencies[row["currency_id"]].code,
        "currencyrate": f"{row['currency_rate_micro'] / 1_000_000:.5f}",
        "basecurrency": book.reference.currencies[channel.base_currency_id].code,
    }


def _collection(book: _Book, lines: Sequence[Row]) -> Content | None:
    found = next((line["collection_id"] for line in lines if line["collection_id"] is not None), None)
    return None if found is None else book.refer("collection", found, book.collections[found]["name"])


def _primary_warehouse(book: _Book, row: Row) -> Content | None:
    warehouses = book.reference.allocation_rules.get(row["allocation_rule_id"], ())
    return {"warehouse": book.refer("warehouse", warehouses[0])} if warehouses else None


def _shipping(book: _Book, row: Row) -> Content:
    option = book.reference.shipping_options.get(row["shipping_option_id"] or 0)
    content: Content = {"subtotal": plain(row["shipping_cost"])}
    if option is not None:
        content.update(description=option.name, key=option.uri, id=str(option.id))
    return content


def _voucher(book: _Book, row: Row, products: Sequence[Content]) -> Content:
    """The discounts, so that the parts of the order add up to its total."""
    goods = sum(product.pop("_subtotal") for product in products)
    rest = row["grand_total"] - goods - row["shipping_cost"] - row["handling_cost"]
    content: Content = {"subtotal": plain(min(0, rest - row["tax_added"] - row["tax_deducted"]))}
    vouchers = book.vouchers[row["id"]]
    if vouchers:
        first = vouchers[0]
        content.update(description=first["name"], key=first["code"], id=str(first["voucher_id"]))
    return content


def _payments(book: _Book, row: Row) -> Content:
    method = book.reference.payment_methods.get(row["payment_method_id"] or 0)
    entries = book.payments[row["id"]]
    shipments = book.shipments[row["id"]]
    captured = sum(entry["amount"] for entry in entries if entry["type"] == "capture" and entry["status"] == "success")
    by_hand = sum(parcel["grand_total"] for parcel in shipments if parcel["is_paid"] and not parcel["is_captured"])
    total = captured + by_hand
    # whose money was reserved does not get an invoice, however it was
    unnamed = "cc" if any(entry["type"] == "auth" for entry in entries) else "inv"
    kind = row["payment_type"] or (method.kind if method is not None else unnamed)
    return {
        "name": row["payment_provider"] or (method.uri if method is not None else None),
        "type": kind,
        "total": plain(total),
        "status": "complete" if total >= row["grand_total"] else "incomplete",
        "method": "",
        "payment": [
            {
                "type": entry["type"],
                "paid": yes_no(entry["type"] != "auth"),
                "value": plain(entry["amount"]),
                "created": iso(entry["created_at"]),
                "transaction": entry["reference"],
            }
            for entry in entries
            if entry["type"] in _PAYMENT_TYPES and entry["status"] == "success"
        ],
    }


# ------------------------------------------------------------------ rows


def _products(book: _Book, units: Iterable[tuple[Row, int]], is_order: bool) -> list[Content]:
    """Product rows of lines with their quantities: those of one variation at one price are one row with several sizes.

    Parts of a bundle come before the bundle itself. `is_order` adds what only rows of the order have: allocations, and
    the amount behind `subtotal` (for `_voucher`).
    """
    found: dict[tuple[Any, ...], Content] = {}
    for line, quantity in sorted(units, key=lambda entry: _bundle_last(book, entry[0])):
        if quantity <= 0:
            continue
        is_bundle = line["id"] in book.parents
        price = 0 if is_bundle else _price_each(line)
        before = line["price_each_before"]
        key = (line["product_id"], line["variant_id"], price, before, line["tax_percent"], line["comment"],
               line["parent_line_id"], line["id"] if is_bundle else None, line["gift_certificate_id"])  # fmt: skip
        row = found.get(key)
        if row is None:
            row = found[key] = _product(book, line, price, before, is_bundle)
        row["qty"] += quantity
        row["sizes"]["size"].append(_size(book, line, quantity, is_order))
    products = list(found.values())
    for row in products:
        subtotal = row["_price"] * row["qty"]
        row["subtotal"] = plain(subtotal)
        del row["_price"]
        if is_order:
            row["_subtotal"] = subtotal
    return products


def _bundle_last(book: _Book, line: Row) -> tuple[int, int]:
    """Sorts the parts of a bundle before it, everything else as the order has it."""
    return (line["parent_line_id"] or line["id"], int(line["id"] in book.parents))


def _price_each(line: Row) -> int:
    return line["price_each"] if line["price_each"] is not None else ratio(line["line_total"], 1, line["quantity"])


def _product(book: _Book, line: Row, price: int, before: int, is_bundle: bool) -> Content:
    parent = book.line.get(line["parent_line_id"])
    bundle: Content | None = None
    if is_bundle:
        bundle = {"isbundle": True}
    elif parent is not None:
        bundle = {"isbundle": False, "partof": {"product": [{"id": book.ids["product"].get(parent["product_id"], "")}]}}
    return {
        "id": book.ids["product"].get(line["product_id"], ""),
        "tax": f"{line['tax_percent'] / 100:.3f}",
        "sku": line["product_number"] or "",
        "origprice": decimal_text(before),
        "price": decimal_text(price),
        "discount": plain(max(0, before - price)) if not is_bundle else "0",
        "qty": 0,
        "description": line["product_name"],
        "variation": book.refer("variant", line["variant_id"], line["variant_name"]),
        "brand": book.refer("brand", line["brand_id"], line["brand_name"]),
        "sizes": {"size": []},
        "comment": line["comment"],
        "bundleinfo": bundle,
        "_price": price,
    }


def _size(book: _Book, line: Row, quantity: int, is_order: bool) -> Content:
    content: Content = {
        "id": book.ids["size"].get(line["size_id"], ""),
        "sku": line["size_number"] or "",
        "qty": quantity,
        "preorder": yes_no(line["is_preorder"]),
        "description": line["size_name"],
        "orderitem": {"id": str(line["id"])},
    }
    if is_order:
        content["warehouseitems"] = {
            "warehouse": [
                {"id": book.ids["warehouse"].get(place["warehouse_id"], ""), "qty": place["quantity"]}
                for place in book.places[line["id"]]
            ]
        }
        content["supplierorderitems"] = {
            "supplierorder": [
                {"id": str(link["number"]), "qty": link["quantity"], "eta": shown_date(link["eta_at"])}
                for link in book.links[line["id"]]
            ]
        }
    return content


# ------------------------------------------------------------------ shipments and returns


def _shipment(book: _Book, order: Row, row: Row) -> Content:
    is_wholesale = book.reference.channels[order["store_id"]].type == "wholesale"
    packed = [(book.line[entry["order_line_id"]], entry["quantity"]) for entry in book.packed[row["id"]]]
    total = row["grand_total"]
    return {
        "id": book.ids["shipment"][row["id"]],
        "paid": yes_no(row["is_paid"]),
        "shipped": yes_no(row["is_shipped"]),
        "goodtogo": yes_no(row["is_good_to_go"]),
        "appendix": str(row["position"]),
        "shipmenttotal": decimal_text(total),
        "paidtotal": decimal_text(total if row["is_paid"] else 0),
        **_currency(book, order),
        "created": iso(row["created_at"]),
        "shippingaddress": address_content(from_json(order["shipping_address_json"]), is_wholesale),
        "carrierinformation": {
            "carrier": row["carrier"],
            "service": row["service"],
            "tracking": row["tracking_number"],
            "packages": row["packages"],
        },
        "products": {"product": _products(book, packed, False)},
        "refunds": {"refund": [_refund(book, entry) for entry in book.returns[row["id"]]]},
        "shipping": {"subtotal": plain(row["shipping_cost"])},
        "handling": {"subtotal": decimal_text(row["handling_cost"])},
        "voucher": {"subtotal": plain(row["discount"])},
    }


def _refund(book: _Book, row: Row) -> Content:
    extra = from_json(row["extra_json"])
    status = row["status"]
    if status != "completed":
        status = extra.get(EXTRA_RETURN_STATUS, "pending")
    returned = [(book.line[entry["order_line_id"]], entry["quantity"]) for entry in book.returned[row["id"]]]
    return {
        "id": book.ids["return"][row["id"]],
        "shipping": {"subtotal": plain(row["shipping_cost"])},
        "voucher": {"subtotal": plain(-abs(row["voucher_value"]))},
        "products": {"product": _products(book, returned, False)},
        "comment": row["comment"],
        "returnfee": {"subtotal": plain(row["return_cost"])},
        "handling": {"subtotal": plain(row["handling_cost"])},
        "status": status,
        "type": extra.get(EXTRA_RETURN_TYPE),
    }


# ------------------------------------------------------------------ shared with other objects


def sales_reps(call: Call, sales_rep_ids: Iterable[int | None]) -> dict[int, Content]:
    """Sales rep id -> the content of a `salesrep` element."""
    found = records.get_many(call.tx, "sales_representatives", sales_rep_ids)
    if not found:
        return {}
    masters = rows.master_sales_reps(call.tx, list(found))
    ids = call.ids.shown("sales_rep", [*found, *(row["master_id"] for row in masters)])
    above = _grouped(masters, "sales_rep_id")
    return {
        rep_id: {
            "id": ids[rep_id],
            "email": row["email"],
            "name": row["name"],
            "percent": plain(row["percent"]),
            "mastersalesrep": {
                "salesrep": [
                    {"id": ids[master["master_id"]], "percent": plain(master["percent"])} for master in above[rep_id]
                ]
            }
            if above[rep_id]
            else None,
        }
        for rep_id, row in found.items()
    }


def shown_sizes(call: Call, size_ids: Iterable[int | None]) -> dict[int, str]:
    """Size id -> its id within its sizetable: the conversion table has the sizetable in front."""
    return {
        size_id: external.partition("|")[2] or external
        for size_id, external in call.ids.shown("size", size_ids).items()
    }


def address_content(address: Mapping[str, str], is_wholesale: bool) -> Content:
    """The content of an `address` element; further fields only where they hold something."""
    names = _COMPANY if is_wholesale else _PERSON
    content: Content = {name: address.get(key, "") for name, key in (*names, *_PLACE)}
    if is_wholesale and not content["attn"]:
        content["attn"] = f"{address.get('firstName', '')} {address.get('lastName', '')}".strip()
    others = (("company", "company"), *_MORE) if not is_wholesale else _MORE
    content.update((name, address[key]) for name, key in others if address.get(key))
    return content


def additionals(pairs: Mapping[str, str] | None) -> Content | None:
    """Free pairs; None without any."""
    return {"additional": [{"key": key, "value": value} for key, value in pairs.items()]} if pairs else None


def yes_no(value: object) -> str:
    return "yes" if value else "no"


def plain(amount: int) -> str:
    """An amount without trailing zeros: `1000`, `12.5`, `0`."""
    text = decimal_text(amount)
    return text.rstrip("0").rstrip(".")


def iso(moment: int) -> str:
    """ISO 8601 with the offset of the instance's zone."""
    return datetime.fromtimestamp(moment, instance_zone()).isoformat(timespec="seconds")


def shown_date(moment: int | None) -> str:
    """A day YYYY-MM-DD; empty where there is none."""
    return "" if moment is None else local_date(moment)
