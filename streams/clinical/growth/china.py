"""WS/T 423-2022, growth standard for children under 7: where a visit lies among its SD and percentile lines. Pure.

Tables: reference/wst423_2022_*.csv, whose rows are exact ages in months, or cm. Bands: reference/thresholds.json.
Between rows lines are straight; docs/growth.md says why, and what holds after the last row.
"""

from __future__ import annotations

import csv
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from streams.clinical.growth.ages import as_taken, months_of_age

STANDARD = "WS/T 423-2022"
STANDING_FROM_MONTHS, BELOW_MONTHS, LAST_HEAD_MONTH = 24, 84, 36
BELOW_ALL = -4
WFA, LHFA, WFLH = "weight_for_age", "length_height_for_age", "weight_for_length_height"
BMI, HEAD = "bmi_for_age", "head_for_age"


class Position(NamedTuple):
    """`sd`: the greatest of −3 … 3 whose line is reached, −4 below −3SD: so `sd < -2` is "below −2SD", `sd >= 1` is
    "+1SD or more". `percentile`: the greatest of 3, 10, 25, 50, 75, 90, 97 reached, 0 below P3.
    """

    sd: int
    percentile: int


class Lines(NamedTuple):
    """A table: `names` of its lines, and at each x the value of every line."""

    names: tuple[int, ...]
    xs: tuple[float, ...]
    rows: tuple[tuple[float, ...], ...]


class Asked(NamedTuple):
    """A value y at x of a table."""

    table: str
    x: float
    y: float


def wst423(
    sex: str,
    born: date,
    on: date,
    weight_kg: float | None = None,
    length_height_cm: float | None = None,
    position: str | None = None,
    head_cm: float | None = None,
    oedema: bool = False,
) -> dict[str, Position]:
    """Indicator → position, of those that can be judged; kg and cm. `born`: what age counts from (`reference_birth`).

    Empty for an unknown sex, before birth and from 84 months on; nothing that contains weight with oedema.
    """
    asked = _asked(sex, born, on, weight_kg, length_height_cm, position, head_cm, oedema)
    found = {name: (_greatest("sd", sex, each), _greatest("pct", sex, each)) for name, each in asked.items()}
    return {name: Position(sd, pct) for name, (sd, pct) in found.items() if sd is not None and pct is not None}


def wst423_sd(
    sex: str,
    born: date,
    on: date,
    weight_kg: float | None = None,
    length_height_cm: float | None = None,
    position: str | None = None,
    oedema: bool = False,
) -> dict[str, int]:
    """Indicator → `Position.sd` of weight, length and weight for length alone: what rows and rules ask for."""
    asked = _asked(sex, born, on, weight_kg, length_height_cm, position, None, oedema)
    found = {name: _greatest("sd", sex, asked[name]) for name in (WFA, LHFA, WFLH) if name in asked}
    return {name: sd for name, sd in found.items() if sd is not None}


def _asked(
    sex: str,
    born: date,
    on: date,
    weight_kg: float | None,
    length_height_cm: float | None,
    position: str | None,
    head_cm: float | None,
    oedema: bool,
) -> dict[str, Asked]:
    """Indicator → where it is to be looked up."""
    if sex not in ("female", "male") or on < born:
        return {}
    months, share = months_of_age(born, on)
    if months >= BELOW_MONTHS:
        return {}
    age, standing = months + share, months >= STANDING_FROM_MONTHS
    cm = as_taken(length_height_cm, position, standing_age=standing, age_days=(on - born).days)
    weight = None if oedema else weight_kg
    found = {}
    if weight is not None:
        found[WFA] = Asked("wfa", age, weight)
    if cm is not None:
        found[LHFA] = Asked("lhfa", age, cm)
    if weight is not None and cm is not None:
        found[WFLH] = Asked("wfh" if standing else "wfl", cm, weight)
        found[BMI] = Asked("bmi", age, weight / (cm / 100) ** 2)
    if head_cm is not None:
        found[HEAD] = Asked("hc", age, head_cm)
    return found


@cache
def lines(kind: str, table: str, sex: str) -> Lines:
    """A table as it stands in its file: `kind` sd or pct, `table` wfa, lhfa, wfl, wfh, bmi or hc."""
    name = f"wst423_2022_{kind}_{table}_{sex[0]}.csv"
    text = files("streams.clinical.reference").joinpath(name).read_text("utf-8")
    head, *rows = csv.reader(text.splitlines())
    values = [tuple(map(float, row)) for row in rows]
    names = tuple(int(name.strip("PSD")) for name in head[1:])
    return Lines(names, tuple(row[0] for row in values), tuple(row[1:] for row in values))


def values_at(table: Lines, x: float, jumps_at: float | None = None) -> Sequence[float] | None:
    """The value of every line at x; None before the first row.

    Straight between rows. After the last row, and before a row at which the table jumps, the step before goes on.
    """
    if x < table.xs[0]:
        return None
    at = bisect_right(table.xs, x) - 1
    if at == len(table.xs) - 1 or table.xs[at + 1] == jumps_at:
        at -= 1
    share = (x - table.xs[at]) / (table.xs[at + 1] - table.xs[at])
    return [round(a + (b - a) * share, 6) for a, b in zip(table.rows[at], table.rows[at + 1], strict=True)]


def _greatest(kind: str, sex: str, asked: Asked) -> int | None:
    """The greatest line that y reaches; below all: −4, or 0 for percentiles. Lines never fall: a test says so."""
    found = lines(kind, asked.table, sex)
    if asked.x > _last(found, asked.table):
        return None
    values = values_at(found, asked.x, STANDING_FROM_MONTHS if asked.table in ("lhfa", "bmi") else None)
    if values is None:
        return None
    reached = bisect_right(values, asked.y)
    below = BELOW_ALL if kind == "sd" else 0
    return found.names[reached - 1] if reached else below


def _last(found: Lines, table: str) -> float:
    """The last x that the table speaks of: tables by age that end at 81 months do for children under 84 months."""
    return BELOW_MONTHS if table in ("wfa", "lhfa", "bmi") else found.xs[-1]


TABLE_1: Mapping[int, str] = {0: "下", 3: "中下", 10: "中下", 25: "中", 50: "中", 75: "中上", 90: "中上", 97: "上"}
"""Percentile reached → level of growth (reference/thresholds.json, wst423_2022_table1_percentile)."""
