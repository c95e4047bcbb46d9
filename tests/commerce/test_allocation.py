"""Which warehouse gives what, what has to wait, and that the figures always add up."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockcentra.commerce import allocation, orders, requests
from mockcentra.commerce.allocation import Need
from mockcentra.commerce.errors import OutOfStock
from mockcentra.commerce.settings import change_settings
from mockcentra.store import Store, Transaction
from mockcentra.store import allocations as rows
from mockcentra.store import requests as request_rows
from mockcentra.store.database import from_json
from mockcentra.store.template import Template
from tests.commerce.checks import assert_stock_adds_up, place, set_stock

BORAS, ROTTERDAM, EDISON, FLAGSHIP, BERLIN = 1, 2, 3, 4, 5


@pytest.fixture
def item(store: Store) -> str:
    """An ordinary item; its size is the second half."""
    with store.reading() as tx:
        return ordinary_items(tx, 1)[0]


def ordinary_items(tx: Transaction, count: int) -> list[str]:
    found = tx.all(
        "SELECT i.id AS item_id, MIN(k.product_size_id) AS size_id FROM stock k"
        " JOIN product_sizes z ON z.id = k.product_size_id JOIN display_items i ON i.variant_id = z.variant_id"
        " WHERE k.warehouse_id = 1 AND k.physical - k.allocated >= 500 GROUP BY i.id ORDER BY i.id LIMIT ?",
        (count,),
    )
    return [f"{row['item_id']}-{row['size_id']}" for row in found]


def size_of(item: str) -> int:
    return int(item.split("-")[1])


def held(tx: Transaction, order_id: int) -> dict[int, int]:
    """Warehouse -> units that an order holds there."""
    return {row["warehouse_id"]: row["quantity"] for row in rows.of_orders(tx, [order_id])}


def test_the_first_warehouse_of_the_rule_gives_what_it_can(store: Store, item: str):
    with store.transaction() as tx:
        set_stock(tx, size_of(item), {BORAS: 2, ROTTERDAM: 9, FLAGSHIP: 50})
        assert held(tx, place(tx, {item: 2})) == {BORAS: 2}
        assert held(tx, place(tx, {item: 1})) == {ROTTERDAM: 1}
    assert_stock_adds_up(store)


def test_a_line_is_split_where_one_warehouse_does_not_have_enough(store: Store, item: str):
    with store.transaction() as tx:
        set_stock(tx, size_of(item), {BORAS: 2, ROTTERDAM: 9})
        assert held(tx, place(tx, {item: 5})) == {BORAS: 2, ROTTERDAM: 3}
    assert_stock_adds_up(store)


def test_warehouses_outside_the_rule_give_nothing(store: Store, item: str):
    with store.transaction() as tx:
        set_stock(tx, size_of(item), {FLAGSHIP: 50, BERLIN: 50})
        with pytest.raises(OutOfStock), tx.savepoint():
            place(tx, {item: 1})
    assert_stock_adds_up(store)


def test_inactive_warehouses_give_nothing(store: Store, item: str):
    with store.transaction() as tx:
        set_stock(tx, size_of(item), {BORAS: 5, ROTTERDAM: 5})
        tx.run("UPDATE warehouses SET status = 'inactive' WHERE id = ?", (BORAS,))
        tx.touch("reference")
        assert held(tx, place(tx, {item: 1})) == {ROTTERDAM: 1}


def test_a_threshold_is_left_on_the_shelf_but_for_administrators(store: Store, item: str):
    with store.transaction() as tx:
        set_stock(tx, size_of(item), {BORAS: 5, ROTTERDAM: 5})
        tx.run("UPDATE warehouses SET threshold = 3 WHERE id = ?", (BORAS,))
        tx.touch("reference")
        order_id = place(tx, {item: 4})
        assert held(tx, order_id) == {BORAS: 2, ROTTERDAM: 2}
        line = tx.value("SELECT id FROM order_lines WHERE order_id = ?", (order_id,))
        allocation.allocate(tx, [Need(line, size_of(item), 3)], 1, False, keeps_reserves=False)
        assert held(tx, order_id) == {BORAS: 5, ROTTERDAM: 2}


def test_an_offset_of_the_variant_takes_the_place_of_thresholds(store: Store, item: str):
    with store.transaction() as tx:
        set_stock(tx, size_of(item), {BORAS: 5, ROTTERDAM: 5})
        tx.run("UPDATE warehouses SET threshold = 1")
        tx.run(
            "UPDATE variants SET stock_offset = 4 WHERE id = (SELECT variant_id FROM product_sizes WHERE id = ?)",
            (size_of(item),),
        )
        tx.touch("reference")
        assert held(tx, place(tx, {item: 2})) == {BORAS: 1, ROTTERDAM: 1}


@pytest.mark.parametrize(("setting", "value"), [("store.backorders", True), ("store.overselling_prevention", "off")])
def test_what_is_not_there_may_wait_if_the_store_says_so(store: Store, item: str, setting: str, value: object):
    with store.transaction() as tx:
        change_settings(tx, {setting: value})
        set_stock(tx, size_of(item), {BORAS: 2})
        assert held(tx, place(tx, {item: 5})) == {BORAS: 2}
        assert held(tx, place(tx, {item: 1})) == {}
    assert_stock_adds_up(store)


@pytest.mark.parametrize("flag", ["is_preorder", "is_infinite"])
def test_some_sizes_are_sold_without_stock(store: Store, item: str, flag: str):
    with store.transaction() as tx:
        set_stock(tx, size_of(item), {BORAS: 2})
        tx.run(f"UPDATE product_sizes SET {flag} = 1 WHERE id = ?", (size_of(item),))
        assert held(tx, place(tx, {item: 5})) == {BORAS: 2}
    assert_stock_adds_up(store)


def test_a_warehouse_that_checks_first_holds_nothing_yet(store: Store, item: str):
    with store.transaction() as tx:
        set_stock(tx, size_of(item), {FLAGSHIP: 9, BERLIN: 3})
        rule = tx.value("SELECT id FROM allocation_rules WHERE name = 'Ship from store'")
        tx.run("UPDATE markets SET allocation_rule_id = ? WHERE name = 'Nordics'", (rule,))
        tx.touch("reference")
        order_id = place(tx, {item: 5})
        assert held(tx, order_id) == {BERLIN: 2}
    assert_stock_adds_up(store)


def ship_from_store(tx: Transaction) -> None:
    rule = tx.value("SELECT id FROM allocation_rules WHERE name = 'Ship from store'")
    tx.run("UPDATE markets SET allocation_rule_id = ? WHERE name = 'Nordics'", (rule,))
    tx.touch("reference")


def test_two_lines_do_not_wait_for_the_same_pieces(store: Store, item: str):
    with store.transaction() as tx:
        change_settings(tx, {"store.backorders": True})
        ship_from_store(tx)
        set_stock(tx, size_of(item), {FLAGSHIP: 3})
        order_id = place(tx, {item: 1})
        asked = len(request_rows.of_order(tx, order_id, "check_first"))
        line = tx.value("SELECT id FROM order_lines WHERE order_id = ?", (order_id,))
        needs = [Need(line, size_of(item), 2), Need(line, size_of(item), 2)]
        rule = tx.value("SELECT allocation_rule_id FROM orders WHERE id = ?", (order_id,))
        allocation.allocate(tx, needs, rule, True, keeps_reserves=False)
        (request,) = request_rows.of_order(tx, order_id, "check_first")[asked:]
        assert [each["quantity"] for each in from_json(request["lines_json"])] == [2, 1]


def test_what_no_warehouse_kept_after_its_check_comes_from_those_that_need_none(store: Store, item: str):
    with store.transaction() as tx:
        tx.run("UPDATE warehouses SET allocation_policy = 'check_first', threshold = 0 WHERE id IN (1, 2)")
        tx.run("INSERT INTO allocation_rule_warehouses VALUES (1, ?, 9)", (EDISON,))
        tx.touch("reference")
        set_stock(tx, size_of(item), {BORAS: 2, ROTTERDAM: 4, EDISON: 9})
        order_id = place(tx, {item: 5})
        assert held(tx, order_id) == {EDISON: 1}, "the others are asked for four"
        requests.answer_check(tx, order_id, BORAS, True)
        assert sum(held(tx, order_id).values()) == 5
        assert held(tx, order_id)[BORAS] == 2
        assert allocation.demand(tx, order_id) == []
    assert_stock_adds_up(store)


def test_a_cancelled_order_gives_everything_back(store: Store, item: str):
    with store.transaction() as tx:
        set_stock(tx, size_of(item), {BORAS: 2, ROTTERDAM: 9})
        orders.cancel_order(tx, place(tx, {item: 5}))
        assert held(tx, place(tx, {item: 5})) == {BORAS: 2, ROTTERDAM: 3}
    assert_stock_adds_up(store)


def test_a_change_of_stock_is_told_to_all_who_show_it(store: Store):
    with store.reading() as tx:
        bundle = tx.one(
            "SELECT i.id AS shown, p.part_product_size_id AS size_id, p.part_display_item_id AS part_id"
            " FROM bundle_size_parts p JOIN product_sizes z ON z.id = p.product_size_id"
            " JOIN display_items i ON i.variant_id = z.variant_id LIMIT 1"
        )
        assert bundle is not None
    with store.transaction() as tx:
        place(tx, {f"{bundle['part_id']}-{bundle['size_id']}": 1})
        assert {bundle["shown"], bundle["part_id"]} <= tx.touched_items
        told = tx.all("SELECT object_id FROM events WHERE object_type = 'stock'")
    assert [row["object_id"] for row in told][-1] == bundle["size_id"]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("order"), st.integers(0, 2), st.integers(1, 9), st.integers(0, 2)),
        st.tuples(st.just("cancel"), st.integers(0, 9), st.just(0), st.just(0)),
        st.tuples(st.just("backorders"), st.integers(0, 1), st.just(0), st.just(0)),
        st.tuples(st.just("threshold"), st.integers(0, 3), st.just(0), st.just(0)),
    ),
    max_size=14,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_happens_the_figures_add_up(template: Template, steps: list[tuple[str, int, int, int]]):
    store = Store(template.copy(), template.shared)
    with store.transaction() as tx:
        items = ordinary_items(tx, 3)
        for item in items:
            set_stock(tx, size_of(item), {BORAS: 7, ROTTERDAM: 6})
    before = stock_in_total(store)
    orders_before = orders_in_total(store)
    placed: list[int] = []
    made = 0
    for what, number, quantity, other in steps:
        try:
            with store.transaction() as tx:
                if what == "order":
                    placed.append(place(tx, {items[number]: quantity, items[other]: 2}))
                    made += 1
                elif what == "cancel" and placed:
                    orders.cancel_order(tx, placed.pop(number % len(placed)))
                elif what == "backorders":
                    change_settings(tx, {"store.backorders": bool(number)})
                elif what == "threshold":
                    tx.run("UPDATE warehouses SET threshold = ? WHERE id = ?", (number, ROTTERDAM))
                    tx.touch("reference")
        except OutOfStock:
            pass
        assert_stock_adds_up(store)
        assert orders_in_total(store) == orders_before + made, "nothing of a refused order stays"
    assert stock_in_total(store) == before, "orders and cancellations take nothing off the shelf"
    store.close()


def stock_in_total(store: Store) -> int:
    with store.reading() as tx:
        return tx.value("SELECT SUM(physical) FROM stock")


def orders_in_total(store: Store) -> int:
    with store.reading() as tx:
        return tx.value("SELECT COUNT(*) FROM orders")
