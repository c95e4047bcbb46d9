"""Making and changing vouchers, their actions, and what is left of them (section 23)."""

from collections.abc import Sequence
from typing import Any

from mockcentra.apis.graphql import words
from mockcentra.apis.graphql.areas.vouchers import STATUSES, STORED_KINDS, STORED_METHODS
from mockcentra.apis.graphql.attributes import assign_given_attributes
from mockcentra.apis.graphql.changes import Change
from mockcentra.apis.graphql.registry import mutation
from mockcentra.apis.graphql.voucher_actions import action_of, condition_of, result_of
from mockcentra.commerce import voucher_writing
from mockcentra.store import graphql_reading as reading
from mockcentra.store import records
from mockcentra.store import voucher_writing as rows
from mockcentra.store.database import Row

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


def voucher_row(change: Change, voucher_id: int) -> Row:
    """The row of a voucher that is known to be there."""
    row = records.get(change.tx, "vouchers", voucher_id)
    assert row is not None
    return row


@mutation("updateVoucher")
def update_voucher(change: Change) -> dict[str, Any]:
    """Changes a voucher; its actions have mutations of their own."""
    voucher_id = change.target("Voucher")
    given = change.input
    row = voucher_row(change, voucher_id)
    add = _markets(change, "addMarkets", row["store_id"])
    remove = _markets(change, "removeMarkets", None)
    columns = _columns(change, False)
    method = words.VOUCHER_METHOD[columns.get("trigger", row["trigger"])]
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
    row = voucher_row(change, voucher_id)
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
