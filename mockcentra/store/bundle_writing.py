"""Rows of bundles for those who write them: sections, their variants, and the display items that stand for these."""

from collections.abc import Iterable, Sequence

from mockcentra.store.database import Row, Transaction, to_json

_AMONG = "IN (SELECT value FROM json_each(?))"


def get(tx: Transaction, bundle_id: int) -> Row | None:
    return tx.one("SELECT * FROM bundles WHERE id = ?", (bundle_id,))


def variant(tx: Transaction, product_id: int) -> Row:
    """The one variant of a bundle."""
    row = tx.one("SELECT * FROM variants WHERE product_id = ? ORDER BY id LIMIT 1", (product_id,))
    assert row is not None
    return row


def of_variants(tx: Transaction, variant_ids: Iterable[int]) -> dict[int, Row]:
    """Variant -> the bundle that it is: id and type."""
    found = tx.all(
        "SELECT v.id AS variant_id, b.id, b.type FROM variants v JOIN bundles b ON b.product_id = v.product_id"
        f" WHERE v.id {_AMONG}",
        (to_json(list(variant_ids)),),
    )
    return {row["variant_id"]: row for row in found}


def sections(tx: Transaction, bundle_ids: Iterable[int]) -> list[Row]:
    """The sections of bundles in their order."""
    return tx.all(
        f"SELECT * FROM bundle_sections WHERE bundle_id {_AMONG} ORDER BY bundle_id, position, id",
        (to_json(list(bundle_ids)),),
    )


def parts(tx: Transaction, section_ids: Iterable[int]) -> dict[int, list[int]]:
    """Section -> the variants to choose from."""
    found: dict[int, list[int]] = {}
    for row in tx.all(
        f"SELECT bundle_section_id, variant_id FROM bundle_parts WHERE bundle_section_id {_AMONG}"
        " ORDER BY bundle_section_id, position, variant_id",
        (to_json(list(section_ids)),),
    ):
        found.setdefault(row[0], []).append(row[1])
    return found


def sizes(tx: Transaction, product_ids: Iterable[int]) -> dict[int, list[int]]:
    """Bundle's product -> the sizes of its chart in which it is sold."""
    found: dict[int, list[int]] = {}
    for row in tx.all(
        "SELECT v.product_id, z.size_id FROM product_sizes z JOIN variants v ON v.id = z.variant_id"
        f" JOIN sizes s ON s.id = z.size_id WHERE v.product_id {_AMONG} AND z.status = 'active'"
        " ORDER BY v.product_id, s.y, s.x",
        (to_json(list(product_ids)),),
    ):
        found.setdefault(row[0], []).append(row[1])
    return found


def bundled(tx: Transaction, variant_ids: Iterable[int]) -> list[int]:
    """Those of the variants that are bundles themselves."""
    rows = tx.all(
        f"SELECT v.id FROM variants v JOIN products p ON p.id = v.product_id WHERE v.id {_AMONG} AND p.kind = 'bundle'",
        (to_json(list(variant_ids)),),
    )
    return [row[0] for row in rows]


def with_product(tx: Transaction, product_id: int) -> list[int]:
    """The bundles that integrations made of this product, or that it is."""
    rows = tx.all(
        "SELECT b.id FROM bundles b WHERE EXISTS (SELECT 1 FROM bundle_sections s"
        " JOIN bundle_section_variants x ON x.bundle_section_id = s.id JOIN variants v ON v.id = x.variant_id"
        " WHERE s.bundle_id = b.id AND (v.product_id = ?1 OR b.product_id = ?1))",
        (product_id,),
    )
    return [row[0] for row in rows]


def store_of(tx: Transaction, product_id: int) -> int:
    """The store in which a bundle is shown first; a webshop's where it is shown nowhere yet."""
    return tx.value(
        "SELECT store_id FROM (SELECT 0 AS place, id, store_id FROM displays WHERE product_id = ?"
        " UNION ALL SELECT 1, id, id FROM stores WHERE type = 'dtc') ORDER BY place, id LIMIT 1",
        (product_id,),
    )


def add(tx: Transaction, product_id: int, kind: str, price_type: str) -> int:
    tx.update("products", product_id, kind="bundle")
    return tx.insert("bundles", product_id=product_id, type=kind, price_type=price_type)


def add_section(tx: Transaction, bundle_id: int, quantity: int) -> int:
    position = tx.value("SELECT COALESCE(MAX(position), -1) + 1 FROM bundle_sections WHERE bundle_id = ?", (bundle_id,))
    return tx.insert("bundle_sections", bundle_id=bundle_id, position=position, quantity=quantity)


def put_variants(tx: Transaction, section_id: int, variant_ids: Sequence[int]) -> None:
    """A section has exactly these variants to choose from."""
    tx.run("DELETE FROM bundle_section_variants WHERE bundle_section_id = ?", (section_id,))
    tx.run_many(
        "INSERT INTO bundle_section_variants (bundle_section_id, variant_id, position) VALUES (?, ?, ?)",
        [(section_id, variant_id, place) for place, variant_id in enumerate(variant_ids)],
    )


def change_section(tx: Transaction, section_id: int, quantity: int) -> None:
    tx.update("bundle_sections", section_id, quantity=quantity)


def delete_section(tx: Transaction, section_id: int) -> None:
    for table in ("bundle_size_parts", "bundle_section_items", "bundle_section_variants"):
        tx.run(f"DELETE FROM {table} WHERE bundle_section_id = ?", (section_id,))
    tx.run("DELETE FROM bundle_sections WHERE id = ?", (section_id,))


def put_items(tx: Transaction, section_id: int, item_ids: Sequence[int]) -> None:
    """A section shows exactly these display items."""
    tx.run("DELETE FROM bundle_size_parts WHERE bundle_section_id = ?", (section_id,))
    tx.run("DELETE FROM bundle_section_items WHERE bundle_section_id = ?", (section_id,))
    tx.run_many(
        "INSERT INTO bundle_section_items (bundle_section_id, display_item_id, position) VALUES (?, ?, ?)",
        [(section_id, item_id, place) for place, item_id in enumerate(item_ids)],
    )


def active_sizes(tx: Transaction, variant_ids: Iterable[int]) -> dict[int, list[Row]]:
    """Variant -> its active sizes: id, size_id, and the size's name."""
    found: dict[int, list[Row]] = {}
    for row in tx.all(
        "SELECT z.id, z.variant_id, z.size_id, s.name FROM product_sizes z JOIN sizes s ON s.id = z.size_id"
        f" WHERE z.variant_id {_AMONG} AND z.status = 'active' ORDER BY z.variant_id, s.y, s.x",
        (to_json(list(variant_ids)),),
    ):
        found.setdefault(row["variant_id"], []).append(row)
    return found


def put_size_part(tx: Transaction, size_id: int, section_id: int, item_id: int, part_size_id: int) -> None:
    """Which size of a part belongs to a size of a fixed bundle."""
    tx.insert(
        "bundle_size_parts",
        product_size_id=size_id,
        bundle_section_id=section_id,
        part_display_item_id=item_id,
        part_product_size_id=part_size_id,
    )
