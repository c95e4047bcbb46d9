"""What it costs to ship a cart: by the worth of its goods, their number, or their weight (domain.md 2.6)."""

from collections.abc import Iterable, Mapping, Sequence

from mockcentra.commerce.model import CartLine, Context
from mockcentra.commerce.reference import Load, ShippingOption
from mockcentra.store import Transaction
from mockcentra.store import shipping_writing as rows
from mockcentra.store.database import from_json

# Grams of a thousandth of a unit.
_GRAMS = {"kg": 1.0, "g": 0.001, "lb": 0.45359237, "oz": 0.028349523125}


def load_of(tx: Transaction, lines: Sequence[CartLine], options: Iterable[ShippingOption]) -> Load:
    """What is to be shipped of these lines; the weight only where one of the options asks for it."""
    goods = [line for line in lines if line.record is not None]
    grams = 0
    if any(option.asks_for_weight for option in options):
        each = weights(tx, [line.size.id for line in goods if line.size is not None])
        grams = round(sum(each.get(line.size.id, 0) * line.quantity for line in goods if line.size is not None))
    return Load(sum(line.total for line in goods), sum(line.quantity for line in goods), grams)


def weights(tx: Transaction, size_ids: Sequence[int]) -> Mapping[int, float]:
    """Size -> what a piece weighs, in grams: its own weight, else the variant's, else the product's."""
    found = {}
    for row in rows.weights(tx, size_ids):
        own, of_variant = from_json(row["size_json"]), from_json(row["variant_json"])
        kept = own if own.get("weight_milli") else of_variant if of_variant.get("own_weight") else row
        found[row["id"]] = (kept["weight_milli"] or 0) * _GRAMS.get(kept["weight_unit"], 1.0)
    return found


def offers(
    tx: Transaction, context: Context, country_id: int | None, lines: Sequence[CartLine]
) -> tuple[list[ShippingOption], dict[int, int]]:
    """(the options that ship these lines to the country, in the shop's order; option -> what it costs)."""
    found = context.reference.shipping_to(context.store_id, country_id, context.currency.id, context.market.id)
    load = load_of(tx, lines, found)
    costs = {option.id: option.cost(country_id, context.currency.id, load) for option in found}
    known = {option_id: cost for option_id, cost in costs.items() if cost is not None}
    return [option for option in found if option.id in known], known


def cost_of(
    tx: Transaction,
    context: Context,
    option: ShippingOption | None,
    country_id: int | None,
    lines: Sequence[CartLine],
) -> int:
    """What an option costs for these lines; where it does not ship what it costs elsewhere, nothing without one."""
    if option is None:
        return 0
    load = load_of(tx, lines, [option])
    countries = [country_id, *(min(group.country_ids, default=None) for group in option.groups)]
    costs = (option.cost(each, context.currency.id, load) for each in countries)
    return next((cost for cost in costs if cost is not None), 0)
