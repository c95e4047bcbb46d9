"""A shopper of the Checkout API for tests: keeps its token as a browser does, and knows what is for sale."""

import itertools
from collections.abc import Callable
from typing import Any

import httpx

RETURN_PAGE = "https://shop.example.com/thank-you"
FAILED_PAGE = "https://shop.example.com/payment-failed"
_numbers = itertools.count(1)


class Shopper:
    """One session. `ok` wants success, `refused` wants an error and returns status and body."""

    def __init__(self, client: httpx.Client, secret: str | None = None, base: str = "/api/checkout") -> None:
        self.client = client
        self.secret = secret
        self.base = base
        self.token: str | None = None
        self.provider: str | None = None

    def send(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[httpx.Response, dict[str, Any]]:
        sent = {"Accept": "application/json"}
        if self.token:
            sent["API-token"] = self.token
        if self.secret:
            sent["Authorization"] = f"Bearer {self.secret}"
        sent.update(headers or {})
        response = self.client.request(method, f"{self.base}/{path.lstrip('/')}", json=body, headers=sent)
        data = response.json()
        self.token = data.get("token") or self.token
        self.provider = response.headers.get("X-Mock-Psp", self.provider)
        return response, data

    def ok(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> dict[str, Any]:
        response, data = self.send(method, path, body, headers)
        assert 200 <= response.status_code < 300, (method, path, response.status_code, data.get("errors"))
        assert "errors" not in data, (method, path, data["errors"])
        return data

    def refused(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, Any]]:
        response, data = self.send(method, path, body, headers)
        assert 400 <= response.status_code < 500, (method, path, response.status_code, data)
        assert data["errors"], (method, path, data)
        return response.status_code, data

    def selection(self) -> dict[str, Any]:
        return self.ok("GET", "selection")["selection"]

    def in_country(self, code: str, state: str | None = None) -> "Shopper":
        self.ok("PUT", f"countries/{code}" + (f"/states/{state}" if state else ""))
        return self

    def ordinary_items(self, count: int = 1) -> list[str]:
        """Items of that many different ordinary products, the first of the default order."""
        return [product["items"][0]["item"] for product in self.ordinary_products(count)]

    def ordinary_products(self, count: int = 1) -> list[dict[str, Any]]:
        products = self.ok("POST", "products", {"onlyAvailable": True, "limit": 40})["products"]
        plain = [product for product in products if is_ordinary(product)]
        assert len(plain) >= count
        return plain[:count]

    def fill(self, count: int = 1, quantity: int = 1) -> dict[str, Any]:
        """Puts ordinary items into the cart; the last answer's selection."""
        for item in self.ordinary_items(count):
            data = self.ok("POST", f"items/{item}/quantity/{quantity}")
        return data["selection"]


def is_ordinary(product: dict[str, Any]) -> bool:
    return (
        product["priceAsNumber"] is not None
        and product["items"][0]["stock"] == "yes"
        and "bundleInfo" not in product
        and product["itemQuantityMinimum"] == product["itemQuantityMultipleOf"] == 1
    )


def address(country: str = "SE", **changes: str) -> dict[str, str]:
    """A complete address of somebody new."""
    filled = {
        "email": f"shopper-{next(_numbers)}@example.com",
        "firstName": "Astrid",
        "lastName": "Lind",
        "address1": "Storgatan 1",
        "zipCode": "12345",
        "city": "Borås",
        "country": country,
        "phoneNumber": "+46701234567",
    }
    filled.update(changes)
    return filled


def payment(country: str = "SE", method: str = "dummy-direct", **extra: Any) -> dict[str, Any]:
    """The body of a `POST /payment` that goes through."""
    return {
        "paymentMethod": method,
        "paymentReturnPage": RETURN_PAGE,
        "paymentFailedPage": FAILED_PAGE,
        "termsAndConditions": True,
        "address": address(country),
        **extra,
    }


MakeShopper = Callable[..., Shopper]
