"""What can be sold: thresholds and offsets, complete sets of bundles, and how stock is shown."""

from hypothesis import given
from hypothesis import strategies as st

from mockcentra.commerce.bundles import UNLIMITED, sets_of
from mockcentra.commerce.model import BundleRecord, BundleSection, Sellable
from mockcentra.commerce.pricing import NO_PRICE, price_of
from mockcentra.commerce.stock import is_available, sellable_pieces, shown_stock
from tests.commerce.products import NORDICS, SEK, a_bundle, a_product, a_size


def pieces(**by_size: int) -> dict[int, Sellable]:
    return {int(name.removeprefix("s")): Sellable(count, {1: count}) for name, count in by_size.items()}


def test_a_threshold_stays_on_the_shelf_and_an_offset_takes_its_place():
    assert sellable_pieces(10, 0, 0) == 10
    assert sellable_pieces(10, 3, 0) == 7
    assert sellable_pieces(10, 3, 5) == 5
    assert sellable_pieces(2, 3, 0) == 0


def test_few_are_fewer_than_the_setting_says():
    size = a_size(1)
    assert [shown_stock(size, count, "yes_few_no", 5) for count in (0, 1, 4, 5)] == ["no", "few", "few", "yes"]
    assert [shown_stock(size, count, "yes_no", 5) for count in (0, 1, 5)] == ["no", "yes", "yes"]
    assert [shown_stock(size, count, "number", 5) for count in (0, 3, 500)] == [0, 3, 500]


def test_preorders_and_endless_stock_have_names_of_their_own():
    assert shown_stock(a_size(1, is_preorder=True), 0, "yes_few_no", 5) == "preorder"
    assert shown_stock(a_size(1, is_preorder=True), 7, "yes_few_no", 5) == "yes"
    assert shown_stock(a_size(1, is_infinite=True), 0, "number", 5) == "infinite"


def test_available_needs_a_price_and_something_to_sell():
    product = a_product(1)
    price = price_of(product, NORDICS, SEK, 0)
    assert is_available(product, pieces(s10=1), price)
    assert not is_available(product, pieces(s10=0), price)
    assert not is_available(product, pieces(s10=1), NO_PRICE)
    assert is_available(a_product(1, sizes=(a_size(10, is_preorder=True),)), {}, price)


def test_a_fixed_bundle_has_as_many_sets_as_its_scarcest_part_allows():
    bundle = a_bundle({1: 1, 2: 2})
    parts = {1: a_product(1), 2: a_product(2)}
    assert sets_of(bundle, bundle.sizes[0], parts, pieces(s10=9, s20=7)) == 3
    assert sets_of(bundle, bundle.sizes[0], parts, pieces(s10=2, s20=70)) == 2
    assert sets_of(bundle, bundle.sizes[0], {1: parts[1]}, pieces(s10=2)) == 0


def test_parts_that_never_run_short_limit_nothing():
    bundle = a_bundle({1: 1, 2: 2})
    parts = {1: a_product(1, sizes=(a_size(10, is_infinite=True),)), 2: a_product(2)}
    assert sets_of(bundle, bundle.sizes[0], parts, pieces(s20=7)) == 3
    parts[2] = a_product(2, sizes=(a_size(20, is_preorder=True),))
    assert sets_of(bundle, bundle.sizes[0], parts, {}) == UNLIMITED


@given(st.lists(st.integers(0, 20), min_size=2, max_size=4), st.integers(1, 4))
def test_a_flexible_bundle_takes_each_set_from_one_option(counts, quantity):
    section = BundleSection(1, 1, quantity, None, None, tuple(range(1, len(counts) + 1)))
    bundle = a_bundle({}, bundle=BundleRecord(1, "flexible", "static", 0, (section,), {}))
    parts = {place: a_product(place) for place in section.items}
    stock = {place * 10: Sellable(count, {1: count}) for place, count in enumerate(counts, 1)}
    assert sets_of(bundle, bundle.sizes[0], parts, stock) == sum(count // quantity for count in counts)
