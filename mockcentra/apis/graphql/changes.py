"""Mutations: what they are given, what they refuse, and the payload that comes of it (sections 5.2 and 6.3)."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError, GraphQLInputObjectType, get_named_type

from mockcentra.apis.graphql import paging, words
from mockcentra.apis.graphql.types import TYPES
from mockcentra.commerce.errors import CommerceError
from mockcentra.commerce.errors import NotFound as CommerceNotFound

if TYPE_CHECKING:
    from mockcentra.apis.graphql.execution import Run
    from mockcentra.apis.graphql.planning import Field

MAX_ERRORS = 100
STATUSES: Mapping[str, str] = words.stored(words.STATUS)
_LARGEST_AMOUNT = Decimal(10) ** 11


class Refusal(Exception):
    """The mutation has user errors: nothing of it is written."""


class Problems:
    """The user errors and warnings of one mutation, in the order in which they were found."""

    def __init__(self) -> None:
        self.errors: list[dict[str, Any]] = []
        self.warnings: list[dict[str, Any]] = []

    def error(self, message: str, path: Iterable[Any] | None) -> None:
        if len(self.errors) < MAX_ERRORS:
            self.errors.append({"message": message, "path": None if path is None else [str(part) for part in path]})

    def warning(self, message: str, path: Iterable[Any] | None) -> None:
        if len(self.warnings) < MAX_ERRORS:
            self.warnings.append({"message": message, "path": None if path is None else [str(part) for part in path]})


class Input:
    """An input object with the path that leads to it. What is not given is not `in` it; null is given."""

    def __init__(self, run: "Run", value: Mapping[str, Any], path: tuple[str, ...], problems: Problems) -> None:
        self.run = run
        self.value = value
        self.path = path
        self.problems = problems

    def __contains__(self, name: str) -> bool:
        return name in self.value

    def __getitem__(self, name: str) -> Any:
        return self.value[name]

    def get(self, name: str, default: Any = None) -> Any:
        return self.value.get(name, default)

    def error(self, message: str, *path: str) -> None:
        """A user error on a part of this input."""
        self.problems.error(message, (*self.path, *path))

    def warning(self, message: str, *path: str) -> None:
        self.problems.warning(message, (*self.path, *path))

    def part(self, name: str) -> "Input | None":
        """The input object of that name; None when it is null or not given."""
        value = self.value.get(name)
        return None if value is None else Input(self.run, value, (*self.path, name), self.problems)

    def parts(self, name: str) -> list["Input"]:
        """The list of input objects of that name; empty when it is null or not given."""
        return [
            Input(self.run, value, (*self.path, name, str(position)), self.problems)
            for position, value in enumerate(self.value.get(name) or ())
        ]

    def given(self, **names: str) -> dict[str, Any]:
        """The values that are given, under the names that rules know: `given(meta_title="metaTitle")`."""
        return {ours: self.value[theirs] for ours, theirs in names.items() if theirs in self.value}

    def status(self, thing: str) -> str:
        """The status that is given, as the store keeps it, of something that cannot be cancelled (section 6.7)."""
        if self.value["status"] == "CANCELLED":
            self.error(f"A {thing} is active or inactive", "status")
        return STATUSES[self.value["status"]]

    # -------------------------------------------------------------- references

    def ref(self, name: str, kind: str) -> int | None:
        """The id of the object that a reference leads to; None with a user error, or when it is null or not given."""
        value = self.value.get(name)
        if value is None:
            return None
        return self._found([(value, (*self.path, name))], kind)[0]

    def refs(self, name: str, kind: str) -> list[int]:
        """The ids of the objects that a list of references leads to, read together; user errors for those that fail."""
        values = self.value.get(name) or ()
        wanted = [(value, (*self.path, name, str(position))) for position, value in enumerate(values)]
        return [found for found in self._found(wanted, kind) if found is not None]

    def refs_of(self, parts: Sequence["Input"], name: str, kind: str) -> list[int | None]:
        """What `ref` gives for the same field of several input objects, read together."""
        found: list[int | None] = [None] * len(parts)
        given = [position for position, part in enumerate(parts) if part.get(name) is not None]
        wanted = [(parts[position][name], (*parts[position].path, name)) for position in given]
        for position, each in zip(given, self._found(wanted, kind), strict=True):
            found[position] = each
        return found

    def _found(self, wanted: list[tuple[Any, tuple[str, ...]]], kind: str) -> list[int | None]:
        named = [self._one_way(value, path, kind) for value, path in wanted]
        ways: dict[str, list[Any]] = {}
        for each in named:
            if each is not None:
                ways.setdefault(each[0], []).append(each[1])
        type_ = TYPES.get(kind)
        known: dict[str, dict[Any, Any]] = {way: {} for way in ways}
        if type_ is not None:
            visible = paging.visible(self.run, type_)
            known = {way: paging.find(self.run, type_, way, values, visible) for way, values in ways.items()}
        found: list[int | None] = []
        for each, (_, path) in zip(named, wanted, strict=True):
            row_id = known[each[0]].get(each[1]) if each is not None else None
            if each is not None and row_id is None:
                self.problems.error(f"Could not find {kind} with ID {each[1]}", (*path, each[0]))
            found.append(row_id)
        return found

    def _one_way(self, value: Mapping[str, Any], path: tuple[str, ...], kind: str) -> tuple[str, Any] | None:
        given = [(way, said) for way, said in value.items() if said is not None]
        if len(given) != 1:
            self.problems.error("Exactly one way to name the object is to be given", path)
            return None
        way, said = given[0]
        if way == "code" and isinstance(said, str):  # those of languages are kept in lower case
            said = said.lower() if kind == "Language" else said.upper()
        return way, said

    def exactly_one(self, *names: str) -> str | None:
        """The only one of these fields that is given; None with a user error."""
        given = [name for name in names if self.value.get(name) is not None]
        if len(given) == 1:
            return given[0]
        self.error(f"Exactly one of {', '.join(names)} is to be given")
        return None

    # -------------------------------------------------------------- values

    def required_text(self, name: str) -> str | None:
        """A text that is given and not blank, else a user error."""
        value = self.value.get(name)
        if value is None or not value.strip():
            self.error(f"{name} must not be empty", name)
            return None
        return value

    def moment(self, name: str) -> int | None:
        """A date as unix seconds."""
        value = self.value.get(name)
        return None if value in (None, "") else self.run.moment(value)

    def money(self, name: str, currency: str | None = None) -> int | None:
        """A MonetaryValueInput as hundredths. With `currency` it must be in that one."""
        value = self.value.get(name)
        if value is None:
            return None
        code = value["currencyIsoCode"].upper()
        if currency is not None and code != currency:
            self.error(f"The currency must be {currency}", name, "currencyIsoCode")
        elif currency is None and not paging.find(self.run, TYPES["Currency"], "code", [code]):
            self.error(f"Could not find Currency with ID {code}", name, "currencyIsoCode")
        exact = Decimal(repr(value["value"]))
        if abs(exact) > _LARGEST_AMOUNT:
            self.error("The amount is too large", name, "value")
            return None
        return int((exact * 100).quantize(Decimal(1), ROUND_HALF_UP))

    def percent(self, name: str) -> int | None:
        """A percentage as hundredths of a percent, between 0 and 100."""
        value = self.value.get(name)
        if value is None:
            return None
        if not 0 <= value <= 100:
            self.error(f"{name} must be between 0 and 100", name)
            return None
        return round(value * 100)


class Change(Input):
    """One mutation while it runs. As an `Input` it is that of its arguments; `input` is the argument of that name."""

    def __init__(self, run: "Run", field: "Field") -> None:
        super().__init__(run, field.arguments(run), (), Problems())
        self.field = field
        self.tx = run.tx
        self.token = run.token
        self.later: list[Callable[[], None]] = []
        self.unchanged: dict[str, Any] = {}
        """Parts of the payload that may not be null: what they show when the mutation is refused."""

    @property
    def input(self) -> Input:
        return self.part("input") or Input(self.run, {}, ("input",), self.problems)

    def inputs(self) -> list[Input]:
        """The input objects of a batch."""
        return self.parts("input")

    def target(self, kind: str, name: str = "id") -> int:
        """The object that the argument `id` names. Raises Refusal."""
        type_ = TYPES[kind]
        way = "id" if name == "id" else name
        found = paging.find(self.run, type_, way, [self.value[name]], paging.visible(self.run, type_))
        if not found:
            self.problems.error(f"Could not find {kind} with ID {self.value[name]}", (name,))
            raise Refusal
        return next(iter(found.values()))

    def check(self) -> None:
        """Raises Refusal when there are user errors so far: call it before the first change."""
        if self.problems.errors:
            raise Refusal

    def refuse(self, message: str, *path: str) -> Refusal:
        """A user error on a part of the argument `input`, to be raised."""
        self.problems.error(message, ("input", *path))
        return Refusal()

    def external_id(self, kind: str, object_id: int, given: Input | None = None) -> None:
        """Notes what the token's integration calls the object, when `externalId` of the input (or `given`) says so."""
        from mockcentra.apis.graphql.external import note_external_id

        note_external_id(self, kind, object_id, given)

    def after(self, action: Callable[[], None]) -> None:
        """Does this when the payload has been read: for payloads that show what is deleted."""
        self.later.append(action)


def denied_parts(run: "Run", field: "Field") -> str | None:
    """The permission that a given part of the input needs and the token lacks."""
    for name, argument in field.definition.args.items():
        value = field.arguments(run).get(name)
        missing = _denied(run, get_named_type(argument.type), value)
        if missing is not None:
            return missing
    return None


def _denied(run: "Run", kind: Any, value: Any) -> str | None:
    if isinstance(value, list):
        return next((found for each in value if (found := _denied(run, kind, each)) is not None), None)
    if not isinstance(value, dict) or not isinstance(kind, GraphQLInputObjectType):
        return None
    for name, part in value.items():
        known = kind.fields[name]
        permission = known.extensions.get("permission")
        if permission is not None:
            run.touched(permission, 0)
            if not run.token.allows(permission):
                return permission
        found = _denied(run, get_named_type(known.type), part)
        if found is not None:
            return found
    return None


_CAMEL = re.compile(r"_([a-z])")


def _place(given: Mapping[str, Any], names: Sequence[str]) -> tuple[str, ...] | None:
    """Where an input has what rules call by these names: in itself, or in the only one of its objects that has it."""
    if names[0] in given:
        return ("input", *names)
    inner = [name for name, value in given.items() if isinstance(value, Mapping) and names[0] in value]
    return ("input", inner[0], *names) if len(inner) == 1 else None


def refused_by_rules(change: Change, error: CommerceError) -> None:
    """Notes what a rule refused as user errors, on the parts of the input that have the names of what is wrong."""
    parts = change.value.get("input")
    known = parts if isinstance(parts, Mapping) else {}
    for thing, why in error.problems.items():
        names = [_CAMEL.sub(lambda match: match[1].upper(), part) for part in thing.split(".")]
        path = _place(known, names)
        if path is None:
            path = ("input",) if "input" in change.value else (next(iter(change.value), "id"),)
        if isinstance(error, CommerceNotFound) and why == "not found":
            change.problems.error(f"Could not find {names[-1]}", path)
        else:
            change.problems.error(f"{'.'.join(names)}: {why}", path)


__all__ = ["Change", "GraphQLError", "Input", "Problems", "Refusal", "denied_parts", "refused_by_rules"]
