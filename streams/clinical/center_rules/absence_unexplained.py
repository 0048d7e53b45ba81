"""The rule `absence-unexplained`: a child stays away for working days on end, and nobody says why. Pure."""

from __future__ import annotations

from datetime import date, timedelta

from pydantic import Field

from streams.clinical.center.case import SubjectCase, day_of
from streams.clinical.center.seen import UNKNOWN, Attendance
from streams.clinical.center_rules import SUBJECT
from streams.clinical.episode import Episode, Found, Held, earliest
from streams.clinical.part import Part

ABOUT = SUBJECT
ONE_DAY = timedelta(days=1)
REGULAR = frozenset({"full-day", "half-day"})


class Parameters(Part):
    """`working_days`: from so many on it is an alert."""

    working_days: int = Field(ge=1)


class Run:
    """Unexplained days in a row, counted forward. `ended`: "" while it goes on, else record, silence or leave."""

    def __init__(self, needed: int) -> None:
        self.needed, self.days, self.ended = needed, list[date](), ""

    @property
    def is_alarmed(self) -> bool:
        return len(self.days) >= self.needed

    def take(self, case: SubjectCase, day: date) -> None:
        """What a working day says."""
        told = case.attendance(day)
        if not case.is_enrolled(day, REGULAR):
            self.ended = "leave"
        elif told is not None and _explains(told):
            self.ended = "record"
        elif day not in case.reported:
            self.ended = "" if self.is_alarmed else "silence"
        elif told is not None or day < case.today:
            self.days.append(day)


def find(case: SubjectCase, parameters: Parameters) -> Found:
    """The run that goes on today, once it is long enough."""
    run = Run(parameters.working_days)
    for day in _working_days(case, _settled_before(case)):
        run.take(case, day)
        if run.ended:
            run = Run(parameters.working_days)
    wake_on = _wake_on(case)
    return Found((_episode(case, run),), wake_on) if run.is_alarmed else Found(wake_on=wake_on)


def _explains(told: Attendance) -> bool:
    return told.present or told.reason != UNKNOWN


def _settled_before(case: SubjectCase) -> date:
    """The first day that matters: after the last working day on which the child came, was explained or not enrolled."""
    day = case.today
    while case.is_enrolled(day, REGULAR) or not case.calendar.is_working(day):
        told = case.attendance(day)
        if case.calendar.is_working(day) and told is not None and _explains(told):
            break
        if day < _first_day(case):
            break
        day -= ONE_DAY
    return day + ONE_DAY


def _first_day(case: SubjectCase) -> date:
    return min((e.first for e in case.enrolments), default=case.today)


def _working_days(case: SubjectCase, first: date) -> list[date]:
    days = (first + timedelta(days=n) for n in range((case.today - first).days + 1))
    return [day for day in days if case.calendar.is_working(day)]


def _wake_on(case: SubjectCase) -> date | None:
    """Every day while the child is enrolled, else on the day on which it will be."""
    if any(e.first <= case.today <= e.last for e in case.enrolments):
        return case.today + ONE_DAY
    return earliest(*(e.first for e in case.enrolments if e.first > case.today))


def _episode(case: SubjectCase, run: Run) -> Episode:
    told = [attendance for day in run.days if (attendance := case.attendance(day)) is not None]
    return Episode(
        name=case.episode(run.days[0]),
        due_on=run.days[0],
        detail={"days": [day.isoformat() for day in run.days]},
        records=tuple(attendance.name for attendance in told),
    )


def ended(case: SubjectCase, held: Held, parameters: Parameters) -> str:
    """done when a record ended the run, departed when the child is not enrolled any longer, else corrected."""
    run = Run(parameters.working_days)
    for day in _working_days(case, day_of(held.name)):
        run.take(case, day)
        if run.ended:
            break
    if not run.is_alarmed:
        return "corrected"
    return {"record": "done", "leave": "departed"}.get(run.ended, "corrected")
