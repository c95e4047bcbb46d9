"""Customers: accounts and guests, signing in and out, changing what is known of them, forgotten passwords."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from mockcentra.commerce import newsletter, passwords, selection_owners
from mockcentra.commerce.attribute_values import put_attributes
from mockcentra.commerce.attributes import object_attributes
from mockcentra.commerce.consents import Consent, consents_of, keep_consents, read_consents
from mockcentra.commerce.emails import email_key, is_email
from mockcentra.commerce.errors import Conflict, Invalid, NotFound
from mockcentra.commerce.mails import PASSWORD_RESET, mail
from mockcentra.commerce.model import Attribute
from mockcentra.commerce.reference import Reference, reference_of
from mockcentra.commerce.sessions import Session, keep_shippable
from mockcentra.commerce.settings import setting
from mockcentra.store import Transaction, records
from mockcentra.store import customers as rows
from mockcentra.store import sessions as session_rows
from mockcentra.store.database import Row

_SALT_DIGITS = 16
_RESET_DIGITS = 32
# Where webshops set a new password, when nobody said where.
_RESET_PAGE = "reset-password"

PROFILE_COLUMNS = {
    "firstName": "first_name",
    "lastName": "last_name",
    "company": "company",
    "address1": "address1",
    "address2": "address2",
    "zipCode": "zip_code",
    "city": "city",
    "state": "state",
    "country": "country",
    "phoneNumber": "phone_number",
    "vatNumber": "vat_number",
}
"""What a customer's one address consists of: keys of `model.Address` and the columns that hold them."""


@dataclass(frozen=True, slots=True)
class CustomerRecord:
    """A customer with everything that faces show. Texts are empty when unknown; `language` is a code."""

    id: int
    store_id: int
    email: str
    is_registered: bool
    address: Mapping[str, str]  # keys of PROFILE_COLUMNS
    gender: str
    language_id: int | None
    language: str | None
    newsletter: bool
    tax_class_id: int | None
    market_id: int | None
    pricelist_id: int | None
    selection_id: int | None
    anonymized_at: int | None
    created_at: int
    updated_at: int
    consents: tuple[Consent, ...] = ()
    attributes: tuple[Attribute, ...] = ()


@dataclass(slots=True)
class Profile:
    """What is to be known of a customer. None, and keys of `address` that are missing, leave things as they are."""

    address: Mapping[str, str] = field(default_factory=dict)
    gender: str | None = None
    language: str | None = None  # code
    newsletter: bool | None = None
    consents: Sequence[Consent] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)
    """Everything that was sent; the customer's custom attributes are picked from it."""


# ------------------------------------------------------------------ reading


def customer_record(tx: Transaction, customer_id: int) -> CustomerRecord | None:
    """The customer of that id."""
    return customer_records(tx, [customer_id]).get(customer_id)


def customer_records(tx: Transaction, customer_ids: Sequence[int]) -> dict[int, CustomerRecord]:
    """Customers by id; ids that do not exist are left out."""
    reference = reference_of(tx.store)
    consents = consents_of(tx, customer_ids)
    attributes = object_attributes(tx, "customer", customer_ids)
    return {
        row["id"]: CustomerRecord(
            id=row["id"],
            store_id=row["store_id"],
            email=row["email"],
            is_registered=bool(row["is_registered"]),
            address={key: row[column] for key, column in PROFILE_COLUMNS.items()},
            gender=row["gender"],
            language_id=row["language_id"],
            language=reference.languages[row["language_id"]].code if row["language_id"] else None,
            newsletter=bool(row["newsletter"]),
            tax_class_id=row["tax_class_id"],
            market_id=row["market_id"],
            pricelist_id=row["pricelist_id"],
            selection_id=row["selection_id"],
            anonymized_at=row["anonymized_at"],
            created_at=row["created_at"],
            updated_at=row["updated_at"],
            consents=consents.get(row["id"], ()),
            attributes=attributes.get(row["id"], ()),
        )
        for row in rows.load_many(tx, customer_ids)
    }


def find_customer(tx: Transaction, store_id: int, email: str, is_registered: bool) -> int | None:
    """The id of the account with that e-mail address, or of its unregistered twin."""
    row = rows.find(tx, store_id, email_key(email), is_registered)
    return None if row is None else row["id"]


# ------------------------------------------------------------------ registering


def register(tx: Transaction, store_id: int, email: str, password: str, profile: Profile) -> int:
    """Makes an account; returns its id (checkout-api.md 16).

    Raises Invalid for `email` and `password` that are `not valid`, Conflict for an e-mail that has an account already,
    NotFound for an unknown country, state or language. A guest of the same address stays a customer of its own.
    """
    email = email.strip()
    problems = {}
    if not is_email(email):
        problems["email"] = "not valid"
    if not passwords.is_allowed(password):
        problems["password"] = "not valid"
    if problems:
        raise Invalid(problems)
    _claim(tx, store_id, email)
    return _create(tx, store_id, email, profile, passwords.hashed(password, tx.hex(_SALT_DIGITS)))


def hash_password(tx: Transaction, password: str) -> str:
    """What is kept of a password that will be an account's. Raises Invalid (`password`) when it is not allowed."""
    if not passwords.is_allowed(password):
        raise Invalid({"password": "not valid"})
    return passwords.hashed(password, tx.hex(_SALT_DIGITS))


def _claim(tx: Transaction, store_id: int, email: str, but_id: int | None = None, is_registered: bool = True) -> None:
    """Raises Conflict when another account (or another guest) has that address."""
    taken = rows.find(tx, store_id, email_key(email), is_registered)
    if taken is not None and taken["id"] != but_id:
        raise Conflict({"email": "already registered"})


def _create(
    tx: Transaction, store_id: int, email: str, profile: Profile, password_hash: str | None, **event: Any
) -> int:
    reference = reference_of(tx.store)
    key = email_key(email)
    wants_newsletter = profile.newsletter
    if wants_newsletter is None:
        wants_newsletter = newsletter.is_subscribed(tx, store_id, key)
    customer_id = rows.add(
        tx,
        store_id=store_id,
        email=email,
        email_key=key,
        is_registered=int(password_hash is not None),
        password_hash=password_hash or "",
        gender=profile.gender or "",
        language_id=_language_id(reference, profile.language),
        newsletter=int(wants_newsletter),
        **_address_columns(reference, profile.address, "", ""),
    )
    keep_consents(tx, customer_id, profile.consents)
    put_attributes(tx, "customer", customer_id, profile.fields)
    tx.event("customer", customer_id, "created", **event)
    if profile.newsletter:
        _subscribe(tx, store_id, email, profile)
    return customer_id


def _subscribe(tx: Transaction, store_id: int, email: str, profile: Profile) -> None:
    newsletter.note_subscriber(tx, store_id, email, profile.address.get("country", ""), profile.language or "")


def _language_id(reference: Reference, code: str | None) -> int | None:
    if not code:
        return None
    language = reference.find_language(code)
    if language is None:
        raise NotFound("language")
    return language.id


def _address_columns(
    reference: Reference, address: Mapping[str, str], country_code: str, state_code: str
) -> dict[str, str]:
    """The columns that an address sets, for a customer in that country and state now.

    Raises NotFound for a country that does not exist, and for a state that its country does not have. Where a country
    has no states the text stays as it was sent.
    """
    columns = {PROFILE_COLUMNS[key]: text for key, text in address.items() if key in PROFILE_COLUMNS}
    if "country" not in columns and "state" not in columns:
        return columns
    code = columns.get("country", country_code)
    country = reference.find_country(code)
    if code.strip() and country is None:
        raise NotFound("country")
    columns["country"] = country.code if country else ""
    text = columns.get("state", state_code if columns["country"] == country_code else "").strip()
    if text and country is not None and country.states:
        state = reference.find_state(country, text)
        if state is None:
            raise NotFound("state")
        text = state.code
    columns["state"] = text
    return columns


# ------------------------------------------------------------------ changing


def update(tx: Transaction, customer_id: int, profile: Profile, email: str | None = None) -> None:
    """Changes what the profile says, and the e-mail address if one is given. Raises as `register` does."""
    row = _existing(tx, customer_id)
    reference = reference_of(tx.store)
    columns: dict[str, Any] = dict(_address_columns(reference, profile.address, row["country"], row["state"]))
    if email is not None:
        columns |= _email_columns(tx, row, email)
    if profile.gender is not None:
        columns["gender"] = profile.gender
    if profile.language:
        columns["language_id"] = _language_id(reference, profile.language)
    if profile.newsletter is not None:
        columns["newsletter"] = int(profile.newsletter)
    _change(tx, customer_id, columns)
    keep_consents(tx, customer_id, profile.consents)
    put_attributes(tx, "customer", customer_id, profile.fields)
    address = columns.get("email", row["email"])
    if profile.newsletter:
        _subscribe(tx, row["store_id"], address, profile)
    elif profile.newsletter is False:
        newsletter.unsubscribe(tx, row["store_id"], email_key(address))


def _existing(tx: Transaction, customer_id: int) -> Row:
    row = rows.load(tx, customer_id)
    if row is None:
        raise NotFound("customer")
    return row


def _change(tx: Transaction, customer_id: int, columns: Mapping[str, Any]) -> None:
    rows.update(tx, customer_id, **columns)
    tx.event("customer", customer_id, "updated")


def _email_columns(tx: Transaction, row: Row, email: str) -> dict[str, str]:
    email = email.strip()
    if not is_email(email):
        raise Invalid({"email": "not valid"})
    _claim(tx, row["store_id"], email, row["id"], bool(row["is_registered"]))
    return {"email": email, "email_key": email_key(email)}


def put_details(tx: Transaction, customer_id: int, is_new: bool = False, **columns: Any) -> None:
    """Sets columns that shoppers do not set themselves (status, market, pricelist, tax class, extra_json ...).

    What is new has told of itself already. Raises NotFound (`customer`).
    """
    _existing(tx, customer_id)
    if records.change(tx, "customers", customer_id, **columns) and not is_new:
        tx.event("customer", customer_id, "updated")


def set_password(tx: Transaction, customer_id: int, password: str) -> None:
    """A password that somebody else chose; who has one is registered. Raises Invalid and Conflict as `register`."""
    row = _existing(tx, customer_id)
    if not row["is_registered"]:
        _claim(tx, row["store_id"], row["email"], customer_id)
    hashed = hash_password(tx, password)
    _change(tx, customer_id, {"password_hash": hashed, "is_registered": 1, "sets_new_password": 0})


def delete(tx: Transaction, customer_id: int) -> None:
    """Takes a customer away who never ordered. Raises NotFound (`customer`), Conflict (`customer`: has orders)."""
    row = _existing(tx, customer_id)
    if rows.is_used(tx, customer_id):
        raise Conflict({"customer": "has orders or subscriptions"})
    rows.remove(tx, customer_id)
    tx.event("customer", customer_id, "deleted", store=row["store_id"], market=row["market_id"])


def change_email(tx: Transaction, customer_id: int, email: str) -> None:
    """From now on the customer signs in with that address. Raises Invalid and Conflict for `email`."""
    _change(tx, customer_id, _email_columns(tx, _existing(tx, customer_id), email))


def change_password(tx: Transaction, customer_id: int, password: str, new_password: str) -> None:
    """Raises Invalid: `password` incorrect, `newPassword` not valid."""
    row = _existing(tx, customer_id)
    if not passwords.matches(row["password_hash"], password):
        raise Invalid({"password": "incorrect"})
    _set_password(tx, customer_id, new_password)


def _set_password(tx: Transaction, customer_id: int, new_password: str) -> None:
    if not passwords.is_allowed(new_password):
        raise Invalid({"newPassword": "not valid"})
    hashed = passwords.hashed(new_password, tx.hex(_SALT_DIGITS))
    _change(tx, customer_id, {"password_hash": hashed, "sets_new_password": 0})


# ------------------------------------------------------------------ signing in and out


class NewPasswordNeeded(Invalid):
    """The password is not known here; the link to set one has been mailed."""

    keeps_changes = True


def must_set_password(tx: Transaction, customer_id: int) -> None:
    """The account came from elsewhere without its password: the next time that it wants to sign in it gets a mail."""
    row = _existing(tx, customer_id)
    if row["is_registered"] and not row["sets_new_password"]:
        _change(tx, customer_id, {"sets_new_password": 1})


def login(tx: Transaction, session: Session, email: str, password: str) -> None:
    """Signs a customer in. A wrong password and an unknown e-mail are the same Invalid, so nothing is revealed.

    So is an account that has yet to set a password, which is mailed how to (order-api.md 5.1).
    """
    row = rows.find(tx, session.store_id, email_key(email), is_registered=True)
    if row is not None and row["sets_new_password"]:
        _mail_new_password(tx, row)
        raise NewPasswordNeeded({"password": "incorrect"})
    if row is None or not passwords.matches(row["password_hash"], password):
        raise Invalid({"password": "incorrect"})
    sign_in(tx, session, row["id"])


def sign_in(
    tx: Transaction, session: Session, customer_id: int, own_market: bool = True, own_pricelist: bool = True
) -> None:
    """Makes the session the customer's: its own market and pricelist apply, and the carts are merged.

    Whoever was signed in before is signed out first. `own_market` and `own_pricelist` say whether a market and a
    pricelist of the customer's own count.
    """
    if session.customer_id == customer_id:
        return
    if session.customer_id is not None:
        logout(tx, session)
    row = _existing(tx, customer_id)
    session.customer_id = customer_id
    apply_overrides(tx, session, own_market, own_pricelist)
    address = {key: row[column] for key, column in PROFILE_COLUMNS.items() if row[column]}
    selection_owners.merge_into_customer(tx, session, customer_id, {**address, "email": row["email"]})


def apply_overrides(tx: Transaction, session: Session, own_market: bool = True, own_pricelist: bool = True) -> None:
    """Puts the session into the market and pricelist that its customer has instead of the country's, if any."""
    row = rows.load(tx, session.customer_id) if session.customer_id is not None else None
    if row is None:
        return
    reference = reference_of(tx.store)
    if own_market and row["market_id"] in reference.markets:
        session.market_id = row["market_id"]
    if own_pricelist and row["pricelist_id"] in reference.pricelists:
        session.pricelist_id = row["pricelist_id"]
        keep_shippable(session, reference)


def logout(tx: Transaction, session: Session) -> None:
    """Signs out: the session's cart is empty, the account keeps its own; a market of the customer's own is left.

    A guest leaves as well: whatever was in the cart, or the order that was shown instead, is gone from the session.
    """
    row = rows.load(tx, session.customer_id) if session.customer_id is not None else None
    selection_owners.leave(tx, session)
    if row is not None and (row["market_id"] or row["pricelist_id"]):
        _use_defaults(session, reference_of(tx.store))
        session_rows.save(tx, session)


def _use_defaults(session: Session, reference: Reference) -> None:
    country_id = session.country_id or 0
    market = reference.own_market(session.store_id, country_id) or reference.default_market(session.store_id)
    pricelist = reference.own_pricelist(session.store_id, country_id) or reference.default_pricelist(session.store_id)
    session.market_id, session.pricelist_id = market.id, pricelist.id


# ------------------------------------------------------------------ forgotten passwords


def request_password_reset(tx: Transaction, store_id: int, email: str, page: str, language: str) -> None:
    """Mails a link to the page of the webshop where a new password is set (checkout-api.md 16).

    `page` is a path on the frontend, with or without a slash at its beginning; `language` is used when the customer has
    none. Raises NotFound for an e-mail without an account and Invalid when the shop does not know its frontend.
    """
    row = rows.find(tx, store_id, email_key(email), is_registered=True)
    if row is None:
        raise NotFound("email")
    if not setting(tx, "checkout.frontend_url"):
        raise Invalid({"linkUri": "no frontend url"})
    _mail_reset(tx, row, page, language)


def _mail_new_password(tx: Transaction, row: Row) -> None:
    if setting(tx, "checkout.frontend_url"):
        _mail_reset(tx, row, _RESET_PAGE, reference_of(tx.store).default_language.code)


def _mail_reset(tx: Transaction, row: Row, page: str, language: str) -> None:
    frontend = setting(tx, "checkout.frontend_url").rstrip("/")
    secret = tx.hex(_RESET_DIGITS)
    rows.add_reset(tx, row["id"], secret)
    page = page.lstrip("/")
    link = f"{frontend}/{page}{'&' if '?' in page else '?'}id={row['id']}&i={secret}"
    if row["language_id"]:
        language = reference_of(tx.store).languages[row["language_id"]].code
    mail(tx, PASSWORD_RESET, row["email"], language, {"link": link, "id": str(row["id"]), "i": secret})


def reset_password(tx: Transaction, customer_id: int, secret: str, new_password: str) -> None:
    """Sets a password with the two values of a mailed link, which works once.

    Raises NotFound for `i` when the link is wrong or was used, Invalid for `newPassword`, which leaves the link alone.
    """
    if not rows.has_reset(tx, customer_id, secret):
        raise NotFound("i")
    _set_password(tx, customer_id, new_password)
    rows.use_reset(tx, customer_id, secret)


# ------------------------------------------------------------------ the customer of an order


def customer_for_order(
    tx: Transaction,
    *,
    store_id: int,
    customer_id: int | None,
    email: str,
    address: Mapping[str, str],
    newsletter: bool,
    consents: Iterable[Any],
    language_id: int | None,
    market_id: int,
    pricelist_id: int,
    password_hash: str | None = None,
) -> int:
    """Whose order it is; returns the customer's id (domain.md 8).

    `customer_id` is whoever is signed in: the account keeps its address unless it had none. With `password_hash` (of
    `hash_password`) an account is made, unless its e-mail was registered meanwhile. Otherwise it is the unregistered
    customer of that address, found or made, with the address of this order.
    `consents` as they were sent; `market_id` and `pricelist_id` are the order's, for the event of a new customer.
    What of an address or a consent makes no sense is left out: it is no reason to lose an order.
    """
    reference = reference_of(tx.store)
    language = reference.languages[language_id].code if language_id in reference.languages else None
    profile = Profile(
        address=_known_place(reference, address),
        language=language,
        newsletter=True if newsletter else None,
        consents=_readable(consents),
    )
    event = {"market": market_id, "pricelist": pricelist_id}
    if customer_id is not None:
        account = _existing(tx, customer_id)
        profile.address = {} if account["address1"] else profile.address
        profile.language = None if account["language_id"] else language
        update(tx, customer_id, profile)
        return customer_id
    if password_hash is not None and rows.find(tx, store_id, email_key(email), is_registered=True) is None:
        return _create(tx, store_id, email.strip(), profile, password_hash, **event)
    guest = rows.find(tx, store_id, email_key(email), is_registered=False)
    if guest is not None:
        update(tx, guest["id"], profile)
        return guest["id"]
    return _create(tx, store_id, email.strip(), profile, None, **event)


def _readable(consents: Iterable[Any]) -> list[Consent]:
    found: list[Consent] = []
    for entry in consents:
        with suppress(Invalid):
            found += read_consents([entry])
    return found


def _known_place(reference: Reference, address: Mapping[str, str]) -> dict[str, str]:
    """An address without a country or a state that the shop does not know."""
    kept = {key: text for key, text in address.items() if key in PROFILE_COLUMNS}
    country = reference.find_country(kept.get("country", ""))
    if country is None:
        kept.pop("country", None)
        kept.pop("state", None)
    elif country.states and reference.find_state(country, kept.get("state", "")) is None:
        kept["state"] = ""
    return kept
