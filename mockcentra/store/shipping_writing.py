"""Rows of shipping options: their countries, and what they cost in which currency."""

from collections.abc import Iterable, Mapping

from mockcentra.store.database import Transaction, to_json

_AMONG = "IN (SELECT value FROM json_each(?))"


def is_uri_taken(tx: Transaction, store_id: int, uri: str, own_id: int = 0) -> bool:
    sql = "SELECT 1 FROM shipping_options WHERE store_id = ? AND uri = ? AND id <> ?"
    return tx.value(sql, (store_id, uri, own_id)) is not None


def next_position(tx: Transaction, store_id: int) -> int:
    sql = "SELECT COALESCE(MAX(position), 0) + 1 FROM shipping_options WHERE store_id = ?"
    return tx.value(sql, (store_id,))


def countries(tx: Transaction, option_id: int) -> set[int]:
    """The countries to which an option ships."""
    sql = "SELECT country_id FROM shipping_option_countries WHERE shipping_option_id = ?"
    return {row[0] for row in tx.all(sql, (option_id,))}


def set_countries(tx: Transaction, option_id: int, country_ids: Iterable[int]) -> None:
    tx.run("DELETE FROM shipping_option_countries WHERE shipping_option_id = ?", (option_id,))
    tx.run_many(
        "INSERT INTO shipping_option_countries (shipping_option_id, country_id) VALUES (?, ?)",
        [(option_id, country_id) for country_id in sorted(country_ids)],
    )


def costs(tx: Transaction, option_ids: Iterable[int]) -> dict[int, dict[int, int]]:
    """Option -> currency -> what it costs."""
    found: dict[int, dict[int, int]] = {}
    for row in tx.all(
        "SELECT shipping_option_id, currency_id, cost FROM shipping_costs"
        f" WHERE shipping_option_id {_AMONG} ORDER BY shipping_option_id, currency_id",
        (to_json(list(option_ids)),),
    ):
        found.setdefault(row[0], {})[row[1]] = row[2]
    return found


def put_costs(tx: Transaction, option_id: int, amounts: Mapping[int, int]) -> None:
    """Currency -> what the option costs; other currencies stay."""
    tx.run_many(
        "INSERT INTO shipping_costs (shipping_option_id, currency_id, cost) VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET cost = excluded.cost",
        [(option_id, currency_id, cost) for currency_id, cost in amounts.items()],
    )
