"""The ground: transactions by outcome, values derived from rows, stamps, and threads on one store."""

import random
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from mockcentra.commerce.errors import Invalid, OutOfStock
from mockcentra.store import Shared, Store, Transaction
from mockcentra.store.cache import ByteCache
from mockcentra.store.template import create_schema, memory_connection


@pytest.fixture
def empty() -> Store:
    connection = memory_connection()
    create_schema(connection)
    return Store(connection, Shared())


def count(store: Store) -> int:
    with store.reading() as tx:
        return tx.value("SELECT COUNT(*) FROM statics")


def add(tx: Transaction, name: str = "text") -> int:
    return tx.insert("statics", store_id=1, name=name, content="")


# ------------------------------------------------------------------ outcomes


def test_a_transaction_commits_when_its_block_ends(empty: Store):
    with empty.transaction() as tx:
        assert add(tx) == 1
    assert count(empty) == 1


@pytest.mark.parametrize(
    ("error", "kept"), [(Invalid({"name": "required"}), 0), (ValueError("bug"), 0), (OutOfStock([]), 1)]
)
def test_an_exception_says_whether_its_changes_stay(empty: Store, error: Exception, kept: int):
    with pytest.raises(type(error)), empty.transaction() as tx:
        add(tx)
        raise error
    assert count(empty) == kept
    with empty.transaction() as tx:
        add(tx)
    assert count(empty) == kept + 1


def test_a_rehearsal_leaves_nothing_behind(empty: Store):
    with empty.transaction(discard=True) as tx:
        add(tx)
    with pytest.raises(OutOfStock), empty.transaction(discard=True) as tx:
        add(tx)
        raise OutOfStock([])
    assert count(empty) == 0


def test_a_savepoint_undoes_its_own_part(empty: Store):
    with empty.transaction() as tx:
        add(tx, "kept")
        with pytest.raises(ValueError, match="part"), tx.savepoint():
            add(tx, "undone")
            raise ValueError("part")
        add(tx, "kept too")
    assert count(empty) == 2


def test_transactions_do_not_nest(empty: Store):
    with empty.transaction(), pytest.raises(RuntimeError), empty.transaction():
        pass
    assert count(empty) == 0


def test_reading_inside_a_transaction_sees_it(empty: Store):
    with empty.transaction() as tx:
        add(tx)
        assert count(empty) == 1


def test_the_schema_holds_its_invariants(empty: Store):
    with empty.transaction() as tx:
        tx.insert("warehouses", name="Here")
        tx.insert("stock", product_size_id=1, warehouse_id=1, physical=3, allocated=1)
    for statement in (
        "UPDATE stock SET allocated = 4",
        "UPDATE stock SET physical = -1",
        "INSERT INTO stock (product_size_id, warehouse_id) VALUES (1, 99)",
    ):
        with pytest.raises(sqlite3.IntegrityError), empty.transaction() as tx:
            tx.run(statement)


# ------------------------------------------------------------------ derived values and stamps


def names(tx: Transaction) -> list[str]:
    return [row["name"] for row in tx.all("SELECT name FROM statics ORDER BY id")]


def test_derived_values_are_shared_until_their_rows_change():
    one, other = two_shops()
    assert one.derived("names", names) is other.derived("names", names)
    with one.transaction() as tx:
        add(tx, "new")
        tx.touch("names")
        assert one.derived("names", names) == ["new"], "inside the transaction it is read afresh"
    assert one.derived("names", names) == ["new"]
    assert other.derived("names", names) == [], "the other shop keeps what it shares with the template"


def two_shops() -> tuple[Store, Store]:
    """Two stores with the same (no) rows that share what is derived from them."""
    connection, copy, shared = memory_connection(), memory_connection(), Shared()
    create_schema(connection)
    connection.backup(copy)
    return Store(connection, shared), Store(copy, shared)


def test_what_is_derived_of_uncommitted_rows_is_never_kept():
    one, other = two_shops()
    with one.transaction() as tx:
        add(tx, "new")
        assert one.derived("names", names) == ["new"], "asked for before the change was announced"
        tx.touch("names")
    assert other.derived("names", names) == []
    with pytest.raises(ValueError, match="no"), one.transaction() as tx:
        add(tx, "newer")
        assert one.derived("all names", names) == ["new", "newer"]
        raise ValueError("no")
    assert one.derived("all names", names) == ["new"]


def test_a_transaction_derives_anew_what_it_changes_and_only_then(empty: Store):
    with empty.transaction() as tx:
        add(tx, "one")
        tx.touch("names")
        first = empty.derived("names", names)
        assert empty.derived("names", names) is first == ["one"]
        with pytest.raises(ValueError, match="no"), tx.savepoint():
            add(tx, "two")
            assert empty.derived("names", names) == empty.derived("more names", names) == ["one", "two"]
            raise ValueError("no")
        assert empty.derived("names", names) == empty.derived("more names", names) == ["one"]


def test_a_rolled_back_change_makes_nothing_stale(empty: Store):
    before = empty.derived("names", names)
    with pytest.raises(ValueError, match="no"), empty.transaction() as tx:
        add(tx)
        tx.touch("names")
        tx.touch_items([7])
        raise ValueError("no")
    assert empty.derived("names", names) is before
    assert empty.stamp([7]) == 0


def test_stamps_grow_with_every_change(empty: Store):
    assert empty.stamp([1, 2, 3]) == 0
    with empty.transaction() as tx:
        tx.touch_items([1, 2])
    first = empty.stamp([1])
    assert first == empty.stamp([2, 3]) > 0
    assert empty.stamp([3]) == 0
    with empty.transaction() as tx:
        tx.touch_items([2])
    assert empty.stamp([1]) == first < empty.stamp([1, 2])


# ------------------------------------------------------------------ dice


def test_dice_can_be_loaded_by_the_seed(empty: Store):
    def drawn() -> list[str]:
        empty.dice = random.Random(7)
        with empty.transaction() as tx:
            return [tx.hex(32), tx.token(), tx.hex(40)]

    first = drawn()
    assert first == drawn()
    assert [len(text) for text in first] == [32, 26, 40]
    assert first[1].isascii()
    assert first[1].isalnum()
    assert first[1] == first[1].lower()


def test_without_a_seed_nobody_can_guess(empty: Store):
    with empty.transaction() as tx:
        assert len({tx.token() for _ in range(1000)}) == 1000


# ------------------------------------------------------------------ threads


def test_eight_threads_lose_no_update(empty: Store):
    with empty.transaction() as tx:
        tx.run("INSERT INTO counters (name, value) VALUES ('order', 1000)")

    def draw(_: int) -> int:
        with empty.transaction() as tx:
            number = tx.next_number("order")
            add(tx)
            return number

    with ThreadPoolExecutor(8) as pool:
        drawn = list(pool.map(draw, range(400)))
    assert sorted(drawn) == list(range(1001, 1401))
    assert count(empty) == 400


def test_readers_never_see_half_a_transaction(empty: Store):
    stop = threading.Event()
    seen: set[int] = set()

    def read() -> None:
        while not stop.is_set():
            seen.add(count(empty) % 2)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for _ in range(100):
        with empty.transaction() as tx:
            add(tx)
            add(tx)
    stop.set()
    for reader in readers:
        reader.join()
    assert seen == {0}


# ------------------------------------------------------------------ bytes


def test_the_byte_cache_drops_what_was_used_least_recently():
    cache = ByteCache(100)
    cache.put("a", "A", 40)
    cache.put("b", "B", 40)
    assert cache.get("a") == "A"
    cache.put("c", "C", 40)
    assert (cache.get("a"), cache.get("b"), cache.get("c")) == ("A", None, "C")
    cache.put("huge", "H", 101)
    assert cache.get("huge") is None
    cache.put("a", "again", 60)
    assert cache.bytes <= 100
    assert cache.get("a") == "again"
