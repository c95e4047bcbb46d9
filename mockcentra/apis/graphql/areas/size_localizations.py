"""Size localizations: what the sizes of a chart are called in some countries."""

from collections.abc import Mapping
from typing import Any

from mockcentra.apis.graphql import words
from mockcentra.apis.graphql.changes import Change, Input
from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.lists import EmbeddedList, matching, one_of
from mockcentra.apis.graphql.registry import mutation
from mockcentra.apis.graphql.types import (
    Among,
    Batch,
    Column,
    Computed,
    LastChange,
    Text,
    Through,
    Type,
    Where,
    define,
    text,
    word,
)
from mockcentra.commerce import charts_writing, company_writing
from mockcentra.commerce.reference import reference_of
from mockcentra.store import charts_writing as rows
from mockcentra.store import graphql_wholesale as paths
from mockcentra.store import records
from mockcentra.store.database import Row, from_json, to_json
from mockcentra.store.graphql_reading import Link

STATUSES = words.stored(words.STATUS)


def _countries(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[list[int]]:
    known = reference_of(run.tx.store).country_by_code
    return [[known[code].id for code in from_json(codes) if code in known] for (codes,) in picked]


def _stores(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[list[int]]:
    """Every store shows the names, unless some are chosen."""
    every = run.once("stores", lambda: company_writing.store_ids(run.tx))
    seen = run.token.stores or every
    chosen = [every if stores is None else from_json(stores) for (stores,) in picked]
    return [[store_id for store_id in stores if store_id in seen] for stores in chosen]


def _sizes(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[list[dict[str, Any]]]:
    named = rows.charts_of_localizations(run.tx, [row[0] for row in picked])
    sizes = paths.sizes_of_charts(run.tx, {chart_id for charts in named.values() for chart_id in charts})
    return [
        [
            {
                "localizedName": charts_writing.localized_name(labels, row["label"], row["name"]),
                "size": row["id"],
                "sizeChart": chart_id,
                "sizeLocalization": localization_id,
            }
            for chart_id, labels in named.get(localization_id, {}).items()
            for row in sizes.get(chart_id, ())
        ]
        for (localization_id,) in picked
    ]


define(
    Type(
        "SizeLocalization",
        "size_localizations",
        fields={
            "name": Column("name"),
            "displayName": Computed(lambda unit, name: unit or name, "unit", "name"),
            "comment": Column("comment", text),
            "updatedAt": LastChange("size_localization"),
            "status": Column("status", word(words.STATUS)),
            "countries": Batch(_countries, "countries_json"),
            "sizeCharts": Through(Link("size_localization_charts", "size_localization_id", "size_chart_id")),
            "stores": Batch(_stores, "stores_json"),
            "localizedSizes": EmbeddedList(
                _sizes,
                {
                    "sizeId": one_of("size"),
                    "sizeChartId": one_of("sizeChart"),
                    "localizedName": matching("localizedName"),
                },
                {},
                "id",
            ),
        },
        filters={
            "name": Text("name"),
            "displayName": Text("unit"),
            "status": Among("status", STATUSES),
            "countryId": Where(lambda run, value: paths.localized_in(value)),
            "storeId": Where(lambda run, value: paths.localized_for(value)),
        },
        sorts={"name": "name"},
        search=("name",),
    )
)


# ------------------------------------------------------------------ writing


def _columns(change: Change, before: Row | None) -> dict[str, Any]:
    given = change.input
    columns: dict[str, Any] = {}
    for name, column in (("name", "name"), ("displayName", "unit")):
        if name in given:
            columns[column] = given.required_text(name)
    if "comment" in given:
        columns["comment"] = given["comment"] or ""
    if given.get("status") is not None:
        columns["status"] = given.status("size localization")
    reference = reference_of(change.tx.store)
    add, remove = given.refs("addCountries", "Country"), given.refs("removeCountries", "Country")
    if add or remove:
        gone = {reference.countries[country_id].code for country_id in remove}
        codes = [] if before is None else [code for code in from_json(before["countries_json"]) if code not in gone]
        codes += [reference.countries[country_id].code for country_id in add]
        columns["countries_json"] = to_json(list(dict.fromkeys(codes)))
    add, remove = given.refs("addStores", "Store"), given.refs("removeStores", "Store")
    if add or remove:
        chosen = None if before is None else from_json(before["stores_json"])
        if chosen is None:  # every store, until some are chosen
            chosen = [] if not remove else company_writing.store_ids(change.tx)
        kept = [store_id for store_id in chosen if store_id not in remove]
        columns["stores_json"] = to_json(list(dict.fromkeys([*kept, *add])))
    return columns


@mutation("createSizeLocalization")
def create_size_localization(change: Change) -> dict[str, Any]:
    """Other names, which `setLocalizedSizes` fills in, for the sizes of charts."""
    columns = _columns(change, None)
    charts = change.input.refs("addSizeCharts", "SizeChart")
    change.check()
    return {"sizeLocalization": charts_writing.create_localization(change.tx, charts=charts, **columns)}


@mutation("updateSizeLocalization")
def update_size_localization(change: Change) -> dict[str, Any]:
    """Changes a size localization, and which charts, countries and stores it is for."""
    localization_id = change.target("SizeLocalization")
    columns = _columns(change, records.get(change.tx, "size_localizations", localization_id))
    add, remove = change.input.refs("addSizeCharts", "SizeChart"), change.input.refs("removeSizeCharts", "SizeChart")
    change.check()
    charts_writing.change_localization(change.tx, localization_id, add=add, remove=remove, **columns)
    return {"sizeLocalization": localization_id}


def _size(part: Input, sizes: list[Row]) -> Row | None:
    """The size of the chart that is named by its id, its name in the chart, or its external id."""
    given = part["size"]
    if given.get("name") is not None and sum(value is not None for value in given.values()) == 1:
        found = next((row for row in sizes if row["name"] == given["name"]), None)
        if found is None:
            part.error(f"Could not find Size with ID {given['name']}", "size", "name")
        return found
    size_id = part.ref("size", "Size")
    found = next((row for row in sizes if row["id"] == size_id), None)
    if size_id is not None and found is None:
        part.error("The size belongs to another size chart", "size")
    return found


@mutation("setLocalizedSizes")
def set_localized_sizes(change: Change) -> dict[str, Any]:
    """What sizes of a chart are called in its newest localization; an empty name takes one away.

    The input does not say which localization it means: of several it is the one that was made last.
    """
    chart_id = change.input.ref("sizeChart", "SizeChart")
    change.check()
    assert chart_id is not None
    found = rows.localizations_of_charts(change.tx, [chart_id]).get(chart_id, [])
    if not found:
        raise change.refuse("The size chart has no localization", "sizeChart")
    localization_id = found[-1].id
    if len(found) > 1:
        change.input.warning(f"The names are those of size localization {localization_id}, the newest", "sizeChart")
    sizes = paths.sizes_of_charts(change.tx, [chart_id]).get(chart_id, [])
    names: dict[str, str | None] = {}
    for part in change.input.parts("sizes"):
        size = _size(part, sizes)
        if size is None:
            continue
        if size["name"] in names:
            part.error("The size is given twice", "size")
        names[size["name"]] = part.get("name")
    change.check()
    charts_writing.name_localized(change.tx, localization_id, chart_id, names)
    return {"sizeLocalization": localization_id}
