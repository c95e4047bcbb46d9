"""Health, information and reset, as a client meets them first."""

import threading
from urllib.parse import urlsplit

import httpx
import pytest
from flask import Flask

from mockcentra import __version__
from mockcentra.app import create_app
from mockcentra.settings import Settings
from mockcentra.store import Space, Spaces
from mockcentra.store.template import Template

APIS = {"checkout", "shop", "order", "subscription", "graphql", "soap"}


def test_health_is_ok_once_there_is_an_application(client: httpx.Client) -> None:
    response = client.get("/_mock/health")
    assert response.status_code == 200
    assert response.json() == {"status": "ok"}


def test_info_tells_where_every_api_is_and_what_opens_it(client: httpx.Client) -> None:
    info = client.get("/_mock/info").json()
    assert info["name"] == "mockcentra"
    assert info["version"] == __version__
    assert info["space"] == "default"
    assert info["store"] == "memory"
    assert info["size"]["products"] >= 0
    assert set(info["apis"]) == APIS
    for api in info["apis"].values():
        assert api["url"].startswith("http://shop.test/")
    assert info["apis"]["soap"]["wsdl"] == info["apis"]["soap"]["url"] + "?wsdl"
    assert info["apis"]["checkout"]["pluginId"] == 1
    secrets = [info["apis"][name]["secret"] for name in ("checkout", "shop", "order", "subscription")]
    assert all(secret.startswith("mock-") for secret in secrets)


def test_info_shows_the_seeded_tokens(client: httpx.Client) -> None:
    info = client.get("/_mock/info").json()
    assert info["apis"]["graphql"]["token"].startswith("mock-")
    assert {"read-only", "pim", "erp", "none", "expired", "dtc-only"} <= set(info["tokens"])
    assert info["apis"]["graphql"]["token"] not in info["tokens"].values()


def test_info_follows_the_host_of_the_request(client: httpx.Client) -> None:
    info = client.get("/_mock/info", headers={"Host": "centra.internal:4711"}).json()
    hosts = {urlsplit(api["url"]).netloc for api in info["apis"].values()}
    assert hosts == {"centra.internal:4711"}
    assert info["payments"]["external-payment"]["notificationUrl"].startswith("http://centra.internal:4711/")


def test_reset_brings_back_clock_and_settings(client: httpx.Client) -> None:
    client.put("/_mock/clock", json={"now": "2031-05-05T10:00:00+00:00", "frozen": True})
    client.patch("/_mock/settings", json={"store.autoconfirm": False})
    answer = client.post("/_mock/reset").json()
    assert answer["status"] == "ok"
    assert answer["took_ms"] >= 0
    assert client.get("/_mock/clock").json()["frozen"] is False
    assert client.get("/_mock/settings").json()["store.autoconfirm"] is True


class Counter:
    """Something that holds state outside the store."""

    def __init__(self) -> None:
        self.count = 0

    def reset(self) -> None:
        self.count = 0


def test_reset_covers_state_outside_the_store_but_for_what_is_kept(client: httpx.Client, space: Space) -> None:
    for name in ("faults", "webhooks", "journal"):
        space.state(name, Counter).count = 3
    client.post("/_mock/reset", json={"keep": ["faults"]})
    assert [space.state(name, Counter).count for name in ("faults", "webhooks", "journal")] == [3, 0, 0]


@pytest.mark.parametrize("body", [{"keep": ["the-cat"]}, {"keep": "faults"}, {"forget": []}, {"keep": [None]}, []])
def test_a_mistaken_reset_resets_nothing(client: httpx.Client, body: object) -> None:
    client.put("/_mock/clock", json={"now": "2031-05-05T10:00:00+00:00", "frozen": True})
    response = client.post("/_mock/reset", json=body)
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "invalid"
    assert client.get("/_mock/clock").json()["frozen"] is True


def test_resets_while_others_read_and_write(app: Flask) -> None:
    failures: list[str] = []
    done = threading.Event()

    def work() -> None:
        with httpx.Client(transport=httpx.WSGITransport(app=app), base_url="http://shop.test") as session:
            while not done.is_set():
                read = session.get("/_mock/info")
                written = session.patch("/_mock/settings", json={"store.backorders": True})
                failures.extend(answer.text for answer in (read, written) if answer.status_code != 200)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    with httpx.Client(transport=httpx.WSGITransport(app=app), base_url="http://shop.test") as session:
        for _ in range(40):
            assert session.post("/_mock/reset").status_code == 200
        done.set()
        for thread in threads:
            thread.join()
        session.post("/_mock/reset")
        assert session.get("/_mock/settings").json()["store.backorders"] is False
    assert failures == []


def test_the_control_token_is_demanded_where_one_is_set(template: Template) -> None:
    app = create_app(Settings(control_token="s3cret"), Spaces(template))
    with httpx.Client(transport=httpx.WSGITransport(app=app), base_url="http://shop.test") as session:
        assert session.get("/_mock/health").status_code == 200
        for path in ("/_mock/info", "/_space/other/_mock/info", "/_mock/nothing"):
            refused = session.get(path)
            assert refused.status_code == 401
            assert refused.json()["error"]["code"] == "unauthorized"
        assert session.get("/_mock/info", headers={"Authorization": "Bearer wrong"}).status_code == 401
        assert session.get("/_mock/info", headers={"Authorization": "Bearer s3cret"}).status_code == 200


@pytest.mark.parametrize("path", ["faults", "requests/12", "webhooks", "build/product", "rate-limits"])
def test_later_chapters_say_that_they_are_not_emulated(client: httpx.Client, path: str) -> None:
    response = client.post(f"/_mock/{path}", json={})
    assert response.status_code == 501
    assert response.json()["error"]["code"] == "not_emulated"
    assert "not emulated" in response.json()["error"]["message"]


def test_errors_have_one_shape(client: httpx.Client) -> None:
    missing = client.get("/_mock/no-such-thing")
    assert missing.status_code == 404
    assert missing.json()["error"]["code"] == "not_found"
    verb = client.patch("/_mock/health", json={})
    assert verb.status_code == 405
    assert verb.json()["error"]["message"]
    assert "GET" in verb.headers["Allow"]
