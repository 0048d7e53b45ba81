"""An alert in words: what its rule says, what led to each of its transitions, and the records behind it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from streams.clinical.pack import RulePack
from streams.clinical.pack.model import Language

Row = dict[str, Any]
WORDS = {
    "open": ("预警", "opened"),
    "escalated": ("升级", "escalated"),
    "resolved": ("解除", "resolved"),
    "rule": ("规则", "rule"),
    "source": ("依据", "source"),
    "unofficial": ("未核对官方文本", "official text not read"),
    "parameters": ("参数", "parameters"),
    "set by": ("设定", "set by"),
    "values": ("依据的数值", "decided on"),
    "record": ("记录", "record"),
    "gone": ("已更正或撤回，不再计入", "corrected or retracted: counts no more"),
    "not in force": ("现行规则包中没有该规则", "the rules in force here have no such rule"),
    "other version": ("预警按该版本作出，现行版本为", "the alert was decided by this version; in force is"),
    "refused": ("被拒绝、尚未重报的记录", "refused, and not sent again since"),
    "waiting": ("等待处理的记录", "records that wait"),
    "transition": ("衔接程序不明，未作判断", "not judged, the transition from an earlier schedule is not known"),
    "done": ("已完成", "done"),
    "done-late": ("逾期后完成", "done late"),
    "caught-up": ("之后的检查已做", "caught up by a later one"),
    "superseded": ("由更近一次逾期取代", "superseded by a later one"),
    "departed": ("儿童已离开", "the child departed"),
    "expired": ("已过期限", "expired"),
    "corrected": ("记录更正后不再成立", "the records no longer say so"),
}
ADDRESS = ("subject", "registered_by", "registration_record", "birth_date", "records", "to", "unknown_transition")
"""What of an alert's detail says whom it is about, not what it was decided on."""


def explanation(
    alert: Row,
    transitions: Iterable[Row],
    records: list[Row],
    beside: Iterable[Row],
    pack: RulePack,
    lang: Language,
) -> list[str]:
    """The lines. `transitions`: at, state, resolution and the detail of then; `records`: rows of the timeline;
    `beside`: what is not counted, refused or waiting."""

    def word(name: str) -> str:
        return WORDS[name][0 if lang == "zh" else 1] if name in WORDS else name

    lines = [f"{word('rule')}: {alert['rule']} {alert['rule_version']}", *_rule(alert, pack, lang, word)]
    for told in transitions:
        why = f": {word(told['resolution'])}" if told["resolution"] else ""
        lines.append(f"{told['at']:%Y-%m-%d %H:%M}  {word(told['state'])}{why}")
        lines += _values(told["detail"] or {}, word)
    return [*lines, *_records(alert["detail"], records, word), *_beside(beside, word)]


def _rule(alert: Row, pack: RulePack, lang: Language, word: Any) -> Iterator[str]:
    held = {rule.id: rule for rule in pack.rules}.get(alert["rule"])
    if held is None:
        yield f"  {word('not in force')}"
        return
    text = pack.text_of(held.id, lang)
    yield f"  {text.title}: {text.opens}"
    yield from (
        f"  {word(name)}: {told}" for name, told in (("escalated", text.escalates), ("resolved", text.ends)) if told
    )
    if held.version != alert["rule_version"]:
        yield f"  {word('other version')} {held.version}"
    yield f"  {word('source')}: {held.citation}" + (f" ({word('unofficial')})" if held.unofficial else "")
    for name, value in held.parameters.model_dump(mode="json").items():
        origin = pack.origins.get(f"{held.id}.parameters.{name}", f"{pack.id} {pack.version}")
        yield f"  {word('parameters')} {name} = {value} ({word('set by')} {origin})"


def _values(detail: Row, word: Any) -> list[str]:
    lines = [f"  {word('values')} {name} = {value}" for name, value in detail.items() if name not in ADDRESS]
    if unknown := detail.get("unknown_transition"):
        lines.append(f"  {word('transition')}: {', '.join(map(str, unknown))}")
    return lines


def _beside(beside: Iterable[Row], word: Any) -> Iterator[str]:
    for row in beside:
        if row["code"]:
            told = f"{row['type']} {row['source']} {row['at']:%Y-%m-%d %H:%M} {row['code']} {row['path']}"
            yield f"{word('refused')}: {told}"
        else:
            yield f"{word('waiting')}: {row['records']} {row['source']}"


def _records(detail: Row, records: list[Row], word: Any) -> Iterator[str]:
    standing = {(row["kind"], row["source"], row["record_id"]): row for row in records}
    for name in detail.get("records", []):
        row = standing.get(tuple(name))
        told = f"{row['occurred_at']:%Y-%m-%d %H:%M} {row['data']}" if row else word("gone")
        yield f"{word('record')} {' '.join(name)}: {told}"
