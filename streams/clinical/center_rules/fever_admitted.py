"""The rule `fever-admitted`: a child was let in with a fever. Pure."""

from __future__ import annotations

from datetime import date, timedelta

from pydantic import Field

from streams.clinical.center.case import SubjectCase, day_of
from streams.clinical.center.seen import Check
from streams.clinical.center_rules import SUBJECT
from streams.clinical.episode import Episode, Found, Held, earliest
from streams.clinical.part import Part

ABOUT = SUBJECT
ADMITTED = "admitted"
ONE_DAY = timedelta(days=1)


class Parameters(Part):
    """`fever_c`: from this temperature on; `open_days`: an alert ends so many days after its day."""

    fever_c: float = Field(ge=30, le=45)
    open_days: int = Field(ge=0)


def find(case: SubjectCase, parameters: Parameters) -> Found:
    """Each of the last days on which a check found a fever, admitted the child, and no later one did otherwise."""
    last = timedelta(days=parameters.open_days)
    looked_at = (_episode(case, day, parameters) for day in case.days_since(case.today - last))
    called = tuple(episode for episode in looked_at if episode is not None)
    ends = [day_of(episode.name) + last + ONE_DAY for episode in called]
    return Found(called, earliest(*ends, *case.days_to_come))


def _admissions(case: SubjectCase, day: date, parameters: Parameters) -> list[Check]:
    return [c for c in case.checks_on(day) if c.action == ADMITTED and (c.temperature_c or 0) >= parameters.fever_c]


def _open(case: SubjectCase, day: date, parameters: Parameters) -> list[Check]:
    """The admissions after which no check of the day did otherwise."""
    otherwise = max((c.rank[:2] for c in case.checks_on(day) if c.action != ADMITTED), default=None)
    found = _admissions(case, day, parameters)
    return found if otherwise is None else [check for check in found if check.rank[:2] >= otherwise]


def _episode(case: SubjectCase, day: date, parameters: Parameters) -> Episode | None:
    checks = _open(case, day, parameters)
    if not checks:
        return None
    warmest = max(check.temperature_c or 0 for check in checks)
    records = tuple(check.name for check in checks)
    return Episode(case.episode(day), due_on=day, detail={"temperature_c": warmest}, records=records)


def ended(case: SubjectCase, held: Held, parameters: Parameters) -> str:
    """done when a later check of the day did otherwise, expired when its days are over, else corrected."""
    day = day_of(held.name)
    if not _admissions(case, day, parameters):
        return "corrected"
    if not _open(case, day, parameters):
        return "done"
    return "expired" if case.today > day + timedelta(days=parameters.open_days) else "corrected"
