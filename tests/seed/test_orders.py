"""The seeded orders as shoppers and later orders meet them, and what a shop of one's own may say about them."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from mockcentra.commerce import orders, shipment_packing, shipments
from mockcentra.seed import FixtureError, SeedOptions, build_store
from mockcentra.seed.order_history import OUTCOMES
from mockcentra.store import Store
from mockcentra.store.template import create_schema, memory_connection

Query = Callable[..., list[tuple[Any, ...]]]


def signed_in(client: httpx.Client, email: str, password: str) -> dict[str, str]:
    """The header of a session in which that customer is signed in."""
    answer = client.post(f"/api/checkout/login/{email}", json={"password": password})
    answer.raise_for_status()
    return {"API-Token": answer.json()["token"]}


def orders_of(client: httpx.Client, email: str, password: str = "demo1234") -> list[dict[str, Any]]:
    return client.post("/api/checkout/orders", json={}, headers=signed_in(client, email, password)).json()["orders"]


# ---------------------------------------------------------------- what shoppers see


def test_anna_sees_one_order_in_every_state(client: httpx.Client) -> None:
    found = orders_of(client, "anna.demo@example.com")
    assert [order["statusDescription"] for order in found] == [
        "Confirmed",
        "Processing",
        "Pending",
        "Cancelled",
        "Completed",
        "Archived",
    ]
    parcels = {order["statusDescription"]: len(order["shipments"]) for order in found}
    assert parcels == {"Confirmed": 0, "Processing": 0, "Pending": 0, "Cancelled": 0, "Completed": 1, "Archived": 1}
    (parcel,) = found[4]["shipments"]
    assert parcel["shipmentId"] == f"{found[4]['order']}-1"
    assert parcel["trackingId"] in parcel["trackingUrl"]


def test_totals_of_a_campaign_add_up(client: httpx.Client) -> None:
    coat = orders_of(client, "anna.demo@example.com")[4]
    line = next(item for item in coat["items"] if "campaign" in item)
    assert line["campaign"]["name"] == "Mid season"
    assert (line["priceEachBeforeDiscountAsNumber"], line["priceEachAsNumber"]) == (4495, 3596)
    totals = coat["totals"]
    assert totals["grandTotalPriceAsNumber"] == totals["itemsTotalPriceAsNumber"] + totals["shippingPriceAsNumber"]


def test_the_exempt_customer_paid_no_tax(client: httpx.Client) -> None:
    (order,) = orders_of(client, "exempt.demo@example.com")
    assert order["totals"]["taxDeductedAsNumber"] < 0
    assert order["vatExempt"]


def test_the_account_does_not_see_the_order_of_its_unregistered_twin(client: httpx.Client) -> None:
    (own,) = orders_of(client, "twin.demo@example.com")
    assert own["date"] == "2026-03-08 18:20:16"


def test_who_is_new_has_bought_nothing(client: httpx.Client) -> None:
    assert orders_of(client, "new.demo@example.com") == []


def test_orders_in_every_currency_are_printed(client: httpx.Client, store: Store) -> None:
    with store.reading() as tx:
        found = orders.load_orders(
            tx, [row["id"] for row in tx.all("SELECT id FROM orders WHERE store_id = 1 ORDER BY id")]
        )
    assert len(found) == 176
    assert {order.context.currency.code for order in found} == {"SEK", "EUR", "GBP", "USD", "JPY"}


# ---------------------------------------------------------------- what later rules may do with them


def test_an_open_order_can_be_packed_charged_and_sent(store: Store) -> None:
    with store.transaction() as tx:
        order_id = tx.value("SELECT id FROM orders WHERE status = 'confirmed' AND is_on_hold = 0 ORDER BY id DESC")
        shipment_id = shipment_packing.create(tx, order_id)
        assert shipment_id is not None
        assert shipments.capture(tx, shipment_id) == "success"
        shipments.complete(tx, shipment_id, carrier="Nordpaket")
        assert orders.row_of(tx, order_id)["status"] == "completed"
        assert (
            tx.all(
                "SELECT 1 FROM allocations JOIN order_lines l ON l.id = order_line_id WHERE order_id = ?", (order_id,)
            )
            == []
        )


def test_the_seed_leaves_no_mails_events_and_sessions(rows: Query) -> None:
    for table in ("mails", "events", "sessions"):
        assert rows(f"SELECT COUNT(*) FROM {table}") == [(0,)], table
    assert rows("SELECT COUNT(*) FROM selections WHERE status <> 'ordered' AND account_id IS NULL") == [(0,)]


def test_settings_are_as_before(store: Store, client: httpx.Client) -> None:
    settings = client.get("/_mock/settings").json()
    assert settings["store.autoconfirm"] is True
    assert settings["store.backorders"] is False


def test_the_histories_are_told_in_the_order_of_time(rows: Query) -> None:
    moments = rows("SELECT order_id, created_at FROM order_history ORDER BY order_id, id")
    assert moments == sorted(moments)
    at_once = rows(
        "SELECT DISTINCT l.gift_certificate_id IS NOT NULL FROM shipments s JOIN orders o ON o.id = s.order_id"
        " JOIN order_lines l ON l.order_id = o.id WHERE s.created_at <= o.created_at"
    )
    assert at_once == [(1,)]  # gift certificates need no parcel


def test_parcels_left_what_was_delivered(rows: Query) -> None:
    assert rows(
        "SELECT COUNT(*) FROM stock_changes c WHERE kind = 'shipment' AND NOT EXISTS"
        " (SELECT 1 FROM stock_changes d WHERE d.product_size_id = c.product_size_id"
        "  AND d.created_at < c.created_at AND d.kind = 'delivery')"
    ) == [(0,)]


# ---------------------------------------------------------------- shops of one's own


def built(folder: Path | None = None, orders: int | None = None) -> sqlite3.Connection:
    connection = memory_connection()
    create_schema(connection)
    build_store(connection, SeedOptions(fixtures=folder, orders=orders))
    connection.row_factory = None
    return connection


def test_a_shop_may_have_no_orders(tmp_path: Path) -> None:
    (tmp_path / "orders.yaml").write_text("# nobody has bought anything\n")
    connection = built(tmp_path)
    assert connection.execute("SELECT COUNT(*) FROM orders WHERE account_id IS NULL").fetchone() == (0,)
    of_accounts = connection.execute("SELECT COUNT(*) FROM orders").fetchone()[0]
    assert connection.execute("SELECT value FROM counters WHERE name = 'order'").fetchone() == (1000 + of_accounts,)


def test_more_orders_can_be_asked_for() -> None:
    connection = built(orders=230)
    assert connection.execute("SELECT COUNT(*) FROM orders WHERE store_id = 1").fetchone() == (230,)
    number, first, last = connection.execute("SELECT COUNT(*), MIN(number), MAX(number) FROM orders").fetchone()
    assert (first, last) == (1001, 1000 + number)
    assert not connection.execute("SELECT 1 FROM orders WHERE revision <> 0").fetchall()
    assert connection.execute("SELECT COUNT(*) FROM sqlite_master WHERE type = 'trigger'").fetchone()[0] > 20


def test_whoever_waits_for_many_orders_is_told_how_far_they_are() -> None:
    connection = memory_connection()
    create_schema(connection)
    told: list[tuple[str, int, int]] = []
    build_store(connection, SeedOptions(orders=5176), lambda *where: told.append(where))
    assert [(done, total) for step, done, total in told if step == "orders" and total == 5000] == [
        (2000, 5000), (4000, 5000), (5000, 5000),
    ]  # fmt: skip


def test_fewer_orders_are_not_made() -> None:
    assert built(orders=20).execute("SELECT COUNT(*) FROM orders WHERE store_id = 1").fetchone() == (176,)


@pytest.mark.parametrize(
    ("order", "message"),
    [
        ("outcome: lost, at: 2026-01-01, country: SE", "outcome must be one of pending, waiting"),
        ("outcome: completed, at: 2026-01-01", "an order must have a customer or a country"),
        ("outcome: completed, at: 2026-01-01, customer: no@example.com", "there is no account 'no@example.com'"),
        ("outcome: completed, at: 2026-01-01, country: SE, lines: [{display: hoga-kappa}]", "no display 'hoga-kappa'"),
        ("outcome: completed, at: 2026-01-01, country: SE, lines: [{display: aurora-dress}]", "nothing of it was in"),
        ("outcome: completed, at: 2026-01-01, country: SE, lines: [{display: gift-box}]", "parts must be 2"),
        ("outcome: completed, at: 2024-01-01, country: SE", "nobody in SE was a customer early enough"),
    ],
)
def test_a_mistake_in_an_order_is_named(order: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "orders.yaml").write_text(f"methods: {{open: [dummy], done: [dummy]}}\norders:\n  - {{{order}}}\n")
    with pytest.raises(FixtureError, match=message) as caught:
        built(tmp_path)
    assert "orders.yaml, line 3: " in str(caught.value)


def test_every_outcome_is_seen_in_the_default_shop() -> None:
    packaged = (Path(__file__).parents[2] / "fixtures" / "orders.yaml").read_text("utf-8")
    assert [
        name for name in OUTCOMES if f"outcome: {name}," not in packaged and f"outcome: {name}\n" not in packaged
    ] == []
