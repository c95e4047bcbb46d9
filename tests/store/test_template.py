"""Templates, stores in files, and the refusal of what is no store."""

import os
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mockcentra.store import Space, Spaces
from mockcentra.store.template import StoreError, Template, create_schema, open_template


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Template:
    monkeypatch.setenv("MOCKCENTRA_CACHE_DIR", str(tmp_path / "cache"))
    return open_template("small", fill)


def fill(connection: sqlite3.Connection) -> None:
    connection.execute("INSERT INTO statics (store_id, name, content) VALUES (1, 'seeded', '')")


def names(space: Space) -> list[str]:
    with space.store.reading() as tx:
        return [row["name"] for row in tx.all("SELECT name FROM statics ORDER BY id")]


def add(space: Space, name: str) -> None:
    with space.store.transaction() as tx:
        tx.insert("statics", store_id=1, name=name, content="")


def test_a_template_is_made_once(small: Template):
    def never(connection: sqlite3.Connection) -> None:
        raise AssertionError("made again")

    assert open_template("small", never).path == small.path


def test_a_broken_template_is_made_again(small: Template):
    small.path.write_bytes(b"nonsense")
    assert names(Space("default", open_template("small", fill))) == ["seeded"]


def test_templates_that_nobody_opens_are_forgotten(small: Template):
    old, recent = small.path.with_name("old.db"), small.path.with_name("recent.db")
    for path, days in ((old, 40), (recent, 20), (small.path, 40)):
        path.write_bytes(small.path.read_bytes())
        os.utime(path, (time.time() - days * 86400,) * 2)
    open_template("small", fill)
    open_template("new", fill)
    assert sorted(path.name for path in small.path.parent.iterdir()) == ["new.db", "recent.db", "small.db"]


def test_a_failed_build_leaves_nothing(small: Template):
    def fails(connection: sqlite3.Connection) -> None:
        raise ValueError("half way")

    with pytest.raises(ValueError, match="half way"):
        open_template("other", fails)
    assert [path.name for path in small.path.parent.iterdir()] == ["small.db"]


def test_spaces_are_isolated_and_reset_alone(small: Template):
    spaces = Spaces(small)
    one, other = spaces.get("one"), spaces.get("other")
    for space in (spaces.default, one, other):
        add(space, f"of {space.name}")
    one.reset()
    assert names(one) == ["seeded"]
    assert names(other) == ["seeded", "of other"]
    assert names(spaces.default) == ["seeded", "of default"]
    assert spaces.remove("one")
    assert not spaces.remove("one")
    assert [space.name for space in spaces.all()] == ["default", "other"]


def test_many_threads_make_one_space(small: Template):
    spaces = Spaces(small)
    with ThreadPoolExecutor(8) as pool:
        assert len({id(space) for space in pool.map(lambda _: spaces.get("same"), range(64))}) == 1


def test_a_store_in_a_file_survives_and_can_be_reset(small: Template, tmp_path: Path):
    path = tmp_path / "shop.db"
    space = Space("default", small, path)
    add(space, "kept")
    space.store.close()
    again = Space("default", small, path)
    assert names(again) == ["seeded", "kept"]
    old = again.store
    again.reset()
    assert names(again) == ["seeded"]
    with old.reading() as tx:
        assert tx.value("SELECT COUNT(*) FROM statics") == 2, "a request in flight finishes on the old store"
    again.store.close()
    assert names(Space("default", small, path)) == ["seeded"]


@pytest.mark.parametrize("in_file", [False, True])
def test_snapshots_bring_rows_and_clock_back(small: Template, tmp_path: Path, in_file: bool):
    space = Space("default", small, tmp_path / "shop.db" if in_file else None)
    add(space, "saved")
    space.store.clock.set(2_000_000_000, frozen=True)
    snapshot = space.save("here")
    space.store.clock.set(2_100_000_000)
    add(space, "later")
    space.reset()
    assert names(space) == ["seeded"]
    for _ in range(2):
        space.restore(snapshot)
        assert names(space) == ["seeded", "saved"]
        assert space.store.clock.now() == 2_000_000_000
        add(space, "after")


def test_what_is_no_store_is_refused_in_one_line(small: Template, tmp_path: Path):
    text = tmp_path / "notes.txt"
    text.write_text("not a database at all, but long enough to be one" * 50)
    strange = tmp_path / "strange.db"
    sqlite3.connect(strange).execute("CREATE TABLE things (id)").connection.close()
    old = tmp_path / "old.db"
    connection = sqlite3.connect(old)
    create_schema(connection)
    connection.execute("UPDATE meta SET value = 'another' WHERE key = 'schema'")
    connection.commit()
    connection.close()
    for path, words in ((text, "store"), (strange, "is not a mockcentra store"), (old, "cannot read"), (tmp_path, "")):
        with pytest.raises(StoreError) as caught:
            Space("default", small, path)
        assert words in str(caught.value)
        assert str(path) in str(caught.value)
        assert "\n" not in str(caught.value)


def test_a_bad_upload_leaves_the_shop_alone(small: Template):
    space = Space("default", small)
    add(space, "mine")
    for pages in (b"", b"nonsense" * 1000):
        with pytest.raises((StoreError, sqlite3.Error)):
            space.replace(pages)
    assert names(space) == ["seeded", "mine"]
    space.replace(Space("other", small).pages())
    assert names(space) == ["seeded"]
