"""Orders of a signed-in customer, and what may be offered after a purchase."""

from typing import Any

import pytest

from mockcentra.commerce import order_changes
from mockcentra.store import Store
from tests.shopper import MakeShopper, Shopper, address, payment


@pytest.fixture
def customer(visitor: MakeShopper) -> Shopper:
    """A shopper in Sweden with a new account."""
    shopper = visitor("SE")
    shopper.ok("POST", "register", {"password": "correct horse", **address()})
    return shopper


def buy(shopper: Shopper, **extra: Any) -> dict[str, Any]:
    shopper.fill()
    return shopper.ok("POST", "payment", payment(**extra))["order"]


def test_orders_are_the_customers_own_newest_first(customer: Shopper):
    assert customer.ok("POST", "orders")["orders"] == []
    numbers = [buy(customer)["order"] for _ in range(3)]
    data = customer.ok("POST", "orders")
    assert [order["order"] for order in data["orders"]] == numbers[::-1]
    assert data["ordersPaging"] == {"from": 0, "size": 3, "totalSize": 3}
    assert data["loggedIn"]["email"]
    assert all(order["shipments"] == [] for order in data["orders"])
    assert data["orders"][0]["items"][0]["product"]["name"]


def test_a_listed_order_is_the_receipt_with_its_shipments(customer: Shopper):
    buy(customer)
    receipt = customer.ok("GET", "receipt")["order"]
    (listed,) = customer.ok("POST", "orders")["orders"]
    del receipt["affiliateHtml"]
    assert listed == {**receipt, "shipments": []}


@pytest.mark.parametrize(
    ("sent", "places", "size"),
    [
        ({"from": 1}, [1, 0], 2),
        ({"from": 1, "size": 1}, [1], 1),
        ({"from": "0", "size": "2"}, [2, 1], 2),
        ({"size": 0}, [], 0),
        ({"from": 9, "size": 5}, [], 5),
        ({"from": None, "size": None}, [2, 1, 0], 3),
    ],
)
def test_orders_come_in_pages(customer: Shopper, sent: dict[str, Any], places: list[int], size: int):
    numbers = [buy(customer)["order"] for _ in range(3)]
    data = customer.ok("POST", "orders", sent)
    assert [order["order"] for order in data["orders"]] == [numbers[place] for place in places]
    assert data["ordersPaging"] == {"from": int(sent.get("from") or 0), "size": size, "totalSize": 3}


@pytest.mark.parametrize("sent", [{"from": -1}, {"size": -1}, {"from": "x"}, {"size": [1]}, {"from": 1.5}])
def test_a_page_is_named_by_whole_numbers(customer: Shopper, sent: dict[str, Any]):
    assert customer.refused("POST", "orders", sent)[0] == 400


def test_only_customers_have_orders(shopper: Shopper):
    buy(shopper)
    status, data = shopper.refused("POST", "orders")
    assert (status, data["errors"]) == (403, {"accessRight": "denied"})


def test_an_order_as_a_guest_is_not_the_accounts(customer: Shopper, visitor: MakeShopper):
    email = customer.ok("GET", "customer")["loggedIn"]["email"]
    guest = visitor("SE")
    buy(guest, address=address(email=email))
    assert customer.ok("POST", "orders")["orders"] == []


def test_shipped_shipments_are_shown_with_their_tracking(customer: Shopper, store: Store):
    number = buy(customer)["order"]
    with store.transaction() as tx:
        order_id = tx.value("SELECT id FROM orders WHERE number = ?", (int(number),))
        for position, is_shipped in ((1, 1), (2, 0)):
            tx.insert(
                "shipments", order_id=order_id, position=position, is_shipped=is_shipped, shipped_at=tx.now,
                carrier="PostNord", tracking_number="PN1", tracking_url="https://track.example.com/PN1",
                created_at=tx.now, updated_at=tx.now,
            )  # fmt: skip
    (order,) = customer.ok("POST", "orders")["orders"]
    (shipment,) = order["shipments"]
    assert shipment | {"shippedDate": ""} == {
        "shipmentId": f"{number}-1", "shippedDate": "", "carrier": "PostNord", "service": "", "trackingId": "PN1",
        "trackingUrl": "https://track.example.com/PN1", "returnSlipTracking": "", "additionalMessage": "",
    }  # fmt: skip


def test_reading_many_orders_takes_as_many_queries_as_reading_two(customer: Shopper, store: Store):
    counts = []
    for _ in range(2):
        for _ in range(2):
            buy(customer)
        asked: list[str] = []
        store.connection.set_trace_callback(asked.append)
        customer.ok("POST", "orders")
        store.connection.set_trace_callback(None)
        counts.append(len(asked))
    assert counts[0] == counts[1]


# ------------------------------------------------------------------ offers after a purchase


def test_offers_are_priced_as_the_order_was(shopper: Shopper):
    number = buy(shopper, country="DE")["order"]
    shopper.ok("PUT", "countries/US")
    wanted = [int(product["product"]) for product in shopper.ordinary_products(2)]
    data = shopper.ok("POST", f"orders/{number}/items", {"products": wanted})
    assert [int(product["product"]) for product in data["products"]] == wanted
    assert data.keys() == {"token", "products"}
    for product in data["products"]:
        assert product["price"].endswith("EUR")
        assert product["priceWithoutTaxAsNumber"] == pytest.approx(product["priceAsNumber"] / 1.19, abs=0.006)


def test_unknown_offers_are_named(shopper: Shopper):
    number = buy(shopper)["order"]
    known = int(shopper.ordinary_products()[0]["product"])
    data = shopper.ok("POST", f"orders/{number}/items", {"products": [known, 99999999, known]})
    assert (data["successfullyFetched"], data["failedToFetch"]) == ([known], [99999999])
    assert len(data["products"]) == 1
    status, data = shopper.refused("POST", f"orders/{number}/items", {"products": [99999999]})
    assert (status, data["errors"]) == (404, {"products": "products not found"})
    assert shopper.refused("POST", f"orders/{number}/items", {"products": "1"})[0] == 400
    assert shopper.refused("POST", f"orders/{number}/items")[0] == 400


def test_the_order_of_somebody_else_is_not_found(shopper: Shopper, visitor: MakeShopper):
    number = buy(shopper)["order"]
    stranger = visitor("SE")
    for unknown in (number, "1", "x", "99999999999999999999"):
        for path in (f"orders/{unknown}/items", f"orders/{unknown}/items/1-1"):
            status, data = stranger.refused("POST", path, {"products": [1]})
            assert (status, data["errors"]) == (404, {"order": "not found"})


def test_nothing_can_be_added_to_an_order_that_was_paid_with_these_methods(shopper: Shopper):
    order = buy(shopper)
    status, data = shopper.refused("POST", f"orders/{order['order']}/items/{order['items'][0]['item']}")
    assert (status, data["errors"]) == (406, {"order": "cross-sell not allowed"})


def test_cancelled_pieces_are_off_the_order_as_they_are_off_its_total(shopper: Shopper, store: Store):
    shopper.fill(2, 3)
    number = shopper.ok("POST", "payment", payment())["order"]["order"]
    with store.reading() as tx:
        order_id = tx.value("SELECT id FROM orders WHERE number = ?", (int(number),))
        first, second = (row["id"] for row in tx.all("SELECT id FROM order_lines WHERE order_id = ?", (order_id,)))
    for units, quantities in (({first: 1}, [2, 3]), ({second: 3}, [2])):
        with store.transaction() as tx:
            order_changes.cancel_units(tx, order_id, units)
        order = shopper.ok("GET", "receipt")["order"]
        assert [line["quantity"] for line in order["items"]] == quantities
        lines = sum(line["totalPriceAsNumber"] for line in order["items"])
        assert order["totals"]["itemsTotalPriceAsNumber"] == pytest.approx(lines)
        assert order["totals"]["totalQuantity"] == sum(quantities)
