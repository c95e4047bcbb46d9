"""The emulated provider's page: clicked by a browser, driven by a script, and used wrongly by both."""

import html
import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from tests.shopper import FAILED_PAGE, RETURN_PAGE, Shopper, payment

JSON = {"Accept": "application/json"}


@pytest.fixture
def shopper(client: httpx.Client) -> Shopper:
    """A shopper in Sweden with something in the cart."""
    shopper = Shopper(client).in_country("SE")
    shopper.fill()
    return shopper


def start(shopper: Shopper, method: str = "dummy-url", **extra: Any) -> str:
    """Starts a payment; the address of the provider's page."""
    shopper.ok("POST", "payment", payment(method=method, **extra))
    assert shopper.provider is not None
    return shopper.provider


def outcomes(page: str) -> list[str]:
    return re.findall(r'name="outcome" value="([^"]*)"', page)


def test_the_page_shows_what_is_to_be_paid_and_what_can_be_said(shopper: Shopper):
    page = start(shopper)
    assert re.fullmatch(r"http://shop\.test/_mock/psp/[0-9a-f]{32}", page)
    shown = shopper.client.get(page)
    assert shown.status_code == 200
    assert shown.headers["content-type"] == "text/html; charset=utf-8"
    assert outcomes(shown.text) == ["approve", "decline", "cancel", "pending", "3ds"]
    assert shopper.selection()["totals"]["grandTotalPrice"] in html.unescape(shown.text)
    assert "dummy-url" in shown.text
    assert "SEK" in shown.text
    assert not re.search(r'(?:src|href)="(?!data:)', shown.text), "the page needs nothing from elsewhere"


def test_every_payment_has_a_page_whatever_its_method(shopper: Shopper):
    for method in ("dummy", "dummy-first", "dummy-url", "dummy-direct"):
        assert shopper.client.get(start(shopper, method)).status_code == 200


def test_the_page_is_in_the_space_of_the_payment(app: Any):
    with httpx.Client(transport=httpx.WSGITransport(app=app), base_url="https://other.test:8443") as client:
        shopper = Shopper(client, base="/_space/one/api/checkout").in_country("SE")
        shopper.fill()
        page = start(shopper)
        assert page.startswith("https://other.test:8443/_space/one/_mock/psp/")
        assert client.get(page).status_code == 200
        assert client.get(page.replace("/_space/one", "")).status_code == 404


def test_a_click_brings_the_browser_back_by_get(shopper: Shopper):
    page = start(shopper, paymentReturnPage=f"{RETURN_PAGE}?step=4#top")
    answer = shopper.client.post(page, data={"outcome": "approve"})
    assert answer.status_code == 303
    back = urlsplit(answer.headers["location"])
    assert back.fragment == "top"
    assert dict(parse_qsl(back.query)).keys() == {"step", "centraPaymentMethod", "trans", "signature"}


def test_a_click_brings_the_browser_back_by_a_form(shopper: Shopper):
    page = start(shopper, "dummy", paymentReturnPage=f'{RETURN_PAGE}?x="><b>')
    answer = shopper.client.post(page, data={"outcome": "approve"})
    assert answer.status_code == 200
    assert "<b>" not in answer.text.replace("<b>Continue</b>", "")
    action = html.unescape(re.search(r'action="([^"]*)"', answer.text).group(1))  # type: ignore[union-attr]
    assert dict(parse_qsl(urlsplit(action).query)) == {"x": '"><b>', "centraPaymentMethod": "dummy"}
    fields = dict(re.findall(r'name="([^"]*)" value="([^"]*)"', answer.text))
    assert list(fields) == ["ba_order_num", "amount", "trans", "currency", "signature"]
    assert shopper.ok("POST", "payment-result", {"paymentMethodFields": fields})["order"]


def test_a_script_gets_exactly_what_reaches_the_page(shopper: Shopper):
    page = start(shopper, paymentReturnPage=f"{RETURN_PAGE}?step=4")
    answer = shopper.client.post(page, json={"outcome": "approve"}, headers=JSON).json()
    assert answer["ref"] == page.rsplit("/", 1)[1]
    assert (answer["outcome"], answer["state"]) == ("approve", "approved")
    assert (answer["page"], answer["method"]) == ("return", "GET")
    assert dict(parse_qsl(urlsplit(answer["url"]).query)) == answer["fields"]
    assert answer["fields"]["centraPaymentMethod"] == "dummy-url"


def test_a_form_may_ask_for_json_too(shopper: Shopper):
    answer = shopper.client.post(start(shopper), data={"outcome": "decline"}, headers=JSON)
    assert answer.json()["page"] == "failed"
    assert answer.json()["url"].startswith(FAILED_PAGE)


def test_without_a_failed_page_the_browser_goes_to_the_return_page(shopper: Shopper):
    page = start(shopper, paymentFailedPage="")
    answer = shopper.client.post(page, data={"outcome": "decline"}, headers=JSON).json()
    assert answer["page"] == "return"
    assert answer["url"].startswith(RETURN_PAGE)


def test_cancelling_leaves_the_payment_open(shopper: Shopper):
    page = start(shopper)
    for _ in range(2):
        answer = shopper.client.post(page, data={"outcome": "cancel"}, headers=JSON).json()
        assert (answer["state"], answer["page"]) == ("open", "failed")
    status, _ = shopper.refused("POST", "payment-result", {"paymentMethodFields": answer["fields"]})
    assert status == 412
    assert shopper.client.post(page, data={"outcome": "approve"}, headers=JSON).json()["state"] == "approved"


def test_a_second_step_shows_the_page_again_with_less(shopper: Shopper):
    page = start(shopper)
    answer = shopper.client.post(page, data={"outcome": "3ds"})
    assert (answer.status_code, answer.headers["location"]) == (303, page)
    assert outcomes(shopper.client.get(page).text) == ["approve", "decline", "cancel"]
    assert shopper.client.post(page, data={"outcome": "3ds"}).status_code == 409


@pytest.mark.parametrize(
    ("before", "outcome"),
    [
        ([], "complete"),
        ([], "fail"),
        (["approve"], "approve"),
        (["approve"], "decline"),
        (["decline"], "approve"),
        (["pending"], "approve"),
        (["pending", "complete"], "fail"),
        (["pending", "fail"], "complete"),
    ],
)
def test_what_cannot_be_said_any_more_is_a_conflict(shopper: Shopper, before: list[str], outcome: str):
    page = start(shopper)
    for each in before:
        assert shopper.client.post(page, data={"outcome": each}, headers=JSON).status_code == 200
    answer = shopper.client.post(page, data={"outcome": outcome}, headers=JSON)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "conflict")


def test_an_unknown_payment_is_not_found(shopper: Shopper):
    for answer in (
        shopper.client.get("/_mock/psp/nothing"),
        shopper.client.post("/_mock/psp/nothing", data={"outcome": "approve"}),
    ):
        assert answer.status_code == 404
    answer = shopper.client.post("/_mock/psp/nothing", data={"outcome": "approve"}, headers=JSON)
    assert answer.json()["error"]["code"] == "not_found"


def test_a_newer_payment_replaces_the_page(shopper: Shopper):
    old, new = start(shopper), start(shopper)
    assert old != new
    assert shopper.client.get(old).status_code == 410
    assert shopper.client.post(old, data={"outcome": "approve"}, headers=JSON).status_code == 410
    assert shopper.client.get(new).status_code == 200


@pytest.mark.parametrize(
    "sent",
    [
        {"json": {}},
        {"json": {"outcome": "win"}},
        {"json": {"outcome": ["approve"]}},
        {"json": {"outcome": None}},
        {"json": []},
        {"data": {"outcome": ""}},
        {"content": b"{", "headers": {"Content-Type": "application/json"}},
        {"json": {"capture": "never"}},
    ],
)
def test_nonsense_is_refused_and_decides_nothing(shopper: Shopper, sent: dict[str, Any]):
    page = start(shopper)
    headers = {**JSON, **sent.pop("headers", {})}
    answer = shopper.client.post(page, headers=headers, **sent)
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]["code"] == "invalid"
    assert "approve" in outcomes(shopper.client.get(page).text)


def test_captures_can_be_made_to_fail_later(shopper: Shopper):
    shopper.client.patch("/_mock/settings", json={"store.direct_capture": True}).raise_for_status()
    page = start(shopper)
    answer = shopper.client.post(page, json={"capture": "fail"}, headers=JSON)
    assert answer.status_code == 200
    assert (answer.json()["capture"], answer.json()["state"], answer.json()["page"]) == ("fail", "open", "none")


def test_the_page_says_what_has_become_of_the_payment(shopper: Shopper):
    page = start(shopper)
    shopper.client.post(page, data={"outcome": "approve"})
    shown = shopper.client.get(page)
    assert outcomes(shown.text) == []
    assert "Approved" in shown.text
