"""The checkup schedule of a rule pack, and a child's windows by it. Pure, but for reading the pack."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field

from streams.clinical.months import add_months


class MilestoneRule(BaseModel):
    """When a milestone opens, is due and is overdue: by day of life, or by month of age."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    month: int | None = None
    opens_days_before: int = 0
    overdue_months: int = 1
    opens_day: int = 0
    due_day: int = 0
    overdue_day: int = 0


class CheckupOverdueRule(BaseModel):
    """Parameters of the rule `checkup-overdue`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = Field(ge=1)
    severity_open: str
    severity_escalated: str
    grace_days_after_registration: int = Field(ge=0)
    ends_at_months: int = Field(ge=1)


class RulePack(BaseModel):
    """A rule pack as its TOML file states it."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    id: str
    version: int
    effective_from: date
    citation: str
    windows_unofficial: str
    checkup_overdue: CheckupOverdueRule = Field(alias="checkup-overdue")
    milestones: tuple[MilestoneRule, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Window:
    """A child's dates for one milestone; `overdue_on` is the first day on which a checkup is late."""

    milestone: str
    opens_on: date
    due_on: date
    overdue_on: date
    missed_on: date


@cache
def national() -> RulePack:
    """The pack that ships with huiyu. Raises pydantic's ValidationError when it is malformed."""
    return RulePack.model_validate(tomllib.loads(files("streams.clinical.rules").joinpath("national.toml").read_text()))


@lru_cache(maxsize=8192)
def windows(born: date) -> tuple[Window, ...]:
    """The windows of a child born on `born`, in schedule order, each ending where the next opens."""
    pack = national()
    opened = [_opens_on(rule, born) for rule in pack.milestones]
    ends = [*opened[1:], ends_on(born)]
    return tuple(
        Window(rule.id, opens, _due_on(rule, born), _overdue_on(rule, born), missed)
        for rule, opens, missed in zip(pack.milestones, opened, ends, strict=True)
    )


def ends_on(born: date) -> date:
    """The date on which the schedule ends."""
    return add_months(born, national().checkup_overdue.ends_at_months)


def _opens_on(rule: MilestoneRule, born: date) -> date:
    if rule.month is None:
        return born + timedelta(days=rule.opens_day)
    return add_months(born, rule.month) - timedelta(days=rule.opens_days_before)


def _due_on(rule: MilestoneRule, born: date) -> date:
    return born + timedelta(days=rule.due_day) if rule.month is None else add_months(born, rule.month)


def _overdue_on(rule: MilestoneRule, born: date) -> date:
    if rule.month is None:
        return born + timedelta(days=rule.overdue_day)
    return add_months(_due_on(rule, born), rule.overdue_months)
