"""The APIs that are not built yet: each answers in its own error shape that the call is not emulated."""

from collections.abc import Callable
from typing import Any

import msgspec
from flask import Blueprint, Response

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
WORDS = "not emulated"
JSON = "application/json"


def _json(body: dict[str, Any], status: int) -> Callable[..., Response]:
    encoded = msgspec.json.encode(body)
    return lambda **_: Response(encoded, status, content_type=JSON)


# API: (its address, how it says no).
UNBUILT: dict[str, tuple[str, Callable[..., Response]]] = {
    "shop": ("/api/shop/v1", _json({"errors": {"operation": WORDS}}, 501)),
    "subscription": ("/api/subscription-api", _json({"status": WORDS, "error": True}, 501)),
}


def blueprint() -> Blueprint:
    """One rule for the address of each API that is not built, and one for everything below it."""
    blueprint = Blueprint("unbuilt", __name__)
    for name, (address, view) in UNBUILT.items():
        for suffix in ("", "/<path:rest>"):
            blueprint.add_url_rule(address + suffix, f"{name}{bool(suffix):d}", view, methods=METHODS)
    return blueprint
