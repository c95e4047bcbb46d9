"""Customers: the list, one of them, changing and anonymising them (order-api.md 4.5, 5.6)."""

from typing import Any

from mockcentra.apis import values
from mockcentra.apis.order.transport import INVALID, Call, Refused, endpoint
from mockcentra.commerce import anonymisation, customer_book
from mockcentra.commerce.consents import Consent
from mockcentra.commerce.customers import CustomerRecord, Profile
from mockcentra.commerce.errors import CommerceError, Conflict, NotFound
from mockcentra.store.clock import local_text

MISSING = "The customer was not found."
ANONYMISED = "The personal data has been anonymized."
ALREADY_ANONYMISED = "The personal data was already anonymized."

_ADDRESS_KEYS = (
    "firstName", "lastName", "address1", "address2", "zipCode", "city", "state", "country", "phoneNumber",
)  # fmt: skip
_CONSENT_TEXTS = ("name", "text", "version", "language")


@endpoint("GET /customers")
def list_customers(call: Call) -> dict[str, Any]:
    """`GET /customers`: by ascending id."""
    wanted = {
        "email": call.text("email"),
        "created_at": call.moment("created"),
        "modified_at": call.moment("modified"),
        "limit": call.whole("limit", customer_book.EVERY, least=1),
        "offset": call.whole("offset", 0, least=0),
    }
    with call.store.reading() as tx:
        found = customer_book.listed(tx, call.store_id, **wanted)  # type: ignore[arg-type]
    return {"customers": [customer_json(customer) for customer in found]}


@endpoint("GET /customers/<customer>")
def one_customer(call: Call, customer: str) -> dict[str, Any]:
    """`GET /customers/{customerId}`."""
    with call.store.reading() as tx:
        try:
            found = customer_book.found(tx, call.store_id, _id(customer))
        except NotFound as error:
            raise Refused(MISSING) from error
    return {"customer": customer_json(found)}


@endpoint("PUT /customers/<customer>")
def update_customer(call: Call, customer: str) -> dict[str, Any]:
    """`PUT /customers/{customerId}`: only what is sent changes; consents are merged by key."""
    profile = Profile(
        address={key: _text(call, key) for key in _ADDRESS_KEYS if key in call.body},
        gender=_text(call, "gender") if "gender" in call.body else None,
        newsletter=_newsletter(call),
    )
    email = _text(call, "email").strip() if call.body.get("email") is not None else None
    consents = _consents(call)
    try:
        with call.transaction() as tx:
            found = customer_book.update(tx, call.store_id, _id(customer), profile, email, consents)
    except CommerceError as error:
        if "customer" in error.problems:
            raise Refused(ALREADY_ANONYMISED if isinstance(error, Conflict) else MISSING) from error
        raise Refused(dict.fromkeys(error.problems, INVALID)) from error
    return {"customer": customer_json(found)}


@endpoint("PUT /anonymize-customer/<customer>")
def anonymise_customer(call: Call, customer: str) -> dict[str, Any]:
    """`PUT /anonymize-customer/{customerId}`: for good, and once only."""
    try:
        with call.transaction() as tx:
            customer_book.found(tx, call.store_id, _id(customer))
            anonymisation.anonymise(tx, _id(customer))
    except NotFound as error:
        raise Refused(MISSING) from error
    except Conflict as error:
        raise Refused(ALREADY_ANONYMISED) from error
    return {"msg": ANONYMISED}


def _id(text: str) -> int:
    """The id in a path; 0, which no customer has, for all that is none."""
    return values.positive(text) or 0


def _text(call: Call, key: str) -> str:
    sent = call.body.get(key)
    found = values.text(sent)
    if found is None and sent is not None:
        raise Refused({key: INVALID})
    return found or ""


def _newsletter(call: Call) -> bool | None:
    if "newsletter" not in call.body:
        return None
    wanted = values.truth(call.body["newsletter"])
    if wanted is None:
        raise Refused({"newsletter": INVALID})
    return wanted


def _consents(call: Call) -> list[dict[str, Any]]:
    """The consents that were sent, with what each of them says."""
    sent = call.body.get("consents")
    if sent is None:
        return []
    if not isinstance(sent, list):
        raise Refused({"consents": INVALID})
    return [_consent(entry) for entry in sent]


def _consent(entry: Any) -> dict[str, Any]:
    key = values.text(values.mapping(entry).get("key"))
    if not key or not key.strip():
        raise Refused({"consents": INVALID})
    said: dict[str, Any] = {"key": key}
    if "consented" in entry:
        said["consented"] = values.truth(entry["consented"])
    for name in _CONSENT_TEXTS:
        if name in entry:
            said[name] = "" if entry[name] is None else values.text(entry[name])
    if None in said.values():
        raise Refused({"consents": INVALID})
    return said


def customer_json(customer: CustomerRecord) -> dict[str, Any]:
    """A customer; every text is there, empty when unknown."""
    return {
        "customerId": str(customer.id),
        "email": customer.email,
        **{key: customer.address[key] for key in _ADDRESS_KEYS},
        "newsletter": customer.newsletter,
        "gender": customer.gender,
        "registered": customer.is_registered,
        "consents": [_consent_json(consent) for consent in customer.consents],
        "created": local_text(customer.created_at),
        "modified": local_text(customer.updated_at),
    }


def _consent_json(consent: Consent) -> dict[str, Any]:
    return {
        "key": consent.key,
        "name": consent.name,
        "consented": consent.consented,
        "text": consent.text,
        "language": consent.language,
        "version": consent.version,
        "created": local_text(consent.created_at),
        "modified": local_text(consent.updated_at),
    }
