"""Managing subscriptions: contracts, intervals, addresses, and the payment stored for them (checkout-api.md 18)."""

from collections.abc import Callable
from html import escape
from typing import Any

from mockcentra.apis import values
from mockcentra.apis.checkout.customers import customer_of, text_fields
from mockcentra.apis.checkout.payment import page_of
from mockcentra.apis.checkout.product_json import line_product, plan_json
from mockcentra.apis.checkout.selection_json import payment_method_json
from mockcentra.apis.checkout.transport import Call, endpoint
from mockcentra.commerce import catalogue, pricing, sessions, subscriptions
from mockcentra.commerce.errors import Invalid
from mockcentra.commerce.model import Context, ProductRecord
from mockcentra.commerce.providers import with_query
from mockcentra.commerce.sessions import Session
from mockcentra.commerce.subscriptions import Contract, StoredPayment, Subscription
from mockcentra.store import Transaction
from mockcentra.store.clock import local_date, local_text

_CONTRACT_ADDRESS = (
    "firstName", "lastName", "company", "address1", "address2", "zipCode", "city", "state", "country", "phoneNumber",
    "email",
)  # fmt: skip

_MAX_CONTRACTS = 1000

Records = dict[int, ProductRecord]


# ------------------------------------------------------------------ contracts


@endpoint("POST /customer/subscriptions", needs_login=True)
def list_subscriptions(call: Call) -> dict[str, Any]:
    """The customer's subscriptions, grouped by contract."""
    with call.store.reading() as tx:
        contracts = subscriptions.contracts_of(tx, customer_of(call.session))
        records = _records(tx, contracts)
    return {"contracts": [_contract_json(call, contract, records) for contract in contracts]}


def _records(tx: Transaction, contracts: list[Contract]) -> Records:
    """The products of the subscriptions, and the parts of those that are bundles."""
    ids = [subscription.display_item_id for contract in contracts for subscription in contract.subscriptions]
    found = catalogue.records(tx, ids)
    return {**catalogue.with_parts(tx, found.values()), **found}


def _contract_json(call: Call, contract: Contract, records: Records) -> dict[str, Any]:
    context = _context_of(call, contract)
    method = context.reference.payment_methods.get(contract.payment_method_id or 0)
    return {
        "contract": contract.id,
        "createdAt": local_text(contract.created_at),
        "address": {key: contract.shipping_address.get(key, "") for key in _CONTRACT_ADDRESS},
        "payment": {"status": contract.payment_status.upper(), "paymentMethod": method.uri if method else ""},
        "subscriptions": [
            _subscription_json(call, subscription, context, records) for subscription in contract.subscriptions
        ],
    }


def _context_of(call: Call, contract: Contract) -> Context:
    """What the contract was made in, in the language of whoever looks."""
    session = Session(
        token=None,
        store_id=contract.store_id,
        country_id=contract.country_id,
        state_id=contract.state_id,
        market_id=contract.market_id,
        pricelist_id=contract.pricelist_id,
        language_id=call.session.language_id,
    )
    return sessions.context_of(call.store, session, call.store.clock.now())


def _subscription_json(call: Call, subscription: Subscription, context: Context, records: Records) -> dict[str, Any]:
    record = records.get(subscription.display_item_id)
    price = None
    if record is not None:
        price = pricing.price_of(record, context.market.id, context.pricelist.id, context.now, records)
    return {
        "subscription": subscription.id,
        "status": subscription.status,
        "item": subscription.item,
        "quantity": subscription.quantity,
        "subscriptionPlan": plan_json(subscription.plan(context.reference), price, context.currency),
        "nextOrderDate": local_date(subscription.next_order_at),
        "product": line_product(call.store, record, context, call.base_url) if record else None,
    }


# ------------------------------------------------------------------ changes


@endpoint("PUT /subscription/address", "PUT /subscriptions/address", needs_login=True)
def change_address(call: Call) -> dict[str, Any]:
    """Changes where the orders of a contract go; its country stays."""
    address = text_fields(call.body, subscriptions.ADDRESS_FIELDS)
    contract_id = _id(call, "contract")
    return _changed(call, lambda tx, customer: subscriptions.change_address(tx, customer, contract_id, address))


@endpoint("PUT /subscription/interval", needs_login=True)
def change_interval(call: Call) -> dict[str, Any]:
    subscription_id, plan_id = _id(call, "subscription"), _id(call, "subscriptionPlan")
    return _changed(call, lambda tx, customer: subscriptions.change_interval(tx, customer, subscription_id, plan_id))


@endpoint("PUT /subscription/status", needs_login=True)
def change_status(call: Call) -> dict[str, Any]:
    subscription_id = _id(call, "subscription")
    status = (values.text(call.body.get("status")) or "").lower()
    return _changed(call, lambda tx, customer: subscriptions.change_status(tx, customer, subscription_id, status))


@endpoint("POST /customer/contracts/<contract>/subscription", needs_login=True, status=201)
def add_subscription(call: Call, contract: str) -> dict[str, Any]:
    """Adds an item to a contract."""
    body = call.body
    plan_id = _id(call, "subscriptionPlan")
    day = values.text(body.get("nextOrderDate")) or ""
    quantity = values.whole(body["quantity"]) or 0 if body.get("quantity") is not None else 1
    contract_id = values.positive(contract) or 0
    return _changed(
        call,
        lambda tx, customer: subscriptions.add_subscription(
            tx, customer, contract_id, body.get("item"), plan_id, day, quantity
        ),
    )


@endpoint("PUT /customer/contracts/<contract>/subscription/<subscription>", needs_login=True)
def change_quantity(call: Call, contract: str, subscription: str) -> dict[str, Any]:
    contract_id, subscription_id = values.positive(contract) or 0, values.positive(subscription) or 0
    quantity = values.whole(call.body.get("quantity")) or 0
    return _changed(
        call,
        lambda tx, customer: subscriptions.change_quantity(tx, customer, contract_id, subscription_id, quantity),
    )


def _id(call: Call, name: str) -> int:
    """An id of the body; what is none finds nothing."""
    return values.positive(call.body.get(name)) or 0


def _changed(call: Call, change: Callable[[Transaction, int], Contract]) -> dict[str, Any]:
    with call.transaction() as tx:
        contract = change(tx, customer_of(call.session))
        records = _records(tx, [contract])
    return {"contract": _contract_json(call, contract, records)}


# ------------------------------------------------------------------ the stored payment


@endpoint("POST /customer/stored/payment-methods", needs_login=True)
def stored_payment_methods(call: Call) -> dict[str, Any]:
    """The payment methods that can be stored for a contract."""
    with call.store.reading() as tx:
        contract = subscriptions.own_contract(tx, customer_of(call.session), _id(call, "contract"))
        methods = subscriptions.storable_methods(tx, contract)
    currency = _context_of(call, contract).currency
    return {"paymentMethods": [payment_method_json(method, currency) for method in methods]}


@endpoint("POST /customer/stored/payment", needs_login=True)
def store_payment(call: Call) -> dict[str, Any]:
    """Begins to store a payment: the answer is an action, as from `POST /payment`."""
    pages = {name: page_of(call.body, name) for name in ("paymentReturnPage", "paymentFailedPage")}
    method = text_fields(call.body, ["paymentMethod"]).get("paymentMethod", "")
    contract_ids = [values.positive(entry) or 0 for entry in values.listed(call.body.get("contracts"))]
    if len(contract_ids) > _MAX_CONTRACTS:
        raise Invalid({"contracts": "too many"})
    with call.transaction() as tx:
        payment = subscriptions.store_payment(
            tx,
            customer_of(call.session),
            contract_ids,
            method,
            pages["paymentReturnPage"],
            pages["paymentFailedPage"],
        )
    if payment.is_complete:
        return {"action": "success", **_stored(payment)}
    return _form(payment)


def _form(payment: StoredPayment) -> dict[str, Any]:
    """The form that takes the browser, with the payment's fields, to the return page."""
    url = with_query(payment.return_page, {"centraPaymentMethod": payment.method.uri})
    inputs = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in payment.fields.items()
    )
    form_id = f"form-{payment.ref}"
    html = (
        f'<form id="{form_id}" action="{escape(url)}" accept-charset="UTF-8" method="post">{inputs}'
        '<noscript><input type="submit" value="Continue"></noscript></form>'
        f'<script>document.getElementById("{form_id}").submit();</script>'
    )
    return {"action": "form", "formHtml": html, "formUrl": url, "formFields": dict(payment.fields)}


@endpoint("POST /customer/stored/payment-result", needs_login=True)
def stored_payment_result(call: Call) -> dict[str, Any]:
    """Ends storing a payment with the fields that reached the return page."""
    fields = values.mapping(call.body.get("paymentMethodFields"))
    with call.transaction() as tx:
        payment = subscriptions.finish_stored_payment(tx, customer_of(call.session), fields)
    return _stored(payment)


def _stored(payment: StoredPayment) -> dict[str, Any]:
    return {
        "status": "ok",
        "paymentHtml": f'<div data-payment-method="{escape(payment.method.uri)}"></div>',
        "contractIds": list(payment.contract_ids),
    }
