"""Making and changing returns (section 21)."""

from collections.abc import Mapping
from typing import Any

from mockcentra.apis.graphql.areas.order_changes import (
    CREATED_FROM,
    currency_of,
    last_entry,
    policy,
    with_entries,
)
from mockcentra.apis.graphql.areas.shipment_changes import past, tell_buyer
from mockcentra.apis.graphql.changes import Change, Input
from mockcentra.apis.graphql.registry import mutation
from mockcentra.commerce import ledger, mails, orders, returns, shipments
from mockcentra.commerce.order_editing import REMOVE
from mockcentra.commerce.returns import FROM_SHIPMENT, NONE, ORIGINAL, OTHER, Terms
from mockcentra.store import returns as return_rows
from mockcentra.store.database import Row


def _cost(given: Input, name: str, currency: str) -> int:
    """A ReturnCostPolicyInput: an amount, or what the shipment has left of it."""
    part = given.part(name)
    if part is None:
        return 0
    chosen = part.exactly_one("fromShipment", "value")
    if chosen == "fromShipment":
        return FROM_SHIPMENT if part["fromShipment"] else 0
    if chosen == "value":
        amount = part.money("value", currency)
        if amount is not None and amount < 0:
            part.error("The value must not be negative", "value")
        return amount or 0
    return 0


@mutation("createReturn")
def create_return(change: Change) -> Mapping[str, Any]:
    """A pending return; its stock moves now."""
    given, tx = change.input, change.tx
    shipment_id = given.ref("shipment", "Shipment")
    change.check()
    assert shipment_id is not None
    row = shipments.row_of(tx, shipment_id)
    order = orders.row_of(tx, row["order_id"])
    currency = currency_of(change, order)
    left = {each["id"]: each["quantity"] - each["returned"] for each in return_rows.shipped_units(tx, shipment_id)}
    units: dict[int, int] = {}
    for each in given.parts("lines"):
        line_id = each["shipmentLine"]["id"]
        if line_id not in left:
            each.error(f"Could not find ShipmentLine with ID {line_id}", "shipmentLine", "id")
            continue
        units[line_id] = units.get(line_id, 0) + each["quantity"]
        if each["quantity"] < 1:
            each.error("quantity must be above 0", "quantity")
        elif units[line_id] > left[line_id]:
            each.error(f"Only {left[line_id]} units of shipment line {line_id} can be returned", "quantity")
    if not given["lines"]:
        given.error("At least one line is needed", "lines")
    where = policy(given.part("returnStockActionPolicy"))
    cost = given.money("returnCost", currency)
    if cost is not None and cost < 0:
        given.error("The value must not be negative", "returnCost", "value")
    terms = Terms(
        stock_action=NONE if where == REMOVE else OTHER if isinstance(where, int) else ORIGINAL,
        warehouse_id=where if isinstance(where, int) else None,
        handling_cost=_cost(given, "handlingCost", currency),
        shipping_cost=_cost(given, "shippingCost", currency),
        voucher_value=_cost(given, "voucherValue", currency),
        return_cost=cost or 0,
        comment=given.get("comment") or "",
        created_from=CREATED_FROM,
        created_at=past(change, given, "createdAt"),
    )
    change.check()
    return_id = returns.create(tx, shipment_id, units, terms)
    change.external_id("Return", return_id)
    return {"return": return_id}


def _return(change: Change) -> tuple[int, Row]:
    return_id = change.target("Return")
    return return_id, returns.row_of(change.tx, return_id)


@mutation("completeReturn")
def complete_return(change: Change) -> Mapping[str, Any]:
    """A pending return is completed."""
    return_id, row = _return(change)
    if row["status"] == returns.COMPLETED:
        change.error("The return is completed already", "id")
    change.check()
    returns.set_completed(change.tx, return_id, True)
    order = shipments.order_of(change.tx, row["shipment_id"])
    assert order is not None
    tell_buyer(change, mails.RETURN_CONFIRMATION, order, **{"return": return_id})
    return {"return": return_id}


@mutation("uncompleteReturn")
def uncomplete_return(change: Change) -> Mapping[str, Any]:
    """A completed return is pending again."""
    return_id, row = _return(change)
    if row["status"] != returns.COMPLETED:
        change.error("The return is not completed", "id")
    elif row["is_refunded"]:
        change.error("The return is refunded", "id")
    change.check()
    returns.set_completed(change.tx, return_id, False)
    return {"return": return_id}


@mutation("deleteReturn")
def delete_return(change: Change) -> Mapping[str, Any]:
    """Takes a pending return back; the payload shows what it was."""
    return_id, row = _return(change)
    if row["status"] == returns.COMPLETED or row["is_refunded"]:
        change.error("A return that is completed or refunded cannot be deleted", "id")
    change.check()
    change.after(lambda: returns.delete(change.tx, return_id))
    return {"return": return_id}


@mutation("refundReturn")
def refund_return(change: Change) -> Mapping[str, Any]:
    """Pays for a return and completes it."""
    return_id, row = _return(change)
    if row["is_refunded"]:
        change.error("The return is refunded already", "id")
    change.check()
    shipment = shipments.row_of(change.tx, row["shipment_id"])
    before = last_entry(change, shipment["order_id"], "refund")
    if returns.refund(change.tx, return_id) != ledger.SUCCESS:
        change.error("Nothing was captured for the shipment", "id")
    change.check()
    tell_buyer(change, mails.REFUND, orders.row_of(change.tx, shipment["order_id"]), **{"return": return_id})
    after = last_entry(change, shipment["order_id"], "refund")
    return with_entries(return_id, None if after == before else after, "return")
