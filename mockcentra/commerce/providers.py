"""The payment methods' providers: what each answers when a payment starts, and what the browser brings back from it.

A method finds its provider by its URI, else by its type. Whoever adds a provider writes its functions and a line of the
table; nothing else asks which provider it is.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from mockcentra.commerce.errors import Invalid, PaymentRefused
from mockcentra.commerce.money import decimal_text
from mockcentra.commerce.reference import Currency, PaymentMethod


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to pay for a selection: what `POST /payment` opened at a provider (payments.md A1)."""

    id: int
    ref: str  # of the provider's page
    selection_id: int
    method: PaymentMethod
    order_number: int
    amount: int
    currency: Currency
    trans: str
    signature: str
    state: str
    capture_mode: str
    is_current: bool
    return_page: str
    failed_page: str
    data: Mapping[str, Any]
    order_id: int | None


@dataclass(frozen=True, slots=True)
class Action:
    """What the shop is told to do next: an action of payments.md A3 and its fields, in their order."""

    kind: str
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Provider:
    """A payment provider.

    start          the action that begins the payment; raises PaymentRefused. Gets the address of the provider's page
    brings         the fields with which the browser comes back, beside `centraPaymentMethod`
    comes_by       how it comes back: GET with the fields in the query, or POST
    is_decided     whether the money is certain without the provider's page having said so
    order_data     what an order shows of the payment (`paymentMethodData`)
    """

    start: Callable[[Attempt, str], Action]
    brings: Callable[[Attempt], dict[str, str]]
    comes_by: str = "GET"
    is_decided: bool = False
    order_data: Mapping[str, Any] = field(default_factory=dict)


def provider_of(method: PaymentMethod) -> Provider:
    """The provider behind a payment method. Raises Invalid for a type that is not emulated."""
    provider = _BY_URI.get((method.type, method.uri)) or _BY_TYPE.get(method.type)
    if provider is None:
        raise Invalid({"paymentMethod": "not emulated"})
    return provider


# ------------------------------------------------------------------ coming back


def with_query(page: str, fields: Mapping[str, str]) -> str:
    """An address with these fields added to its query; what was there stays (payments.md A8)."""
    parts = urlsplit(page)
    query = "&".join(part for part in (parts.query, urlencode(fields)) if part)
    return urlunsplit(parts._replace(query=query))


def return_fields(attempt: Attempt, page: str) -> tuple[str, dict[str, str]]:
    """Where the browser goes and every field that reaches the page there, those of its own query included."""
    provider = provider_of(attempt.method)
    ours = {"centraPaymentMethod": attempt.method.uri}
    brought = provider.brings(attempt)
    own = dict(parse_qsl(urlsplit(page).query, keep_blank_values=True))
    url = with_query(page, ours if provider.comes_by == "POST" else {**ours, **brought})
    return url, {**own, **ours, **brought}


def belongs(attempt: Attempt, fields: Mapping[str, Any]) -> bool:
    """Whether fields of a `payment-result` are those of this attempt, unchanged; what is more is ignored."""
    return all(str(fields.get(name)) == value for name, value in provider_of(attempt.method).brings(attempt).items())


# ------------------------------------------------------------------ the dummies (payments.md B1)

_DUMMY_KEY = b"mock-dummy-payment-key"


def dummy_signature(order_number: int, amount: int, trans: str, currency_id: int) -> str:
    """A keyed SHA-1 over what the form of a dummy payment says: 40 hexadecimal digits."""
    signed = f"{order_number}:{decimal_text(amount)}:{trans}:{currency_id}"
    return hmac.new(_DUMMY_KEY, signed.encode(), hashlib.sha1).hexdigest()


def _dummy_fields(attempt: Attempt) -> dict[str, str]:
    return {
        "ba_order_num": str(attempt.order_number),
        "amount": decimal_text(attempt.amount),
        "trans": attempt.trans,
        "currency": str(attempt.currency.id),
        "signature": attempt.signature,
    }


def _dummy_form(attempt: Attempt, page_url: str) -> Action:
    """A form that brings the browser straight back to the shop."""
    fields = _dummy_fields(attempt)
    url, _ = return_fields(attempt, attempt.return_page)
    form_id = f"form-{hashlib.md5(attempt.ref.encode(), usedforsecurity=False).hexdigest()}"
    inputs = "".join(f'<input type="hidden" name="{name}" value="{escape(value)}" />' for name, value in fields.items())
    html = (
        f'<form id="{form_id}" action="{escape(url)}" accept-charset="UTF-8" method="post">{inputs}'
        '<noscript><input type="submit" /></noscript>'
        f"<script>document.getElementById('{form_id}').submit();</script></form>"
    )
    return Action("form", {"formHtml": html, "formFields": fields, "formUrl": url})


def _dummy_page(attempt: Attempt, page_url: str) -> Action:
    return Action("redirect", {"url": page_url})


def _dummy_page_fields(attempt: Attempt) -> dict[str, str]:
    return {"trans": attempt.trans, "signature": attempt.signature}


def _dummy_success(attempt: Attempt, page_url: str) -> Action:
    return Action("success")


def _dummy_refusal(attempt: Attempt, page_url: str) -> Action:
    raise PaymentRefused(["Always Fail! Could not connect with payment method."])


_SNIPPET = {"html_snippet": "Dummy payment plugin snippet"}
_DUMMY = Provider(_dummy_form, _dummy_fields, "POST", is_decided=True, order_data=_SNIPPET)

# ------------------------------------------------------------------ the table

_BY_TYPE: dict[str, Provider] = {"dummy": _DUMMY}

_BY_URI: dict[tuple[str, str], Provider] = {
    ("dummy", "dummy-url"): Provider(_dummy_page, _dummy_page_fields, order_data=_SNIPPET),
    ("dummy", "dummy-direct"): Provider(_dummy_success, _dummy_fields, "POST", is_decided=True, order_data=_SNIPPET),
    ("dummy", "dummy-fail"): Provider(_dummy_refusal, _dummy_fields, "POST", is_decided=True, order_data=_SNIPPET),
}
