"""The cases that rules of the centers stage look at: one child in one centre, one centre, one entity. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, time
from functools import cached_property

from streams.clinical.center.seen import Attendance, Check, Enrolment, Sign
from streams.clinical.center.working_days import Calendar
from streams.clinical.county import County


@dataclass(frozen=True)
class SubjectCase:
    """One subject in one centre at a moment: local date `today`, local time `clock`.

    `attendances`, `checks`, `enrolments`: those of the subject that stand, in any order. `reported`: the days with an
    attendance record of anybody in the centre; `morning`: those with anybody's morning check.
    """

    subject: str
    today: date
    clock: time
    calendar: Calendar
    attendances: Sequence[Attendance] = ()
    checks: Sequence[Check] = ()
    enrolments: Sequence[Enrolment] = ()
    reported: Set[date] = frozenset()
    morning: Set[date] = frozenset()

    @cached_property
    def attended(self) -> Mapping[date, Attendance]:
        """Day → the attendance that counts: the newest of several. Days after today are left out."""
        told = sorted((a for a in self.attendances if a.day <= self.today), key=lambda a: a.rank)
        return {attendance.day: attendance for attendance in told}

    def is_enrolled(self, day: date, services: Set[str] | None = None) -> bool:
        return any(e.holds(day) and (services is None or e.service in services) for e in self.enrolments)

    def checks_on(self, day: date) -> list[Check]:
        """The checks of one day, earliest first."""
        return sorted((check for check in self.checks if check.day == day), key=lambda check: check.rank)

    def episode(self, day: date) -> str:
        """The name of an episode of this child that began on a day."""
        return f"{self.subject}|{day.isoformat()}"


@dataclass(frozen=True)
class CenterCase:
    """All signs of illness in one centre, in any order."""

    today: date
    signs: Sequence[Sign]


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
