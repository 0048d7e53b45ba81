"""The rule `guidance-overdue`: nobody has come to a centre to guide it for months. Pure."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from streams.clinical.center.case import EntityCase
from streams.clinical.center_rules import CENTER_ENTITY
from streams.clinical.episode import Episode, Found, Held, earliest
from streams.clinical.months import add_months
from streams.clinical.part import Part

ABOUT = CENTER_ENTITY


class Parameters(Part):
    """`months`: so long after the last guidance, else after the filing, the next is due."""

    months: int = Field(ge=1)


def find(case: EntityCase, parameters: Parameters) -> Found:
    """A centre that is filed and not closed, after the day on which guidance was due."""
    centre = case.county.centres.get(case.name)
    if centre is None:
        return Found()
    last = max((day for day in centre.guided_on if day <= case.today), default=centre.filed_on)
    due_on = add_months(last, parameters.months)
    changes = (*centre.changes_on, *centre.guided_on, due_on + timedelta(days=1))
    wake_on = earliest(*(day for day in changes if day > case.today))
    if not centre.is_open(case.today) or case.today <= due_on:
        return Found(wake_on=wake_on)
    return Found((Episode("", due_on=due_on, detail={"last_on": last.isoformat()}, records=(centre.filing,)),), wake_on)


def ended(case: EntityCase, held: Held, parameters: Parameters) -> str:
    return "done"
