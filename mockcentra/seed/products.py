"""Seeds products with their variants, sizes and pictures: those named in the fixtures, and further ones on demand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Any

from mockcentra.seed.assortment import Catalogue, Product, Size, Variant
from mockcentra.seed.batch import Batch
from mockcentra.seed.codes import Labels
from mockcentra.seed.company import STATUS, TEXTS
from mockcentra.seed.fixtures import (
    FixtureError,
    Kind,
    OptionalKey,
    Record,
    choice,
    flag,
    known,
    listed,
    mapping,
    matching,
    moment,
    money,
    optional,
    record,
    ref,
    text,
    whole,
)
from mockcentra.seed.shelves import URI, main_language, main_text, slug
from mockcentra.seed.world import World
from mockcentra.store.reference import table

SECTIONS = ("price_points", "colours", "materials")

# What the generated picture of a product can show.
SHAPES = (
    "tee", "shirt", "knit", "cardigan", "coat", "jacket", "dress", "skirt", "trousers", "jeans", "shorts", "shoe",
    "boot", "bag", "belt", "hat", "scarf", "socks", "gloves", "bottle", "magazine", "box", "card",
)  # fmt: skip

HS = record(code=text, text=text)
_COLOUR = record(
    code=matching(r"[A-Z]{3}", "three capital letters"),
    hex=matching(r"[0-9a-f]{6}", "six hexadecimal digits such as 1e3a8a"),
    name=TEXTS,
)
_MATERIAL = record(vegan=optional(flag, False), name=TEXTS)
_TYPE = record(
    noun=TEXTS,
    shape=choice(*SHAPES),
    size_chart=ref("size_chart"),
    sizes=optional(listed(text), ()),
    measurement_chart=optional(ref("measurement_chart")),
    folder=ref("folder"),
    category=known("category"),
    wholesale_category=ref("wholesale_category"),
    tax_group=optional(ref("tax_group")),
    weight=listed(whole(1), least=2),
    hs=HS,
    origins=listed(ref("country"), least=1),
    materials=listed(known("material"), least=1),
    prices=optional(listed(money), ()),
    listed_last=optional(flag, False),
    care=optional(text),
    fit=optional(text),
    excerpt=TEXTS,
    description=TEXTS,
)
TWIN = record(name=text, uri=URI, category=known("category"), type=optional(known("product_type")))
_FIELDS: dict[str, Kind | OptionalKey] = {
    "name": text,
    "names": optional(TEXTS, {}),
    "uri": optional(URI),
    "type": known("product_type"),
    "brand": ref("brand"),
    "collection": ref("collection"),
    "colours": listed(known("colour"), least=1),
    "price": money,
    "category": optional(known("category")),
    "also": optional(listed(known("category")), ()),
    "markets": optional(listed(ref("market")), ()),
    "unpriced": optional(listed(ref("pricelist")), ()),
    "nothing_left": optional(flag, False),
    "sold_out_colours": optional(listed(known("colour")), ()),
    "sold_out": optional(listed(text), ()),
    "minimum": optional(whole(1)),
    "multiple_of": optional(whole(1)),
    "preorder": optional(flag, False),
    "serializable": optional(flag, False),
    "status": optional(STATUS),
    "display": optional(choice("none", "inactive", "wholesale")),
    "apart": optional(listed(known("colour")), ()),
    "twin": optional(TWIN),
    "inactive": optional(listed(known("colour")), ()),
    "no_upc": optional(listed(known("colour")), ()),
    "no_picture": optional(listed(known("colour")), ()),
    "sku": optional(choice("no_variant", "no_size", "none")),
    "created": optional(moment),
    "texts": optional(record(excerpt=text, description=text)),
}
_PRODUCT = record(_FIELDS)
_DEFAULTS = {key: field.default for key, field in _FIELDS.items() if isinstance(field, OptionalKey)}

DAY = 86400
# Products come into the catalogue in the months before the first order.
_CREATED_BEFORE = (600, 470)
_GRAMS_A_POUND = 453.59237
_VIEWS = ("front", "back", "detail")
_NO_UPC_EVERY = 5

TABLES = {
    "products": (
        "id", "name", "number", "status", "is_serializable", "brand_id", "collection_id", "folder_id",
        "country_of_origin_id", "hs_code", "hs_description", "material", "weight_milli", "weight_unit", "tax_group_id",
        "measurement_chart_id", "created_at", "updated_at",
    ),
    "variants": (
        "id", "product_id", "name", "number", "status", "position", "size_chart_id", "unit_cost",
        "unit_cost_currency_id", "created_at", "updated_at",
    ),
    "product_sizes": ("id", "variant_id", "size_id", "number", "ean", "upc", "is_preorder"),
    "media": ("id", "product_id", "variant_id", "file_name", "shape", "color_hex", "position", "created_at"),
    "translations": ("object_type", "object_id", "language_id", "field", "text"),
}  # fmt: skip


def seed(world: World) -> Catalogue:
    """Makes all products that are no bundles and returns the catalogue that they begin."""
    _register(world, "colour", world.section("catalogue", "colours", mapping(_COLOUR), {}))
    _register(world, "material", world.section("catalogue", "materials", mapping(_MATERIAL), {}))
    _register(world, "product_type", world.section("product_types", "types", mapping(_TYPE), {}))
    catalogue = Catalogue(world.notes["dtc_store"], world.notes["wholesale_store"], _price_points(world))
    writer = ProductWriter(world, catalogue)
    named = world.section("products", "products", listed(_PRODUCT))
    wanted = max(len(named), world.products or 0)
    dice = world.dice("products")
    for entry in named:
        catalogue.products.append(writer.write(_named(world, entry, catalogue.prices, dice), dice))
    names = {product.name for product in catalogue.products}
    further = world.dice("further products")
    for plan in _further(world, names, wanted - len(named), further):
        catalogue.products.append(writer.write(plan, further))
        if len(catalogue.products) % 500 == 0:
            world.report(len(catalogue.products), wanted * 2)
    writer.flush()
    return catalogue


def _register(world: World, kind: str, entries: dict[str, Record]) -> None:
    """Makes things known that are no rows of their own, and keeps their entries under `world.notes[kind]`."""
    for number, (name, entry) in enumerate(entries.items(), 1):
        world.register(kind, name, number, entry)
    world.notes[kind] = entries


def _price_points(world: World) -> dict[int, dict[int, int]]:
    points = world.section("catalogue", "price_points", listed(mapping(money, keys=ref("pricelist"))))
    return {next(iter(point.values())): point for point in points if point}


# ---------------------------------------------------------------- plans: what is to be made


@dataclass(slots=True)
class Plan:
    """A product that is not made yet."""

    name: str
    model: str
    spec: dict[str, Any]
    type: Record
    created_at: int
    is_named: bool


def _named(world: World, entry: Record, prices: dict[int, dict[int, int]], dice: Random) -> Plan:
    kind = world.notes["product_type"][entry["type"]]
    noun = main_text(world, kind, "noun")
    if not entry["name"].endswith(f" {noun}"):
        raise entry.error("name", f"the name of a {entry['type']} must end with {noun!r}, its noun")
    if entry["name"] in world.ids.get("product", {}):
        raise entry.error("name", f"there is a product {entry['name']!r} already; names must be different")
    if entry["price"] not in prices:
        allowed = ", ".join(f"{price / 100:g}" for price in prices)
        raise entry.error("price", f"there is no price point {entry['price'] / 100:g}; allowed: {allowed}")
    model = entry["name"].removesuffix(f" {noun}")
    drawn = _created_at(world, dice)
    return Plan(entry["name"], model, entry, kind, entry["created"] or drawn, True)


def _created_at(world: World, dice: Random) -> int:
    first, last = _CREATED_BEFORE
    return world.as_of - dice.randint(last * DAY, first * DAY)


def _further(world: World, taken: set[str], wanted: int, dice: Random) -> Iterator[Plan]:
    """Ordinary products of the types that have `prices`, under names that are still free."""
    if wanted <= 0:
        return
    types = {name: kind for name, kind in world.notes["product_type"].items() if kind["prices"]}
    models = list(world.section("models", "models", listed(text)))
    places = list(world.section("models", "places", listed(text)))
    if not types or not models:
        raise FixtureError(
            f"{world.fixtures.path('models')}, line 1: further products need models, and product types with prices"
        )
    dice.shuffle(models)
    brands = list(world.ids["brand"].values())
    collections = list(world.ids["collection"].values())
    colours = list(world.ids["colour"])
    prices = set(_price_points(world))
    for type_name, model in _free_names(list(types), models, places):
        kind = types[type_name]
        name = f"{model} {main_text(world, kind, 'noun')}"
        if name in taken:
            continue
        taken.add(name)
        price = dice.choice(kind["prices"])
        if price not in prices:
            raise kind.error("prices", f"there is no price point {price / 100:g}")
        spec = {
            **_DEFAULTS,
            "name": name,
            "type": type_name,
            # the first brand is the house's own and has half of the products
            "brand": brands[0] if wanted % 2 else dice.choice(brands[1:] or brands),
            "collection": dice.choice(collections),
            "colours": dice.sample(colours, dice.randint(1, min(4, len(colours)))),
            "price": price,
        }
        yield Plan(name, model, spec, kind, _created_at(world, dice), False)
        wanted -= 1
        if wanted == 0:
            return


def _free_names(types: Sequence[str], models: Sequence[str], places: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Pairs of a type and a model name, never the same twice: the types in turn, each with another model."""
    for turn in count():
        for index in range(len(types) * len(models)):
            number = index % len(types)
            model = models[(index // len(types) + number * 5) % len(models)]
            if turn > len(places):
                model = f"{model} {turn - len(places) + 1}"
            elif turn:
                model = f"{model} {places[turn - 1]}"
            yield types[number], model


# ---------------------------------------------------------------- rows


class ProductWriter:
    """Writes products with their variants, sizes and pictures."""

    def __init__(self, world: World, catalogue: Catalogue) -> None:
        self._world = world
        self._catalogue = catalogue
        self._batch = Batch(world, TABLES)
        self._main = main_language(world)
        self._labels = Labels(world.dice("labels").randint(1000, 9999))
        self._costs = next(
            ((row["id"], row["currency_id"]) for row in table(world.tx, "pricelists")
             if row["store_id"] == catalogue.wholesale_store),
            (0, None),
        )  # fmt: skip

    def flush(self) -> None:
        self._batch.flush()

    def write(self, plan: Plan, dice: Random) -> Product:
        """Makes the product of a plan."""
        world, spec, kind = self._world, plan.spec, plan.type
        product_id = world.register("product", plan.name, world.next_id("products"))
        updated_at = dice.randint(plan.created_at, world.as_of - DAY)
        material = dice.choice(kind["materials"])
        number = f"{world.notes['brand_prefixes'][spec['brand']]}{1000 + product_id}"
        grams = dice.randrange(kind["weight"][0], kind["weight"][1] + 1, 5)
        in_pounds = product_id % 7 == 0
        self._batch.add(
            "products",
            product_id,
            plan.name,
            "" if spec["sku"] == "none" else number,
            spec["status"] or "active",
            spec["serializable"],
            spec["brand"],
            spec["collection"],
            kind["folder"],
            dice.choice(kind["origins"]),
            kind["hs"]["code"],
            kind["hs"]["text"],
            main_text(world, world.notes["material"][material], "name"),
            round(grams * 1000 / _GRAMS_A_POUND) if in_pounds else grams,
            "lb" if in_pounds else "kg",
            kind["tax_group"],
            kind["measurement_chart"],
            plan.created_at,
            updated_at,
        )
        product = Product(
            product_id,
            plan.name,
            plan.model,
            spec,
            kind,
            spec["price"],
            material,
            plan.created_at,
            updated_at,
            plan.is_named,
        )
        for position, colour in enumerate(spec["colours"]):
            product.variants.append(self._variant(product, colour, position, dice))
        if spec["no_picture"]:
            product.media.append(self._picture(product, None, spec["colours"][0], 0, "product", dice))
        return product

    def _variant(self, product: Product, colour: str, position: int, dice: Random) -> Variant:
        world, spec = self._world, product.spec
        entry = world.notes["colour"][colour]
        variant = Variant(world.next_id("variants"), colour, colour not in spec["inactive"], [])
        pricelist, currency = self._costs
        price = self._catalogue.prices[product.price].get(pricelist)
        self._batch.add(
            "variants",
            variant.id,
            product.id,
            main_text(world, entry, "name"),
            "" if spec["sku"] in ("no_variant", "none") else f"-{entry['code']}",
            "active" if variant.is_active else "inactive",
            position,
            product.type["size_chart"],
            None if price is None else price * 45 // 100,
            None if price is None else currency,
            product.created_at,
            product.updated_at,
        )
        for language, name in entry["name"].items():
            if language != self._main:
                self._batch.add("translations", "variant", variant.id, language, "name", name)
        self._sizes(product, variant, entry["code"])
        if colour not in spec["no_picture"]:
            for view in range(dice.randint(1, len(_VIEWS))):
                variant.media.append(self._picture(product, variant, colour, view, _VIEWS[view], dice))
        return variant

    def _sizes(self, product: Product, variant: Variant, colour_code: str) -> None:
        spec, world = product.spec, self._world
        for place, (size_id, name) in enumerate(self.chart_sizes(product.type)):
            row_id = world.next_id("product_sizes")
            ean, upc = self._labels.next()
            if row_id % _NO_UPC_EVERY == 0 or variant.colour in spec["no_upc"]:
                upc = ""
            number = f"-{name.replace('/', '') or 'OS'}"
            if spec["sku"] == "none" or (spec["sku"] == "no_size" and place == 0):
                number = ""
            elif spec["sku"] == "no_variant" and len(spec["colours"]) > 1:
                number = f"-{colour_code}{number[1:]}"
            self._batch.add("product_sizes", row_id, variant.id, size_id, number, ean, upc, spec["preorder"])
            variant.sizes.append(Size(row_id, name))

    def chart_sizes(self, kind: Record) -> list[tuple[int, str]]:
        """The sizes of its chart that a type activates, in the order of the chart."""
        cells = self._world.notes["chart_sizes"][kind["size_chart"]]
        chosen = [(size_id, name) for size_id, name, x in cells if not kind["sizes"] or x in kind["sizes"]]
        unknown = [name for name in kind["sizes"] if name not in {x for _, _, x in cells}]
        if unknown:
            raise kind.error("sizes", f"the size chart has no size {unknown[0]!r}")
        return chosen

    def _picture(
        self, product: Product, variant: Variant | None, colour: str, position: int, view: str, dice: Random
    ) -> int:
        media = self._world.next_id("media")
        name = slug(f"{product.name[:60]} {colour} {view}")
        self._batch.add(
            "media",
            media,
            product.id,
            variant.id if variant else None,
            f"{media}_{dice.getrandbits(40):010x}-{name}",
            product.type["shape"],
            self._world.notes["colour"][colour]["hex"],
            position,
            product.created_at,
        )
        return media
