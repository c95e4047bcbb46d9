"""What the totals of orders, shipments, returns and lines have in common: costs, taxes, and the rules of these."""

from collections.abc import Callable, Sequence
from typing import Any

from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.money import money
from mockcentra.apis.graphql.types import Arguments, Batch, Picked, Spec, hundredths
from mockcentra.commerce.money import contained_tax, percent_of
from mockcentra.store import graphql_orders as rows
from mockcentra.store.database import Row

_MILLION = 1_000_000


def rate(micro: int) -> float | int:
    """A rate to the base currency."""
    whole, rest = divmod(micro, _MILLION)
    return whole if not rest else micro / _MILLION


def including_tax(arguments: Arguments) -> bool:
    """Whether a field is asked for with its tax, as it is unless the caller says otherwise."""
    return bool(arguments.get("includingTax", True))


def amounts(make: Callable[..., int | None], *keys: str) -> Batch:
    """Money of a dict of totals: `make` of these parts of it."""
    return Batch(
        lambda run, arguments, picked: [money(run, make(*row[2:]), row[0], row[1]) for row in picked],
        "currency_id",
        "micro",
        *keys,
    )


def tax_rules(run: Run, tax_id: Any, name: str, percent: int, amount: int, included: int, money_of: Any) -> Any:
    """An AppliedTaxRuleValue: what a rule makes of an amount."""
    tax = contained_tax(amount, percent) if included else percent_of(amount, percent)
    return {
        "rule": {"taxId": str(tax_id or 0), "taxName": name, "taxPercent": hundredths(percent), "taxRule": tax_id},
        "taxAdded": money_of(0 if included else tax),
        "taxDeducted": money_of(0),
        "taxIncluded": money_of(tax if included else 0),
    }


def _first_rule(
    run: Run, taxes: Sequence[Row], percent: int, amount: int, included: int | None, currency: int, micro: int
) -> list[Any]:
    """The rule of an order with that percentage; `included` is what the rule says unless it is given."""
    rule = next((tax for tax in taxes if tax["percent"] == percent), None)
    if rule is None:
        return []
    is_included = rule["included"] if included is None else included
    return [
        tax_rules(
            run,
            rule["rule_id"],
            rule["name"],
            percent,
            amount,
            is_included,
            lambda value: money(run, value, currency, micro),
        )
    ]


def rules_of(key: str) -> Batch:
    """The tax rules that apply to a cost of a dict of totals: those of its order."""

    def make(run: Run, arguments: Arguments, picked: Picked) -> list[Any]:
        known = rows.taxes(run.tx, {row[2] for row in picked})
        return [
            _first_rule(run, known.get(order_id, ()), percent, abs(cost), None, currency, micro) if cost else []
            for currency, micro, order_id, cost, percent in picked
        ]

    return Batch(make, "currency_id", "micro", "order", key, "percent")


def rules_of_lines(run: Run, arguments: Arguments, picked: Picked) -> list[Any]:
    """The tax rules of lines: those of their order with the line's percentage."""
    known = rows.taxes(run.tx, {row[0] for row in picked})
    return [
        _first_rule(run, known.get(order_id, ()), percent, amount, included, currency, micro)
        for order_id, amount, percent, included, currency, micro in picked
    ]


COSTS: dict[str, Spec] = {
    "lineValues": amounts(lambda items: items, "items"),
    "handling": amounts(lambda cost: cost, "handling_cost"),
    "shipping": amounts(lambda cost: cost, "shipping_cost"),
    "discounts": amounts(abs, "discount"),
}
TAXES: dict[str, Spec] = {
    "taxAdded": amounts(lambda added: added, "added"),
    "taxDeducted": amounts(abs, "deducted"),
    "taxIncluded": amounts(lambda tax, added: tax - added, "tax", "added"),
    "shippingTaxRules": rules_of("shipping_cost"),
    "handlingTaxRules": rules_of("handling_cost"),
    "discountTaxRules": rules_of("discount"),
}
