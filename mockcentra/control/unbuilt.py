"""The chapters of the control API that are not there yet: they say so."""

from flask import Response, request

from mockcentra.control.transport import phrase

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
CHAPTERS = (
    "faults",
    "requests",
    "webhooks",
    "build",
    "plugins",
    "rate-limits",
    "subscriptions",
    "purchase-links",
)


def unbuilt(**_: str) -> Response:
    """Any call of such a chapter."""
    return phrase(501, "not_emulated", f"{request.method} {request.path} is not emulated")


ROUTES = tuple((rule, METHODS, unbuilt) for name in CHAPTERS for rule in (f"/{name}", f"/{name}/<path:rest>"))
