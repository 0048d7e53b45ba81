"""A rule pack: the schedule and the rules as data, validated when read. Pure, but for reading the pack that ships."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache, cached_property
from importlib import import_module
from importlib.resources import files
from typing import Any, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from streams.clinical.part import Part
from streams.clinical.schedule import Schedule, ScheduleRule

Severity = Literal["notice", "warning", "serious"]
Receiver = Literal["clinic", "contracted-clinic", "center", "bureau"]


class SeverityByState(Part):
    """How serious an alert is, by its state."""

    open: Severity
    escalated: Severity | None = None


class Rule(Part):
    """A rule's name and standing; an alert carries its id and version. Its module says what `parameters` may be."""

    id: str
    version: int = Field(ge=1)
    effective_from: date
    effective_until: date | None = None
    citation: str = Field(min_length=1)
    severity: SeverityByState
    routing: tuple[Receiver, ...] = ("clinic", "contracted-clinic", "center")
    parameters: Any

    @model_validator(mode="before")
    @classmethod
    def _parameters_of_its_module(cls, told: dict[str, Any]) -> dict[str, Any]:
        module = module_of(str(told.get("id")))
        return {**told, "parameters": module.Parameters.model_validate(told.get("parameters", {}))}


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


def module_of(rule: str) -> Any:
    """The module of `child_rules` that evaluates a rule. Raises ValueError for one that is not known."""
    try:
        return import_module(f"streams.clinical.child_rules.{rule.replace('-', '_')}")
    except ModuleNotFoundError as error:
        raise ValueError(f"no such rule: {rule}") from error


class RulePack(Part):
    """A rule pack as its TOML file states it."""

    id: str
    version: int = Field(ge=1)
    schedule_rule: ScheduleRule = Field(alias="schedule")
    rules: tuple[Rule, ...]

    @model_validator(mode="after")
    def _each_rule_once(self) -> Self:
        named = [rule.id for rule in self.rules]
        if len(set(named)) < len(named):
            raise ValueError("a rule stands twice")
        return self

    @cached_property
    def schedule(self) -> Schedule:
        return Schedule(self.schedule_rule)

    def rules_of(self, about: str) -> tuple[RuleEntry, ...]:
        return self._entries if about == "child" else ()

    @cached_property
    def _entries(self) -> tuple[RuleEntry, ...]:
        return tuple(
            RuleEntry(r.id, module_of(r.id), r.version, r.parameters, r.severity, r.routing) for r in self.rules
        )

    def dumps(self) -> bytes:
        return self.model_dump_json(by_alias=True).encode()

    @classmethod
    def loads(cls, value: bytes) -> Self:
        return cls.model_validate_json(value)

    @property
    def checkup_overdue(self) -> Rule:
        return next(rule for rule in self.rules if rule.id == "checkup-overdue")


def read_pack(text: str) -> RulePack:
    """A pack from its TOML text. Raises tomllib.TOMLDecodeError, and pydantic's ValidationError when malformed."""
    return RulePack.model_validate(tomllib.loads(text))


@cache
def national() -> RulePack:
    """The pack that ships with huiyu."""
    return read_pack(files("streams.clinical.rules").joinpath("national.toml").read_text("utf-8"))
