"""What `growth-low` and `growth-high` share: of each indicator the latest visit that can be classified. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from streams.clinical.child.case import ChildCase, named
from streams.clinical.child.decided import decided_on
from streams.clinical.child.growth import INDICATORS, values, visits
from streams.clinical.child.telling import Checkup, Measurement, Visit
from streams.clinical.episode import ESCALATED, OPEN, Episode, Found


class Classified(NamedTuple):
    """`value`: z, or the greatest SD line that is reached."""

    value: float
    visit: Visit


def classified(case: ChildCase, standard: str) -> Mapping[str, Classified]:
    """Indicator → its latest value under a standard."""
    return case.once(("classified", standard), lambda: _classified(case, standard))


def _classified(case: ChildCase, standard: str) -> Mapping[str, Classified]:
    found: dict[str, Classified] = {}
    for visit in reversed(visits(case)):
        for name, value in values(standard, case.life, visit).items():
            found.setdefault(name, Classified(value, visit))
        if len(found) == len(INDICATORS):
            break
    return found


def found_by(
    case: ChildCase,
    standard: str,
    indicators: tuple[str, ...],
    is_beyond: Callable[[float], bool],
    is_far_beyond: Callable[[float], bool],
) -> Found:
    """At most one episode, of all indicators that are beyond; escalated when one of them is far beyond."""
    wake_on = case.next_record_on(Checkup, Measurement)
    latest = classified(case, standard)
    beyond = {name: latest[name] for name in indicators if name in latest and is_beyond(latest[name].value)}
    if not beyond:
        return Found(wake_on=wake_on)
    decided = sorted({c.visit.rank: c.visit for c in beyond.values()}.items())
    seen = [visit for _, visit in decided]
    episode = Episode(
        name="",
        state=ESCALATED if any(is_far_beyond(c.value) for c in beyond.values()) else OPEN,
        detail={
            "standard": standard,
            "indicators": {name: {"value": c.value, "on": c.visit.on.isoformat()} for name, c in beyond.items()},
            **decided_on(seen[-1]),
        },
        records=named(*seen),
    )
    return Found((episode,), wake_on)
