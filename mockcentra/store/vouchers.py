"""Rows of vouchers."""

from collections.abc import Sequence
from typing import Any

from mockcentra.store.database import Row, Transaction, marks

HAD_EFFECT = "json_array_length(u.details_json, '$.effects') > 0"
"""That a voucher (row `u` of order_vouchers) did something for its order: it may have been there without."""


def by_code(tx: Transaction, store_id: int, code: str) -> Row | None:
    """A code or URL voucher by its code, written in any case."""
    return tx.one(
        "SELECT * FROM vouchers WHERE store_id = ? AND code_key = ? AND trigger <> 'auto'",
        (store_id, code.strip().lower()),
    )


def by_own_code(tx: Transaction, store_id: int, code: str) -> Row | None:
    """(id, voucher_id, trigger) of the code that was made for a voucher, written in any case."""
    return tx.one(
        "SELECT s.id, s.voucher_id, v.trigger FROM subvouchers s JOIN vouchers v ON v.id = s.voucher_id"
        " WHERE v.store_id = ? AND s.code_key = ? AND v.trigger <> 'auto'",
        (store_id, code.strip().lower()),
    )


def by_ids(tx: Transaction, voucher_ids: Sequence[int]) -> list[Row]:
    """The rows with `is_for_owners`: whether somebody must be named to use the voucher by its own means."""
    if not voucher_ids:
        return []
    return tx.all(
        "SELECT v.*, EXISTS (SELECT 1 FROM subvouchers s WHERE s.voucher_id = v.id AND s.code_key = '')"
        f" AS is_for_owners FROM vouchers v WHERE v.id IN ({marks(voucher_ids)})",
        voucher_ids,
    )


def subvouchers(tx: Transaction, subvoucher_ids: Sequence[int]) -> list[Row]:
    if not subvoucher_ids:
        return []
    return tx.all(f"SELECT * FROM subvouchers WHERE id IN ({marks(subvoucher_ids)})", subvoucher_ids)


def automatic_ids(tx: Transaction, store_id: int) -> list[int]:
    return [
        row[0]
        for row in tx.all(
            "SELECT id FROM vouchers WHERE store_id = ? AND trigger = 'auto' AND status = 'active' ORDER BY id",
            (store_id,),
        )
    ]


def markets(tx: Transaction, voucher_ids: Sequence[int]) -> list[Row]:
    return tx.all(
        f"SELECT voucher_id, market_id FROM voucher_markets WHERE voucher_id IN ({marks(voucher_ids)})", voucher_ids
    )


def conditions(tx: Transaction, voucher_ids: Sequence[int]) -> list[Row]:
    return tx.all(
        f"SELECT * FROM voucher_conditions WHERE voucher_id IN ({marks(voucher_ids)}) ORDER BY position, id",
        voucher_ids,
    )


def results(tx: Transaction, voucher_ids: Sequence[int]) -> list[Row]:
    return tx.all(
        f"SELECT * FROM voucher_results WHERE voucher_id IN ({marks(voucher_ids)}) ORDER BY position, id", voucher_ids
    )


def amounts(tx: Transaction, voucher_ids: Sequence[int]) -> list[Row]:
    """What vouchers are worth, without the rests of codes that were made for them."""
    return tx.all(
        f"SELECT rowid AS id, * FROM voucher_amounts WHERE voucher_id IN ({marks(voucher_ids)})"
        " AND subvoucher_id IS NULL",
        voucher_ids,
    )


def amounts_of_codes(tx: Transaction, subvoucher_ids: Sequence[int]) -> list[Row]:
    """The rests of codes that were made for credits."""
    if not subvoucher_ids:
        return []
    return tx.all(
        "SELECT a.rowid AS id, a.* FROM subvouchers s JOIN voucher_amounts a"
        f" ON a.voucher_id = s.voucher_id AND a.subvoucher_id = s.id WHERE s.id IN ({marks(subvoucher_ids)})",
        subvoucher_ids,
    )


def count_use_of_code(tx: Transaction, voucher_id: int, subvoucher_id: int) -> bool:
    """Counts one use of a code that was made for a voucher; False when it was used as often as the voucher allows."""
    counted = tx.run(
        "UPDATE subvouchers SET used = used + 1 WHERE id = ?1 AND EXISTS (SELECT 1 FROM vouchers v"
        " WHERE v.id = ?2 AND (v.usage_limit = 0 OR subvouchers.used < v.usage_limit))",
        (subvoucher_id, voucher_id),
    )
    if counted:
        tx.run(
            "UPDATE vouchers SET used_by_codes = used_by_codes + 1, updated_at = ? WHERE id = ?", (tx.now, voucher_id)
        )
    return counted > 0


def count_use(tx: Transaction, voucher_id: int) -> bool:
    """Counts one use of a voucher's own code; False when the limit is reached already."""
    return (
        tx.run(
            "UPDATE vouchers SET used = used + 1, updated_at = ?"
            " WHERE id = ? AND (usage_limit = 0 OR used < usage_limit)",
            (tx.now, voucher_id),
        )
        > 0
    )


def spend(tx: Transaction, amount_id: int, amount: int) -> bool:
    """Takes an amount off a credit's rest; False when there is not enough left."""
    return (
        tx.run(
            "UPDATE voucher_amounts SET remaining = COALESCE(remaining, amount) - ?"
            " WHERE rowid = ? AND COALESCE(remaining, amount) >= ?",
            (amount, amount_id, amount),
        )
        > 0
    )


def add_credit(tx: Transaction, store_id: int, name: str, code: str, market_ids: Sequence[int]) -> int:
    """A code voucher that is worth what `add_amount` gives it and keeps its rest; returns its id."""
    voucher_id = tx.insert(
        "vouchers",
        store_id=store_id,
        name=name,
        trigger="code",
        code=code,
        code_key=code.lower(),
        usage_limit=1,
        reuse_value=1,
        kind="gift_certificate",
        created_at=tx.now,
        updated_at=tx.now,
    )
    tx.run_many(
        "INSERT INTO voucher_markets (voucher_id, market_id) VALUES (?, ?)",
        [(voucher_id, market_id) for market_id in market_ids],
    )
    tx.insert("voucher_results", voucher_id=voucher_id, position=0, type="price_off")
    return voucher_id


def add_amount(tx: Transaction, voucher_id: int, currency_id: int, amount: int) -> None:
    """What a credit is worth in a currency, all of it left."""
    tx.insert("voucher_amounts", voucher_id=voucher_id, currency_id=currency_id, amount=amount, remaining=amount)


# ------------------------------------------------------------------ what conditions ask of a shopper


def shoppers(tx: Transaction, store_id: int, customer_id: int | None, emails: Sequence[str]) -> list[Row]:
    """(id, email_key) of the customers that somebody with these e-mail addresses is, or who is signed in."""
    return tx.all(
        "SELECT id, email_key FROM customers WHERE id = ? UNION SELECT id, email_key FROM customers"
        f" WHERE store_id = ? AND anonymized_at IS NULL AND email_key IN ({marks(emails)})",
        (customer_id, store_id, *emails),
    )


def has_ordered(tx: Transaction, customer_ids: Sequence[int], account_id: int | None) -> bool:
    """Whether one of these customers, or that account, has an order that was not cancelled."""
    whose, ids = _buyers(customer_ids, account_id)
    sql = f"SELECT 1 FROM orders o WHERE {whose} AND o.status NOT IN ('cancelled', 'incomplete') LIMIT 1"
    return tx.value(sql, ids) is not None


def _buyers(customer_ids: Sequence[int], account_id: int | None) -> tuple[str, Sequence[int]]:
    """The condition that an order (`o`) is of that account, else of one of these customers, with its values."""
    if account_id is not None:
        return "o.account_id = ?", (account_id,)
    return f"o.customer_id IN ({marks(customer_ids)})", customer_ids


def used_by(
    tx: Transaction, voucher_ids: Sequence[int], customer_ids: Sequence[int], account_id: int | None
) -> set[int]:
    """Which of these vouchers one of these customers, or that account, has used for an order that was not cancelled."""
    whose, ids = _buyers(customer_ids, account_id)
    # the plus sign keeps the query from starting at a voucher that thousands used
    return {
        row[0]
        for row in tx.all(
            "SELECT DISTINCT u.voucher_id FROM orders o JOIN order_vouchers u ON u.order_id = o.id"
            f" WHERE {whose} AND o.status <> 'cancelled' AND +u.voucher_id IN ({marks(voucher_ids)}) AND {HAD_EFFECT}",
            (*ids, *voucher_ids),
        )
    }


def owned_by(tx: Transaction, voucher_ids: Sequence[int], emails: Sequence[str], domains: Sequence[str]) -> list[Row]:
    """(voucher_id, id) of what names these e-mail addresses or their domains, while it counts and is not used up."""
    return tx.all(
        "SELECT s.voucher_id, s.id FROM subvouchers s JOIN vouchers v ON v.id = s.voucher_id"
        f" WHERE s.voucher_id IN ({marks(voucher_ids)}) AND s.code_key = ''"
        f" AND (lower(s.email) IN ({marks(emails)}) OR (s.email = '' AND lower(s.domain) IN ({marks(domains)})))"
        " AND COALESCE(s.start_at, ?) <= ? AND COALESCE(s.stop_at, ?) >= ?"
        " AND (v.usage_limit = 0 OR s.used < v.usage_limit) ORDER BY s.email = '', s.id",
        (*voucher_ids, *emails, *domains, tx.now, tx.now, tx.now, tx.now),
    )


def folders_of(tx: Transaction, product_ids: Sequence[int]) -> list[Row]:
    """(product_id, folder_id): the folder of each of these products, and every one above it."""
    return tx.all(
        "WITH RECURSIVE above(product_id, folder_id) AS ("
        f" SELECT id, folder_id FROM products WHERE id IN ({marks(product_ids)}) AND folder_id IS NOT NULL"
        " UNION SELECT a.product_id, f.parent_id FROM above a JOIN folders f ON f.id = a.folder_id"
        " WHERE f.parent_id IS NOT NULL) SELECT product_id, folder_id FROM above",
        product_ids,
    )


def folders_above(tx: Transaction, folder_ids: Sequence[int]) -> list[Row]:
    """(start, folder_id): each of these folders, and every one above it."""
    return tx.all(
        f"WITH RECURSIVE above(start, folder_id) AS (SELECT id, id FROM folders WHERE id IN ({marks(folder_ids)})"
        " UNION SELECT a.start, f.parent_id FROM above a JOIN folders f ON f.id = a.folder_id"
        " WHERE f.parent_id IS NOT NULL) SELECT start, folder_id FROM above",
        folder_ids,
    )


# ------------------------------------------------------------------ free products


def items_of_variants(tx: Transaction, store_id: int, variant_ids: Sequence[int]) -> list[Row]:
    """(variant_id, display_item_id, is_bundle) of the active displays by which a store sells these variants."""
    if not variant_ids:
        return []
    return tx.all(
        "SELECT i.variant_id, i.id AS display_item_id,"
        " EXISTS (SELECT 1 FROM bundles b WHERE b.product_id = d.product_id) AS is_bundle"
        " FROM display_items i JOIN displays d ON d.id = i.display_id"
        f" WHERE d.store_id = ? AND d.status = 'active' AND i.variant_id IN ({marks(variant_ids)}) ORDER BY i.id",
        (store_id, *variant_ids),
    )


# ------------------------------------------------------------------ making


def get(tx: Transaction, voucher_id: int) -> Row | None:
    return tx.one("SELECT * FROM vouchers WHERE id = ?", (voucher_id,))


def has_code(tx: Transaction, store_id: int, code: str) -> bool:
    """Whether some voucher of the store, or a code made for one, has that code, written in any case."""
    found = tx.value(
        "SELECT EXISTS (SELECT 1 FROM vouchers WHERE store_id = ?1 AND code_key = ?2) OR EXISTS (SELECT 1"
        " FROM subvouchers s JOIN vouchers v ON v.id = s.voucher_id WHERE s.code_key = ?2 AND v.store_id = ?1)",
        (store_id, code.strip().lower()),
    )
    return bool(found)


def give_up_code(tx: Transaction, store_id: int, code: str) -> int | None:
    """Deactivates the voucher of that code, which is free then; returns its id."""
    row = tx.one(
        "UPDATE vouchers SET status = 'inactive', code_key = '', updated_at = ?"
        " WHERE store_id = ? AND code_key = ? RETURNING id",
        (tx.now, store_id, code.strip().lower()),
    )
    return None if row is None else row["id"]


def add(tx: Transaction, **columns: Any) -> int:
    """A new voucher that nobody used; returns its id."""
    return tx.insert("vouchers", used=0, created_at=tx.now, updated_at=tx.now, **columns)


def add_markets(tx: Transaction, voucher_id: int, market_ids: Sequence[int]) -> None:
    tx.run_many(
        "INSERT INTO voucher_markets (voucher_id, market_id) VALUES (?, ?)",
        [(voucher_id, market_id) for market_id in market_ids],
    )


def add_result(tx: Transaction, voucher_id: int, position: int, kind: str, config_json: str = "{}") -> None:
    tx.insert("voucher_results", voucher_id=voucher_id, position=position, type=kind, config_json=config_json)


def add_pricelist_amounts(tx: Transaction, voucher_id: int, amounts: dict[int, int]) -> None:
    """What it is worth, by pricelist."""
    tx.run_many(
        "INSERT INTO voucher_amounts (voucher_id, pricelist_id, amount) VALUES (?, ?, ?)",
        [(voucher_id, pricelist_id, amount) for pricelist_id, amount in amounts.items()],
    )


def copy_rules(tx: Transaction, from_id: int, to_id: int) -> None:
    """Gives a voucher the markets, conditions, results, amounts and attributes of another one."""
    tx.run(
        "INSERT INTO voucher_markets (voucher_id, market_id)"
        " SELECT ?, market_id FROM voucher_markets WHERE voucher_id = ?",
        (to_id, from_id),
    )
    copies: dict[int | None, int] = {}
    for row in tx.all("SELECT * FROM voucher_results WHERE voucher_id = ? ORDER BY entry_id, id", (from_id,)):
        columns = {name: row[name] for name in ("position", "type", "config_json", "strategy", "params_json")}
        copies[row["id"]] = tx.insert(
            "voucher_results", voucher_id=to_id, entry_id=copies.get(row["entry_id"]), **columns
        )
    for row in tx.all("SELECT * FROM voucher_conditions WHERE voucher_id = ? ORDER BY id", (from_id,)):
        columns = {name: row[name] for name in ("position", "type", "config_json", "params_json")}
        tx.insert("voucher_conditions", voucher_id=to_id, result_id=copies.get(row["result_id"]), **columns)
    tx.run(
        "INSERT INTO voucher_amounts (voucher_id, pricelist_id, currency_id, amount)"
        " SELECT ?, pricelist_id, currency_id, amount FROM voucher_amounts"
        " WHERE voucher_id = ? AND subvoucher_id IS NULL",
        (to_id, from_id),
    )
    tx.run(
        "INSERT INTO attribute_values (object_type, object_id, attribute_element_id, value, value_json)"
        " SELECT object_type, ?, attribute_element_id, value, value_json FROM attribute_values"
        " WHERE object_type = 'voucher' AND object_id = ?",
        (to_id, from_id),
    )
