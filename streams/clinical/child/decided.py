"""The visit on which a rule last decided: while it stands, what is no longer found was overcome. Pure."""

from __future__ import annotations

from typing import Any

from streams.clinical.child.case import ChildCase
from streams.clinical.child.telling import Checkup, Measurement, Visit
from streams.clinical.episode import Held

VISIT, VISIT_ON = "visit", "visit_on"


def decided_on(visit: Visit) -> dict[str, Any]:
    """What an episode's detail says of the visit."""
    return {VISIT: list(visit.name), VISIT_ON: visit.on.isoformat()}


def caught_up(case: ChildCase, held: Held) -> str:
    """`caught-up` while the visit stands and the child is followed; else none of the rule's own reasons."""
    if not case.is_followed:
        return ""
    visit = tuple(held.detail.get(VISIT, ()))
    stands = any(told.name == visit for told in case.told(Checkup, Measurement))
    return "caught-up" if stands else ""
