"""Codes, URL vouchers and automatic discounts as shoppers meet them."""

import httpx
import pytest

from mockcentra.store import Spaces
from tests.shopper import MakeShopper, Shopper, payment


def with_voucher(shopper: Shopper, code: str) -> dict:
    return shopper.ok("POST", "vouchers", {"voucher": code})["selection"]


def test_percent_off_is_shared_over_the_lines(shopper: Shopper):
    before = shopper.fill(3, 2)
    response, data = shopper.send("POST", "vouchers", {"voucher": "welcome10"})
    assert response.status_code == 200
    after = data["selection"]
    (voucher,) = after["discounts"]["vouchers"]
    assert (voucher["voucher"], voucher["type"]) == ("WELCOME10", "code")
    shares = [line["discounts"]["vouchers"][0] for line in after["items"]]
    for line, share in zip(after["items"], shares, strict=True):
        assert share["priceOffAsNumber"] == pytest.approx(-round(line["totalPriceAsNumber"] * 10 + 1e-6) / 100)
        assert share["hasAffectedItemPrice"] is False
    assert voucher["priceOffAsNumber"] == pytest.approx(sum(share["priceOffAsNumber"] for share in shares))
    assert voucher["lines"] == [line["line"] for line in after["items"]]
    assert after["totals"]["totalDiscountPriceAsNumber"] == voucher["priceOffAsNumber"]
    assert after["totals"]["itemsTotalPriceAsNumber"] == before["totals"]["itemsTotalPriceAsNumber"]
    assert after["discounts"]["anyDiscount"] is True
    assert after["discounts"]["discountAsNumber"] == 0
    tax = after["totals"]["grandTotalPriceAsNumber"] / 5
    assert after["totals"]["grandTotalPriceTaxAsNumber"] == pytest.approx(tax, abs=0.005)


@pytest.mark.parametrize(("country", "off"), [("SE", 100), ("DE", 10), ("GB", 9), ("US", 10), ("JP", 1500)])
def test_an_amount_off_has_its_value_in_each_currency(visitor: MakeShopper, country: str, off: int):
    shopper = visitor(country)
    shopper.fill(3)
    selection = with_voucher(shopper, "SAVE100")
    assert selection["discounts"]["vouchers"][0]["priceOffAsNumber"] == -off
    shares = [line["discounts"]["vouchers"][0]["priceOffAsNumber"] for line in selection["items"]]
    assert sum(shares) == pytest.approx(-off)


def test_free_shipping_for_every_option(shopper: Shopper):
    shopper.fill()
    selection = with_voucher(shopper, "FREESHIP")
    (voucher,) = selection["discounts"]["vouchers"]
    assert set(voucher["freeShippingFor"]) == {"standard", "express", "pickup"}
    assert (voucher["priceOffAsNumber"], voucher["shippingDiscountAsNumber"]) == (0, -49)
    assert selection["totals"]["shippingPriceAsNumber"] == 0
    assert selection["totals"]["totalDiscountPrice"] is False
    express = shopper.ok("PUT", "shipping-methods/express")["selection"]
    assert express["discounts"]["vouchers"][0]["shippingDiscountAsNumber"] == -129


def test_an_exclusive_voucher_and_another_replace_each_other(shopper: Shopper):
    shopper.fill()
    codes = [
        {voucher["voucher"] for voucher in with_voucher(shopper, code)["discounts"]["vouchers"]}
        for code in ("WELCOME10", "SAVE100", "ALONE30", "WELCOME10")
    ]
    assert codes == [{"WELCOME10"}, {"WELCOME10", "SAVE100"}, {"ALONE30"}, {"WELCOME10"}]


def test_adding_twice_and_removing(shopper: Shopper):
    plain = shopper.fill()
    assert len(with_voucher(shopper, "WELCOME10")["discounts"]["vouchers"]) == 1
    assert len(with_voucher(shopper, "WELCOME10")["discounts"]["vouchers"]) == 1
    assert shopper.ok("DELETE", "vouchers/welcome10")["selection"]["totals"] == plain["totals"]
    assert shopper.ok("DELETE", "vouchers/WELCOME10")["selection"]["totals"] == plain["totals"]
    with_voucher(shopper, "WELCOME10")
    assert shopper.ok("DELETE", "vouchers", {"voucher": "WELCOME10"})["selection"]["totals"] == plain["totals"]


@pytest.mark.parametrize(
    "code", ["no-such", "SPRING15", "OFF20", "USEDUP", "", " ", None, 7, ["WELCOME10"], "x" * 10_000]
)
def test_codes_that_do_not_work(shopper: Shopper, code):
    shopper.fill()
    status, data = shopper.refused("POST", "vouchers", {"voucher": code})
    assert (status, data["errors"]) == (404, {"voucher": "not found"})
    assert "selection" not in data


def test_removing_what_never_existed(shopper: Shopper):
    for path in ("vouchers/no-such", "vouchers/TEST%2BCODE", "vouchers/a%2Fb"):
        status, data = shopper.refused("DELETE", path)
        assert (status, data["errors"]) == (404, {"voucher": "not found"})


def test_a_url_voucher(shopper: Shopper):
    shopper.fill()
    (voucher,) = with_voucher(shopper, "friends")["discounts"]["vouchers"]
    assert (voucher["voucher"], voucher["type"]) == ("friends", "uri")


def test_five_pairs_of_socks_make_the_cheapest_free(shopper: Shopper):
    found = shopper.ok("POST", "products", {"uri": {"uri": "accessories/socks", "for": ["category"]}})["products"]
    socks = next(p for p in found if p["available"] and p["itemQuantityMultipleOf"] == 1)
    item = next(i["item"] for i in socks["items"] if i["stock"] == "yes")
    four = shopper.ok("POST", f"items/{item}/quantity/4")["selection"]
    assert four["discounts"]["automaticDiscounts"] == []
    five = shopper.ok("POST", f"items/{item}")["selection"]
    (discount,) = five["discounts"]["automaticDiscounts"]
    assert discount["name"] == "Sock deal"
    assert discount["priceOffAsNumber"] == -five["items"][0]["priceEachAsNumber"]
    assert five["discounts"]["discountAsNumber"] == discount["priceOffAsNumber"]
    assert five["items"][0]["discounts"]["automaticDiscounts"][0]["automaticDiscount"] == int(
        discount["automaticDiscount"]
    )


def test_the_grand_total_never_goes_below_zero(shopper: Shopper):
    shopper.fill()
    for code in ("WELCOME10", "SAVE100", "FREESHIP", "friends"):
        selection = with_voucher(shopper, code)
    totals = selection["totals"]
    assert totals["grandTotalPriceAsNumber"] >= 0
    assert totals["totalDiscountPriceAsNumber"] >= -totals["itemsTotalPriceAsNumber"]


@pytest.mark.parametrize("sent", ["friends", "/v/friends", "v/friends/", "https://shop.example.com/v/Friends"])
def test_a_url_voucher_is_added_by_its_address(shopper: Shopper, sent: str):
    shopper.fill()
    (voucher,) = shopper.ok("POST", "vouchers", {"voucher": sent})["selection"]["discounts"]["vouchers"]
    assert (voucher["voucher"], voucher["type"]) == ("friends", "uri")
    left = shopper.ok("DELETE", "vouchers", {"voucher": sent})["selection"]["discounts"]["vouchers"]
    assert left == []


def test_a_url_voucher_is_removed_by_its_address_in_the_path(shopper: Shopper):
    shopper.fill()
    for address in ("%2Fv%2Ffriends", "v%2Ffriends", "friends"):
        shopper.ok("POST", "vouchers", {"voucher": "/v/friends"})
        assert shopper.ok("DELETE", f"vouchers/{address}")["selection"]["discounts"]["vouchers"] == []


def test_a_code_is_no_address(shopper: Shopper):
    assert shopper.refused("POST", "vouchers", {"voucher": "/v/WELCOME10"})[0] == 404


def test_shops_of_one_server_have_gift_certificates_of_their_own(client: httpx.Client, spaces: Spaces):
    """They get the same numbers, and what one is worth or was spent in one shop is nothing to the other."""
    for space, worth in (("small", 50), ("large", 200)):
        base = f"/_space/{space}/api/checkout"
        giver, receiver = Shopper(client, base=base), Shopper(client, base=base)
        giver.ok("POST", f"items/gift-certificates/gift-card/amount/{worth}")
        giver.ok("POST", "payment", payment())
        with spaces.get(space).store.reading() as tx:
            code = tx.value("SELECT code FROM vouchers ORDER BY id DESC")
        receiver.fill()
        receiver.ok("POST", "vouchers", {"voucher": code})
        receiver.ok("POST", "payment", payment())
        order = receiver.ok("GET", "receipt")["order"]
        assert order["discounts"]["vouchers"][0]["priceOffAsNumber"] == -worth
