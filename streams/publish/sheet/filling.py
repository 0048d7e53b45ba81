"""Fills one event's fields from one row's cells, and remembers which column each field came from. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from streams.publish.sheet.cells import BadCell, converted, days_before
from streams.publish.sheet.mapping import Cell
from streams.publish.sheet.table import Row

ABSENT: Final = object()
"""What an empty cell becomes: its field is left out."""


@dataclass(frozen=True, slots=True)
class CellProblem:
    """What is wrong with a row, and in which column ("" when in none); never repeats the cell's text."""

    row: int
    column: str
    code: str
    message: str
    allowed: str = ""

    def __str__(self) -> str:
        where = f"row {self.row}" + (f", column {self.column}" if self.column else "")
        allowed = f" (allowed: {self.allowed})" if self.allowed else ""
        return f"{where}: {self.code}: {self.message}{allowed}"


@dataclass(slots=True)
class Filling:
    """One event in the making. `places`: column → position; `columns`: JSON pointer → column."""

    row: Row
    places: Mapping[str, int]
    zone: ZoneInfo
    columns: dict[str, str] = field(default_factory=dict)
    problems: list[CellProblem] = field(default_factory=list)

    def text(self, column: str) -> str:
        return self.row.cells[self.places[column]]

    def fill(self, node: Any, pointer: str) -> Any:
        """The JSON value of a node of the mapping, or ABSENT."""
        if isinstance(node, Cell):
            return self._cell(node, pointer)
        if isinstance(node, dict):
            return self._table(node, pointer)
        if isinstance(node, tuple):
            filled = [self.fill(item, f"{pointer}/{index}") for index, item in enumerate(node)]
            return _or_absent([item for item in filled if item is not ABSENT], bool(filled))
        return node.isoformat() if isinstance(node, date) else node

    def complain(self, column: str, code: str, message: str, allowed: str = "") -> None:
        self.problems.append(CellProblem(self.row.number, column, code, message, allowed))

    def _table(self, node: Mapping[str, Any], pointer: str) -> Any:
        """A table whose cells are all empty says nothing, whatever constants stand beside them."""
        filled = {name: self.fill(item, f"{pointer}/{name}") for name, item in node.items()}
        kept = {name: value for name, value in filled.items() if value is not ABSENT}
        from_cells = [name for name, item in node.items() if holds_cells(item)]
        return _or_absent(kept, bool(from_cells)) if not from_cells or kept.keys() & set(from_cells) else ABSENT

    def _cell(self, cell: Cell, pointer: str) -> Any:
        self.columns[pointer] = cell.column
        text = self.text(cell.column)
        if not text:
            return ABSENT if cell.default is None else cell.default
        try:
            if cell.days_before is None:
                return converted(cell, text, self.zone)
            day = self._day(cell.days_before, pointer)
            return ABSENT if day is None else days_before(day, text)
        except BadCell as bad:
            self.complain(cell.column, "bad-cell", bad.message, bad.allowed)
            return ABSENT

    def _day(self, given: date | Cell, pointer: str) -> date | None:
        if isinstance(given, date):
            return given
        text = self.text(given.column)
        return date.fromisoformat(converted(given, text, self.zone)[:10]) if text else None


def holds_cells(node: Any) -> bool:
    """True when a value of the sheet can come into this node."""
    if isinstance(node, dict):
        return any(map(holds_cells, node.values()))
    return any(map(holds_cells, node)) if isinstance(node, tuple) else isinstance(node, Cell)


def cells_of(node: Any) -> list[Cell]:
    """Every cell in a node, also the dates that ages are counted from."""
    if isinstance(node, Cell):
        return [node, *cells_of(node.days_before)]
    items = node.values() if isinstance(node, dict) else node if isinstance(node, tuple) else ()
    return [cell for item in items for cell in cells_of(item)]


def _or_absent(value: Any, may_be_absent: bool) -> Any:
    return ABSENT if may_be_absent and not value else value
