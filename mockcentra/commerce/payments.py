"""Paying for a selection: attempts, the provider's decisions, and the order that comes of it (payments.md A).

Decision where the reference leaves a gap: between `POST /payment` and its result another shopper may buy the last
pieces. In the mode `standard`, which promises no check at the result, such an order is not made either: the
authorisation is cancelled and the answer is that of the mode `aggressive` (410 with `cancellation`). Otherwise the
store would sell what it does not have, although it forbids back-orders. In the mode `off`, with back-orders, and for
preorder and infinite sizes the missing pieces become demand, as documented.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from mockcentra.commerce import ledger, mails, orders, placing, selection_form, selections, shipments
from mockcentra.commerce.checkout import Demands, check_form, missing_pieces
from mockcentra.commerce.customers import hash_password
from mockcentra.commerce.errors import Conflict, Invalid, NotFound, OutOfStock, PaymentRefused
from mockcentra.commerce.model import Cart
from mockcentra.commerce.placing import Authorisation, Placement
from mockcentra.commerce.providers import (
    Action,
    Attempt,
    belongs,
    dummy_signature,
    provider_of,
    return_fields,
)
from mockcentra.commerce.reference import PaymentMethod, reference_of
from mockcentra.commerce.selection_form import Form
from mockcentra.commerce.sessions import Session
from mockcentra.store import Transaction
from mockcentra.store import orders as order_rows
from mockcentra.store import payments as rows
from mockcentra.store import selections as selection_rows
from mockcentra.store import sessions as session_rows
from mockcentra.store.database import Row, from_json, to_json

MAIL_CANCELLED = "orderCancelled"

_REFUSED = "Sorry. Always fail."

# What a provider can say in each state of a payment, and the state that follows (payments.md A8).
_NEXT: dict[str, dict[str, str]] = {
    "open": {
        "approve": "approved",
        "decline": "declined",
        "cancel": "open",
        "pending": "pending",
        "3ds": "challenged",
    },
    "challenged": {"approve": "approved", "decline": "declined", "cancel": "challenged"},
    "pending": {"complete": "completed", "fail": "failed"},
}
_ARRIVED = ("approved", "completed")
OUTCOMES = ("approve", "decline", "cancel", "pending", "3ds", "complete", "fail")
CAPTURE_MODES = ("ok", "fail", "hold")


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """What a shop sends to start a payment. `password` is that of an account to be made with the order, or None."""

    form: Form
    return_page: str
    failed_page: str = ""
    has_accepted_terms: bool = False
    initiate_only: bool = False
    specific_fields: Mapping[str, Any] | None = None
    password: str | None = None
    ip_address: str = ""
    affiliate: str = ""


@dataclass(frozen=True, slots=True)
class Started:
    """What became of the start of a payment: an action, the provider's session, the order if there is one already."""

    action: Action
    ref: str | None
    order_id: int | None


@dataclass(frozen=True, slots=True)
class Finished:
    """The order of a payment; `is_new` when this very call made it."""

    order_id: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """What the provider's page answers: the new state, and where the browser goes with which fields.

    `page` is return, failed or none; `comes_by` GET or POST.
    """

    attempt: Attempt
    page: str
    comes_by: str = "GET"
    url: str = ""
    fields: Mapping[str, str] | None = None


# ------------------------------------------------------------------ starting


def start(tx: Transaction, session: Session, request: PaymentRequest, psp_url: str) -> Started:
    """Starts a payment for the session's cart: everything of checkout-api.md 12.2, in that order.

    `psp_url` is what a reference is added to for the address of the provider's page. Raises Invalid, NotFound,
    Conflict, OutOfStock (which trims the cart) and PaymentRefused; what is refused leaves the selection as it was.
    """
    selection = selection_rows.get(tx, session.selection_id) if session.selection_id else None
    if selection is None or not selection.lines:
        raise Invalid({"selection": "empty"})
    try:
        with tx.savepoint():
            cart, method = _prepared(tx, session, request)
            shortages = missing_pieces(tx, session, cart)
            if not shortages:
                return _begin(tx, session, cart, method, request, psp_url)
    except PaymentRefused:
        _note_refusal(tx, session)
        raise
    raise OutOfStock(shortages)


def _prepared(tx: Transaction, session: Session, request: PaymentRequest) -> tuple[Cart, PaymentMethod]:
    """Stores the form and checks the cart; returns it with the method that it is paid with."""
    form = request.form
    wanted = form.payment_method
    if request.initiate_only:
        form.payment_method = None  # a widget that is only fetched does not make its method the selected one
    selection_form.store_form(tx, session, form, is_last=not request.initiate_only)
    cart = selections.cart_of(tx, session)
    if not cart.lines:
        raise Invalid({"selection": "empty"})
    method = cart.payment_method
    if request.initiate_only and wanted is not None:
        method = next((each for each in cart.payment_methods if each.uri == wanted), None)
    if method is None:
        raise NotFound("paymentMethod")
    if request.initiate_only and not method.initiate_only:
        raise Invalid({"paymentInitiateOnly": "not supported"})
    brings_address = method.address_after or method.initiate_only
    is_complete = not (request.initiate_only or (brings_address and request.specific_fields is None))
    password = request.password if session.customer_id is None else None
    demands = Demands(request.has_accepted_terms, bool(request.return_page), is_complete, password)
    check_form(tx, session, cart, demands)
    return cart, method


def _begin(
    tx: Transaction, session: Session, cart: Cart, method: PaymentMethod, request: PaymentRequest, psp_url: str
) -> Started:
    if cart.has_subscription and session.customer_id is None and request.password is None:
        raise Invalid({"customer": "must be registered"})
    affiliate_id = order_rows.affiliate_by_uri(tx, session.store_id, request.affiliate) if request.affiliate else None
    if affiliate_id is not None:
        session.affiliate_id = affiliate_id
        session_rows.save(tx, session)
    data = {"ip_address": request.ip_address}
    if request.password is not None and session.customer_id is None:
        data["password_hash"] = hash_password(tx, request.password)
    is_free = cart.has_products and not cart.totals.grand_total
    if is_free and not method.address_after and not request.initiate_only:
        order_id = _make_order(tx, session, cart, Placement(payment_method=method), data)
        return Started(Action("success"), None, order_id)
    attempt = _open_attempt(tx, cart, method, request, data)
    action = provider_of(method).start(attempt, psp_url + attempt.ref)
    if action.kind != "success":
        return Started(action, attempt.ref, None)
    return Started(action, attempt.ref, _order_of_attempt(tx, session, cart, attempt, is_pending=False))


def _open_attempt(
    tx: Transaction, cart: Cart, method: PaymentMethod, request: PaymentRequest, data: dict[str, str]
) -> Attempt:
    """A new session at the provider; earlier ones of the selection are void from now on."""
    order_number = rows.reserved_number(tx, cart.id) or tx.next_number("order")
    amount, currency = cart.totals.grand_total, cart.context.currency
    trans = tx.hex(32)
    attempt_id = rows.add_attempt(
        tx,
        ref=tx.hex(32),
        selection_id=cart.id,
        payment_method_id=method.id,
        order_number=order_number,
        amount=amount,
        currency_id=currency.id,
        trans=trans,
        signature=dummy_signature(order_number, amount, trans, currency.id),
        return_page=request.return_page,
        failed_page=request.failed_page,
        data_json=to_json(data),
    )
    row = rows.attempt(tx, attempt_id)
    assert row is not None
    return _attempt(tx, row)


def _attempt(tx: Transaction, row: Row) -> Attempt:
    reference = reference_of(tx.store)
    return Attempt(
        id=row["id"],
        ref=row["ref"],
        selection_id=row["selection_id"],
        method=reference.payment_methods[row["payment_method_id"]],
        order_number=row["order_number"],
        amount=row["amount"],
        currency=reference.currencies[row["currency_id"]],
        trans=row["trans"],
        signature=row["signature"],
        state=row["state"],
        capture_mode=row["capture_mode"],
        is_current=bool(row["is_current"]),
        return_page=row["return_page"],
        failed_page=row["failed_page"],
        data=from_json(row["data_json"]),
        order_id=row["order_id"],
    )


def _note_refusal(tx: Transaction, session: Session) -> None:
    """A provider that said no at once is remembered in the payment history of the selection."""
    cart = selections.cart_of(tx, session)
    rows.add_entry(tx, "auth", ledger.FAILED, cart.totals.grand_total, cart.context.currency.id, selection_id=cart.id)


# ------------------------------------------------------------------ finishing


def finish(tx: Transaction, session: Session, fields: Mapping[str, Any]) -> Finished:
    """The shopper is back with what the provider gave: makes the order, or finds it (payments.md A4).

    Raises PaymentRefused when the fields are not those of the session's latest attempt or when it was not approved, and
    OutOfStock when pieces were sold to somebody else meanwhile; the authorisation is cancelled then.
    """
    row = rows.current_attempt(tx, session.selection_id) if session.selection_id else None
    attempt = _attempt(tx, row) if row is not None else None
    if attempt is None or not belongs(attempt, fields):
        return Finished(_earlier_order(tx, session, fields), False)
    if attempt.order_id is not None:
        return Finished(attempt.order_id, False)
    is_certain = attempt.state in _ARRIVED or (attempt.state == "open" and provider_of(attempt.method).is_decided)
    if not is_certain and attempt.state != "pending":
        raise PaymentRefused([_REFUSED])
    cart = selections.cart_of(tx, session)
    if not cart.lines:
        raise PaymentRefused(["The selection is empty."])
    shortages = missing_pieces(tx, session, cart)
    if shortages:
        _void(tx, attempt)
        raise OutOfStock(shortages, attempt.amount)
    return Finished(_order_of_attempt(tx, session, cart, attempt, attempt.state == "pending"), True)


def _earlier_order(tx: Transaction, session: Session, fields: Mapping[str, Any]) -> int:
    """The session's last order, if these are the fields that it was paid with: no second order is made."""
    row = rows.attempt_of_order(tx, session.last_order_id) if session.last_order_id else None
    if row is None or not belongs(_attempt(tx, row), fields):
        raise PaymentRefused([_REFUSED])
    assert session.last_order_id is not None
    return session.last_order_id


def _void(tx: Transaction, attempt: Attempt) -> None:
    """Gives an authorisation back that no order came of."""
    rows.update_attempt(tx, attempt.id, state="cancelled")
    for kind in ("auth", "cancel"):
        rows.add_entry(
            tx,
            kind,
            ledger.SUCCESS,
            attempt.amount,
            attempt.currency.id,
            selection_id=attempt.selection_id,
            payment_method_id=attempt.method.id,
            reference=attempt.trans,
        )


def _order_of_attempt(tx: Transaction, session: Session, cart: Cart, attempt: Attempt, is_pending: bool) -> int:
    placement = Placement(
        number=attempt.order_number,
        payment_method=attempt.method,
        authorisation=Authorisation(attempt.amount, attempt.currency.id, attempt.trans, is_pending),
        payment_data=dict(provider_of(attempt.method).order_data),
    )
    if not is_pending and attempt.state == "open":
        rows.update_attempt(tx, attempt.id, state="approved")
    return _make_order(tx, session, cart, placement, attempt.data, attempt)


def _make_order(
    tx: Transaction,
    session: Session,
    cart: Cart,
    placement: Placement,
    data: Mapping[str, Any],
    attempt: Attempt | None = None,
) -> int:
    """Places the order and closes the selection; the session shows the order from now on."""
    placement = replace(
        placement,
        password_hash=data.get("password_hash"),
        affiliate_id=session.affiliate_id,
        campaign_site_id=session.campaign_site_id,
        ip_address=data.get("ip_address", ""),
    )
    order_id = placing.place_order(tx, cart, placement)
    if attempt is not None:
        rows.update_attempt(tx, attempt.id, order_id=order_id)
    if placement.password_hash is not None and session.customer_id is None:
        session.customer_id = orders.row_of(tx, order_id)["customer_id"]
    session.last_order_id, session.show_order = order_id, 1
    selections.close(tx, session, cart)
    return order_id


# ------------------------------------------------------------------ the provider's page


def attempt_of_page(tx: Transaction, ref: str) -> Attempt:
    """The payment behind a provider's page, current or not. Raises NotFound (`payment`)."""
    row = rows.attempt_by_ref(tx, ref)
    if row is None:
        raise NotFound("payment")
    return _attempt(tx, row)


def fields_of(attempt: Attempt) -> set[str]:
    """The names of the fields that the provider itself gives the browser."""
    return set(provider_of(attempt.method).brings(attempt))


def possible_outcomes(attempt: Attempt) -> list[str]:
    """What the provider can still say about a payment."""
    return list(_NEXT.get(attempt.state, ()))


def decide(tx: Transaction, ref: str, outcome: str) -> Decision:
    """The provider decides (payments.md A8). Raises NotFound (`payment`), Conflict (`outcome`) for what cannot be now.

    Only the current attempt of a selection can be decided; the caller looks at `is_current` first.
    """
    attempt = attempt_of_page(tx, ref)
    if outcome not in possible_outcomes(attempt):
        raise Conflict({"outcome": f"not possible while {attempt.state}"})
    state = _NEXT[attempt.state][outcome]
    rows.update_attempt(tx, attempt.id, state=state)
    attempt = replace(attempt, state=state)
    if outcome in ("complete", "fail") and attempt.order_id is not None:
        (_payment_arrived if outcome == "complete" else _payment_failed)(tx, attempt.order_id)
    if outcome == "decline":
        rows.add_entry(
            tx,
            "auth",
            ledger.FAILED,
            attempt.amount,
            attempt.currency.id,
            selection_id=attempt.selection_id,
            payment_method_id=attempt.method.id,
            reference=attempt.trans,
        )
    return _decision(attempt, outcome)


def _decision(attempt: Attempt, outcome: str) -> Decision:
    if outcome in ("complete", "fail", "3ds"):
        return Decision(attempt, "none")
    failed = outcome in ("decline", "cancel") and bool(attempt.failed_page)
    url, fields = return_fields(attempt, attempt.failed_page if failed else attempt.return_page)
    return Decision(attempt, "failed" if failed else "return", provider_of(attempt.method).comes_by, url, fields)


def set_capture_mode(tx: Transaction, ref: str, mode: str) -> Attempt:
    """How later captures of a payment end: ok, fail or hold (payments.md C), and those that it held back end now.

    Raises NotFound, Invalid (`capture`).
    """
    attempt = attempt_of_page(tx, ref)
    if mode not in CAPTURE_MODES:
        raise Invalid({"capture": f"expects one of {', '.join(CAPTURE_MODES)}"})
    rows.update_attempt(tx, attempt.id, capture_mode=mode)
    if attempt.order_id is not None and mode != "hold":
        _settle_captures(tx, attempt.order_id, is_refused=mode == "fail")
    return replace(attempt, capture_mode=mode)


def _settle_captures(tx: Transaction, order_id: int, is_refused: bool) -> None:
    """The provider answers what it was asked while it held captures back."""
    order = orders.row_of(tx, order_id)
    for shipment_id in ledger.settle_captures(tx, order, ledger.FAILED if is_refused else ledger.SUCCESS):
        (shipments.capture_failed if is_refused else shipments.charged)(tx, shipment_id)


def _payment_arrived(tx: Transaction, order_id: int) -> None:
    """The word that a waiting order waited for: its flags are cleared and it goes on (payments.md A5)."""
    order = orders.row_of(tx, order_id)
    if not order["is_waiting_for_payment"]:
        return
    ledger.settle_authorisation(tx, order, ledger.SUCCESS)
    order_rows.update(tx, order_id, is_waiting_for_payment=0, is_on_hold=order["has_payment_mismatch"])
    order_rows.add_history(tx, order_id, "payment completed")
    _tell_contracts(tx, order_id, "active")
    tx.event("order", order_id, "updated", number=order["number"])
    placing.finish(tx, order_id)


def _payment_failed(tx: Transaction, order_id: int) -> None:
    """No money will come: the order is cancelled, its stock released and its customer told (payments.md A5)."""
    order = orders.row_of(tx, order_id)
    if not order["is_waiting_for_payment"]:
        return
    ledger.settle_authorisation(tx, order, ledger.FAILED)
    order_rows.update(tx, order_id, is_waiting_for_payment=0, is_on_hold=0)
    orders.cancel_order(tx, order_id)
    _tell_contracts(tx, order_id, "failed")
    language = reference_of(tx.store).languages.get(order["language_id"])
    email = from_json(order["address_json"]).get("email", "")
    mails.mail(tx, MAIL_CANCELLED, email, language.code if language else "", {"order": str(order["number"])})


def _tell_contracts(tx: Transaction, order_id: int, payment_status: str) -> None:
    for contract_id in rows.set_contract_payment(tx, order_id, payment_status):
        tx.event("subscription_contract", contract_id, "updated")
