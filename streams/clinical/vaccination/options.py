"""Which of several vaccines against one disease a child gets: that which it began with. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from streams.clinical.child.telling import Vaccination
from streams.clinical.vaccination.schedule import Schedule, Series


def series_for(given: Sequence[Vaccination], schedule: Schedule) -> list[Series]:
    """The series that count for a child; `given`: its vaccinations in their order."""
    chosen = chosen_options(given, schedule)
    return [series for series in schedule.series if chosen.get(series.option_group, "") == series.option]


def chosen_options(given: Sequence[Vaccination], schedule: Schedule) -> Mapping[str, str]:
    """Option group → the option of the earliest vaccination of either; the schedule's own where there is none."""
    begun = dict(schedule.options[v.vaccine] for v in reversed(given) if v.vaccine in schedule.options)
    return {**schedule.default_options, **begun}
