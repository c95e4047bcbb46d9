"""What a shopper says beside the lines of a selection: vouchers, methods, and the checkout form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mockcentra.commerce import mails, sessions, vouchers
from mockcentra.commerce.errors import NotFound
from mockcentra.commerce.model import ADDRESS_FIELDS, Address
from mockcentra.commerce.reference import Reference
from mockcentra.commerce.selections import added_vouchers, cart_of, context_changed, context_in, open_selection, settle
from mockcentra.commerce.sessions import Session
from mockcentra.store import Transaction
from mockcentra.store import selections as rows
from mockcentra.store.database import from_json, to_json
from mockcentra.store.selections import Selection

# ------------------------------------------------------------------ vouchers and methods


def add_voucher(tx: Transaction, session: Session, code: str) -> None:
    """Adds a code, or the URI of a URL voucher. Raises NotFound when nobody here may use it now."""
    voucher = vouchers.find_code(tx, session.store_id, code)
    if not vouchers.is_usable(voucher, context_in(tx, session)):
        raise NotFound("voucher")
    selection = open_selection(tx, session)
    present = added_vouchers(tx, selection)
    left = {other.id for other in vouchers.together([*present, voucher])}
    for other in present:
        if other.id not in left:
            rows.remove_voucher(tx, selection, other.id)
    rows.add_voucher(tx, selection, voucher.id, voucher.own.id if voucher.own is not None else None)
    settle(tx, session, selection)


def remove_voucher(tx: Transaction, session: Session, code: str) -> None:
    """Takes a code off again. Raises NotFound when no such code exists at all."""
    voucher = vouchers.find_code(tx, session.store_id, code)
    selection = open_selection(tx, session)
    own_id = voucher.own.id if voucher.own is not None else None
    if selection.voucher_ids.get(voucher.id, 0) == own_id:
        rows.remove_voucher(tx, selection, voucher.id)
    settle(tx, session, selection)


def choose_payment(tx: Transaction, session: Session, uri: str) -> None:
    """Selects a payment method. Raises NotFound when it is not offered to this cart."""
    cart = cart_of(tx, session)
    method = next((method for method in cart.payment_methods if method.uri == uri), None)
    if method is None:
        raise NotFound("paymentMethod")
    rows.update(tx, open_selection(tx, session), payment_method_id=method.id)


def choose_shipping(tx: Transaction, session: Session, uri: str) -> None:
    """Selects a shipping option. Raises NotFound when it is not offered to this cart."""
    cart = cart_of(tx, session)
    option = next((option for option in cart.shipping_options if option.uri == uri), None)
    if option is None:
        raise NotFound("shippingMethod")
    selection = open_selection(tx, session)
    rows.update(tx, selection, shipping_option_id=option.id)
    settle(tx, session, selection)


# ------------------------------------------------------------------ the checkout form


@dataclass(slots=True)
class Form:
    """What a checkout form says, in whole or in part; None means it does not say."""

    address: Mapping[str, str] | None = None
    shipping_address: Mapping[str, str] | None = None
    language: str | None = None
    payment_method: str | None = None
    shipping_method: str | None = None
    newsletter: bool | None = None
    additional_notes: str | None = None
    gift_message: str | None = None
    abandonment_email: bool | None = None
    consents: Sequence[Mapping[str, Any]] | None = None
    additional_fields: Mapping[str, Any] | None = None


def store_form(tx: Transaction, session: Session, form: Form, is_last: bool = False) -> None:
    """Keeps what a form says on the selection, field by field (checkout-api.md 12.1).

    A known country in the (shipping) address moves the session there, with `is_last` also one that was said before:
    goods are paid for where they go. An unknown one is kept as text. Raises NotFound for `language`, `paymentMethod`,
    `shippingMethod`.
    """
    selection = open_selection(tx, session)
    changes: dict[str, Any] = {}
    reference = sessions.reference_of(tx.store)
    address = _with_codes(reference, {**from_json(selection.address_json), **known_fields(form.address)})
    shipping_address = _with_codes(
        reference, {**from_json(selection.shipping_address_json), **known_fields(form.shipping_address)}
    )
    if form.address is not None:
        changes["address_json"] = to_json(address)
    if form.shipping_address is not None:
        changes["shipping_address_json"] = to_json(shipping_address)
        changes["has_shipping_address"] = int(any(shipping_address.values()))
    said = {
        "newsletter": form.newsletter,
        "additional_notes": form.additional_notes,
        "gift_message": form.gift_message,
        "abandonment_email": form.abandonment_email,
    }
    changes |= {column: value for column, value in said.items() if value is not None}
    if form.consents is not None:
        changes["consents_json"] = to_json(form.consents)
    if form.additional_fields is not None:
        changes["additional_fields_json"] = to_json(
            {**from_json(selection.additional_fields_json), **form.additional_fields}
        )
    rows.update(tx, selection, **changes)
    if shipping_address.get("country"):
        _follow_address(session, reference, shipping_address, shipping_address if is_last else form.shipping_address)
    else:
        _follow_address(session, reference, address, address if is_last else form.address)
    if form.language is not None:
        sessions.choose_language(session, sessions.find_language(reference, form.language))
    context_changed(tx, session)
    if form.shipping_method is not None:
        choose_shipping(tx, session, form.shipping_method)
    if form.payment_method is not None:
        choose_payment(tx, session, form.payment_method)
    if form.abandonment_email is not None or selection.abandonment_email:
        _remind_later(tx, session, selection)


def _remind_later(tx: Transaction, session: Session, selection: Selection) -> None:
    """Keeps the reminder of a cart that its shopper allowed, until the order is placed (payments.md F)."""
    mails.withdraw(tx, mails.CART_ABANDONMENT, "selection", selection.hash)
    email = from_json(selection.address_json).get("email")
    if selection.abandonment_email and email:
        language = context_in(tx, session).language.code
        mails.mail(tx, mails.CART_ABANDONMENT, email, language, {"selection": selection.hash})


def known_fields(address: Mapping[str, str] | None) -> dict[str, str]:
    """What of an address is kept; the rest of what a form sends is left out."""
    return {key: value for key, value in (address or {}).items() if key in ADDRESS_FIELDS}


def _with_codes(reference: Reference, address: Address) -> Address:
    """An address whose country and state are codes as the shop writes them, as far as it knows them."""
    country = reference.find_country(address.get("country"))
    state = reference.find_state(country, address.get("state")) if country is not None else None
    if country is not None:
        address = {**address, "country": country.code}
    return {**address, "state": state.code} if state is not None else address


def _follow_address(session: Session, reference: Reference, address: Address, said: Mapping[str, str] | None) -> None:
    """Moves the session to the country and state that a form just `said` of the address where goods would go."""
    said = said or {}
    country = reference.find_country(address.get("country")) or reference.countries.get(session.country_id or 0)
    if country is None or not (said.get("country") or said.get("state")):
        return
    state = reference.find_state(country, said.get("state"))
    if country.id == session.country_id:
        session.state_id = state.id if state is not None else session.state_id
    elif said.get("country"):
        language = reference.languages[session.language_id] if session.language_chosen else None
        sessions.place(session, reference, country, state, language)
