"""Shipments: the list and one of them (order-api.md 5.2)."""

from typing import Any

from mockcentra.apis import values
from mockcentra.apis.order.shipment_json import shipment_json
from mockcentra.apis.order.transport import INVALID, Call, Refused, endpoint
from mockcentra.commerce import order_book
from mockcentra.commerce.order_book import SHIPMENT_STATES, ShipmentRecord

GOOD_TO_GO = "goodtogo"
MAX_LIMIT = 100


@endpoint("GET /shipments")
def list_shipments(call: Call) -> dict[str, Any]:
    """`GET /shipments`: by default those that are good to go, all of them; oldest first."""
    state = _state(call) or GOOD_TO_GO
    limit = call.whole("limit", order_book.EVERY if state == GOOD_TO_GO else MAX_LIMIT, least=1)
    if state != GOOD_TO_GO and limit is not None and limit > MAX_LIMIT:
        raise Refused({"limit": INVALID})
    wanted = {**_filters(call), "limit": limit, "offset": call.whole("offset", 0, least=0)}
    with call.store.reading() as tx:
        found = order_book.listed_shipments(tx, state=state, **wanted)
    return {"shipments": shipments_json(call, found)}


@endpoint("GET /shipments/<shipment>", "GET /shipment/<shipment>")
def one_shipment(call: Call, shipment: str) -> dict[str, Any]:
    """`GET /shipments/{shipmentId}`: a list of at most one, in whatever state."""
    wanted = {**_filters(call), "state": _state(call)}
    key = order_book.number_and_position(shipment)
    if key is not None:
        wanted["shipment"] = key
    elif (shipment_id := values.positive(shipment)) is not None:
        wanted["shipment_id"] = shipment_id
    else:
        return {"shipments": []}
    with call.store.reading() as tx:
        found = order_book.listed_shipments(tx, **wanted)
    return {"shipments": shipments_json(call, found)}


def _state(call: Call) -> str | None:
    state = call.text("status")
    if state is not None and state not in SHIPMENT_STATES:
        raise Refused({"status": INVALID})
    return state


def _filters(call: Call) -> dict[str, Any]:
    return {
        "order_number": call.whole("order"),
        "newer_than": call.moment("newer_than"),
        "older_than": call.moment("older_than"),
    }


def shipments_json(call: Call, found: list[ShipmentRecord]) -> list[dict[str, Any]]:
    """Shipments in full."""
    mode = call.settings["order.bundles_in_shipments"]
    return [shipment_json(shipment, mode, call.base_url) for shipment in found]
