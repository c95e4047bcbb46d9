"""The context of a session: country, state, language, market, pricelist, campaign site, and the checkout form."""

from collections.abc import Callable
from typing import Any

from mockcentra.apis import values
from mockcentra.apis.checkout.cart import changed
from mockcentra.apis.checkout.transport import Call, endpoint
from mockcentra.commerce import selection_form, selections, sessions
from mockcentra.commerce.errors import Malformed, NotFound
from mockcentra.commerce.model import ADDRESS_FIELDS
from mockcentra.commerce.reference import Reference
from mockcentra.commerce.selection_form import Form
from mockcentra.commerce.sessions import Session


def moved(call: Call, move: Callable[[Session, Reference], None]) -> dict[str, Any]:
    """Changes the session's context and answers the cart that follows it."""
    reference = call.reference

    def change(tx: Any, session: Session) -> None:
        move(session, reference)
        selections.context_changed(tx, session)

    return changed(call, change)


@endpoint("PUT /countries/<country>")
def change_country(call: Call, country: str) -> dict[str, Any]:
    """Moves the session to a country; market, pricelist, language and methods follow (checkout-api.md 4.2)."""
    return _place(call, country, None)


@endpoint("PUT /countries/<country>/states/<state>")
def change_state(call: Call, country: str, state: str) -> dict[str, Any]:
    return _place(call, country, state)


def _place(call: Call, country_code: str, state_text: str | None) -> dict[str, Any]:
    reference = call.reference
    country, state = sessions.find_place(reference, country_code, state_text)
    language = None
    if call.body.get("language") not in (None, ""):
        language = sessions.find_language(reference, call.body["language"])
    return moved(call, lambda session, _: sessions.place(session, reference, country, state, language))


@endpoint("PUT /languages/<language>")
def change_language(call: Call, language: str) -> dict[str, Any]:
    """From now on all texts are in that language."""
    chosen = sessions.find_language(call.reference, language)
    return moved(call, lambda session, _: sessions.choose_language(session, chosen))


@endpoint("PUT /markets/<market>", server_only=True)
def change_market(call: Call, market: str) -> dict[str, Any]:
    """Sets the market; lines that it does not have leave the cart."""
    return moved(call, lambda session, reference: sessions.set_market(session, reference, values.whole(market)))


@endpoint("PUT /pricelists/<pricelist>", server_only=True)
def change_pricelist(call: Call, pricelist: str) -> dict[str, Any]:
    return moved(call, lambda session, reference: sessions.set_pricelist(session, reference, values.whole(pricelist)))


@endpoint("PUT /selection", server_only=True)
def change_context(call: Call) -> dict[str, Any]:
    """Sets several parts of the context at once (checkout-api.md 10.5)."""
    body, reference = call.body, call.reference

    def move(session: Session, _: Reference) -> None:
        language = None
        if body.get("language") not in (None, ""):
            language = sessions.find_language(reference, body["language"])
        if body.get("country") not in (None, ""):
            country, state = sessions.find_place(reference, body["country"], body.get("state"))
            sessions.place(session, reference, country, state, language)
        elif body.get("state") not in (None, ""):
            country_now = reference.countries.get(session.country_id or 0)
            state = reference.find_state(country_now, body["state"]) if country_now else None
            if state is None:
                raise NotFound("state")
            session.state_id = state.id
        if language is not None:
            sessions.choose_language(session, language)
        if body.get("market") not in (None, ""):
            sessions.set_market(session, reference, values.whole(body["market"]))
        if body.get("pricelist") not in (None, ""):
            sessions.set_pricelist(session, reference, values.whole(body["pricelist"]))

    return moved(call, move)


@endpoint("PUT /campaign-site")
def enter_campaign_site(call: Call) -> dict[str, Any]:
    """Gives the session the market of a campaign site (a VIP market, say)."""
    uri = (values.text(call.body.get("uri")) or "").strip().strip("/")
    return changed(call, lambda tx, session: selections.enter_campaign_site(tx, session, uri))


# ------------------------------------------------------------------ the checkout form


@endpoint("PUT /payment-fields")
def store_payment_fields(call: Call) -> dict[str, Any]:
    """Keeps any part of the checkout form on the selection (checkout-api.md 12.1)."""
    form = form_of(call.body)
    return changed(call, lambda tx, session: selection_form.store_form(tx, session, form))


def form_of(body: dict[str, Any]) -> Form:
    """The checkout form in a body of `PUT /payment-fields` or `POST /payment`. Raises Malformed and NotFound."""
    address = _address(body, "address")
    email = (values.text(body.get("email")) or "").strip()
    if email:
        address = {**(address or {}), "email": email}
    newsletter = _truth(body, "newsletter")
    if newsletter is None and isinstance(body.get("address"), dict):
        newsletter = _truth(body["address"], "newsletter")
    notes = values.text(body.get("additionalNotes"))
    return Form(
        address=address,
        shipping_address=_address(body, "shippingAddress"),
        language=_choice(body, "language"),
        payment_method=_choice(body, "paymentMethod"),
        shipping_method=_choice(body, "shippingMethod"),
        newsletter=newsletter,
        additional_notes=notes if notes is not None else values.text(body.get("comment")),
        gift_message=values.text(body.get("giftMessage")),
        abandonment_email=_truth(body, "cartAbandonmentEmail"),
        consents=_consents(body.get("consents")),
        additional_fields=body["additionalFields"] if isinstance(body.get("additionalFields"), dict) else None,
    )


def _address(body: dict[str, Any], name: str) -> dict[str, str] | None:
    """An address of the form, its values as texts; None when it was not sent. Raises Malformed."""
    sent = body.get(name)
    if sent is None:
        return None
    if not isinstance(sent, dict):
        if sent == [] or sent == "":
            return {}
        raise Malformed({name: "not an object"})
    address: dict[str, str] = {}
    for key in ADDRESS_FIELDS:
        if key not in sent:
            continue
        text = "" if sent[key] is None else values.text(sent[key])
        if text is None:
            raise Malformed({f"{name}.{key}": "not a text"})
        address[key] = text
    for key in ("country", "state", "email"):
        if address.get(key):
            address[key] = address[key].strip()
    if "country" in address:
        address["country"] = address["country"].upper()
    return address


def _choice(body: dict[str, Any], name: str) -> str | None:
    """What a form chooses by its code; None where it says nothing. Raises NotFound for what could be no code."""
    sent = body.get(name)
    if sent is None or sent == "":
        return None
    code = values.text(sent)
    if code is None:
        raise NotFound(name)
    return code


def _truth(body: dict[str, Any], name: str) -> bool | None:
    return values.truth(body[name]) if body.get(name) is not None else None


def _consents(sent: Any) -> list[dict[str, Any]] | None:
    """Consents as a list, however they came: a list, or an object by key."""
    if isinstance(sent, dict):
        return [{"key": key, **entry} for key, entry in sent.items() if isinstance(entry, dict)]
    if isinstance(sent, list):
        return [entry for entry in sent if isinstance(entry, dict) and isinstance(entry.get("key"), str)]
    return None
