"""What a visit says of a child's growth: columns, flags, and the scores by calendar age of who was born early. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from streams.clinical.child.life import Life
from streams.clinical.child.telling import CHECKUP
from streams.clinical.growth import NO_SCORES, Scores, implausible, reference_birth, visit_z, wst423_sd

MEASURED = frozenset({CHECKUP, "measurement.recorded"})
WST = {"wst_wfa": "weight_for_age", "wst_lhfa": "length_height_for_age", "wst_wfl": "weight_for_length_height"}


class Growth(NamedTuple):
    """`columns`: waz … hcz, and bands of WS/T 423-2022. `uncorrected`: by calendar age, where age was corrected."""

    columns: Mapping[str, float | int | None]
    flags: list[str]
    uncorrected: Mapping[str, float | None] | None = None


NOTHING = Growth(NO_SCORES._asdict() | dict.fromkeys(WST), [])


def growth_of(kind: str, data: Mapping[str, Any], on: date, life: Life) -> Growth:
    """Growth by the measurements in `data`, taken on a day; without any for other kinds of records."""
    if kind not in MEASURED:
        return NOTHING
    holds = life.holds
    born = reference_birth(holds.born, on, holds.gestational_weeks)
    scores = _scores(holds.sex, born, on, data)
    bands = wst423_sd(holds.sex, born, on, **_of_weight_and_length(data))
    columns = {column: bands.get(name) for column, name in WST.items()}
    by_calendar = None if born == holds.born else _scores(holds.sex, holds.born, on, data)._asdict()
    return Growth(scores._asdict() | columns, [f"{name}-implausible" for name in implausible(scores)], by_calendar)


def told_by(life: Life | None) -> tuple[date, str, int | None] | None:
    """What of a child's life its rows depend on: where it changed, all of them may differ."""
    return (life.born, life.holds.sex, life.holds.gestational_weeks) if life else None


def _scores(sex: str, born: date, on: date, data: Mapping[str, Any]) -> Scores:
    head = data.get("head_circumference_cm")
    return visit_z(sex, (on - born).days, head_cm=head, **_of_weight_and_length(data))


def _of_weight_and_length(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "weight_kg": data.get("weight_kg"),
        "length_height_cm": data.get("length_height_cm"),
        "position": data.get("position"),
        "oedema": bool(data.get("oedema")),
    }
