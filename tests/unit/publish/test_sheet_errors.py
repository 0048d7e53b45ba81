"""The sheet that is given back: faulty cells red with a comment, and what the corrected one then is."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from openpyxl import load_workbook
from openpyxl.comments import Comment

from streams.publish.sheet.marking import AUTHOR, RED, marked_workbook
from tests.unit.publish.template_sheets import ZHANG, a_csv, a_workbook, saved, sheet_of
from tests.unit.publish.test_hostile_sheets import with_parts

HEADINGS = ["姓名", "身份证号", "体检日期", "体重", "测量体位"]
GOOD = ["张三", ZHANG, "2026-03-02", 9.6, "卧位"]
BAD = ["李四", ZHANG, "2026-03-03", "19斤", "坐位"]


def given_back(content: bytes, filename: str = "sheet.xlsx") -> Any:
    """The first sheet of the marked workbook."""
    problems = sheet_of(content, filename).problems
    assert problems
    return load_workbook(io.BytesIO(marked_workbook(content, filename, problems))).worksheets[0]


def marked(sheet: Any) -> dict[str, str]:
    """Cell → comment, of every red cell; no other has a comment of ours."""
    red = {cell.coordinate for row in sheet.iter_rows() for cell in row if cell.fill.fgColor.rgb == f"00{RED}"}
    told = {cell.coordinate: cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment}
    assert red == told.keys()
    return told


def test_faulty_cells_are_marked_with_what_is_allowed_and_nothing_else_is_changed() -> None:
    sheet = given_back(a_workbook(["体检登记"], HEADINGS, GOOD, BAD))
    assert marked(sheet) == {
        "D4": "单位不符，系统不作换算\n→ kg，0.3 至 60",
        "E4": "不在可选值之内\n→ 卧位、立位",
    }
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == [HEADINGS, GOOD, BAD]


def test_a_problem_of_a_whole_row_is_marked_at_its_first_cell() -> None:
    sheet = given_back(a_workbook(HEADINGS, GOOD, ["张三", ZHANG, "2026-03-02", 9.7, "卧位"]))
    assert list(marked(sheet)) == ["A3"]


def test_a_problem_in_a_merged_range_is_marked_at_its_first_cell() -> None:
    content = a_workbook(HEADINGS, ["张三", "1", "2026-03-02", 9.6], [None, None, "2026-03-03"], merged=("B2:B3",))
    (comment,) = marked(given_back(content)).values()
    assert comment.count("不是有效的身份证号") == 2


def test_a_csv_file_is_given_back_as_a_workbook_with_its_texts_as_they_stand() -> None:
    content = a_csv(",".join(HEADINGS), f"张三,{ZHANG},2026/3/2,9.6,坐位", encoding="gbk")
    sheet = given_back(content, "sheet.csv")
    assert list(marked(sheet)) == ["E2"]
    assert sheet["B2"].value == ZHANG
    assert sheet["B2"].number_format == "@"


def test_the_corrected_sheet_is_read_without_problems_and_loses_its_marks() -> None:
    content = a_workbook(HEADINGS, GOOD, BAD)
    book = load_workbook(io.BytesIO(marked_workbook(content, "a.xlsx", sheet_of(content).problems)))
    sheet = book.worksheets[0]
    sheet["D3"].value = 9.5
    sheet["A1"].comment = Comment("ours", "a person")
    half = saved(book)
    assert list(marked_cells(half)) == ["E3"]
    sheet["E3"].value = "立位"
    corrected = saved(book)
    assert sheet_of(corrected).problems == ()
    assert sheet_of(corrected).events[0] == sheet_of(content).events[0]
    clean = load_workbook(io.BytesIO(marked_workbook(corrected, "a.xlsx", ()))).worksheets[0]
    assert [cell.comment.author for row in clean.iter_rows() for cell in row if cell.comment] == ["a person"]


def marked_cells(content: bytes) -> list[str]:
    """The cells with our comments after the sheet was marked once more."""
    sheet = load_workbook(io.BytesIO(marked_workbook(content, "a.xlsx", sheet_of(content).problems))).worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.comment and cell.comment.author == AUTHOR]
    return [cell.coordinate for cell in cells]


def test_no_comment_repeats_what_the_cell_holds() -> None:
    content = a_workbook(HEADINGS, ["张三", "110105194912310021", "2026-03-02", "13812345678", "卧位"])
    told = "".join(marked(given_back(content)).values())
    assert not any(text in told for text in ("1101", "138", "张三"))


def test_a_workbook_with_styles_that_openpyxl_does_not_know_is_given_back_without_them() -> None:
    content = a_workbook(HEADINGS, BAD, name="体检")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        styles = archive.read("xl/styles.xml")
    strange = styles.replace(b'patternType="gray125"', b'patternType="of-another-program"')
    assert strange != styles
    sheet = given_back(with_parts(content, {"xl/styles.xml": strange}))
    assert sheet.title == "体检"
    assert sorted(marked(sheet)) == ["D2", "E2"]
    assert [cell.value for cell in sheet[2]] == BAD


def test_a_text_that_looks_like_a_formula_stays_a_text() -> None:
    content = a_csv(",".join([*HEADINGS, "备注"]), f'张三,{ZHANG},2026/3/2,9.6,坐位,=HYPERLINK("x")')
    cell = given_back(content, "sheet.csv")["F2"]
    assert (cell.value, cell.data_type) == ('=HYPERLINK("x")', "s")
