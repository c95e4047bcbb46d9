"""Supplier orders and their deliveries: accepting what came, for whom it came, and what is still to come."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mockcentra.commerce import allocation, newsletter
from mockcentra.commerce.allocation import note_stock
from mockcentra.commerce.errors import Conflict, Invalid, NotFound
from mockcentra.commerce.settings import setting
from mockcentra.commerce.stock_items import primary_warehouse
from mockcentra.store import Transaction, records, stock_items
from mockcentra.store import allocations as stock_rows
from mockcentra.store import orders as order_rows
from mockcentra.store import suppliers as rows
from mockcentra.store.database import Row

EAN, SKU = "ean", "sku"
"""By what the contents of a delivery are named: an EAN, or the SKU of product, variant and size in one."""


class NotDelivered(NotFound):
    """What is said to have come is not in the delivery."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__("products")
        self.names = list(names)


@dataclass(frozen=True, slots=True)
class SupplierOrder:
    """A supplier order with its lines."""

    row: Row
    lines: list[Row]


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery with its lines; `row` has what its supplier order says, too."""

    row: Row
    lines: list[Row]

    @property
    def number(self) -> str:
        return f"{self.row['number']}-{self.row['position']}"


@dataclass(frozen=True, slots=True)
class LinkedOrder:
    """A customer's order that waits for a delivery: its row, and (line of the delivery, units) of what it gets."""

    row: Row
    units: list[tuple[Row, int]]


def delivery_warehouse(tx: Transaction) -> int:
    """The warehouse whose deliveries the plugin accepts."""
    return setting(tx, "order.supplier_delivery_warehouse") or primary_warehouse(tx).id


# ------------------------------------------------------------------ reading


def orders(tx: Transaction, number: int | None = None) -> list[SupplierOrder]:
    """Confirmed supplier orders by number, or the one with a number."""
    found = rows.orders(tx, number=number)
    lines = rows.order_lines(tx, [row["id"] for row in found])
    return [SupplierOrder(row, lines.get(row["id"], [])) for row in found]


def open_deliveries(tx: Transaction) -> list[Delivery]:
    """What the plugin's warehouse waits for: open deliveries of confirmed orders, by id."""
    found = rows.open_deliveries(tx, delivery_warehouse(tx))
    lines = rows.delivery_lines(tx, [row["id"] for row in found])
    return [Delivery(row, lines[row["id"]]) for row in found]


def open_delivery(tx: Transaction, delivery_id: int) -> Delivery:
    """One of them. Raises NotFound (`delivery`), and Conflict (`delivery`) for one that was accepted."""
    row = rows.delivery(tx, delivery_id)
    if row is None or not row["is_confirmed"] or row["warehouse_id"] != delivery_warehouse(tx):
        raise NotFound("delivery")
    if row["status"] == "accepted":
        raise Conflict({"delivery": "is accepted"})
    lines = rows.delivery_lines(tx, [delivery_id])[delivery_id]
    if row["status"] != "open" or not any(line["quantity"] for line in lines):
        raise NotFound("delivery")
    return Delivery(row, lines)


def id_of_number(tx: Transaction, order_number: int, position: int) -> int | None:
    """The id of the delivery `<supplier order>-<n>`."""
    row = rows.delivery_by_number(tx, order_number, position)
    return None if row is None else row["id"]


def waiting_orders(tx: Transaction, delivery: Delivery) -> list[LinkedOrder]:
    """The customers' orders that units of a delivery are reserved for, by number."""
    units: dict[int, list[tuple[Row, int]]] = defaultdict(list)
    for line, link, quantity in _reserved(
        tx, delivery.lines, {line["id"]: line["quantity"] for line in delivery.lines}
    ):
        units[link["order_id"]].append((line, quantity))
    return [LinkedOrder(row, units[row["id"]]) for row in rows.linked_orders(tx, list(units))] if units else []


def _reserved(tx: Transaction, lines: Sequence[Row], units: Mapping[int, int]) -> list[tuple[Row, Row, int]]:
    """(line of the delivery, link, units): whom so many units of each line go to, in the order of the links."""
    links: dict[int, list[Row]] = defaultdict(list)
    for link in rows.links(tx, [line["supplier_order_line_id"] for line in lines]):
        links[link["supplier_order_line_id"]].append(link)
    found = []
    for line in lines:
        left = units.get(line["id"], 0)
        for link in links[line["supplier_order_line_id"]]:
            quantity = min(left, link["quantity"])
            if quantity > 0:
                found.append((line, link, quantity))
                left -= quantity
    return found


# ------------------------------------------------------------------ ordering and accepting


def order(
    tx: Transaction, lines: Sequence[tuple[int, int, int]], is_confirmed: bool, **columns: Any
) -> tuple[int, list[int]]:
    """A new supplier order. `lines`: (product size, quantity, cost in hundredths); returns its id and its lines' ids.

    `columns`: number, supplier_id, warehouse_id, currency_id, message, etd_at, eta_at.
    """
    order_id = rows.add_order(tx, is_confirmed=int(is_confirmed), **columns)
    ids = [rows.add_order_line(tx, order_id, *line) for line in lines]
    tx.event("supplier_order", order_id, "created")
    return order_id, ids


def announce(tx: Transaction, order_id: int, lines: Sequence[tuple[int, int]], **columns: Any) -> int:
    """An open delivery of a supplier order. `lines`: (line of the order, quantity). Returns its id."""
    delivery_id = rows.add_delivery(tx, order_id, lines, **columns)
    tx.event("supplier_delivery", delivery_id, "created")
    return delivery_id


def link(tx: Transaction, order_line_id: int, supplier_order_line_id: int, quantity: int) -> None:
    """Units of a customer's order wait for a line of a supplier order."""
    rows.add_link(tx, order_line_id, supplier_order_line_id, quantity)
    line = order_rows.line(tx, order_line_id)
    assert line is not None
    order_rows.update(tx, line["order_id"])


def accept(
    tx: Transaction, delivery_id: int, units: Mapping[str, int], key: str, inserts_stock: bool = True
) -> int | None:
    """What came of a delivery; returns the id of the delivery with what is missing, None when nothing is.

    `units`: EAN or SKU -> how many; what is not named did not come, more than expected is fine. With `inserts_stock`
    the units lie in the preferred warehouse then, and orders that wait for them have theirs first (order-api.md 5.7).
    Raises NotFound (`delivery`), Conflict (`delivery`) the second time, NotDelivered, and Invalid (`quantity`); nothing
    has changed then.
    """
    delivery = open_delivery(tx, delivery_id)
    if any(quantity < 0 for quantity in units.values()):
        raise Invalid({"quantity": "not valid"})
    return _take(tx, delivery, _matched(delivery.lines, units, key), inserts_stock)


def accept_whole(
    tx: Transaction, delivery_id: int, warehouse_id: int | None, replaces: bool, admin_user_id: int | None = None
) -> None:
    """Everything of a delivery came, to its warehouse or to another one; with `replaces` nothing else is free there.

    The change of stock is that of the administrator, where one is named.
    Raises NotFound and Conflict (`delivery`).
    """
    row = rows.delivery(tx, delivery_id)
    if row is None:
        raise NotFound("delivery")
    if row["status"] != "open":
        raise Conflict({"delivery": f"is {row['status']}"})
    if warehouse_id is not None:
        records.change(tx, "supplier_deliveries", delivery_id, warehouse_id=warehouse_id)
        row = rows.delivery(tx, delivery_id)
        assert row is not None
    delivery = Delivery(row, rows.delivery_lines(tx, [delivery_id])[delivery_id])
    if replaces:
        _clear(tx, delivery)
    _take(tx, delivery, {line["id"]: line["quantity"] for line in delivery.lines}, True)
    if admin_user_id is not None:
        rows.note_admin(tx, delivery.number, admin_user_id)


def _clear(tx: Transaction, delivery: Delivery) -> None:
    """Takes what is free of the sizes of a delivery out of its warehouse."""
    warehouse_id = delivery.row["warehouse_id"]
    sizes = list(dict.fromkeys(line["product_size_id"] for line in delivery.lines))
    for size_id, _, physical, allocated in stock_items.stock_in(tx, [warehouse_id], sizes):
        if physical > allocated:
            stock_rows.change_physical(
                tx, size_id, warehouse_id, allocated - physical, "supplier_delivery", delivery.number
            )


def _take(tx: Transaction, delivery: Delivery, came: Mapping[int, int], inserts_stock: bool) -> int | None:
    """So many pieces of the lines of a delivery came; returns the delivery with what is missing."""
    row = delivery.row
    missing = [
        (line["supplier_order_line_id"], line["quantity"] - came[line["id"]])
        for line in delivery.lines
        if line["quantity"] > came[line["id"]]
    ]
    rows.accept(
        tx, row["id"], [(line["id"], line["supplier_order_line_id"], came[line["id"]]) for line in delivery.lines]
    )
    tx.event("supplier_delivery", row["id"], "completed")
    if inserts_stock:
        _insert(tx, delivery, came)
        rows.note_costs(tx, row["id"], delivery.number)
        change_id = rows.gather_changes(tx, delivery.number)
        if change_id is not None:
            tx.event("stock_change", change_id, "created")
    if rows.is_all_delivered(tx, row["supplier_order_id"]):
        tx.event("supplier_order", row["supplier_order_id"], "completed")
    return announce(tx, row["supplier_order_id"], missing) if missing else None


def _matched(lines: Sequence[Row], units: Mapping[str, int], key: str) -> dict[int, int]:
    """Line -> units that came; of equal names the first line takes what it expects, the last one all the rest."""
    by_name: dict[str, list[Row]] = defaultdict(list)
    for line in lines:
        sku = line["product_number"] + line["variant_number"] + line["size_number"]
        by_name[line["ean"] if key == EAN else sku].append(line)
    unknown = [name for name in units if name not in by_name or not name]
    if unknown:
        raise NotDelivered(unknown)
    came: dict[int, int] = defaultdict(int)
    for name, quantity in units.items():
        for line in by_name[name][:-1]:
            came[line["id"]] = min(quantity, line["quantity"])
            quantity -= came[line["id"]]
        came[by_name[name][-1]["id"]] = quantity
    return came


def _insert(tx: Transaction, delivery: Delivery, came: Mapping[int, int]) -> None:
    warehouse_id = delivery.row["warehouse_id"]
    sizes = {line["id"]: line["product_size_id"] for line in delivery.lines if came[line["id"]]}
    for line_id, size_id in sizes.items():
        stock_rows.change_physical(tx, size_id, warehouse_id, came[line_id], "supplier_delivery", delivery.number)
    waiting: dict[int, dict[int, int]] = {}
    for _, linked, quantity in _reserved(tx, delivery.lines, came):
        order_id = linked["order_id"]
        if order_id not in waiting:
            waiting[order_id] = {need.line_id: need.quantity for need in allocation.demand(tx, order_id)}
        units = min(quantity, waiting[order_id].get(linked["order_line_id"], 0))
        rows.use_link(tx, linked["id"], quantity)
        if units:
            waiting[order_id][linked["order_line_id"]] -= units
            stock_rows.change_allocated(tx, linked["product_size_id"], warehouse_id, units)
            stock_rows.add(tx, linked["order_line_id"], warehouse_id, units)
    for order_id in waiting:
        row = order_rows.get(tx, order_id)
        assert row is not None
        order_rows.update(tx, order_id)
        tx.event("order", order_id, "updated", number=row["number"])
    note_stock(tx, set(sizes.values()))
    newsletter.notify_back_in_stock(tx, list(dict.fromkeys(sizes.values())))
