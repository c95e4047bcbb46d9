"""Figures of stock for the GraphQL API: what lies where, what orders want, and what suppliers bring."""

from collections.abc import Iterable, Mapping, Sequence

from mockcentra.store.database import Row, Transaction, to_json
from mockcentra.store.graphql_reading import computed

_AMONG = "IN (SELECT value FROM json_each(?1))"
_ANY = "IN (SELECT value FROM json_each(?))"
_OPEN = "('pending', 'confirmed', 'processing')"


# What suppliers were asked for and still owe of a size in a warehouse.
_LINES = (
    "FROM supplier_order_lines l JOIN supplier_orders o ON o.id = l.supplier_order_id"
    " WHERE o.is_confirmed AND l.product_size_id = {t}.product_size_id AND o.warehouse_id = {t}.warehouse_id"
)
_INCOMING = f"COALESCE((SELECT SUM(MAX(l.quantity - l.delivered_quantity, 0)) {_LINES}), 0)"
_LINKED = (
    "COALESCE((SELECT SUM((SELECT SUM(k.quantity) FROM supplier_links k WHERE k.supplier_order_line_id = l.id))"
    f" {_LINES}), 0)"
)
INCOMING = computed("stock_incoming", _INCOMING)
LINKED = computed("stock_linked", _LINKED)
UNLINKED = computed("stock_unlinked", f"MAX({_INCOMING} - {_LINKED}, 0)")
DELIVERING = computed(
    "stock_delivering",
    "COALESCE((SELECT SUM(dl.quantity) FROM supplier_order_lines l"
    " JOIN supplier_delivery_lines dl ON dl.supplier_order_line_id = l.id"
    " JOIN supplier_deliveries d ON d.id = dl.supplier_delivery_id JOIN supplier_orders o ON o.id = l.supplier_order_id"
    " WHERE d.status = 'open' AND l.product_size_id = {t}.product_size_id"
    " AND COALESCE(d.warehouse_id, o.warehouse_id) = {t}.warehouse_id), 0)",
)
FREE = computed("stock_free", "{t}.physical - {t}.allocated")
AVAILABLE = computed("stock_available", f"{{t}}.physical - {{t}}.allocated + MAX({_INCOMING} - {_LINKED}, 0)")
NONE = computed("stock_none", "0")
# Of what came in with a line of a stock change: the oldest goes first, so what is free lies in the newest lines.
FREE_OF_LINE = computed(
    "stock_line_free",
    "MAX(0, MIN({t}.quantity, COALESCE((SELECT k.physical - k.allocated FROM stock k"
    " WHERE k.product_size_id = {t}.product_size_id AND k.warehouse_id = {t}.warehouse_id), 0)"
    " - COALESCE((SELECT SUM(n.quantity) FROM stock_changes n WHERE n.product_size_id = {t}.product_size_id"
    " AND n.id > {t}.id AND n.warehouse_id = {t}.warehouse_id AND n.quantity > 0), 0)))",
)


def levels(tx: Transaction, size_ids: Iterable[int]) -> list[Row]:
    """Stock rows of sizes, with variants and products.

    Columns: product_size_id, warehouse_id, physical, allocated, variant_id, product_id, place (in the size chart).
    """
    return tx.all(
        "SELECT k.product_size_id, k.warehouse_id, k.physical, k.allocated, z.variant_id, v.product_id, s.x AS place"
        " FROM stock k JOIN product_sizes z ON z.id = k.product_size_id JOIN sizes s ON s.id = z.size_id"
        f" JOIN variants v ON v.id = z.variant_id WHERE k.product_size_id {_AMONG}"
        " ORDER BY k.product_size_id, k.warehouse_id",
        (to_json(list(size_ids)),),
    )


def sizes(tx: Transaction, size_ids: Iterable[int]) -> list[Row]:
    """(id, variant_id, product_id, kind) of sizes."""
    return tx.all(
        "SELECT z.id, z.variant_id, v.product_id, p.kind FROM product_sizes z JOIN variants v ON v.id = z.variant_id"
        f" JOIN products p ON p.id = v.product_id WHERE z.id {_AMONG}",
        (to_json(list(size_ids)),),
    )


def ordered(tx: Transaction, size_ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Size -> (units of open orders that are not sent, those of them that nothing is reserved for)."""
    rows = tx.all(
        f"""
        SELECT size_id, SUM(left_over), SUM(MAX(left_over - reserved, 0)) FROM (
          SELECT l.product_size_id AS size_id,
                 MAX(l.quantity - l.cancelled_quantity - COALESCE((
                   SELECT SUM(sl.quantity) FROM shipment_lines sl JOIN shipments s ON s.id = sl.shipment_id
                   WHERE sl.order_line_id = l.id AND s.is_shipped), 0) - COALESCE((
                   SELECT SUM(r.quantity) FROM shipment_lines sl JOIN shipments s ON s.id = sl.shipment_id
                   JOIN return_lines r ON r.shipment_line_id = sl.id
                   WHERE sl.order_line_id = l.id AND NOT s.is_shipped), 0), 0) AS left_over,
                 COALESCE((SELECT SUM(a.quantity) FROM allocations a WHERE a.order_line_id = l.id), 0) AS reserved
          FROM order_lines l JOIN orders o ON o.id = l.order_id
          WHERE l.product_size_id {_AMONG} AND o.status IN {_OPEN}
        ) GROUP BY size_id
        """,
        (to_json(list(size_ids)),),
    )
    return {row[0]: (row[1], row[2]) for row in rows}


Sizes = Sequence[tuple[str, Iterable[int], bool]]
"""Which sizes: (id, variant_id or product_id, which ones, whether they are those that are not meant)."""


def in_warehouses(tx: Transaction, warehouse_ids: Iterable[int], sizes: Sizes = ()) -> dict[int, Row]:
    """Warehouse -> (physical, allocated, incoming, linked, delivering) of all these sizes together."""
    columns = {"id": "z.id", "variant_id": "z.variant_id", "product_id": "v.product_id"}
    parts = [f"{columns[name]} {'NOT ' * negated}{_ANY}" for name, _, negated in sizes]
    among = (
        "IN (SELECT z.id FROM product_sizes z JOIN variants v ON v.id = z.variant_id"
        f" WHERE {' AND '.join(parts) or '1'})"
    )
    chosen = [to_json(list(ids)) for _, ids, _ in sizes]
    found = tx.all(
        f"""
        SELECT w.value AS warehouse_id, COALESCE(k.physical, 0) AS physical, COALESCE(k.allocated, 0) AS allocated,
               COALESCE(y.incoming, 0) AS incoming, COALESCE(y.linked, 0) AS linked,
               COALESCE(y.delivering, 0) AS delivering
        FROM json_each(?) w
        LEFT JOIN (SELECT warehouse_id, SUM(physical) AS physical, SUM(allocated) AS allocated FROM stock
                   {"WHERE product_size_id " + among if sizes else ""}
                   GROUP BY warehouse_id) k ON k.warehouse_id = w.value
        LEFT JOIN (
          SELECT warehouse_id, SUM(incoming) AS incoming, SUM(linked) AS linked, SUM(delivering) AS delivering FROM (
            SELECT o.warehouse_id, MAX(l.quantity - l.delivered_quantity, 0) AS incoming,
                   COALESCE((SELECT SUM(k.quantity) FROM supplier_links k WHERE k.supplier_order_line_id = l.id), 0)
                     AS linked, 0 AS delivering
            FROM supplier_order_lines l JOIN supplier_orders o ON o.id = l.supplier_order_id
            WHERE o.is_confirmed {"AND l.product_size_id " + among if sizes else ""}
            UNION ALL
            SELECT COALESCE(d.warehouse_id, o.warehouse_id), 0, 0, dl.quantity
            FROM supplier_delivery_lines dl JOIN supplier_deliveries d ON d.id = dl.supplier_delivery_id
            JOIN supplier_order_lines l ON l.id = dl.supplier_order_line_id
            JOIN supplier_orders o ON o.id = d.supplier_order_id
            WHERE d.status = 'open' {"AND l.product_size_id " + among if sizes else ""}
          ) GROUP BY warehouse_id
        ) y ON y.warehouse_id = w.value
        """,
        (to_json(list(warehouse_ids)), *chosen, *chosen, *chosen),
    )
    return {row["warehouse_id"]: row for row in found}


def on_the_way(tx: Transaction, size_ids: Iterable[int]) -> list[Row]:
    """(product_size_id, warehouse_id, incoming, linked, delivering): what suppliers were asked for and still owe."""
    return tx.all(
        f"""
        SELECT product_size_id, warehouse_id, SUM(incoming) AS incoming, SUM(linked) AS linked,
               SUM(delivering) AS delivering
        FROM (
          SELECT l.product_size_id, o.warehouse_id, MAX(l.quantity - l.delivered_quantity, 0) AS incoming,
                 COALESCE((SELECT SUM(k.quantity) FROM supplier_links k WHERE k.supplier_order_line_id = l.id), 0)
                   AS linked, 0 AS delivering
          FROM supplier_order_lines l JOIN supplier_orders o ON o.id = l.supplier_order_id
          WHERE o.is_confirmed AND l.product_size_id {_AMONG}
          UNION ALL
          SELECT l.product_size_id, COALESCE(d.warehouse_id, o.warehouse_id), 0, 0, dl.quantity
          FROM supplier_delivery_lines dl JOIN supplier_deliveries d ON d.id = dl.supplier_delivery_id
          JOIN supplier_order_lines l ON l.id = dl.supplier_order_line_id
          JOIN supplier_orders o ON o.id = l.supplier_order_id
          WHERE d.status = 'open' AND l.product_size_id {_AMONG}
        ) GROUP BY product_size_id, warehouse_id
        """,
        (to_json(list(size_ids)),),
    )


def warehouse_ids(tx: Transaction) -> list[int]:
    """Every active warehouse."""
    return [row[0] for row in tx.all("SELECT id FROM warehouses WHERE status = 'active' ORDER BY id")]


# ------------------------------------------------------------------ changing it


def free(tx: Transaction, warehouse_id: int, size_ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Size -> (physical, allocated) in a warehouse."""
    rows = tx.all(
        f"SELECT product_size_id, physical, allocated FROM stock WHERE product_size_id {_AMONG} AND warehouse_id = ?2",
        (to_json(list(size_ids)), warehouse_id),
    )
    return {row[0]: (row[1], row[2]) for row in rows}


Cost = tuple[int | None, int | None]
"""What a piece costs: hundredths, and their currency."""


def unit_costs(tx: Transaction, size_ids: Iterable[int]) -> dict[int, Cost]:
    """Size -> what a piece of its variant costs."""
    rows = tx.all(
        "SELECT z.id, v.unit_cost, v.unit_cost_currency_id FROM product_sizes z JOIN variants v ON v.id = z.variant_id"
        f" WHERE z.id {_AMONG} AND v.unit_cost IS NOT NULL",
        (to_json(list(size_ids)),),
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def move(
    tx: Transaction,
    warehouse_id: int,
    changes: Iterable[tuple[int, int]],
    kind: str,
    reference: str,
    costs: Mapping[int, Cost],
) -> int | None:
    """Changes what lies in a warehouse, and notes it as one change. `changes`: (size, difference).

    Returns the id of the change, which is that of its first line; None for no changes.
    """
    head: int | None = None
    for size_id, difference in changes:
        cost, currency_id = costs.get(size_id, (None, None))
        tx.run(
            "INSERT INTO stock (product_size_id, warehouse_id, physical, updated_at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET physical = physical + excluded.physical, updated_at = excluded.updated_at"
            if difference >= 0
            else "UPDATE stock SET physical = physical + ?3, updated_at = ?4"
            " WHERE product_size_id = ?1 AND warehouse_id = ?2",
            (size_id, warehouse_id, difference, tx.now),
        )
        line_id = tx.insert(
            "stock_changes",
            product_size_id=size_id,
            warehouse_id=warehouse_id,
            quantity=difference,
            kind=kind,
            reference=reference,
            created_at=tx.now,
            head_id=head,
            unit_cost=cost,
            unit_cost_currency_id=currency_id,
        )
        head = head or line_id
    return head
