"""Rows for people: a record in a child's timeline, the child itself, its milestones, its alerts. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, tzinfo
from typing import Any

from streams.clinical.schedule import national, windows
from streams.clock.moments import utc_text, utc_text_of_ms
from streams.records import Publication
from streams.timeline.checkup_overdue import RULE, Held, alert_id, opening_on
from streams.timeline.life import CHECKUP, Life
from streams.timeline.milestones import Milestone, named_too_early

Row = dict[str, Any]
CONFLICT, TOO_EARLY = "equal-revision-conflict", "milestone-too-early"
Z_SCORES = dict.fromkeys(("waz", "haz", "wlz", "baz", "hcz"))


def timeline_row(child: str, publication: Publication, born: date, zone: tzinfo, conflict: bool) -> Row:
    """One standing record of a registered child; age_days is local_date − birth date."""
    event = publication.event
    data, local = event.data, event.local_date(zone)
    return {
        "child_id": child,
        "kind": event.kind,
        "source": event.source,
        "record_id": event.recordid,
        "subject": event.subject,
        "occurred_at": _utc(event.time),
        "local_date": local.isoformat(),
        "revision": event.revision,
        "age_days": (local - born).days,
        "center_id": data.get("center_id", ""),
        "class_id": data.get("class_id", ""),
        "clinic_id": data.get("clinic_id", ""),
        "data": data,
        **Z_SCORES,
        "flags": _flags(publication, born, zone, conflict),
        "recorded_at": _utc(event.recordedtime or event.time),
        "accepted_at": utc_text_of_ms(publication.visible_at),
        "origin": publication.origin,
        "event_id": event.id,
    }


def _flags(publication: Publication, born: date, zone: tzinfo, conflict: bool) -> list[str]:
    flags = [CONFLICT] if conflict else []
    event = publication.event
    if event.kind == CHECKUP and named_too_early(
        event.local_day(zone), event.data.get("milestone") or "", windows(born)
    ):
        flags.append(TOO_EARLY)
    return flags


def _utc(text: str) -> str:
    return utc_text(datetime.fromisoformat(text.upper()))


def child_row(child: str, life: Life, schedule: Sequence[Milestone], alerts: Iterable[Held], today: date | None) -> Row:
    """The child as it is known now."""
    values, holds, place = life.values, life.registration.event, life.enrolment(today)
    coming = (
        None if life.departed_on else next((m for m in schedule if m.status in ("upcoming", "open", "overdue")), None)
    )
    return {
        "child_id": child,
        "subject": holds.subject,
        "registered_by": holds.source,
        "registration_record": holds.recordid,
        "sex": values["sex"],
        "birth_date": values["birth_date"],
        "clinic_id": values["clinic_id"],
        "status": "departed" if life.departed_on else "active",
        "center_id": place.center_id if place else "",
        "class_id": place.class_id if place else "",
        "band": place.band if place else "",
        "service": place.service if place else "",
        "enrolled_from": _day(place.from_date if place else None),
        "last_checkup_on": _day(max((day for day, _ in life.checkups), default=None)),
        "next_milestone": coming.window.milestone if coming else "",
        "next_due_on": _day(coming.window.due_on if coming else None),
        "open_alerts": sum(alert.is_active for alert in alerts),
        "registered_on": _day(life.registered_on),
        "departed_on": _day(life.departed_on),
        "departure_reason": life.departure_reason,
        "gestational_weeks": values.get("gestational_weeks"),
        "birth_weight_g": values.get("birth_weight_g"),
        "community": values.get("community") or "",
    }


def milestone_row(child: str, milestone: Milestone) -> Row:
    window = milestone.window
    return {
        "child_id": child,
        "milestone": window.milestone,
        "clinic_id": milestone.clinic_id,
        "opens_on": _day(window.opens_on),
        "due_on": _day(window.due_on),
        "overdue_on": _day(window.overdue_on),
        "missed_on": _day(window.missed_on),
        "status": milestone.status,
        "done_on": _day(milestone.done_on),
    }


def alert_row(child: str, name: str, alert: Held, life: Life, schedule: Sequence[Milestone], center: str) -> Row:
    """An alert with the values that it was decided on, and what the clinic's own system needs to show the name."""
    milestone = next(m for m in schedule if m.window.milestone == name)
    rule, window, holds = national().checkup_overdue, milestone.window, life.registration.event
    return {
        "alert_id": alert_id(child, name),
        "rule": RULE,
        "rule_version": rule.version,
        "severity": rule.severity_escalated if alert.state == "escalated" else rule.severity_open,
        "child_id": child,
        "center_id": center,
        "clinic_id": life.values["clinic_id"],
        "milestone": name,
        "state": alert.state,
        "resolution": alert.resolution,
        "due_on": _day(window.due_on),
        "raised_at": alert.raised_at,
        "changed_at": alert.changed_at,
        "detail": {
            "subject": holds.subject,
            "registered_by": holds.source,
            "registration_record": holds.recordid,
            "opening_on": _day(opening_on(milestone, life)),
            "overdue_on": _day(window.overdue_on),
            "missed_on": _day(window.missed_on),
        },
    }


def gone(row: Mapping[str, Any], alert: Held) -> Row:
    """The row of an alert whose child is registered no longer: what it last said, and that it is resolved."""
    return {**row, "state": alert.state, "resolution": alert.resolution, "changed_at": alert.changed_at}


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
