"""What answers the fields of Query and Mutation: what was registered, and what follows from the type tables.

A field of Query that gives a type with a table, a list of it, or a connection of it needs no function of its own.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from graphql import GraphQLObjectType, get_named_type, is_list_type, is_non_null_type

from mockcentra.apis.graphql import sdl
from mockcentra.apis.graphql.types import EMBEDDED, TYPES, Key, Spec, Weights

if TYPE_CHECKING:
    from mockcentra.apis.graphql.changes import Change
    from mockcentra.apis.graphql.execution import Run
    from mockcentra.apis.graphql.planning import Field

Query = Callable[["Run", Mapping[str, Any]], Any]
Mutation = Callable[["Change"], Mapping[str, Any]]

QUERIES: dict[str, Query] = {}
MUTATIONS: dict[str, Mutation] = {}
PLAIN_MUTATIONS: set[str] = set()
_KEY = Key()


def query(*names: str) -> Callable[[Query], Query]:
    """Registers what answers these fields of Query: `answer(run, arguments)` gives what a `Computed` field would."""

    def register(answer: Query) -> Query:
        QUERIES.update(dict.fromkeys(names, answer))
        return answer

    return register


def mutation(*names: str, plain: bool = False) -> Callable[[Mutation], Mutation]:
    """Registers what these mutations do: `run(change)` gives the parts of the payload by name.

    A `plain` mutation has no payload: what it gives is the object itself.
    """

    def register(run: Mutation) -> Mutation:
        MUTATIONS.update(dict.fromkeys(names, run))
        if plain:
            PLAIN_MUTATIONS.update(names)
        return run

    return register


class Answer:
    """A field of Query with a function of its own."""

    columns: tuple[str, ...] = ()

    def __init__(self, answer: Query) -> None:
        self.answer = answer

    def values(self, run: "Run", field: "Field", rows: Sequence[Any], weights: Weights) -> list[Any]:
        return run.finish(field, [self.answer(run, field.arguments(run))], weights)


class ListOf:
    """All objects of a type that the arguments ask for."""

    columns: tuple[str, ...] = ()

    def values(self, run: "Run", field: "Field", rows: Sequence[Any], weights: Weights) -> list[Any]:
        return [run.listed(field)]


class Single:
    """One object by its id, external id, or number."""

    columns: tuple[str, ...] = ()

    def values(self, run: "Run", field: "Field", rows: Sequence[Any], weights: Weights) -> list[Any]:
        return run.finish(field, [run.single(field)], weights)


class Connection:
    """A page of a list between cursors."""

    columns: tuple[str, ...] = ()

    def __init__(self, name: str) -> None:
        self.name = name

    def values(self, run: "Run", field: "Field", rows: Sequence[Any], weights: Weights) -> list[Any]:
        return run.finish(field, [run.connection(field, self.name)], weights)


class Counter:
    """How many rows a list has."""

    columns: tuple[str, ...] = ()

    def __init__(self, name: str) -> None:
        self.name = name

    def values(self, run: "Run", field: "Field", rows: Sequence[Any], weights: Weights) -> list[Any]:
        return [run.counted(field, self.name)] * len(rows)


def spec_of(parent: GraphQLObjectType, name: str) -> Spec | None:
    """How a field of a type gets its values; None where nothing does."""
    schema = sdl.schema()
    if parent is schema.query_type:
        return _of_query(name)
    if parent.name == "Counters":
        listed = schema.query_type.fields.get(name) if schema.query_type else None
        named = get_named_type(listed.type).name if listed else ""
        special = EMBEDDED.get("Counters", {}).get(name)
        return special or (Counter(named) if named in TYPES else None)
    found = TYPES.get(parent.name)
    if found is not None:
        return found.spec(name)
    return EMBEDDED.get(parent.name, {}).get(name, _KEY)


def _of_query(name: str) -> Spec | None:
    answer = QUERIES.get(name)
    if answer is not None:
        return Answer(answer)
    root = sdl.schema().query_type
    assert root is not None
    kind: Any = root.fields[name].type
    if is_non_null_type(kind):
        kind = kind.of_type
    named = get_named_type(kind).name
    if named.endswith("Connection") and named.removesuffix("Connection") in TYPES:
        return Connection(named.removesuffix("Connection"))
    if named not in TYPES:
        return None
    return ListOf() if is_list_type(kind) else Single()


def emulated() -> set[str]:
    """The fields of Query and Mutation that something answers: `query products`, `mutation createProduct`."""
    from mockcentra.apis.graphql.types import load_areas

    load_areas()
    root = sdl.schema().query_type
    assert root is not None
    found = {f"query {name}" for name in root.fields if _of_query(name) is not None}
    return found | {f"mutation {name}" for name in MUTATIONS}
