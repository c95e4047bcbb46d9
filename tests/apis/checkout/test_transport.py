"""How browsers and servers reach the API: tokens, secrets, origins, bodies as real clients send them."""

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockcentra.commerce import sessions
from mockcentra.commerce.credentials import CHECKOUT_SECRET
from mockcentra.store import Store, Transaction
from mockcentra.store import sessions as session_rows
from tests.shopper import MakeShopper, Shopper

BASE = "/api/checkout"
ORIGIN = "https://shop.example.com"


def set_setting(client: httpx.Client, **changes) -> None:
    changed = {key.replace("__", "."): value for key, value in changes.items()}
    assert client.patch("/_mock/settings", json=changed).status_code == 200


# ------------------------------------------------------------------ tokens


def test_the_token_travels_in_either_header(client: httpx.Client, shopper: Shopper):
    item = shopper.fill()["items"][0]["item"]
    for headers in (
        {"API-token": shopper.token},
        {"api-token": shopper.token},
        {"Accept": f"*/*; api-token={shopper.token}"},
        {"Accept": f"application/json;api-token = {shopper.token}"},
        {"Accept": f"*/*; api-token: {shopper.token}"},
        {"Accept": "*/*; api-token=0123456789", "API-token": shopper.token},
    ):
        data = client.get(f"{BASE}/selection", headers=headers).json()
        assert data["token"] == shopper.token, headers
        assert data["selection"]["items"][0]["item"] == item


@pytest.mark.parametrize("token", ["undefined", "null", "0" * 26, "a b", "x" * 5000])
def test_an_invented_token_is_never_adopted(client: httpx.Client, token: str):
    data = client.get(f"{BASE}/selection", headers={"API-token": token}).json()
    assert data["token"] not in (None, token)
    assert len(data["token"]) == 26
    assert data["selection"]["items"] == []


def test_a_token_ends_when_nobody_used_it_for_a_month(client: httpx.Client, shopper: Shopper):
    shopper.fill()
    old = shopper.token
    client.post("/_mock/clock/advance", json={"days": 29})
    assert shopper.ok("GET", "selection")["token"] == old
    client.post("/_mock/clock/advance", json={"days": 31})
    data = shopper.ok("GET", "selection")
    assert data["token"] != old
    assert data["selection"]["items"] == []


def test_noting_that_a_session_is_used_undoes_no_change_of_another_call(
    shopper: Shopper, store: Store, monkeypatch: pytest.MonkeyPatch
):
    renew = sessions.renew

    def late(tx: Transaction, token: str) -> sessions.Session | None:
        changed = sessions.resume(tx, token)
        assert changed is not None
        changed.language_id = 2
        session_rows.save(tx, changed)
        return renew(tx, token)

    shopper.ok("PUT", "languages/en")
    monkeypatch.setattr(sessions, "renew", late)
    store.clock.set(store.clock.time() + 7200)
    assert shopper.ok("GET", "selection")["location"]["language"]["language"] != "en"


def test_token_none_leaves_nothing_behind(client: httpx.Client, shopper: Shopper, store):
    item = shopper.ordinary_items()[0]

    def rows() -> tuple[int, int]:
        with store.reading() as tx:
            return tx.value("SELECT COUNT(*) FROM sessions"), tx.value("SELECT COUNT(*) FROM selections")

    before = rows()
    none = {"API-token": "none"}
    assert client.get(f"{BASE}/products", headers=none).json()["token"] is None
    added = client.post(f"{BASE}/items/{item}", headers=none)
    assert added.status_code == 201
    assert added.json()["token"] is None
    assert added.json()["selection"]["items"][0]["item"] == item
    assert client.get(f"{BASE}/selection", headers=none).json()["selection"]["items"] == []
    assert rows() == before


def test_the_session_stays_when_the_call_fails(client: httpx.Client):
    refused = client.post(f"{BASE}/items/999999-1")
    assert refused.status_code == 404
    token = refused.json()["token"]
    assert client.get(f"{BASE}/selection", headers={"API-token": token}).json()["token"] == token


def test_what_a_failing_first_call_did_is_undone_but_for_the_session(client: httpx.Client, store: Store):
    changes = {"items": [{"item": "999999-1", "quantity": 1}]}
    refused = client.put(f"{BASE}/items", json=changes)
    assert refused.status_code == 404
    with store.reading() as tx:
        session = session_rows.load(tx, refused.json()["token"])
        assert session is not None
        assert session.selection_id is None


def test_a_session_counts_as_used_when_its_call_fails(client: httpx.Client, shopper: Shopper):
    shopper.fill()
    token = shopper.token
    client.post("/_mock/clock/advance", json={"days": 20})
    shopper.refused("POST", "items/999999-1")
    client.post("/_mock/clock/advance", json={"days": 20})
    assert shopper.selection()["items"]
    assert shopper.token == token


# ------------------------------------------------------------------ addresses


def test_the_other_addresses_of_the_api(client: httpx.Client, shopper: Shopper):
    headers = {"API-token": shopper.token or ""}
    for path in ("/api/checkout/selection/", "/api/checkout/1/selection", "/api/checkout/v4/selection",
                 "/api/checkout/1/v4/selection/"):  # fmt: skip
        assert client.get(path, headers=headers).json()["token"] == shopper.token, path
    other = client.get("/api/checkout/52/selection")
    assert (other.status_code, other.json()) == (404, {"errors": {"plugin": "not found"}})


def test_unknown_paths_and_verbs_are_errors_of_the_api(client: httpx.Client):
    for path in ("/api/checkout", "/api/checkout/", "/api/checkout/no/such/thing", "/api/checkout/products/1/2/3"):
        response = client.get(path)
        assert (response.status_code, response.json()["errors"]) == (404, {"path": "not found"}), path
    response = client.put(f"{BASE}/languages")
    assert (response.status_code, response.json()["errors"]) == (405, {"method": "not allowed"})
    assert response.headers["Allow"] == "GET"
    assert client.patch(f"{BASE}/selection").status_code == 405
    assert client.head(f"{BASE}/languages").status_code == 200


def test_correlation_ids_and_pretty_json(client: httpx.Client):
    response = client.get(f"{BASE}/languages", headers={"X-Correlation-ID": "trace-7"})
    assert response.headers["X-Correlation-ID"] == "trace-7"
    assert "\n" not in response.text
    assert client.get(f"{BASE}/languages").headers["X-Correlation-ID"]
    assert client.get(f"{BASE}/languages?pretty").text.count("\n") > 3
    assert client.get(f"{BASE}/languages?pretty=0").text.count("\n") > 3


# ------------------------------------------------------------------ the secret


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": f"Bearer {CHECKOUT_SECRET}"},
        {"authorization": f"bearer {CHECKOUT_SECRET}"},
        {"API-Authorization": CHECKOUT_SECRET},
    ],
)
def test_server_mode(client: httpx.Client, headers: dict[str, str]):
    assert client.get(f"{BASE}/markets", headers=headers).json()["markets"]


def test_without_or_with_a_wrong_secret(client: httpx.Client):
    denied = client.get(f"{BASE}/markets")
    assert (denied.status_code, denied.json()["errors"]) == (403, {"accessRight": "denied"})
    for headers in ({"Authorization": "Bearer wrong"}, {"API-Authorization": "wrong"}, {"Authorization": "Basic abc"}):
        wrong = client.get(f"{BASE}/languages", headers=headers)
        assert (wrong.status_code, wrong.json()) == (401, {"errors": {"accessRight": "denied"}})


# ------------------------------------------------------------------ browsers


def test_a_browser_may_ask_from_anywhere(client: httpx.Client):
    asked = client.options(f"{BASE}/any/path", headers={"Origin": ORIGIN, "Access-Control-Request-Method": "PUT"})
    assert asked.status_code == 204
    assert asked.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert {"GET", "POST", "PUT", "DELETE"} <= set(asked.headers["Access-Control-Allow-Methods"].split(", "))
    allowed = {name.strip().lower() for name in asked.headers["Access-Control-Allow-Headers"].split(",")}
    assert {"api-token", "content-type", "accept", "x-correlation-id"} <= allowed
    assert not {"authorization", "api-authorization", "*"} & allowed
    for path in ("languages", "products/999999", "no/such"):
        assert client.get(f"{BASE}/{path}", headers={"Origin": ORIGIN}).headers["Access-Control-Allow-Origin"] == ORIGIN


def test_allowed_origins_keep_others_out(client: httpx.Client):
    set_setting(client, checkout__allowed_origins=[ORIGIN])
    assert client.get(f"{BASE}/languages", headers={"Origin": ORIGIN}).status_code == 200
    assert client.get(f"{BASE}/languages").status_code == 200
    stranger = {"Origin": "https://evil.example.com"}
    for response in (client.get(f"{BASE}/languages", headers=stranger), client.options(BASE, headers=stranger)):
        assert (response.status_code, response.json()) == (401, {"errors": {"origin": "not allowed"}})
        assert "Access-Control-Allow-Origin" not in response.headers


# ------------------------------------------------------------------ bodies


def test_bodies_as_real_clients_send_them(client: httpx.Client, shopper: Shopper):
    item = shopper.ordinary_items()[0]
    headers = {"API-token": shopper.token or ""}
    for content, kind in (
        (b"", "application/json"),
        (b"   ", "application/json"),
        (b"null", "application/json"),
        (b"{}", "text/plain;charset=UTF-8"),
        (b'\xef\xbb\xbf{"quantity": 1}', "application/json"),
        (b'{"quantity": "1"}', "text/plain"),
        (b'{"quantity": 1.0}', ""),
    ):
        answer = client.post(f"{BASE}/items/{item}", content=content, headers={**headers, "Content-Type": kind})
        assert answer.status_code == 201, content
    line = shopper.selection()["items"][0]
    assert line["quantity"] == 7
    for method, path in (("GET", "selection"), ("DELETE", f"lines/{line['line']}/quantity/1")):
        for content in (b"{}", b"{broken", b"[1]"):
            assert client.request(method, f"{BASE}/{path}", content=content, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "content",
    [b"{", b"{'a': 1}", b"\xff\xfe{\x00}\x00", b'{"a": "\xe5"}', b"[" * 100_000, b'{"a":' * 50_000, b"NaN", b"[]",
     b'"x"', b"7"],
)  # fmt: skip
def test_a_broken_body_is_400_and_changes_nothing(client: httpx.Client, shopper: Shopper, content: bytes):
    item = shopper.ordinary_items()[0]
    answer = client.post(f"{BASE}/items/{item}", content=content, headers={"API-token": shopper.token or ""})
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["body"]
    assert shopper.selection()["items"] == []


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)
CALLS = (
    ("POST", "items/1-1", ("quantity", "comment", "productUrl", "category", "subscriptionPlan", "localizedProdSize")),
    ("PUT", "items", ("lines", "items")),
    ("POST", "items/bundles/1-1", ("sections", "quantity", "item")),
    ("POST", "items/gift-certificates/gift-card", ("amount",)),
    ("POST", "vouchers", ("voucher",)),
    ("DELETE", "vouchers", ("voucher",)),
    ("PUT", "countries/SE", ("language",)),
    ("PUT", "selection", ("country", "state", "market", "pricelist", "language")),
    ("PUT", "campaign-site", ("uri",)),
    ("PUT", "payment-fields", ("address", "shippingAddress", "language", "email", "newsletter", "consents",
                               "additionalFields", "paymentMethod", "shippingMethod", "comment")),
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_body_ever_breaks_the_server(client: httpx.Client, data: st.DataObject):
    method, path, keys = data.draw(st.sampled_from(CALLS))
    body = data.draw(st.dictionaries(st.sampled_from(keys), json_values, max_size=len(keys)))
    headers = {"Authorization": f"Bearer {CHECKOUT_SECRET}"}
    response = client.request(method, f"{BASE}/{path}", json=body, headers=headers)
    assert response.status_code < 500, (method, path, body, response.text)
    assert isinstance(response.json(), dict)


def test_spaces_have_carts_of_their_own(client: httpx.Client, visitor: MakeShopper):
    here = visitor("SE")
    here.fill()
    there = Shopper(client, base="/_space/worker-1/api/checkout")
    there.token = here.token
    data = there.ok("GET", "selection")
    assert data["token"] != here.token
    assert data["selection"]["items"] == []
    picture = there.in_country("SE").ordinary_products()[0]["media"]["standard"][0]
    assert picture.startswith("http://shop.test/_space/worker-1/client/dynamic/images/")


@pytest.mark.parametrize("verb", ["PROPFIND", "TRACE", "BREW"])
def test_even_verbs_that_http_hardly_knows_get_the_envelope(client: httpx.Client, verb: str):
    response = client.request(verb, f"{BASE}/selection")
    assert (response.status_code, response.json()["errors"]) == (405, {"method": "not allowed"})


@pytest.mark.parametrize("checks_answers", [False])
def test_slashes_too_many_after_the_base_address_do_not_matter(client: httpx.Client, checks_answers: bool):
    for path in ("//selection", "/1//selection", "//1/selection//"):
        assert client.get(f"{BASE}{path}").json()["selection"]["items"] == []


def test_a_plugin_that_nobody_could_have_is_not_found(client: httpx.Client):
    response = client.get(f"{BASE}/{'9' * 5000}/selection")
    assert (response.status_code, response.json()) == (404, {"errors": {"plugin": "not found"}})
