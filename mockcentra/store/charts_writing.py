"""Rows of size charts, sizes, and measurement charts, for those who write them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from mockcentra.store.database import Row, Transaction, from_json, to_json

_AMONG = "IN (SELECT value FROM json_each(?))"
_MEASUREMENT_COLUMNS = ("name", "unit", "x_json", "y_json", "contents_json")


class Localization(NamedTuple):
    """Other names for the labels of a chart."""

    id: int
    labels: Mapping[str, str]


def chart(tx: Transaction, chart_id: int) -> Row:
    row = tx.one("SELECT * FROM size_charts WHERE id = ?", (chart_id,))
    assert row is not None
    return row


def sizes(tx: Transaction, chart_id: int) -> list[Row]:
    return tx.all("SELECT * FROM sizes WHERE size_chart_id = ? ORDER BY id", (chart_id,))


def are_used(tx: Transaction, size_ids: Collection[int]) -> bool:
    """Whether a variant has one of the sizes."""
    sql = f"SELECT 1 FROM product_sizes WHERE size_id {_AMONG} LIMIT 1"
    return tx.value(sql, (to_json(list(size_ids)),)) is not None


def is_chart_used(tx: Transaction, chart_id: int) -> bool:
    return tx.value("SELECT 1 FROM variants WHERE size_chart_id = ? LIMIT 1", (chart_id,)) is not None


def delete_sizes(tx: Transaction, size_ids: Collection[int]) -> None:
    """Takes sizes away with what integrations call them."""
    wanted = (to_json(list(size_ids)),)
    tx.run(f"DELETE FROM external_ids WHERE object_type = 'size' AND object_id {_AMONG}", wanted)
    tx.run(f"DELETE FROM sizes WHERE id {_AMONG}", wanted)


def move_sizes(tx: Transaction, places: Sequence[tuple[int, int, int, str]]) -> None:
    """(size, x, y, name): where sizes stand from now on, and what they are called."""
    ids = [(place[0],) for place in places]
    tx.run_many("UPDATE sizes SET x = -1 - id, y = -1 - id WHERE id = ?", ids)  # no two may meet on the way
    tx.run_many(
        "UPDATE sizes SET x = ?, y = ?, name = ? WHERE id = ?",
        [(x, y, name, size_id) for size_id, x, y, name in places],
    )


def use_other_chart(tx: Transaction, source_id: int, target_id: int, size_ids: Mapping[int, int]) -> None:
    """Variants of one chart have the other from now on, their sizes its counterparts."""
    tx.run_many("UPDATE product_sizes SET size_id = ? WHERE size_id = ?", [(new, old) for old, new in size_ids.items()])
    tx.run("UPDATE variants SET size_chart_id = ? WHERE size_chart_id = ?", (target_id, source_id))


def delete_chart(tx: Transaction, chart_id: int) -> None:
    delete_sizes(tx, [row["id"] for row in sizes(tx, chart_id)])
    tx.run("DELETE FROM size_localization_charts WHERE size_chart_id = ?", (chart_id,))
    tx.run("DELETE FROM external_ids WHERE object_type = 'size_chart' AND object_id = ?", (chart_id,))
    tx.run("DELETE FROM size_charts WHERE id = ?", (chart_id,))


def items_of_chart(tx: Transaction, chart_id: int) -> list[int]:
    """Every display item whose variant has the chart."""
    sql = "SELECT i.id FROM display_items i JOIN variants v ON v.id = i.variant_id WHERE v.size_chart_id = ?"
    return [row[0] for row in tx.all(sql, (chart_id,))]


def name_sizes(tx: Transaction, names: Mapping[int, str]) -> None:
    """Every integration calls sizes so; what stood in the way on either side goes."""
    tx.run_many(
        "INSERT OR REPLACE INTO external_ids (integration_id, object_type, object_id, external_id)"
        " SELECT id, 'size', ?, ? FROM integrations",
        list(names.items()),
    )


def localizations_of_charts(tx: Transaction, chart_ids: Iterable[int]) -> dict[int, list[Localization]]:
    """Chart -> the localizations that it has."""
    found: dict[int, list[Localization]] = {}
    for row in tx.all(
        "SELECT size_localization_id, size_chart_id, labels_json FROM size_localization_charts"
        f" WHERE size_chart_id {_AMONG} ORDER BY size_localization_id",
        (to_json(list(chart_ids)),),
    ):
        found.setdefault(row[1], []).append(Localization(row[0], from_json(row[2])))
    return found


def charts_of_localizations(tx: Transaction, localization_ids: Iterable[int]) -> dict[int, dict[int, dict[str, str]]]:
    """Localization -> its charts -> what labels and sizes are called."""
    found: dict[int, dict[int, dict[str, str]]] = {}
    for row in tx.all(
        f"SELECT * FROM size_localization_charts WHERE size_localization_id {_AMONG} ORDER BY size_chart_id",
        (to_json(list(localization_ids)),),
    ):
        found.setdefault(row["size_localization_id"], {})[row["size_chart_id"]] = from_json(row["labels_json"])
    return found


def put_localized(tx: Transaction, localization_id: int, chart_id: int, labels: Mapping[str, str]) -> None:
    """What a localization calls labels and sizes of a chart, which is one of its charts from now on."""
    tx.run(
        "INSERT INTO size_localization_charts (size_localization_id, size_chart_id, labels_json) VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET labels_json = excluded.labels_json",
        (localization_id, chart_id, to_json(dict(labels))),
    )


def drop_localized(tx: Transaction, localization_id: int, chart_ids: Iterable[int]) -> None:
    """These charts are no longer those of a localization."""
    sql = f"DELETE FROM size_localization_charts WHERE size_localization_id = ? AND size_chart_id {_AMONG}"
    tx.run(sql, (localization_id, to_json(list(chart_ids))))


# ------------------------------------------------------------------ measurement charts


def measurement_chart(tx: Transaction, chart_id: int) -> Row | None:
    return tx.one("SELECT * FROM measurement_charts WHERE id = ?", (chart_id,))


def is_measurement_name_taken(tx: Transaction, name: str, own_id: int) -> bool:
    return tx.value("SELECT 1 FROM measurement_charts WHERE name = ? AND id <> ?", (name, own_id)) is not None


def add_measurement_chart(tx: Transaction, columns: Mapping[str, Any]) -> int:
    return tx.insert("measurement_charts", **columns)


def change_measurement_chart(tx: Transaction, chart_id: int, columns: Mapping[str, Any]) -> bool:
    """Returns whether anything differed."""
    row = measurement_chart(tx, chart_id)
    assert row is not None
    differing = {name: columns[name] for name in _MEASUREMENT_COLUMNS if name in columns and row[name] != columns[name]}
    tx.update("measurement_charts", chart_id, **differing)
    return bool(differing)


def items_with_measurements(tx: Transaction, chart_id: int) -> list[int]:
    """Every display item of products that have the chart."""
    return [
        row[0]
        for row in tx.all(
            "SELECT i.id FROM display_items i JOIN displays d ON d.id = i.display_id"
            " JOIN products p ON p.id = d.product_id WHERE p.measurement_chart_id = ?",
            (chart_id,),
        )
    ]


def has_products(tx: Transaction, chart_id: int) -> bool:
    return tx.value("SELECT 1 FROM products WHERE measurement_chart_id = ? LIMIT 1", (chart_id,)) is not None


def delete_measurement_chart(tx: Transaction, chart_id: int) -> None:
    tx.run("DELETE FROM measurement_charts WHERE id = ?", (chart_id,))


def full_name_of_size(tx: Transaction, size_id: int) -> str | None:
    """`chart|size`, which every integration calls a size."""
    return tx.value(
        "SELECT c.name || '|' || s.name FROM sizes s JOIN size_charts c ON c.id = s.size_chart_id WHERE s.id = ?",
        (size_id,),
    )
