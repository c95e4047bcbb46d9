"""The Order API: the integration API of warehouses, tills and return systems, called by servers with the token."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Blueprint

_ENDPOINT_MODULES = (
    "orders",
    "products",
    "stock",
    "customers",
    "vouchers",
    "shipments",
    "shipping",
    "returns",
    "returning",
    "creating",
    "allocation",
    "suppliers",
)


def load_endpoints() -> None:
    """Imports the modules that register endpoints."""
    for name in _ENDPOINT_MODULES:
        import_module(f"mockcentra.apis.order.{name}")


def blueprint() -> "Blueprint":
    """The Flask blueprint of the API."""
    from mockcentra.apis.order import transport

    return transport.blueprint()
