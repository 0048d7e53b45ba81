"""The checkup schedule and the one alert of a child, told again by simple means: month by month, visit by visit."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from streams.simulate.books import Entry
from streams.simulate.calendar import CHINA, months_later

MONTHS = {
    "m3": 3,
    "m6": 6,
    "m8": 8,
    "m12": 12,
    "m18": 18,
    "m24": 24,
    "m30": 30,
    "m36": 36,
    "y4": 48,
    "y5": 60,
    "y6": 72,
}
ORDER = ("home", "m1", *MONTHS)
TWO_WEEKS = timedelta(days=14)


def _moment(entry: Entry) -> datetime:
    return datetime.fromisoformat(entry.time)


def _day(entry: Entry) -> date:
    return _moment(entry).astimezone(CHINA).date()


class ChildTruth:
    """A registered child with the records that stand."""

    def __init__(self, child_id: str, standing: list[Entry]) -> None:
        self.child_id, self.standing = child_id, standing
        self.registrations = sorted(
            (e for e in standing if e.kind == "child.registered"), key=lambda e: (_moment(e), e.source, e.record)
        )
        self.registration = self.registrations[-1]
        self.registered_on = _day(self.registrations[0])
        self.born = date.fromisoformat(self.registration.data["birth_date"])
        departure = self._departure()
        self.departed_on = date.fromisoformat(departure.data["date"]) if departure else None
        self.departure_reason = str(departure.data["reason"]) if departure else ""

    def _departure(self) -> Entry | None:
        """The last departure told of after which the child was not registered again."""
        came = [_day(registration).isoformat() for registration in self.registrations]
        departures = [e for e in self.standing if e.kind == "child.departed"]
        gone = [e for e in departures if not any(day > e.data["date"] for day in came)]
        return max(gone, key=lambda e: (_moment(e), e.source, e.record), default=None)

    def checkup_days(self) -> list[date]:
        return [_day(e) for e in self.standing if e.kind == "checkup.recorded"]

    def clinic_on(self, day: date) -> str:
        responsible = self.registrations[0]
        first = [e for e in self.registrations if _moment(e) == _moment(responsible)]
        responsible = first[-1]
        for registration in self.registrations:
            if _day(registration) <= day:
                responsible = registration
        return str(responsible.data["clinic_id"])


def dates(born: date, milestone: str) -> tuple[date, date, date, date]:
    """(opens, due, overdue, missed)."""
    following = (*ORDER, None)[ORDER.index(milestone) + 1]
    missed = opens(born, following) if following else months_later(born, 84)
    if milestone == "home":
        return born, born + TWO_WEEKS, born + timedelta(days=15), missed
    if milestone == "m1":
        return opens(born, "m1"), born + timedelta(days=42), born + timedelta(days=43), missed
    due = months_later(born, MONTHS[milestone])
    return opens(born, milestone), due, months_later(due, 11 if milestone[0] == "y" else 1), missed


def opens(born: date, milestone: str) -> date:
    if milestone == "home":
        return born
    return born + timedelta(days=28) if milestone == "m1" else months_later(born, MONTHS[milestone]) - TWO_WEEKS


def milestones_of(child: ChildTruth, today: date) -> Iterable[dict[str, Any]]:
    """Every milestone's row on a day."""
    done: dict[str, date] = {}
    for entry in sorted((e for e in child.standing if e.kind == "checkup.recorded"), key=_moment):
        name = _done_by(child.born, _day(entry), entry.data.get("milestone"))
        if name and name not in done:
            done[name] = _day(entry)
    for milestone in ORDER:
        first, due, overdue, missed = dates(child.born, milestone)
        yield {
            "milestone": milestone,
            "clinic_id": child.clinic_on(due),
            "opens_on": first,
            "due_on": due,
            "overdue_on": overdue,
            "missed_on": missed,
            "status": _status(child, milestone, done.get(milestone), today),
            "done_on": done.get(milestone),
        }


def next_milestone(child: ChildTruth, today: date) -> dict[str, Any] | None:
    """The first milestone that can still be done in its time."""
    rows = milestones_of(child, today)
    return next((row for row in rows if row["status"] in ("upcoming", "open", "overdue")), None)


def _done_by(born: date, day: date, named: str | None) -> str | None:
    if named and day >= opens(born, named):
        return named
    for milestone in ORDER:
        first, _, _, missed = dates(born, milestone)
        if first <= day < missed:
            return milestone
    return None


def _status(child: ChildTruth, milestone: str, done_on: date | None, today: date) -> str:
    first, _, overdue, missed = dates(child.born, milestone)
    if done_on:
        return "done" if done_on < overdue else "done-late"
    if missed <= child.registered_on:
        return "not-applicable"
    if child.departed_on and first > child.departed_on:
        return "not-applicable"
    if child.departed_on and first <= child.departed_on < missed:
        return "excused"
    for name, begins in (("missed", missed), ("overdue", overdue), ("open", first)):
        if today >= begins:
            return name
    return "upcoming"


def wanted_alert(child: ChildTruth, today: date, heard: date) -> tuple[str, str, date] | None:
    """(milestone, state, due date) of the one alert about checkups, None for none.

    `heard`: until when the child's clinic has told all.
    """
    if child.departed_on or today >= months_later(child.born, 84):
        return None
    alert = None
    for row in milestones_of(child, today):
        if row["status"] in ("done", "done-late"):
            alert = None  # it was seen later: what it missed before is past
        elif row["status"] not in ("not-applicable", "excused") and _opening(child, row) <= heard:
            state = "escalated" if row["missed_on"] <= heard else "open"
            alert = (row["milestone"], state, row["due_on"])
    return alert


def _opening(child: ChildTruth, row: dict[str, Any]) -> date:
    day: date = row["overdue_on"]
    if child.registered_on > row["due_on"]:
        day = max(day, child.registered_on + timedelta(days=30))
    return day
