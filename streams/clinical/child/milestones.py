"""Which checkup did which milestone, and each milestone's status on a day. Pure functions of a life and a date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from streams.clinical.child.life import Life
from streams.clinical.schedule import Schedule, Window


@dataclass(frozen=True, slots=True)
class Milestone:
    """One milestone of one child; `done_on` is the date of the earliest checkup that did it."""

    window: Window
    clinic_id: str
    status: str
    done_on: date | None

    @property
    def name(self) -> str:
        return self.window.milestone

    @property
    def is_done(self) -> bool:
        return self.done_on is not None

    @property
    def is_owed(self) -> bool:
        """True for a milestone that is the child's to do (applicable, not excused) and is not done."""
        return self.status in ("upcoming", "open", "overdue", "missed")


def done_by(day: date, named: str, windows: Sequence[Window]) -> str:
    """The milestone that a checkup does: the one it names unless that had not opened, else by date; "" for none."""
    if any(window.milestone == named and day >= window.opens_on for window in windows):
        return named
    return next((w.milestone for w in windows if w.opens_on <= day < w.missed_on), "")


def named_too_early(day: date, named: str, windows: Sequence[Window]) -> bool:
    """True when a checkup names a milestone that had not opened: a data-quality note."""
    return any(window.milestone == named and day < window.opens_on for window in windows)


def milestones(life: Life, today: date | None, schedule: Schedule) -> tuple[Milestone, ...]:
    """Every milestone of a child, in schedule order; `today` None before the first tick."""
    windows = schedule.windows(life.born)
    done: dict[str, date] = {}
    for checkup in life.checkups:
        if name := done_by(checkup.on, checkup.milestone, windows):
            done[name] = min(checkup.on, done.get(name, checkup.on))
    return tuple(_milestone(window, life, done.get(window.milestone), today) for window in windows)


def _milestone(window: Window, life: Life, done_on: date | None, today: date | None) -> Milestone:
    return Milestone(window, life.clinic_on(window.due_on), status(window, life, done_on, today), done_on)


def status(window: Window, life: Life, done_on: date | None, today: date | None) -> str:
    """done, done-late, not-applicable, excused, upcoming, open, overdue or missed.

    Before the first tick (`today` None) nothing is said of what is not done but that it may come.
    """
    if done_on is not None:
        return "done" if done_on < window.overdue_on else "done-late"
    if today is None:
        return "upcoming"
    left = life.departed_on
    if window.missed_on <= life.registered_on or (left is not None and window.opens_on > left):
        return "not-applicable"
    if left is not None and window.opens_on <= left < window.missed_on:
        return "excused"
    if today < window.opens_on:
        return "upcoming"
    if today < window.overdue_on:
        return "open"
    return "overdue" if today < window.missed_on else "missed"
