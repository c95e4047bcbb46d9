"""Making a shop: the same rows every time and everywhere, from the cache if it can be, and nothing after a mistake."""

import hashlib
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from mockcentra.seed import FixtureError, SeedOptions, build_store, template_for
from mockcentra.seed.fixtures import Fixtures
from mockcentra.seed.world import World
from mockcentra.store.clock import from_local
from mockcentra.store.template import Template, create_schema

AS_OF = from_local("2026-09-01")
FINGERPRINT = """
import hashlib, sqlite3
from mockcentra.seed import SeedOptions, build_store
from mockcentra.store.template import create_schema
connection = sqlite3.connect(":memory:")
create_schema(connection)
build_store(connection, SeedOptions())
print(hashlib.sha256("\\n".join(connection.iterdump()).encode()).hexdigest())
"""
FROM_CACHE = """
import sys
from mockcentra.seed import SeedOptions, template_for
def refuse(*_): raise SystemExit("it was built again")
template_for(SeedOptions(), refuse)
print([name for name in ("yaml", "faker", "rich", "flask") if name in sys.modules])
"""


def built(options: SeedOptions) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    create_schema(connection)
    build_store(connection, options)
    return connection


def fingerprint(connection: sqlite3.Connection) -> str:
    return hashlib.sha256("\n".join(connection.iterdump()).encode()).hexdigest()


def in_another_process(code: str, **environment: str) -> str:
    outcome = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, **environment}, check=False
    )
    assert outcome.returncode == 0, outcome.stderr
    return outcome.stdout.strip()


@pytest.fixture(scope="module")
def print_of_default() -> str:
    return fingerprint(built(SeedOptions()))


def test_the_same_rows_in_every_run(print_of_default: str) -> None:
    assert fingerprint(built(SeedOptions())) == print_of_default


def test_the_same_rows_in_another_process_with_another_hash_seed_zone_and_locale(print_of_default: str) -> None:
    found = in_another_process(FINGERPRINT, PYTHONHASHSEED="4711", TZ="Asia/Tokyo", LC_ALL="C", PYTHONUTF8="0")
    assert found == print_of_default


def test_another_seed_number_is_another_shop_of_the_same_kind(print_of_default: str) -> None:
    other = built(SeedOptions(seed=2))
    assert fingerprint(other) != print_of_default
    assert other.execute("SELECT value FROM meta WHERE key = 'seed'").fetchone()[0] == "2"
    assert other.execute("SELECT COUNT(*) FROM markets").fetchone()[0] == 8


def test_every_row_refers_to_rows_that_exist(template: Template) -> None:
    assert template.copy().execute("PRAGMA foreign_key_check").fetchall() == []


def test_nothing_is_younger_than_the_day_of_the_seed(template: Template) -> None:
    connection = template.copy()
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    for table in tables:
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        for column in {"created_at", "updated_at", "published_at", "confirmed_at"} & set(columns):
            newest = connection.execute(f"SELECT MAX({column}) FROM {table}").fetchone()[0]
            assert newest is None or newest <= AS_OF, (table, column)


def test_a_cached_template_is_opened_without_building_and_without_heavy_imports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOCKCENTRA_CACHE_DIR", str(tmp_path))
    steps: list[str] = []
    template_for(SeedOptions(), lambda step, done, total: steps.append(step)).close()
    assert steps[0] == "company"
    assert len(list(tmp_path.glob("*.db"))) == 1
    assert in_another_process(FROM_CACHE) == "[]"


def test_a_mistake_leaves_no_template_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOCKCENTRA_CACHE_DIR", str(tmp_path / "cache"))
    own = tmp_path / "own"
    own.mkdir()
    (own / "shipping.yaml").write_text("options: [{uri: standard}]\n")
    with pytest.raises(FixtureError, match=r"shipping\.yaml, line 1: the key 'name' is missing"):
        template_for(SeedOptions(fixtures=own))
    assert list((tmp_path / "cache").iterdir()) == []
    (own / "shipping.yaml").unlink()
    template_for(SeedOptions(fixtures=own)).close()


# ---------------------------------------------------------------- the world of the steps


@pytest.fixture
def world(tmp_path: Path) -> World:
    connection = sqlite3.connect(":memory:")
    create_schema(connection)
    (tmp_path / "company.yaml").write_text("as_of: 2026-09-01\n")
    return World(connection, Fixtures(tmp_path, {"company": ("as_of",)}), 7, None, None)


def test_dice_are_of_one_seed_and_one_purpose(world: World) -> None:
    assert world.dice("stock").random() == world.dice("stock").random()
    assert world.dice("stock").random() != world.dice("names").random()


def test_a_step_that_fails_leaves_nothing(world: World) -> None:
    with pytest.raises(ZeroDivisionError), world.step("odd"):
        world.add("tax_groups", name="Odd")
        raise ZeroDivisionError
    with world.step("even"):
        assert world.tx.all("SELECT * FROM tax_groups") == []
        world.add_many("tax_groups", ("id", "name"), [(world.next_id("tax_groups"), name) for name in ("A", "B")])
    with world.step("next"):
        assert world.next_id("tax_groups") == 3


def test_a_step_moves_the_clock_in_transactions_of_their_own(world: World) -> None:
    with world.step("orders"):
        world.add("tax_groups", name="Before")
        with world.at(AS_OF - 3600) as tx:
            assert tx.now == AS_OF - 3600
            tx.insert("tax_groups", name="Then")
        with pytest.raises(ZeroDivisionError), world.at(AS_OF - 60) as tx:
            tx.insert("tax_groups", name="Never")
            raise ZeroDivisionError
        world.add("tax_groups", name="After")
    with world.step("later"):
        assert world.tx.now == AS_OF
        assert [row["name"] for row in world.tx.all("SELECT name FROM tax_groups ORDER BY id")] == [
            "Before",
            "Then",
            "After",
        ]
