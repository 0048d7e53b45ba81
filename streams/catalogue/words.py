"""Types and ranges of fields in words, English (as refusals tell them) and Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from schemas import ranges
from schemas.fields import EARLIEST, LATEST
from streams.catalogue.markdown import code, codes

Language = Literal["en", "zh"]
Node = Mapping[str, Any]

TYPES: Mapping[str, Mapping[Language, str]] = {
    "string": {"en": "string", "zh": "文本"},
    "number": {"en": "number", "zh": "数字"},
    "integer": {"en": "integer", "zh": "整数"},
    "boolean": {"en": "boolean", "zh": "布尔值"},
    "object": {"en": "object", "zh": "对象"},
    "array": {"en": "list of", "zh": "列表："},
    "date": {"en": "date", "zh": "日期"},
    "date-time": {"en": "time", "zh": "时间"},
    "path": {"en": "path", "zh": "路径"},
    "": {"en": "any", "zh": "任意"},
}


def type_of(node: Node, language: Language) -> str:
    """`number`, `list of string` …"""
    if "anyOf" in node:
        return (" or " if language == "en" else "或").join(type_of(option, language) for option in node["anyOf"])
    kind = node.get("format") if node.get("format") in TYPES else node.get("type", "")
    word = TYPES[str(kind)][language]
    if kind != "array":
        return word
    return f"{word}{' ' if language == 'en' else ''}{type_of(node.get('items', {}), language)}"


def range_of(node: Node, language: Language) -> str:
    """What is allowed, in Markdown; "" when the type says it all."""
    kind = node.get("type", "")
    if kind in ("object", "boolean") or (kind == "array" and "properties" in node["items"]):
        return ""
    if kind == "array":
        return _most(node, language) + range_of(node["items"], language)
    if "enum" in node and ("allowed" not in node or language == "zh"):
        return codes(node["enum"])
    if "const" in node:
        return code(node["const"])
    return _in_english(node) if language == "en" else _in_chinese(node)


def _most(node: Node, language: Language) -> str:
    if "maxItems" not in node:
        return ""
    return f"at most {node['maxItems']} of: " if language == "en" else f"至多 {node['maxItems']} 项："


def _in_english(node: Node) -> str:
    if "allowed" in node:
        return code(node["allowed"]) if "pattern" in node and "format" not in node else str(node["allowed"])
    told = ranges.words({}, node)
    kind = str(node.get("type", ""))
    return "" if told in ("", kind, f"a {kind}") else told.removeprefix(f"{kind} ")


def _in_chinese(node: Node) -> str:
    if "anyOf" in node:
        return "；".join(filter(None, map(_in_chinese, node["anyOf"])))
    days = f"{EARLIEST} 至 {LATEST}"
    if node.get("format") == "date":
        return f"YYYY-MM-DD，{days}"
    if node.get("format") == "date-time":
        return f"RFC 3339，带时区偏移，{days}"
    if "pattern" in node:
        return code(node["pattern"].removeprefix("^").removesuffix("$"))
    if "maxLength" in node:
        return f"{node.get('minLength', 0)}–{node['maxLength']} 个字符"
    if "minimum" in node and "maximum" in node:
        return f"{node['minimum']:.15g} 至 {node['maximum']:.15g}"
    return ""
