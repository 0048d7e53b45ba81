"""The rule `checkup-overdue`: at most one active alert per child, about the last checkup that was missed. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from streams.clinical.schedule import ends_on, national
from streams.timeline.life import Life
from streams.timeline.milestones import Milestone

RULE = "checkup-overdue"
ACTIVE = ("open", "escalated")


@dataclass(frozen=True, slots=True)
class Held:
    """What is remembered of one alert: its state and when it was raised and last changed (UTC text)."""

    state: str
    resolution: str
    raised_at: str
    changed_at: str

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE


def alert_id(child: str, milestone: str) -> str:
    """The same condition is the same alert for ever: first 32 hex of SHA-256(rule|child|milestone)."""
    return hashlib.sha256(f"{RULE}|{child}|{milestone}".encode()).hexdigest()[:32]


def wanted(life: Life, schedule: Sequence[Milestone], heard: date, today: date) -> tuple[str, str] | None:
    """(milestone, state) of the alert that the records call for, None for none.

    `heard` is H: now, but not beyond what the child's clinic has confirmed to have sent.
    """
    candidates = [place for place, m in enumerate(schedule) if m.counts and opening_on(m, life) <= heard]
    if not candidates or life.departed_on is not None or today >= ends_on(life.born):
        return None
    last = candidates[-1]
    if any(later.is_done for later in schedule[last + 1 :]):
        return None
    window = schedule[last].window
    return window.milestone, "escalated" if window.missed_on <= heard else "open"


def opening_on(milestone: Milestone, life: Life) -> date:
    """The first day of an alert: overdue_on, with some grace for a child registered after the due date."""
    window = milestone.window
    if life.registered_on <= window.due_on:
        return window.overdue_on
    grace = timedelta(days=national().checkup_overdue.grace_days_after_registration)
    return max(window.overdue_on, life.registered_on + grace)


def resolution(
    milestone: str, life: Life | None, schedule: Sequence[Milestone], called_for: str, today: date | None
) -> str:
    """Why an alert that was active is so no longer: the first reason that applies."""
    if life is None:
        return "corrected"
    place = next(i for i, m in enumerate(schedule) if m.window.milestone == milestone)
    later = [m.window.milestone for m in schedule[place + 1 :]]
    if schedule[place].is_done:
        return schedule[place].status
    if any(m.is_done for m in schedule[place + 1 :]):
        return "caught-up"
    if called_for in later:
        return "superseded"
    if life.departed_on is not None:
        return "departed"
    return "expired" if today is not None and today >= ends_on(life.born) else "corrected"


def evaluate(
    held: Mapping[str, Held],
    life: Life | None,
    schedule: Sequence[Milestone],
    heard: date | None,
    today: date | None,
    now: str,
) -> dict[str, Held]:
    """The alerts that change, by milestone. Before the first tick (`today` None) nothing opens."""
    called = (
        wanted(life, schedule, heard, today) if life is not None and heard is not None and today is not None else None
    )
    milestone, state = called or ("", "")
    changed = {
        name: replace(
            alert, state="resolved", resolution=resolution(name, life, schedule, milestone, today), changed_at=now
        )
        for name, alert in held.items()
        if alert.is_active and name != milestone
    }
    before = held.get(milestone)
    if called is not None and (before is None or before.state != state):
        changed[milestone] = Held(state, "", before.raised_at if before else now, now)
    return changed
