"""The rule `checkup-overdue`: at most one active alert per child, about the last checkup that was missed. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from streams.clinical.pack import RulePack
from streams.timeline.life import Life
from streams.timeline.milestones import Milestone

RULE = "checkup-overdue"


@dataclass(frozen=True, slots=True)
class Alert:
    """What is remembered of one alert: its state, and when it was first raised and last changed (UTC text)."""

    state: str
    resolution: str
    raised_at: str
    changed_at: str

    @property
    def is_active(self) -> bool:
        return self.state in ("open", "escalated")


@dataclass(frozen=True, slots=True)
class Moment:
    """The watermark `now` (UTC text), its local date, and H: `today`, but not beyond what the clinic has confirmed."""

    now: str
    today: date
    heard: date


def alert_id(child: str, milestone: str) -> str:
    """The same condition is the same alert for ever: first 32 hex of SHA-256(rule|child|milestone)."""
    return hashlib.sha256(f"{RULE}|{child}|{milestone}".encode()).hexdigest()[:32]


def opening_on(milestone: Milestone, life: Life, pack: RulePack) -> date:
    """The first day of an alert: overdue_on, with some grace for a child registered after the due date."""
    window = milestone.window
    if life.registered_on <= window.due_on:
        return window.overdue_on
    return max(window.overdue_on, life.registered_on + grace(pack))


def grace(pack: RulePack) -> timedelta:
    """How long after its registration a child may catch up on what was due before."""
    return timedelta(days=pack.checkup_overdue.parameters.grace_days_after_registration)


def called_for(life: Life, schedule: Sequence[Milestone], moment: Moment, pack: RulePack) -> tuple[str, str] | None:
    """(milestone, state) of the alert that the records call for, None for none."""
    candidates = [place for place, m in enumerate(schedule) if m.is_owed and opening_on(m, life, pack) <= moment.heard]
    if not candidates or life.departure is not None or moment.today >= pack.schedule.ends_on(life.born):
        return None
    last = candidates[-1]
    if any(later.is_done for later in schedule[last + 1 :]):
        return None
    return schedule[last].name, "escalated" if schedule[last].window.missed_on <= moment.heard else "open"


def resolution(name: str, life: Life, schedule: Sequence[Milestone], called: str, ended: bool) -> str:
    """Why the alert about milestone `name` is active no longer: the first reason that applies.

    `called`: the milestone that has the alert now, or ""; `ended`: the child has outgrown the schedule.
    """
    place = next(i for i, m in enumerate(schedule) if m.name == name)
    later = schedule[place + 1 :]
    if schedule[place].is_done:
        return schedule[place].status
    if any(m.is_done for m in later):
        return "caught-up"
    if any(m.name == called for m in later):
        return "superseded"
    if life.departure is not None:
        return "departed"
    return "expired" if ended else "corrected"


def transitions(
    held: Mapping[str, Alert], life: Life | None, schedule: Sequence[Milestone], moment: Moment, pack: RulePack
) -> dict[str, Alert]:
    """The alerts of one child that change, by milestone."""
    called = called_for(life, schedule, moment, pack) if life else None
    name, state = called or ("", "")
    changed = {
        other: _resolved(alert, _why(other, life, schedule, name, moment, pack), moment.now)
        for other, alert in held.items()
        if alert.is_active and other != name
    }
    before = held.get(name)
    if called is not None and (before is None or before.state != state):
        changed[name] = Alert(state, "", before.raised_at if before else moment.now, moment.now)
    return changed


def _why(
    name: str, life: Life | None, schedule: Sequence[Milestone], called: str, moment: Moment, pack: RulePack
) -> str:
    if life is None:
        return "corrected"
    return resolution(name, life, schedule, called, moment.today >= pack.schedule.ends_on(life.born))


def _resolved(alert: Alert, why: str, now: str) -> Alert:
    return replace(alert, state="resolved", resolution=why, changed_at=now)
