"""Builders of what rules about centres see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import orjson

from schemas.event import read
from streams.clinical.center.case import EntityCase, SubjectCase
from streams.clinical.center.seen import Attendance, Check, Enrolment, Sign
from streams.clinical.center.working_days import Calendar
from streams.clinical.county import County
from streams.records import Publication
from tests.support.builders import an_event

ZONE = ZoneInfo("Asia/Shanghai")
Dated = TypeVar("Dated", Attendance | Check, Sign)
MONDAY = date(2026, 3, 2)
FULL = Enrolment(date(2026, 1, 5), date.max, "c1", "full-day")


def day(number: int) -> date:
    """Day 1 is a Monday; 6 and 7 are the weekend."""
    return MONDAY + timedelta(days=number - 1)


def an_attendance(number: int, reason: str = "", hour: int = 8, symptoms: Sequence[str] = ()) -> Attendance:
    """`reason`: "" for a child that was present."""
    at, record = datetime.combine(day(number), time(hour), UTC), f"A{number}-{hour}"
    name = ("attendance.recorded", "center:yucai", record)
    return Attendance(day(number), (at, record, "center:yucai"), "c1", not reason, reason, tuple(symptoms), name)


def a_check(
    number: int,
    kind: str = "morning",
    temperature: float | None = None,
    action: str = "admitted",
    hour: int = 8,
    symptoms: Sequence[str] = (),
    record: str = "",
) -> Check:
    at, record = datetime.combine(day(number), time(hour), UTC), record or f"H{number}-{hour}"
    name = ("health-check.recorded", "center:yucai", record)
    return Check(day(number), (at, record, "center:yucai"), "c1", kind, temperature, tuple(symptoms), action, name)


def a_case(today: int, hour: int = 18, others_on: Sequence[int] = (), **given: Any) -> SubjectCase:
    """`others_on`: the days on which others have records of the centre; the child's own days are added."""
    attendances, checks = given.pop("attendances", ()), given.pop("checks", ())
    own = {attendance.day for attendance in attendances}
    checked = {check.day for check in checks if check.kind == "morning"}
    others = {day(number) for number in others_on}
    given = {"enrolments": (FULL,), "calendar": Calendar(), "reported": own | others, "morning": checked} | given
    seen = by_day([*attendances, *checks])
    return SubjectCase(subject="cn-id:ann", today=day(today), clock=time(hour), seen=seen, **given)


def by_day(things: Iterable[Dated]) -> dict[date, list[Dated]]:
    found: dict[date, list[Dated]] = {}
    for thing in things:
        found.setdefault(thing.day, []).append(thing)
    return found


def a_sign(number: int, child: str, what: str = "fever", class_id: str = "c1") -> Sign:
    return Sign(day(number), class_id, child, (what,), ("health-check.recorded", "center:yucai", f"{child}{number}"))


def fact(kind: str, subject: str, data: dict[str, Any], at: str = "2026-01-01T08:00:00+08:00") -> Publication:
    raw = orjson.dumps(an_event(kind, "registry:bureau", subject, data, at))
    return Publication(read(raw), raw, "registry-events/0/1", 1, 1)


def a_county(*facts: Publication, heard: dict[str, str] | None = None) -> County:
    of_subject: dict[str, dict[bytes, Publication]] = {}
    for number, each in enumerate(facts):
        of_subject.setdefault(each.event.subject, {})[b"%d" % number] = each
    return County(ZONE).with_facts(of_subject).with_heard(heard or {})


def filed(places: int = 40, at: str = "2026-01-01T08:00:00+08:00") -> Publication:
    data = {"name": "Yucai", "kind": "community", "ownership": "public", "places": places, "inclusive_places": 0}
    return fact("center.filed", "center:yucai", data, at)


def closed(on: str) -> Publication:
    return fact("center.closed", "center:yucai", {"date": on}, "2026-02-01T08:00:00+08:00")


def of_centre(county: County, today: date, enrolled: int = 0) -> EntityCase:
    return EntityCase("yucai", today, county, enrolled)
