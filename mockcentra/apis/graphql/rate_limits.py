"""The six token buckets of a shop: what requests take from them, and when they are full again (section 8.2)."""

import math
import threading
from dataclasses import dataclass
from typing import Any

REQUESTS, COMPLEXITY, MUTATIONS = "REQUEST_COUNT", "QUERY_COMPLEXITY", "MUTATION_COUNT"
INTERVALS = {"TEN_SECONDS": 10, "ONE_HOUR": 3600}
REPORT = "report"

# tier: requests, complexity and mutations in ten seconds and in an hour
TIERS: dict[str, tuple[tuple[int, int], tuple[int, int], tuple[int, int]]] = {
    "documented": ((20, 10_000), (150_000, 20_000_000), (100, 1_000)),
    "standard": ((40, 3_600), (150_000, 20_000_000), (20, 1_800)),
    "growth": ((60, 5_000), (250_000, 30_000_000), (20, 1_800)),
    "enhanced": ((150, 20_000), (900_000, 90_000_000), (50, 4_500)),
    "high_volume": ((450, 40_000), (1_800_000, 180_000_000), (150, 7_000)),
    "enterprise": ((1_500, 85_000), (4_000_000, 400_000_000), (500, 25_000)),
}


def quotas(tier: str) -> list[tuple[str, str, int]]:
    """(type, interval, quota) of the six buckets of a tier, in the documented order."""
    sizes = TIERS.get(tier, TIERS["documented"])
    return [
        (kind, interval, size)
        for kind, row in zip((REQUESTS, COMPLEXITY, MUTATIONS), sizes, strict=True)
        for interval, size in zip(INTERVALS, row, strict=True)
    ]


@dataclass
class _Bucket:
    used: float = 0.0
    at: float = 0.0

    def settle(self, now: float, quota: int, seconds: int) -> None:
        """What has come back since the bucket was last looked at."""
        passed = now - self.at
        self.at = now
        if passed < -seconds:  # somebody set the clock back
            self.used = 0.0
        else:
            self.used = max(0.0, min(self.used, quota) - quota / seconds * max(passed, 0.0))


class Buckets:
    """The buckets of one shop: all its tokens draw on them. The clock is the shop's own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._buckets: dict[tuple[str, str], _Bucket] = {}

    def reset(self) -> None:
        with self._lock:
            self._buckets.clear()

    def take(self, mode: str, now: float, complexity: int, mutations: int) -> int | None:
        """Charges a request; None when it may pass, else the moment (unix seconds) from which it could.

        In the mode `report` use is counted, never above the quota, and only what is larger than the whole hour's
        complexity is refused.
        """
        needs = {REQUESTS: 1, COMPLEXITY: complexity, MUTATIONS: mutations}
        with self._lock:
            rows = [(self._settled(kind, interval, quota, now), needs[kind], quota, INTERVALS[interval])
                    for kind, interval, quota in quotas(mode)]  # fmt: skip
            if mode == REPORT:
                refused = complexity > TIERS["documented"][1][1]
                waits = [3600.0] if refused else []
            else:
                waits = [
                    (bucket.used + min(need, quota) - quota) * seconds / quota
                    for bucket, need, quota, seconds in rows
                    if need and bucket.used + need > quota + 1e-6
                ]
            if waits:
                return math.ceil(now + max(0.0, *waits))
            for bucket, need, quota, _ in rows:
                bucket.used = min(bucket.used + need, quota)
        return None

    def _settled(self, kind: str, interval: str, quota: int, now: float) -> _Bucket:
        bucket = self._buckets.setdefault((kind, interval), _Bucket(0.0, now))
        bucket.settle(now, quota, INTERVALS[interval])
        return bucket

    def report(self, mode: str, now: float) -> list[dict[str, Any]]:
        """The six buckets as `rateLimits` shows them, at the moment when the request was charged."""
        with self._lock:
            found = []
            for kind, interval, quota in quotas(mode):
                used = math.ceil(self._settled(kind, interval, quota, now).used - 1e-6)
                found.append(
                    {
                        "type": kind,
                        "intervalSeconds": interval,
                        "quota": quota,
                        "usedQuota": used,
                        "remainingQuota": quota - used,
                    }
                )
            return found
