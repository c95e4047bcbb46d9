"""Where pictures are sent with the forms that the GraphQL API hands out (graphql-integration-api.md 13.2)."""

from flask import Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from mockcentra.commerce import pictures, uploads
from mockcentra.commerce.errors import Invalid
from mockcentra.control.transport import no_content, space

MAX_BYTES = 32 * 1024 * 1024


def upload() -> Response:
    """`POST /_mock/uploads`: 204 when it was taken, else a text that says why not. A page in a browser may ask, too."""
    response = _answered()
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _answered() -> Response:
    try:
        fields, file = request.form, request.files.get("file")
    except (RequestEntityTooLarge, ValueError):
        return _text(400, "The form cannot be read")
    if file is None:
        return _text(400, "POST requires exactly one file upload: the field file is missing")
    uuid, policy = fields.get("key", ""), fields.get("policy", "")
    content_type = fields.get("Content-Type") or file.mimetype or ""
    store = space().store
    with store.reading() as tx:
        problem = uploads.problem_with_form(tx, uuid, policy, content_type)
    if problem is not None:
        return _text(problem.status, problem.text)
    content = file.read(MAX_BYTES + 1)
    if not content:
        return _text(400, "The file is empty")
    if len(content) > MAX_BYTES:
        return _text(400, f"Your proposed upload exceeds the maximum allowed size of {MAX_BYTES} bytes")
    try:
        picture = pictures.read(content)
        with store.transaction() as tx:  # the form again: another request may have used it meanwhile
            problem = uploads.problem_with_form(tx, uuid, policy, content_type)
            if problem is None:
                uploads.receive(tx, uuid, picture)
    except Invalid as error:
        return _text(400, ", ".join(error.problems.values()).capitalize())
    return no_content() if problem is None else _text(problem.status, problem.text)


def _text(status: int, message: str) -> Response:
    return Response(f"{message}\n", status, content_type="text/plain; charset=utf-8")


ROUTES = (("/uploads", ["POST"], upload),)
