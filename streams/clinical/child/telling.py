"""What single records say of a child's life: only the fields that derived values use, decoded once. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from sys import intern
from typing import Any, ClassVar

from streams.records import Publication

REGISTERED, DEPARTED, CHECKUP = "child.registered", "child.departed", "checkup.recorded"
ENROLLED, WITHDRAWN = "child.enrolled", "child.withdrawn"
VACCINATED, DEFERRED = "vaccination.recorded", "vaccination.deferred"
DIAGNOSED, REFERRED, CLOSED = "diagnosis.recorded", "referral.made", "referral.closed"
MEASURED, OBSERVED = "measurement.recorded", "development.observed"

POSITIVE, CLEAN = "positive", "clean"
"""What a screening of development found; "" when it says nothing of that."""

Rank = tuple[datetime, str, str]
"""(time, source, recordid): of several standing records of one kind the greatest holds."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """What every record tells. `on`: the local date of its time, unless it says otherwise."""

    KIND: ClassVar[str] = ""

    rank: Rank
    on: date

    @property
    def source(self) -> str:
        return self.rank[1]

    @property
    def recordid(self) -> str:
        return self.rank[2]

    @property
    def name(self) -> tuple[str, str, str]:
        """(kind, source, recordid) of the record."""
        return (self.KIND, self.source, self.recordid)


@dataclass(frozen=True, slots=True)
class Registration(Ranked):
    KIND: ClassVar[str] = REGISTERED

    visible_at: int
    subject: str
    born: date
    sex: str
    clinic_id: str
    gestational_weeks: int | None
    birth_weight_g: int | None
    community: str


@dataclass(frozen=True, slots=True)
class Departure(Ranked):
    """`on`: the date that it gives."""

    KIND: ClassVar[str] = DEPARTED

    reason: str


@dataclass(frozen=True, slots=True)
class Measured:
    """Body measures of one visit: kg, cm, `lying` or `standing` ("" when not given)."""

    weight_kg: float | None
    length_height_cm: float | None
    position: str
    head_circumference_cm: float | None
    oedema: bool


@dataclass(frozen=True, slots=True)
class Visit(Ranked):
    """A checkup, or a centre's measurement. `measured`: None when nothing was."""

    measured: Measured | None


@dataclass(frozen=True, slots=True)
class Checkup(Visit):
    """`milestone`: the one that its event names, or ""; `development`: positive, clean or ""."""

    KIND: ClassVar[str] = CHECKUP

    milestone: str
    haemoglobin_g_l: float | None
    development: str


@dataclass(frozen=True, slots=True)
class Measurement(Visit):
    KIND: ClassVar[str] = MEASURED


@dataclass(frozen=True, slots=True)
class Observation(Ranked):
    """A centre's look at a child's development: positive or clean."""

    KIND: ClassVar[str] = OBSERVED

    development: str


@dataclass(frozen=True, slots=True)
class Enrolment(Ranked):
    KIND: ClassVar[str] = ENROLLED

    center_id: str
    class_id: str
    band: str
    service: str
    from_date: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Withdrawal(Ranked):
    """`on`: the date that it gives."""

    KIND: ClassVar[str] = WITHDRAWN

    center_id: str


@dataclass(frozen=True, slots=True)
class Vaccination(Ranked):
    KIND: ClassVar[str] = VACCINATED

    vaccine: str
    dose_no: int


@dataclass(frozen=True, slots=True)
class Deferral(Ranked):
    KIND: ClassVar[str] = DEFERRED

    vaccine: str
    dose_no: int
    reason: str
    until: date | None


@dataclass(frozen=True, slots=True)
class Diagnosis(Ranked):
    KIND: ClassVar[str] = DIAGNOSED

    condition: str
    onset_on: date


@dataclass(frozen=True, slots=True)
class Referral(Ranked):
    KIND: ClassVar[str] = REFERRED

    referral_id: str
    due_on: date


@dataclass(frozen=True, slots=True)
class ReferralClosed(Ranked):
    KIND: ClassVar[str] = CLOSED

    referral_id: str
    outcome: str


Told = (
    Registration
    | Departure
    | Checkup
    | Measurement
    | Observation
    | Enrolment
    | Withdrawal
    | Vaccination
    | Deferral
    | Diagnosis
    | Referral
    | ReferralClosed
)


def told_by(publication: Publication, zone: tzinfo) -> Told:
    """What a standing publication of one of the kinds in TELLING says."""
    return TELLING[publication.event.kind](publication, zone)


def _registration(publication: Publication, zone: tzinfo) -> Registration:
    data = publication.event.data
    return Registration(
        rank=_rank(publication),
        on=_local_date(publication, zone),
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
        on=_local_date(publication, zone),
        measured=_measured(data),
        milestone=intern(data.get("milestone") or ""),
        haemoglobin_g_l=data.get("haemoglobin_g_l"),
        development=_development_of_checkup(data),
    )


def _measurement(publication: Publication, zone: tzinfo) -> Measurement:
    return Measurement(_rank(publication), _local_date(publication, zone), _measured(publication.event.data))


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
    return Observation(_rank(publication), _local_date(publication, zone), found)


def _enrolment(publication: Publication, zone: tzinfo) -> Enrolment:
    data = publication.event.data
    return Enrolment(
        rank=_rank(publication),
        on=_local_date(publication, zone),
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
    data, on = publication.event.data, _local_date(publication, zone)
    return Vaccination(_rank(publication), on, intern(data["vaccine"]), data["dose_no"])


def _deferral(publication: Publication, zone: tzinfo) -> Deferral:
    data, on = publication.event.data, _local_date(publication, zone)
    reason, until = intern(data["reason"]), _maybe(data, "until")
    return Deferral(_rank(publication), on, intern(data["vaccine"]), data["dose_no"], reason, until)


def _diagnosis(publication: Publication, zone: tzinfo) -> Diagnosis:
    data, on = publication.event.data, _local_date(publication, zone)
    return Diagnosis(_rank(publication), on, intern(data["condition"]), date.fromisoformat(data["onset_date"]))


def _referral(publication: Publication, zone: tzinfo) -> Referral:
    data, on = publication.event.data, _local_date(publication, zone)
    return Referral(_rank(publication), on, data["referral_id"], date.fromisoformat(data["due_date"]))


def _closed(publication: Publication, zone: tzinfo) -> ReferralClosed:
    data, on = publication.event.data, _local_date(publication, zone)
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


def _local_date(publication: Publication, zone: tzinfo) -> date:
    return publication.at.astimezone(zone).date()


def _maybe(data: Mapping[str, Any], field: str) -> date | None:
    given = data.get(field)
    return date.fromisoformat(given) if given else None
