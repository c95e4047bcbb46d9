"""Reads of customers for the GraphQL API that the plain reads of tables do not cover."""

from mockcentra.store.graphql_reading import Link, computed

COUNTRY = computed("customer_country", "SELECT c.id FROM countries c WHERE c.code = {t}.country")
ORDERS = computed(
    "customer_orders", "SELECT COUNT(*) FROM orders o WHERE o.customer_id = {t}.id AND o.status <> 'incomplete'"
)
LAST_ORDER = computed(
    "customer_last_order",
    "SELECT o.id FROM orders o WHERE o.customer_id = {t}.id AND o.status <> 'incomplete'"
    " ORDER BY o.number DESC LIMIT 1",
)
SEEN_AT = computed("customer_seen_at", "SELECT MAX(s.used_at) FROM sessions s WHERE s.customer_id = {t}.id")
BIRTHDATE = computed("customer_birthdate", "json_extract({t}.extra_json, '$.birthdate')")
CELL_PHONE = computed("customer_cell_phone", "json_extract({t}.extra_json, '$.cellPhoneNumber')")
MAILS = Link("customer_mails", "customer_id", "mail_id")
