"""Rows of shipping options: the stores and markets that have them, their groups of countries, and what these cost."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from mockcentra.store.database import Row, Transaction, to_json

_AMONG = "IN (SELECT value FROM json_each(?))"


class Range(NamedTuple):
    """What shipping costs from so much on. Costs are hundredths, percentages hundredths of a percent."""

    kind: str
    start: int
    cost: int | None
    percent: int | None


def is_uri_taken(tx: Transaction, store_ids: Iterable[int], uri: str, own_id: int = 0) -> bool:
    """Whether another option of one of the stores has the URI."""
    sql = (
        "SELECT 1 FROM shipping_options o WHERE o.uri = ? AND o.id <> ? AND (o.store_id IN (SELECT value FROM"
        " json_each(?3)) OR EXISTS (SELECT 1 FROM shipping_option_stores s WHERE s.shipping_option_id = o.id"
        " AND s.store_id IN (SELECT value FROM json_each(?3))))"
    )
    return tx.value(sql, (uri, own_id, to_json(list(store_ids)))) is not None


def next_position(tx: Transaction, store_id: int) -> int:
    sql = "SELECT COALESCE(MAX(position), 0) + 1 FROM shipping_options WHERE store_id = ?"
    return tx.value(sql, (store_id,))


def state(tx: Transaction, option_id: int) -> tuple[object, ...]:
    """Everything that an option is, to be compared with what it was."""
    known = groups(tx, option_id)
    costs = [tuple(row) for found in ranges(tx, known).values() for row in found]
    (row,) = tx.all("SELECT * FROM shipping_options WHERE id = ?", (option_id,))
    return tuple(row), stores(tx, option_id), markets(tx, option_id), known, costs


# ------------------------------------------------------------------ stores and markets


def stores(tx: Transaction, option_id: int) -> list[int]:
    """The stores that offer an option."""
    sql = "SELECT store_id FROM shipping_option_stores WHERE shipping_option_id = ? ORDER BY store_id"
    return [row[0] for row in tx.all(sql, (option_id,))]


def put_stores(tx: Transaction, option_id: int, store_ids: Iterable[int]) -> None:
    """Exactly these stores offer the option."""
    tx.run("DELETE FROM shipping_option_stores WHERE shipping_option_id = ?", (option_id,))
    tx.run_many(
        "INSERT INTO shipping_option_stores (shipping_option_id, store_id) VALUES (?, ?)",
        [(option_id, store_id) for store_id in sorted(set(store_ids))],
    )


def markets(tx: Transaction, option_id: int) -> list[int]:
    """The markets in which an option is offered."""
    sql = "SELECT market_id FROM shipping_option_markets WHERE shipping_option_id = ? ORDER BY market_id"
    return [row[0] for row in tx.all(sql, (option_id,))]


def put_markets(tx: Transaction, option_id: int, market_ids: Iterable[int]) -> None:
    """The option is offered in these markets of its stores only."""
    tx.update("shipping_options", option_id, has_own_markets=1)
    tx.run("DELETE FROM shipping_option_own_markets WHERE shipping_option_id = ?", (option_id,))
    tx.run_many(
        "INSERT INTO shipping_option_own_markets (shipping_option_id, market_id) VALUES (?, ?)",
        [(option_id, market_id) for market_id in sorted(set(market_ids))],
    )


# ------------------------------------------------------------------ groups and what they cost


def groups(tx: Transaction, option_id: int) -> dict[int, list[int]]:
    """Group of an option -> its countries."""
    found: dict[int, list[int]] = {}
    for row in tx.all(
        "SELECT g.id, c.country_id FROM shipping_groups g LEFT JOIN shipping_group_countries c"
        " ON c.shipping_group_id = g.id WHERE g.shipping_option_id = ? ORDER BY g.id, c.country_id",
        (option_id,),
    ):
        countries = found.setdefault(row[0], [])
        if row[1] is not None:
            countries.append(row[1])
    return found


def add_group(tx: Transaction, option_id: int) -> int:
    return tx.insert("shipping_groups", shipping_option_id=option_id)


def delete_group(tx: Transaction, group_id: int) -> None:
    """Takes a group away with its countries and what it costs."""
    for table in ("shipping_group_countries", "shipping_ranges"):
        tx.run(f"DELETE FROM {table} WHERE shipping_group_id = ?", (group_id,))
    tx.run("DELETE FROM shipping_groups WHERE id = ?", (group_id,))


def put_countries(tx: Transaction, group_id: int, country_ids: Iterable[int]) -> None:
    """The group has exactly these countries."""
    tx.run("DELETE FROM shipping_group_countries WHERE shipping_group_id = ?", (group_id,))
    tx.run_many(
        "INSERT INTO shipping_group_countries (shipping_group_id, country_id) VALUES (?, ?)",
        [(group_id, country_id) for country_id in sorted(set(country_ids))],
    )


def ranges(tx: Transaction, group_ids: Iterable[int]) -> dict[int, list[Row]]:
    """Group -> what it costs, by currency and by where the ranges start."""
    found: dict[int, list[Row]] = {}
    for row in tx.all(
        f"SELECT * FROM shipping_ranges WHERE shipping_group_id {_AMONG}"
        " ORDER BY shipping_group_id, currency_id, start, id",
        (to_json(list(group_ids)),),
    ):
        found.setdefault(row["shipping_group_id"], []).append(row)
    return found


def put_ranges(tx: Transaction, group_id: int, currency_id: int, steps: Sequence[Range]) -> None:
    """What a group costs in a currency, instead of what it cost."""
    tx.run("DELETE FROM shipping_ranges WHERE shipping_group_id = ? AND currency_id = ?", (group_id, currency_id))
    tx.run_many(
        "INSERT INTO shipping_ranges (shipping_group_id, currency_id, kind, start, cost, percent)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [(group_id, currency_id, *step) for step in steps],
    )


def change_currency(tx: Transaction, option_id: int, before: int, after: int) -> None:
    """The same amounts are in another currency, for groups that cost nothing in that one yet."""
    tx.run(
        "UPDATE shipping_ranges SET currency_id = ?3 WHERE currency_id = ?2 AND shipping_group_id IN"
        " (SELECT id FROM shipping_groups WHERE shipping_option_id = ?1) AND NOT EXISTS (SELECT 1 FROM"
        " shipping_ranges o WHERE o.shipping_group_id = shipping_ranges.shipping_group_id AND o.currency_id = ?3)",
        (option_id, before, after),
    )


def weights(tx: Transaction, size_ids: Iterable[int]) -> list[Row]:
    """(id, size_json, variant_json, weight_milli, weight_unit): what sizes, variants and products say of weights."""
    return tx.all(
        "SELECT z.id, z.shipping_json AS size_json, v.shipping_json AS variant_json, p.weight_milli, p.weight_unit"
        " FROM product_sizes z JOIN variants v ON v.id = z.variant_id JOIN products p ON p.id = v.product_id"
        f" WHERE z.id {_AMONG}",
        (to_json(list(size_ids)),),
    )


def markets_of_stores(tx: Transaction, market_ids: Iterable[int]) -> Mapping[int, int]:
    """Market -> its store."""
    rows = tx.all(f"SELECT id, store_id FROM markets WHERE id {_AMONG}", (to_json(list(market_ids)),))
    return {row[0]: row[1] for row in rows}
