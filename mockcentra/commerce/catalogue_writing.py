"""Writing the catalogue: brands, folders, categories, size charts, products, variants, sizes, displays and pictures.

What an API does not name stays as it is. Columns are those of the tables (`store/schema.sql`); every function tells the
event streams what changed, and the caches what they must not show any more.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from urllib.parse import unquote

from mockcentra.commerce import pictures, price_writing
from mockcentra.commerce.errors import Conflict, Invalid
from mockcentra.commerce.uris import free_uri, slug
from mockcentra.store import Transaction, records
from mockcentra.store import catalogue_writing as rows
from mockcentra.store import pictures as picture_rows
from mockcentra.store.database import Row, from_json, to_json

STATUSES = frozenset({"active", "inactive", "cancelled"})
MAX_FOLDER_DEPTH = 6

# ------------------------------------------------------------------ brands and collections, folders, categories

_GROUPS = {"brand": ("brands", "brand_id"), "collection": ("collections", "collection_id")}


def create_group(tx: Transaction, kind: str, name: str) -> int:
    """A new brand or collection (`kind`); returns its id."""
    table, _ = _GROUPS[kind]
    uri = free_uri(name, kind, lambda text: rows.is_uri_taken(tx, table, text))
    group_id = records.add(tx, table, name=_required(name, f"{kind} name"), uri=uri)
    tx.touch("reference")
    tx.event(kind, group_id, "created")
    return group_id


def rename_group(tx: Transaction, kind: str, group_id: int, name: str) -> bool:
    """Gives a brand or collection another name; its URI stays."""
    table, column = _GROUPS[kind]
    if not records.change(tx, table, group_id, name=_required(name, f"{kind} name")):
        return False
    tx.touch("reference")
    tx.touch_items(rows.items_of_brand(tx, column, group_id))
    tx.event(kind, group_id, "updated")
    return True


def folder_at(tx: Transaction, path: Sequence[str]) -> int | None:
    """The folder at the end of a path of names; levels that are missing are made. None for an empty path."""
    if len(path) > MAX_FOLDER_DEPTH:
        raise Invalid({"folder": f"has more than {MAX_FOLDER_DEPTH} levels"})
    folder_id: int | None = None
    for name in path:
        found = rows.folder_named(tx, folder_id, name)
        if found is None:
            found = records.add(tx, "folders", parent_id=folder_id, name=name)
            tx.event("folder", found, "created")
        folder_id = found
    return folder_id


def create_category(tx: Transaction, store_id: int, name: str, parent_id: int | None = None) -> int:
    """A new category of a store, on top where it has no parent; returns its id."""
    uri = free_uri(name, "category", lambda text: rows.is_uri_taken(tx, "categories", text, store_id))
    category_id = records.add(
        tx, "categories", store_id=store_id, parent_id=parent_id, name=_required(name, "category name"), uri=uri
    )
    tx.touch("reference")
    tx.event("category", category_id, "created")
    return category_id


# ------------------------------------------------------------------ size charts


def create_size_chart(tx: Transaction, name: str, **columns: Any) -> int:
    """A new size chart without sizes; returns its id."""
    chart_id = records.add(tx, "size_charts", name=name, x_json="[]", **columns)
    tx.touch("reference")
    tx.event("size_chart", chart_id, "created")
    return chart_id


def add_size(tx: Transaction, size_chart_id: int, name: str, **columns: Any) -> int:
    """A new size at the end of a chart; returns its id. An empty name is that of products without sizes."""
    chart = records.get(tx, "size_charts", size_chart_id)
    if chart is None:
        raise Invalid({"size chart": "does not exist"})
    labels = from_json(chart["x_json"])
    size_id = records.add(tx, "sizes", size_chart_id=size_chart_id, name=name, x=len(labels), **columns)
    records.change(tx, "size_charts", size_chart_id, x_json=to_json([*labels, name]))
    tx.touch("reference")
    tx.event("size", size_id, "created")
    return size_id


# ------------------------------------------------------------------ products and variants


def create_product(tx: Transaction, *, name: str, status: str = "inactive", **columns: Any) -> int:
    """A new product without variants; returns its id. Raises Invalid: `name`, `status`."""
    product_id = records.add(tx, "products", name=_required(name, "name"), status=_status(status), **columns)
    tx.event("product", product_id, "created")
    return product_id


def change_product(tx: Transaction, product_id: int, **columns: Any) -> bool:
    """Changes a product; returns whether anything differed."""
    _check(columns)
    if not records.change(tx, "products", product_id, **columns):
        return False
    touched(tx, product_id)
    tx.event("product", product_id, "updated")
    return True


def create_variant(
    tx: Transaction,
    product_id: int,
    *,
    name: str,
    size_chart_id: int | None,
    status: str = "inactive",
    **columns: Any,
) -> int:
    """A new variant without sizes; returns its id. Raises Invalid (`name`, `status`), Conflict (a taken name)."""
    siblings = rows.variants_of_product(tx, product_id)
    _check_variant_name(siblings, name)
    variant_id = records.add(
        tx,
        "variants",
        product_id=product_id,
        name=_required(name, "name"),
        size_chart_id=size_chart_id,
        status=_status(status),
        position=max((row["position"] for row in siblings), default=0) + 1,
        **columns,
    )
    tx.event("variant", variant_id, "created", product=product_id)
    return variant_id


def change_variant(tx: Transaction, variant: Row, **columns: Any) -> bool:
    """Changes a variant, but for a size chart that was chosen; returns whether anything differed."""
    _check(columns)
    if variant["size_chart_id"] is not None and columns.pop("size_chart_id", None) not in (
        None,
        variant["size_chart_id"],
    ):
        raise Conflict({"size chart": "cannot be changed"})
    if columns.get("name", variant["name"]) != variant["name"]:
        siblings = rows.variants_of_product(tx, variant["product_id"])
        _check_variant_name([row for row in siblings if row["id"] != variant["id"]], columns["name"])
    if not records.change(tx, "variants", variant["id"], **columns):
        return False
    touched(tx, variant["product_id"])
    tx.event("variant", variant["id"], "updated", product=variant["product_id"])
    return True


def put_size(tx: Transaction, variant: Row, size_id: int, **columns: Any) -> int:
    """Activates a size of a variant, or changes it; returns the id of the stock item.

    A new one has the number and EAN of the size in its chart unless `columns` say otherwise.
    """
    found = rows.size_of_variant(tx, variant["id"], size_id)
    if found is None:
        size = records.get(tx, "sizes", size_id)
        assert size is not None
        columns = {"number": size["number"], "ean": size["ean"], **columns}
        item_id = records.add(tx, "product_sizes", variant_id=variant["id"], size_id=size_id, **columns)
        tx.event("product_size", item_id, "created", variant=variant["id"])
        touched(tx, variant["product_id"])
        return item_id
    if records.change(tx, "product_sizes", found["id"], **columns):
        tx.event("product_size", found["id"], "updated", variant=variant["id"])
        touched(tx, variant["product_id"])
    return found["id"]


def repainted(tx: Transaction, product_id: int) -> None:
    """Says that pictures or prices of a product changed: nothing by which lists find it."""
    tx.touch_items(rows.items_of_products(tx, [product_id]))


def touched(tx: Transaction, product_id: int) -> None:
    """Says that what webshops show of a product changed, and how lists find it."""
    tx.touch_listed(rows.items_of_products(tx, [product_id]))


def is_bundle(tx: Transaction, product_id: int) -> bool:
    """Whether a product is a bundle, which has one variant."""
    row = records.get(tx, "products", product_id)
    return row is not None and row["kind"] == "bundle"


def touch_product(tx: Transaction, product_id: int) -> None:
    """Notes that a product changed with one of its variants."""
    tx.update("products", product_id, updated_at=tx.now)
    touched(tx, product_id)


def _check_variant_name(siblings: Iterable[Row], name: str) -> None:
    if any(row["name"] == name for row in siblings):
        raise Conflict({f"name {name}": "is the name of another variant of the product"})


# ------------------------------------------------------------------ displays


def create_display(
    tx: Transaction,
    store_id: int,
    product: Row,
    variants: Sequence[Row],
    market_ids: Collection[int],
    **columns: Any,
) -> int:
    """Shows variants of a product in a store and its markets; returns the id of the display.

    It is called like the product, and its URI is made of their names, unless `columns` say so.
    """
    words = " ".join([product["name"], *(row["name"] for row in variants[:1])])
    uri = free_uri(words, "product", lambda text: rows.is_uri_taken(tx, "displays", text, store_id))
    display_id = records.add(
        tx,
        "displays",
        **{"store_id": store_id, "product_id": product["id"], "name": product["name"], "uri": uri, **columns},
    )
    rows.join_markets(tx, display_id, market_ids)
    items = [rows.add_display_item(tx, display_id, row["id"]) for row in variants]
    shown = {row["id"] for row in variants}
    for position, picture in enumerate(rows.media_of_product(tx, product["id"]), 1):
        if picture["variant_id"] is None or picture["variant_id"] in shown:
            rows.show_media(tx, display_id, picture["id"], position)
    price_writing.refresh(tx, product["id"], only_missing=True)
    tx.touch_listed(items)
    tx.event("display", display_id, "created", product=product["id"])
    return display_id


def change_display(
    tx: Transaction,
    display_id: int,
    *,
    join_markets: Collection[int] = (),
    leave_markets: Collection[int] = (),
    join_categories: Collection[int] = (),
    leave_categories: Collection[int] = (),
    **columns: Any,
) -> bool:
    """Changes a display and where it is shown; returns whether anything differed.

    The first category that it joins becomes the main one; when it leaves that one, the next takes its place.
    """
    _check(columns)
    display = records.get(tx, "displays", display_id)
    assert display is not None
    changed = [
        rows.join_markets(tx, display_id, join_markets),
        rows.leave_markets(tx, display_id, leave_markets),
        rows.join_categories(tx, display_id, join_categories),
        rows.leave_categories(tx, display_id, leave_categories),
    ]
    if join_categories or leave_categories:
        left = rows.categories_of_display(tx, display_id)
        if display["category_id"] not in left:
            wanted = [category for category in join_categories if category in left] or left
            columns["category_id"] = wanted[0] if wanted else None
    changed.append(records.change(tx, "displays", display_id, **columns))
    if not any(changed):
        return False
    touched(tx, display["product_id"])
    tx.event("display", display_id, "updated", product=display["product_id"])
    return True


# ------------------------------------------------------------------ pictures


def add_media(
    tx: Transaction,
    product: Row,
    variant_id: int | None,
    url: str,
    uploaded: tuple[str, str] | None = None,
    is_shown: bool = False,
    **columns: Any,
) -> int:
    """A picture of a product, or of one variant. Displays show it once they are told to, or at once (`is_shown`).

    It comes from an address, or has been `uploaded`: (SHA-256 of a file that is kept, jpg or png), with the name of
    the file in place of the address. Returns its id.
    """
    media_id = rows.fresh_media_id(tx)
    if uploaded is None:
        columns |= {"source_url": url, **pictures.look(tx, media_id, _picture_name(url, product), url)}
    else:
        columns |= pictures.uploaded_look(media_id, _picture_name(url, product), *uploaded)
    position = picture_rows.last_position(tx, product["id"]) + 1
    records.add(tx, "media", id=media_id, product_id=product["id"], variant_id=variant_id, position=position, **columns)
    if is_shown:
        for display in rows.displays_of_product(tx, product["id"]):
            rows.show_media(tx, display["id"], media_id, media_id)
    repainted(tx, product["id"])
    tx.event("product_media", media_id, "created", product=product["id"])
    return media_id


def change_media(tx: Transaction, media: Row, **columns: Any) -> bool:
    """Replaces the picture or what it shows. One from another address gets an address of its own here, too."""
    if columns.get("source_url", media["source_url"]) != media["source_url"]:
        product = records.get(tx, "products", media["product_id"])
        assert product is not None
        url = columns["source_url"]
        columns |= pictures.look(tx, media["id"], _picture_name(url, product), url)
    if not records.change(tx, "media", media["id"], **columns):
        return False
    picture_rows.drop_unneeded(tx)
    repainted(tx, media["product_id"])
    tx.event("product_media", media["id"], "updated", product=media["product_id"])
    return True


def _picture_name(address: str, product: Row) -> str:
    """What the file of a picture is called here: like where it came from, else like the product."""
    last = unquote(address.partition("?")[0].partition("#")[0].rpartition("/")[2])
    return (slug(last.rpartition(".")[0] or last) or slug(product["name"]))[:60].strip("-") or "picture"


# ------------------------------------------------------------------ checks


def _check(columns: dict[str, Any]) -> None:
    """Raises Invalid for a blank name or an unknown status among new values."""
    if "status" in columns:
        _status(columns["status"])
    if "name" in columns:
        _required(columns["name"], "name")


def _status(status: str) -> str:
    if status not in STATUSES:
        raise Invalid({f"status {status}": "is unknown"})
    return status


def _required(name: str, what: str) -> str:
    if not name:
        raise Invalid({what: "is required"})
    return name
