"""What a cell of a template's sheet may look like, and what becomes of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from tests.unit.publish.template_sheets import (
    ZHANG,
    ZHANGS_TOKEN,
    a_workbook,
    checkups,
    local_token,
    sheet_of,
    the_checkup,
    the_problem,
    token,
)


@pytest.mark.parametrize(
    "cell",
    [
        date(2026, 3, 2),
        datetime(2026, 3, 2, 8, 30),  # noqa: DTZ001 (a spreadsheet knows no zones)
        "2026-03-02",
        "2026/3/2",
        "2026.3.2",
        "2026年3月2日",
        "2026 年 3 月 2 日",
        "20260302",
        20260302,
        "２０２６年３月２日",
        "２０２６－０３－０２",
        "2026/3/2 0:00:00",
        " 2026-03-02 ",
    ],
)
def test_a_date_in_any_form_that_people_write(cell: Any) -> None:
    sheet = checkups({"体检日期": cell})
    assert [event["time"] for _, _, event in sheet.events] == ["2026-03-02T12:00:00+08:00"]


@pytest.mark.parametrize("cell", ["2026-13-02", "2026/2/30", "2/3/2026", "26/3/2", 46083, "昨天", "2026-3/2", True])
def test_a_date_in_no_such_form_is_named_with_the_forms(cell: Any) -> None:
    problem = the_problem(体检日期=cell)
    assert (problem.row, problem.column, problem.place, problem.message) == (2, "体检日期", "B2", "不是日期")
    assert "2026年3月2日" in problem.allowed


@pytest.mark.parametrize("cell", [9.6, "9.6", "９．６", "9.6kg", "9.6 KG", "9.6千克", "9.6公斤", 9.600000000000001])
def test_a_weight_in_kilograms_with_or_without_its_unit(cell: Any) -> None:
    assert the_checkup(**{"体重（千克）": cell}) == {"weight_kg": 9.6}


@pytest.mark.parametrize("cell", ["19.2斤", "9600g", "9600克", "21lb", "9.6cm"])
def test_a_weight_in_another_unit_is_never_converted(cell: str) -> None:
    problem = the_problem(体重=cell)
    assert problem.message == "单位不符，系统不作换算"
    assert problem.allowed == "kg，0.3 至 60"


@pytest.mark.parametrize("cell", ["重", "9,6", "9.6.1", True, date(2026, 3, 2), "9.6元"])
def test_what_is_no_number_is_named(cell: Any) -> None:
    assert the_problem(体重=cell).message == "不是数字"


def test_a_number_out_of_range_is_named_by_cell_and_range() -> None:
    problem = the_problem(体重=96)
    assert str(problem) == "工作表“Sheet1”第 2 行“体重”列（C2）：超出范围（允许：kg，0.3 至 60）"


def test_a_whole_number_has_no_fraction() -> None:
    assert the_checkup(出牙数=8.0) == {"teeth": 8}
    assert the_problem(出牙数=8.5).message == "不是整数"


@pytest.mark.parametrize(
    ("cell", "value"), [("是", True), ("有", True), (True, True), ("否", False), ("无", False), ("no", False)]
)
def test_yes_and_no(cell: Any, value: bool) -> None:
    assert the_checkup(双足水肿=cell) == {"oedema": value}


@pytest.mark.parametrize("cell", ["卧位", "lying", " 卧 位 ", "LYING"])
def test_a_value_by_its_word_in_either_language(cell: str) -> None:
    assert the_checkup(测量体位=cell) == {"position": "lying"}


def test_a_word_that_is_none_of_the_values_is_named_with_them() -> None:
    problem = the_problem(测量体位="坐位")
    assert (problem.message, problem.allowed) == ("不在可选值之内", "卧位、立位")


@pytest.mark.parametrize(
    ("cell", "signs"), [("1、3", [1, 3]), ("1,3", [1, 3]), (2, [2]), ("无", []), ("１，３", [1, 3])]
)
def test_several_values_in_one_cell(cell: Any, signs: list[int]) -> None:
    found = the_checkup(发育预警征象月龄=8, 发育预警征象阳性条目=cell)
    assert found == {"warning_signs": {"age_months": 8, "positive": signs}}


def test_an_empty_cell_leaves_its_field_out_and_white_space_is_empty() -> None:
    assert the_checkup(体重=None, 身高=" \u3000", 头围="") == {}


def test_a_required_cell_that_is_empty_is_named() -> None:
    problem = the_problem(体检日期=None)
    assert (problem.column, problem.message, problem.code) == ("体检日期", "必填", "missing-field")


@pytest.mark.parametrize("cell", [ZHANG, "110105 19491231002x", "１１０１０５１９４９１２３１００２Ｘ"])
def test_an_identity_number_becomes_the_token_of_the_contracts_example(cell: str) -> None:
    sheet = checkups({"身份证号": cell})
    assert [event["subject"] for _, _, event in sheet.events] == [ZHANGS_TOKEN]


@pytest.mark.parametrize("cell", ["110105194912310021", "11010519491231002", "张三", "1"])
def test_a_mistyped_identity_number_is_named_and_never_repeated(cell: str) -> None:
    problem = the_problem(身份证号=cell)
    assert problem.message == "不是有效的身份证号"
    assert cell not in str(problem).replace("18 位", "").replace("第 2 行", "").replace("Sheet1", "")


@pytest.mark.parametrize("cell", [110105194912310021, 1.10105194912310e17, "1.10105E+17"])
def test_an_identity_number_that_a_spreadsheet_rounded_says_what_to_do(cell: Any) -> None:
    problem = the_problem(身份证号=cell)
    assert (problem.message, problem.allowed) == ("以数字格式保存，末几位已丢失", "把单元格设为文本格式后重新录入")


def test_the_first_identifier_that_a_row_has_is_the_childs() -> None:
    sheet = checkups(
        {"身份证号": None, "出生医学证明编号": "z110000001", "本机构编号": "17"},
        {"身份证号": None, "出生医学证明编号": None, "本机构编号": 17},
        {"本机构编号": "17"},
    )
    subjects = [event["subject"] for _, _, event in sheet.events]
    assert subjects == [token("birth-cert", "Z110000001"), local_token("clinic:chengguan", "17"), ZHANGS_TOKEN]


def test_a_row_without_a_child_is_named() -> None:
    assert the_problem(身份证号=None, 体重=9.6).message == "没有说明是哪个儿童"


def test_a_number_of_a_phone_in_a_remark_is_refused_and_not_repeated() -> None:
    problem = the_problem(结论="电话13812345678")
    assert (problem.column, problem.code) == ("结论", "raw-identifier")
    assert "138" not in str(problem)


def test_everything_that_is_wrong_with_a_row_is_named_in_the_order_of_its_columns() -> None:
    sheet = checkups({"身份证号": "1", "体检日期": "x", "体重": "y", "测量体位": "z"}, {"体重": 9.6})
    assert [problem.place for problem in sheet.problems] == ["A2", "B2", "C2", "D2"]
    assert [row for _, row, _ in sheet.events] == [3]


def test_an_english_sheet_is_answered_in_english() -> None:
    sheet = sheet_of(a_workbook(["cn_id", "date", "weight_kg"], [ZHANG, "2026-03-02", 96]))
    assert str(sheet.problems[0]) == (
        "sheet Sheet1, row 2, column weight_kg (C2): is out of range (allowed: kg, number from 0.3 to 60)"
    )
