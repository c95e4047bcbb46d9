"""Articles, the look-up of addresses, and affiliates."""

import pytest

from mockcentra.commerce import content, sessions
from mockcentra.store import Store
from tests.shopper import MakeShopper, Shopper


def titles(data: dict) -> list[str]:
    return [article["title"] for article in data["articles"]]


def test_articles_are_listed_newest_first_in_the_language_of_the_session(visitor: MakeShopper):
    shopper = visitor()
    data = shopper.ok("POST", "cms/articles")
    assert titles(data) == ["How we knit", "Care for wool", "About Nordhavn Atelier"]
    assert data["articleCount"] == 3
    shopper.ok("PUT", "languages/sv")
    assert titles(shopper.ok("POST", "cms/articles", {}))[0] == "Så stickar vi"


def test_an_article_has_every_documented_field(shopper: Shopper):
    knit = shopper.ok("POST", "cms/articles", {"tags": "craft"})["articles"][0]
    assert (knit["uri"], knit["section"], knit["sectionUri"]) == ("how-we-knit", "journal", "journal")
    assert knit["date"] == "2026-03-09 09:00:00"
    assert knit["tags"] == ["knitwear", "craft"]
    assert [brand["name"] for brand in knit["brands"]] == ["Nordhavn"]
    assert all(set(category) == {"category", "name"} for category in knit["categories"])
    assert knit["products"] == []
    assert knit["parts"][0]["slots"]["heading"] == {"type": "textfield", "value": "A room with north light"}
    about = shopper.ok("POST", "cms/articles", {"section": "pages"})["articles"][0]
    assert (about["section"], about["sectionUri"]) == ("pages", "")
    assert set(about) == set(knit)


@pytest.mark.parametrize(
    ("body", "wanted", "count"),
    [
        ({"section": "journal"}, ["How we knit", "Care for wool"], 2),
        ({"section": ["pages", "journal"], "limit": 1}, ["How we knit"], 3),
        ({"limit": "1", "skipFirst": "1"}, ["Care for wool"], 3),
        ({"skipFirst": 99}, [], 3),
        ({"skipFirst": -5, "limit": -5}, ["How we knit", "Care for wool", "About Nordhavn Atelier"], 3),
        ({"tags": ["care", "company"]}, ["Care for wool", "About Nordhavn Atelier"], 2),
        ({"tags": ["nothing"]}, [], 0),
        ({"section": {}, "tags": {"a": 1}, "limit": {}}, ["How we knit", "Care for wool", "About Nordhavn Atelier"], 3),
        ({"language": "sv"}, ["How we knit", "Care for wool", "About Nordhavn Atelier"], 3),
    ],
)
def test_articles_can_be_narrowed_and_paged(visitor: MakeShopper, body: dict, wanted: list[str], count: int):
    data = visitor().ok("POST", "cms/articles", body)
    assert (titles(data), data["articleCount"]) == (wanted, count)


def test_a_server_may_ask_for_a_language(server: MakeShopper):
    caller = server()
    assert titles(caller.ok("POST", "cms/articles", {"language": "fr"}))[0] == "Comment nous tricotons"
    assert caller.refused("POST", "cms/articles", {"language": "xx"})[1]["errors"] == {"language": "not found"}


@pytest.mark.parametrize("uri", ["how-we-knit", "/how-we-knit", "journal/how-we-knit"])
def test_an_article_is_found_by_its_uri(store: Store, uri: str):
    context = sessions.context_of(store, sessions.fresh(store), store.clock.now())
    with store.reading() as tx:
        found = content.find_article(tx, context, uri)
        assert found is not None
        assert found.title == "How we knit"
        assert content.find_article(tx, context, "pages/about-us") is None
        assert content.find_article(tx, context, "") is None


@pytest.mark.parametrize("number", ["410321-9202", "4103219202", 4103219202])
def test_the_documented_person_is_found(shopper: Shopper, number: object):
    data = shopper.ok("POST", "address-search", {"identityNumber": number, "paymentMethod": "klarna-invoice"})
    assert data == {
        "token": shopper.token,
        "address": {
            "firstName": "Testperson-se",
            "lastName": "Approved",
            "address1": "Stårgatan 1",
            "zipCode": "12345",
            "city": "Ankeborg",
            "country": "SE",
        },
    }


@pytest.mark.parametrize("number", ["410321-9203", "", None, {"a": 1}, "😀"])
def test_nobody_else_is_found(shopper: Shopper, number: object):
    status, data = shopper.refused("POST", "address-search", {"identityNumber": number})
    assert (status, data["errors"]) == (404, {"identityNumber": "not found"})


def test_an_affiliate_is_kept_with_the_session(shopper: Shopper, store: Store):
    shopper.fill()
    assert shopper.ok("PUT", "affiliates/lina-blog")["selection"]["items"]
    shopper.ok("PUT", "affiliates/nobody-knows-it")
    with store.reading() as tx:
        affiliate = tx.value("SELECT affiliate_id FROM sessions WHERE token = ?", (shopper.token,))
        assert tx.value("SELECT uri FROM affiliates WHERE id = ?", (affiliate,)) == "lina-blog"
