"""Access tokens of the GraphQL API, for those who make and revoke them."""

from collections.abc import Mapping, Sequence
from typing import Any

from mockcentra.store.database import Row, Transaction, to_json

_TOKEN = "SELECT a.*, i.name AS integration FROM api_tokens a LEFT JOIN integrations i ON i.id = a.integration_id WHERE"


def get(tx: Transaction, token_id: int) -> Row | None:
    """The token with its integration's name."""
    return tx.one(f"{_TOKEN} a.id = ?", (token_id,))


def by_token(tx: Transaction, token: str) -> Row | None:
    return tx.one(f"{_TOKEN} a.token = ?", (token,))


def add(
    tx: Transaction,
    *,
    name: str,
    integration: str,
    permissions: Sequence[str],
    expires_at: int,
    details: Mapping[str, Any],
    stores: Sequence[int] = (),
) -> int:
    """A new token of an integration, which is made when there is none of that name; returns its id."""
    return tx.insert(
        "api_tokens",
        name=name,
        token=tx.token(40),
        integration_id=_integration(tx, integration),
        permissions_json=to_json(list(dict.fromkeys(permissions))),
        stores_json=to_json(list(stores)),
        details_json=to_json(details),
        expires_at=expires_at,
        created_at=tx.now,
    )


def change(tx: Transaction, token_id: int, integration: str | None, columns: Mapping[str, Any]) -> None:
    if integration is not None:
        tx.update("api_tokens", token_id, integration_id=_integration(tx, integration))
    tx.update("api_tokens", token_id, **columns)


def expire(tx: Transaction, token_id: int) -> None:
    """Ends a token now, when it has not ended already."""
    tx.run(
        "UPDATE api_tokens SET expires_at = ?1 WHERE id = ?2 AND (expires_at IS NULL OR expires_at > ?1)",
        (tx.now, token_id),
    )


def count_valid(tx: Transaction) -> int:
    """The tokens that have not ended."""
    return tx.value("SELECT COUNT(*) FROM api_tokens WHERE expires_at IS NULL OR expires_at > ?", (tx.now,))


def stores(tx: Transaction) -> dict[int, str]:
    """Store -> its type."""
    return {row[0]: row[1] for row in tx.all("SELECT id, type FROM stores ORDER BY id")}


def _integration(tx: Transaction, name: str) -> int:
    found = tx.value("SELECT id FROM integrations WHERE name = ?", (name,))
    return found if found is not None else tx.insert("integrations", name=name)
