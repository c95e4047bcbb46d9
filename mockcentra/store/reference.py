"""Reading the small tables that every request needs: places, markets, pricelists, tax, shipping, payment methods."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from mockcentra.store.database import Row, Transaction

_ORDERED_TABLES = (
    "currencies", "languages", "countries", "states", "stores", "markets", "pricelists",
    "tax_classes", "tax_groups", "tax_rules", "warehouses", "allocation_rules",
    "brands", "collections", "relation_types", "size_charts", "measurement_charts",
    "subscription_plans", "gift_certificates",
)  # fmt: skip


def table(tx: Transaction, name: str) -> list[Row]:
    """All rows of one of the reference tables, by id."""
    if name not in _ORDERED_TABLES:
        raise ValueError(name)
    return tx.all(f"SELECT * FROM {name} ORDER BY id")


def market_countries(tx: Transaction) -> list[Row]:
    return tx.all("SELECT market_id, country_id FROM market_countries")


def pricelist_countries(tx: Transaction) -> list[Row]:
    return tx.all("SELECT pricelist_id, country_id FROM pricelist_countries")


def tax_rule_places(tx: Transaction) -> list[Row]:
    return tx.all("SELECT tax_rule_id, country_id, state_id, zip_codes_json FROM tax_rule_places ORDER BY rowid")


def tax_rule_classes(tx: Transaction) -> list[Row]:
    return tx.all("SELECT tax_rule_id, tax_class_id FROM tax_rule_classes")


def allocation_rule_warehouses(tx: Transaction) -> list[Row]:
    return tx.all(
        "SELECT allocation_rule_id, warehouse_id FROM allocation_rule_warehouses ORDER BY allocation_rule_id, position"
    )


def localized_charts(tx: Transaction) -> list[Row]:
    """Active size localizations, once for each of their charts in which something is called otherwise."""
    return tx.all(
        "SELECT l.*, c.size_chart_id, c.labels_json FROM size_localizations l"
        " JOIN size_localization_charts c ON c.size_localization_id = l.id WHERE l.status = 'active'"
        " AND c.labels_json <> '{}' ORDER BY l.id"
    )


def shipping_options(tx: Transaction) -> list[Row]:
    return tx.all("SELECT * FROM shipping_options ORDER BY store_id, position, id")


def shipping_option_stores(tx: Transaction) -> list[Row]:
    return tx.all("SELECT shipping_option_id, store_id FROM shipping_option_stores")


def shipping_option_markets(tx: Transaction) -> list[Row]:
    """The markets of options that are not for every market of their stores."""
    return tx.all(
        "SELECT w.shipping_option_id, w.market_id FROM shipping_option_own_markets w"
        " JOIN shipping_options o ON o.id = w.shipping_option_id WHERE o.has_own_markets"
    )


def shipping_groups(tx: Transaction) -> list[Row]:
    return tx.all("SELECT shipping_option_id, id FROM shipping_groups ORDER BY id")


def shipping_group_countries(tx: Transaction) -> list[Row]:
    return tx.all("SELECT shipping_group_id, country_id FROM shipping_group_countries")


def shipping_ranges(tx: Transaction) -> list[Row]:
    return tx.all("SELECT * FROM shipping_ranges ORDER BY shipping_group_id, currency_id, start, id")


def payment_methods(tx: Transaction) -> list[Row]:
    return tx.all("SELECT * FROM payment_methods ORDER BY store_id, position, id")


def brand_stores(tx: Transaction) -> list[Row]:
    """(brand, store) of the brands that are enabled in some stores only."""
    return tx.all("SELECT brand_id, store_id FROM brand_stores")


def payment_method_countries(tx: Transaction) -> list[Row]:
    return tx.all("SELECT payment_method_id, country_id FROM payment_method_countries")


def payment_handling_costs(tx: Transaction) -> list[Row]:
    return tx.all("SELECT payment_method_id, currency_id, cost FROM payment_handling_costs")


def categories(tx: Transaction) -> list[Row]:
    return tx.all("SELECT * FROM categories ORDER BY store_id, sort_order, id")


def gift_certificate_amounts(tx: Transaction) -> list[Row]:
    return tx.all("SELECT gift_certificate_id, currency_id, amount FROM gift_certificate_amounts")


def translations(tx: Transaction, object_types: Sequence[str]) -> dict[tuple[str, int], dict[int, dict[str, str]]]:
    """(object type, object id) -> language id -> field -> text, for whole kinds of objects."""
    found: dict[tuple[str, int], dict[int, dict[str, str]]] = defaultdict(dict)
    for kind in object_types:
        for row in tx.all(
            "SELECT object_type, object_id, language_id, field, text FROM translations WHERE object_type = ?", (kind,)
        ):
            found[row[0], row[1]].setdefault(row[2], {})[row[3]] = row[4]
    return dict(found)


def settings(tx: Transaction) -> list[Row]:
    return tx.all("SELECT key, value_json FROM settings")


def put_setting(tx: Transaction, key: str, value_json: str) -> None:
    tx.run("INSERT OR REPLACE INTO settings (key, value_json) VALUES (?, ?)", (key, value_json))


def store_name(tx: Transaction, store_id: int) -> str:
    return tx.value("SELECT name FROM stores WHERE id = ?", (store_id,)) or ""


def meta(tx: Transaction) -> dict[str, str]:
    """What the store says of itself: application, version, seed, as_of …"""
    return {row["key"]: row["value"] for row in tx.all("SELECT key, value FROM meta")}


def api_tokens(tx: Transaction) -> list[Row]:
    return tx.all("SELECT * FROM api_tokens ORDER BY id")


def grouped(rows: Sequence[Row]) -> dict[int, list[Any]]:
    """Second column by first column."""
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(row[1])
    return found
