"""The shop's clock: reading it, setting it, moving it on (control.md, Clock)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Response

from mockcentra.commerce.due import Happening, move_clock
from mockcentra.control.transport import answer, body_with, invalid, space
from mockcentra.store import Clock
from mockcentra.store.clock import iso_text

UNITS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
# The moments that the clock can show: years in which every zone and every later term can still be printed.
EARLIEST, LATEST = 0, 250_000_000_000


def read_clock() -> Response:
    """`GET /_mock/clock`."""
    return answer(_described(space().store.clock))


def set_clock() -> Response:
    """`PUT /_mock/clock` with any of `now` and `frozen`."""
    body = body_with("now", "frozen")
    moment = _moment(body["now"]) if "now" in body else None
    frozen = body.get("frozen")
    if frozen is not None and not isinstance(frozen, bool):
        raise invalid("frozen must be true or false", "frozen")
    return _moved(lambda clock: clock.set(moment, frozen))


def advance_clock() -> Response:
    """`POST /_mock/clock/advance` by seconds, minutes, hours and days; never back."""
    body = body_with(*UNITS)
    seconds = 0.0
    for unit, length in UNITS.items():
        value = body.get(unit, 0)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
            raise invalid(f"{unit} must be a number, 0 or more", unit)
        seconds += min(value, LATEST) * length
    return _moved(lambda clock: clock.set(_bounded(clock.time() + seconds)))


def free_clock() -> Response:
    """`DELETE /_mock/clock`: real time again."""
    return _moved(Clock.free)


def _moved(move: Callable[[Clock], None]) -> Response:
    store = space().store
    happened = move_clock(store, move)
    return answer({**_described(store.clock), "happened": [_happening(entry) for entry in happened]})


def _moment(text: Any) -> float:
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise invalid("now needs an offset: 2027-01-01T00:00:00+00:00", "now")
        return _bounded(moment.timestamp())
    except (TypeError, ValueError, OverflowError):
        raise invalid("now must be a moment such as 2027-01-01T00:00:00+00:00", "now") from None


def _bounded(moment: float) -> float:
    if not EARLIEST <= moment <= LATEST:
        raise invalid("the clock goes from 1970 to 9892", "now")
    return moment


def _described(clock: Clock) -> dict[str, Any]:
    return {
        "now": iso_text(clock.time()),
        "frozen": clock.frozen_at is not None,
        "offset_seconds": round(clock.offset_seconds),
    }


def _happening(entry: Happening) -> dict[str, Any]:
    return {"at": iso_text(entry.at), "what": entry.what, "id": entry.id}


ROUTES = (
    ("/clock", ["GET"], read_clock),
    ("/clock", ["PUT"], set_clock),
    ("/clock", ["DELETE"], free_clock),
    ("/clock/advance", ["POST"], advance_clock),
)
