"""The operations of the SOAP API: one module for each family, and how a call runs.

Every operation is a function `name(call, content)`. A call is one transaction; what it changes reaches the event
streams of the other APIs, but not this API's own queue: the integration knows what it sent (soap-api.md 4.2).
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from mockcentra.apis.soap.calls import Call
from mockcentra.commerce import soap_queue
from mockcentra.store import Store

# Operation: the module that holds it.
MODULES: dict[str, str] = {
    "events_Get": "events",
    "events_GetByMarkets": "events",
    "events_Done": "events",
    "markets_Update": "markets",
    "warehouses_Update": "markets",
    "pricelists_Update": "prices",
    "pricealterationdates_Update": "prices",
    "sizes_Update": "products",
    "products_Update": "products",
    "paymentterms_Update": "wholesale",
    "shippingterms_Update": "wholesale",
    "salesreps_Update": "wholesale",
    "deliverywindows_Update": "wholesale",
    "accounts_Update": "accounts",
    "customers_Update": "accounts",
    "orders_Update": "orders",
    "invoices_Update": "invoices",
}


def run(name: str, store: Store, content: dict[str, Any]) -> dict[str, Any]:
    """Carries out an operation; returns what its answer holds."""
    module = import_module(f"mockcentra.apis.soap.operations.{MODULES[name]}")
    operation: Callable[[Call, dict[str, Any]], dict[str, Any] | None] = getattr(module, name)
    with store.transaction(source="SOAP API") as tx:
        soap_queue.take_in(tx)
        call = Call(tx)
        answer = operation(call, content)
        soap_queue.pass_over(tx)
    return call.result() if answer is None else answer
