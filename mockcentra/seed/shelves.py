"""Seeds what products are sorted by and measured with: brands, collections, folders, categories and size charts."""

import re
from collections.abc import Sequence
from typing import Any

from mockcentra.seed.company import TEXTS
from mockcentra.seed.fixtures import Record, flag, listed, matching, optional, record, ref, text, whole
from mockcentra.seed.world import World
from mockcentra.store.database import to_json

SECTIONS = (
    "brands",
    "collections",
    "folders",
    "categories",
    "wholesale_categories",
    "size_charts",
    "measurement_charts",
    "relation_types",
)

URI = matching(r"[a-z0-9]+(-[a-z0-9]+)*", "a URI of lower-case letters, digits and dashes")
_PATH = matching(
    r"[a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+(-[a-z0-9]+)*)*", "a path of lower-case URIs such as women/knitwear/cardigans"
)
_LABEL = matching(r".*", "a label")

_BRAND = record(
    name=text,
    uri=URI,
    prefix=matching(r"[A-Z]{1,4}", "up to four capital letters"),
    description=optional(text, ""),
)
_COLLECTION = record(name=text, uri=URI)
_FOLDER = record(name=text, folders=optional(listed(text), ()))
_CATEGORY = record(path=_PATH, name=TEXTS, uri=optional(TEXTS, {}), children_only=optional(flag, False))
_WHOLESALE_CATEGORY = record(path=_PATH, name=text)
_LOCALIZATION = record(name=text, unit=optional(text, ""), countries=listed(ref("country")), labels=listed(_LABEL))
_SIZE_CHART = record(
    name=text,
    unit=optional(text, ""),
    divider=optional(text, "/"),
    x=listed(_LABEL, least=1),
    y=optional(listed(_LABEL), ()),
    localizations=optional(listed(_LOCALIZATION), ()),
)
_MEASUREMENT_CHART = record(name=text, unit=text, x=listed(text), y=listed(text), contents=listed(listed(_LABEL)))
_RELATION_TYPE = record(id=whole(1), name=text)


def seed(world: World) -> None:
    _brands_and_collections(world)
    _folders(world)
    _categories(world)
    _size_charts(world)
    _measurement_charts(world)
    for entry in world.section("catalogue", "relation_types", listed(_RELATION_TYPE)):
        world.add("relation_types", id=entry["id"], name=entry["name"])
        world.register("relation_type", entry["name"], entry["id"], entry)


def main_language(world: World) -> int:
    """The language whose texts stand on the objects themselves."""
    return next(iter(world.ids["language"].values()))


def main_text(world: World, entry: Record, key: str) -> str:
    """The text of a field in the main language. Raises FixtureError when it has none."""
    language = main_language(world)
    found = entry[key].get(language)
    if found is None:
        code = next(code for code, each in world.ids["language"].items() if each == language)
        raise entry.error(key, f"{key} must have a text in the main language, {code}")
    return str(found)


def translate(world: World, object_type: str, object_id: int, field: str, texts: dict[int, str]) -> None:
    """Keeps the texts of a field in all languages but the main one."""
    main = main_language(world)
    world.translate(object_type, object_id, field, {key: words for key, words in texts.items() if key != main})


def _brands_and_collections(world: World) -> None:
    for entry in world.section("catalogue", "brands", listed(_BRAND)):
        row_id = world.add(
            "brands",
            name=entry["name"],
            uri=entry["uri"],
            meta_title=entry["name"],
            meta_description=entry["description"],
        )
        world.register("brand", entry["name"], row_id, entry)
        world.notes.setdefault("brand_prefixes", {})[row_id] = entry["prefix"]
    for entry in world.section("catalogue", "collections", listed(_COLLECTION)):
        row_id = world.add("collections", name=entry["name"], uri=entry["uri"])
        world.register("collection", entry["name"], row_id, entry)


def _folders(world: World) -> None:
    for entry in world.section("catalogue", "folders", listed(_FOLDER)):
        parent = world.add("folders", name=entry["name"])
        world.register("folder", entry["name"], parent, entry)
        for name in entry["folders"]:
            world.register("folder", name, world.add("folders", name=name, parent_id=parent))


def _parent(world: World, kind: str, entry: Record) -> int | None:
    """The category one level up, which must stand before its children."""
    above, _, _ = entry["path"].rpartition("/")
    if not above:
        return None
    if above not in world.ids.get(kind, {}):
        raise entry.error("path", f"{above!r} must stand before {entry['path']!r}")
    return world.ids[kind][above]


def _categories(world: World) -> None:
    silent = world.notes.setdefault("children_only", [])
    for position, entry in enumerate(world.section("catalogue", "categories", listed(_CATEGORY)), 1):
        name = main_text(world, entry, "name")
        row_id = world.add(
            "categories",
            store_id=world.notes["dtc_store"],
            parent_id=_parent(world, "category", entry),
            name=name,
            uri=entry["path"].rpartition("/")[2],
            sort_order=position,
            meta_title=name,
        )
        world.register("category", entry["path"], row_id, entry)
        translate(world, "category", row_id, "name", entry["name"])
        translate(world, "category", row_id, "uri", entry["uri"])
        if entry["children_only"]:
            silent.append(row_id)
    for position, entry in enumerate(
        world.section("catalogue", "wholesale_categories", listed(_WHOLESALE_CATEGORY)), 1
    ):
        row_id = world.add(
            "categories",
            store_id=world.notes["wholesale_store"],
            parent_id=_parent(world, "wholesale_category", entry),
            name=entry["name"],
            uri=entry["path"].rpartition("/")[2],
            sort_order=position,
        )
        world.register("wholesale_category", entry["path"], row_id, entry)


def _size_charts(world: World) -> None:
    """Charts with their sizes: along x first, then along y, as they are listed in shops."""
    sizes: list[tuple[Any, ...]] = []
    by_chart: dict[int, list[tuple[int, str, str]]] = world.notes.setdefault("chart_sizes", {})
    countries = {row_id: code for code, row_id in world.ids["country"].items()}
    for entry in world.section("catalogue", "size_charts", listed(_SIZE_CHART)):
        chart = world.add(
            "size_charts",
            name=entry["name"],
            unit=entry["unit"],
            divider=entry["divider"],
            x_json=to_json(entry["x"]),
            y_json=to_json(list(entry["y"])),
        )
        world.register("size_chart", entry["name"], chart, entry)
        cells = by_chart.setdefault(chart, [])
        for y, row in enumerate(entry["y"] or [""]):
            for x, column in enumerate(entry["x"]):
                size = world.next_id("sizes")
                name = f"{column}{entry['divider']}{row}" if entry["y"] else column
                sizes.append((size, chart, name, x, y))
                cells.append((size, name, column))
        for other in entry["localizations"]:
            if len(other["labels"]) != len(entry["x"]):
                raise other.error("labels", f"labels must be {len(entry['x'])}, one for every size of the chart")
            localization = world.add(
                "size_localizations",
                name=other["name"],
                unit=other["unit"] or other["name"],
                countries_json=to_json([countries[country] for country in other["countries"]]),
            )
            world.add_many(
                "size_localization_charts",
                ("size_localization_id", "size_chart_id", "labels_json"),
                [(localization, chart, to_json(dict(zip(entry["x"], other["labels"], strict=True))))],
            )
    world.add_many("sizes", ("id", "size_chart_id", "name", "x", "y"), sizes)


def _measurement_charts(world: World) -> None:
    for entry in world.section("catalogue", "measurement_charts", listed(_MEASUREMENT_CHART)):
        if len(entry["contents"]) != len(entry["y"]) or any(len(row) != len(entry["x"]) for row in entry["contents"]):
            raise entry.error("contents", "contents must have a row for every y with a cell for every x")
        row_id = world.add(
            "measurement_charts",
            name=entry["name"],
            unit=entry["unit"],
            x_json=to_json(entry["x"]),
            y_json=to_json(entry["y"]),
            contents_json=to_json(
                [[x, y, cell] for y, row in enumerate(entry["contents"]) for x, cell in enumerate(row)]
            ),
        )
        world.register("measurement_chart", entry["name"], row_id, entry)


def with_ancestors(path: str) -> Sequence[str]:
    """A category's path and those above it: `a/b/c`, `a/b`, `a`."""
    parts = path.split("/")
    return ["/".join(parts[:length]) for length in range(len(parts), 0, -1)]


_LETTERS = str.maketrans(
    {"å": "a", "ä": "a", "à": "a", "â": "a", "á": "a", "æ": "ae", "ö": "o", "ø": "o", "ô": "o", "é": "e", "è": "e",
     "ê": "e", "ë": "e", "ü": "u", "û": "u", "ù": "u", "ï": "i", "î": "i", "ç": "c", "ß": "ss", "œ": "oe"}
)  # fmt: skip


def slug(words: str) -> str:
    """The URI of a name: plain lower-case letters and digits with dashes between them."""
    return re.sub(r"[^a-z0-9]+", "-", words.lower().translate(_LETTERS)).strip("-")
