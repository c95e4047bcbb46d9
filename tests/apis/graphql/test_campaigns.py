"""Campaigns and subscription plans are for variants: what shows these later is in them, too."""

from typing import Any

import httpx
import pytest

from tests.apis.graphql.catalogue import WEBSHOP, Made, new_product, price, show, stock
from tests.apis.graphql.conftest import Integration
from tests.apis.graphql.test_promotions import new_campaign, percent
from tests.shopper import Shopper

IN_CAMPAIGNS = "campaignVariants { type discountPercent fixedPrice { value } campaign { id } }"


@pytest.fixture
def shopper(client: httpx.Client) -> Shopper:
    return Shopper(client)


@pytest.fixture
def product(erp: Integration) -> Made:
    made = new_product(erp, "White", "Blue")
    price(erp, made, 200)
    stock(erp, made, 5)
    return made


def named(*variants: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"productVariant": {"id": variant["id"]}} for variant in variants]


def test_a_variant_that_is_shown_later_is_in_its_campaigns(erp: Integration, shopper: Shopper, product: Made) -> None:
    white, blue = product.variants
    campaign = new_campaign(erp)
    fixed = percent(
        blue["id"], 0, type="FIXED_PRICE", discountPercent=None, fixedPrice={"value": 50, "currencyIsoCode": "SEK"}
    )
    payload = erp.change(
        "setCampaignVariants",
        "campaign { campaignVariants { productVariant { id } } }",
        input={"campaign": {"id": campaign}, "variants": [percent(white["id"], 25), fixed]},
    )
    assert [each["path"] for each in payload["userWarnings"]] == [["input", "variants", str(n)] for n in range(2)]
    assert payload["campaign"]["campaignVariants"] == named(white, blue)
    display = show(erp, product, addProductVariants=named(white))
    first = shopper.ok("GET", f"/products/{display['displayItems'][0]['id']}")["product"]
    assert (first["priceAsNumber"], first["priceBeforeDiscountAsNumber"]) == (150, 200)
    shown = erp.change(
        "updateDisplay",
        f"display {{ displayItems {{ id }} {IN_CAMPAIGNS} }}",
        id=display["id"],
        input={"addProductVariants": named(blue)},
    )["display"]
    second = shopper.ok("GET", f"/products/{shown['displayItems'][1]['id']}")["product"]
    assert (second["priceAsNumber"], second["showAsOnSale"]) == (50, True)
    assert shown["campaignVariants"] == [
        {"type": "DISCOUNT_PERCENT", "discountPercent": 25, "fixedPrice": None, "campaign": {"id": campaign}},
        {"type": "FIXED_PRICE", "discountPercent": None, "fixedPrice": {"value": 50}, "campaign": {"id": campaign}},
    ]
    erp.change("updateDisplay", id=display["id"], input={"removeProductVariants": [{"id": blue["id"]}]})
    (variant,) = erp.ask(
        f"query ($id: [Int!]) {{ productVariants(where: {{id: $id}}) {{ {IN_CAMPAIGNS} }} }}", id=[blue["id"]]
    )["productVariants"]
    assert variant["campaignVariants"] == shown["campaignVariants"][1:]
    erp.change("unsetCampaignVariants", input={"campaign": {"id": campaign}, "productVariants": [{"id": blue["id"]}]})
    again = erp.change(
        "updateDisplay",
        "display { displayItems { id } }",
        id=display["id"],
        input={"addProductVariants": named(blue)},
    )["display"]
    whole = shopper.ok("GET", f"/products/{again['displayItems'][1]['id']}")["product"]
    assert (whole["priceAsNumber"], whole["showAsOnSale"]) == (200, False)


def test_another_display_of_a_variant_is_in_the_campaigns_of_the_shop(erp: Integration, shopper: Shopper) -> None:
    """The shop's own campaigns lower prices in every pricelist of theirs, on a second display as on the first."""
    (winter,) = erp.ask(
        """{ campaigns(where: {name: {startsWith: "Winter"}}) { campaignVariants(where: {type: [FIXED_PRICE]}, limit: 1) {
             fixedPrice { value } productVariant { id product { id } displayItems { id } } } } }"""
    )["campaigns"]
    (entry,) = winter["campaignVariants"]
    variant = entry["productVariant"]
    made = Made(variant["product"]["id"], {}, [variant])
    twin = show(erp, made, name="The same once more")
    price(erp, made, 5000)
    prices = [
        shopper.ok("GET", f"/products/{item_id}")["product"]["priceAsNumber"]
        for item_id in (variant["displayItems"][0]["id"], twin["displayItems"][0]["id"])
    ]
    assert prices[1] == prices[0]
    displays = erp.ask(
        "query ($id: [Int!]) { displays(where: {id: $id}) { campaignVariants { fixedPrice { value } } } }",
        id=[twin["id"]],
    )["displays"]
    assert {"fixedPrice": entry["fixedPrice"]} in displays[0]["campaignVariants"]


def test_a_variant_that_is_shown_later_is_offered_in_its_plans(
    erp: Integration, shopper: Shopper, product: Made
) -> None:
    plan = erp.change(
        "createSubscriptionPlan",
        "subscriptionPlan { id }",
        input={
            "name": "Every month", "status": "ACTIVE", "store": {"id": WEBSHOP}, "interval": {"type": "MONTH", "value": 1},
            "discount": 10,
        },
    )["subscriptionPlan"]["id"]  # fmt: skip
    variants = [{"id": variant["id"]} for variant in product.variants]
    payload = erp.change(
        "setSubscriptionPlanVariants",
        "subscriptionPlan { productVariants { id } displayItems { id } }",
        input={"subscriptionPlan": {"id": plan}, "productVariants": variants},
    )
    assert payload["subscriptionPlan"] == {"productVariants": variants, "displayItems": []}
    assert len(payload["userWarnings"]) == 2
    display = show(erp, product)
    for item in display["displayItems"]:
        shown = shopper.ok("GET", f"/products/{item['id']}")["product"]
        assert [each["id"] for each in shown["subscriptionPlans"]] == [str(plan)]
