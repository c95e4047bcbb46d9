"""Writing markets and warehouses."""

from typing import Any

from mockcentra.commerce.errors import Invalid
from mockcentra.store import Transaction, records
from mockcentra.store import market_writing as rows


def create_market(tx: Transaction, store_id: int, *, name: str, **columns: Any) -> int:
    """A new market, which sells with the default allocation rule of its store; returns its id (soap-api.md 7.4)."""
    if not name:
        raise Invalid({"name": "is required"})
    columns.setdefault("allocation_rule_id", rows.default_allocation_rule(tx, store_id))
    market_id = records.add(tx, "markets", store_id=store_id, name=name, **columns)
    tx.touch("reference")
    tx.event("market", market_id, "created")
    return market_id


def change_market(tx: Transaction, market_id: int, **columns: Any) -> bool:
    """Changes a market; returns whether anything differed."""
    if not columns.get("name", True):
        raise Invalid({"name": "is required"})
    if not records.change(tx, "markets", market_id, **columns):
        return False
    tx.touch("reference")
    tx.event("market", market_id, "updated")
    return True


def create_warehouse(tx: Transaction, *, name: str, for_sale: bool = True, **columns: Any) -> int:
    """A new warehouse; returns its id. `for_sale`: every market sells from it, after all others (soap-api.md 5.4)."""
    columns.setdefault("priority", rows.lowest_priority(tx))
    warehouse_id = records.add(tx, "warehouses", name=name, **columns)
    if for_sale:
        rows.add_to_rules_of_markets(tx, warehouse_id)
    tx.touch("reference")
    tx.event("warehouse", warehouse_id, "created")
    return warehouse_id


def change_warehouse(tx: Transaction, warehouse_id: int, **columns: Any) -> bool:
    """Changes a warehouse; returns whether anything differed."""
    if not records.change(tx, "warehouses", warehouse_id, **columns):
        return False
    tx.touch("reference")
    tx.event("warehouse", warehouse_id, "updated")
    return True


def default_market(tx: Transaction, store_id: int) -> int:
    """The market in which a store sells when nothing else is said."""
    return rows.default_market(tx, store_id)


def default_warehouse(tx: Transaction) -> int:
    """The warehouse that is meant when none is named."""
    return rows.default_warehouse(tx)
