"""A rule pack: the schedule and the rules as data, validated when read. Pure, but for reading the pack that ships."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache, cached_property
from importlib.resources import files
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from streams.clinical.schedule import Schedule, ScheduleRule

Severity = Literal["notice", "warning", "serious"]


class Part(BaseModel):
    """What every part of a pack has in common: it cannot change, and a typing error in it never vanishes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Rule(Part):
    """A rule's name and standing; an alert carries its id and version."""

    id: str
    version: int = Field(ge=1)
    effective_from: date
    effective_until: date | None = None
    citation: str = Field(min_length=1)


class SeverityByState(Part):
    """How serious an alert is, by its state."""

    open: Severity
    escalated: Severity


class CheckupOverdueParameters(Part):
    """`grace_days_after_registration`: how long after registration a checkup that was due before it may wait."""

    grace_days_after_registration: int = Field(ge=0)


class CheckupOverdue(Rule):
    """The rule about missed checkups."""

    id: Literal["checkup-overdue"]
    severity: SeverityByState
    parameters: CheckupOverdueParameters


class RulePack(Part):
    """A rule pack as its TOML file states it."""

    id: str
    version: int = Field(ge=1)
    schedule_rule: ScheduleRule = Field(alias="schedule")
    rules: tuple[CheckupOverdue, ...]

    @model_validator(mode="after")
    def _each_rule_once(self) -> Self:
        if sorted(rule.id for rule in self.rules) != ["checkup-overdue"]:
            raise ValueError("each rule must stand once: checkup-overdue")
        return self

    @cached_property
    def schedule(self) -> Schedule:
        return Schedule(self.schedule_rule)

    @property
    def checkup_overdue(self) -> CheckupOverdue:
        return self.rules[0]


def read_pack(text: str) -> RulePack:
    """A pack from its TOML text. Raises tomllib.TOMLDecodeError, and pydantic's ValidationError when malformed."""
    return RulePack.model_validate(tomllib.loads(text))


@cache
def national() -> RulePack:
    """The pack that ships with huiyu."""
    return read_pack(files("streams.clinical.rules").joinpath("national.toml").read_text("utf-8"))
