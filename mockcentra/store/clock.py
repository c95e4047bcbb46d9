"""The store's own clock: real time, shifted or frozen by whoever tests with it."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

ZONE_NAME = "Europe/Stockholm"
_FIRST_YEAR = 1000  # those before it are not printed with four digits, and the first one not in every zone


@lru_cache(maxsize=1)
def instance_zone() -> ZoneInfo:
    """The time zone of the instance, in which dates without an offset are printed and read."""
    return ZoneInfo(ZONE_NAME)


@dataclass(slots=True)
class Clock:
    """A clock that reads real time plus `offset_seconds`, or stands still at `frozen_at`."""

    offset_seconds: float = 0.0
    frozen_at: float | None = None

    def time(self) -> float:
        """The current moment in unix seconds."""
        if self.frozen_at is not None:
            return self.frozen_at
        return time.time() + self.offset_seconds

    def now(self) -> int:
        """The current moment in whole unix seconds, as the store keeps it."""
        return int(self.time())

    def set(self, moment: float | None = None, frozen: bool | None = None) -> None:
        """Moves the clock to `moment` (unix seconds) and freezes or releases it; what is None stays as it is."""
        target = self.time() if moment is None else moment
        stand_still = self.frozen_at is not None if frozen is None else frozen
        self.offset_seconds = target - time.time()
        self.frozen_at = target if stand_still else None

    def free(self) -> None:
        """Real time again."""
        self.offset_seconds, self.frozen_at = 0.0, None

    def copy(self) -> "Clock":
        return Clock(self.offset_seconds, self.frozen_at)


def local_text(moment: int | None) -> str:
    """`YYYY-MM-DD HH:MM:SS` in the instance's zone; the empty string for no moment."""
    if moment is None:
        return ""
    return datetime.fromtimestamp(moment, instance_zone()).strftime("%Y-%m-%d %H:%M:%S")


def local_iso(moment: int) -> str:
    """ISO-8601 with the offset of the instance's zone."""
    return datetime.fromtimestamp(moment, instance_zone()).isoformat(timespec="seconds")


def local_date(moment: int) -> str:
    """`YYYY-MM-DD` in the instance's zone."""
    return datetime.fromtimestamp(moment, instance_zone()).strftime("%Y-%m-%d")


def from_local(text: str) -> int:
    """Unix seconds of `YYYY-MM-DD` or `YYYY-MM-DD HH:MM:SS` in the instance's zone, from the year 1000 on.

    Raises ValueError for whatever is no such date.
    """
    told = datetime.fromisoformat(text)
    if told.year < _FIRST_YEAR:
        raise ValueError(text)
    return int(told.replace(tzinfo=instance_zone()).timestamp())


def iso_text(moment: float) -> str:
    """ISO-8601 with offset, as the control API prints moments."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds")
