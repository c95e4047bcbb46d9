"""Runs seeded orders through the rules, moment by moment: placed, confirmed, packed, charged, sent, put away."""

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mockcentra.commerce import (
    administration,
    ledger,
    order_changes,
    orders,
    placing,
    selection_form,
    selection_lines,
    selections,
    sessions,
    shipment_packing,
    shipments,
)
from mockcentra.commerce.attribute_values import put_attributes
from mockcentra.commerce.model import Cart
from mockcentra.commerce.placing import Authorisation, Placement
from mockcentra.commerce.reference import reference_of
from mockcentra.commerce.sessions import Session
from mockcentra.commerce.settings import change_settings, setting
from mockcentra.seed.fixtures import Record
from mockcentra.seed.goods import Line
from mockcentra.seed.people import Person
from mockcentra.seed.requests import ask_shops, ask_shops_in_passing
from mockcentra.seed.world import World
from mockcentra.store import Transaction
from mockcentra.store import allocations as stock_rows
from mockcentra.store import orders as order_rows
from mockcentra.store import seeding as rows
from mockcentra.store import sessions as session_rows

_HOUR = 3600
_TOKEN = "seed"
_MISMATCH = 10_000  # hundredths that a wrong authorisation lacks
# From where things are done; one order in so many is packed and charged by hand.
_SHOPPER, _WAREHOUSE, _FORM = "Checkout API", "Order API", "Centra form"
_BY_HAND = 3
_AUTOCONFIRM, _BACKORDERS = "store.autoconfirm", "store.backorders"


@dataclass(slots=True)
class Form:
    """How an order is placed: what a shopper fills in, and what administrators note on it."""

    lines: list[Line] = field(default_factory=list)
    market_id: int = 0
    pricelist_id: int = 0
    method: str = ""
    shipping: str = ""
    code: str | None = None
    is_credit: bool = False
    gift_certificate: tuple[str, int | None] | None = None
    note: str = ""
    gift_message: str = ""
    internal_comment: str = ""
    external_id: str = ""
    affiliate_id: int | None = None
    deliver_to: dict[str, str] | None = None
    cancelled_pieces: int = 0
    asked: Sequence[str] = ()
    is_locked: bool = False
    is_captured_outside: bool = False


@dataclass(slots=True)
class Running:
    """An order on its way."""

    outcome: str
    person: Person
    form: Form
    order_id: int = 0
    shipment_id: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happens to an order, so many hours after the step before."""

    act: "Callable[[History, Transaction, Running], None]"
    after: tuple[float, float]
    is_by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of an order.

    is_open         something is still to be done with it
    keeps_goods     the pieces are gone for good, sent or reserved
    least_lines     it makes sense from so many lines on
    """

    steps: tuple[Step, ...] = ()
    is_open: bool = True
    keeps_goods: bool = True
    least_lines: int = 1
    last_line_is_gone: bool = False


class History:
    """The orders and all their steps, run in the order of time within the step's transaction."""

    def __init__(self, world: World, carriers: Sequence[Record], autoconfirm_since: int) -> None:
        self.world = world
        self.dice = world.dice("history of orders")
        self._carriers = carriers
        self._autoconfirm_since = autoconfirm_since
        self._due: list[tuple[int, int, int, Running]] = []  # moment, number, step (-1: it is placed), order
        self._others: list[tuple[int, int, Callable[[], None]]] = []  # moment, number, what else happens then
        self._count = 0
        self._seconds: set[int] = set()
        self._admins = rows.admin_users(world.tx)

    def add(self, at: int, outcome: str, person: Person, form: Form) -> None:
        """An order to be placed at a moment."""
        self._put(at, -1, Running(outcome, person, form))

    def also(self, at: int, act: Callable[[], None]) -> None:
        """Something else that places an order at a moment: numbers follow time, whoever orders."""
        heapq.heappush(self._others, (at, len(self._others), act))

    def _run_others(self, until: int) -> None:
        while self._others and self._others[0][0] <= until:
            _, _, act = heapq.heappop(self._others)
            act()

    def _put(self, at: int, step: int, order: Running) -> None:
        self._count += 1
        heapq.heappush(self._due, (at, self._count, step, order))

    def run(self) -> None:
        """Everything happens; what only concerns the moment (mails, events, the session) leaves nothing behind."""
        total = self._count
        placed = 0
        tx = self.world.tx
        confirms_by_itself = setting(tx, _AUTOCONFIRM)
        self._seconds.update(at for at, *_ in self._due)
        if confirms_by_itself and self._due and self._due[0][0] < self._autoconfirm_since:
            change_settings(tx, {_AUTOCONFIRM: False})
        while self._due:
            at, _, number, order = heapq.heappop(self._due)
            self._run_others(at)
            tx = self.world.move(at)
            if confirms_by_itself and at >= self._autoconfirm_since and not setting(tx, _AUTOCONFIRM):
                change_settings(tx, {_AUTOCONFIRM: True})
            self._acts(tx, order, None if number < 0 else OUTCOMES[order.outcome].steps[number])
            if number < 0:
                self._place(tx, order)
                placed += 1
                if placed % 50 == 0:
                    self.world.report(placed, total)
            else:
                OUTCOMES[order.outcome].steps[number].act(self, tx, order)
            self._next(at, number + 1, order)
        self._run_others(self.world.as_of)
        self.world.move(self.world.as_of)
        tx.source, tx.admin_user_id = "", None
        if confirms_by_itself:
            change_settings(tx, {_AUTOCONFIRM: True})
        session_rows.remove(tx, _TOKEN)
        rows.empty(tx, "events", "mails")

    def _acts(self, tx: Transaction, order: Running, step: Step | None) -> None:
        """Who does it: the shopper, the warehouse's integration, or somebody of the administration by hand."""
        by_hand = step is not None and (step.is_by_hand or order.order_id % _BY_HAND == 0)
        tx.source = _SHOPPER if step is None else _FORM if by_hand else _WAREHOUSE
        tx.admin_user_id = self._admins[order.order_id % len(self._admins)] if by_hand and self._admins else None

    def _next(self, at: int, number: int, order: Running) -> None:
        steps = OUTCOMES[order.outcome].steps
        if number < len(steps):
            low, high = steps[number].after
            later = at + self.dice.randrange(int(low * _HOUR), int(high * _HOUR))
            while later in self._seconds:
                later += 1
            self._seconds.add(later)
            self._put(later, number, order)

    # -- placing

    def _place(self, tx: Transaction, order: Running) -> None:
        form, person = order.form, order.person
        session = self._session(tx, order)
        if form.gift_certificate is not None:
            selection_lines.add_gift(tx, session, *form.gift_certificate)
        for line in form.lines:
            wanted = selection_lines.Wanted(line.item, line.quantity, line.comment, sections=line.sections or None)
            selection_lines.add_item(tx, session, wanted)
        code = rows.newest_credit(tx, session.store_id) if form.is_credit else form.code
        if code is not None:
            selection_form.add_voucher(tx, session, code)
        selection_form.store_form(
            tx,
            session,
            selection_form.Form(
                address={**person.address, "email": person.email},
                shipping_address=form.deliver_to,
                additional_notes=form.note or None,
                gift_message=form.gift_message or None,
            ),
        )
        self._place_in(session, form)
        self._methods(tx, session, form)
        cart = selections.cart_of(tx, session)
        is_short = OUTCOMES[order.outcome].last_line_is_gone
        if is_short:
            backorders = setting(tx, _BACKORDERS)
            change_settings(tx, {_BACKORDERS: True})
        order.order_id = placing.place_order(tx, cart, self._placement(tx, cart, order))
        if is_short:
            change_settings(tx, {_BACKORDERS: backorders})
        selections.close(tx, session, cart)
        self._note(tx, order)

    def _session(self, tx: Transaction, order: Running) -> Session:
        """The one session in which everybody shops, put into the shopper's country."""
        reference = reference_of(tx.store)
        session = sessions.fresh(tx.store)
        session.token = _TOKEN
        session.created_at = session.used_at = tx.now
        session.customer_id = order.person.id if order.person.is_registered else None
        address = order.form.deliver_to or order.person.address
        country, state = sessions.find_place(reference, address["country"], address.get("state"))
        sessions.place(session, reference, country, state, sessions.find_language(reference, order.person.language))
        self._place_in(session, order.form)
        session_rows.save(tx, session)
        return session

    @staticmethod
    def _place_in(session: Session, form: Form) -> None:
        """Customers with a market or a pricelist of their own keep them."""
        if form.market_id:
            session.market_id, session.pricelist_id = form.market_id, form.pricelist_id

    def _methods(self, tx: Transaction, session: Session, form: Form) -> None:
        """Chooses how it is paid and sent; methods that are not offered yet are noted when the order is placed."""
        cart = selections.cart_of(tx, session)
        offered = [method.uri for method in cart.payment_methods]
        free = [method.uri for method in cart.payment_methods if not method.handling_costs]
        if form.method in offered:
            selection_form.choose_payment(tx, session, form.method)
        elif free:
            selection_form.choose_payment(tx, session, free[0])
        if form.shipping in [option.uri for option in cart.shipping_options]:
            selection_form.choose_shipping(tx, session, form.shipping)

    def _placement(self, tx: Transaction, cart: Cart, order: Running) -> Placement:
        reference = reference_of(tx.store)
        form, outcome = order.form, order.outcome
        store_id = cart.context.store_id
        method = next(
            (
                each
                for each in reference.payment_methods.values()
                if (each.store_id, each.uri) == (store_id, form.method)
            ),
            cart.payment_method,
        )
        placement = Placement(
            payment_method=method,
            affiliate_id=form.affiliate_id,
            ip_address=f"203.0.113.{self.dice.randrange(1, 255)}",
        )
        total = cart.totals.grand_total
        if outcome == "free" or not total:
            return placement
        amount = max(1, total - _MISMATCH) if outcome == "mismatch" else total
        authorisation = Authorisation(amount, cart.context.currency.id, tx.hex(32), is_pending=outcome == "waiting")
        return replace(placement, authorisation=authorisation)

    def _note(self, tx: Transaction, order: Running) -> None:
        """What stands on an order that shoppers do not write."""
        form = order.form
        if form.external_id:
            put_attributes(tx, "order", order.order_id, {"order_attr_external_id": form.external_id})
        if form.internal_comment:
            order_rows.update(tx, order.order_id, internal_comment=form.internal_comment)
        if form.is_captured_outside:
            row = orders.row_of(tx, order.order_id)
            ledger.capture_outside(tx, row, row["grand_total"])

    def parcel(self) -> dict[str, Any]:
        """A carrier with a new tracking number."""
        if not self._carriers:
            return {}
        entry = self.dice.choice(self._carriers)
        number = f"{entry['carrier'][:2].upper()}{self.dice.randrange(10**9, 10**10)}"
        return {
            "carrier": entry["carrier"],
            "service": entry["service"],
            "packages": 1,
            "tracking_number": number,
            "tracking_url": entry["url"].replace("{number}", number),
        }


# ---------------------------------------------------------------- steps


def _confirm(history: History, tx: Transaction, order: Running) -> None:
    if orders.row_of(tx, order.order_id)["status"] == "pending":
        orders.confirm(tx, order.order_id)
    if order.form.cancelled_pieces:
        first = order_rows.lines(tx, [order.order_id])[0]
        order_changes.cancel_units(tx, order.order_id, {first["id"]: order.form.cancelled_pieces})
    if order.form.asked and not OUTCOMES[order.outcome].is_open:
        ask_shops_in_passing(history.world, tx, order.order_id, order.form.asked)


def _suspect(history: History, tx: Transaction, order: Running) -> None:
    administration.hold(tx, order.order_id, is_suspect=True)


def _pack(history: History, tx: Transaction, order: Running) -> None:
    order.shipment_id = shipment_packing.create(tx, order.order_id) or 0


def _pack_first(history: History, tx: Transaction, order: Running) -> None:
    held = stock_rows.of_orders(tx, [order.order_id])
    first = held[0]["order_line_id"]
    units = sum(row["quantity"] for row in held if row["order_line_id"] == first)
    order.shipment_id = shipment_packing.create(tx, order.order_id, {first: units}) or 0


def _begin_to_pack(history: History, tx: Transaction, order: Running) -> None:
    order.shipment_id = shipment_packing.create(tx, order.order_id, is_good_to_go=False) or 0


def _capture(history: History, tx: Transaction, order: Running) -> None:
    shipments.capture(tx, order.shipment_id)


def _capture_order(history: History, tx: Transaction, order: Running) -> None:
    row = orders.row_of(tx, order.order_id)
    ledger.capture(tx, row, row["grand_total"])


def _be_refused(history: History, tx: Transaction, order: Running) -> None:
    row = orders.row_of(tx, order.order_id)
    ledger.refuse_capture(tx, row, row["grand_total"], order.shipment_id)


def _send(history: History, tx: Transaction, order: Running) -> None:
    shipments.complete(tx, order.shipment_id, **history.parcel())
    if order.form.is_locked:
        administration.lock(tx, order.order_id)


def _ask(history: History, tx: Transaction, order: Running) -> None:
    if order.form.asked:
        ask_shops(history.world, tx, order.order_id, order.form.asked)


def _archive(history: History, tx: Transaction, order: Running) -> None:
    administration.archive(tx, order.order_id)


def _cancel(history: History, tx: Transaction, order: Running) -> None:
    orders.cancel_order(tx, order.order_id)


def _give_away(history: History, tx: Transaction, order: Running) -> None:
    administration.give_away(tx, order.order_id)


_CONFIRM = Step(_confirm, (0.5, 10), is_by_hand=True)
_PACK = Step(_pack, (8, 30))
_PACK_FIRST = Step(_pack_first, (8, 30))
_CAPTURE = Step(_capture, (0.1, 1))
_SEND = Step(_send, (1, 7))
_PARCEL = (_PACK, _CAPTURE, _SEND)
_FIRST_PARCEL = (_PACK_FIRST, _CAPTURE, _SEND)
_COMPLETED = (_CONFIRM, *_PARCEL)

OUTCOMES: dict[str, Outcome] = {
    "pending": Outcome(),
    "waiting": Outcome(),
    "confirmed": Outcome((_CONFIRM,)),
    "suspect": Outcome((_CONFIRM, Step(_suspect, (0.1, 2), is_by_hand=True))),
    "mismatch": Outcome((_CONFIRM,)),
    "good_to_go": Outcome((_CONFIRM, _PACK)),
    "failed_capture": Outcome((_CONFIRM, _PACK, Step(_be_refused, (0.1, 1)))),
    "captured": Outcome((_CONFIRM, _PACK, _CAPTURE)),
    "captured_in_whole": Outcome((_CONFIRM, Step(_capture_order, (1, 3), is_by_hand=True), _PACK)),
    "in_progress": Outcome((_CONFIRM, Step(_begin_to_pack, (8, 30)))),
    "partly_shipped": Outcome((_CONFIRM, *_FIRST_PARCEL, Step(_ask, (1, 4))), least_lines=2),
    "back_ordered": Outcome((_CONFIRM, *_FIRST_PARCEL), least_lines=2, last_line_is_gone=True),
    "completed": Outcome(_COMPLETED, is_open=False),
    "completed_in_two": Outcome(
        (_CONFIRM, *_FIRST_PARCEL, Step(_pack, (60, 140)), _CAPTURE, _SEND), is_open=False, least_lines=2
    ),
    "archived": Outcome((*_COMPLETED, Step(_archive, (2000, 5000), is_by_hand=True)), is_open=False),
    "cancelled": Outcome((_CONFIRM, Step(_cancel, (1, 20), is_by_hand=True)), is_open=False, keeps_goods=False),
    "free": Outcome((Step(_give_away, (0.1, 0.3), is_by_hand=True), *_COMPLETED), is_open=False),
    "gift_certificate": Outcome(is_open=False),
}
"""What may stand as `outcome` in the fixtures."""
