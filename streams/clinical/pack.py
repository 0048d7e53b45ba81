"""A rule pack: the schedule and the rules as data, validated when read. Pure, but for reading the pack that ships."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from streams.clinical.child_rules import checkup_overdue
from streams.clinical.part import Part
from streams.clinical.schedule import Schedule, ScheduleRule

Severity = Literal["notice", "warning", "serious"]


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


class CheckupOverdue(Rule):
    """The rule about missed checkups."""

    id: Literal["checkup-overdue"]
    severity: SeverityByState
    parameters: checkup_overdue.Parameters


class RuleEntry(NamedTuple):
    id: str
    module: Any
    version: int
    parameters: Any
    severity: SeverityByState
    routing: tuple[str, ...]

    def is_effective(self, on: date) -> bool:
        return True

    def changes_after(self, day: date) -> date | None:
        return None


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

    def rules_of(self, about: str) -> tuple[RuleEntry, ...]:
        if about != "child":
            return ()
        rule = self.rules[0]
        routing = ("clinic", "contracted-clinic", "center")
        return (RuleEntry(rule.id, checkup_overdue, rule.version, rule.parameters, rule.severity, routing),)

    def dumps(self) -> bytes:
        return self.model_dump_json(by_alias=True).encode()

    @classmethod
    def loads(cls, value: bytes) -> Self:
        return cls.model_validate_json(value)

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
