"""A caller of the Order API for tests: a warehouse, a till or a return system with the plugin's token."""

from typing import Any

import httpx

from mockcentra.commerce.credentials import ORDER_SECRET

BASE = "/api/order-api"
ZERO_DATE = "0000-00-00 00:00:00"
BUYER = {
    "firstName": "Ada", "lastName": "Lovelace", "email": "ada@example.com", "cell": "0701234567",
    "address": "Storgatan 1", "zipcode": "50630", "city": "Borås", "country": "SE",
}  # fmt: skip


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

    # -- orders, parcels

    def sizes(self, number: int, pieces: int = 10) -> list[dict[str, Any]]:
        """Stock rows of that many different products with an EAN, a price in SEK and so many available pieces."""
        priced = {
            row["stockItemId"]: price["price"]
            for row in self.get("products", market=1)
            for price in row["prices"]
            if price["id"] == "1"
        }
        found: dict[int, dict[str, Any]] = {}
        for row in self.get("stock", market=1):
            if row["stockItemId"] in priced and row["ean"] and row["availableStock"] >= pieces:
                found.setdefault(row["productId"], row)
        return list(found.values())[:number]

    @staticmethod
    def order_of(lines: list[tuple[dict[str, Any], int, dict[str, Any]]], **extra: Any) -> dict[str, Any]:
        """The body of an order, of (stock row, quantity, more about the row), authorised for far more than it costs."""
        return {
            "address": dict(BUYER),
            "products": [{"id": row["stockItemId"], "qty": quantity, **more} for row, quantity, more in lines],
            "applyVouchers": False,
            "shippingValue": 0,
            "payment": {"auth": {"status": 1, "amount": 100_000, "method": "cc", "transaction": "T-1"}},
            **extra,
        }

    def place(self, *quantities: int, price: int = 100, **extra: Any) -> dict[str, Any]:
        """An order with a line for each quantity, every piece at that price."""
        lines = [(row, n, {"unitPrice": price}) for row, n in zip(self.sizes(len(quantities)), quantities, strict=True)]
        (number,) = self.ok("POST", "order", self.order_of(lines, **extra))["orders"]
        return self.order(number)

    def pack(self, order: dict[str, Any], *quantities: int, **options: Any) -> str:
        """A shipment with so many pieces of each line, all of them when none are given; its number."""
        lines = order["products"]
        units = {
            line["lineId"]: n for line, n in zip(lines, quantities or [line["qty"] for line in lines], strict=False)
        }
        wanted = {line_id: n for line_id, n in units.items() if n}
        return self.ok("POST", "shipments", {"order": order["orderId"], "products": wanted, **options})["shipment"]

    def shipment(self, number: str) -> dict[str, Any]:
        (found,) = self.get(f"shipments/{number}")
        return found

    def send_parcel(self, order: dict[str, Any], *quantities: int, **options: Any) -> str:
        """A shipment that is charged and sent; its number."""
        number = self.pack(order, *quantities, gtg=True, **options)
        self.ok("PUT", "shipment", {"order": order["orderId"], "shipment": number, "carrier": "Nordpaket"})
        return number

    def stock_of(self, size: int) -> tuple[int, int, int]:
        """Physical, allocated and available pieces of a size."""
        (row,) = self.get("stock", stockItemId=size)
        return row["physicalStock"], row["allocatedStock"], row["availableStock"]
