"""Vouchers and automatic discounts: who may use one, what it takes off a cart, how it is redeemed."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from mockcentra.commerce.errors import Invalid, NotFound
from mockcentra.commerce.model import AppliedVoucher, Cart, CartLine, Context, LineDiscount
from mockcentra.commerce.money import percent_of, ratio, shares
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
    """A condition or a result: its type and its configuration (see schema.sql, voucher_conditions)."""

    type: str
    config: dict[str, Any]


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
            tuple(amounts[row["id"]]),
        )
        for row in found
    ]  # fmt: skip
    return sorted(vouchers, key=lambda voucher: (voucher.priority, voucher.id))


def _steps(step_rows: Sequence[Row]) -> dict[int, list[Step]]:
    found: dict[int, list[Step]] = defaultdict(list)
    for row in step_rows:
        found[row["voucher_id"]].append(Step(row["type"], from_json(row["config_json"])))
    return found


def automatic(tx: Transaction, store_id: int) -> list[Voucher]:
    """The automatic vouchers of a store; kept until a transaction touches `vouchers`."""
    by_store = tx.store.derived("vouchers", lambda _: {})
    if "vouchers" in tx.touched:
        return by_ids(tx, rows.automatic_ids(tx, store_id))
    if store_id not in by_store:
        by_store[store_id] = by_ids(tx, rows.automatic_ids(tx, store_id))
    return by_store[store_id]


def find_code(tx: Transaction, store_id: int, code: str) -> Voucher:
    """The code or URL voucher of that code, usable or not; of a URL voucher the address does, too. Raises NotFound."""
    row = rows.by_code(tx, store_id, code)
    if row is None and "/" in code:
        row = rows.by_code(tx, store_id, code.rstrip("/ ").rpartition("/")[2])
        row = row if row is not None and row["trigger"] == "url" else None
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
        holds = all(_CONDITIONS[step.type](work, step.config) for step in voucher.conditions)
        before = list(left)
        note = AppliedVoucher(
            voucher_id=voucher.id, name=voucher.name, trigger=voucher.trigger, code=voucher.code, price_off=0,
            shipping_off=0, line_hashes=[], expires_at=voucher.stop_at, free_shipping_for=None, free_line=None,
            affects_items=voucher.affects_items,
        )  # fmt: skip
        for step in voucher.results if holds else ():
            if step.type == "free_shipping":
                shipping_cost = _free_shipping(work, step.config, note, shipping_cost)
            elif step.type == "free_product":
                _free_product(work, step.config, note)
            else:
                for index, amount in _RESULTS[step.type](work, step.config).items():
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


def _matching(work: _Work, config: dict[str, Any]) -> list[int]:
    """Indexes of the lines that a step may touch: goods, of its categories or products if it names some."""
    categories, products = config.get("categories"), config.get("products")
    found = []
    for index, line in enumerate(work.lines):
        record = line.record
        if record is None or line.free_voucher_id is not None:
            continue
        if (categories is None and products is None) or (products is not None and record.id in products):
            found.append(index)
        elif categories is not None:
            tree = work.context.reference.categories
            paths = (tree[category_id].path_ids for category_id, _ in record.categories if category_id in tree)
            if any(category_id in categories for path in paths for category_id in path):
                found.append(index)
    return found


def _order_value_is(work: _Work, config: dict[str, Any]) -> bool:
    least = config.get(work.context.currency.code)
    return least is not None and sum(line.total for line in work.lines) >= least


def _quantity_is(work: _Work, config: dict[str, Any]) -> bool:
    return sum(work.lines[index].quantity for index in _matching(work, config)) >= config.get("quantity", 1)


_CONDITIONS: dict[str, Callable[[_Work, dict[str, Any]], bool]] = {
    "order_value": _order_value_is,
    "quantity": _quantity_is,
}


def _percent_off(work: _Work, config: dict[str, Any]) -> dict[int, int]:
    percent = config["percent"]
    taken = {}
    for index in _matching(work, config):
        if work.voucher.on_original:
            line = work.lines[index]
            target = line.total_before - percent_of(line.total_before, percent)
            taken[index] = max(0, work.left[index] - target)
        else:
            taken[index] = percent_of(work.left[index], percent)
    return taken


def _price_off(work: _Work, config: dict[str, Any]) -> dict[int, int]:
    value = work.voucher.amount_in(work.context)
    if value is None:
        return {}
    worth = value.amount
    if work.voucher.reuse_value and value.remaining is not None:
        worth = value.remaining
    indexes = _matching(work, config)
    weights = [work.left[index] for index in indexes]
    return dict(zip(indexes, shares(min(worth, sum(weights)), weights), strict=True))


def _fixed_price(work: _Work, config: dict[str, Any]) -> dict[int, int]:
    value = work.voucher.amount_in(work.context)
    if value is None:
        return {}
    return {
        index: max(0, work.left[index] - value.amount * work.lines[index].quantity) for index in _matching(work, config)
    }


def _n_for_m(work: _Work, config: dict[str, Any]) -> dict[int, int]:
    indexes = _matching(work, config)
    pieces = sum(work.lines[index].quantity for index in indexes)
    return _cheapest(work, indexes, pieces // config["n"] * (config["n"] - config["m"]))


def _cheapest_free(work: _Work, config: dict[str, Any]) -> dict[int, int]:
    return _cheapest(work, _matching(work, config), 1)


def _cheapest(work: _Work, indexes: Sequence[int], free: int) -> dict[int, int]:
    """What makes the `free` cheapest pieces of these lines cost nothing."""
    taken: dict[int, int] = {}
    for index in sorted(indexes, key=lambda i: (work.left[i] / work.lines[i].quantity, i)):
        pieces = min(free, work.lines[index].quantity)
        if not pieces:
            break
        taken[index] = ratio(work.left[index], pieces, work.lines[index].quantity)
        free -= pieces
    return taken


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
        if any(line.record is not None and line.free_voucher_id is None for line in lines) and all(
            _CONDITIONS[step.type](work, step.config) for step in voucher.conditions
        ):
            for step in voucher.results:
                if step.type == "free_product":
                    config = step.config
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
