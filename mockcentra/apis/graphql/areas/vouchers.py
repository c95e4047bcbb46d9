"""Vouchers, what they do, and the codes that are made for them in numbers: what they show (section 23)."""

from collections.abc import Callable, Mapping
from typing import Any

from mockcentra.apis.graphql import words
from mockcentra.apis.graphql.applied_vouchers import Placed, applied_vouchers
from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.lists import EmbeddedList, Fits, at_time, one_of, within
from mockcentra.apis.graphql.money import money
from mockcentra.apis.graphql.types import (
    NEVER,
    Among,
    Batch,
    Column,
    Computed,
    Dates,
    Is,
    Linked,
    Many,
    Moment,
    One,
    Range,
    Text,
    Through,
    Type,
    Where,
    define,
    flag,
    string_match,
    text,
    word,
)
from mockcentra.apis.graphql.voucher_actions import CRITERIA, RESULTS
from mockcentra.store import graphql_promotions as promotions
from mockcentra.store import graphql_reading as reading
from mockcentra.store import voucher_writing as rows
from mockcentra.store.database import Row, from_json, to_json
from mockcentra.store.graphql_reading import Condition, Link

STATUSES = words.stored(words.STATUS)
STORED_METHODS = words.stored(words.VOUCHER_METHOD)
KINDS = {"normal": "NORMAL", "credit": "CREDIT", "gift_certificate": "GIFT_CERTIFICATE"}
STORED_KINDS = words.stored(KINDS)
MARKETS = Link("voucher_markets", "voucher_id", "market_id")


def _kind(kind: str, keeps_rest: int) -> str:
    return KINDS.get(kind) or ("CREDIT" if keeps_rest else "NORMAL")


def _of_kinds(run: Run, value: Any) -> Condition:
    said = reading.among("kind", [STORED_KINDS[name] for name in value])
    rests = [int(name == "CREDIT") for name in value if name in ("CREDIT", "NORMAL")]
    unsaid = reading.all_of([reading.equals("kind", ""), reading.among("reuse_value", rests)])
    return reading.any_of([said, unsaid])


_BY_CODE = reading.equals("trigger", "code")


def _coded(run: Run, value: Any) -> Condition:
    """The code that shoppers type; that of an address is none."""
    return reading.all_of([_BY_CODE, string_match("code", value)])


def _code(trigger: str, code: str) -> str | None:
    return code if trigger == "code" else None


def _url(trigger: str, code: str) -> str | None:
    return code if trigger == "url" else None


def _criteria(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[list[int]]:
    found = rows.conditions_of(run.tx, [row[0] for row in picked])
    return [found.get(row[0], []) for row in picked]


def _condition_type(kind: str, shown: str) -> str:
    return from_json(shown)["type"] if shown else CRITERIA.get(kind, "ALWAYS")


def _params(config: str, shown: str) -> str:
    """What was said of it when it was made, else what the rules know."""
    return to_json(from_json(shown)["params"]) if shown else config


def _result_type(kind: str, config: str, shown: str) -> str:
    if shown:
        return from_json(shown)["type"]
    is_for_some = kind in ("cheapest_free", "n_for_m", "fixed_price") or bool(
        {"categories", "products"} & set(from_json(config))
    )
    return RESULTS.get(kind, "CHANGE_SELECTED_PRODUCTS_PRICE" if is_for_some else "CHANGE_ORDER_TOTAL")


def _rest(run: Run, amount: Row) -> dict[str, Any]:
    return {
        "id": amount["id"],
        "voucher": amount["voucher_id"],
        "voucherActionResult": amount["result_id"],
        "subvoucher": amount["subvoucher_id"],
        "pricelist": amount["pricelist_id"],
        "currency": amount["currency_id"],
        "originalValue": money(run, amount["amount"], amount["currency_id"]),
        "remainingValue": money(run, amount["remaining"], amount["currency_id"]),
    }


def _reusable(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[list[dict[str, Any]]]:
    """What is left of the vouchers of results, and of their codes: (result, voucher)."""
    known = rows.reusable_amounts(run.tx, {row[1] for row in picked})
    return [
        [_rest(run, each) for each in known.get(voucher_id, ()) if each["result_id"] == result_id]
        for result_id, voucher_id in picked
    ]


def _reusable_of_codes(
    run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]
) -> list[list[dict[str, Any]]]:
    """What is left of codes that were made for vouchers: (code, voucher)."""
    known = rows.reusable_amounts(run.tx, {row[1] for row in picked}, {row[0] for row in picked})
    return [[_rest(run, each) for each in known.get(row[0], ())] for row in picked]


def _usages(owner: str) -> Callable[[Run, Mapping[str, Any], list[tuple[Any, ...]]], list[list[dict[str, Any]]]]:
    """The orders that a voucher, or a code that was made for one, was used for; `owner` is the column that names it."""

    def made(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[list[dict[str, Any]]]:
        known = rows.usages(run.tx, owner, [row[0] for row in picked])
        uses = [
            (
                use,
                Placed(use["order_id"], use["created_at"], use["currency_id"], use["currency_rate_micro"], use["hash"]),
            )
            for row in picked
            for use in known.get(row[0], ())
        ]
        came: dict[int, list[dict[str, Any]]] = {}
        for (use, _), entries in zip(uses, applied_vouchers(run, uses), strict=True):
            came.setdefault(use[owner], []).extend(
                {**entry, "number": use["number"], "result": entry["voucherActionResult"] or 0} for entry in entries
            )
        return [came.get(row[0], []) for row in picked]

    return made


def _says(run: Run, entry: Mapping[str, Any], value: str) -> bool:
    """Whether a use has something of that text: the name or the code of its voucher, the number of its order."""
    texts = (entry["voucherName"], entry["code"], entry["url"], str(entry["number"]))
    return any(value.strip().lower() in text.lower() for text in texts if text)


_USAGE_SORTS = {"orderId": "number", "voucherId": "voucher", "voucherActionResultId": "result"}
_USAGE_FILTERS = {
    "date": at_time("date"),
    "value": within("amount"),
    "voucherMethod": one_of("voucherMethod"),
    "orderId": one_of("orderHash"),
    "voucherActionResultId": one_of("voucherActionResult"),
    "voucherId": one_of("voucher"),
    "subvoucherId": one_of("subvoucher"),
    "search": Fits("voucherName", _says),
}
_REUSABLE_FILTERS = {
    "id": one_of("id"),
    "voucherId": one_of("voucher"),
    "voucherActionResultId": one_of("voucherActionResult"),
    "subvoucherId": one_of("subvoucher"),
    "pricelistId": one_of("pricelist"),
    "currencyId": one_of("currency"),
}


def _generators(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[int | None]:
    found = promotions.generators_of_vouchers(run.tx, [row[0] for row in picked])
    return [found.get(row[0]) for row in picked]


def _is_entry(entry_id: int | None) -> bool:
    return entry_id is None


def _nobody(value: Any) -> None:
    return None


define(
    Type(
        "Voucher",
        "vouchers",
        fields={
            "status": Column("status", word(words.STATUS)),
            "name": Column("name"),
            "method": Column("trigger", word(words.VOUCHER_METHOD)),
            "type": Computed(_kind, "kind", "reuse_value"),
            "code": Computed(_code, "trigger", "code"),
            "url": Computed(_url, "trigger", "code"),
            "conversionHTML": Column("conversion_html", text),
            "combineWithOtherVouchers": Column("is_exclusive", lambda alone: not alone),
            "createdAt": Moment("created_at"),
            "entryPointStrategy": Column("entry_strategy"),
            "maxUsages": Column("usage_limit"),
            "priority": Column("priority"),
            "reuse": Column("reuse_value", flag),
            "startAt": Moment("start_at"),
            "stopAt": Moment("stop_at"),
            "successfulUsages": Column(promotions.TIMES_USED),
            "updatedAt": Moment("updated_at"),
            "actions": Many("voucher_id"),
            "adminUser": Column("id", _nobody),
            "parentVoucher": One("parent_id"),
            "giftCertificateGenerator": Batch(_generators, "id"),
            "markets": Through(MARKETS),
            "store": One("store_id"),
            "usages": EmbeddedList(_usages("voucher_id"), _USAGE_FILTERS, _USAGE_SORTS, "id"),
        },
        filters={
            "status": Among("status", STATUSES),
            "name": Text("name"),
            "method": Among("trigger", STORED_METHODS),
            "type": Where(_of_kinds),
            "code": Where(_coded, reading.all_of([_BY_CODE, reading.has_value("code")])),
            "startAt": Dates("start_at"),
            "stopAt": Dates("stop_at"),
            "maxUsages": Range("usage_limit"),
            "successfulUsages": Range(promotions.TIMES_USED),
            "createdAt": Dates("created_at"),
            "updatedAt": Dates("updated_at"),
            "combineWithOtherVouchers": Where(lambda run, value: reading.equals("is_exclusive", int(not value))),
            "reuse": Is("reuse_value"),
            "adminUserId": NEVER,
            "marketId": Linked(MARKETS),
            "storeId": Among("store_id"),
        },
        sorts={"name": "name", "createdAt": "created_at", "updatedAt": "updated_at"},
        search=("name", "code"),
        store="store_id",
        external="voucher",
        attributes="voucher",
    ),
    Type(
        "VoucherAction",
        "voucher_results",
        fields={
            "isEntryPoint": Computed(_is_entry, "entry_id"),
            "entryPoint": One("entry_id"),
            "continueStrategy": Column("strategy"),
            "criteria": Batch(_criteria, "id"),
            "result": One("id"),
        },
        store="voucher_id>vouchers.store_id",
    ),
    Type(
        "VoucherActionCriteria",
        "voucher_conditions",
        fields={
            "type": Computed(_condition_type, "type", "params_json"),
            "paramsJSON": Computed(_params, "config_json", "params_json"),
        },
        store="voucher_id>vouchers.store_id",
    ),
    Type(
        "VoucherActionResult",
        "voucher_results",
        fields={
            "type": Computed(_result_type, "type", "config_json", "params_json"),
            "paramsJSON": Computed(_params, "config_json", "params_json"),
            "reusableValues": EmbeddedList(_reusable, _REUSABLE_FILTERS, {}, "id", "voucher_id"),
        },
        store="voucher_id>vouchers.store_id",
    ),
    Type(
        "Subvoucher",
        "subvouchers",
        fields={
            "voucher": One("voucher_id"),
            "startAt": Moment("start_at"),
            "stopAt": Moment("stop_at"),
            "code": Column("code", text),
            "url": Column("url", text),
            "email": Column("email", text),
            "domain": Column("domain", text),
            "successfulUsages": Column("used"),
            "reusableValues": EmbeddedList(_reusable_of_codes, _REUSABLE_FILTERS, {}, "id", "voucher_id"),
            "usages": EmbeddedList(_usages("subvoucher_id"), _USAGE_FILTERS, _USAGE_SORTS, "id"),
        },
        filters={
            "voucherId": Among("voucher_id"),
            "code": Text("code"),
            "email": Text("email"),
            "domain": Text("domain"),
            "successfulUsages": Among("used"),
        },
        search=("code", "email", "domain"),
        store="voucher_id>vouchers.store_id",
    ),
)
