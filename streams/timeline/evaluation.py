"""A child's derived values from its records and now, and the next date on which they can change by themselves. Pure."""

from __future__ import annotations

from datetime import date, timedelta

from streams.clinical.child.case import ChildCase
from streams.clinical.child.life import Life, life_of
from streams.clinical.child.milestones import Milestone, milestones
from streams.clinical.child.reading import TELLING, told_by
from streams.clinical.child.telling import CHECKUP, DEPARTED, REGISTERED, Told
from streams.clinical.county import County
from streams.clinical.episode import earliest
from streams.clinical.vaccination.doses import Immunisation
from streams.timeline.child import Child, Draft
from streams.timeline.child_alerts import Looks, asked_again, changed_alerts, look
from streams.timeline.immunisations import as_found, doses_of, is_another, restored
from streams.timeline.kept import Kept
from streams.timeline.situation import Situation

BEFORE_ANY_TICK = date.min
MILESTONES_TELL = frozenset({REGISTERED, DEPARTED, CHECKUP})


def evaluate(draft: Draft, situation: Situation, complete: bool = True, anew: bool = False) -> None:
    """Bring a draft's derived values up to its records and to the situation.

    While records may be on their way to a registered child (`complete` false) its alerts stay as they are.
    `anew`: ask every rule, whatever changed.
    """
    draft.evaluated = True
    if draft.tells:
        draft.told = {i: _told(draft.after(i), situation) for i in draft.touched if i[0] in TELLING}
        draft.life = life_of(draft.all_told())
        draft.since = _since(draft)
    draft.today = today = situation.today
    life = draft.life
    draft.schedule = _schedule(draft, life, situation, anew) if life else ()
    draft.immunisation = _immunisation(draft, life, situation, anew) if life else Immunisation()
    if life is None:
        draft.looks = {}
        if today is not None:
            draft.alerts = changed_alerts(draft.name, draft.child.alerts, None, {}, situation)
    elif not complete or today is None:
        draft.looks = {}
    else:
        case = _case(draft, life, today, situation)
        draft.looks = _looks(draft, case, {} if anew else draft.child.looks, situation)
        draft.alerts = changed_alerts(draft.name, draft.child.alerts, case, draft.looks, situation)


def _schedule(draft: Draft, life: Life, situation: Situation, anew: bool) -> tuple[Milestone, ...]:
    """The child's milestones; those found last, when nothing came that they depend on, no record and no date."""
    child, today, kinds = draft.child, situation.today, {identity[0] for identity in draft.touched}
    if child.schedule and child.today and today and not anew and kinds.isdisjoint(MILESTONES_TELL):
        dates = (day for m in child.schedule for day in _dates(m))
        if not any(child.today < day <= today for day in dates):
            return child.schedule
    return milestones(life, today, situation.pack.schedule)


def _dates(milestone: Milestone) -> tuple[date, date, date]:
    """On which its status changes by itself."""
    return (milestone.window.opens_on, milestone.window.overdue_on, milestone.window.missed_on)


def _case(draft: Draft, life: Life, today: date, situation: Situation) -> ChildCase:
    ends_on = situation.pack.schedule.ends_on(life.born)
    heard = situation.heard(life.holds.clinic_id, today)
    case = ChildCase(life, draft.all_told(), draft.schedule, ends_on, today, heard)
    return as_found(case, draft.immunisation, situation.pack)


def _looks(draft: Draft, case: ChildCase, held: Looks, situation: Situation) -> Looks:
    """What every rule finds; those are asked again that may find something else."""
    kinds = frozenset(identity[0] for identity in draft.touched)
    return {
        entry.id: look(entry, case) if asked_again(held, kinds, case.today, case.heard, entry) else held[entry.id]
        for entry in situation.pack.rules_of("child")
    }


def _immunisation(draft: Draft, life: Life, situation: Situation, anew: bool) -> Immunisation:
    """The child's doses; those found last, unless they may be others."""
    held, today = draft.child.immunisation, situation.today
    heard = date.min if today is None else situation.heard(life.holds.clinic_id, today)
    kinds = frozenset(identity[0] for identity in draft.touched)
    if anew or draft.child.today is None or is_another(held, kinds, today, heard):
        return doses_of(life, draft.all_told(), situation, heard)
    return held


def _told(kept: Kept | None, situation: Situation) -> Told | None:
    stands = kept is not None and kept.publication.stands
    return told_by(kept.publication, situation.zone) if kept is not None and stands else None


def _since(draft: Draft) -> int:
    """A child is visible since what first registered it, until it is registered no longer."""
    if draft.life is None:
        return 0
    return draft.since or min(registration.visible_at for registration in draft.life.registrations)


def restore(child: Child, situation: Situation) -> None:
    """Derive again what had been emitted when the state was written; rules are asked at the next tick."""
    draft = Draft("", child)
    for identity in {key[:3] for key in child.records if key[0] in TELLING}:
        told = _told(draft.after(identity), situation)
        if told is not None:
            child.told[identity] = told
    child.life, child.today = life_of(child.told.values()), situation.today
    child.schedule = milestones(child.life, child.today, situation.pack.schedule) if child.life else ()
    if child.life:
        child.immunisation = restored(child.life, child.told.values(), situation, child.overdue)


def wake_on(child: Child, county: County) -> date | None:
    """The first date on which derived values may differ from those of today; None when there is none."""
    life, today = child.life, child.today
    if life is None:
        return None
    if today is None or not child.looks:
        return BEFORE_ANY_TICK
    days = [*_days_of_rows(life, child.schedule), *(found.wake_on for found in child.looks.values())]
    days.append(child.immunisation.wake_on)
    place = life.place(today)
    if place and any(alert.is_active for alert in child.alerts.values()):
        days.append(county.contract_changes_on(place.enrolment.center_id, today))
    return earliest(*(day for day in days if day is not None and day > today))


def wake_heard(child: Child) -> date | None:
    """The first date at which a rule is to be asked again once the child's clinic has confirmed it."""
    return earliest(child.immunisation.wake_heard, *(found.wake_heard for found in child.looks.values()))


def _days_of_rows(life: Life, schedule: tuple[Milestone, ...]) -> list[date]:
    """On which the child's row or those of its milestones say something else."""
    days = [day for m in schedule for day in _dates(m)]
    for place in life.places:
        days.append(place.enrolment.from_date)
        if place.last_day:
            days.append(place.last_day + timedelta(days=1))
    return days
