"""Returns: making one of what is left of a shipment, completing it, paying for it (order-api.md 5.4)."""

from collections.abc import Mapping
from typing import Any

from mockcentra.apis import values
from mockcentra.apis.order import bodies
from mockcentra.apis.order.return_json import return_json
from mockcentra.apis.order.shipping import answers, check_market, find_shipment
from mockcentra.apis.order.transport import Call, Refused, endpoint
from mockcentra.commerce import ledger, mails, order_book, returns
from mockcentra.commerce.errors import Invalid, NotFound
from mockcentra.commerce.money import parse_amount
from mockcentra.commerce.returns import FROM_SHIPMENT, NONE, ORIGINAL, Terms
from mockcentra.store import Transaction
from mockcentra.store.database import Row

ORIGIN = "Order API"
_NOT_CREATED = "return could not be created."
_COSTS = {"handlingCost": "handling_cost", "shippingCost": "shipping_cost", "voucherValue": "voucher_value"}
_REFUNDS = {ledger.SUCCESS: {"status": "ok"}, ledger.FAILED: {"status": "no", "msg": "refund failed"}}


@endpoint("POST /return")
def create_return(call: Call) -> dict[str, Any]:
    """`POST /return`: what can come back of a shipment does; the other rows are left out."""
    body = call.body
    sent = bodies.required_text(body, "shipment")
    units = _units(body)
    wanted = values.mapping(body.get("refund"))
    is_refunded = bool(bodies.flag(wanted, "refundPayment", False))
    terms = _terms(call, body)
    with call.transaction() as tx:
        try:
            shipment_id, order = find_shipment(tx, sent)
            check_market(tx, order)
            by_shipment_line, returned = returns.returnable(tx, shipment_id, units)
            if not returned and (units or not (is_refunded or _has_costs(body))):
                raise Invalid({"units": "nothing"})
            return_id = returns.create(tx, shipment_id, by_shipment_line, terms)
        except (Invalid, NotFound) as error:
            raise Refused(_NOT_CREATED) from error
        answer = {"order": order["number"], "return": return_id}
        refund = _refund(tx, order, return_id, wanted) if is_refunded else {}
        is_completed = returns.row_of(tx, return_id)["status"] == returns.COMPLETED
    answer |= {"returnCompleted": is_completed, "returnedItems": [str(line_id) for line_id in returned]}
    return answer | refund


def _units(body: Mapping[str, Any]) -> dict[int, int]:
    """Units by line; a quantity that makes no sense is none, so that its row is left out."""
    sent = body.get("products")
    if sent is None:
        return {}
    found = {}
    for line_id, value in bodies.by_line(sent).items():
        quantity = value.get("qty") if isinstance(value, dict) else value
        found[line_id] = values.whole(quantity) or 0
    return found


def _has_costs(body: Mapping[str, Any]) -> bool:
    names = ("returnCost", *_COSTS)
    return any(parse_amount(body.get(name)) for name in names) or any(
        values.truth(body.get(f"{name}FromShipment")) for name in _COSTS
    )


def _terms(call: Call, body: Mapping[str, Any]) -> Terms:
    costs = {}
    for name, attribute in _COSTS.items():
        amount = bodies.amount(body, name)
        if bodies.flag(body, f"{name}FromShipment", False):
            if amount is not None:
                raise Refused(f"{name} and {name}FromShipment can not be used together")
            amount = FROM_SHIPMENT
        costs[attribute] = amount or 0
    by_default = call.settings["store.return_stock_action"] == "insert"
    return Terms(
        stock_action=ORIGINAL if bodies.flag(body, "returnStock", by_default) else NONE,
        return_cost=bodies.amount(body, "returnCost") or 0,
        comment=values.text(body.get("comment")) or "",
        created_from=ORIGIN,
        created_at=bodies.moment(body, "createdAt"),
        **costs,
    )


def _refund(tx: Transaction, order: Row, return_id: int, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Pays for a return; returns what the answer says of it."""
    with answers(order=order["number"]):
        outcome = returns.refund(tx, return_id)
    if outcome == ledger.SUCCESS and bodies.flag(wanted, "sendEmail", False):
        mails.of_order(tx, mails.REFUND, order, {"return": return_id})
    return {"refund": _REFUNDS[outcome]}


@endpoint("PUT /returns/<return_id>")
def change_return(call: Call, return_id: str) -> dict[str, Any]:
    """`PUT /returns/{returnId}`: completes a return or makes it pending again; or pays for it, which completes it."""
    body = call.body
    number = values.positive(return_id)
    is_completed = bodies.flag(body, "completed")
    is_refunded = bodies.flag(body, "refundPayment", False)
    refund: dict[str, Any] = {}
    with call.transaction() as tx:
        found = order_book.listed_returns(tx, return_id=number) if number is not None else []
        if number is None or not found:
            raise Refused(f"Return with id={return_id} does not exist")
        if is_completed is not None:
            returns.set_completed(tx, number, is_completed)
        if is_refunded:
            refund = _refund(tx, found[0].order.row, number, body)
        changed = order_book.listed_returns(tx, return_id=number)[0]
    answer: dict[str, Any] = {"return": return_json(changed)}
    if is_refunded:
        answer |= {"returnCompleted": changed.row["status"] == returns.COMPLETED, **refund}
    return answer
