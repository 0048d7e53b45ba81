"""What must be queryable of centres' days, counted from the books day by day and child by child."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from streams.simulate.books import JSON, Entry
from streams.simulate.calendar import span
from streams.simulate.entries import happened, local_day, newest

CENTER_RECORDS = {
    "attendance.recorded",
    "health-check.recorded",
    "measurement.recorded",
    "development.observed",
    "incident.recorded",
}
CENTER_SIDE = {*CENTER_RECORDS, "child.enrolled", "child.withdrawn"}


def days_of_centers(all_entries: Iterable[Entry], today: date) -> Iterable[JSON]:
    """A row for each centre and day, counted from the entries that stand."""
    standing = [entry for entry in all_entries if entry.stands]
    by_center: dict[str, list[Entry]] = defaultdict(list)
    for entry in standing:
        if entry.kind in CENTER_SIDE:
            by_center[entry.data["center_id"]].append(entry)
    filings: dict[str, list[Entry]] = defaultdict(list)
    for entry in standing:
        if entry.kind == "center.filed":
            filings[entry.subject.partition(":")[2]].append(entry)
    for center, entries in by_center.items():
        places = newest(filings[center]).data["places"] if filings[center] else None
        yield from ({**row, "places": places} for row in _days_of(center, entries, today))


def _days_of(center: str, entries: list[Entry], today: date) -> Iterable[JSON]:
    of_day: dict[date, list[Entry]] = defaultdict(list)
    enrolled: Counter[date] = Counter()
    by_subject: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_subject[entry.subject].append(entry)
        if entry.kind in CENTER_RECORDS:
            of_day[local_day(entry)].append(entry)
    for own in by_subject.values():
        places = [entry for entry in own if entry.kind == "child.enrolled"]
        first = min((date.fromisoformat(p.data["from_date"]) for p in places), default=today)
        enrolled.update(d for d in span(first, today) if any(is_enrolled(d, p, own) for p in places))
    for day in sorted({*of_day, *enrolled}):
        if day <= today:
            yield {"center_id": center, "date": day.isoformat(), "enrolled": enrolled[day], **_figures(of_day[day])}


def is_enrolled(day: date, place: Entry, records: Iterable[Entry]) -> bool:
    """True on the days of an enrolment up to its end or to the first withdrawal after its beginning."""
    first, until = date.fromisoformat(place.data["from_date"]), place.data.get("until")
    if day < first or (until and day > date.fromisoformat(until)):
        return False
    center = place.data["center_id"]
    left = [
        date.fromisoformat(e.data["date"])
        for e in records
        if e.kind == "child.withdrawn" and e.data["center_id"] == center
    ]
    return not any(first < gone <= day for gone in left)


def _figures(records: list[Entry]) -> JSON:
    told: dict[str, Entry] = {}
    for entry in sorted(records, key=lambda e: (happened(e), e.record)):
        if entry.kind == "attendance.recorded":
            told[entry.subject] = entry
    checks = [entry for entry in records if entry.kind == "health-check.recorded"]
    absent = [entry.data for entry in told.values() if entry.data["status"] == "absent"]
    return {
        "present": len(told) - len(absent),
        "absent": len(absent),
        "absent_sick": sum(data.get("absence_reason") == "sick" for data in absent),
        "absent_unknown": sum(data.get("absence_reason", "unknown") == "unknown" for data in absent),
        "checked": len({e.subject for e in checks if e.data["kind"] == "morning"}),
        "fever": len({e.subject for e in checks if _feverish(e.data)}),
        "symptomatic": len({e.subject for e in records if e.data.get("symptoms")}),
        "sent_home": len({e.subject for e in checks if e.data["action"] == "sent-home"}),
    }


def _feverish(data: Mapping[str, object]) -> bool:
    temperature, symptoms = data.get("temperature_c"), data.get("symptoms")
    hot = isinstance(temperature, int | float) and temperature >= 37.5
    return hot or (isinstance(symptoms, list) and "fever" in symptoms)
