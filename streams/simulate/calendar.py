"""The county's own calendar: months with clamped days, working days, local times."""

from __future__ import annotations

import calendar
from datetime import date, datetime, time, timedelta, timezone
from random import Random

CHINA = timezone(timedelta(hours=8))
DAYS_OFF = tuple(
    date.fromisoformat(day)
    for day in [
        "2026-01-01",
        "2026-01-02",
        "2026-02-16",
        "2026-02-17",
        "2026-02-18",
        "2026-02-19",
        "2026-02-20",
        "2026-02-23",
        "2026-04-06",
        "2026-05-01",
        "2026-05-04",
        "2026-05-05",
        "2026-06-19",
        "2026-09-25",
        "2026-10-01",
        "2026-10-02",
        "2026-10-05",
        "2026-10-06",
        "2026-10-07",
    ]
)
EXTRA_WORKDAYS = tuple(date.fromisoformat(day) for day in ("2026-02-14", "2026-02-28", "2026-05-09", "2026-10-10"))


def months_later(day: date, months: int) -> date:
    """Counts month by month; a day that the month lacks becomes its last."""
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def is_workday(day: date) -> bool:
    return day in EXTRA_WORKDAYS or (day.weekday() < 5 and day not in DAYS_OFF)


def at(day: date, hour: int, random: Random) -> str:
    """A local time within an hour of a day, as RFC 3339."""
    moment = datetime.combine(day, time(hour, random.randrange(60), random.randrange(60)), CHINA)
    return moment.isoformat()


def span(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
