"""Orders, shipments, returns and stock in any order of events: what must be true stays true (domain.md 18)."""

from collections import defaultdict

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from mockcentra.commerce import (
    allocation,
    order_changes,
    orders,
    requests,
    returns,
    shipment_contents,
    shipment_packing,
    shipments,
    suppliers,
)
from mockcentra.commerce.errors import CommerceError
from mockcentra.commerce.order_entry import create
from mockcentra.commerce.order_entry_records import EntryRefused, Item, NewOrder, Payment, Payments
from mockcentra.commerce.returns import FROM_SHIPMENT, NONE, ORIGINAL, OTHER, Terms
from mockcentra.commerce.shipment_packing import EACH, ONCE
from mockcentra.commerce.stock_updates import StockUpdate, set_stock
from mockcentra.store import Spaces
from mockcentra.store.database import from_json
from mockcentra.store.template import Template
from tests.commerce.checks import assert_stock_adds_up

ADDRESS = {"firstName": "Ada", "lastName": "Lovelace", "email": "ada@example.com", "country": "SE", "city": "Borås"}
SIZES = 4
SMALL = st.integers(min_value=1, max_value=4)
WHICH = st.integers(min_value=0, max_value=10)

has_orders = precondition(lambda self: self.orders)
has_parcels = precondition(lambda self: self.parcels)
has_returns = precondition(lambda self: self.returns)


def pick(found: list[int], which: int) -> int:
    """One of the newest."""
    return found[-1 - which % min(len(found), 4)]


class Orders(RuleBasedStateMachine):
    """A shop with little stock of four sizes, in its own warehouses and in one that must confirm."""

    template: Template

    def __init__(self) -> None:
        super().__init__()
        self.store = Spaces(self.template).default.store
        self.orders: list[int] = []
        self.parcels: list[int] = []
        self.returns: list[int] = []

    # -- the shop

    @initialize()
    def open_shop(self) -> None:
        with self.store.transaction() as tx:
            rows = tx.all(
                "SELECT DISTINCT z.id, z.ean FROM product_sizes z JOIN display_items i ON i.variant_id = z.variant_id"
                " JOIN displays d ON d.id = i.display_id JOIN prices p ON p.display_item_id = i.id"
                " JOIN stock k ON k.product_size_id = z.id AND k.warehouse_id = 1"
                " WHERE d.store_id = 1 AND p.pricelist_id = 1 AND k.physical > 20 ORDER BY z.id LIMIT ?",
                (SIZES,),
            )
            self.sizes = [row["id"] for row in rows]
            self.eans = [row["ean"] for row in rows]
            for size_id in self.sizes:
                for warehouse_id, pieces in ((1, 5), (2, 2), (5, 3)):
                    tx.run(
                        "INSERT OR IGNORE INTO stock (product_size_id, warehouse_id) VALUES (?, ?)",
                        (size_id, warehouse_id),
                    )
                    tx.run(
                        "UPDATE stock SET physical = allocated + ? WHERE product_size_id = ? AND warehouse_id = ?",
                        (pieces, size_id, warehouse_id),
                    )
            self.shops_rule = tx.value("SELECT name FROM allocation_rules WHERE name = 'Ship from store'")
            self.first_order = tx.value("SELECT MAX(id) FROM orders")
        self.place([(0, 2), (1, 1)], False, False, 3, 0)
        self.place([(0, 1), (2, 4)], True, True, 1, 5000)
        self.pack_what_is_there(1)

    def attempt(self, act):
        """What a rule refuses must leave nothing behind; the invariants look after every step."""
        with self.store.transaction() as tx:
            before = tx.value("SELECT COUNT(*) FROM events")
            try:
                with tx.savepoint():
                    return act(tx)
            except CommerceError:
                assert tx.value("SELECT COUNT(*) FROM events") == before
                return None

    @staticmethod
    def keep(found: list[int], made: int | None) -> None:
        if made is not None:
            found.append(made)

    # -- orders

    @rule(
        lines=st.lists(st.tuples(st.integers(0, SIZES - 1), SMALL), min_size=1, max_size=3),
        waits=st.booleans(),
        from_shop=st.booleans(),
        authorised=st.sampled_from([None, 0.5, 1, 3]),
        voucher=st.sampled_from([0, 0, 5000]),
    )
    def place(self, lines, waits, from_shop, authorised, voucher):
        def act(tx):
            payments = None
            if authorised is not None:
                payments = Payments(None, Payment(1, int(200000 * authorised), tx.hex(8), "cc"))
            return create(
                tx,
                NewOrder(
                    items=[Item(quantity, (("id", str(self.sizes[at])),)) for at, quantity in lines],
                    address=dict(ADDRESS),
                    may_wait=waits,
                    payments=payments,
                    voucher_value=voucher,
                    allocation_rule=self.shops_rule if from_shop else "",
                ),
            )

        self.keep(self.orders, self.attempt(act))

    @has_orders
    @rule(which=WHICH)
    def cancel(self, which):
        order_id = pick(self.orders, which)
        self.attempt(lambda tx: orders.cancel_order(tx, order_id))

    @has_orders
    @rule(which=WHICH, units=SMALL)
    def cancel_units(self, which, units):
        order_id = pick(self.orders, which)
        with self.store.reading() as tx:
            line_id = tx.value("SELECT MIN(id) FROM order_lines WHERE order_id = ?", (order_id,))
        self.attempt(lambda tx: order_changes.cancel_units(tx, order_id, {line_id: units}))

    # -- warehouses that answer

    @rule(confirms=st.booleans())
    def answer(self, confirms):
        with self.store.reading() as tx:
            found = tx.all(
                "SELECT id FROM allocation_requests WHERE order_id > ? AND kind = 'confirm'"
                " AND status IN ('sent', 'timed-out') ORDER BY id",
                (self.first_order,),
            )
        if found:
            act = requests.confirm if confirms else requests.reject
            self.attempt(lambda tx: act(tx, found[0]["id"]))

    @rule()
    def let_time_pass(self):
        with self.store.transaction() as tx:
            tx.run("UPDATE allocation_requests SET expires_at = ? WHERE order_id > ?", (tx.now, self.first_order))
            requests.expire(tx, tx.now)

    # -- shipments

    @has_orders
    @rule(
        which=WHICH,
        units=st.lists(st.integers(0, 4), min_size=3, max_size=3),
        costs=st.sampled_from([EACH, ONCE]),
    )
    def pack(self, which, units, costs):
        order_id = pick(self.orders, which)
        with self.store.reading() as tx:
            lines = [
                row["id"] for row in tx.all("SELECT id FROM order_lines WHERE order_id = ? ORDER BY id", (order_id,))
            ]
        wanted = {line_id: quantity for line_id, quantity in zip(lines, units, strict=False) if quantity}
        self.keep(self.parcels, self.attempt(lambda tx: shipment_packing.pack(tx, order_id, wanted, costs=costs)))

    @has_orders
    @rule(which=WHICH)
    def pack_what_is_there(self, which):
        order_id = pick(self.orders, which)
        self.keep(self.parcels, self.attempt(lambda tx: shipment_packing.create(tx, order_id)))

    @has_parcels
    @rule(which=WHICH, units=st.integers(0, 5))
    def change(self, which, units):
        shipment_id = pick(self.parcels, which)
        with self.store.reading() as tx:
            line_id = tx.value(
                "SELECT MIN(l.id) FROM order_lines l JOIN shipments s ON s.order_id = l.order_id WHERE s.id = ?",
                (shipment_id,),
            )
        if line_id is not None:
            self.attempt(lambda tx: shipment_packing.change_units(tx, shipment_id, {line_id: units}))

    @has_parcels
    @rule(which=WHICH)
    def capture(self, which):
        shipment_id = pick(self.parcels, which)
        self.attempt(lambda tx: shipments.capture(tx, shipment_id))

    @has_parcels
    @rule(which=WHICH)
    def send(self, which):
        shipment_id = pick(self.parcels, which)
        self.attempt(lambda tx: shipments.send(tx, shipment_id, carrier="Nordpaket"))

    @has_parcels
    @rule(which=WHICH)
    def mark_paid(self, which):
        shipment_id = pick(self.parcels, which)
        self.attempt(lambda tx: shipments.mark_paid(tx, shipment_id))

    @has_parcels
    @rule(which=WHICH)
    def take_back(self, which):
        shipment_id = pick(self.parcels, which)
        self.attempt(lambda tx: shipment_packing.delete(tx, shipment_id))

    # -- returns

    @has_parcels
    @rule(
        which=WHICH,
        units=st.integers(1, 3),
        action=st.sampled_from([ORIGINAL, OTHER, NONE]),
        costs=st.sampled_from([0, FROM_SHIPMENT]),
        fee=st.sampled_from([0, 2500]),
    )
    def give_back(self, which, units, action, costs, fee):
        shipment_id = pick(self.parcels, which)

        def act(tx):
            line_ids = [
                row["order_line_id"]
                for row in tx.all("SELECT order_line_id FROM shipment_lines WHERE shipment_id = ?", (shipment_id,))
            ]
            wanted, _ = returns.returnable(tx, shipment_id, dict.fromkeys(line_ids, units))
            return returns.create(tx, shipment_id, wanted, Terms(action, 2, costs, costs, costs, fee))

        self.keep(self.returns, self.attempt(act))

    @has_returns
    @rule(which=WHICH)
    def refund(self, which):
        return_id = pick(self.returns, which)
        self.attempt(lambda tx: returns.refund(tx, return_id))

    @has_returns
    @rule(which=WHICH, is_completed=st.booleans())
    def complete_return(self, which, is_completed):
        return_id = pick(self.returns, which)
        self.attempt(lambda tx: returns.set_completed(tx, return_id, is_completed))

    @has_returns
    @rule(which=WHICH)
    def forget_return(self, which):
        return_id = pick(self.returns, which)
        self.attempt(lambda tx: returns.delete(tx, return_id))

    # -- stock

    @rule(at=st.integers(0, SIZES - 1), quantity=st.integers(0, 12))
    def count(self, at, quantity):
        self.attempt(lambda tx: set_stock(tx, [StockUpdate(self.eans[at], quantity)]))

    @has_orders
    @rule(which=WHICH)
    def allocate_what_waits(self, which):
        order_id = pick(self.orders, which)
        with self.store.transaction() as tx:
            if orders.row_of(tx, order_id)["status"] in ("confirmed", "processing"):
                needs = allocation.demand(tx, order_id)
                allocation.allocate(tx, needs, 1, may_wait=True, keeps_reserves=False)

    @has_orders
    @rule(which=WHICH, quantity=SMALL, came=st.integers(0, 6))
    def be_supplied(self, which, quantity, came):
        """What an order waits for is ordered from a supplier, linked, and comes: less or more than expected."""
        order_id = pick(self.orders, which)

        def act(tx):
            waiting = allocation.demand(tx, order_id)
            if not waiting or orders.row_of(tx, order_id)["status"] == "cancelled":
                return
            number = tx.value("SELECT MAX(number) + 1 FROM supplier_orders")
            supplier_order, (line_id,) = suppliers.order(
                tx,
                [(waiting[0].product_size_id, quantity, 1000)],
                True,
                number=number,
                supplier_id=1,
                warehouse_id=1,
                currency_id=1,
            )
            suppliers.link(tx, waiting[0].line_id, line_id, min(quantity, waiting[0].quantity))
            delivery_id = suppliers.announce(tx, supplier_order, [(line_id, quantity)])
            ean = tx.value("SELECT ean FROM product_sizes WHERE id = ?", (waiting[0].product_size_id,))
            rest = suppliers.accept(tx, delivery_id, {ean: came}, suppliers.EAN)
            assert (rest is not None) == (came < quantity)

        self.attempt(act)

    # -- what must be true

    @invariant()
    def stock_adds_up(self):
        assert_stock_adds_up(self.store)

    @invariant()
    def units_add_up(self):
        with self.store.reading() as tx:
            assert not tx.all(
                "SELECT l.id FROM order_lines l JOIN shipment_lines i ON i.order_line_id = l.id GROUP BY l.id"
                " HAVING SUM(i.quantity) > l.quantity - l.cancelled_quantity"
            )
            assert not tx.all(
                "SELECT i.id FROM shipment_lines i JOIN return_lines r ON r.shipment_line_id = i.id GROUP BY i.id"
                " HAVING SUM(r.quantity) > i.quantity"
            )
            # what a shipment that has not left holds is reserved for it, but for what came back before it left
            packed = defaultdict(int)
            for row in tx.all(
                "SELECT i.shipment_id, i.order_line_id, i.quantity - COALESCE((SELECT SUM(r.quantity)"
                " FROM return_lines r WHERE r.shipment_line_id = i.id), 0) AS units FROM shipment_lines i"
                " JOIN shipments s ON s.id = i.shipment_id WHERE NOT s.is_shipped"
            ):
                packed[row["shipment_id"], row["order_line_id"]] += row["units"]
            held = {
                (row["shipment_id"], row["order_line_id"]): row["units"]
                for row in tx.all(
                    "SELECT shipment_id, order_line_id, SUM(quantity) AS units FROM allocations"
                    " WHERE shipment_id IS NOT NULL GROUP BY 1, 2"
                )
            }
            assert held == {key: units for key, units in packed.items() if units}

    @invariant()
    def statuses_follow(self):
        with self.store.reading() as tx:
            for order in tx.all("SELECT * FROM orders WHERE id > ?", (self.first_order,)):
                parcels = tx.all("SELECT * FROM shipments WHERE order_id = ?", (order["id"],))
                left = sum(shipment_contents.units_left(tx, order["id"]).values())
                is_over = bool(parcels) and not left and all(row["is_shipped"] and row["is_paid"] for row in parcels)
                expected = "completed" if is_over else "processing" if parcels else "confirmed"
                assert order["status"] == "cancelled" or order["status"] == expected, dict(order)
                positions = [row["position"] for row in parcels]
                assert len(set(positions)) == len(positions)
                assert max(positions, default=0) <= order["last_shipment"]

    @invariant()
    def money_adds_up(self):
        with self.store.reading() as tx:
            for order in tx.all("SELECT * FROM orders WHERE id > ?", (self.first_order,)):
                sums = defaultdict(int)
                charges = defaultdict(int)
                for row in tx.all("SELECT * FROM payment_entries WHERE order_id = ?", (order["id"],)):
                    if row["status"] == "success":
                        sums[row["type"]] += row["amount"]
                        if row["type"] == "capture" and row["shipment_id"] is not None:
                            charges[row["shipment_id"]] += 1
                assert sums["capture"] <= sums["auth"]
                assert sums["refund"] <= sums["capture"]
                assert sums["capture"] + sums["cancel"] <= sums["auth"]
                assert all(times == 1 for times in charges.values())
                parcels = tx.all("SELECT * FROM shipments WHERE order_id = ?", (order["id"],))
                assert sum(row["grand_total"] for row in parcels if row["is_captured"]) <= sums["capture"]
                # goods cost in parcels what they cost on the order
                values = tx.value(
                    "SELECT COALESCE(SUM(i.line_value), 0) FROM shipment_lines i"
                    " JOIN shipments s ON s.id = i.shipment_id WHERE s.order_id = ?",
                    (order["id"],),
                )
                assert values <= order["items_total"] + order["discount_total"]
                if parcels and not sum(shipment_contents.units_left(tx, order["id"]).values()):
                    cancelled = tx.value(
                        "SELECT SUM(cancelled_quantity) FROM order_lines WHERE order_id = ?", (order["id"],)
                    )
                    assert cancelled or values == order["items_total"] + order["discount_total"]

    @invariant()
    def requests_hold_what_they_ask_for(self):
        with self.store.reading() as tx:
            for row in tx.all(
                "SELECT r.*, o.status AS order_status FROM allocation_requests r JOIN orders o ON o.id = r.order_id"
                " WHERE r.order_id > ? AND r.kind = 'confirm' AND r.status = 'sent'",
                (self.first_order,),
            ):
                assert row["order_status"] != "cancelled"
                for line in from_json(row["lines_json"]):
                    held = tx.value(
                        "SELECT COALESCE(SUM(quantity), 0) FROM allocations"
                        " WHERE order_line_id = ? AND warehouse_id = ? AND shipment_id IS NULL",
                        (line["line"], row["warehouse_id"]),
                    )
                    cancelled = tx.value("SELECT cancelled_quantity FROM order_lines WHERE id = ?", (line["line"],))
                    assert held + cancelled >= line["quantity"]


@pytest.mark.parametrize("_", [0])
def test_any_order_of_events(template: Template, _: int) -> None:
    Orders.template = template
    run_state_machine_as_test(
        Orders,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        ),
    )


def test_a_refused_order_leaves_nothing_behind(template: Template) -> None:
    store = Spaces(template).default.store
    tables = ("orders", "order_lines", "allocations", "customers", "payment_entries", "events", "counters", "vouchers")
    with store.transaction() as tx:
        before = {name: [tuple(row) for row in tx.all(f"SELECT * FROM {name} ORDER BY 1")] for name in tables}
        size_id = tx.value("SELECT product_size_id FROM stock WHERE physical > 20 ORDER BY 1 LIMIT 1")
        with pytest.raises(EntryRefused):
            create(tx, NewOrder(items=[Item(90_000, (("id", str(size_id)),))], address=dict(ADDRESS)))
        after = {name: [tuple(row) for row in tx.all(f"SELECT * FROM {name} ORDER BY 1")] for name in tables}
    assert after == before
