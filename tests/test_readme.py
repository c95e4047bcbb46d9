"""The README's commands and examples work as they stand there."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from flask import Flask

from mockcentra.cli import main
from mockcentra.commerce.credentials import ORDER_SECRET
from mockcentra.coverage import coverage_of
from mockcentra.server import Front, Server
from tests.suites import ROOT, run_suite

README = (ROOT / "README.md").read_text("utf-8")
SET_UP = ("pip install . && mockcentra serve", 'pip install -e ".[test]" && pytest')


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def block(language: str, text: str) -> str:
    """The code block that holds this text."""
    (found,) = [part for part in blocks(language) if text in part]
    return found


def test_it_says_how_much_of_each_api_is_emulated(app: Flask) -> None:
    shares = {}
    for api, entry in coverage_of(app).items():
        share = "a part" if entry["emulated"] else "nothing yet"
        shares[api] = share if entry["missing"] else "all"
    table = README.partition("| API | how much of it |")[2].partition("\n\n")[0]
    told = dict(re.findall(r"^\| ([A-Z]\w*)(?: API)? \| ([a-z ]+) \|$", table, re.MULTILINE))
    assert {api.lower(): share for api, share in told.items()} == shares


def test_the_set_up_is_two_commands() -> None:
    for command in SET_UP:
        assert f"{command}\n" in blocks("sh")


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_the_tour_goes_from_browsing_to_the_receipt(app: Flask) -> None:
    with Server(Front(app), "127.0.0.1", 0, threads=4) as server:
        tour = block("sh", "/receipt").replace("http://127.0.0.1:8000", server.url)
        # before the reset at its end, the orders that it made can be read
        tour = tour.replace(f"curl -s -X POST {server.url}/_mock/reset", "")
        done = subprocess.run(["bash", "-euc", tour], capture_output=True, text=True, timeout=60, check=True)
        assert httpx.post(f"{server.url}/_mock/reset").status_code == 200
    assert '"errors"' not in done.stdout
    assert '"action": "success"' in done.stdout
    assert '"statusDescription": "Confirmed"' in done.stdout.rpartition('"token"')[2]


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_the_warehouse_sends_what_a_till_sold(app: Flask) -> None:
    with Server(Front(app), "127.0.0.1", 0, threads=4) as server:
        commands = block("sh", "/api/order-api").replace("http://127.0.0.1:8000", server.url)
        done = subprocess.run(["bash", "-euc", commands], capture_output=True, text=True, timeout=60, check=True)
    assert '"status":"no"' not in done.stdout
    assert '"allocatedStock":0,"availableStock":44' in done.stdout


def test_the_erp_brings_a_scarf_and_sends_an_order(app: Flask) -> None:
    with Server(Front(app), "127.0.0.1", 0, threads=4) as server:
        script = block("python", "import zeep").replace("http://127.0.0.1:8000", server.url)
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        number = done.stdout.split()[0]
        headers = {"API-Authorization": ORDER_SECRET}
        url = f"{server.url}/api/order-api/shipments?order={number}&status=completed"
        (parcel,) = httpx.get(url, headers=headers).json()["shipments"]
    assert parcel["trackingNumber"] == "NP1"


def test_the_pim_brings_a_hat_and_the_erp_sends_an_order(app: Flask) -> None:
    with Server(Front(app), "127.0.0.1", 0, threads=4) as server:
        script = block("python", "def graphql(").replace("http://127.0.0.1:8000", server.url)
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        url, headers = f"{server.url}/api/checkout", {"API-token": "none"}
        (hat,) = httpx.post(
            f"{url}/products", json={"uri": {"uri": "hat", "for": ["product"]}}, headers=headers
        ).json()["products"]
        number = done.stdout.split("-")[0]
        orders = f"{server.url}/api/order-api/shipments?order={number}&status=completed"
        (parcel,) = httpx.get(orders, headers={"API-Authorization": ORDER_SECRET}).json()["shipments"]
    assert [item["stock"] for item in hat["items"]] == ["yes", "no"]
    assert parcel["trackingNumber"] == "NP1"


def test_the_pytest_example_passes(tmp_path: Path) -> None:
    status, output = run_suite(tmp_path, block("python", "def test_"), "-p", "no:xdist")
    assert status == 0, output
    assert "3 passed" in output


def test_every_command_and_flag_it_names_exists() -> None:
    for line in "\n".join(blocks("sh")).splitlines():
        words = line.partition("#")[0].split("&&")[-1].split()
        if words[:1] != ["mockcentra"]:
            continue
        command = [word for word in words[1:3] if word in ("serve", "seed", "export", "fixtures", "store", "coverage")]
        shown = CliRunner().invoke(main, [*command, "--help"])
        assert shown.exit_code == 0, line
        for flag in (word for word in words if word.startswith("--")):
            assert flag in shown.output, line


def test_every_control_call_it_names_is_answered(client: httpx.Client) -> None:
    for methods, path in re.findall(r"`((?:GET|PUT|POST|PATCH|DELETE)) (/_mock/[^`]*)`", README):
        answer = client.request(methods, path.replace("{name}", "some-name"))
        assert answer.status_code not in (405, 501), path
        message = answer.json()["error"]["message"] if answer.status_code == 404 else ""
        assert "there is nothing at" not in message, path
