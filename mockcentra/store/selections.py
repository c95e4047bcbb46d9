"""Rows of selections: carts and order sheets, their lines, their parts and their vouchers."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from mockcentra.store.database import Row, Transaction, marks
from mockcentra.store.sessions import Session


def create(tx: Transaction, session: Session) -> int:
    """A new empty selection in the session's context; returns its id."""
    return tx.insert(
        "selections",
        hash=tx.hex(32),
        store_id=session.store_id,
        market_id=session.market_id,
        pricelist_id=session.pricelist_id,
        country_id=session.country_id,
        state_id=session.state_id,
        language_id=session.language_id if session.language_chosen else None,
        customer_id=session.customer_id,
        created_at=tx.now,
        updated_at=tx.now,
    )


def get(tx: Transaction, selection_id: int) -> Row | None:
    return tx.one("SELECT * FROM selections WHERE id = ?", (selection_id,))


def by_hash(tx: Transaction, selection_hash: str) -> Row | None:
    return tx.one("SELECT * FROM selections WHERE hash = ?", (selection_hash,))


def update(tx: Transaction, selection_id: int, **columns: Any) -> None:
    tx.update("selections", selection_id, updated_at=tx.now, **columns)


def lines(tx: Transaction, selection_id: int) -> list[Row]:
    return tx.all("SELECT * FROM selection_lines WHERE selection_id = ? ORDER BY id", (selection_id,))


def line_by_hash(tx: Transaction, selection_id: int, line_hash: str) -> Row | None:
    return tx.one("SELECT * FROM selection_lines WHERE selection_id = ? AND hash = ?", (selection_id, line_hash))


def parts(tx: Transaction, selection_id: int) -> dict[int, list[Row]]:
    """Line id -> what was picked for its bundle's sections."""
    found: dict[int, list[Row]] = defaultdict(list)
    for row in tx.all(
        "SELECT part.* FROM selection_line_parts part JOIN selection_lines line ON line.id = part.selection_line_id"
        " WHERE line.selection_id = ? ORDER BY part.selection_line_id, part.bundle_section_id, part.position",
        (selection_id,),
    ):
        found[row["selection_line_id"]].append(row)
    return found


def add_line(tx: Transaction, selection_id: int, **columns: Any) -> int:
    return tx.insert("selection_lines", selection_id=selection_id, hash=tx.hex(32), **columns)


def add_parts(tx: Transaction, line_id: int, picked: Sequence[tuple[int, int, int, int, int]]) -> None:
    """`picked`: (section id, position, display item id, product size id, quantity)."""
    tx.run_many(
        "INSERT INTO selection_line_parts (selection_line_id, bundle_section_id, position, display_item_id,"
        " product_size_id, quantity) VALUES (?, ?, ?, ?, ?, ?)",
        [(line_id, *part) for part in picked],
    )


def update_line(tx: Transaction, line_id: int, **columns: Any) -> None:
    tx.update("selection_lines", line_id, **columns)


def remove_lines(tx: Transaction, line_ids: Sequence[int]) -> None:
    if line_ids:
        tx.run(f"DELETE FROM selection_lines WHERE id IN ({marks(line_ids)})", line_ids)


def remove_gifts(tx: Transaction, selection_id: int) -> None:
    """Takes out the free products of vouchers, but for those that stay: they are sold like any other."""
    where = "selection_id = ? AND free_voucher_id IS NOT NULL"
    if tx.value(f"SELECT 1 FROM selection_lines WHERE {where} LIMIT 1", (selection_id,)) is not None:
        tx.run(f"DELETE FROM selection_lines WHERE {where} AND NOT gift_stays", (selection_id,))
        tx.run(f"UPDATE selection_lines SET is_kept_gift = 1 WHERE {where}", (selection_id,))


def clear(tx: Transaction, selection_id: int) -> None:
    """Takes out every line."""
    tx.run("DELETE FROM selection_lines WHERE selection_id = ?", (selection_id,))


def move_line(tx: Transaction, line_id: int, selection_id: int) -> None:
    tx.update("selection_lines", line_id, selection_id=selection_id)


# ------------------------------------------------------------------ vouchers on a selection


def voucher_ids(tx: Transaction, selection_id: int) -> dict[int, int | None]:
    """The vouchers that were added, in that order -> the code by which, if it is not the voucher's own."""
    return {
        row[0]: row[1]
        for row in tx.all(
            "SELECT voucher_id, subvoucher_id FROM selection_vouchers WHERE selection_id = ?"
            " ORDER BY added_at, voucher_id",
            (selection_id,),
        )
    }


def add_voucher(tx: Transaction, selection_id: int, voucher_id: int, subvoucher_id: int | None = None) -> None:
    """Adds a voucher; by another of its codes it is the same voucher still."""
    tx.run(
        "INSERT INTO selection_vouchers (selection_id, voucher_id, subvoucher_id, added_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (selection_id, voucher_id) DO UPDATE SET subvoucher_id = excluded.subvoucher_id",
        (selection_id, voucher_id, subvoucher_id, tx.now),
    )


def remove_voucher(tx: Transaction, selection_id: int, voucher_id: int) -> None:
    tx.run("DELETE FROM selection_vouchers WHERE selection_id = ? AND voucher_id = ?", (selection_id, voucher_id))
    tx.run("DELETE FROM selection_declined_gifts WHERE selection_id = ? AND voucher_id = ?", (selection_id, voucher_id))


def decline_gift(tx: Transaction, selection_id: int, voucher_id: int, variant_id: int) -> None:
    """Notes that the shopper took a free product out again."""
    tx.run(
        "INSERT OR IGNORE INTO selection_declined_gifts (selection_id, voucher_id, variant_id) VALUES (?, ?, ?)",
        (selection_id, voucher_id, variant_id),
    )


def declined_gifts(tx: Transaction, selection_id: int) -> set[tuple[int, int]]:
    """(voucher, variant) of the free products that the shopper took out."""
    return {
        (row[0], row[1])
        for row in tx.all(
            "SELECT voucher_id, variant_id FROM selection_declined_gifts WHERE selection_id = ?", (selection_id,)
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
