"""Whatever is sent to the Checkout API, sensible or not: no 5xx, and an answer as the OpenAPI document describes it."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpx
import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core import NOT_SET

from mockcentra.apis.openapi.document import document
from mockcentra.commerce.credentials import CHECKOUT_SECRET
from tests.shopper import Shopper

EXAMPLES = 10
DOCUMENT = msgspec.json.decode(document("http://shop.test"))
OPERATIONS = [
    (path, method)
    for path, item in DOCUMENT["paths"].items()
    for method in item
    if method != "options" and path.startswith("/api/checkout")
]

bounded = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    verbosity=Verbosity.quiet,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def described() -> Any:
    """The API as schemathesis reads it: it makes bodies and paths that fit, or that almost fit."""
    return schemathesis.openapi.from_dict(DOCUMENT)


@pytest.fixture
def caller(client: httpx.Client) -> Shopper:
    """A signed-in customer with the secret, a contract and goods in the cart: every operation is open."""
    shopper = Shopper(client, CHECKOUT_SECRET)
    shopper.ok("POST", "login/max.demo@example.com", {"password": "demo1234"})
    shopper.in_country("DE").fill(2)
    return shopper


@pytest.fixture
def known(caller: Shopper) -> Callable[[str], list[str]]:
    """Values of some variables of paths: those that exist, and numbers at the edges. Others are tried by example."""
    lines = [line["line"] for line in caller.selection()["items"]]
    sold = [line["item"] for line in caller.selection()["items"]]
    values = {
        "line": lines,
        "item": sold,
        "product": [item.partition("-")[0] for item in sold],
        "quantity": ["0", "1", "3", "-1", "99999999999999999999"],
        "amount": ["100", "0", "-5", "1e9", "NaN"],
        "subscriptionPlan": ["1", "2"],
        "paymentMethod": ["dummy", "dummy-direct", "dummy-fail"],
    }
    return lambda name: values.get(name, [])


@pytest.mark.parametrize(("path", "method"), OPERATIONS, ids=[f"{method} {path[13:]}" for path, method in OPERATIONS])
def test_no_call_breaks_the_shop(
    described: Any, caller: Shopper, known: Callable[[str], list[str]], path: str, method: str
) -> None:
    """Half of the values in the path exist, so that the rules behind it are reached; the client checks the answers."""
    operation = described[path][method]
    parameters = DOCUMENT["paths"][path][method].get("parameters", ())
    examples = {each["name"]: [each["example"]] for each in parameters if "example" in each}
    modes = [GenerationMode.POSITIVE]
    if "requestBody" in DOCUMENT["paths"][path][method]:
        modes.append(GenerationMode.NEGATIVE)
    for mode in modes:

        @bounded
        @given(case=operation.as_strategy(generation_mode=mode), data=st.data())
        def send(case: Any, data: Any) -> None:
            url = path
            for name, value in (case.path_parameters or {}).items():
                if data.draw(st.booleans()):
                    value = data.draw(st.sampled_from(known(name) or examples[name]))
                url = url.replace(f"{{{name}}}", quote(str(value), safe=""))
            caller.client.request(method.upper(), url, **sent(case), headers=headers(caller))

        send()


def headers(caller: Shopper) -> dict[str, str]:
    return {"API-token": caller.token or "", "Authorization": f"Bearer {caller.secret}"}


def sent(case: Any) -> dict[str, Any]:
    """The body and the query of a case as httpx takes them."""
    query = {name: str(value) for name, value in (case.query or {}).items()}
    if case.body is NOT_SET:
        return {"params": query}
    content = case.body if isinstance(case.body, bytes) else msgspec.json.encode(case.body)
    return {"content": content, "params": query}
