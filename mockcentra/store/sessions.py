"""Rows of webshop sessions."""

from dataclasses import dataclass, fields
from operator import attrgetter

from mockcentra.store.database import Transaction, batches, marks


@dataclass(slots=True)
class Session:
    """A webshop session: the context, the cart and who is signed in. A token of None is never stored."""

    token: str | None
    store_id: int
    country_id: int | None
    state_id: int | None
    market_id: int
    pricelist_id: int
    language_id: int
    language_chosen: int = 0
    selection_id: int | None = None
    customer_id: int | None = None
    campaign_site_id: int | None = None
    affiliate_id: int | None = None
    last_order_id: int | None = None
    show_order: int = 0
    created_at: int = 0
    used_at: int = 0


_COLUMNS = tuple(column.name for column in fields(Session))
_values = attrgetter(*_COLUMNS)
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM sessions WHERE token = ?"
_REPLACE = f"INSERT OR REPLACE INTO sessions ({', '.join(_COLUMNS)}) VALUES ({marks(_COLUMNS)})"


def load(tx: Transaction, token: str) -> Session | None:
    row = tx.one(_SELECT, (token,))
    if row is None:
        return None
    tx.objects["session", token] = tuple(row)
    return Session(*row)


def save(tx: Transaction, session: Session) -> None:
    """Writes the session, new or changed; not again what its row says already."""
    key, values = ("session", session.token), _values(session)
    if tx.objects.get(key) != values:
        tx.run(_REPLACE, values)
        tx.objects[key] = values


def remove(tx: Transaction, token: str) -> None:
    tx.run("DELETE FROM sessions WHERE token = ?", (token,))
    tx.objects.pop(("session", token), None)


def detach_selection(tx: Transaction, selection_id: int, but_token: str | None) -> None:
    """Takes a selection away from every other session that shows it."""
    tx.run(
        "UPDATE sessions SET selection_id = NULL WHERE selection_id = ? AND token IS NOT ?",
        (selection_id, but_token),
    )
    for key in [key for key in tx.objects if key[0] == "session" and key[1] != but_token]:
        del tx.objects[key]


def prune(tx: Transaction, unused_since: int) -> None:
    """Deletes the sessions that nobody has used since then, and the carts that only they could have shown.

    Those are carts without lines and carts that were dropped. Carts with goods, those kept with an account, those
    that a payment belongs to and the order sheets of wholesale stay.
    """
    tx.run("DELETE FROM sessions WHERE used_at < ?", (unused_since,))
    gone = [
        row[0]
        for row in tx.all(
            """
            SELECT id FROM selections
            WHERE updated_at < ? AND status <> 'ordered' AND account_id IS NULL
              AND (status = 'dropped' OR id NOT IN (SELECT selection_id FROM selection_lines))
              AND id NOT IN (SELECT selection_id FROM sessions WHERE selection_id IS NOT NULL)
              AND id NOT IN (SELECT selection_id FROM customers WHERE selection_id IS NOT NULL)
              AND id NOT IN (SELECT selection_id FROM payment_attempts)
              AND id NOT IN (SELECT selection_id FROM payment_entries WHERE selection_id IS NOT NULL)
            """,
            (unused_since,),
        )
    ]
    for part in batches(gone):
        for table in ("selection_lines", "selection_vouchers", "selection_declined_gifts"):
            tx.run(f"DELETE FROM {table} WHERE selection_id IN ({marks(part)})", part)
        tx.run(f"DELETE FROM selections WHERE id IN ({marks(part)})", part)
