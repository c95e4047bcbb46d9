"""Simple vouchers from outside: making one, reading it as what it simply is, and copying it (order-api.md 5.8)."""

from typing import Any

from msgspec import Struct

from mockcentra.commerce.errors import Conflict, Invalid, NotFound
from mockcentra.commerce.reference import Reference, reference_of
from mockcentra.store import Transaction
from mockcentra.store import vouchers as rows
from mockcentra.store.database import Row, from_json, to_json

PERCENT_OFF, PRICE_OFF = "percent_off", "price_off"
CODE_LENGTH = 20
MAX_CODE = 100


class NewVoucher(Struct):
    """What a simple voucher is made of. `percent` is in hundredths of a percent, `amounts` in hundredths by pricelist.

    Moments are unix seconds; the last one counts. `code` None: a random one. `usage_limit` 0: none.
    """

    store_id: int
    name: str
    code: str | None
    start_at: int
    stop_at: int
    percent: int | None
    amounts: dict[int, int]
    has_free_shipping: bool
    market_ids: list[int]
    usage_limit: int
    is_active: bool
    conversion_html: str


class SimpleVoucher(Struct):
    """A voucher as integrations read it: its first result is its type. `percent` None: it takes no percentage off."""

    row: Row
    type: str
    percent: int | None
    amounts: dict[int, int]  # pricelist id -> hundredths; of price_off
    has_free_shipping: bool
    market_ids: list[int]


def make(tx: Transaction, wanted: NewVoucher) -> tuple[int, str]:
    """Makes a code voucher; returns its id and its code, which works at once. Raises Conflict (`code`)."""
    code = _free_code(tx, wanted.store_id, wanted.code)
    voucher_id = rows.add(
        tx,
        store_id=wanted.store_id,
        name=wanted.name,
        trigger="code",
        code=code,
        code_key=code.lower(),
        status="active" if wanted.is_active else "inactive",
        start_at=wanted.start_at,
        stop_at=wanted.stop_at,
        usage_limit=wanted.usage_limit,
        conversion_html=wanted.conversion_html,
    )
    rows.add_markets(tx, voucher_id, wanted.market_ids)
    if wanted.percent is not None:
        rows.add_result(tx, voucher_id, 1, PERCENT_OFF, to_json({"percent": wanted.percent}))
    else:
        rows.add_result(tx, voucher_id, 1, PRICE_OFF)
        rows.add_pricelist_amounts(tx, voucher_id, wanted.amounts)
    if wanted.has_free_shipping:
        rows.add_result(tx, voucher_id, 2, "free_shipping")
    _tell(tx, voucher_id, "created")
    return voucher_id, code


def _free_code(tx: Transaction, store_id: int, wanted: str | None) -> str:
    if wanted is None:
        return tx.token(CODE_LENGTH)
    if rows.has_code(tx, store_id, wanted):
        raise Conflict({"code": "taken"})
    return wanted


def _tell(tx: Transaction, voucher_id: int, action: str) -> None:
    tx.touch("vouchers")
    tx.event("voucher", voucher_id, action)


def simple(tx: Transaction, voucher_id: int) -> SimpleVoucher:
    """A voucher that is not cancelled. Raises NotFound."""
    row = _existing(tx, voucher_id)
    results = {result["type"]: from_json(result["config_json"]) for result in rows.results(tx, [voucher_id])}
    kind = next(iter(results), "")
    return SimpleVoucher(
        row=row,
        type=kind,
        percent=results[kind].get("percent") if kind == PERCENT_OFF else None,
        amounts=_amounts(tx, row, reference_of(tx.store)) if kind == PRICE_OFF else {},
        has_free_shipping="free_shipping" in results,
        market_ids=sorted(market["market_id"] for market in rows.markets(tx, [voucher_id])),
    )


def _existing(tx: Transaction, voucher_id: int) -> Row:
    row = rows.get(tx, voucher_id)
    if row is None or row["status"] == "cancelled":
        raise NotFound("voucher")
    return row


def _amounts(tx: Transaction, row: Row, reference: Reference) -> dict[int, int]:
    """Pricelist id -> what the voucher is worth in it; a value of a currency is one of all its pricelists."""
    found: dict[int, int] = {}
    for amount in rows.amounts(tx, [row["id"]]):
        if amount["pricelist_id"] is not None:
            found[amount["pricelist_id"]] = amount["amount"]
            continue
        for pricelist in reference.pricelists_of(row["store_id"]):
            if pricelist.currency_id == amount["currency_id"]:
                found.setdefault(pricelist.id, amount["amount"])
    return dict(sorted(found.items()))


def clone(
    tx: Transaction,
    voucher_id: int,
    store_id: int,
    stop_at: int,
    *,
    name: str | None = None,
    code: str | None = None,
    start_at: int | None = None,
    conversion_html: str | None = None,
    replaces_existing: bool = False,
) -> tuple[int, str]:
    """Copies a voucher with its rules; nobody used the copy yet. Returns its id and its code.

    `replaces_existing` takes a code away from a voucher that has it. Raises what `require_clonable` does, and Conflict
    (`code`).
    """
    original = require_clonable(tx, voucher_id, store_id)
    if code is not None and replaces_existing:
        replaced = rows.give_up_code(tx, store_id, code)
        if replaced is not None:
            _tell(tx, replaced, "updated")
    code = _free_code(tx, store_id, code)
    copied = {key: original[key] for key in _COPIED}
    copy_id = rows.add(
        tx,
        **copied,
        parent_id=voucher_id,
        name=original["name"] if name is None else name,
        code=code,
        code_key=code.lower(),
        start_at=original["start_at"] if start_at is None else start_at,
        stop_at=stop_at,
        conversion_html=original["conversion_html"] if conversion_html is None else conversion_html,
    )
    rows.copy_rules(tx, voucher_id, copy_id)
    _tell(tx, copy_id, "created")
    return copy_id, code


_COPIED = (
    "store_id", "trigger", "status", "priority", "is_exclusive", "usage_limit", "reuse_value", "affects_items",
    "on_original", "kind", "entry_strategy",
)  # fmt: skip


def require_clonable(tx: Transaction, voucher_id: int, store_id: int) -> Row:
    """The voucher to be copied. Raises NotFound, and Invalid: `trigger` for an automatic one, `store` for another's."""
    row = _existing(tx, voucher_id)
    if row["trigger"] == "auto":
        raise Invalid({"trigger": "automatic"})
    if row["store_id"] != store_id:
        raise Invalid({"store": "another"})
    return row


def problems_of(reference: Reference, store_id: int, **ids: Any) -> dict[str, int]:
    """Which of these `market_ids` and `pricelist_ids` the store does not have: the first one, by kind."""
    known = {
        "market_ids": {market.id for market in reference.markets_of(store_id)},
        "pricelist_ids": {pricelist.id for pricelist in reference.pricelists_of(store_id)},
    }
    return {kind: wrong[0] for kind, each in ids.items() if (wrong := [id for id in each if id not in known[kind]])}
