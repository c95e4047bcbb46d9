"""Empties rows of what they say about a person."""

from collections.abc import Sequence

from mockcentra.store.database import Row, Transaction, marks

_EMPTIED = (
    "email", "email_key", "password_hash", "first_name", "last_name", "company", "address1", "address2", "zip_code",
    "city", "state", "phone_number", "vat_number", "gender",
)  # fmt: skip
# Of an address the country stays.
_COUNTRY_ONLY = "json_object('country', COALESCE(json_extract({0}, '$.country'), ''))"


def customer(tx: Transaction, customer_id: int) -> None:
    """The customer itself with its consents, attributes, wishlist, password resets and sessions."""
    emptied = ", ".join(f"{column} = ''" for column in _EMPTIED)
    tx.run(
        f"UPDATE customers SET {emptied}, newsletter = 0, is_registered = 0, selection_id = NULL,"
        " extra_json = '{}', anonymized_at = ?,"
        " updated_at = ? WHERE id = ?",
        (tx.now, tx.now, customer_id),
    )
    tx.run("DELETE FROM consents WHERE customer_id = ?", (customer_id,))
    tx.run("DELETE FROM password_resets WHERE customer_id = ?", (customer_id,))
    tx.run("DELETE FROM attribute_values WHERE object_type = 'customer' AND object_id = ?", (customer_id,))
    tx.run("DELETE FROM attribute_links WHERE object_type = 'customer' AND object_id = ?", (customer_id,))
    tx.run(
        "DELETE FROM wishlist_items WHERE wishlist_id IN (SELECT id FROM wishlists WHERE customer_id = ?)",
        (customer_id,),
    )
    tx.run("UPDATE sessions SET customer_id = NULL, selection_id = NULL WHERE customer_id = ?", (customer_id,))


def orders(tx: Transaction, customer_id: int) -> list[Row]:
    """Every order of the customer, with the selection and the payments behind it; returns (id, number)."""
    found = tx.all(
        f"UPDATE orders SET address_json = {_COUNTRY_ONLY.format('address_json')},"
        f" shipping_address_json = {_COUNTRY_ONLY.format('shipping_address_json')}, ip_address = '',"
        " extra_json = json_remove(extra_json, '$.customerInfo', '$.buyerInfo'), updated_at = ?"
        " WHERE customer_id = ? RETURNING id, number, hash",
        (tx.now, customer_id),
    )
    hashes = [row["hash"] for row in found]
    selections = [
        row[0]
        for row in tx.all(
            f"SELECT id FROM selections WHERE customer_id = ? OR hash IN ({marks(hashes)})", (customer_id, *hashes)
        )
    ]
    _selections(tx, selections)
    order_ids = [row["id"] for row in found]
    tx.run(f"UPDATE payment_entries SET params_json = '{{}}' WHERE order_id IN ({marks(order_ids)})", order_ids)
    _mails(tx, [row["number"] for row in found])
    return found


def order(tx: Transaction, order_id: int) -> None:
    """One order with the selection and the payments behind it."""
    found = tx.all(
        f"UPDATE orders SET address_json = {_COUNTRY_ONLY.format('address_json')},"
        f" shipping_address_json = {_COUNTRY_ONLY.format('shipping_address_json')}, ip_address = '',"
        " extra_json = json_remove(extra_json, '$.customerInfo', '$.buyerInfo'), updated_at = ?"
        " WHERE id = ? RETURNING hash, number",
        (tx.now, order_id),
    )
    hashes = [row["hash"] for row in found]
    selections = [row[0] for row in tx.all(f"SELECT id FROM selections WHERE hash IN ({marks(hashes)})", hashes)]
    _selections(tx, selections)
    tx.run("UPDATE payment_entries SET params_json = '{}' WHERE order_id = ?", (order_id,))
    _mails(tx, [row["number"] for row in found])


def _mails(tx: Transaction, numbers: Sequence[int]) -> None:
    """Mails about orders (by number): to whom they went, and what they said but for the order."""
    tx.run(
        "UPDATE mails SET recipient = '', data_json = json_object('order', json_extract(data_json, '$.order'))"
        f" WHERE json_extract(data_json, '$.order') IN ({marks(numbers)})",
        [str(number) for number in numbers],
    )


def _selections(tx: Transaction, selection_ids: Sequence[int]) -> None:
    named = marks(selection_ids)
    tx.run(
        f"UPDATE selections SET address_json = {_COUNTRY_ONLY.format('address_json')},"
        f" shipping_address_json = {_COUNTRY_ONLY.format('shipping_address_json')}, consents_json = '[]',"
        f" newsletter = 0 WHERE id IN ({named})",
        selection_ids,
    )
    tx.run(f"UPDATE payment_attempts SET data_json = '{{}}' WHERE selection_id IN ({named})", selection_ids)


def contracts(tx: Transaction, customer_id: int) -> list[int]:
    """The customer's contracts; returns the ids of their subscriptions, which are cancelled."""
    tx.run(
        f"UPDATE subscription_contracts SET address_json = {_COUNTRY_ONLY.format('address_json')},"
        f" shipping_address_json = {_COUNTRY_ONLY.format('shipping_address_json')}, updated_at = ?"
        " WHERE customer_id = ?",
        (tx.now, customer_id),
    )
    return [
        row[0]
        for row in tx.all(
            "UPDATE subscriptions SET status = 'cancelled', updated_at = ? WHERE status <> 'cancelled'"
            " AND contract_id IN (SELECT id FROM subscription_contracts WHERE customer_id = ?) RETURNING id",
            (tx.now, customer_id),
        )
    ]


def has_customer(tx: Transaction, store_id: int, email_key: str) -> bool:
    """Whether some customer has that address (lower case)."""
    return (
        tx.value(
            "SELECT 1 FROM customers WHERE store_id = ? AND email_key = ? AND anonymized_at IS NULL",
            (store_id, email_key),
        )
        is not None
    )


def address_lists(tx: Transaction, store_id: int, email_key: str) -> None:
    """The lists of those who want mail, and the mails that went to that address (lower case)."""
    tx.run("DELETE FROM newsletter_subscriptions WHERE store_id = ? AND email_key = ?", (store_id, email_key))
    tx.run("DELETE FROM back_in_stock_subscriptions WHERE store_id = ? AND lower(email) = ?", (store_id, email_key))
    tx.run("UPDATE mails SET recipient = '', data_json = '{}' WHERE lower(recipient) = ?", (email_key,))
