"""The page of the GraphQL API, used in a real browser."""

import json

import pytest
from playwright.sync_api import Page, expect

from mockcentra.testing import LiveShop

pytestmark = pytest.mark.xdist_group("browser")


def opened(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator("#names")).to_contain_text("orderConnection")


def ran(page: Page, document: str, variables: str = "{}") -> dict[str, object]:
    """What the page shows after running a document."""
    page.fill("#query", document)
    page.fill("#variables", variables)
    shown = page.locator("#answer")
    shown.evaluate("answer => { answer.textContent = '' }")
    page.press("#query", "Control+Enter")
    expect(shown).not_to_be_empty()
    return json.loads(shown.text_content() or "")


def test_a_document_is_run_with_the_token_that_is_filled_in(page: Page, live: LiveShop) -> None:
    opened(page, f"{live.url}/graphql")
    assert page.input_value("#token") == "mock-graphql-token"
    page.click("#run")
    expect(page.locator("#answer")).to_contain_text('"products"')
    expect(page.locator("#status")).to_contain_text("complexity")
    body = ran(page, "query ($limit: Int) { brands(limit: $limit) { id } }", '{"limit": 2}')
    assert body["data"] == {"brands": [{"id": 1}, {"id": 2}]}


def test_the_schema_is_looked_through(page: Page, live: LiveShop) -> None:
    opened(page, f"{live.url}/graphql")
    page.fill("#find", "createShip")
    names = page.locator("#names")
    expect(names).to_contain_text("createShipment(input: ShipmentCreateInput!)")
    expect(names).to_contain_text("Permission: Shipment:write.")
    names.get_by_text("ShipmentCreatePayload").first.click()
    expect(names).to_contain_text("userErrors: [UserError!]!")
    assert page.input_value("#find") == "ShipmentCreatePayload"


def test_each_space_has_its_page(page: Page, live: LiveShop) -> None:
    opened(page, f"{live.url}/_space/kim/graphql")
    ran(page, 'mutation { createFolder(input: {name: "Kim"}) { folder { id } userErrors { message } } }')
    count = '{ folders(where: {name: {equals: "Kim"}}) { name } }'
    assert ran(page, count)["data"] == {"folders": [{"name": "Kim"}]}
    opened(page, f"{live.url}/graphql")
    assert ran(page, count)["data"] == {"folders": []}


def test_what_is_refused_is_shown(page: Page, live: LiveShop, problems: list[str]) -> None:
    opened(page, f"{live.url}/graphql")
    page.fill("#variables", "{ half")
    page.click("#run")
    expect(page.locator("#status")).to_have_text("The variables are no JSON")
    assert ran(page, "{ nothing }")["errors"]
    expect(page.locator("#status")).to_contain_text("400")
    page.fill("#token", "mock-graphql-none")
    assert "Store:read" in json.dumps(ran(page, "{ stores { id } }")["errors"])
    page.fill("#token", "nobody")
    assert ran(page, "{ stores { id } }")["errors"]
    expect(page.locator("#status")).to_contain_text("401")
    problems[:] = [text for text in problems if "status of 40" not in text]
