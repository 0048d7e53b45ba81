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
    """What became of an event in the pipeline, by the view `receipts`; of several publications, of the newest."""

    id: str
    source: str
    status: Literal["accepted", "superseded", "retracted", "parked", "rejected"] = Field(
        description="accepted: its record stands; superseded: another publication of the record holds; "
        "retracted: taken back; parked: waits; rejected: refused in the pipeline"
    )
    waits_for: str = Field(description='what it waits for: source, child or ""')
    problems: list[Problem] = Field(description="why it was rejected")
    topic: str
    partition: int
    offset: int
    publications: int = Field(description="how often it was published")


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


class RowEvent(BaseModel):
    """One event that a row made."""

    id: str
    type: str
    status: Literal["accepted", "unchanged"] = Field(
        description="unchanged: an earlier sheet said the same, so it was not sent again"
    )
    topic: str | None = None
    partition: int | None = None
    offset: int | None = None


class RowResult(BaseModel):
    """What became of one row."""

    sheet: str = Field(description='"" for a CSV file')
    row: int = Field(description="as spreadsheet programs number it")
    status: Literal["accepted", "partly", "refused"]
    events: list[RowEvent]


class CellProblem(BaseModel):
    """One thing that is wrong with a cell; never repeats what it holds."""

    sheet: str
    row: int
    column: str = Field(description='its heading, "" when the row is meant')
    place: str = Field(description="the cell, as D7")
    code: str
    message: str
    allowed: str


class SheetTaken(BaseModel):
    """A spreadsheet that was read."""

    templates: list[str]
    rows: int
    accepted: int = Field(description="events that the broker has")
    refused: int = Field(description="rows of which nothing was sent")
    results: list[RowResult]
    problems: list[CellProblem]
    dropped_columns: list[str] = Field(description="columns of names, phone numbers and the like: never looked at")
