"""The one family of errors that rules raise; each API turns them into its own documented shape."""

from collections.abc import Sequence
from typing import Any


class CommerceError(Exception):
    """Something the caller did cannot be done.

    `problems` maps what is wrong (a neutral name such as `item`, `voucher`, `address.city`) to why, in a few words
    (`not found`, `required`, `not valid` …). `keeps_changes` says that the transaction commits all the same.
    """

    keeps_changes = False

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(", ".join(f"{thing}: {why}" for thing, why in problems.items()))
        self.problems = problems


class NotFound(CommerceError):
    """The thing named does not exist for this caller. `why` only where it is not simply `not found`."""

    def __init__(self, thing: str, why: str = "not found") -> None:
        super().__init__({thing: why})


class Malformed(CommerceError):
    """The request itself is broken: wrong types, missing parts."""


class Invalid(CommerceError):
    """Well-formed, but not acceptable: a rule or a required field says no."""


class Conflict(CommerceError):
    """It clashes with what exists (an e-mail that is taken)."""


class Denied(CommerceError):
    """The caller may not do this."""

    def __init__(self, thing: str = "accessRight", why: str = "denied") -> None:
        super().__init__({thing: why})


class OutOfStock(CommerceError):
    """Pieces are missing; they have been taken off the selection, which therefore stays changed."""

    keeps_changes = True

    def __init__(self, shortages: Sequence[Any], cancelled_amount: int | None = None) -> None:
        super().__init__({"stock": "unavailable items"})
        self.shortages = list(shortages)
        self.cancelled_amount = cancelled_amount


class PaymentRefused(CommerceError):
    """The payment provider said no; the attempt stays on record."""

    keeps_changes = True

    def __init__(self, messages: Sequence[str] = (), why: str = "failed", code: str | None = None) -> None:
        super().__init__({"paymentMethod": why})
        self.messages = list(messages)
        self.code = code
