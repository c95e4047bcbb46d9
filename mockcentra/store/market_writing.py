"""Rows that those look for who write markets and warehouses."""

from mockcentra.store.database import Transaction


def default_allocation_rule(tx: Transaction, store_id: int) -> int:
    """The allocation rule of the store's default market."""
    return tx.value(
        "SELECT allocation_rule_id FROM markets WHERE store_id = ? ORDER BY is_default DESC, id LIMIT 1", (store_id,)
    )


def default_market(tx: Transaction, store_id: int) -> int:
    return tx.value("SELECT id FROM markets WHERE store_id = ? ORDER BY is_default DESC, id LIMIT 1", (store_id,))


def default_warehouse(tx: Transaction) -> int:
    """The first warehouse of the allocation rule of the default market of the first DTC store."""
    return tx.value(
        "SELECT w.warehouse_id FROM markets m JOIN stores s ON s.id = m.store_id AND s.type = 'dtc'"
        " JOIN allocation_rule_warehouses w ON w.allocation_rule_id = m.allocation_rule_id"
        " ORDER BY m.is_default DESC, m.store_id, m.id, w.position LIMIT 1"
    )


def add_to_rules_of_markets(tx: Transaction, warehouse_id: int) -> None:
    """Puts a warehouse at the end of every allocation rule that a market has."""
    tx.run(
        "INSERT OR IGNORE INTO allocation_rule_warehouses (allocation_rule_id, warehouse_id, position)"
        " SELECT m.allocation_rule_id, ?, COALESCE((SELECT MAX(w.position) FROM allocation_rule_warehouses w"
        " WHERE w.allocation_rule_id = m.allocation_rule_id), 0) + 1 FROM markets m GROUP BY m.allocation_rule_id",
        (warehouse_id,),
    )


def lowest_priority(tx: Transaction) -> int:
    """A priority behind that of every warehouse."""
    return tx.value("SELECT COALESCE(MAX(priority), 0) + 1 FROM warehouses")
