"""Checks of seed.md 14 and 15 about the orders of the Wholesale store, their invoices, and the queue of an ERP."""

from collections import Counter
from collections.abc import Iterator

from mockcentra.seed.checks.shop import WHOLESALE, Check, Shop, at_least, differences, expect
from mockcentra.store.database import Row

_STATUS = {"pending": 8, "confirmed": 5, "processing": 4, "completed": 5, "cancelled": 1, "archived": 1}
_RETAIL_EVENTS = 12


def _orders(shop: Shop) -> list[Row]:
    return [row for row in shop.table("orders") if row["store_id"] == WHOLESALE]


def _wholesale_orders(shop: Shop) -> Iterator[str]:
    orders = _orders(shop)
    yield from differences(Counter(row["status"] for row in orders), _STATUS, "orders that are")
    yield from expect(len({row["market_id"] for row in orders}), 2, "markets with orders")
    for row in orders:
        if row["account_id"] is None or row["buyer_id"] is None or row["payment_terms_id"] is None:
            yield f"order {row['number']} has no account, buyer or terms"
        if row["status"] == "pending":
            yield from _pending(shop, row)
    sheets = [row for row in shop.table("selections") if row["account_id"] is not None and row["status"] == "open"]
    yield from expect(len(sheets), 3, "open order sheets")


def _pending(shop: Shop, order: Row) -> Iterator[str]:
    """What an ERP can try its first steps on."""
    lines = shop.of("order_lines", "order_id", order["id"])
    name = f"pending order {order['number']}"
    yield from at_least(len(lines), 2, f"rows of {name}")
    yield from at_least(max(line["quantity"] for line in lines), 3, f"largest quantity of {name}")
    if order["is_on_hold"] or shop.of("shipments", "order_id", order["id"]):
        yield f"{name} is on hold or has a shipment"
    for line in lines:
        held = sum(row["quantity"] for row in shop.of("allocations", "order_line_id", line["id"]))
        yield from expect(held, line["quantity"], f"allocated pieces of a row of {name}")


def _invoices(shop: Shop) -> Iterator[str]:
    for order in _orders(shop):
        for parcel in shop.of("shipments", "order_id", order["id"]):
            found = [row for row in shop.of("invoices", "shipment_id", parcel["id"]) if row["return_id"] is None]
            wanted = int(bool(parcel["is_shipped"]))
            yield from expect(len(found), wanted, f"invoices of shipment {order['number']}-{parcel['position']}")
    notes = [row for row in shop.table("invoices") if row["account_id"] is not None and row["return_id"] is not None]
    yield from expect(len(notes), 1, "credit notes")


def _queue(shop: Shop) -> Iterator[str]:
    events = shop.table("soap_events")
    yield from expect([row["id"] for row in events], list(range(1, len(events) + 1)), "ids of the queue")
    orders = {row["id"]: row for row in shop.table("orders")}
    retail, wholesale = events[: 2 * _RETAIL_EVENTS], events[2 * _RETAIL_EVENTS :]
    kinds = [row["object_type"] for row in retail]
    yield from expect(kinds, ["customer", "order"] * _RETAIL_EVENTS, "types of the first events")
    for customer, order in zip(retail[::2], retail[1::2], strict=False):
        row = orders[order["object_id"]]
        yield from expect(customer["object_id"], row["customer_id"], f"customer before order {row['number']}")
        yield from expect(row["status"], "confirmed", f"status of order {row['number']}")
    yield from at_least(len({orders[row["object_id"]]["market_id"] for row in retail[1::2]}), 2, "retail markets")
    statuses = [orders[row["object_id"]]["status"] for row in wholesale]
    yield from expect(statuses, ["pending"] * 8 + ["confirmed"] * 5, "wholesale orders of the queue")


def _with_tax(shop: Shop) -> Iterator[str]:
    yield from at_least(sum(row["tax_added"] > 0 for row in _orders(shop)), 1, "wholesale orders with tax added")


def _internal(shop: Shop) -> Iterator[str]:
    yield from expect(sum(row["is_internal"] for row in _orders(shop)), 1, "internal wholesale orders")


CHECKS = (
    Check("14", "wholesale orders", "24 orders, the pending ones allocated; three order sheets.", _wholesale_orders),
    Check("14", "invoices", "One a shipped parcel, one credit note.", _invoices),
    Check("14", "SOAP queue", "Customer and order of 12 retail orders, then 13 wholesale orders.", _queue),
    Check("15", "case 18: wholesale with tax", "A wholesale order with tax added.", _with_tax),
    Check("15", "case 19: internal wholesale order", "An internal order of the wholesale store.", _internal),
)
