"""Catalogue endpoints of the Checkout API: lists of products, one product, bundles, and what a URI leads to."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote

import msgspec

from mockcentra.apis.attribute_json import attribute_values
from mockcentra.apis.checkout import product_json
from mockcentra.apis.checkout.content import article_json
from mockcentra.apis.checkout.lists import brand_json, category_json, collection_json, language_of
from mockcentra.apis.checkout.product_json import Viewer, viewer_of
from mockcentra.apis.checkout.transport import Call, endpoint
from mockcentra.apis.values import listed, mapping, text, texts, truth, whole
from mockcentra.commerce.catalogue import part_ids, record_of
from mockcentra.commerce.content import find_article
from mockcentra.commerce.errors import Malformed, NotFound
from mockcentra.commerce.facets import Count, FieldValue, FilterField, counted
from mockcentra.commerce.listing import (
    SIZE_FIELD,
    Listing,
    Query,
    Result,
    find_brand,
    find_category,
    find_collection,
    listing_of,
)
from mockcentra.commerce.model import Attribute
from mockcentra.commerce.reference import Market, Pricelist
from mockcentra.store.cache import ByteCache

_FACETS_BYTES = 4 * 1024 * 1024
_ALL = "all"

# What this API calls the filters and the orders of a list (checkout-api.md 8.1, 8.2); other filters have one name.
_FILTER_NAMES = {SIZE_FIELD: "items.name"}
_SORT_NAMES = {
    "uri": "uri",
    "categoryItemSort": "category_place",
    "collectionUri": "collection_uri",
    "priceAsNumber": "price",
    "createdAt": "created_at",
    "modifiedAt": "updated_at",
}


# ------------------------------------------------------------------ who looks at what


@dataclass(frozen=True, slots=True)
class View:
    """What a call asks to see: the viewer, and the markets and pricelists that count for it."""

    viewer: Viewer
    listing: Listing
    markets: Sequence[Market]
    pricelists: Sequence[Pricelist]


def viewer_for(call: Call) -> Viewer:
    """The viewer of a catalogue call: the session's context, changed by `market`, `pricelist`, `language` of a server.

    A client's are ignored (checkout-api.md 2). Raises NotFound for ids that the store does not have.
    """
    context = call.context
    if not call.server:
        return viewer_of(call.store, context, False, call.base_url)
    reference = context.reference
    market, pricelist = context.market, context.pricelist
    wanted_market, wanted_pricelist = call.body.get("market"), call.body.get("pricelist")
    if wanted_market not in (None, "", _ALL):
        found_market = reference.markets.get(whole(wanted_market) or 0)
        if found_market is None or found_market.store_id != context.store_id:
            raise NotFound("market")
        market = found_market
    if wanted_pricelist not in (None, "", _ALL):
        found_pricelist = reference.pricelists.get(whole(wanted_pricelist) or 0)
        if found_pricelist is None or found_pricelist.store_id != context.store_id:
            raise NotFound("pricelist")
        pricelist = found_pricelist
    context = msgspec.structs.replace(
        context,
        market=market,
        pricelist=pricelist,
        currency=reference.currency_of(pricelist),
        language=language_of(call),
    )
    return viewer_of(call.store, context, True, call.base_url, wanted_market == _ALL, wanted_pricelist == _ALL)


def _view_of(call: Call) -> View:
    viewer = viewer_for(call)
    context = viewer.context
    reference = context.reference
    return View(
        viewer,
        listing_of(call.store, context.store_id),
        reference.markets_of(context.store_id) if viewer.all_markets else (context.market,),
        reference.pricelists_of(context.store_id) if viewer.all_pricelists else (context.pricelist,),
    )


# ------------------------------------------------------------------ lists


@endpoint("GET /products", "POST /products")
def list_products(call: Call) -> dict[str, Any]:
    """Lists, searches, filters and sorts products (checkout-api.md 8.1)."""
    view = _view_of(call)
    return _listed(call, view, _query_of(call.body, view.listing))


def _listed(call: Call, view: View, query: Query) -> dict[str, Any]:
    context = view.viewer.context
    language_id = context.language.id
    result = view.listing.select(call.store, query, language_id, view.markets, view.pricelists, context.now)
    skip = max(0, whole(call.body.get("skipFirst")) or 0)
    limit = whole(call.body.get("limit"))
    page = view.listing.page(
        call.store,
        result,
        query,
        language_id,
        context.market,
        context.pricelist,
        context.now,
        skip,
        None if limit is None or limit < 0 else limit,
    )
    in_full = _flag(call, "relatedProducts", False)
    with_charts = _flag(call, "measurementChart", True)
    return {
        "products": product_json.listed_products(call.store, view.viewer, page, in_full, with_charts),
        "productCount": result.count,
        "filter": _filter_raw(view, result),
    }


def _flag(call: Call, name: str, default: bool) -> bool:
    """A switch in the body; the default where it is missing, null or no switch."""
    value = call.body.get(name)
    found = None if value is None else truth(value)
    return default if found is None else found


def _query_of(body: dict[str, Any], listing: Listing) -> Query:
    """The query in a body; what is unknown or empty is left out."""
    fields = {}
    for name in (*listing.fields, SIZE_FIELD):
        values = _values(body.get(_FILTER_NAMES.get(name, name)))
        if values:
            fields[name] = values
    product_id = body.get("silkProduct")
    uri = mapping(body.get("uri"))
    return Query(
        fields=fields,
        display_item_ids=[whole(each) or 0 for each in listed(body["products"])] if body.get("products") else None,
        product_id=None if product_id in (None, "", []) else whole(product_id) or 0,
        search=text(body.get("search")) or "",
        uri=_path(uri.get("uri")) or None,
        uri_kinds=texts(uri.get("for")) or ("product", "category"),
        only_available=truth(body.get("onlyAvailable")) is True,
        sort=_sort_of(body.get("sortOrder")),
    )


def _values(value: Any) -> list[str]:
    """The values of a filter as texts, a scalar as a list of one. What is neither text nor number matches nothing."""
    entries = [entry for entry in listed(value) if entry not in ("", None)]
    return [text(entry) or "" for entry in entries]


def _sort_of(value: Any) -> tuple[tuple[str, bool], ...]:
    found: dict[str, bool] = {}
    for entry in listed(value):
        step = mapping(entry)
        name = step.get("field")
        if isinstance(name, str) and name in _SORT_NAMES:
            found.setdefault(_SORT_NAMES[name], str(step.get("order", "asc")).lower() == "desc")
    return tuple(found.items())


# ------------------------------------------------------------------ filter values


def _filter_raw(view: View, result: Result) -> msgspec.Raw:
    """`filter`, encoded, from the cache where the same result was counted before."""
    listing, language_id = view.listing, view.viewer.context.language.id
    cache = listing.memo.get("facets")
    if cache is None:
        cache = listing.memo.setdefault("facets", ByteCache(_FACETS_BYTES))
    key = (language_id, view.viewer.base_url, result.market, result.bits, tuple(result.without.items()))
    found: msgspec.Raw | None = cache.get(key)
    if found is None:
        data = _encoded_values(listing, language_id, view.viewer.base_url)
        fields = []
        groups = counted(listing.fields.values(), result.market, result.bits, result.without)
        for name, counts in zip(listing.fields, groups, strict=True):
            values = b",".join(_count_bytes(count, data[name, count.value.value]) for count in counts)
            shown = msgspec.json.encode(_FILTER_NAMES.get(name, name))
            fields.append(b'{"field":%b,"values":[%b]}' % (shown, values))
        found = msgspec.Raw(b"[" + b",".join(fields) + b"]")
        cache.put(key, found, len(found) + listing.size // 4 + 200)
    return found


def _count_bytes(count: Count, encoded: tuple[bytes, bytes]) -> bytes:
    value, data = encoded
    return b'{"value":%b,"count":%d,"totalCount":%d,"filterCount":%d,"data":%b}' % (
        value,
        count.count,
        count.total,
        count.without_own,
        data,
    )


def _encoded_values(listing: Listing, language_id: int, base_url: str) -> dict[tuple[str, str], tuple[bytes, bytes]]:
    """(field, value) -> the encoded `value` and `data` in a language."""
    key = ("values", language_id, base_url)
    found: dict[tuple[str, str], tuple[bytes, bytes]] | None = listing.memo.get(key)
    if found is None:
        found = {}
        for each in listing.fields.values():
            for value in each.values:
                shown, data = _value_json(listing, each, value, language_id, base_url)
                found[each.name, value.value] = (msgspec.json.encode(shown), msgspec.json.encode(data))
        if len(listing.memo) > 64:  # one entry a language and host; callers with ever new hosts must not fill memory
            listing.memo.clear()
        listing.memo[key] = found
    return found


def _value_json(
    listing: Listing, field: FilterField, value: FieldValue, language_id: int, base_url: str
) -> tuple[str, Any]:
    """`value` and `data` of a filter value (checkout-api.md 8.1)."""
    source = value.source
    if isinstance(source, Attribute):
        values = attribute_values(source, language_id, base_url)
        return values.get(field.element, value.value), values
    if field.kind == "categories":
        category = category_json(listing.reference, source, language_id)
        return value.value, {name: each for name, each in category.items() if not name.startswith("meta")}
    if field.kind in ("brands", "collections"):
        kind = field.kind[:-1]
        named = source.texts.get(language_id, {})
        return value.value, {
            kind: value.value,
            f"{kind}Name": named.get("name", source.name),
            f"{kind}Uri": named.get("uri", source.uri),
        }
    return value.value, value.value


# ------------------------------------------------------------------ one product


@endpoint("GET /products/<product>", "POST /products/<product>")
def show_product(call: Call, product: str) -> dict[str, Any]:
    """One product with all its relations (checkout-api.md 8.3)."""
    product_id = whole(product)
    found = None if product_id is None else product_json.one_product(call.store, viewer_for(call), product_id)
    if found is None:
        raise NotFound("product")
    return {"product": found}


@endpoint("GET /bundles/<product>", "POST /bundles/<product>")
def show_bundle(call: Call, product: str) -> dict[str, Any]:
    """A bundle, and unless `includeSectionProducts` is false the products of its sections (checkout-api.md 8.6)."""
    product_id, viewer = whole(product), viewer_for(call)
    found = None if product_id is None else product_json.one_product(call.store, viewer, product_id)
    if product_id is None or found is None:
        raise NotFound("bundle")
    with call.store.reading() as tx:
        record = record_of(tx, product_id)
    if record is None or record.bundle is None:
        raise NotFound("bundle")
    answer: dict[str, Any] = {"bundle": found}
    if _flag(call, "includeSectionProducts", True):
        answer["sectionProducts"] = product_json.full_products(call.store, viewer, part_ids(record))
    return answer


# ------------------------------------------------------------------ routing


@endpoint("POST /uri")
def follow_uri(call: Call) -> dict[str, Any]:
    """What a URI leads to: a product, an article, or a category, brand or collection with its products (8.4)."""
    uri = _path(call.body.get("uri"))
    kinds = texts(call.body.get("for"))
    missing = {name: "required" for name, given in (("uri", uri), ("for", kinds)) if not given}
    if missing:
        raise Malformed(missing)
    view = _view_of(call)
    for kind in kinds:
        finder = _FINDERS.get(kind)
        answer = None if finder is None else finder(call, view, uri)
        if answer is not None:
            return {"found": kind, **answer}
    raise NotFound("uri")


def _path(value: Any) -> str:
    """A URI without slashes at its ends; it may come percent-encoded or as it is."""
    return unquote((text(value) or "").strip()).strip("/")


def _find_product(call: Call, view: View, uri: str) -> dict[str, Any] | None:
    context = view.viewer.context
    place = view.listing.find_path(uri, context.language.id)
    if place is None:
        return None
    position, category = place
    found = product_json.one_product(call.store, view.viewer, view.listing.main_item(position))
    if found is None:
        return None
    answer: dict[str, Any] = {"product": found}
    if category is not None:
        answer["category"] = category_json(context.reference, category, context.language.id)
    return answer


def _find_category(call: Call, view: View, uri: str) -> dict[str, Any] | None:
    context = view.viewer.context
    category = find_category(context.reference, context.store_id, uri, context.language.id)
    if category is None:
        return None
    return {
        "category": category_json(context.reference, category, context.language.id),
        **_narrowed(call, view, uri, "category", "categories", category.id),
    }


def _find_brand(call: Call, view: View, uri: str) -> dict[str, Any] | None:
    language_id = view.viewer.context.language.id
    brand = find_brand(view.viewer.context.reference, uri, language_id)
    if brand is None or not brand.counts_in(call.context.store_id):
        return None
    return {"brand": brand_json(brand, language_id), **_narrowed(call, view, uri, "brand", "brands", brand.id)}


def _find_collection(call: Call, view: View, uri: str) -> dict[str, Any] | None:
    language_id = view.viewer.context.language.id
    collection = find_collection(view.viewer.context.reference, uri, language_id)
    if collection is None:
        return None
    return {
        "collection": collection_json(collection, language_id),
        **_narrowed(call, view, uri, "collection", "collections", collection.id),
    }


def _narrowed(call: Call, view: View, uri: str, kind: str, field: str, object_id: int) -> dict[str, Any]:
    """The list of products that the body asks for, within what its `uri` names."""
    query = _query_of({name: value for name, value in call.body.items() if name != "uri"}, view.listing)
    if field in query.fields:
        query = replace(query, uri=uri, uri_kinds=(kind,))
    else:
        query = replace(query, fields={**query.fields, field: [str(object_id)]})
    return _listed(call, view, query)


def _find_article(call: Call, view: View, uri: str) -> dict[str, Any] | None:
    context = view.viewer.context
    with call.store.reading() as tx:
        article = find_article(tx, context, uri)
    return None if article is None else {"cmsArticle": article_json(article, context.reference, context.language.id)}


_FINDERS = {
    "product": _find_product,
    "category": _find_category,
    "brand": _find_brand,
    "collection": _find_collection,
    "cmsArticle": _find_article,
}
