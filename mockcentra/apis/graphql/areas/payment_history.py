"""The history of payments of orders (section 19.1)."""

from typing import Any

from mockcentra.apis.graphql import words
from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.money import money
from mockcentra.apis.graphql.order_totals import rate
from mockcentra.apis.graphql.types import (
    Among,
    Arguments,
    Batch,
    Column,
    Computed,
    Dates,
    Moment,
    One,
    Picked,
    Text,
    Type,
    Where,
    define,
    text,
    word,
)
from mockcentra.store import graphql_orders as rows
from mockcentra.store import graphql_reading as reading
from mockcentra.store.database import from_json, to_json

_ORDER = "order_id>orders."
_RATE = f"{_ORDER}currency_rate_micro"

ENTRY_STATUS = {"success": "SUCCESS", "pending": "PENDING", "failed": "FAILED"}
ENTRY_TYPES = {
    "auth": "AUTH", "capture": "CAPTURE", "capture_request": "CAPTURE_REQUEST", "refund": "REFUND",
    "refund_request": "REFUND_REQUEST", "cancel": "CANCEL", "cancel_request": "CANCEL_REQUEST",
    "prepaid": "PREPAID", "invoice": "INVOICE", "other": "OTHER",
}  # fmt: skip
_MONEY_BACK = ("refund", "refund_request", "cancel", "cancel_request")


# What is asked of a provider that has yet to answer.
_WAITING = {
    "auth": "AUTH_PENDING",
    "capture": "CAPTURE_REQUEST",
    "refund": "REFUND_REQUEST",
    "cancel": "CANCEL_REQUEST",
}


def _entry_type(kind: str, status: str) -> str:
    if status == "pending" and kind in _WAITING:
        return _WAITING[kind]
    return ENTRY_TYPES.get(kind, "OTHER")


def _entry_types(run: Run, value: Any) -> reading.Condition:
    pending = reading.equals("status", "pending")
    wanted = []
    for name in value:
        asked = [ours for ours, theirs in _WAITING.items() if theirs == name]
        wanted.append(reading.all_of([reading.among("type", asked), pending]))
        known = [ours for ours, theirs in ENTRY_TYPES.items() if theirs == name]
        settled = reading.among("type", known)
        waits = [ours for ours in known if ours in _WAITING]
        wanted.append(reading.all_of([settled, reading.negated(pending)]) if waits else settled)
    return reading.any_of(wanted)


def _values(run: Run, arguments: Arguments, picked: Picked) -> list[Any]:
    return [
        money(run, -amount if kind in _MONEY_BACK else amount, currency, micro)
        for amount, kind, currency, micro in picked
    ]


def _params(written: str, kind: str, status: str) -> str:
    """What the provider said, as the shop keeps it: `raw` is its own answer where somebody told it."""
    told = from_json(written or "{}")
    shown = {"success": status != "failed", "isRequest": kind.endswith("_request"), "raw": told.get("response")}
    return to_json({**shown, "externalUrl": told["external_url"]} if "external_url" in told else shown)


define(
    Type(
        "PaymentHistoryEntry",
        "payment_entries",
        fields={
            "createdAt": Moment("created_at"),
            "status": Column("status", word(ENTRY_STATUS)),
            "entryType": Computed(_entry_type, "type", "status"),
            "externalReference": Column("reference", text),
            "paymentMethod": Column(rows.ENTRY_METHOD),
            "value": Batch(_values, "amount", "type", "currency_id", _RATE),
            "paramsJSON": Computed(_params, "params_json", "type", "status"),
            "source": Column("source", text),
            "currencyBaseRate": Column(_RATE, rate),
            "order": One("order_id"),
            "return": One("return_id"),
            "adminUser": One("admin_user_id"),
            "storePlugin": One("payment_method_id"),
        },
        filters={
            "createdAt": Dates("created_at"),
            "entryType": Where(_entry_types),
            "status": Among("status", words.stored(ENTRY_STATUS)),
            "externalReference": Among("reference"),
            "paymentMethod": Text(rows.ENTRY_METHOD),
            "source": Among("source"),
            "adminUserId": Among("admin_user_id"),
            "currencyId": Among("currency_id"),
            "orderId": Among(f"{_ORDER}hash"),
            "storePluginId": Among("payment_method_id"),
        },
        sorts={"createdAt": "created_at"},
        search=("reference", f"{_ORDER}number"),
        store=f"{_ORDER}store_id",
        external="payment_entry",
        only=rows.OF_AN_ORDER,
    )
)
