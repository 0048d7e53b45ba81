"""The templates' files: every column explained from the models, lists to choose from, and the example is an event."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from schemas.kinds import KINDS
from streams.publish.sheet.found import Language
from streams.publish.sheet.identifiers import IDENTIFIERS
from streams.publish.sheet.templates import TEMPLATES, Template
from streams.publish.sheet.writing import example_cell, template_workbook
from tests.unit.publish.template_sheets import CENTER, CLINIC, ZHANG, ZHANGS_TOKEN, saved, sheet_of

MARCH = date(2026, 3, 1)
LANGUAGES: tuple[Language, ...] = ("zh", "en")


def opened(template: Template, language: Language) -> Workbook:
    return load_workbook(io.BytesIO(template_workbook(template, language, MARCH)))


def filled_in(template: Template, language: Language) -> bytes:
    """The template's file with its own example in it, as its page of explanations shows it."""
    book = opened(template, language)
    sheet, explanation = book.worksheets[:2]
    examples: dict[Any, Any] = {row[0].value: row[4].value for row in explanation.iter_rows(min_row=2)}
    row = [examples.get(cell.value) for cell in sheet[1]]
    if template.days:
        row[-1] = {"zh": "病假", "en": "sick"}[language]
    sheet.append(row)
    return saved(book)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", TEMPLATES)
def test_the_example_that_a_template_shows_is_read_as_the_event_that_it_means(name: str, language: Language) -> None:
    template = TEMPLATES[name]
    source = CLINIC if template.kind.side == "clinic" else CENTER
    sheet = sheet_of(filled_in(template, language), source=source)
    assert (sheet.templates, sheet.language, sheet.problems, sheet.rows) == ((name,), language, (), 1)
    ((title, row, event),) = sheet.events
    assert (title, row) == (template.title.said(language), 2)
    assert event["type"] == f"{template.kind.name}.v1"
    assert event["subject"] == ZHANGS_TOKEN
    meant = {key: value for key, value in template.example.items() if key not in ("date", "recorded_on")}
    meant |= {**template.defaults, template.facility: source.partition(":")[2]}
    if template.days:
        meant |= {"date": "2026-03-31", "status": "absent", "absence_reason": "sick"}
    assert event["data"] == meant


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", TEMPLATES)
def test_an_empty_template_is_a_sheet_without_rows(name: str, language: Language) -> None:
    source = CLINIC if TEMPLATES[name].kind.side == "clinic" else CENTER
    sheet = sheet_of(template_workbook(TEMPLATES[name], language, MARCH), source=source)
    assert (sheet.rows, sheet.events, sheet.problems) == (0, (), ())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", TEMPLATES)
def test_every_column_is_explained(name: str, language: Language) -> None:
    sheet, explanation, lists = opened(TEMPLATES[name], language).worksheets
    headings = [cell.value for cell in sheet[1] if isinstance(cell.value, str)]
    explained = [row[0].value for row in explanation.iter_rows(min_row=2)]
    assert explained[: len(headings)] == headings
    assert all(row[1].value for row in explanation.iter_rows(min_row=2))
    assert lists.sheet_state == "hidden"


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_has_columns_for_the_fields_of_its_kind_and_for_no_others(name: str) -> None:
    template = TEMPLATES[name]
    fields = KINDS[template.kind.name].model.model_fields
    assert {column.name.partition(".")[0] for column in template.columns} <= fields.keys()
    required = {field for field, info in fields.items() if info.is_required()}
    given = {column.name for column in template.columns} | ({"date", "status"} if template.days else set())
    assert required <= given


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_list_offers_every_value_of_its_enumeration(language: Language) -> None:
    book = opened(TEMPLATES["checkups"], language)
    sheet = book.worksheets[0]
    column = next(cell.column_letter for cell in sheet[1] if cell.value in ("测量体位", "position"))
    (rule,) = [each for each in sheet.data_validations.dataValidation if f"{column}2" in each.sqref]
    page, _, cells = rule.formula1.strip("'").partition("'!")
    offered = [cell.value for (cell,) in book[page][cells.replace("$", "")]]
    assert offered == {"zh": ["卧位", "立位"], "en": ["lying", "standing"]}[language]


def test_identifiers_are_kept_as_text_so_that_no_digit_is_lost() -> None:
    sheet = opened(TEMPLATES["checkups"], "zh").worksheets[0]
    assert [sheet.column_dimensions[letter].number_format for letter in "ABC"] == ["@"] * len(IDENTIFIERS)


def test_an_attendance_sheet_has_a_column_for_each_day_of_its_month() -> None:
    book = load_workbook(io.BytesIO(template_workbook(TEMPLATES["attendance"], "zh", date(2024, 2, 10))))
    days = [cell.value.date() for cell in book.worksheets[0][1] if not isinstance(cell.value, str)]
    assert (days[0], days[-1], len(days)) == (date(2024, 2, 1), date(2024, 2, 29), 29)


def test_an_example_is_written_in_the_words_of_its_language() -> None:
    columns = {column.name: column for column in TEMPLATES["morning-checks"].columns}
    assert example_cell(columns["symptoms"], ["cough", "rash"], "zh") == "咳嗽、皮疹"
    assert example_cell(columns["symptoms"], ["cough", "rash"], "en") == "cough, rash"
    assert IDENTIFIERS[0].example == ZHANG
