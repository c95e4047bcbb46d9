"""Rows of orders: the order, its lines, discounts, taxes, history and shipments."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from mockcentra.store.database import Row, Transaction, fresh_id, marks, to_json

# ------------------------------------------------------------------ writing


def add(tx: Transaction, **columns: Any) -> int:
    """A new order; returns its id."""
    return tx.insert("orders", created_at=tx.now, updated_at=tx.now, **columns)


def update(tx: Transaction, order_id: int, **columns: Any) -> None:
    tx.update("orders", order_id, updated_at=tx.now, **columns)


def add_line(tx: Transaction, order_id: int, **columns: Any) -> int:
    return tx.insert("order_lines", order_id=order_id, **columns)


def add_line_discounts(tx: Transaction, discounts: Iterable[tuple[int, int, int, int]]) -> None:
    """`discounts`: (line id, voucher id, amount, whether it moved into the price)."""
    tx.run_many(
        "INSERT INTO order_line_discounts (order_line_id, voucher_id, amount, affected_price) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (order_line_id, voucher_id) DO UPDATE SET amount = amount + excluded.amount",
        discounts,
    )


def add_voucher(tx: Transaction, order_id: int, position: int, **columns: Any) -> None:
    tx.insert("order_vouchers", order_id=order_id, position=position, **columns)


def add_taxes(tx: Transaction, order_id: int, taxes: Iterable[tuple[str, int, int, int]]) -> None:
    """`taxes`: (name, percent, whether prices include it, amount)."""
    tx.run_many(
        "INSERT INTO order_taxes (order_id, name, percent, included, amount) VALUES (?, ?, ?, ?, ?)",
        [(order_id, *tax) for tax in taxes],
    )


def discount_lines_in_full(tx: Transaction, order_id: int) -> None:
    """Takes the whole price off every line; the parts of bundles go with theirs."""
    tx.run(
        "UPDATE order_lines SET discount_share = -line_total WHERE order_id = ? AND parent_line_id IS NULL", (order_id,)
    )


def remove_taxes(tx: Transaction, order_id: int) -> None:
    tx.run("DELETE FROM order_taxes WHERE order_id = ?", (order_id,))


def add_history(tx: Transaction, order_id: int, what: str, **data: Any) -> None:
    tx.insert(
        "order_history",
        order_id=order_id,
        what=what,
        data_json=to_json(data),
        source=tx.source,
        admin_user_id=tx.admin_user_id,
        created_at=tx.now,
    )


def add_shipment(tx: Transaction, order_id: int, **columns: Any) -> int:
    """A new shipment with the next number of the order; returns its id."""
    position = tx.all(
        "UPDATE orders SET last_shipment = last_shipment + 1 WHERE id = ? RETURNING last_shipment", (order_id,)
    )[0][0]
    columns = {
        "order_id": order_id,
        "position": position,
        "admin_user_id": tx.admin_user_id,
        "created_at": tx.now,
        "updated_at": tx.now,
        **columns,
    }
    return tx.insert("shipments", id=fresh_id(tx, "shipments", "shipment"), **columns)


def add_shipment_lines(tx: Transaction, shipment_id: int, lines: Iterable[tuple[int, int | None, int, int]]) -> None:
    """`lines`: (order line id, warehouse id, quantity, value)."""
    tx.run_many(
        "INSERT INTO shipment_lines (shipment_id, order_line_id, warehouse_id, quantity, line_value)"
        " VALUES (?, ?, ?, ?, ?)",
        [(shipment_id, *line) for line in lines],
    )


def remove_shipments(tx: Transaction, order_id: int) -> None:
    """Takes away the shipments of an order, none of which has left; its allocations are gone already."""
    tx.run("DELETE FROM shipment_lines WHERE shipment_id IN (SELECT id FROM shipments WHERE order_id = ?)", (order_id,))
    tx.run("DELETE FROM shipments WHERE order_id = ?", (order_id,))


# ------------------------------------------------------------------ reading


def get(tx: Transaction, order_id: int) -> Row | None:
    return tx.one("SELECT * FROM orders WHERE id = ?", (order_id,))


def by_number(tx: Transaction, number: int) -> Row | None:
    return tx.one("SELECT * FROM orders WHERE number = ?", (number,))


def by_ids(tx: Transaction, order_ids: Sequence[int]) -> list[Row]:
    return tx.all(f"SELECT * FROM orders WHERE id IN ({marks(order_ids)})", order_ids)


def ids_of_customer(tx: Transaction, customer_id: int, start: int, size: int) -> list[int]:
    """Ids of the customer's orders, newest first; `size` -1 for all from `start` on."""
    return [
        row[0]
        for row in tx.all(
            "SELECT id FROM orders WHERE customer_id = ? ORDER BY created_at DESC, number DESC LIMIT ? OFFSET ?",
            (customer_id, size, start),
        )
    ]


def count_of_customer(tx: Transaction, customer_id: int) -> int:
    return tx.value("SELECT COUNT(*) FROM orders WHERE customer_id = ?", (customer_id,))


def lines(tx: Transaction, order_ids: Sequence[int]) -> list[Row]:
    """Lines, parts of bundles included, in the order in which they were written."""
    return tx.all(f"SELECT * FROM order_lines WHERE order_id IN ({marks(order_ids)}) ORDER BY id", order_ids)


def line(tx: Transaction, line_id: int) -> Row | None:
    return tx.one("SELECT * FROM order_lines WHERE id = ?", (line_id,))


def lines_by_ids(tx: Transaction, line_ids: Sequence[int]) -> list[Row]:
    return tx.all(f"SELECT * FROM order_lines WHERE id IN ({marks(line_ids)})", line_ids) if line_ids else []


def update_line(tx: Transaction, line_id: int, **columns: Any) -> None:
    tx.update("order_lines", line_id, **columns)


def line_discounts(tx: Transaction, order_ids: Sequence[int]) -> list[Row]:
    """(order_line_id, voucher_id, amount, affected_price, trigger, code) in the order of the vouchers."""
    return tx.all(
        "SELECT d.order_line_id, d.voucher_id, d.amount, d.affected_price, v.trigger, v.code"
        " FROM order_line_discounts d JOIN order_lines l ON l.id = d.order_line_id"
        " JOIN order_vouchers v ON v.order_id = l.order_id AND v.voucher_id = d.voucher_id"
        f" WHERE l.order_id IN ({marks(order_ids)}) ORDER BY d.order_line_id, v.position",
        order_ids,
    )


def vouchers(tx: Transaction, order_ids: Sequence[int]) -> list[Row]:
    return tx.all(
        f"SELECT * FROM order_vouchers WHERE order_id IN ({marks(order_ids)}) ORDER BY order_id, position", order_ids
    )


def taxes(tx: Transaction, order_ids: Sequence[int]) -> list[Row]:
    return tx.all(f"SELECT * FROM order_taxes WHERE order_id IN ({marks(order_ids)}) ORDER BY percent, name", order_ids)


def shipments(tx: Transaction, order_ids: Sequence[int]) -> dict[int, list[Row]]:
    """Order id -> its shipments by number."""
    found: dict[int, list[Row]] = defaultdict(list)
    for row in tx.all(
        f"SELECT * FROM shipments WHERE order_id IN ({marks(order_ids)}) ORDER BY order_id, position", order_ids
    ):
        found[row["order_id"]].append(row)
    return found


def shipment(tx: Transaction, shipment_id: int) -> Row | None:
    return tx.one("SELECT * FROM shipments WHERE id = ?", (shipment_id,))


def update_shipment(tx: Transaction, shipment_id: int, **columns: Any) -> None:
    tx.update("shipments", shipment_id, updated_at=tx.now, **columns)


def sent_units(tx: Transaction, order_id: int) -> list[Row]:
    """(order_line_id, quantity) of an order's shipments that have left, and of what was returned before it left."""
    return tx.all(
        "SELECT l.order_line_id, SUM(l.quantity) AS quantity FROM shipment_lines l"
        " JOIN shipments s ON s.id = l.shipment_id WHERE s.order_id = ?1 AND s.is_shipped GROUP BY l.order_line_id"
        " UNION ALL"
        " SELECT l.order_line_id, SUM(r.quantity) FROM return_lines r"
        " JOIN shipment_lines l ON l.id = r.shipment_line_id JOIN shipments s ON s.id = l.shipment_id"
        " WHERE s.order_id = ?1 AND NOT s.is_shipped GROUP BY l.order_line_id",
        (order_id,),
    )


def campaign_names(tx: Transaction, campaign_ids: Collection[int]) -> dict[int, str]:
    if not campaign_ids:
        return {}
    wanted = list(campaign_ids)
    return {
        row["id"]: row["name"]
        for row in tx.all(f"SELECT id, name FROM campaigns WHERE id IN ({marks(wanted)})", wanted)
    }


def affiliate_html(tx: Transaction, affiliate_ids: Sequence[int]) -> dict[int, str]:
    """Affiliate id -> what is to be put into the page after an order of his."""
    if not affiliate_ids:
        return {}
    found = tx.all(f"SELECT id, html FROM affiliates WHERE id IN ({marks(affiliate_ids)})", affiliate_ids)
    return {row["id"]: row["html"] for row in found}


def affiliate_by_uri(tx: Transaction, store_id: int, uri: str) -> int | None:
    return tx.value("SELECT id FROM affiliates WHERE store_id = ? AND uri = ?", (store_id, uri))
