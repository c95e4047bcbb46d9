"""Texts in other languages, of whatever has some (section 15)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockcentra.store import graphql_reading as reading

if TYPE_CHECKING:
    from mockcentra.apis.graphql.execution import Run
    from mockcentra.apis.graphql.planning import Field
    from mockcentra.apis.graphql.types import Weights

_TEXTS = ("input", "textarea")
_UNTRANSLATED = ("product_media",)  # section 13.3


@dataclass(frozen=True)
class Translations:
    """`translations` and its older name `localized`: for each language every field, null without a translation.

    `fields`: the API's names of the fields -> the store's, in the documented order.
    """

    object_type: str
    fields: Mapping[str, str]
    attributes: str | None = None
    columns: tuple[str, ...] = ("id",)

    def values(self, run: "Run", field: "Field", rows: Sequence[Any], weights: "Weights") -> list[Any]:
        languages = languages_asked(run, field.arguments(run).get("where"))
        position = field.positions[0]
        known = reading.translations(run.tx, self.object_type, [row[position] for row in rows])
        nothing: dict[tuple[int, str], str] = {}
        fields = {**self.fields, **attribute_fields(run, self.attributes)}
        raws = []
        for row in rows:
            texts = known.get(row[position], nothing)
            entries = []
            for language in languages:
                shown = [{"field": name, "value": texts.get((language["id"], ours))} for name, ours in fields.items()]
                entries.append({"language": language["id"], "fields": shown, "translations": shown})
            raws.append(entries)
        return run.finish(field, raws, weights)


def attribute_fields(run: "Run", group: str | None) -> dict[str, str]:
    """The translatable texts of a group's dynamic attributes: `attributes.type.element`, here and in the store."""
    from mockcentra.apis.graphql import attributes

    if group is None or group in _UNTRANSLATED:
        return {}
    catalogue = attributes.catalogue_of(run)
    names = [
        f"attributes.{kind.name}.{element.name}"
        for kind in catalogue.types.values()
        if kind.group == group and not kind.is_mapped
        for element in kind.elements
        if element.kind in _TEXTS
    ]
    return {name: name for name in names}


def languages_asked(run: "Run", where: Mapping[str, Any] | None) -> list[Any]:
    """The languages of translations that `where` asks for."""
    asked = where or {}
    return [
        row
        for row in run.once("languages", lambda: reading.languages(run.tx))
        if _is_asked(row["id"], asked.get("languageId")) and _is_asked(row["code"], asked.get("languageCode"))
    ]


def _is_asked(value: Any, wanted: Sequence[Any] | None) -> bool:
    return wanted is None or value in wanted
