"""The page of the GraphQL API, GraphiQL, used in a real browser."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from mockcentra.testing import LiveShop

pytestmark = pytest.mark.xdist_group("browser")

QUERY = ".graphiql-query-editor .CodeMirror"
HEADERS = "[aria-label=Headers] .graphiql-editor:not(.hidden) .CodeMirror"
ANSWER = ".result-window .CodeMirror"
STATUS = "[role=status]"


def opened(page: Page, address: str) -> None:
    """The page as somebody sees it who was never there."""
    page.add_init_script("localStorage.clear()")
    page.goto(address)
    expect(page.locator(".graphiql-query-editor")).to_contain_text("query Catalogue")


def write(page: Page, editor: str, text: str) -> None:
    page.locator(editor).evaluate("(editor, text) => editor.CodeMirror.setValue(text)", text)


def ran(page: Page, selection: str, kind: str = "query") -> dict[str, Any]:
    """What the page shows after running an operation.

    It has the name of the one before: the page reads the name of another one only when nobody types any more.
    """
    write(page, QUERY, f"{kind} Catalogue {selection}")
    page.locator(ANSWER).evaluate("answer => answer.CodeMirror.setValue('')")
    page.click(".graphiql-execute-button")
    page.wait_for_function(f"document.querySelector('{ANSWER}').CodeMirror.getValue().includes('}}')")
    return json.loads(page.locator(ANSWER).evaluate("answer => answer.CodeMirror.getValue()"))


def test_a_document_is_run_with_the_token_that_is_filled_in(page: Page, live: LiveShop) -> None:
    opened(page, f"{live.url}/graphql")
    expect(page.locator(".graphiql-editor-tool")).to_contain_text("Bearer mock-graphql-token")
    assert ran(page, "{ brands(limit: 2) { id } }")["data"] == {"brands": [{"id": 1}, {"id": 2}]}
    expect(page.locator(STATUS)).to_contain_text("200")
    expect(page.locator(STATUS)).to_contain_text("complexity")


def test_the_schema_is_looked_through(page: Page, live: LiveShop) -> None:
    opened(page, f"{live.url}/graphql")
    page.click("[aria-label='Show Documentation Explorer']")
    docs = page.locator(".graphiql-doc-explorer")
    docs.get_by_text("Mutation", exact=True).first.click()
    docs.get_by_text("createShipment", exact=True).click()
    expect(docs).to_contain_text("Permission: Shipment:write.")
    docs.get_by_text("ShipmentCreatePayload").first.click()
    expect(docs).to_contain_text("userErrors")


def test_each_space_has_its_page(page: Page, live: LiveShop) -> None:
    opened(page, f"{live.url}/_space/kim/graphql")
    ran(page, '{ createFolder(input: {name: "Kim"}) { folder { id } userErrors { message } } }', "mutation")
    count = '{ folders(where: {name: {equals: "Kim"}}) { name } }'
    assert ran(page, count)["data"] == {"folders": [{"name": "Kim"}]}
    opened(page, f"{live.url}/graphql")
    assert ran(page, count)["data"] == {"folders": []}


def test_what_is_refused_is_shown(page: Page, live: LiveShop, problems: list[str]) -> None:
    opened(page, f"{live.url}/graphql")
    assert ran(page, "{ nothing }")["errors"]
    expect(page.locator(STATUS)).to_contain_text("400")
    write(page, HEADERS, '{"Authorization": "Bearer mock-graphql-none"}')
    assert "Store:read" in json.dumps(ran(page, "{ stores { id } }")["errors"])
    write(page, HEADERS, '{"Authorization": "Bearer nobody"}')
    assert ran(page, "{ stores { id } }")["errors"]
    expect(page.locator(STATUS)).to_contain_text("401")
    problems[:] = [text for text in problems if "status of 40" not in text]
