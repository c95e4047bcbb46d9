"""The catalogue as an ERP brings it: sizes, products, displays, prices and stock, and what shoppers see of it."""

from typing import Any

import httpx
import pytest

from mockcentra.store import Store
from tests.erp import Erp, prices, product, products, sizes, stock, variation
from tests.shopper import MakeShopper, Shopper, payment
from tests.warehouse import Warehouse

SEK, EUR = "1", "2"


@pytest.fixture
def chart(erp: Erp) -> None:
    """A sizetable with S and M."""
    erp.ok("sizes_Update", sizes())


def shown(shopper: Shopper, sku: str) -> dict[str, Any] | None:
    """The product with that SKU in the shop, if it is there."""
    found = shopper.ok("POST", "products", {"search": sku, "limit": 50})["products"]
    return next((each for each in found if each["sku"] == sku), None)


# ------------------------------------------------------------------ sizes


def test_sizes_are_announced_once_and_stay(erp: Erp) -> None:
    content = {
        "sizes": {
            "size": [
                {"id": "S", "description": "Small", "sizetable": {"id": "A", "description": "Small Medium"}},
                {"id": "M", "description": "Medium", "sizetable": {"id": "A"}},
                {"id": "OS", "description": "", "sizetable": {"id": "B", "description": "One Size"}},
                {"id": "S", "description": "Small", "sizetable": {"id": "C", "description": "Small Medium"}},
            ]
        }
    }
    assert erp.ok("sizes_Update", content).notices == [
        "Added new size: S: Small to: Small Medium!",
        "Added new size: M: Medium to: Small Medium!",
        "Added new size: OS:  to: One Size!",
        "Added new size: S: Small to: Small Medium!",
    ]
    assert erp.ok("sizes_Update", content).notices == []
    later = {"sizes": {"size": {"id": "L", "description": "Large", "sizetable": {"id": "A", "description": "other"}}}}
    assert erp.ok("sizes_Update", later).notices == ["Added new size: L: Large to: Small Medium!"]


def test_a_size_needs_its_table(erp: Erp) -> None:
    assert erp.refused("sizes_Update", {"sizes": {"size": {"id": "S"}}}) == "size S: sizetable id is required"
    both = {"sizes": {"size": [{"id": "S"}, {"id": "M", "sizetable": {"id": "T"}}]}}
    assert erp.update("sizes_Update", both).notices == ["Added new size: M:  to: T!"]


# ------------------------------------------------------------------ products


@pytest.mark.usefixtures("chart")
def test_a_product_with_everything_reaches_the_other_apis(erp: Erp, warehouse: Warehouse, shopper: Shopper) -> None:
    texts = {"store": "1", "shortdescription": "Short", "description": "Long <b>text</b>", "metatitle": "Title"}
    erp.ok(
        "products_Update",
        products(
            product(
                "T1",
                folder={"description": "Sweaters / Turtleneck"},
                brand={"id": "BR", "description": "Brändi"},
                collection={"id": "XMAS", "description": "X-Mas"},
                harmcode={"id": "61102099", "description": "Sweaters of cotton"},
                countryoforigin="PT",
                weight={"value": "0.5", "unit": "kg"},
                metadata={"storemeta": texts},
                media={"image": {"id": "pic", "image": "http://dam.example.com/red front.jpg"}},
            )
        ),
    )
    small = next(row for row in warehouse.get("products", sku="T1") if row["sizeSku"] == "-S")
    assert (small["product"], small["variant"], small["variantSku"], small["ean"]) == (
        "Sweater T1",
        "Red",
        "RED",
        "T1RedS",
    )
    assert (small["brand"], small["collection"], small["folder"]) == ("Brändi", "X-Mas", "Sweaters / Turtleneck")
    assert (small["harmCode"], small["harmDescription"]) == ("61102099", "Sweaters of cotton")
    assert (small["countryOfOrigin"], float(small["weight"]), small["weightUnit"]) == ("PT", 0.5, "kg")
    erp.ok("pricelists_Update", prices(SEK, {"id": "T1", "price": "349.50"}))
    found = shown(shopper, "T1RED")
    assert found is not None
    assert (found["name"], found["uri"], found["priceAsNumber"]) == ("Sweater T1", "sweater-t1-red", 349.5)
    assert (found["excerpt"], found["description"], found["metaTitle"]) == ("Short", "Long <b>text</b>", "Title")
    assert [item["name"] for item in found["items"]] == ["Size S", "Size M"]
    assert [item["sku"] for item in found["items"]] == ["T1RED-S", "T1RED-M"]
    assert len(found["media"]["standard"]) == 1
    assert shopper.client.get(found["media"]["standard"][0]).headers["content-type"] == "image/jpeg"


@pytest.mark.usefixtures("chart")
def test_what_is_not_sent_stays_what_is_empty_goes(erp: Erp, warehouse: Warehouse) -> None:
    erp.ok("products_Update", products(product("T1", countryoforigin="PT", folder={"description": "Knits"})))
    erp.ok("products_Update", products({"id": "T1", "description": "Renamed"}))
    row = warehouse.get("products", sku="T1")[0]
    assert (row["product"], row["countryOfOrigin"], row["folder"]) == ("Renamed", "PT", "Knits")
    erp.ok("products_Update", products({"id": "T1", "countryoforigin": "", "folder": {}}))
    row = warehouse.get("products", sku="T1")[0]
    assert (row["product"], row["countryOfOrigin"], row["folder"]) == ("Renamed", "", "")
    assert "name is required" in erp.refused("products_Update", products({"id": "T1", "description": ""}))


@pytest.mark.usefixtures("chart")
def test_sending_it_again_changes_nothing(erp: Erp, store: Store) -> None:
    content = products(product("T1", media={"image": {"id": "m", "image": "http://x.example.com/a.jpg"}}))
    erp.ok("products_Update", content)
    erp.ok("products_Update", stock("T1", "Red", "S", w1=4, ANNEX=2))
    erp.ok("pricelists_Update", prices(SEK, {"id": "T1", "price": "10"}))

    def events() -> int:
        with store.reading() as tx:
            return tx.value("SELECT COUNT(*) FROM events")

    before = events()
    assert erp.ok("products_Update", content).notices == []
    erp.ok("products_Update", stock("T1", "Red", "S", w1=4, ANNEX=2))
    erp.ok("pricelists_Update", prices(SEK, {"id": "T1", "price": "10.00"}))
    assert events() == before


BAD_PRODUCTS = {
    "no description": {"id": "N"},
    "no id": {"description": "x"},
    "status": {"id": "N", "description": "x", "status": "on sale"},
    "country": {"id": "N", "description": "x", "countryoforigin": "XX"},
    "weight": {"id": "N", "description": "x", "weight": {"value": "heavy"}},
    "table": {"id": "N", "description": "x", "variations": {"variation": variation("N", "Red", sizetable={"id": "?"})}},
    "size": {"id": "N", "description": "x", "variations": {"variation": variation("N", "Red", ["XXL"])}},
    "store": {
        "id": "N",
        "description": "x",
        "variations": {"variation": variation("N", "Red", displays={"display": {"store": "9"}})},
    },
    "market": {
        "id": "N",
        "description": "x",
        "variations": {
            "variation": variation("N", "Red", displays={"display": {"store": "1", "markets": {"market": {"id": "?"}}}})
        },
    },
    "twins": {"id": "N", "description": "x", "variations": {"variation": [variation("N", "Red"), {
        **variation("N", "Red"), "id": "other"}]}},
    "quantity": {
        "id": "N",
        "description": "x",
        "variations": {"variation": variation("N", "Red", sizes={"size": {"id": "S", "qty": "-1"}})},
    },
    "folder": {"id": "N", "description": "x", "folder": {"description": " / ".join("abcdefg")}},
    "somebody else's variation": {"id": "N", "description": "x", "variations": {"variation": {"id": "G_Red"}}},
    "long id": {"id": "N" * 300, "description": "x"},
}  # fmt: skip


@pytest.mark.usefixtures("chart")
@pytest.mark.parametrize("bad", BAD_PRODUCTS)
def test_a_bad_product_fails_alone_and_leaves_nothing(erp: Erp, warehouse: Warehouse, bad: str) -> None:
    content = {"sku": "BAD", "brand": {"id": "NEWBRAND"}, **BAD_PRODUCTS[bad]}
    erp.ok("products_Update", products(product("G")))
    result = erp.update("products_Update", products(content, product("H")))
    assert not result.success
    assert len(result.errors) == 1
    assert content.get("id", "") in result.errors[0]
    assert warehouse.get("products", sku="BAD") == []
    assert len(warehouse.get("products", sku="H")) == 2
    erp.ok("products_Update", products({"id": "G", "brand": {"id": "NEWBRAND", "description": "First name"}}))
    assert warehouse.get("products", sku="G")[0]["brand"] == "First name"


def test_stock_of_a_product_that_does_not_exist(erp: Erp) -> None:
    assert "ghost" in erp.refused("products_Update", stock("ghost", "Red", "S", w1=3))


# ------------------------------------------------------------------ displays and prices


@pytest.mark.usefixtures("chart")
def test_a_variation_is_seen_once_it_has_a_display_and_bought_once_it_has_a_price(
    erp: Erp, shopper: Shopper, visitor: MakeShopper
) -> None:
    erp.ok("products_Update", products(product("T1", variation("T1", "Red", displays={}))))
    erp.ok("products_Update", stock("T1", "Red", "S", w1=5))
    erp.ok("pricelists_Update", prices(SEK, {"id": "T1", "price": "100"}))
    assert shown(shopper, "T1RED") is None
    display = {"store": "1", "minimumorderamount": "2", "orderdenominator": "2", "markets": {"market": {"id": "1"}},
               "categories": {"category": {"id": "KNIT", "description": "Knitwear"}}}  # fmt: skip
    change = products({"id": "T1", "variations": {"variation": {"id": "T1_Red", "displays": {"display": display}}}})
    erp.ok("products_Update", change)
    found = shown(shopper, "T1RED")
    assert found is not None
    assert (found["priceAsNumber"], found["itemQuantityMinimum"], found["itemQuantityMultipleOf"]) == (100, 2, 2)
    assert list(found["categoryName"]) == ["Knitwear"]
    assert shown(visitor("DE"), "T1RED") is None
    display["marketsremove"] = {"market": {"id": "1"}}
    display["markets"] = {"market": {"id": "2"}}
    display["categoriesremove"] = {"category": {"id": "KNIT"}}
    del display["categories"]
    erp.ok("products_Update", products(
        {"id": "T1", "variations": {"variation": {"id": "T1_Red", "displays": {"display": display}}}}))  # fmt: skip
    assert shown(shopper, "T1RED") is None
    german = visitor("DE")
    found = shown(german, "T1RED")
    assert found is not None
    assert found["priceAsNumber"] is None
    german.refused("POST", f"items/{found['items'][0]['item']}/quantity/2")
    erp.ok("pricelists_Update", prices(EUR, {"id": "T1", "price": "9.95"}))
    found = shown(visitor("DE"), "T1RED")
    assert found is not None
    assert found["priceAsNumber"] == 9.95


@pytest.mark.usefixtures("chart")
def test_inactive_things_are_not_seen(erp: Erp, shopper: Shopper) -> None:
    erp.ok("products_Update", products(product("T1", variation("T1", "Red"), variation("T1", "Blue"))))
    assert shown(shopper, "T1BLUE")
    erp.ok("products_Update", products(
        {"id": "T1", "variations": {"variation": {"id": "T1_Blue", "status": "inactive"}}}))  # fmt: skip
    assert shown(shopper, "T1BLUE") is None
    assert shown(shopper, "T1RED")
    erp.ok("products_Update", products({"id": "T1", "status": "canceled"}))
    assert shown(shopper, "T1RED") is None


@pytest.mark.usefixtures("chart")
def test_a_price_of_a_variation_wins_and_can_be_taken_away(erp: Erp, shopper: Shopper) -> None:
    erp.ok("products_Update", products(product("T1", variation("T1", "Red"), variation("T1", "Blue"))))

    def now() -> list[Any]:
        return [(shown(shopper, f"T1{colour}") or {}).get("priceAsNumber") for colour in ("RED", "BLUE")]

    assert now() == [None, None]
    own = {"id": "T1_Blue", "price": "234.50"}
    erp.ok("pricelists_Update", prices(SEK, {"id": "T1", "price": "100", "variation": [own]}))
    assert now() == [100, 234.5]
    erp.ok("pricelists_Update", prices(SEK, {"id": "T1", "price": "120.999"}))
    assert now() == [121, 234.5]
    erp.ok("pricelists_Update", prices(SEK, {"id": "T1", "variation": [{"id": "T1_Blue", "price": ""}]}))
    assert now() == [121, 121]
    erp.ok("products_Update", products(product("T1", variation("T1", "Green"))))
    assert (shown(shopper, "T1GREEN") or {})["priceAsNumber"] == 121
    erp.ok("pricelists_Update", prices(SEK, {"id": "T1", "price": ""}))
    assert now() == [None, None]


def test_a_seeded_product_is_known_by_its_internal_id(erp: Erp, shopper: Shopper) -> None:
    found = shopper.ordinary_products()[0]
    erp.ok("pricelists_Update", prices(SEK, {"id": found["centraProduct"], "price": "777"}))
    assert shopper.ok("GET", f"products/{found['product']}")["product"]["priceAsNumber"] == 777


@pytest.mark.usefixtures("chart")
def test_pricelists_need_known_things(erp: Erp) -> None:
    erp.ok("products_Update", products(product("T1"), product("T2")))
    new = {"id": "PL", "store": "1", "type": "retail", "currency": "SEK", "description": "Summer"}
    for change, words in (
        ({"currency": "XXQ"}, "currency XXQ does not exist"),
        ({"store": "9"}, "store 9 does not exist"),
        ({"type": "wholesale"}, "type wholesale does not fit store 1"),
        ({"items": {"product": {"id": "ghost", "price": "1"}}}, "product ghost does not exist"),
        ({"items": {"product": {"id": "T1", "price": "-1"}}}, "price is negative: -1"),
        ({"items": {"product": {"id": "T1", "price": "cheap"}}}, "price is not a number: cheap"),
        ({"items": {"product": {"id": "T1", "variation": {"id": "T2_Red", "price": "1"}}}}, "is none of product T1"),
    ):
        assert words in erp.refused("pricelists_Update", {"pricelists": {"pricelist": {**new, **change}}})
    erp.ok("pricelists_Update", {"pricelists": {"pricelist": new}})


def test_a_new_pricelist_and_market_can_be_used_at_once(erp: Erp, shopper: Shopper) -> None:
    pricelist = {"id": "PL", "store": "1", "currency": "SEK", "description": "Friends"}
    erp.ok("pricelists_Update", {"pricelists": {"pricelist": pricelist}})
    market = {"id": "MK", "store": "1", "type": "retail", "description": "Friends & family"}
    erp.ok("markets_Update", {"markets": {"market": market}})
    pricelists = {row["name"]: row["pricelist"] for row in shopper.ok("GET", "pricelists")["pricelists"]}
    markets = {row["name"]: row["market"] for row in shopper.ok("GET", "markets")["markets"]}
    erp.ok("sizes_Update", sizes())
    display = {"display": {"store": "1", "markets": {"market": {"id": "MK"}}}}
    erp.ok("products_Update", products(product("T1", variation("T1", "Red", displays=display))))
    erp.ok("products_Update", stock("T1", "Red", "S", w1=5))
    erp.ok("pricelists_Update", prices("PL", {"id": "T1", "price": "50"}))
    shopper.ok("PUT", f"markets/{markets['Friends & family']}")
    shopper.ok("PUT", f"pricelists/{pricelists['Friends']}")
    found = shown(shopper, "T1RED")
    assert found is not None
    shopper.ok("POST", f"items/{found['items'][0]['item']}")
    assert shopper.ok("POST", "payment", payment())["order"]
    erp.ok("markets_Update", {"markets": {"market": {"id": "MK", "description": "Friends"}}})
    assert "Friends" in [row["name"] for row in shopper.ok("GET", "markets")["markets"]]


def test_markets_stay_in_their_store(erp: Erp) -> None:
    market = {"id": "MK", "store": "1", "type": "retail", "description": "Somewhere"}
    erp.ok("markets_Update", {"markets": {"market": market}})
    for change in ({"store": "2", "type": ""}, {"type": "wholesale"}, {"store": "9"}, {"description": ""}):
        assert erp.refused("markets_Update", {"markets": {"market": {**market, **change}}}).startswith("market MK: ")
    assert "description" in erp.refused("markets_Update", {"markets": {"market": {"id": "M2", "store": "1"}}})


# ------------------------------------------------------------------ stock


@pytest.mark.usefixtures("chart")
def test_stock_is_what_is_free_and_leaves_the_allocation_alone(
    erp: Erp, shopper: Shopper, warehouse: Warehouse
) -> None:
    erp.ok("products_Update", products(product("T1")))
    erp.ok("pricelists_Update", prices(SEK, {"id": "T1", "price": "120"}))
    erp.ok("products_Update", stock("T1", "Red", "S", w1=5))

    def figures() -> list[int]:
        row = next(row for row in warehouse.get("stock", sku="T1") if row["sizeSku"] == "-S")
        return [int(row[name]) for name in ("physicalStock", "allocatedStock", "availableStock")]

    assert figures() == [5, 0, 5]
    found = shown(shopper, "T1RED")
    assert found is not None
    shopper.ok("POST", f"items/{found['items'][0]['item']}/quantity/2")
    shopper.ok("POST", "payment", payment())
    assert figures() == [5, 2, 3]
    erp.ok("products_Update", stock("T1", "Red", "S", w1=10))
    assert figures() == [12, 2, 10]
    erp.ok("products_Update", stock("T1", "Red", "S", w1=0))
    assert figures() == [2, 2, 0]


@pytest.mark.usefixtures("chart")
def test_a_comment_of_a_size_and_what_pieces_cost_are_seen_elsewhere(
    erp: Erp, warehouse: Warehouse, client: httpx.Client
) -> None:
    erp.ok("products_Update", products(product("T1")))
    own = {
        "id": "T1_Red",
        "sizes": {
            "size": {
                "id": "S",
                "comment": "runs small",
                "warehouseitems": {
                    "warehouse": [{"id": "1", "qty": "2", "cog": "11.50"}, {"id": "2", "qty": "3", "cog": "12"}]
                },
            }
        },
    }
    erp.ok("products_Update", products({"id": "T1", "variations": {"variation": own}}))
    sizes_of_it = """{ productSizes(where: {EAN: {equals: "T1RedS"}}) { comment productVariant { unitCost { value } }
      stockChangeLines { warehouse { id } deliveredQuantity unitCost { value } } } }"""
    answer = client.post(
        "/graphql", json={"query": sizes_of_it}, headers={"Authorization": "Bearer mock-graphql-token"}
    ).json()
    (size,) = answer["data"]["productSizes"]
    assert size["comment"] == "runs small" and size["productVariant"]["unitCost"] == {"value": 12}
    for path in ("products", "stock"):
        assert [row["sizeComment"] for row in warehouse.get(path, ean="T1RedS")] == ["runs small"]
    costs = {line["warehouse"]["id"]: line["unitCost"]["value"] for line in size["stockChangeLines"]}
    assert costs == {1: 11.5, 2: 12}


@pytest.mark.usefixtures("chart")
def test_stock_of_an_unknown_warehouse_is_for_sale_everywhere(
    erp: Erp, visitor: MakeShopper, warehouse: Warehouse
) -> None:
    display = {"display": {"store": "1", "markets": {"market": [{"id": "1"}, {"id": "2"}]}}}
    erp.ok("products_Update", products(product("T1", variation("T1", "Red", displays=display))))
    erp.ok("pricelists_Update", prices(SEK, {"id": "T1", "price": "1"}))
    erp.ok("pricelists_Update", prices(EUR, {"id": "T1", "price": "1"}))
    for country in ("SE", "DE"):
        assert (shown(visitor(country), "T1RED") or {})["available"] is False
    erp.ok("products_Update", stock("T1", "Red", "S", ANNEX=3))
    for country in ("SE", "DE"):
        assert (shown(visitor(country), "T1RED") or {})["available"] is True
    erp.ok("warehouses_Update", {"warehouses": {"warehouse": {"id": "ANNEX", "description": "The annex"}}})
    assert [int(row["availableStock"]) for row in warehouse.get("stock", sku="T1")] == [0, 0]
    plain = {"id": "T1_Red", "sizes": {"size": {"id": "M", "qty": "6"}}}
    erp.ok("products_Update", products({"id": "T1", "variations": {"variation": plain}}))
    assert sorted(int(row["availableStock"]) for row in warehouse.get("stock", sku="T1")) == [0, 6]


def test_empty_lists_are_fine(erp: Erp) -> None:
    for operation, wrapper in (("products_Update", "products"), ("sizes_Update", "sizes"), ("orders_Update", "orders")):
        erp.ok(operation, {wrapper: ""})
        erp.ok(operation, {})
