"""External ids: what the token's integration calls objects (section 9)."""

from typing import TYPE_CHECKING

from mockcentra.apis.graphql.types import TYPES
from mockcentra.store import Transaction
from mockcentra.store import charts_writing as charts
from mockcentra.store import external_ids as rows

if TYPE_CHECKING:
    from mockcentra.apis.graphql.changes import Change, Input

MAX_LENGTH = 255


def problem_with(tx: Transaction, kind: str, object_id: int | None, external_id: str) -> str | None:
    """Why a text cannot be the external id of an object; None when it can. That of a size is `chart|size`."""
    if not 1 <= len(external_id) <= MAX_LENGTH or "\x00" in external_id:
        return f"externalId must have 1 to {MAX_LENGTH} characters"
    if kind == "size" and object_id is not None:
        expected = charts.full_name_of_size(tx, object_id)
        if external_id != expected:
            return f"The external id of this size is {expected}"
    return None


def note_external_id(change: "Change", kind: str, object_id: int, given: "Input | None" = None) -> None:
    """Keeps `input.externalId` (or that of `given`) for an object; user errors where it cannot be one.

    Null changes nothing. An entry that collides on either side is replaced.
    """
    given = change.input if given is None else given
    text = given.get("externalId")
    if text is None:
        return
    external = TYPES[kind].external
    assert external is not None, f"{kind} has no external ids"
    problem = problem_with(change.tx, external, object_id, text)
    if problem:
        given.error(problem, "externalId")
        return
    integration = change.token.integration_id
    if integration is None:
        given.error("The token belongs to no integration, which external ids need", "externalId")
        return
    rows.replace(change.tx, integration, external, object_id, text)
