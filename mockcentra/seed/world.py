"""What the steps of the seed work with: the open store, the fixtures, the dice, and the ids of what has been made.

Everything here gives the same rows on every machine: randomness only from `world.dice(name)`, moments only from the
fixtures and `world.as_of`, and no iteration over sets.
"""

import random
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from mockcentra.seed.fixtures import FixtureError, Fixtures, Kind, Record, moment
from mockcentra.store.clock import Clock
from mockcentra.store.database import Shared, Store, Transaction
from mockcentra.store.seeding import attribute_element, insert_many, next_id, set_meta

Progress = Callable[[str, int, int], None]

# Everything that stores derive from rows: whoever inserts in bulk says that all of it changed.
_DERIVED = ("reference", "catalogue", "settings")


class World:
    """The shop while it is being made.

    store       the `Store`; its dice are drawn from the seed number and its clock stands still
    tx          the open transaction of the current step
    as_of       the day of the seed, in unix seconds; everything has happened before it
    seed        the seed number
    products    how many ordinary products were asked for, None for the fixtures' own
    orders      how many DTC orders were asked for, None for the fixtures' own
    ids         ids by kind of thing and name: `world.ids["market"]["Nordics"]`
    notes       what a step leaves for later ones, by name
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        fixtures: Fixtures,
        seed: int,
        products: int | None,
        orders: int | None,
        progress: Progress | None = None,
    ) -> None:
        self.fixtures = fixtures
        self.seed = seed
        self.products = products
        self.orders = orders
        self.ids: dict[str, dict[str, int]] = {}
        self.notes: dict[str, Any] = {}
        self.as_of: int = self.required("company", "as_of", moment)
        self.store = Store(connection, Shared(), Clock(frozen_at=self.as_of))
        self.store.dice = self.dice("store")
        self._progress = progress
        self._step = ""
        self._open: Transaction | None = None
        self._block: AbstractContextManager[Transaction]
        self._next_ids: dict[str, int] = {}

    # -- fixtures

    def section(self, file: str, name: str, kind: Kind, default: Any = ()) -> Any:
        """A section of a fixture file, read by a kind; the default when the file does not have it."""
        return self.fixtures.read(file, name, kind, self.ids, default)

    def required(self, file: str, name: str, kind: Kind) -> Any:
        """A section that the shop cannot do without."""
        value = self.fixtures.read(file, name, kind, self.ids, None)
        if value is None:
            raise FixtureError(f"{self.fixtures.path(file)}, line 1: the section {name!r} is missing; it is required")
        return value

    def register(self, kind: str, name: str, row_id: int, entry: Record | None = None) -> int:
        """Makes a thing known by its name, so that fixtures can refer to it; returns its id.

        With the `entry` it was read from, a name that is taken is a FixtureError there.
        """
        named = self.ids.setdefault(kind, {})
        if entry is not None and name in named:
            raise entry.error("", f"there is a {kind} {name!r} already; names must be different")
        named[name] = row_id
        return row_id

    # -- rows

    @property
    def tx(self) -> Transaction:
        """The transaction of the current step."""
        if self._open is None:
            raise RuntimeError("no step is running")
        return self._open

    def add(self, table: str, **columns: Any) -> int:
        """Inserts a row and returns its id."""
        return self.tx.insert(table, **columns)

    def add_many(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Inserts many rows at once. For tables with ids, take them from `next_id` first."""
        insert_many(self.tx, table, columns, rows)

    def next_id(self, table: str) -> int:
        """The next free id of a table, counted here: for rows that `add_many` will insert with their ids."""
        number = self._next_ids.get(table) or next_id(self.tx, table)
        self._next_ids[table] = number + 1
        return number

    def translate(self, object_type: str, object_id: int, field: str, texts: Mapping[int, str]) -> None:
        """Keeps the texts of a field in other languages, by language id."""
        insert_many(
            self.tx,
            "translations",
            ("object_type", "object_id", "language_id", "field", "text"),
            [(object_type, object_id, language, field, words) for language, words in texts.items()],
        )

    def attach(self, group: str, object_id: int, entry: Record) -> None:
        """Gives an object the values of its dynamic attributes: `attributes: {acc_segment: Boutique}` of its entry."""
        for name, value in entry["attributes"].items():
            element = attribute_element(self.tx, group, name)
            if element is None:
                raise entry.error("attributes", f"there is no dynamic attribute {name!r} with a text for a {group}")
            self.add(
                "attribute_values", object_type=group, object_id=object_id, attribute_element_id=element, value=value
            )

    def note(self, key: str, value: str) -> None:
        """Writes something about the store into its `meta`."""
        set_meta(self.tx, key, value)

    # -- dice, moments, progress

    def dice(self, name: str) -> random.Random:
        """Dice of their own for one purpose: what one part draws does not shift what another one gets."""
        return random.Random(f"{self.seed}:{name}")

    @contextmanager
    def at(self, at: int) -> Iterator[Transaction]:
        """A transaction of its own at a moment (unix seconds), for what runs through the rules.

        The clock stays there. What is derived from rows stays as it was when the step began: a step that has changed
        reference data or the catalogue says so with `world.tx.touch(...)`.
        """
        self._finish()
        self.store.clock.set(at, frozen=True)
        try:
            with self.store.transaction() as tx:
                yield tx
        finally:
            self._begin()

    def move(self, at: int) -> Transaction:
        """The step's own transaction, moved to a moment: for histories of many moments, of which `at` is too dear.

        Display items whose stock changed meanwhile need not be read again: nothing that is kept of them shows it.
        """
        self.store.clock.set(at, frozen=True)
        self.tx.now = at
        self.tx.touched_items.clear()
        return self.tx

    def report(self, done: int, total: int) -> None:
        """Tells whoever waits how far the current step is."""
        if self._progress is not None:
            self._progress(self._step, done, total)

    # -- steps

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """One part of the seed, in a transaction, with the clock at `as_of` in the beginning."""
        self._step = name
        self.store.clock.set(self.as_of, frozen=True)
        self._next_ids.clear()
        self._begin()
        try:
            yield
        except BaseException:
            self._abandon()
            raise
        self.tx.touch(*_DERIVED)
        self._finish()

    def _begin(self) -> None:
        self._block = self.store.transaction()
        self._open = self._block.__enter__()

    def _finish(self) -> None:
        self._open = None
        self._block.__exit__(None, None, None)

    def _abandon(self) -> None:
        """Takes back what the step did since its last commit."""
        self._open = None
        self._block.__exit__(*sys.exc_info())
