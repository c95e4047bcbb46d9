"""Anonymisation: a customer's personal data goes, from everywhere and for good (domain.md 8, order-api.md 5.6)."""

from mockcentra.commerce.errors import Conflict, NotFound
from mockcentra.store import Transaction
from mockcentra.store import anonymisation as rows
from mockcentra.store import customers as customer_rows
from mockcentra.store import orders as order_rows


def anonymise(tx: Transaction, customer_id: int) -> None:
    """Empties all that is known of a customer; its id, its country and its orders' goods and totals stay.

    The e-mail address is free afterwards. What goes by the address alone (the newsletter, mails) goes unless another
    customer has the address, too. Raises NotFound, and Conflict (`customer`) when it was done before.
    """
    row = customer_rows.load(tx, customer_id)
    if row is None:
        raise NotFound("customer")
    if row["anonymized_at"] is not None:
        raise Conflict({"customer": "already anonymised"})
    rows.customer(tx, customer_id)
    orders = rows.orders(tx, customer_id)
    subscriptions = rows.contracts(tx, customer_id)
    if row["email_key"] and not rows.has_customer(tx, row["store_id"], row["email_key"]):
        rows.address_lists(tx, row["store_id"], row["email_key"])
    tx.event("customer", customer_id, "updated", anonymised=True)
    for order in orders:
        tx.event("order", order["id"], "updated", number=order["number"])
    for subscription_id in subscriptions:
        tx.event("subscription", subscription_id, "updated", status="cancelled")


def anonymise_order(tx: Transaction, order_id: int) -> None:
    """Empties what an order says about a person; goods, totals and the country stay. Raises NotFound (`order`)."""
    order = order_rows.get(tx, order_id)
    if order is None:
        raise NotFound("order")
    rows.order(tx, order_id)
    tx.event("order", order_id, "updated", number=order["number"])
