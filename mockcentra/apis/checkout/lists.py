"""Lists of the Checkout API that follow from the reference data alone: places, languages, markets, categories, brands.

Each list is encoded once per reference data (and language) and kept in `reference.memo`.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from mockcentra.apis.checkout.transport import Call, endpoint
from mockcentra.apis.values import text, whole
from mockcentra.commerce.content import BrickAndMortar, brick_and_mortar, brick_and_mortars
from mockcentra.commerce.errors import NotFound
from mockcentra.commerce.reference import Brand, Category, Collection, Country, Currency, Language, Reference


def kept(reference: Reference, key: tuple[Any, ...], build: Callable[[], Any]) -> msgspec.Raw:
    """What `build` returns, encoded; made once for this reference data."""
    found = reference.memo.get(key)
    if found is None:
        found = reference.memo[key] = msgspec.Raw(msgspec.json.encode(build()))
    return found


# ------------------------------------------------------------------ places and languages


def country_json(
    reference: Reference, store_id: int, country: Country, language_id: int, server: bool
) -> dict[str, Any]:
    """A country as lists show it; `market` and `pricelist` only with the secret (checkout-models.md 3.3)."""
    market = reference.own_market(store_id, country.id)
    pricelist = reference.own_pricelist(store_id, country.id)
    language = reference.languages.get(country.language_id) if country.language_id is not None else None
    shown: dict[str, Any] = {
        "country": country.code,
        "name": country.named(language_id),
        "eu": country.eu,
        "language": language.code if language else None,
        "currency": reference.currency_of(pricelist).code if pricelist else None,
    }
    if country.states:
        shown["states"] = [{"state": state.code, "name": state.name} for state in country.states]
    if server:
        shown["market"] = str(market.id) if market else None
        shown["pricelist"] = str(pricelist.id) if pricelist else None
    return shown


def countries_raw(reference: Reference, store_id: int, language_id: int, server: bool) -> msgspec.Raw:
    """`countries`: the shippable ones, encoded."""
    return kept(
        reference,
        ("countries", store_id, language_id, server),
        lambda: [
            country_json(reference, store_id, country, language_id, server)
            for country in reference.shippable_countries(store_id)
        ],
    )


def language_json(language: Language) -> dict[str, Any]:
    return {"language": language.code, "name": language.name, "default": language.is_default}


def languages_raw(reference: Reference) -> msgspec.Raw:
    """`languages`, sorted by name, encoded."""
    return kept(
        reference,
        ("languages",),
        lambda: [language_json(each) for each in sorted(reference.languages.values(), key=lambda each: each.name)],
    )


def currency_json(currency: Currency) -> dict[str, Any]:
    """A currency's format (checkout-models.md 3.4)."""
    return {
        "currency": currency.code,
        "name": currency.name,
        "prefix": currency.prefix,
        "suffix": currency.suffix,
        "decimalPoint": currency.decimal_point,
        "decimalDigits": str(currency.decimals),
        "thousandsSeparator": currency.thousands_separator,
        "denominator": currency.denominator,
        "uri": currency.uri,
    }


@endpoint("GET /countries")
def list_countries(call: Call) -> dict[str, Any]:
    """All shippable countries."""
    context = call.context
    return {"countries": countries_raw(call.reference, context.store_id, context.language.id, call.server)}


@endpoint("GET /countries/all", server_only=True)
def list_all_countries(call: Call) -> dict[str, Any]:
    """All countries, each with `shipTo`."""
    reference, context = call.reference, call.context
    store_id, language_id = context.store_id, context.language.id

    def build() -> list[dict[str, Any]]:
        return [
            {
                **country_json(reference, store_id, country, language_id, True),
                "shipTo": reference.ships_to(store_id, country.id),
            }
            for country in reference.countries.values()
        ]

    return {"countries": kept(reference, ("all countries", store_id, language_id), build)}


@endpoint("GET /languages")
def list_languages(call: Call) -> dict[str, Any]:
    return {"languages": languages_raw(call.reference)}


@endpoint("GET /markets", server_only=True)
def list_markets(call: Call) -> dict[str, Any]:
    store_id = call.context.store_id
    markets = [
        {"market": str(market.id), "name": market.name, "default": market.is_default}
        for market in call.reference.markets_of(store_id)
    ]
    return {"markets": markets}


@endpoint("GET /pricelists", server_only=True)
def list_pricelists(call: Call) -> dict[str, Any]:
    reference, store_id = call.reference, call.context.store_id
    pricelists = [
        {
            "pricelist": str(pricelist.id),
            "name": pricelist.name,
            "default": pricelist.is_default,
            "currency": currency_json(reference.currency_of(pricelist)),
        }
        for pricelist in reference.pricelists_of(store_id)
    ]
    return {"pricelists": pricelists}


@endpoint("GET /warehouses", server_only=True)
def list_warehouses(call: Call) -> dict[str, Any]:
    warehouses = [
        {"warehouse": str(warehouse.id), "name": warehouse.name}
        for warehouse in call.reference.warehouses.values()
        if warehouse.is_active
    ]
    return {"warehouses": warehouses}


# ------------------------------------------------------------------ categories, brands, collections


def category_json(reference: Reference, category: Category, language_id: int) -> dict[str, Any]:
    """A category as `/categories` and `/uri` show it (checkout-models.md 2.4)."""
    shown: dict[str, Any] = {
        "category": str(category.id),
        "name": reference.category_names(category, language_id),
        "uri": reference.category_uri(category, language_id),
    }
    if category.parent_id is not None:
        shown["inCategory"] = str(category.parent_id)
    texts = category.texts.get(language_id, {})
    shown["metaTitle"] = texts.get("meta_title", category.meta_title)
    shown["metaDescription"] = texts.get("meta_description", category.meta_description)
    shown["metaKeywords"] = texts.get("meta_keywords", category.meta_keywords)
    return shown


def language_of(call: Call) -> Language:
    """The language that a catalogue call is answered in: the session's, or the body's with the secret.

    Raises NotFound for a language that the shop does not have.
    """
    wanted = text(call.body.get("language")) if call.server else None
    if not wanted:
        return call.context.language
    found = call.reference.find_language(wanted)
    if found is None:
        raise NotFound("language")
    return found


@endpoint("GET /categories", "POST /categories")
def list_categories(call: Call) -> dict[str, Any]:
    """Every category of the store, parents before their children."""
    reference, store_id, language_id = call.reference, call.context.store_id, language_of(call).id

    def build() -> list[dict[str, Any]]:
        return [
            category_json(reference, category, language_id)
            for category in reference.categories.values()
            if category.store_id == store_id
        ]

    return {"categories": kept(reference, ("categories", store_id, language_id), build)}


def brand_json(brand: Brand, language_id: int) -> dict[str, Any]:
    """A brand as `/brands` and `/uri` show it (checkout-api.md 8.6)."""
    texts = brand.texts.get(language_id, {})
    return {
        "brand": str(brand.id),
        "uri": texts.get("uri", brand.uri),
        "name": texts.get("name", brand.name),
        "metaTitle": texts.get("meta_title", brand.meta_title),
        "metaDescription": texts.get("meta_description", brand.meta_description),
        "metaKeywords": texts.get("meta_keywords", brand.meta_keywords),
    }


@endpoint("GET /brands", "POST /brands")
def list_brands(call: Call) -> dict[str, Any]:
    """The brands that are enabled in the store."""
    reference, store_id, language_id = call.reference, call.context.store_id, language_of(call).id

    def build() -> list[dict[str, Any]]:
        return [brand_json(brand, language_id) for brand in reference.brands.values() if brand.counts_in(store_id)]

    return {"brands": kept(reference, ("brands", store_id, language_id), build)}


def collection_json(collection: Collection, language_id: int) -> dict[str, Any]:
    """A collection as `/collections` and `/uri` show it (checkout-api.md 8.6)."""
    texts = collection.texts.get(language_id, {})
    return {
        "collection": str(collection.id),
        "uri": texts.get("uri", collection.uri),
        "name": texts.get("name", collection.name),
    }


@endpoint("GET /collections", "POST /collections")
def list_collections(call: Call) -> dict[str, Any]:
    reference, language_id = call.reference, language_of(call).id

    def build() -> list[dict[str, Any]]:
        return [collection_json(each, language_id) for each in reference.collections.values() if each.is_active]

    return {"collections": kept(reference, ("collections", language_id), build)}


# ------------------------------------------------------------------ physical stores


@endpoint("GET /brick-and-mortars")
def list_brick_and_mortars(call: Call) -> dict[str, Any]:
    with call.store.reading() as tx:
        shops = brick_and_mortars(tx)
    return {"brickAndMortars": [_shop_json(call, shop) for shop in shops]}


@endpoint("GET /brick-and-mortars/<shop>")
def show_brick_and_mortar(call: Call, shop: str) -> dict[str, Any]:
    with call.store.reading() as tx:
        found = brick_and_mortar(tx, whole(shop))
    return {"brickAndMortar": _shop_json(call, found)}


def _shop_json(call: Call, shop: BrickAndMortar) -> dict[str, Any]:
    """A physical shop (checkout-models.md 2.8)."""
    country, state = shop.country, shop.state
    shown: dict[str, Any] = {
        "brickAndMortar": shop.id,
        "name": shop.name,
        "websiteUrl": shop.website_url,
        "address": shop.address,
        "longitude": shop.longitude,
        "latitude": shop.latitude,
        "country": country.named(call.context.language.id) if country else None,
        "countryCode": country.code if country else None,
        "state": state.name if state else None,
        "stateCode": state.code if state else None,
        "type": None if shop.type_id is None else {"type": shop.type_id, "name": shop.type_name},
        "openingHours": shop.opening_hours,
        "specialOpeningHours": shop.special_hours,
        "email": shop.email,
        "phone": shop.phone,
    }
    if call.server:
        shown["warehouse"] = shop.warehouse_id
        shown["allocationRule"] = shop.allocation_rule_id
    return shown
