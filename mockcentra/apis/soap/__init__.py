"""The SOAP Integration API, which ERP and accounting systems call: one address, 17 operations, an event queue."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Blueprint


def blueprint() -> "Blueprint":
    """The one address of the API; Spyne and lxml are imported with the first call."""
    from mockcentra.apis.soap import transport

    return transport.blueprint()
