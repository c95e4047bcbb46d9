"""Rows of wishlists."""

from mockcentra.store.database import Row, Transaction


def wishlist_of(tx: Transaction, customer_id: int) -> int | None:
    """The id of the customer's wishlist; None while nothing was ever put on it."""
    return tx.value("SELECT id FROM wishlists WHERE customer_id = ?", (customer_id,))


def owner(tx: Transaction, wishlist_id: int) -> int | None:
    """The id of the customer whose wishlist it is."""
    return tx.value("SELECT customer_id FROM wishlists WHERE id = ?", (wishlist_id,))


def create(tx: Transaction, customer_id: int) -> int:
    return tx.insert("wishlists", customer_id=customer_id)


def items(tx: Transaction, wishlist_id: int, limit: int, offset: int) -> list[Row]:
    """`id, display_item_id, created_at`, in the order in which they were added."""
    return tx.all(
        "SELECT id, display_item_id, created_at FROM wishlist_items WHERE wishlist_id = ? ORDER BY id LIMIT ? OFFSET ?",
        (wishlist_id, limit, offset),
    )


def size(tx: Transaction, wishlist_id: int) -> int:
    return tx.value("SELECT COUNT(*) FROM wishlist_items WHERE wishlist_id = ?", (wishlist_id,))


def holds(tx: Transaction, wishlist_id: int, display_item_id: int) -> bool:
    return bool(
        tx.value(
            "SELECT 1 FROM wishlist_items WHERE wishlist_id = ? AND display_item_id = ?", (wishlist_id, display_item_id)
        )
    )


def add_item(tx: Transaction, wishlist_id: int, display_item_id: int) -> int:
    return tx.insert("wishlist_items", wishlist_id=wishlist_id, display_item_id=display_item_id, created_at=tx.now)


def remove_item(tx: Transaction, wishlist_id: int, display_item_id: int) -> bool:
    """Whether it was on the list."""
    return bool(
        tx.run(
            "DELETE FROM wishlist_items WHERE wishlist_id = ? AND display_item_id = ?", (wishlist_id, display_item_id)
        )
    )
