"""Browsing the catalogue: lists, filters, search, order, pages, single products, bundles, and where a URI leads."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockcentra.commerce.allocation import note_stock
from mockcentra.store import Store
from mockcentra.store.clock import from_local
from tests.shopper import MakeShopper, Shopper

Product = dict[str, Any]


def ids(data: dict[str, Any]) -> list[str]:
    return [product["product"] for product in data["products"]]


def products_of(shopper: Shopper, **query: Any) -> list[Product]:
    return shopper.ok("POST", "products", query)["products"]


def values_of(data: dict[str, Any], field: str) -> dict[str, dict[str, Any]]:
    found = next(each for each in data["filter"] if each["field"] == field)
    return {value["value"]: value for value in found["values"]}


def with_variants(products: list[Product]) -> Iterator[tuple[Product, list[Product]]]:
    for product in products:
        yield product, [each for each in product["relatedProducts"] if each["relation"] == "variant"]


# ------------------------------------------------------------------ the product


def test_a_product_has_every_documented_field(shopper: Shopper):
    product = products_of(shopper, limit=1)[0]
    order = [
        "product", "name", "uri", "sku", "productSku", "brand", "brandName", "brandUri", "collection", "collectionName",
        "collectionUri", "variantName", "countryOrigin", "countryOfOrigin", "excerpt", "excerptHtml", "description",
        "descriptionHtml", "metaTitle", "metaDescription", "metaKeywords", "stockUnit", "category", "categoryName",
        "categoryUri", "categories", "createdAt", "modifiedAt", "centraProduct", "centraVariant", "itemQuantityMinimum",
        "itemQuantityMultipleOf", "price", "priceAsNumber", "priceBeforeDiscount", "priceBeforeDiscountAsNumber",
        "discountPercent", "showAsOnSale", "showAsNew", "lowestPrice", "itemTable", "items", "media", "mediaObjects",
        "measurementChart", "available", "relatedProducts", "relation", "subscriptionPlans", "preview",
    ]  # fmt: skip
    assert [key for key in product if key in order] == order
    assert product["relation"] == "variant"
    assert product["preview"] is False
    assert product["descriptionHtml"].startswith("<p>")
    assert product["categoryName"][-1] == product["categories"][0]["name"][-1]
    assert product["categories"][0]["pathIds"] == [] or len(product["categories"][0]["pathIds"]) < 6
    lowest = product["lowestPrice"][0]
    assert lowest["periodDays"] == 30
    assert lowest["priceAsNumber"] <= product["priceAsNumber"]
    item = product["items"][0]
    assert item["item"] == f"{product['product']}-{item['sizeId']}"
    assert item["stock"] in ("yes", "few", "no")
    assert "warehouses" not in item
    picture = product["media"]["standard"][0]
    assert picture.startswith("http://shop.test/client/dynamic/images/")
    assert product["mediaObjects"][0]["sources"]["standard"][0]["url"] == picture


def test_pictures_can_be_fetched_from_where_the_shop_was_reached(shopper: Shopper, client: httpx.Client):
    url = products_of(shopper, limit=1)[0]["media"]["standard"][0]
    assert client.get(url).headers["Content-Type"] == "image/jpeg"
    elsewhere = client.get("/_space/other/api/checkout/products", headers={"Host": "localhost:1234"}).json()
    url = elsewhere["products"][0]["media"]["standard"][0]
    assert url.startswith("http://localhost:1234/_space/other/client/")


def test_items_have_a_place_in_the_size_table(shopper: Shopper):
    two_dimensional = 0
    for product in products_of(shopper):
        table = product["itemTable"]
        for item in product["items"]:
            name = table["x"][item["itemTableX"]]
            if table["y"]:
                two_dimensional += 1
                name += table["dividerSymbol"] + table["y"][item["itemTableY"]]
            assert item["name"] == name
    assert two_dimensional


def test_localized_charts_name_the_one_of_the_country(visitor: MakeShopper):
    for product in products_of(visitor("US")):
        if "tableMappings" in product:
            assert "US" in product["tableMappings"][product["defaultLocalizedChart"]]["countries"]
            break
    else:
        pytest.fail("no product has a localized size chart")
    here = visitor().ok("GET", f"products/{product['product']}")["product"]
    assert "tableMappings" in here
    assert "defaultLocalizedChart" not in here


def test_texts_are_translated_and_fall_back(visitor: MakeShopper):
    shopper = visitor("NL")
    english = {product["product"]: product for product in products_of(shopper)}
    shopper.ok("PUT", "languages/de")
    german = {product["product"]: product for product in products_of(shopper)}
    assert english.keys() == german.keys()
    same = sum(english[each]["uri"] == german[each]["uri"] for each in english)
    assert 20 <= same <= len(english) - 60
    assert all(german[each]["categoryName"] != english[each]["categoryName"] for each in list(german)[:3])


# ------------------------------------------------------------------ lists


def test_get_equals_post_without_a_query(shopper: Shopper):
    assert shopper.ok("GET", "products") == shopper.ok("POST", "products", {})


def test_pages_are_disjoint_and_count_everything(shopper: Shopper):
    everything = shopper.ok("POST", "products", {})
    assert everything["productCount"] == len(everything["products"]) >= 100
    first = shopper.ok("POST", "products", {"limit": 7})
    second = shopper.ok("POST", "products", {"limit": "7", "skipFirst": "7"})
    assert first["productCount"] == everything["productCount"]
    assert ids(first) + ids(second) == ids(everything)[:14]
    assert shopper.ok("POST", "products", {"limit": 0})["products"] == []
    beyond = shopper.ok("POST", "products", {"skipFirst": 100_000, "limit": 5})
    assert beyond["products"] == []
    assert beyond["productCount"] == everything["productCount"]
    assert len(products_of(shopper, limit=-3)) == everything["productCount"]


@pytest.mark.parametrize(
    "body",
    [
        {"limit": "many"}, {"categories": "x"}, {"categories": {"a": 1}}, {"products": [None, "a", 10**30]},
        {"sortOrder": "uri"}, {"sortOrder": [{"field": ["uri"]}]}, {"uri": "womens"}, {"uri": {"uri": 5, "for": 7}},
        {"search": ["a"]}, {"search": "\u0000 ' \" % _"}, {"onlyAvailable": []}, {"items.name": [[], {}]},
        {"swatch.desc": None}, {"silkProduct": "abc"}, {"unknown.filter": ["x"]}, {"relatedProducts": "true"},
    ],
)  # fmt: skip
def test_strange_queries_are_answered(shopper: Shopper, body: dict[str, Any]):
    data = shopper.ok("POST", "products", body)
    assert isinstance(data["products"], list)


def test_unknown_ids_match_nothing(shopper: Shopper):
    for query in ({"products": [99999999]}, {"brands": [9999]}, {"categories": ["9999"]}, {"silkProduct": 99999999}):
        data = shopper.ok("POST", "products", {**query})
        assert (data["products"], data["productCount"]) == ([], 0)


def test_the_number_of_products_depends_on_the_market_only(server: MakeShopper, visitor: MakeShopper):
    caller = server()
    counts = {
        caller.ok("POST", "products", {"market": 1, "pricelist": pricelist["pricelist"], "limit": 1})["productCount"]
        for pricelist in caller.ok("GET", "pricelists")["pricelists"]
    }
    assert len(counts) == 1
    nordics, europe = visitor("SE"), visitor("DE")
    here, there = set(ids(nordics.ok("POST", "products", {}))), set(ids(europe.ok("POST", "products", {})))
    assert here - there
    assert there - here


def test_a_product_without_a_price_is_listed_but_not_available(visitor: MakeShopper):
    unpriced = [product for product in products_of(visitor("SE")) if product["price"] is None]
    assert unpriced
    for product in unpriced:
        assert product["priceAsNumber"] is product["priceBeforeDiscount"] is None
        assert product["available"] is False


# ------------------------------------------------------------------ filters


def test_counts_follow_the_filters_and_totals_do_not(shopper: Shopper):
    everything = shopper.ok("POST", "products", {"limit": 1})
    fields = [each["field"] for each in everything["filter"]]
    assert fields[:3] == ["brands", "categories", "collections"]
    assert {"swatch.desc", "items.name"} <= set(fields)
    for each in everything["filter"]:
        assert all(value["count"] == value["totalCount"] == value["filterCount"] for value in each["values"])
    brands = values_of(everything, "brands")
    for brand, value in brands.items():
        filtered = shopper.ok("POST", "products", {"brands": brand})
        assert filtered["productCount"] == value["totalCount"]
        assert {product["brand"] for product in filtered["products"]} == {brand}
        now = values_of(filtered, "brands")
        assert {each: now[each]["count"] for each in now} == {
            each: value["totalCount"] if each == brand else 0 for each in brands
        }
        assert {each: now[each]["filterCount"] for each in now} == {each: brands[each]["totalCount"] for each in brands}


def test_every_count_equals_asking_for_the_value(shopper: Shopper):
    base = {"onlyAvailable": True}
    data = shopper.ok("POST", "products", {**base, "limit": 0})
    for each in data["filter"]:
        if each["field"] == "items.name":
            continue  # with onlyAvailable those very items must be available
        for value in each["values"]:
            asked = shopper.ok("POST", "products", {**base, each["field"]: [value["value"]], "limit": 0})
            assert asked["productCount"] == value["count"], (each["field"], value["value"])


def test_values_of_a_field_are_alternatives_and_fields_are_combined(shopper: Shopper):
    everything = shopper.ok("POST", "products", {})
    first, second, *_ = values_of(everything, "brands")
    both = shopper.ok("POST", "products", {"brands": [int(first), second]})
    assert set(ids(both)) == {
        product["product"] for product in everything["products"] if product["brand"] in (first, second)
    }
    collection = everything["products"][0]["collection"]
    narrowed = shopper.ok("POST", "products", {"brands": [first, second], "collections": [collection]})
    assert set(ids(narrowed)) == {
        product["product"] for product in both["products"] if product["collection"] == collection
    }


def test_a_category_contains_those_below_it(shopper: Shopper):
    data = shopper.ok("POST", "products", {"limit": 1})
    categories = values_of(data, "categories")
    root = next(value for value in categories.values() if "inCategory" not in value["data"] and value["count"])
    by_id = shopper.ok("POST", "products", {"categories": [root["value"]]})
    by_uri = shopper.ok("POST", "products", {"uri": {"uri": f"/{root['data']['uri']}", "for": ["category"]}})
    assert ids(by_id) == ids(by_uri)
    assert by_id["productCount"] == root["count"]
    for product in by_id["products"]:
        paths = [[*each["pathIds"], each["category"]] for each in product["categories"]]
        assert any(root["value"] in path for path in paths)


def test_a_filter_looks_at_the_variants_too(shopper: Shopper):
    full = products_of(shopper, relatedProducts=True)
    product, variants = next(
        (product, variants)
        for product, variants in with_variants(full)
        if any(each["swatch"]["desc"] != product["swatch"]["desc"] for each in variants)
    )
    colour = next(each["swatch"]["desc"] for each in variants if each["swatch"] != product["swatch"])
    found = shopper.ok("POST", "products", {"swatch.desc": colour})
    assert product["product"] in ids(found)
    sibling = shopper.ok("POST", "products", {"products": [variants[0]["product"]]})
    assert ids(sibling) == [product["product"]]
    assert values_of(found, "swatch.desc")[colour]["data"]["hex"]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_combination_of_filters_finds_what_looking_at_every_product_finds(shopper: Shopper, data: st.DataObject):
    if "all" not in _everything:
        _everything["all"] = shopper.ok("POST", "products", {"relatedProducts": True})
    everything = _everything["all"]
    query = {
        field: data.draw(st.lists(st.sampled_from(list(values_of(everything, field))), max_size=3), label=field)
        for field in ("brands", "categories", "collections", "swatch.desc", "disp_badge", "items.name")
    }
    found = shopper.ok("POST", "products", {name: values for name, values in query.items() if values})
    assert ids(found) == [
        product["product"] for product, variants in with_variants(everything["products"])
        if all(any(_has(each, field, query[field]) for each in (product, *variants)) for field in query)
    ]  # fmt: skip


_everything: dict[str, dict[str, Any]] = {}


def _has(product: Product, field: str, wanted: list[str]) -> bool:
    """Whether a product has one of the values of a filter, looked up in its JSON."""
    having = {
        "brands": lambda: {product["brand"]},
        "collections": lambda: {product["collection"]},
        "categories": lambda: {each for path in product["categories"] for each in (*path["pathIds"], path["category"])},
        "swatch.desc": lambda: {product.get("swatch", {}).get("desc")},
        "disp_badge": lambda: {product.get("disp_badge")},
        "items.name": lambda: {item["name"] for item in product["items"]},
    }[field]()
    return not wanted or not having.isdisjoint(wanted)


def test_only_available_asks_for_the_very_sizes(shopper: Shopper):
    available = products_of(shopper, onlyAvailable=True)
    everything = products_of(shopper)
    assert 0 < len(available) < len(everything)
    expected = [
        product["product"]
        for product, variants in with_variants(everything)
        if product["available"] or any(each["available"] for each in variants)
    ]
    assert [product["product"] for product in available] == expected
    full = products_of(shopper, relatedProducts=True)
    for size in ("M", "40"):
        found = products_of(shopper, onlyAvailable=True, **{"items.name": [size]})
        assert [product["product"] for product in found] == [
            product["product"]
            for product, variants in with_variants(full)
            if any(
                each["price"] is not None
                and any(item["name"] == size and item["stock"] != "no" for item in each["items"])
                for each in (product, *variants)
            )
        ]


def test_selling_the_last_piece_takes_a_product_out_of_the_available_ones(shopper: Shopper, store: Store):
    product = next(each for each in products_of(shopper, onlyAvailable=True) if not each["relatedProducts"])
    sizes = [int(item["sizeId"]) for item in product["items"]]
    with store.transaction() as tx:
        for size_id in sizes:
            tx.run("UPDATE stock SET physical = allocated WHERE product_size_id = ?", (size_id,))
        note_stock(tx, sizes)
    assert product["product"] not in ids(shopper.ok("POST", "products", {"onlyAvailable": True}))
    now = shopper.ok("GET", f"products/{product['product']}")["product"]
    assert now["available"] is False
    assert {item["stock"] for item in now["items"]} == {"no"}


# ------------------------------------------------------------------ search and order


def test_search_finds_by_name_number_and_with_mistakes(shopper: Shopper):
    for product in products_of(shopper, limit=12):
        name = product["name"]
        long_word = max(name.split(), key=len)
        misspelt = name.replace(long_word, long_word[:2] + long_word[3:])
        for text in (name, name.upper(), misspelt, product["sku"], product["items"][0]["ean"]):
            if text:
                assert product["product"] in ids(shopper.ok("POST", "products", {"search": text})), text
    nothing = shopper.ok("POST", "products", {"search": "xqzvkwjxqzvkwj"})
    assert (nothing["products"], nothing["productCount"]) == ([], 0)


def test_search_folds_accents_both_ways_and_knows_the_language(shopper: Shopper):
    accented = next(product for product in products_of(shopper) if not product["name"].isascii())
    plain = accented["name"].translate(str.maketrans("åäöéøÅÄÖÉØ", "aaoeoAAOEO"))
    assert accented["product"] in ids(shopper.ok("POST", "products", {"search": plain}))
    shopper.ok("PUT", "languages/sv")
    translated = products_of(shopper, limit=1)[0]
    assert translated["product"] in ids(shopper.ok("POST", "products", {"search": translated["name"]}))


@pytest.mark.parametrize("direction", ["asc", "desc"])
def test_products_are_sorted_by_price_with_unpriced_ones_last(shopper: Shopper, direction: str):
    found = products_of(shopper, sortOrder=[{"field": "priceAsNumber", "order": direction}])
    prices = [product["priceAsNumber"] for product in found]
    priced = [price for price in prices if price is not None]
    assert priced == sorted(priced, reverse=direction == "desc")
    assert prices[: len(priced)] == priced
    assert len(priced) < len(prices)


@pytest.mark.parametrize("field", ["uri", "createdAt", "modifiedAt", "collectionUri"])
def test_products_are_sorted_by_fields_and_ties_broken(shopper: Shopper, field: str):
    order = [{"field": field, "order": "desc"}, {"field": "uri", "order": "asc"}]
    everything = products_of(shopper, sortOrder=order)
    keys = [product[field] for product in everything]
    assert keys == sorted(keys, reverse=True)
    for first, second in pairwise(everything):
        assert first[field] > second[field] or first["uri"] < second["uri"]
    few = products_of(shopper, sortOrder=order, limit=3, skipFirst=2)
    assert [product["uri"] for product in few] == [product["uri"] for product in everything[2:5]]


# ------------------------------------------------------------------ campaigns


def test_campaigns_end_while_the_shop_is_open(shopper: Shopper, store: Store):
    store.clock.set(from_local("2026-08-31 23:59:59"), frozen=True)
    reduced = [product for product in products_of(shopper) if product["showAsOnSale"]]
    cheapest = products_of(shopper, sortOrder=[{"field": "priceAsNumber"}])
    store.clock.set(from_local("2026-09-01"), frozen=True)
    full_priced = {product["product"]: product for product in products_of(shopper) if not product["discountPercent"]}
    ended = [product for product in reduced if product["product"] in full_priced]
    assert len(ended) == 6
    for product in ended:
        now = full_priced[product["product"]]
        assert product["priceAsNumber"] < product["priceBeforeDiscountAsNumber"]
        assert now["priceAsNumber"] == now["priceBeforeDiscountAsNumber"] == product["priceBeforeDiscountAsNumber"]
        assert now["lowestPrice"][0]["priceAsNumber"] == product["priceAsNumber"]
        assert now["showAsOnSale"] is False
    sorted_now = products_of(shopper, sortOrder=[{"field": "priceAsNumber"}])
    assert ids({"products": sorted_now}) != ids({"products": cheapest})
    prices = [product["priceAsNumber"] for product in sorted_now if product["price"]]
    assert prices == sorted(prices)
    store.clock.set(from_local("2026-11-01"), frozen=True)
    later = shopper.ok("GET", f"products/{ended[0]['product']}")["product"]
    assert later["lowestPrice"][0]["priceAsNumber"] == later["priceAsNumber"]
    store.clock.set(from_local("2026-08-15"), frozen=True)
    again = shopper.ok("GET", f"products/{ended[0]['product']}")["product"]
    assert again["priceAsNumber"] == ended[0]["priceAsNumber"]


# ------------------------------------------------------------------ relations


def test_related_products_are_small_unless_asked_for(shopper: Shopper):
    for _, variants in with_variants(products_of(shopper)):
        for each in variants:
            assert set(each) == {"product", "available", "media", "mediaObjects", "relation"}
    full = [each for product in products_of(shopper, relatedProducts=True) for each in product["relatedProducts"]]
    assert {"variant", "standard"} <= {each["relation"] for each in full}
    for each in full:
        assert "price" in each
        assert all("name" not in small for small in each["relatedProducts"])


def test_measurement_charts_can_be_left_out_of_lists(shopper: Shopper):
    assert all("measurementChart" in product for product in products_of(shopper, limit=10))
    assert all("measurementChart" not in product for product in products_of(shopper, measurementChart=False))
    charts = [product["measurementChart"] for product in products_of(shopper)]
    assert [] in charts
    chart = next(chart for chart in charts if chart)
    assert {"content", "x", "y"} == set(chart["contents"][0])


# ------------------------------------------------------------------ one product


def test_a_single_product_lists_its_siblings_in_full(shopper: Shopper):
    listed = next(product for product in products_of(shopper) if product["relatedProducts"])
    one = shopper.ok("GET", f"products/{listed['product']}")["product"]
    assert {key: one[key] for key in one if key != "relatedProducts"} == {
        key: listed[key] for key in listed if key != "relatedProducts"
    }
    sibling_id = listed["relatedProducts"][0]["product"]
    sibling = shopper.ok("GET", f"products/{sibling_id}")["product"]
    assert listed["product"] in [each["product"] for each in sibling["relatedProducts"]]


@pytest.mark.parametrize("product", ["99999999", "abc", "0", "-1", "1e3", "9" * 40])
def test_unknown_products_are_not_found(shopper: Shopper, product: str):
    status, data = shopper.refused("GET", f"products/{product}")
    assert (status, data["errors"]) == (404, {"product": "not found"})


def test_a_product_of_another_market_is_not_found(visitor: MakeShopper):
    nordic = {*ids(visitor("SE").ok("POST", "products", {}))} - {*ids(visitor("DE").ok("POST", "products", {}))}
    assert visitor("DE").refused("GET", f"products/{nordic.pop()}")[0] == 404


# ------------------------------------------------------------------ servers


def test_a_server_sees_all_prices_and_markets(server: MakeShopper):
    products = server().ok("POST", "products", {"pricelist": "all", "market": "all"})["products"]
    moved = {
        "price", "priceAsNumber", "priceBeforeDiscount", "priceBeforeDiscountAsNumber", "discountPercent",
        "showAsOnSale", "showAsNew", "lowestPrice",
    }  # fmt: skip
    for product in products:
        assert not moved & product.keys()
        assert product["markets"]
        assert all(set(price) == moved for price in product["prices"].values())
    assert {market for product in products for market in product["markets"]} == {1, 2, 3, 4, 5, 6}
    assert any(len(product["prices"]) < 6 for product in products)


def test_a_server_sees_stock_by_warehouse(server: MakeShopper):
    for product in server().ok("POST", "products", {"limit": 30})["products"]:
        for item in product["items"]:
            total = sum(each["stock"] for each in item["warehouses"])
            assert (item["stock"] == "no") == (total == 0)


def test_a_server_may_choose_market_pricelist_and_language(server: MakeShopper, visitor: MakeShopper):
    asked = {"market": 2, "pricelist": "2", "language": "de"}
    product = server().ok("POST", "products/1", asked)["product"]
    assert product["price"].endswith("EUR")
    plain = visitor().ok("POST", "products/1", asked)["product"]
    assert plain["price"].endswith("SEK")
    assert plain["categoryName"] != product["categoryName"]
    for field in ("market", "pricelist", "language"):
        status, data = server().refused("POST", "products/1", {field: "99"})
        assert (status, data["errors"]) == (404, {field: "not found"})


def test_nothing_is_kept_for_a_token_of_none(client: httpx.Client):
    answer = client.get("/api/checkout/products/1", headers={"API-token": "none"}).json()
    assert answer["token"] is None
    assert answer["product"]["product"] == "1"


# ------------------------------------------------------------------ bundles


def test_bundles_show_their_sections_to_everyone(shopper: Shopper):
    bundles = [product for product in products_of(shopper) if "bundleInfo" in product]
    assert {(each["bundleInfo"]["type"], each["bundleInfo"]["priceType"]) for each in bundles} == {
        ("fixed", "static"), ("fixed", "dynamic"), ("flexible", "static"), ("flexible", "dynamic"),
    }  # fmt: skip
    for listed in bundles:
        data = shopper.ok("POST", f"bundles/{listed['product']}", {"includeSectionProducts": "true"})
        info = data["bundle"]["bundleInfo"]
        wanted = {str(product) for section in info["sections"] for product in section["products"]}
        assert {product["product"] for product in data["sectionProducts"]} == wanted
        assert info["priceMinAsNumber"] <= info["priceMaxAsNumber"]
        assert listed["priceAsNumber"] == info["priceMinAsNumber"]
        assert listed["available"] is True
        assert data["bundle"]["items"][0]["ean"] == ""
    short = shopper.ok("POST", f"bundles/{listed['product']}", {"includeSectionProducts": False})
    assert "sectionProducts" not in short


def test_what_is_no_bundle_is_not_found_as_one(shopper: Shopper):
    for product in ("1", "99999999", "abc"):
        status, data = shopper.refused("GET", f"bundles/{product}")
        assert (status, data["errors"]) == (404, {"bundle": "not found"})


# ------------------------------------------------------------------ routing


def test_a_uri_leads_to_a_product_with_or_without_its_category(shopper: Shopper):
    listed = products_of(shopper, limit=1)[0]
    for uri in (listed["uri"], f"/{listed['uri']}", f"{listed['categoryUri']}/{listed['uri']}"):
        found = shopper.ok("POST", "uri", {"uri": uri, "for": ["category", "product"]})
        assert found["found"] == "product"
        assert found["product"]["product"] == listed["product"]
    assert found["category"]["uri"] == listed["categoryUri"]


def test_a_uri_leads_to_a_category_with_its_products(shopper: Shopper):
    listed = products_of(shopper, limit=1)[0]
    body = {"uri": listed["categoryUri"], "for": ["product", "category"], "limit": 2}
    found = shopper.ok("POST", "uri", body)
    assert found["found"] == "category"
    assert found["category"]["name"] == listed["categoryName"]
    same = shopper.ok("POST", "products", {"categories": [found["category"]["category"]], "limit": 2})
    for key in ("products", "productCount", "filter"):
        assert found[key] == same[key]


def test_a_category_page_can_be_narrowed(shopper: Shopper):
    everything = shopper.ok("POST", "uri", {"uri": "women", "for": ["category"]})
    brand = everything["products"][0]["brand"]
    narrowed = shopper.ok("POST", "uri", {"uri": "women", "for": ["category"], "brands": [brand]})
    assert 0 < narrowed["productCount"] < everything["productCount"]
    below = next(value for value in values_of(everything, "categories").values() if "inCategory" in value["data"])
    both = shopper.ok("POST", "uri", {"uri": "women", "for": ["category"], "categories": [below["value"]]})
    assert both["productCount"] == below["count"]


def test_a_uri_leads_to_an_article(shopper: Shopper):
    article = shopper.ok("POST", "cms/articles", {})["articles"][0]
    path = "/".join(part for part in (article["sectionUri"], article["uri"]) if part)
    found = shopper.ok("POST", "uri", {"uri": path, "for": ["product", "category", "cmsArticle"]})
    assert found["found"] == "cmsArticle"
    assert found["cmsArticle"] == article


def test_uris_are_those_of_the_language_or_the_main_one(visitor: MakeShopper):
    shopper = visitor("NL")
    english = products_of(shopper, limit=1)[0]
    shopper.ok("PUT", "languages/sv")
    swedish = products_of(shopper, limit=1)[0]
    assert swedish["categoryUri"] != english["categoryUri"]
    for path in (swedish["categoryUri"], english["categoryUri"]):
        found = shopper.ok("POST", "uri", {"uri": path, "for": ["category"]})
        assert found["category"]["category"] == english["category"]


@pytest.mark.parametrize("uri", ["nowhere", "women/nowhere", "%%%", "a" * 5000, "../..", "\u0000"])
def test_a_uri_may_lead_nowhere(shopper: Shopper, uri: str):
    status, data = shopper.refused("POST", "uri", {"uri": uri, "for": ["product", "category", "brand", 5]})
    assert (status, data["errors"]) == (404, {"uri": "not found"})


def test_nothing_is_found_that_was_not_asked_for(shopper: Shopper):
    listed = products_of(shopper, limit=1)[0]
    assert shopper.refused("POST", "uri", {"uri": listed["uri"], "for": ["category"]})[0] == 404
    assert shopper.refused("POST", "uri", {"uri": listed["categoryUri"], "for": ["product"]})[0] == 404
    status, data = shopper.refused("POST", "uri", {"uri": listed["uri"]})
    assert (status, data["errors"]) == (400, {"for": "required"})


@pytest.mark.parametrize(("kind", "listed"), [("brand", "brands"), ("collection", "collections")])
def test_the_address_of_a_brand_or_a_collection_lists_what_is_in_it(shopper: Shopper, kind: str, listed: str) -> None:
    for each in shopper.ok("GET", listed)[listed]:
        found = shopper.ok("POST", "uri", {"uri": f"/{each['uri']}", "for": [kind], "limit": 2})
        wanted = shopper.ok("POST", "products", {listed: [each[kind]], "limit": 2})
        assert found["found"] == kind
        assert found[kind] == each
        assert {name: found[name] for name in ("products", "productCount", "filter")} == {
            name: wanted[name] for name in ("products", "productCount", "filter")
        }
        by_uri = shopper.ok("POST", "products", {"uri": {"uri": each["uri"], "for": [kind]}})
        assert by_uri["productCount"] == wanted["productCount"]


def test_a_brand_is_found_only_by_who_asks_for_brands_and_can_be_narrowed(shopper: Shopper) -> None:
    brand = shopper.ok("GET", "brands")["brands"][0]["uri"]
    shopper.refused("POST", "uri", {"uri": brand, "for": ["collection", "category", "product"]})
    category = shopper.ok("GET", "products", None)["products"][0]["category"]
    brand_id = shopper.ok("GET", "brands")["brands"][0]["brand"]
    narrowed = shopper.ok("POST", "uri", {"uri": brand, "for": ["brand"], "categories": [category]})
    wanted = shopper.ok("POST", "products", {"brands": [brand_id], "categories": [category]})
    assert narrowed["productCount"] == wanted["productCount"]


def test_flexible_bundles_that_cannot_be_bought_are_not_available(shopper: Shopper, client: httpx.Client) -> None:
    def flexible(**query: object) -> dict[str, list[bool]]:
        return {
            each["uri"]: [each["available"], *(item["stock"] != "no" for item in each["items"])]
            for each in products_of(shopper, **query)
            if each.get("bundleInfo", {}).get("type") == "flexible"
        }

    before = flexible()
    assert any(available[0] for available in before.values())
    client.patch("/_mock/settings", json={"checkout.flexible_bundles": False})
    assert not any(map(any, flexible().values()))
    assert flexible(onlyAvailable=True) == {}
    client.patch("/_mock/settings", json={"checkout.flexible_bundles": True})
    assert flexible() == before
