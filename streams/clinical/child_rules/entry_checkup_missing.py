"""The rule `entry-checkup-missing`: a child is in a centre without a checkup from before it came, or since. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from pydantic import Field

from streams.clinical.child.case import ChildCase, named
from streams.clinical.child.life import Place
from streams.clinical.child.telling import CHECKUP, ENROLLED, WITHDRAWN, Checkup
from streams.clinical.episode import Episode, Found, Held, earliest
from streams.clinical.months import add_months
from streams.clinical.part import Part

KINDS = frozenset({ENROLLED, WITHDRAWN, CHECKUP})
ONE_DAY = timedelta(days=1)


class Parameters(Part):
    """`months_before`: so long before entry a checkup may have been."""

    months_before: int = Field(default=3, ge=0)


def find(case: ChildCase, parameters: Parameters) -> Found:
    """At most one: for the stay in the centre where the child is today, named by centre and first day."""
    if not case.life.places:
        return Found()
    wake_on = earliest(_place_changes(case), case.next_record_on(Checkup))
    place = case.life.place(case.today)
    if place is None:
        return Found(wake_on=wake_on)
    center_id = place.enrolment.center_id
    entry = _entry(center_id, case)
    if entry > case.heard:
        return Found(wake_on=wake_on, wake_heard=entry)
    if _checkup_for(entry, case, parameters):
        return Found(wake_on=wake_on)
    enrolments = [p.enrolment for p in _of(center_id, case.life.places) if entry <= p.enrolment.from_date <= case.today]
    episode = Episode(
        name=f"{center_id}|{entry.isoformat()}",
        due_on=entry,
        detail={"entry_on": entry.isoformat(), "checkup_from": _earliest_checkup(entry, parameters).isoformat()},
        records=named(*sorted(enrolments, key=lambda e: e.rank)),
    )
    return Found((episode,), wake_on)


def ended(case: ChildCase, held: Held, parameters: Parameters) -> str:
    """done: such a checkup stands."""
    entry = date.fromisoformat(held.name.rpartition("|")[2])
    return "done" if _checkup_for(entry, case, parameters) else ""


def _entry(center_id: str, case: ChildCase) -> date:
    """The first day of the stay that holds today: enrolments of one centre that overlap or follow each other."""
    entry = case.today + ONE_DAY
    for place in sorted(_of(center_id, case.life.places), key=lambda p: p.enrolment.from_date, reverse=True):
        begins, ends = place.enrolment.from_date, place.ends_on
        if begins <= case.today and ends is not None and ends >= entry - ONE_DAY:
            entry = min(entry, begins)
    return entry


def _of(center_id: str, places: Iterable[Place]) -> list[Place]:
    return [place for place in places if place.enrolment.center_id == center_id]


def _earliest_checkup(entry: date, parameters: Parameters) -> date:
    return add_months(entry, -parameters.months_before)


def _checkup_for(entry: date, case: ChildCase, parameters: Parameters) -> bool:
    first = _earliest_checkup(entry, parameters)
    return any(first <= checkup.on <= case.today for checkup in case.life.checkups)


def _place_changes(case: ChildCase) -> date | None:
    """The first date after today on which the child has another place, or one less."""
    begins = [place.enrolment.from_date for place in case.life.places]
    ends = [place.last_day + ONE_DAY for place in case.life.places if place.last_day]
    return earliest(*(day for day in (*begins, *ends) if day > case.today))
