"""A caller of the SOAP API for tests: an ERP that builds its envelopes by hand and reads the answers by path."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

import httpx
from lxml import etree

from mockcentra.apis.soap.messages import NAMESPACE, OPERATIONS
from mockcentra.commerce.credentials import SOAP_PASSWORD, SOAP_USERNAME

PATH = "/ams/system/service/module/soap/api"
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
CONTENT_TYPE = "text/xml; charset=utf-8"
_REQUESTS = {operation.name: operation.request for operation in OPERATIONS}


class Node:
    """An element, read by slash paths in the target namespace."""

    def __init__(self, element: Any) -> None:
        self.element = element

    def __getitem__(self, path: str) -> str | None:
        found = self.element.find(_path(path))
        return None if found is None else found.text or ""

    def all(self, path: str) -> list["Node"]:
        return [Node(found) for found in self.element.findall(_path(path))]

    def one(self, path: str) -> "Node":
        (found,) = self.all(path)
        return found

    @property
    def name(self) -> str:
        return etree.QName(self.element).localname


def _path(path: str) -> str:
    return "/".join(f"{{{NAMESPACE}}}{step}" for step in path.split("/"))


@dataclass(frozen=True)
class Result:
    """The answer to an update."""

    success: bool
    errors: list[str]
    notices: list[str]


def markup(content: Any) -> str:
    """XML of nested dictionaries; a list repeats its element."""
    if not isinstance(content, dict):
        return escape(str(content))
    return "".join(
        f"<{name}>{markup(value)}</{name}>"
        for name, values in content.items()
        for value in (values if isinstance(values, list) else [values])
    )


class Erp:
    """`ok` wants success, `refused` the one message of a failure; `fault` what a refused call says."""

    def __init__(self, client: httpx.Client, path: str = PATH) -> None:
        self.client = client
        self.path = path

    # -- calls

    def envelope(self, operation: str, content: Any, user: str = SOAP_USERNAME, password: str = SOAP_PASSWORD) -> str:
        element = _REQUESTS.get(operation, operation)
        login = markup({"login": {"username": user, "password": password}})
        return (
            f'<s:Envelope xmlns:s="{ENVELOPE}"><s:Body><{element} xmlns="{NAMESPACE}">{login}{markup(content)}'
            f"</{element}></s:Body></s:Envelope>"
        )

    def post(self, body: str | bytes, content_type: str = CONTENT_TYPE, **headers: str) -> httpx.Response:
        content = body.encode() if isinstance(body, str) else body
        return self.client.post(self.path, content=content, headers={"Content-Type": content_type, **headers})

    def call(self, operation: str, content: Any) -> Node:
        response = self.post(self.envelope(operation, content))
        assert response.status_code == 200, response.text
        return answer_in(response)

    def update(self, operation: str, content: Any) -> Result:
        found = self.call(operation, content)
        assert found.name == "result"
        return Result(
            found["success"] == "true",
            [message.element.text for message in found.all("errors/message")],
            [message.element.text for message in found.all("notices/message")],
        )

    def ok(self, operation: str, content: Any) -> Result:
        result = self.update(operation, content)
        assert result.success, result.errors
        return result

    def refused(self, operation: str, content: Any) -> str:
        result = self.update(operation, content)
        assert not result.success
        (message,) = result.errors
        return message

    def fault(self, body: str | bytes, content_type: str = CONTENT_TYPE) -> tuple[str, str]:
        """Code and text of the fault that a body gets."""
        return fault_in(self.post(body, content_type))

    # -- the queue

    def events(self, kind: str = "all", markets: Sequence[str] | None = None) -> list[Node]:
        if markets is None:
            found = self.call("events_Get", {"type": kind})
        else:
            content = {"type": kind, "markets": {"market": [{"id": market} for market in markets]}}
            found = self.call("events_GetByMarkets", content)
        assert found.name == "events_Get"
        return found.one("events").all("event")

    def done(self, *ids: str | None) -> None:
        self.ok("events_Done", {"event": list(ids)})

    def drain(self) -> None:
        while events := self.events():
            self.done(*(event["id"] for event in events))

    def order(self, number: str | None) -> Node:
        """The order with that number as the newest event about it shows it."""
        found = [event for event in self.events("order") if event["data/order/ordernumber"] == number]
        return found[-1].one("data/order")

    def pending_order(self, quantity: int = 1) -> Node:
        """A pending wholesale order of the seed that has a row with so many pieces."""
        for event in self.events("order"):
            order = event.one("data/order")
            is_large = any(int(size["qty"] or 0) >= quantity for _, size in rows_of(order))
            if (order["type"], order["status"]) == ("wholesale", "pending") and is_large:
                return order
        raise AssertionError("the seed has no such order")

    def change(self, order: Node, **content: Any) -> Result:
        return self.ok("orders_Update", {"orders": {"order": {**identity(order), **content}}})

    def refuse_change(self, order: Node, **content: Any) -> str:
        return self.refused("orders_Update", {"orders": {"order": {**identity(order), **content}}})


def answer_in(response: httpx.Response) -> Node:
    """What the body of the envelope holds."""
    assert response.headers["content-type"] == CONTENT_TYPE
    body = etree.fromstring(response.content).find(f"{{{ENVELOPE}}}Body")
    (found,) = body
    return Node(found)


def fault_in(response: httpx.Response) -> tuple[str, str]:
    assert response.status_code == 500, response.text
    assert response.headers["content-type"] == CONTENT_TYPE
    assert "<html" not in response.text.lower()
    assert "Traceback" not in response.text
    fault = etree.fromstring(response.content).find(f"{{{ENVELOPE}}}Body/{{{ENVELOPE}}}Fault")
    assert fault is not None
    return fault.findtext("faultcode").removeprefix("SOAP-ENV:"), fault.findtext("faultstring")


def identity(order: Node) -> dict[str, Any]:
    return {"id": order["id"], "type": order["type"], "store": order["store"]}


def rows_of(order: Node, path: str = "products/product") -> list[tuple[Node, Node]]:
    """(product, size) of every size row."""
    return [(product, size) for product in order.all(path) for size in product.all("sizes/size")]


def row(product: Node, size: Node, quantity: int | None = None) -> dict[str, Any]:
    """A product row of an update that names the same order item."""
    return {
        "id": product["id"],
        "variation": {"id": product["variation/id"]},
        "sizes": {
            "size": {
                "id": size["id"],
                "qty": size["qty"] if quantity is None else quantity,
                "orderitem": {"id": size["orderitem/id"]},
            }
        },
    }


# ------------------------------------------------------------------ a catalogue of its own


def sizes(table: str = "SML", names: Sequence[str] = ("S", "M")) -> dict[str, Any]:
    """The content of a sizes_Update."""
    return {
        "sizes": {
            "size": [
                {"id": name, "description": f"Size {name}", "sizetable": {"id": table, "description": f"Table {table}"}}
                for name in names
            ]
        }
    }


def variation(product: str, colour: str, names: Sequence[str] = ("S", "M"), **more: Any) -> dict[str, Any]:
    return {
        "id": f"{product}_{colour}",
        "stockid": f"{product}_{colour}",
        "description": colour,
        "sku": colour.upper(),
        "status": "active",
        "sizetable": {"id": "SML"},
        "sizes": {"size": [{"id": name, "sku": f"-{name}", "ean": f"{product}{colour}{name}"} for name in names]},
        "displays": {"display": {"store": "1", "markets": {"market": {"id": "1"}}}},
        **more,
    }


def product(product_id: str, *variations: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A product, shown in the Nordics, with one variation unless others are given."""
    return {
        "id": product_id,
        "status": "active",
        "sku": product_id.upper(),
        "description": f"Sweater {product_id}",
        "variations": {"variation": list(variations) or [variation(product_id, "Red")]},
        **more,
    }


def products(*found: dict[str, Any]) -> dict[str, Any]:
    return {"products": {"product": list(found)}}


def stock(product_id: str, colour: str, size: str, **warehouses: int) -> dict[str, Any]:
    """A products_Update that only sets what is free to allocate; warehouses by id, `w1` for 1."""
    levels = [{"id": name.removeprefix("w"), "qty": quantity} for name, quantity in warehouses.items()]
    own = {"id": f"{product_id}_{colour}", "sizes": {"size": {"id": size, "warehouseitems": {"warehouse": levels}}}}
    return products({"id": product_id, "variations": {"variation": own}})


def prices(pricelist: str, *found: dict[str, Any]) -> dict[str, Any]:
    return {"pricelists": {"pricelist": {"id": pricelist, "items": {"product": list(found)}}}}
