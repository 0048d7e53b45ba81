"""What must be known of a child, found out by walking its calendar day by day. Shares nothing with the pipeline."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta, timezone
from functools import cache
from itertools import pairwise
from typing import Any

import rfc8785

from streams.simulate.growth_truth import growth_of

Event = dict[str, Any]
COUNTY = timezone(timedelta(hours=8))
MONTHS = {"home": 0, "m1": 1, "m3": 3, "m6": 6, "m8": 8, "m12": 12, "m18": 18, "m24": 24, "m30": 30, "m36": 36}
MONTHS |= {"y4": 48, "y5": 60, "y6": 72}
NAMES = list(MONTHS)
DAY = timedelta(days=1)


@cache
def month_days(start: date) -> list[date]:
    """The day on which each month since `start` is complete: that day of the month, else the month's last day."""
    found, day = [start], start
    while len(found) <= 84:
        day += DAY
        is_last = (day + DAY).month != day.month
        if day.day == start.day or (is_last and day.day < start.day):
            found.append(day)
    return found


def days_after(day: date, count: int) -> date:
    for _ in range(count):
        day += DAY
    return day


def days_before(day: date, count: int) -> date:
    for _ in range(count):
        day -= DAY
    return day


@cache
def calendar(born: date) -> dict[str, tuple[date, date, date, date]]:
    """Milestone → (opens_on, due_on, overdue_on, missed_on)."""
    opens = {name: days_before(month_days(born)[months], 14) for name, months in MONTHS.items()}
    due = {name: month_days(born)[months] for name, months in MONTHS.items()}
    overdue = {name: month_days(due[name])[11 if name[0] == "y" else 1] for name in NAMES}
    opens |= {"home": born, "m1": days_after(born, 28)}
    due |= {"home": days_after(born, 14), "m1": days_after(born, 42)}
    overdue |= {"home": days_after(born, 15), "m1": days_after(born, 43)}
    missed = {name: opens[after] for name, after in pairwise(NAMES)} | {"y6": month_days(born)[84]}
    return {name: (opens[name], due[name], overdue[name], missed[name]) for name in NAMES}


def kind_of(event: Event) -> str:
    kind = event["type"].removesuffix(".v1")
    return str(event["data"]["kind"]) if kind == "record.retracted" else kind


def local_day(event: Event) -> date:
    return datetime.fromisoformat(event["time"]).astimezone(COUNTY).date()


def strength(event: Event) -> tuple[int, str]:
    named = {"time": event["time"], "subject": event["subject"], "data": event["data"]}
    return event.get("revision", 1), hashlib.sha256(rfc8785.dumps(named)).hexdigest()


def recorded_at(event: Event) -> datetime:
    return datetime.fromisoformat(event.get("recordedtime", event["time"]))


def rank(event: Event) -> tuple[datetime, str, str]:
    return datetime.fromisoformat(event["time"]), event["source"], event["recordid"]


class Truth:
    """A child's events, all of them, in whatever order; `today` None before any tick."""

    def __init__(self, events: Iterable[Event], today: date | None) -> None:
        self.today = today
        self.is_heard = True
        """False while nothing is confirmed by the child's clinic."""
        records: dict[tuple[str, str, str], list[Event]] = {}
        for event in events:
            records.setdefault((kind_of(event), event["source"], event["recordid"]), []).append(event)
        self.winners = {}
        self.conflicts = set()
        for identity, versions in records.items():
            best = max(strength(event) for event in versions)
            same = [event for event in versions if strength(event) == best]
            winner = min(same, key=recorded_at)
            if not winner["type"].startswith("record.retracted"):
                self.winners[identity] = winner
            if len({strength(event) for event in versions if strength(event)[0] == best[0]}) > 1:
                self.conflicts.add(identity)
        self.registrations = self.standing("child.registered")
        if self.registrations:
            self._live()

    def standing(self, kind: str) -> list[Event]:
        return sorted((e for identity, e in self.winners.items() if identity[0] == kind), key=rank)

    def _live(self) -> None:
        self.holds = self.registrations[-1]
        self.born = date.fromisoformat(self.holds["data"]["birth_date"])
        self.registered_on = local_day(self.registrations[0])
        self.calendar = calendar(self.born)
        self.left = None
        for departure in self.standing("child.departed"):
            day = date.fromisoformat(departure["data"]["date"])
            if not any(local_day(registration) > day for registration in self.registrations):
                self.left = day
        self.done = self._done()

    def _done(self) -> dict[str, date]:
        """Walk every day on which there was a checkup, from the first to the last."""
        done: dict[str, date] = {}
        for checkup in sorted(self.standing("checkup.recorded"), key=local_day):
            day, named = local_day(checkup), checkup["data"].get("milestone")
            if not named or not self.calendar[named][0] <= day:
                opened = [name for name in NAMES if self.calendar[name][0] <= day]
                named = opened[-1] if opened and day < self.calendar["y6"][3] else None
            if named and named not in done:
                done[named] = day
        return done

    def status(self, name: str) -> str:
        opens, _, overdue, missed = self.calendar[name]
        if name in self.done:
            return "done" if self.done[name] < overdue else "done-late"
        if self.today is None:
            return "upcoming"
        if missed <= self.registered_on or (self.left and self.left < opens):
            return "not-applicable"
        if self.left and self.left < missed:
            return "excused"
        found, day = "upcoming", min(self.born, opens)
        while day <= self.today:
            found = {opens: "open", overdue: "overdue", missed: "missed"}.get(day, found)
            day += DAY
        return found

    def clinic(self, name: str) -> str:
        due = self.calendar[name][1]
        known = [r for r in self.registrations if local_day(r) <= due]
        first = [r for r in self.registrations if rank(r)[0] == rank(self.registrations[0])[0]]
        return str((known or first)[-1]["data"]["clinic_id"])

    def milestones(self) -> dict[str, tuple[Any, ...]]:
        if not self.registrations:
            return {}
        return {n: (*self.calendar[n], self.status(n), self.done.get(n), self.clinic(n)) for n in NAMES}

    def active(self) -> dict[str, str]:
        """Walk the days up to today; on each, those checkups become candidates whose day it is."""
        if (
            not self.is_heard
            or not self.registrations
            or not self.today
            or self.left
            or self.today >= self.calendar["y6"][3]
        ):
            return {}
        owed = [name for name in NAMES if self.status(name) in ("upcoming", "open", "overdue", "missed")]
        candidates: list[str] = []
        day = self.born
        while day <= self.today:
            candidates += [name for name in owed if self._opening(name) == day]
            day += DAY
        if not candidates:
            return {}
        last = max(candidates, key=NAMES.index)
        if any(name in self.done for name in NAMES[NAMES.index(last) + 1 :]):
            return {}
        return {last: "escalated" if self.calendar[last][3] <= self.today else "open"}

    def _opening(self, name: str) -> date:
        _, due, overdue, _ = self.calendar[name]
        return max(overdue, days_after(self.registered_on, 30)) if self.registered_on > due else overdue

    def place(self) -> tuple[str, str, str | None]:
        """(center, class, from)."""
        held: Sequence[Event] = [e for e in self.standing("child.enrolled") if self._holds(e["data"])]
        if not held:
            return "", "", None
        data = max(held, key=lambda e: (e["data"]["from_date"], rank(e)))["data"]
        return data["center_id"], data["class_id"], data["from_date"]

    def _holds(self, data: dict[str, Any]) -> bool:
        days = [
            w["data"]["date"] for w in self.standing("child.withdrawn") if w["data"]["center_id"] == data["center_id"]
        ]
        if self.today is None:
            return not any(day > data["from_date"] for day in days)
        today = self.today.isoformat()
        given_up = any(data["from_date"] < day <= today for day in days)
        return data["from_date"] <= today <= data.get("until", "9999") and not given_up

    def _stays_after(self, left: date) -> bool:
        """True when the departure stands and the child is in a centre on a later day."""
        if any(local_day(registration) > left for registration in self.registrations):
            return False
        enrolments = [e["data"] for e in self.standing("child.enrolled")]
        return any(self._has_a_day_after(data, left) for data in enrolments)

    def _has_a_day_after(self, data: dict[str, Any], left: date) -> bool:
        """The first day that would count is the later of the next day and from_date: is the child there then?"""
        day = max(str(left + DAY), data["from_date"])
        left_it = [w["data"] for w in self.standing("child.withdrawn") if w["data"]["center_id"] == data["center_id"]]
        return day <= data.get("until", "9999") and not any(data["from_date"] < w["date"] <= day for w in left_it)

    def child(self) -> dict[str, Any] | None:
        if not self.registrations:
            return None
        coming = [] if self.left else [n for n in NAMES if self.status(n) in ("upcoming", "open", "overdue")]
        center, class_id, since = self.place()
        checkups = [local_day(checkup) for checkup in self.standing("checkup.recorded")]
        return {
            "subject": self.holds["subject"],
            "registered_by": self.holds["source"],
            "registration_record": self.holds["recordid"],
            "birth_date": str(self.born),
            "clinic_id": self.holds["data"]["clinic_id"],
            "status": "departed" if self.left else "active",
            "center_id": center,
            "class_id": class_id,
            "enrolled_from": since,
            "last_checkup_on": str(max(checkups)) if checkups else None,
            "next_milestone": coming[0] if coming else "",
            "next_due_on": str(self.calendar[coming[0]][1]) if coming else None,
            "registered_on": str(self.registered_on),
            "departed_on": str(self.left) if self.left else None,
        }

    def timeline(self) -> dict[tuple[str, str, str], tuple[Any, ...]]:
        """Record → (subject, revision, time, data, local_date, age_days, recorded_at, and which notes it has)."""
        if not self.registrations:
            return {}
        return {identity: self._entry(identity, event) for identity, event in self.winners.items()}

    def growth(self) -> dict[tuple[str, str, str], dict[str, Any]]:
        """Record → scores, bands, flags and data of every visit, by the simulator's own reckoning."""
        if not self.registrations:
            return {}
        visits = {i: e for i, e in self.winners.items() if i[0] in ("checkup.recorded", "measurement.recorded")}
        return {i: growth_of(self.holds["data"], local_day(e), e["data"]) for i, e in visits.items()}

    def _entry(self, identity: tuple[str, str, str], event: Event) -> tuple[Any, ...]:
        local = date.fromisoformat(event["data"]["date"]) if "date" in event["data"] else local_day(event)
        age = 0
        day = self.born
        while day != local:
            step = DAY if day < local else -DAY
            day, age = day + step, age + (1 if step == DAY else -1)
        named = event["data"].get("milestone")
        early = identity[0] == "checkup.recorded" and bool(named) and local_day(event) < self.calendar[named][0]
        happened = datetime.fromisoformat(event["time"])
        notes = (identity in self.conflicts, early, identity[0] == "child.departed" and self._stays_after(local))
        return (
            event["subject"],
            event.get("revision", 1),
            happened,
            event["data"],
            local,
            age,
            recorded_at(event),
            *notes,
        )
