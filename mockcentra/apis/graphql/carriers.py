"""Carriers that accounts wish for: what the API calls their parts, and what the store does."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockcentra.apis.graphql.changes import Input

# Where `extra_json` of accounts and orders keeps it.
KEY = "carrierinformation"
PARTS = {"carrierName": "carrier", "serviceName": "service", "accountIdentifier": "account", "taxId": "taxid"}


def carrier(written: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """A CarrierInformation; None without any part of it."""
    found = {name: (written or {}).get(ours) or None for name, ours in PARTS.items()}
    return found if any(found.values()) else None


def merged_carrier(given: "Input", before: Mapping[str, Any] | None) -> dict[str, Any]:
    """A carrier with the parts of an input that are given."""
    return {**(before or {}), **{ours: given[name] or "" for name, ours in PARTS.items() if name in given}}
