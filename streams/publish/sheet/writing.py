"""A template as an .xlsx workbook: headings, lists to choose from, and a sheet that explains the columns."""

from __future__ import annotations

import io
from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from streams.publish.sheet.columns import Column, Form
from streams.publish.sheet.days import MARKS, mark_words
from streams.publish.sheet.found import Language
from streams.publish.sheet.identifiers import IDENTIFIERS
from streams.publish.sheet.telling import RESIDENT_NUMBER, Told
from streams.publish.sheet.templates import Template

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

EXPLANATION, LISTS = Told("说明", "explanation"), Told("选项", "lists")
ABOUT = (
    Told("列", "column"),
    Told("含义", "meaning"),
    Told("必填", "required"),
    Told("允许的值", "allowed"),
    Told("示例", "example"),
)
YES = Told("是", "yes")
ONE_OF = Told("三项中至少填一项", "one of the three")
TEXT, DAY = "@", "yyyy-mm-dd"
FORMATS: Mapping[Form, str] = {"date": DAY, **dict.fromkeys(("id", "text", "texts", "choices", "integers"), TEXT)}
OF_DAYS = (
    Told("日期列，每天一列", "a column for each day"),
    Told("当天的出勤", "attendance on that day"),
    Told("", ""),
    MARKS,
)
"""What the page says of the columns of days, but for an example."""
LAST_ROW = 20_000
"""Rows for which the lists are offered."""


@dataclass(frozen=True, slots=True)
class Explained:
    """A column as the template's file shows it; `words`: what its list offers."""

    heading: str
    about: tuple[str, ...]
    format: str
    words: tuple[str, ...] = ()


def template_workbook(template: Template, language: Language, month: date) -> bytes:
    """The .xlsx file; `month`: any day of the month whose days an attendance sheet has as columns."""
    from openpyxl import Workbook

    columns = list(_identifiers(language)) + [_explained(each, template, language) for each in template.all_columns]
    days = list(_days(month)) if template.days else []
    book = Workbook()
    sheet = book.active
    sheet.title = template.title.said(language)
    _headings(sheet, columns, days)
    _explanation(book.create_sheet(EXPLANATION.said(language)), columns, template, language)
    lists = book.create_sheet(LISTS.said(language))
    lists.sheet_state = "hidden"
    _offer(sheet, lists, columns, days, language)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def example_cell(column: Column, value: Any, language: Language) -> Any:
    """A value as a person writes it in this language."""
    words = dict(column.choices)
    if isinstance(value, list):
        return ("、" if language == "zh" else ", ").join(str(example_cell(column, each, language)) for each in value)
    return words[value] if language == "zh" and value in words else value


def _identifiers(language: Language) -> Iterator[Explained]:
    for each in IDENTIFIERS:
        allowed = RESIDENT_NUMBER.said(language) if each.scheme == "cn-id" else ""
        about = (each.meaning.said(language), ONE_OF.said(language), allowed, each.example)
        yield Explained(each.heading.said(language), about, TEXT)


def _explained(column: Column, template: Template, language: Language) -> Explained:
    required = YES.said(language) if column.required else ""
    example = example_cell(column, template.example.get(column.name, ""), language)
    about = (column.meaning.said(language), required, column.allowed.said(language), str(example))
    words = tuple(word if language == "zh" else value for value, word in column.choices)
    if column.form == "boolean":
        words = ("是", "否") if language == "zh" else ("yes", "no")
    form = FORMATS.get(column.form, "General")
    return Explained(column.heading.said(language), about, form, () if column.form == "choices" else words)


def _days(month: date) -> Iterator[date]:
    for day in range(1, monthrange(month.year, month.month)[1] + 1):
        yield month.replace(day=day)


def _headings(sheet: Worksheet, columns: list[Explained], days: list[date]) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    sheet.append([*(each.heading for each in columns), *days])
    for number, cell in enumerate(sheet[1], 1):
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="DDEBF7")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        dimension = sheet.column_dimensions[get_column_letter(number)]
        dimension.width = 20 if number <= len(IDENTIFIERS) else 11 if number > len(columns) else 14
        if number <= len(columns):
            dimension.number_format = columns[number - 1].format
        else:
            cell.number_format = DAY
    sheet.freeze_panes = "A2"


def _explanation(sheet: Worksheet, columns: list[Explained], template: Template, language: Language) -> None:
    from openpyxl.styles import Alignment, Font

    sheet.append([each.said(language) for each in ABOUT])
    for each in columns:
        sheet.append([each.heading, *each.about])
    if template.days:
        sheet.append([each.said(language) for each in (*OF_DAYS, Told(*reversed(mark_words()[0])))])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for letter, width in zip("ABCDE", (24, 44, 18, 60, 24), strict=True):
        sheet.column_dimensions[letter].width = width
        for cell in sheet[letter]:
            cell.alignment = Alignment(wrap_text=True, vertical="top")


def _offer(sheet: Worksheet, lists: Worksheet, columns: list[Explained], days: list[date], language: Language) -> None:
    """A list to choose from under each heading that has one; the words stand on a sheet of their own."""
    marks = tuple(pair[language == "zh"] for pair in mark_words())
    offered = [(number, number, each.words) for number, each in enumerate(columns, 1) if each.words]
    if days:
        offered.append((len(columns) + 1, len(columns) + len(days), marks))
    for place, (first, last, words) in enumerate(offered, 1):
        for row, word in enumerate(words, 1):
            lists.cell(row, place, word)
        _add_list(sheet, lists, place, len(words), first, last)


def _add_list(sheet: Worksheet, lists: Worksheet, place: int, count: int, first: int, last: int) -> None:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    letter = get_column_letter(place)
    # A warning only: √ is a mark, and other:NAME a vaccine, that no list offers.
    rule = DataValidation(
        "list", f"'{lists.title}'!${letter}$1:${letter}${count}", allow_blank=True, errorStyle="warning"
    )
    rule.add(f"{get_column_letter(first)}2:{get_column_letter(last)}{LAST_ROW}")
    sheet.add_data_validation(rule)
