"""Orders: the list, and what an integration may add to one (order-api.md 5.1)."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from mockcentra.apis import values
from mockcentra.apis.order.order_json import order_json
from mockcentra.apis.order.transport import INVALID, REQUIRED, Call, Refused, endpoint
from mockcentra.commerce import order_book
from mockcentra.commerce.attributes import AttributeCatalogue, attributes_of
from mockcentra.commerce.errors import NotFound
from mockcentra.commerce.order_book import OrderRecord
from mockcentra.commerce.reference import Reference
from mockcentra.store import Store, Transaction
from mockcentra.store.cache import ByteCache

DEFAULT_LIMIT = 20
# Some three thousand orders.
CACHE_BYTES = 12 * 1024 * 1024

ORDER_MISSING = "order does not exist"
WRONG_MARKET = "order in wrong market"


class _Printed(NamedTuple):
    """An order as JSON, and what it was made of beside its rows."""

    encoded: msgspec.Raw
    reference: Reference
    attributes: AttributeCatalogue
    item_ids: tuple[int, ...]
    stamp: int


@endpoint("GET /orders")
def list_orders(call: Call) -> dict[str, Any]:
    """`GET /orders`: what the plugin lets through, by ascending number."""
    wanted = {
        "number": call.whole("order"),
        "customer_id": call.whole("customer_id"),
        "newer_than": call.moment("newer_than"),
        "older_than": call.moment("older_than"),
        "limit": call.whole("limit", DEFAULT_LIMIT, least=1),
        "offset": call.whole("offset", 0, least=0),
    }
    with call.store.reading() as tx:
        keys = order_book.listed_orders(tx, **wanted)
        printed, missing = _printed(call, keys)
        records, stamps = _read(tx, missing)
    cache = _cache(call.store)
    for order_id, revision in missing:
        encoded = msgspec.Raw(
            msgspec.json.encode(order_json(records[order_id], call.settings["order.bundles_in_orders"]))
        )
        record = records[order_id]
        entry = _Printed(
            encoded, record.reference, attributes_of(call.store), record.display_item_ids, stamps[order_id]
        )
        cache.put(_key(call, order_id, revision), entry, len(encoded))
        printed[order_id] = encoded
    return {"orders": [printed[order_id] for order_id, _ in keys]}


def _cache(store: Store) -> ByteCache:
    """Shared by all shops of one template: the revision of an order that was changed is unlike any other's."""
    return store.shared.cache("order api orders", lambda: ByteCache(CACHE_BYTES))


def _key(call: Call, order_id: int, revision: int) -> tuple[int, int, str]:
    return order_id, revision, call.settings["order.bundles_in_orders"]


def _printed(call: Call, keys: Sequence[tuple[int, int]]) -> tuple[dict[int, msgspec.Raw], list[tuple[int, int]]]:
    """The orders that are in the cache as they are now, and the keys of those that are not."""
    store, cache, reference, attributes = call.store, _cache(call.store), call.reference, attributes_of(call.store)
    found: dict[int, msgspec.Raw] = {}
    missing = []
    for order_id, revision in keys:
        entry: _Printed | None = cache.get(_key(call, order_id, revision))
        if (
            entry is None
            or entry.reference is not reference
            or entry.attributes is not attributes
            or entry.stamp != store.stamp(entry.item_ids)
        ):
            missing.append((order_id, revision))
        else:
            found[order_id] = entry.encoded
    return found, missing


def _read(tx: Transaction, keys: Sequence[tuple[int, int]]) -> tuple[dict[int, OrderRecord], dict[int, int]]:
    """Orders by id, with the stamps of what they show of products."""
    records = order_book.records(tx, [order_id for order_id, _ in keys])
    stamps = {order_id: tx.store.stamp(record.display_item_ids) for order_id, record in records.items()}
    return records, stamps


@endpoint("PUT /orders")
def update_order(call: Call) -> dict[str, Any]:
    """`PUT /orders`: comments and attributes of an order."""
    body = call.body
    sent = body.get("order")
    number = values.whole(sent)
    if number is None:
        raise Refused({"order": REQUIRED if sent in (None, "") else INVALID})
    attributes = body.get("extraAttributes")
    try:
        with call.transaction() as tx:
            order_book.update_order(
                tx,
                number,
                internal_comment=values.text(body.get("internalComment")),
                replace_internal_comment=bool(values.truth(body.get("replaceInternalComment"))),
                comment=values.text(body.get("comment")),
                replace_comment=bool(values.truth(body.get("replaceComment"))),
                attributes=values.mapping(attributes),
            )
    except NotFound as error:
        raise Refused(WRONG_MARKET if "market" in error.problems else ORDER_MISSING, order=sent) from error
    return {"order": number}
