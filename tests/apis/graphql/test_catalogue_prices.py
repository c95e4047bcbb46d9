"""Prices and stock of a catalogue: rows that are set, rows that are skipped, figures of warehouses, nothing read twice."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from mockcentra.store import Store, allocations
from tests.apis.graphql.catalogue import Made, new_product, price, show, stock
from tests.apis.graphql.conftest import Integration
from tests.shopper import Shopper


def paths(problems: list[dict[str, Any]]) -> list[str]:
    return [".".join(problem["path"]) for problem in problems]


def texts(problems: list[dict[str, Any]]) -> list[str]:
    return [problem["message"] for problem in problems]


def money(value: float, code: str = "SEK") -> dict[str, Any]:
    return {"value": value, "currencyIsoCode": code}


def set_prices(pim: Integration, *rows: dict[str, Any], pricelist: int = 1) -> dict[str, Any]:
    given = {"pricelist": {"id": pricelist}, "productPrices": list(rows)}
    return pim.change("setPrices", "pricelist { id } products { id }", input=given)


def prices_of(pim: Integration, product: Made, pricelist: int = 1) -> dict[str, float]:
    found = pim.ask(
        "query ($id: Int!, $list: [Int!]) { product(id: $id) { prices(where: {pricelistId: $list}) {"
        " price { value } productVariant { name } } } }",
        id=product.id,
        list=[pricelist],
    )["product"]["prices"]
    return {row["productVariant"]["name"]: row["price"]["value"] for row in found}


# ------------------------------------------------------------------ prices


def test_variants_inherit_the_price_of_their_product_or_have_their_own(erp: Integration) -> None:
    product = new_product(erp, "one", "two", "three")
    one, two, _ = ({"id": variant["id"]} for variant in product.variants)
    row = {"product": {"id": product.id}}
    set_prices(erp, {**row, "individualVariantPrices": [{"productVariant": one, "price": money(120)}]})
    assert prices_of(erp, product) == {"one": 120}
    set_prices(erp, {**row, "price": money(100)})
    assert prices_of(erp, product) == {"one": 120, "two": 100, "three": 100}
    own = [{"productVariant": two, "price": money(130)}]
    set_prices(
        erp,
        {**row, "price": money(110.5), "overrideIndividualVariantPrices": True, "individualVariantPrices": own},
    )
    assert prices_of(erp, product) == {"one": 110.5, "two": 130, "three": 110.5}
    set_prices(erp, {**row, "price": money(90), "overrideIndividualVariantPrices": True})
    assert set(prices_of(erp, product).values()) == {90}


def test_a_new_variant_has_no_price_until_its_product_is_given_one_again(
    erp: Integration, client: httpx.Client
) -> None:
    product = new_product(erp, "White")
    row = {"product": {"id": product.id}, "price": money(100)}
    set_prices(erp, row)
    late = erp.change(
        "createProductVariant",
        "productVariant { id name productSizes { id description } }",
        input={
            "name": "Late",
            "status": "ACTIVE",
            "product": {"id": product.id},
            "sizeChart": {"id": product.chart["id"]},
        },
    )["productVariant"]
    display = show(erp, Made(product.id, product.chart, [*product.variants, late]))
    shopper = Shopper(client)

    def shown() -> list[float | None]:
        items = [shopper.ok("GET", f"/products/{item['id']}")["product"] for item in display["displayItems"]]
        return [each["priceAsNumber"] for each in items]

    assert prices_of(erp, product) == {"White": 100} and shown() == [100, None]
    set_prices(erp, row)
    assert prices_of(erp, product) == {"White": 100, "Late": 100} and shown() == [100, 100]
    own = {"productVariant": {"id": late["id"]}, "price": money(80)}
    set_prices(erp, {"product": {"id": product.id}, "individualVariantPrices": [own]})
    assert shown() == [100, 80]
    set_prices(erp, {**row, "overrideIndividualVariantPrices": True})
    assert shown() == [100, 100]


def test_prices_set_before_the_display_count_once_there_is_one(erp: Integration, client: httpx.Client) -> None:
    product = new_product(erp)
    price(erp, product, 55)
    display = show(erp, product)
    shopper = Shopper(client)
    shown = shopper.ok("GET", f"/products/{display['displayItems'][0]['id']}")["product"]
    assert shown["priceAsNumber"] == 55
    cheapest = {"limit": 1, "sortOrder": [{"field": "priceAsNumber", "order": "asc"}]}
    price(erp, product, 99999)
    assert shopper.ok("POST", "/products", cheapest)["products"][0]["name"] != "Flying teapot"
    price(erp, product, 0.5)
    assert shopper.ok("POST", "/products", cheapest)["products"][0]["name"] == "Flying teapot"


def test_bad_rows_are_skipped_with_warnings_and_wrong_money_refused(erp: Integration) -> None:
    product, other = new_product(erp, "one"), new_product(erp, "two", number="OTHER")
    row, stranger = {"product": {"id": product.id}}, {"id": other.variants[0]["id"]}
    own = {"productVariant": {"id": product.variants[0]["id"]}, "price": money(7)}
    done = set_prices(
        erp,
        {**row, "price": money(5), "recommendedRetailPrice": money(9), "individualVariantPrices": [
            own, {**own, "price": money(8)}, {"productVariant": stranger, "price": money(9)},
        ]},
        {**row, "price": money(6)},
        {"product": {"id": other.id}},
    )  # fmt: skip
    assert texts(done["userWarnings"]) == [
        "Only wholesale pricelists have recommended retail prices, skipped",
        f"Duplicate variant ID {product.variants[0]['id']} skipped",
        f"Product variant with id {stranger['id']} not assigned to product {product.id}",
        f"Duplicate product ID {product.id} skipped",
        f"No prices given for product ID {other.id}, skipped",
    ]
    assert done["products"] == [{"id": product.id}] and prices_of(erp, product) == {"one": 7}
    strange = {**row, "individualVariantPrices": [{"productVariant": stranger, "price": money(9)}]}
    assert texts(set_prices(erp, strange)["userWarnings"]) == [
        f"Product variant with id {stranger['id']} not assigned to product {product.id}"
    ]
    refused = erp.refused(
        "setPrices",
        "pricelist { id }",
        input={"pricelist": {"id": 1}, "productPrices": [
            {**row, "price": money(1, "EUR")},
            {"product": {"id": 99999}, "price": money(1)},
            {"product": {"id": other.id}, "price": money(-1)},
        ]},
    )  # fmt: skip
    start = "input.productPrices"
    assert sorted(paths(refused)) == [
        f"{start}.0.price.currencyIsoCode", f"{start}.1.product.id", f"{start}.2.price.value",
    ]  # fmt: skip
    assert prices_of(erp, product) == {"one": 7}


def test_altered_prices_wait_for_their_day(erp: Integration) -> None:
    wholesale, pricelist, other = wholesale_parts(erp)
    product = new_product(erp, "one", "two")
    code = pricelist["currency"]["code"]
    for active in erp.ask("{ priceAlterations { id status } }")["priceAlterations"]:
        erp.change("updatePriceAlteration", id=active["id"], input={"status": "INACTIVE"})
    given = {"name": "Spring", "status": "ACTIVE", "store": {"id": wholesale}, "startDate": "2030-03-29"}
    alteration = erp.change("createPriceAlteration", "priceAlteration { id startDate endDate }", input=given)
    made = alteration["priceAlteration"]
    assert (made["startDate"], made["endDate"]) == ("2030-03-29", None)
    assert paths(erp.refused("createPriceAlteration", input={**given, "name": "Second"})) == ["input.status"]
    webshop = erp.refused("createPriceAlteration", input={**given, "store": {"id": 1}, "status": "INACTIVE"})
    assert paths(webshop) == ["input.store"]
    own = [{"productVariant": {"id": product.variants[0]["id"]}, "price": money(80, code)}]
    row = {
        "product": {"id": product.id}, "price": money(70, code), "recommendedRetailPrice": money(140, code),
        "individualVariantPrices": own,
    }  # fmt: skip
    prices = (
        "prices(sort: [productVariantId_ASC]) { price { value } recommendedRetailPrice { value } pricelist { id } }"
    )
    said = {"priceAlteration": {"id": made["id"]}, "pricelist": {"id": pricelist["id"]}, "productPrices": [row]}
    done = erp.change("setAlteredPrices", "priceAlteration { %s } products { id }" % prices, input=said)
    shown = done["priceAlteration"]["prices"]
    assert [each["price"]["value"] for each in shown] == [80, 70]
    assert [each["recommendedRetailPrice"] for each in shown] == [None, {"value": 140}]
    assert paths(erp.refused("setAlteredPrices", input={**said, "pricelist": {"id": other}}))[0] == "input.pricelist"
    changed = erp.change(
        "updatePriceAlteration", "priceAlteration { endDate }", id=made["id"], input={"endDate": "2030-04-01"}
    )
    assert changed["priceAlteration"]["endDate"] == "2030-04-01"
    cleared = erp.change("updatePriceAlteration", "priceAlteration { endDate }", id=made["id"], input={"endDate": ""})
    assert cleared["priceAlteration"]["endDate"] is None


def wholesale_parts(erp: Integration) -> tuple[int, dict[str, Any], int]:
    """The wholesale store, one of its pricelists, and a pricelist of the webshop."""
    stores = erp.ask("{ stores(where: {type: WHOLESALE}) { id pricelists { id currency { code } } } }")["stores"]
    return stores[0]["id"], stores[0]["pricelists"][0], 1


# ------------------------------------------------------------------ stock


FIGURES = "physicalQuantity freeToAllocateQuantity allocatedQuantity availableNowQuantity availableQuantity"


def test_pieces_come_move_and_leave(erp: Integration, store: Store) -> None:
    product = new_product(erp, labels=("S",))
    size = product.variants[0]["productSizes"][0]
    change = stock(erp, product, 5)
    assert change["lines"] == [{"deliveredQuantity": 5}]
    move = {
        "outFromWarehouse": {"id": 1}, "intoWarehouse": {"id": 2}, "description": "closer",
        "productSizes": [{"productSize": {"SKU": size["SKU"]}, "deliveredQuantity": 2}],
    }  # fmt: skip
    moved = erp.change("changeStock", "stockChanges { type warehouse { id } lines { deliveredQuantity } }", input=move)
    assert [(each["warehouse"]["id"], each["lines"][0]["deliveredQuantity"]) for each in moved["stockChanges"]] == [
        (1, -2), (2, 2),
    ]  # fmt: skip
    read = "query ($id: [Int!]) { productSizes(where: {id: $id}) { stock { warehouse { id } %s } stockTotals { %s } } }"
    found = erp.ask(read % (FIGURES, FIGURES), id=[size["id"]])["productSizes"][0]
    assert [(each["warehouse"]["id"], each["physicalQuantity"]) for each in found["stock"]] == [(1, 3), (2, 2)]
    assert found["stockTotals"]["availableQuantity"] == 5
    too_many = {**move, "productSizes": [{"productSize": {"any": size["SKU"]}, "deliveredQuantity": 4}]}
    assert paths(erp.refused("changeStock", "stockChange { id }", input=too_many)) == [
        "input.productSizes.0.deliveredQuantity"
    ]
    nowhere = {"description": "x", "productSizes": [{"productSize": {"id": 99999}, "deliveredQuantity": 0}]}
    assert sorted(paths(erp.refused("changeStock", "stockChange { id }", input=nowhere))) == [
        "input.intoWarehouse", "input.productSizes.0.deliveredQuantity", "input.productSizes.0.productSize.id",
    ]  # fmt: skip
    same = {**move, "intoWarehouse": {"id": 1}}
    assert paths(erp.refused("changeStock", "stockChange { id }", input=same)) == ["input.outFromWarehouse"]
    with store.reading() as tx:
        told = tx.value("SELECT COUNT(*) FROM events WHERE object_type = 'stock' AND object_id = ?", (size["id"],))
    assert told == 2


def test_what_is_free_of_a_delivery_lies_in_the_newest(erp: Integration, store: Store) -> None:
    """Orders take the oldest pieces first, and all lines together have as many free ones as the shelf."""
    product = new_product(erp, labels=("S",))
    size_id = product.variants[0]["productSizes"][0]["id"]
    stock(erp, product, 5)
    stock(erp, product, 3)

    def lines(**where: Any) -> list[tuple[int, int]]:
        where = {"productSizeId": [size_id], **where}
        found = erp.ask(
            "query ($where: StockChangeLineFilter) { stockChangeLines(where: $where, sort: [id_ASC]) "
            "{ deliveredQuantity freeToAllocateQuantity } }",
            where=where,
        )["stockChangeLines"]
        return [(each["deliveredQuantity"], each["freeToAllocateQuantity"]) for each in found]

    assert lines() == [(5, 5), (3, 3)]
    with store.transaction() as tx:
        allocations.change_allocated(tx, size_id, 1, 4)
    assert lines() == [(5, 1), (3, 3)]
    levels = {
        "warehouse": {"id": 1}, "description": "counted", "stockQuantityType": "FREE_TO_ALLOCATE",
        "productSizes": [{"productSize": {"id": size_id}, "quantity": 2}],
    }  # fmt: skip
    erp.change("setStock", input=levels)
    assert lines() == [(5, 0), (3, 2), (-2, 0)]
    assert lines(freeToAllocateQuantity={"from": 1, "to": 2}) == [(3, 2)]
    assert lines(freeToAllocateQuantity={"to": 0}) == [(5, 0), (-2, 0)]


def test_levels_are_set_and_noted_as_differences(erp: Integration) -> None:
    product = new_product(erp, labels=("S", "M"))
    stock(erp, product, 4)
    variant = {"id": product.variants[0]["id"]}

    def levels(small: int, medium: int, kind: str = "PHYSICAL") -> dict[str, Any]:
        parts = [{"size": {"name": "S"}, "quantity": small}, {"size": {"name": "M"}, "quantity": medium}]
        return {
            "warehouse": {"id": 1}, "description": "counted", "stockQuantityType": kind,
            "productVariants": [{"productVariant": variant, "sizeStockLevels": parts, "unitCost": money(12.25)}],
        }  # fmt: skip

    changes = "stockChanges { comment type lines { deliveredQuantity } }"
    done = erp.change("setStock", changes, input=levels(6, 1))["stockChanges"]
    assert [each["lines"] for each in done] == [[{"deliveredQuantity": 2}], [{"deliveredQuantity": -3}]]
    assert {each["comment"] for each in done} == {"counted"}
    assert erp.change("setStock", changes, input=levels(6, 1, "FREE_TO_ALLOCATE"))["stockChanges"] == []
    refused = erp.refused("setStock", changes, input=levels(-1, 1))
    assert paths(refused) == ["input.productVariants.0.sizeStockLevels.0.quantity"]
    cost = erp.ask("query ($id: Int!) { productVariant(id: $id) { unitCost { value } } }", id=variant["id"])
    assert cost["productVariant"]["unitCost"] == {"value": 12.25}


def test_totals_of_a_warehouse_are_those_of_the_sizes_that_are_asked_for(erp: Integration) -> None:
    """Also what a supplier brings of a size that has never been in the warehouse; the rest is what is left."""
    figures = "%s incomingQuantity onDeliveryQuantity unshippedQuantity" % FIGURES
    sizes = erp.ask("{ productSizes(limit: 3) { id productVariant { id product { id } } } }")["productSizes"]
    wholes = erp.ask("{ warehouses { id stockTotals { %s } } }" % figures)["warehouses"]
    assert any(each["stockTotals"]["physicalQuantity"] for each in wholes)
    for where in (
        {"productSizeId": [each["id"] for each in sizes]},
        {"productVariantId": [sizes[0]["productVariant"]["id"]]},
        {"productId": [sizes[0]["productVariant"]["product"]["id"]], "warehouseId": [1, 2]},
    ):
        document = "query ($where: StockTotalsFilter) { warehouses { id stockTotals(where: $where) { %s } } }" % figures
        inside = {name: value for name, value in where.items() if name != "warehouseId"}
        these = erp.ask(document, where=where)["warehouses"]
        others = erp.ask(document, where={**inside, "negate": list(inside)})["warehouses"]
        told = "query ($where: StockFilter) { warehouses { id stock(where: $where, limit: 200) { %s } } }" % figures
        single = erp.ask(told, where=inside)["warehouses"]
        for whole, one, rest, rows in zip(wholes, these, others, single, strict=True):
            if "warehouseId" in where and whole["id"] not in (1, 2):
                assert not any(one["stockTotals"].values())
                continue
            for name, number in whole["stockTotals"].items():
                assert one["stockTotals"][name] + rest["stockTotals"][name] == number
            for name in ("physicalQuantity", "allocatedQuantity", "freeToAllocateQuantity"):
                assert one["stockTotals"][name] == sum(row[name] for row in rows["stock"])


def test_lines_remember_what_pieces_cost(erp: Integration) -> None:
    product = new_product(erp, labels=("S", "M"))
    small, medium = ({"id": size["id"]} for size in product.variants[0]["productSizes"])

    def bring(*costs: dict[str, Any] | None) -> list[Any]:
        parts = [
            {"productSize": size, "deliveredQuantity": 1, **({"unitCost": cost} if cost else {})}
            for size, cost in zip((small, medium), costs, strict=True)
        ]
        done = erp.change(
            "changeStock",
            "stockChange { lines { unitCost { value currency { code } } currencyBaseRate } }",
            input={"intoWarehouse": {"id": 1}, "description": "boxes", "productSizes": parts},
        )["stockChange"]["lines"]
        return [line["unitCost"] and (line["unitCost"]["value"], line["unitCost"]["currency"]["code"]) for line in done]

    assert bring(None, None) == [None, None]
    assert bring(money(7), money(8.5, "EUR")) == [(7, "SEK"), (8.5, "EUR")]
    erp.change("updateProductVariant", id=product.variants[0]["id"], input={"unitCost": money(9)})
    assert bring(None, money(3)) == [(9, "SEK"), (3, "SEK")]
    lines = erp.ask(
        "query ($id: [Int!]) { productSizes(where: {id: $id}) { stockChangeLines { unitCost { value } } } }",
        id=[small["id"]],
    )
    shown = [line["unitCost"]["value"] for line in lines["productSizes"][0]["stockChangeLines"]]
    assert shown[1:] == [7, 9]
    wrong = {"productSize": small, "deliveredQuantity": 1, "unitCost": money(-1)}
    refused = erp.refused("changeStock", input={"intoWarehouse": {"id": 1}, "description": "", "productSizes": [wrong]})
    assert paths(refused) == ["input.productSizes.0.unitCost.value"]


def test_orders_without_stock_are_demand(erp: Integration) -> None:
    rows = erp.ask(
        "{ productSizes(limit: 200) { id stock { allocatedQuantity } stockTotals { %s demandQuantity unshippedQuantity } } }"
        % FIGURES
    )
    for row in rows["productSizes"]:
        totals = row["stockTotals"]
        assert totals["freeToAllocateQuantity"] == totals["physicalQuantity"] - totals["allocatedQuantity"]
        assert totals["availableNowQuantity"] == totals["freeToAllocateQuantity"] - totals["demandQuantity"]
        assert totals["unshippedQuantity"] == totals["allocatedQuantity"] + totals["demandQuantity"]
    assert any(row["stockTotals"]["allocatedQuantity"] for row in rows["productSizes"])


# ------------------------------------------------------------------ nothing is read row by row


@contextmanager
def counted(store: Store) -> Iterator[list[str]]:
    """The statements that the store runs meanwhile."""
    statements: list[str] = []
    store.connection.set_trace_callback(statements.append)
    try:
        yield statements
    finally:
        store.connection.set_trace_callback(None)


EVERYTHING = """query ($limit: Int!) { products(limit: $limit) { id name brand { name } folder { name }
  prices(limit: 5) { price { formattedValue } productVariant { name } }
  attributes { type { name } elements { key } } media { id source { url } }
  translations { fields { field value } }
  displays { id markets { name } categories { name } media { id } related { type targetDisplay { name } }
    prices { price { value } } displayItems { id } campaignVariants { id discountPercent } }
  variants { name sizeChart { name } campaignVariants { id } deliveryWindowVariants { type } subscriptionPlans { id }
    productSizes { SKU quantity weight { value } size { name } stock { warehouse { name } physicalQuantity }
      stockTotals { availableQuantity demandQuantity } stockChangeLines(limit: 2) { deliveredQuantity } } } } }"""


@pytest.mark.parametrize("document", [EVERYTHING])
def test_statements_do_not_grow_with_the_rows(erp: Integration, store: Store, document: str) -> None:
    numbers = []
    for limit in (3, 60):
        erp.body(document, limit=limit)
        with counted(store) as statements:
            erp.body(document, limit=limit)
        numbers.append(len(statements))
    assert numbers[0] <= numbers[1] <= numbers[0] + 12 < 120


def test_what_keeps_a_pricelist_is_told_once(erp: Integration) -> None:
    (error,) = erp.refused("deletePricelist", id=1)
    uses = error["message"].rsplit(": ", 1)[1].split(", ")
    assert "orders" in uses and len(uses) == len(set(uses))
