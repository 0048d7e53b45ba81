"""Events of clinics and health posts; the subject is the child."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.fields import (
    AgeMonths,
    ChildSubject,
    Data,
    Day,
    FacilityId,
    HeadCm,
    LengthCm,
    Name,
    Note,
    Number,
    OtherId,
    Signs,
    WeightKg,
)
from schemas.vaccines import Vaccine

Milestone = Literal["home", "m1", "m3", "m6", "m8", "m12", "m18", "m24", "m30", "m36", "y4", "y5", "y6"]
DoseNo = Annotated[int, Field(ge=1, le=2**31 - 1)]
Teeth = Annotated[int, Field(ge=0, le=24)]
Outcome = Literal["pass", "refer", "inconclusive"]


class ChildRegistered(Data):
    """A child is registered with its responsible clinic 儿童建档."""

    sex: Literal["female", "male", "unknown"]
    birth_date: Day
    clinic_id: FacilityId
    gestational_weeks: Annotated[int, Field(ge=22, le=44)] | None = None
    birth_weight_g: Annotated[int, Field(ge=300, le=7000)] | None = None
    community: Name | None = None


class ChildDeparted(Data):
    """A child moved away or died 迁出或死亡."""

    date: Day
    reason: Literal["moved", "died", "other"]


class WarningSigns(Data):
    """Positive signs of the national developmental screening table at an age 预警征象."""

    age_months: AgeMonths
    positive: Signs


class Screening(Data):
    """One screening with a named instrument 筛查."""

    instrument: Annotated[str, Field(min_length=1, max_length=64)]
    result: Outcome
    score: Number | None = None


class Item(Data):
    """Anything else that was measured, by code 其他项目."""

    code: Annotated[str, Field(min_length=1, max_length=64)]
    value: Annotated[str, Field(max_length=1000)] | Number | bool


class CheckupRecorded(Data):
    """A checkup of the national schedule, or an extra visit 健康检查."""

    clinic_id: FacilityId
    milestone: Milestone | None = None
    weight_kg: WeightKg | None = None
    length_height_cm: LengthCm | None = None
    position: Literal["lying", "standing"] | None = None
    head_circumference_cm: HeadCm | None = None
    haemoglobin_g_l: Annotated[float, Field(ge=20, le=250)] | None = None
    oedema: bool | None = None
    warning_signs: WarningSigns | None = None
    screenings: Annotated[list[Screening], Field(max_length=100)] | None = None
    vision: Literal["pass", "refer"] | None = None
    hearing: Literal["pass", "refer"] | None = None
    teeth: Teeth | None = None
    caries: Teeth | None = None
    items: Annotated[list[Item], Field(max_length=200)] | None = None
    conclusions: Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=100)] | None = None
    next_due: Day | None = None


class VaccinationRecorded(Data):
    """A dose was given 接种."""

    clinic_id: FacilityId
    vaccine: Vaccine
    dose_no: DoseNo


class VaccinationDeferred(Data):
    """A dose was put off 推迟接种."""

    clinic_id: FacilityId
    vaccine: Vaccine
    dose_no: DoseNo
    reason: Literal["contraindication", "illness", "refused", "out-of-stock"]
    until: Day | None = None


class DiagnosisRecorded(Data):
    """A communicable disease or another condition 诊断."""

    clinic_id: FacilityId
    condition: Literal[
        "hfmd",
        "influenza",
        "chickenpox",
        "mumps",
        "norovirus",
        "scarlet-fever",
        "conjunctivitis",
        "covid-19",
        "measles",
        "other",
    ]
    onset_date: Day
    exclude_until: Day | None = None
    icd10: Annotated[str, Field(min_length=1, max_length=16)] | None = None


class ReferralMade(Data):
    """A referral to another clinic 转诊."""

    referral_id: OtherId
    to_clinic: FacilityId
    reason: Note
    due_date: Day


class ReferralClosed(Data):
    """What became of a referral 转诊结案."""

    referral_id: OtherId
    outcome: Literal["attended", "declined", "not-needed"]


class IdentityLinked(Data):
    """The event's subject is an alias of the subject that the child is registered under 身份关联."""

    same_as: ChildSubject
