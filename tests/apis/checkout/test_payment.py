"""From a full cart to a receipt: every way to pay, every reason not to, and nothing twice."""

import html
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockcentra.store import Store
from tests.shopper import FAILED_PAGE, RETURN_PAGE, MakeShopper, Shopper, address, payment

DUMMY_FIELDS = ["ba_order_num", "amount", "trans", "currency", "signature"]


def fields_of_form(answer: dict[str, Any]) -> dict[str, str]:
    """What the form of a dummy payment posts to the return page."""
    inputs = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)" />', answer["formHtml"])
    return {html.unescape(name): html.unescape(value) for name, value in inputs}


def pay_by_form(shopper: Shopper, **extra: Any) -> dict[str, str]:
    return fields_of_form(shopper.ok("POST", "payment", payment(method="dummy", **extra)))


def result(shopper: Shopper, fields: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    response, data = shopper.send("POST", "payment-result", {"paymentMethodFields": fields})
    return response.status_code, data


def buy(shopper: Shopper, **extra: Any) -> dict[str, Any]:
    """Pays at once for what is in the cart; the order."""
    return shopper.ok("POST", "payment", payment(**extra))["order"]


def scarce_item(shopper: Shopper, store: Store, pieces: int) -> str:
    """An ordinary item of which exactly that many pieces are for sale."""
    item = shopper.ordinary_items()[0]
    with store.transaction() as tx:
        size = int(item.split("-")[1])
        tx.run("UPDATE stock SET physical = allocated WHERE product_size_id = ?", (size,))
        tx.run(
            "UPDATE stock SET physical = allocated + ? WHERE product_size_id = ? AND warehouse_id = 1", (pieces, size)
        )
        tx.touch_items([int(item.split("-")[0])])
    return item


def change_setting(client: httpx.Client, key: str, value: Any) -> None:
    client.patch("/_mock/settings", json={key: value}).raise_for_status()


# ------------------------------------------------------------------ the ways to pay


def test_a_direct_payment_answers_with_the_order(shopper: Shopper):
    cart = shopper.fill(2, quantity=2)
    data = shopper.ok("POST", "payment", payment())
    assert data["action"] == "success"
    assert not {"selection", "paymentMethods", "paymentFields", "shippingMethods"} & data.keys()
    assert {"countries", "languages", "location"} <= data.keys()
    order = data["order"]
    assert order["order"].isdigit()
    assert (order["status"], order["statusDescription"]) == ("progress", "Confirmed")
    assert {line["item"]: line["quantity"] for line in order["items"]} == {
        line["item"]: line["quantity"] for line in cart["items"]
    }
    assert all(line["storePickup"] is False for line in order["items"])
    assert order["totals"]["itemsTotalPrice"] == cart["totals"]["itemsTotalPrice"]
    assert order["totals"]["handlingCostPriceAsNumber"] == 0
    assert order["paymentMethodData"] == {"html_snippet": "Dummy payment plugin snippet"}
    assert order["affiliateHtml"] == ""


def test_a_form_payment_goes_straight_back_to_the_shop(shopper: Shopper):
    shopper.fill(quantity=2)
    body = payment(method="dummy") | {"paymentReturnPage": f"{RETURN_PAGE}?step=4&x=%22"}
    answer = shopper.ok("POST", "payment", body)
    assert answer["action"] == "form"
    form = answer["formHtml"]
    assert "\n" not in form
    assert "\\" not in form
    assert re.match(r'<form id="form-[0-9a-f]{32}" action="[^"]*" accept-charset="UTF-8" method="post">', form)
    action = html.unescape(re.search(r'action="([^"]*)"', form).group(1))  # type: ignore[union-attr]
    assert dict(parse_qsl(urlsplit(action).query)) == {"step": "4", "x": '"', "centraPaymentMethod": "dummy"}
    fields = fields_of_form(answer)
    assert list(fields) == DUMMY_FIELDS
    assert answer["formFields"] == fields
    waiting = shopper.selection()
    assert fields["amount"] == f"{waiting['totals']['grandTotalPriceAsNumber']:.2f}"
    status, data = result(shopper, {**fields, "centraPaymentMethod": "dummy", "selection": "x", "utm": ["y"]})
    assert status == 201
    assert data["order"]["order"] == fields["ba_order_num"]
    assert data["order"]["totals"] == waiting["totals"]


def test_the_first_method_adds_its_handling_cost(shopper: Shopper):
    cart = shopper.fill()
    body = payment()
    del body["paymentMethod"]
    fields = fields_of_form(shopper.ok("POST", "payment", body))
    _, data = result(shopper, fields)
    assert data["order"]["paymentMethod"] == "dummy-first"
    assert data["order"]["totals"]["handlingCostPriceAsNumber"] == 13
    assert data["order"]["totals"]["grandTotalPrice"] == cart["totals"]["grandTotalPrice"]


def test_a_redirect_payment_comes_back_by_get(shopper: Shopper, client: httpx.Client):
    shopper.fill()
    answer = shopper.ok("POST", "payment", payment(method="dummy-url"))
    assert answer == {"token": shopper.token, "action": "redirect", "url": shopper.provider}
    assert result(shopper, {"trans": "0", "signature": "0"})[0] == 412
    back = client.post(answer["url"], data={"outcome": "approve"}, headers={"Accept": "text/html"})
    assert back.status_code == 303
    fields = dict(parse_qsl(urlsplit(back.headers["location"]).query))
    assert fields.keys() == {"centraPaymentMethod", "trans", "signature"}
    status, data = result(shopper, fields)
    assert (status, data["order"]["paymentMethod"]) == (201, "dummy-url")


def test_nobody_is_charged_before_the_provider_said_so(shopper: Shopper, store: Store):
    shopper.fill()
    shopper.ok("POST", "payment", payment(method="dummy-url"))
    with store.reading() as tx:
        row = tx.one("SELECT trans, signature FROM payment_attempts ORDER BY id DESC LIMIT 1")
    status, data = result(shopper, dict(row))  # type: ignore[call-overload]
    assert status == 412
    assert data["errors"] == {"paymentMethod": "failed"}
    assert len(shopper.selection()["items"]) == 1


def test_a_refused_payment_leaves_the_cart_as_it_was(shopper: Shopper, store: Store):
    before = shopper.fill(2)
    status, data = shopper.refused("POST", "payment", payment(method="dummy-fail"))
    assert status == 412
    assert data["messages"] == ["Always Fail! Could not connect with payment method."]
    assert data["errors"] == {"paymentMethod": "failed"}
    assert shopper.selection() == before
    with store.reading() as tx:
        assert tx.value("SELECT COUNT(*) FROM payment_entries WHERE order_id IS NULL AND status = 'failed'") == 1
    assert buy(shopper)["order"]


def test_the_result_of_a_refusal_has_its_message_alone_too(shopper: Shopper):
    shopper.fill()
    status, data = shopper.refused("POST", "payment-result", {"paymentMethodFields": {"orderRef": "nonsense"}})
    assert status == 412
    assert data["messages"] == [data["message"]]
    assert data["errors"] == {"paymentMethod": "failed"}


def test_nothing_to_pay_needs_no_provider(shopper: Shopper, store: Store):
    with store.transaction() as tx:
        tx.run("UPDATE voucher_results SET config_json = '{\"percent\": 10000}' WHERE type = 'percent_off'")
        tx.touch("vouchers")
    shopper.fill()
    for code in ("WELCOME10", "FREESHIP"):
        shopper.ok("POST", "vouchers", {"voucher": code})
    data = shopper.ok("POST", "payment", payment(method="dummy-url"))
    assert data["action"] == "success"
    assert data["order"]["totals"]["grandTotalPriceAsNumber"] == 0
    assert "paymentMethodData" not in data["order"]
    with store.reading() as tx:
        order_id = tx.value("SELECT id FROM orders ORDER BY id DESC LIMIT 1")
        assert not tx.all("SELECT * FROM payment_entries WHERE order_id = ?", (order_id,))


# ------------------------------------------------------------------ afterwards


def test_the_order_is_shown_until_the_cart_changes(shopper: Shopper):
    shopper.fill()
    number = buy(shopper)["order"]
    assert shopper.ok("GET", "receipt")["order"]["order"] == number
    shown = shopper.ok("GET", "selection")
    assert shown["order"]["order"] == number
    assert "selection" not in shown
    item = shopper.ordinary_items()[0]
    fresh = shopper.ok("POST", f"items/{item}")["selection"]
    assert [line["quantity"] for line in fresh["items"]] == [1]
    assert fresh["address"]["email"] == ""
    assert shopper.ok("GET", "receipt")["order"]["order"] == number
    assert "selection" in shopper.ok("GET", "selection")


def test_without_an_order_there_is_no_receipt(shopper: Shopper):
    status, data = shopper.refused("GET", "receipt")
    assert (status, data["errors"]) == (404, {"order": "not found"})


def test_the_same_result_twice_is_the_same_order(shopper: Shopper, store: Store):
    shopper.fill()
    fields = pay_by_form(shopper)
    first, second = result(shopper, fields), result(shopper, fields)
    assert (first[0], second[0]) == (201, 200)
    assert first[1]["order"] == second[1]["order"]
    shopper.fill()
    assert result(shopper, fields)[1]["order"]["order"] == fields["ba_order_num"]
    with store.reading() as tx:
        assert tx.value("SELECT COUNT(*) FROM orders WHERE number = ?", (int(fields["ba_order_num"]),)) == 1
    assert len(shopper.selection()["items"]) == 1


def test_results_at_the_same_time_make_one_order(shopper: Shopper, store: Store):
    shopper.fill()
    fields = pay_by_form(shopper)
    with store.reading() as tx:
        before = tx.value("SELECT COUNT(*) FROM orders")
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: result(shopper, fields), range(16)))
    assert sorted(status for status, _ in answers) == [200] * 15 + [201]
    assert {data["order"]["order"] for _, data in answers} == {fields["ba_order_num"]}
    with store.reading() as tx:
        assert tx.value("SELECT COUNT(*) FROM orders") == before + 1


@pytest.mark.parametrize("name", DUMMY_FIELDS)
@pytest.mark.parametrize("value", ["1", "", None, [], {"a": 1}, 12.5, True, "\x00", "9" * 500])
def test_an_altered_field_is_refused_and_changes_nothing(shopper: Shopper, name: str, value: Any):
    shopper.fill()
    fields = pay_by_form(shopper)
    before = shopper.selection()
    altered = {**fields, name: value} if fields[name] != value else {}
    status, data = result(shopper, altered)
    assert status == 412
    assert data["errors"] == {"paymentMethod": "failed"}
    assert shopper.selection() == before
    assert result(shopper, fields)[0] == 201


def test_the_fields_of_somebody_else_are_refused(visitor: MakeShopper):
    mine, theirs = visitor("SE"), visitor("SE")
    mine.fill()
    theirs.fill()
    pay_by_form(mine)
    assert result(mine, pay_by_form(theirs))[0] == 412


def test_a_new_payment_voids_the_earlier_one_and_keeps_the_number(shopper: Shopper):
    shopper.fill()
    old, new = pay_by_form(shopper), pay_by_form(shopper)
    assert old["ba_order_num"] == new["ba_order_num"]
    assert result(shopper, old)[0] == 412
    assert result(shopper, new)[0] == 201


def test_a_cart_that_changed_after_the_payment_is_an_order_on_hold(shopper: Shopper, store: Store):
    shopper.fill()
    fields = pay_by_form(shopper)
    shopper.fill(quantity=2)
    status, data = result(shopper, fields)
    assert status == 201
    assert data["order"]["statusDescription"] == "Confirmed"
    with store.reading() as tx:
        row = tx.one("SELECT * FROM orders WHERE number = ?", (int(fields["ba_order_num"]),))
    assert row is not None
    assert (row["is_on_hold"], row["has_payment_mismatch"], row["is_waiting_for_payment"]) == (1, 1, 0)


@pytest.mark.parametrize("sent", [None, [], {}, {"paymentMethodFields": None}, {"paymentMethodFields": []}])
def test_an_empty_result_is_refused(shopper: Shopper, sent: Any):
    response, _ = shopper.send("POST", "payment-result", sent if isinstance(sent, dict) else None)
    assert response.status_code == 412
    assert shopper.send("POST", "payment-result", {"paymentMethodFields": 7})[0].status_code == 400


# ------------------------------------------------------------------ the provider says more than yes


def decide(shopper: Shopper, outcome: str) -> dict[str, Any]:
    assert shopper.provider is not None
    answer = shopper.client.post(shopper.provider, json={"outcome": outcome}, headers={"Accept": "application/json"})
    assert answer.status_code == 200, answer.text
    return answer.json()


def flags(store: Store) -> tuple[Any, ...]:
    with store.reading() as tx:
        return tuple(
            tx.one("SELECT status, is_on_hold, is_waiting_for_payment FROM orders ORDER BY number DESC LIMIT 1") or ()
        )


def test_a_pending_payment_makes_an_order_that_waits_and_then_goes_on(shopper: Shopper, store: Store):
    shopper.fill()
    shopper.ok("POST", "payment", payment(method="dummy-url"))
    back = decide(shopper, "pending")
    assert back["page"] == "return"
    status, data = result(shopper, back["fields"])
    assert status == 201
    assert (data["order"]["status"], data["order"]["statusDescription"]) == ("untouched", "Pending")
    assert flags(store) == ("pending", 1, 1)
    assert decide(shopper, "complete") | {"ref": ""} == {
        "ref": "", "outcome": "complete", "state": "completed", "page": "none", "method": "GET", "url": "",
        "fields": {}, "capture": "ok",
    }  # fmt: skip
    assert flags(store) == ("confirmed", 0, 0)
    assert shopper.ok("GET", "receipt")["order"]["statusDescription"] == "Confirmed"


def test_a_pending_payment_that_fails_cancels_the_order_and_gives_the_stock_back(
    shopper: Shopper, store: Store, client: httpx.Client
):
    item = shopper.ordinary_items()[0]
    size = int(item.split("-")[1])

    def allocated() -> int:
        with store.reading() as tx:
            return tx.value("SELECT SUM(allocated) FROM stock WHERE product_size_id = ?", (size,))

    before = allocated()
    shopper.ok("POST", f"items/{item}/quantity/3")
    shopper.ok("POST", "payment", payment(method="dummy-url"))
    result(shopper, decide(shopper, "pending")["fields"])
    assert allocated() == before + 3
    decide(shopper, "fail")
    assert flags(store) == ("cancelled", 0, 0)
    assert allocated() == before
    assert shopper.ok("GET", "receipt")["order"]["status"] == "failed"
    assert client.get("/_mock/mail").json()[-1]["type"] == "orderCancelled"


def test_a_pending_payment_may_complete_before_the_shopper_is_back(shopper: Shopper, store: Store):
    shopper.fill()
    shopper.ok("POST", "payment", payment(method="dummy-url"))
    back = decide(shopper, "pending")
    decide(shopper, "complete")
    assert result(shopper, back["fields"])[1]["order"]["statusDescription"] == "Confirmed"
    assert flags(store) == ("confirmed", 0, 0)


def test_a_declined_payment_is_no_order_but_another_may_be(shopper: Shopper):
    before = shopper.fill()
    shopper.ok("POST", "payment", payment(method="dummy-url"))
    back = decide(shopper, "decline")
    assert back["page"] == "failed"
    assert back["url"].startswith(FAILED_PAGE)
    assert result(shopper, back["fields"])[0] == 412
    assert shopper.selection()["items"] == before["items"]
    assert result(shopper, pay_by_form(shopper))[0] == 201


def test_a_second_step_must_be_passed(shopper: Shopper):
    shopper.fill()
    shopper.ok("POST", "payment", payment(method="dummy-url"))
    back = decide(shopper, "3ds")
    assert (back["page"], back["fields"]) == ("none", {})
    fields = decide(shopper, "cancel")["fields"]
    assert result(shopper, fields)[0] == 412
    assert result(shopper, decide(shopper, "approve")["fields"])[0] == 201


# ------------------------------------------------------------------ what is asked of the form


def test_an_empty_cart_cannot_be_paid(shopper: Shopper):
    status, data = shopper.refused("POST", "payment", payment())
    assert (status, data["errors"]) == (406, {"selection": "empty"})


def test_everything_that_is_missing_is_said_at_once(shopper: Shopper):
    shopper.fill()
    body = payment()
    body["termsAndConditions"] = False
    body["address"] = {"email": "astrid@example.com", "country": "SE", "vatNumber": "!"}
    body["shippingAddress"] = {"city": "Lund"}
    status, data = shopper.refused("POST", "payment", body)
    assert status == 406
    missing = ("firstName", "lastName", "address1", "zipCode", "city", "phoneNumber")
    assert data["errors"] == {
        "termsAndConditions": "must be true",
        **{f"address.{name}": "required" for name in missing},
        **{f"shippingAddress.{name}": "required" for name in ("firstName", "lastName", "address1", "zipCode")},
        "address.vatNumber": "Invalid VAT number",
    }
    assert shopper.selection()["address"]["email"] == ""


@pytest.mark.parametrize("terms", [True, "true", 1, "1"])
def test_every_form_of_yes_accepts_the_terms(shopper: Shopper, terms: Any):
    shopper.fill()
    assert shopper.ok("POST", "payment", payment(termsAndConditions=terms))["order"]


@pytest.mark.parametrize("terms", [False, "false", 0, "0", None, "", [], {}])
def test_everything_else_does_not(shopper: Shopper, terms: Any):
    shopper.fill()
    _, data = shopper.refused("POST", "payment", payment(termsAndConditions=terms))
    assert data["errors"] == {"termsAndConditions": "must be true"}


def test_what_was_said_before_counts(shopper: Shopper):
    shopper.fill()
    shopper.ok("PUT", "payment-fields", {"address": address(), "comment": "Ring twice"})
    body = payment(method="dummy-direct")
    del body["address"]
    order = shopper.ok("POST", "payment", body)["order"]
    assert order["address"]["city"] == "Borås"
    assert order["additionalNotes"] == "Ring twice"


def test_a_zip_code_must_be_one_where_taxes_depend_on_it(visitor: MakeShopper, store: Store):
    with store.transaction() as tx:
        tx.run(
            "UPDATE tax_rule_places SET zip_codes_json = '[\"10001\"]' WHERE rowid IN (SELECT MIN(p.rowid)"
            " FROM tax_rule_places p JOIN countries c ON c.id = p.country_id WHERE c.code = 'US')"
        )
        tx.touch("reference")
    shopper = visitor("US", "NY")
    shopper.fill()
    for zip_code in ("1000", "10001-12", "ABCDE", "100011"):
        body = payment("US", address=address("US", state="NY", zipCode=zip_code))
        status, data = shopper.refused("POST", "payment", body)
        assert (status, list(data["errors"])) == (406, ["zipcode"])
        assert data["errors"]["zipcode"].startswith("For taxes applied for the United States")
    assert buy(shopper, country="US", address=address("US", state="NY", zipCode="10001-1234"))["order"]


def test_a_state_must_be_named_where_there_are_states(visitor: MakeShopper):
    shopper = visitor("US", "NY")
    shopper.fill()
    status, data = shopper.refused("POST", "payment", payment("US"))
    assert (status, data["errors"]) == (406, {"address.state": "required"})
    order = buy(shopper, country="US", address=address("US", state="NY", zipCode="10001"))
    totals = order["totals"]
    assert totals["taxAddedAsNumber"] == totals["grandTotalPriceTaxAsNumber"] > 0


def test_a_business_abroad_owes_no_tax(shopper: Shopper):
    shopper.fill()
    body = payment("DE")
    body["address"]["vatNumber"] = "DE123456789"
    order = shopper.ok("POST", "payment", body)["order"]
    assert order["vatExempt"] is True
    assert order["totals"]["taxDeductedAsNumber"] < 0
    assert order["totals"]["grandTotalPriceTaxAsNumber"] == 0
    assert order["address"]["vatNumber"] == "DE123456789"
    assert shopper.ok("GET", "receipt")["order"]["totals"] == order["totals"]


def test_a_state_that_its_country_does_not_have_is_refused(visitor: MakeShopper):
    shopper = visitor("US")
    shopper.fill()
    status, data = shopper.refused("POST", "payment", payment("US", address=address("US", state="Småland")))
    assert (status, data["errors"]) == (406, {"address.state": "not valid"})
    there = address("US", state="ZZ")
    data = shopper.refused("POST", "payment", payment("US", address=address("US", state="NY"), shippingAddress=there))[
        1
    ]
    assert data["errors"] == {"shippingAddress.state": "not valid"}
    order = buy(shopper, address=address("US", state="new york"))
    assert order["address"]["state"] == "NY"
    assert order["totals"]["taxPercent"] == 4


def test_blanks_around_an_email_are_not_part_of_it(shopper: Shopper):
    shopper.fill()
    order = buy(shopper, address=address(email=" Astrid.Lind@example.com "))
    assert order["address"]["email"] == order["shippingAddress"]["email"] == "Astrid.Lind@example.com"


def test_the_email_of_a_delivery_must_be_one_too(shopper: Shopper):
    shopper.fill()
    status, data = shopper.refused("POST", "payment", payment(shippingAddress=address(email="astrid at home")))
    assert (status, data["errors"]) == (406, {"shippingAddress.email": "not valid"})


@pytest.mark.parametrize("name", ["paymentMethod", "shippingMethod", "language"])
@pytest.mark.parametrize("sent", [["dummy"], {"uri": "express"}, True])
def test_what_could_be_no_choice_is_not_found(shopper: Shopper, name: str, sent: Any):
    shopper.fill()
    for verb, path in (("POST", "payment"), ("PUT", "payment-fields")):
        status, data = shopper.refused(verb, path, {**payment(), name: sent})
        assert (status, data["errors"]) == (404, {name: "not found"})
    assert shopper.selection()["paymentMethod"] == "dummy-first"


def test_a_country_that_nothing_ships_to_is_refused(shopper: Shopper):
    shopper.fill()
    status, data = shopper.refused("POST", "payment", payment("BR"))
    assert (status, data["errors"]) == (406, {"country": "not shippable"})
    assert shopper.refused("POST", "payment", payment("XX"))[1]["errors"] == {"country": "not shippable"}


def test_a_country_must_be_named(visitor: MakeShopper):
    shopper = visitor()
    shopper.fill()
    body = payment()
    del body["address"]["country"]
    assert shopper.refused("POST", "payment", body)[1]["errors"] == {"address.country": "required"}


@pytest.mark.parametrize("page", [None, "", "thank-you", "javascript:alert(1)", 5, "http://[bad"])
def test_the_shop_must_say_where_the_shopper_comes_back(shopper: Shopper, page: Any):
    shopper.fill()
    status, data = shopper.refused("POST", "payment", payment(paymentReturnPage=page))
    assert status == 406
    assert list(data["errors"]) == ["paymentReturnPage"]


def test_methods_must_be_offered(shopper: Shopper):
    shopper.fill()
    status, data = shopper.refused("POST", "payment", payment(method="klarna-checkout"))
    assert (status, data["errors"]) == (404, {"paymentMethod": "not found"})
    status, data = shopper.refused("POST", "payment", payment(shippingMethod="teleport"))
    assert (status, data["errors"]) == (404, {"shippingMethod": "not found"})


def test_a_payment_moves_the_cart_to_the_country_of_its_address(shopper: Shopper):
    shopper.fill()
    order = buy(shopper, country="DE", shippingMethod="express")
    assert order["currency"] == "EUR"
    assert order["shippingMethod"] == "express"
    assert order["totals"]["shippingPriceAsNumber"] == 12.9
    assert order["address"]["countryName"] == order["shippingAddress"]["countryName"] == "Deutschland"


def test_goods_are_paid_for_where_they_go_whatever_was_looked_at_in_between(shopper: Shopper):
    shopper.fill()
    shopper.ok("PUT", "payment-fields", {"address": address("SE")})
    assert shopper.in_country("DE").selection()["currency"] == "EUR"
    data = shopper.ok("POST", "payment", {key: value for key, value in payment().items() if key != "address"})
    order = data["order"]
    assert order["address"]["country"] == order["shippingAddress"]["country"] == data["location"]["country"] == "SE"
    assert (order["currency"], order["totals"]["taxPercent"]) == ("SEK", 25)


def test_a_shipping_address_takes_contact_details_over(shopper: Shopper):
    shopper.fill()
    other = {
        "firstName": "Bo", "lastName": "Ek", "address1": "Kajen 2", "zipCode": "41101", "city": "Göteborg",
        "country": "SE",
    }  # fmt: skip
    order = buy(shopper, shippingAddress=other)
    shown = order["shippingAddress"]
    assert (shown["firstName"], shown["city"]) == ("Bo", "Göteborg")
    assert shown["email"] == order["address"]["email"]
    assert shown["phoneNumber"] == order["address"]["phoneNumber"]
    assert "vatNumber" not in shown
    assert order["address"]["city"] == "Borås"


def test_only_methods_with_a_widget_can_be_initiated(shopper: Shopper):
    shopper.fill()
    status, data = shopper.refused("POST", "payment", payment(method="dummy", paymentInitiateOnly=True))
    assert (status, data["errors"]) == (406, {"paymentInitiateOnly": "not supported"})


def test_a_body_of_the_wrong_shape_never_breaks_anything(shopper: Shopper):
    shopper.fill()
    for name in payment():
        for value in (None, [], {}, 0, "", "x", [1], {"a": {"b": 1}}, -1.5):
            response, data = shopper.send("POST", "payment", payment(method="dummy") | {name: value})
            assert response.status_code < 500, (name, value, data)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)
NAMES = (
    "paymentMethod", "shippingMethod", "paymentReturnPage", "paymentFailedPage", "termsAndConditions",
    "paymentInitiateOnly", "paymentMethodSpecificFields", "consents", "additionalFields", "ipAddress", "language",
    "giftMessage", "comment", "newsletter", "affiliate", "cartAbandonmentEmail", "address", "shippingAddress",
)  # fmt: skip
FIELDS = ("email", "country", "state", "zipCode", "vatNumber", "register", "password", "newsletter", "firstName")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.dictionaries(st.sampled_from(NAMES), ANYTHING, max_size=4),
    fields=st.dictionaries(st.sampled_from(FIELDS), ANYTHING, max_size=3),
    method=st.sampled_from(["dummy", "dummy-direct", "dummy-url", "dummy-fail"]),
)
def test_whatever_is_sent_is_answered(shopper: Shopper, changes: dict[str, Any], fields: dict[str, Any], method: str):
    shopper.fill()
    body = payment(method=method)
    body["address"] |= fields
    for path, sent in (("payment", body | changes), ("payment-result", {"paymentMethodFields": changes | fields})):
        response, data = shopper.send("POST", path, sent)
        assert response.status_code < 500, (path, sent, data)


# ------------------------------------------------------------------ customers


def test_a_guest_is_remembered_without_an_account(shopper: Shopper, store: Store):
    shopper.fill()
    email = address()["email"]
    for _ in range(2):
        buy(shopper, address=address(email=email, newsletter=True))  # type: ignore[arg-type]
        shopper.fill()
    with store.reading() as tx:
        guests = tx.all("SELECT * FROM customers WHERE email = ?", (email,))
        assert [(row["is_registered"], row["newsletter"], row["city"]) for row in guests] == [(0, 1, "Borås")]
        orders = tx.value("SELECT COUNT(*) FROM orders WHERE customer_id = ?", (guests[0]["id"],))
    assert orders == 2


def test_a_payment_may_register_the_shopper(shopper: Shopper, visitor: MakeShopper):
    shopper.fill()
    body = payment(method="dummy")
    body["address"] |= {"register": True, "password": "correct horse"}
    fields = fields_of_form(shopper.ok("POST", "payment", body))
    assert "loggedIn" not in shopper.ok("GET", "selection")
    _, data = result(shopper, fields)
    assert data["loggedIn"]["email"] == body["address"]["email"]
    again = visitor("SE")
    again.fill()
    taken = payment(address=address(email=body["address"]["email"].upper()) | {"register": "true", "password": "12345"})
    status, data = again.refused("POST", "payment", taken)
    assert (status, data["errors"]) == (409, {"email": "already registered"})
    again.ok("POST", f"login/{body['address']['email']}", {"password": "correct horse"})


def test_what_the_shopper_agreed_to_is_kept_with_the_customer(shopper: Shopper, store: Store):
    shopper.fill()
    email = address()["email"]
    consents = [{"key": "terms", "consented": True, "name": "Terms", "text": "All of it", "version": "3"}]
    buy(shopper, address=address(email=email), consents=consents)
    with store.reading() as tx:
        kept = tx.all("SELECT c.* FROM consents c JOIN customers p ON p.id = c.customer_id WHERE p.email = ?", (email,))
    assert [(row["key"], row["consented"], row["version"]) for row in kept] == [("terms", 1, "3")]
    shopper.fill()
    bad = payment(method="dummy", consents=[{"key": "", "consented": True}])
    assert shopper.refused("POST", "payment", bad)[1]["errors"] == {"consents": "not valid"}


def test_a_short_password_is_a_mistake_in_the_form(shopper: Shopper):
    shopper.fill()
    body = payment(termsAndConditions=False)
    body["address"] |= {"register": True, "password": "abc"}
    status, data = shopper.refused("POST", "payment", body)
    assert status == 406
    assert data["errors"] == {"termsAndConditions": "must be true", "address.password": "not valid"}


def test_an_order_is_confirmed_by_mail(shopper: Shopper, client: httpx.Client):
    shopper.fill()
    order = buy(shopper)
    mail = client.get("/_mock/mail").json()[-1]
    assert (mail["type"], mail["to"]) == ("orderConfirmation", order["address"]["email"])
    assert mail["data"]["order"] == order["order"]
    assert mail["data"]["grandTotal"] == order["totals"]["grandTotalPrice"]


def test_a_reminder_of_a_cart_goes_with_its_order(shopper: Shopper, client: httpx.Client):
    def reminders() -> list[str]:
        return [mail["to"] for mail in client.get("/_mock/mail").json() if mail["type"] == "cartAbandonment"]

    shopper.fill()
    shopper.ok("PUT", "payment-fields", {"cartAbandonmentEmail": True})
    assert reminders() == []
    for email in ("astrid@example.com", "lind@example.com"):
        shopper.ok("PUT", "payment-fields", {"email": email})
    assert reminders() == ["lind@example.com"]
    shopper.ok("PUT", "payment-fields", {"cartAbandonmentEmail": "false"})
    assert reminders() == []
    shopper.ok("PUT", "payment-fields", {"cartAbandonmentEmail": "1"})
    assert reminders() == ["lind@example.com"]
    buy(shopper)
    assert reminders() == []


def test_an_affiliate_is_named_by_the_order_only_once(shopper: Shopper, store: Store):
    shopper.fill()
    order = buy(shopper, affiliate="lina-blog")
    assert "<" in order["affiliateHtml"]
    assert shopper.ok("GET", "receipt")["order"]["affiliateHtml"] == ""


# ------------------------------------------------------------------ stock


def test_what_is_gone_is_taken_off_the_cart_before_paying(shopper: Shopper, store: Store):
    item = scarce_item(shopper, store, 2)
    shopper.ok("POST", f"items/{item}/quantity/5")
    status, data = shopper.refused("POST", "payment", payment(method="dummy"))
    assert status == 410
    assert data["errors"] == {"stock": "unavailable items"}
    assert data["unavailable"] == [
        {"item": item, "product": item.split("-")[0], "originalQuantity": 5, "unavailable": 3, "available": 2}
    ]
    assert [line["quantity"] for line in data["selection"]["items"]] == [2]
    assert "cancellation" not in data
    assert result(shopper, pay_by_form(shopper))[0] == 201


@pytest.mark.parametrize("mode", ["standard", "aggressive"])
def test_pieces_that_went_between_payment_and_result_cancel_the_payment(
    visitor: MakeShopper, store: Store, client: httpx.Client, mode: str
):
    slow, quick = visitor("SE"), visitor("SE")
    change_setting(client, "store.overselling_prevention", mode)
    item = scarce_item(slow, store, 2)
    for shopper in (slow, quick):
        shopper.ok("POST", f"items/{item}/quantity/2")
    fields = pay_by_form(slow)
    buy(quick)
    amount = slow.selection()["totals"]["grandTotalPriceAsNumber"]
    status, data = result(slow, fields)
    assert status == 410
    assert data["cancellation"] == {
        "grandTotalPrice": data["cancellation"]["grandTotalPrice"],
        "grandTotalPriceAsNumber": amount,
        "currency": "SEK",
    }
    assert data["unavailable"][0]["available"] == 0
    assert data["selection"]["items"] == []
    assert result(slow, fields)[0] == 412
    with store.reading() as tx:
        kinds = tx.all("SELECT type FROM payment_entries WHERE order_id IS NULL ORDER BY id")
    assert [row["type"] for row in kinds] == ["auth", "cancel"]


def test_with_back_orders_the_missing_pieces_wait(shopper: Shopper, store: Store, client: httpx.Client):
    change_setting(client, "store.backorders", True)
    item = scarce_item(shopper, store, 2)
    shopper.ok("POST", f"items/{item}/quantity/5")
    order = buy(shopper)
    with store.reading() as tx:
        held = tx.value(
            "SELECT SUM(a.quantity) FROM allocations a JOIN order_lines l ON l.id = a.order_line_id"
            " JOIN orders o ON o.id = l.order_id WHERE o.number = ?",
            (int(order["order"]),),
        )
    assert held == 2


def by_form(shopper: Shopper) -> int:
    response, answer = shopper.send("POST", "payment", payment(method="dummy"))
    return result(shopper, fields_of_form(answer))[0] if response.status_code == 200 else response.status_code


def at_once(shopper: Shopper) -> int:
    return shopper.send("POST", "payment", payment())[0].status_code


@pytest.mark.parametrize("way", [at_once, by_form])
def test_eight_shoppers_get_the_last_five_pieces(visitor: MakeShopper, store: Store, app: Any, way: Any):
    first = visitor("SE")
    item = scarce_item(first, store, 5)
    with httpx.Client(transport=httpx.WSGITransport(app=app), base_url="http://shop.test") as client:
        shoppers = [Shopper(client).in_country("SE") for _ in range(8)]
        for shopper in shoppers:
            shopper.ok("POST", f"items/{item}")
        with ThreadPoolExecutor(8) as threads:
            statuses = list(threads.map(way, shoppers))
    assert sorted(statuses) == [200 if way is at_once else 201] * 5 + [410] * 3
    with store.reading() as tx:
        (stock,) = tx.all(
            "SELECT SUM(physical) AS physical, SUM(allocated) AS allocated FROM stock WHERE product_size_id = ?",
            (int(item.split("-")[1]),),
        )
        assert stock["physical"] == stock["allocated"]


# ------------------------------------------------------------------ vouchers


def test_a_voucher_for_one_use_serves_one_of_two_shoppers(visitor: MakeShopper, store: Store):
    one, two = visitor("SE"), visitor("SE")
    fields = []
    for shopper in (one, two):
        shopper.fill()
        shopper.ok("POST", "vouchers", {"voucher": "once25"})
        fields.append(pay_by_form(shopper))
    _, first = result(one, fields[0])
    assert first["order"]["discounts"]["vouchers"][0]["voucher"] == "ONCE25"
    status, second = result(two, fields[1])
    assert status == 201
    assert second["order"]["discounts"]["vouchers"] == []
    assert second["order"]["totals"]["grandTotalPriceAsNumber"] > float(fields[1]["amount"])
    with store.reading() as tx:
        assert tx.value("SELECT used FROM vouchers WHERE code = 'ONCE25'") == 1
        mismatch = tx.all("SELECT has_payment_mismatch, is_on_hold FROM orders ORDER BY id DESC LIMIT 2")
    assert [tuple(row) for row in mismatch] == [(1, 1), (0, 0)]


def test_vouchers_stay_with_the_order_as_they_were(shopper: Shopper):
    shopper.fill(2)
    for code in ("WELCOME10", "SAVE100"):
        shopper.ok("POST", "vouchers", {"voucher": code})
    cart = shopper.ok("PUT", "payment-methods/dummy-direct")["selection"]
    order = buy(shopper)
    assert order["totals"] == cart["totals"]
    assert order["discounts"] == cart["discounts"]
    assert order["items"] == [line | {"storePickup": False} for line in cart["items"]]
    assert shopper.ok("GET", "receipt")["order"]["discounts"] == order["discounts"]


def test_a_voucher_on_order_items_moves_into_their_prices(shopper: Shopper, store: Store):
    with store.transaction() as tx:
        tx.run("UPDATE vouchers SET affects_items = 1 WHERE code = 'WELCOME10'")
        tx.touch("vouchers")
    shopper.fill(2, quantity=3)
    shopper.ok("POST", "vouchers", {"voucher": "WELCOME10"})
    cart = shopper.ok("PUT", "payment-methods/dummy-direct")["selection"]
    assert cart["items"][0]["discounts"]["vouchers"][0]["hasAffectedItemPrice"] is False
    order = buy(shopper)
    assert order["totals"]["grandTotalPrice"] == cart["totals"]["grandTotalPrice"]
    assert order["totals"]["totalDiscountPrice"] is False
    assert order["discounts"]["anyDiscount"] is False
    assert order["discounts"]["vouchers"][0]["priceOffAsNumber"] == 0
    for before, after in zip(cart["items"], order["items"], strict=True):
        share = before["discounts"]["vouchers"][0]
        assert after["discounts"]["vouchers"] == [share | {"hasAffectedItemPrice": True}]
        assert after["totalPriceAsNumber"] == before["totalPriceAsNumber"] + share["priceOffAsNumber"]
        assert after["anyDiscount"] is True
        assert after["totalPriceBeforeDiscount"] == before["totalPriceBeforeDiscount"]


# ------------------------------------------------------------------ gift certificates, bundles, subscriptions


def test_a_gift_certificate_is_a_code_that_pays(shopper: Shopper, client: httpx.Client, store: Store):
    shopper.ok("POST", "items/gift-certificates/gift-card/amount/300")
    order = buy(shopper, giftMessage="Happy birthday")
    assert (order["status"], order["statusDescription"]) == ("ok", "Completed")
    assert order["giftMessage"] == "Happy birthday"
    assert order["totals"]["grandTotalPriceAsNumber"] == 300
    mail = client.get("/_mock/mail").json()[-1]
    assert (mail["type"], mail["to"], mail["language"]) == ("giftCertificate", order["address"]["email"], "sv")
    assert (mail["data"]["giftMessage"], mail["data"]["amountAsNumber"]) == ("Happy birthday", 300)
    code = mail["data"]["voucher"]
    shopper.fill()
    used = shopper.ok("POST", "vouchers", {"voucher": code.lower()})["selection"]
    assert used["totals"]["totalDiscountPriceAsNumber"] == -300
    buy(shopper)
    shopper.fill()
    shopper.refused("POST", "vouchers", {"voucher": code})
    with store.reading() as tx:
        row = tx.one("SELECT id FROM orders WHERE number = ?", (int(order["order"]),))
        assert row is not None
        (shipment,) = tx.all("SELECT * FROM shipments WHERE order_id = ?", (row["id"],))
        assert shipment["is_good_to_go"] == shipment["is_captured"] == shipment["is_shipped"] == 1
        entries = tx.all("SELECT type, status FROM payment_entries WHERE order_id = ? ORDER BY id", (row["id"],))
    assert [tuple(entry) for entry in entries] == [("auth", "success"), ("capture", "success")]


def test_a_bundle_is_one_line_whose_parts_are_reserved(shopper: Shopper, store: Store):
    product = shopper.ok("POST", "uri", {"uri": "weekend-set", "for": ["product"]})["product"]
    item = next(item["item"] for item in product["items"] if item["stock"] != "no")
    cart = shopper.ok("POST", f"items/{item}/quantity/2")["selection"]
    order = buy(shopper)
    (line,), (before,) = order["items"], cart["items"]
    assert (line["item"], line["quantity"]) == (item, 2)
    assert line["bundle"] == before["bundle"]
    with store.reading() as tx:
        parts = tx.all(
            "SELECT l.quantity, SUM(a.quantity) AS held FROM order_lines l JOIN orders o ON o.id = l.order_id"
            " LEFT JOIN allocations a ON a.order_line_id = l.id WHERE o.number = ? AND l.parent_line_id IS NOT NULL"
            " GROUP BY l.id",
            (int(order["order"]),),
        )
    assert [(row["quantity"], row["held"]) for row in parts] == [(2, 2), (4, 4)]


def test_a_subscription_needs_somebody_with_an_account(shopper: Shopper, store: Store):
    products = shopper.ok("POST", "products", {"onlyAvailable": True, "limit": 200})["products"]
    product = next(product for product in products if product["subscriptionPlans"])
    plan = product["subscriptionPlans"][0]["subscriptionPlan"]
    item = next(item["item"] for item in product["items"] if item["stock"] == "yes")
    shopper.ok("POST", f"items/{item}", {"subscriptionPlan": plan})
    status, data = shopper.refused("POST", "payment", payment())
    assert (status, data["errors"]) == (406, {"customer": "must be registered"})
    order = buy(shopper, address=address() | {"register": True, "password": "correct horse"})
    assert order["items"][0]["subscriptionPlan"]["subscriptionPlan"] == plan
    with store.reading() as tx:
        row = tx.one("SELECT id FROM orders WHERE number = ?", (int(order["order"]),))
        assert row is not None
        contract = tx.value("SELECT payment_status FROM subscription_contracts WHERE order_id = ?", (row["id"],))
    assert contract == "active"


# ------------------------------------------------------------------ settings of the store


def test_without_autoconfirm_an_order_stays_pending(shopper: Shopper, client: httpx.Client):
    change_setting(client, "store.autoconfirm", False)
    shopper.fill()
    order = buy(shopper)
    assert (order["status"], order["statusDescription"]) == ("untouched", "Pending")


def test_direct_to_shipment_makes_a_good_to_go_shipment(shopper: Shopper, client: httpx.Client, store: Store):
    change_setting(client, "store.direct_to_shipment", True)
    change_setting(client, "store.direct_capture", True)
    shopper.fill(2, quantity=2)
    order = buy(shopper)
    assert (order["status"], order["statusDescription"]) == ("progress", "Processing")
    with store.reading() as tx:
        row = tx.one("SELECT * FROM orders WHERE number = ?", (int(order["order"]),))
        assert row is not None
        (shipment,) = tx.all("SELECT * FROM shipments WHERE order_id = ?", (row["id"],))
        assert (shipment["is_good_to_go"], shipment["is_shipped"], shipment["position"]) == (1, 0, 1)
        assert shipment["grand_total"] == row["grand_total"]
        assert tx.value("SELECT SUM(quantity) FROM shipment_lines WHERE shipment_id = ?", (shipment["id"],)) == 4
        held = tx.all(
            "SELECT a.shipment_id FROM allocations a JOIN order_lines l ON l.id = a.order_line_id WHERE l.order_id = ?",
            (row["id"],),
        )
        assert {each["shipment_id"] for each in held} == {shipment["id"]}
        assert (
            tx.value("SELECT amount FROM payment_entries WHERE order_id = ? AND type = 'capture'", (row["id"],))
            == (row["grand_total"])
        )
