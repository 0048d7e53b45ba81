"""What standing records of one centre say, as rules ask for it: who was there, who was checked, who was ill. Pure."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from sys import intern
from typing import NamedTuple

from streams.clinical.episode import RecordName
from streams.records import Publication

ATTENDANCE, CHECK = "attendance.recorded", "health-check.recorded"
ENROLLED, WITHDRAWN = "child.enrolled", "child.withdrawn"
SICK, MORNING = "sick", "morning"
UNKNOWN = "unknown"


class Attendance(NamedTuple):
    """`rank` decides among several of one child and day: time, recordid, source. `reason`: "" when present."""

    day: date
    rank: tuple[datetime, str, str]
    class_id: str
    present: bool
    reason: str
    symptoms: tuple[str, ...]
    name: RecordName


class Check(NamedTuple):
    day: date
    rank: tuple[datetime, str, str]
    class_id: str
    kind: str
    temperature_c: float | None
    symptoms: tuple[str, ...]
    action: str
    name: RecordName


class Enrolment(NamedTuple):
    """From `first` to `last`, both included."""

    first: date
    last: date
    class_id: str
    service: str

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last


class Sign(NamedTuple):
    """A sign of illness. `child`: the child's id where told, else the subject; `what`: symptoms or a condition."""

    day: date
    class_id: str
    child: str
    what: tuple[str, ...]
    name: RecordName


class Other(NamedTuple):
    """A record that makes a day of the centre and says nothing that is counted or judged."""

    day: date


Seen = Attendance | Check
"""A record of one child and day by which children are judged. Its `rank` is greater the later it is."""


def seen_of(publication: Publication, zone: tzinfo) -> Seen | Other | None:
    """What a record says of a day; None for a retraction, and for one that makes no day."""
    event = publication.event
    if event.retraction or event.kind in (ENROLLED, WITHDRAWN):
        return None
    if event.kind == ATTENDANCE:
        return _attendance(publication, zone)
    return _check(publication, zone) if event.kind == CHECK else Other(event.local_date(zone))


def _attendance(publication: Publication, zone: tzinfo) -> Attendance:
    event, data = publication.event, publication.event.data
    present = data["status"] == "present"
    return Attendance(
        day=event.local_date(zone),
        rank=(publication.at, event.recordid, event.source),
        class_id=intern(data["class_id"]),
        present=present,
        reason="" if present else intern(data.get("absence_reason") or UNKNOWN),
        symptoms=tuple(data.get("symptoms") or ()),
        name=publication.identity,
    )


def _check(publication: Publication, zone: tzinfo) -> Check:
    event, data = publication.event, publication.event.data
    return Check(
        day=event.local_date(zone),
        rank=(publication.at, event.recordid, event.source),
        class_id=intern(data["class_id"]),
        kind=intern(data["kind"]),
        temperature_c=data.get("temperature_c"),
        symptoms=tuple(data.get("symptoms") or ()),
        action=intern(data["action"]),
        name=publication.identity,
    )


def enrolment_of(publication: Publication, withdrawals: list[date]) -> Enrolment | None:
    """Until the day before the first withdrawal after its start; None when it ends before it begins."""
    data = publication.event.data
    first = date.fromisoformat(data["from_date"])
    until = date.fromisoformat(data["until"]) if data.get("until") else date.max
    given_up = min((day for day in withdrawals if day > first), default=None)
    last = until if given_up is None else min(until, given_up - timedelta(days=1))
    return Enrolment(first, last, data["class_id"], data["service"]) if first <= last else None
