"""markets_Update and warehouses_Update (soap-api.md 7.4, 7.9)."""

from functools import partial

from mockcentra.apis.soap.calls import Call, Content, check_type, listed
from mockcentra.commerce import market_writing
from mockcentra.commerce.errors import Invalid
from mockcentra.store import records


def markets_Update(call: Call, content: Content) -> None:
    """Makes markets and renames them; a market stays in its store."""
    call.each("market", listed(content, "markets", "market"), partial(_market, call))


def _market(call: Call, content: Content) -> None:
    external = content["id"]
    market_id = call.ids.resolve("market", external)
    if market_id is None:
        channel = call.store_of(content)
        name = content.get("description", "")
        if not name:
            raise Invalid({"description": "is required"})
        call.ids.assign("market", market_writing.create_market(call.tx, channel.id, name=name), external)
        return
    market = records.get(call.tx, "markets", market_id)
    assert market is not None
    if "store" in content and call.store_of(content).id != market["store_id"]:
        raise Invalid({"store": "of a market cannot be changed"})
    check_type(content, call.reference.channels[market["store_id"]])
    if "description" in content:
        market_writing.change_market(call.tx, market_id, name=content["description"])


def warehouses_Update(call: Call, content: Content) -> None:
    """Makes warehouses, whose stock is for sale in every market, and renames them."""
    call.each("warehouse", listed(content, "warehouses", "warehouse"), partial(_warehouse, call))


def _warehouse(call: Call, content: Content) -> None:
    external = content["id"]
    warehouse_id = call.ids.resolve("warehouse", external)
    if warehouse_id is None:
        warehouse_of(call, external, content.get("description", ""))
    elif "description" in content:
        market_writing.change_warehouse(call.tx, warehouse_id, name=content["description"])


def warehouse_of(call: Call, external: str, name: str = "") -> int:
    """The warehouse with that id, made when there is none: then called `name`, or by its id."""
    found = call.ids.resolve("warehouse", external)
    if found is None:
        found = market_writing.create_warehouse(call.tx, name=name or external)
        call.ids.assign("warehouse", found, external)
    return found
