"""Field types that several kinds share: their ranges, and how a value out of range is told."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

EARLIEST, LATEST = date(1970, 1, 2), date(2099, 12, 31)
DATE_RANGE = f"a date YYYY-MM-DD from {EARLIEST} to {LATEST}"
TIME_RANGE = f"an RFC 3339 time with offset, from {EARLIEST} to {LATEST}"
FACILITY = "[a-z0-9][a-z0-9-]{0,62}"
OTHER_ID = "[A-Za-z0-9._-]{1,64}"
CHILD_SUBJECT = "(cn-id|birth-cert|local):[0-9a-f]{32}"
CHILD_SUBJECT_WORDS = "cn-id:, birth-cert: or local: + 32 lower-case hex"
DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_DATE = re.compile(rf"{DATE}\Z")
_CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]"
TIME = rf"{DATE}[Tt]{_CLOCK}:[0-5][0-9](\.[0-9]+)?([Zz]|[+-]{_CLOCK})"
_TIME = re.compile(rf"{TIME}\Z")


class Data(BaseModel):
    """An event's data: frozen, no unknown fields, JSON numbers never as strings."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    zh: ClassVar[str] = ""
    """What the docstring says, in Chinese."""


def about(en: str, zh: str, words: tuple[str, ...] = ()) -> Any:
    """What a field means, for the documentation and the spreadsheets that are made from the models.

    `words`: an enumeration's values in Chinese, in the order of its values.
    """
    if not words:
        return Field(description=en, json_schema_extra={"zh": zh})
    return Field(description=en, json_schema_extra={"zh": f"{zh}：{'、'.join(words)}", "zh_words": list(words)})


def allowing(words: str) -> Any:
    """What a field may hold, in words; for what a JSON Schema says only as a pattern or not at all."""
    return Field(json_schema_extra={"allowed": words})


def is_any_time(value: object) -> bool:
    """True for an RFC 3339 time with offset from the first date on that the store holds, however late."""
    try:
        return isinstance(value, str) and _TIME.match(value) is not None and date.fromisoformat(value[:10]) >= EARLIEST
    except ValueError:
        return False


@lru_cache(maxsize=1 << 15)
def is_date(text: str) -> bool:
    """True for a real date in the range that the store holds."""
    try:
        return _DATE.match(text) is not None and EARLIEST <= date.fromisoformat(text) <= LATEST
    except ValueError:
        return False


def is_time(value: object) -> bool:
    """True for an RFC 3339 time with offset in the range that the store holds."""
    return isinstance(value, str) and _TIME.match(value) is not None and is_date(value[:10])


def _on_a_date(value: str) -> str:
    """A date, or a time whose pattern was looked at."""
    if not is_date(value[:10]):
        raise ValueError(DATE_RANGE)
    return value


Day = Annotated[
    str,
    Field(pattern=f"^{DATE}$", json_schema_extra={"format": "date"}),
    AfterValidator(_on_a_date),
    allowing(DATE_RANGE),
]
Time = Annotated[
    str,
    Field(pattern=f"^{TIME}$", json_schema_extra={"format": "date-time"}),
    AfterValidator(_on_a_date),
    allowing(TIME_RANGE),
]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Note = Annotated[str, Field(min_length=1, max_length=1000)]
FacilityId = Annotated[str, Field(pattern=f"^{FACILITY}$"), allowing(FACILITY)]
OtherId = Annotated[str, Field(pattern=f"^{OTHER_ID}$"), allowing("1–64 of [A-Za-z0-9._-]")]
ChildSubject = Annotated[str, Field(pattern=f"^{CHILD_SUBJECT}$"), allowing(CHILD_SUBJECT_WORDS)]
WeightKg = Annotated[float, Field(ge=0.3, le=60)]
LengthCm = Annotated[float, Field(ge=20, le=150)]
HeadCm = Annotated[float, Field(ge=20, le=65)]
Position = Literal["lying", "standing"]
Count = Annotated[int, Field(ge=0, le=2**31 - 1)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Number = Annotated[float, Field(ge=-1e12, le=1e12)]

SignsAge = Annotated[int, Field(ge=0, le=84)]
"""Age in months at which the national table of warning signs 儿童心理行为发育问题预警征象筛查表 was used."""
Signs = Annotated[list[Annotated[int, Field(ge=1, le=4)]], Field(max_length=4)]
"""Numbers of the table's four signs at an age."""
