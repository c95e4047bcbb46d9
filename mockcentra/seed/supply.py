"""Seeds what was ordered from suppliers, what has come, and the accounts' orders that wait for it (seed.md 13)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from mockcentra.commerce import suppliers
from mockcentra.commerce.catalogue import records
from mockcentra.commerce.suppliers import SKU
from mockcentra.seed.fixtures import (
    Record,
    flag,
    known,
    listed,
    mapping,
    moment,
    money,
    optional,
    record,
    ref,
    text,
    whole,
)
from mockcentra.seed.world import World
from mockcentra.store import allocations as stock_rows
from mockcentra.store import seeding as rows
from mockcentra.store import suppliers as supplier_rows
from mockcentra.store.database import Row

FILES = {"supply": ("orders", "deliveries", "linked")}

# In the last hour before the shop opens somebody sees for whom goods are still to come.
_LINKED_SINCE = 1800
_PLENTY = 20
_MOST_LINES = 2

_LINE = record(display=optional(ref("display")), wholesale=optional(flag, False), quantity=whole(1), cost=money)
_ORDER = record(
    number=whole(1),
    supplier=ref("supplier"),
    confirmed=optional(flag, True),
    warehouse=optional(ref("warehouse")),
    created=moment,
    etd=moment,
    eta=moment,
    message=optional(text, ""),
    lines=listed(_LINE, least=1),
)
_UNITS = mapping(whole(1), keys=whole(1))
_DELIVERY = record(order=known("supplier_order"), at=moment, lines=_UNITS, accepted=optional(moment))


@dataclass(slots=True)
class _Made:
    """A supplier order: its lines' ids in their order, and by product size those that accounts wait for."""

    id: int
    lines: list[int]
    waited: dict[int, int] = field(default_factory=dict)


def seed(world: World) -> None:
    """Makes the orders of suppliers, announces deliveries, and accepts those that have come."""
    goods = _Goods(world)
    made = {
        str(entry["number"]): _order(world, goods, entry) for entry in world.section("supply", "orders", listed(_ORDER))
    }
    _deliver(world, made, world.section("supply", "deliveries", listed(_DELIVERY)))
    _link(world, goods.waiting, list(made.values()))
    rows.empty(world.move(world.as_of), "events", "mails")


class _Goods:
    """Finds what suppliers make: sizes in stock of displays, and what accounts have ordered.

    `waiting` are the units of accounts that are to wait for a supplier order.
    """

    def __init__(self, world: World) -> None:
        tx = world.tx
        self._world = world
        self._free = {(row["product_size_id"], row["warehouse_id"]): row["free"] for row in rows.first_deliveries(tx)}
        number = world.section("supply", "linked", whole(), 0)
        self.waiting: list[Row] = []
        for order_id in rows.confirmed_account_orders(tx)[-number:] if number else ():
            held = [row for row in stock_rows.of_orders(tx, [order_id]) if row["shipment_id"] is None]
            self.waiting += held[:_MOST_LINES]
        wanted = dict.fromkeys(row["product_size_id"] for row in self.waiting)
        self._wholesale = iter(
            [
                *wanted,
                *(
                    size.id
                    for found in records(tx, rows.first_items(tx, world.notes["wholesale_store"], 40)).values()
                    for size in found.sizes[:1]
                    if found.is_active and found.bundle is None and size.ean and size.id not in wanted
                ),
            ]
        )

    def size(self, entry: Record) -> int:
        """The product size that a line is about."""
        if entry["display"] is None:
            size_id = next(self._wholesale, None)
            if size_id is None:
                raise entry.error("wholesale", "there is nothing more that accounts buy")
            return size_id
        ids = rows.items_of_displays(self._world.tx, [entry["display"]])[entry["display"]]
        warehouse_id = suppliers.delivery_warehouse(self._world.tx)
        for shown in records(self._world.tx, ids).values():
            for size in shown.sizes:
                if size.ean and self._free.get((size.id, warehouse_id), 0) >= _PLENTY:
                    return size.id
        raise entry.error("display", "nothing of it is in stock")


def _order(world: World, goods: _Goods, entry: Record) -> _Made:
    tx = world.move(entry["created"])
    sizes = [goods.size(line) for line in entry["lines"]]
    supplier = supplier_rows.supplier(tx, entry["supplier"])
    order_id, lines = suppliers.order(
        tx,
        [(size, line["quantity"], line["cost"]) for size, line in zip(sizes, entry["lines"], strict=True)],
        entry["confirmed"],
        number=entry["number"],
        supplier_id=entry["supplier"],
        warehouse_id=entry["warehouse"] or suppliers.delivery_warehouse(tx),
        currency_id=supplier["currency_id"],
        message=entry["message"],
        etd_at=entry["etd"],
        eta_at=entry["eta"],
    )
    world.register("supplier_order", str(entry["number"]), order_id, entry)
    made = zip(entry["lines"], sizes, lines, strict=True)
    return _Made(order_id, lines, {size: line_id for line, size, line_id in made if line["wholesale"]})


def _deliver(world: World, made: dict[str, _Made], entries: Sequence[Record]) -> None:
    """Announces and accepts in the order of time; what has come was not delivered with the first goods."""
    steps: list[tuple[int, int, bool]] = []
    for number, entry in enumerate(entries):
        steps.append((entry["at"], number, False))
        if entry["accepted"] is not None:
            steps.append((entry["accepted"], number, True))
    announced: dict[int, int] = {}
    came: dict[tuple[int, int], int] = {}
    for at, number, is_here in sorted(steps):
        tx = world.move(at)
        entry = entries[number]
        order = made[entry["order"]]
        if not is_here:
            if max(entry["lines"]) > len(order.lines):
                raise entry.error("lines", f"the order has {len(order.lines)} lines")
            units = [(order.lines[place - 1], quantity) for place, quantity in entry["lines"].items()]
            announced[number] = suppliers.announce(tx, order.id, units)
            continue
        delivery = suppliers.open_delivery(tx, announced[number])
        units_by_sku = {
            line["product_number"] + line["variant_number"] + line["size_number"]: line["quantity"]
            for line in delivery.lines
        }
        suppliers.accept(tx, announced[number], units_by_sku, SKU)
        for line in delivery.lines:
            key = (line["product_size_id"], delivery.row["warehouse_id"])
            came[key] = came.get(key, 0) + line["quantity"]
    deliveries = {
        (row["product_size_id"], row["warehouse_id"]): row["id"] for row in rows.first_deliveries(world.tx) if row["id"]
    }
    rows.raise_deliveries(
        world.tx, [(-quantity, *key, deliveries[key]) for key, quantity in came.items() if key in deliveries]
    )


def _link(world: World, waiting: Sequence[Row], made: Sequence[_Made]) -> None:
    """Units of accounts' orders give back what they have and wait for a line of a supplier order of the same size."""
    tx = world.move(world.as_of - _LINKED_SINCE)
    lines = {size_id: line_id for order in made for size_id, line_id in order.waited.items()}
    for held in waiting:
        if held["product_size_id"] not in lines:
            continue
        stock_rows.give_back(tx, held, held["quantity"])
        suppliers.link(tx, held["order_line_id"], lines[held["product_size_id"]], held["quantity"])
