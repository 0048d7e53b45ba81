"""What became of every dose that a child is to get. Pure.

A dose is due at its least age, but not before the least interval since the dose before it; while that one was not
given nobody can say when. It is overdue at the age by which the schedule wants it given, else some time after that.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from streams.clinical.child.case import ChildCase
from streams.clinical.child.life import Life
from streams.clinical.child.telling import Deferral, Ranked, Vaccination
from streams.clinical.episode import earliest
from streams.clinical.months import add_months
from streams.clinical.vaccination.deferrals import changes_on, deferred
from streams.clinical.vaccination.options import series_for
from streams.clinical.vaccination.parameters import Parameters
from streams.clinical.vaccination.schedule import Dose, Series, ages_of, schedule_of

DONE, OVERDUE, DUE, UPCOMING, DEFERRED = "done", "overdue", "due", "upcoming", "deferred"
NOT_APPLICABLE, UNKNOWN_TRANSITION = "not-applicable", "unknown-transition"
MANY = 1 << 16


class Dated(NamedTuple):
    """A dose of one child. `due_on`, `overdue_on`: None while the dose before it was not given."""

    dose: Dose
    recommended_on: date
    due_on: date | None
    overdue_on: date | None
    done_on: date | None


class DoseState(NamedTuple):
    """`status`: done, not-applicable, unknown-transition, deferred, overdue, due or upcoming."""

    dated: Dated
    status: str

    @property
    def id(self) -> str:
        return self.dated.dose.id


class Immunisation(NamedTuple):
    """`wake_on`, `wake_heard`: the first dates, by today's and by H, on which it may be another."""

    doses: tuple[DoseState, ...] = ()
    wake_on: date | None = None
    wake_heard: date | None = None


class Day(NamedTuple):
    """`today`: None before the first tick; `heard`: H; `ends_on`: from then on no child is asked for anything."""

    today: date | None
    heard: date
    ends_on: date


def immunisation_of(case: ChildCase, parameters: Parameters) -> Immunisation:
    """That of a case, found once, whoever asks."""
    day = Day(case.today, case.heard, case.ends_on)

    def find() -> Immunisation:
        return immunisation(case.life, case.told(Vaccination, Deferral), day, parameters)

    return case.once(known_as(parameters), find)


def known_as(parameters: Parameters) -> Hashable:
    """What a case calls its doses by these parameters."""
    return ("immunisation", id(parameters))


def immunisation(life: Life, told: Iterable[Ranked], day: Day, parameters: Parameters) -> Immunisation:
    """Every dose of the series that count for a child; series by name, doses by number."""
    records = sorted((t for t in told if isinstance(t, Vaccination | Deferral)), key=lambda t: t.rank)
    vaccinations = [t for t in records if isinstance(t, Vaccination)]
    deferrals = [t for t in records if isinstance(t, Deferral)]
    given = [v for v in vaccinations if day.today is None or v.on <= day.today]
    late = Late(life.registered_on, parameters.overdue_after_months, parameters.grace_days_after_registration)
    series_given = [(s, _given(s, given)) for s in series_for(given, schedule_of(parameters.schedule))]
    dated = [d for series, numbers in series_given for d in dated_doses(series, numbers, life.born, late)]
    bounds = _bounds(life, deferrals, day, parameters)
    states = tuple(DoseState(d, DONE if d.done_on else bounds.status(d)) for d in dated)
    wake_on = _wake_on(states, vaccinations, changes_on(deferrals, parameters), bounds)
    return Immunisation(states, wake_on, _wake_heard(states, day))


class Late(NamedTuple):
    """What decides, besides the schedule, when a dose is overdue."""

    registered_on: date
    after_months: int
    grace_days: int

    def overdue_on(self, due_on: date, complete_on: date | None) -> date:
        late = complete_on if complete_on and complete_on > due_on else add_months(due_on, self.after_months)
        if self.registered_on <= due_on:
            return late
        return max(late, self.registered_on + timedelta(days=self.grace_days))


def _given(series: Series, given: Iterable[Vaccination]) -> tuple[tuple[int, date], ...]:
    """Numbers and dates of the doses of a series that were given."""
    return tuple((v.dose_no, v.on) for v in given if v.vaccine in series.codes)


@lru_cache(MANY)
def dated_doses(series: Series, given: tuple[tuple[int, date], ...], born: date, late: Late) -> tuple[Dated, ...]:
    """The doses of a series, whatever day it is. Of the series that a record is not about they are those of before."""
    found: list[Dated] = []
    before: date | None = None
    for dose, (recommended_on, complete_on) in zip(series.doses, ages_of(born, series), strict=True):
        due_on: date | None = recommended_on
        if dose.dose_no > 1:
            due_on = max(recommended_on, dose.interval.after(before)) if before else None
        overdue_on = late.overdue_on(due_on, complete_on) if due_on else None
        before = _done_on(dose.dose_no, given)
        found.append(Dated(dose, recommended_on, due_on, overdue_on, before))
    return tuple(found)


def _done_on(dose_no: int, given: Sequence[tuple[int, date]]) -> date | None:
    """The first time that this dose was given; else a later dose that was given implies it."""
    exact = [on for number, on in given if number == dose_no]
    return min(exact or [on for number, on in given if number > dose_no], default=None)


class Bounds(NamedTuple):
    """What decides, besides its dates, about a dose that was not given.

    `is_over`: nothing is asked of the child any longer; `until`: series → the first day on which it is not asked for;
    `unknown`: series of which the child began another schedule; `put_off`: (code, number) of deferred doses.
    """

    day: Day
    is_over: bool
    until: Mapping[str, date]
    unknown: AbstractSet[str]
    put_off: AbstractSet[tuple[str, int]]

    def status(self, dated: Dated) -> str:
        today, series = self.day.today, dated.dose.series
        if today is None:
            return UPCOMING
        if self.is_over or (series in self.until and today >= self.until[series]):
            return NOT_APPLICABLE
        if series in self.unknown:
            return UNKNOWN_TRANSITION
        if self.put_off and any((code, dated.dose.dose_no) in self.put_off for code in dated.dose.codes):
            return DEFERRED
        if dated.overdue_on is not None and dated.overdue_on <= self.day.heard:
            return OVERDUE
        return DUE if dated.due_on is not None and dated.due_on <= today else UPCOMING


def _bounds(life: Life, deferrals: Sequence[Deferral], day: Day, parameters: Parameters) -> Bounds:
    below, since = parameters.asked_below_months, parameters.asked_if_born_from
    return Bounds(
        day=day,
        is_over=life.departure is not None or (day.today is not None and day.today >= day.ends_on),
        until={series: add_months(life.born, months) for series, months in below.items()},
        unknown={series for series, born_from in since.items() if life.born < born_from},
        put_off=deferred(deferrals, day.today, parameters) if day.today else set(),
    )


def _wake_on(
    states: Sequence[DoseState], vaccinations: Sequence[Vaccination], changes: Sequence[date], bounds: Bounds
) -> date | None:
    today = bounds.day.today
    if today is None or bounds.is_over:
        return None if today is None else earliest(*(v.on for v in vaccinations if v.on > today))
    days = [*(v.on for v in vaccinations), *changes, *bounds.until.values(), bounds.day.ends_on]
    days += [state.dated.due_on for state in states if state.status != DONE and state.dated.due_on]
    return min((when for when in days if when > today), default=None)


def _wake_heard(states: Sequence[DoseState], day: Day) -> date | None:
    open_doses = (state.dated for state in states if state.status not in (DONE, NOT_APPLICABLE, OVERDUE))
    return earliest(*(dated.overdue_on for dated in open_doses if dated.overdue_on and dated.overdue_on > day.heard))
