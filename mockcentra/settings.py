"""Every setting of the server once: its flag, its MOCKCENTRA_* variable, its default and what it means."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

PREFIX = "MOCKCENTRA_"
RATE_LIMITS = ("report", "documented", "standard", "growth", "enhanced", "high_volume", "enterprise")
LOG_LEVELS = ("debug", "info", "warning", "error")


class SettingsError(Exception):
    """A setting has a value that it cannot have. One line for a person."""


def _about(text: str, metavar: str = "", choices: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"help": text, "metavar": metavar, "choices": choices}


@dataclass(frozen=True)
class Settings:
    """How a server is run. A field `log_level` is the flag `--log-level` and the variable `MOCKCENTRA_LOG_LEVEL`."""

    host: str = field(
        default="127.0.0.1", metadata=_about("Address to listen on; 0.0.0.0 for every network.", "ADDRESS")
    )
    port: int = field(default=8000, metadata=_about("Port to listen on; 0 takes a free one.", "PORT"))
    db: Path | None = field(
        default=None, metadata=_about("Keep the shop in this file; without it the shop lives in memory.", "PATH")
    )
    seed: int = field(
        default=1, metadata=_about("The number that decides every generated name, price and date.", "NUMBER")
    )
    products: int | None = field(
        default=None, metadata=_about("Ask for that many products, up to 10,000 (default: 120).", "N")
    )
    orders: int | None = field(default=None, metadata=_about("Ask for that many DTC orders (default: 176).", "N"))
    fixtures: Path | None = field(
        default=None, metadata=_about("Start a shop of your own from the YAML files in this folder.", "DIR")
    )
    log_level: str = field(default="info", metadata=_about("How much the server logs to stderr.", choices=LOG_LEVELS))
    threads: int = field(default=32, metadata=_about("Requests that are answered at the same time.", "N"))
    max_body_mb: int = field(default=64, metadata=_about("Requests with a larger body are answered with 413.", "MB"))
    graphql_rate_limits: str = field(
        default="report",
        metadata=_about("Refuse GraphQL requests over these quotas; report only counts.", choices=RATE_LIMITS),
    )
    control_token: str | None = field(
        default=None, metadata=_about("Ask for this bearer token on /_mock/* (but for health).", "TOKEN")
    )


def settings_from(values: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """The settings from `values` (by field name), else from MOCKCENTRA_* variables, else the defaults.

    Raises SettingsError for an unknown name and for a value of the wrong type.
    """
    given = dict(values or {})
    variables = os.environ if environ is None else environ
    known = {setting.name: setting for setting in fields(Settings)}
    for name in given:
        if name not in known:
            raise SettingsError(f"there is no setting {name!r}; known are {', '.join(known)}")
    for name in known:
        variable = variables.get(PREFIX + name.upper(), "")
        if name not in given and variable:
            given[name] = variable
    settings = Settings(**{name: _typed(name, known[name].type, value) for name, value in given.items()})
    _check(settings)
    return settings


def _typed(name: str, kind: Any, value: Any) -> Any:
    if value is None or not isinstance(value, str):
        return value
    if kind in (int, int | None):
        try:
            return int(value)
        except ValueError:
            raise SettingsError(f"{name} must be a whole number, not {value!r}") from None
    if kind is bool:
        lowered = value.lower()
        if lowered not in ("1", "true", "yes", "on", "0", "false", "no", "off"):
            raise SettingsError(f"{name} must be true or false, not {value!r}")
        return lowered in ("1", "true", "yes", "on")
    return Path(value) if kind == Path | None else value


# name: (smallest, largest) allowed value
BOUNDS = {
    "port": (0, 65535),
    "products": (1, 10_000),
    "orders": (1, 100_000),
    "threads": (1, 512),
    "max_body_mb": (1, 1024),
}


def _check(settings: Settings) -> None:
    for name, (smallest, largest) in BOUNDS.items():
        value = getattr(settings, name)
        if value is not None and not smallest <= value <= largest:
            raise SettingsError(f"{name} must be between {smallest} and {largest}, not {value}")
    if settings.log_level not in LOG_LEVELS:
        raise SettingsError(f"log_level must be one of {', '.join(LOG_LEVELS)}, not {settings.log_level!r}")
    if settings.graphql_rate_limits not in RATE_LIMITS:
        words = ", ".join(RATE_LIMITS)
        raise SettingsError(f"graphql_rate_limits must be one of {words}, not {settings.graphql_rate_limits!r}")
    if settings.db is not None and not settings.db.parent.is_dir():
        raise SettingsError(f"there is no folder {settings.db.parent} to keep {settings.db.name} in")
    if settings.fixtures is not None and not settings.fixtures.is_dir():
        raise SettingsError(f"there is no folder {settings.fixtures} with fixtures")
