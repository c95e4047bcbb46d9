"""Campaigns, vouchers, gift certificates and subscription plans that integrations make: shoppers meet them at once."""

from typing import Any

import httpx
import pytest

from mockcentra.store import Store
from tests.apis.graphql.conftest import Integration
from tests.apis.graphql.promotions import FROM, TO, VOUCHER, action, discount_of, off, sek, terms, variant_of
from tests.shopper import Shopper


@pytest.fixture
def shopper(client: httpx.Client) -> Shopper:
    return Shopper(client)


# ------------------------------------------------------------------ campaigns


CAMPAIGN = """campaign { id name status store { id } markets { id } pricelists { name }
  campaignVariants { discountPercent fixedPrice { value } type startAt stopAt showSale showNews productVariant { id } } }"""


def new_campaign(erp: Integration, **parts: Any) -> int:
    given = {
        "name": "Autumn", "status": "ACTIVE", "store": {"id": 1}, "addMarkets": [{"id": 1}], "addPricelists": [{"id": 1}],
    }  # fmt: skip
    return erp.change("createCampaign", CAMPAIGN, input={**given, **parts})["campaign"]["id"]


def percent(variant: int, off: float, **parts: Any) -> dict[str, Any]:
    return {
        "productVariant": {"id": variant}, "type": "DISCOUNT_PERCENT", "discountPercent": off, "startAt": FROM,
        "stopAt": TO, "showSale": True, "showNews": False, **parts,
    }  # fmt: skip


def price_in_shop(shopper: Shopper, product: dict[str, Any]) -> tuple[str, bool]:
    shown = shopper.ok("GET", f"/products/{product['product']}")["product"]
    return shown["price"], shown["showAsOnSale"]


def test_a_campaign_lowers_the_price_in_the_shop_at_once(erp: Integration, shopper: Shopper) -> None:
    product = shopper.ordinary_products()[0]
    variant = variant_of(erp, product)
    before, _ = price_in_shop(shopper, product)
    campaign = new_campaign(erp)
    made = erp.change(
        "setCampaignVariants", CAMPAIGN, input={"campaign": {"id": campaign}, "variants": [percent(variant, 25)]}
    )["campaign"]
    assert made["campaignVariants"] == [
        {
            "discountPercent": 25, "fixedPrice": None, "type": "DISCOUNT_PERCENT", "startAt": FROM, "stopAt": TO,
            "showSale": True, "showNews": False, "productVariant": {"id": variant},
        }
    ]  # fmt: skip
    now, on_sale = price_in_shop(shopper, product)
    assert now != before and on_sale
    fixed = percent(
        variant, 0, type="FIXED_PRICE", discountPercent=None, fixedPrice={"value": 99, "currencyIsoCode": "SEK"}
    )
    erp.change("setCampaignVariants", CAMPAIGN, input={"campaign": {"id": campaign}, "variants": [fixed]})
    assert price_in_shop(shopper, product)[0].startswith("99")
    erp.change("updateCampaign", id=campaign, input={"status": "INACTIVE"})
    assert price_in_shop(shopper, product) == (before, False)
    erp.change("updateCampaign", id=campaign, input={"status": "ACTIVE", "removeMarkets": [{"id": 1}]})
    assert price_in_shop(shopper, product) == (before, False)
    erp.change("updateCampaign", id=campaign, input={"addMarkets": [{"id": 1}]})
    left = erp.change(
        "unsetCampaignVariants", CAMPAIGN, input={"campaign": {"id": campaign}, "productVariants": [{"id": variant}]}
    )
    assert left["campaign"]["campaignVariants"] == [] and price_in_shop(shopper, product) == (before, False)


def test_a_deleted_campaign_is_gone(erp: Integration, shopper: Shopper, store: Store) -> None:
    product = shopper.ordinary_products()[0]
    before, _ = price_in_shop(shopper, product)
    campaign = new_campaign(erp)
    erp.change(
        "setCampaignVariants",
        input={"campaign": {"id": campaign}, "variants": [percent(variant_of(erp, product), 10)]},
    )
    removed = erp.change("removeCampaign", "campaign { id name }", id=campaign)
    assert removed["campaign"] == {"id": campaign, "name": "Autumn"}
    assert erp.ask("query ($id: [Int!]) { campaigns(where: {id: $id}) { id } }", id=[campaign])["campaigns"] == []
    assert price_in_shop(shopper, product)[0] == before
    assert erp.refused("deleteCampaign", id=campaign)[0]["message"] == f"Could not find Campaign with ID {campaign}"
    with store.reading() as tx:
        actions = [row[0] for row in tx.all("SELECT action FROM events WHERE object_type = 'campaign' ORDER BY id")]
    assert actions[0] == "created" and actions[-1] == "deleted"


def test_the_lowest_price_remembers_a_campaign(erp: Integration, shopper: Shopper) -> None:
    product = shopper.ordinary_products()[0]
    campaign = new_campaign(erp)
    fixed = percent(
        variant_of(erp, product), 0, type="FIXED_PRICE", fixedPrice={"value": 1.5, "currencyIsoCode": "SEK"}
    )
    erp.change("setCampaignVariants", input={"campaign": {"id": campaign}, "variants": [fixed]})
    erp.change("deleteCampaign", id=campaign)
    shown = shopper.ok("GET", f"/products/{product['product']}")["product"]
    assert shown["priceAsNumber"] > 1.5 and [entry["priceAsNumber"] for entry in shown["lowestPrice"]] == [1.5]


def test_campaigns_that_cannot_be(erp: Integration) -> None:
    given = {"name": " ", "status": "ACTIVE", "store": {"id": 1}, "addPricelists": [{"id": 999}]}
    paths = [error["path"] for error in erp.refused("createCampaign", input=given)]
    assert paths == [["input", "name"], ["input", "addPricelists", "0", "id"]]
    foreign = erp.ask("{ pricelists(where: {storeId: 2}) { id } }")["pricelists"][0]
    erp.refused("createCampaign", input={**given, "name": "Far away", "addPricelists": [foreign]})
    campaign = new_campaign(erp)
    wrong = [
        percent(1, 120),
        percent(1, 5, startAt=TO, stopAt=FROM),
        percent(1, 5, type="FIXED_PRICE"),
        percent(999999, 5),
        percent(1, 5, type="FIXED_PRICE", fixedPrice={"value": 5, "currencyIsoCode": "EUR"}),
    ]
    for each in wrong:
        erp.refused("setCampaignVariants", CAMPAIGN, input={"campaign": {"id": campaign}, "variants": [each]})
    twice = erp.change(
        "setCampaignVariants",
        CAMPAIGN,
        input={"campaign": {"id": campaign}, "variants": [percent(1, 5), percent(1, 6)]},
    )
    assert "Duplicate variant ID 1 skipped" in [warning["message"] for warning in twice["userWarnings"]]


def test_campaigns_in_lists(erp: Integration) -> None:
    data = erp.ask(
        """{ campaigns(where: {name: {startsWith: "Winter"}}) { id name createdAt updatedAt status
               campaignVariants(where: {type: [FIXED_PRICE], value: {from: 1500}}, limit: 5) {
                 id fixedPrice { value currency { code } } startAt stopAt campaign { id } status } }
             campaignConnection(first: 2) { totalCount edges { node { id } } pageInfo { hasNextPage } } }"""
    )
    (winter,) = data["campaigns"]
    assert winter["campaignVariants"] and {row["fixedPrice"]["value"] for row in winter["campaignVariants"]} == {1995}
    assert winter["campaignVariants"][0]["startAt"].startswith("2025-11-24")
    assert data["campaignConnection"]["totalCount"] >= 6 and data["campaignConnection"]["pageInfo"]["hasNextPage"]


# ------------------------------------------------------------------ vouchers


def test_a_voucher_made_here_works_in_the_cart(erp: Integration, shopper: Shopper) -> None:
    made = erp.change(
        "createVoucher", VOUCHER, input=terms(actions=[action(off({"percentOff": 10}))], externalId="erp-10")
    )["voucher"]
    assert made["externalId"] == "erp-10" and made["method"] == "CODE" and made["type"] == "NORMAL"
    assert [each["result"]["type"] for each in made["actions"]] == ["CHANGE_PRODUCT_TOTAL"]
    assert [each["type"] for each in made["actions"][0]["criteria"]] == ["ALWAYS"]
    item = shopper.ordinary_items()[0]
    shopper.ok("POST", f"/items/{item}/quantity/2")
    cart = shopper.ok("POST", "/vouchers", {"voucher": "ten"})
    assert discount_of(cart) == pytest.approx(cart["selection"]["totals"]["itemsTotalPriceAsNumber"] / 10, abs=0.02)
    erp.change("updateVoucher", id=made["id"], input={"status": "INACTIVE"})
    assert discount_of(shopper.ok("GET", "/selection")) == 0
    found = erp.ask('{ voucher(externalId: "erp-10") { id status } vouchers(where: {code: {equals: "ten"}}) { id } }')
    assert found["voucher"] == {"id": made["id"], "status": "INACTIVE"} and len(found["vouchers"]) == 1


def test_criteria_choose_what_a_result_is_for(erp: Integration, shopper: Shopper) -> None:
    first, second = shopper.ordinary_products(2)
    one, other = (each["items"][0]["item"] for each in (first, second))
    variant = variant_of(erp, first)
    chosen = action(
        off({"percentOff": 50}, "SELECTED_PRODUCTS"),
        {"productVariants": [{"id": variant}]},
        {"productQuantity": {"comparator": "GREATER_THAN_OR_EQUAL", "quantity": 2}},
    )
    made = erp.change("createVoucher", VOUCHER, input=terms(actions=[chosen]))["voucher"]
    shopper.ok("POST", f"/items/{other}/quantity/2")
    shopper.ok("POST", f"/items/{one}")
    assert discount_of(shopper.ok("POST", "/vouchers", {"voucher": "TEN"})) == 0
    cart = shopper.ok("POST", f"/items/{one}")
    line = next(line for line in cart["selection"]["items"] if line["item"] == one)
    assert discount_of(cart) == pytest.approx(line["totalPriceAsNumber"] / 2, abs=0.02)
    (action_id,) = (each["id"] for each in made["actions"])
    changed = erp.change(
        "updateVoucherAction", VOUCHER, id=action_id,
        input={"addCriteria": [{"cheapestProducts": 1}], "deleteCriteria": [{"id": made["actions"][0]["criteria"][1]["id"]}]},
    )["voucher"]  # fmt: skip
    assert [each["type"] for each in changed["actions"][0]["criteria"]] == ["PRODUCTS", "CHEAPEST_PRODUCTS"]
    assert discount_of(shopper.ok("GET", "/selection")) == pytest.approx(line["totalPriceAsNumber"] / 4, abs=0.02)
    left = erp.change("deleteVoucherAction", VOUCHER, id=action_id)["voucher"]
    assert left["actions"] == [] and discount_of(shopper.ok("GET", "/selection")) == 0


def test_actions_after_one_another(erp: Integration, shopper: Shopper) -> None:
    shopper.fill(1, 1)
    dear = {"orderValue": {"comparator": "GREATER_THAN", "values": sek(1_000_000)}}
    voucher = erp.change(
        "createVoucher", VOUCHER, input=terms(actions=[action({"continue": True}, dear, continueStrategy="ON_FAILURE")])
    )["voucher"]
    entry = voucher["actions"][0]["id"]
    after = action(off({"priceOff": sek(25)}), entrypointAction={"id": entry})
    both = erp.change("createVoucherAction", VOUCHER, input={"voucher": {"id": voucher["id"]}, **after})["voucher"]
    assert both["actions"][1]["entryPoint"] == {"id": entry} and both["actions"][0]["isEntryPoint"]
    assert discount_of(shopper.ok("POST", "/vouchers", {"voucher": "TEN"})) == 25
    erp.change("updateVoucherAction", id=entry, input={"continueStrategy": "ON_SUCCESS"})
    assert discount_of(shopper.ok("GET", "/selection")) == 0


def test_a_credit_keeps_its_rest(erp: Integration, shopper: Shopper) -> None:
    credit = action(off({"reusablePriceOff": {"setOriginalValue": sek(50)}}))
    made = erp.change("createVoucher", VOUCHER, input=terms(reuse=True, type="CREDIT", actions=[credit]))["voucher"]
    result = made["actions"][0]["result"]
    assert [(each["originalValue"]["value"], each["remainingValue"]["value"]) for each in result["reusableValues"]] == [
        (50, 50)
    ]
    shopper.fill()
    assert discount_of(shopper.ok("POST", "/vouchers", {"voucher": "TEN"})) == 50
    value = {"actionResult": {"id": result["id"]}, "pricelist": {"id": 1}, "value": sek(20)[0]["value"]}
    erp.change(
        "updateVoucherRemainingValue", VOUCHER, input={"voucher": {"id": made["id"]}, "action": {"setToValue": value}}
    )
    assert discount_of(shopper.ok("GET", "/selection")) == 20
    value["value"] = sek(51)[0]["value"]
    erp.refused("updateVoucherRemainingValue", input={"voucher": {"id": made["id"]}, "action": {"setToValue": value}})


def test_codes_in_numbers(erp: Integration, shopper: Shopper) -> None:
    voucher = erp.change("createVoucher", VOUCHER, input=terms(actions=[action(off({"percentOff": 10}))]))["voucher"][
        "id"
    ]
    given = {
        "voucher": {"id": voucher}, "generateCount": 5, "startAt": FROM, "stopAt": TO, "codeLength": 6,
        "letterCasing": "UPPERCASE", "codeCharacters": "abc123", "codePrefix": "X", "codeSuffix": "", "dividerSymbol": "-",
    }  # fmt: skip
    made = erp.change("generateSubvouchers", "subvoucherIds", input=given)["subvoucherIds"]
    listed = erp.ask(
        "query ($v: [Int!]) { subvouchers(where: {voucherId: $v}) { id code voucher { id } successfulUsages } }",
        v=[voucher],
    )["subvouchers"]
    assert [row["id"] for row in listed] == made and all(row["code"].startswith("X-") for row in listed)
    shopper.fill()
    assert discount_of(shopper.ok("POST", "/vouchers", {"voucher": listed[0]["code"].lower()})) > 0
    erp.change("updateSubvoucher", "subvoucher { code }", id=made[1], input={"identifier": {"code": "MINE"}})
    erp.change(
        "removeSubvouchers",
        input={
            "voucher": {"id": voucher},
            "subvouchers": [{"subvoucher": {"id": made[0]}}, {"identifier": {"code": "MINE"}}],
        },
    )
    assert (
        len(erp.ask("query ($v: [Int!]) { subvouchers(where: {voucherId: $v}) { id } }", v=[voucher])["subvouchers"])
        == 3
    )
    erp.refused(
        "addSubvouchers",
        input={"voucher": {"id": voucher}, "startAt": FROM, "stopAt": TO, "subvouchers": [{"code": "WELCOME10"}]},
    )


def test_vouchers_that_cannot_be(erp: Integration) -> None:
    wrong = [
        terms(code="WELCOME10"),
        terms(method="URL"),
        terms(maxUsages=-1),
        terms(startAt=TO, stopAt=FROM),
        terms(addMarkets=[{"id": 999}]),
        terms(actions=[action(off({"percentOff": 101}))]),
        terms(actions=[action(off({"percentOff": 10, "originalPercentOff": 10}))]),
        terms(actions=[action(off({"reusablePriceOff": {"setOriginalValue": sek(5)}}))]),
        terms(actions=[action(off({"priceOff": sek(5, 2)}))]),
        terms(actions=[action({"continue": True}, {"always": True, "oncePerCustomer": True})]),
        terms(actions=[action({"continue": True}, {"productVariants": [{"id": 99999}]})]),
    ]
    for each in wrong:
        erp.refused("createVoucher", VOUCHER, input=each)
    assert erp.ask('{ vouchers(where: {code: {equals: "TEN"}}) { id } }')["vouchers"] == []


def test_the_vouchers_of_the_shop(erp: Integration) -> None:
    """What the shop came with is shown in the same words."""
    found = erp.ask(
        "{ vouchers { %s usages(limit: 2) { value { value } voucherName } } }" % VOUCHER.partition("{")[2][:-1]
    )
    by_name = {row["name"]: row for row in found["vouchers"]}
    assert by_name["Friends"]["url"] == "friends" and by_name["Friends"]["code"] is None
    assert by_name["Sock deal"]["method"] == "AUTO"
    assert [each["type"] for each in by_name["Sock deal"]["actions"][0]["criteria"]] == ["PRODUCT_QUANTITY"]
    assert any(row["usages"] for row in found["vouchers"])


# ------------------------------------------------------------------ gift certificates and subscriptions


def test_gift_certificates(erp: Integration) -> None:
    found = erp.ask(
        """{ giftCertificateGenerators { name type values { value currency { code } } store { id } onlyInCurrencyOfSale
               showGiftValue translations { language { code } fields { field value } }
               vouchers(limit: 2) { name giftCertificateGenerator { name } } } }"""
    )["giftCertificateGenerators"]
    any_amount, fifty = found
    assert any_amount["type"] == "DYNAMIC_PRICE_OFF" and any_amount["values"] == []
    assert fifty["type"] == "PRICE_OFF" and {"value": 500, "currency": {"code": "SEK"}} in fifty["values"]
    assert any_amount["vouchers"][0]["giftCertificateGenerator"] == {"name": "Gift card"}
    assert any_amount["translations"]


PLAN = """subscriptionPlan { id name status interval { type value } discount internalComment shippingType store { id }
  productVariants { id } displayItems { id } createdAt }"""


def test_a_plan_made_here_is_offered_in_the_shop(erp: Integration, shopper: Shopper) -> None:
    product = shopper.ordinary_products()[0]
    variant = variant_of(erp, product)
    given = {
        "name": "Every ten days", "status": "ACTIVE", "store": {"id": 1}, "interval": {"type": "DAY", "value": 10},
        "discount": 12.5, "internalComment": "A trial",
    }  # fmt: skip
    plan = erp.change("createSubscriptionPlan", PLAN, input=given)["subscriptionPlan"]
    assert plan["discount"] == 12.5 and plan["shippingType"] == "STANDARD" and plan["productVariants"] == []

    def offers() -> list[int]:
        shown = shopper.ok("GET", f"/products/{product['product']}")["product"]
        return [each["subscriptionPlan"] for each in shown.get("subscriptionPlans", [])]

    both = {"subscriptionPlan": {"id": plan["id"]}, "productVariants": [{"id": variant}]}
    assert plan["id"] not in offers()
    done = erp.change("setSubscriptionPlanVariants", PLAN, input=both)["subscriptionPlan"]
    assert done["productVariants"] == [{"id": variant}] and plan["id"] in offers()
    erp.change("updateSubscriptionPlan", id=plan["id"], input={"status": "INACTIVE"})
    assert plan["id"] not in offers()
    erp.change("updateSubscriptionPlan", id=plan["id"], input={"status": "ACTIVE"})
    assert plan["id"] in offers()
    erp.change("unsetSubscriptionPlanVariants", input=both)
    assert plan["id"] not in offers()
    erp.refused("createSubscriptionPlan", input={**given, "interval": {"type": "DAY", "value": 0}})
    erp.refused("createSubscriptionPlan", input={**given, "discount": 101})


def test_contracts_and_their_subscriptions(erp: Integration) -> None:
    contracts = erp.ask(
        """{ subscriptionContracts(sort: createdAt_DESC) { id createdAt updatedAt customer { id email } market { id }
               pricelist { id } originatingOrder { id number } store { id } shippingAddress { city } shippingOption { id }
               paymentMethod { uri } subscriptionPayment { paymentMethod status createdAt }
               subscriptions { id status interval { type value } quantity nextOrderDate discount needsAttention
                 attentionReasons isWaitingForPayment orders { number } subscriptionPlan { id }
                 lines { quantity unitPrice { value } originalUnitPrice { value } productSize { id productVariant { id } size { id } } } } } }"""
    )["subscriptionContracts"]
    contract = next(each for each in contracts if any(s["status"] == "ACTIVE" for s in each["subscriptions"]))
    one = next(each for each in contract["subscriptions"] if each["status"] == "ACTIVE")
    line = one["lines"][0]
    assert line["unitPrice"]["value"] < line["originalUnitPrice"]["value"]
    changed = erp.change("updateSubscription", "subscription { status }", id=one["id"], input={"status": "PAUSED"})
    assert changed["subscription"] == {"status": "PAUSED"}
    size = line["productSize"]
    given = {
        "contract": {"id": contract["id"]}, "subscriptionPlan": one["subscriptionPlan"], "quantity": 2,
        "nextOrderDate": "2099-01-05",
        "subscriptionItems": [{"variant": size["productVariant"], "size": {"id": size["size"]["id"]}}],
    }  # fmt: skip
    made = erp.change("createSubscription", "subscription { id nextOrderDate quantity contract { id } }", input=given)
    assert made["subscription"]["nextOrderDate"] == "2099-01-05" and made["subscription"]["contract"] == {
        "id": contract["id"]
    }
    erp.refused("createSubscription", input={**given, "quantity": 0})
    erp.refused("createSubscription", input={**given, "nextOrderDate": "2001-01-05"})
    found = erp.ask(
        """query ($c: [Int!], $e: String!) { subscriptions(where: {contractId: $c, status: PAUSED, email: {equals: $e}}) { id }
             needy: subscriptions(where: {needsAttention: true}) { needsAttention } }""",
        c=[contract["id"]], e=contract["customer"]["email"],
    )  # fmt: skip
    assert {"id": one["id"]} in found["subscriptions"] and all(each["needsAttention"] for each in found["needy"])
    order = "0" * 32
    same = erp.ask("query ($o: [String!]) { subscriptionContracts(where: {originatingOrderId: $o}) { id } }", o=[order])
    assert same["subscriptionContracts"] == []
    erp.change("updateSubscription", id=one["id"], input={"status": "CANCELLED"})
    erp.refused("updateSubscription", id=one["id"], input={"status": "ACTIVE"})
