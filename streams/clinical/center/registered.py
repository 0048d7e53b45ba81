"""Centres and members of staff as the registry's standing records of them say. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, tzinfo

from streams.clinical.episode import RecordName
from streams.records import Publication, ended_on, greatest


@dataclass(frozen=True, slots=True)
class Centre:
    """`filed_on`: local date of the filing's time. `guided_on`: the dates of guidance, in order."""

    filed_on: date
    closed_on: date | None
    places: int
    guided_on: tuple[date, ...]
    filing: RecordName

    def is_open(self, day: date) -> bool:
        """Filed, and not closed, on a day."""
        return self.filed_on <= day and not self.is_closed(day)

    def is_closed(self, day: date) -> bool:
        return self.closed_on is not None and self.closed_on <= day

    @property
    def changes_on(self) -> tuple[date, ...]:
        return (self.filed_on, *([self.closed_on] if self.closed_on else []))


@dataclass(frozen=True, slots=True)
class Staff:
    center_id: str
    valid_until: date | None
    left_on: date | None
    certification: RecordName

    def has_left(self, day: date) -> bool:
        return self.left_on is not None and self.left_on <= day


def centre_of(records: Iterable[Publication], zone: tzinfo) -> Centre | None:
    """None when no standing record files the centre."""
    found = list(records)
    filed = greatest(r for r in found if r.event.kind == "center.filed")
    if filed is None:
        return None
    visits = [r for r in found if r.stands and r.event.kind == "guidance.delivered"]
    return Centre(
        filed_on=filed.at.astimezone(zone).date(),
        closed_on=ended_on(filed, greatest(r for r in found if r.event.kind == "center.closed")),
        places=filed.event.data["places"],
        guided_on=tuple(sorted(date.fromisoformat(visit.event.data["date"]) for visit in visits)),
        filing=filed.identity,
    )


def staff_of(records: Iterable[Publication]) -> Staff | None:
    """None when no standing record certifies that member of staff."""
    found = list(records)
    certified = greatest(r for r in found if r.event.kind == "staff.certified")
    if certified is None:
        return None
    data = certified.event.data
    return Staff(
        center_id=data["center_id"],
        valid_until=date.fromisoformat(data["valid_until"]) if data.get("valid_until") else None,
        left_on=ended_on(certified, greatest(r for r in found if r.event.kind == "staff.left")),
        certification=certified.identity,
    )
