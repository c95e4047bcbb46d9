"""The index over the catalogue: what shops of one template share of it, and what they never do."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mockcentra.commerce.catalogue import records
from mockcentra.commerce.listing import listing_of
from mockcentra.store import Space, Spaces, Store, Transaction

STORE = 1
MAIN_LANGUAGE = 1


def rename(tx: Transaction) -> None:
    item_id, display_id = tx.one("SELECT id, display_id FROM display_items ORDER BY id") or (0, 0)
    tx.run("UPDATE displays SET uri = 'moved', name = 'Zzyzx' WHERE id = ?", (display_id,))
    tx.touch_listed([item_id])


def before_the_next_lock(store: Store, monkeypatch: Any) -> None:
    """Another thread renames a display just before the store's rows are read the next time."""
    reading = store.reading

    @contextmanager
    def late() -> Iterator[Transaction]:
        monkeypatch.setattr(store, "reading", reading)
        with store.transaction() as tx:
            rename(tx)
        with reading() as tx:
            yield tx

    monkeypatch.setattr(store, "reading", late)


def test_a_shop_that_changes_while_its_index_is_made_keeps_it_to_itself(spaces: Spaces, monkeypatch: Any):
    changing, other = spaces.get("changing").store, spaces.get("other").store
    listing_of(changing, STORE)  # reference data, attributes and settings are there
    changing.shared.values["catalogue"].shared.clear()
    before_the_next_lock(changing, monkeypatch)
    assert listing_of(changing, STORE).find_uri("moved", MAIN_LANGUAGE) is not None
    assert listing_of(other, STORE).find_uri("moved", MAIN_LANGUAGE) is None


def test_words_of_a_shop_that_changed_do_not_reach_others(spaces: Spaces, monkeypatch: Any):
    changing, other = spaces.get("changing").store, spaces.get("other").store
    other.shared.values.pop("catalogue", None)
    shared = listing_of(changing, STORE)
    assert listing_of(other, STORE) is shared
    before_the_next_lock(changing, monkeypatch)
    assert shared.lexicon(changing, MAIN_LANGUAGE).match("zzyzx")
    assert not shared.lexicon(other, MAIN_LANGUAGE).match("zzyzx")


def test_records_read_after_a_change_that_nobody_announced_yet_are_not_kept(space: Space, spaces: Spaces):
    store, other = space.store, spaces.get("other").store
    store.shared.values.pop("records", None)
    with store.transaction() as tx:
        item_id = tx.value("SELECT id FROM display_items LIMIT 1")
        rename(tx)
        assert records(tx, [item_id])[item_id].uri == "moved"
        tx.touch_items([item_id])
    with other.reading() as tx:
        assert records(tx, [item_id])[item_id].uri != "moved"
