"""Working days: Monday to Friday, but for the days that the calendar of a year takes off or adds. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

SATURDAY = 5
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """`days`: date → whether it is a working day, for the dates that published calendars name."""

    days: Mapping[date, bool] = field(default_factory=dict)

    def is_working(self, day: date) -> bool:
        return self.days.get(day, day.weekday() < SATURDAY)

    def first_with(self, after: date, number: int) -> date:
        """The first date before which `number` working days have passed since `after`."""
        found, day = 0, after + ONE_DAY
        while found < number:
            found += self.is_working(day)
            day += ONE_DAY
        return day


def published(year: int, data: Mapping[str, Any]) -> dict[date, bool]:
    """The dates of its own year that a `calendar.published` names; one that is both off and extra is worked."""
    named = {date.fromisoformat(day): False for day in data["days_off"]}
    named |= {date.fromisoformat(day): True for day in data["extra_workdays"]}
    return {day: working for day, working in named.items() if day.year == year}
