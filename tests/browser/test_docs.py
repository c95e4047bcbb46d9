"""The interactive documentation, used in a real browser."""

import json

import pytest
from playwright.sync_api import Page, expect

from mockcentra.testing import LiveShop

pytestmark = pytest.mark.xdist_group("browser")


def try_out(page: Page, operation: str) -> dict:
    """Chooses an operation in the list and sends it as it stands; the answer."""
    page.click(f"nav a[href='#{operation}']")
    with page.expect_response(lambda response: "/api/checkout/" in response.url):
        page.click("#send")
    expect(page.locator("#answer pre")).to_be_visible()
    return json.loads(page.inner_text("#answer pre"))


def test_calls_can_be_tried_out_and_the_token_is_kept(page: Page, live: LiveShop) -> None:
    page.goto(f"{live.url}/_space/readers/_mock/docs")
    first = try_out(page, "addItem")
    assert page.input_value("#token") == first["token"]
    again = try_out(page, "addItem")
    assert again["token"] == first["token"]
    assert again["selection"]["totals"]["totalQuantity"] == 2 * first["selection"]["totals"]["totalQuantity"]

    page.fill("#search", "adds one piece")
    expect(page.locator("nav a")).to_have_count(1)
    page.fill("#search", "")
    page.reload()
    assert page.input_value("#token") == first["token"]
    page.click("#forget")
    assert try_out(page, "getSelection")["selection"]["items"] == []


def test_the_secret_opens_what_is_for_servers(page: Page, live: LiveShop, problems: list[str]) -> None:
    page.goto(f"{live.url}/_mock/docs")
    expect(page.locator("#secret")).to_have_value(live.info["apis"]["checkout"]["secret"])
    page.uncheck("#server")
    assert try_out(page, "listMarkets")["errors"] == {"accessRight": "denied"}
    assert all("403" in problem for problem in problems)
    problems.clear()
    page.check("#server")
    assert len(try_out(page, "listMarkets")["markets"]) == 6


def test_models_unfold(page: Page, live: LiveShop) -> None:
    page.goto(f"{live.url}/_mock/docs#getSelection")
    page.click("details.answer >> text=200")
    page.click("summary:has-text('SelectionResponse')")
    page.locator("summary", has_text="selection").locator("nth=1").click()
    expect(page.locator("code.key", has_text="currencyFormat")).to_be_visible()
