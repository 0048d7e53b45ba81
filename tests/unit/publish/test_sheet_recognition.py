"""How a sheet is recognised: its headings, what stands around the table, and what is left out of it."""

from __future__ import annotations

import io

import pytest
from openpyxl import Workbook, load_workbook

from streams.publish.sheet.table import WrongSheet
from tests.unit.publish.template_sheets import CENTER, ZHANG, ZHANGS_TOKEN, a_csv, a_workbook, checkups, saved, sheet_of

HEADINGS = ["身份证号", "体检日期", "体重（千克）"]
ROW = [ZHANG, "2026-03-02", 9.6]


def weights(content: bytes, filename: str = "sheet.xlsx", **more: str) -> list[float]:
    sheet = sheet_of(content, filename, **more)
    assert sheet.problems == ()
    return [event["data"]["weight_kg"] for _, _, event in sheet.events]


def test_titles_above_the_headings_are_passed_over_and_rows_keep_their_numbers() -> None:
    content = a_workbook(["城关卫生院 2026年3月体检登记表"], [], HEADINGS, ROW, [], [ZHANG, "2026-03-03", 96])
    sheet = sheet_of(content)
    assert [row for _, row, _ in sheet.events] == [4]
    assert [problem.place for problem in sheet.problems] == ["C6"]


@pytest.mark.parametrize(
    "heading",
    [
        "体重",
        "体重(kg)",
        "体重（公斤）",
        "体 重\n（千克）",
        "*体重",
        "体重（必填）",
        "weight_kg",
        "Weight (KG)",
        "体重：",
        "体重［kg］",
    ],
)
def test_a_heading_as_people_write_it(heading: str) -> None:
    assert weights(a_workbook([*HEADINGS[:2], heading], ROW)) == [9.6]


@pytest.mark.parametrize("heading", ["体重（斤）", "体重(g)", "体重（磅）"])
def test_a_column_in_another_unit_is_refused_as_a_whole(heading: str) -> None:
    with pytest.raises(WrongSheet, match=r"第 1 行 C1：列“体重.*的单位不作换算：请用“体重（千克）”"):
        sheet_of(a_workbook([*HEADINGS[:2], heading], ROW))


def test_names_phones_addresses_and_remarks_are_left_out_and_named() -> None:
    headings = ["序号", "姓名", *HEADINGS, "联系电话", "家庭住址", "母亲身份证号", "备注"]
    content = a_workbook(headings, [1, "张三", *ROW, "13812345678", "城关镇", "110101199003070038", "无"])
    sheet = sheet_of(content)
    assert sheet.dropped_columns == ("序号", "姓名", "联系电话", "家庭住址", "母亲身份证号", "备注")
    ((_, _, event),) = sheet.events
    assert event["subject"] == ZHANGS_TOKEN
    assert not any(text in str(event) for text in ("张三", "138", "城关镇", "110101"))


def test_a_row_with_nothing_but_a_name_is_no_record() -> None:
    assert sheet_of(a_workbook(["姓名", *HEADINGS], ["张三", *ROW], ["李四", None, None, None])).rows == 1


def test_a_heading_that_is_not_known_is_named_with_the_nearest() -> None:
    with pytest.raises(WrongSheet, match="第 1 行 D1：列“头围厘米”不在模板中：是否为“头围（厘米）”？"):
        sheet_of(a_workbook([*HEADINGS, "头围厘米"], ROW))
    with pytest.raises(WrongSheet, match="第 1 行 D1：列“胸腺”不在模板中：请删除该列"):
        sheet_of(a_workbook([*HEADINGS, "胸腺"], ROW))


def test_a_heading_that_stands_twice_is_named() -> None:
    with pytest.raises(WrongSheet, match="列“体重”出现两次"):
        sheet_of(a_workbook([*HEADINGS, "体重"], [*ROW, 9.7]))


def test_a_column_without_a_heading_must_be_empty() -> None:
    with pytest.raises(WrongSheet, match="第 2 行 D2：没有标题的列里有内容"):
        sheet_of(a_workbook([*HEADINGS, None], [*ROW, "x"]))
    assert weights(a_workbook([*HEADINGS, None], [*ROW, " "])) == [9.6]


def test_a_required_column_that_is_missing_is_named() -> None:
    with pytest.raises(WrongSheet, match="第 1 行：缺少列：体检日期"):
        sheet_of(a_workbook(["身份证号", "体重", "头围", "视力"], [ZHANG, 9.6, 40, "通过"]))
    with pytest.raises(WrongSheet, match="缺少列：身份证号或出生医学证明编号或本机构编号"):
        sheet_of(a_workbook(HEADINGS[1:], ROW[1:]))


def test_a_sheet_of_no_template_is_named_and_a_sheet_of_explanations_passed_over() -> None:
    with pytest.raises(WrongSheet, match="the file has not the headings of a template"):
        sheet_of(a_csv("a,b", "1,2"), "sheet.csv")


def test_several_sheets_of_a_workbook_are_read_each_by_itself() -> None:
    book = Workbook()
    book.active.title = "一月"
    book.active.append(HEADINGS)
    book.active.append([ZHANG, "2026-01-05", 9.1])
    vaccinations = book.create_sheet("接种")
    vaccinations.append(["身份证号", "接种日期", "疫苗", "剂次"])
    vaccinations.append([ZHANG, "2026-01-05", "麻腮风疫苗", 1])
    book.create_sheet("Sheet3")
    sheet = sheet_of(saved(book))
    assert sheet.templates == ("checkups", "vaccinations")
    assert [(name, row, event["type"]) for name, row, event in sheet.events] == [
        ("一月", 2, "checkup.recorded.v1"),
        ("接种", 2, "vaccination.recorded.v1"),
    ]


def test_a_sheet_among_others_that_is_not_understood_stops_all() -> None:

    from tests.unit.publish.template_sheets import saved

    book = load_workbook(io.BytesIO(a_workbook(HEADINGS, ROW)))
    book.create_sheet("二月").append(["x", "y"])
    with pytest.raises(WrongSheet, match="sheet 二月 has not the headings of a template"):
        sheet_of(saved(book))


def test_the_template_may_be_named() -> None:
    assert weights(a_workbook(HEADINGS, ROW), template="checkups") == [9.6]
    with pytest.raises(WrongSheet, match="has not the headings of attendance"):
        sheet_of(a_workbook(HEADINGS, ROW), template="attendance")
    with pytest.raises(WrongSheet, match="there is no template weights: there are registrations, "):
        sheet_of(a_workbook(HEADINGS, ROW), template="weights")


def test_a_centre_does_not_send_checkups() -> None:
    with pytest.raises(WrongSheet, match="a center does not send checkups: the source must be clinic:ID"):
        sheet_of(a_workbook(HEADINGS, ROW), source=CENTER)
    with pytest.raises(WrongSheet, match="the source is clinic:ID, center:ID or registry:ID"):
        sheet_of(a_workbook(HEADINGS, ROW), source="yucai")


def test_the_bureau_says_for_whom() -> None:
    content = a_workbook([*HEADINGS, "体检机构"], [*ROW, "chengguan"], [ZHANG, "2026-03-03", 9.6, None])
    sheet = sheet_of(content, source="registry:bureau")
    assert [event["data"]["clinic_id"] for _, _, event in sheet.events] == ["chengguan"]
    assert [(problem.place, problem.message) for problem in sheet.problems] == [("D3", "必填")]


def test_a_cell_that_is_merged_over_rows_counts_for_each_of_them() -> None:
    content = a_workbook(
        ["身份证号", "接种日期", "疫苗", "剂次"],
        [ZHANG, "2026-03-02", "BCG", 1],
        [None, None, "HepB", 1],
        merged=("A2:A3", "B2:B3"),
    )
    sheet = sheet_of(content)
    assert sheet.problems == ()
    assert [(event["subject"], event["data"]["vaccine"]) for _, _, event in sheet.events] == [
        (ZHANGS_TOKEN, "BCG"),
        (ZHANGS_TOKEN, "HepB"),
    ]


def test_a_cell_that_is_merged_over_columns_is_refused_where_they_mean_different_things() -> None:
    content = a_workbook([*HEADINGS, "头围"], [*ROW, None], ROW, merged=("C2:D2",))
    sheet = sheet_of(content)
    assert [row for _, row, _ in sheet.events] == [3] or sheet.events == ()
    assert [(problem.place, problem.message) for problem in sheet.problems] == [("C2", "与其他列合并")]


def test_a_note_below_the_table_that_is_merged_over_all_of_it_is_no_row() -> None:
    content = a_workbook(HEADINGS, ROW, ["填表人：张三"], merged=("A3:C3",))
    assert weights(content) == [9.6]


def test_headings_in_two_rows_are_read_as_the_lower_one() -> None:
    content = a_workbook(
        ["身份证号", "体检日期", "体格测量", None],
        [None, None, "体重", "头围"],
        [ZHANG, "2026-03-02", 9.6, 44],
        merged=("A1:A2", "B1:B2", "C1:D1"),
    )
    assert weights(content) == [9.6]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_a_csv_file_in_any_encoding(encoding: str, delimiter: str) -> None:
    lines = (delimiter.join(HEADINGS), delimiter.join(map(str, ROW)), "", delimiter * 2)
    assert weights(a_csv(*lines, encoding=encoding), "sheet.csv") == [9.6]


def test_a_csv_files_problems_are_named_without_a_sheet() -> None:
    content = a_csv(",".join(HEADINGS), f'{ZHANG},2026-03-02,"9\n6"', encoding="gbk")
    (problem,) = sheet_of(content, "sheet.csv").problems
    assert str(problem) == "第 2 行“体重（千克）”列（C2）：不是数字（允许：0.3 至 60）"


def test_the_same_row_twice_is_one_record_and_with_other_contents_a_problem() -> None:
    sheet = checkups({"体重": 9.6}, {"体重": 9.6}, {"体重": 9.7})
    assert [row for _, row, _ in sheet.events] == [2]
    assert str(sheet.problems[0]) == "工作表“Sheet1”第 4 行：与第 2 行是同一条记录，内容却不同（允许：每条记录一行）"


def test_a_record_is_the_same_however_the_sheet_is_arranged() -> None:
    (first,) = sheet_of(a_workbook(HEADINGS, ROW)).events
    (other,) = sheet_of(a_csv("weight_kg,date,cn_id", f"9.6,2026/3/2,{ZHANG}"), "other.csv").events
    assert other.event == first.event


def test_another_date_or_child_or_source_is_another_record() -> None:
    ids = {
        sheet_of(a_workbook(HEADINGS, row), source=source).events[0].event["recordid"]
        for row in (ROW, [ZHANG, "2026-03-03", 9.6], ["110101199003070038", "2026-03-02", 9.6])
        for source in ("clinic:chengguan", "clinic:anping")
    }
    assert len(ids) == 6


def test_a_day_after_tomorrow_is_named_where_the_time_is_known() -> None:
    noon = 1_772_424_000_000  # 2026-03-02T12:00:00+08:00
    content = a_workbook(HEADINGS, [ZHANG, "2026-03-04", 9.6])
    assert sheet_of(content).problems == ()
    (problem,) = sheet_of(content, now_ms=noon).problems
    assert (problem.place, problem.message) == ("B2", "日期在将来")
