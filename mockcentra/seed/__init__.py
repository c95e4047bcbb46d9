"""Fixtures and dice -> a store: the default shop of seed.md, the same rows on every machine."""

from mockcentra.seed.build import SeedOptions, build_store, template_for
from mockcentra.seed.fixtures import FixtureError

__all__ = ["FixtureError", "SeedOptions", "build_store", "template_for"]
