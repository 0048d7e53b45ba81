"""An event that intake has accepted, read without validating it again; the digest by which publications compare."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, tzinfo
from typing import Any, NamedTuple

import orjson
import rfc8785

from schemas.remembered import remembered

RETRACTION = "record.retracted"
VERSION_SUFFIX = ".v1"


@remembered
def moment_of(text: str) -> datetime:
    """An accepted RFC 3339 time with its offset. Remembered: in a rush many events are of the same second."""
    return datetime.fromisoformat(text.upper())


@remembered
def local_day_of(text: str, zone: tzinfo) -> date:
    """The local date of an accepted RFC 3339 time."""
    return moment_of(text).astimezone(zone).date()


class Event(NamedTuple):
    """An accepted event. `kind` is the kind of the *record*: for a retraction the kind it retracts.

    A tuple, because one is made of every event in every stage: four times faster than a frozen dataclass.
    """

    id: str
    source: str
    kind: str
    retraction: bool
    time: str
    subject: str
    recordid: str
    revision: int
    recordedtime: str | None
    data: dict[str, Any]

    @property
    def at(self) -> datetime:
        """When it happened, with its offset."""
        return moment_of(self.time)

    def local_day(self, zone: tzinfo) -> date:
        """The local date of `time`."""
        return local_day_of(self.time, zone)

    def local_date(self, zone: tzinfo) -> date:
        """data.date where the kind has one, else the local date of `time`."""
        given = self.data.get("date")
        return date.fromisoformat(given) if isinstance(given, str) else self.local_day(zone)

    def digest(self) -> str:
        """SHA-256 (hex) of the RFC 8785 canonical JSON of {time, subject, data}: decides at equal revision."""
        named = {"time": self.time, "subject": self.subject, "data": self.data}
        return hashlib.sha256(rfc8785.dumps(named)).hexdigest()


def event_of(body: dict[str, Any]) -> Event:
    """An accepted event from its JSON object; an attribute that is null is not set, as CloudEvents says."""
    kind = body["type"].removesuffix(VERSION_SUFFIX)
    data = body["data"]
    retraction = kind == RETRACTION
    return Event(
        body["id"],
        body["source"],
        data["kind"] if retraction else kind,
        retraction,
        body["time"],
        body["subject"],
        body.get("recordid") or body["id"],
        body.get("revision") or 1,
        body.get("recordedtime"),
        data,
    )


def read(raw: bytes) -> Event:
    """An accepted event from its published bytes. Not a check: `schemas.check` has been there."""
    return event_of(orjson.loads(raw))
