"""Lists of places, languages, markets and the like, for browsers and for servers."""

from tests.shopper import MakeShopper, Shopper


def test_a_shopper_sees_the_countries_that_can_be_shipped_to(visitor: MakeShopper):
    countries = visitor().ok("GET", "countries")["countries"]
    by_code = {country["country"]: country for country in countries}
    assert "CH" not in by_code
    assert by_code["SE"] == {"country": "SE", "name": "Sweden", "eu": True, "language": "sv", "currency": "SEK"}
    assert {"state": "CA", "name": "California"} in by_code["US"]["states"]
    assert by_code["US"]["eu"] is False


def test_a_server_sees_markets_and_pricelists_of_countries(server: MakeShopper, visitor: MakeShopper):
    countries = server().ok("GET", "countries")["countries"]
    assert all(country["market"].isdigit() and country["pricelist"].isdigit() for country in countries)
    everything = server().ok("GET", "countries/all")["countries"]
    assert {country["country"] for country in everything} > {country["country"] for country in countries}
    switzerland = next(country for country in everything if country["country"] == "CH")
    assert switzerland["shipTo"] is False
    assert switzerland["market"] is switzerland["pricelist"] is switzerland["currency"] is None
    assert {country["country"] for country in everything if country["shipTo"]} == {
        country["country"] for country in countries
    }


def test_country_names_follow_the_language(shopper: Shopper):
    shopper.ok("PUT", "languages/de")
    names = {country["country"]: country["name"] for country in shopper.ok("GET", "countries")["countries"]}
    assert names["SE"] == "Schweden"


def test_languages_are_sorted_by_name_and_one_is_the_default(visitor: MakeShopper):
    languages = visitor().ok("GET", "languages")["languages"]
    assert [each["name"] for each in languages] == sorted(each["name"] for each in languages)
    assert [each["language"] for each in languages if each["default"]] == ["en"]


def test_only_servers_see_markets_pricelists_and_warehouses(visitor: MakeShopper, server: MakeShopper):
    for path in ("markets", "pricelists", "warehouses", "countries/all"):
        status, data = visitor().refused("GET", path)
        assert (status, data["errors"]) == (403, {"accessRight": "denied"})
    caller = server()
    assert sum(market["default"] for market in caller.ok("GET", "markets")["markets"]) == 1
    pricelists = caller.ok("GET", "pricelists")["pricelists"]
    assert sum(pricelist["default"] for pricelist in pricelists) == 1
    assert pricelists[0]["currency"] == {
        "currency": "SEK", "name": pricelists[0]["currency"]["name"], "prefix": "", "suffix": " SEK",
        "decimalPoint": ".", "decimalDigits": "2", "thousandsSeparator": " ", "denominator": 100, "uri": "sek",
    }  # fmt: skip
    warehouses = caller.ok("GET", "warehouses")["warehouses"]
    assert all(set(each) == {"warehouse", "name"} for each in warehouses)


def test_categories_form_a_tree(shopper: Shopper):
    seen: dict[str, dict] = {}
    for category in shopper.ok("GET", "categories")["categories"]:
        parent = seen.get(category.get("inCategory", ""))
        if parent is None:
            assert "inCategory" not in category
            assert len(category["name"]) == 1
        else:
            assert category["name"][:-1] == parent["name"]
            assert category["uri"].rpartition("/")[0] == parent["uri"]
        seen[category["category"]] = category
    assert max(len(category["name"]) for category in seen.values()) == 3


def test_a_server_may_ask_for_a_language_and_a_shopper_may_not(server: MakeShopper, visitor: MakeShopper):
    english = visitor().ok("GET", "categories")["categories"]
    assert visitor().ok("POST", "categories", {"language": "sv"})["categories"] == english
    swedish = server().ok("POST", "categories", {"language": "sv"})["categories"]
    assert [each["category"] for each in swedish] == [each["category"] for each in english]
    assert swedish != english
    status, data = server().refused("POST", "categories", {"language": "tlh"})
    assert (status, data["errors"]) == (404, {"language": "not found"})


def test_brands_and_collections_are_those_of_the_products(shopper: Shopper):
    brands = {each["brand"]: each for each in shopper.ok("GET", "brands")["brands"]}
    collections = {each["collection"]: each for each in shopper.ok("POST", "collections", {})["collections"]}
    for product in shopper.ok("POST", "products", {"limit": 20})["products"]:
        assert brands[product["brand"]]["name"] == product["brandName"]
        assert brands[product["brand"]]["uri"] == product["brandUri"]
        assert collections[product["collection"]]["uri"] == product["collectionUri"]


def test_physical_shops_tell_servers_where_their_stock_is(visitor: MakeShopper, server: MakeShopper):
    shops = visitor().ok("GET", "brick-and-mortars")["brickAndMortars"]
    assert shops
    assert all("warehouse" not in shop for shop in shops)
    first = visitor().ok("GET", f"brick-and-mortars/{shops[0]['brickAndMortar']}")["brickAndMortar"]
    assert first == shops[0]
    assert "allocationRule" in server().ok("GET", "brick-and-mortars")["brickAndMortars"][0]
    for unknown in ("999", "nowhere"):
        status, data = visitor().refused("GET", f"brick-and-mortars/{unknown}")
        assert (status, data["errors"]) == (404, {"brickAndMortar": "not found"})
