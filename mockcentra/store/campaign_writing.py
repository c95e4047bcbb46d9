"""Rows of campaigns as integrations write them: where they count, and what they do to variants."""

from collections.abc import Iterable, Sequence
from typing import Any

from mockcentra.store import graphql_reading as reading
from mockcentra.store.database import Row, Transaction, to_json
from mockcentra.store.graphql_reading import Condition

_AMONG = "IN (SELECT value FROM json_each(?))"
PLACES = {
    "market": ("campaign_markets", "market_id", "markets"),
    "pricelist": ("campaign_pricelists", "pricelist_id", "pricelists"),
    "delivery_window": ("campaign_delivery_windows", "delivery_window_id", "delivery_windows"),
}
"""Where a campaign counts: the table of links, its column, and the table of what it leads to."""

# A variant may be on several displays: the first of its items in a campaign stands for it.
FIRST_OF_VARIANT = Condition(
    "t.id = (SELECT MIN(o.id) FROM campaign_items o JOIN display_items d ON d.id = o.display_item_id"
    " WHERE o.campaign_id = t.campaign_id"
    " AND d.variant_id = (SELECT s.variant_id FROM display_items s WHERE s.id = t.display_item_id))"
)
_PRICE_OF = "FROM campaign_prices p WHERE p.campaign_id = t.campaign_id AND p.display_item_id = t.display_item_id"
NOT_DELETED = Condition("t.status <> 'deleted'")
HAS_PRICE = Condition(f"EXISTS (SELECT 1 {_PRICE_OF})")


def worth_between(low: float | None, high: float | None) -> Condition:
    """The percentage or the fixed price lies in the range, whose ends are whole percents or amounts."""
    ends = [None if end is None else round(end * 100) for end in (low, high)]
    first = f"(SELECT p.price {_PRICE_OF} ORDER BY p.pricelist_id LIMIT 1)"
    price = Condition(f"{first} BETWEEN COALESCE(?, {first}) AND COALESCE(?, {first})", tuple(ends))
    percent = reading.all_of([reading.negated(HAS_PRICE), reading.between("percent", *ends)])
    return reading.any_of([price, percent])


def fixed_prices(tx: Transaction, campaign_ids: Iterable[int]) -> dict[tuple[int, int], Row]:
    """(campaign, display item) -> the price of its first pricelist, with the currency."""
    found: dict[tuple[int, int], Row] = {}
    for row in tx.all(
        "SELECT p.campaign_id, p.display_item_id, p.price, l.currency_id FROM campaign_prices p"
        f" JOIN pricelists l ON l.id = p.pricelist_id WHERE p.campaign_id {_AMONG} ORDER BY p.pricelist_id",
        (to_json(list(campaign_ids)),),
    ):
        found.setdefault((row["campaign_id"], row["display_item_id"]), row)
    return found


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


def put_items(tx: Transaction, campaign_id: int, items: Sequence[tuple[int, dict[str, Any]]]) -> None:
    """Sets what a campaign does to display items: (item, columns of `campaign_items`)."""
    tx.run_many(
        "INSERT INTO campaign_items (campaign_id, display_item_id, percent, start_at, stop_at, show_as_on_sale,"
        " show_as_new, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (campaign_id, display_item_id) DO UPDATE SET percent = excluded.percent,"
        " start_at = excluded.start_at, stop_at = excluded.stop_at, show_as_on_sale = excluded.show_as_on_sale,"
        " show_as_new = excluded.show_as_new",
        [
            (
                campaign_id,
                item_id,
                columns["percent"],
                columns["start_at"],
                columns["stop_at"],
                columns["show_as_on_sale"],
                columns["show_as_new"],
                tx.now,
            )
            for item_id, columns in items
        ],
    )


def put_prices(tx: Transaction, campaign_id: int, prices: Iterable[tuple[int, int, int]]) -> None:
    """Sets campaign prices: (item, pricelist, price)."""
    tx.run_many(
        "INSERT INTO campaign_prices (campaign_id, display_item_id, pricelist_id, price) VALUES (?, ?, ?, ?)",
        [(campaign_id, *price) for price in prices],
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
    for table in ("campaign_prices", "campaign_items", *(table for table, _, _ in PLACES.values())):
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
