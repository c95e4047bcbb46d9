"""Rows of the queues of integrations: who listens to what, and the events that wait to be confirmed."""

from collections.abc import Iterable, Sequence
from typing import Any

from mockcentra.store.database import Row, Transaction, from_json, marks, to_json
from mockcentra.store.graphql_reading import Condition

_COUNTER = "graphql_events_read"
_AMONG = "IN (SELECT value FROM json_each(?))"

# How an object finds its store and market: kind -> rows of (id, store, market).
_PLACES = {
    "account": "SELECT id, store_id, market_id FROM accounts t",
    "affiliate": "SELECT id, store_id, NULL FROM affiliates t",
    "buyer": "SELECT t.id, a.store_id, COALESCE(t.market_id, a.market_id) FROM buyers t"
    " JOIN accounts a ON a.id = t.account_id",
    "campaign": "SELECT id, store_id, NULL FROM campaigns t",
    "category": "SELECT id, store_id, NULL FROM categories t",
    "customer": "SELECT id, store_id, market_id FROM customers t",
    "delivery_window": "SELECT id, store_id, NULL FROM delivery_windows t",
    "display": "SELECT id, store_id, NULL FROM displays t",
    "invoice": "SELECT t.id, COALESCE(t.store_id, o.store_id), o.market_id FROM invoices t"
    " LEFT JOIN orders o ON o.id = t.order_id",
    "market": "SELECT id, store_id, id FROM markets t",
    "newsletter_subscription": "SELECT id, store_id, NULL FROM newsletter_subscriptions t",
    "order": "SELECT id, store_id, market_id FROM orders t",
    "price_alteration": "SELECT id, store_id, NULL FROM price_alterations t",
    "pricelist": "SELECT id, store_id, NULL FROM pricelists t",
    "return": "SELECT t.id, o.store_id, o.market_id FROM returns t JOIN shipments s ON s.id = t.shipment_id"
    " JOIN orders o ON o.id = s.order_id",
    "shipment": "SELECT t.id, o.store_id, o.market_id FROM shipments t JOIN orders o ON o.id = t.order_id",
    "shipping_option": "SELECT id, store_id, NULL FROM shipping_options t",
    "subscription": "SELECT t.id, c.store_id, c.market_id FROM subscriptions t"
    " JOIN subscription_contracts c ON c.id = t.contract_id",
    "subscription_contract": "SELECT id, store_id, market_id FROM subscription_contracts t",
    "subscription_plan": "SELECT id, store_id, NULL FROM subscription_plans t",
    "voucher": "SELECT id, store_id, NULL FROM vouchers t",
    "wishlist": "SELECT t.id, c.store_id, c.market_id FROM wishlists t JOIN customers c ON c.id = t.customer_id",
}
# What depends on an object: (kind of the object, kind that depends) -> rows of (object, what depends on it).
_DEPENDENTS = {
    ("product", "variant"): "SELECT product_id, id FROM variants WHERE product_id",
    ("product", "display"): "SELECT product_id, id FROM displays WHERE product_id",
    ("variant", "product"): "SELECT id, product_id FROM variants WHERE id",
    ("variant", "display"): "SELECT variant_id, display_id FROM display_items WHERE variant_id",
    ("product_size", "variant"): "SELECT id, variant_id FROM product_sizes WHERE id",
    ("supplier_delivery", "supplier_order"): "SELECT id, supplier_order_id FROM supplier_deliveries WHERE id",
    ("product_media", "product"): "SELECT id, product_id FROM media WHERE id",
    ("product_media", "variant"): "SELECT m.id, v.id FROM media m JOIN variants v ON v.product_id = m.product_id"
    " AND v.id = COALESCE(m.variant_id, v.id) WHERE m.id",
    ("product_media", "display"): "SELECT m.id, d.id FROM media m JOIN displays d ON d.product_id = m.product_id"
    " WHERE m.id",
}
# Rows that are added and never change: kind -> (table, the number or id of their order).
_LEDGERS = {
    "mail": ("mails", "o.number = CAST(json_extract(t.data_json, '$.order') AS INTEGER)"),
    "order_history": ("order_history", "o.id = t.order_id"),
    "payment_entry": ("payment_entries", "o.id = t.order_id"),
}
LEDGERS = tuple(_LEDGERS)


# ------------------------------------------------------------------ domain events


def read_up_to(tx: Transaction) -> int:
    """The last domain event that the queues have seen."""
    return tx.value("SELECT value FROM counters WHERE name = ?", (_COUNTER,)) or 0


def last_event(tx: Transaction) -> int:
    return tx.value("SELECT COALESCE(MAX(id), 0) FROM events")


def set_read_up_to(tx: Transaction, event_id: int) -> None:
    tx.run(
        "INSERT INTO counters (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (_COUNTER, event_id),
    )


def domain_events(tx: Transaction, after: int) -> list[Row]:
    """Domain events after that id, oldest first."""
    return tx.all(
        "SELECT id, object_type, object_id, action, data_json, batch, created_at FROM events WHERE id > ? ORDER BY id",
        (after,),
    )


def entries_since_last(tx: Transaction, kind: str) -> list[Row]:
    """Rows of a ledger (id, created_at, store_id, market_id) that the queues have not seen; now they have."""
    table, belongs = _LEDGERS[kind]
    counter = f"graphql_{kind}_read"
    seen = tx.value("SELECT value FROM counters WHERE name = ?", (counter,))
    last = tx.value(f"SELECT COALESCE(MAX(id), 0) FROM {table}")
    if seen is None or seen != last:
        tx.run(
            "INSERT INTO counters (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (counter, last),
        )
    if seen is None or seen >= last:
        return []
    return tx.all(
        f"SELECT t.id, t.created_at, o.store_id, o.market_id FROM {table} t LEFT JOIN orders o ON {belongs}"
        " WHERE t.id > ? ORDER BY t.id",
        (seen,),
    )


def dependents(tx: Transaction, kind: str, other: str, ids: Iterable[int]) -> dict[int, list[int]]:
    """Object -> what of another kind depends on it."""
    found: dict[int, list[int]] = {}
    for row in tx.all(f"{_DEPENDENTS[kind, other]} {_AMONG} ORDER BY 1, 2", (to_json(list(ids)),)):
        found.setdefault(row[0], []).append(row[1])
    return found


def dependent_kinds(kind: str) -> list[str]:
    return [other for owner, other in _DEPENDENTS if owner == kind]


def places(tx: Transaction, kind: str, ids: Iterable[int]) -> dict[int, tuple[int | None, int | None]]:
    """Object -> its store and its market."""
    if kind not in _PLACES:
        return {}
    rows = tx.all(f"{_PLACES[kind]} WHERE t.id {_AMONG}", (to_json(list(ids)),))
    return {row[0]: (row[1], row[2]) for row in rows}


def order_numbers(tx: Transaction, order_ids: Iterable[int]) -> dict[int, int]:
    rows = tx.all(f"SELECT id, number FROM orders WHERE id {_AMONG}", (to_json(list(order_ids)),))
    return {row[0]: row[1] for row in rows}


def orders_by_number(tx: Transaction, numbers: Iterable[int]) -> dict[int, int]:
    rows = tx.all(f"SELECT number, id FROM orders WHERE number {_AMONG}", (to_json(list(numbers)),))
    return {row[0]: row[1] for row in rows}


def first_shipments(tx: Transaction, shipment_ids: Iterable[int]) -> set[int]:
    """Those of the shipments that are the first of their orders."""
    rows = tx.all(
        "SELECT s.id FROM shipments s WHERE NOT EXISTS (SELECT 1 FROM shipments o WHERE o.order_id = s.order_id"
        f" AND o.position < s.position) AND s.id {_AMONG}",
        (to_json(list(shipment_ids)),),
    )
    return {row[0] for row in rows}


def data_of(event: Row) -> dict[str, Any]:
    return from_json(event["data_json"])


# ------------------------------------------------------------------ listeners


def listeners(tx: Transaction, integration_id: int | None = None) -> list[Row]:
    """Who listens to what, in the order in which they began."""
    if integration_id is None:
        return tx.all("SELECT * FROM event_listeners ORDER BY id")
    return tx.all("SELECT * FROM event_listeners WHERE integration_id = ? ORDER BY id", (integration_id,))


def listen(tx: Transaction, integration_id: int, kind: str, changes: Iterable[str]) -> None:
    tx.run_many(
        "INSERT OR IGNORE INTO event_listeners (integration_id, object_type, change_type, created_at)"
        " VALUES (?, ?, ?, ?)",
        [(integration_id, kind, change, tx.now) for change in changes],
    )


def stop_listening(tx: Transaction, integration_id: int, kind: str, changes: Sequence[str]) -> None:
    """Forgets listeners, and what is queued for them."""
    named = marks(changes)
    for table in ("event_listeners", "integration_events"):
        only = " AND confirmed_at IS NULL" if table == "integration_events" else ""
        tx.run(
            f"DELETE FROM {table} WHERE integration_id = ? AND object_type = ? AND change_type IN ({named}){only}",
            (integration_id, kind, *changes),
        )


# ------------------------------------------------------------------ queues


def append(tx: Transaction, events: Iterable[Sequence[Any]]) -> None:
    """Events: (integration, kind, change, object, reference, store, market, moment)."""
    last = tx.value("SELECT COALESCE(MAX(id), 0) FROM integration_events")
    told = tx.value("SELECT value FROM counters WHERE name = 'integration_event'") or 0
    first = max(last, told) + 1
    rows = [(first + place, *event) for place, event in enumerate(events)]
    tx.run_many(
        "INSERT INTO integration_events (id, integration_id, object_type, change_type, object_id, reference, store_id,"
        " market_id, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )
    if rows:
        tx.run(
            "INSERT INTO counters (name, value) VALUES ('integration_event', ?)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (rows[-1][0],),
        )


def condition(
    kinds: Sequence[str] | None = None,
    changes: Sequence[str] | None = None,
    stores: Sequence[int] | None = None,
    markets: Sequence[int] | None = None,
    negated: Iterable[str] = (),
) -> Condition:
    """What events must be; `negated` names those of the conditions that must not hold."""
    parts: list[str] = []
    parameters: list[Any] = []
    columns = {"object_type": kinds, "change_type": changes, "store_id": stores, "market_id": markets}
    for column, values in columns.items():
        if values is not None:
            word = "NOT " if column in negated else ""
            parts.append(f"{word}COALESCE(t.{column} {_AMONG}, 0)")
            parameters.append(to_json(list(values)))
    return Condition(" AND ".join(parts) or "1", tuple(parameters))


def queued(
    tx: Transaction, integration_id: int, only: Condition, visible: Sequence[int], limit: int | None, offset: int
) -> list[Row]:
    """The oldest events that are not confirmed; `visible`: the only stores whose events are shown, if there are any."""
    return tx.all(
        "SELECT t.* FROM integration_events t WHERE t.integration_id = ? AND t.confirmed_at IS NULL"
        f" AND ({only.sql}) AND {_visible(visible)} ORDER BY t.id LIMIT ? OFFSET ?",
        (integration_id, *only.parameters, *visible, -1 if limit is None else limit, offset),
    )


def confirm(tx: Transaction, integration_id: int, visible: Sequence[int], event_ids: Sequence[int]) -> list[Row]:
    """Takes events out of a queue; returns those that were in it."""
    wanted = to_json(list(event_ids))
    found = tx.all(
        "SELECT t.* FROM integration_events t WHERE t.integration_id = ? AND t.confirmed_at IS NULL"
        f" AND {_visible(visible)} AND t.id {_AMONG} ORDER BY t.id",
        (integration_id, *visible, wanted),
    )
    tx.run(
        f"UPDATE integration_events SET confirmed_at = ? WHERE id {_AMONG}",
        (tx.now, to_json([row["id"] for row in found])),
    )
    return found


def _visible(stores: Sequence[int]) -> str:
    return f"(t.store_id IS NULL OR t.store_id IN ({marks(stores)}))" if stores else "1"
