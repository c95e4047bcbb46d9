"""Subscriptions: contracts that begin with an order, what shoppers change in them, and the payment kept for them."""

import hashlib
import hmac
import re
from calendar import monthrange
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from msgspec.structs import replace

from mockcentra.commerce.catalogue import find_item, is_listed, record_of
from mockcentra.commerce.emails import is_email
from mockcentra.commerce.errors import Invalid, NotFound, PaymentRefused
from mockcentra.commerce.model import Address, Cart, ProductRecord
from mockcentra.commerce.money import decimal_text
from mockcentra.commerce.reference import PaymentMethod, Plan, Reference, reference_of
from mockcentra.store import Transaction
from mockcentra.store import subscriptions as rows
from mockcentra.store.clock import from_local, local_date
from mockcentra.store.database import Row, from_json, to_json

ACTIVE, PAUSED, CANCELLED = "active", "paused", "cancelled"
STATUSES = (ACTIVE, PAUSED, CANCELLED)
ADDRESS_FIELDS = ("firstName", "lastName", "address1", "address2", "zipCode", "city", "phoneNumber", "email")
"""What of a contract's address may change: the country, and with it the state, never does."""

MAX_QUANTITY = 1_000_000
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
# Methods that store the payment at once, without a visit to the provider.
_IMMEDIATE_METHODS = ("dummy-direct",)


@dataclass(frozen=True, slots=True)
class Subscription:
    """One item that is ordered again and again. Interval and discount are copies of the plan's at that time."""

    id: int
    contract_id: int
    status: str
    display_item_id: int
    product_size_id: int
    quantity: int
    plan_id: int | None
    interval_value: int
    interval_type: str
    percent: int
    next_order_at: int
    created_at: int
    updated_at: int

    @property
    def item(self) -> str:
        return f"{self.display_item_id}-{self.product_size_id}"

    def plan(self, reference: Reference) -> Plan:
        """The plan with the terms that this subscription keeps, whatever has become of the plan itself."""
        known = reference.plans.get(self.plan_id or 0)
        if known is None:
            return Plan(
                self.plan_id or 0, 0, "", self.interval_value, self.interval_type, self.percent, "DYNAMIC", False
            )
        return replace(
            known, interval_value=self.interval_value, interval_type=self.interval_type, percent=self.percent
        )


@dataclass(frozen=True, slots=True)
class Contract:
    """What a customer agreed to with one order: where it goes, how it is paid, and its subscriptions."""

    id: int
    store_id: int
    customer_id: int
    order_id: int | None
    market_id: int
    pricelist_id: int
    country_id: int
    state_id: int | None
    shipping_option_id: int | None
    payment_method_id: int | None  # None: purged with the last subscription
    payment_status: str  # active, pending, failed
    address: Address
    shipping_address: Address
    created_at: int
    updated_at: int
    subscriptions: tuple[Subscription, ...]


@dataclass(frozen=True, slots=True)
class StoredPayment:
    """A payment that is being stored for contracts. `fields` is what the provider hands to the return page."""

    ref: str
    method: PaymentMethod
    contract_ids: tuple[int, ...]
    return_page: str
    fields: Mapping[str, str]
    is_complete: bool


# ------------------------------------------------------------------ reading


def contracts_of(tx: Transaction, customer_id: int) -> list[Contract]:
    """The customer's contracts, oldest first."""
    return _contracts(tx, rows.contracts_of(tx, customer_id))


def own_contract(tx: Transaction, customer_id: int, contract_id: int) -> Contract:
    """A contract of that customer. Raises NotFound for every other one."""
    found = _contracts(tx, rows.contracts(tx, [contract_id]))
    if not found or found[0].customer_id != customer_id:
        raise NotFound("contract")
    return found[0]


def _own_subscription(
    tx: Transaction, customer_id: int, subscription_id: int, contract_id: int | None = None
) -> tuple[Contract, Subscription]:
    """A subscription of the customer with its contract. Raises NotFound, also when it is in another contract."""
    if contract_id is not None:
        contract = own_contract(tx, customer_id, contract_id)
    else:
        found = _contracts(tx, rows.contracts(tx, [rows.contract_id_of(tx, subscription_id) or 0]))
        if not found or found[0].customer_id != customer_id:
            raise NotFound("subscription")
        contract = found[0]
    for subscription in contract.subscriptions:
        if subscription.id == subscription_id:
            return contract, subscription
    raise NotFound("subscription")


def _contracts(tx: Transaction, contract_rows: Sequence[Row]) -> list[Contract]:
    subscriptions: dict[int, list[Subscription]] = defaultdict(list)
    for row in rows.subscriptions_in(tx, [row["id"] for row in contract_rows]):
        subscriptions[row["contract_id"]].append(
            Subscription(
                row["id"], row["contract_id"], row["status"], row["display_item_id"], row["product_size_id"],
                row["quantity"], row["subscription_plan_id"], row["interval_value"], row["interval_type"],
                row["percent"], row["next_order_at"], row["created_at"], row["updated_at"],
            )
        )  # fmt: skip
    return [
        Contract(
            row["id"], row["store_id"], row["customer_id"], row["order_id"], row["market_id"], row["pricelist_id"],
            row["country_id"], row["state_id"], row["shipping_option_id"], row["payment_method_id"],
            row["payment_status"], from_json(row["address_json"]), from_json(row["shipping_address_json"]),
            row["created_at"], row["updated_at"], tuple(subscriptions.get(row["id"], ())),
        )
        for row in contract_rows
    ]  # fmt: skip


# ------------------------------------------------------------------ beginning


def start_contract(tx: Transaction, order_id: int, cart: Cart) -> int | None:
    """Makes the contract of an order, with a subscription for each of the cart's lines in a plan; returns its id.

    None, and nothing made, for a cart without such lines. The first delivery is the order itself; the next one is due
    an interval after the order's day (in the instance's zone). The order must have a customer and a country.
    """
    lines = [(line, line.plan, line.record, line.size) for line in cart.lines if line.plan is not None]
    order = rows.order_origin(tx, order_id)
    if not lines or order is None:
        return None
    address, shipping_address = from_json(order["address_json"]), from_json(order["shipping_address_json"])
    contract_id = rows.add_contract(
        tx,
        store_id=order["store_id"],
        customer_id=order["customer_id"],
        order_id=order_id,
        market_id=order["market_id"],
        pricelist_id=order["pricelist_id"],
        country_id=order["country_id"],
        state_id=order["state_id"],
        shipping_option_id=order["shipping_option_id"],
        payment_method_id=order["payment_method_id"],
        payment_status="pending" if order["is_waiting_for_payment"] else "active",
        address_json=order["address_json"],
        shipping_address_json=to_json(shipping_address if any(shipping_address.values()) else address),
    )
    tx.event("subscription_contract", contract_id, "created")
    for line, plan, record, size in lines:
        if record is not None and size is not None:
            due_at = next_order_at(order["created_at"], plan.interval_value, plan.interval_type)
            _insert(tx, contract_id, record.id, size.id, line.quantity, plan, due_at)
    return contract_id


def _insert(
    tx: Transaction, contract_id: int, display_item_id: int, size_id: int, quantity: int, plan: Plan, due_at: int
) -> None:
    subscription_id = rows.add(
        tx,
        contract_id=contract_id,
        status=ACTIVE,
        display_item_id=display_item_id,
        product_size_id=size_id,
        quantity=quantity,
        subscription_plan_id=plan.id,
        interval_value=plan.interval_value,
        interval_type=plan.interval_type,
        percent=plan.percent,
        next_order_at=due_at,
    )
    tx.event("subscription", subscription_id, "created")


def next_order_at(since: int, interval_value: int, interval_type: str) -> int:
    """The beginning of the day (unix seconds) that lies an interval after the day of `since`, in the instance's zone.

    `interval_type` is day, week, month or year; where a month is too short its last day counts.
    """
    day = date.fromisoformat(local_date(since))
    if interval_type in ("day", "week"):
        day += timedelta(days=interval_value * (7 if interval_type == "week" else 1))
    else:
        months = day.year * 12 + day.month - 1 + interval_value * (12 if interval_type == "year" else 1)
        year, month = divmod(months, 12)
        day = date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
    return from_local(day.isoformat())


# ------------------------------------------------------------------ changing


def add_subscription(
    tx: Transaction,
    customer_id: int,
    contract_id: int,
    item: object,
    plan_id: int,
    next_order_day: str,
    quantity: int,
) -> Contract:
    """Adds an item to a contract, at the terms of a plan that it is in now (checkout-api.md 18.2).

    `next_order_day` is `YYYY-MM-DD`, tomorrow at the earliest. Raises NotFound for `contract`, `item` and
    `subscriptionPlan`, Invalid for `nextOrderDate` and `quantity`.
    """
    contract = own_contract(tx, customer_id, contract_id)
    found = find_item(tx, item)
    if found is None or found[0].store_id != contract.store_id or not is_listed(found[0], contract.market_id):
        raise NotFound("item")
    record, size = found
    plan = _offered_plan(tx, record, plan_id)
    due_at = _first_day(tx, next_order_day)
    _check_quantity(quantity)
    _insert(tx, contract.id, record.id, size.id, quantity, plan, due_at)
    return _changed(tx, contract)


def _offered_plan(tx: Transaction, record: ProductRecord | None, plan_id: int) -> Plan:
    """A plan that the product is in now. Raises NotFound."""
    plan = reference_of(tx.store).plans.get(plan_id)
    if plan is None or not plan.is_active or record is None or plan_id not in record.plan_ids:
        raise NotFound("subscriptionPlan")
    return plan


def _first_day(tx: Transaction, text: str) -> int:
    try:
        if not _DAY.fullmatch(text):
            raise ValueError
        day = date.fromisoformat(text)
    except ValueError:
        raise Invalid({"nextOrderDate": "not valid"}) from None
    if day.isoformat() <= local_date(tx.now):
        raise Invalid({"nextOrderDate": "not before tomorrow"})
    return from_local(day.isoformat())


def _check_quantity(quantity: int) -> None:
    if not 1 <= quantity <= MAX_QUANTITY:
        raise Invalid({"quantity": "not valid"})


def change_quantity(
    tx: Transaction, customer_id: int, contract_id: int, subscription_id: int, quantity: int
) -> Contract:
    """Fewer pieces always, more only while the item is in the same plan and the plan's terms are the same."""
    contract, subscription = _own_subscription(tx, customer_id, subscription_id, contract_id)
    _check_quantity(quantity)
    _check_open(subscription)
    if quantity > subscription.quantity and not _terms_hold(tx, subscription):
        raise Invalid({"quantity": "cannot be raised"})
    _update(tx, subscription, quantity=quantity)
    return _changed(tx, contract)


def _terms_hold(tx: Transaction, subscription: Subscription) -> bool:
    try:
        plan = _offered_plan(tx, record_of(tx, subscription.display_item_id), subscription.plan_id or 0)
    except NotFound:
        return False
    terms = (plan.interval_value, plan.interval_type, plan.percent)
    return terms == (subscription.interval_value, subscription.interval_type, subscription.percent)


def _check_open(subscription: Subscription) -> None:
    if subscription.status == CANCELLED:
        raise Invalid({"subscription": "cancelled"})


def change_interval(tx: Transaction, customer_id: int, subscription_id: int, plan_id: int) -> Contract:
    """Takes over interval and discount of a plan that the item is in now; they count from the next order on."""
    contract, subscription = _own_subscription(tx, customer_id, subscription_id)
    plan = _offered_plan(tx, record_of(tx, subscription.display_item_id), plan_id)
    _check_open(subscription)
    _update(
        tx,
        subscription,
        subscription_plan_id=plan.id,
        interval_value=plan.interval_value,
        interval_type=plan.interval_type,
        percent=plan.percent,
    )
    return _changed(tx, contract)


def change_status(tx: Transaction, customer_id: int, subscription_id: int, status: str) -> Contract:
    """Pauses, resumes or cancels. What was skipped in a pause is not caught up, and cancelled is final.

    With the last subscription of a contract its payment data go.
    """
    contract, subscription = _own_subscription(tx, customer_id, subscription_id)
    if status not in STATUSES:
        raise Invalid({"status": "not valid"})
    if subscription.status == CANCELLED and status != CANCELLED:
        raise Invalid({"status": "cancelled subscription cannot be restored"})
    due_at = subscription.next_order_at
    if status == ACTIVE and subscription.status == PAUSED:
        due_at = _next_due(tx.now, subscription)
    _update(tx, subscription, status=status, next_order_at=due_at)
    others = [other for other in contract.subscriptions if other.id != subscription.id]
    if status == CANCELLED and all(other.status == CANCELLED for other in others):
        rows.update_contract(tx, contract.id, payment_method_id=None, payment_status="failed")
    return _changed(tx, contract)


def _next_due(now: int, subscription: Subscription) -> int:
    due_at = subscription.next_order_at
    while due_at <= now:
        due_at = next_order_at(due_at, subscription.interval_value, subscription.interval_type)
    return due_at


def change_address(tx: Transaction, customer_id: int, contract_id: int, address: Mapping[str, str]) -> Contract:
    """Changes where a contract's orders go, field by field; other fields than `ADDRESS_FIELDS` are ignored."""
    contract = own_contract(tx, customer_id, contract_id)
    changes = {key: text for key, text in address.items() if key in ADDRESS_FIELDS}
    if changes.get("email") and not is_email(changes["email"]):
        raise Invalid({"email": "not valid"})
    rows.update_contract(tx, contract.id, shipping_address_json=to_json({**contract.shipping_address, **changes}))
    return _changed(tx, contract)


def _update(tx: Transaction, subscription: Subscription, **columns: Any) -> None:
    rows.update(tx, subscription.id, **columns)
    tx.event("subscription", subscription.id, "updated")


def _changed(tx: Transaction, contract: Contract) -> Contract:
    rows.update_contract(tx, contract.id)
    tx.event("subscription_contract", contract.id, "updated")
    return own_contract(tx, contract.customer_id, contract.id)


# ------------------------------------------------------------------ the stored payment


def storable_methods(tx: Transaction, contract: Contract) -> list[PaymentMethod]:
    """The methods that can be charged again and again, in the contract's country."""
    return [
        method
        for method in reference_of(tx.store).payment_methods.values()
        if method.is_active
        and method.is_recurring
        and method.store_id == contract.store_id
        and (not method.country_ids or contract.country_id in method.country_ids)
    ]


def store_payment(
    tx: Transaction,
    customer_id: int,
    contract_ids: Sequence[int],
    method_uri: str,
    return_page: str,
    failed_page: str,
) -> StoredPayment:
    """Begins to store a payment for contracts of the customer; methods without a visit to the provider end it at once.

    Raises NotFound for `contract` and for a `paymentMethod` that cannot be stored for all of them, Invalid for
    `contracts` and `return_page` when they are `required`.
    """
    problems = {}
    if not contract_ids:
        problems["contracts"] = "required"
    if not return_page:
        problems["return_page"] = "required"
    if problems:
        raise Invalid(problems)
    contracts = [own_contract(tx, customer_id, contract_id) for contract_id in dict.fromkeys(contract_ids)]
    offered = [{method.uri: method for method in storable_methods(tx, contract)} for contract in contracts]
    method = offered[0].get(method_uri)
    if method is None or any(method_uri not in methods for methods in offered):
        raise NotFound("paymentMethod")
    ref, trans = tx.hex(32), tx.hex(32)
    pricelist = reference_of(tx.store).pricelists.get(contracts[0].pricelist_id)
    fields = {"amount": decimal_text(0), "trans": trans, "currency": str(pricelist.currency_id if pricelist else "")}
    signature = _signature(ref, method_uri, fields)
    ids = tuple(contract.id for contract in contracts)
    rows.add_stored_payment(tx, ref, customer_id, method.id, to_json(ids), trans, signature, return_page, failed_page)
    is_complete = method_uri in _IMMEDIATE_METHODS
    if is_complete:
        _complete(tx, ref, method.id, ids)
    return StoredPayment(ref, method, ids, return_page, {**fields, "signature": signature}, is_complete)


def _signature(ref: str, method_uri: str, fields: Mapping[str, Any]) -> str:
    """Signs what the form carries with a key that never leaves the shop."""
    message = "|".join([method_uri, *(str(fields.get(name)) for name in ("amount", "trans", "currency"))])
    return hmac.new(ref.encode(), message.encode("utf-8", "surrogatepass"), hashlib.sha1).hexdigest()


def finish_stored_payment(tx: Transaction, customer_id: int, fields: Mapping[str, Any]) -> StoredPayment:
    """Keeps the payment for its contracts, with the fields that reached the return page; twice is no mistake.

    Raises PaymentRefused when they are not the ones that were handed out.
    """
    trans = fields.get("trans")
    row = rows.stored_payment(tx, customer_id, trans) if isinstance(trans, str) else None
    if row is None:
        raise PaymentRefused(["The payment is not known."])
    method = reference_of(tx.store).payment_methods[row["payment_method_id"]]
    expected = _signature(row["ref"], method.uri, fields)
    sent = str(fields.get("signature")).encode("utf-8", "replace")
    is_whole = fields.get("centraPaymentMethod", method.uri) == method.uri and expected == row["signature"]
    if not is_whole or not hmac.compare_digest(sent, expected.encode()):
        raise PaymentRefused(["The payment was changed on its way."])
    ids = tuple(from_json(row["contracts_json"]))
    if row["state"] != "completed":
        _complete(tx, row["ref"], method.id, ids)
    return StoredPayment(row["ref"], method, ids, row["return_page"], {}, True)


def _complete(tx: Transaction, ref: str, payment_method_id: int, contract_ids: Sequence[int]) -> None:
    rows.set_stored_payment_state(tx, ref, "completed")
    for contract_id in contract_ids:
        rows.update_contract(tx, contract_id, payment_method_id=payment_method_id, payment_status="active")
        tx.event("subscription_contract", contract_id, "updated")
