"""The county's own calendar: months with clamped days, working days, local times."""

from __future__ import annotations

import calendar
from datetime import date, datetime, time, timedelta, timezone
from random import Random

CHINA = timezone(timedelta(hours=8))
_HOLIDAYS = """
2024-01-01 2024-02-12 2024-02-13 2024-02-14 2024-02-15 2024-02-16 2024-04-04 2024-04-05 2024-05-01 2024-05-02 2024-05-03
2024-06-10 2024-09-16 2024-09-17 2024-10-01 2024-10-02 2024-10-03 2024-10-04 2024-10-07
2025-01-01 2025-01-28 2025-01-29 2025-01-30 2025-01-31 2025-02-03 2025-02-04 2025-04-04 2025-05-01 2025-05-02 2025-05-05
2025-06-02 2025-10-01 2025-10-02 2025-10-03 2025-10-06 2025-10-07 2025-10-08
2026-01-01 2026-01-02 2026-02-16 2026-02-17 2026-02-18 2026-02-19 2026-02-20 2026-02-23 2026-04-06 2026-05-01 2026-05-04
2026-05-05 2026-06-19 2026-09-25 2026-10-01 2026-10-02 2026-10-05 2026-10-06 2026-10-07
2027-01-01 2027-02-05 2027-02-08 2027-04-05 2027-06-09 2027-09-15 2027-10-01
"""
_MADE_UP_FOR = """
2024-02-04 2024-02-18 2024-04-07 2024-04-28 2024-05-11 2024-09-14 2024-09-29 2024-10-12
2025-01-26 2025-02-08 2025-04-27 2025-09-28 2025-10-11
2026-01-04 2026-02-14 2026-02-28 2026-05-09 2026-09-20 2026-10-10
"""
DAYS_OFF = tuple(map(date.fromisoformat, _HOLIDAYS.split()))
"""Working days that are days off, by the State Council's notices; of 2027 the statutory days alone."""
EXTRA_WORKDAYS = tuple(map(date.fromisoformat, _MADE_UP_FOR.split()))
"""Days of a weekend on which people work instead."""
WAVES = ((3, 1), (9, 1))
"""Month and day on which most children begin at a centre."""


def months_later(day: date, months: int) -> date:
    """The same date so many months later; a day that the month lacks becomes its last."""
    years, month = divmod(day.month - 1 + months, 12)
    return _clamped(day.year + years, month + 1, day.day)


def months_earlier(day: date, months: int) -> date:
    return months_later(day, -months)


def _clamped(year: int, month: int, day: int) -> date:
    return date(year, month, day if day < 29 else min(day, calendar.monthrange(year, month)[1]))


def is_workday(day: date) -> bool:
    return day in EXTRA_WORKDAYS or (day.weekday() < 5 and day not in DAYS_OFF)


def waves(first: date, last: date) -> list[date]:
    """The beginnings of terms between two days."""
    years = range(first.year, last.year + 1)
    return [day for year in years for month, number in WAVES if first <= (day := date(year, month, number)) <= last]


def at(day: date, hour: int, random: Random) -> str:
    """A local time within an hour of a day, as RFC 3339."""
    moment = datetime.combine(day, time(hour, random.randrange(60), random.randrange(60)), CHINA)
    return moment.isoformat()


def span(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
