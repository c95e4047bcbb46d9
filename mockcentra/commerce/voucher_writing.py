"""Writing vouchers with everything that they can do: who may use them, when they apply, and what they take off."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from mockcentra.commerce.errors import Conflict, Invalid
from mockcentra.commerce.voucher_making import CODE_LENGTH, MAX_CODE, PRICE_OFF
from mockcentra.store import Transaction, records
from mockcentra.store import voucher_writing as rows
from mockcentra.store.database import to_json

MAX_MADE = 10_000
"""How many codes may be made at once."""


class Condition(Struct):
    """A condition of a result: what the rules check, and how whoever made it put it."""

    type: str
    config: dict[str, Any]
    shown_type: str
    shown: Any


class Result(Struct):
    """What happens: as the rules do it, its worth by pricelist (hundredths), and how whoever made it put it.

    `more` is what to add to (or take off) the rest of a voucher that keeps one.
    """

    type: str
    config: dict[str, Any]
    shown_type: str
    shown: Any
    amounts: Mapping[int, int] | None = None
    more: Mapping[int, int] | None = None


class Action(Struct):
    """A result with its conditions. `entry_id` is the result after which it is tried; None: from the start."""

    entry_id: int | None
    strategy: str
    conditions: Sequence[Condition]
    result: Result


# ------------------------------------------------------------------ the voucher itself


def create(
    tx: Transaction, store_id: int, *, trigger: str, code: str | None, market_ids: Iterable[int], **columns: Any
) -> int:
    """A new voucher that does nothing yet; returns its id. A code that is None is made up.

    Raises Conflict (`code`) for one that is taken, Invalid (`code`, `usage_limit`, `stop_at`).
    """
    if trigger == "code" and not code:
        code = tx.token(CODE_LENGTH)
    _check(columns)
    voucher_id = records.add(
        tx, "vouchers", store_id=store_id, trigger=trigger, **_code(tx, store_id, trigger, code or "", 0), **columns
    )
    rows.put_markets(tx, voucher_id, market_ids, ())
    tell(tx, voucher_id, "created")
    return voucher_id


def change(tx: Transaction, voucher_id: int, **columns: Any) -> bool:
    """Changes columns of a voucher; returns whether anything differed. Raises as `create` does."""
    row = records.get(tx, "vouchers", voucher_id)
    assert row is not None
    trigger = columns.get("trigger", row["trigger"])
    if "code" in columns or trigger != row["trigger"]:
        code = columns.pop("code", None) or ("" if trigger == "auto" else row["code"])
        columns |= _code(tx, row["store_id"], trigger, code, voucher_id)
    _check({name: columns.get(name, row[name]) for name in ("usage_limit", "start_at", "stop_at", "used")})
    if not records.change(tx, "vouchers", voucher_id, **columns):
        return False
    if columns.get("reuse_value"):
        rows.add_rests(tx, voucher_id)
    tell(tx, voucher_id)
    return True


def put_markets(tx: Transaction, voucher_id: int, add: Iterable[int], remove: Iterable[int]) -> None:
    """Lets a voucher count in markets, and no more in others."""
    if rows.put_markets(tx, voucher_id, add, remove):
        tell(tx, voucher_id)


def _code(tx: Transaction, store_id: int, trigger: str, code: str, own_id: int) -> dict[str, str]:
    """The columns of a code: none for an automatic voucher."""
    if trigger == "auto":
        return {"code": "", "code_key": ""}
    name = "url" if trigger == "url" else "code"
    if not code.strip() or len(code) > MAX_CODE:
        raise Invalid({name: f"1 to {MAX_CODE} characters"})
    if rows.is_code_taken(tx, store_id, code, own_id):
        raise Conflict({name: "taken"})
    return {"code": code, "code_key": code.strip().lower()}


def _check(columns: Mapping[str, Any]) -> None:
    if not 0 <= columns["usage_limit"] <= 1_000_000_000:
        raise Invalid({"max_usages": "is no number of uses"})
    if columns["usage_limit"] and columns.get("used", 0) > columns["usage_limit"]:
        raise Invalid({"max_usages": "it was used more often"})
    start_at, stop_at = columns.get("start_at"), columns.get("stop_at")
    if start_at is not None and stop_at is not None and stop_at < start_at:
        raise Invalid({"stop_at": "lies before startAt"})


def tell(tx: Transaction, voucher_id: int, action: str = "updated") -> None:
    """Lets carts and integrations know that a voucher is another one."""
    tx.touch("vouchers")
    tx.event("voucher", voucher_id, action)


# ------------------------------------------------------------------ what it does


def add_action(tx: Transaction, voucher_id: int, action: Action) -> int:
    """A further result of a voucher; returns its id."""
    result_id = rows.add_result(
        tx,
        voucher_id,
        type=action.result.type,
        entry_id=action.entry_id,
        strategy=action.strategy,
    )
    _put_result(tx, voucher_id, result_id, action.result)
    _add_conditions(tx, voucher_id, result_id, action.conditions)
    tell(tx, voucher_id)
    return result_id


def change_action(
    tx: Transaction,
    result_id: int,
    *,
    result: Result | None,
    add: Sequence[Condition],
    remove: Sequence[int],
    **columns: Any,
) -> int:
    """Changes a result and its conditions (`remove`: their ids); returns its voucher."""
    row = rows.result(tx, result_id)
    assert row is not None
    voucher_id: int = row["voucher_id"]
    rows.change_result(tx, result_id, **columns)
    if result is not None:
        _put_result(tx, voucher_id, result_id, result)
    rows.remove_conditions(tx, voucher_id, remove)
    _add_conditions(tx, voucher_id, result_id, add)
    tell(tx, voucher_id)
    return voucher_id


def remove_action(tx: Transaction, result_id: int) -> int:
    """Takes a result away with its conditions and with what is tried after it; returns its voucher."""
    row = rows.result(tx, result_id)
    assert row is not None
    if rows.value_holder(tx, row["voucher_id"]) == result_id:
        rows.clear_amounts(tx, row["voucher_id"])
    rows.remove_result(tx, result_id)
    tell(tx, row["voucher_id"])
    voucher_id: int = row["voucher_id"]
    return voucher_id


def _add_conditions(tx: Transaction, voucher_id: int, result_id: int, conditions: Sequence[Condition]) -> None:
    for each in conditions:
        rows.add_condition(
            tx,
            voucher_id,
            result_id,
            type=each.type,
            config_json=to_json(each.config),
            params_json=to_json({"type": each.shown_type, "params": each.shown}),
        )


def _put_result(tx: Transaction, voucher_id: int, result_id: int, result: Result) -> None:
    """Writes what a result is; the voucher's own worth is that of its first result that has one."""
    row = rows.result(tx, result_id)
    assert row is not None
    config = dict(result.config)
    keeps_rest = bool(row["reuse_value"])
    holder = rows.value_holder(tx, voucher_id)
    if keeps_rest and result.type == PRICE_OFF and holder not in (None, result_id):
        raise Invalid({"result": "the voucher has a value that is kept already"})
    if result.amounts is not None:
        if holder in (None, result_id):
            rows.put_amounts(tx, voucher_id, result.amounts, keeps_rest)
        else:
            config["amounts"] = {str(pricelist_id): amount for pricelist_id, amount in result.amounts.items()}
    elif holder == result_id and result.type != PRICE_OFF:
        rows.clear_amounts(tx, voucher_id)
    for pricelist_id, amount in (result.more or {}).items():
        left = next(iter(rows.remaining(tx, voucher_id, pricelist_id)), None)
        if left is None or left["remaining"] + amount < 0:
            raise Invalid({"result": "there is not so much left"})
        rows.set_remaining(tx, left["id"], left["remaining"] + amount)
    rows.change_result(
        tx,
        result_id,
        type=result.type,
        config_json=to_json(config),
        params_json=to_json({"type": result.shown_type, "params": result.shown}),
    )


def set_remaining(
    tx: Transaction,
    voucher_id: int,
    pricelist_id: int,
    amount: int,
    subvoucher_ids: Sequence[int | None] = (None,),
) -> None:
    """What is left of a voucher, or of codes that were made for it, in a pricelist from now on.

    Raises Invalid (`action`).
    """
    row = records.get(tx, "vouchers", voucher_id)
    assert row is not None
    left = rows.remaining(tx, voucher_id, pricelist_id, subvoucher_ids)
    if not row["reuse_value"] or len(left) < len(subvoucher_ids):
        raise Invalid({"action": "the voucher keeps no rest in that pricelist"})
    for each in left:
        if not 0 <= amount <= each["amount"]:
            raise Invalid({"action": "more than the voucher is worth, or less than nothing"})
        rows.set_remaining(tx, each["id"], amount)
    tell(tx, voucher_id)


# ------------------------------------------------------------------ codes in numbers


def add_subvouchers(
    tx: Transaction,
    voucher_id: int,
    identifiers: Sequence[Mapping[str, str]],
    start_at: int | None,
    stop_at: int | None,
) -> list[int]:
    """Codes (or addresses) of their own for a voucher: each a mapping of code, url, email and domain; their ids.

    Raises Conflict (`subvouchers`) when a code is taken, and Invalid (`stop_at`).
    """
    row = records.get(tx, "vouchers", voucher_id)
    assert row is not None
    if start_at is not None and stop_at is not None and stop_at < start_at:
        raise Invalid({"stop_at": "lies before startAt"})
    keys = [key for each in identifiers if (key := key_of(each))]
    taken = rows.taken_codes(tx, row["store_id"], keys)
    if taken or len(set(keys)) < len(keys):
        raise Conflict({"subvouchers": f"taken: {', '.join(sorted(taken)) or 'the same twice'}"})
    ids = [
        rows.add_subvoucher(tx, voucher_id, **each, code_key=key_of(each), start_at=start_at, stop_at=stop_at)
        for each in identifiers
    ]
    if row["reuse_value"]:
        rows.add_rests(tx, voucher_id, ids)
    tell(tx, voucher_id)
    return ids


def key_of(identifier: Mapping[str, str]) -> str:
    """By what a shopper's code is compared."""
    return (identifier.get("code") or identifier.get("url") or "").strip().lower()


def change_subvoucher(tx: Transaction, subvoucher_id: int, voucher_id: int, own_key: str, **columns: Any) -> None:
    """Changes a code of a voucher.

    Raises Conflict (`identifier.code`, `identifier.url`) when the new one is taken, and Invalid (`stop_at`).
    """
    before = rows.subvoucher(tx, subvoucher_id)
    assert before is not None
    start_at, stop_at = (columns.get(name, before[name]) for name in ("start_at", "stop_at"))
    if start_at is not None and stop_at is not None and stop_at < start_at:
        raise Invalid({"stop_at": "lies before startAt"})
    if "code" in columns:
        row = records.get(tx, "vouchers", voucher_id)
        assert row is not None
        key = key_of(columns)
        if key and key != own_key and rows.taken_codes(tx, row["store_id"], [key]):
            raise Conflict({f"identifier.{'code' if columns['code'] else 'url'}": "taken"})
        columns["code_key"] = key
    rows.change_subvoucher(tx, subvoucher_id, **columns)
    tell(tx, voucher_id)


def remove_subvouchers(tx: Transaction, voucher_id: int, ids: Iterable[int]) -> None:
    """Takes codes of a voucher away."""
    rows.remove_subvouchers(tx, voucher_id, ids)
    tell(tx, voucher_id)


def made_codes(tx: Transaction, store_id: int, count: int, length: int, characters: str, shape: str) -> list[str]:
    """So many new codes of random characters; `shape` says where they stand: `SUMMER-{}-26`.

    Raises Invalid (`code_length`) when there are not so many.
    """
    found: dict[str, str] = {}
    for _ in range(20):
        made: dict[str, str] = {}
        for _ in range(count - len(found)):
            code = shape.format("".join(tx.store.dice.choice(characters) for _ in range(length)))
            made[code.lower()] = code
        taken = rows.taken_codes(tx, store_id, made)
        found |= {key: code for key, code in made.items() if key not in taken}
        if len(found) == count:
            return list(found.values())
    raise Invalid({"code_length": "there are not so many codes"})
