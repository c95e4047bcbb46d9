"""Rows of campaigns as integrations write them: where they count, and what they do to variants."""

from collections.abc import Iterable, Sequence
from typing import Any

from mockcentra.store import graphql_reading as reading
from mockcentra.store.database import Transaction, to_json
from mockcentra.store.graphql_reading import Condition

_AMONG = "IN (SELECT value FROM json_each(?))"
PLACES = {
    "market": ("campaign_markets", "market_id", "markets"),
    "pricelist": ("campaign_pricelists", "pricelist_id", "pricelists"),
    "delivery_window": ("campaign_delivery_windows", "delivery_window_id", "delivery_windows"),
}
"""Where a campaign counts: the table of links, its column, and the table of what it leads to."""

NOT_DELETED = Condition("t.status <> 'deleted'")
HAS_PRICE = Condition("t.price IS NOT NULL")


def worth_between(low: float | None, high: float | None) -> Condition:
    """The percentage or the fixed price lies in the range, whose ends are whole percents or amounts."""
    ends = [None if end is None else round(end * 100) for end in (low, high)]
    return reading.any_of(
        [
            reading.all_of([HAS_PRICE, reading.between("price", *ends)]),
            reading.all_of([reading.negated(HAS_PRICE), reading.between("percent", *ends)]),
        ]
    )


# ------------------------------------------------------------------ writing


def stores_of(tx: Transaction, place: str, ids: Iterable[int]) -> dict[int, int]:
    """Market, pricelist or delivery window -> its store."""
    table = PLACES[place][2]
    rows = tx.all(f"SELECT id, store_id FROM {table} WHERE id {_AMONG}", (to_json(list(ids)),))
    return {row[0]: row[1] for row in rows}


def put_places(tx: Transaction, place: str, campaign_id: int, add: Iterable[int], remove: Iterable[int]) -> bool:
    """Gives a campaign markets, pricelists or delivery windows, and takes others; returns whether anything differed."""
    table, column, _ = PLACES[place]
    wanted = to_json(list(remove))
    gone = tx.run(f"DELETE FROM {table} WHERE campaign_id = ? AND {column} {_AMONG}", (campaign_id, wanted))
    before = tx.value(f"SELECT COUNT(*) FROM {table} WHERE campaign_id = ?", (campaign_id,))
    tx.run_many(
        f"INSERT INTO {table} (campaign_id, {column}) VALUES (?, ?) ON CONFLICT DO NOTHING",
        [(campaign_id, each) for each in add],
    )
    after = tx.value(f"SELECT COUNT(*) FROM {table} WHERE campaign_id = ?", (campaign_id,))
    return gone > 0 or after != before


def follow_pricelists(tx: Transaction, campaign_id: int) -> None:
    """Fixed prices count in all pricelists of the campaign in their currency, and in no others."""
    tx.run(
        "DELETE FROM campaign_prices WHERE campaign_id = ?1"
        " AND pricelist_id NOT IN (SELECT pricelist_id FROM campaign_pricelists WHERE campaign_id = ?1)"
        " AND EXISTS (SELECT 1 FROM campaign_prices o WHERE o.campaign_id = ?1"
        " AND o.display_item_id = campaign_prices.display_item_id"
        " AND o.pricelist_id IN (SELECT pricelist_id FROM campaign_pricelists WHERE campaign_id = ?1))",
        (campaign_id,),
    )
    tx.run(
        "INSERT INTO campaign_prices (campaign_id, display_item_id, pricelist_id, price)"
        " SELECT p.campaign_id, p.display_item_id, l.id, MIN(p.price) FROM campaign_prices p"
        " JOIN pricelists o ON o.id = p.pricelist_id JOIN campaign_pricelists c ON c.campaign_id = p.campaign_id"
        " JOIN pricelists l ON l.id = c.pricelist_id AND l.currency_id = o.currency_id"
        " WHERE p.campaign_id = ? GROUP BY p.display_item_id, l.id ON CONFLICT DO NOTHING",
        (campaign_id,),
    )


def pricelists_of(tx: Transaction, campaign_id: int) -> dict[int, int]:
    """Pricelist of the campaign -> its currency."""
    rows = tx.all(
        "SELECT l.id, l.currency_id FROM campaign_pricelists c JOIN pricelists l ON l.id = c.pricelist_id"
        " WHERE c.campaign_id = ?",
        (campaign_id,),
    )
    return {row[0]: row[1] for row in rows}


def items_of(tx: Transaction, campaign_id: int) -> list[int]:
    """The display items of a campaign."""
    return [
        row[0] for row in tx.all("SELECT display_item_id FROM campaign_items WHERE campaign_id = ?", (campaign_id,))
    ]


def items_showing(tx: Transaction, store_id: int, variant_ids: Iterable[int]) -> dict[int, list[int]]:
    """Variant -> its display items in a store."""
    found: dict[int, list[int]] = {}
    for row in tx.all(
        "SELECT i.variant_id, i.id FROM display_items i JOIN displays d ON d.id = i.display_id"
        f" WHERE d.store_id = ? AND i.variant_id {_AMONG} ORDER BY i.id",
        (store_id, to_json(list(variant_ids))),
    ):
        found.setdefault(row[0], []).append(row[1])
    return found


_TERMS = "percent, start_at, stop_at, show_as_on_sale, show_as_new"
_SHOWN = (
    "FROM campaign_variants v JOIN campaigns c ON c.id = v.campaign_id AND c.status <> 'deleted'"
    " JOIN display_items i ON i.variant_id = v.variant_id"
    " JOIN displays d ON d.id = i.display_id AND d.store_id = c.store_id"
)


def put_variants(tx: Transaction, campaign_id: int, variants: Sequence[dict[str, Any]]) -> None:
    """Sets what a campaign does to variants: rows of `campaign_variants` without campaign and moment."""
    names = ("variant_id", "price", "currency_id", *_TERMS.split(", "))
    tx.run_many(
        f"INSERT INTO campaign_variants (campaign_id, created_at, variant_id, price, currency_id, {_TERMS})"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (campaign_id, variant_id) DO UPDATE SET"
        " price = excluded.price, currency_id = excluded.currency_id, percent = excluded.percent,"
        " start_at = excluded.start_at,"
        " stop_at = excluded.stop_at, show_as_on_sale = excluded.show_as_on_sale, show_as_new = excluded.show_as_new",
        [(campaign_id, tx.now, *(each[name] for name in names)) for each in variants],
    )


def remove_variants(tx: Transaction, campaign_id: int, variant_ids: Iterable[int]) -> bool:
    """Takes variants out of a campaign; returns whether any was in it."""
    sql = f"DELETE FROM campaign_variants WHERE campaign_id = ? AND variant_id {_AMONG}"
    return tx.run(sql, (campaign_id, to_json(list(variant_ids)))) > 0


def join_items(tx: Transaction, item_ids: Iterable[int]) -> None:
    """Display items that are new in campaigns follow what these say of their variants.

    A price that other items of the variant have in more pricelists than the currency of the campaign's is theirs, too.
    """
    wanted = (to_json(list(item_ids)),)
    tx.run(
        f"INSERT INTO campaign_items (campaign_id, display_item_id, {_TERMS}, created_at)"
        " SELECT v.campaign_id, i.id, v.percent, v.start_at, v.stop_at, v.show_as_on_sale, v.show_as_new, v.created_at"
        f" {_SHOWN} WHERE i.id {_AMONG} ON CONFLICT DO NOTHING",
        wanted,
    )
    tx.run(
        "INSERT INTO campaign_prices (campaign_id, display_item_id, pricelist_id, price)"
        f" SELECT v.campaign_id, i.id, l.id, v.price {_SHOWN}"
        " JOIN campaign_pricelists p ON p.campaign_id = v.campaign_id"
        " JOIN pricelists l ON l.id = p.pricelist_id AND l.currency_id = v.currency_id"
        f" WHERE i.id {_AMONG} AND v.price IS NOT NULL ON CONFLICT DO NOTHING",
        wanted,
    )
    tx.run(
        "INSERT INTO campaign_prices (campaign_id, display_item_id, pricelist_id, price)"
        f" SELECT v.campaign_id, i.id, p.pricelist_id, MIN(p.price) {_SHOWN}"
        " JOIN display_items o ON o.variant_id = v.variant_id"
        " JOIN campaign_prices p ON p.campaign_id = v.campaign_id AND p.display_item_id = o.id"
        f" WHERE i.id {_AMONG} AND v.price IS NOT NULL GROUP BY v.campaign_id, i.id, p.pricelist_id"
        " ON CONFLICT DO NOTHING",
        wanted,
    )


def note_variants(tx: Transaction) -> None:
    """Lets the variants of items that are in campaigns be in them: for items that were put there one by one."""
    price = (
        "FROM campaign_prices p JOIN pricelists l ON l.id = p.pricelist_id WHERE p.campaign_id = c.campaign_id"
        " AND p.display_item_id = c.display_item_id ORDER BY p.pricelist_id LIMIT 1"
    )
    tx.run(
        f"INSERT INTO campaign_variants (campaign_id, variant_id, price, currency_id, created_at, {_TERMS})"
        f" SELECT c.campaign_id, i.variant_id, (SELECT p.price {price}), (SELECT l.currency_id {price}), c.created_at,"
        " c.percent, c.start_at, c.stop_at, c.show_as_on_sale, c.show_as_new"
        " FROM campaign_items c JOIN display_items i ON i.id = c.display_item_id ORDER BY c.id ON CONFLICT DO NOTHING"
    )


def remove_prices(tx: Transaction, campaign_id: int, item_ids: Iterable[int]) -> None:
    tx.run(
        f"DELETE FROM campaign_prices WHERE campaign_id = ? AND display_item_id {_AMONG}",
        (campaign_id, to_json(list(item_ids))),
    )


def remove_items(tx: Transaction, campaign_id: int, item_ids: Iterable[int]) -> bool:
    """Takes display items out of a campaign; returns whether any was in it."""
    remove_prices(tx, campaign_id, item_ids)
    wanted = to_json(list(item_ids))
    return (
        tx.run(f"DELETE FROM campaign_items WHERE campaign_id = ? AND display_item_id {_AMONG}", (campaign_id, wanted))
        > 0
    )


def delete(tx: Transaction, campaign_id: int) -> None:
    """Takes a campaign away with everything that belongs to it; its row stays for the orders that it was in."""
    for table in (
        "campaign_prices",
        "campaign_items",
        "campaign_variants",
        *(table for table, _, _ in PLACES.values()),
    ):
        tx.run(f"DELETE FROM {table} WHERE campaign_id = ?", (campaign_id,))
    for table in ("attribute_values", "attribute_links", "external_ids"):
        tx.run(f"DELETE FROM {table} WHERE object_type = 'campaign' AND object_id = ?", (campaign_id,))
    tx.update("campaigns", campaign_id, status="deleted", updated_at=tx.now)


def note_prices(tx: Transaction, prices: Iterable[tuple[int, int, int, int, int, int]]) -> None:
    """Notes what items cost until now: (item, pricelist, market, price, price before the campaign, since when)."""
    tx.run_many(
        "INSERT INTO price_records (display_item_id, pricelist_id, market_id, price, price_before, from_at, until_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(*price, tx.now) for price in prices],
    )
