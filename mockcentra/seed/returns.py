"""Seeds what came back: returns of sent parcels, some of them paid for, at their own moments (seed.md 12)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mockcentra.commerce import returns, shipments
from mockcentra.commerce.returns import FROM_SHIPMENT, NONE, ORIGINAL, Terms
from mockcentra.seed.fixtures import Record, choice, flag, listed, moment, money, optional, record, text, whole
from mockcentra.seed.world import World
from mockcentra.store import Transaction
from mockcentra.store import seeding as rows
from mockcentra.store import shipments as shipment_rows
from mockcentra.store.database import Row

FILES = {"returns": ("returns",)}

_DAY = 86400
_ORIGIN = "Order API"
_OUTCOME = choice("pending", "completed", "refunded")
# How long it takes until somebody has looked at what came back.
_LOOKING = 5 * 3600

_SECOND = record(after=whole(1), outcome=optional(_OUTCOME, "pending"))
_RETURN = record(
    of=optional(moment),
    after=whole(1),
    lines=optional(choice("first", "all"), "first"),
    pieces=optional(whole(1)),
    outcome=_OUTCOME,
    stock=optional(choice("insert", "none"), "insert"),
    costs=optional(flag, False),
    fee=optional(money, 0),
    comment=optional(text, ""),
    twice=optional(_SECOND),
)


@dataclass(frozen=True, slots=True)
class _Plan:
    """A return to be: of which shipment, of which of its lines, at which moment."""

    at: int
    shipment_id: int
    units: dict[int, int]
    outcome: str
    entry: Record


def seed(world: World) -> None:
    """Makes the returns in the order of time; what they put on the shelf was not delivered before."""
    plans = sorted(_plans(world, world.section("returns", "returns", listed(_RETURN))), key=lambda plan: plan.at)
    if not plans:
        return
    steps = [(plan.at, number, False) for number, plan in enumerate(plans)]
    steps += [
        (plan.at + _LOOKING + 61 * number, number, True)
        for number, plan in enumerate(plans)
        if plan.outcome != "pending"
    ]
    made: dict[int, int] = {}
    admins = rows.admin_users(world.tx)
    for at, number, is_over in sorted(steps):
        tx = world.move(min(at, world.as_of - 1))
        tx.source, tx.admin_user_id = "Centra form", admins[number % len(admins)] if admins else None
        if is_over:
            _finish(tx, made[number], plans[number])
        else:
            made[number] = _create(tx, plans[number])
    tx = world.move(world.as_of)
    tx.source, tx.admin_user_id = "", None
    _deliver_less(tx)
    rows.empty(tx, "events", "mails")


def _plans(world: World, entries: Sequence[Record]) -> Iterator[_Plan]:
    parcels = rows.sent_parcels(world.tx)
    by_order = {row["ordered_at"]: row for row in parcels}
    named = {entry["of"] for entry in entries}
    last = world.as_of - 30 * _DAY
    dice = world.dice("returns")
    others = [row for row in parcels if row["is_plain"] and row["ordered_at"] not in named and row["shipped_at"] < last]
    dice.shuffle(others)
    several = [row for row in others if row["lines"] > 1]
    for entry in entries:
        if entry["of"] is not None:
            parcel = by_order.get(entry["of"])
        else:
            pool = several if entry["twice"] or entry["lines"] == "all" else others
            parcel = pool.pop(0) if pool else None
            others = [row for row in others if row is not parcel]
            several = [row for row in several if row is not parcel]
        if parcel is None:  # a shop with other orders
            continue
        lines = shipment_rows.lines(world.tx, [parcel["id"]])
        at = parcel["shipped_at"] + entry["after"] * _DAY + dice.randrange(3600, 8 * 3600)
        taken = lines if entry["lines"] == "all" else lines[:1]
        units = {line["id"]: min(entry["pieces"] or line["quantity"], line["quantity"]) for line in taken}
        yield _Plan(at, parcel["id"], units, entry["outcome"], entry)
        if entry["twice"] is not None:
            later = at + entry["twice"]["after"] * _DAY
            yield _Plan(later, parcel["id"], {lines[1]["id"]: lines[1]["quantity"]}, entry["twice"]["outcome"], entry)


def _create(tx: Transaction, plan: _Plan) -> int:
    entry = plan.entry
    shipment = shipments.row_of(tx, plan.shipment_id)
    whole = FROM_SHIPMENT if entry["costs"] else 0
    terms = Terms(
        stock_action=ORIGINAL if entry["stock"] == "insert" else NONE,
        shipping_cost=whole,
        handling_cost=whole,
        voucher_value=-_voucher_share(tx, shipment, plan),
        return_cost=entry["fee"],
        comment=entry["comment"],
        created_from=_ORIGIN,
    )
    return returns.create(tx, plan.shipment_id, plan.units, terms)


def _voucher_share(tx: Transaction, shipment: Row, plan: _Plan) -> int:
    """What vouchers took off the goods that come back (<= 0), if it is all that they took off the parcel."""
    is_all = len(plan.units) == len(shipment_rows.lines(tx, [plan.shipment_id]))
    return shipment["discount"] if is_all else 0


def _finish(tx: Transaction, return_id: int, plan: _Plan) -> None:
    if plan.outcome == "refunded":
        returns.refund(tx, return_id)
    else:
        returns.set_completed(tx, return_id, True)


def _deliver_less(tx: Transaction) -> None:
    """Makes the first deliveries smaller by what came back: what is free afterwards is what was seeded."""
    deliveries = {
        (row["product_size_id"], row["warehouse_id"]): row["id"] for row in rows.first_deliveries(tx) if row["id"]
    }
    back = rows.returned_units(tx)
    rows.raise_deliveries(
        tx,
        [
            (-row["quantity"], row["product_size_id"], row["warehouse_id"], deliveries[key])
            for row in back
            if (key := (row["product_size_id"], row["warehouse_id"])) in deliveries
        ],
    )
