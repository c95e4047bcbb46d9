"""Wishlists: one for each account, with the products that the shopper wants to remember (checkout-api.md 17.3)."""

from mockcentra.commerce.catalogue import is_listed, record_of
from mockcentra.commerce.errors import Denied, Invalid, NotFound
from mockcentra.store import Transaction
from mockcentra.store import wishlists as rows
from mockcentra.store.database import Row

MAX_ITEMS = 10_000


def wishlist_id_of(tx: Transaction, customer_id: int) -> int:
    """The id of the account's wishlist, which exists from its first use on."""
    known = rows.wishlist_of(tx, customer_id)
    if known is not None:
        return known
    wishlist_id = rows.create(tx, customer_id)
    tx.event("wishlist", wishlist_id, "created")
    return wishlist_id


def wishlist_items(tx: Transaction, customer_id: int, page: int = 1, limit: int | None = None) -> list[Row]:
    """`id, display_item_id, created_at` of what is on the list, in the order in which it was added.

    `page` counts from 1; without a limit everything is on the first page.
    """
    wishlist_id = rows.wishlist_of(tx, customer_id)
    size = MAX_ITEMS if limit is None else min(limit, MAX_ITEMS)
    offset = (page - 1) * size
    if wishlist_id is None or offset >= MAX_ITEMS:
        return []
    return rows.items(tx, wishlist_id, size, offset)


def add_to_wishlist(tx: Transaction, customer_id: int, market_id: int, store_id: int, display_item_id: int) -> None:
    """Puts a product of the market on the account's list, sold out or not.

    Raises NotFound for `displayItem`, which flexible bundles count as, and Invalid for `wishlist`: twice, or too many.
    """
    record = record_of(tx, display_item_id)
    if (
        record is None
        or record.store_id != store_id
        or not is_listed(record, market_id)
        or (record.bundle is not None and record.bundle.type == "flexible")
    ):
        raise NotFound("displayItem")
    wishlist_id = wishlist_id_of(tx, customer_id)
    refused = f"Cannot add display {record.display_id} to wishlist {wishlist_id}"
    if rows.holds(tx, wishlist_id, display_item_id):
        raise Invalid({"wishlist": f"{refused}: duplicate item"})
    if rows.size(tx, wishlist_id) >= MAX_ITEMS:
        raise Invalid({"wishlist": f"{refused}: too many items"})
    rows.add_item(tx, wishlist_id, display_item_id)
    tx.event("wishlist", wishlist_id, "updated")


def remove_from_wishlist(tx: Transaction, customer_id: int, display_item_id: int) -> None:
    """Takes a product off the account's list. Raises NotFound for `displayItem`."""
    wishlist_id = rows.wishlist_of(tx, customer_id)
    if wishlist_id is None or not rows.remove_item(tx, wishlist_id, display_item_id):
        raise NotFound("displayItem")
    tx.event("wishlist", wishlist_id, "updated")


def require_own(tx: Transaction, customer_id: int, wishlist_id: int) -> None:
    """Raises NotFound when there is no such wishlist and Denied when it is somebody else's."""
    owner = rows.owner(tx, wishlist_id)
    if owner is None:
        raise NotFound("wishlist", f"Could not find a wishlist with id {wishlist_id}")
    if owner != customer_id:
        raise Denied("user", "Current user is not owner of this wishlist")
