"""Rows of invoices, credit notes and what was paid of them."""

from collections.abc import Iterable

from mockcentra.store.database import Row, Transaction, to_json

_AMONG = "IN (SELECT value FROM json_each(?))"
_SERIES = 100_000
"""Numbers of a store's series begin behind this many times its id, so that none is in two series."""


def next_number(tx: Transaction, store_id: int) -> str:
    """The next number of a store's series of invoices: 100001, 100002 … of the first store."""
    return str(
        tx.all(
            "INSERT INTO counters (name, value) VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value",
            (f"invoices of store {store_id}", store_id * _SERIES + 1),
        )[0][0]
    )


def add(
    tx: Transaction,
    order: Row,
    number: str,
    total: int,
    *,
    shipment_id: int,
    return_id: int | None = None,
    url: str = "",
    due_at: int | None = None,
    is_paid: bool = False,
) -> int:
    """An invoice of a shipment, or a credit note of a return, without payments yet; returns its id."""
    return tx.insert(
        "invoices",
        store_id=order["store_id"],
        order_id=order["id"],
        account_id=order["account_id"],
        shipment_id=shipment_id,
        return_id=return_id,
        number=number,
        status="paid" if is_paid else "unpaid",
        url=url,
        total=total,
        currency_id=order["currency_id"],
        due_at=due_at,
        admin_user_id=tx.admin_user_id,
        created_at=tx.now,
    )


def add_payment(tx: Transaction, invoice_id: int, amount: int, paid_at: int) -> int:
    """Notes that a part of an invoice was paid, or given back below 0; returns the payment's id."""
    payment_id = tx.insert(
        "invoice_payments",
        invoice_id=invoice_id,
        amount=amount,
        paid_at=paid_at,
        admin_user_id=tx.admin_user_id,
        created_at=tx.now,
    )
    tx.run(
        "UPDATE invoices SET total_paid = total_paid + ?1,"
        " status = CASE WHEN status = 'cancelled' THEN status WHEN total_paid + ?1 >= total THEN 'paid'"
        " ELSE 'unpaid' END WHERE id = ?2",
        (amount, invoice_id),
    )
    return payment_id


def note_payment(tx: Transaction, invoice_id: int, amount: int) -> None:
    """Adds a payment that the invoice's own sum has already."""
    tx.insert(
        "invoice_payments",
        invoice_id=invoice_id,
        amount=amount,
        paid_at=tx.now,
        admin_user_id=tx.admin_user_id,
        created_at=tx.now,
    )


def payments(tx: Transaction, invoice_id: int) -> int:
    """What was paid of an invoice, payment by payment, in hundredths."""
    return tx.value("SELECT COALESCE(SUM(amount), 0) FROM invoice_payments WHERE invoice_id = ?", (invoice_id,))


def of_shipment(tx: Transaction, shipment_id: int) -> list[Row]:
    """The invoices of a shipment that count; credit notes are those of returns."""
    return tx.all(
        "SELECT * FROM invoices WHERE shipment_id = ? AND return_id IS NULL AND status <> 'cancelled' ORDER BY id",
        (shipment_id,),
    )


def has_of_whole_order(tx: Transaction, order_id: int) -> bool:
    """Whether an invoice is about an order and none of its shipments."""
    return (
        tx.value(
            "SELECT 1 FROM invoices WHERE order_id = ? AND shipment_id IS NULL AND return_id IS NULL"
            " AND status <> 'cancelled' LIMIT 1",
            (order_id,),
        )
        is not None
    )


def days_to_pay(tx: Transaction, payment_terms_id: int | None) -> int:
    return tx.value("SELECT days FROM payment_terms WHERE id = ?", (payment_terms_id,)) or 0


def get_many(tx: Transaction, invoice_ids: Iterable[int]) -> list[Row]:
    return tx.all(f"SELECT * FROM invoices WHERE id {_AMONG}", (to_json(list(invoice_ids)),))


def called(tx: Transaction, number: str) -> list[Row]:
    """The invoices and credit notes with that number, the oldest first."""
    return tx.all("SELECT * FROM invoices WHERE number = ? ORDER BY id", (number,))


def lines(tx: Transaction, invoice_ids: Iterable[int]) -> dict[int, list[Row]]:
    """Invoice -> the lines of its shipment, those of its return for a credit note, else those of its whole order."""
    about = (
        "l.id AS order_line_id, l.product_id, l.variant_id, l.product_size_id, l.product_name, l.variant_name,"
        " l.size_name, l.brand_name, l.sku, l.price_each, l.price_each_before, l.tax_percent, l.is_tax_included,"
        " l.order_id, i.currency_id, o.currency_rate_micro, p.hs_code, p.hs_description, p.country_of_origin_id,"
        " v.unit_cost, v.unit_cost_currency_id"
    )
    goods = (
        " JOIN orders o ON o.id = l.order_id LEFT JOIN products p ON p.id = l.product_id"
        " LEFT JOIN variants v ON v.id = l.variant_id"
    )
    joins = f" JOIN order_lines l ON l.id = s.order_line_id{goods}"
    found: dict[int, list[Row]] = {}
    for row in tx.all(
        f"SELECT i.id AS invoice_id, s.id AS shipment_line_id, s.id AS line_id, s.quantity, {about}"
        f" FROM invoices i JOIN shipment_lines s ON s.shipment_id = i.shipment_id{joins}"
        f" WHERE i.return_id IS NULL AND i.id {_AMONG}"
        f" UNION ALL SELECT i.id, s.id, r.id, r.quantity, {about}"
        " FROM invoices i JOIN return_lines r ON r.return_id = i.return_id"
        f" JOIN shipment_lines s ON s.id = r.shipment_line_id{joins} WHERE i.id {_AMONG}"
        f" UNION ALL SELECT i.id, NULL, l.id, l.quantity - l.cancelled_quantity, {about}"
        f" FROM invoices i JOIN order_lines l ON l.order_id = i.order_id{goods}"
        " WHERE i.shipment_id IS NULL AND i.return_id IS NULL AND l.parent_line_id IS NULL"
        f" AND l.quantity > l.cancelled_quantity AND i.id {_AMONG} ORDER BY 1, 3",
        (to_json(list(invoice_ids)),) * 3,
    ):
        found.setdefault(row["invoice_id"], []).append(row)
    return found
