"""WHO Child Growth Standards 2006: the five z-scores of one visit, and which of them cannot be. Pure.

Tables: reference/who_2006_lms.csv, by day to day 1856 (60 months) and by 0.1 cm. docs/growth.md says what was decided.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from math import floor
from typing import NamedTuple

from streams.clinical.growth.ages import STANDING_FROM_DAYS, as_taken
from streams.clinical.growth.formula import RESTRICTED_BEYOND, above_three, below_three, lms_z

STANDARD = "WHO 2006"
LAST_DAY = 1856
LENGTHS_CM, HEIGHTS_CM = (45.0, 110.0), (65.0, 120.0)

Lms = tuple[float, float, float]


class Scores(NamedTuple):
    """z of weight, length or height, BMI and head for age, and of weight for length or height; None: no such z."""

    waz: float | None = None
    haz: float | None = None
    wlz: float | None = None
    baz: float | None = None
    hcz: float | None = None


NO_SCORES = Scores()

PLAUSIBLE: Mapping[str, tuple[float, float]] = {
    "waz": (-6, 5),
    "haz": (-6, 6),
    "wlz": (-5, 5),
    "baz": (-5, 5),
    "hcz": (-5, 5),
}
"""Least and greatest z that WHO's tools do not flag."""


@cache
def tables() -> Mapping[tuple[str, str], tuple[Lms, ...]]:
    """(table, sex) → rows by day of age, or by tenth of a cm from the table's first on."""
    found: dict[tuple[str, str], list[Lms]] = {}
    source = files("streams.clinical.reference").joinpath("who_2006_lms.csv").read_text("utf-8")
    for table, sex, _, *row in csv.reader(source.splitlines()[1:]):
        found.setdefault((table, sex), []).append((float(row[0]), float(row[1]), float(row[2])))
    return {name: tuple(rows) for name, rows in found.items()}


def visit_z(
    sex: str,
    age_days: int,
    weight_kg: float | None = None,
    length_height_cm: float | None = None,
    position: str | None = None,
    head_cm: float | None = None,
    oedema: bool = False,
) -> Scores:
    """Scores of one visit, to two decimals: kg and cm; `position` lying, standing or None; `age_days` since birth.

    None of them for an unknown sex and outside of days 0 … 1856; none that contains weight with oedema.
    """
    if sex not in ("female", "male") or not 0 <= age_days <= LAST_DAY:
        return NO_SCORES
    weight = None if oedema else weight_kg
    standing = age_days >= STANDING_FROM_DAYS
    cm = as_taken(length_height_cm, position, standing_age=standing, age_days=age_days)
    bmi = weight / (cm / 100) ** 2 if weight and cm else None
    return Scores(
        waz=_z(restricted_z, weight, _of_day("wfa", sex, age_days)),
        haz=_z(lms_z, cm, _of_day("lfa", sex, age_days)),
        wlz=_z(restricted_z, weight, _of_length(sex, cm, standing)),
        baz=_z(restricted_z, bmi, _of_day("bmifa", sex, age_days)),
        hcz=_z(lms_z, head_cm, _of_day("hcfa", sex, age_days)),
    )


def implausible(scores: Scores) -> list[str]:
    """The scores that WHO's tools flag, e.g. `haz`: more likely an error than a child."""
    return [name for name, z in zip(Scores._fields, scores, strict=True) if z is not None and not _plausible(name, z)]


def restricted_z(y: float, l: float, m: float, s: float) -> float:  # noqa: E741
    """z of an index that contains weight."""
    z: float = lms_z(y, l, m, s)
    if z > RESTRICTED_BEYOND:
        z = above_three(y, l, m, s)
    elif z < -RESTRICTED_BEYOND:
        z = below_three(y, l, m, s)
    return z


def _plausible(name: str, z: float) -> bool:
    least, greatest = PLAUSIBLE[name]
    return least <= z <= greatest


def _z(formula: Callable[[float, float, float, float], float], y: float | None, row: Lms | None) -> float | None:
    """To two decimals; a half goes to the even hundredth, as numpy's rint has it."""
    return None if y is None or row is None else round(formula(y, *row) * 100) / 100


def _of_day(table: str, sex: str, day: int) -> Lms:
    return tables()[table, sex][day]


def _of_length(sex: str, cm: float | None, standing: bool) -> Lms | None:
    """The row of a length, linear between two rows of 0.1 cm; None outside of the table."""
    table, (least, most) = ("wfh", HEIGHTS_CM) if standing else ("wfl", LENGTHS_CM)
    if cm is None or not least <= cm <= most:
        return None
    place = round((cm - least) * 10, 6)
    rows, low = tables()[table, sex], floor(place)
    lower, upper, share = rows[low], rows[min(low + 1, len(rows) - 1)], place - low
    l, m, s = (a + (b - a) * share for a, b in zip(lower, upper, strict=True))  # noqa: E741
    return l, m, s
