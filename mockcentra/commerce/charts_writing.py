"""Writing size charts, their sizes, and measurement charts (graphql-integration-api.md 12.1, 12.2)."""

from collections.abc import Mapping, Sequence
from typing import Any

from mockcentra.commerce.errors import Conflict, Invalid
from mockcentra.store import Transaction, records
from mockcentra.store import charts_writing as rows
from mockcentra.store.database import Row, from_json, to_json

DEFAULT_DIVIDER = "x"
SIZE_SEPARATOR = "|"

Cell = tuple[int, int]


def size_name(horizontal: str, vertical: str | None, divider: str) -> str:
    """The name of a size: its label, or both labels with the divider between them."""
    return horizontal if vertical is None else f"{horizontal}{divider}{vertical}"


def _cells(horizontal: Sequence[str], vertical: Sequence[str], divider: str) -> dict[Cell, str]:
    """The place of each size in the chart -> its name, horizontal labels first."""
    down: Sequence[str | None] = vertical or (None,)
    return {
        (x, y): size_name(label, other, divider) for x, label in enumerate(horizontal) for y, other in enumerate(down)
    }


# ------------------------------------------------------------------ size charts


def create(tx: Transaction, horizontal: Sequence[str], vertical: Sequence[str], **columns: Any) -> int:
    """A new chart with all its sizes, which every integration knows as `chart|size`; returns its id."""
    columns.setdefault("divider", DEFAULT_DIVIDER)
    chart_id = records.add(tx, "size_charts", x_json=to_json(horizontal), y_json=to_json(vertical), **columns)
    for (x, y), name in _cells(horizontal, vertical, columns["divider"]).items():
        records.add(tx, "sizes", size_chart_id=chart_id, name=name, x=x, y=y)
    _name_sizes(tx, chart_id)
    tx.touch("reference")
    tx.event("size_chart", chart_id, "created")
    return chart_id


def change(
    tx: Transaction, chart_id: int, horizontal: Sequence[str] | None, vertical: Sequence[str] | None, **columns: Any
) -> bool:
    """Changes a chart; returns whether anything differed. Conflict when a size in use would go.

    A label that stays keeps its sizes, wherever it stands now.
    """
    chart = rows.chart(tx, chart_id)
    x, y = from_json(chart["x_json"]), from_json(chart["y_json"])
    new_x, new_y = list(x if horizontal is None else horizontal), list(y if vertical is None else vertical)
    divider = columns.get("divider", chart["divider"])
    changed = records.change(tx, "size_charts", chart_id, x_json=to_json(new_x), y_json=to_json(new_y), **columns)
    if (new_x, new_y) != (x, y) or divider != chart["divider"]:
        _replace_cells(tx, chart_id, x, y, new_x, new_y, divider)
    if not changed:
        return False
    _tell(tx, chart_id)
    return True


def _replace_cells(
    tx: Transaction, chart_id: int, x: list[str], y: list[str], new_x: list[str], new_y: list[str], divider: str
) -> None:
    by_labels = {
        (x[row["x"]] if row["x"] < len(x) else row["name"], y[row["y"]] if row["y"] < len(y) else None): row
        for row in rows.sizes(tx, chart_id)
    }
    kept: dict[int, tuple[Cell, str]] = {}
    new: dict[Cell, str] = {}
    for (at_x, at_y), name in _cells(new_x, new_y, divider).items():
        row = by_labels.pop((new_x[at_x], new_y[at_y] if new_y else None), None)
        if row is None:
            new[at_x, at_y] = name
        else:
            kept[row["id"]] = ((at_x, at_y), name)
    gone = [row["id"] for row in by_labels.values()]
    if rows.are_used(tx, gone):
        raise Conflict({"horizontal_labels": "a size in use cannot be removed"})
    rows.delete_sizes(tx, gone)
    rows.move_sizes(tx, [(size_id, x, y, name) for size_id, ((x, y), name) in kept.items()])
    for (at_x, at_y), name in new.items():
        records.add(tx, "sizes", size_chart_id=chart_id, name=name, x=at_x, y=at_y)


def rename_labels(tx: Transaction, chart_id: int, horizontal: Mapping[str, str], vertical: Mapping[str, str]) -> None:
    """Other names for labels of a chart. Invalid for a label that it does not have, and for one that would be twice."""
    chart = rows.chart(tx, chart_id)
    renamed = []
    for name, renames, written in (
        ("horizontal_labels", horizontal, chart["x_json"]),
        ("vertical_labels", vertical, chart["y_json"]),
    ):
        labels = from_json(written)
        unknown = [old for old in renames if old not in labels]
        if unknown:
            raise Invalid({name: f"the chart has no label {unknown[0]}"})
        after = [renames.get(label, label) for label in labels]
        if len(set(after)) < len(after):
            raise Invalid({name: "a label would be there twice"})
        renamed.append(after)
    x, y = renamed
    if not records.change(tx, "size_charts", chart_id, x_json=to_json(x), y_json=to_json(y)):
        return
    cells = _cells(x, y, chart["divider"])
    places = [
        (row["id"], row["x"], row["y"], cells.get((row["x"], row["y"]), row["name"]))
        for row in rows.sizes(tx, chart_id)
    ]
    names = {row["name"]: place[3] for row, place in zip(rows.sizes(tx, chart_id), places, strict=True)}
    rows.move_sizes(tx, places)
    _rename_localized(tx, chart_id, {**horizontal, **names})
    _tell(tx, chart_id)


def merge(tx: Transaction, source_id: int, target_id: int) -> None:
    """Everything of the source uses the sizes of the target with the same names; the source goes.

    Invalid when it is the same chart, or when a size that is used has no counterpart.
    """
    if source_id == target_id:
        raise Invalid({"target_size_chart": "is the chart itself"})
    counterparts = {row["name"]: row["id"] for row in rows.sizes(tx, target_id)}
    sizes = {row["id"]: counterparts.get(row["name"]) for row in rows.sizes(tx, source_id)}
    if rows.are_used(tx, [size_id for size_id, other in sizes.items() if other is None]):
        raise Invalid({"target_size_chart": "a size in use has no counterpart in it"})
    rows.use_other_chart(tx, source_id, target_id, {old: new for old, new in sizes.items() if new is not None})
    delete(tx, source_id)
    _tell(tx, target_id)


def delete(tx: Transaction, chart_id: int) -> None:
    """Takes a chart away with its sizes and what integrations call them. Conflict while a variant has it."""
    if rows.is_chart_used(tx, chart_id):
        raise Conflict({"size_chart": "is in use"})
    rows.delete_chart(tx, chart_id)
    tx.touch("reference")
    tx.event("size_chart", chart_id, "deleted")


def _tell(tx: Transaction, chart_id: int) -> None:
    _name_sizes(tx, chart_id)
    tx.touch("reference")
    tx.touch_listed(rows.items_of_chart(tx, chart_id))
    tx.event("size_chart", chart_id, "updated")


def _name_sizes(tx: Transaction, chart_id: int) -> None:
    """Every integration knows the sizes of a chart as `chart|size` (section 9)."""
    chart = rows.chart(tx, chart_id)
    names = {row["id"]: f"{chart['name']}{SIZE_SEPARATOR}{row['name']}"[:255] for row in rows.sizes(tx, chart_id)}
    rows.name_sizes(tx, names)


def localized_name(labels: Mapping[str, str], label: str, name: str) -> str | None:
    """What a size is called where it, or its label, is called otherwise; None where neither is."""
    if name in labels:
        return labels[name]
    other = labels.get(label)
    return None if other is None else name.replace(label, other, 1)


def create_localization(tx: Transaction, *, charts: Sequence[int], **columns: Any) -> int:
    """Other names for the sizes of charts, which are still to be said; returns their id."""
    localization_id = records.add(tx, "size_localizations", **columns)
    for chart_id in charts:
        rows.put_localized(tx, localization_id, chart_id, {})
    tx.touch("reference")
    tx.event("size_localization", localization_id, "created")
    return localization_id


def change_localization(
    tx: Transaction, localization_id: int, *, add: Sequence[int] = (), remove: Sequence[int] = (), **columns: Any
) -> bool:
    """Changes where sizes have other names, and in which charts; returns whether anything differed.

    Removals go first; what a chart that is removed was called is forgotten.
    """
    known = rows.charts_of_localizations(tx, [localization_id]).get(localization_id, {})
    gone = [chart_id for chart_id in remove if chart_id in known]
    new = [chart_id for chart_id in add if chart_id not in known or chart_id in gone]
    rows.drop_localized(tx, localization_id, gone)
    for chart_id in new:
        rows.put_localized(tx, localization_id, chart_id, {})
    if not (records.change(tx, "size_localizations", localization_id, **columns) or gone or new):
        return False
    _tell_localization(tx, localization_id)
    return True


def name_localized(tx: Transaction, localization_id: int, chart_id: int, names: Mapping[str, str | None]) -> None:
    """Says what sizes of a chart are called: name of the size -> other name, nothing for its own."""
    before = rows.charts_of_localizations(tx, [localization_id]).get(localization_id, {}).get(chart_id, {})
    after = dict(before)
    for name, other in names.items():
        after.pop(name, None)
        if other:
            after[name] = other
    if after != before:
        rows.put_localized(tx, localization_id, chart_id, after)
        _tell_localization(tx, localization_id)


def _tell_localization(tx: Transaction, localization_id: int) -> None:
    tx.touch("reference")
    tx.event("size_localization", localization_id, "updated")


def _rename_localized(tx: Transaction, chart_id: int, names: Mapping[str, str]) -> None:
    """Labels and sizes of a chart have other names: what localizations call them stays."""
    for localization in rows.localizations_of_charts(tx, [chart_id]).get(chart_id, []):
        labels = {names.get(name, name): other for name, other in localization.labels.items()}
        if labels != localization.labels:
            rows.put_localized(tx, localization.id, chart_id, labels)


# ------------------------------------------------------------------ measurement charts


def table(
    horizontal: Sequence[str], vertical: Sequence[str], contents: Sequence[Sequence[Any]]
) -> dict[str, dict[str, str]]:
    """Vertical label -> horizontal label -> value, in the order of the labels."""
    cells = {(x, y): value for x, y, value in contents}
    return {
        row: {column: cells[x, y] for x, column in enumerate(horizontal) if (x, y) in cells}
        for y, row in enumerate(vertical)
    }


def carried_over(before: Row, horizontal: Sequence[str], vertical: Sequence[str]) -> list[list[Any]]:
    """The contents of a chart under other labels: values of labels that stay."""
    known = table(from_json(before["x_json"]), from_json(before["y_json"]), from_json(before["contents_json"]))
    return [
        [x, y, known[row][column]]
        for y, row in enumerate(vertical)
        for x, column in enumerate(horizontal)
        if column in known.get(row, {})
    ]


def create_measurements(tx: Transaction, **columns: Any) -> int:
    """A new measurement chart; returns its id. Conflict: `name`."""
    _check_measurement_name(tx, columns["name"], 0)
    chart_id = rows.add_measurement_chart(tx, columns)
    tx.touch("reference")
    tx.event("measurement_chart", chart_id, "created")
    return chart_id


def change_measurements(tx: Transaction, chart_id: int, **columns: Any) -> None:
    """Changes a measurement chart. Conflict: `name`."""
    if "name" in columns:
        _check_measurement_name(tx, columns["name"], chart_id)
    if rows.change_measurement_chart(tx, chart_id, columns):
        tx.touch("reference")
        tx.touch_items(rows.items_with_measurements(tx, chart_id))
        tx.event("measurement_chart", chart_id, "updated")


def _check_measurement_name(tx: Transaction, name: str, own_id: int) -> None:
    if rows.is_measurement_name_taken(tx, name, own_id):
        raise Conflict({"name": "is taken"})


def delete_measurements(tx: Transaction, chart_id: int) -> None:
    """Takes a measurement chart away. Conflict while a product has it."""
    if rows.items_with_measurements(tx, chart_id) or rows.has_products(tx, chart_id):
        raise Conflict({"measurement_chart": "is in use"})
    rows.delete_measurement_chart(tx, chart_id)
    tx.touch("reference")
    tx.event("measurement_chart", chart_id, "deleted")
