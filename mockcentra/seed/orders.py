"""Seeds the orders of the DTC store: who orders what and when (fixtures), planned here and run by `order_history`."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from mockcentra.commerce import delivery_groups, shipments
from mockcentra.seed.bulk_orders import BulkOrders
from mockcentra.seed.company import ADDRESS
from mockcentra.seed.fixtures import (
    Record,
    choice,
    flag,
    known,
    listed,
    mapping,
    moment,
    money,
    optional,
    record,
    ref,
    text,
    whole,
)
from mockcentra.seed.goods import Shelf
from mockcentra.seed.order_history import OUTCOMES, Form, History
from mockcentra.seed.people import Person
from mockcentra.seed.requests import ASKED
from mockcentra.seed.world import World
from mockcentra.store import delivery_groups as group_rows
from mockcentra.store import orders as order_rows
from mockcentra.store import seeding as rows

FILES = {
    "orders": (
        "autoconfirm_since",
        "carriers",
        "turns",
        "codes",
        "affiliates",
        "lines",
        "quantities",
        "notes",
        "orders",
        "methods",
        "groups",
        "delivery_groups",
    )
}

_DAY = 86400
_HOUR = 3600
_OPENING, _CLOSING = 7 * _HOUR, 23 * _HOUR
# Accounts that never bought anything: every third one.
_SILENT_EVERY = 3

_OUTCOME = choice(*OUTCOMES)
_PART = record(display=ref("display"), colour=optional(text))
_LINE = record(
    display=ref("display"),
    quantity=optional(whole(1), 1),
    comment=optional(text, ""),
    parts=optional(listed(_PART), ()),
)
_ORDER = record(
    outcome=_OUTCOME,
    at=moment,
    customer=optional(text),
    guest=optional(flag, False),
    country=optional(known("country")),
    lines=optional(listed(_LINE, least=1), ()),
    gift_certificate=optional(known("gift_certificate")),
    amount=optional(money),
    credit=optional(flag, False),
    method=optional(known("payment_method")),
    captured=optional(choice("outside")),
    cancelled_pieces=optional(whole(1), 0),
    asked=optional(listed(choice(*ASKED), least=1), ()),
    locked=optional(flag, False),
    gift_message=optional(text, ""),
    internal_comment=optional(text, ""),
    deliver_to=optional(ADDRESS),
)
_GROUP = record(
    {
        "outcome": _OUTCOME,
        "from": moment,
        "until": moment,
        "to": mapping(whole(), keys=known("country")),
        "method": optional(known("payment_method")),
    }
)
_CARRIER = record(carrier=text, service=text, url=text)
_TURNS = record(
    {
        name: optional(whole(1))
        for name in ("on_sale", "express", "pickup", "note", "elsewhere", "external_id", "affiliate", "code")
    }
)
_METHODS = record(open=listed(known("payment_method"), least=1), done=listed(known("payment_method"), least=1))


@dataclass(slots=True)
class Plan:
    """An order to be: when it is placed, by whom, and what becomes of it. `entry` is its own entry in the fixtures."""

    outcome: str
    country: str
    source: Record
    entry: Record | None = None
    method: str | None = None
    since: int = 0
    until: int = 0
    at: int = 0
    person: Person | None = None
    form: Form = field(default_factory=Form)


def seed(world: World) -> None:
    """Makes the orders in the order of time; each takes its pieces from what was delivered for it (seed.md 12, 15)."""
    plans = _plans(world)
    others = world.notes.get("history", ())
    if not plans and not others:
        return
    _people(world, plans)
    plans.sort(key=lambda plan: plan.at)
    if plans:
        shelf = Shelf(world)
        _Choices(world, shelf).make(plans)
        shelf.deliver()
    carriers = world.section("orders", "carriers", listed(_CARRIER, least=1), ())
    history = History(world, carriers, world.section("orders", "autoconfirm_since", moment, 0))
    more = max(0, (world.orders or 0) - len(plans)) if plans else 0
    further = BulkOrders(world, more, plans[0].at if plans else world.as_of)
    further.take_part(history, {plan.at: True for plan in plans})
    for plan in plans:
        assert plan.person is not None
        history.add(plan.at, plan.outcome, plan.person, plan.form)
    for at, act in others:
        history.also(at, act)
    history.run()
    further.insert()
    _split(world)


def _split(world: World) -> None:
    """Two orders are delivered in groups: one whose parcels are on their way since long, one that waits for them."""
    names = world.section("orders", "delivery_groups", listed(text, least=1), ())
    if not names:
        return
    tx = world.tx
    parcels: dict[int, dict[int, int]] = {}
    for row in rows.split_parcels(tx, len(names)):
        parcels.setdefault(row["shipment_id"], {})[row["order_line_id"]] = row["quantity"]
    if parcels:
        order = order_rows.get(tx, shipments.row_of(tx, next(iter(parcels)))["order_id"])
        assert order is not None
        costs = [shipments.row_of(tx, shipment_id)["shipping_cost"] for shipment_id in parcels]
        made = delivery_groups.split(tx, order, list(zip(names, parcels.values(), strict=True)), costs)
        for shipment_id, group_id in zip(parcels, made, strict=True):
            group_rows.put_shipment(tx, shipment_id, group_id)
    waiting = rows.newest_confirmed_orders(tx, world.notes["dtc_store"])
    lines = {order["id"]: order_rows.lines(tx, [order["id"]]) for order in waiting}
    fitting = [order for order in waiting if len(lines[order["id"]]) >= len(names)]
    if fitting:
        order = fitting[len(fitting) // 2]
        of_order = lines[order["id"]]
        units = [{line["id"]: line["quantity"] for line in of_order[n :: len(names)]} for n in range(len(names))]
        delivery_groups.split(tx, order, list(zip(names, units, strict=True)))


# ---------------------------------------------------------------- how many, where to, when


def _plans(world: World) -> list[Plan]:
    """One plan an order: those with an entry of their own, then the groups."""
    plans = [
        Plan(entry["outcome"], entry["country"] or "", entry, entry, entry["method"], at=entry["at"])
        for entry in world.section("orders", "orders", listed(_ORDER))
    ]
    groups = world.section("orders", "groups", listed(_GROUP))
    for group in groups:
        if group["until"] > world.as_of or group["from"] >= group["until"]:
            raise group.error("until", "until must lie behind from, and not behind the day of the seed")
        plans += [_of_group(group, country) for country, number in group["to"].items() for _ in range(number)]
    return plans


def _of_group(group: Record, country: str) -> Plan:
    return Plan(group["outcome"], country, group, method=group["method"], since=group["from"], until=group["until"])


def _people(world: World, plans: Sequence[Plan]) -> None:
    """Gives every plan its customer and its moment: guests order when they become customers, accounts later on."""
    people: list[Person] = world.notes.get("people", [])
    dice = world.dice("buyers of orders")
    taken: dict[int, bool] = {}
    for plan in plans:
        if plan.entry is not None:
            plan.person = _named(people, plan, plan.entry)
            taken[plan.at] = True
    neighbours = _by_country([person for person in people if person.entry is None])
    buyers = _by_country([person for number, person in enumerate(_accounts(people)) if number % _SILENT_EVERY])
    _guests(plans, [person for person in people if person.entry is None and not person.is_registered], taken, dice)
    for plan in plans:
        if plan.person is None:
            at = plan.at if plan.entry is not None else _moment(world, plan, dice)
            crowds = (buyers.get(plan.country, []), neighbours.get(plan.country, []))
            plan.person = _somebody(plan, at, crowds, dice)
            if plan.entry is None:
                plan.at = _free(taken, max(at, plan.person.created_at + _HOUR))


def _accounts(people: Sequence[Person]) -> list[Person]:
    """The accounts without a name: those with one order what the fixtures say and nothing else."""
    return [person for person in people if person.entry is None and person.is_registered]


def _by_country(people: Sequence[Person]) -> dict[str, list[Person]]:
    """People by country, in the order in which they came."""
    found: dict[str, list[Person]] = {}
    for person in sorted(people, key=lambda person: person.created_at):
        found.setdefault(person.address["country"], []).append(person)
    return found


def _guests(plans: Sequence[Plan], guests: Sequence[Person], taken: dict[int, bool], dice: Random) -> None:
    """Each guest gets an order of a group that was open when the guest came, as long as there are any."""
    left: dict[str, list[Plan]] = {}
    for plan in plans:
        if plan.entry is None:
            left.setdefault(plan.country, []).append(plan)
    for of_country in left.values():
        dice.shuffle(of_country)
    for guest in guests:
        at = guest.created_at + dice.randrange(20, 240)
        of_country = left.get(guest.address["country"], [])
        found = next((plan for plan in of_country if plan.since <= at < plan.until), None)
        if found is not None:
            found.person, found.at = guest, _free(taken, at)
            of_country.remove(found)


def _named(people: Sequence[Person], plan: Plan, entry: Record) -> Person | None:
    """The customer whom an entry names; None when it names a country only."""
    if entry["customer"] is None:
        if not plan.country:
            raise entry.error("outcome", "an order must have a customer or a country")
        return None
    for person in people:
        if person.email == entry["customer"] and person.is_registered != entry["guest"]:
            plan.country = person.address["country"]
            return person
    kind = "unregistered customer" if entry["guest"] else "account"
    raise entry.error("customer", f"there is no {kind} {entry['customer']!r}")


def _somebody(plan: Plan, at: int, crowds: Sequence[Sequence[Person]], dice: Random) -> Person:
    """Somebody out of the first crowd in which anybody was a customer already at that moment.

    An order of a group may wait for the first one to come.
    """
    for crowd in crowds:
        there = bisect_left(crowd, at, key=lambda person: person.created_at)
        if there:
            return crowd[dice.randrange(there)]
    first = next((crowd[0] for crowd in reversed(crowds) if crowd), None)
    if first is None or plan.entry is not None or first.created_at + _HOUR >= plan.until:
        raise plan.source.error("outcome", f"nobody in {plan.country} was a customer early enough for this order")
    return first


def _moment(world: World, plan: Plan, dice: Random) -> int:
    """Some moment in the daytime between two days."""
    days = max(1, (plan.until - plan.since) // _DAY)
    return min(plan.since + dice.randrange(days) * _DAY + dice.randrange(_OPENING, _CLOSING), world.as_of - _HOUR)


def _free(taken: dict[int, bool], at: int) -> int:
    """That second, or the next one in which no order is placed."""
    while at in taken:
        at += 1
    taken[at] = True
    return at


# ---------------------------------------------------------------- what they order, and how


class _Choices:
    """Fills in the forms of the plans, in the order of time: goods, method, delivery, notes."""

    def __init__(self, world: World, shelf: Shelf) -> None:
        self._world = world
        self._shelf = shelf
        self._dice = world.dice("goods of orders")
        section = world.section
        self._turns: Mapping[str, int | None] = section("orders", "turns", _TURNS, {})
        self._codes = section("orders", "codes", listed(known("voucher")), ())
        self._affiliates = section("orders", "affiliates", listed(ref("affiliate")), ())
        self._lines = section("orders", "lines", listed(whole(1), least=1), (1,))
        self._quantities = section("orders", "quantities", listed(whole(1), least=1), (1,))
        self._notes = section("orders", "notes", mapping(listed(text, least=1), keys=known("language")), {})
        self._methods = world.required("orders", "methods", _METHODS)
        self._counts: dict[str, int] = {}
        self._neighbours: dict[str, list[Person]] = {}
        for person in world.notes.get("people", []):
            self._neighbours.setdefault(person.address["country"], []).append(person)

    def make(self, plans: Sequence[Plan]) -> None:
        for plan in plans:
            self._goods(plan)
            self._manners(plan)

    def _count(self, name: str) -> int:
        """How often this was asked before."""
        self._counts[name] = self._counts.get(name, -1) + 1
        return self._counts[name]

    def _turn(self, name: str) -> int | None:
        """Every so often, as the fixtures say: how many had their turn before; else None."""
        every = self._turns.get(name)
        number = self._count(name)
        return number // every if every and number % every == every - 1 else None

    def _goods(self, plan: Plan) -> None:
        entry, form, outcome = plan.entry, plan.form, OUTCOMES[plan.outcome]
        assert plan.person is not None
        if entry is not None and entry["gift_certificate"]:
            form.gift_certificate = (entry["gift_certificate"], entry["amount"])
            return
        own = plan.person.entry
        place = self._shelf.place(plan.country, own["market"] if own else None, own["pricelist"] if own else None)
        form.market_id, form.pricelist_id = place.market_id, place.pricelist_id
        if entry is not None and entry["lines"]:
            form.lines = [self._shelf.from_display(line, place, plan.at, self._dice) for line in entry["lines"]]
            form.cancelled_pieces = entry["cancelled_pieces"]
        else:
            kind = f"{plan.outcome} in {plan.country}"
            number = max(self._lines[self._count(f"lines of {kind}") % len(self._lines)], outcome.least_lines)
            on_sale = self._turn("on_sale") is not None
            displays: list[int] = []
            for place_in_order in range(number):
                quantity = self._quantities[self._count(f"quantities of {kind}") % len(self._quantities)]
                taken = self._shelf.pick(place, plan.at, quantity, self._dice, displays, on_sale and not place_in_order)
                if taken is not None:
                    form.lines.append(taken)
                    displays.append(taken.display_id)
        if outcome.last_line_is_gone:
            form.lines[-1] = self._shelf.pick_gone(place, self._dice) or form.lines[-1]
        if not form.lines:
            raise plan.source.error("outcome", f"nothing was for sale in {plan.country} when this was ordered")
        if outcome.keeps_goods:
            for position, line in enumerate(form.lines):
                self._shelf.take(line, place, line.quantity - (form.cancelled_pieces if position == 0 else 0))

    def _manners(self, plan: Plan) -> None:
        entry, form, outcome = plan.entry, plan.form, OUTCOMES[plan.outcome]
        person = plan.person
        assert person is not None
        kind = "open" if outcome.is_open else "done"
        methods = self._methods[kind]
        form.method = plan.method or methods[self._count(kind) % len(methods)]
        for uri in ("pickup", "express"):
            if self._turn(uri) is not None:
                form.shipping = uri
        if (turn := self._turn("note")) is not None:
            notes = self._notes.get(person.language) or next(iter(self._notes.values()), [""])
            form.note = notes[turn % len(notes)]
        if (turn := self._turn("external_id")) is not None:
            form.external_id = f"EXT-{plan.at % 100000:05d}"
        if self._affiliates and (turn := self._turn("affiliate")) is not None:
            form.affiliate_id = self._affiliates[turn % len(self._affiliates)]
        if entry is None:
            if self._turn("elsewhere") is not None:
                neighbour = self._dice.choice(self._neighbours[plan.country])
                form.deliver_to = dict(neighbour.address)
            if self._codes and not outcome.is_open and (turn := self._turn("code")) is not None:
                form.code = self._codes[turn % len(self._codes)]
            return
        form.is_credit = entry["credit"]
        form.is_locked = entry["locked"]
        form.asked = entry["asked"]
        form.gift_message = entry["gift_message"]
        form.internal_comment = entry["internal_comment"]
        form.is_captured_outside = entry["captured"] is not None
        if entry["deliver_to"]:
            names = {key: person.address[key] for key in ("firstName", "lastName")}
            form.deliver_to = {**names, **{key: value for key, value in entry["deliver_to"].items() if value}}
