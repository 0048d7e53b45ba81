"""Ages that growth is measured by: corrected for those born early, whole months, how a length was taken. Pure."""

from __future__ import annotations

from datetime import date, timedelta

from streams.clinical.months import add_months

TERM_WEEKS, PRETERM_BELOW = 40, 37
CORRECTED_FOR_MONTHS = 24
STANDING_FROM_DAYS = 731
"""From this day of age on WHO's tables hold standing heights, before it lying lengths."""

UPRIGHT_FROM_DAYS = 274
"""9 months of 30.4375 days: nobody younger stands to be measured, so `standing` is taken for an error."""

LYING_IS_LONGER_CM = 0.7


def reference_birth(born: date, on: date, gestational_weeks: int | None) -> date:
    """The date that age counts from on a visit: birth, or the day the child was due.

    The day it was due counts for a child born before 37 weeks, on visits before it is 24 months old by the calendar.
    """
    if gestational_weeks is None or gestational_weeks >= PRETERM_BELOW or on >= add_months(born, CORRECTED_FOR_MONTHS):
        return born
    return born + timedelta(weeks=TERM_WEEKS - gestational_weeks)


def months_of_age(born: date, on: date) -> tuple[int, float]:
    """Whole months, clamped, and the share of the month that has begun (0 ≤ share < 1); `on` is not before `born`."""
    whole = (on.year - born.year) * 12 + on.month - born.month
    if add_months(born, whole) > on:
        whole -= 1
    since, until = add_months(born, whole), add_months(born, whole + 1)
    return whole, (on - since).days / (until - since).days


def as_taken(cm: float | None, position: str | None, *, standing_age: bool, age_days: int) -> float | None:
    """The length in cm as a child of that age is to be measured: 0.7 cm lie between lying and standing.

    Unknown position: it was measured as its age expects.
    """
    if cm is None:
        return None
    if position == "lying" and standing_age:
        return round(cm - LYING_IS_LONGER_CM, 6)
    if position == "standing" and not standing_age and age_days >= UPRIGHT_FROM_DAYS:
        return round(cm + LYING_IS_LONGER_CM, 6)
    return cm
