"""How the tests make vouchers, and what they look at in a cart."""

from typing import Any

from tests.apis.graphql.conftest import Integration

FROM, TO = "2020-01-01T00:00:00+01:00", "2040-01-01T00:00:00+01:00"

VOUCHER = """voucher { id name status method type code url combineWithOtherVouchers maxUsages priority reuse startAt stopAt
  successfulUsages entryPointStrategy externalId markets { id } store { id }
  actions { id isEntryPoint entryPoint { id } continueStrategy criteria { id type paramsJSON }
    result { id type paramsJSON reusableValues { id originalValue { value } remainingValue { value } pricelist { id } } } } }"""


RESULTS = {"SELECTED_PRODUCTS": "selectedProducts", "PRODUCT_TOTAL": "productTotal", "ORDER_TOTAL": "orderTotal"}


def terms(**parts: Any) -> dict[str, Any]:
    """The input of a voucher that counts in the default market."""
    return {
        "name": "Ten percent", "status": "ACTIVE", "startAt": FROM, "stopAt": TO, "method": "CODE", "code": "TEN",
        "priority": 1, "maxUsages": 0, "combineWithOtherVouchers": True, "reuse": False, "type": "NORMAL",
        "store": {"id": 1}, "entryPointStrategy": "ALL", "addMarkets": [{"id": 1}], **parts,
    }  # fmt: skip


def action(result: dict[str, Any], *criteria: dict[str, Any], **parts: Any) -> dict[str, Any]:
    return {
        "entrypointAction": {"id": None}, "continueStrategy": "ALWAYS", "addCriteria": list(criteria) or [{"always": True}],
        "result": result, **parts,
    }  # fmt: skip


def off(discount: dict[str, Any], on: str = "PRODUCT_TOTAL") -> dict[str, Any]:
    return {RESULTS[on]: {"applyOn": on, "discount": discount}}


def sek(value: float, pricelist: int = 1) -> list[dict[str, Any]]:
    return [{"pricelist": {"id": pricelist}, "value": {"value": value, "currencyIsoCode": "SEK"}}]


def discount_of(cart: dict[str, Any]) -> float:
    return -cart["selection"]["totals"].get("totalDiscountPriceAsNumber", 0)


def new_voucher(erp: Integration, *actions: dict[str, Any], **parts: Any) -> dict[str, Any]:
    """A voucher with these actions, made through the API."""
    made: dict[str, Any] = erp.change("createVoucher", VOUCHER, input=terms(actions=list(actions), **parts))["voucher"]
    return made


def variant_of(erp: Integration, product: dict[str, Any]) -> int:
    """The variant that a product of the webshop shows."""
    found = erp.ask(
        "query ($id: [Int!]) { displayItems(where: {id: $id}) { productVariant { id } } }", id=[int(product["product"])]
    )
    return found["displayItems"][0]["productVariant"]["id"]
