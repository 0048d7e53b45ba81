"""The alerts about centres, staff and sources that the registry's books call for on a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from streams.simulate.books import JSON, Entry
from streams.simulate.calendar import months_later
from streams.simulate.entries import happened, newest
from streams.simulate.heard_truth import Heard
from streams.simulate.wanted import Wanted, day_of

ONE_DAY = timedelta(days=1)
Held = dict[tuple[str, str], list[Entry]]
"""(kind, subject) → the standing entries."""


def entity_alerts(entries: Iterable[Entry], heard: Heard, enrolled: Mapping[str, int], today: date) -> Iterable[JSON]:
    """`enrolled`: centre → children on that day."""
    held = standing(entries)
    for kind, subject in sorted(held):
        name = subject.partition(":")[2]
        if kind == "center.filed":
            for alert in _of_center(name, held, enrolled.get(name, 0), today):
                yield _row(alert, name, center_id=name)
        elif kind == "staff.certified":
            center = str(newest(held[kind, subject]).data["center_id"])
            for alert in _of_staff(name, center, held, today):
                yield _row(alert, center, center_id=center)
        elif kind == "source.registered" and _is_silent(name, held, heard, today):
            side, _, place = name.partition(":")
            yield _row(Wanted("source-silent", ""), name, **{f"{side}_id": place})


def standing(entries: Iterable[Entry]) -> Held:
    held: Held = defaultdict(list)
    for entry in entries:
        if entry.stands:
            held[entry.kind, entry.subject].append(entry)
    return held


def _row(alert: Wanted, owner: str, clinic_id: str = "", center_id: str = "") -> JSON:
    return {
        "alert_id": alert.alert_id(owner),
        "child_id": "",
        "rule": alert.rule,
        "severity": alert.severity,
        "milestone": "",
        "state": alert.state,
        "due_on": alert.due_on.isoformat() if alert.due_on else None,
        "clinic_id": clinic_id,
        "center_id": center_id,
    }


def _of_center(name: str, held: Held, enrolled: int, today: date) -> Iterable[Wanted]:
    filed = newest(held["center.filed", f"center:{name}"])
    if day_of(filed) > today or _is_over(filed, held.get(("center.closed", f"center:{name}")), today):
        return
    if enrolled > filed.data["places"]:
        yield Wanted("over-capacity", "")
    if not any(_is_in_force(name, subject, held, today) for kind, subject in held if kind == "contract.signed"):
        yield Wanted("contract-missing", "")
    visits = [date.fromisoformat(e.data["date"]) for e in held.get(("guidance.delivered", f"center:{name}"), [])]
    due = months_later(max([day for day in visits if day <= today], default=day_of(filed)), 6)
    if today > due:
        yield Wanted("guidance-overdue", "", due_on=due)


def _is_in_force(center: str, subject: str, held: Held, today: date) -> bool:
    signed = newest(held["contract.signed", subject])
    data = signed.data
    begun = data["center_id"] == center and date.fromisoformat(data["from_date"]) <= today
    until = data.get("until")
    runs = until is None or today <= date.fromisoformat(until)
    return bool(begun and runs and not _is_over(signed, held.get(("contract.ended", subject)), today))


def _is_over(began: Entry, ends: list[Entry] | None, today: date) -> bool:
    if not ends:
        return False
    ended = newest(ends)
    return happened(began) <= happened(ended) and date.fromisoformat(ended.data["date"]) <= today


def _of_staff(name: str, center: str, held: Held, today: date) -> Iterable[Wanted]:
    certified = newest(held["staff.certified", f"staff:{name}"])
    if "valid_until" not in certified.data or _is_over(certified, held.get(("staff.left", f"staff:{name}")), today):
        return
    filings = held.get(("center.filed", f"center:{center}"))
    if filings and _is_over(newest(filings), held.get(("center.closed", f"center:{center}")), today):
        return
    until = date.fromisoformat(certified.data["valid_until"])
    if today >= until - timedelta(days=30):
        yield Wanted("staff-uncertified", name, "escalated" if today > until else "open", until)


def _is_silent(source: str, held: Held, heard: Heard, today: date) -> bool:
    side, _, name = source.partition(":")
    cadence = heard.cadence[source]
    if cadence == "irregular" or side == "registry":
        return False
    filings = held.get(("center.filed", f"center:{name}")) if side == "center" else None
    if filings and _is_over(newest(filings), held.get(("center.closed", f"center:{name}")), today):
        return False
    registered = newest(held["source.registered", f"source:{source}"])
    day, quiet = heard.day(source) or day_of(registered), 0
    while (day := day + ONE_DAY) < today:
        quiet += cadence == "weekly" or is_working(day, held)
    return quiet >= (10 if cadence == "weekly" else 3)


def is_working(day: date, held: Held) -> bool:
    published = held.get(("calendar.published", f"calendar:{day.year}"))
    data = newest(published).data if published else {"days_off": [], "extra_workdays": []}
    text = day.isoformat()
    return text in data["extra_workdays"] or (day.weekday() < 5 and text not in data["days_off"])
