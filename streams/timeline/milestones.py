"""Which checkup did which milestone, and each milestone's status on a day. Pure functions of a life and a date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from streams.clinical.schedule import Window, windows
from streams.timeline.life import Life

DONE = ("done", "done-late")


@dataclass(frozen=True, slots=True)
class Milestone:
    """One milestone of one child; `done_on` is the earliest checkup that did it."""

    window: Window
    clinic_id: str
    status: str
    done_on: date | None

    @property
    def is_done(self) -> bool:
        return self.done_on is not None

    @property
    def counts(self) -> bool:
        """True for a milestone that was the child's to do and was not done."""
        return self.status in ("upcoming", "open", "overdue", "missed")


def done_by(day: date, named: str, schedule: Sequence[Window]) -> str:
    """The milestone that a checkup does: the one it names unless that had not opened, else by date; "" for none."""
    if named and any(window.milestone == named and day >= window.opens_on for window in schedule):
        return named
    return next((w.milestone for w in schedule if w.opens_on <= day < w.missed_on), "")


def named_too_early(day: date, named: str, schedule: Sequence[Window]) -> bool:
    """True when a checkup names a milestone that had not opened: a data-quality note."""
    return any(window.milestone == named and day < window.opens_on for window in schedule)


def milestones(life: Life, today: date | None) -> tuple[Milestone, ...]:
    """Every milestone of a child, in schedule order; `today` None before the first tick."""
    schedule = windows(life.born)
    done: dict[str, date] = {}
    for day, named in life.checkups:
        milestone = done_by(day, named, schedule)
        if milestone:
            done[milestone] = min(day, done.get(milestone, day))
    return tuple(
        Milestone(w, life.clinic_on(w.due_on), status(w, life, done.get(w.milestone), today), done.get(w.milestone))
        for w in schedule
    )


def status(window: Window, life: Life, done_on: date | None, today: date | None) -> str:
    """done, done-late, not-applicable, excused, upcoming, open, overdue or missed."""
    if done_on is not None:
        return "done" if done_on < window.overdue_on else "done-late"
    left = life.departed_on
    if window.missed_on <= life.registered_on or (left is not None and window.opens_on > left):
        return "not-applicable"
    if left is not None and window.opens_on <= left < window.missed_on:
        return "excused"
    if today is None or today < window.opens_on:
        return "upcoming"
    if today < window.overdue_on:
        return "open"
    return "overdue" if today < window.missed_on else "missed"
