"""orders_Update: what an ERP does to orders, each of them as a whole or not at all (soap-api.md 7.13)."""

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from mockcentra.apis.soap.calls import LARGEST, Call, Content, amount, check_type, day, listed, whole, yes
from mockcentra.apis.soap.operations.order_entry import insert
from mockcentra.apis.soap.order_content import (
    ADDRESS_KEYS,
    EXTRA_ADDITIONALS,
    EXTRA_CARRIER,
    EXTRA_RETURN_STATUS,
    EXTRA_RETURN_TYPE,
    shown_date,
    shown_sizes,
)
from mockcentra.commerce import (
    administration,
    ledger,
    order_changes,
    orders,
    returns,
    shipment_packing,
    shipments,
    wholesale_writing,
)
from mockcentra.commerce.errors import Conflict, Denied, Invalid
from mockcentra.commerce.external_ids import is_number
from mockcentra.commerce.settings import setting
from mockcentra.store import order_changes as rows
from mockcentra.store import orders as order_rows
from mockcentra.store import records
from mockcentra.store.database import Row, from_json, to_json

_STATUSES = ("pending", "confirmed", "processing", "completed", "cancelled", "canceled", "archived", "incomplete")
_TEXTS = {"internalinformation": "internal_comment", "other": "additional_notes", "ponumber": "po_number"}
_CARRIER = {"carrier": "carrier", "service": "service", "tracking": "tracking_number"}
_REFUND_STATUSES = ("pending", "confirmed", "completed")


def orders_Update(call: Call, content: Content) -> None:
    """Changes orders, their shipments and returns; makes an order that brings everything an order needs."""
    call.each("order", listed(content, "orders", "order"), partial(_order, call))


def _order(call: Call, content: Content) -> None:
    order = find_order(call, content)
    if order is None:
        insert(call, content)
        return
    if content.get("store") and whole(content["store"], "store") != order["store_id"]:
        raise Invalid({f"store {content['store']}": "is not that of the order"})
    check_type(content, call.reference.channels[order["store_id"]])
    order_id = order["id"]
    status = content.get("status", "")
    if status and status not in _STATUSES:
        raise Invalid({f"status {status}": "is unknown"})
    if content.get("locked"):
        order_changes.set_locked(call.tx, order_id, yes(content["locked"], "locked"))
    _notes(call, order, content)
    if status == "confirmed":
        _confirm(call, order)
    cancelled = _units(call, order_id, listed(content, "cancelled", "product"))
    if cancelled:
        order_changes.cancel_units_once(call.tx, order_id, cancelled, to_json(content["cancelled"]))
    for shipment in listed(content, "shipments", "shipment"):
        _shipment(call, order, shipment)
    if status in ("cancelled", "canceled") and order["status"] != "cancelled":
        orders.cancel_order(call.tx, order_id)
    if status == "archived" and order["status"] != "archived":
        administration.archive(call.tx, order_id)


def find_order(call: Call, content: Content) -> Row | None:
    """The order that `id` or `ordernumber` names: an id of the integration, else the number.

    An unknown id beside a known number is the order's id from now on (soap-api.md 5.2). Raises Invalid when the two
    name different orders.
    """
    external, number = content["id"], content.get("ordernumber", "")
    found = order_called(call, external)
    named = order_rows.by_number(call.tx, int(number)) if is_number(number) else None
    if found is None and named is not None:
        call.ids.assign("order", named["id"], external)
        return named
    if found is not None and number and (named is None or named["id"] != found["id"]):
        raise Invalid({f"ordernumber {number}": "is not that of the order"})
    return found


def order_called(call: Call, external: str) -> Row | None:
    """The order with that id: the one that the integration gave it, else an order number without another id."""
    mapped = call.ids.owner("order", external)
    if mapped is not None:
        return order_rows.get(call.tx, mapped)
    if not is_number(external):
        return None
    order = order_rows.by_number(call.tx, int(external))
    return order if order is not None and call.ids.mapped("order", order["id"]) is None else None


def _confirm(call: Call, order: Row) -> None:
    if order["status"] == "pending":
        orders.confirm(call.tx, order["id"])
    elif order["status"] in ("cancelled", "incomplete"):
        raise Invalid({"order": f"is {order['status']}"})


# ------------------------------------------------------------------ what is noted on an order


def _notes(call: Call, order: Row, content: Content) -> None:
    columns: dict[str, Any] = {column: content[name] for name, column in _TEXTS.items() if name in content}
    for name, column in (("billingaddress", "address_json"), ("shippingaddress", "shipping_address_json")):
        if name in content:
            kept = from_json(order[column])
            changed = {ADDRESS_KEYS[key]: text for key, text in content[name].items() if key in ADDRESS_KEYS}
            if changed.get("country"):
                changed["country"] = _country(call, changed["country"])
            columns[column] = to_json({**kept, **changed})
    if content.get("ecvatno"):
        address = from_json(columns.get("address_json", order["address_json"]))
        columns["address_json"] = to_json({**address, "vatNumber": content["ecvatno"]})
    extra = from_json(order["extra_json"])
    if "preferred_shipping_date" in content:
        date = content["preferred_shipping_date"]
        wished_at = day(date, "preferred_shipping_date") if date else None
        if date != shown_date(order["preferred_delivery_at"]):
            columns["preferred_delivery_at"] = wished_at
    if "carrierinformation" in content:
        extra[EXTRA_CARRIER] = {**extra.get(EXTRA_CARRIER, {}), **content["carrierinformation"]}
    for pair in listed(content, "additionals", "additional"):
        extra.setdefault(EXTRA_ADDITIONALS, {})[pair.get("key", "")] = pair.get("value", "")
    if extra != from_json(order["extra_json"]):
        columns["extra_json"] = to_json(extra)
    order_changes.put_notes(call.tx, order["id"], **columns)


def _country(call: Call, text: str) -> str:
    country = call.reference.find_country(text)
    if country is None:
        raise Invalid({f"country {text}": "does not exist"})
    return country.code


# ------------------------------------------------------------------ rows


def _units(call: Call, order_id: int, products: Sequence[Content]) -> dict[int, int]:
    """Order line id -> quantity of product rows. Raises Invalid for rows that are not on the order."""
    found: dict[int, int] = defaultdict(int)
    if not products:
        return {}
    lines = rows.lines_with_sizes(call.tx, order_id)
    for product in products:
        for size in listed(product, "sizes", "size"):
            quantity = whole(size.get("qty", ""), "qty")
            if quantity:
                line_id = _line(call, lines, product, size, quantity, found)
                found[line_id] += quantity
    return dict(found)


def _line(
    call: Call, lines: Sequence[Row], product: Content, size: Content, quantity: int, taken: dict[int, int]
) -> int:
    """The line that a row means: by its order item, else the first of that size with enough left."""
    item = size.get("orderitem", {}).get("id", "")
    if item:
        line = next((row for row in lines if str(row["id"]) == item), None)
        if line is None:
            raise Invalid({f"order item {item}": "is not on the order"})
        return line["id"]
    product_id = call.find("product", product, "product")
    variant_id = call.find("variant", product.get("variation", {}), "variation")
    shown = shown_sizes(call, (row["size_id"] for row in lines))
    matching = [
        row
        for row in lines
        if row["product_id"] == product_id
        and (variant_id is None or row["variant_id"] == variant_id)
        and ("id" not in size or shown.get(row["size_id"]) == size["id"])
    ]
    for row in matching:
        if row["left"] - taken[row["id"]] >= quantity:
            return row["id"]
    if not matching:
        raise Invalid({f"product {product.get('id', '')}": "is not on the order"})
    return matching[0]["id"]


# ------------------------------------------------------------------ shipments


def _shipment(call: Call, order: Row, content: Content) -> None:
    """Makes or changes a shipment; what is sent happens in the order in which it has to: pack, charge, send."""
    external = content.get("id", "")
    if not external:
        raise Invalid({"shipment id": "is required"})
    units = _units(call, order["id"], listed(content, "products", "product"))
    shipment_id = _find_shipment(call, order, external)
    flags = {name: yes(content[name], name) for name in ("goodtogo", "shipped", "capture", "paid") if content.get(name)}
    if shipment_id is None:
        if not units:
            raise Invalid({f"shipment {external}": "does not exist, and a new one needs products"})
        shipment_id = _pack(call, order["id"], content, units, flags.get("goodtogo", False))
        call.ids.assign("shipment", shipment_id, external)
        wholesale_writing.settle_by_invoice(call.tx, order["id"])
    else:
        present = rows.units_of_shipment(call.tx, shipment_id)
        if any(present.get(line_id, 0) != quantity for line_id, quantity in _of_goods(call, order, units).items()):
            shipment_packing.change_units(call.tx, shipment_id, units)
        _set_good_to_go(call, shipment_id, flags.get("goodtogo"))
    _check_free(call, order, shipment_id, flags)
    parcel = _parcel(content.get("carrierinformation", {}))
    if flags.get("capture"):
        _capture(call, external, shipment_id)
    if flags.get("paid"):
        shipments.mark_paid(call.tx, shipment_id)
    row = records.get(call.tx, "shipments", shipment_id)
    assert row is not None
    differing = {name: value for name, value in parcel.items() if row[name] != value}
    if flags.get("shipped") and not row["is_shipped"]:
        shipments.complete(call.tx, shipment_id, even_unpaid=True, is_invoiced=False, **differing)  # the ERP's task
    elif differing:
        shipments.describe(call.tx, shipment_id, **differing)
    for refund in listed(content, "refunds", "refund"):
        _refund(call, order, shipment_id, refund)


def _check_free(call: Call, order: Row, shipment_id: int, flags: dict[str, bool]) -> None:
    """An order on hold, or one that waits for its payment, is neither charged nor sent (domain.md 9.2)."""
    row = records.get(call.tx, "shipments", shipment_id)
    assert row is not None
    is_sent = flags.get("shipped") and not row["is_shipped"]
    is_charged = (flags.get("capture") or flags.get("paid")) and not row["is_paid"]
    if (is_sent or is_charged) and (order["is_on_hold"] or order["is_waiting_for_payment"]):
        raise Invalid({"order": "is on hold"})


def _of_goods(call: Call, order: Row, units: dict[int, int]) -> dict[int, int]:
    """Units without the bundles themselves, which no shipment holds."""
    lines = order_rows.lines(call.tx, [order["id"]]) if units else []
    parents = {line["parent_line_id"] for line in lines}
    return {line_id: quantity for line_id, quantity in units.items() if line_id not in parents}


def _find_shipment(call: Call, order: Row, external: str) -> int | None:
    """A shipment by the integration's id, its number `<order>-<n>` or its internal id. Raises for another order's."""
    found = call.ids.owner("shipment", external)
    if found is None:
        number, dash, position = external.partition("-")
        if dash and is_number(number) and is_number(position):
            found = shipments.id_of_number(call.tx, int(number), int(position))
        else:
            found = call.ids.resolve("shipment", external)
    if found is None:
        return None
    row = records.get(call.tx, "shipments", found)
    assert row is not None
    if row["order_id"] != order["id"]:
        raise Conflict({f"shipment {external}": "belongs to another order"})
    return found


def _pack(call: Call, order_id: int, content: Content, units: dict[int, int], is_good_to_go: bool) -> int:
    appendix = content.get("appendix", "")
    if appendix:
        rows.skip_shipment_numbers(call.tx, order_id, min(whole(appendix, "appendix", 1), LARGEST))
    costs = shipment_packing.Costs(_subtotal(content, "shipping"), _subtotal(content, "handling"))
    return shipment_packing.pack(call.tx, order_id, units, is_good_to_go, costs)


def _subtotal(content: Content, name: str) -> int:
    text = content.get(name, {}).get("subtotal", "")
    return amount(text, name) if text else 0


def _set_good_to_go(call: Call, shipment_id: int, is_good_to_go: bool | None) -> None:
    row = records.get(call.tx, "shipments", shipment_id)
    if is_good_to_go is not None and row is not None and bool(row["is_good_to_go"]) != is_good_to_go:
        shipments.set_good_to_go(call.tx, shipment_id, is_good_to_go)


def _parcel(content: Content) -> dict[str, Any]:
    parcel: dict[str, Any] = {column: content[name] for name, column in _CARRIER.items() if name in content}
    if content.get("packages"):
        packages = whole(content["packages"], "packages")
        if packages:
            parcel["packages"] = packages
    return parcel


def _capture(call: Call, external: str, shipment_id: int) -> None:
    """Asks for the money of a shipment; where there is nothing to ask for, nothing happens."""
    with suppress(Denied):
        if shipments.capture(call.tx, shipment_id) == ledger.FAILED:
            raise Invalid({f"shipment {external}": "could not be captured"})


# ------------------------------------------------------------------ returns


def _refund(call: Call, order: Row, shipment_id: int, content: Content) -> None:
    """Makes a return of a shipment, or changes one."""
    external = content.get("id", "")
    if not external:
        raise Invalid({"refund id": "is required"})
    status = content.get("status", "")
    if status and status not in _REFUND_STATUSES:
        raise Invalid({f"refund status {status}": "is unknown"})
    return_id = call.ids.resolve("return", external)
    if return_id is None:
        return_id = _give_back(call, order, shipment_id, content)
        call.ids.assign("return", return_id, external)
    row = returns.row_of(call.tx, return_id)
    if row["shipment_id"] != shipment_id:
        raise Conflict({f"refund {external}": "belongs to another shipment"})
    extra = from_json(row["extra_json"])
    if status in ("pending", "confirmed"):
        extra[EXTRA_RETURN_STATUS] = status
    if "type" in content:
        extra[EXTRA_RETURN_TYPE] = content["type"]
    columns: dict[str, Any] = {"extra_json": to_json(extra)}
    if "comment" in content:
        columns["comment"] = content["comment"]
    if records.change(call.tx, "returns", return_id, **columns):
        call.tx.event("return", return_id, "updated", order=order["number"])
    if status and not row["is_refunded"]:
        returns.set_completed(call.tx, return_id, status == "completed")


def _give_back(call: Call, order: Row, shipment_id: int, content: Content) -> int:
    lines = _units(call, order["id"], listed(content, "products", "product"))
    units, returned = returns.returnable(call.tx, shipment_id, lines)
    if not lines or set(returned) != set(lines):
        raise Invalid({f"refund {content['id']}": "has more than is left of the shipment" if lines else "is empty"})
    keeps = setting(call.tx, "store.return_stock_action") == "none"
    terms = returns.Terms(
        stock_action=returns.NONE if keeps else returns.ORIGINAL,
        handling_cost=_subtotal(content, "handling"),
        shipping_cost=_subtotal(content, "shipping"),
        voucher_value=abs(amount(content.get("voucher", {}).get("subtotal") or "0", "voucher", negative=True)),
        return_cost=_subtotal(content, "returnfee"),
        comment=content.get("comment", ""),
        created_from="SOAP",
    )
    return returns.create(call.tx, shipment_id, units, terms)
