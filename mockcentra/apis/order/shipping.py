"""Shipments: packing an order, changing what is packed, charging for it, sending it, taking it back."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from mockcentra.apis import values
from mockcentra.apis.order import bodies
from mockcentra.apis.order.orders import ORDER_MISSING, WRONG_MARKET
from mockcentra.apis.order.shipment_json import documents, invoice_urls
from mockcentra.apis.order.shipments import shipments_json
from mockcentra.apis.order.transport import Call, Refused, endpoint
from mockcentra.commerce import ledger, mails, order_book, orders, shipment_packing, shipments
from mockcentra.commerce.errors import CommerceError, Denied, Invalid, NotFound
from mockcentra.commerce.order_book import ShipmentRecord
from mockcentra.store import Transaction
from mockcentra.store.database import Row

NO_SHIPMENT = "shipment does not exist"
EXTERNALLY_PAID = "Action not supported by external payment plugin. Please do that action in your payment provider."
_NOT_CAPTURED = "capture failed"
_IS_FINAL = "shipment has invoices or creditnotes and could not be deleted."

# What is wrong with a shipment that somebody wants to pack or to change, and how this API says it.
_MESSAGES = {
    ("order", "not found"): ORDER_MISSING,
    ("market", "not found"): WRONG_MARKET,
    ("order", "is not confirmed"): "order is not confirmed",
    ("order", "is on hold"): "order is on hold",
    ("line", "not found"): "product line does not exist",
    ("units", "nothing"): "no products",
    ("quantity", "not valid"): "no products",
    ("quantity", "exceeds what is left"): "quantity exceeds what is left to ship",
    ("stock", "not allocated"): "failed to allocate stock",
    ("shipment", "not found"): NO_SHIPMENT,
    ("shipment", "is final"): _IS_FINAL,
}
_PARCEL = {
    "carrier": "carrier",
    "service": "service",
    "tracking": "tracking_number",
    "returnSlipTracking": "return_tracking_number",
}


@contextmanager
def answers(**echo: Any) -> Iterator[None]:
    """Says what rules refuse in this API's words, with what the caller sent."""
    try:
        yield
    except Denied as error:
        raise Refused(EXTERNALLY_PAID, **echo) from error
    except (Invalid, NotFound) as error:
        raise Refused(_message(error), **echo) from error


def _message(error: CommerceError) -> str:
    thing, why = next(iter(error.problems.items()))
    return _MESSAGES.get((thing, why)) or f"{thing} {why} and can not be updated"


# ------------------------------------------------------------------ packing


@endpoint("POST /shipments")
def create_shipment(call: Call) -> dict[str, Any]:
    """`POST /shipments`: packs units of lines, and charges for them unless told not to; twice is once."""
    body = call.body
    number = bodies.required_number(body, "order")
    units, serials = _units(body)
    is_shipped = bool(bodies.flag(body, "shipped", False))
    is_good_to_go = bool(bodies.flag(body, "gtg", False)) or is_shipped
    is_captured = bodies.flag(body, "capture", True)
    costs = shipment_packing.ONCE if bodies.flag(body, "deductPreviousCosts", False) else shipment_packing.EACH
    is_another = bodies.flag(body, "createAlways", False)
    parcel = _parcel(body)
    with answers(order=body["order"]), call.transaction() as tx:
        order_id = orders.id_of_number(tx, number)
        if order_id is None:
            raise NotFound("order")
        check_market(tx, orders.row_of(tx, order_id))
        shipment_packing.check_shippable(tx, order_id)
        shipment_id = None if is_another else shipment_packing.identical(tx, order_id, units)
        if shipment_id is None:
            shipment_id = shipment_packing.pack(tx, order_id, units, is_good_to_go, costs)
            shipments.set_serials(tx, shipment_id, serials)
            if is_captured and shipments.capture(tx, shipment_id) == ledger.FAILED:
                raise Refused("can not capture order", order=body["order"])
            if is_shipped:
                _send(tx, shipment_id, parcel, body)
        record = _record(tx, shipment_id)
    answer = {"order": number, "shipment": record.number, **documents(record.number, call.base_url)}
    invoices = invoice_urls(record, call.base_url)
    return {**answer, "invoice": invoices[0]} if invoices else answer


def _record(tx: Transaction, shipment_id: int) -> ShipmentRecord:
    return order_book.shipment_records(tx, [shipments.row_of(tx, shipment_id)])[0]


def _units(body: Mapping[str, Any]) -> tuple[dict[int, int], dict[int, list[str]]]:
    """Units and serial numbers by line; a line with a serial number only has no units here."""
    sent = body.get("products")
    if sent is None:
        raise Refused({"products": "required"})
    units, serials = {}, {}
    for line_id, value in bodies.by_line(sent).items():
        serial = values.text(value.get("serialNumber")) if isinstance(value, dict) else None
        if serial is not None:
            serials[line_id] = [serial] if serial else []
        if serial is None or value.get("qty") is not None:
            units[line_id] = bodies.quantity(value)
    return units, serials


def _parcel(body: Mapping[str, Any]) -> dict[str, Any]:
    """What is told of a parcel, as columns of its shipment."""
    parcel: dict[str, Any] = {}
    for key, column in _PARCEL.items():
        text = values.text(body.get(key))
        if text is not None:
            parcel[column] = text
    packages = values.whole(body.get("packages"))
    if packages is not None and packages >= 0:
        parcel["packages"] = packages
    return parcel


def check_market(tx: Transaction, order: Row) -> None:
    """The plugin changes nothing about orders of markets that it does not see."""
    if not order_book.is_in_market(tx, order):
        raise NotFound("market")


# ------------------------------------------------------------------ one that exists


def find_shipment(tx: Transaction, sent: Any) -> tuple[int, Row]:
    """A shipment's id and its order, by number or by internal id. Raises NotFound (`shipment`)."""
    text = (values.text(sent) or "").strip()
    key = order_book.number_and_position(text)
    shipment_id = shipments.id_of_number(tx, *key) if key is not None else values.positive(text)
    order = shipments.order_of(tx, shipment_id) if shipment_id is not None else None
    if shipment_id is None or order is None:
        raise NotFound("shipment")
    return shipment_id, order


def _check_free(order: Row) -> None:
    """An order on hold, or one that waits for its payment, is neither charged nor sent."""
    if order["is_on_hold"] or order["is_waiting_for_payment"]:
        raise Invalid({"order": "is on hold"})


@endpoint("PUT /shipments/<shipment>")
def change_shipment(call: Call, shipment: str) -> dict[str, Any]:
    """`PUT /shipments/{shipmentId}`: quantities while nothing is final, good to go and serial numbers at any time."""
    body = call.body
    is_good_to_go = bodies.flag(body, "gtg")
    units, serials = _units(body) if body.get("products") is not None else ({}, {})
    with answers(shipment=shipment), call.transaction() as tx:
        shipment_id, order = find_shipment(tx, shipment)
        check_market(tx, order)
        if units:
            shipment_packing.change_units(tx, shipment_id, units)
        shipments.set_serials(tx, shipment_id, serials)
        if is_good_to_go is not None:
            shipments.set_good_to_go(tx, shipment_id, is_good_to_go)
        record = _record(tx, shipment_id)
    return {"shipment": shipments_json(call, [record])[0]}


@endpoint("PUT /shipment")
def complete_shipment(call: Call) -> dict[str, Any]:
    """`PUT /shipment`: charges for a shipment unless that was done, sends it, and keeps what is told of it."""
    body = call.body
    sent = bodies.required_text(body, "shipment")
    echo = {key: body[key] for key in ("order", "shipment") if body.get(key) is not None}
    captures = bodies.flag(body, "capture", True)
    is_sent = bool(bodies.flag(body, "gtg", True)) and bool(bodies.flag(body, "shipped", True))
    marks_good = bodies.flag(body, "gtg", False)
    parcel, comment = _parcel(body), values.text(body.get("internalComment"))
    with answers(**echo), call.transaction() as tx:
        shipment_id, order = find_shipment(tx, sent)
        if body.get("order") is not None and values.whole(body["order"]) != order["number"]:
            raise NotFound("shipment")
        check_market(tx, order)
        _check_free(order)
        is_refused = bool(captures) and shipments.capture(tx, shipment_id) == ledger.FAILED
        if not is_refused:
            if is_sent:
                _send(tx, shipment_id, parcel, body)
            else:
                shipments.describe(tx, shipment_id, **parcel)
                if marks_good:
                    shipments.set_good_to_go(tx, shipment_id, True)
            if comment:
                order_book.update_order(tx, order["number"], internal_comment=comment)
        number = shipments.number_of(tx, shipment_id)
    if is_refused:  # the attempt stays in the payment history
        raise Refused(_NOT_CAPTURED, **echo)
    return {"order": order["number"], "shipment": number}


def _send(tx: Transaction, shipment_id: int, parcel: Mapping[str, Any], body: Mapping[str, Any]) -> None:
    """Sends a shipment, and tells the buyer if the caller wants that."""
    is_completed = shipments.send(tx, shipment_id, **parcel)
    order = shipments.order_of(tx, shipment_id)
    if is_completed and order is not None and bodies.flag(body, "sendEmail", False):
        mails.of_order(tx, mails.SHIPPING_CONFIRMATION, order, {"shipment": shipments.number_of(tx, shipment_id)})


@endpoint("PUT /capture")
def capture_shipment(call: Call) -> dict[str, Any]:
    """`PUT /capture`: takes the money of a shipment, once."""
    sent = bodies.required_text(call.body, "shipment")
    with answers(shipment=sent), call.transaction() as tx:
        shipment_id, order = find_shipment(tx, sent)
        check_market(tx, order)
        with answers(order=order["number"], shipment=sent):
            _check_free(order)
            status = shipments.capture(tx, shipment_id)
        number = shipments.number_of(tx, shipment_id)
    if status == ledger.FAILED:
        raise Refused(_NOT_CAPTURED, order=order["number"], shipment=sent)
    return {"order": order["number"], "shipment": number}


@endpoint("DELETE /shipments/<shipment>")
def delete_shipment(call: Call, shipment: str) -> dict[str, Any]:
    """`DELETE /shipments/{shipmentId}`: takes back what was neither charged, nor sent, nor returned."""
    with answers(shipment=shipment), call.transaction() as tx:
        shipment_id, order = find_shipment(tx, shipment)
        check_market(tx, order)
        number = shipments.number_of(tx, shipment_id)
        shipment_packing.delete(tx, shipment_id)
    return {"msg": "shipment removed", "order": order["number"], "shipment": number}
