"""Orders of the signed-in customer, and products offered after a purchase (checkout-api.md 15)."""

from typing import Any

import msgspec

from mockcentra.apis import values
from mockcentra.apis.checkout.order_json import listed_order_json
from mockcentra.apis.checkout.product_json import full_products, viewer_of
from mockcentra.apis.checkout.selection_json import common_json, money
from mockcentra.apis.checkout.transport import Call, endpoint
from mockcentra.commerce import catalogue, orders, pricing, tax
from mockcentra.commerce.errors import Invalid, Malformed, NotFound
from mockcentra.commerce.model import Context
from mockcentra.commerce.money import without_tax
from mockcentra.commerce.orders import Order

MAX_OFFERS = 200


@endpoint("POST /orders", needs_login=True)
def list_orders(call: Call) -> dict[str, Any]:
    """The customer's own orders, newest first, a page of them."""
    customer_id = call.session.customer_id
    assert customer_id is not None
    start = _page_number(call.body, "from", 0)
    size = _page_number(call.body, "size", None)
    with call.store.reading() as tx:
        found, total = orders.orders_of_customer(tx, customer_id, start or 0, size)
    return {
        "orders": [listed_order_json(call, order) for order in found],
        "ordersPaging": {"from": start or 0, "size": len(found) if size is None else size, "totalSize": total},
        **common_json(call, call.context),
    }


def _page_number(body: dict[str, Any], name: str, default: int | None) -> int | None:
    """A number of a page of orders. Raises Malformed."""
    if body.get(name) is None:
        return default
    number = values.whole(body[name])
    if number is None or number < 0:
        raise Malformed({name: "not valid"})
    return number


@endpoint("POST /orders/<order>/items")
def offers(call: Call, order: str) -> dict[str, Any]:
    """Product data for offers after a purchase, priced as the order was."""
    found = _own_order(call, order)
    sent = call.body.get("products")
    if not isinstance(sent, list) or len(sent) > MAX_OFFERS:
        raise Malformed({"products": "not valid"})
    wanted = list(dict.fromkeys(values.wholes(sent)))
    viewer = viewer_of(call.store, found.context, call.server, call.base_url)
    products = [msgspec.json.decode(each) for each in full_products(call.store, viewer, wanted)]
    if not products:
        raise NotFound("products", "products not found")
    untaxed = _untaxed_prices(call, found.context, [int(product["product"]) for product in products])
    body: dict[str, Any] = {
        "products": [product | untaxed[int(product["product"])] for product in products],
    }
    fetched = [int(product["product"]) for product in products]
    if len(fetched) < len(wanted):
        body["successfullyFetched"] = fetched
        body["failedToFetch"] = [product_id for product_id in wanted if product_id not in fetched]
    return body


@endpoint("POST /orders/<order>/items/<item>")
def add_to_order(call: Call, order: str, item: str) -> dict[str, Any]:
    """Cross-sell: no payment method that is offered lets an order grow after it was paid."""
    _own_order(call, order)
    raise Invalid({"order": "cross-sell not allowed"})


def _own_order(call: Call, number: str) -> Order:
    """An order of this session or of its signed-in customer. Raises NotFound."""
    wanted, session = values.whole(number), call.session
    with call.store.reading() as tx:
        order_id = orders.id_of_number(tx, wanted) if wanted is not None else None
        if order_id is None:
            raise NotFound("order")
        found = orders.load_order(tx, order_id)
    is_customers = session.customer_id is not None and found.customer_id == session.customer_id
    if order_id != session.last_order_id and not is_customers:
        raise NotFound("order")
    return found


def _untaxed_prices(call: Call, context: Context, display_item_ids: list[int]) -> dict[int, dict[str, Any]]:
    """Display item id -> `priceWithoutTax` and its twin in the order's context; null where there is no price."""
    shown: dict[int, dict[str, Any]] = {}
    with call.store.reading() as tx:
        records = catalogue.records(tx, display_item_ids)
        parts = catalogue.with_parts(tx, records.values())
    for record in records.values():
        price = pricing.price_of(record, context.market.id, context.pricelist.id, context.now, parts)
        if price.amount is None:
            shown[record.id] = {"priceWithoutTax": None, "priceWithoutTaxAsNumber": None}
            continue
        rule = tax.rule_for(context, record.tax_group_id)
        percent = rule.percent if rule is not None and rule.included else 0
        shown[record.id] = money("priceWithoutTax", without_tax(price.amount, percent), context.currency)
    return shown
