"""`mockcentra seed --check`: sound shops of every number and size pass, and every promise that is broken is noticed."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from mockcentra.cli import main
from mockcentra.seed import SeedOptions, build_store
from mockcentra.seed.check import FAILED, NOT_BUILT, OK, check, failures, report
from mockcentra.seed.checks import ALL
from mockcentra.store import Store
from mockcentra.store.database import Shared
from mockcentra.store.template import Template, create_schema, memory_connection

BUILT = {each.name: each for each in ALL if each.run is not None}

# What breaks each promise. A statement of several is separated by semicolons.
DAMAGE = [
    ("day of the seed", "UPDATE meta SET value = '2026-08-31' WHERE key = 'as_of'"),
    ("e-mail addresses", "UPDATE customers SET email = 'somebody@gmail.com' WHERE id = 20"),
    ("e-mail addresses", "UPDATE buyers SET email = 'somebody@firma.se' WHERE id = 3"),
    ("dates", "UPDATE orders SET created_at = strftime('%s', '2026-09-02') WHERE number = 1100"),
    ("dates", "UPDATE customers SET created_at = strftime('%s', '2024-05-05') WHERE id = 1"),
    ("seconds", "UPDATE customers SET created_at = (SELECT created_at FROM customers WHERE id = 4) WHERE id = 5"),
    ("nothing runs out", "UPDATE vouchers SET stop_at = strftime('%s', '2027-01-01') WHERE code = 'WELCOME10'"),
    ("nothing runs out", "UPDATE subscriptions SET next_order_at = strftime('%s', '2026-12-01')"),
    ("ids", "UPDATE buyers SET id = 400 WHERE id = 18"),
    ("order numbers", "UPDATE counters SET value = value + 1 WHERE name = 'order'"),
    ("lowest prices", None),  # a price is its own lowest one: only rules could break this
    ("whole rows", "UPDATE display_items SET variant_id = 99999 WHERE id = 7"),
    ("stores", "UPDATE stores SET name = 'Shop' WHERE id = 1"),
    ("markets", "DELETE FROM market_countries WHERE market_id = 5"),
    ("markets", "UPDATE markets SET name = 'Staff' WHERE name = 'VIP'"),
    ("defaults", "UPDATE pricelists SET is_default = 1 WHERE name = 'EUR'"),
    ("defaults", "UPDATE markets SET status = 'inactive' WHERE name = 'Japan'"),
    ("countries without a market", "INSERT INTO market_countries SELECT 1, id, 2 FROM countries WHERE code = 'CH'"),
    ("pricelists", "UPDATE pricelists SET shipping_option_id = 2 WHERE name = 'JPY'"),
    ("VIP prices", "UPDATE prices SET price = price * 2 WHERE display_item_id = 30 AND pricelist_id = 6"),
    ("wholesale pricelists", "UPDATE prices SET price_rrp = NULL WHERE pricelist_id = 7"),
    ("names of pricelists", None),  # the table holds it, like the two at the end
    ("currencies", "UPDATE currencies SET thousands_separator = ',' WHERE code = 'EUR'"),
    ("currencies", "UPDATE currencies SET suffix = '' WHERE code = 'GBP'"),
    ("whole yen", "UPDATE prices SET price = price + 50 WHERE display_item_id = 4 AND pricelist_id = 5"),
    ("languages", "DELETE FROM translations WHERE language_id = 4; DELETE FROM languages WHERE code = 'fr'"),
    ("translated categories", "DELETE FROM translations WHERE object_type = 'category' AND object_id = 3"),
    ("translated displays", "DELETE FROM translations WHERE object_type = 'display' AND field = 'uri'"),
    ("translated names", "DELETE FROM translations WHERE object_type = 'country' AND language_id = 3"),
    ("real translations", "UPDATE translations SET text = '[sv] x' WHERE field = 'description'"),
    ("countries", "UPDATE countries SET eu = 1 WHERE code = 'NO'"),
    ("countries", "DELETE FROM shipping_group_countries WHERE country_id = 2"),
    ("taxes", "UPDATE tax_rules SET percent = 2500 WHERE name = 'Finland 25.5 %'"),
    ("served in full", "INSERT INTO payment_method_countries VALUES (2, 1)"),
    ("reduced tax", "UPDATE products SET tax_group_id = 2 WHERE id = 1"),
    ("wholesale tax", "UPDATE tax_rules SET included = 1 WHERE name = 'Wholesale Sweden 25 %'"),
    ("tax classes", "UPDATE tax_classes SET is_exempt = 0 WHERE name = 'Tax exempt'"),
    ("zip codes", "UPDATE tax_rule_places SET zip_codes_json = '[\"10001\"]' WHERE state_id IS NOT NULL"),
    ("states", "INSERT INTO states (country_id, code, name) VALUES (1, 'AB', 'Stockholm')"),
    ("warehouses", "UPDATE warehouses SET threshold = 3 WHERE id = 2"),
    ("allocation rules", "UPDATE markets SET allocation_rule_id = 1 WHERE name = 'Japan'"),
    ("plain warehouses", "UPDATE warehouses SET allocation_policy = 'check_first' WHERE id = 3"),
    ("counts", "UPDATE displays SET store_id = 2, uri = 'moved' WHERE uri = 'asa-cardigan' AND store_id = 1"),
    ("counts", "INSERT INTO brands (name, uri) VALUES ('Fifth', 'fifth')"),
    ("inactive products", "UPDATE products SET status = 'inactive' WHERE id = 2"),
    ("variants", "DELETE FROM display_media; DELETE FROM media"),
    ("folders", "UPDATE folders SET parent_id = 2 WHERE id = 3"),
    ("brands", "UPDATE products SET name = 'Kastell Tee' WHERE id = 7"),
    ("wholesale displays", "DELETE FROM display_markets WHERE market_id = 8"),
    ("size charts", "UPDATE size_charts SET divider = '-'"),
    ("measurement charts", "UPDATE measurement_charts SET unit = 'inch'"),
    ("EANs", "UPDATE product_sizes SET ean = '2000000000000' WHERE id = 9"),
    ("EANs", "UPDATE product_sizes SET ean = '' WHERE id = 9"),
    ("UPCs", "UPDATE product_sizes SET upc = '' WHERE id BETWEEN 41 AND 48"),
    ("SKUs", "UPDATE product_sizes SET number = '' WHERE id = 3"),
    ("categories", "UPDATE categories SET sort_order = 100 WHERE uri = 'women'"),
    ("filled categories", "DELETE FROM display_categories WHERE category_id = 21"),
    ("whole displays", "UPDATE displays SET description = '' WHERE id = 12"),
    ("whole displays", "DELETE FROM display_media WHERE display_id = 12"),
    ("listed everywhere", "DELETE FROM display_markets WHERE market_id = 3 AND display_id > 60"),
    ("names", "UPDATE products SET name = 'Ulla Tee' WHERE id = 7"),
    ("prices", "UPDATE prices SET price = 900 WHERE display_item_id = 40 AND pricelist_id = 2"),
    ("price points", "UPDATE prices SET price = (SELECT 2 * o.price FROM prices o WHERE o.pricelist_id = 1"
     " AND o.display_item_id = prices.display_item_id) WHERE pricelist_id = 6 AND EXISTS (SELECT 1 FROM prices o"
     " WHERE o.pricelist_id = 1 AND o.display_item_id = prices.display_item_id)"),
    ("customs", "UPDATE products SET hs_code = '' WHERE id = 30"),
    ("relations", "DELETE FROM display_relations WHERE relation_type_id = 1"),
    ("first displays", "INSERT INTO campaign_items (campaign_id, display_item_id, percent) VALUES (1, 1, 2000)"),
    ("first displays", "UPDATE displays SET minimum_quantity = 2 WHERE id = 3"),
    ("lowest ids", "UPDATE display_categories SET sort_order = 0 WHERE display_id = 60"),
    ("last displays", "UPDATE display_categories SET sort_order = 1000000 WHERE display_id = 60"),
    ("deep", "UPDATE stock SET physical = allocated + 499 WHERE product_size_id = 1 AND warehouse_id = 1"),
    ("plenty", "INSERT OR IGNORE INTO stock (product_size_id, warehouse_id, physical)"
     " SELECT product_size_id, 2, 5 FROM stock WHERE warehouse_id = 1"),
    ("two warehouses", "DELETE FROM stock WHERE warehouse_id IN (2, 3)"),
    ("other warehouse only", "UPDATE stock SET physical = 29 WHERE warehouse_id = 2 AND physical = 30"),
    ("scarce", "UPDATE stock SET physical = allocated + 40 WHERE physical - allocated BETWEEN 2 AND 8"),
    ("sold out", "UPDATE stock SET physical = physical + 20 WHERE physical = 0"),
    ("nothing left", "UPDATE stock SET physical = 1 WHERE product_size_id IN (SELECT z.id FROM product_sizes z"
     " JOIN display_items i ON i.variant_id = z.variant_id JOIN displays d ON d.id = i.display_id"
     " WHERE d.uri = 'aurora-dress')"),
    ("ship from store", "UPDATE stock SET physical = 7 WHERE warehouse_id = 4"),
    ("first sizes", "UPDATE stock SET physical = allocated + 3 WHERE product_size_id = 1"),
    ("enough in every country", "DELETE FROM display_markets WHERE market_id = 5 AND display_id > 20"),
    ("reserved", "UPDATE stock SET allocated = 0"),
    ("stock changes", "UPDATE stock_changes SET quantity = quantity + 1 WHERE id = 50"),
    ("never below zero", "UPDATE stock_changes SET created_at = created_at + 40000000 WHERE kind = 'delivery'"),
    ("bundles", "UPDATE bundles SET percent = 500 WHERE percent = 1000"),
    ("whole sets", "UPDATE stock SET physical = allocated + 40 WHERE product_size_id IN (SELECT part_product_size_id"
     " FROM bundle_size_parts)"),
    ("numbers of bundles", "UPDATE product_sizes SET ean = '2099990000010'"
     " WHERE id = (SELECT MAX(id) FROM product_sizes)"),
    ("gift certificates", "UPDATE gift_certificate_amounts SET amount = 1 WHERE currency_id = 5"),
    ("plans", "UPDATE subscription_plans SET percent = 0 WHERE name = 'Monthly'"),
    ("attribute types", "UPDATE attribute_types SET is_filter = 1 WHERE name = 'pr_care'"),
    ("attribute entries", "DELETE FROM attribute_entries WHERE attribute_type_id = 4"),
    ("use of attributes", "DELETE FROM attribute_links WHERE object_type = 'variation'"),
    ("campaigns", "DELETE FROM campaign_items WHERE display_item_id IN (SELECT i.id FROM display_items i"
     " JOIN displays d ON d.id = i.display_id WHERE d.uri = 'mon-jumper')"),
    ("campaigns", "UPDATE campaigns SET status = 'inactive' WHERE name = 'Mid season'"),
    ("campaign prices", "DELETE FROM campaign_pricelists WHERE campaign_id = 1 AND pricelist_id = 4"),
    ("prices of the winter", "DELETE FROM price_records"),
    ("prices of August", "DELETE FROM price_records"),
    ("vouchers", "UPDATE voucher_results SET config_json = '{\"percent\":1100}' WHERE voucher_id = 1"),
    ("vouchers", "UPDATE vouchers SET used = 1 WHERE code = 'ONCE25'"),
    ("sock deal", "UPDATE voucher_conditions SET config_json = '{\"quantity\":4}'"),
    ("sites and affiliates", "UPDATE affiliates SET html = '' WHERE uri = 'lina-blog'"),
    ("physical shops", "UPDATE brick_and_mortars SET latitude = NULL WHERE id = 1"),
    ("content", "DELETE FROM lookbooks WHERE id = 1"),
    ("shipping", "UPDATE shipping_ranges SET cost = 0 WHERE shipping_group_id = 1 AND currency_id = 1"),
    ("payment methods", "UPDATE payment_methods SET is_recurring = 1 WHERE uri = 'quickpay'"),
    ("settings", "INSERT OR REPLACE INTO settings VALUES ('store.backorders', 'true')"),
    ("numbers of customers", "UPDATE customers SET country = 'SE' WHERE country = 'JP'"),
    ("consents", "UPDATE consents SET version = '' WHERE key = 'newsletter'"),
    ("no gaps", "UPDATE customers SET phone_number = '' WHERE id = 60"),
    ("passwords", "UPDATE customers SET password_hash = 'sha256:1:a:b' WHERE email = 'anna.demo@example.com'"),
    ("Anna", "DELETE FROM wishlist_items"),
    ("Max", "UPDATE subscriptions SET status = 'active'"),
    ("the other known ones", "UPDATE customers SET market_id = 1 WHERE email = 'vip.demo@example.com'"),
    ("statuses", "UPDATE orders SET status = 'confirmed' WHERE status = 'pending' AND is_on_hold = 0"),
    ("places of orders", "UPDATE orders SET state_id = NULL WHERE currency_id = 4"),
    ("pending orders", "UPDATE payment_entries SET amount = amount - 100 WHERE type = 'auth'"),
    ("open orders", "DELETE FROM allocations WHERE shipment_id IS NULL"),
    ("plain confirmed orders", "UPDATE payment_entries SET amount = amount - 100 WHERE type = 'auth'"),
    ("on hold", "UPDATE orders SET is_suspect = 0"),
    ("processing orders", "UPDATE shipments SET is_good_to_go = 1"),
    ("completed orders", "UPDATE shipments SET tracking_number = '' WHERE carrier <> ''"),
    ("archived orders", "UPDATE orders SET created_at = created_at + 31536000 WHERE status = 'archived'"),
    ("cancelled orders", "DELETE FROM payment_entries WHERE type = 'cancel'"),
    ("sold sizes", "UPDATE order_lines SET display_item_id = NULL WHERE id = 4"),
    ("mixture", "UPDATE order_lines SET campaign_id = NULL"),
    ("numbers follow time", "UPDATE orders SET created_at = created_at - 8000000 WHERE number = 1150"),
    ("returns", "UPDATE returns SET is_refunded = 0"),
    ("returns", "UPDATE returns SET status = 'pending'"),
    ("Anna's return", "UPDATE orders SET customer_id = 1"),
    ("return of order 1001", "DELETE FROM return_lines; DELETE FROM returns"),
    ("suppliers' orders", "UPDATE supplier_orders SET is_confirmed = 1"),
    ("suppliers' orders", "UPDATE supplier_order_lines SET cost = 0 WHERE id = 1"),
    ("supplier deliveries", "UPDATE supplier_deliveries SET status = 'open'"),
    ("supplier deliveries", "UPDATE supplier_delivery_lines SET quantity = 1"),
    ("linked orders", "UPDATE supplier_links SET quantity = 99"),
    ("supplier deliveries in the stock history", "UPDATE stock_changes SET kind = 'correction' WHERE kind = 'return'"),
    ("allocation requests", "UPDATE allocation_requests SET status = 'sent' WHERE status = 'allocated'"),
    ("allocation requests", "UPDATE allocation_requests SET expires_at = expires_at - 1 WHERE status = 'failed'"),
    ("terms", "UPDATE payment_terms SET name = 'NET90' WHERE name = 'NET60'"),
    ("accounts", "UPDATE accounts SET status = 'active'"),
    ("wholesale orders", "UPDATE orders SET is_on_hold = 1 WHERE store_id = 2 AND status = 'pending'"),
    ("wholesale orders", "UPDATE selections SET status = 'dropped' WHERE account_id IS NOT NULL"),
    ("invoices", "DELETE FROM invoices WHERE account_id IS NOT NULL"),
    ("SOAP queue", "DELETE FROM soap_events WHERE id = 2"),
    (
        "case 18: wholesale with tax",
        "UPDATE orders SET tax_added = 0, grand_total = grand_total - tax_added WHERE store_id = 2",
    ),
    ("case 19: internal wholesale order", "UPDATE orders SET is_internal = 0 WHERE store_id = 2"),
    ("delivery windows", "UPDATE delivery_windows SET sales_until = strftime('%s', '2027-01-01')"),
    ("price alteration", "UPDATE price_alterations SET status = 'active'"),
    ("packages", "DELETE FROM package_amounts WHERE pricelist_id = 3"),
    ("tokens", "UPDATE api_tokens SET expires_at = NULL WHERE name = 'pim'"),
    ("case 1: one market", "INSERT INTO display_markets SELECT id, 2 FROM displays WHERE uri = 'norrsken-jumper'"),
    ("case 2: one price missing", "DELETE FROM prices WHERE display_item_id = 100 AND pricelist_id = 4"),
    ("case 4: kinds of sizes", "DELETE FROM size_localizations"),
    ("case 5: multiples", "UPDATE displays SET minimum_quantity = 1 WHERE minimum_quantity = 3"),
    ("case 6: pre-orders", "UPDATE product_sizes SET is_preorder = 0"),
    ("case 7: several displays", "DELETE FROM display_items WHERE display_id = (SELECT id FROM displays WHERE uri ="
     " 'frederica-overshirt'); DELETE FROM display_items WHERE display_id = (SELECT id FROM displays WHERE uri ="
     " 'marius-sweater')"),
    ("case 7: second sold out", "UPDATE stock SET physical = physical + 1 WHERE physical = 0"),
    ("case 7: first inactive", "UPDATE variants SET status = 'active'"),
    ("case 8: hidden products", "UPDATE products SET is_serializable = 0"),
    ("case 8: hidden products", "UPDATE displays SET status = 'active'"),
    ("case 9: odd texts", "UPDATE displays SET name = substr(name, 1, 60)"),
    ("case 10: only children", "INSERT OR IGNORE INTO display_categories SELECT 1, id, 9 FROM categories"),
    ("case 11: without", "UPDATE product_sizes SET upc = '400000000000' || (id % 10) WHERE upc = ''"),
    ("case 12: bundles", "UPDATE orders SET status = 'archived' WHERE status = 'completed'"),
    ("case 13: back-ordered", "UPDATE orders SET status = 'completed' WHERE status = 'processing'"),
    ("case 14: check first", "UPDATE allocation_requests SET status = 'confirmed' WHERE kind = 'check_first'"),
    ("case 15: external payment", "UPDATE payment_entries SET status = 'failed' WHERE type = 'capture'"),
    ("case 15: captured in whole", "DELETE FROM payment_entries WHERE type = 'capture' AND shipment_id IS NULL"),
    ("case 15: failed capture", "DELETE FROM payment_entries WHERE status = 'failed'"),
    ("case 15: free order", "UPDATE orders SET is_internal = 0"),
    ("case 16: gift certificates", "UPDATE shipments SET is_shipped = 0"),
    ("case 17: odd lines", "UPDATE order_lines SET cancelled_quantity = 0"),
    ("case 17: odd lines", "UPDATE order_lines SET comment = ''"),
    ("case 18: taxes", "UPDATE orders SET tax_deducted = 0, grand_total = grand_total - tax_deducted"),
    ("case 19: flags", "UPDATE orders SET is_locked = 1 WHERE number = 1020"),
    ("case 20: twins", "UPDATE orders SET created_at = created_at + number"),
    ("no infinite stock", "UPDATE product_sizes SET is_infinite = 1 WHERE id = 77"),
    ("no infinite stock", "UPDATE variants SET stock_offset = 2 WHERE id = 7"),
    ("no discount by itself", "UPDATE voucher_results SET config_json = '{}' WHERE type = 'cheapest_free'"),
    ("no odd orders", "UPDATE orders SET customer_id = NULL WHERE number = 1005"),
    ("no odd customers", "UPDATE customers SET anonymized_at = created_at WHERE id = 9"),
    ("nothing of users", "UPDATE selections SET status = 'open' WHERE id = 5"),
    ("nothing real", "UPDATE displays SET description = 'Lorem ipsum dolor sit amet.' WHERE id = 9"),
    ("known logins", "DELETE FROM buyers WHERE email = 'buyer.demo@example.com'"),
    ("astrid-cardigan", "UPDATE variants SET status = 'inactive' WHERE id = 2"),
    ("named displays", "UPDATE displays SET uri = 'hoega-coat' WHERE uri = 'hoga-coat'"),
    ("order 1001", "UPDATE orders SET status = 'archived' WHERE number = 1001"),
    ("1: stock", "UPDATE stock SET allocated = allocated - 1 WHERE allocated > 0"),
    ("1: stock", "UPDATE orders SET status = 'archived' WHERE status = 'confirmed'"),
    ("2: units", "UPDATE shipment_lines SET quantity = quantity + 1"),
    ("3: statuses", "UPDATE orders SET status = 'completed' WHERE status = 'processing'"),
    ("3: statuses", "UPDATE orders SET status = 'processing' WHERE status = 'completed'"),
    ("4: money", "UPDATE payment_entries SET amount = 2 * amount WHERE type = 'capture'"),
    ("5: totals", "UPDATE order_lines SET line_total = line_total + 1 WHERE parent_line_id IS NULL"),
    ("5: totals", "UPDATE order_taxes SET amount = amount + 1"),
    ("6: numbers", "UPDATE shipments SET position = position + 10"),
    ("7: visibility", None),
    ("8: bundle stock", None),
]  # fmt: skip


@pytest.fixture
def connection(template: Template) -> Iterator[sqlite3.Connection]:
    """A copy of the default shop that may be damaged: nothing looks after its references."""
    copy = template.copy()
    copy.execute("PRAGMA foreign_keys = OFF")
    copy.execute("PRAGMA ignore_check_constraints = ON")
    yield copy
    copy.close()


def test_the_default_shop_keeps_every_promise(template: Template) -> None:
    findings = check(Store(template.copy(), Shared()))
    assert [(finding.name, finding.problems) for finding in failures(findings)] == []
    assert [finding.state for finding in findings].count(OK) == len(BUILT)


@pytest.mark.parametrize(
    "options",
    [SeedOptions(seed=2), SeedOptions(seed=3), SeedOptions(products=400), SeedOptions(seed=2, orders=260)],
    ids=["seed 2", "seed 3", "400 products", "260 orders"],
)
def test_other_seed_numbers_and_sizes_keep_them_too(options: SeedOptions) -> None:
    connection = memory_connection()
    create_schema(connection)
    build_store(connection, options)
    found = failures(check(Store(connection, Shared())))
    assert [(finding.name, finding.problems) for finding in found] == []


@pytest.mark.parametrize(
    ("name", "damage"), [pytest.param(name, damage, id=f"{name} {number}") for number, (name, damage) in
                         enumerate(DAMAGE) if damage is not None]
)  # fmt: skip
def test_a_broken_promise_is_noticed(name: str, damage: str, connection: sqlite3.Connection) -> None:
    connection.executescript(damage)
    (finding,) = check(Store(connection, Shared()), [BUILT[name]])
    assert finding.state == FAILED
    assert finding.problems


def test_every_check_can_fail() -> None:
    assert {name for name, _ in DAMAGE} == set(BUILT)


def test_names_of_checks_are_unique() -> None:
    assert len({each.name for each in ALL}) == len(ALL)


def test_what_is_not_built_says_so(store: Store) -> None:
    later = {finding.name for finding in check(store) if finding.state == NOT_BUILT}
    assert later == {each.name for each in ALL} - set(BUILT)


def test_a_shop_without_anything_fails_without_breaking() -> None:
    connection = memory_connection()
    create_schema(connection)
    findings = check(Store(connection, Shared()))
    assert len(failures(findings)) > len(BUILT) // 2


def test_the_report_names_section_promise_and_problems(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE stores SET name = 'Shop' WHERE id = 1")
    lines = list(report(check(Store(connection, Shared()), [BUILT["stores"], BUILT["markets"]])))
    assert lines[0].split()[:3] == ["2", "stores", "failed"]
    assert "expected" in lines[1]
    assert lines[2].split()[:3] == ["2", "markets", "ok"]
    assert lines[-1] == "1 ok, 1 failed, 0 not built"


# ---------------------------------------------------------------- on the command line


def test_checking_on_the_command_line(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    runner = CliRunner()
    assert runner.invoke(main, ["seed", str(path)]).exit_code == 0
    sound = runner.invoke(main, ["seed", str(path), "--check"])
    assert sound.exit_code == 0, sound.output
    assert "0 failed" in sound.output
    with sqlite3.connect(path) as damaged:
        damaged.execute("UPDATE vouchers SET status = 'inactive' WHERE code = 'WELCOME10'")
    broken = runner.invoke(main, ["seed", str(path), "--check"])
    assert broken.exit_code == 1
    assert "WELCOME10" in broken.output
