"""Promises of seed.md that cannot be kept yet, because the rules behind them are not there."""

from mockcentra.seed.checks.shop import Check

CHECKS = (
    Check("10", "providers", "The payment methods of real providers can be chosen."),
    Check("14", "registered subscriptions", "One active and one paused on packages."),
)
