"""One shop's database: the connection, the lock around it, transactions, and what is derived from its rows.

A `Store` has one SQLite connection and one lock. Whoever reads or writes rows holds the lock; whoever renders an answer
does not. Values that are derived from rows and read far more often than written (the reference data, the search index,
encoded products) live in caches that are told by the transaction what it changed.
"""

import itertools
import random
import secrets
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec

from mockcentra.store.clock import Clock

Row = sqlite3.Row
_stamps = itertools.count(1)
# Begun from the system's source; asking that for each number would let go of the interpreter every time.
_SYSTEM_DICE = random.Random(secrets.randbits(256))
_TOKEN_LETTERS = bytes(b"0123456789abcdefghijklmnopqrstuvwxyz"[byte % 36] for byte in range(256))


def _folded(text: Any) -> str | None:
    """A text without its upper and lower case."""
    return None if text is None else str(text).lower()


class Shared:
    """What all stores made from one template share: values derived from rows that none of them has changed."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.lock = threading.Lock()

    def cache(self, name: str, make: Callable[[], Any]) -> Any:
        """The cache called `name`, made on first use. Its keys must carry the stamps of what they show."""
        found = self.values.get(name)
        if found is None:
            with self.lock:
                found = self.values.setdefault(name, make())
        return found


class Store:
    """A shop's rows, its clock and its dice. Made by `Space`; never shared between two shops."""

    def __init__(self, connection: sqlite3.Connection, shared: Shared, clock: Clock | None = None) -> None:
        connection.row_factory = sqlite3.Row
        connection.isolation_level = None
        # SQLite itself knows the cases of ASCII letters only.
        connection.create_function("folded", 1, _folded, deterministic=True)
        self.connection = connection
        self.shared = shared
        self.clock = clock or Clock()
        self.dice: random.Random = _SYSTEM_DICE
        self.lock = threading.RLock()
        self.stamps: dict[int, int] = {}
        self.listed_stamps: dict[int, int] = {}
        self._own: dict[str, Any] = {}
        self._stale: set[str] = set()
        self._open: Transaction | None = None

    # -- transactions

    @contextmanager
    def transaction(self, discard: bool = False, source: str = "") -> Iterator["Transaction"]:
        """A transaction under the store's lock: committed when the block ends, rolled back when it raises.

        With `discard` it is rolled back in any case: a rehearsal that leaves nothing behind. `source` says who acts, as
        histories show it: `Order API`, `Integration API` ...

        An exception whose attribute `keeps_changes` is true is a documented outcome that leaves its changes behind
        (a 410 that trims the cart, a refused payment that is recorded): it commits and is raised again.
        Not re-entrant: rules take the transaction they are given.
        """
        with self.lock:
            if self._open is not None:
                raise RuntimeError("a transaction is open already; pass it on instead of opening another")
            transaction = Transaction(self, source)
            self.connection.execute("BEGIN")
            self._open = transaction
            try:
                yield transaction
            except BaseException as error:
                self._open = None
                self._finish(transaction, getattr(error, "keeps_changes", False) and not discard)
                raise
            self._open = None
            self._finish(transaction, not discard)

    def _finish(self, transaction: "Transaction", commit: bool) -> None:
        if not commit:
            self.connection.execute("ROLLBACK")
            transaction.forget_derived()
            return
        self.connection.execute("COMMIT")
        for name in transaction.touched:
            self._stale.add(name)
            self._own.pop(name, None)
        stamp = next(_stamps)
        # new dictionaries, so that readers without the lock never see one that is being changed
        if transaction.touched_items:
            self.stamps = {**self.stamps, **dict.fromkeys(transaction.touched_items, stamp)}
        if transaction.touched_listed:
            self.listed_stamps = {**self.listed_stamps, **dict.fromkeys(transaction.touched_listed, stamp)}

    @contextmanager
    def reading(self) -> Iterator["Transaction"]:
        """The lock and a `Transaction` to read with; inside an open transaction it is that one."""
        with self.lock:
            yield self._open or Transaction(self)

    # -- what is derived from rows

    def derived(self, name: str, build: Callable[["Transaction"], Any]) -> Any:
        """The value called `name`, made by `build` from rows when it is missing or its rows have changed.

        Readers need no lock when it is there. Values are immutable to their readers; a transaction says with
        `touch(name)` that the rows behind it changed.
        """
        open_transaction = self._open
        if open_transaction is None or name not in open_transaction.touched:
            value = self._own.get(name) if name in self._stale else self.shared.values.get(name)
            if value is not None:
                return value
        with self.reading() as transaction:
            if name in transaction.touched:
                return transaction.derived(name, build)
            keep = self._kept(name)
            value = keep.get(name)
            if value is None:
                value = keep[name] = build(transaction)
                transaction.built.add(name)
            return value

    def is_own(self, name: str) -> bool:
        """Whether the rows behind the value called `name` differ from the template's."""
        return name in self._stale

    @property
    def is_relisting(self) -> bool:
        """Whether a transaction is open that changed what lists find displays by."""
        open_transaction = self._open
        return open_transaction is not None and bool(open_transaction.touched_listed)

    def _kept(self, name: str) -> dict[str, Any]:
        """Where the value called `name` is kept: with this store once its rows differ from the template's."""
        return self._own if name in self._stale else self.shared.values

    def _forget(self, name: str) -> None:
        """Drops a value that may have been made from rows that are not, or not yet, the store's."""
        self._kept(name).pop(name, None)

    def stamp(self, item_ids: Iterable[int]) -> int:
        """The newest stamp among display items: 0 while none of them differs from the template."""
        stamps = self.stamps
        if not stamps:
            return 0
        return max((stamps.get(item_id, 0) for item_id in item_ids), default=0)

    def close(self) -> None:
        with self.lock:
            self.connection.close()


class Transaction:
    """What rules and queries work with: rows, the moment, the dice, and a note of what changed."""

    __slots__ = (
        "_batch",
        "_changes",
        "_connection",
        "_own",
        "admin_user_id",
        "built",
        "now",
        "objects",
        "source",
        "store",
        "touched",
        "touched_items",
        "touched_listed",
    )

    def __init__(self, store: Store, source: str = "") -> None:
        self.store = store
        self.source = source
        self.admin_user_id: int | None = None  # somebody of the administration, when it is one who acts
        self._connection = store.connection
        self._batch = 0
        self._changes = store.connection.total_changes
        self.now = store.clock.now()
        self.touched: set[str] = set()
        self.touched_items: set[int] = set()
        self.touched_listed: set[int] = set()
        self.built: set[str] = set()  # derived values that were made from rows as this transaction sees them
        self._own: dict[str, tuple[int, Any]] = {}  # those that it alone sees, with how many changes it had made
        self.objects: dict[
            tuple[str, Any], Any
        ] = {}  # rows that it has read or written already, as their modules keep them

    # -- rows

    def all(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> list[Row]:
        return self._connection.execute(sql, parameters).fetchall()

    def one(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> Row | None:
        return self._connection.execute(sql, parameters).fetchone()

    def value(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> Any:
        """The first column of the first row, None when there is none."""
        row = self._connection.execute(sql, parameters).fetchone()
        return None if row is None else row[0]

    def run(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> int:
        """Executes a statement and returns the number of rows it changed."""
        return self._connection.execute(sql, parameters).rowcount

    def run_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        self._connection.executemany(sql, rows)

    def insert(self, table: str, **columns: Any) -> int:
        """Inserts a row and returns its id. `table` and the column names are the code's own, never a caller's."""
        names = ", ".join(columns)
        marks = ", ".join("?" * len(columns))
        cursor = self._connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(columns.values()))
        return cursor.lastrowid or 0

    def update(self, table: str, row_id: int, **columns: Any) -> None:
        """Sets columns of the row with that id."""
        if columns:
            names = ", ".join(f"{name} = ?" for name in columns)
            self._connection.execute(f"UPDATE {table} SET {names} WHERE id = ?", (*columns.values(), row_id))

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undoes the changes of the block when it raises, and lets the exception pass."""
        self._connection.execute("SAVEPOINT part")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK TO part")
            self._connection.execute("RELEASE part")
            self.forget_derived()
            raise
        self._connection.execute("RELEASE part")

    def next_number(self, counter: str) -> int:
        """The next number of a running sequence (`order`), handed out once."""
        row = self._connection.execute(
            "UPDATE counters SET value = value + 1 WHERE name = ? RETURNING value", (counter,)
        ).fetchall()
        return row[0][0]

    # -- dice

    def hex(self, digits: int = 32) -> str:
        """That many random hexadecimal digits."""
        return f"{self.store.dice.getrandbits(digits * 4):0{digits}x}"

    def token(self, length: int = 26) -> str:
        """A random token of lower-case letters and digits."""
        return self.store.dice.randbytes(length).translate(_TOKEN_LETTERS).decode()

    # -- what changed

    @property
    def has_changes(self) -> bool:
        """Whether it changed any row so far: what is read from now on may be nobody else's."""
        return self._connection.total_changes != self._changes

    def derived(self, name: str, build: Callable[["Transaction"], Any]) -> Any:
        """A derived value that this transaction has made stale, as its rows have it now (see `Store.derived`)."""
        changes = self._connection.total_changes
        found = self._own.get(name)
        if found is None or found[0] != changes:
            found = self._own[name] = (changes, build(self))
        return found[1]

    def forget_derived(self) -> None:
        """Drops what was derived or kept of rows whose changes have been undone."""
        for name in self.built:
            self.store._forget(name)
        self.built.clear()
        self._own.clear()
        self.objects.clear()

    def touch(self, *names: str) -> None:
        """Says that the rows behind these derived values changed (see `Store.derived`)."""
        for name in self.built.intersection(names):
            self.store._forget(name)
        self.built.difference_update(names)
        self.touched.update(names)

    def touch_items(self, display_item_ids: Iterable[int]) -> None:
        """Says that what the webshop APIs show of these display items changed: stock, price, pictures."""
        self.touched_items.update(display_item_ids)

    def touch_listed(self, display_item_ids: Iterable[int]) -> None:
        """Says that also what lists find and order these display items by changed, or that they came or went."""
        items = set(display_item_ids)
        self.touched_items |= items
        self.touched_listed |= items

    def event(self, object_type: str, object_id: int, action: str, **data: Any) -> None:
        """Writes a domain event: `object_type` as in domain.md 16, `action` created, updated, deleted or completed.

        Those of one transaction share the batch, which is the id of the first of them.
        """
        if not self._batch:
            self._batch = self.value("SELECT COALESCE(MAX(id), 0) + 1 FROM events")
        self._connection.execute(
            "INSERT INTO events (object_type, object_id, action, data_json, batch, created_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (object_type, object_id, action, to_json(data) if data else "{}", self._batch, self.now),
        )


def fresh_id(tx: Transaction, table: str, object_type: str) -> int:
    """An id that no row of a table has, and none had that its events still speak of. The names are the code's own."""
    last = tx.value(f"SELECT COALESCE(MAX(id), 0) FROM {table}")
    told = tx.value("SELECT COALESCE(MAX(object_id), 0) FROM events WHERE object_type = ?", (object_type,))
    return max(last, told) + 1


def marks(values: Sequence[Any]) -> str:
    """Placeholders for an IN list: `?, ?, ?`."""
    return ", ".join("?" * len(values))


def batches(values: Sequence[Any], size: int = 1000) -> Iterator[Sequence[Any]]:
    """The values in parts of at most `size`, for IN lists that may become too long."""
    return (values[start : start + size] for start in range(0, len(values), size))


def to_json(value: Any) -> str:
    """Compact JSON text for a *_json column."""
    return msgspec.json.encode(value).decode()


def from_json(text: str | None) -> Any:
    """The value of a *_json column; None for NULL."""
    return None if text is None else msgspec.json.decode(text)
