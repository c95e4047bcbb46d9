"""What things cost: campaigns, bundles, the lowest price of the last weeks, and subscriptions."""

from hypothesis import given
from hypothesis import strategies as st

from mockcentra.commerce.bundles import price_of_choice, range_of
from mockcentra.commerce.pricing import DAY, lowest_price, percent_off, plan_price, price_of, steady_span
from mockcentra.commerce.reference import Plan
from tests.commerce.products import EUR, EUROPE, NORDICS, SEK, a_bundle, a_campaign, a_price_record, a_product

NOW = 1_780_000_000


def test_without_a_campaign_the_base_price_is_the_price():
    price = price_of(a_product(price=50000), NORDICS, SEK, NOW)
    assert (price.amount, price.before, price.discount_percent, price.campaign) == (50000, 50000, 0, None)
    assert not price.show_as_on_sale


def test_without_a_price_in_the_pricelist_there_is_none():
    price = price_of(a_product(price=None), NORDICS, SEK, NOW)
    assert price.amount is None
    assert price.before is None


def test_a_campaign_acts_in_its_markets_and_pricelists_only():
    product = a_product(price=30000, campaigns=(a_campaign(300),))
    here = price_of(product, NORDICS, SEK, NOW)
    assert (here.amount, here.before, here.discount_percent) == (29100, 30000, 3)
    assert here.campaign is not None
    assert here.show_as_on_sale
    assert price_of(product, EUROPE, SEK, NOW).amount == 30000
    assert price_of(product, NORDICS, EUR, NOW).amount == 3000


def test_a_new_price_may_stand_in_place_of_a_percentage():
    product = a_product(price=50000, campaigns=(a_campaign(prices={SEK: 15000}),))
    price = price_of(product, NORDICS, SEK, NOW)
    assert (price.amount, price.discount_percent) == (15000, 70)


def test_the_lowest_of_several_campaigns_wins():
    campaigns = (a_campaign(1000), a_campaign(2500, campaign_id=2, name="Outlet"), a_campaign(500, campaign_id=3))
    price = price_of(a_product(campaigns=campaigns), NORDICS, SEK, NOW)
    assert price.amount == 7500
    assert price.campaign is not None
    assert price.campaign.name == "Outlet"


def test_a_campaign_without_a_lower_price_only_shows_its_flag():
    campaign = a_campaign(0, show_as_on_sale=False, show_as_new=True)
    price = price_of(a_product(campaigns=(campaign,)), NORDICS, SEK, NOW)
    assert price.amount == price.before == 10000
    assert price.show_as_new
    assert price.campaign is None


def test_campaigns_begin_and_end_on_time():
    product = a_product(campaigns=(a_campaign(5000, start_at=NOW, stop_at=NOW + 100),))
    before = price_of(product, NORDICS, SEK, NOW - 1)
    assert (before.amount, before.until) == (10000, NOW)
    during = price_of(product, NORDICS, SEK, NOW)
    assert (during.amount, during.until) == (5000, NOW + 100)
    after = price_of(product, NORDICS, SEK, NOW + 100)
    assert (after.amount, after.until) == (10000, None)


@given(
    price=st.integers(0, 10_000_000),
    campaigns=st.lists(st.tuples(st.integers(0, 10000), st.integers(-100, 100), st.integers(1, 100)), max_size=4),
    shift=st.integers(-300, 300),
)
def test_a_price_never_changes_within_its_span(price, campaigns, shift):
    product = a_product(
        price=price,
        campaigns=tuple(
            a_campaign(percent, start_at=NOW + start, stop_at=NOW + start + length)
            for percent, start, length in campaigns
        ),
    )
    start, until = steady_span(product, {}, NOW)
    now = price_of(product, NORDICS, SEK, NOW)
    assert now.amount is not None
    assert 0 <= now.amount <= price
    moment = NOW + shift
    if (start is None or start <= moment) and (until is None or moment < until):
        assert price_of(product, NORDICS, SEK, moment).amount == now.amount


def test_percent_off_is_rounded():
    assert percent_off(15000, 50000) == 70
    assert percent_off(29100, 30000) == 3
    assert percent_off(10000, 10000) == 0
    assert percent_off(0, 0) == 0


# ------------------------------------------------------------------ the lowest price of a period


def test_the_lowest_price_remembers_what_was_sold_cheaper_in_the_period():
    product = a_product(
        price_records=(
            a_price_record(10000, NOW - 90 * DAY, NOW - 20 * DAY),
            a_price_record(8000, NOW - 20 * DAY, NOW - 10 * DAY, price_before=10000),
            a_price_record(10000, NOW - 10 * DAY, None),
        )
    )
    price = price_of(product, NORDICS, SEK, NOW)
    lowest = lowest_price(product, NORDICS, SEK, NOW, price)
    assert lowest is not None
    assert (lowest.days, lowest.price, lowest.price_before) == (30, 8000, 10000)


def test_older_prices_and_those_of_other_markets_do_not_count():
    product = a_product(
        price_records=(
            a_price_record(5000, NOW - 90 * DAY, NOW - 30 * DAY),
            a_price_record(6000, NOW - 5 * DAY, NOW - 4 * DAY, market_id=EUROPE),
            a_price_record(700, NOW - 5 * DAY, NOW - 4 * DAY, pricelist_id=EUR),
        )
    )
    price = price_of(product, NORDICS, SEK, NOW)
    lowest = lowest_price(product, NORDICS, SEK, NOW, price)
    assert lowest is not None
    assert lowest.price == 10000


def test_without_a_price_and_a_history_there_is_no_lowest_price():
    product = a_product(price=None)
    assert lowest_price(product, NORDICS, SEK, NOW, price_of(product, NORDICS, SEK, NOW)) is None


# ------------------------------------------------------------------ bundles


def test_a_dynamic_bundle_costs_the_sum_of_its_parts_less_its_discount():
    parts = {1: a_product(1, 10000), 2: a_product(2, 5000)}
    bundle = a_bundle({1: 1, 2: 2}, percent=1000)
    price = price_of(bundle, NORDICS, SEK, NOW, parts)
    assert price.amount == 18000
    found = range_of(bundle, parts, NORDICS, SEK, NOW)
    assert found is not None
    assert (found.items, found.price_min, found.price_max, found.percent_saved) == (20000, 18000, 18000, 10)


def test_a_dynamic_bundle_has_no_price_while_a_part_has_none():
    parts = {1: a_product(1, 10000), 2: a_product(2, None)}
    assert price_of(a_bundle({1: 1, 2: 1}), NORDICS, SEK, NOW, parts).amount is None


def test_a_static_bundle_has_its_own_price():
    parts = {1: a_product(1, 10000), 2: a_product(2, 5000)}
    bundle = a_bundle({1: 1, 2: 1}, price_type="static", prices={SEK: 12000})
    assert price_of(bundle, NORDICS, SEK, NOW, parts).amount == 12000
    found = range_of(bundle, parts, NORDICS, SEK, NOW)
    assert found is not None
    assert (found.items, found.price_min, found.percent_saved) == (15000, 12000, 20)
    assert price_of_choice(bundle, [(parts[1], 1)], NORDICS, SEK, NOW).amount == 12000


def test_what_was_chosen_decides_the_price_of_a_flexible_bundle():
    bundle = a_bundle({1: 1, 2: 2}, kind="flexible", percent=1000)
    reduced = a_product(2, 5000, campaigns=(a_campaign(2000),))
    price = price_of_choice(bundle, [(a_product(1, 10000), 1), (reduced, 2)], NORDICS, SEK, NOW)
    assert (price.amount, price.before) == (16200, 18000)


# ------------------------------------------------------------------ subscriptions


def test_a_plan_takes_its_percentage_off():
    plan = Plan(1, 1, "Monthly", 1, "month", 1000, "DYNAMIC", True)
    assert plan_price(14950, plan) == 13455
