"""Lists of embedded objects: what has no table of its own is read for all owners at once, then filtered in memory."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from graphql import GraphQLError

from mockcentra.apis.graphql import paging
from mockcentra.apis.graphql.types import chosen_names

if TYPE_CHECKING:
    from mockcentra.apis.graphql.execution import Run
    from mockcentra.apis.graphql.planning import Field
    from mockcentra.apis.graphql.types import Weights

Entry = Mapping[str, Any]
Test = Callable[["Run", Entry, Any], bool]
Make = Callable[["Run", Mapping[str, Any], list[tuple[Any, ...]]], list[list[dict[str, Any]]]]


class Fits(NamedTuple):
    """A filter on a part of an entry."""

    key: str
    fits: Test

    def has_value(self, entry: Entry) -> bool:
        return entry[self.key] not in (None, "", [])


def one_of(key: str) -> Fits:
    """The part of that name is among the values, or is the value."""
    return Fits(key, lambda run, entry, value: entry[key] in (value if isinstance(value, list) else [value]))


def matching(key: str) -> Fits:
    """The part is a text that a StringMatch fits. Raises GraphQLError."""
    return Fits(key, lambda run, entry, value: bool(chosen_names(value, [entry[key] or ""])))


def within(key: str) -> Fits:
    """The part is a number in the range."""

    def fits(run: "Run", entry: Entry, value: Any) -> bool:
        low, high = value.get("from"), value.get("to")
        have = entry[key]
        return have is not None and (low is None or have >= low) and (high is None or have <= high)

    return Fits(key, fits)


def at_time(key: str) -> Fits:
    """The part is a moment in the range."""

    def fits(run: "Run", entry: Entry, value: Any) -> bool:
        ends = {end: None if value.get(end) is None else run.moment(value[end]) for end in ("from", "to")}
        return within(key).fits(run, entry, ends)

    return Fits(key, fits)


def selected(
    run: "Run", where: Mapping[str, Any] | None, filters: Mapping[str, Fits], entries: Iterable[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The entries that meet `where`. Raises GraphQLError for filters that there are not."""
    given = {name: value for name, value in (where or {}).items() if value is not None}
    negated, present = set(given.pop("negate", ())), list(dict.fromkeys(given.pop("notNull", ())))
    for word, names in (("negate", negated), ("notNull", present)):
        if unknown := sorted(name for name in names if name not in filters):
            raise GraphQLError(f"{word} names unknown fields: {', '.join(unknown)}.")
    if missing := [name for name in given if name not in filters]:
        raise paging.NotEmulated(f"The filter {missing[0]}")
    conditions = [(filters[name].fits, value, name not in negated) for name, value in given.items()]
    return [
        entry
        for entry in entries
        if all(fits(run, entry, value) == wanted for fits, value, wanted in conditions)
        and all(filters[name].has_value(entry) for name in present)
    ]


class EmbeddedList:
    """A list field whose objects are dicts: `make(run, arguments, rows)` gives those of each owner.

    `filters` and `sorts` are by the API's names; a sort is the key of a part. The field's arguments `where`, `sort`,
    `limit` and `page` hold for each owner.
    """

    def __init__(self, make: Make, filters: Mapping[str, Fits], sorts: Mapping[str, str], *columns: str) -> None:
        self.make = make
        self.filters = filters
        self.sorts = sorts
        self.columns = columns

    def values(self, run: "Run", field: "Field", rows: Sequence[Any], weights: "Weights") -> list[Any]:
        arguments = field.arguments(run)
        picked = [tuple(row[position] for position in field.positions) for row in rows]
        page = paging.page(arguments, field.definition.extensions.get("limit"))
        raws = []
        for entries in self.make(run, arguments, picked):
            found = selected(run, arguments.get("where"), self.filters, entries)
            if arguments.get("sort") and found and "id" in found[0]:
                found.sort(key=lambda entry: entry["id"])
            for name in reversed(arguments.get("sort") or ()):
                word, _, direction = name.rpartition("_")
                if word not in self.sorts:
                    raise GraphQLError(f"Sorting by {word} is not emulated.", extensions={"code": "NOT_EMULATED"})
                found.sort(key=lambda entry: entry[self.sorts[word]], reverse=direction == "DESC")
            end = None if page.limit is None else page.offset + page.limit
            raws.append(found[page.offset : end])
        return run.finish(field, raws, weights)
