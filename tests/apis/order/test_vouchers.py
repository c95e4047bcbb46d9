"""Simple vouchers: made, read, used, copied."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.shopper import Shopper
from tests.warehouse import Warehouse

PERCENT = {
    "name": "Ten off", "stopDate": "2099-12-31", "type": "percentoff", "value": 10, "store": 1, "markets": 1,
    "status": True,
}  # fmt: skip
PRICE = {
    "name": "Hundred off", "stopDate": "2099-12-31", "type": "priceoff", "valueByPricelist": {"1": 100, "2": "9.50"},
    "store": 1, "markets": [1, 2], "status": 1,
}  # fmt: skip


def make(api: Warehouse, body: dict[str, Any], **changes: Any) -> dict[str, Any]:
    made = api.ok("POST", "voucher", {**body, **changes})
    assert isinstance(made["voucher"], int)
    return made


def test_a_percentage(api: Warehouse, client: httpx.Client) -> None:
    made = make(api, PERCENT, code="Ten-Off", value="12.5", limit=3, conversionHtml="<b>!</b>")
    voucher = api.get(f"vouchers/{made['voucher']}")
    assert made["code"] == voucher["code"] == "Ten-Off"
    assert (voucher["type"], voucher["value"], voucher["limit"]) == ("percentoff", "12.5", 3)
    assert (voucher["store"], voucher["markets"], voucher["status"]) == (1, [1], "active")
    assert (voucher["stopDate"], voucher["conversionHtml"]) == ("2099-12-31", "<b>!</b>")
    assert voucher["startDate"] == voucher["createdAt"][:10]
    assert "valueByPricelist" not in voucher
    shopper = Shopper(client).in_country("SE")
    before = shopper.fill(1)["totals"]["grandTotalPriceAsNumber"]
    after = shopper.ok("POST", "vouchers", {"voucher": "ten-off"})["selection"]["totals"]["grandTotalPriceAsNumber"]
    assert after < before


def test_an_amount_by_pricelist(api: Warehouse, client: httpx.Client) -> None:
    made = make(api, PRICE, freeShipping="1")
    assert len(made["code"]) >= 16
    voucher = api.get(f"vouchers/{made['voucher']}")
    assert (voucher["type"], voucher["value"]) == ("priceoff", None)
    assert voucher["valueByPricelist"] == {"1": 100, "2": 9.5}
    assert (voucher["markets"], voucher["freeShipping"]) == ([1, 2], True)
    shopper = Shopper(client).in_country("SE")
    shopper.fill(1)
    totals = shopper.ok("POST", "vouchers", {"voucher": made["code"]})["selection"]["totals"]
    assert totals["totalDiscountPriceAsNumber"] == -100
    assert totals["shippingPriceAsNumber"] == 0


def test_an_inactive_one_does_not_work(api: Warehouse, client: httpx.Client) -> None:
    made = make(api, PERCENT, status=False)
    assert api.get(f"vouchers/{made['voucher']}")["status"] == "inactive"
    shopper = Shopper(client).in_country("SE")
    shopper.fill(1)
    shopper.refused("POST", "vouchers", {"voucher": made["code"]})


def test_it_ends_with_its_last_day(api: Warehouse, client: httpx.Client) -> None:
    client.put("/_mock/clock", json={"now": "2027-03-01T20:00:00+00:00", "frozen": True}).raise_for_status()
    made = make(api, PERCENT, startDate="2027-03-01", stopDate="2027-03-02")

    def works() -> bool:
        shopper = Shopper(client).in_country("SE")
        shopper.fill(1)
        return shopper.send("POST", "vouchers", {"voucher": made["code"]})[0].status_code < 300

    assert works()
    client.put("/_mock/clock", json={"now": "2027-03-02T22:30:00+00:00"}).raise_for_status()
    assert works()
    client.put("/_mock/clock", json={"now": "2027-03-02T23:30:00+00:00"}).raise_for_status()
    assert not works()


def test_every_missing_field_is_named_at_once(api: Warehouse) -> None:
    names = ("name", "stopDate", "type", "store", "markets", "status")
    assert api.refused("POST", "voucher", {})["msg"] == dict.fromkeys(names, "required")
    assert api.refused("POST", "voucher", {**PERCENT, "markets": [], "name": ""})["msg"] == {
        "name": "required",
        "markets": "required",
    }


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        ({**PERCENT, "value": None}, {"value": "One of 'value' or 'valueByPricelist' should be provided."}),
        ({**PERCENT, "markets": [1, 7]}, {"markets": "Market 7 not found."}),
        ({**PERCENT, "type": "half"}, {"type": "invalid value"}),
        ({**PERCENT, "value": "lots"}, {"value": "invalid value"}),
        ({**PERCENT, "value": 101}, {"value": "invalid value"}),
        ({**PERCENT, "value": -1}, {"value": "invalid value"}),
        ({**PERCENT, "stopDate": "soon"}, {"stopDate": "invalid value"}),
        ({**PERCENT, "startDate": "0001-01-01"}, {"startDate": "invalid value"}),
        ({**PERCENT, "startDate": "2099-12-31", "stopDate": "2099-01-01"}, {"stopDate": "invalid value"}),
        ({**PERCENT, "store": 99}, {"store": "invalid value"}),
        ({**PERCENT, "status": "perhaps"}, {"status": "invalid value"}),
        ({**PERCENT, "limit": -1, "markets": "x"}, {"limit": "invalid value", "markets": "invalid value"}),
        ({**PERCENT, "code": "welcome10"}, {"code": "Code is already taken"}),
        ({**PRICE, "valueByPricelist": {"99": 5}}, {"valueByPricelist": "Pricelist 99 not found."}),
        ({**PRICE, "valueByPricelist": {"1": "much"}}, {"valueByPricelist": "invalid value"}),
        ({**PRICE, "valueByPricelist": None, "value": 5}, {"valueByPricelist": "required"}),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(api: Warehouse, body: dict[str, Any], problems: dict[str, str]) -> None:
    assert api.refused("POST", "voucher", body) == {"status": "no", "msg": problems}


def test_vouchers_that_were_made_elsewhere(api: Warehouse) -> None:
    vouchers = [api.answered("GET", f"vouchers/{number}") for number in range(1, 11)]
    assert all(answer["status"] == "ok" for answer in vouchers)
    by_code = {answer["voucher"]["code"]: answer["voucher"] for answer in vouchers}
    assert by_code["SAVE100"]["valueByPricelist"]["5"] == 1500
    assert by_code["OFF20"]["status"] == "inactive"
    assert by_code["FREESHIP"]["type"] == "freeshipping"


@pytest.mark.parametrize("path", ["999", "abc", "0"])
def test_a_voucher_that_is_not_there(api: Warehouse, path: str) -> None:
    missing = {"voucher": "Voucher not found"}
    assert api.refused("GET", f"vouchers/{path}")["msg"] == missing
    answer = api.refused("PUT", f"voucher/{path}/clone", {"stopDate": "2099-01-01"})
    assert answer == {"status": "no", "msg": missing, "voucher": path}


# ------------------------------------------------------------------ copies


def test_a_copy_has_everything_but_what_is_sent(api: Warehouse) -> None:
    original = make(api, PRICE, freeShipping=True, limit=5)
    path = f"voucher/{original['voucher']}/clone"
    copy = api.ok("PUT", path, {"name": "Copy", "code": "COPY-1", "stopDate": "2098-01-01"})
    assert copy["code"] == "COPY-1"
    first, second = (api.get(f"vouchers/{each['voucher']}") for each in (original, copy))
    changed = {"id": copy["voucher"], "name": "Copy", "code": "COPY-1", "stopDate": "2098-01-01"}
    assert second == {**first, **changed, "createdAt": second["createdAt"]}
    plain = api.ok("PUT", path, {"stopDate": "2098-01-01"})
    assert plain["code"] not in ("", copy["code"], original["code"])
    assert api.get(f"vouchers/{plain['voucher']}")["name"] == "Hundred off"


def test_a_used_up_voucher_has_a_fresh_copy(api: Warehouse, client: httpx.Client, buy: Callable[..., str]) -> None:
    used_up = next(number for number in range(1, 11) if api.get(f"vouchers/{number}")["code"] == "USEDUP")
    copy = api.ok("PUT", f"voucher/{used_up}/clone", {"stopDate": "2099-01-01"})
    shopper = Shopper(client).in_country("SE")
    shopper.fill(1)
    shopper.ok("POST", "vouchers", {"voucher": copy["code"]})
    order = api.order(buy(shopper, fill=0))
    assert [voucher["voucher"] for voucher in order["discounts"]["vouchers"]] == [copy["code"]]


def test_a_code_can_be_taken_over(api: Warehouse) -> None:
    path = "voucher/1/clone"
    wanted = {"code": "save100", "stopDate": "2099-01-01"}
    taken = api.refused("PUT", path, wanted)
    assert taken == {"status": "no", "msg": {"code": "Code is already taken"}, "voucher": "1"}
    copy = api.ok("PUT", path, {**wanted, "replaceExisting": True})
    assert copy["code"] == "save100"
    assert api.get("vouchers/2")["status"] == "inactive"


def test_what_cannot_be_copied(api: Warehouse) -> None:
    assert api.refused("PUT", "voucher/1/clone", {"name": "x"})["msg"] == {"stopDate": "required"}
    assert api.refused("PUT", "voucher/1/clone", {"stopDate": "x"})["msg"] == {"stopDate": "invalid value"}
    automatic = next(number for number in range(1, 11) if api.get(f"vouchers/{number}")["code"] == "")
    answer = api.refused("PUT", f"voucher/{automatic}/clone", {"stopDate": "2099-01-01"})
    assert answer["msg"] == {"voucher": "Auto vouchers not supported"}
    other = make(api, {**PERCENT, "store": 2, "markets": 7})
    answer = api.refused("PUT", f"voucher/{other['voucher']}/clone", {"stopDate": "2099-01-01"})
    assert answer["msg"] == {"voucher": "Voucher does not belong to this store"}
