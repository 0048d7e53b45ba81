"""What the API answers, as models: the OpenAPI document is made from them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field


class Problem(BaseModel):
    """One thing that is wrong with an event."""

    code: str = Field(description="why it is refused, see rejections.md")
    path: str = Field(description='JSON pointer into the event, "" for all of it')
    message: str = Field(description="what is wrong; never repeats the value")
    allowed: str = Field(description="what would be allowed")


class EventResult(BaseModel):
    """What became of one event of a request."""

    id: str | None = Field(description="the event's id, null where it cannot be read")
    status: Literal["accepted", "refused"] = Field(description="accepted: the broker has it; refused: it was not sent")
    topic: str | None = Field(default=None, description="where an accepted event lies")
    partition: int | None = None
    offset: int | None = None
    problems: list[Problem] | None = Field(default=None, description="everything that is wrong with a refused one")


class Taken(BaseModel):
    """A request that was taken: `results` in the order of its events."""

    accepted: int
    refused: int
    results: list[EventResult]


class Receipt(BaseModel):
    """What became of an event in the pipeline."""

    id: str
    source: str
    status: Literal["accepted", "parked", "rejected", "superseded"] = Field(
        description="accepted: its record stands; superseded: another publication of the record holds; parked: waits "
        "for a registration, a link or its source; rejected: refused later in the pipeline"
    )
    problems: list[Problem] = Field(description="why it was rejected")


class ProblemDetails(BaseModel):
    """A problem of RFC 9457."""

    type: str
    title: str
    status: int
    code: str = Field(description="for programs")
    detail: str = Field(description="one line: what is wrong and what to do")


class State(BaseModel):
    """How the process is."""

    status: Literal["alive", "ready"]
