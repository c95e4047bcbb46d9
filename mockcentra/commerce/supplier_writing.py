"""Writing suppliers, what they sell, what is ordered from them, and what they announce to bring."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from mockcentra.commerce import suppliers
from mockcentra.commerce.errors import Conflict, Invalid
from mockcentra.commerce.stock_items import primary_warehouse
from mockcentra.store import Transaction, records
from mockcentra.store import suppliers as rows
from mockcentra.store.database import from_json, to_json


class Line(Struct):
    """So many pieces of a size, and what one costs; `cost` None: what the supplier wants for it.

    `customs` is in hundredths of a percent, or of the supplier's currency. `order_line_id`: whose pieces they are.
    """

    product_size_id: int
    variant_id: int
    quantity: int
    cost: int | None = None
    customs_type: str | None = None
    customs: int | None = None
    order_line_id: int | None = None


# What orders have of their suppliers, unless they say otherwise.
_SHARED = ("payment_terms_id", "shipping_terms_id", "document_template_id")


def create(tx: Transaction, *, name: str, details: Mapping[str, Any], **columns: Any) -> int:
    """A new supplier; returns its id. Raises Conflict (`name`)."""
    if rows.is_name_taken(tx, name):
        raise Conflict({"name": "taken"})
    supplier_id = records.add(tx, "suppliers", name=name, details_json=to_json(dict(details)), **columns)
    tx.event("supplier", supplier_id, "created")
    return supplier_id


def change(tx: Transaction, supplier_id: int, *, details: Mapping[str, Any], **columns: Any) -> bool:
    """Changes a supplier; `details` are those that differ. Returns whether anything did. Raises Conflict (`name`)."""
    if "name" in columns and rows.is_name_taken(tx, columns["name"], supplier_id):
        raise Conflict({"name": "taken"})
    if not _change(tx, "suppliers", supplier_id, details, columns):
        return False
    tx.event("supplier", supplier_id, "updated")
    return True


def _change(tx: Transaction, table: str, row_id: int, details: Mapping[str, Any], columns: dict[str, Any]) -> bool:
    row = records.get(tx, table, row_id)
    assert row is not None
    merged = {**from_json(row["details_json"]), **details}
    return records.change(tx, table, row_id, **columns, details_json=to_json(merged))


def set_supplies(tx: Transaction, supplier_id: int, supplies: Mapping[int, Mapping[str, Any]]) -> None:
    """What a supplier wants for variants: variant -> cost, customs_type and customs."""
    for variant_id, columns in supplies.items():
        rows.put_supply(tx, supplier_id, variant_id, **columns)
    if supplies:
        tx.event("supplier", supplier_id, "updated")


def unset_supplies(tx: Transaction, supplier_id: int, variant_ids: Iterable[int]) -> None:
    """Variants that a supplier does not sell any more."""
    if rows.remove_supplies(tx, supplier_id, variant_ids):
        tx.event("supplier", supplier_id, "updated")


# ------------------------------------------------------------------ orders


def create_order(
    tx: Transaction, supplier_id: int, lines: Sequence[Line], *, details: Mapping[str, Any], **columns: Any
) -> int:
    """A new supplier order, numbered next; returns its id. It is confirmed when the supplier said when it is sent.

    Without a `warehouse_id` it goes where the supplier usually delivers, else to the primary warehouse. Terms and
    template are the supplier's where `details` do not say others.
    """
    supplier = records.get(tx, "suppliers", supplier_id)
    assert supplier is not None
    own = from_json(supplier["details_json"])
    usual = own.get("warehouse_id")
    details = {**{name: own[name] for name in _SHARED if own.get(name) is not None}, **details}
    order_id = rows.add_order(
        tx,
        **{
            "number": rows.next_number(tx),
            "supplier_id": supplier_id,
            "currency_id": supplier["currency_id"],
            "is_confirmed": int(details.get("confirmed_etd_at") is not None),
            "details_json": to_json(dict(details)),
            **columns,
            "warehouse_id": columns.get("warehouse_id") or usual or primary_warehouse(tx).id,
        },
    )
    _add_lines(tx, order_id, supplier_id, lines)
    tx.event("supplier_order", order_id, "created")
    return order_id


def change_order(
    tx: Transaction, order_id: int, lines: Sequence[Line], *, details: Mapping[str, Any], **columns: Any
) -> bool:
    """Changes a supplier order and adds lines; returns whether anything differed."""
    row = records.get(tx, "supplier_orders", order_id)
    assert row is not None
    if details.get("confirmed_etd_at") is not None:
        columns["is_confirmed"] = 1
    changed = _change(tx, "supplier_orders", order_id, details, columns)
    _add_lines(tx, order_id, row["supplier_id"], lines)
    if not changed and not lines:
        return False
    tx.event("supplier_order", order_id, "updated")
    return True


def _add_lines(tx: Transaction, order_id: int, supplier_id: int, lines: Sequence[Line]) -> None:
    known = rows.costs(tx, supplier_id, {line.variant_id for line in lines})
    for line in lines:
        if line.quantity < 1:
            raise Invalid({"quantity": "must be at least 1"})
        usual = known.get(line.variant_id)
        rows.add_order_line(
            tx,
            order_id,
            line.product_size_id,
            line.quantity,
            line.cost if line.cost is not None else usual["cost"] if usual else 0,
            customs_type=line.customs_type or (usual["customs_type"] if usual else "PERCENT"),
            customs=line.customs if line.customs is not None else usual["customs"] if usual else 0,
        )


# ------------------------------------------------------------------ deliveries


def create_delivery(
    tx: Transaction, order_id: int, lines: Sequence[Line], *, details: Mapping[str, Any], warehouse_id: int | None
) -> int:
    """A delivery of a supplier order, which is confirmed then; returns its id.

    Pieces that belong to a customer's order wait for it from now on. Raises Invalid (`lines`) for more than the order
    still lacks.
    """
    left = _undelivered(tx, order_id)
    wanted: list[tuple[int, int]] = []
    for line in lines:
        quantity = line.quantity
        for order_line in left.get(line.product_size_id, ()):
            taken = min(quantity, order_line[1])
            if taken <= 0:
                continue
            order_line[1] -= taken
            quantity -= taken
            wanted.append((order_line[0], taken))
            if line.order_line_id is not None:
                suppliers.link(tx, line.order_line_id, order_line[0], taken)
        if quantity > 0 or line.quantity < 1:
            raise Invalid({"lines": f"the order has no {line.quantity} pieces of size {line.product_size_id} to come"})
    rows.confirm_order(tx, order_id)
    delivery_id = suppliers.announce(
        tx, order_id, wanted, warehouse_id=warehouse_id, details_json=to_json(dict(details))
    )
    tx.event("supplier_order", order_id, "updated")
    return delivery_id


def _undelivered(tx: Transaction, order_id: int) -> dict[int, list[list[int]]]:
    """Size -> [line of the order, pieces that no delivery has], in the order of the lines."""
    announced = rows.announced(tx, order_id)
    found: dict[int, list[list[int]]] = {}
    for line in rows.order_lines(tx, [order_id]).get(order_id, ()):
        rest = line["quantity"] - announced.get(line["id"], 0)
        found.setdefault(line["product_size_id"], []).append([line["id"], rest])
    return found
