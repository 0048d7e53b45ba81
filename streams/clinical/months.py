"""Month arithmetic with the day of month clamped: 31 January + 1 month is the last day of February. Pure."""

from __future__ import annotations

from calendar import isleap
from datetime import date

DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def add_months(day: date, months: int) -> date:
    """The same day of the month, months later; a day that the month does not have becomes its last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = 29 if month == 1 and isleap(year) else DAYS[month]
    return day.replace(year, month + 1, min(day.day, last))
