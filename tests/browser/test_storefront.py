"""A webshop on another origin, walked through in a real browser from the product list to the receipt."""

import re

import pytest
from playwright.sync_api import Page, expect

from mockcentra.testing import LiveShop

pytestmark = pytest.mark.xdist_group("browser")

FORM = {
    "email": "astrid.lind@example.com",
    "firstName": "Astrid",
    "lastName": "Lind",
    "address1": "Storgatan 1",
    "zipCode": "503 31",
    "city": "Borås",
    "phoneNumber": "+46 70 123 45 67",
}


def expect_page(page: Page, name: str) -> None:
    """Waits until the page of that name shows what the API answered."""
    expect(page.locator(f"body[data-page='{name}']")).to_have_attribute("data-ready", "yes")


def open_list(page: Page, storefront: str) -> None:
    page.goto(f"{storefront}/index.html")
    expect_page(page, "index")
    expect(page.locator("#products a")).to_have_count(12)


def put_into_cart(page: Page, storefront: str, position: int = 0) -> str:
    """Opens a product of the list and puts it into the cart; its name."""
    open_list(page, storefront)
    count = int(page.inner_text("#count"))
    page.locator("#products a").nth(position).click()
    expect_page(page, "product")
    page.click("#add")
    expect(page.locator("#count")).to_have_text(str(count + 1))
    return page.inner_text("#name")


def fill_checkout(page: Page, storefront: str, method: str, country: str = "Sweden") -> str:
    """Fills the checkout form for a payment method; the total it shows."""
    page.goto(f"{storefront}/checkout.html")
    expect_page(page, "checkout")
    page.select_option("#country", label=country)
    expect_page(page, "checkout")
    for choice in ("#shipping input[value='express']", f"#payment input[value='{method}']"):
        page.locator(choice).click()
        expect_page(page, "checkout")
        expect(page.locator(choice)).to_be_checked()
    for name, value in FORM.items():
        page.fill(f"#fields input[name='{name}']", value)
    page.check("#terms")
    return page.inner_text("#total")


def expect_receipt(page: Page, total: str, names: list[str]) -> str:
    """The receipt of a paid order; its number."""
    expect_page(page, "receipt")
    expect(page.locator("#problem")).to_have_text("")
    expect(page.locator("#status")).to_have_text("Confirmed")
    assert page.inner_text("#total") == total
    assert page.locator("#lines tr td:first-child").all_inner_texts() == names
    assert page.inner_text("#address") == "Astrid Lind, Borås"
    return page.inner_text("#order")


def test_from_the_product_list_over_the_provider_to_the_receipt(page: Page, storefront: str) -> None:
    open_list(page, storefront)
    page.wait_for_function("[...document.images].every((image) => image.complete && image.naturalWidth >= 300)")
    assert all(re.search(r"\d\sSEK$", price) for price in page.locator(".price").all_inner_texts())
    names = [put_into_cart(page, storefront, 0), put_into_cart(page, storefront, 1)]

    page.click("text=Cart")
    expect(page.locator("#lines tr")).to_have_count(2)
    page.locator("#lines tr").first.locator(".more").click()
    expect(page.locator("#lines .quantity").first).to_have_text("2")
    page.fill("#voucher input", "WELCOME10")
    page.click("#voucher button")
    expect_page(page, "cart")
    page.click("#go")

    total = fill_checkout(page, storefront, "dummy-url")
    page.click("#pay")
    page.wait_for_url(re.compile(r"/_mock/psp/"))
    assert page.inner_text("h1") == total
    page.click("text=Approve")
    number = expect_receipt(page, total, names)
    assert int(number) > 1000

    page.reload()
    assert expect_receipt(page, total, names) == number
    page.click("text=Shop")
    expect(page.locator("#products a")).to_have_count(12)


def test_a_declined_payment_leaves_the_cart_to_be_paid_otherwise(
    page: Page, storefront: str, problems: list[str]
) -> None:
    name = put_into_cart(page, storefront)
    fill_checkout(page, storefront, "dummy-url")
    page.click("#pay")
    page.click("text=Decline")
    expect_page(page, "failed")
    expect(page.locator("#problem")).not_to_be_empty()
    expect(page.locator("#count")).to_have_text("1")
    assert [problem for problem in problems if "412" not in problem] == []
    problems.clear()

    page.click("#again")
    total = fill_checkout(page, storefront, "dummy-direct")
    page.click("#pay")
    expect_receipt(page, total, [name])


def test_a_form_that_sends_itself_comes_back_by_post(page: Page, storefront: str) -> None:
    name = put_into_cart(page, storefront, 2)
    total = fill_checkout(page, storefront, "dummy")
    page.click("#pay")
    expect_receipt(page, total, [name])


def test_another_country_brings_its_prices(page: Page, storefront: str) -> None:
    name = put_into_cart(page, storefront)
    total = fill_checkout(page, storefront, "dummy-direct", "Germany")
    assert total.endswith("EUR")
    page.click("#pay")
    expect_receipt(page, total, [name])


def test_what_is_missing_is_said(page: Page, storefront: str, problems: list[str]) -> None:
    put_into_cart(page, storefront)
    fill_checkout(page, storefront, "dummy-direct")
    page.uncheck("#terms")
    page.click("#pay")
    expect(page.locator("#problem")).to_contain_text("termsAndConditions: must be true")
    assert all("406" in problem for problem in problems)
    problems.clear()


def test_only_allowed_origins_may_call(page: Page, storefront: str, live: LiveShop, problems: list[str]) -> None:
    live.configure({"checkout.allowed_origins": [storefront]})
    open_list(page, storefront)
    live.configure({"checkout.allowed_origins": ["https://shop.example.com"]})
    page.goto(f"{storefront}/index.html")
    expect(page.locator("#problem")).not_to_be_empty()
    assert page.locator("#products a").count() == 0
    problems.clear()


@pytest.mark.parametrize("header", ["Authorization", "API-Authorization"])
def test_a_browser_refuses_to_send_the_secret(
    page: Page, storefront: str, live: LiveShop, problems: list[str], header: str
) -> None:
    page.goto(f"{storefront}/index.html")
    call = """async ([url, header, secret]) => {
      try { return (await fetch(url, {headers: {[header]: secret}})).status; } catch (error) { return error.name; }
    }"""
    api = live.info["apis"]["checkout"]
    assert page.evaluate(call, [f"{api['url']}/markets", header, f"Bearer {api['secret']}"]) == "TypeError"
    problems.clear()
