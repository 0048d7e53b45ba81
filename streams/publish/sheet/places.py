"""Which column of a sheet is where, found heading by heading; what is wrong with one is told. Pure."""

from __future__ import annotations

import difflib
from datetime import date
from typing import Any

from schemas.masking import masked
from streams.publish.sheet.columns import Column
from streams.publish.sheet.days import NoSuchDay, day_heading, month_of
from streams.publish.sheet.found import Language
from streams.publish.sheet.grid import Grid, place_of
from streams.publish.sheet.headings import base, is_dropped, known, known_identifiers, unit_of
from streams.publish.sheet.identifiers import IDENTIFIERS
from streams.publish.sheet.raw import as_text
from streams.publish.sheet.table import WrongSheet
from streams.publish.sheet.telling import Told
from streams.publish.sheet.templates import Template, headings

LONGEST_HEADING = 100


class Places:
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
        self.headings[position] = text = _short(masked(" ".join(as_text(cell).split())))
        if not text:
            self._nothing_in(position)
        elif isinstance(cell, str) and (column := known(self._template).get(base(cell))):
            self._refuse_other_unit(column, text, position)
            self._once(column.name not in self.columns, text, position)
            self.columns[column.name] = column, position
        elif isinstance(cell, str) and (identifier := known_identifiers().get(base(cell))):
            self._once(identifier.scheme not in self.identifiers, text, position)
            self.identifiers[identifier.scheme] = position
        elif self._template.days and (day := day_heading(cell, self._month)) is not None:
            self._once(day is NoSuchDay or day not in self.days.values(), text, position)
            self.days[position] = day
            self.headings[position] = day.isoformat() if isinstance(day, date) else text
        elif is_dropped(text):
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
        unit = unit_of(text)
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
        name = masked(self._grid.name)
        zh = (f"工作表“{name}”" if name else "") + f"第 {row + 1} 行{place}：{told.zh}"
        en = (f"sheet {name}, " if name else "") + f"row {row + 1}{place}: {told.en}"
        raise WrongSheet(zh if self._language == "zh" else en)


def _short(text: str) -> str:
    """A cell may hold 32,767 characters; who is told of its heading needs to see which it is."""
    return text if len(text) <= LONGEST_HEADING else text[:LONGEST_HEADING] + "…"
