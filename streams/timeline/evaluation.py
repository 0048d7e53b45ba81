"""A child's derived values from its records and now, and the next date on which they can change by themselves. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from streams.clinical.pack import RulePack
from streams.timeline.checkup_overdue import Moment, grace, transitions
from streams.timeline.child import Child, Draft
from streams.timeline.confirmed import confirmed_until
from streams.timeline.kept import Kept
from streams.timeline.life import Life, life_of
from streams.timeline.milestones import Milestone, milestones
from streams.timeline.telling import TELLING, Told, told_by

BEFORE_ANY_TICK = date.min


@dataclass(frozen=True, slots=True)
class Frame:
    """What derived values depend on besides records: the zone in which dates are local, and the rules."""

    zone: tzinfo
    pack: RulePack

    def today(self, now: str) -> date | None:
        """The local date of a watermark; None before the first."""
        return datetime.fromisoformat(now).astimezone(self.zone).date() if now else None


def evaluate(draft: Draft, now: str, frame: Frame, complete: bool = True) -> None:
    """Bring a draft's derived values up to its records and to `now` ("" before the first tick).

    While records may be on their way to a registered child (`complete` false) its alerts stay as they are.
    """
    draft.evaluated = True
    if draft.tells:
        draft.told = {i: _told(draft.after(i), frame) for i in draft.touched if i[0] in TELLING}
        draft.life = life_of(draft.all_told())
        draft.since = _since(draft)
    draft.today = today = frame.today(now)
    life = draft.life
    draft.schedule = milestones(life, today, frame.pack.schedule) if life else ()
    if today is not None and (complete or life is None):
        heard = min(today, confirmed_until(life.holds.clinic_id, today)) if life else today
        draft.alerts = transitions(draft.child.alerts, life, draft.schedule, Moment(now, today, heard), frame.pack)


def _told(kept: Kept | None, frame: Frame) -> Told | None:
    stands = kept is not None and kept.publication.stands
    return told_by(kept.publication, frame.zone) if kept is not None and stands else None


def _since(draft: Draft) -> int:
    """A child is visible since what first registered it, until it is registered no longer."""
    if draft.life is None:
        return 0
    return draft.since or min(registration.visible_at for registration in draft.life.registrations)


def restore(child: Child, now: str, frame: Frame) -> None:
    """Derive again what had been emitted when the state was written."""
    draft = Draft("", child)
    for identity in {key[:3] for key in child.records if key[0] in TELLING}:
        told = _told(draft.after(identity), frame)
        if told is not None:
            child.told[identity] = told
    child.life, child.today = life_of(child.told.values()), frame.today(now)
    child.schedule = milestones(child.life, child.today, frame.pack.schedule) if child.life else ()


def wake_on(life: Life | None, schedule: tuple[Milestone, ...], today: date | None, pack: RulePack) -> date | None:
    """The first date after `today` on which derived values may differ; None when there is none."""
    if life is None:
        return None
    if today is None:
        return BEFORE_ANY_TICK
    dates = [life.registered_on + grace(pack)]
    for milestone in schedule:
        window = milestone.window
        dates += (window.opens_on, window.overdue_on, window.missed_on)
    for place in life.places:
        dates.append(place.enrolment.from_date)
        if place.last_day:
            dates.append(place.last_day + timedelta(days=1))
    return min((day for day in dates if day > today), default=None)
