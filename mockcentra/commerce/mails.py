"""Mails: no mail leaves the emulator; what would have been sent is kept for `/_mock/mail` (payments.md F)."""

from collections.abc import Mapping
from typing import Any

from mockcentra.commerce.reference import reference_of
from mockcentra.store import Transaction
from mockcentra.store import mails as rows
from mockcentra.store.database import Row, from_json, to_json

PASSWORD_RESET = "passwordReset"
BACK_IN_STOCK = "backInStock"
CART_ABANDONMENT = "cartAbandonment"
ORDER_CONFIRMATION = "orderConfirmation"
SHIPPING_CONFIRMATION = "shippingConfirmation"
REFUND = "refund"
WELCOME_TO_SHOWROOM = "welcomeToShowroom"
ORDER_CANCELLATION = "orderCancellation"
RETURN_CONFIRMATION = "returnConfirmation"


def mail(tx: Transaction, mail_type: str, to: str, language: str, data: Mapping[str, Any]) -> int:
    """Keeps a mail; returns its id. `language` is a language code, `data` whatever its template would print."""
    return rows.add(tx, mail_type, to, language, to_json(data))


def of_order(tx: Transaction, mail_type: str, order: Row, data: Mapping[str, Any]) -> None:
    """Keeps a mail to the buyer of an order: in the order's language, else that of the country it goes to."""
    reference = reference_of(tx.store)
    country = reference.countries.get(order["country_id"] or 0)
    language = reference.languages.get(order["language_id"] or (country.language_id if country else 0) or 0)
    email = from_json(order["address_json"]).get("email", "")
    mail(tx, mail_type, email, (language or reference.default_language).code, {"order": str(order["number"]), **data})


def of_buyer(tx: Transaction, mail_type: str, buyer_id: int, email: str) -> None:
    """Keeps a mail to a buyer of an account, in the shop's main language."""
    mail(tx, mail_type, email, reference_of(tx.store).default_language.code, {"buyer": buyer_id})


def withdraw(tx: Transaction, mail_type: str, field: str, value: str) -> int:
    """Removes the mails of that type whose data say so (a reminder of a cart that was ordered); returns how many."""
    return rows.remove(tx, mail_type, field, value)
