"""The schema: the SDL files of the folder `schema`, made executable, from a cache on disk when they are unchanged.

Parsing the SDL costs 150 ms and unpickling its syntax tree hardly less, so the cache holds what it says as plain lists
(JSON), of which the schema is made directly. `@permission` and `@limit` become extensions of the fields; introspection
does not show them, as Centra's does not, but for a sentence in a field's description.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from graphql import (
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLFloat,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLString,
    GraphQLUnionType,
)
from graphql.type import GraphQLDefaultInput

from mockcentra.apis.graphql.scalars import SCALARS
from mockcentra.store.template import cache_folder

FOLDER = Path(__file__).with_name("schema")
_FORMAT = "1"
_BUILT_IN: dict[str, GraphQLNamedType] = {
    scalar.name: scalar for scalar in (GraphQLInt, GraphQLFloat, GraphQLString, GraphQLBoolean)
}
_T = TypeVar("_T")


def text() -> str:
    """The whole SDL."""
    return "\n".join(path.read_text("utf-8") for path in sorted(FOLDER.glob("*.graphql")))


@lru_cache(maxsize=1)
def schema() -> GraphQLSchema:
    """The executable schema; `extensions` of its fields hold `permission`, `alternative` and `limit`."""
    source = text()
    path = cache_folder() / f"graphql-{hashlib.sha256(f'{_FORMAT}{source}'.encode()).hexdigest()[:24]}.json"
    try:
        said = msgspec.json.decode(path.read_bytes())
    except (OSError, msgspec.DecodeError):
        said = _said_by(source)
        _keep(path, msgspec.json.encode(said))
    return _made_of(said)


def _keep(path: Path, content: bytes) -> None:
    """Writes the cache file whole; a folder that cannot be written has none."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".new")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(0o644)
        Path(name).replace(path)


# ------------------------------------------------------------------ from the text to lists


def _said_by(source: str) -> list[list[Any]]:
    """The definitions of an SDL: [kind, name, what it says]."""
    from graphql import parse, print_ast
    from graphql.utilities import value_from_ast_untyped

    def directives(node: Any) -> dict[str, dict[str, Any]]:
        return {
            directive.name.value: {
                argument.name.value: value_from_ast_untyped(argument.value) for argument in directive.arguments or ()
            }
            for directive in node.directives or ()
        }

    def values(nodes: Any) -> list[list[Any]]:
        """Arguments and input fields: [name, type, has a default, default, permission]."""
        return [
            [
                node.name.value,
                print_ast(node.type),
                node.default_value is not None,
                value_from_ast_untyped(node.default_value) if node.default_value else None,
                directives(node).get("permission", {}).get("name"),
            ]
            for node in nodes or ()
        ]

    def fields(nodes: Any) -> list[list[Any]]:
        found = []
        for node in nodes or ():
            said = directives(node)
            permission = said.get("permission", {})
            found.append(
                [
                    node.name.value,
                    print_ast(node.type),
                    values(node.arguments),
                    said.get("deprecated", {}).get("reason"),
                    permission.get("name"),
                    permission.get("or"),
                    said.get("limit", {}).get("max"),
                ]
            )
        return found

    names: Callable[[Any], list[str]] = lambda nodes: [node.name.value for node in nodes or ()]  # noqa: E731
    say: dict[str, Callable[[Any], list[Any]]] = {
        "scalar_type_definition": lambda node: ["scalar", node.name.value],
        "enum_type_definition": lambda node: ["enum", node.name.value, names(node.values)],
        "union_type_definition": lambda node: ["union", node.name.value, names(node.types)],
        "input_object_type_definition": lambda node: ["input", node.name.value, values(node.fields)],
        "object_type_definition": lambda node: [
            "type",
            node.name.value,
            names(node.interfaces),
            fields(node.fields),
        ],
        "interface_type_definition": lambda node: [
            "interface",
            node.name.value,
            names(node.interfaces),
            fields(node.fields),
        ],
    }
    document = parse(source, no_location=True)
    return [say[node.kind](node) for node in document.definitions if node.kind in say]


# ------------------------------------------------------------------ from lists to the schema


def _made_of(said: list[list[Any]]) -> GraphQLSchema:
    types: dict[str, Any] = {**_BUILT_IN}
    references: dict[str, Any] = {}

    def reference(written: str) -> Any:
        found = references.get(written)
        if found is None:
            if written.endswith("!"):
                found = GraphQLNonNull(reference(written[:-1]))
            elif written.startswith("["):
                found = GraphQLList(reference(written[1:-1]))
            else:
                found = types[written]
            references[written] = found
        return found

    def fields(entries: list[list[Any]]) -> dict[str, GraphQLField]:
        return {
            name: GraphQLField(
                reference(written),
                {
                    argument: GraphQLArgument(reference(kind), default=_default(has_default, default))
                    for argument, kind, has_default, default, _ in arguments
                },
                description=_described(permission, limit),
                deprecation_reason=deprecated,
                extensions={"permission": permission, "alternative": alternative, "limit": limit},
            )
            for name, written, arguments, deprecated, permission, alternative, limit in entries
        }

    def input_fields(entries: list[list[Any]]) -> dict[str, GraphQLInputField]:
        return {
            name: GraphQLInputField(
                reference(written),
                default=_default(has_default, default),
                description=_described(permission, None),
                extensions={"permission": permission},
            )
            for name, written, has_default, default, permission in entries
        }

    def interfaces(names: list[str]) -> Callable[[], list[GraphQLInterfaceType]]:
        return lambda: [types[name] for name in names]

    for kind, name, *rest in said:
        if kind == "scalar":
            types[name] = SCALARS[name]
        elif kind == "enum":
            types[name] = GraphQLEnumType(name, {value: GraphQLEnumValue(value) for value in rest[0]})
        elif kind == "union":
            types[name] = GraphQLUnionType(name, _later(lambda names: [types[each] for each in names], rest[0]))
        elif kind == "input":
            types[name] = GraphQLInputObjectType(name, _later(input_fields, rest[0]))
        else:
            make: Any = GraphQLObjectType if kind == "type" else GraphQLInterfaceType
            types[name] = make(name, _later(fields, rest[1]), interfaces(rest[0]))
    return GraphQLSchema(types["Query"], types["Mutation"], types=list(types.values()), assume_valid=True)


def _later(make: Callable[[Any], _T], said: Any) -> Callable[[], _T]:
    return lambda: make(said)


def _default(has_default: bool, value: Any) -> GraphQLDefaultInput | None:
    return GraphQLDefaultInput(value) if has_default else None


def _described(permission: str | None, limit: int | None) -> str | None:
    sentences = []
    if permission:
        sentences.append(f"Permission: {permission}.")
    if limit:
        sentences.append(f"Limit: 1 to {limit}.")
    return " ".join(sentences) or None
