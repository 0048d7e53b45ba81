"""The cases that rules of the centers stage look at: one child in one centre, one centre, one entity. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Container, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, time
from functools import cached_property

from streams.clinical.center.seen import Attendance, Check, Enrolment, Seen, Sign
from streams.clinical.center.working_days import Calendar
from streams.clinical.county import County


@dataclass(frozen=True)
class SubjectCase:
    """One subject in one centre at a moment: local date `today`, local time `clock`.

    `seen`: day → the subject's records of that day that stand, in any order; `enrolments`: those that stand.
    `reported`: the days with anybody's attendance record in the centre; `morning`: those with anybody's morning check.
    """

    subject: str
    today: date
    clock: time
    calendar: Calendar
    seen: Mapping[date, Sequence[Seen]] = field(default_factory=dict)
    enrolments: Sequence[Enrolment] = ()
    reported: Container[date] = frozenset[date]()
    morning: Container[date] = frozenset[date]()

    @cached_property
    def days(self) -> Sequence[date]:
        """The days with records of the subject until today, in their order."""
        return sorted(day for day in self.seen if day <= self.today)

    @cached_property
    def days_to_come(self) -> Sequence[date]:
        return [day for day in self.seen if day > self.today]

    def days_since(self, first: date) -> Sequence[date]:
        """Those of its days from `first` on."""
        return self.days[bisect_left(self.days, first) :]

    def attendance(self, day: date) -> Attendance | None:
        """The attendance that counts on a day until today: the newest of several."""
        told = [s for s in self.seen.get(day, ()) if isinstance(s, Attendance)] if day <= self.today else []
        return max(told, key=lambda a: a.rank, default=None)

    def is_enrolled(self, day: date, services: Set[str] | None = None) -> bool:
        return any(e.holds(day) and (services is None or e.service in services) for e in self.enrolments)

    def checks_on(self, day: date) -> list[Check]:
        """The checks of one day, earliest first."""
        return sorted((s for s in self.seen.get(day, ()) if isinstance(s, Check)), key=lambda check: check.rank)

    def episode(self, day: date) -> str:
        """The name of an episode of this child that began on a day."""
        return f"{self.subject}|{day.isoformat()}"


@dataclass(frozen=True)
class CenterCase:
    """`signs`: day → the signs of illness in one centre, in any order."""

    today: date
    signs: Mapping[date, Sequence[Sign]]


@dataclass(frozen=True)
class EntityCase:
    """An entity of the registry: the id of a centre or of a member of staff, or a source's name.

    `enrolled`: how many children are enrolled today, for a centre.
    """

    name: str
    today: date
    county: County
    enrolled: int = 0


def day_of(episode: str) -> date:
    """The day in the name of an episode."""
    return date.fromisoformat(episode.rpartition("|")[2])
