"""A sheet as rows of raw cells, whatever file it came from; its merged ranges filled. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from streams.publish.sheet.table import WrongSheet
from streams.publish.sheet.telling import Told

MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 200_000, 400, 8_000_000
Range = tuple[tuple[int, int], tuple[int, int]]
"""(row, column) of the first and the last cell, from 0."""


@dataclass(frozen=True, slots=True)
class Grid:
    """`rows[0]` is row 1; a cell is "" where nothing is. `faulty`: cells that hold no value, (row, column) from 0.

    `across`: ranges that are merged over several columns; every cell of a merged range holds its value.
    """

    name: str
    rows: list[list[Any]]
    faulty: dict[tuple[int, int], Told] = field(default_factory=dict)
    across: tuple[Range, ...] = ()


def filled(name: str, rows: list[list[Any]], merged: Sequence[Range], faulty: dict[tuple[int, int], Told]) -> Grid:
    """The grid with the first cell of each merged range in all its cells. Raises WrongSheet when that is too much."""
    width = max(map(len, rows), default=0)
    budget = MOST_CELLS
    for (top, left), (bottom, right) in merged:
        bottom, right = min(bottom, len(rows) - 1), min(right, width - 1)
        budget -= max(0, bottom - top + 1) * max(0, right - left + 1)
        if budget < 0:
            raise WrongSheet(f"sheet {name} has more merged cells than a sheet needs: unmerge them")
        for row in rows[top : bottom + 1]:
            row[left : right + 1] = [rows[top][left]] * (right - left + 1)
    return Grid(name, rows, faulty, tuple(each for each in merged if each[1][1] > each[0][1]))


def bounded(name: str, height: int, width: int) -> None:
    """Raises WrongSheet for a sheet that is larger than any that is meant."""
    where = f"sheet {name}" if name else "the file"
    if height > MOST_ROWS:
        raise WrongSheet(f"{where} has a cell beyond row {MOST_ROWS:,}: divide it into several files")
    if width > MOST_COLUMNS:
        raise WrongSheet(f"{where} has a cell beyond column {MOST_COLUMNS}: remove what is not of the table")
    if height * width > MOST_CELLS:
        raise WrongSheet(f"{where} spans {height:,} rows by {width} columns: divide it into several files")


def place_of(row: int, column: int) -> str:
    """A cell as spreadsheet programs name it: D7 of (6, 3)."""
    letters, number = "", column + 1
    while number:
        number, letter = divmod(number - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row + 1}"
