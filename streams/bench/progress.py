"""How fast a backlog went down, from samples of what was left. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Sample(NamedTuple):
    """At `at` (s) `done` of the backlog's offsets were committed, and the process had used `cpu` seconds."""

    at: float
    done: int
    cpu: float


@dataclass(frozen=True, slots=True)
class Pace:
    """In `seconds`, and `cpu` seconds of the process, `share` of the backlog was worked off."""

    seconds: float
    cpu: float
    share: float

    def rate(self, records: int) -> float:
        """Records a second, of a backlog of `records`."""
        return records * self.share / self.seconds

    def cpu_us(self, records: int) -> float:
        """Microseconds of CPU a record."""
        return self.cpu * 1e6 / (records * self.share)


def pace(samples: Sequence[Sample], total: int, begun: float) -> Pace:
    """From the first progress that was seen to the end, so that the start of the process does not count.

    A backlog so small that half of it was done at the first look is measured from `begun` on, start included.
    """
    first = next(sample for sample in samples if sample.done > 0)
    last = samples[-1]
    if 2 * first.done <= total and last.at > first.at:
        return Pace(last.at - first.at, last.cpu - first.cpu, (total - first.done) / total)
    return Pace(last.at - begun, last.cpu, 1.0)
