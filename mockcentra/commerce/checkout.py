"""Before a payment: whether the form is filled in, the country served and the goods there (checkout-api.md 12.2)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mockcentra.commerce import tax
from mockcentra.commerce.consents import read_consents
from mockcentra.commerce.customers import find_customer
from mockcentra.commerce.emails import is_email
from mockcentra.commerce.errors import Conflict, Invalid
from mockcentra.commerce.model import Address, Cart, Context, Shortage
from mockcentra.commerce.passwords import is_allowed
from mockcentra.commerce.selection_stock import check_stock
from mockcentra.commerce.sessions import Session
from mockcentra.commerce.settings import setting
from mockcentra.store import Transaction

_REQUIRED = ("email", "firstName", "lastName", "address1", "zipCode", "city", "country", "phoneNumber")
# What a shipping address takes from the other address where it has none of its own.
_TAKEN_OVER = ("email", "phoneNumber", "country", "state")
_US_ZIP_CODE = re.compile(r"\d{5}(-?\d{4})?")
_US_ZIP_CODE_WANTED = "For taxes applied for the United States, the Zip Code must be a valid US Zip Code."


@dataclass(frozen=True, slots=True)
class Demands:
    """What a payment asks of the form beside its address.

    `is_complete` False: a widget is only being fetched, of which the provider will ask the address; then the country is
    enough and terms do not matter. `password` None: no account is wanted.
    """

    has_accepted_terms: bool
    has_return_page: bool = True
    is_complete: bool = True
    password: str | None = None


def required_fields(context: Context) -> tuple[str, ...]:
    """The address fields that a form must fill; the state too where the country has states (checkout-api.md 12.1)."""
    return (*_REQUIRED, "state") if context.country and context.country.states else _REQUIRED


def check_form(tx: Transaction, session: Session, cart: Cart, demands: Demands) -> None:
    """Raises Invalid with all that is wrong with the form, Conflict for an e-mail that has an account already."""
    problems = {} if demands.has_return_page else {"return_page": "required"}
    problems.update(_place_problems(cart, demands))
    if demands.is_complete:
        problems.update(_form_problems(cart, demands))
    if problems:
        raise Invalid(problems)
    read_consents(cart.consents)
    if demands.password is None:
        return
    if find_customer(tx, session.store_id, cart.address.get("email", ""), is_registered=True) is not None:
        raise Conflict({"email": "already registered"})


def _place_problems(cart: Cart, demands: Demands) -> Iterator[tuple[str, str]]:
    """The country is missing or not served, or nothing is chosen that would ship there."""
    context = cart.context
    named = (cart.shipping_address if cart.has_shipping_address else cart.address).get("country")
    if not named:
        named = cart.address.get("country")
    if context.country is None and not named:
        if not demands.is_complete:
            yield "address.country", "required"
        return
    known = context.reference.find_country(named) if named else context.country
    if known is None or not context.ships:
        yield "country", "not shippable"
    elif cart.has_products and cart.shipping_option is None:
        yield "shippingMethod", "required"


def _form_problems(cart: Cart, demands: Demands) -> Iterator[tuple[str, str]]:
    context = cart.context
    if not demands.has_accepted_terms:
        yield "terms", "must be true"
    required = required_fields(context)
    for name in required:
        if not cart.address.get(name, "").strip():
            yield f"address.{name}", "required"
    if cart.has_shipping_address:
        for name in required:
            if name not in _TAKEN_OVER and not cart.shipping_address.get(name, "").strip():
                yield f"shippingAddress.{name}", "required"
    yield from _address_problems(context, "address", cart.address)
    if cart.has_shipping_address:
        yield from _address_problems(context, "shippingAddress", cart.shipping_address)
    vat_number = cart.address.get("vatNumber", "").strip()
    if vat_number and not tax.is_vat_number(vat_number):
        yield "address.vatNumber", "Invalid VAT number"
    if demands.password is not None and not is_allowed(demands.password):
        yield "address.password", "not valid"
    if context.country is not None and context.country.code == "US" and tax.needs_zip_code(context):
        zip_code = cart.shipping_address.get("zipCode") if cart.has_shipping_address else cart.address.get("zipCode")
        if zip_code and not _US_ZIP_CODE.fullmatch(zip_code.strip()):
            yield "zipcode", _US_ZIP_CODE_WANTED


def _address_problems(context: Context, name: str, address: Address) -> Iterator[tuple[str, str]]:
    """What is said in an address but cannot be: its e-mail, or a state that its country does not have."""
    email = address.get("email", "").strip()
    if email and not is_email(email):
        yield f"{name}.email", "not valid"
    country = context.reference.find_country(address.get("country")) or context.country
    state = address.get("state", "").strip()
    if country is not None and country.states and state and context.reference.find_state(country, state) is None:
        yield f"{name}.state", "not valid"


def missing_pieces(tx: Transaction, session: Session, cart: Cart) -> list[Shortage]:
    """Takes off the cart what is gone, unless the store does not look (checkout-api.md 14); says what that was."""
    if setting(tx, "store.overselling_prevention") == "off":
        return []
    return check_stock(tx, session, cart)
