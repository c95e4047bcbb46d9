"""Rows of vouchers."""

from collections.abc import Sequence
from typing import Any

from mockcentra.store.database import Row, Transaction, marks


def by_code(tx: Transaction, store_id: int, code: str) -> Row | None:
    """A code or URL voucher by its code, written in any case."""
    return tx.one(
        "SELECT * FROM vouchers WHERE store_id = ? AND code_key = ? AND trigger <> 'auto'",
        (store_id, code.strip().lower()),
    )


def by_own_code(tx: Transaction, store_id: int, code: str) -> Row | None:
    """The voucher for which that code was made, while the code counts."""
    return tx.one(
        "SELECT v.* FROM subvouchers s JOIN vouchers v ON v.id = s.voucher_id"
        " WHERE v.store_id = ?1 AND s.code_key = ?2 AND v.trigger <> 'auto'"
        " AND COALESCE(s.start_at, ?3) <= ?3 AND COALESCE(s.stop_at, ?3) >= ?3",
        (store_id, code.strip().lower(), tx.now),
    )


def by_ids(tx: Transaction, voucher_ids: Sequence[int]) -> list[Row]:
    if not voucher_ids:
        return []
    return tx.all(f"SELECT * FROM vouchers WHERE id IN ({marks(voucher_ids)})", voucher_ids)


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
    return tx.all(f"SELECT rowid AS id, * FROM voucher_amounts WHERE voucher_id IN ({marks(voucher_ids)})", voucher_ids)


def count_use(tx: Transaction, voucher_id: int) -> bool:
    """Counts one use; False when the limit is reached already."""
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


# ------------------------------------------------------------------ making


def get(tx: Transaction, voucher_id: int) -> Row | None:
    return tx.one("SELECT * FROM vouchers WHERE id = ?", (voucher_id,))


def has_code(tx: Transaction, store_id: int, code: str) -> bool:
    """Whether some voucher of the store has that code, written in any case."""
    return (
        tx.value("SELECT 1 FROM vouchers WHERE store_id = ? AND code_key = ?", (store_id, code.strip().lower()))
        is not None
    )


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
        " SELECT ?, pricelist_id, currency_id, amount FROM voucher_amounts WHERE voucher_id = ?",
        (to_id, from_id),
    )
    tx.run(
        "INSERT INTO attribute_values (object_type, object_id, attribute_element_id, value, value_json)"
        " SELECT object_type, ?, attribute_element_id, value, value_json FROM attribute_values"
        " WHERE object_type = 'voucher' AND object_id = ?",
        (to_id, from_id),
    )
