"""Whom a tick wakes: children whose date has come, and those about whom more is confirmed than before. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from streams.timeline.memory import Memory
from streams.timeline.situation import Situation


class Waking:
    """`names`: children to be looked at; `anew`: those of them whose rules are all to be asked.

    `days`: dates that have come; `heards`: clinic → H, where it differs from that of the last tick.
    """

    def __init__(self, memory: Memory, before: Situation, now: Situation) -> None:
        self._memory, self._now = memory, now
        self._today = today = now.today or date.min
        self.days = [day for day in memory.wake if day <= today]
        self.heards = {
            clinic: heard
            for clinic in memory.of_clinic
            if (heard := now.heard(clinic, today)) != memory.heards.get(clinic)
        }
        self.anew = set(memory.children) if before.pack is not now.pack else set(self._less_confirmed())
        self.names = self.anew | {name for day in self.days for name in memory.wake[day]} & memory.children.keys()
        self.names |= set(self._more_confirmed()) | set(self._other_contracts(before))

    def _less_confirmed(self) -> Iterator[str]:
        """Of a clinic that is found to report more seldom, or to have unheard records that wait."""
        for clinic, heard in self.heards.items():
            if heard < self._memory.heards.get(clinic, date.min):
                yield from self._memory.of_clinic[clinic]

    def _more_confirmed(self) -> Iterator[str]:
        for clinic, heard in self.heards.items():
            for name in self._memory.of_clinic[clinic]:
                wake_heard = self._memory.children[name].wake_heard
                if wake_heard is not None and wake_heard <= heard:
                    yield name

    def _other_contracts(self, before: Situation) -> Iterator[str]:
        """Children with alerts in centres whose contracts are others now: their alerts may go to others."""
        then, now = before.county.contracts, self._now.county.contracts
        centers = set(self._memory.stale_centers)
        if then is not now:
            centers |= {center for center in then.keys() | now.keys() if then.get(center) != now.get(center)}
        if not centers:
            return
        for name, child in self._memory.children.items():
            place = child.life.place(self._today) if child.life else None
            if place and place.enrolment.center_id in centers and any(a.is_active for a in child.alerts.values()):
                yield name
