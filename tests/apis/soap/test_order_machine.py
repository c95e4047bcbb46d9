"""Many things done to orders in any sequence: whatever is accepted, stock, units, statuses and money stay sound."""

from decimal import Decimal
from random import Random
from typing import Any

import pytest

from mockcentra.seed.checks import invariants
from mockcentra.seed.checks.shop import Shop
from mockcentra.store import Store
from tests.erp import Erp, Node, identity, row, rows_of

SOUND = [each for each in invariants.CHECKS if each.run is not None and each.name != "5: totals"]
ACTS = (
    "confirm",
    "cancel pieces",
    "ship",
    "ship",
    "goodtogo",
    "shipped",
    "shipped",
    "capture",
    "paid",
    "refund",
    "cancel",
)


def some_rows(dice: Random, order: Node) -> dict[str, Any]:
    """Some rows with at most one piece too many."""
    picked = [pair for pair in rows_of(order) if dice.random() < 0.7] or rows_of(order)[:1]
    return {"product": [row(p, s, dice.randint(1, int(s["qty"] or 0)) + (dice.random() < 0.1)) for p, s in picked]}


def change(dice: Random, order: Node, number: int) -> dict[str, Any]:
    """What an ERP may want to do to an order."""
    act = dice.choice(ACTS)
    shipments = order.all("shipments/shipment")
    if act == "cancel pieces":
        return {"cancelled": some_rows(dice, order)}
    if act == "ship":
        costs = {"subtotal": dice.choice(("0", "5", "49"))}
        shipment = {"id": f"S{number}", "goodtogo": "yes", "shipping": costs, "products": some_rows(dice, order)}
        return {"status": "confirmed", "shipments": {"shipment": shipment}}
    if act == "refund" and shipments:
        parcel = dice.choice(shipments)
        status = dice.choice(("pending", "confirmed", "completed"))
        refund = {"id": f"R{number}", "status": status, "products": some_rows(dice, parcel)}
        return {"shipments": {"shipment": {"id": parcel["id"], "refunds": {"refund": refund}}}}
    if act in ("goodtogo", "shipped", "capture", "paid") and shipments:
        return {"shipments": {"shipment": {"id": dice.choice(shipments)["id"], act: "yes"}}}
    if act == "cancel" and dice.random() < 0.1:
        return {"status": "cancelled"}
    return {"status": "confirmed"}


@pytest.mark.parametrize("seed", range(3))
def test_orders_stay_sound(erp: Erp, store: Store, seed: int) -> None:
    dice = Random(seed)
    numbers = [event["entry"] for event in erp.events("order")]
    done = 0
    for step in range(120):
        order = erp.order(dice.choice(numbers))
        if not order.all("products/product"):
            continue
        content = {"orders": {"order": {**identity(order), **change(dice, order, step)}}}
        done += erp.update("orders_Update", content).success
        after = erp.order(order["ordernumber"])
        goods = sum(Decimal(each["subtotal"] or 0) for each in after.all("products/product"))
        costs = Decimal(after["shipping/subtotal"] or 0) + Decimal(after["voucher/subtotal"] or 0)
        taxed = after["type"] == "wholesale" and after["shippingaddress/country"] == "SE"
        assert Decimal(after["ordertotal"] or 0) == goods + costs or taxed
    assert done > 40
    with store.reading() as tx:
        shop = Shop(tx)
        problems = {each.name: list(each.run(shop)) for each in SOUND if each.run is not None}
    assert {name: found for name, found in problems.items() if found} == {}
