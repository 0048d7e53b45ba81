"""Which doses of a child are overdue, dose by dose, from the printed schedule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import orjson

from streams.simulate.books import Entry
from streams.simulate.calendar import months_later
from streams.simulate.wanted import Judged, Wanted, day_of

SERIES = {
    "HepB": ("HepB",),
    "BCG": ("BCG",),
    "polio": ("IPV", "bOPV"),
    "DTaP": ("DTaP",),
    "MenA": ("MPSV-A", "MPSV-AC"),
    "MMR": ("MMR",),
}
OPTIONS = {"JE": ("JE-L", "JE-I"), "HepA": ("HepA-L", "HepA-I")}
"""Of the two the first is meant where nothing was given."""
DTAP_BORN_FROM = date(2025, 1, 1)
GRACE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Overdue:
    dose: str
    due_on: date
    overdue_on: date


@cache
def _doses() -> tuple[dict[str, Any], ...]:
    text = files("streams.clinical").joinpath("reference", "vaccines.json").read_bytes()
    return tuple(orjson.loads(text)["doses"])


def vaccination_overdue(judged: Judged) -> Wanted | None:
    """One alert for all doses."""
    given = judged.so_far("vaccination.recorded")
    chosen = [*SERIES.values(), *((_option(codes, given),) for codes in OPTIONS.values())]
    doses = [overdue for codes in chosen for overdue in _overdue(codes, given, judged)]
    if not doses:
        return None
    return Wanted("vaccination-overdue", "", due_on=min(dose.due_on for dose in doses))


def _option(codes: tuple[str, str], given: list[Entry]) -> str:
    return next((str(e.data["vaccine"]) for e in given if e.data["vaccine"] in codes), codes[0])


def _overdue(codes: tuple[str, ...], given: list[Entry], judged: Judged) -> list[Overdue]:
    if codes == ("DTaP",) and judged.born < DTAP_BORN_FROM:
        return []
    if codes == ("BCG",) and judged.today >= months_later(judged.born, 48):
        return []
    had = [(int(e.data["dose_no"]), day_of(e)) for e in given if e.data["vaccine"] in codes]
    found, before = [], None
    for dose in sorted((d for d in _doses() if d["code"] in codes), key=lambda d: int(d["dose_no"])):
        number = int(dose["dose_no"])
        due = _due(dose, before, judged.born) if number == 1 or before else None
        before = _done_on(number, had)
        if before is None and due is not None:
            late = _late_on(dose, due, judged)
            if late <= judged.heard and not _is_put_off(codes, number, judged):
                found.append(Overdue(dose["id"], due, late))
    return found


def _done_on(number: int, had: list[tuple[int, date]]) -> date | None:
    exact = [day for n, day in had if n == number]
    later = [day for n, day in had if n > number]
    return min(exact or later, default=None)


def _due(dose: dict[str, Any], before: date | None, born: date) -> date:
    due = months_later(born, dose["min_age_months"])
    apart = dose.get("min_interval_prev")
    if before is None:
        return due
    if not apart:
        return max(due, before)
    count = int("".join(c for c in apart.split("-")[0] if c.isdigit()))
    return max(due, months_later(before, count) if apart.endswith("mo") else before + timedelta(days=count))


def _late_on(dose: dict[str, Any], due: date, judged: Judged) -> date:
    last = dose["complete_before_months"]
    ends = months_later(judged.born, last) if last is not None else due
    late = ends if ends > due else months_later(due, 1)
    registered = judged.child.registered_on
    return max(late, registered + GRACE) if registered > due else late


def _is_put_off(codes: tuple[str, ...], number: int, judged: Judged) -> bool:
    for entry in judged.so_far("vaccination.deferred"):
        if entry.data["vaccine"] not in codes or entry.data["dose_no"] != number:
            continue
        until, reason = entry.data.get("until"), entry.data["reason"]
        if until is not None:
            held = judged.today <= date.fromisoformat(until)
        elif reason in ("contraindication", "refused"):
            held = True
        else:
            held = judged.today <= day_of(entry) + timedelta(days=30)
        if held:
            return True
    return False
