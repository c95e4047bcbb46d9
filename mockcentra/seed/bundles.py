"""Seeds bundles and subscription plans: what is sold as a set, and what comes again and again."""

import re

from mockcentra.seed.assortment import Catalogue, Display, Item, Product, Size, Variant
from mockcentra.seed.company import TEXTS
from mockcentra.seed.displays import DisplayWriter, Page
from mockcentra.seed.fixtures import (
    Node,
    Record,
    Source,
    choice,
    known,
    listed,
    money,
    optional,
    percent,
    record,
    ref,
    whole,
)
from mockcentra.seed.fixtures import text as words
from mockcentra.seed.products import DAY, HS
from mockcentra.seed.shelves import URI, main_language, main_text, slug, with_ancestors
from mockcentra.seed.world import World
from mockcentra.store import plan_writing as plan_rows

_ITEM = record(display=ref("display"), colour=known("colour"))
_SECTION = record(quantity=whole(1), items=listed(_ITEM, least=1))
_BUNDLE = record(
    uri=URI,
    type=choice("fixed", "flexible"),
    price=optional(money),
    percent=optional(percent, 0),
    brand=ref("brand"),
    collection=ref("collection"),
    colour=known("colour"),
    category=known("category"),
    folder=ref("folder"),
    origin=ref("country"),
    weight=whole(1),
    hs=HS,
    name=TEXTS,
    excerpt=TEXTS,
    description=TEXTS,
    sections=listed(_SECTION, least=1),
)


def _interval(node: Node, source: Source, what: str) -> tuple[int, str]:
    value = words(node, source, what)
    found = re.fullmatch(r"([1-9]\d{0,2}) (day|week|month|year)", value)
    if found is None:
        raise source.fail(node, f"{what} must be an interval such as 1 month or 14 day, not {value!r}")
    return int(found[1]), found[2]


_PLAN = record(name=words, every=_interval, percent=percent, displays=listed(ref("display"), least=1))

_DAYS_BEFORE = 465
_ONE_SIZE = "One size"
# What a bundle has of the keys of a product's entry (products.py): nothing special.
_SPEC_DEFAULTS = {
    "markets": (), "unpriced": (), "sku": None, "display": None, "minimum": None, "multiple_of": None, "apart": (),
    "twin": None, "nothing_left": False, "sold_out": (), "sold_out_colours": (), "preorder": False, "status": None,
    "inactive": (), "serializable": False, "texts": None,
}  # fmt: skip


def seed(world: World, catalogue: Catalogue) -> None:
    """Makes the bundles of the fixtures, after everything else, and the plans."""
    writer: DisplayWriter = world.notes["display_writer"]
    displays = {display.id: display for display in catalogue.displays}
    for entry in world.section("bundles", "bundles", listed(_BUNDLE)):
        _bundle(world, catalogue, writer, displays, entry)
    writer.flush()
    for entry in world.section("bundles", "plans", listed(_PLAN)):
        value, unit = entry["every"]
        plan = world.add(
            "subscription_plans",
            store_id=catalogue.dtc_store,
            name=entry["name"],
            interval_value=value,
            interval_type=unit,
            percent=entry["percent"],
        )
        world.register("subscription_plan", entry["name"], plan, entry)
        items = [item.id for display in dict.fromkeys(entry["displays"]) for item in displays[display].items]
        columns = ("subscription_plan_id", "display_item_id")
        world.add_many("subscription_plan_items", columns, [(plan, item) for item in items])
    plan_rows.note_variants(world.tx)


def _bundle(
    world: World, catalogue: Catalogue, writer: DisplayWriter, displays: dict[int, Display], entry: Record
) -> None:
    """A product of one variant and one size, its display, and the sections it is made of.

    The one size of a fixed bundle stands for the one size of each of its parts.
    """
    sections = [[_part(displays, part) for part in section["items"]] for section in entry["sections"]]
    if entry["price"] is not None and entry["price"] not in catalogue.prices:
        raise entry.error("price", f"there is no price point {entry['price'] / 100:g}")
    product = _product(world, entry)
    catalogue.bundles.append(product)
    catalogue.bundle_items |= {item.id for parts in sections for item in parts}
    page = Page(
        _texts(world, entry),
        entry["uri"],
        list(with_ancestors(entry["category"])),
        entry["category"],
        product.variants,
        tags=["bundle"],
    )
    writer.write(product, page, writer.next_rank, with_prices=entry["price"] is not None)
    writer.next_rank += 1
    bundle = world.add(
        "bundles",
        product_id=product.id,
        type=entry["type"],
        price_type="dynamic" if entry["price"] is None else "static",
        percent=entry["percent"],
    )
    for position, (section, parts) in enumerate(zip(entry["sections"], sections, strict=True)):
        section_id = world.add("bundle_sections", bundle_id=bundle, position=position, quantity=section["quantity"])
        columns = ("bundle_section_id", "display_item_id", "position")
        world.add_many(
            "bundle_section_items", columns, [(section_id, item.id, place) for place, item in enumerate(parts)]
        )
        if entry["type"] == "fixed":
            part = parts[0]
            if len(parts) != 1 or len(part.variant.sizes) != 1:
                raise section.error("items", "a section of a fixed bundle must have one item, and that one size")
            world.add(
                "bundle_size_parts",
                product_size_id=product.variants[0].sizes[0].id,
                bundle_section_id=section_id,
                part_display_item_id=part.id,
                part_product_size_id=part.variant.sizes[0].id,
            )


def _part(displays: dict[int, Display], entry: Record) -> Item:
    for item in displays[entry["display"]].items:
        if item.variant.colour == entry["colour"]:
            return item
    raise entry.error("colour", f"the display has no colour {entry['colour']!r}")


def _texts(world: World, entry: Record) -> dict[int, dict[str, str]]:
    main = main_language(world)
    texts = {}
    for language, name in entry["name"].items():
        excerpt = entry["excerpt"].get(language, entry["excerpt"][main])
        texts[language] = {
            "name": name,
            "uri": entry["uri"] if language == main else slug(name),
            "excerpt": excerpt,
            "description": entry["description"].get(language, entry["description"][main]),
            "meta_title": name,
            "meta_description": excerpt,
            "meta_keywords": name,
        }
    return texts


def _product(world: World, entry: Record) -> Product:
    dice = world.dice(f"bundle {entry['uri']}")
    created_at = world.as_of - _DAYS_BEFORE * DAY + dice.randrange(DAY)
    updated_at = dice.randint(created_at, world.as_of - DAY)
    name = main_text(world, entry, "name")
    colour = world.notes["colour"][entry["colour"]]
    chart = world.ids["size_chart"].get(_ONE_SIZE)
    if chart is None:
        raise entry.error("", f"bundles need the size chart {_ONE_SIZE!r}")
    product_id = world.next_id("products")
    world.add(
        "products",
        id=product_id,
        name=name,
        number=f"{world.notes['brand_prefixes'][entry['brand']]}{1000 + product_id}",
        kind="bundle",
        brand_id=entry["brand"],
        collection_id=entry["collection"],
        folder_id=entry["folder"],
        country_of_origin_id=entry["origin"],
        hs_code=entry["hs"]["code"],
        hs_description=entry["hs"]["text"],
        weight_milli=entry["weight"],
        created_at=created_at,
        updated_at=updated_at,
    )
    world.register("product", name, product_id)
    variant = Variant(world.next_id("variants"), entry["colour"], True, [])
    world.add(
        "variants",
        id=variant.id,
        product_id=product_id,
        name=main_text(world, colour, "name"),
        size_chart_id=chart,
        created_at=created_at,
        updated_at=updated_at,
    )
    size_id, label = world.notes["chart_sizes"][chart][0][:2]
    size = Size(world.next_id("product_sizes"), label)
    world.add("product_sizes", id=size.id, variant_id=variant.id, size_id=size_id)
    variant.sizes.append(size)
    media = world.next_id("media")
    world.add(
        "media",
        id=media,
        product_id=product_id,
        variant_id=variant.id,
        file_name=f"{media}_{dice.getrandbits(40):010x}-{entry['uri']}",
        shape="box",
        color_hex=colour["hex"],
        created_at=created_at,
    )
    variant.media.append(media)
    spec = {**_SPEC_DEFAULTS, "name": name, "brand": entry["brand"], "collection": entry["collection"]}
    price = entry["price"] or 0
    return Product(product_id, name, name, spec, entry, price, "", created_at, updated_at, True, [variant])
