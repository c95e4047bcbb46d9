"""What the GraphQL API asks about changes of stock, suppliers and purchase orders."""

from mockcentra.store.graphql_reading import Condition, Link

# A change of stock is known by the first of the lines that were made together.
IS_CHANGE = Condition("t.head_id IS NULL")
VARIANTS_OF_CHANGES = Link(
    "(SELECT c.change_id, z.variant_id FROM stock_changes c JOIN product_sizes z ON z.id = c.product_size_id)",
    "change_id",
    "variant_id",
)
CHANGES_OF_WAREHOUSES = Link(
    "(SELECT DISTINCT warehouse_id, change_id FROM stock_changes)", "warehouse_id", "change_id"
)
_FREE = (
    "(SELECT MAX(0, MIN(t.quantity, s.physical - s.allocated)) FROM stock s"
    " WHERE s.product_size_id = t.product_size_id AND s.warehouse_id = t.warehouse_id)"
)


def free_between(low: int | None, high: int | None) -> Condition:
    """So many pieces of a line's are free to allocate still."""
    return Condition(f"COALESCE({_FREE}, 0) BETWEEN COALESCE(?, 0) AND COALESCE(?, 1 << 60)", (low, high))
