"""Selections as a transaction sees them: read once, changed with their rows, and forgotten when that is undone."""

import pytest

from mockcentra.store import Store, Transaction
from mockcentra.store import selections as rows
from mockcentra.store import sessions as session_rows
from mockcentra.store.selections import Part, Selection
from mockcentra.store.sessions import Session


def begun(tx: Transaction, token: str = "t") -> tuple[Session, Selection]:
    session = Session(token, 1, None, None, 1, 1, 1, created_at=tx.now, used_at=tx.now)
    selection = rows.create(tx, session)
    session.selection_id = selection.id
    session_rows.save(tx, session)
    return session, selection


def reread(tx: Transaction, selection: Selection) -> Selection:
    """The selection as its rows have it."""
    rows.forget(tx, selection.id)
    found = rows.get(tx, selection.id)
    assert found is not None
    return found


def test_what_is_kept_is_what_the_rows_say(store: Store) -> None:
    with store.transaction() as tx:
        _, selection = begun(tx)
        first = rows.add_line(tx, selection, display_item_id=1, product_size_id=1, quantity=2)
        parts = [Part(1, 0, 2, 3, 1), Part(1, 1, 2, 4, 1)]
        bundle = rows.add_line(tx, selection, parts, display_item_id=5, product_size_id=6, quantity=1, comment="x")
        third = rows.add_line(tx, selection, display_item_id=1, product_size_id=2, quantity=1, free_voucher_id=1)
        rows.update_line(tx, first, quantity=5)
        rows.update_line(tx, bundle, subscription_plan_id=1)
        rows.remove_lines(tx, selection, {third.id})
        rows.add_voucher(tx, selection, 2)
        rows.add_voucher(tx, selection, 1)
        rows.add_voucher(tx, selection, 3)
        rows.remove_voucher(tx, selection, 3)
        rows.update(tx, selection, gift_message="for you", newsletter=1)
        assert rows.get(tx, selection.id) is selection
        assert reread(tx, selection) == selection
        assert [line.quantity for line in selection.lines] == [5, 1]
        assert selection.lines[1].parts == tuple(parts)
    with store.reading() as tx:
        assert rows.get(tx, selection.id) == selection


def test_a_line_moves_between_carts(store: Store) -> None:
    with store.transaction() as tx:
        (_, one), (_, other) = begun(tx), begun(tx, "u")
        moved = rows.add_line(tx, one, display_item_id=1, product_size_id=1, quantity=2)
        rows.add_line(tx, other, display_item_id=1, product_size_id=2, quantity=1)
        rows.move_line(tx, moved, one, other)
        assert [line.product_size_id for line in other.lines] == [1, 2]
        assert one.lines == []
        assert reread(tx, one) == one
        assert reread(tx, other) == other


def test_what_is_undone_is_read_anew(store: Store) -> None:
    with store.transaction() as tx:
        session, selection = begun(tx)
        line = rows.add_line(tx, selection, display_item_id=1, product_size_id=1, quantity=2)
        with pytest.raises(ValueError, match="part"), tx.savepoint():
            rows.update_line(tx, line, quantity=7)
            session.language_id = 2
            session_rows.save(tx, session)
            raise ValueError("part")
        found = rows.get(tx, selection.id)
        assert found is not None
        assert [each.quantity for each in found.lines] == [2]
        loaded = session_rows.load(tx, "t")
        assert loaded is not None
        assert loaded.language_id == 1
        session_rows.save(tx, session)  # what its row said before it was undone does not count
    with store.reading() as tx:
        loaded = session_rows.load(tx, "t")
        assert loaded is not None
        assert loaded.language_id == 2


def test_a_selection_that_became_an_order_leaves_every_other_session(store: Store) -> None:
    with store.transaction() as tx:
        session, selection = begun(tx)
        guest = Session("u", 1, None, None, 1, 1, 1, selection_id=selection.id)
        session_rows.save(tx, guest)
        session_rows.detach_selection(tx, selection.id, session.token)
        loaded = session_rows.load(tx, "u")
        assert loaded is not None
        assert loaded.selection_id is None
        guest.selection_id = selection.id
        session_rows.save(tx, guest)
    with store.reading() as tx:
        loaded = session_rows.load(tx, "u")
        assert loaded is not None
        assert loaded.selection_id == selection.id
