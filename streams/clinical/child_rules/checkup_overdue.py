"""The rule `checkup-overdue`: at most one active alert per child, about the last checkup that was missed. Pure."""

from __future__ import annotations

from datetime import date, timedelta

from pydantic import Field

from streams.clinical.child.case import ChildCase
from streams.clinical.child.life import Life
from streams.clinical.child.milestones import Milestone
from streams.clinical.child.telling import CHECKUP
from streams.clinical.episode import ESCALATED, OPEN, Episode, Found, Held, earliest
from streams.clinical.part import Part

KINDS = frozenset({CHECKUP})


class Parameters(Part):
    """`grace_days_after_registration`: how long after registration a checkup that was due before it may wait."""

    grace_days_after_registration: int = Field(ge=0)


def opening_on(milestone: Milestone, life: Life, parameters: Parameters) -> date:
    """The first day of an alert: overdue_on, with some grace for a child registered after the due date."""
    window = milestone.window
    if life.registered_on <= window.due_on:
        return window.overdue_on
    grace = timedelta(days=parameters.grace_days_after_registration)
    return max(window.overdue_on, life.registered_on + grace)


def find(case: ChildCase, parameters: Parameters) -> Found:
    """The last milestone in schedule order that is owed and overdue at H, unless a later one is done."""
    called: tuple[Milestone, date] | None = None
    for milestone in case.schedule:
        if milestone.is_done:
            called = None
        elif milestone.is_owed and (opens := opening_on(milestone, case.life, parameters)) <= case.heard:
            called = (milestone, opens)
    wake_heard = _next_date(case, parameters)
    return Found((_episode(*called, case),) if called else (), None, wake_heard)


def _episode(milestone: Milestone, opens: date, case: ChildCase) -> Episode:
    window = milestone.window
    return Episode(
        name=milestone.name,
        state=ESCALATED if window.missed_on <= case.heard else OPEN,
        due_on=window.due_on,
        milestone=milestone.name,
        detail={
            "registered_on": case.life.registered_on.isoformat(),
            "opening_on": opens.isoformat(),
            "overdue_on": window.overdue_on.isoformat(),
            "missed_on": window.missed_on.isoformat(),
        },
        records=(case.life.holds.name,),
    )


def _next_date(case: ChildCase, parameters: Parameters) -> date | None:
    owed = [m for m in case.schedule if m.is_owed]
    dates = [d for m in owed for d in (opening_on(m, case.life, parameters), m.window.missed_on)]
    return earliest(*(day for day in dates if day > case.heard))


def ended(case: ChildCase, held: Held, parameters: Parameters) -> str:
    """done or done-late; caught-up when a later milestone was done; superseded by a later one that is overdue."""
    place = next((i for i, m in enumerate(case.schedule) if m.name == held.name), None)
    if place is None:
        return ""
    later = case.schedule[place + 1 :]
    if case.schedule[place].is_done:
        return case.schedule[place].status
    if any(m.is_done for m in later):
        return "caught-up"
    called = {episode.name for episode in find(case, parameters).episodes} if case.is_followed else set()
    return "superseded" if any(m.name in called for m in later) else ""
