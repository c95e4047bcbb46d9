"""Columns of the catalogue for the index over the displays of a store: of all its displays, or of some."""

from collections.abc import Iterable, Mapping

from mockcentra.store.database import Row, Transaction, to_json

Displays = Iterable[int] | None
"""The displays that are asked for; None: all of the store."""


def _of_displays(
    tx: Transaction, sql: str, store_id: int, display_ids: Displays, more: Mapping[str, int] | None = None
) -> list[Row]:
    """The rows of `sql`, in which `{}` narrows the displays `d` down."""
    parameters = {"store": store_id, **(more or {})}
    if display_ids is None:
        return tx.all(sql.format("d.store_id = :store"), parameters)
    return tx.all(
        sql.format("+d.store_id = :store AND d.id IN (SELECT value FROM json_each(:displays))"),
        {**parameters, "displays": to_json(list(display_ids))},
    )


def displays_of_items(tx: Transaction, store_id: int, display_item_ids: Iterable[int]) -> set[int]:
    """The displays of a store in which these display items are now."""
    found = tx.all(
        "SELECT DISTINCT i.display_id FROM display_items i JOIN displays d ON d.id = i.display_id"
        " WHERE d.store_id = ? AND i.id IN (SELECT value FROM json_each(?))",
        (store_id, to_json(list(display_item_ids))),
    )
    return {row[0] for row in found}


def items(tx: Transaction, store_id: int, display_ids: Displays = None) -> list[Row]:
    """Every active display item with what the index sorts and filters by, display by display in order."""
    return _of_displays(
        tx,
        """
        SELECT i.id, i.display_id, i.variant_id, d.product_id, d.uri, d.category_id, d.created_at, p.brand_id,
               p.collection_id, p.kind, max(d.updated_at, p.updated_at, v.updated_at) AS updated_at
        FROM displays d
        JOIN display_items i ON i.display_id = d.id
        JOIN variants v ON v.id = i.variant_id
        JOIN products p ON p.id = d.product_id
        WHERE {} AND d.status = 'active' AND p.status = 'active' AND v.status = 'active'
        ORDER BY i.display_id, i.position, i.id
        """,
        store_id,
        display_ids,
    )


def markets(tx: Transaction, store_id: int, display_ids: Displays = None) -> list[Row]:
    """(display_id, market_id)."""
    return _of_displays(
        tx,
        "SELECT m.display_id, m.market_id FROM displays d JOIN display_markets m ON m.display_id = d.id WHERE {}",
        store_id,
        display_ids,
    )


def categories(tx: Transaction, store_id: int, display_ids: Displays = None) -> list[Row]:
    """(display_id, category_id, sort_order)."""
    return _of_displays(
        tx,
        "SELECT c.display_id, c.category_id, c.sort_order FROM displays d"
        " JOIN display_categories c ON c.display_id = d.id WHERE {}",
        store_id,
        display_ids,
    )


def size_names(tx: Transaction, store_id: int, display_ids: Displays = None) -> list[Row]:
    """(display_id, display_item_id, size name)."""
    return _of_displays(
        tx,
        "SELECT d.id, i.id, s.name FROM displays d JOIN display_items i ON i.display_id = d.id"
        " JOIN product_sizes z ON z.variant_id = i.variant_id JOIN sizes s ON s.id = z.size_id"
        " WHERE {} AND z.status = 'active'",
        store_id,
        display_ids,
    )


def order_of_sizes(tx: Transaction) -> list[str]:
    """The names of all sizes in the order of the size charts."""
    return list(dict.fromkeys(row[0] for row in tx.all("SELECT name FROM sizes ORDER BY size_chart_id, y, x, id")))


def uris(tx: Transaction, store_id: int, display_ids: Displays = None) -> list[Row]:
    """(display_id, language_id, uri) of translated URIs."""
    return _of_displays(
        tx,
        "SELECT t.object_id, t.language_id, t.text FROM displays d"
        " JOIN translations t ON t.object_type = 'display' AND t.object_id = d.id AND t.field = 'uri'"
        " WHERE {} AND t.text <> ''",
        store_id,
        display_ids,
    )


# ------------------------------------------------------------------ prices


def prices(tx: Transaction, store_id: int, pricelist_id: int) -> dict[int, int]:
    """Display item id -> price in hundredths in that pricelist."""
    rows = tx.all(
        "SELECT x.display_item_id, x.price FROM displays d JOIN display_items i ON i.display_id = d.id"
        " JOIN prices x ON x.display_item_id = i.id WHERE d.store_id = ? AND x.pricelist_id = ?",
        (store_id, pricelist_id),
    )
    return {row[0]: row[1] for row in rows}


def items_in_campaigns(tx: Transaction, store_id: int) -> list[int]:
    """Display items that an active campaign, running or not, names."""
    rows = tx.all(
        "SELECT DISTINCT i.display_item_id FROM campaigns c JOIN campaign_items i ON i.campaign_id = c.id"
        " WHERE c.store_id = ? AND c.status = 'active'",
        (store_id,),
    )
    return [row[0] for row in rows]


# ------------------------------------------------------------------ words


def texts(tx: Transaction, store_id: int, display_ids: Displays = None) -> list[Row]:
    """(display_id, name, excerpt, description) in the main language."""
    return _of_displays(
        tx, "SELECT d.id, d.name, d.excerpt, d.description FROM displays d WHERE {}", store_id, display_ids
    )


def translated_texts(tx: Transaction, store_id: int, language_id: int, display_ids: Displays = None) -> list[Row]:
    """(display_id, text) of the names and texts of displays in a language, and of their variants' names."""
    return _of_displays(
        tx,
        """
        SELECT d.id, t.text FROM displays d JOIN translations t ON t.object_type = 'display' AND t.object_id = d.id
        WHERE {0} AND t.language_id = :language AND t.field IN ('name', 'excerpt', 'description')
        UNION ALL
        SELECT d.id, t.text FROM displays d JOIN display_items i ON i.display_id = d.id
        JOIN translations t ON t.object_type = 'variant' AND t.object_id = i.variant_id
        WHERE {0} AND t.language_id = :language AND t.field = 'name'
        """,
        store_id,
        display_ids,
        {"language": language_id},
    )


def numbers(tx: Transaction, store_id: int, display_ids: Displays = None) -> list[Row]:
    """(display_id, product number, variant name, variant number, size number, EAN, UPC), a row a product size."""
    return _of_displays(
        tx,
        """
        SELECT d.id, p.number, v.name, v.number, z.number, z.ean, z.upc
        FROM displays d
        JOIN products p ON p.id = d.product_id
        JOIN display_items i ON i.display_id = d.id
        JOIN variants v ON v.id = i.variant_id
        LEFT JOIN product_sizes z ON z.variant_id = v.id AND z.status = 'active'
        WHERE {} AND v.status = 'active'
        ORDER BY i.id
        """,
        store_id,
        display_ids,
    )
