"""An example of a rule: records of a child or of the registry, a moment, and the alerts expected then. Pure."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import Any, Literal

import orjson
from pydantic import AwareDatetime, Field, model_validator

from schemas.check import Refused, check
from schemas.identifiers import CHILD_SCHEMES, child_id
from streams.clinical.part import Part

PREFIX = "cn-id:"


class ExampleRecord(Part):
    """A record of the child, or of `subject`; its other attributes follow from the example."""

    kind: str
    source: str
    time: AwareDatetime
    data: dict[str, Any]
    subject: str = ""


def is_fact(record: ExampleRecord) -> bool:
    """True of a record of the registry."""
    return bool(record.subject) and not record.subject.startswith(CHILD_SCHEMES)


class Expected(Part):
    """An alert as it must stand at the end; what is not given is not compared."""

    rule: str
    state: Literal["open", "escalated", "resolved"]
    due_on: date | None = None
    milestone: str | None = None
    resolution: str | None = None


class Example(Part):
    """`rules`: only their alerts are compared; none named: those of every rule. `ticks`: moments before `now`.

    Every active alert must be expected; resolved ones only where named.
    """

    name: str = Field(min_length=1)
    now: AwareDatetime
    ticks: tuple[AwareDatetime, ...] = ()
    rules: tuple[str, ...] = ()
    record: tuple[ExampleRecord, ...] = Field(min_length=1)
    expect: tuple[Expected, ...] = ()

    @model_validator(mode="after")
    def _records_are_valid(self) -> Example:
        if list(self.moments) != sorted(set(self.moments)):
            raise ValueError("ticks must stand in order, and before now")
        for place, record in enumerate(self.record):
            self._check(place, record)
        return self

    def _check(self, place: int, record: ExampleRecord) -> None:
        event = self.event(place)
        found = check(orjson.dumps(event), event["subject"].encode(), None, None)
        if isinstance(found, Refused):
            told = "; ".join(map(str, found.problems))
            raise ValueError(f"record {place + 1} ({record.kind}): {told}")

    @property
    def moments(self) -> tuple[datetime, ...]:
        return (*self.ticks, self.now)

    @property
    def subject(self) -> str:
        return PREFIX + hashlib.sha256(self.name.encode()).hexdigest()[:32]

    @property
    def child(self) -> str:
        return child_id(self.subject)

    def event(self, place: int) -> dict[str, Any]:
        """The CloudEvent of a record."""
        record = self.record[place]
        told = {"specversion": "1.0", "id": f"example-{place + 1}", "source": record.source}
        told["subject"] = record.subject or self.subject
        data = orjson.loads(orjson.dumps(record.data))
        return told | {"type": f"{record.kind}.v1", "time": record.time.isoformat(), "data": data}


class Examples(Part):
    """A file of examples."""

    example: tuple[Example, ...] = Field(min_length=1)
