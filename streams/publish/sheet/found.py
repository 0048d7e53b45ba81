"""What is found in a spreadsheet: events that may be sent, cells that may not, columns that were left out. Values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from schemas.masking import masked

Language = Literal["zh", "en"]


class SheetEvent(NamedTuple):
    """A valid event and the row it came from; `sheet` is "" for a CSV file, `row` as spreadsheet programs number it."""

    sheet: str
    row: int
    event: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CellProblem:
    """What is wrong with a cell, in the template's language; never repeats what the cell holds.

    `column`: its heading, "" when the row as a whole is meant. `place`: the cell as D7, "" likewise.
    """

    sheet: str
    row: int
    column: str
    message: str
    allowed: str = ""
    place: str = ""
    code: str = "bad-cell"
    language: Language = "en"

    def __str__(self) -> str:
        return _in_chinese(self) if self.language == "zh" else _in_english(self)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A spreadsheet that was read: `rows` that hold something, an event or problems for each of them.

    `templates`: names of the templates that its sheets follow. `dropped_columns`: headings of names, phone numbers,
    addresses and remarks, whose cells were never looked at.
    """

    templates: tuple[str, ...]
    language: Language
    rows: int
    events: tuple[SheetEvent, ...]
    problems: tuple[CellProblem, ...]
    dropped_columns: tuple[str, ...]


def _in_english(problem: CellProblem) -> str:
    sheet = f"sheet {masked(problem.sheet)}, " if problem.sheet else ""
    column = f", column {problem.column} ({problem.place})" if problem.column else ""
    allowed = f" (allowed: {problem.allowed})" if problem.allowed else ""
    return f"{sheet}row {problem.row}{column}: {problem.message}{allowed}"


def _in_chinese(problem: CellProblem) -> str:
    sheet = f"工作表“{masked(problem.sheet)}”" if problem.sheet else ""
    column = f"“{problem.column}”列（{problem.place}）" if problem.column else ""
    allowed = f"（允许：{problem.allowed}）" if problem.allowed else ""
    return f"{sheet}第 {problem.row} 行{column}：{problem.message}{allowed}"
