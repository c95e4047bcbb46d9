"""Size localizations: what the sizes of a chart are called in some countries."""

from collections.abc import Mapping
from typing import Any

from mockcentra.apis.graphql import words
from mockcentra.apis.graphql.changes import Change, Input
from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.lists import EmbeddedList, Entry, one_of
from mockcentra.apis.graphql.registry import mutation
from mockcentra.apis.graphql.types import (
    Among,
    Batch,
    Column,
    Computed,
    LastChange,
    Text,
    Type,
    Where,
    chosen_names,
    define,
    text,
    word,
)
from mockcentra.commerce import charts_writing, company_writing
from mockcentra.commerce.reference import reference_of
from mockcentra.store import graphql_reading as reading
from mockcentra.store import graphql_wholesale as paths
from mockcentra.store import records
from mockcentra.store.database import Row, from_json, to_json

STATUSES = words.stored(words.STATUS)


def _countries(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[list[int]]:
    known = reference_of(run.tx.store).country_by_code
    return [[known[code].id for code in from_json(codes) if code in known] for (codes,) in picked]


def _stores(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[list[int]]:
    """Every store shows the names."""
    every = run.once("stores", lambda: company_writing.store_ids(run.tx))
    return [every] * len(picked)


def _sizes(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[list[dict[str, Any]]]:
    charts = paths.sizes_of_charts(run.tx, [row[1] for row in picked])
    found = []
    for localization_id, chart_id, labels_json in picked:
        labels = from_json(labels_json)
        found.append(
            [
                {
                    "localizedName": charts_writing.localized_name(labels, row["label"], row["name"]),
                    "size": row["id"],
                    "sizeChart": chart_id,
                    "sizeLocalization": localization_id,
                }
                for row in charts.get(chart_id, ())
            ]
        )
    return found


def _is_called(run: Run, entry: Entry, value: Any) -> bool:
    return entry["localizedName"] is not None and bool(chosen_names(value, [entry["localizedName"]]))


define(
    Type(
        "SizeLocalization",
        "size_localizations",
        fields={
            "name": Column("name"),
            "displayName": Computed(lambda unit, name: unit or name, "unit", "name"),
            "comment": Column(paths.OPTION_COMMENT, text),
            "updatedAt": LastChange("size_localization"),
            "status": Column(paths.LOCALIZATION_STATUS, word(words.STATUS)),
            "countries": Batch(_countries, "countries_json"),
            "sizeCharts": Computed(lambda chart_id: [chart_id], "size_chart_id"),
            "stores": Batch(_stores, "id"),
            "localizedSizes": EmbeddedList(
                _sizes,
                {"sizeId": one_of("size"), "sizeChartId": one_of("sizeChart"), "localizedName": _is_called},
                {},
                "id",
                "size_chart_id",
                "labels_json",
            ),
        },
        filters={
            "name": Text("name"),
            "displayName": Text("unit"),
            "status": Among(paths.LOCALIZATION_STATUS, STATUSES),
            "countryId": Where(lambda run, value: paths.localized_in(value)),
            "storeId": Where(lambda run, value: reading.EVERYTHING if value else reading.NOTHING),
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
    extra = {} if before is None else from_json(before["extra_json"])
    written = dict(extra)
    if "comment" in given:
        written["comment"] = given["comment"] or ""
    if given.get("status") is not None:
        written["status"] = STATUSES[given["status"]]
    if written != extra:
        columns["extra_json"] = to_json(written)
    reference = reference_of(change.tx.store)
    add, remove = given.refs("addCountries", "Country"), given.refs("removeCountries", "Country")
    if add or remove:
        gone = {reference.countries[country_id].code for country_id in remove}
        codes = [] if before is None else [code for code in from_json(before["countries_json"]) if code not in gone]
        codes += [reference.countries[country_id].code for country_id in add]
        columns["countries_json"] = to_json(list(dict.fromkeys(codes)))
    charts = given.refs("addSizeCharts", "SizeChart")
    for name in ("addStores", "removeStores"):
        if given.refs(name, "Store"):
            given.warning("Every store shows the names of sizes", name)
    if charts:
        columns["size_chart_id"] = charts[0]
        if before is not None and before["size_chart_id"] != charts[0]:
            columns["labels_json"] = "{}"
    if len(charts) > 1:
        given.warning("A size localization is of one size chart: the first", "addSizeCharts")
    removed = given.refs("removeSizeCharts", "SizeChart")
    if before is not None and before["size_chart_id"] in removed and not charts:
        given.error("A size localization needs a size chart", "removeSizeCharts")
    return columns


@mutation("createSizeLocalization")
def create_size_localization(change: Change) -> dict[str, Any]:
    """Other names, which `setLocalizedSizes` fills in, for the sizes of a chart."""
    columns = _columns(change, None)
    if "size_chart_id" not in columns and not change.problems.errors:
        change.input.error("A size localization needs a size chart", "addSizeCharts")
    change.check()
    localization_id = charts_writing.create_localization(change.tx, **columns)
    return {"sizeLocalization": localization_id}


@mutation("updateSizeLocalization")
def update_size_localization(change: Change) -> dict[str, Any]:
    """Changes a size localization."""
    localization_id = change.target("SizeLocalization")
    columns = _columns(change, records.get(change.tx, "size_localizations", localization_id))
    change.check()
    charts_writing.change_localization(change.tx, localization_id, **columns)
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
    """What sizes of a chart are called in its first localization; an empty name takes one away."""
    chart_id = change.input.ref("sizeChart", "SizeChart")
    change.check()
    assert chart_id is not None
    found = records.of_owner(change.tx, "size_localizations", "size_chart_id", [chart_id])
    if not found:
        raise change.refuse("The size chart has no localization", "sizeChart")
    sizes = paths.sizes_of_charts(change.tx, [chart_id]).get(chart_id, [])
    labels = from_json(found[0]["labels_json"])
    for part in change.input.parts("sizes"):
        size = _size(part, sizes)
        if size is None:
            continue
        if part.get("name"):
            labels[size["label"]] = part["name"]
        else:
            labels.pop(size["label"], None)
    change.check()
    charts_writing.change_localization(change.tx, found[0]["id"], labels_json=to_json(labels))
    return {"sizeLocalization": found[0]["id"]}
