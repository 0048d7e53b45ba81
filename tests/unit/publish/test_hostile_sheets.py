"""Files that are no sheets, or are made to harm: one line that says so, within bounds, and nothing is read of them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import pytest

from streams.publish.sheet.grid import MOST_COLUMNS, MOST_ROWS
from streams.publish.sheet.table import WrongSheet
from tests.unit.publish.template_sheets import ZHANG, a_csv, a_workbook, sheet_of

HEADINGS = ["身份证号", "体检日期", "体重"]
ROW = [ZHANG, "2026-03-02", 9.6]
SHEET = "xl/worksheets/sheet1.xml"


def with_parts(content: bytes, parts: Mapping[str, bytes]) -> bytes:
    """The same workbook with these parts in it."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, parts.get(name, old.read(name)))
        for name in parts.keys() - set(old.namelist()):
            new.writestr(name, parts[name])
    return made.getvalue()


def edited(before: bytes, after: bytes) -> bytes:
    """A workbook whose sheet's XML has something replaced."""
    content = a_workbook(HEADINGS, ROW)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        xml = archive.read(SHEET)
    assert before in xml
    return with_parts(content, {SHEET: xml.replace(before, after)})


def refused(content: bytes, filename: str = "sheet.xlsx") -> str:
    with pytest.raises(WrongSheet) as wrong:
        sheet_of(content, filename)
    assert "\n" not in str(wrong.value)
    return str(wrong.value)


@pytest.mark.parametrize("content", [b"", b"abc", b"PK\x03\x04", b"PK\x05\x06" + bytes(18), b"<html></html>"])
def test_what_is_no_workbook(content: bytes) -> None:
    assert "is no .xlsx workbook" in refused(content)


def test_an_archive_of_something_else() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    assert "is no .xlsx workbook" in refused(made.getvalue())


def test_an_old_or_encrypted_workbook_says_how_to_save_it() -> None:
    assert "an old .xls or protected by a password" in refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512))


@pytest.mark.parametrize(("name", "told"), [("a.xls", ".xls"), ("a.pdf", ".pdf"), ("a", "none"), ("a.ods", ".ods")])
def test_another_ending(name: str, told: str) -> None:
    assert refused(a_workbook(HEADINGS, ROW), name) == f"the file's ending is {told}: it must be .xlsx or .csv"


def test_a_workbook_that_is_called_csv() -> None:
    assert "is a workbook and not .csv" in refused(a_workbook(HEADINGS, ROW), "a.csv")


def test_a_workbook_without_rows() -> None:
    assert "holds no rows" in refused(a_workbook())
    assert "has not the headings" in refused(b"", "a.csv")


def test_a_bomb_of_one_part_is_not_unpacked() -> None:
    bomb = with_parts(a_workbook(HEADINGS, ROW), {"xl/media/image1.png": bytes(20 << 20)})
    assert len(bomb) < 1 << 20
    assert "unpacks to far more than a sheet holds" in refused(bomb)


def test_an_archive_that_lies_about_its_sizes_is_not_believed() -> None:
    content = bytearray(a_workbook(HEADINGS, ROW))
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        size = archive.getinfo(SHEET).file_size
    at = content.rindex(size.to_bytes(4, "little"))
    content[at : at + 4] = (100).to_bytes(4, "little")
    assert "is no .xlsx workbook" in refused(bytes(content))


def test_a_part_that_is_there_twice() -> None:
    made = io.BytesIO(a_workbook(HEADINGS, ROW))
    with zipfile.ZipFile(made, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr(SHEET, "<worksheet/>")
    assert "is no .xlsx workbook" in refused(made.getvalue())


def test_a_lonely_cell_far_away_is_not_allotted_for() -> None:
    far = b'<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>'
    assert f"beyond row {MOST_ROWS:,}" in refused(edited(b"</sheetData>", far))
    assert f"beyond column {MOST_COLUMNS}" in refused(edited(b'r="C2"', b'r="XFD2"'))


def test_formatted_rows_to_the_very_end_are_no_cells() -> None:
    rows = b'<row r="1048575"><c r="A1048575" s="0"/></row><row r="1048576" s="0"/></sheetData>'
    assert len(sheet_of(edited(b"</sheetData>", rows)).events) == 1


def test_merged_cells_beyond_all_measure() -> None:
    merged = b"</sheetData><mergeCells>" + b'<mergeCell ref="A1:XFD1048576"/>' * 2_000 + b"</mergeCells>"
    wide = a_workbook(HEADINGS, *[ROW] * 2_000)
    with zipfile.ZipFile(io.BytesIO(wide)) as archive:
        xml = archive.read(SHEET).replace(b"</sheetData>", merged)
    assert "more merged cells than a sheet needs" in refused(with_parts(wide, {SHEET: xml}))


def test_entities_are_not_expanded() -> None:
    content = edited(b"<worksheet", b'<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa">]><worksheet')
    assert "is no .xlsx workbook" in refused(content)


@pytest.mark.parametrize(("before", "after"), [(b"</row>", b"<row>"), (b"</sheetData>", b""), (b'r="C2"', b"&a;")])
def test_broken_xml(before: bytes, after: bytes) -> None:
    assert "is no .xlsx workbook" in refused(edited(before, after))


def test_links_between_parts_that_lead_nowhere() -> None:
    content = a_workbook(HEADINGS, ROW)
    assert "is no .xlsx workbook" in refused(with_parts(content, {"xl/_rels/workbook.xml.rels": b"<Relationships/>"}))


def test_a_csv_file_of_too_many_rows_or_columns_or_of_no_text() -> None:
    assert f"beyond row {MOST_ROWS:,}" in refused(a_csv("a,b", *["1,2"] * MOST_ROWS), "a.csv")
    assert f"beyond column {MOST_COLUMNS}" in refused(a_csv("a," * MOST_COLUMNS + "b"), "a.csv")
    assert "neither UTF-8 nor GBK" in refused(b"\xff\xff\x81", "a.csv")
    assert "is no CSV" in refused(b'a,b\n"1,2\n', "a.csv")
    assert "is no CSV" in refused(b"a,b\n" + b"x" * 200_000, "a.csv")


def test_a_formula_counts_with_its_result() -> None:
    cell = b'<c r="C2" t="n"><v>9.6</v></c>'
    (event,) = sheet_of(edited(cell, b'<c r="C2"><f>9+0.6</f><v>9.6</v></c>')).events
    assert event.event["data"]["weight_kg"] == 9.6


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (b'<c r="C2"><f>9+0.6</f></c>', "公式没有结果"),
        (b'<c r="C2"><f>9+0.6</f><v></v></c>', "公式没有结果"),
        (b'<c r="C2" t="e"><f>1/0</f><v>#DIV/0!</v></c>', "是错误值，如 #N/A"),
    ],
)
def test_a_formula_without_a_result_is_named_by_its_cell(cell: bytes, message: str) -> None:
    sheet = sheet_of(edited(b'<c r="C2" t="n"><v>9.6</v></c>', cell))
    assert sheet.events == ()
    assert [(problem.place, problem.message) for problem in sheet.problems] == [("C2", message)]


@pytest.mark.parametrize("value", [b"1e999", b"NaN", b"inf"])
def test_a_number_that_is_none_is_named(value: bytes) -> None:
    sheet = sheet_of(edited(b"<v>9.6</v>", b"<v>" + value + b"</v>"))
    assert [(problem.place, problem.message) for problem in sheet.problems] == [("C2", "不是数字")]


def test_a_formula_whose_result_is_an_empty_text_is_an_empty_cell() -> None:
    (event,) = sheet_of(edited(b'<c r="C2" t="n"><v>9.6</v></c>', b'<c r="C2" t="str"><f>""</f><v></v></c>')).events
    assert "weight_kg" not in event.event["data"]


def test_a_formula_without_a_result_in_a_column_that_is_not_read_says_nothing() -> None:
    content = a_workbook([*HEADINGS, "备注"], [*ROW, "=1+1"])
    assert len(sheet_of(content).events) == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'<row r="2">', b'<row r="1">'),
        (b'<row r="2">', b'<row r="x">'),
        (b'r="C2"', b'r="A2"'),
        (b'r="C2"', b'r="C1"'),
        (b'r="C2"', b'r="c2"'),
        (b'r="C2"', b'r="C99999999"'),
        (b'r="C2"', b'r=""'),
    ],
)
def test_cells_out_of_their_order_never_reach_the_library_that_would_end_the_process(
    before: bytes, after: bytes
) -> None:
    assert "is no .xlsx workbook" in refused(edited(before, after))


def test_cells_that_do_not_say_where_they_are_stand_side_by_side() -> None:
    content = edited(b'<c r="C2"', b"<c")
    assert [event["data"]["weight_kg"] for _, _, event in sheet_of(content).events] == [9.6]


@pytest.mark.parametrize("encoding", [b"UTF-7000", b"cp037", b"UTF-16"])
def test_an_encoding_that_a_part_only_claims_is_not_believed(encoding: bytes) -> None:
    content = edited(b"<worksheet", b'<?xml version="1.0" encoding="' + encoding + b'"?><worksheet')
    assert len(sheet_of(content).events) == 1


def test_parts_that_hold_no_cells_may_have_elements_of_the_same_names() -> None:
    chain = b'<calcChain xmlns="x"><c r="D4"/><c r="A1"/><row>5</row><row>2</row></calcChain>'
    content = with_parts(a_workbook(HEADINGS, ROW), {"xl/calcChain.xml": chain})
    assert len(sheet_of(content).events) == 1


@pytest.mark.parametrize(
    "stated", [b'uniqueCount="4294967296"', b'uniqueCount="5000"', b'count="4294967296"', b'count="-1"']
)
def test_a_part_that_says_it_holds_more_than_it_can_is_not_allotted_for(stated: bytes) -> None:
    texts = (
        b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        + stated
        + b"><si><t>a</t></si></sst>"
    )
    assert "is no .xlsx workbook" in refused(with_parts(a_workbook(HEADINGS, ROW), {"xl/sharedStrings.xml": texts}))
