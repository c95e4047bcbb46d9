"""Seeds custom attributes: their types and entries, and the values of products, variants, displays, sizes and media."""

from collections.abc import Iterator
from typing import Any

from mockcentra.seed.assortment import Catalogue
from mockcentra.seed.company import TEXTS
from mockcentra.seed.fixtures import (
    FixtureError,
    Node,
    Record,
    Source,
    choice,
    flag,
    listed,
    mapping,
    matching,
    optional,
    record,
    ref,
    text,
    whole,
)
from mockcentra.seed.shelves import main_language, main_text, translate
from mockcentra.seed.world import World
from mockcentra.store.database import to_json

SECTIONS = ("types", "options", "entries", "care", "size_guide", "badge_every", "size_notes")

GROUPS = (
    "product", "variation", "display", "order", "line", "customer", "account", "sizechart", "product_media", "voucher",
)  # fmt: skip
ELEMENT_KINDS = ("input", "textarea", "readonly", "boolean", "select", "image", "file")

_NAME = matching(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", "a name in snake_case such as pr_care")
_TYPE = record(
    name=_NAME,
    title=TEXTS,
    group=choice(*GROUPS),
    kind=choice("mapped", "dynamic"),
    multi=optional(flag, False),
    filter=optional(flag, False),
    elements=mapping(choice(*ELEMENT_KINDS), keys=_NAME),
)
_SIZE_GUIDE = record(table=text, products=listed(ref("product")))

_MEDIA_PATH = "/_mock/media/"
_ICON_PIXELS = "64"
_WITH_ALT = 40
_VEGAN_LEFT_EMPTY_EVERY = 10


def _texts_or_file(node: Node, source: Source, what: str) -> Any:
    return TEXTS(node, source, what) if node.id == "mapping" else text(node, source, what)


def seed(world: World, catalogue: Catalogue) -> None:
    """Makes all attribute types, and the values of everything in the catalogue."""
    types = world.section("attributes", "types", listed(_TYPE))
    for position, entry in enumerate(types, 1):
        _type(world, position, entry)
    _options(world)
    _entries(world, {entry["name"]: entry for entry in types})
    writer = _Values(world)
    _of_products(world, catalogue, writer)
    _of_variants(world, catalogue, writer)
    _of_displays(world, catalogue, writer)
    _of_sizes(world, writer)
    writer.flush()


def _type(world: World, position: int, entry: Record) -> None:
    row_id = world.add(
        "attribute_types",
        name=entry["name"],
        title=main_text(world, entry, "title"),
        group_name=entry["group"],
        kind=entry["kind"],
        is_multi=entry["multi"],
        is_filter=entry["filter"],
        position=position,
    )
    world.register("attribute_type", entry["name"], row_id, entry)
    translate(world, "attribute_type", row_id, "title", entry["title"])
    for place, (name, kind) in enumerate(entry["elements"].items()):
        element = world.add("attribute_elements", attribute_type_id=row_id, name=name, kind=kind, position=place)
        world.register("attribute_element", f"{entry['name']}.{name}", element)


def _options(world: World) -> None:
    """The choices of select elements, by attribute type: those of its element `text`."""
    main = main_language(world)
    choices = world.section("attributes", "options", mapping(mapping(TEXTS)), {})
    for type_name, options in choices.items():
        element = world.ids.get("attribute_element", {}).get(f"{type_name}.text")
        if element is None:
            raise _mistake(world, f"options: there is no attribute type {type_name!r} with an element 'text'")
        for key, labels in options.items():
            row_id = world.add(
                "attribute_options", attribute_element_id=element, option_key=key, label=labels.get(main, key)
            )
            translate(world, "attribute_option", row_id, "label", labels)


def _entries(world: World, types: dict[str, Record]) -> None:
    """The values that mapped attributes can have: listed ones, and those that colours and materials make."""
    found: dict[str, dict[str, dict[str, Any]]] = world.section(
        "attributes", "entries", mapping(mapping(mapping(_texts_or_file))), {}
    )
    if "swatch" in types:
        colours = world.notes["colour"].items()
        found["swatch"] = {key: {"desc": entry["name"], "hex": entry["hex"]} for key, entry in colours}
    for name in ("var_material", "pr_materials"):
        if name in types:
            found[name] = {key: {"text": entry["name"]} for key, entry in world.notes["material"].items()}
    main = main_language(world)
    for type_name, entries in found.items():
        if type_name not in types:
            raise _mistake(world, f"entries: there is no attribute type {type_name!r}")
        for key, elements in entries.items():
            first = next(iter(elements.values()), key)
            is_listed = type_name in ("swatch", "var_material", "pr_materials")
            name = first.get(main, key) if is_listed and isinstance(first, dict) else key
            row_id = world.add("attribute_entries", attribute_type_id=world.ids["attribute_type"][type_name], name=name)
            world.register("attribute_entry", f"{type_name}:{key}", row_id)
            for element, value in elements.items():
                _entry_value(world, types[type_name], row_id, element, value)


def _entry_value(world: World, kind: Record, entry_id: int, element: str, value: Any) -> None:
    element_kind = kind["elements"].get(element)
    if element_kind is None:
        raise _mistake(world, f"entries: the attribute type {kind['name']!r} has no element {element!r}")
    main = main_language(world)
    details: dict[str, str] | None = None
    shown = value.get(main, "") if isinstance(value, dict) else value
    if element_kind in ("image", "file"):
        shown = f"{_MEDIA_PATH}{value}"
        details = {"type": element_kind, "url": shown}
        if element_kind == "image":
            details |= {"width": _ICON_PIXELS, "height": _ICON_PIXELS, "mimeType": "image/png"}
    row_id = world.add(
        "attribute_entry_values",
        attribute_entry_id=entry_id,
        attribute_element_id=world.ids["attribute_element"][f"{kind['name']}.{element}"],
        value=shown,
        value_json=to_json(details) if details else None,
    )
    if isinstance(value, dict):
        translate(world, "attribute_entry_value", row_id, "value", value)


def _mistake(world: World, message: str) -> FixtureError:
    return FixtureError(f"{world.fixtures.path('attributes')}, line 1: {message}")


# ---------------------------------------------------------------- values


class _Values:
    """Collects links and values; what has no type or entry in the fixtures is left out."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._entries = world.ids.get("attribute_entry", {})
        self._elements = world.ids.get("attribute_element", {})
        self._links: dict[tuple[str, int, int], None] = {}
        self._values: dict[tuple[str, int, int], str] = {}

    def link(self, group: str, object_id: int, entry: str) -> None:
        """Gives an object a mapped value, such as `swatch:navy`."""
        if entry in self._entries:
            self._links[group, object_id, self._entries[entry]] = None

    def put(self, group: str, object_id: int, element: str, value: str) -> None:
        """Gives an object a value of its own, such as `pd_vegan.text`."""
        if element in self._elements:
            self._values[group, object_id, self._elements[element]] = value

    def flush(self) -> None:
        place = ("object_type", "object_id")
        self._world.add_many("attribute_links", (*place, "attribute_entry_id"), self._links)
        values = ((*key, value) for key, value in self._values.items())
        self._world.add_many("attribute_values", (*place, "attribute_element_id", "value"), values)


def _of_products(world: World, catalogue: Catalogue, writer: _Values) -> None:
    materials = world.notes["material"]
    kinds = {product.id: product.type for product in catalogue.products}
    for product in catalogue.products:
        if product.id % 2:
            # every second product; the other materials of its type come with it now and then
            others = [each for each in product.type["materials"] if each != product.material]
            for material in (product.material, *others[: product.id % 3 // 2]):
                writer.link("product", product.id, f"pr_materials:{material}")
        if materials[product.material]["vegan"]:
            writer.put("product", product.id, "pd_vegan.text", "1")
        elif product.id % _VEGAN_LEFT_EMPTY_EVERY == 0:
            writer.put("product", product.id, "pd_vegan.text", "")
        if product.type["fit"]:
            writer.put("product", product.id, "pd_fit_note.text", product.type["fit"])
    for product_id in world.section("attributes", "care", listed(ref("product"))):
        kind = kinds.get(product_id)
        if kind is not None and kind["care"]:
            writer.link("product", product_id, f"pr_care:{kind['care']}")
    for entry in world.section("attributes", "size_guide", listed(_SIZE_GUIDE)):
        for product_id in entry["products"]:
            writer.put("product", product_id, "pd_size_guide.table", entry["table"])


def _of_variants(world: World, catalogue: Catalogue, writer: _Values) -> None:
    for product in (*catalogue.products, *catalogue.bundles):
        for variant in product.variants:
            writer.link("variation", variant.id, f"swatch:{variant.colour}")
            if variant.id % 2 == 0 and product.material:
                writer.link("variation", variant.id, f"var_material:{product.material}")
    for display in catalogue.displays:
        if len(display.items) > 1:
            for item in display.items:
                code = world.notes["colour"][item.variant.colour]["hex"]
                writer.put("variation", item.variant.id, "variant_swatch.color_code", f"#{code}")


def _of_displays(world: World, catalogue: Catalogue, writer: _Values) -> None:
    every = world.section("attributes", "badge_every", whole(1), 0)
    badges = list(world.section("attributes", "options", mapping(mapping(TEXTS)), {}).get("disp_badge", {}))
    shown = catalogue.shop_displays()
    if every and badges:
        for number, display in enumerate(shown[every - 1 :: every]):
            writer.put("display", display.id, "disp_badge.text", badges[number % len(badges)])
    for display in shown[:_WITH_ALT]:
        for media, colour in _main_pictures(display.items):
            writer.put("product_media", media, "media_alt.text", f"{display.name}, {colour}, seen from the front")


def _main_pictures(items: list[Any]) -> Iterator[tuple[int, str]]:
    for item in items:
        if item.variant.media:
            yield item.variant.media[0], item.variant.colour


def _of_sizes(world: World, writer: _Values) -> None:
    notes = world.section("attributes", "size_notes", mapping(mapping(text), keys=ref("size_chart")), {})
    for chart, by_name in notes.items():
        for size_id, name, _ in world.notes["chart_sizes"][chart]:
            if name in by_name:
                writer.put("sizechart", size_id, "sz_note.text", by_name[name])
