"""Seeds stock: how much of every size lies in which warehouse, and how it came there."""

from collections.abc import Iterable, Iterator
from random import Random
from typing import Any

from mockcentra.seed.assortment import Catalogue, Product, Size, Variant
from mockcentra.seed.batch import Batch
from mockcentra.seed.fixtures import Record, listed, optional, record, ref, whole
from mockcentra.seed.products import DAY
from mockcentra.seed.world import World

FILES = {
    "stock": (
        "main_warehouse",
        "plenty",
        "deep",
        "bundle_items",
        "two_warehouses",
        "other_warehouse",
        "scarce",
        "sold_out",
        "shops",
        "samples",
    )
}

_RANGE = {"from": whole(0), "to": whole(0)}
_SPAN = record(_RANGE)
_DEEP = record(displays=whole(0), pieces=whole(0))
_SCARCE = record(_RANGE, sizes=whole(0))
_SOLD_OUT = record(sizes=whole(0))
_SEVERAL = record(_RANGE, sizes=whole(0), warehouses=listed(ref("warehouse"), least=1))
_OTHER = record(sizes=whole(0), warehouse=ref("warehouse"), pieces=whole(0))
_SAMPLES = record(warehouse=ref("warehouse"), pieces=optional(whole(0), 1))

# Goods arrive from this many days before `as_of` on: the first of the months that have a history.
_FIRST_DAYS = 456
_DELIVERY_DAYS = 5
_LATER_DAYS = (300, 30)
_CORRECTED_EVERY = 9

# Which size of a variant, counted from 0 in the order of its chart, has a level. Never the first: whoever takes the
# first size that is available finds plenty. Levels at the same place go to different variants.
_PLACES = {"two_warehouses": 1, "sold_out": 2, "other_warehouse": 3, "shops": 3, "scarce": 4}
_FEWEST_SIZES = 5

TABLES = {
    "stock": ("product_size_id", "warehouse_id", "physical"),
    "stock_changes": ("product_size_id", "warehouse_id", "quantity", "kind", "reference", "created_at"),
}


def seed(world: World) -> None:
    """Gives all sizes of ordinary products their stock. That of bundles follows from their parts."""
    catalogue: Catalogue = world.notes["catalogue"]
    main = world.required("stock", "main_warehouse", ref("warehouse"))
    plenty = world.required("stock", "plenty", _SPAN)
    dice = world.dice("stock")
    levels = _Levels(world, catalogue, main, dice)
    history = _History(world, main)
    for number, product in enumerate(catalogue.products, 1):
        for variant in product.variants:
            for size in variant.sizes:
                if product.spec["preorder"]:
                    continue
                shelf = levels.of.get(size.id)
                if shelf is None:
                    shelf = {main: dice.randint(plenty["from"], plenty["to"])}
                for warehouse, pieces in shelf.items():
                    history.stock(product, size, warehouse, pieces, dice)
        if number % 500 == 0:
            world.report(number, len(catalogue.products))
    history.flush()


class _Levels:
    """What sizes have that do not simply have plenty: by size id, the pieces in each warehouse."""

    def __init__(self, world: World, catalogue: Catalogue, main: int, dice: Random) -> None:
        self.of: dict[int, dict[int, int]] = {}
        self._world = world
        self._main = main
        self._dice = dice
        self._first_displays(catalogue)
        self._bundle_items(catalogue)
        for product in catalogue.products:
            self._sold_out_by_name(product)
        self._spread(_pool(catalogue, self.of))
        self._samples(catalogue)

    def _first_displays(self, catalogue: Catalogue) -> None:
        deep = self._world.section("stock", "deep", _DEEP, None)
        if deep is None:
            return
        for display in catalogue.shop_displays()[: deep["displays"]]:
            for item in display.items:
                self.of[item.variant.sizes[0].id] = {self._main: deep["pieces"]}
                for size in item.variant.sizes[1:]:
                    self.of[size.id] = {self._main: self._between(self._world.required("stock", "plenty", _SPAN))}

    def _bundle_items(self, catalogue: Catalogue) -> None:
        span = self._world.section("stock", "bundle_items", _SPAN, None)
        if span is None:
            return
        for display in catalogue.shop_displays():
            for item in display.items:
                if item.id in catalogue.bundle_items:
                    for size in item.variant.sizes:
                        self.of[size.id] = {self._main: self._between(span)}

    def _sold_out_by_name(self, product: Product) -> None:
        spec = product.spec
        for variant in product.variants:
            everything = spec["nothing_left"] or variant.colour in spec["sold_out_colours"]
            for size in variant.sizes:
                if everything or size.name in spec["sold_out"]:
                    self.of[size.id] = {self._main: 0}

    def _spread(self, pool: list[Variant]) -> None:
        """Gives the levels that a number of sizes have to sizes of the pool, in the order of the draw."""
        section = self._world.section
        self._dice.shuffle(pool)
        draws = {place: iter(pool) for place in set(_PLACES.values())}

        def sizes(level: str, wanted: int) -> Iterator[Size]:
            place = _PLACES[level]
            for _, variant in zip(range(wanted), draws[place], strict=False):
                yield variant.sizes[place]

        sold_out = section("stock", "sold_out", _SOLD_OUT, None)
        for size in sizes("sold_out", sold_out["sizes"] if sold_out else 0):
            self.of[size.id] = {self._main: 0}
        for scarce in section("stock", "scarce", listed(_SCARCE)):
            for size in sizes("scarce", scarce["sizes"]):
                self.of[size.id] = {self._main: self._between(scarce)}
        other = section("stock", "other_warehouse", _OTHER, None)
        for size in sizes("other_warehouse", other["sizes"] if other else 0):
            self.of[size.id] = {other["warehouse"]: other["pieces"]}
        plenty = self._world.required("stock", "plenty", _SPAN)
        two = section("stock", "two_warehouses", _SEVERAL, None)
        for number, size in enumerate(sizes("two_warehouses", two["sizes"] if two else 0)):
            second = two["warehouses"][number % len(two["warehouses"])]
            self.of[size.id] = {self._main: self._between(plenty), second: self._between(two)}
        shops = section("stock", "shops", _SEVERAL, None)
        for size in sizes("shops", shops["sizes"] if shops else 0):
            self.of[size.id] = {self._main: self._between(plenty)}
            for shop in shops["warehouses"]:
                self.of[size.id][shop] = self._between(shops)

    def _samples(self, catalogue: Catalogue) -> None:
        samples = self._world.section("stock", "samples", _SAMPLES, None)
        if samples is None:
            return
        plenty = self._world.required("stock", "plenty", _SPAN)
        for product in catalogue.products:
            if product.spec["display"] == "wholesale":
                for variant in product.variants:
                    self.of[variant.sizes[0].id] = {
                        self._main: self._between(plenty),
                        samples["warehouse"]: samples["pieces"],
                    }

    def _between(self, span: Record) -> int:
        return self._dice.randint(span["from"], max(span["from"], span["to"]))


def _pool(catalogue: Catalogue, taken: dict[int, Any]) -> list[Variant]:
    """The variants whose sizes may be scarce or sold out: of ordinary named products, with several sizes, not in demand
    elsewhere (the first displays, bundles)."""
    shown = {item.variant.id for display in catalogue.shop_displays() for item in display.items}
    return [
        variant
        for product in catalogue.products
        if product.is_named and product.is_ordinary and not product.type["listed_last"] and not _has_gaps(product)
        for variant in product.variants
        if variant.id in shown and len(variant.sizes) >= _FEWEST_SIZES and not _any_in(variant.sizes, taken)
    ]


def _has_gaps(product: Product) -> bool:
    return bool(product.spec["sold_out"] or product.spec["sold_out_colours"])


def _any_in(sizes: Iterable[Size], taken: dict[int, Any]) -> bool:
    return any(size.id in taken for size in sizes)


class _History:
    """Writes stock with the changes that add up to it, no two of them in the same second."""

    def __init__(self, world: World, main: int) -> None:
        self._world = world
        self._main = main
        self._batch = Batch(world, TABLES)
        self._seconds: set[int] = set()
        self._count = 0

    def flush(self) -> None:
        self._batch.flush()

    def stock(self, product: Product, size: Size, warehouse: int, pieces: int, dice: Random) -> None:
        """Puts pieces on a shelf: a first delivery, and now and then something that happened since."""
        self._count += 1
        self._batch.add("stock", size.id, warehouse, pieces)
        first, last = _LATER_DAYS
        later = self._world.as_of - dice.randint(last * DAY, first * DAY)
        start = self._world.as_of - _FIRST_DAYS * DAY
        delivered = max(start + dice.randrange(_DELIVERY_DAYS * DAY), product.created_at + dice.randrange(DAY))
        later = max(later, delivered + DAY)
        if warehouse != self._main and self._count % 2:
            # came through the main warehouse
            self._change(size, self._main, pieces, "delivery", "First delivery", delivered)
            self._change(size, self._main, -pieces, "movement", "Movement between warehouses", later)
            self._change(size, warehouse, pieces, "movement", "Movement between warehouses", later)
            return
        corrected = dice.randint(1, 4) if self._count % _CORRECTED_EVERY == 0 else 0
        if not pieces:
            corrected = dice.randint(6, 24)
        self._change(size, warehouse, pieces + corrected, "delivery", "First delivery", delivered)
        if corrected:
            self._change(size, warehouse, -corrected, "correction", "Stocktaking", later)

    def _change(self, size: Size, warehouse: int, quantity: int, kind: str, reference: str, at: int) -> None:
        while at in self._seconds:
            at += 1
        self._seconds.add(at)
        self._batch.add("stock_changes", size.id, warehouse, quantity, kind, reference, at)
