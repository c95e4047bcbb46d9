"""The emulated payment provider: one page that stands in for all of them (payments.md A8)."""

from flask import Blueprint

from mockcentra.payments import page


def blueprint() -> Blueprint:
    """The provider's page as a blueprint."""
    blueprint = Blueprint("payments", __name__, url_prefix="/_mock/psp")
    blueprint.add_url_rule("/<ref>", "show", page.show, methods=["GET"])
    blueprint.add_url_rule("/<ref>", "decide", page.decide, methods=["POST"])
    return blueprint
