"""Writing shipping options: where they ship, and what that costs."""

from collections.abc import Collection, Mapping
from typing import Any

from mockcentra.commerce.errors import Conflict
from mockcentra.commerce.uris import free_uri
from mockcentra.store import Transaction, records
from mockcentra.store import shipping_writing as rows


def create_option(tx: Transaction, store_id: int, *, name: str, uri: str | None = None, **columns: Any) -> int:
    """A new shipping option at the end; its URI is made of the name when none is given. Returns its id.

    Raises Conflict for a URI that another option of the store has (`uri`).
    """
    if uri is None:
        uri = free_uri(name, "shipping", lambda wanted: rows.is_uri_taken(tx, store_id, wanted))
    _check_uri(tx, store_id, uri, 0)
    position = rows.next_position(tx, store_id)
    option_id = records.add(tx, "shipping_options", store_id=store_id, name=name, uri=uri, position=position, **columns)
    tx.touch("reference")
    tx.event("shipping_option", option_id, "created")
    return option_id


def change_option(tx: Transaction, option_id: int, **columns: Any) -> bool:
    """Changes a shipping option; returns whether anything differed. Raises Conflict (`uri`)."""
    option = records.get(tx, "shipping_options", option_id)
    assert option is not None
    if "uri" in columns:
        _check_uri(tx, option["store_id"], columns["uri"], option_id)
    if not records.change(tx, "shipping_options", option_id, **columns):
        return False
    tx.touch("reference")
    tx.event("shipping_option", option_id, "updated")
    return True


def put_terms(
    tx: Transaction,
    option_id: int,
    add: Collection[int],
    remove: Collection[int],
    costs: Mapping[int, int],
    is_told: bool = False,
) -> None:
    """Adds and removes countries (removals first), and sets what the option costs: currency -> hundredths."""
    before = rows.countries(tx, option_id)
    after = (before - set(remove)) | set(add)
    known = rows.costs(tx, [option_id]).get(option_id, {})
    if after == before and all(known.get(currency_id) == cost for currency_id, cost in costs.items()):
        return
    rows.set_countries(tx, option_id, after)
    rows.put_costs(tx, option_id, costs)
    tx.touch("reference")
    if not is_told:
        tx.event("shipping_option", option_id, "updated")


def _check_uri(tx: Transaction, store_id: int, uri: str, own_id: int) -> None:
    if rows.is_uri_taken(tx, store_id, uri, own_id):
        raise Conflict({"uri": f"{uri} is taken"})
