"""Returns by the rules: how much of what may come back, into which warehouse, and taking one back."""

import pytest

from mockcentra.commerce import returns, shipment_packing, shipments
from mockcentra.commerce.errors import Invalid, NotFound
from mockcentra.commerce.returns import FROM_SHIPMENT, NONE, ORIGINAL, OTHER, Terms
from mockcentra.store import Store, Transaction, order_book
from tests.commerce.checks import assert_stock_adds_up
from tests.commerce.test_shipments import an_order, lines_of

ROTTERDAM = 2


def stock_of(tx: Transaction, size_id: int) -> dict[int, tuple[int, int]]:
    return {
        row["warehouse_id"]: (row["physical"], row["allocated"])
        for row in tx.all("SELECT * FROM stock WHERE product_size_id = ?", (size_id,))
    }


def a_parcel(tx: Transaction, is_sent: bool = True, quantity: int = 3) -> tuple[int, int, int]:
    """(shipment, its line, product size) of an order of so many pieces, charged, and sent or not."""
    order_id = an_order(tx, [(quantity, 10_000)], shipping_cost=4900, voucher_value=3000)
    (line,) = lines_of(tx, order_id)
    shipment_id = shipment_packing.pack(tx, order_id, {line: quantity})
    shipments.capture(tx, shipment_id)
    if is_sent:
        shipments.complete(tx, shipment_id)
    (contents,) = order_book.shipment_lines(tx, [shipment_id])[shipment_id]
    return shipment_id, contents["id"], tx.value("SELECT product_size_id FROM order_lines WHERE id = ?", (line,))


@pytest.mark.parametrize("is_sent", [True, False])
@pytest.mark.parametrize("action", [ORIGINAL, OTHER, NONE])
def test_a_return_that_is_taken_back_leaves_the_stock_as_it_was(store: Store, is_sent: bool, action: str):
    with store.transaction() as tx:
        shipment_id, line, size = a_parcel(tx, is_sent)
        tx.run("INSERT OR IGNORE INTO stock (product_size_id, warehouse_id) VALUES (?, ?)", (size, ROTTERDAM))
        before = stock_of(tx, size)
        return_id = returns.create(tx, shipment_id, {line: 2}, Terms(action, ROTTERDAM))
        if action == OTHER:
            assert stock_of(tx, size)[ROTTERDAM][0] == before[ROTTERDAM][0] + 2
        returns.delete(tx, return_id)
        assert stock_of(tx, size) == before
    assert_stock_adds_up(store)


def test_what_was_sold_meanwhile_cannot_be_taken_out_again(store: Store):
    with store.transaction() as tx:
        shipment_id, line, size = a_parcel(tx)
        return_id = returns.create(tx, shipment_id, {line: 1}, Terms())
        tx.run("UPDATE stock SET physical = allocated WHERE product_size_id = ?", (size,))
        with pytest.raises(Invalid):
            returns.delete(tx, return_id)
        returns.set_completed(tx, return_id, True)
        with pytest.raises(Invalid):
            returns.delete(tx, return_id)


def test_costs_of_a_shipment_come_back_once(store: Store):
    with store.transaction() as tx:
        shipment_id, line, _ = a_parcel(tx)
        whole = Terms(shipping_cost=FROM_SHIPMENT, voucher_value=FROM_SHIPMENT)
        first = returns.row_of(tx, returns.create(tx, shipment_id, {line: 1}, whole))
        assert (first["shipping_cost"], first["voucher_value"], first["total"]) == (4900, 3000, 10_000 + 4900 - 3000)
        second = returns.row_of(tx, returns.create(tx, shipment_id, {line: 1}, whole))
        assert (second["shipping_cost"], second["voucher_value"]) == (0, 0)
        with pytest.raises(Invalid):
            returns.create(tx, shipment_id, {line: 1}, Terms(shipping_cost=1))


def test_refunds_end_with_what_was_charged(store: Store):
    with store.transaction() as tx:
        shipment_id, line, _ = a_parcel(tx)
        charged = shipments.row_of(tx, shipment_id)["grand_total"]
        for _ in range(3):
            return_id = returns.create(tx, shipment_id, {line: 1}, Terms())
            assert returns.refund(tx, return_id) == "success"
            assert returns.refund(tx, return_id) == "success", "once is enough"
        refunded = tx.value(
            "SELECT SUM(amount) FROM payment_entries WHERE type = 'refund' AND shipment_id = ?", (shipment_id,)
        )
        assert refunded == min(charged, 30_000)


def test_more_than_is_left_and_other_shipments_lines(store: Store):
    with store.transaction() as tx:
        shipment_id, line, _ = a_parcel(tx)
        _, other, _ = a_parcel(tx)
        with pytest.raises(Invalid):
            returns.create(tx, shipment_id, {line: 4}, Terms())
        with pytest.raises(NotFound):
            returns.create(tx, shipment_id, {other: 1}, Terms())
        with pytest.raises(NotFound):
            returns.create(tx, 999_999, {line: 1}, Terms())
        assert not tx.all("SELECT 1 FROM returns WHERE shipment_id = ?", (shipment_id,))
