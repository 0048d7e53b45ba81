"""An attendance sheet as a centre keeps it: a row for each child, a column for each day."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from streams.publish.sheet.table import WrongSheet
from tests.unit.publish.template_sheets import CENTER, a_csv, a_workbook, local_token, sheet_of

NAMED = ["姓名", "园内编号", "班级"]
CHILD = ["张三", "0017", "tuoxiao-1"]


def marks(content: bytes, filename: str = "sheet.xlsx") -> dict[str, tuple[str, str]]:
    """Date → (status, reason)."""
    sheet = sheet_of(content, filename, CENTER)
    assert sheet.problems == ()
    found = [event["data"] for _, _, event in sheet.events]
    return {data["date"]: (data["status"], data.get("absence_reason", "")) for data in found}


def test_each_mark_is_a_record_of_its_day_and_an_empty_cell_none() -> None:
    content = a_workbook([*NAMED, date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)], [*CHILD, "√", None, "病假"])
    sheet = sheet_of(content, source=CENTER)
    assert sheet.dropped_columns == ("姓名",)
    (first, second) = [event for _, _, event in sheet.events]
    assert first["subject"] == local_token(CENTER, "0017")
    assert first["time"] == "2026-03-02T12:00:00+08:00"
    assert first["data"] == {"center_id": "yucai", "class_id": "tuoxiao-1", "date": "2026-03-02", "status": "present"}
    assert second["data"]["absence_reason"] == "sick"


@pytest.mark.parametrize(
    ("mark", "meant"),
    [
        *((mark, ("present", "")) for mark in ("√", "✓", "✔", "出勤", "present", "P", 1, "1", True)),
        *((mark, ("absent", "")) for mark in ("×", "x", "缺勤", "absent", "A", 0)),
        *((mark, ("absent", "sick")) for mark in ("病假", "病", "sick")),
        ("事假", ("absent", "personal")),
        ("接种", ("absent", "vaccination")),
        ("体检", ("absent", "checkup")),
        ("不明", ("absent", "unknown")),
    ],
)
def test_a_mark_as_centres_write_it(mark: Any, meant: tuple[str, str]) -> None:
    assert marks(a_workbook([*NAMED, "2026-03-02"], [*CHILD, mark])) == {"2026-03-02": meant}


@pytest.mark.parametrize(
    ("title", "headings"),
    [
        ("2026年3月考勤表", [1, 2, 3]),
        ("２０２６年３月", ["1日", "2日", "3日"]),
        ("考勤表（2026-03）", ["3月1日", "3月2日", "3月3日"]),
        ("", ["2026/3/1", "2026.3.2", "2026年3月3日"]),
    ],
)
def test_days_take_their_month_from_the_title(title: str, headings: list[Any]) -> None:
    content = a_workbook([title], [*NAMED, *headings], [*CHILD, "√", "√", "×"])
    assert list(marks(content)) == ["2026-03-01", "2026-03-02", "2026-03-03"]


def test_the_month_may_be_the_sheets_name_or_the_files() -> None:
    rows = [*NAMED, 1, 2], [*CHILD, "√", "√"]
    assert list(marks(a_workbook(*rows, name="2026年3月"))) == ["2026-03-01", "2026-03-02"]
    assert list(marks(a_csv("园内编号,班级,1,2", "17,a,√,√", encoding="gbk"), "考勤2026-03.csv")) == [
        "2026-03-01",
        "2026-03-02",
    ]


def test_days_of_no_known_month_ask_for_it() -> None:
    with pytest.raises(WrongSheet, match="第 1 行 D1：是哪一个月？在标题行上方写明，如 2026年3月"):
        sheet_of(a_workbook([*NAMED, 1, 2], [*CHILD, "√", "√"]), source=CENTER)


def test_a_day_that_the_month_does_not_have_must_be_empty() -> None:
    rows = ["2026年2月"], [*NAMED, 28, 29]
    assert list(marks(a_workbook(*rows, [*CHILD, "√", None]))) == ["2026-02-28"]
    (problem,) = sheet_of(a_workbook(*rows, [*CHILD, "√", "√"]), source=CENTER).problems
    assert (problem.place, problem.message) == ("E3", "该月没有这一天")


def test_a_row_of_weekdays_and_sums_at_the_right_are_passed_over() -> None:
    content = a_workbook(
        ["2026年3月"], [*NAMED, 2, 3, "出勤天数", "合计"], ["", "", "", "一", "周二", "", ""], [*CHILD, "√", "√", 2, 2]
    )
    assert len(marks(content)) == 2


def test_a_sick_week_that_is_merged_counts_for_each_day() -> None:
    content = a_workbook(["2026年3月"], [*NAMED, 2, 3, 4, 5], [*CHILD, "√", "病假"], merged=("E3:G3",))
    assert marks(content) == {
        "2026-03-02": ("present", ""),
        "2026-03-03": ("absent", "sick"),
        "2026-03-04": ("absent", "sick"),
        "2026-03-05": ("absent", "sick"),
    }


def test_a_mark_that_says_nothing_is_named_by_its_day_and_the_others_are_taken() -> None:
    sheet = sheet_of(a_workbook(["2026年3月"], [*NAMED, 2, 3], [*CHILD, "?", "√"]), source=CENTER)
    assert [event["data"]["date"] for _, _, event in sheet.events] == ["2026-03-03"]
    (problem,) = sheet.problems
    assert (problem.place, problem.column, problem.message) == ("D3", "2026-03-02", "不是出勤标记")
    assert "病假" in problem.allowed


def test_a_child_without_a_class_is_named_once_and_nothing_of_its_row_is_taken() -> None:
    sheet = sheet_of(a_workbook(["2026年3月"], [*NAMED, 2, 3], ["张三", "0017", None, "√", "√"]), source=CENTER)
    assert sheet.events == ()
    assert [(problem.place, problem.message) for problem in sheet.problems] == [("C3", "必填")]


def test_a_child_whose_row_has_no_marks_is_no_record() -> None:
    assert (
        sheet_of(a_workbook(["2026年3月"], [*NAMED, 2], [*CHILD, "√"], [*CHILD[:1], "", "", ""]), source=CENTER).rows
        == 1
    )


def test_the_bureau_names_the_centre_in_each_row() -> None:
    headings = [*NAMED, "托育机构", "2026-03-02", "2026-03-03"]
    content = a_workbook(headings, [*CHILD, "yucai", "√", "√"], [*CHILD, None, "√", None])
    sheet = sheet_of(content, source="registry:bureau")
    assert [event["data"]["center_id"] for _, _, event in sheet.events] == ["yucai", "yucai"]
    assert [(problem.place, problem.message) for problem in sheet.problems] == [("D3", "必填")]


def test_one_child_on_one_day_in_two_centres_is_two_records() -> None:
    headings = [*NAMED, "托育机构", "2026-03-02"]
    content = a_workbook(headings, [*CHILD, "yucai", "√"], [*CHILD, "xinxing", "√"])
    events = sheet_of(content, source="registry:bureau").events
    assert len({event["recordid"] for _, _, event in events}) == 2


def test_without_a_column_for_the_centre_the_bureaus_rows_say_what_is_missing() -> None:
    sheet = sheet_of(a_workbook([*NAMED, "2026-03-02"], [*CHILD, "√"]), source="registry:bureau")
    assert sheet.events == ()
    assert [problem.message for problem in sheet.problems] == ["center_id 必填"]


def test_what_a_centre_notes_beside_and_other_templates_ask_for_is_left_out() -> None:
    content = a_workbook(["性别", "出生日期", "年龄", *NAMED, "2026-03-02"], ["女", "2024-01-05", 2, *CHILD, "√"])
    sheet = sheet_of(content, source=CENTER)
    assert sheet.dropped_columns == ("性别", "出生日期", "年龄", "姓名")
    assert len(sheet.events) == 1
