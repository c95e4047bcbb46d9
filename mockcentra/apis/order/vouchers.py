"""Simple vouchers: making, reading and copying them (order-api.md 5.8)."""

from typing import Any

from mockcentra.apis import values
from mockcentra.apis.order.transport import INVALID, REQUIRED, Call, Refused, endpoint
from mockcentra.commerce import voucher_making
from mockcentra.commerce.errors import CommerceError, NotFound
from mockcentra.commerce.money import number, parse_amount
from mockcentra.commerce.voucher_making import NewVoucher, SimpleVoucher
from mockcentra.store.clock import from_local, local_date, local_text

CODE_TAKEN = {"code": "Code is already taken"}
NO_VALUE = "One of 'value' or 'valueByPricelist' should be provided."
NO_DATE = "0000-00-00"

# Type of a voucher in the rules -> what this API calls it.
TYPES = {voucher_making.PERCENT_OFF: "percentoff", voucher_making.PRICE_OFF: "priceoff"}
_REQUIRED = ("name", "stopDate", "type", "store", "markets", "status")
_MAX_PERCENT = 10_000
# What is wrong with a copy, by what the rules name.
_CLONE_ERRORS = {
    "trigger": {"voucher": "Auto vouchers not supported"},
    "store": {"voucher": "Voucher does not belong to this store"},
    "code": CODE_TAKEN,
}
_NOT_FOUND = {"voucher": "Voucher not found"}


class _Form:
    """Fields of a body that are read one by one, with what is wrong with them."""

    def __init__(self, body: dict[str, Any]) -> None:
        self.body = body
        self.problems: dict[str, str] = {}

    def has(self, name: str) -> bool:
        return self.body.get(name) not in (None, "", [], {})

    def wrong(self, name: str, why: str = INVALID) -> None:
        self.problems.setdefault(name, why)

    def text(self, name: str, longest: int = 10_000) -> str | None:
        """A text without blanks around it; None where it is missing."""
        if not self.has(name):
            return None
        found = values.text(self.body[name])
        if found is None or not found.strip() or len(found) > longest:
            self.wrong(name)
            return None
        return found.strip()

    def whole(self, name: str, default: int) -> int:
        """A whole number that is not negative."""
        if not self.has(name):
            return default
        found = values.whole(self.body[name])
        if found is None or found < 0:
            self.wrong(name)
            return default
        return found

    def truth(self, name: str) -> bool:
        found = values.truth(self.body.get(name))
        if found is None:
            self.wrong(name)
        return bool(found)

    def day(self, name: str, is_end: bool = False) -> int | None:
        """The first second of a day, or its last one; None where it is missing."""
        if not self.has(name):
            return None
        moment = values.moment(self.body[name])
        if moment is None:
            self.wrong(name)
            return None
        start = from_local(local_date(moment))
        return from_local(f"{local_date(moment)} 23:59:59") if is_end else start

    def check(self) -> None:
        if self.problems:
            raise Refused(self.problems)


@endpoint("POST /voucher")
def make_voucher(call: Call) -> dict[str, Any]:
    """`POST /voucher`: all missing fields are named at once, then all wrong ones."""
    form = _Form(call.body)
    for name in _REQUIRED:
        if not form.has(name):
            form.wrong(name, REQUIRED)
    form.check()
    wanted = _wanted(call, form)
    form.check()
    try:
        with call.transaction() as tx:
            voucher_id, code = voucher_making.make(tx, wanted)
    except CommerceError as error:
        raise Refused(CODE_TAKEN) from error
    return {"voucher": voucher_id, "code": code}


def _wanted(call: Call, form: _Form) -> NewVoucher:
    """The voucher that a body describes; what is wrong with it is in the form then."""
    kind = form.body["type"]
    percent, amounts = None, {}
    if kind not in TYPES.values():
        form.wrong("type")
    elif not form.has("value") and not form.has("valueByPricelist"):
        form.wrong("value", NO_VALUE)
    elif kind == TYPES[voucher_making.PERCENT_OFF]:
        percent = _percent(form)
    else:
        amounts = _amounts(form)
    now = call.store.clock.now()
    start_at = form.day("startDate")
    if start_at is None:
        start_at = from_local(local_date(now))
    stop_at = form.day("stopDate", is_end=True) or 0
    if stop_at and stop_at < start_at:
        form.wrong("stopDate")
    store_id = values.positive(form.body["store"]) or 0
    market_ids = _markets(form)
    if store_id not in call.reference.channels:
        form.wrong("store")
    else:
        missing = voucher_making.problems_of(
            call.reference, store_id, market_ids=market_ids, pricelist_ids=list(amounts)
        )
        if "market_ids" in missing:
            form.wrong("markets", f"Market {missing['market_ids']} not found.")
        if "pricelist_ids" in missing:
            form.wrong("valueByPricelist", f"Pricelist {missing['pricelist_ids']} not found.")
    return NewVoucher(
        store_id=store_id,
        name=form.text("name") or "",
        code=form.text("code", voucher_making.MAX_CODE),
        start_at=start_at,
        stop_at=stop_at,
        percent=percent,
        amounts=amounts,
        has_free_shipping=form.truth("freeShipping"),
        market_ids=market_ids,
        usage_limit=form.whole("limit", 0),
        is_active=form.truth("status"),
        conversion_html=form.text("conversionHtml") or "",
    )


def _percent(form: _Form) -> int | None:
    if not form.has("value"):
        form.wrong("value", REQUIRED)
        return None
    percent = parse_amount(form.body["value"])
    if percent is None or not 0 < percent <= _MAX_PERCENT:
        form.wrong("value")
    return percent


def _amounts(form: _Form) -> dict[int, int]:
    """Pricelist id -> hundredths."""
    if not form.has("valueByPricelist"):
        form.wrong("valueByPricelist", REQUIRED)
        return {}
    sent = form.body["valueByPricelist"]
    entries = {str(index): value for index, value in enumerate(sent)} if isinstance(sent, list) else sent
    found: dict[int, int] = {}
    for key, value in values.mapping(entries).items():
        pricelist_id, amount = values.whole(key), parse_amount(value)
        if pricelist_id is None or amount is None or amount <= 0:
            form.wrong("valueByPricelist")
        else:
            found[pricelist_id] = amount
    if not found:
        form.wrong("valueByPricelist")
    return found


def _markets(form: _Form) -> list[int]:
    sent = form.body["markets"]
    entries = list(sent.values()) if isinstance(sent, dict) else values.listed(sent)
    found = [values.whole(entry) for entry in entries]
    if None in found:
        form.wrong("markets")
    return list(dict.fromkeys(market_id for market_id in found if market_id is not None))


@endpoint("GET /vouchers/<voucher>")
def one_voucher(call: Call, voucher: str) -> dict[str, Any]:
    """`GET /vouchers/{id}`: active and inactive ones."""
    with call.store.reading() as tx:
        try:
            found = voucher_making.simple(tx, values.positive(voucher) or 0)
        except NotFound as error:
            raise Refused(_NOT_FOUND) from error
    return {"voucher": voucher_json(found)}


def voucher_json(voucher: SimpleVoucher) -> dict[str, Any]:
    row = voucher.row
    shown: dict[str, Any] = {
        "id": row["id"],
        "name": row["name"],
        "code": row["code"],
        "conversionHtml": row["conversion_html"],
        "startDate": NO_DATE if row["start_at"] is None else local_date(row["start_at"]),
        "stopDate": NO_DATE if row["stop_at"] is None else local_date(row["stop_at"]),
        "type": TYPES.get(voucher.type, voucher.type.replace("_", "")),
        "value": None if voucher.percent is None else str(number(voucher.percent)),
    }
    if voucher.type == voucher_making.PRICE_OFF:
        shown["valueByPricelist"] = {str(key): number(amount) for key, amount in voucher.amounts.items()}
    return {
        **shown,
        "freeShipping": voucher.has_free_shipping,
        "store": row["store_id"],
        "markets": voucher.market_ids,
        "limit": row["usage_limit"],
        "status": row["status"],
        "priority": row["priority"],
        "createdAt": local_text(row["created_at"]),
    }


@endpoint("PUT /voucher/<voucher>/clone")
def clone_voucher(call: Call, voucher: str) -> dict[str, Any]:
    """`PUT /voucher/{id}/clone`: a copy with another end, and whatever else is sent."""
    voucher_id = values.positive(voucher) or 0
    form = _Form(call.body)
    try:
        with call.transaction() as tx:
            voucher_making.require_clonable(tx, voucher_id, call.store_id)
            if not form.has("stopDate"):
                form.wrong("stopDate", REQUIRED)
            copy_id, code = _clone(tx, call, voucher_id, form)
    except Refused as refused:
        raise Refused(form.problems, voucher=voucher) from refused
    except NotFound as error:
        raise Refused(_NOT_FOUND, voucher=voucher) from error
    except CommerceError as error:
        raise Refused(_CLONE_ERRORS[next(iter(error.problems))], voucher=voucher) from error
    return {"voucher": copy_id, "code": code}


def _clone(tx: Any, call: Call, voucher_id: int, form: _Form) -> tuple[int, str]:
    stop_at = form.day("stopDate", is_end=True) or 0
    wanted = {
        "name": form.text("name"),
        "code": form.text("code", voucher_making.MAX_CODE),
        "start_at": form.day("startDate"),
        "conversion_html": form.text("conversionHtml"),
        "replaces_existing": form.truth("replaceExisting"),
    }
    form.check()
    return voucher_making.clone(tx, voucher_id, call.store_id, stop_at, **wanted)  # type: ignore[arg-type]
