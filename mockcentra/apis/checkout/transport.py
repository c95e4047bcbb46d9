"""The Checkout API's transport: addresses, token, secret, CORS, bodies, envelopes, errors, and its endpoints."""

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec
from flask import Blueprint, Response, request
from flask.blueprints import BlueprintSetupState
from werkzeug.exceptions import HTTPException

from mockcentra.apis.http import (
    JSON_TYPE,
    VERBS,
    UnreadableBody,
    base_url,
    body_of,
    correlation_id,
    incident,
    is_secret,
    read_json,
    verbs_of_path,
)
from mockcentra.commerce import errors, sessions
from mockcentra.commerce.credentials import CHECKOUT_SECRET
from mockcentra.commerce.model import Context
from mockcentra.commerce.reference import Reference, reference_of
from mockcentra.commerce.sessions import Session
from mockcentra.commerce.settings import settings_of
from mockcentra.store import Store, Transaction

log = logging.getLogger("mockcentra.checkout")

BASE_PATH = "/api/checkout"
NO_TOKEN = "none"

_ACCEPT_TOKEN = re.compile(r"api-token\s*[=:]\s*\"?([^\s;,\"]+)", re.IGNORECASE)
_PLAIN = re.compile(r"/(?!v4(?:/|$))[a-z].*[^/]$", re.DOTALL)  # nearly every path: nothing to rewrite
_SLASHES = re.compile(r"/{2,}")
_PERMALINK = re.compile(r"/(\d+)(?=/|$)")
_encoder = msgspec.json.Encoder(decimal_format="number")


class Answer(NamedTuple):
    """What a view answers when it is more than a body with the endpoint's usual status."""

    body: dict[str, Any]
    status: int = 200
    headers: dict[str, str] | None = None


@dataclass(frozen=True)
class Endpoint:
    """One operation: its place in the API and who may call it."""

    method: str
    path: str
    view: Callable[..., dict[str, Any] | Answer]
    status: int = 200
    server_only: bool = False
    needs_login: bool = False


ENDPOINTS: list[Endpoint] = []


def endpoint(
    *routes: str, status: int = 200, server_only: bool = False, needs_login: bool = False
) -> Callable[[Callable[..., dict[str, Any] | Answer]], Callable[..., dict[str, Any] | Answer]]:
    """Registers a view for routes such as `"POST /items/<item>"`.

    A view takes the `Call` and the variable parts of the path (as texts) and returns the body without `token`, or an
    `Answer`. It raises CommerceErrors. `status` is that of success; `needs_login` answers 403 without a customer.
    """

    def register(view: Callable[..., dict[str, Any] | Answer]) -> Callable[..., dict[str, Any] | Answer]:
        for route in routes:
            method, path = route.split(" ", 1)
            ENDPOINTS.append(Endpoint(method, path, view, status, server_only, needs_login))
        return view

    return register


@dataclass
class Call:
    """One request as views see it."""

    environ: dict[str, Any]
    store: Store
    server: bool
    token: str | None
    body: dict[str, Any] = field(default_factory=dict)
    _session: Session | None = None

    @property
    def reference(self) -> Reference:
        return reference_of(self.store)

    @property
    def is_stateless(self) -> bool:
        """Sent with `API-token: none`: nothing is stored for it."""
        return self.token == NO_TOKEN

    @property
    def session(self) -> Session:
        """The caller's session; without a valid token a new one, which is stored at once."""
        if self._session is None:
            if self.is_stateless:
                self._session = sessions.default(self.store)
            else:
                self._session = self._resumed() or self._started()
        return self._session

    def _resumed(self) -> Session | None:
        if not self.token:
            return None
        with self.store.reading() as tx:
            session = sessions.resume(tx, self.token)
        if session is not None and sessions.is_stale(session, self.store.clock.now()):
            with self.store.transaction() as tx:
                session = sessions.renew(tx, self.token)
        return session

    def _started(self) -> Session:
        with self.store.transaction() as tx:
            return sessions.start(tx)

    @property
    def context(self) -> Context:
        """What the session sees now."""
        return sessions.context_of(self.store, self.session, self.store.clock.now())

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """A transaction with the session as it is now; a stateless call's changes are thrown away at its end.

        A new session, and the note that one is in use, are committed with what the block does; where that is undone
        they are stored by themselves.
        """
        if self.is_stateless:
            with self.store.transaction(discard=True, source="Checkout API") as tx:
                self._session = sessions.begin(tx)
                yield tx
            return
        known = self._session
        token = known.token if known is not None else self.token
        to_store = None
        try:
            with self.store.transaction(source="Checkout API") as tx:
                session = (sessions.resume(tx, token) if token else None) or known
                if session is None:
                    session = sessions.begin(tx)
                    to_store = session.token
                elif sessions.is_stale(session, tx.now):
                    session.used_at = tx.now
                    to_store = session.token
                self._session = session
                yield tx
                if to_store is not None:
                    sessions.save(tx, session)
        except Exception:
            if to_store is not None:
                with self.store.transaction() as tx:
                    self._session = sessions.renew(tx, to_store) or sessions.start(tx, to_store)
            raise

    @property
    def base_url(self) -> str:
        """Scheme, host and space prefix of the request, without a slash at the end."""
        return base_url(self.environ)

    @property
    def answered_token(self) -> str | None:
        return None if self.is_stateless else self.session.token


# ------------------------------------------------------------------ addresses


def normalise(environ: dict[str, Any]) -> None:
    """Rewrites the API's other addresses to the plain one: permalink, `/v4`, slashes too many (section 1.1)."""
    path = environ["PATH_INFO"]
    rest = path[len(BASE_PATH) :]
    has_gap = "//" in rest
    if (_PLAIN.match(rest) and not has_gap) or (rest and not rest.startswith("/")):
        return
    # `/vouchers/%2Fv%2Ffriends`: the address of a URL voucher, as it is after its slashes were decoded.
    rest = "/" + (_SLASHES.sub("/", rest) if has_gap else rest).lstrip("/")
    permalink = _PERMALINK.match(rest)
    if permalink:
        environ["mockcentra.plugin"] = permalink.group(1)
        rest = rest[permalink.end() :]
    if rest == "/v4" or rest.startswith("/v4/"):
        rest = rest[3:]
    environ["PATH_INFO"] = f"{BASE_PATH}/{rest.strip('/')}"


def blueprint() -> Blueprint:
    """The Flask blueprint with every registered endpoint."""
    from mockcentra.apis.checkout import load_endpoints

    load_endpoints()
    api = Blueprint("checkout", __name__, url_prefix=BASE_PATH)
    for position, entry in enumerate(ENDPOINTS):
        api.add_url_rule(
            entry.path,
            endpoint=f"{position}",
            view_func=_view(entry),
            methods=[entry.method, "OPTIONS"] if entry.method != "GET" else ["GET", "HEAD", "OPTIONS"],
            provide_automatic_options=False,
        )
    api.record(_register)
    for position, path in enumerate(("/", "/<path:rest>")):
        api.add_url_rule(
            path, endpoint=f"unknown{position}", view_func=_unknown, methods=VERBS, provide_automatic_options=False
        )
    return api


def _register(state: BlueprintSetupState) -> None:
    state.app.extensions["mockcentra.errors"].append((BASE_PATH, _phrased))
    state.app.extensions["mockcentra.rewrites"].append((BASE_PATH, normalise))


def _view(entry: Endpoint) -> Callable[..., Response]:
    def run(**path: str) -> Response:
        environ = request.environ
        if environ["REQUEST_METHOD"] == "OPTIONS":
            return _preflight(environ)
        refused, call = _open(environ)
        if call is None:
            return refused
        try:
            if entry.server_only and not call.server:
                raise errors.Denied
            if entry.method != "GET":
                call.body = _read_body(environ, lenient=entry.method == "DELETE")
            if entry.needs_login and call.session.customer_id is None:
                raise errors.Denied
            answer = entry.view(call, **path)
        except errors.CommerceError as error:
            return _refuse(call, error)
        except HTTPException:
            raise
        except Exception:
            return _broken(call)
        if isinstance(answer, Answer):
            return _respond(environ, {"token": call.answered_token, **answer.body}, answer.status, answer.headers)
        return _respond(environ, {"token": call.answered_token, **answer}, entry.status)

    return run


def _unknown(rest: str = "") -> Response:
    """A path or a verb that the API does not have."""
    environ = request.environ
    if environ["REQUEST_METHOD"] == "OPTIONS":
        return _preflight(environ)
    refused, call = _open(environ)
    if call is None:
        return refused
    verbs = verbs_of_path(environ)
    if verbs:
        body = {"token": call.answered_token, "errors": {"method": "not allowed"}}
        return _respond(environ, body, 405, {"Allow": ", ".join(verbs)})
    return _respond(environ, {"token": call.answered_token, "errors": {"path": "not found"}}, 404)


# ------------------------------------------------------------------ who calls


def _open(environ: dict[str, Any]) -> tuple[Response, Call | None]:
    """The call, or the answer that refuses it before anything is looked at: origin, plugin, secret."""
    space = environ["mockcentra.space"]
    store: Store = space.store
    origin = environ.get("HTTP_ORIGIN")
    if origin is not None:
        allowed = settings_of(store)["checkout.allowed_origins"]
        if allowed and origin.rstrip("/") not in [entry.rstrip("/") for entry in allowed]:
            return _respond(environ, {"errors": {"origin": "not allowed"}}, 401, cors=False), None
    plugin = environ.get("mockcentra.plugin")
    if plugin is not None and plugin.lstrip("0") != str(settings_of(store)["checkout.plugin_id"]):
        return _respond(environ, {"errors": {"plugin": "not found"}}, 404), None
    sent = _sent_secret(environ)
    if sent is not None and not is_secret(sent, CHECKOUT_SECRET):
        return _respond(environ, {"errors": {"accessRight": "denied"}}, 401), None
    return _NO_RESPONSE, Call(environ, store, sent is not None, _sent_token(environ))


def _sent_secret(environ: dict[str, Any]) -> str | None:
    secret = environ.get("HTTP_API_AUTHORIZATION")
    if secret is not None:
        return secret.strip()
    authorization = environ.get("HTTP_AUTHORIZATION")
    if authorization is None:
        return None
    scheme, _, value = authorization.partition(" ")
    return value.strip() if scheme.lower() == "bearer" else authorization.strip()


def _sent_token(environ: dict[str, Any]) -> str | None:
    token = environ.get("HTTP_API_TOKEN")
    if token is None:
        accept = environ.get("HTTP_ACCEPT")
        if accept is None or "api-token" not in accept.lower():
            return None
        found = _ACCEPT_TOKEN.search(accept)
        token = found.group(1) if found else None
    return token.strip() if token else None


# ------------------------------------------------------------------ bodies


def _read_body(environ: dict[str, Any], lenient: bool) -> dict[str, Any]:
    """The parameters of the body. Raises Malformed; a lenient verb's unreadable body counts as none."""
    try:
        value = read_json(body_of(environ))
    except UnreadableBody:
        if lenient:
            return {}
        raise errors.Malformed({"body": "invalid json"}) from None
    if value is None:
        return {}
    if not isinstance(value, dict):
        if lenient:
            return {}
        raise errors.Malformed({"body": "not an object"})
    return value


# ------------------------------------------------------------------ answers

_STATUS: tuple[tuple[type[errors.CommerceError], int], ...] = (
    (errors.NotFound, 404),
    (errors.Malformed, 400),
    (errors.Invalid, 406),
    (errors.Conflict, 409),
    (errors.Denied, 403),
    (errors.OutOfStock, 410),
    (errors.PaymentRefused, 412),
)

# What the rules call a field of a form, where that is not what this API calls it.
_FIELD_NAMES = {"return_page": "paymentReturnPage", "terms": "termsAndConditions"}
_NOT_FOUND_TEXTS = {"item": "product item not found", "displayItem": "display item not found"}

ERROR_BODIES: dict[type[errors.CommerceError], Callable[[Call, Any], dict[str, Any]]] = {}
"""What an answer to an error carries besides `token` and `errors`; the faces of the cart and of payment add theirs."""


def status_of(error: errors.CommerceError) -> int:
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 406)


def error_texts(error: errors.CommerceError) -> dict[str, str]:
    """`errors` of the envelope: the rules' neutral words in this API's phrases (checkout-api.md 22)."""
    if isinstance(error, errors.NotFound):
        return {
            thing: _NOT_FOUND_TEXTS.get(thing, why) if why == "not found" else why
            for thing, why in error.problems.items()
        }
    return {_FIELD_NAMES.get(field, field): why for field, why in error.problems.items()}


def _refuse(call: Call, error: errors.CommerceError) -> Response:
    extra = ERROR_BODIES.get(type(error))
    body = {"token": call.answered_token, "errors": error_texts(error)}
    if extra is not None:
        body.update(extra(call, error))
    return _respond(call.environ, body, status_of(error))


_PHRASES = {
    405: {"method": "not allowed"},
    413: {"body": "too large"},
}


def _phrased(status: int, code: str, message: str) -> Response:
    """An error that no endpoint answered (an impossible space, a body that is too large), in the API's own shape."""
    problems = _PHRASES.get(status, {"server": message} if status >= 500 else {"request": message})
    return _respond(request.environ, {"token": None, "errors": problems}, status)


def _broken(call: Call) -> Response:
    """An unexpected exception: a 500 in the API's own shape with an id that the log repeats."""
    body = {"token": None, "errors": {"server": f"unexpected error {incident(log, call.environ)}"}}
    return _respond(call.environ, body, 500)


def _respond(
    environ: dict[str, Any],
    body: dict[str, Any],
    status: int,
    headers: dict[str, str] | None = None,
    cors: bool = True,
) -> Response:
    encoded = _encoder.encode(body)
    if "pretty" in environ.get("QUERY_STRING", "") and "pretty" in request.args:
        encoded = msgspec.json.format(encoded, indent=4)
    response = Response(encoded, status, [("Content-Type", JSON_TYPE), ("X-Correlation-ID", correlation_id(environ))])
    origin = environ.get("HTTP_ORIGIN")
    if origin is not None and cors:
        _allow(response, origin)
    if headers:
        response.headers.update(headers)
    return response


def _allow(response: Response, origin: str) -> None:
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Expose-Headers"] = "X-Correlation-ID, X-Mock-Psp"
    response.headers["Vary"] = "Origin"


def _preflight(environ: dict[str, Any]) -> Response:
    """The answer to a browser's question (checkout-api.md 1.3). It never lists the headers of the secret."""
    origin = environ.get("HTTP_ORIGIN", "*")
    allowed = settings_of(environ["mockcentra.space"].store)["checkout.allowed_origins"]
    if allowed and origin.rstrip("/") not in [entry.rstrip("/") for entry in allowed]:
        return _respond(environ, {"errors": {"origin": "not allowed"}}, 401, cors=False)
    response = Response(b"", 204)
    del response.headers["Content-Type"]
    response.headers["X-Correlation-ID"] = correlation_id(environ)
    _allow(response, origin)
    response.headers["Access-Control-Allow-Methods"] = "GET, POST, PUT, DELETE, OPTIONS"
    response.headers["Access-Control-Allow-Headers"] = "API-token, Content-Type, Accept, X-Correlation-ID"
    response.headers["Access-Control-Max-Age"] = "600"
    return response


_NO_RESPONSE = Response()
