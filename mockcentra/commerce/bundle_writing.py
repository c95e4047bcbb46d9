"""Writing bundles: products that are sets of others, and the display items that stand for their parts."""

from collections.abc import Iterable, Mapping, Sequence

from mockcentra.commerce import catalogue_writing
from mockcentra.store import Transaction
from mockcentra.store import bundle_writing as rows
from mockcentra.store import stock_items as item_rows
from mockcentra.store.database import Row

Section = tuple[int, Sequence[int]]
"""How many pieces, and the variants to choose from."""


def create(
    tx: Transaction,
    product_id: int,
    kind: str,
    price_type: str,
    *,
    name: str,
    size_chart_id: int | None,
    size_ids: Iterable[int],
    sections: Iterable[Section],
) -> int:
    """Makes a product a bundle (`kind` fixed or flexible) with its one variant; returns its id."""
    bundle_id = rows.add(tx, product_id, kind, price_type)
    catalogue_writing.create_variant(tx, product_id, name=name, status="active", size_chart_id=size_chart_id)
    set_sizes(tx, product_id, size_ids)
    for quantity, variant_ids in sections:
        rows.put_variants(tx, rows.add_section(tx, bundle_id, quantity), variant_ids)
    show_parts(tx, bundle_id)
    tx.event("bundle", bundle_id, "created", product=product_id)
    return bundle_id


def set_sizes(tx: Transaction, product_id: int, size_ids: Iterable[int]) -> None:
    """A bundle is sold in exactly these sizes of its chart."""
    variant = rows.variant(tx, product_id)
    wanted = list(dict.fromkeys(size_ids))
    for size_id in wanted:
        catalogue_writing.put_size(tx, variant, size_id, status="active")
    for row in rows.active_sizes(tx, [variant["id"]]).get(variant["id"], []):
        if row["size_id"] not in wanted:
            catalogue_writing.put_size(tx, variant, row["size_id"], status="inactive")


def change(
    tx: Transaction,
    bundle: Row,
    *,
    price_type: str | None,
    size_ids: Sequence[int] | None,
    add: Sequence[Section],
    update: Mapping[int, tuple[int | None, Sequence[int] | None]],
    delete: Sequence[int],
) -> None:
    """Changes a bundle: sections go first, then change, then come."""
    if price_type is not None:
        tx.update("bundles", bundle["id"], price_type=price_type)
    if size_ids is not None:
        set_sizes(tx, bundle["product_id"], size_ids)
    kept = rows.parts(tx, [row["id"] for row in rows.sections(tx, [bundle["id"]])])
    for section_id in delete:
        rows.delete_section(tx, section_id)
        kept.pop(section_id, None)
    for section_id, (quantity, variant_ids) in update.items():
        if quantity is not None:
            rows.change_section(tx, section_id, quantity)
        if variant_ids is not None:
            kept[section_id] = list(variant_ids)
    for section_id, variant_ids in kept.items():
        rows.put_variants(tx, section_id, variant_ids)
    for quantity, variant_ids in add:
        rows.put_variants(tx, rows.add_section(tx, bundle["id"], quantity), variant_ids)
    show_parts(tx, bundle["id"])
    tx.update("products", bundle["product_id"], updated_at=tx.now)
    catalogue_writing.touched(tx, bundle["product_id"])
    tx.event("bundle", bundle["id"], "updated", product=bundle["product_id"])


def refresh(tx: Transaction, product_id: int) -> None:
    """Display items of a product came or went: bundles with it, or the bundle that it is, show those there are."""
    for bundle_id in rows.with_product(tx, product_id):
        show_parts(tx, bundle_id)


def show_parts(tx: Transaction, bundle_id: int) -> None:
    """Lets display items stand for the variants of a bundle, those of the store in which it is shown.

    A size of a fixed bundle takes of each section the first variant that has it, by the size's name where the charts
    differ; a variant of one size is always taken in that.
    """
    bundle = rows.get(tx, bundle_id)
    assert bundle is not None
    sections = rows.sections(tx, [bundle_id])
    parts = rows.parts(tx, [row["id"] for row in sections])
    everything = [variant_id for variant_ids in parts.values() for variant_id in variant_ids]
    items = item_rows.shown_items(tx, rows.store_of(tx, bundle["product_id"]), everything)
    variant = rows.variant(tx, bundle["product_id"])
    sizes = rows.active_sizes(tx, [*everything, variant["id"]])
    for section in sections:
        shown = [variant_id for variant_id in parts.get(section["id"], []) if variant_id in items]
        rows.put_items(tx, section["id"], [items[variant_id] for variant_id in shown])
        if bundle["type"] != "fixed":
            continue
        for size in sizes.get(variant["id"], []):
            found = next(
                ((each, part) for each in shown if (part := part_of(size, sizes.get(each, []))) is not None), None
            )
            if found is not None:
                rows.put_size_part(tx, size["id"], section["id"], items[found[0]], found[1]["id"])
    catalogue_writing.touched(tx, bundle["product_id"])


def part_of(size: Row, sizes: Sequence[Row]) -> Row | None:
    """Which of a variant's sizes belongs to a size of a bundle; rows with size_id and name."""
    for row in sizes:
        if row["size_id"] == size["size_id"] or row["name"] == size["name"]:
            return row
    return sizes[0] if len(sizes) == 1 else None
