"""Seeds the event queue of the SOAP API: the orders that an ERP has not fetched yet (seed.md 14)."""

from mockcentra.seed.world import World
from mockcentra.store import seeding as rows
from mockcentra.store import soap_queue

FILES: dict[str, tuple[str, ...]] = {}

_RETAIL_ORDERS = 12


def seed(world: World) -> None:
    """Customer and order of the newest confirmed orders of shoppers, then the wholesale orders that are still open."""
    tx = world.tx
    events = []
    for order in rows.newest_confirmed_orders(tx, world.notes["dtc_store"], _RETAIL_ORDERS):
        for kind, object_id in (("customer", order["customer_id"]), ("order", order["id"])):
            events.append((kind, object_id, "update", order["created_at"]))
    for status in ("pending", "confirmed"):
        found = rows.orders_with_status(tx, world.notes["wholesale_store"], status)
        events += [("order", order["id"], "update", order["created_at"]) for order in found]
    soap_queue.append(tx, events)
    soap_queue.set_read_up_to(tx, soap_queue.last_event(tx))
