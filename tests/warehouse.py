"""A caller of the Order API for tests: a warehouse, a till or a return system with the plugin's token."""

from typing import Any

import httpx

from mockcentra.commerce.credentials import ORDER_SECRET

BASE = "/api/order-api"
ZERO_DATE = "0000-00-00 00:00:00"


class Warehouse:
    """`ok` wants `status: ok`, `refused` wants `status: no` with a 200 and returns the body."""

    def __init__(self, client: httpx.Client, base: str = BASE, token: str = ORDER_SECRET) -> None:
        self.client = client
        self.base = base
        self.token = token

    def send(self, method: str, path: str, body: Any = None, **options: Any) -> httpx.Response:
        headers = {"API-Authorization": self.token, **options.pop("headers", {})}
        if body is not None:
            options["json"] = body
        return self.client.request(method, f"{self.base}/{path.lstrip('/')}", headers=headers, **options)

    def answered(self, method: str, path: str, body: Any = None, **query: Any) -> dict[str, Any]:
        response = self.send(method, path, body, params=query or None)
        assert response.status_code == 200, (method, path, response.status_code, response.text[:300])
        return response.json()

    def ok(self, method: str, path: str, body: Any = None, **query: Any) -> dict[str, Any]:
        data = self.answered(method, path, body, **query)
        assert data["status"] == "ok", (method, path, data)
        return data

    def refused(self, method: str, path: str, body: Any = None, **query: Any) -> dict[str, Any]:
        data = self.answered(method, path, body, **query)
        assert data["status"] == "no", (method, path, data)
        return data

    def get(self, path: str, **query: Any) -> Any:
        """What a list or a single thing is: the answer beside its status and links."""
        data = self.ok("GET", path, **query)
        return next(value for key, value in data.items() if key not in ("status", "previous", "next"))

    def order(self, number: int | str) -> dict[str, Any]:
        (found,) = self.get("orders", order=number)
        return found

    def all_orders(self) -> list[dict[str, Any]]:
        return self.get("orders", limit=10_000)

    def stock_of(self, size: int) -> tuple[int, int, int]:
        """Physical, allocated and available pieces of a size."""
        (row,) = self.get("stock", stockItemId=size)
        return row["physicalStock"], row["allocatedStock"], row["availableStock"]
