"""The count of what is emulated is honest."""

import httpx
import pytest
from flask import Flask

from mockcentra.coverage import coverage_of, documented, emulated_apis

# How many operations the references document.
COUNTS = {"checkout": 82, "shop": 84, "order": 35, "subscription": 6, "graphql": 283, "soap": 17}


def test_every_documented_operation_is_in_the_table_once() -> None:
    assert {api: len(operations) for api, operations in documented().items()} == COUNTS
    for operations in documented().values():
        assert len(set(operations)) == len(operations)


def test_the_counts_add_up(client: httpx.Client) -> None:
    apis = client.get("/_mock/coverage").json()["apis"]
    assert {api: entry["documented"] for api, entry in apis.items()} == COUNTS
    for entry in apis.values():
        assert entry["documented"] - entry["emulated"] == len(entry["missing"])


def test_what_is_counted_as_emulated_answers_something_else_than_not_found(app: Flask, client: httpx.Client) -> None:
    """Every operation of the Checkout API that counts has an endpoint: its path is known with its verb."""
    missing = set(coverage_of(app)["checkout"]["missing"])
    for operation in documented()["checkout"]:
        if operation in missing or operation.startswith("OPTIONS"):
            continue
        for form in operation.split(" | "):
            method, _, path = form.partition(" ")
            answer = client.request(method, "/api/checkout" + path.replace("{", "").replace("}", ""))
            assert answer.status_code != 405, form
            assert answer.json().get("errors", {}).get("path") is None, form


def test_what_the_banner_says_is_what_is_counted(app: Flask) -> None:
    assert emulated_apis(app) == {api for api, entry in coverage_of(app).items() if entry["emulated"]}


def test_an_empty_application_emulates_nothing() -> None:
    assert emulated_apis(Flask("empty", static_folder=None)) == set()
    for entry in coverage_of(Flask("empty", static_folder=None)).values():
        assert entry["emulated"] == 0
        assert entry["documented"] == len(entry["missing"])


def test_faces_with_one_address_say_what_they_emulate() -> None:
    app = Flask("one address", static_folder=None)
    app.extensions["mockcentra.operations"] = {
        "graphql": lambda: ["query orders", "mutation createNonsense"],
        "soap": lambda: ["events_Get"],
    }
    coverage = coverage_of(app)
    assert coverage["graphql"]["emulated"] == coverage["soap"]["emulated"] == 1
    assert "query orders" not in coverage["graphql"]["missing"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/shop/v1/products", {"errors": {"operation": "not emulated"}}),
        ("/api/subscription-api/subscription/packages", {"status": "not emulated", "error": True}),
    ],
)
def test_apis_that_are_not_built_say_so_in_their_own_shape(client: httpx.Client, path: str, body: object) -> None:
    response = client.get(path)
    assert response.status_code == 501
    assert response.json() == body
    assert client.get(f"/_space/other{path}").json() == body
