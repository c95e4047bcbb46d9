"""What a cart adds up to, in every tax case."""

from hypothesis import given
from hypothesis import strategies as st

from mockcentra.commerce.model import CartLine, LineDiscount
from mockcentra.commerce.reference import TaxRule
from mockcentra.commerce.totals import totals_of


def line(total: int, percent: int = 0, included: bool = True, off: int = 0, name: str = "VAT") -> CartLine:
    made = CartLine(
        id=1, hash="0" * 32, record=None, size=None, gift_certificate=None, quantity=1, comment="", product_url=None,
        category_id=None, localization_name="", localized_size=None, plan=None, free_voucher_id=None,
        price_each=total, price_each_before=total, total=total, total_before=total, campaign=None,
        campaign_discount=0, tax_percent=percent, is_tax_included=included, tax_name=name,
    )  # fmt: skip
    if off:
        made.discounts.append(LineDiscount(1, False, "CODE", -off))
    return made


def rule(percent: int, included: bool = True, on_shipping: bool = True) -> TaxRule:
    return TaxRule(1, 1, None, "VAT", percent, included, on_shipping, (), frozenset())


def test_tax_included_as_documented():
    totals = totals_of([line(30000, 2500)], 5000, 1300, rule(2500), False)
    assert (totals.grand_total, totals.grand_total_tax, totals.tax_percent) == (36300, 7260, 2500)
    assert totals.tax_added is None
    assert totals.tax_deducted is None
    assert totals.discount is None


def test_an_exempt_buyer_pays_without_the_tax():
    totals = totals_of([line(400, 2500)], 9900, 0, rule(2500), True)
    assert totals.tax_deducted == -2060
    assert (totals.grand_total, totals.grand_total_tax, totals.tax_percent) == (8240, 0, 0)


def test_tax_is_added_at_the_end_in_some_states():
    totals = totals_of([line(10000, 725, included=False, off=1000)], 600, 150, rule(725, included=False), False)
    assert totals.tax_added == 707  # 7.25 % of 97.50, rounded half away from zero
    assert totals.grand_total == 9750 + 707
    assert totals.grand_total_tax == 707


def test_two_rates_in_one_cart_show_the_highest():
    totals = totals_of([line(10600, 600, name="Reduced"), line(12500, 2500)], 0, 0, rule(2500), False)
    assert totals.tax_percent == 2500
    assert totals.grand_total_tax == 600 + 2500
    assert totals.taxes == {("Reduced", 600, True): 600, ("VAT", 2500, True): 2500}


def test_shipping_can_be_free_of_tax():
    totals = totals_of([line(12500, 2500)], 5000, 0, rule(2500, on_shipping=False), False)
    assert totals.grand_total_tax == 2500


def test_an_empty_cart_is_all_zero():
    totals = totals_of([], 0, 0, rule(2500), False)
    assert (totals.items, totals.grand_total, totals.grand_total_tax, totals.tax_percent) == (0, 0, 0, 0)
    assert totals.discount is None


lines = st.lists(
    st.builds(
        lambda total, percent, share: line(total, percent, True, total * share // 100),
        st.integers(0, 10**7),
        st.sampled_from([0, 600, 1900, 2500, 2550]),
        st.integers(0, 100),
    ),
    max_size=12,
)


@given(lines, st.integers(0, 10**5), st.integers(0, 10**4), st.sampled_from([None, 1900, 2500]), st.booleans())
def test_the_identity_of_totals_always_holds(cart, shipping, handling, percent, exempt):
    totals = totals_of(cart, shipping, handling, rule(percent) if percent else None, exempt)
    parts = (totals.items, totals.discount, totals.shipping, totals.handling, totals.tax_deducted, totals.tax_added)
    assert totals.grand_total == sum(part or 0 for part in parts) >= 0
    assert sum(totals.taxes.values()) == totals.grand_total_tax
