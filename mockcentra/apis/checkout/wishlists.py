"""The signed-in customer's wishlist (checkout-api.md 17.3)."""

from typing import Any

from flask import request

from mockcentra.apis import values
from mockcentra.apis.checkout.customers import customer_of
from mockcentra.apis.checkout.transport import Call, endpoint
from mockcentra.commerce import wishlists
from mockcentra.commerce.errors import Denied, NotFound
from mockcentra.store import Transaction
from mockcentra.store.clock import local_text
from mockcentra.store.database import Row

DEFAULT_WISHLIST = 0
"""What this API calls the customer's own list, whatever its number is."""


@endpoint("GET /customer/wishlists/<wishlist>", needs_login=True)
def get_wishlist(call: Call, wishlist: str) -> dict[str, Any]:
    """The products on the list, a page of them where `page` or `limit` is given."""
    if values.whole(wishlist) != DEFAULT_WISHLIST:
        raise NotFound("wishlist")
    page = values.positive(request.args.get("page")) or 1
    limit = values.positive(request.args.get("limit"))
    with call.store.reading() as tx:
        items = wishlists.wishlist_items(tx, customer_of(call.session), page, limit)
    return _wishlist_json(items)


@endpoint("POST /customer/wishlists/<wishlist>/items/<product>", needs_login=True)
def add_to_wishlist(call: Call, wishlist: str, product: str) -> dict[str, Any]:
    with call.transaction() as tx:
        customer_id = customer_of(call.session)
        try:
            _find(tx, customer_id, wishlist)
        except Denied:
            raise NotFound("wishlist", _no_wishlist(wishlist)) from None
        context = call.context
        wishlists.add_to_wishlist(tx, customer_id, context.market.id, context.store_id, values.positive(product) or 0)
        items = wishlists.wishlist_items(tx, customer_id)
    return _wishlist_json(items)


@endpoint("DELETE /customer/wishlists/<wishlist>/items/<product>", needs_login=True)
def remove_from_wishlist(call: Call, wishlist: str, product: str) -> dict[str, Any]:
    with call.transaction() as tx:
        customer_id = customer_of(call.session)
        _find(tx, customer_id, wishlist)
        wishlists.remove_from_wishlist(tx, customer_id, values.positive(product) or 0)
        items = wishlists.wishlist_items(tx, customer_id)
    return _wishlist_json(items)


def _find(tx: Transaction, customer_id: int, wishlist: str) -> None:
    """Makes sure that the wishlist of the path is the customer's: 0, or its real number. Raises NotFound and Denied."""
    number = values.whole(wishlist)
    if number is None or number < 0:
        raise NotFound("wishlist", _no_wishlist(wishlist))
    if number != DEFAULT_WISHLIST:
        wishlists.require_own(tx, customer_id, number)


def _no_wishlist(wishlist: str) -> str:
    return f"Could not find a wishlist with id {wishlist}"


def _wishlist_json(items: list[Row]) -> dict[str, Any]:
    return {
        "wishlist": {
            "wishlist": DEFAULT_WISHLIST,
            "isDefault": True,
            "items": [
                {
                    "wishlistItem": row["id"],
                    "product": row["display_item_id"],
                    "createdAt": local_text(row["created_at"]),
                }
                for row in items
            ],
        }
    }
