"""What variants cost, for the GraphQL API: prices as they were set, and those that only display items have."""

from collections.abc import Iterable, Mapping

from mockcentra.store.database import Row, Transaction, to_json

_AMONG = "IN (SELECT value FROM json_each(?))"
# What was set for products and variants comes first; the webshops' own prices are left where nothing was set.
_PRICES = """
  WITH wanted AS ({wanted})
  SELECT * FROM (SELECT w.owner, v.id AS variant_id, v.product_id, l.id AS pricelist_id, l.store_id, l.currency_id,
         CASE WHEN own.price IS NOT NULL THEN own.price WHEN own.waits THEN NULL
              WHEN whole.product_id IS NOT NULL THEN whole.price
              WHEN own.product_id IS NOT NULL THEN NULL ELSE shown.price END AS price,
         CASE WHEN own.price IS NOT NULL THEN own.price_rrp WHEN whole.product_id IS NOT NULL THEN whole.price_rrp
              WHEN own.product_id IS NOT NULL THEN NULL ELSE shown.price_rrp END AS price_rrp,
         s.type = 'wholesale' AS is_wholesale
  FROM wanted w JOIN variants v ON v.id = w.variant_id JOIN pricelists l ON {lists} JOIN stores s ON s.id = l.store_id
  LEFT JOIN product_prices own
    ON own.product_id = v.product_id AND own.pricelist_id = l.id AND own.variant_id = v.id
  LEFT JOIN product_prices whole
    ON whole.product_id = v.product_id AND whole.pricelist_id = l.id AND whole.variant_id = 0
  LEFT JOIN (
    SELECT i.variant_id, p.pricelist_id, MIN(p.price) AS price, MIN(p.price_rrp) AS price_rrp
    FROM display_items i JOIN prices p ON p.display_item_id = i.id
    WHERE i.variant_id IN (SELECT variant_id FROM wanted) GROUP BY i.variant_id, p.pricelist_id
  ) shown ON shown.variant_id = v.id AND shown.pricelist_id = l.id
  ) WHERE price IS NOT NULL ORDER BY owner, pricelist_id, variant_id
"""
_WANTED = {
    "variant": f"SELECT id AS owner, id AS variant_id FROM variants WHERE id {_AMONG}",
    "product": f"SELECT product_id AS owner, id AS variant_id FROM variants WHERE product_id {_AMONG}",
    "display": f"SELECT display_id AS owner, variant_id FROM display_items WHERE display_id {_AMONG}",
}


def of_owners(tx: Transaction, owner: str, ids: Iterable[int]) -> list[Row]:
    """The prices of variants, products or displays (`owner`) in every pricelist; a display's in those of its store.

    Rows: owner, variant_id, product_id, pricelist_id, store_id, currency_id, price, price_rrp, is_wholesale.
    """
    lists = "1" if owner != "display" else "l.store_id = (SELECT d.store_id FROM displays d WHERE d.id = w.owner)"
    return tx.all(_PRICES.format(wanted=_WANTED[owner], lists=lists), (to_json(list(ids)),))


EVERY = -1
"""A limit that gives every price."""


def of_pricelist(
    tx: Transaction,
    pricelist_id: int,
    only: Mapping[str, Iterable[int]] | None = None,
    limit: int = EVERY,
    offset: int = 0,
) -> list[Row]:
    """What has a price in a pricelist, by product and variant.

    `only`: products and variants that are asked for, by the columns product_id and id of variants.
    """
    known = only or {}
    if not set(known) <= {"product_id", "id"}:
        raise ValueError(known)
    asked = "".join(f" AND v.{column} {_AMONG}" for column in known)
    wanted = f"""
      SELECT v.id AS variant_id, {int(pricelist_id)} AS owner FROM variants v
      WHERE (v.id IN (SELECT i.variant_id FROM prices p JOIN display_items i ON i.id = p.display_item_id
                      WHERE p.pricelist_id = {int(pricelist_id)})
         OR v.product_id IN (SELECT product_id FROM product_prices WHERE pricelist_id = {int(pricelist_id)})){asked}
    """
    prices = _PRICES.format(wanted=wanted, lists="l.id = w.owner")
    return tx.all(
        f"SELECT * FROM ({prices}) ORDER BY product_id, variant_id LIMIT ? OFFSET ?",
        (*(to_json(list(ids)) for ids in known.values()), limit, offset),
    )


def altered(tx: Transaction, column: str, owner_ids: Iterable[int]) -> list[Row]:
    """What price alterations say that variants will cost; `column` is price_alteration_id or pricelist_id.

    Rows as those of `of_owners`, the owner being the alteration or the pricelist.
    """
    if column not in ("price_alteration_id", "pricelist_id"):
        raise ValueError(column)
    wanted = to_json(list(owner_ids))
    return tx.all(
        f"""
        WITH said AS (
          SELECT a.price_alteration_id, a.pricelist_id, v.id AS variant_id, v.product_id, a.price, a.price_rrp,
                 a.variant_id = 0 AS is_whole
          FROM altered_prices a JOIN variants v ON v.product_id = a.product_id AND a.variant_id IN (0, v.id)
          WHERE a.{column} {_AMONG}
          UNION ALL
          SELECT a.price_alteration_id, a.pricelist_id, i.variant_id, v.product_id, a.price, a.price_rrp, 2
          FROM price_alteration_prices a JOIN display_items i ON i.id = a.display_item_id
          JOIN variants v ON v.id = i.variant_id
          WHERE a.{column} {_AMONG} AND NOT EXISTS (
            SELECT 1 FROM altered_prices o WHERE o.price_alteration_id = a.price_alteration_id
            AND o.pricelist_id = a.pricelist_id AND o.product_id = v.product_id)
        )
        SELECT x.{column} AS owner, x.variant_id, x.product_id, x.pricelist_id, l.store_id, l.currency_id,
               x.price, x.price_rrp, 1 AS is_wholesale, MIN(x.is_whole) AS place
        FROM said x JOIN pricelists l ON l.id = x.pricelist_id
        WHERE x.price IS NOT NULL
        GROUP BY x.price_alteration_id, x.pricelist_id, x.variant_id ORDER BY 1, x.pricelist_id, x.variant_id
        """,
        (wanted, wanted),
    )


def of_bundles(tx: Transaction, bundle_ids: Iterable[int], is_dearest: bool) -> list[Row]:
    """What the cheapest or the dearest choice of the parts of bundles costs, in the pricelists that have them all."""
    wanted = to_json(list(bundle_ids))
    choose = "MAX" if is_dearest else "MIN"
    inner = _PRICES.format(
        wanted="SELECT x.bundle_section_id AS owner, x.variant_id FROM bundle_parts x"
        f" JOIN bundle_sections s ON s.id = x.bundle_section_id WHERE s.bundle_id {_AMONG}",
        lists="1",
    )
    return tx.all(
        f"""
        SELECT b.id AS owner, v.id AS variant_id, b.product_id, c.pricelist_id, c.store_id, c.currency_id,
               c.is_wholesale, NULL AS price_rrp,
               SUM(c.price * s.quantity) - (SUM(c.price * s.quantity) * b.percent + 5000) / 10000 AS price
        FROM (SELECT owner, pricelist_id, store_id, currency_id, is_wholesale, {choose}(price) AS price
              FROM ({inner}) GROUP BY owner, pricelist_id) c
        JOIN bundle_sections s ON s.id = c.owner JOIN bundles b ON b.id = s.bundle_id
        JOIN variants v ON v.product_id = b.product_id
        GROUP BY b.id, c.pricelist_id
        HAVING COUNT(DISTINCT s.id) = (SELECT COUNT(*) FROM bundle_sections o WHERE o.bundle_id = b.id)
        """,
        (wanted,),
    )
