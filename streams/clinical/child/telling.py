"""What single records say of a child's life: only the fields that derived values use, decoded once. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

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
    """`subject`: the one that the centre uses for the child."""

    KIND: ClassVar[str] = ENROLLED

    subject: str
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
