"""Writing prices: pricelists, what products and variants cost in them, and the day from which altered prices apply.

A price is set for a product, and counts for every variant without a price of its own, whether or not a display shows
the variant yet. Prices of the webshops belong to display items; they follow from here (soap-api.md 7.7).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from mockcentra.commerce.errors import Invalid
from mockcentra.store import Transaction, records
from mockcentra.store import price_writing as rows
from mockcentra.store.database import Row

STATUSES = frozenset({"active", "inactive", "cancelled"})


# ------------------------------------------------------------------ pricelists


def create_pricelist(tx: Transaction, store_id: int, *, name: str, currency_id: int, **columns: Any) -> int:
    """A new pricelist without countries and prices; returns its id."""
    pricelist_id = records.add(tx, "pricelists", store_id=store_id, name=name, currency_id=currency_id, **columns)
    tx.touch("reference")
    tx.event("pricelist", pricelist_id, "created")
    return pricelist_id


def change_pricelist(tx: Transaction, pricelist_id: int, **columns: Any) -> bool:
    """Changes a pricelist; returns whether anything differed."""
    if not records.change(tx, "pricelists", pricelist_id, **columns):
        return False
    tx.touch("reference")
    tx.event("pricelist", pricelist_id, "updated")
    return True


# ------------------------------------------------------------------ prices


def set_prices(
    tx: Transaction,
    pricelist_id: int,
    product_id: int,
    prices: Mapping[int, Mapping[str, int | None]],
    overrides: bool = False,
) -> bool:
    """Sets what a product costs; returns whether anything differed.

    `prices`: variant id (0 for every variant without a price of its own) -> price, price_rrp, altered_price and
    altered_rrp in hundredths, those that are to change; None takes a price away. With `overrides` the price of the
    product counts for variants that had one of their own and are not named. Raises Invalid for a negative one.
    """
    if overrides and prices.get(0, {}).get("price") is not None:
        own = rows.individual(tx, product_id, pricelist_id)
        prices = {**{variant_id: {"price": None, "price_rrp": None} for variant_id in own}, **prices}
    for values in prices.values():
        for name, value in values.items():
            if value is not None and value < 0:
                raise Invalid({name: "is negative"})
    changed = [
        rows.put(tx, product_id, pricelist_id, variant_id, dict(values))
        for variant_id, values in prices.items()
        if values
    ]
    if prices.get(0, {}).get("price") is not None:
        changed.append(rows.end_waiting(tx, product_id, pricelist_id))
    if not any(changed):
        return False
    refresh(tx, product_id, [pricelist_id])
    tx.event("price", product_id, "updated", pricelist=pricelist_id)
    return True


def wait_for_price(tx: Transaction, product_id: int, variant_id: int) -> None:
    """A new variant costs nothing yet: the price of its product is its own once that is set again (section 16.2)."""
    rows.wait(tx, product_id, variant_id)


def refresh(
    tx: Transaction, product_id: int, pricelist_ids: Collection[int] | None = None, only_missing: bool = False
) -> None:
    """Lets the display items of a product cost what was set for it, in all pricelists or in some.

    `only_missing` leaves those alone that cost something already, whoever said so.
    """
    rows.show_altered(tx, product_id)
    known: dict[int, dict[int, Row]] = defaultdict(dict)
    for row in rows.of_product(tx, product_id, None if pricelist_ids is None else list(pricelist_ids)):
        known[row["pricelist_id"]][row["variant_id"]] = row
    if not known:
        return
    new: list[tuple[int, int, int, int | None]] = []
    gone: list[tuple[int, int]] = []
    before: list[tuple[int, int, int]] = []
    for item in rows.items_in_stores_of(tx, product_id, list(known)):
        found = _chosen(known[item["pricelist_id"]], item["variant_id"])
        if found is None or (found["price"], found["price_rrp"]) == (item["price"], item["price_rrp"]):
            continue
        if only_missing and item["price"] is not None:
            continue
        key = (item["display_item_id"], item["pricelist_id"])
        if item["price"] is not None and found["price"] != item["price"]:
            before.append((*key, item["price"]))
        if found["price"] is not None:
            new.append((*key, found["price"], found["price_rrp"]))
        elif item["price"] is not None:
            gone.append(key)
    rows.note(tx, before)
    rows.write(tx, new)
    rows.remove(tx, gone)
    items = {entry[0] for entry in new} | {entry[0] for entry in gone}
    tx.touch_items(items)


def _chosen(prices: Mapping[int, Row], variant_id: int) -> Row | None:
    """The variant's own prices, where it has one; else those of the product, unless it is newer than these."""
    own = prices.get(variant_id)
    if own is not None and (own["price"] is not None or own["waits"]):
        return own
    return prices.get(0, own)


# ------------------------------------------------------------------ altered prices (wholesale)


def create_alteration(
    tx: Transaction, store_id: int, *, name: str, status: str, from_at: int, until_at: int | None = None
) -> int:
    """A day from which altered prices apply in a wholesale store; returns its id."""
    _check_status(status)
    alteration_id = records.add(
        tx, "price_alterations", store_id=store_id, name=name, status=status, from_at=from_at, until_at=until_at
    )
    tx.event("price_alteration", alteration_id, "created")
    return alteration_id


def change_alteration(tx: Transaction, alteration_id: int, **columns: Any) -> bool:
    """Changes such a day; returns whether anything differed."""
    if "status" in columns:
        _check_status(columns["status"])
    if not records.change(tx, "price_alterations", alteration_id, **columns):
        return False
    tx.event("price_alteration", alteration_id, "updated")
    return True


def set_altered(
    tx: Transaction,
    alteration_id: int,
    pricelist_id: int,
    product_id: int,
    prices: Mapping[int, Mapping[str, int | None]],
    overrides: bool,
) -> None:
    """Sets what a product and its variants will cost in an alteration, as `set_prices` does for a pricelist."""
    if overrides and prices.get(0, {}).get("price") is not None:
        rows.drop_altered_variants(tx, alteration_id, pricelist_id, product_id)
    for variant_id, values in prices.items():
        rows.put_altered(tx, alteration_id, pricelist_id, product_id, variant_id, dict(values))
    rows.show_altered(tx, product_id)
    tx.event("price", product_id, "updated", pricelist=pricelist_id)


def wholesale_prices(
    tx: Transaction, store_id: int, pricelist_id: int, product_id: int, item_ids: Iterable[int]
) -> dict[int, int]:
    """Display item -> what it costs now in a wholesale pricelist; altered prices apply once their day has come.

    Of several active days the latest one reached counts (soap-api.md 7.8).
    """
    wanted = set(item_ids)
    alterations = rows.active_alterations(tx, store_id, tx.now)
    items = [row for row in rows.items_in_stores_of(tx, product_id, [pricelist_id]) if row["display_item_id"] in wanted]
    found = {row["display_item_id"]: row["price"] for row in items if row["price"] is not None}
    if not alterations:
        return found
    own = {row["variant_id"]: row for row in rows.of_product(tx, product_id, [pricelist_id])}
    for item in items:
        chosen = own.get(item["variant_id"])
        if chosen is None or chosen["altered_price"] is None:
            chosen = own.get(0)
        if chosen is not None and chosen["altered_price"] is not None:
            found[item["display_item_id"]] = chosen["altered_price"]
    for row in rows.altered_prices(tx, alterations[0]["id"], pricelist_id, list(wanted)):
        found[row["display_item_id"]] = row["price"]
    return found


def _check_status(status: str) -> None:
    if status not in STATUSES:
        raise Invalid({f"status {status}": "is unknown"})
