"""Customer accounts: registering, signing in and out, profile, password, forgotten password (checkout-api.md 16)."""

from collections.abc import Iterable, Mapping
from typing import Any

from mockcentra.apis import values
from mockcentra.apis.checkout.cart import changed
from mockcentra.apis.checkout.customer_json import logged_in
from mockcentra.apis.checkout.transport import Call, endpoint
from mockcentra.commerce import customers
from mockcentra.commerce.consents import read_consents
from mockcentra.commerce.customers import PROFILE_COLUMNS, Profile
from mockcentra.commerce.errors import Denied, Invalid
from mockcentra.commerce.sessions import Session
from mockcentra.store import Transaction


def customer_of(session: Session) -> int:
    """The id of the signed-in customer. Raises Denied."""
    if session.customer_id is None:
        raise Denied
    return session.customer_id


# ------------------------------------------------------------------ what forms send


def text_fields(body: Mapping[str, Any], names: Iterable[str], inside: str = "") -> dict[str, str]:
    """The texts among these fields that were sent; null is the empty text. Raises Invalid for other types.

    `inside` is what the object is called in the body, with a dot, when it is not the body itself.
    """
    found: dict[str, str] = {}
    problems = {}
    for name in names:
        if name not in body:
            continue
        text = "" if body[name] is None else values.text(body[name])
        if text is None:
            problems[inside + name] = "not valid"
        else:
            found[name] = text.strip()
    if problems:
        raise Invalid(problems)
    return found


def _profile(body: Mapping[str, Any]) -> Profile:
    """The profile fields of `POST /register` and `PUT /customer/update`. Raises Invalid for wrong types."""
    texts = text_fields(body, (*PROFILE_COLUMNS, "gender", "language"))
    newsletter = None
    if body.get("newsletter") is not None:
        newsletter = values.truth(body["newsletter"])
        if newsletter is None:
            raise Invalid({"newsletter": "not valid"})
    return Profile(
        address={key: text for key, text in texts.items() if key in PROFILE_COLUMNS},
        gender=texts.get("gender"),
        language=texts.get("language"),
        newsletter=newsletter,
        consents=read_consents(body.get("consents")),
        fields=body,
    )


def _password(body: Mapping[str, Any], name: str) -> str:
    """A password as it was sent; what is no text counts as none."""
    return values.text(body.get(name)) or ""


# ------------------------------------------------------------------ registering and signing in


@endpoint("POST /register", status=201)
def register(call: Call) -> dict[str, Any]:
    """Makes an account and signs in."""
    email = values.text(call.body.get("email")) or ""
    password = _password(call.body, "password")
    profile = _profile(call.body)

    def change(tx: Transaction, session: Session) -> None:
        customer_id = customers.register(tx, session.store_id, email, password, profile)
        customers.sign_in(tx, session, customer_id)

    return changed(call, change)


@endpoint("POST /login/<path:email>")
def login(call: Call, email: str) -> dict[str, Any]:
    """Signs in; the session's cart is merged into the one that is saved with the account."""
    password = _password(call.body, "password")
    return changed(call, lambda tx, session: customers.login(tx, session, email, password))


@endpoint("POST /logout")
def logout(call: Call) -> dict[str, Any]:
    return changed(call, customers.logout)


# ------------------------------------------------------------------ the account


@endpoint("GET /customer", needs_login=True)
def get_customer(call: Call) -> dict[str, Any]:
    """The customer, both as `loggedIn` and at the top level (checkout-models.md 8, no. 20)."""
    shown = logged_in(call, customer_of(call.session))
    if shown is None:
        raise Denied
    return {**shown, "loggedIn": shown}


@endpoint("PUT /customer/update", needs_login=True)
def update_customer(call: Call) -> dict[str, Any]:
    """Changes whatever of the profile is sent, the e-mail address included."""
    profile = _profile(call.body)
    email = values.text(call.body["email"]) or "" if "email" in call.body else None
    return changed(call, lambda tx, session: customers.update(tx, customer_of(session), profile, email))


@endpoint("PUT /address", needs_login=True)
def update_address(call: Call) -> dict[str, Any]:
    """Changes the fields of the customer's address that are sent."""
    profile = Profile(address=text_fields(call.body, PROFILE_COLUMNS))
    return changed(call, lambda tx, session: customers.update(tx, customer_of(session), profile))


@endpoint("PUT /email", needs_login=True)
def change_email(call: Call) -> dict[str, Any]:
    email = values.text(call.body.get("newEmail")) or ""
    return changed(call, lambda tx, session: customers.change_email(tx, customer_of(session), email))


@endpoint("PUT /password", needs_login=True)
def change_password(call: Call) -> dict[str, Any]:
    password, new_password = _password(call.body, "password"), _password(call.body, "newPassword")
    return changed(
        call, lambda tx, session: customers.change_password(tx, customer_of(session), password, new_password)
    )


# ------------------------------------------------------------------ forgotten passwords


@endpoint("POST /password-reset-email/<path:email>")
def send_password_reset(call: Call, email: str) -> dict[str, Any]:
    """Mails a link to the page of the webshop (`linkUri`) that sets a new password."""
    page = text_fields(call.body, ["linkUri"]).get("linkUri", "")

    def change(tx: Transaction, session: Session) -> None:
        language = call.reference.languages[session.language_id].code
        customers.request_password_reset(tx, session.store_id, email, page, language)

    return changed(call, change)


@endpoint("POST /password-reset")
def reset_password(call: Call) -> dict[str, Any]:
    """Sets a new password with the values of the mailed link, and signs in."""
    customer_id = values.whole(call.body.get("id")) or 0
    secret = values.text(call.body.get("i")) or ""
    new_password = _password(call.body, "newPassword")

    def change(tx: Transaction, session: Session) -> None:
        customers.reset_password(tx, customer_id, secret, new_password)
        customers.sign_in(tx, session, customer_id)

    return changed(call, change)
