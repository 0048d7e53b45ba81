"""A template's file filled in with any valid values, in any form in which they may be written, gives their events."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from schemas.kinds import KINDS
from streams.publish.sheet.columns import Column
from streams.publish.sheet.found import Language
from streams.publish.sheet.identifiers import IDENTIFIERS
from streams.publish.sheet.templates import TEMPLATES, Template
from streams.publish.sheet.writing import template_workbook
from tests.unit.publish.template_sheets import CENTER, CLINIC, local_token, saved, sheet_of

MARCH = date(2026, 3, 1)
Cell = tuple[Any, Any]
"""(what is written, what it means)."""
FULL_WIDTH = str.maketrans("0123456789.", "０１２３４５６７８９．")


def limits(template: Template, column: Column) -> tuple[float, float]:
    """The range of a number, from pydantic's own schema and not from the column."""
    node = KINDS[template.kind.name].model.model_json_schema()["properties"].get(column.name, {})
    number = next((each for each in (node, *node.get("anyOf", ())) if "minimum" in each), {"minimum": 0, "maximum": 4})
    return number["minimum"], min(number["maximum"], 9_000)


def number(low: float, high: float, decimals: int, unit: str) -> st.SearchStrategy[Cell]:
    scale = 10**decimals
    values = st.integers(-int(-low * scale // 1), int(high * scale)).map(
        lambda value: value / scale if decimals else value
    )
    forms = st.sampled_from([lambda v: v, str, lambda v: str(v).translate(FULL_WIDTH), lambda v: f" {v} {unit}"])
    return st.builds(lambda value, form: (form(value), value), values, forms)


def day() -> st.SearchStrategy[Cell]:
    forms = st.sampled_from([None, "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d"])
    dates = st.dates(date(2020, 1, 1), date(2026, 12, 31))
    return st.builds(lambda value, form: (value.strftime(form) if form else value, value.isoformat()), dates, forms)


def cell(template: Template, column: Column, language: Language) -> st.SearchStrategy[Cell]:
    words = [(word if language == "zh" else value, value) for value, word in column.choices]
    match column.form:
        case "date":
            return day()
        case "number":
            return number(*limits(template, column), 1, column.unit)
        case "integer":
            return number(*limits(template, column), 0, column.unit)
        case "boolean":
            return st.sampled_from([("是", True), ("否", False), ("yes", True), (False, False)])
        case "choice":
            return st.sampled_from(words)
        case "vaccine":
            return st.sampled_from([*words, ("其他:流感疫苗", "other:流感疫苗")])
        case "choices":
            several = st.lists(st.sampled_from(words), min_size=1, max_size=3, unique=True)
            return several.map(lambda each: ("、".join(word for word, _ in each), [value for _, value in each]))
        case "integers":
            return st.lists(st.integers(1, 4), min_size=1, max_size=4).map(
                lambda each: (",".join(map(str, each)), each)
            )
        case "texts":
            return st.just(("正常；按时复查", ["正常", "按时复查"]))
        case _:
            return st.text("abc-09", min_size=1, max_size=8).filter(lambda text: text[0] != "-").map(lambda v: (v, v))


@st.composite
def rows(draw: st.DrawFn, template: Template, language: Language) -> list[dict[str, Cell]]:
    """Rows by the columns' names; what is not required may be empty, the facility is the source's own."""
    made = []
    for _ in range(draw(st.integers(1, 4))):
        columns = [each for each in template.all_columns if each.name != template.facility]
        kept = [each for each in columns if each.required or draw(st.booleans())]
        if not any(each.name == "warning_signs.age_months" for each in kept):
            kept = [each for each in kept if each.name != "warning_signs.positive"]
        else:
            kept += [each for each in columns if each.name == "warning_signs.positive" and each not in kept]
        made.append({each.name: draw(cell(template, each, language)) for each in kept})
    return made


def nested(row: dict[str, Cell]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, (_, value) in row.items():
        outer, _, inner = name.rpartition(".")
        (found.setdefault(outer, {}) if outer else found)[inner] = value
    return found


def workbook(template: Template, language: Language, made: list[dict[str, Cell]]) -> bytes:
    """The template's file with these rows; each row's child has the row's number."""
    book = load_workbook(io.BytesIO(template_workbook(template, language, MARCH)))
    sheet = book.worksheets[0]
    places = {heading.value: heading.column for heading in sheet[1]}
    for number_, row in enumerate(made, 2):
        sheet.cell(number_, places[IDENTIFIERS[2].heading.said(language)], f"{number_:04d}")
        for column in template.all_columns:
            if column.name in row:
                sheet.cell(number_, places[column.heading.said(language)], row[column.name][0])
    return saved(book)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", [name for name, template in TEMPLATES.items() if not template.days])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_valid_values_are_read_back_as_their_events(name: str, language: Language, data: st.DataObject) -> None:
    template = TEMPLATES[name]
    source = CLINIC if template.kind.side == "clinic" else CENTER
    made = data.draw(rows(template, language))
    sheet = sheet_of(workbook(template, language, made), source=source)
    assert sheet.problems == ()
    assert [row for _, row, _ in sheet.events] == list(range(2, len(made) + 2))
    for (_, row, event), cells in zip(sheet.events, made, strict=True):
        meant = nested(cells)
        when = meant.pop("date", None) or meant.pop("recorded_on", None) or meant["from_date"]
        assert event["subject"] == local_token(source, f"{row:04d}")
        assert event["time"] == f"{when}T12:00:00+08:00"
        assert event["data"] == {**template.defaults, **meant, template.facility: source.partition(":")[2]}


MARKS = [
    (None, None),
    ("√", "present"),
    ("出勤", "present"),
    ("病假", "sick"),
    ("事假", "personal"),
    ("缺勤", "absent"),
]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(st.sampled_from(MARKS), min_size=31, max_size=31), min_size=1, max_size=3))
def test_any_marks_are_read_back_as_the_days_of_their_children(children: list[list[Any]]) -> None:
    book = load_workbook(io.BytesIO(template_workbook(TEMPLATES["attendance"], "zh", MARCH)))
    for number_, marks in enumerate(children):
        book.worksheets[0].append([None, None, f"{number_:04d}", "a", None, *(mark for mark, _ in marks)])
    sheet = sheet_of(saved(book), source=CENTER)
    assert sheet.problems == ()
    found = {
        (event["subject"], event["data"]["date"]): event["data"].get("absence_reason", event["data"]["status"])
        for _, _, event in sheet.events
    }
    assert found == {
        (local_token(CENTER, f"{number_:04d}"), f"2026-03-{day_:02d}"): meaning
        for number_, marks in enumerate(children)
        for day_, (_, meaning) in enumerate(marks, 1)
        if meaning
    }
