"""What must be true of a shop after every call (domain.md 18), and quick ways to fill and order a cart."""

from dataclasses import replace

from mockcentra.commerce import placing, selection_form, selection_lines, selections, sessions
from mockcentra.commerce.placing import Authorisation, Placement
from mockcentra.commerce.selection_form import Form
from mockcentra.commerce.selection_lines import Wanted
from mockcentra.commerce.sessions import Session
from mockcentra.store import Store, Transaction

ADDRESS = {
    "email": "astrid@example.com", "firstName": "Astrid", "lastName": "Lind", "address1": "Storgatan 1",
    "zipCode": "12345", "city": "Borås", "country": "SE", "phoneNumber": "0701234567",
}  # fmt: skip


def a_session(tx: Transaction, country: str = "SE") -> Session:
    session = sessions.start(tx)
    reference = sessions.reference_of(tx.store)
    found, state = sessions.find_place(reference, country)
    sessions.place(session, reference, found, state, None)
    selections.context_changed(tx, session)
    return session


def place(tx: Transaction, items: dict[str, int], country: str = "SE", **placement: object) -> int:
    """Orders these items at once, paid in full; the order's id."""
    session = a_session(tx, country)
    for item, quantity in items.items():
        selection_lines.add_item(tx, session, Wanted(item, quantity))
    selection_form.store_form(tx, session, Form(address={**ADDRESS, "country": country}))
    cart = selections.cart_of(tx, session)
    paid = Authorisation(cart.totals.grand_total, cart.context.currency.id, "test")
    order_id = placing.place_order(tx, cart, replace(Placement(authorisation=paid), **placement))  # type: ignore[arg-type]
    selections.close(tx, session, cart)
    return order_id


def assert_stock_adds_up(store: Store) -> None:
    """Physical = allocated + free, nothing below 0, and what is allocated is what the lines of open orders hold."""
    with store.reading() as tx:
        held = {
            (row["product_size_id"], row["warehouse_id"]): row["quantity"]
            for row in tx.all(
                "SELECT l.product_size_id, a.warehouse_id, SUM(a.quantity) AS quantity FROM allocations a"
                " JOIN order_lines l ON l.id = a.order_line_id GROUP BY 1, 2"
            )
        }
        allocated = {
            (row["product_size_id"], row["warehouse_id"]): row["allocated"]
            for row in tx.all("SELECT product_size_id, warehouse_id, allocated FROM stock WHERE allocated > 0")
        }
        assert held == allocated
        assert not tx.all("SELECT * FROM stock WHERE physical < allocated OR allocated < 0")
        assert not tx.all(
            "SELECT l.id FROM order_lines l JOIN allocations a ON a.order_line_id = l.id GROUP BY l.id"
            " HAVING SUM(a.quantity) > l.quantity - l.cancelled_quantity"
        )
        assert not tx.all(
            "SELECT o.id FROM orders o JOIN order_lines l ON l.order_id = o.id"
            " JOIN allocations a ON a.order_line_id = l.id WHERE o.status = 'cancelled'"
        )


def set_stock(tx: Transaction, size_id: int, by_warehouse: dict[int, int]) -> None:
    """Makes so many pieces free in these warehouses, and none elsewhere."""
    tx.run("UPDATE stock SET physical = allocated WHERE product_size_id = ?", (size_id,))
    for warehouse_id, pieces in by_warehouse.items():
        tx.run(
            "INSERT OR IGNORE INTO stock (product_size_id, warehouse_id) VALUES (?, ?)",
            (size_id, warehouse_id),
        )
        tx.run(
            "UPDATE stock SET physical = allocated + ? WHERE product_size_id = ? AND warehouse_id = ?",
            (pieces, size_id, warehouse_id),
        )
