"""The seeded catalogue keeps its promises for every seed number and size: products, stock, prices, campaigns."""

import importlib
import json
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mockcentra.seed import build
from mockcentra.seed.codes import check_digit
from mockcentra.seed.fixtures import FixtureError, Fixtures
from mockcentra.seed.shelves import slug
from mockcentra.seed.world import World
from mockcentra.store.clock import from_local
from mockcentra.store.template import create_schema

Rows = Callable[..., list[sqlite3.Row]]

STEPS = ("company", "tax", "catalogue", "stock", "campaigns")
AS_OF = from_local("2026-09-01")
DTC, WHOLESALE = 1, 2
MAIN, ROTTERDAM, NEW_JERSEY, FLAGSHIP, BERLIN = 1, 2, 3, 4, 5
MARKETS = ("Nordics", "Europe", "United Kingdom", "North America", "Japan", "VIP")
PRICELISTS = ("SEK", "EUR", "GBP", "USD", "JPY", "VIP SEK")
SHOPS = [(seed, products) for seed in (1, 7, 20260901) for products in (None, 300)]


def made(seed: int = 1, products: int | None = None, fixtures: Path | None = None) -> sqlite3.Connection:
    """A store in which the steps of the catalogue have run, and no others."""
    connection = sqlite3.connect(":memory:")
    create_schema(connection)
    modules = [(name, importlib.import_module(f"mockcentra.seed.{name}")) for name in STEPS]
    every = build._sections(build._steps())
    world = World(connection, Fixtures(fixtures, every), seed, products, None)
    for name, module in modules:
        with world.step(name):
            module.seed(world)
    connection.row_factory = sqlite3.Row
    return connection


@pytest.fixture(scope="module", params=SHOPS, ids=lambda shop: f"seed-{shop[0]}-products-{shop[1]}")
def rows(request: pytest.FixtureRequest) -> Iterator[Rows]:
    connection = made(*request.param)

    def query(sql: str, *parameters: Any) -> list[sqlite3.Row]:
        return connection.execute(sql, parameters).fetchall()

    yield query
    connection.close()


def is_default(rows: Rows) -> bool:
    return values(rows, "SELECT count(*) FROM products WHERE kind = 'normal'") == [120]


def values(rows: Rows, sql: str, *parameters: Any) -> list[Any]:
    return [row[0] for row in rows(sql, *parameters)]


def ordinary_displays(rows: Rows) -> dict[int, str]:
    """Displays that are for sale like most, in every market and pricelist: id -> URI."""
    found = rows(
        """
        SELECT d.id, d.uri FROM displays d JOIN products p ON p.id = d.product_id
        WHERE d.store_id = 1 AND d.status = 'active' AND p.status = 'active' AND p.kind = 'normal'
          AND d.minimum_quantity = 1 AND d.multiple_of = 1
          AND (SELECT count(*) FROM display_markets m WHERE m.display_id = d.id) = 6
          AND NOT EXISTS (SELECT 1 FROM display_items i JOIN product_sizes z ON z.variant_id = i.variant_id
                          WHERE i.display_id = d.id AND z.is_preorder)
          AND NOT EXISTS (SELECT 1 FROM display_items i WHERE i.display_id = d.id
                          AND (SELECT count(*) FROM prices x WHERE x.display_item_id = i.id) < 6)
        ORDER BY d.id
        """
    )
    return {row["id"]: row["uri"] for row in found}


def shelves(rows: Rows) -> dict[int, dict[int, int]]:
    """Pieces by product size and warehouse, empty shelves left out."""
    found: dict[int, dict[int, int]] = defaultdict(dict)
    for row in rows("SELECT product_size_id, warehouse_id, physical - allocated AS pieces FROM stock"):
        if row["pieces"]:
            found[row["product_size_id"]][row["warehouse_id"]] = row["pieces"]
    return found


def sizes_of_items(rows: Rows) -> dict[int, list[sqlite3.Row]]:
    """By display item: its product sizes in the order of their chart."""
    found: dict[int, list[sqlite3.Row]] = defaultdict(list)
    for row in rows(
        "SELECT i.id AS item, i.display_id, z.id, s.name, c.name AS chart FROM display_items i"
        " JOIN displays d ON d.id = i.display_id JOIN variants v ON v.id = i.variant_id"
        " JOIN product_sizes z ON z.variant_id = v.id JOIN sizes s ON s.id = z.size_id"
        " JOIN size_charts c ON c.id = s.size_chart_id"
        " WHERE d.store_id = 1 AND v.status = 'active' ORDER BY i.id, s.y, s.x"
    ):
        found[row["item"]].append(row)
    return found


def display(rows: Rows, uri: str) -> sqlite3.Row:
    return rows("SELECT * FROM displays WHERE store_id = 1 AND uri = ?", uri)[0]


# ---------------------------------------------------------------- determinism


def fingerprint(connection: sqlite3.Connection) -> dict[str, list[tuple[Any, ...]]]:
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {name: [tuple(row) for row in connection.execute(f"SELECT * FROM {name}")] for name in names}


def test_the_same_seed_makes_the_same_rows() -> None:
    assert fingerprint(made(3)) == fingerprint(made(3))


def test_another_seed_makes_another_stock_of_the_same_products() -> None:
    one, other = fingerprint(made(1)), fingerprint(made(2))
    assert one["stock"] != other["stock"]
    assert [row[3] for row in one["displays"]] == [row[3] for row in other["displays"]]
    assert one["prices"] == other["prices"]


def test_more_products_leave_the_named_ones_as_they_are() -> None:
    usual, larger = made(1), made(1, 500)
    sql = "SELECT id, name, number, created_at FROM products WHERE id <= 120"
    assert [tuple(row) for row in usual.execute(sql)] == [tuple(row) for row in larger.execute(sql)]
    sql = "SELECT uri FROM displays WHERE store_id = 1"
    named = {row[0] for row in usual.execute(sql)}
    assert named < {row[0] for row in larger.execute(sql)}
    assert larger.execute("SELECT count(*) FROM products WHERE kind = 'normal'").fetchone()[0] == 500


def test_fewer_products_than_the_named_ones_are_not_to_be_had() -> None:
    assert made(1, 10).execute("SELECT count(*) FROM products WHERE kind = 'normal'").fetchone()[0] == 120


# ---------------------------------------------------------------- what there is


def test_counts(rows: Rows) -> None:
    counted = {
        "brands": 4,
        "collections": 4,
        "folders": 12,
        "size_charts": 7,
        "measurement_charts": 3,
        "bundles": 4,
        "subscription_plans": 3,
    }
    assert {name: values(rows, f"SELECT count(*) FROM {name}")[0] for name in counted} == counted
    assert values(rows, "SELECT count(*) FROM categories GROUP BY store_id ORDER BY store_id") == [24, 6]
    shown = values(
        rows,
        "SELECT count(*) FROM displays d JOIN products p ON p.id = d.product_id WHERE kind = 'normal' GROUP BY store_id"
        " ORDER BY store_id",
    )
    variants = values(
        rows, "SELECT count(*) FROM variants v JOIN products p ON p.id = product_id WHERE kind = 'normal'"
    )
    if is_default(rows):
        assert shown == [113, 60]
        assert variants == [300]
    else:
        assert shown[0] > 113
        assert shown[1] == 60


def test_labels_are_valid_and_unique(rows: Rows) -> None:
    labels = rows(
        "SELECT z.id, z.ean, z.upc, p.kind FROM product_sizes z JOIN variants v ON v.id = z.variant_id"
        " JOIN products p ON p.id = v.product_id ORDER BY z.id"
    )
    ordinary = [row for row in labels if row["kind"] == "normal"]
    eans = [row["ean"] for row in ordinary]
    assert len(set(eans)) == len(eans)
    assert all(len(ean) == 13 and check_digit(ean[:12]) == ean[12] for ean in eans)
    upcs = [row["upc"] for row in ordinary if row["upc"]]
    assert len(set(upcs)) == len(upcs)
    assert all(len(upc) == 12 and check_digit(upc[:11]) == upc[11] for upc in upcs)
    assert 0.75 < len(upcs) / len(ordinary) < 0.85
    for start in range(len(ordinary) - 7):
        assert any(row["upc"] for row in ordinary[start : start + 8])
    assert all(not row["ean"] and not row["upc"] for row in labels if row["kind"] == "bundle")


def test_skus_are_unique_and_leave_parts_empty(rows: Rows) -> None:
    parts = rows(
        "SELECT p.id, p.number AS product, v.number AS variant, z.number AS size FROM products p"
        " JOIN variants v ON v.product_id = p.id JOIN product_sizes z ON z.variant_id = v.id WHERE p.kind = 'normal'"
    )
    full = [row["product"] + row["variant"] + row["size"] for row in parts]
    assert len(set(full)) == len(full)
    empty = {
        part: {row["id"] for row in parts if not row[part] and (row["product"] or part == "product")}
        for part in ("product", "variant", "size")
    }
    assert {part: len(ids) for part, ids in empty.items()} == {"product": 1, "variant": 20, "size": 20}


def test_names_are_unique_and_can_be_searched(rows: Rows) -> None:
    names = values(rows, "SELECT name FROM products")
    assert len(set(names)) == len(names)
    brands = values(rows, "SELECT name FROM brands")
    for name in names:
        assert re.search(r"(?<!\w)[A-Za-z]{6,}(?!\w)", name), name
        assert not any(re.search(rf"(?<!\w){brand}(?!\w)", name, re.IGNORECASE) for brand in brands), name
    assert sum(bool(re.search("[åäöéø]", name.lower())) for name in names) >= 8


def test_prices_are_points_of_their_own_in_every_currency(rows: Rows) -> None:
    by_item: dict[int, dict[str, int]] = defaultdict(dict)
    for row in rows(
        "SELECT x.display_item_id, l.name, x.price FROM prices x JOIN pricelists l ON l.id = x.pricelist_id"
        " WHERE l.store_id = 1"
    ):
        by_item[row["display_item_id"]][row["name"]] = row["price"]
    sek = {prices["SEK"] for prices in by_item.values() if "SEK" in prices}
    assert len(sek) >= 10
    assert (min(sek), max(sek)) == (19500, 799500)
    for prices in by_item.values():
        assert len(set(prices.values())) == len(prices)
        assert prices.get("JPY", 0) % 100 == 0
        if "SEK" in prices:
            assert 0.8 < prices["VIP SEK"] / prices["SEK"] < 0.9
    for name, least in {"EUR": 1900, "GBP": 1700, "USD": 2000, "JPY": 290000}.items():
        assert min(prices[name] for prices in by_item.values() if name in prices) >= least
        assert (
            len({round(prices[name] / prices["SEK"], 4) for prices in by_item.values() if {name, "SEK"} <= set(prices)})
            > 5
        )


def test_wholesale_prices_have_a_recommended_price(rows: Rows) -> None:
    found = rows(
        "SELECT x.price, x.price_rrp, l.name FROM prices x JOIN pricelists l ON l.id = x.pricelist_id"
        " WHERE l.store_id = 2"
    )
    assert {row["name"] for row in found} == {"WHS EUR", "WHS USD"}
    assert all(0 < row["price"] < row["price_rrp"] for row in found)


def test_bundles_have_the_highest_ids(rows: Rows) -> None:
    joined = (
        "products p JOIN variants v ON v.product_id = p.id JOIN product_sizes z ON z.variant_id = v.id"
        " JOIN displays d ON d.product_id = p.id JOIN display_items i ON i.display_id = d.id"
    )
    columns = ("p.id", "v.id", "z.id", "d.id", "i.id")
    for column in columns:
        highest = values(rows, f"SELECT max({column}) FROM {joined} WHERE p.kind = 'normal'")[0]
        lowest = values(rows, f"SELECT min({column}) FROM {joined} WHERE p.kind = 'bundle'")[0]
        assert lowest > highest


# ---------------------------------------------------------------- the default order


def in_default_order(rows: Rows) -> list[sqlite3.Row]:
    return rows(
        "SELECT d.*, p.kind FROM displays d JOIN products p ON p.id = d.product_id"
        " JOIN display_categories c ON c.display_id = d.id AND c.category_id = d.category_id"
        " WHERE d.store_id = 1 AND d.status = 'active' AND p.status = 'active' ORDER BY c.sort_order, d.id"
    )


def test_every_list_begins_with_twelve_ordinary_displays(rows: Rows) -> None:
    first = in_default_order(rows)[:12]
    assert [row["id"] for row in first] == list(range(1, 13))
    assert [row["product_id"] for row in first] == list(range(1, 13))
    assert {row["id"] for row in first} <= set(ordinary_displays(rows))
    stock, sizes = shelves(rows), sizes_of_items(rows)
    items = rows("SELECT id, variant_id FROM display_items WHERE display_id <= 12 ORDER BY id")
    assert [row["id"] for row in items] == [row["variant_id"] for row in items] == list(range(1, len(items) + 1))
    for item in items:
        assert len(sizes[item["id"]]) >= 2
        assert stock[sizes[item["id"]][0]["id"]] == {MAIN: 500}
    assert not rows(
        "SELECT 1 FROM campaign_items c JOIN display_items i ON i.id = c.display_item_id WHERE i.display_id <= 8"
    )
    assert not rows("SELECT 1 FROM products WHERE id <= 12 AND tax_group_id IS NOT NULL")


def test_lists_end_with_what_is_not_ordinary(rows: Rows) -> None:
    order = in_default_order(rows)
    ordinary = ordinary_displays(rows)
    socks = set(
        values(
            rows,
            "SELECT display_id FROM display_categories c JOIN categories k ON k.id = c.category_id"
            " WHERE k.uri = 'socks'",
        )
    )
    special = [row["id"] not in ordinary or row["id"] in socks for row in order]
    late = rows(
        "SELECT DISTINCT d.id FROM displays d JOIN display_items i ON i.display_id = d.id"
        " JOIN product_sizes z ON z.variant_id = i.variant_id JOIN products p ON p.id = d.product_id"
        " WHERE d.store_id = 1 AND (z.is_preorder OR d.minimum_quantity > 1 OR d.multiple_of > 1 OR p.kind = 'bundle')"
    )
    last_ordinary = max(place for place, is_special in enumerate(special) if not is_special)
    places = {row["id"]: place for place, row in enumerate(order)}
    assert all(places[row["id"]] > last_ordinary for row in late)
    assert all(places[each] > last_ordinary for each in socks)
    assert [row["kind"] for row in order[-4:]] == ["bundle"] * 4


# ---------------------------------------------------------------- displays, categories, texts


def test_every_market_and_country_lists_a_hundred_displays(rows: Rows) -> None:
    listed = Counter(
        values(
            rows,
            "SELECT k.name FROM display_markets m JOIN markets k ON k.id = m.market_id"
            " JOIN displays d ON d.id = m.display_id JOIN products p ON p.id = d.product_id"
            " WHERE d.store_id = 1 AND d.status = 'active' AND p.status = 'active'",
        )
    )
    assert set(listed) == set(MARKETS)
    assert min(listed.values()) >= 100
    dynamic = 2  # bundles without prices of their own
    assert len(ordinary_displays(rows)) + dynamic + 2 >= 88


def test_every_display_is_whole(rows: Rows) -> None:
    bare = rows(
        """
        SELECT d.uri FROM displays d JOIN products p ON p.id = d.product_id
        WHERE d.name = '' OR d.uri = '' OR d.excerpt = '' OR d.description = '' OR p.brand_id IS NULL
          OR p.collection_id IS NULL OR d.category_id IS NULL OR p.hs_code = '' OR p.country_of_origin_id IS NULL
          OR p.weight_milli = 0 OR NOT EXISTS (SELECT 1 FROM display_media m WHERE m.display_id = d.id)
          OR NOT EXISTS (SELECT 1 FROM display_categories c
                         WHERE c.display_id = d.id AND c.category_id = d.category_id)
        """
    )
    assert not [row["uri"] for row in bare]
    assert len({at // 86400 for at in values(rows, "SELECT created_at FROM displays WHERE store_id = 1")}) >= 20
    assert values(rows, "SELECT DISTINCT weight_unit FROM products ORDER BY 1") == ["kg", "lb"]
    assert not rows("SELECT 1 FROM displays WHERE created_at > updated_at OR updated_at >= ?", AS_OF)


def test_categories_list_something_in_every_market_but_the_last_in_japan(rows: Rows) -> None:
    parents = {row["id"]: row["parent_id"] for row in rows("SELECT id, parent_id FROM categories WHERE store_id = 1")}
    filled: set[tuple[int, str]] = set()
    for row in rows(
        "SELECT c.category_id, k.name FROM display_categories c JOIN displays d ON d.id = c.display_id"
        " JOIN products p ON p.id = d.product_id JOIN display_markets m ON m.display_id = d.id"
        " JOIN markets k ON k.id = m.market_id WHERE d.store_id = 1 AND d.status = 'active' AND p.status = 'active'"
    ):
        category: int | None = row["category_id"]
        while category is not None:
            filled.add((category, row["name"]))
            category = parents[category]
    last = values(rows, "SELECT id FROM categories WHERE store_id = 1 ORDER BY sort_order")[-1]
    assert {(each, market) for each in parents for market in MARKETS} - filled == {(last, "Japan")}
    direct = set(values(rows, "SELECT DISTINCT category_id FROM display_categories"))
    assert [
        values(rows, "SELECT uri FROM categories WHERE id = ?", each)[0] for each in parents if each not in direct
    ] == ["knitwear"]
    assert all(parent is None or parent < each for each, parent in parents.items())


def test_texts_are_translated_for_many_displays_and_not_for_some(rows: Rows) -> None:
    fields: dict[tuple[int, str], set[str]] = defaultdict(set)
    for row in rows(
        "SELECT t.object_id, l.code, t.field FROM translations t JOIN languages l ON l.id = t.language_id"
        " JOIN displays d ON d.id = t.object_id WHERE t.object_type = 'display' AND d.store_id = 1"
    ):
        fields[row["object_id"], row["code"]].add(row["field"])
    whole = {key for key, found in fields.items() if {"name", "uri", "excerpt", "description"} <= found}
    swedish, german, french = ({each for each, code in whole if code == wanted} for wanted in ("sv", "de", "fr"))
    assert len(swedish & german) >= 60
    assert len(french) >= 20
    every = set(values(rows, "SELECT id FROM displays WHERE store_id = 1"))
    assert len(every - {each for each, _ in fields}) >= 20
    for code in ("sv", "de", "fr"):
        found = values(
            rows,
            "SELECT count(DISTINCT object_id) FROM translations t JOIN languages l ON l.id = t.language_id"
            " WHERE object_type = 'category' AND l.code = ? AND field IN ('name', 'uri')",
            code,
        )
        assert found == [24]


def test_uris_lead_to_one_display_in_all_languages(rows: Rows) -> None:
    owners: dict[str, set[int]] = defaultdict(set)
    for row in rows(
        "SELECT id, uri FROM displays WHERE store_id = 1 UNION SELECT object_id, text FROM translations"
        " WHERE object_type = 'display' AND field = 'uri'"
    ):
        assert slug(row["uri"]) == row["uri"]
        owners[row["uri"]].add(row["id"])
    assert all(len(displays) == 1 for displays in owners.values())


def test_variants_have_pictures(rows: Rows) -> None:
    counts = Counter(values(rows, "SELECT (SELECT count(*) FROM media m WHERE m.variant_id = v.id) FROM variants v"))
    assert set(counts) == {0, 1, 2, 3}
    assert counts[0] == 1  # its product has one
    assert values(rows, "SELECT count(*) FROM media WHERE variant_id IS NULL") == [1]
    assert all(
        re.fullmatch(r"\d+_[0-9a-f]{10}-[a-z0-9-]+", name) for name in values(rows, "SELECT file_name FROM media")
    )


def test_relations(rows: Rows) -> None:
    found = Counter(
        values(rows, "SELECT t.name FROM display_relations r JOIN relation_types t ON t.id = relation_type_id")
    )
    assert found["standard"] >= 30
    assert found["complete_the_look"] >= 1
    assert not rows("SELECT 1 FROM display_relations WHERE display_id = related_display_id")


# ---------------------------------------------------------------- stock


def test_stock_is_what_its_changes_add_up_to(rows: Rows) -> None:
    stock = {(row[0], row[1]): row[2] for row in rows("SELECT product_size_id, warehouse_id, physical FROM stock")}
    changes: dict[tuple[int, int], int] = defaultdict(int)
    for row in rows("SELECT product_size_id, warehouse_id, quantity FROM stock_changes ORDER BY created_at, id"):
        changes[row[0], row[1]] += row[2]
        assert changes[row[0], row[1]] >= 0
    assert {key: pieces for key, pieces in stock.items() if pieces} == {key: n for key, n in changes.items() if n}
    kinds = set(values(rows, "SELECT kind FROM stock_changes"))
    assert kinds == {"delivery", "correction", "movement"}
    moments = values(rows, "SELECT created_at FROM stock_changes")
    assert len(set(moments)) == len(moments)
    assert from_local("2025-06-01") <= min(moments)
    assert max(moments) < AS_OF


def test_stock_levels(rows: Rows) -> None:
    stock, sizes, ordinary = shelves(rows), sizes_of_items(rows), ordinary_displays(rows)
    plenty: dict[int, int] = {}
    two, shops, scarce, middling, elsewhere, sold_out = set(), set(), set(), set(), set(), set()
    available, gone = set(), set()
    for item_sizes in sizes.values():
        for size in item_sizes:
            shelf = stock.get(size["id"], {})
            in_shop = {each: pieces for each, pieces in shelf.items() if each in (MAIN, ROTTERDAM, NEW_JERSEY)}
            if size["display_id"] not in ordinary:
                continue
            if set(shelf) == {MAIN} and 20 <= shelf[MAIN] <= 120:
                plenty[size["id"]] = size["display_id"]
            if set(in_shop) == {MAIN, ROTTERDAM} or set(in_shop) == {MAIN, NEW_JERSEY}:
                assert in_shop[MAIN] >= 20
                assert 10 <= sum(in_shop.values()) - in_shop[MAIN] <= 40
                two.add(size["id"])
            if FLAGSHIP in shelf:
                assert 2 <= shelf[FLAGSHIP] <= 6
                assert 2 <= shelf[BERLIN] <= 6
                shops.add(size["id"])
            if set(shelf) == {ROTTERDAM}:
                assert shelf == {ROTTERDAM: 30}
                elsewhere.add(size["id"])
            pieces = sum(in_shop.values())
            if 2 <= pieces <= 8:
                scarce.add(size["id"])
            if 9 <= pieces < 20 or (9 <= pieces <= 25 and set(shelf) == {MAIN} and size["id"] not in plenty):
                middling.add(size["id"])
            (available if pieces else gone).add(size["name"])
            if not pieces and any(stock.get(other["id"]) for other in item_sizes):
                sold_out.add(size["id"])
    assert len(plenty) >= 200
    assert len(set(plenty.values())) >= 60
    assert len(two) >= 60
    assert len(shops) == 40
    assert len(elsewhere) >= 10
    assert len(scarce) == 12
    assert len(middling) <= 12
    assert len(sold_out) >= 60
    assert len(available & gone) >= 3
    empty = [
        each
        for each in ordinary
        if not any(stock.get(size["id"]) for found in sizes.values() for size in found if size["display_id"] == each)
    ]
    assert len(empty) == 5


def test_the_first_available_size_is_never_scarce(rows: Rows) -> None:
    stock, ordinary = shelves(rows), ordinary_displays(rows)
    for item_sizes in sizes_of_items(rows).values():
        if item_sizes[0]["display_id"] in ordinary:
            pieces = [sum(stock.get(size["id"], {}).values()) for size in item_sizes]
            first = next((each for each in pieces if each), None)
            assert first is None or first >= 20
            if item_sizes[0]["chart"] == "One size":
                assert pieces[0] >= 20


def test_enough_can_be_bought_everywhere(rows: Rows) -> None:
    stock, ordinary = shelves(rows), ordinary_displays(rows)
    in_stock = {
        sizes[0]["display_id"]
        for sizes in sizes_of_items(rows).values()
        if any(stock.get(size["id"], {}).get(MAIN, 0) >= 5 for size in sizes)
    } & set(ordinary)
    reduced = set(
        values(
            rows,
            "SELECT i.display_id FROM campaign_items c JOIN campaigns k ON k.id = c.campaign_id"
            " JOIN display_items i ON i.id = c.display_item_id WHERE k.status = 'active' AND k.show_as_on_sale",
        )
    )
    assert len(in_stock) >= 30
    assert len(in_stock - reduced) >= 12
    assert len(in_stock & reduced) >= 6


def test_nothing_is_infinite_and_bundles_have_no_stock_of_their_own(rows: Rows) -> None:
    assert not rows("SELECT 1 FROM product_sizes WHERE is_infinite")
    assert not rows(
        "SELECT 1 FROM stock s JOIN product_sizes z ON z.id = s.product_size_id JOIN variants v ON v.id = z.variant_id"
        " JOIN products p ON p.id = v.product_id WHERE p.kind = 'bundle'"
    )
    assert not rows("SELECT 1 FROM stock WHERE warehouse_id = 7")


# ---------------------------------------------------------------- bundles and plans


def test_bundles(rows: Rows) -> None:
    found = rows(
        "SELECT b.*, d.uri, d.id AS display FROM bundles b JOIN displays d ON d.product_id = b.product_id ORDER BY b.id"
    )
    kinds = {row["uri"]: (row["type"], row["price_type"], row["percent"]) for row in found}
    assert kinds == {
        "weekend-set": ("fixed", "static", 0),
        "travel-kit": ("fixed", "dynamic", 1000),
        "build-your-outfit": ("flexible", "dynamic", 0),
        "gift-box": ("flexible", "static", 0),
    }
    shapes: dict[str, list[tuple[int, int]]] = defaultdict(list)
    stock, sizes, ordinary = shelves(rows), sizes_of_items(rows), ordinary_displays(rows)
    for row in found:
        assert len(rows("SELECT 1 FROM display_markets WHERE display_id = ?", row["display"])) == 6
        for section in rows("SELECT * FROM bundle_sections WHERE bundle_id = ? ORDER BY position", row["id"]):
            items = rows(
                "SELECT i.id, i.display_id FROM bundle_section_items b JOIN display_items i ON i.id = display_item_id"
                " WHERE bundle_section_id = ?",
                section["id"],
            )
            shapes[row["uri"]].append((section["quantity"], len(items)))
            assert (section["min_quantity"], section["max_quantity"]) == (None, None)
            for item in items:
                assert item["display_id"] in ordinary
                for size in sizes[item["id"]]:
                    assert stock[size["id"]][MAIN] >= 50 * section["quantity"]
    assert shapes == {
        "weekend-set": [(1, 1), (2, 1)],
        "travel-kit": [(1, 1)] * 3,
        "build-your-outfit": [(1, 4), (1, 4)],
        "gift-box": [(1, 3), (2, 3)],
    }
    parts = rows("SELECT * FROM bundle_size_parts")
    assert len(parts) == 5
    for part in parts:
        assert [size["id"] for size in sizes[part["part_display_item_id"]]] == [part["part_product_size_id"]]


def test_plans(rows: Rows) -> None:
    plans = {
        row["name"]: tuple(row)[1:]
        for row in rows("SELECT name, interval_value, interval_type, percent FROM subscription_plans")
    }
    assert plans == {"Monthly": (1, "month", 1000), "Every 14 days": (14, "day", 1500), "Quarterly": (3, "month", 500)}
    sold = rows(
        "SELECT i.display_id, count(*) AS n FROM subscription_plan_items s"
        " JOIN display_items i ON i.id = display_item_id"
        " GROUP BY i.id"
    )
    assert {row["display_id"] for row in sold} <= set(ordinary_displays(rows))
    assert any(row["n"] > 1 for row in sold)
    charts = Counter(
        values(
            rows,
            "SELECT DISTINCT p.id || '/' || c.name FROM subscription_plan_items s JOIN display_items i"
            " ON i.id = display_item_id JOIN variants v ON v.id = i.variant_id JOIN products p ON p.id = v.product_id"
            " JOIN size_charts c ON c.id = v.size_chart_id",
        )
    )
    assert sum(each.endswith("/One size") for each in charts) >= 4


# ---------------------------------------------------------------- attributes


def test_attribute_types(rows: Rows) -> None:
    found = {row["name"]: (row["group_name"], row["kind"]) for row in rows("SELECT * FROM attribute_types")}
    assert found == {
        "swatch": ("variation", "mapped"),
        "var_material": ("variation", "mapped"),
        "variant_swatch": ("variation", "dynamic"),
        "pr_materials": ("product", "mapped"),
        "pr_care": ("product", "mapped"),
        "pd_fit_note": ("product", "dynamic"),
        "pd_size_guide": ("product", "dynamic"),
        "pd_vegan": ("product", "dynamic"),
        "disp_badge": ("display", "dynamic"),
        "order_attr": ("order", "dynamic"),
        "sel_event": ("order", "mapped"),
        "line_engraving": ("line", "dynamic"),
        "line_wrap": ("line", "mapped"),
        "cust_club": ("customer", "mapped"),
        "cust_note": ("customer", "dynamic"),
        "acc_segment": ("account", "dynamic"),
        "sz_note": ("sizechart", "dynamic"),
        "media_alt": ("product_media", "dynamic"),
        "vouch_origin": ("voucher", "dynamic"),
    }
    assert values(rows, "SELECT name FROM attribute_types WHERE is_filter") == ["swatch", "disp_badge"]
    assert values(rows, "SELECT name FROM attribute_types WHERE is_multi") == ["pr_materials"]
    entries = Counter(
        values(rows, "SELECT t.name FROM attribute_entries e JOIN attribute_types t ON t.id = e.attribute_type_id")
    )
    assert set(entries) == {name for name, (_, kind) in found.items() if kind == "mapped"}
    assert min(entries.values()) >= 3
    assert sum(entries.values()) <= 150


def linked(rows: Rows, name: str) -> set[int]:
    """The objects that have a mapped attribute."""
    return set(
        values(
            rows,
            "SELECT l.object_id FROM attribute_links l JOIN attribute_entries e ON e.id = l.attribute_entry_id"
            " JOIN attribute_types t ON t.id = e.attribute_type_id WHERE t.name = ? AND l.object_type = t.group_name",
            name,
        )
    )


def valued(rows: Rows, name: str) -> dict[int, str]:
    """The objects that have a dynamic attribute of their own, with its value."""
    found = rows(
        "SELECT v.object_id, v.value FROM attribute_values v JOIN attribute_elements e ON e.id = attribute_element_id"
        " JOIN attribute_types t ON t.id = e.attribute_type_id WHERE t.name = ? AND v.object_type = t.group_name",
        name,
    )
    return {row["object_id"]: row["value"] for row in found}


def test_attributes_of_the_catalogue(rows: Rows) -> None:
    variants = set(values(rows, "SELECT id FROM variants"))
    assert linked(rows, "swatch") == variants
    assert 0.4 < len(linked(rows, "var_material")) / len(variants) < 0.6
    products = values(rows, "SELECT count(*) FROM products")[0]
    assert 0.4 < len(linked(rows, "pr_materials")) / products < 0.6
    assert len(linked(rows, "pr_care")) == 10
    assert len([each for each in valued(rows, "pd_fit_note") if each <= 100]) >= 30
    assert len(valued(rows, "pd_size_guide")) == 10
    assert set(valued(rows, "pd_vegan").values()) == {"1", ""}
    several = set(
        values(
            rows,
            "SELECT variant_id FROM display_items WHERE display_id IN"
            " (SELECT display_id FROM display_items GROUP BY display_id HAVING count(*) > 1)",
        )
    )
    swatches = valued(rows, "variant_swatch")
    assert set(swatches) == several
    assert all(re.fullmatch("#[0-9a-f]{6}", value) for value in swatches.values())
    assert set(valued(rows, "disp_badge").values()) == {"limited", "repairable", "last-chance"}
    assert valued(rows, "sz_note")
    assert valued(rows, "media_alt")
    image = rows("SELECT value_json FROM attribute_entry_values WHERE value LIKE '%.png'")[0]
    assert set(json.loads(image["value_json"])) == {"type", "url", "width", "height", "mimeType"}


# ---------------------------------------------------------------- campaigns


def test_campaigns(rows: Rows) -> None:
    found = {
        row["name"]: row
        for row in rows(
            "SELECT c.*, (SELECT count(DISTINCT i.display_id) FROM campaign_items x JOIN display_items i"
            " ON i.id = x.display_item_id WHERE x.campaign_id = c.id) AS displays FROM campaigns c"
        )
    }
    assert {name: row["displays"] for name, row in found.items()} == {
        "Mid season": 16,
        "New arrivals": 8,
        "VIP preview": 10,
        "Winter 2025": 20,
        "August deals": 6,
        "Draft": 3,
    }
    assert [name for name, row in found.items() if row["status"] == "inactive"] == ["Draft"]
    assert all(row["stop_at"] is None or row["stop_at"] <= AS_OF for row in found.values())
    assert found["Winter 2025"]["stop_at"] < from_local("2026-01-01")
    assert found["August deals"]["stop_at"] == AS_OF
    markets = Counter(values(rows, "SELECT c.name FROM campaign_markets m JOIN campaigns c ON c.id = campaign_id"))
    assert markets == {name: 1 if name == "VIP preview" else 6 for name in found}
    assert not rows(
        "SELECT 1 FROM campaign_prices p JOIN prices x ON x.display_item_id = p.display_item_id"
        " AND x.pricelist_id = p.pricelist_id WHERE p.price >= x.price"
    )


def test_price_history_has_no_gaps_and_ends_with_the_present(rows: Rows) -> None:
    records: dict[tuple[int, int], list[sqlite3.Row]] = defaultdict(list)
    for row in rows("SELECT * FROM price_records WHERE market_id IS NULL ORDER BY from_at"):
        records[row["display_item_id"], row["pricelist_id"]].append(row)
    prices = {(row[0], row[1]): row[2] for row in rows("SELECT display_item_id, pricelist_id, price FROM prices")}
    assert records
    for key, history in records.items():
        assert [row["until_at"] for row in history[:-1]] == [row["from_at"] for row in history[1:]]
        assert history[-1]["until_at"] is None
        assert all(row["price_before"] == prices[key] for row in history)
        assert any(row["price"] < prices[key] for row in history) or len(history) == 1
    august = rows(
        "SELECT DISTINCT i.display_id FROM price_records r JOIN display_items i ON i.id = display_item_id"
        " WHERE r.until_at = ? AND r.price < r.price_before",
        AS_OF,
    )
    assert len(august) == 6


# ---------------------------------------------------------------- special cases


def test_case_1_displays_in_one_market_only(rows: Rows) -> None:
    only = Counter(
        values(
            rows,
            "SELECT k.name FROM display_markets m JOIN markets k ON k.id = m.market_id WHERE k.store_id = 1"
            " GROUP BY m.display_id HAVING count(*) = 1",
        )
    )
    assert only == {"Nordics": 2, "Europe": 2, "United Kingdom": 1, "VIP": 3}


def test_case_2_products_without_a_price_in_one_pricelist(rows: Rows) -> None:
    missing = Counter(
        values(
            rows,
            "SELECT l.name FROM displays d JOIN display_items i ON i.display_id = d.id AND i.position = 0"
            " JOIN products p ON p.id = d.product_id JOIN pricelists l ON l.store_id = 1 LEFT JOIN prices x"
            " ON x.display_item_id = i.id AND x.pricelist_id = l.id"
            " WHERE d.store_id = 1 AND p.kind = 'normal' AND x.price IS NULL",
        )
    )
    assert missing == {"SEK": 2, "EUR": 2, "GBP": 2, "USD": 3, "JPY": 3}


def test_case_4_kinds_of_size_charts(rows: Rows) -> None:
    charts = Counter(
        values(
            rows,
            "SELECT c.name FROM products p JOIN variants v ON v.product_id = p.id AND v.position = 0"
            " JOIN size_charts c ON c.id = v.size_chart_id WHERE p.kind = 'normal'",
        )
    )
    wanted = {"One size": 8, "W26–W36 × L30–L34": 6, "34–46": 10}
    for chart, number in wanted.items():
        assert charts[chart] == number if is_default(rows) else charts[chart] >= number
    assert values(rows, "SELECT name FROM size_localizations ORDER BY id") == ["US", "GB", "JP"]


def test_cases_5_and_6_multiples_and_preorders(rows: Rows) -> None:
    found = rows("SELECT minimum_quantity, multiple_of FROM displays WHERE minimum_quantity > 1 OR multiple_of > 1")
    assert sorted(tuple(row) for row in found) == [(2, 2), (3, 1)]
    preorders = rows(
        "SELECT DISTINCT v.product_id FROM product_sizes z JOIN variants v ON v.id = z.variant_id WHERE z.is_preorder"
    )
    assert len(preorders) == 2
    assert not rows(
        "SELECT 1 FROM stock s JOIN product_sizes z ON z.id = s.product_size_id WHERE z.is_preorder AND physical > 0"
    )


def test_case_7_displays_that_share_or_lack_variants(rows: Rows) -> None:
    shown_twice = rows(
        "SELECT i.variant_id FROM display_items i JOIN displays d ON d.id = i.display_id WHERE d.store_id = 1"
        " GROUP BY i.variant_id HAVING count(DISTINCT d.name) = 2 AND count(DISTINCT d.category_id) = 2"
    )
    assert shown_twice
    of_two = rows("SELECT product_id FROM displays WHERE store_id = 1 GROUP BY product_id HAVING count(*) = 2")
    assert len(of_two) == 4
    stock = shelves(rows)
    left = [
        any(stock.get(size) for size in values(rows, "SELECT id FROM product_sizes WHERE variant_id = ?", variant))
        for variant in values(
            rows,
            "SELECT variant_id FROM display_items WHERE display_id = ? ORDER BY position",
            display(rows, "leander-shirt")["id"],
        )
    ]
    assert left == [True, False, True, True]
    inactive = rows(
        "SELECT i.position FROM display_items i JOIN variants v ON v.id = i.variant_id WHERE v.status = 'inactive'"
    )
    assert [row["position"] for row in inactive] == [0]


def test_case_8_what_is_hidden(rows: Rows) -> None:
    hidden = rows(
        "SELECT p.status, (SELECT count(*) FROM displays d WHERE d.product_id = p.id AND d.store_id = 1) AS shown,"
        " (SELECT count(*) FROM displays d WHERE d.product_id = p.id AND d.store_id = 2) AS wholesale FROM products p"
    )
    counts = Counter((row["status"], bool(row["shown"]), bool(row["wholesale"])) for row in hidden)
    assert counts["inactive", False, False] == 1
    assert counts["inactive", True, False] == 1
    assert counts["active", False, True] == 10
    assert counts["active", False, False] == 0
    assert len(rows("SELECT 1 FROM displays WHERE status = 'inactive'")) == 1
    assert len(rows("SELECT 1 FROM products WHERE is_serializable")) == 1


def test_case_9_odd_names_and_texts(rows: Rows) -> None:
    odd = display(rows, "bjorn-bodil-duo-cardigan")
    assert {"&", '"'} <= set(odd["name"])
    assert {"&", '"', "'", "<"} <= set(odd["description"])
    assert "&eacute;" in odd["description"]
    assert display(rows, "station-12-parka")["status"] == "active"
    assert max(len(name) for name in values(rows, "SELECT name FROM displays")) > 120


def test_case_11_a_variant_without_upc(rows: Rows) -> None:
    bare = values(
        rows,
        "SELECT v.id FROM variants v JOIN product_sizes z ON z.variant_id = v.id JOIN products p ON p.id = v.product_id"
        " WHERE p.kind = 'normal' GROUP BY v.id HAVING count(*) > 1 AND max(z.upc) = ''",
    )
    assert len(bare) == 1


def test_at_most_six_products_have_the_reduced_tax(rows: Rows) -> None:
    assert 1 <= len(rows("SELECT 1 FROM products WHERE tax_group_id IS NOT NULL")) <= 6


def test_handles_of_the_documentation(rows: Rows) -> None:
    astrid = display(rows, "astrid-cardigan")
    assert astrid["id"] == 1
    assert values(rows, "SELECT id FROM display_items WHERE display_id = 1") == [1, 2, 3, 4]
    path = values(rows, "SELECT c.uri FROM categories c WHERE c.id = ?", astrid["category_id"])
    assert path == ["cardigans"]
    sizes = values(
        rows,
        "SELECT s.name FROM product_sizes z JOIN sizes s ON s.id = z.size_id WHERE z.variant_id = 1 ORDER BY s.x",
    )
    assert sizes == ["XS", "S", "M", "L", "XL", "XXL"]
    for uri in ("hoga-coat", "loden-jeans", "nora-tote", "fjord-parka", "aurora-dress", "spring-preview-jacket"):
        assert display(rows, uri)["status"] == "active"
    stock = shelves(rows)
    parka = [
        size
        for found in sizes_of_items(rows).values()
        for size in found
        if size["display_id"] == display(rows, "fjord-parka")["id"]
    ]
    assert {size["name"] for size in parka if not stock.get(size["id"])} == {"M", "XL"}


# ---------------------------------------------------------------- mistakes in the fixtures


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            "type: cardigan, brand: Nordhavn, collection: Core, colours: [plaid], price: 1495",
            "there is no colour 'plaid'",
        ),
        (
            "type: cardigan, brand: Nordhavn, collection: Core, colours: [navy], price: 1496",
            "there is no price point 1496",
        ),
        ("type: coat, brand: Nordhavn, collection: Core, colours: [navy], price: 1495", "must end with 'Coat'"),
        (
            "type: kilt, brand: Nordhavn, collection: Core, colours: [navy], price: 1495",
            "there is no product_type 'kilt'",
        ),
    ],
)
def test_a_mistake_in_a_product_is_named_with_its_line(tmp_path: Path, wrong: str, message: str) -> None:
    (tmp_path / "products.yaml").write_text(f"products:\n  - {{name: Astrid Cardigan, {wrong}}}\n", "utf-8")
    with pytest.raises(FixtureError, match=message) as error:
        made(fixtures=tmp_path)
    assert "products.yaml, line 2" in str(error.value)


def test_two_displays_cannot_have_one_uri(tmp_path: Path) -> None:
    entry = "type: cardigan, brand: Nordhavn, collection: Core, colours: [navy], price: 1495, uri: same"
    text = f"products:\n  - {{name: Astrid Cardigan, {entry}}}\n  - {{name: Sigrid Cardigan, {entry}}}\n"
    (tmp_path / "products.yaml").write_text(text, "utf-8")
    with pytest.raises(FixtureError, match="'same' is the URI of another display already"):
        made(fixtures=tmp_path)


@pytest.mark.parametrize("products", [None, 40])
def test_a_shop_can_do_without_the_named_products(tmp_path: Path, products: int | None) -> None:
    for name in ("products", "bundles", "campaigns", "attributes"):
        (tmp_path / f"{name}.yaml").write_text("# nothing here\n", "utf-8")
    connection = made(products=products, fixtures=tmp_path)
    assert connection.execute("SELECT count(*) FROM products").fetchone()[0] == (products or 0)
    assert connection.execute("SELECT count(*) FROM displays WHERE store_id = 1").fetchone()[0] == (products or 0)
