"""The customers of the default shop, and how they grow (seed.md 11)."""

import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mockcentra.commerce import passwords
from mockcentra.seed.build import SeedOptions, build_store
from mockcentra.seed.fixtures import FixtureError, packaged_folder
from mockcentra.store.clock import from_local
from mockcentra.store.template import create_schema

Query = Callable[..., list[tuple[Any, ...]]]

AS_OF = from_local("2026-09-01")
DAY = 86400


@pytest.fixture
def built() -> Callable[..., sqlite3.Connection]:
    """Builds a shop of its own."""

    def build(**options: Any) -> sqlite3.Connection:
        connection = sqlite3.connect(":memory:")
        create_schema(connection)
        build_store(connection, SeedOptions(**options))
        return connection

    return build


def test_accounts_and_guests_came_one_after_the_other(rows: Query) -> None:
    assert rows("SELECT is_registered, COUNT(*) FROM customers GROUP BY 1 ORDER BY 1") == [(0, 55), (1, 95)]
    moments = [at for (at,) in rows("SELECT created_at FROM customers ORDER BY id")]
    assert moments == sorted(set(moments))
    assert AS_OF - 730 * DAY <= moments[0] < moments[-1] < AS_OF
    assert rows("SELECT COUNT(*) FROM customers WHERE updated_at <= created_at OR updated_at >= ?", AS_OF) == [(0,)]


def test_only_the_twin_shares_an_address(rows: Query) -> None:
    assert rows("SELECT email_key FROM customers GROUP BY email_key HAVING COUNT(*) > 1") == [
        ("twin.demo@example.com",)
    ]
    assert rows("SELECT MAX(is_registered), MIN(is_registered) FROM customers WHERE email LIKE 'twin.demo@%'") == [
        (1, 0)
    ]


def test_nobody_lives_at_a_real_domain(rows: Query) -> None:
    for (email,) in rows("SELECT email FROM customers UNION SELECT email FROM newsletter_subscriptions"):
        assert re.fullmatch(r"[a-z0-9.-]+@example\.(com|org|net)", email), email


def test_states_belong_to_their_country(rows: Query) -> None:
    assert rows("SELECT DISTINCT country FROM customers WHERE state <> '' ORDER BY 1") == [("CA",), ("US",)]
    strangers = (
        "SELECT email FROM customers c WHERE country IN ('US', 'CA') AND NOT EXISTS (SELECT 1 FROM states s"
        " JOIN countries k ON k.id = s.country_id WHERE k.code = c.country AND s.code = c.state)"
    )
    assert rows(strangers) == []


def test_everybody_can_sign_in_with_the_documented_password(rows: Query) -> None:
    for email, kept in rows("SELECT email, password_hash FROM customers WHERE is_registered"):
        password = "demo1234" if ".demo@" in email else "mockcentra"
        assert passwords.matches(kept, password), email
    assert rows("SELECT COUNT(DISTINCT password_hash) FROM customers WHERE is_registered") == [(95,)]


def test_readers_of_the_newsletter_are_on_its_list(rows: Query) -> None:
    lost = (
        "SELECT email FROM customers WHERE newsletter AND email_key NOT IN"
        " (SELECT email_key FROM newsletter_subscriptions)"
    )
    assert rows(lost) == []
    strangers = "SELECT COUNT(*) FROM newsletter_subscriptions WHERE email_key NOT IN (SELECT email_key FROM customers)"
    assert rows(strangers) == [(12,)]


def customers(connection: sqlite3.Connection) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.execute("SELECT * FROM customers ORDER BY id")]


def test_a_seed_number_makes_the_same_people_every_time(built: Callable[..., sqlite3.Connection]) -> None:
    first, again, other = (customers(built(seed=seed)) for seed in (7, 7, 8))
    assert first == again
    assert first != other
    named = [row for row in other if any(".demo@" in str(value) for value in row)]
    assert len(named) == 7


def test_more_orders_bring_more_customers(built: Callable[..., sqlite3.Connection]) -> None:
    shop = built(orders=528)
    assert shop.execute("SELECT COUNT(*), SUM(is_registered) FROM customers").fetchone()[:] == (450, 285)
    twins = shop.execute("SELECT email_key FROM customers GROUP BY email_key HAVING COUNT(*) > 1").fetchall()
    assert [row[0] for row in twins] == ["twin.demo@example.com"]


@pytest.mark.parametrize(
    ("written", "instead", "message"),
    [
        ("locale: sv_SE", "locale: sv_XX", "Faker has no locale 'sv_XX'"),
        ("email: anna.demo@example.com", "email: anna@real.se", "an address at example.com"),
        ("market: VIP", "market: VIPP", "there is no market 'VIPP'"),
        ("plan: Monthly", "plan: Quarterly", "the product is not in the plan 'Quarterly'"),
        ("name: cust_club", "name: cust_clubs", "there is no attribute 'cust_clubs' for a customer"),
        ("country: DE, phone", "country: XX, phone", "there is no country 'XX'"),
    ],
)
def test_a_mistake_is_named_with_its_line(
    built: Callable[..., sqlite3.Connection], tmp_path: Path, written: str, instead: str, message: str
) -> None:
    text = (packaged_folder() / "people.yaml").read_text()
    assert written in text
    (tmp_path / "people.yaml").write_text(text.replace(written, instead, 1))
    with pytest.raises(FixtureError, match=re.escape(message)) as error:
        built(fixtures=tmp_path)
    assert re.search(r"people\.yaml, line \d+: ", str(error.value))
