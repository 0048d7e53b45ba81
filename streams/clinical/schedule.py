"""The checkup schedule of a rule pack, and a child's windows by it. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from streams.clinical.months import add_months

TRIED_ON = tuple(date(2023, 12, 1) + timedelta(days=days) for days in range(366))
"""Birth dates on which a schedule is tried: a year with every end of a month, a leap day among them."""


class MilestoneRule(BaseModel):
    """A milestone's dates: counted in months of age when `month` is given, else in days from birth."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(min_length=1)
    month: int | None = Field(default=None, ge=1)
    opens_days_before: int = Field(default=14, ge=0)
    overdue_months: int = Field(default=1, ge=1)
    opens_day: int | None = Field(default=None, ge=0)
    due_day: int | None = Field(default=None, ge=0)
    overdue_day: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _months_or_days(self) -> Self:
        days = (self.opens_day, self.due_day, self.overdue_day)
        complete = (
            all(day is not None for day in days) if self.month is None else not any(day is not None for day in days)
        )
        if not complete:
            raise ValueError("give either month, or opens_day, due_day and overdue_day")
        return self


@dataclass(frozen=True, slots=True)
class Window:
    """A child's dates for one milestone; `overdue_on` is the first day on which a checkup is late."""

    milestone: str
    opens_on: date
    due_on: date
    overdue_on: date
    missed_on: date


class ScheduleRule(BaseModel):
    """A schedule as the pack's file states it; `windows_note` says what of it is not law."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    version: int = Field(ge=1)
    effective_from: date
    effective_until: date | None = None
    citation: str = Field(min_length=1)
    windows_note: str = Field(min_length=1)
    ends_at_months: int = Field(ge=1)
    milestones: tuple[MilestoneRule, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if len({rule.id for rule in self.milestones}) < len(self.milestones):
            raise ValueError("a milestone stands twice")
        schedule = Schedule(self)
        for born in TRIED_ON:
            windows = schedule.windows(born)
            if any(not w.opens_on <= w.due_on < w.overdue_on <= w.missed_on for w in windows):
                raise ValueError("a milestone must open, be due, be overdue and be missed in this order")
            if any(earlier.due_on >= later.due_on for earlier, later in pairwise(windows)):
                raise ValueError("milestones must stand in order of age")
        return self


class Schedule:
    """Computes windows by a schedule; remembers those of recent birth dates."""

    def __init__(self, rule: ScheduleRule) -> None:
        self.rule = rule
        self.windows: Callable[[date], tuple[Window, ...]] = lru_cache(maxsize=8192)(self._windows)

    def ends_on(self, born: date) -> date:
        """The date on which the schedule ends for a child born on `born`."""
        return add_months(born, self.rule.ends_at_months)

    def _windows(self, born: date) -> tuple[Window, ...]:
        """In schedule order, each ending where the next opens."""
        rules = self.rule.milestones
        opened = [_opens_on(rule, born) for rule in rules]
        ends = [*opened[1:], self.ends_on(born)]
        return tuple(
            Window(rule.id, opens, _due_on(rule, born), _overdue_on(rule, born), missed)
            for rule, opens, missed in zip(rules, opened, ends, strict=True)
        )


def _opens_on(rule: MilestoneRule, born: date) -> date:
    if rule.month is None:
        return born + timedelta(days=rule.opens_day or 0)
    return add_months(born, rule.month) - timedelta(days=rule.opens_days_before)


def _due_on(rule: MilestoneRule, born: date) -> date:
    return born + timedelta(days=rule.due_day or 0) if rule.month is None else add_months(born, rule.month)


def _overdue_on(rule: MilestoneRule, born: date) -> date:
    if rule.month is None:
        return born + timedelta(days=rule.overdue_day or 0)
    return add_months(_due_on(rule, born), rule.overdue_months)
