"""Newsletter and back in stock: what visitors leave their address for."""

import httpx
import pytest

from mockcentra.commerce.newsletter import notify_back_in_stock
from mockcentra.store import Store
from mockcentra.store.database import Row
from tests.shopper import MakeShopper, Shopper


def subscribers(store: Store, email: str) -> list[Row]:
    with store.reading() as tx:
        return tx.all("SELECT * FROM newsletter_subscriptions WHERE email_key = ? ORDER BY id", (email.lower(),))


def mails(client: httpx.Client) -> list[dict]:
    return client.get("/_mock/mail").json()


# ------------------------------------------------------------------ newsletter


@pytest.mark.parametrize("path", ["eva+news@example.com", "eva%2Bnews%40example.com"])
def test_an_address_in_the_path_is_subscribed(shopper: Shopper, store: Store, path: str):
    response, data = shopper.send("POST", f"newsletter-subscription/{path}")
    assert response.status_code == 201
    assert data == {"token": shopper.token, "subscribed": True}
    (row,) = subscribers(store, "eva+news@example.com")
    assert (row["country"], row["language"]) == ("", "sv")


def test_the_body_may_carry_the_address_and_more(shopper: Shopper, store: Store):
    item = shopper.ordinary_items()[0]
    product, size = map(int, item.split("-"))
    consents = [{"key": "newsletter", "consented": True, "language": "de"}]
    body = {"email": "Eva@example.com", "country": "de", "language": "DE", "item": item, "consents": consents}
    assert shopper.ok("POST", "newsletter-subscription", body)["subscribed"] is True
    plain, interest = subscribers(store, "eva@example.com")
    assert (plain["country"], plain["language"], plain["display_item_id"]) == ("DE", "de", 0)
    assert (interest["display_item_id"], interest["product_size_id"]) == (product, size)
    assert mails_are_none(shopper)


def mails_are_none(shopper: Shopper) -> bool:
    return mails(shopper.client) == []


def test_the_path_wins_over_the_body(shopper: Shopper, store: Store):
    shopper.ok("POST", "newsletter-subscription/eva@example.com", {"email": "other@example.com"})
    assert subscribers(store, "eva@example.com")
    assert not subscribers(store, "other@example.com")


def test_subscribing_twice_is_no_mistake(shopper: Shopper, store: Store):
    for email in ("eva@example.com", "EVA@example.com"):
        assert shopper.ok("POST", "newsletter-subscription", {"email": email})["subscribed"] is True
    assert len(subscribers(store, "eva@example.com")) == 1


def test_robots_that_fill_in_the_honeypot_see_no_difference(shopper: Shopper, store: Store):
    robot = shopper.send("POST", "newsletter-subscription", {"email": "eva@example.com", "email_field": "x"})
    person = shopper.send("POST", "newsletter-subscription", {"email": "eva@example.com", "email_field": ""})
    assert robot[0].status_code == person[0].status_code == 201
    assert robot[1] == person[1]
    assert len(subscribers(store, "eva@example.com")) == 1
    shopper.ok("POST", "newsletter-subscription/robot@example.com", {"email_field": {"a": 1}})
    assert not subscribers(store, "robot@example.com")


@pytest.mark.parametrize("email", ["", "not an address", "eva@", "@example.com", "eva@example", None, 5, ["a@b.se"]])
def test_what_is_no_address_is_refused(shopper: Shopper, email: object):
    status, data = shopper.refused("POST", "newsletter-subscription", {"email": email})
    assert (status, data["errors"]) == (406, {"email": "Expected type e-mail"})


@pytest.mark.parametrize(
    ("body", "status", "problems"),
    [
        ({"country": "ZZ"}, 404, {"country": "not found"}),
        ({"country": ["SE"]}, 406, {"country": "not valid"}),
        ({"language": "xx"}, 404, {"language": "not found"}),
        ({"item": "99999999-1"}, 404, {"item": "product item not found"}),
        ({"item": 7}, 404, {"item": "product item not found"}),
        ({"product": 99999999}, 404, {"product": "not found"}),
        ({"consents": 5}, 406, {"consents": "not valid"}),
    ],
)
def test_everything_else_must_be_right_too(shopper: Shopper, store: Store, body: dict, status: int, problems: dict):
    found, data = shopper.refused("POST", "newsletter-subscription", {"email": "eva@example.com", **body})
    assert (found, data["errors"]) == (status, problems)
    assert not subscribers(store, "eva@example.com")


def test_a_subscriber_who_is_a_customer_gets_the_newsletter(shopper: Shopper):
    shopper.ok("POST", "register", {"email": "eva@example.com", "password": "correct horse"})
    assert shopper.ok("GET", "customer")["newsletter"] is False
    shopper.ok("POST", "newsletter-subscription/EVA@example.com")
    assert shopper.ok("GET", "customer")["newsletter"] is True


def test_a_subscriber_stays_one_when_registering(shopper: Shopper, store: Store):
    shopper.ok("POST", "newsletter-subscription/eva@example.com")
    data = shopper.ok("POST", "register", {"email": "eva@example.com", "password": "correct horse"})
    assert data["loggedIn"]["newsletter"] is True
    assert shopper.ok("PUT", "customer/update", {"newsletter": False})["loggedIn"]["newsletter"] is False
    assert not subscribers(store, "eva@example.com")
    shopper.ok("PUT", "customer/update", {"newsletter": True})
    assert subscribers(store, "eva@example.com")


# ------------------------------------------------------------------ back in stock


def restock(store: Store, size_id: int, pieces: int, warehouse: int = 1) -> int:
    """Lets so many pieces be free in one warehouse and none in the others; returns how many were told."""
    with store.transaction() as tx:
        tx.run("UPDATE stock SET physical = allocated WHERE product_size_id = ?", (size_id,))
        tx.run(
            "UPDATE stock SET physical = allocated + ? WHERE product_size_id = ? AND warehouse_id = ?",
            (pieces, size_id, warehouse),
        )
        return notify_back_in_stock(tx, [size_id])


def test_a_visitor_is_told_once_when_enough_pieces_are_there(shopper: Shopper, store: Store, client: httpx.Client):
    item = shopper.ordinary_items()[0]
    size = int(item.split("-")[1])
    body = {"item": item, "shipTo": {"country": "se"}, "email": "eva@example.com", "language": "sv"}
    response, data = shopper.send("POST", "back-in-stock-subscription", body)
    assert response.status_code == 201
    assert data == {"token": shopper.token, "subscribed": True}
    shopper.ok("POST", "back-in-stock-subscription", body)

    assert restock(store, size, 9) == 0
    assert mails(client) == []
    assert restock(store, size, 10) == 1
    assert restock(store, size, 11) == 0
    (mail,) = mails(client)
    assert (mail["type"], mail["to"], mail["language"]) == ("backInStock", "eva@example.com", "sv")
    assert mail["data"] == {"item": item, "product": item.split("-")[0], "shipTo": {"country": "SE", "state": ""}}

    shopper.ok("POST", "back-in-stock-subscription", body)
    assert restock(store, size, 12) == 1


def test_only_warehouses_that_serve_the_country_count(shopper: Shopper, store: Store):
    item = shopper.ordinary_items()[0]
    size = int(item.split("-")[1])
    shopper.ok(
        "POST", "back-in-stock-subscription", {"item": item, "shipTo": {"country": "SE"}, "email": "eva@example.com"}
    )
    with store.transaction() as tx:
        tx.run("INSERT OR IGNORE INTO stock (product_size_id, warehouse_id) VALUES (?, 3)", (size,))
    assert restock(store, size, 50, warehouse=3) == 0


def test_a_customer_need_not_repeat_the_address(shopper: Shopper, store: Store, client: httpx.Client):
    item = shopper.ordinary_items()[0]
    shopper.ok("POST", "register", {"email": "eva@example.com", "password": "correct horse"})
    shopper.ok("POST", "back-in-stock-subscription", {"item": item, "shipTo": {"country": "US", "state": "new york"}})
    assert restock(store, int(item.split("-")[1]), 20) == 1
    (mail,) = mails(client)
    assert (mail["to"], mail["data"]["shipTo"]) == ("eva@example.com", {"country": "US", "state": "NY"})


@pytest.mark.parametrize(
    ("change", "status", "problems"),
    [
        ({"email": None}, 406, {"email": "required"}),
        ({"email": "eva"}, 406, {"email": "not valid"}),
        ({"email": ["eva@example.com"]}, 406, {"email": "not valid"}),
        ({"shipTo": None}, 406, {"shipTo": "required"}),
        ({"shipTo": {}}, 406, {"shipTo": "required"}),
        ({"shipTo": "SE"}, 406, {"shipTo": "not valid"}),
        ({"shipTo": {"country": "ZZ"}}, 406, {"shipTo.country": "not found"}),
        ({"shipTo": {"country": 5}}, 406, {"shipTo.country": "not found"}),
        ({"shipTo": {"country": {}}}, 406, {"shipTo.country": "not valid"}),
        ({"shipTo": {"country": "US"}}, 406, {"shipTo.state": "required"}),
        ({"shipTo": {"country": "US", "state": "Skåne"}}, 406, {"shipTo.state": "not found"}),
        ({"shipTo": {}, "email": ""}, 406, {"email": "required", "shipTo": "required"}),
        ({"language": "xx"}, 406, {"language": "not found"}),
        ({"item": "99999999-1"}, 404, {"item": "product item not found"}),
        ({"item": "1-99999999"}, 404, {"item": "product item not found"}),
        ({"item": None}, 404, {"item": "product item not found"}),
        ({"item": {"a": 1}}, 404, {"item": "product item not found"}),
    ],
)
def test_what_is_missing_or_wrong_is_named(visitor: MakeShopper, change: dict, status: int, problems: dict):
    shopper = visitor()
    item = shopper.ok("POST", "products", {"limit": 1})["products"][0]["items"][0]["item"]
    body = {"item": item, "shipTo": {"country": "SE"}, "email": "eva@example.com", **change}
    found, data = shopper.refused("POST", "back-in-stock-subscription", body)
    assert (found, data["errors"]) == (status, problems)
