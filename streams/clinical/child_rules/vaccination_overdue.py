"""The rule `vaccination-overdue`: one alert for a child with doses that are overdue, naming them all. Pure."""

from __future__ import annotations

from typing import Any

from streams.clinical.child.case import ChildCase, named
from streams.clinical.child.telling import DEFERRED as DEFERRAL
from streams.clinical.child.telling import VACCINATED, Vaccination
from streams.clinical.episode import MOST_RECORDS, Episode, Found, Held
from streams.clinical.vaccination.doses import DONE, OVERDUE, UNKNOWN_TRANSITION, DoseState, immunisation_of
from streams.clinical.vaccination.parameters import Parameters

__all__ = ["KINDS", "Parameters", "ended", "find"]

KINDS = frozenset({VACCINATED, DEFERRAL})


def find(case: ChildCase, parameters: Parameters) -> Found:
    """At most one, of the doses that are overdue at H."""
    found = immunisation_of(case, parameters)
    overdue = [state for state in found.doses if state.status == OVERDUE]
    episodes = (_episode(overdue, found.doses, case),) if overdue else ()
    return Found(episodes, found.wake_on, found.wake_heard)


def _episode(overdue: list[DoseState], doses: tuple[DoseState, ...], case: ChildCase) -> Episode:
    holds, series = case.life.holds, {state.dated.dose.series for state in overdue}
    unknown = {state.dated.dose.series for state in doses if state.status == UNKNOWN_TRANSITION}
    codes = {state.dated.dose.code for state in doses if state.dated.dose.series in series}
    given = [v for v in case.until_today(Vaccination) if v.vaccine in codes]
    return Episode(
        name="",
        due_on=min(state.dated.due_on for state in overdue if state.dated.due_on),
        detail={"doses": [_shown(state) for state in overdue], "unknown_transition": sorted(unknown)},
        records=(holds.name, *named(*given))[:MOST_RECORDS],
    )


def _shown(state: DoseState) -> dict[str, Any]:
    dated = state.dated
    due_on, overdue_on = (day.isoformat() if day else None for day in (dated.due_on, dated.overdue_on))
    return {"dose": state.id, "due_on": due_on, "overdue_on": overdue_on}


def ended(case: ChildCase, held: Held, parameters: Parameters) -> str:
    """done: every dose that it named last was given."""
    listed = {dose["dose"] for dose in held.detail.get("doses", ())}
    done = {state.id for state in immunisation_of(case, parameters).doses if state.status == DONE}
    return "done" if listed and listed <= done else ""
