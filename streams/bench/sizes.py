"""How large each part of a run is, from the number of events that was asked for. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from streams.simulate import Plan

FULL = 200_000
"""Events of a run whose figures the aims are about."""
EVENTS_A_CHILD = 48
"""Of 120 simulated days."""
UNTIL = date(2026, 6, 30)
LATENCY_RATES = (500, 2_500)


@dataclass(frozen=True, slots=True)
class Sizes:
    """`events`: about how many the county publishes."""

    events: int

    @property
    def county(self) -> Plan:
        return Plan(children=max(10, self.events // EVENTS_A_CHILD), days=120, until=UNTIL, seed=1, faults="light")

    @property
    def latency_seconds(self) -> float:
        """How long each rate is published."""
        return max(2.0, min(12.0, 12.0 * self._part))

    @property
    def curve(self) -> tuple[int, int, int]:
        """Children held: 1,000, 10,000 and 100,000 in a full run."""
        return self._of(1_000), self._of(10_000), self._of(100_000)

    @property
    def curve_events(self) -> int:
        """The same number at each point of the curve."""
        return self._of(40_000)

    @property
    def recovered(self) -> int:
        """Children held when the stage is killed."""
        return self._of(15_000)

    @property
    def _part(self) -> float:
        return min(1.0, self.events / FULL)

    def _of(self, full: int) -> int:
        return max(10, round(full * self._part))
