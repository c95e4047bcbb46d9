"""What the GraphQL API asks about vouchers, and about gift certificates that some came of."""

from collections.abc import Iterable

from mockcentra.store.database import Row, Transaction, to_json
from mockcentra.store.graphql_reading import Link, computed

_AMONG = "IN (SELECT value FROM json_each(?))"
# A voucher that came of a certificate is called as the certificate, with the number of the order behind it.
_CAME_OF = """
  SELECT g.id AS generator_id, v.id AS voucher_id FROM gift_certificates g
  JOIN vouchers v ON v.store_id = g.store_id AND v.reuse_value AND substr(v.name, 1, length(g.name) + 1) = g.name || ' '
  AND ltrim(substr(v.name, length(g.name) + 2), '0123456789') = ''
"""
TIMES_USED = computed("voucher_used", "{t}.used + {t}.used_by_codes")
VOUCHERS_OF_GENERATORS = Link(f"({_CAME_OF})", "generator_id", "voucher_id")


def generators_of_vouchers(tx: Transaction, voucher_ids: Iterable[int]) -> dict[int, int]:
    """Voucher -> the certificate that it came of."""
    rows = tx.all(
        f"SELECT voucher_id, generator_id FROM ({_CAME_OF}) WHERE voucher_id {_AMONG}", (to_json(list(voucher_ids)),)
    )
    return {row[0]: row[1] for row in rows}


def lines_of_hashes(tx: Transaction, order_ids: Iterable[int], hashes: Iterable[str]) -> dict[str, Row]:
    """Hash -> (hash, product_id, variant_id) of lines of these orders."""
    rows = tx.all(
        f"SELECT hash, product_id, variant_id FROM order_lines WHERE order_id {_AMONG} AND hash {_AMONG}",
        (to_json(list(order_ids)), to_json(list(hashes))),
    )
    return {row["hash"]: row for row in rows}


def amounts_of_generators(tx: Transaction, generator_ids: Iterable[int]) -> dict[int, list[tuple[int, int]]]:
    """Certificate -> (currency, hundredths) of what it is sold for."""
    found: dict[int, list[tuple[int, int]]] = {}
    for row in tx.all(
        "SELECT gift_certificate_id, currency_id, amount FROM gift_certificate_amounts"
        f" WHERE gift_certificate_id {_AMONG} ORDER BY currency_id",
        (to_json(list(generator_ids)),),
    ):
        found.setdefault(row[0], []).append((row[1], row[2]))
    return found
