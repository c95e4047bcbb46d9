"""Making and changing shipments (section 20)."""

from collections.abc import Mapping
from typing import Any

from mockcentra.apis.graphql.areas.order_changes import (
    currency_of,
    last_entry,
    owned_group,
    owned_line,
    with_entries,
)
from mockcentra.apis.graphql.changes import Change, Input
from mockcentra.apis.graphql.registry import mutation
from mockcentra.commerce import (
    allocation,
    delivery_groups,
    ledger,
    mails,
    order_editing,
    orders,
    shipment_contents,
    shipment_packing,
    shipments,
)
from mockcentra.commerce.errors import Invalid
from mockcentra.store import orders as order_rows
from mockcentra.store import records
from mockcentra.store import shipments as shipment_rows
from mockcentra.store.database import Row


def _parcel(given: Input, currency: str) -> dict[str, Any]:
    """What an input says about the parcel, under the names that rules know."""
    parcel: dict[str, Any] = {}
    if given.get("additionalMessage") is not None:
        parcel["additional_message"] = given["additionalMessage"]
    info = given.part("shipmentInfo")
    if info is not None:
        for name, column in (
            ("carrier", "carrier"),
            ("service", "service"),
            ("trackingNumber", "tracking_number"),
            ("returnTrackingNumber", "return_tracking_number"),
        ):
            if name in info:
                parcel[column] = info[name] or ""
        if info.get("packagesNumber") is not None:
            if not 0 <= info["packagesNumber"] <= 100_000:
                info.error("packagesNumber must not be negative", "packagesNumber")
            parcel["packages"] = info["packagesNumber"]
        cost = info.money("internalShippingCost", currency)
        if cost is not None:
            parcel["internal_cost"] = cost
        plugin = info.ref("shipmentMethodPlugin", "StorePlugin")
        if plugin is not None:
            parcel["plugin_id"] = plugin
    method = given.part("shipmentMethod")
    if method is not None and method.get("pluginId") is not None:
        if records.get(given.run.tx, "payment_methods", method["pluginId"]) is None:
            method.error(f"Could not find StorePlugin with ID {method['pluginId']}", "pluginId")
        parcel["plugin_id"] = method["pluginId"]
    carrier = None if method is None else method.part("carrierInformation")
    if carrier is not None:
        parcel |= {name: carrier[name] or "" for name in ("carrier", "service") if name in carrier}
    return parcel


def past(change: Change, given: Input, name: str) -> int | None:
    """A moment that is not in the future."""
    moment = given.moment(name)
    if moment is not None and moment > change.tx.now:
        given.error(f"{name} must not be in the future", name)
    return moment


def _shipment_lines(given: Input, order_id: int) -> dict[int, int]:
    """Order line -> quantity, with user errors for what cannot be shipped."""
    left = shipment_contents.units_left(given.run.tx, order_id)
    parts: dict[int, int] = {}
    for row in order_rows.lines(given.run.tx, [order_id]):
        if row["parent_line_id"] is not None and left.get(row["id"], 0):
            parts[row["parent_line_id"]] = row["quantity"]
    found: dict[int, int] = {}
    for each in given.parts("lines"):
        line_id = owned_line(each, order_id, "orderLine")
        if line_id is None:
            continue
        found[line_id] = found.get(line_id, 0) + each["quantity"]
        if each["quantity"] < 1:
            each.error("quantity must be above 0", "quantity")
        elif line_id not in parts and found[line_id] > left.get(line_id, 0):
            each.error(f"Only {left.get(line_id, 0)} units of order line {line_id} are left to ship", "quantity")
    return found


@mutation("createShipment")
def create_shipment(change: Change) -> Mapping[str, Any]:
    """Packs units of an order; a capture that fails leaves a warning."""
    given, tx = change.input, change.tx
    order_id = given.ref("order", "Order")
    change.check()
    assert order_id is not None
    order = orders.row_of(tx, order_id)
    group_id = owned_group(given, order_id)
    units = _shipment_lines(given, order_id)
    if given.get("deliveryGroup") is not None:
        if given.get("lines"):
            given.error("A delivery group is shipped as a whole: leave the lines out", "lines")
        elif group_id is not None and not delivery_groups.units_left(tx, group_id):
            given.error("Nothing of the delivery group is left to ship", "deliveryGroup")
    elif not given.get("lines"):
        given.error("At least one line is needed", "lines")
    if given.get("capture") and given.get("isPaid"):
        given.error("capture and isPaid do not go together", "capture")
    created_at, shipped_at = past(change, given, "createdAt"), past(change, given, "shippedAt")
    parcel = {"packages": 0, **_parcel(given, currency_of(change, order))}
    change.check()
    shipment_packing.check_shippable(tx, order_id)
    is_good_to_go = bool(given.get("isGoodToGo")) or shipped_at is not None
    allocates = bool(given.get("allocateDemand"))
    try:
        if group_id is not None:
            shipment_id = shipment_packing.pack_group(tx, group_id, is_good_to_go, allocates)
        else:
            shipment_id = shipment_packing.pack(tx, order_id, units, is_good_to_go, allocates=allocates)
    except Invalid as error:
        if "stock" not in error.problems:
            raise
        waiting = _waiting(change, order_id, units)
        raise change.refuse(f"Order lines that are not allocated cannot be shipped: {waiting}", "lines") from None
    change.external_id("Shipment", shipment_id)
    if created_at is not None:
        parcel["created_at"] = created_at
    order_rows.update_shipment(tx, shipment_id, **parcel)
    _charge_new(change, shipment_id, order)
    if shipped_at is not None:
        if not shipments.row_of(tx, shipment_id)["is_paid"]:
            given.error("A shipment that is not paid cannot be shipped", "shippedAt")
        change.check()
        shipments.complete(tx, shipment_id, shipped_at=shipped_at)
        tell_buyer(change, mails.SHIPPING_CONFIRMATION, order, shipment=shipments.number_of(tx, shipment_id))
    return {"shipment": shipment_id}


def _waiting(change: Change, order_id: int, units: Mapping[int, int]) -> str:
    """The lines that were to be shipped and are not allocated; bundles by what is in them."""
    parents = {row["id"]: row["parent_line_id"] for row in order_rows.lines(change.tx, [order_id])}
    lines = [need.line_id for need in allocation.demand(change.tx, order_id)]
    wanted = [line_id for line_id in lines if not units or line_id in units or parents.get(line_id) in units]
    return ", ".join(str(line_id) for line_id in wanted)


def tell_buyer(change: Change, mail_type: str, order: Row, **data: Any) -> None:
    """A mail to the buyer, where the input wants one."""
    if change.input.get("sendEmail"):
        mails.of_order(change.tx, mail_type, order, data)


def _charge_new(change: Change, shipment_id: int, order: Row) -> None:
    """The money of a new shipment: paid elsewhere, captured now, or captured for the order before."""
    given, tx = change.input, change.tx
    if given.get("isPaid"):
        shipments.mark_paid(tx, shipment_id)
        return
    if given.get("capture"):
        if not ledger.has_payments(tx, order):
            ledger.refuse_capture(tx, order, shipments.row_of(tx, shipment_id)["grand_total"], shipment_id)
            given.warning("The order has no authorization: nothing was captured", "capture")
        elif shipments.capture(tx, shipment_id) == ledger.FAILED:
            given.warning("The payment provider refused the capture", "capture")
        return
    shipments.take_over(tx, shipment_id)


@mutation("updateShipment")
def update_shipment(change: Change) -> Mapping[str, Any]:
    """Changes what is told of a shipment, and whether it is packed and paid."""
    shipment_id = change.target("Shipment")
    given, tx = change.input, change.tx
    row = shipments.row_of(tx, shipment_id)
    order = orders.row_of(tx, row["order_id"])
    currency = currency_of(change, order)
    parcel = _parcel(given, currency)
    paid = given.money("paidValue", currency)
    if paid is not None and given.get("isPaid") is not True:
        given.error("paidValue goes with isPaid", "paidValue")
    if paid is not None and not 0 <= paid <= row["grand_total"]:
        given.error("paidValue must be between 0 and what the shipment costs", "paidValue")
    if given.get("isPaid") is False and row["is_captured"]:
        given.error("A shipment that is captured is paid", "isPaid")
    if given.get("isPaid") is False and row["is_shipped"]:
        given.error("A shipment that is shipped stays paid", "isPaid")
    if given.get("isGoodToGo") is False and row["is_shipped"]:
        given.error("A shipment that is shipped stays good to go", "isGoodToGo")
    change.external_id("Shipment", shipment_id)
    change.check()
    if parcel:
        shipments.describe(tx, shipment_id, **parcel)
    if given.get("isGoodToGo") is not None:
        shipments.set_good_to_go(tx, shipment_id, given["isGoodToGo"])
    if given.get("isPaid") is not None:
        shipments.mark_paid(tx, shipment_id, given["isPaid"], paid)
    return {"shipment": shipment_id}


@mutation("completeShipment")
def complete_shipment(change: Change) -> Mapping[str, Any]:
    """The parcel leaves; it must be packed and paid."""
    shipment_id = change.target("Shipment")
    given, tx = change.input, change.tx
    row = shipments.row_of(tx, shipment_id)
    order = orders.row_of(tx, row["order_id"])
    number = f"{order['number']}-{row['position']}"
    for is_so, why in (
        (row["is_shipped"], "is shipped already"),
        (not row["is_good_to_go"], "is not good to go"),
        (not row["is_paid"], "is not paid"),
        (order["is_on_hold"], "belongs to an order on hold"),
    ):
        if is_so:
            change.error(f"Shipment {number} {why}", "id")
    shipped_at = past(change, given, "shippedAt")
    parcel = _parcel(given, currency_of(change, order))
    change.check()
    shipments.complete(tx, shipment_id, shipped_at=shipped_at, **parcel)
    tell_buyer(change, mails.SHIPPING_CONFIRMATION, order, shipment=number)
    return {"shipment": shipment_id}


@mutation("captureShipment")
def capture_shipment(change: Change) -> Mapping[str, Any]:
    """Takes the money of a shipment."""
    shipment_id = change.target("Shipment")
    row = shipments.row_of(change.tx, shipment_id)
    order_editing.capture_shipment(change.tx, shipment_id)
    return with_entries(shipment_id, last_entry(change, row["order_id"], "capture", "capture_request"), "shipment")


@mutation("deleteShipment")
def delete_shipment(change: Change) -> Mapping[str, Any]:
    """Takes a shipment back that is neither sent nor paid; the payload shows what it was."""
    shipment_id = change.target("Shipment")
    row = shipments.row_of(change.tx, shipment_id)
    if row["is_shipped"] or row["is_paid"] or shipment_rows.has_returns(change.tx, shipment_id):
        change.error("A shipment that is shipped or paid cannot be deleted: make a return", "id")
    change.check()
    change.after(lambda: shipment_packing.delete(change.tx, shipment_id))
    return {"shipment": shipment_id}
