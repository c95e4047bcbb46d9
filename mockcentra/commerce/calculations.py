"""What taxes and vouchers come to for goods that nobody has put into a cart."""

from collections.abc import Mapping, Sequence
from dataclasses import replace as dataclass_replace
from typing import NamedTuple

from msgspec.structs import replace

from mockcentra.commerce import catalogue, voucher_rules, vouchers
from mockcentra.commerce.model import CampaignPrice, CartLine, Context, LineDiscount
from mockcentra.commerce.money import contained_tax, percent_of
from mockcentra.commerce.reference import Country, Market, Pricelist, ShippingOption, State, TaxRule, reference_of
from mockcentra.commerce.tax import is_exempt, rule_for
from mockcentra.commerce.vouchers import Step, Voucher
from mockcentra.store import Transaction
from mockcentra.store import vouchers as rows


def context_of(
    tx: Transaction,
    store_id: int,
    *,
    market: Market | None = None,
    pricelist: Pricelist | None = None,
    country: Country | None = None,
    state: State | None = None,
    tax_class_id: int | None = None,
) -> Context:
    """Where something is calculated; market and pricelist are the store's default ones when they are not given."""
    reference = reference_of(tx.store)
    pricelist = pricelist or reference.default_pricelist(store_id)
    return Context(
        store_id=store_id,
        market=market or reference.default_market(store_id),
        pricelist=pricelist,
        currency=reference.currency_of(pricelist),
        country=country,
        state=state,
        language=reference.default_language,
        tax_class_id=tax_class_id,
        now=tx.now,
        reference=reference,
    )


# ------------------------------------------------------------------ taxes


class Taxed(NamedTuple):
    """An amount (hundredths) with the rule that taxes it, and its taxes: none of them is below 0 for a price."""

    amount: int
    rule: TaxRule | None
    added: int
    included: int
    deducted: int

    @property
    def total(self) -> int:
        return self.amount + self.added - self.deducted


def taxed(context: Context, amount: int, tax_group_id: int | None, zip_code: str, is_cost: bool = False) -> Taxed:
    """The taxes of an amount of goods, or of a cost (shipping, handling), which not every rule taxes."""
    rule = rule_for(context, tax_group_id, zip_code)
    if rule is None or not rule.percent or (is_cost and not rule.on_shipping):
        return Taxed(amount, None, 0, 0, 0)
    tax = contained_tax(amount, rule.percent) if rule.included else percent_of(amount, rule.percent)
    if is_exempt(context, ""):
        return Taxed(amount, rule, 0, 0, tax if rule.included else 0)
    return Taxed(amount, rule, 0, tax, 0) if rule.included else Taxed(amount, rule, tax, 0, 0)


# ------------------------------------------------------------------ vouchers


class Goods(NamedTuple):
    """Pieces of a display item in a size, as somebody describes them.

    `price_before` and `price` are those of one piece, without and with what lowered it; `by_vouchers` is the part of
    that which vouchers took off. `category_id` and `folder_id` stand in for those of the product.
    """

    reference: str
    display_item_id: int
    product_size_id: int
    quantity: int
    price_before: int
    price: int
    by_vouchers: int = 0
    is_campaigned: bool = False
    is_on_sale: bool = False
    is_new: bool = False
    category_id: int | None = None
    folder_id: int | None = None
    delivery_window_id: int | None = None


def lines_of(tx: Transaction, store_id: int, goods: Sequence[Goods]) -> list[CartLine | None]:
    """The lines that a cart of these goods would have, known by their references; None where the store has no such."""
    records = catalogue.records(tx, {each.display_item_id for each in goods})
    return [_line(records, store_id, position, each) for position, each in enumerate(goods)]


def _line(
    records: Mapping[int, catalogue.ProductRecord], store_id: int, position: int, goods: Goods
) -> CartLine | None:
    record = records.get(goods.display_item_id)
    size = record.size(goods.product_size_id) if record is not None else None
    if record is None or size is None or record.store_id != store_id:
        return None
    if goods.category_id is not None:
        record = replace(record, categories=((goods.category_id, 0),))
    campaign = None
    if goods.is_campaigned or goods.is_on_sale or goods.is_new:
        campaign = CampaignPrice(
            voucher_rules.TOLD, "", frozenset(), frozenset(), 0, {}, None, None, goods.is_on_sale, goods.is_new
        )
    each = goods.price + goods.by_vouchers
    line = CartLine(
        id=position, hash=goods.reference, record=record, size=size, gift_certificate=None, quantity=goods.quantity,
        comment="", product_url=None, category_id=None, localization_name="", localized_size=None, plan=None,
        free_voucher_id=None, price_each=each, price_each_before=goods.price_before, total=each * goods.quantity,
        total_before=goods.price_before * goods.quantity, campaign=campaign, campaign_discount=0,
        delivery_window_id=goods.delivery_window_id,
    )  # fmt: skip
    if goods.by_vouchers:
        line.discounts.append(LineDiscount(0, False, "", -goods.by_vouchers * goods.quantity))
    return line


class Effect(NamedTuple):
    """What a result of a voucher would do: to lines, reference -> (before, taken off, hundredths each), and beside."""

    voucher: Voucher
    step: Step
    subvoucher_id: int | None
    lines: Mapping[str, tuple[int, int]]
    percent: int | None


def effects_of(
    tx: Transaction,
    context: Context,
    found: Sequence[Voucher],
    goods: Sequence[Goods],
    lines: Sequence[CartLine],
    shipping: ShippingOption | None,
    shipping_cost: int,
    shopper: vouchers.Shopper,
) -> list[Effect]:
    """What these vouchers would do to lines of goods, in order; amounts are not negative."""
    facts = vouchers.facts_for(tx, found, context.store_id, shopper, lines)
    told = {each.reference: each.folder_id for each in goods if each.folder_id is not None}
    if told:
        above: dict[int, set[int]] = {}
        for row in rows.folders_above(tx, sorted(set(told.values()))):
            above.setdefault(row["start"], set()).add(row["folder_id"])
        by_product = {
            line.record.product_id: frozenset(above.get(told[line.hash], ()))
            for line in lines
            if line.record is not None and line.hash in told
        }
        facts = dataclass_replace(facts, folders={**facts.folders, **by_product})
    left = {line.hash: line.net_total for line in lines}
    notes, _ = voucher_rules.consider(found, context, lines, shipping, shipping_cost, facts)
    by_id = {voucher.id: voucher for voucher in found}
    steps = {(voucher.id, step.id): step for voucher in found for step in voucher.results}
    effects = []
    for note in notes:
        for effect in note.effects:
            taken = {}
            for reference, amount in effect.lines.items():
                taken[reference] = (left[reference], -amount)
                left[reference] += amount
            effects.append(
                Effect(
                    by_id[note.voucher_id], steps[note.voucher_id, effect.result_id], note.subvoucher_id, taken,
                    effect.percent,
                )
            )  # fmt: skip
    return effects
