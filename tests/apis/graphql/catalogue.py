"""A PIM at work: what tests of the catalogue build with the GraphQL API."""

from dataclasses import dataclass
from typing import Any

from tests.apis.graphql.conftest import Integration

WEBSHOP, SEK_LIST, SEK_MARKET, WAREHOUSE = 1, 1, 1, 1


@dataclass
class Made:
    """A product with its variants, each with the same sizes."""

    id: int
    chart: dict[str, Any]
    variants: list[dict[str, Any]]


def new_chart(pim: Integration, *labels: str, name: str = "Tea") -> dict[str, Any]:
    made = pim.change(
        "createSizeChart", "sizeChart { id sizes { id name } }", input={"name": name, "horizontalLabels": list(labels)}
    )
    return made["sizeChart"]


def new_product(
    pim: Integration, *names: str, labels: tuple[str, ...] = ("S", "M"), number: str = "TEAPOT", **parts: Any
) -> Made:
    """An active product whose variants have these names and numbers 1, 2 …"""
    chart = new_chart(pim, *labels)
    variants = [
        {
            "name": name,
            "status": "ACTIVE",
            "variantNumber": f"-{place}-",
            "sizeChart": {"id": chart["id"]},
            "productSizes": [{"size": {"name": label}, "sizeNumber": label} for label in labels],
        }
        for place, name in enumerate(names or ("White",), 1)
    ]
    given = {"name": "Flying teapot", "status": "ACTIVE", "productNumber": number, "addProductVariants": variants}
    product = pim.change(
        "createProduct",
        "product { id variants { id name productSizes { id description SKU } } }",
        input={**given, **parts},
    )["product"]
    return Made(product["id"], chart, product["variants"])


def show(pim: Integration, product: Made, **parts: Any) -> dict[str, Any]:
    """A display of all variants in the webshop and its first market."""
    given = {
        "name": "Flying teapot",
        "status": "ACTIVE",
        "store": {"id": WEBSHOP},
        "product": {"id": product.id},
        "addMarkets": [{"id": SEK_MARKET}],
        "addProductVariants": [{"productVariant": {"id": variant["id"]}} for variant in product.variants],
    }
    selection = "display { id uri displayItems { id productVariant { id } } canonicalCategory { id } media { id } }"
    return pim.change("createDisplay", selection, input={**given, **parts})["display"]


def price(pim: Integration, product: Made, value: float, code: str = "SEK", pricelist: int = SEK_LIST) -> None:
    money = {"value": value, "currencyIsoCode": code}
    pim.change(
        "setPrices",
        input={"pricelist": {"id": pricelist}, "productPrices": [{"product": {"id": product.id}, "price": money}]},
    )


def stock(pim: Integration, product: Made, quantity: int, warehouse: int = WAREHOUSE) -> dict[str, Any]:
    """Brings so many pieces of every size into a warehouse."""
    parts = [
        {
            "productVariant": {"id": variant["id"]},
            "sizeChanges": [
                {"size": {"name": size["description"]}, "deliveredQuantity": quantity}
                for size in variant["productSizes"]
            ],
        }
        for variant in product.variants
    ]
    return pim.change(
        "changeStock",
        "stockChange { id lines { deliveredQuantity } }",
        input={"intoWarehouse": {"id": warehouse}, "description": "a box of teapots", "productVariants": parts},
    )["stockChange"]
