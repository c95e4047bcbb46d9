"""Customers as the Checkout API prints them: `loggedIn` (checkout-models.md 3.5)."""

from typing import Any

from mockcentra.apis.attribute_json import attribute_fields
from mockcentra.apis.checkout.transport import Call
from mockcentra.commerce.consents import Consent
from mockcentra.commerce.customers import CustomerRecord, customer_record

_ADDRESS_KEYS = (
    "firstName", "lastName", "address1", "address2", "zipCode", "city", "state", "country", "phoneNumber",
)  # fmt: skip


def logged_in(call: Call, customer_id: int) -> dict[str, Any] | None:
    """`loggedIn` for that customer; None when there is no such customer any more."""
    with call.store.reading() as tx:
        customer = customer_record(tx, customer_id)
    return None if customer is None else logged_in_json(customer, call.session.language_id, call.base_url)


def logged_in_json(customer: CustomerRecord, language_id: int, base_url: str) -> dict[str, Any]:
    """A LoggedInModel. Custom attributes follow under their own names; they never replace a documented field."""
    shown: dict[str, Any] = {
        "customer": str(customer.id),
        "email": customer.email,
        **{key: customer.address[key] for key in _ADDRESS_KEYS},
        "gender": customer.gender,
        "language": customer.language,
        "newsletter": customer.newsletter,
        "consents": [_consent_json(consent) for consent in customer.consents],
    }
    return {**attribute_fields(customer.attributes, language_id, base_url), **shown}


def _consent_json(consent: Consent) -> dict[str, Any]:
    texts = {"name": consent.name, "text": consent.text, "version": consent.version, "language": consent.language}
    return {
        "key": consent.key,
        "consented": consent.consented,
        **{name: value for name, value in texts.items() if value},
    }
