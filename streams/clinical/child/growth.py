"""A child's visits by growth standard: scores and bands by its sex and age, corrected when it was born early. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Literal

from streams.clinical.child.case import ChildCase
from streams.clinical.child.life import Life
from streams.clinical.child.telling import Checkup, Measured, Measurement, Visit
from streams.clinical.growth import china, reference_birth, visit_z, wst423_sd
from streams.clinical.growth.who import STANDARD as WHO

Standard = Literal["WS/T 423-2022", "WHO 2006"]
WEIGHT, WEIGHT_FOR_LENGTH = china.WFA, china.WFLH
INDICATORS = (china.WFA, china.LHFA, china.WFLH)
MANY = 1 << 14


def visits(case: ChildCase) -> list[Visit]:
    """Visits with measures, until today, in their order."""
    told: list[Visit] = [*case.until_today(Checkup), *case.until_today(Measurement)]
    return sorted((visit for visit in told if visit.measured), key=lambda v: v.rank)


def values(standard: str, life: Life, visit: Visit) -> Mapping[str, float]:
    """Indicator → z (WHO 2006), or the greatest SD line that is reached (WS/T 423-2022; −4: below −3SD)."""
    if visit.measured is None:
        return {}
    born = reference_birth(life.born, visit.on, life.holds.gestational_weeks)
    return (_z if standard == WHO else _sd)(life.holds.sex, born, visit.on, visit.measured)


def waz(life: Life, visit: Visit) -> float | None:
    """WHO's z of weight for age, as `timeline` shows it."""
    return values(WHO, life, visit).get(WEIGHT)


@lru_cache(MANY)
def _z(sex: str, born: date, on: date, measured: Measured) -> Mapping[str, float]:
    m = measured
    scores = visit_z(sex, (on - born).days, m.weight_kg, m.length_height_cm, m.position or None, None, m.oedema)
    found = zip(INDICATORS, (scores.waz, scores.haz, scores.wlz), strict=True)
    return {name: z for name, z in found if z is not None}


@lru_cache(MANY)
def _sd(sex: str, born: date, on: date, measured: Measured) -> Mapping[str, float]:
    m = measured
    found = wst423_sd(sex, born, on, m.weight_kg, m.length_height_cm, m.position or None, m.oedema)
    return {name: found[name] for name in INDICATORS if name in found}
