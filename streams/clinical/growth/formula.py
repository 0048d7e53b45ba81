"""The one formula of a z-score, for a number and for an array of them alike. Pure.

WHO Child Growth Standards, Methods and development (2006), chapter 7: the LMS method, and its restriction beyond three
standard deviations for indices that contain weight, where the distance to the next line is measured in kilograms.
"""

from __future__ import annotations

from typing import Any

Number = Any
"""A float, or a numpy array of floats: what goes in comes out."""

RESTRICTED_BEYOND = 3


def lms_z(y: Number, l: Number, m: Number, s: Number) -> Number:  # noqa: E741 - the names that WHO gives them
    """z of a measurement y under power l (never 0 in WHO's tables), median m, coefficient of variation s."""
    return ((y / m) ** l - 1) / (s * l)


def lms_line(z: float, l: Number, m: Number, s: Number) -> Number:  # noqa: E741
    """The measurement that lies on the line of z."""
    return m * (1 + l * s * z) ** (1 / l)


def above_three(y: Number, l: Number, m: Number, s: Number) -> Number:  # noqa: E741
    """z of a measurement beyond +3: in steps as wide as that from +2 to +3."""
    third = lms_line(3, l, m, s)
    return 3 + (y - third) / (third - lms_line(2, l, m, s))


def below_three(y: Number, l: Number, m: Number, s: Number) -> Number:  # noqa: E741
    """z of a measurement beyond −3: in steps as wide as that from −3 to −2."""
    third = lms_line(-3, l, m, s)
    return -3 + (y - third) / (lms_line(-2, l, m, s) - third)
