"""Stock items as the Order API prints them, with and without what their displays add (order-api.md 5.5)."""

from collections.abc import Mapping
from typing import Any

from mockcentra.apis.attribute_json import attribute_fields
from mockcentra.apis.order.row_json import weight
from mockcentra.commerce.model import ProductRecord
from mockcentra.commerce.money import decimal_text, number
from mockcentra.commerce.reference import Reference
from mockcentra.commerce.stock_items import Level, StockItems, prices_of
from mockcentra.store.clock import local_text
from mockcentra.store.database import Row

PICTURES = "/client/dynamic/images/"
MAIN_LANGUAGE = 0


def item_json(row: Row, display: ProductRecord | None, reference: Reference) -> dict[str, Any]:
    """What products and stock say alike of a size."""
    brand = reference.brands.get(row["brand_id"])
    collection = reference.collections.get(row["collection_id"])
    return {
        "sku": row["product_number"],
        "productId": row["product_id"],
        "variantSku": row["variant_number"],
        "variantId": row["variant_id"],
        "sizeSku": row["size_number"],
        "brand": brand.name if brand else None,
        "collection": collection.name if collection else None,
        "product": row["product_name"],
        "variant": row["variant_name"],
        "size": row["size_name"],
        "sizeComment": row["size_comment"],
        "stockItemId": row["id"],
        "ean": row["ean"],
        "upc": row["upc"] or None,
        "weight": weight(row["weight_milli"]),
        "weightUnit": row["weight_unit"],
        "countryOfOrigin": row["origin"],
        "harmCode": row["hs_code"],
        "harmDescription": row["hs_description"],
        "active": row["is_active"],
        "createdAt": local_text(row["created_at"]),
        "categoryName": _category_name(display, reference),
    }


def stock_json(
    row: Row, display: ProductRecord | None, reference: Reference, level: Level | None, with_physical: bool
) -> dict[str, Any]:
    """A row of `GET /stock`."""
    level = level or Level(0, 0)
    shown = item_json(row, display, reference)
    if with_physical:
        shown["physicalStock"] = level.physical
    shown["allocatedStock"] = level.allocated
    shown["availableStock"] = level.available
    return shown


class ProductPrinter:
    """Prints rows of `GET /products`; what the sizes of a variant share is put together once."""

    def __init__(self, found: StockItems, reference: Reference, now: int, base_url: str) -> None:
        self._found = found
        self._reference = reference
        self._now = now
        self._base_url = base_url
        self._shared: dict[int, dict[str, Any]] = {}

    def row(self, row: Row) -> dict[str, Any]:
        """A row of a size."""
        variant_id = row["variant_id"]
        display = self._found.displays.get(variant_id)
        shared = self._shared.get(variant_id)
        if shared is None:
            shared = self._shared[variant_id] = self._variant(row, display)
        return {**item_json(row, display, self._reference), **shared}

    def _variant(self, row: Row, display: ProductRecord | None) -> dict[str, Any]:
        reference = self._reference
        store_id = display.store_id if display else next(iter(reference.channels))
        return {
            "folder": self._found.folders.get(row["folder_id"], ""),
            "name": display.name if display else row["product_name"],
            "description": display.description if display else "",
            "shortDescription": display.excerpt if display else "",
            "comment": row["internal_comment"],
            "metaTitle": display.meta_title if display else "",
            "metaDescription": display.meta_description if display else "",
            "metaKeywords": display.meta_keywords if display else "",
            "store": reference.channels[store_id].name,
            "categories": _categories(display, reference),
            "images": self._images(display),
            "prices": _prices(display, reference, self._now),
            **self._attributes(row),
        }

    def _images(self, display: ProductRecord | None) -> list[str]:
        if display is None:
            return []
        return [f"{self._base_url}{PICTURES}{picture.file_name}.{picture.format}" for picture in display.media]

    def _attributes(self, row: Row) -> Mapping[str, Any]:
        attributes = [
            *self._found.product_attributes.get(row["product_id"], ()),
            *self._found.variant_attributes.get(row["variant_id"], ()),
        ]
        return attribute_fields(attributes, MAIN_LANGUAGE, self._base_url)


def _categories(display: ProductRecord | None, reference: Reference) -> list[str]:
    """The paths of the display's categories, the main one first."""
    if display is None:
        return []
    ids = dict.fromkeys([display.category_id, *(category_id for category_id, _ in display.categories)])
    return [
        " / ".join(reference.category_names(reference.categories[category_id], MAIN_LANGUAGE))
        for category_id in ids
        if category_id in reference.categories
    ]


def _category_name(display: ProductRecord | None, reference: Reference) -> str | None:
    category = reference.categories.get(display.category_id) if display and display.category_id else None
    return category.name if category else None


def _prices(display: ProductRecord | None, reference: Reference, now: int) -> list[dict[str, Any]]:
    if display is None:
        return []
    shown = []
    for offer in prices_of(display, reference, now):
        pricelist = reference.pricelists[offer.pricelist_id]
        shown.append(
            {
                "id": str(pricelist.id),
                "price": decimal_text(offer.price),
                "pricelist": pricelist.name,
                "currency": reference.currency_of(pricelist).code,
                "campaigns": [
                    {"id": str(each.campaign_id), "campaign": each.name, "price": number(each.price)}
                    for each in offer.campaigns
                ],
            }
        )
    return shown
