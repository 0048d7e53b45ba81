"""A child's derived values from its records and now, and the next date on which they can change by themselves. Pure."""

from __future__ import annotations

from datetime import date, timedelta, tzinfo

from streams.clinical.schedule import ends_on, national
from streams.timeline.checkup_overdue import evaluate as evaluate_alerts
from streams.timeline.child import Child, Draft
from streams.timeline.confirmed import heard_until
from streams.timeline.life import Life, life_of
from streams.timeline.milestones import Milestone, milestones


def evaluate(draft: Draft, today: date | None, now: str, zone: tzinfo) -> None:
    """Bring a draft's life, schedule and alerts up to its records and to `today`."""
    if draft.tells or draft.life is None:
        draft.life = life_of(draft.telling(), zone)
    draft.today = today
    life = draft.life
    draft.schedule = milestones(life, today) if life else ()
    heard = heard_until(life.values["clinic_id"], today) if life and today else None
    draft.alerts = evaluate_alerts(draft.child.alerts, life, draft.schedule, heard, today, now)


def restored(child: Child, today: date | None, zone: tzinfo) -> None:
    """Derive again what had been emitted when the state was written."""
    draft = Draft("", child)
    child.life = life_of(draft.telling(), zone)
    child.schedule = milestones(child.life, today) if child.life else ()
    child.today = today


def wake_on(life: Life | None, schedule: tuple[Milestone, ...], today: date | None) -> date | None:
    """The first date after `today` on which derived values may differ; None when none is left."""
    if life is None:
        return None
    if today is None:
        return date.min
    grace = timedelta(days=national().checkup_overdue.grace_days_after_registration)
    dates = [life.registered_on + grace, ends_on(life.born)]
    for milestone in schedule:
        window = milestone.window
        dates += (window.opens_on, window.overdue_on, window.missed_on)
    for place in life.enrolments:
        dates.append(place.from_date)
        if place.last_day:
            dates.append(place.last_day + timedelta(days=1))
    return min((day for day in dates if day > today), default=None)
