"""Events of the county health bureau; the subject is the entity."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.fields import Count, Data, Day, FacilityId, Latitude, Longitude, Name, Note

Places = Annotated[int, Field(ge=0, le=100_000)]


class SourceRegistered(Data):
    """A system may write from now on 数据来源登记."""

    side: Literal["clinic", "center", "registry"]
    cadence: Literal["working-days", "weekly", "irregular"]


class CenterFiled(Data):
    """A centre is filed with the county 托育机构备案."""

    name: Name
    kind: Literal["community", "kindergarten", "employer", "hospital", "family", "independent"]
    ownership: Literal["public", "private"]
    places: Places
    inclusive_places: Places
    lat: Latitude | None = None
    lon: Longitude | None = None
    community: Name | None = None


class CenterClosed(Data):
    """A centre closed 托育机构关停."""

    date: Day


class ClinicListed(Data):
    """A clinic of the county 医疗卫生机构."""

    name: Name
    kind: Literal["county-hospital", "tcm-hospital", "mch-hospital", "township", "village", "health-post"]
    lat: Latitude | None = None
    lon: Longitude | None = None


class ContractSigned(Data):
    """A clinic serves a centre 签约服务."""

    center_id: FacilityId
    clinic_id: FacilityId
    services: Annotated[
        list[Literal["checkup", "guidance", "health-talk", "referral", "tcm"]], Field(min_length=1, max_length=5)
    ]
    from_date: Day
    until: Day | None = None


class ContractEnded(Data):
    """The service ended before its term 解约."""

    center_id: FacilityId
    clinic_id: FacilityId
    date: Day


class StaffCertified(Data):
    """A member of a centre's staff holds a certificate 从业资格."""

    center_id: FacilityId
    role: Literal["director", "carer", "health-carer", "teacher", "cook", "guard"]
    certificate: Name
    valid_until: Day | None = None


class StaffLeft(Data):
    """A member of staff left the centre 离职."""

    center_id: FacilityId
    date: Day


class TrainingCompleted(Data):
    """A member of staff completed a course 培训."""

    center_id: FacilityId
    course: Name
    hours: Annotated[float, Field(ge=0, le=10_000)]
    date: Day


class GuidanceDelivered(Data):
    """A clinic or the bureau guided a centre 业务指导."""

    center_id: FacilityId
    clinic_id: FacilityId | None = None
    topics: Annotated[list[Name], Field(max_length=50)]
    date: Day
    findings: Note | None = None


class CalendarPublished(Data):
    """Days off and extra working days of a year 放假安排."""

    year: Annotated[int, Field(ge=1970, le=2099)]
    days_off: Annotated[list[Day], Field(max_length=366)]
    extra_workdays: Annotated[list[Day], Field(max_length=366)]


class PopulationReported(Data):
    """Residents of a region 人口."""

    residents: Count
    births: Count | None = None
    under3: Count | None = None
    as_of: Day
