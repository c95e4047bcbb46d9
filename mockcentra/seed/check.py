"""Whether a store holds what seed.md promises: every promise as a named check, with what is wrong with it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from mockcentra.seed.checks import ALL, Check, Shop
from mockcentra.store.database import Store

OK, FAILED, NOT_BUILT = "ok", "failed", "not built"
MOST_PROBLEMS = 20
"""So many problems of one check are reported; the first ones tell."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of a check: `state` is ok, failed (with `problems`) or not built."""

    section: str
    name: str
    says: str
    state: str
    problems: tuple[str, ...] = ()


def check(store: Store, checks: Sequence[Check] = ALL) -> list[Finding]:
    """Runs the checks on a store and changes nothing; one finding a check, in the order of the sections.

    A check that breaks on the rows it meets has failed, too: a store may be damaged in any way.
    """
    with store.reading() as tx:
        shop = Shop(tx)
        return [_finding(each, shop) for each in checks]


def _finding(each: Check, shop: Shop) -> Finding:
    if each.run is None:
        return Finding(each.section, each.name, each.says, NOT_BUILT)
    try:
        problems = tuple(islice(each.run(shop), MOST_PROBLEMS))
    except (LookupError, TypeError, ValueError, AttributeError, RuntimeError, StopIteration) as error:
        problems = (f"the check broke: {type(error).__name__}: {error}",)
    return Finding(each.section, each.name, each.says, FAILED if problems else OK, problems)


def failures(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that failed."""
    return [finding for finding in findings if finding.state == FAILED]


def report(findings: Sequence[Finding]) -> Iterator[str]:
    """The findings as a table, line by line, with the problems below those that failed, and a sum at the end."""
    width = max(len(finding.name) for finding in findings)
    for finding in findings:
        yield f"{finding.section:<9}  {finding.name:<{width}}  {finding.state:<9}  {finding.says}"
        yield from (f"{'':<9}    - {problem}" for problem in finding.problems)
    counts = {state: sum(finding.state == state for finding in findings) for state in (OK, FAILED, NOT_BUILT)}
    yield ", ".join(f"{number} {state}" for state, number in counts.items())
