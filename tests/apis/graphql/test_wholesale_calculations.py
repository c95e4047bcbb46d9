"""What taxes and vouchers come to, asked without a cart."""

from typing import Any

import pytest

from tests.apis.graphql.conftest import Integration

TAXES = """query ($input: OrderTaxesInput!) { calculateTaxes(input: $input) { userErrors { path message } taxSummary {
  grandTotal { value currency { code } } taxAdded { value } taxDeducted { value } taxIncluded { value }
  taxPerLine { lineReference taxSummary { taxIncluded { value } taxAdded { value } } }
  taxPerAdditional { name vatType taxSummary { taxIncluded { value } } }
  taxBreakdown { taxName taxOutPercent taxInPercent value { value } } } } }"""


def sek(value: float) -> dict[str, Any]:
    return {"value": value, "currencyIsoCode": "SEK"}


def goods(country: str, *prices: float, **more: Any) -> dict[str, Any]:
    lines = [{"lineReference": f"l{at}", "unitPrice": sek(price), "quantity": 2} for at, price in enumerate(prices)]
    return {"location": {"country": {"code": country}}, "lines": lines, **more}


def taxes(erp: Integration, given: dict[str, Any]) -> dict[str, Any]:
    payload = erp.ask(TAXES, input=given)["calculateTaxes"]
    assert payload["userErrors"] == [], payload
    return payload["taxSummary"]


def test_taxes_that_prices_include(erp: Integration) -> None:
    costs = [{"type": "SHIPPING", "value": sek(50)}, {"type": "DISCOUNT", "value": sek(25)}]
    summary = taxes(erp, goods("SE", 100, 50, additionalValues=costs))
    assert summary["grandTotal"] == {"value": 325, "currency": {"code": "SEK"}}
    assert summary["taxIncluded"]["value"] == 65 and summary["taxAdded"]["value"] == 0
    assert [row["taxSummary"]["taxIncluded"]["value"] for row in summary["taxPerLine"]] == [40, 20]
    assert [row["lineReference"] for row in summary["taxPerLine"]] == ["l0", "l1"]
    assert [row["taxSummary"]["taxIncluded"]["value"] for row in summary["taxPerAdditional"]] == [10, -5]
    (rate,) = summary["taxBreakdown"]
    assert (rate["taxOutPercent"], rate["taxInPercent"], rate["value"]["value"]) == (25, 25, 65)


def test_taxes_that_are_added_and_those_that_nobody_owes(erp: Integration) -> None:
    given = goods("US", 100)
    given["location"]["state"] = {"code": "NY"}
    added = taxes(erp, given)
    assert added["taxAdded"]["value"] > 0
    assert added["grandTotal"]["value"] == pytest.approx(200 + added["taxAdded"]["value"])
    exempt = next(row["id"] for row in erp.ask("{ taxClasses { id name } }")["taxClasses"] if "xempt" in row["name"])
    summary = taxes(erp, goods("SE", 100, taxClass={"id": exempt}))
    assert summary["taxDeducted"]["value"] == 40 and summary["grandTotal"]["value"] == 160
    assert summary["taxBreakdown"][0]["taxOutPercent"] == 0


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"location": {"country": {"code": "XX"}}}, ["input", "location", "country", "code"]),
        ({"location": {"country": {"code": "US"}, "state": {"code": "QQ"}}}, ["input", "location", "state", "code"]),
        ({"lines": []}, ["input", "lines"]),
        ({"lines": [{"unitPrice": sek(1), "quantity": 0}]}, ["input", "lines", "0", "quantity"]),
        (
            {"lines": [{"unitPrice": sek(1), "quantity": 1, "taxGroup": {"id": 99}}]},
            ["input", "lines", "0", "taxGroup", "id"],
        ),
        (
            {"additionalValues": [{"type": "SHIPPING", "value": {"value": 1, "currencyIsoCode": "EUR"}}]},
            ["input", "additionalValues", "0", "value", "currencyIsoCode"],
        ),
    ],
)
def test_taxes_that_cannot_be_calculated(erp: Integration, changes: dict[str, Any], path: list[str]) -> None:
    payload = erp.ask(TAXES, input={**goods("SE", 1), **changes})["calculateTaxes"]
    assert payload["taxSummary"] is None and payload["userErrors"][0]["path"] == path


VOUCHERS = """query ($input: CalculateVoucherInput!) { calculateVouchers(input: $input) { userErrors { path message } results {
  __typename voucher { name } ... on CalculateVouchersLineDiscounted { lineReference quantity configuredPercent
    previousTotal { value } priceReduction { value } unitPrices { uniqueReference quantity unitPriceReduction { value } } } } } }"""


@pytest.fixture
def selection(erp: Integration) -> dict[str, Any]:
    """Two pieces of a display at 100 SEK each."""
    data = erp.ask(
        """{ displays(where: {storeId: 1, status: ACTIVE}, limit: 1) { id displayItems { productVariant { id
               productSizes { id } } } }
             pricelists(where: {storeId: 1, currencyId: 1}) { id } shippingOptions(limit: 1) { id } }"""
    )
    display = data["displays"][0]
    variant = display["displayItems"][0]["productVariant"]
    line = {
        "lineReference": "a", "display": {"id": display["id"]}, "productVariant": {"id": variant["id"]},
        "productSize": {"id": variant["productSizes"][0]["id"]}, "quantity": 2, "unitOriginalPrice": sek(100),
    }  # fmt: skip
    return {
        "lines": [line],
        "market": {"id": 1},
        "pricelist": {"id": data["pricelists"][0]["id"]},
        "shippingOption": {"id": data["shippingOptions"][0]["id"]},
    }


def test_what_a_code_takes_off(erp: Integration, selection: dict[str, Any]) -> None:
    given = {"selection": selection, "includeAutoVouchers": False, "additionalVouchers": [{"code": "WELCOME10"}]}
    payload = erp.ask(VOUCHERS, input=given)["calculateVouchers"]
    assert payload["userErrors"] == []
    result = payload["results"][0]
    assert result["__typename"] == "CalculateVouchersLineDiscounted" and result["lineReference"] == "a"
    assert result["previousTotal"]["value"] == 200 and 0 < result["priceReduction"]["value"] <= 200
    taken = sum(row["quantity"] * row["unitPriceReduction"]["value"] for row in result["unitPrices"])
    assert taken == pytest.approx(result["priceReduction"]["value"])


def test_vouchers_that_do_not_count(erp: Integration, selection: dict[str, Any]) -> None:
    given = {"selection": selection, "includeAutoVouchers": True, "additionalVouchers": [{"code": "NOBODY"}, {}]}
    payload = erp.ask(VOUCHERS, input=given)["calculateVouchers"]
    paths = [problem["path"] for problem in payload["userErrors"]]
    assert paths == [["input", "additionalVouchers", "0", "code"], ["input", "additionalVouchers", "1"]]
    selection["lines"][0]["productSize"] = {"id": 99999}
    payload = erp.ask(VOUCHERS, input={"selection": selection, "includeAutoVouchers": True})["calculateVouchers"]
    assert payload["userErrors"][0]["path"] == ["input", "selection", "lines", "0", "productSize", "id"]
    assert payload["results"] == []
