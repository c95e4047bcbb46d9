"""Whatever vouchers integrations make: carts stay carts, and what is shown of them adds up."""

from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.apis.graphql.conftest import Integration
from tests.apis.graphql.promotions import action, new_voucher, sek
from tests.shopper import Shopper, address, payment

COMPARATORS = st.sampled_from(["LESS_THAN", "LESS_THAN_OR_EQUAL", "EQUAL", "GREATER_THAN_OR_EQUAL", "GREATER_THAN"])
AMOUNTS = st.integers(0, 200_000).map(lambda amount: sek(amount / 100))
PERCENTS = st.integers(0, 1000).map(lambda percent: percent / 10)


def named(ids: list[int]) -> st.SearchStrategy[list[dict[str, int]]]:
    return st.lists(st.sampled_from(ids), min_size=1, max_size=3, unique=True).map(
        lambda chosen: [{"id": each} for each in chosen]
    )


@pytest.fixture
def known(erp: Integration) -> dict[str, list[int]]:
    """What criteria may name."""
    data = erp.ask(
        """{ categories(where: {storeId: [1]}, limit: 20) { id } folders(limit: 20) { id }
             displayItems(limit: 60) { productVariant { id } display { store { id } status } }
             shippingOptions(where: {storeId: [1]}) { id } }"""
    )
    items = [row for row in data["displayItems"] if row["display"]["store"] == {"id": 1}]
    found = {name: [row["id"] for row in data[name]] for name in ("categories", "folders", "shippingOptions")}
    active = [row["productVariant"]["id"] for row in items if row["display"]["status"] == "ACTIVE"]
    return {**found, "variants": sorted(set(active))}


def criteria(known: dict[str, list[int]]) -> st.SearchStrategy[dict[str, Any]]:
    quantity = st.fixed_dictionaries({"comparator": COMPARATORS, "quantity": st.integers(0, 5)})
    value = st.fixed_dictionaries({"comparator": COMPARATORS, "values": AMOUNTS})
    groups = st.integers(1, 4).flatmap(
        lambda size: st.fixed_dictionaries(
            {
                "groupSize": st.just(size),
                "affectedCount": st.integers(1, size),
                "discountType": st.sampled_from(["CHEAPEST", "COSTLIEST"]),
            }
        )
    )
    ways: dict[str, st.SearchStrategy[Any]] = {
        "always": st.just(True), "productQuantity": quantity, "orderQuantity": quantity, "productValue": value,
        "orderValue": value, "xOfY": groups, "oncePerCustomer": st.just(True), "loggedInCustomer": st.just(True),
        "newCustomer": st.fixed_dictionaries({"isNew": st.booleans()}), "productVariants": named(known["variants"]),
        "excludeProductVariants": named(known["variants"]), "categories": named(known["categories"]),
        "excludeCategories": named(known["categories"]), "folders": named(known["folders"]),
        "excludeFolders": named(known["folders"]), "productInSale": st.booleans(), "productInNews": st.booleans(),
        "productsNotDiscounted": st.sampled_from(["ANY", "CAMPAIGN", "VOUCHER"]),
        "productsAffectedByOtherVoucher": st.just(False), "cheapestProducts": st.integers(1, 3),
        "costliestProducts": st.integers(1, 3),
        "shippingList": st.fixed_dictionaries({"shippingOptions": named(known["shippingOptions"])}),
    }  # fmt: skip
    return st.one_of([way.map(lambda value, name=name: {name: value}) for name, way in ways.items()])


def results(known: dict[str, list[int]], keeps_rest: bool) -> st.SearchStrategy[dict[str, Any]]:
    multiplier = st.sampled_from([{"perProduct": True}, {"perSelection": True}])
    discount = st.one_of(
        *(PERCENTS.map(lambda value, name=name: {name: value}) for name in (
            "percentOff", "originalPercentOff", "originalPercentOffExcludingCampaigns",
        )),
        st.just({"reusablePriceOff": {"setOriginalValue": sek(150)}}) if keeps_rest
        else AMOUNTS.map(lambda value: {"priceOff": value}),
        st.fixed_dictionaries({"multiplier": multiplier, "pricelistValues": AMOUNTS}).map(lambda v: {"fixedPrice": v}),
    )  # fmt: skip
    on = st.sampled_from(["SELECTED_PRODUCTS", "PRODUCT_TOTAL", "ORDER_TOTAL"])
    off = st.fixed_dictionaries({"applyOn": on, "discount": discount})
    free = st.fixed_dictionaries(
        {
            "productVariants": named(known["variants"]), "removeWhenCriteriaNotFulfilled": st.booleans(),
            "allowAddMore": st.booleans(), "allowRemove": st.booleans(),
        }
    )  # fmt: skip
    shipping = st.one_of(
        st.just({"allShippingOptions": True}), named(known["shippingOptions"]).map(lambda ids: {"shippingOptions": ids})
    )
    ways = {
        "selectedProducts": off, "productTotal": off, "orderTotal": off, "freeShipping": shipping, "freeProducts": free,
        "continue": st.just(True),
    }  # fmt: skip
    return st.one_of([way.map(lambda value, name=name: {name: value}) for name, way in ways.items()])


def check(selection: dict[str, Any]) -> None:
    """The totals of a cart and its discounts fit together."""
    totals, discounts = selection["totals"], selection["discounts"]
    notes = [*discounts["vouchers"], *discounts["automaticDiscounts"]]
    off = sum(note["priceOffAsNumber"] for note in notes)
    assert totals["grandTotalPriceAsNumber"] >= -0.001
    assert (totals.get("totalDiscountPriceAsNumber") or 0) == pytest.approx(off, abs=0.005)
    assert -off <= totals["itemsTotalPriceAsNumber"] + 0.005
    shown = sum(
        share["priceOffAsNumber"]
        for line in selection["items"]
        for kind in ("vouchers", "automaticDiscounts")
        for share in line["discounts"][kind] or []
    )
    assert shown == pytest.approx(off, abs=0.005)
    total = sum(line["totalPriceAsNumber"] for line in selection["items"])
    assert totals["itemsTotalPriceAsNumber"] == pytest.approx(total, abs=0.005)
    whole = total + off + totals["shippingPriceAsNumber"] + totals["handlingCostPriceAsNumber"]
    assert totals["grandTotalPriceAsNumber"] == pytest.approx(whole, abs=0.005)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_voucher_leaves_a_cart_that_adds_up(
    erp: Integration, client: httpx.Client, known: dict[str, list[int]], data: st.DataObject
) -> None:
    keeps_rest = data.draw(st.booleans())
    steps = data.draw(
        st.lists(
            st.builds(
                lambda result, rules, strategy: action(result, *rules, continueStrategy=strategy),
                results(known, keeps_rest),
                st.lists(criteria(known), max_size=3),
                st.sampled_from(["ALWAYS", "NEVER", "ON_SUCCESS", "ON_FAILURE"]),
            ),
            min_size=1,
            max_size=3,
        )
    )
    kept = [step for step in steps if "reusablePriceOff" in str(step)]
    steps = [step for step in steps if step not in kept[1:]]
    is_automatic = data.draw(st.booleans())
    voucher = new_voucher(
        erp, *steps, method="AUTO" if is_automatic else "CODE", code=None, reuse=keeps_rest,
        entryPointStrategy=data.draw(st.sampled_from(["ALL", "FIRST"])),
        combineWithOtherVouchers=data.draw(st.booleans()),
    )  # fmt: skip
    shopper = Shopper(client)
    for item in shopper.ordinary_items(3)[: data.draw(st.integers(1, 3))]:
        check(shopper.ok("POST", f"items/{item}/quantity/{data.draw(st.integers(1, 3))}")["selection"])
    if not is_automatic:
        check(shopper.ok("POST", "vouchers", {"voucher": voucher["code"]})["selection"])
    check(shopper.ok("POST", "vouchers", {"voucher": "WELCOME10"})["selection"])
    cart = shopper.selection()
    shopper.ok("POST", "payment", payment(address=address()))
    order = shopper.ok("GET", "receipt")["order"]
    assert order["totals"]["itemsTotalPriceAsNumber"] == cart["totals"]["itemsTotalPriceAsNumber"]
    check({**cart, "totals": order["totals"], "discounts": order["discounts"], "items": order["items"]})
    shown = erp.ask(
        """query ($n: [Int!]) { orders(where: {number: $n}) { grandTotal { value } discountsApplied { value { value } }
             lines { lineVouchers { unitPriceReduction { value } } } } }""",
        n=[int(order["order"])],
    )["orders"][0]
    assert shown["grandTotal"]["value"] == pytest.approx(order["totals"]["grandTotalPriceAsNumber"], abs=0.005)
    notes = [*order["discounts"]["vouchers"], *order["discounts"]["automaticDiscounts"]]
    off = sum(-note["priceOffAsNumber"] - note["shippingDiscountAsNumber"] for note in notes)
    assert sum(each["value"]["value"] for each in shown["discountsApplied"]) == pytest.approx(off, abs=0.005)
    erp.change("updateVoucher", id=voucher["id"], input={"status": "INACTIVE"})
