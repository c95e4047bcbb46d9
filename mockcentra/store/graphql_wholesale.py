"""Reads of accounts, delivery windows, invoices and what belongs to them, for the GraphQL API."""

from collections.abc import Iterable

from mockcentra.store.database import Row, Transaction, to_json
from mockcentra.store.graphql_reading import Condition, Link, computed

_AMONG = "IN (SELECT value FROM json_each(?))"


def kept(name: str, key: str, default: str = "0", column: str = "extra_json") -> str:
    """A path to what a row keeps in a JSON column under a key."""
    return computed(name, f"COALESCE(json_extract({{t}}.{column}, '$.{key}'), {default})")


# ------------------------------------------------------------------ accounts and buyers

IS_DISCOUNT_VISIBLE = kept("account_discount_visible", "isDiscountVisible", "1")
ALLOWS_CONSIGNATION = kept("account_consignation", "allowConsignation")
APPLIES_CREDIT_LIMIT = computed(
    "account_applies_limit",
    "COALESCE(json_extract({t}.extra_json, '$.applyCreditLimit'), {t}.credit_limit IS NOT NULL)",
)
BLOCKS_UNPAID = kept("account_blocks_unpaid", "blockIfUnpaidInvoices")
HAS_BRANDS = computed(
    "account_has_brands", "COALESCE(json_extract({t}.extra_json, '$.hasBrandsRestriction'), {t}.brands_json <> '[]')"
)
IS_INTERNAL = kept("account_internal", "isInternal")
OTHER_COMMENT = kept("account_other", "other", "''")
WEBSITE = kept("website_url", "websiteUrl", "''")
TEMPLATE = kept("account_template", "documentTemplate", "NULL")
ACCOUNT_EMAIL = kept("account_email", "email", "''", "address_json")
BILLING_EMAIL = kept("billing_email", "email", "''", "billing_address_json")
SHIPPING_EMAIL = kept("shipping_email", "email", "''", "shipping_address_json")
NEWSLETTERS = kept("buyer_newsletters", "receiveNewsletters")
PHONE = kept("buyer_phone", "phoneNumber", "''", "address_json")
CELL_PHONE = kept("buyer_cell_phone", "cellPhoneNumber", "''", "address_json")
ORDERS_OF_BUYER = computed("buyer_orders", "SELECT COUNT(*) FROM orders o WHERE o.buyer_id = {t}.id")
LAST_ORDER_OF_BUYER = computed("buyer_last_order", "SELECT MAX(o.id) FROM orders o WHERE o.buyer_id = {t}.id")
RETURNS_OF_ACCOUNT = Link("account_returns", "account_id", "return_id")
MAILS_OF_ACCOUNT = Link("buyer_mails", "account_id", "mail_id")
MAILS_OF_BUYER = Link("buyer_mails", "buyer_id", "mail_id")


def window_discounts(tx: Transaction, account_ids: Iterable[int]) -> dict[int, list[Row]]:
    """Account -> (account_id, delivery_window_id, percent) of its discounts in windows."""
    found: dict[int, list[Row]] = {}
    for row in tx.all(
        f"SELECT * FROM account_window_discounts WHERE account_id {_AMONG} ORDER BY delivery_window_id",
        (to_json(list(account_ids)),),
    ):
        found.setdefault(row["account_id"], []).append(row)
    return found


# ------------------------------------------------------------------ delivery windows

DATES_VISIBLE = kept("window_dates_visible", "deliveryDatesVisible", "1")
SELECTABLE = kept("window_selectable", "selectableByBuyers", "1")
SELECTED = kept("window_selected", "selectedByDefault")
DAYS_FROM_NOW = kept("window_days", "daysFromNow", "NULL")
SELECTABLE_DATE = kept("window_selectable_date", "selectableDate")
ALLOCATION_ORDER = kept("window_allocation_order", "allocationOrder", "'FIFO'")


def variants_of_windows(tx: Transaction, window_ids: Iterable[int]) -> dict[int, list[Row]]:
    """Window -> its variants: how they are sold there, and the names by which one may search."""
    found: dict[int, list[Row]] = {}
    for row in tx.all(
        "SELECT w.delivery_window_id, w.variant_id, v.product_id, w.variant_limit, w.product_limit, w.limit_json,"
        " COALESCE(NULLIF(w.stock_type, ''), d.stock_type) AS stock_type, p.name || ' ' || v.name AS names"
        " FROM delivery_window_variants w JOIN delivery_windows d ON d.id = w.delivery_window_id"
        " JOIN variants v ON v.id = w.variant_id JOIN products p ON p.id = v.product_id"
        f" WHERE w.delivery_window_id {_AMONG} ORDER BY w.delivery_window_id, w.variant_id",
        (to_json(list(window_ids)),),
    ):
        found.setdefault(row["delivery_window_id"], []).append(row)
    return found


# ------------------------------------------------------------------ invoices

INVOICE_NUMBER = computed(
    "invoice_number",
    "CASE WHEN {t}.number <> '' AND {t}.number NOT GLOB '*[^0-9]*' AND LENGTH({t}.number) < 10"
    " THEN CAST({t}.number AS INTEGER) ELSE {t}.id END",
)
INVOICE_STORE = computed(
    "invoice_store", "COALESCE({t}.store_id, (SELECT store_id FROM orders WHERE id = {t}.order_id))"
)
INVOICE_STORE_NAME = computed(
    "invoice_store_name",
    "SELECT name FROM stores WHERE id = COALESCE({t}.store_id, (SELECT store_id FROM orders WHERE id = {t}.order_id))",
)
INVOICE_STORE_TYPE = computed(
    "invoice_store_type",
    "COALESCE((SELECT type FROM stores WHERE id ="
    " COALESCE({t}.store_id, (SELECT store_id FROM orders WHERE id = {t}.order_id))), 'wholesale')",
)
INVOICE_ACCOUNT = computed(
    "invoice_account", "COALESCE({t}.account_id, (SELECT account_id FROM orders WHERE id = {t}.order_id))"
)
INVOICE_STATUS = computed(
    "invoice_status",
    "CASE WHEN {t}.status IN ('cancelled', 'canceled') THEN 'cancelled'"
    " WHEN {t}.status = 'paid' OR {t}.total_paid >= {t}.total THEN 'paid' WHEN {t}.total_paid > 0 THEN 'part'"
    " ELSE 'unpaid' END",
)
INVOICE_TYPE = computed(
    "invoice_type",
    "CASE WHEN {t}.return_id IS NOT NULL OR {t}.total < 0 THEN 'credit'"
    " WHEN json_extract({t}.document_json, '$.documenttype') LIKE 'proforma%' THEN 'proforma' ELSE 'invoice' END",
)
INVOICE_UPDATED = computed(
    "invoice_updated",
    "COALESCE((SELECT MAX(e.created_at) FROM events e WHERE e.object_type = 'invoice' AND e.object_id = {t}.id),"
    " {t}.created_at)",
)
INVOICE_PO_NUMBER = computed(
    "invoice_po_number",
    "COALESCE(json_extract({t}.document_json, '$.ponumber'),"
    " (SELECT po_number FROM orders WHERE id = {t}.order_id), '')",
)
_TAX = (
    "CASE WHEN json_type({t}.document_json, '$.vat') IS NULL THEN COALESCE((SELECT CASE WHEN o.grand_total = 0 THEN 0"
    " ELSE CAST(ROUND({t}.total * 1.0 * o.grand_total_tax / o.grand_total) AS INTEGER) END FROM orders o"
    " WHERE o.id = {t}.order_id), 0)"
    " ELSE CAST(ROUND(json_extract({t}.document_json, '$.vat') * 100) AS INTEGER) END"
)
INVOICE_TAX = computed("invoice_tax", _TAX)
INVOICE_NET = computed("invoice_net", f"{{t}}.total - {_TAX}")
PAYMENT_STORE = computed(
    "payment_store",
    "SELECT COALESCE(i.store_id, o.store_id) FROM invoices i LEFT JOIN orders o ON o.id = i.order_id"
    " WHERE i.id = {t}.invoice_id",
)


_COMMISSIONS = (
    "SELECT i.id AS invoice_id, i.order_id, i.currency_id, r.id AS sales_rep_id, r.percent,"
    " CAST(ROUND(i.total * r.percent / 10000.0) AS INTEGER) AS value FROM invoices i"
    " LEFT JOIN orders o ON o.id = i.order_id JOIN accounts a ON a.id = COALESCE(i.account_id, o.account_id)"
    " JOIN sales_representatives r ON r.id = a.sales_rep_id WHERE r.percent > 0 AND i.status <> 'cancelled'"
)


def commissions(tx: Transaction, sales_rep_ids: Iterable[int], are_paid: bool) -> dict[int, list[Row]]:
    """Sales rep -> his commissions of invoices that are paid, or of those that are not."""
    found: dict[int, list[Row]] = {}
    for row in tx.all(
        f"{_COMMISSIONS} AND r.id {_AMONG} AND (i.status = 'paid' OR i.total_paid >= i.total) = ? ORDER BY i.id",
        (to_json(list(sales_rep_ids)), int(are_paid)),
    ):
        found.setdefault(row["sales_rep_id"], []).append(row)
    return found


def commissions_of_invoices(tx: Transaction, invoice_ids: Iterable[int]) -> list[Row]:
    """What the sales representatives of the accounts get of invoices."""
    return tx.all(f"{_COMMISSIONS} AND i.id {_AMONG} ORDER BY i.id", (to_json(list(invoice_ids)),))


def invoices_of_shipments(tx: Transaction, shipment_ids: Iterable[int]) -> list[int]:
    """The invoices of shipments, and the credit notes of what came back of them."""
    wanted = to_json(list(shipment_ids))
    return [row[0] for row in tx.all(f"SELECT id FROM invoices WHERE shipment_id {_AMONG} ORDER BY id", (wanted,))]


TEMPLATE_NAME = computed("template_name", "'Invoice of ' || {t}.name")


# ------------------------------------------------------------------ wishlists and physical stores

WISHLIST_STORE = "customer_id>customers.store_id"
WISHLIST_MADE = computed(
    "wishlist_made",
    "COALESCE((SELECT MIN(i.created_at) FROM wishlist_items i WHERE i.wishlist_id = {t}.id),"
    " (SELECT created_at FROM customers WHERE id = {t}.customer_id))",
)
PLACE_TYPE = computed(
    "place_type",
    "CASE WHEN LOWER({t}.type_name) LIKE '%shop%' OR LOWER({t}.type_name) LIKE '%store%' THEN 'store'"
    " WHEN LOWER({t}.type_name) LIKE '%pick%' THEN 'pickup' ELSE 'other' END",
)
PLACE_ADDRESS = computed("place_address", "COALESCE({t}.address, '')")
PLACE_LATITUDE = computed("place_latitude", "COALESCE({t}.latitude, '')")
PLACE_LONGITUDE = computed("place_longitude", "COALESCE({t}.longitude, '')")


def owner_of_wishlist(tx: Transaction, wishlist_id: int) -> int | None:
    """The customer whose wishlist it is."""
    return tx.value("SELECT customer_id FROM wishlists WHERE id = ?", (wishlist_id,))


# ------------------------------------------------------------------ shipping options and size localizations

IS_PICKUP = kept("option_pickup", "isPickupPoint")
OPTION_COMMENT = kept("option_comment", "comment", "''")
OPTION_CURRENCY = computed(
    "option_currency",
    "COALESCE({t}.own_currency_id, (SELECT c.currency_id FROM shipping_option_currencies c"
    " JOIN stores s ON s.id = {t}.store_id WHERE c.shipping_option_id = {t}.id"
    " ORDER BY c.currency_id <> s.base_currency_id, c.currency_id LIMIT 1),"
    " (SELECT base_currency_id FROM stores WHERE id = {t}.store_id))",
)


def stores_of_type(tx: Transaction, kind: str) -> list[int]:
    """The stores of a type: dtc or wholesale."""
    return [row[0] for row in tx.all("SELECT id FROM stores WHERE type = ? ORDER BY id", (kind,))]


def localized_in(country_ids: Iterable[int]) -> Condition:
    """Size localizations for one of these countries."""
    return Condition(
        "EXISTS (SELECT 1 FROM json_each(t.countries_json) j JOIN countries c ON c.code = j.value"
        f" WHERE c.id {_AMONG})",
        (to_json(list(country_ids)),),
    )


def localized_for(store_ids: Iterable[int]) -> Condition:
    """Size localizations that one of these stores shows; those that say nothing of stores are shown by all."""
    wanted = list(store_ids)
    return Condition(
        f"? AND (t.stores_json IS NULL OR EXISTS (SELECT 1 FROM json_each(t.stores_json) j WHERE j.value {_AMONG}))",
        (int(bool(wanted)), to_json(wanted)),
    )


def sizes_of_charts(tx: Transaction, chart_ids: Iterable[int]) -> dict[int, list[Row]]:
    """Chart -> (id, name, label) of its sizes; the label is that on the horizontal axis."""
    found: dict[int, list[Row]] = {}
    for row in tx.all(
        "SELECT s.id, s.size_chart_id, s.name, json_extract(c.x_json, '$[' || s.x || ']') AS label"
        f" FROM sizes s JOIN size_charts c ON c.id = s.size_chart_id WHERE s.size_chart_id {_AMONG} ORDER BY s.id",
        (to_json(list(chart_ids)),),
    ):
        found.setdefault(row["size_chart_id"], []).append(row)
    return found


# ------------------------------------------------------------------ calculations


def items_of_displays(tx: Transaction, display_ids: Iterable[int]) -> dict[tuple[int, int], int]:
    """(display, variant) -> its display item."""
    return {
        (row[0], row[1]): row[2]
        for row in tx.all(
            f"SELECT display_id, variant_id, id FROM display_items WHERE display_id {_AMONG}",
            (to_json(list(display_ids)),),
        )
    }
