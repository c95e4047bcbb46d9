"""The Checkout API (v4): the webshop API of a DTC store, called by browsers and by servers with the secret."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Blueprint

_ENDPOINT_MODULES = (
    "cart",
    "context",
    "catalogue",
    "lists",
    "payment",
    "orders",
    "customers",
    "newsletter",
    "wishlists",
    "subscriptions",
    "content",
)


def load_endpoints() -> None:
    """Imports the modules that register endpoints."""
    for name in _ENDPOINT_MODULES:
        import_module(f"mockcentra.apis.checkout.{name}")


def blueprint() -> "Blueprint":
    """The Flask blueprint of the API."""
    from mockcentra.apis.checkout import transport

    return transport.blueprint()
