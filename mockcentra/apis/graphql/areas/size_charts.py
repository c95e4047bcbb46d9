"""Size charts, their sizes, and measurement charts."""

from collections.abc import Mapping
from typing import Any

from mockcentra.apis.graphql import paging
from mockcentra.apis.graphql.changes import Change
from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.registry import mutation
from mockcentra.apis.graphql.types import (
    TYPES,
    Among,
    Batch,
    Column,
    Computed,
    Count,
    Many,
    One,
    Text,
    Type,
    constant,
    define,
    text,
)
from mockcentra.commerce import charts_writing
from mockcentra.store import charts_writing as rows
from mockcentra.store import graphql_reading as reading
from mockcentra.store.database import from_json, to_json
from mockcentra.store.graphql_reading import EVERYTHING, Link


def _labels_or_null(written: str) -> list[str] | None:
    return from_json(written) or None


def _whole(written: str) -> int | None:
    return int(written) if written.isdigit() else None


def _localized(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[list[dict[str, Any]]]:
    """The names of sizes in the localizations of their charts."""
    kind = TYPES["SizeLocalization"]
    condition = reading.all_of(paging.conditions(run, kind, arguments.get("where"), EVERYTHING))
    asked = {row[0] for row in reading.listed(run.tx, kind.table, ["id"], reading.Listing(condition))}
    known = rows.localizations_of_charts(run.tx, {row[1] for row in picked})
    return [
        [
            {
                "localizedName": charts_writing.localized_name(localization.labels, label, name),
                "size": size_id,
                "sizeChart": chart_id,
                "sizeLocalization": localization.id,
            }
            for localization in known.get(chart_id, ())
            if localization.id in asked
        ]
        for size_id, chart_id, label, name in picked
    ]


def _label(x: int, labels: str) -> str:
    listed = from_json(labels)
    return listed[x] if x < len(listed) else ""


define(
    Type(
        "SizeChart",
        "size_charts",
        fields={
            "name": Column("name"),
            "sizes": Many("size_chart_id"),
            "horizontalLabels": Column("x_json", from_json),
            "verticalLabels": Column("y_json", _labels_or_null),
            "dividerSymbol": Column("divider"),
            "displayDividedBy": Column("stock_divisor", _whole),
            "displayUnit": Column("unit", text),
        },
        filters={
            "name": Text("name"),
            "isEnabled": constant(True),
            "displayUnit": Among("unit"),
            "totalSizes": Count(Link("sizes", "size_chart_id", "id")),
        },
        sorts={"name": "name"},
        search=("name",),
        external="size_chart",
    ),
    Type(
        "Size",
        "sizes",
        fields={
            "name": Column("name", text),
            "sizeChart": One("size_chart_id"),
            "sizeAliases": Computed(lambda _: [], "id"),
            "localized": Batch(
                lambda run, arguments, picked: _localized(
                    run, arguments, [(row[0], row[1], _label(row[2], row[3]), row[4]) for row in picked]
                ),
                "id",
                "size_chart_id",
                "x",
                "size_chart_id>size_charts.x_json",
                "name",
            ),
        },
        filters={"name": Text("name")},
        external="size",
    ),
)


# ------------------------------------------------------------------ size charts


def _checked_labels(change: Change, name: str) -> list[str] | None:
    """A list of labels that are neither blank nor given twice; None when it is not given."""
    labels = change.input.get(name)
    if labels is None:
        return None
    if name == "verticalLabels" and [label.strip() for label in labels] == [""]:
        return []  # one empty label is none
    for position, label in enumerate(labels):
        if not label.strip() and len(labels) > 1:
            change.input.error("A label must not be empty", name, str(position))
        elif label in labels[:position]:
            change.input.error(f"The label {label} is given twice", name, str(position))
    return labels


def _chart_columns(change: Change) -> dict[str, Any]:
    given = change.input
    columns: dict[str, Any] = {}
    if "name" in given:
        columns["name"] = given.required_text("name")
    if given.get("dividerSymbol") is not None:
        columns["divider"] = given["dividerSymbol"]
    if "displayUnit" in given:
        columns["unit"] = given["displayUnit"] or ""
    if "displayDividedBy" in given:
        divisor = given["displayDividedBy"]
        if divisor is not None and divisor < 0:  # integrations send 0 for "not divided"
            given.error("displayDividedBy must not be negative", "displayDividedBy")
        columns["stock_divisor"] = "" if divisor is None else str(divisor)
    return columns


@mutation("createSizeChart")
def create_size_chart(change: Change) -> dict[str, Any]:
    """A new chart with a size for each label, or for each pair of labels (section 12.1)."""
    horizontal, vertical = _checked_labels(change, "horizontalLabels"), _checked_labels(change, "verticalLabels")
    if not horizontal:
        change.input.error("At least one label is needed", "horizontalLabels")
    columns = _chart_columns(change)
    change.check()
    assert horizontal
    chart_id = charts_writing.create(change.tx, horizontal, vertical or [], **columns)
    change.external_id("SizeChart", chart_id)
    return {"sizeChart": chart_id}


@mutation("updateSizeChart")
def update_size_chart(change: Change) -> dict[str, Any]:
    """Another name or other labels: sizes of new labels are made, those of missing ones go when nothing uses them."""
    chart_id = change.target("SizeChart")
    horizontal, vertical = _checked_labels(change, "horizontalLabels"), _checked_labels(change, "verticalLabels")
    if horizontal is not None and not horizontal:
        change.input.error("At least one label is needed", "horizontalLabels")
    columns = _chart_columns(change)
    change.external_id("SizeChart", chart_id)
    change.check()
    charts_writing.change(change.tx, chart_id, horizontal, vertical, **columns)
    return {"sizeChart": chart_id}


@mutation("updateSizeChartLabels")
def update_size_chart_labels(change: Change) -> dict[str, Any]:
    """Renames labels; the sizes stay what they are."""
    chart_id = change.target("SizeChart")
    renamed: dict[str, dict[str, str]] = {"x": {}, "y": {}}
    for axis, name in (("x", "horizontalLabels"), ("y", "verticalLabels")):
        for part in change.input.parts(name):
            if part["oldValue"] in renamed[axis]:
                part.error(f"The label {part['oldValue']} is given twice", "oldValue")
            if not part["newValue"].strip():
                part.error("A label must not be empty", "newValue")
            renamed[axis][part["oldValue"]] = part["newValue"]
    change.check()
    charts_writing.rename_labels(change.tx, chart_id, renamed["x"], renamed["y"])
    return {"sizeChart": chart_id}


@mutation("mergeSizeCharts")
def merge_size_charts(change: Change) -> dict[str, Any]:
    """Everything that used one chart uses the other's sizes of the same names; the first one goes."""
    source = change.input.ref("sourceSizeChart", "SizeChart")
    target = change.input.ref("targetSizeChart", "SizeChart")
    change.check()
    assert source is not None and target is not None
    charts_writing.merge(change.tx, source, target)
    return {"sizeChart": target}


@mutation("deleteSizeChart", "removeSizeChart")
def delete_size_chart(change: Change) -> dict[str, Any]:
    """Takes a chart away that no variant uses, with its sizes and their external ids."""
    charts_writing.delete(change.tx, change.target("SizeChart"))
    return {}


# ------------------------------------------------------------------ measurement charts


def _content(x: str, y: str, contents: str) -> str:
    """Vertical label -> horizontal label -> value, in the order of the labels, as JSON."""
    return to_json(charts_writing.table(from_json(x), from_json(y), from_json(contents)))


def _matrix(x: str, y: str, contents: str) -> list[list[str]]:
    table = charts_writing.table(from_json(x), from_json(y), from_json(contents))
    return [[row.get(label, "") for label in from_json(x)] for row in table.values()]


define(
    Type(
        "MeasurementChart",
        "measurement_charts",
        fields={
            "name": Column("name"),
            "horizontalLabels": Column("x_json", from_json),
            "verticalLabels": Column("y_json", from_json),
            "displayUnit": Column("unit", text),
            "contentJSON": Computed(_content, "x_json", "y_json", "contents_json"),
            "values": Computed(_matrix, "x_json", "y_json", "contents_json"),
        },
        filters={"name": Text("name")},
        sorts={"name": "name"},
        search=("name",),
    )
)


def _measurements(change: Change, own_id: int = 0) -> dict[str, Any]:
    """Columns of a measurement chart that the input sets, with user errors for what cannot be."""
    given = change.input
    columns: dict[str, Any] = {}
    x, y = _checked_labels(change, "horizontalLabels"), _checked_labels(change, "verticalLabels")
    for name, labels in (("horizontalLabels", x), ("verticalLabels", y)):
        if labels is not None and not labels:
            given.error("At least one label is needed", name)
    if "name" in given:
        columns["name"] = given.required_text("name")
    if "displayUnit" in given:
        columns["unit"] = given["displayUnit"] or ""
    before = rows.measurement_chart(change.tx, own_id)
    x = x if x is not None else from_json(before["x_json"]) if before else []
    y = y if y is not None else from_json(before["y_json"]) if before else []
    values = given.parts("values")
    for part in values:
        for axis, labels in (("horizontalLabel", x), ("verticalLabel", y)):
            if part[axis] not in labels:
                part.error(f"The chart has no label {part[axis]}", axis)
    change.check()
    columns["x_json"], columns["y_json"] = to_json(x), to_json(y)
    if "values" in given and given["values"] is not None:
        columns["contents_json"] = to_json(
            [[x.index(part["horizontalLabel"]), y.index(part["verticalLabel"]), part["value"]] for part in values]
        )
    elif before is not None:
        columns["contents_json"] = to_json(charts_writing.carried_over(before, x, y))
    return columns


@mutation("createMeasurementChart")
def create_measurement_chart(change: Change) -> dict[str, Any]:
    """A new measurement chart (section 12.2)."""
    columns = _measurements(change)
    change.check()
    return {"measurementChart": charts_writing.create_measurements(change.tx, **columns)}


@mutation("updateMeasurementChart")
def update_measurement_chart(change: Change) -> dict[str, Any]:
    """Changes a measurement chart; values of labels that stay are kept unless others are given."""
    chart_id = change.target("MeasurementChart")
    columns = _measurements(change, chart_id)
    charts_writing.change_measurements(change.tx, chart_id, **columns)
    return {"measurementChart": chart_id}


@mutation("deleteMeasurementChart", "removeMeasurementChart")
def delete_measurement_chart(change: Change) -> dict[str, Any]:
    """Takes a measurement chart away that no product uses."""
    charts_writing.delete_measurements(change.tx, change.target("MeasurementChart"))
    return {}
