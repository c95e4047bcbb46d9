"""Where pictures are sent with the forms that the GraphQL API hands out (graphql-integration-api.md 13.2)."""

import hashlib

from flask import Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from mockcentra.commerce import uploads
from mockcentra.control.transport import no_content, space

MAX_BYTES = 32 * 1024 * 1024


def upload() -> Response:
    """`POST /_mock/uploads`: 204 when it was taken, else a text that says why not."""
    if (request.content_length or 0) > MAX_BYTES:
        return _text(400, f"Your proposed upload exceeds the maximum allowed size of {MAX_BYTES} bytes")
    try:
        fields, file = request.form, request.files.get("file")
    except (RequestEntityTooLarge, ValueError):
        return _text(400, "The form cannot be read")
    if file is None:
        return _text(400, "POST requires exactly one file upload: the field file is missing")
    content = file.read()
    kind = fields.get("Content-Type") or file.mimetype or ""
    picture = uploads.Uploaded(kind, len(content), hashlib.sha1(content, usedforsecurity=False).hexdigest())
    with space().store.transaction() as tx:
        problem = uploads.receive(tx, fields.get("key", ""), fields.get("policy", ""), picture)
    if problem is not None:
        return _text(problem.status, problem.text)
    return no_content()


def _text(status: int, message: str) -> Response:
    return Response(f"{message}\n", status, content_type="text/plain; charset=utf-8")


ROUTES = (("/uploads", ["POST"], upload),)
