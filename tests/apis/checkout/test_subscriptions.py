"""What subscribers change after their first order: addresses, intervals, pauses, pieces, and the stored payment."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mockcentra.store import Store
from tests.shopper import MakeShopper, Shopper, address, payment

ZONE = ZoneInfo("Europe/Stockholm")
BY_MONTH, BY_FORTNIGHT = 1, 2  # plans of the default shop
PAGES = {
    "paymentReturnPage": "https://shop.example.com/stored?step=2",
    "paymentFailedPage": "https://shop.example.com/failed",
}


@pytest.fixture
def frozen(store: Store) -> datetime:
    """The clock of the shop stands at the last day of January."""
    moment = datetime(2027, 1, 31, 23, 30, tzinfo=ZONE)
    store.clock.set(moment.timestamp(), frozen=True)
    return moment


@pytest.fixture
def tote(shopper: Shopper) -> str:
    """An item that is in two plans."""
    products = shopper.ok("POST", "products", {"uri": {"uri": "nora-tote", "for": ["product"]}, "limit": 500})[
        "products"
    ]
    (product,) = (product for product in products if product["uri"] == "nora-tote")
    assert [plan["subscriptionPlan"] for plan in product["subscriptionPlans"]] == [BY_MONTH, BY_FORTNIGHT]
    return next(item["item"] for item in product["items"] if item["stock"] != "no")


@pytest.fixture
def subscriber(shopper: Shopper, frozen: datetime, tote: str) -> Shopper:
    """A customer who bought two totes every month and one of something else once."""
    shopper.ok("POST", "register", {"email": "eva@example.com", "password": "correct horse"})
    shopper.ok("POST", f"items/{tote}/quantity/2", {"subscriptionPlan": BY_MONTH})
    shopper.fill()
    shopper.ok("POST", "payment", payment(address=address(email="eva@example.com", city="Borås")))
    return shopper


def contract_of(shopper: Shopper) -> dict:
    (contract,) = shopper.ok("POST", "customer/subscriptions")["contracts"]
    return contract


def subscription_of(shopper: Shopper) -> dict:
    (subscription,) = contract_of(shopper)["subscriptions"]
    return subscription


# ------------------------------------------------------------------ contracts


def test_an_order_with_a_plan_begins_a_contract(subscriber: Shopper, tote: str):
    contract = contract_of(subscriber)
    assert contract["createdAt"] == "2027-01-31 23:30:00"
    assert (contract["address"]["city"], contract["address"]["country"]) == ("Borås", "SE")
    assert contract["address"]["email"] == "eva@example.com"
    assert contract["payment"] == {"status": "ACTIVE", "paymentMethod": "dummy-direct"}
    (subscription,) = contract["subscriptions"]
    assert (subscription["status"], subscription["item"], subscription["quantity"]) == ("active", tote, 2)
    assert subscription["nextOrderDate"] == "2027-02-28"
    assert subscription["product"]["product"] == tote.split("-")[0]
    plan = subscription["subscriptionPlan"]
    assert (plan["subscriptionPlan"], plan["intervalValue"], plan["intervalType"]) == (BY_MONTH, 1, "month")
    assert plan["priceAfterDiscountAsNumber"] == pytest.approx(plan["priceAsNumber"] * 0.9)


def test_an_ordinary_order_begins_none(shopper: Shopper):
    shopper.ok("POST", "register", {"email": "eva@example.com", "password": "correct horse"})
    shopper.fill()
    shopper.ok("POST", "payment", payment())
    assert shopper.ok("POST", "customer/subscriptions")["contracts"] == []


def test_a_guest_becomes_a_customer_with_the_payment(visitor: MakeShopper, tote: str):
    guest = visitor("SE")
    guest.ok("POST", f"items/{tote}", {"subscriptionPlan": BY_FORTNIGHT})
    status, data = guest.refused("POST", "payment", payment())
    assert (status, data["errors"]) == (406, {"customer": "must be registered"})
    account = {**address(email="new@example.com"), "register": True, "password": "correct horse"}
    guest.ok("POST", "payment", payment(address=account))
    assert guest.ok("GET", "customer")["email"] == "new@example.com"
    assert subscription_of(guest)["subscriptionPlan"]["intervalType"] == "day"
    visitor().ok("POST", "login/new@example.com", {"password": "correct horse"})


def test_the_demo_subscriber_has_an_active_and_a_paused_one(visitor: MakeShopper):
    shopper = visitor("DE")
    shopper.ok("POST", "login/max.demo@example.com", {"password": "demo1234"})
    contract = contract_of(shopper)
    assert [entry["status"] for entry in contract["subscriptions"]] == ["active", "paused"]
    assert {entry["nextOrderDate"] for entry in contract["subscriptions"]} == {"2030-01-15"}
    assert contract["address"]["country"] == "DE"


# ------------------------------------------------------------------ changes


def test_orders_can_go_elsewhere_in_the_same_country(subscriber: Shopper):
    path = "subscription/address"
    number = contract_of(subscriber)["contract"]
    sent = {"contract": str(number), "address1": "Nygatan 5", "city": "Visby", "zipCode": 62157, "country": "DE"}
    changed = subscriber.ok("PUT", path, sent)["contract"]
    assert changed["contract"] == number
    assert [changed["address"][key] for key in ("address1", "city", "zipCode", "country", "lastName")] == [
        "Nygatan 5",
        "Visby",
        "62157",
        "SE",
        "Lind",
    ]
    assert contract_of(subscriber) == changed
    status, data = subscriber.refused("PUT", path, {"contract": number, "email": "nonsense"})
    assert (status, data["errors"]) == (406, {"email": "not valid"})
    status, data = subscriber.refused("PUT", path, {"contract": number, "city": ["Visby"]})
    assert (status, data["errors"]) == (406, {"city": "not valid"})


def test_another_plan_of_the_item_changes_interval_and_discount(subscriber: Shopper):
    subscription = subscription_of(subscriber)
    body = {"subscription": subscription["subscription"], "subscriptionPlan": BY_FORTNIGHT}
    (changed,) = subscriber.ok("PUT", "subscription/interval", body)["contract"]["subscriptions"]
    plan = changed["subscriptionPlan"]
    assert (plan["intervalValue"], plan["intervalType"], plan["discountPercent"]) == (14, "day", 15)
    assert changed["nextOrderDate"] == subscription["nextOrderDate"]
    for unknown in (3, 99999999, "x", None, {}):
        status, data = subscriber.refused("PUT", "subscription/interval", {**body, "subscriptionPlan": unknown})
        assert (status, data["errors"]) == (404, {"subscriptionPlan": "not found"})


def test_a_pause_is_not_caught_up(subscriber: Shopper, store: Store, frozen: datetime):
    number = subscription_of(subscriber)["subscription"]
    subscriber.ok("PUT", "subscription/status", {"subscription": number, "status": "paused"})
    store.clock.set((frozen + timedelta(days=29)).timestamp())
    (resumed,) = subscriber.ok("PUT", "subscription/status", {"subscription": number, "status": "active"})["contract"][
        "subscriptions"
    ]
    assert (resumed["status"], resumed["nextOrderDate"]) == ("active", "2027-03-28")


def test_a_cancelled_subscription_stays_cancelled_and_its_payment_goes(subscriber: Shopper, tote: str):
    contract = contract_of(subscriber)
    number = contract["subscriptions"][0]["subscription"]
    changed = subscriber.ok("PUT", "subscription/status", {"subscription": number, "status": "cancelled"})["contract"]
    assert changed["subscriptions"][0]["status"] == "cancelled"
    assert changed["payment"]["paymentMethod"] == ""
    for status in ("active", "paused"):
        code, data = subscriber.refused("PUT", "subscription/status", {"subscription": number, "status": status})
        assert (code, data["errors"]) == (406, {"status": "cancelled subscription cannot be restored"})
    code, data = subscriber.refused(
        "PUT", f"customer/contracts/{contract['contract']}/subscription/{number}", {"quantity": 1}
    )
    assert (code, data["errors"]) == (406, {"subscription": "cancelled"})


@pytest.mark.parametrize("status", ["", "stopped", None, 5, ["active"]])
def test_other_states_do_not_exist(subscriber: Shopper, status: object):
    number = subscription_of(subscriber)["subscription"]
    code, data = subscriber.refused("PUT", "subscription/status", {"subscription": number, "status": status})
    assert (code, data["errors"]) == (406, {"status": "not valid"})


def test_an_item_of_a_plan_can_be_added(subscriber: Shopper, tote: str, frozen: datetime):
    number = contract_of(subscriber)["contract"]
    body = {"item": tote, "subscriptionPlan": BY_FORTNIGHT, "nextOrderDate": "2027-02-01", "quantity": "3"}
    response, data = subscriber.send("POST", f"customer/contracts/{number}/subscription", body)
    assert response.status_code == 201
    added = data["contract"]["subscriptions"][1]
    assert (added["item"], added["quantity"], added["status"]) == (tote, 3, "active")
    assert added["nextOrderDate"] == "2027-02-01"
    assert len({entry["subscription"] for entry in data["contract"]["subscriptions"]}) == 2


@pytest.mark.parametrize(
    ("change", "status", "problems"),
    [
        ({"item": "99999999-1"}, 404, {"item": "product item not found"}),
        ({"item": None}, 404, {"item": "product item not found"}),
        ({"subscriptionPlan": 3}, 404, {"subscriptionPlan": "not found"}),
        ({"subscriptionPlan": None}, 404, {"subscriptionPlan": "not found"}),
        ({"nextOrderDate": "2027-01-31"}, 406, {"nextOrderDate": "not before tomorrow"}),
        ({"nextOrderDate": "0001-01-01"}, 406, {"nextOrderDate": "not before tomorrow"}),
        ({"nextOrderDate": "2027-02-30"}, 406, {"nextOrderDate": "not valid"}),
        ({"nextOrderDate": "tomorrow"}, 406, {"nextOrderDate": "not valid"}),
        ({"nextOrderDate": 20270301}, 406, {"nextOrderDate": "not valid"}),
        ({"nextOrderDate": None}, 406, {"nextOrderDate": "not valid"}),
        ({"quantity": 0}, 406, {"quantity": "not valid"}),
        ({"quantity": "many"}, 406, {"quantity": "not valid"}),
        ({"quantity": 10**12}, 406, {"quantity": "not valid"}),
    ],
)
def test_what_cannot_be_added_is_named(subscriber: Shopper, tote: str, change: dict, status: int, problems: dict):
    number = contract_of(subscriber)["contract"]
    body = {"item": tote, "subscriptionPlan": BY_MONTH, "nextOrderDate": "9999-12-31", **change}
    found, data = subscriber.refused("POST", f"customer/contracts/{number}/subscription", body)
    assert (found, data["errors"]) == (status, problems)
    assert len(contract_of(subscriber)["subscriptions"]) == 1


def test_an_item_outside_the_plans_cannot_be_added(subscriber: Shopper):
    plain = subscriber.ok("GET", "selection")["order"]["items"][1]["item"]
    number = contract_of(subscriber)["contract"]
    body = {"item": plain, "subscriptionPlan": BY_MONTH, "nextOrderDate": "2027-03-01"}
    status, data = subscriber.refused("POST", f"customer/contracts/{number}/subscription", body)
    assert (status, data["errors"]) == (404, {"subscriptionPlan": "not found"})


def test_more_pieces_only_while_the_plan_is_the_same(subscriber: Shopper, store: Store):
    contract = contract_of(subscriber)
    path = f"customer/contracts/{contract['contract']}/subscription/{contract['subscriptions'][0]['subscription']}"

    def quantity(wanted: object) -> int:
        return subscriber.ok("PUT", path, {"quantity": wanted})["contract"]["subscriptions"][0]["quantity"]

    assert quantity(5) == 5
    assert quantity("1") == 1
    with store.transaction() as tx:
        tx.run("UPDATE subscription_plans SET percent = 500 WHERE id = ?", (BY_MONTH,))
        tx.touch("reference")
    status, data = subscriber.refused("PUT", path, {"quantity": 2})
    assert (status, data["errors"]) == (406, {"quantity": "cannot be raised"})
    assert subscription_of(subscriber)["subscriptionPlan"]["discountPercent"] == 10
    for wrong in (0, -1, None, "x", 1.5, [], 10**20):
        status, data = subscriber.refused("PUT", path, {"quantity": wrong})
        assert (status, data["errors"]) == (406, {"quantity": "not valid"})


# ------------------------------------------------------------------ who may


def test_contracts_of_others_do_not_exist(subscriber: Shopper, visitor: MakeShopper, tote: str):
    contract = contract_of(subscriber)
    number, subscription = contract["contract"], contract["subscriptions"][0]["subscription"]
    other = visitor("SE")
    other.ok("POST", "login/new.demo@example.com", {"password": "demo1234"})
    addition = {"item": tote, "subscriptionPlan": BY_MONTH, "nextOrderDate": "2027-03-01"}
    for method, path, body, what in (
        ("PUT", "subscription/address", {"contract": number, "city": "Visby"}, "contract"),
        ("PUT", "subscription/interval", {"subscription": subscription, "subscriptionPlan": 2}, "subscription"),
        ("PUT", "subscription/status", {"subscription": subscription, "status": "cancelled"}, "subscription"),
        ("POST", f"customer/contracts/{number}/subscription", addition, "contract"),
        ("PUT", f"customer/contracts/{number}/subscription/{subscription}", {"quantity": 1}, "contract"),
        ("POST", "customer/stored/payment-methods", {"contract": number}, "contract"),
        (
            "POST",
            "customer/stored/payment",
            {"contracts": [number], "paymentMethod": "dummy", **PAGES},
            "contract",
        ),
    ):
        status, data = other.refused(method, path, body)
        assert (status, data["errors"]) == (404, {what: "not found"}), path
    assert other.ok("POST", "customer/subscriptions")["contracts"] == []
    assert contract_of(subscriber) == contract


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "customer/subscriptions"),
        ("PUT", "subscription/address"),
        ("PUT", "subscription/interval"),
        ("PUT", "subscription/status"),
        ("POST", "customer/contracts/1/subscription"),
        ("PUT", "customer/contracts/1/subscription/1"),
        ("POST", "customer/stored/payment-methods"),
        ("POST", "customer/stored/payment"),
        ("POST", "customer/stored/payment-result"),
    ],
)
def test_visitors_have_no_contracts(shopper: Shopper, method: str, path: str):
    status, data = shopper.refused(method, path, {})
    assert (status, data["errors"]) == (403, {"accessRight": "denied"})


# ------------------------------------------------------------------ the stored payment


def test_only_methods_that_recur_can_be_stored(subscriber: Shopper):
    number = contract_of(subscriber)["contract"]
    methods = subscriber.ok("POST", "customer/stored/payment-methods", {"contract": number})["paymentMethods"]
    assert {"dummy", "dummy-direct"} <= {method["paymentMethod"] for method in methods}
    assert not {"dummy-first", "dummy-url", "dummy-fail"} & {method["paymentMethod"] for method in methods}


def test_another_payment_is_stored_by_way_of_a_form(subscriber: Shopper):
    number = contract_of(subscriber)["contract"]
    body = {"contracts": [number, str(number)], "paymentMethod": "dummy", **PAGES}
    action = subscriber.ok("POST", "customer/stored/payment", body)
    assert action["action"] == "form"
    assert action["formUrl"] == "https://shop.example.com/stored?step=2&centraPaymentMethod=dummy"
    inputs = dict(re.findall(r'name="(\w+)" value="([^"]*)"', action["formHtml"]))
    assert inputs == action["formFields"]
    assert "\\" not in action["formHtml"]
    assert contract_of(subscriber)["payment"]["paymentMethod"] == "dummy-direct"

    fields = {**inputs, "centraPaymentMethod": "dummy", "something": "else"}
    for _ in range(2):
        result = subscriber.ok("POST", "customer/stored/payment-result", {"paymentMethodFields": fields})
        assert (result["status"], result["contractIds"]) == ("ok", [number])
        assert isinstance(result["paymentHtml"], str)
    assert contract_of(subscriber)["payment"] == {"status": "ACTIVE", "paymentMethod": "dummy"}


def test_changed_or_foreign_fields_store_nothing(subscriber: Shopper, visitor: MakeShopper):
    number = contract_of(subscriber)["contract"]
    body = {"contracts": [number], "paymentMethod": "dummy", **PAGES}
    fields = subscriber.ok("POST", "customer/stored/payment", body)["formFields"]
    tampered = [
        {},
        None,
        "x",
        {**fields, "amount": "1.00"},
        {**fields, "signature": "0" * 40},
        {**fields, "signature": {"a": 1}},
        {**fields, "trans": "0" * 32},
        {**fields, "centraPaymentMethod": "dummy-direct"},
        {"trans": fields["trans"]},
    ]
    for sent in tampered:
        status, data = subscriber.refused("POST", "customer/stored/payment-result", {"paymentMethodFields": sent})
        assert (status, data["errors"]) == (412, {"paymentMethod": "failed"})
        assert data["messages"]
    other = visitor("SE")
    other.ok("POST", "login/new.demo@example.com", {"password": "demo1234"})
    assert other.refused("POST", "customer/stored/payment-result", {"paymentMethodFields": fields})[0] == 412
    assert contract_of(subscriber)["payment"]["paymentMethod"] == "dummy-direct"


def test_a_method_without_a_provider_stores_at_once(subscriber: Shopper):
    number = contract_of(subscriber)["contract"]
    subscriber.ok("POST", "customer/stored/payment", {"contracts": number, "paymentMethod": "dummy", **PAGES})
    data = subscriber.ok(
        "POST", "customer/stored/payment", {"contracts": [number], "paymentMethod": "dummy-direct", **PAGES}
    )
    assert (data["action"], data["contractIds"]) == ("success", [number])


@pytest.mark.parametrize(
    ("change", "status", "problems"),
    [
        ({"contracts": []}, 406, {"contracts": "required"}),
        ({"contracts": None, "paymentReturnPage": ""}, 406, {"contracts": "required", "paymentReturnPage": "required"}),
        ({"contracts": ["x"]}, 404, {"contract": "not found"}),
        ({"paymentMethod": "dummy-url"}, 404, {"paymentMethod": "not found"}),
        ({"paymentMethod": None}, 404, {"paymentMethod": "not found"}),
        ({"paymentReturnPage": "javascript:alert(1)"}, 406, {"paymentReturnPage": "not valid"}),
        ({"paymentFailedPage": {"a": 1}}, 406, {"paymentFailedPage": "not valid"}),
    ],
)
def test_what_cannot_be_stored_is_named(subscriber: Shopper, change: dict, status: int, problems: dict):
    number = contract_of(subscriber)["contract"]
    body = {"contracts": [number], "paymentMethod": "dummy", **PAGES, **change}
    found, data = subscriber.refused("POST", "customer/stored/payment", body)
    assert (found, data["errors"]) == (status, problems)


def test_the_form_is_safe_to_inject(subscriber: Shopper):
    number = contract_of(subscriber)["contract"]
    page = 'https://shop.example.com/"><script>alert(1)</script>'
    body = {"contracts": [number], "paymentMethod": "dummy", "paymentReturnPage": page}
    assert "<script>alert" not in subscriber.ok("POST", "customer/stored/payment", body)["formHtml"]
