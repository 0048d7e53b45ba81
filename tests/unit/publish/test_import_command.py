"""`import` by a template and `template` as a person at a centre uses them; no broker anywhere."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from openpyxl import load_workbook

from streams.cli.sheets import TemplateName
from streams.publish.sheet.templates import TEMPLATES
from tests.support.commands import huiyu, one_line
from tests.support.pages import ROOT
from tests.unit.publish.template_sheets import ZHANG, ZHANGS_TOKEN, a_csv, a_workbook

HEADINGS = ["姓名", "身份证号", "体检日期", "体重"]
GOOD, BAD = ["张三", ZHANG, "2026-03-02", 9.6], ["李四", ZHANG, "2026-03-03", "19斤"]
KEY = {"COUNTY_KEY": "test-county-key"}
DROPPED = "不读取、不发送的列：姓名"


def imported(file: Path, *more: str | Path, source: str = "clinic:chengguan") -> subprocess.CompletedProcess[str]:
    return huiyu("import", str(file), "--source", source, *map(str, more), **KEY)


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    """A workbook with a good row and a bad one."""
    path = tmp_path / "体检.xlsx"
    path.write_bytes(a_workbook(HEADINGS, GOOD, BAD))
    return path


def test_good_rows_are_taken_and_bad_ones_named_without_what_they_hold(sheet: Path) -> None:
    done = imported(sheet, "--dry-run")
    named = "工作表“Sheet1”第 3 行“体重”列（D3）：单位不符，系统不作换算（允许：kg，0.3 至 60）"
    assert done.stderr == f"{sheet}: {DROPPED}\n{sheet}: {named}\n"
    assert done.stdout == "2 rows: 1 checkup.recorded; 1 refused (checked, nothing sent)\n"
    assert done.returncode == 1


def test_neither_output_nor_events_hold_an_identifier_or_a_name(sheet: Path, tmp_path: Path) -> None:
    done = imported(sheet, "--out", tmp_path / "out.jsonl")
    event = json.loads((tmp_path / "out.jsonl").read_text())
    assert event["subject"] == ZHANGS_TOKEN
    everything = done.stdout + done.stderr + json.dumps(event, ensure_ascii=False)
    assert not any(text in everything for text in (ZHANG, "张三", "李四", "19斤"))


def test_what_import_writes_check_accepts(sheet: Path, tmp_path: Path) -> None:
    imported(sheet, "--out", tmp_path / "out.jsonl", "--revision", "3")
    assert huiyu("check", str(tmp_path / "out.jsonl")).stdout == "1 valid, 0 refused\n"
    assert json.loads((tmp_path / "out.jsonl").read_text())["revision"] == 3


def test_the_marked_sheet_is_written_beside_and_the_corrected_one_is_all_taken(sheet: Path, tmp_path: Path) -> None:
    marked = tmp_path / "marked.xlsx"
    done = imported(sheet, "--dry-run", "--errors", marked)
    assert done.stderr.splitlines()[-1] == f"{marked}: 已标出有误的单元格"
    book = load_workbook(marked)
    assert book.worksheets[0]["D3"].comment.text.startswith("单位不符")
    book.worksheets[0]["D3"].value = 9.5
    book.save(marked)
    again = imported(marked, "--dry-run", "--errors", tmp_path / "never.xlsx")
    assert again.stdout == "2 rows: 2 checkup.recorded; 0 refused (checked, nothing sent)\n"
    assert again.returncode == 0
    assert not (tmp_path / "never.xlsx").exists()


def test_the_sheet_itself_is_never_overwritten(sheet: Path) -> None:
    before = sheet.read_bytes()
    done = imported(sheet, "--dry-run", "--errors", sheet)
    assert "would overwrite the sheet itself" in one_line(done.stderr)
    assert sheet.read_bytes() == before


def test_a_dry_run_leaves_nothing_behind(sheet: Path, tmp_path: Path) -> None:
    huiyu("import", str(sheet), "--source", "clinic:chengguan", "--dry-run", data=tmp_path / "data", **KEY)
    assert [path.name for path in tmp_path.iterdir()] == [sheet.name]


def test_without_a_broker_nothing_is_remembered_as_sent(sheet: Path, tmp_path: Path) -> None:
    done = huiyu("import", str(sheet), "--source", "clinic:chengguan", data=tmp_path / "data", **KEY)
    assert done.returncode == 3
    assert "no stack is running" in done.stderr.splitlines()[-1]
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.xlsx", b"abc", "is no .xlsx workbook"),
        ("a.xls", b"\xd0\xcf\x11\xe0", "the file's ending is .xls"),
        ("a.csv", a_csv("a,b", "1,2"), "has not the headings of a template"),
        ("a.csv", a_csv("身份证号,体检日期,胸腺", f"{ZHANG},2026-03-02,1"), "列“胸腺”不在模板中"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path, name: str, content: bytes, told: str) -> None:
    (tmp_path / name).write_bytes(content)
    done = imported(tmp_path / name)
    assert one_line(done.stderr).startswith(f"huiyu: {tmp_path / name}: ")
    assert told in done.stderr
    assert (done.returncode, done.stdout) == (1, "")


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    done = imported(tmp_path / "a.xlsx")
    assert one_line(done.stderr) == f"huiyu: {tmp_path}/a.xlsx cannot be read: No such file or directory"


def test_a_sheet_needs_to_say_whose_it_is_and_the_countys_key(sheet: Path) -> None:
    assert "--source" in one_line(huiyu("import", str(sheet)).stderr)
    assert "no county key" in one_line(huiyu("import", str(sheet), "--source", "clinic:a").stderr)
    assert "clinic:ID" in one_line(imported(sheet, source="chengguan").stderr)


def test_a_template_is_written_and_never_over_another_file(tmp_path: Path) -> None:
    path = tmp_path / "attendance.xlsx"
    done = huiyu("template", "attendance", "--lang", "en", "--month", "2026-02", "--out", str(path))
    assert (done.stdout, done.returncode) == (f"{path} written\n", 0)
    days = [cell.value.day for cell in load_workbook(path).worksheets[0][1] if not isinstance(cell.value, str)]
    assert days == list(range(1, 29))
    again = huiyu("template", "attendance", "--out", str(path))
    assert one_line(again.stderr) == f"huiyu: {path} is there already and is not overwritten: say another --out"
    assert again.returncode == 1


def test_the_command_knows_every_template() -> None:
    assert [each.value for each in TemplateName] == list(TEMPLATES)


def test_a_month_that_is_none_is_named(tmp_path: Path) -> None:
    done = huiyu("template", "attendance", "--month", "March", "--out", str(tmp_path / "a.xlsx"))
    assert one_line(done.stderr) == "huiyu: --month 'March' is no month such as 2026-03"


@pytest.fixture
def base_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interpreter that finds none of the libraries for workbooks, as after `pip install huiyu`."""
    (tmp_path / "libraries").mkdir()
    for library in ("openpyxl", "python_calamine"):
        module = tmp_path / "libraries" / f"{library}.py"
        module.write_text(f"raise ModuleNotFoundError('No module named {library}', name={library!r})")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path / "libraries"), str(ROOT)]))


@pytest.mark.usefixtures("base_install")
def test_without_the_libraries_for_workbooks_a_command_says_what_to_install(tmp_path: Path, sheet: Path) -> None:
    out = str(tmp_path / "out.xlsx")
    for done in (huiyu("template", "checkups", "--out", out), imported(sheet, "--dry-run")):
        assert one_line(done.stderr).endswith("needs pip install 'huiyu[sheets]'")
        assert done.returncode == 2


@pytest.mark.usefixtures("base_install")
def test_a_csv_file_needs_no_libraries(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(a_csv("身份证号,体检日期", f"{ZHANG},2026-03-02", encoding="gbk"))
    done = imported(tmp_path / "a.csv", "--dry-run")
    assert done.stdout == "1 rows: 1 checkup.recorded; 0 refused (checked, nothing sent)\n"
