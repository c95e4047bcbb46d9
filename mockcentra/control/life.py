"""Health, information, reset and coverage: the first calls that a client makes."""

import time
from typing import Any

from flask import Response, current_app

from mockcentra import __version__
from mockcentra.commerce import credentials
from mockcentra.commerce.settings import settings_of
from mockcentra.control.transport import answer, base_url, body_with, invalid, space
from mockcentra.store import Space, reference, tools
from mockcentra.store.clock import iso_text

# What a reset may leave as it is (control.md, Life).
KEEPABLE = ("webhooks", "faults")
# The name of the seeded GraphQL token with all rights.
FULL_TOKEN = "full"


def health() -> Response:
    """`GET /_mock/health`: an application that answers has its store; before, the server answers 503 itself."""
    return answer({"status": "ok"})


def info() -> Response:
    """`GET /_mock/info`: everything a client must know, with addresses that follow the request."""
    here, base = space(), base_url()
    settings = current_app.extensions["mockcentra.settings"]
    with here.store.reading() as tx:
        size, meta = tools.size(tx), reference.meta(tx)
    tokens = known_tokens(here)
    return answer(
        {
            "name": "mockcentra",
            "version": __version__,
            "space": here.name,
            "seed": int(meta.get("seed", settings.seed)),
            "size": size,
            "store": "memory" if here.db is None else str(here.db),
            "clock": iso_text(here.store.clock.time()),
            "apis": apis(base, here, tokens),
            "payments": payments(base),
            "tokens": {name: token for name, token in tokens.items() if name != FULL_TOKEN},
        }
    )


def known_tokens(here: Space) -> dict[str, str]:
    """The GraphQL tokens of a shop by name."""
    with here.store.reading() as tx:
        return {row["name"]: row["token"] for row in reference.api_tokens(tx)}


def apis(base: str, here: Space, tokens: dict[str, str]) -> dict[str, dict[str, Any]]:
    """Where each API is and what opens it."""
    soap = f"{base}/ams/system/service/module/soap/api"
    return {
        "checkout": {
            "url": f"{base}/api/checkout",
            "secret": credentials.CHECKOUT_SECRET,
            "pluginId": settings_of(here.store)["checkout.plugin_id"],
        },
        "shop": {"url": f"{base}/api/shop/v1", "secret": credentials.SHOP_SECRET},
        "order": {"url": f"{base}/api/order-api", "secret": credentials.ORDER_SECRET},
        "subscription": {"url": f"{base}/api/subscription-api", "secret": credentials.SUBSCRIPTION_SECRET},
        "graphql": {"url": f"{base}/graphql", "token": tokens.get(FULL_TOKEN, "")},
        "soap": {
            "url": soap,
            "wsdl": f"{soap}?wsdl",
            "username": credentials.SOAP_USERNAME,
            "password": credentials.SOAP_PASSWORD,
        },
    }


def payments(base: str) -> dict[str, Any]:
    """What the back end of a shop must know of its payment plugins (payments.md A8)."""
    return {
        "external-payment": {
            "paymentMethod": "external-payment",
            "sharedSecret": credentials.EXTERNAL_PAYMENT_SECRET,
            "notificationKey": credentials.EXTERNAL_PAYMENT_KEY,
            "notificationUrl": f"{base}/api/external-payment/1/?access-key={credentials.EXTERNAL_PAYMENT_KEY}",
        },
        "notifications": {
            "adyen-drop-in": f"{base}/api/adyen-drop-in/1/?access-key={credentials.ADYEN_NOTIFICATION_KEY}",
        },
    }


def reset() -> Response:
    """`POST /_mock/reset`: the seeded state again; `keep` names what stays."""
    keep = body_with("keep").get("keep", [])
    if not isinstance(keep, list):
        raise invalid("keep must be a list", "keep")
    for name in keep:
        if name not in KEEPABLE:
            raise invalid(f"{name!r} cannot be kept; possible are {', '.join(KEEPABLE)}", "keep")
    started = time.perf_counter()
    space().reset(tuple(keep))
    return answer({"status": "ok", "took_ms": round((time.perf_counter() - started) * 1000, 2)})


def coverage() -> Response:
    """`GET /_mock/coverage`: per API what is documented, what is emulated, and what is missing by name."""
    from mockcentra.coverage import coverage_of

    return answer({"apis": coverage_of(current_app)})


ROUTES = (
    ("/health", ["GET"], health),
    ("/info", ["GET"], info),
    ("/reset", ["POST"], reset),
    ("/coverage", ["GET"], coverage),
)
