"""Events of childcare centres; the subject is the child."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from schemas.fields import AgeMonths, Data, Day, FacilityId, HeadCm, LengthCm, Note, OtherId, Signs, Time, WeightKg

Symptom = Literal["fever", "cough", "rash", "mouth-sores", "vomiting", "diarrhoea", "red-eye", "runny-nose", "other"]
Symptoms = Annotated[list[Symptom], Field(max_length=9)]


class ChildEnrolled(Data):
    """A child has a place in a class 入托."""

    center_id: FacilityId
    class_id: OtherId
    band: Literal["nursing", "toddler", "senior", "mixed"]
    service: Literal["full-day", "half-day", "hourly", "temporary"]
    from_date: Day
    until: Day | None = None


class ChildWithdrawn(Data):
    """A child gave up its place 离托."""

    center_id: FacilityId
    date: Day
    reason: Note | None = None


class AttendanceRecorded(Data):
    """A child was there on a day, or was not 出勤."""

    center_id: FacilityId
    class_id: OtherId
    date: Day
    status: Literal["present", "absent"]
    arrived_at: Time | None = None
    left_at: Time | None = None
    absence_reason: Literal["sick", "personal", "vaccination", "checkup", "unknown"] | None = None
    symptoms: Symptoms | None = None

    @model_validator(mode="after")
    def _reason_only_of_absence(self) -> AttendanceRecorded:
        if self.absence_reason is not None and self.status != "absent":
            raise ValueError("absence_reason only with status absent")
        return self


class HealthCheckRecorded(Data):
    """A morning or noon check, or an observation during the day 晨午检."""

    center_id: FacilityId
    class_id: OtherId
    kind: Literal["morning", "noon", "observation"]
    temperature_c: Annotated[float, Field(ge=30, le=45)] | None = None
    symptoms: Symptoms | None = None
    action: Literal["admitted", "observed", "isolated", "sent-home"]


class MeasurementRecorded(Data):
    """A child was measured at the centre 体格测量."""

    center_id: FacilityId
    weight_kg: WeightKg | None = None
    length_height_cm: LengthCm | None = None
    position: Literal["lying", "standing"] | None = None
    head_circumference_cm: HeadCm | None = None


class DevelopmentObserved(Data):
    """Positive warning signs that carers saw 发育观察."""

    center_id: FacilityId
    age_months: AgeMonths
    positive: Signs


class IncidentRecorded(Data):
    """An accident at the centre 意外事件."""

    center_id: FacilityId
    kind: Literal["fall", "bite", "choking", "burn", "missing", "other"]
    severity: Literal["minor", "treated", "hospital"]
