"""The page of rules: what each says in both languages, its parameters, source and examples, from the pack itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from streams.catalogue.markdown import anchor, code, codes, fence, page, table
from streams.clinical.pack import Rule, Text, national
from streams.clinical.schedule import MilestoneRule

EXAMPLES = Path("examples/rules")
INTRODUCTION = """
The national rule pack, `streams/clinical/rules/national.toml`. A county may change it:
[county-rules.md](county-rules.md). `huiyu rules show` tells the rules that are in force in an
installation. A source marked † was not read as an official text: its figures are configuration, not law
([where they come from](../streams/clinical/reference/SOURCES.md)).
"""
WORDS = {
    "opens": ("opens", "触发"),
    "escalates": ("escalates", "升级"),
    "ends": ("ends", "解除"),
    "advice": ("what to do", "建议"),
}


def rules_page(root: Path) -> str:
    """The whole page; the examples are read from the checkout."""
    pack = national()
    heads = ("rule", "规则", "title", "severity", "for")
    rows = [
        (f"[{code(r.id)}]({anchor(r.id)})", r.text.zh.title, r.text.en.title, _severity(r), ", ".join(r.routing))
        for r in pack.rules
    ]
    rules = [block for rule in pack.rules for block in _rule(rule, root)]
    return page("# Rules 规则", INTRODUCTION, table(heads, rows), *rules, *_schedule())


def _rule(rule: Rule, root: Path) -> list[str]:
    until = f" until {rule.effective_until}" if rule.effective_until else ""
    source = f"{rule.citation}{' †' if rule.unofficial else ''}"
    facts = [
        ("version", str(rule.version)),
        ("evaluator", code(rule.evaluator)),
        ("judged by", f"from {rule.effective_from}{until}"),
        ("source 依据", source),
        ("severity 级别", _severity(rule)),
        ("for 发送", ", ".join(rule.routing)),
    ]
    facts += [(code(f"parameters.{name}"), _shown(value)) for name, value in _parameters(rule).items()]
    return [
        f"## {rule.id}",
        _words(rule.text.zh, 1),
        _words(rule.text.en, 0),
        table(("", ""), facts),
        "Examples 示例:",
        fence("toml", (root / EXAMPLES / f"{rule.id}.toml").read_text("utf-8")),
    ]


def _words(text: Text, place: int) -> str:
    told = {name: value for name, value in text if name in WORDS and value}
    return "\n".join((f"**{text.title}**", "", *(f"- {WORDS[name][place]}: {value}" for name, value in told.items())))


def _parameters(rule: Rule) -> dict[str, Any]:
    return dict(rule.parameters.model_dump(mode="json"))


def _severity(rule: Rule) -> str:
    return " → ".join(filter(None, (rule.severity.open, rule.severity.escalated)))


def _shown(value: Any) -> str:
    """A value in a cell; of tables each key, without those that are not set."""
    if isinstance(value, list):
        return "; ".join(map(_shown, value))
    if isinstance(value, dict):
        return codes((f"{name} {inner}" for name, inner in value.items() if inner is not None), " ")
    return code(value)


def _schedule() -> list[str]:
    schedule = national().schedule_rule
    rows = [(code(m.id), *_dates(m)) for m in schedule.milestones]
    told = f"{schedule.citation}. {schedule.windows_note} It ends at {schedule.ends_at_months} months."
    return ["## The schedule of checkups 健康检查程序", told, table(("milestone", "opens", "due", "overdue"), rows)]


def _dates(rule: MilestoneRule) -> tuple[str, str, str]:
    if rule.month is None:
        return f"day {rule.opens_day}", f"day {rule.due_day}", f"day {rule.overdue_day}"
    opens = f"{rule.opens_days_before} days before"
    return opens, f"{rule.month} months", f"{rule.month + rule.overdue_months} months"
