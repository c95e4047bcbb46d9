"""Products, a row a size, with names, prices and pictures (order-api.md 5.5)."""

from typing import Any
from urllib.parse import urlencode

from mockcentra.apis.order.product_json import ProductPrinter
from mockcentra.apis.order.transport import Call, endpoint
from mockcentra.commerce import stock_items

MAX_OFFSET = 2**53

# Parameter of the query -> filter of `stock_items`, by what it holds.
TEXT_FILTERS = {"sku": "sku", "ean": "ean", "upc": "upc"}
ID_FILTERS = {"productId": "product_id", "variantId": "variant_id", "stockItemId": "size_id", "market": "market_id"}
DATE_FILTERS = {"modified": "modified_at", "created": "created_at", "stock_modified": "stock_changed_at"}
_PAGING = ("limit", "page")


@endpoint("GET /products")
def list_products(call: Call) -> dict[str, Any]:
    """`GET /products`: every size of every product that passes the filters."""
    wanted = item_filters(call)
    limit, offset = page_of(call)
    with call.store.reading() as tx:
        found = stock_items.listed(
            tx, wanted, limit, offset, with_displays=True, with_attributes=includes(call, "include", "attributes")
        )
        printer = ProductPrinter(found, call.reference, tx.now, call.base_url)
    return {"products": [printer.row(row) for row in found.items], **links(call, found.has_more)}


def includes(call: Call, parameter: str, name: str) -> bool:
    """Whether a parameter of the query, a list with commas, has that name."""
    return name in [part.strip() for part in (call.text(parameter) or "").split(",")]


def item_filters(call: Call) -> dict[str, Any]:
    """The filters that products and stock have in common."""
    wanted: dict[str, Any] = {}
    for parameter, name in TEXT_FILTERS.items():
        wanted[name] = call.text(parameter)
    for parameter, name in ID_FILTERS.items():
        wanted[name] = call.whole(parameter)
    for parameter, name in DATE_FILTERS.items():
        wanted[name] = call.moment(parameter)
    return {name: value for name, value in wanted.items() if value is not None}


def page_of(call: Call) -> tuple[int, int]:
    """Limit and offset of the page that is asked for; everything without a limit."""
    limit, page = call.whole("limit", least=1), call.whole("page", 1, least=1) or 1
    if limit is None:
        return stock_items.EVERY, 0
    return limit, min((page - 1) * limit, MAX_OFFSET)


def links(call: Call, has_more: bool) -> dict[str, str]:
    """`previous` and `next`: queries with the same filters, where there is such a page."""
    limit, page = call.whole("limit"), call.whole("page", 1) or 1
    if limit is None:
        return {}
    rest = {name: value for name, value in call.query.items() if name not in _PAGING and isinstance(value, str)}
    pages = {"previous": page - 1, "next": page + 1 if has_more else 0}
    return {
        name: f"?{urlencode({'limit': limit, 'page': number, **rest})}" for name, number in pages.items() if number > 0
    }
