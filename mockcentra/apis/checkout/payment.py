"""Paying: `POST /payment`, `POST /payment-result` and the receipt (checkout-api.md 12)."""

from typing import Any

from mockcentra.apis import values
from mockcentra.apis.checkout.context import form_of
from mockcentra.apis.checkout.order_json import order_response_of
from mockcentra.apis.checkout.transport import ERROR_BODIES, Answer, Call, endpoint
from mockcentra.commerce import payments
from mockcentra.commerce.errors import Invalid, Malformed, NotFound, PaymentRefused
from mockcentra.commerce.payments import PaymentRequest

PSP_PATH = "/_mock/psp/"


@endpoint("POST /payment")
def start_payment(call: Call) -> Answer:
    """Begins a payment for the cart, or makes the order at once where nothing is left to pay for."""
    request = _request(call.body)
    psp_url = call.base_url + PSP_PATH
    with call.transaction() as tx:
        started = payments.start(tx, call.session, request, psp_url)
    body: dict[str, Any] = {"action": started.action.kind, **started.action.fields}
    if started.order_id is not None:
        body |= order_response_of(call, started.order_id, is_new=True)
    return Answer(body, 200, {"X-Mock-Psp": psp_url + started.ref} if started.ref else None)


@endpoint("POST /payment-result")
def finish_payment(call: Call) -> Answer:
    """Takes what the shopper's browser brought back from the provider and answers the order."""
    sent = call.body.get("paymentMethodFields", {})
    if sent is not None and not isinstance(sent, dict) and sent != []:
        raise Malformed({"paymentMethodFields": "not an object"})
    with call.transaction() as tx:
        finished = payments.finish(tx, call.session, values.mapping(sent))
    return Answer(order_response_of(call, finished.order_id, is_new=True), 201 if finished.is_new else 200)


@endpoint("GET /receipt")
def receipt(call: Call) -> dict[str, Any]:
    """The last order that was completed in this session."""
    order_id = call.session.last_order_id
    if order_id is None:
        raise NotFound("order")
    return order_response_of(call, order_id)


# ------------------------------------------------------------------ what was sent


def _request(body: dict[str, Any]) -> PaymentRequest:
    address = values.mapping(body.get("address"))
    password = None
    if values.truth(address.get("register")):
        password = values.text(address.get("password")) or ""
    specific = body.get("paymentMethodSpecificFields")
    return PaymentRequest(
        form=form_of(body),
        return_page=page_of(body, "paymentReturnPage"),
        failed_page=page_of(body, "paymentFailedPage"),
        has_accepted_terms=body.get("termsAndConditions") in (True, "true", 1, "1"),
        initiate_only=bool(values.truth(body.get("paymentInitiateOnly"))),
        specific_fields=specific if isinstance(specific, dict) else None,
        password=password,
        ip_address=values.text(body.get("ipAddress")) or "",
        affiliate=(values.text(body.get("affiliate")) or "").strip(),
    )


def page_of(body: dict[str, Any], name: str) -> str:
    """An address of the shop, empty when none was sent. Raises Invalid for what a browser could not open."""
    if body.get(name) in (None, ""):
        return ""
    page = values.web_address(body[name])
    if page is None:
        raise Invalid({name: "not valid"})
    return page


# ------------------------------------------------------------------ refusals


def _refusal(call: Call, error: PaymentRefused) -> dict[str, Any]:
    """What a 412 carries: texts for the shopper, after a result also the first of them alone, perhaps a code."""
    body: dict[str, Any] = {}
    if error.code is not None:
        body["code"] = error.code
    if error.messages and call.environ["PATH_INFO"].endswith("/payment-result"):
        body["message"] = error.messages[0]
    return {**body, "messages": error.messages}


ERROR_BODIES[PaymentRefused] = _refusal
