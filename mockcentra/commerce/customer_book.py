"""Customers as integrations keep them: the list, one of them, and what may be changed from outside."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from mockcentra.commerce import customers
from mockcentra.commerce.consents import Consent
from mockcentra.commerce.customers import CustomerRecord, Profile
from mockcentra.commerce.emails import email_key
from mockcentra.commerce.errors import Conflict, Invalid, NotFound
from mockcentra.store import Transaction
from mockcentra.store import customer_book as rows
from mockcentra.store.customer_book import EVERY
from mockcentra.store.database import batches

__all__ = ["EVERY"]

_TEXTS = ("name", "text", "version", "language")


def listed(
    tx: Transaction,
    store_id: int,
    *,
    email: str | None = None,
    created_at: int | None = None,
    modified_at: int | None = None,
    limit: int = EVERY,
    offset: int = 0,
) -> list[CustomerRecord]:
    """Customers of a store by ascending id. Moments are those from which on they were made or changed."""
    ids = rows.listed(
        tx,
        store_id,
        email_key=None if email is None else email_key(email),
        created_at=created_at,
        modified_at=modified_at,
        limit=limit,
        offset=offset,
    )
    return [record for part in batches(ids) for record in customers.customer_records(tx, part).values()]


def found(tx: Transaction, store_id: int, customer_id: int) -> CustomerRecord:
    """A customer of a store. Raises NotFound."""
    record = customers.customer_record(tx, customer_id)
    if record is None or record.store_id != store_id:
        raise NotFound("customer")
    return record


def update(
    tx: Transaction,
    store_id: int,
    customer_id: int,
    profile: Profile,
    email: str | None = None,
    consents: Sequence[Mapping[str, Any]] = (),
) -> CustomerRecord:
    """Changes what is given of a customer; returns it as it is then (order-api.md 5.6).

    `consents` are merged by `key`: of one that is known only what is given changes. Raises NotFound, Conflict
    (`customer`) for one that was anonymised and (`email`) for an address that is taken, Invalid.
    """
    before = found(tx, store_id, customer_id)
    if before.anonymized_at is not None:
        raise Conflict({"customer": "anonymised"})
    known = {consent.key: consent for consent in before.consents}
    profile.consents = [_merged(known, sent) for sent in consents]
    customers.update(tx, customer_id, profile, email if email != before.email else None)
    return found(tx, store_id, customer_id)


def _merged(known: dict[str, Consent], sent: Mapping[str, Any]) -> Consent:
    key = sent.get("key")
    if not isinstance(key, str) or not key.strip():
        raise Invalid({"consents": "not valid"})
    consent = known.get(key.strip()) or Consent(key.strip(), False)
    changes = {name: value for name, value in sent.items() if name in ("consented", *_TEXTS)}
    known[consent.key] = merged = replace(consent, **changes)
    return merged
