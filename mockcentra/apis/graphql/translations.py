"""Texts in other languages, of whatever has some (section 15)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockcentra.store import graphql_reading as reading

if TYPE_CHECKING:
    from mockcentra.apis.graphql.execution import Run
    from mockcentra.apis.graphql.planning import Field
    from mockcentra.apis.graphql.types import Weights


@dataclass(frozen=True)
class Translations:
    """`translations` and its older name `localized`: for each language every field, null without a translation.

    `fields`: the API's names of the fields -> the store's, in the documented order.
    """

    object_type: str
    fields: Mapping[str, str]
    columns: tuple[str, ...] = ("id",)

    def values(self, run: "Run", field: "Field", rows: Sequence[Any], weights: "Weights") -> list[Any]:
        where = field.arguments(run).get("where") or {}
        languages = [
            row
            for row in run.once("languages", lambda: reading.languages(run.tx))
            if _is_asked(row["id"], where.get("languageId")) and _is_asked(row["code"], where.get("languageCode"))
        ]
        position = field.positions[0]
        known = reading.translations(run.tx, self.object_type, [row[position] for row in rows])
        nothing: dict[tuple[int, str], str] = {}
        raws = []
        for row in rows:
            texts = known.get(row[position], nothing)
            entries = []
            for language in languages:
                shown = [
                    {"field": name, "value": texts.get((language["id"], ours))} for name, ours in self.fields.items()
                ]
                entries.append({"language": language["id"], "fields": shown, "translations": shown})
            raws.append(entries)
        return run.finish(field, raws, weights)


def _is_asked(value: Any, wanted: Sequence[Any] | None) -> bool:
    return wanted is None or value in wanted
