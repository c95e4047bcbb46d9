"""What the types of the schema are made of: tables, columns, relations, filters and sorts, as data.

`define(Type("Brand", "brands", fields={"name": Column("name")}))` is all that the lists, single objects, connections,
counters, relations and references of a type need. The rest of the package reads these tables; it knows no type.
"""

import pkgutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from mockcentra.apis.graphql import moments
from mockcentra.store import graphql_reading as reading
from mockcentra.store.clock import from_local
from mockcentra.store.graphql_reading import Condition, Link

if TYPE_CHECKING:
    from mockcentra.apis.graphql.execution import Run
    from mockcentra.apis.graphql.planning import Field

Weights = Sequence[int] | None
"""How often each row stands in the answer; None: once each."""
Arguments = Mapping[str, Any]
"""The arguments of a field, as the schema made them."""
Picked = list[tuple[Any, ...]]
"""The rows of a field's parents, each as the columns that the field asked for."""


class Ref(NamedTuple):
    """An object where an interface or a union is expected: the name of its type, and its id."""

    type: str
    id: Any


class Spec(Protocol):
    """How the values of a field come from the rows of its parents."""

    @property
    def columns(self) -> Sequence[str]:
        """The paths that it needs of each row."""

    def values(self, run: "Run", field: "Field", rows: Sequence[Any], weights: Weights) -> list[Any]:
        """The finished value for each row."""


class Filter(Protocol):
    """What a filter field means."""

    def condition(self, run: "Run", value: Any) -> Condition: ...

    def has_value(self) -> Condition:
        """What `notNull` of the field asks for."""


# ------------------------------------------------------------------ fields


@dataclass(frozen=True)
class Column:
    """A column as it is, or as `show` makes it; NULL is null."""

    path: str
    show: Callable[[Any], Any] | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.path,)

    def values(self, run: "Run", field: "Field", rows: Sequence[Any], weights: Weights) -> list[Any]:
        position, show = field.positions[0], self.show
        if show is None:
            return [row[position] for row in rows]
        return [None if (value := row[position]) is None else show(value) for row in rows]


def text(value: str) -> str | None:
    """An empty text is null."""
    return value or None


def flag(value: int) -> bool:
    return value != 0


def hundredths(value: int) -> float | int:
    """A percentage or a price as a number."""
    whole, rest = divmod(value, 100)
    return whole if not rest else value / 100


def word(words: Mapping[Any, str]) -> Callable[[Any], str]:
    """What the store calls so is this enum value."""
    return words.__getitem__


@dataclass(frozen=True)
class Moment:
    """A column of unix seconds, by the argument `format`."""

    path: str

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.path,)

    def values(self, run: "Run", field: "Field", rows: Sequence[Any], weights: Weights) -> list[Any]:
        position, shown = field.positions[0], moments.shown
        pattern = field.arguments(run).get("format") or moments.DEFAULT_FORMAT
        return [None if (value := row[position]) is None else shown(value, pattern) for row in rows]


class Computed:
    """What a function makes of the columns of one row: a value, an embedded dict, an id, or a list of them."""

    def __init__(self, make: Callable[..., Any], *columns: str) -> None:
        self.make = make
        self.columns = columns

    def values(self, run: "Run", field: "Field", rows: Sequence[Any], weights: Weights) -> list[Any]:
        make, positions = self.make, field.positions
        if len(positions) == 1:
            (position,) = positions
            return run.finish(field, [make(row[position]) for row in rows], weights)
        return run.finish(field, [make(*[row[position] for position in positions]) for row in rows], weights)


@dataclass(frozen=True)
class One:
    """A column that holds the id of another object (of the type that the field has)."""

    path: str

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.path,)

    def values(self, run: "Run", field: "Field", rows: Sequence[Any], weights: Weights) -> list[Any]:
        position = field.positions[0]
        return run.finish(field, [row[position] for row in rows], weights)


class Batch:
    """What a function makes of all rows at once: `make(run, arguments, rows)`, a row being a tuple of the columns."""

    def __init__(self, make: Callable[["Run", Arguments, Picked], list[Any]], *columns: str):
        self.make = make
        self.columns = columns

    def values(self, run: "Run", field: "Field", rows: Sequence[Any], weights: Weights) -> list[Any]:
        positions = field.positions
        picked = [tuple(row[position] for position in positions) for row in rows]
        return run.finish(field, self.make(run, field.arguments(run), picked), weights)


@dataclass(frozen=True)
class Many:
    """The objects of the field's type whose column `key` is this object's id; the field may filter, sort and page."""

    key: str
    columns: tuple[str, ...] = ("id",)
    only: Condition = reading.EVERYTHING

    def values(self, run: "Run", field: "Field", rows: Sequence[Any], weights: Weights) -> list[Any]:
        return run.children(field, self.key, [row[field.positions[0]] for row in rows], weights, self.only)


@dataclass(frozen=True)
class Through:
    """The objects of the field's type that a table links with this one; the field may filter, sort and page."""

    link: Link
    columns: tuple[str, ...] = ("id",)
    only: Condition = reading.EVERYTHING

    def values(self, run: "Run", field: "Field", rows: Sequence[Any], weights: Weights) -> list[Any]:
        return run.linked(field, self.link, [row[field.positions[0]] for row in rows], weights, self.only)


class Chosen:
    """The objects whose ids a function gives for all rows at once; the field may filter, sort and page.

    `make(run, rows)` gives the ids of each owner; a row is a tuple of the columns.
    """

    def __init__(self, make: Callable[["Run", list[tuple[Any, ...]]], list[list[int]]], *columns: str) -> None:
        self.make = make
        self.columns = columns

    def values(self, run: "Run", field: "Field", rows: Sequence[Any], weights: Weights) -> list[Any]:
        picked = [tuple(row[position] for position in field.positions) for row in rows]
        return run.chosen(field, self.make(run, picked), weights)


@dataclass(frozen=True)
class Connected:
    """A connection of the objects that a table links with this one.

    `usual`: the paths of the order in which they stand where no other is asked for; computed ones may be the link's.
    """

    name: str
    link: Link
    usual: tuple[str, ...] = ()
    columns: tuple[str, ...] = ("id",)

    def values(self, run: "Run", field: "Field", rows: Sequence[Any], weights: Weights) -> list[Any]:
        position = field.positions[0]
        pages = run.connections(field, self.name, self.link, [row[position] for row in rows], self.usual)
        return run.finish(field, pages, weights)


@dataclass(frozen=True)
class ExternalId:
    """What the token's integration calls the object."""

    object_type: str
    columns: tuple[str, ...] = ("id",)

    def values(self, run: "Run", field: "Field", rows: Sequence[Any], weights: Weights) -> list[Any]:
        integration = run.token.integration_id
        if integration is None:
            return [None] * len(rows)
        position = field.positions[0]
        names = reading.external_ids(run.tx, integration, self.object_type, [row[position] for row in rows])
        return [names.get(row[position]) for row in rows]


@dataclass(frozen=True)
class LastChange:
    """When the object changed last, where its table does not note it: its last event, else the shop's day."""

    object_type: str
    columns: tuple[str, ...] = ("id",)

    def values(self, run: "Run", field: "Field", rows: Sequence[Any], weights: Weights) -> list[Any]:
        position = field.positions[0]
        pattern = field.arguments(run).get("format") or moments.DEFAULT_FORMAT
        found = reading.last_events(run.tx, self.object_type, [row[position] for row in rows])
        first = run.once("as_of", lambda: from_local(reading.as_of(run.tx)))
        return [moments.shown(found.get(row[position], first), pattern) for row in rows]


@dataclass(frozen=True)
class Since:
    """A column of unix seconds whose 0 means the shop's first day, by the argument `format`."""

    path: str

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.path,)

    def values(self, run: "Run", field: "Field", rows: Sequence[Any], weights: Weights) -> list[Any]:
        position = field.positions[0]
        pattern = field.arguments(run).get("format") or moments.DEFAULT_FORMAT
        first = run.once("as_of", lambda: from_local(reading.as_of(run.tx)))
        return [moments.shown(row[position] or first, pattern) for row in rows]


class Key:
    """A part of an embedded object that has the field's own name."""

    columns: tuple[str, ...] = ()

    def values(self, run: "Run", field: "Field", rows: Sequence[Any], weights: Weights) -> list[Any]:
        name = field.name
        return run.finish(field, [row.get(name) for row in rows], weights)


# ------------------------------------------------------------------ filters


@dataclass(frozen=True)
class Among:
    """The column has one of the values; `words` says what the store calls an enum value."""

    path: str
    words: Mapping[str, Any] | None = None

    def condition(self, run: "Run", value: Any) -> Condition:
        values = value if isinstance(value, list) else [value]
        words = self.words
        return reading.among(self.path, values if words is None else [words[each] for each in values if each in words])

    def has_value(self) -> Condition:
        return reading.has_value(self.path)


@dataclass(frozen=True)
class Is:
    """A truth value in a column of 0 and 1."""

    path: str

    def condition(self, run: "Run", value: Any) -> Condition:
        return reading.equals(self.path, int(value))

    def has_value(self) -> Condition:
        return reading.is_null(self.path, False)


@dataclass(frozen=True)
class IsNull:
    """True where the column is empty."""

    path: str

    def condition(self, run: "Run", value: Any) -> Condition:
        return reading.is_null(self.path, bool(value))

    def has_value(self) -> Condition:
        return reading.EVERYTHING


@dataclass(frozen=True)
class Text:
    """A StringMatch on a column."""

    path: str

    def condition(self, run: "Run", value: Any) -> Condition:
        return string_match(self.path, value)

    def has_value(self) -> Condition:
        return reading.has_value(self.path)


def string_match(path: str, value: Mapping[str, Any]) -> Condition:
    """Exactly one of the fields of a StringMatch. Raises GraphQLError."""
    from graphql import GraphQLError

    given = [(kind, wanted) for kind, wanted in value.items() if wanted is not None]
    if len(given) != 1:
        raise GraphQLError("Exactly one field of a StringMatch is to be given.")
    return reading.matches(path, *given[0])


def chosen_names(value: Mapping[str, Any], names: Iterable[str]) -> list[str]:
    """The names that a StringMatch fits. Raises GraphQLError."""
    from graphql import GraphQLError

    given = [(kind, wanted.lower()) for kind, wanted in value.items() if wanted is not None]
    if len(given) != 1:
        raise GraphQLError("Exactly one field of a StringMatch is to be given.")
    kind, wanted = given[0]
    fits: dict[str, Callable[[str], bool]] = {
        "equals": lambda name: name == wanted,
        "contains": lambda name: wanted in name,
        "startsWith": lambda name: name.startswith(wanted),
        "endsWith": lambda name: name.endswith(wanted),
    }
    return [name for name in names if fits[kind](name.lower())]


_FARTHEST = 2**60
"""Beyond it no column holds a number."""


@dataclass(frozen=True)
class Range:
    """A range of numbers; the column holds `scale` times as much."""

    path: str
    scale: int = 1

    def condition(self, run: "Run", value: Any) -> Condition:
        return reading.between(self.path, *(self._scaled(value.get(end)) for end in ("from", "to")))

    def _scaled(self, value: float | None) -> int | float | None:
        if value is None or self.scale == 1:
            return value
        return round(min(max(value * self.scale, -_FARTHEST), _FARTHEST))

    def has_value(self) -> Condition:
        return reading.is_null(self.path, False)


@dataclass(frozen=True)
class Dates:
    """A range of moments."""

    path: str

    def condition(self, run: "Run", value: Any) -> Condition:
        ends = (value.get(end) for end in ("from", "to"))
        return reading.between(self.path, *(None if end is None else run.moment(end) for end in ends))

    def has_value(self) -> Condition:
        return reading.is_null(self.path, False)


@dataclass(frozen=True)
class Days:
    """A range of days; the column is a moment of the day. A moment that is given stands for its day."""

    path: str

    def condition(self, run: "Run", value: Any) -> Condition:
        first, last = (None if value.get(end) is None else run.moment(value[end]) for end in ("from", "to"))
        return reading.between(
            self.path,
            None if first is None else moments.day_of(first)[0],
            None if last is None else moments.day_of(last)[1],
        )

    def has_value(self) -> Condition:
        return reading.is_null(self.path, False)


@dataclass(frozen=True)
class DatesSince:
    """A range of moments; 0 in the column means the shop's first day."""

    path: str

    def condition(self, run: "Run", value: Any) -> Condition:
        first = run.once("as_of", lambda: from_local(reading.as_of(run.tx)))
        ends = (value.get(end) for end in ("from", "to"))
        low, high = (None if end is None else run.moment(end) for end in ends)
        return reading.between_since(self.path, first, low, high)

    def has_value(self) -> Condition:
        return reading.is_null(self.path, False)


@dataclass(frozen=True)
class Changed:
    """A range of moments of the last change, where the table does not note it (see LastChange)."""

    object_type: str

    def condition(self, run: "Run", value: Any) -> Condition:
        first = run.once("as_of", lambda: from_local(reading.as_of(run.tx)))
        low, high = (None if value.get(end) is None else run.moment(value[end]) for end in ("from", "to"))
        return reading.changed_between(self.object_type, first, low, high)

    def has_value(self) -> Condition:
        return reading.EVERYTHING


@dataclass(frozen=True)
class Linked:
    """A table links the row with one of the values."""

    link: Link

    def condition(self, run: "Run", value: Any) -> Condition:
        return reading.linked(self.link, value if isinstance(value, list) else [value])

    def has_value(self) -> Condition:
        return reading.any_link(self.link)


@dataclass(frozen=True)
class Count:
    """The number of rows that a table links with the row is in the range."""

    link: Link

    def condition(self, run: "Run", value: Any) -> Condition:
        return reading.counted(self.link, value.get("from"), value.get("to"))

    def has_value(self) -> Condition:
        return reading.EVERYTHING


class Where:
    """Whatever a function says: `make(run, value)`. `present`: which rows have any value; all of them, if not said."""

    def __init__(self, make: Callable[["Run", Any], Condition], present: Condition = reading.EVERYTHING) -> None:
        self.make = make
        self.present = present

    def condition(self, run: "Run", value: Any) -> Condition:
        return self.make(run, value)

    def has_value(self) -> Condition:
        return self.present


NEVER = Where(lambda run, value: reading.NOTHING, reading.NOTHING)
"""No row has a value."""


def constant(value: Any) -> Where:
    """All rows have the one value."""

    def condition(run: "Run", wanted: Any) -> Condition:
        fits = value in wanted if isinstance(wanted, list) else value == wanted
        return reading.EVERYTHING if fits else reading.NOTHING

    return Where(condition)


# ------------------------------------------------------------------ types


@dataclass(frozen=True)
class Type:
    """An object type, or an interface whose rows are in one table.

    `store` says to which store a row belongs: a path, or a link to stores; None: to none. `external` is the type's name
    in the table of external ids, and gives the field and the filter `externalId`. `lookups` are ways beside `id` in
    which a reference names a row: {"code": "code"}. `kinds` tells the concrete types of an interface: the path that
    decides, and the type for each of its values. `only` holds for every list. `translations` names the kind of object
    in the table of translations and its translatable fields, `attributes` the group of its custom attributes. `search`
    names the paths that a search looks into; `column{}` is all texts in a column of JSON.
    """

    name: str
    table: str
    fields: Mapping[str, Spec] = field(default_factory=dict)
    filters: Mapping[str, Filter] = field(default_factory=dict)
    sorts: Mapping[str, str] = field(default_factory=dict)
    search: Sequence[str] = ()
    store: str | Link | None = None
    external: str | None = None
    lookups: Mapping[str, str] = field(default_factory=dict)
    kinds: tuple[str, Mapping[Any, str]] | None = None
    only: Condition = reading.EVERYTHING
    translations: tuple[str, Mapping[str, str]] | None = None
    attributes: str | None = None

    def spec(self, name: str) -> Spec | None:
        """How a field comes from the rows; None where nobody said."""
        from mockcentra.apis.graphql import attributes, translations

        found = self.fields.get(name)
        if found is not None:
            return found
        if name == "externalId" and self.external:
            return ExternalId(self.external)
        if name in ("translations", "localized") and self.translations:
            return translations.Translations(*self.translations, self.attributes)
        if name == "attributes" and self.attributes:
            return attributes.Attributes(self.attributes)
        return Column("id") if name == "id" else None

    def filter(self, name: str) -> Filter | None:
        found = self.filters.get(name)
        if found is None and name == "id":
            return Among("id")
        return found

    def sort(self, name: str) -> str | None:
        return "id" if name == "id" else self.sorts.get(name)


TYPES: dict[str, Type] = {}
EMBEDDED: dict[str, Mapping[str, Spec]] = {}


def define(*types: Type) -> None:
    """Makes types known by their names."""
    TYPES.update({each.name: each for each in types})


def embed(name: str, fields: Mapping[str, Spec]) -> None:
    """Special fields of a type without a table, whose objects are dicts; the others have their keys' names."""
    EMBEDDED[name] = fields


@lru_cache(maxsize=1)
def load_areas() -> None:
    """Imports every module of the package `areas`: each defines its types, queries and mutations."""
    from mockcentra.apis.graphql import areas

    for module in sorted(entry.name for entry in pkgutil.iter_modules(areas.__path__)):
        import_module(f"{areas.__name__}.{module}")
