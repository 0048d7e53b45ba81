"""The rule `growth-faltering`: no weight gained for months, or weight for age fallen by much between visits. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import Field

from streams.clinical.child.case import ChildCase, named
from streams.clinical.child.decided import caught_up, decided_on
from streams.clinical.child.growth import visits, waz
from streams.clinical.child.life import Life
from streams.clinical.child.telling import CHECKUP, MEASURED, Checkup, Measurement, Visit
from streams.clinical.episode import Episode, Found, Held
from streams.clinical.months import add_months
from streams.clinical.part import Part

KINDS = frozenset({CHECKUP, MEASURED})


class Parameters(Part):
    """Months, and z-scores (WHO 2006): see `_no_gain` and `_fallen`."""

    gain_below_months: int = Field(default=24, ge=1)
    no_gain_months: int = Field(default=3, ge=1)
    fall_above_z: float = Field(default=1.0, gt=0)
    fall_from_months: int = Field(default=6, ge=1)
    fall_until_months: int = Field(default=1, ge=0)


def find(case: ChildCase, parameters: Parameters) -> Found:
    """At most one, by the latest visit on which the child was weighed, and those before it."""
    wake_on = case.next_record_on(Checkup, Measurement)
    weighed = [visit for visit in visits(case) if weight_of(visit) is not None]
    if not weighed:
        return Found(wake_on=wake_on)
    *earlier, latest = weighed
    seen, detail = _no_gain(earlier, latest, case.life, parameters)
    fallen, more = _fallen(earlier, latest, case.life, parameters)
    if not seen and not fallen:
        return Found(wake_on=wake_on)
    led = sorted({visit.rank: visit for visit in (*seen, *fallen, latest)}.items())
    records = named(*(visit for _, visit in led))
    return Found((Episode("", detail=detail | more | decided_on(latest), records=records),), wake_on)


def ended(case: ChildCase, held: Held, parameters: Parameters) -> str:
    return caught_up(case, held)


def weight_of(visit: Visit) -> float | None:
    """kg; None with oedema, which weighs."""
    return visit.measured.weight_kg if visit.measured and not visit.measured.oedema else None


def _no_gain(
    earlier: Sequence[Visit], latest: Visit, life: Life, parameters: Parameters
) -> tuple[list[Visit], dict[str, Any]]:
    """A small child weighs no more than at the last visit that lies some months back."""
    if latest.on >= add_months(life.born, parameters.gain_below_months):
        return [], {}
    until = add_months(latest.on, -parameters.no_gain_months)
    last = next((visit for visit in reversed(earlier) if visit.on <= until), None)
    now, then = weight_of(latest), weight_of(last) if last else None
    if last is None or now is None or then is None or then < now:
        return [], {}
    return [last], {"no_gain": {"since": last.on.isoformat(), "weight_kg": [then, now]}}


def _fallen(
    earlier: Sequence[Visit], latest: Visit, life: Life, parameters: Parameters
) -> tuple[list[Visit], dict[str, Any]]:
    """Its z of weight for age lies much below that of a visit some months back: the greatest fall is told."""
    now = waz(life, latest)
    since = add_months(latest.on, -parameters.fall_from_months)
    until = add_months(latest.on, -parameters.fall_until_months)
    near = [visit for visit in earlier if since <= visit.on <= until]
    falls = [(round(then - now, 2), v) for v in near if now is not None and (then := waz(life, v)) is not None]
    if not falls:
        return [], {}
    fall, visit = max(falls, key=lambda f: (f[0], f[1].rank))
    if fall <= parameters.fall_above_z:
        return [], {}
    return [visit], {"fall": {"since": visit.on.isoformat(), "waz": [waz(life, visit), now], "by": fall}}
