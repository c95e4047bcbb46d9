"""Reads for the GraphQL API: lists, pages and relations of any table, always for a whole batch of rows at once.

A *path* names a column: `name` is one of the table itself, `product_id>products.brand_id` one of the row that
`product_id` leads to. Paths, tables and columns are the code's own, never a caller's; values go in as parameters.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from mockcentra.store.database import Row, Transaction, to_json

_AMONG = "IN (SELECT value FROM json_each(?))"
_TELLING = {"hash", "number", "customer_id", "buyer_id", "account_id", "variant_id", "product_id", "display_id"}
"""Columns that tell few rows from all others; what is of one store, say, may be nearly everything."""
_LONGEST_PART = 10_000  # of what is looked for in texts; SQLite has a limit for patterns, and no text is that long


class Condition(NamedTuple):
    """A part of a WHERE clause with its parameters. `is_telling`: few rows meet it, and an index finds them."""

    sql: str
    parameters: tuple[Any, ...] = ()
    is_telling: bool = False


EVERYTHING = Condition("1")
NOTHING = Condition("0")


class Order(NamedTuple):
    """One key of an order."""

    path: str
    descending: bool = False


class Link(NamedTuple):
    """A table between owners and what they have: `table.owner` is the owner's id, `table.target` fits `child`."""

    table: str
    owner: str
    target: str
    child: str = "id"


class Page(NamedTuple):
    """Which rows of a list: `limit` None is all of them; `page` counts from 1."""

    limit: int | None = None
    page: int = 1

    @property
    def offset(self) -> int:
        return 0 if self.limit is None else (self.page - 1) * self.limit


EVERY_PAGE = Page()


@dataclass(frozen=True)
class Listing:
    """What a list shows: rows that meet the condition, in this order."""

    condition: Condition = EVERYTHING
    order: tuple[Order, ...] = ()
    page: Page = EVERY_PAGE


_COMPUTED: dict[str, str] = {}


def computed(name: str, sql: str) -> str:
    """Names an expression over a row (`{t}` is its table) that can stand where a path does; returns that path."""
    _COMPUTED[name] = sql
    return f"={name}"


@lru_cache(maxsize=4000)
def column(path: str, table: str = "t") -> str:
    """The SQL of a path."""
    if path.startswith("="):
        return f"({_COMPUTED[path[1:]].format(t=table)})"
    first, *hops = path.split(">")
    sql = f"{table}.{first}"
    for depth, hop in enumerate(hops):
        other, _, name = hop.partition(".")
        alias = f"{table}{depth}"
        sql = f"(SELECT {alias}.{name} FROM {other} {alias} WHERE {alias}.id = {sql})"
    return sql


# ------------------------------------------------------------------ conditions


def among(path: str, values: Iterable[Any]) -> Condition:
    """The column has one of the values."""
    is_telling = path.rpartition(".")[2] in _TELLING
    return Condition(_among(path), (to_json(list(values)),), is_telling)


@lru_cache(maxsize=1000)
def _among(path: str) -> str:
    """Where few rows of the last table fit, these are looked up first, so that indexes on the way can be of use."""
    first, *hops = path.split(">")
    if not hops or hops[-1].partition(".")[2] not in _TELLING:
        return f"{column(path)} {_AMONG}"
    wanted = _AMONG
    for depth, hop in enumerate(reversed(hops)):
        other, _, name = hop.partition(".")
        wanted = f"IN (SELECT h{depth}.id FROM {other} h{depth} WHERE h{depth}.{name} {wanted})"
    return f"t.{first} {wanted}"


def equals(path: str, value: Any) -> Condition:
    return Condition(f"{column(path)} IS ?", (value,))


def is_null(path: str, null: bool = True) -> Condition:
    return Condition(f"{column(path)} IS {'' if null else 'NOT '}NULL")


def has_value(path: str) -> Condition:
    """The column is neither NULL nor the empty text."""
    return Condition(f"COALESCE({column(path)}, '') <> ''")


def between(path: str, low: Any = None, high: Any = None) -> Condition:
    """Both ends count; None is an open end."""
    sql = column(path)
    parts = [(f"{sql} >= ?", low), (f"{sql} <= ?", high)]
    given = [(text, value) for text, value in parts if value is not None]
    if not given:
        return EVERYTHING
    return Condition(" AND ".join(text for text, _ in given), tuple(value for _, value in given))


def changed_between(object_type: str, first: int, low: int | None, high: int | None) -> Condition:
    """Objects whose last event lies between the two moments; those without any changed at `first`."""
    last = "COALESCE((SELECT MAX(e.created_at) FROM events e WHERE e.object_type = ? AND e.object_id = t.id), ?)"
    given = [(f"{last} >= ?", low), (f"{last} <= ?", high)]
    used = [(sql, value) for sql, value in given if value is not None]
    if not used:
        return EVERYTHING
    parameters = tuple(each for _, value in used for each in (object_type, first, value))
    return Condition(" AND ".join(sql for sql, _ in used), parameters)


def between_since(path: str, first: Any, low: Any = None, high: Any = None) -> Condition:
    """As `between`; 0 in the column stands for `first`."""
    fits = (low is None or first >= low) and (high is None or first <= high)
    ends = between(path, low, high)
    if fits:
        return any_of([equals(path, 0), ends])
    return all_of([negated(equals(path, 0)), ends])


def matches(path: str, kind: str, text: str) -> Condition:
    """`kind` is equals, contains, startsWith or endsWith; upper and lower case are alike, `%` and `_` are letters."""
    sql = path if "." in path and ">" not in path else column(path)
    if not text.isascii():
        sql, text = f"folded({sql})", text.lower()
    if kind == "equals":
        return Condition(f"{sql} = ? COLLATE NOCASE", (text,))
    if len(text) > _LONGEST_PART or "\0" in text:  # where a pattern would end
        return NOTHING
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    before, after = {"contains": ("%", "%"), "startsWith": ("", "%"), "endsWith": ("%", "")}[kind]
    return Condition(f"{sql} LIKE ? ESCAPE '\\'", (before + escaped + after,))


def any_text(name: str, text: str) -> Condition:
    """A part of a column of JSON contains the text; the names of parts do not count."""
    if len(text) > _LONGEST_PART:
        return NOTHING
    inner = matches("j.value", "contains", text)
    inside = f"EXISTS (SELECT 1 FROM json_tree(t.{name}) j WHERE j.atom IS NOT NULL AND ({inner.sql}))"
    if to_json(text) != f'"{text}"':  # it is written in another way there
        return Condition(inside, inner.parameters)
    whole = matches(name, "contains", text)  # far cheaper, and seldom true
    return Condition(f"{whole.sql} AND {inside}", (*whole.parameters, *inner.parameters))


def linked(link: Link, values: Iterable[Any], inner: str = "") -> Condition:
    """The row is linked with one of the values."""
    extra = f" AND {inner}" if inner else ""
    return Condition(
        f"t.id IN (SELECT l.{link.owner} FROM {link.table} l WHERE l.{link.target} {_AMONG}{extra})",
        (to_json(list(values)),),
    )


def any_link(link: Link) -> Condition:
    """The row is linked with anything."""
    return Condition(
        f"EXISTS (SELECT 1 FROM {link.table} l WHERE l.{link.owner} = t.id AND l.{link.target} IS NOT NULL)"
    )


def counted(link: Link, low: int | None, high: int | None) -> Condition:
    """The row has a number of links between the two."""
    sql = f"(SELECT COUNT(*) FROM {link.table} l WHERE l.{link.owner} = t.id)"
    parts = [(f"{sql} >= ?", low), (f"{sql} <= ?", high)]
    given = [(text, value) for text, value in parts if value is not None]
    if not given:
        return EVERYTHING
    return Condition(" AND ".join(text for text, _ in given), tuple(value for _, value in given))


def has_external_id(integration_id: int | None, object_type: str, external_ids: Iterable[str]) -> Condition:
    return Condition(
        "t.id IN (SELECT object_id FROM external_ids WHERE integration_id = ? AND object_type = ?"
        f" AND external_id {_AMONG})",
        (integration_id, object_type, to_json(list(external_ids))),
    )


def has_any_external_id(integration_id: int | None, object_type: str) -> Condition:
    return Condition(
        "t.id IN (SELECT object_id FROM external_ids WHERE integration_id = ? AND object_type = ?)",
        (integration_id, object_type),
    )


def negated(condition: Condition) -> Condition:
    return Condition(f"NOT COALESCE(({condition.sql}), 0)", condition.parameters)


def all_of(conditions: Sequence[Condition]) -> Condition:
    found = _joined(conditions, " AND ", EVERYTHING)
    return found._replace(is_telling=True) if any(each.is_telling for each in conditions) else found


def any_of(conditions: Sequence[Condition]) -> Condition:
    return _joined(conditions, " OR ", NOTHING)


def _joined(conditions: Sequence[Condition], word: str, empty: Condition) -> Condition:
    if not conditions:
        return empty
    if len(conditions) == 1:
        return conditions[0]
    sql = word.join(f"({condition.sql})" for condition in conditions)
    return Condition(sql, tuple(value for condition in conditions for value in condition.parameters))


def beyond(order: Sequence[Order], values: Sequence[Any], backward: bool = False) -> Condition:
    """Rows that come after those values in the order (before them when `backward`); NULL sorts as SQLite does."""
    alternatives: list[Condition] = []
    same: list[Condition] = []
    for key, value in zip(order, values, strict=True):
        sql = column(key.path)
        ascending = key.descending == backward
        if ascending:
            step = Condition(f"{sql} IS NOT NULL") if value is None else Condition(f"{sql} > ?", (value,))
        elif value is None:
            step = NOTHING
        else:
            step = Condition(f"{sql} < ? OR {sql} IS NULL", (value,))
        alternatives.append(all_of([*same, step]))
        same.append(Condition(f"{sql} IS ?", (value,)))
    return any_of(alternatives)


# ------------------------------------------------------------------ rows


def by_ids(tx: Transaction, table: str, paths: Sequence[str], ids: Iterable[Any]) -> list[Row]:
    """The rows with these ids, in no order: the id, then the paths."""
    return tx.all(f"SELECT {_select(paths)} FROM {table} t WHERE t.id {_AMONG}", (to_json(list(ids)),))


def listed(tx: Transaction, table: str, paths: Sequence[str], listing: Listing) -> list[Row]:
    """A page of a list: the id, then the paths."""
    limit, parameters = _limit(listing.page)
    # `+`: what few rows meet is to be looked up, not to be met on a walk through the table in the order asked for.
    order = _order(listing.order, "+" if listing.condition.is_telling else "")
    return tx.all(
        f"SELECT {_select(paths)} FROM {table} t WHERE {listing.condition.sql} ORDER BY {order}{limit}",
        (*listing.condition.parameters, *parameters),
    )


def count(tx: Transaction, table: str, condition: Condition) -> int:
    return tx.value(f"SELECT COUNT(*) FROM {table} t WHERE {condition.sql}", condition.parameters)


def exists(tx: Transaction, table: str, condition: Condition) -> bool:
    return tx.value(f"SELECT EXISTS (SELECT 1 FROM {table} t WHERE {condition.sql})", condition.parameters) == 1


def children(
    tx: Transaction, table: str, paths: Sequence[str], key: str, owners: Iterable[Any], listing: Listing
) -> list[Row]:
    """What belongs to each owner by the column `key`: the id, the paths, the owner. The page counts for each owner."""
    select = f"{_select(paths)}, t.{key}"
    where = f"FROM {table} t WHERE t.{key} {_AMONG} AND ({listing.condition.sql})"
    return _for_each_owner(tx, select, where, f"t.{key}", owners, listing)


def links(tx: Transaction, link: Link, table: str, owners: Iterable[Any], listing: Listing) -> list[Row]:
    """(the linked row's id, owner) pairs of each owner. The page counts for each owner."""
    select = f"t.id, l.{link.owner}"
    where = (
        f"FROM {link.table} l JOIN {table} t ON t.{link.child} = l.{link.target}"
        f" WHERE l.{link.owner} {_AMONG} AND ({listing.condition.sql})"
    )
    return _for_each_owner(tx, select, where, f"l.{link.owner}", owners, listing)


def linked_pages(
    tx: Transaction, link: Link, table: str, paths: Sequence[str], owners: Iterable[Any], listing: Listing
) -> list[Row]:
    """For each owner the first rows of a list: the id, the paths, `owner`, `place` and `total` (of all its rows).

    Computed paths may name the link's columns (`l.sort_order`).
    """
    order = _order(listing.order, "+")
    return tx.all(
        f"SELECT * FROM (SELECT {_select(paths)}, l.{link.owner} AS owner,"
        f" ROW_NUMBER() OVER (PARTITION BY l.{link.owner} ORDER BY {order}) AS place,"
        f" COUNT(*) OVER (PARTITION BY l.{link.owner}) AS total"
        f" FROM {link.table} l JOIN {table} t ON t.{link.child} = l.{link.target}"
        f" WHERE l.{link.owner} {_AMONG} AND ({listing.condition.sql})) WHERE place <= ? ORDER BY place",
        (to_json(list(owners)), *listing.condition.parameters, listing.page.limit),
    )


def linked_counts(
    tx: Transaction, link: Link, table: str, owners: Iterable[Any], condition: Condition
) -> dict[Any, int]:
    """Owner -> how many rows it has that meet the condition."""
    rows = tx.all(
        f"SELECT l.{link.owner}, COUNT(*) FROM {link.table} l JOIN {table} t ON t.{link.child} = l.{link.target}"
        f" WHERE l.{link.owner} {_AMONG} AND ({condition.sql}) GROUP BY 1",
        (to_json(list(owners)), *condition.parameters),
    )
    return {row[0]: row[1] for row in rows}


def _for_each_owner(
    tx: Transaction, select: str, where: str, owner: str, owners: Iterable[Any], listing: Listing
) -> list[Row]:
    parameters = (to_json(list(owners)), *listing.condition.parameters)
    # `+`: SQLite is to find the rows by their owners, not to walk the whole table in the order asked for.
    order = _order(listing.order, "+")
    if listing.page.limit is None:
        return tx.all(f"SELECT {select} {where} ORDER BY {order}", parameters)
    first = listing.page.offset
    return tx.all(
        f"SELECT * FROM (SELECT {select}, ROW_NUMBER() OVER (PARTITION BY {owner} ORDER BY {order}) AS place {where})"
        " WHERE place > ? AND place <= ? ORDER BY place",
        (*parameters, first, first + listing.page.limit),
    )


def _select(paths: Sequence[str]) -> str:
    return ", ".join(["t.id", *(column(path) for path in paths)])


def _order(order: Sequence[Order], sign: str = "") -> str:
    keys = [f"{sign}{column(key.path)}{' DESC' if key.descending else ''}" for key in order]
    if not any(key.path == "id" for key in order):
        keys.append(f"{sign}t.id")
    return ", ".join(keys)


def _limit(page: Page) -> tuple[str, tuple[int, ...]]:
    if page.limit is None:
        return "", ()
    return " LIMIT ? OFFSET ?", (page.limit, page.offset)


# ------------------------------------------------------------------ what any object may have


def external_ids(tx: Transaction, integration_id: int, object_type: str, ids: Iterable[int]) -> dict[int, str]:
    """Object id -> what the integration calls it."""
    rows = tx.all(
        "SELECT object_id, external_id FROM external_ids WHERE integration_id = ? AND object_type = ?"
        f" AND object_id {_AMONG}",
        (integration_id, object_type, to_json(list(ids))),
    )
    return {row[0]: row[1] for row in rows}


def ids_of_external(
    tx: Transaction, integration_id: int, object_type: str, external_ids: Iterable[str]
) -> dict[str, int]:
    """What the integration calls it -> object id."""
    rows = tx.all(
        "SELECT external_id, object_id FROM external_ids WHERE integration_id = ? AND object_type = ?"
        f" AND external_id {_AMONG}",
        (integration_id, object_type, to_json(list(external_ids))),
    )
    return {row[0]: row[1] for row in rows}


def translations(tx: Transaction, object_type: str, ids: Iterable[int]) -> dict[int, dict[tuple[int, str], str]]:
    """Object id -> (language id, field) -> text."""
    found: dict[int, dict[tuple[int, str], str]] = {}
    for row in tx.all(
        f"SELECT object_id, language_id, field, text FROM translations WHERE object_type = ? AND object_id {_AMONG}",
        (object_type, to_json(list(ids))),
    ):
        found.setdefault(row[0], {})[row[1], row[2]] = row[3]
    return found


def last_events(tx: Transaction, object_type: str, ids: Iterable[int]) -> dict[int, int]:
    """Object id -> the moment of its last event."""
    rows = tx.all(
        "SELECT object_id, MAX(created_at) FROM events"
        f" WHERE object_type = ? AND object_id {_AMONG} GROUP BY object_id",
        (object_type, to_json(list(ids))),
    )
    return {row[0]: row[1] for row in rows}


def as_of(tx: Transaction) -> str:
    """The day of the seeded shop: `2026-09-01`."""
    return tx.value("SELECT value FROM meta WHERE key = 'as_of'") or "2026-01-01"


def pairs(tx: Transaction, table: str, first: str, second: str, values: Iterable[Any]) -> list[Row]:
    """(first, second) of the rows whose first column is among the values."""
    return tx.all(
        f"SELECT {first}, {second} FROM {table} WHERE {first} {_AMONG} ORDER BY 1, 2", (to_json(list(values)),)
    )


def found_ids(tx: Transaction, table: str, path: str, values: Iterable[Any], condition: Condition) -> dict[Any, int]:
    """Value -> the id of the row that has it in this column, where the row meets the condition."""
    rows = tx.all(
        f"SELECT {column(path)}, t.id FROM {table} t WHERE {column(path)} {_AMONG} AND ({condition.sql})",
        (to_json(list(values)), *condition.parameters),
    )
    return {row[0]: row[1] for row in rows}


# ------------------------------------------------------------------ access


def access_token(tx: Transaction, token: str) -> Row | None:
    """The access token with its integration's name."""
    return tx.one(
        "SELECT a.*, i.name AS integration FROM api_tokens a LEFT JOIN integrations i ON i.id = a.integration_id"
        " WHERE a.token = ?",
        (token,),
    )


def token_named(tx: Transaction, name: str) -> str | None:
    """The token of that name."""
    return tx.value("SELECT token FROM api_tokens WHERE name = ?", (name,))


def languages(tx: Transaction) -> list[Row]:
    """The languages into which texts are translated: all but the main one."""
    return tx.all("SELECT id, code, name FROM languages WHERE NOT is_default ORDER BY id")


def states_by_code(tx: Transaction) -> dict[tuple[int, str], int]:
    """(country, code) -> state."""
    return {(row[0], row[1]): row[2] for row in tx.all("SELECT country_id, code, id FROM states")}


def country_code(tx: Transaction, country_id: int | None) -> str | None:
    return tx.value("SELECT code FROM countries WHERE id = ?", (country_id,))


def warehouses_of_rules(tx: Transaction, rule_ids: Iterable[int]) -> dict[int, list[Row]]:
    """Allocation rule -> its warehouses in their order."""
    found: dict[int, list[Row]] = {}
    for row in tx.all(
        "SELECT r.allocation_rule_id AS rule, w.* FROM allocation_rule_warehouses r"
        f" JOIN warehouses w ON w.id = r.warehouse_id WHERE r.allocation_rule_id {_AMONG} ORDER BY r.position",
        (to_json(list(rule_ids)),),
    ):
        found.setdefault(row["rule"], []).append(row)
    return found


def currencies(tx: Transaction) -> dict[int, Row]:
    """Currency id -> its row."""
    return {row["id"]: row for row in tx.all("SELECT id, code, decimals, rate_micro FROM currencies")}
