"""Integrations that work side by side, in one shop and in spaces of their own: nothing is lost, nothing is mixed up."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from flask import Flask

from mockcentra.testing.shop import in_process
from tests.apis.graphql.conftest import Integration
from tests.conftest import BASE_URL

ROUNDS = 5
SPACES = ("", "", "", "", "/_space/left", "/_space/left", "/_space/right", "/_space/right")

CHANGE = """mutation ($name: String!) {
  comes: changeStock(input: {intoWarehouse: {id: 1}, description: $name, productVariants: {productVariant: {id: 1},
    sizeChanges: [{size: {id: 1}, deliveredQuantity: 2}, {size: {id: 2}, deliveredQuantity: 1}]}}) { userErrors { message } }
  moves: changeStock(input: {outFromWarehouse: {id: 1}, intoWarehouse: {id: 2}, description: $name, productVariants:
    {productVariant: {id: 1}, sizeChanges: {size: {id: 2}, deliveredQuantity: 1}}}) { userErrors { message } }
  createBrand(input: {name: $name, addToStores: {id: 1}}) { userErrors { message } }
}"""
LEVELS = """{ productSizes(where: {id: [1, 2]}) { stockTotals {
  physicalQuantity allocatedQuantity freeToAllocateQuantity } } }"""
BRANDS = '{ brands(where: {name: {startsWith: "made by "}}, limit: 200) { uri } events(limit: 200) { changeType } }'


@pytest.fixture
def callers(app: Flask) -> list[Integration]:
    """Eight integrations with connections of their own; four share the default shop, two each another space."""
    return [
        Integration(httpx.Client(transport=in_process(app), base_url=BASE_URL), path=f"{space}/graphql")
        for space in SPACES
    ]


def physical(caller: Integration) -> list[int]:
    totals = [size["stockTotals"] for size in caller.ask(LEVELS)["productSizes"]]
    for figures in totals:
        assert figures["physicalQuantity"] == figures["allocatedQuantity"] + figures["freeToAllocateQuantity"]
    return [figures["physicalQuantity"] for figures in totals]


def test_eight_integrations_at_once_lose_nothing(callers: list[Integration]) -> None:
    before = physical(callers[0])
    for caller in callers:
        caller.change("setEventListeners", input=[{"objectType": "Brand"}])

    def work(number: int) -> None:
        for turn in range(ROUNDS):
            done = callers[number].ask(CHANGE, name=f"made by {number} in {turn}")
            assert [payload["userErrors"] for payload in done.values()] == [[], [], []]
            physical(callers[number])

    with ThreadPoolExecutor(len(callers)) as pool:
        list(pool.map(work, range(len(callers))))
    for caller, space in zip(callers, SPACES, strict=True):
        times = ROUNDS * SPACES.count(space)
        assert physical(caller) == [before[0] + 2 * times, before[1] + times]
        seen = caller.ask(BRANDS)
        assert len(seen["brands"]) == len({brand["uri"] for brand in seen["brands"]}) == times
        assert [event["changeType"] for event in seen["events"]] == ["CREATED"] * times
    for caller in callers:
        caller.client.close()
