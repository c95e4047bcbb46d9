"""Fixture files: what they may say, and how a mistake in them is told to the person who made it."""

import re
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from mockcentra.seed import FixtureError, SeedOptions, build_store
from mockcentra.seed import fixtures as kinds
from mockcentra.seed.fixtures import Fixtures, Kind, fixtures_digest, packaged_folder
from mockcentra.store.template import create_schema

IDS = {"country": {"SE": 1, "NO": 2}, "colour": {f"colour-{number}": number for number in range(40)}}
THING = kinds.record(
    name=kinds.text,
    price=kinds.optional(kinds.money),
    percent=kinds.optional(kinds.percent),
    count=kinds.optional(kinds.whole(1, 9), 1),
    day=kinds.optional(kinds.moment),
    on=kinds.optional(kinds.flag, False),
    kind=kinds.optional(kinds.choice("soft", "hard"), "soft"),
    uri=kinds.optional(kinds.matching("[a-z]+", "lower-case letters")),
    country=kinds.optional(kinds.ref("country")),
    colour=kinds.optional(kinds.known("colour")),
    tags=kinds.optional(kinds.listed(kinds.text, least=1), ()),
    prices=kinds.optional(kinds.mapping(kinds.money, keys=kinds.ref("country")), {}),
    free=kinds.optional(kinds.anything),
)
THINGS = kinds.listed(THING)


def read(folder: Path, content: str, kind: Kind = THINGS) -> Any:
    (folder / "things.yaml").write_text(content, "utf-8")
    return Fixtures(folder, {"things": ("things",)}).read("things", "things", kind, IDS, ())


def mistake(folder: Path, content: str) -> str:
    with pytest.raises(FixtureError) as caught:
        read(folder, content)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_a_whole_thing_is_read_exactly(tmp_path: Path) -> None:
    (thing,) = read(
        tmp_path,
        """
        things:
          - name: 12
            price: 4.90
            percent: 25.5
            count: 3
            day: 2026-09-01 12:30:00
            on: true
            kind: hard
            uri: abc
            country: NO
            colour: colour-7
            tags: [yes, 007]
            prices: {SE: 10, NO: 0.05}
            free: {text: 1.5, flag: true, nothing: ~, list: [1, two]}
        """,
    )
    assert thing == {
        "name": "12",
        "price": 490,
        "percent": 2550,
        "count": 3,
        "day": 1788258600,
        "on": True,
        "kind": "hard",
        "uri": "abc",
        "country": 2,  # Norway, not false
        "colour": "colour-7",
        "tags": ["yes", "007"],
        "prices": {1: 1000, 2: 5},
        "free": {"text": "1.5", "flag": True, "nothing": None, "list": [1, "two"]},
    }


def test_what_is_left_out_has_its_default(tmp_path: Path) -> None:
    (thing,) = read(tmp_path, "things: [{name: Ada}]")
    assert (thing["count"], thing["kind"], thing["tags"], thing["price"]) == (1, "soft", (), None)


@pytest.mark.parametrize("content", ["", "# nothing\n", "---\n"])
def test_an_empty_file_holds_nothing(tmp_path: Path, content: str) -> None:
    assert read(tmp_path, content) == ()


@pytest.mark.parametrize(
    ("line", "allowed"),
    [
        ("price: dear", "an amount such as 1495 or 4.90, not 'dear'"),
        ("price: 1.005", "an amount such as 1495 or 4.90"),
        ("price: -1", "an amount such as 1495 or 4.90"),
        ("price: .nan", "an amount such as 1495 or 4.90"),
        ("price: 1e99999999", "an amount such as 1495 or 4.90"),
        ("price:", "an amount such as 1495 or 4.90, not empty"),
        ("price: [1]", "not a list"),
        ("percent: 101", "a percentage from 0 to 100"),
        ("count: 10", "a whole number from 1 to 9, not 10"),
        ("count: 1.5", "a whole number from 1 to 9"),
        ("count: 99999999999999999999", "a whole number from 1 to 9"),
        ("day: 2026-13-01", "a day such as 2026-09-01"),
        ("day: tomorrow", "a day such as 2026-09-01"),
        ("'on': maybe", "true or false, not 'maybe'"),
        ("kind: smooth", "one of soft, hard, not 'smooth'"),
        ("uri: A B", "lower-case letters, not 'A B'"),
        ("country: FI", "there is no country 'FI'; allowed: SE, NO"),
        ("colour: colour-777", "there is no colour 'colour-777'; did you mean colour-7"),
        ("colour: zzz", "and 20 more"),
        ("tags: one", "tags must be a list, not 'one'"),
        ("tags: []", "at least 1 items, not 0"),
        ("tags: [{a: b}]", "an item of tags must be a text, not a mapping"),
        ("prices: {XX: 1}", "there is no country 'XX'"),
        ("prices: {SE: x}", "prices.SE must be an amount"),
        ("prices: 5", "prices must be a mapping, not '5'"),
        ("colr: red", "unknown key 'colr'; allowed: name, price"),
        ("name: again", "the key 'name' is here twice, first in line 2"),
        ("? [a]\n    : b", "a key must be a plain text"),
        ("<<: {a: b}", "a key must be a plain text"),
        ("kind: *nowhere", "this is no YAML: found undefined alias"),
        ("tags: [a", "this is no YAML"),
        ("kind: @soft", "this is no YAML"),
    ],
)
def test_a_mistake_is_named_with_file_line_and_what_is_allowed(tmp_path: Path, line: str, allowed: str) -> None:
    message = mistake(tmp_path, f"things:\n  - name: Ada\n    {line}\n")
    place, _, what = message.partition(": ")
    name, _, number = place.rpartition(", line ")
    assert Path(name) == tmp_path / "things.yaml"
    assert number in ("3", "4")  # an error of the YAML itself may show one line later
    assert allowed in what


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    assert "line 3: the key 'name' is missing; required: name" in mistake(
        tmp_path, "things:\n  - {name: Ada}\n  - {count: 2}\n"
    )
    assert "line 1: unknown section 'thinks'; allowed: things" in mistake(tmp_path, "thinks: []")
    assert "line 1: things must be a list, not a mapping" in mistake(tmp_path, "things: {name: Ada}")
    assert "line 1: the file must be a mapping with the sections things" in mistake(tmp_path, "[1, 2]")
    assert "line 2: an item of things must be a mapping with name" in mistake(tmp_path, "things:\n  - Ada\n")
    assert "line 2: name must be a text, not empty" in mistake(tmp_path, "things:\n  - name: ''\n")


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "things.yaml").write_bytes(b"things:\n  - name: \xff\xfe\n")
    with pytest.raises(FixtureError, match=r"things\.yaml, line 2: the file must be UTF-8 text"):
        Fixtures(tmp_path, {"things": ("things",)}).read("things", "things", THINGS, IDS, ())
    (tmp_path / "things.yaml").write_bytes(b"things:\n  - name: \x07\n")
    with pytest.raises(FixtureError, match=r"things\.yaml, line 2: this is no YAML"):
        Fixtures(tmp_path, {"things": ("things",)}).read("things", "things", THINGS, IDS, ())


def test_a_file_nested_too_deeply_is_named(tmp_path: Path) -> None:
    nested = "[" * 5000 + "]" * 5000
    found = mistake(tmp_path, f"things: [{{name: Ada, free: {nested}}}]")
    # PyYAML 6.0.4 has a bound of its own
    assert re.search(r"line 1: (things is nested too deeply|this is no YAML: .*nesting)", found)


def test_a_file_of_an_unknown_name_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "catalog.yaml").write_text("products: []\n")
    with pytest.raises(
        FixtureError, match=r"catalog\.yaml, line 1: nothing reads a file of this name; allowed: .*company"
    ):
        build(tmp_path)


def test_a_folder_that_is_not_there_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(FixtureError, match="there is no such folder of fixtures"):
        fixtures_digest(tmp_path / "nowhere")


# ---------------------------------------------------------------- a shop of one's own


def build(folder: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    create_schema(connection)
    build_store(connection, SeedOptions(fixtures=folder))
    return connection


def edited(folder: Path, file: str, old: str, new: str) -> int:
    """A copy of a packaged file with one change; returns the line of the change."""
    content = (packaged_folder() / file).read_text("utf-8")
    assert content.count(old) >= 1, old
    (folder / file).write_text(content.replace(old, new, 1), "utf-8")
    return content[: content.index(old)].count("\n") + 1


def test_a_file_of_ones_own_takes_the_place_of_the_packaged_one(tmp_path: Path) -> None:
    edited(tmp_path, "shipping.yaml", "name: Express delivery", "name: By drone")
    connection = build(tmp_path)
    names = [row[0] for row in connection.execute("SELECT name FROM shipping_options ORDER BY id")]
    assert names == ["Standard delivery", "By drone", "Pick-up point"]


@pytest.mark.parametrize(
    ("file", "old", "new", "allowed"),
    [
        (
            "company.yaml",
            "currency: SEK, countries: [SE]",
            "currency: SEX, countries: [SE]",
            "there is no currency 'SEX'",
        ),
        (
            "company.yaml",
            "name: Karaçay Tekstil",
            "name: Fiação do Ave",
            "name must be different everywhere; 'Fiação do Ave' is in line",
        ),
        (
            "company.yaml",
            "settings: {order.primary_warehouse: 1}",
            "settings: {store.backorders: 3}",
            "store.backorders must be true or false",
        ),
        (
            "company.yaml",
            "settings: {order.primary_warehouse: 1}",
            "settings: {store.colour: red}",
            "unknown key 'store.colour'; allowed: ",
        ),
        ("company.yaml", "countries: [GB]}", "countries: [GB, SE]}", "one of these countries has the market 'Nordics'"),
        ("company.yaml", "threshold: 2", "threshold: -2", "a whole number of at least 0"),
        ("tax.yaml", "places: [US-NY]", "places: [US-ZZ]", "there is no state 'US-ZZ'"),
        (
            "payment.yaml",
            "type: dummy, costs",
            "typ: dummy, costs",
            "unknown key 'typ'; allowed: uri, name, names, type",
        ),
        ("shipping.yaml", "EUR: 12.90", "EUR: gratis", "costs.EUR must be an amount"),
        (
            "access.yaml",
            "stores: [Retail]",
            "stores: [Outlet]",
            "there is no store 'Outlet'; allowed: Retail, Wholesale",
        ),
    ],
)
def test_a_mistake_in_a_shop_of_ones_own_is_named(tmp_path: Path, file: str, old: str, new: str, allowed: str) -> None:
    line = edited(tmp_path, file, old, new)
    with pytest.raises(FixtureError) as caught:
        build(tmp_path)
    assert str(caught.value).startswith(f"{tmp_path / file}, line {line}: ")
    assert allowed in str(caught.value)


def test_a_section_that_a_shop_needs_is_missed(tmp_path: Path) -> None:
    (tmp_path / "company.yaml").write_text("# nothing\n")
    with pytest.raises(FixtureError, match=r"company\.yaml, line 1: the section 'as_of' is missing"):
        build(tmp_path)


def test_the_digest_follows_every_byte_of_the_fixtures(tmp_path: Path) -> None:
    packaged = fixtures_digest(None)
    assert fixtures_digest(tmp_path) == packaged
    shutil.copy(packaged_folder() / "tax.yaml", tmp_path)
    assert fixtures_digest(tmp_path) == packaged
    with (tmp_path / "tax.yaml").open("a") as file:
        file.write("# a comment\n")
    assert fixtures_digest(tmp_path) != packaged
