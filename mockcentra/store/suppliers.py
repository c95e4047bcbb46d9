"""Rows of suppliers' orders and deliveries: what was ordered from whom, what is on its way, and for whom."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from mockcentra.store.database import Row, Transaction, marks, to_json

_ORDER = """
  SELECT o.*, json_extract(o.details_json, '$.confirmed_etd_at') AS confirmed_etd_at,
         s.name AS supplier_name, COALESCE(c.code, '') AS supplier_country FROM supplier_orders o
  JOIN suppliers s ON s.id = o.supplier_id LEFT JOIN countries c ON c.id = s.country_id
"""
_DELIVERY = """
  SELECT d.id, d.position, d.status, d.created_at AS delivery_created_at, d.accepted_at, d.supplier_order_id,
         o.number, COALESCE(d.warehouse_id, o.warehouse_id) AS warehouse_id, o.currency_id,
         o.is_confirmed, o.message, o.etd_at, o.created_at,
         COALESCE(json_extract(d.details_json, '$.eta_at'), o.eta_at) AS eta_at,
         json_extract(o.details_json, '$.confirmed_etd_at') AS confirmed_etd_at,
         s.name AS supplier_name, COALESCE(c.code, '') AS supplier_country
  FROM supplier_deliveries d JOIN supplier_orders o ON o.id = d.supplier_order_id
  JOIN suppliers s ON s.id = o.supplier_id LEFT JOIN countries c ON c.id = s.country_id
"""
_SIZE_COLUMNS = """
  z.id AS product_size_id, v.id AS variant_id, p.id AS product_id, z.ean, z.upc,
  p.number AS product_number, v.number AS variant_number,
  z.number AS size_number, p.name AS product_name, v.name AS variant_name, n.name AS size_name, p.brand_id,
  p.collection_id, p.weight_milli, p.weight_unit
"""
_SIZE_JOINS = """
  JOIN product_sizes z ON z.id = ol.product_size_id JOIN sizes n ON n.id = z.size_id
  JOIN variants v ON v.id = z.variant_id JOIN products p ON p.id = v.product_id
"""


def supplier(tx: Transaction, supplier_id: int) -> Row:
    row = tx.one("SELECT * FROM suppliers WHERE id = ?", (supplier_id,))
    assert row is not None
    return row


def orders(tx: Transaction, warehouse_id: int | None = None, number: int | None = None) -> list[Row]:
    """Confirmed supplier orders by number; those of a preferred warehouse, or the one with a number."""
    return tx.all(
        f"{_ORDER} WHERE o.is_confirmed AND (?1 IS NULL OR o.warehouse_id = ?1) AND (?2 IS NULL OR o.number = ?2)"
        " ORDER BY o.number",
        (warehouse_id, number),
    )


def order_lines(tx: Transaction, order_ids: Sequence[int]) -> dict[int, list[Row]]:
    """Supplier order -> its lines with their product sizes; `quantity` is what was ordered."""
    found: dict[int, list[Row]] = defaultdict(list)
    if order_ids:
        for row in tx.all(
            f"SELECT ol.*, {_SIZE_COLUMNS} FROM supplier_order_lines ol {_SIZE_JOINS}"
            f" WHERE ol.supplier_order_id IN ({marks(order_ids)}) ORDER BY ol.id",
            order_ids,
        ):
            found[row["supplier_order_id"]].append(row)
    return found


def open_deliveries(tx: Transaction, warehouse_id: int) -> list[Row]:
    """Deliveries of confirmed orders to a warehouse that were not accepted yet and have something in them."""
    return tx.all(
        f"{_DELIVERY} WHERE o.is_confirmed AND d.status = 'open' AND COALESCE(d.warehouse_id, o.warehouse_id) = ?"
        " AND EXISTS (SELECT 1 FROM supplier_delivery_lines l WHERE l.supplier_delivery_id = d.id AND l.quantity > 0)"
        " ORDER BY d.id",
        (warehouse_id,),
    )


def delivery(tx: Transaction, delivery_id: int) -> Row | None:
    return tx.one(f"{_DELIVERY} WHERE d.id = ?", (delivery_id,))


def delivery_by_number(tx: Transaction, order_number: int, position: int) -> Row | None:
    """The delivery `<supplier order>-<n>`."""
    return tx.one(f"{_DELIVERY} WHERE o.number = ? AND d.position = ?", (order_number, position))


def delivery_lines(tx: Transaction, delivery_ids: Sequence[int]) -> dict[int, list[Row]]:
    """Delivery -> its lines with their product sizes and costs; `quantity` is what is expected."""
    found: dict[int, list[Row]] = defaultdict(list)
    if delivery_ids:
        for row in tx.all(
            "SELECT dl.id, dl.supplier_delivery_id, dl.supplier_order_line_id, dl.quantity, dl.accepted_quantity,"
            f" ol.cost, ol.customs_type, ol.customs, {_SIZE_COLUMNS} FROM supplier_delivery_lines dl"
            f" JOIN supplier_order_lines ol ON ol.id = dl.supplier_order_line_id {_SIZE_JOINS}"
            f" WHERE dl.supplier_delivery_id IN ({marks(delivery_ids)}) ORDER BY dl.id",
            delivery_ids,
        ):
            found[row["supplier_delivery_id"]].append(row)
    return found


def links(tx: Transaction, supplier_order_line_ids: Sequence[int]) -> list[Row]:
    """Units of customers' orders that wait for lines of supplier orders, in the order in which they were linked."""
    if not supplier_order_line_ids:
        return []
    return tx.all(
        "SELECT k.*, l.order_id, l.product_size_id FROM supplier_links k JOIN order_lines l ON l.id = k.order_line_id"
        f" WHERE k.supplier_order_line_id IN ({marks(supplier_order_line_ids)}) AND k.quantity > 0 ORDER BY k.id",
        supplier_order_line_ids,
    )


def use_link(tx: Transaction, link_id: int, quantity: int) -> None:
    """Takes units off a link that have come."""
    tx.run("UPDATE supplier_links SET quantity = quantity - ? WHERE id = ?", (quantity, link_id))
    tx.run("DELETE FROM supplier_links WHERE id = ? AND quantity <= 0", (link_id,))


def add_link(tx: Transaction, order_line_id: int, supplier_order_line_id: int, quantity: int) -> int:
    return tx.insert(
        "supplier_links",
        order_line_id=order_line_id,
        supplier_order_line_id=supplier_order_line_id,
        quantity=quantity,
    )


def linked_orders(tx: Transaction, order_ids: Sequence[int]) -> list[Row]:
    """Orders with the account, the buyer and the terms that they belong to, by number."""
    return tx.all(
        "SELECT o.*, COALESCE(a.name, '') AS account_name, COALESCE(b.first_name, '') AS buyer_first_name,"
        " COALESCE(b.last_name, '') AS buyer_last_name, COALESCE(pt.name, '') AS payment_terms,"
        " COALESCE(st.name, '') AS shipping_terms, COALESCE(a.extra_json, '{}') AS account_extra_json"
        " FROM orders o LEFT JOIN accounts a ON a.id = o.account_id LEFT JOIN buyers b ON b.id = o.buyer_id"
        " LEFT JOIN payment_terms pt ON pt.id = o.payment_terms_id"
        " LEFT JOIN shipping_terms st ON st.id = o.shipping_terms_id"
        f" WHERE o.id IN ({marks(order_ids)}) ORDER BY o.number",
        order_ids,
    )


# ------------------------------------------------------------------ writing


def add_order(tx: Transaction, **columns: Any) -> int:
    return tx.insert("supplier_orders", created_at=tx.now, updated_at=tx.now, **columns)


def confirm_order(tx: Transaction, order_id: int) -> None:
    tx.update("supplier_orders", order_id, is_confirmed=1, updated_at=tx.now)


def add_order_line(
    tx: Transaction, order_id: int, product_size_id: int, quantity: int, cost: int, **columns: Any
) -> int:
    return tx.insert(
        "supplier_order_lines",
        supplier_order_id=order_id,
        product_size_id=product_size_id,
        quantity=quantity,
        cost=cost,
        **columns,
    )


def add_delivery(tx: Transaction, order_id: int, lines: Iterable[tuple[int, int]], **columns: Any) -> int:
    """An open delivery with the next number of its order. `lines`: (line of the supplier order, quantity)."""
    position = tx.value(
        "SELECT COALESCE(MAX(position), 0) + 1 FROM supplier_deliveries WHERE supplier_order_id = ?", (order_id,)
    )
    delivery_id = tx.insert(
        "supplier_deliveries",
        supplier_order_id=order_id,
        position=position,
        status="open",
        created_at=tx.now,
        **columns,
    )
    tx.run_many(
        "INSERT INTO supplier_delivery_lines (supplier_delivery_id, supplier_order_line_id, quantity) VALUES (?, ?, ?)",
        [(delivery_id, *line) for line in lines],
    )
    return delivery_id


def accept(tx: Transaction, delivery_id: int, lines: Sequence[tuple[int, int, int]]) -> None:
    """A delivery has come. `lines`: (delivery line, line of the supplier order, units that came)."""
    tx.update("supplier_deliveries", delivery_id, status="accepted", accepted_at=tx.now)
    tx.run_many(
        "UPDATE supplier_delivery_lines SET accepted_quantity = ? WHERE id = ?",
        [(quantity, line_id) for line_id, _, quantity in lines],
    )
    tx.run_many(
        "UPDATE supplier_order_lines SET delivered_quantity = delivered_quantity + ? WHERE id = ?",
        [(quantity, order_line_id) for _, order_line_id, quantity in lines],
    )


def gather_changes(tx: Transaction, reference: str) -> int | None:
    """Makes one change of stock of what a delivery changed; returns its id, None when it changed nothing."""
    head = tx.value(
        "SELECT MIN(id) FROM stock_changes WHERE kind = 'supplier_delivery' AND reference = ?", (reference,)
    )
    if head is not None:
        tx.run(
            "UPDATE stock_changes SET head_id = ?1 WHERE kind = 'supplier_delivery' AND reference = ?2 AND id <> ?1",
            (head, reference),
        )
    return head


def note_admin(tx: Transaction, reference: str, admin_user_id: int) -> None:
    """Who took in what a delivery brought."""
    tx.run(
        "UPDATE stock_changes SET admin_user_id = ? WHERE kind = 'supplier_delivery' AND reference = ?",
        (admin_user_id, reference),
    )


def note_costs(tx: Transaction, delivery_id: int, reference: str) -> None:
    """What came of a delivery cost what the lines of the supplier order say."""
    tx.run(
        "UPDATE stock_changes SET (unit_cost, unit_cost_currency_id) = (SELECT l.cost, o.currency_id"
        " FROM supplier_delivery_lines d JOIN supplier_order_lines l ON l.id = d.supplier_order_line_id"
        " JOIN supplier_orders o ON o.id = l.supplier_order_id WHERE d.supplier_delivery_id = ?1"
        " AND l.product_size_id = stock_changes.product_size_id LIMIT 1)"
        " WHERE kind = 'supplier_delivery' AND reference = ?2",
        (delivery_id, reference),
    )


def is_all_delivered(tx: Transaction, order_id: int) -> bool:
    """Whether nothing of a supplier order is still to come."""
    return (
        tx.value(
            "SELECT EXISTS (SELECT 1 FROM supplier_order_lines WHERE supplier_order_id = ? AND quantity >"
            " delivered_quantity)",
            (order_id,),
        )
        == 0
    )


def next_number(tx: Transaction) -> int:
    return tx.value("SELECT COALESCE(MAX(number), 500) + 1 FROM supplier_orders")


# ------------------------------------------------------------------ what suppliers sell

_AMONG = "IN (SELECT value FROM json_each(?))"


def supplies(tx: Transaction, column: str, owner_ids: Iterable[int]) -> dict[int, list[Row]]:
    """Supplier or variant (`column`: supplier_id, variant_id) -> what is supplied, with the names of all."""
    if column not in ("supplier_id", "variant_id"):
        raise ValueError(column)
    found: dict[int, list[Row]] = defaultdict(list)
    for row in tx.all(
        "SELECT u.*, s.currency_id, s.name AS supplier_name, v.name AS variant_name, v.product_id,"
        " p.name AS product_name FROM variant_supplies u JOIN suppliers s ON s.id = u.supplier_id"
        " JOIN variants v ON v.id = u.variant_id"
        f" JOIN products p ON p.id = v.product_id WHERE u.{column} {_AMONG} ORDER BY u.supplier_id, u.variant_id",
        (to_json(list(owner_ids)),),
    ):
        found[row[column]].append(row)
    return found


def put_supply(tx: Transaction, supplier_id: int, variant_id: int, **columns: Any) -> None:
    """Sets what a supplier wants for a variant: cost, customs_type and customs."""
    tx.run("DELETE FROM variant_supplies WHERE supplier_id = ? AND variant_id = ?", (supplier_id, variant_id))
    tx.insert("variant_supplies", supplier_id=supplier_id, variant_id=variant_id, **columns)


def remove_supplies(tx: Transaction, supplier_id: int, variant_ids: Iterable[int]) -> bool:
    """Takes variants away from a supplier; returns whether any was there."""
    wanted = to_json(list(variant_ids))
    return (
        tx.run(f"DELETE FROM variant_supplies WHERE supplier_id = ? AND variant_id {_AMONG}", (supplier_id, wanted)) > 0
    )


def costs(tx: Transaction, supplier_id: int, variant_ids: Iterable[int]) -> dict[int, Row]:
    """Variant -> what the supplier wants for it."""
    rows = tx.all(
        f"SELECT * FROM variant_supplies WHERE supplier_id = ? AND variant_id {_AMONG}",
        (supplier_id, to_json(list(variant_ids))),
    )
    return {row["variant_id"]: row for row in rows}


def is_name_taken(tx: Transaction, name: str, own_id: int = 0) -> bool:
    return tx.value("SELECT EXISTS (SELECT 1 FROM suppliers WHERE name = ? AND id <> ?)", (name, own_id)) == 1


def announced(tx: Transaction, order_id: int) -> dict[int, int]:
    """Line of a supplier order -> pieces that are in deliveries: what came, or is to come."""
    rows = tx.all(
        "SELECT l.supplier_order_line_id, SUM(CASE d.status WHEN 'open' THEN l.quantity ELSE l.accepted_quantity END)"
        " FROM supplier_delivery_lines l JOIN supplier_deliveries d ON d.id = l.supplier_delivery_id"
        " WHERE d.supplier_order_id = ? AND d.status <> 'cancelled' GROUP BY 1",
        (order_id,),
    )
    return {row[0]: row[1] for row in rows}


def linked_lines(tx: Transaction, supplier_order_line_ids: Sequence[int]) -> dict[int, list[Row]]:
    """Line of a supplier order -> the links of customers' order lines with it."""
    found: dict[int, list[Row]] = defaultdict(list)
    for row in links(tx, supplier_order_line_ids):
        found[row["supplier_order_line_id"]].append(row)
    return found


def changes_of_deliveries(tx: Transaction, numbers: Iterable[str]) -> dict[str, int]:
    """Number of a delivery -> the change of stock that it was."""
    rows = tx.all(
        "SELECT reference, MIN(id) FROM stock_changes WHERE kind = 'supplier_delivery'"
        f" AND reference {_AMONG} GROUP BY reference",
        (to_json(list(numbers)),),
    )
    return {row[0]: row[1] for row in rows}
