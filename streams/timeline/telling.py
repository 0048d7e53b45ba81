"""What single records say of a child's life: only the fields that derived values use, decoded once. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from sys import intern
from typing import Any

from streams.records import Publication

REGISTERED, DEPARTED, CHECKUP = "child.registered", "child.departed", "checkup.recorded"
ENROLLED, WITHDRAWN = "child.enrolled", "child.withdrawn"

Rank = tuple[datetime, str, str]
"""(time, source, recordid): of several standing records of one kind the greatest holds."""


@dataclass(frozen=True, slots=True)
class Registration:
    """`on`: the local date of its time."""

    rank: Rank
    on: date
    visible_at: int
    subject: str
    born: date
    sex: str
    clinic_id: str
    gestational_weeks: int | None
    birth_weight_g: int | None
    community: str

    @property
    def source(self) -> str:
        return self.rank[1]

    @property
    def recordid(self) -> str:
        return self.rank[2]


@dataclass(frozen=True, slots=True)
class Departure:
    rank: Rank
    on: date
    reason: str


@dataclass(frozen=True, slots=True)
class Checkup:
    """`on`: the local date of its time; `milestone`: the one that its event names, or ""."""

    on: date
    milestone: str


@dataclass(frozen=True, slots=True)
class Enrolment:
    rank: Rank
    center_id: str
    class_id: str
    band: str
    service: str
    from_date: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Withdrawal:
    center_id: str
    on: date


Told = Registration | Departure | Checkup | Enrolment | Withdrawal


def told_by(publication: Publication, zone: tzinfo) -> Told:
    """What a standing publication of one of the kinds in TELLING says."""
    return TELLING[publication.event.kind](publication, zone)


def _registration(publication: Publication, zone: tzinfo) -> Registration:
    data = publication.event.data
    return Registration(
        rank=_rank(publication),
        on=_local_date(publication, zone),
        visible_at=publication.visible_at,
        subject=publication.event.subject,
        born=date.fromisoformat(data["birth_date"]),
        sex=intern(data["sex"]),
        clinic_id=intern(data["clinic_id"]),
        gestational_weeks=data.get("gestational_weeks"),
        birth_weight_g=data.get("birth_weight_g"),
        community=intern(data.get("community") or ""),
    )


def _departure(publication: Publication, zone: tzinfo) -> Departure:
    data = publication.event.data
    return Departure(_rank(publication), date.fromisoformat(data["date"]), intern(data["reason"]))


def _checkup(publication: Publication, zone: tzinfo) -> Checkup:
    return Checkup(_local_date(publication, zone), intern(publication.event.data.get("milestone") or ""))


def _enrolment(publication: Publication, zone: tzinfo) -> Enrolment:
    data = publication.event.data
    return Enrolment(
        rank=_rank(publication),
        center_id=intern(data["center_id"]),
        class_id=intern(data["class_id"]),
        band=intern(data["band"]),
        service=intern(data["service"]),
        from_date=date.fromisoformat(data["from_date"]),
        until=_maybe(data, "until"),
    )


def _withdrawal(publication: Publication, zone: tzinfo) -> Withdrawal:
    data = publication.event.data
    return Withdrawal(intern(data["center_id"]), date.fromisoformat(data["date"]))


TELLING: Mapping[str, Callable[[Publication, tzinfo], Told]] = {
    REGISTERED: _registration,
    DEPARTED: _departure,
    CHECKUP: _checkup,
    ENROLLED: _enrolment,
    WITHDRAWN: _withdrawal,
}
"""The kinds on which values derived from a child as a whole depend."""


def _rank(publication: Publication) -> Rank:
    return (publication.at, intern(publication.event.source), publication.event.recordid)


def _local_date(publication: Publication, zone: tzinfo) -> date:
    return publication.at.astimezone(zone).date()


def _maybe(data: Mapping[str, Any], field: str) -> date | None:
    given = data.get(field)
    return date.fromisoformat(given) if given else None
