"""Rows of the catalogue: display items with all that hangs on them, in batches."""

from collections.abc import Iterable, Sequence

from mockcentra.store.database import Row, Transaction, marks

_BATCH = 500  # far below SQLite's bound on the number of parameters


def _batched(tx: Transaction, sql: str, ids: Iterable[int]) -> list[Row]:
    """The rows of `sql` for all ids; `{}` in it stands for the placeholders of an IN list."""
    wanted = list(dict.fromkeys(ids))
    rows: list[Row] = []
    for start in range(0, len(wanted), _BATCH):
        part = wanted[start : start + _BATCH]
        rows += tx.all(sql.format(marks(part)), part)
    return rows


# ------------------------------------------------------------------ display items


def display_items(tx: Transaction, display_item_ids: Iterable[int]) -> list[Row]:
    """Display items with the columns of their display, product and variant."""
    return _batched(
        tx,
        """
        SELECT i.id, i.display_id, i.variant_id, d.product_id, d.store_id, d.name, d.uri, d.excerpt, d.description,
               d.meta_title, d.meta_description, d.meta_keywords, d.stock_unit, d.category_id, d.minimum_quantity,
               d.multiple_of, coalesce(d.tax_group_id, p.tax_group_id) AS tax_group_id, d.created_at,
               max(d.updated_at, p.updated_at, v.updated_at) AS updated_at,
               d.status = 'active' AND p.status = 'active' AND v.status = 'active' AS is_active,
               p.number AS product_number, p.brand_id, p.collection_id, p.measurement_chart_id,
               p.measurements_json,
               c.code AS country_of_origin, v.name AS variant_name, v.number AS variant_number, v.stock_offset,
               v.size_chart_id
        FROM display_items i
        JOIN displays d ON d.id = i.display_id
        JOIN variants v ON v.id = i.variant_id
        JOIN products p ON p.id = d.product_id
        LEFT JOIN countries c ON c.id = p.country_of_origin_id
        WHERE i.id IN ({})
        """,
        display_item_ids,
    )


def active_items(tx: Transaction, display_ids: Iterable[int]) -> list[Row]:
    """(display_id, id) of the display items whose display, product and variant are active, in the display's order."""
    return _batched(
        tx,
        """
        SELECT i.display_id, i.id
        FROM display_items i
        JOIN displays d ON d.id = i.display_id
        JOIN variants v ON v.id = i.variant_id
        JOIN products p ON p.id = d.product_id
        WHERE i.display_id IN ({}) AND d.status = 'active' AND p.status = 'active' AND v.status = 'active'
        ORDER BY i.display_id, i.position, i.id
        """,
        display_ids,
    )


def display_markets(tx: Transaction, display_ids: Iterable[int]) -> list[Row]:
    return _batched(tx, "SELECT display_id, market_id FROM display_markets WHERE display_id IN ({})", display_ids)


def display_categories(tx: Transaction, display_ids: Iterable[int]) -> list[Row]:
    return _batched(
        tx,
        "SELECT display_id, category_id, sort_order FROM display_categories WHERE display_id IN ({})"
        " ORDER BY display_id, category_id",
        display_ids,
    )


def display_relations(tx: Transaction, display_ids: Iterable[int]) -> list[Row]:
    return _batched(
        tx,
        "SELECT r.display_id, t.name, r.related_display_id FROM display_relations r"
        " JOIN relation_types t ON t.id = r.relation_type_id"
        " WHERE r.display_id IN ({}) ORDER BY r.display_id, r.relation_type_id, r.position, r.related_display_id",
        display_ids,
    )


def display_media(tx: Transaction, display_ids: Iterable[int]) -> list[Row]:
    """(display_id, id, variant_id, file_name, format) in the display's order."""
    return _batched(
        tx,
        "SELECT l.display_id, m.id, m.variant_id, m.file_name, m.format"
        " FROM display_media l JOIN media m ON m.id = l.media_id"
        " WHERE l.display_id IN ({}) ORDER BY l.display_id, l.position, m.id",
        display_ids,
    )


def product_media(tx: Transaction, product_ids: Iterable[int]) -> list[Row]:
    """(product_id, id, variant_id, file_name, format) of all pictures of products."""
    return _batched(
        tx,
        "SELECT product_id, id, variant_id, file_name, format FROM media WHERE product_id IN ({})"
        " ORDER BY product_id, position, id",
        product_ids,
    )


def sizes(tx: Transaction, variant_ids: Iterable[int]) -> list[Row]:
    """Active product sizes with their place in the chart, in the chart's order."""
    return _batched(
        tx,
        """
        SELECT z.id, z.variant_id, z.number, z.ean, z.upc, z.is_preorder, z.is_infinite, s.name, s.x, s.y
        FROM product_sizes z JOIN sizes s ON s.id = z.size_id
        WHERE z.variant_id IN ({}) AND z.status = 'active'
        ORDER BY z.variant_id, s.y, s.x, z.id
        """,
        variant_ids,
    )


def translations(tx: Transaction, object_type: str, object_ids: Iterable[int]) -> dict[int, dict[int, dict[str, str]]]:
    """Object id -> language id -> field -> text."""
    found: dict[int, dict[int, dict[str, str]]] = {}
    kind = object_type.replace("'", "")
    sql = (
        "SELECT object_id, language_id, field, text FROM translations"
        f" WHERE object_type = '{kind}' AND object_id IN ({{}})"
    )
    for object_id, language_id, field, text in _batched(tx, sql, object_ids):
        found.setdefault(object_id, {}).setdefault(language_id, {})[field] = text
    return found


# ------------------------------------------------------------------ prices


def prices(tx: Transaction, display_item_ids: Iterable[int]) -> list[Row]:
    return _batched(
        tx,
        "SELECT display_item_id, pricelist_id, price FROM prices WHERE display_item_id IN ({})"
        " ORDER BY display_item_id, pricelist_id",
        display_item_ids,
    )


def campaign_items(tx: Transaction, display_item_ids: Iterable[int]) -> list[Row]:
    """What active campaigns, running or not, do to display items."""
    return _batched(
        tx,
        """
        SELECT i.display_item_id, i.campaign_id, i.percent, i.start_at AS item_start_at, i.stop_at AS item_stop_at,
               c.name, c.start_at, c.stop_at, COALESCE(i.show_as_on_sale, c.show_as_on_sale) AS show_as_on_sale,
               COALESCE(i.show_as_new, c.show_as_new) AS show_as_new
        FROM campaign_items i JOIN campaigns c ON c.id = i.campaign_id
        WHERE i.display_item_id IN ({}) AND c.status = 'active'
        ORDER BY i.display_item_id, i.campaign_id
        """,
        display_item_ids,
    )


def campaign_prices(tx: Transaction, display_item_ids: Iterable[int]) -> list[Row]:
    return _batched(
        tx,
        "SELECT display_item_id, campaign_id, pricelist_id, price FROM campaign_prices WHERE display_item_id IN ({})",
        display_item_ids,
    )


def campaign_markets(tx: Transaction) -> list[Row]:
    return tx.all("SELECT campaign_id, market_id FROM campaign_markets")


def campaign_pricelists(tx: Transaction) -> list[Row]:
    return tx.all("SELECT campaign_id, pricelist_id FROM campaign_pricelists")


def price_records(tx: Transaction, display_item_ids: Iterable[int]) -> list[Row]:
    return _batched(
        tx,
        "SELECT display_item_id, pricelist_id, market_id, price, price_before, from_at, until_at FROM price_records"
        " WHERE display_item_id IN ({}) ORDER BY rowid",
        display_item_ids,
    )


def plan_items(tx: Transaction, display_item_ids: Iterable[int]) -> list[Row]:
    return _batched(
        tx,
        "SELECT display_item_id, subscription_plan_id FROM subscription_plan_items WHERE display_item_id IN ({})"
        " ORDER BY display_item_id, subscription_plan_id",
        display_item_ids,
    )


# ------------------------------------------------------------------ bundles


def bundles(tx: Transaction, product_ids: Iterable[int]) -> list[Row]:
    return _batched(
        tx, "SELECT id, product_id, type, price_type, percent FROM bundles WHERE product_id IN ({})", product_ids
    )


def flexible_bundle_items(tx: Transaction) -> list[int]:
    """The display items of all flexible bundles."""
    found = tx.all(
        "SELECT item.id FROM display_items item JOIN variants ON variants.id = item.variant_id"
        " JOIN bundles ON bundles.product_id = variants.product_id WHERE bundles.type = 'flexible'"
    )
    return [row[0] for row in found]


def bundle_sections(tx: Transaction, bundle_ids: Iterable[int]) -> list[Row]:
    return _batched(
        tx,
        "SELECT id, bundle_id, position, quantity, min_quantity, max_quantity FROM bundle_sections"
        " WHERE bundle_id IN ({}) ORDER BY bundle_id, position, id",
        bundle_ids,
    )


def bundle_section_items(tx: Transaction, section_ids: Iterable[int]) -> list[Row]:
    return _batched(
        tx,
        "SELECT bundle_section_id, display_item_id FROM bundle_section_items WHERE bundle_section_id IN ({})"
        " ORDER BY bundle_section_id, position, display_item_id",
        section_ids,
    )


def bundle_size_parts(tx: Transaction, section_ids: Iterable[int]) -> list[Row]:
    return _batched(
        tx,
        "SELECT product_size_id, bundle_section_id, part_display_item_id, part_product_size_id FROM bundle_size_parts"
        " WHERE bundle_section_id IN ({}) ORDER BY product_size_id, bundle_section_id",
        section_ids,
    )


# ------------------------------------------------------------------ custom attributes


def attribute_types(tx: Transaction) -> list[Row]:
    return tx.all("SELECT * FROM attribute_types ORDER BY position, id")


def attribute_elements(tx: Transaction) -> list[Row]:
    return tx.all("SELECT * FROM attribute_elements ORDER BY attribute_type_id, position, id")


def attribute_options(tx: Transaction) -> list[Row]:
    return tx.all("SELECT * FROM attribute_options ORDER BY attribute_element_id, id")


def attribute_entries(tx: Transaction) -> list[Row]:
    return tx.all("SELECT id, attribute_type_id, name FROM attribute_entries ORDER BY id")


def attribute_entry_values(tx: Transaction) -> list[Row]:
    return tx.all(
        "SELECT v.id, v.attribute_entry_id, e.name, e.kind, v.value, v.value_json FROM attribute_entry_values v"
        " JOIN attribute_elements e ON e.id = v.attribute_element_id ORDER BY v.attribute_entry_id, e.position, e.id"
    )


def attribute_links(tx: Transaction, object_type: str, object_ids: Sequence[int] | None = None) -> list[Row]:
    """(object_id, attribute_entry_id) of objects of a kind; of all of them without ids."""
    sql = f"SELECT object_id, attribute_entry_id FROM attribute_links WHERE object_type = '{_kind(object_type)}'"
    order = " ORDER BY object_id, attribute_entry_id"
    if object_ids is None:
        return tx.all(sql + order)
    return _batched(tx, f"{sql} AND object_id IN ({{}}){order}", object_ids)


def attribute_values(tx: Transaction, object_type: str, object_ids: Sequence[int] | None = None) -> list[Row]:
    """(object_id, attribute_element_id, value, value_json) of dynamic attributes; of all objects without ids."""
    sql = (
        "SELECT object_id, attribute_element_id, value, value_json FROM attribute_values"
        f" WHERE object_type = '{_kind(object_type)}'"
    )
    order = " ORDER BY object_id, attribute_element_id"
    if object_ids is None:
        return tx.all(sql + order)
    return _batched(tx, f"{sql} AND object_id IN ({{}}){order}", object_ids)


_KINDS = (
    "product", "variation", "display", "order", "line", "customer", "account", "sizechart", "product_media", "voucher",
)  # fmt: skip


def _kind(object_type: str) -> str:
    if object_type not in _KINDS:
        raise ValueError(object_type)
    return object_type
