"""Returns: the list (order-api.md 5.4)."""

from typing import Any

from mockcentra.apis.order.return_json import return_json
from mockcentra.apis.order.transport import Call, endpoint
from mockcentra.commerce import order_book


@endpoint("GET /returns")
def list_returns(call: Call) -> dict[str, Any]:
    """`GET /returns`: newest first; pages from 1, or an offset."""
    limit = call.whole("limit", least=1)
    offset = call.whole("offset", 0, least=0)
    page = call.whole("page", least=1)
    if page is not None and limit is not None:
        offset = (page - 1) * limit
    wanted: dict[str, Any] = {
        "return_id": call.whole("return"),
        "order_number": call.whole("order"),
        "order_hash": call.text("selection"),
        "customer_id": call.whole("customer_id"),
        "newer_than": call.moment("newer_than"),
        "older_than": call.moment("older_than"),
        "limit": order_book.EVERY if limit is None else limit,
        "offset": offset,
    }
    shipment = call.text("shipment")
    if shipment is not None:
        # a text that is no shipment's number is that of none
        wanted["shipment"] = order_book.number_and_position(shipment) or (0, 0)
    with call.store.reading() as tx:
        found = order_book.listed_returns(tx, **wanted)
    return {"returns": [return_json(each) for each in found]}
