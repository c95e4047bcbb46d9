"""What happens by itself as the shop's clock moves on: each kind of thing that falls due, in one list."""

from collections.abc import Callable
from dataclasses import dataclass

from mockcentra.commerce import requests, sessions
from mockcentra.store import Clock, Store, Transaction
from mockcentra.store import tools as rows
from mockcentra.store.database import Row


@dataclass(frozen=True, slots=True, order=True)
class Happening:
    """Something that fell due at a moment (unix seconds)."""

    at: int
    what: str
    id: int


Due = Callable[[Transaction, int, int], list[Happening]]


def _passing(what: str, query: Callable[[Transaction, int, int], list[Row]]) -> Due:
    """For things whose rules look at the clock themselves: nothing is left to do but to say that it happened."""

    def due(tx: Transaction, since: int, until: int) -> list[Happening]:
        return [Happening(row["at"], what, row["id"]) for row in query(tx, since, until)]

    return due


def _requests(tx: Transaction, since: int, until: int) -> list[Happening]:
    """Warehouses that did not answer in time."""
    return [Happening(at, "allocation request expired", request_id) for at, request_id in requests.expire(tx, until)]


def _sessions(tx: Transaction, since: int, until: int) -> list[Happening]:
    """Sessions that end leave nothing to tell of: their tokens mean nothing already."""
    sessions.prune(tx)
    return []


# Each does what falls due after `since` and not after `until`, and says what that was.
DUE: tuple[Due, ...] = (
    _passing("voucher expired", rows.vouchers_ending),
    _passing("campaign started", rows.campaigns_starting),
    _passing("campaign ended", rows.campaigns_ending),
    _passing("token expired", rows.tokens_expiring),
    _requests,
    _sessions,
)


def move_clock(store: Store, move: Callable[[Clock], None]) -> list[Happening]:
    """Lets `move` set the shop's clock, and then happen whatever lies in between, in order.

    Going back makes nothing undone.
    """
    with store.lock:
        since = store.clock.now()
        move(store.clock)
        until = store.clock.now()
        if until <= since:
            return []
        with store.transaction(source="Payment provider") as tx:
            return sorted(happening for due in DUE for happening in due(tx, since, until))
