"""The OpenAPI document of the REST APIs at /openapi.json, and the interactive page that reads it at /_mock/docs."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Blueprint, Response


def blueprint() -> "Blueprint":
    """The two addresses; nothing is built before the first call."""
    from flask import Blueprint

    blueprint = Blueprint("openapi", __name__)
    blueprint.add_url_rule("/openapi.json", "document", _document, methods=["GET"])
    blueprint.add_url_rule("/_mock/docs", "docs", _docs, methods=["GET"])
    return blueprint


def _document() -> "Response":
    from flask import Response, request

    from mockcentra.apis.http import JSON_TYPE, base_url
    from mockcentra.apis.openapi.document import document

    headers = {"Access-Control-Allow-Origin": "*"}
    return Response(document(base_url(request.environ)), headers=headers, content_type=JSON_TYPE)


def _docs() -> "Response":
    from flask import Response

    page = Path(__file__).with_name("docs.html").read_bytes()
    return Response(page, content_type="text/html; charset=utf-8")
