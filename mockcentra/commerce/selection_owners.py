"""Whose cart it is: signing in makes one of two carts, signing out leaves one with the account."""

from collections.abc import Mapping

from mockcentra.commerce.selection_form import known_fields
from mockcentra.commerce.selection_lines import MAX_QUANTITY
from mockcentra.commerce.selections import context_changed, open_selection
from mockcentra.commerce.sessions import Session
from mockcentra.store import Transaction
from mockcentra.store import selections as rows
from mockcentra.store import sessions as session_rows
from mockcentra.store.database import from_json, to_json
from mockcentra.store.selections import Line, Selection


def merge_into_customer(tx: Transaction, session: Session, customer_id: int, address: Mapping[str, str]) -> None:
    """The session's cart and the account's saved one become one; identical items add up (checkout-api.md 16).

    `address` is the customer's stored one, which the selection takes where it has none of its own.
    """
    guest_id = session.selection_id if not session.show_order else None
    saved_id = rows.saved_selection(tx, customer_id)
    saved = rows.get(tx, saved_id) if saved_id is not None else None
    session.customer_id = customer_id
    if saved is None:
        selection = open_selection(tx, session)
    else:
        selection = saved
        guest = rows.get(tx, guest_id) if guest_id is not None and guest_id != saved.id else None
        if guest is not None:
            _move_lines(tx, guest, saved)
        session.selection_id, session.show_order = saved.id, 0
    rows.save_for_customer(tx, customer_id, selection.id)
    kept = {key: value for key, value in from_json(selection.address_json).items() if value}
    rows.update(tx, selection, address_json=to_json({**known_fields(address), **kept}))
    context_changed(tx, session)


def leave(tx: Transaction, session: Session) -> None:
    """Signing out: the session starts with an empty cart, the account keeps its own."""
    session.customer_id = None
    session.selection_id = None
    session.show_order = 0
    session_rows.save(tx, session)


def _move_lines(tx: Transaction, guest: Selection, saved: Selection) -> None:
    """Every line of the guest's cart moves to the saved one, or raises the quantity of its twin there."""
    if any(line.gift_certificate_id for line in guest.lines):
        rows.remove_lines(tx, saved, {line.id for line in saved.lines})
    elif guest.lines:
        rows.remove_lines(tx, saved, {line.id for line in saved.lines if line.gift_certificate_id})
    twins = {_identity(line): line for line in saved.lines}
    for line in guest.lines:
        twin = twins.get(_identity(line))
        if twin is None:
            rows.move_line(tx, line, guest, saved)
        elif line.free_voucher_id is None:
            rows.update_line(tx, twin, quantity=min(twin.quantity + line.quantity, MAX_QUANTITY))
    for voucher_id, own_id in guest.voucher_ids.items():
        rows.add_voucher(tx, saved, voucher_id, own_id)
    rows.update(tx, guest, status="dropped")


def _identity(line: Line) -> tuple[object, ...]:
    """What makes a line differ from another, whatever cart it is in and however many pieces it is of."""
    return (
        line.display_item_id, line.product_size_id, line.comment, line.product_url, line.category_id,
        line.localization_name, line.localized_size, line.subscription_plan_id, line.gift_certificate_id,
        line.gift_amount, line.free_voucher_id, line.free_price, line.gift_stays, line.is_kept_gift, line.parts,
    )  # fmt: skip
