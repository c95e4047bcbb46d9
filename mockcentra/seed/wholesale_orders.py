"""Seeds the orders of the Wholesale store with their invoices, and order sheets, by the rules."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from random import Random

from mockcentra.commerce import (
    administration,
    invoicing,
    order_changes,
    order_entry,
    orders,
    returns,
    shipment_contents,
    shipment_packing,
    shipments,
    wholesale_writing,
)
from mockcentra.commerce.order_entry_records import Item, NewOrder
from mockcentra.seed.fixtures import Record, choice, flag, listed, moment, optional, record, ref, text, whole
from mockcentra.seed.world import World
from mockcentra.store import Transaction
from mockcentra.store import seeding as rows
from mockcentra.store.database import Row

_DAY = 86400
# Of less than that nothing is sold to resellers here: scarce goods stay for those who look for them.
_PLENTY = 80
_RETURNED = 2


@dataclass(slots=True)
class _Order:
    """An order on its way; `at` is the moment of its next step."""

    world: World
    order_id: int
    at: int
    dice: Random
    shipment_id: int = 0

    def later(self, low: int, high: int) -> Transaction:
        """The transaction, so many days later, when somebody of the administration acts."""
        self.at += self.dice.randrange(low * _DAY, high * _DAY)
        self.at = min(self.at, self.world.as_of)
        tx = self.world.move(self.at)
        admins = rows.admin_users(tx)
        tx.source, tx.admin_user_id = "Centra form", admins[self.order_id % len(admins)] if admins else None
        return tx


def _confirm(order: _Order) -> None:
    orders.confirm(order.later(1, 3), order.order_id)


def _pack(order: _Order) -> None:
    order.shipment_id = shipment_packing.create(order.later(2, 6), order.order_id) or 0


def _pack_first_line(order: _Order) -> None:
    tx = order.later(2, 6)
    line_id, quantity = next(iter(shipment_contents.units_left(tx, order.order_id).items()))
    order.shipment_id = shipment_packing.pack(tx, order.order_id, {line_id: quantity}, is_good_to_go=True)


def _send(order: _Order) -> None:
    """The parcel leaves, and its invoice is written the same day."""
    tx = order.later(1, 2)
    tracking = f"{order.dice.randrange(10**11, 10**12)}"
    shipments.complete(
        tx,
        order.shipment_id,
        even_unpaid=True,
        carrier="Nordpaket",
        service="Freight",
        packages=1,
        tracking_number=tracking,
    )


def _pay(order: _Order) -> None:
    """The account pays its invoice, and with that the shipment."""
    tx = order.later(9, 28)
    for invoice in rows.invoices_of_shipment(tx, order.shipment_id):
        wholesale_writing.pay_invoice(tx, invoice["id"], invoice["total"], None)


def _archive(order: _Order) -> None:
    administration.archive(order.later(40, 60), order.order_id)


def _cancel(order: _Order) -> None:
    orders.cancel_order(order.later(1, 4), order.order_id)


def _give_back(order: _Order) -> None:
    """Two pieces of the first line come back, and a credit note is written."""
    tx = order.later(5, 9)
    line = rows.lines_of_shipment(tx, order.shipment_id)[0]
    terms = returns.Terms(comment="Two pieces with a broken seam", created_from="AMS")
    return_id = returns.create(tx, order.shipment_id, {line["id"]: _RETURNED}, terms)
    returns.set_completed(tx, return_id, True)
    back = returns.row_of(tx, return_id)
    invoicing.write_credit(tx, orders.row_of(tx, order.order_id), back, back["total"])


_SENT = (_confirm, _pack, _send)

OUTCOMES: dict[str, tuple[Callable[[_Order], None], ...]] = {
    "pending": (),
    "confirmed": (_confirm,),
    "packed": (_confirm, _pack),
    "partly_sent": (_confirm, _pack_first_line, _send),
    "unpaid": _SENT,
    "completed": (*_SENT, _pay),
    "returned": (*_SENT, _pay, _give_back),
    "archived": (*_SENT, _pay, _archive),
    "cancelled": (_confirm, _cancel),
}
"""What may stand as `outcome` in the fixtures: what happens to the order, one thing after the other."""

FILES = {"orders": ("wholesale_orders", "order_sheets")}

_ORDER = record(
    {
        "outcome": choice(*OUTCOMES),
        "at": moment,
        "account": ref("account"),
        "window": ref("delivery_window"),
        "quantities": listed(whole(1, 20), least=1),
        "po_number": optional(text, ""),
        "internal": optional(flag, False),
    }
)
_SHEET = record(
    {"account": ref("account"), "window": ref("delivery_window"), "quantities": listed(whole(1, 20), least=1)}
)


def seed(world: World) -> None:
    """Plans the wholesale orders of seed.md 14; the step `orders` places them among all others, as time has it."""
    goods = _Goods(world)
    windows = {row_id: name for name, row_id in world.ids.get("delivery_window", {}).items()}
    history = world.notes.setdefault("history", [])
    for position, entry in enumerate(world.section("orders", "wholesale_orders", listed(_ORDER))):
        items = goods.some(entry)
        if items:
            dice = world.dice(f"wholesale order {position}")
            history.append((entry["at"], partial(_order, world, entry, items, windows[entry["window"]], dice)))
    goods.deliver()
    for entry in world.section("orders", "order_sheets", listed(_SHEET)):
        history.append((world.as_of, partial(_sheet, world, entry, goods.some(entry))))


class _Goods:
    """What the Wholesale store has plenty of, thing after thing; what is taken for good is delivered besides."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._sizes = rows.plentiful_sizes(world.tx, world.notes["wholesale_store"], _PLENTY)
        self._deliveries = {
            (row["product_size_id"], row["warehouse_id"]): row
            for row in rows.first_deliveries(world.tx)
            if row["id"] is not None
        }
        self._taken: dict[tuple[int, int], int] = {}
        self._next = 0

    def some(self, entry: Record) -> list[tuple[Row, int]]:
        """The next sizes that an account may buy, of different products, with their quantities."""
        brands = rows.brands_of_account(rows.account(self._world.tx, entry["account"]))
        at = entry.get("at", self._world.as_of)
        found: list[tuple[Row, int]] = []
        for _ in range(len(self._sizes)):
            size = self._sizes[self._next % len(self._sizes)]
            self._next += 7
            delivery = self._deliveries.get((size["product_size_id"], size["warehouse_id"]))
            if delivery is None or delivery["created_at"] >= at or (brands and size["brand_id"] not in brands):
                continue
            if all(size["product_id"] != other["product_id"] for other, _ in found):
                found.append((size, entry["quantities"][len(found)]))
                if len(found) == len(entry["quantities"]):
                    break
        for size, quantity in found if entry.get("outcome", "cancelled") != "cancelled" else ():
            key = (size["product_size_id"], size["warehouse_id"])
            self._taken[key] = self._taken.get(key, 0) + quantity
        return found

    def deliver(self) -> None:
        """Makes the first deliveries larger by what the orders take: what is free afterwards is what was seeded."""
        rows.raise_deliveries(
            self._world.tx,
            [(pieces, *key, self._deliveries[key]["id"]) for key, pieces in sorted(self._taken.items()) if pieces],
        )


def _order(world: World, entry: Record, items: list[tuple[Row, int]], window: str, dice: Random) -> None:
    """Places an order and lets happen to it what its outcome says."""
    tx = world.move(entry["at"])
    tx.source = "Showroom"
    new = NewOrder(
        items=[Item(quantity, (("id", str(size["product_size_id"])),)) for size, quantity in items],
        account_id=entry["account"],
        delivery_window=window,
        po_number=entry["po_number"],
        is_internal=entry["internal"],
        applies_automatic=False,
    )
    order_id = order_entry.create(tx, new)
    order_changes.put_on_invoice(tx, order_id)
    order = _Order(world, order_id, entry["at"], dice)
    for step in OUTCOMES[entry["outcome"]]:
        step(order)
    tx.source, tx.admin_user_id = "", None


def _sheet(world: World, entry: Record, items: list[tuple[Row, int]]) -> None:
    """An order sheet that a buyer has begun."""
    tx = world.move(world.as_of)
    account = rows.account(tx, entry["account"])
    sheet = world.add(
        "selections",
        hash=tx.hex(32),
        store_id=account["store_id"],
        market_id=account["market_id"],
        pricelist_id=account["pricelist_id"],
        account_id=account["id"],
        buyer_id=rows.first_buyer(tx, account["id"]),
        delivery_window_id=entry["window"],
        address_json=account["billing_address_json"],
        shipping_address_json=account["shipping_address_json"],
        has_shipping_address=1,
        created_at=world.as_of - 3 * _DAY,
        updated_at=world.as_of - _DAY,
    )
    for size, quantity in items:
        world.add(
            "selection_lines",
            selection_id=sheet,
            hash=tx.hex(32),
            display_item_id=size["display_item_id"],
            product_size_id=size["product_size_id"],
            quantity=quantity,
        )
