"""Vouchers, what they do, and the codes that are made for them in numbers."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graphql import GraphQLError

from mockcentra.apis.graphql import words
from mockcentra.apis.graphql.applied_vouchers import Placed, applied_vouchers
from mockcentra.apis.graphql.attributes import assign_given_attributes
from mockcentra.apis.graphql.changes import Change, Input, Refusal
from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.lists import EmbeddedList, Fits, at_time, one_of, within
from mockcentra.apis.graphql.money import money
from mockcentra.apis.graphql.registry import mutation
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
from mockcentra.apis.graphql.voucher_actions import CRITERIA, RESULTS, action_of, condition_of, result_of
from mockcentra.commerce import voucher_writing
from mockcentra.commerce.emails import is_email
from mockcentra.store import graphql_promotions as promotions
from mockcentra.store import graphql_reading as reading
from mockcentra.store import records
from mockcentra.store import voucher_writing as rows
from mockcentra.store.database import Row, from_json, to_json
from mockcentra.store.graphql_reading import Condition, Link

METHODS = {"auto": "AUTO", "code": "CODE", "url": "URL"}
STATUSES = words.stored(words.STATUS)
STORED_METHODS = words.stored(METHODS)
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


def _coded(run: Run, value: Any) -> reading.Condition:
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
_USED = reading.computed("voucher_used", "{t}.used + {t}.used_by_codes")


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
            "method": Column("trigger", word(METHODS)),
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
            "successfulUsages": Column(_USED),
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
            "successfulUsages": Range(_USED),
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


# ------------------------------------------------------------------ vouchers

_COLUMNS = {
    "name": "name",
    "priority": "priority",
    "usage_limit": "maxUsages",
    "entry_strategy": "entryPointStrategy",
}


def _columns(change: Change, is_new: bool) -> dict[str, Any]:
    """Columns that the input sets, with user errors for what cannot be."""
    given = change.input
    if is_new or given.get("name") is not None:
        given.required_text("name")
    columns = {name: value for name, value in given.given(**_COLUMNS).items() if value is not None}
    if abs(columns.get("priority", 0)) > 1_000_000_000:
        given.error("priority is too far from 0", "priority")
    for name, column, known in (
        ("status", "status", STATUSES),
        ("method", "trigger", STORED_METHODS),
        ("type", "kind", STORED_KINDS),
    ):
        if given.get(name) is not None:
            columns[column] = known[given[name]]
    for name, column in (("startAt", "start_at"), ("stopAt", "stop_at")):
        if name in given:
            columns[column] = given.moment(name)
    if given.get("combineWithOtherVouchers") is not None:
        columns["is_exclusive"] = int(not given["combineWithOtherVouchers"])
    if given.get("reuse") is not None:
        columns["reuse_value"] = int(given["reuse"])
    if "conversionHTML" in given:
        columns["conversion_html"] = given["conversionHTML"] or ""
    return columns


def _markets(change: Change, name: str, store_id: int | None) -> list[int]:
    """The markets that the input names; user errors for those of another store."""
    ids = change.input.refs(name, "Market")
    for market_id, row in records.get_many(change.tx, "markets", ids).items():
        if store_id is not None and row["store_id"] != store_id:
            change.input.error(f"Market ID {market_id} belongs to another store", name)
    return ids


@mutation("createVoucher", "createDiscount")
def create_voucher(change: Change) -> dict[str, Any]:
    """A new voucher with its actions (section 23); without markets it counts nowhere."""
    given = change.input
    store_id = given.ref("store", "Store")
    markets = _markets(change, "addMarkets", store_id)
    columns = _columns(change, True)
    method = given["method"]
    if method == "URL" and not given.get("url"):
        given.error("url is needed for the method URL", "url")
    if method != "URL" and given.get("url"):
        given.error("url is for the method URL only", "url")
    if method != "CODE" and given.get("code"):
        given.error("code is for the method CODE only", "code")
    if given.get("isExternal"):
        given.warning("isExternal is accepted, but no rule and no answer depends on it", "isExternal")
    code = given.get("url") if method == "URL" else given.get("code")
    actions = [action_of(part, store_id, bool(given["reuse"]), True) for part in given.parts("actions")]
    for part in given.parts("actions"):
        if part["entrypointAction"].get("id") is not None:
            part.error("A new voucher has no action that this one could come after", "entrypointAction", "id")
    change.check()
    assert store_id is not None
    voucher_id = voucher_writing.create(change.tx, store_id, code=code, market_ids=markets, **columns)
    for action in actions:
        assert action is not None
        voucher_writing.add_action(change.tx, voucher_id, action)
    change.external_id("Voucher", voucher_id)
    assign_given_attributes(change, "voucher", voucher_id)
    return {"voucher": voucher_id}


def _row(change: Change, voucher_id: int) -> Row:
    row = records.get(change.tx, "vouchers", voucher_id)
    assert row is not None
    return row


@mutation("updateVoucher")
def update_voucher(change: Change) -> dict[str, Any]:
    """Changes a voucher; its actions have mutations of their own."""
    voucher_id = change.target("Voucher")
    given = change.input
    row = _row(change, voucher_id)
    add = _markets(change, "addMarkets", row["store_id"])
    remove = _markets(change, "removeMarkets", None)
    columns = _columns(change, False)
    method = METHODS[columns.get("trigger", row["trigger"])]
    for name, wanted in (("code", "CODE"), ("url", "URL")):
        if given.get(name) is not None and method == wanted:
            columns["code"] = given[name]
        elif given.get(name):
            given.error(f"{name} is for the method {wanted} only", name)
    change.external_id("Voucher", voucher_id)
    change.check()
    voucher_writing.change(change.tx, voucher_id, **columns)
    voucher_writing.put_markets(change.tx, voucher_id, add, remove)
    assign_given_attributes(change, "voucher", voucher_id)
    return {"voucher": voucher_id}


# ------------------------------------------------------------------ actions


@mutation("createVoucherAction")
def create_voucher_action(change: Change) -> dict[str, Any]:
    """A further action of a voucher."""
    given = change.input
    voucher_id = given.ref("voucher", "Voucher")
    change.check()
    assert voucher_id is not None
    row = _row(change, voucher_id)
    action = action_of(given, row["store_id"], bool(row["reuse_value"]), True)
    if action is not None and action.entry_id is not None:
        entry = rows.result(change.tx, action.entry_id)
        if entry is None or entry["voucher_id"] != voucher_id or entry["entry_id"] is not None:
            given.error("It is no entry point of the voucher", "entrypointAction", "id")
    change.check()
    assert action is not None
    voucher_writing.add_action(change.tx, voucher_id, action)
    return {"voucher": voucher_id}


@mutation("updateVoucherAction")
def update_voucher_action(change: Change) -> dict[str, Any]:
    """Another result, other criteria, another place among the actions."""
    action_id = change.target("VoucherAction")
    given = change.input
    row = rows.result(change.tx, action_id)
    assert row is not None
    columns: dict[str, Any] = {}
    if given.get("continueStrategy") is not None:
        columns["strategy"] = given["continueStrategy"]
    entry = given.get("entrypointAction")
    if entry is not None:
        columns["entry_id"] = given.ref("entrypointAction", "VoucherAction") if entry.get("id") is not None else None
        found = rows.result(change.tx, columns["entry_id"]) if columns["entry_id"] else None
        if found is not None and (
            found["voucher_id"] != row["voucher_id"] or found["entry_id"] or found["id"] == action_id
        ):
            given.error("It is no entry point of the voucher", "entrypointAction", "id")
        if columns["entry_id"] is not None and rows.has_followers(change.tx, action_id):
            given.error("Other actions come after this one", "entrypointAction", "id")
    add = [condition_of(part, row["store_id"]) for part in given.parts("addCriteria")]
    part = given.part("result")
    result = None if part is None else result_of(part, row["store_id"], bool(row["reuse_value"]), False)
    remove = given.refs("deleteCriteria", "VoucherActionCriteria")
    change.check()
    voucher_id = voucher_writing.change_action(
        change.tx, action_id, result=result, add=[each for each in add if each is not None], remove=remove, **columns
    )
    return {"voucher": voucher_id}


@mutation("deleteVoucherAction")
def delete_voucher_action(change: Change) -> dict[str, Any]:
    """Takes an action away, and those that come after it."""
    return {"voucher": voucher_writing.remove_action(change.tx, change.target("VoucherAction"))}


# ------------------------------------------------------------------ what is left


def _set_remaining(change: Change, voucher_id: int | None, subvoucher_ids: Sequence[int | None]) -> None:
    given = change.input
    action = given.part("action")
    value = action.part("setToValue") if action is not None else None
    if value is None:
        given.error("setToValue is needed", "action", "setToValue")
        change.check()
        return
    result_id, pricelist_id = value.ref("actionResult", "VoucherActionResult"), value.ref("pricelist", "Pricelist")
    amount = value.money("value")
    row = rows.result(change.tx, result_id) if result_id else None
    if row is not None and row["voucher_id"] != voucher_id:
        value.error("The result is of another voucher", "actionResult", "id")
    change.check()
    assert voucher_id is not None and pricelist_id is not None and amount is not None
    voucher_writing.set_remaining(change.tx, voucher_id, pricelist_id, amount, subvoucher_ids)


@mutation("updateVoucherRemainingValue")
def update_voucher_remaining_value(change: Change) -> dict[str, Any]:
    """Sets what is left of a voucher that keeps its rest."""
    voucher_id = change.input.ref("voucher", "Voucher")
    _set_remaining(change, voucher_id, (None,))
    return {"voucher": voucher_id}


@mutation("updateSubvouchersRemainingValue")
def update_subvouchers_remaining_value(change: Change) -> dict[str, Any]:
    """The same for codes that were made for a voucher."""
    given = change.input
    voucher_id = given.ref("voucher", "Voucher")
    ids = given.refs("subvouchers", "Subvoucher")
    if not given["subvouchers"]:
        given.error("subvouchers must not be empty", "subvouchers")
    for place, row in enumerate(reading.by_ids(change.tx, "subvouchers", ("voucher_id",), ids)):
        if row["voucher_id"] != voucher_id:
            given.error("The code is of another voucher", "subvouchers", str(place))
    _set_remaining(change, voucher_id, ids)
    return {"subvoucherIds": ids}


# ------------------------------------------------------------------ codes in numbers

_IDENTIFIERS = ("code", "url", "email", "domain")


def _identifier(value: Mapping[str, Any]) -> dict[str, str]:
    return {name: (value.get(name) or "").strip() for name in _IDENTIFIERS}


def _method_of(change: Change, voucher_id: int | None) -> str | None:
    row = records.get(change.tx, "vouchers", voucher_id) if voucher_id is not None else None
    return METHODS[row["trigger"]] if row is not None else None


def _check_identifier(given: Input, identifier: Mapping[str, str], method: str | None) -> None:
    """User errors for what is no code, address or owner of one, or none for the voucher's method."""
    if not any(identifier.values()):
        given.error("One of code, url, email and domain is needed")
    for name, wanted in (("code", "CODE"), ("url", "URL")):
        if identifier[name] and method not in (None, wanted):
            given.error(f"{name} is for vouchers with the method {wanted}", name)
        elif len(identifier[name]) > voucher_writing.MAX_CODE:
            given.error(f"{name} must have at most {voucher_writing.MAX_CODE} characters", name)
    if identifier["email"] and not is_email(identifier["email"]):
        given.error("email is no e-mail address", "email")
    if identifier["domain"] and not is_email(f"a@{identifier['domain'].lstrip('@')}"):
        given.error("domain is no domain", "domain")


def _check_free(
    change: Change, voucher_id: int, parts: Sequence[Input], identifiers: Sequence[Mapping[str, str]]
) -> None:
    """User errors for codes and addresses that somebody has, or that are given twice."""
    keys = [voucher_writing.key_of(each) for each in identifiers]
    taken = rows.taken_codes(change.tx, _row(change, voucher_id)["store_id"], filter(None, keys))
    for part, each, key in zip(parts, identifiers, keys, strict=True):
        if key in taken:
            name = "code" if each["code"] else "url"
            part.error(f"{each[name]} is taken", name)
        elif key:
            taken.add(key)


@mutation("addSubvouchers")
def add_subvouchers(change: Change) -> dict[str, Any]:
    """Codes of their own for a voucher."""
    given = change.input
    voucher_id = given.ref("voucher", "Voucher")
    method = _method_of(change, voucher_id)
    identifiers = [_identifier(each) for each in given["subvouchers"]]
    parts = given.parts("subvouchers")
    for part, each in zip(parts, identifiers, strict=True):
        _check_identifier(part, each, method)
    if voucher_id is not None:
        _check_free(change, voucher_id, parts, identifiers)
    if len(identifiers) > voucher_writing.MAX_MADE:
        given.error(f"At most {voucher_writing.MAX_MADE} at once", "subvouchers")
    change.check()
    assert voucher_id is not None
    ids = voucher_writing.add_subvouchers(
        change.tx, voucher_id, identifiers, given.moment("startAt"), given.moment("stopAt")
    )
    return {"subvoucherIds": ids}


@mutation("generateSubvouchers")
def generate_subvouchers(change: Change) -> dict[str, Any]:
    """Codes of random characters: so many, or one for each e-mail address or domain."""
    given = change.input
    voucher_id = given.ref("voucher", "Voucher")
    named = given.get("identifiers") or {}
    owners = [("email", each.strip()) for each in named.get("emails") or ()]
    owners += [("domain", each.strip()) for each in named.get("domains") or ()]
    if owners and given.get("generateCount") is not None:
        given.error("generateCount is left out when identifiers are given", "generateCount")
    for kind, owner in owners:
        if not is_email(owner if kind == "email" else f"a@{owner.lstrip('@')}"):
            given.error(f"{owner} is no {'e-mail address' if kind == 'email' else kind}", "identifiers", f"{kind}s")
    count = len(owners) or given.get("generateCount") or 0
    if not 1 <= count <= voucher_writing.MAX_MADE:
        given.error(f"1 to {voucher_writing.MAX_MADE} codes can be made at once", "generateCount")
    length, characters = given["codeLength"], given["codeCharacters"]
    if not 1 <= length <= 60:
        given.error("codeLength must be between 1 and 60", "codeLength")
    characters = {"UPPERCASE": characters.upper(), "LOWERCASE": characters.lower()}.get(
        given["letterCasing"], characters
    )
    if not characters.strip() or len(characters) > 200:
        given.error("codeCharacters must name 1 to 200 characters", "codeCharacters")
    method = _method_of(change, voucher_id)
    if method == "AUTO":
        given.error("An automatic voucher has no codes", "voucher")
    around = [given["codePrefix"], "\0", given["codeSuffix"]]
    shape = given["dividerSymbol"].join(part for part in around if part)
    if length + len(shape) > 100:
        given.error("The codes would be longer than 100 characters", "codeLength")
    change.check()
    assert voucher_id is not None
    shape = shape.replace("{", "{{").replace("}", "}}").replace("\0", "{}")
    codes = voucher_writing.made_codes(
        change.tx, _row(change, voucher_id)["store_id"], count, length, characters, shape
    )
    empty = dict.fromkeys(_IDENTIFIERS, "")
    identifiers = [{**empty, "url" if method == "URL" else "code": code} for code in codes]
    for each, (name, owner) in zip(identifiers, owners, strict=False):
        each[name] = owner
    ids = voucher_writing.add_subvouchers(
        change.tx, voucher_id, identifiers, given.moment("startAt"), given.moment("stopAt")
    )
    return {"subvoucherIds": ids}


@mutation("removeSubvouchers")
def remove_subvouchers(change: Change) -> dict[str, Any]:
    """Takes codes of a voucher away, named by id or by what they are."""
    given = change.input
    voucher_id = given.ref("voucher", "Voucher")
    change.check()
    assert voucher_id is not None
    known = rows.subvouchers_of(change.tx, voucher_id)
    gone: list[int] = []
    for part in given.parts("subvouchers"):
        way = part.exactly_one("subvoucher", "identifier")
        if way is None:
            continue
        wanted = part[way]
        fits = [
            row["id"]
            for row in known
            if any(value is not None for value in wanted.values())
            and all(row[name] == value for name, value in wanted.items() if value is not None)
        ]
        if not fits:
            part.error("The voucher has no such code", way)
        gone += fits
    change.check()
    voucher_writing.remove_subvouchers(change.tx, voucher_id, gone)
    return {}


@mutation("updateSubvoucher")
def update_subvoucher(change: Change) -> dict[str, Any]:
    """Other dates, another code. The payload's subvoucher is never null: after user errors it shows what there is."""
    try:
        subvoucher_id = change.target("Subvoucher")
    except Refusal as refusal:
        raise GraphQLError(change.problems.errors[0]["message"]) from refusal
    change.unchanged = {"subvoucher": subvoucher_id}
    given = change.input
    (row,) = reading.by_ids(change.tx, "subvouchers", ("voucher_id", "code_key"), [subvoucher_id])
    columns: dict[str, Any] = {}
    for name, column in (("startAt", "start_at"), ("stopAt", "stop_at")):
        if name in given:
            columns[column] = given.moment(name)
    part = given.part("identifier")
    if part is not None:
        identifier = _identifier(part.value)
        _check_identifier(part, identifier, _method_of(change, row["voucher_id"]))
        columns |= identifier
    change.check()
    voucher_writing.change_subvoucher(change.tx, subvoucher_id, row["voucher_id"], row["code_key"], **columns)
    return {"subvoucher": subvoucher_id}
