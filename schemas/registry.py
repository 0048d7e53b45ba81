"""Events of the county health bureau; the subject is the entity."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from schemas.fields import Count, Data, Day, FacilityId, Latitude, Longitude, Name, Note, about

Places = Annotated[int, Field(ge=0, le=100_000)]
Service = Literal["checkup", "guidance", "health-talk", "referral", "tcm"]


class SourceRegistered(Data):
    """A system may write from now on."""

    zh: ClassVar[str] = "数据来源登记"

    side: Annotated[
        Literal["clinic", "center", "registry"],
        about("the prefix of the source's name", "所属方，即来源名称的前缀：医疗卫生机构、托育机构、主管部门"),
    ]
    cadence: Annotated[
        Literal["working-days", "weekly", "irregular"],
        about("how often it reports", "上报频率：每个工作日、每周、不定期"),
    ]


class CenterFiled(Data):
    """A centre is filed with the county."""

    zh: ClassVar[str] = "托育机构备案"

    name: Annotated[Name, about("name of the centre", "名称")]
    kind: Annotated[
        Literal["community", "kindergarten", "employer", "hospital", "family", "independent"],
        about("what runs it", "社区、幼儿园、用人单位、医院、家庭、独立"),
    ]
    ownership: Annotated[Literal["public", "private"], about("ownership", "公办或民办")]
    places: Annotated[Places, about("places", "托位数")]
    inclusive_places: Annotated[Places, about("places of inclusive childcare", "普惠托位数")]
    lat: Annotated[Latitude | None, about("latitude in degrees", "纬度")] = None
    lon: Annotated[Longitude | None, about("longitude in degrees", "经度")] = None
    community: Annotated[Name | None, about("community", "社区")] = None


class CenterClosed(Data):
    """A centre closed."""

    zh: ClassVar[str] = "托育机构停办"

    date: Annotated[Day, about("first day on which it is closed", "停办日期")]


class ClinicListed(Data):
    """A clinic or health post of the county."""

    zh: ClassVar[str] = "医疗卫生机构登记"

    name: Annotated[Name, about("name of the clinic", "名称")]
    kind: Annotated[
        Literal["county-hospital", "tcm-hospital", "mch-hospital", "township", "village", "health-post"],
        about("kind of clinic", "县医院、中医院、妇幼保健院、乡镇卫生院、村卫生室、托育健康小屋"),
    ]
    lat: Annotated[Latitude | None, about("latitude in degrees", "纬度")] = None
    lon: Annotated[Longitude | None, about("longitude in degrees", "经度")] = None


class ContractSigned(Data):
    """A clinic serves a centre."""

    zh: ClassVar[str] = "医育签约"

    center_id: Annotated[FacilityId, about("the centre", "托育机构")]
    clinic_id: Annotated[FacilityId, about("the clinic", "签约医疗机构")]
    services: Annotated[
        list[Service], about("what the clinic does", "服务内容：体检、业务指导、健康讲座、转诊、中医药")
    ]
    from_date: Annotated[Day, about("first day", "生效日期")]
    until: Annotated[Day | None, about("last day", "截止日期")] = None


class ContractEnded(Data):
    """The service ended before its term."""

    zh: ClassVar[str] = "解除签约"

    center_id: Annotated[FacilityId, about("the centre", "托育机构")]
    clinic_id: Annotated[FacilityId, about("the clinic", "签约医疗机构")]
    date: Annotated[Day, about("first day without it", "解约日期")]


class StaffCertified(Data):
    """A member of a centre's staff holds a certificate."""

    zh: ClassVar[str] = "从业人员持证"

    center_id: Annotated[FacilityId, about("the centre", "托育机构")]
    role: Annotated[
        Literal["director", "carer", "health-carer", "teacher", "cook", "guard"],
        about("role", "负责人、保育人员、卫生保健人员、教师、炊事员、保安"),
    ]
    certificate: Annotated[Name, about("name of the certificate", "证书名称")]
    valid_until: Annotated[Day | None, about("last day on which it is valid", "有效期至")] = None


class StaffLeft(Data):
    """A member of staff left the centre."""

    zh: ClassVar[str] = "从业人员离职"

    center_id: Annotated[FacilityId, about("the centre", "托育机构")]
    date: Annotated[Day, about("first day without them", "离职日期")]


class TrainingCompleted(Data):
    """A member of staff completed a course."""

    zh: ClassVar[str] = "培训"

    center_id: Annotated[FacilityId, about("the centre", "托育机构")]
    course: Annotated[Name, about("the course", "课程")]
    hours: Annotated[Annotated[float, Field(ge=0, le=10_000)], about("how long, in hours", "学时")]
    date: Annotated[Day, about("the day it was completed", "完成日期")]


class GuidanceDelivered(Data):
    """A clinic or the bureau guided a centre."""

    zh: ClassVar[str] = "业务指导"

    center_id: Annotated[FacilityId, about("the centre", "托育机构")]
    clinic_id: Annotated[FacilityId | None, about("the clinic that guided", "指导机构")] = None
    topics: Annotated[list[Name], about("what about", "指导内容")]
    date: Annotated[Day, about("the day", "日期")]
    findings: Annotated[Note | None, about("what was found", "发现的问题")] = None


class CalendarPublished(Data):
    """Days off and extra working days of a year."""

    zh: ClassVar[str] = "放假安排"

    year: Annotated[Annotated[int, Field(ge=1970, le=2099)], about("the year", "年份")]
    days_off: Annotated[list[Day], about("working days that are days off", "放假日")]
    extra_workdays: Annotated[list[Day], about("days of a weekend that are working days", "调休上班日")]


class PopulationReported(Data):
    """Residents of a region."""

    zh: ClassVar[str] = "人口"

    residents: Annotated[Count, about("residents", "常住人口")]
    births: Annotated[Count | None, about("births of the year", "当年出生人数")] = None
    under3: Annotated[Count | None, about("children under three", "3岁以下婴幼儿数")] = None
    as_of: Annotated[Day, about("as of", "截至日期")]
