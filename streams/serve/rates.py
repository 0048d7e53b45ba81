"""How many events a source may send a minute, so that one that runs wild does not take the others' room."""

from __future__ import annotations

import math
import time

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from streams.serve.problem import HttpProblem


class Rates:
    """Counted in this process, over a window that slides."""

    def __init__(self, events_per_minute: int) -> None:
        self._most = events_per_minute
        self._item = RateLimitItemPerMinute(events_per_minute)
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    def may_begin(self, source: str) -> None:
        """Before a body is read. Raises HttpProblem (429)."""
        if not self._limiter.test(self._item, source):
            raise self._too_many(source)

    def count(self, source: str, events: int) -> None:
        """A request takes at most the whole of a minute, and at least one event. Raises HttpProblem (429)."""
        if not self._limiter.hit(self._item, source, cost=max(1, min(events, self._most))):
            raise self._too_many(source)

    def _too_many(self, source: str) -> HttpProblem:
        after = math.ceil(max(1.0, self._limiter.get_window_stats(self._item, source).reset_time - time.time()))
        detail = f"more than {self._most:,} events within a minute: send again after {after} s"
        return HttpProblem("too-many", detail, {"Retry-After": str(after)})
