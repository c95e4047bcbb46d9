"""What warehouses are asked: to check first, and to confirm what they were given (order-api.md 5.3, 5.9)."""

from collections.abc import Mapping
from typing import Any

from mockcentra.apis import values
from mockcentra.apis.order.orders import ORDER_MISSING
from mockcentra.apis.order.shipping import answers, check_market
from mockcentra.apis.order.transport import INVALID, REQUIRED, Call, Refused, endpoint
from mockcentra.commerce import orders, requests
from mockcentra.commerce.errors import CommerceError, Invalid, NotFound
from mockcentra.commerce.requests import Request
from mockcentra.store.clock import local_iso

PAGE = 100
_NOT_ALLOCATED = "failed to allocate stock"
_EVERY = "all"
_ANSWERS = ("confirmed", "rejected")
_EXPECTED = "invalid value, expected 'confirmed' or 'rejected'"

# Why a request could not be answered.
_MESSAGES = {
    ("request", "not found"): "Allocation request not found",
    ("stock", "insufficient"): "Warehouse doesn't have sufficient stock to allocate the request.",
    ("stock", "not allocated"): "Failed to allocate stock from the warehouse.",
}


# ------------------------------------------------------------------ check first


@endpoint("POST /check-first")
def answer_check_first(call: Call) -> dict[str, Any]:
    """`POST /check-first`: a warehouse accepts an order or rejects it, once."""
    body = call.body
    problems = {}
    number, warehouse_id = values.whole(body.get("orderNumber")), values.whole(body.get("warehouseId"))
    accepts = values.truth(body.get("accepted")) if body.get("accepted") not in (None, "") else None
    for name, found in (("orderNumber", number), ("warehouseId", warehouse_id), ("accepted", accepts)):
        if found is None:
            problems[name] = REQUIRED if body.get(name) in (None, "") else INVALID
    if number is None or warehouse_id is None or accepts is None:
        raise Refused(problems)
    with call.transaction() as tx:
        order_id = orders.id_of_number(tx, number)
        if order_id is None:
            raise Refused(ORDER_MISSING)
        with answers():
            check_market(tx, orders.row_of(tx, order_id))
        try:
            requests.answer_check(tx, order_id, warehouse_id, accepts)
        except NotFound as error:
            raise Refused({"warehouseId": INVALID}) from error
        except Invalid as error:
            raise Refused(_NOT_ALLOCATED) from error
    return {}


# ------------------------------------------------------------------ allocation requests


class _Unreadable(Exception):
    """Filters that make no sense, by name."""

    def __init__(self, messages: dict[str, str]) -> None:
        super().__init__(str(messages))
        self.messages = messages


@endpoint("GET /allocation-requests")
def list_requests(call: Call) -> dict[str, Any]:
    """`GET /allocation-requests`: by default those that can be answered, a hundred a page."""
    page = call.whole("page", 1, least=1) or 1
    try:
        statuses = _statuses(call)
        orders_wanted, warehouses = _numbers(call, "order"), _numbers(call, "warehouse")
    except _Unreadable as error:
        return {"status": "no", "errorMessages": error.messages}
    with call.transaction() as tx:
        requests.expire(tx, tx.now)
        found = requests.listed(tx, statuses, orders_wanted, warehouses, PAGE, (page - 1) * PAGE)
    return {"allocation_requests": [_request_json(request) for request in found]}


def _statuses(call: Call) -> list[str] | None:
    sent = call.text("status")
    if sent is None:
        return list(requests.ACTIONABLE)
    wanted = [status.strip() for status in sent.split(",")]
    if wanted == [_EVERY]:
        return None
    if not all(status in requests.STATUSES for status in wanted):
        text = f'Expected "status" to be a single or a comma-separated list of request statuses, or "all", got "{sent}"'
        raise _Unreadable({"status": text})
    return wanted


def _numbers(call: Call, name: str) -> list[int]:
    sent = call.query.get(name)
    if sent is None or sent == "":
        return []
    texts = values.texts(sent)
    found = [values.whole(part) for text in texts for part in text.split(",")]
    if not found or None in found:
        raise _Unreadable({name: INVALID})
    return [number for number in found if number is not None]


def _request_json(request: Request) -> dict[str, Any]:
    return {
        "id": request.id,
        "status": request.status,
        "warehouseId": request.warehouse.id,
        "warehouseName": request.warehouse.name,
        "expirationDate": None if request.expires_at is None else local_iso(request.expires_at),
        "order": {"id": request.order_hash, "number": request.order_number},
        "lines": [
            {"lineId": line_id, "quantity": quantity, "stockItemId": size_id}
            for line_id, quantity, size_id in request.lines
        ],
        "createdAt": local_iso(request.created_at),
    }


@endpoint("PUT /allocation-request")
def answer_request(call: Call) -> dict[str, Any]:
    """`PUT /allocation-request`: a warehouse confirms what it was given, or rejects it, for good."""
    body = call.body
    request_id, status = values.whole(body.get("id")), values.text(body.get("status"))
    problems = _problems(body, request_id, status)
    if problems:
        return _failed(problems)
    assert request_id is not None
    try:
        with call.transaction() as tx:
            requests.expire(tx, tx.now)
            (requests.confirm if status == "confirmed" else requests.reject)(tx, request_id)
    except CommerceError as error:
        thing, why = next(iter(error.problems.items()))
        message = _MESSAGES.get((thing, why))
        return _failed([message or f"You can't update allocation request, which is in status {why}."])
    return {"success": True, "errorMessages": []}


def _problems(body: Mapping[str, Any], request_id: int | None, status: str | None) -> dict[str, str]:
    problems = {}
    if request_id is None:
        problems["id"] = REQUIRED if body.get("id") in (None, "") else INVALID
    if status not in _ANSWERS:
        problems["status"] = _EXPECTED
    return problems


def _failed(messages: list[str] | dict[str, str]) -> dict[str, Any]:
    return {"success": False, "errorMessages": messages}
