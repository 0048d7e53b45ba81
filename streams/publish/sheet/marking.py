"""The sheet given back with its faulty cells marked: red, and a comment that says what is allowed."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from streams.publish.sheet.found import CellProblem
from streams.publish.sheet.raw import Raw
from streams.publish.sheet.unpacking import unpacked
from streams.publish.sheet.workbook import grids, is_workbook

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

AUTHOR = "huiyu"
RED = "FFC7CE"
WIDTH, HEIGHT = 260, 90
"""Of a comment, in pixels."""


def marked_workbook(content: bytes, filename: str, problems: Iterable[CellProblem]) -> bytes:
    """The file as .xlsx with every problem at its cell; what was marked before and is right now is clean again."""
    book = _opened(content, filename)
    for sheet in book.worksheets:
        _clean(sheet)
    for problem in problems:
        _mark(book[problem.sheet] if problem.sheet else book.worksheets[0], problem)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _opened(content: bytes, filename: str) -> Workbook:
    from openpyxl import load_workbook

    if not is_workbook(filename):
        return _anew(content, filename)
    try:
        return load_workbook(io.BytesIO(unpacked(content)[0]))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        # openpyxl is stricter about styles than programs that write workbooks; the cells are what matters.
        return _anew(content, filename)


def _anew(content: bytes, filename: str) -> Workbook:
    """A workbook with the same cells on sheets of the same names."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for grid in grids(content, filename):
        sheet = book.create_sheet(grid.name or None)
        for row in grid.rows:
            sheet.append([_plain(cell) for cell in row])
        for cell in _cells(sheet):
            if isinstance(cell.value, str):
                cell.data_type, cell.number_format = "s", "@"
    return book


def _plain(cell: Raw) -> Raw:
    """A cell without the characters that a workbook cannot hold; a text stays one, whatever it begins with."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    return ILLEGAL_CHARACTERS_RE.sub("", cell) if isinstance(cell, str) else cell


def _clean(sheet: Worksheet) -> None:
    from openpyxl.styles import PatternFill

    for cell in _cells(sheet):
        if cell.comment is not None and cell.comment.author == AUTHOR:
            cell.comment, cell.fill = None, PatternFill()


def _cells(sheet: Worksheet) -> Iterator[Any]:
    for row in sheet.iter_rows():
        yield from row


def _mark(sheet: Worksheet, problem: CellProblem) -> None:
    """At the cell; of a merged range at its first cell; of a row at the row's first cell."""
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    cell = sheet[_first_of_merged(sheet, problem.place or f"A{problem.row}")]
    allowed = f"\n→ {problem.allowed}" if problem.allowed else ""
    before = f"{cell.comment.text}\n" if cell.comment is not None and cell.comment.author == AUTHOR else ""
    cell.comment = Comment(f"{before}{problem.message}{allowed}", AUTHOR, width=WIDTH, height=HEIGHT)
    cell.fill = PatternFill("solid", fgColor=RED)


def _first_of_merged(sheet: Worksheet, place: str) -> str:
    return next((str(each.start_cell.coordinate) for each in sheet.merged_cells.ranges if place in each), place)
