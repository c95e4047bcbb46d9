"""Delivery groups: an order of a shopper that is split into parts, each with a shipping price of its own.

With the setting `store.delivery_groups` orders that several warehouses serve are split, one group a warehouse.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from mockcentra.commerce.errors import Invalid
from mockcentra.commerce.money import shares
from mockcentra.commerce.reference import reference_of
from mockcentra.commerce.settings import setting
from mockcentra.store import Transaction
from mockcentra.store import allocations as stock_rows
from mockcentra.store import delivery_groups as rows
from mockcentra.store import orders as order_rows
from mockcentra.store.database import Row

SETTING = "store.delivery_groups"


def split(
    tx: Transaction,
    order: Row,
    groups: Sequence[tuple[str, Mapping[int, int]]],
    costs: Sequence[int] | None = None,
) -> list[int]:
    """Splits an order into groups: (name, order line id -> quantity); returns their ids.

    `costs` are their shipping prices (hundredths); without them the order's is shared by what the goods cost.
    """
    if costs is None:
        prices = {line["id"]: line["price_each"] for line in order_rows.lines(tx, [order["id"]])}
        weights = [sum(prices[line_id] * quantity for line_id, quantity in units.items()) for _, units in groups]
        costs = shares(order["shipping_cost"], weights)
    return [
        rows.add(tx, order, f"{order['number']}-{number}", name, cost, units.items())
        for number, ((name, units), cost) in enumerate(zip(groups, costs, strict=True), 1)
    ]


def split_by_warehouse(tx: Transaction, order: Row) -> None:
    """Splits an order that was placed now, when the shop does that and more than one warehouse serves it."""
    if not setting(tx, SETTING):
        return
    held: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    lines = order_rows.lines(tx, [order["id"]])
    bundles = {line["parent_line_id"] for line in lines}
    left = {line["id"]: line["quantity"] for line in lines if line["product_size_id"] and line["id"] not in bundles}
    for row in stock_rows.of_orders(tx, [order["id"]]):
        held[row["warehouse_id"]][row["order_line_id"]] += row["quantity"]
        left[row["order_line_id"]] -= row["quantity"]
    if len(held) < 2:
        return
    first = next(iter(held.values()))  # what waits for stock goes with it
    for line_id, quantity in left.items():
        if quantity > 0:
            first[line_id] += quantity
    names = reference_of(tx.store).warehouses
    split(tx, order, [(names[warehouse_id].name, units) for warehouse_id, units in held.items()])


def has_any(tx: Transaction, order_id: int) -> bool:
    """Whether an order is split."""
    return bool(rows.of_order(tx, order_id))


def units_left(tx: Transaction, group_id: int) -> dict[int, int]:
    """Order line id -> units of a group that are neither cancelled nor in a shipment of the group."""
    left = {
        line["order_line_id"]: line["quantity"] - line["cancelled_quantity"] - line["packed"]
        for line in rows.lines(tx, [group_id])
    }
    return {line_id: quantity for line_id, quantity in left.items() if quantity > 0}


def shipping_left(tx: Transaction, group: Row) -> int:
    """What of a group's shipping cost lies on none of its shipments yet."""
    return max(0, group["shipping_cost"] - rows.charged(tx, group["id"]))


def cancel(tx: Transaction, order_id: int, units: Mapping[int, int], group_id: int | None = None) -> None:
    """Units of an order were cancelled: they leave the named group, else the groups that still have them, in order.

    Raises Invalid (`delivery_group`) when the named group has fewer.
    """
    groups = [row["id"] for row in rows.of_order(tx, order_id) if group_id is None or row["id"] == group_id]
    if not groups:
        return
    wanted = dict(units)
    for line in rows.lines(tx, groups):
        taken = min(
            wanted.get(line["order_line_id"], 0), line["quantity"] - line["cancelled_quantity"] - line["packed"]
        )
        if taken > 0:
            rows.cancel(tx, line["id"], taken)
            wanted[line["order_line_id"]] -= taken
    if group_id is not None and any(wanted.values()):
        raise Invalid({"delivery_group": "has fewer units of the line"})
