"""Bitmaps over displays and the counts that are made with them."""

from hypothesis import given
from hypothesis import strategies as st

from mockcentra.commerce.facets import bits_of, counted, plain_field, positions_of, text_field
from mockcentra.commerce.reference import Brand

SIZE = 40
places = st.sets(st.integers(0, SIZE - 1))


@given(places, st.integers(0, 50), st.none() | st.integers(0, 50))
def test_positions_come_back_page_by_page(positions, skip, limit):
    bits = bits_of(positions, SIZE)
    assert bits.bit_count() == len(positions)
    page = sorted(positions)[skip:]
    assert positions_of(bits, skip, limit) == (page if limit is None else page[:limit])


@given(st.dictionaries(st.sampled_from("SMLX"), places, min_size=1), places, places)
def test_counts_equal_counting_one_by_one(sizes, market, matching):
    field = text_field("items.name", "sizes", {name: bits_of(found, SIZE) for name, found in sizes.items()}, "SMLX")
    result = market & matching
    counts = counted([field], bits_of(market, SIZE), bits_of(result, SIZE), {})[0]
    assert {count.value.value: (count.count, count.total) for count in counts} == {
        name: (len(having & result), len(having & market)) for name, having in sizes.items() if having & market
    }


def test_values_that_the_market_lacks_are_not_listed():
    brands = [Brand(each, f"Brand {each}", f"brand-{each}", True, "", "", "", {}) for each in (1, 2, 3)]
    field = plain_field("brands", brands, {1: bits_of([0, 1], SIZE), 2: bits_of([5], SIZE)})
    assert [value.value for value in field.values] == ["1", "2"]
    counts = counted([field], bits_of([0, 1, 2], SIZE), bits_of([1], SIZE), {"brands": bits_of([0, 1], SIZE)})[0]
    assert [(count.value.value, count.count, count.total, count.without_own) for count in counts] == [("1", 1, 2, 2)]
