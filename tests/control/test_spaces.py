"""Spaces: many shops in one server that do not see each other."""

from urllib.parse import urlsplit

import httpx
import pytest
from flask import Flask

from mockcentra.store import Spaces


def test_a_space_comes_into_being_with_its_first_request(client: httpx.Client) -> None:
    assert [entry["name"] for entry in client.get("/_mock/spaces").json()["spaces"]] == ["default"]
    client.get("/_space/one/_mock/health")
    client.get("/_space/one/_mock/info")
    entry = client.get("/_mock/spaces").json()["spaces"][1]
    assert entry["name"] == "one"
    assert entry["requests"] == 2
    assert entry["bytes"] > 0
    assert entry["created_at"] <= entry["last_used_at"]


def test_info_in_a_space_has_urls_of_the_space(client: httpx.Client) -> None:
    info = client.get("/_space/w1/_mock/info").json()
    assert info["space"] == "w1"
    for api in info["apis"].values():
        assert urlsplit(api["url"]).path.startswith("/_space/w1/")


def test_the_header_chooses_a_space_and_the_prefix_wins(client: httpx.Client) -> None:
    by_header = client.get("/_mock/info", headers={"X-Mockcentra-Space": "h"}).json()
    assert by_header["space"] == "h"
    assert urlsplit(by_header["apis"]["graphql"]["url"]).path == "/_space/h/graphql"
    both = client.get("/_space/p/_mock/info", headers={"X-Mockcentra-Space": "h"}).json()
    assert both["space"] == "p"


def test_the_default_space_can_be_named(client: httpx.Client, spaces: Spaces) -> None:
    assert client.get("/_space/default/_mock/info").json()["space"] == "default"
    assert len(spaces.all()) == 1


def test_what_happens_in_a_space_stays_there(client: httpx.Client) -> None:
    client.put("/_space/a/_mock/clock", json={"now": "2033-01-01T00:00:00+00:00", "frozen": True})
    client.patch("/_space/a/_mock/settings", json={"store.backorders": True})
    client.put("/_space/a/_mock/snapshots/mine")
    for other in ("", "/_space/b"):
        assert client.get(f"{other}/_mock/clock").json()["frozen"] is False
        assert client.get(f"{other}/_mock/settings").json()["store.backorders"] is False
        assert client.get(f"{other}/_mock/snapshots").json()["snapshots"] == []
    client.post("/_mock/reset")
    assert client.get("/_space/a/_mock/clock").json()["frozen"] is True


def test_a_deleted_space_begins_anew(client: httpx.Client) -> None:
    client.patch("/_space/a/_mock/settings", json={"store.backorders": True})
    assert client.delete("/_mock/spaces/a").status_code == 204
    assert "a" not in [entry["name"] for entry in client.get("/_mock/spaces").json()["spaces"]]
    assert client.get("/_space/a/_mock/settings").json()["store.backorders"] is False
    gone = client.delete("/_mock/spaces/never-was")
    assert gone.status_code == 404
    assert gone.json()["error"]["code"] == "not_found"
    assert client.delete("/_mock/spaces/default").status_code == 409


@pytest.mark.parametrize("name", ["white%20space", "x" * 65, "bad$name", "%C3%A5", "..%2F", ""])
def test_illegal_names_make_nothing(client: httpx.Client, spaces: Spaces, name: str) -> None:
    response = client.get(f"/_space/{name}/_mock/info")
    assert response.status_code == 404
    assert response.json()["error"]["message"]
    assert len(spaces.all()) == 1


@pytest.mark.parametrize("name", ["white space", "x" * 65, "..", ""])
def test_an_illegal_name_in_the_header_is_a_bad_request(client: httpx.Client, spaces: Spaces, name: str) -> None:
    response = client.get("/_mock/info", headers={"X-Mockcentra-Space": name})
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "invalid"
    assert len(spaces.all()) == 1


def test_a_space_prefix_alone_is_not_found(app: Flask, client: httpx.Client) -> None:
    assert client.get("/_space/a").status_code == 404
    assert client.get("/_space").status_code == 404


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/checkout/4/products", {"token": None, "errors": {"request": "no space can have the name 'bad$'"}}),
        ("/api/order-api/orders", {"status": "no", "msg": "no space can have the name 'bad$'"}),
        ("/_mock/info", {"error": {"code": "not_found", "message": "no space can have the name 'bad$'"}}),
        ("/nowhere", {"error": {"code": "not_found", "message": "no space can have the name 'bad$'"}}),
    ],
)
def test_each_api_says_in_its_own_shape_that_a_name_is_illegal(
    client: httpx.Client, spaces: Spaces, path: str, body: object
) -> None:
    response = client.get(f"/_space/bad${path}")
    assert response.status_code == 404
    assert response.json() == body
    assert len(spaces.all()) == 1


@pytest.mark.parametrize("path", ["/api/checkout/items/1-2", "/_mock/settings"])
def test_a_webshop_in_a_browser_can_read_what_is_refused(client: httpx.Client, path: str) -> None:
    origin = {"Origin": "https://shop.example.com"}
    asked = {**origin, "Access-Control-Request-Method": "PUT", "X-Mockcentra-Space": "bad name"}
    assert client.options(f"/_space/bad${path}", headers=asked).status_code in (200, 204)
    for answer in (
        client.put(f"/_space/bad${path}", headers=origin),
        client.put(path, headers={**origin, "X-Mockcentra-Space": "bad name"}),
        client.put(path, headers={**origin, "Content-Length": str(1 << 40)}),
    ):
        assert answer.status_code in (400, 404, 413)
        assert answer.headers["Access-Control-Allow-Origin"] in ("*", origin["Origin"])


def test_a_body_that_is_too_large_makes_no_space(client: httpx.Client, spaces: Spaces) -> None:
    sizes = {"Content-Length": str(1 << 40)}
    response = client.post("/_space/new/api/checkout/payment", headers=sizes)
    assert response.status_code == 413
    assert response.json() == {"token": None, "errors": {"body": "too large"}}
    assert "error" in client.put("/_mock/store", headers=sizes).json()
    assert len(spaces.all()) == 1
