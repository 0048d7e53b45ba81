"""Events of clinics and health posts; the subject is the child."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, ValidationError, ValidatorFunctionWrapHandler, WrapValidator

from schemas.fields import (
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
    Position,
    Signs,
    SignsAge,
    WeightKg,
    about,
    allowing,
)
from schemas.vaccines import Vaccine

Milestone = Literal["home", "m1", "m3", "m6", "m8", "m12", "m18", "m24", "m30", "m36", "y4", "y5", "y6"]
_MONTHS_ZH = tuple(f"{months}月龄" for months in (3, 6, 8, 12, 18, 24, 30, 36))
MILESTONES_ZH = ("新生儿访视", "满月", *_MONTHS_ZH, "4岁", "5岁", "6岁")
DoseNo = Annotated[int, Field(ge=1, le=2**31 - 1)]
Teeth = Annotated[int, Field(ge=0, le=24)]
ShortText = Annotated[str, Field(max_length=64)]
Code = Annotated[str, Field(min_length=1, max_length=64)]
PassOrRefer = Literal["pass", "refer"]


def _told_once(value: Any, validate: ValidatorFunctionWrapHandler) -> Any:
    """One problem at the value's place instead of one for each type it could have been."""
    try:
        return validate(value)
    except ValidationError:
        raise ValueError("no text, number or flag") from None


Measured = Annotated[
    Annotated[str, Field(max_length=1000)] | Number | bool,
    WrapValidator(_told_once),
    allowing("text of at most 1,000 characters, a number, true or false"),
]


class ChildRegistered(Data):
    """A child is registered with its responsible clinic."""

    zh: ClassVar[str] = "儿童建档"

    sex: Annotated[Literal["female", "male", "unknown"], about("sex", "性别", ("女", "男", "不详"))]
    birth_date: Annotated[Day, about("date of birth", "出生日期")]
    clinic_id: Annotated[FacilityId, about("clinic responsible for the child", "负责管理的机构")]
    gestational_weeks: Annotated[
        Annotated[int, Field(ge=22, le=44)] | None, about("completed weeks of gestation at birth", "出生孕周")
    ] = None
    birth_weight_g: Annotated[
        Annotated[int, Field(ge=300, le=7000)] | None, about("birth weight in g", "出生体重（克）")
    ] = None
    community: Annotated[Name | None, about("community, never an address", "社区，不写住址")] = None


class ChildDeparted(Data):
    """A child moved away or died."""

    zh: ClassVar[str] = "儿童迁出或死亡"

    date: Annotated[Day, about("from when on", "日期")]
    reason: Annotated[Literal["moved", "died", "other"], about("why", "原因：迁出、死亡、其他")]


class WarningSigns(Data):
    """What the national table of warning signs found at an age."""

    zh: ClassVar[str] = "心理行为发育预警征象"

    age_months: Annotated[SignsAge, about("age of the table in months", "月龄")]
    positive: Annotated[Signs, about("numbers of the signs that are positive; [] for none", "阳性条目")]


class Screening(Data):
    """One screening with a named instrument."""

    zh: ClassVar[str] = "筛查"

    instrument: Annotated[Code, about("name of the instrument", "筛查工具")]
    result: Annotated[Literal["pass", "refer", "inconclusive"], about("result", "结果：通过、需转诊、无法判定")]
    score: Annotated[Number | None, about("score by the instrument", "得分")] = None


class Item(Data):
    """Anything else that was measured."""

    zh: ClassVar[str] = "其他检查项目"

    code: Annotated[Code, about("code of the item", "项目代码")]
    value: Annotated[Measured, about("text, number, true or false", "结果")]


class CheckupRecorded(Data):
    """A checkup of the national schedule, or an extra visit."""

    zh: ClassVar[str] = "健康检查"

    clinic_id: Annotated[FacilityId, about("clinic that examined the child", "体检机构")]
    milestone: Annotated[Milestone | None, about("checkup of the schedule that this is", "规定体检", MILESTONES_ZH)] = (
        None
    )
    weight_kg: Annotated[WeightKg | None, about("weight in kg", "体重（千克）")] = None
    length_height_cm: Annotated[LengthCm | None, about("length or height in cm", "身长或身高（厘米）")] = None
    position: Annotated[Position | None, about("how length or height was taken", "测量体位", ("卧位", "立位"))] = None
    head_circumference_cm: Annotated[HeadCm | None, about("head circumference in cm", "头围（厘米）")] = None
    haemoglobin_g_l: Annotated[
        Annotated[float, Field(ge=20, le=250)] | None, about("haemoglobin in g/l", "血红蛋白（克/升）")
    ] = None
    oedema: Annotated[bool | None, about("oedema of both feet", "双足水肿")] = None
    warning_signs: Annotated[WarningSigns | None, about("developmental warning signs", "发育预警征象")] = None
    screenings: Annotated[list[Screening] | None, about("screenings", "筛查")] = None
    vision: Annotated[PassOrRefer | None, about("vision", "视力", ("通过", "需转诊"))] = None
    hearing: Annotated[PassOrRefer | None, about("hearing", "听力", ("通过", "需转诊"))] = None
    teeth: Annotated[Teeth | None, about("number of teeth", "出牙数")] = None
    caries: Annotated[Teeth | None, about("number of teeth with caries", "龋齿数")] = None
    items: Annotated[list[Item] | None, about("anything else that was measured", "其他检查项目")] = None
    conclusions: Annotated[list[ShortText] | None, about("conclusions", "结论")] = None
    next_due: Annotated[Day | None, about("when to come again", "下次体检日期")] = None


class VaccinationRecorded(Data):
    """A dose was given."""

    zh: ClassVar[str] = "预防接种"

    clinic_id: Annotated[FacilityId, about("clinic that vaccinated", "接种单位")]
    vaccine: Annotated[Vaccine, about("code of the vaccine", "疫苗代码")]
    dose_no: Annotated[DoseNo, about("number of the dose", "剂次")]


class VaccinationDeferred(Data):
    """A dose was put off."""

    zh: ClassVar[str] = "推迟接种"

    clinic_id: Annotated[FacilityId, about("clinic that put it off", "接种单位")]
    vaccine: Annotated[Vaccine, about("code of the vaccine", "疫苗代码")]
    dose_no: Annotated[DoseNo, about("number of the dose", "剂次")]
    reason: Annotated[
        Literal["contraindication", "illness", "refused", "out-of-stock"], about("why", "原因：禁忌、患病、拒绝、缺苗")
    ]
    until: Annotated[Day | None, about("until when", "推迟至")] = None


class DiagnosisRecorded(Data):
    """A communicable disease was diagnosed, or another condition."""

    zh: ClassVar[str] = "诊断"

    clinic_id: Annotated[FacilityId, about("clinic that diagnosed", "诊断机构")]
    condition: Annotated[
        Literal[
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
        ],
        about("condition", "疾病：手足口病、流感、水痘、腮腺炎、诺如病毒、猩红热、结膜炎、新冠、麻疹、其他"),
    ]
    onset_date: Annotated[Day, about("first day of illness", "发病日期")]
    exclude_until: Annotated[Day | None, about("not to come to the centre before", "隔离至")] = None
    icd10: Annotated[Annotated[str, Field(min_length=1, max_length=16)] | None, about("ICD-10 code", "ICD-10 编码")] = (
        None
    )


class ReferralMade(Data):
    """A child was referred to another clinic."""

    zh: ClassVar[str] = "转诊"

    referral_id: Annotated[OtherId, about("the referral", "转诊编号")]
    to_clinic: Annotated[FacilityId, about("where to", "转往机构")]
    reason: Annotated[Note, about("why", "原因")]
    due_date: Annotated[Day, about("by when", "期限")]


class ReferralClosed(Data):
    """What became of a referral."""

    zh: ClassVar[str] = "转诊结案"

    referral_id: Annotated[OtherId, about("the referral", "转诊编号")]
    outcome: Annotated[
        Literal["attended", "declined", "not-needed"], about("what became of it", "结果：已就诊、拒绝、不需要")
    ]


class IdentityLinked(Data):
    """The event's subject is an alias of the subject that the child is registered under."""

    zh: ClassVar[str] = "身份关联"

    same_as: Annotated[ChildSubject, about("subject that the child is registered under", "建档所用标识")]
