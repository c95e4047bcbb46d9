"""Affiliates: whose links bring shoppers."""

from collections.abc import Mapping
from html import escape
from typing import Any

from mockcentra.apis.graphql.areas.terms import always, constant
from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.types import (
    Among,
    Batch,
    Column,
    LastChange,
    Many,
    One,
    Text,
    Type,
    define,
)


def _snippets(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[str | None]:
    is_escaped = arguments.get("escapeHtml", False)
    return [(escape(html) if is_escaped else html) or None for (html,) in picked]


define(
    Type(
        "Affiliate",
        "affiliates",
        fields={
            "name": Column("name"),
            "status": always("ACTIVE"),
            "uri": Column("uri"),
            "htmlSnippet": Batch(_snippets, "html"),
            "updatedAt": LastChange("affiliate"),
            "orders": Many("affiliate_id"),
            "store": One("store_id"),
        },
        filters={
            "name": Text("name"),
            "status": constant("ACTIVE"),
            "uri": Text("uri"),
            "storeId": Among("store_id"),
        },
        sorts={"name": "name"},
        search=("name", "uri"),
        store="store_id",
    )
)
