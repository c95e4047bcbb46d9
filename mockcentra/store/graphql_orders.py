"""Reads of orders, shipments and returns for the GraphQL API that the plain reads of tables do not cover."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from mockcentra.store.database import Row, Transaction, to_json
from mockcentra.store.graphql_reading import Condition, Link, computed

_AMONG = "IN (SELECT value FROM json_each(?))"

# ------------------------------------------------------------------ what rows are

LINE_KIND = computed(
    "line_kind",
    "CASE WHEN {t}.gift_certificate_id IS NOT NULL THEN 'gift' WHEN {t}.parent_line_id IS NOT NULL THEN 'part'"
    " WHEN (SELECT kind FROM products WHERE id = {t}.product_id) = 'bundle' THEN 'bundle' ELSE 'product' END",
)
WAITS_FOR_CHECK = computed(
    "order_waits_for_check",
    "EXISTS (SELECT 1 FROM allocation_requests q WHERE q.order_id = {t}.id AND q.kind = 'check_first'"
    " AND q.status = 'sent')",
)
SUBSCRIPTION = computed(
    "order_subscription",
    "SELECT MIN(s.id) FROM subscription_contracts c JOIN subscriptions s ON s.contract_id = c.id"
    " WHERE c.order_id = {t}.id",
)
ALLOCATED_WAREHOUSES = computed(
    "order_allocated_warehouses",
    "SELECT COUNT(DISTINCT a.warehouse_id) FROM order_lines l JOIN allocations a ON a.order_line_id = l.id"
    " WHERE l.order_id = {t}.id",
)
SHIPMENT_NUMBER = computed(
    "shipment_number", "(SELECT number FROM orders WHERE id = {t}.order_id) || '-' || {t}.position"
)
SHIPMENT_NUMBER_OF_RETURN = computed(
    "return_shipment_number",
    "SELECT o.number || '-' || s.position FROM shipments s JOIN orders o ON o.id = s.order_id"
    " WHERE s.id = {t}.shipment_id",
)
PAID_AT = computed(
    "shipment_paid_at",
    "CASE WHEN {t}.is_paid THEN COALESCE({t}.paid_at, {t}.captured_at, {t}.created_at) END",
)
CAPTURED_AT = computed(
    "shipment_captured_at",
    "CASE WHEN {t}.is_captured THEN COALESCE({t}.captured_at, {t}.created_at) END",
)
RETURN_WAREHOUSE = computed(
    "return_warehouse",
    "CASE {t}.stock_action WHEN 'other' THEN {t}.warehouse_id WHEN 'original' THEN"
    " (SELECT warehouse_id FROM shipments WHERE id = {t}.shipment_id) END",
)
STOCK_CHANGE = computed(
    "allocation_stock_change",
    # The latest delivery to the place; what is taken away is no stock to allocate from.
    "SELECT c.id FROM stock_changes c JOIN order_lines l ON l.product_size_id = c.product_size_id"
    " WHERE l.id = {t}.order_line_id AND c.warehouse_id = {t}.warehouse_id"
    " ORDER BY c.quantity > 0 DESC, c.id DESC LIMIT 1",
)
SHIPPING_GROUP = computed(
    "shipping_group",
    "SELECT g.id FROM shipping_groups g JOIN shipping_group_countries c ON c.shipping_group_id = g.id"
    " WHERE g.shipping_option_id = {t}.shipping_option_id AND c.country_id = {t}.country_id LIMIT 1",
)
WAITS_FOR_CONFIRMATION = computed(
    "allocation_waits",
    "EXISTS (SELECT 1 FROM allocation_requests q JOIN order_lines l ON l.order_id = q.order_id"
    " WHERE l.id = {t}.order_line_id AND q.warehouse_id = {t}.warehouse_id AND q.kind = 'confirm'"
    " AND q.status = 'sent')",
)
INVOICED = computed(
    "shipment_line_invoiced",
    "CASE WHEN EXISTS (SELECT 1 FROM invoices i WHERE i.shipment_id = {t}.shipment_id AND i.return_id IS NULL"
    " AND i.status NOT IN ('cancelled', 'canceled')) THEN {t}.quantity ELSE 0 END",
)
TAX_GROUP = computed(
    "order_line_tax_group",
    "COALESCE({t}.tax_group_id, (SELECT p.tax_group_id FROM products p WHERE p.id = {t}.product_id),"
    " (SELECT s.default_tax_group_id FROM orders o JOIN stores s ON s.id = o.store_id WHERE o.id = {t}.order_id))",
)
CONSIGNATION = computed(
    "shipment_consignation",
    "CASE WHEN NOT EXISTS (SELECT 1 FROM shipment_lines l JOIN warehouses w ON w.id = l.warehouse_id"
    " WHERE l.shipment_id = {t}.id AND w.is_consignment) THEN 'NONE'"
    " WHEN {t}.is_shipped THEN 'DONE' ELSE 'PENDING' END",
)
ENTRY_METHOD = computed(
    "payment_entry_method",
    "COALESCE((SELECT p.name FROM payment_methods p WHERE p.id = {t}.payment_method_id),"
    " (SELECT NULLIF(o.payment_provider, '') FROM orders o WHERE o.id = {t}.order_id))",
)
RETURNED = computed(
    "shipment_line_returned",
    "SELECT COALESCE(SUM(r.quantity), 0) FROM return_lines r WHERE r.shipment_line_id = {t}.id",
)
RETURNED_UNITS = computed(
    "return_units", "SELECT COALESCE(SUM(r.quantity), 0) FROM return_lines r WHERE r.return_id = {t}.id"
)
MAIL_STORE = computed(
    "mail_store",
    "CASE WHEN json_extract({t}.data_json, '$.buyer') IS NOT NULL THEN 'wholesale' ELSE"
    " COALESCE((SELECT s.type FROM orders o JOIN stores s ON s.id = o.store_id"
    " WHERE o.number = CAST(json_extract({t}.data_json, '$.order') AS INTEGER)), 'dtc') END",
)
MAIL_ORDER = computed(
    "mail_order",
    "SELECT o.id FROM orders o WHERE o.number = CAST(json_extract({t}.data_json, '$.order') AS INTEGER)",
)
MAIL_ORDER_HASH = computed(
    "mail_order_hash",
    "SELECT o.hash FROM orders o WHERE o.number = CAST(json_extract({t}.data_json, '$.order') AS INTEGER)",
)
MAIL_CUSTOMER = computed(
    "mail_customer",
    "COALESCE((SELECT o.customer_id FROM orders o"
    " WHERE o.number = CAST(json_extract({t}.data_json, '$.order') AS INTEGER)),"
    " (SELECT MAX(c.id) FROM customers c WHERE c.email_key = LOWER({t}.recipient)))",
)
MAIL_BUYER = computed(
    "mail_buyer",
    "COALESCE(json_extract({t}.data_json, '$.buyer'), (SELECT o.buyer_id FROM orders o"
    " WHERE o.number = CAST(json_extract({t}.data_json, '$.order') AS INTEGER)))",
)

RETURNS_OF_ORDER = Link("order_returns", "order_id", "return_id")
MAILS_OF_ORDER = Link("order_mails", "order_id", "mail_id")
ALLOCATIONS_OF_SHIPMENT_LINE = Link("shipment_line_allocations", "shipment_line_id", "allocation_id")

# Bundles stand for their parts; what is cancelled as a whole is shown to those who ask for it.
EVERY_LINE = Condition("t.parent_line_id IS NULL")
OPEN_LINES = Condition("t.parent_line_id IS NULL AND t.cancelled_quantity < t.quantity")
OF_AN_ORDER = Condition("t.order_id IS NOT NULL")
_OF_STORES = "t.status <> 'incomplete' AND t.store_id IN (SELECT id FROM stores WHERE type = ?)"
DTC_ORDERS = Condition(_OF_STORES, ("dtc",))
WHOLESALE_ORDERS = Condition(_OF_STORES, ("wholesale",))
PLACED = Condition("t.status <> 'incomplete'")


def customer_of_mail(customer_ids: Iterable[int]) -> Condition:
    return Condition(
        f"t.recipient IN (SELECT email FROM customers WHERE id {_AMONG})",
        (to_json(list(customer_ids)),),
    )


def on_hold_because(reasons: Iterable[str]) -> Condition:
    """Orders that wait for one of these: mismatch, payment, fraud, check_first."""
    tests = {
        "mismatch": "t.has_payment_mismatch",
        "payment": "t.is_waiting_for_payment",
        "fraud": "(t.is_suspect AND t.is_on_hold)",
        "check_first": "EXISTS (SELECT 1 FROM allocation_requests q WHERE q.order_id = t.id"
        " AND q.kind = 'check_first' AND q.status = 'sent')",
    }
    used = [tests[reason] for reason in reasons if reason in tests]
    return Condition(" OR ".join(used) or "0")


# ------------------------------------------------------------------ figures of orders and lines


class Quantities(NamedTuple):
    """Units of an order: those that were not cancelled, those that were, and what of the former is not sent yet."""

    quantity: int
    cancelled: int
    unexpedited: int
    weight_milli: int


def _sums(found: Iterable[Row]) -> dict[int, int]:
    return {row[0]: row[1] for row in found}


def quantities(tx: Transaction, order_ids: Sequence[int]) -> dict[int, Quantities]:
    """Order id -> its units; bundles count as one each, parts for what is sent."""
    ids = to_json(list(order_ids))
    found: dict[int, Quantities] = {}
    sent = _sums(
        tx.all(
            "SELECT s.order_id, SUM(i.quantity) FROM shipments s JOIN shipment_lines i ON i.shipment_id = s.id"
            f" WHERE s.is_shipped AND s.order_id {_AMONG} GROUP BY s.order_id",
            (ids,),
        )
    )
    for row in tx.all(
        "SELECT l.order_id, SUM(CASE WHEN l.parent_line_id IS NULL THEN l.quantity - l.cancelled_quantity ELSE 0 END),"
        " SUM(CASE WHEN l.parent_line_id IS NULL THEN l.cancelled_quantity ELSE 0 END),"
        " SUM(CASE WHEN EXISTS (SELECT 1 FROM order_lines p WHERE p.order_id = l.order_id AND p.parent_line_id = l.id)"
        " THEN 0 ELSE l.quantity - l.cancelled_quantity END),"
        " SUM(CASE WHEN l.parent_line_id IS NULL THEN COALESCE(p.weight_milli, 0)"
        " * (l.quantity - l.cancelled_quantity) ELSE 0 END)"
        " FROM order_lines l LEFT JOIN products p ON p.id = l.product_id"
        f" WHERE l.order_id {_AMONG} GROUP BY l.order_id",
        (ids,),
    ):
        found[row[0]] = Quantities(row[1], row[2], max(0, row[3] - (sent.get(row[0]) or 0)), row[4])
    return found


def moved_units(tx: Transaction, line_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Order line -> (units in shipments, units that came back); of a bundle as many as all of its parts make whole."""
    ids = to_json(list(line_ids))
    parts: dict[int, list[Row]] = {}
    for row in tx.all(
        "SELECT p.id, p.parent_line_id, p.quantity, b.quantity AS sets FROM order_lines p"
        f" JOIN order_lines b ON b.id = p.parent_line_id WHERE p.parent_line_id {_AMONG}",
        (ids,),
    ):
        parts.setdefault(row["parent_line_id"], []).append(row)
    every = to_json([*line_ids, *(row["id"] for rows in parts.values() for row in rows)])
    shipped = _sums(
        tx.all(
            f"SELECT order_line_id, SUM(quantity) FROM shipment_lines WHERE order_line_id {_AMONG} GROUP BY 1", (every,)
        )
    )
    returned = _sums(
        tx.all(
            "SELECT i.order_line_id, SUM(r.quantity) FROM shipment_lines i JOIN return_lines r"
            f" ON r.shipment_line_id = i.id WHERE i.order_line_id {_AMONG} GROUP BY 1",
            (every,),
        )
    )
    found = {line_id: (shipped.get(line_id, 0), returned.get(line_id, 0)) for line_id in line_ids}
    for line_id, rows in parts.items():
        found[line_id] = (_sets(rows, shipped), _sets(rows, returned))
    return found


def _sets(parts: Sequence[Row], units: dict[int, int]) -> int:
    return min(units.get(part["id"], 0) * part["sets"] // part["quantity"] for part in parts)


_FIRST_RESULT = (
    "(SELECT r.id FROM voucher_results r WHERE r.voucher_id = v.id ORDER BY r.position, r.id LIMIT 1) AS result_id"
)


def vouchers(tx: Transaction, order_ids: Iterable[int]) -> dict[int, list[Row]]:
    """Order id -> its vouchers, with what they are today."""
    found: dict[int, list[Row]] = {}
    for row in tx.all(
        f"SELECT o.*, v.reuse_value, {_FIRST_RESULT}, l.product_id, l.variant_id FROM order_vouchers o"
        " LEFT JOIN vouchers v ON v.id = o.voucher_id LEFT JOIN order_lines l ON l.order_id = o.order_id"
        " AND l.hash = json_extract(o.details_json, '$.free_line[0]') AND l.parent_line_id IS NULL"
        f" WHERE o.order_id {_AMONG} ORDER BY o.order_id, o.position",
        (to_json(list(order_ids)),),
    ):
        found.setdefault(row["order_id"], []).append(row)
    return found


def line_vouchers(tx: Transaction, line_ids: Iterable[int]) -> dict[int, list[Row]]:
    """Order line id -> what vouchers took off it: voucher_id, amount, name, trigger, code, quantity, details_json."""
    found: dict[int, list[Row]] = {}
    for row in tx.all(
        "SELECT d.*, COALESCE(u.name, v.name) AS name, v.trigger, COALESCE(u.code, v.code) AS code, l.quantity,"
        " l.order_id, l.hash, u.details_json FROM order_line_discounts d"
        " JOIN order_lines l ON l.id = d.order_line_id JOIN vouchers v ON v.id = d.voucher_id"
        " LEFT JOIN order_vouchers u ON u.order_id = l.order_id AND u.voucher_id = d.voucher_id"
        f" WHERE d.order_line_id {_AMONG} ORDER BY d.order_line_id, d.voucher_id",
        (to_json(list(line_ids)),),
    ):
        found.setdefault(row["order_line_id"], []).append(row)
    return found


def campaigns(tx: Transaction, campaign_ids: Iterable[int | None]) -> dict[int, Row]:
    wanted = [each for each in campaign_ids if each is not None]
    return {row["id"]: row for row in tx.all(f"SELECT * FROM campaigns WHERE id {_AMONG}", (to_json(wanted),))}


def campaign_prices(tx: Transaction, campaign_ids: Iterable[int | None]) -> dict[tuple[int, int], Row]:
    """(campaign, variant) -> what the campaign does to it: percent, or a price of its own (hundredths, currency_id)."""
    wanted = [each for each in campaign_ids if each is not None]
    return {
        (row["campaign_id"], row["variant_id"]): row
        for row in tx.all(f"SELECT * FROM campaign_variants WHERE campaign_id {_AMONG}", (to_json(wanted),))
    }


def who_took_off(tx: Transaction, order_ids: Iterable[int]) -> dict[int, Row]:
    """Order id -> (order_id, admin_user_id, created_at) of the last time that somebody took something off by hand."""
    return {
        row["order_id"]: row
        for row in tx.all(
            "SELECT order_id, admin_user_id, created_at FROM order_history"
            f" WHERE what IN ('discounts changed', 'given away') AND order_id {_AMONG} ORDER BY id",
            (to_json(list(order_ids)),),
        )
    }


def windows_of_orders(tx: Transaction, order_ids: Iterable[int]) -> dict[int, list[int]]:
    """Order id -> the delivery windows of its lines, each once."""
    found: dict[int, list[int]] = {}
    for row in tx.all(
        "SELECT DISTINCT order_id, delivery_window_id FROM order_lines"
        f" WHERE delivery_window_id IS NOT NULL AND order_id {_AMONG} ORDER BY 1, 2",
        (to_json(list(order_ids)),),
    ):
        found.setdefault(row[0], []).append(row[1])
    return found


def taxes(tx: Transaction, order_ids: Iterable[int]) -> dict[int, list[Row]]:
    """Order id -> its taxes, with the rule of that name and percentage where there still is one."""
    found: dict[int, list[Row]] = {}
    for row in tx.all(
        "SELECT t.*, (SELECT MIN(r.id) FROM tax_rules r WHERE r.name = t.name AND r.percent = t.percent) AS rule_id"
        f" FROM order_taxes t WHERE t.order_id {_AMONG} ORDER BY t.order_id, t.percent",
        (to_json(list(order_ids)),),
    ):
        found.setdefault(row["order_id"], []).append(row)
    return found


def shipment_sums(tx: Transaction, shipment_ids: Sequence[int]) -> dict[int, tuple[int, int, int]]:
    """Shipment id -> (units, thousandths of their weight, what they cost before discounts of the whole order)."""
    return {
        row[0]: (row[1], row[2], row[3])
        for row in tx.all(
            "SELECT i.shipment_id, SUM(i.quantity), SUM(i.quantity * COALESCE(p.weight_milli, 0)),"
            " SUM(l.price_each * i.quantity) FROM shipment_lines i"
            " JOIN order_lines l ON l.id = i.order_line_id LEFT JOIN products p ON p.id = l.product_id"
            f" WHERE i.shipment_id {_AMONG} GROUP BY 1",
            (to_json(list(shipment_ids)),),
        )
    }


def return_sums(tx: Transaction, return_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Return id -> (units, what they cost)."""
    return {
        row[0]: (row[1], row[2])
        for row in tx.all(
            "SELECT r.return_id, SUM(r.quantity), SUM(l.price_each * r.quantity) FROM return_lines r"
            " JOIN shipment_lines i ON i.id = r.shipment_line_id JOIN order_lines l ON l.id = i.order_line_id"
            f" WHERE r.return_id {_AMONG} GROUP BY 1",
            (to_json(list(return_ids)),),
        )
    }


def allocation_splits(tx: Transaction, order_id: int) -> list[Any]:
    """(warehouse_id, order_line_id, quantity) of what is reserved for an order."""
    return tx.all(
        "SELECT a.warehouse_id, a.order_line_id, SUM(a.quantity) FROM order_lines l"
        " JOIN allocations a ON a.order_line_id = l.id WHERE l.order_id = ? GROUP BY 1, 2 ORDER BY 1, 2",
        (order_id,),
    )


def gift_vouchers(tx: Transaction, order_ids: Iterable[int]) -> dict[int, list[int]]:
    """Order id -> the gift certificates that were issued for it."""
    found: dict[int, list[int]] = {}
    for row in tx.all(
        "SELECT h.order_id, v.id FROM order_history h"
        " JOIN vouchers v ON v.code = json_extract(h.data_json, '$.voucher')"
        f" WHERE h.what = 'gift certificate issued' AND h.order_id {_AMONG} ORDER BY h.id",
        (to_json(list(order_ids)),),
    ):
        found.setdefault(row[0], []).append(row[1])
    return found
