"""What shoppers do with their account: register, sign in on another device, change it, forget the password."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockcentra.commerce.settings import change_settings
from mockcentra.store import Store
from tests.shopper import MakeShopper, Shopper, payment

PASSWORD = "correct horse"

# The calls of this file's module that need a login, with a body that would do something.
FOR_CUSTOMERS = [
    ("GET", "customer", None),
    ("PUT", "customer/update", {"firstName": "Eva"}),
    ("PUT", "address", {"city": "Lund"}),
    ("PUT", "email", {"newEmail": "somebody@example.com"}),
    ("PUT", "password", {"password": PASSWORD, "newPassword": "brand new"}),
]


def register(shopper: Shopper, email: str = "nils@example.com", **fields: object) -> dict:
    body = {"email": email, "password": PASSWORD, "firstName": "Nils", "lastName": "Berg", **fields}
    return shopper.ok("POST", "register", body)


def mails(client: httpx.Client) -> list[dict]:
    return client.get("/_mock/mail").json()


def lines(data: dict) -> dict[str, int]:
    return {line["item"]: line["quantity"] for line in data["selection"]["items"]}


# ------------------------------------------------------------------ registering


def test_registering_signs_in_and_shows_the_customer(shopper: Shopper):
    profile = {
        "address1": "Nygatan 5",
        "zipCode": 62157,
        "city": "Visby",
        "country": "se",
        "phoneNumber": "+46 70 174 06 70",
        "gender": "m",
        "language": "sv",
        "newsletter": "1",
    }
    response, data = shopper.send("POST", "register", {"email": " Nils@Example.com ", "password": PASSWORD, **profile})
    assert response.status_code == 201
    assert data["loggedIn"] == {
        "customer": data["loggedIn"]["customer"],
        "email": "Nils@Example.com",
        "firstName": "",
        "lastName": "",
        "address1": "Nygatan 5",
        "address2": "",
        "zipCode": "62157",
        "city": "Visby",
        "state": "",
        "country": "SE",
        "phoneNumber": "+46 70 174 06 70",
        "gender": "m",
        "language": "sv",
        "newsletter": True,
        "consents": [],
    }
    assert re.fullmatch(r"\d+", data["loggedIn"]["customer"])
    assert data["selection"]["address"]["city"] == "Visby"
    assert data["selection"]["address"]["email"] == "Nils@Example.com"


def test_the_customer_is_shown_twice_by_its_own_call(shopper: Shopper):
    register(shopper)
    data = shopper.ok("GET", "customer")
    assert data["email"] == data["loggedIn"]["email"] == "nils@example.com"
    assert set(data) == {"token", "loggedIn", *data["loggedIn"]}
    assert not any("password" in key.lower() for key in data)


def test_every_answer_shows_who_is_signed_in(shopper: Shopper):
    register(shopper)
    assert shopper.ok("GET", "selection")["loggedIn"]["firstName"] == "Nils"
    assert shopper.ok("PUT", "countries/DE")["loggedIn"]["firstName"] == "Nils"


@pytest.mark.parametrize(
    "consents",
    [
        {"newsletter": {"consented": "1", "version": 2}, "direct_marketing": False},
        [
            {"key": "newsletter", "consented": True, "version": "2", "name": None},
            {"key": "direct_marketing", "consented": False},
        ],
    ],
)
def test_consents_come_by_key_or_as_a_list_and_are_merged(shopper: Shopper, consents: object):
    shown = register(shopper, consents=consents)["loggedIn"]["consents"]
    assert shown == [
        {"key": "direct_marketing", "consented": False},
        {"key": "newsletter", "consented": True, "version": "2"},
    ]
    change = {"consents": [{"key": "direct_marketing", "consented": True, "language": "sv", "text": "Ja tack"}]}
    shown = shopper.ok("PUT", "customer/update", change)["loggedIn"]["consents"]
    assert shown[0] == {"key": "direct_marketing", "consented": True, "language": "sv", "text": "Ja tack"}
    assert shown[1]["consented"] is True


def test_custom_attributes_of_customers_can_be_sent_and_are_shown(shopper: Shopper):
    shown = register(shopper, cust_note="Rings twice", cust_club="Gold", nothing="else")["loggedIn"]
    assert shown["cust_note"] == "Rings twice"
    assert shown["cust_club"] == {"text": "Guld"}
    assert "nothing" not in shown
    assert "cust_note" not in shopper.ok("PUT", "customer/update", {"cust_note": ""})["loggedIn"]


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        ({}, {"email": "not valid", "password": "not valid"}),
        ({"email": "nils", "password": PASSWORD}, {"email": "not valid"}),
        ({"email": "nils@example.com", "password": "abc"}, {"password": "not valid"}),
        ({"email": "nils@example.com", "password": "å" * 129}, {"password": "not valid"}),
        ({"email": "nils@example.com", "password": {"a": 1}}, {"password": "not valid"}),
        ({"email": ["nils@example.com"], "password": PASSWORD}, {"email": "not valid"}),
        ({"email": "nils @example.com", "password": PASSWORD}, {"email": "not valid"}),
        ({"email": "n@" + "x" * 250 + ".se", "password": PASSWORD}, {"email": "not valid"}),
        ({"email": "nils@example.com", "password": PASSWORD, "city": {}}, {"city": "not valid"}),
        ({"email": "nils@example.com", "password": PASSWORD, "newsletter": "maybe"}, {"newsletter": "not valid"}),
        ({"email": "nils@example.com", "password": PASSWORD, "consents": "all"}, {"consents": "not valid"}),
        (
            {"email": "nils@example.com", "password": PASSWORD, "consents": [{"consented": 1}]},
            {"consents": "not valid"},
        ),
    ],
)
def test_what_cannot_be_registered_is_named(shopper: Shopper, body: dict, problems: dict):
    status, data = shopper.refused("POST", "register", body)
    assert (status, data["errors"]) == (406, problems)
    assert "loggedIn" not in shopper.ok("GET", "selection")


@pytest.mark.parametrize(
    ("fields", "what"),
    [({"country": "ZZ"}, "country"), ({"country": "US", "state": "Skåne"}, "state"), ({"language": "xx"}, "language")],
)
def test_unknown_places_and_languages_are_not_found(shopper: Shopper, fields: dict, what: str):
    body = {"email": "nils@example.com", "password": PASSWORD, **fields}
    status, data = shopper.refused("POST", "register", body)
    assert (status, data["errors"]) == (404, {what: "not found"})


@pytest.mark.parametrize("password", ["abcd", "å" * 128, "😀😀😀😀", 1234, " " * 4])
def test_a_password_is_any_four_to_128_characters(shopper: Shopper, visitor: MakeShopper, password: object):
    register(shopper, password=password)
    assert visitor().ok("POST", "login/nils@example.com", {"password": password})["loggedIn"]


def test_an_address_has_one_account_whatever_its_case(shopper: Shopper, visitor: MakeShopper):
    register(shopper, "nils@example.com")
    body = {"email": "NILS@example.com", "password": "another one"}
    status, data = visitor().refused("POST", "register", body)
    assert (status, data["errors"]) == (409, {"email": "already registered"})
    assert "selection" not in data


def test_two_at_once_cannot_register_the_same_address(visitor: MakeShopper):
    shoppers = [visitor() for _ in range(6)]
    body = {"email": "nils@example.com", "password": PASSWORD}
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda shopper: shopper.send("POST", "register", body)[0].status_code, shoppers))
    assert sorted(answers) == [201, 409, 409, 409, 409, 409]


# ------------------------------------------------------------------ signing in and out


@pytest.mark.parametrize("path", ["anna.demo@example.com", "anna.demo%40example.com", "ANNA.Demo%40EXAMPLE.com"])
def test_the_address_in_the_path_may_be_encoded(shopper: Shopper, path: str):
    data = shopper.ok("POST", f"login/{path}", {"password": "demo1234"})
    assert data["loggedIn"]["email"] == "anna.demo@example.com"
    assert data["selection"]["address"]["city"] == "Borås"


@pytest.mark.parametrize("path", ["nils+test@example.com", "nils%2Btest%40example.com"])
def test_a_plus_in_the_path_is_a_plus(shopper: Shopper, visitor: MakeShopper, path: str):
    register(shopper, "nils+test@example.com")
    assert visitor().ok("POST", f"login/{path}", {"password": PASSWORD})["loggedIn"]["email"] == "nils+test@example.com"


@pytest.mark.parametrize("email", ["anna.demo@example.com", "nobody@example.com", "%F0%9F%98%80", "a%00b", "a/b@c.de"])
@pytest.mark.parametrize("body", [{"password": "wrong"}, {"password": None}, {"password": ["demo1234"]}, {}])
def test_a_failed_login_never_says_whether_there_is_an_account(shopper: Shopper, email: str, body: dict):
    shopper.fill()
    status, data = shopper.refused("POST", f"login/{email}", body)
    assert (status, data["errors"]) == (406, {"password": "incorrect"})
    assert set(data) == {"token", "errors"}
    assert len(shopper.selection()["items"]) == 1


@pytest.mark.parametrize(("method", "path", "body"), FOR_CUSTOMERS)
def test_account_calls_need_a_login(visitor: MakeShopper, method: str, path: str, body: dict | None):
    shopper = visitor()
    for _ in range(2):
        status, data = shopper.refused(method, path, body)
        assert (status, data["errors"]) == (403, {"accessRight": "denied"})
        assert data["token"]


def test_login_and_logout_keep_the_token(shopper: Shopper):
    token = shopper.token
    register(shopper)
    shopper.ok("POST", "logout")
    shopper.ok("POST", "login/nils@example.com", {"password": PASSWORD})
    assert shopper.token == token


def test_logging_out_twice_is_no_mistake(shopper: Shopper):
    register(shopper)
    shopper.ok("POST", "logout")
    assert "loggedIn" not in shopper.ok("POST", "logout", {})
    assert shopper.refused("GET", "customer")[0] == 403


def test_a_guest_who_logs_out_has_an_empty_cart_too(shopper: Shopper):
    shopper.fill()
    assert shopper.ok("POST", "logout")["selection"]["items"] == []
    assert shopper.selection()["items"] == []


def test_the_cart_waits_for_its_owner_on_every_device(visitor: MakeShopper):
    laptop, phone = visitor("SE"), visitor("SE")
    shirt, coat = laptop.ordinary_items(2)
    register(laptop)
    laptop.ok("POST", f"items/{shirt}/quantity/2")
    assert lines(phone.ok("POST", "login/nils@example.com", {"password": PASSWORD})) == {shirt: 2}
    phone.ok("POST", f"items/{coat}")
    assert lines(laptop.ok("GET", "selection")) == {shirt: 2, coat: 1}

    gone = laptop.ok("POST", "logout")
    assert "loggedIn" not in gone
    assert gone["selection"]["items"] == []
    assert lines(phone.ok("GET", "selection")) == {shirt: 2, coat: 1}
    laptop.ok("POST", f"items/{coat}/quantity/3")
    assert lines(phone.ok("GET", "selection")) == {shirt: 2, coat: 1}
    merged = laptop.ok("POST", "login/NILS@example.com", {"password": PASSWORD})
    assert lines(merged) == lines(phone.ok("GET", "selection")) == {shirt: 2, coat: 4}


def test_after_an_order_on_one_device_both_go_on_with_one_cart(visitor: MakeShopper):
    phone, laptop = visitor("SE"), visitor("SE")
    first, second, third = phone.ordinary_items(3)
    for device in (phone, laptop):
        device.ok("POST", "login/new.demo@example.com", {"password": "demo1234"})
    phone.ok("POST", f"items/{first}")
    laptop.ok("POST", "payment", payment())
    phone.ok("POST", f"items/{second}")
    assert "order" in laptop.ok("GET", "selection")
    laptop.ok("POST", f"items/{third}")
    for device in (phone, laptop):
        assert [line["item"] for line in device.selection()["items"]] == [second, third]


def test_a_cart_that_was_there_before_registering_stays(shopper: Shopper, visitor: MakeShopper):
    item = shopper.ordinary_items()[0]
    shopper.ok("POST", f"items/{item}")
    assert lines(register(shopper)) == {item: 1}
    assert lines(visitor("SE").ok("POST", "login/nils@example.com", {"password": PASSWORD})) == {item: 1}


def test_signing_in_twice_does_not_double_the_cart(shopper: Shopper):
    item = shopper.ordinary_items()[0]
    shopper.ok("POST", f"items/{item}")
    register(shopper)
    assert lines(shopper.ok("POST", "login/nils@example.com", {"password": PASSWORD})) == {item: 1}


def test_signing_in_as_somebody_else_leaves_the_first_ones_cart(shopper: Shopper, visitor: MakeShopper):
    item = shopper.ordinary_items()[0]
    register(shopper)
    shopper.ok("POST", f"items/{item}")
    data = shopper.ok("POST", "login/new.demo@example.com", {"password": "demo1234"})
    assert data["loggedIn"]["email"] == "new.demo@example.com"
    assert data["selection"]["items"] == []
    assert lines(visitor("SE").ok("POST", "login/nils@example.com", {"password": PASSWORD})) == {item: 1}


def test_a_customer_with_a_market_and_pricelist_of_its_own_shops_there(shopper: Shopper):
    before = shopper.ok("GET", "selection")["location"]
    vip = shopper.ok("POST", "login/vip.demo@example.com", {"password": "demo1234"})["location"]
    assert (vip["market"], vip["pricelist"], vip["country"]) == (6, 6, "SE")
    assert shopper.ok("POST", "logout")["location"] == before


def test_a_customer_whose_class_is_exempt_pays_no_tax(shopper: Shopper):
    shopper.fill()
    taxed = shopper.selection()["totals"]
    exempt = shopper.ok("POST", "login/exempt.demo@example.com", {"password": "demo1234"})["selection"]
    assert exempt["vatExempt"] is True
    assert exempt["totals"]["taxDeductedAsNumber"] < 0
    assert exempt["totals"]["grandTotalPriceAsNumber"] < taxed["grandTotalPriceAsNumber"]


def test_without_a_token_nobody_stays_signed_in(client: httpx.Client):
    guest = Shopper(client)
    headers = {"API-token": "none"}
    response, data = guest.send("POST", "login/anna.demo@example.com", {"password": "demo1234"}, headers)
    assert response.status_code == 200
    assert data["token"] is None
    assert guest.send("GET", "customer", None, headers)[0].status_code == 403


# ------------------------------------------------------------------ changing the account


def test_only_what_is_sent_changes(shopper: Shopper):
    register(shopper, city="Visby", country="SE", gender="m")
    changed = shopper.ok("PUT", "address", {"address1": "Nygatan 5", "city": "Lund"})["loggedIn"]
    assert (changed["address1"], changed["city"], changed["country"], changed["firstName"]) == (
        "Nygatan 5",
        "Lund",
        "SE",
        "Nils",
    )
    changed = shopper.ok("PUT", "customer/update", {"lastName": "Ek", "city": None, "language": "de"})["loggedIn"]
    assert (changed["lastName"], changed["city"], changed["language"], changed["gender"]) == ("Ek", "", "de", "m")
    assert shopper.ok("PUT", "customer/update")["loggedIn"] == changed


def test_the_state_follows_the_country(shopper: Shopper):
    register(shopper, country="US", state="new york")
    assert shopper.ok("GET", "customer")["state"] == "NY"
    assert shopper.ok("PUT", "address", {"state": "ca"})["loggedIn"]["state"] == "CA"
    assert shopper.ok("PUT", "address", {"city": "Albany"})["loggedIn"]["state"] == "CA"
    moved = shopper.ok("PUT", "address", {"country": "SE"})["loggedIn"]
    assert (moved["country"], moved["state"]) == ("SE", "")
    status, data = shopper.refused("PUT", "address", {"country": "US", "state": "Skåne", "city": "Ystad"})
    assert (status, data["errors"]) == (404, {"state": "not found"})
    assert shopper.ok("GET", "customer")["country"] == "SE"
    assert shopper.refused("PUT", "address", {"country": "Atlantis"})[1]["errors"] == {"country": "not found"}


def test_a_new_email_is_the_new_login(shopper: Shopper, visitor: MakeShopper):
    register(shopper)
    assert shopper.ok("PUT", "email", {"newEmail": "Nils.Berg@example.com"})["loggedIn"]["email"] == (
        "Nils.Berg@example.com"
    )
    visitor().ok("POST", "login/nils.berg@example.com", {"password": PASSWORD})
    assert visitor().refused("POST", "login/nils@example.com", {"password": PASSWORD})[0] == 406
    register(visitor(), "nils@example.com")


def test_an_email_can_be_changed_with_the_profile_too(shopper: Shopper):
    register(shopper)
    changed = shopper.ok("PUT", "customer/update", {"email": "NILS@example.com", "newsletter": True})["loggedIn"]
    assert (changed["email"], changed["newsletter"]) == ("NILS@example.com", True)


@pytest.mark.parametrize("path", ["email", "customer/update"])
@pytest.mark.parametrize(
    ("email", "status", "why"),
    [
        ("anna.demo@example.com", 409, "already registered"),
        ("ANNA.DEMO@example.com", 409, "already registered"),
        ("nils", 406, "not valid"),
        ("", 406, "not valid"),
        (None, 406, "not valid"),
        (["nils@example.com"], 406, "not valid"),
    ],
)
def test_a_taken_or_broken_email_is_refused(shopper: Shopper, path: str, email: object, status: int, why: str):
    register(shopper)
    field = "newEmail" if path == "email" else "email"
    found, data = shopper.refused("PUT", path, {field: email, "city": "Lund"})
    assert (found, data["errors"]) == (status, {"email": why})
    assert shopper.ok("GET", "customer")["city"] == ""


def test_a_new_password_replaces_the_old_one(shopper: Shopper, visitor: MakeShopper):
    register(shopper)
    status, data = shopper.refused("PUT", "password", {"password": "wrong", "newPassword": "brand new"})
    assert (status, data["errors"]) == (406, {"password": "incorrect"})
    status, data = shopper.refused("PUT", "password", {"password": PASSWORD, "newPassword": "abc"})
    assert (status, data["errors"]) == (406, {"newPassword": "not valid"})
    shopper.ok("PUT", "password", {"password": PASSWORD, "newPassword": "brand new"})
    assert visitor().refused("POST", "login/nils@example.com", {"password": PASSWORD})[0] == 406
    visitor().ok("POST", "login/nils@example.com", {"password": "brand new"})


def test_changes_are_told_to_those_who_listen(shopper: Shopper, store: Store):
    customer = int(register(shopper)["loggedIn"]["customer"])
    shopper.ok("PUT", "address", {"city": "Lund"})
    with store.reading() as tx:
        told = [tuple(row) for row in tx.all("SELECT object_id, action FROM events WHERE object_type = 'customer'")]
    assert told[-2:] == [(customer, "created"), (customer, "updated")]


# ------------------------------------------------------------------ forgotten passwords


def test_a_mailed_link_sets_a_new_password_once(shopper: Shopper, visitor: MakeShopper, client: httpx.Client):
    item = shopper.ordinary_items()[0]
    register(shopper, language="sv")
    shopper.ok("POST", f"items/{item}")

    forgetful = visitor("SE")
    answer = forgetful.ok("POST", "password-reset-email/nils%40example.com", {"linkUri": "/account/new-password"})
    assert "selection" in answer
    assert "loggedIn" not in answer
    mail = mails(client)[-1]
    assert (mail["type"], mail["to"], mail["language"]) == ("passwordReset", "nils@example.com", "sv")
    link = urlsplit(mail["data"]["link"])
    assert (link.netloc, link.path) == ("shop.example.com", "/account/new-password")
    (secret,), (customer,) = parse_qs(link.query)["i"], parse_qs(link.query)["id"]
    assert re.fullmatch(r"[0-9a-f]{32}", secret)

    status, data = forgetful.refused("POST", "password-reset", {"i": secret, "id": customer, "newPassword": "abc"})
    assert (status, data["errors"]) == (406, {"newPassword": "not valid"})
    data = forgetful.ok("POST", "password-reset", {"i": secret, "id": customer, "newPassword": "brand new"})
    assert data["loggedIn"]["email"] == "nils@example.com"
    assert lines(data) == {item: 1}
    visitor().ok("POST", "login/nils@example.com", {"password": "brand new"})
    status, data = visitor().refused("POST", "password-reset", {"i": secret, "id": customer, "newPassword": "again"})
    assert (status, data["errors"]) == (404, {"i": "not found"})


@pytest.mark.parametrize(
    ("sent", "path"),
    [
        ({}, "/"),
        ({"linkUri": "reset"}, "/reset"),
        ({"linkUri": "///reset"}, "/reset"),
        ({"linkUri": "https://elsewhere.example.net/reset"}, "/https://elsewhere.example.net/reset"),
        ({"linkUri": "reset?lang=sv"}, "/reset"),
    ],
)
def test_a_link_always_leads_to_the_shop(shopper: Shopper, client: httpx.Client, sent: dict, path: str):
    shopper.ok("POST", "password-reset-email/anna.demo@example.com", sent)
    link = urlsplit(mails(client)[-1]["data"]["link"])
    assert (link.netloc, link.path) == ("shop.example.com", path)
    assert {"id", "i"} <= set(parse_qs(link.query))


@pytest.mark.parametrize("email", ["nobody@example.com", "nonsense", "%20"])
def test_no_mail_without_an_account(shopper: Shopper, client: httpx.Client, email: str):
    status, data = shopper.refused("POST", f"password-reset-email/{email}", {"linkUri": "reset"})
    assert (status, data["errors"]) == (404, {"email": "not found"})
    assert mails(client) == []


def test_a_shop_without_a_frontend_cannot_mail_links(shopper: Shopper, store: Store):
    with store.transaction() as tx:
        change_settings(tx, {"checkout.frontend_url": ""})
    status, data = shopper.refused("POST", "password-reset-email/anna.demo@example.com", {"linkUri": "reset"})
    assert (status, data["errors"]) == (406, {"linkUri": "no frontend url"})


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"i": "0" * 32, "id": 1},
        {"i": {"a": 1}, "id": []},
        {"i": "😀", "id": "x"},
        {"i": "0" * 32, "id": 10**30},
    ],
)
def test_invented_links_do_nothing(shopper: Shopper, sent: dict):
    status, data = shopper.refused("POST", "password-reset", {"newPassword": "brand new", **sent})
    assert (status, data["errors"]) == (404, {"i": "not found"})


def test_the_link_of_one_customer_opens_no_other_account(shopper: Shopper, client: httpx.Client):
    shopper.ok("POST", "password-reset-email/anna.demo@example.com", {"linkUri": "reset"})
    secret = mails(client)[-1]["data"]["i"]
    body = {"i": secret, "id": int(mails(client)[-1]["data"]["id"]) + 1, "newPassword": "brand new"}
    assert shopper.refused("POST", "password-reset", body)[1]["errors"] == {"i": "not found"}


# ------------------------------------------------------------------ whatever is sent

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = st.sampled_from(
    [
        "email", "password", "newPassword", "newEmail", "firstName", "address1", "country", "state", "zipCode",
        "gender", "language", "newsletter", "consents", "customerClubFields", "linkUri", "id", "i", "item", "shipTo",
        "product", "email_field", "contract", "contracts", "subscription", "subscriptionPlan", "status", "quantity",
        "nextOrderDate", "paymentMethod", "paymentReturnPage", "paymentMethodFields", "identityNumber", "section",
        "tags", "skipFirst", "limit", "cust_note", "cust_club",
    ]
)  # fmt: skip
USEFUL = st.sampled_from(
    ["nils@example.com", PASSWORD, "SE", "US", "NY", "sv", "1", 1, 2, "1-1", "2031-05-05", "active", "paused",
     "dummy", "https://shop.example.com/", {"country": "SE"}, {"trans": "x"}, [1], [{"key": "a", "consented": 1}]]
)  # fmt: skip
CALLS = st.sampled_from(
    [
        ("POST", "register"), ("POST", "login/nils@example.com"), ("POST", "logout"), ("PUT", "customer/update"),
        ("PUT", "address"), ("PUT", "email"), ("PUT", "password"),
        ("POST", "password-reset-email/max.demo@example.com"),
        ("POST", "password-reset"), ("POST", "newsletter-subscription"), ("POST", "newsletter-subscription/a@b.se"),
        ("POST", "back-in-stock-subscription"), ("POST", "customer/wishlists/0/items/1"),
        ("DELETE", "customer/wishlists/0/items/1"), ("POST", "customer/subscriptions"), ("PUT", "subscription/address"),
        ("PUT", "subscription/interval"), ("PUT", "subscription/status"), ("POST", "customer/contracts/1/subscription"),
        ("PUT", "customer/contracts/1/subscription/1"), ("POST", "customer/stored/payment-methods"),
        ("POST", "customer/stored/payment"), ("POST", "customer/stored/payment-result"), ("POST", "cms/articles"),
        ("POST", "address-search"), ("PUT", "affiliates/lina-blog"),
    ]
)  # fmt: skip


def send(shopper: Shopper, method: str, path: str, body: object) -> httpx.Response:
    """Sends what JSON itself does not allow, too: NaN and infinities."""
    headers = {"API-token": shopper.token or "", "Content-Type": "application/json"}
    content = json.dumps(body).encode("utf-8", "surrogatepass")
    response = shopper.client.request(method, f"/api/checkout/{path}", content=content, headers=headers)
    shopper.token = response.json().get("token") or shopper.token
    return response


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(call=CALLS, body=ANYTHING | st.dictionaries(FIELDS, USEFUL | ANYTHING, max_size=6))
def test_no_body_breaks_the_shop(shopper: Shopper, call: tuple[str, str], body: object):
    if "loggedIn" not in shopper.ok("GET", "selection"):
        shopper.send("POST", "login/max.demo@example.com", {"password": "demo1234"})
    response = send(shopper, *call, body)
    data = response.json()
    assert response.status_code < 500, data
    assert ("errors" in data) == (response.status_code >= 400)
    assert "token" in data


PATH_PARTS = st.sampled_from(
    ["", "0", "-1", "1", "9" * 30, "1.5", "x", "%00", "%F0%9F%98%80", "%FF", "..", "a@b", "+", "%2B"]
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from(
        [
            "login/{}", "newsletter-subscription/{}", "password-reset-email/{}", "customer/wishlists/{}/items/{}",
            "customer/contracts/{}/subscription", "customer/contracts/{}/subscription/{}", "affiliates/{}",
        ]
    ),
    parts=st.lists(PATH_PARTS, min_size=2, max_size=2),
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE"]),
)  # fmt: skip
def test_no_path_breaks_the_shop(shopper: Shopper, path: str, parts: list[str], method: str):
    if "loggedIn" not in shopper.ok("GET", "selection"):
        shopper.send("POST", "login/max.demo@example.com", {"password": "demo1234"})
    response, data = shopper.send(method, path.format(*parts), {})
    assert response.status_code < 500, data
