"""Events that every side may send: retractions, and that everything up to a time has been sent."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from schemas.fields import Data, FacilityId, Note, Time, about


class RecordRetracted(Data):
    """A record does not hold; kind, source, subject and recordid name it."""

    zh: ClassVar[str] = "撤回记录"

    kind: Annotated[Annotated[str, Field(min_length=1, max_length=64)], about("kind of the record", "被撤回的事件类型")]
    reason: Annotated[Note, about("why", "原因")]
    center_id: Annotated[
        FacilityId | None,
        about("centre whose record it was; a registry source must say it of a centre's record", "该记录所属的托育机构"),
    ] = None


class ReportingCompleted(Data):
    """Everything that happened up to a time has been sent."""

    zh: ClassVar[str] = "上报完毕"

    through: Annotated[Time, about("up to when", "截至时间")]
