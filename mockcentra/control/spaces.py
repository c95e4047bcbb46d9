"""The spaces of the server: what there is, and letting one go (control.md, Spaces)."""

from typing import Any

from flask import Response

from mockcentra.control.transport import ControlError, answer, no_content, not_found, spaces
from mockcentra.store import Space
from mockcentra.store.clock import iso_text
from mockcentra.store.spaces import DEFAULT_SPACE


def list_spaces() -> Response:
    """`GET /_mock/spaces`."""
    return answer({"spaces": [_described(space) for space in spaces().all()]})


def remove_space(name: str) -> Response:
    """`DELETE /_mock/spaces/{name}`: its next request begins a new one. The default space stays."""
    if name == DEFAULT_SPACE:
        raise ControlError(409, "conflict", "the default space cannot be deleted; reset it instead")
    if not spaces().remove(name):
        raise not_found(f"there is no space {name!r}")
    return no_content()


def _described(space: Space) -> dict[str, Any]:
    return {
        "name": space.name,
        "created_at": iso_text(space.created_at),
        "last_used_at": iso_text(space.last_used_at),
        "requests": space.requests,
        "bytes": space.size(),
    }


ROUTES = (
    ("/spaces", ["GET"], list_spaces),
    ("/spaces/<name>", ["DELETE"], remove_space),
)
