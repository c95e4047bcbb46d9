"""Vouchers and automatic discounts: who may use one, what it takes off a cart, how it is redeemed."""

import operator
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mockcentra.commerce.errors import Invalid, NotFound
from mockcentra.commerce.model import AppliedVoucher, Cart, CartLine, Context, LineDiscount, Price, ProductRecord
from mockcentra.commerce.money import percent_of, ratio, shares
from mockcentra.commerce.pricing import price_of
from mockcentra.commerce.reference import ShippingOption
from mockcentra.store import Transaction
from mockcentra.store import vouchers as rows
from mockcentra.store.database import Row, from_json


@dataclass(frozen=True, slots=True)
class Amount:
    """A value of a voucher in a pricelist or, without one, in a currency."""

    id: int
    pricelist_id: int | None
    currency_id: int | None
    amount: int
    remaining: int | None


@dataclass(frozen=True, slots=True)
class Step:
    """A condition or a result: its type and its configuration (see schema.sql, voucher_conditions).

    A condition may belong to one result (`result_id`) only. A result with an `entry_id` is tried after that one, and
    what comes after a result depends on its `strategy`.
    """

    type: str
    config: dict[str, Any]
    id: int = 0
    result_id: int | None = None
    entry_id: int | None = None
    strategy: str = "ALWAYS"


@dataclass(frozen=True, slots=True)
class Voucher:
    id: int
    store_id: int
    name: str
    trigger: str
    code: str
    is_active: bool
    priority: int
    is_exclusive: bool
    start_at: int | None
    stop_at: int | None
    usage_limit: int
    used: int
    reuse_value: bool
    affects_items: bool
    on_original: bool
    market_ids: frozenset[int]
    conditions: tuple[Step, ...]
    results: tuple[Step, ...]
    amounts: tuple[Amount, ...]
    stops_after_first: bool = False  # only the first of its entries that holds counts

    def amount_in(self, context: Context) -> Amount | None:
        """The value for the pricelist, else for its currency."""
        by_pricelist = next((a for a in self.amounts if a.pricelist_id == context.pricelist.id), None)
        return by_pricelist or next(
            (a for a in self.amounts if a.pricelist_id is None and a.currency_id == context.currency.id), None
        )


def is_usable(voucher: Voucher, context: Context) -> bool:
    """Active, of this store and market, within its dates, not used up."""
    return (
        voucher.is_active
        and voucher.store_id == context.store_id
        and context.market.id in voucher.market_ids
        and (voucher.start_at is None or voucher.start_at <= context.now)
        and (voucher.stop_at is None or context.now <= voucher.stop_at)
        and (not voucher.usage_limit or voucher.used < voucher.usage_limit)
    )


def by_ids(tx: Transaction, voucher_ids: Sequence[int]) -> list[Voucher]:
    """The vouchers with these ids, in the order in which they apply: priority, then id."""
    found = rows.by_ids(tx, voucher_ids)
    if not found:
        return []
    ids = [row["id"] for row in found]
    market_ids: dict[int, set[int]] = defaultdict(set)
    for row in rows.markets(tx, ids):
        market_ids[row["voucher_id"]].add(row["market_id"])
    conditions, results = _steps(rows.conditions(tx, ids)), _steps(rows.results(tx, ids))
    amounts: dict[int, list[Amount]] = defaultdict(list)
    for row in rows.amounts(tx, ids):
        amounts[row["voucher_id"]].append(
            Amount(row["id"], row["pricelist_id"], row["currency_id"], row["amount"], row["remaining"])
        )
    vouchers = [
        Voucher(
            row["id"], row["store_id"], row["name"], row["trigger"], row["code"], row["status"] == "active",
            row["priority"], bool(row["is_exclusive"]), row["start_at"], row["stop_at"], row["usage_limit"],
            row["used"], bool(row["reuse_value"]), bool(row["affects_items"]), bool(row["on_original"]),
            frozenset(market_ids[row["id"]]), tuple(conditions[row["id"]]), tuple(results[row["id"]]),
            tuple(amounts[row["id"]]), row["entry_strategy"] == "FIRST",
        )
        for row in found
    ]  # fmt: skip
    return sorted(vouchers, key=lambda voucher: (voucher.priority, voucher.id))


def _steps(step_rows: Sequence[Row]) -> dict[int, list[Step]]:
    found: dict[int, list[Step]] = defaultdict(list)
    for row in step_rows:
        found[row["voucher_id"]].append(Step(row["type"], from_json(row["config_json"]), *_links(row)))
    return found


def _links(row: Row) -> tuple[int, int | None, int | None, str]:
    """The id of a condition or a result, and what it hangs on."""
    if "result_id" in row.keys():  # noqa: SIM118  (a row is no dict: `in` looks at its values)
        return row["id"], row["result_id"], None, "ALWAYS"
    return row["id"], None, row["entry_id"], row["strategy"]


def automatic(tx: Transaction, store_id: int) -> list[Voucher]:
    """The automatic vouchers of a store; kept until a transaction touches `vouchers`."""
    by_store = tx.store.derived("vouchers", lambda _: {})
    if "vouchers" in tx.touched:
        return by_ids(tx, rows.automatic_ids(tx, store_id))
    if store_id not in by_store:
        by_store[store_id] = by_ids(tx, rows.automatic_ids(tx, store_id))
    return by_store[store_id]


def find_code(tx: Transaction, store_id: int, code: str) -> Voucher:
    """The code or URL voucher of that code, usable or not; of a URL voucher the address does, too. Raises NotFound.

    A code that was made for one voucher among many leads to it while the code counts.
    """
    row = rows.by_code(tx, store_id, code)
    if row is None and "/" in code:
        row = rows.by_code(tx, store_id, code.rstrip("/ ").rpartition("/")[2])
        row = row if row is not None and row["trigger"] == "url" else None
    if row is None and code.strip():
        row = rows.by_own_code(tx, store_id, code)
    if row is None:
        raise NotFound("voucher")
    return by_ids(tx, [row["id"]])[0]


# ------------------------------------------------------------------ what they take off


@dataclass(slots=True)
class _Work:
    """A voucher being applied: the cart's lines and what is left of each, by index."""

    voucher: Voucher
    context: Context
    lines: Sequence[CartLine]
    left: list[int]
    shipping: ShippingOption | None
    shipping_cost: int


def apply(
    found: Sequence[Voucher],
    context: Context,
    lines: Sequence[CartLine],
    shipping: ShippingOption | None,
    shipping_cost: int,
) -> tuple[list[AppliedVoucher], int]:
    """Applies vouchers in order, each to what the earlier ones left.

    Adds each one's shares to the lines' `discounts` and returns what each does and what shipping costs afterwards.
    A voucher whose conditions are not met stays on the list with 0. Nothing goes below 0.
    """
    left = [0 if line.gift_certificate else line.total for line in lines]
    applied: list[AppliedVoucher] = []
    for voucher in found:
        work = _Work(voucher, context, lines, left, shipping, shipping_cost)
        before = list(left)
        note = AppliedVoucher(
            voucher_id=voucher.id, name=voucher.name, trigger=voucher.trigger, code=voucher.code, price_off=0,
            shipping_off=0, line_hashes=[], expires_at=voucher.stop_at, free_shipping_for=None, free_line=None,
            affects_items=voucher.affects_items,
        )  # fmt: skip
        for kind, config in _results(work):
            if kind == "free_shipping":
                shipping_cost = _free_shipping(work, config, note, shipping_cost)
            elif kind == "free_product":
                _free_product(work, config, note)
            elif kind in _RESULTS:
                for index, amount in _RESULTS[kind](work, config).items():
                    left[index] -= min(amount, left[index])
        for index, line in enumerate(lines):
            taken = before[index] - left[index]
            if taken:
                note.price_off -= taken
                note.line_hashes.append(line.hash)
                line.discounts.append(LineDiscount(voucher.id, voucher.trigger == "auto", voucher.code, -taken))
        if voucher.trigger != "auto" or note.price_off or note.shipping_off or note.free_line:
            applied.append(note)
    return applied, shipping_cost


def _results(work: _Work) -> Iterator[tuple[str, dict[str, Any]]]:
    """The results that come to pass, in order: type and configuration; each is asked for when the last one is done.

    A result's own conditions choose lines for it (`selects`) unless it is for the whole of the cart.
    """
    voucher = work.voucher
    if not all(_CONDITIONS[each.type](work, each.config) for each in voucher.conditions if each.result_id is None):
        return
    for entry in voucher.results:
        if entry.entry_id is not None:
            continue
        last, holds = entry, False
        for step in (entry, *(each for each in voucher.results if each.entry_id == entry.id)):
            if step is not entry and not _goes_on(last.strategy, holds):
                break
            own = [each for each in voucher.conditions if each.result_id == step.id and each.result_id is not None]
            selects = [each.config for each in own if each.type == SELECTS]
            chosen = {"selects": selects} if selects else {}
            holds = all(_CONDITIONS[each.type](work, {**chosen, **each.config}) for each in own)
            if holds:
                yield step.type, {**({} if step.config.get("whole") else chosen), **step.config}
            last = step
        if voucher.stops_after_first and holds:
            return


def _goes_on(strategy: str, holds: bool) -> bool:
    """Whether something is tried after a result with that strategy."""
    return strategy == "ALWAYS" or (strategy == "ON_SUCCESS" and holds) or (strategy == "ON_FAILURE" and not holds)


SELECTS = "selects"
"""The condition that there are goods of some kind, which are then what the result is for."""


def _matching(work: _Work, config: dict[str, Any]) -> list[int]:
    """Indexes of the lines that a step may touch: goods, of its categories or products if it names some."""
    categories, products = config.get("categories"), config.get("products")
    selects = config.get("selects", ())
    found = []
    for index, line in enumerate(work.lines):
        record = line.record
        if record is None or line.free_voucher_id is not None:
            continue
        is_named = (
            (categories is None and products is None)
            or (products is not None and record.id in products)
            or (categories is not None and _is_in(work, record, categories))
        )
        if is_named and all(_CHOICES[name](work, index, value) for each in selects for name, value in each.items()):
            found.append(index)
    return found


def _is_in(work: _Work, record: ProductRecord, categories: Sequence[int]) -> bool:
    """Whether a product is in one of the categories, or below it."""
    tree = work.context.reference.categories
    paths = (tree[category_id].path_ids for category_id, _ in record.categories if category_id in tree)
    return any(category_id in categories for path in paths for category_id in path)


def _record(work: _Work, index: int) -> ProductRecord:
    record = work.lines[index].record
    assert record is not None
    return record


def _price(work: _Work, index: int) -> Price:
    context = work.context
    return price_of(_record(work, index), context.market.id, context.pricelist.id, context.now)


def _is_undiscounted(work: _Work, index: int, by: str) -> bool:
    """Neither a campaign nor an earlier voucher has lowered the line; `by` says which of them matters (ANY: both)."""
    line = work.lines[index]
    is_campaigned = by in ("ANY", "CAMPAIGN") and line.campaign is not None
    return not is_campaigned and not (by in ("ANY", "VOUCHER") and work.left[index] < line.total)


# How a condition chooses lines: name of a part of its configuration -> whether a line is chosen. Parts that choose
# pieces of lines are in _PIECES.
_CHOICES: dict[str, Callable[[_Work, int, Any], bool]] = {
    "variants": lambda work, index, ids: _record(work, index).variant_id in ids,
    "not_variants": lambda work, index, ids: _record(work, index).variant_id not in ids,
    "categories": lambda work, index, ids: _is_in(work, _record(work, index), ids),
    "not_categories": lambda work, index, ids: not _is_in(work, _record(work, index), ids),
    "goods": lambda work, index, ids: _record(work, index).product_id in ids,
    "not_goods": lambda work, index, ids: _record(work, index).product_id not in ids,
    "on_sale": lambda work, index, wanted: _price(work, index).show_as_on_sale == wanted,
    "new": lambda work, index, wanted: _price(work, index).show_as_new == wanted,
    "undiscounted": _is_undiscounted,
    "cheapest": lambda work, index, count: True,
    "costliest": lambda work, index, count: True,
    "x_of_y": lambda work, index, rule: True,
}


def _affected(work: _Work, config: dict[str, Any]) -> dict[int, tuple[int, int]]:
    """Line index -> how many of its pieces a step touches, and what is left of their price."""
    pieces = {index: work.lines[index].quantity for index in _matching(work, config)}
    for each in config.get("selects", ()):
        for name, value in each.items():
            if name == "x_of_y":
                size, count, order = value
                pieces = _some(work, pieces, sum(pieces.values()) // size * count, order)
            elif name in ("cheapest", "costliest"):
                pieces = _some(work, pieces, value, name)
    return {
        index: (count, ratio(work.left[index], count, work.lines[index].quantity)) for index, count in pieces.items()
    }


def _some(work: _Work, pieces: Mapping[int, int], count: int, order: str) -> dict[int, int]:
    """The cheapest or costliest of these pieces."""
    sign = -1 if order == "costliest" else 1
    chosen = {}
    for index in sorted(pieces, key=lambda i: (sign * work.left[i] / work.lines[i].quantity, i)):
        taken = min(count, pieces[index])
        if taken:
            chosen[index] = taken
        count -= taken
    return chosen


_COMPARATORS: dict[str, Callable[[int, int], bool]] = {
    "LESS_THAN": operator.lt,
    "LESS_THAN_OR_EQUAL": operator.le,
    "EQUAL": operator.eq,
    "GREATER_THAN_OR_EQUAL": operator.ge,
    "GREATER_THAN": operator.gt,
}


def _compares(config: dict[str, Any], have: int, wanted: int) -> bool:
    return _COMPARATORS[config.get("comparator", "GREATER_THAN_OR_EQUAL")](have, wanted)


def _order_value_is(work: _Work, config: dict[str, Any]) -> bool:
    least = config.get(work.context.currency.code)
    return least is not None and sum(line.total for line in work.lines) >= least


def _value_is(work: _Work, config: dict[str, Any]) -> bool:
    """What the goods (`whole`: all of them) cost, compared with an amount of the pricelist."""
    wanted = config["amounts"].get(str(work.context.pricelist.id))
    indexes = _matching(work, {} if config.get("whole") else config)
    return wanted is not None and _compares(config, sum(work.lines[index].total for index in indexes), wanted)


def _quantity_is(work: _Work, config: dict[str, Any]) -> bool:
    indexes = _matching(work, {} if config.get("whole") else config)
    return _compares(config, sum(work.lines[index].quantity for index in indexes), config.get("quantity", 1))


_CONDITIONS: dict[str, Callable[[_Work, dict[str, Any]], bool]] = {
    "always": lambda work, config: True,
    "order_value": _order_value_is,
    "quantity": _quantity_is,
    "value": _value_is,
    "shipping": lambda work, config: work.shipping is not None and work.shipping.id in config["options"],
    SELECTS: lambda work, config: bool(_affected(work, config)),
}


def _percent_off(work: _Work, config: dict[str, Any]) -> dict[int, int]:
    percent = config["percent"]
    taken = {}
    for index, (pieces, amount) in _affected(work, config).items():
        if work.voucher.on_original or config.get("on_original"):
            line = work.lines[index]
            before = ratio(line.total_before, pieces, line.quantity)
            taken[index] = max(0, amount - (before - percent_of(before, percent)))
        else:
            taken[index] = percent_of(amount, percent)
    return taken


def _worth(work: _Work, config: dict[str, Any]) -> int | None:
    """What a result says it is worth in the pricelist, else what the voucher does."""
    if "amounts" in config:
        amount: int | None = config["amounts"].get(str(work.context.pricelist.id))
        return amount
    value = work.voucher.amount_in(work.context)
    if value is None:
        return None
    return value.remaining if work.voucher.reuse_value and value.remaining is not None else value.amount


def _price_off(work: _Work, config: dict[str, Any]) -> dict[int, int]:
    worth = _worth(work, config)
    if worth is None:
        return {}
    affected = _affected(work, config)
    weights = [amount for _, amount in affected.values()]
    return dict(zip(affected, shares(min(worth, sum(weights)), weights), strict=True))


def _fixed_price(work: _Work, config: dict[str, Any]) -> dict[int, int]:
    worth = _worth(work, config)
    if worth is None:
        return {}
    affected = _affected(work, config)
    if config.get("in_all"):
        weights = [amount for _, amount in affected.values()]
        return dict(zip(affected, shares(max(0, sum(weights) - worth), weights), strict=True))
    return {index: max(0, amount - worth * pieces) for index, (pieces, amount) in affected.items()}


def _n_for_m(work: _Work, config: dict[str, Any]) -> dict[int, int]:
    indexes = _matching(work, config)
    pieces = sum(work.lines[index].quantity for index in indexes)
    return _cheapest(work, indexes, pieces // config["n"] * (config["n"] - config["m"]))


def _cheapest_free(work: _Work, config: dict[str, Any]) -> dict[int, int]:
    return _cheapest(work, _matching(work, config), 1)


def _cheapest(work: _Work, indexes: Sequence[int], free: int) -> dict[int, int]:
    """What makes the `free` cheapest pieces of these lines cost nothing."""
    pieces = _some(work, {index: work.lines[index].quantity for index in indexes}, free, "cheapest")
    return {index: ratio(work.left[index], count, work.lines[index].quantity) for index, count in pieces.items()}


_RESULTS: dict[str, Callable[[_Work, dict[str, Any]], dict[int, int]]] = {
    "percent_off": _percent_off,
    "price_off": _price_off,
    "fixed_price": _fixed_price,
    "n_for_m": _n_for_m,
    "cheapest_free": _cheapest_free,
}


def _free_shipping(work: _Work, config: dict[str, Any], note: AppliedVoucher, cost: int) -> int:
    reference, store_id = work.context.reference, work.context.store_id
    option_ids = config.get("options")
    options = [
        option
        for option in reference.shipping_options.values()
        if option.store_id == store_id and (option_ids is None or option.id in option_ids)
    ]
    note.free_shipping_for = [option.uri for option in options]
    if work.shipping is None or work.shipping not in options:
        return cost
    note.shipping_off -= cost
    return 0


def _free_product(work: _Work, config: dict[str, Any], note: AppliedVoucher) -> None:
    line = next((line for line in work.lines if line.free_voucher_id == work.voucher.id), None)
    if line is not None:
        note.free_line = (line.hash, bool(config.get("allow_remove")), bool(config.get("allow_add_more")))


def wanted_gifts(
    found: Sequence[Voucher], context: Context, lines: Sequence[CartLine]
) -> dict[int, tuple[int, int, bool]]:
    """Voucher id -> (display item id, product size id, may be removed) of the free products that a cart has earned."""
    wanted = {}
    for voucher in found:
        work = _Work(voucher, context, lines, [line.total for line in lines], None, 0)
        if any(line.record is not None and line.free_voucher_id is None for line in lines):
            for kind, config in _results(work):
                if kind == "free_product":
                    wanted[voucher.id] = (
                        config["display_item"], config["product_size"], bool(config.get("allow_remove")),
                    )  # fmt: skip
    return wanted


# ------------------------------------------------------------------ redeeming


def redeem(tx: Transaction, cart: Cart) -> None:
    """Counts the use of every voucher that does something for the cart, and takes what it used off a credit.

    Raises Invalid (`voucher`) when one was used up meanwhile.
    """
    used = [
        note
        for note in (*cart.vouchers, *cart.automatic)
        if note.price_off or note.shipping_off or note.free_line or note.free_shipping_for
    ]
    by_id = {voucher.id: voucher for voucher in by_ids(tx, [note.voucher_id for note in used])}
    for note in used:
        voucher = by_id[note.voucher_id]
        value = voucher.amount_in(cart.context) if voucher.reuse_value else None
        if value is not None:
            rest = (value.amount if value.remaining is None else value.remaining) + note.price_off
            if not rows.spend(tx, value.id, -note.price_off):
                raise Invalid({"voucher": "used up"})
            if rest > 0:
                continue  # a credit with something left is not used up
        if not rows.count_use(tx, voucher.id):
            raise Invalid({"voucher": "used up"})
    if used:
        tx.touch("vouchers")
