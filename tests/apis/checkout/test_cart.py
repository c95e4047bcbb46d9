"""What shoppers do to their cart."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from mockcentra.store import Store
from tests.shopper import MakeShopper, Shopper, payment


def quantities(selection: dict) -> dict[str, int]:
    return {line["item"]: line["quantity"] for line in selection["items"]}


def test_an_added_item_is_a_line_with_prices_that_add_up(shopper: Shopper):
    item = shopper.ordinary_items()[0]
    response, data = shopper.send("POST", f"items/{item}")
    assert response.status_code == 201
    (line,) = data["selection"]["items"]
    assert re.fullmatch(r"[0-9a-f]{32}", line["line"])
    assert (line["item"], line["quantity"], line["comment"]) == (item, 1, None)
    assert line["totalPriceAsNumber"] == line["priceEachAsNumber"] == line["product"]["priceAsNumber"]
    assert line["taxPercent"] == 25
    assert line["priceEachWithoutTaxAsNumber"] == pytest.approx(line["priceEachAsNumber"] * 0.8, abs=0.01)
    assert line["discounts"] == {"vouchers": None, "automaticDiscounts": None}
    totals = data["selection"]["totals"]
    assert totals["shippingPriceAsNumber"] == 49
    assert totals["handlingCostPriceAsNumber"] == 13
    assert totals["grandTotalPriceAsNumber"] == pytest.approx(line["totalPriceAsNumber"] + 62)
    assert totals["totalDiscountPrice"] is False


def test_the_product_of_a_line_leaves_out_what_only_pages_need(shopper: Shopper):
    line = shopper.fill()["items"][0]
    assert not {"relatedProducts", "available", "measurementChart", "bundleInfo"} & set(line["product"])
    assert all("stock" not in item and "warehouses" not in item for item in line["product"]["items"])
    assert line["product"]["relation"] == "variant"


def test_an_identical_item_raises_the_line_and_a_different_one_makes_another(shopper: Shopper):
    item = shopper.ordinary_items()[0]
    shopper.ok("POST", f"items/{item}")
    assert len(shopper.ok("POST", f"items/{item}/quantity/2")["selection"]["items"]) == 1
    for body in ({"comment": "For Astrid"}, {"productUrl": "/p/1"}, {"category": 3}):
        shopper.ok("POST", f"items/{item}", body)
    lines = shopper.ok("POST", f"items/{item}", {"comment": "For Astrid"})["selection"]["items"]
    assert [line["quantity"] for line in lines] == [3, 2, 1, 1]
    assert [line["comment"] for line in lines] == [None, "For Astrid", None, None]
    assert lines[2]["productUrl"] == "/p/1"
    assert lines[3]["category"] == "3"


def test_the_body_may_name_the_quantity(shopper: Shopper):
    item = shopper.ordinary_items()[0]
    assert quantities(shopper.ok("POST", f"items/{item}", {"quantity": "4"})["selection"]) == {item: 4}


@pytest.mark.parametrize("item", ["99999999-1", "1-99999999", "1", "x-y", "1-1-1", "-1-1", "1-", "9" * 40 + "-1"])
def test_unknown_items_are_not_found_and_change_nothing(shopper: Shopper, item: str):
    shopper.fill()
    status, data = shopper.refused("POST", f"items/{item}")
    assert (status, data["errors"]) == (404, {"item": "product item not found"})
    assert "selection" not in data
    assert len(shopper.selection()["items"]) == 1


@pytest.mark.parametrize("quantity", ["0", "-1", "1.5", "x", "99999999999999999999", "1e3"])
def test_impossible_quantities_are_malformed(shopper: Shopper, quantity: str):
    item = shopper.ordinary_items()[0]
    status, data = shopper.refused("POST", f"items/{item}/quantity/{quantity}")
    assert (status, data["errors"]) == (400, {"quantity": "not valid"})
    line = shopper.ok("POST", f"items/{item}")["selection"]["items"][0]["line"]
    for method in ("POST", "DELETE"):
        assert shopper.refused(method, f"lines/{line}/quantity/{quantity}")[0] == 400


def test_quantities_follow_minimum_and_multiple(shopper: Shopper):
    products = shopper.ok("GET", "products")["products"]
    by_two = next(p for p in products if (p["itemQuantityMinimum"], p["itemQuantityMultipleOf"]) == (2, 2))
    by_three = next(p for p in products if (p["itemQuantityMinimum"], p["itemQuantityMultipleOf"]) == (3, 1))
    even, third = by_two["items"][0]["item"], by_three["items"][0]["item"]
    assert quantities(shopper.ok("POST", f"items/{even}")["selection"]) == {even: 2}
    assert quantities(shopper.ok("POST", f"items/{even}")["selection"]) == {even: 4}
    assert quantities(shopper.ok("POST", f"items/{third}")["selection"])[third] == 3


def test_lines_go_up_and_down(shopper: Shopper):
    line = shopper.fill()["items"][0]["line"]
    steps = (
        ("POST", f"lines/{line}", 2),
        ("POST", f"lines/{line}/quantity/2", 4),
        ("DELETE", f"lines/{line}/quantity/1", 3),
        ("PUT", f"lines/{line}/quantity/7", 7),
        ("DELETE", f"lines/{line}/quantity/99", 0),
    )
    for method, path, expected in steps:
        assert sum(quantities(shopper.ok(method, path)["selection"]).values()) == expected
    assert shopper.refused("PUT", f"lines/{line}/quantity/1")[1]["errors"] == {"line": "not found"}


def test_a_line_belongs_to_one_cart(shopper: Shopper, visitor: MakeShopper):
    line = shopper.fill()["items"][0]["line"]
    other = visitor("SE")
    other.fill()
    status, data = other.refused("DELETE", f"lines/{line}")
    assert (status, data["errors"]) == (404, {"line": "not found"})
    assert len(shopper.selection()["items"]) == 1


# ------------------------------------------------------------------ bulk


def test_bulk_changes_removes_and_adds(shopper: Shopper):
    first, second, third = shopper.ordinary_items(3)
    shopper.ok("POST", f"items/{first}")
    lines = {line["item"]: line["line"] for line in shopper.ok("POST", f"items/{second}")["selection"]["items"]}
    body = {
        "lines": [{"line": lines[first], "quantity": 4}, {"line": lines[second], "quantity": 0}],
        "items": [{"item": third, "quantity": 2}],
    }
    assert quantities(shopper.ok("PUT", "items", body)["selection"]) == {first: 4, third: 2}


def test_bulk_is_all_or_nothing_when_the_payload_is_wrong(shopper: Shopper):
    first, second = shopper.ordinary_items(2)
    line = shopper.ok("POST", f"items/{first}")["selection"]["items"][0]["line"]
    change = {"line": line, "quantity": 5}
    wrong = (
        (400, {}),
        (400, {"lines": "x"}),
        (400, {"lines": [change, {"line": line}]}),
        (400, {"lines": [change, 7]}),
        (400, {"lines": [{"line": line, "quantity": -1}]}),
        (400, {"lines": [change], "items": [{"item": second}]}),
        (400, {"lines": [change], "items": [{"item": second, "quantity": 0}]}),
        (400, {"lines": [{"line": line, "quantity": "5"}]}),
        (400, {"items": [{"item": second, "quantity": True}]}),
        (404, {"lines": [change, {"line": "f" * 32, "quantity": 1}]}),
        (404, {"lines": [change], "items": [{"item": "999999-1", "quantity": 1}]}),
        (406, {"lines": [change], "items": [{"item": first, "quantity": 1}]}),
    )
    for expected, body in wrong:
        assert shopper.refused("PUT", "items", body)[0] == expected, body
    assert quantities(shopper.selection()) == {first: 1}


# ------------------------------------------------------------------ bundles


def test_only_bundles_are_added_as_bundles(shopper: Shopper):
    item = shopper.ordinary_items()[0]
    for body in ({}, {"sections": []}, {"sections": None}):
        status, data = shopper.refused("POST", f"items/bundles/{item}", body)
        assert (status, data["errors"]) == (406, {"sections": "not valid"})
        assert shopper.refused("POST", "items/bundles/999999-1", body)[0] == 404
    assert shopper.selection()["items"] == []


def test_a_fixed_bundle_is_added_like_an_item(shopper: Shopper):
    bundle = shopper.ok("POST", "uri", {"uri": "weekend-set", "for": ["product"]})["product"]
    (line,) = shopper.ok("POST", f"items/{bundle['items'][0]['item']}/quantity/2")["selection"]["items"]
    assert line["quantity"] == 2
    assert line["priceEachAsNumber"] == bundle["priceAsNumber"]
    assert [part["quantity"] for part in line["bundle"]] == [2, 4]
    assert sum(part["totalPriceAsNumber"] for part in line["bundle"]) == pytest.approx(line["totalPriceAsNumber"])


def pick(shopper: Shopper, uri: str, which: int = 0) -> tuple[str, list[dict]]:
    """The item of a flexible bundle, and one item for each of its sections."""
    product = shopper.ok("POST", "uri", {"uri": uri, "for": ["product"]})["product"]
    bundle = shopper.ok("POST", f"bundles/{product['product']}")
    by_id = {entry["product"]: entry for entry in bundle["sectionProducts"]}
    sections = [
        {"section": section["section"], "item": by_id[str(section["products"][which])]["items"][0]["item"]}
        for section in bundle["bundle"]["bundleInfo"]["sections"]
    ]
    return product["items"][0]["item"], sections


def test_a_flexible_bundle_costs_what_was_picked(shopper: Shopper):
    item, sections = pick(shopper, "build-your-outfit")
    response, data = shopper.send("POST", f"items/bundles/{item}", {"sections": sections})
    assert response.status_code == 201, data
    (line,) = data["selection"]["items"]
    assert [part["item"] for part in line["bundle"]] == [section["item"] for section in sections]
    prices = [
        shopper.ok("GET", f"products/{part['product']}")["product"]["priceAsNumber"] * part["quantity"]
        for part in line["bundle"]
    ]
    assert line["priceEachAsNumber"] == pytest.approx(sum(prices))
    _, other = pick(shopper, "build-your-outfit", 1)
    lines = shopper.ok("POST", f"items/bundles/{item}", {"sections": other})["selection"]["items"]
    assert len(lines) == 2
    again = shopper.ok("POST", f"items/bundles/{item}", {"sections": sections})["selection"]["items"]
    assert [line["quantity"] for line in again] == [2, 1]


def test_a_flexible_bundle_wants_one_item_of_each_section(shopper: Shopper):
    item, sections = pick(shopper, "build-your-outfit")
    foreign = shopper.ordinary_items(12)[-1]
    for wrong in (
        None,
        [],
        "x",
        sections[:1],
        [{"section": 999, "item": sections[0]["item"]}, sections[1]],
        [{**sections[0], "item": foreign}, {**sections[1], "item": foreign}],
        [*sections, sections[0]],
        [7, 8],
    ):
        status, data = shopper.refused("POST", f"items/bundles/{item}", {"sections": wrong})
        assert (status, data["errors"]) == (406, {"sections": "not valid"})
    assert shopper.selection()["items"] == []


# ------------------------------------------------------------------ gift certificates


def test_a_gift_certificate_replaces_the_cart(shopper: Shopper):
    shopper.fill(2)
    (line,) = shopper.ok("POST", "items/gift-certificates/gift-card-50")["selection"]["items"]
    assert (line["item"], line["giftCertificate"], line["quantity"]) == ("gift-card-50", "gift-card-50", 1)
    assert (line["priceEachAsNumber"], line["taxPercent"]) == (500, 0)
    selection = shopper.ok("POST", "items/gift-certificates/gift-card/amount/275.50")["selection"]
    assert [line["totalPriceAsNumber"] for line in selection["items"]] == [275.5]
    assert selection["totals"]["shippingPriceAsNumber"] == 0
    assert [line["item"] for line in shopper.fill()["items"]] != ["gift-card"]
    assert len(shopper.selection()["items"]) == 1


@pytest.mark.parametrize("amount", ["0", "-5", "x", "1e30", None])
def test_an_any_amount_certificate_wants_an_amount(shopper: Shopper, amount: str | None):
    body = {} if amount is None else {"amount": amount}
    status, data = shopper.refused("POST", "items/gift-certificates/gift-card", body)
    assert (status, data["errors"]) == (406, {"amount": "not valid"})
    status, data = shopper.refused("POST", "items/gift-certificates/no-such")
    assert (status, data["errors"]) == (404, {"giftCertificate": "not found"})


# ------------------------------------------------------------------ methods


@pytest.mark.parametrize(
    ("kind", "key"), [("payment-methods", "paymentMethod"), ("shipping-methods", "shippingMethod")]
)
def test_methods_are_chosen_and_enter_the_totals(shopper: Shopper, kind: str, key: str):
    shopper.fill()
    offered = shopper.ok("GET", "selection")[key + "s"]
    for method in offered:
        selection = shopper.ok("PUT", f"{kind}/{method[key]}")["selection"]
        assert (selection[key], selection[key + "Name"]) == (method[key], method["name"])
        totals = selection["totals"]
        charged = totals["shippingPriceAsNumber" if key == "shippingMethod" else "handlingCostPriceAsNumber"]
        assert charged == method.get("priceAsNumber", method.get("handlingCostAsNumber"))
    status, data = shopper.refused("PUT", f"{kind}/no-such-method")
    assert (status, data["errors"]) == (404, {key: "not found"})
    assert "selection" not in data


def test_payment_methods_may_be_posted_too(shopper: Shopper):
    assert shopper.ok("POST", "payment-methods/dummy")["selection"]["paymentMethod"] == "dummy"


# ------------------------------------------------------------------ taking over, and after the order


def test_a_cart_can_be_taken_over_by_its_id(shopper: Shopper, visitor: MakeShopper, store):
    item = shopper.fill()["items"][0]["item"]
    with store.reading() as tx:
        found = tx.value("SELECT hash FROM selections WHERE status = 'open' ORDER BY id DESC LIMIT 1")
    other = visitor("SE")
    assert quantities(other.ok("PUT", f"selection/{found}")["selection"]) == {item: 1}
    assert quantities(other.selection()) == {item: 1}
    status, data = other.refused("PUT", f"selection/{'0' * 32}")
    assert (status, data["errors"]) == (404, {"selection": "not found"})


def test_after_the_order_a_new_cart_begins_with_the_next_change(shopper: Shopper):
    shopper.fill()
    number = shopper.ok("POST", "payment", payment())["order"]["order"]
    token = shopper.token
    assert shopper.ok("GET", "selection")["order"]["order"] == number
    data = shopper.ok("PUT", "countries/DK")
    assert data["selection"]["items"] == []
    assert data["token"] == token
    assert "selection" in shopper.ok("GET", "selection")
    assert shopper.ok("GET", "receipt")["order"]["order"] == number


def test_parallel_requests_on_one_token_lose_nothing(shopper: Shopper):
    item = shopper.ordinary_items()[0]
    shopper.ok("POST", f"items/{item}")

    def add(_: int) -> int:
        return shopper.client.post(
            f"/api/checkout/items/{item}", headers={"API-token": shopper.token or ""}
        ).status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(add, range(40))) == {201}
    assert quantities(shopper.selection()) == {item: 41}


def test_a_quantity_of_null_is_none_at_all(shopper: Shopper):
    data = shopper.ok("POST", f"items/{shopper.ordinary_items()[0]}", {"quantity": None})
    assert data["selection"]["totals"]["totalQuantity"] == 1


def test_a_cart_is_read_once_and_nothing_is_read_back(visitor: MakeShopper, store: Store):
    shopper = visitor("SE")
    item, other = shopper.ordinary_items(2)
    line = shopper.ok("POST", f"items/{item}")["selection"]["items"][0]["line"]
    statements: list[str] = []
    store.connection.set_trace_callback(statements.append)
    try:
        visitor().ok("POST", f"items/{item}")
        first, statements[:] = list(statements), []
        shopper.ok("POST", f"items/{other}")
        further, statements[:] = list(statements), []
        shopper.ok("PUT", f"lines/{line}/quantity/3")
    finally:
        store.connection.set_trace_callback(None)
    # begin, the selection, its session, its line, commit
    assert len(first) == 5, first
    # begin, the session, the cart with its lines, what is new, perhaps the moment, commit
    assert len(further) <= 6, further
    assert len(statements) <= 6, statements
