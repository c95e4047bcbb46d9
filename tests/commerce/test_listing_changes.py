"""A listing that follows changes finds, orders and sells what a listing made anew does."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockcentra.commerce import (
    campaign_writing,
    catalogue_writing,
    company_writing,
    display_writing,
    price_writing,
    stock_levels,
    text_writing,
)
from mockcentra.commerce.attribute_values import put_attributes
from mockcentra.commerce.facets import positions_of
from mockcentra.commerce.listing import SORT_FIELDS, Listing, Query, listing_of
from mockcentra.commerce.listing import _new as made_anew
from mockcentra.store import Space, Store, Transaction, records
from mockcentra.store.template import Template

STORE = 1
LANGUAGES = (1, 2)
WORDS = ("linnea", "henning", "torsten", "renamed", "zzyzx", "översatt", "lineea", "brandnew", "jeans", "993")
SHOPPED = ((1, 1), (2, 2))  # market, pricelist


def some(tx: Transaction, table: str, number: int, where: str = "1") -> Any:
    """The row at that place of a table, counted round and round."""
    count = tx.value(f"SELECT count(*) FROM {table} WHERE {where}")
    return tx.one(f"SELECT * FROM {table} WHERE {where} ORDER BY id LIMIT 1 OFFSET ?", (number % count,))


def display(tx: Transaction, number: int) -> Any:
    return some(tx, "displays", number % 7, f"store_id = {STORE}")


def rename(tx: Transaction, n: int) -> None:
    display_writing.change(tx, display(tx, n), {}, name=f"Renamed zzyzx {n}", uri=f"renamed-{n}")


def show_or_hide(tx: Transaction, n: int) -> None:
    row = display(tx, n)
    display_writing.change(tx, row, {}, status="inactive" if row["status"] == "active" else "active")


def leave_or_join_market(tx: Transaction, n: int) -> None:
    display_writing.change(tx, display(tx, n), {("join_markets", "leave_markets")[n % 2]: [1 + n % 3]})


def change_categories(tx: Transaction, n: int) -> None:
    category = some(tx, "categories", n, f"store_id = {STORE}")["id"]
    display_writing.change(tx, display(tx, n), {("join_categories", "leave_categories")[n % 2]: [category]})


def change_items(tx: Transaction, n: int) -> None:
    row = display(tx, n)
    variants = tx.all("SELECT id FROM variants WHERE product_id = ? ORDER BY id", (row["product_id"],))
    variant = variants[n % len(variants)]["id"]
    wanted = {"remove_variants": [variant]} if n % 2 else {"add_variants": [(variant, None)]}
    display_writing.change(tx, row, wanted)


def product_status(tx: Transaction, n: int) -> None:
    catalogue_writing.change_product(tx, display(tx, n)["product_id"], status=("active", "inactive")[n % 2])


def change_brand(tx: Transaction, n: int) -> None:
    catalogue_writing.change_product(tx, display(tx, n)["product_id"], brand_id=some(tx, "brands", n)["id"])


def new_brand(tx: Transaction, n: int) -> None:
    group = catalogue_writing.create_group(tx, "brand", f"Brandnew {n}")
    catalogue_writing.change_product(tx, display(tx, n)["product_id"], brand_id=group)


def rename_brand(tx: Transaction, n: int) -> None:
    catalogue_writing.rename_group(tx, "brand", some(tx, "brands", n)["id"], f"Zzyzx house {n}")


def move_category(tx: Transaction, n: int) -> None:
    row = some(tx, "categories", n, f"store_id = {STORE} AND parent_id IS NOT NULL")
    company_writing.change_category(tx, row["id"], parent_id=None)


def sort_category(tx: Transaction, n: int) -> None:
    category = display(tx, n)["category_id"]
    if category is not None:
        found = tx.all("SELECT display_id FROM display_categories WHERE category_id = ?", (category,))
        order = [row[0] for row in found]
        company_writing.sort_displays(tx, category, order[n % len(order) :] + order[: n % len(order)])


def fill_category(tx: Transaction, n: int) -> None:
    """Some displays come into a category, or leave it, all at once."""
    category = some(tx, "categories", n, f"store_id = {STORE}")["id"]
    chosen = [display(tx, n + step)["id"] for step in range(4)]
    (company_writing.leave_category if n % 3 == 0 else company_writing.join_category)(tx, category, chosen)


def change_size(tx: Transaction, n: int) -> None:
    variant = some(tx, "variants", 0, f"product_id = {display(tx, n)['product_id']}")
    size = some(tx, "product_sizes", n, f"variant_id = {variant['id']}")
    catalogue_writing.put_size(tx, variant, size["size_id"], status=("inactive", "active")[n % 2], ean=f"99{n}")


def translate(tx: Transaction, n: int) -> None:
    row = display(tx, n)
    text_writing.set_texts(tx, "display", row["id"], 2, {"name": f"Översatt {n}", "uri": f"oversatt-{n}"})


def change_price(tx: Transaction, n: int) -> None:
    price_writing.set_prices(tx, 1 + n % 2, display(tx, n)["product_id"], {0: {"price": 100 * n or None}}, True)


def change_stock(tx: Transaction, n: int) -> None:
    """Sells a product out, or fills one warehouse."""
    variants = f"SELECT id FROM variants WHERE product_id = {display(tx, n)['product_id']}"
    sizes = tx.all(f"SELECT id FROM product_sizes WHERE variant_id IN ({variants})")
    warehouses = tx.all("SELECT id FROM warehouses")
    levels = {(size["id"], place["id"]): n % 2 * (place["id"] == 1) for size in sizes for place in warehouses}
    stock_levels.set_free(tx, levels, "")


def change_attributes(tx: Transaction, n: int) -> None:
    row = display(tx, n)
    entry = some(tx, "attribute_entries", n)
    kind = some(tx, "attribute_types", 0, f"id = {entry['attribute_type_id']}")
    target = {"product": row["product_id"], "display": row["id"]}.get(kind["group_name"])
    if kind["group_name"] == "variation":
        target = tx.value("SELECT variant_id FROM display_items WHERE display_id = ? LIMIT 1", (row["id"],))
    if target is not None:
        put_attributes(tx, kind["group_name"], target, {kind["name"]: str(entry["id"])})
        text_writing.changed(tx, {"variation": "variant"}.get(kind["group_name"], kind["group_name"]), target)


def new_display(tx: Transaction, n: int) -> None:
    product = records.get(tx, "products", display(tx, n)["product_id"])
    assert product is not None
    variants = tx.all("SELECT * FROM variants WHERE product_id = ?", (product["id"],))
    catalogue_writing.create_display(tx, STORE, product, variants, [1, 2], status="active")


def start_campaign(tx: Transaction, n: int) -> None:
    campaign = campaign_writing.create(tx, STORE, name=f"Sale {n}", status="active")
    campaign_writing.put_places(tx, campaign, "market", [1, 2])
    campaign_writing.put_places(tx, campaign, "pricelist", [1, 2])
    variant = tx.value("SELECT variant_id FROM display_items WHERE display_id = ?", (display(tx, n)["id"],))
    if variant is not None:
        terms = campaign_writing.Terms(variant, tx.now - 60, tx.now + 600 * (n % 3), True, False, 1000 + n)
        campaign_writing.set_variants(tx, campaign, STORE, [terms])


CHANGES: tuple[Callable[[Transaction, int], None], ...] = (
    rename, show_or_hide, leave_or_join_market, change_categories, change_items, product_status, change_brand,
    new_brand, rename_brand, move_category, sort_category, fill_category, change_size, translate, change_price,
    change_stock, change_attributes, new_display, start_campaign,
)  # fmt: skip


def what_is_seen(listing: Listing, store: Store) -> dict[str, Any]:
    """All that callers can ask a listing for, without its places."""
    now = store.clock.now()
    slots = listing.index.slots

    def displays(bits: int) -> list[int]:
        return sorted(slot.display_id for place in positions_of(bits) if (slot := slots[place]) is not None)

    reference = listing.reference
    views = [(reference.markets[market], reference.pricelists[pricelist]) for market, pricelist in SHOPPED]
    seen: dict[str, Any] = {}
    for market, pricelist in views:
        for language in LANGUAGES:
            for sort in [(), *(((name, name in ("price", "uri")),) for name in SORT_FIELDS)]:
                query = Query(sort=sort)
                result = listing.select(store, query, language, [market], [pricelist], now)
                page = listing.page(store, result, query, language, market, pricelist, now)
                seen["order", market.id, language, sort] = page
        offer = listing.offers.of(store, market, pricelist, now)
        seen["available", market.id] = displays(offer.available)
        seen["sizes", market.id] = {name: displays(bits) for name, bits in offer.by_size.items() if bits}
        seen["prices", market.id] = {
            slot.display_id: offer.prices[place] for place, slot in enumerate(slots) if slot is not None
        }
    for field in (*listing.fields.values(), listing.sizes):
        seen["field", field.name] = [(value.value, displays(value.bits)) for value in field.values]
        seen["lookup", field.name] = {name: displays(bits) for name, bits in field.lookup.items()}
    uris = [uri for slot in slots if slot is not None for uri in (slot.uri, *(text for _, text in slot.uris))]
    for language in LANGUAGES:
        for uri in uris:
            place = listing.find_uri(uri, language)
            seen["uri", language, uri] = None if place is None else displays(1 << place)
        for word in WORDS:
            seen["search", language, word] = displays(listing.lexicon(store, language).match(word))
    return seen


def followed(store: Store, changes: Iterable[tuple[Callable[[Transaction, int], None], int, bool]]) -> None:
    for change, number, is_looked_at in changes:
        with store.transaction() as tx:
            change(tx, number)
        if is_looked_at:
            what_is_seen(listing_of(store, STORE), store)


one_change = st.tuples(st.sampled_from(CHANGES), st.integers(0, 50), st.booleans())


@settings(max_examples=12, deadline=None)
@given(changes=st.lists(one_change, min_size=1, max_size=8))
def test_following_changes_equals_beginning_anew(template: Template, changes: Any):
    store = Space("followed", template).store
    what_is_seen(listing_of(store, STORE), store)
    followed(store, changes)
    listing = listing_of(store, STORE)
    with store.reading() as tx:
        anew = made_anew(tx, STORE)
    ours, wanted = what_is_seen(listing, store), what_is_seen(anew, store)
    assert {key: (ours.get(key), value) for key, value in wanted.items() if ours.get(key) != value} == {}
    assert ours.keys() == wanted.keys()


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_every_kind_of_change_is_followed(store: Store, change: Callable[[Transaction, int], None]):
    before = what_is_seen(listing_of(store, STORE), store)
    seen = []
    for number in (2, 3, 8):
        with store.transaction() as tx:
            change(tx, number)
        with store.reading() as tx:
            wanted = what_is_seen(made_anew(tx, STORE), store)
        ours = what_is_seen(listing_of(store, STORE), store)
        assert {key: (ours.get(key), value) for key, value in wanted.items() if ours.get(key) != value} == {}
        seen.append(wanted)
    assert any(each != before for each in seen), "nothing that is seen changed"


def test_a_shop_follows_its_own_changes_and_no_others(store: Store, template: Template):
    other = Space("other", template).store
    shared = listing_of(other, STORE)
    with store.transaction() as tx:
        rename(tx, 3)
        assert listing_of(store, STORE).find_uri("renamed-3", 1) is not None  # the transaction sees its own change
    assert listing_of(store, STORE).find_uri("renamed-3", 1) is not None
    assert listing_of(other, STORE) is shared
    assert shared.find_uri("renamed-3", 1) is None


def test_what_is_undone_is_not_followed(store: Store):
    before = listing_of(store, STORE)
    with store.transaction(discard=True) as tx:
        rename(tx, 3)
        assert listing_of(store, STORE).find_uri("renamed-3", 1) is not None
    assert listing_of(store, STORE) is before
