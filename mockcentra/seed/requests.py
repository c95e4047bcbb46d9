"""Asks shops about lines of seeded orders: requests to confirm in all their states, and one to check first."""

from collections.abc import Sequence

from mockcentra.commerce import allocation, requests
from mockcentra.commerce.allocation import Need
from mockcentra.seed.world import World
from mockcentra.store import Transaction
from mockcentra.store import allocations as stock_rows
from mockcentra.store import orders as order_rows
from mockcentra.store import requests as rows
from mockcentra.store.clock import from_local
from mockcentra.store.database import Row

# Names in the fixtures: of the rule whose warehouses are asked, of the one that confirms and of the one that checks.
_RULE, _CONFIRMS, _CHECKS = "Ship from store", "Partner Berlin", "Flagship Stockholm"
_NEVER = "2099-12-31"

_OPEN = ("sent", "allocated", "failed", "timed-out", "check_first")
_OVER = ("confirmed", "rejected", "outdated")
ASKED = (*_OPEN, *_OVER)
"""What may have become of a request; `check_first` is one to check first that nobody has answered."""


def ask_shops(world: World, tx: Transaction, order_id: int, states: Sequence[str]) -> None:
    """The lines of an order that wait to be sent come from shops: one request a line, in these states (seed.md 13, 15).

    What a shop gives lies there before, brought from the warehouse that had it.
    """
    for held, state in zip(_waiting(tx, order_id), states, strict=False):
        checks = state == "check_first"
        request_id = _ask(world, tx, held, _CHECKS if checks else _CONFIRMS)
        if checks:
            rows.update(tx, request_id, expires_at=from_local(_NEVER))
            continue
        order_rows.update(tx, order_id, allocation_rule_id=world.ids["allocation_rule"][_RULE])
        if state == "timed-out":
            rows.update(tx, request_id, expires_at=tx.now)
            requests.expire(tx, tx.now)
        else:
            rows.update(tx, request_id, status=state, expires_at=from_local(_NEVER))


def ask_shops_in_passing(world: World, tx: Transaction, order_id: int, states: Sequence[str]) -> None:
    """Shops are asked about lines of an order and have answered; it goes on from there, or from its own warehouse."""
    for held, state in zip(_waiting(tx, order_id), states, strict=False):
        request_id = _ask(world, tx, held, _CONFIRMS)
        if state == "confirmed":
            requests.confirm(tx, request_id)
            continue
        requests.reject(tx, request_id)
        if state == "outdated":
            rows.update(tx, request_id, status="outdated")
        _bring(tx, held, world.ids["warehouse"][_CONFIRMS], held["warehouse_id"], held["quantity"])


def _waiting(tx: Transaction, order_id: int) -> list[Row]:
    """The reserved units of an order that no shipment has, a row a line."""
    return [row for row in stock_rows.of_orders(tx, [order_id]) if row["shipment_id"] is None]


def _ask(world: World, tx: Transaction, held: Row, shop: str) -> int:
    """Takes a line's units to a shop and asks it; returns the id of the request."""
    shop_id = world.ids["warehouse"][shop]
    stock_rows.give_back(tx, held, held["quantity"])
    _bring(tx, held, held["warehouse_id"], shop_id, held["quantity"])
    rule_id = world.ids["allocation_rule"][_RULE]
    others = [world.ids["warehouse"][name] for name in (_CONFIRMS, _CHECKS) if name != shop]
    need = Need(held["order_line_id"], held["product_size_id"], held["quantity"])
    allocation.allocate(tx, [need], rule_id, True, keeps_reserves=False, but_warehouses=others)
    kind = allocation.CHECK_FIRST if shop == _CHECKS else allocation.CONFIRM
    return rows.of_order(tx, held["order_id"], kind)[-1]["id"]


def _bring(tx: Transaction, held: Row, source_id: int, target_id: int, quantity: int) -> None:
    for warehouse_id, change in ((source_id, -quantity), (target_id, quantity)):
        stock_rows.change_physical(tx, held["product_size_id"], warehouse_id, change, "movement", "")
