"""The rule `growth-low`: underweight, short or thin by a named standard. Pure."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from streams.clinical.child.bands import found_by
from streams.clinical.child.case import ChildCase
from streams.clinical.child.decided import caught_up
from streams.clinical.child.growth import INDICATORS, Standard
from streams.clinical.child.telling import CHECKUP, MEASURED
from streams.clinical.episode import Found, Held
from streams.clinical.part import Part

KINDS = frozenset({CHECKUP, MEASURED})


class Parameters(Part):
    """Standard deviations: an indicator below `below_sd` is low, one below `severe_below_sd` escalates."""

    standard: Standard
    below_sd: Literal[-1, -2, -3] = Field(default=-2)
    severe_below_sd: Literal[-1, -2, -3] = Field(default=-3)


def find(case: ChildCase, parameters: Parameters) -> Found:
    """At most one: any of weight for age, length or height for age, weight for length or height is low."""

    def is_low(value: float) -> bool:
        return value < parameters.below_sd

    def is_severe(value: float) -> bool:
        return value < parameters.severe_below_sd

    return found_by(case, parameters.standard, INDICATORS, is_low, is_severe)


def ended(case: ChildCase, held: Held, parameters: Parameters) -> str:
    return caught_up(case, held)
