"""Rows of selections: carts and order sheets, their lines, their parts and their vouchers.

A transaction reads a selection once and gets the same object from then on. What changes its rows here changes the
object too, so that nothing is read back that was just written; who changes them elsewhere says so with `forget`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple

from mockcentra.store.database import Row, Transaction, marks
from mockcentra.store.sessions import Session


class Part(NamedTuple):
    """What was picked for a section of a flexible bundle."""

    section_id: int
    position: int
    display_item_id: int
    product_size_id: int
    quantity: int


@dataclass(slots=True)
class Line:
    """A line of a selection. Without a display item it is a gift certificate."""

    id: int
    selection_id: int
    hash: str
    display_item_id: int | None = None
    product_size_id: int | None = None
    quantity: int = 1
    comment: str = ""
    product_url: str | None = None
    category_id: int | None = None
    localization_name: str = ""
    localized_size: str | None = None
    subscription_plan_id: int | None = None
    gift_certificate_id: int | None = None
    gift_amount: int | None = None
    free_voucher_id: int | None = None
    free_price: int | None = None
    gift_stays: int = 0
    is_kept_gift: int = 0
    parts: tuple[Part, ...] = ()


@dataclass(slots=True)
class Selection:
    """A selection with everything in it, as its transaction sees it."""

    id: int
    hash: str
    store_id: int
    status: str
    market_id: int
    pricelist_id: int
    country_id: int | None
    state_id: int | None
    language_id: int | None
    customer_id: int | None
    created_at: int
    updated_at: int
    account_id: int | None = None
    shipping_option_id: int | None = None
    payment_method_id: int | None = None
    address_json: str = "{}"
    shipping_address_json: str = "{}"
    has_shipping_address: int = 0
    additional_notes: str = ""
    gift_message: str = ""
    newsletter: int = 0
    consents_json: str = "[]"
    additional_fields_json: str = "{}"
    abandonment_email: int = 0
    lines: list[Line] = field(default_factory=list)
    voucher_ids: dict[int, int | None] = field(default_factory=dict)
    """The vouchers that were added, in that order -> the code by which, if it is not the voucher's own."""


_COLUMNS = tuple(column.name for column in fields(Selection) if column.name not in ("lines", "voucher_ids"))
_LINE_COLUMNS = tuple(column.name for column in fields(Line) if column.name != "parts")
_SELECT = f"""
    SELECT {", ".join(f"s.{name}" for name in _COLUMNS)},
      EXISTS (SELECT 1 FROM selection_vouchers v WHERE v.selection_id = s.id),
      EXISTS (SELECT 1 FROM selection_line_parts p WHERE p.selection_line_id = l.id),
      {", ".join(f"l.{name}" for name in _LINE_COLUMNS)}
    FROM selections s LEFT JOIN selection_lines l ON l.selection_id = s.id WHERE s.id = ? ORDER BY l.id
"""
_WIDTH = len(_COLUMNS)


# ------------------------------------------------------------------ reading


def get(tx: Transaction, selection_id: int) -> Selection | None:
    """A selection with its lines and vouchers."""
    key = ("selection", selection_id)
    found: Selection | None = tx.objects.get(key)
    if found is None:
        found = _read(tx, selection_id)
        if found is not None:
            tx.objects[key] = found
    return found


def _read(tx: Transaction, selection_id: int) -> Selection | None:
    rows = tx.all(_SELECT, (selection_id,))
    if not rows:
        return None
    selection = Selection(*rows[0][:_WIDTH])
    has_vouchers, _, line_id = rows[0][_WIDTH : _WIDTH + 3]
    if has_vouchers:
        selection.voucher_ids = _voucher_ids(tx, selection_id)
    if line_id is not None:
        selection.lines = [Line(*row[_WIDTH + 2 :]) for row in rows]
        if any(row[_WIDTH + 1] for row in rows):
            _read_parts(tx, selection)
    return selection


def _voucher_ids(tx: Transaction, selection_id: int) -> dict[int, int | None]:
    return {
        row[0]: row[1]
        for row in tx.all(
            "SELECT voucher_id, subvoucher_id FROM selection_vouchers WHERE selection_id = ?"
            " ORDER BY added_at, voucher_id",
            (selection_id,),
        )
    }


def _read_parts(tx: Transaction, selection: Selection) -> None:
    by_id = {line.id: line for line in selection.lines}
    for row in tx.all(
        "SELECT selection_line_id, bundle_section_id, position, display_item_id, product_size_id, quantity"
        f" FROM selection_line_parts WHERE selection_line_id IN ({marks(tuple(by_id))})"
        " ORDER BY selection_line_id, bundle_section_id, position",
        tuple(by_id),
    ):
        by_id[row[0]].parts += (Part(*row[1:]),)


def by_hash(tx: Transaction, selection_hash: str) -> Selection | None:
    selection_id = tx.value("SELECT id FROM selections WHERE hash = ?", (selection_hash,))
    return None if selection_id is None else get(tx, selection_id)


def forget(tx: Transaction, selection_id: int) -> None:
    """The selection is read anew when it is asked for next."""
    tx.objects.pop(("selection", selection_id), None)


# ------------------------------------------------------------------ changing


def create(tx: Transaction, session: Session) -> Selection:
    """A new empty selection in the session's context."""
    columns: dict[str, Any] = {
        "hash": tx.hex(32),
        "store_id": session.store_id,
        "status": "open",
        "market_id": session.market_id,
        "pricelist_id": session.pricelist_id,
        "country_id": session.country_id,
        "state_id": session.state_id,
        "language_id": session.language_id if session.language_chosen else None,
        "customer_id": session.customer_id,
        "created_at": tx.now,
        "updated_at": tx.now,
    }
    selection = Selection(tx.insert("selections", **columns), **columns)
    tx.objects["selection", selection.id] = selection
    return selection


def update(tx: Transaction, selection: Selection, **columns: Any) -> None:
    """Sets columns of a selection, and notes that it was changed now. What it has already is not written."""
    columns["updated_at"] = tx.now
    differing = {name: value for name, value in columns.items() if getattr(selection, name) != value}
    tx.update("selections", selection.id, **differing)
    for name, value in differing.items():
        setattr(selection, name, value)


def add_line(tx: Transaction, selection: Selection, parts: Sequence[Part] = (), **columns: Any) -> Line:
    """A further line, with what was picked for a flexible bundle."""
    columns |= {"selection_id": selection.id, "hash": tx.hex(32)}
    line = Line(tx.insert("selection_lines", **columns), **columns)
    if parts:
        line.parts = tuple(parts)
        tx.run_many(
            "INSERT INTO selection_line_parts (selection_line_id, bundle_section_id, position, display_item_id,"
            " product_size_id, quantity) VALUES (?, ?, ?, ?, ?, ?)",
            [(line.id, *part) for part in parts],
        )
    selection.lines.append(line)
    return line


def update_line(tx: Transaction, line: Line, **columns: Any) -> None:
    """Sets columns of a line. What it has already is not written."""
    differing = {name: value for name, value in columns.items() if getattr(line, name) != value}
    tx.update("selection_lines", line.id, **differing)
    for name, value in differing.items():
        setattr(line, name, value)


def remove_lines(tx: Transaction, selection: Selection, line_ids: Collection[int]) -> None:
    """Takes out the lines with these ids."""
    if not line_ids:
        return
    tx.run(f"DELETE FROM selection_lines WHERE id IN ({marks(tuple(line_ids))})", tuple(line_ids))
    selection.lines = [line for line in selection.lines if line.id not in line_ids]


def move_line(tx: Transaction, line: Line, source: Selection, target: Selection) -> None:
    """Takes a line from one selection into another."""
    update_line(tx, line, selection_id=target.id)
    source.lines = [each for each in source.lines if each is not line]
    target.lines = sorted((*target.lines, line), key=lambda each: each.id)


# ------------------------------------------------------------------ vouchers on a selection


def add_voucher(tx: Transaction, selection: Selection, voucher_id: int, subvoucher_id: int | None = None) -> None:
    """Adds a voucher; by another of its codes it is the same voucher still."""
    tx.run(
        "INSERT INTO selection_vouchers (selection_id, voucher_id, subvoucher_id, added_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (selection_id, voucher_id) DO UPDATE SET subvoucher_id = excluded.subvoucher_id",
        (selection.id, voucher_id, subvoucher_id, tx.now),
    )
    selection.voucher_ids = _voucher_ids(tx, selection.id)


def remove_voucher(tx: Transaction, selection: Selection, voucher_id: int) -> None:
    key = (selection.id, voucher_id)
    tx.run("DELETE FROM selection_vouchers WHERE selection_id = ? AND voucher_id = ?", key)
    tx.run("DELETE FROM selection_declined_gifts WHERE selection_id = ? AND voucher_id = ?", key)
    selection.voucher_ids.pop(voucher_id, None)


def decline_gift(tx: Transaction, selection: Selection, voucher_id: int, variant_id: int) -> None:
    """Notes that the shopper took a free product out again."""
    tx.run(
        "INSERT OR IGNORE INTO selection_declined_gifts (selection_id, voucher_id, variant_id) VALUES (?, ?, ?)",
        (selection.id, voucher_id, variant_id),
    )


def declined_gifts(tx: Transaction, selection: Selection) -> set[tuple[int, int]]:
    """(voucher, variant) of the free products that the shopper took out."""
    return {
        (row[0], row[1])
        for row in tx.all(
            "SELECT voucher_id, variant_id FROM selection_declined_gifts WHERE selection_id = ?", (selection.id,)
        )
    }


# ------------------------------------------------------------------ whose cart


def tax_class_of_customer(tx: Transaction, customer_id: int) -> int | None:
    return tx.value("SELECT tax_class_id FROM customers WHERE id = ?", (customer_id,))


def saved_selection(tx: Transaction, customer_id: int) -> int | None:
    """The open selection that is kept with an account."""
    return tx.value(
        "SELECT selection.id FROM customers customer JOIN selections selection ON selection.id = customer.selection_id"
        " WHERE customer.id = ? AND selection.status = 'open'",
        (customer_id,),
    )


def save_for_customer(tx: Transaction, customer_id: int, selection_id: int | None) -> None:
    tx.run("UPDATE customers SET selection_id = ? WHERE id = ?", (selection_id, customer_id))


def campaign_site(tx: Transaction, store_id: int, uri: str) -> Row | None:
    return tx.one("SELECT * FROM campaign_sites WHERE store_id = ? AND uri = ? AND status = 'active'", (store_id, uri))
