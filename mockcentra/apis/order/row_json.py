"""Rows of orders and shipments, and how they show bundles: the four modes (order-api.md 2.2, 4.2)."""

from collections.abc import Callable, Iterable
from typing import Any

from msgspec.structs import replace

from mockcentra.commerce.money import number, ratio
from mockcentra.commerce.order_book import BookLine

ONLY_ITEMS = "only_containing_items"
ITEMS_IN_BUNDLES = "containing_items_in_bundles"
ONLY_BUNDLES = "only_bundles"

Row = dict[str, Any]
MakeRow = Callable[[BookLine], Row]


def rows_json(lines: Iterable[BookLine], mode: str, make: MakeRow) -> list[Row]:
    """The rows of some lines; `make` prints what a line and a bundle's part have in common."""
    return [row for line in lines for row in _rows(line, mode, make)]


def _rows(line: BookLine, mode: str, make: MakeRow) -> list[Row]:
    if not line.parts:
        return [make(line) | _place(line)]
    items = [make(part) | {"isBundle": False, "isPartOfBundle": str(line.row["product_id"])} for part in line.parts]
    if mode == ONLY_ITEMS:
        return items
    if mode == ITEMS_IN_BUNDLES:
        return [make(line) | {"isBundle": True, "bundle": items}]
    bundle = make(replace(line, price_each=0, original_each=line.price_each, total=0)) | {"isBundle": True}
    return [bundle] if mode == ONLY_BUNDLES else [bundle, *items]


def _place(line: BookLine) -> Row:
    """What a row says of bundles when it is none itself."""
    if line.bundle_product_id is None:
        return {"isBundle": False}
    return {"isBundle": False, "isPartOfBundle": str(line.bundle_product_id)}


def order_row(line: BookLine) -> Row:
    """A row of an order, without its keys about bundles."""
    each, total = line.price_each, line.total
    tax, tax_each = line.tax_of(total), line.tax_of(each)
    is_included = bool(line.row["is_tax_included"])
    discount = line.original_each - each
    off = -ratio(line.row["discount_share"], 1, line.row["quantity"])
    shown = _head(line)
    shown["brand"] = line.row["brand_name"]
    shown |= _body(line)
    shown |= {
        "otherComment": "",
        "taxPercent": number(line.row["tax_percent"]),
        "priceDiscount": number(discount),
        "priceDiscountAsPercent": number(ratio(discount, 10000, line.original_each)) if line.original_each else 0,
        "taxValue": number(tax_each),
        "totalTaxValue": number(tax),
        "totalPrice": number(total),
        "totalPriceWithoutTax": number(total - tax if is_included else total),
        "totalPriceWithTax": number(total if is_included else total + tax),
        "anyDiscount": discount > 0 or off > 0,
        "priceEachWithoutTax": number(each - tax_each if is_included else each),
        "priceEachReduction": number(off),
        "warehouses": [{"name": name, "itemQty": units} for name, units in line.warehouses],
    }
    if line.row["localized_size"]:
        shown["localizedSize"] = {
            "localizedSize": line.row["localized_size"],
            "localizationDefinitionName": line.row["localization_name"],
        }
    return shown


def shipment_row(line: BookLine) -> Row:
    """A row of a shipment, without its keys about bundles."""
    shown = _head(line) | _body(line)
    shown["warehouses"] = [{"name": name, "itemQty": str(units)} for name, units in line.warehouses]
    if line.serials:
        shown["serialNumber"] = ", ".join(line.serials)
    return shown


def _head(line: BookLine) -> Row:
    row = line.row
    sku, variant_sku, size_sku = line.sku
    return {
        "lineId": str(row["id"]),
        "sku": sku,
        "variantSku": variant_sku,
        "sizeSku": size_sku,
        "ean": row["ean"],
        "upc": row["upc"],
        "name": row["product_name"],
        "variant": row["variant_name"],
    }


def _body(line: BookLine) -> Row:
    facts = line.facts
    return {
        "size": line.row["size_name"],
        "qty": line.quantity,
        "originalPrice": number(line.original_each),
        "price": number(line.price_each),
        "weight": weight(facts["weight_milli"]) if facts else 0,
        "weightUnit": facts["weight_unit"] if facts else "kg",
        "countryOfOrigin": facts["origin"] if facts else "",
        "harmCode": facts["hs_code"] if facts else "",
        "comment": line.row["comment"],
    }


def weight(milli: int) -> int | float:
    """A weight kept in thousandths of its unit, as a JSON number."""
    return milli // 1000 if milli % 1000 == 0 else milli / 1000
