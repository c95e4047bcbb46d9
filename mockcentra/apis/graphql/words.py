"""Enum values of the schema and what the store calls them."""

from collections.abc import Mapping
from typing import Any

STATUS = {"active": "ACTIVE", "inactive": "INACTIVE", "cancelled": "CANCELLED"}
STORE_TYPE = {"dtc": "DIRECT_TO_CONSUMER", "wholesale": "WHOLESALE"}
VOUCHER_METHOD = {"auto": "AUTO", "code": "CODE", "url": "URL"}
STOCK_OWNERSHIP = {"internal": "OWN", "external": "THIRD_PARTY"}
STOCK_MASTER = {"internal": "CENTRA", "external": "EXTERNAL"}
ALLOCATION_POLICY = {"direct": "DIRECT", "check_first": "CHECK_FIRST", "direct_then_confirm": "CHECK_FIRST"}


def stored(words: Mapping[Any, str]) -> dict[str, Any]:
    """The other way round: enum value -> what the store calls it; of several, the first."""
    found: dict[str, Any] = {}
    for ours, theirs in words.items():
        found.setdefault(theirs, ours)
    return found
