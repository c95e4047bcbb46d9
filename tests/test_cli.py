"""The command line: what each command says and writes."""

import json
import sqlite3
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from flask import Flask

from mockcentra import __version__
from mockcentra.cli import main
from mockcentra.server import Front, Server
from mockcentra.settings import BOUNDS, Settings, SettingsError, settings_from

COMMANDS = ("serve", "health", "seed", "routes", "coverage", "export")


def run(*arguments: str) -> str:
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    return result.output


def refused(*arguments: str) -> str:
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2
    return result.output


def test_help_teaches_every_command() -> None:
    output = run("--help")
    for name in COMMANDS:
        assert name in output
        assert run(name, "--help")


def test_the_help_of_serve_names_every_setting_with_its_variable() -> None:
    output = " ".join(run("serve", "--help").split())
    for name in Settings.__dataclass_fields__:
        assert f"--{name.replace('_', '-')}" in output
        assert f"MOCKCENTRA_{name.upper()}" in output


def test_version() -> None:
    assert __version__ in run("--version")


@pytest.mark.parametrize("arguments", [("--products", "0"), ("--port", "eighty"), ("--nonsense",), ("--threads", "0")])
def test_mistaken_flags_are_refused(arguments: tuple[str, ...]) -> None:
    assert "Error" in refused("serve", *arguments)


def test_coverage_as_a_table_and_as_json() -> None:
    table = run("coverage")
    for api in ("checkout", "shop", "order", "subscription", "graphql", "soap"):
        assert api in table
    apis = json.loads(run("coverage", "--json"))["apis"]
    assert apis["checkout"]["documented"] == 82
    missing = run("coverage", "--missing")
    for api, entry in apis.items():
        assert all(f"{api}: {operation}" in missing for operation in entry["missing"])


def test_routes_lists_what_is_answered() -> None:
    lines = run("routes").splitlines()
    assert any(line.split() == ["POST", "/_mock/reset"] for line in lines)
    assert any(line.split() == ["GET", "/client/dynamic/images/<name>"] for line in lines)
    assert any(line.split()[-1] == "/graphql" for line in lines)


def test_seed_says_what_a_shop_holds_and_writes_it(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    output = run("seed", str(path))
    assert "countries" in output
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT value FROM meta WHERE key = 'application'").fetchone() == ("mockcentra",)
    connection.close()
    assert "exists" in refused("seed", str(path))
    run("seed", str(path), "--force")


def test_seed_without_a_path_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "markets" in run("seed")
    assert list(tmp_path.iterdir()) == []


def test_a_shop_is_checked_against_what_a_seeded_shop_promises(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    run("seed", str(path))
    connection = sqlite3.connect(path)
    connection.execute("UPDATE displays SET name = 'Thing'")
    connection.commit()
    connection.close()
    result = CliRunner().invoke(main, ["seed", str(path), "--check"])
    assert result.exit_code == 1
    assert "failed" in result.output


def test_checking_a_shop_that_is_not_there(tmp_path: Path) -> None:
    assert "there is no shop" in refused("seed", str(tmp_path / "none.db"), "--check")
    assert list(tmp_path.iterdir()) == []


def test_fixtures_are_exported_to_be_edited(tmp_path: Path) -> None:
    folder = tmp_path / "my-shop"
    run("export", "fixtures", str(folder))
    names = {path.name for path in folder.iterdir()}
    assert "company.yaml" in names
    assert "not empty" in refused("export", "fixtures", str(folder))
    assert "countries" in run("seed", "--fixtures", str(folder))


def test_a_running_shop_is_exported(tmp_path: Path, app: Flask) -> None:
    path = tmp_path / "copy.db"
    with Server(Front(app), "127.0.0.1", 0, threads=2) as server:
        httpx.patch(f"{server.url}/_mock/settings", json={"store.backorders": True}).raise_for_status()
        run("export", "store", str(path), "--url", server.url)
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT value_json FROM settings WHERE key = 'store.backorders'").fetchone() == ("true",)
    connection.close()


def test_health_is_an_exit_status(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with Server(Front(app), "127.0.0.1", 0, threads=2) as server:
        assert "ok" in run("health", "--url", server.url)
        monkeypatch.setenv("MOCKCENTRA_PORT", str(server.port))
        assert "ok" in run("health")
    with Server(Front(), "127.0.0.1", 0, threads=2) as starting:
        result = CliRunner().invoke(main, ["health", "--url", starting.url])
        assert result.exit_code == 1
        assert "503" in result.output
    assert CliRunner().invoke(main, ["health", "--url", "http://127.0.0.1:1"]).exit_code == 1


def test_exporting_from_nowhere_is_one_line(tmp_path: Path) -> None:
    output = refused("export", "store", str(tmp_path / "copy.db"), "--url", "http://127.0.0.1:1")
    assert len(output.splitlines()) == 1


def test_settings_come_from_values_then_variables_then_defaults(tmp_path: Path) -> None:
    variables = {"MOCKCENTRA_PORT": "9000", "MOCKCENTRA_SEED": "7", "MOCKCENTRA_FIXTURES": str(tmp_path)}
    settings = settings_from({"port": 9001}, variables)
    assert settings == Settings(port=9001, seed=7, fixtures=tmp_path)
    assert settings_from({}, {}) == Settings()
    assert settings_from({}, {"MOCKCENTRA_DB": ""}) == Settings()


@pytest.mark.parametrize(
    "values",
    [
        {"nonsense": 1},
        {"port": "eighty"},
        {"log_level": "loud"},
        {"fixtures": Path("/nowhere/at/all")},
        *({name: upper + 1} for name, (_, upper) in BOUNDS.items()),
    ],
)
def test_mistaken_settings_are_named(values: dict[str, object]) -> None:
    with pytest.raises(SettingsError, match=next(iter(values)).replace("fixtures", "nowhere")):
        settings_from(values, {})
