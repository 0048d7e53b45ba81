"""The rule `growth-high`: overweight or obese by a named standard. Pure.

WHO calls under-fives overweight above +2SD and obese above +3SD, WS/T 423-2022 from +1SD and from +2SD on.
"""

from __future__ import annotations

from typing import Literal

from streams.clinical.child.bands import found_by
from streams.clinical.child.case import ChildCase
from streams.clinical.child.decided import caught_up
from streams.clinical.child.growth import WEIGHT_FOR_LENGTH, Standard
from streams.clinical.child.telling import CHECKUP, MEASURED
from streams.clinical.episode import Found, Held
from streams.clinical.growth.who import STANDARD as WHO
from streams.clinical.part import Part

KINDS = frozenset({CHECKUP, MEASURED})


class Parameters(Part):
    """Standard deviations: overweight and obese *from* these on by WS/T 423-2022, *above* them by WHO 2006."""

    standard: Standard
    overweight_sd: Literal[1, 2, 3]
    obese_sd: Literal[1, 2, 3]


def find(case: ChildCase, parameters: Parameters) -> Found:
    """At most one, by weight for length or height."""

    def reaches(value: float, line: int) -> bool:
        return value > line if parameters.standard == WHO else value >= line

    return found_by(
        case,
        parameters.standard,
        (WEIGHT_FOR_LENGTH,),
        lambda value: reaches(value, parameters.overweight_sd),
        lambda value: reaches(value, parameters.obese_sd),
    )


def ended(case: ChildCase, held: Held, parameters: Parameters) -> str:
    return caught_up(case, held)
