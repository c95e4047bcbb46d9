"""Display items for tests of the rules, made without a store."""

from typing import Any

from mockcentra.commerce.model import (
    BundleRecord,
    BundleSection,
    CampaignPrice,
    PriceRecord,
    ProductRecord,
    SizeRecord,
)

NORDICS, EUROPE = 1, 2
SEK, EUR = 1, 2


def a_size(size_id: int, name: str = "M", **changes: Any) -> SizeRecord:
    values: dict[str, Any] = {"x": 0, "y": 0, "ean": "", "upc": "", "sku": f"NA-{size_id}"}
    return SizeRecord(**{"id": size_id, "name": name, **values, "is_preorder": False, "is_infinite": False, **changes})


def a_product(product_id: int = 1, price: int | None = 10000, **changes: Any) -> ProductRecord:
    """A display item that is sold in both markets, for that price in SEK and a tenth of it in EUR."""
    values: dict[str, Any] = {
        "id": product_id, "display_id": product_id, "product_id": product_id, "variant_id": product_id, "store_id": 1,
        "is_active": True, "market_ids": frozenset({NORDICS, EUROPE}), "siblings": (product_id,), "name": "Coat",
        "uri": "coat", "excerpt": "", "description": "", "meta_title": "", "meta_description": "",
        "meta_keywords": "", "texts": {}, "variant_name": "Blue", "variant_texts": {}, "sku": "NA", "product_sku": "N",
        "brand_id": None, "collection_id": None, "category_id": None, "categories": (), "country_of_origin": "",
        "stock_unit": "", "minimum_quantity": 1, "multiple_of": 1, "tax_group_id": None, "stock_offset": 0,
        "size_chart_id": 1, "measurement_chart_id": None, "sizes": (a_size(product_id * 10),), "media": (),
        "prices": {} if price is None else {SEK: price, EUR: price // 10}, "campaigns": (), "price_records": (),
        "relations": (), "plan_ids": (), "bundle": None, "attributes": (), "created_at": 0, "updated_at": 0,
        "stamp": 0,
    }  # fmt: skip
    return ProductRecord(**{**values, **changes})


def a_campaign(percent: int = 0, **changes: Any) -> CampaignPrice:
    values: dict[str, Any] = {
        "campaign_id": 1, "name": "Mid season", "market_ids": frozenset({NORDICS}),
        "pricelist_ids": frozenset({SEK}), "percent": percent, "prices": {}, "start_at": None, "stop_at": None,
        "show_as_on_sale": True, "show_as_new": False,
    }  # fmt: skip
    return CampaignPrice(**{**values, **changes})


def a_price_record(price: int, from_at: int, until_at: int | None, **changes: Any) -> PriceRecord:
    values: dict[str, Any] = {"pricelist_id": SEK, "market_id": None, "price": price, "price_before": price}
    return PriceRecord(**{**values, "from_at": from_at, "until_at": until_at, **changes})


def a_bundle(
    parts: dict[int, int], kind: str = "fixed", price_type: str = "dynamic", percent: int = 0, **changes: Any
) -> ProductRecord:
    """A bundle (display item 99, size 990) with a section for each part: display item id -> pieces of it."""
    sections = tuple(
        BundleSection(place, place, quantity, None, None, (item,))
        for place, (item, quantity) in enumerate(parts.items(), 1)
    )
    chosen = {990: {section.id: (section.items[0], section.items[0] * 10) for section in sections}}
    bundle = BundleRecord(1, kind, price_type, percent, sections, chosen if kind == "fixed" else {})
    return a_product(99, None, **{"bundle": bundle, "sizes": (a_size(990, ""),), **changes})
