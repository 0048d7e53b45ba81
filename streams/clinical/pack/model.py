"""What a rule pack holds. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cached_property
from types import ModuleType
from typing import Any, Literal, NamedTuple, Self

import orjson
from pydantic import Field, ValidationInfo, field_validator, model_validator

from streams.clinical.episode import ESCALATED
from streams.clinical.evaluators import find
from streams.clinical.part import Part
from streams.clinical.schedule import Schedule, ScheduleRule

Severity = Literal["notice", "warning", "serious"]
Receiver = Literal["clinic", "contracted-clinic", "center", "bureau"]
Language = Literal["zh", "en"]


class SeverityByState(Part):
    """How serious an alert is, by its state."""

    open: Severity
    escalated: Severity | None = None

    def of(self, state: str) -> Severity:
        """That of an alert in a state; one that does not escalate is as serious as when it opened."""
        return self.escalated if state == ESCALATED and self.escalated else self.open


class Text(Part):
    """A rule in words: what opens, escalates and ends its alerts, and what then to do."""

    title: str = Field(min_length=1)
    opens: str = Field(min_length=1)
    escalates: str = ""
    ends: str = Field(min_length=1)
    advice: str = ""


class Texts(Part):
    zh: Text
    en: Text


class Rule(Part):
    """A rule's name and standing; an alert carries its id and version. Its evaluator says what `parameters` may be.

    `unofficial`: the official text was not read (reference/SOURCES.md).
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    evaluator: str = Field(default="", validate_default=True)
    version: int = Field(ge=1, lt=2**32)
    effective_from: date
    effective_until: date | None = None
    citation: str = Field(min_length=1)
    unofficial: bool = False
    severity: SeverityByState
    routing: tuple[Receiver, ...] = Field(min_length=1)
    parameters: Any = Field(default={}, validate_default=True)
    text: Texts

    @field_validator("evaluator", mode="after")
    @classmethod
    def _known(cls, told: str, info: ValidationInfo) -> str:
        """By default the evaluator is the rule's id; it too must be known."""
        name: str = told or info.data.get("id", "")
        if name:
            find(name)
        return name

    @field_validator("parameters", mode="plain")
    @classmethod
    def _of_its_evaluator(cls, told: Any, info: ValidationInfo) -> Any:
        name = info.data.get("evaluator")
        return find(name).module.Parameters.model_validate(told) if name else told

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        if self.effective_until is not None and self.effective_until < self.effective_from:
            raise ValueError("effective_until is before effective_from")
        return self


class RuleEntry(NamedTuple):
    """A rule as a stage uses it: `module` evaluates it with `parameters`, which are of the module's own model."""

    id: str
    module: ModuleType
    version: int
    parameters: Any
    severity: SeverityByState
    routing: tuple[str, ...]
    effective_from: date
    effective_until: date | None

    def is_effective(self, on: date) -> bool:
        return self.effective_from <= on and (self.effective_until is None or on <= self.effective_until)

    def changes_after(self, day: date) -> date | None:
        """The next day on which the rule begins to hold, or holds no more."""
        until = self.effective_until
        changes = [self.effective_from, *([until + timedelta(days=1)] if until and until < date.max else [])]
        return min((change for change in changes if change > day), default=None)


class Off(Part):
    """A rule that a county switched off, and why."""

    rule: str
    reason: str = Field(min_length=1)


class RulePack(Part):
    """A rule pack as its TOML file states it, and what counties' packs made of it.

    `origins`: "rule.field" → the county pack that set it; `off`: the rules that a county switched off.
    """

    id: str
    version: int = Field(ge=1)
    schedule_rule: ScheduleRule = Field(alias="schedule")
    rules: tuple[Rule, ...]
    off: tuple[Off, ...] = ()
    origins: Mapping[str, str] = {}

    @model_validator(mode="after")
    def _each_rule_once(self) -> Self:
        named = [rule.id for rule in self.rules]
        if twice := sorted({name for name in named if named.count(name) > 1}):
            raise ValueError(f"a rule must stand once: {', '.join(twice)}")
        return self

    @cached_property
    def schedule(self) -> Schedule:
        return Schedule(self.schedule_rule)

    def rule(self, name: str) -> Rule:
        """Raises KeyError for one that the pack does not have."""
        return {rule.id: rule for rule in self.rules}[name]

    def rules_of(self, about: str) -> tuple[RuleEntry, ...]:
        """The rules about a `child`, or about a `center`, in the order of the pack."""
        return self._entries[about]

    @cached_property
    def _entries(self) -> dict[str, tuple[RuleEntry, ...]]:
        found = [(find(rule.evaluator), rule) for rule in self.rules]
        return {
            about: tuple(_entry(evaluator.module, rule) for evaluator, rule in found if evaluator.about == about)
            for about in ("child", "center")
        }

    def text_of(self, rule: str, language: Language) -> Text:
        texts = self.rule(rule).text
        return texts.zh if language == "zh" else texts.en

    def dumps(self) -> bytes:
        """Canonical JSON: equal packs give equal bytes."""
        return orjson.dumps(self.model_dump(mode="json", by_alias=True), option=orjson.OPT_SORT_KEYS)

    @classmethod
    def loads(cls, value: bytes) -> Self:
        return cls.model_validate_json(value)


def _entry(module: ModuleType, rule: Rule) -> RuleEntry:
    dates = (rule.effective_from, rule.effective_until)
    return RuleEntry(rule.id, module, rule.version, rule.parameters, rule.severity, rule.routing, *dates)
