"""Seeds the event queue of the SOAP API: the orders that an ERP has not fetched yet (seed.md 14)."""

from mockcentra.seed.world import World
from mockcentra.store import seeding as rows
from mockcentra.store import soap_queue
from mockcentra.store.database import Row

FILES: dict[str, tuple[str, ...]] = {}

_RETAIL_ORDERS = 12


def seed(world: World) -> None:
    """Customer and order of the newest confirmed orders of shoppers, then the wholesale orders that are still open."""
    tx = world.tx
    events = []
    for order in _retail_orders(rows.newest_confirmed_orders(tx, world.notes["dtc_store"])):
        for kind, object_id in (("customer", order["customer_id"]), ("order", order["id"])):
            events.append((kind, object_id, "update", order["created_at"]))
    for status in ("pending", "confirmed"):
        found = rows.orders_with_status(tx, world.notes["wholesale_store"], status)
        events += [("order", order["id"], "update", order["created_at"]) for order in found]
    soap_queue.append(tx, events)
    soap_queue.set_read_up_to(tx, soap_queue.last_event(tx))


def _retail_orders(newest_first: list[Row]) -> list[Row]:
    """The newest orders, the oldest of them first; of two markets at least, where there are two."""
    found = newest_first[:_RETAIL_ORDERS]
    if len({order["market_id"] for order in found}) == 1:
        other = next((order for order in newest_first if order["market_id"] != found[0]["market_id"]), None)
        if other is not None:
            found[-1] = other
    return found[::-1]
