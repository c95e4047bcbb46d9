"""What shipments are charged with, whatever is packed together; and captures that a provider takes its time for."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockcentra.commerce import ledger, orders, payments, returns, shipment_contents, shipment_packing, shipments
from mockcentra.commerce.errors import Invalid, NotFound
from mockcentra.commerce.order_entry import create
from mockcentra.commerce.order_entry_records import Item, NewOrder, Payment, Payments
from mockcentra.commerce.returns import Terms
from mockcentra.commerce.shipment_packing import EACH, ONCE, Costs
from mockcentra.store import Spaces, Store, Transaction
from mockcentra.store import orders as order_rows
from mockcentra.store.template import Template
from tests.commerce.checks import place

ADDRESS = {"firstName": "Ada", "lastName": "Lovelace", "email": "ada@example.com", "country": "SE"}
US = {**ADDRESS, "country": "US", "state": "NY", "zipCode": "10024"}


def sizes(tx: Transaction, number: int) -> list[int]:
    """Sizes that are for sale in every market and lie in plenty in the first warehouse."""
    return [
        row[0]
        for row in tx.all(
            "SELECT MIN(z.id) FROM product_sizes z JOIN display_items i ON i.variant_id = z.variant_id"
            " JOIN displays d ON d.id = i.display_id JOIN stock k ON k.product_size_id = z.id AND k.warehouse_id = 1"
            " WHERE d.store_id = 1 AND d.id <= 12 AND k.physical - k.allocated > 100"
            " GROUP BY d.id ORDER BY d.id LIMIT ?",
            (number,),
        )
    ]


def an_order(tx: Transaction, lines: list[tuple[int, int]], **more: Any) -> int:
    """An order of (quantity, price each) a line, authorised for far more than it costs."""
    items = [
        Item(quantity, (("id", str(size)),), unit_price=price)
        for size, (quantity, price) in zip(sizes(tx, len(lines)), lines, strict=True)
    ]
    paid = Payments(None, Payment(1, 10_000_000, "T-1", "cc"))
    return create(tx, NewOrder(**{"items": items, "address": dict(ADDRESS), "payments": paid, **more}))


def lines_of(tx: Transaction, order_id: int) -> list[int]:
    return [row["id"] for row in order_rows.lines(tx, [order_id])]


def total(tx: Transaction, shipment_id: int | None) -> int:
    return shipments.row_of(tx, shipment_id or 0)["grand_total"]


# ------------------------------------------------------------------ amounts


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(
    lines=st.lists(st.tuples(st.integers(1, 5), st.integers(1, 99_999)), min_size=1, max_size=3),
    shipping=st.integers(0, 9999),
    voucher=st.integers(0, 50_000),
    address=st.sampled_from([ADDRESS, US]),
    picks=st.lists(st.integers(0, 14), min_size=1, max_size=15),
)
def test_parcels_cost_together_what_the_order_costs(
    template: Template, lines: list[tuple[int, int]], shipping: int, voucher: int, address: Any, picks: list[int]
) -> None:
    store = Spaces(template).default.store
    with store.transaction() as tx:
        order_id = an_order(
            tx, lines, shipping_cost=shipping, voucher_value=voucher, address=dict(address), applies_automatic=False
        )
        order = orders.row_of(tx, order_id)
        made = []
        while left := {line: n for line, n in shipment_contents.units_left(tx, order_id).items() if n}:
            line_id = list(left)[picks[len(made) % len(picks)] % len(left)]
            quantity = 1 + picks[-1 - len(made) % len(picks)] % left[line_id]
            made.append(shipment_packing.pack(tx, order_id, {line_id: quantity}, costs=ONCE))
        rows = [shipments.row_of(tx, shipment_id) for shipment_id in made]
        assert sum(row["grand_total"] for row in rows) == order["grand_total"]
        assert sum(row["discount"] for row in rows) == order["discount_total"]
        assert sum(row["shipping_cost"] for row in rows) == order["shipping_cost"]
        assert rows[0]["shipping_cost"] == order["shipping_cost"]


def test_who_creates_a_shipment_says_where_the_costs_lie(store: Store):
    with store.transaction() as tx:
        order_id = an_order(tx, [(4, 10_000)], shipping_cost=4900)
        (line,) = lines_of(tx, order_id)
        made = [
            shipment_packing.pack(tx, order_id, {line: 1}, costs=costs) for costs in (EACH, EACH, ONCE, Costs(100, 20))
        ]
        assert [total(tx, each) for each in made] == [14_900, 14_900, 10_000, 10_120]


def test_a_changed_shipment_is_charged_for_what_is_in_it(store: Store):
    with store.transaction() as tx:
        order_id = an_order(tx, [(3, 3333), (1, 10_000)], voucher_value=1000)
        first, second = lines_of(tx, order_id)
        whole = orders.row_of(tx, order_id)["grand_total"]
        one = shipment_packing.pack(tx, order_id, {first: 3}, costs=Costs())
        other = shipment_packing.pack(tx, order_id, {second: 1}, costs=ONCE)
        shipment_packing.change_units(tx, one, {first: 1})
        shipment_packing.change_units(tx, other, {first: 2})
        assert total(tx, one) + total(tx, other) == whole
        shipment_packing.change_units(tx, other, {first: 0})
        assert total(tx, one) + total(tx, other) < whole


@pytest.mark.parametrize("why", ["is sent", "is captured", "is paid", "has refunds"])
def test_what_freezes_a_shipment_is_told_in_this_order(store: Store, why: str):
    with store.transaction() as tx:
        order_id = an_order(tx, [(2, 10_000)])
        (line,) = lines_of(tx, order_id)
        shipment_id = shipment_packing.pack(tx, order_id, {line: 2})
        steps = {
            "has refunds": lambda: returns.create(
                tx, shipment_id, returns.returnable(tx, shipment_id, {line: 1})[0], Terms()
            ),
            "is paid": lambda: shipments.mark_paid(tx, shipment_id),
            "is captured": lambda: (shipments.mark_paid(tx, shipment_id, False), shipments.capture(tx, shipment_id)),
            "is sent": lambda: shipments.complete(tx, shipment_id),
        }
        for name, act in steps.items():
            act()
            if name == why:
                break
        with pytest.raises(Invalid, match=why):
            shipment_packing.change_units(tx, shipment_id, {line: 1})


def test_nothing_of_a_refused_shipment_stays(store: Store):
    with store.transaction() as tx:
        order_id = an_order(tx, [(2, 10_000)])
        (line,) = lines_of(tx, order_id)
        before = tuple(orders.row_of(tx, order_id))
        for units, error in (
            ({}, Invalid),
            ({line: 3}, Invalid),
            ({line: 0}, Invalid),
            ({line: -1}, Invalid),
            ({line: 1, 999_999: 1}, NotFound),
        ):
            with pytest.raises(error):
                shipment_packing.pack(tx, order_id, units)
        assert tuple(orders.row_of(tx, order_id)) == before


# ------------------------------------------------------------------ events


def test_every_change_is_told(store: Store):
    with store.transaction() as tx:
        order_id = an_order(tx, [(2, 10_000)])
        (line,) = lines_of(tx, order_id)
        shipment_id = shipment_packing.pack(tx, order_id, {line: 1}, is_good_to_go=True)
        shipments.capture(tx, shipment_id)
        shipments.complete(tx, shipment_id)
        other = shipment_packing.pack(tx, order_id, {line: 1})
        shipment_packing.delete(tx, other)
        told = [
            (row["object_type"], row["object_id"], row["action"])
            for row in tx.all("SELECT * FROM events WHERE object_type = 'shipment' ORDER BY id")
        ]
    actions = {shipment_id: ["created", "updated", "updated", "completed"], other: ["created", "deleted"]}
    assert told == [("shipment", each, action) for each, of_shipment in actions.items() for action in of_shipment]


# ------------------------------------------------------------------ providers that take their time


@pytest.fixture
def held(store: Store) -> tuple[int, int, str]:
    """An order of a webshop whose provider holds captures back: (order, shipment, reference of the provider's page)."""
    with store.transaction() as tx:
        item = tx.value(
            "SELECT i.id || '-' || z.id FROM display_items i JOIN product_sizes z ON z.variant_id = i.variant_id"
            " JOIN stock k ON k.product_size_id = z.id AND k.warehouse_id = 1 WHERE i.id = 1 AND k.physical > 100"
        )
        order_id = place(tx, {item: 1})
        order = orders.row_of(tx, order_id)
        selection_id = tx.value("SELECT id FROM selections WHERE hash = ?", (order["hash"],))
        tx.insert(
            "payment_attempts", ref="ref-1", selection_id=selection_id,
            payment_method_id=2, order_number=order["number"], amount=order["grand_total"],
            currency_id=order["currency_id"], trans="trans", signature="s", return_page="https://shop.example.com",
            order_id=order_id, created_at=0, state="approved",
        )  # fmt: skip
        payments.set_capture_mode(tx, "ref-1", "hold")
        shipment_id = shipment_packing.create(tx, order_id)
        assert shipment_id is not None
        assert shipments.capture(tx, shipment_id) == ledger.PENDING
    return order_id, shipment_id, "ref-1"


def test_a_capture_that_is_held_back_is_asked_for_once(store: Store, held: tuple[int, int, str]):
    order_id, shipment_id, ref = held
    with store.transaction() as tx:
        row, order = shipments.row_of(tx, shipment_id), orders.row_of(tx, order_id)
        assert (row["is_captured"], row["is_paid"], shipments.should_capture(tx, row, order)) == (1, 0, False)
        assert shipments.capture(tx, shipment_id) == ledger.SUCCESS, "it was asked for already"
        assert shipments.send(tx, shipment_id) is False
        payments.set_capture_mode(tx, ref, "ok")
        assert ledger.captured(tx, order) == order["grand_total"]
        assert orders.row_of(tx, order_id)["status"] == "completed", "it was to leave as soon as it was paid"


def test_a_capture_that_is_refused_late_has_to_be_done_again(store: Store, held: tuple[int, int, str]):
    order_id, shipment_id, ref = held
    with store.transaction() as tx:
        payments.set_capture_mode(tx, ref, "fail")
        row, order = shipments.row_of(tx, shipment_id), orders.row_of(tx, order_id)
        assert (row["is_captured"], row["is_paid"], shipments.should_capture(tx, row, order)) == (0, 0, True)
        assert shipments.capture(tx, shipment_id) == ledger.FAILED
        payments.set_capture_mode(tx, ref, "ok")
        assert shipments.capture(tx, shipment_id) == ledger.SUCCESS
        assert ledger.captured(tx, order) == order["grand_total"]
