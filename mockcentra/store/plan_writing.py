"""Rows of subscription plans as integrations write them, and what the GraphQL API asks about subscriptions."""

from collections.abc import Iterable

from mockcentra.store.database import Row, Transaction, to_json
from mockcentra.store.graphql_reading import Link

_AMONG = "IN (SELECT value FROM json_each(?))"
VARIANTS_OF_PLANS = Link("subscription_plan_variants", "subscription_plan_id", "variant_id")
PRODUCTS_OF_PLANS = Link(
    "(SELECT p.subscription_plan_id, v.product_id FROM subscription_plan_variants p"
    " JOIN variants v ON v.id = p.variant_id)",
    "subscription_plan_id",
    "product_id",
)
ORDERS_OF_SUBSCRIPTIONS = Link(
    "(SELECT s.id AS subscription_id, c.order_id FROM subscriptions s"
    " JOIN subscription_contracts c ON c.id = s.contract_id WHERE c.order_id IS NOT NULL)",
    "subscription_id",
    "order_id",
)


def items_of(tx: Transaction, plan_id: int) -> list[int]:
    """The display items that a plan is for."""
    return [
        row[0]
        for row in tx.all(
            "SELECT display_item_id FROM subscription_plan_items WHERE subscription_plan_id = ?", (plan_id,)
        )
    ]


def add_variants(tx: Transaction, plan_id: int, variant_ids: Iterable[int]) -> bool:
    """Offers variants in a plan; returns whether any was not offered yet."""
    before = tx.value("SELECT COUNT(*) FROM subscription_plan_variants WHERE subscription_plan_id = ?", (plan_id,))
    tx.run_many(
        "INSERT INTO subscription_plan_variants (subscription_plan_id, variant_id) VALUES (?, ?)"
        " ON CONFLICT DO NOTHING",
        [(plan_id, variant_id) for variant_id in variant_ids],
    )
    after = tx.value("SELECT COUNT(*) FROM subscription_plan_variants WHERE subscription_plan_id = ?", (plan_id,))
    return after != before


def remove_variants(tx: Transaction, plan_id: int, variant_ids: Iterable[int]) -> bool:
    """Returns whether any was offered in the plan."""
    sql = f"DELETE FROM subscription_plan_variants WHERE subscription_plan_id = ? AND variant_id {_AMONG}"
    return tx.run(sql, (plan_id, to_json(list(variant_ids)))) > 0


def join_items(tx: Transaction, item_ids: Iterable[int]) -> None:
    """Display items are offered in the plans of their variants."""
    tx.run(
        "INSERT INTO subscription_plan_items (subscription_plan_id, display_item_id)"
        " SELECT v.subscription_plan_id, i.id FROM subscription_plan_variants v"
        " JOIN subscription_plans p ON p.id = v.subscription_plan_id"
        " JOIN display_items i ON i.variant_id = v.variant_id"
        " JOIN displays d ON d.id = i.display_id AND d.store_id = p.store_id"
        f" WHERE i.id {_AMONG} ON CONFLICT DO NOTHING",
        (to_json(list(item_ids)),),
    )


def remove_items(tx: Transaction, plan_id: int, item_ids: Iterable[int]) -> None:
    tx.run(
        f"DELETE FROM subscription_plan_items WHERE subscription_plan_id = ? AND display_item_id {_AMONG}",
        (plan_id, to_json(list(item_ids))),
    )


def note_variants(tx: Transaction) -> None:
    """Lets the variants of items that are in plans be in them: for items that were put there one by one."""
    tx.run(
        "INSERT INTO subscription_plan_variants (subscription_plan_id, variant_id)"
        " SELECT DISTINCT p.subscription_plan_id, i.variant_id FROM subscription_plan_items p"
        " JOIN display_items i ON i.id = p.display_item_id WHERE true ON CONFLICT DO NOTHING"
    )


def item_in_plan(tx: Transaction, plan_id: int, variant_id: int, size_id: int) -> Row | None:
    """(display_item_id, product_size_id) of a variant's size that a plan is for."""
    return tx.one(
        "SELECT i.id AS display_item_id, z.id AS product_size_id FROM subscription_plan_items p"
        " JOIN display_items i ON i.id = p.display_item_id JOIN product_sizes z ON z.variant_id = i.variant_id"
        " WHERE p.subscription_plan_id = ? AND i.variant_id = ? AND z.size_id = ? ORDER BY i.id LIMIT 1",
        (plan_id, variant_id, size_id),
    )


def sizes_of_variants(tx: Transaction, variant_ids: Iterable[int]) -> list[Row]:
    """(variant_id, size_id, name) of the activated sizes of variants."""
    return tx.all(
        "SELECT z.variant_id, z.size_id, s.name FROM product_sizes z JOIN sizes s ON s.id = z.size_id"
        f" WHERE z.variant_id {_AMONG}",
        (to_json(list(variant_ids)),),
    )


def customer_of(tx: Transaction, contract_id: int) -> int | None:
    """Whose contract it is."""
    return tx.value("SELECT customer_id FROM subscription_contracts WHERE id = ?", (contract_id,))
