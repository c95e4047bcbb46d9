"""Vouchers from making them to the order: criteria on shoppers, codes in numbers, free products, what is shown of it."""

from typing import Any

import httpx
import pytest

from mockcentra.store import Store
from tests.apis.graphql.conftest import Integration
from tests.apis.graphql.promotions import (
    FROM,
    TO,
    VOUCHER,
    action,
    discount_of,
    new_voucher,
    off,
    sek,
    terms,
    variant_of,
)
from tests.shopper import Shopper, address, payment
from tests.warehouse import Warehouse

PASSWORD = "Correct horse 7"


@pytest.fixture
def shopper(client: httpx.Client) -> Shopper:
    return Shopper(client)


@pytest.fixture
def api(client: httpx.Client) -> Warehouse:
    return Warehouse(client)


def ten(*criteria: dict[str, Any]) -> dict[str, Any]:
    return action(off({"percentOff": 10}), *criteria)


def buy(shopper: Shopper, email: str, code: str | None = "TEN") -> dict[str, Any]:
    """Fills a new cart, adds the code and pays; the order of the receipt."""
    shopper.fill()
    if code:
        shopper.ok("POST", "vouchers", {"voucher": code})
    shopper.ok("POST", "payment", payment(address=address(email=email)))
    return shopper.ok("GET", "receipt")["order"]


def known_as(shopper: Shopper, email: str) -> float:
    """What is taken off the cart once the shopper's e-mail address is known."""
    return discount_of(shopper.ok("PUT", "payment-fields", {"address": {"email": email, "country": "SE"}}))


# ------------------------------------------------------------------ who the shopper is


def test_once_for_every_customer(erp: Integration, client: httpx.Client, api: Warehouse) -> None:
    made = new_voucher(erp, ten({"oncePerCustomer": True}))
    assert [each["type"] for each in made["actions"][0]["criteria"]] == ["ONCE_PER_CUSTOMER"]
    first = buy(Shopper(client), "once@example.com")
    assert first["discounts"]["vouchers"][0]["priceOffAsNumber"] < 0
    again = Shopper(client)
    again.fill()
    assert discount_of(again.ok("POST", "vouchers", {"voucher": "TEN"})) > 0  # nobody knows yet who it is
    assert known_as(again, "else@example.com") > 0
    assert known_as(again, " Once@Example.com") == 0
    (listed,) = again.selection()["discounts"]["vouchers"]
    assert (listed["voucher"], listed["priceOffAsNumber"]) == ("TEN", 0)
    again.ok("POST", "payment", payment(address=address(email="once@example.com")))
    second = again.ok("GET", "receipt")["order"]
    assert second["totals"]["totalDiscountPrice"] is False
    shown = erp.ask(
        "query ($id: Int!) { voucher(id: $id) { successfulUsages usages { order { number } } } }", id=made["id"]
    )
    assert shown["voucher"] == {"successfulUsages": 1, "usages": [{"order": {"number": int(first["order"])}}]}
    body = api.order_of([(api.sizes(1)[0], 1, {"unitPrice": 100})], voucherCodes=["TEN"])
    body["address"]["email"] = "once@example.com"
    assert api.order(api.ok("POST", "order", body)["orders"][0])["voucherValue"] == 0
    body["address"]["email"] = "never@example.com"
    assert api.order(api.ok("POST", "order", body)["orders"][0])["voucherValue"] == 10


def test_what_was_cancelled_was_not_used(erp: Integration, client: httpx.Client) -> None:
    new_voucher(erp, ten({"oncePerCustomer": True}))
    order = buy(Shopper(client), "back@example.com")
    found = erp.ask("query ($n: [Int!]) { orders(where: {number: $n}) { id } }", n=[int(order["order"])])["orders"]
    wanted = {"emailOptions": {"sendEmail": False}, "stockAction": {"releaseItemsBackToWarehouse": True}}
    erp.change("cancelDirectToConsumerOrder", id=found[0]["id"], input=wanted)
    again = Shopper(client)
    again.fill()
    again.ok("POST", "vouchers", {"voucher": "TEN"})
    assert known_as(again, "back@example.com") > 0


def test_new_customers_and_known_ones(erp: Integration, client: httpx.Client) -> None:
    new_voucher(erp, ten({"newCustomer": {"isNew": True}}), code="HELLO")
    new_voucher(erp, action(off({"percentOff": 20}), {"newCustomer": {"isNew": False}}), code="AGAIN")
    shopper = Shopper(client)
    shopper.fill()
    assert discount_of(shopper.ok("POST", "vouchers", {"voucher": "HELLO"})) > 0
    shopper.ok("DELETE", "vouchers/HELLO")
    assert discount_of(shopper.ok("POST", "vouchers", {"voucher": "AGAIN"})) == 0
    assert known_as(shopper, "fresh@example.com") == 0
    buy(Shopper(client), "fresh@example.com", None)
    assert discount_of(shopper.ok("GET", "selection")) > 0
    shopper.ok("DELETE", "vouchers/AGAIN")
    assert discount_of(shopper.ok("POST", "vouchers", {"voucher": "HELLO"})) == 0


def test_an_automatic_discount_for_those_who_sign_in(erp: Integration, client: httpx.Client) -> None:
    new_voucher(erp, ten({"loggedInCustomer": True}), method="AUTO", code=None, name="Members")
    body = {"password": PASSWORD, **address(email="member@example.com")}
    Shopper(client).ok("POST", "register", body)
    shopper = Shopper(client)
    cart = {"selection": shopper.fill()}
    assert discount_of(cart) == 0 and cart["selection"]["discounts"]["automaticDiscounts"] == []
    cart = shopper.ok("POST", "login/member@example.com", {"password": PASSWORD})
    assert discount_of(cart) > 0
    assert [each["name"] for each in cart["selection"]["discounts"]["automaticDiscounts"]] == ["Members"]
    shopper.ok("POST", "payment", payment(address=address(email="member@example.com")))
    assert shopper.ok("GET", "receipt")["order"]["discounts"]["automaticDiscounts"][0]["priceOffAsNumber"] < 0
    shopper.ok("POST", "logout")
    assert discount_of({"selection": shopper.fill()}) == 0


def test_signing_in_tells_who_used_a_code_and_brings_a_gift(erp: Integration, client: httpx.Client) -> None:
    new_voucher(erp, ten({"oncePerCustomer": True}))
    shopper = Shopper(client)
    shopper.ok("POST", "register", {"password": PASSWORD, **address(email="twice@example.com")})
    buy(shopper, "twice@example.com")
    shopper.ok("POST", "logout")
    gift = shopper.ordinary_products(2)[1]
    result = free([variant_of(erp, gift)])
    new_voucher(erp, action(result, {"loggedInCustomer": True}), method="AUTO", code=None, name="Hello")
    shopper.fill()
    cart = shopper.ok("POST", "vouchers", {"voucher": "TEN"})
    assert discount_of(cart) > 0 and gift["product"] not in lines(cart)
    cart = shopper.ok("POST", "login/twice@example.com", {"password": PASSWORD})
    assert discount_of(cart) == 0 and lines(cart)[gift["product"]] == (1, 0)
    assert [each["name"] for each in cart["selection"]["discounts"]["automaticDiscounts"]] == ["Hello"]


def test_an_automatic_voucher_that_stands_alone(erp: Integration, shopper: Shopper) -> None:
    alone = {"combineWithOtherVouchers": False, "method": "AUTO", "code": None}
    new_voucher(erp, ten(), method="AUTO", code=None, name="Always", priority=5)
    dear = {"orderQuantity": {"comparator": "GREATER_THAN", "quantity": 2}}
    new_voucher(erp, action(off({"percentOff": 30}), dear), name="Three", priority=1, **alone)
    names = [each["name"] for each in shopper.fill()["discounts"]["automaticDiscounts"]]
    assert names == ["Always"]
    names = [each["name"] for each in shopper.fill(1, 2)["discounts"]["automaticDiscounts"]]
    assert names == ["Three"]
    cart = shopper.ok("POST", "vouchers", {"voucher": "WELCOME10"})["selection"]
    assert [each["name"] for each in cart["discounts"]["automaticDiscounts"]] == ["Always"]


def wholesale_size(store: Store) -> int:
    """A size that account 1 can buy, of which there is enough."""
    with store.reading() as tx:
        found: int = tx.value(
            "SELECT z.id FROM product_sizes z JOIN display_items i ON i.variant_id = z.variant_id"
            " JOIN displays d ON d.id = i.display_id JOIN prices p ON p.display_item_id = i.id"
            " JOIN stock k ON k.product_size_id = z.id AND k.warehouse_id = 1"
            " JOIN accounts a ON a.id = 1 AND a.pricelist_id = p.pricelist_id"
            " WHERE d.store_id = 2 AND d.status = 'active' AND k.physical - k.allocated > 20 ORDER BY z.id LIMIT 1"
        )
    return found


def test_accounts_are_customers_too(erp: Integration, api: Warehouse, store: Store) -> None:
    markets = erp.ask("{ stores(where: {id: [2]}) { markets { id } } }")["stores"][0]["markets"]
    chosen = {"store": {"id": 2}, "addMarkets": markets}
    new_voucher(erp, ten({"oncePerCustomer": True}), code="ONCE", **chosen)
    new_voucher(erp, ten({"newCustomer": {"isNew": True}}), code="FIRST", **chosen)
    row = {"id": wholesale_size(store), "qty": 1, "unitPrice": 100}
    body = {"accountId": 1, "products": [row], "applyVouchers": False}
    taken = [
        api.order(api.ok("POST", "order", {**body, "voucherCodes": [code]})["orders"][0])["voucherValue"]
        for code in ("ONCE", "ONCE", "FIRST")
    ]
    assert taken == [10, 0, 0]


def test_delivery_windows_choose_lines_of_wholesale(erp: Integration, api: Warehouse, store: Store) -> None:
    data = erp.ask(
        """{ deliveryWindows(limit: 50) { id name } stores(where: {id: [2]}) { markets { id } }
             accounts(where: {id: [1]}) { id market { id } } }"""
    )
    windows = {row["name"]: row["id"] for row in data["deliveryWindows"]}
    wanted = "Pre-order AW26"
    wrong = terms(actions=[ten({"deliveryWindows": [{"id": windows[wanted]}]})])
    (error,) = erp.refused("createVoucher", input=wrong)
    assert "belongs to another store" in error["message"]
    assert error["path"] == ["input", "actions", "0", "addCriteria", "0", "deliveryWindows"]
    markets = data["stores"][0]["markets"]
    chosen = {"store": {"id": 2}, "addMarkets": markets}
    selected = off({"percentOff": 10}, "SELECTED_PRODUCTS")
    new_voucher(erp, action(selected, {"deliveryWindows": [{"id": windows[wanted]}]}), code="EARLY", **chosen)
    others = action(off({"percentOff": 20}, "SELECTED_PRODUCTS"), {"excludeDeliveryWindows": [{"id": windows[wanted]}]})
    new_voucher(erp, others, code="NOW", **chosen)
    size_id = wholesale_size(store)

    def taken(code: str, **more: Any) -> float:
        row = {"id": size_id, "qty": 2, "unitPrice": 100}
        body = {"accountId": 1, "products": [row], "voucherCodes": [code], "applyVouchers": False, **more}
        found: float = api.order(api.ok("POST", "order", body)["orders"][0])["voucherValue"]
        return found

    assert (taken("EARLY"), taken("NOW")) == (0, 40)
    early = {"deliveryWindow": wanted}
    assert (taken("EARLY", **early), taken("NOW", **early)) == (20, 0)


# ------------------------------------------------------------------ codes in numbers


SUBVOUCHERS = """query ($v: [Int!]) { subvouchers(where: {voucherId: $v}) { id code url email domain successfulUsages startAt stopAt
  usages { value { value } order { number } voucherMethod code }
  reusableValues { originalValue { value } remainingValue { value } subvoucher { id } } } }"""


def subvouchers(erp: Integration, voucher: int) -> list[dict[str, Any]]:
    return erp.ask(SUBVOUCHERS, v=[voucher])["subvouchers"]


def add_codes(erp: Integration, voucher: int, *identifiers: dict[str, str], **parts: Any) -> list[int]:
    given = {"voucher": {"id": voucher}, "startAt": FROM, "stopAt": TO, "subvouchers": list(identifiers), **parts}
    return erp.change("addSubvouchers", "subvoucherIds", input=given)["subvoucherIds"]


def test_every_code_counts_its_own_uses(erp: Integration, client: httpx.Client, api: Warehouse) -> None:
    voucher = new_voucher(erp, ten(), maxUsages=1)["id"]
    add_codes(erp, voucher, {"code": "ANNA-1"}, {"code": "BO-2"})
    order = buy(Shopper(client), "anna@example.com", "anna-1")
    (used,) = order["discounts"]["vouchers"]
    assert used["voucher"] == "ANNA-1"
    anna, bo = subvouchers(erp, voucher)
    assert (anna["successfulUsages"], bo["successfulUsages"]) == (1, 0)
    (usage,) = anna["usages"]
    assert usage["order"] == {"number": int(order["order"])} and usage["code"] == "ANNA-1"
    assert usage["value"]["value"] == -used["priceOffAsNumber"] and bo["usages"] == []
    shopper = Shopper(client)
    shopper.fill()
    status, _ = shopper.refused("POST", "vouchers", {"voucher": "ANNA-1"})
    assert status == 404
    assert discount_of(shopper.ok("POST", "vouchers", {"voucher": "BO-2"})) > 0
    assert discount_of(shopper.ok("POST", "vouchers", {"voucher": "TEN"})) > 0  # the voucher's own code replaces it
    assert [each["voucher"] for each in shopper.selection()["discounts"]["vouchers"]] == ["TEN"]
    shopper.ok("DELETE", "vouchers/BO-2")  # known, but not what the cart has
    assert discount_of(shopper.ok("GET", "selection")) > 0
    assert discount_of(shopper.ok("DELETE", "vouchers/TEN")) == 0
    row = api.sizes(1)[0]
    order_of = api.order_of([(row, 1, {"unitPrice": 100})], voucherCodes=["bo-2"])
    placed = api.order(api.ok("POST", "order", order_of)["orders"][0])
    assert [each["voucher"] for each in placed["discounts"]["vouchers"]] == ["BO-2"] and placed["voucherValue"] == 10
    assert api.refused("POST", "order", order_of)["code"] == -7
    shown = erp.ask(
        "query ($id: Int!) { voucher(id: $id) { successfulUsages usages(where: {subvoucherId: [%d]}) { code } } }"
        % bo["id"],
        id=voucher,
    )["voucher"]
    assert shown == {"successfulUsages": 2, "usages": [{"code": "BO-2"}]}
    assert erp.ask('{ vouchers(where: {successfulUsages: {from: 2, to: 2}, code: {equals: "TEN"}}) { id } }')[
        "vouchers"
    ]


def test_a_code_is_for_its_owner(erp: Integration, client: httpx.Client) -> None:
    voucher = new_voucher(erp, ten())["id"]
    add_codes(
        erp, voucher, {"code": "FOR-EVA", "email": "Eva@example.com"}, {"code": "STAFF", "domain": "staff.example.com"}
    )
    shopper = Shopper(client)
    shopper.fill()
    assert discount_of(shopper.ok("POST", "vouchers", {"voucher": "FOR-EVA"})) == 0
    assert known_as(shopper, "eva@example.com") > 0
    assert known_as(shopper, "adam@example.com") == 0
    assert discount_of(shopper.ok("POST", "vouchers", {"voucher": "STAFF"})) == 0
    assert known_as(shopper, "adam@staff.example.com") > 0


def test_a_list_of_those_who_may(erp: Integration, client: httpx.Client) -> None:
    """Addresses without codes of their own: the voucher's own code is for them alone."""
    voucher = new_voucher(erp, ten(), maxUsages=1, method="AUTO", code=None, name="Sorry")["id"]
    add_codes(erp, voucher, {"email": "sad@example.com"})
    shopper = Shopper(client)
    assert discount_of({"selection": shopper.fill()}) == 0
    assert known_as(shopper, "glad@example.com") == 0
    assert known_as(shopper, "sad@example.com") > 0
    buy(Shopper(client), "sad@example.com", None)
    assert discount_of(shopper.ok("GET", "selection")) == 0
    assert [each["successfulUsages"] for each in subvouchers(erp, voucher)] == [1]


def test_codes_have_their_own_time(erp: Integration, shopper: Shopper) -> None:
    voucher = new_voucher(erp, ten())["id"]
    (code,) = add_codes(erp, voucher, {"code": "LATER"}, startAt=TO)
    shopper.fill()
    assert shopper.refused("POST", "vouchers", {"voucher": "LATER"})[0] == 404
    erp.change("updateSubvoucher", "subvoucher { id startAt }", id=code, input={"startAt": FROM})
    cart = shopper.ok("POST", "vouchers", {"voucher": "LATER"})
    assert discount_of(cart) > 0
    erp.change("updateSubvoucher", "subvoucher { id }", id=code, input={"stopAt": "2021-01-01T00:00:00+01:00"})
    assert shopper.selection()["discounts"]["vouchers"] == []
    erp.change("removeSubvouchers", input={"voucher": {"id": voucher}, "subvouchers": [{"subvoucher": {"id": code}}]})
    assert shopper.selection()["discounts"]["vouchers"] == []
    assert shopper.refused("DELETE", "vouchers/LATER")[0] == 404


def test_codes_of_a_credit_keep_a_rest_each(erp: Integration, client: httpx.Client) -> None:
    credit = action(off({"reusablePriceOff": {"setOriginalValue": sek(50)}}))
    made = new_voucher(erp, credit, reuse=True, type="CREDIT")
    one, other = add_codes(erp, made["id"], {"code": "GIFT-1"}, {"code": "GIFT-2"})
    result = made["actions"][0]["result"]["id"]
    value = {"actionResult": {"id": result}, "pricelist": {"id": 1}, "value": {"value": 20, "currencyIsoCode": "SEK"}}
    given = {"voucher": {"id": made["id"]}, "subvouchers": [{"id": one}], "action": {"setToValue": value}}
    erp.change("updateSubvouchersRemainingValue", "subvoucherIds", input=given)
    rests = {row["code"]: row["reusableValues"][0]["remainingValue"]["value"] for row in subvouchers(erp, made["id"])}
    assert rests == {"GIFT-1": 20, "GIFT-2": 50}
    order = buy(Shopper(client), "poor@example.com", "GIFT-1")
    assert order["discounts"]["vouchers"][0]["priceOffAsNumber"] == -20
    (first, second) = subvouchers(erp, made["id"])
    assert first["reusableValues"][0]["remainingValue"]["value"] == 0 and first["successfulUsages"] == 1
    assert second["reusableValues"][0]["remainingValue"]["value"] == 50
    shown = erp.ask("query ($id: Int!) { voucher(id: $id) { actions { result { reusableValues { subvoucher { id }"
                    " remainingValue { value } } } } } }", id=made["id"])  # fmt: skip
    rests = shown["voucher"]["actions"][0]["result"]["reusableValues"]
    assert {(each["subvoucher"] or {}).get("id"): each["remainingValue"]["value"] for each in rests} == {
        None: 50, one: 0, other: 50,
    }  # fmt: skip
    shopper = Shopper(client)
    shopper.fill()
    assert discount_of(shopper.ok("POST", "vouchers", {"voucher": "TEN"})) == 50
    erp.refused("updateSubvouchersRemainingValue", input={**given, "subvouchers": [{"id": 99999}]})


def test_refusals_name_what_is_wrong(erp: Integration) -> None:
    voucher = new_voucher(erp, ten())["id"]
    first, _ = add_codes(erp, voucher, {"code": "ONE"}, {"code": "TWO"})
    for changes, path in (
        ({"identifier": {"code": "TWO"}}, ["input", "identifier", "code"]),
        ({"identifier": {"code": "WELCOME10"}}, ["input", "identifier", "code"]),
        ({"identifier": {"code": ""}}, ["input", "identifier"]),
        ({"identifier": {"url": "/v/x"}}, ["input", "identifier", "url"]),
        ({"identifier": {"email": "no address"}}, ["input", "identifier", "email"]),
        ({"startAt": TO, "stopAt": FROM}, ["input", "stopAt"]),
    ):
        payload = erp.ask(
            "mutation ($id: Int!, $input: SubvoucherUpdateInput!) { updateSubvoucher(id: $id, input: $input) {"
            " subvoucher { id code startAt } userErrors { message path } } }",
            id=first, input=changes,
        )["updateSubvoucher"]  # fmt: skip
        assert payload["subvoucher"] == {"id": first, "code": "ONE", "startAt": FROM}, changes
        assert [error["path"] for error in payload["userErrors"]] == [path], changes
    body = erp.body("mutation { updateSubvoucher(id: 99999, input: {}) { subvoucher { id } userErrors { message } } }")
    assert "Could not find Subvoucher with ID 99999" in body["errors"][0]["message"]
    given = {"voucher": {"id": voucher}, "startAt": FROM, "stopAt": TO}
    (error,) = erp.refused("addSubvouchers", input={**given, "subvouchers": [{"code": "A"}, {"url": "b"}]})
    assert error["path"] == ["input", "subvouchers", "1", "url"]
    several = [{"code": "NEW"}, {"code": "welcome10"}, {"code": "new"}, {"code": "Two"}]
    errors = erp.refused("addSubvouchers", input={**given, "subvouchers": several})
    assert [error["path"][2:] for error in errors] == [["1", "code"], ["2", "code"], ["3", "code"]]
    automatic = new_voucher(erp, ten(), method="AUTO", code=None)["id"]
    (error,) = erp.refused(
        "addSubvouchers", input={**given, "voucher": {"id": automatic}, "subvouchers": [{"code": "A"}]}
    )
    assert error["path"] == ["input", "subvouchers", "0", "code"]


def test_a_code_for_each_owner(erp: Integration) -> None:
    voucher = new_voucher(erp, ten())["id"]
    given = {
        "voucher": {"id": voucher}, "identifiers": {"emails": ["a@example.com"], "domains": ["example.org"]},
        "startAt": FROM, "stopAt": TO, "codeLength": 8, "letterCasing": "MIXED", "codeCharacters": "abcXYZ",
        "codePrefix": "VIP", "codeSuffix": "", "dividerSymbol": "_",
    }  # fmt: skip
    erp.change("generateSubvouchers", "subvoucherIds", input=given)
    mail, domain = subvouchers(erp, voucher)
    assert (mail["email"], mail["domain"], domain["email"], domain["domain"]) == (
        "a@example.com",
        None,
        None,
        "example.org",
    )
    assert mail["code"].startswith("VIP_") and len(domain["code"]) == 12
    (error,) = erp.refused("generateSubvouchers", input={**given, "generateCount": 2})
    assert error["path"] == ["input", "generateCount"]
    (error,) = erp.refused("generateSubvouchers", input={**given, "identifiers": {"emails": ["nobody"]}})
    assert error["path"] == ["input", "identifiers", "emails"]


def test_a_bought_gift_certificate(erp: Integration, client: httpx.Client) -> None:
    """What comes of it is a credit in every API."""
    giver = Shopper(client)
    giver.ok("POST", "items/gift-certificates/gift-card/amount/100")
    giver.ok("POST", "payment", payment())
    made = erp.ask("{ vouchers(sort: [id_DESC], limit: 1) { id code type reuse giftCertificateGenerator { name } } }")
    (voucher,) = made["vouchers"]
    assert (voucher["type"], voucher["reuse"]) == ("GIFT_CERTIFICATE", True)
    assert voucher["giftCertificateGenerator"] == {"name": "Gift card"}
    order = buy(Shopper(client), "receiver@example.com", voucher["code"])
    assert order["discounts"]["vouchers"][0]["priceOffAsNumber"] == -100
    shown = erp.ask(
        """query ($n: [Int!]) { orders(where: {number: $n}) { discountsApplied { __typename value { value }
             ... on AppliedVoucherCredit { voucher { type } voucherActionResult { reusableValues {
               originalValue { value currency { code } } remainingValue { value } } } } } } }""",
        n=[int(order["order"])],
    )["orders"][0]["discountsApplied"]
    (applied,) = shown
    assert (applied["__typename"], applied["value"]["value"]) == ("AppliedVoucherCredit", 100)
    sek_rest = next(
        each
        for each in applied["voucherActionResult"]["reusableValues"]
        if each["originalValue"]["currency"]["code"] == "SEK"
    )
    assert (sek_rest["originalValue"]["value"], sek_rest["remainingValue"]["value"]) == (100, 0)


def test_codes_of_addresses(erp: Integration, shopper: Shopper) -> None:
    voucher = new_voucher(erp, ten(), method="URL", code=None, url="autumn")["id"]
    given = {
        "voucher": {"id": voucher}, "generateCount": 2, "startAt": FROM, "stopAt": TO, "codeLength": 6,
        "letterCasing": "LOWERCASE", "codeCharacters": "ABC123", "codePrefix": "", "codeSuffix": "", "dividerSymbol": "-",
    }  # fmt: skip
    erp.change("generateSubvouchers", "subvoucherIds", input=given)
    one, _ = subvouchers(erp, voucher)
    assert one["code"] is None and len(one["url"]) == 6
    shopper.fill()
    cart = shopper.ok("POST", "vouchers", {"voucher": f"https://shop.example.com/v/{one['url']}"})
    assert discount_of(cart) > 0
    (listed,) = cart["selection"]["discounts"]["vouchers"]
    assert (listed["voucher"], listed["type"]) == (one["url"], "uri")


# ------------------------------------------------------------------ free products


def free(variants: list[int], **parts: Any) -> dict[str, Any]:
    return {
        "freeProducts": {
            "productVariants": [{"id": each} for each in variants], "removeWhenCriteriaNotFulfilled": True,
            "allowAddMore": False, "allowRemove": False, **parts,
        }
    }  # fmt: skip


def two_pieces() -> dict[str, Any]:
    return {"orderQuantity": {"comparator": "GREATER_THAN_OR_EQUAL", "quantity": 2}}


def lines(cart: dict[str, Any]) -> dict[str, tuple[int, float]]:
    """Product -> pieces and price of its lines."""
    return {
        line["item"].split("-")[0]: (line["quantity"], line["totalPriceAsNumber"])
        for line in cart["selection"]["items"]
    }


def test_every_free_product_comes_with_the_cart(erp: Integration, shopper: Shopper, api: Warehouse) -> None:
    bought, *gifts = shopper.ordinary_products(3)
    item = bought["items"][0]["item"]
    variants = [variant_of(erp, each) for each in gifts]
    made = new_voucher(erp, action(free(variants, pricelistPrices=sek(1)), two_pieces()))
    assert made["actions"][0]["result"]["type"] == "ADD_FREE_PRODUCTS"
    shopper.ok("POST", f"items/{item}")
    assert set(lines(shopper.ok("POST", "vouchers", {"voucher": "TEN"}))) == {bought["product"]}
    cart = shopper.ok("POST", f"items/{item}")
    assert {lines(cart)[each["product"]] for each in gifts} == {(1, 1)}
    (voucher,) = cart["selection"]["discounts"]["vouchers"]
    gift_lines = [line["line"] for line in cart["selection"]["items"] if line["totalPriceAsNumber"] == 1]
    assert voucher["freeProductAdded"] == {"line": gift_lines[0], "allowRemove": False, "allowAddMore": False}
    shopper.ok("POST", "payment", payment())
    order = shopper.ok("GET", "receipt")["order"]
    shown = api.order(int(order["order"]))
    assert len(shown["products"]) == 3 and shown["grandTotalValue"] == order["totals"]["grandTotalPriceAsNumber"]
    applied = erp.ask(
        """query ($n: [Int!]) { orders(where: {number: $n}) { discountsApplied { __typename value { value }
             ... on AppliedVoucherFreeProduct { productVariant { id } voucherActionResult { type } } } } }""",
        n=[int(order["order"])],
    )["orders"][0]["discountsApplied"]
    assert [each["__typename"] for each in applied] == ["AppliedVoucherFreeProduct"] * 2
    assert {each["productVariant"]["id"] for each in applied} == set(variants)
    assert {each["voucherActionResult"]["type"] for each in applied} == {"ADD_FREE_PRODUCTS"}
    body = api.order_of([(api.sizes(1)[0], 2, {})], voucherCodes=["TEN"])
    rows = api.order(api.ok("POST", "order", body)["orders"][0])["products"]
    assert sorted(row["totalPrice"] for row in rows)[:2] == [1, 1]


def test_a_free_product_that_is_taken_out(erp: Integration, shopper: Shopper) -> None:
    bought, first, second = shopper.ordinary_products(3)
    variants = [variant_of(erp, first), variant_of(erp, second)]
    new_voucher(erp, action(free(variants, allowRemove=True, allowAddMore=True)))
    shopper.ok("POST", f"items/{bought['items'][0]['item']}")
    cart = shopper.ok("POST", "vouchers", {"voucher": "TEN"})
    by_product = {line["item"].split("-")[0]: line["line"] for line in cart["selection"]["items"]}
    cart = shopper.ok("DELETE", f"lines/{by_product[first['product']]}")
    assert set(lines(cart)) == {bought["product"], second["product"]}
    cart = shopper.ok("POST", f"lines/{by_product[second['product']]}")
    paid = [line for line in cart["selection"]["items"] if line["item"].startswith(f"{second['product']}-")]
    assert sorted(line["totalPriceAsNumber"] for line in paid) == [0, second["priceAsNumber"]]
    shopper.ok("DELETE", "vouchers/TEN")
    cart = shopper.ok("POST", "vouchers", {"voucher": "TEN"})
    assert first["product"] in lines(cart)  # a voucher that is entered anew gives everything again


def test_a_free_product_that_stays_costs_its_price(erp: Integration, shopper: Shopper) -> None:
    bought, gift = shopper.ordinary_products(2)
    item = bought["items"][0]["item"]
    result = free([variant_of(erp, gift)], removeWhenCriteriaNotFulfilled=False)
    new_voucher(erp, action(result, two_pieces()), method="AUTO", code=None)
    cart = shopper.ok("POST", f"items/{item}/quantity/2")
    assert lines(cart)[gift["product"]] == (1, 0)
    line = next(line["line"] for line in cart["selection"]["items"] if line["item"] == item)
    cart = shopper.ok("DELETE", f"lines/{line}/quantity/1")
    assert lines(cart)[gift["product"]] == (1, gift["priceAsNumber"])
    cart = shopper.ok("POST", f"items/{item}")
    assert lines(cart)[gift["product"]] == (1, 0)


def test_the_last_piece_is_given_once(erp: Integration, client: httpx.Client, api: Warehouse) -> None:
    shopper, other = Shopper(client), Shopper(client)
    bought, gift = shopper.ordinary_products(2)
    item, given = bought["items"][0]["item"], gift["items"]
    for each in given:  # of all its sizes one piece is left
        buyer = Shopper(client)
        left = api.stock_of(int(each["item"].split("-")[1]))[2] - (each is given[0])
        if left > 0:
            buyer.ok("POST", f"items/{each['item']}/quantity/{left}")
            buyer.ok("POST", "payment", payment())
    new_voucher(erp, action(free([variant_of(erp, gift)])), method="AUTO", code=None)
    for each in (shopper, other):
        assert gift["product"] in lines(each.ok("POST", f"items/{item}"))
    shopper.ok("POST", "payment", payment())
    assert len(shopper.ok("GET", "receipt")["order"]["items"]) == 2
    other.ok("POST", "payment", payment())
    assert len(other.ok("GET", "receipt")["order"]["items"]) == 1


def test_free_products_that_cannot_be_given(erp: Integration, shopper: Shopper) -> None:
    for result, path in (
        (free([]), ["productVariants"]),
        (free([99999]), ["productVariants", "0", "id"]),
        (free([1], pricelistPrices=sek(-1)), ["pricelistPrices"]),
    ):
        (error,) = erp.refused("createVoucher", input=terms(actions=[action(result)]))
        assert error["path"] == ["input", "actions", "0", "result", "freeProducts", *path]


# ------------------------------------------------------------------ what discounts are reckoned from


def test_original_prices_and_campaigns(erp: Integration, shopper: Shopper) -> None:
    reduced = next(
        each
        for each in shopper.ok("POST", "products", {"onlyAvailable": True, "limit": 200})["products"]
        if each["discountPercent"] >= 10 and each["items"][0]["stock"] == "yes" and each["itemQuantityMinimum"] == 1
    )
    before, now = reduced["priceBeforeDiscountAsNumber"], reduced["priceAsNumber"]
    new_voucher(erp, action(off({"originalPercentOff": 50})), code="HALF")
    new_voucher(erp, action(off({"originalPercentOffExcludingCampaigns": 50})), code="PLAIN")
    shopper.ok("POST", f"items/{reduced['items'][0]['item']}")
    assert discount_of(shopper.ok("POST", "vouchers", {"voucher": "HALF"})) == pytest.approx(now - before / 2, abs=0.02)
    shopper.ok("DELETE", "vouchers/HALF")
    assert discount_of(shopper.ok("POST", "vouchers", {"voucher": "PLAIN"})) == 0
    (plain,) = shopper.ordinary_products(1)
    if not plain["discountPercent"]:
        cart = shopper.ok("POST", f"items/{plain['items'][0]['item']}")
        assert discount_of(cart) == pytest.approx(plain["priceAsNumber"] / 2, abs=0.02)


def test_fixed_prices(erp: Integration, shopper: Shopper) -> None:
    each = {"multiplier": {"perProduct": True}, "pricelistValues": sek(40)}
    together = {"multiplier": {"perSelection": True}, "pricelistValues": sek(99)}
    new_voucher(erp, action(off({"fixedPrice": each})), code="FORTY")
    new_voucher(erp, action(off({"fixedPrice": together})), code="BOX")
    total = shopper.fill(2, 2)["totals"]["itemsTotalPriceAsNumber"]
    assert discount_of(shopper.ok("POST", "vouchers", {"voucher": "FORTY"})) == pytest.approx(total - 160)
    shopper.ok("DELETE", "vouchers/FORTY")
    assert discount_of(shopper.ok("POST", "vouchers", {"voucher": "BOX"})) == pytest.approx(total - 99)
    for multiplier in ({}, {"perProduct": True, "perSelection": True}):
        wrong = action(off({"fixedPrice": {**each, "multiplier": multiplier}}))
        (error,) = erp.refused("createVoucher", input=terms(actions=[wrong]))
        assert error["path"][-2:] == ["fixedPrice", "multiplier"]


def test_a_discount_of_some_goods_that_all_of_them_bear(erp: Integration, shopper: Shopper) -> None:
    first, second = shopper.ordinary_products(2)
    result = {"selectedProducts": {"applyOn": "ORDER_TOTAL", "discount": {"percentOff": 50}}}
    new_voucher(erp, action(result, {"productVariants": [{"id": variant_of(erp, first)}]}))
    for each in (first, second):
        shopper.ok("POST", f"items/{each['items'][0]['item']}")
    cart = shopper.ok("POST", "vouchers", {"voucher": "TEN"})
    assert discount_of(cart) == pytest.approx(first["priceAsNumber"] / 2, abs=0.02)
    assert all(line["discounts"]["vouchers"][0]["priceOffAsNumber"] < 0 for line in cart["selection"]["items"])


def test_what_other_vouchers_touched_and_what_earlier_actions_did(erp: Integration, shopper: Shopper) -> None:
    first, second = shopper.ordinary_products(2)
    chosen = {"productVariants": [{"id": variant_of(erp, first)}]}
    half = off({"percentOff": 50}, "SELECTED_PRODUCTS")
    new_voucher(erp, action(half, chosen), code="EARLIER", priority=1)
    tenth = off({"percentOff": 10}, "SELECTED_PRODUCTS")
    by_others = {"productsAffectedByOtherVoucher": False}
    new_voucher(erp, action(tenth), action(tenth, by_others), code="TWICE", priority=2)
    new_voucher(
        erp, action(tenth, chosen), action(tenth, {"productsNotDiscounted": "VOUCHER"}), code="APART", priority=2
    )
    for each in (first, second):
        shopper.ok("POST", f"items/{each['items'][0]['item']}")
    one, other = first["priceAsNumber"], second["priceAsNumber"]
    taken = discount_of(shopper.ok("POST", "vouchers", {"voucher": "TWICE"}))
    assert taken == pytest.approx((one + other) * 0.19, abs=0.05)
    taken = discount_of(shopper.ok("POST", "vouchers", {"voucher": "EARLIER"}))
    assert taken == pytest.approx(one * 0.55 + other * 0.19, abs=0.05)
    for code in ("TWICE", "EARLIER"):
        shopper.ok("DELETE", f"vouchers/{code}")
    taken = discount_of(shopper.ok("POST", "vouchers", {"voucher": "APART"}))
    assert taken == pytest.approx((one + other) * 0.1, abs=0.05)


def test_folders_are_those_of_today(erp: Integration, shopper: Shopper) -> None:
    (bought,) = shopper.ordinary_products(1)
    found = erp.ask(
        "query ($id: [Int!]) { displayItems(where: {id: $id}) { productVariant { product { id folder { id } } } } }",
        id=[int(bought["product"])],
    )["displayItems"][0]["productVariant"]["product"]
    parent = erp.change("createFolder", "folder { id }", input={"name": "Outlet"})["folder"]["id"]
    child = erp.change("createFolder", "folder { id }", input={"name": "Deep", "parent": {"id": parent}})["folder"]
    new_voucher(erp, action(off({"percentOff": 10}, "SELECTED_PRODUCTS"), {"folders": [{"id": parent}]}), code="IN")
    new_voucher(
        erp, action(off({"percentOff": 20}, "SELECTED_PRODUCTS"), {"excludeFolders": [{"id": parent}]}), code="OUT"
    )
    shopper.ok("POST", f"items/{bought['items'][0]['item']}")
    assert discount_of(shopper.ok("POST", "vouchers", {"voucher": "IN"})) == 0
    erp.change("updateProduct", id=found["id"], input={"folder": {"id": child["id"]}})
    assert discount_of(shopper.ok("GET", "selection")) == pytest.approx(bought["priceAsNumber"] / 10, abs=0.02)
    shopper.ok("DELETE", "vouchers/IN")
    assert discount_of(shopper.ok("POST", "vouchers", {"voucher": "OUT"})) == 0


# ------------------------------------------------------------------ what is shown of it


def test_an_order_tells_which_results_it_had(erp: Integration, client: httpx.Client, api: Warehouse) -> None:
    made = new_voucher(
        erp, action(off({"percentOff": 10})), action({"freeShipping": {"allShippingOptions": True}}), name="Both"
    )
    order = buy(Shopper(client), "both@example.com")
    total, off_price = (
        order["totals"]["itemsTotalPriceAsNumber"],
        -order["discounts"]["vouchers"][0]["priceOffAsNumber"],
    )
    shown = erp.ask(
        """query ($n: [Int!]) { orders(where: {number: $n}) { discountsApplied { __typename value { value }
             ... on AppliedVoucher { voucher { id } voucherActionResult { id type } paramsJSON code voucherMethod } }
             lines { lineVouchers { voucherName voucherType code appliedOn configuredPercent unitPriceReduction { value }
               voucherActionResult { id } voucher { id } } } } }""",
        n=[int(order["order"])],
    )["orders"][0]
    results = [each["result"]["id"] for each in made["actions"]]
    percent, shipping = shown["discountsApplied"]
    assert (percent["__typename"], shipping["__typename"]) == ("AppliedVoucherDiscount", "AppliedVoucherFreeShipping")
    assert [each["voucherActionResult"]["id"] for each in (percent, shipping)] == results
    assert percent["value"]["value"] == off_price == pytest.approx(total / 10, abs=0.02)
    assert shipping["value"]["value"] == 49 and '"percent": 10' in percent["paramsJSON"].replace(":10", ": 10")
    (line,) = shown["lines"]
    (voucher,) = line["lineVouchers"]
    assert (voucher["appliedOn"], voucher["configuredPercent"], voucher["code"]) == ("PRODUCT_TOTAL", 10, "TEN")
    assert voucher["voucherActionResult"] == {"id": results[0]} and voucher["voucher"] == {"id": made["id"]}
    told = api.order(int(order["order"]))
    assert told["voucherValue"] == off_price and told["shippingValue"] == 0
    filters = (
        "where: {voucherActionResultId: [%d]}" % results[1], 'where: {search: "both"}', "where: {value: {to: 0}}",
        "where: {voucherMethod: [CODE], date: {from: \"2020-01-01T00:00:00+01:00\"}}",
    )  # fmt: skip
    counts = [
        len(erp.ask("{ voucher(id: %d) { usages(%s) { value { value } } } }" % (made["id"], each))["voucher"]["usages"])
        for each in filters
    ]
    assert counts == [1, 2, 0, 2]


def test_attributes_of_a_voucher_are_in_the_cart_and_the_receipt(erp: Integration, client: httpx.Client) -> None:
    value = {"attributeTypeName": "vouch_origin", "attributeElementKey": "text", "attributeElementValue": "newsletter"}
    new_voucher(erp, ten(), method="AUTO", code=None)
    new_voucher(erp, ten(), assignDynamicAttributes=[value])
    order = buy(Shopper(client), "attr@example.com")
    (voucher,) = order["discounts"]["vouchers"]
    assert "newsletter" in str(voucher["attributes"])
    assert order["discounts"]["automaticDiscounts"][0]["attributes"] == []


def test_a_copy_knows_its_original(erp: Integration, api: Warehouse, shopper: Shopper) -> None:
    """It does what the original does, for whom that does it, but it has neither its codes nor its uses."""
    made = new_voucher(erp, ten({"newCustomer": {"isNew": False}}), action(free([1], allowRemove=True)))
    add_codes(erp, made["id"], {"code": "OF-THE-FIRST"})
    copy = api.ok("PUT", f"voucher/{made['id']}/clone", {"stopDate": "2039-01-01", "code": "COPY"})
    shown = erp.ask(
        "query ($id: Int!) { voucher(id: $id) { parentVoucher { id } successfulUsages actions { criteria { type } result {"
        " type } } } subvouchers(where: {voucherId: [$id]}) { id } }".replace("[$id]", str([copy["voucher"]])),
        id=copy["voucher"],
    )
    assert shown["voucher"]["parentVoucher"] == {"id": made["id"]} and shown["subvouchers"] == []
    assert [each["result"]["type"] for each in shown["voucher"]["actions"]] == [
        "CHANGE_PRODUCT_TOTAL",
        "ADD_FREE_PRODUCTS",
    ]
    assert shown["voucher"]["actions"][0]["criteria"] == [{"type": "NEW_CUSTOMER"}]
    refused = api.refused("PUT", f"voucher/{made['id']}/clone", {"stopDate": "2039-01-01", "code": "of-the-first"})
    assert refused["msg"] == {"code": "Code is already taken"}
    shopper.fill()
    assert discount_of(shopper.ok("POST", "vouchers", {"voucher": "COPY"})) == 0


def test_what_codes_and_addresses_are_for(erp: Integration) -> None:
    for parts, name in (
        ({"method": "AUTO", "code": "X"}, "code"), ({"method": "URL", "url": "u", "code": "X"}, "code"),
        ({"method": "CODE", "url": "u"}, "url"), ({"method": "AUTO", "code": None, "url": "u"}, "url"),
    ):  # fmt: skip
        (error,) = erp.refused("createVoucher", input=terms(**parts))
        assert error["path"] == ["input", name]
    voucher = new_voucher(erp, ten())["id"]
    (error,) = erp.refused("updateVoucher", id=voucher, input={"url": "elsewhere"})
    assert error["path"] == ["input", "url"]
    warned = erp.change("createVoucher", VOUCHER, input=terms(code="EXT", isExternal=True))
    assert warned["userWarnings"][0]["path"] == ["input", "isExternal"]


def test_one_kept_value_for_a_voucher(erp: Integration) -> None:
    credit = action(off({"reusablePriceOff": {"setOriginalValue": sek(50)}}))
    erp.refused("createVoucher", input=terms(reuse=True, type="CREDIT", actions=[credit, credit]))
    assert erp.ask('{ vouchers(where: {code: {equals: "TEN"}}) { id } }')["vouchers"] == []


# ------------------------------------------------------------------ asked without a cart

CALCULATE = """query ($input: CalculateVoucherInput!) { calculateVouchers(input: $input) { userErrors { path message } results {
  __typename voucher { name } subvoucher { code } voucherActionResult { id type }
  ... on CalculateVouchersLineDiscounted { lineReference configuredPercent previousTotal { value } priceReduction { value } }
  ... on CalculateVouchersCreditGiven { canCreditShipping reduceByValue { value } }
  ... on CalculateVouchersFreeShippingGiven { forShippingOptions { id } }
  ... on CalculateVouchersFreeProductGiven { variant { id } quantity price { value } removeOnRevert allowRemove } } } }"""


@pytest.fixture
def wanted(erp: Integration) -> dict[str, Any]:
    """Two pieces of a display at 100 SEK each."""
    data = erp.ask(
        """{ displays(where: {storeId: 1, status: ACTIVE}, limit: 1) { id displayItems { productVariant { id
               productSizes { id } } } } shippingOptions(limit: 1) { id } }"""
    )
    display = data["displays"][0]
    variant = display["displayItems"][0]["productVariant"]
    line = {
        "lineReference": "a", "display": {"id": display["id"]}, "productVariant": {"id": variant["id"]},
        "productSize": {"id": variant["productSizes"][0]["id"]}, "quantity": 2,
        "unitOriginalPrice": {"value": 100, "currencyIsoCode": "SEK"},
    }  # fmt: skip
    return {
        "lines": [line], "market": {"id": 1}, "pricelist": {"id": 1},
        "shippingOption": {"id": data["shippingOptions"][0]["id"]},
    }  # fmt: skip


def calculated(erp: Integration, selection: dict[str, Any], *codes: str) -> list[dict[str, Any]]:
    named = [{"code": code} for code in codes]
    given = {"selection": selection, "includeAutoVouchers": False, "additionalVouchers": named}
    payload = erp.ask(CALCULATE, input=given)["calculateVouchers"]
    assert payload["userErrors"] == []
    return payload["results"]


def test_every_kind_of_result_is_calculated(erp: Integration, wanted: dict[str, Any]) -> None:
    variant = wanted["lines"][0]["productVariant"]["id"]
    made = new_voucher(
        erp,
        action(off({"percentOff": 10})),
        action({"freeShipping": {"shippingOptions": [wanted["shippingOption"]]}}),
        action(free([variant], pricelistPrices=sek(3))),
        code="ALL",
    )
    add_codes(erp, made["id"], {"code": "MINE"})
    credit = action(off({"reusablePriceOff": {"setOriginalValue": sek(50)}}))
    new_voucher(erp, credit, code="CREDIT", reuse=True, type="CREDIT", priority=9)
    percent, shipping, gift, value = calculated(erp, wanted, "mine", "CREDIT")
    assert {(each["subvoucher"] or {}).get("code") for each in (percent, shipping, gift)} == {"MINE"}
    results = [each["result"]["id"] for each in made["actions"]]
    assert [each["voucherActionResult"]["id"] for each in (percent, shipping, gift)] == results
    assert (percent["lineReference"], percent["configuredPercent"]) == ("a", 10)
    assert (percent["previousTotal"]["value"], percent["priceReduction"]["value"]) == (200, 20)
    assert shipping["forShippingOptions"] == [wanted["shippingOption"]]
    assert (gift["variant"], gift["price"]["value"], gift["removeOnRevert"]) == ({"id": variant}, 3, True)
    assert value["__typename"] == "CalculateVouchersCreditGiven" and value["reduceByValue"]["value"] == 50


def test_what_is_told_of_shopper_and_goods_counts(
    erp: Integration, client: httpx.Client, wanted: dict[str, Any]
) -> None:
    new_voucher(erp, ten({"loggedInCustomer": True}), code="MEMBER")
    new_voucher(erp, ten({"newCustomer": {"isNew": True}}), code="HELLO")
    new_voucher(erp, ten({"productInSale": True}), code="SALE")
    new_voucher(erp, ten({"productsNotDiscounted": "CAMPAIGN"}), code="FULL")
    buy(Shopper(client), "known@example.com", None)

    def counts(code: str, customer: dict[str, Any] | None = None) -> bool:
        return bool(calculated(erp, {**wanted, "customer": customer}, code))

    assert not counts("MEMBER") and counts("MEMBER", {"loggedIn": True})
    assert counts("HELLO") and not counts("HELLO", {"email": "known@example.com", "loggedIn": False})
    assert not counts("SALE") and counts("FULL")
    reduction = {"value": 20, "currencyIsoCode": "SEK"}
    campaign = {"source": "CAMPAIGN", "valueReduction": reduction, "isSale": True, "isNews": False}
    wanted["lines"][0]["discounts"] = [campaign]
    assert counts("SALE") and not counts("FULL")
    assert calculated(erp, wanted, "SALE")[0]["priceReduction"]["value"] == 16
    part = {**wanted["lines"][0], "lineReference": "b", "bundle": {"bundleReference": "a"}}
    assert len(calculated(erp, {**wanted, "lines": [*wanted["lines"], part]}, "SALE")) == 1
    for changes, path in (
        ({"customer": {"id": 999999, "loggedIn": True}}, ["customer", "id"]),
        ({"lines": [{**part, "bundle": {"bundleReference": "z"}}]}, ["lines", "0", "bundle", "bundleReference"]),
        ({"lines": [*wanted["lines"], *wanted["lines"]]}, ["lines"]),
    ):
        given = {"selection": {**wanted, **changes}, "includeAutoVouchers": True}
        payload = erp.ask(CALCULATE, input=given)["calculateVouchers"]
        assert payload["userErrors"][0]["path"] == ["input", "selection", *path]
