"""The Order API's transport: token, permitted endpoints, JSON and form bodies, envelopes, XML, and its endpoints."""

import logging
import os
import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import msgspec
from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from mockcentra.apis import values
from mockcentra.apis.forms import read_form
from mockcentra.apis.http import (
    JSON_TYPE,
    VERBS,
    UnreadableBody,
    base_url,
    incident,
    is_secret,
    read_json,
    verbs_of_path,
)
from mockcentra.apis.order import xml
from mockcentra.commerce import errors
from mockcentra.commerce.credentials import ORDER_SECRET
from mockcentra.commerce.reference import Reference, reference_of
from mockcentra.commerce.sessions import webshop_store_id
from mockcentra.commerce.settings import settings_of
from mockcentra.store import Store, Transaction

log = logging.getLogger("mockcentra.order")

BASE_PATH = "/api/order-api"
SOURCE = "Order API"
REQUIRED = "required"
INVALID = "invalid value"

_VARIABLE = re.compile(r"<[^>]*>|\{[^}]*\}")
_encoder = msgspec.json.Encoder(decimal_format="number")


class Refused(Exception):
    """The call cannot be done: `status: no` with a text, or with texts by field, and what the caller sent of `echo`.

    To be raised outside of transactions, or in one that is to leave nothing behind.
    """

    def __init__(self, msg: str | Mapping[str, str], **echo: Any) -> None:
        super().__init__(str(msg))
        self.body = {"status": "no", "msg": msg if isinstance(msg, str) else dict(msg), **echo}


class Bare(dict[str, Any]):
    """A body to which no `status` is added."""


@dataclass(frozen=True)
class Endpoint:
    """One operation: its place in the API, and the names under which the plugin permits it."""

    method: str
    path: str
    view: Callable[..., dict[str, Any]]
    names: frozenset[str]


ENDPOINTS: list[Endpoint] = []


def endpoint(*routes: str) -> Callable[[Callable[..., dict[str, Any]]], Callable[..., dict[str, Any]]]:
    """Registers a view for routes such as `"GET /shipments/<shipment>"`; the further ones are aliases of the first.

    A view takes the `Call` and the variable parts of the path (as texts) and returns the body, to which `status: ok` is
    added unless it has a status of its own. It raises Refused, or CommerceErrors whose problems are errors of fields.
    """

    def register(view: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
        names = frozenset(_permission(route) for route in routes)
        for route in routes:
            method, path = route.split(" ", 1)
            ENDPOINTS.append(Endpoint(method, path, view, names))
        return view

    return register


def _permission(text: str) -> str:
    """`GET /shipments/{}`: how endpoints are compared with what the setting `order.allowed_endpoints` names."""
    method, _, path = text.strip().rpartition(" ")
    return f"{method.strip().upper()} /{_VARIABLE.sub('{}', path).strip('/')}"


@dataclass
class Call:
    """One request as views see it: the store, and the parameters of the query and of the body."""

    environ: dict[str, Any]
    store: Store
    query: dict[str, Any]
    body: dict[str, Any] = field(default_factory=dict)

    @property
    def reference(self) -> Reference:
        return reference_of(self.store)

    @cached_property
    def settings(self) -> Mapping[str, Any]:
        """The shop's settings, as they are throughout this call."""
        return settings_of(self.store)

    @property
    def store_id(self) -> int:
        """The store whose plugin this is: the DTC store."""
        return webshop_store_id(self.reference)

    @property
    def base_url(self) -> str:
        return base_url(self.environ)

    def transaction(self) -> AbstractContextManager[Transaction]:
        """A transaction whose traces say that this API was it."""
        return self.store.transaction(source=SOURCE)

    @property
    def wants_xml(self) -> bool:
        return bool(values.truth(self.query.get("xml")) or values.truth(self.body.get("xml")))

    # -- parameters of the query; all raise Refused for what is no such value

    def whole(self, name: str, default: int | None = None, least: int | None = None) -> int | None:
        """A whole number of the query, at least `least`; `default` where it is missing."""
        sent = self.query.get(name)
        if sent is None or sent == "":
            return default
        found = values.whole(sent)
        if found is None or (least is not None and found < least):
            raise Refused({name: INVALID})
        return found

    def moment(self, name: str) -> int | None:
        """The moment (unix seconds) of a date in the query; None where it is missing."""
        sent = self.query.get(name)
        if sent is None or sent == "":
            return None
        found = values.moment(sent)
        if found is None:
            raise Refused({name: INVALID})
        return found

    def text(self, name: str) -> str | None:
        """A text of the query; None where it is missing or empty."""
        return values.text(self.query.get(name)) or None


# ------------------------------------------------------------------ addresses


def blueprint() -> Blueprint:
    """The Flask blueprint with every registered endpoint."""
    from mockcentra.apis.order import load_endpoints

    load_endpoints()
    api = Blueprint("order", __name__, url_prefix=BASE_PATH)
    for position, entry in enumerate(ENDPOINTS):
        api.add_url_rule(
            entry.path,
            endpoint=f"{position}",
            view_func=_view(entry),
            methods=[entry.method],
            provide_automatic_options=False,
        )
    for position, path in enumerate(("/", "/<path:rest>")):
        api.add_url_rule(
            path, endpoint=f"unknown{position}", view_func=_unknown, methods=VERBS, provide_automatic_options=False
        )
    api.record(lambda state: state.app.extensions["mockcentra.errors"].append((BASE_PATH, _phrased)))
    return api


def _view(entry: Endpoint) -> Callable[..., Response]:
    def run(**path: str) -> Response:
        environ = request.environ
        if not _is_known(environ):
            return _unauthorized(environ)
        call = Call(environ, environ["mockcentra.space"].store, read_form(environ.get("QUERY_STRING", "")))
        allowed = call.settings["order.allowed_endpoints"]
        if allowed and not _is_allowed(entry, allowed):
            return _respond(call, {"status": "Not Allowed"}, 403)
        try:
            if entry.method != "GET":
                call.body = _read_body(environ)
            body = entry.view(call, **path)
            is_whole = isinstance(body, Bare) or "status" in body or "success" in body
            answer = _encoder.encode(body if is_whole else {"status": "ok", **body})
        except UnreadableBody:
            return _respond(call, {"status": "no", "msg": "invalid JSON"}, 400)
        except Refused as refused:
            return _respond(call, refused.body)
        except errors.CommerceError as error:
            return _respond(call, {"status": "no", "msg": dict(error.problems)})
        except HTTPException:
            raise
        except Exception:
            return _respond(call, {"status": "no", "msg": f"unexpected error {incident(log, environ)}"}, 500)
        return _encoded(call, answer)

    return run


def _unknown(rest: str = "") -> Response:
    """A path or a verb that the API does not have."""
    environ = request.environ
    if not _is_known(environ):
        return _unauthorized(environ)
    call = Call(environ, environ["mockcentra.space"].store, read_form(environ.get("QUERY_STRING", "")))
    verbs = verbs_of_path(environ)
    if verbs:
        response = _respond(call, {"status": "no", "msg": "method not allowed"}, 405)
        response.headers["Allow"] = ", ".join(verbs)
        return response
    return _respond(call, {"status": "no", "msg": "not found"}, 404)


# ------------------------------------------------------------------ who calls, and what


def _is_known(environ: dict[str, Any]) -> bool:
    return is_secret(environ.get("HTTP_API_AUTHORIZATION", "").strip(), ORDER_SECRET)


def _unauthorized(environ: dict[str, Any]) -> Response:
    call = Call(environ, environ["mockcentra.space"].store, {})
    return _respond(call, {"status": "no", "msg": "Unauthorized"}, 401)


def _is_allowed(entry: Endpoint, allowed: list[str]) -> bool:
    """Whether one of the permitted endpoints is this one; a permission without a verb is for every verb."""
    permitted = {_permission(name) for name in allowed}
    return any(name in permitted or name[len(entry.method) :] in permitted for name in entry.names)


def _read_body(environ: dict[str, Any]) -> dict[str, Any]:
    """The parameters of the body: JSON, whatever its content type says, or a form. Raises UnreadableBody."""
    raw = request.get_data(cache=False)
    content_type = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    if content_type == "application/x-www-form-urlencoded" and raw.lstrip()[:1] not in (b"{", b"["):
        return read_form(raw.decode("utf-8", "replace"))
    value = read_json(raw)
    return value if isinstance(value, dict) else {}


# ------------------------------------------------------------------ answers


def _respond(call: Call, body: dict[str, Any], status: int = 200) -> Response:
    return _encoded(call, _encoder.encode(body), status)


def _encoded(call: Call, answer: bytes, status: int = 200) -> Response:
    content_type = JSON_TYPE
    if call.wants_xml:
        answer, content_type = xml.to_xml(msgspec.json.decode(answer)), xml.CONTENT_TYPE
    response = Response(answer, status, content_type=content_type)
    request_id = os.urandom(16).hex()
    response.headers["X-Centra-Request-ID"] = request_id
    response.headers["X-Correlation-ID"] = call.environ.get("HTTP_X_CORRELATION_ID") or f"centra_{request_id}"
    return response


def _phrased(status: int, code: str, message: str) -> Response:
    """What nothing of the API answered itself, such as a body that is too large."""
    return Response(_encoder.encode({"status": "no", "msg": message}), status, content_type=JSON_TYPE)
