"""Wishlists: one for each customer, whose display items shoppers and integrations put there."""

from typing import Any

from mockcentra.apis.graphql.areas.terms import always
from mockcentra.apis.graphql.changes import Change
from mockcentra.apis.graphql.registry import mutation
from mockcentra.apis.graphql.types import (
    Among,
    Many,
    Moment,
    One,
    Text,
    Type,
    constant,
    define,
)
from mockcentra.commerce import wishlists
from mockcentra.commerce.market_writing import default_market
from mockcentra.store import graphql_reading as reading
from mockcentra.store import graphql_wholesale as rows
from mockcentra.store import records

NAME = "Wishlist"
_CALLED = reading.computed("wishlist_name", f"'{NAME}'")

define(
    Type(
        "Wishlist",
        "wishlists",
        fields={
            "name": always(NAME),
            "isDefault": always(True),
            "createdAt": Moment(rows.WISHLIST_MADE),
            "store": One(rows.WISHLIST_STORE),
            "items": Many("wishlist_id"),
        },
        filters={
            "name": Text(_CALLED),
            "isDefault": constant(True),
            "storeId": Among(rows.WISHLIST_STORE),
            "customerId": Among("customer_id"),
        },
        search=(_CALLED, "customer_id>customers.email"),
        store=rows.WISHLIST_STORE,
    ),
    Type(
        "WishlistItem",
        "wishlist_items",
        fields={"displayItem": One("display_item_id"), "createdAt": Moment("created_at")},
    ),
)


@mutation("addWishlistItem")
def add_wishlist_item(change: Change) -> dict[str, Any]:
    """Puts a display item on a customer's wishlist, which is made with the first one."""
    given = change.input
    customer_id, item_id = given.ref("customer", "Customer"), given.ref("displayItem", "DisplayItem")
    wishlist_id = given.ref("wishlist", "Wishlist")
    customer = None if customer_id is None else records.get(change.tx, "customers", customer_id)
    if (
        wishlist_id is not None
        and customer is not None
        and rows.owner_of_wishlist(change.tx, wishlist_id) != customer_id
    ):
        given.error("The wishlist belongs to another customer", "wishlist")
    change.check()
    assert customer is not None and item_id is not None
    market_id = customer["market_id"] or default_market(change.tx, customer["store_id"])
    wishlists.add_to_wishlist(change.tx, customer["id"], market_id, customer["store_id"], item_id)
    return {"wishlist": wishlists.wishlist_id_of(change.tx, customer["id"])}


@mutation("removeWishlistItem")
def remove_wishlist_item(change: Change) -> dict[str, Any]:
    """Takes a display item off a wishlist; a user error when it is not on it."""
    wishlist_id = change.input.ref("wishlist", "Wishlist")
    item_id = change.input.ref("displayItem", "DisplayItem")
    change.check()
    assert wishlist_id is not None and item_id is not None
    owner = rows.owner_of_wishlist(change.tx, wishlist_id)
    assert owner is not None
    wishlists.remove_from_wishlist(change.tx, owner, item_id)
    return {"wishlist": wishlist_id}
