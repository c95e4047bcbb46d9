"""The shop's settings over HTTP."""

import httpx
import pytest


def test_settings_are_read_and_changed(client: httpx.Client) -> None:
    settings = client.get("/_mock/settings").json()
    assert settings["store.autoconfirm"] is True
    assert settings["checkout.allowed_origins"] == []
    changed = client.patch("/_mock/settings", json={"checkout.allowed_origins": ["https://shop.example.com"]}).json()
    assert changed == settings | {"checkout.allowed_origins": ["https://shop.example.com"]}
    assert client.get("/_mock/settings").json() == changed


@pytest.mark.parametrize(
    "body", [{"no_such_setting": True}, {"store.autoconfirm": "perhaps"}, {"store.backorders": True, "nonsense": 1}, []]
)
def test_one_mistake_and_nothing_changes(client: httpx.Client, body: object) -> None:
    before = client.get("/_mock/settings").json()
    response = client.patch("/_mock/settings", json=body)
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "invalid"
    assert client.get("/_mock/settings").json() == before


def test_the_mistaken_setting_is_named(client: httpx.Client) -> None:
    error = client.patch("/_mock/settings", json={"no_such_setting": True}).json()["error"]
    assert error["field"] == "no_such_setting"
    assert "no_such_setting" in error["message"]


def test_the_mailbox_is_a_list(client: httpx.Client) -> None:
    response = client.get("/_mock/mail")
    assert response.status_code == 200
    assert response.json() == []
