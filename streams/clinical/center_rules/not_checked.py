"""The rule `not-checked`: a child was there and was not looked at, while others were. Pure."""

from __future__ import annotations

from datetime import date, time, timedelta

from pydantic import Field

from streams.clinical.center.case import SubjectCase, day_of
from streams.clinical.center.seen import MORNING
from streams.clinical.center_rules import SUBJECT
from streams.clinical.episode import Episode, Found, Held, earliest
from streams.clinical.part import Part

ABOUT = SUBJECT


class Parameters(Part):
    """`from_hour`: the local hour from which on today's checks should be there; `open_days` as for a fever."""

    from_hour: int = Field(ge=0, le=23)
    open_days: int = Field(ge=0)


def find(case: SubjectCase, parameters: Parameters) -> Found:
    """Each of the last days on which the child was present without a check in the morning.

    `wake_on` is today while the hour has not come: whoever asks by moments asks again at the next.
    """
    last = timedelta(days=parameters.open_days)
    missing = [day for day in case.days_since(case.today - last) if _is_missing(case, day)]
    is_late = case.clock >= time(parameters.from_hour)
    called = [day for day in missing if day < case.today or is_late]
    ends = [day + last + timedelta(days=1) for day in called]
    wake_on = case.today if len(called) < len(missing) else earliest(*ends, *case.days_to_come)
    return Found(tuple(_episode(case, day) for day in called), wake_on)


def _is_checked(case: SubjectCase, day: date) -> bool:
    return any(check.kind == MORNING for check in case.checks_on(day))


def _is_missing(case: SubjectCase, day: date) -> bool:
    told = case.attendance(day)
    return told is not None and told.present and day in case.morning and not _is_checked(case, day)


def _episode(case: SubjectCase, day: date) -> Episode:
    told = case.attendance(day)
    return Episode(case.episode(day), due_on=day, records=(told.name,) if told is not None else ())


def ended(case: SubjectCase, held: Held, parameters: Parameters) -> str:
    """done when the check came, expired when its days are over, else corrected."""
    day = day_of(held.name)
    if _is_checked(case, day):
        return "done"
    is_over = case.today > day + timedelta(days=parameters.open_days)
    return "expired" if is_over and _is_missing(case, day) else "corrected"
