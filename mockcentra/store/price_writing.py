"""Rows of prices as integrations set them, and the prices of display items that follow from them."""

from collections.abc import Iterable, Sequence

from mockcentra.store.database import Row, Transaction, marks, to_json


def put(tx: Transaction, product_id: int, pricelist_id: int, variant_id: int, values: dict[str, int | None]) -> bool:
    """Sets prices of a product, or of one variant; returns whether any of them differed.

    `values`: `price`, `price_rrp`, `altered_price`, `altered_rrp`, in hundredths.
    """
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


def wait(tx: Transaction, product_id: int, variant_id: int) -> None:
    """A variant that is new has no price before the next time that its product is given one."""
    tx.run(
        "INSERT INTO product_prices (pricelist_id, product_id, variant_id, waits)"
        " SELECT pricelist_id, product_id, ?, 1 FROM product_prices WHERE product_id = ? AND variant_id = 0"
        " AND price IS NOT NULL",
        (variant_id, product_id),
    )


def end_waiting(tx: Transaction, product_id: int, pricelist_id: int) -> bool:
    """The price of a product is that of its new variants, too; returns whether one waited for it."""
    sql = "UPDATE product_prices SET waits = 0 WHERE product_id = ? AND pricelist_id = ? AND waits"
    return tx.run(sql, (product_id, pricelist_id)) > 0


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
        "SELECT * FROM price_alterations WHERE store_id = ?1 AND status = 'active' AND from_at <= ?2"
        " AND (until_at IS NULL OR until_at > ?2) ORDER BY from_at DESC, id DESC",
        (store_id, moment),
    )


def altered_prices(tx: Transaction, alteration_id: int, pricelist_id: int, item_ids: Sequence[int]) -> list[Row]:
    """(display_item_id, price, price_rrp) that an alteration has of its own."""
    return tx.all(
        "SELECT display_item_id, price, price_rrp FROM price_alteration_prices WHERE price_alteration_id = ?"
        f" AND pricelist_id = ? AND display_item_id IN ({marks(item_ids)})",
        (alteration_id, pricelist_id, *item_ids),
    )


# ------------------------------------------------------------------ what is asked before prices are set


def facts(tx: Transaction, pricelist_id: int) -> Row | None:
    """(code of the currency, is_wholesale) of a pricelist."""
    return tx.one(
        "SELECT c.code, s.type = 'wholesale' AS is_wholesale FROM pricelists l"
        " JOIN currencies c ON c.id = l.currency_id JOIN stores s ON s.id = l.store_id WHERE l.id = ?",
        (pricelist_id,),
    )


def store_type(tx: Transaction, store_id: int) -> str | None:
    return tx.value("SELECT type FROM stores WHERE id = ?", (store_id,))


def variants_of(tx: Transaction, product_ids: Sequence[int]) -> dict[int, list[int]]:
    """Product -> its variants."""
    found: dict[int, list[int]] = {}
    for row in tx.all(
        "SELECT product_id, id FROM variants WHERE product_id IN (SELECT value FROM json_each(?))",
        (to_json(list(product_ids)),),
    ):
        found.setdefault(row[0], []).append(row[1])
    return found


def dynamic_bundles(tx: Transaction, product_ids: Sequence[int]) -> set[int]:
    """Those of the products that are bundles whose price follows from their parts."""
    rows = tx.all(
        "SELECT product_id FROM bundles WHERE price_type = 'dynamic'"
        " AND product_id IN (SELECT value FROM json_each(?))",
        (to_json(list(product_ids)),),
    )
    return {row[0] for row in rows}


def individual(tx: Transaction, product_id: int, pricelist_id: int) -> list[int]:
    """The variants that have a price of their own in a pricelist."""
    rows = tx.all(
        "SELECT variant_id FROM product_prices WHERE product_id = ? AND pricelist_id = ? AND variant_id <> 0"
        " AND price IS NOT NULL",
        (product_id, pricelist_id),
    )
    return [row[0] for row in rows]


# ------------------------------------------------------------------ altered prices


def active_alteration(tx: Transaction, store_id: int, own_id: int) -> int | None:
    """Another alteration of the store that is active."""
    return tx.value(
        "SELECT id FROM price_alterations WHERE store_id = ? AND status = 'active' AND id <> ? ORDER BY id",
        (store_id, own_id),
    )


def put_altered(
    tx: Transaction,
    alteration_id: int,
    pricelist_id: int,
    product_id: int,
    variant_id: int,
    values: dict[str, int | None],
) -> None:
    """Sets price and price_rrp of a product or a variant in an alteration, those that are given."""
    key = (alteration_id, product_id, pricelist_id, variant_id)
    tx.run(
        "INSERT OR IGNORE INTO altered_prices (price_alteration_id, product_id, pricelist_id, variant_id)"
        " VALUES (?, ?, ?, ?)",
        key,
    )
    for name in ("price", "price_rrp"):
        if name in values:
            tx.run(
                f"UPDATE altered_prices SET {name} = ? WHERE price_alteration_id = ? AND product_id = ?"
                " AND pricelist_id = ? AND variant_id = ?",
                (values[name], *key),
            )


def drop_altered_variants(tx: Transaction, alteration_id: int, pricelist_id: int, product_id: int) -> None:
    """Variants of a product have no altered prices of their own any more."""
    tx.run(
        "DELETE FROM altered_prices WHERE price_alteration_id = ? AND pricelist_id = ? AND product_id = ?"
        " AND variant_id <> 0",
        (alteration_id, pricelist_id, product_id),
    )


def show_altered(tx: Transaction, product_id: int) -> None:
    """Lets the display items of a product cost what was said for it in alterations."""
    tx.run(
        "DELETE FROM price_alteration_prices WHERE display_item_id IN (SELECT i.id FROM display_items i"
        " JOIN variants v ON v.id = i.variant_id WHERE v.product_id = ?1)"
        " AND EXISTS (SELECT 1 FROM altered_prices a WHERE a.product_id = ?1"
        " AND a.price_alteration_id = price_alteration_prices.price_alteration_id"
        " AND a.pricelist_id = price_alteration_prices.pricelist_id)",
        (product_id,),
    )
    tx.run(
        """
        INSERT INTO price_alteration_prices (price_alteration_id, display_item_id, pricelist_id, price, price_rrp)
        SELECT a.price_alteration_id, i.id, a.pricelist_id, a.price, a.price_rrp
        FROM altered_prices a JOIN pricelists l ON l.id = a.pricelist_id
        JOIN displays d ON d.product_id = a.product_id AND d.store_id = l.store_id
        JOIN display_items i ON i.display_id = d.id
        WHERE a.product_id = ?1 AND a.price IS NOT NULL AND (a.variant_id = i.variant_id OR a.variant_id = 0
          AND NOT EXISTS (SELECT 1 FROM altered_prices o WHERE o.price_alteration_id = a.price_alteration_id
            AND o.product_id = ?1 AND o.pricelist_id = a.pricelist_id AND o.variant_id = i.variant_id
            AND o.price IS NOT NULL))
        ON CONFLICT DO NOTHING
        """,
        (product_id,),
    )
