"""Consents: what customers agreed to, by key, with the wording, version and language that they saw."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mockcentra.commerce.errors import Invalid
from mockcentra.store import Transaction
from mockcentra.store import customers as rows

_YES = (True, 1, "1", "true", "True", "yes", "on")


@dataclass(frozen=True, slots=True)
class Consent:
    """One consent of a customer. The moments (unix seconds) are 0 until it is stored."""

    key: str
    consented: bool
    name: str = ""
    text: str = ""
    version: str = ""
    language: str = ""
    created_at: int = 0
    updated_at: int = 0

    def plain(self) -> dict[str, Any]:
        """The consent as selections keep it until they are ordered."""
        return {
            "key": self.key,
            "consented": self.consented,
            "name": self.name,
            "text": self.text,
            "version": self.version,
            "language": self.language,
        }


def read_consents(sent: Any) -> list[Consent]:
    """The consents that somebody sent: a list of objects with `key`, or an object by key. Raises Invalid."""
    if sent is None:
        return []
    if isinstance(sent, Mapping):
        entries = [_keyed(key, entry) for key, entry in sent.items()]
    elif isinstance(sent, list):
        entries = sent
    else:
        raise Invalid({"consents": "not valid"})
    return list({consent.key: consent for consent in map(_consent, entries)}.values())


def _keyed(key: str, entry: Any) -> Any:
    """An entry of an object by key: with its details, or just yes or no."""
    return {**entry, "key": key} if isinstance(entry, Mapping) else {"key": key, "consented": entry}


def _consent(entry: Any) -> Consent:
    if not isinstance(entry, Mapping):
        raise Invalid({"consents": "not valid"})
    key, consented = entry.get("key"), entry.get("consented")
    name, text, version, language = (_text(entry.get(part)) for part in ("name", "text", "version", "language"))
    if not isinstance(key, str) or not key.strip() or isinstance(consented, (list, dict)):
        raise Invalid({"consents": "not valid"})
    return Consent(key.strip(), consented in _YES, name, text, version, language)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (str, int, float)) and not isinstance(value, bool):
        return str(value)
    raise Invalid({"consents": "not valid"})


def keep_consents(tx: Transaction, customer_id: int, consents: Iterable[Consent]) -> None:
    """Stores consents with a customer, merged by key."""
    rows.put_consents(
        tx,
        customer_id,
        [
            (consent.key, int(consent.consented), consent.name, consent.text, consent.version, consent.language,
             tx.now, tx.now)
            for consent in consents
        ],
    )  # fmt: skip


def consents_of(tx: Transaction, customer_ids: Sequence[int]) -> dict[int, tuple[Consent, ...]]:
    """The consents of customers by their id."""
    found: dict[int, list[Consent]] = defaultdict(list)
    for row in rows.consents(tx, customer_ids):
        found[row["customer_id"]].append(
            Consent(
                row["key"], bool(row["consented"]), row["name"], row["text"], row["version"], row["language"],
                row["created_at"], row["updated_at"],
            )
        )  # fmt: skip
    return {customer_id: tuple(consents) for customer_id, consents in found.items()}
