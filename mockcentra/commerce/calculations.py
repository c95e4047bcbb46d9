"""What taxes and vouchers come to for goods that nobody has put into a cart."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from mockcentra.commerce import catalogue, voucher_rules, vouchers
from mockcentra.commerce.model import AppliedVoucher, CartLine, Context
from mockcentra.commerce.money import contained_tax, percent_of
from mockcentra.commerce.reference import Country, Market, Pricelist, ShippingOption, State, TaxRule, reference_of
from mockcentra.commerce.tax import is_exempt, rule_for
from mockcentra.store import Transaction


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
    """Pieces of a display item in a size, with their prices each before and after what was taken off already."""

    reference: str
    display_item_id: int
    product_size_id: int
    quantity: int
    price_before: int
    price: int


def lines_of(tx: Transaction, goods: Sequence[Goods]) -> list[CartLine | None]:
    """The lines that a cart of these goods would have, known by their references; None where there is no such size."""
    records = catalogue.records(tx, {each.display_item_id for each in goods})
    return [_line(records, position, each) for position, each in enumerate(goods)]


def _line(records: Mapping[int, catalogue.ProductRecord], position: int, goods: Goods) -> CartLine | None:
    record = records.get(goods.display_item_id)
    size = record.size(goods.product_size_id) if record is not None else None
    if size is None:
        return None
    return CartLine(
        id=position, hash=goods.reference, record=record, size=size, gift_certificate=None, quantity=goods.quantity,
        comment="", product_url=None, category_id=None, localization_name="", localized_size=None, plan=None,
        free_voucher_id=None, price_each=goods.price, price_each_before=goods.price_before,
        total=goods.price * goods.quantity, total_before=goods.price_before * goods.quantity, campaign=None,
        campaign_discount=0,
    )  # fmt: skip


def vouchers_of(
    tx: Transaction, context: Context, voucher_ids: Sequence[int], are_automatic: bool
) -> list[vouchers.Voucher]:
    """The vouchers with these ids and, if asked for, the automatic ones that are usable, in their order."""
    own = vouchers.automatic(tx, context.store_id) if are_automatic else []
    usable = {voucher.id for voucher in own if vouchers.is_usable(voucher, context)}
    return vouchers.by_ids(tx, sorted(usable | set(voucher_ids)))


def apply_vouchers(
    context: Context,
    found: Sequence[vouchers.Voucher],
    lines: Sequence[CartLine],
    shipping: ShippingOption | None,
    shipping_cost: int,
) -> list[AppliedVoucher]:
    """What the vouchers do to the lines, which get their shares of it."""
    return voucher_rules.apply(found, context, lines, shipping, shipping_cost)[0]
