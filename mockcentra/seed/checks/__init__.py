"""The promises of seed.md as tables of checks, a module a subject; `mockcentra.seed.check` runs them."""

from mockcentra.seed.checks import (
    catalogue,
    company,
    general,
    invariants,
    later,
    offers,
    orders,
    people,
    stock,
    supply,
    wholesale,
)
from mockcentra.seed.checks.shop import Check, Shop

__all__ = ["ALL", "Check", "Shop"]

_MODULES = (general, company, catalogue, stock, offers, people, orders, supply, wholesale, invariants, later)


def _place(check: Check) -> tuple[bool, int]:
    """The sections of seed.md in their order, then those of domain.md."""
    document, _, number = check.section.rpartition(" ")
    return bool(document), int(number)


ALL: tuple[Check, ...] = tuple(sorted((check for module in _MODULES for check in module.CHECKS), key=_place))
"""Every check, by section."""
