"""Rows of prices as integrations set them, and the prices of display items that follow from them."""

from collections.abc import Iterable, Sequence

from mockcentra.store.database import Row, Transaction, marks

COLUMNS = ("price", "price_rrp", "altered_price", "altered_rrp")


def put(tx: Transaction, product_id: int, pricelist_id: int, variant_id: int, values: dict[str, int | None]) -> bool:
    """Sets prices (columns of COLUMNS) of a product, or of one variant; returns whether any of them differed."""
    row = tx.one(
        "SELECT * FROM product_prices WHERE product_id = ? AND pricelist_id = ? AND variant_id = ?",
        (product_id, pricelist_id, variant_id),
    )
    if row is None:
        if all(value is None for value in values.values()):
            values = {"price": None, **values}
        tx.insert("product_prices", product_id=product_id, pricelist_id=pricelist_id, variant_id=variant_id, **values)
        return True
    if all(row[name] == value for name, value in values.items()):
        return False
    names = ", ".join(f"{name} = ?" for name in values)
    tx.run(
        f"UPDATE product_prices SET {names} WHERE product_id = ? AND pricelist_id = ? AND variant_id = ?",
        (*values.values(), product_id, pricelist_id, variant_id),
    )
    return True


def of_product(tx: Transaction, product_id: int, pricelist_ids: Sequence[int] | None = None) -> list[Row]:
    """What was set for a product and its variants."""
    if pricelist_ids is None:
        return tx.all("SELECT * FROM product_prices WHERE product_id = ?", (product_id,))
    return tx.all(
        f"SELECT * FROM product_prices WHERE product_id = ? AND pricelist_id IN ({marks(pricelist_ids)})",
        (product_id, *pricelist_ids),
    )


def items_in_stores_of(tx: Transaction, product_id: int, pricelist_ids: Sequence[int]) -> list[Row]:
    """(pricelist_id, display_item_id, variant_id, price, price_rrp): items of a product with their present prices.

    A row an item of the pricelist's own store and pricelist; the prices are NULL where it has none.
    """
    return tx.all(
        "SELECT l.id AS pricelist_id, i.id AS display_item_id, i.variant_id, p.price, p.price_rrp FROM pricelists l"
        " JOIN displays d ON d.store_id = l.store_id AND d.product_id = ?"
        " JOIN display_items i ON i.display_id = d.id"
        " LEFT JOIN prices p ON p.display_item_id = i.id AND p.pricelist_id = l.id"
        f" WHERE l.id IN ({marks(pricelist_ids)})",
        (product_id, *pricelist_ids),
    )


def write(tx: Transaction, prices: Iterable[tuple[int, int, int, int | None]]) -> None:
    """Sets prices of display items: (item, pricelist, price, recommended retail price)."""
    tx.run_many(
        "INSERT INTO prices (display_item_id, pricelist_id, price, price_rrp) VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET price = excluded.price, price_rrp = excluded.price_rrp",
        prices,
    )


def remove(tx: Transaction, prices: Iterable[tuple[int, int]]) -> None:
    """Takes prices of display items away: (item, pricelist)."""
    tx.run_many("DELETE FROM prices WHERE display_item_id = ? AND pricelist_id = ?", prices)


def note(tx: Transaction, prices: Iterable[tuple[int, int, int]]) -> None:
    """Notes what items could be bought for until now, in every market: (item, pricelist, price)."""
    tx.run_many(
        "INSERT INTO price_records (display_item_id, pricelist_id, price, price_before, from_at, until_at)"
        " SELECT ?1, ?2, ?3, ?3, COALESCE((SELECT MAX(until_at) FROM price_records"
        " WHERE display_item_id = ?1 AND pricelist_id = ?2), 0), ?4",
        [(*price, tx.now) for price in prices],
    )


def active_alterations(tx: Transaction, store_id: int, moment: int) -> list[Row]:
    """The price alterations of a store that apply at that moment, the latest first."""
    return tx.all(
        "SELECT * FROM price_alterations WHERE store_id = ? AND status = 'active' AND from_at <= ?"
        " ORDER BY from_at DESC, id DESC",
        (store_id, moment),
    )


def altered_prices(tx: Transaction, alteration_id: int, pricelist_id: int, item_ids: Sequence[int]) -> list[Row]:
    """(display_item_id, price, price_rrp) that an alteration has of its own."""
    return tx.all(
        "SELECT display_item_id, price, price_rrp FROM price_alteration_prices WHERE price_alteration_id = ?"
        f" AND pricelist_id = ? AND display_item_id IN ({marks(item_ids)})",
        (alteration_id, pricelist_id, *item_ids),
    )
