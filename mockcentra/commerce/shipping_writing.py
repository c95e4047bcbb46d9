"""Writing shipping options: which stores and markets have them, where they ship, and what that costs."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from mockcentra.commerce.errors import Conflict
from mockcentra.commerce.uris import free_uri
from mockcentra.store import Transaction, records
from mockcentra.store import shipping_writing as rows
from mockcentra.store.shipping_writing import Range


def create_option(
    tx: Transaction, store_ids: Sequence[int], *, name: str, uri: str | None = None, **columns: Any
) -> int:
    """A new shipping option of stores, at the end; its URI is made of the name when none is given. Returns its id.

    Raises Conflict for a URI that another option of a store has (`uri`).
    """
    if uri is None:
        uri = free_uri(name, "shipping", lambda wanted: rows.is_uri_taken(tx, store_ids, wanted))
    _check_uri(tx, store_ids, uri, 0)
    home = store_ids[0]
    position = rows.next_position(tx, home)
    option_id = records.add(tx, "shipping_options", store_id=home, name=name, uri=uri, position=position, **columns)
    rows.put_stores(tx, option_id, store_ids)
    tx.touch("reference")
    tx.event("shipping_option", option_id, "created")
    return option_id


def change_option(tx: Transaction, option_id: int, store_ids: Collection[int], **columns: Any) -> None:
    """Changes a shipping option and the stores that offer it. Raises Conflict (`uri`)."""
    before = records.get(tx, "shipping_options", option_id)
    assert before is not None
    if "uri" in columns or set(store_ids) - set(rows.stores(tx, option_id)):
        _check_uri(tx, store_ids, columns.get("uri", before["uri"]), option_id)
    if set(store_ids) != set(rows.stores(tx, option_id)):
        rows.put_stores(tx, option_id, store_ids)
    records.change(tx, "shipping_options", option_id, **columns)


def uri_of(tx: Transaction, option_id: int, name: str) -> str:
    """A URI made of a name that no other option of the same stores has."""
    stores = rows.stores(tx, option_id)
    return free_uri(name, "shipping", lambda wanted: rows.is_uri_taken(tx, stores, wanted, option_id))


def put_markets(tx: Transaction, option_id: int, add: Iterable[int], remove: Iterable[int]) -> None:
    """Offers an option in markets, and no more in others; removals go first.

    An option that is for every market of its stores is for the added ones alone from now on.
    """
    option = records.get(tx, "shipping_options", option_id)
    assert option is not None
    gone, new = set(remove), set(add)
    if not gone and not new:
        return
    before = set(rows.markets(tx, option_id)) if option["has_own_markets"] or gone else set()
    rows.put_markets(tx, option_id, (before - gone) | new)


def add_group(
    tx: Transaction, option_id: int, currency_id: int, country_ids: Collection[int], steps: Sequence[Range]
) -> int:
    """Countries to which an option costs something of their own; returns the id of their group."""
    group_id = rows.add_group(tx, option_id)
    change_group(tx, option_id, group_id, currency_id, country_ids, (), steps)
    return group_id


def change_group(
    tx: Transaction,
    option_id: int,
    group_id: int,
    currency_id: int,
    add: Collection[int],
    remove: Collection[int],
    steps: Sequence[Range] | None,
) -> None:
    """Other countries, removals first, and other costs in a currency. A country leaves the group where it was."""
    for other, countries in rows.groups(tx, option_id).items():
        after = set(countries) - set(remove if other == group_id else add)
        if other == group_id:
            after |= set(add)
        if after != set(countries):
            rows.put_countries(tx, other, after)
    if steps is not None:
        rows.put_ranges(tx, group_id, currency_id, steps)


def remove_group(tx: Transaction, group_id: int) -> None:
    """Takes a group of countries away, and with it where the option ships and what that costs."""
    rows.delete_group(tx, group_id)


def told(tx: Transaction, option_id: int) -> None:
    """Says that a shipping option changed."""
    tx.touch("reference")
    tx.event("shipping_option", option_id, "updated")


def _check_uri(tx: Transaction, store_ids: Iterable[int], uri: str, own_id: int) -> None:
    if rows.is_uri_taken(tx, store_ids, uri, own_id):
        raise Conflict({"uri": f"{uri} is taken"})
