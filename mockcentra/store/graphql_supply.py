"""What the GraphQL API asks about changes of stock, suppliers and purchase orders."""

from collections.abc import Iterable

from mockcentra.store.database import Transaction, to_json
from mockcentra.store.graphql_reading import Condition, Link, among, computed

DELIVERIES_OF_SUPPLIERS = Link(
    "(SELECT o.supplier_id, d.id AS delivery_id FROM supplier_deliveries d"
    " JOIN supplier_orders o ON o.id = d.supplier_order_id)",
    "supplier_id",
    "delivery_id",
)
_SIZES = "SELECT z.id AS size_id, z.variant_id, l.supplier_order_id AS order_id, l.id AS line_id FROM"
_SIZES += " supplier_order_lines l JOIN product_sizes z ON z.id = l.product_size_id"


def orders_of(column: str) -> Link:
    """Supplier orders and what is in them; `column` is size_id or variant_id."""
    return Link(f"({_SIZES})", "order_id", column)


def deliveries_of(column: str) -> Link:
    """Deliveries and what is in them; `column` is size_id or variant_id."""
    table = (
        f"(SELECT d.supplier_delivery_id AS delivery_id, s.* FROM supplier_delivery_lines d JOIN ({_SIZES}) s"
        " ON s.line_id = d.supplier_order_line_id)"
    )
    return Link(table, "delivery_id", column)


def _deliveries_with(column: str) -> Link:
    table = deliveries_of(column).table
    return Link(f"(SELECT DISTINCT {column}, delivery_id FROM {table})", column, "delivery_id")


DELIVERIES_OF_VARIANTS, DELIVERIES_OF_SIZES = _deliveries_with("variant_id"), _deliveries_with("size_id")
# What was ordered and is delivered of what a supplier supplies, which is known as `<supplier>-<variant>`.
_SUPPLY = (
    f"SELECT DISTINCT o.supplier_id || '-' || s.variant_id AS supply, o.id AS order_id, s.line_id FROM ({_SIZES}) s"
)
_SUPPLY += " JOIN supplier_orders o ON o.id = s.order_id"
ORDERS_OF_SUPPLIES = Link(f"(SELECT DISTINCT supply, order_id FROM ({_SUPPLY}))", "supply", "order_id")
DELIVERIES_OF_SUPPLIES = Link(
    f"(SELECT DISTINCT x.supply, d.supplier_delivery_id AS delivery_id FROM ({_SUPPLY}) x"
    " JOIN supplier_delivery_lines d ON d.supplier_order_line_id = x.line_id)",
    "supply",
    "delivery_id",
)
_HAS_DELIVERY = "EXISTS (SELECT 1 FROM supplier_deliveries d WHERE d.supplier_order_id = t.id)"
_LACKS = (
    "EXISTS (SELECT 1 FROM supplier_order_lines l WHERE l.supplier_order_id = t.id"
    " AND l.quantity > l.delivered_quantity)"
)
STATUSES_OF_ORDERS = {
    "NEW": Condition("NOT t.is_confirmed"),
    "CONFIRMED": Condition(f"t.is_confirmed AND {_LACKS} AND NOT {_HAS_DELIVERY}"),
    "PROCESSING": Condition(f"t.is_confirmed AND {_LACKS} AND {_HAS_DELIVERY}"),
    "COMPLETED": Condition(f"t.is_confirmed AND NOT {_LACKS}"),
}


def states_of_orders(tx: Transaction, ids: Iterable[int]) -> dict[int, str]:
    """Supplier order -> how far it is, as the API calls it."""
    cases = " ".join(f"WHEN {condition.sql} THEN '{name}'" for name, condition in STATUSES_OF_ORDERS.items())
    found = tx.all(
        f"SELECT t.id, CASE {cases} END FROM supplier_orders t WHERE t.id IN (SELECT value FROM json_each(?))",
        (to_json(list(ids)),),
    )
    return {row[0]: row[1] for row in found}


DELIVERY_NUMBER = computed(
    "delivery_number",
    "SELECT o.number || '-' || {t}.position FROM supplier_orders o WHERE o.id = {t}.supplier_order_id",
)


def with_numbers(numbers: Iterable[str]) -> Condition:
    """Deliveries called `<supplier order>-<n>`."""
    return among(DELIVERY_NUMBER, numbers)


def with_detail(name: str, values: Iterable[str]) -> Condition:
    """Rows one of whose details (`name` is the code's own) is among the values."""
    return Condition(
        f"json_extract(t.details_json, '$.{name}') IN (SELECT value FROM json_each(?))", (to_json(list(values)),)
    )


def has_detail(name: str) -> Condition:
    """Rows that have a detail."""
    return Condition(f"COALESCE(json_extract(t.details_json, '$.{name}'), '') <> ''")


def detail_between(name: str, low: int | None, high: int | None) -> Condition:
    """Rows one of whose details is a number between the two."""
    value = f"json_extract(t.details_json, '$.{name}')"
    return Condition(f"{value} >= COALESCE(?, {value}) AND {value} <= COALESCE(?, {value})", (low, high))
