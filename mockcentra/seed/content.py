"""Seeds physical shops, CMS articles, statics, maps and lookbooks."""

from typing import Any

from mockcentra.seed.checkout import URI
from mockcentra.seed.company import STATUS, TEXTS
from mockcentra.seed.fixtures import (
    Record,
    anything,
    choice,
    listed,
    mapping,
    matching,
    moment,
    optional,
    record,
    ref,
    text,
)
from mockcentra.seed.world import World
from mockcentra.store.clock import local_date
from mockcentra.store.database import to_json

FILES = {"content": ("brick_and_mortars", "articles", "statics", "map_regions", "lookbooks")}

# Days in the order of the APIs, whose weeks begin on Sunday with 0.
_DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
# The types of shops with their numbers in the APIs.
_SHOP_TYPES = {"own": (1, "Own shop"), "partner": (2, "Partner"), "corner": (3, "Shop in shop")}

_HOURS = matching(r"\d\d:\d\d-\d\d:\d\d", "hours such as 10:00-18:00")
_DEGREES = matching(r"-?\d{1,3}\.\d+", "degrees such as 59.335210")
_SHOP = record(
    name=text,
    type=choice(*_SHOP_TYPES),
    address=optional(text),
    country=optional(ref("country")),
    state=optional(ref("state")),
    latitude=optional(_DEGREES),
    longitude=optional(_DEGREES),
    website=optional(text),
    email=optional(text),
    phone=optional(text),
    opening=optional(mapping(_HOURS, keys=choice(*_DAYS)), {}),
    special=optional(record(date=moment, hours=_HOURS)),
    warehouse=optional(ref("warehouse")),
    allocation_rule=optional(ref("allocation_rule")),
)
_ARTICLE = record(
    uri=URI,
    title=text,
    titles=optional(TEXTS, {}),
    section=optional(URI, "pages"),
    status=optional(STATUS, "active"),
    published=moment,
    list_title=optional(text),
    list_image=optional(text, ""),
    pre_heading=optional(text, ""),
    sub_heading=optional(text, ""),
    author=optional(text, ""),
    author_name=optional(text, ""),
    author_description=optional(text, ""),
    description=optional(text, ""),
    tags=optional(listed(text), ()),
    related=optional(listed(URI), ()),
    brands=optional(listed(ref("brand")), ()),
    categories=optional(listed(ref("category")), ()),
    parts=optional(listed(record(template=text, slots=anything)), ()),
)
_STATIC = record(name=text, content=text)
_LOCATION = record(name=text, address=optional(text, ""), latitude=optional(_DEGREES), longitude=optional(_DEGREES))
_REGION = record(name=text, uri=URI, locations=optional(listed(_LOCATION), ()))
_LOOKBOOK = record(name=text, uri=URI, text=optional(text, ""), displays=optional(listed(ref("display")), ()))


def seed(world: World) -> None:
    """Makes what a shop shows beside goods (seed.md 9)."""
    store = world.notes["dtc_store"]
    for entry in world.section("content", "brick_and_mortars", listed(_SHOP, by="name")):
        _brick_and_mortar(world, entry)
    _articles(world, world.section("content", "articles", listed(_ARTICLE, by="uri")))
    for entry in world.section("content", "statics", listed(_STATIC, by="name")):
        world.add("statics", store_id=store, name=entry["name"], content=entry["content"])
    for entry in world.section("content", "map_regions", listed(_REGION, by="uri")):
        region = world.add("map_regions", store_id=store, name=entry["name"], uri=entry["uri"])
        world.add_many(
            "map_locations",
            ("region_id", "name", "address", "latitude", "longitude"),
            [
                (region, spot["name"], spot["address"], spot["latitude"], spot["longitude"])
                for spot in entry["locations"]
            ],
        )
    for entry in world.section("content", "lookbooks", listed(_LOOKBOOK, by="uri")):
        content = {"text": entry["text"], "displays": list(entry["displays"])}
        world.add("lookbooks", store_id=store, name=entry["name"], uri=entry["uri"], content_json=to_json(content))


def _brick_and_mortar(world: World, entry: Record) -> None:
    number, type_name = _SHOP_TYPES[entry["type"]]
    special = entry["special"]
    shop = world.add(
        "brick_and_mortars",
        name=entry["name"],
        website_url=entry["website"],
        address=entry["address"],
        longitude=entry["longitude"],
        latitude=entry["latitude"],
        country_id=entry["country"],
        state_id=entry["state"],
        type_id=number,
        type_name=type_name,
        opening_hours_json=to_json(_opening_hours(entry["opening"])) if entry["opening"] else None,
        special_hours_json=to_json(_special_hours(special)) if special else None,
        email=entry["email"],
        phone=entry["phone"],
        warehouse_id=entry["warehouse"],
        allocation_rule_id=entry["allocation_rule"],
    )
    world.register("brick_and_mortar", entry["name"], shop, entry)


def _period(day: int, hours: str) -> dict[str, Any]:
    opens, closes = hours.split("-")
    return {
        "open": {"day": day, "time": opens.replace(":", "")},
        "close": {"day": day, "time": closes.replace(":", "")},
    }


def _opening_hours(hours: dict[str, str]) -> dict[str, Any]:
    """Hours by day in the form of the APIs: periods for programs, lines for people (from Monday on)."""
    week = [*_DAYS[1:], _DAYS[0]]
    return {
        "periods": [_period(number, hours[day]) for number, day in enumerate(_DAYS) if day in hours],
        "weekday_text": [
            f"{day.capitalize()}: {hours[day].replace('-', '–') if day in hours else 'Closed'}" for day in week
        ],
    }


def _special_hours(special: Record) -> dict[str, Any]:
    day = local_date(special["date"])
    shown = special["hours"].replace("-", "–")
    return {"periods": [], "weekday_text": [], "date": day, "timeText": shown}


def _articles(world: World, entries: list[Record]) -> None:
    """The fields of an article that have no column are kept as the APIs show them; brands and categories are ids."""
    numbers = {entry["uri"]: world.next_id("articles") for entry in entries}
    for entry in entries:
        unknown = [uri for uri in entry["related"] if uri not in numbers]
        if unknown:
            raise entry.error("related", f"there is no article {unknown[0]!r}; allowed: {', '.join(numbers)}")
        section = "" if entry["section"] == "pages" else entry["section"]
        content = {
            "listTitle": entry["list_title"] or entry["title"],
            "listImage": entry["list_image"],
            "author": entry["author"],
            "authorName": entry["author_name"],
            "authorDescription": entry["author_description"],
            "authorImageUrl": "",
            "sectionUri": section,
            "metaKeywords": ", ".join(entry["tags"]),
            "metaDescription": entry["description"],
            "preHeading": entry["pre_heading"],
            "subHeading": entry["sub_heading"],
            "tags": list(entry["tags"]),
            "relatedArticles": [numbers[uri] for uri in entry["related"]],
            "products": [],
            "brands": list(entry["brands"]),
            "categories": list(entry["categories"]),
            "parts": list(entry["parts"]),
        }
        world.add(
            "articles",
            id=numbers[entry["uri"]],
            store_id=world.notes["dtc_store"],
            uri=entry["uri"],
            title=entry["title"],
            section=entry["section"],
            published_at=entry["published"],
            status=entry["status"],
            content_json=to_json(content),
        )
        world.translate("article", numbers[entry["uri"]], "title", entry["titles"])
