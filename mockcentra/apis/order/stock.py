"""Stock in the plugin's warehouse: reading and setting it (order-api.md 5.5)."""

from typing import Any

from mockcentra.apis import values
from mockcentra.apis.order.product_json import stock_json
from mockcentra.apis.order.products import includes, item_filters, links, page_of
from mockcentra.apis.order.transport import REQUIRED, Call, Refused, endpoint
from mockcentra.commerce import stock_items, stock_updates
from mockcentra.commerce.money import parse_amount
from mockcentra.commerce.reference import Reference
from mockcentra.commerce.stock_updates import StockUpdate

NOT_UPDATED = "Some of the products were not updated"


@endpoint("GET /stock")
def list_stock(call: Call) -> dict[str, Any]:
    """`GET /stock`: what lies of every size in the plugin's warehouse, and what orders have reserved of it."""
    wanted = item_filters(call)
    limit, offset = page_of(call)
    with call.store.reading() as tx:
        found = stock_items.listed(tx, wanted, limit, offset, with_displays=True, with_attributes=False)
        levels = stock_items.levels(tx, found.items)
    with_physical = not includes(call, "exclude", "physicalStock")
    reference = call.reference
    rows = [
        stock_json(row, found.displays.get(row["variant_id"]), reference, levels.get(row["id"]), with_physical)
        for row in found.items
    ]
    return {"products": rows, **links(call, found.has_more)}


@endpoint("POST /stock")
def set_stock(call: Call) -> dict[str, Any]:
    """`POST /stock`: new absolute quantities. What cannot be found is reported, all else is set."""
    sent = call.body.get("products")
    if not isinstance(sent, (list, dict)) or not sent:
        raise Refused({"products": REQUIRED})
    entries = sent if isinstance(sent, list) else list(sent.values())
    updates = [_update(entry, call.reference) for entry in entries]
    with call.transaction() as tx:
        outcome = stock_updates.set_stock(tx, updates)
    errors = {"productsNotFound": outcome.not_found, "productsAreBundles": outcome.bundles}
    errors = {name: named for name, named in errors.items() if named}
    return {"status": "no", "msg": NOT_UPDATED, "errors": errors} if errors else {}


def _update(entry: Any, reference: Reference) -> StockUpdate:
    entry = values.mapping(entry)
    quantity = values.whole(entry.get("quantity"))
    code = (values.text(entry.get("costPriceCurrency")) or "").strip().upper()
    currency = next((each.id for each in reference.currencies.values() if each.code == code), None)
    cost = parse_amount(entry.get("costPrice"))
    return StockUpdate(
        named=values.text(entry.get("product")) or "",
        quantity=quantity if quantity is not None and 0 <= quantity <= stock_updates.MAX_QUANTITY else None,
        cost=cost if cost is not None and cost >= 0 else None,
        currency_id=currency,
    )
