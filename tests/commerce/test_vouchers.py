"""What vouchers take off, whatever they are and however many apply."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockcentra.commerce import voucher_rules, vouchers
from mockcentra.commerce.model import CartLine, Context
from mockcentra.commerce.vouchers import Amount, Step, Voucher

PLACE: Any = SimpleNamespace(
    store_id=1,
    market=SimpleNamespace(id=1),
    pricelist=SimpleNamespace(id=1),
    currency=SimpleNamespace(id=1, code="SEK"),
    now=1_000,
    reference=SimpleNamespace(categories={}, shipping_options={}),
)


def line(each: int, quantity: int = 1, before: int | None = None, product: int = 1) -> CartLine:
    record: Any = SimpleNamespace(id=product, categories=())
    list_price = each if before is None else before
    return CartLine(
        id=product, hash=f"{product:032x}", record=record, size=None, gift_certificate=None, quantity=quantity,
        comment="", product_url=None, category_id=None, localization_name="", localized_size=None, plan=None,
        free_voucher_id=None, price_each=each, price_each_before=list_price, total=each * quantity,
        total_before=list_price * quantity, campaign=None, campaign_discount=0,
    )  # fmt: skip


def voucher(*results: Step, number: int = 1, amount: int = 0, **changes: Any) -> Voucher:
    amounts = (Amount(1, 1, None, amount, None),) if amount else ()
    made = Voucher(
        number, 1, f"Voucher {number}", "code", f"CODE{number}", True, 0, False, None, None, 0, 0, False, False,
        False, frozenset({1}), (), results, amounts,
    )  # fmt: skip
    return replace(made, **changes)


def off(found: list[Voucher], lines: list[CartLine]) -> list[int]:
    """What each voucher takes off in all."""
    context: Context = PLACE
    applied, _ = voucher_rules.apply(found, context, lines, None, 0)
    return [note.price_off for note in applied]


def test_percent_off_rounds_each_line():
    lines = [line(3333), line(3335, product=2)]
    assert off([voucher(Step("percent_off", {"percent": 1000}))], lines) == [-333 - 334]


def test_the_original_price_can_be_the_base():
    reduced = [line(8000, before=10000)]
    assert off([voucher(Step("percent_off", {"percent": 3000}), on_original=True)], reduced) == [-1000]
    assert off([voucher(Step("percent_off", {"percent": 1000}), on_original=True)], [line(8000, before=10000)]) == [0]


def test_amount_off_is_capped_and_shared():
    lines = [line(1000), line(2000, product=2), line(1, product=3)]
    assert off([voucher(Step("price_off", {}), amount=1000)], lines) == [-1000]
    assert [sum(share.amount for share in each.discounts) for each in lines] == [-333, -666, -1]
    assert off([voucher(Step("price_off", {}), amount=10**9)], [line(500, 3)]) == [-1500]


def test_three_for_two_gives_away_the_cheapest():
    lines = [line(1000, 2), line(300, 2, product=2), line(500, 3, product=3)]
    assert off([voucher(Step("n_for_m", {"n": 3, "m": 2}))], lines) == [-600]


def test_a_fixed_price_for_every_piece():
    assert off([voucher(Step("fixed_price", {}), amount=700)], [line(1000, 2), line(600, product=2)]) == [-600]


def test_conditions_must_hold():
    dear = voucher(Step("percent_off", {"percent": 1000}), conditions=(Step("order_value", {"SEK": 5000}),))
    assert off([dear], [line(4999)]) == [0]
    assert off([dear], [line(5000)]) == [-500]
    many = voucher(Step("cheapest_free", {}), conditions=(Step("quantity", {"quantity": 3, "products": [2]}),))
    assert off([many], [line(100, 9)]) == [0]
    assert off([many], [line(100, 9), line(300, 3, product=2)]) == [-100]


def test_a_result_may_be_limited_to_products():
    limited = voucher(Step("percent_off", {"percent": 5000, "products": [2]}))
    assert off([limited], [line(1000), line(400, product=2)]) == [-200]


def test_each_applies_to_what_the_earlier_ones_left():
    half = Step("percent_off", {"percent": 5000})
    assert off([voucher(half), voucher(half, number=2)], [line(1000)]) == [-500, -250]


results = st.one_of(
    st.builds(lambda p: Step("percent_off", {"percent": p}), st.integers(0, 10000)),
    st.just(Step("price_off", {})),
    st.just(Step("fixed_price", {})),
    st.just(Step("cheapest_free", {})),
    st.builds(lambda n, m: Step("n_for_m", {"n": n + m, "m": n}), st.integers(1, 4), st.integers(1, 3)),
)
carts = st.lists(
    st.builds(line, st.integers(0, 10**6), st.integers(1, 9), st.none(), st.integers(1, 5)), min_size=1, max_size=8
)


@given(st.lists(st.tuples(st.lists(results, min_size=1, max_size=3), st.integers(1, 10**6)), max_size=4), carts)
def test_no_combination_takes_more_than_there_is(specs, lines):
    found = [voucher(*steps, number=number, amount=amount) for number, (steps, amount) in enumerate(specs, 1)]
    taken = off(found, lines)
    assert all(each <= 0 for each in taken)
    for each in lines:
        assert 0 <= each.net_total <= each.total
    assert sum(taken) == sum(share.amount for each in lines for share in each.discounts)


@pytest.mark.parametrize(
    ("change", "usable"),
    [({}, True), ({"is_active": False}, False), ({"start_at": 1001}, False), ({"stop_at": 999}, False),
     ({"start_at": 1000, "stop_at": 1000}, True), ({"usage_limit": 2, "used": 2}, False),
     ({"usage_limit": 2, "used": 1}, True), ({"market_ids": frozenset({2})}, False), ({"store_id": 2}, False)],
)  # fmt: skip
def test_who_may_use_one(change: dict[str, Any], usable: bool):
    assert vouchers.is_usable(voucher(**change), PLACE) is usable
