"""The provider's page: shows a payment, takes the shopper's (or a test's) decision and sends the browser on."""

from collections.abc import Mapping
from typing import Any

import msgspec
from flask import Response, redirect, request

from mockcentra.commerce import payments
from mockcentra.commerce.errors import Conflict, Invalid, NotFound
from mockcentra.commerce.payments import OUTCOMES, Decision
from mockcentra.commerce.providers import Attempt
from mockcentra.payments import html
from mockcentra.store import Store, Transaction


def show(ref: str) -> Response:
    """`GET /_mock/psp/{ref}`: the payment and a button for everything that the provider can say now."""
    try:
        with _store().reading() as tx:
            attempt = payments.attempt_of_page(tx, ref)
    except NotFound:
        return _unknown()
    if not attempt.is_current:
        return _replaced()
    return _page(html.payment_page(attempt, payments.possible_outcomes(attempt)))


def decide(ref: str) -> Response:
    """`POST /_mock/psp/{ref}` with `outcome` (or with `capture`), as a form or as JSON."""
    sent = _sent()
    if sent is None:
        return _error(400, "invalid", "the body must be a form or a JSON object")
    outcome, capture = sent.get("outcome"), sent.get("capture")
    if outcome not in OUTCOMES and (outcome is not None or capture is None):
        return _error(400, "invalid", f"outcome must be one of {', '.join(OUTCOMES)}")
    try:
        with _store().transaction(source="Payment provider") as tx:
            attempt = payments.attempt_of_page(tx, ref)
            decision = _decided(tx, attempt, outcome, capture) if attempt.is_current else None
    except NotFound:
        return _unknown()
    except Invalid as error:
        return _error(400, "invalid", str(error))
    except Conflict as error:
        return _error(409, "conflict", str(error))
    return _replaced() if decision is None else _sent_on(decision, outcome)


def _decided(tx: Transaction, attempt: Attempt, outcome: str | None, capture: str | None) -> Decision:
    if capture is not None:
        attempt = payments.set_capture_mode(tx, attempt.ref, str(capture))
    return Decision(attempt, "none") if outcome is None else payments.decide(tx, attempt.ref, outcome)


def _sent_on(decision: Decision, outcome: str | None) -> Response:
    """The answer to a decision: what a script reads, or where a browser goes."""
    attempt, fields = decision.attempt, dict(decision.fields or {})
    if _wants_json():
        return _json(
            {
                "ref": attempt.ref,
                "outcome": outcome,
                "state": attempt.state,
                "page": decision.page,
                "method": decision.comes_by,
                "url": decision.url,
                "fields": fields,
                "capture": attempt.capture_mode,
            }
        )
    if decision.page == "none":
        return redirect(request.base_url, 303)  # type: ignore[return-value]
    if decision.comes_by == "GET":
        return redirect(decision.url, 303)  # type: ignore[return-value]
    return _page(html.return_form(decision.url, _posted(attempt, fields)))


def _posted(attempt: Attempt, fields: Mapping[str, str]) -> dict[str, str]:
    """What a form posts: the fields that are not in the address already."""
    names = payments.fields_of(attempt)
    return {name: value for name, value in fields.items() if name in names}


# ------------------------------------------------------------------ requests and answers


def _store() -> Store:
    return request.environ["mockcentra.space"].store


def _is_json() -> bool:
    return request.mimetype == "application/json"


def _wants_json() -> bool:
    accept = request.headers.get("Accept", "")
    return "application/json" in accept or (_is_json() and "text/html" not in accept)


def _sent() -> dict[str, Any] | None:
    """The fields that were sent, however; None when they are unreadable."""
    if not _is_json():
        return request.form.to_dict()
    try:
        body = msgspec.json.decode(request.get_data() or b"{}")
    except (msgspec.DecodeError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _page(text: str, status: int = 200) -> Response:
    return Response(text, status, {"Cache-Control": "no-store"}, content_type="text/html; charset=utf-8")


def _json(body: Mapping[str, Any], status: int = 200) -> Response:
    return Response(msgspec.json.encode(body), status, {"Cache-Control": "no-store"}, content_type="application/json")


def _error(status: int, code: str, message: str) -> Response:
    if _wants_json():
        return _json({"error": {"code": code, "message": message}}, status)
    return _page(html.message_page(message), status)


def _unknown() -> Response:
    return _error(404, "not_found", "there is no such payment")


def _replaced() -> Response:
    return _error(410, "gone", "a newer payment of the same cart has replaced this one")
