"""Tax classes, groups and rules."""

from collections.abc import Mapping
from typing import Any

from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.types import (
    NEVER,
    Among,
    Batch,
    Column,
    LastChange,
    Linked,
    Many,
    One,
    Text,
    Through,
    Type,
    constant,
    define,
    flag,
    hundredths,
)
from mockcentra.store import graphql_reading as reading
from mockcentra.store.database import from_json
from mockcentra.store.graphql_reading import Link

PLACES = "tax_rule_places"
RULE = "tax_rule_id"


def _zip_codes(run: Run, arguments: Mapping[str, Any], rows: list[tuple[Any, ...]]) -> list[str | None]:
    """The zip codes of a rule, with commas between them."""
    places = reading.pairs(run.tx, PLACES, RULE, "zip_codes_json", [row[0] for row in rows])
    codes = {rule_id: ",".join(from_json(listed)) for rule_id, listed in places if listed}
    return [codes.get(row[0]) for row in rows]


def _states(run: Run, arguments: Mapping[str, Any], rows: list[tuple[Any, ...]]) -> list[list[int]]:
    found: dict[int, list[int]] = {}
    for rule_id, state_id in reading.pairs(run.tx, PLACES, RULE, "state_id", [row[0] for row in rows]):
        if state_id is not None:
            found.setdefault(rule_id, []).append(state_id)
    return [found.get(row[0], []) for row in rows]


def _countries(run: Run, arguments: Mapping[str, Any], rows: list[tuple[Any, ...]]) -> list[list[int]]:
    """The countries of a rule, each once, though several of its states may have it."""
    found: dict[int, dict[int, None]] = {}
    for rule_id, country_id in reading.pairs(run.tx, PLACES, RULE, "country_id", [row[0] for row in rows]):
        found.setdefault(rule_id, {})[country_id] = None
    return [list(found.get(row[0], ())) for row in rows]


def _nothing(value: Any) -> None:
    return None


define(
    Type(
        "TaxRule",
        "tax_rules",
        fields={
            "name": Column("name"),
            "displayName": Column("name"),
            "code": Column("id", str),
            "rate": Column("percent", hundredths),
            "applyTaxType": Column("included", lambda included: "INCLUDED" if included else "ADDED"),
            "applyTaxToShipping": Column("on_shipping", flag),
            "applyTaxToHandling": Column("on_shipping", flag),
            "applyFrom": LastChange("tax_rule"),
            "applyTo": Column("id", _nothing),
            "zipCode": Batch(_zip_codes, "id"),
            "city": Column("id", _nothing),
            "orderPriceRestriction": Column("id", _nothing),
            "itemPriceRestriction": Column("id", _nothing),
            "countries": Batch(_countries, "id"),
            "states": Batch(_states, "id"),
            "taxClasses": Through(Link("tax_rule_classes", RULE, "tax_class_id")),
            "taxGroup": One("tax_group_id"),
        },
        filters={
            "name": Text("name"),
            "countryId": Linked(Link(PLACES, RULE, "country_id")),
            "taxGroupId": Among("tax_group_id"),
            "taxClassId": Linked(Link("tax_rule_classes", RULE, "tax_class_id")),
        },
        sorts={"name": "name"},
        search=("name",),
        store="store_id",
    ),
    Type(
        "TaxGroup",
        "tax_groups",
        fields={
            "name": Column("name"),
            "status": Column("id", lambda _: "ACTIVE"),
            "defaultInStores": Many("default_tax_group_id"),
            "rules": Many("tax_group_id"),
        },
        filters={
            "name": Text("name"),
            "status": constant("ACTIVE"),
            "defaultInStoreId": Linked(Link("stores", "default_tax_group_id", "id")),
        },
        sorts={"name": "name"},
        search=("name",),
    ),
    Type(
        "TaxClass",
        "tax_classes",
        fields={
            "name": Column("name"),
            "code": Column("id", _nothing),
            "isEnabled": Column("id", lambda _: True),
        },
        filters={
            "name": Text("name"),
            "isEnabled": constant(True),
            "code": NEVER,
        },
        sorts={"name": "name"},
        search=("name",),
    ),
)
