"""The rule `sick-absence`: a child stays away ill for days, or ill with a sign that spreads. Pure."""

from __future__ import annotations

from datetime import date, timedelta

from pydantic import Field

from streams.clinical.center.case import SubjectCase, day_of
from streams.clinical.center.seen import SICK, Attendance
from streams.clinical.center_rules import SUBJECT
from streams.clinical.episode import Episode, Found, Held, earliest
from streams.clinical.part import Part

ABOUT = SUBJECT


class Parameters(Part):
    """`days`: so many days of absence are an alert; one day is with one of `symptoms`."""

    days: int = Field(ge=1)
    symptoms: tuple[str, ...]


def find(case: SubjectCase, parameters: Parameters) -> Found:
    """The last days with attendance, as long as all of them are of absence because of illness."""
    wake_on = _wake_on(case)
    run = _run(case)
    if not run or not case.is_enrolled(case.today):
        return Found(wake_on=wake_on)
    symptoms = sorted({sign for told in run for sign in _symptoms(case, told)} & set(parameters.symptoms))
    if len(run) < parameters.days and not symptoms:
        return Found(wake_on=wake_on)
    days = [told.day.isoformat() for told in run]
    detail = {"days": days, "symptoms": symptoms}
    records = tuple(told.name for told in run)
    return Found((Episode(case.episode(run[0].day), due_on=run[0].day, detail=detail, records=records),), wake_on)


def _run(case: SubjectCase) -> list[Attendance]:
    run: list[Attendance] = []
    for day in reversed(case.days):
        told = case.attendance(day)
        if told is not None and told.reason != SICK:
            break
        run += [told] if told is not None else []
    return run[::-1]


def _symptoms(case: SubjectCase, told: Attendance) -> set[str]:
    return set(told.symptoms).union(*(check.symptoms for check in case.checks_on(told.day)))


def _wake_on(case: SubjectCase) -> date | None:
    """When the child is enrolled, or not any longer, or the day of a record comes."""
    left = [e.last + timedelta(days=1) for e in case.enrolments if e.last < date.max]
    days = [e.first for e in case.enrolments] + left
    return earliest(*(day for day in days if day > case.today), *case.days_to_come)


def ended(case: SubjectCase, held: Held, parameters: Parameters) -> str:
    """done when a later attendance says otherwise, departed when the child is enrolled no longer, else corrected."""
    first = day_of(held.name)
    began = case.attendance(first)
    if began is not None and began.reason == SICK:
        after = (case.attendance(day) for day in case.days if day > first)
        if any(told is not None and told.reason != SICK for told in after):
            return "done"
        if not case.is_enrolled(case.today):
            return "departed"
    return "corrected"
