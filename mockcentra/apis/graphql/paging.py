"""The arguments of lists: `where`, `sort`, `limit` and `page`, cursors, and ways to name an object (section 7)."""

import base64
import binascii
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from graphql import GraphQLError

from mockcentra.apis.graphql.types import Type
from mockcentra.store import graphql_reading as reading
from mockcentra.store.graphql_reading import EVERYTHING, Condition, Link, Listing, Order, Page

if TYPE_CHECKING:
    from mockcentra.apis.graphql.execution import Run

LARGEST = 200
_DEFAULT_FIRST = 10


# ------------------------------------------------------------------ where


def conditions(run: "Run", kind: Type, where: Mapping[str, Any] | None, only: Condition) -> list[Condition]:
    """Everything that rows of a list must meet. Raises GraphQLError."""
    found = [each for each in (kind.only, only, visible(run, kind)) if each is not EVERYTHING]
    if where:
        found.extend(_where(run, kind, where))
    return found


def visible(run: "Run", kind: Type) -> Condition:
    """The rows that the token may see: of its stores, when it is restricted to some."""
    stores = run.token.stores
    if not stores or kind.store is None:
        return EVERYTHING
    if isinstance(kind.store, Link):
        return reading.linked(kind.store, stores)
    return reading.among(kind.store, stores)


def _where(run: "Run", kind: Type, where: Mapping[str, Any]) -> Iterable[Condition]:
    negated = set(where.get("negate") or ())
    unknown = [name for name in negated if name not in _filter_names(kind)]
    if unknown:
        raise GraphQLError(f"negate names unknown fields: {', '.join(sorted(unknown))}.")
    for name, value in where.items():
        if value is None or name in ("negate", "notNull"):
            continue
        condition = _condition(run, kind, name, value)
        yield reading.negated(condition) if name in negated else condition
    for name in dict.fromkeys(where.get("notNull") or ()):
        yield _not_null(run, kind, name)


def _filter_names(kind: Type) -> set[str]:
    names = {*kind.filters, "id"}
    if kind.search:
        names.add("search")
    return names | {"externalId"} if kind.external else names


def _condition(run: "Run", kind: Type, name: str, value: Any) -> Condition:
    declared = kind.filter(name)
    if declared is not None:
        return declared.condition(run, value)
    if name == "search":
        return reading.any_of([_contains(path, value) for path in kind.search])
    if name == "externalId" and kind.external:
        values = value if isinstance(value, list) else [value]
        return reading.has_external_id(run.token.integration_id, kind.external, values)
    raise NotEmulated(f"The filter {name} of {kind.name}")


def _contains(path: str, text: str) -> Condition:
    """Whether a path, or one of the texts in a column of JSON (`column{}`), contains a text."""
    if path.endswith("{}"):
        return reading.any_text(path.removesuffix("{}"), text)
    return reading.matches(path, "contains", text)


def _not_null(run: "Run", kind: Type, name: str) -> Condition:
    declared = kind.filter(name)
    if declared is not None:
        return declared.has_value()
    if name == "externalId" and kind.external:
        return reading.has_any_external_id(run.token.integration_id, kind.external)
    if name not in _filter_names(kind):
        raise GraphQLError(f"notNull names an unknown field: {name}.")
    raise NotEmulated(f"notNull of {name} of {kind.name}")


class NotEmulated(GraphQLError):
    """Something of the schema that nothing answers."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is not emulated.", extensions={"category": "internal", "code": "NOT_EMULATED"})


# ------------------------------------------------------------------ sort, limit, page


def order(kind: Type, sort: Sequence[str] | None) -> tuple[Order, ...]:
    """The keys of an order; ties are broken by id. Raises GraphQLError."""
    keys = []
    for name in dict.fromkeys(sort or ()):
        word, _, direction = name.rpartition("_")
        path = kind.sort(word)
        if path is None:
            raise NotEmulated(f"Sorting {kind.name} by {word}")
        keys.append(Order(path, direction == "DESC"))
    return tuple(keys)


def page(arguments: Mapping[str, Any], largest: int | None) -> Page:
    """The page of a list. Raises GraphQLError."""
    limit, number = arguments.get("limit"), arguments.get("page")
    if limit is not None and not 1 <= limit <= (largest or 1_000_000):
        words = f"between 1 and {largest}" if largest else "at least 1"
        raise GraphQLError(f"limit must be {words}, not {limit}.")
    if number is not None and not 1 <= number <= 10_000_000:
        raise GraphQLError(f"page must be at least 1, not {number}.")
    return Page(limit, number or 1)


# ------------------------------------------------------------------ connections


def connection(run: "Run", kind: Type, arguments: Mapping[str, Any], only: Condition) -> dict[str, Any]:
    """A page between cursors: the parts of a connection, its nodes as ids. Raises GraphQLError."""
    names, keys = _keys(kind, arguments.get("sort"), ())
    backward, size, cursor, listing = _near(run, kind, arguments, only, names, keys)
    base = conditions(run, kind, arguments.get("where"), only)
    rows = reading.listed(run.tx, kind.table, [key.path for key in keys], listing)
    more = len(rows) > size
    rows = rows[:size][::-1] if backward else rows[:size]
    cursors = [_cursor(names, tuple(row)[1:]) for row in rows]

    def further(edge: str, back: bool) -> bool:
        beyond = reading.beyond(keys, _values(edge, names), back)
        return reading.exists(run.tx, kind.table, reading.all_of([*base, beyond]))

    before, after = (more, False) if backward else (False, more)
    if cursor is not None and rows:
        before = before if backward else further(cursors[0], True)
        after = further(cursors[-1], False) if backward else after
    return _shown(rows, cursors, reading.count(run.tx, kind.table, reading.all_of(base)), before, after)


def connections(
    run: "Run", kind: Type, arguments: Mapping[str, Any], link: Link, owners: Sequence[Any], usual: Sequence[str]
) -> list[dict[str, Any]]:
    """For each owner the page of a connection of what a table links with it; all of them are read together.

    `usual`: the paths of the order where none is asked for. Raises GraphQLError.
    """
    names, keys = _keys(kind, arguments.get("sort"), usual)
    backward, size, cursor, listing = _near(run, kind, arguments, EVERYTHING, names, keys)
    paths = [key.path for key in keys]
    grouped: dict[Any, list[Any]] = {owner: [] for owner in owners}
    for row in reading.linked_pages(run.tx, link, kind.table, paths, owners, listing):
        grouped[row["owner"]].append(row)
    totals = {owner: rows[0]["total"] for owner, rows in grouped.items() if rows}
    if cursor is not None:
        base = conditions(run, kind, arguments.get("where"), EVERYTHING)
        totals = reading.linked_counts(run.tx, link, kind.table, owners, reading.all_of(base))
    found = {}
    for owner, rows in grouped.items():
        total = totals.get(owner, 0)
        passed = bool(rows) and total > rows[0]["total"]  # what the cursor leaves behind
        more = len(rows) > size
        rows = rows[:size][::-1] if backward else rows[:size]
        cursors = [_cursor(names, tuple(row)[1 : len(names) + 1]) for row in rows]
        before, after = (more, passed) if backward else (passed, more)
        found[owner] = _shown(rows, cursors, total, before, after)
    return [found[owner] for owner in owners]


def _keys(kind: Type, sort: Sequence[str] | None, usual: Sequence[str]) -> tuple[list[str], list[Order]]:
    """The names of the keys of an order, as cursors have them, and the keys; together they tell every row."""
    sort = list(dict.fromkeys(sort or ()))
    if not sort:
        return [*(path.strip("=") for path in usual), "id"], [*(Order(path) for path in usual), Order("id")]
    names = [name.rpartition("_")[0] for name in sort]
    keys = list(order(kind, sort))
    if not any(_is_unique(kind, key) for key in keys):
        names.append("id")
        keys.append(Order("id"))
    return names, keys


def _near(
    run: "Run", kind: Type, arguments: Mapping[str, Any], only: Condition, names: Sequence[str], keys: Sequence[Order]
) -> tuple[bool, int, str | None, Listing]:
    """(backward, size, cursor, what lies next to the cursor and one row more). Raises GraphQLError."""
    backward, size, cursor = _window(arguments)
    here = conditions(run, kind, arguments.get("where"), only)
    if cursor is not None:
        here.append(reading.beyond(keys, _values(cursor, names), backward))
    direction = tuple(Order(key.path, key.descending != backward) for key in keys)
    return backward, size, cursor, Listing(reading.all_of(here), direction, Page(size + 1))


def _shown(rows: Sequence[Any], cursors: Sequence[str], total: int, before: bool, after: bool) -> dict[str, Any]:
    """The parts of a connection."""
    return {
        "totalCount": total,
        "pageInfo": {
            "hasNextPage": after,
            "hasPreviousPage": before,
            "startCursor": cursors[0] if cursors else None,
            "endCursor": cursors[-1] if cursors else None,
        },
        "edges": [{"cursor": text, "node": row[0]} for text, row in zip(cursors, rows, strict=True)],
    }


def _is_unique(kind: Type, key: Order) -> bool:
    return key.path == "id" or (kind.table == "orders" and key.path == "number")


def _window(arguments: Mapping[str, Any]) -> tuple[bool, int, str | None]:
    """(backward, size, cursor) of the arguments."""
    first, last = arguments.get("first"), arguments.get("last")
    if first is not None and last is not None:
        raise GraphQLError("Give either first or last.")
    backward = last is not None
    size = last if backward else first
    if size is None:
        size = _DEFAULT_FIRST
    if not 1 <= size <= LARGEST:
        raise GraphQLError(f"{'last' if backward else 'first'} must be between 1 and {LARGEST}, not {size}.")
    other = "after" if backward else "before"
    if arguments.get(other) is not None:
        raise GraphQLError(f"{other} does not go with {'last' if backward else 'first'}.")
    return backward, size, arguments.get("before" if backward else "after")


def _cursor(names: Sequence[str], values: Sequence[Any]) -> str:
    parts = (f"{name}:{msgspec.json.encode(value).decode()}" for name, value in zip(names, values, strict=True))
    return base64.b64encode("|".join(parts).encode()).decode()


def _values(cursor: str, names: Sequence[str]) -> list[Any]:
    """The values of the keys in a cursor. Raises GraphQLError."""
    try:
        rest = base64.b64decode(cursor, validate=True).decode()
        values = []
        for position, name in enumerate(names):
            label, _, rest = rest.partition(":")
            if label != name:
                raise ValueError(cursor)
            following = f"|{names[position + 1]}:" if position + 1 < len(names) else ""
            cut = rest.rfind(following) if following else len(rest)
            if cut < 0:
                raise ValueError(cursor)
            values.append(msgspec.json.decode(rest[:cut].encode(), type=int | str | float | None))
            rest = rest[cut + 1 :]
        return values
    except (binascii.Error, ValueError, UnicodeDecodeError, msgspec.DecodeError):
        raise GraphQLError(f"{cursor[:100]!r} is no cursor of this list.") from None


# ------------------------------------------------------------------ ways to name an object


def find(run: "Run", kind: Type, way: str, values: Iterable[Any], condition: Condition = EVERYTHING) -> dict[Any, Any]:
    """Value -> id of the objects that these values name by id, external id, code, number …"""
    wanted = list(values)
    base = reading.all_of([each for each in (kind.only, condition) if each is not EVERYTHING])
    if way == "externalId":
        if kind.external is None or run.token.integration_id is None:
            return {}
        names = reading.ids_of_external(run.tx, run.token.integration_id, kind.external, wanted)
        known = reading.found_ids(run.tx, kind.table, "id", names.values(), base)
        return {name: row_id for name, row_id in names.items() if row_id in known}
    path = kind.lookups.get(way, "id")
    return reading.found_ids(run.tx, kind.table, path, wanted, base)
