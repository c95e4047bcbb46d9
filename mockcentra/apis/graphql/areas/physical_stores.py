"""Brick and mortars: the physical stores."""

from typing import Any

from mockcentra.apis.graphql import words
from mockcentra.apis.graphql.areas.terms import always, constant
from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.planning import Field
from mockcentra.apis.graphql.types import Among, Column, Computed, One, Text, Type, define, text
from mockcentra.store import graphql_reading as reading
from mockcentra.store import graphql_wholesale as rows
from mockcentra.store.database import from_json

KINDS = {"store": "STORE", "pickup": "PICKUP_POINT", "other": "OTHER"}
# The store counts days from Sunday.
_DAYS = ("SUNDAY", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY")


def _time(written: Any) -> str:
    """`1900` as `19:00`."""
    said = str(written)
    return f"{said[:2]}:{said[2:]}" if len(said) == 4 else said


def _opening_days(opening: str | None, special: str | None) -> list[dict[str, Any]]:
    """Every day of the week with its hours, then the special day."""
    hours: dict[int, list[dict[str, str]]] = {}
    for period in (from_json(opening) if opening else {}).get("periods", ()):
        close = period.get("close") or {}
        span = {"openAt": _time(period["open"]["time"]), "closeAt": _time(close.get("time", "2400"))}
        hours.setdefault(period["open"]["day"], []).append(span)
    days = [
        {"type": _DAYS[day], "date": None, "isClosed": day not in hours, "openingHours": hours.get(day, [])}
        for day in (1, 2, 3, 4, 5, 6, 0)
    ]
    known = from_json(special) if special else {}
    if known.get("date"):
        start, dash, stop = (known.get("timeText") or "").partition("–")
        spans = [{"openAt": start.strip(), "closeAt": stop.strip()}] if dash else []
        days.append({"type": "SPECIAL", "date": known["date"], "isClosed": not spans, "openingHours": spans})
    return days


class _Stores:
    """The stores that show a place: all of the shop's, which are few."""

    columns: tuple[str, ...] = ()

    def values(self, run: Run, field: Field, rows: Any, weights: Any) -> list[Any]:
        found = run.listed(field, reading.among("type", ["dtc"]))
        return [found] * len(rows)


define(
    Type(
        "BrickAndMortar",
        "brick_and_mortars",
        fields={
            "name": Column("name"),
            "displayName": Column("name"),
            "status": always("ACTIVE"),
            "type": Column(rows.PLACE_TYPE, KINDS.__getitem__),
            "address": Column(rows.PLACE_ADDRESS),
            "latitude": Column(rows.PLACE_LATITUDE),
            "longitude": Column(rows.PLACE_LONGITUDE),
            "website": Column("website_url", text),
            "email": Column("email", text),
            "phoneNumber": Column("phone", text),
            "allocationRule": One("allocation_rule_id"),
            "assignedStores": _Stores(),
            "country": One("country_id"),
            "openingDays": Computed(_opening_days, "opening_hours_json", "special_hours_json"),
            "state": One("state_id"),
            "warehouse": One("warehouse_id"),
        },
        filters={
            "name": Text("name"),
            "status": constant("ACTIVE"),
            "type": Among(rows.PLACE_TYPE, words.stored(KINDS)),
            "address": Text("address"),
            "email": Text("email"),
            "phoneNumber": Text("phone"),
        },
        sorts={"name": "name"},
        search=("name", "address"),
    )
)
