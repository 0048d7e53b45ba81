"""What one standing record says of one day of one centre, in the few bytes that counting needs. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from streams.records import Publication

ATTENDANCE, CHECK = "attendance.recorded", "health-check.recorded"
ENROLLED, WITHDRAWN = "child.enrolled", "child.withdrawn"
FEVER_C = 37.5


@dataclass(frozen=True, slots=True)
class Attendance:
    """`rank` decides among several of one child and day: greatest time, then recordid."""

    day: date
    subject: str
    rank: tuple[datetime, str, str]
    present: bool
    sick: bool
    unknown: bool
    symptoms: bool


@dataclass(frozen=True, slots=True)
class Check:
    day: date
    subject: str
    morning: bool
    fever: bool
    symptoms: bool
    sent_home: bool


@dataclass(frozen=True, slots=True)
class Other:
    """A record that makes a day of the centre but counts in no column."""

    day: date


Fact = Attendance | Check | Other


def fact_of(publication: Publication, zone: tzinfo) -> Fact | None:
    """None for a retraction and for records that make no day."""
    event = publication.event
    if event.retraction or event.kind in (ENROLLED, WITHDRAWN):
        return None
    data, day = event.data, event.local_date(zone)
    symptoms = data.get("symptoms") or ()
    if event.kind == ATTENDANCE:
        reason, absent = data.get("absence_reason") or "unknown", data["status"] == "absent"
        rank = (publication.at, event.recordid, event.source)
        sick, unknown = absent and reason == "sick", absent and reason == "unknown"
        return Attendance(day, event.subject, rank, not absent, sick, unknown, bool(symptoms))
    if event.kind == CHECK:
        fever = (data.get("temperature_c") or 0) >= FEVER_C or "fever" in symptoms
        home = data["action"] == "sent-home"
        return Check(day, event.subject, data["kind"] == "morning", fever, bool(symptoms), home)
    return Other(day)
