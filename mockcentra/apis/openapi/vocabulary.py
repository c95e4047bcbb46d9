"""The words in which API descriptions are written as data: schemas, models, operations, parts of the document."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Schema = dict[str, Any]

ANY: Schema = {}
STRING: Schema = {"type": "string"}
BOOLEAN: Schema = {"type": "boolean"}
INTEGER: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number"}
OBJECT: Schema = {"type": "object", "additionalProperties": True}


def text(description: str, **more: Any) -> Schema:
    """A string with a description."""
    return {"type": "string", "description": description, **more}


def described(schema: Schema, description: str) -> Schema:
    """The same schema with a description."""
    return {**schema, "description": description}


def pattern(expression: str, **more: Any) -> Schema:
    return {"type": "string", "pattern": expression, **more}


def choice(*values: str, **more: Any) -> Schema:
    return {"type": "string", "enum": list(values), **more}


def constant(value: Any) -> Schema:
    return {"const": value}


def listing(items: Schema, **more: Any) -> Schema:
    """An array."""
    return {"type": "array", "items": items, **more}


def mapping(values: Schema, **more: Any) -> Schema:
    """An object whose keys are data."""
    return {"type": "object", "additionalProperties": values, **more}


def ref(name: str) -> Schema:
    """One of the models of the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def either(*schemas: Schema) -> Schema:
    return {"anyOf": list(schemas)}


def nullable(schema: Schema) -> Schema:
    """The schema, or null."""
    kind = schema.get("type")
    if isinstance(kind, str) and "enum" not in schema:
        return {**schema, "type": [kind, "null"]}
    return either(schema, {"type": "null"})


def model(
    description: str = "",
    required: Mapping[str, Schema] | None = None,
    optional: Mapping[str, Schema] | None = None,
    more: Schema | None = None,
) -> Schema:
    """An object: keys that are always there, keys that may be absent, and what other keys may hold (`more`).

    A model without `more` is complete for those who check answers, but stays open for clients: new properties may come.
    """
    properties = {**(required or {}), **(optional or {})}
    schema: Schema = {"type": "object"}
    if description:
        schema["description"] = description
    schema["properties"] = properties
    if required:
        schema["required"] = list(required)
    if more is not None:
        schema["additionalProperties"] = more
    return schema


def same(names: str, schema: Schema) -> dict[str, Schema]:
    """Several keys of one type: `same("name uri", STRING)`."""
    return dict.fromkeys(names.split(), schema)


def money(names: str, is_nullable: bool = False) -> dict[str, Schema]:
    """Amounts with their twins: `price` is the formatted text, `priceAsNumber` the number."""
    kinds = (nullable(STRING), nullable(NUMBER)) if is_nullable else (STRING, NUMBER)
    found = {}
    for name in names.split():
        found[name], found[f"{name}AsNumber"] = kinds
    return found


# ------------------------------------------------------------------ operations


@dataclass(frozen=True)
class Operation:
    """One call of a REST API. `path` is relative to the API's base; variables of it are described in `Part.variables`.

    `answers` are the successes by status, `errors` the refusals by status: what `errors` may say, by key. `body`
    describes the fields of the request, `example` is a body that works. `callers` is a key of `Part.security`.
    `aliases` are further ways to write the same call: `"POST /path"`.
    """

    method: str
    path: str
    name: str
    tag: str
    summary: str
    answers: Mapping[int, Schema]
    body: Schema | None = None
    example: Any = None
    errors: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    callers: str = "both"
    description: str = ""
    query: Mapping[str, Schema] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """What one API adds to the document.

    `security` says by callers how a call identifies itself, `variables` describes the variables of paths by name,
    `headers` those that every call may send. `common_errors` are those of every call of a method or of callers;
    `error_models` names the model of an error's answer by status, 0 standing for every other status, and
    `error_example` is such an answer from a key and its text.
    """

    title: str
    base: str
    tags: Mapping[str, str]
    operations: tuple[Operation, ...]
    schemas: Mapping[str, Schema]
    security_schemes: Mapping[str, Schema]
    security: Mapping[str, list[dict[str, list[str]]]]
    variables: Mapping[str, Schema]
    common_errors: Mapping[str, Mapping[int, Mapping[str, str]]]
    error_models: Mapping[int, str]
    error_example: Callable[[str, str], Schema] = lambda key, problem: {"errors": {key: problem}}
