"""The shop's settings over HTTP (control.md, Settings)."""

from flask import Response

from mockcentra.commerce.errors import Invalid
from mockcentra.commerce.settings import change_settings, settings_of
from mockcentra.control.transport import answer, invalid, json_object, space


def read_settings() -> Response:
    """`GET /_mock/settings`: dotted keys with their values."""
    return answer(dict(settings_of(space().store)))


def patch_settings() -> Response:
    """`PATCH /_mock/settings`: takes some, answers all; one mistake and nothing changes."""
    changes = json_object()
    store = space().store
    try:
        with store.transaction() as tx:
            change_settings(tx, changes)
    except Invalid as error:
        field, why = next(iter(error.problems.items()))
        raise invalid(f"{field}: {why}", field) from error
    return answer(dict(settings_of(store)))


ROUTES = (
    ("/settings", ["GET"], read_settings),
    ("/settings", ["PATCH"], patch_settings),
)
