"""Doses of the national schedule by series, as reference/vaccines.json has them. Pure, but for reading that file.

A series is what counts its doses together: IPV and bOPV against polio, MPSV-A and MPSV-AC against meningitis A.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from itertools import groupby
from typing import Any

from streams.clinical.months import add_months

SERIES: Mapping[str, str] = {"IPV": "polio", "bOPV": "polio", "MPSV-A": "MenA", "MPSV-AC": "MenA"}
"""Code of a vaccine → its series; others are a series of their own, and so is each option of one."""

MANY_BIRTHS = 4096


@dataclass(frozen=True, slots=True)
class Interval:
    """The least time between a dose and the next."""

    days: int = 0
    months: int = 0

    def after(self, day: date) -> date:
        return add_months(day, self.months) + timedelta(days=self.days)


@dataclass(frozen=True, slots=True, eq=False)
class Dose:
    """`codes`: of its series; `complete_before_months`: age by which it is to be given; `interval`: since the last."""

    id: str
    code: str
    codes: frozenset[str]
    series: str
    option_group: str
    dose_no: int
    min_age_months: int
    complete_before_months: int | None
    interval: Interval


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Doses 1, 2 … `option_group`: JE or HepA where there is a choice, of which this series is `option`."""

    name: str
    codes: frozenset[str]
    doses: tuple[Dose, ...]
    option_group: str
    option: str


@dataclass(frozen=True, slots=True)
class Schedule:
    """`default_options`: option group → the option of who has not begun either.

    `options`: code of a vaccine that is one of several → (group, option).
    """

    series: tuple[Series, ...]
    default_options: Mapping[str, str]
    options: Mapping[str, tuple[str, str]]


@cache
def schedule_of(name: str) -> Schedule:
    """The schedule of a reference file."""
    told = json.loads(files("streams.clinical.reference").joinpath(name).read_text("utf-8"))
    of_code = {dose["code"]: SERIES.get(dose["code"], dose["code"]) for dose in told["doses"]}
    codes = {series: frozenset(code for code in of_code if of_code[code] == series) for series in of_code.values()}
    doses = sorted((_dose(dose, codes) for dose in told["doses"]), key=lambda d: (d.series, d.dose_no))
    series = tuple(_series(name, tuple(group)) for name, group in groupby(doses, key=lambda d: d.series))
    options = {code: (s.option_group, s.option) for s in series if s.option_group for code in s.codes}
    return Schedule(series, told["default_options"], options)


def _dose(told: Mapping[str, Any], codes: Mapping[str, frozenset[str]]) -> Dose:
    code = told["code"]
    series = SERIES.get(code, code)
    return Dose(
        id=told["id"],
        code=code,
        codes=codes[series],
        series=series,
        option_group=told.get("option_group", ""),
        dose_no=told["dose_no"],
        min_age_months=told["min_age_months"],
        complete_before_months=told["complete_before_months"],
        interval=interval_of(told.get("min_interval_prev", "0d")),
    )


def interval_of(text: str) -> Interval:
    """`28d`, `6mo`, or `7-10d`, of which the least counts."""
    least = text.partition("-")[0] + ("d" if "-" in text else "")
    return Interval(months=int(least[:-2])) if least.endswith("mo") else Interval(days=int(least[:-1]))


def _series(name: str, doses: tuple[Dose, ...]) -> Series:
    group, _, option = doses[0].option_group.partition(":")
    return Series(name, doses[0].codes, doses, group, option)


@lru_cache(MANY_BIRTHS * 16)
def ages_of(born: date, series: Series) -> tuple[tuple[date, date | None], ...]:
    """For each dose: the first date by age, and the date by which the schedule wants it given, if it says so."""

    def at(months: int | None) -> date | None:
        return None if months is None else add_months(born, months)

    return tuple((add_months(born, d.min_age_months), at(d.complete_before_months)) for d in series.doses)
