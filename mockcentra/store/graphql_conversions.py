"""The table of external ids as the GraphQL API shows it: entries with ids of their own."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from mockcentra.store.database import Row, Transaction, to_json
from mockcentra.store.graphql_reading import Condition, Page

# An entry is one object of one integration, so its id follows from them: it stays when the external id changes.
_TYPE_STEP = 10**11
_INTEGRATION_STEP = 10**14


class Entry(NamedTuple):
    """One entry: what an integration calls an object."""

    id: int
    object_type: str
    object_id: int
    external_id: str


def entry_id(integration_id: int, type_number: int, object_id: int) -> int:
    return integration_id * _INTEGRATION_STEP + type_number * _TYPE_STEP + object_id


def entries(
    tx: Transaction, integration_id: int, numbers: Mapping[str, int], condition: Condition, page: Page, descending: bool
) -> list[Entry]:
    """A page of an integration's entries that meet the condition; `numbers` are the types that can be shown."""
    cases = " ".join(f"WHEN '{name}' THEN {number}" for name, number in numbers.items())
    number = f"CASE t.object_type {cases} END"
    direction = " DESC" if descending else ""
    rows = tx.all(
        f"SELECT {number}, t.object_type, t.object_id, t.external_id FROM external_ids t"
        f" WHERE t.integration_id = ? AND {number} IS NOT NULL AND ({condition.sql})"
        f" ORDER BY 1{direction}, t.object_id{direction} LIMIT ? OFFSET ?",
        (integration_id, *condition.parameters, -1 if page.limit is None else page.limit, page.offset),
    )
    return [_entry(integration_id, row) for row in rows]


def _entry(integration_id: int, row: Row) -> Entry:
    return Entry(entry_id(integration_id, row[0], row[2]), row[1], row[2], row[3])


def with_ids(wanted: Sequence[int], numbers: Mapping[str, int]) -> Condition:
    """The entries that have one of these ids."""
    kinds = {number: name for name, number in numbers.items()}
    keys = [f"{kinds[number]}:{object_id}" for _, number, object_id in map(parts_of, wanted) if number in kinds]
    return Condition("t.object_type || ':' || t.object_id IN (SELECT value FROM json_each(?))", (to_json(keys),))


def of_objects(numbers: Sequence[int]) -> Condition:
    """The entries of objects with these ids; orders are known by their numbers."""
    wanted = to_json(list(numbers))
    listed = "IN (SELECT value FROM json_each(?))"
    return Condition(
        f"CASE t.object_type WHEN 'order' THEN t.object_id IN (SELECT id FROM orders WHERE number {listed})"
        f" ELSE t.object_id {listed} END",
        (wanted, wanted),
    )


def parts_of(wanted: int) -> tuple[int, int, int]:
    """(integration, number of the type, object) of an entry's id."""
    integration_id, rest = divmod(wanted, _INTEGRATION_STEP)
    number, object_id = divmod(rest, _TYPE_STEP)
    return integration_id, number, object_id


def remove(tx: Transaction, integration_id: int, object_type: str, object_id: int) -> bool:
    """Takes an entry away; returns whether there was one."""
    return (
        tx.run(
            "DELETE FROM external_ids WHERE integration_id = ? AND object_type = ? AND object_id = ?",
            (integration_id, object_type, object_id),
        )
        > 0
    )


def object_numbers(tx: Transaction, order_ids: Sequence[int]) -> dict[int, int]:
    """Order id -> its number, which is what this API calls it."""
    places = ", ".join("?" * len(order_ids))
    return {row[0]: row[1] for row in tx.all(f"SELECT id, number FROM orders WHERE id IN ({places})", order_ids)}


def order_of_number(tx: Transaction, number: int) -> int | None:
    return tx.value("SELECT id FROM orders WHERE number = ?", (number,))
