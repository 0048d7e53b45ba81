"""What derived values depend on besides a child's own records: the rules, the county, and what time it is. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Self

from streams.clinical.basis import Basis
from streams.clinical.county import County
from streams.clinical.pack import RulePack


@dataclass(frozen=True, slots=True)
class Situation:
    """`now`: the watermark (UTC text), "" before the first tick."""

    zone: tzinfo
    pack: RulePack
    county: County
    now: str = ""

    @classmethod
    def on(cls, basis: Basis, configured: RulePack, zone: tzinfo, now: str) -> Self:
        """`configured`: the rules to begin with."""
        return cls(zone, basis.pack or configured, basis.county, now)

    @property
    def today(self) -> date | None:
        return self.day_of(self.now)

    def day_of(self, now: str) -> date | None:
        """The local date of a watermark; None before the first."""
        return datetime.fromisoformat(now).astimezone(self.zone).date() if now else None

    def heard(self, clinic_id: str, today: date) -> date:
        """H of a clinic's children: today, but not beyond what the clinic has confirmed."""
        return self.county.confirmed_until(f"clinic:{clinic_id}", today)
