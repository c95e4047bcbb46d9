"""Writing campaigns: where they count and from when to when variants cost less; webshops show it at once."""

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct

from mockcentra.commerce import catalogue
from mockcentra.commerce.errors import Invalid
from mockcentra.commerce.pricing import is_running, price_of
from mockcentra.store import Transaction, records
from mockcentra.store import campaign_writing as rows

STATUSES = frozenset({"active", "inactive", "cancelled"})


class Terms(Struct):
    """What a campaign does to a variant: so much off (hundredths of a percent), or a price (hundredths) in a currency.

    Moments are unix seconds.
    """

    variant_id: int
    start_at: int
    stop_at: int
    is_on_sale: bool
    is_new: bool
    percent: int = 0
    price: int | None = None
    currency_id: int | None = None


def create(tx: Transaction, store_id: int, *, name: str, status: str) -> int:
    """A new campaign that does nothing yet; returns its id."""
    _check_status(status)
    campaign_id = records.add(tx, "campaigns", store_id=store_id, name=name, status=status)
    tx.event("campaign", campaign_id, "created")
    return campaign_id


def change(tx: Transaction, campaign_id: int, **columns: Any) -> bool:
    """Changes columns of a campaign; returns whether anything differed."""
    if "status" in columns:
        _check_status(columns["status"])
        _note(tx, campaign_id, rows.items_of(tx, campaign_id))
    if not records.change(tx, "campaigns", campaign_id, **columns):
        return False
    _changed(tx, campaign_id)
    return True


def put_places(tx: Transaction, campaign_id: int, place: str, add: Iterable[int], remove: Iterable[int] = ()) -> bool:
    """Lets a campaign count in markets, pricelists or delivery windows (`place`), and no more in others.

    A fixed price counts in all pricelists of its currency. Returns whether anything differed.
    """
    gone = list(remove)
    if gone:
        _note(tx, campaign_id, rows.items_of(tx, campaign_id))
    if not rows.put_places(tx, place, campaign_id, add, gone):
        return False
    if place == "pricelist":
        rows.follow_pricelists(tx, campaign_id)
    _changed(tx, campaign_id)
    return True


def set_variants(tx: Transaction, campaign_id: int, store_id: int, terms: Sequence[Terms]) -> list[int]:
    """Says what a campaign does to variants; returns those that no display of the store shows yet.

    These follow once a display shows them. Raises Invalid (`variants`) for a fixed price in a currency that no
    pricelist of the campaign has.
    """
    currencies = set(rows.pricelists_of(tx, campaign_id).values())
    if any(each.price is not None and each.currency_id not in currencies for each in terms):
        raise Invalid({"variants": "no pricelist of the campaign has that currency"})
    if not terms:
        return []
    showing = rows.items_showing(tx, store_id, {each.variant_id for each in terms})
    items = [item_id for found in showing.values() for item_id in found]
    _note(tx, campaign_id, items)
    rows.remove_items(tx, campaign_id, items)
    rows.put_variants(
        tx,
        campaign_id,
        [
            {
                "variant_id": each.variant_id,
                "percent": each.percent,
                "price": each.price,
                "currency_id": each.currency_id,
                "start_at": each.start_at,
                "stop_at": each.stop_at,
                "show_as_on_sale": int(each.is_on_sale),
                "show_as_new": int(each.is_new),
            }
            for each in terms
        ],
    )
    rows.join_items(tx, items)
    records.change(tx, "campaigns", campaign_id, updated_at=tx.now)
    _changed(tx, campaign_id)
    return [each.variant_id for each in terms if each.variant_id not in showing]


def unset_variants(tx: Transaction, campaign_id: int, store_id: int, variant_ids: Iterable[int]) -> bool:
    """Takes variants out of a campaign; returns whether any was in it."""
    wanted = list(variant_ids)
    items = [item for found in rows.items_showing(tx, store_id, wanted).values() for item in found]
    _note(tx, campaign_id, items)
    rows.remove_items(tx, campaign_id, items)
    if not rows.remove_variants(tx, campaign_id, wanted):
        return False
    records.change(tx, "campaigns", campaign_id, updated_at=tx.now)
    _changed(tx, campaign_id, items)
    return True


def delete(tx: Transaction, campaign_id: int) -> None:
    """Deletes a campaign; what it lowered costs what it did before, orders keep what they were given."""
    items = rows.items_of(tx, campaign_id)
    _note(tx, campaign_id, items)
    rows.delete(tx, campaign_id)
    tx.touch_items(items)
    tx.event("campaign", campaign_id, "deleted")


def _note(tx: Transaction, campaign_id: int, item_ids: Iterable[int]) -> None:
    """Keeps what items cost because of a campaign that is running: their lowest price of a period knows it then."""
    row = records.get(tx, "campaigns", campaign_id)
    assert row is not None
    notes = []
    for record in catalogue.records(tx, item_ids).values():
        for campaign in record.campaigns:
            if campaign.campaign_id != campaign_id or not is_running(campaign, tx.now):
                continue
            since = max(campaign.start_at or 0, row["created_at"])
            for market_id in sorted(campaign.market_ids):
                for pricelist_id in sorted(campaign.pricelist_ids):
                    price = price_of(record, market_id, pricelist_id, tx.now)
                    if price.campaign is campaign and price.amount is not None and price.before is not None:
                        notes.append((record.id, pricelist_id, market_id, price.amount, price.before, since))
    rows.note_prices(tx, notes)


def _changed(tx: Transaction, campaign_id: int, gone: Iterable[int] = ()) -> None:
    tx.touch_items([*rows.items_of(tx, campaign_id), *gone])
    tx.event("campaign", campaign_id, "updated")


def _check_status(status: str) -> None:
    if status not in STATUSES:
        raise Invalid({"status": "is unknown"})
