"""Writing subscription plans: how often, for how much less, and for which variants; webshops offer them at once."""

from collections.abc import Iterable
from typing import Any

from mockcentra.commerce.errors import Invalid
from mockcentra.store import Transaction, records
from mockcentra.store import campaign_writing as items
from mockcentra.store import plan_writing as rows

LONGEST = 1000


def create(tx: Transaction, store_id: int, **columns: Any) -> int:
    """A new plan for nothing yet; returns its id. `percent` is in hundredths of a percent.

    Raises Invalid (`interval`).
    """
    _check(columns)
    plan_id = records.add(tx, "subscription_plans", store_id=store_id, **columns)
    tx.touch("reference")
    tx.event("subscription_plan", plan_id, "created")
    return plan_id


def change(tx: Transaction, plan_id: int, **columns: Any) -> bool:
    """Changes a plan; subscriptions keep the terms that they have. Returns whether anything differed."""
    _check(columns)
    if not records.change(tx, "subscription_plans", plan_id, **columns):
        return False
    _changed(tx, plan_id, rows.items_of(tx, plan_id))
    return True


def set_variants(tx: Transaction, plan_id: int, store_id: int, variant_ids: Iterable[int]) -> list[int]:
    """Offers variants in a plan; returns those that no display of the store shows yet, which follow once one does."""
    wanted = list(variant_ids)
    showing = items.items_showing(tx, store_id, wanted)
    if rows.add_variants(tx, plan_id, wanted):
        found = [item for each in showing.values() for item in each]
        rows.join_items(tx, found)
        records.change(tx, "subscription_plans", plan_id, updated_at=tx.now)
        _changed(tx, plan_id, found)
    return [variant_id for variant_id in wanted if variant_id not in showing]


def unset_variants(tx: Transaction, plan_id: int, store_id: int, variant_ids: Iterable[int]) -> None:
    """Variants that are not offered in a plan any more; subscriptions to them go on."""
    wanted = list(variant_ids)
    if rows.remove_variants(tx, plan_id, wanted):
        found = [item for each in items.items_showing(tx, store_id, wanted).values() for item in each]
        rows.remove_items(tx, plan_id, found)
        records.change(tx, "subscription_plans", plan_id, updated_at=tx.now)
        _changed(tx, plan_id, found)


def _changed(tx: Transaction, plan_id: int, touched: Iterable[int]) -> None:
    tx.touch("reference")
    tx.touch_items(touched)
    tx.event("subscription_plan", plan_id, "updated")


def _check(columns: dict[str, Any]) -> None:
    if not 1 <= columns.get("interval_value", 1) <= LONGEST:
        raise Invalid({"interval": f"must be between 1 and {LONGEST}"})
