"""What single records say of a child, read from their publications: only what is used; decoded once. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, tzinfo
from sys import intern
from typing import Any

from streams.clinical.child.telling import (
    CHECKUP,
    CLEAN,
    CLOSED,
    DEFERRED,
    DEPARTED,
    DIAGNOSED,
    ENROLLED,
    MEASURED,
    OBSERVED,
    POSITIVE,
    REFERRED,
    REGISTERED,
    VACCINATED,
    WITHDRAWN,
    Checkup,
    Deferral,
    Departure,
    Diagnosis,
    Enrolment,
    Measured,
    Measurement,
    Observation,
    Rank,
    Referral,
    ReferralClosed,
    Registration,
    Told,
    Vaccination,
    Withdrawal,
)
from streams.records import Publication


def told_by(publication: Publication, zone: tzinfo) -> Told:
    """What a standing publication of one of the kinds in TELLING says."""
    return TELLING[publication.event.kind](publication, zone)


def _registration(publication: Publication, zone: tzinfo) -> Registration:
    data = publication.event.data
    return Registration(
        rank=_rank(publication),
        on=publication.event.local_day(zone),
        visible_at=publication.visible_at,
        subject=publication.event.subject,
        born=date.fromisoformat(data["birth_date"]),
        sex=intern(data["sex"]),
        clinic_id=intern(data["clinic_id"]),
        gestational_weeks=data.get("gestational_weeks"),
        birth_weight_g=data.get("birth_weight_g"),
        community=intern(data.get("community") or ""),
    )


def _departure(publication: Publication, zone: tzinfo) -> Departure:
    data = publication.event.data
    return Departure(_rank(publication), date.fromisoformat(data["date"]), intern(data["reason"]))


def _checkup(publication: Publication, zone: tzinfo) -> Checkup:
    data = publication.event.data
    return Checkup(
        rank=_rank(publication),
        on=publication.event.local_day(zone),
        measured=_measured(data),
        milestone=intern(data.get("milestone") or ""),
        haemoglobin_g_l=data.get("haemoglobin_g_l"),
        development=_development_of_checkup(data),
    )


def _measurement(publication: Publication, zone: tzinfo) -> Measurement:
    return Measurement(_rank(publication), publication.event.local_day(zone), _measured(publication.event.data))


def _measured(data: Mapping[str, Any]) -> Measured | None:
    weight, length, head = (data.get(f) for f in ("weight_kg", "length_height_cm", "head_circumference_cm"))
    if weight is None and length is None and head is None:
        return None
    return Measured(weight, length, intern(data.get("position") or ""), head, bool(data.get("oedema")))


def _development_of_checkup(data: Mapping[str, Any]) -> str:
    """Positive with a warning sign; without one clean, when signs were looked for or every screening was passed."""
    signs, screenings = data.get("warning_signs"), data.get("screenings") or ()
    if signs is not None and signs["positive"]:
        return POSITIVE
    passed = bool(screenings) and all(screening["result"] == "pass" for screening in screenings)
    return CLEAN if signs is not None or passed else ""


def _observation(publication: Publication, zone: tzinfo) -> Observation:
    found = POSITIVE if publication.event.data["positive"] else CLEAN
    return Observation(_rank(publication), publication.event.local_day(zone), found)


def _enrolment(publication: Publication, zone: tzinfo) -> Enrolment:
    data = publication.event.data
    return Enrolment(
        rank=_rank(publication),
        on=publication.event.local_day(zone),
        subject=publication.event.subject,
        center_id=intern(data["center_id"]),
        class_id=intern(data["class_id"]),
        band=intern(data["band"]),
        service=intern(data["service"]),
        from_date=date.fromisoformat(data["from_date"]),
        until=_maybe(data, "until"),
    )


def _withdrawal(publication: Publication, zone: tzinfo) -> Withdrawal:
    data = publication.event.data
    return Withdrawal(_rank(publication), date.fromisoformat(data["date"]), intern(data["center_id"]))


def _vaccination(publication: Publication, zone: tzinfo) -> Vaccination:
    data, on = publication.event.data, publication.event.local_day(zone)
    return Vaccination(_rank(publication), on, intern(data["vaccine"]), data["dose_no"])


def _deferral(publication: Publication, zone: tzinfo) -> Deferral:
    data, on = publication.event.data, publication.event.local_day(zone)
    reason, until = intern(data["reason"]), _maybe(data, "until")
    return Deferral(_rank(publication), on, intern(data["vaccine"]), data["dose_no"], reason, until)


def _diagnosis(publication: Publication, zone: tzinfo) -> Diagnosis:
    data, on = publication.event.data, publication.event.local_day(zone)
    return Diagnosis(_rank(publication), on, intern(data["condition"]), date.fromisoformat(data["onset_date"]))


def _referral(publication: Publication, zone: tzinfo) -> Referral:
    data, on = publication.event.data, publication.event.local_day(zone)
    return Referral(_rank(publication), on, data["referral_id"], date.fromisoformat(data["due_date"]))


def _closed(publication: Publication, zone: tzinfo) -> ReferralClosed:
    data, on = publication.event.data, publication.event.local_day(zone)
    return ReferralClosed(_rank(publication), on, data["referral_id"], intern(data["outcome"]))


TELLING: Mapping[str, Callable[[Publication, tzinfo], Told]] = {
    REGISTERED: _registration,
    DEPARTED: _departure,
    CHECKUP: _checkup,
    ENROLLED: _enrolment,
    WITHDRAWN: _withdrawal,
    VACCINATED: _vaccination,
    DEFERRED: _deferral,
    DIAGNOSED: _diagnosis,
    REFERRED: _referral,
    CLOSED: _closed,
    MEASURED: _measurement,
    OBSERVED: _observation,
}
"""The kinds on which values derived from a child as a whole depend."""


def _rank(publication: Publication) -> Rank:
    return (publication.at, intern(publication.event.source), publication.event.recordid)


def _maybe(data: Mapping[str, Any], field: str) -> date | None:
    given = data.get(field)
    return date.fromisoformat(given) if given else None
