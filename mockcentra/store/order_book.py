"""Rows of orders, shipments and returns as integrations list them: by filters, page by page, with what is theirs."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from msgspec import Struct

from mockcentra.store.database import Row, Transaction, marks, to_json

EVERY = -1
"""A limit that lists everything."""

# State of a shipment -> what its marks are then (order-api.md 3.2).
_STATES = {
    "inprogress": "s.is_good_to_go = 0 AND s.is_shipped = 0",
    "goodtogo": "s.is_good_to_go = 1 AND s.is_shipped = 0",
    "completed": "s.is_shipped = 1",
}
SHIPMENT_STATES = tuple(_STATES)


class Scope(Struct, frozen=True):
    """Which orders are visible: in these statuses and markets (None: all), on hold or waiting for payment, too."""

    statuses: Collection[str] | None
    market_ids: Collection[int] | None
    with_hold: bool
    with_waiting: bool


class _Where:
    """Conditions that all hold, with their values."""

    def __init__(self) -> None:
        self.conditions: list[str] = []
        self.values: list[Any] = []

    def add(self, condition: str, *values: Any) -> None:
        """Adds a condition, unless the value that it asks for is None."""
        if None not in values:
            self.conditions.append(condition)
            self.values.extend(values)

    def among(self, column: str, values: Collection[Any] | None) -> None:
        if values is not None:
            self.add(f"{column} IN ({marks(list(values))})", *values)

    def scope(self, scope: Scope, alias: str = "") -> None:
        if scope.statuses is None:
            self.add(f"{alias}status <> 'incomplete'")
        self.among(f"{alias}status", scope.statuses)
        self.among(f"{alias}market_id", scope.market_ids)
        if not scope.with_hold:
            # what waits for its payment is on hold for that, too
            waits = f" OR {alias}is_waiting_for_payment = 1" if scope.with_waiting else ""
            self.add(f"({alias}is_on_hold = 0{waits})")
        if not scope.with_waiting:
            self.add(f"{alias}is_waiting_for_payment = 0")

    def between(self, column: str, newer_than: int | None, older_than: int | None) -> None:
        """The lower bound is included, the upper one is not."""
        self.add(f"{column} >= ?", newer_than)
        self.add(f"{column} < ?", older_than)

    @property
    def sql(self) -> str:
        return " AND ".join(self.conditions) or "1"


def orders(
    tx: Transaction,
    scope: Scope,
    *,
    number: int | None = None,
    customer_id: int | None = None,
    newer_than: int | None = None,
    older_than: int | None = None,
    limit: int = EVERY,
    offset: int = 0,
) -> list[Row]:
    """(id, revision) of the orders that pass, by ascending number. Moments are those at which they were placed."""
    where = _Where()
    where.scope(scope)
    where.add("number = ?", number)
    where.add("customer_id = ?", customer_id)
    where.between("created_at", newer_than, older_than)
    return tx.all(
        f"SELECT id, revision FROM orders WHERE {where.sql} ORDER BY number LIMIT ? OFFSET ?",
        (*where.values, limit, offset),
    )


def shipments(
    tx: Transaction,
    scope: Scope,
    *,
    state: str | None = None,
    shipment_id: int | None = None,
    shipment: tuple[int, int] | None = None,
    order_number: int | None = None,
    newer_than: int | None = None,
    older_than: int | None = None,
    limit: int = EVERY,
    offset: int = 0,
) -> list[Row]:
    """The shipments that pass, oldest first. `shipment` is an order's number and a position."""
    where = _Where()
    where.scope(scope, "o.")
    where.add("s.id = ?", shipment_id)
    if state is not None:
        where.add(_STATES[state])
    where.add("o.number = ? AND s.position = ?", *(shipment or (None,)))
    where.add("o.number = ?", order_number)
    where.between("s.created_at", newer_than, older_than)
    return tx.all(
        "SELECT s.* FROM shipments s JOIN orders o ON o.id = s.order_id"
        f" WHERE {where.sql} ORDER BY s.created_at, s.id LIMIT ? OFFSET ?",
        (*where.values, limit, offset),
    )


def returns(
    tx: Transaction,
    market_ids: Collection[int] | None,
    *,
    return_id: int | None = None,
    shipment: tuple[int, int] | None = None,
    order_number: int | None = None,
    order_hash: str | None = None,
    customer_id: int | None = None,
    newer_than: int | None = None,
    older_than: int | None = None,
    limit: int = EVERY,
    offset: int = 0,
) -> list[Row]:
    """The returns that pass, newest first, with `order_id` and `shipment_position`."""
    where = _Where()
    where.among("o.market_id", market_ids)
    where.add("r.id = ?", return_id)
    where.add("o.number = ? AND s.position = ?", *(shipment or (None,)))
    where.add("o.number = ?", order_number)
    where.add("o.hash = ?", order_hash)
    where.add("o.customer_id = ?", customer_id)
    where.between("r.created_at", newer_than, older_than)
    return tx.all(
        "SELECT r.*, s.order_id, s.position AS shipment_position FROM returns r"
        " JOIN shipments s ON s.id = r.shipment_id JOIN orders o ON o.id = s.order_id"
        f" WHERE {where.sql} ORDER BY r.created_at DESC, r.id DESC LIMIT ? OFFSET ?",
        (*where.values, limit, offset),
    )


# ------------------------------------------------------------------ what belongs to them


def size_facts(tx: Transaction, product_size_ids: Collection[int]) -> dict[int, Row]:
    """Product size id -> the parts of its SKU, weight, origin and customs code of its product."""
    wanted = list(product_size_ids)
    return {
        row["id"]: row
        for row in tx.all(
            "SELECT z.id, p.number AS product_number, v.number AS variant_number, z.number AS size_number,"
            " p.weight_milli, p.weight_unit, COALESCE(c.code, '') AS origin, p.hs_code"
            " FROM product_sizes z JOIN variants v ON v.id = z.variant_id JOIN products p ON p.id = v.product_id"
            f" LEFT JOIN countries c ON c.id = p.country_of_origin_id WHERE z.id IN ({marks(wanted)})",
            wanted,
        )
    }


def allocated_units(tx: Transaction, order_ids: Sequence[int]) -> list[Row]:
    """(order_line_id, warehouse_id, quantity): what is reserved, and what left the shelf with a shipment."""
    return tx.all(
        "SELECT a.order_line_id, a.warehouse_id, a.quantity FROM allocations a"
        f" JOIN order_lines l ON l.id = a.order_line_id WHERE l.order_id IN ({marks(order_ids)})"
        " UNION ALL"
        " SELECT i.order_line_id, i.warehouse_id, i.quantity FROM shipment_lines i"
        " JOIN shipments s ON s.id = i.shipment_id"
        f" WHERE s.order_id IN ({marks(order_ids)}) AND s.is_shipped AND i.warehouse_id IS NOT NULL",
        (*order_ids, *order_ids),
    )


def payment_references(tx: Transaction, order_ids: Sequence[int]) -> dict[int, str]:
    """Order id -> the provider's reference of its authorisation."""
    return {
        row["order_id"]: row["reference"]
        for row in tx.all(
            "SELECT order_id, reference FROM payment_entries WHERE type = 'auth' AND reference <> ''"
            f" AND order_id IN ({marks(order_ids)}) ORDER BY id",
            order_ids,
        )
    }


def with_payments(tx: Transaction, order_ids: Sequence[int]) -> set[int]:
    """Those among these orders of whose payment something is known."""
    return {
        row[0]
        for row in tx.all(
            "SELECT DISTINCT order_id FROM payment_entries WHERE NOT (type = 'capture' AND status = 'failed')"
            f" AND order_id IN ({marks(order_ids)})",
            order_ids,
        )
    }


def credit_vouchers(tx: Transaction, voucher_ids: Collection[int]) -> set[int]:
    """Those among these vouchers that are credits, such as bought gift certificates."""
    wanted = list(voucher_ids)
    is_credit = "(reuse_value OR kind IN ('credit', 'gift_certificate'))"
    return {row[0] for row in tx.all(f"SELECT id FROM vouchers WHERE {is_credit} AND id IN ({marks(wanted)})", wanted)}


def terms(tx: Transaction, table: str) -> dict[int, tuple[int, str, str]]:
    """Id -> (id, name, description) of the `payment_terms` or `shipping_terms`."""
    found = tx.all(f"SELECT id, name, description FROM {table}")
    return {row["id"]: (row["id"], row["name"], row["description"]) for row in found}


def shipment_lines(tx: Transaction, shipment_ids: Sequence[int]) -> dict[int, list[Row]]:
    """Shipment id -> its lines, one for each order line and warehouse."""
    found: dict[int, list[Row]] = defaultdict(list)
    for row in tx.all(
        f"SELECT * FROM shipment_lines WHERE shipment_id IN ({marks(shipment_ids)}) ORDER BY id", shipment_ids
    ):
        found[row["shipment_id"]].append(row)
    return found


def invoices(tx: Transaction, shipment_ids: Sequence[int]) -> dict[int, list[Row]]:
    """Shipment id -> (number, url) of its invoices; credit notes are those of returns."""
    found: dict[int, list[Row]] = defaultdict(list)
    for row in tx.all(
        "SELECT shipment_id, number, url FROM invoices WHERE return_id IS NULL"
        f" AND shipment_id IN ({marks(shipment_ids)}) ORDER BY id",
        shipment_ids,
    ):
        found[row["shipment_id"]].append(row)
    return found


def return_lines(tx: Transaction, return_ids: Sequence[int]) -> dict[int, list[Row]]:
    """Return id -> its lines with the columns of their order lines; `quantity` is what comes back."""
    found: dict[int, list[Row]] = defaultdict(list)
    for row in tx.all(
        "SELECT r.id, r.return_id, r.shipment_line_id, r.quantity, l.id AS order_line_id, l.product_id, l.variant_id,"
        " l.product_size_id, l.product_name, l.brand_name, l.variant_name, l.size_name, l.sku, l.ean, l.upc,"
        " l.price_each, l.tax_percent, l.is_tax_included"
        " FROM return_lines r JOIN shipment_lines i ON i.id = r.shipment_line_id"
        f" JOIN order_lines l ON l.id = i.order_line_id WHERE r.return_id IN ({marks(return_ids)}) ORDER BY r.id",
        return_ids,
    ):
        found[row["return_id"]].append(row)
    return found


# ------------------------------------------------------------------ changing


def keep_extra_attributes(tx: Transaction, order_id: int, attributes: dict[str, str]) -> None:
    tx.update("orders", order_id, extra_attributes_json=to_json(attributes))
