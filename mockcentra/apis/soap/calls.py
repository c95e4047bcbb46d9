"""What operations work with: the transaction, the ids of the integration, and what they have to say to it."""

from collections.abc import Callable, Iterable
from datetime import date
from functools import cached_property
from typing import Any

from mockcentra.commerce.errors import CommerceError, Invalid
from mockcentra.commerce.external_ids import ExternalIds
from mockcentra.commerce.money import parse_amount
from mockcentra.commerce.reference import Channel, Reference, reference_of
from mockcentra.store import Transaction
from mockcentra.store.clock import from_local

Content = dict[str, Any]

INTEGRATION = "SOAP"
STORE_TYPES = {"dtc": "retail", "wholesale": "wholesale"}
LARGEST = 2**31 - 1

# How this API names the states that a thing can be in.
STATUSES = {"active": "active", "inactive": "inactive", "canceled": "cancelled", "cancelled": "cancelled"}
SHOWN_STATUSES = {"active": "active", "inactive": "inactive", "cancelled": "canceled"}


class Call:
    """One call: its transaction, the conversion table of this API, and the messages of its answer."""

    def __init__(self, tx: Transaction) -> None:
        self.tx = tx
        self.ids = ExternalIds(tx, INTEGRATION)
        self.errors: list[str] = []
        self.notices: list[str] = []

    @cached_property
    def reference(self) -> Reference:
        """The reference data as they were when the call began: for stores, currencies and places, which stay."""
        return reference_of(self.tx.store)

    def each(self, noun: str, objects: Iterable[Content], handle: Callable[[Content], None]) -> None:
        """Handles objects one by one; one that fails leaves nothing behind and says why (soap-api.md 4.2)."""
        for content in objects:
            notices = len(self.notices)
            try:
                with self.tx.savepoint():
                    if not content.get("id"):
                        raise Invalid({"id": "is required"})
                    handle(content)
            except CommerceError as error:
                del self.notices[notices:]
                self.errors.append(f"{noun} {content.get('id', '')}: {reason(error)}")

    def result(self) -> Content:
        """The content of a `result` element."""
        return {
            "success": not self.errors,
            "errors": {"message": self.errors},
            "notices": {"message": self.notices},
        }

    # -- references

    def find(self, kind: str, reference: Content, name: str) -> int | None:
        """The object that `<name><id>…</id></name>` names; None when the id is empty. Raises Invalid when unknown."""
        external = reference.get("id", "")
        if not external:
            return None
        found = self.ids.resolve(kind, external)
        if found is None:
            raise Invalid({f"{name} {external}": "does not exist"})
        return found

    def store_of(self, content: Content, kind: str | None = None) -> Channel:
        """The store that `store` names. `kind`: it must be `dtc` or `wholesale`. Raises Invalid."""
        text = content.get("store", "")
        channel = self.reference.channels.get(whole(text, "store"))
        if channel is None:
            raise Invalid({f"store {text}": "does not exist"})
        if kind is not None and channel.type != kind:
            raise Invalid({f"store {text}": f"is not a {STORE_TYPES[kind]} store"})
        check_type(content, channel)
        return channel


def listed(content: Content, wrapper: str, child: str) -> list[Content]:
    """The children inside a wrapper element; an empty list without it."""
    found: list[Content] = content.get(wrapper, {}).get(child, [])
    return found


def reason(error: CommerceError) -> str:
    """What is wrong, in words."""
    return ", ".join(f"{thing} {why}" for thing, why in error.problems.items())


def check_type(content: Content, channel: Channel) -> None:
    """`type`, when it is sent, must be that of the store."""
    kind = content.get("type")
    if kind and kind != STORE_TYPES[channel.type]:
        raise Invalid({f"type {kind}": f"does not fit store {channel.id}"})


def whole(text: str, name: str, least: int = 0) -> int:
    """A whole number. Raises Invalid."""
    try:
        number = int(text) if text.isascii() else None
    except ValueError:
        number = None
    if number is None or not least <= number <= LARGEST:
        raise Invalid({name: f"is not a whole number: {text}" if number is None else f"cannot be {text}"})
    return number


def amount(text: str, name: str, negative: bool = False) -> int:
    """Hundredths of an amount with a decimal point and any number of decimals. Raises Invalid."""
    value = parse_amount(text)
    if value is None:
        raise Invalid({name: f"is not a number: {text}"})
    if value < 0 and not negative:
        raise Invalid({name: f"is negative: {text}"})
    return value


def day(text: str, name: str) -> int:
    """The first moment of a day YYYY-MM-DD. Raises Invalid."""
    try:
        if len(text) != 10:
            raise ValueError(text)
        date.fromisoformat(text)
        return from_local(text)
    except ValueError as error:
        raise Invalid({name: f"is not a date YYYY-MM-DD: {text}"}) from error


def yes(text: str, name: str) -> bool:
    """`yes` or `no`. Raises Invalid."""
    if text not in ("yes", "no"):
        raise Invalid({name: f"is neither yes nor no: {text}"})
    return text == "yes"


def truth(text: str, name: str) -> bool:
    """An XML Schema boolean. Raises Invalid."""
    if text not in ("true", "false", "1", "0"):
        raise Invalid({name: f"is neither true nor false: {text}"})
    return text in ("true", "1")


def one_of(text: str, name: str, choices: dict[str, str]) -> str:
    """What a word stands for. Raises Invalid for another word."""
    if text not in choices:
        raise Invalid({name: f"cannot be {text}"})
    return choices[text]
