"""The GraphQL API's transport: one address, POST alone runs documents, and GraphiQL for people at GET (section 1)."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from flask import Blueprint, Response, current_app, request, send_from_directory
from flask.blueprints import BlueprintSetupState

from mockcentra.apis.http import VERBS, base_url, incident

log = logging.getLogger("mockcentra.graphql")

ADDRESS = "/graphql"
JSON_TYPE = "application/json; charset=utf-8"
FULL_TOKEN = "full"
_GRAPHIQL = Path(__file__).with_name("graphiql")
_ASSETS = frozenset({"graphiql.min.js", "graphiql.min.css", "react.production.min.js", "react-dom.production.min.js"})
_MAX_BODY = 1024 * 1024
_encoder = msgspec.json.Encoder()


def blueprint() -> Blueprint:
    """One address: POST runs documents, GET shows people GraphiQL, and what other verbs are told (so are slashes)."""
    api = Blueprint("graphql", __name__)
    others = [verb for verb in VERBS if verb not in ("GET", "POST", "HEAD")]
    for path, endpoint, verbs in (
        (ADDRESS, "serve", ["POST"]),
        (ADDRESS, "page", ["GET"]),
        (ADDRESS, "unknown0", others),
        (f"{ADDRESS}/", "unknown1", VERBS),
    ):
        api.add_url_rule(path, endpoint, _serve, methods=verbs, provide_automatic_options=False)
    api.add_url_rule(f"{ADDRESS}/graphiql/<name>", "asset", _asset, methods=["GET"])
    api.record_once(_phrase_errors)
    return api


def _phrase_errors(state: BlueprintSetupState) -> None:
    def phrase(status: int, code: str, message: str) -> Response:
        return _errors(message, status, "internal" if status >= 500 else "graphql")

    state.app.extensions["mockcentra.errors"].append((ADDRESS, phrase))
    state.app.extensions["mockcentra.operations"]["graphql"] = _operations


def _operations() -> set[str]:
    """What the API answers, for the table of coverage."""
    from mockcentra.apis.graphql import registry

    return registry.emulated()


def _serve() -> Response:
    environ = request.environ
    method = environ["REQUEST_METHOD"]
    if method == "OPTIONS":
        return Response(b"", 204, headers={"Allow": "POST"})
    if method != "POST":
        if method in ("GET", "HEAD") and "text/html" in environ.get("HTTP_ACCEPT", "") and not request.query_string:
            return _graphiql()
        return _errors(f"{method} runs nothing here: send the document with POST.", 405, "graphql", {"Allow": "POST"})
    if (request.content_length or 0) > _MAX_BODY:
        return _errors("The request is larger than 1 MiB.", 413, "graphql")
    from mockcentra.apis.graphql import engine

    asked = engine.Request(
        environ["mockcentra.space"],
        environ,
        request.get_data(cache=False, parse_form_data=False),
        base_url(environ),
        current_app.extensions["mockcentra.settings"].graphql_rate_limits,
    )
    try:
        answer = engine.answer(asked)
    except engine.Refused as refused:
        return _errors(str(refused), 400, "graphql")
    except Exception:
        return _errors(f"Internal server error {incident(log, environ)}", 500, "internal")
    return Response(_encoder.encode(answer.body), answer.status, headers=answer.headers, content_type=JSON_TYPE)


def _errors(message: str, status: int, category: str, headers: Mapping[str, str] | None = None) -> Response:
    body: dict[str, Any] = {"errors": [{"message": message, "extensions": {"category": category}}]}
    return Response(_encoder.encode(body), status, headers=headers, content_type=JSON_TYPE)


def _graphiql() -> Response:
    """A page to try documents in; it needs nothing from outside, and has the token with every permission filled in."""
    from mockcentra.store import graphql_reading as rows

    with request.environ["mockcentra.space"].store.reading() as tx:
        token = rows.token_named(tx, FULL_TOKEN) or ""
    page = (_GRAPHIQL / "page.html").read_text("utf-8")
    written = msgspec.json.encode(token).decode().replace("<", "\\u003c")
    return Response(page.replace('"{{token}}"', written), content_type="text/html; charset=utf-8")


def _asset(name: str) -> Response:
    if name not in _ASSETS:
        return _errors("There is no such file.", 404, "graphql")
    return send_from_directory(_GRAPHIQL, name, max_age=3600)
