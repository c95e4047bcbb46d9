"""An order is what the cart was, adds up to the cent, and lives by its rules."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockcentra.commerce import ledger, orders, placing, selection_form, selection_lines, selections
from mockcentra.commerce.errors import Invalid, NotFound
from mockcentra.commerce.orders import load_order
from mockcentra.commerce.placing import Authorisation, Placement
from mockcentra.commerce.selection_form import Form
from mockcentra.commerce.selection_lines import Wanted
from mockcentra.commerce.settings import change_settings
from mockcentra.store import Store, Transaction
from mockcentra.store import payments as payment_rows
from mockcentra.store.database import Row
from mockcentra.store.template import Template
from tests.commerce.checks import ADDRESS, a_session, assert_stock_adds_up, place


def some_items(tx: Transaction, count: int) -> list[str]:
    """Items of ordinary products that are in stock in Borås."""
    found = tx.all(
        "SELECT i.id AS item_id, MIN(k.product_size_id) AS size_id FROM stock k"
        " JOIN product_sizes z ON z.id = k.product_size_id JOIN display_items i ON i.variant_id = z.variant_id"
        " WHERE k.warehouse_id = 1 AND k.physical - k.allocated >= 500 GROUP BY i.id ORDER BY i.id LIMIT ?",
        (count,),
    )
    return [f"{row['item_id']}-{row['size_id']}" for row in found]


@pytest.fixture
def items(store: Store) -> list[str]:
    with store.reading() as tx:
        return some_items(tx, 4)


def row(tx: Transaction, order_id: int) -> Row:
    return orders.row_of(tx, order_id)


def test_an_order_number_follows_the_last_one(store: Store, items: list[str]):
    with store.transaction() as tx:
        numbers = [row(tx, place(tx, {items[0]: 1}))["number"] for _ in range(3)]
    assert numbers == [numbers[0], numbers[0] + 1, numbers[0] + 2]


def test_an_order_is_read_back_as_the_cart_that_it_was(store: Store, items: list[str]):
    with store.transaction() as tx:
        session = a_session(tx, "DE")
        selection_lines.add_item(
            tx, session, Wanted(items[0], 2, comment="For Astrid", product_url="/p", category_id=3)
        )
        selection_lines.add_item(tx, session, Wanted(items[1], 1))
        form = Form(address={**ADDRESS, "country": "DE"}, additional_notes="Ring", gift_message="Hej")
        selection_form.store_form(tx, session, form)
        selection_form.add_voucher(tx, session, "WELCOME10")
        cart = selections.cart_of(tx, session)
        order = load_order(tx, placing.place_order(tx, cart, Placement()))
    assert order.hash == cart.hash
    assert order.totals == cart.totals
    assert order.context.currency.code == "EUR"
    assert (order.additional_notes, order.gift_message) == ("Ring", "Hej")
    for before, after in zip(cart.lines, order.lines, strict=True):
        for name in (
            "quantity", "comment", "product_url", "category_id", "price_each", "price_each_before", "total",
            "total_before", "campaign_discount", "tax_percent", "is_tax_included", "discounts", "record", "size",
        ):  # fmt: skip
            assert getattr(before, name) == getattr(after, name), name
    assert [note.price_off for note in order.vouchers] == [note.price_off for note in cart.vouchers]


def test_an_order_keeps_its_prices_and_names_whatever_becomes_of_the_product(store: Store, items: list[str]):
    item_id, size_id = map(int, items[0].split("-"))
    with store.transaction() as tx:
        order_id = place(tx, {items[0]: 1})
        before = load_order(tx, order_id)
        tx.run("UPDATE prices SET price = price * 2 WHERE display_item_id = ?", (item_id,))
        tx.run("UPDATE product_sizes SET status = 'inactive', number = 'NEW' WHERE id = ?", (size_id,))
        tx.touch_items([item_id])
    with store.reading() as tx:
        after = load_order(tx, order_id)
    assert after.totals == before.totals
    assert after.lines[0].price_each == before.lines[0].price_each
    assert after.lines[0].size is not None
    assert after.lines[0].size.sku == before.lines[0].size.sku  # type: ignore[union-attr]


def test_an_unknown_order_is_not_found(store: Store):
    with store.reading() as tx, pytest.raises(NotFound):
        load_order(tx, 99999999)


def test_the_taxes_of_an_order_add_up_to_its_tax(store: Store, items: list[str]):
    with store.transaction() as tx:
        order = load_order(tx, place(tx, {items[0]: 3, items[1]: 1}))
    assert sum(order.totals.taxes.values()) == order.totals.grand_total_tax > 0


# ------------------------------------------------------------------ payment and mismatch


def test_another_amount_than_was_authorised_puts_the_order_on_hold(store: Store, items: list[str]):
    with store.transaction() as tx:
        change_settings(tx, {"store.direct_to_shipment": True})
        currency = load_order(tx, place(tx, {items[0]: 1})).context.currency
        found = row(tx, place(tx, {items[0]: 1}, authorisation=Authorisation(1, currency.id, "x")))
        assert (found["is_on_hold"], found["has_payment_mismatch"], found["status"]) == (1, 1, "confirmed")
        assert not tx.all("SELECT id FROM shipments WHERE order_id = ?", (found["id"],))


def test_captures_take_no_more_than_was_authorised(store: Store, items: list[str]):
    with store.transaction() as tx:
        order = row(tx, place(tx, {items[0]: 1}))
        total = order["grand_total"]
        assert ledger.capture(tx, order, total - 100) == "success"
        assert ledger.capture(tx, order, 102) == "failed"  # a cent too much is a matter of rounding
        assert ledger.capture(tx, order, 100) == "success"
        assert ledger.capture(tx, order, 1) == "failed"
        assert payment_rows.sum_of(tx, order["id"], "capture") == total


def test_an_order_that_was_settled_elsewhere_needs_no_capture(store: Store, items: list[str]):
    with store.transaction() as tx:
        order = row(tx, place(tx, {items[0]: 1}, authorisation=None))
        assert ledger.capture(tx, order, 100) == "success"
        assert payment_rows.entries(tx, order["id"]) == []


# ------------------------------------------------------------------ cancelling


def test_a_cancelled_order_releases_its_authorisation(store: Store, items: list[str]):
    with store.transaction() as tx:
        order_id = place(tx, {items[0]: 2})
        orders.cancel_order(tx, order_id)
        found = row(tx, order_id)
        assert (found["status"], found["cancelled_at"]) == ("cancelled", tx.now)
        entries = [(entry["type"], entry["amount"]) for entry in payment_rows.entries(tx, order_id)]
        assert entries == [("auth", found["grand_total"]), ("cancel", found["grand_total"])]
        with pytest.raises(Invalid):
            orders.cancel_order(tx, order_id)
    assert_stock_adds_up(store)


def test_a_shipment_that_has_not_left_goes_with_its_order(store: Store, items: list[str]):
    with store.transaction() as tx:
        change_settings(tx, {"store.direct_to_shipment": True})
        order_id = place(tx, {items[0]: 2})
        assert row(tx, order_id)["status"] == "processing"
        orders.cancel_order(tx, order_id)
        assert not tx.all("SELECT id FROM shipments WHERE order_id = ?", (order_id,))
    assert_stock_adds_up(store)


def test_captured_orders_cannot_be_cancelled(store: Store, items: list[str]):
    with store.transaction() as tx:
        change_settings(tx, {"store.direct_capture": True})
        order_id = place(tx, {items[0]: 1})
        with pytest.raises(Invalid):
            orders.cancel_order(tx, order_id)


def test_only_pending_orders_can_be_confirmed(store: Store, items: list[str]):
    with store.transaction() as tx:
        change_settings(tx, {"store.autoconfirm": False})
        order_id = place(tx, {items[0]: 1})
        orders.confirm(tx, order_id)
        assert row(tx, order_id)["status"] == "confirmed"
        with pytest.raises(Invalid):
            orders.confirm(tx, order_id)


def test_placing_tells_the_event_streams(store: Store, items: list[str]):
    with store.transaction() as tx:
        last = tx.value("SELECT COALESCE(MAX(id), 0) FROM events")
        order = row(tx, place(tx, {items[0]: 1}))
        told = tx.all("SELECT object_type, action, data_json FROM events WHERE id > ? ORDER BY id", (last,))
    of_order = [(each["action"], json.loads(each["data_json"])["number"]) for each in told if each[0] == "order"]
    assert of_order == [("created", order["number"]), ("updated", order["number"])]
    assert "stock" in {each["object_type"] for each in told}


# ------------------------------------------------------------------ properties

CODES = ["WELCOME10", "SAVE100", "FREESHIP", "friends", "ONCE25"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    country=st.sampled_from(["SE", "DE", "GB", "US", "JP"]),
    quantities=st.lists(st.integers(1, 7), min_size=1, max_size=4),
    codes=st.lists(st.sampled_from(CODES), unique=True, max_size=3),
    moving=st.booleans(),
)
def test_every_order_adds_up(template: Template, country: str, quantities: list[int], codes: list[str], moving: bool):
    store = Store(template.copy(), template.shared)
    with store.transaction() as tx:
        if moving:
            tx.run("UPDATE vouchers SET affects_items = 1 WHERE code IN ('WELCOME10', 'ONCE25')")
            tx.touch("vouchers")
        session = a_session(tx, country)
        for item, quantity in zip(some_items(tx, 4), quantities, strict=False):
            selection_lines.add_item(tx, session, Wanted(item, quantity))
        selection_form.store_form(tx, session, Form(address={**ADDRESS, "country": country}))
        for code in codes:
            selection_form.add_voucher(tx, session, code)
        cart = selections.cart_of(tx, session)
        order = load_order(tx, placing.place_order(tx, cart, Placement()))
    totals = order.totals
    assert (totals.grand_total, totals.grand_total_tax) == (cart.totals.grand_total, cart.totals.grand_total_tax)
    assert totals.items == sum(line.total for line in order.lines)
    shares = sum(share.amount for line in order.lines for share in line.discounts if not share.affected_price)
    assert (totals.discount or 0) == shares == sum(note.price_off for note in (*order.vouchers, *order.automatic))
    assert totals.grand_total == (
        totals.items + (totals.discount or 0) + totals.shipping + totals.handling
        + (totals.tax_added or 0) + (totals.tax_deducted or 0)
    )  # fmt: skip
    assert all(line.total >= 0 for line in order.lines)
    assert_stock_adds_up(store)
    store.close()
