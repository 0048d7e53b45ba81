"""Whom of a centre's children the rules are to look at, because of what came or because time went on. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo

from streams.alerting.alert import Alert
from streams.centers.center import CLUSTERS, Center
from streams.centers.days import Day
from streams.centers.draft import Draft
from streams.clinical.center.seen import Attendance


@dataclass(frozen=True, slots=True)
class Moment:
    """`now`: the watermark (UTC text), by local date and time."""

    now: str
    today: date
    clock: time

    @classmethod
    def of(cls, now: str, zone: tzinfo) -> Moment | None:
        """None before the first."""
        if not now:
            return None
        local = datetime.fromisoformat(now).astimezone(zone)
        return cls(now, local.date(), local.time())


def owner(center: str, subject: str) -> str:
    """What alerts about a subject in a centre, or about its clusters, are remembered under."""
    return f"in:{center}/{subject}"


def is_due(center: Center, today: date) -> bool:
    """True when somebody's date has come, or when somebody was never looked at."""
    known = center.histories.of.keys() | center.places.keys()
    return CLUSTERS not in center.wakes or not known <= center.wakes.keys() or any(_due(center.wakes, today))


def _due(wakes: Mapping[str, date | None], today: date) -> Iterator[str]:
    return (subject for subject, day in wakes.items() if day is not None and day <= today)


def to_look_at(draft: Draft, today: date, ticked: bool, everyone: bool) -> set[str]:
    """Subjects, and CLUSTERS when the signs of illness may tell something else.

    `everyone`: other rules or other working days hold; `ticked`: the watermark advanced.
    """
    if everyone:
        return {CLUSTERS, *draft.subjects()}
    wakes = draft.center.wakes
    found = draft.touched() | set(_by_others(draft, today))
    if ticked:
        found |= {CLUSTERS, *draft.subjects()} - wakes.keys()
        found |= set(_due(wakes, today))
    if draft.ill or draft.cards or draft.placed:
        found.add(CLUSTERS)
    return found


def with_alerts(draft: Draft, alerts: Mapping[str, Mapping[str, Alert]]) -> set[str]:
    """Whom an active alert is about: whom it is for may have changed."""
    held = {subject: alerts.get(owner(draft.name, subject), {}) for subject in (CLUSTERS, *draft.subjects())}
    return {subject for subject, named in held.items() if any(alert.is_active for alert in named.values())}


def _by_others(draft: Draft, today: date) -> Iterator[str]:
    """Those whom it concerns whether anybody was reported, or checked, on a day."""
    for ordinal, now in draft.shown.items():
        day, before = date.fromordinal(ordinal), draft.center.shown.get(ordinal)
        if day < today and is_reported(before) != is_reported(now):
            yield from draft.subjects()
        elif day <= today and is_checked(before) != is_checked(now):
            facts = draft.center.facts.get(ordinal, {})
            yield from (key[3] for key, fact in facts.items() if isinstance(fact, Attendance))


def is_reported(day: Day | None) -> bool:
    """Whether the centre told of anybody's attendance."""
    return day is not None and day.present + day.absent > 0


def is_checked(day: Day | None) -> bool:
    """Whether the centre told of anybody's morning check."""
    return day is not None and day.checked > 0
