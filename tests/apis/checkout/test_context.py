"""Where a shopper is: country, state, language, market, pricelist, and what follows from it."""

import pytest

from tests.shopper import MakeShopper, Shopper


def test_a_new_session_is_nowhere_yet(visitor: MakeShopper):
    data = visitor().ok("GET", "selection")
    location = data["location"]
    assert (location["country"], location["name"], location["state"], location["stateName"]) == (None, "", None, "")
    assert (location["eu"], location["shipTo"]) == (False, False)
    assert (location["market"], location["pricelist"]) == (1, 1)
    assert location["language"] == {"language": "en", "name": "English", "default": True}
    assert data["shippingMethods"] == []
    assert data["selection"]["language"] is None
    assert (data["selection"]["shippingMethod"], data["selection"]["paymentMethod"]) == ("", "dummy-first")


def test_a_new_session_may_start_in_a_country(client, visitor: MakeShopper):
    client.patch("/_mock/settings", json={"checkout.start_country": "de"})
    assert visitor().ok("GET", "selection")["location"]["country"] == "DE"


@pytest.mark.parametrize(
    ("code", "market", "currency", "language"),
    [("se", 1, "SEK", "sv"), ("DK", 1, "EUR", "en"), ("de", 2, "EUR", "de"), ("GB", 3, "GBP", "en"),
     ("us", 4, "USD", "en"), ("JP", 5, "JPY", "en"), ("CH", 1, "SEK", "en")],
)  # fmt: skip
def test_the_country_brings_market_pricelist_and_language(visitor: MakeShopper, code, market, currency, language):
    data = visitor().ok("PUT", f"countries/{code}")
    assert data["location"]["country"] == code.upper()
    assert data["location"]["market"] == market
    assert data["location"]["language"]["language"] == language
    assert data["location"]["shipTo"] is (code != "CH")
    assert data["selection"]["currency"] == currency == data["selection"]["currencyFormat"]["currency"]
    assert bool(data["shippingMethods"]) is (code != "CH")


def test_the_cart_follows_the_country(visitor: MakeShopper):
    shopper = visitor("SE")
    swedish = shopper.fill(2)
    american = shopper.ok("PUT", "countries/US/states/ny")["selection"]
    assert [line["item"] for line in american["items"]] == [line["item"] for line in swedish["items"]]
    assert american["currency"] == "USD"
    totals = american["totals"]
    assert totals["taxPercent"] == 4
    base = totals["itemsTotalPriceAsNumber"] + totals["shippingPriceAsNumber"] + totals["handlingCostPriceAsNumber"]
    assert totals["taxAddedAsNumber"] == pytest.approx(base * 0.04, abs=0.005)
    assert totals["grandTotalPriceTaxAsNumber"] == totals["taxAddedAsNumber"]
    assert american["items"][0]["priceEachWithoutTaxAsNumber"] == american["items"][0]["priceEachAsNumber"]
    nowhere = shopper.ok("PUT", "countries/us")["selection"]["totals"]
    assert (nowhere["taxAdded"], nowhere["taxPercent"], nowhere["grandTotalPriceTaxAsNumber"]) == (False, 0, 0)
    again = shopper.ok("PUT", "countries/SE")["selection"]
    assert again["totals"] == swedish["totals"]


def test_lines_that_the_market_or_pricelist_lacks_leave_the_cart(visitor: MakeShopper):
    shopper = visitor("SE")
    everywhere = shopper.ordinary_items()[0]
    products = shopper.ok("GET", "products")["products"]
    america = {p["product"]: p for p in visitor("US").ok("GET", "products")["products"]}
    only_here = next(p for p in products if p["available"] and p["product"] not in america)
    unpriced = next(
        p for p in products if p["available"] and p["product"] in america and america[p["product"]]["price"] is None
    )
    for item in (everywhere, _buyable(only_here), _buyable(unpriced)):
        shopper.ok("POST", f"items/{item}")
    left = shopper.ok("PUT", "countries/US")["selection"]["items"]
    assert [line["item"] for line in left] == [everywhere]
    assert len(shopper.ok("PUT", "countries/SE")["selection"]["items"]) == 1


def _buyable(product: dict) -> str:
    return next(item["item"] for item in product["items"] if item["stock"] != "no")


def test_states_by_code_and_by_name(visitor: MakeShopper):
    shopper = visitor()
    for state in ("ca", "CA", "california"):
        location = shopper.ok("PUT", f"countries/us/states/{state}")["location"]
        assert (location["country"], location["state"], location["stateName"]) == ("US", "CA", "California")
    status, data = shopper.refused("PUT", "countries/US/states/QQ")
    assert (status, data["errors"]) == (404, {"state": "not found"})
    assert shopper.ok("GET", "selection")["location"]["state"] == "CA"


def test_unknown_places_and_languages(shopper: Shopper):
    for path, key in (("countries/XX", "country"), ("countries/SE/states/AB", "state"), ("languages/tlh", "language")):
        status, data = shopper.refused("PUT", path)
        assert (status, data["errors"]) == (404, {key: "not found"})
        assert "selection" not in data
    status, data = shopper.refused("PUT", "countries/DE", {"language": "xx"})
    assert data["errors"] == {"language": "not found"}
    assert shopper.ok("GET", "selection")["location"]["country"] == "SE"


def test_the_language_changes_texts_everywhere(visitor: MakeShopper):
    shopper = visitor("DE")
    german = shopper.fill()
    assert german["language"] is None
    data = shopper.ok("PUT", "languages/sv")
    assert data["selection"]["language"] == "sv"
    assert data["location"]["language"]["language"] == "sv"
    assert next(c["name"] for c in data["countries"] if c["country"] == "DE") == "Tyskland"
    assert shopper.ok("PUT", "countries/GB", {"language": "fr"})["selection"]["language"] == "fr"


def test_every_country_brings_its_language_along(visitor: MakeShopper):
    shopper = visitor("SE")
    for country, language in (("DE", "de"), ("GB", "en"), ("FR", "fr"), ("US", "en"), ("SE", "sv"), ("NO", "en")):
        data = shopper.ok("PUT", f"countries/{country}")
        assert data["location"]["language"]["language"] == language
        assert next(each for each in data["countries"] if each["country"] == country)["language"] == language


def test_servers_set_several_things_at_once(server: MakeShopper):
    backend = server()
    body = {"country": "de", "market": "6", "pricelist": 6, "language": "sv"}
    location = backend.ok("PUT", "selection", body)["location"]
    assert (location["country"], location["market"], location["language"]["language"]) == ("DE", 6, "sv")
    assert location["pricelist"] == 6, "every shipping option has a cost in every currency"
    location = backend.ok("PUT", "selection", {"country": "SE", "market": 6, "pricelist": 6})["location"]
    assert (location["market"], location["pricelist"]) == (6, 6)


def test_servers_set_market_and_pricelist(server: MakeShopper, visitor: MakeShopper):
    backend = server()
    backend.ok("PUT", "countries/SE")
    assert backend.ok("PUT", "markets/6")["location"]["market"] == 6
    assert backend.ok("PUT", "pricelists/6")["location"]["pricelist"] == 6
    for path, key in (("markets/99", "market"), ("markets/x", "market"), ("pricelists/99", "pricelist"),
                      ("pricelists/7", "pricelist")):  # fmt: skip
        status, data = backend.refused("PUT", path)
        assert (status, data["errors"]) == (404, {key: "not found"})
    for path in ("markets/6", "pricelists/6", "selection"):
        assert visitor().refused("PUT", path)[0] == 403


def test_a_campaign_site_leads_to_its_market(visitor: MakeShopper):
    shopper = visitor("SE")
    ordinary = {p["product"] for p in shopper.ok("GET", "products")["products"]}
    location = shopper.ok("PUT", "campaign-site", {"uri": "vip-lounge"})["location"]
    assert (location["market"], location["pricelist"]) == (6, 6)
    assert {p["product"] for p in shopper.ok("GET", "products")["products"]} - ordinary
    status, data = shopper.refused("PUT", "campaign-site", {"uri": "no-such"})
    assert (status, data["errors"]) == (404, {"campaignSite": "not found"})


# ------------------------------------------------------------------ the form


def test_the_form_is_described(visitor: MakeShopper):
    fields = visitor("SE").ok("GET", "selection")["paymentFields"]
    assert fields["termsAndConditions"] == {"type": "boolean", "visible": True, "required": True}
    assert fields["address"]["email"] == {"type": "string", "visible": True, "required": True}
    assert fields["address"]["company"] == {"type": "string", "visible": True, "required": False}
    assert fields["address"]["houseNumber"]["visible"] is False
    assert fields["address"]["newsletter"]["type"] == "boolean"
    assert not {"newsletter", "vatNumber", "identityNumber"} & set(fields["shippingAddress"])
    assert fields["address"]["state"]["required"] is False
    assert visitor("US").ok("GET", "selection")["paymentFields"]["address"]["state"]["required"] is True


def test_the_form_is_kept_field_by_field(shopper: Shopper):
    shopper.ok("PUT", "payment-fields", {"address": {"email": "ea@example.com", "firstName": "Ea"}, "comment": "Ring"})
    data = shopper.ok("PUT", "payment-fields", {"address": {"city": "Lund"}, "shippingAddress": {"city": "Ystad"}})
    address = data["selection"]["address"]
    assert (address["email"], address["firstName"], address["city"]) == ("ea@example.com", "Ea", "Lund")
    assert address["country"] == ""
    assert data["selection"]["shippingAddress"]["city"] == "Ystad"
    assert data["selection"]["additionalNotes"] == "Ring"
    moved = shopper.ok("PUT", "payment-fields", {"shippingAddress": {"country": "us", "state": "NY"}})
    assert (moved["location"]["country"], moved["location"]["state"]) == ("US", "NY")
    chosen = shopper.ok(
        "PUT", "payment-fields", {"paymentMethod": "dummy", "shippingMethod": "express", "language": "de"}
    )
    selection = chosen["selection"]
    assert (selection["paymentMethod"], selection["shippingMethod"], selection["language"]) == (
        "dummy",
        "express",
        "de",
    )


def test_addresses_have_their_codes_as_the_shop_writes_them(visitor: MakeShopper):
    shopper = visitor("US")
    data = shopper.ok("PUT", "payment-fields", {"address": {"country": "us", "state": "california"}})
    assert (data["selection"]["address"]["country"], data["selection"]["address"]["state"]) == ("US", "CA")
    data = shopper.ok("PUT", "payment-fields", {"address": {"state": "ny"}})
    assert (data["selection"]["address"]["state"], data["location"]["state"]) == ("NY", "NY")


def test_goods_are_taxed_where_they_go_whatever_is_said_of_the_bill(shopper: Shopper):
    shopper.ok("PUT", "payment-fields", {"address": {"country": "SE"}, "shippingAddress": {"country": "DE"}})
    data = shopper.ok("PUT", "payment-fields", {"address": {"country": "SE", "city": "Lund"}})
    assert data["location"]["country"] == "DE"
    data = shopper.ok("PUT", "payment-fields", {"shippingAddress": {"city": "Bonn"}})
    assert data["location"]["country"] == "DE"


def test_a_refused_form_changes_nothing(shopper: Shopper):
    for body, key in (({"paymentMethod": "no"}, "paymentMethod"), ({"shippingMethod": "no"}, "shippingMethod"),
                      ({"language": "xx"}, "language")):  # fmt: skip
        status, data = shopper.refused("PUT", "payment-fields", {"address": {"city": "Nowhere"}, **body})
        assert (status, data["errors"]) == (404, {key: "not found"})
    assert shopper.selection()["address"]["city"] == ""


def test_a_vat_number_of_another_country_takes_the_tax_off(visitor: MakeShopper):
    shopper = visitor("DE")
    before = shopper.fill()
    after = shopper.ok("PUT", "payment-fields", {"address": {"vatNumber": "DE123456789"}})["selection"]
    assert after["vatExempt"] is True
    totals = after["totals"]
    assert totals["taxDeductedAsNumber"] == -before["totals"]["grandTotalPriceTaxAsNumber"]
    assert (totals["taxPercent"], totals["grandTotalPriceTaxAsNumber"]) == (0, 0)
    assert after["items"][0]["taxPercent"] == 19
    assert totals["grandTotalPriceAsNumber"] == pytest.approx(
        before["totals"]["grandTotalPriceAsNumber"] - before["totals"]["grandTotalPriceTaxAsNumber"]
    )
    at_home = visitor("SE")
    at_home.fill()
    assert (
        at_home.ok("PUT", "payment-fields", {"address": {"vatNumber": "SE123456789001"}})["selection"]["vatExempt"]
        is False
    )
