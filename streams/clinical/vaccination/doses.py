"""What became of every dose that a child is to get. Pure.

A dose is due at its least age, but not before the least interval since the dose before it; while that one was not
given nobody can say when. It is overdue at the age by which the schedule wants it given, else some time after that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
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

    return case.once(("immunisation", id(parameters)), find)


def immunisation(life: Life, told: Iterable[Ranked], day: Day, parameters: Parameters) -> Immunisation:
    """Every dose of the series that count for a child; series by name, doses by number."""
    schedule = schedule_of(parameters.schedule)
    records = sorted((t for t in told if isinstance(t, Vaccination | Deferral)), key=lambda t: t.rank)
    vaccinations = [t for t in records if isinstance(t, Vaccination)]
    deferrals = [t for t in records if isinstance(t, Deferral)]
    given = [v for v in vaccinations if day.today is None or v.on <= day.today]
    doses = [d for series in series_for(given, schedule) for d in _dated(series, given, life, parameters)]
    put_off = deferred(deferrals, day.today, parameters) if day.today else set()
    states = tuple(DoseState(d, _status(d, life, day, put_off, parameters)) for d in doses)
    wake_on = _wake_on(states, vaccinations, deferrals, life, day, parameters)
    return Immunisation(states, wake_on, _wake_heard(states, day))


def _dated(series: Series, given: Sequence[Vaccination], life: Life, parameters: Parameters) -> Iterator[Dated]:
    told = [(v.dose_no, v.on) for v in given if v.vaccine in series.codes]
    before: date | None = None
    for dose, (recommended_on, complete_on) in zip(series.doses, ages_of(life.born, series), strict=True):
        due_on: date | None = recommended_on
        if dose.dose_no > 1:
            due_on = max(recommended_on, dose.interval.after(before)) if before else None
        overdue_on = _overdue_on(due_on, complete_on, life, parameters) if due_on else None
        before = _done_on(dose.dose_no, told)
        yield Dated(dose, recommended_on, due_on, overdue_on, before)


def _done_on(dose_no: int, told: Sequence[tuple[int, date]]) -> date | None:
    """The first time that this dose was given; else a later dose that was given implies it."""
    exact = [on for number, on in told if number == dose_no]
    return min(exact or [on for number, on in told if number > dose_no], default=None)


def _overdue_on(due_on: date, complete_on: date | None, life: Life, parameters: Parameters) -> date:
    late = complete_on if complete_on and complete_on > due_on else add_months(due_on, parameters.overdue_after_months)
    if life.registered_on <= due_on:
        return late
    return max(late, life.registered_on + timedelta(days=parameters.grace_days_after_registration))


def _status(dated: Dated, life: Life, day: Day, put_off: set[tuple[str, int]], parameters: Parameters) -> str:
    if dated.done_on is not None:
        return DONE
    if day.today is None:
        return UPCOMING
    if life.departure is not None or day.today >= min(day.ends_on, _asked_until(dated.dose, life.born, parameters)):
        return NOT_APPLICABLE
    if life.born < parameters.asked_if_born_from.get(dated.dose.series, date.min):
        return UNKNOWN_TRANSITION
    if put_off and any((code, dated.dose.dose_no) in put_off for code in _codes(dated.dose, parameters)):
        return DEFERRED
    if dated.overdue_on is not None and dated.overdue_on <= day.heard:
        return OVERDUE
    return DUE if dated.due_on is not None and dated.due_on <= day.today else UPCOMING


def _asked_until(dose: Dose, born: date, parameters: Parameters) -> date:
    months = parameters.asked_below_months.get(dose.series)
    return date.max if months is None else add_months(born, months)


def _codes(dose: Dose, parameters: Parameters) -> frozenset[str]:
    series = schedule_of(parameters.schedule).series
    return next(s.codes for s in series if s.name == dose.series)


def _wake_on(
    states: Sequence[DoseState],
    vaccinations: Sequence[Vaccination],
    deferrals: Sequence[Deferral],
    life: Life,
    day: Day,
    parameters: Parameters,
) -> date | None:
    today = day.today
    if today is None:
        return None
    open_doses = [state.dated for state in states if state.status not in (DONE, NOT_APPLICABLE)]
    days = [v.on for v in vaccinations] + changes_on(deferrals, parameters)
    days += [dated.due_on for dated in open_doses if dated.due_on]
    days += [_asked_until(dated.dose, life.born, parameters) for dated in open_doses] + [day.ends_on]
    return earliest(*(when for when in days if today < when < date.max))


def _wake_heard(states: Sequence[DoseState], day: Day) -> date | None:
    open_doses = (state.dated for state in states if state.status not in (DONE, NOT_APPLICABLE, OVERDUE))
    return earliest(*(dated.overdue_on for dated in open_doses if dated.overdue_on and dated.overdue_on > day.heard))
