"""Orders beyond those of the fixtures: copies of completed ones, with buyers and days of their own.

They are written row by row, for the rules would take minutes. What they copy has run through the rules, so that the
same is true of them: numbers follow the time, parcels and captures belong to their orders, stock changes add up.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from mockcentra.seed.order_history import History
from mockcentra.seed.people import Person
from mockcentra.seed.world import World
from mockcentra.store import bulk, invoices
from mockcentra.store.database import Row, to_json

_DAY = 86400
# So much later than the first order the first copy is placed, and so long before the shop opens the last one.
_AFTER_THE_FIRST, _BEFORE_THE_END = _DAY, 12 * _DAY
_PORTION = 2000

# Tables of what belongs to an order, in the order in which they refer to each other, and the moments in them.
_MOMENTS = {
    "orders": ("created_at", "updated_at", "confirmed_at"),
    "order_lines": (),
    "order_taxes": (),
    "order_history": ("created_at",),
    "shipments": ("created_at", "updated_at", "good_to_go_at", "captured_at", "paid_at", "shipped_at"),
    "payment_entries": ("created_at",),
    "shipment_lines": (),
    "invoices": ("created_at", "due_at"),
    "invoice_payments": ("created_at", "paid_at"),
    "stock_changes": ("created_at",),
}


@dataclass(slots=True)
class _Model:
    """An order to be copied: where it went, when it was placed, and its rows by table."""

    country: str
    at: int
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


class BulkOrders:
    """So many further orders: their moments now, their numbers while the others are placed, their rows afterwards."""

    def __init__(self, world: World, number: int, first_at: int) -> None:
        self._world = world
        self._dice = world.dice("further orders")
        self._number = number
        self._span = range(first_at + _AFTER_THE_FIRST, world.as_of - _BEFORE_THE_END)
        self._times: list[int] = []
        self._numbers: list[int] = []

    def take_part(self, history: History, taken: Mapping[int, bool]) -> None:
        """Has a number reserved for each of them when its time comes; no two orders are placed in one second."""
        if self._number:
            some = self._dice.sample(self._span, min(self._number + len(taken), len(self._span)))
            self._times = sorted([at for at in some if at not in taken][: self._number])
        for at in self._times:
            history.also(at, self._reserve)

    def _reserve(self) -> None:
        self._numbers.append(self._world.tx.next_number("order"))

    def insert(self) -> None:
        """Writes their rows, and makes the first deliveries larger by what they take."""
        if not self._times:
            return
        tx = self._world.tx
        models = _models(self._world)
        buyers = _Buyers(self._world.notes.get("people", []), {model.country for model in models})
        starts = [model.at for model in models]
        taken: dict[tuple[int, int], int] = {}
        copier = _Copier(self._world, self._dice)
        with bulk.without_triggers(tx):
            for done in range(0, len(self._times), _PORTION):
                portion = slice(done, done + _PORTION)
                for at, number in zip(self._times[portion], self._numbers[portion], strict=True):
                    model = models[self._dice.randrange(max(1, bisect_right(starts, at)))]
                    copier.copy(model, at, number, buyers.somebody(model.country, at, self._dice))
                    for change in model.rows["stock_changes"]:
                        key = (change["product_size_id"], change["warehouse_id"])
                        taken[key] = taken.get(key, 0) - change["quantity"]
                copier.write()
                self._world.report(min(done + _PORTION, len(self._times)), len(self._times))
        bulk.deliver_more(tx, taken)


def _models(world: World) -> list[_Model]:
    """The completed orders that can be copied, the oldest first, with all their rows."""
    tx = world.tx
    orders = bulk.copyable_orders(tx, world.notes["dtc_store"])
    ids = [row["id"] for row in orders]
    rows = {table: bulk.rows_of_orders(tx, table, ids) for table in _MOMENTS if table != "orders"}
    columns = {table: bulk.columns(tx, table) for table in _MOMENTS}
    models = []
    for order in orders:
        model = _Model(order["country"], order["created_at"], {"orders": [_columns(order, columns["orders"])]})
        for table, by_order in rows.items():
            model.rows[table] = [_columns(row, columns[table]) for row in by_order.get(order["id"], ())]
        models.append(model)
    return sorted(models, key=lambda model: model.at)


def _columns(row: Row, names: Sequence[str]) -> dict[str, Any]:
    return {name: row[name] for name in names}


class _Buyers:
    """Customers by country, in the order in which they came."""

    def __init__(self, people: Sequence[Person], countries: set[str]) -> None:
        self._people: dict[str, list[Person]] = {country: [] for country in countries}
        for person in people:
            if person.entry is None and person.address["country"] in countries:
                self._people[person.address["country"]].append(person)
        self._since = {country: [person.created_at for person in found] for country, found in self._people.items()}

    def somebody(self, country: str, at: int, dice: Random) -> Person:
        """Somebody of the country who was a customer then; the first one if nobody was."""
        return self._people[country][dice.randrange(max(1, bisect_right(self._since[country], at)))]


class _Copier:
    """Collects the rows of copies with their new ids, table by table."""

    def __init__(self, world: World, dice: Random) -> None:
        self._world = world
        self._dice = dice
        self._ids = {table: world.next_id(table) for table in _MOMENTS if table != "order_taxes"}
        self._names: dict[str, tuple[str, ...]] = {}
        self._rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in _MOMENTS}

    def _id(self, table: str) -> int:
        self._ids[table] += 1
        return self._ids[table] - 1

    def copy(self, model: _Model, at: int, number: int, person: Person) -> None:
        """The order of a model again, by another buyer at another time."""
        shift = at - model.at
        ids: dict[tuple[str, int], int] = {}
        reference = f"{self._dice.getrandbits(128):032x}"
        address = {**person.address, "email": person.email}
        for table, rows in model.rows.items():
            for row in rows:
                new = dict(row)
                if "id" in new:
                    ids[table, row["id"]] = new["id"] = self._id(table)
                for column in _MOMENTS[table]:
                    if new[column] is not None:
                        new[column] += shift
                for column, target in (
                    ("order_id", "orders"), ("order_line_id", "order_lines"), ("shipment_id", "shipments"),
                    ("invoice_id", "invoices"),
                ):  # fmt: skip
                    if new.get(column) is not None:
                        new[column] = ids[target, new[column]]
                self._rows[table].append(
                    self._values(table, {**new, **self._own(table, new, number, person, address, reference)})
                )

    def _own(
        self, table: str, row: Mapping[str, Any], number: int, person: Person, address: dict[str, str], reference: str
    ) -> dict[str, Any]:
        """What a copy does not share with its model."""
        if table == "orders":
            return {
                "hash": f"{self._dice.getrandbits(128):032x}",
                "number": number,
                "customer_id": person.id,
                "address_json": to_json(address),
                "shipping_address_json": to_json({k: text for k, text in address.items() if k != "vatNumber"}),
                "additional_notes": "",
                "internal_comment": "",
                "ip_address": f"203.0.113.{self._dice.randrange(1, 255)}",
                "revision": 0,
            }
        if table == "order_lines":
            return {"hash": f"{self._dice.getrandbits(128):032x}"}
        if table == "payment_entries":
            return {"reference": reference}
        if table == "shipments":
            parcel = f"{row['tracking_number'][:2]}{self._dice.randrange(10**9, 10**10)}"
            return {
                "tracking_number": parcel,
                "tracking_url": row["tracking_url"].replace(row["tracking_number"], parcel),
            }
        if table == "invoices":
            return {"number": invoices.next_number(self._world.tx, row["store_id"])}
        if table == "stock_changes":
            return {"reference": f"{number}-{row['reference'].partition('-')[2]}"}
        return {}

    def _values(self, table: str, row: Mapping[str, Any]) -> tuple[Any, ...]:
        if table not in self._names:
            self._names[table] = tuple(row)
        return tuple(row.values())

    def write(self) -> None:
        """Inserts what was collected."""
        for table, rows in self._rows.items():
            if rows:
                self._world.add_many(table, self._names[table], rows)
                rows.clear()
