"""What the company is made of: markets, pricelists, brands, folders, categories, size charts, warehouses, taxes."""

import json
from typing import Any

import httpx
import pytest

from mockcentra.store import Store
from tests.apis.graphql.conftest import Integration


def texts(problems: list[dict[str, Any]]) -> list[str]:
    return [problem["message"] for problem in problems]


def events_of(store: Store, object_type: str) -> list[str]:
    """What the shop's own events say happened to objects of a type, in their order."""
    with store.reading() as tx:
        return [row[0] for row in tx.all("SELECT action FROM events WHERE object_type = ? ORDER BY id", (object_type,))]


# ------------------------------------------------------------------ places


def test_countries_states_and_continents(erp: Integration) -> None:
    data = erp.ask(
        """{ countries(where: {ISO3: "USA"}) { code continent isEU states(where: {code: "NY"}) { name country { code } } }
             eu: countries(where: {isEU: true, continent: {equals: "europe"}}) { code }
             continents { name totalCountries countries { code } } }"""
    )
    assert data["countries"] == [
        {
            "code": "US", "continent": "North America", "isEU": False,
            "states": [{"name": "New York", "country": {"code": "US"}}],
        }
    ]  # fmt: skip
    assert {"SE", "DE"} <= {row["code"] for row in data["eu"]} and "NO" not in {row["code"] for row in data["eu"]}
    for continent in data["continents"]:
        assert len(continent["countries"]) == continent["totalCountries"] > 0


def test_the_rate_of_a_currency(erp: Integration) -> None:
    base, euro = erp.ask(
        '{ base: currencies(where: {isBase: true}) { id code currentBaseRate isoNumber } euro: currencies(where: {code: "EUR"}) { id } }'
    ).values()
    assert base[0]["code"] == "SEK" and base[0]["currentBaseRate"] == 1 and base[0]["isoNumber"] == "752"
    changed = erp.change("updateCurrency", "currency { currentBaseRate }", id=euro[0]["id"], input={"baseRate": 11.5})
    assert changed["currency"] == {"currentBaseRate": 11.5}
    assert erp.refused("updateCurrency", id=euro[0]["id"], input={"baseRate": 0})


# ------------------------------------------------------------------ markets and pricelists


MARKET = "market { id name comment store { id } allocationRule { id } assignedToCountries { code } }"


def test_the_life_of_a_market(erp: Integration, store: Store) -> None:
    given = {"name": "Guests", "comment": "by invitation", "store": {"id": 1}, "addCountries": [{"code": "se"}]}
    made = erp.change("createMarket", MARKET, input=given)
    market = made["market"]
    assert market == {
        "id": market["id"], "name": "Guests", "comment": "by invitation", "store": {"id": 1}, "allocationRule": None,
        "assignedToCountries": [{"code": "SE"}],
    }  # fmt: skip
    assert made["userWarnings"] == [
        {
            "message": "Country ID 1 has been moved from another market of the store",
            "path": ["input", "addCountries", "0"],
        }
    ]
    assert "SE" not in [
        c["code"]
        for c in erp.ask("{ market(id: 1) { assignedToCountries { code } } }")["market"]["assignedToCountries"]
    ]
    again = {"removeCountries": [{"code": "SE"}], "addCountries": [{"code": "SE"}, {"code": "DK"}], "comment": None}
    changed = erp.change("updateMarket", MARKET, id=market["id"], input=again)["market"]
    assert {row["code"] for row in changed["assignedToCountries"]} == {"SE", "DK"}
    assert changed["name"] == "Guests" and changed["comment"] is None
    assert erp.change("updateMarket", MARKET, id=market["id"], input={"name": "Guests"})["market"] == changed
    assert events_of(store, "market") == ["created", "updated"]


def test_markets_that_cannot_be(erp: Integration, store: Store) -> None:
    name = erp.ask("{ market(id: 1) { name } }")["market"]["name"]
    assert erp.refused("createMarket", "market { id }", input={"name": name, "store": {"id": 1}}) == [
        {"message": f"The name {name} is taken", "path": ["input", "name"]}
    ]
    erp.change("createMarket", input={"name": name, "store": {"id": 2}})
    problems = erp.refused(
        "createMarket",
        input={"name": " ", "store": {"id": 9}, "addCountries": [{"code": "XX"}, {"id": 1, "code": "SE"}, {}]},
    )
    assert [problem["path"] for problem in problems] == [
        ["input", "store", "id"], ["input", "addCountries", "1"], ["input", "addCountries", "2"],
        ["input", "addCountries", "0", "code"], ["input", "name"],
    ]  # fmt: skip
    assert problems[0]["message"] == "Could not find Store with ID 9"
    wholesale = {"name": "Abroad", "store": {"id": 2}, "addCountries": {"code": "SE"}}
    assert texts(erp.refused("createMarket", input=wholesale)) == ["Only direct-to-consumer stores have countries"]
    assert erp.refused("updateMarket", id=999, input={"name": "x"}) == [
        {"message": "Could not find Market with ID 999", "path": ["id"]}
    ]
    assert events_of(store, "market") == ["created"]


def test_a_new_market_is_there_in_the_shop_at_once(erp: Integration, client: httpx.Client) -> None:
    erp.change("createMarket", input={"name": "Home", "store": {"id": 1}, "addCountries": [{"code": "SE"}]})
    token = client.get("/api/checkout/selection").json()["token"]
    response = client.put("/api/checkout/countries/SE", headers={"API-token": token})
    assert response.json()["location"]["country"] == "SE"
    assert response.status_code == 200


def test_the_life_of_a_pricelist(erp: Integration, store: Store) -> None:
    fields = "pricelist { id name status currency { code } store { type } assignedToCountries { code } defaultShippingOption { id } isDefaultForCurrency }"
    given = {
        "name": "Summer",
        "status": "INACTIVE",
        "store": {"id": 1},
        "currencyIsoCode": "eur",
        "addCountries": [{"code": "PT"}],
        "externalId": "S-1",
    }
    made = erp.change("createPricelist", fields, input=given)["pricelist"]
    assert (
        made["currency"] == {"code": "EUR"} and made["status"] == "INACTIVE" and made["defaultShippingOption"] is None
    )
    assert erp.ask('{ pricelist(externalId: "S-1") { id externalId } }')["pricelist"] == {
        "id": made["id"],
        "externalId": "S-1",
    }
    changed = erp.change("updatePricelist", fields, id=made["id"], input={"status": "ACTIVE", "name": "Late summer"})[
        "pricelist"
    ]
    assert (changed["status"], changed["name"]) == ("ACTIVE", "Late summer")
    assert texts(erp.refused("updatePricelist", id=made["id"], input={"currencyIsoCode": "SEK"})) == [
        "The currency of a pricelist cannot be changed"
    ]
    erp.change("deletePricelist", id=made["id"])
    assert erp.ask("{ pricelist(id: %d) { id } }" % made["id"]) == {"pricelist": None}
    assert erp.refused("deletePricelist", id=made["id"])[0]["path"] == ["id"]
    assert "in use" in erp.refused("deletePricelist", id=1)[0]["message"]
    assert erp.refused("createPricelist", input={**given, "currencyIsoCode": "XXX"})[0]["path"] == [
        "input",
        "currencyIsoCode",
    ]
    assert events_of(store, "pricelist") == ["created", "updated", "deleted"]


# ------------------------------------------------------------------ brands, collections, folders


def test_brands_and_their_stores(erp: Integration) -> None:
    fields = "brand { id name uri stores { id } }"
    everywhere = erp.change("createBrand", fields, input={"name": "Åre & Söner"})["brand"]
    assert everywhere["uri"] == "are-soner" and everywhere["stores"] == [{"id": 1}, {"id": 2}]
    one = erp.change("createBrand", fields, input={"name": "Åre & Söner", "addToStores": [{"id": 2}]})["brand"]
    assert one["uri"] == "are-soner-2" and one["stores"] == [{"id": 2}]
    assert erp.ask('{ brands(where: {storeId: 1, name: {contains: "Åre"}}) { id } }')["brands"] == [
        {"id": everywhere["id"]}
    ]
    moved = erp.change(
        "updateBrand", fields, id=one["id"], input={"addToStores": [{"id": 1}], "removeFromStores": [{"id": 2}]}
    )
    assert moved["brand"]["stores"] == [{"id": 1}]
    assert erp.refused("updateBrand", id=one["id"], input={"removeFromStores": [{"id": 1}]})[0]["path"] == [
        "input",
        "removeFromStores",
    ]
    assert erp.refused("createBrand", input={"name": "x", "uri": "are-soner"})[0]["path"] == ["input", "uri"]


@pytest.mark.parametrize("uri", ["a b", "a/b", "a?b", "a#b", "100%", "☃", "a\\b", "tab\t"])
def test_uris_are_checked_not_cleaned(erp: Integration, uri: str) -> None:
    assert erp.refused("createCollection", input={"name": "x", "status": "ACTIVE", "uri": uri})[0]["path"] == [
        "input",
        "uri",
    ]


def test_collections(erp: Integration) -> None:
    made = erp.change(
        "createCollection",
        "collection { id status uri }",
        input={"name": "Höst", "status": "INACTIVE", "uri": "シऌēźç"},
    )
    assert made["collection"]["uri"] == "シऌēźç"
    changed = erp.change(
        "updateCollection",
        "collection { name status uri }",
        id=made["collection"]["id"],
        input={"name": "Autumn", "status": "ACTIVE"},
    )
    assert changed["collection"] == {"name": "Autumn", "status": "ACTIVE", "uri": "シऌēźç"}


def test_folders_make_a_tree_of_six_levels(erp: Integration) -> None:
    fields = "folder { id isTopFolder parentFolder { id } childFolders { id } }"
    path: list[int] = []
    for level in range(6):
        parent = {"id": path[-1]} if path else None
        made = erp.change("createFolder", fields, input={"name": f"level {level}", "parent": parent})["folder"]
        assert made["isTopFolder"] is (not path)
        path.append(made["id"])
    assert erp.refused("createFolder", input={"name": "too deep", "parent": {"id": path[-1]}})[0]["path"] == [
        "input",
        "parent",
    ]
    assert erp.refused("updateFolder", id=path[0], input={"parent": {"id": path[3]}})[0]["path"] == ["input", "parent"]
    top = erp.change("updateFolder", fields, id=path[3], input={"parent": None})["folder"]
    assert top["isTopFolder"] is True and top["childFolders"] == [{"id": path[4]}]


# ------------------------------------------------------------------ categories


def test_the_life_of_a_category(erp: Integration, client: httpx.Client) -> None:
    fields = (
        "category { id name uri fullUri isTopCategory metaTitle parentCategory { id } displaySortType store { id } }"
    )
    given = {
        "name": "Zips",
        "status": "ACTIVE",
        "store": {"id": 1},
        "parentCategory": {"id": 1},
        "metaTitle": "Zips!",
        "displaySortType": {"type": "TAGS_ASC"},
    }
    made = erp.change("createCategory", fields, input=given)["category"]
    assert made["fullUri"] == "women/zips" and made["displaySortType"] == "TAGS_ASC" and made["metaTitle"] == "Zips!"
    siblings = "{ category(id: 1) { childCategories { id } } }"
    assert erp.ask(siblings)["category"]["childCategories"][-1] == {"id": made["id"]}
    first = erp.ask(siblings)["category"]["childCategories"][0]["id"]
    erp.change("updateCategory", id=made["id"], input={"beforeCategory": {"id": first}})
    assert erp.ask(siblings)["category"]["childCategories"][0] == {"id": made["id"]}
    top = erp.change("updateCategory", fields, id=made["id"], input={"parentCategory": None, "uri": "zippers"})[
        "category"
    ]
    assert top["isTopCategory"] is True and top["fullUri"] == "zippers"
    assert "zippers" in [row["uri"] for row in client.get("/api/checkout/categories").json()["categories"]]
    assert erp.change("deleteCategory", fields, id=made["id"])["category"]["name"] == "Zips"
    assert erp.ask("{ category(id: %d) { id } }" % made["id"]) == {"category": None}
    assert erp.refused("deleteCategory", id=1)[0]["message"]


def test_categories_that_cannot_be(erp: Integration) -> None:
    base = {"name": "x", "status": "ACTIVE", "store": {"id": 1}}
    assert erp.refused("createCategory", input={**base, "store": {"id": 2}, "parentCategory": {"id": 1}})
    assert erp.refused("createCategory", input={**base, "uri": "women"})[0]["path"] == ["input", "uri"]
    child = erp.ask("{ category(id: 1) { childCategories { id } } }")["category"]["childCategories"][0]["id"]
    assert erp.refused("updateCategory", id=1, input={"parentCategory": {"id": child}})
    assert erp.refused("updateCategory", id=1, input={"beforeCategory": {"id": child}})[0]["path"] == [
        "input",
        "beforeCategory",
    ]


def test_texts_in_other_languages_are_seen_in_the_shop(erp: Integration, client: httpx.Client) -> None:
    language = erp.ask('{ languages(where: {code: "sv"}) { id } }')["languages"][0]["id"]
    given = {
        "objectType": "Category",
        "objectId": 1,
        "language": {"id": language},
        "translations": [{"field": "name", "value": "Tjejer"}],
    }
    shown = erp.change(
        "setTranslations",
        "object { ... on Category { translations(where: {languageId: %d}) { fields { field value } } } }" % language,
        input=given,
    )
    assert shown["object"]["translations"][0]["fields"][0] == {"field": "name", "value": "Tjejer"}
    token = client.get("/api/checkout/selection").json()["token"]
    client.put("/api/checkout/languages/sv", headers={"API-token": token})
    names = [
        row["name"] for row in client.get("/api/checkout/categories", headers={"API-token": token}).json()["categories"]
    ]
    assert ["Tjejer"] in names
    given["translations"] = [{"field": "name", "value": None}]
    erp.change("localize", input=given)
    assert erp.refused("localize", input={**given, "language": {"id": 1}})[0]["path"] == ["input", "language"]
    assert erp.refused("localize", input={**given, "objectId": 9999})[0]["path"] == ["input", "objectId"]


# ------------------------------------------------------------------ size charts


CHART = "sizeChart { id name horizontalLabels verticalLabels dividerSymbol displayUnit displayDividedBy sizes { id name externalId } }"


def test_a_chart_of_two_dimensions(erp: Integration) -> None:
    given = {
        "name": "Bras",
        "horizontalLabels": ["X", "Y", "Z"],
        "verticalLabels": ["A", "B"],
        "displayUnit": "cm",
        "displayDividedBy": 2,
    }
    chart = erp.change("createSizeChart", CHART, input=given)["sizeChart"]
    assert [size["name"] for size in chart["sizes"]] == ["XxA", "XxB", "YxA", "YxB", "ZxA", "ZxB"]
    assert chart["sizes"][0]["externalId"] == "Bras|XxA"
    assert (chart["displayUnit"], chart["displayDividedBy"], chart["dividerSymbol"]) == ("cm", 2, "x")
    changed = erp.change(
        "updateSizeChart",
        CHART,
        id=chart["id"],
        input={"name": "Tops", "horizontalLabels": ["Z", "X", "W"], "dividerSymbol": "/"},
    )
    names = {size["id"]: size["name"] for size in changed["sizeChart"]["sizes"]}
    assert names[chart["sizes"][0]["id"]] == "X/A" and sorted(names.values()) == [
        "W/A",
        "W/B",
        "X/A",
        "X/B",
        "Z/A",
        "Z/B",
    ]
    assert {size["externalId"] for size in changed["sizeChart"]["sizes"]} >= {"Tops|X/A", "Tops|W/B"}
    renamed = erp.change(
        "updateSizeChartLabels", CHART, id=chart["id"], input={"verticalLabels": [{"oldValue": "A", "newValue": "AA"}]}
    )
    assert "X/AA" in [size["name"] for size in renamed["sizeChart"]["sizes"]]
    erp.change("deleteSizeChart", id=chart["id"])
    assert (
        erp.ask('{ idConversions(where: {objectType: Size, externalId: {startsWith: "Tops|"}}) { id } }')[
            "idConversions"
        ]
        == []
    )


def test_a_chart_of_one_dimension(erp: Integration) -> None:
    chart = erp.change(
        "createSizeChart", CHART, input={"name": "Hats", "horizontalLabels": ["One Size"], "verticalLabels": []}
    )["sizeChart"]
    assert chart["verticalLabels"] is None and [size["name"] for size in chart["sizes"]] == ["One Size"]


@pytest.mark.parametrize(
    "given", [{"name": "", "horizontalLabels": ["A"]}, {"name": "x", "horizontalLabels": []}, {"name": "x", "horizontalLabels": ["A", "A"]}, {"name": "x", "horizontalLabels": ["A"], "displayDividedBy": -1}]
)  # fmt: skip
def test_charts_that_cannot_be(erp: Integration, given: dict[str, Any]) -> None:
    assert erp.refused("createSizeChart", input=given)


def test_a_chart_in_use_stays(erp: Integration) -> None:
    assert "in use" in erp.refused("deleteSizeChart", id=1)[0]["message"]
    assert erp.refused("updateSizeChart", id=1, input={"horizontalLabels": ["XS"]})
    names = [size["name"] for size in erp.ask("{ sizeChart(id: 1) { sizes { name } } }")["sizeChart"]["sizes"]]
    assert len(names) == 6


def test_charts_are_merged(erp: Integration) -> None:
    labels = erp.ask("{ sizeChart(id: 1) { horizontalLabels } }")["sizeChart"]["horizontalLabels"]
    other = erp.change("createSizeChart", CHART, input={"name": "Again", "horizontalLabels": labels})["sizeChart"]["id"]
    merge = {"sourceSizeChart": {"id": 1}, "targetSizeChart": {"id": other}}
    assert erp.change("mergeSizeCharts", "sizeChart { id }", input=merge)["sizeChart"] == {"id": other}
    assert erp.ask("{ sizeChart(id: 1) { id } }") == {"sizeChart": None}
    erp.refused("deleteSizeChart", id=other)
    erp.refused("mergeSizeCharts", input={"sourceSizeChart": {"id": 2}, "targetSizeChart": {"id": 2}})


def test_measurement_charts(erp: Integration) -> None:
    fields = "measurementChart { id contentJSON values horizontalLabels verticalLabels displayUnit }"
    given = {
        "name": "Shirts", "horizontalLabels": ["S", "M"], "verticalLabels": ["Chest", "Sleeve"], "displayUnit": "cm",
        "values": [{"horizontalLabel": "S", "verticalLabel": "Chest", "value": "80"}, {"horizontalLabel": "M", "verticalLabel": "Sleeve", "value": "58"}],
    }  # fmt: skip
    made = erp.change("createMeasurementChart", fields, input=given)["measurementChart"]
    assert json.loads(made["contentJSON"]) == {"Chest": {"S": "80"}, "Sleeve": {"M": "58"}}
    assert made["values"] == [["80", ""], ["", "58"]]
    wider = erp.change("updateMeasurementChart", fields, id=made["id"], input={"horizontalLabels": ["M", "L"]})[
        "measurementChart"
    ]
    assert wider["values"] == [["", ""], ["58", ""]]
    bad = {"values": [{"horizontalLabel": "XXL", "verticalLabel": "Chest", "value": "1"}]}
    assert erp.refused("updateMeasurementChart", id=made["id"], input=bad)[0]["path"] == [
        "input",
        "values",
        "0",
        "horizontalLabel",
    ]
    erp.change("removeMeasurementChart", id=made["id"])
    assert "in use" in erp.refused("deleteMeasurementChart", id=1)[0]["message"]


# ------------------------------------------------------------------ warehouses, taxes


def test_the_life_of_a_warehouse(erp: Integration) -> None:
    fields = """warehouse { id name status threshold isHiddenFromStockView stockMaster stockOwnership allocationPolicy isConsignation
      brickAndMortar { id } country { code } state { name } zipCode city allocationRules { id } }"""
    given = {"name": "Las Vegas", "stockMasterPolicy": "EXTERNAL", "stockOwnershipPolicy": "THIRD_PARTY", "allocationPolicy": "CHECK_FIRST",
             "warehouseLocation": {"country": {"code": "US"}, "stateOrProvince": "nevada", "city": "Las Vegas"}}  # fmt: skip
    made = erp.change("createWarehouse", fields, input=given)["warehouse"]
    assert made == {
        "id": made["id"], "name": "Las Vegas", "status": "ACTIVE", "threshold": 0, "isHiddenFromStockView": False,
        "stockMaster": "EXTERNAL", "stockOwnership": "THIRD_PARTY", "allocationPolicy": "CHECK_FIRST", "isConsignation": False,
        "brickAndMortar": None, "country": {"code": "US"}, "state": {"name": "Nevada"}, "zipCode": None, "city": "Las Vegas",
        "allocationRules": [],
    }  # fmt: skip
    change = {
        "threshold": 5,
        "hideFromStockView": True,
        "warehouseLocation": {"zipCode": "88901"},
        "beforeWarehouse": {"id": 1},
    }
    changed = erp.change("updateWarehouse", fields, id=made["id"], input=change)["warehouse"]
    assert (changed["threshold"], changed["isHiddenFromStockView"], changed["zipCode"]) == (5, True, "88901")
    assert changed["state"] == {"name": "Nevada"}
    assert erp.refused("createWarehouse", input=given)[0]["path"] == ["input", "name"]
    assert erp.refused("updateWarehouse", id=made["id"], input={"threshold": -1, "beforeWarehouse": {"id": 99}})
    assert erp.refused("updateWarehouse", id=made["id"], input={"beforeWarehouse": {"id": made["id"]}})


def test_allocation_rules_have_their_warehouses_in_order(erp: Integration) -> None:
    data = erp.ask(
        """{ allocationRules { id name type assignedToMarkets { id } geographies { id locations { zipCode }
             priorities { priorityNumber warehouse { id } allocationPolicy } last: priorities(sort: priorityNumber_DESC, limit: 1) { priorityNumber } } } }"""
    )["allocationRules"]
    for rule in data:
        (place,) = rule["geographies"]
        numbers = [entry["priorityNumber"] for entry in place["priorities"]]
        assert numbers == list(range(1, len(numbers) + 1))
        assert place["last"] == [{"priorityNumber": len(numbers)}]


def test_tax_rules(erp: Integration) -> None:
    data = erp.ask(
        """{ taxRules(where: {countryId: [1], taxGroupId: [1]}) { name rate applyTaxType applyTaxToShipping countries { code } states { code }
               taxClasses { name } taxGroup { name defaultInStores { id } } zipCode applyTo }
             taxClasses { name isEnabled } }"""
    )
    assert data["taxRules"][0]["rate"] == 25 and data["taxRules"][0]["applyTaxType"] == "INCLUDED"
    assert data["taxRules"][0]["countries"] == [{"code": "SE"}]
    assert [row["name"] for row in data["taxClasses"]] == ["Default", "Tax exempt", "Reverse charge"]


# ------------------------------------------------------------------ external ids


def test_external_ids_are_each_integrations_own(erp: Integration, client: httpx.Client) -> None:
    pim = Integration(client, "mock-graphql-pim")
    erp.change("setIdConversions", input=[{"objectType": "Brand", "internalId": 1, "externalId": "B-1"}])
    assert erp.ask('{ brand(externalId: "B-1") { id externalId } brands(where: {externalId: "B-1"}) { id } }') == {
        "brand": {"id": 1, "externalId": "B-1"},
        "brands": [{"id": 1}],
    }
    assert pim.ask('{ brand(externalId: "B-1") { id } idConversions(where: {objectType: Brand}) { id } }') == {
        "brand": None,
        "idConversions": [],
    }
    made = pim.change("createFolder", "folder { id externalId }", input={"name": "From the PIM", "externalId": "F-1"})[
        "folder"
    ]
    assert made["externalId"] == "F-1"
    child = pim.change(
        "createFolder", "folder { parentFolder { id } }", input={"name": "Below", "parent": {"externalId": "F-1"}}
    )
    assert child["folder"]["parentFolder"] == {"id": made["id"]}
    assert (
        pim.refused("createFolder", input={"name": "x", "parent": {"externalId": "F-2"}})[0]["message"]
        == "Could not find Folder with ID F-2"
    )


def test_conversions_replace_what_they_collide_with(erp: Integration) -> None:
    fields = "entries { id internalId externalId objectType integrationName }"

    def put(internal: int, external: str) -> dict[str, Any]:
        entry = {"objectType": "Market", "internalId": internal, "externalId": external}
        return erp.change("setIdConversions", fields, input=entry)["entries"][0]

    first = put(1, "a")
    assert put(1, "a") == first and first["integrationName"] == "ERP"
    assert put(2, "a")["internalId"] == 2
    found = erp.ask("{ idConversions(where: {objectType: Market}) { id internalId externalId } }")["idConversions"]
    assert [(row["internalId"], row["externalId"]) for row in found] == [(2, "a")]
    assert erp.ask("{ idConversions(where: {id: [%d]}) { externalId } }" % found[0]["id"])["idConversions"] == [
        {"externalId": "a"}
    ]
    gone = erp.change("unsetIdConversions", input=[{"objectType": "Market", "idConversion": {"id": found[0]["id"]}}])
    assert gone["userWarnings"] == []
    again = erp.change("unsetIdConversions", input=[{"objectType": "Market", "idConversion": {"internalId": 2}}])
    assert len(again["userWarnings"]) == 1
    for bad in (
        {"objectType": "Market", "internalId": 999, "externalId": "x"},
        {"objectType": "Market", "internalId": 1, "externalId": ""},
        {"objectType": "Market", "internalId": 1, "externalId": "x" * 256},
        {"objectType": "Size", "internalId": 1, "externalId": "whatever"},
        {"objectType": "Unknown", "internalId": 1, "externalId": "x"},
    ):
        good = {"objectType": "Market", "internalId": 3, "externalId": "good"}
        assert erp.refused("setIdConversions", fields, input=[good, bad])[0]["path"][:2] == ["input", "1"]
    assert erp.ask('{ idConversions(where: {externalId: {equals: "good"}}) { id } }')["idConversions"] == []


# ------------------------------------------------------------------ several mutations in one request


def test_mutations_run_in_order_and_one_that_fails_undoes_only_itself(erp: Integration) -> None:
    body = erp.ask(
        """mutation {
          a: createFolder(input: {name: "A", externalId: "A"}) { folder { id } userErrors { message } }
          b: createFolder(input: {name: "", externalId: "B"}) { folder { id } userErrors { message path } }
          c: createFolder(input: {name: "C", parent: {externalId: "A"}}) { folder { parentFolder { name } } userErrors { message } }
          d: createFolder(input: {name: "D", parent: {externalId: "B"}}) { folder { id } userErrors { message } }
        }"""
    )
    assert body["b"] == {
        "folder": None,
        "userErrors": [{"message": "name must not be empty", "path": ["input", "name"]}],
    }
    assert body["c"]["folder"] == {"parentFolder": {"name": "A"}}
    assert body["d"]["folder"] is None and body["d"]["userErrors"][0]["message"] == "Could not find Folder with ID B"


def test_a_fault_in_a_mutation_is_an_internal_error_and_writes_nothing(
    erp: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mockcentra.apis.graphql import registry

    work = registry.MUTATIONS["createFolder"]

    def broken(change: Any) -> Any:
        work(change)
        raise RuntimeError("a secret")

    monkeypatch.setitem(registry.MUTATIONS, "createFolder", broken)
    body = erp.body('mutation { createFolder(input: {name: "Lost"}) { folder { id } } }')
    assert body["errors"][0]["extensions"]["category"] == "internal" and "secret" not in json.dumps(body)
    assert erp.ask('{ folders(where: {name: {equals: "Lost"}}) { id } }')["folders"] == []


def test_a_brand_counts_in_the_stores_that_it_is_enabled_in(
    erp: Integration, client: httpx.Client, store: Store
) -> None:
    def shown(uri: str) -> tuple[bool, bool]:
        """Whether the webshop lists the brand, and finds it by its URI."""
        brands = client.get("/api/checkout/brands").json()["brands"]
        found = client.post("/api/checkout/uri", json={"uri": uri, "for": ["brand"]})
        return uri in [each["uri"] for each in brands], found.status_code == 200

    brand = erp.change("createBrand", "brand { id }", input={"name": "Trade only", "addToStores": [{"id": 2}]})["brand"]
    assert shown("trade-only") == (False, False)
    erp.change("updateBrand", id=brand["id"], input={"addToStores": [{"id": 1}]})
    assert shown("trade-only") == (True, True)
    erp.change("updateBrand", id=1, input={"removeFromStores": [{"id": 1}]})
    assert shown("nordhavn") == (False, False)
    assert events_of(store, "brand") == ["created", "updated", "updated"]


def test_displays_of_a_category_stand_as_its_sort_type_says(erp: Integration, client: httpx.Client) -> None:
    category = erp.change(
        "createCategory", "category { id }", input={"name": "Sorted", "status": "ACTIVE", "store": {"id": 1}}
    )
    category_id = category["category"]["id"]

    def shown() -> list[str]:
        """The names of the category's products, by the places that the webshop gives them in it."""
        products = client.post("/api/checkout/products", json={"categories": [str(category_id)]}).json()["products"]
        places = {
            each["sortOrder"]: product["name"]
            for product in products
            for each in product["categories"]
            if each["category"] == str(category_id)
        }
        return [places[place] for place in sorted(places)]

    def told(kind: str, **more: Any) -> None:
        given = {"displaySortType": {"type": kind, **more}}
        changed = erp.change("updateCategory", "category { displaySortType }", id=category_id, input=given)
        assert changed["category"] == {"displaySortType": kind}

    def put(*displays: int) -> None:
        given = {"category": {"id": category_id}, "displays": [{"id": each} for each in displays]}
        erp.change("setCategoryDisplays", input=given)

    put(9, 4, 12, 1)
    by_hand = shown()
    told("DISPLAY_NAME_ASC")
    assert shown() == sorted(by_hand) != by_hand
    put(7)
    assert len(shown()) == 5 and shown() == sorted(shown())
    told("DISPLAY_NAME_DESC")
    assert shown() == sorted(shown(), reverse=True)
    told("PRODUCT_NUMBER")
    told("CUSTOM")
    refused = erp.refused("updateCategory", id=category_id, input={"displaySortType": {"type": "DELIVERY_WINDOW"}})
    assert refused[0]["path"] == ["input", "displaySortType", "deliveryWindow"]
    told("DELIVERY_WINDOW", deliveryWindow={"id": 1})


def test_displays_of_categories_are_read_in_pages_in_their_order(erp: Integration) -> None:
    """Each category has its own places, its own pages and its own cursors; a cursor counts for all of them."""
    ids = []
    for name, displays in (("First", (9, 4, 12, 1, 7)), ("Second", (12, 9)), ("Third", ())):
        given = {"name": name, "status": "ACTIVE", "store": {"id": 1}}
        category_id = erp.change("createCategory", "category { id }", input=given)["category"]["id"]
        chosen = {"category": {"id": category_id}, "displays": [{"id": each} for each in displays]}
        erp.change("setCategoryDisplays", input=chosen)
        ids.append(category_id)
    page = "totalCount pageInfo { hasNextPage hasPreviousPage endCursor startCursor } edges { cursor node { id } }"

    def pages(arguments: str) -> list[tuple[int, bool, bool, list[int]]]:
        document = "query ($id: [Int!]) { categories(where: {id: $id}, sort: [id_ASC]) { displayConnection%s { %s } } }"
        found = erp.ask(document % (arguments, page), id=ids)["categories"]
        shown = []
        for each in (category["displayConnection"] for category in found):
            cursors = [edge["cursor"] for edge in each["edges"]]
            info = each["pageInfo"]
            assert [info["startCursor"], info["endCursor"]] == ([cursors[0], cursors[-1]] if cursors else [None] * 2)
            nodes = [edge["node"]["id"] for edge in each["edges"]]
            shown.append((each["totalCount"], info["hasPreviousPage"], info["hasNextPage"], nodes))
            marks.update({(len(shown), node): cursor for node, cursor in zip(nodes, cursors, strict=True)})
        return shown

    marks: dict[tuple[int, int], str] = {}
    assert pages("") == [(5, False, False, [9, 4, 12, 1, 7]), (2, False, False, [12, 9]), (0, False, False, [])]
    assert pages("(first: 2)") == [(5, False, True, [9, 4]), (2, False, False, [12, 9]), (0, False, False, [])]
    assert pages("(last: 1)") == [(5, True, False, [7]), (2, True, False, [9]), (0, False, False, [])]
    after = 'after: "%s"' % marks[1, 4]
    assert pages("(first: 2, %s)" % after)[0] == (5, True, True, [12, 1])
    before = 'before: "%s"' % marks[1, 1]
    assert pages("(last: 2, %s)" % before)[0] == (5, True, True, [4, 12])
    assert pages("(sort: [id_DESC], where: {id: [1, 9, 12]})") == [
        (3, False, False, [12, 9, 1]), (2, False, False, [12, 9]), (0, False, False, []),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "many"),
    [
        ("Buyer", ""), ("Campaign", "campaigns"), ("Category", "categories"), ("Collection", "collections"),
        ("Customer", "customers"), ("Display", "displays"), ("Pricelist", "pricelists"),
        ("PriceAlteration", "priceAlterations"), ("ProductVariant", "productVariants"), ("Supplier", "suppliers"),
        ("ShippingOption", "shippingOptions"), ("SizeLocalization", "sizeLocalizations"), ("Warehouse", "warehouses"),
        ("SubscriptionPlan", "subscriptionPlans"),
    ],
)  # fmt: skip
def test_only_accounts_windows_products_and_vouchers_are_cancelled(erp: Integration, kind: str, many: str) -> None:
    own = erp.ask("{ %s(limit: 1) { id } }" % many)[many][0]["id"] if many else 1
    refused = erp.refused(f"update{kind}", id=own, input={"status": "CANCELLED"})
    assert [each["path"] for each in refused] == [["input", "status"]]


def test_many_displays_come_into_a_category_and_leave_it(erp: Integration, store: Store, client: httpx.Client) -> None:
    """The first category that a display joins is its main one; when it leaves that, another one is."""
    made = [
        erp.change("createCategory", "category { id }", input={"name": name, "status": "ACTIVE", "store": {"id": 1}})
        for name in ("Alpha", "Omega")
    ]
    first, second = (each["category"]["id"] for each in made)
    found = erp.ask("{ displays(where: {storeId: [1]}, limit: 30) { id canonicalCategory { id } } }")["displays"]
    ids = [each["id"] for each in found]
    chosen = [{"id": each} for each in ids]

    def products(category_id: int) -> list[Any]:
        answer = client.post("/api/checkout/products", json={"categories": [str(category_id)]}).json()
        return [int(each["centraProduct"]) for each in answer["products"]]

    def shown(category_id: int) -> list[int]:
        document = "query ($id: [Int!]) { categories(where: {id: $id}) { displayConnection(first: 50) { edges { node { id } } } } }"
        (category,) = erp.ask(document, id=[category_id])["categories"]
        return [edge["node"]["id"] for edge in category["displayConnection"]["edges"]]

    assert products(second) == []
    erp.change("setCategoryDisplays", input={"category": {"id": second}, "displays": chosen[5:10]})
    erp.change("setCategoryDisplays", input={"category": {"id": second}, "displays": [*chosen, chosen[0]]})
    assert shown(second) == [*ids[5:10], *ids[:5], *ids[10:]]
    assert products(second)
    kept = erp.ask(
        "query ($id: [Int!]) { displays(where: {id: $id}, limit: 30) { id canonicalCategory { id } } }", id=ids
    )
    assert kept["displays"] == found, "who has a main category keeps it"
    assert events_of(store, "category")[-2:] == ["updated", "updated"]

    one = ids[0]
    inside = erp.ask("query ($id: Int!) { display(id: $id) { categories { id } } }", id=one)["display"]["categories"]
    for category in [each["id"] for each in inside if each["id"] != second]:
        erp.change("unsetCategoryDisplays", input={"category": {"id": category}, "displays": [{"id": one}]})

    def main() -> Any:
        return erp.ask("query ($id: Int!) { display(id: $id) { canonicalCategory { id } } }", id=one)["display"]

    assert main() == {"canonicalCategory": {"id": second}}
    erp.change("unsetCategoryDisplays", input={"category": {"id": second}, "displays": chosen})
    assert (main(), shown(second), products(second)) == ({"canonicalCategory": None}, [], [])
    erp.change("setCategoryDisplays", input={"category": {"id": first}, "displays": [{"id": one}]})
    assert main() == {"canonicalCategory": {"id": first}}
    listed = erp.ask("{ displays(where: {storeId: [2]}, limit: 1) { id } }")["displays"]
    refused = erp.refused("setCategoryDisplays", input={"category": {"id": first}, "displays": [chosen[1], listed[0]]})
    assert [each["path"] for each in refused] == [["input", "displays", "1"]]
