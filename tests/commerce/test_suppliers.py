"""Deliveries by the rules: who gets what has come, in which order, and what becomes of links."""

import pytest

from mockcentra.commerce import allocation, suppliers
from mockcentra.commerce.errors import Conflict, Invalid
from mockcentra.commerce.suppliers import EAN, NotDelivered
from mockcentra.store import Store, Transaction
from tests.commerce.checks import assert_stock_adds_up
from tests.commerce.test_shipments import an_order, lines_of, sizes


def ordered(tx: Transaction, size_id: int, quantity: int) -> tuple[int, int, str]:
    """(line of a new supplier order, its delivery, EAN) of so many pieces."""
    number = tx.value("SELECT MAX(number) + 1 FROM supplier_orders")
    order_id, (line_id,) = suppliers.order(
        tx, [(size_id, quantity, 900)], True, number=number, supplier_id=1, warehouse_id=1, currency_id=2
    )
    delivery_id = suppliers.announce(tx, order_id, [(line_id, quantity)])
    return line_id, delivery_id, tx.value("SELECT ean FROM product_sizes WHERE id = ?", (size_id,))


def waiting(tx: Transaction, quantity: int) -> tuple[int, int]:
    """(order, its line) of so many pieces that nothing is reserved for."""
    order_id = an_order(tx, [(quantity, 10_000)], takes_stock=False)
    (line,) = lines_of(tx, order_id)
    return order_id, line


def held(tx: Transaction, order_id: int) -> int:
    return sum(allocation.held_units(tx, order_id).values())


def test_first_linked_first_served(store: Store):
    with store.transaction() as tx:
        (size_id,) = sizes(tx, 1)
        line_id, delivery_id, ean = ordered(tx, size_id, 10)
        (one, first), (other, second) = waiting(tx, 4), waiting(tx, 4)
        suppliers.link(tx, first, line_id, 4)
        suppliers.link(tx, second, line_id, 4)
        found = suppliers.waiting_orders(tx, suppliers.open_delivery(tx, delivery_id))
        assert [[quantity for _, quantity in order.units] for order in found] == [[4], [4]]
        rest_id = suppliers.accept(tx, delivery_id, {ean: 6}, EAN)
        assert (held(tx, one), held(tx, other)) == (4, 2)
        assert rest_id is not None
        rest = suppliers.open_delivery(tx, rest_id)
        assert [line["quantity"] for line in rest.lines] == [4]
        assert [quantity for order in suppliers.waiting_orders(tx, rest) for _, quantity in order.units] == [2]
        assert suppliers.accept(tx, rest_id, {ean: 9}, EAN) is None
        assert held(tx, other) == 4
        assert not tx.all("SELECT 1 FROM supplier_links WHERE supplier_order_line_id = ?", (line_id,))
    assert_stock_adds_up(store)


def test_an_order_that_was_served_meanwhile_takes_nothing(store: Store):
    with store.transaction() as tx:
        (size_id,) = sizes(tx, 1)
        line_id, delivery_id, ean = ordered(tx, size_id, 3)
        order_id, line = waiting(tx, 3)
        suppliers.link(tx, line, line_id, 3)
        allocation.allocate(tx, allocation.demand(tx, order_id), 1, may_wait=False)
        before = tx.one(
            "SELECT physical, allocated FROM stock WHERE product_size_id = ? AND warehouse_id = 1", (size_id,)
        )
        suppliers.accept(tx, delivery_id, {ean: 3}, EAN)
        after = tx.one(
            "SELECT physical, allocated FROM stock WHERE product_size_id = ? AND warehouse_id = 1", (size_id,)
        )
        assert before is not None
        assert tuple(after or ()) == (before["physical"] + 3, before["allocated"])


def test_nothing_on_the_shelf_leaves_the_links(store: Store):
    with store.transaction() as tx:
        (size_id,) = sizes(tx, 1)
        line_id, delivery_id, ean = ordered(tx, size_id, 3)
        order_id, line = waiting(tx, 3)
        suppliers.link(tx, line, line_id, 3)
        suppliers.accept(tx, delivery_id, {ean: 3}, EAN, inserts_stock=False)
        assert held(tx, order_id) == 0


def test_what_is_refused_changes_nothing(store: Store):
    with store.transaction() as tx:
        (size_id,) = sizes(tx, 1)
        _, delivery_id, ean = ordered(tx, size_id, 3)
        for units, error in (({ean: -1}, Invalid), ({"nope": 1, ean: 1}, NotDelivered)):
            with pytest.raises(error):
                suppliers.accept(tx, delivery_id, units, EAN)
        assert suppliers.open_delivery(tx, delivery_id).row["status"] == "open"
        suppliers.accept(tx, delivery_id, {ean: 3}, EAN)
        with pytest.raises(Conflict):
            suppliers.accept(tx, delivery_id, {ean: 3}, EAN)
