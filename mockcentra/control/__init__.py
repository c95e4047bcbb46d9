"""The control API under /_mock/: what mockcentra adds of its own, one module a chapter of it.

`transport` holds what all of them share: reading a body, the shape of answers and of errors.
"""

from flask import Blueprint
from flask.blueprints import BlueprintSetupState

from mockcentra.control import clock, life, mail, settings, snapshots, spaces, unbuilt, uploads
from mockcentra.control.transport import ControlError, demand_token, phrase, refused

PREFIX = "/_mock"


def blueprint() -> Blueprint:
    """The control API as a blueprint."""
    blueprint = Blueprint("control", __name__, url_prefix=PREFIX)
    for module in (life, snapshots, spaces, clock, settings, mail, uploads, unbuilt):
        for rule, methods, view in module.ROUTES:
            blueprint.add_url_rule(rule, view.__name__, view, methods=methods)
    blueprint.register_error_handler(ControlError, refused)
    blueprint.record_once(_attach)
    return blueprint


def _attach(state: BlueprintSetupState) -> None:
    state.app.extensions["mockcentra.errors"].append((PREFIX, phrase))
    if state.app.extensions["mockcentra.settings"].control_token is not None:
        state.app.before_request(demand_token)
