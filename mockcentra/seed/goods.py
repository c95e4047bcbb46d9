"""The goods of seeded orders: things that were in stock when they were ordered, and deliveries that replace them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from mockcentra.commerce import pricing
from mockcentra.commerce.catalogue import records
from mockcentra.commerce.model import ProductRecord, SizeRecord
from mockcentra.commerce.reference import reference_of
from mockcentra.seed.fixtures import Record
from mockcentra.seed.world import World
from mockcentra.store import seeding as rows

# Orders are about these display items, the first of the shop: a large catalogue sells no more of them.
_MOST_ITEMS = 400
# Less than that is scarce, and stays for those who look for scarce things.
_PLENTY = 20
_TRIES = 60


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody shops. `warehouse_id` is the first that parcels are sent from."""

    market_id: int
    pricelist_id: int
    warehouse_ids: tuple[int, ...]

    @property
    def warehouse_id(self) -> int:
        return self.warehouse_ids[0]


@dataclass(slots=True)
class Line:
    """A line of an order to be. `item` is what a cart calls it, `sections` what was picked for a bundle's sections."""

    item: str
    display_id: int
    product_size_id: int
    quantity: int
    comment: str = ""
    sections: list[tuple[int, str]] = field(default_factory=list)
    is_bundle: bool = False


class Shelf:
    """Finds goods for orders and notes how much of them is taken."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._reference = reference_of(world.store)
        store = world.notes["dtc_store"]
        ids = rows.first_items(world.tx, store, _MOST_ITEMS)
        self._records = records(world.tx, ids)
        self._free: dict[tuple[int, int], int] = {}
        self._delivery: dict[tuple[int, int], tuple[int, int]] = {}
        for row in rows.first_deliveries(world.tx):
            key = (row["product_size_id"], row["warehouse_id"])
            self._free[key] = row["free"]
            if row["id"] is not None:
                self._delivery[key] = (row["id"], row["created_at"])
        self._taken: dict[tuple[int, int], int] = {}
        self._pools: dict[Place, list[tuple[ProductRecord, SizeRecord]]] = {}

    def place(self, country: str, market_id: int | None, pricelist_id: int | None) -> Place:
        """Where somebody from a country shops, or a customer with a market or pricelist of their own."""
        reference, store = self._reference, self._world.notes["dtc_store"]
        country_id = reference.country_by_code[country].id
        market = reference.own_market(store, country_id) or reference.default_market(store)
        pricelist = reference.own_pricelist(store, country_id) or reference.default_pricelist(store)
        market = reference.markets.get(market_id or 0) or market
        return Place(
            market.id,
            pricelist_id or pricelist.id,
            tuple(
                each
                for each in reference.allocation_rules[market.allocation_rule_id]
                if reference.warehouses[each].is_active
            ),
        )

    # -- finding

    def _is_there(self, size: SizeRecord, place: Place, at: int, pieces: int) -> bool:
        """Whether so many pieces were free in the first warehouse of the place at that moment."""
        key = (size.id, place.warehouse_id)
        return key in self._delivery and self._free[key] >= pieces and self._delivery[key][1] < at

    def _pool(self, place: Place) -> list[tuple[ProductRecord, SizeRecord]]:
        """Everything that is for sale there without any conditions, in plenty."""
        if place not in self._pools:
            self._pools[place] = [
                (record, size)
                for record in self._records.values()
                if record.is_active
                and record.bundle is None
                and place.market_id in record.market_ids
                and place.pricelist_id in record.prices
                and (record.minimum_quantity, record.multiple_of) == (1, 1)
                for size in record.sizes
                if not size.is_preorder and self._free.get((size.id, place.warehouse_id), 0) >= _PLENTY
            ]
        return self._pools[place]

    def pick(
        self, place: Place, at: int, quantity: int, dice: Random, but_displays: Sequence[int], is_on_sale: bool
    ) -> Line | None:
        """Something that is for sale, of a display that the order does not have yet; None when there is nothing.

        `is_on_sale` looks for a campaign price, and takes what there is when nothing has one.
        """
        pool = self._pool(place)
        if is_on_sale:
            pool = [(record, size) for record, size in pool if _has_campaign(record, place, at)] or pool
        for _ in range(_TRIES if pool else 0):
            record, size = dice.choice(pool)
            if record.display_id not in but_displays and self._is_there(size, place, at, _PLENTY):
                return _line(record, size, quantity)
        return None

    def pick_gone(self, place: Place, dice: Random) -> Line | None:
        """A size that no warehouse of the place has, of something that is for sale in other sizes."""
        gone = [
            (record, size)
            for record in {record.id: record for record, _ in self._pool(place)}.values()
            for size in record.sizes
            if not any(self._free.get((size.id, each), 0) for each in place.warehouse_ids)
        ]
        return _line(*dice.choice(gone), 1) if gone else None

    def from_display(self, entry: Record, place: Place, at: int, dice: Random) -> Line:
        """A size of a display, for a line of an order in the fixtures. Raises FixtureError when there was none."""
        found = self._of_display(entry, place, at, dice, entry["quantity"])
        record, size = found
        line = _line(record, size, entry["quantity"], entry["comment"])
        if record.bundle is not None and record.bundle.type == "flexible":
            if len(entry["parts"]) != len(record.bundle.sections):
                raise entry.error("parts", f"parts must be {len(record.bundle.sections)}, one for every section")
            for section, part in zip(record.bundle.sections, entry["parts"], strict=True):
                chosen, part_size = self._of_display(part, place, at, dice, 1)
                if chosen.id not in section.items:
                    raise part.error("display", "this is no choice for the section")
                line.sections.append((section.id, f"{chosen.id}-{part_size.id}"))
        return line

    def _of_display(
        self, entry: Record, place: Place, at: int, dice: Random, quantity: int
    ) -> tuple[ProductRecord, SizeRecord]:
        colour = entry.get("colour")
        ids = rows.items_of_displays(self._world.tx, [entry["display"]])[entry["display"]]
        shown = [record for record in records(self._world.tx, ids).values() if record.is_active]
        if colour is not None:
            shown = [record for record in shown if record.variant_name.lower() == colour.lower()]
        found = [
            (record, size)
            for record in shown
            for size in record.sizes
            if record.bundle is not None or self._is_there(size, place, at, max(quantity, _PLENTY))
        ]
        if not found:
            raise entry.error("display", "nothing of it was in stock when this was ordered")
        return dice.choice(found)

    # -- taking

    def take(self, line: Line, place: Place, quantity: int) -> None:
        """Notes that an order takes pieces for good. Parts of bundles are in such plenty that nobody counts them."""
        key = (line.product_size_id, place.warehouse_id)
        if not line.is_bundle and key in self._delivery and self._free[key]:
            self._taken[key] = self._taken.get(key, 0) + quantity

    def deliver(self) -> None:
        """Makes the first deliveries larger by what the orders take: what is free afterwards is what was seeded."""
        rows.raise_deliveries(
            self._world.tx, [(quantity, *key, self._delivery[key][0]) for key, quantity in sorted(self._taken.items())]
        )


def _line(record: ProductRecord, size: SizeRecord, quantity: int, comment: str = "") -> Line:
    return Line(
        f"{record.id}-{size.id}",
        record.display_id,
        size.id,
        quantity,
        comment,
        is_bundle=record.bundle is not None,
    )


def _has_campaign(record: ProductRecord, place: Place, at: int) -> bool:
    """Whether a campaign lowers its price there at that moment."""
    return (
        bool(record.campaigns)
        and pricing.price_of(record, place.market_id, place.pricelist_id, at).campaign is not None
    )
