"""Bundles: what their parts cost together and how many sets can be built (checkout-api.md 7.7, domain.md 5)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mockcentra.commerce import pricing
from mockcentra.commerce.model import Price, ProductRecord, Sellable, SizeRecord
from mockcentra.commerce.money import percent_of

UNLIMITED = 1_000_000
"""What stands for the stock of a size that never runs short (preorder, infinite) where a number is needed."""


@dataclass(frozen=True, slots=True)
class BundleRange:
    """What a bundle can cost: cheapest and dearest choice, now and before campaigns, and its parts bought alone."""

    items: int
    price_min: int
    price_max: int
    before_min: int
    before_max: int
    until: int | None

    @property
    def percent_saved(self) -> int:
        return pricing.percent_off(self.price_min, self.items)


def range_of(
    record: ProductRecord, parts: Mapping[int, ProductRecord], market_id: int, pricelist_id: int, now: int
) -> BundleRange | None:
    """The prices of a bundle; None when it cannot be bought in that pricelist.

    `parts` are the records of its sections' display items. The bundle's own campaigns are not in the result of a
    dynamic bundle: `pricing.price_of` adds them.
    """
    assert record.bundle is not None
    cheapest = dearest = cheapest_before = dearest_before = 0
    until: int | None = None
    missing = False
    for section in record.bundle.sections:
        prices = [
            pricing.price_of(parts[item], market_id, pricelist_id, now) for item in section.items if item in parts
        ]
        for price in prices:
            if price.until is not None and (until is None or price.until < until):
                until = price.until
        amounts = [(price.amount, price.before) for price in prices if price.amount is not None]
        if not amounts:
            missing = True
            continue
        low, high = min(amounts), max(amounts)
        cheapest += low[0] * section.quantity
        dearest += high[0] * section.quantity
        cheapest_before += (low[1] or 0) * section.quantity
        dearest_before += (high[1] or 0) * section.quantity
    if record.bundle.price_type == "dynamic":
        if missing or not record.bundle.sections:
            return None
        amounts_off = [_off(amount, record.bundle.percent) for amount in (cheapest, dearest)]
        before_off = [_off(amount, record.bundle.percent) for amount in (cheapest_before, dearest_before)]
        return BundleRange(cheapest, amounts_off[0], amounts_off[1], before_off[0], before_off[1], until)
    own = pricing.price_of(record, market_id, pricelist_id, now)
    if own.amount is None or own.before is None:
        return None
    return BundleRange(cheapest, own.amount, own.amount, own.before, own.before, until)


def _off(amount: int, percent: int) -> int:
    return amount - percent_of(amount, percent)


def price_of_choice(
    record: ProductRecord,
    chosen: Iterable[tuple[ProductRecord, int]],
    market_id: int,
    pricelist_id: int,
    now: int,
) -> Price:
    """What one bundle costs with these parts: (part, pieces of it in one bundle).

    A static bundle costs its own price whatever is chosen. Without a price of every part a dynamic one has none.
    """
    assert record.bundle is not None
    if record.bundle.price_type == "static":
        return pricing.price_of(record, market_id, pricelist_id, now)
    amount = before = 0
    for part, quantity in chosen:
        price = pricing.price_of(part, market_id, pricelist_id, now)
        if price.amount is None or price.before is None:
            return pricing.NO_PRICE
        amount += price.amount * quantity
        before += price.before * quantity
    return pricing.campaigned(
        record, _off(amount, record.bundle.percent), _off(before, record.bundle.percent), market_id, pricelist_id, now
    )


# ------------------------------------------------------------------ stock


def sets_of(
    record: ProductRecord,
    size: SizeRecord,
    parts: Mapping[int, ProductRecord],
    stock: Mapping[int, Sellable],
) -> int:
    """How many complete sets of a bundle's size the sellable stock of its parts allows.

    `stock` is by product size. Preorder and infinite parts never limit it; a set takes the pieces of a section from
    one option.
    """
    assert record.bundle is not None
    if record.bundle.type == "fixed":
        return _fixed_sets(record, size, parts, stock)
    sets = UNLIMITED
    for section in record.bundle.sections:
        options = [part_size for item in section.items if item in parts for part_size in parts[item].sizes]
        sets = min(sets, _sets_from(options, section.quantity, stock))
    return sets if record.bundle.sections else 0


def fixed_parts(
    record: ProductRecord, size: SizeRecord, parts: Mapping[int, ProductRecord], stock: Mapping[int, Sellable]
) -> dict[int, tuple[int, int]]:
    """Section id -> (display item id, product size id) of a fixed bundle's size: the best variant of each section.

    The best one allows the most sets (graphql-integration-api.md 12.6), of equals the first. A section without any
    variant in that size is left out.
    """
    assert record.bundle is not None
    first = record.bundle.size_parts.get(size.id, {})
    found: dict[int, tuple[int, int]] = {}
    for section in record.bundle.sections:
        options = [(item, part) for item, part in [first.get(section.id, (0, 0))] if item in parts]
        for item in section.items:
            part = _part_of(parts[item], size) if item in parts and parts[item].is_active else None
            if part is not None and all(item != known for known, _ in options):
                options.append((item, part.id))
        sized = [(item, each) for item, part_id in options if (each := parts[item].size(part_id)) is not None]
        if sized:
            item, best = max(sized, key=lambda option: _sets_from([option[1]], section.quantity, stock))
            found[section.id] = (item, best.id)
    return found


def _part_of(record: ProductRecord, size: SizeRecord) -> SizeRecord | None:
    """The size of a part that goes with a size of the bundle: of the same name, else its only one."""
    named = next((each for each in record.sizes if each.name == size.name), None)
    return named or (record.sizes[0] if len(record.sizes) == 1 else None)


def _fixed_sets(
    record: ProductRecord, size: SizeRecord, parts: Mapping[int, ProductRecord], stock: Mapping[int, Sellable]
) -> int:
    assert record.bundle is not None
    chosen = fixed_parts(record, size, parts, stock)
    needed: dict[int, int] = defaultdict(int)
    sizes: dict[int, SizeRecord] = {}
    for section in record.bundle.sections:
        part = chosen.get(section.id)
        part_size = parts[part[0]].size(part[1]) if part is not None else None
        if part_size is None:
            return 0
        needed[part_size.id] += section.quantity
        sizes[part_size.id] = part_size
    if not needed:
        return 0
    return min(_sets_from([sizes[size_id]], quantity, stock) for size_id, quantity in needed.items())


def _sets_from(options: Sequence[SizeRecord], quantity: int, stock: Mapping[int, Sellable]) -> int:
    if any(option.is_preorder or option.is_infinite for option in options):
        return UNLIMITED
    return sum(stock[option.id].total // quantity for option in options if option.id in stock)
