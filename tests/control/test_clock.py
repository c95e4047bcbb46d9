"""The shop's clock, as tests of time-dependent behaviour use it."""

import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from flask import Flask

from mockcentra.app import create_app
from mockcentra.settings import Settings
from mockcentra.store import Spaces, Store
from mockcentra.store.template import Template
from mockcentra.testing.shop import in_process
from tests.shopper import Shopper


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_the_clock_shows_real_time_at_first(client: httpx.Client) -> None:
    clock = client.get("/_mock/clock").json()
    assert clock["frozen"] is False
    assert clock["offset_seconds"] == 0
    assert abs(moment(clock["now"]) - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_frozen_clock_stands_and_a_released_one_goes_on_from_there(client: httpx.Client, store: Store) -> None:
    frozen = client.put("/_mock/clock", json={"now": "2030-06-15T12:00:00+02:00", "frozen": True}).json()
    assert moment(frozen["now"]) == datetime(2030, 6, 15, 10, tzinfo=UTC)
    standing = store.clock.time()
    time.sleep(0.02)
    assert store.clock.time() == standing
    client.put("/_mock/clock", json={"frozen": False})
    time.sleep(0.02)
    assert standing < store.clock.time() < standing + 60
    assert client.delete("/_mock/clock").json()["offset_seconds"] == 0


def test_advancing_takes_every_unit_and_never_goes_back(client: httpx.Client) -> None:
    client.put("/_mock/clock", json={"now": "2030-01-01T00:00:00+00:00", "frozen": True})
    step = {"seconds": 1, "minutes": 2, "hours": 3, "days": 4}
    answer = client.post("/_mock/clock/advance", json=step).json()
    assert moment(answer["now"]) - datetime(2030, 1, 1, tzinfo=UTC) == timedelta(**step)
    for body in ({"seconds": -1}, {"days": "two"}, {"weeks": 1}, {"days": True}, {"days": 1e300}):
        refused = client.post("/_mock/clock/advance", json=body)
        assert refused.status_code == 400
        assert refused.json()["error"]["code"] == "invalid"
    assert client.get("/_mock/clock").json()["now"] == answer["now"]


def test_an_advanced_clock_runs_on(client: httpx.Client) -> None:
    client.post("/_mock/clock/advance", json={"days": 2})
    clock = client.get("/_mock/clock").json()
    assert clock["offset_seconds"] == 2 * 86400
    assert clock["frozen"] is False


def test_what_falls_due_is_told_in_order(client: httpx.Client, store: Store) -> None:
    start = datetime(2030, 1, 1, tzinfo=UTC)
    client.put("/_mock/clock", json={"now": start.isoformat(), "frozen": True})
    at = int(start.timestamp())
    with store.transaction() as tx:
        store_id = tx.value("SELECT id FROM stores WHERE type = 'dtc'")
        common = {"store_id": store_id, "created_at": at, "updated_at": at, "trigger": "code"}
        late = tx.insert("vouchers", name="late", code="LATE", code_key="late", stop_at=at + 9000, **common)
        soon = tx.insert("vouchers", name="soon", code="SOON", code_key="soon", stop_at=at + 60, **common)
        tx.insert("vouchers", name="far", code="FAR", code_key="far", stop_at=at + 10**7, **common)
    happened = client.post("/_mock/clock/advance", json={"hours": 3}).json()["happened"]
    assert [(entry["what"], entry["id"]) for entry in happened] == [
        ("voucher expired", soon),
        ("voucher expired", late),
    ]
    assert moment(happened[0]["at"]) == start + timedelta(seconds=60)
    assert client.post("/_mock/clock/advance", json={"hours": 3}).json()["happened"] == []


def test_two_who_advance_at_once_both_do(app: Flask, client: httpx.Client) -> None:
    def advance() -> None:
        with httpx.Client(transport=httpx.WSGITransport(app=app), base_url="http://shop.test") as session:
            for _ in range(10):
                session.post("/_mock/clock/advance", json={"days": 1})

    threads = [threading.Thread(target=advance) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert client.get("/_mock/clock").json()["offset_seconds"] == 40 * 86400


def test_returning_from_the_past_lets_things_happen(client: httpx.Client, store: Store) -> None:
    client.put("/_mock/clock", json={"now": "2020-01-01T00:00:00+00:00", "frozen": True})
    with store.transaction() as tx:
        at = tx.now
        tx.insert("campaigns", store_id=tx.value("SELECT MIN(id) FROM stores"), name="short", stop_at=at + 60)
    happened = client.delete("/_mock/clock").json()["happened"]
    assert "campaign ended" in [entry["what"] for entry in happened]


@pytest.mark.parametrize(
    "body",
    [
        {"colour": "blue"},
        {"now": "yesterday"},
        {"now": 7},
        {"now": None},
        {"now": "2030-01-01T00:00:00"},
        {"now": "0001-01-01T00:00:00+00:00"},
        {"now": "9999-12-31T00:00:00+00:00"},
        {"frozen": "yes"},
    ],
)
def test_mistakes_leave_the_clock_alone(client: httpx.Client, body: dict[str, object]) -> None:
    response = client.put("/_mock/clock", json=body)
    assert response.status_code == 400
    error = response.json()["error"]
    assert error["code"] == "invalid"
    assert error["field"] == next(iter(body))
    assert client.get("/_mock/clock").json()["offset_seconds"] == 0


def test_broken_json_is_named(client: httpx.Client) -> None:
    response = client.put("/_mock/clock", content=b'{"now": "2030-')
    assert response.status_code == 400
    assert response.json()["error"] == {"code": "invalid", "message": "the body is not JSON"}


def selections(store: Store) -> set[int]:
    with store.reading() as tx:
        return {row[0] for row in tx.all("SELECT id FROM selections WHERE status <> 'ordered'")}


def tokens(store: Store) -> set[str]:
    with store.reading() as tx:
        return {row[0] for row in tx.all("SELECT token FROM sessions")}


def test_sessions_that_nobody_uses_end_with_the_empty_carts_they_leave(client: httpx.Client, store: Store) -> None:
    seeded = selections(store)
    idle, buyer, busy = Shopper(client), Shopper(client), Shopper(client)
    for each in (idle, buyer, busy):
        each.in_country("SE")
        (line,) = each.ok("POST", "items/1-2")["selection"]["items"]
        if each is not buyer:
            each.ok("DELETE", f"lines/{line['line']}")
    assert len(selections(store) - seeded) == 3
    client.post("/_mock/clock/advance", json={"days": 29})
    busy.selection()
    assert {idle.token, buyer.token, busy.token} <= tokens(store)
    client.post("/_mock/clock/advance", json={"days": 2})
    assert tokens(store) == {busy.token}
    assert len(selections(store) - seeded) == 2, "the cart with goods and the one in use are still there"
    old = busy.token
    busy.selection()
    assert busy.token == old


def test_a_shop_in_a_file_forgets_ended_sessions_when_it_is_opened(template: Template, tmp_path: Path) -> None:
    file = tmp_path / "shop.db"
    first = create_app(Settings(), Spaces(template, file))
    with httpx.Client(transport=in_process(first), base_url="http://shop.test") as client:
        Shopper(client).in_country("SE")
        store = first.wsgi_app.spaces.default.store  # type: ignore[attr-defined]
        with store.transaction() as tx:
            tx.run("UPDATE sessions SET used_at = used_at - 31 * 86400")
        Shopper(client).in_country("DE")
        assert len(tokens(store)) == 2
        store.close()
    second = create_app(Settings(), Spaces(template, file))
    store = second.wsgi_app.spaces.default.store  # type: ignore[attr-defined]
    assert len(tokens(store)) == 1
    store.close()
