"""Rows of webshop sessions."""

from dataclasses import dataclass, fields

from mockcentra.store.database import Transaction


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
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM sessions WHERE token = ?"
_REPLACE = f"INSERT OR REPLACE INTO sessions ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"


def load(tx: Transaction, token: str) -> Session | None:
    row = tx.one(_SELECT, (token,))
    return None if row is None else Session(*row)


def save(tx: Transaction, session: Session) -> None:
    """Writes the session, new or changed."""
    tx.run(_REPLACE, tuple(getattr(session, column) for column in _COLUMNS))


def remove(tx: Transaction, token: str) -> None:
    tx.run("DELETE FROM sessions WHERE token = ?", (token,))


def detach_selection(tx: Transaction, selection_id: int, but_token: str | None) -> None:
    """Takes a selection away from every other session that shows it."""
    tx.run(
        "UPDATE sessions SET selection_id = NULL WHERE selection_id = ? AND token IS NOT ?",
        (selection_id, but_token),
    )


def sign_out_everywhere(tx: Transaction, customer_id: int) -> None:
    tx.run("UPDATE sessions SET customer_id = NULL WHERE customer_id = ?", (customer_id,))
