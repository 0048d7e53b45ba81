"""Field types that several kinds share: their ranges, and how a value out of range is told."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

EARLIEST, LATEST = date(1970, 1, 2), date(2099, 12, 31)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})\Z")
DATE_RANGE = f"a date YYYY-MM-DD from {EARLIEST} to {LATEST}"
TIME_RANGE = f"an RFC 3339 time with offset, from {EARLIEST} to {LATEST}"


class Data(BaseModel):
    """An event's data: frozen, no unknown fields, JSON numbers never as strings."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def _checked_date(value: str) -> str:
    try:
        fits = _DATE.match(value) is not None and EARLIEST <= date.fromisoformat(value) <= LATEST
    except ValueError:
        fits = False
    if not fits:
        raise ValueError(DATE_RANGE)
    return value


def _checked_time(value: str) -> str:
    try:
        fits = _TIME.match(value) is not None and EARLIEST <= datetime.fromisoformat(value.upper()).date() <= LATEST
    except ValueError:
        fits = False
    if not fits:
        raise ValueError(TIME_RANGE)
    return value


def is_time(value: object) -> bool:
    """True for an RFC 3339 time with offset in the range that the store holds."""
    if not isinstance(value, str):
        return False
    try:
        _checked_time(value)
    except ValueError:
        return False
    return True


Day = Annotated[
    str, AfterValidator(_checked_date), Field(description="a local date", json_schema_extra={"format": "date"})
]
Time = Annotated[
    str,
    AfterValidator(_checked_time),
    Field(description="RFC 3339 with offset", json_schema_extra={"format": "date-time"}),
]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Note = Annotated[str, Field(min_length=1, max_length=1000)]
FacilityId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$", description="[a-z0-9][a-z0-9-]{0,62}")]
OtherId = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$", description="1–64 of [A-Za-z0-9._-]")]
ChildSubject = Annotated[
    str,
    Field(pattern=r"^(cn-id|birth-cert|local):[0-9a-f]{32}$", description="cn-id:, birth-cert: or local: + 32 hex"),
]
WeightKg = Annotated[float, Field(ge=0.3, le=60, description="weight in kg")]
LengthCm = Annotated[float, Field(ge=20, le=150, description="length or height in cm")]
HeadCm = Annotated[float, Field(ge=20, le=65, description="head circumference in cm")]
AgeMonths = Annotated[int, Field(ge=0, le=84, description="age in completed months")]
Count = Annotated[int, Field(ge=0, le=10_000_000)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Signs = Annotated[list[Annotated[int, Field(ge=1, le=20)]], Field(max_length=20)]
Number = Annotated[float, Field(ge=-1e12, le=1e12)]
