"""External ids: what the token's integration calls objects (section 9)."""

from typing import TYPE_CHECKING

from mockcentra.apis.graphql.types import TYPES
from mockcentra.store import external_ids as rows

if TYPE_CHECKING:
    from mockcentra.apis.graphql.changes import Change

MAX_LENGTH = 255


def note_external_id(change: "Change", kind: str, object_id: int) -> None:
    """Keeps `input.externalId` for an object; user errors where it cannot be one. Null changes nothing.

    An entry that collides on either side is replaced.
    """
    given = change.input
    text = given.get("externalId")
    if text is None:
        return
    if not 1 <= len(text) <= MAX_LENGTH:
        given.error(f"externalId must have 1 to {MAX_LENGTH} characters", "externalId")
        return
    integration = change.token.integration_id
    if integration is None:
        given.error("The token belongs to no integration, which external ids need", "externalId")
        return
    external = TYPES[kind].external
    assert external is not None, f"{kind} has no external ids"
    rows.replace(change.tx, integration, external, object_id, text)
