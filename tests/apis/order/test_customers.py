"""Customers as an integration keeps them, and how their personal data goes for good."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.shopper import Shopper, address
from tests.warehouse import Warehouse


def test_the_list_and_one_of_it(api: Warehouse) -> None:
    customers = api.get("customers")
    assert len(customers) == 150
    ids = [int(customer["customerId"]) for customer in customers]
    assert ids == sorted(ids)
    assert api.get("customers", limit=3, offset=4) == customers[4:7]
    assert api.get(f"customers/{ids[9]}") == customers[9]
    assert {customer["registered"] for customer in customers} == {True, False}
    for customer in customers:
        assert all(value is not None for value in customer.values())


def test_filters(api: Warehouse) -> None:
    twins = api.get("customers", email="Twin.Demo@example.com")
    assert [customer["registered"] for customer in twins] in ([True, False], [False, True])
    everything = api.get("customers")
    for key in ("created", "modified"):
        middle = sorted(customer[key] for customer in everything)[75]
        assert api.get("customers", **{key: middle}) == [each for each in everything if each[key] >= middle]
    assert api.refused("GET", "customers", created="never")["msg"] == {"created": "invalid value"}


@pytest.mark.parametrize("path", ["999999", "abc", "0", "-1"])
def test_nobody_of_that_id(api: Warehouse, path: str) -> None:
    missing = {"status": "no", "msg": "The customer was not found."}
    assert api.refused("GET", f"customers/{path}") == missing
    assert api.refused("PUT", f"customers/{path}", {"firstName": "X"}) == missing
    assert api.refused("PUT", f"anonymize-customer/{path}") == missing


def test_only_what_is_sent_changes(api: Warehouse) -> None:
    before = api.get("customers/1")
    sent = {"firstName": "Benjamin", "lastName": "", "newsletter": "1", "customerId": 77, "registered": True}
    after = api.ok("PUT", "customers/1", sent)["customer"]
    changed = {"firstName": "Benjamin", "lastName": "", "newsletter": True, "modified": after["modified"]}
    assert after == {**before, **changed}
    assert after["modified"] > before["modified"]
    assert api.get("customers/1") == after


def test_the_shopper_sees_the_change(api: Warehouse, client: httpx.Client) -> None:
    (anna,) = api.get("customers", email="anna.demo@example.com")
    api.ok("PUT", f"customers/{anna['customerId']}", {"city": "Kiruna", "email": "Anna.New@example.com"})
    shopper = Shopper(client)
    shopper.ok("POST", "login/anna.new@example.com", {"password": "demo1234"})
    assert shopper.ok("GET", "customer")["loggedIn"]["city"] == "Kiruna"
    assert Shopper(client).refused("POST", "login/anna.demo@example.com", {"password": "demo1234"})


def test_consents_are_merged_by_key(api: Warehouse) -> None:
    sent = [
        {"key": "first", "consented": True},
        {"key": "second", "consented": 0, "version": "1.0", "language": "EN"},
    ]
    before = {consent["key"] for consent in api.get("customers/1")["consents"]}
    api.ok("PUT", "customers/1", {"consents": sent})
    api.ok("PUT", "customers/1", {"consents": [{"key": "second", "consented": "true", "name": "Mail"}]})
    found = {consent["key"]: consent for consent in api.get("customers/1")["consents"]}
    assert set(found) == before | {"first", "second"}
    assert (found["first"]["consented"], found["first"]["version"]) == (True, "")
    second = found["second"]
    assert (second["consented"], second["version"], second["language"], second["name"]) == (True, "1.0", "EN", "Mail")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"country": "XX"}, "country"),
        ({"country": "US", "state": "ZZ"}, "state"),
        ({"email": "nonsense"}, "email"),
        ({"email": "anna.demo@example.com"}, "email"),
        ({"firstName": {"a": 1}}, "firstName"),
        ({"newsletter": "maybe"}, "newsletter"),
        ({"consents": {"a": 1}}, "consents"),
        ({"consents": [{"consented": True}]}, "consents"),
        ({"consents": ["x"]}, "consents"),
        ({"consents": [{"key": "x", "consented": []}]}, "consents"),
    ],
)
def test_what_cannot_be_is_named_and_changes_nothing(api: Warehouse, body: dict[str, Any], field: str) -> None:
    before = api.get("customers/1")
    assert api.refused("PUT", "customers/1", {"lastName": "Changed", **body})["msg"] == {field: "invalid value"}
    assert api.get("customers/1") == before


def test_a_guest_may_have_the_address_of_an_account(api: Warehouse) -> None:
    guests = [customer for customer in api.get("customers") if not customer["registered"]]
    guest = next(each for each in guests if not each["email"].startswith("twin"))
    path = f"customers/{guest['customerId']}"
    assert api.ok("PUT", path, {"email": "new.demo@example.com"})["customer"]["email"] == "new.demo@example.com"
    assert api.refused("PUT", path, {"email": "twin.demo@example.com"})["msg"] == {"email": "invalid value"}


# ------------------------------------------------------------------ anonymising


def test_personal_data_goes_from_everywhere(api: Warehouse, client: httpx.Client, buy: Callable[..., str]) -> None:
    email = "quetzal.vandersloot@example.com"
    shopper = Shopper(client).in_country("SE")
    person = address(firstName="Quetzal", lastName="Vandersloot", email=email, address1="Xylofonvägen 99")
    shopper.ok("POST", "register", {"email": email, "password": "secret123", "newsletter": True, **person})
    number = buy(shopper, address=person, consents=[{"key": "club", "consented": True}])
    before = api.order(number)
    path = f"customers/{before['customerId']}"

    answer = api.ok("PUT", f"anonymize-customer/{before['customerId']}")
    assert answer == {"status": "ok", "msg": "The personal data has been anonymized."}

    after = api.order(number)
    assert after["grandTotalValue"] == before["grandTotalValue"]
    assert after["products"] == before["products"]
    assert after["deliveryCountry"] == after["billingCountry"] == "SE"
    customer = api.get(path)
    assert (customer["country"], customer["registered"], customer["newsletter"]) == ("SE", False, False)
    assert customer["consents"] == []
    told = client.get("/_mock/mail").text
    for text in (str(after), str(customer), told):
        for word in ("Quetzal", "Vandersloot", email, "Xylofon"):
            assert word not in text
    assert after["ipAddress"] == ""
    assert api.get("customers", email=email) == []
    assert shopper.ok("GET", "selection").get("loggedIn") is None
    assert Shopper(client).refused("POST", f"login/{email}", {"password": "secret123"})
    again = Shopper(client)
    again.ok("POST", "register", {"email": email, "password": "secret123"})
    assert api.get("customers", email=email)[0]["customerId"] != before["customerId"]


def test_once_and_for_good(api: Warehouse) -> None:
    api.ok("PUT", "anonymize-customer/1")
    already = {"status": "no", "msg": "The personal data was already anonymized."}
    assert api.refused("PUT", "anonymize-customer/1") == already
    assert api.refused("PUT", "customers/1", {"firstName": "Back"}) == already
    assert api.get("customers/1")["firstName"] == ""


def test_the_twin_keeps_everything(api: Warehouse) -> None:
    twins = api.get("customers", email="twin.demo@example.com")
    account = next(each for each in twins if each["registered"])
    guest = next(each for each in twins if not each["registered"])
    api.ok("PUT", f"anonymize-customer/{guest['customerId']}")
    assert api.get("customers", email="twin.demo@example.com") == [account]
    orders = api.get("orders", customer_id=guest["customerId"])
    assert all(order["deliveryName"] == order["billingEmail"] == "" for order in orders)


def test_contracts_of_an_anonymised_customer_end(api: Warehouse, client: httpx.Client) -> None:
    (max_demo,) = api.get("customers", email="max.demo@example.com")
    api.ok("PUT", f"anonymize-customer/{max_demo['customerId']}")
    assert all("max.demo" not in str(order) for order in api.all_orders())
