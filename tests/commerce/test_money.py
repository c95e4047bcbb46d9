"""Exact money: rounding, shares, and how currencies print it."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockcentra.commerce.money import (
    contained_tax,
    decimal_text,
    format_amount,
    number,
    parse_amount,
    percent_of,
    ratio,
    shares,
    without_tax,
)

amounts = st.integers(-(10**11), 10**11)
percents = st.integers(0, 10000)


@given(amounts, st.integers(0, 10**6), st.integers(1, 10**6))
def test_ratio_rounds_half_away_from_zero(amount, numerator, denominator):
    exact = Decimal(amount * numerator) / Decimal(denominator)
    assert abs(exact - ratio(amount, numerator, denominator)) <= Decimal("0.5")
    assert ratio(-amount, numerator, denominator) == -ratio(amount, numerator, denominator)


@pytest.mark.parametrize(
    ("amount", "percent", "tax"), [(36300, 2500, 7260), (35000, 2500, 7000), (8500, 2500, 1700), (10300, 2500, 2060)]
)
def test_tax_contained_in_documented_totals(amount, percent, tax):
    assert contained_tax(amount, percent) == tax


@given(st.integers(0, 10**10), percents)
def test_an_amount_is_its_net_and_its_tax(amount, percent):
    assert abs(without_tax(amount, percent) + contained_tax(amount, percent) - amount) <= 1


@given(amounts, percents)
def test_percentages_match_decimal_arithmetic(amount, percent):
    exact = (Decimal(amount) * percent / 10000).quantize(Decimal(1), ROUND_HALF_UP)
    assert percent_of(amount, percent) == exact


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**7), min_size=1, max_size=20))
def test_shares_add_up_to_the_amount(amount, weights):
    parts = shares(amount, weights)
    assert len(parts) == len(weights)
    if sum(weights):
        assert sum(parts) == amount
        assert all(part == 0 for part, weight in zip(parts, weights, strict=True) if not weight)
    else:
        assert parts == [0] * len(weights)


@pytest.mark.parametrize(
    ("amount", "settings", "text"),
    [
        (360000, ("", " SEK", ".", " ", 2), "3\u00a0600.00\u00a0SEK"),
        (400, ("$ ", " USD", ".", ",", 0), "$\u00a04\u00a0USD"),
        (-2060, ("$ ", " USD", ".", ",", 0), "$\u00a0-21\u00a0USD"),
        (8240, ("$ ", " USD", ".", ",", 0), "$\u00a082\u00a0USD"),
        (-1500, ("", " SEK", ".", " ", 2), "-15.00\u00a0SEK"),
        (14900, ("", " EUR", ",", ".", 2), "149,00\u00a0EUR"),
        (2200000, ("", " JPY", ".", ",", 0), "22,000\u00a0JPY"),
        (0, ("", " SEK", ".", " ", 2), "0.00\u00a0SEK"),
        (-40, ("", " JPY", ".", ",", 0), "0\u00a0JPY"),
    ],
)
def test_formatted_amounts(amount, settings, text):
    assert format_amount(amount, *settings) == text


@given(amounts)
def test_numbers_are_exact_and_whole_ones_integers(amount):
    shown = number(amount)
    assert Decimal(str(shown)) * 100 == amount
    assert isinstance(shown, int) == (amount % 100 == 0)


@given(amounts)
def test_what_providers_get_can_be_read_back(amount):
    assert parse_amount(decimal_text(amount)) == amount


@pytest.mark.parametrize("value", [None, True, "", "ten", "1,5", "NaN", "Infinity", "1e400", [], {}, "--1"])
def test_what_is_no_amount(value):
    assert parse_amount(value) is None


@pytest.mark.parametrize(("value", "cents"), [("10", 1000), (10.5, 1050), (" 7.25 ", 725), (0.005, 1), ("1e2", 10000)])
def test_amounts_as_callers_write_them(value, cents):
    assert parse_amount(value) == cents
