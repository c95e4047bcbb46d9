"""Adding up: the totals of a cart from its lines, costs and taxes, exact to the cent (checkout-api.md 6)."""

from collections import defaultdict
from collections.abc import Sequence

from mockcentra.commerce.model import CartLine, Totals
from mockcentra.commerce.money import contained_tax, percent_of
from mockcentra.commerce.reference import TaxRule


def totals_of(
    lines: Sequence[CartLine],
    shipping: int,
    handling: int,
    cost_rule: TaxRule | None,
    is_exempt: bool,
    shipping_is_taxed: bool = True,
) -> Totals:
    """The totals of lines that know their tax and their discounts.

    `shipping` and `handling` are what the buyer pays for them; `cost_rule` is the rule that taxes both (None: none).
    Amounts of one tax rate are taxed together and rounded once, so that one rate gives exactly
    `total * p / (100 + p)`. The identity grand = items + discount + shipping + handling + added + deducted holds.
    """
    items = sum(line.total for line in lines)
    discount = sum(share.amount for line in lines for share in line.discounts if not share.affected_price)
    taxable: dict[tuple[str, int, bool], int] = defaultdict(int)
    for line in lines:
        if line.tax_percent:
            taxable[line.tax_name, line.tax_percent, line.is_tax_included] += line.net_total
    if cost_rule is not None and cost_rule.percent and cost_rule.on_shipping:
        taxable[cost_rule.name, cost_rule.percent, cost_rule.included] += handling + shipping * shipping_is_taxed
    taxes = {key: _tax(key, amount) for key, amount in taxable.items()}
    included = sum(amount for (_, _, is_included), amount in taxes.items() if is_included)
    added = sum(amount for (_, _, is_included), amount in taxes.items() if not is_included)
    gross = items + discount + shipping + handling
    percents = [line.tax_percent for line in lines if line.tax_percent]
    if not percents and lines and cost_rule is not None and cost_rule.on_shipping and shipping + handling:
        percents = [cost_rule.percent]
    totals = Totals(
        items=items,
        discount=discount or None,
        shipping=shipping,
        handling=handling,
        quantity=sum(line.quantity for line in lines),
    )
    if is_exempt:
        totals.tax_deducted = -included or None
        totals.grand_total = gross - included
        return totals
    totals.tax_added = added or None
    totals.tax_percent = max(percents, default=0)
    totals.grand_total = gross + added
    totals.grand_total_tax = included + added
    totals.taxes = {key: amount for key, amount in taxes.items() if amount}
    return totals


def _tax(key: tuple[str, int, bool], amount: int) -> int:
    _, percent, is_included = key
    return contained_tax(amount, percent) if is_included else percent_of(amount, percent)
