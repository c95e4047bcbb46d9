"""The one WSGI application: spaces before it, every API in it, and JSON for whatever goes wrong."""

import logging
import secrets
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import msgspec
from flask import Flask, Request, Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, Rule

from mockcentra import control, media, papers, payments
from mockcentra.apis import checkout, graphql, openapi, order, soap, unbuilt
from mockcentra.commerce import sessions
from mockcentra.settings import Settings
from mockcentra.store.spaces import Spaces, is_space_name
from mockcentra.store.template import Template

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger("mockcentra")

SPACE_PREFIX = "/_space/"

# Each has a function `blueprint()`; they are mounted in this order.
FACES = (control, media, papers, checkout, order, graphql, soap, payments, openapi, unbuilt)

# How an API phrases an error that no endpoint of its own answered: (path prefix, phrase(status, code, message)).
# Faces append theirs to `app.extensions["mockcentra.errors"]`; the first prefix that fits wins.
ErrorPhrase = Callable[[int, str, str], Response]
# What a face does to a request before it is routed, such as bringing its path into one form: (path prefix,
# function(environ)). Faces append theirs to `app.extensions["mockcentra.rewrites"]`.
Rewrite = Callable[[dict[str, Any]], None]
_CODES = {400: "invalid", 404: "not_found", 405: "method_not_allowed", 413: "too_large", 500: "internal"}


def create_app(settings: Settings, spaces: Spaces | None = None) -> Flask:
    """The application for these settings. `spaces` is made from the seeded template where it is not given.

    Raises StoreError for a store that cannot be used and seed's FixtureError for a mistake in the fixtures.
    """
    app = routed_app(settings)
    open_shops(app, spaces or Spaces(seeded_template(settings), settings.db))
    return app


def routed_app(settings: Settings) -> Flask:
    """The application with every address, but without a shop: enough to see what it would answer."""
    app = _App("mockcentra", static_folder=None)
    app.url_rule_class = _Rule
    app.config["MAX_FORM_MEMORY_SIZE"] = None
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.url_map.merge_slashes = False
    app.url_map.strict_slashes = False
    app.extensions["mockcentra.settings"] = settings
    app.extensions["mockcentra.errors"] = []
    app.extensions["mockcentra.rewrites"] = []
    app.extensions["mockcentra.operations"] = {}
    for face in FACES:
        app.register_blueprint(face.blueprint())
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected_error)
    return app


def open_shops(app: Flask, spaces: Spaces) -> None:
    """Puts the shops behind the application, one in a file without the sessions that ended since it was written."""
    if spaces.default.db is not None:
        with spaces.default.store.transaction() as tx:
            sessions.prune(tx)
    max_body_mb = app.extensions["mockcentra.settings"].max_body_mb
    app.wsgi_app = SpaceMiddleware(app, spaces, max_body_mb)  # type: ignore[method-assign]


def serve_spaces(app: Flask, spaces: Spaces) -> None:
    """Lets the application speak to other shops from now on: tests take fresh ones and keep the application."""
    app.wsgi_app.spaces = spaces  # type: ignore[attr-defined]


class _App(Flask):
    """Flask that looks at the path of a request alone: whatever the host is called, it is this application.

    Flask's own way takes the host's name apart for each request, and fails on one that is none.
    """

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        if request is None:
            return None
        environ = request.environ
        host = environ.get("HTTP_HOST") or environ["SERVER_NAME"]
        root = environ.get("SCRIPT_NAME", "")
        scheme, method = environ["wsgi.url_scheme"], environ["REQUEST_METHOD"]
        return MapAdapter(self.url_map, host, root, "", scheme, request.path, method, environ.get("QUERY_STRING"))


class _Rule(Rule):
    """A rule that compiles what makes addresses of it with the first one: none is made, and it costs 0.3 ms a rule."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compiled = super()._compile_builder

        def build(self: Rule, *values: Any, **more: Any) -> tuple[str, str]:
            return compiled(append_unknown)(self, *values, **more)

        return build


def seeded_template(settings: Settings, progress: Callable[[str, int, int], None] | None = None) -> Template:
    """The seeded store for these settings: from the cache, or built now while `progress(step, done, total)` is told."""
    from mockcentra import seed

    options = seed.SeedOptions(settings.seed, settings.products, settings.orders, settings.fixtures)
    return seed.template_for(options, progress)


class SpaceMiddleware:
    """Finds the space of a request and leaves the rest of the application with the path below it.

    `/_space/{name}/…` and the header `X-Mockcentra-Space: {name}` both put `/_space/{name}` into SCRIPT_NAME, so that
    every absolute address that is made while the request is answered leads into the same space (control.md, Spaces).
    """

    def __init__(self, app: Flask, spaces: Spaces, max_body_mb: int) -> None:
        self.app = app
        self.application: WSGIApplication = app.wsgi_app
        self.spaces = spaces
        self.rewrites: list[tuple[str, Rewrite]] = app.extensions["mockcentra.rewrites"]
        self.max_body = max_body_mb * 1024 * 1024

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path: str = environ["PATH_INFO"]
        name, refusal = None, 0
        if path.startswith(SPACE_PREFIX):
            name, slash, rest = path[len(SPACE_PREFIX) :].partition("/")
            path = environ["PATH_INFO"] = slash + rest
            refusal = 404
        elif "HTTP_X_MOCKCENTRA_SPACE" in environ:
            name = environ["HTTP_X_MOCKCENTRA_SPACE"].strip()
            refusal = 400
        if name is not None and not is_space_name(name):
            if environ["REQUEST_METHOD"] != "OPTIONS":
                return self._refuse(environ, start_response, refusal, f"no space can have the name {_shown(name)}")
            name = None  # the default shop lets a browser ask, so that it is told then what is wrong
        length = environ.get("CONTENT_LENGTH")
        if length and length.isdigit() and int(length) > self.max_body:
            message = f"the body is larger than {self.max_body // 1024 // 1024} MB"
            return self._refuse(environ, start_response, 413, message)
        if name is None:
            space = self.spaces.default
        else:
            environ["SCRIPT_NAME"] = f"{environ.get('SCRIPT_NAME', '')}{SPACE_PREFIX}{name}"
            space = self.spaces.get(name)
        space.requests += 1
        space.last_used_at = time.time()
        environ["mockcentra.space"] = space
        environ["mockcentra.spaces"] = self.spaces
        for prefix, rewrite in self.rewrites:
            if path.startswith(prefix):
                rewrite(environ)
        return self.application(environ, start_response)

    def _refuse(
        self, environ: "WSGIEnvironment", start_response: "StartResponse", status: int, message: str
    ) -> Iterable[bytes]:
        """Says no before the request reaches a face, in that face's shape; webshops in a browser may read it."""
        with self.app.request_context(environ):
            response = _phrased(status, _CODES[status], message)
            origin = environ.get("HTTP_ORIGIN")
            if origin is not None and "Access-Control-Allow-Origin" not in response.headers:
                response.headers["Access-Control-Allow-Origin"] = origin
                response.headers["Vary"] = "Origin"
            return response(environ, start_response)


def _http_error(error: HTTPException) -> Response:
    if error.response is not None:
        return error.response  # type: ignore[return-value]
    status = error.code or 500
    response = _phrased(status, _CODES.get(status, "invalid" if status < 500 else "internal"), _message(status))
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def _unexpected_error(error: Exception) -> Response:
    error_id = secrets.token_hex(4)
    log.error("error %s: %s %s", error_id, request.method, request.path, exc_info=error)
    return _phrased(500, "internal", f"internal error {error_id}")


def _phrased(status: int, code: str, message: str) -> Response:
    from flask import current_app

    path = request.path
    phrases: list[tuple[str, ErrorPhrase]] = current_app.extensions["mockcentra.errors"]
    for prefix, phrase in phrases:
        if path == prefix or path.startswith(prefix + "/"):
            return phrase(status, code, message)
    return Response(_error_body(code, message), status, content_type="application/json")


def _message(status: int) -> str:
    if status == 404:
        return f"there is nothing at {request.path}; {request.root_path}/_mock/info tells what there is"
    if status == 405:
        return f"{request.method} is not possible at {request.path}"
    return {413: "the body is too large", 400: "the request is malformed"}.get(status, f"refused with status {status}")


def _error_body(code: str, message: str) -> bytes:
    return msgspec.json.encode({"error": {"code": code, "message": message}})


def _shown(name: str) -> str:
    return repr(name.encode("latin-1", "replace").decode("utf-8", "replace")[:80])
