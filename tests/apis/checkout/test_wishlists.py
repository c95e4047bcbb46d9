"""What signed-in shoppers remember on their wishlist."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from mockcentra.store import Store
from tests.shopper import MakeShopper, Shopper

WISHLIST = "customer/wishlists/0"
EMPTY = {"wishlist": 0, "isDefault": True, "items": []}


@pytest.fixture
def member(shopper: Shopper) -> Shopper:
    """A new customer in Sweden."""
    shopper.ok("POST", "register", {"email": "eva@example.com", "password": "correct horse"})
    return shopper


def products_of(data: dict) -> list[int]:
    return [entry["product"] for entry in data["wishlist"]["items"]]


def test_a_list_is_empty_until_something_is_put_on_it(member: Shopper):
    assert member.ok("GET", WISHLIST)["wishlist"] == EMPTY
    first, second = (int(product["product"]) for product in member.ordinary_products(2))
    added = member.ok("POST", f"{WISHLIST}/items/{first}")
    assert {**added["wishlist"], "items": []} == EMPTY
    (entry,) = added["wishlist"]["items"]
    assert entry["product"] == first
    assert isinstance(entry["wishlistItem"], int)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", entry["createdAt"])
    member.ok("POST", f"{WISHLIST}/items/{second}")
    assert products_of(member.ok("GET", WISHLIST)) == [first, second]
    assert products_of(member.ok("DELETE", f"{WISHLIST}/items/{first}")) == [second]
    assert member.ok("DELETE", f"{WISHLIST}/items/{second}")["wishlist"] == EMPTY


def test_the_list_belongs_to_the_account(member: Shopper, visitor: MakeShopper):
    product = int(member.ordinary_products()[0]["product"])
    member.ok("POST", f"{WISHLIST}/items/{product}")
    phone = visitor("SE")
    phone.ok("POST", "login/eva@example.com", {"password": "correct horse"})
    assert products_of(phone.ok("GET", WISHLIST)) == [product]
    other = visitor("SE")
    other.ok("POST", "login/new.demo@example.com", {"password": "demo1234"})
    assert other.ok("GET", WISHLIST)["wishlist"] == EMPTY


def test_the_demo_shopper_has_four_wishes(shopper: Shopper):
    shopper.ok("POST", "login/anna.demo@example.com", {"password": "demo1234"})
    assert len(shopper.ok("GET", WISHLIST)["wishlist"]["items"]) == 4


def test_a_list_can_be_read_in_pages(member: Shopper):
    products = [int(product["product"]) for product in member.ordinary_products(5)]
    for product in products:
        member.ok("POST", f"{WISHLIST}/items/{product}")
    assert products_of(member.ok("GET", f"{WISHLIST}?limit=2")) == products[:2]
    assert products_of(member.ok("GET", f"{WISHLIST}?page=3&limit=2")) == products[4:]
    assert products_of(member.ok("GET", f"{WISHLIST}?page=4&limit=2")) == []
    assert products_of(member.ok("GET", f"{WISHLIST}?page=2")) == []
    for odd in ("page=0", "page=x&limit=-1", "limit=0", "limit=99999999999"):
        assert products_of(member.ok("GET", f"{WISHLIST}?{odd}")) == products
    assert products_of(member.ok("GET", f"{WISHLIST}?page=9007199254740991&limit=9007199254740991")) == []


def test_sold_out_products_can_be_wished_for(member: Shopper):
    products = member.ok("POST", "products", {"limit": 500})["products"]
    sold_out = next(product for product in products if not product["available"] and product["priceAsNumber"])
    assert products_of(member.ok("POST", f"{WISHLIST}/items/{sold_out['product']}")) == [int(sold_out["product"])]


def test_nothing_is_on_the_list_twice(member: Shopper, store: Store):
    product = member.ordinary_products()[0]["product"]
    member.ok("POST", f"{WISHLIST}/items/{product}")
    status, data = member.refused("POST", f"{WISHLIST}/items/{product}")
    with store.reading() as tx:
        display = tx.value("SELECT display_id FROM display_items WHERE id = ?", (product,))
        wishlist = tx.value("SELECT MAX(id) FROM wishlists")
    assert status == 406
    assert data["errors"] == {"wishlist": f"Cannot add display {display} to wishlist {wishlist}: duplicate item"}
    assert len(member.ok("GET", WISHLIST)["wishlist"]["items"]) == 1


def test_parallel_clicks_add_it_once(member: Shopper):
    product = member.ordinary_products()[0]["product"]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: member.send("POST", f"{WISHLIST}/items/{product}")[0].status_code, range(6)))
    assert sorted(answers) == [200, 406, 406, 406, 406, 406]


def test_flexible_bundles_and_products_of_other_markets_are_not_found(member: Shopper, store: Store):
    products = member.ok("POST", "products", {"limit": 500})["products"]
    bundle = next(p["product"] for p in products if p.get("bundleInfo", {}).get("type") == "flexible")
    listed = [int(product["product"]) for product in products]
    with store.reading() as tx:
        elsewhere = tx.value(
            "SELECT i.id FROM display_items i JOIN displays d ON d.id = i.display_id"
            f" WHERE d.store_id = 1 AND i.id NOT IN ({', '.join('?' * len(listed))})"
            " AND d.id NOT IN (SELECT display_id FROM display_markets WHERE market_id = 1)",
            listed,
        )
    for product in (bundle, elsewhere, 99999999, 0, -1, "x", "9" * 40):
        status, data = member.refused("POST", f"{WISHLIST}/items/{product}")
        assert (status, data["errors"]) == (404, {"displayItem": "display item not found"})


def test_what_is_not_on_the_list_cannot_be_taken_off(member: Shopper):
    product = member.ordinary_products()[0]["product"]
    for unknown in (product, 99999999, "x"):
        status, data = member.refused("DELETE", f"{WISHLIST}/items/{unknown}")
        assert (status, data["errors"]) == (404, {"displayItem": "display item not found"})


@pytest.mark.parametrize("wishlist", ["7777", "-1", "x", "9" * 30])
def test_other_lists_do_not_exist(member: Shopper, wishlist: str):
    assert member.refused("GET", f"customer/wishlists/{wishlist}") == (
        404,
        {"token": member.token, "errors": {"wishlist": "not found"}},
    )
    for method in ("POST", "DELETE"):
        status, data = member.refused(method, f"customer/wishlists/{wishlist}/items/1")
        assert (status, data["errors"]) == (404, {"wishlist": f"Could not find a wishlist with id {wishlist}"})


def test_the_list_of_somebody_else_is_out_of_reach(member: Shopper, store: Store):
    with store.reading() as tx:
        foreign, product = tx.one("SELECT wishlist_id, display_item_id FROM wishlist_items ORDER BY id LIMIT 1")
    assert member.refused("GET", f"customer/wishlists/{foreign}")[0] == 404
    status, data = member.refused("DELETE", f"customer/wishlists/{foreign}/items/{product}")
    assert (status, data["errors"]) == (403, {"user": "Current user is not owner of this wishlist"})
    status, data = member.refused("POST", f"customer/wishlists/{foreign}/items/{product}")
    assert (status, data["errors"]) == (404, {"wishlist": f"Could not find a wishlist with id {foreign}"})


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("POST", "/items/1"), ("DELETE", "/items/1")])
def test_visitors_have_no_list(shopper: Shopper, method: str, path: str):
    status, data = shopper.refused(method, WISHLIST + path)
    assert (status, data["errors"]) == (403, {"accessRight": "denied"})
