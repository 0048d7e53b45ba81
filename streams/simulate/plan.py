"""What to simulate, and how large the county's parts are for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Faults = Literal["none", "light", "heavy"]
REFERENCE_CHILDREN = 5_400
REFERENCE_CENTERS, REFERENCE_PLACES, REFERENCE_RESIDENTS = 30, 2_565, 455_600

EARLIEST = date(1980, 1, 1)
"""The earliest last day: its oldest children are born seven years before it, and a Date begins with 1970."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The defaults are the reference county: 30 centres, 2,565 inclusive places, 455,600 residents."""

    children: int = REFERENCE_CHILDREN
    days: int = 120
    until: date = date(2026, 6, 30)
    seed: int = 1
    faults: Faults = "light"

    @property
    def first_day(self) -> date:
        return self.until - timedelta(days=self.days - 1)

    @property
    def centers(self) -> int:
        return min(REFERENCE_CENTERS, max(3, self.children * REFERENCE_CENTERS // REFERENCE_CHILDREN))

    @property
    def clinics(self) -> int:
        return min(14, max(4, self.children // 350))

    @property
    def inclusive_places(self) -> int:
        return REFERENCE_PLACES * self.centers // REFERENCE_CENTERS

    @property
    def residents(self) -> int:
        return REFERENCE_RESIDENTS * self.centers // REFERENCE_CENTERS

    @property
    def mishap_rate(self) -> float:
        """Share of records to which something happens on their way."""
        return {"none": 0.0, "light": 0.02, "heavy": 0.12}[self.faults]

    @property
    def misrouted_share(self) -> float:
        """Share of records that lie in another partition than their key says."""
        return {"none": 0.0, "light": 0.01, "heavy": 0.05}[self.faults]
