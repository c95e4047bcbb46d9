"""Spaces: many isolated shops in one server, each with its own store, made from one template."""

import re
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mockcentra.store.clock import Clock
from mockcentra.store.database import Shared, Store
from mockcentra.store.template import StoreError, Template, check_version, file_connection, memory_connection

DEFAULT_SPACE = "default"
_MAGIC = b"SQLite format 3\0"
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")


def is_space_name(name: str) -> bool:
    """Whether a space or a snapshot may be called that (control.md, Snapshots)."""
    return _NAME.fullmatch(name) is not None and name not in (".", "..")


@dataclass(frozen=True)
class Snapshot:
    """A store at one moment: its pages, its clock, and what its copies share."""

    name: str
    pages: bytes
    clock: Clock
    shared: Shared
    created_at: float


class Space:
    """One shop. `store` is the current one; a reset replaces it, and requests in flight finish on the old one."""

    def __init__(self, name: str, template: Template, db: Path | None = None) -> None:
        self.name = name
        self.template = template
        self.db = db
        self.created_at = time.time()
        self.last_used_at = self.created_at
        self.requests = 0
        self.snapshots: dict[str, Snapshot] = {}
        self._lock = threading.Lock()
        self._state: dict[str, Any] = {}
        self.store = self._opened()

    def _opened(self) -> Store:
        if self.db is None:
            return Store(self.template.copy(), self.template.shared)
        if not self.db.exists():
            self.template.copy_to_file(self.db)
            return Store(file_connection(self.db), self.template.shared)
        return Store(file_connection(self.db), Shared())

    def state(self, name: str, make: Callable[[], Any]) -> Any:
        """State outside the store (faults, journal …). What has a method `reset()` is reset with the shop."""
        found = self._state.get(name)
        if found is None:
            with self._lock:
                found = self._state.setdefault(name, make())
        return found

    def reset(self, keep: tuple[str, ...] = ()) -> None:
        """The seeded state again, but for the states named in `keep`."""
        with self._lock:
            if self.db is None:
                fresh = Store(self.template.copy(), self.template.shared)
            else:
                self.template.copy_to_file(self.db)
                fresh = Store(file_connection(self.db), self.template.shared)
            self.store = fresh
            states = [state for name, state in self._state.items() if name not in keep]
        for state in states:
            if hasattr(state, "reset"):
                state.reset()

    def size(self) -> int:
        """The bytes that the store takes."""
        with self.store.reading() as tx:
            return tx.value("PRAGMA page_count") * tx.value("PRAGMA page_size")

    def pages(self) -> bytes:
        """The whole store as the bytes of an SQLite file."""
        store = self.store
        with store.lock:
            return store.connection.serialize()

    def save(self, name: str) -> Snapshot:
        """Keeps the store and the clock under that name, in place of an older snapshot of the same name."""
        store = self.store
        with store.lock:
            pages, clock = store.connection.serialize(), store.clock.copy()
        snapshot = Snapshot(name, pages, clock, Shared(), time.time())
        self.snapshots[name] = snapshot
        return snapshot

    def restore(self, snapshot: Snapshot) -> None:
        """Brings a snapshot back."""
        self.replace(snapshot.pages, snapshot.shared, snapshot.clock.copy())

    def replace(self, pages: bytes, shared: Shared | None = None, clock: Clock | None = None) -> None:
        """Makes these pages the store. Raises StoreError when they are none; the running shop is untouched then."""
        if not pages.startswith(_MAGIC):
            raise StoreError("the uploaded file is not a mockcentra store")
        connection = memory_connection()
        try:
            # a store in a file says in its header that it has a write-ahead log, which one in memory cannot have
            connection.deserialize(pages[:18] + b"\1\1" + pages[20:])
            check_version(connection, "the uploaded file")
        except BaseException:
            connection.close()
            raise
        connection.execute("PRAGMA foreign_keys = ON")
        with self._lock:
            if self.db is not None:
                connection = self._written_to_db(connection)
            self.store = Store(connection, shared or Shared(), clock)

    def _written_to_db(self, source: sqlite3.Connection) -> sqlite3.Connection:
        assert self.db is not None
        staged = self.db.with_name(self.db.name + ".new")
        target = sqlite3.connect(staged)
        source.backup(target)
        target.close()
        source.close()
        for suffix in ("-wal", "-shm"):
            Path(f"{self.db}{suffix}").unlink(missing_ok=True)
        staged.replace(self.db)
        return file_connection(self.db)


class Spaces:
    """The spaces of a server by name. The default one exists from the start, the others come with their first use."""

    def __init__(self, template: Template, db: Path | None = None) -> None:
        self.template = template
        self.default = Space(DEFAULT_SPACE, template, db)
        self._others: dict[str, Space] = {}
        self._lock = threading.Lock()

    def get(self, name: str) -> Space:
        """The space of that (legal) name, made from the template when it is new."""
        if name == DEFAULT_SPACE:
            return self.default
        found = self._others.get(name)
        if found is None:
            with self._lock:
                found = self._others.get(name)
                if found is None:
                    found = self._others[name] = Space(name, self.template)
        return found

    def all(self) -> list[Space]:
        return [self.default, *self._others.values()]

    def remove(self, name: str) -> bool:
        """Forgets a space; whether there was one. The default space stays."""
        with self._lock:
            return self._others.pop(name, None) is not None
