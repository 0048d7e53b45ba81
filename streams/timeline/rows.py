"""Rows for people: a record in a child's timeline, the child itself, its milestones. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from streams.clinical.child.life import Life
from streams.clinical.child.milestones import Milestone, named_too_early
from streams.clinical.child.telling import CHECKUP, DEPARTED
from streams.clinical.pack import RulePack
from streams.clinical.vaccination.doses import DoseState
from streams.clock.moments import utc_text_of, utc_text_of_ms
from streams.timeline.growth import growth_of
from streams.timeline.kept import Kept
from streams.timeline.situation import Situation

Row = dict[str, Any]
CONFLICT, TOO_EARLY, ENROLLED_STILL = "equal-revision-conflict", "milestone-too-early", "enrolled-after-departure"


def timeline_row(child: str, kept: Kept, life: Life, since: int, situation: Situation) -> Row:
    """One standing record of a child registered `since` (ms since 1970); age_days is local_date − birth date."""
    publication, event = kept.publication, kept.publication.event
    data, day = event.data, event.local_day(situation.zone)
    occurred_at = utc_text_of(event.time)
    local_date = date.fromisoformat(data["date"]) if data.get("date") else day
    growth = growth_of(event.kind, data, day, life)
    return {
        "child_id": child,
        "kind": event.kind,
        "source": event.source,
        "record_id": event.recordid,
        "subject": event.subject,
        "occurred_at": occurred_at,
        "local_date": local_date.isoformat(),
        "revision": event.revision,
        "age_days": (local_date - life.born).days,
        "center_id": data.get("center_id") or "",
        "class_id": data.get("class_id") or "",
        "clinic_id": data.get("clinic_id") or "",
        "data": data if growth.uncorrected is None else {**data, "uncorrected": growth.uncorrected},
        **growth.columns,
        "flags": sorted(_flags(kept, day, life, situation.pack) + growth.flags),
        "recorded_at": utc_text_of(event.recordedtime) if event.recordedtime else occurred_at,
        "accepted_at": utc_text_of_ms(max(publication.visible_at, since)),
        "origin": publication.origin,
        "event_id": event.id,
    }


def _flags(kept: Kept, day: date, life: Life, pack: RulePack) -> list[str]:
    """Data-quality notes."""
    event, notes = kept.publication.event, {CONFLICT: kept.conflict}
    if event.kind == CHECKUP:
        named = event.data.get("milestone") or ""
        notes[TOO_EARLY] = named_too_early(day, named, pack.schedule.windows(life.born))
    elif event.kind == DEPARTED:
        notes[ENROLLED_STILL] = life.is_enrolled_after_leaving(date.fromisoformat(event.data["date"]))
    return [note for note, holds in notes.items() if holds]


def child_row(child: str, life: Life, schedule: Sequence[Milestone], today: date | None) -> Row:
    """The child as it is known now."""
    holds, coming = life.holds, _coming(life, schedule)
    return {
        "child_id": child,
        "subject": holds.subject,
        "registered_by": holds.source,
        "registration_record": holds.recordid,
        "sex": holds.sex,
        "birth_date": holds.born.isoformat(),
        "clinic_id": holds.clinic_id,
        "status": "departed" if life.departure else "active",
        **_place(life, today),
        "last_checkup_on": _text(max((checkup.on for checkup in life.checkups), default=None)),
        "next_milestone": coming.name if coming else "",
        "next_due_on": _text(coming.window.due_on if coming else None),
        "registered_on": _text(life.registered_on),
        "departed_on": _text(life.departed_on),
        "departure_reason": life.departure.reason if life.departure else "",
        "gestational_weeks": holds.gestational_weeks,
        "birth_weight_g": holds.birth_weight_g,
        "community": holds.community,
    }


def _coming(life: Life, schedule: Sequence[Milestone]) -> Milestone | None:
    """The first milestone that can still be done in time or late; none for a child that left."""
    if life.departure:
        return None
    return next((m for m in schedule if m.status in ("upcoming", "open", "overdue")), None)


def _place(life: Life, today: date | None) -> Row:
    place = life.place(today)
    enrolment = place.enrolment if place else None
    return {
        "center_id": enrolment.center_id if enrolment else "",
        "class_id": enrolment.class_id if enrolment else "",
        "band": enrolment.band if enrolment else "",
        "service": enrolment.service if enrolment else "",
        "enrolled_from": _text(enrolment.from_date if enrolment else None),
    }


def milestone_row(child: str, milestone: Milestone) -> Row:
    window = milestone.window
    return {
        "child_id": child,
        "milestone": milestone.name,
        "clinic_id": milestone.clinic_id,
        "opens_on": _text(window.opens_on),
        "due_on": _text(window.due_on),
        "overdue_on": _text(window.overdue_on),
        "missed_on": _text(window.missed_on),
        "status": milestone.status,
        "done_on": _text(milestone.done_on),
    }


def dose_row(child: str, state: DoseState, clinic_id: str) -> Row:
    """`clinic_id`: the clinic responsible for the child now."""
    dated = state.dated
    return {
        "child_id": child,
        "dose": state.id,
        "vaccine": dated.dose.code,
        "dose_no": dated.dose.dose_no,
        "clinic_id": clinic_id,
        "earliest_on": _text(dated.due_on),
        "recommended_on": _text(dated.recommended_on),
        "overdue_on": _text(dated.overdue_on),
        "done_on": _text(dated.done_on),
        "status": state.status,
    }


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
