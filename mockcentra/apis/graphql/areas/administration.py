"""Users of the administration, and what the shop is set up with: plugins and templates of documents."""

from collections.abc import Mapping
from typing import Any

from mockcentra.apis.graphql import moments, words
from mockcentra.apis.graphql.areas.terms import always, constant
from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.planning import Field
from mockcentra.apis.graphql.registry import query
from mockcentra.apis.graphql.types import (
    NEVER,
    Among,
    Batch,
    Column,
    Computed,
    Filter,
    Linked,
    Many,
    Moment,
    One,
    Spec,
    Text,
    Through,
    Type,
    Where,
    define,
    embed,
    text,
    word,
)
from mockcentra.store import graphql_reading as reading
from mockcentra.store import graphql_wholesale as paths
from mockcentra.store.clock import from_local
from mockcentra.store.graphql_reading import EVERYTHING, NOTHING, Link

ACCOUNTS = Link("account_agents", "admin_user_id", "account_id")
STATUSES = words.stored(words.STATUS)


class _All:
    """Everything of the field's type: users are restricted to none of it."""

    columns: tuple[str, ...] = ()

    def values(self, run: Run, field: Field, rows: Any, weights: Any) -> list[Any]:
        found = run.listed(field)
        return [found] * len(rows)


def _anything(run: Run, value: Any) -> reading.Condition:
    """A filter on what every user may do."""
    return EVERYTHING if value else NOTHING


def number_series(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """Documents of a store are numbered in one series."""
    return [{"id": store_id, "name": f"Invoices of {name}"} for store_id, name in picked]


class _MadeWithShop:
    """The day of the shop, by the argument `format`."""

    columns: tuple[str, ...] = ()

    def values(self, run: Run, field: Field, rows: Any, weights: Any) -> list[Any]:
        pattern = field.arguments(run).get("format") or moments.DEFAULT_FORMAT
        return [moments.shown(from_local(reading.as_of(run.tx)), pattern)] * len(rows)


embed("NumberSeries", {"createdAt": _MadeWithShop()})
_TEMPLATE: dict[str, Spec] = {
    "name": Column(paths.TEMPLATE_NAME),
    "status": always("ACTIVE"),
    "type": always("INVOICE"),
    "numberSeries": Batch(number_series, "id", "name"),
    "store": One("id"),
}
_TEMPLATE_FILTERS: dict[str, Filter] = {"name": Text(paths.TEMPLATE_NAME), "status": constant("ACTIVE")}
_GENERAL = "GeneralDocumentTemplate"

define(
    Type(
        "AdminUser",
        "admin_users",
        fields={
            "name": Column("name"),
            "username": Column("username"),
            "email": Column("email", text),
            "status": Column("status", word(words.STATUS)),
            "createdAt": Moment("created_at"),
            "updatedAt": Moment("updated_at"),
            "lastLoginAt": always(None),
            "accounts": Through(ACCOUNTS),
            "brands": _All(),
            "markets": _All(),
            "pricelists": _All(),
        },
        filters={
            "userName": Text("username"),
            "name": Text("name"),
            "email": Text("email"),
            "status": Among("status", STATUSES),
            "accountId": Linked(ACCOUNTS),
            "brandId": Where(_anything),
            "marketId": Where(_anything),
            "pricelistId": Where(_anything),
            "salesRepresentativeId": NEVER,
        },
        sorts={"name": "name"},
        search=("name", "username"),
        external="admin_user",
    ),
    Type(
        "StorePlugin",
        "payment_methods",
        fields={
            "status": Column("status", word(words.STATUS)),
            "name": Column("name"),
            "uri": Column("uri", text),
            "type": always("PAYMENT_METHOD"),
            "plugin": Column("type"),
            "stores": Computed(lambda store_id: [store_id], "store_id"),
            "store": One("store_id"),
        },
        filters={
            "status": Among("status", STATUSES),
            "name": Text("name"),
            "uri": Text("uri"),
            "type": constant("PAYMENT_METHOD"),
            "storeId": Among("store_id"),
        },
        sorts={"name": "name"},
        search=("name", "uri"),
        store="store_id",
        external="store_plugin",
    ),
    Type(
        "DocumentTemplate",
        "stores",
        fields=_TEMPLATE,
        filters=_TEMPLATE_FILTERS,
        sorts={"name": "name"},
        kinds=("type", {"dtc": _GENERAL, "wholesale": _GENERAL}),
        store="id",
    ),
    Type(_GENERAL, "stores", fields={**_TEMPLATE, "defaultInMarkets": Many("store_id")}, store="id"),
)


@query("centraIPs")
def centra_ips(run: Run, arguments: Mapping[str, Any]) -> list[str]:
    """The addresses from which the shop calls others: this machine's."""
    return ["127.0.0.1"]
