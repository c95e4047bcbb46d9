"""What vouchers take off a cart: their conditions, their results, and what each of them leaves to the next."""

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mockcentra.commerce.model import (
    AppliedVoucher,
    CartLine,
    Context,
    LineDiscount,
    Price,
    ProductRecord,
    VoucherEffect,
)
from mockcentra.commerce.money import percent_of, ratio, shares
from mockcentra.commerce.pricing import price_of
from mockcentra.commerce.reference import ShippingOption
from mockcentra.commerce.vouchers import (
    NEW_CUSTOMER,
    NO_FACTS,
    ONCE,
    SELECTS,
    SIGNED_IN,
    Facts,
    Step,
    Voucher,
    is_for,
)

SELECTED, GOODS, ORDER = "SELECTED_PRODUCTS", "PRODUCT_TOTAL", "ORDER_TOTAL"
"""What a discount is reckoned from, and what it is taken off: the chosen goods, or all of them.

What shipping costs is not discounted: an amount is at most what the items cost (checkout-api.md 11.1).
"""
TOLD = 0
"""The id of a campaign that is none of the shop's: somebody asks what vouchers would do to goods with such a price."""


@dataclass(slots=True)
class _Work:
    """A voucher being applied: the lines, what is left of each (and was before the voucher), and of the shipping."""

    voucher: Voucher
    context: Context
    lines: Sequence[CartLine]
    before: Sequence[int]
    left: list[int]
    shipping: ShippingOption | None
    shipping_left: int
    facts: Facts
    spent: int = 0  # of the voucher's own value


def apply(
    found: Sequence[Voucher],
    context: Context,
    lines: Sequence[CartLine],
    shipping: ShippingOption | None,
    shipping_cost: int,
    facts: Facts = NO_FACTS,
) -> tuple[list[AppliedVoucher], int]:
    """Applies vouchers in order, each to what the earlier ones left.

    Adds each one's shares to the lines' `discounts` and returns what each does and what shipping costs afterwards.
    A voucher whose conditions are not met stays on the list with 0. Nothing goes below 0.
    """
    notes, shipping_paid = consider(found, context, lines, shipping, shipping_cost, facts)
    for note in notes:
        note.effects = [effect for effect in note.effects if effect.gifts or effect.type != "free_product"]
    return [
        note for note in notes if note.trigger != "auto" or note.price_off or note.shipping_off or note.free_line
    ], shipping_paid


def consider(
    found: Sequence[Voucher],
    context: Context,
    lines: Sequence[CartLine],
    shipping: ShippingOption | None,
    shipping_cost: int,
    facts: Facts,
) -> tuple[list[AppliedVoucher], int]:
    """Does what `apply` says and returns everything: automatic vouchers that do nothing, gifts that are still to come.

    An automatic voucher that goes with no other does something only where no other one does.
    """
    left = [0 if line.gift_certificate else line.net_total for line in lines]
    notes: list[AppliedVoucher] = []
    has_codes = any(voucher.trigger != "auto" for voucher in found)
    is_anything, is_alone = False, False
    for voucher in found:
        if voucher.trigger == "auto" and (is_alone or (voucher.is_exclusive and (has_codes or is_anything))):
            continue
        before = tuple(left)
        work = _Work(voucher, context, lines, before, left, shipping, shipping_cost, facts)
        note = AppliedVoucher(
            voucher_id=voucher.id, name=voucher.name, trigger=voucher.trigger, code=voucher.code, price_off=0,
            shipping_off=0, line_hashes=[], expires_at=_expires_at(voucher), free_shipping_for=None, free_line=None,
            affects_items=voucher.affects_items,
            subvoucher_id=facts.owned.get(voucher.id) if voucher.own is None else voucher.own.id,
        )  # fmt: skip
        for step, config in _results(work):
            effect = _do(work, step, config, note)
            if effect is not None:
                note.effects.append(effect)
        note.shipping_off = work.shipping_left - shipping_cost
        shipping_cost = work.shipping_left
        for index, line in enumerate(lines):
            taken = before[index] - left[index]
            if taken:
                note.price_off -= taken
                note.line_hashes.append(line.hash)
                line.discounts.append(LineDiscount(voucher.id, voucher.trigger == "auto", voucher.code, -taken))
        notes.append(note)
        if note.price_off or note.shipping_off or any(effect.type == "free_product" for effect in note.effects):
            is_anything, is_alone = True, voucher.is_exclusive and voucher.trigger == "auto"
    return notes, shipping_cost


def _expires_at(voucher: Voucher) -> int | None:
    """When the voucher, or the code by which it is used, ends."""
    ends = [voucher.stop_at, voucher.own.stop_at if voucher.own is not None else None]
    return min((end for end in ends if end is not None), default=None)


def _do(work: _Work, step: Step, config: dict[str, Any], note: AppliedVoucher) -> VoucherEffect | None:
    """Does what a result says; None where that changes nothing."""
    effect = VoucherEffect(step.id, step.type, applied_on=config.get("apply_on", SELECTED))
    if step.type == "free_shipping":
        effect.shipping_off = _free_shipping(work, config, note)
        effect.applied_on = ORDER
        return effect
    if step.type == "free_product":
        effect.gifts = _free_products(work, step, config, note)
        return effect
    if step.type not in _RESULTS:
        return None
    effect.percent = config.get("percent")
    for index, amount in _discount(work, step.type, config).items():
        taken = min(amount, work.left[index])
        if taken:
            work.left[index] -= taken
            effect.lines[work.lines[index].hash] = effect.lines.get(work.lines[index].hash, 0) - taken
    if step.type == "price_off" and work.voucher.reuse_value and "amounts" not in config:
        effect.spent = -effect.price_off
        work.spent += effect.spent
    return effect if effect.lines else None


# ------------------------------------------------------------------ which results come to pass


def _results(work: _Work) -> Iterator[tuple[Step, dict[str, Any]]]:
    """The results that come to pass, in order, with their configuration; each is asked for when the last one is done.

    A result's own conditions choose lines for it (`selects`).
    """
    voucher = work.voucher
    if not is_for(voucher, work.facts):
        return
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
                yield step, {**chosen, **step.config}
            last = step
        if voucher.stops_after_first and holds:
            return


def _goes_on(strategy: str, holds: bool) -> bool:
    """Whether something is tried after a result with that strategy."""
    return strategy == "ALWAYS" or (strategy == "ON_SUCCESS" and holds) or (strategy == "ON_FAILURE" and not holds)


# ------------------------------------------------------------------ which goods


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


def _is_in_folder(work: _Work, index: int, folder_ids: Iterable[int]) -> bool:
    """Whether a product is in one of the folders, or below it."""
    return not work.facts.folders.get(_record(work, index).product_id, frozenset()).isdisjoint(folder_ids)


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


def _is_marked(flag: str) -> Callable[[_Work, int, bool], bool]:
    """Whether the line is on sale (or new) as wanted; who asks what vouchers would do says so himself."""

    def check(work: _Work, index: int, wanted: bool) -> bool:
        campaign = work.lines[index].campaign
        is_told = campaign is not None and campaign.campaign_id == TOLD
        is_so: bool = getattr(campaign if is_told else _price(work, index), flag)
        return is_so == wanted

    return check


# How a condition chooses lines: name of a part of its configuration -> whether a line is chosen. Those that choose
# pieces of lines are in `_affected`.
_CHOICES: dict[str, Callable[[_Work, int, Any], bool]] = {
    "variants": lambda work, index, ids: _record(work, index).variant_id in ids,
    "not_variants": lambda work, index, ids: _record(work, index).variant_id not in ids,
    "categories": lambda work, index, ids: _is_in(work, _record(work, index), ids),
    "not_categories": lambda work, index, ids: not _is_in(work, _record(work, index), ids),
    "folders": lambda work, index, ids: _is_in_folder(work, index, ids),
    "not_folders": lambda work, index, ids: not _is_in_folder(work, index, ids),
    "windows": lambda work, index, ids: work.lines[index].delivery_window_id in ids,
    "not_windows": lambda work, index, ids: work.lines[index].delivery_window_id not in ids,
    "on_sale": _is_marked("show_as_on_sale"),
    "new": _is_marked("show_as_new"),
    "undiscounted": _is_undiscounted,
    "by_no_other": lambda work, index, _: work.before[index] == work.lines[index].total,
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


# ------------------------------------------------------------------ conditions

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
    ONCE: lambda work, config: work.voucher.id not in work.facts.used,
    NEW_CUSTOMER: lambda work, config: work.facts.has_ordered != config["is_new"],
    SIGNED_IN: lambda work, config: work.facts.is_signed_in,
    SELECTS: lambda work, config: bool(_affected(work, config)),
}


# ------------------------------------------------------------------ discounts


def _discount(work: _Work, kind: str, config: dict[str, Any]) -> dict[int, int]:
    """What a discount takes off by line: reckoned from its `base`, borne by what it is to `apply_on`."""
    base = config.get("base", SELECTED)
    is_whole, is_borne_by_all = base != SELECTED, config.get("apply_on", base) != SELECTED
    off = _RESULTS[kind](work, _without_choice(config) if is_whole else config)
    if is_whole == is_borne_by_all:
        return off
    return _spread(sum(off.values()), _affected(work, _without_choice(config) if is_borne_by_all else config))


def _without_choice(config: dict[str, Any]) -> dict[str, Any]:
    """The configuration without what chooses goods."""
    return {name: value for name, value in config.items() if name not in ("selects", "categories", "products")}


def _spread(amount: int, affected: Mapping[int, tuple[int, int]]) -> dict[int, int]:
    """An amount shared over goods in proportion to what is left of them, and at most that."""
    weights = [left for _, left in affected.values()]
    return dict(zip(affected, shares(min(amount, sum(weights)), weights), strict=True))


def _percent_off(work: _Work, config: dict[str, Any]) -> dict[int, int]:
    percent = config["percent"]
    taken = {}
    for index, (pieces, amount) in _affected(work, config).items():
        line = work.lines[index]
        if config.get("without_campaigns") and line.campaign is not None:
            continue
        if work.voucher.on_original or config.get("on_original"):
            before = ratio(line.total_before, pieces, line.quantity)
            taken[index] = max(0, amount - (before - percent_of(before, percent)))
        else:
            taken[index] = percent_of(amount, percent)
    return taken


def _worth(work: _Work, config: dict[str, Any]) -> int | None:
    """What a result says it is worth in the pricelist, else what the voucher is, or what is left of it."""
    if "amounts" in config:
        amount: int | None = config["amounts"].get(str(work.context.pricelist.id))
        return amount
    value = work.voucher.amount_in(work.context)
    if value is None or not work.voucher.reuse_value:
        return None if value is None else value.amount
    return (value.amount if value.remaining is None else value.remaining) - work.spent


def _price_off(work: _Work, config: dict[str, Any]) -> dict[int, int]:
    worth = _worth(work, config)
    return {} if worth is None else _spread(worth, _affected(work, config))


def _fixed_price(work: _Work, config: dict[str, Any]) -> dict[int, int]:
    worth = _worth(work, config)
    if worth is None:
        return {}
    affected = _affected(work, config)
    if config.get("in_all"):
        return _spread(max(0, sum(amount for _, amount in affected.values()) - worth), affected)
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


# ------------------------------------------------------------------ shipping and free products


def _free_shipping(work: _Work, config: dict[str, Any], note: AppliedVoucher) -> int:
    """Names the options that cost nothing now, and takes off what the chosen one costs."""
    reference, store_id = work.context.reference, work.context.store_id
    option_ids = config.get("options")
    options = [
        option
        for option in reference.shipping_options.values()
        if store_id in option.store_ids and (option_ids is None or option.id in option_ids)
    ]
    uris = [option.uri for option in options]
    note.free_shipping_for = uris if note.free_shipping_for is None else [*dict.fromkeys(note.free_shipping_for + uris)]
    if work.shipping is None or work.shipping not in options:
        return 0
    off, work.shipping_left = -work.shipping_left, 0
    return off


def _free_products(work: _Work, step: Step, config: dict[str, Any], note: AppliedVoucher) -> list[str]:
    """The lines that a voucher put into the cart; the first one is named by the voucher."""
    found = [
        line.hash
        for line in work.lines
        if line.free_voucher_id == work.voucher.id and line.record is not None and gives(step, line.record)
    ]
    if found and note.free_line is None:
        note.free_line = (found[0], bool(config.get("allow_remove")), bool(config.get("allow_add_more")))
    return found


def gives(step: Step, record: ProductRecord) -> bool:
    """Whether a result gives a display item away."""
    return step.type == "free_product" and record.variant_id in step.config["variants"]
