"""Newsletter and back-in-stock subscriptions (checkout-api.md 17.1, 17.2)."""

from collections.abc import Mapping
from typing import Any

from mockcentra.apis import values
from mockcentra.apis.checkout.customers import text_fields
from mockcentra.apis.checkout.transport import Answer, Call, endpoint
from mockcentra.commerce import newsletter
from mockcentra.commerce.consents import read_consents
from mockcentra.commerce.customers import customer_record
from mockcentra.commerce.errors import Invalid, NotFound


@endpoint("POST /newsletter-subscription")
def subscribe(call: Call) -> Answer:
    """Subscribes the address in the body."""
    return _subscribed(call, values.text(call.body.get("email")) or "")


@endpoint("POST /newsletter-subscription/<path:email>")
def subscribe_address(call: Call, email: str) -> Answer:
    """Subscribes the address in the path, whatever the body says."""
    return _subscribed(call, email)


def _subscribed(call: Call, email: str) -> Answer:
    texts = text_fields(call.body, ("country", "language"))
    item = _interest(call.body)
    consents = read_consents(call.body.get("consents"))
    with call.transaction() as tx:
        session = call.session
        newsletter.subscribe(
            tx,
            session.store_id,
            email,
            country=texts.get("country", ""),
            language=texts.get("language") or call.reference.languages[session.language_id].code,
            item=item,
            consents=consents,
            is_rehearsal=bool(call.body.get("email_field")),
        )
    return Answer({"subscribed": True}, 201)


def _interest(body: Mapping[str, Any]) -> tuple[int, int] | None:
    """What a subscriber is interested in: an `item`, else a `product`."""
    if body.get("item") not in (None, ""):
        item = _item(body["item"])
        if item is None:
            raise NotFound("item")
        return item
    if body.get("product") not in (None, ""):
        product = values.positive(body["product"])
        if product is None:
            raise NotFound("product")
        return product, 0
    return None


def _item(value: Any) -> tuple[int, int] | None:
    """The display item and the size of a text such as `61-204`."""
    first, _, second = value.partition("-") if isinstance(value, str) else ("", "", "")
    product, size = values.positive(first), values.positive(second)
    return (product, size) if product and size else None


@endpoint("POST /back-in-stock-subscription")
def wait_for_item(call: Call) -> Answer:
    """Asks to be told when an item can be delivered somewhere."""
    body = call.body
    texts = text_fields(body, ("email", "language"))
    sent = body.get("shipTo")
    if sent not in (None, "", []) and not isinstance(sent, dict):
        raise Invalid({"shipTo": "not valid"})
    place = text_fields(values.mapping(sent), ("country", "state"), "shipTo.")
    with call.transaction() as tx:
        session = call.session
        email = texts.get("email")
        if not email and session.customer_id is not None:
            customer = customer_record(tx, session.customer_id)
            email = customer.email if customer else None
        language = texts.get("language") or call.reference.languages[session.language_id].code
        newsletter.wait_for_item(tx, session.store_id, _item(body.get("item")), email, place, language)
    return Answer({"subscribed": True}, 201)
