"""What happened to orders, and the mails that were sent (section 19.1)."""

import re
from typing import Any

from mockcentra.apis.graphql.areas.orders import by_store, nothing
from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.types import (
    NEVER,
    Among,
    Column,
    Computed,
    Dates,
    Moment,
    One,
    Spec,
    Text,
    Type,
    Where,
    define,
)
from mockcentra.store import graphql_orders as rows
from mockcentra.store import graphql_reading as reading
from mockcentra.store.database import from_json, to_json

_ORDER = "order_id>orders."
_WORD = re.compile(r"[_-]?([A-Z]?[a-z]+)")

HISTORY = {
    "placed": "ORDER_CREATED", "created": "ORDER_CREATED", "lines added": "ORDER_ITEMS_ADDED",
    "confirmed": "ORDER_STATUS_CHANGED", "completed": "ORDER_STATUS_CHANGED", "archived": "ORDER_STATUS_CHANGED",
    "cancelled": "ORDER_STATUS_CHANGED", "put on hold": "ORDER_STATUS_ON_HOLD_ADDED",
    "taken off hold": "ORDER_STATUS_ON_HOLD_REMOVED", "units cancelled": "ORDER_ITEMS_CANCELLED",
    "shipment created": "SHIPMENT_CREATED", "shipment removed": "SHIPMENT_REMOVED",
    "shipment captured": "PAYMENT_CAPTURED", "shipment paid": "SHIPMENT_STATUS_PAID_ADDED",
    "shipment unpaid": "SHIPMENT_STATUS_PAID_REMOVED", "shipment changed": "SHIPMENT_STATUS_CHANGED",
    "shipped": "SHIPMENT_STATUS_CHANGED", "good to go": "SHIPMENT_STATUS_GOOD_TO_GO_CHANGED",
    "not good to go": "SHIPMENT_STATUS_GOOD_TO_GO_CHANGED", "return created": "RETURN_CREATED",
    "return refunded": "REFUND_ADDED", "return deleted": "RETURN_CANCELLED", "allocated": "STOCK_ALLOCATION_ADDED",
    "unallocated": "STOCK_ALLOCATION_REMOVED", "note": "USER_NOTE_ADDED", "discounts changed": "ORDER_DISCOUNT_CHANGED",
    "given away": "ORDER_DISCOUNT_CHANGED", "captured": "PAYMENT_CAPTURED", "capture failed": "PAYMENT_CAPTURE_FAILED",
    "authorised": "PAYMENT_AUTHORIZED", "authorisation pending": "PAYMENT_AUTHORIZATION_PENDING",
    "authorisation failed": "PAYMENT_AUTHORIZATION_FAILED", "authorization released": "PAYMENT_CANCELLED",
    "credit issued": "REFUND_ADDED", "waits for payment": "ORDER_STATUS_WAITING_FOR_PAYMENT_ADDED",
    "payment completed": "ORDER_STATUS_WAITING_FOR_PAYMENT_REMOVED",
}  # fmt: skip
_OTHER_HISTORY = "ORDER_DATA_UPDATED"


def _what(written: str, what: str, source: str) -> str:
    return to_json({"event": what, **({"source": source} if source else {}), **from_json(written)})


def _kinds_of_history(run: Run, value: Any) -> reading.Condition:
    wanted = [ours for ours, theirs in HISTORY.items() if theirs in value]
    found = [reading.among("what", wanted)]
    if _OTHER_HISTORY in value:
        found.append(reading.negated(reading.among("what", list(HISTORY))))
    return reading.any_of(found)


_HISTORY: dict[str, Spec] = {
    "createdAt": Moment("created_at"),
    "type": Column("what", lambda what: HISTORY.get(what, _OTHER_HISTORY)),
    "dataJSON": Computed(_what, "data_json", "what", "source"),
    "adminUser": One("admin_user_id"),
    "organizationUserEmail": Column("id", nothing),
    "order": One("order_id"),
    "customer": One(f"{_ORDER}customer_id"),
    "buyer": One(f"{_ORDER}buyer_id"),
}


def _history(name: str, kinds: Any = None) -> Type:
    return Type(
        name,
        "order_history",
        fields=_HISTORY,
        filters={
            "createdAt": Dates("created_at"),
            "type": Where(_kinds_of_history),
            "adminUserId": Among("admin_user_id"),
            "orderId": Among(f"{_ORDER}hash"),
            "customerId": Among(f"{_ORDER}customer_id"),
            "buyerId": Among(f"{_ORDER}buyer_id"),
        },
        sorts={"createdAt": "created_at"},
        search=(f"{_ORDER}number", "data_json{}"),
        store=f"{_ORDER}store_id",
        kinds=kinds,
    )


def _subject(kind: str) -> str:
    """`Shipping confirmation` of `shippingConfirmation`."""
    return _WORD.sub(r" \1", kind).strip().capitalize()


_MAIL: dict[str, Spec] = {
    "recipient": Column("recipient"),
    "subject": Column("type", _subject),
    "content": Column("data_json"),
    "createdAt": Moment("created_at"),
    "status": Column("id", lambda _: "SENT"),
    "adminUser": Column("id", nothing),
    "order": One(rows.MAIL_ORDER),
    "customer": One(rows.MAIL_CUSTOMER),
    "buyer": One(rows.MAIL_BUYER),
}


def _sent(run: Run, value: Any) -> reading.Condition:
    return reading.EVERYTHING if "SENT" in value else reading.NOTHING


def _mails(name: str, kinds: Any = None) -> Type:
    return Type(
        name,
        "mails",
        fields=_MAIL,
        filters={
            "createdAt": Dates("created_at"),
            "recipient": Text("recipient"),
            "status": Where(_sent),
            "adminUserId": NEVER,
            "orderId": Among(rows.MAIL_ORDER_HASH),
            "customerId": Where(lambda run, value: rows.customer_of_mail(value)),
            "buyerId": Among(rows.MAIL_BUYER),
        },
        sorts={"createdAt": "created_at"},
        search=("recipient", "data_json{}"),
        kinds=kinds,
    )


define(
    _history("OrderHistoryEntry", by_store("OrderHistoryEntry", f"{_ORDER}store_id>stores.type")),
    _history("DirectToConsumerOrderHistoryEntry"),
    _history("WholesaleOrderHistoryEntry"),
    _mails("EmailHistoryEntry", by_store("EmailHistoryEntry", rows.MAIL_STORE)),
    _mails("DirectToConsumerEmailHistoryEntry"),
    _mails("WholesaleEmailHistoryEntry"),
)
