"""The rule `source-silent`: a source has not been heard for longer than it says it takes to report. Pure."""

from __future__ import annotations

from datetime import date, timedelta

from pydantic import Field

from streams.clinical.center.case import EntityCase
from streams.clinical.center_rules import SOURCE_ENTITY
from streams.clinical.county import IRREGULAR
from streams.clinical.episode import Episode, Found, Held, earliest
from streams.clinical.part import Part

ABOUT = SOURCE_ENTITY
REPORTING = ("clinic", "center")


class Parameters(Part):
    """So many whole days of silence are an alert: `working_days` of a source that reports on those, else `days`."""

    working_days: int = Field(ge=1)
    days: int = Field(ge=1)


def find(case: EntityCase, parameters: Parameters) -> Found:
    """A clinic or centre that is registered to report regularly. `case.name`: the source."""
    county, (side, _, name) = case.county, case.name.partition(":")
    cadence, registered = county.cadences.get(case.name), county.registered.get(case.name)
    if cadence in (None, IRREGULAR) or registered is None or side not in REPORTING:
        return Found()
    centre = county.centres.get(name) if side == "center" else None
    if centre is not None and centre.is_closed(case.today):
        return Found()
    heard = county.heard_on(case.name)
    silent_on = _silent_on(case, heard or registered, cadence or "", parameters)
    if case.today < silent_on:
        return Found(wake_on=silent_on)
    detail = {"heard_on": heard.isoformat() if heard else None, "cadence": cadence}
    closes = centre.closed_on if centre is not None else None
    return Found((Episode("", detail=detail),), earliest(closes))


def _silent_on(case: EntityCase, heard: date, cadence: str, parameters: Parameters) -> date:
    """The first day before which enough days without a word have passed."""
    if cadence == "working-days":
        return case.county.calendar.first_with(heard, parameters.working_days)
    return heard + timedelta(days=parameters.days + 1)


def ended(case: EntityCase, held: Held, parameters: Parameters) -> str:
    return "done"
