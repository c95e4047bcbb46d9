"""Campaigns, vouchers, gift certificates and subscription plans that integrations make: shoppers meet them at once."""

from typing import Any

import httpx
import pytest

from mockcentra.store import Store
from tests.apis.graphql.conftest import Integration
from tests.shopper import Shopper

FROM, TO = "2020-01-01T00:00:00+01:00", "2040-01-01T00:00:00+01:00"


@pytest.fixture
def shopper(client: httpx.Client) -> Shopper:
    return Shopper(client)


def variant_of(erp: Integration, product: dict[str, Any]) -> int:
    """The variant that a product of the webshop shows."""
    found = erp.ask(
        "query ($id: [Int!]) { displayItems(where: {id: $id}) { productVariant { id } } }", id=[int(product["product"])]
    )
    return found["displayItems"][0]["productVariant"]["id"]


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
