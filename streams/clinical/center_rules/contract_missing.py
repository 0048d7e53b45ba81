"""The rule `contract-missing`: a centre has no contract with a clinic in force. Pure."""

from __future__ import annotations

from streams.clinical.center.case import EntityCase
from streams.clinical.center_rules import CENTER_ENTITY
from streams.clinical.episode import Episode, Found, Held, earliest
from streams.clinical.part import Part

ABOUT = CENTER_ENTITY


class Parameters(Part):
    """There is nothing to set."""


def find(case: EntityCase, parameters: Parameters) -> Found:
    """A centre that is filed and not closed, and with which nobody has a contract today."""
    centre = case.county.centres.get(case.name)
    if centre is None:
        return Found()
    changes = [day for day in centre.changes_on if day > case.today]
    wake_on = earliest(*changes, case.county.contract_changes_on(case.name, case.today))
    if not centre.is_open(case.today) or case.county.contracted(case.name, case.today):
        return Found(wake_on=wake_on)
    detail = {"filed_on": centre.filed_on.isoformat()}
    return Found((Episode("", detail=detail, records=(centre.filing,)),), wake_on)


def ended(case: EntityCase, held: Held, parameters: Parameters) -> str:
    return "done"
