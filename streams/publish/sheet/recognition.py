"""Which template a sheet follows, and where its columns are: by its headings, whatever stands above them. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from schemas.masking import masked
from streams.publish.sheet.columns import Column
from streams.publish.sheet.days import NoSuchDay, day_heading, month_of
from streams.publish.sheet.found import Language
from streams.publish.sheet.grid import Grid, place_of
from streams.publish.sheet.table import WrongSheet
from streams.publish.sheet.telling import Told
from streams.publish.sheet.templates import IDENTIFIERS, TEMPLATES, Identifier, Template, headings
from streams.publish.sheet.values import UNITS, as_text, folded

DEEPEST_HEADER = 20
"""Rows among which the headings are looked for."""
IN_BRACKETS = re.compile(r"(.+?)[(\[](.*)[)\]]")
PERSONAL = re.compile(
    r"姓名|名字|电话|手机|联系方式|住址|地址|家长|监护人|母亲|父亲|备注|序号|合计|小计|总计|天数|出勤率"
    r"|\b(name|phone|mobile|tel|telephone|address|guardian|mother|father|parent|remarks?|notes?|no|total|days)\b"
)
"""Headings of columns whose cells are not looked at: they must not travel, or say nothing."""
CHILD_NAMES = frozenset({"儿童", "幼儿", "宝宝", "child", "no."})
EXPLANATIONS = frozenset({"说明", "explanation"})


@dataclass(frozen=True, slots=True)
class Layout:
    """Where what stands; positions from 0. `days`: position → the day, NoSuchDay where the month has none."""

    template: Template
    language: Language
    header: int
    identifiers: tuple[tuple[Identifier, int], ...]
    columns: tuple[tuple[Column, int], ...]
    days: Mapping[int, date | type[NoSuchDay]]
    headings: Mapping[int, str]
    dropped: tuple[str, ...]


def layout_of(grid: Grid, name: str | None, language: Language | None, month_hint: str = "") -> Layout | None:
    """How the sheet is to be read; None for one that only explains.

    `name`: of a template that is wanted. `month_hint`: a text that may say of which month day columns are. Raises
    WrongSheet, in the language of the headings.
    """
    candidates = list(_candidates(grid, [TEMPLATES[name]] if name else TEMPLATES.values()))
    if not candidates:
        if folded(grid.name) in EXPLANATIONS:
            return None
        known = f"the headings of {name}" if name else f"the headings of a template ({', '.join(TEMPLATES)})"
        where = f"sheet {grid.name}" if grid.name else "the file"
        raise WrongSheet(f"{where} has not {known} in its first {DEEPEST_HEADER} rows: see huiyu template")
    _, template, header = _best(candidates, grid)
    return _layout(grid, template, header, language, month_hint)


def _candidates(grid: Grid, templates: Iterable[Template]) -> Iterator[tuple[tuple[bool, int], Template, int]]:
    """((complete, columns found), template, row of the headings)."""
    for number, row in enumerate(grid.rows[:DEEPEST_HEADER]):
        found = [_base(cell) for cell in row if isinstance(cell, str) and cell.strip()]
        if len(found) < 2:
            continue
        for template in templates:
            names = {column.name for base in found if (column := _known(template).get(base))}
            identified = any(base in _known_identifiers() for base in found)
            days = template.days and any(day_heading(cell, (2000, 1)) is not None for cell in row)
            wanted = {column.name for column in template.all_columns if column.required}
            if identified + len(names) + days >= 2 and (days or not template.days):
                yield (identified and wanted <= names, len(names) + days), template, number


def _best(
    candidates: list[tuple[tuple[bool, int], Template, int]], grid: Grid
) -> tuple[tuple[bool, int], Template, int]:
    most = max(fit for fit, _, _ in candidates)
    best = [each for each in candidates if each[0] == most]
    templates = list(dict.fromkeys(template.name for _, template, _ in best))
    if len(templates) > 1:
        named = [each for each in best if folded(grid.name) in map(folded, (each[1].name, *each[1].title))]
        if not named:
            raise WrongSheet(f"the headings fit {' and '.join(templates)}: say which with --template")
        best = named
    return best[0]


def _layout(grid: Grid, template: Template, header: int, wanted: Language | None, month_hint: str) -> Layout:
    row = grid.rows[header]
    language = wanted or _language(row)
    places = _Places(grid, template, header, language, month_hint)
    for position, cell in enumerate(row):
        places.put(position, cell)
    places.complete()
    return Layout(
        template=template,
        language=language,
        header=header,
        identifiers=tuple(
            (each, places.identifiers[each.scheme]) for each in IDENTIFIERS if each.scheme in places.identifiers
        ),
        columns=tuple(places.columns.values()),
        days=places.days,
        headings=places.headings,
        dropped=tuple(places.dropped),
    )


class _Places:
    """Which column is where, in the making; what is wrong with the headings is raised as WrongSheet."""

    def __init__(self, grid: Grid, template: Template, header: int, language: Language, month_hint: str) -> None:
        self._grid, self._template, self._header, self._language = grid, template, header, language
        above = [str(cell) for row in grid.rows[:header] for cell in row if cell != ""]
        self._month = month_of((*above, grid.name, month_hint)) if template.days else None
        self.identifiers: dict[str, int] = {}
        self.columns: dict[str, tuple[Column, int]] = {}
        self.days: dict[int, date | type[NoSuchDay]] = {}
        self.headings: dict[int, str] = {}
        self.dropped: list[str] = []

    def put(self, position: int, cell: Any) -> None:
        self.headings[position] = text = masked(" ".join(as_text(cell).split()))
        if not text:
            self._nothing_in(position)
        elif isinstance(cell, str) and (column := _known(self._template).get(_base(cell))):
            self._refuse_other_unit(column, text, position)
            self._once(column.name not in self.columns, text, position)
            self.columns[column.name] = column, position
        elif isinstance(cell, str) and (identifier := _known_identifiers().get(_base(cell))):
            self._once(identifier.scheme not in self.identifiers, text, position)
            self.identifiers[identifier.scheme] = position
        elif self._template.days and (day := day_heading(cell, self._month)) is not None:
            self._once(day is NoSuchDay or day not in self.days.values(), text, position)
            self.days[position] = day
            self.headings[position] = day.isoformat() if isinstance(day, date) else text
        elif _is_dropped(text):
            self.dropped.append(text)
        else:
            self._unknown(text, position)

    def complete(self) -> None:
        wanted = [column for column in self._template.all_columns if column.required]
        missing = [self._told(column.heading) for column in wanted if column.name not in self.columns]
        if not self.identifiers:
            missing.append(
                Told("或", " or ").said(self._language).join(self._told(each.heading) for each in IDENTIFIERS)
            )
        if missing:
            listed = "、".join(missing) if self._language == "zh" else ", ".join(missing)
            self._wrong(Told(f"缺少列：{listed}", f"has no column {listed}"), self._header, None)

    def _nothing_in(self, position: int) -> None:
        for number, row in enumerate(self._grid.rows[self._header + 1 :], self._header + 1):
            if position < len(row) and str(row[position]).strip():
                told = Told(
                    "没有标题的列里有内容：补上标题或删除", "is in a column without a heading: name it or remove it"
                )
                self._wrong(told, number, position)

    def _unknown(self, text: str, position: int) -> None:
        if self._template.days and self._month is None and day_heading(text, (2000, 1)) is not None:
            told = Told(
                "是哪一个月？在标题行上方写明，如 2026年3月", "of which month? write it above the headings, as 2026-03"
            )
            self._wrong(told, self._header, position)
        known = list(headings(self._template, self._language))
        close = difflib.get_close_matches(text, known, n=1, cutoff=0.5)
        hint = close[0] if close else ""
        zh = f"列“{text}”不在模板中：" + (f"是否为“{hint}”？" if hint else "请删除该列")
        en = f"column {text} is not of the template: " + (f"is it {hint}?" if hint else "remove it")
        self._wrong(Told(zh, en), self._header, position)

    def _refuse_other_unit(self, column: Column, text: str, position: int) -> None:
        unit = _unit(text)
        if unit and unit != column.unit:
            told = self._told(column.heading)
            self._wrong(
                Told(
                    f"列“{text}”的单位不作换算：请用“{told}”",
                    f"column {text} is in a unit that is not converted: use {told}",
                ),
                self._header,
                position,
            )

    def _once(self, first: bool, text: str, position: int) -> None:
        if not first:
            self._wrong(Told(f"列“{text}”出现两次", f"column {text} stands twice"), self._header, position)

    def _told(self, told: Told) -> str:
        return told.said(self._language)

    def _wrong(self, told: Told, row: int, position: int | None) -> None:
        place = f" {place_of(row, position)}" if position is not None else ""
        zh = (f"工作表“{self._grid.name}”" if self._grid.name else "") + f"第 {row + 1} 行{place}：{told.zh}"
        en = (f"sheet {self._grid.name}, " if self._grid.name else "") + f"row {row + 1}{place}: {told.en}"
        raise WrongSheet(zh if self._language == "zh" else en)


def _base(cell: Any) -> str:
    """A heading as it is compared: without what stands in brackets behind it, marks of what is required, colons."""
    text = folded(str(cell)).strip("*:＊")
    match = IN_BRACKETS.fullmatch(text)
    return (match[1] if match else text).strip("*:")


def _unit(heading: str) -> str:
    """The unit in a heading's brackets, "" when there is none."""
    match = IN_BRACKETS.fullmatch(folded(heading).strip("*:"))
    return UNITS.get(match[2], "") if match else ""


@cache
def _names(template_name: str) -> Mapping[str, Column]:
    return {
        _base(name): column
        for column in TEMPLATES[template_name].all_columns
        for name in (*column.aliases, *column.heading)
    }


def _known(template: Template) -> Mapping[str, Column]:
    return _names(template.name)


@cache
def _known_identifiers() -> Mapping[str, Identifier]:
    return {_base(name): each for each in IDENTIFIERS for name in (*each.aliases, *each.heading)}


def _is_dropped(heading: str) -> bool:
    plain = " ".join(heading.replace("_", " ").lower().split())
    return folded(heading) in CHILD_NAMES or PERSONAL.search(plain) is not None


def _language(row: list[Any]) -> Language:
    chinese = sum(any("\u4e00" <= character <= "\u9fff" for character in str(cell)) for cell in row)
    return "zh" if chinese * 2 >= sum(1 for cell in row if isinstance(cell, str) and cell.strip()) else "en"
