"""What a child's standing records say of its life: birth, clinics, departure, checkups, places in centres. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

from streams.records import Publication, greatest

REGISTERED, DEPARTED, CHECKUP = "child.registered", "child.departed", "checkup.recorded"
ENROLLED, WITHDRAWN = "child.enrolled", "child.withdrawn"
TELLING = frozenset({REGISTERED, DEPARTED, CHECKUP, ENROLLED, WITHDRAWN})
"""Kinds on which values derived from a child as a whole depend."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A place in a class from `from_date` to `last_day` (None: open), withdrawals counted in."""

    center_id: str
    class_id: str
    band: str
    service: str
    from_date: date
    last_day: date | None
    rank: tuple[date, datetime, str, str]

    def in_force(self, today: date) -> bool:
        return self.from_date <= today and (self.last_day is None or today <= self.last_day)


@dataclass(frozen=True, slots=True)
class Life:
    """A registered child. `registration` holds its values; `departed_on` is None when it came back or never left."""

    registration: Publication
    registrations: tuple[Publication, ...]
    registered_on: date
    born: date
    departed_on: date | None
    departure_reason: str
    checkups: tuple[tuple[date, str], ...]
    enrolments: tuple[Enrolment, ...]
    zone: tzinfo

    @property
    def values(self) -> dict[str, Any]:
        return self.registration.event.data

    def clinic_on(self, day: date) -> str:
        """The clinic responsible on a day; before the first registration, the one registered first."""
        until = [p for p in self.registrations if p.event.local_day(self.zone) <= day]
        first = min(p.at for p in self.registrations)
        holds = greatest(until or [p for p in self.registrations if p.at == first])
        assert holds is not None
        return str(holds.event.data["clinic_id"])

    def enrolment(self, today: date | None) -> Enrolment | None:
        """The place that the child has today; before any tick, the newest that was not given up."""
        if today is None:
            held = [e for e in self.enrolments if e.last_day is None or e.last_day >= e.from_date]
        else:
            held = [e for e in self.enrolments if e.in_force(today)]
        return max(held, key=lambda e: e.rank, default=None)


def life_of(publications: Iterable[Publication], zone: tzinfo) -> Life | None:
    """A child's life from its winning publications; None while no registration stands."""
    by_kind: dict[str, list[Publication]] = {kind: [] for kind in TELLING}
    for publication in publications:
        if publication.stands and publication.event.kind in TELLING:
            by_kind[publication.event.kind].append(publication)
    registrations = by_kind[REGISTERED]
    holds = greatest(registrations)
    if holds is None:
        return None
    departed_on, reason = _departure(by_kind[DEPARTED], registrations, zone)
    return Life(
        registration=holds,
        registrations=tuple(registrations),
        registered_on=min(registrations, key=lambda p: p.at).event.local_day(zone),
        born=date.fromisoformat(holds.event.data["birth_date"]),
        departed_on=departed_on,
        departure_reason=reason,
        checkups=tuple(
            sorted((p.event.local_day(zone), p.event.data.get("milestone") or "") for p in by_kind[CHECKUP])
        ),
        enrolments=_enrolments(by_kind[ENROLLED], by_kind[WITHDRAWN]),
        zone=zone,
    )


def _departure(
    departures: list[Publication], registrations: list[Publication], zone: tzinfo
) -> tuple[date | None, str]:
    """(date, reason); a registration on a later local date ends the departure."""
    holds = greatest(departures)
    if holds is None:
        return None, ""
    left = date.fromisoformat(holds.event.data["date"])
    if any(p.event.local_day(zone) > left for p in registrations):
        return None, ""
    return left, str(holds.event.data["reason"])


def _enrolments(enrolled: list[Publication], withdrawn: list[Publication]) -> tuple[Enrolment, ...]:
    left = [(p.event.data["center_id"], date.fromisoformat(p.event.data["date"])) for p in withdrawn]
    return tuple(_enrolment(p, [day for center, day in left if center == p.event.data["center_id"]]) for p in enrolled)


def _enrolment(publication: Publication, withdrawals: list[date]) -> Enrolment:
    data, event = publication.event.data, publication.event
    start = date.fromisoformat(data["from_date"])
    given_up = min((day for day in withdrawals if day > start), default=None)
    ends = [date.fromordinal(given_up.toordinal() - 1)] if given_up else []
    ends += [date.fromisoformat(data["until"])] if data.get("until") else []
    rank = (start, publication.at, event.source, event.recordid)
    last = min(ends, default=None)
    return Enrolment(data["center_id"], data["class_id"], data["band"], data["service"], start, last, rank)
