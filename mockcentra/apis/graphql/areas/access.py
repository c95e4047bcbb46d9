"""Access tokens: made, changed and taken back by the token that may (section 2.3)."""

from collections.abc import Mapping
from typing import Any

from mockcentra.apis.graphql import moments, words
from mockcentra.apis.graphql.areas.limits import known_permissions
from mockcentra.apis.graphql.changes import Change, Input
from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.registry import mutation
from mockcentra.apis.graphql.types import Batch, embed
from mockcentra.store import access_writing as rows
from mockcentra.store.database import Row, from_json, to_json

MONTH = 30 * 24 * 3600


def _access(run: Run, row: Row) -> dict[str, Any]:
    """A GraphQLAccess."""
    details = from_json(row["details_json"])
    return {
        "id": row["id"],
        "token": row["token"],
        "isValid": row["expires_at"] is None or row["expires_at"] > run.tx.now,
        "created": row["created_at"],
        "expires": row["expires_at"],
        "addedByAdminUser": None,
        "callStats": [],
        "user": {
            "id": str(row["id"]),
            "name": row["name"],
            "organizationName": details.get("organizationName"),
            "integrationName": row["integration"],
            "email": details.get("email"),
            "phoneNumber": details.get("phoneNumber"),
            "permissions": from_json(row["permissions_json"]),
            "restrictions": {
                "storeId": from_json(row["stores_json"]) or None,
                "storeType": details.get("storeTypes"),
            },
        },
    }


def _unknown_access(token: str, now: int) -> dict[str, Any]:
    """What a token is that nobody ever had: it ended before it began."""
    nobody: dict[str, Any] = {"id": None, "name": "", "permissions": [], "restrictions": {}}
    return {
        "id": 0, "token": token, "isValid": False, "created": now, "expires": now, "callStats": [], "user": nobody,
    }  # fmt: skip


class _Moment:
    """A moment of a token, by the argument `format`."""

    def __init__(self, name: str) -> None:
        self.columns = (name,)

    def values(self, run: Any, field: Any, rows: Any, weights: Any) -> list[Any]:
        pattern = field.arguments(run).get("format") or moments.DEFAULT_FORMAT
        found = [row[self.columns[0]] for row in rows]
        return [None if moment is None else moments.shown(moment, pattern) for moment in found]


embed("GraphQLAccess", {"createdAt": _Moment("created"), "expiresAt": _Moment("expires")})


def _unknown(permissions: list[str]) -> list[str]:
    known = set(known_permissions())
    return [name for name in permissions if name not in known]


@mutation("generateToken", plain=True)
def generate_token(change: Change) -> dict[str, Any]:
    """A token with exactly these permissions. A GraphQL error for an unknown one, for none, and for an empty name."""
    from graphql import GraphQLError

    user = change["user"]
    if not user["name"].strip():
        raise GraphQLError("The name must not be empty.")
    if not user["permissions"]:
        raise GraphQLError("At least one permission is needed.")
    unknown = _unknown(user["permissions"])
    if unknown:
        raise GraphQLError(f"Unknown permissions: {', '.join(unknown[:10])}.")
    ttl = change.get("ttl")
    if ttl is not None and ttl <= 0:
        raise GraphQLError("ttl must be above 0.")
    details = {name: user[name] for name in ("organizationName", "email", "phoneNumber") if user.get(name)}
    token_id = rows.add(
        change.tx,
        name=user["name"],
        integration=user.get("integrationName") or user["name"],
        permissions=user["permissions"],
        expires_at=change.tx.now + (MONTH if ttl is None else ttl),
        details=details,
    )
    row = rows.get(change.tx, token_id)
    assert row is not None
    return _access(change.run, row)


@mutation("revokeAccess", plain=True)
def revoke_access(change: Change) -> dict[str, Any]:
    """The token stops working at once; an unknown one is not valid either."""
    row = rows.by_token(change.tx, change["token"])
    if row is None:
        return _unknown_access(change["token"], change.tx.now)
    rows.expire(change.tx, row["id"])
    row = rows.get(change.tx, row["id"])
    assert row is not None
    return _access(change.run, row)


# ------------------------------------------------------------------ the newer operations


def _restrictions(given: Input) -> tuple[list[int], list[str]]:
    """(stores, store types) of the restrictions, with user errors for stores that are not there."""
    part = given.part("restrictions")
    if part is None:
        return [], []
    types = list(part.get("storeType") or ())
    stores = list(part.get("storeId") or ())
    known = rows.stores(part.run.tx)
    for position, store_id in enumerate(stores):
        if store_id not in known:
            part.error(f"Could not find Store with ID {store_id}", "storeId", str(position))
    if types and not stores:
        wanted = {words.stored(words.STORE_TYPE)[name] for name in types}
        stores = [store_id for store_id, kind in known.items() if kind in wanted]
    return stores, types


def _check(given: Input) -> None:
    for name in ("name", "integrationName", "organizationName"):
        if name in given and given[name] is not None:
            given.required_text(name)
    permissions = given.get("permissions")
    if permissions is not None:
        if not permissions:
            given.error("At least one permission is needed", "permissions")
        for name in _unknown(permissions):
            given.error(f"Unknown permission {name}", "permissions", str(permissions.index(name)))
    if given.get("ttl") is not None and given["ttl"] <= 0:
        given.error("ttl must be above 0", "ttl")


def _details(given: Input, types: list[str], before: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(before)
    found.update({name: given[name] for name in ("organizationName", "email", "phoneNumber") if name in given})
    if "restrictions" in given:
        found["storeTypes"] = types or None
    return found


@mutation("createAccessToken")
def create_access_token(change: Change) -> dict[str, Any]:
    """A token with exactly these permissions."""
    given = change.input
    _check(given)
    stores, types = _restrictions(given)
    change.check()
    token_id = rows.add(
        change.tx,
        name=given["name"],
        integration=given["integrationName"],
        permissions=given["permissions"],
        expires_at=change.tx.now + given["ttl"],
        details=_details(given, types, {}),
        stores=stores,
    )
    row = rows.get(change.tx, token_id)
    assert row is not None
    return {"accessToken": row["token"], "user": _access(change.run, row)["user"]}


def _existing(change: Change) -> Row:
    """The token that the argument `id` names. Raises Refusal."""
    text = change["id"]
    row = rows.get(change.tx, int(text)) if text.isascii() and text.isdigit() and len(text) < 18 else None
    if row is None:
        change.error(f"Could not find GraphQLUser with ID {text}", "id")
        change.check()
    assert row is not None
    return row


@mutation("updateAccessToken")
def update_access_token(change: Change) -> dict[str, Any]:
    """Changes a token; what is not given stays."""
    row = _existing(change)
    given = change.input
    _check(given)
    stores, types = _restrictions(given)
    change.check()
    columns: dict[str, Any] = {"details_json": to_json(_details(given, types, from_json(row["details_json"])))}
    if given.get("name"):
        columns["name"] = given["name"]
    if given.get("permissions"):
        columns["permissions_json"] = to_json(given["permissions"])
    if given.get("ttl"):
        columns["expires_at"] = change.tx.now + given["ttl"]
    if "restrictions" in given:
        columns["stores_json"] = to_json(stores)
    rows.change(change.tx, row["id"], given.get("integrationName"), columns)
    after = rows.get(change.tx, row["id"])
    assert after is not None
    return {"access": _access(change.run, after)}


@mutation("revokeAccessToken")
def revoke_access_token(change: Change) -> dict[str, Any]:
    """The token stops working at once."""
    row = _existing(change)
    rows.expire(change.tx, row["id"])
    after = rows.get(change.tx, row["id"])
    assert after is not None
    return {"access": _access(change.run, after)}


embed("Counters", {"graphQLAccess": Batch(lambda run, arguments, picked: [rows.count_valid(run.tx)] * len(picked))})
