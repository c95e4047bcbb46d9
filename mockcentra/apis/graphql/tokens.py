"""Access tokens: whose they are, what they may do, and which stores they see (sections 2 and 3)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from werkzeug.http import parse_cookie

from mockcentra.store import Transaction
from mockcentra.store import graphql_reading as rows
from mockcentra.store.database import from_json

COOKIE = "graphql-access"
EVERYTHING = "*"
# What only the token may do that makes other tokens; nobody can be given these.
FOR_ADMIN = ("Token:read", "Token:write")


@dataclass(frozen=True)
class AccessToken:
    """A token that was sent and is good."""

    id: int
    permissions: frozenset[str]
    integration_id: int | None
    integration: str | None
    stores: tuple[int, ...]
    is_admin: bool

    def allows(self, permission: str) -> bool:
        if permission in FOR_ADMIN:
            return self.is_admin
        return permission in self.permissions or _allowed(self.permissions, permission)


@lru_cache(maxsize=4000)
def _allowed(permissions: frozenset[str], permission: str) -> bool:
    """Whether one of the patterns (`*`, `*:read`, `Product*`) or names fits."""
    return any(_pattern(each).fullmatch(permission) for each in permissions if EVERYTHING in each)


@lru_cache(maxsize=400)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in text.split(EVERYTHING)))


def sent_token(environ: Mapping[str, Any]) -> str | None:
    """The token of a request: the header's, else the cookie's."""
    header = environ.get("HTTP_AUTHORIZATION")
    if header:
        scheme, _, value = header.strip().partition(" ")
        return value.strip() if scheme.lower() == "bearer" else header.strip()
    written = environ.get("HTTP_COOKIE")
    if not written:
        return None
    return parse_cookie(written).get(COOKIE)


def accepted(tx: Transaction, sent: str | None) -> AccessToken | None:
    """The token, when it is known and has not expired."""
    row = rows.access_token(tx, sent) if sent else None
    if row is None or (row["expires_at"] is not None and row["expires_at"] <= tx.now):
        return None
    permissions = frozenset(from_json(row["permissions_json"]))
    stores = tuple(from_json(row["stores_json"]))
    return AccessToken(
        id=row["id"],
        permissions=permissions,
        integration_id=row["integration_id"],
        integration=row["integration"],
        stores=stores,
        is_admin=EVERYTHING in permissions and not stores,
    )
