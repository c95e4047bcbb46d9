"""Makes a shop: runs the steps of the seed, in their order, over an empty store."""

import importlib
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from mockcentra.seed.fixtures import Fixtures, fixtures_digest
from mockcentra.seed.world import Progress, World
from mockcentra.store.seeding import broken_references, settle_revisions
from mockcentra.store.template import Template, open_template, template_key
from mockcentra.store.tools import size

# Each is a module of this package with `FILES` (its fixture files and their sections) and `seed(world)`.
# A step may refer to whatever the ones before it made.
STEPS = (
    "company",
    "tax",
    "checkout",
    "access",
    "catalogue",
    "stock",
    "campaigns",
    "promotions",
    "content",
    "wholesale",
    "people",
    "wholesale_orders",
    "orders",
    "returns",
    "supply",
    "soap_queue",
)


@dataclass(frozen=True)
class SeedOptions:
    """What decides a seeded shop. None for a number of things: as many as the fixtures say."""

    seed: int = 1
    products: int | None = None
    orders: int | None = None
    fixtures: Path | None = None


def _steps() -> list[tuple[str, ModuleType]]:
    return [(name, importlib.import_module(f"mockcentra.seed.{name}")) for name in STEPS]


def _sections(steps: Sequence[tuple[str, ModuleType]]) -> dict[str, tuple[str, ...]]:
    """Every fixture file with the sections that some step reads."""
    sections: dict[str, tuple[str, ...]] = {}
    for _, module in steps:
        for file, names in module.FILES.items():
            sections[file] = (*sections.get(file, ()), *names)
    return sections


def build_store(connection: sqlite3.Connection, options: SeedOptions, progress: Progress | None = None) -> None:
    """Fills an empty store that has its schema. `progress(step, done, total)` is told how far it is.

    Raises FixtureError when a fixture has a mistake.
    """
    steps = _steps()
    fixtures = Fixtures(options.fixtures, _sections(steps))
    world = World(connection, fixtures, options.seed, options.products, options.orders, progress)
    for name, module in steps:
        with world.step(name):
            world.report(0, 1)
            module.seed(world)
            world.report(1, 1)
    with world.step("check"):
        settle_revisions(world.tx)
        for thing, number in size(world.tx).items():
            world.note(thing, str(number))
        broken = broken_references(world.tx)
        if broken:
            raise RuntimeError(f"the seed made rows that refer to nothing: {', '.join(broken[:5])}")


def template_for(options: SeedOptions, progress: Progress | None = None) -> Template:
    """The seeded store as a template: from the cache, or made now.

    Raises FixtureError when a fixture has a mistake, StoreError when the template cannot be kept.
    """
    key = template_key(fixtures_digest(options.fixtures), options.seed, options.products, options.orders)
    return open_template(key, lambda connection: build_store(connection, options, progress))
