"""How the control API reads requests and phrases answers and errors (control.md)."""

import hmac
from collections.abc import Iterable
from typing import Any

import msgspec
from flask import Response, current_app, request

from mockcentra.store import Space, Spaces

Body = dict[str, Any]
# Open without the control token: what container health checks, browsers of shoppers and signed forms ask for.
_OPEN_PATHS = ("/_mock/health", "/_mock/psp/", "/_mock/media/", "/_mock/uploads")


class ControlError(Exception):
    """An answer of the control API that refuses: `{"error": {"code", "message", "field"}}`."""

    def __init__(self, status: int, code: str, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.field = field


def invalid(message: str, field: str | None = None) -> ControlError:
    return ControlError(400, "invalid", message, field)


def not_found(message: str) -> ControlError:
    return ControlError(404, "not_found", message)


def answer(body: Any, status: int = 200) -> Response:
    """A JSON answer; `now` and other moments are texts already."""
    return Response(msgspec.json.encode(body), status, content_type="application/json")


def no_content() -> Response:
    return Response(status=204)


def phrase(status: int, code: str, message: str, field: str | None = None) -> Response:
    """An error in the control API's shape."""
    error = {"code": code, "message": message} | ({} if field is None else {"field": field})
    return answer({"error": error}, status)


def refused(error: ControlError) -> Response:
    return phrase(error.status, error.code, error.message, error.field)


def space() -> Space:
    """The space of the URL that was used."""
    return request.environ["mockcentra.space"]


def spaces() -> Spaces:
    return request.environ["mockcentra.spaces"]


def base_url() -> str:
    """`http://host:port`, with the space's prefix where there is one: what absolute addresses begin with."""
    return request.url_root.rstrip("/")


def body_with(*allowed: str) -> Body:
    """The JSON object that was sent, which may only have these fields; an empty body is an empty object."""
    body = json_object()
    known(body, allowed)
    return body


def json_object() -> Body:
    """The JSON object that was sent; an empty body is an empty object."""
    data = request.get_data()
    if not data.strip():
        return {}
    try:
        body = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError):
        raise invalid("the body is not JSON") from None
    if not isinstance(body, dict):
        raise invalid("the body must be a JSON object")
    return body


def known(body: Body, allowed: Iterable[str]) -> None:
    """Refuses fields that the call does not know."""
    names = tuple(allowed)
    for name in body:
        if name not in names:
            choice = f"allowed: {', '.join(names)}" if names else "the body must be empty"
            raise invalid(f"unknown field {name!r}; {choice}", name)


def demand_token() -> Response | None:
    """Refuses control calls that do not carry the token of `--control-token`."""
    path = request.path
    if not (path == "/_mock" or path.startswith("/_mock/")) or path.startswith(_OPEN_PATHS):
        return None
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    expected = current_app.extensions["mockcentra.settings"].control_token
    if scheme.lower() == "bearer" and hmac.compare_digest(token.strip().encode(), expected.encode()):
        return None
    response = phrase(401, "unauthorized", "send the control token: Authorization: Bearer TOKEN")
    response.headers["WWW-Authenticate"] = "Bearer"
    return response
