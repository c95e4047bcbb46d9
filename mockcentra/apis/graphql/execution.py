"""Runs a plan level by level: every field for all rows of its parents at once, so that no row costs a query of its own.

An object that several parents share is read and built once, however often it stands in the answer. What will be
written is counted all the same, for a cyclic query is small to ask and endless to write down; so are the values that
are held in memory until then.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from graphql import GraphQLError, is_list_type, is_non_null_type

from mockcentra.apis.graphql import moments, paging
from mockcentra.apis.graphql.planning import Branch, Field, Plan, Selection
from mockcentra.apis.graphql.tokens import AccessToken
from mockcentra.apis.graphql.types import TYPES, Ref, Type, Weights
from mockcentra.commerce.errors import CommerceError
from mockcentra.store import Transaction
from mockcentra.store import graphql_reading as reading
from mockcentra.store.graphql_reading import EVERY_PAGE, EVERYTHING, Condition, Link, Listing
from mockcentra.store.spaces import Space

MAX_OBJECTS = 200_000
MAX_VALUES = 1_500_000
MAX_BYTES = 32 * 1024 * 1024
MAX_SECONDS = 10.0
MAX_ERRORS = 100
_ROW = 6  # an object without values takes as much memory as that many of them
_encoded = msgspec.json.Encoder().encode


@dataclass(frozen=True)
class Failure:
    """Why a field has no value; it stands in the field's place until the answer is settled."""

    message: str
    extensions: Mapping[str, Any]


NOTHING_FOR_NON_NULL = Failure("", {"category": "internal"})
GONE = object()
"""A null that climbs: what holds it becomes null in its turn."""


class TooLarge(Exception):
    """The answer would be larger, or take longer, than the emulator is willing to make it."""


@dataclass(frozen=True)
class Asked:
    """A request that may run: who asks for what, where, and when it was charged."""

    token: AccessToken
    plan: Plan
    variables: Any
    base_url: str
    space: Space
    charged_at: float
    rate_limits: str


class Run:
    """One request while it runs: its transaction, its token, and what it has touched."""

    def __init__(self, tx: Transaction, asked: Asked) -> None:
        self.tx = tx
        self.token = asked.token
        self.plan = asked.plan
        self.variables = asked.variables
        self.base_url = asked.base_url
        self.space = asked.space
        self.charged_at = asked.charged_at
        self.rate_limits = asked.rate_limits
        self.turn = 0
        """Which field of the root is at work: mutations follow each other, all of a query counts as one."""
        self._touched: dict[str, tuple[int, int]] = {}
        self.has_failures = False
        self.memory: dict[Any, Any] = {}
        self._objects = 0
        self._values = 0
        self._bytes = 0
        self._settled: dict[int, Any] = {}
        self._end = time.monotonic() + MAX_SECONDS

    def moment(self, text: str) -> int:
        """A date that was sent, as unix seconds. Raises GraphQLError."""
        try:
            return moments.read(text, self.tx.now)
        except ValueError:
            raise GraphQLError(f"{text!r} is no date.") from None

    def once(self, name: str, make: Any) -> Any:
        """What `make()` gives, remembered for the rest of the request."""
        found = self.memory.get(name)
        if found is None:
            found = self.memory[name] = make()
        return found

    # -------------------------------------------------------------- fields

    def fail(self, message: str, category: str = "graphql", **extensions: Any) -> Failure:
        self.has_failures = True
        return Failure(message, {"category": category, **extensions})

    def refusal(self, field: Field) -> Failure | None:
        """Notes the field's permission; the denial when the token does not have it."""
        permission = field.permission
        if permission is None:
            return None
        self.touched(permission, field.depth)
        allows = self.token.allows
        if allows(permission) or (field.alternative is not None and allows(field.alternative)):
            return None
        return self.denied(permission, field.name)

    def touched(self, permission: str, depth: int) -> None:
        """Notes that a field asks for a permission: what stands on a higher level was touched first (section 3.5)."""
        place = (self.turn, depth)
        known = self._touched.get(permission)
        if known is None or place < known:
            self._touched.pop(permission, None)
            self._touched[permission] = place

    def permissions_used(self) -> list[str]:
        """The permissions that the request touched, level by level, as they come in the document."""
        return sorted(self._touched, key=self._touched.__getitem__)

    def denied(self, permission: str, name: str) -> Failure:
        return self.fail(f"You need {permission} permission to access {name}.", "authorization")

    def look_at_the_clock(self) -> None:
        """Raises TooLarge when the request has had its time."""
        if time.monotonic() > self._end:
            raise TooLarge(f"The query takes longer than {MAX_SECONDS:.0f} seconds.")

    def values(self, field: Field, rows: Sequence[Any], weights: Weights) -> list[Any]:
        """The finished values of a field, or failures in their place. Raises TooLarge."""
        self.look_at_the_clock()
        if field.name == "__typename":
            return [field.parent.name] * len(rows)
        refusal = self.refusal(field)
        if refusal is not None:
            return [refusal] * len(rows)
        if field.spec is None:
            name = f"{field.parent.name}.{field.name}"
            return [self.fail(f"{name} is not emulated.", "internal", code="NOT_EMULATED")] * len(rows)
        try:
            values = field.spec.values(self, field, rows, weights)
        except GraphQLError as error:
            return [self.fail(error.message, **dict(error.extensions or {}))] * len(rows)
        except CommerceError as error:
            return [self.fail(str(error))] * len(rows)
        if not field.is_nullable and None in values:
            self.has_failures = True
            return [NOTHING_FOR_NON_NULL if value is None else value for value in values]
        return values

    def branch(self, branch: Branch, rows: Sequence[Any], weights: Weights) -> list[dict[str, Any]]:
        """The objects that a branch makes of rows of its type."""
        if not rows:
            return []
        keys = branch.keys
        self._count(len(rows) * (len(keys) + _ROW), branch.bytes * (len(rows) if weights is None else sum(weights)))
        if not keys:
            return [{} for _ in rows]
        columns = []
        for field in branch.fields:
            values = self.values(field, rows, weights)
            columns.append(values)
            if not field.is_text:
                size = 0
            elif weights is None:
                size = len(_encoded(values))
            else:
                size = sum(len(_encoded(value)) * often for value, often in zip(values, weights, strict=True))
            self._count(0, size)
        return [dict(zip(keys, values, strict=True)) for values in zip(*columns, strict=True)]

    def _count(self, values: int, size: int) -> None:
        """Counts what is held in memory and what will be written. Raises TooLarge."""
        self._values += values
        self._bytes += size
        if self._bytes > MAX_BYTES:
            raise TooLarge(f"The answer would be larger than {MAX_BYTES // 1024 // 1024} MiB.")
        if self._values > MAX_VALUES:
            raise TooLarge(f"The answer would have more than {MAX_VALUES} values.")

    # -------------------------------------------------------------- objects

    def finish(self, field: Field, raws: Sequence[Any], weights: Weights) -> list[Any]:
        """Finished values of raw ones: ids, `Ref`s and dicts become objects, lists of them lists of objects."""
        selection = field.selection
        if selection is None:
            return raws if type(raws) is list else list(raws)
        if not field.is_list:
            return self.objects(selection, raws, weights)
        flat: list[Any] = []
        repeated: list[int] | None = None if weights is None else []
        for position, raw in enumerate(raws):
            if raw is not None and type(raw) is not Failure:
                flat.extend(raw)
                if repeated is not None and weights is not None:
                    repeated.extend([weights[position]] * len(raw))
        done = self.objects(selection, flat, repeated)
        finished: list[Any] = []
        start = 0
        for raw in raws:
            if raw is None or type(raw) is Failure:
                finished.append(raw)
            else:
                finished.append(done[start : start + len(raw)])
                start += len(raw)
        return finished

    def spend(self, count: int) -> None:
        """Counts objects of the answer. Raises TooLarge."""
        self._objects += count
        if self._objects > MAX_OBJECTS:
            raise TooLarge(f"The answer would have more than {MAX_OBJECTS} objects.")

    def objects(self, selection: Selection, raws: Sequence[Any], weights: Weights) -> list[Any]:
        """The object for each raw value; None where there is none."""
        present = [raw for raw in raws if raw is not None and type(raw) is not Failure]
        if not present:
            return list(raws)
        first = present[0]
        if isinstance(first, Ref):
            return self._references(selection, raws, weights)
        self.spend(len(present) if weights is None else sum(weights))
        if isinstance(first, dict):
            return self._embedded(selection, raws, weights)
        return self._by_ids(selection, self._table_of(selection), raws, weights)

    def _table_of(self, selection: Selection | None) -> Type:
        """The type whose rows a selection reads. Raises GraphQLError for one that is not emulated."""
        assert selection is not None
        if selection.table_type is None:
            raise paging.NotEmulated(selection.type.name)
        return selection.table_type

    def _by_ids(self, selection: Selection, kind: Type, raws: Sequence[Any], weights: Weights) -> list[Any]:
        counted: dict[Any, int] = {}
        for position, raw in enumerate(raws):
            if raw is not None and type(raw) is not Failure:
                counted[raw] = counted.get(raw, 0) + (1 if weights is None else weights[position])
        branches = selection.branches_of_table()
        rows = reading.by_ids(self.tx, kind.table, selection.columns or (), counted)
        alone = all(count == 1 for count in counted.values())
        made = self.rows(selection, kind, branches, rows, None if alone else [counted[row[0]] for row in rows])
        by_id = {row[0]: each for row, each in zip(rows, made, strict=True)}
        return [raw if type(raw) is Failure else by_id.get(raw) for raw in raws]

    def rows(
        self, selection: Selection, kind: Type, branches: Sequence[Branch], rows: Sequence[Any], weights: Weights
    ) -> list[Any]:
        """The objects of rows of a table, in their order."""
        if kind.kinds is None:
            return self.branch(branches[0], rows, weights)
        names = kind.kinds[1]
        groups: dict[str, list[int]] = {}
        for position, row in enumerate(rows):
            groups.setdefault(names[row[1]], []).append(position)
        return self._grouped(selection, groups, rows, weights)

    def _embedded(self, selection: Selection, raws: Sequence[Any], weights: Weights) -> list[Any]:
        groups: dict[str, list[int]] = {}
        for position, raw in enumerate(raws):
            if raw is not None and type(raw) is not Failure:
                groups.setdefault(raw.get("__typename") or selection.type.name, []).append(position)
        return self._grouped(selection, groups, raws, weights)

    def _grouped(
        self, selection: Selection, groups: Mapping[str, Sequence[int]], rows: Sequence[Any], weights: Weights
    ) -> list[Any]:
        finished: list[Any] = list(rows)
        for name, positions in groups.items():
            own = None if weights is None else [weights[position] for position in positions]
            made = self.branch(selection.branch(name), [rows[position] for position in positions], own)
            for position, each in zip(positions, made, strict=True):
                finished[position] = each
        return finished

    def _references(self, selection: Selection, raws: Sequence[Any], weights: Weights) -> list[Any]:
        """Objects of several types, each read from its own table."""
        finished: list[Any] = list(raws)
        groups: dict[str, list[int]] = {}
        for position, raw in enumerate(raws):
            if isinstance(raw, Ref):
                groups.setdefault(raw.type, []).append(position)
        for name, positions in groups.items():
            part = self.part(selection, name)
            own = None if weights is None else [weights[position] for position in positions]
            made = self.objects(part, [raws[position].id for position in positions], own)
            for position, each in zip(positions, made, strict=True):
                finished[position] = each
        return finished

    def part(self, selection: Selection, name: str) -> Selection:
        """What a selection on an interface or a union asks of the type of that name."""
        found = selection.parts.get(name)
        if found is None:
            from mockcentra.apis.graphql import sdl

            kind = sdl.schema().type_map[name]
            found = selection.parts[name] = Selection(selection.plan, kind, selection.sets, selection.depth)
        return found

    # -------------------------------------------------------------- lists

    def listing(self, field: Field, kind: Type, only: Condition = EVERYTHING) -> Listing:
        """What the arguments of a list field ask for. Raises GraphQLError."""
        arguments = field.arguments(self)
        return Listing(
            reading.all_of(paging.conditions(self, kind, arguments.get("where"), only)),
            paging.order(kind, arguments.get("sort")),
            paging.page(arguments, field.definition.extensions.get("limit")),
        )

    def listed(self, field: Field, only: Condition = EVERYTHING) -> list[Any]:
        """The page of a list at the root."""
        selection = field.selection
        kind = self._table_of(selection)
        assert selection is not None
        listing = self.listing(field, kind, only)
        branches = selection.branches_of_table()
        rows = reading.listed(self.tx, kind.table, selection.columns or (), listing)
        self.spend(len(rows))
        return self.rows(selection, kind, branches, rows, None)

    def children(
        self, field: Field, key: str, owners: Sequence[Any], weights: Weights, only: Condition
    ) -> list[list[Any]]:
        """For each owner the objects that belong to it alone."""
        selection = field.selection
        kind = self._table_of(selection)
        assert selection is not None
        listing = self.listing(field, kind, only)
        branches = selection.branches_of_table()
        rows = reading.children(self.tx, kind.table, selection.columns or (), key, owners, listing)
        at = len(selection.columns or ()) + 1
        own = None
        if weights is not None or len(set(owners)) < len(owners):
            of_owner: dict[Any, int] = {}
            for position, owner in enumerate(owners):
                of_owner[owner] = of_owner.get(owner, 0) + (1 if weights is None else weights[position])
            own = [of_owner[row[at]] for row in rows]
        self.spend(len(rows) if own is None else sum(own))
        grouped: dict[Any, list[Any]] = {owner: [] for owner in owners}
        for row, made in zip(rows, self.rows(selection, kind, branches, rows, own), strict=True):
            grouped[row[at]].append(made)
        return [grouped[owner] for owner in owners]

    def linked(self, field: Field, link: Link, owners: Sequence[Any], weights: Weights, only: Condition) -> list[Any]:
        """For each owner the objects that a table links with it; they may be others' as well."""
        selection = field.selection
        kind = self._table_of(selection)
        assert selection is not None
        pairs = reading.links(self.tx, link, kind.table, owners, self.listing(field, kind, only))
        grouped: dict[Any, list[Any]] = {owner: [] for owner in owners}
        for pair in pairs:
            grouped[pair[1]].append(pair[0])
        return self.finish(field, [grouped[owner] for owner in owners], weights)

    def chosen(self, field: Field, owned: Sequence[Sequence[int]], weights: Weights) -> list[Any]:
        """For each owner those of its objects (by their ids) that the arguments ask for."""
        kind = self._table_of(field.selection)
        wanted = self.listing(field, kind, reading.among("id", {each for ids in owned for each in ids}))
        ordered = [row[0] for row in reading.listed(self.tx, kind.table, (), replace(wanted, page=EVERY_PAGE))]
        first, limit = wanted.page.offset, wanted.page.limit
        end = None if limit is None else first + limit
        place = {each: position for position, each in enumerate(ordered)}
        raws = [sorted((each for each in ids if each in place), key=place.__getitem__)[first:end] for ids in owned]
        return self.finish(field, raws, weights)

    def single(self, field: Field) -> Any:
        """The id of the one object that the arguments name; None when there is none."""
        kind = TYPES[field.selection.type.name]  # type: ignore[union-attr]
        arguments = field.arguments(self)
        condition = paging.visible(self, kind)
        given = {name: value for name, value in arguments.items() if value is not None}
        if len(given) != 1:
            raise GraphQLError(f"Give exactly one of {', '.join(field.definition.args)} to {field.name}.")
        ((name, value),) = given.items()
        return paging.find(self, kind, name, [value], condition).get(value)

    def counted(self, field: Field, name: str) -> int:
        """How many rows a list of the type has under the argument `where`."""
        kind = TYPES[name]
        where = field.arguments(self).get("where")
        return reading.count(self.tx, kind.table, reading.all_of(paging.conditions(self, kind, where, EVERYTHING)))

    def connection(self, field: Field, name: str, only: Condition = EVERYTHING) -> dict[str, Any]:
        """The page of a connection as the arguments ask for it. Raises GraphQLError."""
        return paging.connection(self, TYPES[name], field.arguments(self), only)

    def connections(
        self, field: Field, name: str, link: Link, owners: Sequence[Any], usual: Sequence[str]
    ) -> list[dict[str, Any]]:
        """For each owner the page of a connection of what a table links with it. Raises GraphQLError."""
        return paging.connections(self, TYPES[name], field.arguments(self), link, owners, usual)

    # -------------------------------------------------------------- the end

    def settled(self, values: Mapping[str, Any], branch: Branch) -> tuple[dict[str, Any] | None, list[GraphQLError]]:
        """The answer with its failures taken out, and the errors that say where they were; None: nothing is left."""
        errors: list[GraphQLError] = []
        data = self._settle_object(values, [branch], [], errors)
        return (None if data is GONE else data), errors

    def _settle_object(
        self, made: Mapping[str, Any], branches: Sequence[Branch], path: list[str | int], errors: list[GraphQLError]
    ) -> Any:
        """An object without its failures: itself when it has none, for then it need not be looked at again."""
        known = self._settled.get(id(made))
        if known is not None:
            return known
        keys = tuple(made)
        fitting = [branch.fields for branch in branches if branch.keys == keys]
        settled: dict[str, Any] = {}
        whole, gone = True, False
        for fields in zip(*fitting, strict=True):
            key = fields[0].key
            value = self._settle(made[key], fields[0].type, fields, [*path, key], errors)
            whole = whole and value is made[key]
            gone = gone or value is GONE
            settled[key] = value
        found = GONE if gone else made if whole else settled
        if whole or len(errors) >= MAX_ERRORS:  # the same wherever else it stands
            self._settled[id(made)] = found
        return found

    def _settle(
        self, value: Any, kind: Any, fields: Sequence[Field], path: list[str | int], errors: list[GraphQLError]
    ) -> Any:
        """A value without its failures. `fields` are those of all branches that it may belong to, alike in kind."""
        field = fields[0]
        if is_non_null_type(kind):
            if value is NOTHING_FOR_NON_NULL:
                words = f"Cannot return null for non-nullable field {field.parent.name}.{field.name}."
                value = Failure(words, value.extensions)
            value = self._settle(value, kind.of_type, fields, path, errors)
            return GONE if value is None else value
        if type(value) is Failure:
            if len(errors) < MAX_ERRORS:
                extensions = dict(value.extensions)
                errors.append(GraphQLError(value.message, field.nodes, path=path, extensions=extensions))
            return None
        if value is None or field.selection is None:
            return value
        if is_list_type(kind) and isinstance(value, list):
            items = [
                self._settle(each, kind.of_type, fields, [*path, position], errors)
                for position, each in enumerate(value)
            ]
            if any(item is GONE for item in items):
                return None
            return value if all(item is each for item, each in zip(items, value, strict=True)) else items
        if isinstance(value, dict):
            branches = [branch for each in fields if each.selection is not None for branch in each.selection.planned()]
            settled = self._settle_object(value, branches, path, errors)
            return None if settled is GONE else settled
        return value
