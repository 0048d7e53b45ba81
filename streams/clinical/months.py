"""Month arithmetic with the day of month clamped: 31 January + 1 month is the last day of February. Pure."""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def add_months(day: date, months: int) -> date:
    """The date `months` later; the day of month is clamped to the month's length."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
