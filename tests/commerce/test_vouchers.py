"""What vouchers take off, whatever they are and however many apply."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockcentra.commerce import voucher_rules, vouchers
from mockcentra.commerce.model import CartLine, Context
from mockcentra.commerce.money import percent_of
from mockcentra.commerce.vouchers import Amount, Facts, OwnCode, Step, Voucher

PLACE: Any = SimpleNamespace(
    store_id=1,
    market=SimpleNamespace(id=1),
    pricelist=SimpleNamespace(id=1),
    currency=SimpleNamespace(id=1, code="SEK"),
    now=1_000,
    reference=SimpleNamespace(categories={}, shipping_options={}),
)


def line(each: int, quantity: int = 1, before: int | None = None, product: int = 1) -> CartLine:
    record: Any = SimpleNamespace(id=product, variant_id=product, categories=())
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


scopes = st.sampled_from(["SELECTED_PRODUCTS", "PRODUCT_TOTAL", "ORDER_TOTAL"])


def discount(kind: str, base: str, target: str, **config: Any) -> Step:
    return Step(kind, {"base": base, "apply_on": target, **config})


results = st.one_of(
    st.builds(lambda b, t, p: discount("percent_off", b, t, percent=p), scopes, scopes, st.integers(0, 10000)),
    st.builds(
        lambda b, t, p: discount("percent_off", b, t, percent=p, on_original=True),
        scopes,
        scopes,
        st.integers(0, 10000),
    ),
    st.builds(lambda b, t, a: discount("price_off", b, t, amounts={"1": a}), scopes, scopes, st.integers(0, 10**6)),
    st.builds(
        lambda b, t, a, every: discount("fixed_price", b, t, amounts={"1": a}, in_all=every),
        scopes,
        scopes,
        st.integers(0, 10**6),
        st.booleans(),
    ),
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
    found = [
        voucher(*steps, number=number, amount=amount, conditions=(), reuse_value=number % 2 == 0)
        for number, (steps, amount) in enumerate(specs, 1)
    ]
    taken = off(found, lines)
    assert all(each <= 0 for each in taken)
    for each in lines:
        assert 0 <= each.net_total <= each.total
    assert sum(taken) == sum(share.amount for each in lines for share in each.discounts)


@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(1, 9)), min_size=1, max_size=5, unique=True), st.data())
def test_results_of_chosen_goods_leave_the_others_alone(prices, data):
    lines = [line(each, quantity, product=number) for number, (each, quantity) in enumerate(prices, 1)]
    chosen = data.draw(st.sets(st.sampled_from(range(1, len(lines) + 1)), min_size=1))
    percent = data.draw(st.integers(0, 10000))
    step = Step("percent_off", {"base": "SELECTED_PRODUCTS", "apply_on": "SELECTED_PRODUCTS", "percent": percent}, 7)
    some = voucher(step, conditions=(Step("selects", {"variants": sorted(chosen)}, 1, 7),))
    (taken,) = off([some], lines)
    by_line = {each.id: sum(share.amount for share in each.discounts) for each in lines}
    assert all(amount == 0 for number, amount in by_line.items() if number not in chosen)
    assert taken == -sum(percent_of(each.total, percent) for each in lines if each.id in chosen)


@given(st.integers(1, 10**5), st.lists(st.integers(1, 3), min_size=1, max_size=3), carts)
def test_a_credit_never_gives_more_than_its_rest(rest, parts, lines):
    """However many of its results draw on it; what it spent is what it took off."""
    steps = [Step("price_off", {"base": "PRODUCT_TOTAL"}, number) for number, _ in enumerate(parts, 1)]
    kept = replace(voucher(*steps, reuse_value=True), amounts=(Amount(1, 1, None, 10**6, rest),))
    applied, _ = voucher_rules.apply([kept], PLACE, lines, None, 0)
    (note,) = applied
    assert -note.price_off == sum(effect.spent for effect in note.effects) <= rest
    assert -note.price_off == min(rest, sum(each.total for each in lines))


@given(
    st.sampled_from(
        [{"x_of_y": [3, 1, "cheapest"]}, {"cheapest": 2}, {"costliest": 2}, {"x_of_y": [2, 2, "costliest"]}]
    ),
    carts,
)
def test_chosen_pieces_cost_what_they_cost(choice, lines):
    """A hundred percent off some pieces is what these pieces cost."""
    step = Step("percent_off", {"percent": 10000}, 7)
    some = voucher(step, conditions=(Step("selects", choice, 1, 7),))
    (taken,) = off([some], lines)
    pieces = sorted(each.price_each for each in lines for _ in range(each.quantity))
    size, count, order = choice.get("x_of_y", [1, 0, next(iter(choice))])
    wanted = len(pieces) // size * count if "x_of_y" in choice else next(iter(choice.values()))
    some_pieces = pieces[:wanted] if order == "cheapest" else pieces[max(0, len(pieces) - wanted) :]
    assert -taken == sum(some_pieces)


def test_what_vouchers_know_of_the_shopper():
    half = Step("percent_off", {"percent": 5000})
    cases = (
        (Step("once", {}), Facts(), 500), (Step("once", {}), Facts(used=frozenset({1})), 0),
        (Step("new_customer", {"is_new": True}), Facts(), 500),
        (Step("new_customer", {"is_new": True}), Facts(has_ordered=True), 0),
        (Step("new_customer", {"is_new": False}), Facts(has_ordered=True), 500),
        (Step("signed_in", {}), Facts(), 0), (Step("signed_in", {}), Facts(is_signed_in=True), 500),
    )  # fmt: skip
    for condition, facts, taken in cases:
        applied, _ = voucher_rules.apply([voucher(half, conditions=(condition,))], PLACE, [line(1000)], None, 0, facts)
        assert -applied[0].price_off == taken, (condition, facts)


@pytest.mark.parametrize(
    ("own", "emails", "counts"),
    [(("", ""), (), True), (("eva@x.se", ""), (), False), (("Eva@X.se", ""), ("eva@x.se",), True),
     (("eva@x.se", "x.se"), ("bo@x.se",), False), (("", "x.se"), ("bo@x.se",), True),
     (("", "@X.se"), ("bo@x.se",), True), (("", "x.se"), ("bo@y.se",), False)],
)  # fmt: skip
def test_whose_a_code_is(own: tuple[str, str], emails: tuple[str, ...], counts: bool):
    code = OwnCode(1, "CODE", *own, None, None, 0)
    assert code.is_of(emails) is counts


def test_those_that_stand_alone():
    alone, one, other = voucher(number=1, is_exclusive=True), voucher(number=2), voucher(number=3)
    assert vouchers.together([one, other]) == [one, other]
    assert vouchers.together([one, alone]) == [alone]
    assert vouchers.together([alone, one, other]) == [one, other]


@pytest.mark.parametrize(
    ("change", "usable"),
    [({}, True), ({"is_active": False}, False), ({"start_at": 1001}, False), ({"stop_at": 999}, False),
     ({"start_at": 1000, "stop_at": 1000}, True), ({"usage_limit": 2, "used": 2}, False),
     ({"usage_limit": 2, "used": 1}, True), ({"market_ids": frozenset({2})}, False), ({"store_id": 2}, False)],
)  # fmt: skip
def test_who_may_use_one(change: dict[str, Any], usable: bool):
    assert vouchers.is_usable(voucher(**change), PLACE) is usable
