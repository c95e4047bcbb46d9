"""Reads of the catalogue for the GraphQL API that the plain reads of tables and relations do not cover."""

from collections.abc import Iterable

from mockcentra.store.database import Row, Transaction, to_json
from mockcentra.store.graphql_reading import EVERYTHING, Condition, Link, computed

PLACE_IN_CATEGORY = computed("category_place", "l.sort_order")
SKU_OF_SIZE = computed(
    "sku",
    "SELECT p.number || v.number || {t}.number FROM variants v JOIN products p ON p.id = v.product_id"
    " WHERE v.id = {t}.variant_id",
)
SIZE_CHANGED = computed(
    "size_changed",
    "SELECT MAX(e.created_at) FROM events e WHERE e.object_type = 'product_size' AND e.object_id = {t}.id",
)

_AMONG = "IN (SELECT value FROM json_each(?))"
_FREE = "(SELECT COALESCE(SUM(k.physical - k.allocated), 0) FROM stock k WHERE k.product_size_id = t.id)"

CAMPAIGNS_OF_VARIANTS = Link("campaign_variants", "variant_id", "id")
CAMPAIGNS_OF_DISPLAYS = Link(
    "(SELECT i.display_id, c.id AS campaign_variant_id FROM display_items i JOIN displays d ON d.id = i.display_id"
    " JOIN campaign_variants c ON c.variant_id = i.variant_id"
    " JOIN campaigns o ON o.id = c.campaign_id AND o.store_id = d.store_id)",
    "display_id",
    "campaign_variant_id",
)


def free_between(low: int | None, high: int | None) -> Condition:
    """Sizes of which so many pieces are free, in all warehouses together."""
    given = [(f"{_FREE} >= ?", low), (f"{_FREE} <= ?", high)]
    used = [(sql, value) for sql, value in given if value is not None]
    return Condition(" AND ".join(sql for sql, _ in used), tuple(value for _, value in used)) if used else EVERYTHING


def free_quantities(tx: Transaction, size_ids: Iterable[int]) -> dict[int, int]:
    """Size -> pieces that are free, in all warehouses together."""
    rows = tx.all(
        "SELECT product_size_id, SUM(physical - allocated) FROM stock"
        f" WHERE product_size_id {_AMONG} GROUP BY product_size_id",
        (to_json(list(size_ids)),),
    )
    return {row[0]: row[1] for row in rows}


def sizes_of_variants(tx: Transaction, variant_ids: Iterable[int]) -> list[Row]:
    """The activated sizes of variants: id, variant_id, size_id, the size's name, and the kind of the product."""
    return tx.all(
        "SELECT z.id, z.variant_id, z.size_id, s.name, p.kind FROM product_sizes z JOIN sizes s ON s.id = z.size_id"
        " JOIN variants v ON v.id = z.variant_id JOIN products p ON p.id = v.product_id"
        f" WHERE z.variant_id {_AMONG}",
        (to_json(list(variant_ids)),),
    )


def chart_sizes(tx: Transaction, chart_ids: Iterable[int]) -> list[Row]:
    """The sizes of charts: id, size_chart_id, name, number, ean."""
    return tx.all(
        f"SELECT id, size_chart_id, name, number, ean FROM sizes WHERE size_chart_id {_AMONG}",
        (to_json(list(chart_ids)),),
    )


def eans_in_use(tx: Transaction, eans: Iterable[str]) -> dict[str, int]:
    """EAN -> the size that has it."""
    wanted = [ean for ean in eans if ean]
    rows = tx.all(f"SELECT ean, id FROM product_sizes WHERE ean {_AMONG} AND ean <> ''", (to_json(wanted),))
    return {row[0]: row[1] for row in rows}


def is_number_taken(tx: Transaction, number: str, own_id: int) -> bool:
    """Whether another product has the number."""
    return (
        tx.value("SELECT 1 FROM products WHERE number = ? AND id <> ? AND number <> ''", (number, own_id)) is not None
    )


def is_variant_name_taken(tx: Transaction, product_id: int, name: str, own_id: int) -> bool:
    """Whether another variant of the product has the name."""
    sql = "SELECT 1 FROM variants WHERE product_id = ? AND name = ? AND id <> ?"
    return tx.value(sql, (product_id, name, own_id)) is not None


def first_charts(tx: Transaction, product_ids: Iterable[int]) -> dict[int, int]:
    """Product -> the size chart of its first variant."""
    rows = tx.all(
        f"SELECT product_id, size_chart_id FROM variants WHERE product_id {_AMONG} AND size_chart_id IS NOT NULL"
        " ORDER BY id DESC",
        (to_json(list(product_ids)),),
    )
    return {row[0]: row[1] for row in rows}


def plans(tx: Transaction, column: str, ids: Iterable[int]) -> dict[int, list[int]]:
    """Variant or product (`column` id or product_id of variants) -> its subscription plans."""
    if column not in ("id", "product_id"):
        raise ValueError(column)
    found: dict[int, list[int]] = {}
    for row in tx.all(
        f"SELECT DISTINCT v.{column}, p.subscription_plan_id FROM subscription_plan_variants p"
        f" JOIN variants v ON v.id = p.variant_id WHERE v.{column} {_AMONG} ORDER BY 1, 2",
        (to_json(list(ids)),),
    ):
        found.setdefault(row[0], []).append(row[1])
    return found
