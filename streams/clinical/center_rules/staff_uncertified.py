"""The rule `staff-uncertified`: a certificate runs out soon, or has run out. Pure."""

from __future__ import annotations

from datetime import date, timedelta

from pydantic import Field

from streams.clinical.center.case import EntityCase
from streams.clinical.center_rules import STAFF_ENTITY
from streams.clinical.episode import ESCALATED, OPEN, Episode, Found, Held, earliest
from streams.clinical.part import Part

ABOUT = STAFF_ENTITY


class Parameters(Part):
    """`days_before`: so long before a certificate's last day it is an alert; it escalates after that day."""

    days_before: int = Field(ge=0)


def find(case: EntityCase, parameters: Parameters) -> Found:
    """The certificate that holds, of one who works in a centre that is not closed."""
    staff = case.county.staff.get(case.name)
    if staff is None or staff.valid_until is None or staff.has_left(case.today):
        return Found()
    centre = case.county.centres.get(staff.center_id)
    if centre is not None and centre.is_closed(case.today):
        return Found()
    opens, runs_out = staff.valid_until - timedelta(days=parameters.days_before), staff.valid_until
    changes = (opens, runs_out + timedelta(days=1), staff.left_on, centre.closed_on if centre else None)
    wake_on = earliest(*(day for day in changes if day is not None and day > case.today))
    if case.today < opens:
        return Found(wake_on=wake_on)
    return Found((_episode(case, runs_out, staff.certification),), wake_on)


def _episode(case: EntityCase, runs_out: date, certification: tuple[str, str, str]) -> Episode:
    return Episode(
        name=case.name,
        state=ESCALATED if case.today > runs_out else OPEN,
        due_on=runs_out,
        detail={"valid_until": runs_out.isoformat()},
        records=(certification,),
    )


def ended(case: EntityCase, held: Held, parameters: Parameters) -> str:
    """departed when the person has left, done when the certificate was renewed, else corrected."""
    staff = case.county.staff.get(case.name)
    if staff is None:
        return "corrected"
    if staff.has_left(case.today):
        return "departed"
    before = date.fromisoformat(held.detail["valid_until"])
    return "done" if staff.valid_until is None or staff.valid_until > before else "corrected"
