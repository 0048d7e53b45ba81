"""Builders: workbooks and CSV files as people fill them in, and what reading them gives."""

from __future__ import annotations

import hashlib
import hmac
import io
from collections.abc import Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from openpyxl import Workbook

from streams.publish.sheet.found import CellProblem, Sheet
from streams.publish.sheet.reading import read_sheet

KEY = b"test-county-key"
CHINA = ZoneInfo("Asia/Shanghai")
ZHANG, ZHANGS_TOKEN = "11010519491231002X", "cn-id:9350d5bc5f0d67b484016b03a93dfbe9"
"""The contract's worked example of an identity number and its subject under the key above."""
CLINIC, CENTER = "clinic:chengguan", "center:yucai"
ROW = {"身份证号": ZHANG, "体检日期": "2026-03-02"}


def token(scheme: str, value: str) -> str:
    """A subject by the contract's formula."""
    return f"{scheme}:{hmac.new(KEY, f'{scheme}:{value}'.encode(), hashlib.sha256).hexdigest()[:32]}"


def local_token(source: str, number: str) -> str:
    return f"local:{hmac.new(KEY, f'local:{source}:{number}'.encode(), hashlib.sha256).hexdigest()[:32]}"


def a_workbook(*rows: Sequence[Any], name: str = "Sheet1", merged: Iterable[str] = ()) -> bytes:
    """An .xlsx file with these rows on one sheet."""
    book = Workbook()
    sheet = book.active
    sheet.title = name
    for row in rows:
        sheet.append(list(row))
    for each in merged:
        sheet.merge_cells(each)
    return saved(book)


def saved(book: Workbook) -> bytes:
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def a_csv(*lines: str, encoding: str = "utf-8") -> bytes:
    return "\r\n".join((*lines, "")).encode(encoding)


def sheet_of(content: bytes, filename: str = "sheet.xlsx", source: str = CLINIC, **more: Any) -> Sheet:
    return read_sheet(content, filename, source, KEY, CHINA, **more)


def checkups(*rows: dict[str, Any]) -> Sheet:
    """A workbook of checkups: one row each, given by headings; who and when are there already."""
    filled = [{**ROW, **row} for row in rows]
    headings = list(dict.fromkeys(name for row in filled for name in row))
    return sheet_of(a_workbook(headings, *([row.get(name) for name in headings] for row in filled)))


def the_checkup(**cells: Any) -> dict[str, Any]:
    """data of the one checkup of such a row, without clinic_id."""
    sheet = checkups(cells)
    assert sheet.problems == ()
    ((_, _, event),) = sheet.events
    return {name: value for name, value in event["data"].items() if name != "clinic_id"}


def the_problem(**cells: Any) -> CellProblem:
    """The one problem of such a row of checkups."""
    sheet = checkups(cells)
    assert sheet.events == ()
    (problem,) = sheet.problems
    return problem
