"""Rows of the SOAP API's event queue, and the domain events it is made from."""

from collections.abc import Iterable, Sequence

from mockcentra.store.database import Row, Transaction, marks

_COUNTER = "soap_events_read"

# How an event finds its market: type of the queue -> the market of the object with that id (soap-api.md 5.3).
_MARKETS = {
    "order": "SELECT market_id FROM orders WHERE id = q.object_id",
    "account": "SELECT market_id FROM accounts WHERE id = q.object_id",
    "market": "q.object_id",
    "invoice": "SELECT o.market_id FROM invoices i JOIN orders o ON o.id = i.order_id WHERE i.id = q.object_id",
    "customer": "COALESCE((SELECT market_id FROM orders WHERE customer_id = q.object_id ORDER BY id DESC LIMIT 1),"
    " (SELECT market_id FROM customers WHERE id = q.object_id))",
}


def read_up_to(tx: Transaction) -> int:
    """The last domain event that the queue has seen."""
    return tx.value("SELECT value FROM counters WHERE name = ?", (_COUNTER,)) or 0


def last_event(tx: Transaction) -> int:
    return tx.value("SELECT COALESCE(MAX(id), 0) FROM events")


def set_read_up_to(tx: Transaction, event_id: int) -> None:
    tx.run(
        "INSERT INTO counters (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (_COUNTER, event_id),
    )


def domain_events(tx: Transaction, after: int, object_types: Sequence[str]) -> list[Row]:
    """Domain events of these types after that id, oldest first."""
    return tx.all(
        "SELECT id, object_type, object_id, action, data_json, batch, created_at FROM events"
        f" WHERE id > ? AND object_type IN ({marks(object_types)}) ORDER BY id",
        (after, *object_types),
    )


def customers_of_orders(tx: Transaction, order_ids: Sequence[int]) -> dict[int, int]:
    """Order id -> customer id."""
    if not order_ids:
        return {}
    rows = tx.all(
        f"SELECT id, customer_id FROM orders WHERE customer_id IS NOT NULL AND id IN ({marks(order_ids)})", order_ids
    )
    return {row["id"]: row["customer_id"] for row in rows}


def orders_by_number(tx: Transaction, numbers: Sequence[int]) -> dict[int, int]:
    """Order number -> order id."""
    if not numbers:
        return {}
    rows = tx.all(f"SELECT id, number FROM orders WHERE number IN ({marks(numbers)})", numbers)
    return {row["number"]: row["id"] for row in rows}


def orders_of_shipments(tx: Transaction, shipment_ids: Sequence[int]) -> dict[int, int]:
    """Shipment id -> order id."""
    if not shipment_ids:
        return {}
    rows = tx.all(f"SELECT id, order_id FROM shipments WHERE id IN ({marks(shipment_ids)})", shipment_ids)
    return {row["id"]: row["order_id"] for row in rows}


def orders_of_returns(tx: Transaction, return_ids: Sequence[int]) -> dict[int, int]:
    """Return id -> order id."""
    if not return_ids:
        return {}
    rows = tx.all(
        "SELECT r.id, s.order_id FROM returns r JOIN shipments s ON s.id = r.shipment_id"
        f" WHERE r.id IN ({marks(return_ids)})",
        return_ids,
    )
    return {row["id"]: row["order_id"] for row in rows}


def accounts_of_buyers(tx: Transaction, buyer_ids: Sequence[int]) -> dict[int, int]:
    """Buyer id -> account id."""
    if not buyer_ids:
        return {}
    rows = tx.all(f"SELECT id, account_id FROM buyers WHERE id IN ({marks(buyer_ids)})", buyer_ids)
    return {row["id"]: row["account_id"] for row in rows}


def sizes_of_charts(tx: Transaction, chart_ids: Sequence[int]) -> list[Row]:
    """(size_chart_id, id) of the sizes of these charts."""
    if not chart_ids:
        return []
    return tx.all(
        f"SELECT size_chart_id, id FROM sizes WHERE size_chart_id IN ({marks(chart_ids)}) ORDER BY id", chart_ids
    )


def append(tx: Transaction, events: Iterable[tuple[str, int, str, int]]) -> None:
    """Puts events at the end of the queue: (type, object id, mission, moment)."""
    tx.run_many("INSERT INTO soap_events (object_type, object_id, mission, created_at) VALUES (?, ?, ?, ?)", events)


def oldest(tx: Transaction, limit: int, kind: str | None) -> list[Row]:
    """The oldest events that are not done, of one type where `kind` says so."""
    only, parameters = ("AND object_type = ?", (kind,)) if kind else ("", ())
    return tx.all(
        f"SELECT id, object_type, object_id, mission, created_at FROM soap_events WHERE done_at IS NULL {only}"
        " ORDER BY id LIMIT ?",
        (*parameters, limit),
    )


def oldest_of_markets(tx: Transaction, limit: int, kind: str | None, market_ids: Sequence[int]) -> list[Row]:
    """The oldest events that are not done and belong to one of these markets."""
    kinds = [kind] if kind else list(_MARKETS)
    if not market_ids:
        return []
    cases = " ".join(
        f"WHEN '{name}' THEN {query if query.startswith(('q.', 'COALESCE')) else f'({query})'}"
        for name, query in _MARKETS.items()
    )
    return tx.all(
        "SELECT q.id, q.object_type, q.object_id, q.mission, q.created_at FROM soap_events q WHERE q.done_at IS NULL"
        f" AND q.object_type IN ({marks(kinds)})"
        f" AND CASE q.object_type {cases} END IN ({marks(market_ids)}) ORDER BY q.id LIMIT ?",
        (*kinds, *market_ids, limit),
    )


def mark_done(tx: Transaction, event_ids: Sequence[int]) -> None:
    """Takes events out of the queue; unknown ids do nothing."""
    tx.run_many(
        "UPDATE soap_events SET done_at = ? WHERE id = ? AND done_at IS NULL",
        [(tx.now, event_id) for event_id in event_ids],
    )
