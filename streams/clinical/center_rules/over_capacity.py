"""The rule `over-capacity`: more children are enrolled in a centre than it has places. Pure."""

from __future__ import annotations

from streams.clinical.center.case import EntityCase
from streams.clinical.center_rules import CENTER_ENTITY
from streams.clinical.episode import Episode, Found, Held, earliest
from streams.clinical.part import Part

ABOUT = CENTER_ENTITY


class Parameters(Part):
    """There is nothing to set."""


def find(case: EntityCase, parameters: Parameters) -> Found:
    """`wake_on` does not know of days on which other children will be enrolled: the number enrolled is the case's."""
    centre = case.county.centres.get(case.name)
    if centre is None:
        return Found()
    wake_on = earliest(*(day for day in centre.changes_on if day > case.today))
    if not centre.is_open(case.today) or case.enrolled <= centre.places:
        return Found(wake_on=wake_on)
    detail = {"enrolled": case.enrolled, "places": centre.places}
    return Found((Episode("", detail=detail, records=(centre.filing,)),), wake_on)


def ended(case: EntityCase, held: Held, parameters: Parameters) -> str:
    return "done"
