"""Writing displays: what they show of a product, in which order, where, and what they are related with."""

from collections.abc import Mapping, Sequence
from typing import Any

from mockcentra.commerce import bundle_writing, catalogue_writing, price_writing
from mockcentra.commerce.uris import free_uri
from mockcentra.store import Transaction, records
from mockcentra.store import catalogue_writing as catalogue_rows
from mockcentra.store import display_writing as rows
from mockcentra.store import pictures as picture_rows
from mockcentra.store.database import Row

Wanted = Mapping[str, Any]
"""What is to be joined and left, put and taken away: join_markets, leave_markets, join_categories, leave_categories
(ids), add_variants, add_media ((id, the one before which it is put)), remove_variants, remove_media (ids),
main_category (a tuple of one id, or of None)."""


def uri_of(tx: Transaction, store_id: int, name: str, own_id: int = 0) -> str:
    """A URI that nobody has in the store, made of a name."""
    return free_uri(name, "product", lambda text: rows.is_uri_taken(tx, store_id, text, own_id))


def create(tx: Transaction, store_id: int, product_id: int, wanted: Wanted, **columns: Any) -> int:
    """A new display; returns its id. It shows no more than it is told."""
    columns.setdefault("uri", uri_of(tx, store_id, columns["name"]))
    display_id = records.add(tx, "displays", store_id=store_id, product_id=product_id, **columns)
    display = records.get(tx, "displays", display_id)
    assert display is not None
    _apply(tx, display, wanted)
    tx.event("display", display_id, "created", product=product_id)
    return display_id


def change(tx: Transaction, display: Row, wanted: Wanted, **columns: Any) -> bool:
    """Changes a display; returns whether anything differed."""
    before = catalogue_rows.items_of_products(tx, [display["product_id"]])
    changed = _apply(tx, display, wanted)
    if not (records.change(tx, "displays", display["id"], **columns) or changed):
        return False
    tx.update("displays", display["id"], updated_at=tx.now)
    tx.touch_listed(before)
    catalogue_writing.touched(tx, display["product_id"])
    tx.event("display", display["id"], "updated", product=display["product_id"])
    return True


def _apply(tx: Transaction, display: Row, wanted: Wanted) -> bool:
    """Joins, leaves, puts and takes away; removals come first."""
    display_id = display["id"]
    changed = [
        rows_changed(tx, display_id, wanted.get(name, ()))
        for name, rows_changed in (
            ("leave_markets", catalogue_rows.leave_markets),
            ("join_markets", catalogue_rows.join_markets),
            ("leave_categories", catalogue_rows.leave_categories),
            ("join_categories", catalogue_rows.join_categories),
        )
    ]
    changed.append(_categories(tx, display, wanted))
    changed.append(_items(tx, display, wanted))
    changed.append(_pictures(tx, display_id, wanted))
    if any(changed):
        catalogue_writing.touched(tx, display["product_id"])
    return any(changed)


def _categories(tx: Transaction, display: Row, wanted: Wanted) -> bool:
    """The main category is one of the display's own: the one that is said, else the one it had, else the first."""
    if "main_category" in wanted:
        (main,) = wanted["main_category"]
        if main is not None:
            catalogue_rows.join_categories(tx, display["id"], [main])
    else:
        left = catalogue_rows.categories_of_display(tx, display["id"])
        main = display["category_id"]
        if main not in left:
            joined = [category for category in wanted.get("join_categories", ()) if category in left]
            main = (joined or left or [None])[0]
    return records.change(tx, "displays", display["id"], category_id=main)


def _items(tx: Transaction, display: Row, wanted: Wanted) -> bool:
    removed, added = set(wanted.get("remove_variants", ())), wanted.get("add_variants", ())
    if not removed and not added:
        return False
    order = rows.items(tx, display["id"])
    for row in order:
        if row["variant_id"] in removed:
            rows.remove_item(tx, row["id"])
            tx.event("display_item", row["id"], "deleted", display=display["id"])
    before = [row["variant_id"] for row in order if row["variant_id"] not in removed]
    after = _placed(before, added)
    known = {row["variant_id"]: row["id"] for row in order if row["variant_id"] not in removed}
    for variant_id in after:
        if variant_id not in known:
            known[variant_id] = catalogue_rows.add_display_item(tx, display["id"], variant_id)
    if after == before and len(before) == len(order):
        return False
    rows.place_items(tx, [known[variant_id] for variant_id in after])
    price_writing.refresh(tx, display["product_id"])
    bundle_writing.refresh(tx, display["product_id"])
    return True


def _placed(order: Sequence[int], added: Sequence[tuple[int, int | None]]) -> list[int]:
    """The order with what is added: before the one that is said, else where it was, else at the end."""
    found = list(order)
    for each, before in added:
        if before is None and each in found:
            continue
        if each in found:
            found.remove(each)
        found.insert(found.index(before) if before in found else len(found), each)
    return found


def _pictures(tx: Transaction, display_id: int, wanted: Wanted) -> bool:
    removed, added = set(wanted.get("remove_media", ())), wanted.get("add_media", ())
    if not removed and not added:
        return False
    before = rows.shown_media(tx, display_id)
    after = _placed([media_id for media_id in before if media_id not in removed], added)
    if after == before:
        return False
    rows.show_only(tx, display_id, after)
    return True


def delete_media(tx: Transaction, media: Row) -> None:
    """Takes a picture away from its product, its variant and every display."""
    catalogue_writing.repainted(tx, media["product_id"])
    rows.delete_media(tx, media["id"])
    if media["file_sha"] is not None:
        picture_rows.drop_unneeded(tx)
    tx.event("product_media", media["id"], "deleted", product=media["product_id"], variant=media["variant_id"])


# ------------------------------------------------------------------ relations


def relate(tx: Transaction, display_id: int, related_id: int, relation_type_id: int, before_id: int | None) -> None:
    """Relates a display with another one: before one that it is related with, else at the end."""
    order = rows.related(tx, display_id, relation_type_id)
    after = _placed(order, [(related_id, before_id)])
    if after != order:
        rows.relate(tx, display_id, relation_type_id, after)
        _told(tx, display_id)


def unrelate(tx: Transaction, display_id: int, related_id: int) -> None:
    """Ends every relation of a display with another one."""
    if rows.unrelate(tx, display_id, related_id):
        _told(tx, display_id)


def _told(tx: Transaction, display_id: int) -> None:
    display = records.get(tx, "displays", display_id)
    assert display is not None
    tx.update("displays", display_id, updated_at=tx.now)
    catalogue_writing.touched(tx, display["product_id"])
    tx.event("display", display_id, "updated", product=display["product_id"])
