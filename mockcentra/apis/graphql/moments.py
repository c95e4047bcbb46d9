"""Moments of the GraphQL API: PHP's date patterns on the way out, whatever PHP could parse on the way in."""

import re
from datetime import datetime, time, timedelta
from functools import lru_cache

from graphql import GraphQLError

from mockcentra.store.clock import instance_zone

MAX_PATTERN = 100
_KEPT_PATTERN = 25
DEFAULT_FORMAT = "Y-m-d\\TH:i:sP"
DAY_FORMAT = "Y-m-d"

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAY_FIRST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(.*)", re.DOTALL)
_STEP = re.compile(r"([+-]?\d+)\s*(sec|second|min|minute|hour|day|week|month|year)s?(\s+ago)?")
_CLOCK = re.compile(r"\d{1,2}:\d\d(:\d\d)?")
_UTC = re.compile(r" ?(UTC|GMT|Z)$")
_SHORT_DAY = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_STEPS = {"sec": "seconds", "second": "seconds", "min": "minutes", "minute": "minutes", "hour": "hours"}
_WORDS = {"today": 0, "midnight": 0, "yesterday": -1, "tomorrow": 1}


def shown(moment: int, pattern: str = DEFAULT_FORMAT) -> str:
    """A moment in the instance's zone by a pattern of PHP's `date()` (section 6.6). Raises GraphQLError: too long."""
    if len(pattern) > MAX_PATTERN:
        raise GraphQLError(f"A format has at most {MAX_PATTERN} characters.")
    return _kept(moment, pattern) if len(pattern) <= _KEPT_PATTERN else _written(moment, pattern)


@lru_cache(maxsize=20_000)
def _kept(moment: int, pattern: str) -> str:
    return _written(moment, pattern)


def _written(moment: int, pattern: str) -> str:
    local = datetime.fromtimestamp(moment, instance_zone())
    if pattern == DEFAULT_FORMAT:
        return local.isoformat()
    if pattern == DAY_FORMAT:
        return local.strftime("%Y-%m-%d")
    known: dict[str, str] = {}
    parts, escaped = [], False
    for letter in pattern:
        if escaped:
            parts.append(letter)
            escaped = False
        elif letter == "\\":
            escaped = True
        else:
            part = known.get(letter)
            if part is None:
                write = _LETTERS.get(letter)
                part = known[letter] = letter if write is None else write(local)
            parts.append(part)
    return "".join(parts)


def _offset(local: datetime, colon: str) -> str:
    seconds = int((local.utcoffset() or timedelta()).total_seconds())
    hours, rest = divmod(abs(seconds), 3600)
    return f"{'-' if seconds < 0 else '+'}{hours:02d}{colon}{rest // 60:02d}"


_LETTERS = {
    "d": lambda t: f"{t.day:02d}",
    "j": lambda t: str(t.day),
    "D": lambda t: _DAYS[t.weekday()][:3],
    "l": lambda t: _DAYS[t.weekday()],
    "N": lambda t: str(t.isoweekday()),
    "w": lambda t: str(t.isoweekday() % 7),
    "z": lambda t: str(t.timetuple().tm_yday - 1),
    "m": lambda t: f"{t.month:02d}",
    "n": lambda t: str(t.month),
    "M": lambda t: _MONTHS[t.month - 1][:3],
    "F": lambda t: _MONTHS[t.month - 1],
    "Y": lambda t: f"{t.year:04d}",
    "y": lambda t: f"{t.year % 100:02d}",
    "H": lambda t: f"{t.hour:02d}",
    "G": lambda t: str(t.hour),
    "h": lambda t: f"{t.hour % 12 or 12:02d}",
    "g": lambda t: str(t.hour % 12 or 12),
    "i": lambda t: f"{t.minute:02d}",
    "s": lambda t: f"{t.second:02d}",
    "v": lambda t: "000",
    "u": lambda t: "000000",
    "a": lambda t: "am" if t.hour < 12 else "pm",
    "A": lambda t: "AM" if t.hour < 12 else "PM",
    "O": lambda t: _offset(t, ""),
    "P": lambda t: _offset(t, ":"),
    "T": lambda t: t.tzname() or "",
    "e": lambda t: str(instance_zone()),
    "U": lambda t: str(int(t.timestamp())),
    "c": lambda t: t.isoformat(),
    "r": lambda t: (
        f"{_DAYS[t.weekday()][:3]}, {t.day:02d} {_MONTHS[t.month - 1][:3]} {t.year:04d} "
        f"{t.hour:02d}:{t.minute:02d}:{t.second:02d} {_offset(t, '')}"
    ),
}


def read(text: str, now: int) -> int:
    """Unix seconds of a written moment; without an offset it is local, a date alone is its midnight.

    Raises ValueError for what is none.
    """
    cleaned = " ".join(text.split())
    if not cleaned or len(cleaned) > 60:
        raise ValueError(text)
    lowered = cleaned.lower()
    if lowered == "now":
        return now
    zone = instance_zone()
    local = datetime.fromtimestamp(now, zone)
    word, _, rest = lowered.partition(" ")
    if word in _WORDS:
        local = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=_WORDS[word])
        if _CLOCK.fullmatch(rest):
            return _second(datetime.combine(local.date(), time.fromisoformat(rest.zfill(5)), zone))
        return _second(_stepped(local, rest))
    if word == "now":
        return _second(_stepped(local, rest))
    if _STEP.match(lowered):
        return _second(_stepped(local, lowered))
    if lowered.startswith("@") and lowered[1:].isdigit():
        return _checked(int(lowered[1:]))
    day_first = _DAY_FIRST.fullmatch(cleaned)
    if day_first:
        day, month, year, clock = day_first.groups()
        cleaned = f"{year}-{int(month):02d}-{int(day):02d}{clock}"
    cleaned = _UTC.sub("+00:00", cleaned.replace("/", "-").upper())
    cleaned = _SHORT_DAY.sub(lambda part: f"{part[1]}-{int(part[2]):02d}-{int(part[3]):02d}", cleaned)
    moment = datetime.fromisoformat(cleaned)
    return _second(moment if moment.tzinfo else moment.replace(tzinfo=zone))


def day_of(moment: int) -> tuple[int, int]:
    """The first and the last second of a moment's day in the instance's zone."""
    first = datetime.fromtimestamp(moment, instance_zone()).replace(hour=0, minute=0, second=0, microsecond=0)
    return int(first.timestamp()), int((first + timedelta(days=1)).timestamp()) - 1


def _stepped(local: datetime, text: str) -> datetime:
    """A relative moment such as `-1 hour` or `+2 weeks 3 days`."""
    position = 0
    while position < len(text):
        step = _STEP.match(text, position)
        if step is None:
            raise ValueError(text)
        amount = int(step[1]) * (-1 if step[3] else 1)
        if abs(amount) > 1_000_000_000:
            raise ValueError(text)
        local = _moved(local, amount, step[2])
        position = step.end()
        while position < len(text) and text[position] == " ":
            position += 1
    return local


def _moved(local: datetime, amount: int, unit: str) -> datetime:
    try:
        if unit in _STEPS:
            return datetime.fromtimestamp(
                local.timestamp() + timedelta(**{_STEPS[unit]: amount}).total_seconds(), instance_zone()
            )
        if unit in ("day", "week"):
            return local + timedelta(days=amount * (7 if unit == "week" else 1))
        months = local.month - 1 + amount * (12 if unit == "year" else 1)
        first = local.replace(year=local.year + months // 12, month=months % 12 + 1, day=1)
        return first + timedelta(days=local.day - 1)
    except (OverflowError, OSError) as error:
        raise ValueError(amount) from error


def _second(moment: datetime) -> int:
    try:
        return _checked(int(moment.timestamp()))
    except (OverflowError, OSError) as error:
        raise ValueError(str(moment)) from error


def _checked(moment: int) -> int:
    if not -30_000_000_000 < moment < 200_000_000_000:
        raise ValueError(moment)
    return moment
