"""Headings as people write them: whose they are, in which unit, which are left out. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from streams.publish.sheet.columns import Column
from streams.publish.sheet.found import Language
from streams.publish.sheet.identifiers import IDENTIFIERS, Identifier
from streams.publish.sheet.numbers import UNITS
from streams.publish.sheet.raw import folded
from streams.publish.sheet.templates import TEMPLATES, Template

IN_BRACKETS = re.compile(r"(.+?)[(\[](.*)[)\]]")
PERSONAL = re.compile(
    r"姓名|名字|电话|手机|联系方式|住址|地址|家长|监护人|母亲|父亲|备注|序号|合计|小计|总计|天数|出勤率"
    r"|\b(name|phone|mobile|tel|telephone|address|guardian|mother|father|parent|remarks?|notes?|no|total|days)\b"
)
"""Headings of columns whose cells are not looked at: they must not travel, or say nothing."""
CHILD_NAMES = frozenset({"儿童", "幼儿", "宝宝", "年龄", "child", "age", "no."})


def base(cell: Any) -> str:
    """A heading as it is compared: without what stands in brackets behind it, marks of what is required, colons."""
    text = folded(str(cell)).strip("*:＊")
    match = IN_BRACKETS.fullmatch(text)
    return (match[1] if match else text).strip("*:")


def unit_of(heading: str) -> str:
    """The unit in a heading's brackets, "" when there is none."""
    match = IN_BRACKETS.fullmatch(folded(heading).strip("*:"))
    return UNITS.get(match[2], "") if match else ""


@cache
def _names(template_name: str) -> Mapping[str, Column]:
    return {
        base(name): column
        for column in TEMPLATES[template_name].all_columns
        for name in (*column.aliases, *column.heading)
    }


def known(template: Template) -> Mapping[str, Column]:
    return _names(template.name)


@cache
def _of_any_template() -> frozenset[str]:
    return frozenset(name for template in TEMPLATES for name in _names(template))


@cache
def known_identifiers() -> Mapping[str, Identifier]:
    return {base(name): each for each in IDENTIFIERS for name in (*each.aliases, *each.heading)}


def is_dropped(heading: str) -> bool:
    """True for what must not travel, says nothing, or is of another template: a child's sex in its attendance."""
    if base(heading) in _of_any_template():
        return True
    plain = " ".join(heading.replace("_", " ").lower().split())
    return folded(heading) in CHILD_NAMES or PERSONAL.search(plain) is not None


def language_of(row: list[Any]) -> Language:
    chinese = sum(any("\u4e00" <= character <= "\u9fff" for character in str(cell)) for cell in row)
    return "zh" if chinese * 2 >= sum(1 for cell in row if isinstance(cell, str) and cell.strip()) else "en"
