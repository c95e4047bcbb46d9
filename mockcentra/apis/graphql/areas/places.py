"""Countries, states, continents, currencies and languages."""

from collections.abc import Mapping, Sequence
from typing import Any

from mockcentra.apis.graphql.changes import Change
from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.planning import Field
from mockcentra.apis.graphql.registry import mutation, query
from mockcentra.apis.graphql.types import (
    Among,
    Column,
    Count,
    Is,
    LastChange,
    Many,
    One,
    Text,
    Type,
    Weights,
    Where,
    chosen_names,
    define,
    embed,
    flag,
    text,
)
from mockcentra.commerce import company_writing, places
from mockcentra.store import graphql_reading as reading
from mockcentra.store.graphql_reading import Condition, Link

MILLION = 1_000_000
DEFAULT_LANGUAGE = "is_default"


def _in_continents(run: Run, value: Any) -> Condition:
    known = places.continents()
    return reading.among("code", [code for name in chosen_names(value, known) for code in known[name]])


def _in_base(run: Run, value: Any) -> Condition:
    base = reading.equals("rate_micro", MILLION)
    return base if value else reading.negated(base)


def _translatable(run: Run, value: Any) -> Condition:
    return reading.equals(DEFAULT_LANGUAGE, int(not value))


def _is_active(run: Run, value: Any) -> Condition:
    return reading.EVERYTHING if value else reading.NOTHING


define(
    Type(
        "Country",
        "countries",
        fields={
            "code": Column("code"),
            "name": Column("name"),
            "continent": Column("code", places.continent_of),
            "isEU": Column("eu", flag),
            "states": Many("country_id"),
        },
        filters={
            "name": Text("name"),
            "ISO2": Among("code"),
            "ISO3": Where(lambda run, value: reading.among("code", places.countries_called(value))),
            "ISO_NUM": Where(lambda run, value: reading.among("code", places.countries_called(value))),
            "continent": Where(_in_continents),
            "isEU": Is("eu"),
            "totalStates": Count(Link("states", "country_id", "id")),
        },
        sorts={"name": "name", "code": "code"},
        search=("name", "code"),
        lookups={"code": "code"},
    ),
    Type(
        "CountryState",
        "states",
        fields={"code": Column("code"), "name": Column("name"), "country": One("country_id")},
        filters={"name": Text("name"), "code": Among("code")},
        sorts={"name": "name"},
        search=("name", "code"),
        lookups={"code": "code"},
    ),
    Type(
        "Currency",
        "currencies",
        fields={
            "name": Column("name"),
            "code": Column("code"),
            "currentBaseRate": Column("rate_micro", lambda rate: rate / MILLION),
            "denominator": Column("denominator"),
            "isoNumber": Column("code", places.currency_number),
            "prefix": Column("prefix", text),
            "suffix": Column("suffix", text),
            "updatedAt": LastChange("currency"),
            "decimalPoint": Column("decimal_point"),
            "decimalDigits": Column("decimals"),
            "thousandsSeparator": Column("thousands_separator"),
            "isBase": Column("rate_micro", lambda rate: rate == MILLION),
        },
        filters={"name": Text("name"), "code": Among("code"), "isBase": Where(_in_base)},
        sorts={"code": "code"},
        search=("name", "code"),
        external="currency",
        lookups={"code": "code"},
    ),
    Type(
        "Language",
        "languages",
        fields={
            "name": Column("name"),
            "code": Column("code"),
            "languageCode": Column("code"),
            "countryCode": Column("code", lambda code: None),
            "isActive": Column("code", lambda code: True),
            "isAvailableForTranslation": Column(DEFAULT_LANGUAGE, lambda is_default: not is_default),
            "isAvailableForLocalization": Column(DEFAULT_LANGUAGE, lambda is_default: not is_default),
        },
        filters={
            "name": Text("name"),
            "code": Among("code"),
            "languageCode": Among("code"),
            "isAvailableForLocalization": Where(_translatable),
            "isAvailableForTranslation": Where(_translatable),
            "isActive": Where(_is_active),
            "countryId": Where(lambda run, value: reading.linked(Link("countries", "language_id", "id"), value)),
        },
        sorts={"name": "name"},
        search=("name", "code"),
        lookups={"code": "code"},
    ),
)


class _OfContinent:
    """The countries of a continent; there are six of them, so each may ask for its own."""

    columns: tuple[str, ...] = ("codes",)

    def values(self, run: Run, field: Field, rows: Sequence[Any], weights: Weights) -> list[Any]:
        return [run.listed(field, reading.among("code", row["codes"])) for row in rows]


embed("Continent", {"countries": _OfContinent()})


@query("continents")
def continents(run: Run, arguments: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The continents that have countries in the shop."""
    found = []
    for name, codes in places.continents().items():
        count = reading.count(run.tx, "countries", reading.among("code", codes))
        if count:
            found.append({"name": name, "totalCountries": count, "codes": codes})
    return found


@mutation("updateCurrency")
def update_currency(change: Change) -> dict[str, Any]:
    """Another rate to the base currency; the base currency's own stays 1."""
    currency_id = change.target("Currency")
    rate = change.input.get("baseRate")
    if rate is not None and not 0 < rate < 1_000_000:
        raise change.refuse("baseRate must be above 0", "baseRate")
    change.external_id("Currency", currency_id)
    change.check()
    if rate is not None:
        company_writing.set_rate(change.tx, currency_id, round(rate * MILLION))
    return {"currency": currency_id}
