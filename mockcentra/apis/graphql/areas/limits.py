"""Rate limits, counters and the names of permissions: what the API says about itself."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from mockcentra.apis.graphql import lists, rate_limits, sdl
from mockcentra.apis.graphql.changes import Change
from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.registry import mutation, query
from mockcentra.commerce.settings import change_settings

SETTING = "graphql.rate_limits"
# Permissions that only the text of the reference names (section 3.2).
_MORE = (
    "Customer.attributes:read",
    "Localization:read",
    "Market.comment:read",
    "Purchaser.totalOrders:read",
)


def _buckets(run: Run) -> rate_limits.Buckets:
    return run.space.state(SETTING, rate_limits.Buckets)


_RATE_LIMIT_FILTERS = {"type": lists.one_of("type"), "interval": lists.one_of("intervalSeconds")}


@query("rateLimits")
def rate_limits_now(run: Run, arguments: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The six buckets; the request that asks is charged already (section 8.3)."""
    rows = _buckets(run).report(run.rate_limits, run.charged_at)
    return lists.selected(run, arguments.get("where"), _RATE_LIMIT_FILTERS, rows)


@query("rateLimitTiers")
def rate_limit_tiers(run: Run, arguments: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The sets of quotas that a shop can have."""
    return [_tier(name, run.rate_limits) for name in rate_limits.TIERS]


def _tier(name: str, mode: str) -> dict[str, Any]:
    """A RateLimitTier."""
    return {
        "tierName": name,
        "isCurrent": name == mode or (mode == rate_limits.REPORT and name == "documented"),
        "isOld": name == "documented",
        "isAvailable": True,
        "isDefault": name == "documented",
        "description": None,
        "specification": [
            {"type": kind, "quota": quota, "interval": interval} for kind, interval, quota in rate_limits.quotas(name)
        ],
    }


@mutation("setRateLimitTier")
def set_rate_limit_tier(change: Change) -> dict[str, Any]:
    """The shop has the quotas of this tier from the next request on, and keeps to them."""
    name = change["tierName"]
    if name not in rate_limits.TIERS:
        change.error(f"There is no tier {name[:80]}; there are {', '.join(rate_limits.TIERS)}", "tierName")
    change.check()
    change_settings(change.tx, {SETTING: name})
    return {"rateLimitTier": _tier(name, name)}


@query("centraIPs")
def addresses(run: Run, arguments: Mapping[str, Any]) -> list[str]:
    """Where requests of the shop come from: this machine."""
    return ["127.0.0.1"]


@query("permissionNames")
def permission_names(run: Run, arguments: Mapping[str, Any]) -> list[str]:
    """Every permission that a token can have, sorted."""
    return known_permissions()


@lru_cache(maxsize=1)
def known_permissions() -> list[str]:
    """Every permission that the schema names."""
    found = set(_MORE)
    for kind in sdl.schema().type_map.values():
        for field in getattr(kind, "fields", {}).values():
            for note in ("permission", "alternative"):
                name = field.extensions.get(note)
                if name and not name.startswith("Token:"):
                    found.add(name)
    return sorted(found)


@query("counters")
def counters(run: Run, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Each counter asks the permission of what it counts; the whole needs none."""
    return {}
