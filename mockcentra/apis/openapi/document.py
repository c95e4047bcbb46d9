"""Assembles the OpenAPI document from the parts of the APIs, once, and encodes it for the address of a request."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from importlib import import_module
from typing import Any

import msgspec

from mockcentra import __version__
from mockcentra.apis.openapi.vocabulary import Operation, Part, Schema, ref

# The modules that describe an API: each has a `PART`.
PARTS = ("mockcentra.apis.openapi.checkout_paths", "mockcentra.apis.openapi.order_paths")

_VARIABLE = re.compile(r"{(\w+)}")
_OPTIONAL = ("description", "requestBody", "parameters")


def document(base_url: str) -> bytes:
    """The document as JSON; `base_url` is where the APIs of the caller's space are."""
    head, rest = _encoded()
    return b"".join((head, msgspec.json.encode([{"url": base_url}]), rest))


@lru_cache(maxsize=1)
def _encoded() -> tuple[bytes, bytes]:
    """The JSON before and after the addresses of the servers."""
    encoded = msgspec.json.encode({"openapi": "3.1.0", "info": _INFO, "servers": None, **_body(list(_parts()))})
    head, _, rest = encoded.partition(b'"servers":null')
    return head + b'"servers":', rest


_INFO = {
    "title": "mockcentra",
    "version": __version__,
    "description": "The APIs of a Centra shop, emulated. Addresses, secrets and tokens: `GET /_mock/info`.",
}


def _parts() -> Iterator[Part]:
    for name in PARTS:
        yield import_module(name).PART


def _body(parts: list[Part]) -> dict[str, Any]:
    paths: dict[str, dict[str, Any]] = {}
    for part in parts:
        for operation in part.operations:
            for each in (operation, *_aliases(operation)):
                paths.setdefault(part.base + each.path, {})[each.method.lower()] = _operation(part, each)
    return {
        "tags": [{"name": name, "description": words} for part in parts for name, words in part.tags.items()],
        "paths": paths,
        "components": {
            "schemas": {name: schema for part in parts for name, schema in part.schemas.items()},
            "securitySchemes": {name: scheme for part in parts for name, scheme in part.security_schemes.items()},
        },
    }


def _aliases(operation: Operation) -> Iterator[Operation]:
    """The same call under its other methods and paths."""
    words = f"An alias of `{operation.method} {operation.path}`."
    for position, alias in enumerate(operation.aliases, 1):
        method, path = alias.split(" ", 1)
        yield replace(operation, method=method, path=path, name=f"{operation.name}Alias{position}", description=words)


def _operation(part: Part, operation: Operation) -> dict[str, Any]:
    shown = {
        "operationId": operation.name,
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": operation.description,
        "security": part.security[operation.callers],
        "parameters": list(_parameters(part, operation)),
        "requestBody": _request_body(operation),
        "responses": {str(status): answer for status, answer in sorted(_responses(part, operation))},
    }
    return {key: value for key, value in shown.items() if value or key not in _OPTIONAL}


def _parameters(part: Part, operation: Operation) -> Iterator[dict[str, Any]]:
    for name in _VARIABLE.findall(operation.path):
        schema = dict(part.variables[name])
        shown = {"name": name, "in": "path", "required": True, "description": schema.pop("description", "")}
        yield {**shown, "example": schema.pop("examples")[0], "schema": schema}
    for name, schema in operation.query.items():
        yield {"name": name, "in": "query", "schema": schema}


def _request_body(operation: Operation) -> dict[str, Any] | None:
    """Bodies may always be absent: an empty one means that no parameter is given."""
    if operation.body is None:
        return None
    content: dict[str, Any] = {"schema": operation.body}
    if operation.example is not None:
        content["example"] = operation.example
    return {"content": {"application/json": content}}


def _responses(part: Part, operation: Operation) -> Iterator[tuple[int, dict[str, Any]]]:
    for status, schema in operation.answers.items():
        yield status, _success(part, status, schema)
    errors: dict[int, dict[str, str]] = {}
    for texts in (
        part.common_errors.get(operation.method),
        part.common_errors.get(operation.callers),
        operation.errors,
    ):
        for status, problems in (texts or {}).items():
            errors.setdefault(status, {}).update(problems)
    for status, problems in errors.items():
        yield status, _refusal(part, status, problems)


def _success(part: Part, status: int, schema: Schema) -> dict[str, Any]:
    words = schema.get("description") or _target(part, schema).get("description", "Done.")
    if status == 204:
        return {"description": words}
    schema = {key: value for key, value in schema.items() if key != "description" or "$ref" not in schema}
    return {"description": words, "content": {"application/json": {"schema": schema}}}


def _target(part: Part, schema: Schema) -> Schema:
    """The model that a reference names; any other schema as it is."""
    name = schema.get("$ref", "").rpartition("/")[2]
    return part.schemas.get(name, schema)


def _refusal(part: Part, status: int, problems: dict[str, str]) -> dict[str, Any]:
    """An error with one example for each of its texts."""
    name = part.error_models.get(status) or part.error_models[0]
    words = "; ".join(f"`{key}`: {problem}" for key, problem in problems.items())
    content: dict[str, Any] = {"schema": ref(name)}
    if name == part.error_models[0]:
        content["examples"] = {
            re.sub(r"\W", "_", key): {"value": part.error_example(key, problem)} for key, problem in problems.items()
        }
    return {"description": words, "content": {"application/json": content}}
