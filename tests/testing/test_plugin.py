"""The pytest plugin, as a test suite of somebody else uses it."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.suites import ROOT, run_suite

SUITE = """
import httpx
import pytest


def test_a_shop_in_process(mockcentra):
    assert mockcentra.info["space"] == "default"
    assert mockcentra.configure({"store.backorders": True})["store.backorders"] is True
    mockcentra.reset()
    assert mockcentra.control.get("settings").json()["store.backorders"] is False
    mockcentra.configure({"store.backorders": True})


def test_the_next_test_has_a_fresh_shop(mockcentra):
    assert mockcentra.control.get("settings").json()["store.backorders"] is False


def test_the_checkout_client_is_one_session_in_server_mode(mockcentra):
    first = mockcentra.checkout.get("selection").json()["token"]
    assert mockcentra.checkout.get("selection").json()["token"] == first
    assert mockcentra.checkout.get("markets").status_code == 200


def test_visitors_have_sessions_of_their_own(mockcentra):
    one, other = mockcentra.visitor(), mockcentra.visitor()
    tokens = {session.get("selection").json()["token"] for session in (one, other, one)}
    assert len(tokens) == 2
    assert one.get("markets").status_code == 403


def test_every_api_has_a_client(mockcentra):
    for name in ("shop", "order", "subscription", "graphql", "soap"):
        assert str(getattr(mockcentra, name).base_url).startswith("http://mockcentra.test/")
    assert mockcentra.order.headers["API-Authorization"].startswith("mock-")


@pytest.mark.parametrize("number", range(3))
def test_a_live_server(mockcentra_server, number):
    answer = httpx.get(f"{mockcentra_server.url}/_mock/settings").json()
    assert answer["store.backorders"] is False
    assert mockcentra_server.info["apis"]["checkout"]["url"].startswith(mockcentra_server.url)
    mockcentra_server.configure({"store.backorders": True})
    mockcentra_server.advance(days=3)


def test_both_at_once_are_two_shops(mockcentra, mockcentra_server):
    mockcentra.configure({"store.backorders": True})
    assert mockcentra_server.control.get("settings").json()["store.backorders"] is False
"""


def test_the_fixtures_give_fresh_shops(tmp_path: Path) -> None:
    status, output = run_suite(tmp_path, SUITE, "-p", "no:xdist")
    assert status == 0, output
    assert "9 passed" in output


def test_the_fixtures_work_in_parallel(tmp_path: Path) -> None:
    status, output = run_suite(tmp_path, SUITE, "-n", "2")
    assert status == 0, output
    assert "9 passed" in output


def test_settings_are_overridden_by_a_fixture(tmp_path: Path) -> None:
    source = """
import pytest
from mockcentra.settings import Settings


@pytest.fixture(scope="session")
def mockcentra_settings():
    return Settings(control_token="s3cret")


def test_it(mockcentra):
    assert mockcentra.control.get("spaces").status_code == 200
    del mockcentra.control.headers["Authorization"]
    assert mockcentra.control.get("spaces").status_code == 401
"""
    status, output = run_suite(tmp_path, source, "-p", "no:xdist")
    assert status == 0, output


def test_a_mistaken_variable_is_named(tmp_path: Path) -> None:
    status, output = run_suite(tmp_path, "def test_it(mockcentra): pass", "-p", "no:xdist", MOCKCENTRA_PRODUCTS="many")
    assert status == 1
    assert "products must be a whole number, not 'many'" in output


def test_loading_the_plugin_costs_next_to_nothing(tmp_path: Path) -> None:
    code = (
        "import sys, json, mockcentra.testing.plugin;"
        "print(json.dumps([name for name in ('flask', 'waitress', 'httpx', 'PIL') if name in sys.modules]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == []
