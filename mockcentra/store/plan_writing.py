"""Rows of subscription plans as integrations write them, and what the GraphQL API asks about subscriptions."""

from collections.abc import Iterable

from mockcentra.store.database import Row, Transaction, to_json
from mockcentra.store.graphql_reading import Link

_AMONG = "IN (SELECT value FROM json_each(?))"
VARIANTS_OF_PLANS = Link(
    "(SELECT DISTINCT p.subscription_plan_id, i.variant_id FROM subscription_plan_items p"
    " JOIN display_items i ON i.id = p.display_item_id)",
    "subscription_plan_id",
    "variant_id",
)
PRODUCTS_OF_PLANS = Link(
    "(SELECT p.subscription_plan_id, v.product_id FROM subscription_plan_items p"
    " JOIN display_items i ON i.id = p.display_item_id JOIN variants v ON v.id = i.variant_id)",
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


def add_items(tx: Transaction, plan_id: int, item_ids: Iterable[int]) -> None:
    tx.run_many(
        "INSERT INTO subscription_plan_items (subscription_plan_id, display_item_id) VALUES (?, ?)"
        " ON CONFLICT DO NOTHING",
        [(plan_id, item_id) for item_id in item_ids],
    )


def remove_items(tx: Transaction, plan_id: int, item_ids: Iterable[int]) -> None:
    tx.run(
        f"DELETE FROM subscription_plan_items WHERE subscription_plan_id = ? AND display_item_id {_AMONG}",
        (plan_id, to_json(list(item_ids))),
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
