"""Checks answers of the APIs against the OpenAPI document: every call that is made through `CheckingTransport`."""

import re
from functools import cache, lru_cache
from typing import Any
from urllib.parse import unquote

import httpx
import jsonschema_rs
import msgspec

from mockcentra.apis.openapi.document import document

_METHODS = ("get", "post", "put", "delete", "options", "patch")
_PREFIX = re.compile(
    r"^(?:/_space/[^/]+)?(/api/(?:checkout(?=/|$)|order-api))((?<=checkout)/\d+(?=/|$))?"
    r"((?<=checkout)/v4(?=/|$)|(?<=\d)/v4(?=/|$))?(.*?)/*$",
    re.DOTALL,
)
# What an API answers that nothing of it is described for.
_ERROR_MODELS = {"/api/checkout": "ErrorResponse", "/api/order-api": "OrderApiRefusal"}


class NotDocumented(AssertionError):
    """An answer that the document does not describe."""


class CheckingTransport(httpx.BaseTransport):
    """A transport that raises NotDocumented when an answer is not as the document says."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self.inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self.inner.handle_request(request)
        path = unquote(request.url.raw_path.decode("ascii").partition("?")[0])
        if _PREFIX.match(path):
            response.read()
            if "xml" not in response.headers.get("content-type", ""):
                check_answer(request.method, path, response.status_code, response.content)
        return response

    def close(self) -> None:
        self.inner.close()


def check_answer(method: str, path: str, status: int, content: bytes) -> None:
    """Raises NotDocumented when this answer to a call of `path` is not what the document says."""
    method = "GET" if method == "HEAD" else method
    shown = f"{method} {path}: {status}"
    if status == 413 or b"no space can have the name" in content:
        _check_refusal(path, shown, content)
        return
    operation = operation_of(method, path)
    if operation is None:
        _check_unknown(path, shown, status, content)
        return
    answers = strict_document()["paths"][operation[0]][operation[1]]["responses"]
    if status == 404 and _names_a_plugin(path) and b'"plugin"' in content:
        _check(shown, _model("ErrorResponse"), content)
        return
    if str(status) not in answers:
        raise NotDocumented(f"{shown} is not among the documented statuses {', '.join(answers)}: {content[:500]!r}")
    if not content:
        return
    validator = _validator(*operation, str(status))
    if validator is None:
        raise NotDocumented(f"{shown} has a body, though none is documented")
    _check(shown, validator, content)


def _names_a_plugin(path: str) -> bool:
    """Whether the path goes through a permalink, which may lead nowhere."""
    found = _PREFIX.match(path)
    return found is not None and found.group(2) is not None


def _check_unknown(path: str, shown: str, status: int, content: bytes) -> None:
    """A call that is not documented must be refused."""
    if status not in (401, 404, 405) and content:
        raise NotDocumented(f"{shown}: this operation is not documented")
    _check_refusal(path, shown, content)


def _check_refusal(path: str, shown: str, content: bytes) -> None:
    """What is refused before any operation is asked has the shape of the API's errors."""
    found = _PREFIX.match(path)
    if content and found is not None:
        _check(shown, _model(_ERROR_MODELS[found.group(1)]), content)


def _check(shown: str, validator: jsonschema_rs.Validator, content: bytes) -> None:
    value = msgspec.json.decode(content)
    if validator.is_valid(value):
        return
    problems = "\n".join(_explained(error) for error in _leaves(validator.iter_errors(value)))
    raise NotDocumented(f"{shown} is not as documented:\n{problems}")


def _leaves(errors: Any) -> list[Any]:
    """The first errors; those of alternatives instead of the alternative's own."""
    found: list[Any] = []
    for error in errors:
        inner = getattr(error.kind, "context", None)
        found += min((_leaves(each) for each in inner), key=len) if inner else [error]
    return found[:8]


def _explained(error: Any) -> str:
    message = error.message if len(error.message) < 300 else f"{error.message[:140]} ... {error.message[-140:]}"
    return f"  {'/'.join(map(str, error.instance_path)) or '(top)'}: {message}"


# ------------------------------------------------------------------ the document


@lru_cache(maxsize=1)
def strict_document() -> dict[str, Any]:
    """The document, with models that allow no other keys than theirs (but for those that say what others may hold)."""
    found = msgspec.json.decode(document("http://shop.test"))
    _close(found)
    return found


def _close(node: Any) -> None:
    if isinstance(node, dict):
        if isinstance(node.get("properties"), dict) and node.get("type") == "object":
            node.setdefault("additionalProperties", False)
        for child in node.values():
            _close(child)
    elif isinstance(node, list):
        for child in node:
            _close(child)


@lru_cache(maxsize=1)
def _templates() -> list[tuple[str, str, re.Pattern[str]]]:
    """(path, method, what it matches), those with fewer variables first."""
    found = []
    for path, item in strict_document()["paths"].items():
        expression = "".join(
            "(.+)" if part in ("{email}", "{voucher}", "{path}") else "([^/]+)" if part[:1] == "{" else re.escape(part)
            for part in re.split(r"({\w+})", path)
        )
        found += [(path, method, re.compile(expression, re.DOTALL)) for method in item if method in _METHODS]
    return sorted(found, key=lambda each: each[0].count("{"))


def operation_of(method: str, path: str) -> tuple[str, str] | None:
    """The documented path and method that a call belongs to; other addresses of an API count as its plain one."""
    found = _PREFIX.match(path)
    plain = found.group(1) + found.group(4) if found else path
    for template, verb, expression in _templates():
        if verb == method.lower() and expression.fullmatch(plain):
            return template, verb
    return None


@cache
def _validator(path: str, method: str, status: str) -> jsonschema_rs.Validator | None:
    answer = strict_document()["paths"][path][method]["responses"][status]
    content = answer.get("content", {}).get("application/json")
    return _compiled(content["schema"]) if content else None


@cache
def _model(name: str) -> jsonschema_rs.Validator:
    return _compiled({"$ref": f"#/components/schemas/{name}"})


def _compiled(schema: dict[str, Any]) -> jsonschema_rs.Validator:
    return jsonschema_rs.Draft202012Validator({**schema, "components": strict_document()["components"]})
