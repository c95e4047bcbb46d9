"""What a display item costs: base prices, campaigns, the lowest price of a period, and plans."""

from collections.abc import Mapping
from dataclasses import dataclass

from mockcentra.commerce import bundles
from mockcentra.commerce.model import CampaignPrice, Price, ProductRecord
from mockcentra.commerce.money import percent_of, ratio
from mockcentra.commerce.reference import Plan

DAY = 86400
NO_PRICE = Price(None, None, 0, None, False, False, None)


@dataclass(frozen=True, slots=True)
class LowestPrice:
    """The lowest price of a period, and what was the full price then."""

    days: int
    price: int
    price_before: int


def price_of(
    record: ProductRecord,
    market_id: int,
    pricelist_id: int,
    now: int,
    parts: Mapping[int, ProductRecord] | None = None,
) -> Price:
    """What a display item costs in a market and pricelist at a moment (checkout-api.md 7.10).

    A bundle with a dynamic price needs the records of its parts; its price is the lowest that it can cost, and it has
    none while a section has no part with a price.
    """
    if record.bundle is not None and record.bundle.price_type == "dynamic":
        found = bundles.range_of(record, parts or {}, market_id, pricelist_id, now)
        if found is None:
            return NO_PRICE
        return campaigned(record, found.price_min, found.before_min, market_id, pricelist_id, now, found.until)
    base = record.prices.get(pricelist_id)
    if base is None:
        return NO_PRICE
    return campaigned(record, base, base, market_id, pricelist_id, now)


def campaigned(
    record: ProductRecord,
    amount: int,
    before: int,
    market_id: int,
    pricelist_id: int,
    now: int,
    until: int | None = None,
) -> Price:
    """`amount` after the campaign of the record that makes it lowest; the flags of all running ones count."""
    base, winner, on_sale, new = amount, None, False, False
    for campaign in record.campaigns:
        if market_id not in campaign.market_ids or pricelist_id not in campaign.pricelist_ids:
            continue
        until = _sooner(until, now, campaign.start_at, campaign.stop_at)
        if not is_running(campaign, now):
            continue
        on_sale = on_sale or campaign.show_as_on_sale
        new = new or campaign.show_as_new
        price = campaign.prices.get(pricelist_id)
        if price is None:
            price = base - percent_of(base, campaign.percent)
        if price < amount:
            amount, winner = price, campaign
    return Price(amount, before, percent_off(amount, before), winner, on_sale, new, until)


def is_running(campaign: CampaignPrice, now: int) -> bool:
    """Whether the moment lies between start (included) and stop (excluded)."""
    return (campaign.start_at is None or campaign.start_at <= now) and (
        campaign.stop_at is None or now < campaign.stop_at
    )


def percent_off(amount: int, before: int) -> int:
    """How many whole percent lower the amount is, rounded."""
    return ratio(before - amount, 100, before) if before > 0 and amount < before else 0


def _sooner(until: int | None, now: int, *moments: int | None) -> int | None:
    """The first moment after now, `until` included."""
    for moment in moments:
        if moment is not None and moment > now and (until is None or moment < until):
            until = moment
    return until


def lowest_price(
    record: ProductRecord, market_id: int, pricelist_id: int, now: int, price: Price, days: int = 30
) -> LowestPrice | None:
    """The lowest price during the last `days` days, `price` (the present one) included (checkout-api.md 7.6).

    None when it could not be bought in that time at all.
    """
    since = now - days * DAY
    found = None if price.amount is None or price.before is None else (price.amount, price.before)
    for entry in record.price_records:
        if entry.pricelist_id != pricelist_id or entry.market_id not in (None, market_id):
            continue
        if entry.from_at > now or (entry.until_at is not None and entry.until_at <= since):
            continue
        if found is None or entry.price < found[0]:
            found = (entry.price, entry.price_before)
    return None if found is None else LowestPrice(days, *found)


def plan_price(amount: int, plan: Plan) -> int:
    """What a piece costs in a subscription (checkout-api.md 18.1)."""
    return ratio(amount, 10000 - plan.percent, 10000)


def steady_span(
    record: ProductRecord, parts: Mapping[int, ProductRecord], now: int, days: int = 30
) -> tuple[int | None, int | None]:
    """The time around `now` in which neither a campaign nor the passing of days changes any price of the record.

    Returns its first moment and the moment at which it is over; None for no bound.
    """
    start: int | None = None
    until: int | None = None
    for each in (record, *parts.values()):
        moments: list[int] = []
        for campaign in each.campaigns:
            moments += [at for at in (campaign.start_at, campaign.stop_at) if at is not None]
        for entry in each.price_records:
            moments.append(entry.from_at)
            if entry.until_at is not None:
                moments.append(entry.until_at + days * DAY)
        for at in moments:
            if at > now:
                until = at if until is None or at < until else until
            else:
                start = at if start is None or at > start else start
    return start, until
