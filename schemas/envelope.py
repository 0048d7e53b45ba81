"""The attributes around an event's data: CloudEvents 1.0 and huiyu's own, in one model with the data of its kind."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from schemas.fields import FACILITY, Data, Time, about, allowing

SOURCE = f"(clinic|center|registry):{FACILITY}"
TYPE = r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.v[0-9]+"
_SOURCE = re.compile(rf"{SOURCE}\Z")
LONGEST_SOURCE = len("registry:") + 63
"""What is longer is none, and must not fill the memory in which sources are looked up."""


class Identified(BaseModel):
    """What every CloudEvent has; without it there is no saying whose event it is, and of which kind."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    specversion: Annotated[Literal["1.0"], about("version of CloudEvents", "CloudEvents 版本")]
    id: Annotated[
        str, Field(min_length=1, max_length=64), about("the source's id of this message", "消息编号，由来源给出")
    ]
    source: Annotated[
        str,
        Field(pattern=f"^{SOURCE}$"),
        allowing(f"clinic:ID, center:ID or registry:ID; ID {FACILITY}"),
        about("the system that sends", "数据来源"),
    ]
    type: Annotated[
        str, Field(pattern=f"^{TYPE}$"), allowing("thing.verb.v1"), about("kind of event + .v1", "事件类型加 .v1")
    ]


class Envelope(Identified):
    """An event as it travels. Further attributes are allowed and ignored; null is an attribute that is not set."""

    time: Annotated[Time, about("when it happened", "发生时间")]
    subject: Annotated[str, about("whom or what the event is about; the record's key", "对象，即消息键")]
    recordid: Annotated[
        Annotated[str, Field(min_length=1, max_length=64)] | None,
        about("the source's own stable id of the record; by default the message's", "记录编号，默认为消息编号"),
    ] = None
    revision: Annotated[
        Annotated[int, Field(ge=1, le=2**31 - 1)] | None,
        about("version of the record, by default 1; the highest holds", "修订号，默认为 1，最大者有效"),
    ] = None
    recordedtime: Annotated[Time | None, about("when it was typed in", "录入时间")] = None
    data: Annotated[Any, about("what happened", "事件内容")]


def event_model(data: type[Data], subject: str | None, words: str) -> type[Envelope]:
    """The model of a whole event with this data; `subject`: the pattern of its subjects, None: any.

    Built at first use: thirty of them would cost every command a noticeable start.
    """
    limits = () if subject is None else (Field(pattern=f"^{subject}$"),)
    told = about("whom or what the event is about; the record's key", "对象，即消息键")
    fields: dict[str, Any] = {
        "subject": (Annotated[(str, *limits, allowing(words), told)], ...),
        "data": (Annotated[data, about("what happened", "事件内容")], ...),
    }
    return create_model(f"{data.__name__}Event", __base__=Envelope, __doc__=data.__doc__, **fields)


@lru_cache(maxsize=1 << 14)
def _side_and_id(source: str) -> tuple[str, str]:
    side, _, own = source.partition(":")
    return (side, own) if _SOURCE.match(source) else ("", "")


def side_and_id(source: object) -> tuple[str, str]:
    """("clinic", "chengguan") of clinic:chengguan; ("", "") when it is no source."""
    return _side_and_id(source) if isinstance(source, str) and len(source) <= LONGEST_SOURCE else ("", "")
