"""What else the shop is set up with: shipping options, localized sizes, wishlists, places, plugins, subscriptions."""

from typing import Any

import httpx
import pytest

from mockcentra.store import Store
from tests.apis.graphql.catalogue import new_chart, new_product, price, show, stock
from tests.apis.graphql.conftest import Integration
from tests.apis.graphql.test_company import events_of, texts
from tests.shopper import Shopper, payment

OPTION = """shippingOption { id name status type uri storeType comment isPickupPoint currency { code } stores { id }
  priceGroups { id countries { code } ranges { __typename shippingPrice { value currency { code } }
  ... on OrderTotalPriceRange { fromPrice { value } } } } }"""
GIVEN = {
    "name": "Parcel locker", "status": "ACTIVE", "currencyIsoCode": "eur", "storeType": "DIRECT_TO_CONSUMER",
    "comment": "slow", "isPickupPoint": True,
    "addShippingGroups": [
        {"addCountries": [{"code": "SE"}, {"code": "DE"}], "ranges": {"orderTotal": [{"fromPrice": 0, "shippingPrice": 4.9}]}}
    ],
}  # fmt: skip


def test_shipping_options_and_their_prices(erp: Integration) -> None:
    data = erp.ask(
        """{ shippingOptions(where: {currencyId: 1}) { id uri status type currency { code } markets { id }
             priceGroups { countries { code } ranges { shippingPrice { value currency { code } } } } }
             none: shippingOptions(where: {storeType: WHOLESALE}) { id } }"""
    )
    standard = next(row for row in data["shippingOptions"] if row["uri"] == "standard")
    prices = {
        row["shippingPrice"]["currency"]["code"]: row["shippingPrice"]["value"]
        for row in standard["priceGroups"][0]["ranges"]
    }
    assert standard["currency"]["code"] == "SEK" and prices["SEK"] == 49 and standard["markets"]
    assert data["none"] == []


def test_the_life_of_a_shipping_option(erp: Integration, store: Store) -> None:
    made = erp.change("createShippingOption", OPTION, input=GIVEN)["shippingOption"]
    assert (made["uri"], made["type"], made["comment"]) == ("parcel-locker", "PICKUP", "slow")
    assert made["currency"] == {"code": "EUR"} and made["stores"] == [{"id": 1}]
    (group,) = made["priceGroups"]
    assert {row["code"] for row in group["countries"]} == {"SE", "DE"}
    assert group["ranges"][0]["shippingPrice"] == {"value": 4.9, "currency": {"code": "EUR"}}
    update = {
        "status": "INACTIVE",
        "isPickupPoint": False,
        "updateShippingGroups": [
            {
                "shippingGroup": {"id": group["id"]},
                "removeCountries": [{"code": "DE"}],
                "ranges": {"totalItems": [{"fromItems": 1, "shippingPrice": 3}, {"fromItems": 9, "shippingPrice": 1}]},
            }
        ],
    }
    payload = erp.change("updateShippingOption", OPTION, id=made["id"], input=update)
    changed = payload["shippingOption"]
    assert (changed["status"], changed["type"]) == ("INACTIVE", "DEFAULT")
    assert payload["userWarnings"] == []
    assert changed["priceGroups"][0]["countries"] == [{"code": "SE"}]
    assert [row["shippingPrice"]["value"] for row in changed["priceGroups"][0]["ranges"]] == [3, 1]
    assert events_of(store, "shipping_option")[-2:] == ["created", "updated"]
    erp.change("updateShippingOption", OPTION, id=made["id"], input={**update, "updateShippingGroups": []})
    assert events_of(store, "shipping_option").count("updated") == 1


def test_shipping_costs_what_the_cart_is_worth_holds_or_weighs(erp: Integration, client: httpx.Client) -> None:
    product = new_product(erp, labels=("S",), weight={"value": 0.4, "unit": "KILOGRAMS"})
    display = show(erp, product)
    price(erp, product, 100)
    stock(erp, product, 20)
    shopper = Shopper(client)
    shopper.ok("PUT", "/countries/SE")
    ranges = {
        "orderTotal": [{"fromPrice": 0, "shippingPrice": 30, "orderValuePercent": 10}, {"fromPrice": 300, "shippingPrice": 5}],
        "totalItems": [{"fromItems": 1, "shippingPrice": 20}, {"fromItems": 3, "shippingPrice": 45}],
        "totalWeight": [{"fromWeightKg": 0.5, "shippingPrice": 60}, {"fromWeightKg": 1.2, "shippingPrice": 80.5}],
    }  # fmt: skip
    made = {}
    for kind, steps in ranges.items():
        given = {
            "name": f"By {kind}", "uri": kind, "status": "ACTIVE", "currencyIsoCode": "SEK", "storeType": "DIRECT_TO_CONSUMER",
            "isPickupPoint": False, "addStores": [{"id": 1}],
            "addShippingGroups": [
                {"addCountries": [{"code": "SE"}], "ranges": {kind: steps}},
                {"addCountries": [{"code": "NO"}], "ranges": {kind: [{**steps[0], "shippingPrice": 999}]}},
            ],
        }  # fmt: skip
        made[kind] = erp.change("createShippingOption", OPTION, input=given)["shippingOption"]

    def costs(pieces: int) -> dict[str, float]:
        item = f"{display['displayItems'][0]['id']}-{product.variants[0]['productSizes'][0]['id']}"
        cart = shopper.ok("POST", f"/items/{item}/quantity/{pieces}")
        offered = {each["shippingMethod"]: each["priceAsNumber"] for each in cart["shippingMethods"]}
        return {kind: offered[kind] for kind in ranges if kind in offered}

    assert costs(1) == {"orderTotal": 40, "totalItems": 20}
    assert costs(1) == {"orderTotal": 50, "totalItems": 20, "totalWeight": 60}
    chosen = shopper.ok("PUT", "/shipping-methods/totalWeight")
    assert chosen["selection"]["totals"]["shippingPriceAsNumber"] == 60
    assert costs(1) == {"orderTotal": 5, "totalItems": 45, "totalWeight": 80.5}
    done = shopper.ok("POST", "/payment", payment())
    assert done["order"]["totals"]["shippingPriceAsNumber"] == 80.5
    order = erp.ask(
        "query ($n: [Int!]) { orders(where: {number: $n}) { shippingPriceGroup { id countries { code } } } }",
        n=[int(done["order"]["order"])],
    )["orders"][0]
    assert order["shippingPriceGroup"] == {
        "id": made["totalWeight"]["priceGroups"][0]["id"],
        "countries": [{"code": "SE"}],
    }


def test_options_of_markets_and_groups_that_come_and_go(erp: Integration, client: httpx.Client) -> None:
    selection = """shippingOption { markets { id } stores { id } currency { code } uri priceGroups { id countries { code } ranges {
      shippingPrice { value currency { code } } orderValuePercent
      ... on TotalWeightPriceRange { fromWeight { value unit } } ... on TotalItemsPriceRange { fromItems } } } }"""
    markets = [row["id"] for row in erp.ask("{ markets(where: {storeId: 1}) { id } }")["markets"]]
    option_id = erp.change("createShippingOption", OPTION, input={**GIVEN, "currencyIsoCode": "SEK"})["shippingOption"][
        "id"
    ]
    shopper = Shopper(client)
    shopper.ok("PUT", "/countries/SE")

    def update(**parts: Any) -> dict[str, Any]:
        return erp.change("updateShippingOption", selection, id=option_id, input=parts)

    def offered() -> list[float]:
        methods = shopper.ok("GET", "/selection")["shippingMethods"]
        return [each["priceAsNumber"] for each in methods if each["shippingMethod"] == "parcel-locker"]

    made = update(comment="")["shippingOption"]
    assert [row["id"] for row in made["markets"]] == markets and offered() == [4.9]
    only = update(addMarkets=[{"id": markets[1]}])["shippingOption"]
    assert only["markets"] == [{"id": markets[1]}] and offered() == []
    assert update(addMarkets=[{"id": 1}], removeMarkets=[{"id": markets[1]}])["shippingOption"]["markets"] == [
        {"id": 1}
    ]
    assert offered() == [4.9]
    group = made["priceGroups"][0]["id"]
    other = {"addCountries": [{"code": "SE"}], "ranges": {"totalWeight": [{"fromWeightKg": 0, "shippingPrice": 7}]}}
    payload = update(addShippingGroups=[other])
    assert [each["path"] for each in payload["userWarnings"]] == [["input", "addShippingGroups", "0", "addCountries"]]
    old, new = payload["shippingOption"]["priceGroups"]
    assert (old["countries"], new["countries"]) == ([{"code": "DE"}], [{"code": "SE"}]) and offered() == [7]
    assert new["ranges"] == [
        {
            "shippingPrice": {"value": 7, "currency": {"code": "SEK"}}, "orderValuePercent": None,
            "fromWeight": {"value": 0, "unit": "KILOGRAMS"},
        }
    ]  # fmt: skip
    (left,) = update(deleteShippingGroups=[{"id": group}])["shippingOption"]["priceGroups"]
    assert left == new
    euros = update(currencyIsoCode="EUR", uri="")["shippingOption"]
    assert euros["currency"]["code"] == "EUR" and euros["uri"] == "parcel-locker" and offered() == []
    assert euros["priceGroups"][0]["ranges"][0]["shippingPrice"] == {"value": 7, "currency": {"code": "EUR"}}
    assert update(removeStores=[{"id": 1}])["shippingOption"]["stores"] == []
    assert update(addStores=[{"id": 1}])["shippingOption"]["stores"] == [{"id": 1}]
    wrong = [
        ({"addStores": [{"id": 2}]}, ["input", "addStores"]),
        ({"deleteShippingGroups": [{"id": group}]}, ["input", "deleteShippingGroups", "0", "id"]),
        (
            {"updateShippingGroups": [{"shippingGroup": {"id": group}}]},
            ["input", "updateShippingGroups", "0", "shippingGroup", "id"],
        ),
        (
            {
                "addShippingGroups": [
                    {"addCountries": [], "ranges": {"totalItems": [{"fromItems": 1}, {"fromItems": 1}]}}
                ]
            },
            ["input", "addShippingGroups", "0", "ranges", "totalItems", "1", "fromItems"],
        ),
    ]
    for parts, path in wrong:
        (problem,) = erp.refused("updateShippingOption", id=option_id, input=parts)
        assert problem["path"] == path


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"currencyIsoCode": "XXX"}, ["input", "currencyIsoCode"]),
        ({"name": ""}, ["input", "name"]),
        ({"uri": "with blanks"}, ["input", "uri"]),
        ({"uri": "standard"}, ["input", "uri"]),
        ({"addStores": [{"id": 2}]}, ["input", "storeType"]),
        (
            {"addShippingGroups": [{"addCountries": [{"code": "ZZ"}], "ranges": {"orderTotal": [{"fromPrice": 0}]}}]},
            ["input", "addShippingGroups", "0", "addCountries", "0", "code"],
        ),
        (
            {"addShippingGroups": [{"addCountries": [], "ranges": {}}]},
            ["input", "addShippingGroups", "0", "ranges"],
        ),
        (
            {
                "addShippingGroups": [
                    {"addCountries": [], "ranges": {"orderTotal": [{"fromPrice": 0, "shippingPrice": -1}]}}
                ]
            },
            ["input", "addShippingGroups", "0", "ranges", "orderTotal", "0", "shippingPrice"],
        ),
    ],
)
def test_shipping_options_that_cannot_be(erp: Integration, changes: dict[str, Any], path: list[str]) -> None:
    (problem,) = erp.refused("createShippingOption", input={**GIVEN, **changes})
    assert problem["path"] == path


# ------------------------------------------------------------------ size localizations


LOCALIZATION = """sizeLocalization { id name displayName comment status countries { code } sizeCharts { id }
  localizedSizes(where: {localizedName: {startsWith: "Gr"}}) { localizedName size { name } } }"""


def test_sizes_called_otherwise_in_a_country(erp: Integration) -> None:
    chart = erp.change(
        "createSizeChart", "sizeChart { id sizes { id name } }", input={"name": "Hats", "horizontalLabels": ["S", "M"]}
    )["sizeChart"]
    given = {
        "name": "German", "displayName": "DE", "comment": "for hats", "status": "ACTIVE",
        "addCountries": [{"code": "DE"}], "addSizeCharts": [{"id": chart["id"]}],
    }  # fmt: skip
    made = erp.change("createSizeLocalization", LOCALIZATION, input=given)["sizeLocalization"]
    assert made["countries"] == [{"code": "DE"}] and made["sizeCharts"] == [{"id": chart["id"]}]
    assert made["comment"] == "for hats" and made["localizedSizes"] == []
    sizes = [{"size": {"name": "S"}, "name": "Gr. 1"}, {"size": {"id": chart["sizes"][1]["id"]}, "name": "Gr. 2"}]
    named = erp.change("setLocalizedSizes", LOCALIZATION, input={"sizeChart": {"id": chart["id"]}, "sizes": sizes})
    assert [row["localizedName"] for row in named["sizeLocalization"]["localizedSizes"]] == ["Gr. 1", "Gr. 2"]
    shown = erp.ask(
        "query ($id: Int!) { sizeChart(id: $id) { sizes { localized { localizedName } } } }", id=chart["id"]
    )
    assert shown["sizeChart"]["sizes"][0]["localized"] == [{"localizedName": "Gr. 1"}]
    sizes = [{"size": {"name": "S"}, "name": ""}]
    named = erp.change("setLocalizedSizes", LOCALIZATION, input={"sizeChart": {"id": chart["id"]}, "sizes": sizes})
    assert [row["localizedName"] for row in named["sizeLocalization"]["localizedSizes"]] == ["Gr. 2"]
    update = {"removeCountries": [{"code": "DE"}], "addCountries": [{"code": "AT"}], "status": "INACTIVE"}
    changed = erp.change("updateSizeLocalization", LOCALIZATION, id=made["id"], input=update)["sizeLocalization"]
    assert changed["countries"] == [{"code": "AT"}] and changed["status"] == "INACTIVE"
    wrong = {"sizeChart": {"id": chart["id"]}, "sizes": [{"size": {"name": "XXL"}, "name": "x"}]}
    assert erp.refused("setLocalizedSizes", input=wrong)[0]["path"] == ["input", "sizes", "0", "size", "name"]
    twice = {"sizeChart": {"id": chart["id"]}, "sizes": [{"size": {"name": "S"}, "name": "x"}] * 2}
    assert erp.refused("setLocalizedSizes", input=twice)[0]["path"] == ["input", "sizes", "1", "size"]


def test_a_localization_is_for_several_charts_and_for_chosen_stores(erp: Integration, client: httpx.Client) -> None:
    """One chart has two dimensions; shoppers see the names of one whose localization is active and for their store."""
    tea, coffee = new_product(erp, labels=("S", "M")), new_chart(erp, "1", "2", name="Coffee")
    show_product = show(erp, tea)
    wide = erp.change(
        "createSizeChart",
        "sizeChart { id sizes { name } }",
        input={"name": "Trousers", "horizontalLabels": ["W28", "W30"], "verticalLabels": ["L30"]},
    )["sizeChart"]
    charts = [{"id": chart["id"]} for chart in (tea.chart, coffee, wide)]
    selection = """sizeLocalization { id sizeCharts { id } stores { id }
      localizedSizes { localizedName size { name } sizeChart { id } } }"""
    given = {"name": "French", "displayName": "FR", "status": "ACTIVE", "addCountries": [{"code": "FR"}]}
    made = erp.change("createSizeLocalization", selection, input={**given, "addSizeCharts": charts})["sizeLocalization"]
    assert made["sizeCharts"] == charts and {row["localizedName"] for row in made["localizedSizes"]} == {None}

    def name(chart: dict[str, Any], **names: str) -> dict[str, Any]:
        sizes = [{"size": {"name": size}, "name": other} for size, other in names.items()]
        return erp.change("setLocalizedSizes", selection, input={"sizeChart": {"id": chart["id"]}, "sizes": sizes})[
            "sizeLocalization"
        ]

    name(tea.chart, S="petit", M="moyen")
    named = name(wide, W28xL30="tres petit")
    assert [row["localizedName"] for row in named["localizedSizes"]] == [
        "petit",
        "moyen",
        None,
        None,
        "tres petit",
        None,
    ]
    assert named["localizedSizes"][4] == {
        "localizedName": "tres petit", "size": {"name": "W28xL30"}, "sizeChart": {"id": wide["id"]},
    }  # fmt: skip
    shopper = Shopper(client)

    def mappings() -> dict[str, Any]:
        item = show_product["displayItems"][0]["id"]
        return shopper.ok("GET", f"/products/{item}")["product"].get("tableMappings", {})

    assert mappings()["French"]["x"] == {"S": "petit", "M": "moyen"} and mappings()["French"]["countries"] == ["FR"]
    labels = {"horizontalLabels": [{"oldValue": "S", "newValue": "Small"}]}
    erp.change("updateSizeChartLabels", id=tea.chart["id"], input=labels)
    assert mappings()["French"]["x"] == {"Small": "petit", "M": "moyen"}

    def update(**parts: Any) -> dict[str, Any]:
        return erp.change("updateSizeLocalization", selection, id=made["id"], input=parts)["sizeLocalization"]

    assert len(made["stores"]) > 1 and update(removeStores=[{"id": 1}])["stores"] == made["stores"][1:]
    assert mappings() == {}
    assert {"id": 1} in update(addStores=[{"id": 1}])["stores"] and mappings()
    update(status="INACTIVE")
    assert mappings() == {}
    update(status="ACTIVE")
    left = update(removeSizeCharts=[{"id": tea.chart["id"]}])
    assert left["sizeCharts"] == charts[1:] and mappings() == {}
    found = erp.ask(
        """query ($id: Int!) { sizeChart(id: $id) { sizes {
             fr: localized(where: {countryId: [%d]}) { localizedName } none: localized(where: {name: {equals: "x"}}) {
               localizedName } } } }"""
        % erp.ask('{ countries(where: {ISO2: ["FR"]}) { id } }')["countries"][0]["id"],
        id=wide["id"],
    )["sizeChart"]["sizes"][0]
    assert found == {"fr": [{"localizedName": "tres petit"}], "none": []}


# ------------------------------------------------------------------ wishlists


def test_what_integrations_put_on_wishlists(erp: Integration) -> None:
    data = erp.ask(
        """{ customers(limit: 1, sort: [id_DESC]) { id }
             displays(where: {storeId: 1, status: ACTIVE}, limit: 1) { displayItems { id } } }"""
    )
    customer, item = data["customers"][0]["id"], data["displays"][0]["displayItems"][0]["id"]
    wishlist = "wishlist { id name isDefault store { id } items { displayItem { id } } }"
    given = {"customer": {"id": customer}, "displayItem": {"id": item}}
    made = erp.change("addWishlistItem", wishlist, input=given)["wishlist"]
    assert made["isDefault"] is True and made["items"] == [{"displayItem": {"id": item}}]
    (problem,) = erp.refused("addWishlistItem", input=given)
    assert "duplicate" in problem["message"]
    found = erp.ask("query ($id: [Int!]) { wishlists(where: {customerId: $id}) { id } }", id=[customer])
    assert found["wishlists"] == [{"id": made["id"]}]
    gone = {"wishlist": {"id": made["id"]}, "displayItem": {"id": item}}
    assert erp.change("removeWishlistItem", wishlist, input=gone)["wishlist"]["items"] == []
    assert texts(erp.refused("removeWishlistItem", input=gone)) == ["Could not find displayItem"]


# ------------------------------------------------------------------ what the shop has


def test_places_plugins_templates_and_subscriptions(erp: Integration) -> None:
    data = erp.ask(
        """{ brickAndMortars(where: {name: {contains: "stockholm"}}) { name type status address latitude country { code }
               warehouse { brickAndMortar { name } } assignedStores { id }
               openingDays { type date isClosed openingHours { openAt closeAt } } }
             affiliates(where: {uri: {equals: "lina-blog"}}) { name plain: htmlSnippet safe: htmlSnippet(escapeHtml: true)
               orders(limit: 1) { number } }
             storePlugins(where: {storeId: [1]}) { type plugin uri store { id } }
             documentTemplates(where: {name: {contains: "wholesale"}}) { name type numberSeries { name } store { id } }
             newsletterSubscriptions(where: {email: {contains: "@"}}, limit: 3, sort: [createdAt_DESC]) { email isActive store { id } }
             adminUsers { id } centraIPs
             counters { accounts affiliates brickAndMortars invoices } }"""
    )
    (place,) = data["brickAndMortars"]
    assert place["type"] == "STORE" and place["country"] == {"code": "SE"} and place["assignedStores"] == [{"id": 1}]
    days = {row["type"]: row for row in place["openingDays"]}
    assert days["MONDAY"]["openingHours"] == [{"openAt": "10:00", "closeAt": "19:00"}] and "SPECIAL" in days
    assert place["warehouse"]["brickAndMortar"] == {"name": place["name"]}
    (affiliate,) = data["affiliates"]
    assert affiliate["plain"].startswith("<img") and affiliate["safe"].startswith("&lt;img")
    assert data["storePlugins"] and all(row["type"] == "PAYMENT_METHOD" for row in data["storePlugins"])
    assert [row["store"]["id"] for row in data["documentTemplates"]] == [2]
    assert len(data["newsletterSubscriptions"]) == 3 and data["centraIPs"]
    assert data["counters"]["accounts"] == 14 and data["counters"]["invoices"] > 100


def test_an_account_with_a_template(erp: Integration) -> None:
    given = {
        "name": "T", "status": "ACTIVE", "market": {"id": 7}, "pricelist": {"id": 7}, "documentTemplate": {"id": 2},
    }  # fmt: skip
    account = erp.change("createAccount", "account { id documentTemplate { name } }", input=given)["account"]
    assert account["documentTemplate"] == {"name": "Invoice of Wholesale"}
    found = erp.ask("{ accounts(where: {documentTemplateId: [2]}) { id } }")["accounts"]
    assert found == [{"id": account["id"]}]
