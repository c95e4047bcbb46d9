"""Snapshots and the store as a file."""

import sqlite3
from pathlib import Path

import httpx
import pytest
from flask import Flask

from mockcentra.app import serve_spaces
from mockcentra.store import Space, Spaces
from mockcentra.store.template import Template

SQLITE = {"Content-Type": "application/vnd.sqlite3"}


def backorders(client: httpx.Client, prefix: str = "") -> bool:
    return client.get(f"{prefix}/_mock/settings").json()["store.backorders"]


def test_a_snapshot_brings_back_store_clock_and_settings(client: httpx.Client) -> None:
    client.patch("/_mock/settings", json={"store.backorders": True})
    client.put("/_mock/clock", json={"now": "2032-02-03T04:05:06+00:00", "frozen": True})
    made = client.put("/_mock/snapshots/before.v1")
    assert made.status_code == 201
    assert made.json()["name"] == "before.v1"
    assert made.json()["bytes"] > 0

    client.post("/_mock/reset")
    assert backorders(client) is False
    assert [entry["name"] for entry in client.get("/_mock/snapshots").json()["snapshots"]] == ["before.v1"]
    for _ in range(2):
        assert client.post("/_mock/snapshots/before.v1/restore").status_code == 200
        assert backorders(client) is True
        assert client.get("/_mock/clock").json()["now"] == "2032-02-03T04:05:06+00:00"
        client.delete("/_mock/clock")
        client.patch("/_mock/settings", json={"store.backorders": False})


def test_snapshots_are_replaced_and_removed(client: httpx.Client) -> None:
    assert client.put("/_mock/snapshots/s").status_code == 201
    assert client.put("/_mock/snapshots/s").status_code == 200
    assert client.delete("/_mock/snapshots/s").status_code == 204
    for response in (client.delete("/_mock/snapshots/s"), client.post("/_mock/snapshots/s/restore")):
        assert response.status_code == 404
        assert response.json()["error"]["code"] == "not_found"


@pytest.mark.parametrize("name", ["with space", "slash%2Fslash", "umlaut-%C3%A4", "x" * 65, "semi;colon"])
def test_snapshot_names_are_checked(client: httpx.Client, space: Space, name: str) -> None:
    response = client.put(f"/_mock/snapshots/{name}")
    assert response.status_code in (400, 404)
    assert response.json()["error"]["code"] in ("invalid", "not_found")
    assert space.snapshots == {}


def test_the_store_travels_as_a_file(client: httpx.Client) -> None:
    client.patch("/_mock/settings", json={"store.backorders": True})
    download = client.get("/_mock/store")
    assert download.headers["content-type"] == "application/vnd.sqlite3"
    assert download.content.startswith(b"SQLite format 3\0")
    assert backorders(client, "/_space/elsewhere") is False
    assert client.put("/_space/elsewhere/_mock/store", content=download.content, headers=SQLITE).status_code == 200
    assert backorders(client, "/_space/elsewhere") is True


def test_the_store_in_a_file_travels_as_well(
    app: Flask, template: Template, client: httpx.Client, tmp_path: Path
) -> None:
    spaces = Spaces(template, tmp_path / "shop.db")
    serve_spaces(app, spaces)
    client.patch("/_mock/settings", json={"store.backorders": True})
    download = client.get("/_mock/store").content
    assert client.put("/_space/memory/_mock/store", content=download, headers=SQLITE).status_code == 200
    assert backorders(client, "/_space/memory") is True
    client.put("/_mock/snapshots/kept")
    client.post("/_mock/reset")
    assert backorders(client) is False
    assert client.post("/_mock/snapshots/kept/restore").status_code == 200
    assert backorders(client) is True
    spaces.default.store.close()
    again = Spaces(template, tmp_path / "shop.db")
    serve_spaces(app, again)
    assert backorders(client) is True


def _other_version() -> bytes:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT)")
    connection.executemany(
        "INSERT INTO meta VALUES (?, ?)", [("application", "mockcentra"), ("version", "0.0.1"), ("schema", "old")]
    )
    connection.commit()
    return connection.serialize()


def _other_application() -> bytes:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE songs (title TEXT)")
    connection.commit()
    return connection.serialize()


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 400, "invalid"),
        (b"hello", 400, "invalid"),
        (b"SQLite format 3\0" + b"\0" * 5000, 400, "invalid"),
        (_other_application(), 400, "invalid"),
        (_other_version(), 409, "conflict"),
    ],
)
def test_what_is_no_store_is_refused_and_the_shop_goes_on(
    client: httpx.Client, content: bytes, status: int, code: str
) -> None:
    client.patch("/_mock/settings", json={"store.backorders": True})
    response = client.put("/_mock/store", content=content, headers=SQLITE)
    assert response.status_code == status
    assert response.json()["error"]["code"] == code
    assert backorders(client) is True
