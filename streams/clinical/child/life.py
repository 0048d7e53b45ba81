"""What a child's standing records together say of its life: birth, clinics, departure, places in centres. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from streams.clinical.child.telling import Checkup, Departure, Enrolment, Registration, Told, Withdrawal

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a class from `enrolment.from_date` to `last_day` (None: open), withdrawals counted in."""

    enrolment: Enrolment
    last_day: date | None
    given_up: bool

    @property
    def ends_on(self) -> date | None:
        """Its last day, date.max while it is open; None when it has no day."""
        last_day = self.last_day or date.max
        return last_day if last_day >= self.enrolment.from_date else None

    def in_force(self, today: date | None) -> bool:
        """Before the first tick a place counts as held unless it was given up."""
        if today is None:
            return not self.given_up
        return self.enrolment.from_date <= today and (self.last_day is None or today <= self.last_day)


@dataclass(frozen=True, slots=True)
class Life:
    """A registered child. `holds`: the registration whose values count; `departure`: None when it came back.

    `last_registered_on`: the latest of all; `placed_until`: the last day on which it has a place, None without any.
    """

    holds: Registration
    registrations: tuple[Registration, ...]
    registered_on: date
    last_registered_on: date
    departure: Departure | None
    checkups: tuple[Checkup, ...]
    places: tuple[Place, ...]
    placed_until: date | None

    @property
    def born(self) -> date:
        return self.holds.born

    @property
    def departed_on(self) -> date | None:
        return self.departure.on if self.departure else None

    def is_enrolled_after_leaving(self, day: date) -> bool:
        """True when a departure on `day` was not ended and a place in a centre goes on after it."""
        return self.last_registered_on <= day and self.placed_until is not None and self.placed_until > day

    def clinic_on(self, day: date) -> str:
        """The clinic responsible on a day; before the first registration, the one registered first."""
        if len(self.registrations) == 1:
            return self.holds.clinic_id
        until = [r for r in self.registrations if r.on <= day]
        return max(until or _first(self.registrations), key=lambda r: r.rank).clinic_id

    def place(self, today: date | None) -> Place | None:
        """The place that the child has today: the one that began last."""
        held = [place for place in self.places if place.in_force(today)]
        return max(held, key=lambda p: (p.enrolment.from_date, p.enrolment.rank), default=None)


def life_of(told: Iterable[Told]) -> Life | None:
    """A child's life by all that is told of it; None while no registration stands."""
    told = list(told)
    registrations = tuple(t for t in told if isinstance(t, Registration))
    if not registrations:
        return None
    left = _left(t for t in told if isinstance(t, Withdrawal))
    places = tuple(_place(t, left.get(t.center_id, ())) for t in told if isinstance(t, Enrolment))
    last_registered_on = max(r.on for r in registrations)
    return Life(
        holds=max(registrations, key=lambda r: r.rank),
        registrations=registrations,
        registered_on=min(registrations, key=lambda r: r.rank).on,
        last_registered_on=last_registered_on,
        departure=_departure((t for t in told if isinstance(t, Departure)), last_registered_on),
        checkups=tuple(t for t in told if isinstance(t, Checkup)),
        places=places,
        placed_until=max((place.ends_on for place in places if place.ends_on), default=None),
    )


def _first(registrations: Sequence[Registration]) -> list[Registration]:
    """The earliest; several when they have the same time."""
    earliest = min(r.rank[0] for r in registrations)
    return [r for r in registrations if r.rank[0] == earliest]


def _departure(departures: Iterable[Departure], last_registered_on: date) -> Departure | None:
    """The greatest of those that stand: a registration on a later local date ends a departure."""
    standing = (d for d in departures if d.on >= last_registered_on)
    return max(standing, key=lambda d: d.rank, default=None)


def _left(withdrawals: Iterable[Withdrawal]) -> dict[str, list[date]]:
    """Centre → dates of the withdrawals from it, in their order."""
    left: dict[str, list[date]] = {}
    for withdrawal in withdrawals:
        left.setdefault(withdrawal.center_id, []).append(withdrawal.on)
    return {center: sorted(days) for center, days in left.items()}


def _place(enrolment: Enrolment, left: Sequence[date]) -> Place:
    """A withdrawal ends the enrolments of its centre that began before it; on its date the child is gone."""
    next_one = bisect_right(left, enrolment.from_date)
    ends = [day - ONE_DAY for day in left[next_one : next_one + 1]]
    given_up = bool(ends)
    ends += [enrolment.until] if enrolment.until else []
    return Place(enrolment, min(ends, default=None), given_up)
