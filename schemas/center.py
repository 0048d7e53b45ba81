"""Events of childcare centres; the subject is the child."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator

from schemas.fields import (
    Data,
    Day,
    FacilityId,
    HeadCm,
    LengthCm,
    Note,
    OtherId,
    Position,
    Signs,
    SignsAge,
    Time,
    WeightKg,
    about,
    allowing,
)

Symptom = Literal["fever", "cough", "rash", "mouth-sores", "vomiting", "diarrhoea", "red-eye", "runny-nose", "other"]
SYMPTOMS_ZH = ("发热", "咳嗽", "皮疹", "口腔溃疡", "呕吐", "腹泻", "眼红", "流涕", "其他")
Symptoms = list[Symptom]
AbsenceReason = Literal["sick", "personal", "vaccination", "checkup", "unknown"]


class ChildEnrolled(Data):
    """A child has a place in a class."""

    zh: ClassVar[str] = "入托"

    center_id: Annotated[FacilityId, about("the centre", "托育机构")]
    class_id: Annotated[OtherId, about("the class", "班级")]
    band: Annotated[
        Literal["nursing", "toddler", "senior", "mixed"],
        about("age band: 6–12, 12–24, 24–36 months, or mixed", "班型", ("乳儿班", "托小班", "托大班", "混合班")),
    ]
    service: Annotated[
        Literal["full-day", "half-day", "hourly", "temporary"],
        about("service", "服务类型", ("全日托", "半日托", "计时托", "临时托")),
    ]
    from_date: Annotated[Day, about("first day", "入托日期")]
    until: Annotated[Day | None, about("last day, where it is known", "截止日期")] = None


class ChildWithdrawn(Data):
    """A child gave up its place."""

    zh: ClassVar[str] = "离托"

    center_id: Annotated[FacilityId, about("the centre", "托育机构")]
    date: Annotated[Day, about("first day without the place", "离托日期")]
    reason: Annotated[Note | None, about("why", "原因")] = None


class AttendanceRecorded(Data):
    """A child was there on a day, or was not."""

    zh: ClassVar[str] = "出勤"

    center_id: Annotated[FacilityId, about("the centre", "托育机构")]
    class_id: Annotated[OtherId, about("the class", "班级")]
    date: Annotated[Day, about("the day", "日期")]
    status: Annotated[Literal["present", "absent"], about("was it there", "出勤情况", ("出勤", "缺勤"))]
    arrived_at: Annotated[Time | None, about("came at", "到园时间")] = None
    left_at: Annotated[Time | None, about("left at", "离园时间")] = None
    absence_reason: Annotated[
        AbsenceReason | None,
        about("why it was absent", "缺勤原因，仅限缺勤", ("病假", "事假", "接种", "体检", "不明")),
        allowing("sick, personal, vaccination, checkup, unknown; only with status absent"),
    ] = None
    symptoms: Annotated[Symptoms | None, about("symptoms that were told", "家长告知的症状", SYMPTOMS_ZH)] = None

    @field_validator("absence_reason")
    @classmethod
    def _only_of_an_absence(cls, reason: str | None, info: ValidationInfo) -> str | None:
        if reason is not None and info.data.get("status") == "present":
            raise ValueError("only with status absent")
        return reason


class HealthCheckRecorded(Data):
    """A morning or noon check, or an observation during the day."""

    zh: ClassVar[str] = "晨午检及全日观察"

    center_id: Annotated[FacilityId, about("the centre", "托育机构")]
    class_id: Annotated[OtherId, about("the class", "班级")]
    kind: Annotated[
        Literal["morning", "noon", "observation"], about("which check", "检查类型", ("晨检", "午检", "全日观察"))
    ]
    temperature_c: Annotated[
        Annotated[float, Field(ge=30, le=45)] | None, about("temperature in °C", "体温（摄氏度）")
    ] = None
    symptoms: Annotated[Symptoms | None, about("symptoms that were seen", "检查所见症状", SYMPTOMS_ZH)] = None
    action: Annotated[
        Literal["admitted", "observed", "isolated", "sent-home"],
        about("what was done", "处理", ("入园", "观察", "隔离", "送返")),
    ]


class MeasurementRecorded(Data):
    """A child was measured at the centre."""

    zh: ClassVar[str] = "体格测量"

    center_id: Annotated[FacilityId, about("the centre", "托育机构")]
    weight_kg: Annotated[WeightKg | None, about("weight in kg", "体重（千克）")] = None
    length_height_cm: Annotated[LengthCm | None, about("length or height in cm", "身长或身高（厘米）")] = None
    position: Annotated[Position | None, about("how length or height was taken", "测量体位：卧位、立位")] = None
    head_circumference_cm: Annotated[HeadCm | None, about("head circumference in cm", "头围（厘米）")] = None


class DevelopmentObserved(Data):
    """Warning signs of the national table that carers saw."""

    zh: ClassVar[str] = "发育观察"

    center_id: Annotated[FacilityId, about("the centre", "托育机构")]
    age_months: Annotated[SignsAge, about("age of the table in months", "月龄")]
    positive: Annotated[Signs, about("numbers of the signs that are positive; [] for none", "阳性条目")]


class IncidentRecorded(Data):
    """An accident at the centre."""

    zh: ClassVar[str] = "意外事件"

    center_id: Annotated[FacilityId, about("the centre", "托育机构")]
    kind: Annotated[
        Literal["fall", "bite", "choking", "burn", "missing", "other"],
        about("what happened", "类型：跌伤、咬伤、窒息、烧烫伤、走失、其他"),
    ]
    severity: Annotated[Literal["minor", "treated", "hospital"], about("how severe", "轻微、已处理、送医")]
