"""Rows of vouchers as integrations write them: results with their own conditions, codes in numbers, what is left."""

from collections.abc import Iterable, Mapping
from typing import Any

from mockcentra.store import vouchers
from mockcentra.store.database import Row, Transaction, to_json

_AMONG = "IN (SELECT value FROM json_each(?))"


def put_markets(tx: Transaction, voucher_id: int, add: Iterable[int], remove: Iterable[int]) -> bool:
    """Gives a voucher markets and takes others; returns whether anything differed."""
    before = {row["market_id"] for row in vouchers.markets(tx, [voucher_id])}
    after = (before - set(remove)) | set(add)
    if after == before:
        return False
    tx.run("DELETE FROM voucher_markets WHERE voucher_id = ?", (voucher_id,))
    vouchers.add_markets(tx, voucher_id, sorted(after))
    return True


def is_code_taken(tx: Transaction, store_id: int, code: str, own_id: int = 0) -> bool:
    """Whether another voucher of the store, or a code made for one, has that code, written in any case."""
    key = code.strip().lower()
    return (
        tx.value(
            "SELECT EXISTS (SELECT 1 FROM vouchers WHERE store_id = ?1 AND code_key = ?2 AND id <> ?3) OR EXISTS"
            " (SELECT 1 FROM subvouchers s JOIN vouchers v ON v.id = s.voucher_id"
            " WHERE v.store_id = ?1 AND s.code_key = ?2)",
            (store_id, key, own_id),
        )
        == 1
    )


# ------------------------------------------------------------------ results and conditions


def result(tx: Transaction, result_id: int) -> Row | None:
    """A result with the store and the kind of its voucher."""
    return tx.one(
        "SELECT r.*, v.store_id, v.reuse_value FROM voucher_results r JOIN vouchers v ON v.id = r.voucher_id"
        " WHERE r.id = ?",
        (result_id,),
    )


def add_result(tx: Transaction, voucher_id: int, **columns: Any) -> int:
    """A result that comes after those that are there; returns its id."""
    position = tx.value(
        "SELECT COALESCE(MAX(position), 0) + 1 FROM voucher_results WHERE voucher_id = ?", (voucher_id,)
    )
    return tx.insert("voucher_results", voucher_id=voucher_id, position=position, **columns)


def change_result(tx: Transaction, result_id: int, **columns: Any) -> None:
    if columns:
        tx.update("voucher_results", result_id, **columns)


def add_condition(tx: Transaction, voucher_id: int, result_id: int, **columns: Any) -> int:
    position = tx.value(
        "SELECT COALESCE(MAX(position), 0) + 1 FROM voucher_conditions WHERE voucher_id = ?", (voucher_id,)
    )
    return tx.insert("voucher_conditions", voucher_id=voucher_id, result_id=result_id, position=position, **columns)


def conditions_of(tx: Transaction, result_ids: Iterable[int]) -> dict[int, list[int]]:
    """Result -> its conditions: its own, and those of the whole voucher."""
    found: dict[int, list[int]] = {}
    for row in tx.all(
        "SELECT r.id, c.id FROM voucher_results r JOIN voucher_conditions c ON c.voucher_id = r.voucher_id"
        f" AND (c.result_id = r.id OR c.result_id IS NULL) WHERE r.id {_AMONG} ORDER BY r.id, c.position, c.id",
        (to_json(list(result_ids)),),
    ):
        found.setdefault(row[0], []).append(row[1])
    return found


def remove_conditions(tx: Transaction, voucher_id: int, condition_ids: Iterable[int]) -> None:
    tx.run(
        f"DELETE FROM voucher_conditions WHERE voucher_id = ? AND id {_AMONG}",
        (voucher_id, to_json(list(condition_ids))),
    )


def has_followers(tx: Transaction, result_id: int) -> bool:
    """Whether something is tried after a result."""
    return tx.value("SELECT 1 FROM voucher_results WHERE entry_id = ? LIMIT 1", (result_id,)) is not None


def remove_result(tx: Transaction, result_id: int) -> None:
    """Takes a result away with its conditions, and with what is tried after it."""
    chain = "(SELECT id FROM voucher_results WHERE id = ?1 OR entry_id = ?1)"
    tx.run(f"DELETE FROM voucher_conditions WHERE result_id IN {chain}", (result_id,))
    tx.run("DELETE FROM voucher_results WHERE id = ?1 OR entry_id = ?1", (result_id,))


# ------------------------------------------------------------------ what it is worth


def value_holder(tx: Transaction, voucher_id: int) -> int | None:
    """The result whose worth is the voucher's own."""
    return tx.value(
        "SELECT id FROM voucher_results WHERE voucher_id = ? AND type IN ('price_off', 'fixed_price')"
        " AND json_extract(config_json, '$.amounts') IS NULL ORDER BY id LIMIT 1",
        (voucher_id,),
    )


def put_amounts(tx: Transaction, voucher_id: int, amounts: Mapping[int, int], keeps_rest: bool) -> None:
    """What a voucher is worth by pricelist, all of it left; the codes that were made for it follow."""
    wanted = to_json(list(amounts))
    tx.run(f"DELETE FROM voucher_amounts WHERE voucher_id = ? AND pricelist_id {_AMONG}", (voucher_id, wanted))
    for pricelist_id, amount in amounts.items():
        tx.insert(
            "voucher_amounts",
            voucher_id=voucher_id,
            pricelist_id=pricelist_id,
            amount=amount,
            remaining=amount if keeps_rest else None,
        )
    if keeps_rest:
        tx.run(
            "INSERT INTO voucher_amounts (voucher_id, subvoucher_id, pricelist_id, amount, remaining)"
            " SELECT a.voucher_id, s.id, a.pricelist_id, a.amount, a.amount FROM subvouchers s"
            " JOIN voucher_amounts a ON a.voucher_id = s.voucher_id AND a.subvoucher_id IS NULL"
            f" WHERE s.voucher_id = ? AND a.pricelist_id {_AMONG} ORDER BY s.id, a.rowid",
            (voucher_id, wanted),
        )


def clear_amounts(tx: Transaction, voucher_id: int) -> None:
    """From now on a voucher, with its codes, is worth nothing."""
    tx.run("DELETE FROM voucher_amounts WHERE voucher_id = ?", (voucher_id,))


def add_rests(tx: Transaction, voucher_id: int, subvoucher_ids: Iterable[int] | None = None) -> None:
    """Gives codes that were made for a credit (all that lack it) what it is worth in each pricelist."""
    if subvoucher_ids is None:
        subvoucher_ids = [
            row[0]
            for row in tx.all(
                "SELECT s.id FROM subvouchers s WHERE s.voucher_id = ?1 AND NOT EXISTS (SELECT 1 FROM voucher_amounts b"
                " WHERE b.voucher_id = ?1 AND b.subvoucher_id = s.id)",
                (voucher_id,),
            )
        ]
    tx.run(
        "INSERT INTO voucher_amounts (voucher_id, subvoucher_id, pricelist_id, currency_id, amount, remaining)"
        " SELECT a.voucher_id, s.value, a.pricelist_id, a.currency_id, a.amount, a.amount FROM json_each(?2) s"
        " JOIN voucher_amounts a ON a.voucher_id = ?1 AND a.subvoucher_id IS NULL ORDER BY s.key, a.rowid",
        (voucher_id, to_json(list(subvoucher_ids))),
    )


def remaining(
    tx: Transaction, voucher_id: int, pricelist_id: int, subvoucher_ids: Iterable[int | None] = (None,)
) -> list[Row]:
    """What is left of a voucher, or of its codes, in a pricelist: (id, amount, remaining); by pricelist or currency."""
    found = []
    for subvoucher_id in subvoucher_ids:
        row = tx.one(
            "SELECT a.rowid AS id, a.amount, COALESCE(a.remaining, a.amount) AS remaining FROM voucher_amounts a"
            " JOIN pricelists l ON l.id = ?2 WHERE a.voucher_id = ?1 AND a.subvoucher_id IS ?3"
            " AND (a.pricelist_id = l.id OR (a.pricelist_id IS NULL AND a.currency_id = l.currency_id))"
            " ORDER BY a.pricelist_id IS NULL LIMIT 1",
            (voucher_id, pricelist_id, subvoucher_id),
        )
        if row is not None:
            found.append(row)
    return found


def set_remaining(tx: Transaction, amount_id: int, amount: int) -> None:
    tx.run("UPDATE voucher_amounts SET remaining = ? WHERE rowid = ?", (amount, amount_id))


def reusable_amounts(
    tx: Transaction, voucher_ids: Iterable[int], subvoucher_ids: Iterable[int] | None = None
) -> dict[int, list[Row]]:
    """Voucher -> what of it and of its codes is left: id, subvoucher_id, result_id, pricelist_id, currency_id …

    The pricelist is one of the currency, where the amount is by that. With `subvoucher_ids`: by code instead.
    """
    owner, only = ("voucher_id", "") if subvoucher_ids is None else ("subvoucher_id", f"AND a.subvoucher_id {_AMONG}")
    wanted = [to_json(list(each)) for each in (voucher_ids, subvoucher_ids) if each is not None]
    found: dict[int, list[Row]] = {}
    for row in tx.all(
        "SELECT a.rowid AS id, a.voucher_id, a.subvoucher_id, l.id AS pricelist_id, l.currency_id, a.amount,"
        " (SELECT MIN(r.id) FROM voucher_results r WHERE r.voucher_id = v.id AND r.type = 'price_off') AS result_id,"
        " COALESCE(a.remaining, a.amount) AS remaining FROM voucher_amounts a JOIN vouchers v ON v.id = a.voucher_id"
        " JOIN pricelists l ON l.id = COALESCE(a.pricelist_id, (SELECT p.id FROM pricelists p"
        " WHERE p.store_id = v.store_id AND p.currency_id = a.currency_id ORDER BY p.is_default DESC, p.id LIMIT 1))"
        f" WHERE v.reuse_value AND a.voucher_id {_AMONG} {only} ORDER BY a.voucher_id, a.rowid",
        wanted,
    ):
        found.setdefault(row[owner], []).append(row)
    return found


# ------------------------------------------------------------------ codes in numbers


def taken_codes(tx: Transaction, store_id: int, keys: Iterable[str]) -> set[str]:
    """Which of these codes (in lower case) the store knows already."""
    wanted = to_json(list(keys))
    return {
        row[0]
        for row in tx.all(
            "SELECT code_key FROM vouchers WHERE store_id = ?1 AND code_key IN (SELECT value FROM json_each(?2))"
            " UNION SELECT s.code_key FROM subvouchers s JOIN vouchers v ON v.id = s.voucher_id"
            " WHERE v.store_id = ?1 AND s.code_key IN (SELECT value FROM json_each(?2))",
            (store_id, wanted),
        )
    }


def add_subvoucher(tx: Transaction, voucher_id: int, **columns: Any) -> int:
    return tx.insert("subvouchers", voucher_id=voucher_id, **columns)


def change_subvoucher(tx: Transaction, subvoucher_id: int, **columns: Any) -> None:
    if columns:
        tx.update("subvouchers", subvoucher_id, **columns)


def subvoucher(tx: Transaction, subvoucher_id: int) -> Row | None:
    return tx.one("SELECT * FROM subvouchers WHERE id = ?", (subvoucher_id,))


def subvouchers_of(tx: Transaction, voucher_id: int) -> list[Row]:
    return tx.all("SELECT * FROM subvouchers WHERE voucher_id = ? ORDER BY id", (voucher_id,))


def remove_subvouchers(tx: Transaction, voucher_id: int, ids: Iterable[int]) -> None:
    gone = to_json(list(ids))
    tx.run(f"DELETE FROM voucher_amounts WHERE voucher_id = ? AND subvoucher_id {_AMONG}", (voucher_id, gone))
    tx.run(f"DELETE FROM subvouchers WHERE voucher_id = ? AND id {_AMONG}", (voucher_id, gone))


# ------------------------------------------------------------------ what they were used for


def usages(tx: Transaction, owner: str, ids: Iterable[int]) -> dict[int, list[Row]]:
    """Voucher (or code that was made for one) -> the orders that it was used for, with what it took off there.

    `owner` is the column that names it: voucher_id or subvoucher_id.
    """
    found: dict[int, list[Row]] = {}
    for row in tx.all(
        "SELECT u.*, v.reuse_value, o.created_at, o.currency_id, o.currency_rate_micro, o.number, o.hash"
        " FROM order_vouchers u JOIN orders o ON o.id = u.order_id JOIN vouchers v ON v.id = u.voucher_id"
        f" WHERE u.{owner} {_AMONG} AND {vouchers.HAD_EFFECT} ORDER BY o.number",
        (to_json(list(ids)),),
    ):
        found.setdefault(row[owner], []).append(row)
    return found
