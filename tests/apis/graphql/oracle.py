"""What the library's own executor would answer: it merges fields, follows fragments and lets nulls climb, while each
single value comes from the API itself, asked for in the plainest document that leads to it.
"""

from typing import Any

from graphql import (
    ExecutionResult,
    GraphQLError,
    GraphQLResolveInfo,
    execute_sync,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_list_type,
    is_non_null_type,
    parse,
    print_ast,
)

from mockcentra.apis.graphql import sdl
from tests.apis.graphql.conftest import Integration

Step = tuple[str, str, tuple[int, ...], str, bool]
"""Field, arguments, the places in its lists, the object's type, and whether a fragment must say so."""


class Place:
    """An object of the answer: the way to it from the root."""

    def __init__(self, steps: tuple[Step, ...], typename: str) -> None:
        self.steps = steps
        self.typename = typename

    def document(self, last: str) -> str:
        text = last
        for field, arguments, _, typename, is_abstract in reversed(self.steps):
            inner = f"... on {typename} {{ {text} }}" if is_abstract else text
            text = f"{field}{arguments} {{ {inner} }}"
        return f"{{ {text} }}"

    @property
    def path(self) -> list[str | int]:
        return [part for field, _, places, _, _ in self.steps for part in (field, *places)]


class Oracle:
    """Answers documents like the library; remembers what each plain document was answered."""

    def __init__(self, caller: Integration) -> None:
        self.caller = caller
        self.known: dict[str, dict[str, Any]] = {}
        self.permissions: dict[str, None] = {}

    def answer(self, document: str, variables: dict[str, Any]) -> ExecutionResult:
        self.variables = variables
        self.permissions = {}
        return execute_sync(
            sdl.schema(),
            parse(document),
            Place((), "Query"),
            variable_values=variables,
            field_resolver=self._resolved,
            type_resolver=lambda value, *_: value.typename,
        )

    def _resolved(self, place: Place, info: GraphQLResolveInfo, **_: Any) -> Any:
        field = info.parent_type.fields[info.field_name]
        permission = field.extensions.get("permission")
        if permission is not None:
            self.permissions[permission] = None
        named = get_named_type(field.type)
        arguments = self._written(info)
        is_object = is_composite_type(named)
        text = place.document(f"{info.field_name}{arguments}" + (" { __typename }" if is_object else ""))
        body = self.known.get(text)
        if body is None:
            body = self.known[text] = self.caller.body(text)
        path = [*place.path, info.field_name]
        for error in body.get("errors", ()):
            if error.get("path") == path:
                raise GraphQLError(error["message"], extensions=error["extensions"])
        value = body["data"]
        for part in path:
            value = value[part]
        if not is_object:
            return value
        is_abstract = is_abstract_type(named)

        def places(found: Any, kind: Any, at: tuple[int, ...]) -> Any:
            if found is None:
                return None
            if is_non_null_type(kind):
                kind = kind.of_type
            if is_list_type(kind):
                return [places(each, kind.of_type, (*at, number)) for number, each in enumerate(found)]
            typename = found["__typename"]
            return Place((*place.steps, (info.field_name, arguments, at, typename, is_abstract)), typename)

        return places(value, field.type, ())

    def _written(self, info: GraphQLResolveInfo) -> str:
        """The arguments as literals."""
        given = []
        for argument in info.field_nodes[0].arguments or ():
            written = print_ast(argument.value)
            if written.startswith("$"):
                written = str(self.variables[written[1:]])
            given.append(f"{argument.name.value}: {written}")
        return f"({', '.join(given)})" if given else ""
